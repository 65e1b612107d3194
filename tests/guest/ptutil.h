/* SPDX-License-Identifier: MIT */
/* ptutil.h - what the tests of ptrace(2) share: requests by number, stops as text. */
#ifndef TESTS_GUEST_PTUTIL_H
#define TESTS_GUEST_PTUTIL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <elf.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

#ifndef __WALL
#define __WALL 0x40000000
#endif
#define EVENT(e)	((e) << 8 | SIGTRAP)

/* The request as the kernel has it: its result or -errno. */
static inline long pt(long request, pid_t pid, unsigned long addr, unsigned long data)
{
	long ret = syscall(SYS_ptrace, request, (long)pid, addr, data);

	return ret < 0 ? -errno : ret;
}
#define PT(request, pid, addr, data) \
	pt(request, pid, (unsigned long)(addr), (unsigned long)(data))

/* How a wait4() ended, as text that does not depend on the run. */
static inline const char *status_text(int status)
{
	static char line[64];

	if (WIFEXITED(status))
		snprintf(line, sizeof(line), "exit %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		snprintf(line, sizeof(line), "killed %d", WTERMSIG(status));
	else if (status == 0xffff)
		snprintf(line, sizeof(line), "continued");
	else if (status >> 16)
		snprintf(line, sizeof(line), "event %d, %d", status >> 16, WSTOPSIG(status));
	else
		snprintf(line, sizeof(line), "stop %d%s", WSTOPSIG(status) & 0x7f,
			 WSTOPSIG(status) & 0x80 ? " in a call" : "");
	return line;
}

/* Wait for @pid, whatever it is: text as above, or why there is none. */
static inline const char *next_stop(pid_t pid)
{
	int status;
	pid_t got = waitpid(pid, &status, __WALL);

	if (got < 0)
		return strerror(errno);
	return got == pid || pid == -1 ? status_text(status) : "somebody else";
}

#define stops(pid, want, ...) do {						\
	char got_[64];								\
	snprintf(got_, sizeof(got_), "%s", next_stop(pid));			\
	if (!ok(!strcmp(got_, want), __VA_ARGS__))				\
		printf("# got: %s, wanted: %s\n", got_, want);			\
} while (0)

static inline pid_t must_fork(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		printf("Bail out! fork: %s\n", strerror(errno));
		exit(1);
	}
	return pid;
}

/* A child that lets itself be traced and has stopped; it goes on in @body. */
static inline pid_t traced_child(void (*body)(void))
{
	pid_t pid = must_fork();
	int status;

	if (pid) {
		if (waitpid(pid, &status, 0) != pid || status != (SIGSTOP << 8 | 0x7f))
			printf("Bail out! a child did not stop: %x\n", status);
		return pid;
	}
	if (pt(PTRACE_TRACEME, 0, 0, 0))
		_exit(99);
	syscall(SYS_tkill, getpid(), SIGSTOP);	/* raise() would block signals */
	body();
	_exit(0);
}

/* Whatever state it is in: kill it and forget it. */
static inline void finish(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	while (waitpid(pid, &status, __WALL) == pid && !WIFEXITED(status) && !WIFSIGNALED(status))
		pt(PTRACE_CONT, pid, 0, 0);
}

static inline struct user_regs_struct regs_of(pid_t pid)
{
	struct user_regs_struct regs;

	memset(&regs, 0, sizeof(regs));
	if (PT(PTRACE_GETREGS, pid, 0, &regs))
		printf("# GETREGS failed\n");
	return regs;
}

/* A line of /proc/PID/status: what follows "@key:\t", in a static buffer. */
static inline const char *status_line(pid_t pid, const char *key)
{
	static char value[64];
	char path[32], line[256];
	size_t len = strlen(key);
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	snprintf(value, sizeof(value), "?");
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, len) && line[len] == ':')
			sscanf(line + len + 1, " %63[^\n]", value);
	if (f)
		fclose(f);
	return value;
}

/* Until /proc says that @pid is in @state, a letter. */
static inline void until_state(pid_t pid, char state)
{
	while (status_line(pid, "State")[0] != state)
		sched_yield();
}

#endif
