// SPDX-License-Identifier: MIT
/*
 * What programs do wrong, by accident or on purpose: each gets the signal or the
 * error that Linux gives, and nobody else notices.
 *
 *   traps		wild jumps, bad addresses, bad instructions: signal, code, address
 *   calls		every system call with every pointer wrong
 *   fork bomb		held by RLIMIT_NPROC, and by memory
 *   memory hog		killed when there is no more
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

#define KERNEL_ADDRESS	0xffffffff81000000ul
#define NON_CANONICAL	0x8000000000000000ul

/* --- traps ------------------------------------------------------------------------------ */

static sigjmp_buf back;
static volatile int got_sig, got_code;
static void *volatile got_addr;
static char *ro, *none, *volatile null;
static char stack[65536];

static void on_signal(int sig, siginfo_t *si, void *ctx)
{
	got_sig = sig;
	got_code = si->si_code;
	got_addr = si->si_addr;
	siglongjmp(back, 1);
}

static void null_write(void) { *(volatile int *)0 = 1; }
static void null_read(void) { (void)*(volatile int *)(null + 8); }
static void ro_write(void) { *(volatile char *)ro = 1; }
static void none_read(void) { (void)*(volatile char *)none; }
static void text_write(void) { *(volatile char *)(void *)null_write = 1; }
static void kernel_read(void) { (void)*(volatile char *)KERNEL_ADDRESS; }
static void kernel_write(void) { *(volatile char *)KERNEL_ADDRESS = 1; }
static void non_canonical(void) { (void)*(volatile char *)NON_CANONICAL; }
static void wild_jump(void) { ((void (*)(void))0x1234000)(); }
static void null_jump(void) { ((void (*)(void))0)(); }
static void kernel_jump(void) { ((void (*)(void))KERNEL_ADDRESS)(); }
static void data_jump(void) { ((void (*)(void))(void *)ro)(); }
static void breakpoint(void) { asm volatile("int3"); }
static void undefined(void) { asm volatile("ud2"); }
static void halt(void) { asm volatile("hlt"); }
static void no_interrupts(void) { asm volatile("cli"); }
static void port(void) { asm volatile("outb %%al, $0x80" ::: "memory"); }
static void control_register(void) { asm volatile("mov %%cr3, %%rax" ::: "rax"); }
static void bad_interrupt(void) { asm volatile("int $0x81"); }
static void unaligned_sse(void)
{
	asm volatile("movaps %%xmm0, (%0)" :: "r"(stack + 1) : "memory");
}

static void divide(void)
{
	asm volatile("xor %%edx, %%edx; xor %%ecx, %%ecx; mov $1, %%eax; divl %%ecx"
		     ::: "eax", "ecx", "edx");
}

static void overflow_divide(void)
{
	asm volatile("mov $-1, %%ecx; mov $0x80000000, %%eax; cltd; idivl %%ecx"
		     ::: "eax", "ecx", "edx");
}

static void single_step(void)
{
	asm volatile("pushfq; orq $0x100, (%%rsp); popfq; nop; nop" ::: "memory", "cc");
}

static void bad_stack(void)
{
	asm volatile("mov %%rsp, %%rbx; mov $0x10000, %%rsp; push %%rax; mov %%rbx, %%rsp"
		     ::: "rbx", "memory");
}

static void bad_selector(void)
{
	asm volatile("mov $0x1234, %%eax; mov %%eax, %%ds" ::: "eax");
}

static void beyond_file(void)
{
	int fd = open("short", O_CREAT | O_RDWR, 0600);
	char *p;

	ftruncate(fd, 4096);
	p = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	unlink("short");
	(void)*(volatile char *)(p + 4096);
}

#pragma GCC diagnostic ignored "-Winfinite-recursion"
#pragma GCC diagnostic ignored "-Warray-bounds"
static int deep(int n)
{
	volatile char room[4096];

	room[0] = n;
	return deep(n + 1) + room[0];
}

static void stack_overflow(void) { deep(0); }

