/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

/*
 * Mutexes: sleeping locks with one holder. A mutex is a rw_semaphore that nobody takes for
 * reading, under a name of its own in reports; linux/rwsem.h says who gets it when several
 * ask. It may be freed only when no unlock can be under way.
 */
#include <linux/rwsem.h>

struct mutex {
	struct rw_semaphore sem;
};

#define __MUTEX_INITIALIZER(name)	{ .sem = __RWSEM_NAMED((name).sem, name) }
#define DEFINE_MUTEX(name)		struct mutex name = __MUTEX_INITIALIZER(name)

void __mutex_init(struct mutex *lock, const char *name);
#define mutex_init(lock)	__mutex_init(lock, #lock)
void mutex_lock_slow(struct mutex *lock);

#ifdef CONFIG_DEBUG_LOCKS
#define mutex_debug_acquired(lock)	rwsem_debug_write_acquired(&(lock)->sem)
void mutex_debug_release(struct mutex *lock);
void mutex_assert_held(const struct mutex *lock);
#else
#define mutex_debug_acquired(lock)	do { } while (0)
#define mutex_debug_release(lock)	do { } while (0)
#define mutex_assert_held(lock)		mm_assert(mutex_is_locked(lock))
#endif

static inline bool mutex_is_locked(const struct mutex *lock)
{
	return rwsem_is_write_locked(&lock->sem);
}

static inline bool mutex_trylock(struct mutex *lock)
{
	long old = 0;

	if (!atomic_long_try_cmpxchg_acquire(&lock->sem.count, &old, RWSEM_WRITER))
		return false;
	mutex_debug_acquired(lock);
	return true;
}

static inline void mutex_lock(struct mutex *lock)
{
	long old = 0;

	might_sleep();
	arch_lock_point(&lock->sem.wait_lock);
	if (unlikely(!atomic_long_try_cmpxchg_acquire(&lock->sem.count, &old, RWSEM_WRITER)))
		mutex_lock_slow(lock);
	mutex_debug_acquired(lock);
}

static inline void mutex_unlock(struct mutex *lock)
{
	mutex_debug_release(lock);
	rwsem_release_write(&lock->sem);
	arch_lock_point(&lock->sem.wait_lock);
}

#endif
