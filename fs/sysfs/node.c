// SPDX-License-Identifier: MIT
/*
 * node.c - /sys/devices/system/node: the nodes of memory, what each has, how far they are
 * apart, and how they were used. The numbers are written by mm/phys.
 *
 * Locks: none; counters are snapshots, all else is fixed at boot.
 */
#include "internal.h"

static int nid_of(const struct table_node *node)
{
	return node->id[0];
}

/* --- nodeN ---------------------------------------------------------------------------- */

static bool node_exists(const struct table_node *node)
{
	return node_online(node->id[0]);
}

static void online_cpus_of(const struct table_node *node, struct cpumask *mask)
{
	node_cpus(nid_of(node), mask);
	cpumask_and(mask, mask, cpu_online_mask);
}

static void cpulist_show(struct seq_file *m, const struct table_node *node)
{
	struct cpumask mask;

	online_cpus_of(node, &mask);
	sysfs_show_list(m, mask.bits, nr_cpu_ids);
}

static void cpumap_show(struct seq_file *m, const struct table_node *node)
{
	struct cpumask mask;

	online_cpus_of(node, &mask);
	sysfs_show_mask(m, mask.bits, nr_cpu_ids);
}

static void distance_show(struct seq_file *m, const struct table_node *node)
{
	const char *before = "";
	int to;

	for_each_online_node(to) {
		seq_printf(m, "%s%d", before, node_distance(nid_of(node), to));
		before = " ";
	}
	seq_putc(m, '\n');
}

static void meminfo_file(struct seq_file *m, const struct table_node *node)
{
	node_meminfo_show(m, nid_of(node));
}

static void numastat_file(struct seq_file *m, const struct table_node *node)
{
	node_numastat_show(m, nid_of(node));
}

static void vmstat_file(struct seq_file *m, const struct table_node *node)
{
	node_vmstat_show(m, nid_of(node));
}

static bool cpu_is_mine(const struct table_node *node)
{
	return node->id[1] < nr_cpu_ids && cpu_online(node->id[1]) &&
	       cpu_to_node(node->id[1]) == nid_of(node);
}

static int to_cpu(const struct table_node *node, char *buf, int size)
{
	return scnprintf(buf, size, "../../cpu/cpu%u", node->id[1]);
}

static const struct table_entry one_node_table[] = {
	SYS_LINKS("cpu%u", NR_CPUS, cpu_is_mine, to_cpu),
	SYS_LIST("cpulist", cpulist_show),
	SYS_FILE("cpumap", cpumap_show),
	SYS_FILE("distance", distance_show),
	SYS_FILE("meminfo", meminfo_file),
	SYS_FILE("numastat", numastat_file),
	SYS_FILE("vmstat", vmstat_file),
};

/* --- all together ------------------------------------------------------------------------- */

static void show_nodes(struct seq_file *m, enum node_states state)
{
	nodemask_t mask = NODE_MASK_NONE;
	int nid;

	for_each_online_node(nid)
		if (node_state(nid, state))
			node_set(nid, mask);
	sysfs_show_list(m, mask.bits, MAX_NUMNODES);
}

#define STATE_FILE(name, state)							\
static void name##_show(struct seq_file *m, const struct table_node *node)	\
{										\
	show_nodes(m, state);							\
}
STATE_FILE(has_cpu, N_CPU)
STATE_FILE(has_memory, N_MEMORY)
STATE_FILE(has_normal_memory, N_NORMAL_MEMORY)
STATE_FILE(online, N_ONLINE)
STATE_FILE(possible, N_POSSIBLE)

/* nodes of devices that access memory by themselves: firmware names none here */
static void no_nodes_show(struct seq_file *m, const struct table_node *node)
{
	seq_putc(m, '\n');
}

const struct table_entry sysfs_node_table[SYSFS_NODE_NAMES] = {
	SYS_FILE("has_cpu", has_cpu_show),
	SYS_FILE("has_generic_initiator", no_nodes_show),
	SYS_FILE("has_memory", has_memory_show),
	SYS_FILE("has_normal_memory", has_normal_memory_show),
	SYS_DIRS("node%u", MAX_NUMNODES, node_exists, one_node_table),
	SYS_FILE("online", online_show),
	SYS_FILE("possible", possible_show),
};
