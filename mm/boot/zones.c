// SPDX-License-Identifier: MIT
/*
 * zones.c - from the boot-time map to nodes, zones and the memmap.
 *
 * zone_sizes_init() cuts physical memory two ways: by node (what memblock says)
 * and by reach (what a device or the direct map can address), and makes a zone
 * of each crossing:
 *
 *	frames	0      dma_limit     dma32_limit        lowmem_limit     max_pfn
 *		|  DMA  |    DMA32     |     NORMAL        |    HIGHMEM     |
 *
 * A limit of 0 means that this machine has no such zone; its memory then belongs
 * to the next one. The upper part of a node may be MOVABLE instead (movable.c). A zone spans first to last frame with holes, `present` counts
 * what is RAM, `managed` what memblock_free_all() gave to the buddy.
 *
 * The memmap (one struct page for each frame) is asked of the port in blocks of the
 * largest order (4 MiB), so that a frame and its buddy always both have one, and only
 * where there is RAM. Of a block that is RAM of one zone throughout only the first struct
 * page is written here, the others when they are needed (phys/memmap.c).
 * Frames of a block that are not RAM get PG_reserved and a reference, so that nobody
 * takes them for free memory.
 *
 * Invariants after zone_sizes_init():
 *   ZS1  zones of one node do not overlap; each frame of RAM is in exactly one
 *   ZS2  page_zone(memmap_page(frame)) is the zone whose span holds the frame
 *   ZS3  sum of present_pages over the zones == node_present_pages
 *   ZS4  a node without RAM has a pgdat with empty zones, if the port reports it
 *
 * What it leaves to others: zonelists (phys/zonelist.c), watermarks
 * (phys/watermark.c), free memory (handover.c). Locks: none, boot CPU only.
 */
#include <linux/mm.h>
#include <linux/memblock.h>
#include <linux/kernel.h>
#include <linux/errno.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include <linux/string.h>
#include "../internal.h"

/* Frames [start[z], end[z]) may belong to a zone of type z. */
struct zone_bounds {
	unsigned long start[MAX_NR_ZONES];
	unsigned long end[MAX_NR_ZONES];
	unsigned long movable[MAX_NUMNODES];	/* first frame of ZONE_MOVABLE, 0: none */
};

/**
 * zone_type_name() - "DMA", "Normal" ... as /proc shows it.
 * Locks:   none.
 * Context: any.
 * Return:  a constant string.
 */
const char *zone_type_name(enum zone_type type)
{
	static const char *const names[MAX_NR_ZONES] = {
		"DMA", "DMA32", "Normal", "HighMem", "Movable",
	};

	mm_assert(type < MAX_NR_ZONES);
	return names[type];
}

/**
 * zone_type_exists() - this machine could have memory in zones of @type.
 * Locks:   none.
 * Context: any.
 * Return:  false when the port reports no such limit.
 */
bool zone_type_exists(enum zone_type type)
{
	const struct machine_facts *facts = &this_machine()->facts;

	switch (type) {
	case ZONE_DMA:
		return facts->dma_limit_pfn;
	case ZONE_DMA32:
		return facts->dma32_limit_pfn;
	case ZONE_HIGHMEM:
		/* also when it is empty: such a machine may have more memory */
		return PORT_HIGHMEM && facts->lowmem_limit_pfn;
	default:
		return true;
	}
}

static void __init zone_bounds_set(struct zone_bounds *b, unsigned long first,
				   unsigned long max_pfn)
{
	const struct machine_facts *facts = &this_machine()->facts;
	unsigned long limit[MAX_NR_ZONES] = {
		[ZONE_DMA] = facts->dma_limit_pfn,
		[ZONE_DMA32] = facts->dma32_limit_pfn,
		[ZONE_NORMAL] = zone_type_exists(ZONE_HIGHMEM) ?
				facts->lowmem_limit_pfn : max_pfn,
		[ZONE_HIGHMEM] = max_pfn,
	};
	unsigned long pos = first;
	int z;

	for (z = 0; z < MAX_NR_ZONES; z++) {
		b->start[z] = pos;
		pos = max(pos, min(limit[z], max_pfn));
		b->end[z] = pos;
	}
	mm_assert(pos == max_pfn);
}

