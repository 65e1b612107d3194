// SPDX-License-Identifier: MIT
/*
 * core.c - which task runs where: run queues, the switch, waking up.
 *
 * Each CPU has a run queue: 99 lists for the real-time priorities, most urgent
 * first, and one for everybody else, found by one bit search. The lists are
 * served round robin with a deficit: a task that is picked runs until its slice
 * is used up, then a new slice (by its nice value) is added and it goes to the
 * tail; who overran because the tick is coarser than the slice starts with a
 * debt and is passed over until it is paid. So CPU time is shared exactly in
 * proportion to the slices. A task that slept keeps the rest of its slice and
 * comes back at the head, and whoever runs makes room: interactive work is served
 * at once, and never gets more than its share.
 *
 *   S1  p->on_rq is set iff p is on a list of cpu_rq(p->cpu) or is its curr
 *   S2  p->cpu changes only under the lock of the run queue that it leaves, and
 *       while p->on_rq is 0 only by the waker that set TASK_WAKING
 *   S3  the lock is held from before a task leaves the queue until its registers
 *       are saved (finish_task_switch() by the next one), so who holds the lock
 *       and sees on_rq 0 knows that the stack is free
 *   S4  no wake-up is lost: a sleeper sets its state, then looks at its condition,
 *       then calls schedule(); a waker changes the condition, then looks at the
 *       state; both with a full barrier between
 *   S5  the idle task is on no list and never sleeps
 *
 * Kernel code is not preempted: TIF_NEED_RESCHED is looked at on the way to user
 * mode, in the idle loop and in cond_resched().
 *
 * Locks: rq->lock with interrupts off. Two of them are taken only by the stealing
 * CPU, which holds its own and only tries the other.
 * CPU time, load and their reports are in account.c, the system calls in policy.c.
 */
#include "sched.h"
#include "../internal.h"
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/time.h>
#include <linux/hrtimer.h>
#include <linux/string.h>
#include <linux/trace.h>
#include <asm/elf.h>
#include <asm/uaccess.h>

#define WAKEUP_GRANULARITY_NS	(1 * NSEC_PER_MSEC)
#define BALANCE_TICKS		16	/* busy CPUs compare their queues this often */

struct rq *cpu_rqs[NR_CPUS];

/**
 * task_rq_lock() - lock the run queue that @p belongs to.
 * Locks:   returns with rq->lock held, interrupts off, *@flags to restore.
 * Context: any. Return: the run queue.
 */
struct rq *task_rq_lock(struct task_struct *p, unsigned long *flags)
{
	for (;;) {
		struct rq *rq = cpu_rq(READ_ONCE(p->cpu));

		spin_lock_irqsave(&rq->lock, *flags);
		if (likely(cpu_rq(p->cpu) == rq))		/* S2 */
			return rq;
		spin_unlock_irqrestore(&rq->lock, *flags);
	}
}

/**
 * task_rq_unlock() - undo task_rq_lock(), then interrupt the CPU if resched_curr() wants it.
 * In this order: the CPU that is interrupted asks for the lock at once.
 * Locks:   releases rq->lock. Context: any.
 */
void task_rq_unlock(struct rq *rq, unsigned long flags)
{
	bool kick = rq->kick;

	rq->kick = false;
	spin_unlock_irqrestore(&rq->lock, flags);
	if (kick)
		smp_send_reschedule(rq->cpu);
}

/**
 * task_syscall_words() - what @p has called, as syscall_words() tells it.
 * Locks:   takes rq->lock: who waits, or is dead, does not run on meanwhile and lose its stack.
 * Context: thread; @p is counted.
 * Return:  0; -EAGAIN: it runs; -ESRCH: it has run for the last time.
 */
int task_syscall_words(struct task_struct *p, unsigned long words[9])
{
	unsigned long flags;
	struct rq *rq;
	int ret = 0;

	if (p == current) {
		syscall_words(p, words);
		return 0;
	}
	rq = task_rq_lock(p, &flags);
	if (READ_ONCE(p->state) == TASK_RUNNING)
		ret = -EAGAIN;
	else if (p->state == TASK_DEAD)
		ret = -ESRCH;
	else
		syscall_words(p, words);
	task_rq_unlock(rq, flags);
	return ret;
}

/* --- the lists; rq->lock held ------------------------------------------------ */

