// SPDX-License-Identifier: MIT
/*
 * munmap.c - take a range of addresses away.
 *
 *	     start                    end
 *	 AAAA|AAAA      BBBBBB    CCCC|CCCC
 *	 stay|------ these go --------|stay
 *
 * At most the first and the last area are cut. Memory for the cuts is had
 * first; from then on nothing fails (check, reserve, commit). The pages of all
 * areas go into one mmu_gather, then the areas leave their files' lists, then
 * the page tables that no neighbour needs go into the gather as well (T2 of
 * pgtable.c wants that order), then one TLB flush, and all memory is freed.
 *
 * The frequent case, one area of which the beginning, the end or all goes,
 * needs no second area and no cut.
 *
 * Locks: mmap_lock for writing.
 */
#include "vm_internal.h"

static void account_removed(struct mm_struct *mm, unsigned long vm_flags, unsigned long pages)
{
	vm_stat_account(mm, vm_flags, -(long)pages);
	if (vm_flags & VM_ACCOUNT)
		vm_unacct_memory(pages);
	if (vm_flags & VM_LOCKED)
		mm->locked_vm -= pages;
}

/* free the tables of a range with nothing mapped, up to both neighbours */
static void free_tables_between(struct mmu_gather *tlb, unsigned long start, unsigned long end,
				struct vm_area_struct *prev, struct vm_area_struct *next)
{
	unsigned long floor = prev ? prev->vm_end : 0;
	unsigned long ceiling = next ? next->vm_start :
				(tlb->mm->task_size + PGDIR_SIZE - 1) & PGDIR_MASK;

	mm_assert(floor <= start && start < end && end <= ceiling);
	pt_free_tables(tlb, start, end, floor, ceiling);
}

static void update_hiwater(struct mm_struct *mm)
{
	mm->hiwater_rss = get_mm_hiwater_rss(mm);
	mm->hiwater_vm = max(mm->hiwater_vm, mm->total_vm);
}

/* one end of @vma goes; nothing has to be cut */
static void trim_area(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	bool head = start == vma->vm_start;
	struct mm_struct *mm = vma->vm_mm;
	struct mmu_gather tlb;

	mm_assert(head != (end == vma->vm_end));
	tlb_gather_mmu(&tlb, mm, false);
	zap_range(&tlb, vma, start, end);
	if (head)
		vma_adjust(vma, end, vma->vm_end);
	else
		vma_adjust(vma, vma->vm_start, start);
	free_tables_between(&tlb, start, end, head ? vma_prev(vma) : vma,
			    head ? vma : vma_next(vma));
	account_removed(mm, vma->vm_flags, (end - start) >> PAGE_SHIFT);
	tlb_finish_mmu(&tlb);
}

static void free_areas(struct mm_struct *mm, struct list_head *gone)
{
	struct vm_area_struct *vma, *next;

	list_for_each_entry_safe(vma, next, gone, vm_list) {
		list_del_init(&vma->vm_list);
		account_removed(mm, vma->vm_flags, vma_pages(vma));
		if (vma->vm_ops && vma->vm_ops->close)
			vma->vm_ops->close(vma);
		vma_free(vma);
	}
}

/* areas from @vma on, which fill the range as far as anything is mapped there */
static void remove_areas(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long end)
{
	struct vm_area_struct *prev = vma_prev(vma), *next;
	unsigned long first = vma->vm_start, last = vma->vm_end;
	struct mmu_gather tlb;
	LIST_HEAD(gone);

	tlb_gather_mmu(&tlb, mm, false);
	for (; vma && vma->vm_start < end; vma = next) {
		mm_assert(vma->vm_end <= end);
		next = vma_next(vma);
		last = vma->vm_end;
		zap_range(&tlb, vma, vma->vm_start, vma->vm_end);
		vma_unlink_file(vma);
		vma_unlink(mm, vma);
		list_add_tail(&vma->vm_list, &gone);
	}
	free_tables_between(&tlb, first, last, prev, vma);
	tlb_finish_mmu(&tlb);
	free_areas(mm, &gone);
}

/* reserve the cuts at both ends: *lower for @start, *upper for @end, NULL: none */
static int reserve_cuts(struct vm_area_struct *first, struct vm_area_struct *last,
			unsigned long start, unsigned long end,
			struct vm_area_struct *cut[2])
{
	cut[0] = cut[1] = NULL;
	if (start > first->vm_start && !(cut[0] = vma_dup(first)))
		return -ENOMEM;
	if (end < last->vm_end && !(cut[1] = vma_dup(last))) {
		if (cut[0])
			vma_free(cut[0]);
		return -ENOMEM;
	}
	return 0;
}

static struct vm_area_struct *last_area_below(struct vm_area_struct *vma, unsigned long end)
{
	struct vm_area_struct *next;

	while ((next = vma_next(vma)) && next->vm_start < end)
		vma = next;
	return vma;
}

/**
 * do_munmap() - unmap [@start, @start + @len).
 * Locks:   mmap_lock for writing.
 * Context: may sleep.
 * Return:  0 (also when nothing was there), -EINVAL for a bad range, -ENOMEM
 *          when a cut is not possible: then nothing changed.
 */
int do_munmap(struct mm_struct *mm, unsigned long start, unsigned long len)
{
	struct vm_area_struct *vma, *last, *cut[2];
	unsigned long end;

	rwsem_assert_held_write(&mm->mmap_lock);
	if ((start & ~PAGE_MASK) || start > mm->task_size || len > mm->task_size - start)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (!len)
		return -EINVAL;
	end = start + len;
	vma = find_vma_intersection(mm, start, end);
	if (!vma)
		return 0;
	if (start > vma->vm_start && end < vma->vm_end &&
	    mm->map_count >= this_machine()->tunables.max_map_count)
		return -ENOMEM;
	update_hiwater(mm);
	if ((start <= vma->vm_start) != (end >= vma->vm_end) &&
	    !(vma->vm_ops && vma->vm_ops->close) &&
	    (end < vma->vm_end || !vma_next(vma) || vma_next(vma)->vm_start >= end)) {
		trim_area(vma, max(start, vma->vm_start), min(end, vma->vm_end));
		return 0;
	}
	last = last_area_below(vma, end);
	if (reserve_cuts(vma, last, start, end, cut))
		return -ENOMEM;
	if (cut[1])
		vma_split_at(last, end, cut[1]);
	if (cut[0]) {
		vma_split_at(vma, start, cut[0]);
		vma = cut[0];
	}
	remove_areas(mm, vma, end);
	return 0;
}

/**
 * vm_munmap() - munmap(2).
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  as do_munmap().
 */
int vm_munmap(struct mm_struct *mm, unsigned long start, size_t len)
{
	int error;

	mmap_write_lock(mm);
	error = do_munmap(mm, start, len);
	mmap_write_unlock(mm);
	return error;
}
