// SPDX-License-Identifier: MIT
/*
 * test_segv.c - what a program gets when it does what it may not: each exception
 * as signal, si_code, address, trap number and error code.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>
#include "tap.h"

static sigjmp_buf back;
static volatile struct {
	int sig, code;
	uintptr_t addr, ip;
	long trapno, err;
	uintptr_t cr2;
} got;
static char altstack[65536];

static void handler(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;

	got.sig = sig;
	got.code = si->si_code;
	got.addr = (uintptr_t)si->si_addr;
	got.ip = uc->uc_mcontext.gregs[REG_RIP];
	got.trapno = uc->uc_mcontext.gregs[REG_TRAPNO];
	got.err = uc->uc_mcontext.gregs[REG_ERR];
	got.cr2 = uc->uc_mcontext.gregs[REG_CR2];
	siglongjmp(back, 1);
}

static void catch_all(void)
{
	static const int sigs[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
	stack_t ss = { .ss_sp = altstack, .ss_size = sizeof(altstack) };
	struct sigaction sa = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	unsigned int i;

	sigaltstack(&ss, NULL);
	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		sigaction(sigs[i], &sa, NULL);
}

#define TRAP(code)				\
do {						\
	memset((void *)&got, 0, sizeof(got));	\
	if (!sigsetjmp(back, 1)) {		\
		code;				\
	}					\
} while (0)

static void expect(const char *what, int sig, int code, uintptr_t addr, long trapno, long err)
{
	int good = got.sig == sig && got.code == code && got.addr == addr &&
		   got.trapno == trapno && got.err == err;

	ok(good, "%s", what);
	if (!good)
		diag("signal %d code %d addr %lx trap %ld error %ld", got.sig, got.code,
		     (unsigned long)got.addr, got.trapno, got.err);
}

static volatile char *volatile ptr;
static volatile char sink;

static int grow(int n)
{
	volatile char big[4096];

	big[0] = n;
	return n ? grow(n + 1) + big[0] : 0;
}

static void memory_faults(void)
{
	char *page = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uintptr_t p = (uintptr_t)page;

	TRAP(ptr = NULL; sink = *ptr);
	expect("read of address 0", SIGSEGV, SEGV_MAPERR, 0, 14, 4);
	TRAP(ptr = (char *)8; *ptr = 1);
	expect("write of address 8", SIGSEGV, SEGV_MAPERR, 8, 14, 6);
	is_int(got.cr2, 8, "cr2 in the context");
	sink = page[0];
	TRAP(ptr = page; *ptr = 1);
	expect("write to a read-only page", SIGSEGV, SEGV_ACCERR, p, 14, 7);
	TRAP(ptr = page + 4096; *ptr = 1);
	expect("write to a read-only page that is not there", SIGSEGV, SEGV_ACCERR, p + 4096, 14, 6);
	mprotect(page, 8192, PROT_NONE);
	TRAP(ptr = page; sink = *ptr);
	ok(got.sig == SIGSEGV && got.code == SEGV_ACCERR && got.addr == p, "read of PROT_NONE");
	munmap(page, 8192);
	TRAP(ptr = page; sink = *ptr);
	expect("read after munmap", SIGSEGV, SEGV_MAPERR, p, 14, 4);
	TRAP(ptr = (char *)0xffffffff80000000ul; sink = *ptr);
	expect("read of the kernel", SIGSEGV, SEGV_MAPERR, 0xffffffff80000000ul, 14, 5);
	TRAP(ptr = (char *)0xffff888000000000ul; *ptr = 1);
	expect("write of the kernel", SIGSEGV, SEGV_MAPERR, 0xffff888000000000ul, 14, 7);
	TRAP(ptr = (char *)0x800000000000ul; sink = *ptr);
	expect("address that is not canonical", SIGSEGV, SI_KERNEL, 0, 13, 0);
	TRAP(asm volatile("movq %%rsp, %%rbx; movq %0, %%rsp; pushq $0; movq %%rbx, %%rsp"
			  : : "r"(0x900000000000ul) : "rbx", "memory"));
	/* #SS on a CPU, #GP with QEMU's TCG */
	ok((got.sig == SIGBUS || got.sig == SIGSEGV) && got.code == SI_KERNEL,
	   "stack that is not canonical");
}

static void jumps(void)
{
	char *data = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	TRAP(((void (*)(void))16)());
	ok(got.sig == SIGSEGV && got.code == SEGV_MAPERR && got.addr == 16 && got.ip == 16 &&
	   (got.err & ~16) == 4, "jump to address 16");
	data[0] = (char)0xc3;
	TRAP(((void (*)(void))data)());
	expect("jump into data", SIGSEGV, SEGV_ACCERR, (uintptr_t)data, 14, 0x15);
	TRAP(((void (*)(void))0xffffffff81000000ul)());
	ok(got.sig == SIGSEGV && got.addr == 0xffffffff81000000ul, "jump into the kernel");
	TRAP(((void (*)(void))0x800000000000ul)());
	ok(got.sig == SIGSEGV && got.code == SI_KERNEL && got.trapno == 13,
	   "jump to an address that is not canonical");
}

