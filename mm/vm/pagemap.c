// SPDX-License-Identifier: MIT
/*
 * pagemap.c - which frame is behind each page of an address space, in the words of
 * /proc/PID/pagemap.
 *
 *	bits 0-54	the frame's number, for those who may know it
 *	bit 55		written since somebody asked to be told: always, for nobody can ask
 *	bit 56		mapped here only
 *	bit 61		of a file or of shared memory
 *	bit 63		there is one
 *
 * The page of zeroes is a frame like any, which is nobody's: bits 56 and 61 are clear.
 *
 * Locks: mmap_lock for reading; the ptl of each table.
 */
#include "vm_internal.h"
#include <mm/machine.h>

#define PM_SOFT_DIRTY	(1ull << 55)
#define PM_EXCLUSIVE	(1ull << 56)
#define PM_FILE		(1ull << 61)
#define PM_PRESENT	(1ull << 63)

static u64 word_of(pte_t pte, bool show_pfn)
{
	struct page *page;
	u64 word = PM_SOFT_DIRTY;

	if (!pte_present(pte))
		return word;
	word |= PM_PRESENT | (show_pfn ? pte_pfn(pte) : 0);
	if (!pfn_valid(pte_pfn(pte)))
		return word;
	page = pfn_to_page(pte_pfn(pte));
	if (page == this_machine()->zero_page)
		return word;
	if (!PageAnon(page))
		word |= PM_FILE;
	if (page_mapcount(page) == 1)
		word |= PM_EXCLUSIVE;
	return word;
}

/* words of [start, end), which is in one area */
static void area_words(struct mm_struct *mm, unsigned long start, unsigned long end, u64 *words,
		       bool show_pfn)
{
	struct pt_cursor c;
	unsigned long i;

	for (i = 0; i < (end - start) >> PAGE_SHIFT; i++)
		words[i] = PM_SOFT_DIRTY;
	pt_cursor_start(&c, mm, start, end);
	while (pt_cursor_next(&c)) {
		u64 *to = words + ((c.addr - start) >> PAGE_SHIFT);

		if (!pt_cursor_lock(&c))
			continue;
		for (i = 0; i < c.nr; i++)
			to[i] = word_of(ptep_get(c.pte + i), show_pfn);
		spin_unlock(c.ptl);
	}
}

/**
 * vm_pagemap() - words of the @pages pages from @start on, to @words.
 * Locks:   takes mmap_lock for reading.
 * Context: may sleep. @start is a page boundary, the range ends at task_size at most.
 */
void vm_pagemap(struct mm_struct *mm, unsigned long start, unsigned long pages, u64 *words,
		bool show_pfn)
{
	unsigned long end = start + (pages << PAGE_SHIFT), addr = start, stop;
	struct vm_area_struct *vma;

	mm_assert(start <= end && end <= mm->task_size);
	memset(words, 0, pages * sizeof(*words));
	mmap_read_lock(mm);
	while (addr < end && (vma = find_vma(mm, addr)) && vma->vm_start < end) {
		addr = max(addr, vma->vm_start);
		stop = min(end, vma->vm_end);
		area_words(mm, addr, stop, words + ((addr - start) >> PAGE_SHIFT), show_pfn);
		addr = stop;
	}
	mmap_read_unlock(mm);
}
