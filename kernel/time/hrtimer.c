// SPDX-License-Identifier: MIT
/*
 * hrtimer.c - timers with nanosecond resolution, and the scheduler's tick.
 *
 * Each CPU has a tree of timers by expiry and one event device of the port,
 * programmed for the earlier of the first timer and the next tick. A timer is
 * started on the CPU that calls, so only a CPU itself programs its device. The
 * tick (250 Hz) runs while the CPU runs a task; an idle CPU wakes up for its
 * timers only. T1 to T3 stand in hrtimer.h.
 *
 *   T4  programmed_ns is what the device was last told, and 0 after it fired
 *
 * A timer whose callback runs right now is started again in the tree of the
 * CPU that runs it (T2); that CPU looks at its tree once more afterwards.
 *
 * Locks: base->lock, interrupts off; callbacks run without it. Tick state and
 * programmed_ns belong to the CPU, interrupts off.
 */
#include <linux/hrtimer.h>
#include <linux/sched.h>
#include <linux/time.h>
#include <linux/init.h>
#include <linux/kfence.h>
#include "timer.h"
#include "../printk.h"

#define TICK_NS		(NSEC_PER_SEC / 250)

struct hrtimer_base {
	spinlock_t lock;
	struct rb_root_cached tree;	/* lock */
	struct hrtimer *running;	/* lock  whose callback runs */
	u64 programmed_ns;		/* this CPU */
	u64 tick_ns;			/* this CPU  when the next tick is due */
	bool tick_on;			/* this CPU */
} ____cacheline_aligned;

static struct hrtimer_base bases[NR_CPUS];

static struct hrtimer_base *lock_base(struct hrtimer *timer, unsigned long *flags)
{
	for (;;) {
		int cpu = READ_ONCE(timer->cpu);
		struct hrtimer_base *base = &bases[cpu];

		spin_lock_irqsave(&base->lock, *flags);
		if (likely(timer->cpu == cpu))
			return base;
		spin_unlock_irqrestore(&base->lock, *flags);
	}
}

static bool timer_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct hrtimer, node)->expires_ns <
	       rb_entry(b, struct hrtimer, node)->expires_ns;
}

static void enqueue_timer(struct hrtimer_base *base, struct hrtimer *timer)
{
	mm_assert(!timer->queued);				/* T1 */
	rb_add_cached(&timer->node, &base->tree, timer_less);
	timer->queued = true;
}

static void dequeue_timer(struct hrtimer_base *base, struct hrtimer *timer)
{
	rb_erase_cached(&timer->node, &base->tree);
	timer->queued = false;
}

static struct hrtimer *first_timer(struct hrtimer_base *base)
{
	struct rb_node *node = rb_first_cached(&base->tree);

	return node ? rb_entry(node, struct hrtimer, node) : NULL;
}

/* This CPU's base, locked or not shared: tell the device when it is needed next. */
static void program_next(struct hrtimer_base *base)
{
	struct hrtimer *first = first_timer(base);
	u64 next = U64_MAX;

	if (first)
		next = first->expires_ns;
	if (base->tick_on)
		next = min(next, base->tick_ns);
	if (next == U64_MAX || (base->programmed_ns && base->programmed_ns <= next))
		return;
	base->programmed_ns = next;				/* T4 */
	clockevent_program(next);
}

/**
 * hrtimer_init() - a timer that is not queued.
 */
void hrtimer_init(struct hrtimer *timer, enum hrtimer_restart (*fn)(struct hrtimer *))
{
	timer->function = fn;
	timer->cpu = smp_processor_id();
	timer->queued = false;
	timer->expires_ns = 0;
}

/**
 * hrtimer_start() - let @timer expire at @expires_ns; a queued one is moved.
 * Locks:   takes base locks. Context: any.
 */
void hrtimer_start(struct hrtimer *timer, u64 expires_ns)
{
	unsigned long flags;
	struct hrtimer_base *base = lock_base(timer, &flags);
	struct hrtimer_base *here = &bases[smp_processor_id()];

	if (timer->queued)
		dequeue_timer(base, timer);
	while (base != here && base->running != timer) {
		timer->cpu = here - bases;
		spin_unlock(&base->lock);
		base = here;
		spin_lock(&base->lock);
		if (timer->queued)
			dequeue_timer(base, timer);
	}
	timer->expires_ns = expires_ns;
	enqueue_timer(base, timer);
	if (base == here && first_timer(base) == timer && base->running != timer)
		program_next(base);
	spin_unlock_irqrestore(&base->lock, flags);
}

