// SPDX-License-Identifier: MIT
/*
 * account.c - CPU time of tasks and CPUs, load averages, and their reports.
 *
 * The sum of a task's CPU time is exact: each switch and each tick charges the
 * nanoseconds since the last charge. Which part of it was user mode is known
 * only at a tick, from what the interrupt came out of; between ticks the time
 * is divided by the share that the task's ticks had so far (user_share, a
 * moving average of 1/8). Programs that never meet a tick count as user time,
 * threads of the kernel as system time.
 *
 *   A1  utime + stime of a task is the time it was curr up to exec_start_ns
 *   A2  the times of a CPU add up to the time since its idle task was made
 *
 * The load averages follow Linux's definition: every 5 s (and one tick) the
 * number of tasks that run, want to run or sleep uninterruptibly enters three
 * decaying averages with 11 fractional bits. Intervals in which every CPU slept
 * without a tick are caught up with load 0.
 *
 * Locks: rq->lock for the counters; load_lock for the averages.
 */
#include "sched.h"
#include <linux/time.h>
#include <linux/math64.h>

#define SLICE_NS	(10 * NSEC_PER_MSEC)
#define RR_SLICE_NS	(100 * NSEC_PER_MSEC)

/* SLICE_NS * 1.25^-nice, in microseconds: the ratio of shares between nice levels */
static const u32 nice_slice_us[MAX_NICE - MIN_NICE + 1] = {
	867361, 693889, 555111, 444089, 355271, 284217, 227373, 181898, 145519, 116415,
	93132, 74505, 59604, 47683, 38146, 30517, 24414, 19531, 15625, 12500,
	10000, 8000, 6400, 5120, 4096, 3276, 2621, 2097, 1677, 1342,
	1073, 858, 687, 549, 439, 351, 281, 225, 180, 144,
};

/**
 * task_slice_ns() - how long @p runs before the next of its list.
 * Context: any.
 */
s64 task_slice_ns(const struct task_struct *p)
{
	if (p->policy == SCHED_RR)
		return RR_SLICE_NS;
	if (p->policy == SCHED_IDLE)
		return SLICE_NS / 64;
	return nice_slice_us[p->static_prio - DEFAULT_PRIO - MIN_NICE] * NSEC_PER_USEC;
}

/**
 * account_curr() - charge the time since the last charge to curr and to the CPU.
 * Locks:   rq->lock held. Context: any, interrupts off.
 */
void account_curr(struct rq *rq, u64 now, enum charge charge)
{
	struct task_struct *p = rq->curr;
	u64 delta = now - p->exec_start_ns, user;

	if (unlikely((s64)delta <= 0))
		return;
	p->exec_start_ns = now;
	if (p == rq->idle) {
		rq->times.idle += delta;
		return;
	}
	if (charge != CHARGE_SPLIT)
		p->user_share = (p->user_share * 7 + (charge == CHARGE_USER ? 1024 : 0)) / 8;
	user = charge == CHARGE_SPLIT ? delta * p->user_share >> 10 :
	       charge == CHARGE_USER ? delta : 0;
	p->utime += user;
	p->stime += delta - user;
	p->slice_left_ns -= delta;
	if (p->static_prio > DEFAULT_PRIO)
		rq->times.nice += user;
	else
		rq->times.user += user;
	rq->times.system += delta - user;
}

/**
 * task_cputime() - CPU time of one thread in ns, up to now.
 * Locks:   takes its run queue's. Context: any.
 */
void task_cputime(struct task_struct *p, u64 *utime, u64 *stime)
{
	unsigned long flags;
	struct rq *rq = task_rq_lock(p, &flags);

	if (rq->curr == p)
		account_curr(rq, ktime_get_ns(), CHARGE_SPLIT);
	*utime = p->utime;
	*stime = p->stime;
	task_rq_unlock(rq, flags);
}

/**
 * thread_group_cputime() - CPU time of a process, with its threads that have exited.
 * Locks:   takes siglock. Context: any.
 */
void thread_group_cputime(struct task_struct *p, u64 *utime, u64 *stime)
{
	struct signal_struct *sig = p->signal;
	struct task_struct *t;
	unsigned long flags;
	u64 ut, st;

	spin_lock_irqsave(&sig->siglock, flags);
	*utime = sig->utime;
	*stime = sig->stime;
	for_each_thread(p, t) {
		task_cputime(t, &ut, &st);
		*utime += ut;
		*stime += st;
	}
	spin_unlock_irqrestore(&sig->siglock, flags);
}

