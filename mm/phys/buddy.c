// SPDX-License-Identifier: MIT
/*
 * buddy.c - the free blocks of a zone.
 *
 * Free memory is kept in naturally aligned blocks of 2^order frames, on one list
 * for each order and migrate type. Two blocks of an order whose frame numbers
 * differ in bit `order` only are buddies; when both are free they become one block
 * of the next order, and a larger block is split in halves when a small one is
 * asked for:
 *
 *	order 2   [0 1 2 3]		alloc order 0:	0 taken
 *	order 1	  [0 1] [2 3]			->	[2 3] on list 1
 *	order 0	  [0] [1]			->	[1]   on list 0
 *
 * Mobility: each pageblock (2 MiB) has a migrate type, and blocks are freed to the
 * lists of their pageblock's type, so that pages that never move stay together and
 * large blocks can form elsewhere. When the wanted type has nothing left, the
 * LARGEST block of another type is taken; if the request may pollute a block
 * anyway (unmovable, reclaimable) or the block is large, the whole pageblock
 * changes its type and its free pages move with it. A pageblock that gets mixed also
 * raises the zone's marks by a pageblock (watermark_boost), up to a share of its high
 * mark, until the slow path has won memory back: more free memory now means fewer mixed
 * pageblocks later.
 *
 * Three types are only entered on purpose: HIGHATOMIC (highatomic.c), CMA and ISOLATE
 * (mm/defrag). Movable requests use CMA's pages too: before all others when more than
 * half of what is free is CMA's, and instead of stealing otherwise.
 *
 * Invariants, checked by zone_check():
 *   Z1  a frame is on a free list iff PG_buddy is set on its head; then its order
 *       is in ->private, its frame number is a multiple of 2^order, and the whole
 *       block lies in the zone
 *   Z2  zone->nr_free == sum over orders of (blocks << order) of all types but
 *       ISOLATE, nr_free_isolated, nr_free_cma and nr_free_highatomic that of their
 *       types, and free_area[o].nr_free == length of its lists
 *   Z3  two free buddies of one order below MAX_ORDER - 1 do not exist, unless one
 *       of them is isolated and they are at least a pageblock
 *   Z4  a free frame has _refcount 0, _mapcount -1, no mapping, no other flag; of a lazy
 *       block (memmap.c) this holds for the head, which has PG_lazy as well
 *   Z5  a block smaller than a pageblock is on the list of its pageblock's type
 *
 * Locks: everything here is under zone->lock. Interrupt handlers never allocate,
 * so that interrupts stay on.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/list.h>
#include <linux/math64.h>
#include "../internal.h"

const char *const migratetype_names[MIGRATE_TYPES] = {
	"Unmovable", "Movable", "Reclaimable", "HighAtomic", "CMA", "Isolate",
};

/**
 * set_pageblock_migratetype() - change the type of @pfn's pageblock.
 * Locks:   zone->lock, or boot.
 * Context: any; pages on free lists do not move by it.
 * Return:  nothing.
 */
void set_pageblock_migratetype(struct zone *zone, unsigned long pfn, int migratetype)
{
	mm_assert(migratetype >= 0 && migratetype < MIGRATE_TYPES);
	WRITE_ONCE(zone->pageblock_flags[(pfn >> pageblock_order) -
					 (zone->zone_start_pfn >> pageblock_order)], migratetype);
}

/* Z2: @pages more are free, or fewer. */
static inline void zone_count_free(struct zone *zone, int migratetype, long pages)
{
	if (unlikely(migratetype == MIGRATE_ISOLATE)) {
		ADD_ONCE(zone->nr_free_isolated, pages);
		return;
	}
	ADD_ONCE(zone->nr_free, pages);
	if (likely(migratetype < MIGRATE_PCPTYPES))
		return;
	if (migratetype == MIGRATE_CMA)
		ADD_ONCE(zone->nr_free_cma, pages);
	else
		ADD_ONCE(zone->nr_free_highatomic, pages);
}

