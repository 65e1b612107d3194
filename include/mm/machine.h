/* SPDX-License-Identifier: MIT */
/*
 * machine.h - everything that one machine's memory manager owns.
 *
 * mm/ has no mutable globals: all of its state hangs off one struct machine.
 * A booted kernel has one, `boot_machine`, at a constant address, so that
 * this_machine() costs nothing; the host port has as many as its caller wants
 * and this_machine() is a thread-local pointer there.
 *
 * Lifetime: zeroed memory -> memblock_init() -> memblock_add()/reserve() by the
 * port -> mm_boot_init() (nodes, zones, memmap, buddy, slab, vmalloc) -> use.
 *
 * Lock letters: i fixed at init   m machine->lock   a atomic   see the part's own header
 */
#ifndef MM_MACHINE_H
#define MM_MACHINE_H

#include <linux/types.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/memblock.h>
#include <linux/mmzone.h>
#include <linux/cpumask.h>
#include <linux/vmstat.h>
#include <mm/slab_state.h>
#include <mm/vmalloc_state.h>
#include <mm/percpu_state.h>
#include <mm/pagewait_state.h>
#include <mm/debug_state.h>
#include <mm/cma_state.h>

struct mm_struct;
struct highmem_state;

/* Facts about the machine that the port reports before mm_boot_init(). */
struct machine_facts {
	unsigned long dma_limit_pfn;	/* i  first pfn that ISA DMA cannot reach, 0: no zone */
	unsigned long dma32_limit_pfn;	/* i  first pfn that 32-bit DMA cannot reach, 0: no zone */
	unsigned long lowmem_limit_pfn;	/* i  first pfn outside the direct map, 0: it has all of RAM */
	unsigned int nr_cpus;		/* i  CPUs that may come up */
	unsigned int nr_nodes;		/* i */
	unsigned int nr_pkeys;		/* i  protection keys of pages: NR_PKEYS, or 0: none */
	/* ZONE_MOVABLE (mm/boot/movable.c): frames for everybody, frames only for what can
	 * be moved; a percentage of all RAM counts instead. All 0: no such zone. */
	unsigned long kernelcore_pages, movablecore_pages;	/* i */
	unsigned int kernelcore_percent, movablecore_percent;	/* i  0 to 100 */
	/* the default area of contiguous memory (mm/defrag/cma.c): so large, at base if it is
	 * fixed, else anywhere in [base, limit); 0: none, no limit */
	phys_addr_t cma_bytes, cma_base, cma_limit;	/* i */
	bool cma_fixed;					/* i */
};

/*
 * Which CPU and which node are how far from each other. The port reports it before
 * mm_boot_init(); all zero: CPUs on node 0, LOCAL_DISTANCE and REMOTE_DISTANCE.
 */
struct machine_numa {
	u8 distance[MAX_NUMNODES][MAX_NUMNODES];	/* i  [from][to] */
	u8 cpu_node[NR_CPUS];				/* i */
};

/* what mmap_rnd_bits may be on x86-64 */
#define MMAP_RND_BITS_MIN	28
#define MMAP_RND_BITS_MAX	32

/* Tunables under /proc/sys/vm. Word-sized; read without a lock. */
struct mm_tunables {
	unsigned long min_free_kbytes;
	unsigned long watermark_scale_factor;
	int percpu_pagelist_high_fraction;	/* of a zone, for its CPUs' stocks; 0: low mark */
	unsigned long watermark_boost_factor;	/* 1/10,000 of the high mark; 0: no boost */
	int lowmem_reserve_ratio[MAX_NR_ZONES + 1];	/* [zone type]; the last: device memory */
	int overcommit_memory;		/* 0 heuristic, 1 always, 2 never */
	int overcommit_ratio;		/* of RAM, in percent, unless: */
	unsigned long overcommit_kbytes;	/* not 0: counts instead of the ratio */
	/* mode 2 keeps this much for whoever repairs the machine, and of one process's size */
	unsigned long admin_reserve_kbytes, user_reserve_kbytes;
	unsigned long max_map_count;
	unsigned long mmap_min_addr;
	unsigned long stack_guard_gap_pages;
	int legacy_va_layout;		/* not 0: new areas go up from a third of the space */
	int mmap_rnd_bits;		/* pages of random in mmap_base, as a power of 2 */
	unsigned int fork_share_pages;	/* fork shares tables with so many anonymous pages */
	unsigned int page_table_stock;	/* page tables that a CPU keeps for the next fork */
};

