// SPDX-License-Identifier: MIT
/*
 * test_fsgsbase.c - programs set the bases of FS and GS themselves, where the CPU and the
 * kernel let them: any canonical address, and it stays whatever the kernel does meanwhile.
 * Elsewhere the instructions are illegal. arch_prctl() sees what the instructions did, and
 * the other way round.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <pthread.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>

#include "vmutil.h"

#define ARCH_SET_GS	0x1001
#define ARCH_SET_FS	0x1002
#define ARCH_GET_FS	0x1003
#define ARCH_GET_GS	0x1004
#define USER_DS		0x2b
#define USER_TOP	0x7ffffffff000ul
#define FSGSBASE	2ul		/* of AT_HWCAP2 */

static unsigned long rdfsbase(void)
{
	unsigned long v;

	asm volatile("rdfsbase %0" : "=r"(v));
	return v;
}

static unsigned long rdgsbase(void)
{
	unsigned long v;

	asm volatile("rdgsbase %0" : "=r"(v));
	return v;
}

static void wrgsbase(unsigned long v)
{
	asm volatile("wrgsbase %0" : : "r"(v) : "memory");
}

/* system calls that work without thread-local storage */
static long raw(long nr, long a, long b)
{
	asm volatile("syscall" : "+a"(nr) : "D"(a), "S"(b) : "rcx", "r11", "memory");
	return nr;
}

static unsigned long get_base(int which)
{
	unsigned long v = 1;

	if (syscall(SYS_arch_prctl, which, &v))
		bail("arch_prctl");
	return v;
}

/* addresses that are the kernel's own, and what is next to the edges */
static const unsigned long values[] = {
	0, 1, 0x1234567890, USER_TOP - 1, USER_TOP, 0x7ffffffffffful, 0xffff800000000000ul,
	0xffff888000001000ul, 0xffffffff81000000ul, 0xffffffff81234567ul, ~0ul, 0x80000000ul,
};
#define NVALUES	(sizeof(values) / sizeof(values[0]))

static const unsigned long not_canonical[] = {
	0x800000000000ul, 0xffff7ffffffffffful, 0x8000000000000000ul, 0x7ffffffffffffffful,
};

/* --- one task -------------------------------------------------------------------------- */

static void test_read(void)
{
	static char place[16];

	is_int(rdfsbase() == get_base(ARCH_GET_FS), 1, "rdfsbase is what arch_prctl says");
	is_int(rdgsbase(), 0, "GS begins at 0");
	is(syscall(SYS_arch_prctl, ARCH_SET_GS, place), 0, 0, "arch_prctl sets GS");
	ok(rdgsbase() == (unsigned long)place, "rdgsbase sees it");
	wrgsbase((unsigned long)place + 4);
	ok(get_base(ARCH_GET_GS) == (unsigned long)place + 4, "arch_prctl sees wrgsbase");
	asm volatile("movb $77, %%gs:3" : : : "memory");
	is_int(place[7], 77, "and memory is accessed by it");
	is(syscall(SYS_arch_prctl, ARCH_SET_GS, USER_TOP), -1, EPERM,
	   "arch_prctl: not where the kernel is");
	is(syscall(SYS_arch_prctl, ARCH_SET_GS, ~0ul), -1, EPERM, "nor at the end");
	ok(rdgsbase() == (unsigned long)place + 4, "nothing has changed");
}

/* an emulated CPU may take them; either way it is one or the other */
static void test_not_canonical(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(not_canonical) / sizeof(not_canonical[0]); i++) {
		wrgsbase(0x1000);
		vm_signal = 0;
		if (!sigsetjmp(vm_jump, 1))
			wrgsbase(not_canonical[i]);
		if (vm_signal)
			ok(vm_signal == SIGSEGV && vm_code == SI_KERNEL && !vm_addr &&
			   rdgsbase() == 0x1000, "%lx is no base", not_canonical[i]);
		else
			ok(rdgsbase() == not_canonical[i], "%lx is no base", not_canonical[i]);
	}
	wrgsbase(0);
}

