// SPDX-License-Identifier: MIT
/*
 * share.c - last-level page tables that fork leaves to parent and child together.
 *
 * fork() does not copy a well filled table of private anonymous memory: the child's
 * upper entry points at the parent's table, and both upper entries lose their write
 * bit, which denies writes to all that the table maps. Whoever first has to change an
 * entry gets a copy of the table then, or, when the others have gone, the table itself.
 * (Zhao, Gong, Fonseca: "On-demand-fork", EuroSys 2021.)
 *
 *	parent pmd --rw--> T		fork	parent pmd --r--> T <--r-- child pmd
 *	child writes			copy	parent pmd --r--> T    T' <--rw-- child pmd
 *	parent writes			take	parent pmd --rw-> T
 *
 *   O1  an upper entry with its write bit is the only one that points at the table
 *   O2  a table's _refcount is the number of upper entries that point at it, and of
 *       gathers that have still to flush; NR_PAGETABLE counts it once, pgtables_bytes
 *       in each address space
 *   O3  without O1's bit the entries stay as they are: only the write bits of entries
 *       go, under the ptl, and the MMU sets accessed bits. None is used for writing
 *   O4  _refcount and _mapcount of a page count tables, not address spaces; rss_stat
 *       counts a shared table's pages in each address space, by pt_anon
 *   O5  a shared table maps anonymous pages and the zero page, nothing else. It was
 *       shared when all its range was in private areas without a file that fork copies;
 *       entries come only after O1, so truncation finds none of its file in one
 *   O6  an upper entry gets or loses its write bit, or leaves a shared table, under
 *       mm->page_table_lock; the last also under the table's ptl: whoever holds the
 *       ptl of a table that the entry points at may go on looking at it
 *   O7  a share is given back after the TLBs, which hold upper entries too, have been
 *       flushed; with the last one the pages are unmapped, and freed at once
 *   O8  mm->shared_tables is the number of upper entries without the write bit
 *   O9  nobody gets a reference to a page by way of a shared table: entries that were
 *       writable are so again for the last one, and he must not write to what a former
 *       one still reads
 *
 * Everything that changes entries comes here first: faults by pt_alloc(), system calls
 * by pt_unshare_range() or pt_unshare_edges() before their first change, zap_range() by
 * pt_zap_shared(). What only looks takes the ptl by pt_cursor_lock().
 *
 * Whether a table is worth it: each copied entry costs some 60 instructions at fork and
 * as many at exit, a shared table that is copied after all some 3,000 more.
 *
 * Locks: mm->page_table_lock, in it the table's ptl. Sharing needs mmap_lock for
 * writing, the rest for reading at least.
 */
#include "vm_internal.h"

/*
 * The shared table below @pmd. NULL: there is none, or it is this address space's own
 * now. page_table_lock held.
 */
static struct page *shared_table(struct mm_struct *mm, pmd_t *pmd)
{
	pmd_t v = pmdp_get(pmd);
	struct page *table;

	spin_assert_held(&mm->page_table_lock);
	if (pmd_none(v) || pmd_write(v))
		return NULL;
	table = pmd_page(v);
	mm_assert(PageTable(table) && table_shares(table) > 0);
	if (table_shares(table) > 1)
		return table;
	table->pt_mm = mm;
	mm_assert(mm->shared_tables);					/* O8 */
	ADD_ONCE(mm->shared_tables, -1u);					/* O8 */
	set_pmd(pmd, pmd_mkwrite(v));						/* O1 */
	return NULL;
}

/* all areas that reach into the table's range, of which @vma is one: O5 */
static bool areas_allow_sharing(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	const unsigned long never = VM_SHARED | VM_DONTCOPY | VM_WIPEONFORK | VM_PFNMAP | VM_IO;
	struct vm_area_struct *prev;

	while (vma->vm_start > start && (prev = vma_prev(vma)) && prev->vm_end > start)
		vma = prev;
	for (; vma && vma->vm_start < end; vma = vma_next(vma))
		if (!vma_is_anonymous(vma) || vma->vm_file || (vma->vm_flags & never))
			return false;
	return true;
}

/**
 * pt_can_share() - is the table of @c, which @vma reaches into, one to share at fork?
 * Locks:   mmap_lock for writing.
 * Context: any.
 * Return:  the same for all areas of the table.
 */
bool pt_can_share(struct vm_area_struct *vma, const struct pt_cursor *c)
{
	unsigned long start = c->addr & PMD_MASK;

	/* truncation of a file may lower pt_anon meanwhile: not where areas allow it, O5 */
	return PMD_DENIES_WRITES &&
	       READ_ONCE(pmd_page(*c->pmd)->pt_anon) >= this_machine()->tunables.fork_share_pages &&
	       areas_allow_sharing(vma, start, start + PMD_SIZE);
}

