// SPDX-License-Identifier: MIT
/*
 * test_ptrace.c - a process and its child that asked to be traced: signals and what becomes
 * of them, system calls, memory, registers, single steps, and each errno of these requests.
 */
#include "ptutil.h"
#include <stdatomic.h>
#include <sys/mman.h>

static long shared_word = 0x1122334455667788;
static const long constant = 0x0807060504030201;
static volatile sig_atomic_t caught;

static void on_signal(int sig)
{
	caught = sig;
}

/* --- requests to who is not traced, or not stopped ------------------------------------- */

static void spins(void)
{
	for (;;)
		pause();
}

static void test_strangers(void)
{
	pid_t pid = must_fork();
	long word;

	if (!pid)
		spins();
	is_int(PT(PTRACE_PEEKDATA, pid, &shared_word, &word), -ESRCH, "peek at a child not traced");
	is_int(PT(PTRACE_CONT, pid, 0, 0), -ESRCH, "continue a child not traced");
	is_int(PT(PTRACE_KILL, pid, 0, 0), -ESRCH, "PTRACE_KILL of a child not traced");
	is_int(PT(PTRACE_DETACH, pid, 0, 0), -ESRCH, "detach from a child not traced");
	is_int(PT(PTRACE_CONT, 0x7ffffff, 0, 0), -ESRCH, "a number that is nobody's");
	is_int(PT(PTRACE_ATTACH, 0x7ffffff, 0, 0), -ESRCH, "attach to nobody");
	is_int(PT(PTRACE_ATTACH, getpid(), 0, 0), -EPERM, "attach to oneself");
	is_int(PT(PTRACE_ATTACH, 2, 0, 0), -EPERM, "attach to a thread of the kernel");
	finish(pid);
}

static void traces_twice(void)
{
	_exit(pt(PTRACE_TRACEME, 0, 0, 0) == -EPERM ? 11 : 12);
}

static void test_traceme_twice(void)
{
	pid_t pid = traced_child(traces_twice);

	is_int(PT(PTRACE_ATTACH, pid, 0, 0), -EPERM, "attach to who is traced");
	is_int(PT(PTRACE_CONT, pid, 0, 65), -EIO, "continue with signal 65");
	is_int(PT(PTRACE_CONT, pid, 0, -1), -EIO, "continue with signal -1");
	is_int(PT(PTRACE_DETACH, pid, 0, 65), -EIO, "detach with signal 65");
	is_int(PT(PTRACE_INTERRUPT, pid, 0, 0), -EIO, "interrupt who was not seized");
	is_int(PT(PTRACE_LISTEN, pid, 0, 0), -EIO, "listen to who was not seized");
	is_int(PT(0x4fff, pid, 0, 0), -EIO, "a request that nobody knows");
	is_int(PT(3333, pid, 0, 0), -EIO, "another one");
	ok(status_line(pid, "State")[0] == 't', "it is in state %s", status_line(pid, "State"));
	ok(atoi(status_line(pid, "TracerPid")) == getpid(), "TracerPid is ours");
	is_int(PT(PTRACE_CONT, pid, 0, 0), 0, "continue");
	stops(pid, "exit 11", "TRACEME again is refused");
}

/* --- signals ------------------------------------------------------------------------------ */

static void raises(void)
{
	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, on_signal);
	signal(SIGWINCH, SIG_IGN);
	raise(SIGUSR1);
	if (caught != SIGUSR1)
		_exit(20);
	caught = 0;
	raise(SIGUSR1);			/* the tracer takes it away */
	if (caught)
		_exit(21);
	raise(SIGUSR1);			/* the tracer makes it SIGUSR2 */
	if (caught != SIGUSR2)
		_exit(22);
	raise(SIGWINCH);		/* ignored, but a tracer sees it */
	raise(SIGCHLD);
	raise(SIGTERM);			/* taken away: no death */
	raise(SIGTERM);
}

