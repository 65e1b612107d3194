/* SPDX-License-Identifier: MIT */
/*
 * topology.c - cores, packages and caches, as CPUID tells them.
 *
 * The number of a CPU's APIC is made of fields: thread within the core, core within the
 * package, package. How wide they are, each maker tells in his own way:
 *
 *	Intel	leaf 0xb; without it leaf 1 (threads of a package) and leaf 4 (cores)
 *	AMD	leaf 0x80000008 (cores); threads of a core in 0x8000001e, with TOPOEXT
 *
 * Caches stand in leaf 4, on AMD with TOPOEXT in 0x8000001d of the same form: who shares
 * one agrees in the APIC number above some bit. Older AMD processors have sizes alone
 * (0x80000005, 0x80000006): there a third level belongs to all of a die that are on one
 * node, the others to one CPU.
 *
 *   TP1  smt_bits <= package_bits < 32
 *   TP2  what is read of a CPU is read on that CPU, before it is online; later only masks
 *        of online CPUs are made from it
 *
 * No locks: written before the CPU is online.
 */
#include <linux/bug.h>
#include <linux/cacheinfo.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/smp.h>

#define X86_FEATURE_TOPOEXT	X86_FEATURE(CPUID_8000_0001_ECX, 22)
#define CLUSTER_UNKNOWN		0xffff		/* what Linux shows */
#define LEAF_B_SMT		1
#define LEAF_B_CORE		2

/* bits that hold 0 .. @n - 1 */
static u32 bits_for(u32 n)
{
	return n > 1 ? 32 - __builtin_clz(n - 1) : 0;
}

static bool is_amd(const struct cpuinfo_x86 *c)
{
	return !strcmp(c->vendor_id, "AuthenticAMD") || !strcmp(c->vendor_id, "HygonGenuine");
}

/* --- cores and packages ------------------------------------------------------------- */

static void amd_topology(struct cpuinfo_x86 *c)
{
	u32 r[4];

	if (c->ext_level >= 0x80000008) {
		cpuid_count(0x80000008, 0, r);
		c->package_bits = r[2] >> 12 & 15;
		if (!c->package_bits)
			c->package_bits = bits_for((r[2] & 255) + 1);
	}
	if (cpu_data_has(c, X86_FEATURE_TOPOEXT) && c->ext_level >= 0x8000001e) {
		cpuid_count(0x8000001e, 0, r);
		c->smt_bits = bits_for((r[1] >> 8 & 255) + 1);
	}
}

/* leaf 0xb: a level in each subleaf, its type in bits 8-15 of ecx; false: not there */
static bool leaf_b_topology(struct cpuinfo_x86 *c)
{
	u32 i, r[4];

	for (i = 0; c->cpuid_level >= 11 && i < 8; i++) {
		cpuid_count(11, i, r);
		if (!r[1])
			break;
		if ((r[2] >> 8 & 255) == LEAF_B_SMT)
			c->smt_bits = r[0] & 31;
		else if ((r[2] >> 8 & 255) == LEAF_B_CORE)
			c->package_bits = r[0] & 31;
	}
	return i > 0;
}

static void leaf_4_topology(struct cpuinfo_x86 *c)
{
	u32 r[4], threads, cores = 1;

	cpuid_count(1, 0, r);
	threads = cpu_data_has(c, X86_FEATURE_HT) ? r[1] >> 16 & 255 : 1;
	if (c->cpuid_level >= 4) {
		cpuid_count(4, 0, r);
		if (r[0] & 31)
			cores = (r[0] >> 26) + 1;
	}
	c->package_bits = bits_for(max(threads, cores));
	c->smt_bits = bits_for(max(threads, cores) / cores);
}

/* --- caches ---------------------------------------------------------------------------- */

static struct cpu_cache *add_cache(struct cpuinfo_x86 *c, u32 level, enum cache_type type)
{
	struct cpu_cache *cache = &c->caches[c->nr_caches];

	if (c->nr_caches == ARRAY_SIZE(c->caches))
		return NULL;
	c->nr_caches++;
	cache->level = level;
	cache->type = type;
	return cache;
}

static void leaf_4_caches(struct cpuinfo_x86 *c, u32 leaf)
{
	u32 i, r[4];

	for (i = 0; i < ARRAY_SIZE(c->caches); i++) {
		struct cpu_cache *cache;

		cpuid_count(leaf, i, r);
		if (!(r[0] & 31) || (r[0] & 31) > CACHE_UNIFIED)
			break;
		cache = add_cache(c, r[0] >> 5 & 7, r[0] & 31);
		cache->share_bits = bits_for((r[0] >> 14 & 4095) + 1);
		cache->line_bytes = (r[1] & 4095) + 1;
		cache->partitions = (r[1] >> 12 & 1023) + 1;
		cache->ways = (r[1] >> 22) + 1;
		cache->sets = r[2] + 1;
		cache->size_kb = (u64)cache->line_bytes * cache->partitions * cache->ways *
				 cache->sets >> 10;
	}
}

static void legacy_cache(struct cpuinfo_x86 *c, u32 level, enum cache_type type, u32 size_kb,
			 u32 ways, u32 line)
{
	struct cpu_cache *cache = size_kb && ways && line ? add_cache(c, level, type) : NULL;

	if (!cache)
		return;
	cache->line_bytes = line;
	cache->partitions = 1;
	cache->ways = ways;
	cache->sets = size_kb * 1024 / (ways * line);
	cache->size_kb = size_kb;
}

