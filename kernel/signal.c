// SPDX-License-Identifier: MIT
/*
 * signal.c - signals: queues, sending, and what the receiver does about them.
 *
 * A signal is pending for one thread (p->pending) or for the process
 * (signal->shared_pending): a bit in a set, and mostly an entry in a list with
 * its siginfo. Signals below SIGRTMIN are queued once; real-time ones as often
 * as they are sent. The sender finds a thread that can take the signal and
 * wakes it; the thread takes it on its way to user mode (get_signal()), carries
 * out a default action, or gives the port a handler to call.
 *
 *   G1  a bit of a pending set is set iff its signal is pending; each entry of
 *       the list has its bit set
 *   G2  TIF_SIGPENDING is set for a thread that has something to take: a pending
 *       signal that it does not block, or its part in a stop
 *   G3  SIGKILL and SIGSTOP are never in a blocked set
 *   G4  once SIGNAL_GROUP_EXIT is set, group_exit_code stays and every thread of
 *       the process has SIGKILL pending or is exiting
 *
 * Job control, the stops of whole processes, is in jobctl.c; what a tracer sees of
 * signals in ptrace_stop.c: nothing that is sent to a traced thread is ignored.
 *
 * Interrupt handlers may send with SEND_SIG_PRIV, through entries that exist
 * (send_timer_signal()); they cannot allocate.
 *
 * Locks: siglock, interrupts off, for everything here; sighand->lock inside for the
 * actions, which several processes may share; tasklist_lock outside to find tasks.
 * Core files are written by coredump.c; the system calls, and sending to groups and numbers,
 * are in signal_calls.c.
 */
#include <linux/coredump.h>
#include <linux/sched.h>
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/ptrace.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>
#include <linux/init.h>
#include <asm/smp.h>
#include <asm/uaccess.h>
#include "internal.h"

static struct kmem_cache *sigqueue_cachep;

void init_sigpending(struct sigpending *pending)
{
	INIT_LIST_HEAD(&pending->list);
	sigemptyset(&pending->signal);
}

/* an entry that is part of something: no allocation, which could fail */
void init_own_sigqueue(struct sigqueue *q)
{
	INIT_LIST_HEAD(&q->list);
	q->flags = SIGQUEUE_PREALLOC;
	q->user = NULL;
}

/* the entries that timers use: they exist, so interrupts may queue them */
void init_timer_sigqueues(struct signal_struct *sig)
{
	int i;

	for (i = 0; i < 3; i++)
		init_own_sigqueue(&sig->timer_sigq[i]);
}

void clear_siginfo(kernel_siginfo_t *info)
{
	memset(info, 0, sizeof(*info));
}

bool fatal_signal_pending(struct task_struct *p)
{
	return signal_pending(p) && sigismember(&p->pending.signal, SIGKILL);
}

/* --- entries ----------------------------------------------------------------------- */

static struct sigqueue *sigqueue_alloc(struct task_struct *t, bool override_limit)
{
	struct user_struct *user = t->user;
	struct sigqueue *q;

	if (atomic_inc_return(&user->sigpending) > (long)min_t(unsigned long, INT_MAX,
	    task_rlimit(t, RLIMIT_SIGPENDING)) && !override_limit)
		goto refuse;
	q = kmem_cache_alloc(sigqueue_cachep, GFP_ATOMIC | __GFP_NOWARN);
	if (!q)
		goto refuse;
	INIT_LIST_HEAD(&q->list);
	q->flags = 0;
	q->user = user;
	refcount_inc(&user->count);
	return q;

refuse:
	atomic_dec(&user->sigpending);
	return NULL;
}

static void sigqueue_free(struct sigqueue *q)
{
	if (q->flags & SIGQUEUE_PREALLOC)
		return;
	atomic_dec(&q->user->sigpending);
	put_user_struct(q->user);
	kmem_cache_free(sigqueue_cachep, q);
}

/**
 * flush_sigqueue() - drop everything that is pending in @queue.
 * Locks:   siglock held, or nobody else knows the queue. Context: thread.
 */