static void test_signals(void)
{
	pid_t pid = traced_child(raises);
	siginfo_t info;

	pt(PTRACE_CONT, pid, 0, 0);
	stops(pid, "stop 10", "SIGUSR1 is shown");
	is_int(PT(PTRACE_GETSIGINFO, pid, 0, &info), 0, "GETSIGINFO");
	ok(info.si_signo == SIGUSR1 && info.si_code == SI_TKILL && info.si_pid == pid,
	   "its siginfo: %d, %d", info.si_signo, info.si_code);
	pt(PTRACE_CONT, pid, 0, SIGUSR1);
	stops(pid, "stop 10", "it was caught; the next one");
	pt(PTRACE_CONT, pid, 0, 0);
	stops(pid, "stop 10", "that was taken away; the third");
	pt(PTRACE_CONT, pid, 0, SIGUSR2);
	stops(pid, "stop 28", "that became SIGUSR2; an ignored one is shown, too");
	pt(PTRACE_CONT, pid, 0, SIGWINCH);
	stops(pid, "stop 17", "and SIGCHLD");
	pt(PTRACE_CONT, pid, 0, SIGCHLD);
	stops(pid, "stop 15", "SIGTERM");
	pt(PTRACE_CONT, pid, 0, 0);
	stops(pid, "stop 15", "and again");
	info.si_signo = SIGTERM;
	info.si_code = -7;
	is_int(PT(PTRACE_SETSIGINFO, pid, 0, &info), 0, "SETSIGINFO");
	memset(&info, 0, sizeof(info));
	is_int(PT(PTRACE_GETSIGINFO, pid, 0, &info), 0, "GETSIGINFO of it");
	ok(info.si_code == -7, "it is what was set: %d", info.si_code);
	is_int(PT(PTRACE_GETSIGINFO, pid, 0, 8), -EFAULT, "GETSIGINFO to a bad address");
	is_int(PT(PTRACE_SETSIGINFO, pid, 0, 8), -EFAULT, "SETSIGINFO from a bad address");
	pt(PTRACE_CONT, pid, 0, SIGTERM);
	stops(pid, "killed 15", "let through it kills");
}

static void waits_for_wake(void)
{
	sigset_t set;

	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	raise(SIGUSR1);
	raise(SIGUSR2);
	kill(getpid(), SIGHUP);
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);	/* the tracer has changed it before */
	_exit(7);
}

