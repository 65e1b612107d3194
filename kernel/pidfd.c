// SPDX-License-Identifier: MIT
/*
 * pidfd.c - descriptors of processes: pidfd_open(2), CLONE_PIDFD, pidfd_send_signal(2),
 * pidfd_getfd(2), and poll(2), which tells that the process has ended.
 *
 * A descriptor means a process by its number and the time of its start, so that it never
 * comes to mean another one with the same number. Nothing is held for it: a process that
 * nobody finds any more has ended.
 *
 * Locks: a task that is found is counted; who polls waits on one queue for all.
 */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/wait.h>
#include <asm/uaccess.h>
#include "internal.h"

#define PIDFD_NONBLOCK	O_NONBLOCK

struct pidfd {
	pid_t pid;			/* i */
	u64 start_time;			/* i  of the task, which keeps it through exec */
};

static DECLARE_WAIT_QUEUE_HEAD(pidfd_wait);	/* somebody ended */

/* the process, counted, or NULL: it is no more */
static struct task_struct *task_of(const struct pidfd *p)
{
	struct task_struct *task = get_task_by_pid(p->pid);

	if (task && task->start_time != p->start_time) {
		put_task_struct(task);
		task = NULL;
	}
	return task;
}

/** pidfd_notify() - a thread has ended, maybe the last one of its process. Thread. */
void pidfd_notify(void)
{
	wake_up_all(&pidfd_wait);
}

static unsigned int pidfd_poll(struct file *file, struct poll_table *pt)
{
	struct task_struct *task;
	unsigned int mask = 0;

	poll_wait(file, &pidfd_wait, pt);
	task = task_of(file->private_data);
	if (!task)
		return EPOLLIN | EPOLLRDNORM;
	spin_lock(&tasklist_lock);
	if (task->exit_state && thread_group_empty(task))
		mask = EPOLLIN | EPOLLRDNORM;
	spin_unlock(&tasklist_lock);
	put_task_struct(task);
	return mask;
}

static int pidfd_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static void pidfd_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct task_struct *task = task_of(file->private_data);
	int pid = task ? task->pid : -1;

	if (task)
		put_task_struct(task);
	seq_printf(m, "Pid:\t%d\nNSpid:\t%d\n", pid, pid);
}

static const struct file_operations pidfd_fops = {
	.poll = pidfd_poll, .release = pidfd_release, .show_fdinfo = pidfd_show_fdinfo,
};

/**
 * pidfd_get_task() - the process that descriptor @fd means.
 * Locks:   none. Context: thread.
 * Return:  counted; ERR_PTR(-EBADF): no such descriptor; -ESRCH: it has ended.
 */
struct task_struct *pidfd_get_task(unsigned int fd)
{
	struct file *file = fget(fd);
	struct task_struct *task;

	if (!file)
		return ERR_PTR(-EBADF);
	if (file->f_op == &pidfd_fops)
		task = task_of(file->private_data) ?: ERR_PTR(-ESRCH);
	else
		task = ERR_PTR(-EBADF);
	fput(file);
	return task;
}

/* the same; an open folder /proc/PID means that process too */
static struct task_struct *signalled_task(unsigned int fd)
{
	struct file *file = fget(fd);
	struct task_struct *task = file ? proc_pid_folder_task(file) : NULL;

	if (file)
		fput(file);
	return task ?: pidfd_get_task(fd);
}

static struct file *pidfd_file(const struct task_struct *task, unsigned int flags)
{
	struct pidfd *p = kmalloc(sizeof(*p), GFP_KERNEL);
	struct file *file;

	if (!p)
		return ERR_PTR(-ENOMEM);
	p->pid = task->pid;
	p->start_time = task->start_time;
	file = anon_inode_getfile("[pidfd]", &pidfd_fops, p, O_RDWR | (flags & PIDFD_NONBLOCK));
	if (IS_ERR(file))
		kfree(p);
	return file;
}

