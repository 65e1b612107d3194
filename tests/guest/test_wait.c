// SPDX-License-Identifier: MIT
/*
 * wait4 and waitid: who is waited for, what is told, zombies, orphans, usage.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static pid_t child(int code)
{
	pid_t pid = fork();

	if (!pid)
		_exit(code);
	return pid;
}

static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (!pid)
		for (;;)
			pause();
	return pid;
}

static void test_exit_status(void)
{
	int status, i, good = 0;
	pid_t pid;

	for (i = 0; i < 256; i += 15) {
		pid = child(i);
		waitpid(pid, &status, 0);
		good += WIFEXITED(status) && WEXITSTATUS(status) == i;
	}
	is_int(good, 18, "exit statuses 0 to 255");
	pid = sleeper();
	is(waitpid(pid, &status, WNOHANG), 0, 0, "WNOHANG: nobody yet");
	kill(pid, SIGTERM);
	is(waitpid(pid, &status, 0), pid, 0, "killed");
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM && !WCOREDUMP(status),
	   "by the signal, without a core");
	is(waitpid(pid, &status, 0), -1, ECHILD, "only once");
	is(waitpid(-1, &status, 0x8000), -1, EINVAL, "an unknown option");
	is(waitpid(99999, &status, 0), -1, ECHILD, "not ours");
	pid = child(0);
	is(syscall(SYS_wait4, pid, (int *)1, 0, 0), -1, EFAULT, "a bad status pointer");
	is(waitpid(pid, NULL, 0), -1, ECHILD, "the child is gone all the same");
}

static void test_stop(void)
{
	pid_t pid = sleeper();
	int status;

	kill(pid, SIGSTOP);
	is(waitpid(pid, &status, WUNTRACED), pid, 0, "a stop");
	ok(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP, "with its signal");
	is(waitpid(pid, &status, WUNTRACED | WNOHANG), 0, 0, "told once");
	kill(pid, SIGCONT);
	is(waitpid(pid, &status, WCONTINUED), pid, 0, "a continue");
	ok(WIFCONTINUED(status), "as such");
	is(waitpid(pid, &status, WCONTINUED | WNOHANG), 0, 0, "told once");
	kill(pid, SIGSTOP);
	kill(pid, SIGKILL);
	is(waitpid(pid, &status, 0), pid, 0, "SIGKILL ends a stopped one");
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "with its signal");
}

static void test_waitid(void)
{
	siginfo_t info;
	pid_t pid = child(5);

	memset(&info, 0xff, sizeof(info));
	is(waitid(P_PID, pid, &info, WEXITED | WNOWAIT), 0, 0, "waitid: look only");
	ok(info.si_pid == pid && info.si_code == CLD_EXITED && info.si_status == 5 &&
	   info.si_signo == SIGCHLD, "what it says");
	is(waitid(P_PID, pid, &info, WEXITED), 0, 0, "waitid: take it");
	is(waitid(P_PID, pid, &info, WEXITED), -1, ECHILD, "gone");
	is(waitid(P_ALL, 0, &info, 0), -1, EINVAL, "wait for what?");
	is(waitid(7, 0, &info, WEXITED), -1, EINVAL, "which?");
	pid = sleeper();
	memset(&info, 0, sizeof(info));
	is(waitid(P_ALL, 0, &info, WEXITED | WNOHANG), 0, 0, "nobody is ready");
	is_int(info.si_pid, 0, "and it says so");
	kill(pid, SIGKILL);
	is(waitid(P_PGID, getpgrp(), &info, WEXITED), 0, 0, "by group");
	ok(info.si_pid == pid && info.si_code == CLD_KILLED && info.si_status == SIGKILL,
	   "what it says");
}

static volatile int chld;

static void on_chld(int sig)
{
	chld++;
}

static void test_sigchld(void)
{
	struct sigaction sa = { .sa_handler = on_chld };
	pid_t pid;

	sigaction(SIGCHLD, &sa, NULL);
	pid = child(0);
	while (waitpid(pid, NULL, 0) < 0)
		;
	is_int(chld, 1, "SIGCHLD comes");
	sa.sa_handler = SIG_IGN;
	sigaction(SIGCHLD, &sa, NULL);
	pid = child(0);
	is(waitpid(pid, NULL, 0), -1, ECHILD, "ignored SIGCHLD: no zombie");
	sa.sa_handler = SIG_DFL;
	sa.sa_flags = SA_NOCLDWAIT;
	sigaction(SIGCHLD, &sa, NULL);
	pid = child(0);
	is(waitpid(pid, NULL, 0), -1, ECHILD, "SA_NOCLDWAIT: no zombie");
	sa.sa_flags = 0;
	sigaction(SIGCHLD, &sa, NULL);
}

static void test_orphan(void)
{
	int fd[2];
	pid_t middle, seen = 0;

	is(prctl(PR_SET_CHILD_SUBREAPER, 1), 0, 0, "be a subreaper");
	if (pipe(fd))
		return;
	middle = fork();
	if (!middle) {
		pid_t pid = fork();

		if (!pid) {
			while (getppid() == 1 || getppid() != getpgrp())
				usleep(1000);
			_exit(6);
		}
		_exit(write(fd[1], &pid, sizeof(pid)) != sizeof(pid));
	}
	is_int(read(fd[0], &seen, sizeof(seen)), sizeof(seen), "a grandchild");
	waitpid(middle, NULL, 0);
	kill(seen, SIGKILL);
	is(waitpid(seen, NULL, 0), seen, 0, "comes to us when its parent died");
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	close(fd[0]);
	close(fd[1]);
}

static void test_usage(void)
{
	struct rusage ru, before;
	struct timeval start, now;
	pid_t pid;

	getrusage(RUSAGE_CHILDREN, &before);
	pid = fork();
	if (!pid) {
		gettimeofday(&start, NULL);
		do {
			gettimeofday(&now, NULL);
		} while ((now.tv_sec - start.tv_sec) * 1000000 + now.tv_usec - start.tv_usec < 200000);
		_exit(0);
	}
	is(wait4(pid, NULL, 0, &ru), pid, 0, "wait4 with usage");
	ok((ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1000000 +
	   ru.ru_utime.tv_usec + ru.ru_stime.tv_usec > 10000, "it used the CPU");
	ok(ru.ru_maxrss > 0 && ru.ru_minflt > 0, "and memory");
	getrusage(RUSAGE_CHILDREN, &ru);
	ok(ru.ru_minflt > before.ru_minflt, "the children's sum grows");
	is(getrusage(17, &ru), -1, EINVAL, "whose?");
}

int main(void)
{
	plan(38);
	test_exit_status();
	test_stop();
	test_waitid();
	test_sigchld();
	test_orphan();
	test_usage();
	return done();
}
