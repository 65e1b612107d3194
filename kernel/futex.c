// SPDX-License-Identifier: MIT
/*
 * futex.c - sleep until a word of user memory changes.
 *
 * A waiter queues itself in the bucket of its word's key, looks at the word
 * under the bucket's lock, and sleeps when it still has the expected value. Who
 * changed the word wakes waiters of the same key under the same lock.
 *
 * The key of a private futex, or of one in anonymous memory, is the address space
 * and the address; where the page is one of a file it is the inode and the offset in
 * it, so that different address spaces meet.
 *
 *   U1  a waiter looks at the word after it is queued and under the bucket lock, so
 *       a wake after a change of the word is never lost
 *   U2  q->bucket is the bucket that q is on, NULL once a waker has taken it off;
 *       the waker does not touch q after that store
 *   U3  a key holds no reference: the waiter's own mapping keeps the object alive as
 *       long as the waiter is queued; keys are compared, never followed
 *
 * Locks: bucket locks, two of them by address; mmap_lock before them, for the key.
 * Where the word is looked at or changed with a bucket locked, a page that is not present
 * is an error instead of a sleep (read_word_locked()): then the bucket is let go, the page
 * faulted in, and all begins anew. Mutexes with an owner are in futex_pi.c, condition
 * variables with such mutexes in futex_requeue_pi.c, waiting for several words in
 * futex_waitv.c.
 */
#include <linux/futex.h>
#include <linux/sched.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/cred.h>
#include <asm/futex.h>
#include <asm/uaccess.h>
#include "futex.h"

#define FUTEX_HASH_BITS	8

static struct futex_bucket buckets[1 << FUTEX_HASH_BITS];

struct futex_bucket *bucket_of(const struct futex_key *key)
{
	return &buckets[hash_long((unsigned long)key->object ^ key->word * GOLDEN_RATIO_64,
				  FUTEX_HASH_BITS)];
}

/* The place of @page in its file, which it has, and which stays, as long as it is locked. */
static bool file_key(struct page *page, unsigned long offset, struct futex_key *key)
{
	struct address_space *mapping;

	lock_page(page);
	mapping = page->mapping;
	if (mapping) {
		key->object = mapping->host;
		key->word = (page->index << PAGE_SHIFT) + offset;
	}
	unlock_page(page);
	return mapping;
}

/*
 * The key by the page that is there, made present: its own copy where the program may
 * write. A page that it may only read is a file's or nobody's, who could change the word?
 * A page that has left its file meanwhile is not there a second time.
 */
static int shared_key(unsigned long addr, bool write, struct futex_key *key)
{
	unsigned int flags = FOLL_OWN | FOLL_WRITE;
	struct page *page, *last = NULL;
	int ret;

	for (;;) {
		ret = get_user_pages_remote(current->mm, addr & PAGE_MASK, 1, flags, &page);
		if (ret == -EFAULT && !write && (flags & FOLL_WRITE)) {
			flags &= ~FOLL_WRITE;
			continue;
		}
		if (ret < 0)
			break;
		if (PageAnon(page))
			ret = flags & FOLL_WRITE ? 0 : -EFAULT;
		else if (file_key(page, addr & ~PAGE_MASK, key))
			ret = 0;
		else if (page == last)
			ret = -EFAULT;		/* nobody's */
		put_page(page);
		if (ret <= 0)
			break;
		last = page;
	}
	return ret;
}

/* @write: the caller changes the word. 0, -EINVAL (not aligned), -EFAULT or -ENOMEM */
int get_key(u32 __user *uaddr, bool shared, bool write, struct futex_key *key)
{
	unsigned long addr = (unsigned long)uaddr;

	if (addr & 3)
		return -EINVAL;
	if (!access_ok(uaddr, sizeof(*uaddr)))
		return -EFAULT;
	key->object = current->mm;
	key->word = addr;
	return shared ? shared_key(addr, write, key) : 0;
}

/* Take @q off its bucket and wake its task; the bucket's lock is held (U2). */
void wake_waiter(struct futex_q *q)
{
	struct task_struct *task = q->task;

	get_task_struct(task);
	list_del_init(&q->list);
	smp_store_release(&q->bucket, NULL);
	wake_up_state(task, TASK_NORMAL);
	put_task_struct(task);
}

/**
 * futex_wake() - wake up to @nr waiters whose bitset meets @bitset.
 * Locks:   the bucket's. Context: thread, may fault. Return: number woken, or -E.
 */
