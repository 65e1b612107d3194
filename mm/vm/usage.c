// SPDX-License-Identifier: MIT
/*
 * usage.c - what the pages of an area are: the numbers of smaps, the words of pagemap,
 * and the marks that clear_refs takes away.
 *
 * Whose a page is: everybody who maps it counts, an address space as often as it does.
 * _mapcount counts tables; a table that fork left to several address spaces (share.c)
 * stands for as many users of each of its pages. Of a page that several tables map only
 * the shares of the table looked at are known: if others are shared, too, it counts as
 * used by fewer than there are.
 *
 * What was written since somebody looked (soft-dirty) needs no bit of its own: it is the
 * MMU's dirty bit. Clearing the marks hands the bit of each entry on to its page, so that
 * no write is forgotten, and flushes the TLBs, so that the next write sets it again: no
 * fault, no write-protected entries. Beginning anew is per area: VM_SOFTCLEAN says that
 * the entries of an area tell, since somebody cleared it. Areas come without, and all that
 * is in such an area counts as written.
 *
 *   UG1  shared + private, and clean + dirty, are the resident pages; the shares that
 *        the users of a page have of it sum up to the page, but for rounding down
 *   UG2  VM_SOFTCLEAN goes when the area is merged with one that has it not, or moved
 *   UG3  an entry that loses its dirty bit has given it to its page under the ptl
 *
 * Locks: mmap_lock for reading, clearing for writing; the ptl of each table.
 */
#include "vm_internal.h"
#include <linux/pagemap.h>

/* --- smaps -------------------------------------------------------------------------- */

/* how many map @page; the table that is looked at has @shares users */
static unsigned int page_users(const struct page *page, unsigned int shares)
{
	mm_assert(shares && page_mapcount(page) > 0);
	return page_mapcount(page) - 1 + shares;
}

static void count_page(struct mem_usage *u, pte_t pte, const struct page *page,
		       unsigned int shares, bool locked)
{
	unsigned int users = page_users(page, shares);
	bool dirty = pte_dirty(pte) || PageDirty(page);
	unsigned long part = (PAGE_SIZE << MEM_USAGE_SHIFT) / users;

	u->resident++;
	if (PageAnon(page)) {
		u->anonymous++;
		u->pss_anon += part;
	} else if (PageSwapBacked(page)) {
		u->pss_shmem += part;
	} else {
		u->pss_file += part;
	}
	if (pte_young(pte) || PageReferenced(page))
		u->referenced++;
	u->pss += part;
	if (dirty)
		u->pss_dirty += part;
	if (locked)
		u->pss_locked += part;
	if (users > 1)
		*(dirty ? &u->shared_dirty : &u->shared_clean) += 1;		/* UG1 */
	else
		*(dirty ? &u->private_dirty : &u->private_clean) += 1;
}

/**
 * vma_usage() - add what the pages of @vma are to @u.
 * Locks:   mmap_lock for reading; takes the ptl of each table.
 * Context: does not sleep.
 */
void vma_usage(struct vm_area_struct *vma, struct mem_usage *u)
{
	bool locked = vma->vm_flags & VM_LOCKED;
	struct pt_cursor c;
	unsigned int i;

	rwsem_assert_held(&vma->vm_mm->mmap_lock);
	pt_cursor_start(&c, vma->vm_mm, vma->vm_start, vma->vm_end);
	while (pt_cursor_next(&c)) {
		unsigned int shares;

		if (!pt_cursor_lock(&c))
			continue;
		shares = max(table_shares(ptl_table(c.ptl)), 1);
		for (i = pte_skip_empty(c.pte, 0, c.nr); i < c.nr;
		     i = pte_skip_empty(c.pte, i + 1, c.nr)) {
			pte_t pte = ptep_get(c.pte + i);
			struct page *page = vm_normal_page(pte);

			if (page)
				count_page(u, pte, page, shares, locked);
		}
		spin_unlock(c.ptl);
	}
	mm_assert(u->resident == u->shared_clean + u->shared_dirty + u->private_clean +
		  u->private_dirty);						/* UG1 */
}

/* --- pagemap ------------------------------------------------------------------------ */

static u64 page_word(pte_t pte, unsigned int shares, bool frames)
{
	struct page *page = vm_normal_page(pte);
	u64 word = PM_PRESENT;

	if (frames)
		word |= pte_pfn(pte) & PM_PFRAME_MASK;
	if (pte_dirty(pte))
		word |= PM_SOFT_DIRTY;
	if (page && !PageAnon(page))
		word |= PM_FILE;
	if (page && page_users(page, shares) == 1)
		word |= PM_MMAP_EXCLUSIVE;
	return word;
}

