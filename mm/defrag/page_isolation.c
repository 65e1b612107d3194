// SPDX-License-Identifier: MIT
/*
 * page_isolation.c - pageblocks whose free frames nobody may have.
 *
 * Whoever wants a certain range of frames first sees to it that nobody else gets any of
 * them: its pageblocks become MIGRATE_ISOLATE, a type that no request looks for. What is
 * free there, or is freed from now on, stays free, and counts for no watermark:
 *
 *	             start          end
 *	|  pageblock   |   pageblock   |	both are isolated as a whole
 *	| free | used  |  used  | free |
 *	            `--- looked at --'		a page that can never leave: -EBUSY
 *
 * Afterwards the pageblocks get a type that the caller names, MIGRATE_MOVABLE or
 * MIGRATE_CMA. What may be isolated is decided by the same: MIGRATE_CMA takes pageblocks of
 * CMA only, anything else all but those. A pageblock of the reserve for high orders
 * (highatomic.c) leaves it: another one joins when there is need again.
 *
 * Pages in use that belong to programs or to the page cache could move away, so they are no
 * obstacle here; nothing moves them yet, and whoever needs all of the range waits or fails.
 *
 * Invariants:
 *   IS1  a pageblock is isolated by one caller at a time, who undoes it
 *   IS2  a free block is isolated as a whole: one of several pageblocks is split before
 *   IS3  a call that fails leaves the types as they were, but for pageblocks that left the
 *        reserve for high orders
 *
 * Locks: zone->lock, one pageblock at a time.
 */
#include <linux/page-isolation.h>
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include "../internal.h"

/* The zone that has all of the pageblock at @start, with struct pages; NULL: none. */
static struct zone *pageblock_zone(unsigned long start)
{
	struct zone *zone;

	if (!pfn_valid(start) || !pfn_valid(start + pageblock_nr_pages - 1))
		return NULL;
	zone = page_zone(memmap_page(start));
	if (start < zone->zone_start_pfn || start + pageblock_nr_pages > zone_end_pfn(zone))
		return NULL;
	return zone;
}

/** is_migrate_isolate_page() - @page's pageblock is isolated. Any context; a hint without zone->lock. */
bool is_migrate_isolate_page(struct page *page)
{
	return is_migrate_isolate(get_pageblock_migratetype(page_zone(page), page_to_pfn(page)));
}

/* A page that will not leave by itself and cannot be moved; those in stock are free. */
static bool page_stays(const struct page *page)
{
	unsigned long flags = data_race(page->flags);

	if (flags & (1ul << PG_reserved | 1ul << PG_slab | 1ul << PG_table))
		return true;
	page = compound_head(page);
	return atomic_read(&page->_refcount) && !data_race(page->mapping);
}

/* The first page of [@start, @end) that stays, or NULL. zone->lock held. */
static struct page *page_that_stays(struct zone *zone, unsigned long start, unsigned long end)
{
	while (start < end) {
		struct page *page = pfn_to_page(start), *head = buddy_free_block(zone, start);

		if (head) {
			start = page_to_pfn(head) + (1ul << head->private);
			continue;
		}
		if (page_stays(page))
			return page;
		start++;
	}
	return NULL;
}

static bool type_may_be_isolated(int type, unsigned int migratetype)
{
	if (migratetype == MIGRATE_CMA)
		return type == MIGRATE_CMA;
	return type < MIGRATE_PCPTYPES || type == MIGRATE_HIGHATOMIC;
}