void flush_sigqueue(struct sigpending *queue)
{
	struct sigqueue *q, *next;

	sigemptyset(&queue->signal);
	list_for_each_entry_safe(q, next, &queue->list, list) {
		list_del_init(&q->list);
		sigqueue_free(q);
	}
}

/* the same for the signals of @mask */
void flush_sigqueue_mask(unsigned long mask, struct sigpending *s)
{
	struct sigqueue *q, *next;

	if (!(s->signal.sig[0] & mask))
		return;
	sigdelsetmask(&s->signal, mask);
	list_for_each_entry_safe(q, next, &s->list, list) {
		if (sigmask(q->info.si_signo) & mask) {
			list_del_init(&q->list);
			sigqueue_free(q);
		}
	}
}

/* --- TIF_SIGPENDING (G2) -------------------------------------------------------------- */

static bool has_pending(struct task_struct *t)
{
	unsigned long set = t->pending.signal.sig[0] | t->signal->shared_pending.signal.sig[0];

	return (set & ~t->blocked.sig[0]) || (t->jobctl & JOBCTL_PENDING_MASK);
}

void recalc_sigpending(void)
{
	if (has_pending(current))
		set_sigpending(current);
	else
		__atomic_fetch_and(&current->ti_flags, ~(1u << TIF_SIGPENDING), __ATOMIC_RELAXED);
}

void recalc_sigpending_and_wake(struct task_struct *t)
{
	if (has_pending(t))
		signal_wake_up(t, false);
}

static void wake_up_or_kick(struct task_struct *t, unsigned int states)
{
	if (wake_up_state(t, states))
		return;
	/* it runs: out of user mode with it */
	if (READ_ONCE(t->on_cpu) && (unsigned int)t->cpu != smp_processor_id())
		smp_send_reschedule(t->cpu);
}

/**
 * signal_wake_up() - @t has a signal to take. @fatal: it must die.
 * Locks:   siglock held. Context: any.
 */
void signal_wake_up(struct task_struct *t, bool fatal)
{
	unsigned int mask = TASK_INTERRUPTIBLE;

	set_sigpending(t);
	if (fatal)
		mask |= TASK_WAKEKILL | TASK_STOPPED;
	if (fatal && !(t->jobctl & JOBCTL_HELD))
		mask |= TASK_TRACED;
	wake_up_or_kick(t, mask);
}

/* The same for a change that its tracer is told of; @resume: out of its stop. */
void ptrace_wake_up(struct task_struct *t, bool resume)
{
	set_sigpending(t);
	wake_up_or_kick(t, TASK_INTERRUPTIBLE | (resume ? TASK_TRACED : 0));
}

/* --- what would happen ---------------------------------------------------------------- */

static __sighandler_t handler_of(struct task_struct *t, int sig)
{
	return READ_ONCE(t->sighand->action[sig - 1].sa.sa_handler);
}

static bool ignored_by(struct task_struct *t, int sig)
{
	__sighandler_t handler = handler_of(t, sig);

	if ((t->signal->flags & SIGNAL_UNKILLABLE) && handler == SIG_DFL)
		return true;
	if (t->flags & PF_KTHREAD)
		return true;
	return handler == SIG_IGN ||
	       (handler == SIG_DFL && (sigmask(sig) & SIG_KERNEL_IGNORE_MASK));
}

/*
 * A blocked signal is kept: the program may look at it, or change its mind. So may the
 * tracer of a program.
 */
static bool sig_ignored(struct task_struct *t, int sig)
{
	if (sigismember(&t->blocked, sig) || sigismember(&t->real_blocked, sig))
		return false;
	if (t->ptrace && sig != SIGKILL)
		return false;
	return ignored_by(t, sig);
}

/** sig_task_ignored() - @sig would not reach @t now: for job control of terminals. */
int sig_task_ignored(struct task_struct *t, int sig)
{
	return sigismember(&t->blocked, sig) || handler_of(t, sig) == SIG_IGN;
}

