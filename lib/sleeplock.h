/* SPDX-License-Identifier: MIT */
#ifndef _LIB_SLEEPLOCK_H
#define _LIB_SLEEPLOCK_H

/*
 * What mutex.c and rwsem.c share: a thread that waits in the queue of a
 * sleeping lock, on its own stack.
 *
 *   W1  a waiter is on the queue iff granted is false
 *   W2  granted is set, and the thread woken, with wait_lock held
 *
 * By W2, a waiter that has seen granted and then has passed through wait_lock
 * once knows that its waker no longer uses it, nor its thread.
 */
#include <linux/list.h>
#include <linux/spinlock.h>
#include <mm/port.h>

struct lock_waiter {
	struct list_head list;		/* wait_lock */
	struct task_struct *thread;	/* i */
	bool write;			/* i  wants the lock for itself alone */
	bool granted;			/* set under wait_lock */
	bool woken;			/* set under wait_lock: to take a free rw_semaphore */
};

static inline void lock_waiter_init(struct lock_waiter *waiter, bool write)
{
	waiter->thread = port_self();
	waiter->write = write;
	waiter->granted = false;
	waiter->woken = false;
}

/* The lock is the waiter's: wait_lock is held. */
static inline void lock_waiter_grant(struct lock_waiter *waiter)
{
	struct task_struct *thread = waiter->thread;

	mm_assert(!waiter->granted);					/* W1 */
	list_del(&waiter->list);
	smp_store_release(&waiter->granted, true);
	port_wake(thread);
}

/* The waiter has seen granted: whoever granted is done with it after this (W2). */
static inline void lock_waiter_leave(spinlock_t *wait_lock)
{
	spin_lock(wait_lock);
	spin_unlock(wait_lock);
}

/* Sleep until the lock was granted; wait_lock is not held. */
static inline void lock_waiter_sleep(struct lock_waiter *waiter, spinlock_t *wait_lock)
{
	port_block_prepare();
	while (!smp_load_acquire(&waiter->granted)) {
		port_block();
		port_block_prepare();
	}
	port_block_cancel();
	lock_waiter_leave(wait_lock);
}

#endif
