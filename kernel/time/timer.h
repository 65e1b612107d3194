/* SPDX-License-Identifier: MIT */
/* timer.h - what the files of kernel/time share. */
#ifndef KERNEL_TIME_TIMER_H
#define KERNEL_TIME_TIMER_H

#include <linux/wait.h>
#include <linux/time.h>

/* itimer.c: the tick of current; interrupts off */
void run_cpu_timers(void);

/* timekeeping.c: woken when somebody set the wall clock */
extern struct wait_queue_head clock_set_wait;

#define COARSE_NS	(NSEC_PER_SEC / 250)	/* resolution of the _COARSE clocks */

#endif
