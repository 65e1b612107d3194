/* SPDX-License-Identifier: MIT */
/*
 * sched.h - tasks, processes (thread groups), and what they own.
 *
 * Lock letters: t tasklist_lock   r the run queue's lock   g signal->siglock
 *               u alloc_lock (task_lock)   o only the task itself   i fixed at fork   a atomic
 */
#ifndef LINUX_SCHED_H
#define LINUX_SCHED_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/atomic.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/cpumask.h>
#include <linux/wait.h>
#include <linux/signal.h>
#include <linux/hrtimer.h>
#include <linux/mempolicy.h>
#include <linux/sched/mm.h>	/* the scopes among PF_* */
#include <mm/debug_state.h>
#include <uapi/resource.h>
#include <uapi/sched.h>
#include <uapi/wait.h>
#include <asm/thread.h>		/* struct thread_struct: registers, FPU, TLS bases */
#include <asm/current.h>	/* current */

struct mm_struct;
struct files_struct;
struct fs_struct;
struct tty_struct;
struct pt_regs;
struct rseq;
struct core_state;
struct futex_q;
struct file;

#define TASK_COMM_LEN		16
#define THREAD_SIZE		16384	/* kernel stack, bytes; vmalloc'ed with a guard page */

/* task->state; as /proc shows them: R S D T t Z X */
#define TASK_RUNNING		0x00u
#define TASK_INTERRUPTIBLE	0x01u
#define TASK_UNINTERRUPTIBLE	0x02u
#define TASK_STOPPED		0x04u
#define TASK_TRACED		0x08u
#define EXIT_DEAD		0x10u
#define EXIT_ZOMBIE		0x20u
#define TASK_KILLABLE_BIT	0x100u
#define TASK_KILLABLE		(TASK_KILLABLE_BIT | TASK_UNINTERRUPTIBLE)
#define TASK_DEAD		0x80u
#define TASK_WAKING		0x200u	/* a waker has it, between two run queues */
#define TASK_NEW		0x800u	/* fork has not made it runnable yet */
#define TASK_NORMAL		(TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)
#define TASK_WAKEKILL		TASK_KILLABLE_BIT	/* a fatal signal wakes it */

/* task->flags */
#define PF_EXITING		0x00000004u
#define PF_POSTCOREDUMP		0x00000008u	/* its registers are as a core file wants them */
#define PF_DUMPCORE		0x00000200u
#define PF_FORKNOEXEC		0x00000040u
#define PF_SIGNALED		0x00000400u
#define PF_SUPERPRIV		0x00000100u
#define PF_KTHREAD		0x00200000u
#define PF_RANDOMIZE		0x00400000u	/* addresses are random: /proc/PID/stat shows it */
#define PF_NO_SETAFFINITY	0x04000000u

/* task->jobctl: stops that a thread has to make, kernel/jobctl.c and ptrace_stop.c */
#define JOBCTL_STOP_SIGMASK	0x0000ffffu	/* signal of the last group stop */
#define JOBCTL_STOP_DEQUEUED	0x00010000u	/* it has taken a signal, which may stop */
#define JOBCTL_STOP_PENDING	0x00020000u	/* it takes part in a group stop */
#define JOBCTL_STOP_CONSUME	0x00040000u	/* and is counted in group_stop_count */
#define JOBCTL_TRAP_STOP	0x00080000u	/* it stops for its tracer */
#define JOBCTL_TRAP_NOTIFY	0x00100000u	/* it tells its tracer that the group changed */
#define JOBCTL_TRAPPING		0x00200000u	/* on its way from stopped to traced */
#define JOBCTL_LISTENING	0x00400000u	/* traced, but its tracer only waits for news */
#define JOBCTL_HELD		0x00800000u	/* its tracer is at its registers: nobody wakes it */
#define JOBCTL_TRAP_MASK	(JOBCTL_TRAP_STOP | JOBCTL_TRAP_NOTIFY)
#define JOBCTL_PENDING_MASK	(JOBCTL_STOP_PENDING | JOBCTL_TRAP_MASK)