static inline void buddy_add(struct zone *zone, struct page *page, unsigned int order,
			     int migratetype, bool to_tail)
{
	struct free_area *area = &zone->free_area[order];

	page->private = order;
	__SetPageBuddy(page);
	if (to_tail)
		list_add_tail(&page->lru, &area->free_list[migratetype]);
	else
		list_add(&page->lru, &area->free_list[migratetype]);
	ADD_ONCE(area->nr_free, 1);
}

static inline void buddy_del(struct zone *zone, struct page *page, unsigned int order)
{
	mm_assert(PageBuddy(page) && page->private == order);	/* Z1 */
	list_del(&page->lru);
	__ClearPageBuddy(page);
	ADD_ONCE(zone->free_area[order].nr_free, -1ul);
}

/* Take a block off its list, to split it or to hand it out. */
static inline void buddy_take(struct zone *zone, struct page *page, unsigned int order)
{
	buddy_del(zone, page, order);
	if (unlikely(order == MAX_ORDER - 1 && PageLazy(page)))
		memmap_finish(page);
}

/*
 * @buddy can merge with @page: free, of the same order, of the same zone. Its struct
 * page exists: both lie in one block of the largest order, the unit of the memmap.
 */
static inline bool page_is_buddy(const struct page *page, const struct page *buddy,
				 unsigned int order)
{
	/* its owner may be changing other flags; PG_buddy changes under zone->lock */
	unsigned long flags = data_race(buddy->flags);

	return (flags & 1ul << PG_buddy) && buddy->private == order &&
	       !((page->flags ^ flags) >> PAGE_NODE_SHIFT);
}

/*
 * Two free buddies of at least a pageblock each: the type of the block they make,
 * or -1 when one is isolated and must stay apart (Z3). Nothing in them is in use,
 * so that unlike types can be made one, the one that keeps fragmentation low (Z5).
 */
static int merged_type(struct zone *zone, unsigned long pfn, unsigned long buddy_pfn,
		       unsigned int order, int migratetype)
{
	int other = get_pageblock_migratetype(zone, buddy_pfn);
	unsigned long i;

	if (other == migratetype)
		return migratetype;
	if (other >= MIGRATE_PCPTYPES || migratetype >= MIGRATE_PCPTYPES)
		return -1;
	for (i = 0; i < 1ul << order; i += pageblock_nr_pages) {
		set_pageblock_migratetype(zone, pfn + i, MIGRATE_MOVABLE);
		set_pageblock_migratetype(zone, buddy_pfn + i, MIGRATE_MOVABLE);
	}
	return MIGRATE_MOVABLE;
}

/*
 * A block of several pageblocks comes back: they may have been isolated one by one while
 * its owner had it. False: not all are of one type, and it must not be one free block.
 */
static bool block_is_of_one_type(struct zone *zone, unsigned long pfn, unsigned int order)
{
	int type = get_pageblock_migratetype(zone, pfn);
	unsigned long i;

	for (i = pageblock_nr_pages; i < 1ul << order; i += pageblock_nr_pages)
		if (get_pageblock_migratetype(zone, pfn + i) != type)
			return false;
	return true;
}

/**
 * __free_one_page() - put a block on the free lists, merged as far as it goes.
 * Locks:   zone->lock held.
 * Context: any.
 * Return:  nothing. @to_tail: the block is to be used last.
 */
void __free_one_page(struct zone *zone, struct page *page, unsigned int order, bool to_tail)
{
	unsigned long pfn = page_to_pfn(page);
	int migratetype = get_pageblock_migratetype(zone, pfn);

	mm_assert(!(pfn & ((1ul << order) - 1)));			/* Z1 */
	mm_assert(pfn >= zone->zone_start_pfn);
	mm_assert(pfn + (1ul << order) <= zone_end_pfn(zone));
	mm_assert(!PageBuddy(page));
	if (order > pageblock_order && unlikely(!block_is_of_one_type(zone, pfn, order))) {
		__free_one_page(zone, page, order - 1, to_tail);
		__free_one_page(zone, page + (1ul << (order - 1)), order - 1, to_tail);
		return;
	}
	zone_count_free(zone, migratetype, 1l << order);		/* Z2 */

	while (order < MAX_ORDER - 1) {
		unsigned long buddy_pfn = pfn ^ (1ul << order);
		struct page *buddy = page + (long)(buddy_pfn - pfn);

		if (!page_is_buddy(page, buddy, order))
			break;
		if (order >= pageblock_order) {
			int type = merged_type(zone, pfn, buddy_pfn, order, migratetype);

			if (type < 0)
				break;
			migratetype = type;
		}
		buddy_del(zone, buddy, order);
		if (buddy_pfn < pfn) {
			page = buddy;
			pfn = buddy_pfn;
		}
		order++;
	}
	buddy_add(zone, page, order, migratetype, to_tail);
}

