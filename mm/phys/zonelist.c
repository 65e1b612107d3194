// SPDX-License-Identifier: MIT
/*
 * zonelist.c - in which order an allocation tries the zones.
 *
 * Each node has, for each highest zone type that a request allows, a list of
 * zones, best first: its own zones from the allowed type downwards (so that
 * scarce DMA memory is the last to go), then those of the other nodes, the
 * nearest node first:
 *
 *	node 0, up to NORMAL:	 0/NORMAL 0/DMA32 0/DMA | 1/NORMAL 1/DMA32 ...
 *	node 0, up to DMA32:		  0/DMA32 0/DMA | 1/DMA32 ...
 *
 * The lists hold populated zones only and are sorted out once, so that the walk
 * of the allocator has nothing to filter: it takes the first zone that is above
 * its watermark. The second set of lists (__GFP_THISNODE) ends after the own node.
 *
 * Of nodes that are equally far, the next one up is better, as in a ring; of those
 * that are still equal, the one that fewer nodes have as the first at its distance,
 * so that not all flee to the same.
 *
 * Invariants:
 *   ZL1  every list ends with NULL, and no zone is on it twice
 *   ZL2  every zone on list [t] has a type <= t
 *   ZL3  the zones of one node stand together, and the own node is the first
 *
 * A request for DMA memory on a machine without such a zone means that every
 * frame is good for it: that list is the NORMAL one then.
 *
 * Locks: none; written at boot, read only afterwards.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include "../internal.h"

static unsigned int __init zonelist_add_node(struct zonelist *list, unsigned int nr,
					     int nid, int highest)
{
	struct pglist_data *pgdat = NODE_DATA(nid);
	int z;

	for (z = highest; z >= 0; z--) {
		struct zone *zone = &pgdat->node_zones[z];

		if (!populated_zone(zone))
			continue;
		mm_bug_on(nr >= MAX_ZONES_PER_ZONELIST);
		list->zones[nr++] = zone;
	}
	list->zones[nr] = NULL;					/* ZL1 */
	return nr;
}

/* How the nodes of the machine stand to one that wants memory. */
struct node_order {
	int node[MAX_NUMNODES];			/* best first */
	unsigned int nr;
	unsigned int load[MAX_NUMNODES];	/* for how many a node was the first of its distance */
};

/* The smaller it is, the better is @nid for those who run out of @from. */
static unsigned int __init node_cost(const struct node_order *order, int from, int nid)
{
	unsigned int cost = node_distance(from, nid) + (nid < from);

	return cost * MAX_NUMNODES + order->load[nid];
}

static int __init best_node_left(const struct node_order *order, int from, const bool *used)
{
	int nid, best = NUMA_NO_NODE;

	for_each_online_node(nid) {
		if (used[nid] || !node_state(nid, N_MEMORY))
			continue;
		if (best < 0 || node_cost(order, from, nid) < node_cost(order, from, best))
			best = nid;
	}
	return best;
}

/* Fill @order for those who prefer @from: itself (ZL3), then the others. */
static void __init order_nodes(struct node_order *order, int from)
{
	bool used[MAX_NUMNODES] = { false };
	int nid = from, prev = from;

	order->nr = 0;
	do {
		if (node_distance(from, nid) != node_distance(from, prev))
			order->load[nid]++;
		order->node[order->nr++] = nid;
		used[nid] = true;
		prev = nid;
		nid = best_node_left(order, from, used);
	} while (nid >= 0);
}

static void __init build_zonelists(struct pglist_data *pgdat, int type,
				   const struct node_order *order)
{
	struct zonelist *all = &pgdat->node_zonelists[ZONELIST_FALLBACK][type];
	struct zonelist *own = &pgdat->node_zonelists[ZONELIST_NOFALLBACK][type];
	int highest = zone_type_exists(type) ? type : max(type, (int)ZONE_NORMAL);
	unsigned int i, nr = 0;

	for (i = 0; i < order->nr; i++)
		nr = zonelist_add_node(all, nr, order->node[i], highest);
	zonelist_add_node(own, 0, pgdat->node_id, highest);
}

static void __init print_order(int nid, const struct node_order *order)
{
	char text[8 * MAX_NUMNODES];
	unsigned int i, bytes = 0;

	for (i = 0; i < order->nr; i++)
		bytes += scnprintf(text + bytes, sizeof(text) - bytes, "%d ", order->node[i]);
	pr_info("Fallback order for Node %d: %s\n", nid, text);
}

/**
 * build_all_zonelists() - the search order of every node.
 * Locks:   none.
 * Context: boot CPU, after zone_sizes_init().
 * Return:  nothing.
 */
void __init build_all_zonelists(void)
{
	struct node_order order = { .nr = 0 };
	unsigned long pages = 0;
	int nid, type;

	for_each_online_node(nid) {
		order_nodes(&order, nid);
		print_order(nid, &order);
		for (type = 0; type < MAX_NR_ZONES; type++)
			build_zonelists(NODE_DATA(nid), type, &order);
		pages += NODE_DATA(nid)->node_present_pages;
	}
	pr_info("Built %u zonelists, mobility grouping on.  Total pages: %lu\n",
		num_online_nodes(), pages);
}

/* The populated zone at or after position (@nid, @type), or NULL. */
static struct zone *populated_zone_from(int nid, int type)
{
	for (; nid < MAX_NUMNODES; nid++, type = 0) {
		if (!NODE_DATA(nid))
			continue;
		for (; type < MAX_NR_ZONES; type++)
			if (populated_zone(&NODE_DATA(nid)->node_zones[type]))
				return &NODE_DATA(nid)->node_zones[type];
	}
	return NULL;
}

/** first_populated_zone() - the lowest zone with RAM of the first node. No lock. */
struct zone *first_populated_zone(void)
{
	return populated_zone_from(0, 0);
}

/** next_populated_zone() - the one after @zone, or NULL. No lock. */
struct zone *next_populated_zone(struct zone *zone)
{
	return populated_zone_from(zone->node, zone->type + 1);
}