void rq_enqueue(struct rq *rq, struct task_struct *p, bool head)
{
	unsigned int q = task_queue(p);

	spin_assert_held(&rq->lock);
	mm_assert(q < NR_QUEUES && p != rq->idle);		/* S5 */
	if (head)
		list_add(&p->run_list, &rq->queue[q]);
	else
		list_add_tail(&p->run_list, &rq->queue[q]);
	__set_bit(q, rq->queued);
}

void rq_dequeue(struct rq *rq, struct task_struct *p)
{
	unsigned int q = task_queue(p);

	list_del_init(&p->run_list);
	if (list_empty(&rq->queue[q]))
		__clear_bit(q, rq->queued);
}

static void activate_task(struct rq *rq, struct task_struct *p, bool head)
{
	mm_assert(!p->on_rq && p->cpu == rq->cpu);
	p->on_rq = 1;
	rq->nr_running++;
	if (p->sched_uninterruptible) {
		p->sched_uninterruptible = false;
		rq->nr_uninterruptible--;
	}
	rq_enqueue(rq, p, head);
}

static void deactivate_curr(struct rq *rq, struct task_struct *p, u64 now)
{
	mm_assert(p->on_rq && p == rq->curr);
	p->on_rq = 0;
	p->sleep_start_ns = now;
	rq->nr_running--;
	if (p->state & TASK_UNINTERRUPTIBLE) {
		p->sched_uninterruptible = true;
		rq->nr_uninterruptible++;
	}
}

/* Those who woke and stand at the head are served before @p, who was running. */
static void move_behind_woken(struct rq *rq, struct task_struct *p)
{
	struct list_head *list = &rq->queue[task_queue(p)], *pos = &p->run_list;
	unsigned int n;

	for (n = 0; n < rq->woken && pos->next != list; n++)
		pos = pos->next;
	if (n)
		list_move(&p->run_list, pos);
}

/* curr stays runnable: back to its list, at the head while its slice lasts */
static void put_prev_task(struct rq *rq, struct task_struct *p)
{
	bool head = !rq->yielded;

	if (p->slice_left_ns <= 0 && p->policy != SCHED_FIFO) {
		p->slice_left_ns += task_slice_ns(p);
		head = false;
	}
	rq_enqueue(rq, p, head);
	if (head && !task_is_rt(p))
		move_behind_woken(rq, p);
}

/* the most urgent task, off its list; NULL when there is none */
static struct task_struct *pick_next_task(struct rq *rq)
{
	unsigned int q = find_first_bit(rq->queued, NR_QUEUES);
	struct list_head *list = &rq->queue[q];
	struct task_struct *p;

	if (q >= NR_QUEUES)
		return NULL;
	p = list_first_entry(list, struct task_struct, run_list);
	/* those who overran pay first; alone in the list nobody waits for it */
	while (p->slice_left_ns <= 0 && p->policy != SCHED_FIFO) {
		p->slice_left_ns += task_slice_ns(p);
		if (list_is_singular(list)) {
			p->slice_left_ns = task_slice_ns(p);
			break;
		}
		list_move_tail(&p->run_list, list);
		p = list_first_entry(list, struct task_struct, run_list);
	}
	rq_dequeue(rq, p);
	if (rq->woken && !task_is_rt(p))
		rq->woken--;
	return p;
}

/* --- stealing ------------------------------------------------------------------ */

static struct task_struct *find_stealable(struct rq *from, unsigned int cpu)
{
	struct task_struct *p;
	unsigned int q;

	for_each_set_bit(q, from->queued, NR_QUEUES)
		list_for_each_entry_reverse(p, &from->queue[q], run_list)
			if (cpumask_test_cpu(cpu, &p->cpus_allowed))
				return p;
	return NULL;
}

/* Take one task from a CPU that has at least @imbalance more than this one. */
static void steal_task(struct rq *rq, unsigned int imbalance)
{
	unsigned int cpu, most = rq->nr_running + imbalance - 1;
	struct rq *busiest = NULL;
	struct task_struct *p;

	for_each_online_cpu(cpu) {
		unsigned int n = READ_ONCE(cpu_rq(cpu)->nr_running);

		if (n > most && cpu != rq->cpu) {
			most = n;
			busiest = cpu_rq(cpu);
		}
	}
	if (!busiest || !spin_trylock(&busiest->lock))
		return;
	p = find_stealable(busiest, rq->cpu);
	if (p) {
		rq_dequeue(busiest, p);
		busiest->nr_running--;
		p->cpu = rq->cpu;				/* S2: both locks */
		rq->nr_running++;
		rq_enqueue(rq, p, false);
		rseq_preempt(p);
	}
	spin_unlock(&busiest->lock);
}

