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

#endif
