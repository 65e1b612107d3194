// SPDX-License-Identifier: MIT
/*
 * Time under stress: signals of timers that interrupt system calls, many
 * sleepers, how soon a woken task runs beside busy ones, and that these share
 * a CPU fairly.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/time.h>
#include "stress.h"

static volatile unsigned int alarms;

static void on_alarm(int sig)
{
	alarms++;
}

static void set_timer(int interval_us)
{
	struct itimerval it = { { 0, interval_us }, { 0, interval_us } };

	must(!setitimer(ITIMER_REAL, &it, NULL));
}

/* system calls are interrupted by the hundred, and do what they should */
static void interrupted_calls(int self, void *unused)
{
	struct sigaction sa = { .sa_handler = on_alarm, .sa_flags = self & 1 ? SA_RESTART : 0 };
	struct timespec ts, left;
	char buf[5000];
	int fds[2], i;
	ssize_t n;
	pid_t pid;

	sigaction(SIGALRM, &sa, NULL);
	must(!pipe(fds));
	set_timer(1000);
	for (i = 0; i < 12 * stress_factor; i++) {
		pid = must_fork();
		if (!pid) {
			sleep_ms(2);
			n = write(fds[1], buf, sizeof(buf));
			_exit(n != sizeof(buf));
		}
		for (n = 0; n < (ssize_t)sizeof(buf);) {
			ssize_t got = read(fds[0], buf, sizeof(buf));

			must(got > 0 || (errno == EINTR && !(self & 1)));
			n += got > 0 ? got : 0;
		}
		must(status_of(pid) == 0);
		ts = (struct timespec){ 0, 3000000 };
		while (nanosleep(&ts, &left)) {
			/* the slack of the timer, 50 us, counts as left */
			must(errno == EINTR && left.tv_nsec <= ts.tv_nsec + 50000);
			ts = left;
		}
	}
	set_timer(0);
	must(alarms > 0);
}

/* each sleeps its time, and not much less or more */
static void sleepers(int self, void *unused)
{
	unsigned int seed = self + 1;
	int i;

	for (i = 0; i < 10 * stress_factor; i++) {
		uint64_t ns = next_random(&seed) % 20000000, before = now_ns(), slept;
		struct timespec ts = { 0, ns };

		must(!nanosleep(&ts, NULL));
		slept = now_ns() - before;
		must(slept >= ns && slept < ns + 2000000000);
	}
}

/* --- beside busy processes ------------------------------------------------------------ */

static void start_hogs(pid_t *pids, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		pids[i] = must_fork();
		if (!pids[i])
			for (;;)
				;
	}
}

static void stop_hogs(pid_t *pids, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		kill(pids[i], SIGKILL);
		status_of(pids[i]);
	}
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* all on one CPU: a sleeper beside four hogs must not wait for their slices */
static void latency(void)
{
	uint64_t late[21], before;
	struct timespec ts = { 0, 5000000 };
	pid_t pids[4];
	int i;

	start_hogs(pids, 4);
	for (i = 0; i < 21; i++) {
		before = now_ns();
		nanosleep(&ts, NULL);
		late[i] = now_ns() - before - 5000000;
	}
	stop_hogs(pids, 4);
	qsort(late, 21, sizeof(late[0]), by_size);
	diag("late by %u us, at most %u us", (unsigned int)(late[10] / 1000),
	     (unsigned int)(late[20] / 1000));
	ok(late[10] < 10000000, "a sleeper runs soon beside four busy processes");
}

/* A host that takes the CPU away is charged to whoever ran: not always the same one. */
static bool shared_fairly(void)
{
	uint64_t most = 0, least = ~0ull, used;
	struct rusage ru;
	pid_t pids[4];
	int i, status;

	start_hogs(pids, 4);
	sleep_ms(600 * stress_factor);
	for (i = 0; i < 4; i++)
		kill(pids[i], SIGSTOP);
	for (i = 0; i < 4; i++) {
		kill(pids[i], SIGKILL);
		must(wait4(pids[i], &status, 0, &ru) == pids[i]);
		used = ru.ru_utime.tv_sec * 1000000ull + ru.ru_utime.tv_usec +
		       ru.ru_stime.tv_sec * 1000000ull + ru.ru_stime.tv_usec;
		most = used > most ? used : most;
		least = used < least ? used : least;
	}
	diag("from %u to %u ms", (unsigned int)(least / 1000), (unsigned int)(most / 1000));
	return most < 2 * least;
}

/* a chain of wake-ups through pipes between two tasks, beside hogs */
static void ping_pong(void)
{
	int to[2], from[2], i, rounds = 100 * stress_factor;
	uint64_t before, per_round;
	pid_t pids[3], pid;
	char c = 0;

	must(!pipe(to) && !pipe(from));
	pid = must_fork();
	if (!pid) {
		for (i = 0; i < rounds; i++)
			must(read(to[0], &c, 1) == 1 && write(from[1], &c, 1) == 1);
		_exit(0);
	}
	start_hogs(pids, 3);
	before = now_ns();
	for (i = 0; i < rounds; i++)
		must(write(to[1], &c, 1) == 1 && read(from[0], &c, 1) == 1);
	per_round = (now_ns() - before) / rounds;
	stop_hogs(pids, 3);
	diag("%u us a round", (unsigned int)(per_round / 1000));
	ok(status_of(pid) == 0 && per_round < 20000000, "two that wake each other get their share");
}

static void on_one_cpu(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	must(!sched_setaffinity(0, sizeof(one), &one));
}

int main(int argc, char **argv)
{
	stress_init(argc, argv);
	plan(5);
	is_int(in_processes(4, interrupted_calls, NULL), 0, "timers interrupt system calls");
	is_int(in_processes(30, sleepers, NULL), 0, "thirty sleepers wake in time");
	on_one_cpu();
	latency();
	ok(shared_fairly() || shared_fairly() || shared_fairly(),
	   "four busy processes share a CPU");
	ping_pong();
	return done();
}
