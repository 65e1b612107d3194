// SPDX-License-Identifier: MIT
/*
 * policy.c - what programs may ask of the scheduler: nice values, policies,
 * priorities, affinity.
 *
 * SCHED_FIFO and SCHED_RR really stand above everybody else (core.c has a list
 * for each of their priorities); SCHED_OTHER and SCHED_BATCH share by nice value,
 * a batch task never overtakes when it wakes; SCHED_IDLE gets a 64th of a slice.
 * SCHED_DEADLINE is not built and refused as invalid. Who may change what
 * follows Linux: the superuser everything, others their own tasks downwards, or
 * up to RLIMIT_NICE and RLIMIT_RTPRIO.
 *
 * A task is found and kept by a reference (get_task_by_pid); its scheduling
 * fields change under the lock of its run queue, off the lists.
 */
#include "sched.h"
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/topology.h>
#include <asm/uaccess.h>

/* pid 0 is the caller; a counted task or NULL */
static struct task_struct *get_task_or_self(pid_t pid)
{
	if (!pid) {
		get_task_struct(current);
		return current;
	}
	return get_task_by_pid(pid);
}

struct sched_change {
	int policy, rt_priority, nice;
	int pi_priority;		/* with LEND_ONLY: this, and nothing else */
};
#define LEND_ONLY	(-1)

/* Apply @c to @p; a queued task changes its list. */
static void apply_change(struct task_struct *p, const struct sched_change *c)
{
	unsigned long flags;
	struct rq *rq = task_rq_lock(p, &flags);
	bool queued = p->on_rq && rq->curr != p;

	if (queued)
		rq_dequeue(rq, p);
	if (c->policy == LEND_ONLY) {
		p->pi_priority = c->pi_priority;
	} else {
		p->policy = c->policy;
		p->rt_priority = c->rt_priority;
		p->static_prio = DEFAULT_PRIO + c->nice;
		p->slice_left_ns = task_slice_ns(p);
	}
	if (queued)
		rq_enqueue(rq, p, false);
	if (p->on_rq)
		resched_curr(rq);
	task_rq_unlock(rq, flags);
}

/**
 * sched_set_pi_priority() - lend @p the real-time priority @priority, 0: none any more.
 * Locks:   takes the run queue's; the caller lets nobody else lend to @p meanwhile.
 * Context: any.
 */
void sched_set_pi_priority(struct task_struct *p, int priority)
{
	struct sched_change c = { .policy = LEND_ONLY, .pi_priority = priority };

	if (READ_ONCE(p->pi_priority) != priority)
		apply_change(p, &c);
}

/**
 * set_user_nice() - @p gets the nice value @nice, -20 to 19.
 * Context: thread.
 */
void set_user_nice(struct task_struct *p, int nice)
{
	struct sched_change c = {
		.policy = p->policy, .rt_priority = p->rt_priority,
		.nice = clamp(nice, MIN_NICE, MAX_NICE),
	};

	if (task_nice(p) != c.nice)
		apply_change(p, &c);
}

static bool may_control(const struct task_struct *p)
{
	return capable(CAP_SYS_NICE) || current->cred.euid == p->cred.euid ||
	       current->cred.euid == p->cred.uid;
}

/* RLIMIT_NICE counts 1 (nice 19) to 40 (nice -20) */
static bool can_nice(const struct task_struct *p, int nice)
{
	return capable(CAP_SYS_NICE) || (unsigned long)(20 - nice) <= task_rlimit(p, RLIMIT_NICE);
}

static int set_one_prio(struct task_struct *p, int nice, int error)
{
	if (!capable(CAP_SYS_NICE) && current->cred.euid != p->cred.uid &&
	    current->cred.euid != p->cred.euid)
		return -EPERM;
	if (nice < task_nice(p) && !can_nice(p, nice))
		return -EACCES;
	set_user_nice(p, nice);
	return error == -ESRCH ? 0 : error;
}

