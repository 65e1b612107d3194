/* SPDX-License-Identifier: MIT */
#ifndef LINUX_FUTEX_H
#define LINUX_FUTEX_H

#include <linux/types.h>
#include <uapi/futex.h>

struct task_struct;

/* the robust list of a thread that exits or execs: mark its futexes, wake a waiter */
void futex_exit_robust_list(struct task_struct *tsk);
/* a thread exits or execs: the locks it owns go to those who wait for them */
void futex_exit_pi(struct task_struct *tsk);
/* wake @nr waiters of the word at @uaddr, shared or private: number woken or -E. Sleeps */
int futex_wake(u32 __user *uaddr, bool shared, int nr, u32 bitset);

#endif
