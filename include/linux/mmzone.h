/* SPDX-License-Identifier: MIT */
/*
 * mmzone.h - node (pg_data_t) > zone > page.
 *
 * Lock letters: i fixed at init   z zone->lock   c owning CPU   a atomic
 */
#ifndef LINUX_MMZONE_H
#define LINUX_MMZONE_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/atomic.h>
#include <linux/numa.h>
#include <linux/vmstat_items.h>

#define MAX_ORDER	11	/* orders 0 .. MAX_ORDER - 1 */
#define pageblock_order	9	/* 2 MiB: the unit of grouping by mobility */
#define pageblock_nr_pages	(1ul << pageblock_order)

enum migratetype {
	MIGRATE_UNMOVABLE,
	MIGRATE_MOVABLE,
	MIGRATE_RECLAIMABLE,
	MIGRATE_PCPTYPES,	/* the types that per-CPU lists keep */
	MIGRATE_HIGHATOMIC = MIGRATE_PCPTYPES,	/* high-order requests that cannot wait */
	MIGRATE_CMA,		/* movable pages, until a device wants the range */
	MIGRATE_ISOLATE,	/* free frames that nobody may have */
	MIGRATE_TYPES
};

enum zone_type { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL, ZONE_HIGHMEM, ZONE_MOVABLE, MAX_NR_ZONES };

enum zone_watermarks { WMARK_MIN, WMARK_LOW, WMARK_HIGH, NR_WMARK };

struct free_area {
	struct list_head free_list[MIGRATE_TYPES];	/* z  through page->lru */
	unsigned long nr_free;				/* z  blocks, all types */
};

#define PCP_MAX_ORDER	3	/* orders 0 .. 3 are cached per CPU, and pageblocks */
#define NR_PCP_LISTS	(MIGRATE_PCPTYPES * (PCP_MAX_ORDER + 2))

/* One CPU's private stock of pages of one zone: no lock, no atomic. */
struct per_cpu_pages {
	int count;		/* c  pages in blocks of order 0 .. PCP_MAX_ORDER */
	int high;		/* c  above this, batch pages go back */
	int batch;		/* c  pages moved to or from the buddy at once */
	int free_factor;	/* c  the more it only frees, the more it gives back at once */
	int huge_count;		/* c  pages in pageblocks */
	int huge_high;		/* c  most of them */
	unsigned long pgalloc;	/* c  pages of the zone that this CPU took so far */
	unsigned long pgfree;	/* c  and freed */
	struct page *lists[NR_PCP_LISTS];	/* c  [order][type], linked through pcp_next */
	unsigned long numa[NR_VM_NUMA_EVENTS];	/* c  this CPU's allocations, from NUMA_HIT on */
	struct page *old[NR_PCP_LISTS];		/* c  the same of before: the first to go back */
	int old_count;		/* c  of count, the pages on old lists */
	u64 aged_ns;		/* c  when an idle CPU last made its lists old ones */
} __aligned(64);

struct pglist_data;

struct zone {
	spinlock_t lock;
	unsigned long _watermark[NR_WMARK];		/* i  pages, set with min_free_kbytes */
	unsigned long watermark_boost;			/* z */
	unsigned long nr_reserved_highatomic;		/* z  pages in pageblocks of that type */
	long lowmem_reserve[MAX_NR_ZONES];		/* i */
	struct pglist_data *zone_pgdat;			/* i */
	struct per_cpu_pages *per_cpu_pageset;		/* i  array by CPU */
	unsigned long zone_start_pfn;			/* i */
	unsigned long spanned_pages;			/* i  with holes */
	unsigned long present_pages;			/* i  without holes */
	atomic_long_t managed_pages;			/* a  given to the buddy */
	unsigned long cma_pages;			/* z  in CMA areas, in use or not */
	u8 *pageblock_flags;				/* z  migrate type of each pageblock */
	struct free_area free_area[MAX_ORDER];		/* z */
	unsigned long nr_free;				/* z  pages on the free lists, all but: */
	unsigned long nr_free_isolated;			/* z  those that are isolated */
	unsigned long nr_free_cma;			/* z  those of nr_free that are CMA's */
	unsigned long nr_free_highatomic;		/* z  and those in the reserve */
	atomic_long_t vm_stat[NR_VM_ZONE_STAT_ITEMS];	/* a */
	const char *name;				/* i */
	enum zone_type type;				/* i */
	int node;					/* i */
};

#define MAX_ZONES_PER_ZONELIST	(MAX_NUMNODES * MAX_NR_ZONES)

struct zonelist {
	struct zone *zones[MAX_ZONES_PER_ZONELIST + 1];	/* i  NULL at the end, best first */
};

enum { ZONELIST_FALLBACK, ZONELIST_NOFALLBACK, MAX_ZONELISTS };

typedef struct pglist_data {
	struct zone node_zones[MAX_NR_ZONES];
	/* by the highest allowed zone type, so that the walk needs no filter */
	struct zonelist node_zonelists[MAX_ZONELISTS][MAX_NR_ZONES];	/* i */
	struct page *node_mem_map;		/* i  frame of node_start_pfn */
	unsigned long node_start_pfn;		/* i */
	unsigned long node_present_pages;	/* i */
	unsigned long node_spanned_pages;	/* i */
	int node_id;				/* i */
} pg_data_t;

static inline bool populated_zone(const struct zone *zone) { return zone->present_pages; }
static inline unsigned long zone_end_pfn(const struct zone *zone)
{
	return zone->zone_start_pfn + zone->spanned_pages;
}
static inline unsigned long zone_managed_pages(struct zone *zone)
{
	return atomic_long_read(&zone->managed_pages);
}

#define wmark_pages(z, mark)	(READ_ONCE((z)->_watermark[mark]) + READ_ONCE((z)->watermark_boost))
#define min_wmark_pages(z)	wmark_pages(z, WMARK_MIN)
#define low_wmark_pages(z)	wmark_pages(z, WMARK_LOW)
#define high_wmark_pages(z)	wmark_pages(z, WMARK_HIGH)

/* Walk every populated zone of the machine, low to high. */
struct zone *first_populated_zone(void);
struct zone *next_populated_zone(struct zone *zone);
#define for_each_populated_zone(zone) \
	for (zone = first_populated_zone(); zone; zone = next_populated_zone(zone))

#endif
