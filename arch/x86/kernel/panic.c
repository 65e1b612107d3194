// SPDX-License-Identifier: MIT
/*
 * panic.c - the end: report, then stop the machine so that somebody notices.
 *
 * A bug of the kernel comes here as port_bug() (a broken invariant), die() (a trap
 * that nobody expected) or panic() (it cannot go on). The first CPU that comes
 * reports; the others are stopped by NMI, so that they neither disturb the
 * report nor the memory it speaks of. After the report: with panic=SECONDS a
 * restart, else QEMU's debug-exit device gets a status that is not 0, and on a
 * machine without one the CPU halts for good.
 *
 *   P1  panic_in_progress is set once, by the CPU that reports
 *   P2  the reporting CPU waits for no lock that another CPU may hold for good: the
 *       log is told by panic_in_progress
 *   P3  a second trap on the reporting CPU stops at once, without a report
 *
 * Locks: none.
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/clockchips.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/trace.h>
#include <asm/io.h>
#include <asm/irqflags.h>
#include <asm/kdebug.h>
#include <asm/smp.h>

#define DEBUG_EXIT_PORT		0xf4
#define DEBUG_EXIT_STATUS	0x31	/* QEMU ends with 2 * 0x31 + 1 = 99 */
#define TRACE_EVENTS		32
#define WARN_PLACES		64
#define NOBODY			(-1)

bool panic_in_progress;
static int panic_cpu = NOBODY;		/* a */
static bool dying;			/* panic_cpu  die() has shown registers and calls */

/* P1: true for the CPU that is to report; others never return. */
static void claim_report(void)
{
	int cpu = smp_processor_id(), old = NOBODY;

	arch_local_irq_disable();
	if (try_cmpxchg(&panic_cpu, &old, cpu)) {
		WRITE_ONCE(panic_in_progress, true);
		smp_send_stop();
		return;
	}
	if (old != cpu)
		smp_stop_this_cpu();
}

static void __noreturn the_end(void)
{
	int seconds = panic_timeout;

	if (seconds > 0) {
		pr_emerg("Rebooting in %d seconds..\n", seconds);
		while (seconds--)
			udelay(1000000);
	}
	outb(DEBUG_EXIT_STATUS, DEBUG_EXIT_PORT);
	if (panic_timeout)
		arch_reboot();
	arch_halt();
}

/**
 * panic() - say why the kernel cannot go on, and stop.
 * Locks: none. Context: any. Return: never.
 */
void panic(const char *fmt, ...)
{
	static bool entered, done;
	char text[256];
	va_list args;

	claim_report();
	if (done)
		the_end();
	if (entered) {				/* P3 */
		done = true;
		the_end();
	}
	entered = true;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pr_emerg("Kernel panic - not syncing: %s\n", text);
	if (!dying)
		dump_stack_lvl(KERN_EMERG);
	trace_dump(TRACE_EVENTS);
	pr_emerg("---[ end Kernel panic - not syncing: %s ]---\n", text);
	the_end();
}

/* Where the trap was; after a call of a wild pointer, where the call came from. */
static unsigned long trap_place(const struct pt_regs *regs)
{
	unsigned long offset, size, caller;

	if (kallsyms_lookup(regs->ip, &offset, &size) || regs->sp & 7)
		return regs->ip;
	if (regs->sp - (unsigned long)current->stack >= THREAD_SIZE)
		return regs->ip;
	caller = *(const unsigned long *)regs->sp;
	return kallsyms_lookup(caller, &offset, &size) ? caller : regs->ip;
}

/**
 * die() - a trap in the kernel that has no fix-up: report all we know, then panic.
 * Locks: none. Context: any. Return: never.
 */
void die(const char *what, struct pt_regs *regs, unsigned long error)
{
	claim_report();
	if (dying)
		the_end();			/* P3 */
	dying = true;
	pr_emerg("%s: %04lx [#1] SMP\n", what, error & 0xffff);
	show_regs(regs);
	if (!user_mode(regs))
		show_backtrace(KERN_EMERG, regs->bp, trap_place(regs));
	panic("%s", what);
}

#ifdef CONFIG_DEBUG_MM
/* Set by a test of the checks themselves (tests/port/locks.c), which does not return. */
void (*bug_hook)(const char *expr);
#endif

/**
 * port_bug() - an invariant does not hold.
 * Locks: none. Context: any. Return: never.
 */
void port_bug(const char *file, int line, const char *expr)
{
#ifdef CONFIG_DEBUG_MM
	if (unlikely(bug_hook))
		bug_hook(expr);
#endif
	claim_report();
	pr_emerg("------------[ cut here ]------------\n");
	pr_emerg("kernel BUG at %s:%d: %s\n", file, line, expr);
	panic("Fatal exception");
}

/**
 * port_warn() - something is wrong, but the kernel can go on.
 * Locks: none. Context: any. Return: nothing.
 */
void port_warn(const char *file, int line, const char *expr)
{
	pr_warn("------------[ cut here ]------------\n");
	pr_warn("WARNING: CPU: %u PID: %d at %s:%d: %s\n", smp_processor_id(), current->pid, file,
		line, expr);
	dump_stack();
	pr_warn("---[ end trace ]---\n");
}

/**
 * port_warn_once() - the same, once per place (as far as WARN_PLACES go).
 * Locks: none; two CPUs at once may both report. Context: any. Return: nothing.
 */
void port_warn_once(const char *file, int line, const char *expr)
{
	static struct {
		const char *file;
		int line;
	} seen[WARN_PLACES];
	int i;

	for (i = 0; i < WARN_PLACES && seen[i].file; i++)
		if (seen[i].file == file && seen[i].line == line)
			return;
	if (i == WARN_PLACES)
		return;
	seen[i].line = line;
	seen[i].file = file;
	port_warn(file, line, expr);
}
