// SPDX-License-Identifier: MIT
/*
 * select.c - poll, ppoll, select, pselect6.
 *
 * A round asks every file's poll method. In the first round the methods also hang an
 * entry of ours on each wait queue that could change the answer (poll_wait); a wake-up
 * with bits we want sets `triggered` and wakes the task. Then: sleep until triggered,
 * timeout or signal, and ask again without hanging.
 *
 * Invariants
 *   S1  entries hang until poll_done(); the files they belong to stay counted so long
 *   S2  triggered is set before the task is woken, and cleared before asking again
 *
 * Locks: none held while sleeping; entries are guarded by their queues' locks.
 */
#include "internal.h"
#include <linux/poll.h>
#include <linux/time.h>
#include <linux/bitmap.h>
#include <uapi/resource.h>

struct poll_entry {
	struct file *file;		/* counted */
	struct wait_queue_head *wq;
	struct wait_queue_entry wait;
	struct poll_table *table;
	struct list_head list;
};

struct poll_table {
	struct task_struct *task;
	bool hang;			/* first round: entries are added */
	bool triggered;			/* S2 */
	int error;			/* -ENOMEM */
	struct list_head entries;
};

static bool poll_wake(struct wait_queue_entry *wait, unsigned int mode, void *key)
{
	struct poll_entry *entry = container_of(wait, struct poll_entry, wait);

	WRITE_ONCE(entry->table->triggered, true);
	return wake_up_process(entry->table->task);
}

void poll_wait(struct file *file, struct wait_queue_head *wq, struct poll_table *pt)
{
	struct poll_entry *entry;

	if (!pt || !pt->hang)
		return;
	entry = kmalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry) {
		pt->error = -ENOMEM;
		return;
	}
	entry->file = get_file(file);
	entry->wq = wq;
	entry->table = pt;
	init_waitqueue_func_entry(&entry->wait, poll_wake);
	list_add(&entry->list, &pt->entries);
	add_wait_queue(wq, &entry->wait);
}

static void poll_init(struct poll_table *pt)
{
	*pt = (struct poll_table){ .task = current, .hang = true };
	INIT_LIST_HEAD(&pt->entries);
}

static void poll_done(struct poll_table *pt)
{
	struct poll_entry *entry, *next;

	list_for_each_entry_safe(entry, next, &pt->entries, list) {
		remove_wait_queue(entry->wq, &entry->wait);
		fput(entry->file);
		kfree(entry);
	}
}

/* Sleep until something triggered; false when the time (absolute, 0: none, ~0: for ever) is up. */
static bool poll_sleep(struct poll_table *pt, u64 deadline)
{
	u64 now = ktime_get_ns();
	bool in_time = true;

	if (now >= deadline)
		return false;
	set_current_state(TASK_INTERRUPTIBLE);
	if (!READ_ONCE(pt->triggered) && !signal_pending(current)) {
		if (deadline == ~0ull)
			schedule();
		else
			in_time = schedule_timeout_ns(deadline - now) > 0;
	}
	__set_current_state(TASK_RUNNING);
	return in_time || READ_ONCE(pt->triggered);
}

static unsigned int poll_file(struct file *file, struct poll_table *pt)
{
	if (!file->f_op || !file->f_op->poll)
		return EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM;
	return file->f_op->poll(file, pt);
}

/*
 * Rounds until @ask(ctx) finds something ready, the time is up, or a signal comes.
 * Return: what @ask returned, 0, -EINTR or -ENOMEM.
 */
static int poll_rounds(int (*ask)(void *ctx, struct poll_table *pt), void *ctx, u64 deadline)
{
	struct poll_table pt;
	int ready;

	poll_init(&pt);
	for (;;) {
		WRITE_ONCE(pt.triggered, false);
		smp_mb();			/* S2: cleared before the files are asked */
		ready = ask(ctx, &pt);
		pt.hang = false;
		if (ready || (ready = pt.error))
			break;
		if (signal_pending(current)) {
			ready = -EINTR;
			break;
		}
		if (!poll_sleep(&pt, deadline)) {
			ready = ask(ctx, &pt);
			break;
		}
	}
	poll_done(&pt);
	return ready;
}

/* --- poll ------------------------------------------------------------------------- */

struct pollfd {
	int fd;
	short events, revents;
};

struct poll_set {
	struct pollfd *fds;
	unsigned int nfds;
};

