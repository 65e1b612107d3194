// SPDX-License-Identifier: MIT
/*
 * show_mem.c - the report in the log when memory has run out.
 *
 * The layout is that of Linux's Mem-Info report: the whole machine, each node, each
 * zone with its marks, the free blocks of each zone with the types they are free
 * for, and the totals. It is printed line by line straight into the log, because
 * there may be no memory for a buffer, and reads counters without locks, because
 * whoever failed may hold some.
 *
 * A program that keeps asking must not flood the log: warn_alloc_failed() prints at
 * most one report every ten seconds.
 *
 * Invariant:
 *   SM1  nothing here allocates memory or waits for a lock other than zone->lock
 *
 * Locks: none.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include "../internal.h"

#define REPORT_INTERVAL_NS	(10ull * 1000 * 1000 * 1000)
#define K(pages)		((pages) << (PAGE_SHIFT - 10))

static void show_machine(void)
{
	struct zone *zone;
	unsigned long pcp = 0, free = 0, cma = 0;

	for_each_populated_zone(zone) {
		pcp += zone_pcp_count(zone);
		free += READ_ONCE(zone->nr_free);
		cma += READ_ONCE(zone->nr_free_cma);
	}
	pr_info("Mem-Info:\n");
	pr_info("active_anon:%lu inactive_anon:%lu isolated_anon:0\n"
		" active_file:%lu inactive_file:%lu isolated_file:0\n"
		" unevictable:%lu dirty:%lu writeback:%lu\n",
		global_node_page_state(NR_ACTIVE_ANON),
		global_node_page_state(NR_INACTIVE_ANON),
		global_node_page_state(NR_ACTIVE_FILE),
		global_node_page_state(NR_INACTIVE_FILE),
		global_node_page_state(NR_UNEVICTABLE),
		global_node_page_state(NR_FILE_DIRTY),
		global_node_page_state(NR_WRITEBACK));
	pr_info(" slab_reclaimable:%lu slab_unreclaimable:%lu\n"
		" mapped:%lu shmem:%lu pagetables:%lu\n"
		" sec_pagetables:0 bounce:%lu\n kernel_misc_reclaimable:0\n"
		" free:%lu free_pcp:%lu free_cma:%lu\n",
		global_node_page_state(NR_SLAB_RECLAIMABLE_B),
		global_node_page_state(NR_SLAB_UNRECLAIMABLE_B),
		global_node_page_state(NR_FILE_MAPPED), global_node_page_state(NR_SHMEM),
		global_node_page_state(NR_PAGETABLE), global_zone_page_state(NR_BOUNCE),
		free, pcp, cma);
}

static void show_node(struct pglist_data *pgdat)
{
	pr_info("Node %d active_anon:%lukB inactive_anon:%lukB active_file:%lukB "
		"inactive_file:%lukB unevictable:%lukB isolated(anon):0kB "
		"isolated(file):0kB", pgdat->node_id,
		K(node_page_state(pgdat, NR_ACTIVE_ANON)),
		K(node_page_state(pgdat, NR_INACTIVE_ANON)),
		K(node_page_state(pgdat, NR_ACTIVE_FILE)),
		K(node_page_state(pgdat, NR_INACTIVE_FILE)),
		K(node_page_state(pgdat, NR_UNEVICTABLE)));
	pr_cont(" mapped:%lukB dirty:%lukB writeback:%lukB shmem:%lukB shmem_thp: 0kB "
		"shmem_pmdmapped: 0kB anon_thp: 0kB writeback_tmp:0kB kernel_stack:%lukB "
		"pagetables:%lukB sec_pagetables:0kB all_unreclaimable? no\n",
		K(node_page_state(pgdat, NR_FILE_MAPPED)),
		K(node_page_state(pgdat, NR_FILE_DIRTY)),
		K(node_page_state(pgdat, NR_WRITEBACK)),
		K(node_page_state(pgdat, NR_SHMEM)),
		node_page_state(pgdat, NR_KERNEL_STACK_KB),
		K(node_page_state(pgdat, NR_PAGETABLE)));
}

static void show_zone_marks(struct zone *zone)
{
	int t;

	pr_info("Node %d %s free:%lukB boost:%lukB min:%lukB low:%lukB high:%lukB "
		"reserved_highatomic:%luKB active_anon:0kB inactive_anon:0kB active_file:0kB "
		"inactive_file:0kB unevictable:0kB writepending:0kB", zone->node, zone->name,
		K(READ_ONCE(zone->nr_free)), K(READ_ONCE(zone->watermark_boost)),
		K(min_wmark_pages(zone)), K(low_wmark_pages(zone)),
		K(high_wmark_pages(zone)), K(READ_ONCE(zone->nr_reserved_highatomic)));
	pr_cont(" present:%lukB managed:%lukB mlocked:%lukB bounce:%lukB free_pcp:%lukB "
		"local_pcp:%lukB free_cma:%lukB\n", K(zone->present_pages),
		K(zone_managed_pages(zone)), K(zone_page_state(zone, NR_MLOCK)),
		K(zone_page_state(zone, NR_BOUNCE)),
		K((unsigned long)zone_pcp_count(zone)),
		K((unsigned long)this_cpu_pcp(zone)->count), K(READ_ONCE(zone->nr_free_cma)));
	pr_info("lowmem_reserve[]:");
	for (t = 0; t < MAX_NR_ZONES; t++)
		pr_cont(" %ld", READ_ONCE(zone->lowmem_reserve[t]));
	pr_cont("\n");
}

/* "(UM)": the types that have free blocks of this order. */
static void show_types(const struct free_area *area)
{
	static const char letter[MIGRATE_TYPES] = { 'U', 'M', 'E', 'H', 'C', 'I' };
	char text[MIGRATE_TYPES + 1];
	int mt, at = 0;

	for (mt = 0; mt < MIGRATE_TYPES; mt++)
		if (!list_empty(&area->free_list[mt]))
			text[at++] = letter[mt];
	text[at] = '\0';
	if (at)
		pr_cont("(%s) ", text);
}

