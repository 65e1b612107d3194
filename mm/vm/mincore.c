// SPDX-License-Identifier: MIT
/*
 * mincore.c - mincore(2): which pages of a range are in memory.
 *
 * A page that is mapped is. One that is not: when the operations of its area say
 * so, which for a file ask the page cache (in_core); otherwise it is not. Answers
 * are collected for a page full of bytes with mmap_lock held, then copied out
 * without it: the copy may fault.
 *
 * Locks: mmap_lock for reading; the ptl of each table.
 */
#include "vm_internal.h"
#include <asm/uaccess.h>

/* vec[i] for the entries pte[0 .. nr), of which many are often alike; how many are used */
static unsigned int mark_used(const pte_t *pte, unsigned int nr, unsigned char *vec)
{
	static const unsigned char ones[8] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	unsigned int i = 0, used = 0;

	while (i < nr) {
		if (i + 8 <= nr && !pte_none(ptep_get(pte + i)) && !pte_none(ptep_get(pte + i + 1)) &&
		    !pte_none(ptep_get(pte + i + 2)) && !pte_none(ptep_get(pte + i + 3)) &&
		    !pte_none(ptep_get(pte + i + 4)) && !pte_none(ptep_get(pte + i + 5)) &&
		    !pte_none(ptep_get(pte + i + 6)) && !pte_none(ptep_get(pte + i + 7))) {
			memcpy(vec + i, ones, 8);
			used += 8;
			i += 8;
			continue;
		}
		vec[i] = !pte_none(ptep_get(pte + i));
		used += vec[i++];
	}
	return used;
}

/* vec[i] for the pages of [start, end), which is in @vma */
static void mincore_area(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			 unsigned char *vec)
{
	unsigned long pages = (end - start) >> PAGE_SHIFT, used = 0, i;
	pgoff_t pgoff = vma->vm_pgoff + ((start - vma->vm_start) >> PAGE_SHIFT);
	struct pt_cursor c;

	mm_assert(start < end && pages <= PAGE_SIZE);
	mm_assert(start >= vma->vm_start && end <= vma->vm_end);
	memset(vec, 0, pages);
	pt_cursor_start(&c, vma->vm_mm, start, end);
	while (pt_cursor_next(&c)) {
		if (!pt_cursor_lock(&c))
			continue;
		used += mark_used(c.pte, c.nr, vec + ((c.addr - start) >> PAGE_SHIFT));
		spin_unlock(c.ptl);
	}
	if (used == pages || !vma->vm_ops || !vma->vm_ops->in_core)
		return;
	for (i = 0; i < pages; i++)
		if (!vec[i])
			vec[i] = vma->vm_ops->in_core(vma, pgoff + i);
}

/* pages answered, at most @max, all of one area; -ENOMEM: not mapped */
static long mincore_some(struct mm_struct *mm, unsigned long addr, unsigned long max,
			 unsigned char *vec)
{
	struct vm_area_struct *vma;
	long pages = -ENOMEM;

	mmap_read_lock(mm);
	vma = find_vma(mm, addr);
	if (vma && vma->vm_start <= addr) {
		pages = min((vma->vm_end - addr) >> PAGE_SHIFT, max);
		mincore_area(vma, addr, addr + pages * PAGE_SIZE, vec);
	}
	mmap_read_unlock(mm);
	return pages;
}

/**
 * vm_mincore() - mincore(2): a byte for each page to @vec, bit 0: in memory.
 * Locks:   takes mmap_lock for reading.
 * Context: may sleep.
 * Return:  0 or -E as Linux has it.
 */
int vm_mincore(struct mm_struct *mm, unsigned long start, size_t len, unsigned char __user *vec)
{
	unsigned long pages = (len >> PAGE_SHIFT) + ((len & ~PAGE_MASK) != 0);
	unsigned char *buf;
	int error = 0;

	if (start & ~PAGE_MASK)
		return -EINVAL;
	if (!access_ok((void __user *)start, len))
		return -ENOMEM;
	if (!access_ok(vec, pages))
		return -EFAULT;
	buf = (unsigned char *)__get_free_page(GFP_USER);
	if (!buf)
		return -EAGAIN;
	while (pages && !error) {
		long n = mincore_some(mm, start, min(pages, PAGE_SIZE), buf);

		if (n < 0)
			error = n;
		else if (copy_to_user(vec, buf, n))
			error = -EFAULT;
		if (error)
			break;
		pages -= n;
		vec += n;
		start += n << PAGE_SHIFT;
	}
	free_page((unsigned long)buf);
	return error;
}