/**
 * hrtimer_try_to_cancel() - take @timer out of the tree.
 * Context: any. Return: 1 it was queued, 0 it was not, -1 its callback runs now.
 */
int hrtimer_try_to_cancel(struct hrtimer *timer)
{
	unsigned long flags;
	struct hrtimer_base *base = lock_base(timer, &flags);
	int ret = 0;

	if (timer->queued) {
		dequeue_timer(base, timer);
		ret = 1;
	}
	if (base->running == timer)
		ret = -1;
	spin_unlock_irqrestore(&base->lock, flags);
	return ret;
}

/**
 * hrtimer_cancel() - afterwards @timer is idle (T3).
 * Context: thread; no lock that the callback takes may be held.
 * Return:  1 when it was queued.
 */
int hrtimer_cancel(struct hrtimer *timer)
{
	int ret;

	while ((ret = hrtimer_try_to_cancel(timer)) < 0)
		cpu_relax();
	return ret;
}

bool hrtimer_active(struct hrtimer *timer)
{
	unsigned long flags;
	struct hrtimer_base *base = lock_base(timer, &flags);
	bool active = timer->queued || base->running == timer;

	spin_unlock_irqrestore(&base->lock, flags);
	return active;
}

u64 hrtimer_remaining_ns(struct hrtimer *timer)
{
	u64 expires = READ_ONCE(timer->expires_ns), now = ktime_get_ns();

	return READ_ONCE(timer->queued) && expires > now ? expires - now : 0;
}

u64 hrtimer_forward_now(struct hrtimer *timer, u64 interval_ns)
{
	u64 now = ktime_get_ns(), passed;

	if (now < timer->expires_ns || !interval_ns)
		return 0;
	passed = (now - timer->expires_ns) / interval_ns + 1;
	timer->expires_ns += passed * interval_ns;
	return passed;
}

/* base->lock held and let go around each callback (T2) */
static void run_expired(struct hrtimer_base *base)
{
	struct hrtimer *timer;

	while ((timer = first_timer(base)) && timer->expires_ns <= ktime_get_ns()) {
		enum hrtimer_restart restart;

		dequeue_timer(base, timer);
		base->running = timer;
		spin_unlock(&base->lock);
		restart = timer->function(timer);
		spin_lock(&base->lock);
		base->running = NULL;
		if (restart == HRTIMER_RESTART && !timer->queued)
			enqueue_timer(base, timer);
	}
}

static void run_tick(struct hrtimer_base *base, bool user_mode)
{
	u64 now = ktime_get_ns();

	if (!base->tick_on || now < base->tick_ns)
		return;
	base->tick_ns += TICK_NS;
	if (base->tick_ns <= now)			/* late: do not make up for lost ticks */
		base->tick_ns = now + TICK_NS;
	scheduler_tick(user_mode);
	run_cpu_timers();
	printk_tick();
	kfence_tick();
}

/**
 * hrtimer_interrupt() - the event device fired.
 * Context: interrupt, interrupts off. @user_mode: what was interrupted.
 */
void hrtimer_interrupt(bool user_mode)
{
	struct hrtimer_base *base = &bases[smp_processor_id()];

	base->programmed_ns = 0;				/* T4 */
	spin_lock(&base->lock);
	run_expired(base);
	spin_unlock(&base->lock);
	run_tick(base, user_mode);
	spin_lock(&base->lock);
	program_next(base);
	spin_unlock(&base->lock);
}

/**
 * tick_start() - this CPU runs a task: tick.
 * Context: interrupts off; the run queue lock may be held.
 */
void tick_start(void)
{
	struct hrtimer_base *base = &bases[smp_processor_id()];

	if (base->tick_on)
		return;
	base->tick_on = true;
	base->tick_ns = ktime_get_ns() + TICK_NS;
	spin_lock(&base->lock);
	program_next(base);
	spin_unlock(&base->lock);
}

/** tick_stop() - this CPU idles; an event that is programmed may still come. */
void tick_stop(void)
{
	bases[smp_processor_id()].tick_on = false;
}

void __init timers_init(void)
{
	int cpu;

	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		spin_lock_init_rank(&bases[cpu].lock, RANK_HRTIMER, "hrtimer");
		bases[cpu].tree = RB_ROOT_CACHED;
	}
}
