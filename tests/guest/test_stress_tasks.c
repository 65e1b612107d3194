// SPDX-License-Identifier: MIT
/*
 * Processes under stress: many that live for a moment, orphans, waiting in
 * several threads, vfork, signals from all to all while they fork and stop,
 * limits on their number.
 */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include "stress.h"

static void many_short_lives(int self, void *unused)
{
	int i, status, round;

	for (round = 0; round < 8 * stress_factor; round++) {
		for (i = 0; i < 10; i++) {
			pid_t pid = must_fork();

			if (!pid)
				_exit(i);
		}
		for (i = 0; i < 10; i++)
			must(wait(&status) > 0 && WIFEXITED(status));
		must(wait(&status) < 0 && errno == ECHILD);
	}
}

/* each child leaves a grandchild that outlives it; the subreaper gets them all */
static void orphans(int self, void *unused)
{
	int i, reaped = 0, count = 40 * stress_factor, status;

	must(!prctl(PR_SET_CHILD_SUBREAPER, 1));
	for (i = 0; i < count; i++) {
		pid_t pid = must_fork();

		if (!pid) {
			if (!must_fork()) {
				if (i & 1)
					sched_yield();
				_exit(7);
			}
			_exit(7);
		}
		if (i % 8 == 7)
			while (waitpid(-1, &status, WNOHANG) > 0)
				reaped++;
	}
	while (wait(&status) > 0) {
		must(WEXITSTATUS(status) == 7);
		reaped++;
	}
	must(reaped == 2 * count);
}

/* --- several threads wait for the same children ----------------------------------- */

static int reaped_by_all;

static void *wait_all(void *arg)
{
	int status;

	while (wait(&status) > 0)
		__atomic_fetch_add(&reaped_by_all, 1, __ATOMIC_RELAXED);
	must(errno == ECHILD);
	return NULL;
}

static void wait_in_threads(int self, void *unused)
{
	int round, i;

	for (round = 0; round < 6 * stress_factor; round++) {
		pthread_t t[4];

		reaped_by_all = 0;
		for (i = 0; i < 20; i++)
			if (!must_fork())
				_exit(0);
		for (i = 0; i < 4; i++)
			must(!pthread_create(&t[i], NULL, wait_all, NULL));
		for (i = 0; i < 4; i++)
			pthread_join(t[i], NULL);
		must(reaped_by_all == 20);
	}
}

static void vfork_and_exec(int self, void *unused)
{
	volatile int i;

	for (i = 0; i < 12 * stress_factor; i++) {
		pid_t pid = vfork();

		if (!pid) {
			if (i & 1)
				execl("/bin/true", "true", NULL);
			_exit(i & 1);
		}
		must(pid > 0 && status_of(pid) == 0);
	}
}

/* --- signals from all to all -------------------------------------------------------- */

static volatile unsigned int signals_seen;

static void on_signal(int sig)
{
	signals_seen++;
}

static const int harmless[] = { SIGUSR1, SIGUSR2, SIGSTOP, SIGCONT, SIGCONT, SIGCHLD,
				SIGWINCH, SIGTSTP, SIGALRM };

static void storm_member(pid_t group, unsigned int seed)
{

	for (;;) {
		unsigned int what = next_random(&seed);
		pid_t pid;

		if (what % 16 == 0) {
			pid = fork();
			if (!pid)
				_exit(0);
			if (pid > 0)
				waitpid(pid, NULL, what & 32 ? WNOHANG : 0);
		} else if (what % 16 == 1) {
			sched_yield();
		} else {
			kill(what & 64 ? -group : group + (int)(what % 12),
			     harmless[next_random(&seed) % 9]);
		}
	}
}

/* They stop and continue each other; then SIGKILL ends whoever there is, stopped or not. */
static void kill_storm(int self, void *unused)
{
	uint64_t end = now_ns() + 300000000ull * stress_factor;
	pid_t group = 0, pids[8];
	int i, status, dead = 0;

	for (i = 0; i < 9; i++)
		signal(harmless[i], on_signal);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGTSTP, SIG_DFL);
	for (i = 0; i < 8; i++) {
		pids[i] = must_fork();
		if (!pids[i]) {
			setpgid(0, group);
			storm_member(getpgrp(), i + 1);
		}
		if (!i)
			group = pids[0];
		setpgid(pids[i], group);
	}
	while (now_ns() < end) {
		pid_t pid = waitpid(-1, &status, WUNTRACED | WCONTINUED | WNOHANG);

		must(pid >= 0);
		if (pid > 0)
			must(WIFSTOPPED(status) || WIFCONTINUED(status));
		kill(-group, SIGCONT);
		sched_yield();
	}
	kill(-group, SIGKILL);
	for (i = 0; i < 8; i++) {
		while ((status = status_of(pids[i])) == -1)
			must(errno == EINTR);
		must(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		dead++;
	}
	must(dead == 8);
}

/* stop and continue: each is seen, none is mixed up with the next */
static void stop_and_go(int self, void *unused)
{
	int i, status;
	pid_t pid = must_fork();

	if (!pid)
		for (;;)
			getppid();
	for (i = 0; i < 60 * stress_factor; i++) {
		must(!kill(pid, SIGSTOP));
		must(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
		must(!kill(pid, SIGCONT));
		must(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status));
	}
	must(!kill(pid, SIGKILL));
	must(status_of(pid) == SIGKILL);
}

/* --- a fork bomb within limits --------------------------------------------------------- */

static void bomb_part(void)
{
	for (;;)
		if (fork() < 0)
			sched_yield();
}

static void fork_bomb(int self, void *unused)
{
	struct rlimit lim = { 40, 40 };
	int status, dead = 0;
	pid_t first;

	must(!prctl(PR_SET_CHILD_SUBREAPER, 1));
	first = must_fork();
	if (!first) {
		must(!setpgid(0, 0));
		must(!setuid(4711));
		must(!setrlimit(RLIMIT_NPROC, &lim));
		bomb_part();
	}
	sleep_ms(150 * stress_factor);
	while (kill(-first, SIGKILL) == 0) {
		pid_t pid = wait(&status);

		must(pid > 0 && status == SIGKILL);
		dead++;
	}
	while (wait(&status) > 0)
		dead++;
	must(dead > 1 && dead <= 40);
}

int main(int argc, char **argv)
{
	stress_init(argc, argv);
	plan(8);
	is_int(in_processes(4, many_short_lives, NULL), 0, "short lives in parallel");
	is_int(in_processes(2, orphans, NULL), 0, "orphans reach their subreaper");
	is_int(in_processes(2, wait_in_threads, NULL), 0, "each child is reaped once");
	is_int(in_processes(3, vfork_and_exec, NULL), 0, "vfork and exec");
	is_int(in_processes(1, kill_storm, NULL), 0, "signals from all to all");
	is_int(in_processes(3, stop_and_go, NULL), 0, "stops and continues are seen");
	is_int(in_processes(1, fork_bomb, NULL), 0, "a fork bomb meets RLIMIT_NPROC");
	ok(wait(NULL) < 0 && errno == ECHILD, "nobody is left");
	return done();
}
