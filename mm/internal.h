/* SPDX-License-Identifier: MIT */
/*
 * internal.h - the index of mm/: every function that crosses files inside it,
 * under the name of the file that defines it. What is neither here nor in
 * include/ is static.
 */
#ifndef MM_INTERNAL_H
#define MM_INTERNAL_H

#include <linux/mm.h>
#include <linux/memblock.h>
#include <linux/topology.h>
#include <linux/vmstat.h>
#include <asm/hooks.h>

/* --- boot/memblock.c ----------------------------------------------------------- */
int memblock_add_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size,
		       int nid, enum memblock_flags flags);

/* --- boot/memblock_alloc.c ------------------------------------------------------ */
phys_addr_t memblock_find_range(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				phys_addr_t end, int nid);

/* --- boot/zones.c --------------------------------------------------------------- */
bool zone_type_exists(enum zone_type type);
const char *zone_type_name(enum zone_type type);

/* --- defrag/contig.c ------------------------------------------------------------- */
#define CONTIG_FREE	(~0ul)
unsigned long contig_obstacle(struct zone *zone, unsigned long start, unsigned long end);
int __alloc_contig_range(unsigned long start, unsigned long end, unsigned int migratetype,
			 gfp_t gfp, bool drain);
void contig_owned(unsigned long start, unsigned long end, unsigned long caller);
void contig_drain(bool may_sleep);

/* --- defrag/cma.c ---------------------------------------------------------------- */
void cma_reserve_default(void);
void cma_init_reserved_areas(void);

/* --- boot/movable.c -------------------------------------------------------------- */
void movable_zones_find(unsigned long *start, unsigned long lowest);

/* --- phys/memmap.c --------------------------------------------------------------- */
/* The memmap exists for whole blocks of the largest order, or not at all. */
#define MEMMAP_BLOCK_PAGES	(1ul << (MAX_ORDER - 1))

void memmap_fill(struct page *page, unsigned long nr, unsigned long home);
void memmap_fill_lazy(unsigned long start, unsigned long end, unsigned long home);
void memmap_finish(struct page *head);

static inline struct page *memmap_head(unsigned long pfn)
{
	return pfn_to_page(round_down(pfn, MEMMAP_BLOCK_PAGES));
}
/*
 * The struct pages behind @head, the first of a block, are not written yet. Whoever has
 * the frame changes its other flags meanwhile: PageLazy() is for those who know it free.
 */
static inline bool memmap_is_lazy(const struct page *head)
{
	return data_race_acquire(head->flags) & 1ul << PG_lazy;
}
/* What tells of frame @pfn where it belongs: its own struct page or, free, its block's. */
static inline struct page *memmap_page(unsigned long pfn)
{
	struct page *head = memmap_head(pfn);

	return memmap_is_lazy(head) ? head : pfn_to_page(pfn);
}

/* --- phys/buddy.c --------------------------------------------------------------- */
struct page *rmqueue_buddy(struct zone *zone, unsigned int order, int migratetype);
unsigned int rmqueue_bulk(struct zone *zone, unsigned int order, unsigned int count,
			  struct page **chain, int migratetype);
void free_one_page(struct zone *zone, struct page *page, unsigned int order);
void __free_one_page(struct zone *zone, struct page *page, unsigned int order, bool to_tail);
void __buddy_free_range(struct zone *zone, unsigned long start_pfn, unsigned long end_pfn);
void buddy_free_range(struct zone *zone, unsigned long start_pfn, unsigned long end_pfn);
struct page *rmqueue_highatomic(struct zone *zone, unsigned int order);
void set_pageblock_migratetype(struct zone *zone, unsigned long pfn, int migratetype);
struct page *buddy_free_block(struct zone *zone, unsigned long pfn);
unsigned int buddy_take_block(struct zone *zone, struct page *head);
void pageblock_isolate(struct zone *zone, unsigned long start, int migratetype);
void pageblock_convert(struct zone *zone, unsigned long start, int migratetype);
extern const char *const migratetype_names[MIGRATE_TYPES];

static inline int get_pageblock_migratetype(const struct zone *zone, unsigned long pfn)
{
	/* without zone->lock a hint: the page goes to the list of a type that it had */
	return READ_ONCE(zone->pageblock_flags[(pfn >> pageblock_order) -
					       (zone->zone_start_pfn >> pageblock_order)]);
}

/* --- phys/pcp.c ----------------------------------------------------------------- */
struct page *rmqueue_pcplist_refill(struct zone *zone, struct per_cpu_pages *pcp,
				    unsigned int order, int migratetype);
bool pcp_keep_pageblock(struct per_cpu_pages *pcp, struct page *page, int migratetype);
void free_pcppages_bulk(struct zone *zone, struct per_cpu_pages *pcp, int pages);
void pcp_give_back(struct zone *zone, struct per_cpu_pages *pcp);
void pcp_init(struct per_cpu_pages *pcp);
void zone_set_pageset_high_and_batch(struct zone *zone);
void drain_local_pages(void);
int zone_pcp_count(const struct zone *zone);

