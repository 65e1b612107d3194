// SPDX-License-Identifier: MIT
/*
 * pid.c - process numbers and who has them.
 *
 * Numbers come out of a bitmap, upwards from the last one given, and wrap below
 * pid_max to RESERVED_PIDS like Linux's, so that a number is not reused soon.
 * Three hashes find tasks: by their own number, and group leaders by process
 * group and by session.
 *
 *   P1  a bit of the map is set iff a task has the number, or it was allocated
 *       for one that is being made, or a process group or session has it
 *   P2  a leader is in the hashes of signal->pgrp and signal->session from
 *       pid_attach_task() to pid_detach_task()
 *
 * Locks: pid_lock for the map; tasklist_lock for the hashes. pid_lock is inside.
 */
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/hash.h>
#include <linux/bitmap.h>

#define PID_BITS	10
#define PGRP_BITS	8

int pid_max = PID_MAX_DEFAULT;
DEFINE_SPINLOCK_RANK(tasklist_lock, RANK_TASKLIST);

static DEFINE_SPINLOCK_RANK(pid_lock, RANK_TASK);
static DECLARE_BITMAP(pid_map, PID_MAX_DEFAULT) = { 1 };	/* pid_lock; 0 is the idle tasks' */
static pid_t last;						/* pid_lock */

static struct hlist_head pid_hash[1 << PID_BITS];		/* tasklist_lock */
static struct hlist_head pgrp_hash[1 << PGRP_BITS];		/* tasklist_lock */
static struct hlist_head session_hash[1 << PGRP_BITS];		/* tasklist_lock */

/**
 * alloc_pid() - a free number.
 * Locks:   takes pid_lock. Context: thread. Return: the number, or -EAGAIN.
 */
pid_t alloc_pid(void)
{
	unsigned long limit = pid_max, nr;

	spin_lock(&pid_lock);
	nr = find_next_zero_bit(pid_map, limit, last + 1);
	if (nr >= limit)
		nr = find_next_zero_bit(pid_map, limit, RESERVED_PIDS);
	if (nr >= limit) {
		spin_unlock(&pid_lock);
		return -EAGAIN;
	}
	__set_bit(nr, pid_map);					/* P1 */
	last = nr;
	spin_unlock(&pid_lock);
	return nr;
}

/** free_pid() - give back a number that nothing uses. Takes pid_lock. */
void free_pid(pid_t nr)
{
	spin_lock(&pid_lock);
	mm_assert(test_bit(nr, pid_map));
	__clear_bit(nr, pid_map);
	spin_unlock(&pid_lock);
}

/* the number that was given last, for /proc/loadavg */
pid_t last_pid(void)
{
	return READ_ONCE(last);
}

/**
 * find_task_by_pid() - the task, thread or process, with number @pid.
 * Locks:   tasklist_lock held. Return: not counted, or NULL.
 */
struct task_struct *find_task_by_pid(pid_t pid)
{
	struct task_struct *p;

	hlist_for_each_entry(p, &pid_hash[hash_32(pid, PID_BITS)], pid_link)
		if (p->pid == pid)
			return p;
	return NULL;
}

struct task_struct *get_task_by_pid(pid_t pid)
{
	struct task_struct *p;

	spin_lock(&tasklist_lock);
	p = find_task_by_pid(pid);
	if (p)
		get_task_struct(p);
	spin_unlock(&tasklist_lock);
	return p;
}

/**
 * find_ge_tgid() - the process with the lowest number from @pid on.
 * Locks:   takes tasklist_lock. Context: thread. Return: counted, or NULL.
 */
struct task_struct *find_ge_tgid(pid_t pid)
{
	unsigned long nr = pid;

	spin_lock(&tasklist_lock);
	for (nr = find_next_bit(pid_map, PID_MAX_DEFAULT, nr); nr < PID_MAX_DEFAULT;
	     nr = find_next_bit(pid_map, PID_MAX_DEFAULT, nr + 1)) {
		struct task_struct *p = nr ? find_task_by_pid(nr) : NULL;

		if (p && thread_group_leader(p)) {
			get_task_struct(p);
			spin_unlock(&tasklist_lock);
			return p;
		}
	}
	spin_unlock(&tasklist_lock);
	return NULL;
}

