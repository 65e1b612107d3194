// SPDX-License-Identifier: MIT
/*
 * fork.c - a copy of an address space that shares every page until one side
 * writes.
 *
 * Each area is copied; of its pages those that the child could not find again
 * by a fault: anonymous ones, and the zero page. Pages of a file that nobody
 * wrote privately are left out, the child faults them in (and gets neighbours
 * with them).
 *
 *	parent entry        becomes            child entry
 *	anon, writable      read-only          the same, read-only
 *	anon, read-only     stays              the same
 *	file page of a private area with copies: stays, the same
 *
 * A table with many anonymous pages is not copied but shared, as long as neither side
 * changes it: share.c.
 *
 *   C1  after the copy no entry of a private area is writable in either (F3 of
 *       fault.c), or an upper entry denies it (O1 of share.c), and the parent's TLBs
 *       have been flushed before it runs on
 *   C2  the child's areas are linked before their pages are copied: when memory
 *       runs out, mmput() of the child takes everything back
 *
 * Locks: both mmap_locks for writing, the parent's first; per table the
 * parent's ptl, then the child's (truncation can reach the child already).
 */
#include "vm_internal.h"

struct copy_tally {
	long rss[NR_MM_COUNTERS];
	bool wrprotected;
};

/* both ptls held; the entries before @i are empty */
static void copy_entries(struct copy_tally *t, struct pt_cursor *src, unsigned int i,
			 pte_t *dst, bool cow)
{
	spin_assert_held(src->ptl);
	mm_assert(i < src->nr);
	for (; i < src->nr; i++) {
		pte_t *ptep = src->pte + i, pte = ptep_get(ptep);
		struct page *page;

		if (pte_none(pte)) {
			i = pte_skip_empty(src->pte, i + 1, src->nr) - 1;
			continue;
		}
		page = vm_normal_page(pte);
		if (page) {
			page_map_again(page);
			t->rss[mm_counter(page)]++;
		}
		if (cow && pte_write(pte)) {
			ptep_set_wrprotect(ptep);				/* C1 */
			pte = pte_wrprotect(pte);
			t->wrprotected = true;
		}
		mm_assert(pte_none(ptep_get(dst + i)));
		if (!cow)
			pte = pte_mkclean(pte);
		set_pte(dst + i, pte);
	}
}

