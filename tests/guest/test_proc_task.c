// SPDX-License-Identifier: MIT
/*
 * test_proc_task.c - what /proc tells of one task besides its memory: the call it sleeps
 * in, its children, the slack of its timers, its place among victims in old units.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/prctl.h>
#include "vmutil.h"

static const char *text_of(const char *path)
{
	char *text = vm_proc(path);

	text[strcspn(text, "\n")] = 0;
	return text;
}

static const char *of(pid_t pid, const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return text_of(path);
}

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), n = write(fd, text, strlen(text));

	close(fd);
	return n;
}

#define SLACK "/proc/self/timerslack_ns"
#define ADJ "/proc/self/oom_adj"
#define SCORE "/proc/self/oom_score_adj"

static void test_slack(void)
{
	is_str(text_of(SLACK), "50000", "timerslack_ns");
	is_int(put(SLACK, "1234\n"), 5, "another one");
	is_int(prctl(PR_GET_TIMERSLACK), 1234, "is what prctl tells");
	is_int(put(SLACK, "0"), 1, "0");
	is_str(text_of(SLACK), "50000", "is the one from the start");
	is(put(SLACK, "x"), -1, EINVAL, "no number");
	is(put(SLACK, "-1"), -1, EINVAL, "a negative one");
	ok(access("/proc/self/task", F_OK) == 0 && access("/proc/thread-self/timerslack_ns", F_OK),
	   "of processes only");
}

static void test_oom(void)
{
	static const char *const values[] = { "0", "-17", "15", "7", "-16", "1", "14" };
	char score[16];
	unsigned int i;
	int fd;

	for (i = 0; i < 7; i++) {
		is_int(put(ADJ, values[i]), strlen(values[i]), "oom_adj %s", values[i]);
		strcpy(score, text_of(SCORE));
		ok(1, "is %s, and %s again", score, text_of(ADJ));
	}
	is(put(ADJ, "16"), -1, EINVAL, "too much");
	is(put(ADJ, "-18"), -1, EINVAL, "too little");
	is(put(ADJ, "x"), -1, EINVAL, "no number");
	put(SCORE, "999");
	is_str(text_of(ADJ), "15", "or nearly the last score");
	put(SCORE, "0");
	fd = open(ADJ, O_WRONLY);
	seteuid(1000);
	is(write(fd, "-1", 2), -1, EACCES, "a user cannot protect himself");
	seteuid(0);
	close(fd);
}

static int pipes[2];

static pid_t sleeper(void)
{
	pid_t pid = fork();
	char byte;

	if (pid == 0) {
		read(pipes[0], &byte, 1);
		_exit(0);
	}
	while (strchr(of(pid, "stat"), ')')[2] != 'S')
		usleep(1000);
	return pid;
}

static void *fork_in_thread(void *arg)
{
	char path[64];
	long tid = syscall(SYS_gettid);
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	snprintf(path, sizeof(path), "/proc/self/task/%ld/children", tid);
	is_int(atoi(text_of(path)) == pid, 1, "a thread's child is its own");
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	snprintf(arg, 64, "%s", text_of(path));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return NULL;
}

static void test_children(void)
{
	pid_t one = sleeper(), two = sleeper();
	char path[64], want[64], other[64];
	pthread_t t;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	snprintf(want, sizeof(want), "%d %d ", one, two);
	is_int(strcmp(text_of(path), want), 0, "two children, the older one first");
	pthread_create(&t, NULL, fork_in_thread, other);
	pthread_join(t, NULL);
	is_int(strcmp(other, want), 0, "which are not those of the first thread");
	snprintf(want, sizeof(want), "0 0x%x 0x", pipes[0]);
	is_int(strncmp(of(one, "syscall"), want, strlen(want)), 0, "syscall: the call and its arguments");
	is_int(atoi(text_of("/proc/self/syscall")), SYS_read, "of oneself");
	write(pipes[1], "xx", 2);
	waitpid(one, NULL, 0);
	waitpid(two, NULL, 0);
	is_str(text_of(path), "", "no child is left");
	seteuid(1000);
	ok(open("/proc/1/syscall", O_RDONLY) < 0 || !*text_of("/proc/1/syscall"),
	   "another user's call is not told");
	seteuid(0);
}

static void test_zombie_call(void)
{
	pid_t pid = fork();
	siginfo_t info;

	if (pid == 0)
		_exit(0);
	waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
	while (!strcmp(of(pid, "syscall"), "running"))
		usleep(1000);		/* it is on its way out */
	is_str(of(pid, "syscall"), "-1 0x0 0x0", "syscall: a zombie calls nothing, from nowhere");
	waitpid(pid, NULL, 0);
}

int main(void)
{
	plan(0);
	pipe(pipes);
	test_slack();
	test_oom();
	test_children();
	test_zombie_call();
	return done();
}