/* a descriptor for @file, which is given away, or -E */
static int install(struct file *file)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0)
		fput(file);
	else
		fd_install(fd, file);
	return fd;
}

/** sys_pidfd_open() - pidfd_open(2). May sleep. A descriptor or -E. */
long sys_pidfd_open(pid_t pid, unsigned int flags)
{
	struct task_struct *task;
	struct file *file;

	if ((flags & ~PIDFD_NONBLOCK) || pid <= 0)
		return -EINVAL;
	task = get_task_by_pid(pid);
	if (!task)
		return -ESRCH;
	file = thread_group_leader(task) ? pidfd_file(task, flags) : ERR_PTR(-EINVAL);
	put_task_struct(task);
	if (IS_ERR(file))
		return PTR_ERR(file);
	return install(file);
}

/**
 * pidfd_waited_for() - the process that waitid(2) is to wait for at descriptor @fd.
 * Locks:   none. Context: thread.
 * Return:  its number, with *@nonblock set; -EBADF; -ECHILD: it is no more.
 */
pid_t pidfd_waited_for(unsigned int fd, bool *nonblock)
{
	struct file *file = fget(fd);
	struct task_struct *task;
	pid_t pid = -EBADF;

	if (!file)
		return pid;
	*nonblock = file->f_flags & O_NONBLOCK;
	if (file->f_op == &pidfd_fops) {
		task = task_of(file->private_data);
		pid = task ? task->pid : -ECHILD;
		if (task)
			put_task_struct(task);
	}
	fput(file);
	return pid;
}

/**
 * pidfd_prepare() - CLONE_PIDFD: a descriptor for @task, which is not to be seen yet; its
 *	number goes to @where.
 * Locks:   none. Context: thread; may sleep.
 * Return:  the number, with *@file to be installed; or -E with nothing left.
 */
int pidfd_prepare(const struct task_struct *task, int __user *where, struct file **file)
{
	struct file *made;
	int fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0)
		return fd;
	made = pidfd_file(task, 0);
	if (!IS_ERR(made) && put_user(fd, where)) {
		fput(made);
		made = ERR_PTR(-EFAULT);
	}
	if (IS_ERR(made)) {
		put_unused_fd(fd);
		return PTR_ERR(made);
	}
	*file = made;
	return fd;
}

/** sys_pidfd_getfd() - pidfd_getfd(2). May sleep. A descriptor or -E. */
long sys_pidfd_getfd(int pidfd, int fd, unsigned int flags)
{
	struct task_struct *task;
	struct file *file;

	if (flags)
		return -EINVAL;
	task = pidfd_get_task(pidfd);
	if (IS_ERR(task))
		return PTR_ERR(task);
	file = ptrace_may_access(task) ? ERR_PTR(-EPERM) : fget_task(task, fd);
	if (!file)
		file = ERR_PTR(READ_ONCE(task->flags) & PF_EXITING ? -ESRCH : -EBADF);
	put_task_struct(task);
	if (IS_ERR(file))
		return PTR_ERR(file);
	return install(file);
}

/** sys_pidfd_send_signal() - pidfd_send_signal(2). May sleep. 0 or -E. */
long sys_pidfd_send_signal(int fd, int sig, const void __user *uinfo, unsigned int flags)
{
	struct task_struct *task;
	kernel_siginfo_t info;
	long err = 0;

	if (flags)
		return -EINVAL;
	task = signalled_task(fd);
	if (IS_ERR(task))
		return PTR_ERR(task);
	if (uinfo) {
		err = copy_siginfo_from_user(&info, uinfo);
		if (!err && info.si_signo != sig)
			err = -EINVAL;
		if (!err && task->tgid != current->tgid &&
		    (info.si_code >= 0 || info.si_code == SI_TKILL))
			err = -EPERM;
	}
	if (!err)
		err = send_sig_checked(sig, uinfo ? &info : SEND_SIG_NOINFO, task);
	put_task_struct(task);
	return err;
}
