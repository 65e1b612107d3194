// SPDX-License-Identifier: MIT
/*
 * oom.c - when memory is out: choose a process, kill it, let it exit.
 *
 * The victim is the process with the most points: resident pages, swap entries
 * and page tables, plus a thousandth of all memory per unit of oom_score_adj.
 * -1000 exempts, and so does being init or a thread of the kernel. A victim that is
 * dying already is waited for instead of killing another.
 *
 *   O1  at most one victim at a time has not yet let go of its memory: oom_mm is its
 *       address space, until nothing is mapped there any more
 *   O2  every task that uses the victim's address space is killed with it
 *
 * Locks: oom_mutex around choosing and killing; tasklist_lock inside.
 */
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/cred.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/printk.h>
#include <linux/time.h>
#include <asm/smp.h>
#include "internal.h"

#define VICTIM_PATIENCE_NS	(2 * NSEC_PER_SEC)	/* a victim that is stuck is passed over */
#define RETRY_SLEEP_NS		(1 * NSEC_PER_MSEC)
#define K(pages)		((pages) << (PAGE_SHIFT - 10))

int sysctl_panic_on_oom;
int sysctl_oom_kill_allocating_task;
int sysctl_oom_dump_tasks = 1;

static DEFINE_MUTEX(oom_mutex);
static struct mm_struct *oom_mm;		/* oom_mutex; counted (O1) */
static u64 oom_mm_since;			/* oom_mutex */

bool tsk_is_oom_victim(struct task_struct *p)
{
	return READ_ONCE(p->signal->oom_mm);
}

/**
 * oom_badness() - how much would be won by killing @p.
 * Locks:   tasklist_lock, or a reference. Context: any. Return: pages, LONG_MIN: never.
 */
long oom_badness(struct task_struct *p, unsigned long totalpages)
{
	long adj = p->signal->oom_score_adj, points;
	struct mm_struct *mm;
	struct task_struct *t;

	if ((p->flags & PF_KTHREAD) || is_global_init(p) || adj == OOM_SCORE_ADJ_MIN)
		return LONG_MIN;
	points = LONG_MIN;
	for_each_thread(p, t) {
		task_lock(t);
		mm = t->mm;
		if (mm)
			points = get_mm_rss(mm) + get_mm_counter(mm, MM_SWAPENTS) +
				 (atomic_long_read(&mm->pgtables_bytes) >> PAGE_SHIFT);
		task_unlock(t);
		if (mm)
			break;
	}
	if (points == LONG_MIN)
		return LONG_MIN;
	return points + adj * (long)(totalpages / 1000);
}

/* The process with most points, counted; NULL: nobody may be killed. */
static struct task_struct *choose_victim(void)
{
	unsigned long total = totalram_pages();
	struct task_struct *p, *best = NULL;
	long most = LONG_MIN;

	spin_lock(&tasklist_lock);
	for_each_process(p) {
		long points = p->signal->oom_mm ? LONG_MIN : oom_badness(p, total);

		if (points > most) {
			most = points;
			best = p;
		}
	}
	if (best)
		get_task_struct(best);
	spin_unlock(&tasklist_lock);
	return best;
}

static void kill_user_of(struct task_struct *p, struct mm_struct *mm)
{
	p->signal->oom_mm = mm;
	group_send_sig_info(SIGKILL, SEND_SIG_PRIV, p);
}

static void kill_victim(struct task_struct *victim, const char *why)
{
	struct mm_struct *mm = get_task_mm(victim);
	struct task_struct *p;

	if (!mm)
		return;
	pr_err("%s: Killed process %d (%s) total-vm:%lukB, anon-rss:%lukB, file-rss:%lukB, "
	       "shmem-rss:%lukB, UID:%u pgtables:%lukB oom_score_adj:%d\n",
	       why, victim->tgid, victim->comm, K(mm->total_vm),
	       K(get_mm_counter(mm, MM_ANONPAGES)), K(get_mm_counter(mm, MM_FILEPAGES)),
	       K(get_mm_counter(mm, MM_SHMEMPAGES)), victim->cred.uid,
	       (unsigned long)atomic_long_read(&mm->pgtables_bytes) >> 10,
	       victim->signal->oom_score_adj);
	count_vm_event(OOM_KILL);
	spin_lock(&tasklist_lock);
	for_each_process(p)						/* O2 */
		if (p == victim || (p->mm == mm && !is_global_init(p) &&
				    !(p->flags & PF_KTHREAD)))
			kill_user_of(p, mm);
	spin_unlock(&tasklist_lock);
	mmgrab(mm);						/* O1 */
	oom_mm = mm;
	oom_mm_since = ktime_get_ns();
	mmput(mm);
}

