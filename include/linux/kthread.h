/* SPDX-License-Identifier: MIT */
/* kthread.h - threads of the kernel. */
#ifndef LINUX_KTHREAD_H
#define LINUX_KTHREAD_H

#include <linux/sched.h>

/*
 * kthread_run(), declared in sched.h, starts @fn(@data); the function may
 * return, which ends the thread. kthread_run_on() binds it to one CPU.
 */
struct task_struct *__must_check kthread_run_on(int (*fn)(void *), void *data, const char *name,
						int cpu);

#endif
