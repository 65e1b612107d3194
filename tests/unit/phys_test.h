/* SPDX-License-Identifier: MIT */
/* phys_test.h - what the tests of mm/boot and mm/phys share, beyond quire_test.h. */
#ifndef PHYS_TEST_H
#define PHYS_TEST_H

#include "quire_test.h"
#include <linux/memblock.h>
#include <linux/list.h>
#include "mm/internal.h"

static inline void check_all_zones(void)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		zone_check(zone);
}

static u64 phys_seed = 0x9e3779b97f4a7c15ull;

static inline unsigned long phys_below(unsigned long n)
{
	return quire_random(&phys_seed) % n;
}

/* --- a machine of one zone, so that the numbers are easy --------------------------- */

static inline int quire_setup_one_zone(void **state)
{
	struct machine_config c = { .ram_bytes = 32ull << 20, .nr_cpus = 1,
				 .dma_limit = PHYS_ADDR_MAX, .dma32_limit = PHYS_ADDR_MAX };

	return quire_setup_config(state, &c);
}

static inline struct zone *the_zone(void)
{
	return &NODE_DATA(0)->node_zones[ZONE_NORMAL];
}

/* free pages, with none left in this CPU's stock; all zones are whole */
static inline unsigned long settled(void)
{
	drain_local_pages();
	check_all_zones();
	return nr_free_pages();
}

#endif
