// SPDX-License-Identifier: MIT
/*
 * task_mmu.c - the memory of a task: /proc/PID/{maps,numa_maps,statm,cmdline,environ,auxv,mem},
 * the memory lines of status, and where exe leads.
 *
 * Each file takes a user reference on the address space while it writes, so exit waits
 * for nobody and a reader never sees a half-dismantled one. Kernel threads and zombies
 * have none: their files are empty.
 *
 * How areas are read, one record after the other, is the business of areas.c.
 *
 *   M1  sizes are pages in mm_struct, kB in status, pages in statm, bytes in stat
 *   M2  a page is counted in one of file, anonymous and shared memory
 *
 * mem is the address space itself, byte for byte. The open file holds the mm_struct but
 * no user of it: memory that nobody else uses any more reads as empty.
 *
 * Locks: mmap_lock for reading.
 */
#include "internal.h"
#include <linux/mempolicy.h>
#include <linux/topology.h>
#include <uapi/auxvec.h>

/* --- status, statm -------------------------------------------------------- */

static void put_kb(struct seq_file *m, const char *label, unsigned long pages)
{
	seq_printf(m, "%s\t%8lu kB\n", label, pages << (PAGE_SHIFT - 10));
}

/* Pages of the program's own code, as the ELF file lays it out. */
static unsigned long code_pages(const struct mm_struct *mm)
{
	return (PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK)) >> PAGE_SHIFT;
}

/**
 * proc_mm_status() - the lines of status from VmPeak to HugetlbPages.
 * Locks:   none; the counters are words.
 * Context: thread, may sleep.
 */
void proc_mm_status(struct seq_file *m, struct mm_struct *mm)
{
	unsigned long text = min(code_pages(mm), mm->exec_vm);

	put_kb(m, "VmPeak:", max(mm->hiwater_vm, mm->total_vm));
	put_kb(m, "VmSize:", mm->total_vm);
	put_kb(m, "VmLck:", mm->locked_vm);
	put_kb(m, "VmPin:", atomic_long_read(&mm->pinned_vm));
	put_kb(m, "VmHWM:", get_mm_hiwater_rss(mm));
	put_kb(m, "VmRSS:", get_mm_rss(mm));
	put_kb(m, "RssAnon:", get_mm_counter(mm, MM_ANONPAGES));	/* M2 */
	put_kb(m, "RssFile:", get_mm_counter(mm, MM_FILEPAGES));
	put_kb(m, "RssShmem:", get_mm_counter(mm, MM_SHMEMPAGES));
	put_kb(m, "VmData:", mm->data_vm);
	put_kb(m, "VmStk:", mm->stack_vm);
	put_kb(m, "VmExe:", text);
	put_kb(m, "VmLib:", mm->exec_vm - text);
	put_kb(m, "VmPTE:", atomic_long_read(&mm->pgtables_bytes) >> PAGE_SHIFT);
	put_kb(m, "VmSwap:", get_mm_counter(mm, MM_SWAPENTS));
	seq_puts(m, "HugetlbPages:\t       0 kB\n");
}

/**
 * proc_pid_statm() - size, resident, shared, code, 0, data and stack, 0; in pages.
 * Locks: none. Context: thread, may sleep. Return: 0.
 */
int proc_pid_statm(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);

	if (!mm) {
		seq_puts(m, "0 0 0 0 0 0 0\n");
		return 0;
	}
	seq_printf(m, "%lu %lu %lu %lu 0 %lu 0\n", mm->total_vm, get_mm_rss(mm),
		   get_mm_counter(mm, MM_FILEPAGES) + get_mm_counter(mm, MM_SHMEMPAGES),
		   code_pages(mm), mm->data_vm + mm->stack_vm);
	mmput(mm);
	return 0;
}

/* --- maps ----------------------------------------------------------------- */

#define NAME_COLUMN	73	/* where Linux puts the name of an area, from the line's start */

/**
 * proc_put_range() - a line of maps.
 * Locks:   none.
 * Context: as seq_printf().
 * Return:  nothing. @offset is bytes; @name may be NULL.
 */
void proc_put_range(struct seq_file *m, unsigned long start, unsigned long end,
		    unsigned long flags, u64 offset, dev_t dev, u64 ino, const char *name)
{
	size_t line = m->count;

	seq_printf(m, "%08lx-%08lx %c%c%c%c %08llx %02x:%02x %llu ", start, end,
		   flags & VM_READ ? 'r' : '-', flags & VM_WRITE ? 'w' : '-',
		   flags & VM_EXEC ? 'x' : '-', flags & VM_MAYSHARE ? 's' : 'p',
		   (unsigned long long)offset, MAJOR(dev), MINOR(dev), (unsigned long long)ino);
	if (name) {
		seq_pad(m, line, NAME_COLUMN);
		seq_escape(m, name, "\n");
	}
	seq_putc(m, '\n');
}

