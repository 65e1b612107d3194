// SPDX-License-Identifier: MIT
/*
 * vclock.c - clock_gettime() and its relatives as programs call them, in user mode.
 *
 * The whole of this directory is one ELF object that every program finds in its memory,
 * mapped by exec. A clock is the counter of the CPU, scaled by what the page in front of
 * the code (struct vdso_data) says, as drivers/timer/tsc.c does it: the same numbers, so a
 * program cannot tell these clocks from those of the system call. Two of its words never
 * change; the distance to the wall clock is one word and read whole.
 *
 *   V1  nothing is written but what the caller points to
 *   V2  what cannot be answered here is asked of the kernel, which also refuses
 *
 * A bad pointer faults in the caller, as with any function.
 */
#include <uapi/time.h>
#include <asm/vdso.h>

#define NSEC_PER_SEC	1000000000ll
#define COARSE_NS	(NSEC_PER_SEC / 250)	/* the tick: kernel/time/timer.h */
#define __NR_clock_gettime	228
#define __NR_clock_getres	229
#define EXPORT(name, as) \
	__typeof__(name) as __attribute__((weak, alias(#name)))

extern const volatile struct vdso_data vvar __attribute__((visibility("hidden")));

long __vdso_clock_gettime(int clock, struct __kernel_timespec *ts);
long __vdso_clock_getres(int clock, struct __kernel_timespec *res);
int __vdso_gettimeofday(struct __kernel_timeval *tv, struct timezone *tz);
long __vdso_time(long *t);
long __vdso_getcpu(unsigned int *cpu, unsigned int *node, void *unused);

static inline long syscall2(long nr, long a, long b)
{
	long ret;

	asm volatile("syscall" : "=a"(ret) : "0"(nr), "D"(a), "S"(b) : "rcx", "r11", "memory");
	return ret;
}

/* as rdtsc_ordered() and arch_clock_read_ns() */
static inline u64 monotonic_ns(void)
{
	unsigned int low, high;
	u64 delta;

	asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	delta = (low | (u64)high << 32) - vvar.tsc_base;
	if ((s64)delta < 0)
		return 0;
	return (u64)(((unsigned __int128)delta * vvar.tsc_mult) >> 32);
}

static inline u64 real_ns(void)
{
	return monotonic_ns() + vvar.real_offset_ns;
}

static inline void put_ns(u64 ns, struct __kernel_timespec *ts)
{
	ts->tv_sec = ns / NSEC_PER_SEC;
	ts->tv_nsec = ns % NSEC_PER_SEC;
}

/** __vdso_clock_gettime() - clock_gettime(2): 0 or -E. */
long __vdso_clock_gettime(int clock, struct __kernel_timespec *ts)
{
	u64 ns;

	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_TAI:
		put_ns(real_ns(), ts);
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		put_ns(monotonic_ns(), ts);
		return 0;
	case CLOCK_REALTIME_COARSE:
	case CLOCK_MONOTONIC_COARSE:
		ns = monotonic_ns();
		ns -= ns % COARSE_NS;
		put_ns(clock == CLOCK_REALTIME_COARSE ? ns + vvar.real_offset_ns : ns, ts);
		return 0;
	}
	return syscall2(__NR_clock_gettime, clock, (long)ts);			/* V2 */
}

/** __vdso_clock_getres() - clock_getres(2): 0 or -E. @res may be NULL. */
long __vdso_clock_getres(int clock, struct __kernel_timespec *res)
{
	long ns = 1;

	switch (clock) {
	case CLOCK_REALTIME_COARSE:
	case CLOCK_MONOTONIC_COARSE:
		ns = COARSE_NS;
		/* fall through */
	case CLOCK_REALTIME:
	case CLOCK_TAI:
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		if (res)
			put_ns(ns, res);
		return 0;
	}
	return syscall2(__NR_clock_getres, clock, (long)res);			/* V2 */
}

/** __vdso_gettimeofday() - gettimeofday(2): 0. Either pointer may be NULL. */
int __vdso_gettimeofday(struct __kernel_timeval *tv, struct timezone *tz)
{
	if (tv) {
		u64 ns = real_ns();

		tv->tv_sec = ns / NSEC_PER_SEC;
		tv->tv_usec = ns % NSEC_PER_SEC / 1000;
	}
	if (tz) {
		tz->tz_minuteswest = vvar.tz_minuteswest;
		tz->tz_dsttime = vvar.tz_dsttime;
	}
	return 0;
}

/** __vdso_time() - time(2): the seconds, also to @t if it is not NULL. */
long __vdso_time(long *t)
{
	long seconds = real_ns() / NSEC_PER_SEC;

	if (t)
		*t = seconds;
	return seconds;
}

/** __vdso_getcpu() - getcpu(2): 0. Each CPU has a segment of that length in its table. */
long __vdso_getcpu(unsigned int *cpu, unsigned int *node, void *unused)
{
	unsigned int p;

	asm volatile("lsl %1, %0" : "=r"(p) : "r"(CPUNODE_SELECTOR));
	if (cpu)
		*cpu = p & ((1u << CPUNODE_BITS) - 1);
	if (node)
		*node = p >> CPUNODE_BITS;
	return 0;
}

EXPORT(__vdso_clock_gettime, clock_gettime);
EXPORT(__vdso_clock_getres, clock_getres);
EXPORT(__vdso_gettimeofday, gettimeofday);
EXPORT(__vdso_time, time);
EXPORT(__vdso_getcpu, getcpu);
