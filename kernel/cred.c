// SPDX-License-Identifier: MIT
/*
 * cred.c - who a task is: user and group ids and supplementary groups. What it may do
 * beyond that is in its capabilities (capability.c), which follow the user ids.
 *
 * Each thread has its own struct cred, as in Linux; the C library changes those of
 * all threads of a process. A change of ids that does not keep the real user moves
 * the task's count to the new user's (kernel/user.c). Others read a task's cred
 * under its task_lock or word by word; only the task itself writes.
 *
 *   D1  fsuid and fsgid follow euid and egid, unless setfsuid() says otherwise
 *   D2  a task without rights only takes ids that it has already
 */
#include <linux/cred.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <asm/uaccess.h>

#define NO_ID	((uid_t)-1)
#define NGROUPS	ARRAY_SIZE(((struct cred *)0)->groups)

static bool in_supplementary(gid_t gid)
{
	const struct cred *c = &current->cred;
	int i;

	for (i = 0; i < c->ngroups; i++)
		if (c->groups[i] == gid)
			return true;
	return false;
}

bool in_group_p(gid_t gid)
{
	return gid == current_fsgid() || in_supplementary(gid);
}

bool in_egroup_p(gid_t gid)
{
	return gid == current_egid() || in_supplementary(gid);
}

bool task_is_current_user(const struct task_struct *p)
{
	return p->cred.uid == current_uid();
}

static int may_access_as(uid_t uid, gid_t gid, struct task_struct *p)
{
	const struct cred *you = &p->cred;

	if (p->signal == current->signal || capable(CAP_SYS_PTRACE))
		return 0;
	if (uid != you->euid || uid != you->suid || uid != you->uid ||
	    gid != you->egid || gid != you->sgid || gid != you->gid)
		return -EPERM;
	return p->dumpable ? 0 : -EPERM;
}

/**
 * ptrace_may_access() - may current look into the memory and files of @p?
 * Context: thread. Return: 0 or -EPERM.
 */
int ptrace_may_access(struct task_struct *p)
{
	return may_access_as(current_fsuid(), current_fsgid(), p);
}

/**
 * ptrace_may_attach() - may current trace @p? By its real ids, and with no fewer rights.
 * Locks:   takes task_lock of @p. Context: thread. Return: 0 or -EPERM.
 */
int ptrace_may_attach(struct task_struct *p)
{
	int ret;

	task_lock(p);
	ret = may_access_as(current->cred.uid, current->cred.gid, p);
	if ((p->cred.cap.permitted & ~current->cred.cap.permitted) && !capable(CAP_SYS_PTRACE))
		ret = -EPERM;
	task_unlock(p);
	return ret;
}

/* --- changing ---------------------------------------------------------------------- */

/* @new takes effect: 0 or -EAGAIN (no memory for the new user's counters). */
static int commit_cred(const struct cred *new)
{
	struct user_struct *user = NULL, *old = current->user;

	if (new->uid != old->uid) {
		user = get_user_struct(new->uid);
		if (!user)
			return -EAGAIN;
		atomic_inc(&user->processes);
		atomic_dec(&old->processes);
	}
	if (new->euid != current_euid() || new->egid != current_egid() ||
	    new->fsuid != current_fsuid() || new->fsgid != current_fsgid()) {
		current->dumpable = false;
		current->pdeath_signal = 0;
	}
	task_lock(current);
	current->cred = *new;
	if (user)
		current->user = user;
	task_unlock(current);
	if (user)
		put_user_struct(old);
	return 0;
}

long sys_setuid(uid_t uid)
{
	struct cred new = current->cred;

	if (uid == NO_ID)
		return -EINVAL;
	if (capable(CAP_SETUID))
		new.uid = new.suid = uid;
	else if (uid != new.uid && uid != new.suid)		/* D2 */
		return -EPERM;
	new.euid = new.fsuid = uid;				/* D1 */
	caps_after_setuid(&current->cred, &new);
	return commit_cred(&new);
}

long sys_setgid(gid_t gid)
{
	struct cred new = current->cred;

	if (gid == NO_ID)
		return -EINVAL;
	if (capable(CAP_SETGID))
		new.gid = new.sgid = gid;
	else if (gid != new.gid && gid != new.sgid)
		return -EPERM;
	new.egid = new.fsgid = gid;
	return commit_cred(&new);
}

long sys_setreuid(uid_t ruid, uid_t euid)
{
	const struct cred *old = &current->cred;
	struct cred new = *old;
	bool admin = capable(CAP_SETUID);

	if (ruid != NO_ID) {
		new.uid = ruid;
		if (ruid != old->uid && ruid != old->euid && !admin)
			return -EPERM;
	}
	if (euid != NO_ID) {
		new.euid = euid;
		if (euid != old->uid && euid != old->euid && euid != old->suid && !admin)
			return -EPERM;
	}
	if (ruid != NO_ID || (euid != NO_ID && euid != old->uid))
		new.suid = new.euid;
	new.fsuid = new.euid;
	caps_after_setuid(&current->cred, &new);
	return commit_cred(&new);
}

