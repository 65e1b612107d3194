/* SPDX-License-Identifier: MIT */
/*
 * entry_64.S - every way into the kernel and out of it, and the switch of stacks.
 *
 *   SYSCALL      entry_SYSCALL_64: the hot path; all of pt_regs is saved, because
 *                fork, exec, signals and reports read and change it
 *   vectors      idt_stubs, 16 bytes each: make the error code and the vector
 *                equal for all, then common_entry or, for those on stacks of their
 *                own (NMI, double fault, machine check), paranoid_entry
 *   new tasks    ret_from_fork
 *
 * E1  in the kernel GS points to this CPU's struct cpu_local; the user's base is
 *     in MSR_KERNEL_GS_BASE. Entry from user mode and return to it swap the two.
 *     Only paranoid_entry may find either state. Where programs can set their base
 *     (CR4.FSGSBASE) it may be anything, the kernel's own too: the entry keeps what
 *     it finds and takes the kernel's from the word above pt_regs (D5 of desc.c).
 *     Elsewhere the MSR tells: a user's base is never negative, the kernel's always.
 * E2  pt_regs of the entry from user mode lie at the top of the task's stack, below the
 *       word that a system call's number is compared with (R4 of ptrace.c).
 * E3  at a return to user mode interrupts are off from the last look at ti_flags
 *     until the return itself, so no signal and no reschedule is left behind.
 * E4  regs->cs and ->ss of user mode are always __USER_CS and __USER_DS, and
 *       regs->ip is below TASK_SIZE_MAX when the return code is reached: neither
 *     SYSRET nor IRET can fault (start_thread(), sigreturn and
 *     exit_to_user_mode_work() see to it).
 * E5  AC is clear in the kernel except between STAC and CLAC: SYSCALL masks it,
 *       other entries clear it.
 *
 * The pushes follow struct pt_regs (asm/ptrace.h) from its end to its start. Its
 * size is 8 modulo 16, so 8 bytes go below it before C is called.
 */
#include <asm/ptrace.h>
#include <asm/percpu.h>
#include <asm/traps.h>

#define TIF_WORK	0x0e	/* _TIF_WORK_MASK; syscall.c asserts it */
#define TIF_SYSCALL_WORK 0x3e	/* and what is to do at the end of a system call alone */
#define MINUS_ENOSYS	-38
#define MSR_GS_BASE	0xc0000101
#define FLAGS_TF_RF	0x10100
#define CR4_FSGSBASE	0x10000

/* A NOP that becomes CLAC on a CPU with SMAP: see smap_patch(). */
.macro CLAC_IF_SMAP
771:	.byte	0x0f, 0x1f, 0x00
	.pushsection smap_clac, "a"
	.balign	4
	.long	771b - .
	.popsection
.endm

.macro PUSH_FROM_SI
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
.endm

.macro POP_ALL
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	addq	$8, %rsp		/* orig_ax */
.endm

	.text
	.code64

	.balign	16
	.globl	entry_SYSCALL_64
	.type	entry_SYSCALL_64, @function
entry_SYSCALL_64:
	swapgs
	movq	%rsp, %gs:CPU_USER_SP
	movq	%gs:CPU_STACK_TOP, %rsp
	pushq	$__USER_DS
	pushq	%gs:CPU_USER_SP
	pushq	%r11
	pushq	$__USER_CS
	pushq	%rcx
	pushq	%rax			/* orig_ax: the number */
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	$MINUS_ENOSYS		/* ax */
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	xorl	%ebp, %ebp		/* the end of a backtrace */
	subq	$8, %rsp
	sti
	movl	%eax, %eax		/* numbers are 32 bits wide */
	cmpl	PT_SYSCALL_LIMIT + 8(%rsp), %eax	/* NR_SYSCALLS; 0: traced */
	jae	.Lslow_call
	movq	%r10, %rcx
	callq	*sys_call_table(,%rax,8)
.Lsyscall_return:
	movq	%rax, PT_AX + 8(%rsp)
#ifdef CONFIG_DEBUG_LOCKS
	callq	debug_leave
#endif
	addq	$8, %rsp
	cli
	movq	%gs:CPU_CURRENT, %rax
	testl	$TIF_SYSCALL_WORK, (%rax)
	jnz	.Lsyscall_work
	/* SYSRET takes ip from rcx and flags from r11: only when they agree. */
	movq	PT_CX(%rsp), %rcx
	movq	PT_R11(%rsp), %r11
	cmpq	%rcx, PT_IP(%rsp)
	jne	.Luser_iret
	cmpq	%r11, PT_FLAGS(%rsp)
	jne	.Luser_iret
	testl	$FLAGS_TF_RF, %r11d
	jnz	.Luser_iret
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	addq	$8, %rsp		/* r11 is loaded */
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rax
	addq	$8, %rsp		/* rcx is loaded */
	popq	%rdx
	popq	%rsi
	popq	%rdi
	movq	PT_SP - PT_ORIG_AX(%rsp), %rsp
	swapgs
	sysretq

.Lslow_call:
	leaq	8(%rsp), %rdi
	callq	syscall_slow
	jmp	.Lsyscall_return

.Lsyscall_work:
	movq	%rsp, %rdi
	subq	$8, %rsp
	callq	syscall_exit_work	/* returns with interrupts off */
	addq	$8, %rsp
	jmp	.Luser_iret
	.size	entry_SYSCALL_64, . - entry_SYSCALL_64

