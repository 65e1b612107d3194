// SPDX-License-Identifier: MIT
/*
 * vmstat_text.c - the counters under their Linux names.
 *
 * Three tables give the order of the lines in Linux 6.1's /proc/vmstat: zone items,
 * node items, events. /proc/zoneinfo shows the first two with other margins. A line
 * whose part of the memory manager does not exist here is in the table with
 * NOT_COUNTED, and shows 0, which is what it is: programs that read the files by
 * name or by line find every line.
 *
 * Linux keeps the LRU sizes for each zone and for each node. Here a page is only
 * counted for its node; so /proc/vmstat, which sums over everything, has the true
 * numbers for nr_zone_*, and the lines of one zone show 0.
 *
 * Invariant:
 *   VT1  both files print each table whole and in order, whatever is counted
 *
 * Locks: none; the numbers are snapshots taken one after the other.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/seq_file.h>
#include "../internal.h"

#define NOT_COUNTED	(-1)

/* A line: its name and where the number comes from. */
struct stat_line {
	const char *name;
	int item;		/* of the table's own kind, or NOT_COUNTED */
	int node_item;		/* zone lines: the node item that sums it, or 0 for none */
};

/* node_item holds item + 1, so that 0 can mean none */
#define ZONE_LRU(name, node)	{ name, NOT_COUNTED, (node) + 1 }

static const struct stat_line zone_lines[] = {
	{ "nr_free_pages", NR_FREE_PAGES, 0 },
	ZONE_LRU("nr_zone_inactive_anon", NR_INACTIVE_ANON),
	ZONE_LRU("nr_zone_active_anon", NR_ACTIVE_ANON),
	ZONE_LRU("nr_zone_inactive_file", NR_INACTIVE_FILE),
	ZONE_LRU("nr_zone_active_file", NR_ACTIVE_FILE),
	ZONE_LRU("nr_zone_unevictable", NR_UNEVICTABLE),
	ZONE_LRU("nr_zone_write_pending", NR_FILE_DIRTY),
	{ "nr_mlock", NR_MLOCK, 0 },
	{ "nr_bounce", NR_BOUNCE, 0 },
	{ "nr_zspages", NOT_COUNTED, 0 },
	{ "nr_free_cma", NR_FREE_CMA_PAGES, 0 },
	{ "numa_hit", NUMA_HIT, 0 },
	{ "numa_miss", NUMA_MISS, 0 },
	{ "numa_foreign", NUMA_FOREIGN, 0 },
	{ "numa_interleave", NUMA_INTERLEAVE_HIT, 0 },
	{ "numa_local", NUMA_LOCAL, 0 },
	{ "numa_other", NUMA_OTHER, 0 },
};

static const struct stat_line node_lines[] = {
	{ "nr_inactive_anon", NR_INACTIVE_ANON, 0 },
	{ "nr_active_anon", NR_ACTIVE_ANON, 0 },
	{ "nr_inactive_file", NR_INACTIVE_FILE, 0 },
	{ "nr_active_file", NR_ACTIVE_FILE, 0 },
	{ "nr_unevictable", NR_UNEVICTABLE, 0 },
	{ "nr_slab_reclaimable", NR_SLAB_RECLAIMABLE_B, 0 },
	{ "nr_slab_unreclaimable", NR_SLAB_UNRECLAIMABLE_B, 0 },
	{ "nr_isolated_anon", NOT_COUNTED, 0 },
	{ "nr_isolated_file", NOT_COUNTED, 0 },
	{ "workingset_nodes", NOT_COUNTED, 0 },
	{ "workingset_refault_anon", NOT_COUNTED, 0 },
	{ "workingset_refault_file", NOT_COUNTED, 0 },
	{ "workingset_activate_anon", NOT_COUNTED, 0 },
	{ "workingset_activate_file", NOT_COUNTED, 0 },
	{ "workingset_restore_anon", NOT_COUNTED, 0 },
	{ "workingset_restore_file", NOT_COUNTED, 0 },
	{ "workingset_nodereclaim", NOT_COUNTED, 0 },
	{ "nr_anon_pages", NR_ANON_MAPPED, 0 },
	{ "nr_mapped", NR_FILE_MAPPED, 0 },
	{ "nr_file_pages", NR_FILE_PAGES, 0 },
	{ "nr_dirty", NR_FILE_DIRTY, 0 },
	{ "nr_writeback", NR_WRITEBACK, 0 },
	{ "nr_writeback_temp", NOT_COUNTED, 0 },
	{ "nr_shmem", NR_SHMEM, 0 },
	{ "nr_shmem_hugepages", NOT_COUNTED, 0 },
	{ "nr_shmem_pmdmapped", NOT_COUNTED, 0 },
	{ "nr_file_hugepages", NOT_COUNTED, 0 },
	{ "nr_file_pmdmapped", NOT_COUNTED, 0 },
	{ "nr_anon_transparent_hugepages", NOT_COUNTED, 0 },
	{ "nr_vmscan_write", NOT_COUNTED, 0 },
	{ "nr_vmscan_immediate_reclaim", NOT_COUNTED, 0 },
	{ "nr_dirtied", NOT_COUNTED, 0 },
	{ "nr_written", NOT_COUNTED, 0 },
	{ "nr_throttled_written", NOT_COUNTED, 0 },
	{ "nr_kernel_misc_reclaimable", NOT_COUNTED, 0 },
	{ "nr_foll_pin_acquired", NOT_COUNTED, 0 },
	{ "nr_foll_pin_released", NOT_COUNTED, 0 },
	{ "nr_kernel_stack", NR_KERNEL_STACK_KB, 0 },
	{ "nr_page_table_pages", NR_PAGETABLE, 0 },
	{ "nr_sec_page_table_pages", NOT_COUNTED, 0 },
	{ "nr_swapcached", NOT_COUNTED, 0 },
	{ "pgpromote_success", NOT_COUNTED, 0 },
	{ "pgpromote_candidate", NOT_COUNTED, 0 },
};

