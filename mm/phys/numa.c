// SPDX-License-Identifier: MIT
/*
 * numa.c - nodes as seen from each other and from the CPUs.
 *
 * A node is memory that is equally far from any one CPU. Three facts come from the port
 * before the boot (struct machine_numa, memblock): which RAM is on which node, which CPU
 * is nearest to which, and a table of distances, in tenths of a local access:
 *
 *	      to 0   1   2
 *	from 0  10  21  31		node 2 has no CPU, and is behind node 1:
 *	     1  21  10  21		whoever runs out of node 0 asks 1, then 2
 *	     2  31  21  10
 *
 * numa_init() completes what the port left out. A table that breaks D1 is refused as a
 * whole, with a line in the log, and the default is used: firmware gets it wrong.
 * A node may be without CPUs, or without memory: then its CPUs prefer the nearest node
 * that has some, which is all in the order of its zonelists (zonelist.c).
 *
 *   D1  distance[i][i] == LOCAL_DISTANCE < distance[i][j] for nodes i != j
 *   D2  the node of each CPU is online
 *
 * Not every table is symmetric: some machines are not. Ports that take their table from
 * a caller may ask for symmetry (numa_distance_error()).
 *
 * Locks: none; written at boot, read only afterwards.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/errno.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include <linux/string.h>
#include "../internal.h"

/**
 * numa_distance_error() - does a table of @nr rows and columns make sense (D1)?
 * Locks:   none.
 * Context: any.
 * Return:  NULL, or what is wrong with distance *@at: row * @nr + column.
 */
const char *numa_distance_error(const u8 *table, unsigned int nr, bool symmetric,
				unsigned int *at)
{
	unsigned int i, j;

	for (i = 0; i < nr; i++) {
		for (j = 0; j < nr; j++) {
			u8 d = table[i * nr + j];

			*at = i * nr + j;
			if (i == j && d != LOCAL_DISTANCE)
				return "is not 10, from a node to itself";
			if (i != j && d <= LOCAL_DISTANCE)
				return "is not above 10, between two nodes";
			if (symmetric && d != table[j * nr + i])
				return "differs from the way back";
		}
	}
	return NULL;
}

/**
 * numa_set_distances() - take a table of @nr rows and columns over, if it makes sense.
 * Locks:   none.
 * Context: boot CPU, before numa_init().
 * Return:  0; -EINVAL: refused, with a line in the log.
 */
int __init numa_set_distances(const u8 *table, unsigned int nr)
{
	struct machine_numa *numa = &this_machine()->numa;
	unsigned int i, at = 0;
	const char *error;

	if (nr > MAX_NUMNODES) {
		pr_warn("NUMA: distances of %u nodes, there can be %d: not used\n", nr,
			MAX_NUMNODES);
		return -EINVAL;
	}
	error = numa_distance_error(table, nr, false, &at);
	if (error) {
		pr_warn("NUMA: distance %u from node %u to %u %s: table not used\n", table[at],
			at / nr, at % nr, error);
		return -EINVAL;
	}
	for (i = 0; i < nr; i++)
		memcpy(numa->distance[i], table + i * nr, nr);
	return 0;
}

/**
 * numa_init() - complete what the port reported.
 * Locks:   none.
 * Context: boot CPU, once; the nodes have their pgdat.
 * Return:  nothing.
 */
void __init numa_init(void)
{
	struct machine_numa *numa = &this_machine()->numa;
	unsigned int cpu;
	int i, j;

	for (i = 0; i < MAX_NUMNODES; i++)
		for (j = 0; j < MAX_NUMNODES; j++)
			if (!numa->distance[i][j])			/* D1 */
				numa->distance[i][j] = i == j ? LOCAL_DISTANCE : REMOTE_DISTANCE;
	for (cpu = 0; cpu < NR_CPUS; cpu++)
		if (!node_online(numa->cpu_node[cpu]))
			numa->cpu_node[cpu] = next_online_node(0);	/* D2 */
}

/**
 * node_cpus() - the CPUs of @nid, whether they are up or not.
 * Locks:   none.
 * Context: any, after numa_init().
 * Return:  nothing; @mask is set.
 */
void node_cpus(int nid, struct cpumask *mask)
{
	unsigned int cpu;

	cpumask_clear(mask);
	for (cpu = 0; cpu < this_machine()->facts.nr_cpus; cpu++)
		if (cpu_to_node(cpu) == nid)
			__cpumask_set_cpu(cpu, mask);
}

/* Does @nid have frames in a zone up to @highest? */
static bool has_memory_up_to(int nid, int highest)
{
	int z;

	for (z = 0; z <= highest; z++)
		if (populated_zone(&NODE_DATA(nid)->node_zones[z]))
			return true;
	return false;
}

/**
 * node_state() - what @nid has.
 * Locks:   none.
 * Context: any, after the boot.
 * Return:  true or false, for any number.
 */
bool node_state(int nid, enum node_states state)
{
	struct cpumask cpus;

	if (!node_online(nid))
		return false;
	switch (state) {
	case N_NORMAL_MEMORY:
		return has_memory_up_to(nid, ZONE_NORMAL);
	case N_HIGH_MEMORY:
		return has_memory_up_to(nid, ZONE_HIGHMEM);
	case N_MEMORY:
		return has_memory_up_to(nid, ZONE_MOVABLE);
	case N_CPU:
		node_cpus(nid, &cpus);
		return !cpumask_empty(&cpus);
	default:
		return true;
	}
}

/** nodes_with_memory() - *@nodes becomes the set of them. As node_state(). */
void nodes_with_memory(nodemask_t *nodes)
{
	int nid;

	nodes_clear(*nodes);
	for_each_online_node(nid)
		if (node_state(nid, N_MEMORY))
			node_set(nid, *nodes);
}
