// SPDX-License-Identifier: MIT
/*
 * gup.c - the pages behind another address space's addresses.
 *
 * Each page is looked up in the page tables; where it is not present, or not
 * as it has to be for a write, a fault is handled as if the program had
 * touched it, and it is looked up again.
 *
 *   Q1  a page that is returned for writing may be written: it is mapped
 *       writable, or (FOLL_FORCE, private) it is an anonymous page of the
 *       area's own, with no other reference than the entry's
 *
 * Locks: mmap_lock for reading, taken here; dropped and taken for writing when
 * a stack has to grow.
 */
#include "vm_internal.h"

static bool usable_for_write(const struct vm_area_struct *vma, pte_t pte, unsigned int gup_flags)
{
	struct page *page;

	if (pte_write(pte))
		return true;
	if (!(gup_flags & FOLL_FORCE) || (vma->vm_flags & VM_SHARED))
		return false;
	page = vm_normal_page(pte);
	return page && PageAnon(page) && page_count(page) == 1;			/* Q1 */
}

/* the page at @addr with a reference, or NULL: fault first */
static struct page *follow_page(struct vm_area_struct *vma, unsigned long addr,
				unsigned int gup_flags)
{
	struct page *page = NULL;
	spinlock_t *ptl;
	pte_t *ptep, pte;

	mm_assert(addr >= vma->vm_start && addr < vma->vm_end);
	ptep = pt_lookup_lock(vma->vm_mm, addr, &ptl);
	if (!ptep)
		return NULL;
	pte = ptep_get(ptep);
	if (!pte_none(pte) && (!(gup_flags & FOLL_WRITE) || usable_for_write(vma, pte, gup_flags))) {
		page = pfn_to_page(pte_pfn(pte));
		get_page(page);
		if (gup_flags & FOLL_WRITE)
			set_pte(ptep, pte_mkdirty(pte));
	}
	spin_unlock(ptl);
	return page;
}

static int check_access(const struct vm_area_struct *vma, unsigned int gup_flags)
{
	unsigned long flags = vma->vm_flags;

	if (flags & (VM_IO | VM_PFNMAP))
		return -EFAULT;
	if ((gup_flags & FOLL_OWN) && pkey_denies(vma, gup_flags & FOLL_WRITE))
		return -EFAULT;
	if (gup_flags & FOLL_WRITE) {
		if (flags & VM_WRITE)
			return 0;
		if (!(gup_flags & FOLL_FORCE) || (flags & VM_SHARED) || !(flags & VM_MAYWRITE))
			return -EFAULT;
		return 0;
	}
	if (flags & VM_READ)
		return 0;
	return (gup_flags & FOLL_FORCE) && (flags & VM_MAYREAD) ? 0 : -EFAULT;
}

/* one page, or ERR_PTR; mmap_lock held for reading */
static struct page *get_user_page(struct mm_struct *mm, unsigned long addr, unsigned int gup_flags)
{
	unsigned int flags = FAULT_FLAG_REMOTE | (gup_flags & FOLL_WRITE ? FAULT_FLAG_WRITE : 0);
	struct vm_area_struct *vma = fault_find_vma(mm, addr);
	struct page *page;
	vm_fault_t ret;
	int error;

	if (!vma)
		return ERR_PTR(-EFAULT);
	error = check_access(vma, gup_flags);
	if (error)
		return ERR_PTR(error);
	mm_assert(vma->vm_start <= addr && addr < vma->vm_end);
	while (!(page = follow_page(vma, addr, gup_flags))) {
		ret = handle_mm_fault(vma, addr, flags);
		if (ret & VM_FAULT_OOM)
			return ERR_PTR(-ENOMEM);
		if (ret & VM_FAULT_ERROR)
			return ERR_PTR(-EFAULT);
		if (port_fatal_signal_pending())
			return ERR_PTR(-EINTR);
	}
	return page;
}

/* comment: see mm.h */
int get_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr,
			  unsigned int gup_flags, struct page **pages)
{
	unsigned long i;
	int error = 0;

	mmap_read_lock(mm);
	for (i = 0; i < nr; i++) {
		struct page *page = get_user_page(mm, start + i * PAGE_SIZE, gup_flags);

		if (IS_ERR(page)) {
			error = PTR_ERR(page);
			break;
		}
		pages[i] = page;
	}
	mmap_read_unlock(mm);
	return i ? (int)i : error;
}

/* comment: see mm.h */
int access_remote_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len, bool write)
{
	unsigned int gup_flags = FOLL_FORCE | (write ? FOLL_WRITE : 0);
	int done = 0;

	while (done < len) {
		unsigned long offset = (addr + done) & ~PAGE_MASK;
		int bytes = min_t(int, len - done, PAGE_SIZE - offset);
		struct page *page;

		if (get_user_pages_remote(mm, (addr + done) & PAGE_MASK, 1, gup_flags, &page) != 1)
			break;
		if (write)
			memcpy_to_page(page, offset, (char *)buf + done, bytes);
		else
			memcpy_from_page((char *)buf + done, page, offset, bytes);
		put_page(page);
		done += bytes;
	}
	return done;
}
