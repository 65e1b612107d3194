// SPDX-License-Identifier: MIT
/*
 * wait.c - wait queues, completions, sleeping with a time limit.
 *
 * A sleeper puts an entry with its task on the queue, sets its state, looks at
 * its condition and calls schedule() (include/linux/wait.h has the loop). A
 * waker walks the queue under its lock: shared entries stand first and are all
 * called, of the exclusive ones at the tail as many as were asked for. An entry
 * of DEFINE_WAIT leaves the queue when its task was woken by it, so that the
 * next waker does not count it again.
 *
 *   W1, W2 of wait.h: prepare_to_wait() queues before it sets the state, and the
 *   state is set with a full barrier.
 *
 * Locks: the queue's own, interrupts off; inside it the run queue's.
 */
#include <linux/wait.h>
#include <linux/completion.h>
#include <linux/sched.h>
#include <linux/time.h>

/**
 * default_wake_function() - wake the entry's task. Under the queue's lock.
 * Return: true when it slept.
 */
bool default_wake_function(struct wait_queue_entry *entry, unsigned int mode, void *key)
{
	return wake_up_state(entry->task, mode);
}

bool autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, void *key)
{
	bool woken = wake_up_state(entry->task, mode);

	if (woken)
		list_del_init(&entry->entry);
	return woken;
}

/**
 * add_wait_queue() - put @entry on @wq; it must be on none (W1).
 * Locks:   takes wq->lock. Context: any.
 */
void add_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	entry->flags &= ~WQ_FLAG_EXCLUSIVE;
	list_add(&entry->entry, &wq->head);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void add_wait_queue_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	entry->flags |= WQ_FLAG_EXCLUSIVE;
	list_add_tail(&entry->entry, &wq->head);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void remove_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	list_del_init(&entry->entry);
	spin_unlock_irqrestore(&wq->lock, flags);
}

static void queue_entry(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	if (!list_empty(&entry->entry))
		return;
	if (entry->flags & WQ_FLAG_EXCLUSIVE)
		list_add_tail(&entry->entry, &wq->head);
	else
		list_add(&entry->entry, &wq->head);
}

/**
 * prepare_to_wait() - the first half of going to sleep on @wq.
 * Locks:   takes wq->lock. Context: thread.
 */
void prepare_to_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry,
		     unsigned int state)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	entry->flags &= ~WQ_FLAG_EXCLUSIVE;
	queue_entry(wq, entry);
	set_current_state(state);				/* W2 */
	spin_unlock_irqrestore(&wq->lock, flags);
}

void prepare_to_wait_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry,
			       unsigned int state)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	entry->flags |= WQ_FLAG_EXCLUSIVE;
	queue_entry(wq, entry);
	set_current_state(state);				/* W2 */
	spin_unlock_irqrestore(&wq->lock, flags);
}

static bool wait_interrupted(unsigned int state)
{
	if (!signal_pending(current))
		return false;
	return (state & TASK_INTERRUPTIBLE) ||
	       ((state & TASK_WAKEKILL) && fatal_signal_pending(current));
}

/**
 * prepare_to_wait_event() - as prepare_to_wait(), and says when a signal forbids sleep.
 * Return: 0, or -ERESTARTSYS with @entry off the queue.
 */
int prepare_to_wait_event(struct wait_queue_head *wq, struct wait_queue_entry *entry,
			  unsigned int state)
{
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&wq->lock, flags);
	if (wait_interrupted(state)) {
		list_del_init(&entry->entry);
		ret = -ERESTARTSYS;
	} else {
		queue_entry(wq, entry);
		set_current_state(state);			/* W2 */
	}
	spin_unlock_irqrestore(&wq->lock, flags);
	return ret;
}

/**
 * finish_wait() - current no longer waits on @wq.
 * Locks:   takes wq->lock unless a waker has removed the entry. Context: thread.
 */
void finish_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	unsigned long flags;

	__set_current_state(TASK_RUNNING);
	if (list_empty_careful(&entry->entry))
		return;
	spin_lock_irqsave(&wq->lock, flags);
	list_del_init(&entry->entry);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void __wake_up_locked(struct wait_queue_head *wq, unsigned int mode, int nr_exclusive, void *key)
{
	struct wait_queue_entry *entry, *next;

	spin_assert_held(&wq->lock);
	list_for_each_entry_safe(entry, next, &wq->head, entry) {
		bool exclusive = entry->flags & WQ_FLAG_EXCLUSIVE;

		if (entry->func(entry, mode, key) && exclusive && !--nr_exclusive)
			break;
	}
}