/* The tasks that (which, who) names: calls @fn for each, tasklist_lock held. */
static int for_each_priority_target(int which, int who,
				    int (*fn)(struct task_struct *p, int arg, int acc),
				    int arg, int acc)
{
	struct task_struct *p, *t;

	spin_lock(&tasklist_lock);
	switch (which) {
	case PRIO_PROCESS:
		p = who ? find_task_by_pid(who) : current;
		if (p)
			acc = fn(p, arg, acc);
		break;
	case PRIO_PGRP:
		for_each_pgrp_process(p, who ?: current->signal->pgrp)
			for_each_thread(p, t)
				acc = fn(t, arg, acc);
		break;
	default:
		for_each_process(p)
			for_each_thread(p, t)
				if (t->cred.uid == (who ? (uid_t)who : current_uid()))
					acc = fn(t, arg, acc);
		break;
	}
	spin_unlock(&tasklist_lock);
	return acc;
}

long sys_setpriority(int which, int who, int niceval)
{
	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	return for_each_priority_target(which, who, set_one_prio,
					clamp(niceval, MIN_NICE, MAX_NICE), -ESRCH);
}

static int max_prio(struct task_struct *p, int arg, int acc)
{
	return max(acc, 20 - task_nice(p));
}

long sys_getpriority(int which, int who)
{
	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	return for_each_priority_target(which, who, max_prio, 0, -ESRCH);
}

/* --- policies ------------------------------------------------------------------------ */

