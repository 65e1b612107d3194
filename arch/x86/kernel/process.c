// SPDX-License-Identifier: MIT
/*
 * process.c - the CPU's part of a task: made, switched to, reset by exec, ended.
 *
 * A task that is not running is its kernel stack: callee-saved registers and a
 * return address at thread.sp (__switch_stack()), and for a task that came from
 * user mode its pt_regs at the top. Beside the stack it has the bases of FS and
 * GS, the data selectors of user mode, and the FPU buffer (fpu.c).
 *
 *   T1  cpu_local.current_task is the task on whose stack the CPU runs
 *   T2  cpu_local.stack_top == tss.sp0 == task_stack_top(current) for a user task
 *   T3  with the FSGSBASE instructions a program may have changed its bases whenever it
 *       ran: they are read when it is left and written when it goes on. Without them
 *       cpu_local.fs_user and gs_user are what the MSRs hold, and only a base that
 *       changes is written
 *   T4  a selector that is not 0 can only be the user data selector. Loading it sets
 *       the base to 0; without FSGSBASE nothing can have changed that
 *
 * Locks: thread_struct belongs to its task; switch_to() runs with interrupts off.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/sched.h>
#include <linux/bug.h>
#include <linux/syscalls.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <asm/cpufeature.h>
#include <asm/desc.h>
#include <asm/elf.h>
#include <asm/fpu.h>
#include <asm/msr.h>
#include <asm/irqflags.h>
#include <asm/uaccess.h>

#define NO_CPU		(~0u)

struct task_struct *__switch_stack(struct task_struct *prev, unsigned long *prev_sp,
				   unsigned long next_sp);

/* What __switch_stack() pops; sp points to it while the task does not run. */
struct switch_frame {
	unsigned long r15, r14, r13, r12, bx, bp, ret;
};

static void fork_frame(struct task_struct *p, int (*fn)(void *), void *arg)
{
	struct switch_frame *frame = (struct switch_frame *)task_pt_regs(p) - 1;

	*frame = (struct switch_frame){
		.bx = (unsigned long)fn,
		.r12 = (unsigned long)arg,
		.ret = (unsigned long)ret_from_fork,
	};
	p->thread.sp = (unsigned long)frame;
}


