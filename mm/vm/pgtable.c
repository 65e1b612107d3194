// SPDX-License-Identifier: MIT
/*
 * pgtable.c - the page tables of user space, and the one cursor over them.
 *
 *	pgd (1 page) -> pud tables -> pmd tables -> pte tables -> frames
 *
 * A port with fewer levels folds those between into the top one: their tables are not
 * pages and are neither made, counted nor freed (PUD_FOLDED, PMD_FOLDED).
 *
 * Every operation over a range - fault, zap, copy at fork, protect, move,
 * mincore, the statistics - goes over the last-level tables with struct
 * pt_cursor (vm_internal.h) and then over the entries of one table with a
 * plain loop, under the lock of that table.
 *
 *   T1  an entry above the last level is none or points at a page with PG_table
 *       whose pt_mm is the owner; it changes from none to a table under
 *       mm->page_table_lock and back only with mmap_lock held for writing. Last-level
 *       tables without an owner are shared: share.c
 *   T2  a table goes away only when no area and no file list reaches its range,
 *       so who holds mmap_lock, or mapping->lock of an area there, may walk
 *   T3  mm->pgtables_bytes counts every table below the pgd, NR_PAGETABLE those of pmd
 *       and pte entries: Linux counts no more
 *   T4  the entries of a last-level table change under its ptl
 *   T5  pt_anon of a last-level table is the number of its entries that map anonymous
 *       pages; under its ptl
 *
 * All tables are linked and unlinked here; ptpage.c has their pages.
 *
 * Locks: mm->page_table_lock (inside nothing but mmap_lock) for T1; ptl.
 */
#include "vm_internal.h"

/*
 * Fill an empty entry with a new table (T1). The zeroes of the table are
 * visible before the entry is: set_pXX() stores with release. @counted: in NR_PAGETABLE (T3).
 */
#define DEFINE_TABLE_FILL(level, counted)					\
static noinline bool level##_fill(struct mm_struct *mm, level##_t *entry)	\
{										\
	struct page *page = pt_page_alloc(mm, __GFP_ZERO);			\
										\
	if (!page)								\
		return false;							\
	spin_lock(&mm->page_table_lock);					\
	if (level##_none(*entry)) {						\
		level##_populate(entry, page);					\
		if (!counted)							\
			mod_node_page_state(page_pgdat(page), NR_PAGETABLE, -1); \
		page = NULL;							\
	}									\
	spin_unlock(&mm->page_table_lock);					\
	if (page)								\
		pt_page_free_unused(mm, page);					\
	return true;								\
}
DEFINE_TABLE_FILL(pgd, false)
DEFINE_TABLE_FILL(pud, true)
DEFINE_TABLE_FILL(pmd, true)

static inline pmd_t *upper_tables(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr), top = pgdp_get(pgd);
	pud_t *pud, upper;

	mm_assert(addr < mm->task_size);
	if (unlikely(pgd_none(top))) {
		if (!pgd_fill(mm, pgd))
			return NULL;
		top = *pgd;
	}
	pud = pud_offset_lockless(pgd, top, addr);
	upper = pudp_get(pud);
	if (unlikely(pud_none(upper))) {
		if (!pud_fill(mm, pud))
			return NULL;
		upper = *pud;
	}
	return pmd_offset_lockless(pud, upper, addr);
}

/**
 * pt_alloc_upper() - make the tables above the last level for @addr.
 * Locks:   mmap_lock for reading; takes page_table_lock.
 * Context: may sleep.
 * Return:  the entry for the last-level table, which may be none; NULL: no memory.
 */
pmd_t *pt_alloc_upper(struct mm_struct *mm, unsigned long addr)
{
	return upper_tables(mm, addr);
}

/* no table yet, or one that others have a share in (O1 of share.c) */
static noinline bool make_own_table(struct mm_struct *mm, pmd_t *pmd, unsigned long addr)
{
	pmd_t v;

	rwsem_assert_held(&mm->mmap_lock);				/* T2 */
	while (!pmd_write(v = pmdp_get(pmd)))
		if (pmd_none(v) ? !pmd_fill(mm, pmd) : !pt_unshare(mm, pmd, addr))
			return false;
	return true;
}

/*
 * The entry above the last-level table of @addr. Where there is no table:
 * NULL, and *next is the first address that may have one.
 */
