// SPDX-License-Identifier: MIT
/*
 * Mutexes: what happens when two threads meet.
 *
 * The state is 0 (free), MUTEX_LOCKED, or both bits: locked, and threads wait
 * in a queue. The inline fast paths exchange 0 with MUTEX_LOCKED and back, so
 * they fail as soon as MUTEX_WAITERS is set:
 *
 *   M1  MUTEX_WAITERS is set iff the queue is not empty, seen under wait_lock
 *   M2  while MUTEX_WAITERS is set, the state changes under wait_lock only
 *
 * unlock with waiters does not free the mutex: it hands it to the first in the
 * queue, which wakes up as the holder. So the order is the order of asking and
 * no thread can be overtaken for ever; the price is a wake-up between two
 * holders, which under contention costs less than the starvation it prevents.
 *
 * Locks: wait_lock, which protects the queue. It is taken by threads only.
 */
#include <linux/mutex.h>
#include "sleeplock.h"

/**
 * mutex_init() - make @lock a free mutex, called @name in reports.
 * Locks:   none; nobody else may use @lock yet.
 * Context: any.
 * Return:  nothing.
 */
void __mutex_init(struct mutex *lock, const char *name)
{
	atomic_long_set(&lock->state, 0);
	spin_lock_init_rank(&lock->wait_lock, RANK_SLEEPLOCK, name);
	INIT_LIST_HEAD(&lock->wait_list);
#ifdef CONFIG_DEBUG_LOCKS
	lock->owner.thread = NULL;
#endif
}

/* The mutex is free and has waiters: the first becomes the holder. */
static void mutex_hand_over(struct mutex *lock)
{
	struct lock_waiter *first;

	spin_assert_held(&lock->wait_lock);
	mm_assert(!list_empty(&lock->wait_list));			/* M1 */
	first = list_first_entry(&lock->wait_list, struct lock_waiter, list);
	if (list_is_singular(&lock->wait_list))
		atomic_long_set(&lock->state, MUTEX_LOCKED);
	else
		atomic_long_set(&lock->state, MUTEX_LOCKED | MUTEX_WAITERS);
	lock_waiter_grant(first);
}

/**
 * mutex_lock_slow() - wait in the queue for @lock.
 * Locks:   @lock is held on return; takes wait_lock.
 * Context: thread, may sleep.
 * Return:  nothing.
 */
void mutex_lock_slow(struct mutex *lock)
{
	struct lock_waiter waiter;

#ifdef CONFIG_DEBUG_LOCKS
	if (unlikely(mutex_is_locked(lock) && debug_owner_is_self(&lock->owner)))
		debug_sleeplock_bug(&lock->wait_lock, &lock->owner,
				    "D1: mutex taken by the thread that holds it");
#endif
	lock_waiter_init(&waiter, true);
	spin_lock(&lock->wait_lock);
	list_add_tail(&waiter.list, &lock->wait_list);
	/* The holder may have left just before the bit was set. */
	if (!(atomic_long_fetch_or(MUTEX_WAITERS, &lock->state) & MUTEX_LOCKED))
		mutex_hand_over(lock);
	spin_unlock(&lock->wait_lock);
	lock_waiter_sleep(&waiter, &lock->wait_lock);
}

/**
 * mutex_unlock_slow() - hand @lock to the first in the queue.
 * Locks:   @lock is held on entry; takes wait_lock.
 * Context: thread, never sleeps.
 * Return:  nothing.
 */
void mutex_unlock_slow(struct mutex *lock)
{
	spin_lock(&lock->wait_lock);
	mm_bug_on(!mutex_is_locked(lock));
	mutex_hand_over(lock);						/* M2 */
	spin_unlock(&lock->wait_lock);
}

#ifdef CONFIG_DEBUG_LOCKS

/**
 * mutex_debug_acquired() - note the calling thread as the holder.
 * Locks:   @lock is held.
 * Context: thread.
 * Return:  nothing.
 */
void mutex_debug_acquired(struct mutex *lock)
{
	debug_owner_set(&lock->owner);
	lock->owner.where = _RET_IP_;
	debug_sleeplock_acquired(&lock->wait_lock, false, _RET_IP_);
}

/**
 * mutex_debug_release() - only the holder may unlock.
 * Locks:   @lock is held.
 * Context: thread.
 * Return:  nothing.
 */
void mutex_debug_release(struct mutex *lock)
{
	if (unlikely(!mutex_is_locked(lock) || !debug_owner_is_self(&lock->owner)))
		debug_sleeplock_bug(&lock->wait_lock, &lock->owner,
				    "D3: mutex released by a thread that does not hold it");
	debug_sleeplock_release(&lock->wait_lock);
	WRITE_ONCE(lock->owner.thread, NULL);
}

/**
 * mutex_assert_held() - the calling thread holds @lock (D7).
 * Locks:   @lock.
 * Context: thread.
 * Return:  nothing; stops the machine if not.
 */
void mutex_assert_held(const struct mutex *lock)
{
	if (unlikely(!mutex_is_locked(lock) || !debug_owner_is_self(&lock->owner)))
		debug_sleeplock_bug(&lock->wait_lock, &lock->owner,
				    "D7: mutex not held where it has to be");
}

#endif
