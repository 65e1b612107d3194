// SPDX-License-Identifier: MIT
/*
 * pidfd.c - descriptors of processes: pidfd_open(2), pidfd_send_signal(2), and poll(2),
 * which tells that the process has ended.
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
#include <linux/sched.h>
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

static const struct file_operations pidfd_fops = {
	.poll = pidfd_poll, .release = pidfd_release,
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

/** sys_pidfd_open() - pidfd_open(2). May sleep. A descriptor or -E. */
long sys_pidfd_open(pid_t pid, unsigned int flags)
{
	struct task_struct *task;
	struct file *file;
	int fd;

	if ((flags & ~PIDFD_NONBLOCK) || pid <= 0)
		return -EINVAL;
	task = get_task_by_pid(pid);
	if (!task)
		return -ESRCH;
	file = thread_group_leader(task) ? pidfd_file(task, flags) : ERR_PTR(-EINVAL);
	put_task_struct(task);
	if (IS_ERR(file))
		return PTR_ERR(file);
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		fput(file);
	else
		fd_install(fd, file);
	return fd;
}

/** sys_pidfd_send_signal() - pidfd_send_signal(2). May sleep. 0 or -E. */
long sys_pidfd_send_signal(int fd, int sig, const void __user *uinfo, unsigned int flags)
{
	struct task_struct *task;
	kernel_siginfo_t info;
	long err = 0;

	if (flags)
		return -EINVAL;
	task = pidfd_get_task(fd);
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