/* thread-info flags: work before returning to user mode (task->ti_flags, atomic bit operations) */
#define TIF_NOTIFY_RESUME	1
#define TIF_SIGPENDING		2
#define TIF_NEED_RESCHED	3
#define TIF_SYSCALL_TRACE	4	/* the tracer wants to see its system calls */
#define TIF_SINGLESTEP		5	/* the tracer steps: the end of a system call is a step */
#define _TIF_SYSCALL_EXIT	((1u << TIF_SYSCALL_TRACE) | (1u << TIF_SINGLESTEP))
#define _TIF_WORK_MASK		((1u << TIF_NOTIFY_RESUME) | (1u << TIF_SIGPENDING) | (1u << TIF_NEED_RESCHED))

struct sighand_struct {
	refcount_t count;
	spinlock_t lock;			/* inside siglock */
	struct k_sigaction action[_NSIG];	/* g and lock */
};

/* Timers of setitimer() that count CPU time; the tick looks at them. */
struct cpu_itimer {
	u64 expires;				/* g  ns of CPU time, 0: off */
	u64 incr;				/* g  ns */
};

/*
 * One process: what all threads of a thread group share. Lives as long as any
 * of its task_structs, so p->signal is valid for whoever may use p.
 */
struct signal_struct {
	refcount_t sigcnt;			/* a  task_structs that point here */
	atomic_t live;				/* a  threads that have not exited */
	int nr_threads;				/* t */
	spinlock_t siglock;			/* g */
	struct list_head thread_head;		/* t and g  task->thread_node */
	struct wait_queue_head wait_chldexit;	/* wait4 sleeps here */
	struct task_struct *curr_target;	/* g  who got the last shared signal */
	struct task_struct *group_exec_task;	/* g  the thread that waits in exec */
	int notify_count;			/* g  exec waits until so few are left */
	struct sigpending shared_pending;	/* g */
	int group_exit_code;			/* g  or the stop signal */
	unsigned int flags;			/* g  SIGNAL_* */
	int group_stop_count;			/* g  threads that have yet to stop */
	struct hrtimer real_timer;		/* ITIMER_REAL, alarm() */
	u64 it_real_incr_ns;			/* g */
	struct cpu_itimer it[2];		/* g  ITIMER_VIRTUAL - 1, ITIMER_PROF - 1 */
	struct sigqueue timer_sigq[3];		/* g  preallocated: interrupts cannot allocate */
	bool cpu_timers_armed;			/* a  the tick has to look at it[] or RLIMIT_CPU */
	struct task_struct *leader_task;	/* t */
	pid_t pgrp, session;			/* t */
	bool leader;				/* t  session leader */
	bool has_child_subreaper, is_child_subreaper;	/* t */
	struct tty_struct *tty;			/* g  controlling terminal */
	pid_t tty_old_pgrp;			/* g  foreground group when the terminal went */
	u64 utime, stime, cutime, cstime;	/* g  ns; of exited threads, of waited children */
	unsigned long min_flt, maj_flt, cmin_flt, cmaj_flt;	/* g */
	unsigned long nvcsw, nivcsw, cnvcsw, cnivcsw;	/* g */
	unsigned long maxrss, cmaxrss;		/* g  pages */
	struct rlimit rlim[RLIM_NLIMITS];	/* u of the leader */
	int oom_score_adj, oom_score_adj_min;	/* a */
	struct core_state *core_state;		/* g  a core file is being written */
	unsigned int coredump_filter;		/* a  MMF_DUMP_* */
	struct mm_struct *oom_mm;		/* a  victim: the address space that is to go */
};

#define SIGNAL_STOP_STOPPED	0x01u
#define SIGNAL_STOP_CONTINUED	0x02u
#define SIGNAL_GROUP_EXIT	0x04u
#define SIGNAL_CLD_STOPPED	0x10u
#define SIGNAL_CLD_CONTINUED	0x20u
#define SIGNAL_UNKILLABLE	0x40u	/* init: no signal without a handler reaches it */
#define SIGNAL_CLD_MASK		(SIGNAL_CLD_STOPPED | SIGNAL_CLD_CONTINUED)

/* identity: one struct, copied at fork */
/* what is counted for all tasks of one real user (kernel/user.c) */
struct user_struct {
	uid_t uid;				/* i */
	refcount_t count;			/* a */
	atomic_t processes;			/* a  RLIMIT_NPROC */
	atomic_t sigpending;			/* a  RLIMIT_SIGPENDING */
	unsigned long locked_shm;		/* shm_mutex  pages, RLIMIT_MEMLOCK */
	struct hlist_node link;			/* users_lock */
};
struct user_struct *get_user_struct(uid_t uid);	/* counted; NULL: out of memory */
void put_user_struct(struct user_struct *user);
extern struct user_struct root_user;

