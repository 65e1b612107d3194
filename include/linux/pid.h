/* SPDX-License-Identifier: MIT */
/*
 * pid.h - process numbers. A number is in use while a task has it, or while it
 * names a process group or a session that still has members.
 */
#ifndef LINUX_PID_H
#define LINUX_PID_H

#include <linux/types.h>

struct task_struct;

#define PID_MAX_DEFAULT		32768
#define RESERVED_PIDS		300	/* numbers below are not reused after a wrap */

extern int pid_max;			/* /proc/sys/kernel/pid_max */

pid_t alloc_pid(void);			/* -EAGAIN when all are in use; takes the map's lock */
void free_pid(pid_t nr);
/* a process enters or leaves group and session; tasklist_lock held */
void pid_attach_task(struct task_struct *p);	/* hash, group, session */
void pid_detach_task(struct task_struct *p);
void change_pgrp(struct task_struct *leader, pid_t pgrp);
void change_session(struct task_struct *leader, pid_t session);
void pid_exchange(struct task_struct *p, struct task_struct *leader);
bool pgrp_exists(pid_t pgrp);
struct task_struct *pgrp_first(pid_t pgrp);
struct task_struct *pgrp_next(struct task_struct *p);
/* leaders of the processes of a group, tasklist_lock held */
#define for_each_pgrp_process(p, pgrp) \
	for (p = pgrp_first(pgrp); p; p = pgrp_next(p))

#endif