static inline pmd_t *pmd_find(struct mm_struct *mm, unsigned long addr, unsigned long *next)
{
	pgd_t *pgdp = pgd_offset(mm, addr), pgd = pgdp_get(pgdp);
	pud_t *pudp, pud;
	pmd_t *pmd;

	*next = (addr + PGDIR_SIZE) & PGDIR_MASK;
	if (pgd_none(pgd))
		return NULL;
	pudp = pud_offset_lockless(pgdp, pgd, addr);
	pud = pudp_get(pudp);
	*next = (addr + PUD_SIZE) & PUD_MASK;
	if (pud_none(pud))
		return NULL;
	pmd = pmd_offset_lockless(pudp, pud, addr);
	*next = (addr + PMD_SIZE) & PMD_MASK;
	return pmd_none(pmdp_get(pmd)) ? NULL : pmd;
}

/* some table is missing, or not its own */
static noinline pmd_t *alloc_slow(struct mm_struct *mm, unsigned long addr)
{
	pmd_t *pmd = upper_tables(mm, addr);

	return pmd && make_own_table(mm, pmd, addr) ? pmd : NULL;
}

/**
 * pt_alloc() - make the tables down to the last level for @addr, that one its own.
 * Locks:   mmap_lock for reading; takes page_table_lock.
 * Context: may sleep.
 * Return:  the entry that points at the last-level table, which nobody else has a share
 *          in, or NULL.
 */
pmd_t *pt_alloc(struct mm_struct *mm, unsigned long addr)
{
	unsigned long next;
	pmd_t *pmd = pmd_find(mm, addr, &next);

	/* all is there, mostly; the rest needs more registers */
	return likely(pmd && pmd_write(pmdp_get(pmd))) ? pmd : alloc_slow(mm, addr);
}

static inline void cursor_at(struct pt_cursor *c, unsigned long addr, pmd_t *pmd)
{
	unsigned long next = pmd_addr_end(addr, c->end);
	pmd_t v = pmdp_get(pmd);	/* another thread may be making a shared table its own */

	c->addr = addr;
	c->next = next;
	c->nr = (next - addr) >> PAGE_SHIFT;
	c->pmd = pmd;
	c->pte = pte_offset_kernel(&v, addr);
	c->ptl = pte_lockptr(&v);
	c->shared = !pmd_write(v);
	mm_assert(c->nr && c->nr <= PTRS_PER_PTE && addr < c->end);
}

/** pt_cursor_at() - let @c's step be the table below @pmd from @addr on. */
void pt_cursor_at(struct pt_cursor *c, unsigned long addr, pmd_t *pmd)
{
	cursor_at(c, addr, pmd);
}

/**
 * pt_cursor_lock() - take the lock of this step's table, of which entries are only read.
 * Locks:   as T2 says; returns with c->ptl taken, if there is still a table.
 * Context: does not sleep.
 * Return:  false when another thread took the shared table away meanwhile.
 */
bool pt_cursor_lock(struct pt_cursor *c)
{
	mm_assert(c->addr < c->next && c->next <= c->end);
	if (likely(!c->shared)) {
		spin_lock(c->ptl);
		return true;
	}
	c->ptl = pt_lock_shared(c->mm, c->pmd);
	if (!c->ptl)
		return false;
	c->pte = pte_offset_kernel(c->pmd, c->addr);
	return true;
}

/**
 * pt_cursor_find() - pt_cursor_next() that is not at the end of the range.
 * Locks:   as T2 says; takes none.
 * Context: any.
 * Return:  false when no table follows.
 */
bool pt_cursor_find(struct pt_cursor *c)
{
	unsigned long addr = c->next, next;

	mm_assert(addr < c->end);
	do {
		pmd_t *pmd = pmd_find(c->mm, addr, &next);

		if (pmd) {
			cursor_at(c, addr, pmd);
			return true;
		}
		addr = next;
	} while (addr < c->end);
	return false;
}

/**
 * pt_lookup_lock() - the entry of @addr, locked.
 * Locks:   mmap_lock for reading; returns with *@ptl taken unless NULL.
 * Context: does not sleep.
 * Return:  the entry, which may be none, or NULL where there is no table, or one that
 *          others have a share in: a fault ends that (O9 of share.c).
 */
pte_t *pt_lookup_lock(struct mm_struct *mm, unsigned long addr, spinlock_t **ptl)
{
	unsigned long next;
	pmd_t *pmd = pmd_find(mm, addr, &next);

	rwsem_assert_held(&mm->mmap_lock);				/* T2 */
	if (!pmd || unlikely(!pmd_write(pmdp_get(pmd))))
		return NULL;
	*ptl = pte_lockptr(pmd);
	spin_lock(*ptl);
	return pte_offset_kernel(pmd, addr);
}

