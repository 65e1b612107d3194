/* SPDX-License-Identifier: MIT */
/* poll.h - what a file's poll method needs: readiness bits and where to wait. */
#ifndef LINUX_POLL_H
#define LINUX_POLL_H

#include <linux/types.h>
#include <linux/wait.h>

#define EPOLLIN		0x0001u
#define EPOLLPRI	0x0002u
#define EPOLLOUT	0x0004u
#define EPOLLERR	0x0008u
#define EPOLLHUP	0x0010u
#define EPOLLNVAL	0x0020u
#define EPOLLRDNORM	0x0040u
#define EPOLLRDBAND	0x0080u
#define EPOLLWRNORM	0x0100u
#define EPOLLWRBAND	0x0200u

struct file;
struct poll_table;

/* wait on @wq too, for the events the poller wants; @pt NULL: only asking. May sleep */
void poll_wait(struct file *file, struct wait_queue_head *wq, struct poll_table *pt);

#endif
