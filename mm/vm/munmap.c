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
 * The frequent cases, one area of which the beginning, the end or all goes,
 * need no second area and no cut.
 *
 * Locks: mmap_lock for writing.
 */
#include "vm_internal.h"

static void account_removed(struct mm_struct *mm, unsigned long vm_flags, unsigned long pages)
{
	mm_assert(pages && (!(vm_flags & VM_LOCKED) || mm->locked_vm >= pages));
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
	/* the frequent case: within the reach of one table that a neighbour uses too */
	if (((start ^ (end - 1)) & PMD_MASK) == 0 &&
	    ((start & PMD_MASK) < floor || (start | ~PMD_MASK) >= ceiling))
		return;
	pt_free_tables(tlb, start, end, floor, ceiling);
}

static inline void update_hiwater(struct mm_struct *mm)
{
	/* truncation of a file counts here too, under other locks: a maximum, about */
	mm->hiwater_vm = max(mm->hiwater_vm, mm->total_vm);
}

/*
 * One end of @vma goes; nothing has to be cut. A table is gone as a whole if it is in the
 * range that was asked for, which can reach beyond the area.
 */
static void trim_area(const struct unmapping *u, struct vm_area_struct *vma)
{
	unsigned long start = max(u->start, vma->vm_start), end = min(u->end, vma->vm_end);
	bool head = start == vma->vm_start;
	struct mm_struct *mm = vma->vm_mm;
	struct mmu_gather tlb;

	mm_assert(head != (end == vma->vm_end));
	mm_assert(start < end && (!vma->vm_ops || !vma->vm_ops->close));
	tlb_gather_mmu(&tlb, mm, false);
	tlb.whole_start = u->start;
	tlb.whole_end = u->end;
	zap_area(&tlb, vma, start, end);
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
		mm_assert(list_empty(&vma->shared));			/* V4 */
		account_removed(mm, vma->vm_flags, vma_pages(vma));
		if (vma->vm_ops && vma->vm_ops->close)
			vma->vm_ops->close(vma);
		vma_free(vma);
	}
}

/* areas from @vma on, which fill the range as far as anything is mapped there */
static void remove_areas(struct unmapping *u, struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = vma_prev(vma), *next;
	unsigned long first = vma->vm_start, last = vma->vm_end;
	struct mmu_gather tlb;
	LIST_HEAD(gone);

	mm_assert(first >= u->start && last <= u->end);
	tlb_gather_mmu(&tlb, u->mm, false);
	tlb.whole_start = u->start;
	tlb.whole_end = u->end;
	for (; vma && vma->vm_start < u->end; vma = next) {
		mm_assert(vma->vm_end <= u->end);
		next = vma_next(vma);
		last = vma->vm_end;
		zap_area(&tlb, vma, vma->vm_start, vma->vm_end);
		vma_unlink_file(vma);
		vma_unlink(u->mm, vma);
		list_add_tail(&vma->vm_list, &gone);
	}
	if (!u->keep_tables)
		free_tables_between(&tlb, first, last, prev, vma);
	tlb_finish_mmu(&tlb);
	free_areas(u->mm, &gone);
}

/* all of one area, which nothing can keep from going */
static void remove_area(struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = vma_prev(vma), *next = vma_next(vma);
	struct mm_struct *mm = vma->vm_mm;
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, mm, false);
	tlb.whole_start = vma->vm_start;
	tlb.whole_end = vma->vm_end;
	zap_area(&tlb, vma, vma->vm_start, vma->vm_end);
	vma_unlink_file(vma);
	vma_unlink(mm, vma);
	free_tables_between(&tlb, vma->vm_start, vma->vm_end, prev, next);
	tlb_finish_mmu(&tlb);
	account_removed(mm, vma->vm_flags, vma_pages(vma));
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	vma_free(vma);
}

static struct vm_area_struct *last_area_below(struct vm_area_struct *vma, unsigned long end)
{
	struct vm_area_struct *next;

	mm_assert(vma->vm_start < end);
	while ((next = vma_next(vma)) && next->vm_start < end)
		vma = next;
	return vma;
}

