/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_MUTEX_H
#define _LINUX_MUTEX_H

/*
 * Mutexes: sleeping locks with one holder, handed over in the order of asking.
 * The word holds MUTEX_LOCKED and, while threads wait, MUTEX_WAITERS; a free
 * mutex is 0 and its lock and unlock are one atomic operation each. The rest
 * is lib/mutex.c. A mutex may be freed only when no unlock can be under way.
 */
#include <linux/list.h>
#include <linux/spinlock.h>

#define MUTEX_LOCKED	1L
#define MUTEX_WAITERS	2L

struct mutex {
	atomic_long_t state;		/* a */
	spinlock_t wait_lock;
	struct list_head wait_list;	/* wait_lock: FIFO */
#ifdef CONFIG_DEBUG_LOCKS
	struct lock_owner owner;	/* holder */
#endif
};

#define __MUTEX_INITIALIZER(name)					\
	{ .state = ATOMIC_LONG_INIT(0),					\
	  .wait_lock = SPIN_LOCK_RANK_INIT(name, RANK_SLEEPLOCK),	\
	  .wait_list = LIST_HEAD_INIT(name.wait_list) }
#define DEFINE_MUTEX(name)	struct mutex name = __MUTEX_INITIALIZER(name)

void __mutex_init(struct mutex *lock, const char *name);
#define mutex_init(lock)	__mutex_init(lock, #lock)
void mutex_lock_slow(struct mutex *lock);
void mutex_unlock_slow(struct mutex *lock);

#ifdef CONFIG_DEBUG_LOCKS
void mutex_debug_acquired(struct mutex *lock);
void mutex_debug_release(struct mutex *lock);
void mutex_assert_held(const struct mutex *lock);
#else
#define mutex_debug_acquired(lock)	do { } while (0)
#define mutex_debug_release(lock)	do { } while (0)
#define mutex_assert_held(lock)		mm_assert(mutex_is_locked(lock))
#endif

static inline bool mutex_is_locked(const struct mutex *lock)
{
	return atomic_long_read(&lock->state) & MUTEX_LOCKED;
}

static inline bool mutex_trylock(struct mutex *lock)
{
	long old = 0;

	if (!atomic_long_try_cmpxchg_acquire(&lock->state, &old, MUTEX_LOCKED))
		return false;
	mutex_debug_acquired(lock);
	return true;
}

static inline void mutex_lock(struct mutex *lock)
{
	long old = 0;

	might_sleep();
	arch_lock_point(&lock->wait_lock);
	if (unlikely(!atomic_long_try_cmpxchg_acquire(&lock->state, &old, MUTEX_LOCKED)))
		mutex_lock_slow(lock);
	mutex_debug_acquired(lock);
}

static inline void mutex_unlock(struct mutex *lock)
{
	long old = MUTEX_LOCKED;

	mutex_debug_release(lock);
	if (unlikely(!atomic_long_try_cmpxchg_release(&lock->state, &old, 0)))
		mutex_unlock_slow(lock);
	arch_lock_point(&lock->wait_lock);
}

#endif
