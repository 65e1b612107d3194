// SPDX-License-Identifier: MIT
/*
 * test_system.c - calls about the machine and the process as a whole: adjtimex,
 * personality and uname, subreapers, the order of kill's checks.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "tap.h"

#define NO_PID	4000000		/* above every limit on numbers that is set here */

static long call(long nr, long a, long b, long c, long d)
{
	long ret = syscall(nr, a, b, c, d);

	return ret < 0 ? -errno : ret;
}

static void clock_state(void)
{
	struct timex tx = { 0 };

	is_int(adjtimex(&tx), TIME_ERROR, "adjtimex: nobody synchronises the clock");
	is_int(tx.status, STA_UNSYNC, "status");
	is_int(tx.tick, 10000, "tick");
	is_int(tx.maxerror, 16000000, "maxerror");
	is_int(tx.tolerance, 32768000, "tolerance");
	ok(tx.time.tv_sec > 0 && tx.time.tv_usec >= 0 && tx.time.tv_usec < 1000000, "time");
	memset(&tx, 0, sizeof(tx));
	is_int(call(SYS_clock_adjtime, CLOCK_REALTIME, (long)&tx, 0, 0), TIME_ERROR,
	       "clock_adjtime of the wall clock");
	is_int(call(SYS_clock_adjtime, CLOCK_MONOTONIC, (long)&tx, 0, 0), -EOPNOTSUPP,
	       "of the monotonic clock");
	is_int(call(SYS_clock_adjtime, 77, (long)&tx, 0, 0), -EINVAL, "of no clock");
	is_int(call(SYS_adjtimex, 8, 0, 0, 0), -EFAULT, "adjtimex with a bad pointer");
}

static void names(void)
{
	struct utsname u, v;

	uname(&u);
	is_str(u.machine, "x86_64", "machine");
	personality(PER_LINUX32);
	uname(&v);
	is_str(v.machine, "i686", "machine of the 32-bit personality");
	personality(0x0020000);		/* UNAME26 */
	uname(&v);
	ok(!strncmp(v.release, "2.6.61-", 7), "release of a kernel that is called 2.6");
	personality(PER_LINUX);
	uname(&v);
	ok(!memcmp(&u, &v, sizeof(u)), "back");
}

static void kill_order(void)
{
	is_int(call(SYS_kill, NO_PID, 100, 0, 0), -ESRCH, "kill: no process, no signal");
	is_int(call(SYS_kill, getpid(), 100, 0, 0), -EINVAL, "kill: no signal");
	is_int(call(SYS_kill, -NO_PID, 100, 0, 0), -ESRCH, "kill: no group");
	is_int(call(SYS_tkill, NO_PID, 100, 0, 0), -ESRCH, "tkill: no thread");
	is_int(call(SYS_tgkill, NO_PID, NO_PID, 100, 0), -ESRCH, "tgkill: no thread");
	is_int(call(SYS_tgkill, getpid(), getpid(), 65, 0), -EINVAL, "tgkill: no signal");
	is_int(call(SYS_prlimit64, NO_PID, 99, 0, 0), -ESRCH, "prlimit: no process, no limit");
	is_int(call(SYS_prlimit64, 0, 99, 0, 0), -EINVAL, "prlimit: no limit");
}

/* a grandchild that exists already gets the subreaper for its parent */
static void subreaper(void)
{
	int go[2], said[2], me = getpid(), parent = 0;
	char c;

	pipe(go);
	pipe(said);
	if (!fork()) {
		if (!fork()) {
			close(go[1]);
			read(go[0], &c, 1);	/* until the parent is gone */
			while (getppid() != me && getppid() != 1)
				usleep(1000);
			parent = getppid();
			write(said[1], &parent, sizeof(parent));
			_exit(0);
		}
		close(go[1]);
		read(go[0], &c, 1);
		_exit(0);
	}
	is_int(prctl(PR_SET_CHILD_SUBREAPER, 1), 0, "become a subreaper");
	close(go[0]);
	close(go[1]);
	read(said[0], &parent, sizeof(parent));
	ok(parent == me, "a grandchild from before comes to it");
	ok(wait(NULL) > 0 && wait(NULL) > 0, "both can be waited for");
}

static void *fork_in_thread(void *said)
{
	sigset_t set;
	siginfo_t info;
	struct timespec limit = { .tv_sec = 10 };
	pid_t pid;
	char c;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGUSR1);
		write(((int *)said)[1], "r", 1);
		_exit(sigtimedwait(&set, &info, &limit) == SIGUSR1 ? 7 : 1);
	}
	read(((int *)said)[0], &c, 1);		/* the child is ready */
	return NULL;
}

/* the parent of a child is the thread that made it, until that one exits */
static void death_of_a_thread(void)
{
	pthread_t thread;
	int said[2], status = 0;

	pipe(said);
	pthread_create(&thread, NULL, fork_in_thread, said);
	pthread_join(thread, NULL);
	wait(&status);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 7,
	   "a child hears that the thread that made it has died");
}

int main(void)
{
	plan(0);
	clock_state();
	names();
	kill_order();
	subreaper();
	death_of_a_thread();
	return done();
}
