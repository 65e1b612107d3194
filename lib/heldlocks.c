// SPDX-License-Identifier: MIT
/*
 * heldlocks.c - the mutexes and rw_semaphores that a thread holds.
 *
 * With CONFIG_DEBUG_LOCKS each thread has a struct held_sleeping: which sleeping locks it
 * has, alone or as one of several readers, and where it took them. The port says where
 * the record is (port_held_locks()->sleeping): it follows the thread to other CPUs, as
 * who sleeps may keep such locks. With it readers are known as well as writers, a thread
 * that asks twice is seen before it waits for itself (D1), and one that leaves with a lock
 * before anybody waits for that lock (D6 of spinlock.c).
 *
 *   W4  a lock is in the record of a thread as often as this thread has it: once, as who
 *       asks twice may wait for himself (a reader for the writer between)
 *
 * Locks: none. A record is touched by its thread alone, and interrupt handlers take no
 * sleeping lock.
 */
#include <linux/spinlock.h>
#include <linux/printk.h>
#include <mm/port.h>

#ifdef CONFIG_DEBUG_LOCKS

/* Where the calling thread notes what it has; NULL before there is a place. */
static struct held_sleeping *my_record(void)
{
	struct held_locks *held = port_held_locks();

	return held ? held->sleeping : NULL;
}

static struct held_sleeplock *entry_of(struct held_sleeping *held, const spinlock_t *wait_lock)
{
	unsigned int i;

	for (i = held->depth; i-- > 0;)
		if (held->lock[i].wait_lock == wait_lock)
			return &held->lock[i];
	return NULL;
}

/**
 * debug_report_sleeping() - print the mutexes and semaphores that the thread has.
 * Locks:   none.
 * Context: any; of an interrupt handler, those of the thread that it interrupted.
 * Return:  nothing.
 */
void debug_report_sleeping(void)
{
	const struct held_sleeping *held = my_record();
	unsigned int i;

	for (i = 0; held && i < held->depth; i++)
		pr_err("This thread holds %s (wait_lock 0x%p)%s, taken in %pS\n",
		       held->lock[i].wait_lock->name, held->lock[i].wait_lock,
		       held->lock[i].shared ? " for reading" : "",
		       (void *)held->lock[i].where);
}

/**
 * debug_sleeplock_acquired() - note that the calling thread has the lock of @wait_lock.
 * Locks:   the lock, @shared with other readers or not, since @where.
 * Context: thread.
 * Return:  nothing.
 */
void debug_sleeplock_acquired(const spinlock_t *wait_lock, bool shared, unsigned long where)
{
	struct held_sleeping *held = my_record();
	struct held_sleeplock *entry;

	if (!held)
		return;
	mm_bug_on(held->depth >= HELD_SLEEPING_MAX);
	entry = &held->lock[held->depth++];
	entry->wait_lock = wait_lock;
	entry->shared = shared;
	entry->where = where;
}

/**
 * debug_sleeplock_release() - forget that the calling thread has the lock of @wait_lock.
 * Locks:   the lock.
 * Context: thread.
 * Return:  false when the thread does not have it; true also without a record.
 */
bool debug_sleeplock_release(const spinlock_t *wait_lock)
{
	struct held_sleeping *held = my_record();
	struct held_sleeplock *entry;

	if (!held)
		return true;
	entry = entry_of(held, wait_lock);
	if (!entry)
		return false;
	for (held->depth--; entry < &held->lock[held->depth]; entry++)
		entry[0] = entry[1];
	return true;
}

/**
 * debug_sleeplock_held() - does the calling thread have the lock of @wait_lock?
 * Locks:   none.
 * Context: thread.
 * Return:  true when its record says so.
 */
bool debug_sleeplock_held(const spinlock_t *wait_lock)
{
	struct held_sleeping *held = my_record();

	return held && entry_of(held, wait_lock);
}

#endif