/* --- the switch ------------------------------------------------------------------- */

static void switch_mm_of(struct rq *rq, struct task_struct *prev, struct task_struct *next)
{
	if (!next->mm) {
		next->active_mm = prev->active_mm;
		enter_lazy_tlb(next->active_mm);
		if (prev->mm)
			mmgrab(prev->active_mm);
		else
			prev->active_mm = NULL;
		return;
	}
	switch_mm_irqs_off(prev->active_mm, next->mm);
	if (!prev->mm) {
		rq->prev_mm = prev->active_mm;
		prev->active_mm = NULL;
	}
}

static unsigned int select_cpu(struct task_struct *p, unsigned int prev_cpu);

/* In the context of the task that runs now; the lock was taken by the one before. */
static void finish_task_switch(struct task_struct *prev)
{
	struct rq *rq = this_rq();
	struct mm_struct *mm = rq->prev_mm;
	bool dead = prev->state == TASK_DEAD;
	bool migrate = prev->state == TASK_WAKING;

	rq->prev_mm = NULL;
	prev->on_cpu = 0;
	if (unlikely(migrate))
		prev->cpu = select_cpu(prev, prev->cpu);
	spin_unlock_irq(&rq->lock);				/* S3 */
	if (mm)
		mmdrop(mm);
	if (dead) {
		task_stack_gone(prev);
		put_task_struct(prev);
	}
	if (unlikely(migrate))
		sched_place_task(prev, prev->cpu);
}

/**
 * schedule_tail() - the first C code of a new task.
 * Locks:   releases the rq->lock that schedule() of @prev took.
 * Context: interrupts off at entry, on at return.
 */
void schedule_tail(struct task_struct *prev)
{
	finish_task_switch(prev);
	if (current->set_child_tid)
		(void)put_user(current->pid, current->set_child_tid);
}

static void context_switch(struct rq *rq, struct task_struct *prev, struct task_struct *next)
{
	next->on_cpu = 1;
	rq->curr = next;
	rq->nr_switches++;
	if (prev->mm)
		rseq_preempt(prev);
	if (prev == rq->idle)
		tick_start();
	switch_mm_of(rq, prev, next);
	finish_task_switch(switch_to(prev, next));
}

static bool signal_pending_state(unsigned int state, struct task_struct *p)
{
	if (!(state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)) || !signal_pending(p))
		return false;
	return (state & TASK_INTERRUPTIBLE) || fatal_signal_pending(p);
}

/*
 * prev may not stay on this CPU: it leaves the queue like a sleeper whom a waker
 * has already claimed; who runs next here puts it on its new CPU when its
 * registers are saved (S3).
 */
static void start_migration(struct rq *rq, struct task_struct *prev)
{
	prev->must_migrate = false;
	if (cpumask_test_cpu(rq->cpu, &prev->cpus_allowed)) {
		put_prev_task(rq, prev);
		return;
	}
	prev->on_rq = 0;
	prev->state = TASK_WAKING;
	rq->nr_running--;
}

static struct task_struct *choose_next(struct rq *rq, struct task_struct *prev, u64 now)
{
	struct task_struct *next;

	if (prev->state != TASK_RUNNING && prev != rq->idle) {
		if (signal_pending_state(prev->state, prev))
			prev->state = TASK_RUNNING;
		else
			deactivate_curr(rq, prev, now);
	}
	if (unlikely(prev->must_migrate) && prev->on_rq)
		start_migration(rq, prev);
	else if (prev->on_rq)
		put_prev_task(rq, prev);
	rq->yielded = false;
	rq->preempt_soon = false;
	if (!rq->nr_running)
		steal_task(rq, 2);
	else if (rq->ticks >= BALANCE_TICKS)
		steal_task(rq, 2);
	if (rq->ticks >= BALANCE_TICKS)
		rq->ticks = 0;
	next = pick_next_task(rq);
	return next ?: rq->idle;
}

/**
 * schedule() - give the CPU to the most urgent runnable task.
 * Sleeps when current->state is not TASK_RUNNING and no signal forbids it.
 * Locks:   takes the run queue's; no spinlock may be held.
 * Context: thread, interrupts on (they are on again at return).
 */
