// SPDX-License-Identifier: MIT
/*
 * fault_inject.c - allocations that fail on request, so that what follows a failure is run.
 *
 * Whether a request fails is asked at its beginning, once for each, in this order:
 *
 *	the machine's nth	tests of mm/ itself: the nth from now on, of any kind, with or
 *				without all that follow (fault_set_nth())
 *	the task's fail_nth	the nth of this task (/proc/PID/fail-nth)
 *	the kind's attributes	failslab: objects; fail_page_alloc: blocks of pages
 *
 * Attributes are Linux's: of the requests that the filters let through, the first `space`
 * bytes or pages succeed; of the others every `interval`th fails with `probability` per
 * cent, until `times` are used up. The kind's own filters come first: blocks below
 * min_order, requests that may sleep (ignore_gfp_wait, on at first), blocks of high memory,
 * caches without SLAB_FAILSLAB. Requests with __GFP_NOFAIL neither count nor fail.
 *
 * A failure by attributes or by fail_nth is reported as `verbose` says: not at all, as two
 * lines, or with the stack; at most ratelimit_burst in ratelimit_ms.
 *
 * As long as nothing can fail no bit of mm_debug_state.hooks is set for it, and nobody
 * comes here.
 *
 *   FI1  MM_HOOK_NTH is set while the machine's nth counts or a task has a fail_nth
 *   FI2  MM_HOOK_SLAB and MM_HOOK_PAGES are set exactly while the probability is not 0
 *   FI3  nth_tasks is the number of tasks whose fail_nth is not 0
 *
 * Locks: none. All numbers are read and written one by one, as in Linux: who changes two of
 * them while others allocate gets either mixture.
 */
#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include <mm/machine.h>
#include "../internal.h"

#define NS_PER_MS	(1000ull * 1000)
#define SPLITMIX_STEP	0x9e3779b97f4a7c15ull

/* --- setting ------------------------------------------------------------------------ */

static void attr_init(struct fault_attr *attr, const char *name)
{
	attr->name = name;
	attr->interval = 1;
	atomic_set(&attr->times, 1);
	attr->verbose = 2;
	attr->ratelimit_burst = 10;
	attr->ignore_gfp_wait = true;
	attr->ignore_gfp_highmem = true;
	attr->min_order = 1;
}

/**
 * fault_init() - nothing fails; what else there is to set is as Linux has it.
 * Locks:   none.  Context: boot CPU. A machine's nth that was set before stays.
 */
void fault_init(struct fault_state *f)
{
	attr_init(&f->failslab, "failslab");
	attr_init(&f->fail_page_alloc, "fail_page_alloc");
}

/**
 * fault_attr_set_probability() - per cent, above 100 is always; 0: this kind never fails.
 * Locks:   none.  Context: any (FI2).
 */
void fault_attr_set_probability(struct fault_attr *attr, unsigned long percent)
{
	struct machine *m = this_machine();
	unsigned int hook = attr == &m->debug.fault.failslab ? MM_HOOK_SLAB : MM_HOOK_PAGES;

	WRITE_ONCE(attr->probability, percent);
	mm_hook_set(m, hook, percent);
}

/* A number of @text, up to the comma or the end behind it. */
static int next_number(const char **text, int *value)
{
	char digits[16];
	size_t bytes = strcspn(*text, ",");
	int err;

	if (bytes >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, *text, bytes);
	digits[bytes] = 0;
	err = kstrtoint(digits, 10, value);
	*text += bytes + ((*text)[bytes] == ',');
	return err;
}

/**
 * setup_fault_attr() - as the boot option: "interval,probability,space,times".
 * Locks:   none.  Context: any.
 * Return:  0; -EINVAL: nothing is changed.
 */
int setup_fault_attr(struct fault_attr *attr, const char *text)
{
	int number[4], i;

	for (i = 0; i < 4; i++)
		if (next_number(&text, &number[i]))
			return -EINVAL;
	if (*text || number[0] < 0 || number[1] < 0)
		return -EINVAL;
	WRITE_ONCE(attr->interval, number[0]);
	atomic_set(&attr->space, number[2]);
	atomic_set(&attr->times, number[3]);
	fault_attr_set_probability(attr, number[1]);
	return 0;
}

/**
 * fault_set_nth() - the @nth allocation of @m from now on fails, with @and_after all that
 *	follow too; 0: none.
 * Locks:   none.  Context: nobody in @m allocates meanwhile.
 */
void fault_set_nth(struct machine *m, unsigned long nth, bool and_after)
{
	struct fault_state *f = &m->debug.fault;

	f->nth_set = nth;
	f->nth_after = and_after && nth;
	atomic_long_set(&f->nth, nth);
	mm_hook_set(m, MM_HOOK_NTH, nth || atomic_read(&f->nth_tasks));	/* FI1 */
}

/* One task more or less has a fail_nth. (FI1, FI3) */
static void count_task(int change)
{
	struct machine *m = this_machine();
	struct fault_state *f = &m->debug.fault;

	if (atomic_add_return(change, &f->nth_tasks) + f->nth_set)
		mm_hook_set(m, MM_HOOK_NTH, true);
	else
		mm_hook_set(m, MM_HOOK_NTH, false);
}

/**
 * fault_task_set_nth() - the @nth allocation of @task from now on fails; 0: none.
 * Locks:   none.  Context: any; the last of several at once counts.
 */
void fault_task_set_nth(struct fault_task *task, unsigned int nth)
{
	unsigned int old = xchg(&task->fail_nth, nth);

	if (!old != !nth)
		count_task(nth ? 1 : -1);
}

