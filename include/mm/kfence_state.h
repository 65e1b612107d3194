/* SPDX-License-Identifier: MIT */
/*
 * kfence_state.h - the part of struct machine of mm/debug/kfence.c.
 *
 * Lock letters: k kfence_state.lock   a atomic   i fixed once pool_bytes is not 0
 */
#ifndef MM_KFENCE_STATE_H
#define MM_KFENCE_STATE_H

#include <linux/types.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#define KFENCE_NUM_OBJECTS	255u	/* unless the configuration says otherwise */
#define KFENCE_STACK_DEPTH	16
#define KFENCE_SKIP_COVERED	75	/* per cent of the pool */

struct kmem_cache;

enum kfence_object_state { KFENCE_UNUSED, KFENCE_ALLOCATED, KFENCE_FREED };

/* Who did it, when, and how he came there. */
struct kfence_track {
	int pid;
	unsigned int cpu;
	unsigned int nr;
	u64 when_ns;
	unsigned long stack[KFENCE_STACK_DEPTH];
};

struct kfence_object {
	struct list_head list;		/* k  in kfence_state.free unless it is allocated */
	enum kfence_object_state state;	/* k */
	unsigned int size;		/* k  bytes that were asked for */
	unsigned long addr;		/* k  0: never used */
	struct kmem_cache *cache;	/* k  NULL: destroyed */
	bool shown_left, shown_right;	/* k  a report made this guard page present */
	u64 stack_hash;			/* k  of who allocates it */
	struct kfence_track track[2];	/* k  TRACK_ALLOC, TRACK_FREE */
};

enum kfence_counter {
	KFENCE_COUNTER_ALLOCATED, KFENCE_COUNTER_ALLOCS, KFENCE_COUNTER_FREES,
	KFENCE_COUNTER_ZOMBIES,	/* always 0: a cache with objects in use is not destroyed */
	KFENCE_COUNTER_BUGS, KFENCE_COUNTER_SKIP_INCOMPAT, KFENCE_COUNTER_SKIP_CAPACITY,
	KFENCE_COUNTER_SKIP_COVERED, KFENCE_NR_COUNTERS
};

struct kfence_state {
	spinlock_t lock;
	unsigned long pool;		/* i */
	unsigned long pool_bytes;	/* a  0: there is no pool; set last */
	unsigned int nr_objects;	/* i */
	struct kfence_object *objects;	/* i */
	struct list_head free;		/* k  the one freed last is the last one */
	bool broken;			/* a  pages cannot be hidden: no more objects */
	unsigned long interval_ms;	/* a  between two samples; 0: none are taken */
	unsigned long skip_covered;	/* a  per cent of the pool from which stacks are unique */
	atomic64_t next_ns;		/* a  the gate opens */
	atomic_t gate;			/* a  1: the next allocation that fits is a sample */
	atomic_long_t counter[KFENCE_NR_COUNTERS];	/* a  allocated: k */
};

#endif