/**
 * pt_share() - let @mm, a new child, have the table of @c, too.
 * Locks:   both mmap_locks for writing; takes both page_table_locks.
 * Context: may sleep. The parent's TLBs must be flushed before it runs on.
 * Return:  0 or -ENOMEM.
 */
int pt_share(struct mm_struct *mm, const struct pt_cursor *c)
{
	struct page *table = pmd_page(*c->pmd);
	pmd_t *dst = pt_alloc_upper(mm, c->addr);

	rwsem_assert_held_write(&c->mm->mmap_lock);
	rwsem_assert_held_write(&mm->mmap_lock);
	if (!dst)
		return -ENOMEM;
	if (!pmd_none(*dst)) {		/* by an area in front of this one */
		mm_assert(pmd_page(*dst) == table);
		return 0;
	}
	spin_lock(&c->mm->page_table_lock);
	if (pmd_write(*c->pmd)) {
		mm_assert(table_shares(table) == 1);				/* O1 */
		table->pt_mm = NULL;
		ADD_ONCE(c->mm->shared_tables, 1);
		set_pmd(c->pmd, pmd_wrprotect(*c->pmd));
	}
	atomic_inc(&table->_refcount);						/* O2 */
	spin_unlock(&c->mm->page_table_lock);
	spin_lock(&mm->page_table_lock);
	set_pmd(dst, *c->pmd);
	ADD_ONCE(mm->shared_tables, 1);
	spin_unlock(&mm->page_table_lock);
	atomic_long_add(PAGE_SIZE, &mm->pgtables_bytes);
	add_mm_counter(mm, MM_ANONPAGES, table->pt_anon);			/* O4 */
	return 0;
}

/* O3, O4: the entries of @from again in @to, which nobody sees yet; from's ptl held */
static void copy_table(struct page *from, struct page *to)
{
	pte_t *src = page_address(from), *dst = page_address(to);
	unsigned int i;

	spin_assert_held(&from->ptl);					/* O3 */
	mm_assert(from != to && PageTable(to));
	for (i = 0; i < PTRS_PER_PTE; i++) {
		pte_t pte = ptep_get(src + i);

		if (!pte_none(pte)) {
			struct page *page = vm_normal_page(pte);

			if (page)
				page_map_again(page);
			if (pte_write(pte))
				ptep_set_wrprotect(src + i);
			pte = pte_wrprotect(pte);
		}
		set_pte(dst + i, pte);
	}
	to->pt_anon = from->pt_anon;
}

/* let @pmd point at @copy; the table that it left, or NULL: @copy is not needed */
static struct page *leave_for_copy(struct mm_struct *mm, pmd_t *pmd, struct page *copy)
{
	struct page *table;

	spin_lock(&mm->page_table_lock);
	table = shared_table(mm, pmd);
	if (table) {
		mm_assert(mm->shared_tables);				/* O8 */
		spin_lock(&table->ptl);						/* O6 */
		copy_table(table, copy);
		pmd_populate(pmd, copy);					/* O1 */
		spin_unlock(&table->ptl);
		ADD_ONCE(mm->shared_tables, -1u);
	}
	spin_unlock(&mm->page_table_lock);
	return table;
}

/**
 * pt_unshare() - make the table below @pmd, of @addr, this address space's own.
 * Locks:   mmap_lock for reading; takes page_table_lock, in it ptl.
 * Context: may sleep.
 * Return:  true, also when somebody else did it or the table has gone; false: no memory.
 */
bool pt_unshare(struct mm_struct *mm, pmd_t *pmd, unsigned long addr)
{
	struct page *table, *copy;
	LIST_HEAD(pages);

	spin_lock(&mm->page_table_lock);
	table = shared_table(mm, pmd);
	spin_unlock(&mm->page_table_lock);
	if (!table)
		return true;
	copy = pt_page_alloc(mm, 0);
	if (!copy)
		return false;
	table = leave_for_copy(mm, pmd, copy);
	if (!table) {
		pt_page_free_unused(mm, copy);
		return true;
	}
	atomic_long_sub(PAGE_SIZE, &mm->pgtables_bytes);
	addr &= PMD_MASK;
	flush_tlb_mm_range(mm, addr, addr + PAGE_SIZE, true);			/* O7 */
	pt_put_shared(table, &pages);
	if (!list_empty(&pages))
		free_unref_page_list(&pages);
	return true;
}

/**
 * pt_unshare_tables() - make all tables of [@start, @end) this address space's own.
 * Locks:   mmap_lock for reading.
 * Context: may sleep.
 * Return:  0 or -ENOMEM; nothing that a program can see changed in either case.
 */
int pt_unshare_tables(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct pt_cursor c;

	rwsem_assert_held(&mm->mmap_lock);
	pt_cursor_start(&c, mm, start, end);
	while (pt_cursor_next(&c))
		if (c.shared && !pt_unshare(mm, c.pmd, c.addr))
			return -ENOMEM;
	return 0;
}

/**
 * pt_unshare_ends() - the same for tables that lie in [@start, @end) only in part.
 * Locks, context, return: as pt_unshare_tables().
 */
