// SPDX-License-Identifier: MIT
/*
 * gather.c - collect what an unmapping frees, flush the TLBs, then free it.
 *
 * A page whose entry was taken out may still be read or written through a
 * stale TLB entry, on this CPU or another one. So unmapping only collects:
 * pages, and page tables that are shared, in batches of pointers, other page tables
 * on a list. tlb_flush_mmu() first flushes the range that changed, then frees.
 *
 *	batch: local array of 32 -> page of 509 pointers -> page ... -> page
 *
 *   G1  no page of a batch is freed before the flush that covers its address
 *   G2  a table on the list is reachable from no page table any more
 *   G3  the batch that is filled has room: tlb_remove_page() returns false when
 *       it took the last place, and the caller flushes
 *
 * When no page can be had for another batch, the caller just flushes more
 * often: gathering never fails.
 *
 * Locks: none of its own; a gather belongs to one thread. tlb_flush_mmu() must
 * be called without a page-table lock only because it may take long.
 */
#include "vm_internal.h"

/**
 * tlb_gather_mmu() - begin; @fullmm: the whole address space goes away.
 * Locks:   those of the unmapping.
 * Context: does not sleep.
 */
void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm, bool fullmm)
{
	mm_assert(mm && mm != this_machine()->init_mm);
	tlb->mm = mm;
	tlb->start = ULONG_MAX;
	tlb->end = 0;
	tlb->fullmm = fullmm;
	tlb->freed_tables = false;
	tlb->keep_anon = false;
	tlb->whole_start = tlb->whole_end = 0;
	tlb->nr_batches = 0;
	INIT_LIST_HEAD(&tlb->tables);
	tlb->local.next = NULL;
	tlb->local.nr = 0;
	tlb->local.max = GATHER_LOCAL_PAGES;
	tlb->local.pages = tlb->local_pages;
	tlb->batch = &tlb->local;
}

/* another batch behind the full one: false when there is no page for it */
static bool gather_more(struct mmu_gather *tlb)
{
	struct gather_batch *batch = tlb->batch->next;

	mm_assert(tlb->batch->nr == tlb->batch->max);			/* G3 */
	if (batch) {
		tlb->batch = batch;
		return true;
	}
	if (tlb->nr_batches == GATHER_MAX_BATCHES)
		return false;
	batch = (void *)__get_free_page(GFP_NOWAIT | __GFP_NOWARN);
	if (!batch)
		return false;
	tlb->nr_batches++;
	batch->next = NULL;
	batch->nr = 0;
	batch->max = GATHER_BATCH_PAGES;
	batch->pages = (struct page **)(batch + 1);
	tlb->batch->next = batch;
	tlb->batch = batch;
	return true;
}

static inline bool gather_add(struct mmu_gather *tlb, struct page *page)
{
	struct gather_batch *batch = tlb->batch;

	mm_assert(batch->nr < batch->max);					/* G3 */
	batch->pages[batch->nr++] = page;
	return likely(batch->nr < batch->max) || gather_more(tlb);
}

/**
 * tlb_remove_page() - take over one reference to @page, freed after the flush.
 * Locks:   a page-table lock may be held.
 * Context: does not sleep.
 * Return:  false when tlb_flush_mmu() must come before the next page (G3).
 */
bool tlb_remove_page(struct mmu_gather *tlb, struct page *page)
{
	mm_assert(page_count(page) > 0);
	return gather_add(tlb, page);
}

/** tlb_remove_table() - free the table page @table after the flush (G2). */
void tlb_remove_table(struct mmu_gather *tlb, struct page *table)
{
	mm_assert(table_shares(table) == 1 && !table->pt_anon);		/* T5 */
	pt_page_clear(table);
	list_add(&table->lru, &tlb->tables);
	mm_assert(tlb->fullmm || tlb->start < tlb->end);
	atomic_long_sub(PAGE_SIZE, &tlb->mm->pgtables_bytes);
	tlb->freed_tables = true;
}

/**
 * tlb_remove_shared() - give the share in @table back after the flush (O7 of share.c).
 * Locks:   none needed.
 * Context: does not sleep.
 * Return:  as tlb_remove_page().
 */
bool tlb_remove_shared(struct mmu_gather *tlb, struct page *table)
{
	mm_assert(PageTable(table) && table_shares(table) > 0);		/* O2 */
	mm_assert(tlb->fullmm || tlb->start < tlb->end);		/* O7 */
	atomic_long_sub(PAGE_SIZE, &tlb->mm->pgtables_bytes);
	tlb->freed_tables = true;
	return gather_add(tlb, table);
}

static void free_batch(struct gather_batch *batch, struct list_head *list)
{
	unsigned int i;

	mm_assert(batch->nr <= batch->max);				/* G3 */
	for (i = 0; i < batch->nr; i++) {
		struct page *page = batch->pages[i];

		if (unlikely(PageTable(page))) {
			pt_put_shared(page, list);
			continue;
		}
		if (unlikely(PageCompound(page))) {
			put_page(page);
			continue;
		}
		/*
		 * Who can find a page holds a reference: the last one is ours alone, after
		 * all that the others did.
		 */
		if (atomic_read_acquire(&page->_refcount) == 1)
			atomic_set(&page->_refcount, 0);
		else if (!put_page_testzero(page))
			continue;
		mm_assert(page_mapcount(page) == 0 && !page->mapping);
		list_add(&page->lru, list);
	}
	batch->nr = 0;
}

/**
 * tlb_flush_mmu() - flush what was noted, then free what was collected (G1).
 * Locks:   no page-table lock; interrupts on.
 * Context: does not sleep.
 */
void tlb_flush_mmu(struct mmu_gather *tlb)
{
	struct gather_batch *batch;
	struct page *table, *next;
	LIST_HEAD(pages);

	if (tlb->fullmm)
		flush_tlb_mm_range(tlb->mm, 0, tlb->mm->task_size, true);
	else if (tlb->start < tlb->end)
		flush_tlb_mm_range(tlb->mm, tlb->start, tlb->end, tlb->freed_tables);
	for (batch = &tlb->local; batch; batch = batch->next)
		free_batch(batch, &pages);
	list_for_each_entry_safe(table, next, &tlb->tables, lru) {
		mm_assert(!PageTable(table) && page_count(table) == 1);	/* G2 */
		list_del(&table->lru);
		if (pt_page_keep(table))
			continue;
		atomic_set(&table->_refcount, 0);	/* nobody else can have found it */
		list_add(&table->lru, &pages);
	}
	if (!list_empty(&pages))
		free_unref_page_list(&pages);
	tlb->start = ULONG_MAX;
	tlb->end = 0;
	tlb->freed_tables = false;
	tlb->batch = &tlb->local;
}

/**
 * tlb_end_mmu() - tlb_finish_mmu() of a gather that has something.
 * Locks:   as tlb_flush_mmu().
 * Context: does not sleep.
 */
void tlb_end_mmu(struct mmu_gather *tlb)
{
	struct gather_batch *batch, *next;

	tlb_flush_mmu(tlb);
	for (batch = tlb->local.next; batch; batch = next) {
		next = batch->next;
		free_page((unsigned long)batch);
	}
	tlb->local.next = NULL;
}