static void dump_tasks(void)
{
	struct task_struct *p;

	pr_info("Tasks state (memory values in pages):\n");
	pr_info("[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n");
	spin_lock(&tasklist_lock);
	for_each_process(p) {
		task_lock(p);
		if (p->mm && !(p->flags & PF_KTHREAD))
			pr_info("[%7d] %5d %5d %8lu %8lu %8ld %8lu         %5d %s\n",
				p->pid, p->cred.uid, p->tgid, p->mm->total_vm, get_mm_rss(p->mm),
				atomic_long_read(&p->mm->pgtables_bytes),
				get_mm_counter(p->mm, MM_SWAPENTS), p->signal->oom_score_adj,
				p->comm);
		task_unlock(p);
	}
	spin_unlock(&tasklist_lock);
}

/* A victim that has still to let go: wait for it. oom_mutex held. */
static bool victim_pending(void)
{
	if (!oom_mm)
		return false;
	if (READ_ONCE(oom_mm->map_count) && ktime_get_ns() - oom_mm_since < VICTIM_PATIENCE_NS)
		return true;
	mmdrop(oom_mm);
	oom_mm = NULL;
	return false;
}

static void report(gfp_t gfp, unsigned int order)
{
	char text[GFP_TEXT_MAX];

	gfp_text(text, sizeof(text), gfp);
	pr_warn("%s invoked oom-killer: gfp_mask=0x%x(%s), order=%u, oom_score_adj=%d\n",
		current->comm, gfp, text, order, current->signal->oom_score_adj);
	dump_stack();
	show_mem();
	if (READ_ONCE(sysctl_oom_dump_tasks))
		dump_tasks();
}

/* The administrator would rather have the machine start anew. */
static void check_panic_on_oom(gfp_t gfp, unsigned int order)
{
	int how = READ_ONCE(sysctl_panic_on_oom);

	if (!how)
		return;
	report(gfp, order);
	panic("Out of memory: %s panic_on_oom is enabled\n",
	      how == 2 ? "compulsory" : "system-wide");
}

static bool may_kill_current(void)
{
	return current->mm && !(current->flags & PF_KTHREAD) && !is_global_init(current) &&
	       current->signal->oom_score_adj != OOM_SCORE_ADJ_MIN;
}

/* Choose and kill. False: there is nobody. oom_mutex held. */
static bool kill_somebody(gfp_t gfp, unsigned int order)
{
	const char *why = "Out of memory";
	struct task_struct *victim;

	check_panic_on_oom(gfp, order);
	if (READ_ONCE(sysctl_oom_kill_allocating_task) && may_kill_current()) {
		victim = current->group_leader;
		get_task_struct(victim);
		why = "Out of memory (oom_kill_allocating_task)";
	} else {
		victim = choose_victim();
	}
	if (!victim)
		return false;
	report(gfp, order);
	kill_victim(victim, why);
	put_task_struct(victim);
	return true;
}

/*
 * See that memory will come back. True when somebody is dying; false when nobody can.
 */
static bool out_of_memory(gfp_t gfp, unsigned int order)
{
	bool dying;

	if (fatal_signal_pending(current) || (current->flags & PF_EXITING))
		return true;
	if (!mutex_trylock(&oom_mutex))
		return true;		/* another task is at it */
	dying = victim_pending() || kill_somebody(gfp, order);
	mutex_unlock(&oom_mutex);
	return dying;
}

/* A moment, so that the victim can go. */
static void wait_for_victim(void)
{
	set_current_state(TASK_KILLABLE);
	schedule_timeout_ns(RETRY_SLEEP_NS);
}

/**
 * kick_stocks() - CPUs that were asked for the pages that they have in stock: make them look.
 * Context: thread. Return: true when there are any.
 */
bool kick_stocks(void)
{
	bool any = false;
	int cpu;

	for_each_online_cpu(cpu)
		if (drain_pending(cpu)) {
			resched_curr_on(cpu);
			any = true;
		}
	return any;
}

/**
 * port_out_of_memory() - see mm/port.h: an allocation of current found nothing.
 * Context: thread, may sleep; sleeping locks may be held, so that a victim which needs
 *          one of them is passed over in the end.
 */
int port_out_of_memory(gfp_t gfp, unsigned int order)
{
	if (fatal_signal_pending(current) || (current->flags & PF_EXITING))
		return -1;
	if (!kick_stocks() && !out_of_memory(gfp, order))
		return 0;
	if (!fatal_signal_pending(current))
		wait_for_victim();
	return 1;
}

/**
 * pagefault_out_of_memory() - a fault of current found no memory; it will be retried. Where
 * there is some again, or an allocation failed on request, nobody has to die for it.
 * Context: thread, no lock held; sleeps a moment so that the victim can go.
 */
void pagefault_out_of_memory(void)
{
	if (fatal_signal_pending(current) || user_page_available())
		return;
	if (!out_of_memory(GFP_HIGHUSER_MOVABLE, 0)) {
		report(GFP_HIGHUSER_MOVABLE, 0);
		panic("System is deadlocked on memory");
	}
	if (!fatal_signal_pending(current))
		wait_for_victim();
}
