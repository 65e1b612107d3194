/* SPDX-License-Identifier: MIT */
/* asm/processor.h (x86) - the CPU as spinning, identity and privileged registers. */
#ifndef ASM_X86_PROCESSOR_H
#define ASM_X86_PROCESSOR_H

#include <linux/types.h>
#include <asm/percpu.h>

/* Tell the CPU that this is a spin-wait loop. */
static inline void cpu_relax(void)
{
	asm volatile("pause" : : : "memory");
}

/* The number of the CPU that runs this. Stable: kernel code is not preempted,
 * only a call that sleeps may change it. */
static inline unsigned int smp_processor_id(void)
{
	unsigned int cpu;

	asm volatile("movl %%gs:%c1, %0" : "=r"(cpu) : "i"(CPU_NUMBER));
	return cpu;
}
#define raw_smp_processor_id()	smp_processor_id()

#define X86_CR0_MP	(1ul << 1)
#define X86_CR0_EM	(1ul << 2)
#define X86_CR0_TS	(1ul << 3)
#define X86_CR0_NE	(1ul << 5)
#define X86_CR0_WP	(1ul << 16)
#define X86_CR4_PGE	(1ul << 7)
#define X86_CR4_OSFXSR	(1ul << 9)
#define X86_CR4_OSXMMEXCPT (1ul << 10)
#define X86_CR4_OSXSAVE	(1ul << 18)

static inline unsigned long read_cr0(void)
{
	unsigned long v;

	asm volatile("movq %%cr0, %0" : "=r"(v));
	return v;
}

static inline unsigned long read_cr2(void)
{
	unsigned long v;

	asm volatile("movq %%cr2, %0" : "=r"(v));
	return v;
}

static inline unsigned long read_cr3(void)
{
	unsigned long v;

	asm volatile("movq %%cr3, %0" : "=r"(v) : : "memory");
	return v;
}

static inline unsigned long read_cr4(void)
{
	unsigned long v;

	asm volatile("movq %%cr4, %0" : "=r"(v));
	return v;
}

static inline void write_cr0(unsigned long v)
{
	asm volatile("movq %0, %%cr0" : : "r"(v) : "memory");
}

static inline void write_cr3(unsigned long v)
{
	asm volatile("movq %0, %%cr3" : : "r"(v) : "memory");
}

static inline void write_cr4(unsigned long v)
{
	asm volatile("movq %0, %%cr4" : : "r"(v) : "memory");
}

static inline void invlpg(unsigned long address)
{
	asm volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static inline u64 rdtsc(void)
{
	u32 lo, hi;

	asm volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

/* Not before every earlier load has its value: for clock readings. */
static inline u64 rdtsc_ordered(void)
{
	u32 lo, hi;

	asm volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (u64)hi << 32 | lo;
}

static inline void prefetch(const void *p)
{
	__builtin_prefetch(p);
}

#endif