/**
 * free_one_page() - __free_one_page() for one block.
 * Locks:   takes zone->lock.
 * Context: not from interrupt handlers.
 * Return:  nothing.
 */
void free_one_page(struct zone *zone, struct page *page, unsigned int order)
{
	spin_lock(&zone->lock);
	__free_one_page(zone, page, order, false);
	spin_unlock(&zone->lock);
}

/**
 * __buddy_free_range() - free frames [@start_pfn, @end_pfn) in the largest blocks.
 * Locks:   zone->lock held.
 * Context: the frames satisfy Z4 and lie in @zone.
 * Return:  nothing.
 */
void __buddy_free_range(struct zone *zone, unsigned long start_pfn, unsigned long end_pfn)
{
	while (start_pfn < end_pfn) {
		unsigned int order = MAX_ORDER - 1;

		if (start_pfn)
			order = min(order, (unsigned int)__ffs(start_pfn));
		while (start_pfn + (1ul << order) > end_pfn)
			order--;
		if (order < MAX_ORDER - 1 && memmap_is_lazy(memmap_head(start_pfn)))
			memmap_finish(memmap_head(start_pfn));
		__free_one_page(zone, pfn_to_page(start_pfn), order, true);
		start_pfn += 1ul << order;
	}
}

/** buddy_free_range() - __buddy_free_range() under zone->lock, which it takes. As that one. */
void buddy_free_range(struct zone *zone, unsigned long start_pfn, unsigned long end_pfn)
{
	spin_lock(&zone->lock);
	__buddy_free_range(zone, start_pfn, end_pfn);
	spin_unlock(&zone->lock);
}

/* --- taking ---------------------------------------------------------------------- */

/*
 * The first 2^@low frames of @page's block of 2^@high (off the lists already)
 * become the caller's; the rest goes back, upper halves first.
 */
static inline void expand(struct zone *zone, struct page *page, unsigned int low,
			  unsigned int high, int migratetype)
{
	while (high > low) {
		high--;
		buddy_add(zone, page + (1ul << high), high, migratetype, false);
	}
	zone_count_free(zone, migratetype, -(1l << low));
}

/*
 * The smallest block that is large enough, of exactly this type: as much of it as 2^@most
 * frames, their order in *@got.
 */
static inline struct page *rmqueue_smallest(struct zone *zone, unsigned int order,
					    unsigned int most, int migratetype,
					    unsigned int *got)
{
	unsigned int o;

	for (o = order; o < MAX_ORDER; o++) {
		struct list_head *list = &zone->free_area[o].free_list[migratetype];
		struct page *page;

		if (list_empty(list))
			continue;
		page = list_first_entry(list, struct page, lru);
		buddy_take(zone, page, o);
		*got = min(o, most);
		expand(zone, page, *got, o, migratetype);
		return page;
	}
	return NULL;
}

/* Where a type looks when it has nothing, in this order. */
static const u8 fallback_types[MIGRATE_PCPTYPES][MIGRATE_PCPTYPES - 1] = {
	[MIGRATE_UNMOVABLE] = { MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE },
	[MIGRATE_MOVABLE] = { MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE },
	[MIGRATE_RECLAIMABLE] = { MIGRATE_UNMOVABLE, MIGRATE_MOVABLE },
};

