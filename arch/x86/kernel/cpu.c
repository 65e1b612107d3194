/* SPDX-License-Identifier: MIT */
/*
 * cpu.c - who the CPUs are, what they can do, and what of it is switched on.
 *
 * CPUID is read once for each CPU into a struct cpuinfo_x86; the rest of the
 * kernel asks boot_cpu_has() and never CPUID. The set of the boot CPU is the
 * kernel's: what it can do and another CPU cannot is reported, for the kernel
 * may use it everywhere.
 *
 *   C1  boot_cpu_data is complete before any decision that depends on it, and
 *       changes afterwards only by setup_clear_cpu_cap()
 *   C2  a feature that programs could only use with the kernel's help (a CR4 bit,
 *       a state to save) is listed only when the kernel gives that help
 *   C3  every CPU runs with the same CR4 bits of cpu_enable_paging_features()
 *
 * No locks: the boot CPU writes before others exist, another CPU writes its own
 * entry before it is online.
 */
#include <linux/clockchips.h>
#include <linux/compiler.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/bug.h>
#include <asm/cpufeature.h>
#include <asm/fpu.h>
#include <asm/pageattr.h>
#include <asm/msr.h>
#include <asm/percpu.h>
#include "cpuflags.h"

struct cpuinfo_x86 boot_cpu_data;
static struct cpuinfo_x86 cpu_data[NR_CPUS];
static u32 cleared_caps[NCAPINTS];	/* features that setup_clear_cpu_cap() took away */

static void set_cap(struct cpuinfo_x86 *c, unsigned int feature)
{
	c->x86_capability[feature / 32] |= 1u << (feature % 32);
}

static void clear_cap(struct cpuinfo_x86 *c, unsigned int feature)
{
	c->x86_capability[feature / 32] &= ~(1u << (feature % 32));
}

/* leaf 1: the signature, and two words of features */
static void read_leaf_1(struct cpuinfo_x86 *c)
{
	u32 r[4];

	cpuid_count(1, 0, r);
	c->family = r[0] >> 8 & 15;
	if (c->family == 15)
		c->family += r[0] >> 20 & 255;
	c->model = r[0] >> 4 & 15;
	if (c->family >= 6)
		c->model += (r[0] >> 16 & 15) << 4;
	c->stepping = r[0] & 15;
	c->clflush_size = (r[1] >> 8 & 255) * 8;
	c->apicid = r[1] >> 24;
	c->x86_capability[CPUID_1_EDX] = r[3];
	c->x86_capability[CPUID_1_ECX] = r[2];
}

static void read_standard_leaves(struct cpuinfo_x86 *c)
{
	u32 r[4], *cap = c->x86_capability;

	cpuid_count(0, 0, r);
	c->cpuid_level = r[0];
	memcpy(c->vendor_id, &r[1], 4);
	memcpy(c->vendor_id + 4, &r[3], 4);
	memcpy(c->vendor_id + 8, &r[2], 4);
	read_leaf_1(c);
	if (c->cpuid_level >= 6) {
		cpuid_count(6, 0, r);
		cap[CPUID_6_EAX] = r[0];
	}
	if (c->cpuid_level >= 7) {
		cpuid_count(7, 0, r);
		cap[CPUID_7_0_EBX] = r[1];
		cap[CPUID_7_ECX] = r[2];
		cap[CPUID_7_EDX] = r[3];
		if (r[0] >= 1) {
			cpuid_count(7, 1, r);
			cap[CPUID_7_1_EAX] = r[0];
		}
	}
	if (c->cpuid_level >= 13) {
		cpuid_count(13, 1, r);
		cap[CPUID_D_1_EAX] = r[0];
	}
}

static void read_model_name(struct cpuinfo_x86 *c)
{
	u32 i, r[4];

	for (i = 0; i < 3; i++) {
		cpuid_count(0x80000002 + i, 0, r);
		memcpy(c->model_id + i * 16, r, 16);
	}
	c->model_id[48] = 0;
	strim(c->model_id);
}

