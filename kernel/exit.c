// SPDX-License-Identifier: MIT
/*
 * exit.c - how a task ends, and what becomes of its children.
 *
 * do_exit() gives back what the task owns, tells whoever has to know, and leaves
 * the CPU for good; the task that runs next frees the stack. What remains of a
 * process is its leader's task_struct, a zombie, until the parent has waited for
 * it (wait.c) or did not want to.
 *
 *   E1  a leader is a zombie that can be waited for only when it is the last
 *       thread of its process
 *   E2  a task is released once: by its own exit (threads, and processes whose
 *       parent does not care, unless they are traced), or by whoever changed
 *       exit_state from EXIT_ZOMBIE to EXIT_DEAD under tasklist_lock
 *   E3  a process whose parent is gone belongs to the next ancestor that asked
 *       for it (PR_SET_CHILD_SUBREAPER), else to init
 *   E4  a process group that is orphaned while it has stopped members gets SIGHUP
 *       and SIGCONT, as nobody could continue it
 *
 * Locks: tasklist_lock > siglock.
 */
#include <linux/coredump.h>
#include <linux/sched.h>
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/pid.h>
#include <linux/ptrace.h>
#include <linux/syscalls.h>
#include <linux/trace.h>
#include <linux/tty.h>
#include <asm/uaccess.h>
#include "internal.h"

bool thread_group_empty(struct task_struct *p)
{
	return list_is_singular(&p->signal->thread_head);
}

bool is_global_init(const struct task_struct *p)
{
	return p->tgid == 1;
}

int get_nr_threads(struct task_struct *p)
{
	return p->signal->nr_threads;
}

pid_t task_ppid(struct task_struct *p)
{
	pid_t pid;

	spin_lock(&tasklist_lock);
	pid = p->real_parent->tgid;
	spin_unlock(&tasklist_lock);
	return pid;
}

/* --- orphaned process groups; tasklist_lock held ---------------------------------- */

/**
 * will_become_orphaned_pgrp() - no member, @ignored apart, has a parent in another
 * group of the same session.
 * Locks: tasklist_lock held.
 */
bool will_become_orphaned_pgrp(pid_t pgrp, struct task_struct *ignored)
{
	struct task_struct *p;

	for_each_pgrp_process(p, pgrp) {
		struct task_struct *parent = p->real_parent;

		if (p == ignored || (p->exit_state && thread_group_empty(p)) ||
		    parent->pid <= 1)
			continue;
		if (parent->signal->pgrp != pgrp && parent->signal->session == p->signal->session)
			return false;
	}
	return true;
}

bool is_current_pgrp_orphaned(void)
{
	bool orphaned;

	spin_lock(&tasklist_lock);
	orphaned = will_become_orphaned_pgrp(current->signal->pgrp, NULL);
	spin_unlock(&tasklist_lock);
	return orphaned;
}

static bool has_stopped_jobs(pid_t pgrp)
{
	struct task_struct *p;

	for_each_pgrp_process(p, pgrp)
		if (p->signal->flags & SIGNAL_STOP_STOPPED)
			return true;
	return false;
}

/*
 * @tsk's process exits (@parent NULL), or loses its parent @parent: the group that
 * depended on that link may be orphaned now (E4).
 */
static void kill_orphaned_pgrp(struct task_struct *tsk, struct task_struct *parent)
{
	pid_t pgrp = tsk->signal->pgrp;
	struct task_struct *ignored = NULL;

	if (!parent) {
		parent = tsk->real_parent;
		ignored = tsk;
	}
	if (parent->signal->pgrp == pgrp || parent->signal->session != tsk->signal->session)
		return;
	if (!will_become_orphaned_pgrp(pgrp, ignored) || !has_stopped_jobs(pgrp))
		return;
	__kill_pgrp_info(SIGHUP, SEND_SIG_PRIV, pgrp);
	__kill_pgrp_info(SIGCONT, SEND_SIG_PRIV, pgrp);
}

/* --- children of the dead --------------------------------------------------------- */

/* who takes over the children of @father: a leader that does not exit itself (E3) */
static struct task_struct *find_new_reaper(struct task_struct *father)
{
	struct task_struct *init = find_task_by_pid(1), *p;

	if (father->signal->has_child_subreaper) {
		for (p = father->real_parent; p && p->pid > 1; p = p->real_parent)
			if (p->signal->is_child_subreaper && atomic_read(&p->signal->live))
				return p;
	}
	return init ?: &init_task;
}

/* PR_SET_PDEATHSIG: the parent of the threads of @child is gone (a thread, as prctl(2) says). */
static void send_pdeath_signals(struct task_struct *child)
{
	struct task_struct *t;

	for_each_thread(child, t)
		if (t->pdeath_signal)
			group_send_sig_info(t->pdeath_signal, SEND_SIG_NOINFO, t);
}