static inline struct per_cpu_pages *this_cpu_pcp(struct zone *zone)
{
	return &zone->per_cpu_pageset[smp_processor_id()];
}
static inline unsigned int order_to_pindex(unsigned int order, int migratetype)
{
	return min(order, PCP_MAX_ORDER + 1u) * MIGRATE_PCPTYPES + migratetype;
}
static inline bool pcp_keeps_order(unsigned int order)
{
	return order <= PCP_MAX_ORDER || order == pageblock_order;
}

/* --- phys/highatomic.c ---------------------------------------------------------- */
void reserve_highatomic(struct zone *zone, struct page *page, unsigned int order);
void highatomic_isolated(struct zone *zone);
bool unreserve_highatomic(struct zone *zone, int migratetype, bool force);

/* --- phys/page_alloc.c ---------------------------------------------------------- */
/* One request, decoded; fixed from alloc_block() on. */
struct alloc_context {
	struct zonelist *zonelist;
	const nodemask_t *nodes;	/* NULL: any; else a zone of the list is on one of them */
	enum zone_type highest;
	int migratetype;
	unsigned int order;
	gfp_t gfp;
};
struct page *get_page_from_freelist(const struct alloc_context *ac, unsigned int alloc_flags);
struct page *__alloc_pages(gfp_t gfp, unsigned int order, int nid, const nodemask_t *nodes);
void split_page(struct page *page, unsigned int order);
void prep_contig_page(struct page *page, gfp_t gfp);

/* --- debug/page_debug.c: nothing but in debug builds ------------------------------ */
#ifdef CONFIG_DEBUG_MM
void page_debug_print(const struct page *page);
void page_debug_alloc(struct page *page, unsigned int order);
struct page *page_debug_owned(struct page *page, unsigned long caller);
void page_debug_split(struct page *page, unsigned int order);
void page_debug_check_ours(const struct page *page);
void page_debug_check_address(unsigned long addr);
void page_debug_put(struct page *page, unsigned int order);
bool page_debug_order_good(const struct page *page, unsigned int order);
void page_debug_freed(struct page *page, unsigned long caller);
void page_debug_free(struct page *page, unsigned int order);
#else
static inline void page_debug_print(const struct page *page) { }
static inline void page_debug_alloc(struct page *page, unsigned int order) { }
static inline struct page *page_debug_owned(struct page *page, unsigned long caller)
{
	return page;
}
static inline void page_debug_split(struct page *page, unsigned int order) { }
static inline void page_debug_check_ours(const struct page *page) { }
static inline void page_debug_check_address(unsigned long addr) { }
static inline void page_debug_put(struct page *page, unsigned int order) { }
static inline bool page_debug_order_good(const struct page *page, unsigned int order)
{
	return true;
}
static inline void page_debug_freed(struct page *page, unsigned long caller) { }
static inline void page_debug_free(struct page *page, unsigned int order) { }
#endif

/* --- debug/hooks.c --------------------------------------------------------------- */
#ifndef arch_alloc_point
#define arch_alloc_point()	do { } while (0)
#endif

/* Does anybody want to see allocations? The only cost of all that is off. */
static __always_inline bool mm_hooks_armed(void)
{
	return unlikely(arch_hooks_armed());
}
/* fixed at boot: the quick way to free objects, which looks at nothing, is not to be used */
static inline bool mm_debug_sees_frees(void)
{
	return this_machine()->debug.config.init_on_free || this_machine()->debug.config.kmemleak;
}
void mm_hook_set(struct machine *m, unsigned int hook, bool on);
gfp_t page_hooks_alloc(struct page *page, unsigned int order, gfp_t gfp);
void page_hooks_free(struct page *page, unsigned int order);

/* --- debug/page_ext.c ------------------------------------------------------------- */
#define PAGE_EXT_POISONED	0x1u	/* free, and filled with the pattern (hooks.c) */

#define PAGE_EXT_OWNER		0x2u	/* owner was filled (page_owner.c) */
#define PAGE_EXT_ALLOCATED	0x4u	/* with owner: the frame is in use */

/* What is known of the last time that a frame was allocated, and freed. */
struct page_owner {
	unsigned int order;
	gfp_t gfp;
	int pid, tgid;
	char comm[16];
	u64 ts_ns, free_ts_ns;
	const struct stack_record *stack, *free_stack;	/* NULL: not known */
};

struct page_ext {
	unsigned int flags;			/* PAGE_EXT_* */
	struct page_owner owner[];		/* one, with page_owner */
};
struct page_ext *page_ext_get(const struct page *page);

