// SPDX-License-Identifier: MIT
/*
 * oom.c - when memory is out: one process dies so that the others go on.
 *
 * A page fault that finds no memory ends here after its locks were dropped. The process
 * with the most points is killed: its resident pages, its swap entries and its page
 * tables, plus oom_score_adj thousandths of all memory. The one who asked then waits a
 * little and takes its fault again.
 *
 * Invariants
 *   O1  at most one victim is dying at a time: nr_victims is 0 or 1
 *   O2  process 1, kernel threads and processes with the lowest oom_score_adj never die
 *   O3  a victim that exits gives its turn back, also when it was dying already
 *
 * Locks: oom_mutex makes the choice one at a time; tasklist_lock while looking around;
 * task_lock of a task while its mm is counted.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/oom.h>
#include <linux/pid.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/time.h>

#define OOM_WAIT_NS	(10 * NSEC_PER_MSEC)	/* before a fault is taken again */

static DEFINE_MUTEX(oom_mutex);
static atomic_t nr_victims;		/* O1 */
static pid_t victim_tgid;		/* oom_mutex writes */

bool tsk_is_oom_victim(struct task_struct *p)
{
	return atomic_read(&nr_victims) && p->tgid == READ_ONCE(victim_tgid);
}

void exit_oom_victim(void)
{
	WRITE_ONCE(victim_tgid, 0);
	atomic_set(&nr_victims, 0);
}

/* Some thread of the process still has its mm: counted under task_lock. */
static long mm_points(struct task_struct *p)
{
	struct task_struct *t;
	long points = -1;

	for_each_thread(p, t) {
		task_lock(t);
		if (t->mm)
			points = get_mm_rss(t->mm) + get_mm_counter(t->mm, MM_SWAPENTS) +
				 (atomic_long_read(&t->mm->pgtables_bytes) >> PAGE_SHIFT);
		task_unlock(t);
		if (points >= 0)
			break;
	}
	return points;
}

/**
 * oom_badness() - how much would it help to kill @p?
 * Locks:  tasklist_lock held; takes task_lock.
 * Return: pages, corrected by oom_score_adj; LONG_MIN: never.
 */
long oom_badness(struct task_struct *p, unsigned long totalpages)
{
	long adj = p->signal->oom_score_adj, points;

	if ((p->flags & PF_KTHREAD) || p->tgid == 1 || adj == OOM_SCORE_ADJ_MIN)
		return LONG_MIN;
	points = mm_points(p);
	return points < 0 ? LONG_MIN : points + adj * (long)(totalpages / 1000);
}

/* The worst process, counted, or NULL; tasklist_lock held. */
static struct task_struct *select_victim(void)
{
	struct task_struct *p, *worst = NULL;
	long most = LONG_MIN;

	for_each_process(p) {
		long points = oom_badness(p, totalram_pages());

		if (points > most) {
			most = points;
			worst = p;
		}
	}
	if (worst)
		get_task_struct(worst);
	return worst;
}

static void dump_tasks(void)
{
	struct task_struct *p;

	pr_info("Tasks state (memory values in pages):\n");
	pr_info("[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n");
	for_each_process(p) {
		task_lock(p);
		if (p->mm)
			pr_info("[%7d] %5d %5d %8lu %8lu %8ld %8lu         %5d %s\n",
				p->pid, p->cred.uid, p->tgid, p->mm->total_vm, get_mm_rss(p->mm),
				atomic_long_read(&p->mm->pgtables_bytes),
				get_mm_counter(p->mm, MM_SWAPENTS), p->signal->oom_score_adj,
				p->comm);
		task_unlock(p);
	}
}

#define K(pages)	((pages) << (PAGE_SHIFT - 10))

static void report_kill(struct task_struct *p)
{
	task_lock(p);
	if (p->mm)
		pr_err("Out of memory: Killed process %d (%s) total-vm:%lukB, anon-rss:%lukB, file-rss:%lukB, shmem-rss:%lukB, UID:%u pgtables:%ldkB oom_score_adj:%d\n",
		       p->tgid, p->comm, K(p->mm->total_vm),
		       K(get_mm_counter(p->mm, MM_ANONPAGES)),
		       K(get_mm_counter(p->mm, MM_FILEPAGES)),
		       K(get_mm_counter(p->mm, MM_SHMEMPAGES)), p->cred.uid,
		       atomic_long_read(&p->mm->pgtables_bytes) >> 10,
		       p->signal->oom_score_adj);
	task_unlock(p);
}

static void kill_victim(struct task_struct *p)
{
	WRITE_ONCE(victim_tgid, p->tgid);
	atomic_set(&nr_victims, 1);
	report_kill(p);
	count_vm_event(OOM_KILL);
	group_send_sig_info(SIGKILL, SEND_SIG_PRIV, p);
}

/* A victim that is gone, or never got away, must not block the next choice (O3). */
static bool victim_dying(void)
{
	struct task_struct *p;
	bool dying = false;

	if (!atomic_read(&nr_victims))
		return false;
	spin_lock(&tasklist_lock);
	p = find_task_by_pid(READ_ONCE(victim_tgid));
	dying = p && mm_points(p) >= 0;
	spin_unlock(&tasklist_lock);
	if (!dying)
		exit_oom_victim();
	return dying;
}

bool out_of_memory(gfp_t gfp, unsigned int order)
{
	struct task_struct *victim;

	if (fatal_signal_pending(current) || (current->flags & PF_EXITING))
		return true;		/* it will free its own memory */
	mutex_lock(&oom_mutex);
	if (victim_dying()) {
		mutex_unlock(&oom_mutex);
		return true;
	}
	pr_warn("%s invoked oom-killer: gfp_mask=%#x, order=%u, oom_score_adj=%d\n",
		current->comm, gfp, order, current->signal->oom_score_adj);
	show_mem();
	spin_lock(&tasklist_lock);
	dump_tasks();
	victim = select_victim();
	spin_unlock(&tasklist_lock);
	if (victim) {
		kill_victim(victim);
		put_task_struct(victim);
	} else {
		pr_err("Out of memory and no killable processes...\n");
	}
	mutex_unlock(&oom_mutex);
	return victim;
}

/**
 * pagefault_out_of_memory() - current's fault found no memory.
 * Locks:   none held. Context: thread; sleeps.
 * On return the fault may be taken again, or a fatal signal is pending.
 */
void pagefault_out_of_memory(void)
{
	if (!out_of_memory(GFP_HIGHUSER_MOVABLE, 0)) {
		force_sig(SIGKILL);
		return;
	}
	if (fatal_signal_pending(current))
		return;
	set_current_state(TASK_KILLABLE);
	schedule_timeout_ns(OOM_WAIT_NS);
}
