/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_GETORDER_H
#define _LINUX_GETORDER_H

#include <linux/bitops.h>
#include <asm/page.h>

/* The smallest order whose block of pages holds @size bytes. */
static inline __attribute_const__ int get_order(unsigned long size)
{
	if (!size)
		return BITS_PER_LONG - PAGE_SHIFT;
	return fls_long((size - 1) >> PAGE_SHIFT);
}

#endif
