/* SPDX-License-Identifier: MIT */
/*
 * host.h - machines inside a process: what a program that embeds mm/ can do besides
 * making machines (mm/machine.h): user memory, the clock, limits, the log, failures on
 * request, bugs that do not end the process.
 *
 *	struct machine *m = machine_create(NULL);
 *	machine_cpu_enter(m, 0);
 *	struct page *page = alloc_page(GFP_KERNEL);
 *	...
 *	machine_cpu_leave();
 *	machine_destroy(m);
 */
#ifndef MM_HOST_H
#define MM_HOST_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <mm/machine.h>

struct mm_struct;
struct task_struct;

/* What the machine did that a test may want to see. */
struct host_stats {
	unsigned long tlb_mm_flushes;		/* flush_tlb_mm() */
	unsigned long tlb_range_flushes;	/* flush_tlb_mm_range() */
	unsigned long tlb_kernel_flushes;	/* flush_tlb_kernel_range() */
	unsigned long tlb_page_flushes;		/* local_flush_tlb_page() */
	unsigned long tlb_hits, tlb_walks;	/* of user accesses; see struct host_tlb_stats */
	unsigned long faults;			/* calls of mm_fault() */
};

/* What one CPU's MMU did. An access is a hit of either kind or a miss. */
struct host_tlb_stats {
	unsigned long l1_hits, l2_hits;	/* a translation was known */
	unsigned long misses;		/* none was */
	unsigned long refills;		/* hits that did not permit the access: walked again */
	unsigned long walks;		/* misses and refills */
	unsigned long walk_cache_hits;	/* walks that read the last level only */
	unsigned long faults;		/* walks that found no permission */
	unsigned long evictions;	/* entries that made room for others */
	unsigned long flushes;		/* that reached this CPU */
	unsigned long invlpg;		/* pages that they named one by one */
};

/* user accesses of this CPU go to @mm (NULL: none) until the next call */
void host_use_mm(struct mm_struct *mm);
struct mm_struct *host_current_mm(void);
/* what this CPU's user accesses are denied by protection key, as linux/pkeys.h has it */
void host_set_pkey_denied(u32 denied);
u32 host_pkey_denied(void);

/* as copy_from_user(), but the CPU fetches instructions: PROT_EXEC is needed */
unsigned long __must_check host_fetch_user(void *to, const void __user *from, unsigned long n);

void host_get_tlb_stats(struct machine *machine, unsigned int cpu, struct host_tlb_stats *stats);
/*
 * Compare what CPUs remember with the page tables while nothing changes them: each stale
 * translation is a line in the log. This thread is in @machine. Return: how many.
 */
unsigned int host_tlb_check(struct machine *machine);
/* The @nth flush from now on (1: the next; 0: none) does nothing: somebody must notice. */
void host_swallow_flush(struct machine *machine, unsigned long nth);
unsigned long host_swallowed(struct machine *machine);	/* so far */
unsigned long host_swallowed_local(struct machine *machine);	/* of these: local_flush_tlb_page() */

void host_get_stats(struct machine *machine, struct host_stats *stats);
void host_clock_advance(u64 ns);	/* this machine's clock, virtual_clock only */
void host_set_rlimit(unsigned int which, unsigned long value);	/* of this machine's tasks */
void host_set_capable_admin(bool yes);
void host_set_fatal_signal(bool pending);	/* this thread is being killed */

/* the log: the last 64 KiB, one string */
const char *host_log_text(struct machine *machine);
void host_log_clear(struct machine *machine);

/*
 * Allocations that fail: of pages, of objects, of boot memory, counted together over all
 * threads. The @nth from now on (1: the next) returns nothing, with @and_after all that
 * follow too; 0: none. Requests with __GFP_NOFAIL neither count nor fail.
 */
void host_fail_nth(struct machine *machine, unsigned long nth, bool and_after);
unsigned long host_failures(struct machine *machine);	/* made so far */

/*
 * Guarded objects (kfence_interval_ms of the configuration) are found out about by SIGSEGV:
 * machine_create() takes it for this process and hands on what is not its own. Who takes it
 * for himself later calls this afterwards. Such a machine with the real clock takes samples
 * when a thread enters it, in cond_resched(), and when its program calls kfence_tick().
 */
bool host_catch_faults(void);

/*
 * With `kmemleak` of the configuration memory that no word of the machine points at is
 * found by kmemleak_scan() (linux/kmemleak.h). Words of this process do not count, unless
 * their place was named with kmemleak_add_root().
 */

/*
 * Called by port_bug() in this thread; it must not return (longjmp). NULL: print the log
 * and abort. After a bug the machine may only be left and destroyed.
 */
typedef void (*host_bug_hook)(const char *file, int line, const char *expr, void *arg);
void host_set_bug_hook(host_bug_hook hook, void *arg);
unsigned long host_warnings(struct machine *machine);	/* port_warn() calls so far */

/*
 * Virtual CPUs: @fn runs on CPUs 0 .. @count - 1 at once, on this thread. They take turns
 * at locks, changes of page tables, flushes, user accesses and allocations, in an order
 * that the seed alone decides. The machine needs virtual_clock, and nobody is in it.
 */
struct virtual_cpus {
	unsigned int count;
	u64 seed;
	unsigned int stride;		/* [8] such points between two turns, on the average */
	void (*fn)(unsigned int cpu, void *arg);
	void *arg;
};
struct virtual_run {
	unsigned long points, switches;
	u64 trace;			/* a hash of who went on when */
};
/*
 * Return: 0 when every @fn returned; -EINVAL, -EBUSY, -ENOMEM: nothing ran, stderr says
 * why; -EDEADLK: all of them wait, the log says for what, and the machine can only be
 * destroyed. @result may be NULL. A bug goes to the hook of this thread.
 */
int __must_check machine_run_virtual(struct machine *machine, const struct virtual_cpus *how,
				     struct virtual_run *result);

/*
 * A checksum of all that @machine's state is: memory in use, its struct pages, page
 * tables, TLBs, clock, random numbers. Addresses of this process do not enter it, so that
 * the same run gives the same number in another process. Nobody is in the machine but,
 * maybe, this thread.
 */
u64 machine_checksum(struct machine *machine);

/* What is in use beyond what the boot left in use. */
struct host_leaks {
	long pages;			/* tables of kernel mappings, which stay, not counted */
	long objects;			/* of all caches */
	long committed_pages;		/* of accountable mappings */
	long kmaps;			/* kmap() without kunmap() */
};

/*
 * Nobody is in @machine. Gives back what CPUs and caches keep for later, then compares;
 * fills @leaks. Return: true when everything came back. machine_destroy() does the same
 * and reports.
 */
bool host_leak_check(struct machine *machine, struct host_leaks *leaks);
/* @machine is broken or robbed on purpose: machine_destroy() does not look */
void host_expect_leaks(struct machine *machine);

#endif
