// SPDX-License-Identifier: MIT
/*
 * syscall.c - the table of system calls, and the work on the way to user mode.
 *
 * The entry code calls sys_call_table[number] with the argument registers as
 * they are; numbers outside the table and holes in it answer -ENOSYS and are
 * named in the log, each number once. Calls of a traced thread are made by ptrace.c.
 *
 * Before any return to user mode the entry code looks at current->ti_flags with
 * interrupts off; if there is work, exit_to_user_mode_work() does it until there
 * is none left.
 *
 *   S1  the table has an entry for every number below NR_SYSCALLS
 *   S2  user mode is entered with ip below TASK_SIZE_MAX: a handler's address that
 *       is not, becomes SIGSEGV here
 *
 * Locks: none.
 */
#include <linux/kernel.h>
#include <linux/bitops.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/errno.h>
#include <asm/pgtable.h>
#include <asm/traps.h>
#include <asm/signal_frame.h>

#define NR_NAMED	1024		/* higher numbers share the last bit */

static_assert(_TIF_WORK_MASK == 0x0e, "TIF_WORK of entry_64.S");
static_assert((_TIF_WORK_MASK | _TIF_SYSCALL_EXIT) == 0x3e, "TIF_SYSCALL_WORK of entry_64.S");

static long sys_ni_syscall(void);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
#pragma GCC diagnostic ignored "-Wcast-function-type"
const sys_call_ptr_t sys_call_table[NR_SYSCALLS] = {
	[0 ... NR_SYSCALLS - 1] = sys_ni_syscall,	/* S1 */
#define SYS(number, name) [number] = (sys_call_ptr_t)sys_##name,
#include "syscall_64.tbl.h"
#undef SYS
};
#pragma GCC diagnostic pop

/**
 * sys_ni_syscall_nr() - the call in @regs is not built.
 * Locks: none. Context: thread. Return: -ENOSYS.
 */
long sys_ni_syscall_nr(struct pt_regs *regs)
{
	static unsigned long named[BITS_TO_LONGS(NR_NAMED)];
	unsigned int nr = (unsigned int)regs->orig_ax;

	if (!test_and_set_bit(min(nr, NR_NAMED - 1u), named))
		pr_warn("%s[%d]: system call %d is not built\n", current->comm, current->pid,
			(int)nr);
	return -ENOSYS;
}

static long sys_ni_syscall(void)
{
	return sys_ni_syscall_nr(current_pt_regs());
}

/* One round, interrupts on. */
static void user_mode_work(struct pt_regs *regs, unsigned int work)
{
	if (work & (1u << TIF_NEED_RESCHED))
		schedule();
	if (work & (1u << TIF_SIGPENDING))
		do_signal(regs);
	if (work & (1u << TIF_NOTIFY_RESUME)) {
		__atomic_fetch_and(&current->ti_flags, ~(1u << TIF_NOTIFY_RESUME),
				   __ATOMIC_SEQ_CST);
		resume_user_mode_work(regs);
	}
	if (unlikely(regs->ip >= TASK_SIZE_MAX)) {
		regs->ip = 0;			/* S2 */
		force_sig(SIGSEGV);
	}
}

/**
 * exit_to_user_mode_work() - reschedule, deliver signals, until ti_flags is clean.
 * Locks: none. Context: interrupts off at entry and return, on in between; sleeps.
 * Return: nothing; @regs is where user mode goes on.
 */
void exit_to_user_mode_work(struct pt_regs *regs)
{
	for (;;) {
		unsigned int work = READ_ONCE(current->ti_flags) & _TIF_WORK_MASK;

		if (!work)
			return;
		local_irq_enable();
		user_mode_work(regs, work);
		local_irq_disable();
	}
}