/* sets of capabilities, a bit each; kernel/capability.c says how they relate */
struct cap_sets {
	u64 effective, permitted, inheritable, bset, ambient;
};

struct cred {
	struct cap_sets cap;
	uid_t uid, euid, suid, fsuid;
	gid_t gid, egid, sgid, fsgid;
	int ngroups;
	gid_t groups[32];
};

struct task_struct {
	unsigned int ti_flags;			/* a  TIF_*: first, the entry code tests it */
	unsigned int state;			/* r  TASK_* */
	unsigned int exit_state;		/* t  EXIT_* */
	unsigned int flags;			/* o  PF_* */
	void *stack;				/* i  lowest address of the kernel stack */
	struct thread_struct thread;		/* o  asm/thread.h */
#ifdef CONFIG_DEBUG_LOCKS
	struct held_sleeping held_sleeping;	/* o  D6 of lib/spinlock.c */
#endif

	int on_rq;				/* r */
	int on_cpu;				/* r  runs somewhere, its stack is in use */
	int cpu;				/* r  where it runs or ran last */
	struct list_head run_list;		/* r */
	s64 slice_left_ns;			/* r  until round robin moves on; below 0: owed */
	u64 picked_ns;				/* r  when it got the CPU */
	u64 exec_start_ns;			/* r  CPU time is charged up to here */
	u64 sleep_start_ns;			/* r */
	struct cpumask cpus_allowed;		/* r */
	int static_prio, policy;		/* r  nice + 120, SCHED_* */
	int rt_priority;			/* r  1..99 of SCHED_FIFO and SCHED_RR, else 0 */
	int pi_priority;			/* r  as rt_priority, lent by waiters of its futexes */
	bool reset_on_fork;			/* r */
	bool must_migrate;			/* r  its CPU is no longer allowed */
	bool sched_uninterruptible;		/* r  counts in the load though it sleeps */
	unsigned int user_share;		/* r  of its CPU time in user mode, by ticks, of 1024 */
	u64 utime, stime;			/* r  ns */
	u64 start_time;				/* i  ns since boot */
	unsigned long nvcsw, nivcsw, min_flt, maj_flt;	/* o */

	struct mm_struct *mm;			/* u  NULL: kernel thread */
	struct mm_struct *active_mm;		/* r  whose page tables are loaded */

	pid_t pid, tgid;			/* i */
	struct task_struct *real_parent;	/* t */
	struct list_head children, sibling;	/* t  children: of group leaders only */
	pid_t forker;				/* t  thread of the parent that is its parent */
	struct task_struct *group_leader;	/* t */
	struct list_head thread_node;		/* t  in signal->thread_head */
	struct list_head tasks;			/* t  all processes (group leaders) */
	struct list_head dead_link;		/* t  on its way to release_task() */
	struct hlist_node pid_link;		/* t  hash by pid */
	struct hlist_node pgrp_link, session_link;	/* t  leaders: by group, by session */
	refcount_t usage;			/* a */

	int exit_code, exit_signal;		/* t  exit_signal -1: a thread, not a process;
						 * g while traced: why it stopped, what goes on */
	unsigned int ptrace;			/* t and g  PT_* of linux/ptrace.h; 0: not traced */
	struct task_struct *tracer;		/* t and g  the thread that traces it, or NULL */
	struct list_head ptraced, ptrace_entry;	/* t  whom it traces; among its tracer's */
	unsigned long ptrace_message;		/* g  for GETEVENTMSG */
	kernel_siginfo_t *last_siginfo;		/* g  of the stop that it is in, or NULL */
	int pdeath_signal;			/* o */
	unsigned int jobctl;			/* g  JOBCTL_* */
	struct completion *vfork_done;		/* o */
	int __user *set_child_tid, *clear_child_tid;	/* o */
	void __user *robust_list;		/* o */
	struct futex_q *pi_blocked_on;		/* pi_lock of futex_pi.c */
	struct rseq __user *rseq;		/* o */
	u32 rseq_sig;				/* o */