static void legacy_amd_caches(struct cpuinfo_x86 *c)
{
	/* of levels 2 and 3; 0: disabled or told elsewhere */
	static const u8 ways[16] = { 0, 1, 2, 3, 4, 6, 8, 0, 16, 0, 32, 48, 64, 96, 128, 0 };
	u32 r[4];

	if (c->ext_level < 0x80000006)
		return;
	cpuid_count(0x80000005, 0, r);
	legacy_cache(c, 1, CACHE_DATA, r[2] >> 24, r[2] >> 16 & 255, r[2] & 255);
	legacy_cache(c, 1, CACHE_INSTRUCTION, r[3] >> 24, r[3] >> 16 & 255, r[3] & 255);
	cpuid_count(0x80000006, 0, r);
	legacy_cache(c, 2, CACHE_UNIFIED, r[2] >> 16, ways[r[2] >> 12 & 15], r[2] & 255);
	legacy_cache(c, 3, CACHE_UNIFIED, (r[3] >> 18) * 512, ways[r[3] >> 12 & 15], r[3] & 255);
	c->whole_die_llc = true;
}

/**
 * identify_topology() - read this CPU's place and caches (TP2).
 * Locks: none. Context: that CPU, before it is online; @c has vendor, levels, features.
 * Return: nothing.
 */
void identify_topology(struct cpuinfo_x86 *c)
{
	if (is_amd(c))
		amd_topology(c);
	else if (!leaf_b_topology(c))
		leaf_4_topology(c);
	c->smt_bits = min(c->smt_bits, c->package_bits);			/* TP1 */
	if (is_amd(c) && !cpu_data_has(c, X86_FEATURE_TOPOEXT))
		legacy_amd_caches(c);
	else if (is_amd(c))
		leaf_4_caches(c, 0x8000001d);
	else if (c->cpuid_level >= 4)
		leaf_4_caches(c, 4);
}

/* --- who shares what ---------------------------------------------------------------------- */

/* Online CPUs whose APIC number agrees with @cpu's from bit @bits on. */
static void mask_above(unsigned int cpu, u32 bits, struct cpumask *mask)
{
	u32 mine = cpu_info(cpu)->apicid >> bits;
	unsigned int other;

	cpumask_clear(mask);
	for_each_online_cpu(other)
		if (cpu_info(other)->apicid >> bits == mine)
			__cpumask_set_cpu(other, mask);
}

/* The second level tells who is close; without a word about sharing nobody is. */
static u32 cluster_bits(const struct cpuinfo_x86 *c, bool *known)
{
	unsigned int i;

	for (i = 0; i < c->nr_caches; i++) {
		*known = c->caches[i].level == 2 && !c->whole_die_llc;
		if (*known)
			return c->caches[i].share_bits;
	}
	*known = false;
	return c->smt_bits;
}

/**
 * cpu_topology_get() - see linux/cacheinfo.h.
 * Locks: none. Context: any; @cpu is online. Return: nothing.
 */
void cpu_topology_get(unsigned int cpu, struct cpu_topology *t)
{
	const struct cpuinfo_x86 *c = cpu_info(cpu);
	bool known;
	u32 bits = cluster_bits(c, &known);

	t->core_id = (c->apicid & ((1u << c->package_bits) - 1)) >> c->smt_bits;
	t->package_id = c->apicid >> c->package_bits;
	t->die_id = is_amd(c) ? t->package_id : 0;
	t->cluster_id = known ? c->apicid & ~((1u << bits) - 1) : CLUSTER_UNKNOWN;
	mask_above(cpu, c->smt_bits, &t->core);
	mask_above(cpu, bits, &t->cluster);
	mask_above(cpu, c->package_bits, &t->package);
	t->die = t->package;
}

/** cpu_smt_active() - see linux/cacheinfo.h. Any context, no lock. */
bool cpu_smt_active(void)
{
	struct cpumask core;
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		mask_above(cpu, cpu_info(cpu)->smt_bits, &core);
		if (cpumask_weight(&core) > 1)
			return true;
	}
	return false;
}

/** cpu_cache_count() - see linux/cacheinfo.h. Any context, no lock. */
unsigned int cpu_cache_count(unsigned int cpu)
{
	return cpu_info(cpu)->nr_caches;
}

/**
 * cpu_cache_get() - see linux/cacheinfo.h.
 * Locks: none. Context: any; @cpu is online, @index below its cpu_cache_count().
 * Return: the cache.
 */
const struct cpu_cache *cpu_cache_get(unsigned int cpu, unsigned int index,
				      struct cpumask *shared, unsigned int *id)
{
	const struct cpuinfo_x86 *c = cpu_info(cpu);
	const struct cpu_cache *cache = &c->caches[index];
	struct cpumask node;

	mm_bug_on(index >= c->nr_caches);
	*id = c->apicid >> cache->share_bits;
	if (cache->level == 3 && c->whole_die_llc) {
		mask_above(cpu, c->package_bits, shared);
		node_cpus(cpu_to_node(cpu), &node);
		cpumask_and(shared, shared, &node);
	} else {
		mask_above(cpu, cache->share_bits, shared);
	}
	return cache;
}