static void test_masks(void)
{
	struct { uint64_t off; uint32_t flags; int32_t nr; } args = { 0, 0, 8 };
	pid_t pid = traced_child(waits_for_wake);
	siginfo_t infos[8];
	uint64_t mask = 0;

	is_int(PT(PTRACE_GETSIGMASK, pid, 8, &mask), 0, "GETSIGMASK");
	ok(mask == 0, "nothing is blocked: %llx", (unsigned long long)mask);
	is_int(PT(PTRACE_GETSIGMASK, pid, 4, &mask), -EINVAL, "GETSIGMASK of 4 bytes");
	is_int(PT(PTRACE_GETSIGMASK, pid, 8, 8), -EFAULT, "GETSIGMASK to a bad address");
	is_int(PT(PTRACE_SETSIGMASK, pid, 16, &mask), -EINVAL, "SETSIGMASK of 16 bytes");
	is_int(PT(PTRACE_SETSIGMASK, pid, 8, 8), -EFAULT, "SETSIGMASK from a bad address");
	pt(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD);
	do {		/* to the end of the third signal that is sent */
		struct user_regs_struct regs;

		pt(PTRACE_SYSCALL, pid, 0, 0);
		if (strcmp(next_stop(pid), "stop 5 in a call"))
			break;
		regs = regs_of(pid);
		if (regs.orig_rax == SYS_kill && regs.rax == 0)
			break;
	} while (1);
	is_int(PT(PTRACE_GETSIGMASK, pid, 8, &mask), 0, "GETSIGMASK when all is blocked");
	ok(!(mask & (1ull << (SIGKILL - 1) | 1ull << (SIGSTOP - 1))) &&
	   (mask & 1ull << (SIGUSR1 - 1)), "all but SIGKILL and SIGSTOP");
	is_int(PT(PTRACE_PEEKSIGINFO, pid, &args, infos), 2, "PEEKSIGINFO: two for the thread");
	ok(infos[0].si_signo == SIGUSR1 && infos[1].si_signo == SIGUSR2, "in their order");
	args.off = 1;
	is_int(PT(PTRACE_PEEKSIGINFO, pid, &args, infos), 1, "PEEKSIGINFO from the second");
	ok(infos[0].si_signo == SIGUSR2, "that one");
	args.off = 0;
	args.flags = 1;
	is_int(PT(PTRACE_PEEKSIGINFO, pid, &args, infos), 1, "PEEKSIGINFO: one for the process");
	ok(infos[0].si_signo == SIGHUP, "SIGHUP");
	args.flags = 2;
	is_int(PT(PTRACE_PEEKSIGINFO, pid, &args, infos), -EINVAL, "PEEKSIGINFO with bad flags");
	args.flags = 0;
	args.nr = -1;
	is_int(PT(PTRACE_PEEKSIGINFO, pid, &args, infos), -EINVAL, "PEEKSIGINFO of -1 entries");
	args.nr = 1;
	is_int(PT(PTRACE_PEEKSIGINFO, pid, &args, 8), -EFAULT, "PEEKSIGINFO to a bad address");
	is_int(PT(PTRACE_PEEKSIGINFO, pid, 8, infos), -EFAULT, "PEEKSIGINFO with bad arguments");
	mask = ~0ull & ~(1ull << (SIGUSR2 - 1));
	is_int(PT(PTRACE_SETSIGMASK, pid, 8, &mask), 0, "SETSIGMASK: only SIGUSR2 may come");
	pt(PTRACE_CONT, pid, 0, 0);
	stops(pid, "stop 12", "and it does");
	finish(pid);
}

/* --- system calls ---------------------------------------------------------------------------- */

static void calls(void)
{
	long ret;

	ret = syscall(SYS_getppid);
	if (ret != 4711)
		_exit(30);
	ret = syscall(777777, 1, 2, 3, 4, 5, 6);
	if (ret != -1 || errno != EXDEV)
		_exit(31);
	ret = syscall(SYS_close, 99999);
	if (ret != getpid())
		_exit(32);
	_exit(33);
}

/* two stops of each call: at the first one rax says that nothing is built */
static void test_syscalls(void)
{
	pid_t pid = traced_child(calls);
	struct user_regs_struct regs;
	int nr, known = 0;

	is_int(PT(PTRACE_SETOPTIONS, pid, 0, 0x80000000), -EINVAL, "options that nobody knows");
	is_int(PT(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD), 0, "TRACESYSGOOD");
	for (nr = 0; nr < 40; nr++) {
		pt(PTRACE_SYSCALL, pid, 0, 0);
		if (strcmp(next_stop(pid), "stop 5 in a call"))
			break;
		regs = regs_of(pid);
		if (regs.orig_rax == SYS_getppid && regs.rax != (unsigned long)-ENOSYS) {
			ok(regs.rax == (unsigned long)getpid(), "the end of getppid");
			is_int(PT(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, rax), 4711),
			   0, "its result is changed");
			known |= 1;
		} else if (regs.orig_rax == 777777 && !(known & 2)) {
			ok(regs.rdi == 1 && regs.rsi == 2 && regs.rdx == 3 && regs.r10 == 4 &&
			   regs.r8 == 5 && regs.r9 == 6, "an unknown call and its arguments");
			regs.orig_rax = -1;
			regs.rax = -EXDEV;
			is_int(PT(PTRACE_SETREGS, pid, 0, &regs), 0, "it is not made");
			known |= 2;
		} else if (regs.orig_rax == SYS_close && regs.rax == (unsigned long)-ENOSYS) {
			ok(regs.rdi == 99999, "the beginning of close");
			regs.orig_rax = SYS_getpid;
			is_int(PT(PTRACE_SETREGS, pid, 0, &regs), 0, "it becomes getpid");
			known |= 4;
		} else if (regs.orig_rax == SYS_exit_group) {
			ok(regs.rdi == 33, "exit_group(%d)", (int)regs.rdi);
			known |= 8;
			break;
		}
	}
	ok(known == 15, "all of them were seen: %d", known);
	pt(PTRACE_CONT, pid, 0, 0);
	stops(pid, "exit 33", "the end");
}

