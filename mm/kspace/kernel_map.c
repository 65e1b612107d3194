/* SPDX-License-Identifier: MIT */
/*
 * kernel_map.c - page-table entries of the kernel's own mapping range.
 *
 * All address spaces share the tables below the top level: the port filled the top
 * level's entries for this range at boot, once, and they never change. Tables below
 * are added when a range first needs them and are kept: who maps once maps again.
 *
 * Where source and address allow it, one entry of the level above maps a large page. It
 * takes the place of a table only where there is none yet.
 *
 * Invariants:
 *   M1  a top-level entry of the range always points to a table
 *   M2  a table once linked stays linked; so no lock is needed to walk. A large page's
 *       entry comes and goes with its area (M3)
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

static unsigned long source_pfn(const struct map_source *src)
{
	return src->pages ? page_to_pfn(*src->pages) : src->phys >> PAGE_SHIFT;
}

static void source_advance(struct map_source *src, unsigned long nr_pages)
{
	if (src->pages)
		src->pages += nr_pages;
	else
		src->phys += (phys_addr_t)nr_pages << PAGE_SHIFT;
}

/* Are the next @nr frames of @src a large page? */
static bool source_is_large(const struct map_source *src, unsigned long nr)
{
	unsigned long pfn = source_pfn(src), i;

	mm_assert(nr && !(nr & (nr - 1)));
	if (!IS_ALIGNED(pfn, nr))
		return false;
	for (i = 1; src->pages && i < nr; i++)
		if (page_to_pfn(src->pages[i]) != pfn + i)
			return false;
	return true;
}

/* --- tables ------------------------------------------------------------- */

/* Link a new table unless somebody was faster. @entry is a pud or a pmd entry. */
static int link_table(unsigned long *entry)
{
	struct mm_struct *mm = this_machine()->init_mm;
	unsigned long table = get_zeroed_page(GFP_KERNEL);

	mm_assert(!(table & ~PAGE_MASK));
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

static pmd_t *kernel_pmd_alloc(unsigned long addr)
{
	pgd_t *pgd = pgd_offset(this_machine()->init_mm, addr);
	pud_t *pud;

	mm_bug_on(!pgd_present(pgdp_get(pgd)));				/* M1 */
	pud = pud_offset(pgd, addr);
	if (pud_none(pudp_get(pud)) && link_table(&pud->pud))
		return NULL;
	mm_assert(!pud_leaf(pudp_get(pud)));
	return pmd_offset(pud, addr);
}

static pte_t *kernel_pte_alloc(pmd_t *pmd, unsigned long addr)
{
	if (pmd_none(pmdp_get(pmd)) && link_table(&pmd->pmd))
		return NULL;
	mm_assert(!pmd_leaf(pmdp_get(pmd)));					/* M3 */
	return pte_offset_kernel(pmd, addr);
}

/* The entry above the table for @addr, or NULL where there is no such level yet. */
static pmd_t *kernel_pmd_lookup(unsigned long addr)
{
	pgd_t *pgd = pgd_offset(this_machine()->init_mm, addr);
	pud_t *pud;

	if (!pgd_present(pgdp_get(pgd)))
		return NULL;
	pud = pud_offset(pgd, addr);
	if (!pud_present(pudp_get(pud)) || pud_leaf(pudp_get(pud)))
		return NULL;
	return pmd_offset(pud, addr);
}

/**
 * kernel_lookup_pfn() - the frame that is mapped at @addr, in *@pfn.
 * Locks:   none (M2).  Context: any.
 * Return:  is one mapped there?
 */
bool kernel_lookup_pfn(unsigned long addr, unsigned long *pfn)
{
	pmd_t *pmd = kernel_pmd_lookup(addr);
	pte_t *pte;

	if (!pmd || !pmd_present(pmdp_get(pmd)))
		return false;
	if (pmd_leaf(pmdp_get(pmd))) {
		*pfn = pmd_pfn(pmdp_get(pmd)) + ((addr & ~PMD_MASK) >> PAGE_SHIFT);
		return true;
	}
	pte = pte_offset_kernel(pmd, addr);
	*pfn = pte_pfn(ptep_get(pte));
	return pte_present(ptep_get(pte));
}

/**
 * kernel_pte_make() - the entry of a small page at @addr, with its tables made.
 * Locks:   init_mm->page_table_lock.  Context: thread; sleeps.
 * Return:  the entry, or NULL.
 */
pte_t *kernel_pte_make(unsigned long addr)
{
	pmd_t *pmd = kernel_pmd_alloc(addr);

	return pmd ? kernel_pte_alloc(pmd, addr) : NULL;
}

/**
 * kernel_pte_lookup() - the entry of a small page at @addr, whose tables were made.
 * Locks:   none (M2).  Context: any.
 */
pte_t *kernel_pte_lookup(unsigned long addr)
{
	return pte_offset_kernel(kernel_pmd_lookup(addr), addr);
}

/* --- ranges ------------------------------------------------------------- */

/* Map [@addr, @stop), which one entry @pmd of the level above covers. */
static int map_stretch(pmd_t *pmd, unsigned long addr, unsigned long stop,
		       struct map_source *src)
{
	pte_t *pte;

	if (!PMD_FOLDED && stop - addr == PMD_SIZE && pmd_none(pmdp_get(pmd)) &&
	    pgprot_fits_large(src->prot) && source_is_large(src, PMD_SIZE >> PAGE_SHIFT)) {
		set_pmd(pmd, pfn_pmd(source_pfn(src), src->prot));
		source_advance(src, PMD_SIZE >> PAGE_SHIFT);
		return 0;
	}
	pte = kernel_pte_alloc(pmd, addr);
	if (!pte)
		return -ENOMEM;
	for (; addr < stop; addr += PAGE_SIZE, pte++) {
		mm_assert(pte_none(ptep_get(pte)));				/* M3 */
		set_pte(pte, pfn_pte(source_pfn(src), src->prot));
		source_advance(src, 1);
	}
	return 0;
}

static int map_range(unsigned long start, unsigned long end, struct map_source *src)
{
	unsigned long addr = start, stop;
	pmd_t *pmd;

	for (; addr < end; addr = stop) {
		pmd = kernel_pmd_alloc(addr);
		stop = pmd_addr_end(addr, end);
		if (!pmd || map_stretch(pmd, addr, stop, src)) {
			kernel_unmap(start, addr);
			return -ENOMEM;
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
	pmd_t *pmd;
	pte_t *pte;

	for (; addr < end; addr = stop) {
		stop = pmd_addr_end(addr, end);
		pmd = kernel_pmd_lookup(addr);
		if (!pmd || !pmd_present(pmdp_get(pmd)))
			continue;
		if (pmd_leaf(pmdp_get(pmd))) {
			mm_assert(stop - addr == PMD_SIZE);		/* M3 */
			set_pmd(pmd, __pmd(0));
			continue;
		}
		for (pte = pte_offset_kernel(pmd, addr); addr < stop; addr += PAGE_SIZE, pte++)
			pte_clear(pte);
	}
	if (start < end)
		arch_sync_kernel_mapping(start, end);
}
