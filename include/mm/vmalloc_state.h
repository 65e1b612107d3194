/* SPDX-License-Identifier: MIT */
/*
 * vmalloc_state.h - one window of kernel addresses that areas are cut from. struct
 * machine has two: vmalloc's and, where the port has one, that of modules.
 *
 * Lock letters: v this lock   i fixed at init   a atomic
 */
#ifndef MM_VMALLOC_STATE_H
#define MM_VMALLOC_STATE_H

#include <linux/atomic.h>
#include <linux/rbtree.h>
#include <linux/list.h>
#include <linux/spinlock.h>

/* What stands in the first bytes of memory that waits for vfree(). */
struct vfree_later {
	struct vfree_later *next;
};

struct vmalloc_state {
	spinlock_t lock;
	struct rb_root areas;		/* v  vmap_area by address, augmented with the gap before */
	struct list_head list;		/* v  the same, in address order */
	struct list_head lazy;		/* v  unmapped areas whose TLB flush is still to come */
	unsigned long lazy_pages;	/* v  their pages */
	unsigned long lazy_max_pages;	/* i  more are flushed and reused at once */
	unsigned int purging;		/* v  CPUs that are flushing areas they took off the list */
	unsigned long nr_purges;	/* v  flushes so far, of any number of areas each */
	unsigned long start, end;	/* i  [start, end); end is 0 where there is no window */

	/* of vmalloc's window, for both */
	atomic_long_t nr_pages;		/* a  pages that vmalloc() holds: VmallocUsed */
	struct vfree_later *deferred;	/* a  freed in atomic context, vfree_deferred() ends it */
	struct kmem_cache *area_cachep;	/* i  of struct vmap_area */
};

#endif
