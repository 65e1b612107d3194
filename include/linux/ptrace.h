/* SPDX-License-Identifier: MIT */
/*
 * linux/ptrace.h - tracing of tasks, as the rest of the kernel meets it. Who may do what
 * to whom, and under which locks, is the theory of kernel/ptrace.c.
 */
#ifndef LINUX_PTRACE_H
#define LINUX_PTRACE_H

#include <linux/sched.h>
#include <uapi/ptrace.h>

/* task->ptrace: 0 when nobody traces it; the options, shifted, above the three flags */
#define PT_PTRACED		0x1u
#define PT_SEIZED		0x2u	/* by PTRACE_SEIZE: stops and attaching do not mix */
#define PT_TRACER_CAP		0x4u	/* who attached had CAP_SYS_PTRACE */
#define PT_OPTIONS_SHIFT	3
#define PT_OPTION(o)		((o) << PT_OPTIONS_SHIFT)

static inline bool ptrace_event_enabled(const struct task_struct *p, int event)
{
	return p->ptrace & PT_OPTION(PTRACE_O_EVENT(event));
}
/* its tracer is not (a thread of) its parent; tasklist_lock held */
static inline bool ptrace_reparented(const struct task_struct *p)
{
	return p->tracer && p->tracer->signal != p->real_parent->signal;
}

/* --- kernel/ptrace_stop.c: current is the one that is traced --------------------- */

void ptrace_stop_event(int event, unsigned long message);
/* current comes to a point that its tracer may want to see; it may sleep here */
static inline void ptrace_event(int event, unsigned long message)
{
	if (unlikely(current->ptrace))
		ptrace_stop_event(event, message);
}
int ptrace_notify(int exit_code, unsigned long message);	/* signal to go on with */
bool ptrace_report_syscall(unsigned long message);	/* true: killed meanwhile */
int ptrace_signal(int sig, kernel_siginfo_t *info);	/* siglock held */
void ptrace_jobctl_trap(void);				/* siglock held */
void ptrace_init_task(struct task_struct *p);
void ptrace_inherit(struct task_struct *p);		/* tasklist_lock held */
void notify_tracer(struct task_struct *p, int why);	/* tasklist_lock held */

/* --- kernel/ptrace.c -------------------------------------------------------------- */

/* tasklist_lock held */
void ptrace_unlink(struct task_struct *p);
void exit_ptrace(struct task_struct *tracer, struct list_head *dead);
pid_t task_tracer_pid(struct task_struct *p);		/* 0: none; takes tasklist_lock */

/* --- kernel/ptrace_info.c ---------------------------------------------------------- */

/**
 * ptrace_info() - the requests about signals and system calls of @p, and those of the port.
 * Locks:   none; the caller holds @p (T3 of kernel/ptrace.c). Context: thread, may sleep.
 * Return:  as ptrace(2).
 */
long ptrace_info(struct task_struct *p, long request, unsigned long addr, unsigned long data);

/* --- arch: the registers of @p, which its tracer holds ---------------------------- */

/**
 * arch_ptrace() - the requests about registers.
 * Locks:   none; the caller holds @p (T3 of kernel/ptrace.c). Context: thread, may sleep.
 * Return:  0 or -E; -EIO for a request that nobody knows.
 */
long arch_ptrace(struct task_struct *p, long request, unsigned long addr, unsigned long data);
void user_enable_single_step(struct task_struct *p);
void user_disable_single_step(struct task_struct *p);
void trace_syscalls_of(struct task_struct *p, bool on);

#endif
