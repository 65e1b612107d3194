// SPDX-License-Identifier: MIT
/*
 * sleeplock.c - who has a mutex, or a rw_semaphore for writing; reports about them.
 *
 * With CONFIG_DEBUG_LOCKS each of them has a struct lock_owner: the thread that has the
 * lock for itself alone, and since which place in the code, on which CPU, under which
 * name. What a thread has, also as one of several readers, is in its record (heldlocks.c).
 * The rules are D1, D3, D6 and D7 of spinlock.c, with the thread in the place of the
 * CPU; mutex.c and rwsem.c check them, and debug_leave().
 *
 *   W3  owner->thread is NULL exactly while nobody has the lock for itself alone, or is
 *       about to note it
 *
 * Locks: the owner is written by who has the lock. Others compare it with themselves,
 * which a racing read cannot make equal.
 */
#include <linux/spinlock.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <mm/port.h>

#ifdef CONFIG_DEBUG_LOCKS

/**
 * debug_sleeplock_bug() - @rule is broken for the mutex or semaphore of @wait_lock.
 * Locks:   any.
 * Context: thread.
 * Return:  never.
 */
void debug_sleeplock_bug(const spinlock_t *wait_lock, const struct lock_owner *owner,
			 const char *rule)
{
	pr_err("BUG lock: %s, on CPU %u by %s\n", rule, smp_processor_id(), port_self_name());
	pr_err("Lock %s, wait_lock 0x%p, ", wait_lock->name, wait_lock);
	if (READ_ONCE(owner->thread))
		pr_cont("held by %.15s, taken on CPU %u in %pS\n", owner->name, owner->cpu,
			(void *)owner->where);
	else
		pr_cont("held by nobody for itself alone\n");
	debug_report_sleeping();
	port_bug(__FILE__, __LINE__, rule);
}

/**
 * debug_owner_set() - the calling thread is the owner.
 * Locks:   the lock is held for writing.
 * Context: thread.
 */
void debug_owner_set(struct lock_owner *owner)
{
	owner->where = _RET_IP_;
	owner->cpu = smp_processor_id();
	strscpy(owner->name, port_self_name(), sizeof(owner->name));
	WRITE_ONCE(owner->thread, port_self());
}

/**
 * debug_owner_is_self() - is the calling thread the owner?
 * Locks:   none.
 * Context: thread.
 */
bool debug_owner_is_self(const struct lock_owner *owner)
{
	return READ_ONCE(owner->thread) == port_self();
}

#endif
