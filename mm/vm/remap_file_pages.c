// SPDX-License-Identifier: MIT
/*
 * remap_file_pages.c - remap_file_pages(2): pages of a shared file mapping in another order.
 *
 * There are no nonlinear areas: as on Linux since 4.0 each call maps the part of the file
 * over the range, as mmap(2) with MAP_FIXED would, and makes it present. What was one area
 * becomes several, so that max_map_count bounds how often a program can do this.
 *
 * Locks: mmap_lock for writing, then for reading to populate.
 */
#include "vm_internal.h"

/* is [start, end), of which @vma has the start, one mapping without a gap, of one kind? */
static bool range_is_uniform(struct vm_area_struct *vma, unsigned long end)
{
	struct vm_area_struct *next = vma;

	while (next->vm_end < end) {
		unsigned long at = next->vm_end;

		next = vma_next(next);
		if (!next || next->vm_start != at || next->vm_file != vma->vm_file ||
		    next->vm_flags != vma->vm_flags)
			return false;
	}
	return true;
}

static unsigned long prot_of(unsigned long vm_flags)
{
	return (vm_flags & VM_READ ? PROT_READ : 0) | (vm_flags & VM_WRITE ? PROT_WRITE : 0) |
	       (vm_flags & VM_EXEC ? PROT_EXEC : 0);
}

/* mmap_lock held for writing; 0 with the mapping made, or -E */
static int remap_range(struct mm_struct *mm, struct mmap_request *req)
{
	struct vm_area_struct *vma = find_vma(mm, req->addr);
	unsigned long addr;

	rwsem_assert_held_write(&mm->mmap_lock);
	if (!vma || vma->vm_start > req->addr || !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (!range_is_uniform(vma, req->addr + req->len))
		return -EINVAL;
	req->prot = prot_of(vma->vm_flags);
	req->flags |= MAP_SHARED | MAP_FIXED;
	if (vma->vm_flags & VM_LOCKED)
		req->flags |= MAP_LOCKED;
	req->file = get_file(vma->vm_file);
	addr = do_mmap(mm, req, req->addr, req->len, req->flags);
	fput(req->file);
	return IS_ERR_VALUE(addr) ? (int)addr : 0;
}

/**
 * vm_remap_file_pages() - remap_file_pages(2).
 * Locks:   takes mmap_lock for writing, then for reading to populate.
 * Context: may sleep.
 * Return:  0 or -E as Linux has it.
 */
int vm_remap_file_pages(struct mm_struct *mm, unsigned long start, unsigned long size,
			unsigned long prot, unsigned long pgoff, unsigned long flags)
{
	struct mmap_request req = {
		.addr = start & PAGE_MASK, .len = size & PAGE_MASK, .pgoff = pgoff,
		.flags = flags & MAP_NONBLOCK,
	};
	bool populate = !(flags & MAP_NONBLOCK);
	int error;

	if (prot)
		return -EINVAL;
	if (req.addr + req.len <= req.addr || pgoff + (req.len >> PAGE_SHIFT) < pgoff)
		return -EINVAL;
	mmap_write_lock(mm);
	error = remap_range(mm, &req);
	populate |= (req.flags & MAP_LOCKED) || (mm->def_flags & VM_LOCKED);
	mmap_write_unlock(mm);
	if (!error && populate)
		mm_populate(mm, req.addr, req.addr + req.len, false);
	return error;
}