void schedule(void)
{
	struct task_struct *prev = current, *next;
	struct rq *rq;
	u64 now;

	might_sleep();
	drain_if_asked();
	local_irq_disable();
	rq = this_rq();
	spin_lock(&rq->lock);
	__atomic_fetch_and(&prev->ti_flags, ~(1u << TIF_NEED_RESCHED), __ATOMIC_RELAXED);
	now = ktime_get_ns();
	account_curr(rq, now, CHARGE_SPLIT);
	next = choose_next(rq, prev, now);
	next->picked_ns = now;
	if (next == prev) {
		spin_unlock_irq(&rq->lock);
		return;
	}
	if (prev->on_rq)
		prev->nivcsw++;
	else
		prev->nvcsw++;
	next->exec_start_ns = now;
	context_switch(rq, prev, next);
}

/**
 * resched_curr() - make the CPU of @rq call schedule() soon.
 * Locks:   rq->lock held, to be released by task_rq_unlock(). Context: any.
 */
void resched_curr(struct rq *rq)
{
	unsigned int old = __atomic_fetch_or(&rq->curr->ti_flags, 1u << TIF_NEED_RESCHED,
					     __ATOMIC_SEQ_CST);

	if (!(old & (1u << TIF_NEED_RESCHED)) && rq->cpu != smp_processor_id())
		rq->kick = true;
}

void resched_curr_on(int cpu)
{
	struct rq *rq = cpu_rq(cpu);
	unsigned long flags;

	spin_lock_irqsave(&rq->lock, flags);
	resched_curr(rq);
	task_rq_unlock(rq, flags);
}

/* The interrupt itself is the message: its return path looks at the flag. */
void scheduler_ipi(void)
{
}

/* --- waking up ----------------------------------------------------------------------- */

static bool cpu_is_idle(unsigned int cpu)
{
	struct rq *rq = cpu_rq(cpu);

	return rq && rq->idle && !READ_ONCE(rq->nr_running);
}

/* Where @p should run: where it was when that is idle, an idle CPU, or where it was. */
static unsigned int select_cpu(struct task_struct *p, unsigned int prev_cpu)
{
	unsigned int cpu, here = smp_processor_id();
	bool prev_ok = cpu_online(prev_cpu) && cpumask_test_cpu(prev_cpu, &p->cpus_allowed);

	if (nr_cpu_ids == 1)
		return 0;
	if (prev_ok && cpu_is_idle(prev_cpu))
		return prev_cpu;
	for_each_online_cpu(cpu)
		if (cpu_is_idle(cpu) && cpumask_test_cpu(cpu, &p->cpus_allowed))
			return cpu;
	if (prev_ok)
		return prev_cpu;
	if (cpumask_test_cpu(here, &p->cpus_allowed))
		return here;
	for_each_online_cpu(cpu)
		if (cpumask_test_cpu(cpu, &p->cpus_allowed))
			return cpu;
	return here;		/* every allowed CPU is gone: cannot happen, none leaves */
}

/* @p was put on @rq: does the running task make room at once, at the next tick, or not? */
static void check_preempt(struct rq *rq, struct task_struct *p, bool head, u64 now)
{
	struct task_struct *curr = rq->curr;

	if (curr == rq->idle || task_queue(p) < task_queue(curr)) {
		resched_curr(rq);
		return;
	}
	if (!head || task_queue(p) > task_queue(curr) || task_is_rt(p))
		return;
	if (now - curr->picked_ns >= WAKEUP_GRANULARITY_NS)
		resched_curr(rq);
	else
		rq->preempt_soon = true;
}

static void enqueue_woken(struct rq *rq, struct task_struct *p)
{
	u64 now = ktime_get_ns();
	bool head;

	if ((s64)(now - p->sleep_start_ns) >= task_slice_ns(p))
		p->slice_left_ns = task_slice_ns(p);
	head = p->slice_left_ns > 0 && !task_is_rt(p) && p->policy == SCHED_NORMAL;
	activate_task(rq, p, head);
	rq->woken += head;
	WRITE_ONCE(p->state, TASK_RUNNING);
	check_preempt(rq, p, head, now);
}

