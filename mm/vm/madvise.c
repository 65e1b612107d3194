// SPDX-License-Identifier: MIT
/*
 * madvise.c - what a program says about the use of its memory.
 *
 *	changes the area	NORMAL RANDOM SEQUENTIAL DONTFORK DOFORK WIPEONFORK
 *				KEEPONFORK DONTDUMP DODUMP
 *	drops pages		DONTNEED DONTNEED_LOCKED FREE, of the file too: REMOVE
 *	makes pages present	WILLNEED POPULATE_READ POPULATE_WRITE
 *	ages pages		COLD PAGEOUT: there is nowhere that they could go to
 *
 * MADV_FREE allows that the contents go at any time from now on: they go at
 * once. Advice for parts that this system does not have gets -EINVAL, as from
 * a Linux that was built without them.
 *
 * A hole in the range is no reason to stop: the rest is done, and the call
 * returns -ENOMEM in the end.
 *
 * Locks: mmap_lock, for writing where an area changes, else for reading.
 */
#include "vm_internal.h"

enum advice_kind { ADVICE_UNKNOWN, ADVICE_FLAGS, ADVICE_DROP, ADVICE_WILLNEED,
		   ADVICE_REMOVE, ADVICE_POPULATE, ADVICE_AGE };

static enum advice_kind advice_kind(int behavior)
{
	switch (behavior) {
	case MADV_NORMAL: case MADV_RANDOM: case MADV_SEQUENTIAL:
	case MADV_DONTFORK: case MADV_DOFORK: case MADV_WIPEONFORK: case MADV_KEEPONFORK:
	case MADV_DONTDUMP: case MADV_DODUMP:
		return ADVICE_FLAGS;
	case MADV_DONTNEED: case MADV_DONTNEED_LOCKED: case MADV_FREE:
		return ADVICE_DROP;
	case MADV_WILLNEED:
		return ADVICE_WILLNEED;
	case MADV_REMOVE:
		return ADVICE_REMOVE;
	case MADV_COLD: case MADV_PAGEOUT:
		return ADVICE_AGE;
	case MADV_POPULATE_READ: case MADV_POPULATE_WRITE:
		return ADVICE_POPULATE;
	default:
		return ADVICE_UNKNOWN;
	}
}

/* the flags that the area gets, or -E */
static int advised_flags(const struct vm_area_struct *vma, int behavior, unsigned long *flags)
{
	*flags = vma->vm_flags;
	switch (behavior) {
	case MADV_NORMAL:
		*flags &= ~(VM_RAND_READ | VM_SEQ_READ);
		return 0;
	case MADV_RANDOM:
		*flags = (*flags & ~VM_SEQ_READ) | VM_RAND_READ;
		return 0;
	case MADV_SEQUENTIAL:
		*flags = (*flags & ~VM_RAND_READ) | VM_SEQ_READ;
		return 0;
	case MADV_DONTFORK:
		*flags |= VM_DONTCOPY;
		return 0;
	case MADV_DOFORK:
		*flags &= ~VM_DONTCOPY;
		return vma->vm_flags & VM_IO ? -EINVAL : 0;
	case MADV_WIPEONFORK:
		*flags |= VM_WIPEONFORK;
		return vma->vm_file || (vma->vm_flags & VM_SHARED) ? -EINVAL : 0;
	case MADV_KEEPONFORK:
		*flags &= ~VM_WIPEONFORK;
		return 0;
	case MADV_DONTDUMP:
		*flags |= VM_DONTDUMP;
		return 0;
	default:	/* MADV_DODUMP */
		*flags &= ~VM_DONTDUMP;
		return vma->vm_flags & VM_SPECIAL ? -EINVAL : 0;
	}
}

static int advise_drop(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       int behavior)
{
	unsigned long refused = VM_PFNMAP | (behavior == MADV_DONTNEED_LOCKED ? 0 : VM_LOCKED);

	if ((vma->vm_flags & refused) || (behavior == MADV_FREE && !vma_is_anonymous(vma)))
		return -EINVAL;
	rwsem_assert_held(&vma->vm_mm->mmap_lock);
	return zap_page_range(vma, start, end) ? -EAGAIN : 0;
}

/*
 * MADV_REMOVE: a hole in the file. Its own lock is outside of mmap_lock, which is let go:
 * the caller looks its areas up anew.
 */
