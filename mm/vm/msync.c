// SPDX-License-Identifier: MIT
/*
 * msync.c - msync(2): write the shared file pages of a range back.
 *
 * Shared mappings and write(2) work on the same pages, so only the file's own
 * store can be behind: each file in the range is asked to write itself.
 *
 * Locks: mmap_lock for reading, dropped around the file's fsync; the look-up
 * starts again at the address after the area.
 */
#include "vm_internal.h"

/* mmap_lock held for reading, dropped: write @vma's file */
static int sync_file(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct file *file = get_file(vma->vm_file);
	int error;

	rwsem_assert_held(&mm->mmap_lock);
	mm_assert(vma->vm_mm == mm && (vma->vm_flags & VM_SHARED));
	mmap_read_unlock(mm);
	error = file->f_op->fsync(file);
	fput(file);
	mmap_read_lock(mm);
	return error;
}

static bool has_to_sync(const struct vm_area_struct *vma, int flags)
{
	return (flags & MS_SYNC) && vma->vm_file && (vma->vm_flags & VM_SHARED) &&
	       vma->vm_file->f_op->fsync;
}

static int sync_range(struct mm_struct *mm, unsigned long start, unsigned long end, int flags)
{
	int error, hole = 0;

	mm_assert(start < end && !((start | end) & ~PAGE_MASK));
	while (start < end) {
		struct vm_area_struct *vma = find_vma(mm, start);
		unsigned long to;

		if (!vma)
			return -ENOMEM;
		if (vma->vm_start > start) {
			hole = -ENOMEM;
			if (vma->vm_start >= end)
				break;
		}
		if ((flags & MS_INVALIDATE) && (vma->vm_flags & VM_LOCKED))
			return -EBUSY;
		to = vma->vm_end;
		if (has_to_sync(vma, flags)) {
			error = sync_file(mm, vma);
			if (error)
				return error;
		}
		start = to;
	}
	return hole;
}

/**
 * vm_msync() - msync(2).
 * Locks:   takes mmap_lock for reading.
 * Context: may sleep.
 * Return:  0 or -E as Linux has it.
 */
int vm_msync(struct mm_struct *mm, unsigned long start, size_t len, int flags)
{
	unsigned long end;
	int error;

	if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC))
		return -EINVAL;
	if (start & ~PAGE_MASK)
		return -EINVAL;
	if ((flags & MS_ASYNC) && (flags & MS_SYNC))
		return -EINVAL;
	end = start + PAGE_ALIGN(len);
	if (end < start)
		return -ENOMEM;
	if (end == start)
		return 0;
	mmap_read_lock(mm);
	error = sync_range(mm, start, end, flags);
	mmap_read_unlock(mm);
	return error;
}
