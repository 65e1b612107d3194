/* SPDX-License-Identifier: MIT */
/* internal.h - functions that cross the files of kernel/, by the file that defines them. */
#ifndef KERNEL_INTERNAL_H
#define KERNEL_INTERNAL_H

#include <linux/sched.h>
#include <linux/pid.h>
#include <asm/percpu.h>

struct completion;

/* signal.c; siglock held */
int send_signal_locked(int sig, struct kernel_siginfo *info, struct task_struct *t, bool group);
void send_timer_signal(struct signal_struct *sig, int which, int signo);
void init_sigpending(struct sigpending *pending);
void init_own_sigqueue(struct sigqueue *q);
void init_timer_sigqueues(struct signal_struct *sig);
/* an interrupt is being served: nothing may be allocated */
static inline bool in_irq_context(void) { return this_cpu_local()->in_irq; }
static inline void set_sigpending(struct task_struct *t)
{
	__atomic_fetch_or(&t->ti_flags, 1u << TIF_SIGPENDING, __ATOMIC_SEQ_CST);
}
void ptrace_wake_up(struct task_struct *t, bool resume);
void fill_sigchld(kernel_siginfo_t *info, struct task_struct *tsk, int sig);
void flush_sigqueue_mask(unsigned long mask, struct sigpending *s);

/* jobctl.c; siglock held */
bool jobctl_set_pending(struct task_struct *t, unsigned int mask);
void jobctl_clear_pending(struct task_struct *t, unsigned int mask);
void jobctl_clear_trapping(struct task_struct *t);
void jobctl_join_group_stop(struct task_struct *p);
void jobctl_continue_group(struct task_struct *p);
bool task_participate_group_stop(struct task_struct *task);
bool do_signal_stop(int sig);
void notify_continue(void);
/* tasklist_lock held */
void notify_jobctl_info(struct task_struct *to, struct kernel_siginfo *info);
void notify_parent_jobctl(struct task_struct *tsk, int why);

/* time/itimer.c */
enum hrtimer_restart it_real_fn(struct hrtimer *timer);

/* time: what wait4 and getrusage count */
void getrusage_of(struct task_struct *p, int who, struct rusage *r);

/* sched/core.c */
void sched_set_idle(struct task_struct *p, unsigned int cpu);

/* fork.c */
void task_stack_gone(struct task_struct *p);
void task_uncount(void);
void sighand_put(struct sighand_struct *sighand);
extern struct kmem_cache *sighand_cachep;

/* exit.c */
void exit_robust_and_tid(struct task_struct *tsk, struct mm_struct *mm);
bool thread_group_empty(struct task_struct *p);
bool will_become_orphaned_pgrp(pid_t pgrp, struct task_struct *ignored);

/* --- signal_calls.c --- */
int send_sig_checked(int sig, struct kernel_siginfo *info, struct task_struct *p);

/* --- pidfd.c --- */
void pidfd_notify(void);
struct task_struct *pidfd_get_task(unsigned int fd);	/* counted, or ERR_PTR */
pid_t pidfd_waited_for(unsigned int fd, bool *nonblock);
int pidfd_prepare(const struct task_struct *task, int __user *where, struct file **file);

#endif
