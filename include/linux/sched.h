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
#include <linux/spinlock.h>
#include <linux/cpumask.h>
#include <linux/wait.h>
#include <linux/signal.h>
#include <linux/hrtimer.h>
#include <uapi/resource.h>
#include <asm/thread.h>		/* struct thread_struct: registers, FPU, TLS bases */
#include <asm/current.h>	/* current */

struct mm_struct;
struct files_struct;
struct fs_struct;
struct tty_struct;
struct pt_regs;

#define TASK_COMM_LEN		16
#define THREAD_SIZE		16384	/* kernel stack, bytes; vmalloc'ed with a guard page */

/* task->state; as /proc shows them: R S D T Z X */
#define TASK_RUNNING		0x00u
#define TASK_INTERRUPTIBLE	0x01u
#define TASK_UNINTERRUPTIBLE	0x02u
#define TASK_STOPPED		0x04u
#define EXIT_DEAD		0x10u
#define EXIT_ZOMBIE		0x20u
#define TASK_KILLABLE_BIT	0x100u
#define TASK_KILLABLE		(TASK_KILLABLE_BIT | TASK_UNINTERRUPTIBLE)
#define TASK_DEAD		0x80u

/* task->flags */
#define PF_EXITING		0x00000004u
#define PF_FORKNOEXEC		0x00000040u
#define PF_SIGNALED		0x00000400u
#define PF_KTHREAD		0x00200000u

/* thread-info flags: work before returning to user mode (task->ti_flags, atomic bit operations) */
#define TIF_NOTIFY_RESUME	1
#define TIF_SIGPENDING		2
#define TIF_NEED_RESCHED	3
#define _TIF_WORK_MASK		((1u << TIF_NOTIFY_RESUME) | (1u << TIF_SIGPENDING) | (1u << TIF_NEED_RESCHED))

struct sighand_struct {
	refcount_t count;
	struct k_sigaction action[_NSIG];	/* g */
};

/* One process: what all threads of a thread group share. */
struct signal_struct {
	refcount_t sigcnt;
	atomic_t live;				/* a  threads that have not exited */
	int nr_threads;				/* t */
	spinlock_t siglock;			/* g */
	struct list_head thread_head;		/* t  task->thread_node */
	struct wait_queue_head wait_chldexit;	/* wait4 sleeps here */
	struct task_struct *group_exit_task;	/* g  the thread that waits in exec */
	struct sigpending shared_pending;	/* g */
	int group_exit_code;			/* g */
	unsigned int flags;			/* g  SIGNAL_* */
	int group_stop_count;			/* g */
	struct hrtimer real_timer;		/* ITIMER_REAL, alarm() */
	u64 it_real_incr_ns;			/* g */
	struct task_struct *leader_task;	/* t */
	pid_t pgrp, session;			/* t */
	bool leader;				/* t  session leader */
	bool has_child_subreaper, is_child_subreaper;	/* t */
	struct tty_struct *tty;			/* g  controlling terminal */
	u64 utime, stime, cutime, cstime;	/* g  ns; of exited threads, of waited children */
	unsigned long min_flt, maj_flt, cmin_flt, cmaj_flt;	/* g */
	unsigned long nvcsw, nivcsw, cnvcsw, cnivcsw;	/* g */
	unsigned long maxrss, cmaxrss;		/* g  pages */
	struct rlimit rlim[RLIM_NLIMITS];	/* u of the leader */
	int oom_score_adj;
};

#define SIGNAL_STOP_STOPPED	0x01u
#define SIGNAL_STOP_CONTINUED	0x02u
#define SIGNAL_GROUP_EXIT	0x04u
#define SIGNAL_CLD_STOPPED	0x10u
#define SIGNAL_CLD_CONTINUED	0x20u
#define SIGNAL_UNKILLABLE	0x40u

/* identity: one struct, copied at fork */
struct cred {
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

