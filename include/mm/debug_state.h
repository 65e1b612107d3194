/* SPDX-License-Identifier: MIT */
/*
 * debug_state.h - the debugging aids' part of struct machine (mm/debug).
 *
 * Lock letters: a atomic   i fixed before mm_boot_init() or by it   d debug.lock
 */
#ifndef MM_DEBUG_STATE_H
#define MM_DEBUG_STATE_H

#include <linux/types.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/stackdepot.h>
#include <mm/kfence_state.h>
#include <mm/kmemleak_state.h>

struct page_ext;

/* What the port asks for before mm_boot_init(), as Linux's options of these names. */
struct mm_debug_config {
	bool init_on_alloc;		/* memory is handed out as zeroes */
	bool init_on_free;		/* memory is zeroed when it comes back */
	bool page_poison;		/* free pages hold a pattern, which is checked */
	bool page_owner;		/* who allocated each page is noted */
	bool kmemleak;			/* all memory is noted, and searched for leaks */
	unsigned long kfence_interval_ms;	/* an object in so many is a guarded one; 0: off */
	unsigned long kfence_skip_covered;	/* per cent of the pool; 0: as Linux, 75 */
	unsigned int kfence_objects;	/* guarded ones at a time; 0: as Linux, 255 */
};

/*
 * mm_debug_state.hooks: who wants to see allocations. As long as any bit is set the quick
 * paths are left, and the general ones look here for what there is to do.
 */
enum mm_hook {
	MM_HOOK_NTH	= 0x01,		/* fault_state.nth counts, or a task's fail_nth */
	MM_HOOK_SLAB	= 0x02,		/* failslab has a probability */
	MM_HOOK_PAGES	= 0x04,		/* so has fail_page_alloc */
	MM_HOOK_INIT_ALLOC = 0x08,
	MM_HOOK_INIT_FREE = 0x10,
	MM_HOOK_POISON	= 0x20,
	MM_HOOK_OWNER	= 0x40,
	MM_HOOK_LEAK	= 0x100,	/* kmemleak notes each allocation */
	MM_HOOK_KFENCE	= 0x80,		/* the next object is to be a guarded one */
};

/* When a kind of allocation fails; names and meanings are Linux's. */
struct fault_attr {
	const char *name;		/* i */
	unsigned long probability;	/* a  per cent */
	unsigned long interval;		/* a  of so many that could fail, one may */
	atomic_t times;			/* a  failures left; -1: any number */
	atomic_t space;			/* a  bytes or pages that succeed before */
	unsigned int verbose;		/* a  1: a line for each failure, 2: and how it came there */
	unsigned int ratelimit_ms;	/* a  at most burst reports in so many; 0: no limit */
	unsigned int ratelimit_burst;	/* a */
	bool task_filter;		/* a  only tasks with make_it_fail */
	bool ignore_gfp_wait;		/* a  requests that may sleep do not fail */
	bool ignore_gfp_highmem;	/* a  pages: those that may be high memory */
	bool cache_filter;		/* a  objects: only caches with SLAB_FAILSLAB */
	unsigned int min_order;		/* a  pages: smaller blocks do not fail */
	atomic_long_t count;		/* a  for interval */
	atomic64_t reports_from_ns;	/* a  the ratelimit's interval began */
	atomic_t reports;		/* a  reports since then */
};

struct fault_state {
	atomic_long_t nth;		/* a  allocations until one fails; 0 or below: passed */
	bool nth_after;			/* i while nth counts: all that follow fail too */
	bool nth_set;			/* i while nth counts */
	atomic_long_t failures;		/* a  made on request so far */
	atomic_t nth_tasks;		/* a  tasks with a fail_nth */
	atomic64_t random;		/* a */
	struct fault_attr failslab, fail_page_alloc;
};

/* A task's own part; the port keeps it (port_self_faults()), zeroed when the task starts. */
struct fault_task {
	bool make_it_fail;		/* a  counts for task_filter */
	unsigned int fail_nth;		/* a  allocations until one fails, 0: none */
};

struct mm_debug_state {
	atomic_t hooks;			/* a  enum mm_hook */
	struct mm_debug_config config;	/* i */
	struct fault_state fault;
	struct page_ext **page_ext;	/* i  by block of the largest order; NULL: none */
	size_t page_ext_bytes;		/* i  for each frame */
	unsigned long page_ext_first;	/* i  the first block */
	unsigned long page_ext_blocks;	/* i */
	struct stack_depot depot;
	struct kfence_state kfence;
	struct kmemleak_state kmemleak;
	atomic64_t poison_report_ns;	/* a  no report of a written page before */
};

#endif
