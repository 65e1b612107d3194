// SPDX-License-Identifier: MIT
/*
 * wait.c - wait4 and waitid: hearing of children that died, stopped or run again;
 * and getrusage, which reports what they used.
 *
 * A waiter scans the children of its process under tasklist_lock. It finds one
 * that has what it asked for and takes that, or learns that some child may get
 * there, and sleeps on signal->wait_chldexit until do_notify_parent() wakes it.
 *
 *   V1  a zombie is taken by exactly one waiter: exit_state goes from EXIT_ZOMBIE
 *       to EXIT_DEAD under tasklist_lock
 *   V2  a stop is reported once (group_exit_code becomes 0), a continue once
 *       (SIGNAL_STOP_CONTINUED is cleared), unless WNOWAIT
 *   V3  whom threads of the process trace are scanned too, threads of others among them,
 *       whatever options ask for. Their stops are those for their tracer (exit_code
 *       becomes 0); a child that somebody else traces shows its end to that one first
 *
 * Results are collected in struct wait_opts and copied to user memory with no
 * lock held. Locks: tasklist_lock > siglock.
 */
#include <linux/sched.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/ptrace.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <asm/uaccess.h>
#include "internal.h"

struct wait_opts {
	int type;			/* P_ALL, P_PID, P_PGID */
	pid_t pid;
	int flags;			/* WEXITED ... */
	bool want_usage;
	bool nonblock;			/* nobody ready is -EAGAIN: a P_PIDFD with O_NONBLOCK */
	int found_error;		/* -ECHILD until a child matches, then 0 */
	/* results, valid when a child was found */
	pid_t child;
	uid_t uid;
	int cause, status;		/* CLD_*, and its argument */
	int wstat;			/* the word of wait4 */
	struct rusage usage;
};

/* --- usage ------------------------------------------------------------------------ */

static void add_own_usage(struct task_struct *p, struct rusage *r, u64 *ut, u64 *st)
{
	struct signal_struct *sig = p->signal;
	struct task_struct *t;

	r->ru_minflt += sig->min_flt;
	r->ru_majflt += sig->maj_flt;
	r->ru_nvcsw += sig->nvcsw;
	r->ru_nivcsw += sig->nivcsw;
	*ut += sig->utime;
	*st += sig->stime;
	for_each_thread(p, t) {
		u64 tu, ts;

		task_cputime(t, &tu, &ts);
		*ut += tu;
		*st += ts;
		r->ru_minflt += t->min_flt;
		r->ru_majflt += t->maj_flt;
		r->ru_nvcsw += t->nvcsw;
		r->ru_nivcsw += t->nivcsw;
	}
}

static void add_child_usage(struct signal_struct *sig, struct rusage *r, u64 *ut, u64 *st)
{
	*ut += sig->cutime;
	*st += sig->cstime;
	r->ru_minflt += sig->cmin_flt;
	r->ru_majflt += sig->cmaj_flt;
	r->ru_nvcsw += sig->cnvcsw;
	r->ru_nivcsw += sig->cnivcsw;
}

/**
 * getrusage_of() - what @p (RUSAGE_THREAD), its process or its children used.
 * Locks:   takes siglock. Context: thread.
 */
