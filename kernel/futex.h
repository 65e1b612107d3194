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
	bool pi;			/* i  waits for a lock that has an owner: futex_pi.c */
	bool granted;			/* p  the owner died: the lock is this waiter's */
	struct list_head pi_link;	/* p  in pi_waiters */
	struct task_struct *owner;	/* p  counted; who has the lock, NULL: granted */
};

static inline bool same_key(const struct futex_key *a, const struct futex_key *b)
{
	return a->object == b->object && a->word == b->word;
}

/* futex.c */
struct futex_bucket *bucket_of(const struct futex_key *key);
int get_key(u32 __user *uaddr, bool shared, struct futex_key *key);
void wake_waiter(struct futex_q *q);

/* futex_pi.c */
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