/* with each value: calls, switches to others, faults, and FS too while nothing needs it */
static void test_kept(void)
{
	unsigned long own = rdfsbase(), seen;
	char *p = mmap(NULL, 64 * K4, RW, PRIV, -1, 0);
	struct timespec ts = { 0, 1000000 };
	unsigned int i, bad_gs = 0, bad_fs = 0;

	for (i = 0; i < NVALUES; i++) {
		wrgsbase(values[i]);
		asm volatile("wrfsbase %0" : : "r"(values[i]));
		p[i * K4] = 1;
		raw(SYS_getpid, 0, 0);
		raw(SYS_sched_yield, 0, 0);
		raw(SYS_nanosleep, (long)&ts, 0);
		seen = rdfsbase();
		asm volatile("wrfsbase %0" : : "r"(own));
		bad_fs += seen != values[i];
		bad_gs += rdgsbase() != values[i] || get_base(ARCH_GET_GS) != values[i];
	}
	is_int(bad_gs, 0, "GS keeps each value");
	is_int(bad_fs, 0, "FS keeps each value");
	munmap(p, 64 * K4);
}

static void test_selector(void)
{
	unsigned short sel = USER_DS, now;
	unsigned int i, bad = 0;

	for (i = 0; i < NVALUES; i++) {
		asm volatile("movw %0, %%gs" : : "r"(sel));
		wrgsbase(values[i]);
		raw(SYS_sched_yield, 0, 0);
		usleep(1000);
		asm volatile("movw %%gs, %0" : "=r"(now));
		bad += now != USER_DS || rdgsbase() != values[i];
	}
	is_int(bad, 0, "a selector and a base are two things");
	is(syscall(SYS_arch_prctl, ARCH_SET_GS, 0x5000), 0, 0, "arch_prctl");
	asm volatile("movw %%gs, %0" : "=r"(now));
	ok(!now && rdgsbase() == 0x5000, "clears the selector");
}

/* --- signals ---------------------------------------------------------------------------- */

static volatile unsigned long in_handler;
static volatile int handled;

static void on_alarm(int sig)
{
	in_handler = rdgsbase();
	wrgsbase(in_handler ^ 8);
	handled++;
}

/* also: interrupts that come while GS looks like the kernel's own */
static void test_signals(void)
{
	struct itimerval every = { { 0, 2000 }, { 0, 2000 } }, never = { };
	unsigned int i, bad = 0;

	signal(SIGUSR1, on_alarm);
	for (i = 0; i < NVALUES; i++) {
		wrgsbase(values[i]);
		raise(SIGUSR1);
		bad += in_handler != values[i] || rdgsbase() != (values[i] ^ 8);
	}
	is_int(bad, 0, "a handler finds GS, and what it sets stays");
	signal(SIGALRM, on_alarm);
	handled = 0;
	wrgsbase(0xffffffff80000000ul);
	setitimer(ITIMER_REAL, &every, NULL);
	while (handled < 20)
		;
	setitimer(ITIMER_REAL, &never, NULL);
	ok(rdgsbase() == (0xffffffff80000000ul ^ (handled & 1 ? 8 : 0)), "a running program is interrupted");
}

/* --- others ------------------------------------------------------------------------------- */

static int wait_for(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		bail("waitpid");
	return status;
}

static void test_fork(void)
{
	unsigned int i, bad = 0;

	for (i = 0; i < NVALUES; i++) {
		pid_t pid;

		wrgsbase(values[i]);
		pid = fork();
		if (!pid) {
			unsigned long first = rdgsbase();

			wrgsbase(7);
			sched_yield();
			_exit(first != values[i] || rdgsbase() != 7);
		}
		bad += wait_for(pid) != 0 || rdgsbase() != values[i];
	}
	is_int(bad, 0, "a child begins with the parent's base");
}

/* several on few CPUs: each finds its own again, again and again */
static void test_many(void)
{
	pid_t pid[NVALUES];
	unsigned int i, bad = 0;

	for (i = 0; i < NVALUES; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		wrgsbase(values[i]);
		for (int k = 0; k < 500; k++) {
			raw(SYS_sched_yield, 0, 0);
			bad += rdgsbase() != values[i];
		}
		_exit(bad != 0);
	}
	for (i = 0; i < NVALUES; i++)
		bad += wait_for(pid[i]) != 0;
	is_int(bad, 0, "many at once keep theirs");
}