static void instructions(void)
{
	TRAP(asm volatile("xorl %%ecx, %%ecx; movl $1, %%eax; cltd; idivl %%ecx"
			  : : : "eax", "ecx", "edx"));
	expect("division by zero", SIGFPE, FPE_INTDIV, got.ip, 0, 0);
	TRAP(asm volatile("ud2"));
	expect("invalid opcode", SIGILL, ILL_ILLOPN, got.ip, 6, 0);
	TRAP(asm volatile("int3"));
	expect("breakpoint", SIGTRAP, SI_KERNEL, 0, 3, 0);
	TRAP(asm volatile("int $4"));
	expect("overflow trap", SIGSEGV, SI_KERNEL, 0, 4, 0);
	TRAP(asm volatile("hlt"));
	expect("privileged instruction", SIGSEGV, SI_KERNEL, 0, 13, 0);
	TRAP(asm volatile("int $0x90"));
	/* the error code differs: QEMU's TCG counts 16 bytes a gate */
	ok(got.sig == SIGSEGV && got.code == SI_KERNEL && got.trapno == 13,
	   "interrupt gate of the kernel");
	TRAP(asm volatile("movl $0x33333, %%eax; movl %%eax, %%ds" : : : "eax"));
	expect("bad selector", SIGSEGV, SI_KERNEL, 0, 13, 0x3330);
	TRAP(asm volatile("inb $0x60, %%al" : : : "eax"));
	expect("input from a port", SIGSEGV, SI_KERNEL, 0, 13, 0);
	TRAP(asm volatile("pushfq; orq $0x100, (%%rsp); popfq; nop; nop" : : : "memory", "cc"));
	ok(got.sig == SIGTRAP && got.code == TRAP_TRACE && got.addr == got.ip && got.trapno == 1,
	   "single step");
}

static void floats(void)
{
	unsigned short cw = 0x37b;	/* zero divide not masked */
	unsigned int mxcsr = 0x1d80;

	TRAP(asm volatile("fninit; fldcw %0; fld1; fldz; fdivrp; fwait" : : "m"(cw)));
	ok(got.sig == SIGFPE && got.code == FPE_FLTDIV && got.trapno == 16, "x87 division by zero");
	asm volatile("fninit");
	TRAP(asm volatile("ldmxcsr %0; movl $1, %%eax; cvtsi2sd %%eax, %%xmm0;"
			  "xorpd %%xmm1, %%xmm1; divsd %%xmm1, %%xmm0"
			  : : "m"(mxcsr) : "eax", "xmm0", "xmm1"));
	/* QEMU's TCG does not raise it */
	ok(!got.sig || (got.sig == SIGFPE && got.code == FPE_FLTDIV && got.trapno == 19),
	   "SSE division by zero");
	mxcsr = 0x1f80;
	asm volatile("ldmxcsr %0" : : "m"(mxcsr));
}

/* how a child ends that runs @fn without handlers */
static int ends_with(void (*fn)(void))
{
	struct rlimit none = { 0, 0 };
	int status;
	pid_t pid = fork();

	if (!pid) {
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		signal(SIGILL, SIG_DFL);
		signal(SIGFPE, SIG_DFL);
		signal(SIGTRAP, SIG_DFL);
		fn();
		_exit(77);
	}
	waitpid(pid, &status, 0);
	return status;
}

static void do_null(void) { ptr = NULL; *ptr = 1; }
static void do_jump(void) { ((void (*)(void))0xdeadbeef000ul)(); }
static void do_ud2(void) { asm volatile("ud2"); }
static void do_int3(void) { asm volatile("int3"); }
static void do_overflow(void) { sink = grow(1); }
static void do_ignored(void) { signal(SIGSEGV, SIG_IGN); do_null(); }
static void do_blocked(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	do_null();
}
static void do_bad_stack(void)
{
	struct sigaction sa = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &sa, NULL);
	asm volatile("movq $16, %rsp; pushq $0");
}

static void deaths(void)
{
	is_int(ends_with(do_null), SIGSEGV, "a write to 0 kills");
	is_int(ends_with(do_jump), SIGSEGV, "a wild jump kills");
	is_int(ends_with(do_ud2), SIGILL, "an invalid opcode kills");
	is_int(ends_with(do_int3), SIGTRAP, "a breakpoint kills");
	is_int(ends_with(do_overflow), SIGSEGV, "stack overflow kills");
	is_int(ends_with(do_ignored), SIGSEGV, "an ignored fault kills");
	is_int(ends_with(do_blocked), SIGSEGV, "a blocked fault kills");
	is_int(ends_with(do_bad_stack), SIGSEGV, "a handler without a stack kills");
}

int main(void)
{
	plan(0);
	catch_all();
	memory_faults();
	jumps();
	instructions();
	floats();
	TRAP(sink = grow(1));
	ok(got.sig == SIGSEGV && got.trapno == 14, "stack overflow on an alternate stack");
	deaths();
	return done();
}