static void test_plain_sysgood(void)
{
	pid_t pid = traced_child(calls);

	pt(PTRACE_SYSCALL, pid, 0, 0);
	stops(pid, "stop 5", "without the option a call is SIGTRAP");
	pt(PTRACE_SYSCALL, pid, 0, SIGUSR1);
	stops(pid, "stop 5", "its end comes before the signal");
	pt(PTRACE_SYSCALL, pid, 0, 0);
	stops(pid, "stop 10", "that the tracer has sent at its beginning");
	finish(pid);
}

static void test_syscall_info(void)
{
	struct __ptrace_syscall_info_ {
		uint8_t op, pad[3];
		uint32_t arch;
		uint64_t ip, sp;
		union {
			struct { uint64_t nr, args[6]; } entry;
			struct { int64_t rval; uint8_t is_error; } exit;
		};
		uint64_t room[8];
	} info;
	pid_t pid = traced_child(calls);
	unsigned long msg;

	memset(&info, 0xee, sizeof(info));
	is_int(PT(0x420e, pid, sizeof(info), &info), 24, "GET_SYSCALL_INFO in a stop for a signal");
	ok(info.op == 0 && info.arch == 0xc000003e, "op %d, arch %x", info.op, info.arch);
	ok(info.ip == regs_of(pid).rip && info.sp == regs_of(pid).rsp, "ip and sp");
	pt(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD);
	while (1) {
		pt(PTRACE_SYSCALL, pid, 0, 0);
		next_stop(pid);
		if (regs_of(pid).orig_rax == SYS_getppid)
			break;
	}
	is_int(PT(0x420e, pid, sizeof(info), &info), 80, "at the beginning of a call");
	ok(info.op == 1 && info.entry.nr == SYS_getppid, "op %d", info.op);
	is_int(PT(PTRACE_GETEVENTMSG, pid, 0, &msg), 0, "GETEVENTMSG");
	ok(msg == 1, "it says the same: %lu", msg);
	memset(&info, 0xee, sizeof(info));
	is_int(PT(0x420e, pid, 2, &info), 80, "with room for 2 bytes");
	ok(info.op == 1 && info.arch == 0xeeeeeeee, "no more is written");
	is_int(PT(0x420e, pid, 80, 8), -EFAULT, "to a bad address");
	pt(PTRACE_SYSCALL, pid, 0, 0);
	next_stop(pid);
	is_int(PT(0x420e, pid, sizeof(info), &info), 33, "at its end");
	ok(info.op == 2 && info.exit.rval == getpid() && !info.exit.is_error, "op %d", info.op);
	is_int(PT(PTRACE_GETEVENTMSG, pid, 0, &msg), 0, "GETEVENTMSG");
	ok(msg == 2, "it says the same: %lu", msg);
	is_int(PT(PTRACE_GETEVENTMSG, pid, 0, 8), -EFAULT, "GETEVENTMSG to a bad address");
	finish(pid);
}

/* --- memory ------------------------------------------------------------------------------------ */

