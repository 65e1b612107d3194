// SPDX-License-Identifier: MIT
/*
 * zap.c - take pages out of page tables.
 *
 * zap_range() empties the entries of a range of one area: each page loses the
 * mapping (its _mapcount, the counters of the address space and of the node)
 * and goes into the caller's mmu_gather, which drops the reference after the
 * TLB flush. Entries that map no counted page (the zero page) are just cleared.
 *
 *   U1  an entry is taken out atomically unless no CPU can be walking the
 *       tables: a dirty bit that the MMU sets in the same moment is not lost
 *   U2  the last unmapping of an anonymous page clears page->mapping: whoever
 *       still holds a reference has a page of nobody, which may be freed
 *   U3  _mapcount of an anonymous page that is 0 is changed by its one owner
 *       only, under the ptl: no atomic operation
 *   U4  when zap_page_range() returns, no CPU reaches a page that was mapped in the
 *       range when it was called, whoever took it out
 *
 * Counters are tallied per table and added once.
 *
 * Truncation comes from the other side: unmap_mapping_pages() walks the areas
 * that map a file, with mapping->lock instead of mmap_lock (T2 of pgtable.c).
 *
 * Locks: mmap_lock for reading or mapping->lock; takes the ptl of each table.
 */
#include "vm_internal.h"
#include <linux/pagemap.h>

struct zap_tally {
	struct pglist_data *pgdat;	/* the node that the last two are for */
	long rss[NR_MM_COUNTERS];
	long anon, file;		/* pages that nobody maps any more */
};

static void tally_node(struct zap_tally *t)
{
	if (t->anon) {
		mod_node_page_state(t->pgdat, NR_ANON_MAPPED, -t->anon);
		mod_node_page_state(t->pgdat, NR_INACTIVE_ANON, -t->anon);
	}
	if (t->file)
		mod_node_page_state(t->pgdat, NR_FILE_MAPPED, -t->file);
	mm_assert(t->anon >= 0 && t->file >= 0);
	t->anon = t->file = 0;
}

/**
 * update_hiwater_rss() - note the largest rss so far, before it falls. Any context.
 */
void update_hiwater_rss(struct mm_struct *mm)
{
	unsigned long rss = get_mm_rss(mm);

	if (rss > READ_ONCE(mm->hiwater_rss))
		WRITE_ONCE(mm->hiwater_rss, rss);
}

static void tally_finish(struct zap_tally *t, struct mm_struct *mm)
{
	if (t->rss[MM_ANONPAGES])
		add_mm_counter(mm, MM_ANONPAGES, -t->rss[MM_ANONPAGES]);
	if (t->rss[MM_FILEPAGES])
		add_mm_counter(mm, MM_FILEPAGES, -t->rss[MM_FILEPAGES]);
	if (t->rss[MM_SHMEMPAGES])
		add_mm_counter(mm, MM_SHMEMPAGES, -t->rss[MM_SHMEMPAGES]);
	if (t->anon | t->file)
		tally_node(t);
}

static inline void tally_unmapped(struct zap_tally *t, struct page *page, long *what)
{
	struct pglist_data *pgdat = page_pgdat(page);

	if (unlikely(pgdat != t->pgdat)) {
		tally_node(t);
		t->pgdat = pgdat;
	}
	++*what;
}

static inline void unmap_anon(struct zap_tally *t, struct page *page)
{
	mm_assert(page_mapcount(page) > 0);				/* U3 */
	t->rss[MM_ANONPAGES]++;
	/* acquire: whoever unmapped it before has looked at it for the last time */
	if (atomic_read_acquire(&page->_mapcount) == 0)
		atomic_set(&page->_mapcount, -1);				/* U3 */
	else if (!atomic_add_negative(-1, &page->_mapcount))
		return;
	page->mapping = NULL;							/* U2 */
	tally_unmapped(t, page, &t->anon);
}

static inline void unmap_file(struct zap_tally *t, struct page *page, pte_t pte)
{
	mm_assert(!PageAnon(page) && page_mapcount(page) > 0);
	t->rss[PageSwapBacked(page) ? MM_SHMEMPAGES : MM_FILEPAGES]++;
	if (pte_dirty(pte))
		set_page_dirty(page);
	if (atomic_add_negative(-1, &page->_mapcount))
		tally_unmapped(t, page, &t->file);
}

/*
 * The entries of one table from entry @i of this step on. Returns how many are done: fewer
 * than c->nr when the gather is full.
 */