static void *thread(void *arg)
{
	unsigned long tls = rdfsbase(), first = rdgsbase();

	if (tls != (unsigned long)pthread_self())
		return (void *)1;
	wrgsbase((unsigned long)arg);
	for (int k = 0; k < 200; k++) {
		sched_yield();
		if (rdgsbase() != (unsigned long)arg || rdfsbase() != tls)
			return (void *)2;
	}
	return (void *)(first == 0x4000 ? 0ul : 3ul);
}

static void test_threads(void)
{
	pthread_t t[NVALUES];
	unsigned int i, bad = 0;
	void *result;

	wrgsbase(0x4000);
	for (i = 0; i < NVALUES; i++)
		if (pthread_create(&t[i], NULL, thread, (void *)values[i]))
			bail("pthread_create");
	for (i = 0; i < NVALUES; i++) {
		pthread_join(t[i], &result);
		bad += result != NULL;
	}
	is_int(bad, 0, "threads have bases of their own");
	ok(rdgsbase() == 0x4000, "so has the first");
}

static void test_exec(const char *self)
{
	pid_t pid = fork();

	if (!pid) {
		wrgsbase(0xffffffff81000000ul);
		execl(self, self, "fresh", NULL);
		_exit(99);
	}
	is_int(wait_for(pid), 0, "a new program begins with 0");
}

/* --- interrupts that nothing masks ------------------------------------------------------- */

static int count_nmi(void)
{
	static char log[262144];
	int n = syscall(SYS_syslog, 3, log, sizeof(log) - 1), found = 0;

	for (char *p = log; n > 0 && (p = strstr(p, "NMI received")); p++)
		found++;
	return found;
}

/* tests/boot_tests.py sends them: a CPU each spins with a base that is the kernel's */
static int spin_under_nmi(int want)
{
	volatile int *end = mmap(NULL, K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid[NVALUES];
	unsigned int i;
	int bad = 0;

	for (i = 0; i < NVALUES; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		wrgsbase(values[i]);
		while (!*end)
			for (int k = 0; k < 10000; k++)
				bad |= rdgsbase() != values[i];
		_exit(bad);
	}
	printf("spinning: %u programs, among them some whose base of GS is the kernel's\n",
	       (unsigned int)NVALUES);
	fflush(stdout);
	while (count_nmi() < want)
		sched_yield();
	*end = 1;
	for (i = 0; i < NVALUES; i++)
		bad |= wait_for(pid[i]);
	printf("%s\n", bad ? "lost" : "kept");
	return bad;
}

/* --- */

static void on_ill(int sig, siginfo_t *info, void *ctx)
{
	vm_signal = sig;
	vm_code = info->si_code;
	siglongjmp(vm_jump, 1);
}

static void test_without(void)
{
	struct sigaction sa = { .sa_sigaction = on_ill, .sa_flags = SA_SIGINFO | SA_NODEFER };

	sigaction(SIGILL, &sa, NULL);
	if (!sigsetjmp(vm_jump, 1))
		rdgsbase();
	ok(vm_signal == SIGILL && vm_code == ILL_ILLOPN, "rdgsbase is no instruction");
	vm_signal = 0;
	if (!sigsetjmp(vm_jump, 1))
		wrgsbase(0);
	is_int(vm_signal, SIGILL, "nor is wrgsbase");
	is(syscall(SYS_arch_prctl, ARCH_SET_GS, 0x5000), 0, 0, "arch_prctl sets GS");
	sched_yield();
	ok(get_base(ARCH_GET_GS) == 0x5000, "and knows it");
}

int main(int argc, char **argv)
{
	static char cpuinfo[65536];
	int fd = open("/proc/cpuinfo", O_RDONLY);
	int has;

	if (argc > 2)
		return spin_under_nmi(atoi(argv[2]));
	if (argc > 1)
		return rdgsbase() != 0;
	plan(0);
	vm_catch();
	if (read(fd, cpuinfo, sizeof(cpuinfo) - 1) <= 0)
		bail("cpuinfo");
	close(fd);
	has = strstr(cpuinfo, " fsgsbase") != NULL;
	is_int(getauxval(AT_HWCAP2) & FSGSBASE, has ? 2 : 0, "the flag and AT_HWCAP2 agree");
	if (!has) {
		test_without();
		return done();
	}
	test_read();
	test_not_canonical();
	test_kept();
	test_selector();
	test_signals();
	test_fork();
	test_many();
	test_threads();
	test_exec("/proc/self/exe");
	return done();
}
