// SPDX-License-Identifier: MIT
/*
 * sched.c - virtual CPUs: several CPUs of a machine on one thread, interleaved by a
 * seed, so that a run with all its races can be repeated bit by bit.
 *
 * Each virtual CPU has a stack of its own (os_fiber.c) and runs until it comes to a
 * point: a lock that it is about to take or has released, a page-table entry that it has
 * changed, a flush, each level of a table walk, a user access, an allocation. After a
 * random number of points another CPU goes on, maybe in the middle of what mm/ believes
 * to be short. All randomness comes from the seed, so with the virtual clock nothing
 * differs between two runs but addresses of this process.
 *
 *	ready --port_block()--> blocked --port_wake()--> ready --fn returns--> done
 *
 * A CPU that finds a lock taken lets another go on, at once and each time it looks. When
 * all that are ready only do that, or none is ready, nobody can ever go on: the run ends
 * with -EDEADLK, the log says who waits for what, and the machine may only be destroyed.
 * A bug ends a run too, and is then reported on the stack of the caller, whose hook may
 * leave by longjmp().
 *
 *   R1  exactly one CPU of the run is current; host_ctx is its own, the others' lie in
 *       their struct host_vcpu
 *   R2  the next CPU is chosen by run->random alone, among those that are ready
 *   R3  no other thread is in the machine during a run
 *
 * Locks: none: one thread.
 */
#include "host_internal.h"
#include <linux/printk.h>
#include <linux/rwsem.h>

#define STACK_BYTES		(1ul << 20)	/* the lowest part of it without memory */
#define GUARD_BYTES		65536ul		/* a multiple of any page size */
#define DEFAULT_STRIDE		8
#define RELAXES_PER_CPU		1000	/* without any other point: nobody will go on */

enum vcpu_state { VCPU_READY, VCPU_BLOCKED, VCPU_DONE };

struct host_vcpu {
	struct host_run *run;		/* i */
	unsigned int cpu;		/* i */
	enum vcpu_state state;
	bool woken;			/* since port_block_prepare() */
	bool relaxing;			/* its last point was a lock that is taken */
	const spinlock_t *last_lock;	/* of the last HOST_POINT_LOCK */
	struct os_fiber *fiber;		/* i */
	struct host_context ctx;	/* while it is not current */
	struct host_thread thread;
};

enum run_end { RUN_DONE, RUN_DEADLOCK, RUN_BUG };

struct host_run {
	const struct virtual_cpus *how;	/* i */
	struct host_machine *hm;	/* i */
	u64 random;
	unsigned int left;		/* points until somebody else goes on */
	unsigned long relaxes;		/* since the last other point */
	bool quiet;			/* points do nothing: a report is written */
	struct virtual_run result;
	enum run_end end;
	const char *bug_file, *bug_expr;	/* RUN_BUG */
	int bug_line;
	char bug_text[256];
	struct os_fiber *caller;	/* i */
	struct host_vcpu vcpus[];
};

/* --- who goes on ------------------------------------------------------------ */

static u64 run_random(struct host_run *run)
{
	run->random ^= run->random >> 12;
	run->random ^= run->random << 25;
	run->random ^= run->random >> 27;
	return run->random * 0x2545f4914f6cdd1dull;
}

static unsigned int random_below(struct host_run *run, unsigned int n)
{
	return (u32)(run_random(run) >> 32) % n;
}

/* Between 1 and twice the stride less 1: the stride on the average. */
static void draw_stride(struct host_run *run)
{
	unsigned int stride = run->how->stride ? run->how->stride : DEFAULT_STRIDE;

	run->left = stride == 1 ? 1 : 1 + random_below(run, 2 * stride - 1);
}

/* A CPU that is ready, not @except unless it is the only one; NULL: none. (R2) */
static struct host_vcpu *choose(struct host_run *run, const struct host_vcpu *except)
{
	struct host_vcpu *v, *only = NULL;
	unsigned int ready = 0, n;

	for (v = run->vcpus; v < run->vcpus + run->how->count; v++) {
		if (v->state != VCPU_READY)
			continue;
		only = v;
		ready += v != except;
	}
	if (!ready)
		return only;
	n = random_below(run, ready);
	for (v = run->vcpus; ; v++)
		if (v->state == VCPU_READY && v != except && !n--)
			return v;
}