/* the limits of a freeing: a table goes when all that it covers lies between */
struct free_span {
	struct mmu_gather *tlb;
	unsigned long floor, ceiling;
};

static bool span_covers(const struct free_span *s, unsigned long addr, unsigned long size)
{
	unsigned long block = addr & ~(size - 1);

	mm_assert(s->floor < s->ceiling && !(size & (size - 1)));
	return block >= s->floor && block + size - 1 <= s->ceiling - 1;
}

static void free_pte_tables(const struct free_span *s, pud_t *pud, unsigned long addr,
			    unsigned long end)
{
	pmd_t *pmd = pmd_offset(pud, addr);

	for (; addr < end; addr = pmd_addr_end(addr, end), pmd++) {
		if (pmd_none(*pmd) || !span_covers(s, addr, PMD_SIZE))
			continue;
		mm_assert(pmd_write(*pmd));					/* O1 */
		mm_assert(pmd_page(*pmd)->pt_mm == s->tlb->mm);		/* T1 */
		tlb_note_range(s->tlb, addr, addr + PAGE_SIZE);
		tlb_remove_table(s->tlb, pmd_page(*pmd));
		set_pmd(pmd, __pmd(0));
	}
}

static void free_pmd_tables(const struct free_span *s, pgd_t *pgd, unsigned long addr,
			    unsigned long end)
{
	pud_t *pud = pud_offset(pgd, addr);

	for (; addr < end; addr = pud_addr_end(addr, end), pud++) {
		if (pud_none(*pud))
			continue;
		free_pte_tables(s, pud, addr, pud_addr_end(addr, end));
		if (PMD_FOLDED || !span_covers(s, addr, PUD_SIZE))
			continue;
		tlb_note_range(s->tlb, addr, addr + PAGE_SIZE);	/* the MMU may hold the entry */
		tlb_remove_table(s->tlb, pud_page(*pud));
		set_pud(pud, __pud(0));
	}
}

/**
 * pt_free_tables() - gather the tables of [@start, @end) that nothing else uses:
 *	those that lie inside [@floor, @ceiling), the distance to the neighbours.
 * Locks:   mmap_lock for writing; no file list reaches the range (T2).
 * Context: does not sleep.
 */
void pt_free_tables(struct mmu_gather *tlb, unsigned long start, unsigned long end,
		    unsigned long floor, unsigned long ceiling)
{
	struct free_span s = { tlb, floor, ceiling };
	unsigned long addr = start;
	pgd_t *pgd = pgd_offset(tlb->mm, start);

	mm_assert(floor <= start && end <= ceiling);
	rwsem_assert_held_write(&tlb->mm->mmap_lock);			/* T1 */
	mm_assert(start < end);
	for (; addr < end; addr = pgd_addr_end(addr, end), pgd++) {
		if (pgd_none(*pgd))
			continue;
		free_pmd_tables(&s, pgd, addr, pgd_addr_end(addr, end));
		if (PUD_FOLDED || !span_covers(&s, addr, PGDIR_SIZE))
			continue;
		tlb_note_range(tlb, addr, addr + PAGE_SIZE);
		mod_node_page_state(page_pgdat(pgd_page(*pgd)), NR_PAGETABLE, 1); /* T3 */
		tlb_remove_table(tlb, pgd_page(*pgd));
		set_pgd(pgd, __pgd(0));
	}
}

static unsigned long count_pmd_tables(pud_t *pud_table)
{
	unsigned long tables = 0;
	int i, j;

	for (i = 0; i < PTRS_PER_PUD; i++) {
		pmd_t *pmd;

		if (pud_none(pud_table[i]))
			continue;
		if (!PMD_FOLDED) {
			mm_bug_on(!PageTable(pud_page(pud_table[i])));		/* T1 */
			tables++;
		}
		pmd = pmd_offset(&pud_table[i], 0);
		for (j = 0; j < PTRS_PER_PMD; j++)
			tables += !pmd_none(pmd[j]);
	}
	return tables;
}

/** pt_count_tables() - T3, counted anew: the tables below the pgd. mmap_lock held. */
unsigned long pt_count_tables(struct mm_struct *mm)
{
	unsigned long tables = 0;
	int i;

	for (i = 0; i < USER_PTRS_PER_PGD; i++)
		if (!pgd_none(mm->pgd[i]))
			tables += !PUD_FOLDED +
				  count_pmd_tables(pud_offset(&mm->pgd[i], 0));
	return tables;
}