static void show_zone_blocks(struct zone *zone)
{
	unsigned long total = 0;
	int order;

	pr_info("Node %d %s: ", zone->node, zone->name);
	for (order = 0; order < MAX_ORDER; order++) {
		unsigned long nr = READ_ONCE(zone->free_area[order].nr_free);

		total += nr << order;
		pr_cont("%lu*%lukB ", nr, K(1ul) << order);
		if (nr)
			show_types(&zone->free_area[order]);
	}
	pr_cont("= %lukB\n", K(total));
}

/**
 * show_mem() - the whole report.
 * Locks:   none.
 * Context: any but interrupt handlers.
 * Return:  nothing.
 */
void show_mem(void)
{
	unsigned long present = 0, managed = 0, highmem = 0;
	struct zone *zone;
	int nid;

	show_machine();
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (NODE_DATA(nid))
			show_node(NODE_DATA(nid));
	for_each_populated_zone(zone) {
		show_zone_marks(zone);
		present += zone->present_pages;
		managed += zone_managed_pages(zone);
		if (zone->type >= ZONE_HIGHMEM)
			highmem += zone->present_pages;
	}
	for_each_populated_zone(zone)
		show_zone_blocks(zone);
	pr_info("%lu total pagecache pages\n", global_node_page_state(NR_FILE_PAGES));
	pr_info("0 pages in swap cache\n");
	pr_info("Free swap  = 0kB\n");
	pr_info("Total swap = 0kB\n");
	pr_info("%lu pages RAM\n", present);
	pr_info("%lu pages HighMem/MovableOnly\n", highmem);
	pr_info("%lu pages reserved\n", present - managed);
}

