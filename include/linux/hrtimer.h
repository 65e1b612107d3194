/* SPDX-License-Identifier: MIT */
/*
 * hrtimer.h - timers with nanosecond resolution on the monotonic clock.
 *
 *   T1  a queued timer is in the tree of exactly the CPU in timer->cpu
 *   T2  a callback runs on one CPU at a time, in interrupt context, interrupts
 *       off, no lock of the timer code held; it never allocates or frees
 *   T3  after hrtimer_cancel() the callback neither runs nor will run
 *
 * Lock letters: b the base lock of timer->cpu
 */
#ifndef LINUX_HRTIMER_H
#define LINUX_HRTIMER_H

#include <linux/types.h>
#include <linux/rbtree.h>

enum hrtimer_restart { HRTIMER_NORESTART, HRTIMER_RESTART };

struct hrtimer {
	struct rb_node node;		/* b */
	u64 expires_ns;			/* b  ktime_get_ns() */
	enum hrtimer_restart (*function)(struct hrtimer *timer);	/* i */
	int cpu;			/* b  base that it is or was on */
	bool queued;			/* b */
};

void hrtimer_init(struct hrtimer *timer, enum hrtimer_restart (*fn)(struct hrtimer *));
void hrtimer_start(struct hrtimer *timer, u64 expires_ns);	/* any context; moves a queued one */
int hrtimer_try_to_cancel(struct hrtimer *timer);	/* 1 was queued, 0 was not, -1 runs now */
int hrtimer_cancel(struct hrtimer *timer);		/* thread context: waits for the callback */
bool hrtimer_active(struct hrtimer *timer);		/* queued or running */
u64 hrtimer_remaining_ns(struct hrtimer *timer);	/* 0 when due or idle */
/* from the callback: next multiple of @interval_ns after now; how many were passed */
u64 hrtimer_forward_now(struct hrtimer *timer, u64 interval_ns);

/* the port's timer interrupt, interrupts off: expire, tick, program the next event */
void hrtimer_interrupt(bool user_mode);
void tick_start(void);		/* the CPU leaves idle: 250 Hz until tick_stop() */
void tick_stop(void);

#endif
