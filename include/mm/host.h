/* SPDX-License-Identifier: MIT */
/*
 * host.h - machines inside a process: what a program that embeds mm/ calls.
 *
 * A machine has its own RAM, CPUs, kernel mappings and state; any number may exist. A
 * thread works for a machine between host_machine_enter() and host_machine_leave(), as
 * the CPU that it names; a CPU is used by one thread at a time. Everything in mm/ is
 * called in between.
 *
 *	struct machine *m = host_machine_create(NULL);
 *	host_machine_enter(m, 0);
 *	struct page *page = alloc_page(GFP_KERNEL);
 *	...
 *	host_machine_leave();
 *	host_machine_destroy(m);
 */
#ifndef MM_HOST_H
#define MM_HOST_H

#include <linux/types.h>
#include <linux/compiler.h>

struct machine;
struct mm_struct;
struct task_struct;

struct host_range {
	phys_addr_t start, end;		/* bytes, [start, end) */
	int nid;
};

/* Zero means the default in brackets. */
struct host_config {
	size_t ram_bytes;		/* [64 MiB] one range from address 0, without ranges */
	unsigned int nr_cpus;		/* [4] */
	unsigned int nr_nodes;		/* [1] ram_bytes is split equally among them */
	const struct host_range *ranges;	/* instead of ram_bytes */
	unsigned int nr_ranges;
	phys_addr_t dma_limit;		/* [16 MiB] ISA DMA reaches below; ~0: no such zone */
	phys_addr_t dma32_limit;	/* [4 GiB] 32-bit DMA reaches below; ~0: no such zone */
	size_t vmalloc_bytes;		/* [1 GiB] window of kernel mappings */
	u64 seed;			/* [1] of port_random_ull() */
	bool virtual_clock;		/* time moves by host_clock_advance() only */
	bool slab_fast;			/* debug builds: do not check every object of every cache */
	int print_level;		/* [0: nothing] log lines up to this level go to stderr */
	unsigned long fail_nth;		/* [0: none] this allocation of the boot fails */
};

/* What the machine did that a test may want to see. */
struct host_stats {
	unsigned long tlb_mm_flushes;		/* flush_tlb_mm() */
	unsigned long tlb_range_flushes;	/* flush_tlb_mm_range() */
	unsigned long tlb_kernel_flushes;	/* flush_tlb_kernel_range() */
	unsigned long tlb_page_flushes;		/* local_flush_tlb_page() */
	unsigned long tlb_hits, tlb_walks;	/* of user accesses */
	unsigned long faults;			/* calls of mm_fault() */
};

/* NULL: not enough memory for the machine itself. The default for @config NULL. */
struct machine *__must_check host_machine_create(const struct host_config *config);
void host_machine_destroy(struct machine *machine);	/* no thread is in it; frees all of it */
void host_machine_enter(struct machine *machine, unsigned int cpu);
void host_machine_leave(void);

/* user accesses of this CPU go to @mm (NULL: none) until the next call */
void host_use_mm(struct mm_struct *mm);
struct mm_struct *host_current_mm(void);

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
 * Called by port_bug() in this thread; it must not return (longjmp). NULL: print the log
 * and abort. After a bug the machine may only be left and destroyed.
 */
typedef void (*host_bug_hook)(const char *file, int line, const char *expr, void *arg);
void host_set_bug_hook(host_bug_hook hook, void *arg);
unsigned long host_warnings(struct machine *machine);	/* port_warn() calls so far */

#endif