static void test_memory(void)
{
	pid_t pid = traced_child(spins);
	long word = 0;

	is_int(PT(PTRACE_PEEKDATA, pid, &shared_word, &word), 0, "PEEKDATA");
	ok(word == shared_word, "the word: %lx", word);
	is_int(PT(PTRACE_PEEKTEXT, pid, (char *)&shared_word + 3, &word), 0, "at an odd address");
	is_int(PT(PTRACE_POKEDATA, pid, &shared_word, 0x99), 0, "POKEDATA");
	is_int(PT(PTRACE_PEEKDATA, pid, &shared_word, &word), 0, "PEEKDATA again");
	ok(word == 0x99 && shared_word != 0x99, "the child's copy has changed");
	is_int(PT(PTRACE_POKETEXT, pid, &constant, 0x77), 0, "POKETEXT to read-only memory");
	PT(PTRACE_PEEKTEXT, pid, &constant, &word);
	ok(word == 0x77 && *(volatile const long *)&constant != 0x77, "a copy of it");
	is_int(PT(PTRACE_PEEKDATA, pid, 8, &word), -EIO, "PEEKDATA where nothing is");
	is_int(PT(PTRACE_POKEDATA, pid, 8, 1), -EIO, "POKEDATA where nothing is");
	is_int(PT(PTRACE_PEEKDATA, pid, -4096L, &word), -EIO, "PEEKDATA of the kernel");
	is_int(PT(PTRACE_PEEKDATA, pid, 0x7ffffffff000, &word), -EIO, "PEEKDATA at the end");
	is_int(PT(PTRACE_PEEKDATA, pid, &shared_word, 8), -EFAULT, "PEEKDATA to a bad address");
	finish(pid);
}

/* --- registers --------------------------------------------------------------------------------- */

#define USER(field)	offsetof(struct user, field)

static void test_user_area(void)
{
	pid_t pid = traced_child(spins);
	struct user_regs_struct regs = regs_of(pid);
	long word = 1;

	is_int(PT(PTRACE_PEEKUSER, pid, USER(regs.rip), &word), 0, "PEEKUSER of rip");
	ok((unsigned long)word == regs.rip, "as in GETREGS");
	is_int(PT(PTRACE_PEEKUSER, pid, USER(regs.cs), &word), 0, "PEEKUSER of cs");
	ok(word == 0x33, "%lx", word);
	is_int(PT(PTRACE_PEEKUSER, pid, USER(regs.fs_base), &word), 0, "PEEKUSER of fs_base");
	ok((unsigned long)word == regs.fs_base && word, "the thread's");
	is_int(PT(PTRACE_PEEKUSER, pid, 1, &word), -EIO, "PEEKUSER at 1");
	is_int(PT(PTRACE_PEEKUSER, pid, 928, &word), -EIO, "PEEKUSER at the end");
	is_int(PT(PTRACE_PEEKUSER, pid, -8L, &word), -EIO, "PEEKUSER at -8");
	word = 1;
	is_int(PT(PTRACE_PEEKUSER, pid, USER(u_tsize), &word), 0, "PEEKUSER in the middle");
	ok(word == 0, "is 0");
	is_int(PT(PTRACE_PEEKUSER, pid, USER(u_debugreg[7]), &word), 0, "PEEKUSER of dr7");
	ok(word == 0, "is 0");
	is_int(PT(PTRACE_PEEKUSER, pid, USER(u_debugreg[6]), &word), 0, "PEEKUSER of dr6");
	ok(word == 0xffff0ff0, "%lx", word);
	is_int(PT(PTRACE_POKEUSER, pid, USER(u_debugreg[7]), 0), 0, "POKEUSER of 0 to dr7");
	is_int(PT(PTRACE_POKEUSER, pid, USER(u_debugreg[4]), 1), -EIO, "POKEUSER of dr4");
	is_int(PT(PTRACE_POKEUSER, pid, 1, 0), -EIO, "POKEUSER at 1");
	is_int(PT(PTRACE_POKEUSER, pid, USER(u_tsize), 0), -EIO, "POKEUSER in the middle");
	is_int(PT(PTRACE_POKEUSER, pid, USER(regs.cs), 0), -EIO, "cs 0");
	is_int(PT(PTRACE_POKEUSER, pid, USER(regs.ss), 0x10), -EIO, "ss of the kernel");
	is_int(PT(PTRACE_POKEUSER, pid, USER(regs.ds), 0x18), -EIO, "ds of the kernel");
	is_int(PT(PTRACE_POKEUSER, pid, USER(regs.fs_base), 1ul << 63), -EIO, "a base up high");
	is_int(PT(PTRACE_POKEUSER, pid, USER(regs.gs_base), 0x1000), 0, "gs_base");
	is_int(PT(PTRACE_POKEUSER, pid, USER(regs.eflags), -1L), 0, "all flags");
	PT(PTRACE_PEEKUSER, pid, USER(regs.eflags), &word);
	ok(word == 0x54fd7, "those that one may set: %lx", word);
	PT(PTRACE_POKEUSER, pid, USER(regs.eflags), 0);
	PT(PTRACE_PEEKUSER, pid, USER(regs.eflags), &word);
	ok(word == 0x202, "and none: %lx", word);
	is_int(PT(PTRACE_PEEKUSER, pid, USER(regs.gs_base), &word), 0, "gs_base again");
	ok(word == 0x1000, "%lx", word);
	is_int(PT(PTRACE_ARCH_PRCTL, pid, &word, 0x1003), 0, "ARCH_GET_FS");
	ok((unsigned long)word == regs.fs_base, "fs_base");
	is_int(PT(PTRACE_ARCH_PRCTL, pid, 0x2000, 0x1001), 0, "ARCH_SET_GS");
	ok(regs_of(pid).gs_base == 0x2000, "gs_base");
	is_int(PT(PTRACE_ARCH_PRCTL, pid, 1ul << 63, 0x1001), -EPERM, "ARCH_SET_GS, bad");
	finish(pid);
}