static const struct stat_line event_lines[] = {
	{ "pgpgin", PGPGIN, 0 },
	{ "pgpgout", PGPGOUT, 0 },
	{ "pswpin", PSWPIN, 0 },
	{ "pswpout", PSWPOUT, 0 },
	{ "pgalloc_dma", PGALLOC_DMA, 0 },
	{ "pgalloc_dma32", PGALLOC_DMA32, 0 },
	{ "pgalloc_normal", PGALLOC_NORMAL, 0 },
	{ "pgalloc_movable", PGALLOC_MOVABLE, 0 },
	{ "pgalloc_device", NOT_COUNTED, 0 },
	{ "allocstall_dma", NOT_COUNTED, 0 },
	{ "allocstall_dma32", NOT_COUNTED, 0 },
	{ "allocstall_normal", NOT_COUNTED, 0 },
	{ "allocstall_movable", NOT_COUNTED, 0 },
	{ "allocstall_device", NOT_COUNTED, 0 },
	{ "pgskip_dma", NOT_COUNTED, 0 },
	{ "pgskip_dma32", NOT_COUNTED, 0 },
	{ "pgskip_normal", NOT_COUNTED, 0 },
	{ "pgskip_movable", NOT_COUNTED, 0 },
	{ "pgskip_device", NOT_COUNTED, 0 },
	{ "pgfree", PGFREE, 0 },
	{ "pgactivate", PGACTIVATE, 0 },
	{ "pgdeactivate", PGDEACTIVATE, 0 },
	{ "pglazyfree", NOT_COUNTED, 0 },
	{ "pgfault", PGFAULT, 0 },
	{ "pgmajfault", PGMAJFAULT, 0 },
	{ "pglazyfreed", NOT_COUNTED, 0 },
	{ "pgrefill", NOT_COUNTED, 0 },
	{ "pgreuse", PGREUSE, 0 },
	{ "pgsteal_kswapd", NOT_COUNTED, 0 },
	{ "pgsteal_direct", NOT_COUNTED, 0 },
	{ "pgdemote_kswapd", NOT_COUNTED, 0 },
	{ "pgdemote_direct", NOT_COUNTED, 0 },
	{ "pgscan_kswapd", NOT_COUNTED, 0 },
	{ "pgscan_direct", NOT_COUNTED, 0 },
	{ "pgscan_direct_throttle", NOT_COUNTED, 0 },
	{ "pgscan_anon", NOT_COUNTED, 0 },
	{ "pgscan_file", NOT_COUNTED, 0 },
	{ "pgsteal_anon", NOT_COUNTED, 0 },
	{ "pgsteal_file", NOT_COUNTED, 0 },
	{ "zone_reclaim_failed", NOT_COUNTED, 0 },
	{ "pginodesteal", NOT_COUNTED, 0 },
	{ "slabs_scanned", NOT_COUNTED, 0 },
	{ "kswapd_inodesteal", NOT_COUNTED, 0 },
	{ "kswapd_low_wmark_hit_quickly", NOT_COUNTED, 0 },
	{ "kswapd_high_wmark_hit_quickly", NOT_COUNTED, 0 },
	{ "pageoutrun", PAGEOUTRUN, 0 },
	{ "pgrotated", NOT_COUNTED, 0 },
	{ "drop_pagecache", DROP_PAGECACHE, 0 },
	{ "drop_slab", DROP_SLAB, 0 },
	{ "oom_kill", OOM_KILL, 0 },
	{ "numa_pte_updates", NOT_COUNTED, 0 },
	{ "numa_huge_pte_updates", NOT_COUNTED, 0 },
	{ "numa_hint_faults", NOT_COUNTED, 0 },
	{ "numa_hint_faults_local", NOT_COUNTED, 0 },
	{ "numa_pages_migrated", NOT_COUNTED, 0 },
	{ "pgmigrate_success", PGMIGRATE_SUCCESS, 0 },
	{ "pgmigrate_fail", PGMIGRATE_FAIL, 0 },
	{ "thp_migration_success", NOT_COUNTED, 0 },
	{ "thp_migration_fail", NOT_COUNTED, 0 },
	{ "thp_migration_split", NOT_COUNTED, 0 },
	{ "compact_migrate_scanned", NOT_COUNTED, 0 },
	{ "compact_free_scanned", NOT_COUNTED, 0 },
	{ "compact_isolated", NOT_COUNTED, 0 },
	{ "compact_stall", NOT_COUNTED, 0 },
	{ "compact_fail", NOT_COUNTED, 0 },
	{ "compact_success", NOT_COUNTED, 0 },
	{ "compact_daemon_wake", NOT_COUNTED, 0 },
	{ "compact_daemon_migrate_scanned", NOT_COUNTED, 0 },
	{ "compact_daemon_free_scanned", NOT_COUNTED, 0 },
	{ "htlb_buddy_alloc_success", NOT_COUNTED, 0 },
	{ "htlb_buddy_alloc_fail", NOT_COUNTED, 0 },
	{ "unevictable_pgs_culled", NOT_COUNTED, 0 },
	{ "unevictable_pgs_scanned", NOT_COUNTED, 0 },
	{ "unevictable_pgs_rescued", NOT_COUNTED, 0 },
	{ "unevictable_pgs_mlocked", NOT_COUNTED, 0 },
	{ "unevictable_pgs_munlocked", NOT_COUNTED, 0 },
	{ "unevictable_pgs_cleared", NOT_COUNTED, 0 },
	{ "unevictable_pgs_stranded", NOT_COUNTED, 0 },
	{ "thp_fault_alloc", NOT_COUNTED, 0 },
	{ "thp_fault_fallback", NOT_COUNTED, 0 },
	{ "thp_fault_fallback_charge", NOT_COUNTED, 0 },
	{ "thp_collapse_alloc", NOT_COUNTED, 0 },
	{ "thp_collapse_alloc_failed", NOT_COUNTED, 0 },
	{ "thp_file_alloc", NOT_COUNTED, 0 },
	{ "thp_file_fallback", NOT_COUNTED, 0 },
	{ "thp_file_fallback_charge", NOT_COUNTED, 0 },
	{ "thp_file_mapped", NOT_COUNTED, 0 },
	{ "thp_split_page", NOT_COUNTED, 0 },
	{ "thp_split_page_failed", NOT_COUNTED, 0 },
	{ "thp_deferred_split_page", NOT_COUNTED, 0 },
	{ "thp_split_pmd", NOT_COUNTED, 0 },
	{ "thp_scan_exceed_none_pte", NOT_COUNTED, 0 },
	{ "thp_scan_exceed_swap_pte", NOT_COUNTED, 0 },
	{ "thp_scan_exceed_share_pte", NOT_COUNTED, 0 },
	{ "thp_split_pud", NOT_COUNTED, 0 },
	{ "thp_zero_page_alloc", NOT_COUNTED, 0 },
	{ "thp_zero_page_alloc_failed", NOT_COUNTED, 0 },
	{ "thp_swpout", NOT_COUNTED, 0 },
	{ "thp_swpout_fallback", NOT_COUNTED, 0 },
	{ "balloon_inflate", NOT_COUNTED, 0 },
	{ "balloon_deflate", NOT_COUNTED, 0 },
	{ "balloon_migrate", NOT_COUNTED, 0 },
	{ "swap_ra", NOT_COUNTED, 0 },
	{ "swap_ra_hit", NOT_COUNTED, 0 },
	{ "ksm_swpin_copy", NOT_COUNTED, 0 },
	{ "cow_ksm", NOT_COUNTED, 0 },
	{ "direct_map_level2_splits", NOT_COUNTED, 0 },
	{ "direct_map_level3_splits", NOT_COUNTED, 0 },
};

