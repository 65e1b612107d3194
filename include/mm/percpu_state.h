/* SPDX-License-Identifier: MIT */
/* percpu_state.h - the per-CPU allocator's part of struct machine. p: percpu_state.lock */
#ifndef MM_PERCPU_STATE_H
#define MM_PERCPU_STATE_H

#include <linux/list.h>
#include <linux/spinlock.h>

struct percpu_state {
	spinlock_t lock;
	struct list_head chunks;	/* p  struct percpu_chunk, those with room first */
	unsigned long nr_pages;		/* p  of all chunks: Percpu of /proc/meminfo */
};

#endif