/* the words of [start, end), which is in @vma, to buf */
static void area_words(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       u64 *buf, bool frames)
{
	u64 soft_dirty = vma->vm_flags & VM_SOFTCLEAN ? 0 : PM_SOFT_DIRTY;
	unsigned long i, n = (end - start) >> PAGE_SHIFT;
	struct pt_cursor c;

	for (i = 0; i < n; i++)
		buf[i] = soft_dirty;
	pt_cursor_start(&c, vma->vm_mm, start, end);
	while (pt_cursor_next(&c)) {
		u64 *to = buf + ((c.addr - start) >> PAGE_SHIFT);
		unsigned int shares;

		if (!pt_cursor_lock(&c))
			continue;
		shares = max(table_shares(ptl_table(c.ptl)), 1);
		for (i = pte_skip_empty(c.pte, 0, c.nr); i < c.nr;
		     i = pte_skip_empty(c.pte, i + 1, c.nr))
			to[i] |= page_word(ptep_get(c.pte + i), shares, frames);
		spin_unlock(c.ptl);
	}
}

/**
 * vm_pagemap() - a PM_* word for each page of [@start, @end) to @buf; @frames: with the
 *	frame numbers.
 * Locks:   takes mmap_lock for reading.
 * Context: may sleep.
 * Return:  nothing; pages of no area are 0.
 */
void vm_pagemap(struct mm_struct *mm, unsigned long start, unsigned long end, u64 *buf,
		bool frames)
{
	struct vm_area_struct *vma;

	mm_assert(start < end && !((start | end) & ~PAGE_MASK) && end <= mm->task_size);
	memset(buf, 0, ((end - start) >> PAGE_SHIFT) * sizeof(*buf));
	mmap_read_lock(mm);
	for (vma = find_vma(mm, start); vma && vma->vm_start < end; vma = vma_next(vma)) {
		unsigned long from = max(start, vma->vm_start), to = min(end, vma->vm_end);

		area_words(vma, from, to, buf + ((from - start) >> PAGE_SHIFT), frames);
	}
	mmap_read_unlock(mm);
}

/* --- clear_refs --------------------------------------------------------------------- */

/* UG3; ptl held */
static void clear_dirty(pte_t *ptep)
{
	struct page *page = vm_normal_page(ptep_get(ptep));

	if (ptep_test_and_clear_dirty(ptep) && page)
		set_page_dirty(page);
}

static void clear_area(struct vm_area_struct *vma, enum clear_refs what)
{
	struct pt_cursor c;
	unsigned int i;

	pt_cursor_start(&c, vma->vm_mm, vma->vm_start, vma->vm_end);
	while (pt_cursor_next(&c)) {
		spin_lock(c.ptl);
		for (i = pte_skip_empty(c.pte, 0, c.nr); i < c.nr;
		     i = pte_skip_empty(c.pte, i + 1, c.nr)) {
			struct page *page = vm_normal_page(ptep_get(c.pte + i));

			if (what == CLEAR_REFS_SOFT_DIRTY) {
				clear_dirty(c.pte + i);
			} else if (page) {
				ptep_test_and_clear_young(c.pte + i);
				ClearPageReferenced(page);
			}
		}
		spin_unlock(c.ptl);
	}
}

static bool concerns(const struct vm_area_struct *vma, enum clear_refs what)
{
	if (vma->vm_flags & VM_PFNMAP)
		return false;
	if (what == CLEAR_REFS_ANON)
		return !vma->vm_file;
	return what != CLEAR_REFS_MAPPED || vma->vm_file;
}

/**
 * vm_clear_refs() - forget which pages of @mm were used, or written.
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  0; -ENOMEM: tables that fork shared could not be copied, some areas may have
 *          been done.
 */
int vm_clear_refs(struct mm_struct *mm, enum clear_refs what)
{
	struct vm_area_struct *vma;
	int error = 0;

	mmap_write_lock(mm);
	if (what == CLEAR_REFS_HIWATER) {
		WRITE_ONCE(mm->hiwater_rss, get_mm_rss(mm));
	} else {
		for_each_vma(mm, vma) {
			if (!concerns(vma, what))
				continue;
			error = pt_unshare_range(mm, vma->vm_start, vma->vm_end);
			if (error)
				break;
			clear_area(vma, what);
			if (what == CLEAR_REFS_SOFT_DIRTY)
				vma->vm_flags |= VM_SOFTCLEAN;
		}
		flush_tlb_mm(mm);
	}
	mmap_write_unlock(mm);
	return error;
}
