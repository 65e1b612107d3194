// SPDX-License-Identifier: MIT
/*
 * fork.c - making tasks: fork, vfork, clone, clone3, threads of the kernel.
 *
 * copy_process() builds the whole child before anybody can find it; the last
 * step, under tasklist_lock, makes it visible and cannot fail after its checks.
 * Each resource is either shared (a reference) or copied, as the flags say.
 *
 *   F1  a task_struct has usage 2 at birth: one for being known (dropped by
 *       release_task()), one for running (dropped by the task that runs after
 *       its last switch)
 *   F2  the kernel stack is freed only after that last switch, never by itself
 *   F3  signal and sighand live as long as the task_structs that point to them
 *   F4  a child gets every signal that was sent to its group after it became a
 *       member; fork() is restarted when one is pending for the parent before
 *   F5  children hang on the leader of their parent's group
 *
 * Stacks are vmalloc'ed, so that an overflow meets the guard page; each CPU keeps
 * a few that were freed, as building and unmapping one costs more than the rest
 * of a small fork. Zombies have none.
 *
 * Locks: tasklist_lock > siglock; task_lock for p->mm of others.
 */
#include <linux/kmemleak.h>
#include <linux/coredump.h>
#include <linux/sched.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/fault-inject.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/ptrace.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/time.h>
#include <linux/trace.h>
#include <linux/vmalloc.h>
#include <asm/smp.h>
#include <asm/uaccess.h>
#include "internal.h"

#define STACKS_CACHED	4		/* per CPU */
#define MIN_THREADS	20

int max_threads;			/* i  /proc/sys/kernel/threads-max */
struct kmem_cache *sighand_cachep;
static struct kmem_cache *task_cachep, *signal_cachep;
static unsigned long nr_tasks = 1;	/* t  threads included, idle tasks not but the first */
static u64 total_forks;			/* t */
static void *stack_cache[NR_CPUS][STACKS_CACHED];	/* own CPU, thread context */

static struct signal_struct init_signals = {
	.sigcnt = REFCOUNT_INIT(1),
	.live = ATOMIC_INIT(1),
	.nr_threads = 1,
	.siglock = SPIN_LOCK_RANK_INIT(init_signals.siglock, RANK_SIGHAND),
	.thread_head = LIST_HEAD_INIT(init_task.thread_node),
	.wait_chldexit = __WAIT_QUEUE_HEAD_INITIALIZER(init_signals.wait_chldexit),
	.shared_pending = { .list = LIST_HEAD_INIT(init_signals.shared_pending.list) },
	.leader_task = &init_task,
	.coredump_filter = MMF_DUMP_FILTER_DEFAULT,
	.rlim = {
		[RLIMIT_CPU] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_FSIZE] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_DATA] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_STACK] = { 8ul << 20, RLIM_INFINITY },
		[RLIMIT_CORE] = { 0, RLIM_INFINITY },
		[RLIMIT_RSS] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_NPROC] = { 0, 0 },		/* by fork_init() */
		[RLIMIT_NOFILE] = { 1024, 4096 },
		[RLIMIT_MEMLOCK] = { 8ul << 20, 8ul << 20 },
		[RLIMIT_AS] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_LOCKS] = { RLIM_INFINITY, RLIM_INFINITY },
		[RLIMIT_SIGPENDING] = { 0, 0 },		/* by fork_init() */
		[RLIMIT_MSGQUEUE] = { 819200, 819200 },
		[RLIMIT_NICE] = { 0, 0 },
		[RLIMIT_RTPRIO] = { 0, 0 },
		[RLIMIT_RTTIME] = { RLIM_INFINITY, RLIM_INFINITY },
	},
};

static struct sighand_struct init_sighand = {
	.count = REFCOUNT_INIT(1),
	.lock = SPIN_LOCK_RANK_INIT(init_sighand.lock, RANK_SIGACTION),
};