/**
 * zoneinfo_show_node_stats() - the node items, as /proc/zoneinfo indents them.
 * Locks:   none.
 * Context: may sleep (@m grows).
 * Return:  nothing.
 */
void zoneinfo_show_node_stats(struct seq_file *m, struct pglist_data *pgdat)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(node_lines); i++) {
		int item = node_lines[i].item;

		seq_printf(m, "\n      %-12s %lu", node_lines[i].name,
			   item == NOT_COUNTED ? 0 : node_page_state(pgdat, item));
	}
}

/**
 * zoneinfo_show_zone_stats() - the zone items, as /proc/zoneinfo indents them.
 * Locks:   none.
 * Context: may sleep (@m grows).
 * Return:  nothing.
 */
void zoneinfo_show_zone_stats(struct seq_file *m, struct zone *zone)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zone_lines); i++) {
		int item = zone_lines[i].item;

		seq_printf(m, "\n      %-12s %lu", zone_lines[i].name,
			   item == NOT_COUNTED ? 0 : zone_page_state(zone, item));
	}
}

static void vmstat_line(struct seq_file *m, const char *name, unsigned long value)
{
	seq_printf(m, "%s %lu\n", name, value);
}

static unsigned long zone_line_sum(const struct stat_line *line)
{
	if (line->item != NOT_COUNTED)
		return global_zone_page_state(line->item);
	return line->node_item ? global_node_page_state(line->node_item - 1) : 0;
}

