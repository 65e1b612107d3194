// SPDX-License-Identifier: MIT
/*
 * array.c - what a task is and did: /proc/PID/{status,stat,limits}.
 *
 * Everything is first collected under the locks that guard it, into one struct on the
 * stack, then printed without a lock: printing may sleep.
 *
 *   A1  a field that tells where memory of the task lies is given only to those who may
 *       trace it; others read what Linux gives them (0, or 1 for the code)
 *   A2  the fields of stat are 52, in Linux's order
 *
 * Locks: siglock and task_lock, one after the other, briefly.
 */
#include "internal.h"
#include <linux/ptrace.h>
#include <linux/topology.h>
#include <linux/tty.h>
#include <linux/bitmap.h>
#include <uapi/resource.h>


/* Signals of a task and its process, at one moment. */
struct signal_view {
	sigset_t pending, shared, blocked, ignored, caught;
	unsigned int threads;
	unsigned long flags;
	int group_exit_code;
	pid_t pgrp, session;
	unsigned int tty_nr;
	pid_t tty_pgrp;
	bool core_dumping;
	unsigned long min_flt, maj_flt, cmin_flt, cmaj_flt;
	u64 cutime, cstime;
};

static void collect_actions(struct task_struct *p, struct signal_view *v)
{
	spin_assert_held(&p->signal->siglock);
	for (int sig = 1; sig <= _NSIG; sig++) {
		const struct k_sigaction *ka = &p->sighand->action[sig - 1];

		if (ka->sa.sa_handler == SIG_IGN)
			sigaddset(&v->ignored, sig);
		else if (ka->sa.sa_handler != SIG_DFL)
			sigaddset(&v->caught, sig);
	}
}

/* @whole: faults of all threads, those that exited included */
static void collect_faults(struct task_struct *p, struct signal_view *v, bool whole)
{
	struct task_struct *t;

	v->min_flt = p->min_flt;
	v->maj_flt = p->maj_flt;
	if (!whole)
		return;
	v->min_flt = p->signal->min_flt;
	v->maj_flt = p->signal->maj_flt;
	for_each_thread(p, t) {
		v->min_flt += t->min_flt;
		v->maj_flt += t->maj_flt;
	}
}

static void collect_signals(struct task_struct *p, struct signal_view *v, bool whole)
{
	struct signal_struct *sig = p->signal;
	unsigned long irq;

	memset(v, 0, sizeof(*v));
	v->threads = get_nr_threads(p);
	spin_lock_irqsave(&sig->siglock, irq);
	v->pending = p->pending.signal;
	v->shared = sig->shared_pending.signal;
	v->blocked = p->blocked;
	collect_actions(p, v);
	collect_faults(p, v, whole);
	v->flags = sig->flags;
	v->group_exit_code = sig->group_exit_code;
	v->core_dumping = sig->core_state;
	v->tty_nr = tty_devnum(sig->tty);
	v->tty_pgrp = tty_foreground_pgrp(sig->tty);
	v->cmin_flt = sig->cmin_flt;
	v->cmaj_flt = sig->cmaj_flt;
	v->cutime = sig->cutime;
	v->cstime = sig->cstime;
	spin_unlock_irqrestore(&sig->siglock, irq);
	v->pgrp = READ_ONCE(sig->pgrp);
	v->session = READ_ONCE(sig->session);
}

/* Who the task is, at one moment. */
struct identity {
	char comm[TASK_COMM_LEN];
	struct cred cred;
	int umask;			/* -1: it has no fs any more */
	int sigpending;
};

static void collect_identity(struct task_struct *p, struct identity *id)
{
	task_lock(p);
	memcpy(id->comm, p->comm, sizeof(id->comm));
	id->cred = p->cred;
	id->umask = p->fs ? p->fs->umask : -1;
	id->sigpending = atomic_read(&p->user->sigpending);
	task_unlock(p);
}

/* --- status --------------------------------------------------------------- */

static const char *state_name(char state)
{
	switch (state) {
	case 'R': return "R (running)";
	case 'S': return "S (sleeping)";
	case 'D': return "D (disk sleep)";
	case 'T': return "T (stopped)";
	case 't': return "t (tracing stop)";
	case 'Z': return "Z (zombie)";
	case 'I': return "I (idle)";
	default: return "X (dead)";
	}
}