int futex_wake(u32 __user *uaddr, bool shared, int nr, u32 bitset)
{
	struct futex_bucket *b;
	struct futex_q *q, *next;
	struct futex_key key;
	int ret, woken = 0;

	if (!bitset)
		return -EINVAL;
	ret = get_key(uaddr, shared, false, &key);
	if (ret)
		return ret;
	b = bucket_of(&key);
	spin_lock(&b->lock);
	list_for_each_entry_safe(q, next, &b->waiters, list) {
		if (!same_key(&q->key, &key))
			continue;
		if (only_for_pi(q)) {		/* only who unlocks wakes those */
			woken = -EINVAL;
			break;
		}
		if (!(q->bitset & bitset))
			continue;
		wake_waiter(q);
		if (++woken >= nr)
			break;
	}
	spin_unlock(&b->lock);
	return woken;
}

/* --- waiting ------------------------------------------------------------------------- */

/* the bucket that @q is on, locked; NULL: a waker has taken it off */
struct futex_bucket *lock_bucket_of(struct futex_q *q)
{
	struct futex_bucket *b;

	while ((b = smp_load_acquire(&q->bucket))) {
		spin_lock(&b->lock);
		if (q->bucket == b)		/* not requeued meanwhile */
			return b;
		spin_unlock(&b->lock);
	}
	return NULL;
}

/* Leave the bucket: true when still queued, false when a waker was first. */
bool unqueue(struct futex_q *q)
{
	struct futex_bucket *b = lock_bucket_of(q);

	if (!b)
		return false;
	list_del_init(&q->list);
	spin_unlock(&b->lock);
	return true;
}

/*
 * Queue, then compare (U1). The word is read while queued but with no lock held;
 * a wake that comes before the read has changed the word first, so it is seen, or
 * it takes q off the bucket, which unqueue() and the sleep below notice.
 */
int queue_if_equal(struct futex_q *q, u32 __user *uaddr, u32 val)
{
	struct futex_bucket *b = bucket_of(&q->key);
	u32 now;

	spin_lock(&b->lock);
	q->bucket = b;
	list_add_tail(&q->list, &b->waiters);
	spin_unlock(&b->lock);
	smp_mb();
	if (get_user(now, uaddr)) {
		unqueue(q);
		return -EFAULT;
	}
	if (now == val)
		return 0;
	/* woken already counts as woken: somebody counted us */
	return unqueue(q) ? -EWOULDBLOCK : 1;
}

