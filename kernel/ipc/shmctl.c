// SPDX-License-Identifier: MIT
/*
 * shmctl.c - shmctl(2) and /proc/sysvipc/shm: what segments are like, and changes of it.
 *
 * SHM_LOCK is kept and counted against the limit of who asked for it: nothing is written
 * out of memory here, so that there is no more to do.
 *
 * Locks: shm_mutex, with which no user memory is touched: what goes to or comes from the
 * caller is copied before or after.
 */
#include "internal.h"
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/shm.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <uapi/resource.h>
#include <asm/uaccess.h>

/* pages of it that are in memory */
static unsigned long rss_pages(const struct shm_segment *shm)
{
	return READ_ONCE(shm->file->f_mapping->nrpages);
}

/* --- what it is like --------------------------------------------------------------------- */

static long ipc_info(void __user *buf)
{
	struct shminfo64 info = {
		.shmmax = shm_ctlmax, .shmmin = SHMMIN, .shmmni = shm_ctlmni,
		.shmseg = shm_ctlmni, .shmall = shm_ctlall,
	};
	long ret;

	mutex_lock(&shm_mutex);
	ret = ipc_max_idx(&shm_ids);
	mutex_unlock(&shm_mutex);
	return copy_to_user(buf, &info, sizeof(info)) ? -EFAULT : ret;
}

static long shm_info(void __user *buf)
{
	struct kern_ipc_perm *perm;
	struct shm_info info;
	int idx = 0;
	long ret;

	memset(&info, 0, sizeof(info));
	mutex_lock(&shm_mutex);
	info.used_ids = shm_ids.in_use;
	info.shm_tot = shm_total_pages;
	for (; (perm = ipc_next(&shm_ids, &idx)); idx++)
		info.shm_rss += rss_pages(shm_of(perm));
	ret = ipc_max_idx(&shm_ids);
	mutex_unlock(&shm_mutex);
	return copy_to_user(buf, &info, sizeof(info)) ? -EFAULT : ret;
}

/* IPC_STAT by id: 0; SHM_STAT and SHM_STAT_ANY by index: the id */
static long shm_stat(int id, int cmd, void __user *buf)
{
	struct shmid64_ds ds;
	struct shm_segment *shm;
	long ret = -EINVAL;

	memset(&ds, 0, sizeof(ds));
	mutex_lock(&shm_mutex);
	shm = shm_of(cmd == IPC_STAT ? ipc_find(&shm_ids, id) : ipc_find_index(&shm_ids, id));
	if (shm)
		ret = cmd == SHM_STAT_ANY ? 0 : ipc_permission(&shm->perm, S_IRUGO);
	if (!ret) {
		ipc_to_user(&shm->perm, &ds.shm_perm);
		ds.shm_segsz = shm->bytes;
		ds.shm_atime = shm->atime;
		ds.shm_dtime = shm->dtime;
		ds.shm_ctime = shm->ctime;
		ds.shm_cpid = shm->cpid;
		ds.shm_lpid = shm->lpid;
		ds.shm_nattch = shm->nattch;
		ret = cmd == IPC_STAT ? 0 : shm->perm.id;
	}
	mutex_unlock(&shm_mutex);
	return ret >= 0 && copy_to_user(buf, &ds, sizeof(ds)) ? -EFAULT : ret;
}

/* --- changes ------------------------------------------------------------------------------ */

static long ipc_set(struct shm_segment *shm, const struct ipc64_perm *wanted)
{
	if (wanted->uid == (uid_t)-1 || wanted->gid == (gid_t)-1)
		return -EINVAL;
	shm->perm.uid = wanted->uid;
	shm->perm.gid = wanted->gid;
	shm->perm.mode = (shm->perm.mode & ~S_IRWXUGO) | (wanted->mode & S_IRWXUGO);
	shm->ctime = shm_now();
	return 0;
}

/* IPC_RMID, IPC_SET: of who owns or made the segment */
static long shm_control(int id, int cmd, const void __user *buf)
{
	struct shmid64_ds ds;
	struct shm_segment *shm;
	long ret;

	if (cmd == IPC_SET && copy_from_user(&ds, buf, sizeof(ds)))
		return -EFAULT;
	mutex_lock(&shm_mutex);
	shm = shm_of(ipc_find(&shm_ids, id));
	ret = shm ? ipc_may_control(&shm->perm) : -EINVAL;
	if (!ret && cmd == IPC_SET)
		ret = ipc_set(shm, &ds.shm_perm);
	else if (!ret)
		shm_remove(shm);
	mutex_unlock(&shm_mutex);
	return ret;
}

