// SPDX-License-Identifier: MIT
/*
 * ptrace.c - ptrace(2), from the side of the tracer: one thread stops another one, looks
 * at it, changes it and lets it go on.
 *
 *	         attach, seize, TRACEME
 *	  free -------------------------> traced, running
 *	   ^                               |  ^
 *	   | detach, tracer exits   stops  |  | CONT, SYSCALL, SINGLESTEP, SIGKILL
 *	   |  (also while it runs)         v  |
 *	   +---------------------- traced, TASK_TRACED <---> held: one request of its tracer
 *
 *   T1  p->ptrace is 0 iff p->tracer is NULL iff p is in no tracer's list. These change
 *       under tasklist_lock and p's siglock; either is enough to read them. Options change
 *       under siglock, by the tracer alone. p itself may look at its own p->ptrace without
 *       a lock: what follows from it is decided again under siglock (P4)
 *   T2  a tracer is alive: exit_ptrace() ends all its tracing before it is a zombie, so
 *       p->tracer can be used under tasklist_lock or p's siglock
 *   T3  registers, FPU buffer, siginfo and blocked set of a thread in TASK_TRACED belong to
 *       its tracer while that holds it: hold_tracee() sets JOBCTL_HELD under siglock, if the
 *       thread is in TASK_TRACED, not LISTENING and not to die, and waits until its stack is
 *       off the CPU. While HELD is set only the tracer wakes it, which is in ptrace() and so
 *       can neither detach, nor exit, nor make a second request
 *   T4  a held thread is let go exactly once: release_tracee() leaves it stopped, but wakes
 *       it when SIGKILL came meanwhile; resume_tracee() wakes it with a signal or 0;
 *       detaching wakes it and forgets it
 *   T5  without rights over a program nobody gets any by tracing: the check and the link
 *       are one step under tasklist_lock, as is the change of ids at exec, which gives a
 *       traced program no more than its tracer may have (PT_TRACER_CAP)
 *   T6  a thread that is traced and dies waits for its tracer, also when it is no leader;
 *       after that, or when the tracer goes, its parent finds it
 *
 * Locks: tasklist_lock > siglock > task_lock. No request sleeps with a lock held; memory of
 * the other side is read and written by access_remote_vm(), with none.
 * What the traced thread does is in ptrace_stop.c, what a tracer reads and writes of its
 * signals and system calls in ptrace_info.c, registers are in arch/.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <asm/uaccess.h>
#include "internal.h"

/* --- who traces whom; tasklist_lock held (T1) ------------------------------------------ */

static void ptrace_link(struct task_struct *p, struct task_struct *tracer, unsigned int flags)
{
	spin_lock_irq(&p->signal->siglock);
	p->ptrace = flags | PT_PTRACED | (capable(CAP_SYS_PTRACE) ? PT_TRACER_CAP : 0);
	p->tracer = tracer;
	list_add_tail(&p->ptrace_entry, &tracer->ptraced);
	spin_unlock_irq(&p->signal->siglock);
}

/* It stops with its process as if nobody had traced it. siglock held. */
static void rejoin_group_stop(struct task_struct *p)
{
	struct signal_struct *sig = p->signal;

	if ((p->flags & PF_EXITING) ||
	    !((sig->flags & SIGNAL_STOP_STOPPED) || sig->group_stop_count))
		return;
	p->jobctl |= JOBCTL_STOP_PENDING;
	if (!(p->jobctl & JOBCTL_STOP_SIGMASK))
		p->jobctl |= SIGSTOP;
}

/**
 * ptrace_unlink() - nobody traces @p any more; if it was in a stop, it runs.
 * Locks:   tasklist_lock held; takes siglock. Context: thread.
 */
void ptrace_unlink(struct task_struct *p)
{
	unsigned long flags;

	spin_lock_irqsave(&p->signal->siglock, flags);
	mm_assert(p->ptrace && p->tracer);					/* T1 */
	__atomic_fetch_and(&p->ti_flags, ~(1u << TIF_SYSCALL_TRACE), __ATOMIC_RELAXED);
	jobctl_clear_pending(p, JOBCTL_TRAP_MASK);
	jobctl_clear_trapping(p);
	p->jobctl &= ~(JOBCTL_HELD | JOBCTL_LISTENING);
	p->ptrace = 0;
	p->tracer = NULL;
	list_del_init(&p->ptrace_entry);
	rejoin_group_stop(p);
	if ((p->jobctl & JOBCTL_STOP_PENDING) || (p->state & TASK_TRACED))
		ptrace_wake_up(p, true);
	spin_unlock_irqrestore(&p->signal->siglock, flags);
}

