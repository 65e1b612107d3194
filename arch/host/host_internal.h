/* SPDX-License-Identifier: MIT */
/*
 * host_internal.h - what the files of arch/host share.
 *
 * Lock letters: i fixed at creation   t the CPU's tlb_lock   l log_lock   a atomic
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
#include <mm/host.h>
#include <mm/machine.h>
#include <mm/port.h>
#include "os.h"

#define HOST_TLB_ENTRIES	64	/* as many as the smallest data TLB of today's CPUs */
#define HOST_RAM_LIMIT		(1ul << 46)	/* as far as 4 levels map all of RAM once */
#define HOST_LOG_BYTES		65536
#define HOST_RLIMITS		16
#define HOST_SECTION_SHIFT	27	/* pfn_valid() knows sections of 128 MiB */
#define HOST_SECTION_PAGES	(1ul << (HOST_SECTION_SHIFT - PAGE_SHIFT))

struct host_tlb_entry {
	u64 ctx_id;			/* 0: empty */
	unsigned long vpn;
	unsigned long pfn;
	bool write;			/* a write needs no walk: permitted, and dirty is set */
};

struct host_cpu {
	atomic_t taken;			/* a  a thread runs as this CPU */
	spinlock_t tlb_lock;
	struct host_tlb_entry tlb[HOST_TLB_ENTRIES];	/* t  by vpn modulo the size */
	unsigned long hits, walks, faults;	/* t */
};

struct host_machine {
	struct machine machine;
	struct mm_struct init_mm;	/* owner of the kernel's page tables */
	struct machine_config config;	/* i  defaults filled in */
	int ram;			/* i  handle */
	size_t ram_bytes;		/* i  from address 0 to the end of the last range */
	size_t mem_map_bytes;		/* i */
	u8 *sections;			/* i after boot: 1 where the memmap exists */
	unsigned long nr_sections;	/* i */
	struct host_context ctx;	/* i  what a thread gets when it enters */
	struct host_cpu *cpus;		/* i  array of config.nr_cpus */
	u64 start_ns;			/* i */
	atomic64_t clock_ns;		/* a  virtual clock */
	atomic64_t next_ctx_id;		/* a */
	atomic64_t random_state;	/* a */
	atomic_long_t flushes[4];	/* a  enum host_flush */
	atomic_long_t warnings;		/* a */
	atomic_long_t fail_nth;		/* a  allocations until one fails, 0 or below: passed */
	atomic_long_t failures;		/* a */
	bool bugged;			/* a  do not look for leaks: see leaks.c */
	struct host_leaks boot_leaks;	/* i  what was in use after the boot (leaks.c) */
	long boot_tables;		/* i  pages of kernel page tables then */
	struct kmem_cache_usage *boot_usage;	/* i  of each cache then */
	unsigned int nr_boot_usage;	/* i */
	bool fail_after;		/* i while fail_nth counts */
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
static inline struct host_cpu *this_host_cpu(void)
{
	return &this_host()->cpus[host_ctx.cpu];
}

/* --- kmap.c ------------------------------------------------------------------------ */
int __must_check host_kernel_tables_init(struct host_machine *hm);
long host_kernel_tables_count(struct host_machine *hm);

/* --- leaks.c ----------------------------------------------------------------------- */
int __must_check host_leaks_init(struct host_machine *hm);
int host_leaks_report(struct host_machine *hm);

/* --- numa.c ------------------------------------------------------------------------ */
unsigned int host_numa_nodes(const struct machine_config *c);
bool host_numa_good(const struct machine_config *c);
int __must_check host_numa_init(struct machine *m, const struct machine_config *c);

/* --- port.c ------------------------------------------------------------------------ */
void host_thread_reset(void);

/* --- tlb.c -------------------------------------------------------------------------- */
/* one access of at most a page: 0, or -EFAULT when the walk needs a fault first */
typedef void (*host_access_fn)(void *at, void *arg, size_t bytes);
int host_tlb_access(struct mm_struct *mm, unsigned long addr, size_t bytes, bool write,
		    host_access_fn access, void *arg);

#endif
