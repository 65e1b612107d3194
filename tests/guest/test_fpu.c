// SPDX-License-Identifier: MIT
/*
 * test_fpu.c - floating-point and vector registers survive system calls, switches,
 * fork and signals, and belong to one task alone.
 */
#define _GNU_SOURCE
#include <fenv.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

struct xmm_set {
	uint64_t v[16][2];
} __attribute__((aligned(16)));

#define LOAD_XMM(s) asm volatile(				\
	"movaps 0(%0), %%xmm0; movaps 16(%0), %%xmm1;"		\
	"movaps 32(%0), %%xmm2; movaps 48(%0), %%xmm3;"		\
	"movaps 64(%0), %%xmm4; movaps 80(%0), %%xmm5;"		\
	"movaps 96(%0), %%xmm6; movaps 112(%0), %%xmm7;"	\
	"movaps 128(%0), %%xmm8; movaps 144(%0), %%xmm9;"	\
	"movaps 160(%0), %%xmm10; movaps 176(%0), %%xmm11;"	\
	"movaps 192(%0), %%xmm12; movaps 208(%0), %%xmm13;"	\
	"movaps 224(%0), %%xmm14; movaps 240(%0), %%xmm15"	\
	: : "r"(s) : "memory")
#define STORE_XMM(s) asm volatile(				\
	"movaps %%xmm0, 0(%0); movaps %%xmm1, 16(%0);"		\
	"movaps %%xmm2, 32(%0); movaps %%xmm3, 48(%0);"		\
	"movaps %%xmm4, 64(%0); movaps %%xmm5, 80(%0);"		\
	"movaps %%xmm6, 96(%0); movaps %%xmm7, 112(%0);"	\
	"movaps %%xmm8, 128(%0); movaps %%xmm9, 144(%0);"	\
	"movaps %%xmm10, 160(%0); movaps %%xmm11, 176(%0);"	\
	"movaps %%xmm12, 192(%0); movaps %%xmm13, 208(%0);"	\
	"movaps %%xmm14, 224(%0); movaps %%xmm15, 240(%0)"	\
	: : "r"(s) : "memory")

static long raw(long nr)
{
	long ret;

	asm volatile("syscall" : "=a"(ret) : "a"(nr) : "rcx", "r11", "memory");
	return ret;
}

static void fill(struct xmm_set *s, uint64_t seed)
{
	int i;

	for (i = 0; i < 16; i++) {
		s->v[i][0] = seed * 1000003 + i;
		s->v[i][1] = ~s->v[i][0];
	}
}

/* @calls yields with all registers set: are they still the same? */
static int keeps(uint64_t seed, int calls)
{
	struct xmm_set set, now;
	int i;

	fill(&set, seed);
	for (i = 0; i < calls; i++) {
		LOAD_XMM(&set);
		raw(24);		/* sched_yield */
		STORE_XMM(&now);
		if (memcmp(&set, &now, sizeof(set)))
			return 0;
	}
	return 1;
}

/* With a timer tick in between, and no system call. */
static int keeps_spinning(uint64_t seed)
{
	struct xmm_set set, now;

	fill(&set, seed);
	LOAD_XMM(&set);
	asm volatile("movl $60000000, %%ecx\n1: decl %%ecx; jnz 1b" : : : "ecx");
	STORE_XMM(&now);
	return !memcmp(&set, &now, sizeof(set));
}

static int children_keep(int count, int (*fn)(uint64_t seed))
{
	int i, status, good = 1;

	for (i = 0; i < count; i++)
		if (!fork())
			_exit(fn(i + 1) ? 0 : 1);
	for (i = 0; i < count; i++) {
		wait(&status);
		good &= status == 0;
	}
	return good;
}

static int many_yields(uint64_t seed) { return keeps(seed, 3000); }

static void test_fork(void)
{
	struct xmm_set set, now;
	pid_t pid;
	int status;

	fill(&set, 99);
	LOAD_XMM(&set);
	pid = raw(57);
	STORE_XMM(&now);
	if (!pid)
		_exit(memcmp(&set, &now, sizeof(set)) ? 1 : 0);
	ok(!memcmp(&set, &now, sizeof(set)), "fork keeps the parent's registers");
	waitpid(pid, &status, 0);
	is_int(status, 0, "fork copies the registers to the child");
}

