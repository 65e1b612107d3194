// SPDX-License-Identifier: MIT
/*
 * watermark.c - how much of a zone is kept back, and from whom.
 *
 * Each zone has three marks, in pages, derived from vm.min_free_kbytes and its
 * share of memory:
 *
 *	0 ......... MIN ........ LOW ........ HIGH ................ managed
 *	  reserves      |  slow path | normal allocations
 *
 * A normal request stops at LOW, the slow path at MIN; those who cannot wait may go
 * to half of MIN (__GFP_HIGH) and a quarter below that (__GFP_ATOMIC).
 *
 * lowmem_reserve: a request that could have been served from a higher zone must
 * leave more of a lower one untouched, so that DMA memory is not used up by those
 * who do not need it. zone->lowmem_reserve[t] is what requests for type t leave:
 * the managed pages of the zones between, divided by a ratio for the zone
 * (vm.lowmem_reserve_ratio).
 *
 * Invariants:
 *   W1  MIN <= LOW <= HIGH
 *   W2  lowmem_reserve[t] == 0 for t <= the zone's type
 *
 * Locks: none; the marks are single words, and readers may see old ones.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/list.h>
#include <linux/math64.h>
#include "../internal.h"

#define MIN_FREE_KBYTES_LOWEST	128ul
#define MIN_FREE_KBYTES_HIGHEST	262144ul

/**
 * zone_watermark_ok() - a block of 2^@order can be taken and @mark still stands.
 * Locks:   none; the numbers may be a little old.
 * Context: any.
 * Return:  true when it can.
 */
bool zone_watermark_ok(struct zone *zone, unsigned int order, unsigned long mark,
		       enum zone_type highest, unsigned int alloc_flags)
{
	long free = zone_usable_free(zone, alloc_flags) - ((1l << order) - 1);
	long min = mark;
	unsigned int o;

	if (alloc_flags & ALLOC_HIGH)
		min -= min / 2;
	if (alloc_flags & (ALLOC_HARDER | ALLOC_OOM))
		min -= min / (alloc_flags & ALLOC_OOM ? 2 : 4);
	mm_assert(order < MAX_ORDER && READ_ONCE(zone->lowmem_reserve[zone->type]) == 0); /* W2 */
	if (free <= min + READ_ONCE(zone->lowmem_reserve[highest]))
		return false;
	if (!order)
		return true;
	for (o = order; o < MAX_ORDER; o++) {
		const struct free_area *area = &zone->free_area[o];
		int mt;

		if (!READ_ONCE(area->nr_free))
			continue;
		for (mt = 0; mt < MIGRATE_PCPTYPES; mt++)
			if (!list_empty(&area->free_list[mt]))
				return true;
		if ((alloc_flags & ALLOC_CMA) && !list_empty(&area->free_list[MIGRATE_CMA]))
			return true;
		if ((alloc_flags & (ALLOC_HARDER | ALLOC_OOM)) &&
		    !list_empty(&area->free_list[MIGRATE_HIGHATOMIC]))
			return true;
	}
	return false;
}

/**
 * user_page_available() - could a page for a program be had right now?
 * Locks:   none; the numbers may be a little old.
 * Context: any.
 * Return:  true when some zone has more than its reserves.
 */
bool user_page_available(void)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		if (zone_watermark_ok(zone, 0, min_wmark_pages(zone), ZONE_MOVABLE, 0))
			return true;
	return false;
}

static bool zone_is_highmem(const struct zone *zone)
{
	return zone->type == ZONE_HIGHMEM ||
	       (zone->type == ZONE_MOVABLE && this_machine()->movable_zone == ZONE_HIGHMEM);
}

/**
 * nr_free_buffer_pages() - low memory above the high marks, in pages.
 * Locks:   none.
 * Context: any.
 * Return:  pages; a measure of the machine's size, not of what is free now.
 */
unsigned long nr_free_buffer_pages(void)
{
	struct zone *zone;
	unsigned long pages = 0;

	for_each_populated_zone(zone) {
		unsigned long managed = zone_managed_pages(zone);

		if (zone->type <= ZONE_NORMAL && managed > high_wmark_pages(zone))
			pages += managed - high_wmark_pages(zone);
	}
	return pages;
}

