// SPDX-License-Identifier: MIT
/*
 * vmstat.c - counters of events and of what memory is used for.
 *
 * Hot paths must not write a line that other CPUs write too. So each CPU has a
 * struct vm_cpu_stat with its own events and its own part of every node item, and
 * whoever wants a number adds the parts up:
 *
 *	item X of node 1 = cpu[0].node[1][X] + cpu[1].node[1][X] + ...
 *
 * A part may be negative (a page cached on one CPU, dropped on another); the sum is
 * not, but a reader that walks the CPUs while they count can see it slightly off,
 * and then gets 0 instead of a negative number. Zone items that change rarely are
 * atomics in the zone; free pages are the sum of the buddy's and the per-CPU lists'
 * own counts; NUMA events and pages allocated and freed are counted with the per-CPU
 * lists (pcp.c).
 *
 * Before per_cpu_pagesets_init() there is one struct, for the boot CPU.
 *
 * Invariant:
 *   VS1  a struct vm_cpu_stat is written by its CPU only, with whole-word stores
 *
 * Locks: none. Interrupt handlers may count events only of items that no thread
 * counts; the rest is not protected against them.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/errno.h>
#include <linux/bug.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "../internal.h"

/** vmstat_boot_init() - count in the boot CPU's slot. Boot, no lock. */
void vmstat_boot_init(void)
{
	struct vm_statistics *stat = &this_machine()->vmstat;

	stat->cpu = &stat->boot;
}

static unsigned int nr_stat_cpus(void)
{
	struct vm_statistics *stat = &this_machine()->vmstat;

	return stat->cpu == &stat->boot ? 1 : this_machine()->facts.nr_cpus;
}

/**
 * vmstat_init_cpus() - one set of counters for each CPU that may come up.
 * Locks:   none.
 * Context: boot CPU, after slab, before other CPUs run.
 * Return:  0 or -ENOMEM.
 */
int vmstat_init_cpus(void)
{
	struct vm_statistics *stat = &this_machine()->vmstat;
	struct vm_cpu_stat *cpus;

	mm_assert(stat->cpu == &stat->boot);
	cpus = kcalloc(this_machine()->facts.nr_cpus, sizeof(*cpus), GFP_KERNEL);
	if (!cpus)
		return -ENOMEM;
	cpus[smp_processor_id()] = stat->boot;
	stat->cpu = cpus;
	return 0;
}

/**
 * count_vm_events() - @n more events of @item on the calling CPU.
 * Locks:   none.
 * Context: any thread; before zone_sizes_init() nothing is counted.
 * Return:  nothing.
 */
void count_vm_events(enum vm_event_item item, unsigned long n)
{
	mm_assert(item >= 0 && item < NR_VM_EVENT_ITEMS);
	if (likely(this_machine()->vmstat.cpu))
		__count_vm_events(item, n);
}

/* Pages allocated and freed are counted with the per-CPU lists. */
static unsigned long sum_page_event(enum vm_event_item item)
{
	unsigned int cpu, nr = nr_stat_cpus();
	unsigned long sum = 0;
	struct zone *zone;

	for_each_populated_zone(zone)
		for (cpu = 0; cpu < nr; cpu++) {
			const struct per_cpu_pages *pcp = &zone->per_cpu_pageset[cpu];

			if (item == PGFREE)
				sum += READ_ONCE(pcp->pgfree);
			else if (item == PGALLOC_DMA + zone->type)
				sum += READ_ONCE(pcp->pgalloc);
		}
	return sum;
}

/**
 * sum_vm_event() - events of @item on all CPUs since boot.
 * Locks:   none.
 * Context: any.
 * Return:  the count.
 */
unsigned long sum_vm_event(enum vm_event_item item)
{
	unsigned int cpu, nr = nr_stat_cpus();
	unsigned long sum = 0;

	if (item == PGFREE || (item >= PGALLOC_DMA && item <= PGALLOC_MOVABLE))
		return sum_page_event(item);
	for (cpu = 0; cpu < nr; cpu++)
		sum += READ_ONCE(this_machine()->vmstat.cpu[cpu].event[item]);
	return sum;
}

/**
 * mod_node_page_state() - change a node's counter by @delta.
 * Locks:   none.
 * Context: any thread.
 * Return:  nothing.
 */
void mod_node_page_state(struct pglist_data *pgdat, enum node_stat_item item, long delta)
{
	mm_assert(item >= 0 && item < NR_VM_NODE_STAT_ITEMS);
	__mod_node_page_state(pgdat, item, delta);
}

