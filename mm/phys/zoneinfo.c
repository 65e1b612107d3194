// SPDX-License-Identifier: MIT
/*
 * zoneinfo.c - /proc/zoneinfo, /proc/buddyinfo and /proc/pagetypeinfo.
 *
 * The formats are Linux 6.1's to the blank. What is printed is first read into
 * local variables: the text may have to allocate memory to grow, and must not do so
 * under zone->lock. Zones that a machine of this kind has but that are empty are
 * shown by zoneinfo with zeroes, as Linux shows them; the other two files list
 * populated zones only.
 *
 * A 64-bit Linux has a zone type for device memory behind ZONE_MOVABLE where a
 * 32-bit one has ZONE_HIGHMEM before it; tools expect to see its empty entry.
 *
 * Invariant:
 *   ZI1  no text is written while zone->lock is held
 *
 * Locks: zone->lock while the free lists are counted for pagetypeinfo.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/list.h>
#include <linux/seq_file.h>
#include "../internal.h"

/* --- zoneinfo -------------------------------------------------------------------------- */

static bool zone_shows_node_stats(const struct zone *zone)
{
	int z;

	/* with the first zone of the node that has memory */
	for (z = 0; z < (int)zone->type; z++)
		if (populated_zone(&zone->zone_pgdat->node_zones[z]))
			return false;
	return populated_zone(zone);
}

static void show_pagesets(struct seq_file *m, struct zone *zone)
{
	unsigned int cpu;

	seq_puts(m, "\n  pagesets");
	for (cpu = 0; cpu < this_machine()->facts.nr_cpus; cpu++) {
		const struct per_cpu_pages *pcp = &zone->per_cpu_pageset[cpu];

		seq_printf(m, "\n    cpu: %u\n              count: %d\n              high:  %d"
			      "\n              batch: %d",
			   cpu, READ_ONCE(pcp->count) + READ_ONCE(pcp->huge_count),
			   READ_ONCE(pcp->high), READ_ONCE(pcp->batch));
		/* counters are never folded back, so that there is no threshold */
		seq_printf(m, "\n  vm stats threshold: %d", 0);
	}
}

/*
 * What requests that may go as high as each type of zone leave. Where a 32-bit machine
 * has HIGHMEM, a 64-bit one has none, but device memory behind MOVABLE.
 */
static void show_protection(struct seq_file *m, const struct zone *zone)
{
	const char *before = "";
	int t;

	seq_puts(m, "\n        protection: (");
	for (t = 0; t < MAX_NR_ZONES; t++) {
		if (t == ZONE_HIGHMEM && !zone_type_exists(ZONE_HIGHMEM))
			continue;
		seq_printf(m, "%s%ld", before, READ_ONCE(zone->lowmem_reserve[t]));
		before = ", ";
	}
	if (!zone_type_exists(ZONE_HIGHMEM))
		seq_printf(m, ", %ld", READ_ONCE(zone->lowmem_reserve[ZONE_MOVABLE]));
	seq_putc(m, ')');
}

static void show_zone(struct seq_file *m, struct zone *zone)
{
	seq_printf(m, "Node %d, zone %8s", zone->node, zone->name);
	if (zone_shows_node_stats(zone)) {
		seq_puts(m, "\n  per-node stats");
		zoneinfo_show_node_stats(m, zone->zone_pgdat);
	}
	seq_printf(m, "\n  pages free     %lu\n        boost    %lu\n        min      %lu"
		      "\n        low      %lu\n        high     %lu\n        spanned  %lu"
		      "\n        present  %lu\n        managed  %lu\n        cma      %lu",
		   populated_zone(zone) ? zone_page_state(zone, NR_FREE_PAGES) : 0,
		   READ_ONCE(zone->watermark_boost), min_wmark_pages(zone), low_wmark_pages(zone),
		   high_wmark_pages(zone), zone->spanned_pages, zone->present_pages,
		   zone_managed_pages(zone), zone->cma_pages);
	show_protection(m, zone);
	if (populated_zone(zone)) {
		zoneinfo_show_zone_stats(m, zone);
		show_pagesets(m, zone);
		seq_printf(m, "\n  node_unreclaimable:  %u\n  start_pfn:           %lu", 0,
			   zone->zone_start_pfn);
	}
	seq_putc(m, '\n');
}

static void show_device_zone(struct seq_file *m, int nid)
{
	seq_printf(m, "Node %d, zone %8s", nid, "Device");
	seq_puts(m, "\n  pages free     0\n        boost    0\n        min      0"
		    "\n        low      0\n        high     0\n        spanned  0"
		    "\n        present  0\n        managed  0\n        cma      0"
		    "\n        protection: (0, 0, 0, 0, 0)\n");
}

