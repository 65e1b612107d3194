// SPDX-License-Identifier: MIT
/*
 * timekeeping.c - the clocks.
 *
 * The port's counter, in nanoseconds since it was started, is the monotonic
 * clock; the machine never suspends, so CLOCK_BOOTTIME is the same. The wall
 * clock is that plus an offset, one word that is read and written whole, set
 * from the battery clock at boot and by settimeofday() later.
 *
 *   C1  ktime_get_ns() never goes back, on any CPU
 *   C2  the wall clock is monotonic + real_offset_ns, at any moment
 *   C3  programs, which read the clocks by themselves (update_vsyscall()), see the same
 *
 * Who sleeps until a wall-clock time waits on clock_set_wait too, and computes
 * its time anew when the clock was set.
 */
#include <linux/time.h>
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <asm/uaccess.h>
#include "timer.h"

static DEFINE_SPINLOCK_RANK(offset_lock, RANK_TIMER);	/* whoever sets it */
static s64 real_offset_ns;	/* word-sized: READ_ONCE, WRITE_ONCE */
struct timezone sys_tz;
DECLARE_WAIT_QUEUE_HEAD(clock_set_wait);

/**
 * ktime_get_ns() - nanoseconds since boot (C1).
 * Context: any.
 */
u64 ktime_get_ns(void)
{
	return arch_clock_read_ns();
}

u64 ktime_get_real_ns(void)
{
	return arch_clock_read_ns() + READ_ONCE(real_offset_ns);	/* C2 */
}

s64 ktime_real_offset_ns(void)
{
	return READ_ONCE(real_offset_ns);
}

void ktime_get_real_ts64(struct timespec64 *ts)
{
	*ts = ns_to_timespec64(ktime_get_real_ns());
}

void ktime_get_ts64(struct timespec64 *ts)
{
	*ts = ns_to_timespec64(ktime_get_ns());
}

/* C3: settings may race, then either is the last one, for the kernel and for programs */
static void set_real_offset(s64 ns)
{
	unsigned long flags;

	spin_lock_irqsave(&offset_lock, flags);
	WRITE_ONCE(real_offset_ns, ns);
	update_vsyscall(ns);
	spin_unlock_irqrestore(&offset_lock, flags);
}

/**
 * timekeeping_init() - the wall clock starts at @wall_seconds.
 * Context: boot, once, by time_init().
 */
void timekeeping_init(u64 wall_seconds)
{
	set_real_offset((s64)(wall_seconds * NSEC_PER_SEC) - (s64)arch_clock_read_ns());
}

/**
 * do_settimeofday64() - set the wall clock.
 * Context: thread. Return: 0 or -EINVAL (Linux's limits: valid, and the clock
 *          must not pass the end of time within the next 30 years).
 */
int do_settimeofday64(const struct timespec64 *ts)
{
	u64 mono = ktime_get_ns();

	if (!timespec64_valid(ts) || ts->tv_sec > TIME64_SEC_MAX - 30ll * 365 * 86400)
		return -EINVAL;
	if ((u64)timespec64_to_ns(ts) < mono)	/* boot would be before 1970 */
		return -EINVAL;
	set_real_offset(timespec64_to_ns(ts) - (s64)mono);
	wake_up_all(&clock_set_wait);
	return 0;
}

int get_timespec64(struct timespec64 *ts, const struct __kernel_timespec __user *uts)
{
	struct __kernel_timespec kts;

	if (copy_from_user(&kts, uts, sizeof(kts)))
		return -EFAULT;
	ts->tv_sec = kts.tv_sec;
	ts->tv_nsec = kts.tv_nsec;
	return 0;
}

int put_timespec64(const struct timespec64 *ts, struct __kernel_timespec __user *uts)
{
	struct __kernel_timespec kts = { ts->tv_sec, ts->tv_nsec };

	return copy_to_user(uts, &kts, sizeof(kts)) ? -EFAULT : 0;
}

/* The time stamp of inodes. */
struct timespec64 current_time_spec(void)
{
	return ns_to_timespec64(ktime_get_real_ns());
}
