// SPDX-License-Identifier: MIT
/*
 * calls.c - clock_gettime and its family, sleeping, setting the clock.
 *
 * Clock numbers of 0 and above name the clocks of the machine and the CPU-time
 * clocks of the caller; negative ones carry a process number, inverted, above
 * three bits of kind (clock_getcpuclockid(3)). A relative sleep counts on the
 * monotonic clock; an absolute one against the wall clock follows the clock
 * when it is set. An interrupted relative sleep reports what is left and goes
 * on through restart_syscall(); an absolute one is simply called again.
 */
#include <linux/sched.h>
#include <linux/cred.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <uapi/timex.h>
#include <asm/uaccess.h>
#include "timer.h"

/* negative clock numbers */
#define CPUCLOCK_PID(clock)	((pid_t)~((clock) >> 3))
#define CPUCLOCK_PERTHREAD	4
#define CPUCLOCK_KIND		3
enum { CPUCLOCK_PROF, CPUCLOCK_VIRT, CPUCLOCK_SCHED, CPUCLOCK_FD };

static u64 cpu_clock_of(struct task_struct *p, bool thread, int kind)
{
	u64 ut, st;

	if (thread)
		task_cputime(p, &ut, &st);
	else
		thread_group_cputime(p, &ut, &st);
	return kind == CPUCLOCK_VIRT ? ut : ut + st;
}

/* @ns NULL: only whether the clock exists */
static int read_process_clock(clockid_t clock, u64 *ns)
{
	pid_t pid = CPUCLOCK_PID(clock);
	bool thread = clock & CPUCLOCK_PERTHREAD;
	struct task_struct *p;
	int ret = 0;

	if ((clock & CPUCLOCK_KIND) == CPUCLOCK_FD)
		return -EINVAL;
	if (pid) {
		p = get_task_by_pid(pid);
	} else {
		p = current;
		get_task_struct(p);
	}
	if (!p)
		return -EINVAL;
	if (thread ? p->signal != current->signal : !thread_group_leader(p))
		ret = -EINVAL;
	else if (ns)
		*ns = cpu_clock_of(p, thread, clock & CPUCLOCK_KIND);
	put_task_struct(p);
	return ret;
}

static u64 coarse_ns(void)
{
	u64 now = ktime_get_ns();

	return now - now % COARSE_NS;
}

static int read_clock(clockid_t clock, u64 *ns)
{
	if (clock < 0)
		return read_process_clock(clock, ns);
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_TAI:
		*ns = ktime_get_real_ns();
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		*ns = ktime_get_ns();
		return 0;
	case CLOCK_REALTIME_COARSE:
		*ns = coarse_ns() + ktime_real_offset_ns();
		return 0;
	case CLOCK_MONOTONIC_COARSE:
		*ns = coarse_ns();
		return 0;
	case CLOCK_PROCESS_CPUTIME_ID:
		*ns = cpu_clock_of(current, false, CPUCLOCK_SCHED);
		return 0;
	case CLOCK_THREAD_CPUTIME_ID:
		*ns = cpu_clock_of(current, true, CPUCLOCK_SCHED);
		return 0;
	}
	return -EINVAL;		/* the alarm clocks need a clock that wakes the machine */
}

long sys_clock_gettime(clockid_t which_clock, struct __kernel_timespec __user *tp)
{
	struct timespec64 ts;
	u64 ns;
	int ret = read_clock(which_clock, &ns);

	if (ret)
		return ret;
	ts = ns_to_timespec64(ns);
	return put_timespec64(&ts, tp);
}

long sys_clock_getres(clockid_t which_clock, struct __kernel_timespec __user *tp)
{
	struct timespec64 ts = { 0, 1 };
	u64 ns;
	int ret = which_clock < 0 ? read_process_clock(which_clock, NULL) :
				    read_clock(which_clock, &ns);

	if (ret)
		return ret;
	if (which_clock == CLOCK_REALTIME_COARSE || which_clock == CLOCK_MONOTONIC_COARSE)
		ts.tv_nsec = COARSE_NS;
	return tp ? put_timespec64(&ts, tp) : 0;
}