/* What a CPU keeps of freed page tables; mm/vm/ptpage.c. */
#define PT_STOCK_MAX	16u
struct pt_stock {
	struct pt_stock_list {
		unsigned int nr;
		struct page *page[PT_STOCK_MAX];
	} tables, roots;
};

struct machine {
	struct machine_facts facts;
	struct machine_numa numa;
	enum zone_type movable_zone;		/* i  what ZONE_MOVABLE is cut out of */
	struct memblock memblock;		/* boot only, see mm/boot/memblock.c */
	struct pglist_data *node_data[MAX_NUMNODES];	/* i */
	unsigned int nr_online_nodes;		/* i */
	unsigned long max_pfn;			/* i  end of the last frame of RAM */
	unsigned long max_low_pfn;		/* i */
	unsigned long min_low_pfn;		/* i */
	atomic_long_t totalram_pages;		/* a  frames that the buddy was ever given */
	unsigned long totalcma_pages;		/* i  in CMA areas, after boot */
	struct cma_state cma;			/* mm/defrag/cma.c */
	struct mm_tunables tunables;
	struct vm_statistics vmstat;		/* per CPU, see linux/vmstat.h */
	atomic_t special_tasks;			/* a  in memalloc_pin_save(), or with a mempolicy */
	bool drain_asked[NR_CPUS];		/* a  see drain_all_pages() */
	bool drain_wanted;			/* a  of some CPU that may not have been told */
	spinlock_t shrinker_lock;		/* the list, and who is in use */
	struct list_head shrinkers;		/* shrinker_lock  mm/phys/shrinker.c */
	atomic64_t alloc_report_ns;		/* a  no report of a failed allocation before */
	atomic_long_t vm_committed_pages;	/* a  sum of accountable mappings */
	struct slab_state slab;			/* mm/slab */
	struct percpu_state percpu;		/* mm/kspace/percpu.c */
	struct vmalloc_state vmalloc;		/* mm/kspace */
	struct vmalloc_state modules;		/* mm/kspace: window of module_alloc() */
	struct highmem_state *highmem;		/* i  mm/kspace/highmem.c; NULL: no such zone */
	struct pagewait_state pagewait;		/* mm/vm/pagelock.c */
	struct mm_debug_state debug;		/* mm/debug */
	struct page *zero_page;			/* i  read-only page of zeroes */
	struct kmem_cache *mm_cachep;		/* i  mm_struct */
	struct kmem_cache *vma_cachep;		/* i  vm_area_struct */
	struct mm_struct *init_mm;		/* i  owner of the kernel page tables */
	struct pt_stock pt_stock[NR_CPUS];	/* c  mm/vm/ptpage.c */
};

#include <asm/machine.h>	/* this_machine() */

#define NODE_DATA(nid)	(this_machine()->node_data[nid])

/* What is wrong with distance *@at of a table of @nr rows, or NULL (mm/phys/numa.c). */
const char *numa_distance_error(const u8 *table, unsigned int nr, bool symmetric,
				unsigned int *at);
/* Take a table over into machine->numa before mm_boot_init(): 0, -EINVAL */
int numa_set_distances(const u8 *table, unsigned int nr);

