// SPDX-License-Identifier: MIT
/*
 * page_bulk.c - many single pages with one call.
 *
 * Who fills a table or a queue wants pages by the dozen, and can go on with fewer. The first
 * page is asked for as the caller's flags say: it may wait, and it may fail with a report.
 * Each other one is a gift: taken if it can be had without waiting, and silently left where
 * it cannot. So a call never works harder than one for a single page, and whoever must
 * have all of them calls again.
 *
 *	list	pages join at the end, through page->lru
 *	array	only places that are NULL are filled; the others count as filled
 *
 *   PB1  a page is handed out in the state in which alloc_page() does it
 *   PB2  nothing that was on the list or in the array before is touched
 *
 * Locks: none of its own; as alloc_pages().
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/list.h>
#include "../internal.h"

/* Flags for pages that come or not. */
static gfp_t gift_flags(gfp_t gfp)
{
	return (gfp & ~(__GFP_DIRECT_RECLAIM | __GFP_NOFAIL)) | __GFP_NOWARN;
}

/**
 * __alloc_pages_bulk() - up to @nr_pages pages, from node @nid first and only from @nodes
 *	(NULL: all), to the end of @list or, if that is NULL, to the empty places of @array.
 * Locks:   may take zone->lock.
 * Context: as alloc_pages() for the first page.
 * Return:  pages that were added to @list; places of @array that are filled now. Fewer than
 *          @nr_pages when no more could be had at once.
 */
unsigned long __alloc_pages_bulk(gfp_t gfp, int nid, const struct nodemask *nodes, int nr_pages,
				 struct list_head *list, struct page **array)
{
	int filled = 0;

	mm_assert(list || array);
	for (; filled < nr_pages; filled++) {
		struct page *page;

		if (!list && array[filled])
			continue;					/* PB2 */
		page = __alloc_pages(gfp, 0, nid, nodes);		/* PB1 */
		if (!page)
			break;
		if (list)
			list_add_tail(&page->lru, list);
		else
			array[filled] = page;
		gfp = gift_flags(gfp);
	}
	return filled;
}
