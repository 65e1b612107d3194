/* SPDX-License-Identifier: MIT */
/*
 * wait.h - wait queues: sleep until somebody says that a condition may hold.
 *
 *   W1  an entry is on at most one queue, and the task it names exists
 *   W2  a wake-up that follows a change of the condition is never lost: a
 *       sleeper queues itself and sets its state before it looks
 *
 * The lock of a queue is taken with interrupts off, so wake_up*() may be called
 * from anywhere. Everything that waits is thread context, no spinlock held.
 */
#ifndef LINUX_WAIT_H
#define LINUX_WAIT_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/errno.h>

struct task_struct;
struct wait_queue_entry;

/* Called under the queue's lock, interrupts off: true when it woke somebody. */
typedef bool (*wait_queue_func_t)(struct wait_queue_entry *entry, unsigned int mode, void *key);

#define WQ_FLAG_EXCLUSIVE	0x01u	/* wake one such entry at a time */

struct wait_queue_entry {
	unsigned int flags;
	struct task_struct *task;	/* who sleeps */
	wait_queue_func_t func;
	struct list_head entry;		/* head->lock */
};
typedef struct wait_queue_entry wait_queue_entry_t;

struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;		/* lock: shared entries first, exclusive last */
};
typedef struct wait_queue_head wait_queue_head_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name)				\
	{ .lock = SPIN_LOCK_RANK_INIT(name, RANK_WAITQUEUE),		\
	  .head = LIST_HEAD_INIT(name.head) }
#define DECLARE_WAIT_QUEUE_HEAD(name) \
	struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)

static inline void init_waitqueue_head(struct wait_queue_head *wq)
{
	spin_lock_init_rank(&wq->lock, RANK_WAITQUEUE, "waitqueue");
	INIT_LIST_HEAD(&wq->head);
}

static inline bool waitqueue_active(const struct wait_queue_head *wq)
{
	return !list_empty(&wq->head);
}

/* wakes the task; the entry leaves the queue when it was asleep */
bool autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, void *key);
/* wakes the task; the entry stays */
bool default_wake_function(struct wait_queue_entry *entry, unsigned int mode, void *key);

#define DEFINE_WAIT_FUNC(name, function)				\
	struct wait_queue_entry name = { .flags = 0, .task = current,	\
		.func = (function), .entry = LIST_HEAD_INIT(name.entry) }
#define DEFINE_WAIT(name)	DEFINE_WAIT_FUNC(name, autoremove_wake_function)

static inline void init_waitqueue_func_entry(struct wait_queue_entry *e, wait_queue_func_t func)
{
	e->flags = 0;
	e->task = NULL;
	e->func = func;
	INIT_LIST_HEAD(&e->entry);
}

void add_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry);
void add_wait_queue_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry);
void remove_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry);

/* queue @entry unless it is queued, then set the state: W2 */
void prepare_to_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry,
		     unsigned int state);
void prepare_to_wait_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry,
			       unsigned int state);
/* 0, or -ERESTARTSYS when @state allows a signal and one is pending (then not queued) */
int prepare_to_wait_event(struct wait_queue_head *wq, struct wait_queue_entry *entry,
			  unsigned int state);
void finish_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry);

/* all shared entries and @nr_exclusive exclusive ones (0: all); @mode: states to wake */
void __wake_up(struct wait_queue_head *wq, unsigned int mode, int nr_exclusive, void *key);
void __wake_up_locked(struct wait_queue_head *wq, unsigned int mode, int nr_exclusive, void *key);

#define TASK_NORMAL_MASK	0x03u	/* TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE */
#define wake_up(wq)			__wake_up(wq, TASK_NORMAL_MASK, 1, NULL)
#define wake_up_all(wq)			__wake_up(wq, TASK_NORMAL_MASK, 0, NULL)
#define wake_up_interruptible(wq)	__wake_up(wq, 0x01u, 1, NULL)
#define wake_up_interruptible_all(wq)	__wake_up(wq, 0x01u, 0, NULL)
/* key: the EPOLL bits that became ready, for entries of poll */
#define wake_up_poll(wq, bits) \
	__wake_up(wq, TASK_NORMAL_MASK, 1, (void *)(unsigned long)(bits))
#define wake_up_interruptible_poll(wq, bits) \
	__wake_up(wq, 0x01u, 1, (void *)(unsigned long)(bits))

/* How a wait ends: 0 condition, -ERESTARTSYS signal; sleep_expr gives up the CPU. */
#define ___wait_event(wq, condition, state, sleep_expr)			\
({									\
	DEFINE_WAIT(__we);						\
	int __we_ret;							\
	for (;;) {							\
		__we_ret = prepare_to_wait_event(&(wq), &__we, state);	\
		if (condition) {					\
			__we_ret = 0;					\
			break;						\
		}							\
		if (__we_ret)						\
			break;						\
		sleep_expr;						\
	}								\
	finish_wait(&(wq), &__we);					\
	__we_ret;							\
})

#define wait_event(wq, condition)					\
do {									\
	if (!(condition))						\
		(void)___wait_event(wq, condition, TASK_UNINTERRUPTIBLE, schedule()); \
} while (0)

#define wait_event_interruptible(wq, condition)				\
({									\
	int __wi_ret = 0;						\
	if (!(condition))						\
		__wi_ret = ___wait_event(wq, condition, TASK_INTERRUPTIBLE, schedule()); \
	__wi_ret;							\
})

#define wait_event_killable(wq, condition)				\
({									\
	int __wk_ret = 0;						\
	if (!(condition))						\
		__wk_ret = ___wait_event(wq, condition, TASK_KILLABLE, schedule()); \
	__wk_ret;							\
})

/* ns left (at least 1) when the condition came true, 0 on time-out */
#define __wait_event_timeout_ns(wq, condition, ns, state)		\
({									\
	long __wt_left = (ns);						\
	int __wt_ret = ___wait_event(wq,				\
		(condition) ? (__wt_left = __wt_left ?: 1, true) : __wt_left == 0, \
		state, __wt_left = schedule_timeout_ns(__wt_left));	\
	__wt_ret ? (long)__wt_ret : __wt_left;				\
})
#define wait_event_timeout_ns(wq, condition, ns) \
	__wait_event_timeout_ns(wq, condition, ns, TASK_UNINTERRUPTIBLE)
/* the same, or -ERESTARTSYS */
#define wait_event_interruptible_timeout_ns(wq, condition, ns) \
	__wait_event_timeout_ns(wq, condition, ns, TASK_INTERRUPTIBLE)

#endif