/**
 * mm_boot_init() - build nodes, zones, memmap, buddy, slab, vmalloc and address spaces.
 * Before:  this_machine()->facts set, memblock filled, direct map usable for all
 *          memory that memblock may hand out (below @facts.lowmem_limit_pfn).
 * Context: boot CPU, interrupts off, once per machine.
 * Return:  0, or -ENOMEM when there is too little memory to manage: no way on.
 */
int __must_check mm_boot_init(void);

/**
 * mm_phys_init() - all of that but address spaces, for a kernel that wants none.
 * Before, context and result as mm_boot_init(), whose first part it is.
 */
int __must_check mm_phys_init(void);

/* The steps of the two, in order. */
int __must_check zone_sizes_init(void);		/* mm/boot/zones.c: nodes, zones, memmap */
void numa_init(void);				/* mm/phys/numa.c: within it, as nodes exist */
void mm_debug_init(void);			/* mm/debug/hooks.c: first of all */
void page_ext_init(void);			/* mm/debug/page_ext.c */
void shrinkers_init(void);			/* mm/phys/shrinker.c */
void build_all_zonelists(void);			/* mm/phys/zonelist.c */
void slab_frames_init(void);			/* mm/slab/slab_frames.c: whose slab a frame is */
void memblock_free_all(void);			/* mm/boot/handover.c: free memory to the buddy */
int __must_check slab_debug_setup(const char *value);	/* mm/slab/slab_options.c: slub_debug= */
int __must_check kmem_cache_init(void);		/* mm/slab: after this kmalloc works */
int __must_check per_cpu_pagesets_init(void);	/* mm/phys/pcp.c: real per-CPU lists, after slab */
void percpu_init(void);				/* mm/kspace/percpu.c */
int __must_check vmalloc_init(void);		/* mm/kspace/vmalloc.c */
int __must_check highmem_init(void);		/* mm/kspace/highmem.c */
int __must_check mm_caches_init(void);		/* mm/vm: mm_struct and vma caches, zero page */

/* --- machines on request: ports that can have several (arch/host) ------------------- */

struct machine_range {
	phys_addr_t start, end;		/* bytes, [start, end) */
	int nid;			/* of RAM */
};

/*
 * What each CPU remembers of the page tables: entries, in sets of so many ways that are
 * displaced in the order of their last use. The number of sets is a power of 2. Zero
 * means the default in brackets, MACHINE_TLB_NONE entries mean that there is none.
 */
#define MACHINE_TLB_NONE	(~0u)
struct machine_tlb {
	unsigned int l1_entries, l1_ways;	/* [64, 4] of single pages */
	unsigned int huge_entries, huge_ways;	/* [32, 4] of large pages */
	unsigned int l2_entries, l2_ways;	/* [1,536, 12] of both, behind these */
	unsigned int walk_entries, walk_ways;	/* [32, 4] places of last-level tables */
	unsigned int asids;	/* [6] address spaces that a CPU tells apart; 1: switches flush */
};

/* Pages and tables as this build has them. */
struct machine_pages {
	unsigned long page_bytes;
	unsigned long huge_bytes;	/* of a page that a whole last-level table would map */
	unsigned int levels;		/* of page tables: 2 or 4 */
	unsigned long user_end;		/* first address that no program has */
};
struct machine_pages machine_pages(void);	/* any thread, no machine is needed */

/*
 * Zero means the default in brackets, unless exact is set: then every number is meant, and
 * a zero where there must be something is refused. MACHINE_DEFAULTS starts that way:
 *
 *	struct machine_config config = MACHINE_DEFAULTS;
 *
 *	config.nr_cpus = cpus_that_the_user_asked_for;
 */