/* A thread exits and others stay: one of them is the parent of its children from now on. */
static void hand_over_children(struct task_struct *tsk)
{
	struct task_struct *leader = tsk->group_leader, *child, *t;
	pid_t heir = leader->pid;

	for_each_thread(tsk, t)
		if (!(t->flags & PF_EXITING))
			heir = t->pid;
	list_for_each_entry(child, &leader->children, sibling) {
		if (child->forker != tsk->pid)
			continue;
		for_each_thread(child, t)
			t->forker = heir;
		send_pdeath_signals(child);
	}
}

static void reparent_child(struct task_struct *child, struct task_struct *father,
			   struct task_struct *reaper, struct list_head *dead)
{
	struct task_struct *t;

	for_each_thread(child, t)
		t->real_parent = reaper;
	list_move_tail(&child->sibling, &reaper->children);
	if (child->exit_state == EXIT_DEAD)
		return;
	child->exit_signal = SIGCHLD;
	if (!child->ptrace && child->exit_state == EXIT_ZOMBIE && thread_group_empty(child) &&
	    do_notify_parent(child, SIGCHLD)) {
		child->exit_state = EXIT_DEAD;			/* E2 */
		list_add(&child->dead_link, dead);
	}
	kill_orphaned_pgrp(child, father);
}

/* The last thread of a process exits: its children get a new parent. */
static void forget_children(struct task_struct *tsk, struct list_head *dead)
{
	struct task_struct *father = tsk->group_leader, *reaper, *child, *next;

	if (list_empty(&father->children))
		return;
	reaper = find_new_reaper(father);
	list_for_each_entry_safe(child, next, &father->children, sibling) {
		send_pdeath_signals(child);
		reparent_child(child, father, reaper, dead);
	}
}

/* --- letting go of what is known of a task ---------------------------------------- */

/* The counters of a thread that leaves go to its process. siglock held. */
static void fold_counters(struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	u64 ut, st;

	task_cputime(p, &ut, &st);
	sig->utime += ut;
	sig->stime += st;
	sig->min_flt += p->min_flt;
	sig->maj_flt += p->maj_flt;
	sig->nvcsw += p->nvcsw;
	sig->nivcsw += p->nivcsw;
}

/* tasklist_lock held: nobody finds @p any more */
static void unhash_task(struct task_struct *p)
{
	struct signal_struct *sig = p->signal;

	spin_lock_irq(&sig->siglock);
	fold_counters(p);
	if (sig->curr_target == p)
		sig->curr_target = p->group_leader;
	list_del_init(&p->thread_node);
	sig->nr_threads--;
	flush_sigqueue(&p->pending);
	if (thread_group_leader(p)) {
		flush_sigqueue(&sig->shared_pending);
		list_del_init(&p->sibling);
		list_del_init(&p->tasks);
	} else if (sig->group_exec_task && sig->nr_threads <= sig->notify_count) {
		wake_up_process(sig->group_exec_task);
	}
	spin_unlock_irq(&sig->siglock);
	pid_detach_task(p);
	task_uncount();
	atomic_dec(&p->user->processes);
}

/**
 * release_task() - forget the dead task @p, and its leader when that waited for it (E1).
 * Locks:   takes tasklist_lock. Context: thread; drops the reference of being known.
 */
void release_task(struct task_struct *p)
{
	while (p) {
		struct task_struct *leader = p->group_leader, *next = NULL;

		spin_lock(&tasklist_lock);
		if (p->ptrace)
			ptrace_unlink(p);
		unhash_task(p);
		if (p != leader && thread_group_empty(leader) &&
		    leader->exit_state == EXIT_ZOMBIE &&
		    do_notify_parent(leader, leader->exit_signal)) {
			leader->exit_state = EXIT_DEAD;		/* E2 */
			next = leader;
		}
		spin_unlock(&tasklist_lock);
		put_task_struct(p);
		p = next;
	}
}

static void release_list(struct list_head *dead)
{
	struct task_struct *p, *next;

	list_for_each_entry_safe(p, next, dead, dead_link) {
		list_del_init(&p->dead_link);
		release_task(p);
	}
}

/* The signal of @tsk's end to its tracer: SIGCHLD unless that is the parent of all of it. */
static int signal_to_tracer(struct task_struct *tsk)
{
	return thread_group_leader(tsk) && thread_group_empty(tsk) && !ptrace_reparented(tsk) ?
	       tsk->exit_signal : SIGCHLD;
}

/* tsk is a zombie from here on, or gone at once */
static void exit_notify(struct task_struct *tsk, bool group_dead)
{
	LIST_HEAD(dead);
	bool autoreap;

	spin_lock(&tasklist_lock);
	exit_ptrace(tsk, &dead);
	if (group_dead) {
		forget_children(tsk, &dead);
		kill_orphaned_pgrp(tsk->group_leader, NULL);
	} else {
		hand_over_children(tsk);
	}
	tsk->exit_state = EXIT_ZOMBIE;
	if (tsk->ptrace)
		autoreap = do_notify_parent(tsk, signal_to_tracer(tsk));
	else if (thread_group_leader(tsk))
		autoreap = thread_group_empty(tsk) && do_notify_parent(tsk, tsk->exit_signal);
	else
		autoreap = true;
	if (autoreap)
		tsk->exit_state = EXIT_DEAD;			/* E2 */
	if (tsk->signal->group_exec_task && !autoreap)
		wake_up_process(tsk->signal->group_exec_task);
	spin_unlock(&tasklist_lock);
	release_list(&dead);
	if (autoreap)
		release_task(tsk);
	pidfd_notify();
}