#define DEFINE_SELECTOR(seg)						\
static unsigned short read_selector_##seg(void)				\
{									\
	unsigned short v;						\
									\
	asm volatile("movw %%" #seg ", %0" : "=r"(v));			\
	return v;							\
}
DEFINE_SELECTOR(ds)
DEFINE_SELECTOR(es)
DEFINE_SELECTOR(fs)
DEFINE_SELECTOR(gs)

static bool has_fsgsbase(void)
{
	return boot_cpu_has(X86_FEATURE_FSGSBASE);
}

static int __init param_nofsgsbase(char *value)
{
	setup_clear_cpu_cap(X86_FEATURE_FSGSBASE);
	return 0;
}
early_param("nofsgsbase", param_nofsgsbase);

static bool any_selector_loaded(void)
{
	return read_selector_ds() | read_selector_es() | read_selector_fs() | read_selector_gs();
}

/* T3, T4: what the program did to its segments; is any selector set? Interrupts off. */
static __always_inline bool save_segments(struct cpu_local *cpu, struct thread_struct *t)
{
	unsigned short ds = read_selector_ds(), es = read_selector_es();
	unsigned short fs = read_selector_fs(), gs = read_selector_gs();

	t->ds = ds;
	t->es = es;
	t->fs = fs;
	t->gs = gs;
	if (has_fsgsbase()) {
		t->fsbase = rdfsbase();
		t->gsbase = rdgsbase_user();
	} else {
		if (unlikely(fs))
			t->fsbase = cpu->fs_user = 0;
		if (unlikely(gs))
			t->gsbase = cpu->gs_user = 0;
	}
	return ds | es | fs | gs;
}

static void load_bases(struct cpu_local *cpu, const struct thread_struct *t)
{
	if (has_fsgsbase()) {
		wrfsbase(t->fsbase);
		wrgsbase_user(t->gsbase);
		return;
	}
	if (cpu->fs_user != t->fsbase) {
		wrmsr(MSR_FS_BASE, t->fsbase);
		cpu->fs_user = t->fsbase;
	}
	if (cpu->gs_user != t->gsbase) {
		wrmsr(MSR_KERNEL_GS_BASE, t->gsbase);
		cpu->gs_user = t->gsbase;
	}
}

/* Interrupts off: while GS is the user's, the kernel has no per-CPU data. */
static void load_segments(struct cpu_local *cpu, const struct thread_struct *t)
{
	asm volatile("movw %w0, %%ds" : : "r"(t->ds));
	asm volatile("movw %w0, %%es" : : "r"(t->es));
	asm volatile("movw %w0, %%fs" : : "r"(t->fs));
	asm volatile("swapgs; movw %w0, %%gs; swapgs" : : "r"(t->gs) : "memory");
	/* each load has set the base, to a value that depends on the CPU's maker */
	cpu->fs_user = ~t->fsbase;
	cpu->gs_user = ~t->gsbase;
	load_bases(cpu, t);
}

static bool has_user_state(const struct task_struct *p)
{
	return !(p->flags & PF_KTHREAD);
}

/* @any: is a selector set now? */
static void load_user_state(struct cpu_local *cpu, struct task_struct *next, bool any)
{
	struct thread_struct *t = &next->thread;

	if (unlikely(any || t->selectors))
		load_segments(cpu, t);
	else
		load_bases(cpu, t);
	if (cpu->fpu_owner != next || t->fpu_cpu != cpu->cpu) {
		fpu_restore(t->fpu);
		cpu->fpu_owner = next;
		t->fpu_cpu = cpu->cpu;
	}
}

/**
 * switch_to() - leave @prev and go on in @next, on this CPU.
 * Locks:   none taken; the run queue's as the scheduler has it.
 * Context: interrupts off; @next's stack is used by nobody.
 * Return:  in the task that goes on: who ran before it on this CPU.
 */
struct task_struct *switch_to(struct task_struct *prev, struct task_struct *next)
{
	struct cpu_local *cpu = this_cpu_local();
	bool any;

	mm_assert(arch_irqs_disabled() && cpu->current_task == prev && prev != next);
	if (has_user_state(prev) && !(prev->flags & PF_EXITING)) {
		any = save_segments(cpu, &prev->thread);
		fpu_save(prev->thread.fpu);
	} else {
		any = any_selector_loaded();	/* of whoever ran before */
	}
	if (has_user_state(next))
		load_user_state(cpu, next, any);
	cpu->current_task = next;
	cpu->stack_top = task_stack_top(next);
	cpu->tss->sp0 = cpu->stack_top;
	return __switch_stack(prev, &prev->thread.sp, next->thread.sp);
}

/* current's thread_struct says what its segments are now */
static void save_own_segments(void)
{
	unsigned long flags = arch_local_irq_save();

	save_segments(this_cpu_local(), &current->thread);
	arch_local_irq_restore(flags);
}

/* Registers of current that are not in pt_regs, as the child gets them. */
static void copy_user_state(struct task_struct *p)
{
	struct thread_struct *t = &current->thread;

	save_own_segments();
	p->thread.fsbase = t->fsbase;
	p->thread.gsbase = t->gsbase;
	p->thread.ds = t->ds;
	p->thread.es = t->es;
	p->thread.fs = t->fs;
	p->thread.gs = t->gs;
	fpu_save(p->thread.fpu);
}

/**
 * copy_thread() - see asm/thread.h.
 * Locks: none. Context: thread; @p is seen by nobody else.
 * Return: 0, -ENOMEM, or -EPERM for a TLS base outside user memory.
 */
int copy_thread(struct task_struct *p, const struct copy_thread_args *args)
{
	struct pt_regs *regs = task_pt_regs(p);

	memset(&p->thread, 0, sizeof(p->thread));
	p->thread.fpu_cpu = NO_CPU;
	*syscall_limit(p) = NR_SYSCALLS;
	if (args->set_tls && args->tls >= TASK_SIZE_MAX)
		return -EPERM;
	p->thread.fpu = fpu_alloc();
	if (!p->thread.fpu)
		return -ENOMEM;
	fork_frame(p, args->fn, args->arg);
	if (args->fn) {
		memset(regs, 0, sizeof(*regs));
		fpu_state_reset(p->thread.fpu);
		return 0;
	}
	*regs = *args->regs;
	regs->ax = 0;
	if (current->thread.forced_tf)
		regs->flags &= ~X86_EFLAGS_TF;		/* its parent is stepped */
	if (args->newsp)
		regs->sp = args->newsp;
	copy_user_state(p);
	if (args->set_tls) {
		p->thread.fsbase = args->tls;
		p->thread.fs = 0;
	}
	return 0;
}

/**
 * free_thread() - what copy_thread() allocated for @p.
 * Locks: none. Context: thread; @p does not run. Return: nothing.
 */
void free_thread(struct task_struct *p)
{
	fpu_free(p->thread.fpu);
	p->thread.fpu = NULL;
}

/**
 * flush_thread() - current, about to begin a new program, forgets the old one's
 * FPU state, bases and selectors. It is no kernel thread any more.
 * Locks: none. Context: thread. Return: nothing.
 */
void flush_thread(void)
{
	struct thread_struct *t = &current->thread;
	struct cpu_local *cpu;
	unsigned long flags;

	fpu_state_reset(t->fpu);
	flags = arch_local_irq_save();
	cpu = this_cpu_local();
	t->fsbase = t->gsbase = 0;
	t->ds = t->es = t->fs = t->gs = 0;
	load_segments(cpu, t);
	fpu_restore(t->fpu);
	cpu->fpu_owner = current;
	t->fpu_cpu = cpu->cpu;
	arch_local_irq_restore(flags);
}

/**
 * start_thread() - let current's next return to user mode begin at @ip.
 * Locks: none. Context: thread. Return: nothing; a bad @ip becomes SIGSEGV.
 */
void start_thread(struct pt_regs *regs, unsigned long ip, unsigned long sp)
{
	unsigned long nr = regs->orig_ax;

	memset(regs, 0, sizeof(*regs));
	regs->orig_ax = nr;		/* still within execve(), as a tracer sees */
	regs->ip = ip;
	regs->sp = sp;
	regs->cs = __USER_CS;
	regs->ss = __USER_DS;
	regs->flags = X86_EFLAGS_IF | X86_EFLAGS_FIXED;
	if (ip >= TASK_SIZE_MAX) {
		regs->ip = 0;
		force_sig(SIGSEGV);
	}
}

static long set_base(unsigned long base, bool fs)
{
	struct thread_struct *t = &current->thread;
	unsigned long flags;

	if (base >= TASK_SIZE_MAX)
		return -EPERM;
	flags = arch_local_irq_save();
	save_segments(this_cpu_local(), t);
	if (fs) {
		t->fs = 0;
		t->fsbase = base;
	} else {
		t->gs = 0;
		t->gsbase = base;
	}
	load_segments(this_cpu_local(), t);
	arch_local_irq_restore(flags);
	return 0;
}

/**
 * sys_arch_prctl() - arch_prctl(2): bases of FS and GS.
 * Locks: none. Context: thread, may sleep.
 * Return: 0, -EPERM for a base outside user memory, -EFAULT, -EINVAL.
 */
long sys_arch_prctl(int option, unsigned long arg2)
{
	struct thread_struct *t = &current->thread;

	switch (option) {
	case ARCH_SET_FS:
		return set_base(arg2, true);
	case ARCH_SET_GS:
		return set_base(arg2, false);
	case ARCH_GET_FS:
		save_own_segments();
		return put_user(t->fsbase, (unsigned long __user *)arg2);
	case ARCH_GET_GS:
		save_own_segments();
		return put_user(t->gsbase, (unsigned long __user *)arg2);
	default:
		return -EINVAL;
	}
}

/**
 * elf_core_regs() - what @t, current or not running, had in its registers in user mode,
 *	in the order of struct user_regs_struct.
 * Locks: none. Context: thread. Return: nothing.
 */
void elf_core_regs(struct task_struct *t, unsigned long *regs)
{
	const struct thread_struct *th = &t->thread;

	if (t == current)
		save_own_segments();
	memcpy(regs, task_pt_regs(t), sizeof(struct pt_regs));
	regs += sizeof(struct pt_regs) / sizeof(long);
	*regs++ = th->fsbase;
	*regs++ = th->gsbase;
	*regs++ = th->ds;
	*regs++ = th->es;
	*regs++ = th->fs;
	*regs++ = th->gs;
}

/**
 * syscall_words() - see asm/elf.h.
 * Locks: none. Context: thread. Return: nothing.
 */
void syscall_words(struct task_struct *t, unsigned long words[9])
{
	const struct pt_regs *regs = task_pt_regs(t);
	const unsigned long now[9] = { regs->orig_ax, regs->di, regs->si, regs->dx, regs->r10,
				       regs->r8, regs->r9, regs->sp, regs->ip };

	memcpy(words, now, sizeof(now));
}