/**
 * proc_put_area() - the line of @vma: with what is special about it, or its file.
 * Locks:   mmap_lock for reading.
 * Context: as seq_printf(); @buf has PATH_MAX bytes for the name.
 */
void proc_put_area(struct seq_file *m, struct vm_area_struct *vma, char *buf)
{
	const char *name = vma_special_name(vma);
	struct inode *inode;

	if (!vma->vm_file) {
		proc_put_range(m, vma->vm_start, vma->vm_end, vma->vm_flags, 0, 0, 0, name);
		return;
	}
	inode = file_inode(vma->vm_file);
	if (!name) {
		name = d_path(&vma->vm_file->f_path, buf, PATH_MAX);
		if (IS_ERR(name))
			name = "?";
	}
	proc_put_range(m, vma->vm_start, vma->vm_end, vma->vm_flags,
		       (u64)vma->vm_pgoff << PAGE_SHIFT, inode->i_sb->s_dev, inode->i_ino, name);
}

static int maps_open(struct inode *inode, struct file *file)
{
	return proc_areas_open(inode, file, proc_put_area);
}

const struct file_operations proc_maps_fops = PROC_AREAS_FOPS(maps_open);

/* --- numa_maps ------------------------------------------------------------ */

/* what the pages of an area are, and on which nodes */
static void put_numa_pages(struct seq_file *m, const struct numa_maps *maps)
{
	int nid;

	if (!maps->pages)
		return;
	if (maps->anon)
		seq_printf(m, " anon=%lu", maps->anon);
	if (maps->dirty)
		seq_printf(m, " dirty=%lu", maps->dirty);
	if (maps->pages != maps->anon && maps->pages != maps->dirty)
		seq_printf(m, " mapped=%lu", maps->pages);
	if (maps->mapcount_max > 1)
		seq_printf(m, " mapmax=%lu", maps->mapcount_max);
	if (maps->active < maps->pages)
		seq_printf(m, " active=%lu", maps->active);
	for_each_online_node(nid)
		if (maps->node[nid])
			seq_printf(m, " N%d=%lu", nid, maps->node[nid]);
	seq_printf(m, " kernelpagesize_kB=%lu", PAGE_SIZE >> 10);
}

/* policy and nodes of an area, one line */
static void put_numa_area(struct seq_file *m, struct vm_area_struct *vma, char *buf)
{
	const struct mempolicy *of_task = m->private;
	const char *name = vma_special_name(vma);
	struct numa_maps maps;
	char policy[64];

	vma_numa_maps(vma, &maps);
	mpol_to_str(policy, sizeof(policy), vma->vm_policy ? vma->vm_policy : of_task);
	seq_printf(m, "%08lx %s", vma->vm_start, policy);
	if (vma->vm_file) {
		char *path = d_path(&vma->vm_file->f_path, buf, PATH_MAX);

		seq_puts(m, " file=");
		seq_escape(m, IS_ERR(path) ? "?" : path, "\n\t= ");
	} else if (name && !strcmp(name, "[heap]")) {
		seq_puts(m, " heap");
	} else if (name && !strcmp(name, "[stack]")) {
		seq_puts(m, " stack");
	}
	put_numa_pages(m, &maps);
	seq_putc(m, '\n');
}

static int numa_maps_open(struct inode *inode, struct file *file)
{
	return proc_areas_open(inode, file, put_numa_area);
}

const struct file_operations proc_numa_maps_fops = PROC_AREAS_FOPS(numa_maps_open);

/* --- strings that the program was given ----------------------------------- */

/* Append [start, end) of @mm as far as it can be read. */
static int put_range(struct seq_file *m, struct mm_struct *mm, unsigned long start,
		     unsigned long end)
{
	char *page = kmalloc(PAGE_SIZE, GFP_KERNEL);
	int got = 1;

	if (!page)
		return -ENOMEM;
	while (start < end && got > 0 && !m->error) {
		got = access_remote_vm(mm, start, page, min(end - start, PAGE_SIZE), false);
		mm_assert(got <= (int)PAGE_SIZE);
		if (got > 0) {
			seq_write(m, page, got);
			start += got;
		}
	}
	kfree(page);
	return 0;
}

/*
 * A program that wrote over its arguments (setproctitle) has no NUL at their end: then
 * its title is one string that may go on into the environment, a page at most.
 */
static int put_title(struct seq_file *m, struct mm_struct *mm)
{
	char *page = kmalloc(PAGE_SIZE, GFP_KERNEL);
	int got;

	if (!page)
		return -ENOMEM;
	got = access_remote_vm(mm, mm->arg_start, page, PAGE_SIZE, false);
	if (got > 0)
		seq_write(m, page, min_t(size_t, strnlen(page, got) + 1, got));
	kfree(page);
	return 0;
}

