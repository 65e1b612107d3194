// SPDX-License-Identifier: MIT
/*
 * unshare.c - a task stops sharing what clone(2) made it share: unshare(2), setns(2).
 *
 * What can be had alone here: the root and working directory (CLONE_FS) and the table of
 * descriptors (CLONE_FILES). Memory, handlers and threads are what they are: a process of
 * one thread that shares them with nobody has them alone already, others are refused, as
 * on Linux. There are no namespaces but the first of each kind: asking for another is
 * EINVAL, as on a Linux without them.
 *
 * Locks: task_lock while fs changes.
 */
#include <linux/sched.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/syscalls.h>
#include "internal.h"

#define NEW_NAMESPACES	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | \
			 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)
#define UNSHARE_FLAGS	(CLONE_THREAD | CLONE_SIGHAND | CLONE_VM | CLONE_FS | CLONE_FILES | \
			 CLONE_SYSVSEM | NEW_NAMESPACES)

static int unshare_fs(void)
{
	struct fs_struct *old = current->fs, *copy;

	if (refcount_read(&old->users) == 1)
		return 0;
	copy = copy_fs_struct(old);
	if (!copy)
		return -ENOMEM;
	exit_fs(current);
	task_lock(current);
	current->fs = copy;
	task_unlock(current);
	return 0;
}

/* Does the caller have alone what it cannot stop sharing? */
static bool alone(unsigned long flags)
{
	if (flags & (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM) && !thread_group_empty(current))
		return false;
	if (flags & (CLONE_SIGHAND | CLONE_VM) && refcount_read(&current->sighand->count) > 1)
		return false;
	return !(flags & CLONE_VM) || atomic_read(&current->mm->mm_users) == 1;
}

/** sys_unshare() - unshare(2). 0, -EINVAL, -EPERM, -ENOMEM. */
long sys_unshare(unsigned long flags)
{
	int err;

	if (flags & ~(unsigned long)UNSHARE_FLAGS)
		return -EINVAL;
	if (flags & (NEW_NAMESPACES & ~CLONE_NEWUSER) && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	if ((flags & NEW_NAMESPACES) || !alone(flags))
		return -EINVAL;
	err = flags & CLONE_FS ? unshare_fs() : 0;
	if (!err && (flags & CLONE_FILES))
		err = unshare_files();
	return err;
}

/** sys_setns() - setns(2): no descriptor is one of a namespace. -EBADF, -EINVAL. */
long sys_setns(int fd, int nstype)
{
	struct file *file = fget(fd);

	if (!file)
		return -EBADF;
	fput(file);
	return -EINVAL;
}
