// SPDX-License-Identifier: MIT
/*
 * tsc.c - the clock: the CPU's time-stamp counter, measured once, read for ever.
 *
 * Its frequency comes from the hypervisor (CPUID 0x40000010), from the CPU (0x15),
 * or is measured against the ACPI power-management timer (3.579545 MHz) or, without
 * one, channel 2 of the 8254 timer (1.193182 MHz), over CALIBRATE_NS or, where the
 * readings are far apart because a host has other work, longer. The same window
 * measures the local APIC's timer. Nanoseconds are
 *
 *	((tsc - tsc_base) * mult) >> 32		in 128 bits, so nothing overflows
 *
 * and programs compute them by themselves in the same way (arch/x86/vdso/vclock.c).
 *
 *   C1  before tsc_init() the clock is 0; mult and base are set together once
 *   C2  the counters of all CPUs agree (they start together and are not written);
 *       a reading that would be before the base is the base
 *
 * Locks: none; constant after tsc_init().
 */
#include <linux/acpi.h>
#include <linux/clockchips.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/time.h>
#include <asm/apic.h>
#include <asm/cpufeature.h>
#include <asm/io.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/vdso.h>

#define PMTMR_HZ		3579545ull
#define PIT_HZ			1193182ull
#define CALIBRATE_NS		2000000ull
#define CLOCK_SHIFT		32
#define PIT_CH2			0x42
#define PIT_MODE		0x43
#define PIT_GATE		0x61
#define SPIN_MAX		10000000
#define MOMENT_TRIES		3
#define ERROR_SHARE		256	/* of a window: 0.4 % */
#define APIC_DIVIDE_16		0x3

static u64 tsc_base __ro_after_init;
static u64 tsc_mult __ro_after_init;	/* ns << 32 per count */
static unsigned long tsc_khz __ro_after_init;
static u32 lapic_khz __ro_after_init;	/* counts of the local APIC timer, divided by 16 */

/* one measurement: a window seen by all three clocks */
struct window {
	u64 tsc;
	u64 ref;			/* counts of the reference */
	u64 ref_hz;
	u32 lapic;
};

/**
 * arch_clock_read_ns() - nanoseconds since tsc_init().
 * Locks: none. Context: any. Return: 0 before it.
 */
u64 arch_clock_read_ns(void)
{
	u64 delta = rdtsc_ordered() - tsc_base;

	if (unlikely((s64)delta < 0))				/* C2 */
		return 0;
	return (u64)(((unsigned __int128)delta * tsc_mult) >> CLOCK_SHIFT);
}

/**
 * tsc_khz_measured() - frequency of the counter.
 * Locks: none. Context: any. Return: kHz, 0 before tsc_init().
 */
unsigned long tsc_khz_measured(void)
{
	return tsc_khz;
}

/**
 * lapic_timer_khz() - frequency of the local APIC's timer at divide by 16.
 * Locks: none. Context: any. Return: kHz.
 */
u32 lapic_timer_khz(void)
{
	return lapic_khz;
}

/**
 * udelay() - wait for @us microseconds.
 * Locks: none. Context: any. Return: nothing.
 */
void udelay(unsigned long us)
{
	u64 start = rdtsc(), counts;

	if (!tsc_khz) {
		while (us--)
			io_delay();
		return;
	}
	counts = (u64)us * tsc_khz / 1000;
	while (rdtsc() - start < counts)
		cpu_relax();
}

static u32 pmtmr_read(u16 port)
{
	return inl(port) & 0xffffff;
}

/* All three clocks at one moment, give or take @error counts of the TSC. */
struct moment {
	u64 tsc, error;
	u32 ref, lapic;
};

/* Between two readings a host may run something else for long: the closest of a few. */
static void read_clocks(u16 port, struct moment *best)
{
	struct moment m;
	u64 before;
	int i;

	for (i = 0; i < MOMENT_TRIES; i++) {
		before = rdtsc_ordered();
		m.ref = pmtmr_read(port);
		m.lapic = apic_read(APIC_TMCCT);
		m.error = rdtsc_ordered() - before;
		m.tsc = before + m.error / 2;
		if (!i || m.error < best->error)
			*best = m;
	}
}

