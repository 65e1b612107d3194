/* SPDX-License-Identifier: MIT */
/* kmemleak_internal.h - what kmemleak.c and kmemleak_scan.c share. */
#ifndef MM_KMEMLEAK_INTERNAL_H
#define MM_KMEMLEAK_INTERNAL_H

#include <linux/kmemleak.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include <linux/stackdepot.h>
#include <linux/string.h>
#include <mm/machine.h>
#include <mm/port.h>
#include "../internal.h"

/* Linux's bits, but for the last */
#define OBJECT_ALLOCATED	0x01u	/* every one here is */
#define OBJECT_REPORTED	0x02u	/* counted among the leaks */
#define OBJECT_NO_SCAN	0x04u
#define OBJECT_FULL_SCAN 0x08u	/* there was no memory for its areas */
#define OBJECT_STACK	0x10u	/* of a thread */

static inline struct kmemleak_state *this_kmemleak(void)
{
	return &this_machine()->debug.kmemleak;
}

/* Nobody has found enough addresses of it so far. */
static inline bool object_is_white(const struct kmemleak_object *o)
{
	return o->min_count != KMEMLEAK_BLACK && o->count < o->min_count;
}
static inline bool object_is_gray(const struct kmemleak_object *o)
{
	return o->min_count != KMEMLEAK_BLACK && o->count >= o->min_count;
}

/* --- kmemleak.c --- */
struct kmemleak_object *kmemleak_find(struct kmemleak_state *k, unsigned long addr);
struct kmemleak_object *kmemleak_next(struct kmemleak_state *k, unsigned long addr);
void kmemleak_disable(const char *why);
void kmemleak_forget_all(void);

#endif