/* Isolate the pageblock at @block for the sake of [@start, @end) in it. 0 or -EBUSY. */
static int isolate_pageblock(unsigned long block, unsigned long start, unsigned long end,
			     unsigned int migratetype, int flags)
{
	struct zone *zone = pageblock_zone(block);
	struct page *stays = NULL;
	int type, ret = -EBUSY;

	if (!zone)
		return -EBUSY;
	spin_lock(&zone->lock);
	type = get_pageblock_migratetype(zone, block);
	if (type_may_be_isolated(type, migratetype)) {
		/* what is in a device's own area is a matter of the device */
		if (migratetype != MIGRATE_CMA)
			stays = page_that_stays(zone, max(block, start),
						min(block + pageblock_nr_pages, end));
		if (!stays) {
			pageblock_isolate(zone, block, MIGRATE_ISOLATE);	/* IS2 */
			if (type == MIGRATE_HIGHATOMIC)
				highatomic_isolated(zone);
			ret = 0;
		}
	}
	spin_unlock(&zone->lock);
	if (stays && (flags & REPORT_FAILURE))
		dump_page(stays, "unmovable page");
	return ret;
}

/**
 * start_isolate_page_range() - nobody gets frames of the pageblocks of [@start_pfn, @end_pfn).
 * Locks:   takes zone->lock of each.
 * Context: any but interrupt handlers; @flags: REPORT_FAILURE says what is in the way,
 *          MEMORY_OFFLINE changes nothing where all frames are in order.
 * Return:  0; -EINVAL for an empty range or unknown flags; -EBUSY when a pageblock is isolated
 *          by somebody else, is of a type that @migratetype excludes, belongs to several
 *          zones, or has a page of the range in it that can never leave (IS3).
 */
int start_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn,
			     unsigned int migratetype, int flags, gfp_t gfp)
{
	unsigned long start = round_down(start_pfn, pageblock_nr_pages), pfn;

	if (start_pfn >= end_pfn || flags & ~(MEMORY_OFFLINE | REPORT_FAILURE))
		return -EINVAL;
	if (gfp & __GFP_NOWARN)
		flags &= ~REPORT_FAILURE;
	for (pfn = start; pfn < end_pfn; pfn += pageblock_nr_pages) {
		int ret = isolate_pageblock(pfn, start_pfn, end_pfn, migratetype, flags);

		if (!ret)
			continue;
		if (pfn > start)
			undo_isolate_page_range(start, pfn, migratetype);	/* IS3 */
		return ret;
	}
	return 0;
}

/**
 * undo_isolate_page_range() - the pageblocks of [@start_pfn, @end_pfn) are @migratetype's.
 * Locks:   takes zone->lock of each.
 * Context: who isolated them (IS1).
 * Return:  nothing.
 */
void undo_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn,
			     unsigned int migratetype)
{
	unsigned long pfn = round_down(start_pfn, pageblock_nr_pages);

	for (; pfn < end_pfn; pfn += pageblock_nr_pages) {
		struct zone *zone = page_zone(memmap_page(pfn));

		spin_lock(&zone->lock);
		mm_assert(is_migrate_isolate(get_pageblock_migratetype(zone, pfn)));	/* IS1 */
		pageblock_isolate(zone, pfn, migratetype);
		spin_unlock(&zone->lock);
	}
}

/**
 * test_pages_isolated() - every frame of [@start_pfn, @end_pfn) is isolated, and free.
 * Locks:   takes zone->lock, block by block.
 * Context: any but interrupt handlers; @isol_flags as start_isolate_page_range().
 * Return:  0; -EBUSY: not so, or a frame of the range has no struct page.
 */
int test_pages_isolated(unsigned long start_pfn, unsigned long end_pfn, int isol_flags)
{
	while (start_pfn < end_pfn) {
		struct zone *zone = pageblock_zone(round_down(start_pfn, pageblock_nr_pages));
		struct page *head = NULL;

		if (!zone)
			return -EBUSY;
		spin_lock(&zone->lock);
		if (is_migrate_isolate(get_pageblock_migratetype(zone, start_pfn)))
			head = buddy_free_block(zone, start_pfn);
		if (head)
			start_pfn = page_to_pfn(head) + (1ul << head->private);
		spin_unlock(&zone->lock);
		if (!head)
			return -EBUSY;
	}
	return 0;
}
