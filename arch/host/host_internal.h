/* SPDX-License-Identifier: MIT */
/*
 * host_internal.h - what the files of arch/host share.
 *
 * Lock letters: i fixed at creation   t the CPU's tlb_lock   l log_lock   a atomic
 *               c contexts_lock   h hooks_lock
 */
#ifndef ARCH_HOST_INTERNAL_H
#define ARCH_HOST_INTERNAL_H

#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/spinlock.h>
#include <linux/errno.h>
#include <linux/bug.h>
#include <linux/mempolicy.h>
#include <mm/asid.h>
#include <mm/host.h>
#include <mm/machine.h>
#include <mm/port.h>
#include "os.h"

/* as far as 4 levels map all of RAM once; 4-byte entries hold no address above 4 GiB */
#define HOST_RAM_LIMIT		((phys_addr_t)1 << (sizeof(long) == 8 ? 46 : 32))
#define HOST_RAM_ALIGN		((phys_addr_t)4 << 20)	/* the largest block of the buddy */
#define HOST_LOG_BYTES		65536
#define HOST_RLIMITS		16
#define HOST_SECTION_SHIFT	22	/* pfn_valid() knows the blocks of the memmap, 4 MiB */
#define HOST_SECTION_PAGES	(1ul << (HOST_SECTION_SHIFT - PAGE_SHIFT))

#define HOST_HUGE_PAGES		(1ul << (PMD_SHIFT - PAGE_SHIFT))

enum host_access { HOST_READ, HOST_WRITE, HOST_FETCH };

/* what a translation permits besides reads */
#define HOST_TLB_WRITE	1u		/* a write needs no walk: permitted, and dirty is set */
#define HOST_TLB_FETCH	2u

struct host_tlb_entry {
	unsigned int tag;		/* slot of the address space + 1; 0: empty */
	unsigned long key;		/* number of the page or large page, bit 0: which of them */
	unsigned long pfn;
	u64 used;			/* host_cpu.ticks at the last use */
	u16 perm;			/* HOST_TLB_* */
	u16 pkey;			/* of the page; 0 of a table */
};

struct host_tlb_array {
	struct host_tlb_entry *entry;	/* t  sets of ways entries */
	unsigned int nr;		/* i  0: there is no such array */
	unsigned int ways;		/* i */
	unsigned long set_mask;		/* i  number of sets less 1 */
};

struct host_cpu {
	atomic_t taken;			/* a  a thread runs as this CPU */
	struct host_context *ctx;	/* t, h  that thread's host_ctx, else NULL */
	spinlock_t tlb_lock;
	struct host_tlb_array l1, huge, l2, walk;	/* see tlb.c */
	struct tlb_asids asids;		/* t */
	struct mm_struct *loaded_mm;	/* t  whose entries are used: slot asids.loaded */
	bool lazy;			/* t  no access goes by loaded_mm (context.c) */
	u64 ticks;			/* t  uses of entries so far */
	struct host_tlb_stats stats;	/* t */
};

/* What the port keeps for each thread, and for each virtual CPU. */
struct host_thread {
	struct held_locks held_locks;
	struct held_sleeping held_sleeping;
	host_bug_hook bug_hook;
	void *bug_hook_arg;
	bool fatal_signal;
	unsigned int flags;		/* scopes: linux/sched/mm.h */
	struct task_mempolicy mempolicy;	/* the nodes it prefers */
	struct fault_task faults;	/* what fails for it: mm/debug/fault_inject.c */
};
extern __thread struct host_thread host_own_thread;

struct host_machine {
	struct machine machine;
	struct mm_struct init_mm;	/* owner of the kernel's page tables */
	struct machine_config config;	/* i  defaults filled in */
	int ram;			/* i  handle */
	struct machine_range *ranges;	/* i  of RAM: the configuration's, one at least */
	unsigned int nr_ranges;		/* i */
	phys_addr_t ram_start;		/* i  of the first range, a multiple of 4 MiB */
	phys_addr_t ram_end;		/* i  of the last range */
	void *direct_map;		/* i  addresses for [ram_start, ram_end): kmap.c */
	void *whole_ram;		/* i  the same, all mapped; NULL: direct_map is as good */
	unsigned long view;		/* i  where this port itself sees physical address 0 */
	size_t mem_map_bytes;		/* i */
	u8 *sections;			/* i after boot: 1 where the memmap exists */
	unsigned long nr_sections;	/* i */
	spinlock_t hooks_lock;
	struct host_context ctx;	/* i, hooks_armed: h  what a thread gets when it enters */
	struct host_cpu *cpus;		/* i  array of config.nr_cpus */
	atomic_t nr_inside;		/* a  threads that run as one of them */
	u64 start_ns;			/* i */
	atomic64_t clock_ns;		/* a  virtual clock */
	struct host_run *run;		/* the virtual CPUs that run, if any (sched.c) */
	char *stacks;			/* of virtual CPUs, once there were some */
	size_t stacks_bytes;
	unsigned long *kernel_mapped, *kernel_stale;	/* a  a bit for each page of the window */
	atomic64_t next_ctx_id;		/* a */
	spinlock_t contexts_lock;
	struct list_head contexts;	/* c  address spaces that some TLB may know */
	atomic_long_t swallow_nth;	/* a  flushes until one does nothing, 0 or below: passed */
	atomic_long_t swallowed, swallowed_local;	/* a  the latter: HOST_FLUSH_PAGE */
	atomic64_t random_state;	/* a */
	atomic_long_t flushes[4];	/* a  enum host_flush */
	atomic_long_t warnings;		/* a */
	bool bugged;			/* a  do not look for leaks: see leaks.c */
	struct host_leaks boot_leaks;	/* i  what was in use after the boot (leaks.c) */
	long boot_tables;		/* i  pages of kernel page tables then */
	struct kmem_cache_usage *boot_usage;	/* i  of each cache then */
	unsigned int nr_boot_usage;	/* i */
	unsigned long rlimit[HOST_RLIMITS];
	bool capable_admin;
	spinlock_t log_lock;
	size_t log_bytes;		/* l */
	char log[HOST_LOG_BYTES];	/* l  always terminated */
};

