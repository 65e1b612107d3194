// SPDX-License-Identifier: MIT
/*
 * highatomic.c - whole pageblocks kept for high orders that cannot wait.
 *
 * A request of order 1 and more from a caller that may not sleep has nobody to make room
 * for it. When one was served with the help of the reserves, the pageblock that it came
 * from joins MIGRATE_HIGHATOMIC: what is free there now or later is for such requests
 * alone, up to a hundredth of the zone and one pageblock. When everything else is used
 * up, pageblocks with free pages leave it again, rather than that anybody fails.
 *
 *	atomic request, order 3		-> its pageblock joins
 *	others are about to fail	-> a pageblock with a free block leaves
 *
 * The pages counted in nr_reserved_highatomic are those of the pageblocks, in use or not;
 * for everybody else's watermarks those that are free do not count (nr_free_highatomic).
 *
 * Invariants:
 *   HA1  zone->nr_reserved_highatomic >= pages free in pageblocks of the type, and is 0
 *        when there is no such pageblock
 *   HA2  it grows only below zone_managed_pages / 100 + pageblock_nr_pages
 *   HA3  blocks of two pageblocks join and leave as a whole, so that no free block has
 *        pageblocks of different types (Z5 of buddy.c); isolation splits them before
 *
 * Locks: zone->lock.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/list.h>
#include "../internal.h"

/* The pageblocks around [@pfn, @pfn + 2^@order): within the zone, and nobody else's. */
static bool range_may_join(struct zone *zone, unsigned long start, unsigned long end)
{
	if (start < zone->zone_start_pfn || end > zone_end_pfn(zone))
		return false;
	for (; start < end; start += pageblock_nr_pages)
		if (get_pageblock_migratetype(zone, start) >= MIGRATE_PCPTYPES)
			return false;
	return true;
}

/**
 * reserve_highatomic() - @page's pageblock shall serve such requests from now on.
 * Locks:   takes zone->lock.
 * Context: the caller owns the block of 2^@order at @page.
 * Return:  nothing; the zone is unchanged when its share is full.
 */
void reserve_highatomic(struct zone *zone, struct page *page, unsigned int order)
{
	unsigned long most = zone_managed_pages(zone) / 100 + pageblock_nr_pages;
	unsigned long start = round_down(page_to_pfn(page), pageblock_nr_pages);
	unsigned long end = start + max(1ul << order, pageblock_nr_pages), pfn;

	if (READ_ONCE(zone->nr_reserved_highatomic) + (end - start) > most)
		return;
	spin_lock(&zone->lock);
	if (zone->nr_reserved_highatomic + (end - start) <= most &&	/* HA2 */
	    range_may_join(zone, start, end)) {
		for (pfn = start; pfn < end; pfn += pageblock_nr_pages)
			pageblock_convert(zone, pfn, MIGRATE_HIGHATOMIC);
		ADD_ONCE(zone->nr_reserved_highatomic, end - start);
	}
	spin_unlock(&zone->lock);
}

/**
 * highatomic_isolated() - a pageblock of the reserve gets another type, as it is isolated.
 * Locks:   zone->lock held.
 * Context: any.
 * Return:  nothing; a later request in need may make another pageblock join.
 */
void highatomic_isolated(struct zone *zone)
{
	spin_assert_held(&zone->lock);
	mm_assert(zone->nr_reserved_highatomic >= pageblock_nr_pages);	/* HA1 */
	ADD_ONCE(zone->nr_reserved_highatomic, -pageblock_nr_pages);
}

/* A free block of the reserve, or NULL. */
static struct page *any_reserved_block(struct zone *zone)
{
	unsigned int order;

	for (order = 0; order < MAX_ORDER; order++) {
		struct list_head *list = &zone->free_area[order].free_list[MIGRATE_HIGHATOMIC];

		if (!list_empty(list))
			return list_first_entry(list, struct page, lru);
	}
	return NULL;
}

/**
 * unreserve_highatomic() - a pageblock with free pages leaves the reserve, for @migratetype.
 * Locks:   takes zone->lock.
 * Context: any but interrupt handlers. @force: the last pageblock goes too.
 * Return:  true: there are free pages of that type that were not before.
 */
bool unreserve_highatomic(struct zone *zone, int migratetype, bool force)
{
	unsigned long pfn, end, left = READ_ONCE(zone->nr_reserved_highatomic);
	struct page *page;

	if (!left || (!force && left <= pageblock_nr_pages))
		return false;
	spin_lock(&zone->lock);
	page = any_reserved_block(zone);
	if (page) {
		pfn = round_down(page_to_pfn(page), pageblock_nr_pages);
		end = pfn + max(1ul << page->private, pageblock_nr_pages);
		mm_assert(zone->nr_reserved_highatomic >= end - pfn);	/* HA1 */
		ADD_ONCE(zone->nr_reserved_highatomic, -(end - pfn));
		for (; pfn < end; pfn += pageblock_nr_pages)		/* HA3 */
			pageblock_convert(zone, pfn, migratetype);
	}
	spin_unlock(&zone->lock);
	return page;
}