/**
 * zoneinfo_show() - /proc/zoneinfo.
 * Locks:   none.
 * Context: may sleep (@m grows).
 * Return:  nothing; @m notes a lack of memory.
 */
void zoneinfo_show(struct seq_file *m)
{
	int nid, z;

	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		if (!NODE_DATA(nid))
			continue;
		for (z = 0; z < MAX_NR_ZONES; z++)
			if (zone_type_exists(z))
				show_zone(m, &NODE_DATA(nid)->node_zones[z]);
		if (!zone_type_exists(ZONE_HIGHMEM))
			show_device_zone(m, nid);
	}
}

/* --- buddyinfo -------------------------------------------------------------------------- */

/**
 * buddyinfo_show() - /proc/buddyinfo: free blocks by zone and order.
 * Locks:   none; each number is a snapshot.
 * Context: may sleep (@m grows).
 * Return:  nothing.
 */
void buddyinfo_show(struct seq_file *m)
{
	struct zone *zone;
	int order;

	for_each_populated_zone(zone) {
		seq_printf(m, "Node %d, zone %8s ", zone->node, zone->name);
		for (order = 0; order < MAX_ORDER; order++)
			seq_printf(m, "%6lu ", READ_ONCE(zone->free_area[order].nr_free));
		seq_putc(m, '\n');
	}
}

/* --- pagetypeinfo ------------------------------------------------------------------------- */

/* As a Linux that was built without it: no CMA where no such area is. */
static bool type_is_shown(int mt)
{
	return mt != MIGRATE_CMA || this_machine()->totalcma_pages;
}

/* A list longer than this is cut off: the lock must not be held for long. */
#define LIST_COUNT_MAX	100000ul

static unsigned long list_count(struct zone *zone, unsigned int order, int migratetype)
{
	struct list_head *pos;
	unsigned long nr = 0;

	spin_lock(&zone->lock);
	list_for_each(pos, &zone->free_area[order].free_list[migratetype])
		if (++nr > LIST_COUNT_MAX)
			break;
	spin_unlock(&zone->lock);
	return nr;
}

static void show_free_by_type(struct seq_file *m, struct zone *zone)
{
	int mt, order;

	for (mt = 0; mt < MIGRATE_TYPES; mt++) {
		if (!type_is_shown(mt))
			continue;
		seq_printf(m, "Node %4d, zone %8s, type %12s ", zone->node, zone->name,
			   migratetype_names[mt]);
		for (order = 0; order < MAX_ORDER; order++) {
			unsigned long nr = list_count(zone, order, mt);

			seq_printf(m, "%s%6lu ", nr > LIST_COUNT_MAX ? ">" : "",
				   min(nr, LIST_COUNT_MAX));
		}
		seq_putc(m, '\n');
	}
}

static void show_block_types(struct seq_file *m, struct zone *zone)
{
	unsigned long pfn = zone->zone_start_pfn, count[MIGRATE_TYPES] = { 0 };
	int mt;

	for (; pfn < zone_end_pfn(zone); pfn += pageblock_nr_pages)
		if (pfn_valid(pfn) && page_zone(memmap_page(pfn)) == zone)
			count[get_pageblock_migratetype(zone, pfn)]++;
	seq_printf(m, "Node %d, zone %8s ", zone->node, zone->name);
	for (mt = 0; mt < MIGRATE_TYPES; mt++)
		if (type_is_shown(mt))
			seq_printf(m, "%12lu ", count[mt]);
	seq_putc(m, '\n');
}

static void show_node_types(struct seq_file *m, int nid)
{
	struct zone *zone;
	int order, mt;

	seq_printf(m, "Page block order: %d\nPages per block:  %lu\n\n", pageblock_order,
		   pageblock_nr_pages);
	seq_printf(m, "%-43s ", "Free pages count per migrate type at order");
	for (order = 0; order < MAX_ORDER; order++)
		seq_printf(m, "%6d ", order);
	seq_putc(m, '\n');
	for_each_populated_zone(zone)
		if (zone->node == nid)
			show_free_by_type(m, zone);

	seq_printf(m, "\n%-23s", "Number of blocks type ");
	for (mt = 0; mt < MIGRATE_TYPES; mt++)
		if (type_is_shown(mt))
			seq_printf(m, "%12s ", migratetype_names[mt]);
	seq_putc(m, '\n');
	for_each_populated_zone(zone)
		if (zone->node == nid)
			show_block_types(m, zone);
}

/**
 * pagetypeinfo_show() - /proc/pagetypeinfo: free blocks and pageblocks by migrate type,
 *	one node with memory after the other, each under its own headings.
 * Locks:   takes zone->lock for each list that it counts.
 * Context: may sleep (@m grows).
 * Return:  nothing.
 */
void pagetypeinfo_show(struct seq_file *m)
{
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (node_state(nid, N_MEMORY))
			show_node_types(m, nid);
}
