// SPDX-License-Identifier: MIT
/*
 * mlock.c - areas whose pages stay in memory.
 *
 * Locking marks the areas VM_LOCKED, counts them against RLIMIT_MEMLOCK and,
 * unless VM_LOCKONFAULT asks for it page by page, makes all their pages
 * present. Nothing takes pages out of memory behind a program's back here, so
 * a locked page needs no mark of its own.
 *
 *   K1  mm->locked_vm is the sum of vma_pages() of the areas with VM_LOCKED
 *
 * Locks: mmap_lock for writing; populating takes it for reading afterwards.
 */
#include "vm_internal.h"
#include <uapi/resource.h>

/* lock [@start, @end) of *@vmap as @lock_flags say, VM_LOCKED_MASK of it: 0 or -ENOMEM */
static int lock_area(struct vm_area_struct **vmap, unsigned long start, unsigned long end,
		     unsigned long lock_flags)
{
	unsigned long old = (*vmap)->vm_flags, new = (old & ~VM_LOCKED_MASK) | lock_flags;
	long pages = (end - start) >> PAGE_SHIFT;
	struct mm_struct *mm = (*vmap)->vm_mm;
	int error;

	rwsem_assert_held_write(&mm->mmap_lock);
	mm_assert(start >= (*vmap)->vm_start && end <= (*vmap)->vm_end && start < end);
	if (new == old || (old & VM_SPECIAL))
		return 0;
	error = vma_modify_flags(vmap, start, end, new);
	if (error)
		return error;
	if ((new & VM_LOCKED) && !(old & VM_LOCKED))
		mm->locked_vm += pages;						/* K1 */
	else if (!(new & VM_LOCKED) && (old & VM_LOCKED))
		mm->locked_vm -= pages;
	mm_assert(mm->locked_vm <= mm->total_vm);
	return 0;
}

static int lock_range(struct mm_struct *mm, unsigned long start, unsigned long end,
		      unsigned long lock_flags)
{
	struct vm_area_struct *vma = find_vma(mm, start);
	int error;

	while (start < end) {
		unsigned long to;

		if (!vma || vma->vm_start > start)
			return -ENOMEM;
		to = min(end, vma->vm_end);
		error = lock_area(&vma, start, to, lock_flags);
		if (error)
			return error;
		start = to;
		if (vma->vm_end <= start)
			vma = vma_next(vma);
	}
	return 0;
}

static bool lock_limit_allows(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	unsigned long limit = port_rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
	unsigned long pages = mm->locked_vm + ((end - start) >> PAGE_SHIFT);

	if (pages <= limit || port_capable_admin())
		return true;
	if (end < start)	/* refused later; until then all that follows is meant */
		end = max(start, mm->task_size);
	/* what is locked already is not counted twice */
	return pages - vm_pages_with(mm, VM_LOCKED, start, end) <= limit;
}

/* what mlock(2) says of a page that could not be made present */
static int populate_error(int error)
{
	if (error == -EFAULT)
		return -ENOMEM;
	return error == -ENOMEM ? -EAGAIN : error;
}

/**
 * vm_mlock() - mlock(2); @vm_flags is VM_LOCKED, or with VM_LOCKONFAULT.
 * Locks:   takes mmap_lock.
 * Context: may sleep.
 * Return:  0 or -E as Linux has it.
 */
int vm_mlock(struct mm_struct *mm, unsigned long start, size_t len, unsigned long vm_flags)
{
	unsigned long end;
	int error;

	if (!can_do_mlock())
		return -EPERM;
	len = PAGE_ALIGN(len + (start & ~PAGE_MASK));
	start &= PAGE_MASK;
	end = start + len;
	mmap_write_lock(mm);
	error = -ENOMEM;
	if (lock_limit_allows(mm, start, end))
		error = end < start ? -EINVAL : lock_range(mm, start, end, vm_flags);
	mmap_write_unlock(mm);
	if (error || (vm_flags & VM_LOCKONFAULT))
		return error;
	return populate_error(mm_populate(mm, start, end, true));
}

/**
 * vm_munlock() - munlock(2).
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  0 or -E.
 */
int vm_munlock(struct mm_struct *mm, unsigned long start, size_t len)
{
	int error;

	len = PAGE_ALIGN(len + (start & ~PAGE_MASK));
	start &= PAGE_MASK;
	mmap_write_lock(mm);
	error = start + len < start ? -EINVAL : lock_range(mm, start, start + len, 0);
	mmap_write_unlock(mm);
	return error;
}

static void lock_all_areas(struct mm_struct *mm, unsigned long lock_flags)
{
	struct vm_area_struct *vma;

	/* an area that cannot be marked for want of memory stays as it is */
	for (vma = find_vma(mm, 0); vma; vma = vma_next(vma))
		(void)!lock_area(&vma, vma->vm_start, vma->vm_end, lock_flags);
}

/**
 * vm_mlockall() - mlockall(2), @flags are MCL_*.
 * Locks:   takes mmap_lock.
 * Context: may sleep.
 * Return:  0 or -E.
 */
int vm_mlockall(struct mm_struct *mm, int flags)
{
	unsigned long lock = VM_LOCKED | (flags & MCL_ONFAULT ? VM_LOCKONFAULT : 0);
	int error = 0;

	if (!flags || (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) || flags == MCL_ONFAULT)
		return -EINVAL;
	if (!can_do_mlock())
		return -EPERM;
	mmap_write_lock(mm);
	if ((flags & MCL_CURRENT) && !port_capable_admin() &&
	    mm->total_vm > port_rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT) {
		error = -ENOMEM;
	} else {
		mm->def_flags &= ~VM_LOCKED_MASK;
		if (flags & MCL_FUTURE)
			mm->def_flags |= lock;
		if (flags & MCL_CURRENT)
			lock_all_areas(mm, lock);
	}
	mmap_write_unlock(mm);
	if (!error && (flags & (MCL_CURRENT | MCL_ONFAULT)) == MCL_CURRENT)
		mm_populate(mm, 0, mm->task_size, false);	/* as far as it goes */
	return error;
}

/**
 * vm_munlockall() - munlockall(2).
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  0.
 */
int vm_munlockall(struct mm_struct *mm)
{
	mmap_write_lock(mm);
	mm->def_flags &= ~VM_LOCKED_MASK;
	lock_all_areas(mm, 0);
	mmap_write_unlock(mm);
	return 0;
}
