// SPDX-License-Identifier: MIT
/*
 * lapic_timer.c - each CPU's event timer: the local APIC's, one shot at a time.
 *
 * Where the CPU has TSC-deadline mode, the absolute counter value is written to
 * an MSR; otherwise a count of lapic_timer_khz() that runs down to 0. Either is
 * programmed for the earliest event by kernel/time/hrtimer.c, which is also
 * called when it fires.
 *
 *   T1  an event in the past fires at once (MIN_DELTA_NS later)
 *   T2  an event further away than the counter reaches fires early; the caller
 *       looks at the clock and programs again
 *
 * Locks: none; a CPU programs only its own, interrupts off.
 */
#include <linux/clockchips.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/time.h>
#include <asm/apic.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/traps.h>

#define MIN_DELTA_NS	1000ull
#define MAX_DELTA_NS	(10ull * NSEC_PER_SEC)
#define DIVIDE_16	0x3

/**
 * local_timer_setup() - this CPU's timer: its vector, its mode, nothing programmed.
 * Locks: none. Context: each CPU once, interrupts off. Return: nothing.
 */
void local_timer_setup(void)
{
	if (boot_cpu_has(X86_FEATURE_TSC_DEADLINE_TIMER)) {
		apic_write(APIC_LVTT, LOCAL_TIMER_VECTOR | APIC_LVT_TSC_DEADLINE);
		asm volatile("mfence" : : : "memory");	/* before the first deadline */
		return;
	}
	apic_write(APIC_TDCR, DIVIDE_16);
	apic_write(APIC_LVTT, LOCAL_TIMER_VECTOR);
	apic_write(APIC_TMICT, 0);
}

/**
 * clockevent_program() - interrupt this CPU at @expires_ns; KTIME_MAX and above: never.
 * Locks: none. Context: interrupts off. Return: nothing.
 */
void clockevent_program(u64 expires_ns)
{
	bool deadline = boot_cpu_has(X86_FEATURE_TSC_DEADLINE_TIMER);
	u64 now = arch_clock_read_ns(), delta;

	if (expires_ns >= (u64)KTIME_MAX) {
		if (deadline)
			wrmsr(MSR_IA32_TSC_DEADLINE, 0);
		else
			apic_write(APIC_TMICT, 0);
		return;
	}
	delta = expires_ns > now ? expires_ns - now : 0;
	delta = clamp(delta, MIN_DELTA_NS, MAX_DELTA_NS);	/* T1, T2 */
	if (deadline)
		wrmsr(MSR_IA32_TSC_DEADLINE, rdtsc() + delta * tsc_khz_measured() / 1000000);
	else
		apic_write(APIC_TMICT, max_t(u64, delta * lapic_timer_khz() / 1000000, 1));
}

/**
 * local_timer_interrupt() - the timer fired.
 * Locks: the timer code's. Context: interrupt. Return: nothing.
 */
void local_timer_interrupt(bool user_mode)
{
	hrtimer_interrupt(user_mode);
}