int pt_unshare_ends(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	int error = 0;

	if (start & ~PMD_MASK)
		error = pt_unshare_tables(mm, start, start + PAGE_SIZE);
	if (!error && (end & ~PMD_MASK))
		error = pt_unshare_tables(mm, end - PAGE_SIZE, end);
	return error;
}

/**
 * pt_lock_shared() - the ptl of the table below @pmd, which may be a shared one.
 * Locks:   mmap_lock for reading, or mapping->lock; returns with the ptl taken.
 * Context: does not sleep.
 * Return:  the lock, or NULL: there is no table any more.
 */
spinlock_t *pt_lock_shared(struct mm_struct *mm, pmd_t *pmd)
{
	spinlock_t *ptl = NULL;

	spin_lock(&mm->page_table_lock);
	if (!pmd_none(*pmd)) {
		ptl = pte_lockptr(pmd);
		spin_lock(ptl);							/* O6 */
	}
	spin_unlock(&mm->page_table_lock);
	return ptl;
}

/* nothing to zap in this part of a shared table: O5, or the ends were unshared before */
static void check_step_is_empty(const struct pt_cursor *c)
{
	pte_t *pte = pte_offset_kernel(c->pmd, c->addr);
	unsigned int i;

	for (i = 0; i < c->nr; i++)
		mm_bug_on(!pte_none(ptep_get(pte + i)));
}

/* does all that this step's table maps go? */
static bool table_goes(const struct mmu_gather *tlb, const struct pt_cursor *c)
{
	unsigned long start = c->addr & PMD_MASK;

	return tlb->fullmm || (start >= tlb->whole_start && start + PMD_SIZE - 1 < tlb->whole_end);
}

/**
 * pt_zap_shared() - zap_range() met a table that is, or was, shared.
 * Locks:   as zap_range(); takes page_table_lock, in it ptl.
 * Context: does not sleep.
 * Return:  true: this step is done, @tlb may be full; false: the table is this address
 *          space's own, @c is as if it had always been.
 */
bool pt_zap_shared(struct mmu_gather *tlb, struct pt_cursor *c)
{
	struct mm_struct *mm = c->mm;
	struct page *table;
	bool goes = false;

	spin_lock(&mm->page_table_lock);
	table = shared_table(mm, c->pmd);
	if (table && table_goes(tlb, c)) {
		goes = true;
		spin_lock(&table->ptl);						/* O6 */
		set_pmd(c->pmd, __pmd(0));
		mm_assert(mm->shared_tables);				/* O8 */
		spin_unlock(&table->ptl);
		ADD_ONCE(mm->shared_tables, -1u);
	} else if (table) {
		check_step_is_empty(c);
	}
	spin_unlock(&mm->page_table_lock);
	if (goes) {
		unsigned long start = c->addr & PMD_MASK;

		update_hiwater_rss(mm);
		add_mm_counter(mm, MM_ANONPAGES, -(long)table->pt_anon);	/* O4 */
		tlb_note_range(tlb, start, start + PMD_SIZE);
		tlb_remove_shared(tlb, table);					/* O7 */
	}
	if (table || pmd_none(*c->pmd))
		return true;
	pt_cursor_at(c, c->addr, c->pmd);
	return false;
}

/* one table less maps @page, which nobody can reach by it any more */
static bool put_table_page(struct page *page)
{
	mm_assert(page_mapcount(page) > 0 && page_count(page) > 0);	/* O4 */
	if (atomic_add_negative(-1, &page->_mapcount)) {
		struct pglist_data *pgdat = page_pgdat(page);

		page->mapping = NULL;						/* U2 of zap.c */
		mod_node_page_state(pgdat, NR_ANON_MAPPED, -1);
		mod_node_page_state(pgdat, NR_INACTIVE_ANON, -1);
	}
	return put_page_testzero(page);
}

/**
 * pt_put_shared() - give a share of @table back; the last one unmaps its pages.
 * Locks:   none; the TLBs were flushed (O7).
 * Context: does not sleep.
 * Return:  nothing; pages that nobody has any more are added to @pages, with count 0.
 */
void pt_put_shared(struct page *table, struct list_head *pages)
{
	pte_t *pte = page_address(table);
	unsigned int i;

	if (!put_page_testzero(table))
		return;
	for (i = 0; i < PTRS_PER_PTE; i++) {
		pte_t entry = ptep_get(pte + i);
		struct page *page;

		if (pte_none(entry)) {
			i = pte_skip_empty(pte, i + 1, PTRS_PER_PTE) - 1;
			continue;
		}
		page = vm_normal_page(entry);
		if (!page)
			continue;
		mm_assert(PageAnon(page) && page_mapcount(page) > 0);		/* O5 */
		if (put_table_page(page))
			list_add(&page->lru, pages);
	}
	pt_page_clear(table);
	list_add(&table->lru, pages);
}