/* The parent of @p will not wait for it. */
static bool ignores_children(struct task_struct *parent)
{
	const struct sigaction *sa = &parent->sighand->action[SIGCHLD - 1].sa;

	return sa->sa_handler == SIG_IGN || (sa->sa_flags & SA_NOCLDWAIT);
}

/* true: it was a zombie, and nobody wants it any more (T6) */
static bool unlink_and_judge(struct task_struct *p, struct task_struct *tracer)
{
	bool dead;

	ptrace_unlink(p);
	if (p->exit_state != EXIT_ZOMBIE)
		return false;
	dead = !thread_group_leader(p);
	if (!dead && thread_group_empty(p)) {
		if (p->real_parent->signal != tracer->signal)
			dead = do_notify_parent(p, p->exit_signal);
		else
			dead = ignores_children(tracer);
		if (dead)
			wake_up_interruptible_all(&tracer->signal->wait_chldexit);
	}
	if (dead)
		p->exit_state = EXIT_DEAD;
	return dead;
}

/**
 * exit_ptrace() - @tracer exits: whom it traced goes on alone, or dies with it.
 * Locks:   tasklist_lock held. Context: thread.
 * Return:  in @dead, by dead_link, who is to be released.
 */
void exit_ptrace(struct task_struct *tracer, struct list_head *dead)
{
	struct task_struct *p, *next;

	list_for_each_entry_safe(p, next, &tracer->ptraced, ptrace_entry) {
		if (p->ptrace & PT_OPTION(PTRACE_O_EXITKILL))
			send_sig_info(SIGKILL, SEND_SIG_PRIV, p);
		if (unlink_and_judge(p, tracer))
			list_add(&p->dead_link, dead);
	}
}

/**
 * task_tracer_pid() - the number of the thread that traces @p, 0: none.
 * Locks:   takes tasklist_lock. Context: thread.
 */
pid_t task_tracer_pid(struct task_struct *p)
{
	pid_t pid;

	spin_lock(&tasklist_lock);
	pid = p->tracer ? p->tracer->pid : 0;
	spin_unlock(&tasklist_lock);
	return pid;
}

/* --- beginning -------------------------------------------------------------------------- */

/* the thread of current's parent that forked it; NULL: that is about to exit */
static struct task_struct *parent_thread(void)
{
	struct task_struct *t = find_task_by_pid(current->forker), *parent = current->real_parent;

	if (!t || t->signal != parent->signal)
		t = parent;
	return t->flags & PF_EXITING ? NULL : t;
}

static bool may_be_traced_by(struct task_struct *parent)
{
	bool may;

	task_lock(parent);
	may = !(current->cred.cap.permitted & ~parent->cred.cap.permitted) ||
	      (parent->cred.cap.effective & (1ull << CAP_SYS_PTRACE));
	task_unlock(parent);
	return may;
}

static long ptrace_traceme(void)
{
	struct task_struct *parent;
	long ret = -EPERM;

	spin_lock(&tasklist_lock);
	if (current->ptrace)
		goto out;
	parent = parent_thread();
	if (parent && !may_be_traced_by(parent))
		goto out;
	ret = 0;
	if (parent && !(parent->flags & PF_KTHREAD))
		ptrace_link(current, parent, 0);
out:
	spin_unlock(&tasklist_lock);
	return ret;
}

/* Checks and link as one step (T5); 0 or -EPERM. */
static long attach_locked(struct task_struct *p, unsigned int flags)
{
	long ret = ptrace_may_attach(p);

	if (!ret && (p->exit_state || p->ptrace || (p->flags & PF_KTHREAD)))
		ret = -EPERM;
	if (!ret)
		ptrace_link(p, current, flags);
	return ret;
}

/* @p may have stopped already: it goes over to a stop for its tracer (J5). */
static void stop_for_tracer(struct task_struct *p)
{
	spin_lock_irq(&p->signal->siglock);
	if (p->tracer == current && (p->state & TASK_STOPPED) &&
	    jobctl_set_pending(p, JOBCTL_TRAP_STOP | JOBCTL_TRAPPING)) {
		set_sigpending(p);
		wake_up_state(p, TASK_STOPPED);
	}
	spin_unlock_irq(&p->signal->siglock);
}