/* The boot task; it becomes the idle task of CPU 0. */
struct task_struct init_task = {
	.state = TASK_RUNNING,
	.flags = PF_KTHREAD,
	.usage = REFCOUNT_INIT(2),
	.static_prio = 120,
	.run_list = LIST_HEAD_INIT(init_task.run_list),
	.real_parent = &init_task,
	.children = LIST_HEAD_INIT(init_task.children),
	.sibling = LIST_HEAD_INIT(init_task.sibling),
	.ptraced = LIST_HEAD_INIT(init_task.ptraced),
	.ptrace_entry = LIST_HEAD_INIT(init_task.ptrace_entry),
	.group_leader = &init_task,
	.thread_node = LIST_HEAD_INIT(init_signals.thread_head),
	.tasks = LIST_HEAD_INIT(init_task.tasks),
	.signal = &init_signals,
	.sighand = &init_sighand,
	.pending = { .list = LIST_HEAD_INIT(init_task.pending.list) },
	.alloc_lock = SPIN_LOCK_RANK_INIT(init_task.alloc_lock, RANK_TASK),
	.user = &root_user,
	.cred.cap = { .effective = CAP_FULL_SET, .permitted = CAP_FULL_SET, .bset = CAP_FULL_SET },
	.comm = "swapper/0",
	.dumpable = true,
	.timer_slack_ns = DEFAULT_TIMER_SLACK_NS,
};

/* --- stacks and task_structs ------------------------------------------------------- */

static void *alloc_stack(void)
{
	void **cached = stack_cache[smp_processor_id()];
	void *stack;
	int i;

	for (i = 0; i < STACKS_CACHED; i++) {
		if (cached[i]) {
			stack = cached[i];
			cached[i] = NULL;
			kmemleak_stack(stack, true);
			return stack;
		}
	}
	stack = vmalloc(THREAD_SIZE);
	kmemleak_stack(stack, true);
	if (stack)
		mod_node_page_state(page_pgdat(vmalloc_to_page(stack)), NR_KERNEL_STACK_KB,
				    THREAD_SIZE / 1024);
	return stack;
}

static void give_back_stack(void *stack)
{
	mod_node_page_state(page_pgdat(vmalloc_to_page(stack)), NR_KERNEL_STACK_KB,
			    -(THREAD_SIZE / 1024));
	vfree(stack);
}

static void free_stack(void *stack)
{
	void **cached = stack_cache[smp_processor_id()];
	int i;

	for (i = 0; i < STACKS_CACHED; i++) {
		if (!cached[i]) {
			cached[i] = stack;
			kmemleak_stack(stack, false);
			return;
		}
	}
	give_back_stack(stack);
}

/**
 * drop_local_stacks() - this CPU keeps no stack for its next fork.
 * Locks:   none. Context: thread; may sleep.
 */
void drop_local_stacks(void)
{
	void **cached = stack_cache[smp_processor_id()];
	void *stacks[STACKS_CACHED];
	int i;

	memcpy(stacks, cached, sizeof(stacks));
	memset(cached, 0, sizeof(stacks));
	for (i = 0; i < STACKS_CACHED; i++)
		if (stacks[i])
			give_back_stack(stacks[i]);
}

/**
 * task_stack_gone() - @p has run for the last time: free what only running needs (F2).
 * Context: thread, not @p itself; interrupts on.
 */
void task_stack_gone(struct task_struct *p)
{
	free_thread(p);
	free_stack(p->stack);
	p->stack = NULL;
}

void sighand_put(struct sighand_struct *sighand)
{
	if (refcount_dec_and_test(&sighand->count))
		kmem_cache_free(sighand_cachep, sighand);
}

static void signal_put(struct signal_struct *sig)
{
	if (refcount_dec_and_test(&sig->sigcnt))
		kmem_cache_free(signal_cachep, sig);
}

/**
 * put_task_struct() - drop a reference; the last one frees (F1, F3).
 * Context: thread.
 */
void put_task_struct(struct task_struct *p)
{
	if (!refcount_dec_and_test(&p->usage))
		return;
	mm_assert(p->state == TASK_DEAD && list_empty(&p->children));
	fault_task_exit(&p->faults);
	if (p->stack)
		task_stack_gone(p);
	sighand_put(p->sighand);
	signal_put(p->signal);
	put_user_struct(p->user);
	kmem_cache_free(task_cachep, p);
}

/* A copy of @orig with a stack of its own, known to nobody; NULL: no memory. */
static struct task_struct *dup_task_struct(struct task_struct *orig)
{
	struct task_struct *p = kmem_cache_alloc(task_cachep, GFP_KERNEL);
	void *stack;