enum host_flush { HOST_FLUSH_MM, HOST_FLUSH_RANGE, HOST_FLUSH_KERNEL, HOST_FLUSH_PAGE };

static inline struct host_machine *to_host(struct machine *machine)
{
	return container_of(machine, struct host_machine, machine);
}
static inline struct host_machine *this_host(void)
{
	return to_host(this_machine());
}
/* any frame of RAM, also of high memory, as the MMU would see it: not for mm/ */
static inline void *host_frame(unsigned long pfn)
{
	return (void *)(this_host()->view + (pfn << PAGE_SHIFT));
}
static inline struct host_cpu *this_host_cpu(void)
{
	return &this_host()->cpus[host_ctx.cpu];
}

/* Keys of TLB entries: of the page at @addr, of the large page around it. */
static inline unsigned long host_tlb_key(unsigned long addr)
{
	return addr >> PAGE_SHIFT << 1;
}
static inline unsigned long host_tlb_huge_key(unsigned long addr)
{
	return addr >> PMD_SHIFT << 1 | 1;
}
/* The first and the last page of what @e translates. */
static inline unsigned long host_tlb_first_page(const struct host_tlb_entry *e)
{
	return (e->key >> 1) * (e->key & 1 ? HOST_HUGE_PAGES : 1);
}
static inline unsigned long host_tlb_last_page(const struct host_tlb_entry *e)
{
	return host_tlb_first_page(e) + (e->key & 1 ? HOST_HUGE_PAGES : 1) - 1;
}

/* --- kmap.c ------------------------------------------------------------------------ */
bool __must_check host_ram_init(struct host_machine *hm);
void host_ram_free(struct host_machine *hm);
unsigned long host_next_data_frame(struct host_machine *hm, unsigned long pfn);
bool host_frame_is_ram(struct host_machine *hm, unsigned long pfn);
int __must_check host_kernel_tables_init(struct host_machine *hm);
long host_kernel_tables_count(struct host_machine *hm);

/* --- machine.c --------------------------------------------------------------------- */
/* a caller's mistake: say which, then stop as for any bug */
void __printf(1, 2) host_misuse(const char *fmt, ...);

/* --- leaks.c ----------------------------------------------------------------------- */
int __must_check host_leaks_init(struct host_machine *hm);
int host_leaks_report(struct host_machine *hm);

/* --- numa.c ------------------------------------------------------------------------ */
unsigned int host_numa_nodes(const struct machine_config *c);
bool host_numa_good(const struct machine_config *c);
int __must_check host_numa_init(struct machine *m, const struct machine_config *c);

/* --- port.c ------------------------------------------------------------------------ */
void host_thread_reset(void);
unsigned int host_stack_walk(const unsigned long *fp, unsigned long *store, unsigned int size,
			     unsigned int skip);

/* --- tlb.c -------------------------------------------------------------------------- */
bool __must_check host_tlb_init(struct host_machine *hm);
void host_tlb_free(struct host_machine *hm);
struct host_tlb_entry *host_tlb_lookup(struct host_cpu *cpu, unsigned long addr);
void host_tlb_fill(struct host_cpu *cpu, const struct host_tlb_entry *entry);
struct host_tlb_entry *host_tlb_walk_entry(struct host_cpu *cpu, unsigned long addr);
void host_tlb_fill_walk(struct host_cpu *cpu, const struct host_tlb_entry *entry);
/* What to forget of an address space: pages [first, last], the tables of that range or not. */
struct host_drop {
	unsigned int tag;
	unsigned long first, last;	/* page numbers */
	bool tables;
};
void host_tlb_drop(struct host_cpu *cpu, const struct host_drop *drop);

/* --- context.c ---------------------------------------------------------------------- */
static inline unsigned int host_tlb_tag(const struct host_cpu *cpu)
{
	return cpu->asids.loaded + 1;
}
void host_context_leave(struct host_cpu *cpu);
void host_context_flush(struct mm_struct *mm, struct host_drop *drop);
void host_context_flush_here(struct mm_struct *mm, struct host_drop *drop);
struct mm_struct *host_context_of(struct host_machine *hm, const struct host_cpu *cpu,
				  unsigned int tag);

/* --- mmu.c -------------------------------------------------------------------------- */
/* one access of at most a page: 0, or -EFAULT when the walk needs a fault first */
typedef void (*host_access_fn)(void *at, void *arg, size_t bytes);
int host_tlb_access(struct mm_struct *mm, unsigned long addr, size_t bytes,
		    enum host_access access, host_access_fn fn, void *arg);

/* --- stale.c ------------------------------------------------------------------------ */
bool __must_check host_stale_init(struct host_machine *hm);
void host_kernel_mapped(unsigned long start, unsigned long end);
void host_kernel_unmapped(unsigned long start, unsigned long end);
void host_kernel_flush(unsigned long start, unsigned long end);

/* --- sched.c ------------------------------------------------------------------------ */
struct host_thread *host_vcpu_thread(void);
const void *host_stack_end(const void *here);
void host_vcpu_relax(void);
void host_vcpu_block_prepare(void);
void host_vcpu_block(void);
void host_vcpu_wake(struct task_struct *thread);
void host_vcpu_bug(const char *file, int line, const char *expr);

#endif