long sys_clock_settime(clockid_t which_clock, const struct __kernel_timespec __user *tp)
{
	struct timespec64 ts;
	u64 ns;

	if (which_clock != CLOCK_REALTIME)
		return read_clock(which_clock, &ns) || which_clock >= 0 ? -EINVAL : -EPERM;
	if (get_timespec64(&ts, tp))
		return -EFAULT;
	if (!timespec64_valid(&ts))
		return -EINVAL;
	return capable(CAP_SYS_TIME) ? do_settimeofday64(&ts) : -EPERM;
}

/* --- adjusting ------------------------------------------------------------------ */

/*
 * The clock is the counter of the CPU and nothing steers it, so reading tells what Linux
 * tells before anybody synchronises it: no offset, the errors at their limits. Steering
 * is not built; a request for it is refused.
 */
static long do_adjtimex(struct timex __user *utx)
{
	struct timex tx;
	struct timespec64 now;

	if (copy_from_user(&tx, utx, sizeof(tx)))
		return -EFAULT;
	if (tx.modes && tx.modes != ADJ_OFFSET_SS_READ)
		return capable(CAP_SYS_TIME) ? -EOPNOTSUPP : -EPERM;
	memset(&tx, 0, sizeof(tx));
	ktime_get_real_ts64(&now);
	tx.maxerror = tx.esterror = NTP_PHASE_LIMIT;
	tx.status = STA_UNSYNC;
	tx.constant = 2;
	tx.precision = 1;
	tx.tolerance = MAXFREQ_SCALED;
	tx.tick = USEC_PER_SEC / USER_HZ;
	tx.time.tv_sec = now.tv_sec;
	tx.time.tv_usec = now.tv_nsec / NSEC_PER_USEC;
	return copy_to_user(utx, &tx, sizeof(tx)) ? -EFAULT : TIME_ERROR;
}

/** sys_adjtimex() - adjtimex(2): the state of the clock, or -E. */
long sys_adjtimex(struct timex __user *utx)
{
	return do_adjtimex(utx);
}

/** sys_clock_adjtime() - clock_adjtime(2); only the wall clock can be adjusted. */
long sys_clock_adjtime(clockid_t which_clock, struct timex __user *utx)
{
	u64 ns;

	if (which_clock == CLOCK_REALTIME)
		return do_adjtimex(utx);
	return read_clock(which_clock, &ns) ? -EINVAL : -EOPNOTSUPP;
}

long sys_gettimeofday(struct __kernel_timeval __user *tv, struct timezone __user *tz)
{
	if (tv) {
		struct __kernel_timeval ktv = ns_to_kernel_timeval(ktime_get_real_ns());

		if (copy_to_user(tv, &ktv, sizeof(ktv)))
			return -EFAULT;
	}
	if (tz && copy_to_user(tz, &sys_tz, sizeof(sys_tz)))
		return -EFAULT;
	return 0;
}

long sys_settimeofday(struct __kernel_timeval __user *tv, struct timezone __user *tz)
{
	struct __kernel_timeval ktv;
	struct timezone ktz;
	struct timespec64 ts;

	if (tv) {
		if (copy_from_user(&ktv, tv, sizeof(ktv)))
			return -EFAULT;
		if ((u64)ktv.tv_usec > USEC_PER_SEC)
			return -EINVAL;
		ts.tv_sec = ktv.tv_sec;
		ts.tv_nsec = ktv.tv_usec * NSEC_PER_USEC;
		if (!timespec64_valid(&ts))
			return -EINVAL;
	}
	if (tz && copy_from_user(&ktz, tz, sizeof(ktz)))
		return -EFAULT;
	if (!capable(CAP_SYS_TIME))
		return -EPERM;
	if (tz) {
		if (ktz.tz_minuteswest > 15 * 60 || ktz.tz_minuteswest < -15 * 60)
			return -EINVAL;
		sys_tz = ktz;
		update_vsyscall_tz();
	}
	return tv ? do_settimeofday64(&ts) : 0;
}

