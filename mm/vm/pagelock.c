// SPDX-License-Identifier: MIT
/*
 * pagelock.c - the lock bit of a page, and sleeping for it.
 *
 * A page is locked while its contents are read in, while it enters or leaves
 * the cache, and while a fault maps it: faults and the page cache both need it,
 * and it needs neither. struct page has no room for a list of waiters: they queue
 * in a table of buckets, by a hash of the page.
 *
 *   W1  PG_waiters is set while somebody waits for the page; it changes under
 *       the bucket's lock, and only the unlocking side looks at it without
 *   W2  a waiter leaves its bucket before lock_page() returns: it is on the
 *       waiter's stack
 *
 * unlock_page() wakes all waiters of its page: there are rarely two.
 *
 * Locks: the bucket's, inside anything but the run queues.
 */
#include "vm_internal.h"
#include <linux/hash.h>

struct page_waiter {
	struct list_head list;		/* b  in the bucket */
	struct page *page;		/* i */
	struct task_struct *task;	/* i */
};

/** pagewait_init() - empty buckets. Once per machine, before the first lock_page(). */
void pagewait_init(void)
{
	struct pagewait_state *state = &this_machine()->pagewait;
	unsigned int i;

	for (i = 0; i < PAGEWAIT_BUCKETS; i++) {
		spin_lock_init_rank(&state->bucket[i].lock, RANK_PAGEWAIT, "pagewait");
		INIT_LIST_HEAD(&state->bucket[i].waiters);
	}
}

static struct pagewait_bucket *bucket_of(struct page *page)
{
	return &this_machine()->pagewait.bucket[hash_long(page_to_pfn(page), PAGEWAIT_BITS)];
}

/**
 * trylock_page() - lock @page unless somebody has it.
 * Locks:   the page's lock on success.
 * Context: any.
 * Return:  true when it is ours.
 */
bool trylock_page(struct page *page)
{
	return !TestSetPageLocked(page);
}

static noinline void lock_page_slow(struct page *page)
{
	struct pagewait_bucket *b = bucket_of(page);
	struct page_waiter w = { .page = page, .task = port_self() };

	mm_assert(page_count(page) > 0);
	might_sleep();
	spin_lock(&b->lock);
	list_add_tail(&w.list, &b->waiters);
	for (;;) {
		SetPageWaiters(page);						/* W1 */
		if (trylock_page(page))
			break;
		port_block_prepare();
		spin_unlock(&b->lock);
		port_block();
		port_block_cancel();
		spin_lock(&b->lock);
	}
	list_del(&w.list);							/* W2 */
	spin_unlock(&b->lock);
}

/**
 * lock_page() - lock @page, of which the caller holds a reference.
 * Locks:   the page's lock; none of the spinlocks may be held.
 * Context: may sleep.
 */
void lock_page(struct page *page)
{
	if (unlikely(!trylock_page(page)))
		lock_page_slow(page);
}

static noinline void wake_page(struct page *page)
{
	struct pagewait_bucket *b = bucket_of(page);
	struct page_waiter *w;
	bool any = false;

	spin_lock(&b->lock);
	list_for_each_entry(w, &b->waiters, list) {
		if (w->page != page)
			continue;
		any = true;
		port_wake(w->task);
	}
	if (!any)
		ClearPageWaiters(page);						/* W1 */
	spin_unlock(&b->lock);
}

/**
 * unlock_page() - the holder gives the page's lock back.
 * Locks:   the page's lock is held.
 * Context: any; the caller still holds a reference.
 */
void unlock_page(struct page *page)
{
	unsigned long old;

	static_assert(PG_locked == 0, "unlocking subtracts 1");
	mm_assert(PageLocked(page));
	old = __atomic_fetch_sub(&page->flags, 1ul, __ATOMIC_SEQ_CST);
	if (unlikely(old & (1ul << PG_waiters)))
		wake_page(page);
}
