// SPDX-License-Identifier: MIT
/*
 * capability.c - the rights of tasks: sets of Linux's capabilities, and what changes them.
 *
 * Each task has five sets (struct cred). What it may do is its effective set; permitted
 * bounds that; inheritable and ambient survive exec; the bounding set limits what exec
 * may give. Files carry no capabilities here, so exec gives all of them to root and the
 * ambient ones to others.
 *
 *   K1  effective is a part of permitted, ambient of permitted and of inheritable
 *   K2  permitted grows by exec only; the bounding set never grows
 *   K3  who has user id 0 for the first time gets effective = permitted; who gives the
 *       last one up loses permitted and effective, unless it asked to keep the first
 *
 * Locks: a task changes only its own sets, under its task_lock; others copy them under it.
 * User namespaces are not built: there is one, and root means user 0.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/syscalls.h>
#include <uapi/capability.h>
#include <uapi/prctl.h>
#include <asm/uaccess.h>

static bool has_root(const struct cred *c)
{
	return !c->uid || !c->euid || !c->suid;
}

static bool subset(u64 part, u64 of)
{
	return !(part & ~of);
}

/**
 * caps_after_setuid() - K3, for the calls that change user ids.
 * Locks: none; @new is not in force yet. Context: thread. Return: nothing.
 */
void caps_after_setuid(const struct cred *old, struct cred *new)
{
	if (has_root(old) && !has_root(new)) {
		if (!current->keep_caps)
			new->cap.permitted = new->cap.effective = 0;
		new->cap.ambient = 0;
	}
	if (!old->euid && new->euid)
		new->cap.effective = 0;
	if (old->euid && !new->euid)
		new->cap.effective = new->cap.permitted;
	mm_assert(subset(new->cap.effective, new->cap.permitted));	/* K1 */
}

/**
 * caps_after_setfsuid() - the rights over files follow the file-system user id.
 * Locks: none; @new is not in force yet. Context: thread. Return: nothing.
 */
void caps_after_setfsuid(const struct cred *old, struct cred *new)
{
	if (!old->fsuid && new->fsuid)
		new->cap.effective &= ~CAP_FS_SET;
	if (old->fsuid && !new->fsuid)
		new->cap.effective |= new->cap.permitted & CAP_FS_SET;
}

/**
 * caps_after_exec() - the sets of a new program whose ids are @new's.
 * @setid: the file changed ids. Locks: none; @new is not in force yet. Return: nothing.
 */
void caps_after_exec(struct cred *new, bool setid)
{
	struct cap_sets *cap = &new->cap;
	bool root = !new->uid || !new->euid;

	if (setid)
		cap->ambient = 0;
	cap->permitted = (root ? cap->bset | cap->inheritable : 0) | cap->ambient;
	cap->effective = new->euid ? cap->ambient : cap->permitted;
	mm_assert(subset(cap->effective, cap->permitted));		/* K1 */
}

/* --- capget, capset --------------------------------------------------------------- */

/* How many structs the caller's version has; a version that is unknown is replaced. */
static int data_count(struct cap_user_header __user *header, unsigned int *count)
{
	u32 version;

	if (get_user(version, &header->version))
		return -EFAULT;
	*count = version == LINUX_CAPABILITY_VERSION_1 ? 1 : 2;
	if (version == LINUX_CAPABILITY_VERSION_1 || version == LINUX_CAPABILITY_VERSION_2 ||
	    version == LINUX_CAPABILITY_VERSION_3)
		return 0;
	return put_user(LINUX_CAPABILITY_VERSION_3, &header->version) ? -EFAULT : -EINVAL;
}

/* The sets of thread @pid, 0: the caller. */
static int read_caps(pid_t pid, struct cap_sets *caps)
{
	struct task_struct *p = pid ? get_task_by_pid(pid) : current;

	if (!p)
		return -ESRCH;
	task_lock(p);
	*caps = p->cred.cap;
	task_unlock(p);
	if (pid)
		put_task_struct(p);
	return 0;
}

/** sys_capget() - capget(2). 0, -EINVAL, -EFAULT, -ESRCH. */
long sys_capget(struct cap_user_header __user *header, struct cap_user_data __user *data)
{
	struct cap_user_data out[2];
	struct cap_sets caps;
	unsigned int i, count;
	int pid, ret = data_count(header, &count);

	if (!data && ret == -EINVAL)
		return 0;		/* it asked for the version */
	if (ret || !data)
		return ret;
	if (get_user(pid, &header->pid))
		return -EFAULT;
	if (pid < 0)
		return -EINVAL;
	ret = read_caps(pid, &caps);
	if (ret)
		return ret;
	for (i = 0; i < 2; i++) {
		out[i].effective = caps.effective >> (32 * i);
		out[i].permitted = caps.permitted >> (32 * i);
		out[i].inheritable = caps.inheritable >> (32 * i);
	}
	return copy_to_user(data, out, count * sizeof(*out)) ? -EFAULT : 0;
}