/* A window of @counts; longer ones until the errors at its ends are small beside it. */
static bool measure_pmtmr(u16 port, struct window *w)
{
	u32 counts = PMTMR_HZ * CALIBRATE_NS / NSEC_PER_SEC, spin = SPIN_MAX;
	struct moment start, end;

	read_clocks(port, &start);
	do {
		while (((pmtmr_read(port) - start.ref) & 0xffffff) < counts)
			if (!--spin)
				return false;
		read_clocks(port, &end);
		counts *= 2;
	} while (start.error + end.error > (end.tsc - start.tsc) / ERROR_SHARE &&
		 counts < PMTMR_HZ / 2);
	w->lapic = start.lapic - end.lapic;
	w->tsc = end.tsc - start.tsc;
	w->ref = (end.ref - start.ref) & 0xffffff;
	w->ref_hz = PMTMR_HZ;
	return w->ref && w->tsc;
}

/* Channel 2 counts down once, gated by us; bit 5 of the gate port says when it is done. */
static bool measure_pit(struct window *w)
{
	u16 counts = PIT_HZ * CALIBRATE_NS / NSEC_PER_SEC;
	u32 lapic, spin = SPIN_MAX;
	u64 start;

	outb((inb(PIT_GATE) & ~0x02) | 0x01, PIT_GATE);
	outb(0xb0, PIT_MODE);
	outb(counts & 0xff, PIT_CH2);
	outb(counts >> 8, PIT_CH2);
	start = rdtsc_ordered();
	lapic = apic_read(APIC_TMCCT);
	while (!(inb(PIT_GATE) & 0x20))
		if (!--spin)
			return false;
	w->tsc = rdtsc_ordered() - start;
	w->lapic = lapic - apic_read(APIC_TMCCT);
	w->ref = counts;
	w->ref_hz = PIT_HZ;
	return w->tsc;
}

static bool measure(struct window *w)
{
	const struct acpi_table_fadt *fadt = acpi_find_table(ACPI_SIG_FADT);
	bool done = false;

	apic_write(APIC_TDCR, APIC_DIVIDE_16);
	apic_write(APIC_LVTT, APIC_LVT_MASKED);
	apic_write(APIC_TMICT, ~0u);
	if (fadt && fadt->pm_timer_block)
		done = measure_pmtmr(fadt->pm_timer_block, w);
	if (!done)
		done = measure_pit(w);
	apic_write(APIC_TMICT, 0);
	return done;
}

/* What CPU or hypervisor say about the counter: kHz, or 0. */
static unsigned long known_tsc_khz(void)
{
	u32 r[4];

	if (boot_cpu_has(X86_FEATURE_HYPERVISOR)) {
		cpuid_count(0x40000000, 0, r);
		if (r[0] >= 0x40000010 && r[0] < 0x40000100) {
			cpuid_count(0x40000010, 0, r);
			if (r[0])
				return r[0];
		}
	}
	if (boot_cpu_data.cpuid_level >= 0x15) {
		cpuid_count(0x15, 0, r);
		if (r[0] && r[1] && r[2])
			return (u64)r[2] * r[1] / r[0] / 1000;
	}
	return 0;
}

/**
 * tsc_init() - measure, and start the clock at 0.
 * Locks: none. Context: boot CPU, interrupts off. Return: nothing.
 */
void tsc_init(void)
{
	unsigned long known = known_tsc_khz();
	struct window w;
	u64 ns;

	if (!measure(&w))
		panic("No timer to measure the clock with");
	ns = w.ref * NSEC_PER_SEC / w.ref_hz;
	lapic_khz = (u64)w.lapic * 1000000 / ns;
	tsc_khz = known ? known : (unsigned long)(w.tsc * 1000000 / ns);
	if (!tsc_khz || !lapic_khz)
		panic("The clock does not run");
	tsc_base = rdtsc_ordered();
	tsc_mult = (1000000ull << CLOCK_SHIFT) / tsc_khz;	/* C1 */
	vdso_set_clock(tsc_base, tsc_mult);
	pr_info("tsc: %s %lu.%03lu MHz processor\n", known ? "Known" : "Detected",
		tsc_khz / 1000, tsc_khz % 1000);
}

/**
 * time_init() - the clock, the wall clock, how programs read them, and the boot CPU's
 *	event timer.
 * Locks: none. Context: boot CPU, interrupts off. Return: nothing.
 */
void time_init(void)
{
	tsc_init();
	timekeeping_init(arch_read_persistent_clock());
	vdso_init();
	local_timer_setup();
}