/* The fallback type that has a block of @order, or -1. */
static int find_fallback(const struct zone *zone, unsigned int order, int migratetype)
{
	const struct free_area *area = &zone->free_area[order];
	int i;

	if (!area->nr_free)
		return -1;
	for (i = 0; i < MIGRATE_PCPTYPES - 1; i++) {
		int type = fallback_types[migratetype][i];

		if (!list_empty(&area->free_list[type]))
			return type;
	}
	return -1;
}

/* A request of this kind may take over the pageblock it falls back to. */
static bool can_steal(unsigned int order, int migratetype)
{
	return order >= pageblock_order / 2 || migratetype != MIGRATE_MOVABLE;
}

/* What a pageblock consists of, in frames. */
struct block_census {
	unsigned long free;
	unsigned long movable;		/* in use, and could move away */
};

/* In use by a program or as page cache. A hint: the owner may be giving it up. */
static bool page_looks_movable(const struct page *page, unsigned long flags)
{
	if (flags & (1ul << PG_slab | 1ul << PG_table | 1ul << PG_reserved))
		return false;
	return atomic_read(&page->_refcount) && !PageTail(page) &&
	       data_race(page->mapping);
}

/*
 * Count the frames of the pageblock that starts at @start and lies in @zone; with
 * @to >= 0 also move its free blocks to the lists of that type.
 */
static struct block_census pageblock_walk(struct zone *zone, unsigned long start, int to)
{
	struct block_census c = { 0, 0 };
	unsigned long pfn = start, end = start + pageblock_nr_pages;

	if (memmap_is_lazy(memmap_head(start)))
		memmap_finish(memmap_head(start));
	while (pfn < end) {
		struct page *page = pfn_to_page(pfn);
		unsigned int order;

		/* pages in use change their flags meanwhile, but for PG_buddy */
		unsigned long flags = data_race(page->flags);

		if (!(flags & 1ul << PG_buddy) || page_zone(page) != zone) {
			c.movable += page_looks_movable(page, flags);
			pfn++;
			continue;
		}
		order = page->private;
		if (to >= 0)
			list_move(&page->lru, &zone->free_area[order].free_list[to]);
		c.free += 1ul << order;
		pfn += 1ul << order;
	}
	return c;
}

/**
 * pageblock_convert() - the pageblock at @start becomes @migratetype's, with all that is
 * free in it. It lies in @zone; of a free block that reaches beyond it, all pageblocks
 * are converted, from the first on.
 * Locks:   zone->lock held.
 * Context: any.
 * Return:  nothing.
 */
void pageblock_convert(struct zone *zone, unsigned long start, int migratetype)
{
	int old = get_pageblock_migratetype(zone, start);
	long free = (long)pageblock_walk(zone, start, migratetype).free;

	zone_count_free(zone, old, -free);
	zone_count_free(zone, migratetype, free);			/* Z2 */
	set_pageblock_migratetype(zone, start, migratetype);
}

/* --- blocks by address: mm/defrag --------------------------------------------------- */

/**
 * buddy_free_block() - the free block that frame @pfn lies in.
 * Locks:   zone->lock held.
 * Context: any; @pfn has a struct page.
 * Return:  its head, NULL when the frame is not on a free list of @zone.
 */
struct page *buddy_free_block(struct zone *zone, unsigned long pfn)
{
	unsigned int order = memmap_is_lazy(memmap_head(pfn)) ? MAX_ORDER - 1 : 0;

	for (; order < MAX_ORDER; order++) {
		struct page *head = pfn_to_page(pfn & ~((1ul << order) - 1));

		if ((data_race(head->flags) & 1ul << PG_buddy) && page_zone(head) == zone)
			return head->private >= order ? head : NULL;
	}
	return NULL;
}

/**
 * buddy_take_block() - the free block at @head is the caller's, whatever its type.
 * Locks:   zone->lock held.
 * Context: any.
 * Return:  its order.
 */
unsigned int buddy_take_block(struct zone *zone, struct page *head)
{
	unsigned int order = head->private;

	buddy_take(zone, head, order);
	zone_count_free(zone, get_pageblock_migratetype(zone, page_to_pfn(head)), -(1l << order));
	return order;
}