/* A name is any bytes: a newline in it must not look like the next line. */
static void put_escaped(struct seq_file *m, const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			seq_puts(m, "\\n");
		else if (*s == '\\')
			seq_puts(m, "\\\\");
		else
			seq_putc(m, *s);
	}
}

static unsigned int fd_slots(struct task_struct *p)
{
	struct files_struct *files = get_files_struct(p);
	unsigned int slots = files ? files_max_fd(files) : 0;

	if (files)
		put_files_struct(files);
	return slots;
}

static void status_ids(struct seq_file *m, struct task_struct *p, const struct identity *id,
		       const struct signal_view *v)
{
	const struct cred *c = &id->cred;

	seq_puts(m, "Name:\t");
	put_escaped(m, id->comm);
	if (id->umask >= 0)
		seq_printf(m, "\nUmask:\t%#04o", id->umask);
	seq_printf(m, "\nState:\t%s\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t%d\n",
		   state_name(task_state_char(p)), p->tgid, p->pid, task_ppid(p),
		   task_tracer_pid(p));
	seq_printf(m, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t%u\nGroups:\t",
		   c->uid, c->euid, c->suid, c->fsuid, c->gid, c->egid, c->sgid, c->fsgid,
		   fd_slots(p));
	for (int i = 0; i < c->ngroups; i++)
		seq_put_decimal_ull(m, i ? " " : "", c->groups[i]);
	seq_printf(m, " \nNStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n",
		   p->tgid, p->pid, v->pgrp, v->session);
}

static void status_signals(struct seq_file *m, struct task_struct *p, const struct identity *id,
			   const struct signal_view *v)
{
	seq_printf(m, "Threads:\t%u\nSigQ:\t%d/%lu\n", v->threads, id->sigpending,
		   task_rlimit(p, RLIMIT_SIGPENDING));
	seq_printf(m, "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\nSigIgn:\t%016lx\n"
		   "SigCgt:\t%016lx\n", v->pending.sig[0], v->shared.sig[0], v->blocked.sig[0],
		   v->ignored.sig[0], v->caught.sig[0]);
}

static void status_caps(struct seq_file *m, const struct task_struct *p, const struct cred *c)
{
	seq_printf(m, "CapInh:\t%016llx\nCapPrm:\t%016llx\nCapEff:\t%016llx\n"
		   "CapBnd:\t%016llx\nCapAmb:\t%016llx\n", c->cap.inheritable, c->cap.permitted,
		   c->cap.effective, c->cap.bset, c->cap.ambient);
	seq_printf(m, "NoNewPrivs:\t%d\nSeccomp:\t0\nSeccomp_filters:\t0\n"
		   "Speculation_Store_Bypass:\tunknown\nSpeculationIndirectBranch:\tunsupported\n",
		   p->no_new_privs);
}

/* a mask of @bits bits in hexadecimal, 32 bits a group, the highest first */
static void put_mask(struct seq_file *m, const unsigned long *mask, unsigned int bits)
{
	mm_assert(bits > 0);
	for (int group = (bits - 1) / 32; group >= 0; group--) {
		unsigned int width = min(bits - group * 32, 32u);
		u32 word = mask[group * 32 / BITS_PER_LONG] >> (group * 32 % BITS_PER_LONG);

		seq_printf(m, "%0*x%s", (int)DIV_ROUND_UP(width, 4),
			   width < 32 ? word & ((1u << width) - 1) : word, group ? "," : "");
	}
}

/* the same as ranges: 0-3,8 */
static void put_list(struct seq_file *m, const unsigned long *mask, unsigned int bits)
{
	const char *comma = "";

	for (unsigned int from = find_first_bit(mask, bits), to; from < bits;
	     from = find_next_bit(mask, bits, to)) {
		to = find_next_zero_bit(mask, bits, from);
		seq_printf(m, to - from > 1 ? "%s%u-%u" : "%s%u", comma, from, to - 1);
		comma = ",";
	}
}

