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
 * init_rwsem() - make @sem a free semaphore, called @name in reports.
 * Locks:   none; nobody else may use @sem yet.
 * Context: any.
 * Return:  nothing.
 */
void __init_rwsem(struct rw_semaphore *sem, const char *name)
{
	atomic_long_set(&sem->count, 0);
	spin_lock_init_rank(&sem->wait_lock, RANK_SLEEPLOCK, name);
	INIT_LIST_HEAD(&sem->wait_list);
#ifdef CONFIG_DEBUG_LOCKS
	sem->owner.thread = NULL;
#endif
}

#ifdef CONFIG_DEBUG_LOCKS
static bool held_for_writing(const struct rw_semaphore *sem)
{
	return rwsem_is_write_locked(sem) && debug_owner_is_self(&sem->owner);
}
#endif

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
	debug_owner_set(&sem->owner);
	sem->owner.where = _RET_IP_;
	debug_sleeplock_acquired(&sem->wait_lock, false, _RET_IP_);
}

/**
 * rwsem_debug_write_release() - only the writer may release or downgrade.
 * Locks:   @sem is held for writing.
 * Context: thread.
 * Return:  nothing.
 */
void rwsem_debug_write_release(struct rw_semaphore *sem)
{
	if (unlikely(!held_for_writing(sem)))
		debug_sleeplock_bug(&sem->wait_lock, &sem->owner,
				    "D3: semaphore released by a thread that is not its writer");
	debug_sleeplock_release(&sem->wait_lock);
	WRITE_ONCE(sem->owner.thread, NULL);
}

/**
 * rwsem_debug_read_acquired() - note the calling thread as one of the readers.
 * Locks:   @sem is held for reading.
 * Context: thread.
 * Return:  nothing.
 */
void rwsem_debug_read_acquired(struct rw_semaphore *sem)
{
	debug_sleeplock_acquired(&sem->wait_lock, true, _RET_IP_);
}

/**
 * rwsem_debug_may_wait() - the calling thread asks for @sem and does not have it (D1).
 * Locks:   not @sem, also not for reading: a writer may have asked in between.
 * Context: thread.
 * Return:  nothing; stops the machine if it has.
 */
void rwsem_debug_may_wait(const struct rw_semaphore *sem)
{
	if (unlikely(held_for_writing(sem)))
		debug_sleeplock_bug(&sem->wait_lock, &sem->owner,
				    "D1: semaphore taken by the thread that holds it for writing");
	if (unlikely(debug_sleeplock_held(&sem->wait_lock)))
		debug_sleeplock_bug(&sem->wait_lock, &sem->owner,
				    "D1: semaphore taken by the thread that holds it for reading");
}

/**
 * rwsem_debug_read_release() - the calling thread is a reader that can release.
 * Locks:   @sem is held for reading.
 * Context: thread.
 * Return:  nothing.
 */
void rwsem_debug_read_release(struct rw_semaphore *sem)
{
	long count = atomic_long_read(&sem->count);

	if (unlikely(count < RWSEM_READER || (count & RWSEM_WRITER)))		/* R1 */
		debug_sleeplock_bug(&sem->wait_lock, &sem->owner,
				    "D3: semaphore released that nobody holds for reading");
	if (unlikely(!debug_sleeplock_release(&sem->wait_lock)))
		debug_sleeplock_bug(&sem->wait_lock, &sem->owner,
				    "D3: semaphore released by a thread that does not read");
}

/**
 * rwsem_assert_held_write() - the calling thread is the writer (D7).
 * Locks:   @sem for writing.
 * Context: thread.
 * Return:  nothing; stops the machine if not.
 */
void rwsem_assert_held_write(const struct rw_semaphore *sem)
{
	if (unlikely(!held_for_writing(sem)))
		debug_sleeplock_bug(&sem->wait_lock, &sem->owner,
				    "D7: semaphore not held for writing where it has to be");
}

/**
 * rwsem_assert_held() - somebody holds @sem (D7); who reads is not known.
 * Locks:   @sem.
 * Context: thread.
 * Return:  nothing; stops the machine if not.
 */
void rwsem_assert_held(const struct rw_semaphore *sem)
{
	if (unlikely(!rwsem_is_locked(sem)))
		debug_sleeplock_bug(&sem->wait_lock, &sem->owner,
				    "D7: semaphore not held where it has to be");
}

#endif
