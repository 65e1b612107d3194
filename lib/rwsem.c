// SPDX-License-Identifier: MIT
/*
 * Reader-writer semaphores: what happens when threads meet.
 *
 * linux/rwsem.h describes the count. The fast paths add a holder only while
 * RWSEM_WAITERS is clear (R2); releasing is always one atomic subtraction, and
 * who thereby leaves the semaphore without holders calls rwsem_wake() if there
 * are waiters.
 *
 *	fast path fails -> try and spin for a while -> join the queue, set RWSEM_WAITERS
 *	                                                 |
 *	   wake the head, once <- free again <-----------+
 *	    |
 *	    +-> it grants itself what it can: a writer the semaphore, a reader also
 *	        the readers that stand behind it
 *	    +-> somebody was faster: set RWSEM_HANDOFF; who leaves next grants
 *
 * A free semaphore is not kept for the head of the queue while that wakes up, which takes
 * far longer than most threads hold one: who comes by takes it. If it were handed
 * over in the order of asking, one meeting of two busy threads would make each of them
 * sleep before each turn from then on. The head may lose so once; then it is its turn:
 *
 *   R3  RWSEM_WAITERS is set iff the queue is not empty, seen under wait_lock
 *   R4  when wait_lock is free, either the queue is empty, or its head cannot be granted,
 *       or it was woken and comes to see, or a rwsem_wake() is on its way
 *   R5  RWSEM_HANDOFF is set by the head of the queue and cleared when that is granted;
 *       while it is set, only rwsem_grant() adds holders
 *
 *   W1  a waiter is on the queue iff granted is false
 *   W2  granted is set, and the thread woken, with wait_lock held: who has seen granted
 *       and passed through wait_lock once knows that nobody uses its waiter any more
 *
 * So neither side starves: each thread waits for those before it in the queue, and before
 * each of them gets in, for those who took a semaphore that was free until that had lost.
 * Readers overtake only where nobody holds it: those who come while others read and a
 * writer waits join the queue.
 *
 * A holder that leaves while a thread joins the queue either sees the bit and
 * calls rwsem_wake(), or had left before the bit was set, and then the joining
 * thread grants itself. Both may happen; rwsem_grant() does what is possible at
 * that moment and nothing twice.
 *
 * Locks: wait_lock, which protects the queue. It is taken by threads only.
 */
#include <linux/rwsem.h>
#include <mm/port.h>

/* How many turns of cpu_relax() a port finds cheaper than to sleep and be woken. */
#ifndef arch_lock_turns
#define arch_lock_turns()	0
#endif

/* A thread in the queue, on its own stack. i: immutable */
struct lock_waiter {
	struct list_head list;		/* wait_lock */
	struct task_struct *thread;	/* i */
	bool write;			/* i  wants the lock for itself alone */
	bool granted;			/* set under wait_lock (W1) */
	bool woken;			/* set under wait_lock: come, it is free */
};

static void lock_waiter_init(struct lock_waiter *waiter, bool write)
{
	waiter->thread = port_self();
	waiter->write = write;
	waiter->granted = false;
	waiter->woken = false;
}

/* The lock is the waiter's: wait_lock is held. */
static void lock_waiter_grant(struct lock_waiter *waiter)
{
	struct task_struct *thread = waiter->thread;

	mm_assert(!waiter->granted);					/* W1 */
	list_del(&waiter->list);
	smp_store_release(&waiter->granted, true);
	port_wake(thread);
}

/* The waiter has seen granted: whoever granted is done with it after this (W2). */
static void lock_waiter_leave(spinlock_t *wait_lock)
{
	spin_lock(wait_lock);
	spin_unlock(wait_lock);
}

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

static bool rwsem_count_is_held(long count)
{
	return count & ~(RWSEM_WAITERS | RWSEM_HANDOFF);
}

