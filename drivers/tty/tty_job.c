// SPDX-License-Identifier: MIT
/*
 * tty_job.c - sessions and the foreground process group: job control.
 *
 * A terminal belongs to at most one session (tty->session) and names one of its process
 * groups as the foreground. Processes know their controlling terminal by signal->tty.
 *
 * Invariants
 *   J1  signal->tty == tty implies signal->session == tty->session
 *   J2  tty->session == 0 implies tty->pgrp == 0
 *
 * Locks: tty->lock first, then tasklist_lock; signals are sent after both were dropped
 * where that is possible.
 */
#include "tty_internal.h"
#include <linux/capability.h>
#include <linux/pid.h>
#include <asm/uaccess.h>

unsigned int tty_devnum(const struct tty_struct *tty)
{
	return tty ? new_encode_dev(MKDEV(4, 64)) : 0;
}

pid_t tty_foreground_pgrp(const struct tty_struct *tty)
{
	return tty ? READ_ONCE(tty->pgrp) : -1;
}

/**
 * tty_check_change() - may the caller, perhaps in the background, do what @sig guards?
 * Return: 0; -EIO when it is orphaned; -ERESTARTSYS after @sig went to its group.
 */
int tty_check_change(struct tty_struct *tty, int sig)
{
	struct signal_struct *signal = current->signal;
	pid_t pgrp = READ_ONCE(tty->pgrp);

	if (READ_ONCE(signal->tty) != tty || !pgrp || pgrp == READ_ONCE(signal->pgrp))
		return 0;
	if (sig_task_ignored(current, sig))
		return sig == SIGTTIN ? -EIO : 0;
	if (is_current_pgrp_orphaned())
		return -EIO;
	kill_pgrp(READ_ONCE(signal->pgrp), sig, 1);
	return -ERESTARTSYS;
}

/* tty->lock held */
static void make_ctty(struct tty_struct *tty)
{
	spin_lock(&tasklist_lock);
	tty->session = current->signal->session;
	tty->pgrp = current->signal->pgrp;
	current->signal->tty = tty;
	spin_unlock(&tasklist_lock);
}

/** tty_open_ctty() - a session leader without a terminal opened this one. */
void tty_open_ctty(struct tty_struct *tty)
{
	mutex_lock(&tty->lock);
	if (current->signal->leader && !current->signal->tty && !tty->session)
		make_ctty(tty);
	mutex_unlock(&tty->lock);
}

/* Every process of @session forgets @tty; tty->lock held. */
static void clear_session_tty(struct tty_struct *tty)
{
	struct task_struct *p;

	spin_lock(&tasklist_lock);
	for_each_process(p)
		if (p->signal && p->signal->tty == tty)
			p->signal->tty = NULL;
	tty->session = tty->pgrp = 0;
	spin_unlock(&tasklist_lock);
}

static void signal_foreground(pid_t pgrp)
{
	if (pgrp > 0) {
		kill_pgrp(pgrp, SIGHUP, 1);
		kill_pgrp(pgrp, SIGCONT, 1);
	}
}

void disassociate_ctty(int on_exit)
{
	struct tty_struct *tty = READ_ONCE(current->signal->tty);
	pid_t pgrp;

	if (!current->signal->leader || !tty)
		return;
	mutex_lock(&tty->lock);
	pgrp = tty->pgrp;
	if (on_exit)
		tty_hangup_files(tty);
	clear_session_tty(tty);
	mutex_unlock(&tty->lock);
	signal_foreground(pgrp);
}

static long set_ctty(struct tty_struct *tty, unsigned long force)
{
	struct signal_struct *signal = current->signal;
	long err = 0;

	mutex_lock(&tty->lock);
	if (signal->leader && tty->session == signal->session)
		goto unlock;
	err = -EPERM;
	if (!signal->leader || signal->tty)
		goto unlock;
	if (tty->session) {
		if (force != 1 || !capable(CAP_SYS_ADMIN))
			goto unlock;
		clear_session_tty(tty);
	}
	make_ctty(tty);
	err = 0;
unlock:
	mutex_unlock(&tty->lock);
	return err;
}

static long give_up_ctty(struct tty_struct *tty)
{
	if (current->signal->tty != tty)
		return -ENOTTY;
	if (current->signal->leader) {
		disassociate_ctty(0);
		return 0;
	}
	spin_lock(&tasklist_lock);
	current->signal->tty = NULL;
	spin_unlock(&tasklist_lock);
	return 0;
}

/* Is @pgrp a process group of the caller's session? tasklist_lock held. */
static int check_pgrp(pid_t pgrp)
{
	struct task_struct *p = pgrp_first(pgrp);

	if (!p)
		return -ESRCH;
	return p->signal->session == current->signal->session ? 0 : -EPERM;	/* Y2 of sys.c */
}

static long set_foreground(struct tty_struct *tty, pid_t __user *user)
{
	pid_t pgrp;
	long err = tty_check_change(tty, SIGTTOU);

	if (err)
		return err == -EIO ? -ENOTTY : err;
	if (current->signal->tty != tty || tty->session != current->signal->session)
		return -ENOTTY;
	if (get_user(pgrp, user))
		return -EFAULT;
	if (pgrp < 0)
		return -EINVAL;
	mutex_lock(&tty->lock);
	spin_lock(&tasklist_lock);
	err = check_pgrp(pgrp);
	if (!err)
		tty->pgrp = pgrp;
	spin_unlock(&tasklist_lock);
	mutex_unlock(&tty->lock);
	return err;
}

/** tty_job_ioctl() - the ioctls of sessions and groups; -ENOIOCTLCMD for all others. */
long tty_job_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg)
{
	bool mine = READ_ONCE(current->signal->tty) == tty;

	switch (cmd) {
	case TIOCSCTTY:
		return set_ctty(tty, arg);
	case TIOCNOTTY:
		return give_up_ctty(tty);
	case TIOCGPGRP:
		return mine ? put_user(tty->pgrp, (pid_t __user *)arg) : -ENOTTY;
	case TIOCSPGRP:
		return set_foreground(tty, (pid_t __user *)arg);
	case TIOCGSID:
		return mine ? put_user(tty->session, (pid_t __user *)arg) : -ENOTTY;
	}
	return -ENOIOCTLCMD;
}