	if (!p)
		return NULL;
	stack = alloc_stack();
	if (!stack) {
		kmem_cache_free(task_cachep, p);
		return NULL;
	}
	*p = *orig;
	p->stack = stack;
	p->thread.fpu = NULL;
	p->faults.fail_nth = 0;
#ifdef CONFIG_DEBUG_LOCKS
	p->held_sleeping.depth = 0;		/* the parent's locks stay the parent's */
#endif
	p->ti_flags = 0;
	p->exit_state = 0;
	p->flags &= ~(PF_EXITING | PF_SIGNALED | PF_SUPERPRIV | PF_KTHREAD | PF_MEMALLOC_SCOPES |
		      PF_NO_SETAFFINITY);
	p->flags |= PF_FORKNOEXEC;
	p->mm = p->active_mm = NULL;
	p->files = NULL;
	p->fs = NULL;
	refcount_set(&p->usage, 2);				/* F1 */
	INIT_LIST_HEAD(&p->children);
	INIT_LIST_HEAD(&p->sibling);
	INIT_LIST_HEAD(&p->thread_node);
	INIT_LIST_HEAD(&p->tasks);
	INIT_HLIST_NODE(&p->pid_link);
	INIT_HLIST_NODE(&p->pgrp_link);
	INIT_HLIST_NODE(&p->session_link);
	spin_lock_init_rank(&p->alloc_lock, RANK_TASK, "alloc_lock");
	init_sigpending(&p->pending);
	init_own_sigqueue(&p->fault_sigq);
	p->jobctl = 0;
	ptrace_init_task(p);
	p->restore_sigmask = false;
	p->real_blocked.sig[0] = 0;
	p->restart_block.fn = NULL;
	p->vfork_done = NULL;
	p->set_child_tid = p->clear_child_tid = NULL;
	p->robust_list = NULL;
	p->pi_blocked_on = NULL;
	p->pdeath_signal = 0;
	p->exit_code = 0;
	p->min_flt = p->maj_flt = 0;
	p->in_execve = false;
	p->must_migrate = false;
	p->journal_info = NULL;
	p->start_time = ktime_get_ns();
	return p;
}

/* --- sharing or copying, one resource each ------------------------------------------- */

static int copy_sighand(struct task_struct *p, struct sighand_struct *old, u64 flags)
{
	struct sighand_struct *sig;
	unsigned long irq;

	if (flags & CLONE_SIGHAND) {
		refcount_inc(&old->count);
		p->sighand = old;
		return 0;
	}
	sig = kmem_cache_alloc(sighand_cachep, GFP_KERNEL);
	if (!sig)
		return -ENOMEM;
	refcount_set(&sig->count, 1);
	spin_lock_init_rank(&sig->lock, RANK_SIGACTION, "sighand");
	spin_lock_irqsave(&old->lock, irq);
	memcpy(sig->action, old->action, sizeof(sig->action));
	spin_unlock_irqrestore(&old->lock, irq);
	p->sighand = sig;
	if (flags & CLONE_CLEAR_SIGHAND)
		flush_signal_handlers(p, false);
	return 0;
}

static int copy_signal(struct task_struct *p, struct signal_struct *old, u64 flags)
{
	struct signal_struct *sig;

	if (flags & CLONE_THREAD) {
		refcount_inc(&old->sigcnt);
		p->signal = old;
		return 0;
	}
	sig = kmem_cache_zalloc(signal_cachep, GFP_KERNEL);
	if (!sig)
		return -ENOMEM;
	refcount_set(&sig->sigcnt, 1);
	atomic_set(&sig->live, 1);
	sig->nr_threads = 1;
	spin_lock_init_rank(&sig->siglock, RANK_SIGHAND, "siglock");
	INIT_LIST_HEAD(&sig->thread_head);
	init_waitqueue_head(&sig->wait_chldexit);
	init_sigpending(&sig->shared_pending);
	init_timer_sigqueues(sig);
	hrtimer_init(&sig->real_timer, it_real_fn);
	sig->curr_target = sig->leader_task = p;
	task_lock(current->group_leader);
	memcpy(sig->rlim, old->rlim, sizeof(sig->rlim));
	task_unlock(current->group_leader);
	sig->cpu_timers_armed = sig->rlim[RLIMIT_CPU].rlim_cur != RLIM_INFINITY;
	sig->oom_score_adj = old->oom_score_adj;
	sig->oom_score_adj_min = old->oom_score_adj_min;
	sig->coredump_filter = READ_ONCE(old->coredump_filter);
	p->signal = sig;
	return 0;
}