/* --- groups and sessions; tasklist_lock held ------------------------------------- */

struct task_struct *pgrp_first(pid_t pgrp)
{
	struct task_struct *p;

	hlist_for_each_entry(p, &pgrp_hash[hash_32(pgrp, PGRP_BITS)], pgrp_link)
		if (p->signal->pgrp == pgrp)
			return p;
	return NULL;
}

struct task_struct *pgrp_next(struct task_struct *p)
{
	pid_t pgrp = p->signal->pgrp;

	hlist_for_each_entry_continue(p, pgrp_link)
		if (p->signal->pgrp == pgrp)
			return p;
	return NULL;
}

bool pgrp_exists(pid_t pgrp)
{
	return pgrp_first(pgrp);
}

static bool session_exists(pid_t session)
{
	struct task_struct *p;

	hlist_for_each_entry(p, &session_hash[hash_32(session, PGRP_BITS)], session_link)
		if (p->signal->session == session)
			return true;
	return false;
}

static void free_pid_unless_used(pid_t nr)
{
	if (nr && !find_task_by_pid(nr) && !pgrp_exists(nr) && !session_exists(nr))
		free_pid(nr);					/* P1 */
}

static void hash_pgrp(struct task_struct *p)
{
	hlist_add_head(&p->pgrp_link, &pgrp_hash[hash_32(p->signal->pgrp, PGRP_BITS)]);
}

static void hash_session(struct task_struct *p)
{
	hlist_add_head(&p->session_link, &session_hash[hash_32(p->signal->session, PGRP_BITS)]);
}

/**
 * pid_attach_task() - @p can be found from now on.
 * Locks:   tasklist_lock held.
 */
void pid_attach_task(struct task_struct *p)
{
	hlist_add_head(&p->pid_link, &pid_hash[hash_32(p->pid, PID_BITS)]);
	if (thread_group_leader(p)) {				/* P2 */
		hash_pgrp(p);
		hash_session(p);
	}
}

/**
 * pid_detach_task() - @p is gone; its numbers are free unless others use them.
 * Locks:   tasklist_lock held.
 */
void pid_detach_task(struct task_struct *p)
{
	pid_t pgrp = p->signal->pgrp, session = p->signal->session;

	hlist_del_init(&p->pid_link);
	if (!thread_group_leader(p)) {
		free_pid(p->pid);	/* no group or session has a thread's number */
		return;
	}
	hlist_del_init(&p->pgrp_link);
	hlist_del_init(&p->session_link);
	free_pid_unless_used(p->pid);
	if (pgrp != p->pid)
		free_pid_unless_used(pgrp);
	if (session != p->pid && session != pgrp)
		free_pid_unless_used(session);
}

void change_pgrp(struct task_struct *leader, pid_t pgrp)
{
	pid_t old = leader->signal->pgrp;

	if (old == pgrp)
		return;
	hlist_del_init(&leader->pgrp_link);
	leader->signal->pgrp = pgrp;
	hash_pgrp(leader);
	free_pid_unless_used(old);
}

void change_session(struct task_struct *leader, pid_t session)
{
	pid_t old = leader->signal->session;

	if (old == session)
		return;
	hlist_del_init(&leader->session_link);
	leader->signal->session = session;
	hash_session(leader);
	free_pid_unless_used(old);
}

/**
 * pid_exchange() - exec by a thread: @p takes the number and places of the old @leader.
 * The leader keeps the number that @p had. Locks: tasklist_lock held.
 */
void pid_exchange(struct task_struct *p, struct task_struct *leader)
{
	hlist_del_init(&p->pid_link);
	hlist_del_init(&leader->pid_link);
	hlist_del_init(&leader->pgrp_link);
	hlist_del_init(&leader->session_link);
	swap(p->pid, leader->pid);
	hlist_add_head(&p->pid_link, &pid_hash[hash_32(p->pid, PID_BITS)]);
	hlist_add_head(&leader->pid_link, &pid_hash[hash_32(leader->pid, PID_BITS)]);
	hash_pgrp(p);
	hash_session(p);
}
