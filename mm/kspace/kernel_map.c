/* SPDX-License-Identifier: MIT */
/*
 * kernel_map.c - page-table entries of the kernel's own mapping range.
 *
 * All address spaces share the tables below the top level: the port filled the top
 * level's entries for this range at boot, once, and they never change. Tables below
 * are added when a range first needs them and are kept: who maps once maps again.
 *
 * Invariants:
 *   M1  a top-level entry of the range always points to a table
 *   M2  a table once linked stays linked; so no lock is needed to walk
 *   M3  entries of a range belong to the owner of its vmap_area alone
 *
 * Locks: init_mm->page_table_lock to link a new table (M2); entries need none (M3).
 *
 * Left to others: TLBs. Entries that become present were not cached by any CPU; entries
 * that were cleared are flushed by vmap_area.c before the range is used again.
 */
#include "vmalloc_internal.h"

/* A cursor over the entries of one range: what the next entry maps. */
struct map_source {
	struct page **pages;		/* next page, or NULL: */
	phys_addr_t phys;		/* next physical address */
	pgprot_t prot;
};

static pte_t next_entry(struct map_source *src)
{
	pte_t pte;

	if (src->pages) {
		pte = pfn_pte(page_to_pfn(*src->pages), src->prot);
		src->pages++;
	} else {
		pte = pfn_pte(src->phys >> PAGE_SHIFT, src->prot);
		src->phys += PAGE_SIZE;
	}
	return pte;
}

/* --- tables ------------------------------------------------------------- */

/* Link a new table unless somebody was faster. @entry is a pud or a pmd entry. */
static int link_table(unsigned long *entry)
{
	struct mm_struct *mm = this_machine()->init_mm;
	unsigned long table = get_zeroed_page(GFP_KERNEL);

	if (!table)
		return -ENOMEM;
	spin_lock(&mm->page_table_lock);
	if (!*entry) {
		/* zeroes before the link: walkers take no lock */
		smp_store_release(entry, __pa(table) | _KERNPG_TABLE);
		table = 0;
	}
	spin_unlock(&mm->page_table_lock);
	if (table)
		free_page(table);
	return 0;
}

static pte_t *kernel_pte_alloc(unsigned long addr)
{
	pgd_t *pgd = pgd_offset(this_machine()->init_mm, addr);
	pud_t *pud;
	pmd_t *pmd;

	mm_bug_on(!pgd_present(pgdp_get(pgd)));				/* M1 */
	pud = pud_offset(pgd, addr);
	if (pud_none(pudp_get(pud)) && link_table(&pud->pud))
		return NULL;
	mm_assert(!pud_leaf(pudp_get(pud)));
	pmd = pmd_offset(pud, addr);
	if (pmd_none(pmdp_get(pmd)) && link_table(&pmd->pmd))
		return NULL;
	mm_assert(!pmd_leaf(pmdp_get(pmd)));
	return pte_offset_kernel(pmd, addr);
}

/**
 * kernel_pte_lookup() - the entry for @addr.
 * Locks:   none (M2).  Context: any.
 * Return:  the entry, or NULL where there is no table or a large page.
 */
pte_t *kernel_pte_lookup(unsigned long addr)
{
	pgd_t *pgd = pgd_offset(this_machine()->init_mm, addr);
	pud_t *pud;
	pmd_t *pmd;

	if (!pgd_present(pgdp_get(pgd)))
		return NULL;
	pud = pud_offset(pgd, addr);
	if (!pud_present(pudp_get(pud)) || pud_leaf(pudp_get(pud)))
		return NULL;
	pmd = pmd_offset(pud, addr);
	if (!pmd_present(pmdp_get(pmd)) || pmd_leaf(pmdp_get(pmd)))
		return NULL;
	return pte_offset_kernel(pmd, addr);
}

/* --- ranges ------------------------------------------------------------- */

static int map_range(unsigned long start, unsigned long end, struct map_source *src)
{
	unsigned long addr = start, stop;
	pte_t *pte;

	while (addr < end) {
		pte = kernel_pte_alloc(addr);
		if (!pte) {
			kernel_unmap(start, addr);
			return -ENOMEM;
		}
		stop = pmd_addr_end(addr, end);
		for (; addr < stop; addr += PAGE_SIZE, pte++) {
			mm_assert(pte_none(*pte));			/* M3 */
			set_pte(pte, next_entry(src));
		}
	}
	arch_sync_kernel_mapping(start, end);
	return 0;
}

/**
 * kernel_map_pages() - map @pages, one after the other, at [@start, @end).
 * Locks:   init_mm->page_table_lock.  Context: thread; sleeps.
 * Return:  0, or -ENOMEM with nothing mapped.
 */
int kernel_map_pages(unsigned long start, unsigned long end, pgprot_t prot, struct page **pages)
{
	struct map_source src = { .pages = pages, .prot = prot };

	return map_range(start, end, &src);
}

/**
 * kernel_map_phys() - map the physical range from @phys on at [@start, @end).
 * Locks:   init_mm->page_table_lock.  Context: thread; sleeps.
 * Return:  0, or -ENOMEM with nothing mapped.
 */
int kernel_map_phys(unsigned long start, unsigned long end, pgprot_t prot, phys_addr_t phys)
{
	struct map_source src = { .phys = phys, .prot = prot };

	return map_range(start, end, &src);
}

/**
 * kernel_unmap() - clear the entries of [@start, @end). The caller sees to the TLBs.
 * Locks:   none (M3).  Context: thread; never sleeps.
 */
void kernel_unmap(unsigned long start, unsigned long end)
{
	unsigned long addr = start, stop;
	pte_t *pte;

	while (addr < end) {
		stop = pmd_addr_end(addr, end);
		pte = kernel_pte_lookup(addr);
		for (; pte && addr < stop; addr += PAGE_SIZE, pte++)
			pte_clear(pte);
		addr = stop;
	}
	if (start < end)
		arch_sync_kernel_mapping(start, end);
}
