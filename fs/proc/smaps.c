// SPDX-License-Identifier: MIT
/*
 * smaps.c - what the pages of a task's memory are: /proc/PID/{smaps,smaps_rollup,
 * pagemap,clear_refs}. Counting and clearing are mm/vm/usage.c's; here are the texts.
 *
 * Shares of pages sum up in 2^-12 bytes; a line shows whole kB of the sum, so the lines of
 * smaps may add up to a little less than those of smaps_rollup, as on Linux.
 *
 * pagemap is a file of 64-bit words, one for each page of the address space: a position
 * is an address / 512. Frame numbers are in files that those opened who may see the
 * machine (CAP_SYS_ADMIN); the others find zero there.
 *
 *   S1  what Quire does not have is 0 kB: huge pages, swapped pages, pages that MADV_FREE
 *       left (they go at once)
 *   S2  an open pagemap holds the mm_struct, but no user of it: memory that nobody else
 *       uses any more reads as empty
 *
 * Locks: mmap_lock for reading; clear_refs for writing.
 */
#include <linux/pkeys.h>
#include "internal.h"

static unsigned long pages_kb(unsigned long pages)
{
	return pages << (PAGE_SHIFT - 10);
}

static unsigned long share_kb(u64 share)
{
	return share >> (10 + MEM_USAGE_SHIFT);
}

static void put_kb(struct seq_file *m, const char *label, unsigned long kb)
{
	seq_printf(m, "%-16s%8lu kB\n", label, kb);
}

static void put_usage(struct seq_file *m, const struct mem_usage *u, bool rollup)
{
	/* S1 */
	static const char *const none[] = {
		"LazyFree:", "AnonHugePages:", "ShmemPmdMapped:", "FilePmdMapped:",
		"Shared_Hugetlb:", "Private_Hugetlb:", "Swap:", "SwapPss:",
	};
	unsigned int i;

	put_kb(m, "Rss:", pages_kb(u->resident));
	put_kb(m, "Pss:", share_kb(u->pss));
	put_kb(m, "Pss_Dirty:", share_kb(u->pss_dirty));
	if (rollup) {
		put_kb(m, "Pss_Anon:", share_kb(u->pss_anon));
		put_kb(m, "Pss_File:", share_kb(u->pss_file));
		put_kb(m, "Pss_Shmem:", share_kb(u->pss_shmem));
	}
	put_kb(m, "Shared_Clean:", pages_kb(u->shared_clean));
	put_kb(m, "Shared_Dirty:", pages_kb(u->shared_dirty));
	put_kb(m, "Private_Clean:", pages_kb(u->private_clean));
	put_kb(m, "Private_Dirty:", pages_kb(u->private_dirty));
	put_kb(m, "Referenced:", pages_kb(u->referenced));
	put_kb(m, "Anonymous:", pages_kb(u->anonymous));
	for (i = 0; i < ARRAY_SIZE(none); i++)
		put_kb(m, none[i], 0);
	put_kb(m, "Locked:", share_kb(u->pss_locked));
}

/* proc(5), VmFlags, in the order of Linux's bits; 6.1 has no name for VM_LOCKONFAULT */
static void put_flags(struct seq_file *m, unsigned long flags)
{
	static const struct {
		unsigned long flag;
		char name[3];
	} names[] = {
		{ VM_READ, "rd" }, { VM_WRITE, "wr" }, { VM_EXEC, "ex" }, { VM_SHARED, "sh" },
		{ VM_MAYREAD, "mr" }, { VM_MAYWRITE, "mw" }, { VM_MAYEXEC, "me" },
		{ VM_MAYSHARE, "ms" }, { VM_GROWSDOWN, "gd" }, { VM_PFNMAP, "pf" },
		{ VM_LOCKED, "lo" }, { VM_IO, "io" }, { VM_SEQ_READ, "sr" },
		{ VM_RAND_READ, "rr" }, { VM_DONTCOPY, "dc" }, { VM_DONTEXPAND, "de" },
		{ VM_LOCKONFAULT, "??" }, { VM_ACCOUNT, "ac" }, { VM_NORESERVE, "nr" },
		{ VM_SYNC, "sf" }, { VM_WIPEONFORK, "wf" }, { VM_DONTDUMP, "dd" },
	};
	unsigned int i;

	seq_puts(m, "VmFlags: ");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].flag)
			seq_printf(m, "%s ", names[i].name);
	seq_puts(m, flags & VM_SOFTCLEAN ? "\n" : "sd \n");
}

