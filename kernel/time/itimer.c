// SPDX-License-Identifier: MIT
/*
 * itimer.c - setitimer, alarm, and the limits on CPU time.
 *
 * ITIMER_REAL is an hrtimer of the process; its callback runs in an interrupt,
 * which may not allocate, so the signal it queues is part of signal_struct
 * (timer_sigq). ITIMER_VIRTUAL, ITIMER_PROF and RLIMIT_CPU count CPU time of the
 * whole process and are looked at by the tick, only when signal->cpu_timers_armed
 * says that one of them is set; they are as exact as the tick (4 ms).
 *
 *   I1  real_timer is queued iff an alarm is set; it is cancelled, without siglock,
 *       before the signal_struct goes
 *   I2  an interrupt only tries siglock: whoever holds it may wait for a lock of the
 *       allocators, which the task that was interrupted may hold
 *
 * Locks: siglock, interrupts off; never held while a timer is cancelled.
 */
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <asm/uaccess.h>
#include "timer.h"
#include "../internal.h"

#define SIGLOCK_RETRY_NS	(50 * NSEC_PER_USEC)

/**
 * it_real_fn() - ITIMER_REAL ran out.
 * Context: interrupt. Comes again in a moment when siglock is taken (I2).
 */
enum hrtimer_restart it_real_fn(struct hrtimer *timer)
{
	struct signal_struct *sig = container_of(timer, struct signal_struct, real_timer);
	enum hrtimer_restart ret = HRTIMER_NORESTART;

	if (!spin_trylock(&sig->siglock)) {
		timer->expires_ns = ktime_get_ns() + SIGLOCK_RETRY_NS;
		return HRTIMER_RESTART;
	}
	send_timer_signal(sig, ITIMER_REAL, SIGALRM);
	if (sig->it_real_incr_ns) {
		hrtimer_forward_now(timer, sig->it_real_incr_ns);
		ret = HRTIMER_RESTART;
	}
	spin_unlock(&sig->siglock);
	return ret;
}

/* Which clock a CPU timer counts; siglock held. */
static u64 cpu_timer_sample(int which, struct signal_struct *sig)
{
	u64 ut = sig->utime, st = sig->stime, tu, ts;
	struct task_struct *t;

	list_for_each_entry(t, &sig->thread_head, thread_node) {
		task_cputime(t, &tu, &ts);
		ut += tu;
		st += ts;
	}
	return which == ITIMER_VIRTUAL ? ut : ut + st;
}

static bool check_cpu_timer(struct signal_struct *sig, int which, int signo)
{
	struct cpu_itimer *it = &sig->it[which - 1];
	u64 now;

	if (!it->expires)
		return false;
	now = cpu_timer_sample(which, sig);
	if (now < it->expires)
		return true;
	send_timer_signal(sig, which, signo);
	it->expires = it->incr ? it->expires + it->incr : 0;
	return it->expires;
}

/* RLIMIT_CPU: SIGXCPU each second past the soft limit, SIGKILL at the hard one */
static bool check_cpu_limit(struct signal_struct *sig)
{
	struct rlimit *rlim = &sig->rlim[RLIMIT_CPU];
	u64 seconds;

	if (rlim->rlim_cur == RLIM_INFINITY)
		return false;
	seconds = cpu_timer_sample(ITIMER_PROF, sig) / NSEC_PER_SEC;
	if (seconds >= rlim->rlim_max) {
		send_signal_locked(SIGKILL, SEND_SIG_PRIV, sig->leader_task, true);
		return false;
	}
	if (seconds >= rlim->rlim_cur) {
		send_signal_locked(SIGXCPU, SEND_SIG_PRIV, sig->leader_task, true);
		rlim->rlim_cur = seconds + 1;
	}
	return true;
}

/**
 * run_cpu_timers() - what current's process wanted to know of its CPU time.
 * Context: timer interrupt.
 */
void run_cpu_timers(void)
{
	struct signal_struct *sig = current->signal;
	bool armed;

	if (likely(!READ_ONCE(sig->cpu_timers_armed)) || !spin_trylock(&sig->siglock))
		return;			/* I2: the next tick looks again */
	armed = check_cpu_timer(sig, ITIMER_VIRTUAL, SIGVTALRM);
	armed |= check_cpu_timer(sig, ITIMER_PROF, SIGPROF);
	armed |= check_cpu_limit(sig);
	sig->cpu_timers_armed = armed;
	spin_unlock(&sig->siglock);
}