/*
 * The free block that has all of the pageblock at @start and more becomes blocks of one
 * pageblock, so that this one can have a type of its own.
 */
static void split_free_pageblocks(struct zone *zone, unsigned long start)
{
	struct page *head = buddy_free_block(zone, start);
	unsigned int order;
	unsigned long i;
	int type;

	if (!head || head->private <= pageblock_order)
		return;
	order = head->private;
	type = get_pageblock_migratetype(zone, start);
	buddy_take(zone, head, order);
	for (i = 0; i < 1ul << order; i += pageblock_nr_pages)
		buddy_add(zone, head + i, pageblock_order, type, false);
}

/**
 * pageblock_isolate() - the pageblock at @start, which lies in @zone, becomes one of
 * @migratetype on its own: from or to MIGRATE_ISOLATE, with what is free in it.
 * Locks:   zone->lock held.
 * Context: any.
 * Return:  nothing.
 */
void pageblock_isolate(struct zone *zone, unsigned long start, int migratetype)
{
	struct page *page = pfn_to_page(start);

	split_free_pageblocks(zone, start);
	pageblock_convert(zone, start, migratetype);
	if (migratetype == MIGRATE_ISOLATE || !PageBuddy(page) || page->private != pageblock_order)
		return;
	/* it may have a buddy now that it can merge with (Z3) */
	buddy_take_block(zone, page);
	__free_one_page(zone, page, pageblock_order, false);
}

/* A pageblock gets mixed: have more free memory for a while. */
static void boost_watermark(struct zone *zone)
{
	unsigned long factor = READ_ONCE(this_machine()->tunables.watermark_boost_factor);
	unsigned long boost = READ_ONCE(zone->watermark_boost) + pageblock_nr_pages, most;

	/* a small zone would do nothing else any more */
	if (!factor || pageblock_nr_pages * 4 > zone_managed_pages(zone))
		return;
	most = div64_u64((u64)READ_ONCE(zone->_watermark[WMARK_HIGH]) * factor, 10000);
	if (most)
		WRITE_ONCE(zone->watermark_boost, min(boost, max(most, pageblock_nr_pages)));
}

/*
 * @page, a free block of 2^@order of @old_type, is to serve @migratetype. Take its
 * whole pageblock when half of it or more is free or of like kind.
 */
static void steal_block(struct zone *zone, struct page *page, unsigned int order,
			int migratetype, int old_type)
{
	unsigned long pfn = page_to_pfn(page), i, start, alike = 0;
	struct block_census c;

	if (order >= pageblock_order) {
		for (i = 0; i < 1ul << order; i += pageblock_nr_pages)
			set_pageblock_migratetype(zone, pfn + i, migratetype);
		return;
	}
	boost_watermark(zone);
	/* a pageblock on the zone's border is shared with another zone: leave it */
	start = round_down(pfn, pageblock_nr_pages);
	if (start < zone->zone_start_pfn || start + pageblock_nr_pages > zone_end_pfn(zone))
		return;
	c = pageblock_walk(zone, start, -1);
	if (migratetype == MIGRATE_MOVABLE)
		alike = c.movable;
	else if (old_type == MIGRATE_MOVABLE)
		alike = pageblock_nr_pages - (c.free + c.movable);
	if (c.free + alike >= pageblock_nr_pages / 2)
		pageblock_convert(zone, start, migratetype);
}

/* Take @page, a free block of 2^@order, off its list for a request of 2^@want frames. */
static struct page *take_block(struct zone *zone, struct page *page, unsigned int order,
			       unsigned int want)
{
	buddy_take(zone, page, order);
	/* what is left over belongs to the pageblock's type, whichever it is now (Z5) */
	expand(zone, page, want, order, get_pageblock_migratetype(zone, page_to_pfn(page)));
	return page;
}

static struct page *first_block(struct zone *zone, unsigned int order, int type)
{
	return list_first_entry(&zone->free_area[order].free_list[type], struct page, lru);
}

/* Serve @migratetype from another type's blocks. NULL: the zone has none. */
static struct page *rmqueue_fallback(struct zone *zone, unsigned int order, int migratetype)
{
	struct page *page;
	int o, type;