long sys_setregid(gid_t rgid, gid_t egid)
{
	const struct cred *old = &current->cred;
	struct cred new = *old;
	bool admin = capable(CAP_SETGID);

	if (rgid != NO_ID) {
		new.gid = rgid;
		if (rgid != old->gid && rgid != old->egid && !admin)
			return -EPERM;
	}
	if (egid != NO_ID) {
		new.egid = egid;
		if (egid != old->gid && egid != old->egid && egid != old->sgid && !admin)
			return -EPERM;
	}
	if (rgid != NO_ID || (egid != NO_ID && egid != old->gid))
		new.sgid = new.egid;
	new.fsgid = new.egid;
	return commit_cred(&new);
}

static bool has_uid(uid_t id)
{
	const struct cred *c = &current->cred;

	return id == NO_ID || id == c->uid || id == c->euid || id == c->suid;
}

static bool has_gid(gid_t id)
{
	const struct cred *c = &current->cred;

	return id == NO_ID || id == c->gid || id == c->egid || id == c->sgid;
}

long sys_setresuid(uid_t ruid, uid_t euid, uid_t suid)
{
	struct cred new = current->cred;

	if (!capable(CAP_SETUID) && !(has_uid(ruid) && has_uid(euid) && has_uid(suid)))
		return -EPERM;					/* D2 */
	if (ruid != NO_ID)
		new.uid = ruid;
	if (euid != NO_ID)
		new.euid = euid;
	if (suid != NO_ID)
		new.suid = suid;
	new.fsuid = new.euid;
	caps_after_setuid(&current->cred, &new);
	return commit_cred(&new);
}

long sys_setresgid(gid_t rgid, gid_t egid, gid_t sgid)
{
	struct cred new = current->cred;

	if (!capable(CAP_SETGID) && !(has_gid(rgid) && has_gid(egid) && has_gid(sgid)))
		return -EPERM;
	if (rgid != NO_ID)
		new.gid = rgid;
	if (egid != NO_ID)
		new.egid = egid;
	if (sgid != NO_ID)
		new.sgid = sgid;
	new.fsgid = new.egid;
	return commit_cred(&new);
}

/* These two have no way to fail but to change nothing: they return the old id. */
long sys_setfsuid(uid_t uid)
{
	struct cred new = current->cred;
	uid_t old = new.fsuid;

	if (uid != NO_ID && (has_uid(uid) || uid == old || capable(CAP_SETUID))) {
		new.fsuid = uid;
		caps_after_setfsuid(&current->cred, &new);
		(void)commit_cred(&new);
	}
	return old;
}

long sys_setfsgid(gid_t gid)
{
	struct cred new = current->cred;
	gid_t old = new.fsgid;

	if (gid != NO_ID && (has_gid(gid) || gid == old || capable(CAP_SETGID))) {
		new.fsgid = gid;
		(void)commit_cred(&new);
	}
	return old;
}

/* --- asking --------------------------------------------------------------------------- */

long sys_getuid(void)
{
	return current_uid();
}

long sys_geteuid(void)
{
	return current_euid();
}

long sys_getgid(void)
{
	return current_gid();
}

long sys_getegid(void)
{
	return current_egid();
}

long sys_getresuid(uid_t __user *ruid, uid_t __user *euid, uid_t __user *suid)
{
	const struct cred *c = &current->cred;

	if (put_user(c->uid, ruid) || put_user(c->euid, euid) || put_user(c->suid, suid))
		return -EFAULT;
	return 0;
}

long sys_getresgid(gid_t __user *rgid, gid_t __user *egid, gid_t __user *sgid)
{
	const struct cred *c = &current->cred;

	if (put_user(c->gid, rgid) || put_user(c->egid, egid) || put_user(c->sgid, sgid))
		return -EFAULT;
	return 0;
}

long sys_getgroups(int gidsetsize, gid_t __user *grouplist)
{
	const struct cred *c = &current->cred;

	if (gidsetsize < 0)
		return -EINVAL;
	if (!gidsetsize)
		return c->ngroups;
	if (c->ngroups > gidsetsize)
		return -EINVAL;
	return copy_to_user(grouplist, c->groups, c->ngroups * sizeof(gid_t)) ? -EFAULT :
	       c->ngroups;
}

long sys_setgroups(int gidsetsize, gid_t __user *grouplist)
{
	struct cred new = current->cred;
	int i, j;

	if (!capable(CAP_SETGID))
		return -EPERM;
	if ((unsigned int)gidsetsize > NGROUPS)
		return -EINVAL;
	if (copy_from_user(new.groups, grouplist, gidsetsize * sizeof(gid_t)))
		return -EFAULT;
	for (i = 1; i < gidsetsize; i++)	/* few: insertion sort, as getgroups(2) shows */
		for (j = i; j > 0 && new.groups[j - 1] > new.groups[j]; j--)
			swap(new.groups[j - 1], new.groups[j]);
	new.ngroups = gidsetsize;
	return commit_cred(&new);
}