static bool sig_fatal(struct task_struct *t, int sig)
{
	return handler_of(t, sig) == SIG_DFL &&
	       !(sigmask(sig) & (SIG_KERNEL_IGNORE_MASK | SIG_KERNEL_STOP_MASK));
}

/* --- sending ----------------------------------------------------------------------------- */

static void flush_all_queues(struct task_struct *p, unsigned long mask)
{
	struct task_struct *t;

	flush_sigqueue_mask(mask, &p->signal->shared_pending);
	for_each_thread(p, t)
		flush_sigqueue_mask(mask, &t->pending);
}

/* What sending @sig does besides queueing it; false: it is ignored. */
static bool prepare_signal(int sig, struct task_struct *p)
{
	if (p->signal->flags & SIGNAL_GROUP_EXIT)
		return sig == SIGKILL;			/* it dies already */
	if (sigmask(sig) & SIG_KERNEL_STOP_MASK) {
		flush_all_queues(p, sigmask(SIGCONT));
	} else if (sig == SIGCONT) {
		flush_all_queues(p, SIG_KERNEL_STOP_MASK);
		jobctl_continue_group(p);
	}
	return !sig_ignored(p, sig);
}

static bool wants_signal(int sig, struct task_struct *p)
{
	if (sigismember(&p->blocked, sig) || (p->flags & PF_EXITING))
		return false;
	if (sig == SIGKILL)
		return true;
	if (p->state & (TASK_STOPPED | TASK_TRACED))
		return false;
	return p->on_cpu || !signal_pending(p);
}

static struct task_struct *choose_thread(int sig, struct task_struct *p, bool group)
{
	struct signal_struct *signal = p->signal;
	struct task_struct *t;

	if (wants_signal(sig, p))
		return p;
	if (!group || list_is_singular(&signal->thread_head))
		return NULL;
	for_each_thread(p, t) {
		if (wants_signal(sig, t)) {
			signal->curr_target = t;
			return t;
		}
	}
	return NULL;
}

/* The signal is queued: wake who takes it; a fatal one kills all threads at once. */
static void complete_signal(int sig, struct task_struct *p, bool group)
{
	struct signal_struct *signal = p->signal;
	struct task_struct *t = choose_thread(sig, p, group);

	if (!t)
		return;		/* whoever unblocks it will find it */
	if (sig_fatal(p, sig) && !(signal->flags & SIGNAL_GROUP_EXIT) &&
	    !sigismember(&t->real_blocked, sig) && (sig == SIGKILL || !p->ptrace) &&
	    !(sigmask(sig) & SIG_KERNEL_COREDUMP_MASK)) {
		signal->flags = (signal->flags & SIGNAL_UNKILLABLE) | SIGNAL_GROUP_EXIT; /* G4 */
		signal->group_exit_code = sig;
		signal->group_stop_count = 0;
		for_each_thread(p, t) {
			jobctl_clear_pending(t, JOBCTL_PENDING_MASK);
			sigaddset(&t->pending.signal, SIGKILL);
			signal_wake_up(t, true);
		}
		return;
	}
	signal_wake_up(t, sig == SIGKILL);
}

static void fill_siginfo(kernel_siginfo_t *to, int sig, struct kernel_siginfo *info)
{
	if (info == SEND_SIG_NOINFO) {
		clear_siginfo(to);
		to->si_signo = sig;
		to->si_code = SI_USER;
		to->si_pid = current->tgid;
		to->si_uid = current_uid();
	} else if (info == SEND_SIG_PRIV) {
		clear_siginfo(to);
		to->si_signo = sig;
		to->si_code = SI_KERNEL;
	} else {
		*to = *info;
	}
}

static bool from_user(struct kernel_siginfo *info)
{
	return info == SEND_SIG_NOINFO || (info != SEND_SIG_PRIV && info->si_code <= 0);
}

/**
 * send_signal_locked() - @sig becomes pending for @t or (@group) its process.
 * Locks:   siglock held. Context: thread; from interrupts only with SEND_SIG_PRIV and
 *          SIGKILL, which needs no entry.
 * Return:  0, also when it is ignored; -EAGAIN when a real-time signal finds the queue full.
 */
