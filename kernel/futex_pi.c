// SPDX-License-Identifier: MIT
/*
 * futex_pi.c - locks in user memory that have an owner, whose word tells who: a thread
 * number, FUTEX_WAITERS when the kernel has to be asked, FUTEX_OWNER_DIED.
 *
 * A thread that finds the word taken sets FUTEX_WAITERS and queues in the word's bucket,
 * as in futex.c. The kernel never wakes such a waiter to try again: who unlocks writes the
 * number of the most urgent waiter into the word and wakes that one, which owns the lock
 * then. As long as it waits its owner has its real-time priority, if that is higher, and
 * so have those for whom the owner waits.
 *
 *	word         me                      me | WAITERS                other | WAITERS
 *	            --------- lock(other) -------->  ------ unlock(me) ------->
 *	bucket       -                       other: owner me             (others:) owner other
 *
 * An owner that dies cannot write words in memory that is perhaps no more its own. It
 * grants the lock to the most urgent waiter, which writes the word itself (granted).
 *
 *   P1  q->owner is the same for all waiters of a key, but for the one that is granted;
 *       it is the task of that one then
 *   P2  a waiter is in its bucket and in pi_waiters, or in neither
 *   P3  task->pi_blocked_on is the q on which the task waits for an owner
 *   P4  owner->pi_priority is the highest of the waiters whose q->owner it is
 *   P5  who queues looks at the owner's PF_EXITING afterwards, who exits looks for waiters
 *       after that flag was set: one of them sees the other
 *
 * Locks: the bucket's > pi_lock > run queues. A word is changed with its bucket locked.
 */
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/time.h>
#include "futex.h"

#define PI_CHAIN_MAX	1024
#define EXIT_POLL_NS	(NSEC_PER_MSEC / 2)

static DEFINE_SPINLOCK_RANK(pi_lock, RANK_FUTEX_PI);
static LIST_HEAD(pi_waiters);			/* pi_lock  all, oldest first */

/* --- who waits for whom; pi_lock held ---------------------------------------------------- */

/* the most urgent of @key that has not been granted the lock, oldest first; or NULL */
static struct futex_q *top_waiter(const struct futex_key *key)
{
	struct futex_q *q, *top = NULL;

	list_for_each_entry(q, &pi_waiters, pi_link)
		if (same_key(&q->key, key) && !q->granted &&
		    (!top || task_rt_priority(q->task) > task_rt_priority(top->task)))
			top = q;
	return top;
}

/* P4, for @owner and those for whom it waits */
static void adjust_priority(struct task_struct *owner)
{
	struct futex_q *q;
	int depth;

	for (depth = 0; owner && depth < PI_CHAIN_MAX; depth++) {
		int highest = 0;

		list_for_each_entry(q, &pi_waiters, pi_link)
			if (q->owner == owner && task_rt_priority(q->task) > highest)
				highest = task_rt_priority(q->task);
		if (highest == READ_ONCE(owner->pi_priority))
			break;
		sched_set_pi_priority(owner, highest);
		owner = owner->pi_blocked_on ? owner->pi_blocked_on->owner : NULL;
	}
}

/* would @task wait for @owner and never get an end? */
static bool would_deadlock(const struct task_struct *task, const struct task_struct *owner)
{
	int depth;

	for (depth = 0; owner && depth < PI_CHAIN_MAX; depth++) {
		if (owner == task)
			return true;
		owner = owner->pi_blocked_on ? owner->pi_blocked_on->owner : NULL;
	}
	return owner;
}

/* out of pi_waiters; the reference to the owner is the caller's now */
static struct task_struct *forget_waiter(struct futex_q *q)
{
	struct task_struct *owner = q->owner;

	list_del_init(&q->pi_link);
	q->task->pi_blocked_on = NULL;
	q->owner = NULL;
	return owner;
}

/* @next owns the lock: all others of @key wait for it (P1). Their old owner is current. */
static void set_owner(const struct futex_key *key, struct task_struct *next)
{
	struct futex_q *q;

	list_for_each_entry(q, &pi_waiters, pi_link) {
		if (!same_key(&q->key, key) || q->task == next)
			continue;
		get_task_struct(next);
		if (q->owner)
			put_task_struct(q->owner);
		q->owner = next;
	}
	adjust_priority(current);
	adjust_priority(next);
}