/* Put @p, in state TASK_WAKING and off all queues, on the queue of a CPU that it may use. */
void sched_place_task(struct task_struct *p, unsigned int cpu)
{
	for (;;) {
		struct rq *rq = cpu_rq(cpu);
		unsigned long flags;

		spin_lock_irqsave(&rq->lock, flags);
		if (likely(cpumask_test_cpu(cpu, &p->cpus_allowed))) {
			enqueue_woken(rq, p);
			task_rq_unlock(rq, flags);
			return;
		}
		cpu = select_cpu(p, cpu);	/* the mask changed meanwhile */
		p->cpu = cpu;
		spin_unlock_irqrestore(&rq->lock, flags);
	}
}

/**
 * wake_up_state() - make @p runnable when it sleeps in one of the states of @state_mask.
 * Locks:   takes run queue locks.
 * Context: any, interrupts too. Return: true when @p was asleep or about to be.
 */
bool wake_up_state(struct task_struct *p, unsigned int state_mask)
{
	unsigned long flags;
	unsigned int cpu;
	struct rq *rq;

	smp_mb();						/* S4 */
	if (!(READ_ONCE(p->state) & state_mask))
		return false;
	rq = task_rq_lock(p, &flags);
	if (!(p->state & state_mask)) {
		task_rq_unlock(rq, flags);
		return false;
	}
	if (p->on_rq) {			/* on its way to sleep: schedule() keeps it */
		WRITE_ONCE(p->state, TASK_RUNNING);
		task_rq_unlock(rq, flags);
		return true;
	}
	cpu = select_cpu(p, p->cpu);
	if (cpu == rq->cpu) {
		enqueue_woken(rq, p);
		task_rq_unlock(rq, flags);
		return true;
	}
	p->state = TASK_WAKING;					/* S2 */
	if (p->sched_uninterruptible) {
		p->sched_uninterruptible = false;
		rq->nr_uninterruptible--;
	}
	p->cpu = cpu;
	task_rq_unlock(rq, flags);
	rseq_preempt(p);
	sched_place_task(p, cpu);
	return true;
}

/**
 * set_special_state() - a state that no late wake-up may take back: stopped, dead.
 * A waker looks at the state and changes it under the lock of the run queue; what
 * it saw may be a sleep that current has long finished. Loops around a condition
 * do not mind a wake-up too many, a dead task does.
 * Locks:   takes the run queue's. Context: current, before schedule().
 */
void set_special_state(unsigned int state)
{
	unsigned long flags;
	struct rq *rq = task_rq_lock(current, &flags);

	WRITE_ONCE(current->state, state);
	task_rq_unlock(rq, flags);
}

/**
 * wake_up_process() - make a sleeping @p runnable.
 * Context: any. Return: 1 when it slept.
 */
int wake_up_process(struct task_struct *p)
{
	return wake_up_state(p, TASK_NORMAL);
}

/**
 * sched_fork() - scheduling fields of the new task @p, a copy of current.
 * Context: thread; nobody else knows @p.
 */
void sched_fork(struct task_struct *p)
{
	p->state = TASK_NEW;
	p->on_rq = 0;
	p->on_cpu = 0;
	p->sched_uninterruptible = false;
	INIT_LIST_HEAD(&p->run_list);
	p->utime = p->stime = 0;
	p->nvcsw = p->nivcsw = 0;
	p->sleep_start_ns = p->picked_ns = 0;
	p->pi_priority = 0;
	if (p->reset_on_fork) {
		p->reset_on_fork = false;
		p->policy = SCHED_NORMAL;
		p->rt_priority = 0;
		if (p->static_prio < DEFAULT_PRIO || current->rt_priority)
			p->static_prio = DEFAULT_PRIO;
	}
	p->slice_left_ns = task_slice_ns(p);
}

/**
 * wake_up_new_task() - let the new task @p run for the first time.
 * Context: thread; interrupts may be off during boot.
 */
void wake_up_new_task(struct task_struct *p)
{
	unsigned int cpu = select_cpu(p, smp_processor_id());
	struct rq *rq = cpu_rq(cpu);
	unsigned long flags;

	mm_assert(p->state == TASK_NEW);
	spin_lock_irqsave(&rq->lock, flags);
	p->cpu = cpu;
	p->state = TASK_RUNNING;
	activate_task(rq, p, false);
	check_preempt(rq, p, false, 0);
	task_rq_unlock(rq, flags);
}

/* --- the tick, yielding, idling ---------------------------------------------------------- */