int send_signal_locked(int sig, struct kernel_siginfo *info, struct task_struct *t, bool group)
{
	struct sigpending *pending = group ? &t->signal->shared_pending : &t->pending;
	struct sigqueue *q = NULL;
	bool override;

	spin_assert_held(&t->signal->siglock);
	if (!prepare_signal(sig, t))
		return 0;
	if (sig < SIGRTMIN && sigismember(&pending->signal, sig))
		return 0;
	if (sig != SIGKILL && !(t->flags & PF_KTHREAD) && !in_irq_context()) {
		override = sig < SIGRTMIN && (!from_user(info) || info == SEND_SIG_NOINFO ||
					      info->si_code >= 0);
		q = sigqueue_alloc(t, override);
		if (q) {
			fill_siginfo(&q->info, sig, info);
			list_add_tail(&q->list, &pending->list);
		} else if (sig >= SIGRTMIN && from_user(info) && info != SEND_SIG_NOINFO &&
			   info->si_code != SI_USER) {
			return -EAGAIN;
		}
	}
	sigaddset(&pending->signal, sig);			/* G1 */
	complete_signal(sig, t, group);
	return 0;
}

/**
 * send_timer_signal() - the signal of a process timer, through its own entry.
 * Locks:   siglock held. Context: interrupt.
 */
void send_timer_signal(struct signal_struct *sig, int which, int signo)
{
	struct sigqueue *q = &sig->timer_sigq[which];
	struct task_struct *t = sig->leader_task;

	if (list_empty(&sig->thread_head) || !prepare_signal(signo, t))
		return;
	if (sigismember(&sig->shared_pending.signal, signo))
		return;
	mm_assert(list_empty(&q->list));
	fill_siginfo(&q->info, signo, SEND_SIG_PRIV);
	list_add_tail(&q->list, &sig->shared_pending.list);
	sigaddset(&sig->shared_pending.signal, signo);
	complete_signal(signo, t, true);
}

static int do_send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *p, bool group)
{
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&p->signal->siglock, flags);
	/* who has left the list of threads is beyond signals */
	if (!list_empty(&p->thread_node))
		ret = send_signal_locked(sig, info, p, group);
	spin_unlock_irqrestore(&p->signal->siglock, flags);
	return ret;
}

int send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *p)
{
	return do_send_sig_info(sig, info, p, false);
}

int send_sig(int sig, struct task_struct *p, int priv)
{
	return send_sig_info(sig, priv ? SEND_SIG_PRIV : SEND_SIG_NOINFO, p);
}

/**
 * group_send_sig_info() - @sig to the process of @p; the caller checked the rights.
 * Locks:   takes siglock. Context: thread. Return: 0 or -EAGAIN.
 */
int group_send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *p)
{
	return sig ? do_send_sig_info(sig, info, p, true) : 0;
}

/* --- forced signals -------------------------------------------------------------------------- */

/*
 * What current's own instruction brought, and a handler is there for, goes the short way:
 * current runs, so nobody is to be woken, and an entry of its own is there. False: not so.
 */
static bool queue_own_fault(struct task_struct *t, struct kernel_siginfo *info,
			    __sighandler_t handler)
{
	struct sigqueue *q = &t->fault_sigq;
	int sig = info->si_signo;

	if (handler == SIG_DFL || !(sigmask(sig) & SYNCHRONOUS_MASK) || !list_empty(&q->list) ||
	    sigismember(&t->pending.signal, sig) || (t->signal->flags & SIGNAL_GROUP_EXIT))
		return false;
	q->info = *info;
	list_add_tail(&q->list, &t->pending.list);
	sigaddset(&t->pending.signal, sig);				/* G1 */
	set_sigpending(t);						/* G2 */
	return true;
}

