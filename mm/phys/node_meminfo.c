// SPDX-License-Identifier: MIT
/*
 * node_meminfo.c - /sys/devices/system/node/nodeN/meminfo, line by line as Linux 6.1
 * prints it: what meminfo.c says of the machine, for one node, less what belongs to no
 * node (swap space, commitments, vmalloc).
 *
 * Invariant:
 *   NM1  over all nodes, MemTotal, MemFree and every counted line sum up to /proc/meminfo
 *
 * Locks: none; each value is a snapshot of its own.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include "../internal.h"

/* One line: a sum of two node items, or 0 for what does not exist here. */
struct node_line {
	const char *name;
	int item, second;		/* node items, or NONE */
	bool kbytes;			/* the item is no number of pages */
};

#define NONE		(-1)
#define LINE(n, i)	{ n, i, NONE, false }
#define ZERO(n)		{ n, NONE, NONE, false }

static const struct node_line before_counts[] = {
	ZERO("SwapCached:"),
	{ "Active:", NR_ACTIVE_ANON, NR_ACTIVE_FILE, false },
	{ "Inactive:", NR_INACTIVE_ANON, NR_INACTIVE_FILE, false },
	LINE("Active(anon):", NR_ACTIVE_ANON),
	LINE("Inactive(anon):", NR_INACTIVE_ANON),
	LINE("Active(file):", NR_ACTIVE_FILE),
	LINE("Inactive(file):", NR_INACTIVE_FILE),
	LINE("Unevictable:", NR_UNEVICTABLE),
};

static const struct node_line after_mlocked[] = {
	LINE("Dirty:", NR_FILE_DIRTY),
	LINE("Writeback:", NR_WRITEBACK),
	LINE("FilePages:", NR_FILE_PAGES),
	LINE("Mapped:", NR_FILE_MAPPED),
	LINE("AnonPages:", NR_ANON_MAPPED),
	LINE("Shmem:", NR_SHMEM),
	{ "KernelStack:", NR_KERNEL_STACK_KB, NONE, true },
	LINE("PageTables:", NR_PAGETABLE),
	ZERO("SecPageTables:"),
	ZERO("NFS_Unstable:"),
	ZERO("Bounce:"),
	ZERO("WritebackTmp:"),
	LINE("KReclaimable:", NR_SLAB_RECLAIMABLE_B),
	{ "Slab:", NR_SLAB_RECLAIMABLE_B, NR_SLAB_UNRECLAIMABLE_B, false },
	LINE("SReclaimable:", NR_SLAB_RECLAIMABLE_B),
	LINE("SUnreclaim:", NR_SLAB_UNRECLAIMABLE_B),
	ZERO("AnonHugePages:"),
	ZERO("ShmemHugePages:"),
	ZERO("ShmemPmdMapped:"),
	ZERO("FileHugePages:"),
	ZERO("FilePmdMapped:"),
};

/* Two lines are a column shorter than the others, on Linux and so here. */
static void show_kb(struct seq_file *m, int nid, const char *name, unsigned long kbytes)
{
	bool narrow = !strcmp(name, "FileHugePages:") || !strcmp(name, "FilePmdMapped:");

	seq_printf(m, narrow ? "Node %d %-14s %8lu kB\n" : "Node %d %-15s %8lu kB\n", nid, name,
		   kbytes);
}

static unsigned long item_value(struct pglist_data *pgdat, int item)
{
	return item == NONE ? 0 : node_page_state(pgdat, item);
}

static void show_lines(struct seq_file *m, struct pglist_data *pgdat,
		       const struct node_line *line, size_t nr)
{
	for (; nr; nr--, line++) {
		unsigned long value = item_value(pgdat, line->item) +
				      item_value(pgdat, line->second);

		show_kb(m, pgdat->node_id, line->name,
			line->kbytes ? value : value << (PAGE_SHIFT - 10));
	}
}

static void show_huge_pool(struct seq_file *m, int nid)
{
	static const char *const names[] = { "Total", "Free", "Surp" };
	char name[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(name, sizeof(name), "HugePages_%s:", names[i]);
		seq_printf(m, "Node %d %-16s %5u\n", nid, name, 0);
	}
}

/**
 * node_meminfo_show() - the text of nodeN/meminfo.
 * Locks:   none.
 * Context: may sleep (@m grows); node @nid is online.
 * Return:  nothing; @m notes a lack of memory.
 */
void node_meminfo_show(struct seq_file *m, int nid)
{
	struct pglist_data *pgdat = NODE_DATA(nid);
	unsigned long total = 0, free = 0, mlocked = 0;
	int z;

	for (z = 0; z < MAX_NR_ZONES; z++) {
		struct zone *zone = &pgdat->node_zones[z];

		if (!populated_zone(zone))
			continue;
		total += zone_managed_pages(zone);
		free += zone_page_state(zone, NR_FREE_PAGES);
		mlocked += zone_page_state(zone, NR_MLOCK);
	}
	show_kb(m, nid, "MemTotal:", total << (PAGE_SHIFT - 10));
	show_kb(m, nid, "MemFree:", free << (PAGE_SHIFT - 10));
	show_kb(m, nid, "MemUsed:", (total - min(free, total)) << (PAGE_SHIFT - 10));
	show_lines(m, pgdat, before_counts, ARRAY_SIZE(before_counts));
	show_kb(m, nid, "Mlocked:", mlocked << (PAGE_SHIFT - 10));
	show_lines(m, pgdat, after_mlocked, ARRAY_SIZE(after_mlocked));
	show_huge_pool(m, nid);
}
