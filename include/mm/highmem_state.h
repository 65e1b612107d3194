/* SPDX-License-Identifier: MIT */
/*
 * highmem_state.h - what the kernel has mapped of memory outside the direct map.
 *
 * Lock letters: c owning CPU   k highmem_state.lock   i fixed at init
 */
#ifndef MM_HIGHMEM_STATE_H
#define MM_HIGHMEM_STATE_H

#include <linux/list.h>
#include <linux/spinlock.h>

struct page;
struct task_struct;

#define KMAP_LOCAL_SLOTS	16	/* nested kmap_local_page() of one CPU */
#define PKMAP_SLOTS		512	/* frames that kmap() shows at a time: 2 MiB */
#define PKMAP_HASH_BITS		6

/* checking kernels leave a page without memory behind each slot */
#ifdef CONFIG_DEBUG_MM
#define KMAP_STRIDE_PAGES	2
#else
#define KMAP_STRIDE_PAGES	1
#endif

/* One CPU's stack of kmap_local_page(). */
struct kmap_cpu {
	unsigned int depth;			/* c */
	struct page *page[KMAP_LOCAL_SLOTS];	/* c  of slots below depth */
} __aligned(64);

struct pkmap_slot {
	struct hlist_node hash;			/* k  while page is set */
	struct page *page;			/* k  what the slot's entry maps, NULL: nothing */
	unsigned int users;			/* k  kmap() without kunmap() */
};

/* A thread in kmap() that found every slot in use; on its stack. */
struct pkmap_waiter {
	struct list_head list;			/* k */
	struct task_struct *thread;		/* i */
};

struct highmem_state {
	spinlock_t lock;
	unsigned long pkmap_start;		/* i  slots of kmap() */
	unsigned long local_start;		/* i  slots of CPU 0, then CPU 1 ... */
	unsigned long end;			/* i */
	unsigned int cursor;			/* k  where the next search begins */
	unsigned long nr_users;			/* k  sum of users */
	unsigned long nr_flushes;		/* k */
	struct list_head waiters;		/* k */
	struct hlist_head hash[1u << PKMAP_HASH_BITS];	/* k  by page */
	struct pkmap_slot slot[PKMAP_SLOTS];	/* k */
	struct kmap_cpu cpu[];			/* c */
};

#endif