static void force_sig_to_current(struct kernel_siginfo *info, bool must_die)
{
	struct task_struct *t = current;
	int sig = info->si_signo;
	struct k_sigaction *ka = &t->sighand->action[sig - 1];
	__sighandler_t handler;
	unsigned long flags;
	bool blocked;

	spin_lock_irqsave(&t->signal->siglock, flags);
	blocked = sigismember(&t->blocked, sig);
	spin_lock(&t->sighand->lock);
	if (blocked || must_die || ka->sa.sa_handler == SIG_IGN) {
		ka->sa.sa_handler = SIG_DFL;
		sigdelset(&t->blocked, sig);
		if (must_die)
			ka->sa.sa_flags |= SA_IMMUTABLE;
	}
	if (ka->sa.sa_handler == SIG_DFL && (must_die || !t->ptrace))
		t->signal->flags &= ~SIGNAL_UNKILLABLE;
	handler = ka->sa.sa_handler;
	spin_unlock(&t->sighand->lock);
	if (!queue_own_fault(t, info, handler)) {
		send_signal_locked(sig, info, t, false);
		recalc_sigpending();
	}
	spin_unlock_irqrestore(&t->signal->siglock, flags);
}

/**
 * force_sig_info() - a signal that current cannot avoid: blocked or ignored it kills.
 * Locks:   takes siglock. Context: thread.
 */
void force_sig_info(struct kernel_siginfo *info)
{
	force_sig_to_current(info, false);
}

void force_sig(int sig)
{
	struct kernel_siginfo info;

	fill_siginfo(&info, sig, SEND_SIG_PRIV);
	force_sig_to_current(&info, false);
}

void force_fatal_sig(int sig)
{
	struct kernel_siginfo info;

	fill_siginfo(&info, sig, SEND_SIG_PRIV);
	force_sig_to_current(&info, true);
}

void force_sig_fault(int sig, int code, void __user *addr)
{
	struct kernel_siginfo info;

	clear_siginfo(&info);
	info.si_signo = sig;
	info.si_code = code;
	info.si_addr = addr;
	force_sig_to_current(&info, false);
}

/* SIGSEGV: protection key @pkey denied an access of @addr */
void force_sig_pkuerr(void __user *addr, u32 pkey)
{
	struct kernel_siginfo info;

	clear_siginfo(&info);
	info.si_signo = SIGSEGV;
	info.si_code = SEGV_PKUERR;
	info.si_addr = addr;
	info.si_pkey = pkey;
	force_sig_to_current(&info, false);
}

/* The frame for @sig could not be written; if that was SIGSEGV itself, nothing helps. */
void force_sigsegv(int sig)
{
	if (sig == SIGSEGV)
		force_fatal_sig(SIGSEGV);
	else
		force_sig(SIGSEGV);
}

/**
 * zap_other_threads() - every other thread of @p's process gets SIGKILL.
 * Locks:   siglock held.
 */
void zap_other_threads(struct task_struct *p)
{
	struct task_struct *t;

	p->signal->group_stop_count = 0;
	for_each_thread(p, t) {
		jobctl_clear_pending(t, JOBCTL_PENDING_MASK);
		if (t == p || (t->flags & PF_EXITING))
			continue;
		sigaddset(&t->pending.signal, SIGKILL);
		signal_wake_up(t, true);
	}
}

/* --- telling the parent --------------------------------------------------------------------------- */

void fill_sigchld(kernel_siginfo_t *info, struct task_struct *tsk, int sig)
{
	u64 ut, st;

	clear_siginfo(info);
	info->si_signo = sig;
	info->si_chld_pid = tsk->pid;
	info->si_chld_uid = tsk->cred.uid;
	thread_group_cputime(tsk, &ut, &st);
	info->si_utime = nsec_to_clock_t(ut);
	info->si_stime = nsec_to_clock_t(st);
}

/**
 * do_notify_parent() - @tsk, a whole process or a thread that is traced, has died: SIGCHLD
 *	(or @sig) and a wake-up for its tracer, or else its parent.
 * Locks:   tasklist_lock held; takes the parent's siglock.
 * Return:  true when the parent does not want to wait for it: reap it now.
 */
