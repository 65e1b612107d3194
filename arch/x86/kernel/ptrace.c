// SPDX-License-Identifier: MIT
/*
 * ptrace.c (x86-64) - the registers of a traced thread, and where system calls are shown.
 *
 * A thread that its tracer holds (T3 of kernel/ptrace.c) does not run: its registers are
 * its pt_regs, thread_struct and FPU buffer. A debugger sees them as struct
 * user_regs_struct: the words of pt_regs, then the bases and selectors. PTRACE_PEEKUSR
 * reads the same as the beginning of struct user, of which nothing else but the debug
 * registers exists; there are none here that could be set.
 *
 * A system call costs nothing more for that it could be traced. The entry code compares its
 * number with a word above pt_regs on the kernel stack (syscall_limit()): NR_SYSCALLS, or 0
 * while the thread is traced, so that each call takes the way of the unknown ones, to
 * syscall_slow(), which stops, makes the call and goes back. At the end ti_flags has one of
 * _TIF_SYSCALL_EXIT set, which the entry code tests with the other work.
 *
 *   R1  cs and ss stay those of 64-bit user mode, the other selectors are 0 or the user data
 *       selector (T4 of process.c), bases lie in user memory: nothing else is taken
 *   R2  an ip may be anything: who writes registers sets TIF_NOTIFY_RESUME, so that
 *       exit_to_user_mode_work() looks at ip (S2 of syscall.c) and IRET is the way back
 *   R3  an FPU buffer that was written is loaded: fpu_cpu names no CPU; what it holds is
 *       valid (F3 of fpu.c)
 *   R4  the tracer sets the word of syscall_limit() to 0 while it holds the thread; only
 *       the thread itself sets it back, when it finds itself no longer traced
 *   R5  TF in flags is hidden from the tracer, and from what is saved for signal handlers,
 *       when it is there because of a single step (thread.forced_tf)
 *
 * Locks: none; see T3 of kernel/ptrace.c.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>
#include <uapi/elfcore.h>
#include <asm/elf.h>
#include <asm/fpu.h>
#include <asm/irqflags.h>
#include <asm/pgtable.h>
#include <asm/traps.h>
#include <asm/uaccess.h>

/* words of struct user_regs_struct after those of pt_regs */
enum { REG_FS_BASE = PT_SIZE / 8, REG_GS_BASE, REG_DS, REG_ES, REG_FS, REG_GS, NR_REGS };
#define REG_OF(offset)		((offset) / 8)
#define USER_BYTES		928	/* struct user */
#define USER_DEBUGREG		848	/* u_debugreg[8] in it */
#define DR6_RESERVED		0xffff0ff0ul
#define IOPERM_NOTE		0x201
#define NO_CPU			(~0u)

#define TRACER_FLAGS	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | \
			 X86_EFLAGS_SF | X86_EFLAGS_TF | X86_EFLAGS_DF | X86_EFLAGS_OF | \
			 X86_EFLAGS_NT | X86_EFLAGS_RF | X86_EFLAGS_AC)

/* --- single steps --------------------------------------------------------------------- */

/**
 * user_enable_single_step() - @p makes one instruction and traps.
 * Locks:   none; @p is held, or current. Context: thread.
 */
void user_enable_single_step(struct task_struct *p)
{
	struct pt_regs *regs = task_pt_regs(p);

	__atomic_fetch_or(&p->ti_flags, 1u << TIF_SINGLESTEP, __ATOMIC_RELAXED);
	if (regs->flags & X86_EFLAGS_TF)
		return;			/* ours already, or the program's own */
	regs->flags |= X86_EFLAGS_TF;
	p->thread.forced_tf = true;						/* R5 */
}

/** user_disable_single_step() - @p, held or current, runs freely. Context: thread. */
void user_disable_single_step(struct task_struct *p)
{
	__atomic_fetch_and(&p->ti_flags, ~(1u << TIF_SINGLESTEP), __ATOMIC_RELAXED);
	if (p->thread.forced_tf)
		task_pt_regs(p)->flags &= ~X86_EFLAGS_TF;
	p->thread.forced_tf = false;
}

