// SPDX-License-Identifier: MIT
/*
 * signal_calls.c - the system calls about signals.
 *
 * kill(2) and its relatives find tasks under tasklist_lock, check the sender's
 * rights against each and send (signal.c). The calls that change the blocked set
 * for the time of a sleep (sigsuspend, ppoll, pselect) leave the old one in
 * saved_sigmask: it comes back after the handler ran, or at once when none does.
 *
 * Whom a signal goes to is looked up first: a wrong number of the signal is EINVAL only
 * when there is a receiver, as on Linux.
 *
 *   K1  a sender may signal a process when its real or effective user is the
 *       receiver's real or saved user, or it is the superuser; SIGCONT may go to
 *       any process of the session
 */
#include <linux/sched.h>
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <asm/uaccess.h>
#include "internal.h"

/* --- to a group, to a number ------------------------------------------------------------ */

/**
 * __kill_pgrp_info() - @sig to every process of a group.
 * Locks:   tasklist_lock held. Return: 0 when one took it, else -ESRCH or the error.
 */
int __kill_pgrp_info(int sig, struct kernel_siginfo *info, pid_t pgrp)
{
	struct task_struct *p;
	int ret = -ESRCH;

	for_each_pgrp_process(p, pgrp) {
		int err = group_send_sig_info(sig, info, p);

		if (ret)
			ret = err;
	}
	return ret;
}

int kill_pgrp(pid_t pgrp, int sig, int priv)
{
	int ret;

	spin_lock(&tasklist_lock);
	ret = __kill_pgrp_info(sig, priv ? SEND_SIG_PRIV : SEND_SIG_NOINFO, pgrp);
	spin_unlock(&tasklist_lock);
	return ret;
}

int kill_pid(pid_t pid, int sig, int priv)
{
	struct task_struct *p = get_task_by_pid(pid);
	int ret;

	if (!p)
		return -ESRCH;
	ret = group_send_sig_info(sig, priv ? SEND_SIG_PRIV : SEND_SIG_NOINFO, p);
	put_task_struct(p);
	return ret;
}

/* --- siginfo ------------------------------------------------------------------------ */

/**
 * copy_siginfo_to_user() - the 128 bytes that a program sees.
 * Context: may fault. Return: 0 or -EFAULT.
 */
int copy_siginfo_to_user(void __user *to, const kernel_siginfo_t *from)
{
	if (copy_to_user(to, from, sizeof(*from)))
		return -EFAULT;
	return clear_user((char __user *)to + sizeof(*from), SI_MAX_SIZE - sizeof(*from)) ?
	       -EFAULT : 0;
}

int copy_siginfo_from_user(kernel_siginfo_t *to, const void __user *from)
{
	return copy_from_user(to, from, sizeof(*to)) ? -EFAULT : 0;
}

/* --- kill ------------------------------------------------------------------------- */

static int check_kill_permission(int sig, struct task_struct *t)
{
	const struct cred *me = &current->cred, *you = &t->cred;

	if (!valid_signal(sig))
		return -EINVAL;
	if (t->signal == current->signal || capable(CAP_KILL))
		return 0;
	if (me->euid == you->suid || me->euid == you->uid || me->uid == you->suid ||
	    me->uid == you->uid)
		return 0;						/* K1 */
	return sig == SIGCONT && t->signal->session == current->signal->session ? 0 : -EPERM;
}

/** send_sig_checked() - send @sig to the process of @p, if current may. 0 or -E. Any thread. */
int send_sig_checked(int sig, struct kernel_siginfo *info, struct task_struct *p)
{
	return check_kill_permission(sig, p) ?: group_send_sig_info(sig, info, p);
}

static int kill_one(pid_t pid, int sig, struct kernel_siginfo *info)
{
	struct task_struct *p = get_task_by_pid(pid);
	int ret;

	if (!p)
		return -ESRCH;
	ret = send_sig_checked(sig, info, p);
	put_task_struct(p);
	return ret;
}

static int kill_group(pid_t pgrp, int sig, struct kernel_siginfo *info)
{
	struct task_struct *p;
	int ret = -ESRCH;
	bool success = false;

	spin_lock(&tasklist_lock);
	for_each_pgrp_process(p, pgrp) {
		int err = send_sig_checked(sig, info, p);

		success |= !err;
		ret = err;
	}
	spin_unlock(&tasklist_lock);
	return success ? 0 : ret;
}

