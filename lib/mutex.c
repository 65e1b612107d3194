// SPDX-License-Identifier: MIT
/*
 * Mutexes: what is not inline, and the checks of debug builds.
 *
 * How threads wait for a mutex is lib/rwsem.c; it has no readers here. The rules D1, D3 and
 * D7 of spinlock.c are checked with the owner that the semaphore notes of its writer.
 *
 * Locks: those of the semaphore.
 */
#include <linux/mutex.h>
#include <mm/port.h>

/**
 * mutex_init() - make @lock a free mutex, called @name in reports.
 * Locks:   none; nobody else may use @lock yet.
 * Context: any.
 * Return:  nothing.
 */
void __mutex_init(struct mutex *lock, const char *name)
{
	__init_rwsem(&lock->sem, name);
}

/**
 * mutex_lock_slow() - take @lock, which somebody else has.
 * Locks:   @lock is held on return.
 * Context: thread, may sleep.
 * Return:  nothing.
 */
void mutex_lock_slow(struct mutex *lock)
{
#ifdef CONFIG_DEBUG_LOCKS
	if (unlikely(mutex_is_locked(lock) && debug_owner_is_self(&lock->sem.owner)))
		debug_sleeplock_bug(&lock->sem.wait_lock, &lock->sem.owner,
				    "D1: mutex taken by the thread that holds it");
#endif
	rwsem_down_write_slow(&lock->sem);
}

#ifdef CONFIG_DEBUG_LOCKS

/**
 * mutex_debug_release() - only the holder may unlock.
 * Locks:   @lock is held.
 * Context: thread.
 * Return:  nothing.
 */
void mutex_debug_release(struct mutex *lock)
{
	if (unlikely(!mutex_is_locked(lock) || !debug_owner_is_self(&lock->sem.owner)))
		debug_sleeplock_bug(&lock->sem.wait_lock, &lock->sem.owner,
				    "D3: mutex released by a thread that does not hold it");
	debug_sleeplock_release(&lock->sem.wait_lock);
	WRITE_ONCE(lock->sem.owner.thread, NULL);
}

/**
 * mutex_assert_held() - the calling thread holds @lock (D7).
 * Locks:   @lock.
 * Context: thread.
 * Return:  nothing; stops the machine if not.
 */
void mutex_assert_held(const struct mutex *lock)
{
	if (unlikely(!mutex_is_locked(lock) || !debug_owner_is_self(&lock->sem.owner)))
		debug_sleeplock_bug(&lock->sem.wait_lock, &lock->sem.owner,
				    "D7: mutex not held where it has to be");
}

#endif
