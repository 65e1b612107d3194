/* SPDX-License-Identifier: MIT */
/* asm/signal_frame.h (x86-64) - what a signal handler finds on its stack: Linux's ABI. */
#ifndef ASM_X86_SIGNAL_FRAME_H
#define ASM_X86_SIGNAL_FRAME_H

#include <linux/types.h>
#include <linux/signal.h>
#include <asm/ptrace.h>

struct sigcontext {
	u64 r8, r9, r10, r11, r12, r13, r14, r15, di, si, bp, bx, dx, ax, cx, sp, ip, flags;
	u16 cs, gs, fs, ss;
	u64 err, trapno, oldmask, cr2;
	u64 fpstate;			/* user address, 64-byte aligned; 0: none */
	u64 reserved[8];
};
static_assert(sizeof(struct sigcontext) == 256, "sigcontext ABI");

#define UC_FP_XSTATE		0x1ul	/* fpstate is XSAVE's, with its two magic words */
#define UC_SIGCONTEXT_SS	0x2ul
#define UC_STRICT_RESTORE_SS	0x4ul

struct ucontext {
	unsigned long uc_flags;
	u64 uc_link;
	stack_t uc_stack;
	struct sigcontext uc_mcontext;
	sigset_t uc_sigmask;
};

struct rt_sigframe {
	u64 pretcode;			/* the handler returns there: sa_restorer */
	struct ucontext uc;
	u8 info[SI_MAX_SIZE];
};
static_assert(offsetof(struct rt_sigframe, uc) == 8, "rt_sigframe ABI");
static_assert(offsetof(struct rt_sigframe, uc.uc_mcontext) == 48, "rt_sigframe ABI");
static_assert(sizeof(struct rt_sigframe) == 440, "rt_sigframe ABI");

/* the frame for @ksig; -EFAULT when the stack cannot hold it */
int __must_check setup_rt_frame(struct ksignal *ksig, struct pt_regs *regs);
void do_signal(struct pt_regs *regs);

#endif
