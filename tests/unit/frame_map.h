/* SPDX-License-Identifier: MIT */
/*
 * frame_map.h - who holds which frame: one byte for each, against the page allocator.
 *
 * frames_take() what was allocated, frames_give() what is about to be freed: a frame that
 * is given out twice, a block that is not aligned or leaves its zone is found at once.
 * frames_check() compares all free lists with the map.
 *
 * Without FRAME_FAIL a contradiction fails a cmocka test.
 */
#ifndef FRAME_MAP_H
#define FRAME_MAP_H

#include "mm/internal.h"
#include <linux/list.h>

#ifndef FRAME_FAIL
#define FRAME_FAIL(...) fail_msg(__VA_ARGS__)
#endif

static u8 *frame_map;			/* by pfn: 1 when somebody holds it */
static unsigned long frame_map_end;	/* pfn */
static unsigned long frames_held, frames_free_at_start;

/* the machine's frames; what is in use now is not looked at */
static inline void frames_begin(void)
{
	frame_map_end = this_machine()->max_pfn;
	frame_map = calloc(frame_map_end, 1);
	frames_held = 0;
	drain_local_pages();
	frames_free_at_start = nr_free_pages();
}

static inline void frames_end(void)
{
	free(frame_map);
	frame_map = NULL;
}

static inline void frames_take(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), nr = 1ul << order, i;
	struct zone *zone = page_zone(page);

	if (pfn & (nr - 1))
		FRAME_FAIL("frame %#lx is not aligned to order %u", pfn, order);
	if (pfn < zone->zone_start_pfn || pfn + nr > zone_end_pfn(zone))
		FRAME_FAIL("frame %#lx of order %u leaves its zone", pfn, order);
	for (i = 0; i < nr; i++) {
		if (pfn + i >= frame_map_end || frame_map[pfn + i])
			FRAME_FAIL("frame %#lx is given out twice", pfn + i);
		frame_map[pfn + i] = 1;
	}
	frames_held += nr;
}

static inline void frames_give(struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), i;

	for (i = 0; i < 1ul << order; i++) {
		if (!frame_map[pfn + i])
			FRAME_FAIL("frame %#lx is nobody's", pfn + i);
		frame_map[pfn + i] = 0;
	}
	frames_held -= 1ul << order;
}

static inline void frames_check_block(struct page *page, unsigned long nr, const char *where)
{
	unsigned long pfn = page_to_pfn(page), i;

	for (i = 0; i < nr; i++)
		if (frame_map[pfn + i])
			FRAME_FAIL("frame %#lx is held and on %s", pfn + i, where);
}

/* lists of the zone and of every CPU; returns the frames on them */
static inline unsigned long frames_check_zone(struct zone *zone)
{
	unsigned long nr = 0;
	struct page *page;
	unsigned int cpu, i;
	int mt;

	for (i = 0; i < MAX_ORDER; i++)
		for (mt = 0; mt < MIGRATE_TYPES; mt++)
			list_for_each_entry(page, &zone->free_area[i].free_list[mt], lru) {
				frames_check_block(page, 1ul << i, "a free list");
				nr += 1ul << i;
			}
	for (cpu = 0; cpu < this_machine()->facts.nr_cpus; cpu++) {
		struct per_cpu_pages *pcp = &zone->per_cpu_pageset[cpu];
		unsigned long here = 0;

		for (i = 0; i < 2 * NR_PCP_LISTS; i++)
			for (page = i < NR_PCP_LISTS ? pcp->lists[i] : pcp->old[i - NR_PCP_LISTS];
			     page; page = page->pcp_next) {
				unsigned int order = i % NR_PCP_LISTS / MIGRATE_PCPTYPES;

				if (order > PCP_MAX_ORDER)
					order = pageblock_order;
				frames_check_block(page, 1ul << order, "a CPU's list");
				here += 1ul << order;
			}
		if (here != (unsigned long)(pcp->count + pcp->huge_count))
			FRAME_FAIL("CPU %u counts %d frames on its lists, not %lu", cpu,
				   pcp->count + pcp->huge_count, here);
		nr += here;
	}
	return nr;
}

static inline void frames_check(void)
{
	unsigned long nr = 0, want = frames_free_at_start - frames_held;
	struct zone *zone;

	for_each_populated_zone(zone) {
		zone_check(zone);
		nr += frames_check_zone(zone);
	}
	if (nr != want)
		FRAME_FAIL("%lu frames are on free lists, not %lu", nr, want);
	if (nr_free_pages() != want)
		FRAME_FAIL("%lu pages are free, not %lu", nr_free_pages(), want);
}

#endif
