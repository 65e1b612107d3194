// SPDX-License-Identifier: MIT
/*
 * sys.c - system calls about the machine and the process as a whole: uname and
 * names, sysinfo, times, limits, process groups and sessions, prctl, personality.
 *
 * The names of the machine can be set (uts_lock); the rest of uname is fixed at
 * build time (init/version.c). Limits belong to the process; they are kept under
 * the task_lock of its leader and read without a lock, word by word, as only the
 * process itself and the superuser change them.
 *
 *   Y1  rlim_cur <= rlim_max, for every limit, always
 *   Y2  a session leader never changes its group or session; a group has members
 *       of one session only
 */
#include <linux/sched.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/personality.h>
#include <linux/pid.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/utsname.h>
#include <uapi/prctl.h>
#include <uapi/sysinfo.h>
#include <uapi/utsname.h>
#include <asm/uaccess.h>
#include "internal.h"

static DEFINE_MUTEX(uts_lock);
static char uts_names[NR_UTS_NAMES][__NEW_UTS_LEN + 1] = { "(none)", "(none)" };	/* uts_lock */

/* --- names ------------------------------------------------------------------------ */

/*
 * For programs that know no version after 2.6 (personality UNAME26): 6.N is called
 * 2.6.(60 + N), with what follows the third number.
 */
static void release_of_26(char *release, size_t size)
{
	const char *rest = uts_release;
	unsigned long minor = 0;
	int dots = 0;

	for (; *rest; rest++) {
		if (*rest == '.' && ++dots == 1)
			minor = simple_strtoul(rest + 1, NULL, 10);
		else if (dots >= 2 && !isdigit(*rest) && *rest != '.')
			break;
	}
	snprintf(release, size, "2.6.%lu%s", minor + 60, rest);
}

long sys_uname(struct new_utsname __user *name)
{
	unsigned int personality = current->personality;
	struct new_utsname u;

	memset(&u, 0, sizeof(u));
	strscpy(u.sysname, uts_sysname, sizeof(u.sysname));
	if (personality & UNAME26)
		release_of_26(u.release, sizeof(u.release));
	else
		strscpy(u.release, uts_release, sizeof(u.release));
	strscpy(u.version, uts_version, sizeof(u.version));
	strscpy(u.machine, (personality & PER_MASK) == PER_LINUX32 ? uts_machine32 : uts_machine,
		sizeof(u.machine));
	uts_get(UTS_NODENAME, u.nodename);
	uts_get(UTS_DOMAINNAME, u.domainname);
	return copy_to_user(name, &u, sizeof(u)) ? -EFAULT : 0;
}

/** uts_get() - a name that can be set, also for /proc/sys/kernel. May sleep. */
void uts_get(enum uts_name which, char *name)
{
	mutex_lock(&uts_lock);
	memcpy(name, uts_names[which], sizeof(uts_names[which]));
	mutex_unlock(&uts_lock);
}

/** uts_set() - give the machine a name, cut to __NEW_UTS_LEN bytes. May sleep. */
void uts_set(enum uts_name which, const char *name, size_t bytes)
{
	bytes = min_t(size_t, bytes, __NEW_UTS_LEN);
	mutex_lock(&uts_lock);
	memset(uts_names[which], 0, sizeof(uts_names[which]));
	memcpy(uts_names[which], name, bytes);
	mutex_unlock(&uts_lock);
}

static long set_name(enum uts_name which, const char __user *name, int len)
{
	char buf[__NEW_UTS_LEN + 1] = "";

	if (!capable_admin())
		return -EPERM;
	if (len < 0 || len > __NEW_UTS_LEN)
		return -EINVAL;
	if (copy_from_user(buf, name, len))
		return -EFAULT;
	uts_set(which, buf, len);
	return 0;
}

long sys_sethostname(char __user *name, int len)
{
	return set_name(UTS_NODENAME, name, len);
}

long sys_setdomainname(char __user *name, int len)
{
	return set_name(UTS_DOMAINNAME, name, len);
}