static void put_smap(struct seq_file *m, struct vm_area_struct *vma, char *buf)
{
	struct mem_usage u = { .resident = 0 };

	vma_usage(vma, &u);
	proc_put_area(m, vma, buf);
	put_kb(m, "Size:", pages_kb(vma_pages(vma)));
	put_kb(m, "KernelPageSize:", pages_kb(1));
	put_kb(m, "MMUPageSize:", pages_kb(1));
	put_usage(m, &u, false);
	seq_puts(m, "THPeligible:    0\n");
	if (this_machine()->facts.nr_pkeys)
		seq_printf(m, "ProtectionKey:  %8d\n", vma_pkey(vma));
	put_flags(m, vma->vm_flags);
}

static int smaps_open(struct inode *inode, struct file *file)
{
	return proc_areas_open(inode, file, put_smap);
}

const struct file_operations proc_smaps_fops = PROC_AREAS_FOPS(smaps_open);

/**
 * proc_pid_smaps_rollup() - the sum of smaps over all areas.
 * Locks:   takes mmap_lock for reading.
 * Context: thread, may sleep.
 * Return:  0, or -ESRCH: there is no memory.
 */
int proc_pid_smaps_rollup(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	struct mem_usage u = { .resident = 0 };
	unsigned long first = ULONG_MAX, last = 0;
	struct vm_area_struct *vma;

	if (!mm)
		return -ESRCH;
	mmap_read_lock(mm);
	for_each_vma(mm, vma) {
		vma_usage(vma, &u);
		first = min(first, vma->vm_start);
		last = vma->vm_end;
	}
	mmap_read_unlock(mm);
	mmput(mm);
	if (!last)
		first = 0;
	proc_put_range(m, first, last, 0, 0, 0, 0, "[rollup]");
	put_usage(m, &u, true);
	return 0;
}

/* --- pagemap -------------------------------------------------------------- */

/* the words at *@pos to @iter, a page full of them at most: bytes done, or -E */
static ssize_t pagemap_some(struct mm_struct *mm, loff_t *pos, u64 *words, struct iov_iter *iter,
			    bool frames)
{
	unsigned long start = (*pos / sizeof(u64)) << PAGE_SHIFT;
	unsigned long pages = min(min_t(size_t, iov_iter_count(iter), PAGE_SIZE) / sizeof(u64),
				  (mm->task_size - start) >> PAGE_SHIFT);
	size_t bytes = pages * sizeof(u64);

	vm_pagemap(mm, start, start + (pages << PAGE_SHIFT), words, frames);
	if (copy_to_iter(words, bytes, iter) != bytes)
		return -EFAULT;
	*pos += bytes;
	return bytes;
}

static ssize_t pagemap_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct mm_struct *mm = iocb->ki_filp->private_data;
	bool frames = iocb->ki_filp->f_mode & FMODE_ADMIN;
	ssize_t done = 0, n = 0;
	u64 *words;

	if (!mm || !mmget_not_zero(mm))
		return 0;
	if ((iocb->ki_pos | iov_iter_count(to)) % sizeof(u64)) {
		mmput(mm);
		return -EINVAL;
	}
	words = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!words) {
		mmput(mm);
		return -ENOMEM;
	}
	while (iov_iter_count(to) && !fatal_signal_pending(current) &&
	       (u64)iocb->ki_pos / sizeof(u64) < mm->task_size >> PAGE_SHIFT) {
		n = pagemap_some(mm, &iocb->ki_pos, words, to, frames);
		if (n < 0)
			break;
		done += n;
	}
	kfree(words);
	mmput(mm);
	return done ? done : min_t(ssize_t, n, 0);
}

static int pagemap_open(struct inode *inode, struct file *file)
{
	if (capable(CAP_SYS_ADMIN))
		file->f_mode |= FMODE_ADMIN;
	return proc_mm_open(inode, file);
}

const struct file_operations proc_pagemap_fops = {
	.open = pagemap_open,
	.release = proc_mm_release,
	.read_iter = pagemap_read,
	.llseek = endless_llseek,
};

/* --- clear_refs ----------------------------------------------------------- */

/**
 * proc_clear_refs_write() - 1: nothing was used; 2, 3: no anonymous, no mapped page was;
 *	4: nothing was written; 5: the peak of resident memory is what it is now.
 * Locks:   takes mmap_lock for writing.
 * Context: thread, may sleep.
 * Return:  0 or -E.
 */
int proc_clear_refs_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	struct mm_struct *mm;
	int what, error = kstrtoint(strim(text), 10, &what);

	if (error)
		return error;
	if (what < CLEAR_REFS_ALL || what > CLEAR_REFS_HIWATER)
		return -EINVAL;
	mm = get_task_mm(task);
	if (!mm)
		return 0;
	error = vm_clear_refs(mm, what);
	mmput(mm);
	return error;
}
