// SPDX-License-Identifier: MIT
/*
 * Process groups and sessions: who may join, who leads, who is orphaned.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static int in_child(int (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(fn());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int new_session(void)
{
	pid_t me = getpid();

	if (setsid() != me || getsid(0) != me || getpgrp() != me)
		return 1;
	if (setsid() != -1 || errno != EPERM)
		return 2;
	if (setpgid(0, 0) != -1 || errno != EPERM)
		return 3;
	return open("/dev/tty", O_RDWR) != -1 || errno != ENXIO ? 4 : 0;
}

static int leader_cannot(void)
{
	if (setpgid(0, 0))
		return 1;
	return setsid() != -1 || errno != EPERM ? 2 : 0;
}

static volatile int got;

static void on_signal(int sig)
{
	got |= 1 << sig;
}

static void test_groups(void)
{
	pid_t a = fork(), b;
	int status;

	if (!a)
		for (;;)
			pause();
	is(setpgid(a, a), 0, 0, "a child leads a group");
	is_int(getpgid(a) == a, 1, "getpgid says so");
	is_int(getsid(a) == getsid(0), 1, "in the same session");
	b = fork();
	if (!b)
		for (;;)
			pause();
	is(setpgid(b, a), 0, 0, "another joins");
	is(setpgid(b, 99999), -1, EPERM, "not a group that does not exist");
	is(setpgid(99999, 0), -1, ESRCH, "nobody");
	is(setpgid(0, -1), -1, EINVAL, "no negative groups");
	is(setpgid(1, 0), -1, ESRCH, "not a child");
	is(getpgid(99999), -1, ESRCH, "getpgid of nobody");
	is(getsid(99999), -1, ESRCH, "getsid of nobody");
	is(kill(-a, SIGKILL), 0, 0, "the group is killed");
	waitpid(-a, &status, 0);
	ok(WIFSIGNALED(status), "one");
	waitpid(-a, &status, 0);
	ok(WIFSIGNALED(status), "and the other");
	is(waitpid(-a, &status, 0), -1, ECHILD, "nobody is left in it");
	is(kill(-a, 0), -1, ESRCH, "it is gone");
}

/* an exec'ed child is out of reach; here: one that says it did */
static void test_after_exec(void)
{
	int fd[2];
	char c;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC))
		return;
	pid = fork();
	if (!pid) {
		execl("/bin/sleep", "sleep", "10", NULL);
		_exit(1);
	}
	close(fd[1]);
	is_int(read(fd[0], &c, 1), 0, "the child has exec'ed");
	is(setpgid(pid, pid), -1, EACCES, "its group stays");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd[0]);
}

/*
 * parent - child - grandchild, stopped in a group of its own with the child; when the
 * child exits, the group is orphaned: SIGHUP and SIGCONT.
 */
static int orphan(void)
{
	int fd[2], n;
	char buf[2];

	if (pipe(fd))
		return 1;
	if (!fork()) {
		setpgid(0, 0);
		if (!fork()) {
			signal(SIGHUP, on_signal);
			signal(SIGCONT, on_signal);
			kill(getpid(), SIGSTOP);
			while (got != (1 << SIGHUP | 1 << SIGCONT))
				usleep(1000);
			_exit(write(fd[1], "y", 1) != 1);
		}
		usleep(200000);
		_exit(0);
	}
	close(fd[1]);
	alarm(10);
	n = read(fd[0], buf, 1);
	return n != 1;
}

/* nobody could continue an orphaned group: terminal stops do nothing */
static int orphan_stop(void)
{
	int fd[2];
	char c;

	if (pipe(fd) || setsid() < 0)
		return 1;
	if (!fork()) {
		usleep(100000);
		raise(SIGTSTP);
		raise(SIGTTIN);
		_exit(write(fd[1], "y", 1) != 1);
	}
	close(fd[1]);
	alarm(10);
	return read(fd[0], &c, 1) != 1;
}

int main(void)
{
	plan(21);
	is_int(in_child(new_session), 0, "setsid");
	is_int(in_child(leader_cannot), 0, "a group leader cannot");
	test_groups();
	test_after_exec();
	is_int(in_child(orphan), 0, "an orphaned group that was stopped");
	is_int(in_child(orphan_stop), 0, "SIGTSTP in an orphaned group");
	return done();
}
