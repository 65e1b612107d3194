// SPDX-License-Identifier: MIT
/*
 * page.c - /proc/kpageflags and /proc/kpagecount: a word of 64 bits for each frame, at
 * 8 times its number. What the bits and numbers are mm/debug/page_flags.c knows.
 *
 * Reads are of whole words: others are EINVAL. Frames without a struct page are there as
 * words too, up to the end of the last section of 128 MiB that has RAM, as on Linux.
 *
 * Locks: none; each word is a look at a frame that goes on.
 */
#include "internal.h"
#include <linux/mm.h>

#define WORD_BYTES	sizeof(u64)
#define SECTION_PAGES	(128ul << (20 - PAGE_SHIFT))

static u64 flags_word(struct page *page)
{
	return stable_page_flags(page);
}

static u64 count_word(struct page *page)
{
	return page ? kpage_count(page) : 0;
}

static ssize_t read_words(struct kiocb *iocb, struct iov_iter *to, u64 (*word)(struct page *page))
{
	unsigned long pfn = iocb->ki_pos / WORD_BYTES;
	unsigned long end = ALIGN(this_machine()->max_pfn, SECTION_PAGES);
	size_t left = iov_iter_count(to) / WORD_BYTES;
	ssize_t done = 0;

	if ((iocb->ki_pos | iov_iter_count(to)) % WORD_BYTES)
		return -EINVAL;
	for (; left && pfn < end; left--, pfn++) {
		u64 value = word(pfn_valid(pfn) ? memmap_ready(pfn) : NULL);

		if (copy_to_iter(&value, WORD_BYTES, to) != WORD_BYTES)
			return done ? done : -EFAULT;
		iocb->ki_pos += WORD_BYTES;
		done += WORD_BYTES;
		cond_resched();
	}
	return done;
}

static ssize_t flags_read(struct kiocb *iocb, struct iov_iter *to)
{
	return read_words(iocb, to, flags_word);
}

static ssize_t count_read(struct kiocb *iocb, struct iov_iter *to)
{
	return read_words(iocb, to, count_word);
}

const struct file_operations proc_kpageflags_fops = {
	.read_iter = flags_read, .llseek = endless_llseek,
};
const struct file_operations proc_kpagecount_fops = {
	.read_iter = count_read, .llseek = endless_llseek,
};