/* current had the lock and cannot write its word: the next one shall */
static void grant_next(const struct futex_key *key)
{
	struct futex_q *top = top_waiter(key);

	if (!top)
		return;
	if (top->owner)
		put_task_struct(top->owner);
	top->owner = NULL;
	top->task->pi_blocked_on = NULL;
	WRITE_ONCE(top->granted, true);
	set_owner(key, top->task);
	wake_up_state(top->task, TASK_NORMAL);
}

/**
 * futex_exit_pi() - current exits or execs: what it owns goes to those who wait for it.
 * Locks:   takes pi_lock. Context: thread; PF_EXITING is set if it exits (P5).
 */
void futex_exit_pi(struct task_struct *tsk)
{
	struct futex_q *q, *mine;

	smp_mb();								/* P5 */
	if (list_empty(&pi_waiters))
		return;
	spin_lock(&pi_lock);
	do {
		mine = NULL;
		list_for_each_entry(q, &pi_waiters, pi_link)
			if (q->owner == tsk)
				mine = q;
		if (mine)
			grant_next(&mine->key);
	} while (mine);
	spin_unlock(&pi_lock);
}

/* --- taking the lock; the bucket is locked -------------------------------------------------- */

/* whether somebody waits at @key who is not after a lock */
static bool has_plain_waiter(struct futex_bucket *b, const struct futex_key *key)
{
	struct futex_q *q;

	list_for_each_entry(q, &b->waiters, list)
		if (same_key(&q->key, key) && !q->pi)
			return true;
	return false;
}

/* Somebody waits already: the owner is known. True: *@ret is what to do, 0: *@owner is set. */
static bool join_waiters(const struct futex_key *key, u32 word, struct task_struct **owner,
			 int *ret)
{
	struct futex_q *q, *found = NULL;
	bool granted = false;

	spin_lock(&pi_lock);
	list_for_each_entry(q, &pi_waiters, pi_link) {
		if (!same_key(&q->key, key))
			continue;
		found = q;
		if (q->granted) {
			granted = true;
			break;
		}
	}
	if (found) {
		*owner = granted ? found->task : found->owner;			/* P1 */
		get_task_struct(*owner);
	}
	spin_unlock(&pi_lock);
	if (!found)
		return false;
	/* a word that names somebody else was written by nobody who may */
	*ret = granted || (word & FUTEX_TID_MASK) == (u32)(*owner)->pid ? 0 : -EINVAL;
	if (*ret) {
		put_task_struct(*owner);
		*owner = NULL;
	}
	return true;
}

static int change(u32 __user *uaddr, u32 from, u32 to)
{
	u32 seen = from;
	int ret = cmpxchg_word_locked(uaddr, &seen, to);

	return ret ? ret : seen == from ? 0 : -EAGAIN;
}

/* The thread that @word names, counted; or why there is none to wait for. */
static int find_owner(u32 __user *uaddr, u32 word, struct task_struct **owner)
{
	struct task_struct *p = get_task_by_pid(word & FUTEX_TID_MASK);
	u32 now;
	int ret;

	if (p && (p->flags & PF_KTHREAD)) {
		put_task_struct(p);
		return -EPERM;
	}
	if (p && !(READ_ONCE(p->flags) & PF_EXITING)) {
		*owner = p;
		return 0;
	}
	ret = p && READ_ONCE(p->mm) ? -EBUSY : -ESRCH;
	if (p)
		put_task_struct(p);
	/* its robust list may just have been worked off */
	if (ret == -ESRCH && !read_word_locked(uaddr, &now) && now != word)
		ret = -EAGAIN;
	return ret;
}

/**
 * futex_try_take() - take the lock for @t->task, or find out for whom it has to wait.
 * Locks:   the bucket's is held. Context: thread.
 * Return:  1: the lock is its. 0: wait for *@owner, which is counted. -EAGAIN: the word
 *          changed, -EBUSY: the owner is exiting, -EFAULT: the page is not there: begin
 *          anew after futex_try_later(). Else -E.
 */