/* --- the machine's state ---------------------------------------------------------- */

long sys_sysinfo(struct sysinfo __user *info)
{
	unsigned long avg[3];
	struct sysinfo si;
	int i;

	memset(&si, 0, sizeof(si));
	/* a part of a second counts as one */
	si.uptime = DIV_ROUND_UP(ktime_get_ns(), NSEC_PER_SEC);
	sched_getloadavg(avg);
	for (i = 0; i < 3; i++)
		si.loads[i] = avg[i] << (SI_LOAD_SHIFT - 11);
	si.procs = min_t(unsigned long, nr_processes(), U16_MAX);
	si.totalram = totalram_pages() << PAGE_SHIFT;
	si.freeram = nr_free_pages() << PAGE_SHIFT;
	si.sharedram = global_node_page_state(NR_SHMEM) << PAGE_SHIFT;
	si.mem_unit = 1;
	return copy_to_user(info, &si, sizeof(si)) ? -EFAULT : 0;
}

long sys_times(struct tms __user *tbuf)
{
	struct signal_struct *sig = current->signal;
	struct tms t;
	u64 ut, st;

	if (tbuf) {
		thread_group_cputime(current, &ut, &st);
		spin_lock_irq(&sig->siglock);
		t.tms_cutime = nsec_to_clock_t(sig->cutime);
		t.tms_cstime = nsec_to_clock_t(sig->cstime);
		spin_unlock_irq(&sig->siglock);
		t.tms_utime = nsec_to_clock_t(ut);
		t.tms_stime = nsec_to_clock_t(st);
		if (copy_to_user(tbuf, &t, sizeof(t)))
			return -EFAULT;
	}
	return nsec_to_clock_t(ktime_get_ns());
}

/* --- limits ----------------------------------------------------------------------- */

unsigned long task_rlimit(const struct task_struct *p, unsigned int which)
{
	return READ_ONCE(p->signal->rlim[which].rlim_cur);
}

#define NR_OPEN_LIMIT	(1024 * 1024ul)		/* /proc/sys/fs/nr_open */

/* Read the old limit, then set the new one; either may be NULL. 0, -EINVAL, -EPERM (Y1) */
static int do_prlimit(struct task_struct *p, unsigned int which, const struct rlimit *new,
		      struct rlimit *old)
{
	struct task_struct *leader = p->group_leader;
	struct rlimit *rlim = &p->signal->rlim[which];
	int ret = 0;

	if (new && new->rlim_cur > new->rlim_max)
		return -EINVAL;
	if (new && which == RLIMIT_NOFILE && new->rlim_max > NR_OPEN_LIMIT)
		return -EPERM;
	task_lock(leader);
	if (old)
		*old = *rlim;
	if (new && new->rlim_max > rlim->rlim_max && !capable(CAP_SYS_RESOURCE))
		ret = -EPERM;
	else if (new)
		*rlim = *new;
	task_unlock(leader);
	if (!ret && new && which == RLIMIT_CPU && new->rlim_cur != RLIM_INFINITY)
		p->signal->cpu_timers_armed = true;
	return ret;
}

long sys_getrlimit(unsigned int resource, struct rlimit __user *rlim)
{
	struct rlimit old;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	do_prlimit(current, resource, NULL, &old);
	return copy_to_user(rlim, &old, sizeof(old)) ? -EFAULT : 0;
}

long sys_setrlimit(unsigned int resource, struct rlimit __user *rlim)
{
	struct rlimit new;

	if (copy_from_user(&new, rlim, sizeof(new)))
		return -EFAULT;
	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	return do_prlimit(current, resource, &new, NULL);
}

static bool may_prlimit(const struct task_struct *p)
{
	const struct cred *me = &current->cred, *you = &p->cred;

	if (p->signal == current->signal || capable(CAP_SYS_RESOURCE))
		return true;
	return me->uid == you->euid && me->uid == you->suid && me->uid == you->uid &&
	       me->gid == you->egid && me->gid == you->sgid && me->gid == you->gid;
}

