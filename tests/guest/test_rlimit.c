// SPDX-License-Identifier: MIT
/*
 * Limits, priorities, scheduling policies and ids: what is kept, inherited, refused.
 */
#define _GNU_SOURCE
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
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

static void test_limits(void)
{
	struct rlimit r, old;

	is(getrlimit(RLIMIT_STACK, &old), 0, 0, "the stack has a limit");
	ok(old.rlim_cur == 8 << 20, "of 8 MiB");
	r = old;
	r.rlim_cur = 4 << 20;
	is(setrlimit(RLIMIT_STACK, &r), 0, 0, "it can be lowered");
	getrlimit(RLIMIT_STACK, &r);
	ok(r.rlim_cur == 4 << 20, "and is");
	setrlimit(RLIMIT_STACK, &old);
	r.rlim_cur = 5;
	r.rlim_max = 4;
	is(setrlimit(RLIMIT_DATA, &r), -1, EINVAL, "soft above hard");
	is(getrlimit(16, &r), -1, EINVAL, "no limit 16");
	is(syscall(SYS_prlimit64, 99999, 0, NULL, &r), -1, ESRCH, "nobody's");
	is(syscall(SYS_prlimit64, 0, RLIMIT_CORE, NULL, (void *)8), -1, EFAULT, "a bad pointer");
}

static int child_has_limit(void)
{
	struct rlimit r;

	getrlimit(RLIMIT_FSIZE, &r);
	return r.rlim_cur != 12345;
}

static int user_cannot_raise(void)
{
	struct rlimit r = { 10, 10 };

	if (setrlimit(RLIMIT_CORE, &r) || setuid(1000))
		return 1;
	r.rlim_max = 20;
	return setrlimit(RLIMIT_CORE, &r) != -1 || errno != EPERM;
}

static int nproc(void)
{
	struct rlimit r = { 3, 3 };
	int i;

	if (setrlimit(RLIMIT_NPROC, &r) || setuid(1234))
		return 1;
	for (i = 0; i < 5; i++) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (!pid)
			for (;;)
				pause();
	}
	kill(-1, SIGKILL);
	return i == 2 && errno == EAGAIN ? 0 : 10 + i;
}

static int cpu_limit(void)
{
	struct rlimit r = { 1, 2 };

	setrlimit(RLIMIT_CPU, &r);
	for (;;)
		;
	return 1;
}

static int cpu_limit_ignored(void)
{
	struct rlimit r = { 1, 2 };

	signal(SIGXCPU, SIG_IGN);
	setrlimit(RLIMIT_CPU, &r);
	for (;;)
		;
	return 1;
}

static void test_inherit(void)
{
	struct rlimit r = { 12345, RLIM_INFINITY };

	setrlimit(RLIMIT_FSIZE, &r);
	is_int(in_child(child_has_limit), 0, "a child inherits");
	r.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &r);
	is_int(in_child(user_cannot_raise), 0, "a user cannot raise the hard limit");
	is_int(in_child(nproc), 0, "RLIMIT_NPROC");
	is_int(in_child(cpu_limit), 1000 + SIGXCPU, "RLIMIT_CPU: SIGXCPU");
	is_int(in_child(cpu_limit_ignored), 1000 + SIGKILL, "and SIGKILL in the end");
}

static int user_nice(void)
{
	if (setuid(1000))
		return 1;
	if (setpriority(PRIO_PROCESS, 0, 5) || getpriority(PRIO_PROCESS, 0) != 5)
		return 2;
	if (setpriority(PRIO_PROCESS, 0, 4) != -1 || errno != EACCES)
		return 3;
	return setpriority(PRIO_PROCESS, getppid(), 10) != -1 || errno != EPERM ? 4 : 0;
}

static int root_nice(void)
{
	if (setpriority(PRIO_PROCESS, 0, -5) || getpriority(PRIO_PROCESS, 0) != -5)
		return 1;
	if (setpriority(PRIO_PROCESS, 0, 100) || getpriority(PRIO_PROCESS, 0) != 19)
		return 2;
	if (setpriority(7, 0, 0) != -1 || errno != EINVAL)
		return 3;
	return setpriority(PRIO_PROCESS, 99999, 0) != -1 || errno != ESRCH ? 4 : 0;
}