/* the caller's limit, which all that its user has locked counts against; 0 or -ENOMEM */
static long lock_pages(struct shm_segment *shm)
{
	struct user_struct *user = current->user;
	unsigned long limit = task_rlimit(current, RLIMIT_MEMLOCK), pages = shm_pages(shm);

	if (limit != RLIM_INFINITY && user->locked_shm + pages > limit >> PAGE_SHIFT &&
	    !capable(CAP_IPC_LOCK))
		return -ENOMEM;
	user->locked_shm += pages;
	refcount_inc(&user->count);
	shm->locker = user;
	shm->perm.mode |= SHM_LOCKED;
	return 0;
}

/** shm_unlock_pages() - @shm is not locked any more, if it was. shm_mutex is held. */
void shm_unlock_pages(struct shm_segment *shm)
{
	if (!(shm->perm.mode & SHM_LOCKED))
		return;
	mm_assert(shm->locker->locked_shm >= shm_pages(shm));
	shm->locker->locked_shm -= shm_pages(shm);
	put_user_struct(shm->locker);
	shm->locker = NULL;
	shm->perm.mode &= ~SHM_LOCKED;
}

static long may_lock(const struct shm_segment *shm, int cmd)
{
	uid_t uid = current_euid();

	if (capable(CAP_IPC_LOCK))
		return 0;
	if (uid != shm->perm.uid && uid != shm->perm.cuid)
		return -EPERM;
	return cmd == SHM_LOCK && !task_rlimit(current, RLIMIT_MEMLOCK) ? -EPERM : 0;
}

static long shm_lock(int id, int cmd)
{
	struct shm_segment *shm;
	long ret;

	mutex_lock(&shm_mutex);
	shm = shm_of(ipc_find(&shm_ids, id));
	ret = shm ? may_lock(shm, cmd) : -EINVAL;
	if (!ret && cmd == SHM_UNLOCK)
		shm_unlock_pages(shm);
	else if (!ret && !(shm->perm.mode & SHM_LOCKED))
		ret = lock_pages(shm);
	mutex_unlock(&shm_mutex);
	return ret;
}

/** sys_shmctl() - shmctl(2). May sleep. What the command returns, or -E. */
long sys_shmctl(int id, int cmd, void __user *buf)
{
	if (id < 0 || cmd < 0)
		return -EINVAL;
	switch (cmd) {
	case IPC_INFO:
		return ipc_info(buf);
	case SHM_INFO:
		return shm_info(buf);
	case IPC_STAT:
	case SHM_STAT:
	case SHM_STAT_ANY:
		return shm_stat(id, cmd, buf);
	case IPC_SET:
	case IPC_RMID:
		return shm_control(id, cmd, buf);
	case SHM_LOCK:
	case SHM_UNLOCK:
		return shm_lock(id, cmd);
	}
	return -EINVAL;
}

/* --- /proc/sysvipc/shm --------------------------------------------------------------------- */

static void show_segment(struct seq_file *m, const struct shm_segment *shm)
{
	const struct kern_ipc_perm *p = &shm->perm;

	seq_printf(m, "%10d %10d  %4o %21zu %5u %5u  %5lu %5u %5u %5u %5u %10llu %10llu %10llu %21lu %21lu\n",
		   p->key, p->id, p->mode, shm->bytes, shm->cpid, shm->lpid, shm->nattch,
		   p->uid, p->gid, p->cuid, p->cgid, (unsigned long long)shm->atime,
		   (unsigned long long)shm->dtime, (unsigned long long)shm->ctime,
		   rss_pages(shm) << PAGE_SHIFT, 0ul);
}

/** sysvipc_shm_show() - /proc/sysvipc/shm: all segments. Takes shm_mutex; may sleep. */
void sysvipc_shm_show(struct seq_file *m)
{
	struct kern_ipc_perm *perm;
	int idx = 0;

	seq_printf(m, "%10s %10s %5s %21s %5s %5s %6s %5s %5s %5s %5s %10s %10s %10s %21s %21s\n",
		   "key", "shmid", "perms", "size", "cpid", "lpid", "nattch", "uid", "gid", "cuid",
		   "cgid", "atime", "dtime", "ctime", "rss", "swap");
	mutex_lock(&shm_mutex);
	for (; (perm = ipc_next(&shm_ids, &idx)); idx++)
		show_segment(m, shm_of(perm));
	mutex_unlock(&shm_mutex);
}
