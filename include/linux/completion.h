/* SPDX-License-Identifier: MIT */
/* completion.h - wait for one event that happens once. */
#ifndef LINUX_COMPLETION_H
#define LINUX_COMPLETION_H

#include <linux/wait.h>

struct completion {
	unsigned int done;		/* wait.lock  events not yet consumed */
	struct wait_queue_head wait;
};

#define COMPLETION_INITIALIZER(name) \
	{ .done = 0, .wait = __WAIT_QUEUE_HEAD_INITIALIZER(name.wait) }
#define DECLARE_COMPLETION(name)	struct completion name = COMPLETION_INITIALIZER(name)
#define DECLARE_COMPLETION_ONSTACK(name) DECLARE_COMPLETION(name)

static inline void init_completion(struct completion *c)
{
	c->done = 0;
	init_waitqueue_head(&c->wait);
}

void complete(struct completion *c);		/* any context */
void complete_all(struct completion *c);	/* any context */
void wait_for_completion(struct completion *c);
int __must_check wait_for_completion_interruptible(struct completion *c);	/* 0, -ERESTARTSYS */
int __must_check wait_for_completion_killable(struct completion *c);		/* 0, -ERESTARTSYS */

#endif
