// SPDX-License-Identifier: MIT
/*
 * meminfo.c - /proc/meminfo, line by line as Linux 6.1 prints it.
 *
 * Every line of a machine with this configuration is there, in Linux's order and
 * columns; a line whose part does not exist here shows 0. How the big lines hang
 * together, in pages:
 *
 *	MemTotal	what the buddy was ever given
 *	MemFree		free lists and per-CPU lists
 *	Cached		NR_FILE_PAGES: page cache, tmpfs included
 *	Active, Inactive  anon + file lists, where pages are on such lists
 *	Slab		SReclaimable + SUnreclaim
 *	CommitLimit	overcommit_kbytes, or overcommit_ratio percent of MemTotal
 *
 * MemFree + Cached + Slab + AnonPages + PageTables + KernelStack + VmallocUsed is less
 * than MemTotal by what the kernel took straight from the buddy.
 *
 * Invariant:
 *   MI1  a value is a count of pages (or KiB) that exist now, never a guess
 *
 * Locks: none; each value is a snapshot of its own.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include "../internal.h"

static void show_kb(struct seq_file *m, const char *name, unsigned long kbytes)
{
	seq_printf(m, "%-16s%8lu kB\n", name, kbytes);
}

static void show_pages(struct seq_file *m, const char *name, unsigned long pages)
{
	show_kb(m, name, pages << (PAGE_SHIFT - 10));
}

static void show_node_item(struct seq_file *m, const char *name, enum node_stat_item item)
{
	show_pages(m, name, global_node_page_state(item));
}

static void show_lists(struct seq_file *m)
{
	unsigned long active_anon = global_node_page_state(NR_ACTIVE_ANON);
	unsigned long inactive_anon = global_node_page_state(NR_INACTIVE_ANON);
	unsigned long active_file = global_node_page_state(NR_ACTIVE_FILE);
	unsigned long inactive_file = global_node_page_state(NR_INACTIVE_FILE);

	show_pages(m, "Active:", active_anon + active_file);
	show_pages(m, "Inactive:", inactive_anon + inactive_file);
	show_pages(m, "Active(anon):", active_anon);
	show_pages(m, "Inactive(anon):", inactive_anon);
	show_pages(m, "Active(file):", active_file);
	show_pages(m, "Inactive(file):", inactive_file);
	show_node_item(m, "Unevictable:", NR_UNEVICTABLE);
	show_pages(m, "Mlocked:", global_zone_page_state(NR_MLOCK));
}

static void show_kernel(struct seq_file *m)
{
	unsigned long reclaimable = global_node_page_state(NR_SLAB_RECLAIMABLE_B);
	unsigned long unreclaimable = global_node_page_state(NR_SLAB_UNRECLAIMABLE_B);

	show_pages(m, "KReclaimable:", reclaimable);
	show_pages(m, "Slab:", reclaimable + unreclaimable);
	show_pages(m, "SReclaimable:", reclaimable);
	show_pages(m, "SUnreclaim:", unreclaimable);
	show_kb(m, "KernelStack:", global_node_page_state(NR_KERNEL_STACK_KB));
	show_node_item(m, "PageTables:", NR_PAGETABLE);
	show_kb(m, "SecPageTables:", 0);
}

/**
 * vm_commit_limit() - pages that mode 2 of overcommit_memory may promise.
 * Locks:   none.
 * Context: any.
 * Return:  overcommit_kbytes, or overcommit_ratio percent of RAM where that is 0.
 */
unsigned long vm_commit_limit(void)
{
	const struct mm_tunables *tun = &this_machine()->tunables;
	unsigned long kbytes = READ_ONCE(tun->overcommit_kbytes);

	if (kbytes)
		return kbytes >> (PAGE_SHIFT - 10);
	return totalram_pages() * READ_ONCE(tun->overcommit_ratio) / 100;
}

static void show_commit(struct seq_file *m)
{
	const struct machine *machine = this_machine();
	/* kmap() has the end of the window, where there is high memory */
	unsigned long vmalloc_end = machine->highmem ? machine->vmalloc.end : VMALLOC_END;

	show_pages(m, "CommitLimit:", vm_commit_limit());
	show_pages(m, "Committed_AS:",
		   max(atomic_long_read(&machine->vm_committed_pages), 0l));
	/* one less, as Linux has the last byte where we have the end */
	show_kb(m, "VmallocTotal:", (vmalloc_end - VMALLOC_START - 1) >> 10);
	show_pages(m, "VmallocUsed:", max(atomic_long_read(&machine->vmalloc.nr_pages), 0l));
	show_kb(m, "VmallocChunk:", 0);
	show_kb(m, "Percpu:", pcpu_nr_pages());
}

static void show_huge(struct seq_file *m)
{
	static const char *const thp[] = {
		"AnonHugePages:", "ShmemHugePages:", "ShmemPmdMapped:", "FileHugePages:",
		"FilePmdMapped:",
	};
	static const char *const pool[] = {
		"HugePages_Total:", "HugePages_Free:", "HugePages_Rsvd:", "HugePages_Surp:",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(thp); i++)
		show_kb(m, thp[i], 0);
	/* as a Linux that was built without it: not where no such area is */
	if (this_machine()->totalcma_pages) {
		show_pages(m, "CmaTotal:", this_machine()->totalcma_pages);
		show_pages(m, "CmaFree:", global_zone_page_state(NR_FREE_CMA_PAGES));
	}
	for (i = 0; i < ARRAY_SIZE(pool); i++)
		seq_printf(m, "%-16s%8d\n", pool[i], 0);
	show_kb(m, "Hugepagesize:", PMD_SIZE >> 10);
	show_kb(m, "Hugetlb:", 0);
}

/* Only a machine that may have high memory has these lines. */
static void show_highmem(struct seq_file *m)
{
	unsigned long high = totalhigh_pages(), free = nr_free_highpages();

	show_pages(m, "HighTotal:", high);
	show_pages(m, "HighFree:", free);
	show_pages(m, "LowTotal:", totalram_pages() - high);
	show_pages(m, "LowFree:", nr_free_pages() - free);
}

/**
 * meminfo_show() - /proc/meminfo.
 * Locks:   none.
 * Context: may sleep (@m grows).
 * Return:  nothing; @m notes a lack of memory.
 */
void meminfo_show(struct seq_file *m)
{
	show_pages(m, "MemTotal:", totalram_pages());
	show_pages(m, "MemFree:", nr_free_pages());
	show_pages(m, "MemAvailable:", si_mem_available());
	show_kb(m, "Buffers:", 0);
	show_node_item(m, "Cached:", NR_FILE_PAGES);
	show_kb(m, "SwapCached:", 0);
	show_lists(m);
	if (PORT_HIGHMEM && zone_type_exists(ZONE_HIGHMEM))
		show_highmem(m);
	show_kb(m, "SwapTotal:", 0);
	show_kb(m, "SwapFree:", 0);
	show_node_item(m, "Dirty:", NR_FILE_DIRTY);
	show_node_item(m, "Writeback:", NR_WRITEBACK);
	show_node_item(m, "AnonPages:", NR_ANON_MAPPED);
	show_node_item(m, "Mapped:", NR_FILE_MAPPED);
	show_node_item(m, "Shmem:", NR_SHMEM);
	show_kernel(m);
	show_kb(m, "NFS_Unstable:", 0);
	show_pages(m, "Bounce:", global_zone_page_state(NR_BOUNCE));
	show_kb(m, "WritebackTmp:", 0);
	show_commit(m);
	show_huge(m);
	arch_report_meminfo(m);
}