static int advise_remove(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct mm_struct *mm = vma->vm_mm;
	struct file *file = vma->vm_file;
	loff_t offset;
	long error;

	if (vma->vm_flags & VM_LOCKED)
		return -EINVAL;
	if (!file)
		return -EINVAL;
	if (!vm_flags_shared_maywrite(vma->vm_flags))
		return -EACCES;
	if (!file->f_op->fallocate)
		return -EOPNOTSUPP;
	offset = (loff_t)(vma->vm_pgoff + ((start - vma->vm_start) >> PAGE_SHIFT)) << PAGE_SHIFT;
	get_file(file);
	mmap_read_unlock(mm);
	error = file->f_op->fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
				      end - start);
	fput(file);
	mmap_read_lock(mm);
	return error;
}

static int advise_area(struct vm_area_struct **vma, unsigned long start, unsigned long end,
		       int behavior)
{
	unsigned long flags;
	int error;

	mm_assert(start >= (*vma)->vm_start && end <= (*vma)->vm_end && start < end);
	switch (advice_kind(behavior)) {
	case ADVICE_DROP:
		return advise_drop(*vma, start, end, behavior);
	case ADVICE_REMOVE:
		return advise_remove(*vma, start, end);
	case ADVICE_FLAGS:
		error = advised_flags(*vma, behavior, &flags);
		if (error || flags == (*vma)->vm_flags)
			return error;
		error = vma_modify_flags(vma, start, end, flags);
		return error == -ENOMEM ? -EAGAIN : error;
	case ADVICE_AGE:
		return (*vma)->vm_flags & (VM_LOCKED | VM_PFNMAP) ? -EINVAL : 0;
	default:	/* WILLNEED: what can be had without a fault is in memory already */
		return 0;
	}
}

static int advise_range(struct mm_struct *mm, unsigned long start, unsigned long end, int behavior)
{
	struct vm_area_struct *vma = find_vma(mm, start);
	int error, hole = 0;

	rwsem_assert_held(&mm->mmap_lock);
	mm_assert(start < end && !((start | end) & ~PAGE_MASK));
	while (start < end) {
		unsigned long to;

		if (!vma)
			return -ENOMEM;
		if (vma->vm_start > start) {
			hole = -ENOMEM;
			start = vma->vm_start;
			if (start >= end)
				break;
		}
		to = min(end, vma->vm_end);
		error = advise_area(&vma, start, to, behavior);
		if (error)
			return error;
		start = to;
		if (behavior == MADV_REMOVE)
			vma = find_vma(mm, start);
		else if (vma->vm_end <= start)
			vma = vma_next(vma);
	}
	return hole;
}

/* as far as @end; mmap_lock held for reading */
static int advise_populate_area(struct vm_area_struct *vma, unsigned long start,
				unsigned long end, int behavior)
{
	bool write = behavior == MADV_POPULATE_WRITE;

	if (vma->vm_flags & (VM_IO | VM_PFNMAP))
		return -EINVAL;
	if (!(vma->vm_flags & (write ? VM_WRITE : VM_READ)) || pkey_denies(vma, write))
		return -EINVAL;
	return vma_populate(vma, start, end, write ? POPULATE_WRITE : POPULATE_READ);
}

/* a hole is an error of the whole, not the end of it; the lock is let go between areas */
static int advise_populate(struct mm_struct *mm, unsigned long start, unsigned long end,
			   int behavior)
{
	int error = 0, hole = 0;

	while (start < end && !error) {
		struct vm_area_struct *vma;

		mmap_read_lock(mm);
		vma = find_vma_intersection(mm, start, end);
		if (!vma || vma->vm_start > start)
			hole = -ENOMEM;
		if (vma) {
			unsigned long to = min(end, vma->vm_end);

			error = advise_populate_area(vma, max(start, vma->vm_start), to, behavior);
			start = to;
		}
		mmap_read_unlock(mm);
		if (!vma)
			break;
	}
	return error ? error : hole;
}

/**
 * vm_madvise() - madvise(2).
 * Locks:   takes mmap_lock.
 * Context: may sleep.
 * Return:  0 or -E as Linux has it.
 */
int vm_madvise(struct mm_struct *mm, unsigned long start, size_t len, int behavior)
{
	enum advice_kind kind = advice_kind(behavior);
	unsigned long bytes = PAGE_ALIGN(len), end = start + bytes;
	int error;

	if (kind == ADVICE_UNKNOWN || (start & ~PAGE_MASK))
		return -EINVAL;
	if ((len && !bytes) || end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	if (kind == ADVICE_POPULATE)
		return advise_populate(mm, start, end, behavior);
	if (kind == ADVICE_FLAGS) {
		mmap_write_lock(mm);
		error = advise_range(mm, start, end, behavior);
		mmap_write_unlock(mm);
	} else {
		mmap_read_lock(mm);
		error = advise_range(mm, start, end, behavior);
		mmap_read_unlock(mm);
	}
	return error;
}
