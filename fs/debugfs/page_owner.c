// SPDX-License-Identifier: MIT
/*
 * page_owner.c - the file page_owner: who allocated each page (mm/debug/page_owner.c). It
 * is there when page_owner=on was on the command line.
 *
 * Each read gives one block of pages; the position is the frame to look at next. A buffer
 * that cannot hold the text of a block is refused, and nothing is skipped.
 *
 * Locks: none of its own.
 */
#include "internal.h"
#include <linux/errno.h>

static ssize_t owner_read(struct kiocb *iocb, struct iov_iter *to)
{
	unsigned long pfn = iocb->ki_pos;
	char *text = kmalloc(PAGE_SIZE, GFP_KERNEL);
	ssize_t n;

	if (!text)
		return -ENOMEM;
	n = page_owner_read(&pfn, text, PAGE_SIZE);
	if (n > 0 && (size_t)n > iov_iter_count(to))
		n = -ENOMEM;
	if (n > 0 && copy_to_iter(text, n, to) != n)
		n = -EFAULT;
	if (n > 0)
		iocb->ki_pos = pfn;
	kfree(text);
	return n;
}

const struct file_operations debugfs_page_owner_fops = {
	.read_iter = owner_read, .llseek = endless_llseek,
};

/** debugfs_has_page_owner() - are owners noted? Fixed at boot. */
bool debugfs_has_page_owner(const struct table_node *node)
{
	return this_machine()->debug.config.page_owner;
}