static int policies(void)
{
	struct sched_param p = { .sched_priority = 10 };

	if (syscall(SYS_sched_setscheduler, 0, SCHED_RR, &p) ||
	    syscall(SYS_sched_getscheduler, 0) != SCHED_RR)
		return 1;
	p.sched_priority = 0;
	if (syscall(SYS_sched_getparam, 0, &p) || p.sched_priority != 10)
		return 2;
	p.sched_priority = 100;
	if (syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &p) != -1 || errno != EINVAL)
		return 3;
	p.sched_priority = 1;
	if (syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &p) != -1 || errno != EINVAL)
		return 4;
	p.sched_priority = 0;
	if (syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &p))
		return 5;
	if (syscall(SYS_sched_setscheduler, 0, 77, &p) != -1 || errno != EINVAL)
		return 6;
	if (sched_get_priority_max(SCHED_FIFO) != 99 || sched_get_priority_min(SCHED_RR) != 1 ||
	    sched_get_priority_max(SCHED_OTHER) != 0)
		return 7;
	if (setuid(1000))
		return 8;
	p.sched_priority = 1;
	return syscall(SYS_sched_setscheduler, 0, SCHED_RR, &p) != -1 || errno != EPERM ? 9 : 0;
}

static int affinity(void)
{
	cpu_set_t set;
	unsigned int cpu = 99;

	if (sched_getaffinity(0, sizeof(set), &set) || !CPU_ISSET(0, &set))
		return 1;
	CPU_ZERO(&set);
	if (sched_setaffinity(0, sizeof(set), &set) != -1 || errno != EINVAL)
		return 2;
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return 3;
	if (syscall(SYS_getcpu, &cpu, NULL, NULL) || cpu != 0)
		return 4;
	return sched_getaffinity(99999, sizeof(set), &set) != -1 || errno != ESRCH ? 5 : 0;
}

static int ids(void)
{
	gid_t groups[3] = { 7, 5, 6 }, got[8];
	uid_t r, e, s;

	if (setgroups(3, groups) || getgroups(8, got) != 3 || got[0] != 5 || got[2] != 7)
		return 1;
	if (getgroups(2, got) != -1 || errno != EINVAL)
		return 2;
	if (setresgid(100, 101, 102) || getegid() != 101 || getgid() != 100)
		return 3;
	if (setresuid(1000, 1001, 1002) || getresuid(&r, &e, &s) || r != 1000 || e != 1001 ||
	    s != 1002)
		return 4;
	if (setuid(0) != -1 || errno != EPERM)
		return 5;
	if (setresuid(-1, 1002, -1) || geteuid() != 1002)
		return 6;
	if (setreuid(1000, 1000) || getresuid(&r, &e, &s) || e != 1000)
		return 7;
	return setgroups(0, NULL) != -1 || errno != EPERM ? 8 : 0;
}

static int names(void)
{
	struct utsname u;
	char name[32] = "";

	uname(&u);
	if (strcmp(u.sysname, "Linux") || strcmp(u.machine, "x86_64") || strncmp(u.release, "6.1.", 4))
		return 1;
	if (sethostname("box", 3) || uname(&u) || strcmp(u.nodename, "box"))
		return 2;
	if (sethostname(name, 65) != -1 || errno != EINVAL)
		return 3;
	if (prctl(PR_SET_NAME, "a name that is too long") || prctl(PR_GET_NAME, name) ||
	    strcmp(name, "a name that is "))
		return 4;
	return prctl(12345, 0, 0, 0, 0) != -1 || errno != EINVAL ? 5 : 0;
}

int main(void)
{
	plan(19);
	test_limits();
	test_inherit();
	is_int(in_child(user_nice), 0, "nice values of a user");
	is_int(in_child(root_nice), 0, "nice values of root");
	is_int(in_child(policies), 0, "policies");
	is_int(in_child(affinity), 0, "affinity");
	is_int(in_child(ids), 0, "user and group ids");
	is_int(in_child(names), 0, "names");
	return done();
}
