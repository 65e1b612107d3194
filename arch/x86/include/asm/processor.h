/* SPDX-License-Identifier: MIT */
/* asm/processor.h (x86) - spinning, who we are, the time-stamp counter. */
#ifndef ASM_X86_PROCESSOR_H
#define ASM_X86_PROCESSOR_H

#include <linux/types.h>
#include <asm/percpu.h>

/* Tell the CPU that this is a spin-wait loop. */
static inline void cpu_relax(void)
{
	asm volatile("pause" : : : "memory");
}

unsigned int arch_lock_turns(void);
#define arch_lock_turns	arch_lock_turns

/* The number of the CPU that runs this. Stable: kernel code is not preempted,
 * only a call that sleeps may change it. */
static inline unsigned int smp_processor_id(void)
{
	unsigned int cpu;

	asm volatile("movl %%gs:%c1, %0" : "=r"(cpu) : "i"(CPU_NUMBER));
	return cpu;
}
#define raw_smp_processor_id()	smp_processor_id()

static inline u64 rdtsc(void)
{
	u32 lo, hi;

	asm volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

static inline void prefetch(const void *p)
{
	__builtin_prefetch(p);
}

#endif