int futex_try_take(const struct futex_take *t, struct task_struct **owner)
{
	u32 word;
	int ret = read_word_locked(t->uaddr, &word);

	if (ret)
		return ret;
	if ((word & FUTEX_TID_MASK) == (u32)t->task->pid)
		return -EDEADLK;
	if (has_plain_waiter(t->at->bucket, &t->at->key))
		return -EINVAL;
	if (join_waiters(&t->at->key, word, owner, &ret))
		return ret;
	if (!(word & FUTEX_TID_MASK)) {
		ret = change(t->uaddr, word, (word & FUTEX_OWNER_DIED) | t->task->pid |
					     (t->more ? FUTEX_WAITERS : 0));
		return ret ? ret : 1;
	}
	ret = change(t->uaddr, word, word | FUTEX_WAITERS);
	return ret ? ret : find_owner(t->uaddr, word | FUTEX_WAITERS, owner);
}

/**
 * futex_enqueue_pi() - @q->task is to wait for q->owner, and be in a bucket with it (P2).
 * Locks:   the bucket's is held; takes pi_lock. Context: thread.
 * Return:  0, -EDEADLK or -EBUSY.
 */
int futex_enqueue_pi(struct futex_q *q)
{
	int ret = 0;

	spin_lock(&pi_lock);
	if (would_deadlock(q->task, q->owner)) {
		ret = -EDEADLK;
	} else {
		list_add_tail(&q->pi_link, &pi_waiters);
		q->task->pi_blocked_on = q;
		smp_mb();							/* P5 */
		if (READ_ONCE(q->owner->flags) & PF_EXITING) {
			ret = -EBUSY;
			list_del_init(&q->pi_link);
			q->task->pi_blocked_on = NULL;
		} else {
			adjust_priority(q->owner);
		}
	}
	spin_unlock(&pi_lock);
	return ret;
}

/* --- waiting ----------------------------------------------------------------------------------- */

/* Give up waiting: false when the lock is ours in the meantime. */
static bool leave(struct futex_q *q)
{
	struct futex_bucket *b = lock_bucket_of(q);
	struct task_struct *owner = NULL;
	bool left;

	if (!b)
		return false;
	spin_lock(&pi_lock);
	left = !q->granted;
	if (left && q->pi) {
		owner = forget_waiter(q);
		adjust_priority(owner);
	}
	spin_unlock(&pi_lock);
	if (left)
		list_del_init(&q->list);
	spin_unlock(&b->lock);
	if (owner)
		put_task_struct(owner);
	return left;
}

/* The owner died and the lock was granted: write the word. 0, or -EFAULT: lost */
static int take_granted(struct futex_q *q, u32 __user *uaddr)
{
	struct futex_bucket *b = bucket_of(&q->key);
	int ret;
	u32 word;

	for (;;) {
		spin_lock(&b->lock);
		ret = read_word_locked(uaddr, &word);
		if (!ret)
			ret = change(uaddr, word, FUTEX_OWNER_DIED | FUTEX_WAITERS | current->pid);
		if (!ret)
			break;
		spin_unlock(&b->lock);
		if (ret == -EFAULT && fault_in_word(uaddr)) {
			spin_lock(&b->lock);
			break;
		}
	}
	list_del_init(&q->list);
	spin_lock(&pi_lock);
	list_del_init(&q->pi_link);
	if (ret)
		grant_next(&q->key);
	spin_unlock(&pi_lock);
	spin_unlock(&b->lock);
	return ret;
}

/**
 * futex_wait_for_lock() - @q is queued, at its lock or to be moved there: sleep until the
 *	lock at @uaddr is ours, or a signal or the end of time comes.
 * Locks:   takes the bucket's, pi_lock. Context: current is q->task; sleeps and faults.
 * Return:  0; -ERESTARTNOINTR, -ETIMEDOUT: @q is nowhere any more; -EFAULT.
 */
long futex_wait_for_lock(struct futex_q *q, u32 __user *uaddr, u64 expires_ns)
{
	long ret = 0;

	while (!ret) {
		u64 now = expires_ns == U64_MAX ? 0 : ktime_get_ns();

		set_current_state(TASK_INTERRUPTIBLE);
		if (!smp_load_acquire(&q->bucket) || READ_ONCE(q->granted))
			break;
		if (signal_pending(current))
			ret = -ERESTARTNOINTR;
		else if (now >= expires_ns)
			ret = -ETIMEDOUT;
		else if (expires_ns == U64_MAX)
			schedule();
		else
			schedule_timeout_ns(expires_ns - now);
	}
	__set_current_state(TASK_RUNNING);
	if (ret && leave(q))
		return ret;
	return smp_load_acquire(&q->bucket) ? take_granted(q, uaddr) : 0;
}