long sys_time(long __user *tloc)
{
	long seconds = ktime_get_real_ns() / NSEC_PER_SEC;

	if (tloc && put_user(seconds, tloc))
		return -EFAULT;
	return seconds;
}

/* --- sleeping ---------------------------------------------------------------------- */

/* true when it slept until @expires_ns, false when a signal came */
static bool sleep_until(u64 expires_ns)
{
	for (;;) {
		u64 now;

		set_current_state(TASK_INTERRUPTIBLE);
		now = ktime_get_ns();
		if (now >= expires_ns) {
			__set_current_state(TASK_RUNNING);
			return true;
		}
		if (signal_pending(current)) {
			__set_current_state(TASK_RUNNING);
			return false;
		}
		schedule_timeout_ns(expires_ns - now);
	}
}

static long report_rest(u64 expires_ns, struct __kernel_timespec __user *rmtp)
{
	u64 now = ktime_get_ns();
	struct timespec64 left = ns_to_timespec64(expires_ns > now ? expires_ns - now : 0);

	return rmtp && put_timespec64(&left, rmtp) ? -EFAULT : -ERESTART_RESTARTBLOCK;
}

static long nanosleep_restart(struct restart_block *rb)
{
	if (sleep_until(rb->expires_ns))
		return 0;
	rb->fn = nanosleep_restart;
	return report_rest(rb->expires_ns, rb->rmtp);
}

static long sleep_relative(const struct timespec64 *ts, struct __kernel_timespec __user *rmtp)
{
	struct restart_block *rb = &current->restart_block;
	u64 expires = ktime_get_ns() + timespec64_to_ns(ts);
	long ret;

	if (expires > (u64)KTIME_MAX)
		expires = KTIME_MAX;
	if (sleep_until(expires))
		return 0;
	ret = report_rest(expires, rmtp);
	rb->fn = nanosleep_restart;
	rb->expires_ns = expires;
	rb->rmtp = rmtp;
	return ret;
}

/* until the wall clock shows @target, wherever somebody sets it */
static long sleep_until_real(u64 target)
{
	DEFINE_WAIT(wait);
	long ret;

	for (;;) {
		u64 now;

		ret = prepare_to_wait_event(&clock_set_wait, &wait, TASK_INTERRUPTIBLE);
		now = ktime_get_real_ns();
		if (now >= target) {
			ret = 0;
			break;
		}
		if (ret) {
			ret = -ERESTARTNOHAND;
			break;
		}
		schedule_timeout_ns(target - now);
	}
	finish_wait(&clock_set_wait, &wait);
	return ret;
}

long sys_nanosleep(struct __kernel_timespec __user *rqtp, struct __kernel_timespec __user *rmtp)
{
	struct timespec64 ts;

	if (get_timespec64(&ts, rqtp))
		return -EFAULT;
	if (!timespec64_valid(&ts))
		return -EINVAL;
	return sleep_relative(&ts, rmtp);
}

long sys_clock_nanosleep(clockid_t which_clock, int flags,
			 const struct __kernel_timespec __user *rqtp,
			 struct __kernel_timespec __user *rmtp)
{
	bool real = which_clock == CLOCK_REALTIME || which_clock == CLOCK_TAI;
	struct timespec64 ts;
	u64 ns;

	if (which_clock == CLOCK_THREAD_CPUTIME_ID || read_clock(which_clock, &ns))
		return -EINVAL;
	if (!real && which_clock != CLOCK_MONOTONIC && which_clock != CLOCK_BOOTTIME)
		return -EOPNOTSUPP;
	if (get_timespec64(&ts, rqtp))
		return -EFAULT;
	if (!timespec64_valid(&ts))
		return -EINVAL;
	if (!(flags & TIMER_ABSTIME))
		return sleep_relative(&ts, rmtp);
	if (real)
		return sleep_until_real(timespec64_to_ns(&ts));
	return sleep_until(timespec64_to_ns(&ts)) ? 0 : -ERESTARTNOHAND;
}
