// SPDX-License-Identifier: MIT
/*
 * contig.c - a range of frames on demand: so many, and where the caller says.
 *
 * The buddy gives naturally aligned powers of two up to its largest order. Whoever needs
 * more frames in a row, or certain ones, has them taken out of the free lists by address:
 *
 *	isolate the pageblocks		nobody else gets what is free, or becomes free
 *	drain the CPUs' stocks		frames there are free, too
 *	all free? take them		the ends of blocks that reach beyond the range go back
 *	undo				the pageblocks have their type again
 *
 * Only free frames are taken: pages in use that could be moved away stay, and the call says
 * -EBUSY. Each frame becomes a page of its own with one reference, so that the range may
 * also be freed in parts.
 *
 * Other CPUs give their stock back when they next look (pcp.c); they are told, and waited
 * for a moment. In a hosted machine a CPU that no thread is cannot look.
 *
 * Invariants:
 *   CR1  a call that fails leaves free lists and types as they were, but for drained stocks
 *   CR2  between the test and the taking no frame of the range can be given out: isolated
 *
 * Locks: zone->lock, block by block.
 */
#include <linux/page-isolation.h>
#include <linux/nodemask.h>
#include <linux/topology.h>
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/printk.h>
#include "../internal.h"

#define DRAIN_ROUNDS	32	/* each time the others have */
#define DRAIN_SPINS	64	/* so many turns to answer */

static bool drains_pending(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < this_machine()->facts.nr_cpus; cpu++)
		if (drain_pending(cpu))
			return true;
	return false;
}

/**
 * contig_drain() - what the CPUs have in stock goes back, as far as they look soon.
 * Locks:   takes zone->lock.
 * Context: any but interrupt handlers; sleeps if it @may_sleep.
 * Return:  nothing.
 */
void contig_drain(bool may_sleep)
{
	int round, spin;

	drain_all_pages();
	for (round = 0; round < DRAIN_ROUNDS && drains_pending(); round++) {
		if (may_sleep)
			port_cond_resched();
		for (spin = 0; spin < DRAIN_SPINS && drains_pending(); spin++)
			cpu_relax();
	}
}

/* The last frame of [@start, @end), in one pageblock of @zone, that is on no free list. */
static unsigned long obstacle_in_pageblock(struct zone *zone, unsigned long start,
					   unsigned long end)
{
	unsigned long found = CONTIG_FREE;

	spin_lock(&zone->lock);
	while (start < end) {
		struct page *head = buddy_free_block(zone, start);

		if (!head)
			found = start++;
		else
			start = page_to_pfn(head) + (1ul << head->private);
	}
	spin_unlock(&zone->lock);
	return found;
}

/**
 * contig_obstacle() - why [@start, @end) cannot be had of @zone.
 * Locks:   takes zone->lock, pageblock by pageblock.
 * Context: any but interrupt handlers.
 * Return:  the last frame of it that is not free, or not of @zone; CONTIG_FREE: none.
 */
unsigned long contig_obstacle(struct zone *zone, unsigned long start, unsigned long end)
{
	while (end > start) {
		unsigned long from = max(start, round_down(end - 1, pageblock_nr_pages)), found;

		if (!pfn_valid(end - 1) || page_zone(memmap_page(end - 1)) != zone)
			return end - 1;
		found = obstacle_in_pageblock(zone, from, end);
		if (found != CONTIG_FREE)
			return found;
		end = from;
	}
	return CONTIG_FREE;
}

/* No frame of the range is in use: those that are not free are in some CPU's stock. */
static bool drain_could_help(unsigned long start, unsigned long end)
{
	for (; start < end; start++)
		if (atomic_read(&compound_head(memmap_page(start))->_refcount))
			return false;
	return true;
}

/*
 * Take the free block around @pfn: what lies in [@pfn, @end) is the caller's, the rest of it
 * goes back. Return: the first frame behind it.
 */
static unsigned long take_isolated(unsigned long pfn, unsigned long end, gfp_t gfp)
{
	struct zone *zone = page_zone(memmap_page(pfn));
	unsigned long at, first, last;
	struct page *head;

	spin_lock(&zone->lock);
	head = buddy_free_block(zone, pfn);
	mm_bug_on(!head);						/* CR2 */
	first = page_to_pfn(head);
	last = first + (1ul << buddy_take_block(zone, head));
	__buddy_free_range(zone, first, pfn);
	__buddy_free_range(zone, min(last, end), last);
	spin_unlock(&zone->lock);
	for (at = pfn; at < min(last, end); at++)
		prep_contig_page(pfn_to_page(at), gfp);
	return min(last, end);
}

/**
 * __alloc_contig_range() - alloc_contig_range() of frames that are free now.
 * Locks:   takes zone->lock.
 * Context: any but interrupt handlers; never sleeps. With @drain the CPUs' stocks are asked
 *          for what is missing, and that may sleep if @gfp allows.
 * Return:  0; as start_isolate_page_range(); -EBUSY when not all frames are free.
 */
