/* SPDX-License-Identifier: MIT */
/* oom.h - what happens when memory is out and nothing can be reclaimed. */
#ifndef LINUX_OOM_H
#define LINUX_OOM_H

#include <linux/types.h>

#define OOM_SCORE_ADJ_MIN	(-1000)
#define OOM_SCORE_ADJ_MAX	1000

struct task_struct;

/* /proc/sys/vm: words, read without a lock */
extern int sysctl_panic_on_oom;			/* 1: unless a policy left memory unused, 2: always */
extern int sysctl_oom_kill_allocating_task;	/* whoever asks goes, if it may be killed */
extern int sysctl_oom_dump_tasks;		/* a report lists all processes */

/* a fault of current found no memory: kill somebody and let the fault be retried */
void pagefault_out_of_memory(void);
/* points of @p as /proc/PID/oom_score uses them; LONG_MIN: never kill */
long oom_badness(struct task_struct *p, unsigned long totalpages);
/* @p was chosen by the OOM killer */
bool tsk_is_oom_victim(struct task_struct *p);
bool kick_stocks(void);		/* CPUs that were asked for their pages: make them look */

#endif