/* --- one register ------------------------------------------------------------------------ */

static void read_regs(struct task_struct *p, unsigned long regs[NR_REGS])
{
	elf_core_regs(p, regs);
	if (p->thread.forced_tf)
		regs[REG_OF(PT_FLAGS)] &= ~X86_EFLAGS_TF;			/* R5 */
}

static int put_flags(struct task_struct *p, unsigned long v)
{
	struct pt_regs *regs = task_pt_regs(p);

	if (v & X86_EFLAGS_TF)
		p->thread.forced_tf = false;	/* now it is meant */
	else if (p->thread.forced_tf)
		v |= X86_EFLAGS_TF;
	regs->flags = (regs->flags & ~TRACER_FLAGS) | (v & TRACER_FLAGS);
	return 0;
}

static int put_base(unsigned long *base, unsigned long v)
{
	if (v >= TASK_SIZE_MAX)
		return -EIO;
	*base = v;
	return 0;
}

static int put_selector(unsigned short *selector, unsigned long v)
{
	if ((u16)v && (u16)v != __USER_DS)
		return -EIO;							/* R1 */
	*selector = v;
	return 0;
}

static int put_reg(struct task_struct *p, unsigned int reg, unsigned long v)
{
	struct thread_struct *t = &p->thread;

	switch (reg) {
	case REG_FS_BASE:
		return put_base(&t->fsbase, v);
	case REG_GS_BASE:
		return put_base(&t->gsbase, v);
	case REG_DS:
		return put_selector(&t->ds, v);
	case REG_ES:
		return put_selector(&t->es, v);
	case REG_FS:
		return put_selector(&t->fs, v);
	case REG_GS:
		return put_selector(&t->gs, v);
	case REG_OF(PT_FLAGS):
		return put_flags(p, v);
	case REG_OF(PT_CS):
		return (u16)v == __USER_CS ? 0 : -EIO;				/* R1 */
	case REG_OF(PT_SS):
		return (u16)v == __USER_DS ? 0 : -EIO;
	}
	((unsigned long *)task_pt_regs(p))[reg] = v;
	return 0;
}

static void regs_were_written(struct task_struct *p)
{
	__atomic_fetch_or(&p->ti_flags, 1u << TIF_NOTIFY_RESUME, __ATOMIC_RELAXED);	/* R2 */
}

/* --- all of them; @bytes is a multiple of 8 ---------------------------------------------- */

static long get_regs(struct task_struct *p, void __user *to, size_t bytes)
{
	unsigned long regs[NR_REGS];

	read_regs(p, regs);
	return copy_to_user(to, regs, bytes) ? -EFAULT : 0;
}

static long set_regs(struct task_struct *p, const void __user *from, size_t bytes)
{
	unsigned long regs[NR_REGS];
	unsigned int i;
	long ret = 0;

	if (copy_from_user(regs, from, bytes))
		return -EFAULT;
	for (i = 0; i < bytes / sizeof(long) && !ret; i++)
		ret = put_reg(p, i, regs[i]);
	regs_were_written(p);
	return ret;
}

static long peek_user(struct task_struct *p, unsigned long offset, unsigned long __user *to)
{
	unsigned long regs[NR_REGS], v = 0;

	if (offset % sizeof(long) || offset >= USER_BYTES)
		return -EIO;
	if (offset < sizeof(regs)) {
		read_regs(p, regs);
		v = regs[REG_OF(offset)];
	} else if (offset == USER_DEBUGREG + 6 * sizeof(long)) {
		v = DR6_RESERVED;
	}
	return put_user(v, to);
}

static long poke_user(struct task_struct *p, unsigned long offset, unsigned long v)
{
	long ret;

	if (offset % sizeof(long) || offset >= USER_BYTES)
		return -EIO;
	if (offset >= NR_REGS * sizeof(long))
		return offset - USER_DEBUGREG < 8 * sizeof(long) && !v ? 0 : -EIO;
	ret = put_reg(p, REG_OF(offset), v);
	regs_were_written(p);
	return ret;
}

