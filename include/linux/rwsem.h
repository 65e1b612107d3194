/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

/*
 * Reader-writer semaphores: sleeping locks with many readers or one writer.
 * Threads that have to wait queue in the order of asking, readers that stand
 * together get in together. Others may take a free semaphore before the head of the
 * queue is there, once; then it is kept for that: neither side starves. The count holds
 *
 *	bit 0		RWSEM_WRITER: a writer holds it
 *	bit 1		RWSEM_WAITERS: the queue is not empty
 *	bit 2		RWSEM_HANDOFF: the head of the queue is next
 *	bits 8..	the number of readers that hold it
 *
 *   R1  RWSEM_WRITER and a reader count other than 0 exclude each other
 *   R2  while RWSEM_WAITERS is set, only lib/rwsem.c adds holders
 *
 * Without contention each operation is one atomic operation. A semaphore may
 * be freed only when no up_*() can be under way.
 */
#include <linux/list.h>
#include <linux/spinlock.h>

#define RWSEM_WRITER	1L
#define RWSEM_WAITERS	2L
#define RWSEM_HANDOFF	4L
#define RWSEM_READER	256L

struct rw_semaphore {
	atomic_long_t count;		/* a  (R1) */
	spinlock_t wait_lock;
	struct list_head wait_list;	/* wait_lock: FIFO */
#ifdef CONFIG_DEBUG_LOCKS
	struct lock_owner owner;	/* the writer */
#endif
};

#define __RWSEM_NAMED(sem, name)					\
	{ .count = ATOMIC_LONG_INIT(0),					\
	  .wait_lock = SPIN_LOCK_RANK_INIT(name, RANK_SLEEPLOCK),	\
	  .wait_list = LIST_HEAD_INIT((sem).wait_list) }
#define __RWSEM_INITIALIZER(name)	__RWSEM_NAMED(name, name)
#define DECLARE_RWSEM(name)	struct rw_semaphore name = __RWSEM_INITIALIZER(name)

void __init_rwsem(struct rw_semaphore *sem, const char *name);
#define init_rwsem(sem)		__init_rwsem(sem, #sem)
void rwsem_down_read_slow(struct rw_semaphore *sem);
void rwsem_down_write_slow(struct rw_semaphore *sem);
void rwsem_wake(struct rw_semaphore *sem);

#ifdef CONFIG_DEBUG_LOCKS
void rwsem_debug_write_acquired(struct rw_semaphore *sem);
void rwsem_debug_write_release(struct rw_semaphore *sem);
void rwsem_debug_read_acquired(struct rw_semaphore *sem);
void rwsem_debug_read_release(struct rw_semaphore *sem);
void rwsem_debug_may_wait(const struct rw_semaphore *sem);
void rwsem_assert_held_write(const struct rw_semaphore *sem);
void rwsem_assert_held(const struct rw_semaphore *sem);
#else
#define rwsem_debug_write_acquired(sem)	do { } while (0)
#define rwsem_debug_write_release(sem)	do { } while (0)
#define rwsem_debug_read_acquired(sem)	do { } while (0)
#define rwsem_debug_read_release(sem)	do { } while (0)
#define rwsem_debug_may_wait(sem)	do { } while (0)
#define rwsem_assert_held_write(sem)	mm_assert(rwsem_is_write_locked(sem))
#define rwsem_assert_held(sem)		mm_assert(rwsem_is_locked(sem))
#endif

static inline int rwsem_is_locked(const struct rw_semaphore *sem)
{
	return (atomic_long_read(&sem->count) & ~(RWSEM_WAITERS | RWSEM_HANDOFF)) != 0;
}

static inline bool rwsem_is_write_locked(const struct rw_semaphore *sem)
{
	return atomic_long_read(&sem->count) & RWSEM_WRITER;
}

static inline int rwsem_is_contended(const struct rw_semaphore *sem)
{
	return (atomic_long_read(&sem->count) & RWSEM_WAITERS) != 0;
}

static inline bool down_read_trylock(struct rw_semaphore *sem)
{
	long old = atomic_long_read(&sem->count);

	while (!(old & (RWSEM_WRITER | RWSEM_WAITERS)))
		if (atomic_long_try_cmpxchg_acquire(&sem->count, &old, old + RWSEM_READER)) {
			rwsem_debug_read_acquired(sem);
			return true;
		}
	return false;
}

static inline bool down_write_trylock(struct rw_semaphore *sem)
{
	long old = 0;

	if (!atomic_long_try_cmpxchg_acquire(&sem->count, &old, RWSEM_WRITER))
		return false;
	rwsem_debug_write_acquired(sem);
	return true;
}

static inline void down_read(struct rw_semaphore *sem)
{
	might_sleep();
	rwsem_debug_may_wait(sem);
	arch_lock_point(&sem->wait_lock);
	if (unlikely(!down_read_trylock(sem))) {
		rwsem_down_read_slow(sem);
		rwsem_debug_read_acquired(sem);
	}
}

static inline void down_write(struct rw_semaphore *sem)
{
	long old = 0;

	might_sleep();
	rwsem_debug_may_wait(sem);
	arch_lock_point(&sem->wait_lock);
	if (unlikely(!atomic_long_try_cmpxchg_acquire(&sem->count, &old, RWSEM_WRITER)))
		rwsem_down_write_slow(sem);
	rwsem_debug_write_acquired(sem);
}
#define down_write_nested(sem, subclass)	down_write(sem)

static inline void up_read(struct rw_semaphore *sem)
{
	long old;

	rwsem_debug_read_release(sem);
	old = atomic_long_fetch_sub_release(RWSEM_READER, &sem->count);
	mm_assert(old >= RWSEM_READER && !(old & RWSEM_WRITER));	/* R1 */
	if (unlikely((old & RWSEM_WAITERS) && old < 2 * RWSEM_READER))
		rwsem_wake(sem);
	arch_lock_point(&sem->wait_lock);
}

/* What up_write() and mutex_unlock() have in common. */
static inline void rwsem_release_write(struct rw_semaphore *sem)
{
	long old = atomic_long_fetch_sub_release(RWSEM_WRITER, &sem->count);

	mm_assert((old & ~(RWSEM_WAITERS | RWSEM_HANDOFF)) == RWSEM_WRITER);	/* R1 */
	if (unlikely(old & RWSEM_WAITERS))
		rwsem_wake(sem);
	arch_lock_point(&sem->wait_lock);
}

static inline void up_write(struct rw_semaphore *sem)
{
	rwsem_debug_write_release(sem);
	rwsem_release_write(sem);
}

/* The writer becomes a reader, with no writer in between. */
static inline void downgrade_write(struct rw_semaphore *sem)
{
	long old;

	rwsem_debug_write_release(sem);
	old = atomic_long_fetch_add(RWSEM_READER - RWSEM_WRITER, &sem->count);
	rwsem_debug_read_acquired(sem);
	mm_assert((old & ~(RWSEM_WAITERS | RWSEM_HANDOFF)) == RWSEM_WRITER);		/* R1 */
	if (unlikely(old & RWSEM_WAITERS))
		rwsem_wake(sem);
}

#endif
