// SPDX-License-Identifier: MIT
/*
 * traps.c - exceptions: what the CPU says is wrong, as the signal that Linux sends.
 *
 *	vector		user mode			kernel mode
 *	#DE  0		SIGFPE  FPE_INTDIV		a bug
 *	#DB  1		SIGTRAP TRAP_TRACE		a bug
 *	NMI  2		reported by the next tick, or the stop that panic() sends
 *	#BP  3		SIGTRAP SI_KERNEL		a bug
 *	#OF  4 #BR 5	SIGSEGV SI_KERNEL		a bug
 *	#UD  6		SIGILL  ILL_ILLOPN		a bug
 *	#DF  8		the kernel stack ran into its guard page, or worse: panic
 *	#TS 10 #GP 13	SIGSEGV SI_KERNEL		fix-up, or a bug
 *	#NP 11 #SS 12	SIGBUS  SI_KERNEL		fix-up, or a bug
 *	#PF 14		mm/fault.c
 *	#MF 16 #XM 19	SIGFPE  by the status word	a bug
 *	#AC 17		SIGBUS  BUS_ADRALN		a bug
 *	#MC 18		panic
 *
 * A trap of user mode that kills is named in the log in Linux's words, at most
 * LOG_BURST in LOG_INTERVAL_NS.
 *
 * Locks: none of its own. Exceptions of user mode run with interrupts on; those
 * of the kernel as the code that trapped had them.
 */
#include <linux/kernel.h>
#include <linux/init.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/time.h>
#include <asm/desc.h>
#include <asm/fpu.h>
#include <asm/kdebug.h>
#include <asm/page.h>
#include <asm/msr.h>
#include <asm/smp.h>
#include <asm/traps.h>

#define LOG_BURST	10
#define LOG_INTERVAL_NS	(5 * NSEC_PER_SEC)

static struct cpu_tables boot_tables __section(".data..page_aligned") __aligned(4096);
static bool nmi_seen[NR_CPUS];		/* o  each its own, also from NMI */
static u8 boot_ist_stacks[NR_IST * IST_STACK_SIZE] __section(".bss..page_aligned")
	__aligned(4096);

/* One vector in user mode: signal, si_code (0: SI_KERNEL, no address), its name. */
struct trap_rule {
	u8 sig, code;
	bool at_ip;			/* si_addr is the instruction */
	const char *name;
};

static const struct trap_rule trap_rules[32] = {
	[X86_TRAP_DE] = { SIGFPE, FPE_INTDIV, true, "divide error" },
	[X86_TRAP_DB] = { SIGTRAP, TRAP_TRACE, true, NULL },
	[X86_TRAP_BP] = { SIGTRAP, 0, false, NULL },
	[X86_TRAP_OF] = { SIGSEGV, 0, false, "overflow" },
	[X86_TRAP_BR] = { SIGSEGV, 0, false, "bounds" },
	[X86_TRAP_UD] = { SIGILL, ILL_ILLOPN, true, "invalid opcode" },
	[X86_TRAP_TS] = { SIGSEGV, 0, false, "invalid TSS" },
	[X86_TRAP_NP] = { SIGBUS, 0, false, "segment not present" },
	[X86_TRAP_SS] = { SIGBUS, 0, false, "stack segment" },
	[X86_TRAP_GP] = { SIGSEGV, 0, false, "general protection fault" },
	[X86_TRAP_MF] = { SIGFPE, FPE_FLTUNK, true, NULL },
	[X86_TRAP_XF] = { SIGFPE, FPE_FLTUNK, true, NULL },
	[X86_TRAP_AC] = { SIGBUS, BUS_ADRALN, false, "alignment check" },
};

static const char *const kernel_trap_names[32] = {
	[X86_TRAP_DE] = "divide error", [X86_TRAP_DB] = "debug", [X86_TRAP_BP] = "int3",
	[X86_TRAP_OF] = "overflow", [X86_TRAP_BR] = "bounds",
	[X86_TRAP_UD] = "invalid opcode", [X86_TRAP_NM] = "device not available",
	[X86_TRAP_TS] = "invalid TSS", [X86_TRAP_NP] = "segment not present",
	[X86_TRAP_SS] = "stack segment", [X86_TRAP_GP] = "general protection fault",
	[X86_TRAP_MF] = "fpu exception", [X86_TRAP_AC] = "alignment check",
	[X86_TRAP_XF] = "simd exception",
};

/**
 * trap_init() - this CPU is CPU 0: tables, GS, traps, SYSCALL and FPU.
 * Locks: none. Context: boot CPU, first of all. Return: nothing.
 */
void trap_init(void)
{
	cpu_tables_init(&boot_tables, 0, boot_ist_stacks);
	boot_tables.local.current_task = &init_task;
	boot_tables.local.stack_top = task_stack_top(&init_task);
	boot_tables.tss.sp0 = boot_tables.local.stack_top;
	idt_init();
	cpu_load_tables(&boot_tables.local);
	cpu_locals[0] = &boot_tables.local;
	sort_extable();
	smap_patch();
	cpu_syscall_init();
	fpu_init_boot();
}

