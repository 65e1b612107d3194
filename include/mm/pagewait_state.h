/* SPDX-License-Identifier: MIT */
/* pagewait_state.h - who waits for a page lock. b: the bucket's lock */
#ifndef MM_PAGEWAIT_STATE_H
#define MM_PAGEWAIT_STATE_H

#include <linux/list.h>
#include <linux/spinlock.h>

#define PAGEWAIT_BITS		6
#define PAGEWAIT_BUCKETS	(1u << PAGEWAIT_BITS)

struct pagewait_bucket {
	spinlock_t lock;
	struct list_head waiters;	/* b  struct page_waiter, in the order of asking */
};

struct pagewait_state {
	struct pagewait_bucket bucket[PAGEWAIT_BUCKETS];
};

#endif