static int ask_poll(void *ctx, struct poll_table *pt)
{
	struct poll_set *set = ctx;
	int ready = 0;

	for (unsigned int i = 0; i < set->nfds; i++) {
		struct pollfd *p = &set->fds[i];
		unsigned int want = (u16)p->events | EPOLLERR | EPOLLHUP;
		struct fd f;

		p->revents = 0;
		if (p->fd < 0)
			continue;
		f = fdget(p->fd);
		if (f.file)
			p->revents = poll_file(f.file, pt) & want;
		else
			p->revents = EPOLLNVAL;
		fdput(f);
		ready += p->revents != 0;
	}
	return ready;
}

static long do_poll(struct pollfd __user *user, unsigned int nfds, u64 deadline)
{
	struct poll_set set = { .nfds = nfds };
	long ret;

	if (nfds > port_rlimit(RLIMIT_NOFILE))
		return -EINVAL;
	set.fds = kvmalloc(max(nfds, 1u) * sizeof(*set.fds), GFP_KERNEL);
	if (!set.fds)
		return -ENOMEM;
	ret = copy_from_user(set.fds, user, nfds * sizeof(*set.fds)) ? -EFAULT : 0;
	if (!ret)
		ret = poll_rounds(ask_poll, &set, deadline);
	for (unsigned int i = 0; ret >= 0 && i < nfds; i++)
		if (put_user(set.fds[i].revents, &user[i].revents))
			ret = -EFAULT;
	kvfree(set.fds);
	return ret;
}

static u64 deadline_after(u64 ns)
{
	u64 now = ktime_get_ns();

	return now + ns < now ? ~0ull : now + ns;
}

static long poll_restart(struct restart_block *block)
{
	long ret = do_poll(block->priv[0], (unsigned long)block->priv[1], block->expires_ns);

	return ret == -EINTR ? -ERESTART_RESTARTBLOCK : ret;
}

long sys_poll(struct pollfd __user *user, unsigned int nfds, int timeout_ms)
{
	u64 deadline = timeout_ms < 0 ? ~0ull : deadline_after((u64)timeout_ms * NSEC_PER_MSEC);
	long ret = do_poll(user, nfds, deadline);

	if (ret != -EINTR)
		return ret;
	current->restart_block.fn = poll_restart;
	current->restart_block.priv[0] = user;
	current->restart_block.priv[1] = (void *)(unsigned long)nfds;
	current->restart_block.expires_ns = deadline;
	return -ERESTART_RESTARTBLOCK;
}

/* --- the signal mask and the time left of the p-forms ----------------------------- */

/* A temporary mask: restored at return to user mode when the call was interrupted. */
static int begin_sigmask(const sigset_t __user *user, size_t size)
{
	return user ? set_user_sigmask(user, size) : 0;
}

static void end_sigmask(bool used, long ret)
{
	if (used && ret != -EINTR)
		restore_saved_sigmask();
}

static int get_deadline(struct __kernel_timespec __user *user, u64 *deadline)
{
	struct timespec64 ts;

	*deadline = ~0ull;
	if (!user)
		return 0;
	if (get_timespec64(&ts, user))
		return -EFAULT;
	if (!timespec64_valid(&ts))
		return -EINVAL;
	*deadline = deadline_after(timespec64_to_ns(&ts));
	return 0;
}

/* Linux tells how much time was left; a failing store is not an error of the call. */
static void put_left(struct __kernel_timespec __user *user, u64 deadline)
{
	u64 now = ktime_get_ns();
	struct timespec64 ts = ns_to_timespec64(now < deadline ? deadline - now : 0);

	if (user && put_timespec64(&ts, user))
		return;
}

long sys_ppoll(struct pollfd __user *user, unsigned int nfds, struct __kernel_timespec __user *tsp,
	       const sigset_t __user *sigmask, size_t size)
{
	u64 deadline;
	long ret = get_deadline(tsp, &deadline);

	if (ret)
		return ret;
	ret = begin_sigmask(sigmask, size);
	if (ret)
		return ret;
	ret = do_poll(user, nfds, deadline);
	end_sigmask(sigmask, ret);
	put_left(tsp, deadline);
	return ret == -EINTR ? -ERESTARTNOHAND : ret;
}

/* --- select ----------------------------------------------------------------------- */

#define SEL_IN	(EPOLLIN | EPOLLRDNORM | EPOLLRDBAND | EPOLLHUP | EPOLLERR)
#define SEL_OUT	(EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND | EPOLLERR)
#define SEL_EX	EPOLLPRI