static void test_regsets(void)
{
	pid_t pid = traced_child(spins);
	struct user_regs_struct regs, old = regs_of(pid);
	struct iovec iov = { &regs, sizeof(regs) };
	static char page[8192];

	is_int(PT(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov), 0, "GETREGSET");
	ok(iov.iov_len == sizeof(regs) && !memcmp(&regs, &old, sizeof(regs)), "as GETREGS");
	iov.iov_len = 16;
	is_int(PT(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov), 0, "two words");
	ok(iov.iov_len == 16, "are two words");
	iov.iov_len = 12;
	is_int(PT(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov), -EINVAL, "a word and a half");
	iov = (struct iovec){ page, sizeof(page) };
	is_int(PT(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov), 0, "much room");
	ok(iov.iov_len == sizeof(regs), "%zu bytes", iov.iov_len);
	is_int(PT(PTRACE_GETREGSET, pid, 0x12345, &iov), -EINVAL, "a set that nobody knows");
	is_int(PT(PTRACE_GETREGSET, pid, NT_PRSTATUS, 8), -EFAULT, "a bad iovec");
	iov.iov_base = (void *)8;
	is_int(PT(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov), -EFAULT, "a bad buffer");
	regs = old;
	regs.r15 = 0x15;
	regs.r14 = 0x14;
	iov = (struct iovec){ &regs, 8 };
	is_int(PT(PTRACE_SETREGSET, pid, NT_PRSTATUS, &iov), 0, "SETREGSET of one word");
	ok(regs_of(pid).r15 == 0x15 && regs_of(pid).r14 == old.r14, "sets one register");
	is_int(PT(PTRACE_SETREGS, pid, 0, &regs), 0, "SETREGS");
	ok(regs_of(pid).r14 == 0x14, "sets all");
	is_int(PT(PTRACE_GETREGS, pid, 0, 8), -EFAULT, "GETREGS to a bad address");
	is_int(PT(PTRACE_SETREGS, pid, 0, 8), -EFAULT, "SETREGS from a bad address");
	iov = (struct iovec){ page, sizeof(page) };
	is_int(PT(PTRACE_GETREGSET, pid, 0x201, &iov), -ENXIO, "I/O ports: none");
	finish(pid);
}