/* Everybody but init and the sender's own process; who may not be signalled is no error. */
static int kill_all(int sig, struct kernel_siginfo *info)
{
	struct task_struct *p;
	int ret = -ESRCH;

	spin_lock(&tasklist_lock);
	for_each_process(p) {
		int err;

		if (p->pid <= 1 || p->signal == current->signal)
			continue;
		err = send_sig_checked(sig, info, p);
		if (err != -EPERM)
			ret = err;
		else if (ret == -ESRCH)
			ret = 0;
	}
	spin_unlock(&tasklist_lock);
	return ret;
}

long sys_kill(pid_t pid, int sig)
{
	if (pid > 0)
		return kill_one(pid, sig, SEND_SIG_NOINFO);
	if (pid == INT_MIN)
		return -ESRCH;
	if (pid == -1)
		return kill_all(sig, SEND_SIG_NOINFO);
	return kill_group(pid ? -pid : current->signal->pgrp, sig, SEND_SIG_NOINFO);
}

/* @tgid 0: any */
static int send_specific(pid_t tgid, pid_t pid, int sig, struct kernel_siginfo *info)
{
	struct task_struct *p = get_task_by_pid(pid);
	int ret = -ESRCH;

	if (!p)
		return ret;
	if (tgid <= 0 || p->tgid == tgid) {
		ret = check_kill_permission(sig, p);
		if (!ret && sig)
			ret = send_sig_info(sig, info, p);
	}
	put_task_struct(p);
	return ret;
}

static int do_tkill(pid_t tgid, pid_t pid, int sig)
{
	struct kernel_siginfo info;

	clear_siginfo(&info);
	info.si_signo = sig;
	info.si_code = SI_TKILL;
	info.si_pid = current->tgid;
	info.si_uid = current_uid();
	return send_specific(tgid, pid, sig, &info);
}

long sys_tkill(pid_t pid, int sig)
{
	return pid <= 0 ? -EINVAL : do_tkill(0, pid, sig);
}

long sys_tgkill(pid_t tgid, pid_t pid, int sig)
{
	return pid <= 0 || tgid <= 0 ? -EINVAL : do_tkill(tgid, pid, sig);
}

/* Nobody may pretend to be the kernel or kill(2), but to oneself one may. */
static int check_queued_info(pid_t pid, const kernel_siginfo_t *info)
{
	return (info->si_code >= 0 || info->si_code == SI_TKILL) && current->pid != pid ? -EPERM : 0;
}

long sys_rt_sigqueueinfo(pid_t pid, int sig, void __user *uinfo)
{
	kernel_siginfo_t info;

	if (copy_siginfo_from_user(&info, uinfo))
		return -EFAULT;
	info.si_signo = sig;
	if (check_queued_info(pid, &info))
		return -EPERM;
	return kill_one(pid, sig, &info);
}

long sys_rt_tgsigqueueinfo(pid_t tgid, pid_t pid, int sig, void __user *uinfo)
{
	kernel_siginfo_t info;

	if (copy_siginfo_from_user(&info, uinfo))
		return -EFAULT;
	info.si_signo = sig;
	if (pid <= 0 || tgid <= 0)
		return -EINVAL;
	if (check_queued_info(pid, &info))
		return -EPERM;
	return send_specific(tgid, pid, sig, &info);
}

/* --- actions ---------------------------------------------------------------------- */

#define SA_ALL	(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART | \
		 SA_NODEFER | SA_RESETHAND | SA_EXPOSE_TAGBITS | SA_RESTORER)

/* A signal that is now ignored is no longer pending, blocked or not. */
static void drop_ignored(int sig)
{
	struct task_struct *t;

	flush_sigqueue_mask(sigmask(sig), &current->signal->shared_pending);
	for_each_thread(current, t)
		flush_sigqueue_mask(sigmask(sig), &t->pending);
}

static void do_sigaction(int sig, const struct sigaction *act, struct sigaction *oact)
{
	struct k_sigaction *k = &current->sighand->action[sig - 1];

	spin_lock_irq(&current->signal->siglock);
	spin_lock(&current->sighand->lock);
	*oact = k->sa;
	if (act) {
		k->sa = *act;
		k->sa.sa_flags &= SA_ALL;
		sigdelsetmask(&k->sa.sa_mask, SIG_KERNEL_ONLY_MASK);
	}
	spin_unlock(&current->sighand->lock);
	if (act && (act->sa_handler == SIG_IGN ||
		    (act->sa_handler == SIG_DFL && (sigmask(sig) & SIG_KERNEL_IGNORE_MASK)))) {
		drop_ignored(sig);
		recalc_sigpending();
	}
	spin_unlock_irq(&current->signal->siglock);
}