	struct signal_struct *signal;		/* t */
	struct sighand_struct *sighand;		/* t */
	sigset_t blocked, saved_sigmask;	/* g */
	sigset_t real_blocked;			/* g  sigtimedwait: what is really blocked */
	bool restore_sigmask;			/* o */
	struct sigpending pending;		/* g */
	struct sigqueue fault_sigq;		/* g  preallocated, for what its own fault brings */
	unsigned long sas_ss_sp;		/* o */
	size_t sas_ss_size;			/* o */
	unsigned int sas_ss_flags;		/* o */
	struct restart_block {
		long (*fn)(struct restart_block *);
		u64 expires_ns;		/* ktime_get_ns() */
		clockid_t clockid;
		struct __kernel_timespec __user *rmtp;
		u32 __user *uaddr;	/* futex */
		u32 val, bitset;
		bool shared, timed;
		void *priv[3];		/* poll and others */
	} restart_block;			/* o */

	struct files_struct *files;		/* u */
	struct fs_struct *fs;			/* u */
	struct cred cred;			/* o  (others: under u) */
	struct user_struct *user;		/* o  of cred.uid */
	spinlock_t alloc_lock;			/* task_lock() */
	char comm[TASK_COMM_LEN];		/* u */
	unsigned int personality;		/* o */
	struct fault_task faults;		/* a  which allocations fail: linux/fault-inject.h */
	bool in_execve;				/* o */
	bool no_new_privs;			/* o */
	bool keep_caps;				/* o */
	bool dumpable;				/* o */
#define DEFAULT_TIMER_SLACK_NS	50000
	unsigned long timer_slack_ns;		/* o */
	struct task_mempolicy mempolicy;	/* o  (written under u) */
	void *journal_info;			/* o */
};

extern spinlock_t tasklist_lock;
extern struct task_struct init_task;

static inline void task_lock(struct task_struct *p) { spin_lock(&p->alloc_lock); }
static inline void task_unlock(struct task_struct *p) { spin_unlock(&p->alloc_lock); }
static inline bool thread_group_leader(struct task_struct *p) { return p->group_leader == p; }
static inline bool signal_pending(struct task_struct *p)
{
	return READ_ONCE(p->ti_flags) & (1u << TIF_SIGPENDING);
}
bool fatal_signal_pending(struct task_struct *p);

/* all processes; the caller holds tasklist_lock */
#define for_each_process(p) \
	list_for_each_entry(p, &init_task.tasks, tasks)
#define for_each_thread(p, t) \
	list_for_each_entry(t, &(p)->signal->thread_head, thread_node)

/* kernel/sched: schedule() needs interrupts on, no spinlock held */
void schedule(void);
long schedule_timeout_ns(u64 ns);	/* state set before; ns left, 0 when it ran out */
#define MAX_SCHEDULE_TIMEOUT_NS	((u64)LONG_MAX)	/* never runs out */
void yield_cpu(void);
int wake_up_process(struct task_struct *p);		/* 1: it slept */
bool wake_up_state(struct task_struct *p, unsigned int state_mask);
void set_special_state(unsigned int state);	/* stopped, dead: no late wake-up undoes it */
/* a full barrier follows the store; the other form is for TASK_RUNNING */
#define set_current_state(s)	smp_store_mb(current->state, (s))
#define __set_current_state(s)	WRITE_ONCE(current->state, (s))
void sched_fork(struct task_struct *p);
void wake_up_new_task(struct task_struct *p);
void scheduler_tick(bool user_mode);	/* from the timer interrupt, interrupts off */
void scheduler_ipi(void);		/* the reschedule interrupt */
void resched_curr_on(int cpu);
void cond_resched(void);
static inline bool need_resched(void)
{
	return READ_ONCE(current->ti_flags) & (1u << TIF_NEED_RESCHED);
}
unsigned long nr_running(void);
unsigned long nr_iowait(void);
unsigned long long nr_context_switches(void);
u64 nr_forks(void);
void sched_getloadavg(unsigned long avg[3]);	/* fixed point, 11 bits */
struct cpu_times { u64 user, nice, system, idle, iowait, irq, softirq; };	/* ns */
void sched_cpu_times(int cpu, struct cpu_times *out);
/* CPU time of one thread, of a process with its exited threads; ns, exact */
void task_cputime(struct task_struct *p, u64 *utime, u64 *stime);
void thread_group_cputime(struct task_struct *p, u64 *utime, u64 *stime);
void __noreturn cpu_idle_loop(void);
void set_task_comm(struct task_struct *p, const char *name);
void set_user_nice(struct task_struct *p, int nice);
/* its own real-time priority or a higher one that it was lent; 0: none */
static inline int task_rt_priority(const struct task_struct *p)
{
	int own = READ_ONCE(p->rt_priority), lent = READ_ONCE(p->pi_priority);

	return own > lent ? own : lent;
}
void sched_set_pi_priority(struct task_struct *p, int priority);
static inline int task_nice(const struct task_struct *p) { return p->static_prio - 120; }
int task_prio(const struct task_struct *p);	/* column 18 of /proc/PID/stat */
char task_state_char(const struct task_struct *p);	/* R S D T t Z X I */
int task_syscall_words(struct task_struct *p, unsigned long words[9]);	/* asm/elf.h; 0, -E */
int set_cpus_allowed(struct task_struct *p, const struct cpumask *mask);	/* 0, -EINVAL */
void drop_local_stacks(void);		/* kernel stacks that this CPU keeps for forks */