static int copy_page_range(struct mm_struct *mm, struct vm_area_struct *src, bool *flush)
{
	bool cow = (src->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
	struct pt_cursor c;

	pt_cursor_start(&c, src->vm_mm, src->vm_start, src->vm_end);
	rwsem_assert_held_write(&src->vm_mm->mmap_lock);
	mm_assert(mm != src->vm_mm);
	while (pt_cursor_next(&c)) {
		struct copy_tally t = { .wrprotected = false };
		unsigned int first;
		spinlock_t *dst_ptl;
		pmd_t *dst;
		int i;

		if (pt_can_share(src, &c)) {
			if (pt_share(mm, &c))
				return -ENOMEM;
			*flush = true;
			continue;
		}
		first = pte_skip_empty(c.pte, 0, c.nr);
		if (first == c.nr)
			continue;
		dst = pt_alloc(mm, c.addr);
		if (!dst)
			return -ENOMEM;
		dst_ptl = pte_lockptr(dst);
		spin_lock(c.ptl);
		spin_lock_nested(dst_ptl, 1);
		copy_entries(&t, &c, first, pte_offset_kernel(dst, c.addr), cow);
		ptl_table(dst_ptl)->pt_anon += t.rss[MM_ANONPAGES];		/* T5 */
		spin_unlock(dst_ptl);
		spin_unlock(c.ptl);
		for (i = 0; i < NR_MM_COUNTERS; i++)
			if (t.rss[i])
				add_mm_counter(mm, i, t.rss[i]);
		*flush |= t.wrprotected;
	}
	return 0;
}

/* does a fault in the child find the same pages again? */
static bool faults_refill(const struct vm_area_struct *vma)
{
	if (vma->vm_flags & (VM_PFNMAP | VM_IO))
		return false;
	return vma->vm_ops && !vma->vm_has_anon;
}

static int dup_area(struct mm_struct *mm, struct vm_area_struct *src, bool *flush)
{
	struct vm_area_struct *vma;

	if ((src->vm_flags & VM_ACCOUNT) && vm_enough_memory(mm, vma_pages(src)))
		return -ENOMEM;
	vma = vma_dup(src);
	if (!vma) {
		if (src->vm_flags & VM_ACCOUNT)
			vm_unacct_memory(vma_pages(src));
		return -ENOMEM;
	}
	vma->vm_mm = mm;
	vma->vm_flags &= ~VM_LOCKED_MASK;
	mm_assert(!(vma->vm_flags & VM_DONTCOPY));
	if (vma->vm_ops && vma->vm_ops->open)
		vma->vm_ops->open(vma);
	vma_link_before(mm, vma, NULL);						/* C2 */
	vm_stat_account(mm, vma->vm_flags, vma_pages(vma));
	if (!src->vm_touched || (src->vm_flags & VM_WIPEONFORK) || faults_refill(src)) {
		vma->vm_touched = false;	/* V6 of vma.c */
		return 0;
	}
	return copy_page_range(mm, src, flush);
}

static void copy_layout(struct mm_struct *mm, const struct mm_struct *old)
{
	mm_assert(!mm->exe_file && old->start_brk <= old->brk);		/* H1 */
	mm->mmap_base = old->mmap_base;
	pkeys_dup(mm, old);
	mm->task_size = old->task_size;
	mm->mmap_bottomup = old->mmap_bottomup;
	mm->start_code = old->start_code;
	mm->end_code = old->end_code;
	mm->start_data = old->start_data;
	mm->end_data = old->end_data;
	mm->start_brk = old->start_brk;
	mm->brk = old->brk;
	mm->start_stack = old->start_stack;
	mm->arg_start = old->arg_start;
	mm->arg_end = old->arg_end;
	mm->env_start = old->env_start;
	mm->env_end = old->env_end;
	atomic_set(&mm->membarrier_state, atomic_read(&old->membarrier_state));
	memcpy(mm->saved_auxv, old->saved_auxv, sizeof(mm->saved_auxv));
	if (old->exe_file)
		mm->exe_file = get_exe_file(old->exe_file);
}

static int dup_mmap(struct mm_struct *mm, struct mm_struct *old)
{
	struct vm_area_struct *vma;
	bool flush = false;
	int error = 0;

	rwsem_assert_held_write(&old->mmap_lock);
	rwsem_assert_held_write(&mm->mmap_lock);
	mm_assert(list_empty(&mm->mmap));
	mm_assert(!mm->map_count && !mm->total_vm && !mm->locked_vm);
	for_each_vma(old, vma) {
		if (vma->vm_flags & VM_DONTCOPY)
			continue;
		error = dup_area(mm, vma, &flush);
		if (error)
			break;
	}
	if (flush)
		flush_tlb_mm(old);						/* C1 */
	return error;
}

/* comment: see mm.h */
struct mm_struct *dup_mm(struct mm_struct *oldmm, int *error)
{
	struct mm_struct *mm = mm_alloc();

	*error = -ENOMEM;
	if (!mm)
		return NULL;
	mmap_write_lock(oldmm);
	down_write_nested(&mm->mmap_lock, 1);
	copy_layout(mm, oldmm);
	*error = dup_mmap(mm, oldmm);
	WRITE_ONCE(mm->hiwater_rss, get_mm_rss(mm));	/* its files may be truncated now */
	mm->hiwater_vm = mm->total_vm;
	mmap_write_unlock(mm);
	mmap_write_unlock(oldmm);
	if (*error) {
		mmput(mm);
		return NULL;
	}
	return mm;
}