/*
 * SYSCALL from 32-bit code: there is no 32-bit code segment to come from. The
 * MSR points here all the same, so that it points somewhere harmless.
 */
	.globl	entry_SYSCALL_compat
	.type	entry_SYSCALL_compat, @function
entry_SYSCALL_compat:
	movl	$MINUS_ENOSYS, %eax
	sysretl
	.size	entry_SYSCALL_compat, . - entry_SYSCALL_compat

/* The way back to user mode: pt_regs at (%rsp), interrupts off. */
	.balign	16
	.type	user_return, @function
user_return:
	cli
#ifdef CONFIG_DEBUG_LOCKS
	subq	$8, %rsp
	callq	debug_leave
	addq	$8, %rsp
#endif
	movq	%gs:CPU_CURRENT, %rax
	testl	$TIF_WORK, (%rax)
	jz	.Luser_iret
.Luser_work:
	movq	%rsp, %rdi
	subq	$8, %rsp
	callq	exit_to_user_mode_work	/* returns with interrupts off */
	addq	$8, %rsp
.Luser_iret:
	swapgs
	POP_ALL
	iretq
	.size	user_return, . - user_return

/*
 * The stubs push -1 where the CPU pushes no error code, then the vector, which
 * lands where pt_regs has rdi.
 */
	.balign	16
	.globl	idt_stubs
	.type	idt_stubs, @function
idt_stubs:
	vector = 0
	.rept	256
	.balign	16, 0xcc
	.if	vector != 8 && (vector < 10 || vector > 14) && vector != 17 && vector != 21
	pushq	$-1
	.endif
	pushq	$vector
	.if	vector == 2 || vector == 8 || vector == 18
	jmp	paranoid_entry
	.else
	jmp	common_entry
	.endif
	vector = vector + 1
	.endr
	.balign	16, 0xcc
	.size	idt_stubs, . - idt_stubs

	.type	common_entry, @function
common_entry:
	cld
	CLAC_IF_SMAP
	xchgq	%rdi, (%rsp)		/* rdi = vector */
	PUSH_FROM_SI
	movq	%rdi, %rsi
	movq	%rsp, %rdi
	movq	PT_ORIG_AX(%rsp), %rdx	/* error code */
	movq	$-1, PT_ORIG_AX(%rsp)	/* not a system call */
	subq	$8, %rsp
	testb	$3, PT_CS + 8(%rsp)
	jz	1f
	swapgs
	xorl	%ebp, %ebp
1:	cmpl	$32, %esi
	jae	2f
	callq	do_exception
	jmp	3f
2:	callq	do_interrupt
3:	addq	$8, %rsp
	testb	$3, PT_CS(%rsp)
	jnz	user_return
	POP_ALL
	iretq
	.size	common_entry, . - common_entry

	.type	paranoid_entry, @function
paranoid_entry:
	cld
	CLAC_IF_SMAP
	xchgq	%rdi, (%rsp)
	PUSH_FROM_SI
	movq	%cr4, %r12		/* nothing that runs from here changes the bit */
	testl	$CR4_FSGSBASE, %r12d
	jz	1f
	rdgsbase %rbx
	movq	PT_SIZE(%rsp), %rax
	wrgsbase %rax
	jmp	2f
1:	xorl	%ebx, %ebx		/* becomes: was it the user's? */
	movl	$MSR_GS_BASE, %ecx
	rdmsr
	testl	%edx, %edx
	js	2f
	swapgs
	incl	%ebx
2:	movq	%rdi, %rsi
	movq	%rsp, %rdi
	movq	PT_ORIG_AX(%rsp), %rdx
	movq	$-1, PT_ORIG_AX(%rsp)
	subq	$8, %rsp
	callq	do_exception
	addq	$8, %rsp
	testl	$CR4_FSGSBASE, %r12d
	jz	3f
	wrgsbase %rbx
	jmp	4f
3:	testl	%ebx, %ebx
	jz	4f
	swapgs
4:	POP_ALL
	iretq
	.size	paranoid_entry, . - paranoid_entry

/*
 * struct task_struct *__switch_stack(prev, unsigned long *prev_sp, next_sp):
 * what a task needs to go on is on its own stack, below the return address.
 * copy_thread() builds the same frame for a task that never ran.
 */
	.balign	16
	.globl	__switch_stack
	.type	__switch_stack, @function
__switch_stack:
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rsi)
	movq	%rdx, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	movq	%rdi, %rax
	retq
	.size	__switch_stack, . - __switch_stack

/* First instructions of a task: rax = the task before it, rbx = fn, r12 = arg. */
	.globl	ret_from_fork
	.type	ret_from_fork, @function
ret_from_fork:
	subq	$8, %rsp
	xorl	%ebp, %ebp
	movq	%rax, %rdi
	callq	schedule_tail
	testq	%rbx, %rbx
	jz	1f
	movq	%r12, %rdi
	callq	*%rbx
	movq	$0, PT_AX + 8(%rsp)	/* what execve returns */
1:	addq	$8, %rsp
	jmp	user_return
	.size	ret_from_fork, . - ret_from_fork

	.section .note.GNU-stack, "", @progbits
