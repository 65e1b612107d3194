/* SPDX-License-Identifier: MIT */
/*
 * clockchips.h - time as the hardware gives it; what kernel/time stands on.
 * clock_read_ns() counts from the kernel's start, never steps back on one CPU and
 * agrees between CPUs; 0 before the port has measured its counter.
 */
#ifndef LINUX_CLOCKCHIPS_H
#define LINUX_CLOCKCHIPS_H

#include <linux/types.h>

u64 clock_read_ns(void);		/* any context */
u64 clock_resolution_ns(void);
s64 rtc_read_seconds(void);		/* wall clock at boot, seconds since 1970 */
/* the next timer interrupt of this CPU at @expires_ns of clock_read_ns(), at once
 * when that is past; ~0: none. Interrupts off. It calls hrtimer_interrupt(). */
void clockevent_program(u64 expires_ns);
void udelay(unsigned long us);		/* busy wait */
void local_timer_interrupt(bool user_mode);
void local_timer_setup(void);		/* this CPU's event timer */
u64 arch_random_seed(void);		/* RDRAND where there is one, and counter jitter */
unsigned long cpu_khz_measured(void);	/* of the time-stamp counter */

#endif
