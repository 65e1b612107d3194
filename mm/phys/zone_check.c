// SPDX-License-Identifier: MIT
/*
 * zone_check.c - walk everything that must hold in a zone.
 *
 * zone_check() visits every free list and every frame of the zone, so that a block
 * that is on a list without its flag, or has the flag without being on a list, is
 * found either way: the lists are counted, the frames are counted, and the two
 * counts meet. The invariants Z1 to Z5 are those of buddy.c; one more is about the
 * zone itself:
 *
 *   Z6  nr_free + pages on per-CPU lists <= managed <= present <= spanned
 *
 * Each violation stops the machine through mm_bug_on() with the rule in the text.
 *
 * Locks: takes zone->lock. Per-CPU lists of other CPUs change under the walk; only
 * their counts are read, as one word each.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/list.h>
#include "../internal.h"

static void check_block(struct zone *zone, struct page *page, unsigned int order,
			int migratetype)
{
	unsigned long pfn = page_to_pfn(page);

	mm_bug_on(!PageBuddy(page) || page->private != order);	/* Z1 */
	mm_bug_on(pfn & ((1ul << order) - 1));			/* Z1: aligned */
	mm_bug_on(pfn < zone->zone_start_pfn);
	mm_bug_on(pfn + (1ul << order) > zone_end_pfn(zone));
	mm_bug_on(page_zone(page) != zone);
	if (order < pageblock_order)				/* Z5 */
		mm_bug_on(get_pageblock_migratetype(zone, pfn) != migratetype);
}

/* Z3: the buddy of a free block is not free with the same order. */
static void check_merged(struct zone *zone, struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), buddy_pfn = pfn ^ (1ul << order);
	struct page *buddy;

	if (order >= pageblock_order || buddy_pfn < zone->zone_start_pfn ||
	    buddy_pfn >= zone_end_pfn(zone))
		return;
	buddy = pfn_to_page(buddy_pfn);
	mm_bug_on(PageBuddy(buddy) && buddy->private == order &&
		  page_zone(buddy) == zone);
}

static unsigned long check_list(struct zone *zone, unsigned int order, int migratetype)
{
	struct list_head *list = &zone->free_area[order].free_list[migratetype];
	unsigned long nr = 0, limit = (zone->spanned_pages >> order) + 1;
	struct page *page;

	list_for_each_entry(page, list, lru) {
		mm_bug_on(++nr > limit);			/* a ring that misses its head */
		check_block(zone, page, order, migratetype);
		check_merged(zone, page, order);
	}
	return nr;
}

/* Z4, for each frame of each free block; returns how many frames are free. */
static unsigned long check_frames(struct zone *zone)
{
	unsigned long pfn = zone->zone_start_pfn, end = zone_end_pfn(zone), free = 0;

	while (pfn < end) {
		struct page *page;
		unsigned long i, nr;
		bool lazy;

		if (!pfn_valid(pfn)) {
			pfn = round_down(pfn, MEMMAP_BLOCK_PAGES) + MEMMAP_BLOCK_PAGES;
			continue;
		}
		page = pfn_to_page(pfn);
		mm_bug_on(PageLazy(page) && !PageBuddy(page));		/* ML2 */
		if (!PageBuddy(page) || page_zone(page) != zone) {
			pfn++;
			continue;
		}
		nr = 1ul << page->private;
		lazy = PageLazy(page);
		mm_bug_on(lazy && nr != MEMMAP_BLOCK_PAGES);		/* ML2 */
		for (i = 0; i < (lazy ? 1 : nr); i++) {
			mm_bug_on(atomic_read(&page[i]._refcount));
			mm_bug_on(atomic_read(&page[i]._mapcount) != -1);
			mm_bug_on(page[i].mapping);
			mm_bug_on(page[i].flags & PAGE_FLAGS_MASK &
				  ~(i ? 0 : 1ul << PG_buddy | (unsigned long)lazy << PG_lazy));
		}
		free += nr;
		pfn += nr;
	}
	return free;
}

/**
 * zone_check() - walk Z1 to Z6.
 * Locks:   takes zone->lock, for as long as the walk over all frames takes.
 * Context: tests and debug builds.
 * Return:  nothing; a violation stops the machine.
 */
void zone_check(struct zone *zone)
{
	unsigned long free = 0, of_type[MIGRATE_TYPES] = { 0 };
	int order, mt;

	if (!populated_zone(zone))
		return;
	spin_lock(&zone->lock);
	for (order = 0; order < MAX_ORDER; order++) {
		unsigned long blocks = 0;

		for (mt = 0; mt < MIGRATE_TYPES; mt++) {
			unsigned long here = check_list(zone, order, mt);

			blocks += here;
			of_type[mt] += here << order;
		}
		mm_bug_on(blocks != zone->free_area[order].nr_free);	/* Z2 */
		free += blocks << order;
	}
	mm_bug_on(of_type[MIGRATE_ISOLATE] != zone->nr_free_isolated);	/* Z2 */
	mm_bug_on(of_type[MIGRATE_CMA] != zone->nr_free_cma);
	mm_bug_on(free != zone->nr_free + zone->nr_free_isolated);
	mm_bug_on(of_type[MIGRATE_HIGHATOMIC] != zone->nr_free_highatomic);
	mm_bug_on(zone->nr_free_highatomic > zone->nr_reserved_highatomic);	/* HA1 */
	mm_bug_on(check_frames(zone) != free);				/* Z1, Z4 */
	mm_bug_on(free + zone_pcp_count(zone) > zone_managed_pages(zone));	/* Z6 */
	mm_bug_on(zone_managed_pages(zone) > zone->present_pages);
	mm_bug_on(zone->present_pages > zone->spanned_pages);
	spin_unlock(&zone->lock);
}
