// SPDX-License-Identifier: MIT
/*
 * locks.c - advisory file locks: flock(2), whole files owned by the open file, and
 * fcntl(2) record locks, byte ranges owned by the process (its descriptor table).
 *
 * All locks of all files hang in one list: few programs lock, and a file that nobody
 * locks costs nothing. Record locks of one owner never overlap: a new one cuts or
 * replaces what it covers.
 *
 * A record lock belongs to the descriptor table (F_SETLK) or to the open file
 * (F_OFD_SETLK). Processes that wait for record locks in a circle would wait for ever;
 * the one that would close the circle gets -EDEADLK.
 *
 * Invariants
 *   L1  two locks of one kind on one file that conflict have the same owner
 *   L2  record locks of one owner on one file are disjoint
 *
 * Locks: locks_mutex guards everything; whoever must wait sleeps on locks_wait and looks
 * again after any lock went away.
 */
#include "internal.h"
#include <linux/wait.h>

struct file_lock {
	struct list_head list;
	struct inode *inode;
	void *owner;			/* open file (flock, OFD) or descriptor table */
	bool posix, write;
	bool ofd;			/* posix, owned by the open file */
	loff_t start, end;		/* record lock: [start, end], end LLONG_MAX: to the end */
	pid_t pid;
};

struct user_flock {
	short l_type, l_whence;
	loff_t l_start, l_len;
	pid_t l_pid;
};

#define OFFSET_MAX	((loff_t)((1ull << 63) - 1))

static DEFINE_MUTEX(locks_mutex);
static LIST_HEAD(file_locks);
static DECLARE_WAIT_QUEUE_HEAD(locks_wait);

/* Someone sleeps until @blocker unlocks; on the stack of the sleeper. */
struct lock_waiter {
	struct list_head list;
	void *owner, *blocker;
};
static LIST_HEAD(lock_waiters);		/* under locks_mutex */

static bool conflicts(const struct file_lock *a, const struct file_lock *b)
{
	return a->inode == b->inode && a->posix == b->posix && a->owner != b->owner &&
	       (a->write || b->write) && a->start <= b->end && b->start <= a->end;
}

static struct file_lock *find_conflict(const struct file_lock *want)
{
	struct file_lock *lock;

	list_for_each_entry(lock, &file_locks, list)
		if (conflicts(lock, want))
			return lock;
	return NULL;
}

/* Drop what @owner holds in [start, end]; @split is used when a lock is cut in two. */
static void remove_range(const struct file_lock *range, struct file_lock **split)
{
	struct file_lock *lock, *next;

	list_for_each_entry_safe(lock, next, &file_locks, list) {
		if (lock->inode != range->inode || lock->posix != range->posix ||
		    lock->owner != range->owner || lock->end < range->start ||
		    lock->start > range->end)
			continue;
		if (lock->start < range->start && lock->end > range->end) {
			struct file_lock *upper = *split;

			*split = NULL;
			*upper = *lock;
			upper->start = range->end + 1;
			lock->end = range->start - 1;
			list_add(&upper->list, &file_locks);
		} else if (lock->start < range->start) {
			lock->end = range->start - 1;
		} else if (lock->end > range->end) {
			lock->start = range->end + 1;
		} else {
			list_del(&lock->list);
			kfree(lock);
		}
	}
	wake_up_all(&locks_wait);
}

/* Does the one that @owner would wait for already wait, at last, for @owner? */
static bool closes_circle(void *owner, void *blocker)
{
	struct lock_waiter *w;

again:
	if (blocker == owner)
		return true;
	list_for_each_entry(w, &lock_waiters, list) {
		if (w->owner == blocker) {
			blocker = w->blocker;
			goto again;
		}
	}
	return false;
}

/* Sleep once for @blocker to go; locks_mutex is dropped meanwhile. */
static int wait_for_unlock(const struct file_lock *want, struct file_lock *blocker)
{
	struct lock_waiter self = { .owner = want->owner, .blocker = blocker->owner };
	bool in_circle = want->posix && !want->ofd;
	DEFINE_WAIT(entry);
	int err;

	if (in_circle && closes_circle(want->owner, blocker->owner))
		return -EDEADLK;
	if (in_circle)
		list_add(&self.list, &lock_waiters);
	err = prepare_to_wait_event(&locks_wait, &entry, TASK_INTERRUPTIBLE);
	mutex_unlock(&locks_mutex);
	if (!err)
		schedule();
	finish_wait(&locks_wait, &entry);
	mutex_lock(&locks_mutex);
	if (in_circle)
		list_del(&self.list);
	return err;
}

/*
 * set_lock() - put @want (copied) in place, waiting for others when @wait.
 * Return: 0, -EAGAIN, -EDEADLK, -ERESTARTSYS, -ENOMEM (then nothing changed).
 */
