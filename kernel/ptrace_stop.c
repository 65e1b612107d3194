// SPDX-License-Identifier: MIT
/*
 * ptrace_stop.c - tracing, from the side of the thread that is traced: it stops and says why.
 *
 * There is one way to stop for a tracer, trace_stop(), and five reasons:
 *
 *	a signal was taken		ptrace_signal()		status sig
 *	a stop of the whole process	ptrace_jobctl_trap()	status sig, or of a
 *	  or PTRACE_INTERRUPT					seized thread STOP << 8 | sig
 *	a system call begins or ends	ptrace_report_syscall()	status SIGTRAP [| 0x80]
 *	an event: fork, exec, exit ...	ptrace_event()		status event << 8 | SIGTRAP
 *	a step into a handler		ptrace_notify()		status SIGTRAP
 *
 * The thread notes the status in exit_code, where the tracer's wait4() takes it from, and
 * what PTRACE_GETSIGINFO shows in last_siginfo; it tells the tracer and sleeps. The tracer
 * puts a signal or 0 into exit_code and wakes it. What that means depends on the reason:
 * in place of the signal that was taken; to be sent, after a system call; else nothing.
 *
 *   P1  TASK_TRACED is set and left under siglock; who finds the thread in it there finds
 *       exit_code, ptrace_message and last_siginfo of this stop
 *   P2  a thread that is to die does not stop: SIGKILL wakes it, or trace_stop() sees it
 *   P3  siglock is let go in a stop: what was known of signals has to be looked at again
 *   P4  a stop that began when nobody traced any more ends at once: ptrace_unlink() wakes
 *       whom it finds in TASK_TRACED, trace_stop() looks at current->ptrace before
 *
 * Locks: siglock, and tasklist_lock outside of it to tell the tracer. The side of the
 * tracer, and who owns what of a stopped thread, is in ptrace.c.
 */
#include <linux/cred.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "internal.h"

/**
 * notify_tracer() - @p stopped, or its process did or runs again: @why is CLD_*.
 * Locks:   tasklist_lock held, @p is traced; takes the tracer's siglock. Context: thread.
 */
void notify_tracer(struct task_struct *p, int why)
{
	struct kernel_siginfo info;

	fill_sigchld(&info, p, SIGCHLD);
	info.si_code = why;
	if (why == CLD_TRAPPED)
		info.si_status = p->exit_code & 0x7f;
	else if (why == CLD_STOPPED)
		info.si_status = p->signal->group_exit_code & 0x7f;
	else
		info.si_status = SIGCONT;
	notify_jobctl_info(p->tracer, &info);
}

/* current is in TASK_TRACED, or was woken already; no lock held */
static void tell_of_stop(int why, bool group_stopped)
{
	spin_lock(&tasklist_lock);
	if (current->ptrace)
		notify_tracer(current, why);
	if (group_stopped && (!current->ptrace || ptrace_reparented(current)))
		notify_parent_jobctl(current, why);
	spin_unlock(&tasklist_lock);
}

/* siglock held at entry and return, let go in between (P3): what the tracer put there */
static int trace_stop(int exit_code, int why, unsigned long message, kernel_siginfo_t *info)
{
	struct signal_struct *signal = current->signal;
	bool group_stopped = false;

	spin_assert_held(&signal->siglock);
	if (!current->ptrace || sigismember(&current->pending.signal, SIGKILL))
		return exit_code;						/* P2, P4 */
	current->exit_code = exit_code;
	current->ptrace_message = message;
	current->last_siginfo = info;
	if (why == CLD_STOPPED && (current->jobctl & JOBCTL_STOP_PENDING))
		group_stopped = task_participate_group_stop(current);
	jobctl_clear_pending(current, JOBCTL_TRAP_STOP);
	if (info && info->si_code >> 8 == PTRACE_EVENT_STOP)
		jobctl_clear_pending(current, JOBCTL_TRAP_NOTIFY);
	set_special_state(TASK_TRACED);						/* P1 */
	jobctl_clear_trapping(current);
	spin_unlock_irq(&signal->siglock);

	tell_of_stop(why, group_stopped);
	schedule();

	spin_lock_irq(&signal->siglock);
	exit_code = current->exit_code;
	current->exit_code = 0;
	current->ptrace_message = 0;
	current->last_siginfo = NULL;
	current->jobctl &= ~JOBCTL_LISTENING;
	recalc_sigpending();
	return exit_code;
}

/* A stop whose siginfo says no more than its status; siglock as trace_stop() has it. */
static int stop_with_status(int sig, int exit_code, int why, unsigned long message)
{
	kernel_siginfo_t info;

	clear_siginfo(&info);
	info.si_signo = sig;
	info.si_code = exit_code;
	info.si_pid = current->pid;
	info.si_uid = current_uid();
	return trace_stop(exit_code, why, message, &info);
}

/**
 * ptrace_notify() - stop with status @exit_code; GETEVENTMSG tells @message.
 * Locks:   takes siglock. Context: thread; sleeps.
 * Return:  the signal that the tracer wants to see sent, or 0.
 */
