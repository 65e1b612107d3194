// SPDX-License-Identifier: MIT
/*
 * dumpstack.c - registers and backtraces in the log, in Linux's form.
 *
 * All code keeps frame pointers, so a backtrace is a list: *bp is the caller's
 * bp, bp[1] the return address. It is trusted only as far as it goes up inside
 * one stack: the task's, or the interrupt stack that is in use.
 *
 *   B1  no address is read that is not on the stack the walk began on
 *   B2  bp grows strictly, so the walk ends
 *
 * Locks: none. Context: any, also when everything else is broken.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/stacktrace.h>
#include <asm/kdebug.h>
#include <asm/msr.h>
#include <asm/percpu.h>
#include <asm/traps.h>

#define MAX_FRAMES	40
#define CODE_BYTES	64
#define CODE_PROLOGUE	42

struct stack_range {
	unsigned long start, end;
};

/* B1: which stack is @addr on? An empty range when on none that we know. */
static struct stack_range stack_of(unsigned long addr)
{
	unsigned long task = (unsigned long)current->stack;
	unsigned long ist = (unsigned long)this_cpu_local()->ist_stacks;

	if (addr - task < THREAD_SIZE)
		return (struct stack_range){ task, task + THREAD_SIZE };
	if (addr - ist < NR_IST * IST_STACK_SIZE) {
		ist += (addr - ist) / IST_STACK_SIZE * IST_STACK_SIZE;
		return (struct stack_range){ ist, ist + IST_STACK_SIZE };
	}
	return (struct stack_range){ 0, 0 };
}

static bool is_kernel_text(unsigned long ip)
{
	return ip >= (unsigned long)_text && ip < (unsigned long)_end;
}

/* A return address may be the end of its function: the name is that of the call. */
static void show_return_address(const char *level, unsigned long ip)
{
	unsigned long offset, size;
	const char *name = kallsyms_lookup(ip - 1, &offset, &size);

	if (name)
		printk("%s %s+0x%lx/0x%lx\n", level, name, offset + 1, size);
	else
		printk("%s 0x%lx\n", level, ip);
}

/**
 * show_backtrace() - the frame at @ip, if not 0, then the callers from @bp on, in lines
 * of @level (KERN_*).
 * Locks: none. Context: any. Return: nothing.
 */
void show_backtrace(const char *level, unsigned long bp, unsigned long ip)
{
	struct stack_range stack = stack_of(bp);
	int frames;

	printk("%sCall Trace:\n", level);
	printk("%s <TASK>\n", level);
	if (ip)
		printk("%s %pS\n", level, (void *)ip);
	for (frames = 0; frames < MAX_FRAMES; frames++) {
		const unsigned long *frame = (const unsigned long *)bp;

		if (bp & 7 || bp < stack.start || bp + 16 > stack.end)
			break;
		if (!is_kernel_text(frame[1]))
			break;
		show_return_address(level, frame[1]);
		if (frame[0] <= bp)		/* B2 */
			break;
		bp = frame[0];
	}
	printk("%s </TASK>\n", level);
}

/* B1, B2: what returns from @bp on, without the @skip first ones. */
static unsigned int save_from(unsigned long bp, unsigned long *store, unsigned int size,
			      unsigned int skip)
{
	struct stack_range stack = stack_of(bp);
	unsigned int nr = 0;

	while (nr < size && !(bp & 7) && bp >= stack.start && bp + 16 <= stack.end) {
		const unsigned long *frame = (const unsigned long *)bp;

		if (!is_kernel_text(frame[1]))
			break;
		if (skip)
			skip--;
		else
			store[nr++] = frame[1];
		if (frame[0] <= bp)
			break;
		bp = frame[0];
	}
	return nr;
}

/**
 * stack_trace_save() - up to @size return addresses to @store, the innermost first, without
 * the @skipnr first ones.
 * Locks: none. Context: any. Return: how many there are.
 */