/* One try: 1 ours, 0 queued or (@try) taken, else as try_take(). */
static int lock_or_queue(struct futex_q *q, u32 __user *uaddr, bool try)
{
	const struct futex_place at = { q->key, bucket_of(&q->key) };
	const struct futex_take t = { .at = &at, .uaddr = uaddr, .task = current };
	int ret;

	q->owner = NULL;
	spin_lock(&at.bucket->lock);
	ret = futex_try_take(&t, &q->owner);
	if (!ret && !try)
		ret = futex_enqueue_pi(q);
	if (!ret && !try) {
		q->bucket = at.bucket;
		list_add_tail(&q->list, &at.bucket->waiters);
	}
	spin_unlock(&at.bucket->lock);
	if (q->owner && (ret || try))
		put_task_struct(q->owner);
	return ret;
}

/**
 * futex_try_later() - what has to happen after @error of futex_try_take() or
 *	futex_enqueue_pi() until it makes sense to try again.
 * Locks:   none. Context: thread, sleeps and faults.
 * Return:  0: try again; or -E for the caller.
 */
int futex_try_later(int error, u32 __user *uaddr)
{
	if (fatal_signal_pending(current))
		return -EINTR;
	switch (error) {
	case -EFAULT:
		return fault_in_word(uaddr);
	case -EAGAIN:
		cond_resched();
		return 0;
	case -EBUSY:
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule_timeout_ns(EXIT_POLL_NS);
		return 0;
	}
	return error;
}

/**
 * futex_lock_pi() - FUTEX_LOCK_PI and FUTEX_TRYLOCK_PI (@try).
 * Locks:   the bucket's, pi_lock. Context: thread, sleeps and faults.
 * Return:  0: the lock is current's; or -E as futex(2) has it.
 */
long futex_lock_pi(u32 __user *uaddr, bool shared, u64 expires_ns, bool try)
{
	struct futex_q q = { .task = current, .pi = true };
	int ret = get_key(uaddr, shared, true, &q.key);

	if (ret)
		return ret;
	for (;;) {
		ret = lock_or_queue(&q, uaddr, try);
		if (ret >= 0)
			break;
		ret = futex_try_later(ret, uaddr);
		if (ret)
			return ret;
	}
	if (ret > 0)
		return 0;
	return try ? -EWOULDBLOCK : futex_wait_for_lock(&q, uaddr, expires_ns);
}

/* --- unlocking ------------------------------------------------------------------------------------ */

/* The bucket is locked and the word is @word, ours. -EAGAIN, -EFAULT: begin anew */
static int hand_over(struct futex_bucket *b, const struct futex_key *key, u32 __user *uaddr,
		     u32 word)
{
	struct futex_q *top;
	int ret;

	if (has_plain_waiter(b, key))
		return -EINVAL;
	spin_lock(&pi_lock);
	top = top_waiter(key);
	if (!top)
		ret = change(uaddr, word, 0);
	else if (top->owner != current)
		ret = -EINVAL;
	else
		ret = change(uaddr, word, FUTEX_WAITERS | top->task->pid);
	if (top && !ret) {
		put_task_struct(forget_waiter(top));		/* that is current */
		set_owner(key, top->task);
		wake_waiter(top);
	}
	spin_unlock(&pi_lock);
	return ret;
}

/**
 * futex_unlock_pi() - FUTEX_UNLOCK_PI: the lock goes to the most urgent waiter.
 * Locks:   the bucket's, pi_lock. Context: thread, may fault.
 * Return:  0 or -E as futex(2) has it.
 */
long futex_unlock_pi(u32 __user *uaddr, bool shared)
{
	struct futex_bucket *b;
	struct futex_key key;
	int ret = 0;
	u32 word;

	while (!ret) {
		if (get_user(word, uaddr))
			return -EFAULT;
		if ((word & FUTEX_TID_MASK) != (u32)current->pid)
			return -EPERM;
		ret = get_key(uaddr, shared, true, &key);
		if (ret)
			break;
		b = bucket_of(&key);
		spin_lock(&b->lock);
		ret = hand_over(b, &key, uaddr, word);
		spin_unlock(&b->lock);
		if (!ret)
			return 0;
		if (ret == -EAGAIN || (ret == -EFAULT && !fault_in_word(uaddr)))
			ret = 0;
		cond_resched();
	}
	return ret;
}