/* would this unmapping leave one area too many? */
static bool too_many_areas(const struct unmapping *u, const struct vm_area_struct *vma)
{
	return u->start > vma->vm_start && u->end < vma->vm_end &&
	       u->mm->map_count >= this_machine()->tunables.max_map_count;
}

/* memory for the cuts; @vma is the first area of the range */
static int reserve_cuts(struct unmapping *u, struct vm_area_struct *vma)
{
	struct vm_area_struct *last = last_area_below(vma, u->end);
	int error = vma_may_split(vma, u->start);

	if (!error)
		error = vma_may_split(last, u->end);
	if (error)
		return error;
	u->cut[0] = u->cut[1] = NULL;
	if (u->start > vma->vm_start && !(u->cut[0] = vma_dup(vma)))
		return -ENOMEM;
	if (u->end < last->vm_end && !(u->cut[1] = vma_dup(last))) {
		unmap_cancel(u);
		return -ENOMEM;
	}
	return 0;
}

/*
 * Let areas begin and end where the range does; @vma is the first one of it. Return: the
 * first one then.
 */
static struct vm_area_struct *cut_ends(struct unmapping *u, struct vm_area_struct *vma)
{
	struct vm_area_struct *last = last_area_below(vma, u->end);

	mm_assert(vma->vm_end > u->start && last->vm_start < u->end);
	if (u->end < last->vm_end) {
		mm_bug_on(!u->cut[1]);
		vma_split_at(last, u->end, u->cut[1]);
		u->cut[1] = NULL;
	}
	if (u->start > vma->vm_start) {
		mm_bug_on(!u->cut[0]);
		vma_split_at(vma, u->start, u->cut[0]);
		vma = u->cut[0];
		u->cut[0] = NULL;
	}
	unmap_cancel(u);
	return vma;
}

/* commit; @vma is the first area of the range */
static void cut_and_remove(struct unmapping *u, struct vm_area_struct *vma)
{
	update_hiwater(u->mm);
	remove_areas(u, cut_ends(u, vma));
	mm_assert(!find_vma_intersection(u->mm, u->start, u->end));
}

/* the first area of the range, if there is one */
static struct vm_area_struct *first_area(const struct unmapping *u)
{
	if (u->start == u->end)
		return NULL;
	return find_vma_intersection(u->mm, u->start, u->end);
}

/**
 * unmap_reserve() - take all memory that unmap_commit(@u) needs.
 * Locks:   mmap_lock for writing, until the commit or the cancel. Other ranges may
 *          be unmapped in between.
 * Context: may sleep.
 * Return:  0; -ENOMEM, or -E of an area that must not be cut there, with nothing taken.
 */
int unmap_reserve(struct unmapping *u)
{
	struct vm_area_struct *vma;

	rwsem_assert_held_write(&u->mm->mmap_lock);
	mm_assert(u->start <= u->end && !((u->start | u->end) & ~PAGE_MASK));
	u->cut[0] = u->cut[1] = NULL;
	vma = first_area(u);
	if (!vma)
		return 0;
	if (too_many_areas(u, vma) || pt_unshare_edges(u->mm, u->start, u->end))
		return -ENOMEM;
	return reserve_cuts(u, vma);
}

/**
 * unmap_cancel() - give back what unmap_reserve() took. Locks: as there.
 */
void unmap_cancel(struct unmapping *u)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (u->cut[i])
			vma_free(u->cut[i]);
		u->cut[i] = NULL;
	}
}

/**
 * unmap_commit() - unmap what unmap_reserve() was called for.
 * Locks:   mmap_lock for writing.
 * Context: may sleep.
 */
void unmap_commit(struct unmapping *u)
{
	struct vm_area_struct *vma = first_area(u);

	rwsem_assert_held_write(&u->mm->mmap_lock);
	if (vma)
		cut_and_remove(u, vma);
	else
		unmap_cancel(u);
}

/**
 * unmap_cut() - use what unmap_reserve() took for the cuts alone: nothing goes.
 * Locks:   mmap_lock for writing.
 * Context: does not sleep, unless vm_ops->open() does.
 * Return:  the first area of the range, or NULL.
 */
struct vm_area_struct *unmap_cut(struct unmapping *u)
{
	struct vm_area_struct *vma = first_area(u);

