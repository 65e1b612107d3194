// SPDX-License-Identifier: MIT
/*
 * jobctl.c - job control: a process stops, all threads of it, and runs again.
 *
 * A stop signal that is taken with its default action asks every thread to stop
 * (JOBCTL_STOP_PENDING) and counts them; each stops at its next get_signal(), and the
 * last of them tells the parent. SIGCONT wakes them at once, whoever sends it and
 * whatever the process does about it; the first thread that runs tells the parent.
 *
 * A traced thread takes part by a stop of its own kind: it reports to its tracer
 * (JOBCTL_TRAP_STOP, ptrace_jobctl_trap()) instead of sleeping in TASK_STOPPED, and its
 * tracer may let it go on while the process counts as stopped. SIGCONT does not wake
 * it from there; a tracer that seized it is told of the change (JOBCTL_TRAP_NOTIFY).
 *
 *   J1  group_stop_count is the number of threads with JOBCTL_STOP_CONSUME
 *   J2  SIGNAL_STOP_STOPPED is set by the last thread of a stop, cleared by SIGCONT
 *   J3  a thread that has SIGKILL pending, or exits, is asked for no stop
 *   J4  between taking a signal, which sets JOBCTL_STOP_DEQUEUED, and stopping for it
 *       siglock may be let go; SIGCONT then takes the bit away, and nothing stops
 *   J5  who attaches to a stopped thread does not see how it goes over to the stop for
 *       its tracer: attaching waits as long as JOBCTL_TRAPPING is set
 *
 * Locks: siglock for everything; tasklist_lock, never inside it, to tell others.
 */
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/time.h>
#include "internal.h"

/* --- what a thread is asked for; siglock held ------------------------------------- */

/* Who attached may go on: @t is where it was to be, or will never get there (J5). */
void jobctl_clear_trapping(struct task_struct *t)
{
	if (likely(!(t->jobctl & JOBCTL_TRAPPING)))
		return;
	t->jobctl &= ~JOBCTL_TRAPPING;
	if (t->tracer)
		wake_up_state(t->tracer, TASK_UNINTERRUPTIBLE);
}

/**
 * jobctl_set_pending() - ask @t for what @mask says, and note its stop signal, if any.
 * Locks:   siglock held. Context: thread.
 * Return:  false when @t is about to die (J3): then nothing is changed.
 */
bool jobctl_set_pending(struct task_struct *t, unsigned int mask)
{
	if (sigismember(&t->pending.signal, SIGKILL) || (t->flags & PF_EXITING))
		return false;
	if (mask & JOBCTL_STOP_SIGMASK)
		t->jobctl &= ~JOBCTL_STOP_SIGMASK;
	t->jobctl |= mask;
	return true;
}

/**
 * jobctl_clear_pending() - what @mask says is no longer wanted of @t.
 * Locks:   siglock held. Context: any.
 */
void jobctl_clear_pending(struct task_struct *t, unsigned int mask)
{
	if (mask & JOBCTL_STOP_PENDING)
		mask |= JOBCTL_STOP_CONSUME | JOBCTL_STOP_DEQUEUED;
	t->jobctl &= ~mask;
	if (!(t->jobctl & JOBCTL_PENDING_MASK))
		jobctl_clear_trapping(t);
}

/* The group of @t, which was seized, stopped or runs again: its tracer is to know. */
static void trap_notify(struct task_struct *t)
{
	if (jobctl_set_pending(t, JOBCTL_TRAP_NOTIFY))
		ptrace_wake_up(t, t->jobctl & JOBCTL_LISTENING);
}

/**
 * task_participate_group_stop() - @task is one fewer to stop (J1).
 * Locks:   siglock held. Context: thread.
 * Return:  true when it was the last, and the process has stopped (J2).
 */
bool task_participate_group_stop(struct task_struct *task)
{
	struct signal_struct *sig = task->signal;
	bool counted = task->jobctl & JOBCTL_STOP_CONSUME;

	mm_assert(task->jobctl & JOBCTL_STOP_PENDING);
	jobctl_clear_pending(task, JOBCTL_STOP_PENDING);
	if (!counted)
		return false;
	if (sig->group_stop_count > 0)
		sig->group_stop_count--;
	if (sig->group_stop_count || (sig->flags & SIGNAL_STOP_STOPPED))
		return false;
	sig->flags &= ~(SIGNAL_STOP_CONTINUED | SIGNAL_CLD_MASK);
	sig->flags |= SIGNAL_STOP_STOPPED;
	return true;
}

/* @p, a new thread of current's process, stops too when that is stopping. */
void jobctl_join_group_stop(struct task_struct *p)
{
	struct signal_struct *sig = current->signal;
	unsigned int mask = current->jobctl & JOBCTL_STOP_SIGMASK;

	if (sig->group_stop_count) {
		sig->group_stop_count++;
		mask |= JOBCTL_STOP_CONSUME;
	} else if (!(sig->flags & SIGNAL_STOP_STOPPED)) {
		return;
	}
	jobctl_set_pending(p, mask | JOBCTL_STOP_PENDING);
	set_sigpending(p);
}

/**
 * jobctl_continue_group() - SIGCONT for the process of @p: whoever stopped, or was about
 *	to, runs again; the parent will be told.
 * Locks:   siglock held. Context: any.
 */
