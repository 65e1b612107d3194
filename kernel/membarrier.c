// SPDX-License-Identifier: MIT
/*
 * membarrier.c - membarrier(2): all running threads pass a memory barrier.
 *
 * A CPU passes one by taking an interrupt: entry and return order memory and make it see
 * changed instructions. So each command asks all other CPUs for an interrupt, and the
 * expedited ones differ in what they ask of the caller: that its address space said before
 * that it will call. RSEQ also makes threads leave critical sections: the interrupt marks
 * the thread that it met.
 *
 *   B1  mm->membarrier_state has the bit of each command that was registered, which is
 *       the one below that of its registration; fork hands it on, exec begins anew
 *
 * Locks: none; the state is atomic.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <asm/smp.h>

enum {
	MEMBARRIER_QUERY = 0,
	MEMBARRIER_GLOBAL = 1 << 0,
	MEMBARRIER_GLOBAL_EXPEDITED = 1 << 1,
	MEMBARRIER_REGISTER_GLOBAL_EXPEDITED = 1 << 2,
	MEMBARRIER_PRIVATE_EXPEDITED = 1 << 3,
	MEMBARRIER_REGISTER_PRIVATE_EXPEDITED = 1 << 4,
	MEMBARRIER_PRIVATE_EXPEDITED_SYNC_CORE = 1 << 5,
	MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE = 1 << 6,
	MEMBARRIER_PRIVATE_EXPEDITED_RSEQ = 1 << 7,
	MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_RSEQ = 1 << 8,
	MEMBARRIER_ALL = (1 << 9) - 1,
};
#define MEMBARRIER_FLAG_CPU	1u

static void pass_barrier(void *arg)
{
	smp_mb();
}

/* the thread that was met starts its critical section anew if it is of the caller's memory */
static void restart_section(void *arg)
{
	smp_mb();
	if (current->mm == arg && current->rseq)
		rseq_preempt(current);
}

static int barrier_on(const struct cpumask *cpus, int cmd)
{
	smp_mb();
	if (cmd == MEMBARRIER_PRIVATE_EXPEDITED_RSEQ)
		smp_call_function_mask(cpus, restart_section, current->mm);
	else
		smp_call_function_mask(cpus, pass_barrier, NULL);
	smp_mb();
	return 0;
}

static int private_expedited(int cmd, unsigned int flags, int cpu)
{
	struct cpumask one = { 0 };

	if (!(atomic_read(&current->mm->membarrier_state) & cmd))
		return -EPERM;
	if (cmd == MEMBARRIER_PRIVATE_EXPEDITED_RSEQ && current->rseq)
		rseq_preempt(current);
	if (!(flags & MEMBARRIER_FLAG_CPU))
		return barrier_on(cpu_online_mask, cmd);
	if (cpu < 0 || cpu >= (int)nr_cpu_ids || !cpu_online(cpu))
		return 0;
	cpumask_set_cpu(cpu, &one);
	return barrier_on(&one, cmd);
}

static int register_for(int cmd)
{
	atomic_fetch_or(cmd >> 1, &current->mm->membarrier_state);	/* B1 */
	return 0;
}

/** sys_membarrier() - membarrier(2). May sleep. 0, the commands for QUERY, or -E. */
long sys_membarrier(int cmd, unsigned int flags, int cpu_id)
{
	if (cmd == MEMBARRIER_PRIVATE_EXPEDITED_RSEQ ? flags & ~MEMBARRIER_FLAG_CPU : flags)
		return -EINVAL;
	switch (cmd) {
	case MEMBARRIER_QUERY:
		return MEMBARRIER_ALL;
	case MEMBARRIER_GLOBAL:
	case MEMBARRIER_GLOBAL_EXPEDITED:
		return barrier_on(cpu_online_mask, cmd);
	case MEMBARRIER_PRIVATE_EXPEDITED:
	case MEMBARRIER_PRIVATE_EXPEDITED_SYNC_CORE:
	case MEMBARRIER_PRIVATE_EXPEDITED_RSEQ:
		return private_expedited(cmd, flags, cpu_id);
	case MEMBARRIER_REGISTER_GLOBAL_EXPEDITED:
	case MEMBARRIER_REGISTER_PRIVATE_EXPEDITED:
	case MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE:
	case MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_RSEQ:
		return register_for(cmd);
	}
	return -EINVAL;
}