static void read_extended_leaves(struct cpuinfo_x86 *c)
{
	u32 r[4], *cap = c->x86_capability;

	cpuid_count(0x80000000, 0, r);
	c->ext_level = r[0] >> 16 == 0x8000 ? r[0] : 0;
	c->phys_bits = 36;
	c->virt_bits = 48;
	if (c->ext_level >= 0x80000001) {
		cpuid_count(0x80000001, 0, r);
		cap[CPUID_8000_0001_ECX] = r[2];
		cap[CPUID_8000_0001_EDX] = r[3];
	}
	if (c->ext_level >= 0x80000004)
		read_model_name(c);
	if (c->ext_level >= 0x80000006) {
		cpuid_count(0x80000006, 0, r);
		c->cache_kb = r[2] >> 16;
	}
	if (c->ext_level >= 0x80000007) {
		cpuid_count(0x80000007, 0, r);
		cap[CPUID_8000_0007_EBX] = r[1];
		c->power = r[3];
	}
	if (c->ext_level >= 0x80000008) {
		cpuid_count(0x80000008, 0, r);
		cap[CPUID_8000_0008_EBX] = r[1];
		c->phys_bits = r[0] & 255;
		c->virt_bits = r[0] >> 8 & 255;
	}
	if (c->ext_level >= 0x8000000a) {
		cpuid_count(0x8000000a, 0, r);
		cap[CPUID_8000_000A_EDX] = r[3];
	}
}

/* Intel tells its caches by leaf 4: the largest is what Linux shows */
static void read_cache_size(struct cpuinfo_x86 *c)
{
	u32 i, r[4], kb;

	if (c->cpuid_level < 4 || strcmp(c->vendor_id, "GenuineIntel"))
		return;
	for (i = 0; i < 8; i++) {
		cpuid_count(4, i, r);
		if (!(r[0] & 31))
			break;
		kb = ((r[1] >> 22) + 1) * ((r[1] >> 12 & 1023) + 1) *
		     ((r[1] & 4095) + 1) / 1024 * (r[2] + 1);
		c->cache_kb = max(c->cache_kb, kb);
	}
}

/* what Linux concludes from the rest */
static void add_derived_caps(struct cpuinfo_x86 *c)
{
	set_cap(c, X86_FEATURE_CPUID);
	set_cap(c, X86_FEATURE_REP_GOOD);
	set_cap(c, X86_FEATURE_NOPL);
	if (c->power & 1u << 8) {
		set_cap(c, X86_FEATURE_CONSTANT_TSC);
		set_cap(c, X86_FEATURE_NONSTOP_TSC);
	}
	if (c->cpuid_level >= 11) {
		u32 r[4];

		cpuid_count(11, 0, r);
		if (r[1])
			c->apicid = r[3];
		/* of others Linux does not say it, whether they have the leaf or not */
		if (r[1] && !memcmp(c->vendor_id, "GenuineIntel", 12))
			set_cap(c, X86_FEATURE_XTOPOLOGY);
	}
}

static bool xsave_has_pkru(const struct cpuinfo_x86 *c)
{
	u32 r[4];

	if (!cpu_data_has(c, X86_FEATURE_XSAVE) || c->cpuid_level < 13)
		return false;
	cpuid_count(13, 0, r);
	return r[0] & XFEATURE_PKRU;
}

/* C2: what programs cannot use under this kernel */
static void drop_unsupported(struct cpuinfo_x86 *c)
{
	static const u16 never[] = {
		X86_FEATURE_OSXSAVE, X86_FEATURE_LA57,
	};
	unsigned int i;

	/* keys: rights to them are a state that fpu.c saves, and CR4.PKE stands for all */
	clear_cap(c, X86_FEATURE_OSPKE);
	if (!xsave_has_pkru(c))
		clear_cap(c, X86_FEATURE_PKU);
	else if (cpu_data_has(c, X86_FEATURE_PKU))
		set_cap(c, X86_FEATURE_OSPKE);

	for (i = 0; i < ARRAY_SIZE(never); i++)
		clear_cap(c, never[i]);
	for (i = 0; i < NCAPINTS; i++)
		c->x86_capability[i] &= ~cleared_caps[i];
}