bool do_notify_parent(struct task_struct *tsk, int sig)
{
	struct task_struct *parent = tsk->tracer ?: tsk->real_parent;
	struct kernel_siginfo info;
	bool autoreap = false;
	unsigned long flags;
	struct sigaction *sa;

	if (parent->flags & PF_KTHREAD)
		return true;
	if (sig) {
		fill_sigchld(&info, tsk, sig);
		info.si_status = tsk->exit_code & 0x7f;
		if (tsk->exit_code & 0x80) {
			info.si_code = CLD_DUMPED;
		} else if (tsk->exit_code & 0x7f) {
			info.si_code = CLD_KILLED;
		} else {
			info.si_code = CLD_EXITED;
			info.si_status = tsk->exit_code >> 8;
		}
	}
	spin_lock_irqsave(&parent->signal->siglock, flags);
	sa = &parent->sighand->action[SIGCHLD - 1].sa;
	if (!tsk->ptrace && sig == SIGCHLD &&
	    (sa->sa_handler == SIG_IGN || (sa->sa_flags & SA_NOCLDWAIT))) {
		autoreap = true;
		if (sa->sa_handler == SIG_IGN)
			sig = 0;
	}
	if (sig && valid_signal(sig))
		send_signal_locked(sig, &info, parent, true);
	spin_unlock_irqrestore(&parent->signal->siglock, flags);
	wake_up_interruptible_all(&parent->signal->wait_chldexit);
	return autoreap;
}

/* --- taking -------------------------------------------------------------------------------------------- */

static int next_signal(struct sigpending *pending, const sigset_t *mask)
{
	unsigned long x = pending->signal.sig[0] & ~mask->sig[0];

	if (!x)
		return 0;
	if (x & SYNCHRONOUS_MASK)	/* faults first: their registers are still current */
		x &= SYNCHRONOUS_MASK;
	return __ffs(x) + 1;
}

static void collect_signal(int sig, struct sigpending *pending, kernel_siginfo_t *info)
{
	struct sigqueue *q, *first = NULL;
	bool more = false;

	list_for_each_entry(q, &pending->list, list) {
		if (q->info.si_signo != sig)
			continue;
		if (first) {
			more = true;
			break;
		}
		first = q;
	}
	if (!more)
		sigdelset(&pending->signal, sig);		/* G1 */
	if (!first) {			/* sent without an entry */
		clear_siginfo(info);
		info->si_signo = sig;
		info->si_code = SI_USER;
		return;
	}
	list_del_init(&first->list);
	*info = first->info;
	sigqueue_free(first);
}

/**
 * dequeue_signal() - take the next signal outside of @mask.
 * Locks:   siglock held. Context: thread. Return: its number, 0 when there is none.
 */
int dequeue_signal(const sigset_t *mask, kernel_siginfo_t *info)
{
	struct sigpending *from = &current->pending;
	int sig = next_signal(from, mask);

	if (!sig) {
		from = &current->signal->shared_pending;
		sig = next_signal(from, mask);
	}
	if (sig)
		collect_signal(sig, from, info);
	recalc_sigpending();
	return sig;
}

/* A handler to call in ksig->ka? A handler of one use is reset. siglock held. */
static bool take_handler(struct ksignal *ksig)
{
	struct sighand_struct *sighand = current->sighand;
	struct k_sigaction *ka = &sighand->action[ksig->sig - 1];
	bool handler;

	spin_lock(&sighand->lock);
	ksig->ka = *ka;
	handler = ka->sa.sa_handler != SIG_DFL && ka->sa.sa_handler != SIG_IGN;
	if (handler && (ka->sa.sa_flags & SA_RESETHAND))
		ka->sa.sa_handler = SIG_DFL;
	spin_unlock(&sighand->lock);
	return handler;
}

/* The tracer looks at a signal that was taken, and may change it or take it away. */
static bool tracer_lets_pass(struct ksignal *ksig)
{
	if (ksig->sig == SIGKILL ||
	    (current->sighand->action[ksig->sig - 1].sa.sa_flags & SA_IMMUTABLE))
		return true;
	ksig->sig = ptrace_signal(ksig->sig, &ksig->info);
	return ksig->sig;
}