noinline unsigned int stack_trace_save(unsigned long *store, unsigned int size,
				       unsigned int skipnr)
{
	return save_from((unsigned long)__builtin_frame_address(0), store, size, skipnr);
}

/**
 * stack_trace_save_regs() - the same from the place that @regs, the kernel's own, tell of.
 * Locks: none. Context: any. Return: how many there are.
 */
unsigned int stack_trace_save_regs(const struct pt_regs *regs, unsigned long *store,
				   unsigned int size)
{
	if (!size)
		return 0;
	store[0] = regs->ip;
	return 1 + save_from(regs->bp, store + 1, size - 1, 0);
}

/**
 * dump_stack_lvl() - where are we, and how did we come here? In lines of @level (KERN_*).
 * Locks: none. Context: any. Return: nothing.
 */
void dump_stack_lvl(const char *level)
{
	printk("%sCPU: %u PID: %d Comm: %.20s Not tainted %s %s\n", level, smp_processor_id(),
	       current->pid, current->comm, uts_release, uts_version);
	show_backtrace(level, (unsigned long)__builtin_frame_address(0), 0);
}

/** dump_stack() - dump_stack_lvl() for a warning or a report. */
void dump_stack(void)
{
	dump_stack_lvl(KERN_WARNING);
}

/* The bytes around ip, the first of the instruction in angle brackets. */
static void show_code(const struct pt_regs *regs)
{
	char line[CODE_BYTES * 3 + 8];
	const u8 *start = (const u8 *)regs->ip - CODE_PROLOGUE;
	int i, n = 0;

	if (!is_kernel_text((unsigned long)start) ||
	    !is_kernel_text((unsigned long)start + CODE_BYTES)) {
		printk(KERN_EMERG "Code: Unable to access opcode bytes at %#lx.\n", regs->ip);
		return;
	}
	for (i = 0; i < CODE_BYTES; i++)
		n += scnprintf(line + n, sizeof(line) - n,
			       i == CODE_PROLOGUE ? "<%02x> " : "%02x ", start[i]);
	printk(KERN_EMERG "Code: %s\n", line);
}

/**
 * show_regs() - all of @regs.
 * Locks: none. Context: any. Return: nothing.
 */
void show_regs(const struct pt_regs *regs)
{
	printk(KERN_EMERG "CPU: %u PID: %d Comm: %.20s Not tainted %s %s\n",
	       smp_processor_id(), current->pid, current->comm, uts_release, uts_version);
	if (user_mode(regs)) {
		printk(KERN_EMERG "RIP: %04lx:%#lx\n", regs->cs, regs->ip);
	} else {
		printk(KERN_EMERG "RIP: %04lx:%pS\n", regs->cs, (void *)regs->ip);
		show_code(regs);
	}
	printk(KERN_EMERG "RSP: %04lx:%016lx EFLAGS: %08lx\n", regs->ss, regs->sp, regs->flags);
	printk(KERN_EMERG "RAX: %016lx RBX: %016lx RCX: %016lx\n", regs->ax, regs->bx, regs->cx);
	printk(KERN_EMERG "RDX: %016lx RSI: %016lx RDI: %016lx\n", regs->dx, regs->si, regs->di);
	printk(KERN_EMERG "RBP: %016lx R08: %016lx R09: %016lx\n", regs->bp, regs->r8, regs->r9);
	printk(KERN_EMERG "R10: %016lx R11: %016lx R12: %016lx\n", regs->r10, regs->r11,
	       regs->r12);
	printk(KERN_EMERG "R13: %016lx R14: %016lx R15: %016lx\n", regs->r13, regs->r14,
	       regs->r15);
	printk(KERN_EMERG "FS:  %016llx GS:  %016llx knlGS: %016llx\n", rdmsr(MSR_FS_BASE),
	       rdmsr(MSR_GS_BASE), rdmsr(MSR_KERNEL_GS_BASE));
	printk(KERN_EMERG "CR0: %08lx CR2: %016lx CR3: %016lx CR4: %08lx\n", read_cr0(),
	       read_cr2(), read_cr3(), read_cr4());
}
