/* SPDX-License-Identifier: MIT */
/*
 * signal.h - sets of signals, actions, queues; sending and taking signals.
 * kernel/signal.c has the theory. Lock letters as in sched.h (g: siglock).
 */
#ifndef LINUX_SIGNAL_H
#define LINUX_SIGNAL_H

#include <linux/types.h>
#include <linux/list.h>
#include <uapi/signal.h>
#include <uapi/siginfo.h>

struct task_struct;
struct user_struct;
struct pt_regs;

struct k_sigaction {
	struct sigaction sa;
};

#define SIGQUEUE_PREALLOC	1	/* part of another structure, never freed by itself */

struct sigqueue {
	struct list_head list;		/* g  empty when not queued */
	int flags;			/* i */
	kernel_siginfo_t info;		/* g */
	struct user_struct *user;	/* i  whose RLIMIT_SIGPENDING it counts for, or NULL */
};

struct sigpending {
	struct list_head list;		/* g  of struct sigqueue */
	sigset_t signal;		/* g */
};

/* one signal on its way to a handler */
struct ksignal {
	struct k_sigaction ka;
	kernel_siginfo_t info;
	int sig;
};

#define sigmask(sig)	(1ul << ((sig) - 1))
static inline void sigaddset(sigset_t *set, int sig) { set->sig[0] |= sigmask(sig); }
static inline void sigdelset(sigset_t *set, int sig) { set->sig[0] &= ~sigmask(sig); }
static inline bool sigismember(const sigset_t *set, int sig) { return set->sig[0] & sigmask(sig); }
static inline bool sigisemptyset(const sigset_t *set) { return !set->sig[0]; }
static inline void sigemptyset(sigset_t *set) { set->sig[0] = 0; }
static inline void sigfillset(sigset_t *set) { set->sig[0] = ~0ul; }
static inline void sigdelsetmask(sigset_t *set, unsigned long mask) { set->sig[0] &= ~mask; }
static inline void sigorsets(sigset_t *r, const sigset_t *a, const sigset_t *b)
{
	r->sig[0] = a->sig[0] | b->sig[0];
}
static inline bool valid_signal(unsigned long sig) { return sig <= _NSIG; }

#define SIG_KERNEL_ONLY_MASK	(sigmask(SIGKILL) | sigmask(SIGSTOP))
#define SIG_KERNEL_STOP_MASK \
	(sigmask(SIGSTOP) | sigmask(SIGTSTP) | sigmask(SIGTTIN) | sigmask(SIGTTOU))
#define SIG_KERNEL_COREDUMP_MASK \
	(sigmask(SIGQUIT) | sigmask(SIGILL) | sigmask(SIGTRAP) | sigmask(SIGABRT) | \
	 sigmask(SIGFPE) | sigmask(SIGSEGV) | sigmask(SIGBUS) | sigmask(SIGSYS) | \
	 sigmask(SIGXCPU) | sigmask(SIGXFSZ))
#define SIG_KERNEL_IGNORE_MASK \
	(sigmask(SIGCONT) | sigmask(SIGCHLD) | sigmask(SIGWINCH) | sigmask(SIGURG))
#define SYNCHRONOUS_MASK \
	(sigmask(SIGSEGV) | sigmask(SIGBUS) | sigmask(SIGILL) | sigmask(SIGTRAP) | \
	 sigmask(SIGFPE) | sigmask(SIGSYS))

/* who sends: instead of a siginfo */
#define SEND_SIG_NOINFO	((struct kernel_siginfo *)0)	/* the calling process, as kill(2) */
#define SEND_SIG_PRIV	((struct kernel_siginfo *)1)	/* the kernel; also from interrupts */

/* --- sending; none sleeps; no lock above siglock may be held --------------------- */

/* to one thread; 0 or -EAGAIN (queue limit) */
int send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *p);
int send_sig(int sig, struct task_struct *p, int priv);
/* to the process of @p; thread context; 0 or -EAGAIN */
int group_send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *p);
/* a process group, a process by number, as the kernel (@priv) or the caller */
int kill_pgrp(pid_t pgrp, int sig, int priv);		/* 0, -ESRCH */
int kill_pid(pid_t pid, int sig, int priv);		/* 0, -ESRCH */
int __kill_pgrp_info(int sig, struct kernel_siginfo *info, pid_t pgrp);	/* tasklist_lock held */
/* to current, cannot be blocked or ignored: a blocked or ignored one is reset and kills */
void force_sig(int sig);
void force_sig_fault(int sig, int code, void __user *addr);
void force_sig_pkuerr(void __user *addr, u32 pkey);
void force_sig_info(struct kernel_siginfo *info);
void force_sigsegv(int sig);	/* a frame for @sig could not be written */
void force_fatal_sig(int sig);	/* as if the action were the default one */

/* --- taking; called by the port on the way to user mode, interrupts on -------------- */

/**
 * get_signal() - the next signal with a handler for current in @ksig.
 * Default actions are carried out: current may stop here, or never return.
 * Return: true when ksig->ka has a handler to call.
 */
bool get_signal(struct ksignal *ksig);
/* after the frame for @ksig was written, or could not be (@failed) */
void signal_setup_done(int failed, struct ksignal *ksig);
/* the mask to save in a frame (that of before sigsuspend where it applies) */
sigset_t *sigmask_to_save(void);
/* no handler ran: put back the mask that sigsuspend, ppoll, pselect replaced */
void restore_saved_sigmask(void);
void set_restore_sigmask(void);
/* sleep calls with a mask of their own: 0 or -EFAULT/-EINVAL; ends with the other */
int set_user_sigmask(const sigset_t __user *umask, size_t sigsetsize);
void restore_saved_sigmask_unless(bool interrupted);

/* the next signal outside @mask, 0: none; siglock held */
int dequeue_signal(const sigset_t *mask, kernel_siginfo_t *info);
void recalc_sigpending(void);			/* siglock held */
void recalc_sigpending_and_wake(struct task_struct *t);	/* siglock held */
void signal_wake_up(struct task_struct *t, bool fatal);	/* siglock held */
void set_current_blocked(sigset_t *newset);	/* KILL and STOP are never blocked */
int sigprocmask(int how, const sigset_t *set, sigset_t *oldset);
void flush_sigqueue(struct sigpending *queue);	/* siglock held or nobody else */
void flush_signal_handlers(struct task_struct *t, bool force_default);	/* exec */
int sig_task_ignored(struct task_struct *t, int sig);	/* blocked or ignored: job control */
void zap_other_threads(struct task_struct *p);	/* siglock held */
bool do_notify_parent(struct task_struct *tsk, int sig);	/* true: reap it now */

/* siginfo to the 128 bytes of a program and back: 0 or -EFAULT */
int copy_siginfo_to_user(void __user *to, const kernel_siginfo_t *from);
int copy_siginfo_from_user(kernel_siginfo_t *to, const void __user *from);
void clear_siginfo(kernel_siginfo_t *info);

/* sigaltstack for the frame code */
void restore_altstack(const stack_t *ss);
void save_altstack(stack_t *uss, unsigned long sp);
int on_sig_stack(unsigned long sp);
int sas_ss_flags(unsigned long sp);

void exit_signals(struct task_struct *tsk);

#endif
