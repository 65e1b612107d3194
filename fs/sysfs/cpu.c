// SPDX-License-Identifier: MIT
/*
 * cpu.c - /sys/devices/system/cpu: which CPUs there are, and for each what it shares with
 * which others.
 *
 *	cpuN/topology/		cores, dies, packages (arch: linux/cacheinfo.h)
 *	cpuN/cache/indexM/	caches, the nearest first
 *	cpuN/nodeK		link to its node
 *
 * A CPU has a directory when it is online. CPUs neither come nor go later, so that there
 * is no file to switch one off.
 *
 * Locks: none; what is shown is fixed once all CPUs are up.
 */
#include "internal.h"

#define CPU_BITS(mask)	(mask)->bits, nr_cpu_ids

/* --- cpuN/topology ------------------------------------------------------------------- */

static unsigned int cpu_of(const struct table_node *node)
{
	return node->id[0];
}

#define TOPOLOGY_ID(name, field)						\
static void name##_show(struct seq_file *m, const struct table_node *node)	\
{										\
	struct cpu_topology t;							\
										\
	cpu_topology_get(cpu_of(node), &t);					\
	seq_printf(m, "%u\n", t.field);						\
}
TOPOLOGY_ID(core_id, core_id)
TOPOLOGY_ID(cluster_id, cluster_id)
TOPOLOGY_ID(die_id, die_id)
TOPOLOGY_ID(package_id, package_id)

#define TOPOLOGY_MASK(name, field)						\
static void name##_mask(struct seq_file *m, const struct table_node *node)	\
{										\
	struct cpu_topology t;							\
										\
	cpu_topology_get(cpu_of(node), &t);					\
	sysfs_show_mask(m, CPU_BITS(&t.field));					\
}										\
static void name##_list(struct seq_file *m, const struct table_node *node)	\
{										\
	struct cpu_topology t;							\
										\
	cpu_topology_get(cpu_of(node), &t);					\
	sysfs_show_list(m, CPU_BITS(&t.field));					\
}
TOPOLOGY_MASK(core, core)
TOPOLOGY_MASK(cluster, cluster)
TOPOLOGY_MASK(die, die)
TOPOLOGY_MASK(package, package)

static const struct table_entry topology_table[] = {
	SYS_FILE("cluster_cpus", cluster_mask),
	SYS_LIST("cluster_cpus_list", cluster_list),
	SYS_FILE("cluster_id", cluster_id_show),
	SYS_FILE("core_cpus", core_mask),
	SYS_LIST("core_cpus_list", core_list),
	SYS_FILE("core_id", core_id_show),
	SYS_FILE("core_siblings", package_mask),
	SYS_LIST("core_siblings_list", package_list),
	SYS_FILE("die_cpus", die_mask),
	SYS_LIST("die_cpus_list", die_list),
	SYS_FILE("die_id", die_id_show),
	SYS_FILE("package_cpus", package_mask),
	SYS_LIST("package_cpus_list", package_list),
	SYS_FILE("physical_package_id", package_id_show),
	SYS_FILE("thread_siblings", core_mask),
	SYS_LIST("thread_siblings_list", core_list),
};

/* --- cpuN/cache/indexM ------------------------------------------------------------------ */

static const struct cpu_cache *cache_of(const struct table_node *node, struct cpumask *shared,
					unsigned int *id)
{
	return cpu_cache_get(node->id[0], node->id[1], shared, id);
}

#define CACHE_FILE(name, format, value)						\
static void name##_show(struct seq_file *m, const struct table_node *node)	\
{										\
	struct cpumask shared;							\
	unsigned int id;							\
	const struct cpu_cache *cache = cache_of(node, &shared, &id);		\
										\
	seq_printf(m, format "\n", value);					\
}
CACHE_FILE(line_size, "%u", cache->line_bytes)
CACHE_FILE(level, "%u", cache->level)
CACHE_FILE(sets, "%u", cache->sets)
CACHE_FILE(partition, "%u", cache->partitions)
CACHE_FILE(size, "%uK", cache->size_kb)
CACHE_FILE(ways, "%u", cache->ways)