static void identify_cpu(struct cpuinfo_x86 *c)
{
	memset(c, 0, sizeof(*c));
	read_standard_leaves(c);
	read_extended_leaves(c);
	read_cache_size(c);
	add_derived_caps(c);
	identify_topology(c);
	drop_unsupported(c);
	c->present = true;
}

/** cpu_info() - see asm/cpufeature.h. Any context, no lock. */
const struct cpuinfo_x86 *cpu_info(unsigned int cpu)
{
	mm_assert(cpu < NR_CPUS);
	return &cpu_data[cpu];
}

/**
 * early_cpu_init() - identify the boot CPU (C1).
 * Locks: none. Context: boot CPU, before anything else. Return: nothing.
 */
void __init early_cpu_init(void)
{
	identify_cpu(&boot_cpu_data);
	cpu_data[0] = boot_cpu_data;
}

/**
 * identify_secondary_cpu() - identify this CPU, number @cpu.
 * Locks: none. Context: that CPU, before it is online. Return: nothing.
 */
void identify_secondary_cpu(unsigned int cpu)
{
	struct cpuinfo_x86 *c = &cpu_data[cpu];
	unsigned int i;

	mm_bug_on(cpu >= NR_CPUS);
	identify_cpu(c);
	for (i = 0; i < NCAPINTS; i++)
		if (boot_cpu_data.x86_capability[i] & ~c->x86_capability[i])
			pr_warn("CPU%u lacks features of the boot CPU: word %u, bits %#x\n", cpu, i,
				boot_cpu_data.x86_capability[i] & ~c->x86_capability[i]);
}

/**
 * setup_clear_cpu_cap() - take @feature away, from all CPUs.
 * Locks: none. Context: boot CPU, before others are up. Return: nothing.
 */
void __init setup_clear_cpu_cap(unsigned int feature)
{
	cleared_caps[feature / 32] |= 1u << (feature % 32);
	clear_cap(&boot_cpu_data, feature);
	clear_cap(&cpu_data[0], feature);
}

/**
 * cpu_enable_paging_features() - protection bits of this CPU (C3).
 * Locks: none. Context: each CPU, once it runs on the final tables. Return: nothing.
 */
void cpu_enable_paging_features(void)
{
	unsigned long bits = 0;

	if (boot_cpu_has(X86_FEATURE_PGE))
		bits |= X86_CR4_PGE;
	if (boot_cpu_has(X86_FEATURE_SMEP))
		bits |= X86_CR4_SMEP;
	if (boot_cpu_has(X86_FEATURE_SMAP))
		bits |= X86_CR4_SMAP;
	if (boot_cpu_has(X86_FEATURE_UMIP))
		bits |= X86_CR4_UMIP;
	if (boot_cpu_has(X86_FEATURE_FSGSBASE))
		bits |= X86_CR4_FSGSBASE;
	if (boot_cpu_has(X86_FEATURE_OSPKE))
		bits |= X86_CR4_PKE;
	cr4_set_bits(bits);
	pat_init();
	write_cr0(read_cr0() | X86_CR0_WP);
}

/**
 * cpu_report() - the boot CPU in one line, as Linux has it.
 * Locks: none. Context: any. Return: nothing.
 */
void __init cpu_report(void)
{
	const struct cpuinfo_x86 *c = &boot_cpu_data;

	pr_info("CPU0: %s (family: 0x%x, model: 0x%x, stepping: 0x%x)\n",
		c->model_id[0] ? c->model_id : c->vendor_id, c->family, c->model, c->stepping);
}