void getrusage_of(struct task_struct *p, int who, struct rusage *r)
{
	struct signal_struct *sig = p->signal;
	unsigned long maxrss = 0, flags;
	struct mm_struct *mm;
	u64 ut = 0, st = 0;

	memset(r, 0, sizeof(*r));
	if (who == RUSAGE_THREAD) {
		task_cputime(p, &ut, &st);
		r->ru_minflt = p->min_flt;
		r->ru_majflt = p->maj_flt;
		r->ru_nvcsw = p->nvcsw;
		r->ru_nivcsw = p->nivcsw;
		maxrss = sig->maxrss;
	} else {
		spin_lock_irqsave(&sig->siglock, flags);
		if (who == RUSAGE_CHILDREN || who == RUSAGE_BOTH) {
			add_child_usage(sig, r, &ut, &st);
			maxrss = sig->cmaxrss;
		}
		if (who == RUSAGE_SELF || who == RUSAGE_BOTH) {
			add_own_usage(p, r, &ut, &st);
			maxrss = max(maxrss, sig->maxrss);
		}
		spin_unlock_irqrestore(&sig->siglock, flags);
	}
	r->ru_utime = ns_to_kernel_timeval(ut);
	r->ru_stime = ns_to_kernel_timeval(st);
	if (who != RUSAGE_CHILDREN) {
		mm = p == current ? p->mm : NULL;	/* a zombie has none */
		if (mm)
			maxrss = max(maxrss, get_mm_hiwater_rss(mm));
	}
	r->ru_maxrss = maxrss * (PAGE_SIZE / 1024);
}

long sys_getrusage(int who, struct rusage __user *ru)
{
	struct rusage r;

	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD)
		return -EINVAL;
	getrusage_of(current, who, &r);
	return copy_to_user(ru, &r, sizeof(r)) ? -EFAULT : 0;
}

/* What the child used becomes the parent's children's. tasklist_lock held. */
static void inherit_usage(struct task_struct *child)
{
	struct signal_struct *psig = current->signal, *sig = child->signal;
	u64 ut, st;

	thread_group_cputime(child, &ut, &st);
	spin_lock_irq(&psig->siglock);
	psig->cutime += ut + sig->cutime;
	psig->cstime += st + sig->cstime;
	psig->cmin_flt += child->min_flt + sig->min_flt + sig->cmin_flt;
	psig->cmaj_flt += child->maj_flt + sig->maj_flt + sig->cmaj_flt;
	psig->cnvcsw += child->nvcsw + sig->nvcsw + sig->cnvcsw;
	psig->cnivcsw += child->nivcsw + sig->nivcsw + sig->cnivcsw;
	psig->cmaxrss = max3(psig->cmaxrss, sig->maxrss, sig->cmaxrss);
	spin_unlock_irq(&psig->siglock);
}

/* --- one child; tasklist_lock held, let go when the result is not 0 --------------- */

static bool eligible_child(struct wait_opts *wo, struct task_struct *p, bool traced)
{
	if (wo->type == P_PID && p->pid != wo->pid)
		return false;
	if (wo->type == P_PGID && p->signal->pgrp != wo->pid)
		return false;
	if (traced)
		return true;
	if ((wo->flags & __WNOTHREAD) && p->forker != current->pid)
		return false;
	if (wo->flags & __WALL)
		return true;
	return (p->exit_signal != SIGCHLD) == !!((unsigned int)wo->flags & __WCLONE);
}

static void note_child(struct wait_opts *wo, struct task_struct *p)
{
	wo->child = p->pid;
	wo->uid = p->cred.uid;
	if (wo->want_usage)
		getrusage_of(p, RUSAGE_BOTH, &wo->usage);
}

static bool take_zombie(struct wait_opts *wo, struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	int status = sig->flags & SIGNAL_GROUP_EXIT ? sig->group_exit_code : p->exit_code;
	bool gone = true;

	if (!(wo->flags & WEXITED))
		return false;
	note_child(wo, p);
	wo->wstat = status;
	if (status & 0x7f) {
		wo->cause = status & 0x80 ? CLD_DUMPED : CLD_KILLED;
		wo->status = status & 0x7f;
	} else {
		wo->cause = CLD_EXITED;
		wo->status = status >> 8;
	}
	if (wo->flags & WNOWAIT) {
		spin_unlock(&tasklist_lock);
		return true;
	}
	if (thread_group_leader(p) && ptrace_reparented(p)) {		/* V3 */
		ptrace_unlink(p);
		gone = do_notify_parent(p, p->exit_signal);
	} else if (thread_group_leader(p)) {
		inherit_usage(p);
	}
	if (gone)
		p->exit_state = EXIT_DEAD;				/* V1 */
	spin_unlock(&tasklist_lock);
	if (gone)
		release_task(p);
	return true;
}