int ptrace_notify(int exit_code, unsigned long message)
{
	int sig;

	spin_lock_irq(&current->signal->siglock);
	sig = stop_with_status(SIGTRAP, exit_code, CLD_TRAPPED, message);
	spin_unlock_irq(&current->signal->siglock);
	return sig;
}

/**
 * ptrace_stop_event() - PTRACE_EVENT_* @event of current, which is traced: stop if its
 *	tracer asked for it. A tracer that did not, and did not seize, sees exec as SIGTRAP.
 * Locks:   takes siglock. Context: thread; sleeps.
 */
void ptrace_stop_event(int event, unsigned long message)
{
	if (ptrace_event_enabled(current, event))
		ptrace_notify(event << 8 | SIGTRAP, message);
	else if (event == PTRACE_EVENT_EXEC && !(current->ptrace & PT_SEIZED))
		send_sig(SIGTRAP, current, 0);
}

/**
 * ptrace_report_syscall() - current begins or ends a system call: @message says which.
 * Locks:   takes siglock. Context: thread; sleeps.
 * Return:  true when it was killed meanwhile.
 */
bool ptrace_report_syscall(unsigned long message)
{
	unsigned int ptrace = current->ptrace;
	int sig;

	if (!ptrace)
		return false;
	sig = SIGTRAP | (ptrace & PT_OPTION(PTRACE_O_TRACESYSGOOD) ? 0x80 : 0);
	sig = ptrace_notify(sig, message);
	if (sig)
		send_sig(sig, current, 1);
	return fatal_signal_pending(current);
}

/* The tracer exchanged the signal: all that is known of the new one is who sent it. */
static void siginfo_from_tracer(int sig, kernel_siginfo_t *info)
{
	struct task_struct *tracer = current->tracer;

	clear_siginfo(info);
	info->si_signo = sig;
	info->si_code = SI_USER;
	if (tracer) {
		info->si_pid = tracer->pid;
		info->si_uid = READ_ONCE(tracer->cred.uid);
	}
}

/**
 * ptrace_signal() - current has taken @sig: what does its tracer make of it?
 * Locks:   siglock held, let go in between (P3). Context: thread; sleeps.
 * Return:  the signal to act on, @info fitting to it; 0: none, or it is pending again.
 */
int ptrace_signal(int sig, kernel_siginfo_t *info)
{
	current->jobctl |= JOBCTL_STOP_DEQUEUED;	/* it may become one that stops */
	sig = trace_stop(sig, CLD_TRAPPED, 0, info);
	if (!sig)
		return 0;
	if (sig != info->si_signo)
		siginfo_from_tracer(sig, info);
	if (sigismember(&current->blocked, sig) || fatal_signal_pending(current)) {
		send_signal_locked(sig, info, current, false);
		return 0;
	}
	return sig;
}

/**
 * ptrace_jobctl_trap() - JOBCTL_TRAP_*: the process of current stops, its tracer wants it
 *	to, or is to learn that the process runs again.
 * Locks:   siglock held, let go in between (P3). Context: thread; sleeps.
 */
void ptrace_jobctl_trap(void)
{
	struct signal_struct *signal = current->signal;
	int sig = current->jobctl & JOBCTL_STOP_SIGMASK;

	if (!(current->ptrace & PT_SEIZED)) {
		trace_stop(sig, CLD_STOPPED, 0, NULL);
		return;
	}
	if (!signal->group_stop_count && !(signal->flags & SIGNAL_STOP_STOPPED))
		sig = SIGTRAP;
	stop_with_status(sig, sig | PTRACE_EVENT_STOP << 8, CLD_STOPPED, 0);
}

/* --- new tasks ----------------------------------------------------------------------- */

/* @p, a copy of current that nobody knows yet, is traced by nobody and traces nobody. */
void ptrace_init_task(struct task_struct *p)
{
	p->ptrace = 0;
	p->tracer = NULL;
	INIT_LIST_HEAD(&p->ptraced);
	INIT_LIST_HEAD(&p->ptrace_entry);
	p->ptrace_message = 0;
	p->last_siginfo = NULL;
}

/**
 * ptrace_inherit() - @p, which has not run yet, is traced by the tracer of current, and
 *	stops before it does anything.
 * Locks:   tasklist_lock held; takes siglock of @p.
 */
void ptrace_inherit(struct task_struct *p)
{
	unsigned long flags;

	if (!current->ptrace)
		return;
	spin_lock_irqsave(&p->signal->siglock, flags);
	p->ptrace = current->ptrace;
	p->tracer = current->tracer;
	list_add_tail(&p->ptrace_entry, &p->tracer->ptraced);
	if (p->ptrace & PT_SEIZED)
		jobctl_set_pending(p, JOBCTL_TRAP_STOP);
	else
		sigaddset(&p->pending.signal, SIGSTOP);
	set_sigpending(p);
	spin_unlock_irqrestore(&p->signal->siglock, flags);
}