/* The zone of type @z of node @nid may have frames [*@start, *@end). */
static void __init zone_range(const struct zone_bounds *b, int nid, enum zone_type z,
			      unsigned long *start, unsigned long *end)
{
	unsigned long movable = b->movable[nid] ? b->movable[nid] : b->end[MAX_NR_ZONES - 1];

	*start = z == ZONE_MOVABLE ? movable : min(b->start[z], movable);
	*end = z == ZONE_MOVABLE ? b->end[z] : min(b->end[z], movable);
	mm_assert(*start <= *end && *end <= b->end[MAX_NR_ZONES - 1]);	/* ZS1 */
}

static enum zone_type __init zone_of_pfn(const struct zone_bounds *b, unsigned long pfn, int nid)
{
	int z, last = ZONE_NORMAL;

	if (b->movable[nid] && pfn >= b->movable[nid])
		return ZONE_MOVABLE;
	for (z = 0; z < MAX_NR_ZONES; z++) {
		if (b->start[z] == b->end[z])
			continue;
		if (pfn < b->end[z])
			return z;
		last = z;
	}
	return last;
}

/* The highest type of zone with frames: what ZONE_MOVABLE is cut out of. */
static enum zone_type __init highest_zone(const struct zone_bounds *b)
{
	int z, last = 0;

	for (z = 0; z < ZONE_MOVABLE; z++)
		if (b->start[z] < b->end[z])
			last = z;
	return last;
}

static void __init zone_bounds_print(const struct zone_bounds *b)
{
	unsigned long start, end;
	int i, z, nid;

	pr_info("Zone ranges:\n");
	for (z = 0; z < ZONE_MOVABLE; z++) {
		if (!zone_type_exists(z))
			continue;
		if (b->start[z] == b->end[z])
			pr_info("  %-8s empty\n", zone_type_name(z));
		else
			pr_info("  %-8s [mem 0x%016llx-0x%016llx]\n", zone_type_name(z),
				PFN_PHYS(b->start[z]), PFN_PHYS(b->end[z]) - 1);
	}
	pr_info("Movable zone start for each node\n");
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (b->movable[nid])
			pr_info("  Node %d: 0x%016llx\n", nid, PFN_PHYS(b->movable[nid]));
	pr_info("Early memory node ranges\n");
	for_each_mem_pfn_range(i, NUMA_NO_NODE, &start, &end, &nid)
		pr_info("  node %3d: [mem 0x%016llx-0x%016llx]\n", nid,
			PFN_PHYS(start), PFN_PHYS(end) - 1);
}

/* --- nodes -------------------------------------------------------------------- */

/* RAM that nobody gave a node to belongs to node 0. */
static int __init nodes_complete(void)
{
	struct memblock_type *type = &memblock_mem()->memory;
	unsigned long i = 0;

	while (i < type->cnt) {
		struct memblock_region *r = &type->regions[i];

		if (r->nid >= 0 && r->nid < MAX_NUMNODES) {
			i++;
			continue;
		}
		if (memblock_set_node(r->base, r->size, type, 0))
			return -ENOMEM;
		i = 0;			/* regions may have merged */
	}
	return 0;
}

static void __init node_span(int nid, unsigned long *first, unsigned long *last)
{
	unsigned long start, end;
	int i;

	*first = *last = 0;
	for_each_mem_pfn_range(i, nid, &start, &end, NULL) {
		if (!*last)
			*first = start;
		*last = end;
	}
}

/* Frames of RAM of @nid in [@start, @end). */
static unsigned long __init node_present(int nid, unsigned long start, unsigned long end)
{
	unsigned long s, e, pages = 0;
	int i;

	for_each_mem_pfn_range(i, nid, &s, &e, NULL) {
		s = clamp(s, start, end);
		e = clamp(e, start, end);
		mm_assert(s <= e);
		pages += e - s;
	}
	return pages;
}

/* The arrays of a zone that has frames. */
static int __init zone_alloc_arrays(struct zone *zone)
{
	unsigned long blocks;

	blocks = ((zone_end_pfn(zone) - 1) >> pageblock_order) -
		 (zone->zone_start_pfn >> pageblock_order) + 1;
	mm_assert(zone->spanned_pages && zone->present_pages <= zone->spanned_pages);
	zone->pageblock_flags = memblock_alloc_try_nid_raw(blocks, SMP_CACHE_BYTES, 0,
					MEMBLOCK_ALLOC_ACCESSIBLE, zone->node);
	if (!zone->pageblock_flags)
		return -ENOMEM;
	memset(zone->pageblock_flags, MIGRATE_MOVABLE, blocks);
	return 0;
}

