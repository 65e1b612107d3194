// SPDX-License-Identifier: MIT
/*
 * areas.c - files with a record for each area of an address space:
 * /proc/PID/{maps,smaps,numa_maps}.
 *
 * An address space may have tens of thousands of areas, and whoever looks for one of them
 * stops when it was found. So such a file is not one text: a read makes the records that
 * it asks for, whole ones, and ends between two of them when the next does not fit into
 * the buffer of a page. As on Linux a read may therefore bring less than was asked for,
 * and only 0 is the end. What does not fit into the caller's buffer waits for the next
 * read, which makes nothing else before it.
 *
 * mmap_lock is held for a buffer's worth of records, not for the whole file: between two
 * reads areas may come and go. The file goes on behind the last address that it showed.
 *
 *   AF1  m.buf[from .. m.count) is the text at file position @pos, not read yet
 *   AF2  all areas that end at or below @next were shown, none above
 *   AF3  an open file holds the mm_struct, but is no user of it: memory that nobody else
 *        uses any more has no areas
 *
 * Locks: area_file.lock (a) makes readers of one open file take turns; then mmap_lock for
 * reading. User memory is touched after mmap_lock was released, so that a task can read
 * about itself.
 */
#include "internal.h"
#include <linux/mempolicy.h>
#include <linux/mutex.h>

struct area_file {
	struct mm_struct *mm;		/* i  NULL: a task without memory */
	proc_area_show show;		/* i */
	struct mutex lock;
	struct seq_file m;		/* a  (AF1) */
	size_t from;			/* a */
	size_t room;			/* a  bytes that m may have; a longer record doubles it */
	loff_t pos;			/* a */
	unsigned long next;		/* a  (AF2) */
};

/**
 * proc_areas_open() - @file shows each area of its task's memory by @show.
 * Locks:   none.  Context: may sleep.
 * Return:  0; -ESRCH, -EACCES as proc_mm_open(); -ENOMEM.
 */
int proc_areas_open(struct inode *inode, struct file *file, proc_area_show show)
{
	struct area_file *af;
	int err = proc_mm_open(inode, file);

	if (err)
		return err;
	af = kzalloc(sizeof(*af), GFP_KERNEL);
	if (!af) {
		proc_mm_release(inode, file);
		return -ENOMEM;
	}
	mutex_init(&af->lock);
	af->mm = file->private_data;
	af->show = show;
	af->room = PAGE_SIZE;
	file->private_data = af;
	return 0;
}

/** proc_areas_release() - undo proc_areas_open(). */
int proc_areas_release(struct inode *inode, struct file *file)
{
	struct area_file *af = file->private_data;

	file->private_data = af->mm;
	seq_release(&af->m);
	kfree(af);
	return proc_mm_release(inode, file);
}

/* Records from @next on until there are @want bytes or no more room. */
static void make_records(struct area_file *af, size_t want, char *name)
{
	struct vm_area_struct *vma;
	size_t before;

	mm_assert(af->from == af->m.count);				/* AF1 */
	af->from = af->m.count = 0;
	mmap_read_lock(af->mm);
	for (vma = find_vma(af->mm, af->next); vma && af->m.count < want;
	     vma = find_vma(af->mm, af->next)) {
		before = af->m.count;
		af->show(&af->m, vma, name);
		if (af->m.error)
			break;
		if (af->m.count >= af->room) {
			if (before) {
				af->m.count = before;
				break;
			}
			while (af->m.count >= af->room)
				af->room *= 2;
		}
		af->next = vma->vm_end;					/* AF2 */
	}
	mmap_read_unlock(af->mm);
}

/* From the start again, up to @pos. */
static int rewind_to(struct area_file *af, loff_t pos, char *name)
{
	af->from = af->m.count = 0;
	af->pos = 0;
	af->next = 0;
	while (af->pos < pos) {
		size_t n;

		make_records(af, PAGE_SIZE, name);
		if (af->m.error || !af->m.count)
			break;
		n = min_t(loff_t, af->m.count, pos - af->pos);
		af->from = n;
		af->pos += n;
	}
	return af->m.error;
}

/* What waits in the buffer goes to @to. */
static ssize_t give(struct area_file *af, struct iov_iter *to)
{
	size_t n = copy_to_iter(af->m.buf + af->from,
				min(af->m.count - af->from, iov_iter_count(to)), to);

	af->from += n;
	af->pos += n;
	return n;
}

static ssize_t read_records(struct area_file *af, loff_t pos, struct iov_iter *to, char *name)
{
	ssize_t done = 0;
	bool waited;

	af->m.error = 0;
	if (pos != af->pos && rewind_to(af, pos, name))
		return af->m.error;
	waited = af->from < af->m.count;
	if (waited)
		done = give(af, to);
	if (af->from == af->m.count && iov_iter_count(to)) {
		make_records(af, iov_iter_count(to), name);
		if (af->m.error) {
			af->from = af->m.count = 0;
			return done ? done : af->m.error;
		}
		waited |= af->m.count != 0;
		done += give(af, to);
	}
	return !done && waited ? -EFAULT : done;
}

/* Under the policy that areas without one follow: m.private, for those who show it. */
static ssize_t read_with_policy(struct area_file *af, struct kiocb *iocb, struct iov_iter *to,
				struct task_struct *task)
{
	char *name = kmalloc(PATH_MAX, GFP_KERNEL);
	struct mempolicy *policy;
	ssize_t n;

	if (!name)
		return -ENOMEM;
	task_lock(task);
	policy = mpol_get(task->mempolicy.policy);
	task_unlock(task);
	mutex_lock(&af->lock);
	af->m.private = policy;
	n = read_records(af, iocb->ki_pos, to, name);
	if (n > 0)
		iocb->ki_pos += n;
	mutex_unlock(&af->lock);
	mpol_put(policy);
	kfree(name);
	return n;
}

/**
 * proc_areas_read() - read at the file's position.
 * Locks:   takes area_file.lock, task_lock, mmap_lock for reading.  Context: may sleep.
 * Return:  bytes, or -E: -ESRCH once the task is gone.
 */
ssize_t proc_areas_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct area_file *af = iocb->ki_filp->private_data;
	struct task_struct *task;
	ssize_t n = 0;

	if (!iov_iter_count(to))
		return 0;
	task = proc_task(iocb->ki_filp->f_inode);
	if (!task)
		return -ESRCH;
	if (af->mm && mmget_not_zero(af->mm)) {				/* AF3 */
		n = read_with_policy(af, iocb, to, task);
		mmput(af->mm);
	}
	put_task_struct(task);
	return n;
}