static const struct {
	const char *what;
	void (*func)(void);
	int sig, code;
	unsigned long addr;		/* 1: any */
} traps[] = {
	{ "NULL write", null_write, SIGSEGV, SEGV_MAPERR, 0 },
	{ "read near NULL", null_read, SIGSEGV, SEGV_MAPERR, 8 },
	{ "write to a read-only page", ro_write, SIGSEGV, SEGV_ACCERR, 1 },
	{ "read of a PROT_NONE page", none_read, SIGSEGV, SEGV_ACCERR, 1 },
	{ "write to the program text", text_write, SIGSEGV, SEGV_ACCERR, (unsigned long)null_write },
	{ "read of kernel memory", kernel_read, SIGSEGV, SEGV_MAPERR, KERNEL_ADDRESS },
	{ "write to kernel memory", kernel_write, SIGSEGV, SEGV_MAPERR, KERNEL_ADDRESS },
	{ "a non-canonical address", non_canonical, SIGSEGV, SI_KERNEL, 0 },
	{ "a wild jump", wild_jump, SIGSEGV, SEGV_MAPERR, 0x1234000 },
	{ "a jump to NULL", null_jump, SIGSEGV, SEGV_MAPERR, 0 },
	{ "a jump into the kernel", kernel_jump, SIGSEGV, SEGV_MAPERR, KERNEL_ADDRESS },
	{ "a jump to data", data_jump, SIGSEGV, SEGV_ACCERR, 1 },
	{ "int3", breakpoint, SIGTRAP, SI_KERNEL, 1 },
	{ "ud2", undefined, SIGILL, ILL_ILLOPN, (unsigned long)undefined },
	{ "hlt", halt, SIGSEGV, SI_KERNEL, 0 },
	{ "cli", no_interrupts, SIGSEGV, SI_KERNEL, 0 },
	{ "outb", port, SIGSEGV, SI_KERNEL, 0 },
	{ "cr3", control_register, SIGSEGV, SI_KERNEL, 0 },
	{ "int 0x81", bad_interrupt, SIGSEGV, SI_KERNEL, 0 },
	{ "an unaligned movaps", unaligned_sse, SIGSEGV, SI_KERNEL, 0 },
	{ "division by zero", divide, SIGFPE, FPE_INTDIV, 1 },
	{ "division that overflows", overflow_divide, SIGFPE, FPE_INTDIV, 1 },
	{ "the trap flag", single_step, SIGTRAP, TRAP_TRACE, 1 },
	{ "push without a stack", bad_stack, SIGSEGV, SEGV_MAPERR, 0xfff8 },
	{ "a bad selector", bad_selector, SIGSEGV, SI_KERNEL, 0 },
	{ "a page behind a file", beyond_file, SIGBUS, BUS_ADRERR, 1 },
	{ "stack overflow", stack_overflow, SIGSEGV, SEGV_MAPERR, 1 },
};

static void handled_trap(unsigned int i)
{
	got_sig = got_code = 0;
	got_addr = (void *)-1;
	if (sigsetjmp(back, 1) == 0)
		traps[i].func();
	if (!ok(got_sig == traps[i].sig && got_code == traps[i].code &&
		(traps[i].addr == 1 || labs((long)got_addr - (long)traps[i].addr) < 16),
		"%s: signal, code, address", traps[i].what))
		diag("signal %d code %d address %p", got_sig, got_code, got_addr);
}

static void deadly_trap(unsigned int i)
{
	int status;

	fflush(stdout);
	if (fork() == 0) {
		struct rlimit none_at_all = { 0, 0 };

		setrlimit(RLIMIT_CORE, &none_at_all);
		traps[i].func();
		_exit(0);
	}
	wait(&status);
	is_int(WIFSIGNALED(status) ? WTERMSIG(status) : -1, traps[i].sig, "%s: it kills",
	       traps[i].what);
}

static void all_traps(void)
{
	static const int sigs[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
	struct sigaction sa = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) };
	unsigned int i;

	ro = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	none = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
		deadly_trap(i);
	sigaltstack(&ss, NULL);
	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		sigaction(sigs[i], &sa, NULL);
	for (i = 0; i < sizeof(traps) / sizeof(traps[0]); i++)
		handled_trap(i);
	for (i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		signal(sigs[i], SIG_DFL);
}

/* --- every call, every pointer wrong --------------------------------------------------------- */

/* calls that are meant to end, stop or detach the caller or the machine, or need others */
static int left_out(int nr)
{
	switch (nr) {
	case SYS_exit: case SYS_exit_group: case SYS_reboot: case SYS_pause:
	case SYS_rt_sigreturn: case SYS_rt_sigsuspend: case SYS_vfork: case SYS_fork:
	case SYS_clone: case SYS_clone3: case SYS_kill: case SYS_tkill: case SYS_tgkill:
	case SYS_vhangup: case SYS_restart_syscall: case SYS_rt_sigtimedwait:
	case SYS_settimeofday: case SYS_clock_settime: case SYS_sethostname:
	case SYS_setdomainname: case SYS_syslog: case SYS_kexec_load:
	case SYS_kexec_file_load: case SYS_rt_sigqueueinfo: case SYS_rt_tgsigqueueinfo:
	case SYS_munmap: case SYS_ptrace:
		return 1;
	}
	return 0;
}

/* calls that wait are interrupted */
static void on_tick(int sig)
{
	static int ticks;

	if (++ticks > 40)
		_exit(0);
}

