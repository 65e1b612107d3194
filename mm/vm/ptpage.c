// SPDX-License-Identifier: MIT
/*
 * ptpage.c - the pages that page tables are made of: allocated, counted, kept.
 *
 * When a table is freed, all its entries have been emptied: it is a page of zeroes, as
 * the next table has to be. A CPU keeps a few of them, so that a fork which follows an
 * exit neither clears pages nor asks the allocator for them. The same goes for top
 * tables, of which the user's half is empty.
 *
 *   K1  a page in stock is nobody's: no flag, _refcount 1, not in NR_PAGETABLE
 *   K2  every entry of a table in stock is empty; of a root the user's half, and the
 *       kernel's is as arch_pgd_init() filled it, which is the same for all and for ever
 *   K3  at most tunables.page_table_stock tables and as many roots, PT_STOCK_MAX each
 *
 * How many is for the kernel around mm/ to say; none unless it does. pt_drop_local_stock()
 * gives them back.
 *
 * Locks: none; a CPU's stock is its own, and interrupt handlers touch no page tables.
 */
#include "vm_internal.h"

static inline struct pt_stock *this_stock(void)
{
	return &this_machine()->pt_stock[smp_processor_id()];
}

static inline struct page *stock_take(struct pt_stock_list *list)
{
	mm_assert(list->nr <= PT_STOCK_MAX);				/* K3 */
	if (!list->nr || fail_point())
		return NULL;
	return list->page[--list->nr];
}

/* K2, for the checks: is everything up to @bytes zero? */
static inline bool is_clear(struct page *page, size_t bytes)
{
	const unsigned long *word = page_address(page);
	size_t i;

	for (i = 0; i < bytes / sizeof(*word); i++)
		if (word[i])
			return false;
	return true;
}

static inline bool stock_put(struct pt_stock_list *list, struct page *page)
{
	if (list->nr >= min(this_machine()->tunables.page_table_stock, PT_STOCK_MAX))
		return false;
	mm_assert(page_count(page) == 1 && !PageTable(page));		/* K1 */
	list->page[list->nr++] = page;
	return true;
}

/**
 * pt_page_alloc() - a table page that counts as one of @mm's, linked nowhere.
 * Locks:   none.
 * Context: may sleep.
 * Return:  the page, its entries empty if @gfp has __GFP_ZERO; NULL: no memory.
 */
struct page *pt_page_alloc(struct mm_struct *mm, gfp_t gfp)
{
	struct page *page = gfp & __GFP_ZERO ? stock_take(&this_stock()->tables) : NULL;

	if (!page) {
		page = alloc_page(GFP_KERNEL_ACCOUNT | gfp);
		if (!page)
			return NULL;
	}
	__SetPageTable(page);
	mm_assert(page_count(page) == 1 && page_mapcount(page) == 0);	/* K1 */
	spin_lock_init_rank(&page->ptl, RANK_PTL, "ptl");
	page->pt_mm = mm;
	page->pt_anon = 0;
	mod_node_page_state(page_pgdat(page), NR_PAGETABLE, 1);
	atomic_long_add(PAGE_SIZE, &mm->pgtables_bytes);
	return page;
}

/** pt_page_clear() - @page, which is about to be freed, is no table any more. */
void pt_page_clear(struct page *page)
{
	mm_assert(PageTable(page));
	__ClearPageTable(page);
	page->mapping = NULL;
	mod_node_page_state(page_pgdat(page), NR_PAGETABLE, -1);
}

/**
 * pt_page_keep() - take @page, which pt_page_clear() made no table, into stock.
 * Locks:   none; no MMU can reach it any more, and its entries are empty.
 * Context: thread.
 * Return:  false when there are enough: the caller frees it.
 */
bool pt_page_keep(struct page *page)
{
	if (!stock_put(&this_stock()->tables, page))
		return false;
	mm_assert(is_clear(page, PAGE_SIZE));					/* K2 */
	return true;
}

/** pt_page_free_unused() - a table that was never linked: somebody else was faster. */
void pt_page_free_unused(struct mm_struct *mm, struct page *page)
{
	mm_assert(page->pt_mm == mm && !page->pt_anon);
	pt_page_clear(page);
	INIT_LIST_HEAD(&page->lru);
	atomic_long_sub(PAGE_SIZE, &mm->pgtables_bytes);
	__free_page(page);
}

/**
 * pt_alloc_root() - the top table of a new address space, kernel half filled.
 * Locks:   none; nobody sees @mm yet.
 * Context: may sleep.
 * Return:  the table, or NULL.
 */
pgd_t *pt_alloc_root(struct mm_struct *mm)
{
	struct page *page = stock_take(&this_stock()->roots);

	if (page)
		return page_address(page);
	page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!page)
		return NULL;
	arch_pgd_init(mm, page_address(page));
	return page_address(page);
}

/** pt_free_root() - the user half is empty, no CPU is on it. */
void pt_free_root(struct mm_struct *mm)
{
	struct page *page = virt_to_page(mm->pgd);

	mm_bug_on(atomic_long_read(&mm->pgtables_bytes) != 0);			/* T3 */
	mm_assert(is_clear(page, USER_PTRS_PER_PGD * sizeof(pgd_t)));		/* K2 */
	mm->pgd = NULL;
	if (!stock_put(&this_stock()->roots, page))
		__free_page(page);
}

static void drop_list(struct pt_stock_list *list)
{
	while (list->nr) {
		struct page *page = list->page[--list->nr];

		mm_assert(page_count(page) == 1 && !PageTable(page));		/* K1 */
		INIT_LIST_HEAD(&page->lru);
		__free_page(page);
	}
}

/**
 * pt_drop_local_stock() - this CPU gives the page tables back that it has in stock.
 * Locks:   none.
 * Context: thread.
 */
void pt_drop_local_stock(void)
{
	struct pt_stock *stock = this_stock();

	drop_list(&stock->tables);
	drop_list(&stock->roots);
}
