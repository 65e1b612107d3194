/* SPDX-License-Identifier: MIT */
/* kfence_internal.h - what kfence.c and kfence_report.c share. */
#ifndef MM_KFENCE_INTERNAL_H
#define MM_KFENCE_INTERNAL_H

#include <linux/kfence.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <mm/track.h>
#include "../internal.h"

enum kfence_error {
	KFENCE_OUT_OF_BOUNDS, KFENCE_USE_AFTER_FREE, KFENCE_CORRUPTION, KFENCE_INVALID,
	KFENCE_INVALID_FREE
};

/* What was found. */
struct kfence_finding {
	enum kfence_error error;
	unsigned long addr;
	bool is_write;
	const struct kfence_object *object;	/* NULL: none is near */
	const unsigned long *stack;		/* of who did it, the innermost first */
	unsigned int nr;
};

static inline struct kfence_state *this_kfence(void)
{
	return &this_machine()->debug.kfence;
}

/* The page of object @i, and the byte that lies around it: it differs by its place. */
static inline unsigned long kfence_page(const struct kfence_state *k, unsigned int i)
{
	return k->pool + (2ul * i + 2) * PAGE_SIZE;
}
static inline u8 kfence_canary(const void *at)
{
	return 0xaa ^ ((unsigned long)at & 7);
}

void kfence_report(const struct kfence_finding *f);

#endif