static bool take_stopped(struct wait_opts *wo, struct task_struct *p, bool traced)
{
	struct signal_struct *sig = p->signal;
	int code = 0, *from = &sig->group_exit_code;
	bool stopped;

	if (!traced && !(wo->flags & WUNTRACED))
		return false;
	spin_lock_irq(&sig->siglock);
	if (traced) {
		stopped = (p->state & TASK_TRACED) && !(p->jobctl & JOBCTL_LISTENING);
		from = &p->exit_code;
	} else {
		stopped = sig->flags & SIGNAL_STOP_STOPPED;
	}
	if (stopped) {
		code = *from;
		if (!(wo->flags & WNOWAIT))
			*from = 0;					/* V2, V3 */
	}
	spin_unlock_irq(&sig->siglock);
	if (!code)
		return false;
	note_child(wo, p);
	spin_unlock(&tasklist_lock);
	wo->cause = traced ? CLD_TRAPPED : CLD_STOPPED;
	wo->status = code;
	wo->wstat = code << 8 | 0x7f;
	return true;
}

static bool take_continued(struct wait_opts *wo, struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	bool continued;

	if (!(wo->flags & WCONTINUED))
		return false;
	spin_lock_irq(&sig->siglock);
	continued = sig->flags & SIGNAL_STOP_CONTINUED;
	if (continued && !(wo->flags & WNOWAIT))
		sig->flags &= ~SIGNAL_STOP_CONTINUED;			/* V2 */
	spin_unlock_irq(&sig->siglock);
	if (!continued)
		return false;
	note_child(wo, p);
	spin_unlock(&tasklist_lock);
	wo->cause = CLD_CONTINUED;
	wo->status = SIGCONT;
	wo->wstat = 0xffff;
	return true;
}

/* A child, or (@traced) one that a thread of this process traces. */
static bool consider_child(struct wait_opts *wo, struct task_struct *p, bool traced)
{
	bool leader_waits = thread_group_leader(p) && !thread_group_empty(p);

	if (p->exit_state == EXIT_DEAD || !eligible_child(wo, p, traced))
		return false;
	/* who traces its own child sees it as a tracer */
	traced |= p->ptrace && !ptrace_reparented(p);
	/* a zombie can stop or continue no more */
	if (p->exit_state == EXIT_ZOMBIE && !leader_waits && (traced || !p->ptrace))
		return take_zombie(wo, p);
	if (!p->exit_state || !traced || (wo->flags & (WCONTINUED | WEXITED)))
		wo->found_error = 0;
	return take_stopped(wo, p, traced) || take_continued(wo, p);
}

static bool scan_traced(struct wait_opts *wo, struct task_struct *tracer)
{
	struct task_struct *p;

	list_for_each_entry(p, &tracer->ptraced, ptrace_entry)
		if (consider_child(wo, p, true))
			return true;
	return false;
}

/* true: found, lock let go */
static bool scan_one(struct wait_opts *wo)
{
	struct task_struct *p = find_task_by_pid(wo->pid), *tracer;

	if (!p)
		return false;
	if (thread_group_leader(p) && p->real_parent == current->group_leader &&
	    consider_child(wo, p, false))
		return true;
	tracer = p->tracer;
	return tracer && tracer->signal == current->signal &&
	       (tracer == current || !(wo->flags & __WNOTHREAD)) && consider_child(wo, p, true);
}

/* true: found, lock let go */
static bool scan_children(struct wait_opts *wo)
{
	struct task_struct *p, *leader = current->group_leader;

	if (wo->type == P_PID)
		return scan_one(wo);
	list_for_each_entry(p, &leader->children, sibling)
		if (consider_child(wo, p, false))
			return true;
	if (wo->flags & __WNOTHREAD)
		return scan_traced(wo, current);
	for_each_thread(current, p)
		if (scan_traced(wo, p))
			return true;
	return false;
}