/* Managed pages of the zone of type @type on @zone's node. */
static unsigned long sibling_managed(struct zone *zone, int type)
{
	return zone_managed_pages(&zone->zone_pgdat->node_zones[type]);
}

static void set_lowmem_reserve(struct zone *zone)
{
	int ratio = READ_ONCE(this_machine()->tunables.lowmem_reserve_ratio[zone->type]), t;
	unsigned long above = 0;

	for (t = 0; t < MAX_NR_ZONES; t++) {
		if (t <= (int)zone->type || !ratio || !zone_managed_pages(zone)) {
			WRITE_ONCE(zone->lowmem_reserve[t], 0);			/* W2 */
			continue;
		}
		above += sibling_managed(zone, t);
		WRITE_ONCE(zone->lowmem_reserve[t], above / ratio);
	}
}

static void set_marks(struct zone *zone, unsigned long pages_min, unsigned long lowmem)
{
	unsigned long managed = zone_managed_pages(zone), min, gap;
	unsigned long factor = this_machine()->tunables.watermark_scale_factor;

	min = div64_u64((u64)pages_min * managed, lowmem);
	gap = max(min >> 2, (unsigned long)div64_u64((u64)managed * factor, 10000));
	if (zone_is_highmem(zone))
		/* the kernel itself never needs it: a token reserve */
		min = clamp(managed / 1024, 32ul, 128ul);
	mm_assert(min <= min + gap && min + gap <= min + 2 * gap);	/* W1 */
	WRITE_ONCE(zone->_watermark[WMARK_MIN], min);
	WRITE_ONCE(zone->_watermark[WMARK_LOW], min + gap);
	WRITE_ONCE(zone->_watermark[WMARK_HIGH], min + 2 * gap);
	WRITE_ONCE(zone->watermark_boost, 0);
}

/**
 * setup_per_zone_wmarks() - apply vm.min_free_kbytes and the scale factor.
 * Locks:   none.
 * Context: any; also resizes the per-CPU lists, which follow the low mark.
 * Return:  nothing.
 */
void setup_per_zone_wmarks(void)
{
	unsigned long pages_min = this_machine()->tunables.min_free_kbytes >>
				  (PAGE_SHIFT - 10);
	unsigned long lowmem = 0;
	struct zone *zone;

	for_each_populated_zone(zone)
		if (!zone_is_highmem(zone))
			lowmem += zone_managed_pages(zone);
	for_each_populated_zone(zone) {
		set_marks(zone, pages_min, max(lowmem, 1ul));
		set_lowmem_reserve(zone);
		zone_set_pageset_high_and_batch(zone);
	}
}

static unsigned long int_sqrt(unsigned long x)
{
	unsigned long root = 0, bit = 1ul << (BITS_PER_LONG - 2);

	while (bit > x)
		bit >>= 2;
	for (; bit; bit >>= 2) {
		if (x >= root + bit) {
			x -= root + bit;
			root = (root >> 1) + bit;
		} else {
			root >>= 1;
		}
	}
	return root;
}

/**
 * init_per_zone_wmark_min() - a default for vm.min_free_kbytes, and the marks.
 * Locks:   none.
 * Context: when the buddy has got its memory. The reserve grows with the square
 *          root of memory: 512 KiB at 16 MiB, 4 MiB at 1 GiB, 16 MiB at 16 GiB.
 * Return:  nothing.
 */
void init_per_zone_wmark_min(void)
{
	unsigned long lowmem_kbytes = nr_free_buffer_pages() << (PAGE_SHIFT - 10);
	int *ratio = this_machine()->tunables.lowmem_reserve_ratio;

	/* the lower the zone, the less of it for those who could go higher; 0: no reserve */
	ratio[ZONE_DMA] = ratio[ZONE_DMA32] = 256;
	ratio[ZONE_NORMAL] = 32;
	this_machine()->tunables.watermark_boost_factor = 15000;
	this_machine()->tunables.min_free_kbytes =
		clamp(int_sqrt(lowmem_kbytes * 16), MIN_FREE_KBYTES_LOWEST,
		      MIN_FREE_KBYTES_HIGHEST);
	setup_per_zone_wmarks();
}