	for (o = MAX_ORDER - 1; o >= (int)order && can_steal(o, migratetype); o--) {
		type = find_fallback(zone, o, migratetype);
		if (type < 0)
			continue;
		page = first_block(zone, o, type);
		steal_block(zone, page, o, migratetype, type);
		return take_block(zone, page, o, order);
	}
	/* small and movable: do the least damage, take the smallest */
	for (o = order; o < MAX_ORDER; o++) {
		type = find_fallback(zone, o, migratetype);
		if (type >= 0)
			return take_block(zone, first_block(zone, o, type), o, order);
	}
	return NULL;
}

/*
 * A block of at least 2^@order frames for @migratetype, at most 2^@most of them at once;
 * the order that it has in *@got.
 */
static inline struct page *rmqueue_locked(struct zone *zone, unsigned int order,
					  unsigned int most, int migratetype,
					  unsigned int *got)
{
	bool cma = unlikely(zone->nr_free_cma) && migratetype == MIGRATE_MOVABLE;
	struct page *page = NULL;

	if (cma && zone->nr_free_cma > zone->nr_free / 2)
		page = rmqueue_smallest(zone, order, most, MIGRATE_CMA, got);
	if (likely(!page))
		page = rmqueue_smallest(zone, order, most, migratetype, got);
	if (likely(page))
		return page;
	if (cma)
		page = rmqueue_smallest(zone, order, most, MIGRATE_CMA, got);
	if (page)
		return page;
	*got = order;
	return rmqueue_fallback(zone, order, migratetype);
}

/**
 * rmqueue_buddy() - take a free block of 2^@order frames out of @zone.
 * Locks:   takes zone->lock.
 * Context: never sleeps; not from interrupt handlers.
 * Return:  head frame with a reference count of 0, or NULL when no block is large
 *          enough; then the zone is unchanged.
 */
struct page *rmqueue_buddy(struct zone *zone, unsigned int order, int migratetype)
{
	unsigned int got;
	struct page *page;

	mm_assert(order < MAX_ORDER && migratetype < MIGRATE_PCPTYPES);
	spin_lock(&zone->lock);
	page = rmqueue_locked(zone, order, order, migratetype, &got);
	spin_unlock(&zone->lock);
	return page;
}

/**
 * rmqueue_highatomic() - as rmqueue_buddy(), out of what is reserved for high orders.
 * Locks:   takes zone->lock.
 * Context: never sleeps; not from interrupt handlers.
 * Return:  as rmqueue_buddy().
 */
struct page *rmqueue_highatomic(struct zone *zone, unsigned int order)
{
	unsigned int got;
	struct page *page;

	if (!READ_ONCE(zone->nr_reserved_highatomic))
		return NULL;
	spin_lock(&zone->lock);
	page = rmqueue_smallest(zone, order, order, MIGRATE_HIGHATOMIC, &got);
	spin_unlock(&zone->lock);
	return page;
}

/**
 * rmqueue_bulk() - up to @count blocks of 2^@order, in front of @chain through pcp_next.
 * Locks:   takes zone->lock once.
 * Context: never sleeps; not from interrupt handlers.
 * Return:  how many blocks the chain has now more; the first taken is its first.
 */
unsigned int rmqueue_bulk(struct zone *zone, unsigned int order, unsigned int count,
			  struct page **chain, int migratetype)
{
	struct page *rest = *chain;
	unsigned int n = 0;

	mm_assert(order < MAX_ORDER && migratetype < MIGRATE_PCPTYPES && count);
	spin_lock(&zone->lock);
	while (n < count) {
		unsigned int most = min(order + fls(count - n) - 1, MAX_ORDER - 1u), got = order;
		struct page *page = rmqueue_locked(zone, order, most, migratetype, &got);
		unsigned long i;

		if (!page)
			break;
		for (i = 0; i < 1ul << got; i += 1ul << order) {
			*chain = &page[i];
			chain = &page[i].pcp_next;
		}
		n += 1u << (got - order);
	}
	spin_unlock(&zone->lock);
	*chain = rest;
	return n;
}