static void wait_until_trapped(struct task_struct *p)
{
	bool waits;

	for (;;) {
		set_current_state(TASK_KILLABLE);
		spin_lock_irq(&p->signal->siglock);
		waits = p->tracer == current && (p->jobctl & JOBCTL_TRAPPING);
		spin_unlock_irq(&p->signal->siglock);
		if (!waits || fatal_signal_pending(current))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static long check_options(unsigned long options)
{
	return options & ~(unsigned long)PTRACE_O_BUILT ? -EINVAL : 0;
}

static long ptrace_attach(struct task_struct *p, bool seize, unsigned long addr,
			  unsigned long options)
{
	unsigned int flags = 0;
	long ret;

	if (seize) {
		if (addr || check_options(options))
			return -EIO;
		flags = PT_SEIZED | PT_OPTION((unsigned int)options);
	}
	if (p->signal == current->signal)
		return -EPERM;
	spin_lock(&tasklist_lock);
	ret = attach_locked(p, flags);
	spin_unlock(&tasklist_lock);
	if (ret)
		return ret;
	if (!seize)
		send_sig_info(SIGSTOP, SEND_SIG_PRIV, p);
	stop_for_tracer(p);
	wait_until_trapped(p);
	return 0;
}

/* --- holding ------------------------------------------------------------------------------ */

/* T3: 0, or -ESRCH: it is not ours, or not in a stop */
static long hold_tracee(struct task_struct *p)
{
	bool held;

	spin_lock_irq(&p->signal->siglock);
	held = p->tracer == current && (p->state & TASK_TRACED) &&
	       !(p->jobctl & JOBCTL_LISTENING) && !sigismember(&p->pending.signal, SIGKILL);
	if (held)
		p->jobctl |= JOBCTL_HELD;
	spin_unlock_irq(&p->signal->siglock);
	if (!held)
		return -ESRCH;
	while (smp_load_acquire(&p->on_cpu))
		cpu_relax();
	return 0;
}

/* T4 */
static void release_tracee(struct task_struct *p)
{
	spin_lock_irq(&p->signal->siglock);
	p->jobctl &= ~JOBCTL_HELD;
	if (sigismember(&p->pending.signal, SIGKILL))
		wake_up_state(p, TASK_TRACED);
	spin_unlock_irq(&p->signal->siglock);
}

static void resume_tracee(struct task_struct *p, int sig)
{
	spin_lock_irq(&p->signal->siglock);
	p->jobctl &= ~JOBCTL_HELD;
	p->exit_code = sig;
	wake_up_state(p, TASK_TRACED);
	spin_unlock_irq(&p->signal->siglock);
}

/* --- requests; @p is held ------------------------------------------------------------------ */

/* 0: it runs */
static long ptrace_resume(struct task_struct *p, long request, unsigned long sig)
{
	if (!valid_signal(sig))
		return -EIO;
	trace_syscalls_of(p, request == PTRACE_SYSCALL);
	if (request == PTRACE_SINGLESTEP)
		user_enable_single_step(p);
	else
		user_disable_single_step(p);
	resume_tracee(p, sig);
	return 0;
}

static long ptrace_detach(struct task_struct *p, unsigned long sig)
{
	if (!valid_signal(sig))
		return -EIO;
	user_disable_single_step(p);
	spin_lock(&tasklist_lock);
	p->exit_code = sig;
	ptrace_unlink(p);
	spin_unlock(&tasklist_lock);
	return 0;
}

/* A word of its memory: FOLL_FORCE, so that breakpoints can be set in code. */
static int access_word(struct task_struct *p, unsigned long addr, unsigned long *word, bool write)
{
	struct mm_struct *mm = get_task_mm(p);
	int n = 0;

	if (!mm)
		return -EIO;
	if (p->dumpable || (p->ptrace & PT_TRACER_CAP))
		n = access_remote_vm(mm, addr, word, sizeof(*word), write);
	mmput(mm);
	return n == sizeof(*word) ? 0 : -EIO;
}

static long peek_data(struct task_struct *p, unsigned long addr, unsigned long __user *data)
{
	unsigned long word;

	return access_word(p, addr, &word, false) ?: put_user(word, data);
}

static long set_options(struct task_struct *p, unsigned long options)
{
	long ret = check_options(options);

	if (ret)
		return ret;
	spin_lock_irq(&p->signal->siglock);
	p->ptrace = (p->ptrace & ~PT_OPTION(PTRACE_O_BUILT)) | PT_OPTION((unsigned int)options);
	spin_unlock_irq(&p->signal->siglock);
	return 0;
}

/* PTRACE_INTERRUPT: a stop will come, of whatever kind; a new one when it only listens. */
static long ptrace_interrupt(struct task_struct *p)
{
	long ret = -ESRCH;

	spin_lock_irq(&p->signal->siglock);
	if (p->tracer == current) {
		ret = p->ptrace & PT_SEIZED ? 0 : -EIO;
		if (!ret && jobctl_set_pending(p, JOBCTL_TRAP_STOP))
			ptrace_wake_up(p, p->jobctl & JOBCTL_LISTENING);
	}
	spin_unlock_irq(&p->signal->siglock);
	return ret;
}

/* Leave it in the stop of its group, as if nobody traced it, but hear of what comes. */
static long ptrace_listen(struct task_struct *p)
{
	long ret = -EIO;

	spin_lock_irq(&p->signal->siglock);
	if ((p->ptrace & PT_SEIZED) && p->last_siginfo &&
	    p->last_siginfo->si_code >> 8 == PTRACE_EVENT_STOP) {
		p->jobctl |= JOBCTL_LISTENING;
		p->jobctl &= ~JOBCTL_HELD;
		if (p->jobctl & JOBCTL_TRAP_NOTIFY)
			ptrace_wake_up(p, true);
		ret = 0;
	}
	spin_unlock_irq(&p->signal->siglock);
	return ret;
}

static long ptrace_kill(struct task_struct *p)
{
	bool ours;

	spin_lock(&tasklist_lock);
	ours = p->tracer == current;
	spin_unlock(&tasklist_lock);
	return ours ? send_sig_info(SIGKILL, SEND_SIG_NOINFO, p) : -ESRCH;
}

static long held_request(struct task_struct *p, long request, unsigned long addr,
			 unsigned long data)
{
	void __user *udata = (void __user *)data;

	switch (request) {
	case PTRACE_PEEKTEXT:
	case PTRACE_PEEKDATA:
		return peek_data(p, addr, udata);
	case PTRACE_POKETEXT:
	case PTRACE_POKEDATA:
		return access_word(p, addr, &data, true);
	case PTRACE_CONT:
	case PTRACE_SYSCALL:
	case PTRACE_SINGLESTEP:
		return ptrace_resume(p, request, data);
	case PTRACE_DETACH:
		return ptrace_detach(p, data);
	case PTRACE_SETOPTIONS:
		return set_options(p, data);
	case PTRACE_LISTEN:
		return ptrace_listen(p);
	default:
		return ptrace_info(p, request, addr, data);
	}
}

static long ptrace_request(struct task_struct *p, long request, unsigned long addr,
			   unsigned long data)
{
	long ret;

	switch (request) {
	case PTRACE_ATTACH:
		return ptrace_attach(p, false, 0, 0);
	case PTRACE_SEIZE:
		return ptrace_attach(p, true, addr, data);
	case PTRACE_INTERRUPT:
		return ptrace_interrupt(p);
	case PTRACE_KILL:
		return ptrace_kill(p);
	}
	ret = hold_tracee(p);
	if (ret)
		return ret;
	ret = held_request(p, request, addr, data);
	if (ret || request != PTRACE_DETACH)
		release_tracee(p);
	return ret;
}

/**
 * sys_ptrace() - ptrace(2).
 * Locks:   takes tasklist_lock and siglock of thread @pid. Context: thread; sleeps.
 * Return:  0 or what the request gives; -ESRCH, -EPERM, -EIO and more of ptrace(2).
 */
long sys_ptrace(long request, long pid, unsigned long addr, unsigned long data)
{
	struct task_struct *p;
	long ret;

	if (request == PTRACE_TRACEME)
		return ptrace_traceme();
	p = get_task_by_pid((pid_t)pid);
	if (!p)
		return -ESRCH;
	ret = ptrace_request(p, request, addr, data);
	put_task_struct(p);
	return ret;
}
