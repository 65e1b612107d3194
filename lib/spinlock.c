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
 *   D4  nothing sleeps with a spinlock held or interrupts off (might_sleep())
 *   D5  a lock that interrupt handlers take, as its rank says, is taken with
 *       interrupts off
 *   D6  nobody leaves for user mode, or a hosted machine, or ends, with a lock held,
 *       spinning or sleeping
 *   D7  what asserts that a lock is held finds it held by its own CPU
 *
 * A CPU that boots has interrupts off and sleeps nevertheless, as nobody else runs: D4
 * looks at interrupts from the first place on that may sleep and has them on.
 *
 * D1, D3 and D7 hold for mutexes and rw_semaphores as well, with the thread in the place
 * of the CPU: held->sleeping notes what it has (heldlocks.c).
 *
 * A broken rule is reported with the lock's name, address and rank, with who holds it
 * since when and where, and with all that this CPU holds; then the machine stops.
 *
 * The stack belongs to one CPU, but an interrupt handler may push and pop
 * between two instructions of a push: so pushes and pops run with interrupts
 * off. The holder field of a lock is written by its holder only, and compared
 * by others with their own address, which it cannot equal by accident: a racing
 * read is therefore harmless.
 */
#include <linux/spinlock.h>
#include <linux/printk.h>
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

/* --- reports -------------------------------------------------------------- */

static void report_held(const struct held_locks *held)
{
	unsigned int i;

	for (i = 0; i < held->depth; i++)
		pr_err("This CPU holds %s (0x%p, rank %u), taken in %pS\n", held->lock[i]->name,
		       held->lock[i], held->lock[i]->rank, (void *)held->lock[i]->where);
	debug_report_sleeping();
}

static void report_lock(const spinlock_t *lock)
{
	if (!lock)
		return;
	pr_err("Lock %s, 0x%p, rank %u, ", lock->name, lock, lock->rank);
	if (READ_ONCE(lock->holder))
		pr_cont("held by CPU %u, taken in %pS\n", lock->cpu, (void *)lock->where);
	else
		pr_cont("%s\n", spin_is_locked(lock) ? "held by nobody known" : "free");
}

/* @lock may be NULL: what is wrong is all that this CPU holds. */
static void __noreturn __cold lock_bug(const spinlock_t *lock, const char *rule)
{
	struct held_locks *held = port_held_locks();

	if (held)
		held->reporting = true;
	pr_err("BUG lock: %s, on CPU %u by %s\n", rule, smp_processor_id(), port_self_name());
	report_lock(lock);
	if (held) {
		report_held(held);
		held->reporting = false;
	}
	port_bug(__FILE__, __LINE__, rule);
}

/* --- spinlocks ------------------------------------------------------------ */

/* D1, D2: the rule that taking @lock would break, or NULL. */
static const char *broken_by(const struct held_locks *held, const spinlock_t *lock, bool nested)
{
	unsigned int i;

	for (i = 0; i < held->depth; i++) {
		const spinlock_t *other = held->lock[i];

		if (other == lock)
			return "D1: lock taken by the CPU that holds it";
		if (lock->rank == RANK_NONE || other->rank == RANK_NONE)
			continue;
		if (other->rank > lock->rank || (!nested && other->rank == lock->rank))
			return "D2: rank not above that of a lock that is held";
	}
	return NULL;
}

/**
 * debug_lock_check() - may this CPU take @lock now (D1, D2, D5)?
 * Locks:   called before @lock is taken.
 * Context: any.
 * Return:  nothing; stops the machine when a rule is broken.
 */
void debug_lock_check(spinlock_t *lock, bool nested)
{
	struct held_locks *held = port_held_locks();
	const char *broken;
	unsigned long flags;

	if (!held || held->reporting)
		return;
	if (unlikely(lock->rank >= RANK_IRQS_OFF && !arch_irqs_disabled()))
		lock_bug(lock, "D5: lock of interrupt handlers taken with interrupts on");
	flags = arch_local_irq_save();
	broken = broken_by(held, lock, nested);
	arch_local_irq_restore(flags);
	if (unlikely(broken))
		lock_bug(lock, broken);
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
	lock->cpu = smp_processor_id();
	lock->where = _RET_IP_;
	WRITE_ONCE(lock->holder, held);
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

	if (unlikely(!spin_is_locked(lock)))
		lock_bug(lock, "D3: lock released that nobody holds");
	/* Taken before there was a place to note it: nothing to forget. */
	if (!held || !lock->holder)
		return;
	if (unlikely(lock->holder != held))
		lock_bug(lock, "D3: lock released by a CPU that does not hold it");
	flags = arch_local_irq_save();
	for (i = held->depth; i-- > 0;)
		if (held->lock[i] == lock)
			break;
	mm_bug_on(i >= held->depth);
	for (; i + 1 < held->depth; i++)
		held->lock[i] = held->lock[i + 1];
	held->depth--;
	WRITE_ONCE(lock->holder, NULL);
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
 * debug_assert_held() - this CPU holds @lock (D7).
 * Locks:   @lock.
 * Context: any.
 * Return:  nothing; stops the machine if not.
 */
void debug_assert_held(const spinlock_t *lock)
{
	if (unlikely(!debug_lock_held(lock)))
		lock_bug(lock, "D7: lock not held where it has to be");
}

/**
 * debug_may_sleep() - the caller may sleep here (D4).
 * Locks:   none may be held.
 * Context: thread, interrupts on.
 * Return:  nothing; stops the machine when it is not so.
 */
void debug_may_sleep(void)
{
	struct held_locks *held = port_held_locks();

	if (!held || held->reporting)
		return;
	if (unlikely(held->depth))
		lock_bug(held->lock[held->depth - 1], "D4: may sleep with a spinlock held");
	if (!arch_irqs_disabled())
		held->irqs_were_on = true;
	else if (unlikely(held->irqs_were_on))
		lock_bug(NULL, "D4: may sleep with interrupts off");
}

/**
 * debug_leave() - on the way to user mode, out of a hosted machine, or to its end (D6).
 * Locks:   none may be held.
 * Context: thread.
 * Return:  nothing; stops the machine when a lock is held.
 */
void debug_leave(void)
{
	struct held_locks *held = port_held_locks();

	if (!held)
		return;
	if (unlikely(held->depth))
		lock_bug(held->lock[held->depth - 1], "D6: leaves with a spinlock held");
	if (held->sleeping && unlikely(held->sleeping->depth))
		lock_bug(NULL, "D6: leaves with a mutex or semaphore held");
}

#endif