/* --- the exit itself -------------------------------------------------------------- */

/* The parent of vfork may go on: @tsk no longer uses its memory. */
static void complete_vfork_done(struct task_struct *tsk)
{
	task_lock(tsk);
	if (tsk->vfork_done) {
		complete(tsk->vfork_done);
		tsk->vfork_done = NULL;
	}
	task_unlock(tsk);
}

/**
 * mm_release() - @tsk (current) is about to leave the address space @mm: wake who
 * waits for that in user mode (robust futexes, pthread_join) and in vfork.
 * Context: thread, may fault.
 */
void mm_release(struct task_struct *tsk, struct mm_struct *mm)
{
	if (mm && tsk->robust_list)
		futex_exit_robust_list(tsk);
	tsk->robust_list = NULL;
	futex_exit_pi(tsk);
	if (mm && tsk->clear_child_tid) {
		if (atomic_read(&mm->mm_users) > 1 && !put_user(0, tsk->clear_child_tid))
			futex_wake((u32 __user *)tsk->clear_child_tid, true, 1,
				   FUTEX_BITSET_MATCH_ANY);
		tsk->clear_child_tid = NULL;
	}
	if (tsk->vfork_done)
		complete_vfork_done(tsk);
}

static void exit_mm(struct task_struct *tsk)
{
	struct mm_struct *mm = tsk->mm;

	mm_release(tsk, mm);
	if (!mm)
		return;
	mmgrab(mm);			/* active_mm stays loaded until the next switch */
	task_lock(tsk);
	local_irq_disable();
	tsk->mm = NULL;
	enter_lazy_tlb(mm);
	local_irq_enable();
	task_unlock(tsk);
	mmput(mm);
}

static void exit_process(struct task_struct *tsk, long code)
{
	struct signal_struct *sig = tsk->signal;

	if (is_global_init(tsk))
		panic("Attempted to kill init! exitcode=0x%08x",
		      sig->group_exit_code ?: (int)code);
	hrtimer_cancel(&sig->real_timer);
	if (tsk->mm)
		sig->maxrss = max(sig->maxrss, get_mm_hiwater_rss(tsk->mm));
}

/**
 * do_exit() - current ends with @code, as wait4() reports it. Never returns.
 * Context: thread.
 */
void __noreturn do_exit(long code)
{
	struct task_struct *tsk = current;
	struct mempolicy *policy;
	bool group_dead;

	if (in_irq_context())
		panic("Aiee, killing interrupt handler!");
	if (!tsk->pid)
		panic("Attempted to kill the idle task!");
	trace_event("exit pid %ld code %lx", tsk->pid, code, 0);
	local_irq_enable();
	coredump_task_exit(tsk);
	ptrace_event(PTRACE_EVENT_EXIT, code);
	exit_signals(tsk);
	group_dead = atomic_dec_and_test(&tsk->signal->live);
	if (group_dead)
		exit_process(tsk, code);
	tsk->exit_code = code;
	tsk->rseq = NULL;
	exit_mm(tsk);
	policy = mpol_get(tsk->mempolicy.policy);
	task_lock(tsk);
	task_mempolicy_set(&tsk->mempolicy, NULL);	/* others may be looking at it */
	task_unlock(tsk);
	mpol_put(policy);
	exit_files(tsk);
	exit_fs(tsk);
	if (group_dead && tsk->signal->leader)
		disassociate_ctty(1);
	debug_leave();			/* nobody could unlock for it (D6) */
	exit_notify(tsk, group_dead);	/* from here on the reference of running holds it (F1) */
	set_special_state(TASK_DEAD);
	schedule();
	BUG();
}

/**
 * do_group_exit() - all threads of current's process end with @code. Never returns.
 */
void __noreturn do_group_exit(int code)
{
	struct signal_struct *sig = current->signal;

	spin_lock_irq(&sig->siglock);
	if (sig->flags & SIGNAL_GROUP_EXIT) {
		code = sig->group_exit_code;			/* G4 of signal.c */
	} else if (sig->group_exec_task) {
		code = 0;		/* another thread execs: this one just goes */
	} else {
		sig->flags = (sig->flags & SIGNAL_UNKILLABLE) | SIGNAL_GROUP_EXIT;
		sig->group_exit_code = code;
		zap_other_threads(current);
	}
	spin_unlock_irq(&sig->siglock);
	do_exit(code);
}

long sys_exit(int error_code)
{
	do_exit((error_code & 0xff) << 8);
}

long sys_exit_group(int error_code)
{
	do_group_exit((error_code & 0xff) << 8);
}
