// SPDX-License-Identifier: MIT
/*
 * exhaust.c - all memory of all zones is taken, with every combination of flags.
 *
 * For each kind of place (zones and mobility) pages are taken until there are no more; then
 * each of the 1,024 combinations of the flags that say how far a request may go asks for
 * blocks of several orders. What comes is kept until the place's turn ends, so that later
 * combinations meet less and less, down to the last page. Then everything goes back, in
 * another order than it came.
 *
 * After each step the zones are checked, and free pages and those that are held must make
 * up what was there. __GFP_NOFAIL is left out: it never returns from here.
 *
 * The same source is a hosted unit test (tests/unit/test_exhaust.c) and a test in the
 * booted kernel (boot_test=exhaust).
 */
#include <linux/mm.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include "exhaust.h"

static const gfp_t places[] = {
	0, __GFP_MOVABLE, __GFP_RECLAIMABLE,
	__GFP_DMA, __GFP_DMA32, __GFP_DMA32 | __GFP_MOVABLE,
	__GFP_HIGHMEM, __GFP_HIGHMEM | __GFP_MOVABLE, __GFP_HIGHMEM | __GFP_RECLAIMABLE,
};

static const gfp_t manners[] = {
	__GFP_HIGH, __GFP_ATOMIC, __GFP_DIRECT_RECLAIM, __GFP_KSWAPD_RECLAIM, __GFP_NORETRY,
	__GFP_RETRY_MAYFAIL, __GFP_MEMALLOC, __GFP_NOMEMALLOC, __GFP_COMP, __GFP_THISNODE,
};

static const unsigned int orders[] = { 0, 1, 3, MAX_ORDER - 1 };

/* Blocks that are held: by order, through lru of their first page. */
struct held {
	struct list_head blocks[MAX_ORDER];
	unsigned long pages;
};

static bool take(struct held *h, gfp_t gfp, unsigned int order, struct exhaust_result *r)
{
	struct page *page;

	/* a head's links are where its compound order is not */
	r->requests++;
	page = alloc_pages(gfp | __GFP_NOWARN, order);
	if (!page)
		return false;
	list_add(&page->lru, &h->blocks[order]);
	h->pages += 1ul << order;
	r->taken += 1ul << order;
	return true;
}

static void give_all(struct held *h)
{
	unsigned int order;

	for (order = 0; order < MAX_ORDER; order++)
		while (!list_empty(&h->blocks[order])) {
			struct page *page = list_last_entry(&h->blocks[order], struct page, lru);

			list_del(&page->lru);
			__free_pages(page, order);
		}
	h->pages = 0;
}

static void check(const struct held *h, unsigned long all, gfp_t gfp, bool walk,
		  struct exhaust_result *r)
{
	struct zone *zone;

	if (!r->wrong && nr_free_pages() + h->pages != all) {
		r->wrong = "pages were lost, or came from nowhere";
		r->gfp = gfp;
	}
	if (walk)
		for_each_populated_zone(zone)
			zone_check(zone);
}

static gfp_t manner(unsigned int bits)
{
	gfp_t gfp = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(manners); i++)
		gfp |= bits >> i & 1 ? manners[i] : 0;
	return gfp;
}

static void exhaust_place(gfp_t place, unsigned long all, bool thorough,
			  struct exhaust_result *r)
{
	struct held h = { .pages = 0 };
	unsigned int bits, i;

	for (i = 0; i < MAX_ORDER; i++)
		INIT_LIST_HEAD(&h.blocks[i]);
	/* in large and small pieces, as far as ordinary requests go */
	for (i = ARRAY_SIZE(orders); i-- > 0;)
		while (take(&h, place | __GFP_NORETRY, orders[i], r))
			;
	check(&h, all, place, true, r);
	for (bits = 0; bits < 1u << ARRAY_SIZE(manners); bits++) {
		gfp_t gfp = place | manner(bits);

		for (i = 0; i < ARRAY_SIZE(orders); i++)
			take(&h, gfp, orders[i], r);
		check(&h, all, gfp, thorough || bits % 64 == 63, r);
	}
	/* to the last page of it */
	while (take(&h, place | __GFP_MEMALLOC, 0, r))
		;
	check(&h, all, place, true, r);
	give_all(&h);
	check(&h, all, place, true, r);
}

/**
 * exhaust_zones() - see above.
 * Locks:   none.
 * Context: thread; nobody else allocates or frees meanwhile.
 * Return:  what was done, and the first thing that did not hold.
 */
struct exhaust_result exhaust_zones(bool thorough)
{
	struct exhaust_result r = { .wrong = NULL };
	unsigned long all;
	unsigned int i;

	drain_local_pages();
	all = nr_free_pages();
	for (i = 0; i < ARRAY_SIZE(places); i++)
		exhaust_place(places[i], all, thorough, &r);
	return r;
}