/* From the current stack to that of @to, or, with NULL, to the caller of the run. (R1) */
static void go_to(struct host_run *run, struct host_vcpu *to, bool for_ever)
{
	struct host_vcpu *from = host_ctx.vcpu;
	struct os_fiber *here = from ? from->fiber : run->caller;

	if (from == to)
		return;
	if (from)
		from->ctx = host_ctx;
	if (to) {
		run->result.switches++;
		run->result.trace = (run->result.trace ^ to->cpu) * 0x100000001b3ull +
				    run->result.points;
		host_ctx = to->ctx;
	} else {
		memset(&host_ctx, 0, sizeof(host_ctx));
	}
	os_fiber_switch(here, to ? to->fiber : run->caller, for_ever);
}

/* The run is over, and nobody comes back to this stack. */
static void __noreturn leave_run(struct host_run *run, enum run_end end)
{
	run->end = end;
	go_to(run, NULL, true);
	os_abort();
}

/* --- who waits for what ------------------------------------------------------- */

/* What the lock at @p is part of, as far as the slab knows. */
static void name_place(char *buf, size_t size, const void *p)
{
	unsigned long offset = (unsigned long)p - PAGE_OFFSET;
	const struct kmem_cache *s = NULL;
	struct page *page;

	if (pfn_valid(offset >> PAGE_SHIFT)) {
		page = compound_head(virt_to_page(p));
		if (PageSlab(page))
			s = page->slab_cache;
	}
	if (s)
		scnprintf(buf, size, "%px in an object of %s", p, kmem_cache_name(s));
	else
		scnprintf(buf, size, "%px", p);
}

#ifdef CONFIG_DEBUG_LOCKS
/* @lock, perhaps the wait_lock of a semaphore or mutex: its name, and who has that. */
static const char *sleeping_lock(const spinlock_t *lock, const struct task_struct **owner)
{
	*owner = NULL;
	if (lock->rank == RANK_SLEEPLOCK)
		*owner = container_of(lock, struct rw_semaphore, wait_lock)->owner.thread;
	return lock->name ? lock->name : "lock";
}

static const struct host_vcpu *spin_holder(struct host_run *run, const spinlock_t *lock)
{
	struct host_vcpu *v;

	for (v = run->vcpus; v < run->vcpus + run->how->count; v++)
		if (lock->holder == &v->thread.held_locks)
			return v;
	return NULL;
}
#else
static const char *sleeping_lock(const spinlock_t *lock, const struct task_struct **owner)
{
	*owner = NULL;
	return "lock";
}

static const struct host_vcpu *spin_holder(struct host_run *run, const spinlock_t *lock)
{
	return NULL;
}
#endif

static void report_vcpu(struct host_run *run, const struct host_vcpu *v)
{
	const struct host_vcpu *holder = NULL;
	const struct task_struct *owner = NULL;
	const char *kind = "lock";
	char place[96] = "nothing that is known", held[32] = "";

	if (v->last_lock) {
		name_place(place, sizeof(place), v->last_lock);
		kind = sleeping_lock(v->last_lock, &owner);
		holder = v->state == VCPU_BLOCKED ? (const struct host_vcpu *)owner :
						    spin_holder(run, v->last_lock);
	}
	if (holder >= run->vcpus && holder < run->vcpus + run->how->count)
		scnprintf(held, sizeof(held), ", which CPU %u has", holder->cpu);
	pr_err("CPU %u: %s %s %s%s\n", v->cpu,
	       v->state == VCPU_BLOCKED ? "sleeps, waiting for" : "spins on", kind, place, held);
}

static void __noreturn deadlock(struct host_run *run, const char *why)
{
	struct host_vcpu *v;

	run->quiet = true;
	pr_err("machine_run_virtual: deadlock: %s, seed %llu, after %lu points\n", why,
	       (unsigned long long)run->how->seed, run->result.points);
	for (v = run->vcpus; v < run->vcpus + run->how->count; v++)
		if (v->state != VCPU_DONE)
			report_vcpu(run, v);
	leave_run(run, RUN_DEADLOCK);
}

/* --- points ------------------------------------------------------------------- */

