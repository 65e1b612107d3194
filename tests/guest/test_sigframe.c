// SPDX-License-Identifier: MIT
/*
 * test_sigframe.c - the frame of a signal handler and rt_sigreturn: layout, what a
 * handler may change, what a made-up frame may not.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>
#include "tap.h"

#define FP_XSTATE_MAGIC1 0x46505853u
#define FP_XSTATE_MAGIC2 0x46505845u

static volatile int calls;
static volatile uintptr_t frame_sp, info_at, uc_at, fp_at, cs_ss, mask_low, alt_sp, old_sp;
static volatile unsigned int fp_magic_ok, uc_flags_ok;
static volatile int in_alt_flags;

static void probe(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;
	unsigned char *fp = (unsigned char *)uc->uc_mcontext.fpregs;
	unsigned int *sw = (unsigned int *)(fp + 464);
	stack_t ss;

	calls++;
	frame_sp = (uintptr_t)__builtin_frame_address(0) + 8;
	info_at = (uintptr_t)si;
	uc_at = (uintptr_t)ctx;
	fp_at = (uintptr_t)fp;
	cs_ss = uc->uc_mcontext.gregs[REG_CSGSFS];
	mask_low = uc->uc_sigmask.__bits[0];
	old_sp = uc->uc_mcontext.gregs[REG_RSP];
	uc_flags_ok = (uc->uc_flags & 6) == 6;
	if (uc->uc_flags & 1)
		fp_magic_ok = sw[0] == FP_XSTATE_MAGIC1 && sw[1] == sw[4] + 4 &&
			      *(unsigned int *)(fp + sw[4]) == FP_XSTATE_MAGIC2;
	else
		fp_magic_ok = 1;
	sigaltstack(NULL, &ss);
	in_alt_flags = ss.ss_flags;
	alt_sp = (uintptr_t)uc->uc_stack.ss_sp;
}

static void install(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = { .sa_sigaction = fn, .sa_flags = SA_SIGINFO | flags };

	sigaction(sig, &sa, NULL);
}

static void test_layout(void)
{
	install(SIGUSR1, probe, 0);
	raise(SIGUSR1);
	is_int(calls, 1, "the handler ran once");
	is_int(frame_sp % 16, 8, "the stack is aligned as after a call");
	is_int(uc_at - frame_sp, 8, "ucontext follows the return address");
	is_int(info_at - uc_at, 304, "siginfo follows the ucontext");
	is_int(fp_at % 64, 0, "the FPU state is aligned to 64 bytes");
	ok(fp_magic_ok, "the FPU state carries its magic words");
	ok(uc_flags_ok, "ucontext flags");
	is_int(cs_ss & 0xffff, 0x33, "cs");
	is_int(cs_ss >> 48, 0x2b, "ss");
	ok(old_sp - fp_at >= 128 + 512, "the red zone is left alone");
}

static void test_altstack(void)
{
	static char stack[32768] __attribute__((aligned(16)));
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) }, old;

	is(sigaltstack(&ss, NULL), 0, 0, "sigaltstack");
	install(SIGUSR1, probe, SA_ONSTACK);
	raise(SIGUSR1);
	ok(frame_sp >= (uintptr_t)stack && frame_sp < (uintptr_t)stack + sizeof(stack),
	   "the handler runs on the alternate stack");
	is_int(in_alt_flags, SS_ONSTACK, "and knows it");
	is_int(alt_sp, (uintptr_t)stack, "the frame names the alternate stack");
	sigaltstack(NULL, &old);
	is_int(old.ss_flags, 0, "afterwards it is not in use");
	ss.ss_flags = SS_DISABLE;
	sigaltstack(&ss, NULL);
	raise(SIGUSR1);
	ok(frame_sp < (uintptr_t)stack || frame_sp >= (uintptr_t)stack + sizeof(stack),
	   "disabled, it is not used");
}

static void change_regs(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;

	uc->uc_mcontext.gregs[REG_RAX] = 0x1234567890abcdef;
	uc->uc_mcontext.gregs[REG_R12] = 42;
	uc->uc_mcontext.gregs[REG_RIP] += 2;		/* over ud2 */
	uc->uc_mcontext.gregs[REG_EFL] |= 1 | 0x3000 | 0x4000;	/* CF; IOPL and NT are refused */
}

static void test_change(void)
{
	unsigned long rax, r12, flags;

	install(SIGILL, change_regs, 0);
	asm volatile("xorl %%eax, %%eax; xorl %%r12d, %%r12d; clc; ud2;"
		     "pushfq; popq %2; movq %%r12, %1"
		     : "=&a"(rax), "=&r"(r12), "=&r"(flags) : : "r12", "cc", "memory");
	ok(rax == 0x1234567890abcdef, "a handler can change rax");
	is_int(r12, 42, "and r12");
	is_int(flags & 1, 1, "and the carry flag");
	is_int(flags & 0x7000, 0, "but neither IOPL nor NT");
}

static void mask_in_handler(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;
	sigset_t now;

	sigprocmask(SIG_BLOCK, NULL, &now);
	calls = sigismember(&now, SIGUSR1) && sigismember(&now, SIGUSR2) &&
		!sigismember(&now, SIGTERM);
	sigaddset(&uc->uc_sigmask, SIGTERM);
	sigaddset(&uc->uc_sigmask, SIGKILL);
}