static int __init zone_init(struct pglist_data *pgdat, enum zone_type type,
			    const struct zone_bounds *b)
{
	unsigned long node_end = pgdat->node_start_pfn + pgdat->node_spanned_pages;
	struct zone *zone = &pgdat->node_zones[type];
	unsigned long start, end;
	int order, mt;

	zone_range(b, pgdat->node_id, type, &start, &end);
	node_end = clamp(node_end, start, end);
	start = clamp(pgdat->node_start_pfn, start, end);
	end = node_end;
	mm_assert(start <= end);					/* ZS1 */

	spin_lock_init_rank(&zone->lock, RANK_ZONE, "zone->lock");
	zone->name = zone_type_name(type);
	zone->type = type;
	zone->node = pgdat->node_id;
	zone->zone_pgdat = pgdat;
	for (order = 0; order < MAX_ORDER; order++)
		for (mt = 0; mt < MIGRATE_TYPES; mt++)
			INIT_LIST_HEAD(&zone->free_area[order].free_list[mt]);

	zone->per_cpu_pageset = memblock_alloc_try_nid(sizeof(struct per_cpu_pages),
			__alignof__(struct per_cpu_pages), 0, MEMBLOCK_ALLOC_ACCESSIBLE,
			zone->node);
	if (!zone->per_cpu_pageset)
		return -ENOMEM;
	pcp_init(zone->per_cpu_pageset);

	zone->present_pages = node_present(pgdat->node_id, start, end);
	if (!zone->present_pages)
		return 0;
	zone->zone_start_pfn = start;
	zone->spanned_pages = end - start;
	return zone_alloc_arrays(zone);
}

static int __init node_init(int nid)
{
	struct pglist_data *pgdat;
	unsigned long first, last;

	pgdat = memblock_alloc_try_nid(sizeof(*pgdat), SMP_CACHE_BYTES, 0,
				       MEMBLOCK_ALLOC_ACCESSIBLE, nid);
	if (!pgdat)
		return -ENOMEM;
	node_span(nid, &first, &last);
	pgdat->node_id = nid;
	pgdat->node_start_pfn = first;
	pgdat->node_spanned_pages = last - first;
	pgdat->node_present_pages = node_present(nid, first, last);
	mm_assert(!NODE_DATA(nid) && first <= last);
	mm_assert(pgdat->node_present_pages <= pgdat->node_spanned_pages);
	this_machine()->node_data[nid] = pgdat;
	this_machine()->nr_online_nodes++;
	return 0;
}

static int __init nodes_init(void)
{
	unsigned long first, last;
	int nid, ret;

	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		node_span(nid, &first, &last);
		/* node 0 always exists: it is where a search starts */
		if (!last && nid && nid >= (int)this_machine()->facts.nr_nodes)
			continue;
		ret = node_init(nid);
		if (ret)
			return ret;
	}
	return 0;
}

static void __init node_print(const struct pglist_data *pgdat)
{
	if (pgdat->node_spanned_pages)
		pr_info("Initmem setup node %d [mem 0x%016llx-0x%016llx]\n", pgdat->node_id,
			PFN_PHYS(pgdat->node_start_pfn),
			PFN_PHYS(pgdat->node_start_pfn + pgdat->node_spanned_pages) - 1);
	else
		pr_info("Initmem setup node %d as memoryless\n", pgdat->node_id);
	pr_debug("On node %d totalpages: %lu\n", pgdat->node_id, pgdat->node_present_pages);
}

static int __init zones_init(const struct zone_bounds *b)
{
	int nid, z, ret;

	for_each_online_node(nid) {
		node_print(NODE_DATA(nid));
		for (z = 0; z < MAX_NR_ZONES; z++) {
			ret = zone_init(NODE_DATA(nid), z, b);
			if (ret)
				return ret;
		}
	}
	return 0;
}

/* --- memmap --------------------------------------------------------------------- */

static unsigned long __init page_home_flags(enum zone_type type, int nid)
{
	mm_assert(type < MAX_NR_ZONES && nid >= 0 && nid < MAX_NUMNODES);
	return (unsigned long)type << PAGE_ZONE_SHIFT | (unsigned long)nid << PAGE_NODE_SHIFT;
}

