// SPDX-License-Identifier: MIT
/*
 * filemap.c - the page cache: the pages of a file by their index.
 *
 * read(2), write(2) and mmap(2) all work on the same pages, which stand in the
 * xarray of the file's address_space. This file looks up, inserts, fills and
 * removes; file_rw.c copies; the faults are at the end.
 *
 *   P1  a page is in i_pages iff page->mapping is that address_space; then
 *       page->index is its place and the cache holds one reference
 *   P2  a page enters the cache locked, or up to date
 *   P3  a page leaves only locked and mapped by nobody. Both sides of a new
 *       mapping keep it so: a fault holds the page's lock, fault-around holds
 *       i_pages' lock while it raises _mapcount
 *   P4  nrpages is the number of pages in i_pages
 *   P5  PG_uptodate, once set, stays as long as the page is in the cache
 *
 * A file without read_page has no store behind it (ramfs, tmpfs): what is not
 * in the cache is a hole and reads as zero.
 *
 * Pages have no order by age yet: all count as inactive, those of shared
 * memory with the anonymous ones as on Linux.
 *
 * Locks: i_pages' own lock, inside ptl (fault-around), outside of nothing.
 * The page lock is taken inside mmap_lock and inode->i_rwsem.
 */
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/string.h>

/**
 * address_space_init() - an empty cache for @host.
 * Locks:   none; nobody sees it yet.
 * Context: any.
 */
void address_space_init(struct address_space *mapping, struct inode *host)
{
	mapping->host = host;
	xa_init(&mapping->i_pages);
	spin_lock_init_rank(&mapping->lock, RANK_I_MMAP, "i_mmap");
	INIT_LIST_HEAD(&mapping->i_mmap);
	atomic_set(&mapping->i_mmap_writable, 0);
	mapping->nrpages = 0;
	mapping->gfp_mask = GFP_HIGHUSER_MOVABLE;
}

/**
 * find_get_page() - the page at @index.
 * Locks:   takes i_pages' lock.
 * Context: does not sleep.
 * Return:  the page with a reference, up to date or not; NULL: not in the cache.
 */
struct page *find_get_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	xa_lock(&mapping->i_pages);
	page = __xa_load(&mapping->i_pages, index);
	if (page)
		get_page(page);							/* P1 */
	xa_unlock(&mapping->i_pages);
	return page;
}

/**
 * find_get_uptodate() - the pages at @index and behind it, up to the first that is missing
 * or not up to date.
 * Locks:   takes i_pages' lock, once.
 * Context: does not sleep.
 * Return:  how many there are in @pages, at most @nr, each with a reference.
 */
unsigned int find_get_uptodate(struct address_space *mapping, pgoff_t index, unsigned int nr,
			       struct page **pages)
{
	struct xa_cursor cursor = XA_CURSOR(&mapping->i_pages);
	unsigned int n;

	xa_lock(&mapping->i_pages);
	for (n = 0; n < nr; n++) {
		struct page *page = xa_cursor_load(&cursor, index + n);

		if (!page || !PageUptodate(page))
			break;
		get_page(page);							/* P1 */
		pages[n] = page;
	}
	xa_unlock(&mapping->i_pages);
	return n;
}

/**
 * find_lock_page() - the page at @index, locked.
 * Locks:   returns with the page's lock.
 * Context: may sleep.
 * Return:  the page with a reference, or NULL.
 */
struct page *find_lock_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	while ((page = find_get_page(mapping, index))) {
		lock_page(page);
		if (likely(page->mapping == mapping)) {
			mm_assert(page->index == index);			/* P1 */
			return page;
		}
		unlock_page(page);	/* it was truncated in between */
		put_page(page);
	}
	return NULL;
}

static void count_cache_page(struct address_space *mapping, struct page *page, long n)
{
	struct pglist_data *pgdat = page_pgdat(page);

	mm_assert(n == 1 || n == -1);
	mod_node_page_state(pgdat, NR_FILE_PAGES, n);
	if (mapping->shmem) {
		mod_node_page_state(pgdat, NR_SHMEM, n);
		mod_node_page_state(pgdat, NR_INACTIVE_ANON, n);
	} else {
		mod_node_page_state(pgdat, NR_INACTIVE_FILE, n);
	}
}

/* What the file system allows; giving back never fails. */
static int charge(struct address_space *mapping, long pages)
{
	return mapping->a_ops && mapping->a_ops->charge ? mapping->a_ops->charge(mapping, pages) : 0;
}

/**
 * add_to_page_cache() - put a page that nobody else knows at @index (P2).
 * Locks:   @page is locked, or up to date; takes i_pages' lock.
 * Context: sleeps as @gfp allows.
 * Return:  0 with a reference for the cache, -EEXIST, -ENOMEM, -ENOSPC (file system full).
 */
