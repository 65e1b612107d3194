/* SPDX-License-Identifier: MIT */
/* futex.h - what futex.c and futex_pi.c share. b: the bucket's lock   p: pi_lock */
#ifndef KERNEL_FUTEX_H
#define KERNEL_FUTEX_H

#include <linux/futex.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <asm/futex.h>
#include <asm/irqflags.h>

struct futex_key {
	void *object;			/* mm_struct or inode */
	unsigned long word;		/* address, or offset in the object */
};

struct futex_bucket {
	spinlock_t lock;
	struct list_head waiters;	/* b  futex_q, oldest first */
} ____cacheline_aligned;

struct futex_q {
	struct list_head list;		/* b */
	struct task_struct *task;	/* i */
	struct futex_bucket *bucket;	/* b  U2 of futex.c */
	struct futex_key key;		/* b; with pi: i */
	u32 bitset;			/* i */
	/* b  waits for a lock that has an owner: futex_pi.c. Where target is set, only once
	 * the waiter was moved there: futex_requeue_pi.c */
	bool pi;
	const struct futex_key *target;	/* i  NULL, or the lock that it shall be moved to */
	bool granted;			/* p  the owner died: the lock is this waiter's */
	struct list_head pi_link;	/* p  in pi_waiters */
	struct task_struct *owner;	/* p  counted; who has the lock, NULL: granted */
};

static inline bool same_key(const struct futex_key *a, const struct futex_key *b)
{
	return a->object == b->object && a->word == b->word;
}

/* waiters that FUTEX_WAKE and FUTEX_REQUEUE do not know what to do with */
static inline bool only_for_pi(const struct futex_q *q)
{
	return q->pi || q->target;
}

/* one of the two words of a call */
struct futex_place {
	struct futex_key key;
	struct futex_bucket *bucket;
};

/* futex.c */
struct futex_bucket *bucket_of(const struct futex_key *key);
int get_key(u32 __user *uaddr, bool shared, bool write, struct futex_key *key);
void wake_waiter(struct futex_q *q);
bool unqueue(struct futex_q *q);
struct futex_bucket *lock_bucket_of(struct futex_q *q);
int queue_if_equal(struct futex_q *q, u32 __user *uaddr, u32 val);
int get_places(u32 __user *uaddr, u32 __user *uaddr2, bool shared, bool write,
	       struct futex_place at[2]);
void lock_two(struct futex_bucket *a, struct futex_bucket *b);
void unlock_two(struct futex_bucket *a, struct futex_bucket *b);
int futex_until(const struct __kernel_timespec __user *utime, bool relative, bool real, u64 *out);

/* futex_requeue_pi.c */
long futex_wait_requeue_pi(u32 __user *uaddr, bool shared, u32 val, u64 expires_ns,
			   u32 __user *uaddr2);
long futex_cmp_requeue_pi(u32 __user *uaddr, bool shared, u32 __user *uaddr2, int nr_wake,
			  int nr_requeue, u32 cmp);

/* futex_pi.c */
struct futex_take {			/* of a lock, for a task that waits or is about to */
	const struct futex_place *at;
	u32 __user *uaddr;
	struct task_struct *task;
	bool more;			/* others come after it: the word says so from the start */
};
int futex_try_take(const struct futex_take *t, struct task_struct **owner);
int futex_enqueue_pi(struct futex_q *q);
long futex_wait_for_lock(struct futex_q *q, u32 __user *uaddr, u64 expires_ns);
int futex_try_later(int error, u32 __user *uaddr);
long futex_lock_pi(u32 __user *uaddr, bool shared, u64 expires_ns, bool try);
long futex_unlock_pi(u32 __user *uaddr, bool shared);

/*
 * The word with a bucket locked: with interrupts off a fault does not sleep, it is -EFAULT.
 */
static inline int cmpxchg_word_locked(u32 __user *uaddr, u32 *old, u32 new)
{
	unsigned long flags = arch_local_irq_save();
	int ret = cmpxchg_user_u32(uaddr, old, new);

	arch_local_irq_restore(flags);
	return ret;
}

static inline int read_word_locked(u32 __user *uaddr, u32 *now)
{
	unsigned long flags = arch_local_irq_save();
	int ret = get_user(*now, uaddr);

	arch_local_irq_restore(flags);
	return ret;
}

/* make the word present and writable; thread context, no locks. 0 or -EFAULT */
static inline int fault_in_word(u32 __user *uaddr)
{
	u32 word;

	if (get_user(word, uaddr))
		return -EFAULT;
	return cmpxchg_user_u32(uaddr, &word, word);	/* writes also what it finds */
}

#endif
