// SPDX-License-Identifier: MIT
/*
 * port.c - what mm/ and lib/ ask of the kernel around them (include/mm/port.h):
 * threads that block, time, limits. What they ask of the machine (TLB, page
 * tables, reports of bugs) is the port's own.
 *
 * Blocking is built on the task state: port_block_prepare() sets it, so a wake
 * from then on makes the task runnable and schedule() return at once; a wake
 * for another reason is a spurious return, which the callers allow.
 */
#include <linux/sched.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/personality.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/time.h>
#include <mm/port.h>

struct task_struct *port_self(void)
{
	return current;
}

void port_block_prepare(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
}

void port_block(void)
{
	schedule();
}

void port_block_cancel(void)
{
	__set_current_state(TASK_RUNNING);
}


void port_wake(struct task_struct *thread)
{
	wake_up_process(thread);
}

u64 port_clock_ns(void)
{
	return ktime_get_ns();
}

u64 port_random_ull(void)
{
	return layout_is_random() ? get_random_u64() : 0;
}

bool port_fatal_signal_pending(void)
{
	return fatal_signal_pending(current);
}

void port_cond_resched(void)
{
	if (drain_wanted())
		kick_stocks();
	cond_resched();
}

unsigned long port_rlimit(unsigned int which)
{
	return rlimit(which);
}

bool port_capable_admin(void)
{
	return capable_admin();
}

#ifdef CONFIG_DEBUG_LOCKS
static struct held_locks held[NR_CPUS];
#endif

/* The locks that this CPU holds; kernel code is not preempted, so they are the task's too. */
struct held_locks *port_held_locks(void)
{
#ifdef CONFIG_DEBUG_LOCKS
	struct held_locks *mine = &held[smp_processor_id()];

	mine->sleeping = &current->held_sleeping;	/* follows the task to its next CPU */
	return mine;
#else
	return NULL;
#endif
}

/* of PF_*: the scopes of sched/mm.h are among them */
unsigned int *port_self_flags(void)
{
	return &current->flags;
}

struct task_mempolicy *port_self_mempolicy(void)
{
	return &current->mempolicy;
}

struct fault_task *port_self_faults(void)
{
	return &current->faults;
}

const char *port_self_name(void)
{
	return current->comm;
}

int port_self_pid(void)
{
	return current->pid;
}

int port_self_tgid(void)
{
	return current->tgid;
}
