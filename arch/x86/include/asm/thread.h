/* SPDX-License-Identifier: MIT */
/*
 * asm/thread.h (x86) - the CPU's part of a task, and what kernel/ calls to make,
 * switch and end one. Included by linux/sched.h before struct task_struct is
 * known: declarations only.
 *
 * o: only the task itself, or whoever forks it, or the CPU that switches from it, or the
 *    tracer that holds it (T3 of kernel/ptrace.c)
 */
#ifndef ASM_X86_THREAD_H
#define ASM_X86_THREAD_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <asm/ptrace.h>

struct task_struct;
struct mm_struct;
union fpu_state;

struct thread_struct {
	unsigned long sp;		/* o  kernel stack pointer while not running */
	unsigned long fsbase, gsbase;	/* o  user's bases */
	union {				/* o  user's selectors, nearly always 0 */
		struct {
			unsigned short fs, gs, ds, es;
		};
		u64 selectors;		/*    all of them */
	};
	union fpu_state *fpu;		/* o  64-byte aligned; NULL before copy_thread() */
	unsigned int fpu_cpu;		/* o  CPU whose registers were last loaded from fpu */
	unsigned long cr2;		/* o  of the last fault that gave a signal */
	unsigned long error_code;	/* o */
	unsigned long trap_nr;		/* o */
	bool forced_tf;			/* o  TF is set for a single step (R5 of ptrace.c) */
};

/* arch_prctl(2) */
#define ARCH_SET_GS	0x1001
#define ARCH_SET_FS	0x1002
#define ARCH_GET_FS	0x1003
#define ARCH_GET_GS	0x1004

/* registers at the entry from user mode: the top of the task's kernel stack, but for the
 * word that says whether its system calls are traced (R4 of ptrace.c) */
#define task_stack_top(p)	((unsigned long)(p)->stack + THREAD_SIZE - PT_ABOVE)
#define syscall_limit(p)	((u32 *)task_stack_top(p))
#define task_pt_regs(p)		((struct pt_regs *)task_stack_top(p) - 1)
#define current_pt_regs()	task_pt_regs(current)

/* How a new task begins: exactly one of @fn (kernel thread) and @regs (user). */
struct copy_thread_args {
	int (*fn)(void *arg);		/* when it returns, the task goes to user mode
					 * (after kernel_execve()), so others must exit */
	void *arg;
	const struct pt_regs *regs;	/* the parent's: the child returns 0 from them */
	unsigned long newsp;		/* 0: the parent's */
	bool set_tls;			/* CLONE_SETTLS */
	unsigned long tls;
};

/**
 * copy_thread() - registers, FPU state and first stack frame of the new task @p,
 * whose kernel stack is allocated; a user task gets the FPU state of current.
 * Its first switch_to() begins in schedule_tail(prev), then fn or user mode.
 * Context: thread. Return: 0, -ENOMEM, -EPERM for a bad tls; nothing to undo then.
 */
int __must_check copy_thread(struct task_struct *p, const struct copy_thread_args *args);

/** free_thread() - what copy_thread() allocated; @p does not run (nor ever did, or is dead). */
void free_thread(struct task_struct *p);

/** flush_thread() - exec: current begins with fresh FPU, no TLS, no selectors. */
void flush_thread(void);

/** start_thread() - exec: user mode of current begins at @ip with stack @sp. */
void start_thread(struct pt_regs *regs, unsigned long ip, unsigned long sp);

/**
 * switch_to() - run @next instead of @prev on this CPU; the caller has made sure
 * that @next's stack is not in use. Page tables are switched before, by switch_mm_irqs_off().
 * Context: interrupts off, run queue lock as the scheduler likes.
 * Return:  in the context of a task that runs again: the task that ran before it here.
 */
struct task_struct *switch_to(struct task_struct *prev, struct task_struct *next);

/* kernel/sched: the second half of the first switch to a task; interrupts off at
 * entry, on at return */
void schedule_tail(struct task_struct *prev);

/**
 * switch_mm_irqs_off() - load the page tables of @next (never NULL). @prev is what ran before.
 * Context: interrupts off.
 */
void switch_mm_irqs_off(struct mm_struct *prev, struct mm_struct *next);
/** enter_lazy_tlb() - a kernel thread borrows @mm, the page tables stay loaded.
 * Context: interrupts off. */
void enter_lazy_tlb(struct mm_struct *mm);
/** activate_mm() - exec: as switch_mm_irqs_off(), any interrupt state. */
void activate_mm(struct mm_struct *prev, struct mm_struct *next);
/** leave_mm() - this CPU goes over to the kernel's own tables (before a lazy
 * borrower drops the last reference, or for a long idle). Interrupts off. */
void leave_mm(void);
/** tlb_init_cpu() - this CPU, on the kernel's own tables, has the address space numbers
 * that it can tell apart. Interrupts off. */
void tlb_init_cpu(void);
extern unsigned long tlb_single_page_flush_ceiling;	/* a word; /sys/kernel/debug/x86 */

#endif
