// SPDX-License-Identifier: MIT
/*
 * numa.c (host) - nodes of a configuration: how far apart, and whose CPUs.
 *
 * A machine has the nodes 0 to nr_nodes - 1, more when a range names a higher one. A
 * node may be without RAM or without CPUs. Without a table all nodes are equally far
 * apart; a table has to be symmetric, so that a slip of the pen is an error and not a
 * strange machine.
 *
 *   HN1  every number is checked before the machine exists; a wrong one is named on
 *        stderr with its place
 *
 * Locks: none; before anybody else is in the machine.
 */
#include "host_internal.h"
#include <linux/printk.h>

/**
 * host_numa_nodes() - as many nodes as the configuration speaks of.
 * Locks:   none.  Context: any.  Return: at least nr_nodes.
 */
unsigned int host_numa_nodes(const struct machine_config *c)
{
	unsigned int i, nr = c->nr_nodes;

	for (i = 0; i < c->nr_ranges; i++)
		if (c->ranges[i].nid >= (int)nr)
			nr = c->ranges[i].nid + 1;
	return nr;
}

/**
 * host_numa_good() - are the distances and the nodes of the CPUs possible (HN1)?
 * Locks:   none.  Context: any; the ranges and counts are good.
 * Return:  false, with a line on stderr, when not.
 */
bool host_numa_good(const struct machine_config *c)
{
	unsigned int i, at = 0, nr = host_numa_nodes(c);
	const char *error;

	for (i = 0; c->cpu_nodes && i < c->nr_cpus; i++) {
		if (c->cpu_nodes[i] >= 0 && c->cpu_nodes[i] < (int)nr)
			continue;
		pr_err("machine_create: CPU %u is on node %d, of %u\n", i, c->cpu_nodes[i], nr);
		return false;
	}
	error = c->distances ? numa_distance_error(c->distances, nr, true, &at) : NULL;
	if (!error)
		return true;
	pr_err("machine_create: distance %u from node %u to %u %s\n", c->distances[at], at / nr,
	       at % nr, error);
	return false;
}

/**
 * host_numa_init() - tell the machine.
 * Locks:   none.  Context: boot; the configuration is good.  Return: 0, or -EINVAL.
 */
int host_numa_init(struct machine *m, const struct machine_config *c)
{
	unsigned int cpu, nr = host_numa_nodes(c);

	m->facts.nr_nodes = nr;
	for (cpu = 0; cpu < c->nr_cpus; cpu++)
		m->numa.cpu_node[cpu] = c->cpu_nodes ? c->cpu_nodes[cpu] : cpu * nr / c->nr_cpus;
	return c->distances ? numa_set_distances(c->distances, nr) : 0;
}
