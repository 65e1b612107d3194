/* SPDX-License-Identifier: MIT */
/* sched.h - what the files of the scheduler share: the run queue of one CPU. */
#ifndef KERNEL_SCHED_SCHED_H
#define KERNEL_SCHED_SCHED_H

#include <linux/sched.h>
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <asm/smp.h>

#define MAX_RT_PRIO	100
#define NORMAL_QUEUE	99		/* queue of SCHED_OTHER; 0 is the most urgent */
#define NR_QUEUES	100

#define MIN_NICE	(-20)
#define MAX_NICE	19
#define DEFAULT_PRIO	120

/* r: rq->lock, taken with interrupts off   i: fixed at sched_init() */
struct rq {
	spinlock_t lock;
	unsigned int cpu;			/* i */
	unsigned int nr_running;		/* r  runnable tasks, the running one too */
	long nr_uninterruptible;		/* r  slept minus woken here; only the sum counts */
	struct task_struct *curr;		/* r */
	struct task_struct *idle;		/* i once the CPU is up */
	unsigned long queued[BITS_TO_LONGS(NR_QUEUES)];	/* r  queues that are not empty */
	struct list_head queue[NR_QUEUES];	/* r  task->run_list; curr is on none */
	struct mm_struct *prev_mm;		/* r  lazy reference to drop after the switch */
	unsigned int woken;			/* r  tasks that woke, at the head of NORMAL_QUEUE */
	bool preempt_soon;			/* r  a woken task waits for the next tick */
	bool kick;				/* r  who releases the lock interrupts this CPU */
	bool yielded;				/* r  curr goes to the tail */
	unsigned int ticks;			/* r */
	u64 nr_switches;			/* r */
	struct cpu_times times;			/* r */
	struct hrtimer stock_timer;		/* i  wakes an idle CPU that has pages in stock */
};

extern struct rq *cpu_rqs[NR_CPUS];		/* i */

static inline struct rq *cpu_rq(unsigned int cpu) { return cpu_rqs[cpu]; }
static inline struct rq *this_rq(void) { return cpu_rqs[smp_processor_id()]; }
static inline bool task_is_rt(const struct task_struct *p) { return task_rt_priority(p) > 0; }
static inline unsigned int task_queue(const struct task_struct *p)
{
	return NORMAL_QUEUE - task_rt_priority(p);
}

enum charge { CHARGE_SPLIT, CHARGE_USER, CHARGE_SYSTEM };

/* core.c */
struct rq *task_rq_lock(struct task_struct *p, unsigned long *flags);
void task_rq_unlock(struct rq *rq, unsigned long flags);
void rq_dequeue(struct rq *rq, struct task_struct *p);
void rq_enqueue(struct rq *rq, struct task_struct *p, bool head);
void resched_curr(struct rq *rq);
/* queue @p, TASK_WAKING and on no queue, on @cpu or another that it may use */
void sched_place_task(struct task_struct *p, unsigned int cpu);

/* account.c */
void account_curr(struct rq *rq, u64 now, enum charge charge);	/* r held */
s64 task_slice_ns(const struct task_struct *p);
void calc_global_load(u64 now);

#endif
