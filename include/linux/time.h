/* SPDX-License-Identifier: MIT */
/* time.h - the clocks, in nanoseconds, and conversions. Clocks: any context. */
#ifndef LINUX_TIME_H
#define LINUX_TIME_H

#include <linux/types.h>
#include <uapi/time.h>

struct timespec64 {
	s64 tv_sec;
	long tv_nsec;
};

#define NSEC_PER_SEC	1000000000ll
#define NSEC_PER_MSEC	1000000ll
#define NSEC_PER_USEC	1000ll
#define USEC_PER_SEC	1000000ll
#define KTIME_MAX	((s64)~(1ull << 63))
#define TIME64_SEC_MAX	(KTIME_MAX / NSEC_PER_SEC)
#define NSEC_PER_TICK	(NSEC_PER_SEC / USER_HZ)	/* of clock_t */

u64 ktime_get_ns(void);			/* since boot: MONOTONIC, BOOTTIME */
u64 ktime_get_real_ns(void);		/* since 1970 */
u64 arch_clock_read_ns(void);		/* the port's clocksource: ns since time_init(), monotonic */
u64 arch_read_persistent_clock(void);	/* seconds since 1970 of the battery clock, 0: none */
void clockevent_program(u64 expires_ns);	/* interrupt this CPU at that ktime_get_ns(), or soon */
/* the port tells programs, where they can read the clocks by themselves */
void update_vsyscall(s64 real_offset_ns);
void update_vsyscall_tz(void);
extern struct timezone sys_tz;
void timekeeping_init(u64 wall_seconds);	/* once, by time_init() */
void ktime_get_real_ts64(struct timespec64 *ts);
void ktime_get_ts64(struct timespec64 *ts);
int do_settimeofday64(const struct timespec64 *ts);	/* 0 or -EINVAL */
s64 ktime_real_offset_ns(void);		/* real = monotonic + this */

static inline struct timespec64 ns_to_timespec64(s64 ns)
{
	struct timespec64 ts = { ns / NSEC_PER_SEC, ns % NSEC_PER_SEC };

	if (ts.tv_nsec < 0) {
		ts.tv_sec--;
		ts.tv_nsec += NSEC_PER_SEC;
	}
	return ts;
}

static inline bool timespec64_valid(const struct timespec64 *ts)
{
	return ts->tv_sec >= 0 && (unsigned long)ts->tv_nsec < NSEC_PER_SEC;
}

/* saturates at KTIME_MAX; @ts is valid */
static inline s64 timespec64_to_ns(const struct timespec64 *ts)
{
	if (ts->tv_sec >= TIME64_SEC_MAX)
		return KTIME_MAX;
	return ts->tv_sec * NSEC_PER_SEC + ts->tv_nsec;
}

static inline struct __kernel_timeval ns_to_kernel_timeval(u64 ns)
{
	return (struct __kernel_timeval){ ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / NSEC_PER_USEC };
}

static inline u64 nsec_to_clock_t(u64 ns) { return ns / NSEC_PER_TICK; }

/* user memory: 0 or -EFAULT */
int get_timespec64(struct timespec64 *ts, const struct __kernel_timespec __user *uts);
int put_timespec64(const struct timespec64 *ts, struct __kernel_timespec __user *uts);

#endif