/**
 * unhandled_signal() - would @sig kill current, and has the log room for it?
 * Locks: none (a glance). Context: thread. Return: true when a line is due.
 */
bool unhandled_signal(int sig)
{
	static u64 window_start;
	static unsigned int lines;
	u64 now = ktime_get_ns();
	__sighandler_t handler = current->sighand->action[sig - 1].sa.sa_handler;

	if (handler != SIG_DFL && handler != SIG_IGN && !is_global_init(current))
		return false;
	if (now - window_start > LOG_INTERVAL_NS) {
		window_start = now;
		lines = 0;
	}
	return lines++ < LOG_BURST;
}

/**
 * force_trap_signal() - @sig for current; @code 0 means "the kernel", no address.
 * Locks: those of force_sig(). Context: thread. Return: nothing.
 */
void force_trap_signal(int sig, int code, unsigned long addr)
{
	if (code)
		force_sig_fault(sig, code, (void __user *)addr);
	else
		force_sig(sig);
}

static void show_unhandled_trap(const char *what, struct pt_regs *regs, unsigned long error)
{
	char where[160];

	describe_vma(where, sizeof(where), regs->ip);
	pr_info("traps: %s[%d] %s%s ip:%lx sp:%lx error:%lx%s\n", current->comm, current->pid,
		strcmp(what, "general protection fault") ? "trap " : "", what, regs->ip, regs->sp,
		error, where);
}

static void user_trap(struct pt_regs *regs, unsigned long vector, unsigned long error)
{
	const struct trap_rule *rule = &trap_rules[vector];
	int code = rule->code;

	if (!rule->sig)
		die("unexpected exception in user mode", regs, vector);
	if (vector == X86_TRAP_MF || vector == X86_TRAP_XF)
		code = fpu_exception_code(current, vector == X86_TRAP_XF);
	local_irq_enable();
	current->thread.trap_nr = vector;
	current->thread.error_code = error;
	if (rule->name && unhandled_signal(rule->sig))
		show_unhandled_trap(rule->name, regs, error);
	force_trap_signal(rule->sig, code, rule->at_ip ? regs->ip : 0);
}

static void kernel_trap(struct pt_regs *regs, unsigned long vector, unsigned long error)
{
	if (fixup_exception(regs))
		return;
	if (vector == X86_TRAP_DB) {
		regs->flags &= ~X86_EFLAGS_TF;
		return;
	}
	die(kernel_trap_names[vector] ? kernel_trap_names[vector] : "reserved exception", regs,
	    error);
}

/* A push hit the guard page below the stack; the CPU could not even report it. */
static void __noreturn double_fault(struct pt_regs *regs, unsigned long error)
{
	unsigned long cr2 = read_cr2(), low = (unsigned long)current->stack;

	if (cr2 < low && cr2 >= low - PAGE_SIZE) {
		pr_emerg("BUG: stack guard page was hit at %016lx (stack is %016lx..%016lx)\n", cr2,
			 low, low + THREAD_SIZE);
		die("kernel stack overflow (double-fault)", regs, error);
	}
	die("double fault", regs, error);
}

/* It may have come while this CPU held any lock, that of the log among them. */
static void do_nmi(void)
{
	if (READ_ONCE(panic_in_progress))
		smp_stop_this_cpu();
	WRITE_ONCE(nmi_seen[smp_processor_id()], true);
}

/**
 * nmi_report() - say that this CPU had an NMI since the last call.
 * Locks: the log's. Context: interrupts off, from an ordinary one. Return: nothing.
 */
void nmi_report(void)
{
	unsigned int cpu = smp_processor_id();

	if (likely(!READ_ONCE(nmi_seen[cpu])))
		return;
	WRITE_ONCE(nmi_seen[cpu], false);
	pr_emerg("Uhhuh. NMI received for unknown reason on CPU %u.\n", cpu);
}

/* all but page faults, which come by themselves a thousand times as often */
static noinline void other_exception(struct pt_regs *regs, unsigned long vector,
				     unsigned long error)
{
	switch (vector) {
	case X86_TRAP_NMI:
		do_nmi();
		return;
	case X86_TRAP_DF:
		double_fault(regs, error);
	case X86_TRAP_MC:
		die("machine check", regs, error);
	}
	if (error == ~0ul)		/* what the stub pushes for vectors without one */
		error = 0;
	if (user_mode(regs))
		user_trap(regs, vector, error);
	else
		kernel_trap(regs, vector, error);
}

/**
 * do_exception() - every vector below 32, from the entry code.
 * Locks:   none held that a signal or a page fault takes, when from user mode.
 * Context: interrupts off at entry; may sleep when the trap came from user mode or
 *          from a user copy.
 * Return:  nothing; @regs is where to go on.
 */
void do_exception(struct pt_regs *regs, unsigned long vector, unsigned long error)
{
	if (likely(vector == X86_TRAP_PF))
		do_page_fault(regs, error, read_cr2());
	else
		other_exception(regs, vector, error);
}