/**
 * scheduler_tick() - charge time; end the slice of current when it is used up.
 * Context: timer interrupt, interrupts off.
 */
void scheduler_tick(bool user_mode)
{
	struct rq *rq = this_rq();
	struct task_struct *curr;
	u64 now = ktime_get_ns();

	spin_lock(&rq->lock);
	curr = rq->curr;
	account_curr(rq, now, user_mode ? CHARGE_USER : CHARGE_SYSTEM);
	rq->ticks++;
	if (curr != rq->idle && (rq->nr_running > 1 || rq->ticks >= BALANCE_TICKS)) {
		if ((curr->slice_left_ns <= 0 && curr->policy != SCHED_FIFO) || rq->preempt_soon ||
		    (rq->ticks >= BALANCE_TICKS && nr_cpu_ids > 1))
			resched_curr(rq);
	}
	spin_unlock(&rq->lock);
	calc_global_load(now);
}

/**
 * yield_cpu() - let every other task of the same priority run first.
 * Context: thread, may sleep.
 */
void yield_cpu(void)
{
	struct rq *rq;

	local_irq_disable();
	rq = this_rq();
	spin_lock(&rq->lock);
	rq->yielded = true;
	spin_unlock_irq(&rq->lock);
	schedule();
}

/**
 * cond_resched() - give way when another task is due. Long work calls it.
 * Context: thread, no spinlock held; may sleep.
 */
void cond_resched(void)
{
	might_sleep();
	if (unlikely(need_resched()) && current->state == TASK_RUNNING && current != this_rq()->idle)
		schedule();
}

/* The interrupt ends the halt; the idle loop looks by itself. */
static enum hrtimer_restart stock_timer_fired(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

/* What this CPU has in stock goes back if it stays idle, so it has to look again. */
static void drain_stock(void)
{
	struct hrtimer *timer = &this_rq()->stock_timer;
	u64 now = ktime_get_ns();

	if (drain_on_idle(now) && !hrtimer_active(timer))
		hrtimer_start(timer, now + PCP_AGE_NS);
}

/**
 * cpu_idle_loop() - what a CPU does without work. Never returns.
 * Context: the idle task; turns interrupts on.
 */
void __noreturn cpu_idle_loop(void)
{
	for (;;) {
		drain_stock();
		for (;;) {
			local_irq_disable();
			if (need_resched() || this_rq()->nr_running)
				break;
			tick_stop();
			arch_safe_halt();
			if (!need_resched())
				drain_stock();
		}
		local_irq_enable();
		schedule();
	}
}

/**
 * cpu_startup_entry() - the end of a CPU's way up: it idles from now on.
 * Context: the boot task of this CPU, interrupts off. Never returns.
 */
void __noreturn cpu_startup_entry(void)
{
	current->exec_start_ns = ktime_get_ns();
	cpu_idle_loop();
}

/**
 * sched_set_idle() - @p is what @cpu runs when it has nothing to do.
 * Context: boot, the CPU is not up yet.
 */
void sched_set_idle(struct task_struct *p, unsigned int cpu)
{
	struct rq *rq = cpu_rq(cpu);

	p->cpu = cpu;
	p->state = TASK_RUNNING;
	p->on_cpu = 1;
	p->policy = SCHED_IDLE;
	p->exec_start_ns = ktime_get_ns();
	cpumask_clear(&p->cpus_allowed);
	cpumask_set_cpu(cpu, &p->cpus_allowed);
	rq->curr = p;
	rq->idle = p;
}

/**
 * sched_init() - run queues for every CPU that may come; the boot task idles on CPU 0.
 * Context: boot, after slab.
 */
void __init sched_init(void)
{
	unsigned int cpu, q;

	trace_init();
	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct rq *rq = kzalloc(sizeof(*rq), GFP_KERNEL);

		if (!rq)
			panic("no memory for the run queue of CPU %u", cpu);
		spin_lock_init_rank(&rq->lock, RANK_RQ, "rq");
		rq->cpu = cpu;
		hrtimer_init(&rq->stock_timer, stock_timer_fired);
		for (q = 0; q < NR_QUEUES; q++)
			INIT_LIST_HEAD(&rq->queue[q]);
		cpu_rqs[cpu] = rq;
	}
	init_task.active_mm = this_machine()->init_mm;
	mmgrab(init_task.active_mm);
	sched_set_idle(&init_task, 0);
}
