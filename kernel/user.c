// SPDX-License-Identifier: MIT
/*
 * user.c - what is counted per real user: processes and queued signals, against
 * RLIMIT_NPROC and RLIMIT_SIGPENDING. One struct per user who has tasks, found
 * by number in a small hash; root's is static.
 *
 * Locks: users_lock for the hash; the counts are atomic. The last reference
 * takes the struct out of the hash under the lock, so a finder never sees a
 * count of 0 rise.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/hash.h>

#define USER_HASH_BITS	5

static DEFINE_SPINLOCK(users_lock);
static struct hlist_head users[1 << USER_HASH_BITS];	/* users_lock */

struct user_struct root_user = {
	.uid = 0,
	.count = REFCOUNT_INIT(1),
	.processes = ATOMIC_INIT(1),
};

static struct user_struct *find_user(uid_t uid)
{
	struct user_struct *u;

	hlist_for_each_entry(u, &users[hash_32(uid, USER_HASH_BITS)], link)
		if (u->uid == uid && refcount_inc_not_zero(&u->count))
			return u;
	return NULL;
}

/**
 * get_user_struct() - the counters of user @uid.
 * Locks:   takes users_lock. Context: thread, may sleep.
 * Return:  counted, or NULL when memory is out.
 */
struct user_struct *get_user_struct(uid_t uid)
{
	struct user_struct *fresh, *found;
	unsigned long flags;

	if (!uid) {
		refcount_inc(&root_user.count);
		return &root_user;
	}
	spin_lock_irqsave(&users_lock, flags);
	found = find_user(uid);
	spin_unlock_irqrestore(&users_lock, flags);
	if (found)
		return found;
	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return NULL;
	fresh->uid = uid;
	refcount_set(&fresh->count, 1);
	spin_lock_irqsave(&users_lock, flags);
	found = find_user(uid);
	if (!found)
		hlist_add_head(&fresh->link, &users[hash_32(uid, USER_HASH_BITS)]);
	spin_unlock_irqrestore(&users_lock, flags);
	if (!found)
		return fresh;
	kfree(fresh);
	return found;
}

/** put_user_struct() - drop a reference. Context: thread. */
void put_user_struct(struct user_struct *user)
{
	unsigned long flags;

	if (!refcount_dec_and_test(&user->count))
		return;
	mm_bug_on(user == &root_user);		/* its own reference is never dropped */
	spin_lock_irqsave(&users_lock, flags);
	hlist_del(&user->link);
	spin_unlock_irqrestore(&users_lock, flags);
	kfree(user);
}
