/* SPDX-License-Identifier: MIT */
/*
 * topology.h - which CPU is near which memory. The port says it before the boot
 * (struct machine_numa); mm/phys/numa.c completes it, and then it is fixed.
 */
#ifndef LINUX_TOPOLOGY_H
#define LINUX_TOPOLOGY_H

#include <linux/cpumask.h>
#include <linux/nodemask.h>
#include <mm/machine.h>
#include <asm/processor.h>

static inline int cpu_to_node(unsigned int cpu)
{
	return this_machine()->numa.cpu_node[cpu];
}

/* The node that allocations of the calling CPU prefer; it may be without memory. */
static inline int numa_node_id(void)
{
	return cpu_to_node(smp_processor_id());
}

static inline int node_distance(int from, int to)
{
	return this_machine()->numa.distance[from][to];
}

static inline bool node_online(int nid)
{
	return nid >= 0 && nid < MAX_NUMNODES && NODE_DATA(nid);
}

static inline int next_online_node(int nid)
{
	while (nid < MAX_NUMNODES && !NODE_DATA(nid))
		nid++;
	return nid;
}

#define for_each_online_node(nid)					\
	for ((nid) = next_online_node(0); (nid) < MAX_NUMNODES;		\
	     (nid) = next_online_node((nid) + 1))

static inline unsigned int num_online_nodes(void)
{
	return this_machine()->nr_online_nodes;
}

/* What a node can have; any context. */
enum node_states {
	N_POSSIBLE,		/* may come up: here, is online */
	N_ONLINE,
	N_NORMAL_MEMORY,	/* frames that the direct map has */
	N_HIGH_MEMORY,		/* frames of any but movable zones */
	N_MEMORY,		/* any frames */
	N_CPU,			/* CPUs of the machine, online or not */
};
bool node_state(int nid, enum node_states state);
void nodes_with_memory(nodemask_t *nodes);
/* CPUs that the port says are near @nid */
void node_cpus(int nid, struct cpumask *mask);

#endif
