// SPDX-License-Identifier: MIT
/*
 * Reader-writer semaphores: what happens when threads have to wait.
 *
 * linux/rwsem.h describes the count. The fast paths add a holder only while
 * RWSEM_WAITERS is clear (R2); releasing is always one atomic subtraction, and
 * who thereby leaves the semaphore without holders calls rwsem_wake() if there
 * are waiters.
 *
 *	fast path -> full -> join the queue, set RWSEM_WAITERS
 *	                       |
 *	          rwsem_grant() when nobody holds it any more:
 *	            writer first in the queue: it alone
 *	            readers first: all that stand together
 *
 *   R3  RWSEM_WAITERS is set iff the queue is not empty, seen under wait_lock
 *   R4  when wait_lock is free, either the queue is empty or its first waiter
 *       cannot be granted, or a rwsem_wake() is on its way
 *
 * The queue is a FIFO: a writer waits only for those who asked before it, and so
 * does a reader. As nobody overtakes, neither starves.
 *
 * A holder that leaves while a thread joins the queue either sees the bit and
 * calls rwsem_wake(), or had left before the bit was set, and then the joining
 * thread grants itself. Both may happen; rwsem_grant() does what is possible at
 * that moment and nothing twice.
 *
 * Locks: wait_lock, which protects the queue. It is taken by threads only.
 */
#include <linux/rwsem.h>
#include "sleeplock.h"

/**
 * init_rwsem() - make @sem a free semaphore.
 * Locks:   none; nobody else may use @sem yet.
 * Context: any.
 * Return:  nothing.
 */
void init_rwsem(struct rw_semaphore *sem)
{
	atomic_long_set(&sem->count, 0);
	spin_lock_init_rank(&sem->wait_lock, RANK_SLEEPLOCK, "rwsem");
	INIT_LIST_HEAD(&sem->wait_list);
#ifdef CONFIG_DEBUG_LOCKS
	sem->owner = NULL;
#endif
}

/* How many readers stand together at the head of the queue. */
static long rwsem_count_readers(const struct rw_semaphore *sem)
{
	const struct lock_waiter *waiter;
	long readers = 0;

	list_for_each_entry(waiter, &sem->wait_list, list) {
		if (waiter->write)
			break;
		readers++;
	}
	return readers;
}

/* Let in the writer at the head, unless somebody holds the semaphore. */
static bool rwsem_grant_writer(struct rw_semaphore *sem, struct lock_waiter *first)
{
	long after = RWSEM_WRITER;

	if (!list_is_singular(&sem->wait_list))
		after |= RWSEM_WAITERS;					/* R3 */
	/* Fails iff there is a holder: without one the count is the bit alone. */
	if (atomic_long_cmpxchg(&sem->count, RWSEM_WAITERS, after) != RWSEM_WAITERS)
		return false;
	lock_waiter_grant(first);
	return true;
}

/* Let in the readers at the head, unless a writer holds the semaphore. */
static void rwsem_grant_readers(struct rw_semaphore *sem)
{
	long readers = rwsem_count_readers(sem);
	long old = atomic_long_read(&sem->count);
	struct lock_waiter *waiter, *next;
	bool rest;

	if (old & RWSEM_WRITER)
		return;
	/* Readers may leave meanwhile; by R2 no writer can come. */
	atomic_long_add_return(readers * RWSEM_READER, &sem->count);
	list_for_each_entry_safe(waiter, next, &sem->wait_list, list) {
		if (readers-- == 0)
			break;
		rest = !list_is_singular(&sem->wait_list);
		if (!rest)						/* R3 */
			atomic_long_andnot(RWSEM_WAITERS, &sem->count);
		lock_waiter_grant(waiter);
		if (!rest)
			break;
	}
}

/* Grant whatever the head of the queue can have now (R4). */
static void rwsem_grant(struct rw_semaphore *sem)
{
	struct lock_waiter *first;

	spin_assert_held(&sem->wait_lock);
	if (list_empty(&sem->wait_list))
		return;
	first = list_first_entry(&sem->wait_list, struct lock_waiter, list);
	if (first->write)
		rwsem_grant_writer(sem, first);
	else
		rwsem_grant_readers(sem);
}

static void rwsem_wait(struct rw_semaphore *sem, bool write)
{
	struct lock_waiter waiter;

	lock_waiter_init(&waiter, write);
	spin_lock(&sem->wait_lock);
	list_add_tail(&waiter.list, &sem->wait_list);
	atomic_long_fetch_or(RWSEM_WAITERS, &sem->count);		/* R3 */
	rwsem_grant(sem);
	spin_unlock(&sem->wait_lock);
	lock_waiter_sleep(&waiter, &sem->wait_lock);
}

/**
 * rwsem_down_read_slow() - wait in the queue as a reader.
 * Locks:   @sem is held for reading on return; takes wait_lock.
 * Context: thread, may sleep.
 * Return:  nothing.
 */
void rwsem_down_read_slow(struct rw_semaphore *sem)
{
#ifdef CONFIG_DEBUG_LOCKS
	mm_bug_on(rwsem_debug_write_held(sem));
#endif
	rwsem_wait(sem, false);
}

/**
 * rwsem_down_write_slow() - wait in the queue as a writer.
 * Locks:   @sem is held for writing on return; takes wait_lock.
 * Context: thread, may sleep.
 * Return:  nothing.
 */
void rwsem_down_write_slow(struct rw_semaphore *sem)
{
#ifdef CONFIG_DEBUG_LOCKS
	mm_bug_on(rwsem_debug_write_held(sem));
#endif
	rwsem_wait(sem, true);
}

/**
 * rwsem_wake() - a holder left or became a reader: let in who can come in.
 * Locks:   takes wait_lock.
 * Context: thread, never sleeps.
 * Return:  nothing.
 */
void rwsem_wake(struct rw_semaphore *sem)
{
	spin_lock(&sem->wait_lock);
	rwsem_grant(sem);
	spin_unlock(&sem->wait_lock);
}

#ifdef CONFIG_DEBUG_LOCKS

/**
 * rwsem_debug_write_acquired() - note the calling thread as the writer.
 * Locks:   @sem is held for writing.
 * Context: thread.
 * Return:  nothing.
 */
void rwsem_debug_write_acquired(struct rw_semaphore *sem)
{
	WRITE_ONCE(sem->owner, port_self());
}

/**
 * rwsem_debug_write_release() - only the writer may release or downgrade.
 * Locks:   @sem is held for writing.
 * Context: thread.
 * Return:  nothing.
 */
void rwsem_debug_write_release(struct rw_semaphore *sem)
{
	mm_bug_on(!rwsem_debug_write_held(sem));
	WRITE_ONCE(sem->owner, NULL);
}

/**
 * rwsem_debug_write_held() - is the calling thread the writer?
 * Locks:   none.
 * Context: thread.
 * Return:  true when it is.
 */
bool rwsem_debug_write_held(const struct rw_semaphore *sem)
{
	return rwsem_is_write_locked(sem) && READ_ONCE(sem->owner) == port_self();
}

#endif
