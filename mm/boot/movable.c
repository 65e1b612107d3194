// SPDX-License-Identifier: MIT
/*
 * movable.c - where ZONE_MOVABLE begins on each node.
 *
 * Memory in ZONE_MOVABLE is given to those only whose pages can be moved or dropped, so
 * that large pieces of it can always be had again. How much of the machine is kept for
 * everybody ("kernelcore") comes from the port, as an amount or a percentage, or as what
 * is to be movable; of both wishes the larger kernelcore wins:
 *
 *	node 0	| DMA |  DMA32  : MOVABLE		start[0]
 *	node 1	|   DMA32       : MOVABLE		start[1]
 *	node 2	|   DMA32     |				start[2] == 0: none
 *
 * Each node with memory gives an equal share of kernelcore, from its lowest frame on. A
 * node that has less gives all, and what is then missing is shared out again among the
 * others. The zone is cut out of the highest type of zone that the machine has; what a
 * node has below counts as given and never becomes movable.
 *
 * Invariants of the result:
 *   MV1  start[n] is 0 or a multiple of the largest block, inside node n
 *   MV2  start[n] is 0 or not below the start of the type it is cut out of
 *
 * Locks: none; boot CPU.
 */
#include <linux/mm.h>
#include <linux/memblock.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>
#include "../internal.h"

/* One round of sharing out; frames. */
struct sharing {
	unsigned long *start;		/* by node: end of what was given */
	unsigned long lowest;		/* fixed  nothing below can be movable */
	unsigned long missing;		/* of kernelcore */
};

static unsigned long __init total_pages(unsigned int *nr_nodes)
{
	unsigned long pages = 0;
	int nid;

	*nr_nodes = 0;
	for_each_online_node(nid) {
		pages += NODE_DATA(nid)->node_present_pages;
		*nr_nodes += NODE_DATA(nid)->node_present_pages != 0;
	}
	return pages;
}

/* Frames that are to be for everybody; all of @total: there is no movable zone. */
static unsigned long __init kernelcore_pages(unsigned long total)
{
	const struct machine_facts *facts = &this_machine()->facts;
	unsigned long core = facts->kernelcore_pages, movable = facts->movablecore_pages;

	if (facts->kernelcore_percent)
		core = div64_u64((u64)total * facts->kernelcore_percent, 100);
	if (facts->movablecore_percent)
		movable = div64_u64((u64)total * facts->movablecore_percent, 100);
	if (movable) {
		movable = min(round_up(movable, MEMMAP_BLOCK_PAGES), total);
		core = max(core, total - movable);
	}
	return core ? min(core, total) : total;
}

/* [@first, @last) of RAM gives up to *@share frames. */
static void __init give_from_range(struct sharing *s, int nid, unsigned long first,
				   unsigned long last, unsigned long *share)
{
	unsigned long pages;

	first = max(first, s->start[nid]);
	if (first >= last)
		return;
	if (first < s->lowest) {
		/* given whether it is wanted or not */
		pages = min(last, s->lowest) - first;
		*share -= min(pages, *share);
		s->missing -= min(pages, s->missing);
		first = min(last, s->lowest);
		s->start[nid] = first;
	}
	pages = min(last - first, *share);
	mm_assert(first <= last);
	s->start[nid] = first + pages;
	mm_assert(s->start[nid] <= last);
	*share -= pages;
	s->missing -= min(pages, s->missing);
}

static void __init share_out(struct sharing *s, unsigned int nr_nodes)
{
	unsigned long each = s->missing / nr_nodes;
	int nid;

	mm_assert(nr_nodes && nr_nodes <= MAX_NUMNODES);
	for_each_online_node(nid) {
		unsigned long first, last, share;
		int i;

		if (s->missing < each)
			each = s->missing / nr_nodes;
		share = each;
		for_each_mem_pfn_range(i, nid, &first, &last, NULL) {
			give_from_range(s, nid, first, last, &share);
			if (!share)
				break;
		}
	}
}

/**
 * movable_zones_find() - @start[n]: where ZONE_MOVABLE of node n begins, 0: nowhere.
 * @lowest: first frame of the type of zone that it is cut out of.
 * Locks:   none.
 * Context: boot CPU; nodes have their spans, zones not yet.
 * Return:  nothing.
 */
void __init movable_zones_find(unsigned long *start, unsigned long lowest)
{
	struct sharing s = { .start = start, .lowest = lowest };
	unsigned long total;
	unsigned int nr_nodes;
	int nid;

	memset(start, 0, MAX_NUMNODES * sizeof(*start));
	total = total_pages(&nr_nodes);
	s.missing = kernelcore_pages(total);
	if (s.missing >= total)
		return;
	/* less than a frame from each node is not worth a round */
	for (; nr_nodes; nr_nodes--) {
		share_out(&s, nr_nodes);
		if (s.missing <= nr_nodes - 1)
			break;
	}
	for_each_online_node(nid) {
		struct pglist_data *pgdat = NODE_DATA(nid);

		start[nid] = round_up(max(start[nid], lowest), MEMMAP_BLOCK_PAGES);	/* MV1 */
		start[nid] = max(start[nid], round_up(pgdat->node_start_pfn, MEMMAP_BLOCK_PAGES));
		if (start[nid] >= pgdat->node_start_pfn + pgdat->node_spanned_pages)
			start[nid] = 0;
		mm_assert(!start[nid] || start[nid] >= lowest);			/* MV2 */
		mm_assert(IS_ALIGNED(start[nid], MEMMAP_BLOCK_PAGES));		/* MV1 */
	}
}