int add_to_page_cache(struct page *page, struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	int error;

	mm_assert(PageLocked(page) || PageUptodate(page));			/* P2 */
	mm_assert(!page->mapping && page_mapcount(page) == 0);
	error = charge(mapping, 1);
	if (error)
		return error;
	page->mapping = mapping;
	page->index = index;
	if (mapping->shmem)
		__SetPageSwapBacked(page);
	get_page(page);
	xa_lock(&mapping->i_pages);
	error = __xa_insert(&mapping->i_pages, index, page, gfp & ~(__GFP_HIGHMEM | __GFP_MOVABLE));
	if (!error)
		mapping->nrpages++;						/* P4 */
	xa_unlock(&mapping->i_pages);
	if (error) {
		charge(mapping, -1);
		page->mapping = NULL;
		put_page(page);
		return error == -EBUSY ? -EEXIST : error;
	}
	count_cache_page(mapping, page, 1);
	return 0;
}

/* P3: false when somebody maps it */
static bool remove_unmapped(struct address_space *mapping, struct page *page)
{
	bool unmapped;

	mm_assert(PageLocked(page) && page->mapping == mapping);	/* P1, P3 */
	xa_lock(&mapping->i_pages);
	/* acquire: whoever unmapped it last has also done with page->mapping */
	unmapped = atomic_read_acquire(&page->_mapcount) < 0;
	if (unmapped) {
		mm_assert(mapping->nrpages && __xa_load(&mapping->i_pages, page->index) == page);
		__xa_erase(&mapping->i_pages, page->index);
		mapping->nrpages--;						/* P4 */
		page->mapping = NULL;						/* P1 */
	}
	xa_unlock(&mapping->i_pages);
	return unmapped;
}

/**
 * delete_from_page_cache() - take @page out; whoever maps it loses it.
 * Locks:   the page's lock is held; takes mapping->lock.
 * Context: thread; does not sleep.
 * Return:  nothing; the cache's reference is dropped.
 */
void delete_from_page_cache(struct page *page)
{
	struct address_space *mapping = page->mapping;

	mm_assert(PageLocked(page) && mapping && !PageAnon(page));
	while (!remove_unmapped(mapping, page))
		unmap_mapping_pages(mapping, page->index, 1, false);
	count_cache_page(mapping, page, -1);
	charge(mapping, -1);
	put_page(page);
}

/**
 * find_or_create_page() - the page at @index, made if it is not there.
 * Locks:   returns with the page's lock.
 * Context: may sleep.
 * Return:  the page with a reference, perhaps not up to date; ERR_PTR(-ENOMEM or -ENOSPC).
 */
struct page *find_or_create_page(struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	struct page *page;
	int error;

	for (;;) {
		page = find_lock_page(mapping, index);
		if (page)
			return page;
		page = alloc_page(gfp);
		if (!page)
			return ERR_PTR(-ENOMEM);
		__SetPageLocked(page);
		error = add_to_page_cache(page, mapping, index, gfp);
		if (!error)
			return page;
		__ClearPageLocked(page);
		put_page(page);
		if (error != -EEXIST)
			return ERR_PTR(error);
	}
}

/* the page's lock is held: contents from the file, zeroes for a hole */
static int fill_page(struct address_space *mapping, struct page *page, struct file *file)
{
	int error = 0;

	if (PageUptodate(page))
		return 0;
	mm_assert(PageLocked(page) && page->mapping == mapping);	/* P2 */
	if (mapping->a_ops && mapping->a_ops->read_page) {
		error = mapping->a_ops->read_page(file, page);
	} else {
		clear_highpage(page);
		SetPageUptodate(page);
	}
	mm_assert(error || PageUptodate(page));					/* P5 */
	return error;
}

/**
 * read_mapping_page() - the page at @index with the file's contents.
 * Locks:   takes and drops the page's lock.
 * Context: may sleep.
 * Return:  the page, up to date, with a reference; ERR_PTR.
 */
struct page *read_mapping_page(struct address_space *mapping, pgoff_t index, struct file *file)
{
	struct page *page = find_get_page(mapping, index);
	int error;

	if (page && likely(PageUptodate(page)))
		return page;
	if (page)
		put_page(page);
	page = find_or_create_page(mapping, index, mapping->gfp_mask);
	if (IS_ERR(page))
		return page;
	error = fill_page(mapping, page, file);
	unlock_page(page);
	if (error) {
		put_page(page);
		return ERR_PTR(error);
	}
	return page;
}