/* xmm3 as the tracer set it, and the control word */
static void shows_xmm(void)
{
	uint64_t v[2] = { 0x3333, 0x4444 };
	uint16_t cw;

	asm volatile("movups %0, %%xmm3\n\t"
		     "mov %1, %%eax\n\tmov %2, %%edi\n\tmov %3, %%esi\n\tsyscall\n\t"
		     "movups %%xmm3, %0\n\tfnstcw %4"
		     : "+m"(v) : "i"(SYS_kill), "r"(getpid()), "i"(SIGUSR1), "m"(cw)
		     : "rax", "rcx", "r11", "rdi", "rsi", "xmm3", "memory");
	_exit(v[0] == 0xabcd && v[1] == 0x4444 && cw == 0x27f ? 44 : 45);
}

static void test_fpu(void)
{
	pid_t pid = traced_child(shows_xmm);
	struct user_fpregs_struct fp;
	static uint64_t state[512];
	struct iovec iov = { state, sizeof(state) };
	size_t all;
	uint32_t *xmm = (uint32_t *)fp.xmm_space;

	pt(PTRACE_CONT, pid, 0, 0);
	stops(pid, "stop 10", "a stop with something in xmm3");
	is_int(PT(PTRACE_GETFPREGS, pid, 0, &fp), 0, "GETFPREGS");
	ok(xmm[12] == 0x3333 && xmm[14] == 0x4444 && fp.cwd == 0x37f, "xmm3, cwd %x", fp.cwd);
	xmm[12] = 0xabcd;
	is_int(PT(PTRACE_SETFPREGS, pid, 0, &fp), 0, "SETFPREGS");
	is_int(PT(PTRACE_GETFPREGS, pid, 0, 8), -EFAULT, "GETFPREGS to a bad address");
	is_int(PT(PTRACE_SETFPREGS, pid, 0, 8), -EFAULT, "SETFPREGS from a bad address");
	fp.mxcsr = ~0u;
	is_int(PT(PTRACE_SETFPREGS, pid, 0, &fp), -EINVAL, "SETFPREGS with a bad mxcsr");
	is_int(PT(PTRACE_GETREGSET, pid, NT_X86_XSTATE, &iov), 0, "GETREGSET of the whole state");
	ok(iov.iov_len > 512 && ((uint32_t *)state)[40 + 12] == 0xabcd, "with xmm3");
	ok(state[58] & 3, "and what there is of it");
	all = iov.iov_len;
	memcpy(state, &(uint16_t){ 0x27f }, 2);
	is_int(PT(PTRACE_SETREGSET, pid, NT_X86_XSTATE, &iov), 0, "SETREGSET of it");
	iov.iov_len = all - 8;
	is_int(PT(PTRACE_SETREGSET, pid, NT_X86_XSTATE, &iov), -EFAULT, "of less than all");
	iov.iov_len = all;
	state[64] = 1ull << 62;
	is_int(PT(PTRACE_SETREGSET, pid, NT_X86_XSTATE, &iov), -EINVAL, "with unknown parts");
	iov = (struct iovec){ &fp, sizeof(fp) };
	is_int(PT(PTRACE_GETREGSET, pid, NT_PRFPREG, &iov), 0, "GETREGSET of the old part");
	ok(iov.iov_len == 512 && fp.cwd == 0x27f, "as it was set");
	iov.iov_len = 504;
	is_int(PT(PTRACE_SETREGSET, pid, NT_PRFPREG, &iov), -EINVAL, "SETREGSET of less");
	pt(PTRACE_CONT, pid, 0, 0);
	stops(pid, "exit 44", "the program goes on with it");
}

/* --- single steps ------------------------------------------------------------------------------- */

extern char step_start[], step_syscall[], step_after[], step_end[];

static void steps(void)
{
	asm volatile(".globl step_start, step_syscall, step_after, step_end\n"
		     "mov %0, %%eax\n\tmov %1, %%edi\n\tmov %2, %%esi\n\tsyscall\n"
		     "step_start: nop\n\t"
		     "mov %3, %%eax\n"
		     "step_syscall: syscall\n"
		     "step_after: pushfq\n\t"
		     "pop %%rdi\n\t"
		     "mov %4, %%eax\n"
		     "step_end: syscall"
		     : : "i"(SYS_kill), "r"(getpid()), "i"(SIGUSR1), "i"(SYS_getppid),
		     "i"(SYS_exit_group) : "rax", "rcx", "r11", "rdi", "rsi", "memory");
}