static volatile int handled, fresh;

/* a handler begins as a program does, whatever was interrupted */
static void look(void)
{
	unsigned int mxcsr;
	unsigned short cw;
	struct xmm_set now;
	static const struct xmm_set zero;

	STORE_XMM(&now);
	asm volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr), "=m"(cw));
	fresh = mxcsr == 0x1f80 && cw == 0x37f && !memcmp(&now, &zero, sizeof(now));
}

static void clobber(int sig)
{
	struct xmm_set junk;
	unsigned int mxcsr = 0x7f80;
	unsigned short cw = 0x27f;

	look();
	memset(&junk, 0xaa, sizeof(junk));
	LOAD_XMM(&junk);
	asm volatile("ldmxcsr %0; fninit; fldcw %1; fldpi; fldpi" : : "m"(mxcsr), "m"(cw));
	handled++;
}

static void test_signal(void)
{
	struct xmm_set set, now;
	unsigned int mxcsr_before, mxcsr;
	unsigned short cw_before, cw;
	double st = 0;
	pid_t pid = getpid();

	signal(SIGUSR1, clobber);
	fill(&set, 7);
	asm volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr_before), "=m"(cw_before));
	mxcsr = 0x3f80;
	asm volatile("ldmxcsr %0; fninit; fld1" : : "m"(mxcsr));
	LOAD_XMM(&set);
	asm volatile("syscall" : : "a"(62L), "D"((long)pid), "S"((long)SIGUSR1)
		     : "rcx", "r11", "memory");
	STORE_XMM(&now);
	asm volatile("stmxcsr %0; fnstcw %1; fstpl %2" : "=m"(mxcsr), "=m"(cw), "=m"(st));
	is_int(handled, 1, "the handler ran");
	ok(!memcmp(&set, &now, sizeof(set)), "a handler leaves vector registers alone");
	is_int(mxcsr, 0x3f80, "a handler leaves MXCSR alone");
	asm volatile("ldmxcsr %0" : : "m"(mxcsr_before));
	ok(fresh, "and found registers as a program begins with");
	is_int(cw, cw_before, "a handler leaves the x87 control word alone");
	ok(st == 1.0, "a handler leaves the x87 stack alone");
}

static void tick(int sig) { clobber(sig); }

static void test_async(void)
{
	struct itimerval it = { { 0, 1000 }, { 0, 1000 } }, off = { { 0, 0 }, { 0, 0 } };
	int i, good = 1;

	handled = 0;
	signal(SIGALRM, tick);
	setitimer(ITIMER_REAL, &it, NULL);
	for (i = 0; i < 50 && handled < 20; i++)
		good &= keeps_spinning(i);
	setitimer(ITIMER_REAL, &off, NULL);
	ok(good && handled, "asynchronous handlers leave the registers alone");
}

int main(int argc, char **argv)
{
	struct xmm_set now;
	unsigned int mxcsr;
	unsigned short cw;

	if (argc > 1) {		/* after exec */
		STORE_XMM(&now);
		asm volatile("stmxcsr %0; fnstcw %1" : "=m"(mxcsr), "=m"(cw));
		return mxcsr != 0x1f80 || cw != 0x37f;
	}
	plan(0);
	ok(keeps(1, 100), "system calls leave vector registers alone");
	ok(children_keep(4, many_yields), "four processes that yield do not mix them");
	ok(children_keep(3, keeps_spinning), "three processes that are preempted do not mix them");
	test_fork();
	test_signal();
	test_async();
	fflush(stdout);
	mxcsr = 0x7f80;
	cw = 0x27f;
	asm volatile("ldmxcsr %0; fldcw %1" : : "m"(mxcsr), "m"(cw));
	if (!fork()) {
		execl("/proc/self/exe", "test_fpu", "after-exec", (char *)NULL);
		_exit(2);
	}
	int status;

	wait(&status);
	is_int(status, 0, "exec begins with fresh control words");
	return done();
}