/**
 * mod_zone_page_state() - change one of a zone's rare counters by @delta.
 * Locks:   none (atomic).
 * Context: any. Not for NR_FREE_PAGES and NUMA events, which are derived.
 * Return:  nothing.
 */
void mod_zone_page_state(struct zone *zone, enum zone_stat_item item, long delta)
{
	mm_assert(item > NR_FREE_CMA_PAGES && item < NUMA_HIT);
	atomic_long_add(delta, &zone->vm_stat[item]);
}

/**
 * node_page_state() - a node's counter.
 * Locks:   none; a snapshot.
 * Context: any.
 * Return:  the count, not negative.
 */
unsigned long node_page_state(struct pglist_data *pgdat, enum node_stat_item item)
{
	unsigned int cpu, nr = nr_stat_cpus();
	long sum = 0;

	for (cpu = 0; cpu < nr; cpu++)
		sum += READ_ONCE(this_machine()->vmstat.cpu[cpu].node[pgdat->node_id][item]);
	return max(sum, 0l);
}

/** global_node_page_state() - the same for all nodes together. Any context, no lock. */
unsigned long global_node_page_state(enum node_stat_item item)
{
	unsigned long sum = 0;
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (NODE_DATA(nid))
			sum += node_page_state(NODE_DATA(nid), item);
	return sum;
}

static unsigned long zone_numa_event(struct zone *zone, enum zone_stat_item item)
{
	unsigned int cpu, nr = nr_stat_cpus();
	unsigned long sum = 0;

	for (cpu = 0; cpu < nr; cpu++)
		sum += READ_ONCE(zone->per_cpu_pageset[cpu].numa[item - NUMA_HIT]);
	return sum;
}

/**
 * zone_page_state() - a zone's counter. Free pages include those on per-CPU lists.
 * Locks:   none; a snapshot.
 * Context: any; @zone is populated.
 * Return:  the count, not negative.
 */
unsigned long zone_page_state(struct zone *zone, enum zone_stat_item item)
{
	if (item == NR_FREE_PAGES)
		return READ_ONCE(zone->nr_free) + zone_pcp_count(zone);
	if (item == NR_FREE_CMA_PAGES)
		return READ_ONCE(zone->nr_free_cma);
	/* every allocation was by a CPU of the zone's node, or by one of another */
	if (item == NUMA_LOCAL)
		return zone_numa_event(zone, NUMA_HIT) + zone_numa_event(zone, NUMA_MISS) -
		       zone_numa_event(zone, NUMA_OTHER);
	if (item >= NUMA_HIT)
		return zone_numa_event(zone, item);
	return max(atomic_long_read(&zone->vm_stat[item]), 0l);
}

/** global_zone_page_state() - the same for all zones together. Any context, no lock. */
unsigned long global_zone_page_state(enum zone_stat_item item)
{
	struct zone *zone;
	unsigned long sum = 0;

	for_each_populated_zone(zone)
		sum += zone_page_state(zone, item);
	return sum;
}

/** nr_free_pages() - free frames of the machine. Any context, no lock. */
unsigned long nr_free_pages(void)
{
	return global_zone_page_state(NR_FREE_PAGES);
}

/* What user allocations may never have: the high marks and the largest reserve. */
static unsigned long zone_reserved_pages(struct zone *zone)
{
	long reserve = 0;
	int t;

	for (t = zone->type; t < MAX_NR_ZONES; t++)
		reserve = max(reserve, READ_ONCE(zone->lowmem_reserve[t]));
	return min(high_wmark_pages(zone) + (unsigned long)reserve, zone_managed_pages(zone));
}

/**
 * totalreserve_pages() - frames that programs cannot get.
 * Locks:   none.
 * Context: any.
 * Return:  pages.
 */
unsigned long totalreserve_pages(void)
{
	struct zone *zone;
	unsigned long pages = 0;

	for_each_populated_zone(zone)
		pages += zone_reserved_pages(zone);
	return pages;
}

/**
 * si_mem_available() - what new programs could get without swapping.
 * Locks:   none; an estimate.
 * Context: any.
 * Return:  pages: free ones, and half or more of file cache and reclaimable slab.
 */
long si_mem_available(void)
{
	long available = (long)nr_free_pages() - (long)totalreserve_pages();
	unsigned long low = 0, cache, slab;
	struct zone *zone;

	for_each_populated_zone(zone)
		low += low_wmark_pages(zone);
	cache = global_node_page_state(NR_ACTIVE_FILE) +
		global_node_page_state(NR_INACTIVE_FILE);
	available += cache - min(cache / 2, low);
	slab = global_node_page_state(NR_SLAB_RECLAIMABLE_B);
	available += slab - min(slab / 2, low);
	return max(available, 0l);
}