long sys_prlimit64(pid_t pid, unsigned int resource, const struct rlimit64 __user *new_rlim,
		   struct rlimit64 __user *old_rlim)
{
	struct rlimit new, old;
	struct task_struct *p;
	int ret;

	static_assert(sizeof(struct rlimit) == sizeof(struct rlimit64), "the same on 64 bit");
	if (new_rlim && copy_from_user(&new, new_rlim, sizeof(new)))
		return -EFAULT;
	p = pid ? get_task_by_pid(pid) : current;
	if (!p)
		return -ESRCH;
	ret = !may_prlimit(p) ? -EPERM : resource >= RLIM_NLIMITS ? -EINVAL :
	      do_prlimit(p, resource, new_rlim ? &new : NULL, &old);
	if (pid)
		put_task_struct(p);
	if (!ret && old_rlim && copy_to_user(old_rlim, &old, sizeof(old)))
		ret = -EFAULT;
	return ret;
}

/* --- process groups and sessions -------------------------------------------------- */

long sys_getpid(void)
{
	return current->tgid;
}

long sys_gettid(void)
{
	return current->pid;
}

long sys_getppid(void)
{
	return task_ppid(current);
}

/* Group (or @session) of process @pid, 0: the caller. */
static long get_group_of(pid_t pid, bool session)
{
	struct task_struct *p;
	long ret = -ESRCH;

	spin_lock(&tasklist_lock);
	p = pid ? find_task_by_pid(pid) : current;
	if (p)
		ret = session ? p->signal->session : p->signal->pgrp;
	spin_unlock(&tasklist_lock);
	return ret;
}

long sys_getpgid(pid_t pid)
{
	return get_group_of(pid, false);
}

long sys_getpgrp(void)
{
	return current->signal->pgrp;
}

long sys_getsid(pid_t pid)
{
	return get_group_of(pid, true);
}

static bool group_in_session(pid_t pgrp, pid_t session)
{
	struct task_struct *p = pgrp_first(pgrp);

	return p && p->signal->session == session;
}

static int check_setpgid(struct task_struct *p, struct task_struct *me, pid_t pgid)
{
	if (!p || !thread_group_leader(p))
		return p ? -EINVAL : -ESRCH;
	if (p != me) {
		if (p->real_parent != me)
			return -ESRCH;
		if (p->signal->session != me->signal->session)
			return -EPERM;
		if (!(p->flags & PF_FORKNOEXEC))
			return -EACCES;
	}
	if (p->signal->leader)					/* Y2 */
		return -EPERM;
	if (pgid != p->pid && !group_in_session(pgid, me->signal->session))
		return -EPERM;
	return 0;
}

long sys_setpgid(pid_t pid, pid_t pgid)
{
	struct task_struct *me = current->group_leader, *p;
	int ret;

	if (!pid)
		pid = me->pid;
	if (!pgid)
		pgid = pid;
	if (pgid < 0)
		return -EINVAL;
	spin_lock(&tasklist_lock);
	p = find_task_by_pid(pid);
	ret = check_setpgid(p, me, pgid);
	if (!ret)
		change_pgrp(p, pgid);
	spin_unlock(&tasklist_lock);
	return ret;
}

long sys_setsid(void)
{
	struct task_struct *leader = current->group_leader;
	struct signal_struct *sig = leader->signal;
	long ret = -EPERM;

	spin_lock(&tasklist_lock);
	if (!sig->leader && !pgrp_exists(leader->pid)) {
		sig->leader = true;
		change_session(leader, leader->pid);
		change_pgrp(leader, leader->pid);
		spin_lock_irq(&sig->siglock);
		sig->tty = NULL;
		spin_unlock_irq(&sig->siglock);
		ret = leader->pid;
	}
	spin_unlock(&tasklist_lock);
	return ret;
}

/* --- prctl, personality ----------------------------------------------------------- */