static unsigned int zap_table(struct mmu_gather *tlb, struct pt_cursor *c, unsigned int i)
{
	struct zap_tally tally = { .pgdat = NODE_DATA(0) };
	unsigned int first = c->nr, last = 0;

	mm_assert(i <= c->nr && tlb->batch->nr < tlb->batch->max);	/* G3 */
	spin_lock(c->ptl);
	for (; i < c->nr; i++) {
		pte_t *ptep = c->pte + i, pte = ptep_get(ptep);
		struct page *page;

		if (pte_none(pte)) {
			i = pte_skip_empty(c->pte, i + 1, c->nr) - 1;
			continue;
		}
		page = vm_normal_page(pte);
		if (unlikely(tlb->keep_anon) && page && PageAnon(page))
			continue;
		if (tlb->fullmm)
			pte_clear(ptep);
		else
			pte = ptep_get_and_clear(ptep);				/* U1 */
		if (first > i)
			first = i;
		last = i + 1;
		if (!page)
			continue;
		mm_assert(page_mapcount(page) > 0 && page_count(page) > 0);
		if (likely(PageAnon(page)))
			unmap_anon(&tally, page);
		else
			unmap_file(&tally, page, pte);
		if (unlikely(!tlb_remove_page(tlb, page))) {
			i++;
			break;
		}
	}
	if (tally.rss[MM_ANONPAGES])	/* pt_can_share() may look on, without the ptl */
		ADD_ONCE(ptl_table(c->ptl)->pt_anon, -(unsigned int)tally.rss[MM_ANONPAGES]); /* T5 */
	if (!tlb->fullmm)
		update_hiwater_rss(c->mm);
	tally_finish(&tally, c->mm);
	spin_unlock(c->ptl);
	if (last)
		tlb_note_range(tlb, c->addr + first * PAGE_SIZE, c->addr + last * PAGE_SIZE);
	return i;
}

/**
 * zap_range() - unmap the pages of [@start, @end), which lies in @vma.
 * Locks:   mmap_lock for reading, or mapping->lock of @vma's file.
 * Context: does not sleep. Tables that fork shared go as a whole if @tlb's whole_start
 *          and whole_end say so; the caller has made the others its own before.
 * Return:  nothing; the pages are in @tlb.
 */
void zap_range(struct mmu_gather *tlb, struct vm_area_struct *vma,
	       unsigned long start, unsigned long end)
{
	struct pt_cursor c;

	mm_assert(start <= end && vma->vm_mm == tlb->mm);
	mm_assert(start >= vma->vm_start && end <= vma->vm_end);
	pt_cursor_start(&c, tlb->mm, start, end);
	while (pt_cursor_next(&c)) {
		unsigned int done;

		if (unlikely(c.shared) && pt_zap_shared(tlb, &c)) {
			if (tlb->batch->nr == tlb->batch->max)
				tlb_flush_mmu(tlb);
			continue;
		}
		/* what somebody adds or takes out in this moment is his affair (U4) */
		done = pte_skip_empty(c.pte, 0, c.nr);
		if (done == c.nr)
			continue;
		done = zap_table(tlb, &c, done);
		while (unlikely(done < c.nr || tlb->batch->nr == tlb->batch->max)) {
			tlb_flush_mmu(tlb);
			done = zap_table(tlb, &c, done);
		}
	}
}

/** get_mm_hiwater_rss() - the most pages that @mm ever had present. Any context. */
unsigned long get_mm_hiwater_rss(struct mm_struct *mm)
{
	return max(READ_ONCE(mm->hiwater_rss), get_mm_rss(mm));
}

/*
 * Others may do the same at the same time, with mmap_lock for reading or from the
 * file's side. An entry that is empty already may still be in TLBs, and will be until
 * the one who emptied it has flushed: then this call flushes the range itself (U4).
 */
static void zap_pages(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long start,
		      unsigned long end)
{
	struct mm_struct *mm = tlb->mm;

	mm_assert(start < end);
	atomic_inc(&mm->tlb_flush_pending);
	zap_range(tlb, vma, start, end);
	if (unlikely(atomic_read(&mm->tlb_flush_pending) > 1))
		tlb_note_range(tlb, start, end);				/* U4 */
	tlb_finish_mmu(tlb);
	atomic_dec(&mm->tlb_flush_pending);
}

/**
 * zap_page_range() - unmap and free the pages of [@start, @end) of @vma.
 * Locks:   mmap_lock for reading.
 * Context: may sleep.
 * Return:  0, or -ENOMEM with nothing done: a table that fork shared could not be divided.
 */
int zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct mm_struct *mm = vma->vm_mm;
	struct mmu_gather tlb;

	if (pt_unshare_edges(mm, start, end))
		return -ENOMEM;
	tlb_gather_mmu(&tlb, mm, false);
	tlb.whole_start = start;
	tlb.whole_end = end;
	zap_pages(&tlb, vma, start, end);
	return 0;
}

/**
 * unmap_mapping_pages() - remove every mapping of the pages [@start, @start + @nr)
 *	of a file, with @even_cows private copies too; @nr 0: to the end.
 * Locks:   takes mapping->lock, inside it ptl.
 * Context: thread; does not sleep.
 */
void unmap_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t nr,
			 bool even_cows)
{
	pgoff_t end = nr && start + nr > start ? start + nr : ULONG_MAX;
	struct vm_area_struct *vma;
	struct mmu_gather tlb;

	if (list_empty(&mapping->i_mmap))
		return;
	spin_lock(&mapping->lock);
	list_for_each_entry(vma, &mapping->i_mmap, shared) {
		pgoff_t first = max(start, vma->vm_pgoff);
		pgoff_t last = min(end, vma->vm_pgoff + vma_pages(vma));

		if (first >= last)
			continue;
		tlb_gather_mmu(&tlb, vma->vm_mm, false);
		tlb.keep_anon = !even_cows;
		zap_pages(&tlb, vma, vma->vm_start + ((first - vma->vm_pgoff) << PAGE_SHIFT),
			  vma->vm_start + ((last - vma->vm_pgoff) << PAGE_SHIFT));
	}
	spin_unlock(&mapping->lock);
}
