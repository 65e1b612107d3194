/* SPDX-License-Identifier: MIT */
/*
 * asm/smp.h (x86) - the CPUs that exist and run, and how one asks another.
 *
 *   P1  cpu_locals[c] is set for all c < nr_cpu_ids before the second CPU starts
 *   P2  a CPU is in cpu_online_mask from before its first schedule(); never leaves
 *   P3  who waits for other CPUs waits with interrupts on: two CPUs that ask each
 *       other at the same time serve each other's request from the interrupt
 */
#ifndef ASM_X86_SMP_H
#define ASM_X86_SMP_H

#include <linux/types.h>
#include <linux/cpumask.h>
#include <asm/percpu.h>

extern unsigned int nr_cpu_ids;			/* i  CPUs of the MADT, at most NR_CPUS */
extern struct cpumask cpu_online_mask_bits;	/* a */
extern struct cpumask cpu_possible_mask_bits;	/* i */
#define cpu_online_mask		((const struct cpumask *)&cpu_online_mask_bits)
#define cpu_possible_mask	((const struct cpumask *)&cpu_possible_mask_bits)
#define cpu_online(cpu)		cpumask_test_cpu(cpu, cpu_online_mask)
#define num_online_cpus()	cpumask_weight(cpu_online_mask)
#define num_possible_cpus()	nr_cpu_ids
#define for_each_online_cpu(cpu)	for_each_cpu(cpu, cpu_online_mask)
#define for_each_possible_cpu(cpu)	for_each_cpu(cpu, cpu_possible_mask)

/** smp_send_reschedule() - make @cpu pass its return-to-user check or leave its
 * halt. Any context. */
void smp_send_reschedule(unsigned int cpu);

/**
 * smp_call_function_mask() - run @fn(@arg) on the online CPUs of @mask but not on
 * this one, in interrupt context, and wait until all have done it.
 * Context: interrupts on, no lock held that a CPU takes with interrupts off.
 */
void smp_call_function_mask(const struct cpumask *mask, void (*fn)(void *arg), void *arg);
/** on_each_cpu() - the same on all CPUs; here with interrupts off. */
void on_each_cpu(void (*fn)(void *arg), void *arg);
/** smp_send_stop() - stop all other CPUs for good; for panic(), any context. */
void smp_send_stop(void);

/* handlers of the vectors, called by the interrupt dispatch */
void smp_call_function_interrupt(void);
void smp_stop_this_cpu(void);



/* kernel/: the idle task of @cpu, its stack allocated; it never runs its fn. NULL: no memory */
struct task_struct *idle_task_for(unsigned int cpu);

#endif