/* @expires_ns on the monotonic clock, U64_MAX: no limit. 0, -ETIMEDOUT, -ERESTARTSYS */
static int sleep_queued(struct futex_q *q, u64 expires_ns)
{
	for (;;) {
		u64 now;

		set_current_state(TASK_INTERRUPTIBLE);
		if (!smp_load_acquire(&q->bucket))
			break;
		if (signal_pending(current)) {
			__set_current_state(TASK_RUNNING);
			return unqueue(q) ? -ERESTARTSYS : 0;
		}
		now = expires_ns == U64_MAX ? 0 : ktime_get_ns();
		if (now >= expires_ns) {
			__set_current_state(TASK_RUNNING);
			return unqueue(q) ? -ETIMEDOUT : 0;
		}
		if (expires_ns == U64_MAX)
			schedule();
		else
			schedule_timeout_ns(expires_ns - now);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static long futex_wait_restart(struct restart_block *rb);

static long futex_wait(u32 __user *uaddr, bool shared, u32 val, u64 expires_ns, u32 bitset)
{
	struct futex_q q = { .task = current, .bitset = bitset };
	struct restart_block *rb = &current->restart_block;
	int ret;

	if (!bitset)
		return -EINVAL;
	INIT_LIST_HEAD(&q.list);
	ret = get_key(uaddr, shared, false, &q.key);
	if (ret)
		return ret;
	ret = queue_if_equal(&q, uaddr, val);
	if (ret)
		return ret < 0 ? ret : 0;
	ret = sleep_queued(&q, expires_ns);
	if (ret != -ERESTARTSYS || expires_ns == U64_MAX)
		return ret;
	rb->fn = futex_wait_restart;
	rb->uaddr = uaddr;
	rb->shared = shared;
	rb->val = val;
	rb->bitset = bitset;
	rb->expires_ns = expires_ns;
	return -ERESTART_RESTARTBLOCK;
}

static long futex_wait_restart(struct restart_block *rb)
{
	return futex_wait(rb->uaddr, rb->shared, rb->val, rb->expires_ns, rb->bitset);
}

/* --- requeueing --------------------------------------------------------------------------- */

/* @write: the second word is changed */
int get_places(u32 __user *uaddr, u32 __user *uaddr2, bool shared, bool write,
	       struct futex_place at[2])
{
	int ret = get_key(uaddr, shared, false, &at[0].key);

	if (!ret)
		ret = get_key(uaddr2, shared, write, &at[1].key);
	if (ret)
		return ret;
	at[0].bucket = bucket_of(&at[0].key);
	at[1].bucket = bucket_of(&at[1].key);
	return 0;
}

void lock_two(struct futex_bucket *a, struct futex_bucket *b)
{
	if (a > b)
		swap(a, b);
	spin_lock(&a->lock);
	if (a != b)
		spin_lock_nested(&b->lock, 1);
}

void unlock_two(struct futex_bucket *a, struct futex_bucket *b)
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
}

/* @cmp: NULL, or the value that the word must have. Woken and moved, or -E. */
static int futex_requeue(u32 __user *uaddr, bool shared, u32 __user *uaddr2, int nr_wake,
			 int nr_requeue, const u32 *cmp)
{
	struct futex_bucket *b, *b2;
	struct futex_place at[2];
	struct futex_q *q, *next;
	int ret, done = 0;
	u32 now;

	if (nr_wake < 0 || nr_requeue < 0)
		return -EINVAL;
	ret = get_places(uaddr, uaddr2, shared, false, at);
	if (ret)
		return ret;
	b = at[0].bucket;
	b2 = at[1].bucket;
again:
	lock_two(b, b2);
	if (cmp) {
		/* under the locks, or a word that changes back meanwhile is not noticed */
		ret = read_word_locked(uaddr, &now);
		if (!ret && now != *cmp)
			ret = -EAGAIN;
		if (ret) {
			unlock_two(b, b2);
			if (ret == -EFAULT && !get_user(now, uaddr))
				goto again;
			return ret;
		}
	}
	list_for_each_entry_safe(q, next, &b->waiters, list) {
		if (!same_key(&q->key, &at[0].key))
			continue;
		if (only_for_pi(q)) {
			done = -EINVAL;
			break;
		}
		if (done >= nr_wake + nr_requeue)
			break;
		if (done++ < nr_wake) {
			wake_waiter(q);
			continue;
		}
		q->key = at[1].key;
		if (b != b2) {
			list_move_tail(&q->list, &b2->waiters);
			q->bucket = b2;
		}
	}
	unlock_two(b, b2);
	return done;
}

/* --- wake, and change another word ------------------------------------------------------------ */

/* FUTEX_OP(op, oparg, cmp, cmparg) as futex(2) packs it */
struct word_op {
	int op, cmp, oparg, cmparg;
};

static int decode_op(u32 packed, struct word_op *w)
{
	w->op = packed >> 28 & 7;
	w->cmp = packed >> 24 & 15;
	w->oparg = (int)(packed << 8) >> 20;
	w->cmparg = (int)(packed << 20) >> 20;
	if (packed >> 31)				/* FUTEX_OP_OPARG_SHIFT */
		w->oparg = 1u << (w->oparg & 31);
	if (w->op > FUTEX_OP_XOR || w->cmp > FUTEX_OP_CMP_GE)
		return -ENOSYS;
	return 0;
}

static u32 op_result(const struct word_op *w, u32 old)
{
	switch (w->op) {
	case FUTEX_OP_SET:
		return w->oparg;
	case FUTEX_OP_ADD:
		return old + w->oparg;
	case FUTEX_OP_OR:
		return old | w->oparg;
	case FUTEX_OP_ANDN:
		return old & ~w->oparg;
	default:
		return old ^ w->oparg;
	}
}

static bool op_holds(const struct word_op *w, int old)
{
	switch (w->cmp) {
	case FUTEX_OP_CMP_EQ:
		return old == w->cmparg;
	case FUTEX_OP_CMP_NE:
		return old != w->cmparg;
	case FUTEX_OP_CMP_LT:
		return old < w->cmparg;
	case FUTEX_OP_CMP_GE:
		return old >= w->cmparg;
	case FUTEX_OP_CMP_LE:
		return old <= w->cmparg;
	default:
		return old > w->cmparg;
	}
}

/* change the word while both buckets are locked; *@old is what was there */
static int change_word(u32 __user *uaddr, const struct word_op *w, u32 *old)
{
	u32 seen;
	int ret;

	do {
		ret = read_word_locked(uaddr, old);
		seen = *old;
		if (!ret)
			ret = cmpxchg_word_locked(uaddr, &seen, op_result(w, *old));
	} while (!ret && seen != *old);
	return ret;
}

/* wake up to @nr; bucket locked. Number, or -EINVAL */
static int wake_key(const struct futex_place *at, int nr)
{
	struct futex_q *q, *next;
	int woken = 0;

	list_for_each_entry_safe(q, next, &at->bucket->waiters, list) {
		if (!same_key(&q->key, &at->key))
			continue;
		if (only_for_pi(q))
			return -EINVAL;
		wake_waiter(q);
		if (++woken >= nr)
			break;
	}
	return woken;
}

/* change *@uaddr2, wake @nr at @uaddr, and @nr2 at @uaddr2 if it was as @packed says */
static int futex_wake_op(u32 __user *uaddr, bool shared, u32 __user *uaddr2, int nr, int nr2,
			 u32 packed)
{
	struct futex_place at[2];
	struct word_op w;
	int ret, more = 0;
	u32 old;

	ret = get_places(uaddr, uaddr2, shared, true, at);
	if (ret)
		return ret;
	ret = decode_op(packed, &w);
	if (ret)
		return ret;
	for (;;) {
		lock_two(at[0].bucket, at[1].bucket);
		ret = change_word(uaddr2, &w, &old);
		if (!ret)
			break;
		unlock_two(at[0].bucket, at[1].bucket);
		if (fault_in_word(uaddr2))
			return -EFAULT;
	}
	ret = wake_key(&at[0], nr);
	if (ret >= 0 && op_holds(&w, old))
		more = wake_key(&at[1], nr2);
	unlock_two(at[0].bucket, at[1].bucket);
	return more < 0 ? more : ret + more;
}

/* --- the system call ------------------------------------------------------------------------ */

/* Absolute time limit on the monotonic clock; a wall-clock one (@real) is converted now. */
int futex_until(const struct __kernel_timespec __user *utime, bool relative, bool real, u64 *out)
{
	u64 now = ktime_get_ns(), ns;
	struct timespec64 ts;

	*out = U64_MAX;
	if (!utime)
		return 0;
	if (get_timespec64(&ts, utime))
		return -EFAULT;
	if (!timespec64_valid(&ts))
		return -EINVAL;
	ns = timespec64_to_ns(&ts);
	if (relative)
		ns = ns > KTIME_MAX - now ? (u64)KTIME_MAX : now + ns;
	else if (real)
		ns = (s64)ns > ktime_real_offset_ns() ? ns - ktime_real_offset_ns() : 0;
	*out = ns;
	return 0;
}

/* operations whose fourth argument is a time */
static bool takes_time(int cmd)
{
	return cmd == FUTEX_WAIT || cmd == FUTEX_WAIT_BITSET || cmd == FUTEX_LOCK_PI ||
	       cmd == FUTEX_LOCK_PI2 || cmd == FUTEX_WAIT_REQUEUE_PI;
}

long sys_futex(u32 __user *uaddr, int op, u32 val, const struct __kernel_timespec __user *utime,
	       u32 __user *uaddr2, u32 val3)
{
	bool shared = !(op & FUTEX_PRIVATE_FLAG), real = op & FUTEX_CLOCK_REALTIME;
	int cmd = op & FUTEX_CMD_MASK, nr2 = (int)(unsigned long)utime;
	u64 expires;
	int ret;

	if (real && cmd != FUTEX_WAIT_BITSET && cmd != FUTEX_LOCK_PI2 &&
	    cmd != FUTEX_WAIT_REQUEUE_PI)
		return -ENOSYS;
	if (takes_time(cmd)) {
		ret = futex_until(utime, cmd == FUTEX_WAIT, real || cmd == FUTEX_LOCK_PI, &expires);
		if (ret)
			return ret;
	}
	switch (cmd) {
	case FUTEX_WAIT:
		return futex_wait(uaddr, shared, val, expires, FUTEX_BITSET_MATCH_ANY);
	case FUTEX_WAIT_BITSET:
		return futex_wait(uaddr, shared, val, expires, val3);
	case FUTEX_WAKE:
		return futex_wake(uaddr, shared, val, FUTEX_BITSET_MATCH_ANY);
	case FUTEX_WAKE_BITSET:
		return futex_wake(uaddr, shared, val, val3);
	case FUTEX_REQUEUE:
		return futex_requeue(uaddr, shared, uaddr2, val, nr2, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(uaddr, shared, uaddr2, val, nr2, &val3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(uaddr, shared, uaddr2, val, nr2, val3);
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
		return futex_lock_pi(uaddr, shared, expires, false);
	case FUTEX_TRYLOCK_PI:
		return futex_lock_pi(uaddr, shared, U64_MAX, true);
	case FUTEX_UNLOCK_PI:
		return futex_unlock_pi(uaddr, shared);
	case FUTEX_WAIT_REQUEUE_PI:
		return futex_wait_requeue_pi(uaddr, shared, val, expires, uaddr2);
	case FUTEX_CMP_REQUEUE_PI:
		return futex_cmp_requeue_pi(uaddr, shared, uaddr2, val, nr2, val3);
	}
	return -ENOSYS;
}

/* --- robust lists ----------------------------------------------------------------------------- */

long sys_set_robust_list(struct robust_list_head __user *head, size_t len)
{
	if (len != sizeof(*head))
		return -EINVAL;
	current->robust_list = head;
	return 0;
}

long sys_get_robust_list(int pid, struct robust_list_head __user *__user *head_ptr,
			 size_t __user *len_ptr)
{
	struct robust_list_head __user *head = current->robust_list;
	struct task_struct *p;
	int ret = 0;

	if (pid) {
		p = get_task_by_pid(pid);
		if (!p)
			return -ESRCH;
		ret = ptrace_may_access(p);
		head = p->robust_list;
		put_task_struct(p);
	}
	if (ret)
		return ret;
	if (put_user(sizeof(*head), len_ptr))
		return -EFAULT;
	return put_user(head, head_ptr);
}

/* A futex that the dead thread held: mark it, and wake one waiter. 0, or -1 on a fault. */
static int bury_futex(u32 __user *uaddr, struct task_struct *dead, bool pending, bool pi)
{
	u32 word;

	if ((unsigned long)uaddr & 3 || get_user(word, uaddr))
		return -1;
	if (pending && !pi && !word) {		/* died between unlock and wake */
		futex_wake(uaddr, true, 1, FUTEX_BITSET_MATCH_ANY);
		return 0;
	}
	if ((word & FUTEX_TID_MASK) != (u32)dead->pid)
		return 0;
	for (;;) {
		u32 old = word, new = (word & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
		int ret = cmpxchg_user_u32(uaddr, &old, new);

		if (ret)
			return -1;
		if (old == word)
			break;
		word = old;
	}
	if (!pi && (word & FUTEX_WAITERS))	/* those of @pi: futex_exit_pi() */
		futex_wake(uaddr, true, 1, FUTEX_BITSET_MATCH_ANY);
	return 0;
}

/* bit 0 of a link marks a futex with priority inheritance */
static struct robust_list __user *strip_pi(struct robust_list __user *entry, bool *pi)
{
	*pi = (unsigned long)entry & 1;
	return (void __user *)((unsigned long)entry & ~1ul);
}

/**
 * futex_exit_robust_list() - current dies, or execs, with locks on its robust list.
 * The list is the program's: it may be wrong, endless or unmapped, which ends the walk.
 * Context: thread, may fault.
 */
void futex_exit_robust_list(struct task_struct *tsk)
{
	struct robust_list_head __user *head = tsk->robust_list;
	struct robust_list __user *entry, *next, *pending;
	bool pi, next_pi = false, pending_pi;
	int limit = ROBUST_LIST_LIMIT;
	long offset;

	if (get_user(entry, &head->list.next) || get_user(offset, &head->futex_offset) ||
	    get_user(pending, &head->list_op_pending))
		return;
	entry = strip_pi(entry, &pi);
	pending = strip_pi(pending, &pending_pi);
	while (entry != &head->list && limit--) {
		int fault = get_user(next, &entry->next);

		if (!fault)
			next = strip_pi(next, &next_pi);
		if (entry != pending && bury_futex((void __user *)entry + offset, tsk, false, pi))
			return;
		if (fault)
			return;
		entry = next;
		pi = next_pi;
		cond_resched();
	}
	if (pending)
		(void)bury_futex((void __user *)pending + offset, tsk, true, pending_pi);
}

void __init futex_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		spin_lock_init_rank(&buckets[i].lock, RANK_FUTEX, "futex");
		INIT_LIST_HEAD(&buckets[i].waiters);
	}
}
