// SPDX-License-Identifier: MIT
/*
 * Spinlocks: the slow path, and the checks of debug builds.
 *
 * The fast path is inline (linux/spinlock.h): one atomic exchange takes the lock,
 * one store frees it. Only a CPU that has to wait comes here; it looks, which leaves
 * the cache line shared, and tries again only when it has seen the lock free.
 *
 * With CONFIG_DEBUG_LOCKS each CPU keeps the spinlocks that it holds in a small
 * stack, which the port owns (port_held_locks()). The rules, asserted at each
 * acquisition and release:
 *
 *   D1  a lock is taken by a CPU that does not hold it
 *   D2  its rank is above the rank of every lock the CPU holds; equal only for
 *       spin_lock_nested(); locks without a rank are outside of the order
 *   D3  a lock is released by the CPU that holds it, in any order
 *   D4  nothing sleeps with a spinlock held (might_sleep())
 *
 * The stack belongs to one CPU, but an interrupt handler may push and pop
 * between two instructions of a push: so pushes and pops run with interrupts
 * off. The holder field of a lock is written by its holder only, and compared
 * by others with their own address, which it cannot equal by accident: a racing
 * read is therefore harmless.
 */
#include <linux/spinlock.h>
#include <mm/port.h>

/**
 * spin_lock_wait() - take @lock, which somebody else has.
 * Locks:   @lock is held on return.
 * Context: any; never sleeps.
 * Return:  nothing.
 */
void spin_lock_wait(spinlock_t *lock)
{
	do {
		while (spin_is_locked(lock))
			cpu_relax();
	} while (__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE));
}

#ifdef CONFIG_DEBUG_LOCKS

/**
 * debug_lock_check() - may this CPU take @lock now (D1, D2)?
 * Locks:   called before @lock is taken.
 * Context: any.
 * Return:  nothing; stops the machine when a rule is broken.
 */
void debug_lock_check(spinlock_t *lock, bool nested)
{
	struct held_locks *held = port_held_locks();
	unsigned long flags;
	unsigned int i;

	if (!held)
		return;
	flags = arch_local_irq_save();
	for (i = 0; i < held->depth; i++) {
		const spinlock_t *other = held->lock[i];

		mm_bug_on(other == lock);				/* D1 */
		if (lock->rank == RANK_NONE || other->rank == RANK_NONE)
			continue;
		if (nested)
			mm_bug_on(other->rank > lock->rank);		/* D2 */
		else
			mm_bug_on(other->rank >= lock->rank);		/* D2 */
	}
	arch_local_irq_restore(flags);
}

/**
 * debug_lock_acquired() - note that this CPU holds @lock.
 * Locks:   @lock is held.
 * Context: any.
 * Return:  nothing.
 */
void debug_lock_acquired(spinlock_t *lock)
{
	struct held_locks *held = port_held_locks();
	unsigned long flags;

	if (!held)
		return;
	flags = arch_local_irq_save();
	mm_bug_on(held->depth >= HELD_LOCKS_MAX);
	mm_bug_on(lock->holder);
	held->lock[held->depth++] = lock;
	lock->holder = held;
	arch_local_irq_restore(flags);
}

/**
 * debug_lock_release() - forget that this CPU holds @lock (D3).
 * Locks:   @lock is held and about to be released.
 * Context: any.
 * Return:  nothing.
 */
void debug_lock_release(spinlock_t *lock)
{
	struct held_locks *held = port_held_locks();
	unsigned long flags;
	unsigned int i;

	mm_bug_on(!spin_is_locked(lock));
	/* Taken before there was a place to note it: nothing to forget. */
	if (!held || !lock->holder)
		return;
	flags = arch_local_irq_save();
	mm_bug_on(lock->holder != held);				/* D3 */
	for (i = held->depth; i-- > 0;)
		if (held->lock[i] == lock)
			break;
	mm_bug_on(i >= held->depth);
	for (; i + 1 < held->depth; i++)
		held->lock[i] = held->lock[i + 1];
	held->depth--;
	lock->holder = NULL;
	arch_local_irq_restore(flags);
}

/**
 * debug_lock_held() - does this CPU hold @lock?
 * Locks:   none.
 * Context: any.
 * Return:  true when it does; before there is a place to note holders, whether
 *          anybody does.
 */
bool debug_lock_held(const spinlock_t *lock)
{
	struct held_locks *held = port_held_locks();
	struct held_locks *holder = READ_ONCE(lock->holder);

	if (!held || !holder)
		return spin_is_locked(lock);
	return holder == held;
}

/**
 * debug_no_locks_held() - the caller may sleep here (D4).
 * Locks:   none may be held.
 * Context: thread.
 * Return:  nothing; stops the machine when a spinlock is held.
 */
void debug_no_locks_held(const char *file, int line)
{
	struct held_locks *held = port_held_locks();

	if (held && unlikely(held->depth))
		port_bug(file, line, held->lock[held->depth - 1]->name);
}

#endif