static int set_lock(const struct file_lock *want, bool unlock, bool wait)
{
	struct file_lock *lock = kmalloc(sizeof(*lock), GFP_KERNEL);
	struct file_lock *split = kmalloc(sizeof(*split), GFP_KERNEL), *blocker;
	int err = lock && split ? 0 : -ENOMEM;

	mutex_lock(&locks_mutex);
	while (!err && !unlock && (blocker = find_conflict(want)))
		err = wait ? wait_for_unlock(want, blocker) : -EAGAIN;
	if (!err) {
		remove_range(want, &split);
		if (!unlock) {
			*lock = *want;
			list_add(&lock->list, &file_locks);
			lock = NULL;
		}
	}
	mutex_unlock(&locks_mutex);
	kfree(lock);
	kfree(split);
	return err;
}

long sys_flock(unsigned int fd, unsigned int cmd)
{
	struct fd f = fdget(fd);
	struct file_lock want;
	long err = -EINVAL;

	if (!f.file) {
		fdput(f);
		return -EBADF;
	}
	want = (struct file_lock){
		.inode = f.file->f_inode, .owner = f.file, .end = OFFSET_MAX,
		.write = (cmd & ~LOCK_NB) == LOCK_EX, .pid = current->tgid,
	};
	switch (cmd & ~LOCK_NB) {
	case LOCK_SH:
	case LOCK_EX:
	case LOCK_UN:
		err = set_lock(&want, (cmd & ~LOCK_NB) == LOCK_UN, !(cmd & LOCK_NB));
	}
	fdput(f);
	return err;
}

/* The byte range that struct flock names. */
static int flock_range(struct file *file, const struct user_flock *u, struct file_lock *lock)
{
	loff_t base = u->l_whence == SEEK_CUR ? file->f_pos :
		      u->l_whence == SEEK_END ? file->f_inode->i_size : 0;

	if (u->l_whence < SEEK_SET || u->l_whence > SEEK_END)
		return -EINVAL;
	if (__builtin_add_overflow(base, u->l_start, &lock->start))
		return -EOVERFLOW;
	if (u->l_len > 0) {
		if (__builtin_add_overflow(lock->start, u->l_len - 1, &lock->end))
			return -EOVERFLOW;
	} else if (u->l_len < 0) {
		lock->end = lock->start - 1;
		lock->start += u->l_len;
	} else {
		lock->end = OFFSET_MAX;
	}
	return lock->start < 0 ? -EINVAL : 0;
}

static long get_lock(const struct file_lock *want, struct user_flock *u)
{
	struct file_lock *lock;

	mutex_lock(&locks_mutex);
	lock = find_conflict(want);
	u->l_type = F_UNLCK;
	if (lock) {
		u->l_type = lock->write ? F_WRLCK : F_RDLCK;
		u->l_whence = SEEK_SET;
		u->l_start = lock->start;
		u->l_len = lock->end == OFFSET_MAX ? 0 : lock->end - lock->start + 1;
		u->l_pid = lock->pid;
	}
	mutex_unlock(&locks_mutex);
	return 0;
}

long fcntl_lock(struct file *file, unsigned int cmd, void __user *arg)
{
	bool ofd = cmd >= F_OFD_GETLK;
	struct user_flock u;
	struct file_lock want;
	int err;

	if (copy_from_user(&u, arg, sizeof(u)))
		return -EFAULT;
	want = (struct file_lock){
		.inode = file->f_inode, .owner = ofd ? (void *)file : current->files,
		.posix = true, .ofd = ofd, .write = u.l_type == F_WRLCK,
		.pid = ofd ? -1 : current->tgid,
	};
	if (ofd && u.l_pid)
		return -EINVAL;
	if (u.l_type != F_RDLCK && u.l_type != F_WRLCK && u.l_type != F_UNLCK)
		return -EINVAL;
	err = flock_range(file, &u, &want);
	if (err)
		return err;
	if (cmd == F_GETLK || cmd == F_OFD_GETLK) {
		if (u.l_type == F_UNLCK)
			return -EINVAL;
		err = get_lock(&want, &u);
		return err ? err : copy_to_user(arg, &u, sizeof(u)) ? -EFAULT : 0;
	}
	if ((u.l_type == F_RDLCK && !(file->f_mode & FMODE_READ)) ||
	    (u.l_type == F_WRLCK && !(file->f_mode & FMODE_WRITE)))
		return -EBADF;
	return set_lock(&want, u.l_type == F_UNLCK, cmd == F_SETLKW || cmd == F_OFD_SETLKW);
}

static void remove_owned(struct inode *inode, void *owner, bool posix)
{
	struct file_lock *lock, *next;
	bool gone = false;

	if (list_empty_careful(&file_locks))
		return;
	mutex_lock(&locks_mutex);
	list_for_each_entry_safe(lock, next, &file_locks, list) {
		if (lock->inode != inode || lock->owner != owner || lock->posix != posix)
			continue;
		list_del(&lock->list);
		kfree(lock);
		gone = true;
	}
	mutex_unlock(&locks_mutex);
	if (gone)
		wake_up_all(&locks_wait);
}

void locks_remove_posix(struct file *file, void *owner)
{
	remove_owned(file->f_inode, owner, true);
}

void locks_remove_file(struct file *file)
{
	remove_owned(file->f_inode, file, false);
	remove_owned(file->f_inode, file, true);
}
