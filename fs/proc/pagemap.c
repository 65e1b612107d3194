// SPDX-License-Identifier: MIT
/*
 * pagemap.c - /proc/PID/pagemap: a word of 64 bits for each page of the address space, at
 * 8 times its number (mm/vm/pagemap.c). Who may read the memory may read it; numbers of
 * frames are for CAP_SYS_ADMIN alone, others see 0 instead.
 *
 * Reads are of whole words: others are EINVAL. Behind the last address there is nothing.
 *
 * Locks: none of its own.
 */
#include "internal.h"
#include <linux/mm.h>
#include <linux/slab.h>

#define WORD_BYTES	sizeof(u64)
#define WORDS_AT_ONCE	(PAGE_SIZE / WORD_BYTES)

static ssize_t some_words(struct mm_struct *mm, struct kiocb *iocb, struct iov_iter *to,
			  u64 *words, bool show_pfn)
{
	unsigned long page = iocb->ki_pos / WORD_BYTES, last = mm->task_size >> PAGE_SHIFT;
	size_t nr = min_t(size_t, iov_iter_count(to) / WORD_BYTES, WORDS_AT_ONCE), bytes;

	if (page >= last)
		return 0;
	nr = min_t(size_t, nr, last - page);
	vm_pagemap(mm, page << PAGE_SHIFT, nr, words, show_pfn);
	bytes = copy_to_iter(words, nr * WORD_BYTES, to);
	bytes -= bytes % WORD_BYTES;
	iocb->ki_pos += bytes;
	return bytes ? bytes : -EFAULT;
}

static ssize_t pagemap_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct mm_struct *mm = iocb->ki_filp->private_data;
	bool show_pfn = capable(CAP_SYS_ADMIN);
	ssize_t done = 0, n = 0;
	u64 *words;

	if ((iocb->ki_pos | iov_iter_count(to)) % WORD_BYTES)
		return -EINVAL;
	if (!mm || !iov_iter_count(to) || !mmget_not_zero(mm))
		return 0;
	words = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!words) {
		mmput(mm);
		return -ENOMEM;
	}
	while (iov_iter_count(to) && !fatal_signal_pending(current)) {
		n = some_words(mm, iocb, to, words, show_pfn);
		if (n <= 0)
			break;
		done += n;
	}
	kfree(words);
	mmput(mm);
	return done ? done : n;
}

const struct file_operations proc_pagemap_fops = {
	.open = proc_mem_open, .release = proc_mem_release, .read_iter = pagemap_read,
	.llseek = endless_llseek,
};