/* Frames of RAM: not in use. */
static void __init memmap_init_ram(const struct zone_bounds *b, unsigned long start,
				   unsigned long end, int nid)
{
	while (start < end) {
		enum zone_type type = zone_of_pfn(b, start, nid);
		unsigned long first, last, stop;

		zone_range(b, nid, type, &first, &last);
		stop = start < last ? min(end, last) : end;
		mm_assert(start < stop && pfn_valid(start));			/* ZS2 */

		memmap_fill_lazy(start, stop, page_home_flags(type, nid));
		start = stop;
	}
}

/* Frames that have a struct page and no memory behind it. */
static void __init memmap_init_hole(const struct zone_bounds *b, unsigned long start,
				    unsigned long end, int nid)
{
	enum zone_type type = zone_of_pfn(b, start, nid);
	unsigned long pfn;

	if (start >= end)
		return;
	mm_assert(end - start < MEMMAP_BLOCK_PAGES);
	memmap_fill(pfn_to_page(start), end - start, page_home_flags(type, nid));
	for (pfn = start; pfn < end; pfn++) {
		__SetPageReserved(pfn_to_page(pfn));
		atomic_set(&pfn_to_page(pfn)->_refcount, 1);
	}
	pr_info("On node %d, zone %s: %lu pages in unavailable ranges\n", nid,
		zone_type_name(type), end - start);
}

/*
 * Walk RAM upwards: populate the blocks that are new, then fill in the hole
 * before the range and the range itself.
 */
static int __init memmap_init(const struct zone_bounds *b)
{
	unsigned long populated = 0, filled = 0, start, end;
	int i, nid, last_nid = 0, ret;

	for_each_mem_pfn_range(i, NUMA_NO_NODE, &start, &end, &nid) {
		unsigned long from = round_down(start, MEMMAP_BLOCK_PAGES);
		unsigned long to = round_up(end, MEMMAP_BLOCK_PAGES);

		if (from >= populated) {
			memmap_init_hole(b, filled, populated, last_nid);
			filled = from;
		}
		from = max(from, populated);
		mm_assert(start < end && filled <= max(start, populated));
		if (from < to) {
			ret = vmemmap_populate(from, to, nid);
			if (ret)
				return ret;
			populated = to;
		}
		memmap_init_hole(b, filled, start, nid);
		memmap_init_ram(b, start, end, nid);
		filled = end;
		last_nid = nid;
	}
	memmap_init_hole(b, filled, populated, last_nid);
	return 0;
}

static void __init node_mem_maps_set(void)
{
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		struct pglist_data *pgdat = NODE_DATA(nid);

		if (pgdat && pgdat->node_spanned_pages)
			pgdat->node_mem_map = pfn_to_page(pgdat->node_start_pfn);
	}
}

/**
 * zone_sizes_init() - nodes, zones and the memmap, from memblock and the facts.
 * Locks:   none.
 * Context: boot CPU, once; the direct map covers what memblock hands out.
 * Return:  0; -ENOMEM when there is no RAM, or too little for the tables.
 */
int __init zone_sizes_init(void)
{
	struct machine *m = this_machine();
	struct zone_bounds bounds;
	int ret;

	memblock_check();
	vmstat_boot_init();
	ret = nodes_complete();
	if (ret)
		return ret;

	m->min_low_pfn = PFN_UP(memblock_start_of_DRAM());
	m->max_pfn = PFN_DOWN(memblock_end_of_DRAM());
	if (m->min_low_pfn >= m->max_pfn)
		return -ENOMEM;
	m->max_low_pfn = m->max_pfn;
	if (zone_type_exists(ZONE_HIGHMEM))
		m->max_low_pfn = min(m->max_pfn, m->facts.lowmem_limit_pfn);
	if (!m->tunables.watermark_scale_factor)
		m->tunables.watermark_scale_factor = 10;

	zone_bounds_set(&bounds, m->min_low_pfn, m->max_pfn);
	ret = nodes_init();
	if (ret)
		return ret;
	numa_init();
	m->movable_zone = highest_zone(&bounds);
	movable_zones_find(bounds.movable, bounds.start[m->movable_zone]);
	zone_bounds_print(&bounds);
	ret = zones_init(&bounds);
	if (ret)
		return ret;
	ret = memmap_init(&bounds);
	if (ret)
		return ret;
	node_mem_maps_set();
	return 0;
}
