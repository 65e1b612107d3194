// SPDX-License-Identifier: MIT
/*
 * signal.c (x86-64) - a signal becomes a call of the program's handler, and back.
 *
 *	higher addresses
 *	| the program's stack        |
 *	| 128 bytes red zone         |  not on an alternate stack
 *	| fpstate, 64-byte aligned   |
 *	| struct rt_sigframe         |  siginfo, ucontext, return address
 *	lower addresses, sp = 8 modulo 16 as after a call
 *
 * The handler returns to sa_restorer, which calls rt_sigreturn; that puts back
 * registers, mask and alternate stack from the frame, which the program may have
 * changed or made up: nothing from it is trusted.
 *
 *   G1  user mode's cs and ss are constants, never taken from a frame
 *   G2  of flags only those that a program may set are taken
 *   G3  a frame's ip at or above TASK_SIZE_MAX is a bad frame
 *   G4  an interrupted system call is restarted, or ended with -EINTR, exactly once:
 *       orig_ax is -1 afterwards, or regs no longer say "restart"
 *
 * What is left to kernel/signal.c: which signal comes next, default actions.
 * Locks: none here.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/printk.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/syscalls.h>
#include <linux/errno.h>
#include <asm/signal_frame.h>
#include <asm/fpu.h>
#include <asm/irqflags.h>
#include <asm/traps.h>
#include <asm/uaccess.h>

#define RED_ZONE_BYTES		128
#define NR_restart_syscall	219
#define SYSCALL_INSN_BYTES	2

#define USER_FLAGS	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | \
			 X86_EFLAGS_SF | X86_EFLAGS_TF | X86_EFLAGS_DF | X86_EFLAGS_OF | \
			 X86_EFLAGS_RF | X86_EFLAGS_AC)

/* all but the mask and the place of the FPU's registers */
static void sigcontext_from_regs(struct sigcontext *sc, const struct pt_regs *regs)
{
	const struct thread_struct *t = &current->thread;

	sc->r8 = regs->r8;
	sc->r9 = regs->r9;
	sc->r10 = regs->r10;
	sc->r11 = regs->r11;
	sc->r12 = regs->r12;
	sc->r13 = regs->r13;
	sc->r14 = regs->r14;
	sc->r15 = regs->r15;
	sc->di = regs->di;
	sc->si = regs->si;
	sc->bp = regs->bp;
	sc->bx = regs->bx;
	sc->dx = regs->dx;
	sc->ax = regs->ax;
	sc->cx = regs->cx;
	sc->sp = regs->sp;
	sc->ip = regs->ip;
	sc->flags = regs->flags;
	sc->cs = regs->cs;
	sc->gs = sc->fs = 0;
	sc->ss = regs->ss;
	sc->err = t->error_code;
	sc->trapno = t->trap_nr;
	sc->cr2 = t->cr2;
	memset(sc->reserved, 0, sizeof(sc->reserved));
}

/* The stack for the handler, or 0 when it would run off the alternate stack. */
static unsigned long frame_stack(struct ksignal *ksig, const struct pt_regs *regs,
				 unsigned long *fpstate)
{
	unsigned long sp = regs->sp - RED_ZONE_BYTES, frame;
	bool nested = on_sig_stack(regs->sp), entering = false;

	if (ksig->ka.sa.sa_flags & SA_ONSTACK && !sas_ss_flags(regs->sp)) {
		sp = current->sas_ss_sp + current->sas_ss_size;
		entering = true;
	}
	*fpstate = (sp - fpu_frame_bytes()) & ~63ul;
	frame = ((*fpstate - sizeof(struct rt_sigframe)) & ~15ul) - 8;
	if ((nested || entering) &&
	    (frame <= current->sas_ss_sp || frame - current->sas_ss_sp > current->sas_ss_size))
		return 0;
	return frame;
}

static int write_frame(struct rt_sigframe __user *frame, struct ksignal *ksig,
		       struct pt_regs *regs, unsigned long fpstate)
{
	struct rt_sigframe f;	/* every byte before info is written: it goes to the program */

	f.pretcode = (u64)ksig->ka.sa.sa_restorer;
	f.uc.uc_flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS;
	if (fpu_xfeatures)
		f.uc.uc_flags |= UC_FP_XSTATE;
	f.uc.uc_link = 0;
	save_altstack(&f.uc.uc_stack, regs->sp);
	sigcontext_from_regs(&f.uc.uc_mcontext, regs);
	f.uc.uc_sigmask = *sigmask_to_save();
	f.uc.uc_mcontext.oldmask = f.uc.uc_sigmask.sig[0];
	f.uc.uc_mcontext.fpstate = fpstate;
	if (copy_to_user(frame, &f, offsetof(struct rt_sigframe, info)))
		return -EFAULT;
	if (ksig->ka.sa.sa_flags & SA_SIGINFO)
		return copy_siginfo_to_user(&frame->info, &ksig->info);
	return 0;
}

/**
 * setup_rt_frame() - write the frame and let @regs enter the handler.
 * Locks: none. Context: thread, may sleep.
 * Return: 0, or -EFAULT: @regs are unchanged and the process is to die of SIGSEGV.
 */