	int on_rq;				/* r */
	int on_cpu;				/* r  runs somewhere, its stack is in use */
	int cpu;				/* r  where it runs or ran last */
	struct list_head run_list;		/* r */
	u64 slice_end_ns;			/* r  when round robin moves on */
	u64 exec_start_ns;			/* r */
	struct cpumask cpus_allowed;		/* r */
	int static_prio, policy;		/* r  nice + 120, SCHED_* */
	u64 utime, stime;			/* o  ns */
	u64 start_time;				/* i  ns since boot */
	unsigned long nvcsw, nivcsw, min_flt, maj_flt;	/* o */

	struct mm_struct *mm;			/* u  NULL: kernel thread */
	struct mm_struct *active_mm;		/* r  whose page tables are loaded */

	pid_t pid, tgid;			/* i */
	struct task_struct *real_parent;	/* t */
	struct list_head children, sibling;	/* t */
	struct task_struct *group_leader;	/* t */
	struct list_head thread_node;		/* t  in signal->thread_head */
	struct list_head tasks;			/* t  all processes (group leaders) */
	struct hlist_node pid_link;		/* t  hash by pid */
	refcount_t usage;			/* a */

	int exit_code, exit_signal;		/* t */
	struct completion *vfork_done;		/* o */
	int __user *set_child_tid, *clear_child_tid;	/* o */
	void __user *robust_list;		/* o */

	struct signal_struct *signal;		/* t */
	struct sighand_struct *sighand;		/* t */
	sigset_t blocked, saved_sigmask;	/* g */
	bool restore_sigmask;			/* o */
	struct sigpending pending;		/* g */
	unsigned long sas_ss_sp;		/* o */
	size_t sas_ss_size;			/* o */
	unsigned int sas_ss_flags;		/* o */
	struct restart_block {
		long (*fn)(struct restart_block *);
		u64 expires_ns;
		clockid_t clockid;
		struct timespec64_user __user *rmtp;
		void *priv[3];
	} restart_block;			/* o */

	struct files_struct *files;		/* u */
	struct fs_struct *fs;			/* u */
	struct cred cred;			/* o  (others: under u) */
	spinlock_t alloc_lock;			/* task_lock() */
	char comm[TASK_COMM_LEN];		/* u */
	unsigned int personality;		/* o */
	u64 oom_reaped;				/* t */
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
void yield_cpu(void);
int wake_up_process(struct task_struct *p);
bool wake_up_state(struct task_struct *p, unsigned int state_mask);
void set_current_state(unsigned int state);
void __set_current_state(unsigned int state);
void sched_fork(struct task_struct *p);
void wake_up_new_task(struct task_struct *p);
void scheduler_tick(bool user_mode);	/* from the timer interrupt, interrupts off */
void cond_resched(void);
unsigned long nr_running(void);
unsigned long long nr_context_switches(void);
void sched_getloadavg(unsigned long avg[3]);	/* fixed point, 11 bits */
struct cpu_times { u64 user, nice, system, idle, iowait, irq, softirq; };	/* ns */
void sched_cpu_times(int cpu, struct cpu_times *out);
void __noreturn cpu_idle_loop(void);
void set_task_comm(struct task_struct *p, const char *name);
void set_user_nice(struct task_struct *p, int nice);

/* kernel/pid.c, fork.c, exit.c */
struct task_struct *find_task_by_pid(pid_t pid);	/* tasklist_lock held */
struct task_struct *get_task_by_pid(pid_t pid);		/* counted, or NULL */
void put_task_struct(struct task_struct *p);
static inline void get_task_struct(struct task_struct *p) { refcount_inc(&p->usage); }
/* the address space of @p with a user reference, or NULL */
struct mm_struct *get_task_mm(struct task_struct *p);
struct task_struct *__must_check kthread_run(int (*fn)(void *), void *data, const char *name);
void __noreturn do_exit(long code);
void __noreturn do_group_exit(int code);
unsigned long nr_processes(void);	/* all tasks, threads included */
pid_t last_pid(void);

/* kernel/exec.c */
int kernel_execve(const char *path, const char *const *argv, const char *const *envp);

#endif