static void test_mask(void)
{
	struct sigaction sa = { .sa_sigaction = mask_in_handler, .sa_flags = SA_SIGINFO };
	sigset_t now;

	sigaddset(&sa.sa_mask, SIGUSR2);
	sigaction(SIGUSR1, &sa, NULL);
	calls = 0;
	raise(SIGUSR1);
	ok(calls, "a handler runs with its signal and sa_mask blocked");
	sigprocmask(SIG_BLOCK, NULL, &now);
	ok(sigismember(&now, SIGTERM) && !sigismember(&now, SIGUSR1),
	   "sigreturn takes the mask from the frame");
	ok(!sigismember(&now, SIGKILL), "but never blocks SIGKILL");
	sigemptyset(&now);
	sigprocmask(SIG_SETMASK, &now, NULL);
}

static int dies_of(void (*fn)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		fn();
		_exit(77);
	}
	waitpid(pid, &status, 0);
	return status;
}

static void return_to_nowhere(int sig, siginfo_t *si, void *ctx)
{
	((ucontext_t *)ctx)->uc_mcontext.gregs[REG_RIP] = 0x800000000000;
}
static void return_to_kernel(int sig, siginfo_t *si, void *ctx)
{
	((ucontext_t *)ctx)->uc_mcontext.gregs[REG_RIP] = (long)0xffffffff81000000;
}
static void bad_fpstate(int sig, siginfo_t *si, void *ctx)
{
	((ucontext_t *)ctx)->uc_mcontext.fpregs = (void *)0x1000;
}
static void bad_mxcsr(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;

	((unsigned int *)uc->uc_mcontext.fpregs)[6] = 0xffffffff;
}
static void bad_xcomp(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;

	if (uc->uc_flags & 1)
		((unsigned long *)uc->uc_mcontext.fpregs)[65] = ~0ul;
	else
		uc->uc_mcontext.fpregs = (void *)0x1000;
}
static void no_fpstate(int sig, siginfo_t *si, void *ctx)
{
	((ucontext_t *)ctx)->uc_mcontext.fpregs = NULL;
}
static void handled(void (*fn)(int, siginfo_t *, void *))
{
	install(SIGUSR1, fn, 0);
	raise(SIGUSR1);
}
static void do_nowhere(void) { handled(return_to_nowhere); }
static void do_kernel(void) { handled(return_to_kernel); }
static void do_fpstate(void) { handled(bad_fpstate); }
static void do_mxcsr(void) { handled(bad_mxcsr); }
static void do_xcomp(void) { handled(bad_xcomp); }
static void do_no_fpstate(void) { handled(no_fpstate); _exit(0); }
static void do_wild_frame(void)
{
	asm volatile("movq $0x1000, %rsp; movl $15, %eax; syscall");
}
static void do_handler_nowhere(void)
{
	install(SIGUSR1, (void *)0xffff800000000000ul, 0);
	raise(SIGUSR1);
}
static void do_small_altstack(void)
{
	static char stack[2048];
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) };
	char *frame;

	sigaltstack(&ss, NULL);
	/* On the alternate stack, and nothing left of it. */
	install(SIGUSR1, probe, SA_ONSTACK);
	frame = stack + 256;
	asm volatile("movq %0, %%rsp; movl $39, %%eax; syscall; movl %%eax, %%edi;"
		     "movl $10, %%esi; movl $62, %%eax; syscall"
		     : : "r"(frame) : "memory");
}

static void test_bad_frames(void)
{
	int status;

	is_int(dies_of(do_nowhere), SIGSEGV, "sigreturn to an address that is not canonical");
	is_int(dies_of(do_kernel), SIGSEGV, "sigreturn to a kernel address");
	is_int(dies_of(do_fpstate), SIGSEGV, "a frame whose FPU state is not mapped");
	status = dies_of(do_mxcsr);	/* QEMU's TCG loads anything */
	ok(status == SIGSEGV || status == 77 << 8, "a frame with impossible MXCSR bits");
	is_int(dies_of(do_xcomp), SIGSEGV, "a frame with an impossible XSAVE header");
	is_int(dies_of(do_no_fpstate), 0, "a frame without FPU state");
	is_int(dies_of(do_wild_frame), SIGSEGV, "sigreturn from nowhere");
	is_int(dies_of(do_handler_nowhere), SIGSEGV, "a handler that is not canonical");
	is_int(dies_of(do_small_altstack), SIGSEGV, "no room on the alternate stack");
}

static sigjmp_buf env;
static void jump_out(int sig) { siglongjmp(env, 1); }

int main(void)
{
	int i, status, fds[2];
	pid_t pid;
	char c;

	plan(0);
	test_layout();
	test_altstack();
	test_change();
	test_mask();
	test_bad_frames();

	signal(SIGUSR2, jump_out);
	for (i = 0; i < 100; i++)
		if (!sigsetjmp(env, 1))
			raise(SIGUSR2);
	is_int(i, 100, "a hundred handlers left by a jump");

	/* restart, and none */
	install(SIGUSR1, probe, SA_RESTART);
	for (i = 0; i < 2; i++) {
		if (pipe(fds))
			bail("pipe");
		pid = fork();
		if (!pid) {
			usleep(100000);
			kill(getppid(), SIGUSR1);
			usleep(100000);
			_exit(write(fds[1], "x", 1) != 1);
		}
		if (i == 0)
			is(read(fds[0], &c, 1), 1, 0, "SA_RESTART: read goes on");
		else
			is(read(fds[0], &c, 1), -1, EINTR, "without it: EINTR");
		waitpid(pid, &status, 0);
		close(fds[0]);
		close(fds[1]);
		install(SIGUSR1, probe, 0);
	}
	return done();
}