/* --- system calls -------------------------------------------------------------------- */

static u64 timeval_to_ns(const struct __kernel_timeval *tv)
{
	struct timespec64 ts = { tv->tv_sec, tv->tv_usec * NSEC_PER_USEC };

	return timespec64_to_ns(&ts);
}

static bool timeval_valid(const struct __kernel_timeval *tv)
{
	return tv->tv_sec >= 0 && (u64)tv->tv_usec < USEC_PER_SEC;
}

struct itimer_ns {
	u64 value, interval;
};

static void read_itimer(int which, struct itimer_ns *out)
{
	struct signal_struct *sig = current->signal;
	u64 now, rest = 0;

	spin_lock_irq(&sig->siglock);
	if (which == ITIMER_REAL) {
		out->interval = sig->it_real_incr_ns;
		rest = hrtimer_remaining_ns(&sig->real_timer);
		/* due but not yet delivered still counts as set */
		if (!rest && hrtimer_active(&sig->real_timer))
			rest = NSEC_PER_USEC;
	} else {
		struct cpu_itimer *it = &sig->it[which - 1];

		out->interval = it->incr;
		if (it->expires) {
			now = cpu_timer_sample(which, sig);
			rest = it->expires > now ? it->expires - now : COARSE_NS;
		}
	}
	out->value = rest;
	spin_unlock_irq(&sig->siglock);
}

static void set_real_itimer(struct signal_struct *sig, const struct itimer_ns *it)
{
	u64 now = ktime_get_ns();

	hrtimer_cancel(&sig->real_timer);		/* I1 */
	spin_lock_irq(&sig->siglock);
	sig->it_real_incr_ns = it->value ? it->interval : 0;
	if (it->value)
		hrtimer_start(&sig->real_timer,
			      it->value > KTIME_MAX - now ? (u64)KTIME_MAX : now + it->value);
	spin_unlock_irq(&sig->siglock);
}

static void set_itimer(int which, const struct itimer_ns *it)
{
	struct signal_struct *sig = current->signal;

	if (which == ITIMER_REAL) {
		set_real_itimer(sig, it);
		return;
	}
	spin_lock_irq(&sig->siglock);
	sig->it[which - 1].incr = it->interval;
	sig->it[which - 1].expires = 0;
	if (it->value) {
		sig->it[which - 1].expires = cpu_timer_sample(which, sig) + it->value;
		sig->cpu_timers_armed = true;
	}
	spin_unlock_irq(&sig->siglock);
}

static int put_itimer(struct __kernel_itimerval __user *value, const struct itimer_ns *it)
{
	struct __kernel_itimerval kit = {
		.it_interval = ns_to_kernel_timeval(it->interval),
		.it_value = ns_to_kernel_timeval(it->value),
	};

	return copy_to_user(value, &kit, sizeof(kit)) ? -EFAULT : 0;
}

long sys_getitimer(int which, struct __kernel_itimerval __user *value)
{
	struct itimer_ns it;

	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	read_itimer(which, &it);
	return put_itimer(value, &it);
}

long sys_setitimer(int which, struct __kernel_itimerval __user *value,
		   struct __kernel_itimerval __user *ovalue)
{
	struct __kernel_itimerval kit = { { 0, 0 }, { 0, 0 } };
	struct itimer_ns it, old;

	if (value && copy_from_user(&kit, value, sizeof(kit)))
		return -EFAULT;
	if (which < ITIMER_REAL || which > ITIMER_PROF)
		return -EINVAL;
	if (!timeval_valid(&kit.it_value) || !timeval_valid(&kit.it_interval))
		return -EINVAL;
	it.value = timeval_to_ns(&kit.it_value);
	it.interval = timeval_to_ns(&kit.it_interval);
	read_itimer(which, &old);
	set_itimer(which, &it);
	return ovalue ? put_itimer(ovalue, &old) : 0;
}

long sys_alarm(unsigned int seconds)
{
	struct itimer_ns it = { seconds * (u64)NSEC_PER_SEC, 0 }, old;
	u64 left;

	read_itimer(ITIMER_REAL, &old);
	set_itimer(ITIMER_REAL, &it);
	/* rounded to the nearest second, but what is set is never 0 */
	left = old.value / NSEC_PER_SEC;
	if ((!left && old.value) || old.value % NSEC_PER_SEC >= NSEC_PER_SEC / 2)
		left++;
	return left;
}
