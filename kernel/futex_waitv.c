// SPDX-License-Identifier: MIT
/*
 * futex_waitv.c - futex_waitv(2): sleep until somebody wakes one of several words.
 *
 * A waiter for each word queues in that word's bucket, as for FUTEX_WAIT; all of them are
 * the same task's. The one that a waker takes off its bucket tells which word it was.
 *
 *   V1  words are queued in their order, each compared after it was queued: a wake of an
 *       earlier word while a later one is compared is found when all are taken back
 *   V2  on return no waiter is in a bucket
 *
 * Locks: the buckets', one at a time.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <asm/uaccess.h>
#include "futex.h"

struct waitv {
	struct futex_q q;
	u32 __user *uaddr;
	u32 val;
};

static int read_waiters(struct waitv *v, const struct futex_waitv __user *from, unsigned int nr)
{
	struct futex_waitv w;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (copy_from_user(&w, from + i, sizeof(w)))
			return -EFAULT;
		if ((w.flags & ~(FUTEX_32 | FUTEX_PRIVATE_FLAG)) || w.__reserved ||
		    !(w.flags & FUTEX_32))
			return -EINVAL;
		v[i].uaddr = (u32 __user *)(unsigned long)w.uaddr;
		v[i].val = w.val;
		v[i].q.bitset = w.flags;	/* until it is queued */
	}
	return 0;
}

static int get_keys(struct waitv *v, unsigned int nr)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < nr && !ret; i++) {
		ret = get_key(v[i].uaddr, !(v[i].q.bitset & FUTEX_PRIVATE_FLAG), false,
			      &v[i].q.key);
		v[i].q.bitset = FUTEX_BITSET_MATCH_ANY;
		v[i].q.task = current;
		INIT_LIST_HEAD(&v[i].q.list);
	}
	return ret;
}

/* V2: take @nr back; the last one that was woken, -1: none was */
static int unqueue_all(struct waitv *v, unsigned int nr)
{
	int woken = -1;
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!unqueue(&v[i].q))
			woken = i;
	return woken;
}

/* V1: -1 when all wait; else the one that was woken meanwhile, or *@error */
static int queue_all(struct waitv *v, unsigned int nr, int *error)
{
	unsigned int i;
	int ret, woken;

	*error = 0;
	for (i = 0; i < nr; i++) {
		ret = queue_if_equal(&v[i].q, v[i].uaddr, v[i].val);
		if (!ret)
			continue;
		woken = unqueue_all(v, i);
		if (ret > 0)
			woken = i;
		if (woken < 0)
			*error = ret;
		return woken;
	}
	return -1;
}

static bool any_woken(const struct waitv *v, unsigned int nr)
{
	while (nr--)
		if (!smp_load_acquire(&v[nr].q.bucket))
			return true;
	return false;
}

/* which one was woken, or -E */
static int wait_for_any(struct waitv *v, unsigned int nr, u64 expires_ns)
{
	int error, woken = queue_all(v, nr, &error);

	if (error || woken >= 0)
		return error ? error : woken;
	while (!error) {
		u64 now = expires_ns == U64_MAX ? 0 : ktime_get_ns();

		set_current_state(TASK_INTERRUPTIBLE);
		if (any_woken(v, nr))
			break;
		if (now >= expires_ns)
			error = -ETIMEDOUT;
		else if (signal_pending(current))
			error = -ERESTARTSYS;
		else if (expires_ns == U64_MAX)
			schedule();
		else
			schedule_timeout_ns(expires_ns - now);
	}
	__set_current_state(TASK_RUNNING);
	woken = unqueue_all(v, nr);
	return woken >= 0 ? woken : error;
}

/** sys_futex_waitv() - futex_waitv(2). Sleeps. The index of a word that was woken, or -E. */
long sys_futex_waitv(const struct futex_waitv __user *waiters, unsigned int nr,
		     unsigned int flags, const struct __kernel_timespec __user *timeout,
		     int clockid)
{
	struct waitv *v;
	u64 expires;
	int ret;

	if (flags || !nr || nr > FUTEX_WAITV_MAX || !waiters)
		return -EINVAL;
	if (timeout && clockid != CLOCK_REALTIME && clockid != CLOCK_MONOTONIC)
		return -EINVAL;
	ret = futex_until(timeout, false, clockid == CLOCK_REALTIME, &expires);
	if (ret)
		return ret;
	v = kcalloc(nr, sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	ret = read_waiters(v, waiters, nr);
	if (!ret)
		ret = get_keys(v, nr);
	if (!ret)
		ret = wait_for_any(v, nr, expires);
	kfree(v);
	return ret;
}