static void show_flags(struct seq_file *m, const struct cpuinfo_x86 *c)
{
	unsigned int word, bit;

	seq_puts(m, "flags\t\t:");
	for (word = 0; word < NCAPINTS; word++)
		for (bit = 0; bit < 32; bit++)
			if (flag_names[word][bit] && c->x86_capability[word] >> bit & 1)
				seq_printf(m, " %s", flag_names[word][bit]);
	seq_puts(m, "\nbugs\t\t:\n");
}

static void show_power(struct seq_file *m, const struct cpuinfo_x86 *c)
{
	unsigned int bit;

	seq_puts(m, "power management:");
	for (bit = 0; bit < 32; bit++) {
		if (!(c->power >> bit & 1))
			continue;
		if (power_flags[bit])
			seq_printf(m, "%s%s", power_flags[bit][0] ? " " : "", power_flags[bit]);
		else
			seq_printf(m, " [%u]", bit);
	}
	seq_puts(m, "\n\n");
}

/* cores of the package: CPUs that are the first thread of theirs */
static unsigned int count_cores(const struct cpumask *package)
{
	struct cpu_topology t;
	unsigned int cpu, cores = 0;

	for_each_cpu(cpu, package) {
		cpu_topology_get(cpu, &t);
		cores += cpumask_first(&t.core) == cpu;
	}
	return cores;
}

static void show_topology(struct seq_file *m, const struct cpuinfo_x86 *c, unsigned int cpu)
{
	struct cpu_topology t;

	cpu_topology_get(cpu, &t);
	seq_printf(m, "physical id\t: %u\nsiblings\t: %u\ncore id\t\t: %u\n", t.package_id,
		   cpumask_weight(&t.package), t.core_id);
	seq_printf(m, "cpu cores\t: %u\n", count_cores(&t.package));
	seq_printf(m, "apicid\t\t: %u\ninitial apicid\t: %u\n", c->apicid, c->apicid);
}

static void show_one(struct seq_file *m, unsigned int cpu)
{
	const struct cpuinfo_x86 *c = &cpu_data[cpu];
	unsigned long khz = tsc_khz_measured();

	seq_printf(m, "processor\t: %u\nvendor_id\t: %s\n", cpu,
		   c->vendor_id[0] ? c->vendor_id : "unknown");
	seq_printf(m, "cpu family\t: %u\nmodel\t\t: %u\nmodel name\t: %s\n", c->family, c->model,
		   c->model_id[0] ? c->model_id : "unknown");
	if (c->stepping || c->cpuid_level)
		seq_printf(m, "stepping\t: %u\n", c->stepping);
	else
		seq_puts(m, "stepping\t: unknown\n");
	if (boot_cpu_has(X86_FEATURE_TSC))
		seq_printf(m, "cpu MHz\t\t: %lu.%03lu\n", khz / 1000, khz % 1000);
	if (c->cache_kb)
		seq_printf(m, "cache size\t: %u KB\n", c->cache_kb);
	show_topology(m, c, cpu);
	seq_printf(m, "fpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: %u\nwp\t\t: yes\n",
		   c->cpuid_level);
	show_flags(m, c);
	seq_printf(m, "bogomips\t: %lu.%02lu\n", khz / 500, khz / 5 % 100);
	seq_printf(m, "clflush size\t: %u\ncache_alignment\t: %u\n", c->clflush_size,
		   c->clflush_size);
	seq_printf(m, "address sizes\t: %u bits physical, %u bits virtual\n", c->phys_bits,
		   c->virt_bits);
	show_power(m, c);
}

/**
 * cpuinfo_show() - the text of /proc/cpuinfo.
 * Locks: none. Context: thread, may sleep. Return: nothing.
 */
void cpuinfo_show(struct seq_file *m)
{
	unsigned int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++)
		if (cpu_data[cpu].present)
			show_one(m, cpu);
}
