// SPDX-License-Identifier: MIT
/*
 * futex_requeue_pi.c - condition variables whose mutex has an owner.
 *
 * A thread that waits for a condition sleeps at the condition's word and has to have the
 * mutex, a lock of futex_pi.c, when it goes on. Waking all of them to try their luck
 * would neither be quick nor respect priorities, so they are moved:
 *
 *	FUTEX_WAIT_REQUEUE_PI	sleep at the condition's word, to be moved to the lock
 *	FUTEX_CMP_REQUEUE_PI	give the lock, if it is free, to the most urgent waiter and
 *				wake it; move others to the lock, where they wait as
 *				FUTEX_LOCK_PI does
 *
 * A waiter sleeps in one loop from the beginning to the end, futex_wait_for_lock(): what
 * ends it, the lock, a signal, the time, is the same before and after the move.
 *
 *   R1  q->target says where a waiter may be moved, and only there; it makes plain wakes
 *       and moves refuse the waiter
 *   R2  key, bucket, pi and owner of a waiter change together, with both buckets locked:
 *       it is in pi_waiters exactly when pi is set
 *   R3  who was moved and gives up cannot begin anew, as the condition's word has changed:
 *       it has to be told that by -EWOULDBLOCK
 *
 * Locks: both buckets, by address, > pi_lock.
 */
#include <linux/sched.h>
#include <asm/uaccess.h>
#include "futex.h"

/* --- waiting --------------------------------------------------------------------- */

/* Queue if the word is @val; it is looked at with the bucket locked, so nobody moves @q yet. */
static int queue_for_move(struct futex_q *q, u32 __user *uaddr, u32 val)
{
	struct futex_bucket *b = bucket_of(&q->key);
	u32 now;
	int ret;

	do {
		spin_lock(&b->lock);
		ret = read_word_locked(uaddr, &now);
		if (!ret && now == val) {
			q->bucket = b;
			list_add_tail(&q->list, &b->waiters);
		}
		spin_unlock(&b->lock);
		if (!ret)
			return now == val ? 0 : -EWOULDBLOCK;
	} while (!get_user(now, uaddr));
	return -EFAULT;
}

/**
 * futex_wait_requeue_pi() - FUTEX_WAIT_REQUEUE_PI: wait at @uaddr for the lock @uaddr2.
 * Locks:   the buckets', pi_lock. Context: thread, sleeps and faults.
 * Return:  0: the lock is current's; or -E as futex(2) has it.
 */
long futex_wait_requeue_pi(u32 __user *uaddr, bool shared, u32 val, u64 expires_ns,
			   u32 __user *uaddr2)
{
	struct futex_q q = { .task = current };
	struct futex_key lock;
	long ret;

	if (uaddr == uaddr2)
		return -EINVAL;
	ret = get_key(uaddr2, shared, true, &lock) ?: get_key(uaddr, shared, false, &q.key);
	if (ret)
		return ret;
	q.target = &lock;
	ret = queue_for_move(&q, uaddr, val);
	if (!ret && same_key(&q.key, &lock)) {
		unqueue(&q);
		ret = -EINVAL;
	}
	if (ret)
		return ret;
	ret = futex_wait_for_lock(&q, uaddr2, expires_ns);
	return ret == -ERESTARTNOINTR && q.pi ? -EWOULDBLOCK : ret;		/* R3 */
}

/* --- moving ---------------------------------------------------------------------- */

/* a call of FUTEX_CMP_REQUEUE_PI */
struct requeue {
	struct futex_place at[2];	/* the condition's, the lock's */
	u32 __user *cond, *lock;
	u32 cmp;
	int most;			/* waiters, the woken one too */
	bool more;			/* another one may come after the first */
	int done;
};

/* whose turn it is: at first the most urgent one, then as they came; NULL: nobody */
static struct futex_q *next_waiter(const struct requeue *r)
{
	struct futex_q *q, *next = NULL;

	list_for_each_entry(q, &r->at[0].bucket->waiters, list) {
		if (!same_key(&q->key, &r->at[0].key))
			continue;
		if (!next || task_rt_priority(q->task) > task_rt_priority(next->task))
			next = q;
		if (r->done)
			break;
	}
	return next;
}

/* R2: @q, whose owner is set, from the condition to the lock */
static int move_waiter(struct requeue *r, struct futex_q *q)
{
	const struct futex_key cond = q->key;
	int ret;

	q->key = r->at[1].key;
	ret = futex_enqueue_pi(q);
	if (ret) {
		q->key = cond;
		put_task_struct(q->owner);
		q->owner = NULL;
		return ret;
	}
	q->pi = true;
	list_move_tail(&q->list, &r->at[1].bucket->waiters);
	q->bucket = r->at[1].bucket;
	return 0;
}

/* One waiter gets the lock or waits for it. 0 or -E, then it stays where it is. */
static int requeue_one(struct requeue *r, struct futex_q *q)
{
	const struct futex_take t = { .at = &r->at[1], .uaddr = r->lock, .task = q->task,
				      .more = r->more };
	int ret;

	if (!q->target || q->pi || !same_key(q->target, &r->at[1].key))		/* R1 */
		return -EINVAL;
	ret = futex_try_take(&t, &q->owner);
	if (ret < 0)
		return ret;
	if (!ret)
		return move_waiter(r, q);
	wake_waiter(q);
	return 0;
}

/* buckets locked: as many as may be; 0, -E, or 1: the condition's word has changed */
static int requeue_some(struct requeue *r)
{
	struct futex_q *q;
	int ret = 0;
	u32 now;

	if (!r->done) {
		ret = read_word_locked(r->cond, &now);
		if (ret)
			return ret;
		if (now != r->cmp)
			return 1;
	}
	while (!ret && r->done < r->most && (q = next_waiter(r))) {
		ret = requeue_one(r, q);
		r->done += !ret;
	}
	return ret;
}

/* after an error with the buckets locked: 0, begin anew, or what the caller gets */
static int recover(const struct requeue *r, int error)
{
	u32 now;

	if (error == -EFAULT && copy_from_user(&now, r->cond, sizeof(now)))
		return error;
	return futex_try_later(error, r->lock);
}

/**
 * futex_cmp_requeue_pi() - FUTEX_CMP_REQUEUE_PI: give the lock @uaddr2 to a waiter of
 *	@uaddr, if it is free, and move up to @nr_requeue others there.
 * Locks:   the buckets', pi_lock. Context: thread, sleeps and faults.
 * Return:  how many were woken and moved; or -E as futex(2) has it.
 */
long futex_cmp_requeue_pi(u32 __user *uaddr, bool shared, u32 __user *uaddr2, int nr_wake,
			  int nr_requeue, u32 cmp)
{
	struct requeue r = { .cond = uaddr, .lock = uaddr2, .cmp = cmp,
			     .more = nr_requeue > 0 };
	int ret;

	if (nr_wake != 1 || nr_requeue < 0 || uaddr == uaddr2)
		return -EINVAL;
	r.most = nr_requeue == INT_MAX ? INT_MAX : nr_requeue + 1;
	ret = get_places(uaddr, uaddr2, shared, true, r.at);
	if (ret)
		return ret;
	if (same_key(&r.at[0].key, &r.at[1].key))
		return -EINVAL;
	do {
		lock_two(r.at[0].bucket, r.at[1].bucket);
		ret = requeue_some(&r);
		unlock_two(r.at[0].bucket, r.at[1].bucket);
		if (!ret)
			return r.done;
		ret = ret > 0 ? -EWOULDBLOCK : recover(&r, ret);
	} while (!ret);
	return ret;
}