/**
 * fault_task_exit() - @task ends: it counts no more.
 * Locks:   none.  Context: any.
 */
void fault_task_exit(struct fault_task *task)
{
	fault_task_set_nth(task, 0);
}

/* --- reports ------------------------------------------------------------------------ */

static bool may_report(struct fault_attr *attr)
{
	u64 now, interval = READ_ONCE(attr->ratelimit_ms) * NS_PER_MS;

	if (!READ_ONCE(attr->verbose))
		return false;
	if (!interval)
		return true;
	now = port_clock_ns();
	if (now - atomic64_read(&attr->reports_from_ns) >= interval) {
		atomic64_set(&attr->reports_from_ns, now);
		atomic_set(&attr->reports, 0);
	}
	return atomic_inc_return(&attr->reports) <= (int)READ_ONCE(attr->ratelimit_burst);
}

static void fail_dump(struct fault_attr *attr)
{
	if (!may_report(attr))
		return;
	pr_notice("FAULT_INJECTION: forcing a failure.\n"
		  "name %s, interval %lu, probability %lu, space %d, times %d\n", attr->name,
		  READ_ONCE(attr->interval), READ_ONCE(attr->probability),
		  atomic_read(&attr->space), atomic_read(&attr->times));
	if (READ_ONCE(attr->verbose) > 1)
		dump_stack();
}

/* --- does it fail? -------------------------------------------------------------------- */

/**
 * fault_nth() - is this the machine's nth allocation, or one behind it that fails too?
 * Locks:   none.  Context: any.
 */
bool fault_nth(void)
{
	struct fault_state *f = &this_machine()->debug.fault;
	long left;

	if (!f->nth_set)
		return false;
	left = atomic_long_dec_return(&f->nth);
	if (left > 0 || (left < 0 && !f->nth_after))
		return false;
	atomic_long_inc(&f->failures);
	return true;
}

/**
 * mm_debug_random() - a number for decisions of debugging aids: not for secrets.
 * Locks:   none.  Context: any.
 */
u32 mm_debug_random(void)
{
	u64 z = atomic64_add_return((s64)SPLITMIX_STEP, &this_machine()->debug.fault.random);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z >> 32;
}

/* The task's turn: *@fails when it has a fail_nth, and then nothing else is asked. */
static bool task_counts(struct fault_task *task, bool *fails)
{
	unsigned int nth = READ_ONCE(task->fail_nth);

	*fails = false;
	if (!nth)
		return false;
	if (cmpxchg(&task->fail_nth, nth, nth - 1) == nth && nth == 1) {
		count_task(-1);
		*fails = true;
	}
	return true;
}

/* @size: in bytes or in pages, as `space` counts */
static bool attr_fails(struct fault_attr *attr, size_t size, const struct fault_task *task)
{
	unsigned long probability = READ_ONCE(attr->probability);
	unsigned long interval = READ_ONCE(attr->interval);

	if (!probability || !atomic_read(&attr->times))
		return false;
	if (READ_ONCE(attr->task_filter) && !READ_ONCE(task->make_it_fail))
		return false;
	if (atomic_read(&attr->space) > (long)size) {
		atomic_sub(size, &attr->space);
		return false;
	}
	if (interval > 1 && (unsigned long)atomic_long_inc_return(&attr->count) % interval)
		return false;
	return probability > mm_debug_random() % 100;
}

static bool should_fail(struct fault_attr *attr, size_t size, bool filtered, gfp_t gfp)
{
	struct fault_task *task = port_self_faults();
	int times;
	bool fails;

	/* a filtered request is no request: it does not count for the task either */
	if (filtered)
		return false;
	if (!task_counts(task, &fails))
		fails = attr_fails(attr, size, task);
	if (!fails)
		return false;
	atomic_long_inc(&this_machine()->debug.fault.failures);
	if (!(gfp & __GFP_NOWARN))
		fail_dump(attr);
	times = atomic_read(&attr->times);
	while (times > 0 && !atomic_try_cmpxchg(&attr->times, &times, times - 1))
		;
	return true;
}

static bool may_sleep_and_is_ignored(const struct fault_attr *attr, gfp_t gfp)
{
	return READ_ONCE(attr->ignore_gfp_wait) && (gfp & __GFP_DIRECT_RECLAIM);
}

/**
 * fault_object() - does the request for an object of @bytes fail? @marked: of a cache with
 *	SLAB_FAILSLAB.
 * Locks:   none.  Context: any.
 */
bool fault_object(size_t bytes, bool marked, gfp_t gfp)
{
	struct fault_attr *attr = &this_machine()->debug.fault.failslab;

	if (gfp & __GFP_NOFAIL)
		return false;
	if (fault_nth())
		return true;
	return should_fail(attr, bytes, may_sleep_and_is_ignored(attr, gfp) ||
			   (READ_ONCE(attr->cache_filter) && !marked), gfp);
}

/**
 * fault_pages() - does the request for a block of 2^@order pages fail?
 * Locks:   none.  Context: any.
 */
bool fault_pages(gfp_t gfp, unsigned int order)
{
	struct fault_attr *attr = &this_machine()->debug.fault.fail_page_alloc;

	if (gfp & __GFP_NOFAIL)
		return false;
	if (fault_nth())
		return true;
	return should_fail(attr, 1ul << order, order < READ_ONCE(attr->min_order) ||
			   (READ_ONCE(attr->ignore_gfp_highmem) && (gfp & __GFP_HIGHMEM)) ||
			   may_sleep_and_is_ignored(attr, gfp), gfp);
}