static void cache_id_show(struct seq_file *m, const struct table_node *node)
{
	struct cpumask shared;
	unsigned int id;

	cache_of(node, &shared, &id);
	seq_printf(m, "%u\n", id);
}

static void cache_type_show(struct seq_file *m, const struct table_node *node)
{
	static const char *const names[] = { "", "Data", "Instruction", "Unified" };
	struct cpumask shared;
	unsigned int id;

	seq_printf(m, "%s\n", names[cache_of(node, &shared, &id)->type]);
}

static void shared_list(struct seq_file *m, const struct table_node *node)
{
	struct cpumask shared;
	unsigned int id;

	cache_of(node, &shared, &id);
	sysfs_show_list(m, CPU_BITS(&shared));
}

static void shared_mask(struct seq_file *m, const struct table_node *node)
{
	struct cpumask shared;
	unsigned int id;

	cache_of(node, &shared, &id);
	sysfs_show_mask(m, CPU_BITS(&shared));
}

static const struct table_entry index_table[] = {
	SYS_FILE("coherency_line_size", line_size_show),
	SYS_FILE("id", cache_id_show),
	SYS_FILE("level", level_show),
	SYS_FILE("number_of_sets", sets_show),
	SYS_FILE("physical_line_partition", partition_show),
	SYS_FILE("shared_cpu_list", shared_list),
	SYS_FILE("shared_cpu_map", shared_mask),
	SYS_FILE("size", size_show),
	SYS_FILE("type", cache_type_show),
	SYS_FILE("ways_of_associativity", ways_show),
};

static bool cache_exists(const struct table_node *node)
{
	return node->id[1] < cpu_cache_count(node->id[0]);
}

static const struct table_entry cache_table[] = {
	SYS_DIRS("index%u", 16, cache_exists, index_table),
};

/* --- cpuN ---------------------------------------------------------------------------------- */

static bool cpu_exists(const struct table_node *node)
{
	return node->id[0] < nr_cpu_ids && cpu_online(node->id[0]);
}

static bool is_my_node(const struct table_node *node)
{
	return cpu_to_node(node->id[0]) == (int)node->id[1];
}

static int to_node(const struct table_node *node, char *buf, int size)
{
	return scnprintf(buf, size, "../../node/node%u", node->id[1]);
}

static const struct table_entry one_cpu_table[] = {
	SYS_DIR("cache", cache_table),
	SYS_LINKS("node%u", MAX_NUMNODES, is_my_node, to_node),
	SYS_DIR("topology", topology_table),
};

/* --- all together ---------------------------------------------------------------------- */

static void online_show(struct seq_file *m, const struct table_node *node)
{
	sysfs_show_list(m, CPU_BITS(cpu_online_mask));
}

/* CPUs that firmware knows but that did not come up, or are not used */
static void offline_show(struct seq_file *m, const struct table_node *node)
{
	struct cpumask offline;

	cpumask_andnot(&offline, cpu_possible_mask, cpu_online_mask);
	sysfs_show_list(m, CPU_BITS(&offline));
}

static void possible_show(struct seq_file *m, const struct table_node *node)
{
	sysfs_show_list(m, CPU_BITS(cpu_possible_mask));
}

static void kernel_max_show(struct seq_file *m, const struct table_node *node)
{
	seq_printf(m, "%u\n", NR_CPUS - 1);
}

static void smt_active_show(struct seq_file *m, const struct table_node *node)
{
	seq_printf(m, "%d\n", cpu_smt_active());
}

static void smt_control_show(struct seq_file *m, const struct table_node *node)
{
	seq_printf(m, "%s\n", cpu_smt_active() ? "on" : "notsupported");
}

static const struct table_entry smt_table[] = {
	SYS_FILE("active", smt_active_show),
	SYS_FILE("control", smt_control_show),
};

const struct table_entry sysfs_cpu_table[SYSFS_CPU_NAMES] = {
	SYS_DIRS("cpu%u", NR_CPUS, cpu_exists, one_cpu_table),
	SYS_FILE("kernel_max", kernel_max_show),
	SYS_FILE("offline", offline_show),
	SYS_FILE("online", online_show),
	SYS_FILE("possible", possible_show),
	SYS_FILE("present", possible_show),
	SYS_DIR("smt", smt_table),
};
