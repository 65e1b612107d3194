/* SPDX-License-Identifier: MIT */
/*
 * stress.h - what the stress tests share.
 *
 * Each runs for about a second by default; an argument or STRESS=N in the
 * environment multiplies the rounds by N. What is printed does not depend on it.
 */
#ifndef TESTS_GUEST_STRESS_H
#define TESTS_GUEST_STRESS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tap.h"

static int stress_factor = 1;

static inline void stress_init(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : getenv("STRESS");

	if (word && atoi(word) > 0)
		stress_factor = atoi(word);
}

static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static inline void sleep_ms(int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

/* A generator for each process or thread. */
static inline unsigned int next_random(unsigned int *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* fork(), again while there is no room; the child gets 0. */
static inline pid_t must_fork(void)
{
	pid_t pid;

	fflush(stdout);
	while ((pid = fork()) < 0)
		sleep_ms(1);
	return pid;
}

/* The word of wait4 for @pid, whatever signals arrive. */
static inline int status_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

/* Start @count processes of @body, wait for all: how many did not exit with 0. */
static inline int in_processes(int count, void (*body)(int self, void *arg), void *arg)
{
	int i, status, bad = 0;
	pid_t pids[count];

	for (i = 0; i < count; i++) {
		pids[i] = must_fork();
		if (!pids[i]) {
			body(i, arg);
			_exit(0);
		}
	}
	for (i = 0; i < count; i++) {
		status = status_of(pids[i]);
		if (status) {
			printf("# process %d: status %x\n", i, status);
			bad++;
		}
	}
	return bad;
}

/* In a child: this must hold. */
#define must(cond)								\
	do {									\
		if (!(cond)) {							\
			dprintf(1, "# %s:%d: %s: errno %d\n", __FILE__,		\
				__LINE__, #cond, errno);			\
			_exit(1);						\
		}								\
	} while (0)

#endif /* TESTS_GUEST_STRESS_H */