/* --- floating point and vectors ------------------------------------------------------------- */

/* The whole state, @all, or what FXSAVE knows, up to @bytes. */
static long get_fpu(struct task_struct *p, void __user *to, size_t bytes, bool all)
{
	union fpu_state *s = (void *)get_zeroed_page(GFP_KERNEL);
	long ret;

	if (!s)
		return -ENOMEM;
	elf_core_fpu(p, s);
	if (!all)
		memset(s->fx.sw_reserved, 0, sizeof(s->fx.sw_reserved));
	ret = copy_to_user(to, s, bytes) ? -EFAULT : 0;
	free_page((unsigned long)s);
	return ret;
}

static long set_fpu(struct task_struct *p, const void __user *from, size_t bytes)
{
	union fpu_state *fresh = fpu_alloc(), *old = p->thread.fpu;
	long ret = -EFAULT;

	if (!fresh)
		return -ENOMEM;
	memcpy(fresh, old, fpu_state_bytes);
	if (copy_from_user(fresh, from, bytes))
		goto out;
	ret = fpu_check_state(fresh);
	if (ret)
		goto out;
	if (fpu_xfeatures && bytes == sizeof(struct fxregs_state))
		fresh->xsave.header.xfeatures |= XFEATURE_FPSSE;
	swap(fresh, p->thread.fpu);
	p->thread.fpu_cpu = NO_CPU;						/* R3 */
out:
	fpu_free(fresh);
	return ret;
}

/* --- register sets: an iovec whose length becomes what was copied ---------------------------- */

static long regset(struct task_struct *p, unsigned long note, struct iovec *iov, bool write)
{
	void __user *buf = iov->iov_base;
	size_t bytes;

	switch (note) {
	case NT_PRSTATUS:
		bytes = NR_REGS * sizeof(long);
		break;
	case NT_PRFPREG:
		bytes = sizeof(struct fxregs_state);
		break;
	case NT_X86_XSTATE:
		if (!fpu_xfeatures)
			return -ENODEV;
		bytes = fpu_state_bytes;
		break;
	case IOPERM_NOTE:
		return iov->iov_len % sizeof(long) ? -EINVAL : -ENXIO;	/* nobody has ports */
	default:
		return -EINVAL;
	}
	if (iov->iov_len % sizeof(long))
		return -EINVAL;
	iov->iov_len = min(iov->iov_len, bytes);
	if (note == NT_PRSTATUS)
		return write ? set_regs(p, buf, iov->iov_len) : get_regs(p, buf, iov->iov_len);
	if (!write)
		return get_fpu(p, buf, iov->iov_len, note == NT_X86_XSTATE);
	if (iov->iov_len != bytes)
		return note == NT_X86_XSTATE ? -EFAULT : -EINVAL;
	return set_fpu(p, buf, bytes);
}

static long regset_request(struct task_struct *p, unsigned long note, struct iovec __user *uiov,
			   bool write)
{
	struct iovec iov;
	long ret;

	if (copy_from_user(&iov, uiov, sizeof(iov)))
		return -EFAULT;
	ret = regset(p, note, &iov, write);
	return ret ?: put_user(iov.iov_len, &uiov->iov_len);
}

/* arch_prctl(2) for another thread */
static long bases_request(struct task_struct *p, unsigned long addr, unsigned long option)
{
	unsigned int reg = option == ARCH_SET_FS || option == ARCH_GET_FS ? REG_FS_BASE : REG_GS_BASE;

	switch (option) {
	case ARCH_SET_FS:
	case ARCH_SET_GS:
		return put_reg(p, reg, addr) ? -EPERM : 0;
	case ARCH_GET_FS:
	case ARCH_GET_GS:
		return put_user(reg == REG_FS_BASE ? p->thread.fsbase : p->thread.gsbase,
				(unsigned long __user *)addr);
	}
	return -EINVAL;
}