static void let_others_run(struct host_run *run, const struct host_vcpu *except)
{
	struct host_vcpu *next = choose(run, except);
	unsigned int i, done = 0;

	draw_stride(run);
	if (next) {
		go_to(run, next, host_ctx.vcpu && host_ctx.vcpu->state == VCPU_DONE);
		return;
	}
	for (i = 0; i < run->how->count; i++)
		done += run->vcpus[i].state == VCPU_DONE;
	if (done < run->how->count)
		deadlock(run, "every CPU sleeps");
	leave_run(run, RUN_DONE);
}

/**
 * host_vcpu_point() - the current virtual CPU may have to wait for others here.
 * Locks:   any may be held.
 * Context: any, on a virtual CPU.
 */
void host_vcpu_point(enum host_point point, const void *lock)
{
	struct host_vcpu *v = host_ctx.vcpu;
	struct host_run *run = v->run;

	if (run->quiet)
		return;
	run->result.points++;
	run->relaxes = 0;
	if (lock)
		v->last_lock = lock;
	if (!--run->left)
		let_others_run(run, NULL);
}

/**
 * host_vcpu_relax() - the current virtual CPU waits for something that another does.
 * Locks:   any may be held.  Context: any, on a virtual CPU.
 */
void host_vcpu_relax(void)
{
	struct host_run *run = host_ctx.vcpu->run;

	if (run->quiet)
		return;
	run->result.points++;
	if (++run->relaxes > (unsigned long)RELAXES_PER_CPU * run->how->count)
		deadlock(run, "every CPU spins or sleeps");
	let_others_run(run, host_ctx.vcpu);
}

/** host_stack_end() - the end of the stack that @here is on; NULL: not known. Any context. */
const void *host_stack_end(const void *here)
{
	const struct host_machine *hm = host_ctx.vcpu ? host_ctx.vcpu->run->hm : NULL;
	size_t offset = hm ? (const char *)here - hm->stacks : 0;

	if (hm && offset < hm->stacks_bytes)
		return hm->stacks + (offset / STACK_BYTES + 1) * STACK_BYTES;
	return os_stack_end(here);
}

/** host_vcpu_thread() - what port.c keeps for the current virtual CPU. Any context. */
struct host_thread *host_vcpu_thread(void)
{
	return &host_ctx.vcpu->thread;
}

/* --- sleeping: port.c calls these for virtual CPUs ------------------------------ */

/** host_vcpu_block_prepare() - port_block_prepare(). Any context. */
void host_vcpu_block_prepare(void)
{
	host_ctx.vcpu->woken = false;
}

/** host_vcpu_block() - port_block(). Thread, sleeps. */
void host_vcpu_block(void)
{
	struct host_vcpu *v = host_ctx.vcpu;

	v->run->result.points++;
	v->run->relaxes = 0;
	if (!v->woken) {
		v->state = VCPU_BLOCKED;
		let_others_run(v->run, NULL);
	}
	mm_bug_on(v->state != VCPU_READY);
}

/** host_vcpu_wake() - port_wake() of the virtual CPU @thread. Any context. */
void host_vcpu_wake(struct task_struct *thread)
{
	struct host_vcpu *v = (struct host_vcpu *)thread;

	v->woken = true;
	if (v->state == VCPU_BLOCKED)
		v->state = VCPU_READY;
	host_sched_point(HOST_POINT_WAKE);
}

/**
 * host_vcpu_bug() - a bug on a virtual CPU that has no hook of its own: end the run.
 * Locks:   any.  Context: any, on a virtual CPU. Returns only when the caller of the
 *          run has no hook either: then the process ends here, with this stack.
 */
void host_vcpu_bug(const char *file, int line, const char *expr)
{
	struct host_run *run = host_ctx.vcpu->run;

	if (!host_own_thread.bug_hook)
		return;
	run->bug_file = file;
	run->bug_line = line;
	scnprintf(run->bug_text, sizeof(run->bug_text), "%s", expr);
	leave_run(run, RUN_BUG);
}

/* --- a run ----------------------------------------------------------------------- */

static void vcpu_main(void *arg)
{
	struct host_vcpu *v = arg;
	struct host_run *run = v->run;

	run->how->fn(v->cpu, run->how->arg);
	mm_bug_on(host_ctx.vcpu != v);
	debug_leave();
	v->state = VCPU_DONE;
	let_others_run(run, NULL);
}

static int refuse(int error, const char *why)
{
	pr_err("machine_run_virtual: %s\n", why);
	return error;
}