/* kernel/pid.c, fork.c, exit.c */
struct task_struct *find_task_by_pid(pid_t pid);	/* tasklist_lock held */
struct task_struct *get_task_by_pid(pid_t pid);		/* counted, or NULL */
struct task_struct *find_ge_tgid(pid_t pid);	/* process with the lowest pid >= @pid; counted */
void put_task_struct(struct task_struct *p);
static inline void get_task_struct(struct task_struct *p) { refcount_inc(&p->usage); }
/* the address space of @p with a user reference, or NULL */
struct mm_struct *get_task_mm(struct task_struct *p);
struct task_struct *__must_check kthread_run(int (*fn)(void *), void *data, const char *name);
void __noreturn do_exit(long code);
void __noreturn do_group_exit(int code);
void release_task(struct task_struct *p);
void mm_release(struct task_struct *tsk, struct mm_struct *mm);
unsigned long nr_processes(void);	/* all tasks, threads included */
pid_t last_pid(void);
int get_nr_threads(struct task_struct *p);
bool is_global_init(const struct task_struct *p);
bool is_current_pgrp_orphaned(void);
pid_t task_ppid(struct task_struct *p);		/* takes tasklist_lock */
extern int max_threads;
unsigned long task_rlimit(const struct task_struct *p, unsigned int which);
static inline unsigned long rlimit(unsigned int which) { return current->signal->rlim[which].rlim_cur; }
bool task_is_current_user(const struct task_struct *p);
/* 0 or -EPERM: may current look into @p (/proc/PID/{mem,maps,environ ...}) */
int ptrace_may_access(struct task_struct *p);
int ptrace_may_attach(struct task_struct *p);	/* the same by current's real ids; may trace it */

/* on the way to user mode, TIF_NOTIFY_RESUME: kernel/rseq.c */
void resume_user_mode_work(struct pt_regs *regs);
void rseq_signal_deliver(struct pt_regs *regs);
void rseq_migrate_fork(struct task_struct *p, u64 clone_flags);
void rseq_execve(struct task_struct *p);
static inline void rseq_preempt(struct task_struct *p)
{
	if (p->rseq)
		__atomic_fetch_or(&p->ti_flags, 1u << TIF_NOTIFY_RESUME, __ATOMIC_RELAXED);
}

/* kernel/exec.c */
int kernel_execve(const char *path, const char *const *argv, const char *const *envp);
int do_execve(const char *path, const char __user *const __user *argv,
	      const char __user *const __user *envp);

/* arguments of fork in all its forms; the port reads the last five */
struct kernel_clone_args {
	u64 flags;
	int __user *pidfd, *child_tid, *parent_tid;
	int exit_signal;
	unsigned long stack, stack_size;	/* new stack: top = stack + stack_size */
	unsigned long tls;
	int (*fn)(void *);			/* kernel thread, else NULL */
	void *fn_arg;
	bool idle;
	const char *name;
};
pid_t kernel_clone(const struct kernel_clone_args *args);

#endif