/**
 * vmstat_show() - /proc/vmstat.
 * Locks:   none.
 * Context: may sleep (@m grows).
 * Return:  nothing; @m notes a lack of memory.
 */
void vmstat_show(struct seq_file *m)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zone_lines); i++)
		vmstat_line(m, zone_lines[i].name, zone_line_sum(&zone_lines[i]));
	for (i = 0; i < ARRAY_SIZE(node_lines); i++)
		vmstat_line(m, node_lines[i].name, node_lines[i].item == NOT_COUNTED ? 0 :
			    global_node_page_state(node_lines[i].item));
	vmstat_line(m, "nr_dirty_threshold", 0);
	vmstat_line(m, "nr_dirty_background_threshold", 0);
	for (i = 0; i < ARRAY_SIZE(event_lines); i++)
		vmstat_line(m, event_lines[i].name, event_lines[i].item == NOT_COUNTED ? 0 :
			    sum_vm_event(event_lines[i].item));
	vmstat_line(m, "nr_unstable", 0);
}

/* --- one node ---------------------------------------------------------------------- */

static unsigned long node_zone_sum(struct pglist_data *pgdat, enum zone_stat_item item)
{
	unsigned long sum = 0;
	int z;

	for (z = 0; z < MAX_NR_ZONES; z++)
		if (populated_zone(&pgdat->node_zones[z]))
			sum += zone_page_state(&pgdat->node_zones[z], item);
	return sum;
}

/**
 * node_numastat_show() - nodeN/numastat: whose wishes the node's memory served.
 * Locks:   none.
 * Context: may sleep (@m grows); node @nid is online.
 * Return:  nothing; @m notes a lack of memory.
 */
void node_numastat_show(struct seq_file *m, int nid)
{
	static const char *const names[] = {
		"numa_hit", "numa_miss", "numa_foreign", "interleave_hit", "local_node",
		"other_node",
	};
	size_t i;

	static_assert(ARRAY_SIZE(names) == NR_VM_NUMA_EVENTS);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		vmstat_line(m, names[i], node_zone_sum(NODE_DATA(nid), NUMA_HIT + i));
}

/**
 * node_vmstat_show() - nodeN/vmstat: the zone items and node items of one node.
 * Locks:   none.
 * Context: may sleep (@m grows); node @nid is online.
 * Return:  nothing; @m notes a lack of memory.
 */
void node_vmstat_show(struct seq_file *m, int nid)
{
	struct pglist_data *pgdat = NODE_DATA(nid);
	unsigned long value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(zone_lines); i++) {
		const struct stat_line *line = &zone_lines[i];

		if (line->item != NOT_COUNTED)
			value = node_zone_sum(pgdat, line->item);
		else
			value = line->node_item ? node_page_state(pgdat, line->node_item - 1) : 0;
		vmstat_line(m, line->name, value);
	}
	for (i = 0; i < ARRAY_SIZE(node_lines); i++)
		vmstat_line(m, node_lines[i].name, node_lines[i].item == NOT_COUNTED ? 0 :
			    node_page_state(pgdat, node_lines[i].item));
}