/* pages that the file has now; the last one may be partial */
static pgoff_t file_pages(struct address_space *mapping)
{
	loff_t size = READ_ONCE(mapping->host->i_size);

	return (pgoff_t)((u64)(size + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

/**
 * filemap_fault() - vm_operations' fault for every file in the page cache.
 * Locks:   mmap_lock for reading; returns with the page's lock.
 * Context: may sleep.
 * Return:  VM_FAULT_LOCKED with vmf->page, or an error; SIGBUS behind the end.
 */
vm_fault_t filemap_fault(struct vm_fault *vmf)
{
	struct file *file = vmf->vma->vm_file;
	struct address_space *mapping = file->f_mapping;
	vm_fault_t major = 0;
	struct page *page;

	if (unlikely(vmf->pgoff >= file_pages(mapping)))
		return VM_FAULT_SIGBUS;
	page = find_or_create_page(mapping, vmf->pgoff, mapping->gfp_mask);
	if (IS_ERR(page))
		return PTR_ERR(page) == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
	if (!PageUptodate(page)) {
		if (mapping->a_ops && mapping->a_ops->read_page) {
			count_vm_event(PGMAJFAULT);
			major = VM_FAULT_MAJOR;
		}
		if (fill_page(mapping, page, file))
			goto sigbus;
	}
	if (unlikely(vmf->pgoff >= file_pages(mapping)))	/* truncated meanwhile */
		goto sigbus;
	mm_assert(PageLocked(page) && page->index == vmf->pgoff && PageUptodate(page));
	vmf->page = page;
	return VM_FAULT_LOCKED | major;

sigbus:
	unlock_page(page);
	put_page(page);
	return VM_FAULT_SIGBUS;
}

/**
 * filemap_map_pages() - map what is in the cache of [@start, @end), all within
 *	the table of vmf->pte.
 * Locks:   mmap_lock for reading; takes ptl, inside it i_pages' lock (P3).
 * Context: does not sleep.
 * Return:  VM_FAULT_NOPAGE when vmf->address is mapped now, else 0.
 */
vm_fault_t filemap_map_pages(struct vm_fault *vmf, pgoff_t start, pgoff_t end)
{
	struct vm_area_struct *vma = vmf->vma;
	struct address_space *mapping = vma->vm_file->f_mapping;
	struct xa_cursor cursor = XA_CURSOR(&mapping->i_pages);
	pte_t *pte = vmf->pte - (vmf->pgoff - start);
	unsigned long prot = pgprot_val(vma->vm_page_prot);
	long mapped = 0, first_maps = 0;
	struct pglist_data *pgdat = NULL;
	pgoff_t index;

	mm_assert(start <= vmf->pgoff && vmf->pgoff < end);
	mm_assert(end - start <= PTRS_PER_PTE);
	end = min(end, file_pages(mapping));
	spin_lock(vmf->ptl);
	xa_lock(&mapping->i_pages);
	for (index = start; index < end; index++, pte++) {
		struct page *page;

		if (!pte_none(ptep_get(pte)))
			continue;
		page = xa_cursor_load(&cursor, index);
		if (!page || !PageUptodate(page))
			continue;
		if (unlikely(page_pgdat(page) != pgdat)) {
			if (first_maps)
				mod_node_page_state(pgdat, NR_FILE_MAPPED, first_maps);
			first_maps = 0;
			pgdat = page_pgdat(page);
		}
		atomic_inc(&page->_refcount);
		first_maps += atomic_inc_and_test(&page->_mapcount);
		set_pte(pte, pfn_pte(page_to_pfn(page), __pgprot(prot)));
		mapped++;
	}
	xa_unlock(&mapping->i_pages);
	if (first_maps)
		mod_node_page_state(pgdat, NR_FILE_MAPPED, first_maps);
	if (mapped)
		atomic_long_add(mapped, &vma->vm_mm->rss_stat[mapping->shmem ? MM_SHMEMPAGES :
							      MM_FILEPAGES]);
	index = !pte_none(ptep_get(vmf->pte));
	mm_assert(mapped >= first_maps && first_maps >= 0);
	spin_unlock(vmf->ptl);
	return index ? VM_FAULT_NOPAGE : 0;
}

/**
 * filemap_in_core() - vm_operations' in_core: the cache has the page and its contents.
 * Locks:   mmap_lock for reading; takes i_pages' lock. Context: does not sleep.
 */
bool filemap_in_core(struct vm_area_struct *vma, pgoff_t pgoff)
{
	struct page *page = find_get_page(vma->vm_file->f_mapping, pgoff);
	bool uptodate;

	if (!page)
		return false;
	uptodate = PageUptodate(page);
	put_page(page);
	return uptodate;
}

const struct vm_operations_struct generic_file_vm_ops = {
	.fault = filemap_fault,
	.map_pages = filemap_map_pages,
	.in_core = filemap_in_core,
};

/**
 * generic_file_mmap() - file_operations' mmap for files in the page cache.
 * Locks:   mmap_lock for writing.
 * Context: any.
 * Return:  0.
 */
int generic_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &generic_file_vm_ops;
	return 0;
}