/* --- debug/page_owner.c, debug/stack_depot.c ---------------------------------------- */
void page_owner_alloc(struct page *page, unsigned int order, gfp_t gfp);
void page_owner_free(struct page *page, unsigned int order);
void page_owner_split(struct page *page, unsigned int order);
void page_owner_print(const struct page *page);
bool stack_depot_init(void);

/* --- debug/kmemleak.c --------------------------------------------------------------- */
void kmemleak_init(void);

/* --- debug/fault_inject.c ---------------------------------------------------------- */
void fault_init(struct fault_state *f);
bool fault_nth(void);
bool fault_object(size_t bytes, bool marked, gfp_t gfp);
bool fault_pages(gfp_t gfp, unsigned int order);
u32 mm_debug_random(void);

/* Memory of another kind than objects and pages: does this request fail? */
static inline bool fail_point(void)
{
	arch_alloc_point();
	return mm_hooks_armed() && fault_nth();
}
static inline bool should_fail_alloc_page(gfp_t gfp, unsigned int order)
{
	arch_alloc_point();
	return mm_hooks_armed() && fault_pages(gfp, order);
}

/* --- slab/slab_debug.c, kspace/vmalloc.c: for mem_dump_obj() ------------------------ */
const char *slab_cache_name(const struct page *slab);
void slab_print_object(struct page *slab, const void *p);
bool vmalloc_dump_obj(const void *object);

/* --- phys/bad_page.c ------------------------------------------------------------ */
void dump_page(struct page *page, const char *reason);
void page_flags_text(const struct page *page, char *buf, size_t size);
void bad_page(struct page *page, const char *reason);
const char *page_bad_reason(const struct page *page, unsigned long bad_flags);

/* --- phys/watermark.c ----------------------------------------------------------- */
enum {
	ALLOC_WMARK_MASK = 0x03,	/* an enum zone_watermarks */
	ALLOC_NO_WATERMARKS = 0x04,
	ALLOC_OOM = 0x08,		/* is being killed: half below the mark */
	ALLOC_HARDER = 0x10,		/* a quarter below the mark */
	ALLOC_HIGH = 0x20,		/* half below the mark */
	ALLOC_CMA = 0x80,		/* CMA's pages will do */
};
/* What such a request may have of the free pages. */
static inline long zone_usable_free(const struct zone *zone, unsigned int alloc_flags)
{
	long free = READ_ONCE(zone->nr_free);

	if (!(alloc_flags & (ALLOC_HARDER | ALLOC_OOM)))
		free -= READ_ONCE(zone->nr_free_highatomic);
	if (!(alloc_flags & ALLOC_CMA))
		free -= READ_ONCE(zone->nr_free_cma);
	return free;
}
bool zone_watermark_ok(struct zone *zone, unsigned int order, unsigned long mark,
		       enum zone_type highest, unsigned int alloc_flags);
void init_per_zone_wmark_min(void);
void setup_per_zone_wmarks(void);
unsigned long nr_free_buffer_pages(void);

/* --- phys/vmstat.c -------------------------------------------------------------- */
static inline struct vm_cpu_stat *this_cpu_vmstat(void)
{
	return &this_machine()->vmstat.cpu[smp_processor_id()];
}
static inline void __count_vm_events(enum vm_event_item item, unsigned long n)
{
	ADD_ONCE(this_cpu_vmstat()->event[item], n);
}
static inline void __mod_node_page_state(struct pglist_data *pgdat, enum node_stat_item item,
					 long delta)
{
	ADD_ONCE(this_cpu_vmstat()->node[pgdat->node_id][item], delta);
}
/* @delta pages more that are anonymous and mapped; no list of them is active */
static inline void __mod_node_anon_state(struct pglist_data *pgdat, long delta)
{
	struct vm_cpu_stat *stat = this_cpu_vmstat();

	ADD_ONCE(stat->node[pgdat->node_id][NR_ANON_MAPPED], delta);
	ADD_ONCE(stat->node[pgdat->node_id][NR_INACTIVE_ANON], delta);
}
void vmstat_boot_init(void);
int vmstat_init_cpus(void);
unsigned long totalreserve_pages(void);

/* --- phys/vmstat_text.c ----------------------------------------------------------- */
struct seq_file;
void zoneinfo_show_node_stats(struct seq_file *m, struct pglist_data *pgdat);
void zoneinfo_show_zone_stats(struct seq_file *m, struct zone *zone);

static inline unsigned int gfp_to_cma(gfp_t gfp)
{
	return gfp & __GFP_MOVABLE ? ALLOC_CMA : 0;
}

/* --- phys/slowpath.c ------------------------------------------------------------- */
struct page *alloc_pages_slowpath(const struct alloc_context *ac);

/* --- phys/shrinker.c ------------------------------------------------------------- */
unsigned long shrink_slab(gfp_t gfp, int nid, int priority);

/* --- phys/show_mem.c ------------------------------------------------------------ */
void warn_alloc_failed(gfp_t gfp, unsigned int order);

#endif