static long prctl_name(int option, char __user *user)
{
	char name[TASK_COMM_LEN];
	long n;

	if (option == PR_GET_NAME) {
		task_lock(current);
		memcpy(name, current->comm, sizeof(name));
		task_unlock(current);
		return copy_to_user(user, name, sizeof(name)) ? -EFAULT : 0;
	}
	memset(name, 0, sizeof(name));
	n = strncpy_from_user(name, user, sizeof(name) - 1);
	if (n < 0)
		return n;
	name[sizeof(name) - 1] = 0;
	set_task_comm(current, name);
	return 0;
}

/* The process after @p in the tree below @top, parents first; NULL: that was all. */
static struct task_struct *next_descendant(struct task_struct *p, struct task_struct *top)
{
	spin_assert_held(&tasklist_lock);
	if (!list_empty(&p->children))
		return list_first_entry(&p->children, struct task_struct, sibling);
	while (p != top && list_is_last(&p->sibling, &p->real_parent->children))
		p = p->real_parent;
	return p == top ? NULL : list_next_entry(p, sibling);
}

static long prctl_subreaper(unsigned long on)
{
	struct task_struct *top = current->group_leader, *p = top;

	spin_lock(&tasklist_lock);
	current->signal->is_child_subreaper = on;
	while (on && (p = next_descendant(p, top)))
		p->signal->has_child_subreaper = true;
	spin_unlock(&tasklist_lock);
	return 0;
}

long sys_prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4,
	       unsigned long arg5)
{
	struct task_struct *me = current;

	switch (option) {
	case PR_SET_NAME:
	case PR_GET_NAME:
		return prctl_name(option, (char __user *)arg2);
	case PR_SET_PDEATHSIG:
		if (!valid_signal(arg2))
			return -EINVAL;
		me->pdeath_signal = arg2;
		return 0;
	case PR_GET_PDEATHSIG:
		return put_user(me->pdeath_signal, (int __user *)arg2);
	case PR_GET_DUMPABLE:
		return me->dumpable;
	case PR_SET_DUMPABLE:
		if (arg2 > 1)
			return -EINVAL;
		me->dumpable = arg2;
		return 0;
	case PR_GET_KEEPCAPS:
		return me->keep_caps;
	case PR_SET_KEEPCAPS:
		if (arg2 > 1)
			return -EINVAL;
		me->keep_caps = arg2;
		return 0;
	case PR_CAPBSET_READ:
	case PR_CAPBSET_DROP:
	case PR_CAP_AMBIENT:
	case PR_GET_SECUREBITS:
	case PR_SET_SECUREBITS:
		return prctl_caps(option, arg2, arg3, arg4, arg5);
	case PR_GET_TID_ADDRESS:
		return put_user(me->clear_child_tid, (int __user *__user *)arg2);
	case PR_SET_CHILD_SUBREAPER:
		return prctl_subreaper(arg2);
	case PR_GET_CHILD_SUBREAPER:
		return put_user((int)me->signal->is_child_subreaper, (int __user *)arg2);
	case PR_SET_NO_NEW_PRIVS:
		if (arg2 != 1 || arg3 || arg4 || arg5)
			return -EINVAL;
		me->no_new_privs = true;
		return 0;
	case PR_GET_NO_NEW_PRIVS:
		return arg2 || arg3 || arg4 || arg5 ? -EINVAL : me->no_new_privs;
	case PR_SET_TIMERSLACK:
		me->timer_slack_ns = arg2 ?: DEFAULT_TIMER_SLACK_NS;
		return 0;
	case PR_GET_TIMERSLACK:
		return me->timer_slack_ns;
	case PR_GET_TIMING:
		return 0;
	case PR_SET_TIMING:
		return arg2 ? -EINVAL : 0;
	}
	return -EINVAL;
}

long sys_personality(unsigned int personality)
{
	unsigned int old = current->personality;

	if (personality != 0xffffffff)
		current->personality = personality;
	return old;
}