static void test_steps(void)
{
	pid_t pid = traced_child(steps);
	siginfo_t info;

	pt(PTRACE_CONT, pid, 0, 0);
	stops(pid, "stop 10", "before the steps");
	ok(regs_of(pid).rip == (unsigned long)step_start, "at the first instruction");
	is_int(PT(PTRACE_SINGLESTEP, pid, 0, 0), 0, "SINGLESTEP");
	stops(pid, "stop 5", "is a SIGTRAP");
	PT(PTRACE_GETSIGINFO, pid, 0, &info);
	ok(regs_of(pid).rip == (unsigned long)step_start + 1 && info.si_code == TRAP_TRACE,
	   "one instruction further, si_code %d", info.si_code);
	ok(!(regs_of(pid).eflags & 0x100), "no trap flag is seen");
	pt(PTRACE_SINGLESTEP, pid, 0, 0);
	stops(pid, "stop 5", "a step");
	ok(regs_of(pid).rip == (unsigned long)step_syscall, "before a call");
	pt(PTRACE_SINGLESTEP, pid, 0, 0);
	stops(pid, "stop 5", "over the call");
	PT(PTRACE_GETSIGINFO, pid, 0, &info);
	ok(regs_of(pid).rip == (unsigned long)step_after, "and right behind it");
	ok(info.si_code == TRAP_BRKPT, "si_code %d", info.si_code);
	ok(regs_of(pid).rax == (unsigned long)getpid(), "which was made");
	pt(PTRACE_CONT, pid, 0, 0);
	next_stop(pid);		/* its status is the low byte of flags: whatever */
}

static void steps_into_handler(void)
{
	signal(SIGUSR1, on_signal);
	raise(SIGUSR1);
	_exit(caught == SIGUSR1 ? 50 : 51);
}

static void test_step_into_handler(void)
{
	pid_t pid = traced_child(steps_into_handler);
	struct user_regs_struct regs;

	pt(PTRACE_CONT, pid, 0, 0);
	stops(pid, "stop 10", "a signal with a handler");
	pt(PTRACE_SINGLESTEP, pid, 0, SIGUSR1);
	stops(pid, "stop 5", "a step enters it");
	regs = regs_of(pid);
	ok(regs.rip == (unsigned long)on_signal, "at its first instruction");
	ok(regs.rdi == SIGUSR1 && !(regs.eflags & 0x100), "with its argument");
	pt(PTRACE_CONT, pid, 0, 0);
	stops(pid, "exit 50", "the rest runs freely");
}

/* --- wild values ---------------------------------------------------------------------------------- */

static void test_wild_ip(void)
{
	static const unsigned long bad[] = { 1ul << 63, 0x800000000000, -1ul, 0x7ffffffff000 };
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		pid_t pid = traced_child(spins);

		is_int(PT(PTRACE_POKEUSER, pid, USER(regs.rip), bad[i]), 0, "rip %lx", bad[i]);
		pt(PTRACE_DETACH, pid, 0, 0);
		stops(pid, "killed 11", "SIGSEGV");
		pid = traced_child(spins);
		pt(PTRACE_SYSCALL, pid, 0, 0);
		next_stop(pid);
		PT(PTRACE_POKEUSER, pid, USER(regs.orig_rax), SYS_getpid);
		is_int(PT(PTRACE_POKEUSER, pid, USER(regs.rip), bad[i]), 0, "in a call");
		pt(PTRACE_DETACH, pid, 0, 0);
		stops(pid, "killed 11", "SIGSEGV");
	}
}

int main(void)
{
	plan(0);
	test_strangers();
	test_traceme_twice();
	test_signals();
	test_masks();
	test_syscalls();
	test_plain_sysgood();
	test_syscall_info();
	test_memory();
	test_user_area();
	test_regsets();
	test_fpu();
	test_steps();
	test_step_into_handler();
	test_wild_ip();
	return done();
}