/**
 * __wake_up() - wake who waits on @wq in a state of @mode.
 * Locks:   takes wq->lock. Context: any.
 */
void __wake_up(struct wait_queue_head *wq, unsigned int mode, int nr_exclusive, void *key)
{
	unsigned long flags;

	smp_mb();		/* the condition is visible before the queue is looked at */
	if (!waitqueue_active(wq))
		return;
	spin_lock_irqsave(&wq->lock, flags);
	__wake_up_locked(wq, mode, nr_exclusive, key);
	spin_unlock_irqrestore(&wq->lock, flags);
}

/* --- completions ------------------------------------------------------------------ */

/**
 * complete() - the event happened; one waiter goes on.
 * The waiter may free @c as soon as it sees done, so the lock is let go last.
 * Context: any.
 */
void complete(struct completion *c)
{
	unsigned long flags;

	spin_lock_irqsave(&c->wait.lock, flags);
	if (c->done != UINT_MAX)
		c->done++;
	__wake_up_locked(&c->wait, TASK_NORMAL | TASK_WAKEKILL, 1, NULL);
	spin_unlock_irqrestore(&c->wait.lock, flags);
}

void complete_all(struct completion *c)
{
	unsigned long flags;

	spin_lock_irqsave(&c->wait.lock, flags);
	c->done = UINT_MAX;
	__wake_up_locked(&c->wait, TASK_NORMAL | TASK_WAKEKILL, 0, NULL);
	spin_unlock_irqrestore(&c->wait.lock, flags);
}

/* The event is looked at under the lock, so that complete() is done with @c then. */
static int wait_common(struct completion *c, unsigned int state)
{
	DEFINE_WAIT(entry);
	int ret = 0;

	might_sleep();
	spin_lock_irq(&c->wait.lock);
	while (!c->done) {
		if (wait_interrupted(state)) {
			ret = -ERESTARTSYS;
			break;
		}
		entry.flags |= WQ_FLAG_EXCLUSIVE;
		queue_entry(&c->wait, &entry);
		set_current_state(state);
		spin_unlock_irq(&c->wait.lock);
		schedule();
		spin_lock_irq(&c->wait.lock);
	}
	list_del_init(&entry.entry);
	if (!ret && c->done != UINT_MAX)
		c->done--;
	spin_unlock_irq(&c->wait.lock);
	__set_current_state(TASK_RUNNING);
	return ret;
}

/**
 * wait_for_completion() - sleep until the event has happened.
 * Context: thread.
 */
void wait_for_completion(struct completion *c)
{
	(void)wait_common(c, TASK_UNINTERRUPTIBLE);
}

int wait_for_completion_interruptible(struct completion *c)
{
	return wait_common(c, TASK_INTERRUPTIBLE);
}

int wait_for_completion_killable(struct completion *c)
{
	return wait_common(c, TASK_KILLABLE);
}

/* --- sleeping for a time ------------------------------------------------------------- */

struct sleeper {
	struct hrtimer timer;
	struct task_struct *task;
};

static enum hrtimer_restart sleeper_expired(struct hrtimer *timer)
{
	struct sleeper *s = container_of(timer, struct sleeper, timer);

	wake_up_state(s->task, TASK_NORMAL);
	return HRTIMER_NORESTART;
}

/**
 * schedule_timeout_ns() - sleep in the state that is set, at most @ns.
 * Context: thread. Return: ns that are left, 0 when the time ran out;
 *          MAX_SCHEDULE_TIMEOUT_NS in, the same out.
 */
long schedule_timeout_ns(u64 ns)
{
	struct sleeper s = { .task = current };
	u64 end, now;

	if (ns >= MAX_SCHEDULE_TIMEOUT_NS) {
		schedule();
		return MAX_SCHEDULE_TIMEOUT_NS;
	}
	if (!ns) {
		__set_current_state(TASK_RUNNING);
		return 0;
	}
	end = ktime_get_ns() + ns;
	hrtimer_init(&s.timer, sleeper_expired);
	hrtimer_start(&s.timer, end);
	schedule();
	hrtimer_cancel(&s.timer);
	now = ktime_get_ns();
	return now >= end ? 0 : end - now;
}