struct select_set {
	unsigned long *want[3], *got[3];	/* in, out, exceptional */
	int n;					/* descriptors below n */
};

static int ask_one(struct select_set *set, int fd, struct poll_table *pt)
{
	static const unsigned int bits[3] = { SEL_IN, SEL_OUT, SEL_EX };
	struct fd f;
	unsigned int mask;
	int ready = 0;

	if (!test_bit(fd, set->want[0]) && !test_bit(fd, set->want[1]) && !test_bit(fd, set->want[2]))
		return 0;
	f = fdget(fd);
	if (!f.file)
		return -EBADF;
	mask = poll_file(f.file, pt);
	fdput(f);
	for (int k = 0; k < 3; k++) {
		if (!test_bit(fd, set->want[k]) || !(mask & bits[k]))
			continue;
		__set_bit(fd, set->got[k]);
		ready++;
	}
	return ready;
}

static int ask_select(void *ctx, struct poll_table *pt)
{
	struct select_set *set = ctx;
	int ready = 0;

	for (int k = 0; k < 3; k++)
		bitmap_zero(set->got[k], max(set->n, 1));
	for (int fd = 0; fd < set->n; fd++) {
		int r = ask_one(set, fd, pt);

		if (r < 0)
			return r;
		ready += r;
	}
	return ready;
}

static long do_select(int n, void __user *user[3], u64 deadline)
{
	struct select_set set;
	size_t longs, bytes;
	unsigned long *bits;
	long ret = 0;

	if (n < 0)
		return -EINVAL;
	set.n = n = min(n, files_max_fd(current->files));
	longs = max_t(size_t, BITS_TO_LONGS(n), 1);
	bytes = BITS_TO_LONGS(n) * sizeof(long);
	bits = kcalloc(6 * longs, sizeof(long), GFP_KERNEL);
	if (!bits)
		return -ENOMEM;
	for (int k = 0; k < 3; k++) {
		set.want[k] = bits + k * longs;
		set.got[k] = bits + (k + 3) * longs;
		if (user[k] && copy_from_user(set.want[k], user[k], bytes))
			ret = -EFAULT;
	}
	if (!ret)
		ret = poll_rounds(ask_select, &set, deadline);
	for (int k = 0; ret >= 0 && k < 3; k++)
		if (user[k] && copy_to_user(user[k], set.got[k], bytes))
			ret = -EFAULT;
	kfree(bits);
	return ret;
}

long sys_select(int n, void __user *in, void __user *out, void __user *ex,
		struct __kernel_timeval __user *tvp)
{
	void __user *user[3] = { in, out, ex };
	struct __kernel_timeval tv;
	u64 deadline = ~0ull, now;
	long ret;

	if (tvp) {
		if (copy_from_user(&tv, tvp, sizeof(tv)))
			return -EFAULT;
		if (tv.tv_sec < 0 || tv.tv_usec < 0)
			return -EINVAL;
		if (tv.tv_sec < TIME64_SEC_MAX / 2)
			deadline = deadline_after(tv.tv_sec * NSEC_PER_SEC + tv.tv_usec * 1000);
	}
	ret = do_select(n, user, deadline);
	if (tvp) {
		now = ktime_get_ns();
		tv = ns_to_kernel_timeval(now < deadline ? deadline - now : 0);
		if (copy_to_user(tvp, &tv, sizeof(tv)))
			return ret == -EINTR ? -EINTR : ret;
	}
	return ret == -EINTR ? -ERESTARTNOHAND : ret;
}

long sys_pselect6(int n, void __user *in, void __user *out, void __user *ex,
		  struct __kernel_timespec __user *tsp, void __user *sig)
{
	void __user *user[3] = { in, out, ex };
	struct { const sigset_t __user *mask; size_t size; } arg = { 0 };
	u64 deadline;
	long ret = get_deadline(tsp, &deadline);

	if (!ret && sig && copy_from_user(&arg, sig, sizeof(arg)))
		ret = -EFAULT;
	if (!ret)
		ret = begin_sigmask(arg.mask, arg.size);
	if (ret)
		return ret;
	ret = do_select(n, user, deadline);
	end_sigmask(arg.mask, ret);
	put_left(tsp, deadline);
	return ret == -EINTR ? -ERESTARTNOHAND : ret;
}