int setup_rt_frame(struct ksignal *ksig, struct pt_regs *regs)
{
	struct rt_sigframe __user *frame;
	unsigned long fpstate, sp = frame_stack(ksig, regs, &fpstate);

	frame = (struct rt_sigframe __user *)sp;
	if (!sp || !access_ok(frame, sizeof(*frame)) || !(ksig->ka.sa.sa_flags & SA_RESTORER))
		return -EFAULT;
	if (fpu_to_frame((void __user *)fpstate) || write_frame(frame, ksig, regs, fpstate))
		return -EFAULT;
	regs->di = ksig->sig;
	regs->ax = 0;			/* no vector registers, for a variadic handler */
	regs->si = (unsigned long)&frame->info;
	regs->dx = (unsigned long)&frame->uc;
	regs->ip = (unsigned long)ksig->ka.sa.sa_handler;
	regs->sp = sp;
	regs->cs = __USER_CS;
	regs->ss = __USER_DS;
	return 0;
}

static void restart_call(struct pt_regs *regs, unsigned long nr)
{
	regs->ax = nr;
	regs->ip -= SYSCALL_INSN_BYTES;
}

/* The interrupted call ends with -EINTR or begins again after the handler. */
static void settle_call_for_handler(struct ksignal *ksig, struct pt_regs *regs)
{
	if (!in_syscall(regs))
		return;
	switch (-(long)regs->ax) {
	case ERESTART_RESTARTBLOCK:
	case ERESTARTNOHAND:
		regs->ax = -EINTR;
		break;
	case ERESTARTSYS:
		if (!(ksig->ka.sa.sa_flags & SA_RESTART)) {
			regs->ax = -EINTR;
			break;
		}
		fallthrough;
	case ERESTARTNOINTR:
		restart_call(regs, regs->orig_ax);
		break;
	}
}

/* No handler runs, so every interrupted call goes on. */
static void settle_call_without_handler(struct pt_regs *regs)
{
	if (!in_syscall(regs))
		return;
	switch (-(long)regs->ax) {
	case ERESTARTNOHAND:
	case ERESTARTSYS:
	case ERESTARTNOINTR:
		restart_call(regs, regs->orig_ax);
		break;
	case ERESTART_RESTARTBLOCK:
		restart_call(regs, NR_restart_syscall);
		break;
	}
}

static void handle_signal(struct ksignal *ksig, struct pt_regs *regs)
{
	bool stepping = current->ti_flags & (1u << TIF_SINGLESTEP);
	int failed;

	settle_call_for_handler(ksig, regs);
	rseq_signal_deliver(regs);
	if (unlikely(stepping))
		user_disable_single_step(current);	/* no TF in the frame */
	failed = setup_rt_frame(ksig, regs);
	if (!failed) {
		regs->flags &= ~(X86_EFLAGS_DF | X86_EFLAGS_RF | X86_EFLAGS_TF);
		fpu_registers_reset();
	}
	signal_setup_done(failed, ksig);
	if (unlikely(stepping && !failed))
		ptrace_notify(SIGTRAP, 0);
}

/**
 * do_signal() - one signal to a handler, or none: then the system call goes on.
 * Locks: none. Context: thread, on the way to user mode, interrupts on; may sleep
 * (stopped) or not return (killed). Return: nothing.
 */
void do_signal(struct pt_regs *regs)
{
	struct ksignal ksig;

	if (get_signal(&ksig)) {
		handle_signal(&ksig, regs);
		return;
	}
	settle_call_without_handler(regs);
	restore_saved_sigmask();
}

static void regs_from_sigcontext(struct pt_regs *regs, const struct sigcontext *sc)
{
	*regs = (struct pt_regs){
		.r8 = sc->r8, .r9 = sc->r9, .r10 = sc->r10, .r11 = sc->r11,
		.r12 = sc->r12, .r13 = sc->r13, .r14 = sc->r14, .r15 = sc->r15,
		.di = sc->di, .si = sc->si, .bp = sc->bp, .bx = sc->bx,
		.dx = sc->dx, .ax = sc->ax, .cx = sc->cx, .sp = sc->sp, .ip = sc->ip,
		.flags = (regs->flags & ~USER_FLAGS) | (sc->flags & USER_FLAGS),	/* G2 */
		.cs = __USER_CS, .ss = __USER_DS,					/* G1 */
		.orig_ax = -1,								/* G4 */
	};
}

static int restore_frame(struct pt_regs *regs, struct rt_sigframe __user *frame)
{
	struct ucontext uc;
	sigset_t mask;

	if (!access_ok(frame, sizeof(*frame)) || copy_from_user(&uc, &frame->uc, sizeof(uc)))
		return -EFAULT;
	mask = uc.uc_sigmask;
	set_current_blocked(&mask);
	if (uc.uc_mcontext.ip >= TASK_SIZE_MAX)		/* G3 */
		return -EFAULT;
	if (fpu_from_frame((const void __user *)uc.uc_mcontext.fpstate))
		return -EFAULT;
	regs_from_sigcontext(regs, &uc.uc_mcontext);
	restore_altstack(&uc.uc_stack);
	return 0;
}

/**
 * sys_rt_sigreturn() - back from a handler; the frame is where sp points, less the
 * return address.
 * Locks: none. Context: thread, may sleep. Return: what ax was, SIGSEGV for a bad frame.
 */
long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = current_pt_regs();
	struct rt_sigframe __user *frame = (struct rt_sigframe __user *)(regs->sp - 8);

	if (restore_frame(regs, frame)) {
		pr_info("%s[%d] bad frame in rt_sigreturn frame:%lx ip:%lx sp:%lx orax:%lx\n",
			current->comm, current->pid, (unsigned long)frame, regs->ip, regs->sp,
			regs->orig_ax);
		force_sig(SIGSEGV);
		return 0;
	}
	return regs->ax;
}
