/* SPDX-License-Identifier: MIT */
/*
 * cacheinfo.h - which CPUs share a core, a package, a cache; told by the architecture
 * (arch/x86/kernel/topology.c). Any context, once the CPU is online.
 */
#ifndef LINUX_CACHEINFO_H
#define LINUX_CACHEINFO_H

#include <linux/cpumask.h>

/* Where a CPU stands among the others, itself included. */
struct cpu_topology {
	unsigned int core_id, cluster_id, die_id, package_id;
	struct cpumask core, cluster, die, package;
};

enum cache_type { CACHE_DATA = 1, CACHE_INSTRUCTION, CACHE_UNIFIED };

struct cpu_cache {
	unsigned char level;			/* 1 is the nearest */
	unsigned char type;			/* enum cache_type */
	unsigned char share_bits;		/* low bits of the APIC number that do not tell */
	unsigned int line_bytes, partitions, ways, sets, size_kb;
};

void cpu_topology_get(unsigned int cpu, struct cpu_topology *t);
bool cpu_smt_active(void);			/* some core runs several threads */
unsigned int cpu_cache_count(unsigned int cpu);
/* cache @index of @cpu, who shares it, and its number among those of its level */
const struct cpu_cache *cpu_cache_get(unsigned int cpu, unsigned int index,
				      struct cpumask *shared, unsigned int *id);

#endif
