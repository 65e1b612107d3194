// SPDX-License-Identifier: MIT
/*
 * os.c - the part of the models' engine that needs the C library's own headers, whose
 * names meet those of include/linux: processes, shared memory, the clock.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* of one round; those of the slowest build take some ten */
#define PROCESSOR_SECONDS	300

void *os_shared(size_t bytes);
int os_in_child(void (*fn)(void *arg), void *arg, bool quiet);
bool os_child_ended_well(int status, char *why, size_t bytes);
double os_seconds(void);
void __gcov_dump(void) __attribute__((weak));

/* zeroed memory that children write to; the process cannot go on without */
void *os_shared(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		perror("mmap");
		exit(2);
	}
	return p;
}

/* an operation that never ends: rounds take seconds */
static void limit_processor_time(void)
{
	struct rlimit limit = { .rlim_cur = PROCESSOR_SECONDS, .rlim_max = PROCESSOR_SECONDS };

	setrlimit(RLIMIT_CPU, &limit);
}

/* call @fn in a child; a @quiet one has no standard error */
int os_in_child(void (*fn)(void *arg), void *arg, bool quiet)
{
	int status, null;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		perror("fork");
		exit(2);
	}
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		limit_processor_time();
		null = quiet ? open("/dev/null", O_WRONLY) : -1;
		if (null >= 0)
			dup2(null, 2);
		fn(arg);
		if (__gcov_dump)
			__gcov_dump();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return status;
}

bool os_child_ended_well(int status, char *why, size_t bytes)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	if (WIFSIGNALED(status))
		snprintf(why, bytes, "the process ended by signal %s", strsignal(WTERMSIG(status)));
	else
		snprintf(why, bytes, "the process ended with status %d", WEXITSTATUS(status));
	return false;
}

double os_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}
