// SPDX-License-Identifier: MIT
/*
 * truncate.c - a file gets shorter: its pages leave the cache.
 *
 *	i_size    new size is visible: no fault maps a page behind it any more
 *	unmap     who has such pages mapped loses them, private copies as well
 *	remove    each page: lock, make sure that nobody maps it, take it out
 *
 * A fault that looked at the size before the first step holds the page's lock
 * or i_pages' lock while it maps, so the last step meets its mapping (P3 of
 * filemap.c) and removes it.
 *
 * Locks: inode->i_rwsem for writing is the caller's; takes page locks and
 * mapping->lock.
 */
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/string.h>

/* the first page at *index or behind it, with a reference */
static struct page *next_cached_page(struct address_space *mapping, unsigned long *index)
{
	struct page *page;

	xa_lock(&mapping->i_pages);
	page = __xa_find(&mapping->i_pages, index, ULONG_MAX, XA_PRESENT);
	if (page)
		get_page(page);
	xa_unlock(&mapping->i_pages);
	return page;
}

/* take the pages from @index on, below @last, out of the cache */
static void drop_pages(struct address_space *mapping, unsigned long index, unsigned long last)
{
	struct page *page;

	while (index < last && (page = next_cached_page(mapping, &index))) {
		if (index < last) {
			lock_page(page);
			if (page->mapping == mapping)
				delete_from_page_cache(page);
			unlock_page(page);
		}
		put_page(page);
		index++;
		port_cond_resched();
	}
}

/* bytes [start, end) of one page become zero if it is in the cache */
static void zero_within_page(struct address_space *mapping, loff_t start, loff_t end)
{
	struct page *page = find_lock_page(mapping, (u64)start >> PAGE_SHIFT);

	mm_assert(start < end && ((start ^ (end - 1)) & PAGE_MASK) == 0);
	if (!page)
		return;
	if (PageUptodate(page))
		zero_user(page, start & ~PAGE_MASK, end - start);
	unlock_page(page);
	put_page(page);
}

/**
 * truncate_inode_pages() - drop the cache from byte @lstart on.
 * Locks:   inode->i_rwsem for writing, or nobody else uses the inode; takes i_pages' lock.
 * Context: may sleep.
 */
void truncate_inode_pages(struct address_space *mapping, loff_t lstart)
{
	pgoff_t first = ((u64)lstart + PAGE_SIZE - 1) >> PAGE_SHIFT;

	bool empty;

	/*
	 * A fault adds its page under this lock and looks at i_size afterwards; we have
	 * written i_size and look under the lock. So it sees the new size or we its page.
	 */
	xa_lock(&mapping->i_pages);
	empty = !mapping->nrpages;
	xa_unlock(&mapping->i_pages);
	if (empty)
		return;
	if (lstart & ~PAGE_MASK)
		zero_within_page(mapping, lstart, (loff_t)first << PAGE_SHIFT);
	drop_pages(mapping, first, ULONG_MAX);
}

/**
 * truncate_inode_range() - bytes [@start, @end) become a hole; the size stays, and so
 *	do private copies.
 * Locks:   inode->i_rwsem for writing.
 * Context: may sleep.
 */
void truncate_inode_range(struct address_space *mapping, loff_t start, loff_t end)
{
	pgoff_t first = ((u64)start + PAGE_SIZE - 1) >> PAGE_SHIFT, last = (u64)end >> PAGE_SHIFT;

	rwsem_assert_held_write(&mapping->host->i_rwsem);
	mm_assert(start >= 0 && start < end);
	if (first > last) {
		zero_within_page(mapping, start, end);
		return;
	}
	if (start & ~PAGE_MASK)
		zero_within_page(mapping, start, (loff_t)first << PAGE_SHIFT);
	if (end & ~PAGE_MASK)
		zero_within_page(mapping, (loff_t)last << PAGE_SHIFT, end);
	if (first == last)
		return;
	unmap_mapping_pages(mapping, first, last - first, false);
	drop_pages(mapping, first, last);
}

/**
 * mapping_seek() - the first byte at or behind @pos that is in the cache (@data), or the
 * first that is not.
 * Locks:   takes the lock of i_pages.
 * Context: never sleeps.
 * Return:  its position; LLONG_MAX when no data follows.
 */
loff_t mapping_seek(struct address_space *mapping, loff_t pos, bool data)
{
	unsigned long index = (u64)pos >> PAGE_SHIFT, found = index;
	bool none = false;

	xa_lock(&mapping->i_pages);
	while (__xa_find(&mapping->i_pages, &found, ULONG_MAX, XA_PRESENT)) {
		if (data || found != index)
			break;
		found = ++index;
	}
	if (data && !__xa_find(&mapping->i_pages, &found, ULONG_MAX, XA_PRESENT))
		none = true;
	else if (data)
		index = found;
	xa_unlock(&mapping->i_pages);
	if (none)
		return LLONG_MAX;
	return max(pos, (loff_t)index << PAGE_SHIFT);
}

/**
 * truncate_setsize() - the file is @newsize bytes long from now on. Unless it grows, pages
 *	behind the end go, also those that fallocate() put there.
 * Locks:   inode->i_rwsem for writing.
 * Context: may sleep.
 */
void truncate_setsize(struct inode *inode, loff_t newsize)
{
	loff_t oldsize = inode->i_size;
	pgoff_t first;

	rwsem_assert_held_write(&inode->i_rwsem);
	mm_assert(newsize >= 0);
	WRITE_ONCE(inode->i_size, newsize);
	if (newsize > oldsize)
		return;
	first = ((u64)newsize + PAGE_SIZE - 1) >> PAGE_SHIFT;
	unmap_mapping_pages(inode->i_mapping, first, 0, true);
	truncate_inode_pages(inode->i_mapping, newsize);
	/* a fault that had the page's lock may have made a private copy meanwhile */
	unmap_mapping_pages(inode->i_mapping, first, 0, true);
}