static void status_places(struct seq_file *m, const struct task_struct *p)
{
	DECLARE_BITMAP(nodes, MAX_NUMNODES) = { 0 };
	int nid;

	for_each_online_node(nid)
		if (node_state(nid, N_MEMORY))
			set_bit(nid, nodes);
	seq_puts(m, "Cpus_allowed:\t");
	put_mask(m, p->cpus_allowed.bits, nr_cpu_ids);
	seq_puts(m, "\nCpus_allowed_list:\t");
	put_list(m, p->cpus_allowed.bits, nr_cpu_ids);
	seq_puts(m, "\nMems_allowed:\t");
	put_mask(m, nodes, MAX_NUMNODES);
	seq_puts(m, "\nMems_allowed_list:\t");
	put_list(m, nodes, MAX_NUMNODES);
	seq_printf(m, "\nvoluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n",
		   READ_ONCE(p->nvcsw), READ_ONCE(p->nivcsw));
}

/**
 * proc_pid_status() - the text of /proc/PID/status.
 * Locks:   takes siglock, task_lock, tasklist_lock, mmap_lock.
 * Context: thread, may sleep.
 * Return:  0.
 */
int proc_pid_status(struct seq_file *m, struct task_struct *p)
{
	struct mm_struct *mm = get_task_mm(p);
	struct signal_view v;
	struct identity id;

	collect_signals(p, &v, true);
	collect_identity(p, &id);
	status_ids(m, p, &id, &v);
	if (mm) {
		proc_mm_status(m, mm);
		seq_printf(m, "CoreDumping:\t%d\nTHP_enabled:\t0\n", v.core_dumping);
		mmput(mm);
	}
	status_signals(m, p, &id, &v);
	status_caps(m, p, &id.cred);
	status_places(m, p);
	return 0;
}

/* --- stat ----------------------------------------------------------------- */

/* fields 23 to 28: size, resident, limit, code, stack */
static void stat_sizes(struct seq_file *m, struct task_struct *p, struct mm_struct *mm,
		       bool permitted)
{
	seq_put_decimal_ull(m, " ", mm ? mm->total_vm << PAGE_SHIFT : 0);
	seq_put_decimal_ull(m, " ", mm ? get_mm_rss(mm) : 0);
	seq_put_decimal_ull(m, " ", task_rlimit(p, RLIMIT_RSS));
	seq_put_decimal_ull(m, " ", !mm ? 0 : permitted ? mm->start_code : 1);	/* A1 */
	seq_put_decimal_ull(m, " ", !mm ? 0 : permitted ? mm->end_code : 1);
	seq_put_decimal_ull(m, " ", mm && permitted ? mm->start_stack : 0);
}

/* fields 45 to 51 */
static void stat_layout(struct seq_file *m, const struct mm_struct *mm)
{
	if (!mm) {
		seq_puts(m, " 0 0 0 0 0 0 0");
		return;
	}
	seq_put_decimal_ull(m, " ", mm->start_data);
	seq_put_decimal_ull(m, " ", mm->end_data);
	seq_put_decimal_ull(m, " ", mm->start_brk);
	seq_put_decimal_ull(m, " ", mm->arg_start);
	seq_put_decimal_ull(m, " ", mm->arg_end);
	seq_put_decimal_ull(m, " ", mm->env_start);
	seq_put_decimal_ull(m, " ", mm->env_end);
}

/* fields 31 to 34: the first 31 signals of each set, which is all that fits the format */
static void stat_signals(struct seq_file *m, const struct signal_view *v)
{
	const sigset_t *sets[] = { &v->pending, &v->blocked, &v->ignored, &v->caught };

	for (unsigned int i = 0; i < ARRAY_SIZE(sets); i++)
		seq_put_decimal_ull(m, " ", sets[i]->sig[0] & 0x7fffffff);
}

static int task_exit_code(struct task_struct *p, const struct signal_view *v, bool whole)
{
	if (whole && (v->flags & (SIGNAL_GROUP_EXIT | SIGNAL_STOP_STOPPED)))
		return v->group_exit_code;
	return p->exit_code;
}

