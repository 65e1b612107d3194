// SPDX-License-Identifier: MIT
/*
 * special.c - areas of memory that the kernel puts into a program: code and data that
 * belong to no file, the same frames in each address space.
 *
 * A struct vm_special_mapping says what is in such an area: pages, which every program
 * that touches them maps and counts like pages of a file, with copies of their own for
 * who may write (a debugger's breakpoint); or a function that maps frames which nobody
 * counts (VM_PFNMAP), such as a page of the kernel's own image.
 *
 *   S1  such an area is whole or not there: it is never cut, grows never and merges with
 *       none. It can be moved, unmapped, and given other rights as a whole
 *   S2  the pages, and what @spec points to, live as long as the machine
 *   S3  an entry of a frame that nobody counts is special and read-only
 *
 * Locks: mmap_lock for writing to install, for reading in faults.
 */
#include "vm_internal.h"

static const struct vm_special_mapping *special_of(const struct vm_area_struct *vma)
{
	return vma->vm_private_data;
}

static vm_fault_t special_fault(struct vm_fault *vmf)
{
	const struct vm_special_mapping *spec = special_of(vmf->vma);
	struct page **pages = spec->pages;
	pgoff_t i;

	if (spec->fault)
		return spec->fault(spec, vmf);
	for (i = 0; pages[i] && i < vmf->pgoff; i++)
		;
	if (!pages[i])
		return VM_FAULT_SIGBUS;
	vmf->page = pages[i];							/* S2 */
	get_page(vmf->page);
	return 0;
}

static int special_may_split(struct vm_area_struct *vma, unsigned long addr)
{
	return -EINVAL;								/* S1 */
}

static const char *special_name(struct vm_area_struct *vma)
{
	return special_of(vma)->name;
}

static const struct vm_operations_struct special_vm_ops = {
	.fault = special_fault,
	.may_split = special_may_split,
	.name = special_name,
};

/* comment: see mm.h */
vm_fault_t vmf_insert_pfn(struct vm_fault *vmf, unsigned long pfn)
{
	struct vm_area_struct *vma = vmf->vma;
	pte_t pte = pfn_pte(pfn, vma->vm_page_prot);

	mm_assert((vma->vm_flags & VM_PFNMAP) && !(vma->vm_flags & VM_MAYWRITE));
	mm_assert(!pte_write(pte));						/* S3 */
	spin_lock(vmf->ptl);
	if (pte_none(ptep_get(vmf->pte)))
		set_pte(vmf->pte, pte_mkspecial(pte));
	spin_unlock(vmf->ptl);
	return VM_FAULT_NOPAGE;
}

/**
 * install_special_mapping() - put an area of @spec at [@addr, @addr + @len), page aligned
 *	and free.
 * Locks:   mmap_lock for writing.
 * Context: may sleep.
 * Return:  0, or -ENOMEM: no memory, or a limit of the process; nothing changed.
 */
int install_special_mapping(struct mm_struct *mm, unsigned long addr, unsigned long len,
			    unsigned long vm_flags, const struct vm_special_mapping *spec)
{
	struct vm_area_struct *vma;

	rwsem_assert_held_write(&mm->mmap_lock);
	mm_assert(len && !((addr | len) & ~PAGE_MASK) && (!spec->pages != !spec->fault));
	mm_assert(!find_vma_intersection(mm, addr, addr + len));
	if (mm->map_count >= this_machine()->tunables.max_map_count ||
	    !may_expand_vm(mm, vm_flags, len >> PAGE_SHIFT))
		return -ENOMEM;
	vma = vma_alloc(mm);
	if (!vma)
		return -ENOMEM;
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = vm_flags | VM_DONTEXPAND;				/* S1 */
	vma->vm_ops = &special_vm_ops;
	vma->vm_private_data = (void *)spec;
	vma_set_page_prot(vma);
	vma_link(mm, vma);
	vm_stat_account(mm, vma->vm_flags, len >> PAGE_SHIFT);
	return 0;
}