/* What others asked current for; true when siglock was let go for it. */
static bool stop_or_trap(void)
{
	if ((current->jobctl & JOBCTL_STOP_PENDING) && do_signal_stop(0))
		return true;
	if (!(current->jobctl & JOBCTL_TRAP_MASK))
		return false;
	ptrace_jobctl_trap();
	spin_unlock_irq(&current->signal->siglock);
	return true;
}

enum taken { TAKEN_NONE, TAKEN_HANDLER, TAKEN_AGAIN, TAKEN_FATAL };

/* One signal, siglock held; it is let go for TAKEN_AGAIN only. */
static enum taken take_one(struct ksignal *ksig)
{
	struct signal_struct *signal = current->signal;
	unsigned long mask;
	bool traced;

	if ((signal->flags & SIGNAL_GROUP_EXIT) ||
	    (signal->group_exec_task && signal->group_exec_task != current)) {
		sigdelset(&current->pending.signal, SIGKILL);
		recalc_sigpending();
		ksig->sig = SIGKILL;
		return TAKEN_FATAL;
	}
	if (unlikely(current->jobctl & JOBCTL_PENDING_MASK) && stop_or_trap())
		return TAKEN_AGAIN;
	ksig->sig = dequeue_signal(&current->blocked, &ksig->info);
	if (!ksig->sig)
		return TAKEN_NONE;
	traced = current->ptrace;
	if (unlikely(traced) && !tracer_lets_pass(ksig)) {
		spin_unlock_irq(&signal->siglock);
		return TAKEN_AGAIN;
	}
	if (take_handler(ksig))
		return TAKEN_HANDLER;
	mask = sigmask(ksig->sig);
	if (ksig->ka.sa.sa_handler == SIG_IGN || (mask & SIG_KERNEL_IGNORE_MASK) ||
	    (signal->flags & SIGNAL_UNKILLABLE)) {
		spin_unlock_irq(&signal->siglock);
		return TAKEN_AGAIN;
	}
	if (!(mask & SIG_KERNEL_STOP_MASK))
		return TAKEN_FATAL;
	if (!traced)		/* else it was set before the tracer looked */
		current->jobctl |= JOBCTL_STOP_DEQUEUED;	/* J4 of jobctl.c */
	/* terminal stops do not stop a group that nobody could continue */
	if (ksig->sig != SIGSTOP) {
		bool orphaned;

		spin_unlock_irq(&signal->siglock);
		orphaned = is_current_pgrp_orphaned();
		if (orphaned)
			return TAKEN_AGAIN;
		spin_lock_irq(&signal->siglock);
	}
	if (!do_signal_stop(ksig->sig))
		spin_unlock_irq(&signal->siglock);
	return TAKEN_AGAIN;
}

bool get_signal(struct ksignal *ksig)
{
	struct signal_struct *signal = current->signal;
	enum taken taken;

	do {
		spin_lock_irq(&signal->siglock);
		if (unlikely(signal->flags & SIGNAL_CLD_MASK)) {
			notify_continue();
			taken = TAKEN_AGAIN;
			continue;
		}
		taken = take_one(ksig);
	} while (taken == TAKEN_AGAIN);
	spin_unlock_irq(&signal->siglock);
	if (taken == TAKEN_FATAL) {
		current->flags |= PF_SIGNALED;
		if (sigmask(ksig->sig) & SIG_KERNEL_COREDUMP_MASK)
			do_coredump(&ksig->info);
		do_group_exit(ksig->sig);
	}
	return taken == TAKEN_HANDLER;
}

/* --- around a handler ------------------------------------------------------------------------------ */

/**
 * signal_setup_done() - the frame stands: block what the handler wants blocked.
 * Context: thread. @failed: there is no frame; the task dies of SIGSEGV.
 */