/**
 * proc_pid_cmdline() - the arguments, each with its NUL.
 * Locks:   takes mmap_lock for reading.
 * Context: thread, may sleep.
 * Return:  0 or -ENOMEM.
 */
int proc_pid_cmdline(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	char last;
	int err = 0;

	if (!mm)
		return 0;
	if (mm->arg_start < mm->arg_end) {
		if (access_remote_vm(mm, mm->arg_end - 1, &last, 1, false) == 1 && last)
			err = put_title(m, mm);
		else
			err = put_range(m, mm, mm->arg_start, mm->arg_end);
	}
	mmput(mm);
	return err;
}

/** proc_pid_environ() - the environment that exec was given. As proc_pid_cmdline(). */
int proc_pid_environ(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	int err;

	if (!mm)
		return 0;
	err = put_range(m, mm, mm->env_start, mm->env_end);
	mmput(mm);
	return err;
}

/** proc_pid_auxv() - the auxiliary vector of exec, AT_NULL included. Returns 0. */
int proc_pid_auxv(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	unsigned int words = 0;

	if (!mm)
		return 0;
	do {
		words += 2;
	} while (words < AT_VECTOR_SIZE && mm->saved_auxv[words - 2] != AT_NULL);
	seq_write(m, mm->saved_auxv, words * sizeof(mm->saved_auxv[0]));
	mmput(mm);
	return 0;
}

/** proc_exe_path() - the program's file, counted; -ENOENT without memory or file. */
int proc_exe_path(struct task_struct *task, struct path *path)
{
	struct mm_struct *mm = get_task_mm(task);
	int err = -ENOENT;

	if (!mm)
		return err;
	mmap_read_lock(mm);
	if (mm->exe_file) {
		*path = mm->exe_file->f_path;
		path_get(path);
		err = 0;
	}
	mmap_read_unlock(mm);
	mmput(mm);
	return err;
}

/* --- mem ------------------------------------------------------------------ */

/**
 * proc_mm_open() - keep the memory of the inode's task in file->private_data, if there is
 *	any: a reference, not a user.
 * Locks:   none.
 * Context: thread, may sleep.
 * Return:  0, -ESRCH, or -EACCES for those who may not look into the task.
 */
int proc_mm_open(struct inode *inode, struct file *file)
{
	struct task_struct *task = proc_task(inode);
	struct mm_struct *mm;
	int err = 0;

	if (!task)
		return -ESRCH;
	mm = get_task_mm(task);
	if (ptrace_may_access(task))
		err = -EACCES;
	if (mm && !err) {
		mmgrab(mm);
		file->private_data = mm;
	}
	if (mm)
		mmput(mm);
	put_task_struct(task);
	return err;
}

/** proc_mm_release() - undo proc_mm_open(). */
int proc_mm_release(struct inode *inode, struct file *file)
{
	if (file->private_data)
		mmdrop(file->private_data);
	return 0;
}

/* Up to a page between the caller and @mm at @addr: bytes done, or -E. */
static ssize_t mem_copy(struct mm_struct *mm, unsigned long addr, char *page,
			struct iov_iter *iter, bool write)
{
	size_t bytes = min(iov_iter_count(iter), PAGE_SIZE);
	int got;

	if (write) {
		bytes = copy_from_iter(page, bytes, iter);
		if (!bytes)
			return -EFAULT;
	}
	got = access_remote_vm(mm, addr, page, bytes, write);
	if (got <= 0)
		return -EIO;
	if (!write)
		got = copy_to_iter(page, got, iter);
	return got ? got : -EFAULT;
}

static ssize_t mem_rw(struct kiocb *iocb, struct iov_iter *iter, bool write)
{
	struct mm_struct *mm = iocb->ki_filp->private_data;
	ssize_t done = 0, n = 0;
	char *page;

	if (!mm || !mmget_not_zero(mm))
		return 0;
	page = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!page) {
		mmput(mm);
		return -ENOMEM;
	}
	while (iov_iter_count(iter) && !fatal_signal_pending(current)) {
		n = mem_copy(mm, iocb->ki_pos, page, iter, write);
		if (n <= 0)
			break;
		iocb->ki_pos += n;
		done += n;
	}
	kfree(page);
	mmput(mm);
	return done ? done : n;
}

static ssize_t mem_read(struct kiocb *iocb, struct iov_iter *to)
{
	return mem_rw(iocb, to, false);
}

static ssize_t mem_write(struct kiocb *iocb, struct iov_iter *from)
{
	return mem_rw(iocb, from, true);
}

const struct file_operations proc_mem_fops = {
	.open = proc_mm_open,
	.release = proc_mm_release,
	.read_iter = mem_read,
	.write_iter = mem_write,
	.llseek = endless_llseek,
};