long sys_rt_sigaction(int sig, const struct sigaction __user *act, struct sigaction __user *oact,
		      size_t sigsetsize)
{
	struct sigaction new, old;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (act && copy_from_user(&new, act, sizeof(new)))
		return -EFAULT;
	if (sig < 1 || sig > _NSIG || (act && (sigmask(sig) & SIG_KERNEL_ONLY_MASK)))
		return -EINVAL;
	do_sigaction(sig, act ? &new : NULL, &old);
	if (oact && copy_to_user(oact, &old, sizeof(old)))
		return -EFAULT;
	return 0;
}

/* --- masks ------------------------------------------------------------------------ */

/**
 * sigprocmask() - change current's blocked set; @oldset may be NULL.
 * Context: thread. Return: 0 or -EINVAL.
 */
int sigprocmask(int how, const sigset_t *set, sigset_t *oldset)
{
	sigset_t newset = current->blocked;

	if (oldset)
		*oldset = current->blocked;
	switch (how) {
	case SIG_BLOCK:
		newset.sig[0] |= set->sig[0];
		break;
	case SIG_UNBLOCK:
		newset.sig[0] &= ~set->sig[0];
		break;
	case SIG_SETMASK:
		newset = *set;
		break;
	default:
		return -EINVAL;
	}
	set_current_blocked(&newset);
	return 0;
}

long sys_rt_sigprocmask(int how, sigset_t __user *nset, sigset_t __user *oset, size_t sigsetsize)
{
	sigset_t old = current->blocked, set;
	int ret;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (nset) {
		if (copy_from_user(&set, nset, sizeof(set)))
			return -EFAULT;
		ret = sigprocmask(how, &set, NULL);
		if (ret)
			return ret;
	}
	return oset && copy_to_user(oset, &old, sizeof(old)) ? -EFAULT : 0;
}

long sys_rt_sigpending(sigset_t __user *uset, size_t sigsetsize)
{
	sigset_t set;

	if (sigsetsize > sizeof(sigset_t))
		return -EINVAL;
	spin_lock_irq(&current->signal->siglock);
	sigorsets(&set, &current->pending.signal, &current->signal->shared_pending.signal);
	spin_unlock_irq(&current->signal->siglock);
	set.sig[0] &= current->blocked.sig[0];
	return copy_to_user(uset, &set, sigsetsize) ? -EFAULT : 0;
}

static long sleep_for_signal(void)
{
	while (!signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!signal_pending(current))
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	return -ERESTARTNOHAND;
}

long sys_pause(void)
{
	return sleep_for_signal();
}

long sys_rt_sigsuspend(sigset_t __user *unewset, size_t sigsetsize)
{
	sigset_t set;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (copy_from_user(&set, unewset, sizeof(set)))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	set_current_blocked(&set);
	sleep_for_signal();
	set_restore_sigmask();
	return -ERESTARTNOHAND;
}

/**
 * set_user_sigmask() - the mask for the time of a sleep; NULL: none.
 * Return: 0, -EINVAL or -EFAULT; then nothing changed.
 */
int set_user_sigmask(const sigset_t __user *umask, size_t sigsetsize)
{
	sigset_t set;

	if (!umask)
		return 0;
	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (copy_from_user(&set, umask, sizeof(set)))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	current->restore_sigmask = true;
	set_current_blocked(&set);
	return 0;
}

void restore_saved_sigmask_unless(bool interrupted)
{
	if (interrupted) {
		if (current->restore_sigmask)
			set_restore_sigmask();
	} else {
		restore_saved_sigmask();
	}
}

/* --- waiting for a signal --------------------------------------------------------- */