/* see linux/ptrace.h */
long arch_ptrace(struct task_struct *p, long request, unsigned long addr, unsigned long data)
{
	const size_t regs = NR_REGS * sizeof(long), fpregs = sizeof(struct fxregs_state);
	void __user *udata = (void __user *)data;

	switch (request) {
	case PTRACE_PEEKUSR:
		return peek_user(p, addr, udata);
	case PTRACE_POKEUSR:
		return poke_user(p, addr, data);
	case PTRACE_GETREGS:
		return get_regs(p, udata, regs);
	case PTRACE_SETREGS:
		return set_regs(p, udata, regs);
	case PTRACE_GETFPREGS:
		return get_fpu(p, udata, fpregs, false);
	case PTRACE_SETFPREGS:
		return set_fpu(p, udata, fpregs);
	case PTRACE_GETREGSET:
		return regset_request(p, addr, udata, false);
	case PTRACE_SETREGSET:
		return regset_request(p, addr, udata, true);
	case PTRACE_ARCH_PRCTL:
		return bases_request(p, addr, data);
	}
	return -EIO;
}

/* --- system calls ---------------------------------------------------------------------------- */

/**
 * trace_syscalls_of() - @p shows its system calls from now on, or no more.
 * Locks:   none; @p is held (R4). Context: thread.
 */
void trace_syscalls_of(struct task_struct *p, bool on)
{
	if (!on) {
		__atomic_fetch_and(&p->ti_flags, ~(1u << TIF_SYSCALL_TRACE), __ATOMIC_RELAXED);
		return;
	}
	*syscall_limit(p) = 0;
	__atomic_fetch_or(&p->ti_flags, 1u << TIF_SYSCALL_TRACE, __ATOMIC_RELAXED);
}

typedef long (*sys_call_args_t)(unsigned long di, unsigned long si, unsigned long dx,
				unsigned long r10, unsigned long r8, unsigned long r9);

/**
 * syscall_slow() - a system call that the entry code did not make: it is shown to a
 *	tracer first, or its number is unknown.
 * Locks:   none. Context: thread; sleeps. Return: what the program gets in ax.
 */
long syscall_slow(struct pt_regs *regs)
{
	bool killed;
	u32 nr;

	if (READ_ONCE(current->ti_flags) & (1u << TIF_SYSCALL_TRACE)) {
		killed = ptrace_report_syscall(PTRACE_EVENTMSG_SYSCALL_ENTRY);
		/* -1 in all 32 bits of the number: the tracer does not want the call */
		if (killed || (int)regs->orig_ax == -1)
			return regs->ax;
	} else {
		*syscall_limit(current) = NR_SYSCALLS;				/* R4 */
	}
	nr = regs->orig_ax;
	if (nr >= NR_SYSCALLS)
		return sys_ni_syscall_nr(regs);
	return ((sys_call_args_t)(void (*)(void))sys_call_table[nr])(regs->di, regs->si, regs->dx,
								     regs->r10, regs->r8, regs->r9);
}

/* The step of a tracer over SYSCALL ends here: the CPU does not trap there. */
static void report_stepped_syscall(void)
{
	current->thread.trap_nr = X86_TRAP_DB;
	current->thread.error_code = 0;
	force_sig_fault(SIGTRAP, TRAP_BRKPT, NULL);
}

/**
 * syscall_exit_work() - the end of a system call with something in ti_flags.
 * Locks:   none. Context: interrupts off at entry and return, on in between; sleeps.
 */
void syscall_exit_work(struct pt_regs *regs)
{
	unsigned int work = READ_ONCE(current->ti_flags);

	if (work & _TIF_SYSCALL_EXIT) {
		local_irq_enable();
		if (work & (1u << TIF_SINGLESTEP))
			report_stepped_syscall();
		else
			ptrace_report_syscall(PTRACE_EVENTMSG_SYSCALL_EXIT);
		local_irq_disable();
	}
	exit_to_user_mode_work(regs);
}