static int copy_mm(struct task_struct *p, u64 flags)
{
	struct mm_struct *mm = current->mm;
	int error = 0;

	if (!mm)
		return 0;
	if (flags & CLONE_VM)
		mmget(mm);
	else
		mm = dup_mm(mm, &error);
	if (!mm)
		return error ?: -ENOMEM;
	p->mm = p->active_mm = mm;
	return 0;
}

static int copy_files(struct task_struct *p, struct task_struct *from, u64 flags)
{
	struct files_struct *files = from->files;
	int error = 0;

	if (!files)
		return 0;
	if (flags & CLONE_FILES)
		files = get_files_struct(from);
	else
		files = dup_fd(files, &error);
	if (!files)
		return error ?: -ENOMEM;
	p->files = files;
	return 0;
}

static int copy_fs(struct task_struct *p, struct task_struct *from, u64 flags)
{
	if (!from->fs)
		return 0;
	if (flags & CLONE_FS) {
		refcount_inc(&from->fs->users);
		p->fs = from->fs;
		return 0;
	}
	p->fs = copy_fs_struct(from->fs);
	return p->fs ? 0 : -ENOMEM;
}

static void drop_mm(struct task_struct *p)
{
	if (p->mm)
		mmput(p->mm);
	p->mm = p->active_mm = NULL;
}

/* --- the last step -------------------------------------------------------------------- */

static void link_thread(struct task_struct *p)
{
	struct signal_struct *sig = p->signal;

	sig->nr_threads++;
	atomic_inc(&sig->live);
	p->tgid = current->tgid;
	p->group_leader = current->group_leader;
	p->exit_signal = -1;
	jobctl_join_group_stop(p);
	list_add_tail(&p->thread_node, &sig->thread_head);
}

static void link_process(struct task_struct *p, struct task_struct *parent)
{
	struct signal_struct *sig = p->signal, *from = parent->signal;

	p->tgid = p->pid;
	p->group_leader = p;
	sig->pgrp = from->pgrp;
	sig->session = from->session;
	sig->tty = from->tty;
	sig->has_child_subreaper = from->has_child_subreaper || from->is_child_subreaper;
	if (p->pid == 1) {
		sig->flags |= SIGNAL_UNKILLABLE;
		sig->pgrp = sig->session = 0;
	}
	list_add_tail(&p->thread_node, &sig->thread_head);
	list_add_tail(&p->sibling, &p->real_parent->children);	/* F5 */
	list_add_tail(&p->tasks, &init_task.tasks);
}

/* Make @p known. 0, or -ERESTARTNOINTR when a signal came first (F4). */
static int publish_task(struct task_struct *p, const struct kernel_clone_args *args, int event)
{
	struct task_struct *me = args->fn ? &init_task : current;
	unsigned long irq;
	int ret = 0;

	spin_lock(&tasklist_lock);
	p->real_parent = (args->flags & (CLONE_PARENT | CLONE_THREAD)) ? me->real_parent :
			 me->group_leader;
	p->forker = args->flags & (CLONE_PARENT | CLONE_THREAD) ? me->forker : me->pid;
	if (args->flags & CLONE_PARENT)
		p->exit_signal = me->group_leader->exit_signal;
	spin_lock_irqsave(&me->signal->siglock, irq);
	if (!args->fn && signal_pending(current)) {
		ret = -ERESTARTNOINTR;
	} else if (args->flags & CLONE_THREAD) {
		link_thread(p);
	} else {
		link_process(p, me);
	}
	spin_unlock_irqrestore(&me->signal->siglock, irq);
	if (!ret) {
		if (event || (args->flags & CLONE_PTRACE))
			ptrace_inherit(p);
		pid_attach_task(p);
		nr_tasks++;
		total_forks++;
	}
	spin_unlock(&tasklist_lock);
	return ret;
}

/* --- checks ----------------------------------------------------------------------------- */

#define CLONE_NAMESPACES (CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
			  CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS)