struct machine_config {
	bool exact;
	size_t ram_bytes;		/* [64 MiB] one range from address 0, without ranges */
	unsigned int nr_cpus;		/* [4] */
	unsigned int nr_nodes;		/* [1] ram_bytes is split equally among them */
	const int *cpu_nodes;		/* [equal shares, in order] node of each CPU */
	const u8 *distances;		/* [10 to itself, 20 to others] nr_nodes rows of nr_nodes */
	const struct machine_range *ranges;	/* of RAM, instead of ram_bytes; no overlaps */
	unsigned int nr_ranges;
	const struct machine_range *reserved;	/* RAM that stays the caller's; nid is unused */
	unsigned int nr_reserved;
	phys_addr_t dma_limit;		/* [16 MiB] ISA DMA reaches below; ~0: no such zone */
	phys_addr_t dma32_limit;	/* [4 GiB; ~0 on 32 bit] 32-bit DMA reaches below; ~0: none */
	phys_addr_t lowmem_limit;	/* [none] RAM from here on is HIGHMEM: not in the direct map */
	size_t kernelcore_bytes;	/* [all] RAM for everybody, the rest is ZONE_MOVABLE */
	size_t movablecore_bytes;	/* [none] the other way round; the larger kernelcore wins */
	struct machine_pages pages;	/* [as built] what the caller counts on: checked */
	size_t cma_bytes;		/* [none] default area of contiguous memory, for devices */
	size_t vmalloc_bytes;		/* [1 GiB; 128 MiB on 32 bit] window of kernel mappings */
	bool pkeys;			/* pages have protection keys: entries of 64 bits only */
	u64 seed;			/* [1] of port_random_ull() */
	struct machine_tlb tlb;
	bool virtual_clock;		/* time moves by host_clock_advance() only */
	bool dirty_ram;			/* struct pages start as garbage, as in RAM that is not new */
	bool slab_fast;			/* debug builds: do not check every object of every cache */
	const char *slub_debug;		/* [as built] as on Linux's command line; "": F, Z, P, U */
	bool slab_nomerge;		/* caches that are alike stay apart */
	bool slab_go_on;		/* damaged objects are repaired, not the machine stopped */
	int print_level;		/* [0: nothing] log lines up to this level go to stderr */
	unsigned long fail_nth;		/* [0: none] this allocation of the boot fails */
	struct mm_debug_config debug;	/* [all off] aids for finding mistakes */
};

#define MACHINE_IS_32BIT	(sizeof(long) == 4)

#define MACHINE_DEFAULTS							\
{										\
	.exact = true, .ram_bytes = 64ul << 20, .nr_cpus = 4, .nr_nodes = 1,	\
	.dma_limit = 16ul << 20, .dma32_limit = MACHINE_IS_32BIT ? ~0ull : 4ull << 30,			\
	.vmalloc_bytes = MACHINE_IS_32BIT ? 128ul << 20 : 1ul << 30, .seed = 1,					\
	.tlb = { 64, 4, 32, 4, 1536, 12, 32, 4, 6 },				\
}

/**
 * machine_create() - a machine as @config says (NULL: all defaults), booted and idle.
 * Any number may exist; they share nothing.
 * Context: a thread that is in no machine.
 * Return:  the machine; NULL when the configuration is wrong, with the reason on stderr,
 *          or when memory is short.
 */
struct machine *__must_check machine_create(const struct machine_config *config);

/**
 * machine_destroy() - the end of @machine, once no thread is in it. NULL is ignored.
 * Return:  0; -EBUSY when pages, objects or mappings had not come back: stderr says what.
 *          The machine is gone all the same. After a bug nothing is checked.
 */
int machine_destroy(struct machine *machine);

/**
 * machine_cpu_enter() - this thread is CPU @cpu of @machine until machine_cpu_leave();
 * only in between it may call mm/. One thread at a time is a CPU.
 */
void machine_cpu_enter(struct machine *machine, unsigned int cpu);
void machine_cpu_leave(void);

/**
 * free_reserved_range() - give boot-only memory [@start, @end) (physical) to the buddy.
 * Return: frames freed. Prints one line when @name is not NULL.
 */
unsigned long free_reserved_range(phys_addr_t start, phys_addr_t end, const char *name);

#endif