void signal_setup_done(int failed, struct ksignal *ksig)
{
	sigset_t blocked;

	if (failed) {
		force_sigsegv(ksig->sig);
		return;
	}
	current->restore_sigmask = false;
	sigorsets(&blocked, &current->blocked, &ksig->ka.sa.sa_mask);
	if (!(ksig->ka.sa.sa_flags & SA_NODEFER))
		sigaddset(&blocked, ksig->sig);
	set_current_blocked(&blocked);
}

sigset_t *sigmask_to_save(void)
{
	return current->restore_sigmask ? &current->saved_sigmask : &current->blocked;
}

void set_restore_sigmask(void)
{
	current->restore_sigmask = true;
	set_sigpending(current);	/* come by get_signal() on the way out */
}

void restore_saved_sigmask(void)
{
	if (!current->restore_sigmask)
		return;
	current->restore_sigmask = false;
	set_current_blocked(&current->saved_sigmask);
}

/* A signal that only other threads can take now must not be left to this one. */
static void retarget_shared_pending(struct task_struct *tsk, sigset_t *which)
{
	unsigned long left = tsk->signal->shared_pending.signal.sig[0] & which->sig[0];
	struct task_struct *t;

	if (!left)
		return;
	for_each_thread(tsk, t) {
		if (t == tsk || (t->flags & PF_EXITING) || !(left & ~t->blocked.sig[0]))
			continue;
		left &= t->blocked.sig[0];
		if (!signal_pending(t))
			signal_wake_up(t, false);
		if (!left)
			break;
	}
}

static void set_blocked_locked(sigset_t *set)
{
	sigset_t newly = { { set->sig[0] & ~current->blocked.sig[0] } };

	if (signal_pending(current) && !list_is_singular(&current->signal->thread_head))
		retarget_shared_pending(current, &newly);
	current->blocked = *set;
	recalc_sigpending();
}

/**
 * set_current_blocked() - the blocked set of current; G3 is seen to.
 * Locks:   takes siglock.
 */
void set_current_blocked(sigset_t *newset)
{
	sigdelsetmask(newset, SIG_KERNEL_ONLY_MASK);		/* G3 */
	if (current->blocked.sig[0] == newset->sig[0])
		return;
	spin_lock_irq(&current->signal->siglock);
	set_blocked_locked(newset);
	spin_unlock_irq(&current->signal->siglock);
}

/**
 * exit_signals() - current takes no more signals: others may have to.
 * Locks:   takes siglock, tasklist_lock when its part in a stop was the last missing.
 */
void exit_signals(struct task_struct *tsk)
{
	struct signal_struct *signal = tsk->signal;
	sigset_t unblocked;
	bool stopped = false;

	spin_lock_irq(&signal->siglock);
	tsk->flags |= PF_EXITING;
	if (!list_is_singular(&signal->thread_head) && !(signal->flags & SIGNAL_GROUP_EXIT)) {
		unblocked.sig[0] = ~tsk->blocked.sig[0];
		retarget_shared_pending(tsk, &unblocked);
		if (tsk->jobctl & JOBCTL_STOP_PENDING)
			stopped = task_participate_group_stop(tsk);
	}
	spin_unlock_irq(&signal->siglock);
	if (stopped) {
		spin_lock(&tasklist_lock);
		notify_parent_jobctl(tsk, CLD_STOPPED);
		spin_unlock(&tasklist_lock);
	}
}

/** flush_signal_handlers() - exec: handlers go, ignored stays ignored unless @force_default. */
void flush_signal_handlers(struct task_struct *t, bool force_default)
{
	int i;

	for (i = 0; i < _NSIG; i++) {
		struct sigaction *sa = &t->sighand->action[i].sa;

		if (force_default || sa->sa_handler != SIG_IGN)
			sa->sa_handler = SIG_DFL;
		sa->sa_flags = 0;
		sa->sa_restorer = NULL;
		sigemptyset(&sa->sa_mask);
	}
}

void __init signals_init(void)
{
	sigqueue_cachep = kmem_cache_create("sigqueue", sizeof(struct sigqueue), 8, SLAB_PANIC,
					    NULL);
}