static int change_caps(const struct cap_sets *wanted)
{
	struct cap_sets *cap = &current->cred.cap;

	if (!capable(CAP_SETPCAP) &&
	    !subset(wanted->inheritable, cap->inheritable | cap->permitted))
		return -EPERM;
	if (!subset(wanted->inheritable, cap->inheritable | cap->bset))
		return -EPERM;
	if (!subset(wanted->permitted, cap->permitted))			/* K2 */
		return -EPERM;
	if (!subset(wanted->effective, wanted->permitted))		/* K1 */
		return -EPERM;
	task_lock(current);
	cap->effective = wanted->effective;
	cap->permitted = wanted->permitted;
	cap->inheritable = wanted->inheritable;
	cap->ambient &= cap->permitted & cap->inheritable;		/* K1 */
	task_unlock(current);
	return 0;
}

/** sys_capset() - capset(2), for the caller only. 0, -EINVAL, -EFAULT, -EPERM. */
long sys_capset(struct cap_user_header __user *header, const struct cap_user_data __user *data)
{
	struct cap_user_data in[2] = { { 0 } };
	struct cap_sets wanted;
	unsigned int count;
	int pid, ret = data_count(header, &count);

	if (ret)
		return ret;
	if (get_user(pid, &header->pid))
		return -EFAULT;
	if (pid && pid != current->pid)
		return -EPERM;
	if (copy_from_user(in, data, count * sizeof(*in)))
		return -EFAULT;
	wanted.effective = (in[0].effective | (u64)in[1].effective << 32) & CAP_FULL_SET;
	wanted.permitted = (in[0].permitted | (u64)in[1].permitted << 32) & CAP_FULL_SET;
	wanted.inheritable = (in[0].inheritable | (u64)in[1].inheritable << 32) & CAP_FULL_SET;
	return change_caps(&wanted);
}

/* --- prctl ------------------------------------------------------------------------ */

#define AMBIENT_IS_SET		1
#define AMBIENT_RAISE		2
#define AMBIENT_LOWER		3
#define AMBIENT_CLEAR_ALL	4
#define SECURE_KEEP_CAPS	0x10	/* the one secure bit that is built */

static long drop_bounding(unsigned long cap)
{
	if (!capable(CAP_SETPCAP))
		return -EPERM;
	if (cap > CAP_LAST_CAP)
		return -EINVAL;
	current->cred.cap.bset &= ~CAP_BIT(cap);			/* K2 */
	return 0;
}

static long ambient(unsigned long what, unsigned long cap)
{
	struct cap_sets *sets = &current->cred.cap;

	if (what == AMBIENT_CLEAR_ALL) {
		if (cap)
			return -EINVAL;
		sets->ambient = 0;
		return 0;
	}
	if (cap > CAP_LAST_CAP)
		return -EINVAL;
	switch (what) {
	case AMBIENT_IS_SET:
		return !!(sets->ambient & CAP_BIT(cap));
	case AMBIENT_RAISE:
		if (!(sets->permitted & sets->inheritable & CAP_BIT(cap)))
			return -EPERM;
		sets->ambient |= CAP_BIT(cap);
		return 0;
	case AMBIENT_LOWER:
		sets->ambient &= ~CAP_BIT(cap);
		return 0;
	}
	return -EINVAL;
}

/* The other secure bits change what user 0 means, which is not built. */
static long set_securebits(unsigned long bits)
{
	if (!capable(CAP_SETPCAP))
		return -EPERM;
	if (bits & ~(unsigned long)SECURE_KEEP_CAPS)
		return -EINVAL;
	current->keep_caps = bits;
	return 0;
}

/**
 * prctl_caps() - the options of prctl(2) that are about capabilities.
 * Context: thread. Return: the option's value, -EINVAL, -EPERM.
 */
long prctl_caps(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4,
		unsigned long arg5)
{
	switch (option) {
	case PR_CAPBSET_READ:
		return arg2 > CAP_LAST_CAP ? -EINVAL :
		       !!(current->cred.cap.bset & CAP_BIT(arg2));
	case PR_CAPBSET_DROP:
		return drop_bounding(arg2);
	case PR_CAP_AMBIENT:
		return arg4 | arg5 ? -EINVAL : ambient(arg2, arg3);
	case PR_GET_SECUREBITS:
		return current->keep_caps ? SECURE_KEEP_CAPS : 0;
	case PR_SET_SECUREBITS:
		return set_securebits(arg2);
	}
	return -EINVAL;
}
