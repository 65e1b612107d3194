/* SPDX-License-Identifier: MIT */
/*
 * asm/cpufeature.h - what the CPUs can do, as CPUID says.
 * A feature is word * 32 + bit; words are numbered as in Linux, so that the list
 * of flags in /proc/cpuinfo has Linux's order.
 */
#ifndef ASM_X86_CPUFEATURE_H
#define ASM_X86_CPUFEATURE_H

#include <linux/types.h>
#include <linux/cacheinfo.h>

enum cpuid_word {
	CPUID_1_EDX, CPUID_8000_0001_EDX, CPUID_8086_0001_EDX, CPUID_LNX_1, CPUID_1_ECX,
	CPUID_C000_0001_EDX, CPUID_8000_0001_ECX, CPUID_LNX_2, CPUID_LNX_3, CPUID_7_0_EBX,
	CPUID_D_1_EAX, CPUID_LNX_4, CPUID_7_1_EAX, CPUID_8000_0008_EBX, CPUID_6_EAX,
	CPUID_8000_000A_EDX, CPUID_7_ECX, CPUID_8000_0007_EBX, CPUID_7_EDX, NCAPINTS
};

#define X86_FEATURE(word, bit)	((word) * 32 + (bit))
#define X86_FEATURE_FPU		X86_FEATURE(CPUID_1_EDX, 0)
#define X86_FEATURE_TSC		X86_FEATURE(CPUID_1_EDX, 4)
#define X86_FEATURE_APIC	X86_FEATURE(CPUID_1_EDX, 9)
#define X86_FEATURE_PGE		X86_FEATURE(CPUID_1_EDX, 13)
#define X86_FEATURE_PAT		X86_FEATURE(CPUID_1_EDX, 16)
#define X86_FEATURE_CLFLUSH	X86_FEATURE(CPUID_1_EDX, 19)
#define X86_FEATURE_FXSR	X86_FEATURE(CPUID_1_EDX, 24)
#define X86_FEATURE_HT		X86_FEATURE(CPUID_1_EDX, 28)
#define X86_FEATURE_SYSCALL	X86_FEATURE(CPUID_8000_0001_EDX, 11)
#define X86_FEATURE_NX		X86_FEATURE(CPUID_8000_0001_EDX, 20)
#define X86_FEATURE_GBPAGES	X86_FEATURE(CPUID_8000_0001_EDX, 26)
#define X86_FEATURE_RDTSCP	X86_FEATURE(CPUID_8000_0001_EDX, 27)
#define X86_FEATURE_LM		X86_FEATURE(CPUID_8000_0001_EDX, 29)
#define X86_FEATURE_CONSTANT_TSC X86_FEATURE(CPUID_LNX_1, 8)
#define X86_FEATURE_REP_GOOD	X86_FEATURE(CPUID_LNX_1, 16)
#define X86_FEATURE_NOPL	X86_FEATURE(CPUID_LNX_1, 20)
#define X86_FEATURE_XTOPOLOGY	X86_FEATURE(CPUID_LNX_1, 22)
#define X86_FEATURE_TSC_RELIABLE X86_FEATURE(CPUID_LNX_1, 23)
#define X86_FEATURE_NONSTOP_TSC	X86_FEATURE(CPUID_LNX_1, 24)
#define X86_FEATURE_CPUID	X86_FEATURE(CPUID_LNX_1, 25)
#define X86_FEATURE_PCID	X86_FEATURE(CPUID_1_ECX, 17)
#define X86_FEATURE_X2APIC	X86_FEATURE(CPUID_1_ECX, 21)
#define X86_FEATURE_TSC_DEADLINE_TIMER X86_FEATURE(CPUID_1_ECX, 24)
#define X86_FEATURE_XSAVE	X86_FEATURE(CPUID_1_ECX, 26)
#define X86_FEATURE_OSXSAVE	X86_FEATURE(CPUID_1_ECX, 27)
#define X86_FEATURE_AVX		X86_FEATURE(CPUID_1_ECX, 28)
#define X86_FEATURE_F16C	X86_FEATURE(CPUID_1_ECX, 29)
#define X86_FEATURE_RDRAND	X86_FEATURE(CPUID_1_ECX, 30)
#define X86_FEATURE_HYPERVISOR	X86_FEATURE(CPUID_1_ECX, 31)
#define X86_FEATURE_FMA		X86_FEATURE(CPUID_1_ECX, 12)
#define X86_FEATURE_FSGSBASE	X86_FEATURE(CPUID_7_0_EBX, 0)
#define X86_FEATURE_AVX2	X86_FEATURE(CPUID_7_0_EBX, 5)
#define X86_FEATURE_SMEP	X86_FEATURE(CPUID_7_0_EBX, 7)
#define X86_FEATURE_ERMS	X86_FEATURE(CPUID_7_0_EBX, 9)
#define X86_FEATURE_INVPCID	X86_FEATURE(CPUID_7_0_EBX, 10)
#define X86_FEATURE_RDSEED	X86_FEATURE(CPUID_7_0_EBX, 18)
#define X86_FEATURE_SMAP	X86_FEATURE(CPUID_7_0_EBX, 20)
#define X86_FEATURE_XSAVEOPT	X86_FEATURE(CPUID_D_1_EAX, 0)
#define X86_FEATURE_UMIP	X86_FEATURE(CPUID_7_ECX, 2)
#define X86_FEATURE_PKU		X86_FEATURE(CPUID_7_ECX, 3)
#define X86_FEATURE_OSPKE	X86_FEATURE(CPUID_7_ECX, 4)
#define X86_FEATURE_LA57	X86_FEATURE(CPUID_7_ECX, 16)

/* i: filled by the CPU itself before it is online */
struct cpuinfo_x86 {
	u32 x86_capability[NCAPINTS];
	char vendor_id[16], model_id[64];
	u32 cpuid_level, ext_level;
	u32 family, model, stepping;
	u32 cache_kb;			/* last level, 0: unknown */
	u32 clflush_size;		/* bytes */
	u32 phys_bits, virt_bits;
	u32 power;			/* CPUID 0x80000007 EDX */
	u32 apicid;
	u32 smt_bits, package_bits;	/* of apicid: below them the thread, the core */
	struct cpu_cache caches[8];
	u32 nr_caches;
	bool whole_die_llc;		/* no word about sharing: level 3 is the die's */
	bool present;			/* identified: has a part in /proc/cpuinfo */
};

extern struct cpuinfo_x86 boot_cpu_data;

static inline bool cpu_data_has(const struct cpuinfo_x86 *c, unsigned int feature)
{
	return c->x86_capability[feature / 32] >> (feature % 32) & 1;
}
#define boot_cpu_has(feature)	cpu_data_has(&boot_cpu_data, feature)

/* what was found out about @cpu, which is or was online */
const struct cpuinfo_x86 *cpu_info(unsigned int cpu);
void identify_topology(struct cpuinfo_x86 *c);	/* topology.c */

/* boot CPU, the first of all: no lock, no log, no memory */
void early_cpu_init(void);
/* another CPU that has come up: compare with the boot CPU; before it is online */
void identify_secondary_cpu(unsigned int cpu);
/* CR4 of this CPU: PGE, SMEP, SMAP, UMIP, FSGSBASE, PKE where there are; CR0.WP */
void cpu_enable_paging_features(void);
/* the kernel does not make use of a feature: it vanishes for programs' eyes too */
void setup_clear_cpu_cap(unsigned int feature);
void cpu_report(void);			/* one line in the log */

struct seq_file;
void cpuinfo_show(struct seq_file *m);	/* /proc/cpuinfo */

#endif