/* What reports call flags: whole words first, then what is left bit by bit. */
static const struct {
	gfp_t mask;
	const char *name;
} gfp_names[] = {
	{ GFP_HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE" }, { GFP_HIGHUSER, "GFP_HIGHUSER" },
	{ GFP_USER, "GFP_USER" }, { GFP_KERNEL_ACCOUNT, "GFP_KERNEL_ACCOUNT" },
	{ GFP_KERNEL, "GFP_KERNEL" }, { GFP_NOFS, "GFP_NOFS" }, { GFP_ATOMIC, "GFP_ATOMIC" },
	{ GFP_NOIO, "GFP_NOIO" }, { GFP_NOWAIT, "GFP_NOWAIT" }, { GFP_DMA, "GFP_DMA" },
	{ __GFP_HIGHMEM, "__GFP_HIGHMEM" }, { GFP_DMA32, "GFP_DMA32" },
	{ __GFP_HIGH, "__GFP_HIGH" }, { __GFP_ATOMIC, "__GFP_ATOMIC" },
	{ __GFP_IO, "__GFP_IO" }, { __GFP_FS, "__GFP_FS" },
	{ __GFP_NOWARN, "__GFP_NOWARN" }, { __GFP_RETRY_MAYFAIL, "__GFP_RETRY_MAYFAIL" },
	{ __GFP_NOFAIL, "__GFP_NOFAIL" }, { __GFP_NORETRY, "__GFP_NORETRY" },
	{ __GFP_COMP, "__GFP_COMP" }, { __GFP_ZERO, "__GFP_ZERO" },
	{ __GFP_NOMEMALLOC, "__GFP_NOMEMALLOC" }, { __GFP_MEMALLOC, "__GFP_MEMALLOC" },
	{ __GFP_HARDWALL, "__GFP_HARDWALL" }, { __GFP_THISNODE, "__GFP_THISNODE" },
	{ __GFP_RECLAIMABLE, "__GFP_RECLAIMABLE" }, { __GFP_MOVABLE, "__GFP_MOVABLE" },
	{ __GFP_ACCOUNT, "__GFP_ACCOUNT" }, { __GFP_WRITE, "__GFP_WRITE" },
	{ __GFP_RECLAIM, "__GFP_RECLAIM" }, { __GFP_DIRECT_RECLAIM, "__GFP_DIRECT_RECLAIM" },
};

/**
 * gfp_text() - @gfp in words, as Linux's reports have it: "GFP_KERNEL|__GFP_NOWARN".
 * Locks:   none.
 * Context: any.
 * Return:  nothing; GFP_TEXT_MAX bytes hold the longest.
 */
void gfp_text(char *buf, size_t size, gfp_t gfp)
{
	int at = 0;
	size_t i;

	buf[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(gfp_names); i++) {
		if ((gfp & gfp_names[i].mask) != gfp_names[i].mask)
			continue;
		gfp &= ~gfp_names[i].mask;
		at += scnprintf(buf + at, size - at, "%s%s", at ? "|" : "", gfp_names[i].name);
	}
	if (gfp || !at)
		scnprintf(buf + at, size - at, "%s%#x", at ? "|" : "", gfp);
}

/* At most one report in each interval, whoever comes first. */
static bool report_allowed(void)
{
	atomic64_t *next = &this_machine()->alloc_report_ns;
	s64 now = (s64)port_clock_ns(), due = atomic64_read(next);

	return (!due || now >= due) &&
	       atomic64_try_cmpxchg(next, &due, now + (s64)REPORT_INTERVAL_NS);
}

/**
 * warn_alloc_failed() - an allocation is about to fail: say so, unless it may.
 * Locks:   none.
 * Context: any but interrupt handlers.
 * Return:  nothing.
 */
void __cold warn_alloc_failed(gfp_t gfp, unsigned int order)
{
	char text[GFP_TEXT_MAX];

	if ((gfp & __GFP_NOWARN) || !report_allowed())
		return;
	gfp_text(text, sizeof(text), gfp);
	pr_warn("%s: page allocation failure: order:%u, mode:%#x(%s), nodemask=(null)\n",
		port_self_name(), order, gfp, text);
	dump_stack();
	show_mem();
}