static void do_stat(struct seq_file *m, struct task_struct *p, bool whole)
{
	struct mm_struct *mm = get_task_mm(p);
	bool permitted = !ptrace_may_access(p);
	char state = task_state_char(p);
	struct signal_view v;
	struct identity id;
	u64 utime, stime;

	collect_signals(p, &v, whole);
	collect_identity(p, &id);
	if (whole)
		thread_group_cputime(p, &utime, &stime);
	else
		task_cputime(p, &utime, &stime);
	seq_printf(m, "%d (%s) %c %d %d %d %u %d %u %lu %lu %lu %lu %llu %llu %llu %llu",
		   p->pid, id.comm, state, task_ppid(p), v.pgrp, v.session,
		   v.tty_nr, v.tty_pgrp, p->flags, v.min_flt, v.cmin_flt, v.maj_flt, v.cmaj_flt,
		   (unsigned long long)nsec_to_clock_t(utime),
		   (unsigned long long)nsec_to_clock_t(stime),
		   (unsigned long long)nsec_to_clock_t(v.cutime),
		   (unsigned long long)nsec_to_clock_t(v.cstime));
	seq_printf(m, " %d %d %u 0 %llu", task_prio(p), task_nice(p), v.threads,
		   (unsigned long long)nsec_to_clock_t(p->start_time));
	stat_sizes(m, p, mm, permitted);
	seq_puts(m, " 0 0");
	stat_signals(m, &v);
	seq_printf(m, " %d 0 0 %d %d %u %u 0 0 0", permitted && state != 'R', p->exit_signal,
		   p->cpu, p->rt_priority, p->policy);
	stat_layout(m, permitted ? mm : NULL);				/* A1 */
	seq_printf(m, " %d\n", permitted ? task_exit_code(p, &v, whole) : 0);
	if (mm)
		mmput(mm);
}

/**
 * proc_pid_stat() - the text of /proc/PID/stat: the process with all its threads.
 * Locks:   takes siglock, task_lock, tasklist_lock.
 * Context: thread, may sleep.
 * Return:  0.
 */
int proc_pid_stat(struct seq_file *m, struct task_struct *p)
{
	do_stat(m, p, true);
	return 0;
}

/** proc_tid_stat() - the same for one thread: /proc/PID/task/TID/stat. */
int proc_tid_stat(struct seq_file *m, struct task_struct *p)
{
	do_stat(m, p, false);
	return 0;
}

/* --- limits --------------------------------------------------------------- */

static const struct {
	const char *name, *unit;
} limit_names[RLIM_NLIMITS] = {
	[RLIMIT_CPU] = { "Max cpu time", "seconds" },
	[RLIMIT_FSIZE] = { "Max file size", "bytes" },
	[RLIMIT_DATA] = { "Max data size", "bytes" },
	[RLIMIT_STACK] = { "Max stack size", "bytes" },
	[RLIMIT_CORE] = { "Max core file size", "bytes" },
	[RLIMIT_RSS] = { "Max resident set", "bytes" },
	[RLIMIT_NPROC] = { "Max processes", "processes" },
	[RLIMIT_NOFILE] = { "Max open files", "files" },
	[RLIMIT_MEMLOCK] = { "Max locked memory", "bytes" },
	[RLIMIT_AS] = { "Max address space", "bytes" },
	[RLIMIT_LOCKS] = { "Max file locks", "locks" },
	[RLIMIT_SIGPENDING] = { "Max pending signals", "signals" },
	[RLIMIT_MSGQUEUE] = { "Max msgqueue size", "bytes" },
	[RLIMIT_NICE] = { "Max nice priority", NULL },
	[RLIMIT_RTPRIO] = { "Max realtime priority", NULL },
	[RLIMIT_RTTIME] = { "Max realtime timeout", "us" },
};

static void put_limit(struct seq_file *m, unsigned long value)
{
	if (value == RLIM_INFINITY)
		seq_printf(m, "%-20s ", "unlimited");
	else
		seq_printf(m, "%-20lu ", value);
}

/**
 * proc_pid_limits() - the text of /proc/PID/limits.
 * Locks:   none; limits are words (kernel/sys.c).
 * Context: thread, may sleep.
 * Return:  0.
 */
int proc_pid_limits(struct seq_file *m, struct task_struct *p)
{
	const struct rlimit *rlim = p->signal->rlim;

	seq_printf(m, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		seq_printf(m, "%-25s ", limit_names[i].name);
		put_limit(m, READ_ONCE(rlim[i].rlim_cur));
		put_limit(m, READ_ONCE(rlim[i].rlim_max));
		if (limit_names[i].unit)
			seq_printf(m, "%-10s", limit_names[i].unit);
		seq_putc(m, '\n');
	}
	return 0;
}
