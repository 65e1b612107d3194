// SPDX-License-Identifier: MIT
/*
 * Clocks and sleeping: they go forward, sleeps last long enough, and end when asked.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

static long long now_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		return -1;
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

static void test_clocks(void)
{
	static const struct {
		clockid_t id;
		const char *name;
	} clocks[] = {
		{ CLOCK_REALTIME, "REALTIME" }, { CLOCK_MONOTONIC, "MONOTONIC" },
		{ CLOCK_MONOTONIC_RAW, "MONOTONIC_RAW" }, { CLOCK_BOOTTIME, "BOOTTIME" },
		{ CLOCK_REALTIME_COARSE, "REALTIME_COARSE" },
		{ CLOCK_MONOTONIC_COARSE, "MONOTONIC_COARSE" },
		{ CLOCK_PROCESS_CPUTIME_ID, "PROCESS_CPUTIME" },
		{ CLOCK_THREAD_CPUTIME_ID, "THREAD_CPUTIME" }, { CLOCK_TAI, "TAI" },
	};
	struct timespec ts;
	unsigned int i;

	for (i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		long long a = now_ns(clocks[i].id), b = now_ns(clocks[i].id);

		ok(a >= 0 && b >= a, "CLOCK_%s goes forward", clocks[i].name);
	}
	is(clock_gettime(77, &ts), -1, EINVAL, "no clock 77");
	is(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, (void *)8), -1, EFAULT, "a bad pointer");
	clock_getres(CLOCK_MONOTONIC, &ts);
	is_int(ts.tv_nsec, 1, "the monotonic clock counts nanoseconds");
	clock_getres(CLOCK_MONOTONIC_COARSE, &ts);
	is_int(ts.tv_nsec, 4000000, "the coarse one ticks of 4 ms");
	ok(now_ns(CLOCK_REALTIME) > 1600000000000000000ll, "it is after 2020");
	ok(time(NULL) - now_ns(CLOCK_REALTIME) / 1000000000 <= 0, "time() agrees");
}

static void test_sleep(void)
{
	struct timespec ts = { 0, 30000000 }, rest = { 0, 0 };
	long long start = now_ns(CLOCK_MONOTONIC), t;

	is(nanosleep(&ts, NULL), 0, 0, "nanosleep");
	t = now_ns(CLOCK_MONOTONIC) - start;
	ok(t >= 30000000 && t < 3000000000ll, "for 30 ms at least");
	ts.tv_nsec = 1000000000;
	is(nanosleep(&ts, NULL), -1, EINVAL, "a thousand million ns");
	ts.tv_nsec = -1;
	is(nanosleep(&ts, NULL), -1, EINVAL, "less than none");
	ts.tv_sec = -1;
	ts.tv_nsec = 0;
	is(nanosleep(&ts, NULL), -1, EINVAL, "a second ago");
	is(syscall(SYS_nanosleep, (void *)8, NULL), -1, EFAULT, "a bad pointer");

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_nsec += 20000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	}
	is_int(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL), 0, "until a time");
	ok(now_ns(CLOCK_MONOTONIC) >= ts.tv_sec * 1000000000ll + ts.tv_nsec, "it is that time");
	is_int(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL), 0, "a past one: at once");
	clock_gettime(CLOCK_REALTIME, &ts);
	is_int(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &ts, &rest), 0, "by the wall clock");
	is_int(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &ts, NULL), EINVAL, "not by CPU time");
	is_int(clock_nanosleep(CLOCK_MONOTONIC_RAW, 0, &ts, NULL), ENOTSUP, "nor the raw clock");
}

static void nothing(int sig)
{
}

static void test_interrupted(void)
{
	struct timespec ts = { 5, 0 }, rest = { 0, 0 };
	struct itimerval it = { .it_value = { 0, 50000 } };

	signal(SIGALRM, nothing);
	setitimer(ITIMER_REAL, &it, NULL);
	is(nanosleep(&ts, &rest), -1, EINTR, "a signal ends it");
	ok(rest.tv_sec == 4 && rest.tv_nsec > 0, "and says what is left");
}

/* stop and continue in the middle: the sleep goes on to its end */
static void test_stopped(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		struct timespec ts = { 0, 200000000 };
		long long start = now_ns(CLOCK_MONOTONIC);
		int ret = nanosleep(&ts, NULL);

		_exit(ret ? 1 : now_ns(CLOCK_MONOTONIC) - start < 200000000 ? 2 : 0);
	}
	usleep(30000);
	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	usleep(30000);
	kill(pid, SIGCONT);
	waitpid(pid, &status, 0);
	is_int(status, 0, "a sleep that was stopped goes on");
}

static void test_cpu_time(void)
{
	long long cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID), mono = now_ns(CLOCK_MONOTONIC);
	clockid_t clock;
	struct tms t;

	while (now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu < 50000000)
		;
	ok(now_ns(CLOCK_MONOTONIC) - mono >= 50000000, "CPU time passes with time");
	cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	usleep(100000);
	ok(now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu < 50000000, "but not while sleeping");
	ok(times(&t) > 0 && t.tms_utime + t.tms_stime >= 3, "times counts hundredths");
	is_int(clock_getcpuclockid(0, &clock), 0, "a clock of one's own");
	ok(now_ns(clock) > 50000000, "that has run");
	is_int(clock_getcpuclockid(99999, &clock), EINVAL, "not of nobody");
}

static void test_set(void)
{
	struct timespec ts, old;
	struct timeval tv;
	struct sysinfo si;

	clock_gettime(CLOCK_REALTIME, &old);
	ts = old;
	ts.tv_sec += 1000;
	is(clock_settime(CLOCK_REALTIME, &ts), 0, 0, "root sets the clock");
	gettimeofday(&tv, NULL);
	ok(tv.tv_sec - ts.tv_sec >= 0 && tv.tv_sec - ts.tv_sec < 5, "it is set");
	clock_settime(CLOCK_REALTIME, &old);
	is(clock_settime(CLOCK_MONOTONIC, &ts), -1, EINVAL, "not the monotonic one");
	ts.tv_nsec = -1;
	is(clock_settime(CLOCK_REALTIME, &ts), -1, EINVAL, "not to nonsense");
	is(sysinfo(&si), 0, 0, "sysinfo");
	ok(si.uptime > 0 && si.procs > 0 && si.freeram > 0 && si.freeram <= si.totalram,
	   "has sane numbers");
}

int main(void)
{
	plan(42);
	test_clocks();
	test_sleep();
	test_interrupted();
	test_stopped();
	test_cpu_time();
	test_set();
	return done();
}