static struct lock_waiter *rwsem_first(const struct rw_semaphore *sem)
{
	return list_first_entry(&sem->wait_list, struct lock_waiter, list);
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
static void rwsem_grant_writer(struct rw_semaphore *sem, struct lock_waiter *first)
{
	long after = list_is_singular(&sem->wait_list) ? RWSEM_WRITER
						       : RWSEM_WRITER | RWSEM_WAITERS;	/* R3 */
	long old = atomic_long_read(&sem->count);

	do {
		if (rwsem_count_is_held(old))
			return;
	} while (!atomic_long_try_cmpxchg(&sem->count, &old, after));		/* R5 */
	lock_waiter_grant(first);
}

/* Let in the readers at the head, unless a writer holds the semaphore. */
static void rwsem_grant_readers(struct rw_semaphore *sem)
{
	long readers = rwsem_count_readers(sem);
	bool rest = readers < (long)list_count_nodes(&sem->wait_list);
	long old = atomic_long_read(&sem->count), after;

	do {
		if (old & RWSEM_WRITER)
			return;
		after = (old & ~(RWSEM_WAITERS | RWSEM_HANDOFF)) + readers * RWSEM_READER;
		if (rest)
			after |= RWSEM_WAITERS;				/* R3 */
	} while (!atomic_long_try_cmpxchg(&sem->count, &old, after));	/* R5 */
	while (readers--)
		lock_waiter_grant(rwsem_first(sem));
}

/* Grant whatever the head of the queue can have now. */
static void rwsem_grant(struct rw_semaphore *sem)
{
	spin_assert_held(&sem->wait_lock);
	if (rwsem_first(sem)->write)
		rwsem_grant_writer(sem, rwsem_first(sem));
	else
		rwsem_grant_readers(sem);
}

/* May a thread that is not in the queue become a holder beside those of @count? */
static bool rwsem_may_enter(long count, bool write)
{
	if (count & RWSEM_HANDOFF)						/* R5 */
		return false;
	if (write || (count & RWSEM_WAITERS))
		return !rwsem_count_is_held(count);
	return !(count & RWSEM_WRITER);
}

/* Take the semaphore without the queue, if that is possible soon. */
static bool rwsem_enter(struct rw_semaphore *sem, bool write)
{
	const long holder = write ? RWSEM_WRITER : RWSEM_READER;
	long old = atomic_long_read(&sem->count);
	unsigned int turns = arch_lock_turns();

	for (;;) {
		while (rwsem_may_enter(old, write))
			if (atomic_long_try_cmpxchg_acquire(&sem->count, &old, old + holder))
				return true;
		if (!turns-- || (old & RWSEM_HANDOFF))
			return false;
		cpu_relax();
		old = atomic_long_read(&sem->count);
	}
}

/* The head was woken as the semaphore was free: if it is no more, the next turn is its own. */
static void rwsem_come(struct rw_semaphore *sem, struct lock_waiter *waiter)
{
	unsigned int turns = arch_lock_turns();

	while (turns-- && rwsem_count_is_held(atomic_long_read(&sem->count)))
		cpu_relax();
	spin_lock(&sem->wait_lock);
	WRITE_ONCE(waiter->woken, false);
	if (!waiter->granted)
		rwsem_grant(sem);
	if (!waiter->granted) {
		atomic_long_fetch_or(RWSEM_HANDOFF, &sem->count);	/* R5 */
		rwsem_grant(sem);	/* who left before saw no bit */
	}
	spin_unlock(&sem->wait_lock);
}

static void rwsem_sleep(struct rw_semaphore *sem, struct lock_waiter *waiter)
{
	port_block_prepare();
	while (!smp_load_acquire(&waiter->granted)) {
		if (READ_ONCE(waiter->woken)) {
			port_block_cancel();
			rwsem_come(sem, waiter);
		} else {
			port_block();
		}
		port_block_prepare();
	}
	port_block_cancel();
	lock_waiter_leave(&sem->wait_lock);
}

static void rwsem_wait(struct rw_semaphore *sem, bool write)
{
	struct lock_waiter waiter;

	if (rwsem_enter(sem, write))
		return;
	lock_waiter_init(&waiter, write);
	spin_lock(&sem->wait_lock);
	list_add_tail(&waiter.list, &sem->wait_list);
	atomic_long_fetch_or(RWSEM_WAITERS, &sem->count);		/* R3 */
	if (rwsem_first(sem) == &waiter)
		rwsem_grant(sem);					/* R4 */
	spin_unlock(&sem->wait_lock);
	rwsem_sleep(sem, &waiter);
}

/**
 * rwsem_down_read_slow() - become a reader, by the queue if need be.
 * Locks:   @sem is held for reading on return; takes wait_lock.
 * Context: thread, may sleep.
 * Return:  nothing.
 */
void rwsem_down_read_slow(struct rw_semaphore *sem)
{
	rwsem_wait(sem, false);
}

/**
 * rwsem_down_write_slow() - become the writer, by the queue if need be.
 * Locks:   @sem is held for writing on return; takes wait_lock.
 * Context: thread, may sleep.
 * Return:  nothing.
 */
void rwsem_down_write_slow(struct rw_semaphore *sem)
{
	rwsem_wait(sem, true);
}

/**
 * rwsem_wake() - a holder left or became a reader: the head of the queue shall come.
 * Locks:   takes wait_lock.
 * Context: thread, never sleeps.
 * Return:  nothing.
 */
void rwsem_wake(struct rw_semaphore *sem)
{
	struct lock_waiter *first;
	long count;

	spin_lock(&sem->wait_lock);
	count = atomic_long_read(&sem->count);
	if (list_empty(&sem->wait_list)) {
		/* another who left let the last in */
	} else if ((count & RWSEM_HANDOFF) || rwsem_count_is_held(count)) {
		rwsem_grant(sem);		/* beside a holder: readers to readers */
	} else {
		first = rwsem_first(sem);
		if (!first->woken) {
			WRITE_ONCE(first->woken, true);
			port_wake(first->thread);
		}
	}
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