int __alloc_contig_range(unsigned long start, unsigned long end, unsigned int migratetype,
			 gfp_t gfp, bool drain)
{
	int ret = start_isolate_page_range(start, end, migratetype, 0, gfp);
	unsigned long pfn = start;

	if (ret)
		return ret;
	ret = test_pages_isolated(start, end, 0);
	if (ret && drain && drain_could_help(start, end)) {
		contig_drain(gfpflags_allow_blocking(gfp));
		ret = test_pages_isolated(start, end, 0);
	}
	while (!ret && pfn < end)
		pfn = take_isolated(pfn, end, gfp);
	undo_isolate_page_range(start, end, migratetype);
	return ret;
}

/** contig_owned() - debug builds: the frames [@start, @end) are for @caller. No lock. */
void contig_owned(unsigned long start, unsigned long end, unsigned long caller)
{
	for (; start < end; start++)
		page_debug_owned(pfn_to_page(start), caller);
}

/**
 * alloc_contig_range() - the frames [@start, @end), each a page of its own.
 * Locks:   takes zone->lock.
 * Context: any but interrupt handlers; with __GFP_DIRECT_RECLAIM in @gfp it may sleep, with
 *          __GFP_ZERO the pages are cleared. @migratetype: see start_isolate_page_range().
 * Return:  0; -EINVAL for an empty range, -EBUSY when not all of it can be had.
 */
int alloc_contig_range(unsigned long start, unsigned long end, unsigned int migratetype,
		       gfp_t gfp)
{
	int ret;

	might_alloc(gfp);
	if (start >= end)
		return -EINVAL;
	if (fail_point())
		return -ENOMEM;
	ret = __alloc_contig_range(start, end, migratetype, gfp, true);
	if (!ret)
		contig_owned(start, end, _RET_IP_);
	return ret;
}

/* @nr free frames of @zone, the first such place; -EBUSY when there is none. */
static int contig_in_zone(struct zone *zone, unsigned long nr, gfp_t gfp, unsigned long *found)
{
	unsigned long align = is_power_of_2(nr) ? nr : 1;
	unsigned long start = round_up(zone->zone_start_pfn, align);

	/* each time further up, so that the second condition only fails at the end */
	while (start + nr > start && start + nr <= zone_end_pfn(zone)) {
		unsigned long obstacle = contig_obstacle(zone, start, start + nr);

		if (obstacle == CONTIG_FREE &&
		    !__alloc_contig_range(start, start + nr, MIGRATE_MOVABLE, gfp, false)) {
			*found = start;
			return 0;
		}
		/* free, but not to be had: in somebody's own area, or gone meanwhile */
		if (obstacle == CONTIG_FREE)
			obstacle = start;
		start = round_up(obstacle + 1, align);
	}
	return -EBUSY;
}

static int contig_in_zones(struct zone **z, const nodemask_t *nodemask, unsigned long nr,
			   gfp_t gfp, unsigned long *found)
{
	for (; *z; z++)
		if ((!nodemask || node_isset((*z)->node, *nodemask)) &&
		    !contig_in_zone(*z, nr, gfp, found))
			return 0;
	return -EBUSY;
}

/**
 * alloc_contig_pages() - @nr_pages adjacent frames, near node @nid, each a page of its own.
 * Aligned to @nr_pages if that is a power of two.
 * Locks:   takes zone->lock.
 * Context: as alloc_contig_range(); zones by @gfp, nodes by @nodemask (NULL: all).
 * Return:  the first page; NULL when no zone has so many free frames in a row.
 */
struct page *alloc_contig_pages(unsigned long nr_pages, gfp_t gfp, int nid, nodemask_t *nodemask)
{
	struct zonelist *list;
	unsigned long start;

	might_alloc(gfp);
	if (!nr_pages || fail_point())
		return NULL;
	if (nid < 0 || nid >= MAX_NUMNODES || !NODE_DATA(nid))
		nid = numa_node_id();
	list = &NODE_DATA(nid)->node_zonelists[gfp & __GFP_THISNODE ? ZONELIST_NOFALLBACK :
					       ZONELIST_FALLBACK][gfp_zone(gfp)];
	if (contig_in_zones(list->zones, nodemask, nr_pages, gfp, &start)) {
		contig_drain(gfpflags_allow_blocking(gfp));
		if (contig_in_zones(list->zones, nodemask, nr_pages, gfp, &start))
			return NULL;
	}
	contig_owned(start, start + nr_pages, _RET_IP_);
	return pfn_to_page(start);
}

/**
 * free_contig_range() - drop the references to the pages of [@pfn, @pfn + @nr_pages).
 * Locks:   may take zone->lock.
 * Context: as __free_pages(); all of a range, or any part of it.
 * Return:  nothing. Pages that somebody else has a reference to stay, and are warned about.
 */
void free_contig_range(unsigned long pfn, unsigned long nr_pages)
{
	unsigned long busy = 0;

	for (; nr_pages--; pfn++) {
		struct page *page = pfn_to_page(pfn);

		busy += page_count(page) != 1;
		__free_page(page);
	}
	if (busy)
		pr_warn("free_contig_range: %lu pages are still in use!\n", busy);
	WARN_ON_ONCE(busy);
}
