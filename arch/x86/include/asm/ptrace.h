/* SPDX-License-Identifier: MIT */
/*
 * asm/ptrace.h (x86-64) - the registers of an interrupted context, as the entry
 * code pushes them; the order is that of Linux's ABI (struct user_regs_struct).
 */
#ifndef ASM_X86_PTRACE_H
#define ASM_X86_PTRACE_H

/* offsets for entry_64.S */
#define PT_R15		0
#define PT_R14		8
#define PT_R13		16
#define PT_R12		24
#define PT_BP		32
#define PT_BX		40
#define PT_R11		48
#define PT_R10		56
#define PT_R9		64
#define PT_R8		72
#define PT_AX		80
#define PT_CX		88
#define PT_DX		96
#define PT_SI		104
#define PT_DI		112
#define PT_ORIG_AX	120
#define PT_IP		128
#define PT_CS		136
#define PT_FLAGS	144
#define PT_SP		152
#define PT_SS		160
#define PT_SIZE		168
/* above them, at the top of the stack: numbers of system calls below this go the short way */
#define PT_SYSCALL_LIMIT	PT_SIZE
#define PT_ABOVE		16	/* bytes */
#define NR_SYSCALLS		451	/* entries of sys_call_table */

/* segment selectors: the numbers that Linux's user programs see */
#define __KERNEL_CS	0x10
#define __KERNEL_DS	0x18
#define __USER32_CS	0x23
#define __USER_DS	0x2b
#define __USER_CS	0x33

#ifndef __ASSEMBLER__
#include <linux/types.h>

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx;
	unsigned long r11, r10, r9, r8, ax, cx, dx, si, di;
	unsigned long orig_ax;		/* system call number, or error code, or -1 */
	unsigned long ip, cs, flags, sp, ss;
};
static_assert(sizeof(struct pt_regs) == PT_SIZE, "entry_64.S pushes pt_regs");
static_assert(offsetof(struct pt_regs, orig_ax) == PT_ORIG_AX, "entry_64.S pushes pt_regs");

static inline bool user_mode(const struct pt_regs *regs)
{
	return regs->cs & 3;
}
static inline unsigned long instruction_pointer(const struct pt_regs *regs) { return regs->ip; }
static inline unsigned long user_stack_pointer(const struct pt_regs *regs) { return regs->sp; }
static inline unsigned long frame_pointer(const struct pt_regs *regs) { return regs->bp; }

/* system calls: what signal delivery needs to know of an interrupted one */
static inline bool in_syscall(const struct pt_regs *regs) { return (long)regs->orig_ax >= 0; }
static inline void regs_set_return_value(struct pt_regs *regs, unsigned long v) { regs->ax = v; }
#define SYSCALL_ARCH	0xc000003eu	/* AUDIT_ARCH_X86_64 */
static inline unsigned long regs_return_value(const struct pt_regs *regs) { return regs->ax; }
#endif
#endif
