/* SPDX-License-Identifier: MIT */
/*
 * clockchips.h - the port's clock and event timer, beyond what linux/time.h declares
 * (arch_clock_read_ns(), arch_read_persistent_clock(), clockevent_program()).
 */
#ifndef LINUX_CLOCKCHIPS_H
#define LINUX_CLOCKCHIPS_H

#include <linux/types.h>

void udelay(unsigned long us);		/* busy wait, also before the clock is measured */
void tsc_init(void);			/* measure the counter (and the event timer) */
unsigned long tsc_khz_measured(void);
void local_timer_setup(void);		/* this CPU's event timer, interrupts off */
void local_timer_interrupt(bool user_mode);
u32 lapic_timer_khz(void);
u64 arch_random_seed(void);		/* RDRAND where there is one, and counter jitter */

#endif