static int do_sigtimedwait(const sigset_t *which, kernel_siginfo_t *info, u64 timeout_ns)
{
	struct signal_struct *signal = current->signal;
	sigset_t mask = { { ~which->sig[0] | SIG_KERNEL_ONLY_MASK } };
	long left = 0;
	int sig;

	spin_lock_irq(&signal->siglock);
	sig = dequeue_signal(&mask, info);
	if (!sig && timeout_ns) {
		/* unblocked for the sleep, so that a sender wakes us; real_blocked keeps
		 * it from being ignored or acted upon */
		current->real_blocked = current->blocked;
		current->blocked.sig[0] &= mask.sig[0];
		recalc_sigpending();
		spin_unlock_irq(&signal->siglock);
		set_current_state(TASK_INTERRUPTIBLE);
		if (!signal_pending(current))
			left = schedule_timeout_ns(timeout_ns);
		else
			left = 1;
		__set_current_state(TASK_RUNNING);
		spin_lock_irq(&signal->siglock);
		current->blocked = current->real_blocked;
		sigemptyset(&current->real_blocked);
		sig = dequeue_signal(&mask, info);
	}
	spin_unlock_irq(&signal->siglock);
	if (sig)
		return sig;
	return left ? -EINTR : -EAGAIN;
}

long sys_rt_sigtimedwait(const sigset_t __user *uthese, void __user *uinfo,
			 const struct __kernel_timespec __user *uts, size_t sigsetsize)
{
	u64 timeout = MAX_SCHEDULE_TIMEOUT_NS;
	kernel_siginfo_t info;
	struct timespec64 ts;
	sigset_t these;
	int ret;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (copy_from_user(&these, uthese, sizeof(these)))
		return -EFAULT;
	if (uts) {
		if (get_timespec64(&ts, uts))
			return -EFAULT;
		if (!timespec64_valid(&ts))
			return -EINVAL;
		timeout = timespec64_to_ns(&ts);
	}
	ret = do_sigtimedwait(&these, &info, timeout);
	if (ret > 0 && uinfo && copy_siginfo_to_user(uinfo, &info))
		return -EFAULT;
	return ret;
}

/* --- the alternate stack ---------------------------------------------------------- */

int on_sig_stack(unsigned long sp)
{
	if (current->sas_ss_flags & SS_AUTODISARM)
		return 0;
	return sp > current->sas_ss_sp && sp - current->sas_ss_sp <= current->sas_ss_size;
}

int sas_ss_flags(unsigned long sp)
{
	if (!current->sas_ss_size)
		return SS_DISABLE;
	return on_sig_stack(sp) ? SS_ONSTACK : 0;
}

/* what the frame keeps, and sigaltstack(2) reports */
void save_altstack(stack_t *uss, unsigned long sp)
{
	memset(uss, 0, sizeof(*uss));
	uss->ss_sp = (void __user *)current->sas_ss_sp;
	uss->ss_flags = sas_ss_flags(sp) | (current->sas_ss_flags & SS_FLAG_BITS);
	uss->ss_size = current->sas_ss_size;
}

static int set_altstack(const stack_t *ss, unsigned long sp)
{
	int mode = ss->ss_flags & ~SS_FLAG_BITS;

	if (on_sig_stack(sp))
		return -EPERM;
	if (mode != SS_DISABLE && mode != SS_ONSTACK && mode)
		return -EINVAL;
	if (mode == SS_DISABLE) {
		current->sas_ss_sp = 0;
		current->sas_ss_size = 0;
	} else {
		if (ss->ss_size < MINSIGSTKSZ)
			return -ENOMEM;
		current->sas_ss_sp = (unsigned long)ss->ss_sp;
		current->sas_ss_size = ss->ss_size;
	}
	current->sas_ss_flags = ss->ss_flags;
	return 0;
}

/* sigreturn: what it cannot set it leaves */
void restore_altstack(const stack_t *ss)
{
	(void)set_altstack(ss, current_pt_regs()->sp);
}

long sys_sigaltstack(const stack_t __user *uss, stack_t __user *uoss)
{
	unsigned long sp = current_pt_regs()->sp;
	stack_t new, old;
	int ret = 0;

	if (uss && copy_from_user(&new, uss, sizeof(new)))
		return -EFAULT;
	save_altstack(&old, sp);
	if (uss)
		ret = set_altstack(&new, sp);
	if (!ret && uoss && copy_to_user(uoss, &old, sizeof(old)))
		return -EFAULT;
	return ret;
}

/* --- going on after a signal ------------------------------------------------------ */

long sys_restart_syscall(void)
{
	struct restart_block *rb = &current->restart_block;
	long (*fn)(struct restart_block *) = rb->fn;

	rb->fn = NULL;
	return fn ? fn(rb) : -EINTR;
}