static int how_good(struct host_machine *hm, const struct virtual_cpus *how)
{
	unsigned int i;

	if (host_ctx.machine)
		return refuse(-EBUSY, "the calling thread is in a machine");
	if (!how->count || !how->fn)
		return refuse(-EINVAL, "no CPUs, or nothing to run");
	if (how->count > hm->config.nr_cpus)
		return refuse(-EINVAL, "more CPUs than the machine has");
	if (!hm->config.virtual_clock)
		return refuse(-EINVAL, "the machine's clock is real: set virtual_clock");
	if (hm->run)
		return refuse(-EBUSY, "the machine is running virtual CPUs already");
	for (i = 0; i < hm->config.nr_cpus; i++)
		if (atomic_read(&hm->cpus[i].taken))
			return refuse(-EBUSY, "a thread is in the machine");	/* R3 */
	return 0;
}

static void run_free(struct host_run *run)
{
	unsigned int i;

	for (i = 0; i < run->how->count; i++)
		os_fiber_destroy(run->vcpus[i].fiber);
	os_fiber_destroy(run->caller);
	os_free(run);
}

static struct host_run *run_alloc(struct host_machine *hm, const struct virtual_cpus *how)
{
	struct host_run *run = os_alloc(struct_size(run, vcpus, how->count));
	struct host_vcpu *v;

	if (!run)
		return NULL;
	run->how = how;
	run->hm = hm;
	run->random = how->seed * 0x9e3779b97f4a7c15ull + 0x632be59bd9b4e019ull;
	run->random |= !run->random;
	run->caller = os_fiber_self();
	for (v = run->vcpus; v < run->vcpus + how->count; v++) {
		v->run = run;
		v->cpu = v - run->vcpus;
		v->fiber = os_fiber_create(hm->stacks + v->cpu * STACK_BYTES + GUARD_BYTES,
					   STACK_BYTES - GUARD_BYTES, vcpu_main, v);
		v->ctx = hm->ctx;
		v->ctx.cpu = v->cpu;
		v->ctx.vcpu = v;
		host_arm(&v->ctx, true);		/* every allocation is a point */
		if (v->fiber && run->caller)
			continue;
		run_free(run);
		return NULL;
	}
	return run;
}

/* The stacks stay until the end of the machine: what they leave in RAM keeps its meaning. */
static bool make_stacks(struct host_machine *hm)
{
	size_t bytes = hm->config.nr_cpus * STACK_BYTES;
	unsigned int i;
	char *at;

	if (hm->stacks)
		return true;
	at = os_map_sparse(bytes);
	for (i = 0; at && i < hm->config.nr_cpus; i++)
		if (!os_unalias(at + i * STACK_BYTES, GUARD_BYTES)) {
			os_unmap(at, bytes);
			return false;
		}
	hm->stacks = at;
	hm->stacks_bytes = bytes;
	return at;
}

static void take_cpus(struct host_machine *hm, unsigned int count, struct host_run *run)
{
	unsigned int i;

	hm->run = run;
	for (i = 0; i < count; i++)
		atomic_set(&hm->cpus[i].taken, run != NULL);
}

/* comment: see mm/host.h */
int machine_run_virtual(struct machine *machine, const struct virtual_cpus *how,
			struct virtual_run *result)
{
	struct host_machine *hm = to_host(machine);
	struct host_run *run;
	char text[sizeof(run->bug_text)];
	enum run_end end;
	int error, line;
	const char *file;

	error = how_good(hm, how);
	if (error)
		return error;
	run = make_stacks(hm) ? run_alloc(hm, how) : NULL;
	if (!run)
		return refuse(-ENOMEM, "no memory for the stacks");
	take_cpus(hm, how->count, run);
	let_others_run(run, NULL);
	take_cpus(hm, how->count, NULL);
	if (result)
		*result = run->result;
	end = run->end;
	file = run->bug_file;
	line = run->bug_line;
	memcpy(text, run->bug_text, sizeof(text));
	run_free(run);
	if (end != RUN_DONE)
		host_expect_leaks(machine);
	if (end == RUN_BUG)
		host_own_thread.bug_hook(file, line, text, host_own_thread.bug_hook_arg);
	return end == RUN_DEADLOCK ? -EDEADLK : 0;
}