/* One child: @nr with @arg in every place, and then in one at a time. */
static void try_call(int nr, unsigned long arg)
{
	unsigned long a[6] = { arg, arg, arg, arg, arg, arg };
	int i, j;

	struct itimerval every = { { 0, 30000 }, { 0, 30000 } };

	signal(SIGALRM, on_tick);
	siginterrupt(SIGALRM, 1);
	setitimer(ITIMER_REAL, &every, NULL);
	close(0);
	close(1);
	close(2);
	syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	for (i = 0; i < 6; i++) {
		for (j = 0; j < 6; j++)
			a[j] = i == j ? arg : 0;
		syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
	_exit(0);
}

static int run_call(int nr, unsigned long arg)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		setpgid(0, 0);
		try_call(nr, arg);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	return 0;
}

static void all_calls(void)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const struct { const char *name; unsigned long arg; } bad[] = {
		{ "1", 1 }, { "-1", -1ul }, { "a kernel address", KERNEL_ADDRESS },
		{ "a non-canonical address", NON_CANONICAL },
		{ "the end of a page", (unsigned long)page + 4096 - 3 },
		{ "the end of user space", 0x7ffffffff000ul - 3 },
		{ "a read-only page", (unsigned long)ro },
	};
	unsigned int i;
	int nr, lost;

	munmap(page + 4096, 4096);
	mkdir("calls", 0755);
	chdir("calls");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		for (nr = 0, lost = 0; nr <= 450; nr++)
			if (!left_out(nr))
				lost += run_call(nr, bad[i].arg);
		is_int(lost, 0, "every system call with %s", bad[i].name);
	}
	chdir("..");
	system("rm -rf calls");
	for (nr = 0, lost = 0; nr < 40; nr++)
		lost += syscall(451 + nr * 977, 1, 1, 1, 1, 1, 1) != -1 || errno != ENOSYS;
	is_int(lost, 0, "calls that do not exist");
}

/* --- more of everything than there is ------------------------------------------------------------ */

static void fork_bomb(void)
{
	struct rlimit lim = { 60, 60 };
	int status;

	fflush(stdout);
	if (fork() == 0) {
		int n = 0;

		setrlimit(RLIMIT_NPROC, &lim);
		setgid(4242);
		setuid(4242);
		setpgid(0, 0);
		for (;;) {
			pid_t child = fork();

			if (child < 0)
				break;
			if (child == 0) {
				pause();
				_exit(0);
			}
			n++;
		}
		status = errno == EAGAIN && n == 59;
		signal(SIGTERM, SIG_IGN);
		kill(0, SIGTERM);
		while (wait(NULL) > 0)
			n--;
		_exit(status && n == 0 ? 0 : 1);
	}
	wait(&status);
	is_int(status, 0, "RLIMIT_NPROC stops a fork bomb with EAGAIN at 60");
}

/* each process forks as fast as it can, for a while, in a group that is killed then */
static void wild_fork_bomb(void)
{
	int status, i;
	pid_t bomb;

	fflush(stdout);
	bomb = fork();
	if (bomb == 0) {
		struct rlimit lim = { 150, 150 };

		setpgid(0, 0);
		setrlimit(RLIMIT_NPROC, &lim);
		setuid(4243);
		for (;;)
			if (fork() < 0)
				usleep(1000);
	}
	setpgid(bomb, bomb);
	for (i = 0; i < 50; i++) {
		usleep(20000);
		if (fork() == 0)
			_exit(0);
		wait(&status);
	}
	ok(1, "beside a fork bomb root still forks");
	while (kill(-bomb, SIGKILL) == 0 || errno != ESRCH) {
		while (waitpid(-1, &status, WNOHANG) > 0)
			;
		usleep(1000);
	}
	ok(1, "and kills it");
}

static long free_kb(void)
{
	char line[200];
	long kb = 0;
	FILE *f = fopen("/proc/meminfo", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %ld", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb;
}

static void hog(void)
{
	int status, fd;
	long before = free_kb(), after;

	fflush(stdout);
	if (fork() == 0) {
		fd = open("/proc/self/oom_score_adj", O_WRONLY);
		write(fd, "1000", 4);
		for (;;) {
			char *p = mmap(NULL, 1 << 22, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

			if (p == MAP_FAILED)
				_exit(3);
			for (long i = 0; i < 1 << 22; i += 4096)
				p[i] = 1;
		}
	}
	wait(&status);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
	   "who touches more than there is gets SIGKILL");
	usleep(200000);
	after = free_kb();
	if (!ok(after > before - before / 4, "and the memory is free again"))
		diag("available before %ld kB, after %ld kB", before, after);
	fd = open("fill", O_CREAT | O_RDWR, 0600);
	ok(fd >= 0, "files can be made");
	close(fd);
	unlink("fill");
}

int main(int argc, char **argv)
{
	plan(0);
	signal(SIGHUP, SIG_IGN);
	all_traps();
	all_calls();
	fork_bomb();
	wild_fork_bomb();
	hog();
	return done();
}