static int check_clone_flags(u64 flags)
{
	if ((flags & CLONE_NAMESPACES & ~CLONE_NEWUSER) && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (flags & (CLONE_NAMESPACES | CLONE_INTO_CGROUP))
		return -EINVAL;			/* not built */
	if ((flags & CLONE_PIDFD) && (flags & (CLONE_DETACHED | CLONE_THREAD)))
		return -EINVAL;
	if ((flags & CLONE_THREAD) && !(flags & CLONE_SIGHAND))
		return -EINVAL;
	if ((flags & CLONE_SIGHAND) && !(flags & CLONE_VM))
		return -EINVAL;
	if ((flags & CLONE_SIGHAND) && (flags & CLONE_CLEAR_SIGHAND))
		return -EINVAL;
	if ((flags & CLONE_PARENT) && (current->signal->flags & SIGNAL_UNKILLABLE))
		return -EINVAL;
	return 0;
}

/* One task more for @user: counted first, so that racing forks do not pass the limit. */
static int count_process(struct user_struct *user)
{
	long limit = min_t(unsigned long, rlimit(RLIMIT_NPROC), INT_MAX);

	if ((atomic_inc_return(&user->processes) > limit && user != &root_user &&
	     !capable_admin()) || READ_ONCE(nr_tasks) >= (unsigned long)max_threads) {
		atomic_dec(&user->processes);
		return -EAGAIN;
	}
	return 0;
}

/* --- copy_process ------------------------------------------------------------------------ */

/* A thread of the kernel, whoever asks for it, begins as a child of the boot task. */
static void make_kernel_thread(struct task_struct *p, const struct kernel_clone_args *args)
{
	p->flags |= PF_KTHREAD;
	p->cred = init_task.cred;
	p->static_prio = 120;
	p->policy = SCHED_NORMAL;
	p->rt_priority = 0;
	p->reset_on_fork = false;
	p->user_share = 0;
	p->rseq = NULL;
	p->personality = 0;
	memset(&p->mempolicy, 0, sizeof(p->mempolicy));
	p->exit_signal = SIGCHLD;
	sigemptyset(&p->blocked);
	cpumask_setall(&p->cpus_allowed);
	strscpy(p->comm, args->name, sizeof(p->comm));
}

/* What may fail and what is undone in reverse order, up to the pid. */
static int copy_resources(struct task_struct *p, const struct kernel_clone_args *args)
{
	struct task_struct *from = args->fn ? &init_task : current;
	struct copy_thread_args ct = {
		.fn = args->fn, .arg = args->fn_arg,
		.regs = args->fn ? NULL : current_pt_regs(),
		.newsp = args->stack ? args->stack + args->stack_size : 0,
		.set_tls = args->flags & CLONE_SETTLS, .tls = args->tls,
	};
	int ret;

	task_mempolicy_fork(&p->mempolicy);
	ret = copy_files(p, from, args->flags);
	if (ret)
		goto out_policy;
	ret = copy_fs(p, from, args->flags);
	if (ret)
		goto out_files;
	ret = copy_sighand(p, from->sighand, args->flags);
	if (ret)
		goto out_fs;
	ret = copy_signal(p, from->signal, args->flags);
	if (ret)
		goto out_sighand;
	ret = args->fn ? 0 : copy_mm(p, args->flags);
	if (ret)
		goto out_signal;
	ret = copy_thread(p, &ct);
	if (ret)
		goto out_mm;
	return 0;

out_mm:
	drop_mm(p);
out_signal:
	signal_put(p->signal);
out_sighand:
	sighand_put(p->sighand);
out_fs:
	exit_fs(p);
out_files:
	exit_files(p);
out_policy:
	task_mempolicy_set(&p->mempolicy, NULL);
	return ret;
}

static void undo_resources(struct task_struct *p)
{
	drop_mm(p);
	signal_put(p->signal);
	sighand_put(p->sighand);
	exit_fs(p);
	exit_files(p);
	task_mempolicy_set(&p->mempolicy, NULL);
}

static void set_tid_pointers(struct task_struct *p, const struct kernel_clone_args *args)
{
	if (args->flags & CLONE_CHILD_SETTID)
		p->set_child_tid = args->child_tid;
	if (args->flags & CLONE_CHILD_CLEARTID)
		p->clear_child_tid = args->child_tid;
	if ((args->flags & (CLONE_VM | CLONE_VFORK)) == CLONE_VM) {
		p->sas_ss_sp = 0;	/* a thread has no alternate stack yet */
		p->sas_ss_size = 0;
		p->sas_ss_flags = SS_DISABLE;
	}
}

/* The new task, visible but not yet running, traced with @event; ERR_PTR. */
static struct task_struct *copy_process(const struct kernel_clone_args *args, int event)
{
	struct task_struct *from = args->fn ? &init_task : current, *p;
	struct file *pidfile = NULL;
	int ret = check_clone_flags(args->flags), pidfd = -1;

	if (ret)
		return ERR_PTR(ret);
	if (!args->fn && signal_pending(current))
		return ERR_PTR(-ERESTARTNOINTR);		/* F4 */
	ret = count_process(from->user);
	if (ret)
		return ERR_PTR(ret);
	ret = -ENOMEM;
	p = dup_task_struct(from);
	if (!p)
		goto out_count;
	p->exit_signal = args->exit_signal;
	if (args->fn)
		make_kernel_thread(p, args);
	sched_fork(p);
	set_tid_pointers(p, args);
	rseq_migrate_fork(p, args->flags);
	ret = copy_resources(p, args);
	if (ret)
		goto out_task;
	ret = alloc_pid();
	if (ret < 0)
		goto out_resources;
	p->pid = ret;
	refcount_inc(&p->user->count);
	if (args->flags & CLONE_PIDFD) {
		ret = pidfd = pidfd_prepare(p, args->pidfd, &pidfile);
		if (ret < 0)
			goto out_pid;
	}
	ret = publish_task(p, args, event);
	if (ret)
		goto out_pidfd;
	if (pidfile)
		fd_install(pidfd, pidfile);
	return p;

out_pidfd:
	if (pidfile) {
		fput(pidfile);
		put_unused_fd(pidfd);
	}
out_pid:
	put_user_struct(p->user);
	free_pid(p->pid);
out_resources:
	free_thread(p);
	undo_resources(p);
out_task:
	free_stack(p->stack);
	kmem_cache_free(task_cachep, p);
out_count:
	atomic_dec(&from->user->processes);
	return ERR_PTR(ret);
}

/* The parent of vfork sleeps until the child execs or exits, or until it is killed itself. */
static bool wait_for_vfork_done(struct task_struct *child, struct completion *vfork)
{
	bool killed = wait_for_completion_killable(vfork);

	if (killed) {
		task_lock(child);
		child->vfork_done = NULL;
		task_unlock(child);
	}
	put_task_struct(child);
	return !killed;
}

/* What the tracer of current wants to hear of this clone; 0: nothing. */
static int clone_event(const struct kernel_clone_args *args)
{
	int event = args->flags & CLONE_VFORK ? PTRACE_EVENT_VFORK :
		    args->exit_signal != SIGCHLD ? PTRACE_EVENT_CLONE : PTRACE_EVENT_FORK;

	if (args->fn || (args->flags & CLONE_UNTRACED) || !ptrace_event_enabled(current, event))
		return 0;
	return event;
}

/**
 * kernel_clone() - fork in all its forms.
 * Context: thread, may sleep. Return: the child's number, or -E with nothing changed.
 */
pid_t kernel_clone(const struct kernel_clone_args *args)
{
	const u64 both = CLONE_PIDFD | CLONE_PARENT_SETTID;
	DECLARE_COMPLETION_ONSTACK(vfork);
	struct task_struct *p;
	int event;
	pid_t nr;

	if ((args->flags & both) == both && args->pidfd == args->parent_tid)
		return -EINVAL;
	event = clone_event(args);
	p = copy_process(args, event);
	if (IS_ERR(p))
		return PTR_ERR(p);
	nr = p->pid;
	trace_event("fork pid %ld flags %lx by %ld", nr, args->flags, current->pid);
	if (args->flags & CLONE_PARENT_SETTID)
		(void)put_user(nr, args->parent_tid);
	if (args->flags & CLONE_VFORK) {
		p->vfork_done = &vfork;
		get_task_struct(p);
	}
	wake_up_new_task(p);
	if (event)
		ptrace_event(event, nr);
	if ((args->flags & CLONE_VFORK) && wait_for_vfork_done(p, &vfork))
		ptrace_event(PTRACE_EVENT_VFORK_DONE, nr);
	return nr;
}

/* --- threads of the kernel ----------------------------------------------------------------- */

/**
 * kernel_thread() - a task that runs @fn and may become a program by kernel_execve().
 * Context: thread, or boot with interrupts off. Return: its number, or -E.
 */
pid_t kernel_thread(int (*fn)(void *arg), void *arg, const char *name)
{
	struct kernel_clone_args args = { .fn = fn, .fn_arg = arg, .name = name,
					  .exit_signal = SIGCHLD };

	return kernel_clone(&args);
}

struct kthread_start {
	int (*fn)(void *);
	void *data;
};

static int kthread_main(void *arg)
{
	struct kthread_start start = *(struct kthread_start *)arg;

	kfree(arg);
	do_exit(start.fn(start.data));
}

static struct task_struct *start_kthread(int (*fn)(void *), void *data, const char *name, int cpu)
{
	struct kernel_clone_args args = { .fn = kthread_main, .name = name,
		.flags = CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_VM, };
	struct kthread_start *start = kmalloc(sizeof(*start), GFP_KERNEL);
	struct task_struct *p;

	if (!start)
		return ERR_PTR(-ENOMEM);
	start->fn = fn;
	start->data = data;
	args.fn_arg = start;
	p = copy_process(&args, 0);
	if (IS_ERR(p)) {
		kfree(start);
		return p;
	}
	if (cpu >= 0) {
		cpumask_clear(&p->cpus_allowed);
		cpumask_set_cpu(cpu, &p->cpus_allowed);
		p->flags |= PF_NO_SETAFFINITY;
	}
	wake_up_new_task(p);
	return p;
}

/**
 * kthread_run() - start @fn(@data) as a thread of the kernel named @name.
 * Context: thread, may sleep. Return: the task, which lives until @fn returns; ERR_PTR.
 */
struct task_struct *kthread_run(int (*fn)(void *), void *data, const char *name)
{
	return start_kthread(fn, data, name, -1);
}

struct task_struct *kthread_run_on(int (*fn)(void *), void *data, const char *name, int cpu)
{
	return start_kthread(fn, data, name, cpu);
}

static int idle_never_runs(void *arg)
{
	return 0;
}

/**
 * idle_task_for() - the task that @cpu comes up as. Context: boot, thread. NULL: no memory.
 */
struct task_struct *idle_task_for(unsigned int cpu)
{
	struct task_struct *p = dup_task_struct(&init_task);
	struct copy_thread_args ct = { .fn = idle_never_runs };

	if (!p)
		return NULL;
	refcount_inc(&init_sighand.count);
	refcount_inc(&init_signals.sigcnt);
	refcount_inc(&root_user.count);
	if (copy_thread(p, &ct)) {
		free_stack(p->stack);
		kmem_cache_free(task_cachep, p);
		return NULL;
	}
	p->flags |= PF_KTHREAD;
	p->group_leader = p;
	p->active_mm = this_machine()->init_mm;
	mmgrab(p->active_mm);
	snprintf(p->comm, sizeof(p->comm), "swapper/%u", cpu);
	sched_set_idle(p, cpu);
	return p;
}

/* --- system calls ---------------------------------------------------------------------------- */

long sys_fork(void)
{
	struct kernel_clone_args args = { .exit_signal = SIGCHLD };

	return kernel_clone(&args);
}

long sys_vfork(void)
{
	struct kernel_clone_args args = { .flags = CLONE_VFORK | CLONE_VM,
					  .exit_signal = SIGCHLD };

	return kernel_clone(&args);
}

long sys_clone(unsigned long flags, unsigned long newsp, int __user *parent_tid,
	       int __user *child_tid, unsigned long tls)
{
	struct kernel_clone_args args = {
		.flags = (u32)flags & ~CSIGNAL,
		.exit_signal = flags & CSIGNAL,
		.child_tid = child_tid, .parent_tid = parent_tid, .pidfd = parent_tid,
		.stack = newsp, .tls = tls,
	};

	return kernel_clone(&args);
}

/* The struct may be older or newer than ours: what we do not know has to be zero. */
static int copy_clone_args(struct clone_args *ca, struct clone_args __user *uargs, size_t size)
{
	size_t i;

	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	memset(ca, 0, sizeof(*ca));
	if (copy_from_user(ca, uargs, min(size, sizeof(*ca))))
		return -EFAULT;
	for (i = sizeof(*ca); i < size; i++) {
		u8 byte;

		if (get_user(byte, (u8 __user *)uargs + i))
			return -EFAULT;
		if (byte)
			return -E2BIG;
	}
	return 0;
}

static bool clone3_valid(const struct clone_args *ca)
{
	if (ca->flags & ~(0xffffffffull | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP))
		return false;
	if (ca->flags & (CLONE_DETACHED | (CSIGNAL & ~CLONE_NEWTIME)))
		return false;
	if ((ca->flags & (CLONE_SIGHAND | CLONE_CLEAR_SIGHAND)) ==
	    (CLONE_SIGHAND | CLONE_CLEAR_SIGHAND))
		return false;
	if ((ca->flags & (CLONE_THREAD | CLONE_PARENT)) && ca->exit_signal)
		return false;
	if (ca->exit_signal & ~(u64)CSIGNAL || !valid_signal(ca->exit_signal))
		return false;
	if (ca->set_tid || ca->set_tid_size)		/* not built */
		return false;
	if (!ca->stack)
		return !ca->stack_size;
	return ca->stack_size && access_ok(ca->stack, ca->stack_size);
}

long sys_clone3(struct clone_args __user *uargs, size_t size)
{
	struct kernel_clone_args args = { 0 };
	struct clone_args ca;
	int ret = copy_clone_args(&ca, uargs, size);

	if (ret)
		return ret;
	if (!clone3_valid(&ca) || (ca.flags & CLONE_NEWTIME))
		return -EINVAL;
	args.flags = ca.flags;
	args.pidfd = (int __user *)ca.pidfd;
	args.child_tid = (int __user *)ca.child_tid;
	args.parent_tid = (int __user *)ca.parent_tid;
	args.exit_signal = ca.exit_signal;
	args.stack = ca.stack;
	args.stack_size = ca.stack_size;
	args.tls = ca.tls;
	return kernel_clone(&args);
}

long sys_set_tid_address(int __user *tidptr)
{
	current->clear_child_tid = tidptr;
	return current->pid;
}

/* --- the rest -------------------------------------------------------------------------------- */

/**
 * get_task_mm() - the address space of @p, with a user reference, or NULL.
 * Locks:   takes task_lock. Context: thread.
 */
struct mm_struct *get_task_mm(struct task_struct *p)
{
	struct mm_struct *mm;

	task_lock(p);
	mm = p->flags & PF_KTHREAD ? NULL : p->mm;
	if (mm && !mmget_not_zero(mm))
		mm = NULL;
	task_unlock(p);
	return mm;
}

unsigned long nr_processes(void)
{
	return READ_ONCE(nr_tasks) - 1;		/* without the idle task */
}

u64 nr_forks(void)
{
	return READ_ONCE(total_forks);
}

/* a task is no longer known; tasklist_lock held */
void task_uncount(void)
{
	spin_assert_held(&tasklist_lock);
	nr_tasks--;
}

void set_task_comm(struct task_struct *p, const char *name)
{
	task_lock(p);
	strscpy(p->comm, name, sizeof(p->comm));
	task_unlock(p);
}

void __init fork_init(void)
{
	unsigned long threads = totalram_pages() * PAGE_SIZE / (8 * THREAD_SIZE);

	/* getgroups() copies from the task itself */
	task_cachep = kmem_cache_create_usercopy("task_struct", sizeof(struct task_struct), 64,
			SLAB_PANIC | SLAB_ACCOUNT, offsetof(struct task_struct, cred.groups),
			sizeof_field(struct task_struct, cred.groups), NULL);
	signal_cachep = kmem_cache_create("signal_cache", sizeof(struct signal_struct), 64,
					  SLAB_PANIC | SLAB_ACCOUNT, NULL);
	sighand_cachep = kmem_cache_create("sighand_cache", sizeof(struct sighand_struct), 64,
					   SLAB_PANIC | SLAB_ACCOUNT, NULL);
	max_threads = clamp_t(unsigned long, threads, MIN_THREADS, INT_MAX / 2);
	init_signals.rlim[RLIMIT_NPROC].rlim_cur = max_threads / 2;
	init_signals.rlim[RLIMIT_NPROC].rlim_max = max_threads / 2;
	init_signals.rlim[RLIMIT_SIGPENDING] = init_signals.rlim[RLIMIT_NPROC];
	this_machine()->tunables.page_table_stock = PT_STOCK_MAX;
	init_timer_sigqueues(&init_signals);
	hrtimer_init(&init_signals.real_timer, it_real_fn);
	cpumask_setall(&init_task.cpus_allowed);
	sigemptyset(&init_task.blocked);
}