void jobctl_continue_group(struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	struct task_struct *t;
	unsigned int why = 0;

	for_each_thread(p, t) {
		jobctl_clear_pending(t, JOBCTL_STOP_PENDING);
		if (unlikely(t->ptrace & PT_SEIZED))
			trap_notify(t);
		else
			wake_up_state(t, TASK_STOPPED);
	}
	if (sig->flags & SIGNAL_STOP_STOPPED)
		why = SIGNAL_CLD_CONTINUED;
	else if (sig->group_stop_count)
		why = SIGNAL_CLD_STOPPED;
	if (why) {
		sig->flags &= ~(SIGNAL_STOP_STOPPED | SIGNAL_CLD_MASK);
		sig->flags |= why | SIGNAL_STOP_CONTINUED;
		sig->group_stop_count = 0;
		sig->group_exit_code = 0;
	}
}

static bool ask_for_stop(struct task_struct *t, int sig)
{
	if (!jobctl_set_pending(t, sig | JOBCTL_STOP_PENDING | JOBCTL_STOP_CONSUME))
		return false;
	t->signal->group_stop_count++;						/* J1 */
	return true;
}

/* A stopped process can be stopped again when a tracer let some of its threads run. */
static void start_group_stop(int sig)
{
	struct signal_struct *signal = current->signal;
	struct task_struct *t;

	if (!(signal->flags & SIGNAL_STOP_STOPPED))
		signal->group_exit_code = sig;
	signal->group_stop_count = 0;
	ask_for_stop(current, sig);
	for_each_thread(current, t) {
		if (t == current || (t->state & TASK_STOPPED) || !ask_for_stop(t, sig))
			continue;
		if (unlikely(t->ptrace & PT_SEIZED))
			trap_notify(t);
		else
			signal_wake_up(t, false);
	}
}

/**
 * do_signal_stop() - stop for @sig, or (0) as part of a stop that another thread began.
 * The state is set under siglock, so that a SIGCONT comes either before, and takes the
 * stop away, or after, and wakes.
 * Locks:   siglock held at entry; let go when the result is true.
 * Return:  true: it has stopped, and runs again. False: it was not to stop, or its tracer
 *          is to be told (JOBCTL_TRAP_STOP is set).
 */
bool do_signal_stop(int sig)
{
	struct signal_struct *signal = current->signal;
	bool last;

	if (!(current->jobctl & JOBCTL_STOP_PENDING)) {
		if (!(current->jobctl & JOBCTL_STOP_DEQUEUED) ||		/* J4 */
		    (signal->flags & SIGNAL_GROUP_EXIT) || signal->group_exec_task)
			return false;
		start_group_stop(sig);
	}
	if (unlikely(current->ptrace)) {
		jobctl_set_pending(current, JOBCTL_TRAP_STOP);
		return false;
	}
	if (!(current->jobctl & JOBCTL_STOP_PENDING))
		return false;							/* J3 */
	last = task_participate_group_stop(current);
	recalc_sigpending();
	set_special_state(TASK_STOPPED);
	spin_unlock_irq(&signal->siglock);
	if (last) {
		spin_lock(&tasklist_lock);
		notify_parent_jobctl(current, CLD_STOPPED);
		spin_unlock(&tasklist_lock);
	}
	schedule();
	return true;
}

/* --- telling others; tasklist_lock held -------------------------------------------- */

/* SIGCHLD by the rules of job control: who does not want to hear of stops is only woken. */
void notify_jobctl_info(struct task_struct *to, struct kernel_siginfo *info)
{
	struct sigaction *sa;
	unsigned long flags;

	if (to->flags & PF_KTHREAD)
		return;
	spin_lock_irqsave(&to->signal->siglock, flags);
	sa = &to->sighand->action[SIGCHLD - 1].sa;
	if (sa->sa_handler != SIG_IGN && !(sa->sa_flags & SA_NOCLDSTOP))
		send_signal_locked(SIGCHLD, info, to, true);
	spin_unlock_irqrestore(&to->signal->siglock, flags);
	wake_up_interruptible_all(&to->signal->wait_chldexit);
}

/**
 * notify_parent_jobctl() - @tsk's process stopped or runs again: @why is CLD_*.
 * Locks:   tasklist_lock held; takes the parent's siglock. Context: thread.
 */
void notify_parent_jobctl(struct task_struct *tsk, int why)
{
	struct task_struct *leader = tsk->group_leader;
	struct kernel_siginfo info;

	fill_sigchld(&info, leader, SIGCHLD);
	info.si_code = why;
	info.si_status = why == CLD_STOPPED ? tsk->signal->group_exit_code & 0x7f : SIGCONT;
	notify_jobctl_info(leader->real_parent, &info);
}

/**
 * notify_continue() - tell the parent of a continue, or of a stop that one cut short
 *	(SIGNAL_CLD_MASK), and the tracer of the leader, if that is somebody else.
 * Locks:   siglock held at entry, not at return. Context: thread.
 */
void notify_continue(void)
{
	struct signal_struct *signal = current->signal;
	struct task_struct *leader;
	int why;

	mm_assert(signal->flags & SIGNAL_CLD_MASK);
	why = signal->flags & SIGNAL_CLD_CONTINUED ? CLD_CONTINUED : CLD_STOPPED;
	signal->flags &= ~SIGNAL_CLD_MASK;
	spin_unlock_irq(&signal->siglock);
	spin_lock(&tasklist_lock);
	notify_parent_jobctl(current, why);
	leader = current->group_leader;
	if (ptrace_reparented(leader))
		notify_tracer(leader, why);
	spin_unlock(&tasklist_lock);
}
