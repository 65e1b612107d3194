// SPDX-License-Identifier: MIT
/*
 * kmap.c - kernel mappings of a hosted machine.
 *
 * mm/ writes page-table entries for addresses of the window [vmalloc_start, vmalloc_end),
 * and arch_sync_kernel_mapping() makes this process's real mappings follow: RAM that an
 * entry maps is mapped there, shared with the direct map, and what no entry maps has no
 * memory, so that a stray access faults at once. Entries for frames that are no RAM (a
 * device) stay without memory too.
 *
 *   X1  after arch_sync_kernel_mapping(start, end) the process maps in [start, end)
 *       exactly the present entries whose frames are RAM
 *
 * The tables hang off init_mm.pgd, whose entries for the window are filled here, before
 * the first use; user address spaces do not contain them (kernel addresses are reached
 * natively, not by a walk).
 *
 * Locks: none; ranges belong to who maps them.
 */
#include "host_internal.h"

/**
 * host_kernel_tables_init() - the top table of the kernel's mappings.
 * Locks:   none.  Context: boot, memblock works.
 * Return:  0 or -ENOMEM.
 */
int host_kernel_tables_init(struct host_machine *hm)
{
	unsigned long addr, end = hm->ctx.vmalloc_end;
	pgd_t *pgd = memblock_alloc(PAGE_SIZE, PAGE_SIZE);
	void *table;

	if (!pgd)
		return -ENOMEM;
	hm->init_mm.pgd = pgd;
	for (addr = hm->ctx.vmalloc_start; addr < end; addr = pgd_addr_end(addr, end)) {
		table = memblock_alloc(PAGE_SIZE, PAGE_SIZE);
		if (!table)
			return -ENOMEM;
		set_pgd(pgd_offset_pgd(pgd, addr), __pgd(__pa(table) | _KERNPG_TABLE));
	}
	return 0;
}

/* The entry that maps @addr, none when there is no table. */
static pte_t kernel_entry(struct host_machine *hm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset_pgd(hm->init_mm.pgd, addr);
	pud_t *pud;
	pmd_t *pmd;

	if (!pgd_present(pgdp_get(pgd)))
		return __pte(0);
	pud = pud_offset(pgd, addr);
	if (!pud_present(pudp_get(pud)))
		return __pte(0);
	pmd = pmd_offset(pud, addr);
	if (!pmd_present(pmdp_get(pmd)))
		return __pte(0);
	if (pmd_leaf(pmdp_get(pmd)))
		return pfn_pte(pmd_pfn(pmdp_get(pmd)) + pte_index(addr), pmd_small_prot(pmdp_get(pmd)));
	return ptep_get(pte_offset_kernel(pmd, addr));
}

/* Pages of the table @table and below, down to the level above single entries. */
static long tables_below(const unsigned long *table, int levels)
{
	long pages = 1;
	unsigned int i;

	for (i = 0; levels && i < PTRS_PER_PTE; i++)
		if (table[i] & _PAGE_PRESENT)
			pages += tables_below(__va(table[i] & PTE_PFN_MASK), levels - 1);
	return pages;
}

/**
 * host_kernel_tables_count() - pages of tables below the top one; they are never freed.
 * Locks:   none: nobody maps meanwhile.  Context: thread in the machine.
 */
long host_kernel_tables_count(struct host_machine *hm)
{
	unsigned long addr, end = hm->ctx.vmalloc_end;
	long pages = 0;

	for (addr = hm->ctx.vmalloc_start; addr < end; addr = pgd_addr_end(addr, end))
		pages += tables_below((unsigned long *)pud_offset(pgd_offset_pgd(hm->init_mm.pgd,
						addr & PGDIR_MASK), addr & PGDIR_MASK), 2);
	return pages;
}

/* Adjacent pages that one call to the system below can map. */
struct run {
	unsigned long start, end;	/* addresses */
	unsigned long pfn;		/* of start */
	bool mapped, writable;
};

static void run_apply(struct host_machine *hm, const struct run *run)
{
	void *at = (void *)run->start;
	size_t bytes = run->end - run->start;
	bool good;

	if (!bytes)
		return;
	if (run->mapped)
		host_kernel_mapped(run->start, run->end);
	else
		host_kernel_unmapped(run->start, run->end);
	if (run->mapped)
		good = os_ram_alias(at, hm->ram, run->pfn << PAGE_SHIFT, bytes, run->writable);
	else
		good = os_unalias(at, bytes);
	mm_bug_on(!good);
}

static bool run_extends(const struct run *run, pte_t pte, bool mapped)
{
	unsigned long pages = (run->end - run->start) >> PAGE_SHIFT;

	if (run->start == run->end || run->mapped != mapped)
		return false;
	return !mapped || (pte_pfn(pte) == run->pfn + pages && pte_write(pte) == run->writable);
}

void arch_sync_kernel_mapping(unsigned long start, unsigned long end)
{
	struct host_machine *hm = this_host();
	struct run run = { start, start, 0, false, false };
	unsigned long addr;

	mm_bug_on(start < host_ctx.vmalloc_start || end > host_ctx.vmalloc_end);
	for (addr = start; addr < end; addr += PAGE_SIZE) {
		pte_t pte = kernel_entry(hm, addr);
		bool mapped = pte_present(pte) && pte_pfn(pte) < host_ctx.nr_frames;

		if (!run_extends(&run, pte, mapped)) {
			run_apply(hm, &run);
			run = (struct run){ addr, addr, pte_pfn(pte), mapped, pte_write(pte) };
		}
		run.end = addr + PAGE_SIZE;
	}
	run_apply(hm, &run);						/* X1 */
}

void arch_pgd_init(struct mm_struct *mm, pgd_t *pgd)
{
	/* no kernel half: see above */
}

void arch_report_meminfo(struct seq_file *m)
{
	/* the direct map is one mapping of this process: no page sizes to tell */
}

pgprot_t port_memtype_prot(enum memory_type type)
{
	/* a process has one type; the entries say what a machine would be told */
	return type == MEMTYPE_WB ? PAGE_KERNEL : PAGE_KERNEL_NOCACHE;
}
