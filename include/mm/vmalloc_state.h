/* SPDX-License-Identifier: MIT */
/* vmalloc_state.h - vmalloc's part of struct machine. v: vmalloc_state.lock  i: init */
#ifndef MM_VMALLOC_STATE_H
#define MM_VMALLOC_STATE_H

#include <linux/atomic.h>
#include <linux/rbtree.h>
#include <linux/list.h>
#include <linux/spinlock.h>

struct vmalloc_state {
	spinlock_t lock;
	struct rb_root areas;		/* v  vmap_area by address, augmented with the gap before */
	struct list_head list;		/* v  the same, in address order */
	struct list_head lazy;		/* v  unmapped areas whose TLB flush is still to come */
	unsigned long lazy_pages;	/* v  their pages */
	unsigned long lazy_max_pages;	/* i  more are flushed and reused at once */
	unsigned long nr_purges;	/* v  flushes so far, of any number of areas each */
	atomic_long_t nr_pages;		/* a  pages that vmalloc() holds: VmallocUsed */
	unsigned long start, end;	/* i  [start, end) */
	struct kmem_cache *area_cachep;	/* i  of struct vmap_area */
};

#endif