/**
 * sched_cpu_times() - how @cpu spent its time, in ns.
 * Context: any.
 */
void sched_cpu_times(int cpu, struct cpu_times *out)
{
	struct rq *rq = cpu_rq(cpu);
	unsigned long flags;

	spin_lock_irqsave(&rq->lock, flags);
	if (rq->curr)
		account_curr(rq, ktime_get_ns(), CHARGE_SPLIT);
	*out = rq->times;
	spin_unlock_irqrestore(&rq->lock, flags);
}

unsigned long nr_running(void)
{
	unsigned long n = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		n += READ_ONCE(cpu_rq(cpu)->nr_running);
	return n;
}

/* No task waits for a block device: there is none that sleeps. */
unsigned long nr_iowait(void)
{
	return 0;
}

unsigned long long nr_context_switches(void)
{
	unsigned long long n = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		n += READ_ONCE(cpu_rq(cpu)->nr_switches);
	return n;
}

/* --- load averages --------------------------------------------------------------- */

#define FSHIFT		11			/* fractional bits */
#define FIXED_1		(1ul << FSHIFT)
#define LOAD_FREQ_NS	(5 * NSEC_PER_SEC + 4 * NSEC_PER_MSEC)
#define EXP_1		1884ul			/* FIXED_1 / e^(5s/1min) */
#define EXP_5		2014ul
#define EXP_15		2037ul

static DEFINE_SPINLOCK(load_lock);
static unsigned long avenrun[3];	/* load_lock */
static u64 next_load_ns;		/* load_lock; read without it */

static unsigned long decay(unsigned long load, unsigned long exp, unsigned long active)
{
	unsigned long sum = load * exp + active * (FIXED_1 - exp);

	if (active >= load)
		sum += FIXED_1 - 1;
	return sum / FIXED_1;
}

static unsigned long count_active(void)
{
	unsigned int cpu;
	long n = 0;

	for_each_online_cpu(cpu) {
		struct rq *rq = cpu_rq(cpu);

		n += READ_ONCE(rq->nr_running) + READ_ONCE(rq->nr_uninterruptible);
	}
	return n > 0 ? n : 0;
}

static void decay_all(unsigned long active)
{
	avenrun[0] = decay(avenrun[0], EXP_1, active * FIXED_1);
	avenrun[1] = decay(avenrun[1], EXP_5, active * FIXED_1);
	avenrun[2] = decay(avenrun[2], EXP_15, active * FIXED_1);
}

/**
 * calc_global_load() - bring the load averages up to @now.
 * Locks:   tries load_lock: one CPU does it. Context: any.
 */
void calc_global_load(u64 now)
{
	unsigned long flags;

	if (likely(now < READ_ONCE(next_load_ns)))
		return;
	if (!spin_trylock_irqsave(&load_lock, flags))
		return;
	if (!next_load_ns)
		next_load_ns = now + LOAD_FREQ_NS;
	/* 4096 intervals without a tick leave nothing of the longest average */
	if (now > next_load_ns + 4096 * LOAD_FREQ_NS) {
		avenrun[0] = avenrun[1] = avenrun[2] = 0;
		next_load_ns = now;
	}
	for (; now >= next_load_ns; next_load_ns += LOAD_FREQ_NS)
		decay_all(now >= next_load_ns + LOAD_FREQ_NS ? 0 : count_active());
	spin_unlock_irqrestore(&load_lock, flags);
}

/**
 * sched_getloadavg() - the averages over 1, 5 and 15 minutes, 11 fractional bits.
 * Context: any.
 */
void sched_getloadavg(unsigned long avg[3])
{
	int i;

	calc_global_load(ktime_get_ns());
	for (i = 0; i < 3; i++)
		avg[i] = READ_ONCE(avenrun[i]);
}

/* --- what /proc shows of one task -------------------------------------------------- */

int task_prio(const struct task_struct *p)
{
	return task_is_rt(p) ? -1 - task_rt_priority(p) : p->static_prio - 100;
}

char task_state_char(const struct task_struct *p)
{
	unsigned int state = READ_ONCE(p->state);

	if (p->exit_state & EXIT_DEAD)
		return 'X';
	if (p->exit_state & EXIT_ZOMBIE)
		return 'Z';
	if (state & TASK_STOPPED)
		return 'T';
	if (state & TASK_TRACED)
		return 't';
	if (state & TASK_UNINTERRUPTIBLE)
		return 'D';
	return state & TASK_INTERRUPTIBLE ? 'S' : 'R';
}