/* The number of the child, 0 with WNOHANG when none is ready, or -E. */
static long do_wait(struct wait_opts *wo)
{
	struct wait_queue_head *wq = &current->signal->wait_chldexit;
	DEFINE_WAIT_FUNC(wait, default_wake_function);
	long ret;

	add_wait_queue(wq, &wait);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		wo->found_error = -ECHILD;
		spin_lock(&tasklist_lock);
		if (scan_children(wo)) {
			ret = wo->child;
			break;
		}
		spin_unlock(&tasklist_lock);
		ret = wo->found_error;
		if (ret || (wo->flags & WNOHANG))
			break;
		ret = -ERESTARTSYS;
		if (signal_pending(current))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(wq, &wait);
	return ret;
}

/* --- system calls ----------------------------------------------------------------- */

long sys_wait4(pid_t upid, int __user *stat_addr, int options, struct rusage __user *ru)
{
	struct wait_opts wo = { .type = P_ALL, .want_usage = ru };
	long ret;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | (int)__WCLONE | __WALL))
		return -EINVAL;
	if (upid == INT_MIN)
		return -ESRCH;
	if (upid > 0) {
		wo.type = P_PID;
		wo.pid = upid;
	} else if (upid != -1) {
		wo.type = P_PGID;
		wo.pid = upid ? -upid : current->signal->pgrp;
	}
	wo.flags = options | WEXITED;
	ret = do_wait(&wo);
	if (ret <= 0)
		return ret;
	if (stat_addr && put_user(wo.wstat, stat_addr))
		return -EFAULT;
	if (ru && copy_to_user(ru, &wo.usage, sizeof(wo.usage)))
		return -EFAULT;
	return ret;
}

static int waitid_target(struct wait_opts *wo, int which, pid_t pid)
{
	wo->type = which;
	wo->pid = pid;
	switch (which) {
	case P_ALL:
		return 0;
	case P_PID:
		return pid > 0 ? 0 : -EINVAL;
	case P_PGID:
		if (pid < 0)
			return -EINVAL;
		if (!pid)
			wo->pid = current->signal->pgrp;
		return 0;
	case P_PIDFD:
		if (pid < 0)
			return -EINVAL;
		wo->type = P_PID;
		wo->pid = pidfd_waited_for(pid, &wo->nonblock);
		return min(wo->pid, 0);
	}
	return -EINVAL;
}

long sys_waitid(int which, pid_t pid, void __user *infop, int options, struct rusage __user *ru)
{
	struct wait_opts wo = { .want_usage = ru, .flags = options };
	kernel_siginfo_t info;
	long ret;

	if (options & ~(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD |
			(int)__WCLONE | __WALL))
		return -EINVAL;
	if (!(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	ret = waitid_target(&wo, which, pid);
	if (wo.nonblock)
		wo.flags |= WNOHANG;
	ret = ret ?: do_wait(&wo);
	if (!ret && wo.nonblock && !(options & WNOHANG))
		ret = -EAGAIN;
	if (ret < 0)
		return ret;
	clear_siginfo(&info);
	if (ret > 0) {
		info.si_signo = SIGCHLD;
		info.si_code = wo.cause;
		info.si_chld_pid = wo.child;
		info.si_chld_uid = wo.uid;
		info.si_status = wo.status;
		if (ru && copy_to_user(ru, &wo.usage, sizeof(wo.usage)))
			return -EFAULT;
	}
	/* the 12 bytes up to si_code and the 12 of the child, as Linux writes them */
	if (infop && (copy_to_user(infop, &info, 12) ||
		      copy_to_user((char __user *)infop + 16, &info.si_chld_pid, 12)))
		return -EFAULT;
	return 0;
}
