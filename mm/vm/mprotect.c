// SPDX-License-Identifier: MIT
/*
 * mprotect.c - another protection for a range.
 *
 * Area by area: check that it may have the new protection, promise memory when
 * it becomes privately writable, give the range the new flags (splitting and
 * merging as needed), then rewrite the entries that are present and flush.
 *
 * As on Linux a hole, or an area that may not have the protection, ends the
 * call with an error, and the areas before it keep the new protection.
 *
 *   R1  entries of private pages become writable here only where fault.c's F3
 *       allows it: an anonymous page with one reference, written before
 *
 * Locks: mmap_lock for writing.
 */
#include "vm_internal.h"

#define PROT_ACCESS	((unsigned long)(PROT_READ | PROT_WRITE | PROT_EXEC))
#define PROT_GROWS	((unsigned long)(PROT_GROWSDOWN | PROT_GROWSUP))

static inline bool may_stay_writable(pte_t pte)
{
	struct page *page;

	if (!pte_dirty(pte))
		return false;
	page = vm_normal_page(pte);
	return page && PageAnon(page) && page_count(page) == 1;			/* R1 */
}

/* new protection for the present entries of one table; true when any changed */
static bool change_table(struct pt_cursor *c, pgprot_t prot, bool private_write)
{
	bool changed = false;
	unsigned int i;

	mm_assert(!c->shared);
	mm_assert(!private_write || !pte_write(pfn_pte(0, prot)));		/* R1 */
	spin_lock(c->ptl);
	for (i = 0; i < c->nr; i++) {
		pte_t old = ptep_get(c->pte + i), pte;

		if (pte_none(old)) {
			i = pte_skip_empty(c->pte, i + 1, c->nr) - 1;
			continue;
		}
		old = ptep_get_and_clear(c->pte + i);
		pte = pte_modify(old, prot);
		if (private_write && may_stay_writable(old))
			pte = pte_mkwrite(pte);
		set_pte(c->pte + i, pte);
		changed = true;
	}
	spin_unlock(c->ptl);
	return changed;
}

static void change_protection(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	bool private_write = (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE;
	bool changed = false;
	struct pt_cursor c;

	mm_assert(start >= vma->vm_start && end <= vma->vm_end);
	if (!vma->vm_touched)
		return;
	pt_cursor_start(&c, vma->vm_mm, start, end);
	while (pt_cursor_next(&c))
		changed |= change_table(&c, vma->vm_page_prot, private_write);
	if (changed)
		flush_tlb_mm_range(vma->vm_mm, start, end, false);
}

/* the part of mprotect(2) in one area; *@vmap becomes the area that has it now */
static int mprotect_area(struct vm_area_struct **vmap, unsigned long start, unsigned long end,
			 unsigned long new_flags)
{
	struct vm_area_struct *vma = *vmap;
	struct mm_struct *mm = vma->vm_mm;
	unsigned long old_flags = vma->vm_flags, pages = (end - start) >> PAGE_SHIFT;
	unsigned long charged = 0;
	int error;

	mm_assert(start >= vma->vm_start && end <= vma->vm_end && start < end);
	if (new_flags == old_flags)
		return 0;
	if (new_flags & VM_WRITE) {
		if (!may_expand_vm(mm, new_flags, pages) && may_expand_vm(mm, old_flags, pages))
			return -ENOMEM;
		if (!(old_flags & (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE))) {
			charged = pages;
			if (vm_enough_memory(mm, charged))
				return -ENOMEM;
			new_flags |= VM_ACCOUNT;
		}
	}
	error = pt_unshare_range(mm, start, end);
	if (!error)
		error = vma_modify_flags(vmap, start, end, new_flags);
	if (error) {
		if (charged)
			vm_unacct_memory(charged);
		return error;
	}
	change_protection(*vmap, start, end);
	vm_stat_account(mm, old_flags, -(long)pages);
	vm_stat_account(mm, new_flags, pages);
	/* locked memory that may be written now has its copies at once, as far as it goes */
	if (unlikely(old_flags & VM_LOCKED) && (new_flags & VM_WRITE) &&
	    !(old_flags & (VM_WRITE | VM_SHARED | VM_LOCKONFAULT)))
		(void)vma_populate(*vmap, start, end, POPULATE_AUTO);
	return 0;
}

static unsigned long prot_to_flags(unsigned long prot)
{
	return (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
	       (prot & PROT_EXEC ? VM_EXEC : 0);
}

/* mmap_lock held; [start, end) is aligned and not empty */
static int do_mprotect(struct mm_struct *mm, unsigned long start, unsigned long end,
		       unsigned long prot, int pkey)
{
	struct vm_area_struct *vma = find_vma(mm, start);
	unsigned long access = prot_to_flags(prot), flags;
	int error;

	rwsem_assert_held_write(&mm->mmap_lock);
	mm_assert(start < end && !((start | end) & ~PAGE_MASK));
	if (pkey != -1 && !pkey_may_be_named(mm, pkey))
		return -EINVAL;
	if (!vma)
		return -ENOMEM;
	if (unlikely(prot & PROT_GROWSDOWN)) {
		if (vma->vm_start >= end)
			return -ENOMEM;
		if (!(vma->vm_flags & VM_GROWSDOWN))
			return -EINVAL;
		start = vma->vm_start;
	} else {
		if (vma->vm_start > start)
			return -ENOMEM;
		if (unlikely(prot & PROT_GROWSUP))	/* no area does */
			return -EINVAL;
	}
	for (;;) {
		unsigned long to = min(end, vma->vm_end);

		if (access & ~(vma->vm_flags >> 4) & VM_ACCESS_FLAGS)
			return -EACCES;
		flags = (vma->vm_flags & ~VM_ACCESS_FLAGS) | access;
		if (mm->pkey_map)	/* the machine has keys: E1 of pkeys.c */
			flags = (flags & ~VM_PKEY_MASK) |
				vm_pkey_flags(pkey_after_mprotect(vma, prot & ~PROT_GROWS, pkey));
		error = mprotect_area(&vma, start, to, flags);
		if (error || to >= end)
			return error;
		start = to;
		if (vma->vm_end <= start)
			vma = vma_next(vma);
		if (!vma || vma->vm_start > start)
			return -ENOMEM;
	}
}

/**
 * vm_pkey_mprotect() - pkey_mprotect(2); with @pkey -1, mprotect(2).
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  0 or -E as Linux has it.
 */
int vm_pkey_mprotect(struct mm_struct *mm, unsigned long start, size_t len, unsigned long prot,
		     int pkey)
{
	bool special = prot & ~PROT_ACCESS;
	unsigned long bytes = PAGE_ALIGN(len);
	int error;

	if (unlikely(special) && (prot & PROT_GROWS) == PROT_GROWS)
		return -EINVAL;
	if (start & ~PAGE_MASK)
		return -EINVAL;
	if (!len)
		return 0;
	if (start + bytes <= start)
		return -ENOMEM;
	if (unlikely(special) && (prot & ~(PROT_ACCESS | PROT_SEM | PROT_GROWS)))
		return -EINVAL;
	mmap_write_lock(mm);
	error = do_mprotect(mm, start, start + bytes, prot, pkey);
	mmap_write_unlock(mm);
	return error;
}

/* comment: see mm.h */
int vm_mprotect(struct mm_struct *mm, unsigned long start, size_t len, unsigned long prot)
{
	return vm_pkey_mprotect(mm, start, len, prot, -1);
}