static bool is_rt_policy(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

static bool valid_policy(int policy)
{
	return is_rt_policy(policy) || policy == SCHED_NORMAL || policy == SCHED_BATCH ||
	       policy == SCHED_IDLE;
}

static int check_policy_rights(struct task_struct *p, int policy, int priority, bool reset)
{
	unsigned long limit = task_rlimit(p, RLIMIT_RTPRIO);

	if (capable(CAP_SYS_NICE))
		return 0;
	if (is_rt_policy(policy)) {
		if (policy != p->policy && !limit)
			return -EPERM;
		if (priority > p->rt_priority && (unsigned long)priority > limit)
			return -EPERM;
	}
	if (p->policy == SCHED_IDLE && policy != SCHED_IDLE && !can_nice(p, task_nice(p)))
		return -EPERM;
	if (!may_control(p))
		return -EPERM;
	return p->reset_on_fork && !reset ? -EPERM : 0;
}

/* @policy -1: keep the task's */
static long do_sched_setscheduler(pid_t pid, int policy, struct sched_param __user *param)
{
	struct sched_change c;
	struct sched_param sp;
	struct task_struct *p;
	bool reset;
	int ret;

	if (!param || pid < 0)
		return -EINVAL;
	if (copy_from_user(&sp, param, sizeof(sp)))
		return -EFAULT;
	p = get_task_or_self(pid);
	if (!p)
		return -ESRCH;
	reset = policy < 0 ? p->reset_on_fork : policy & SCHED_RESET_ON_FORK;
	c.policy = policy < 0 ? p->policy : policy & ~SCHED_RESET_ON_FORK;
	c.rt_priority = sp.sched_priority;
	c.nice = task_nice(p);
	ret = -EINVAL;
	if (!valid_policy(c.policy) || sp.sched_priority < 0 ||
	    sp.sched_priority >= MAX_RT_PRIO ||
	    is_rt_policy(c.policy) != (sp.sched_priority != 0))
		goto out;
	ret = check_policy_rights(p, c.policy, c.rt_priority, reset);
	if (ret)
		goto out;
	p->reset_on_fork = reset;
	apply_change(p, &c);
out:
	put_task_struct(p);
	return ret;
}

long sys_sched_setscheduler(pid_t pid, int policy, struct sched_param __user *param)
{
	if (policy < 0)
		return -EINVAL;
	return do_sched_setscheduler(pid, policy, param);
}

long sys_sched_setparam(pid_t pid, struct sched_param __user *param)
{
	return do_sched_setscheduler(pid, -1, param);
}

long sys_sched_getscheduler(pid_t pid)
{
	struct task_struct *p;
	int policy;

	if (pid < 0)
		return -EINVAL;
	p = get_task_or_self(pid);
	if (!p)
		return -ESRCH;
	policy = p->policy | (p->reset_on_fork ? SCHED_RESET_ON_FORK : 0);
	put_task_struct(p);
	return policy;
}

long sys_sched_getparam(pid_t pid, struct sched_param __user *param)
{
	struct sched_param sp;
	struct task_struct *p;

	if (!param || pid < 0)
		return -EINVAL;
	p = get_task_or_self(pid);
	if (!p)
		return -ESRCH;
	sp.sched_priority = p->rt_priority;
	put_task_struct(p);
	return copy_to_user(param, &sp, sizeof(sp)) ? -EFAULT : 0;
}

long sys_sched_get_priority_max(int policy)
{
	if (is_rt_policy(policy))
		return MAX_RT_PRIO - 1;
	return valid_policy(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

long sys_sched_get_priority_min(int policy)
{
	if (is_rt_policy(policy))
		return 1;
	return valid_policy(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

long sys_sched_rr_get_interval(pid_t pid, struct __kernel_timespec __user *interval)
{
	struct timespec64 ts;
	struct task_struct *p;

	if (pid < 0)
		return -EINVAL;
	p = get_task_or_self(pid);
	if (!p)
		return -ESRCH;
	ts = ns_to_timespec64(p->policy == SCHED_FIFO ? 0 : task_slice_ns(p));
	put_task_struct(p);
	return put_timespec64(&ts, interval);
}

long sys_sched_yield(void)
{
	yield_cpu();
	return 0;
}

/* --- affinity -------------------------------------------------------------------------- */

/**
 * set_cpus_allowed() - @p runs only on the CPUs of @mask from now on.
 * Context: thread, may sleep (when current has to move).
 * Return:  0, or -EINVAL when no CPU of @mask is online.
 */
int set_cpus_allowed(struct task_struct *p, const struct cpumask *mask)
{
	unsigned long flags;
	unsigned int cpu;
	struct rq *rq;
	bool move;

	if (!cpumask_intersects(mask, cpu_online_mask))
		return -EINVAL;
	rq = task_rq_lock(p, &flags);
	cpumask_copy(&p->cpus_allowed, mask);
	move = p->on_rq && !cpumask_test_cpu(rq->cpu, mask);
	if (!move) {
		task_rq_unlock(rq, flags);
		return 0;
	}
	if (rq->curr == p) {	/* it moves when it comes through schedule() */
		p->must_migrate = true;
		resched_curr(rq);
		task_rq_unlock(rq, flags);
		if (p == current)
			schedule();
		return 0;
	}
	rq_dequeue(rq, p);
	p->on_rq = 0;
	rq->nr_running--;
	p->state = TASK_WAKING;
	cpu = find_next_bit(mask->bits, NR_CPUS, 0);
	while (!cpu_online(cpu))
		cpu = find_next_bit(mask->bits, NR_CPUS, cpu + 1);
	p->cpu = cpu;
	task_rq_unlock(rq, flags);
	sched_place_task(p, cpu);
	return 0;
}

long sys_sched_setaffinity(pid_t pid, unsigned int len, unsigned long __user *user_mask)
{
	struct cpumask mask;
	struct task_struct *p;
	int ret;

	cpumask_clear(&mask);
	if (copy_from_user(mask.bits, user_mask, min_t(size_t, len, sizeof(mask))))
		return -EFAULT;
	p = get_task_or_self(pid);
	if (!p)
		return -ESRCH;
	ret = -EPERM;
	if (!may_control(p))
		goto out;
	ret = -EINVAL;
	if (p->flags & PF_NO_SETAFFINITY)
		goto out;
	cpumask_and(&mask, &mask, cpu_possible_mask);
	ret = set_cpus_allowed(p, &mask);
out:
	put_task_struct(p);
	return ret;
}

long sys_sched_getaffinity(pid_t pid, unsigned int len, unsigned long __user *user_mask)
{
	unsigned int bytes = BITS_TO_LONGS(nr_cpu_ids) * sizeof(long);
	struct cpumask mask;
	struct task_struct *p;

	if (len * 8ul < nr_cpu_ids || (len & (sizeof(long) - 1)))
		return -EINVAL;
	p = get_task_or_self(pid);
	if (!p)
		return -ESRCH;
	cpumask_and(&mask, &p->cpus_allowed, cpu_online_mask);
	put_task_struct(p);
	bytes = min(bytes, len);
	return copy_to_user(user_mask, mask.bits, bytes) ? -EFAULT : (long)bytes;
}

long sys_getcpu(unsigned int __user *cpup, unsigned int __user *nodep, void __user *unused)
{
	if (cpup && put_user(smp_processor_id(), cpup))
		return -EFAULT;
	if (nodep && put_user((unsigned int)numa_node_id(), nodep))
		return -EFAULT;
	return 0;
}