	rwsem_assert_held_write(&u->mm->mmap_lock);
	return vma ? cut_ends(u, vma) : NULL;
}

/**
 * free_spare_tables() - free the tables of [@start, @end) that no area needs: a call
 *	made them and failed then.
 * Locks:   mmap_lock for writing.
 * Context: does not sleep.
 */
void free_spare_tables(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *next = find_vma(mm, start), *prev = vma_before(mm, next);
	struct mmu_gather tlb;

	rwsem_assert_held_write(&mm->mmap_lock);
	mm_assert(start < end && !((start | end) & ~PAGE_MASK));
	tlb_gather_mmu(&tlb, mm, false);
	while (start < end) {
		unsigned long stop = next ? min(end, next->vm_start) : end;

		if (start < stop)
			free_tables_between(&tlb, start, stop, prev, next);
		if (!next)
			break;
		start = next->vm_end;
		prev = next;
		next = vma_next(next);
	}
	tlb_finish_mmu(&tlb);
}

/* does one end of @vma go, and nothing else? */
static bool only_trims(const struct unmapping *u, struct vm_area_struct *vma)
{
	struct vm_area_struct *next;

	if ((u->start <= vma->vm_start) == (u->end >= vma->vm_end))
		return false;
	if (vma->vm_ops && (vma->vm_ops->close || vma->vm_ops->may_split))
		return false;
	next = u->end < vma->vm_end ? NULL : vma_next(vma);
	return !next || next->vm_start >= u->end;
}

/**
 * do_munmap() - unmap [@start, @start + @len).
 * Locks:   mmap_lock for writing.
 * Context: may sleep.
 * Return:  0 (also when nothing was there), -EINVAL for a bad range or one that cuts
 *          an area which must not be cut, -ENOMEM: then nothing changed.
 */
int do_munmap(struct mm_struct *mm, unsigned long start, unsigned long len)
{
	struct vm_area_struct *vma;
	struct unmapping u;
	int error;

	rwsem_assert_held_write(&mm->mmap_lock);
	if ((start & ~PAGE_MASK) || start > mm->task_size || len > mm->task_size - start)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (!len)
		return -EINVAL;
	vma = find_vma_intersection(mm, start, start + len);
	if (!vma)
		return 0;
	u.mm = mm;
	u.start = start;
	u.end = start + len;
	u.keep_tables = false;
	if (too_many_areas(&u, vma) || pt_unshare_edges(mm, u.start, u.end))
		return -ENOMEM;
	if (vma->vm_start == start && vma->vm_end == u.end) {
		update_hiwater(mm);
		remove_area(vma);
		return 0;
	}
	if (only_trims(&u, vma)) {
		update_hiwater(mm);
		trim_area(&u, vma);
		return 0;
	}
	error = reserve_cuts(&u, vma);
	if (!error)
		cut_and_remove(&u, vma);
	return error;
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

/* does @vma, or what is left of it, stand where a mapping of its file from @addr has it? */
static bool attached_at(const struct vm_area_struct *vma, unsigned long addr,
			const struct vm_operations_struct *ops)
{
	return vma->vm_ops == ops && (vma->vm_start - addr) >> PAGE_SHIFT == vma->vm_pgoff;
}

/**
 * vm_unmap_attached() - unmap the file with @ops that was mapped from its start at @addr,
 *	all areas of it that are still there.
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  0; -EINVAL: there is none; -ENOMEM: some are left.
 */
int vm_unmap_attached(struct mm_struct *mm, unsigned long addr,
		      const struct vm_operations_struct *ops)
{
	struct vm_area_struct *vma, *next;
	unsigned long bytes = ULONG_MAX;
	struct file *file = NULL;
	int error = -EINVAL;

	mmap_write_lock(mm);
	for (vma = find_vma(mm, addr); vma && vma->vm_end - addr <= bytes; vma = next) {
		next = vma_next(vma);
		if (!attached_at(vma, addr, ops) || (file && vma->vm_file != file))
			continue;
		file = vma->vm_file;
		bytes = PAGE_ALIGN(file_inode(file)->i_size);
		error = do_munmap(mm, vma->vm_start, vma->vm_end - vma->vm_start);
		if (error)
			break;
	}
	mmap_write_unlock(mm);
	return error;
}
