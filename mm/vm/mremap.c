// SPDX-License-Identifier: MIT
/*
 * mremap.c - make a mapping longer or shorter, or move it with its pages.
 *
 *	shrink		munmap of the tail
 *	grow in place	when what follows is free
 *	move		a copy of the area at the new place, page-table entries
 *			carried over, the old area unmapped
 *
 * A moved area keeps vm_pgoff and its pages keep their index: where a page
 * belongs in its area does not change.
 *
 * Check, reserve, commit: all areas and page tables that a move needs are had before
 * the new place is emptied.
 *
 *   X1  an entry is never in both places at once, and the old place has been
 *       flushed from the TLBs before the new one can be used: mmap_lock is held
 *       for writing from before the first move until after the flush
 *
 * Locks: mmap_lock for writing; both ptls, the lower address' first.
 */
#include "vm_internal.h"

struct move {
	struct mm_struct *mm;
	unsigned long addr, old_len, new_len, flags, new_addr;	/* as mremap(2), aligned */
	unsigned long unmap_len;	/* of the old place: old_len before it was cut to new_len */
	unsigned long populate_from, populate_to;	/* out: locked pages to make present */
};

/* carry up to @nr entries; both tables exist and are the address space's own */
static void move_entries(pte_t *from, pte_t *to, unsigned int nr, spinlock_t *from_ptl,
			 spinlock_t *to_ptl)
{
	spinlock_t *first = min(from_ptl, to_ptl), *second = max(from_ptl, to_ptl);
	unsigned int i, anon = 0;

	mm_assert(nr && nr <= PTRS_PER_PTE && from != to);
	spin_lock(first);
	if (second != first)
		spin_lock_nested(second, 1);
	for (i = 0; i < nr; i++) {
		struct page *page;

		if (pte_none(ptep_get(from + i)))
			continue;
		page = vm_normal_page(ptep_get(from + i));
		anon += page && PageAnon(page);
		mm_assert(pte_none(ptep_get(to + i)));
		set_pte(to + i, ptep_get_and_clear(from + i));			/* X1 */
	}
	ptl_table(from_ptl)->pt_anon -= anon;					/* T5 */
	ptl_table(to_ptl)->pt_anon += anon;
	if (second != first)
		spin_unlock(second);
	spin_unlock(first);
}

/* does all of this step's table go, and to the place of a whole table? */
static bool is_whole_table(const struct pt_cursor *c, unsigned long dst)
{
	return c->nr == PTRS_PER_PTE && !(dst & ~PMD_MASK);
}

/*
 * Let the table serve @dst from now on instead of copying its entries. A truncation that
 * found the table at the old place must be through with it, flush included, before the
 * new place can be used: mapping->lock. False: there is a table already.
 */
static bool move_table(struct pt_cursor *c, unsigned long dst, struct address_space *mapping)
{
	pmd_t *to = pt_alloc_upper(c->mm, dst), pmd = *c->pmd;

	mm_assert(is_whole_table(c, dst));
	rwsem_assert_held_write(&c->mm->mmap_lock);			/* X1 */
	mm_bug_on(!to);
	if (!pmd_none(*to))
		return false;
	if (mapping)
		spin_lock(&mapping->lock);
	spin_lock(&c->mm->page_table_lock);
	set_pmd(c->pmd, __pmd(0));						/* X1 */
	set_pmd(to, pmd);
	spin_unlock(&c->mm->page_table_lock);
	if (mapping)
		spin_unlock(&mapping->lock);
	return true;
}

/* how many entries, at most @max, one table holds for @addr and what follows */
static unsigned int entries_in_table(unsigned long addr, unsigned int max)
{
	return min((unsigned int)(PTRS_PER_PTE - pte_index(addr)), max);
}

/*
 * Reserve: the tables of the new place for everything that is in the old one. Tables
 * of which entries will move are the address space's own from here on; one that moves
 * as a whole may be shared.
 */
static int make_tables(const struct move *m)
{
	struct pt_cursor c;

	pt_cursor_start(&c, m->mm, m->addr, m->addr + m->old_len);
	while (pt_cursor_next(&c)) {
		unsigned long dst = c.addr - m->addr + m->new_addr;
		unsigned int i = 0;

		if (is_whole_table(&c, dst)) {
			pmd_t *to = pt_alloc_upper(m->mm, dst);

			if (!to)
				return -ENOMEM;
			if (pmd_none(*to))
				continue;
		}
		if (c.shared && !pt_unshare(m->mm, c.pmd, c.addr))
			return -ENOMEM;
		for (; i < c.nr; i += entries_in_table(dst + i * PAGE_SIZE, c.nr - i))
			if (!pt_alloc(m->mm, dst + i * PAGE_SIZE))
				return -ENOMEM;
	}
	return 0;
}

/* commit: the tables exist */
static void move_page_tables(const struct move *m, const struct vm_area_struct *copy)
{
	struct address_space *mapping = copy->vm_file ? copy->vm_file->f_mapping : NULL;
	bool moved_tables = false;
	struct pt_cursor c;

	pt_cursor_start(&c, m->mm, m->addr, m->addr + m->old_len);
	while (pt_cursor_next(&c)) {
		unsigned long dst = c.addr - m->addr + m->new_addr;
		unsigned int i, nr;

		if (is_whole_table(&c, dst) && move_table(&c, dst, mapping)) {
			moved_tables = true;
			continue;
		}
		for (i = 0; i < c.nr; i += nr, dst += nr * PAGE_SIZE) {
			pmd_t *pmd = pt_alloc(m->mm, dst);

			mm_bug_on(!pmd);
			nr = entries_in_table(dst, c.nr - i);
			move_entries(c.pte + i, pte_offset_kernel(pmd, dst), nr, c.ptl,
				     pte_lockptr(pmd));
		}
	}
	if (m->old_len)
		flush_tlb_mm_range(m->mm, m->addr, m->addr + m->old_len, moved_tables); /* X1 */
}

/* an area at the new place that holds what [addr, addr + old_len) of @vma holds */
static struct vm_area_struct *make_moved_area(struct move *m, struct vm_area_struct *vma)
{
	struct vm_area_struct *copy = vma_dup(vma);

	if (!copy)
		return NULL;
	copy->vm_flags &= ~VM_SOFTCLEAN;	/* all of it is news at its new place: UG2 of usage.c */
	copy->vm_start = m->new_addr;
	copy->vm_end = m->new_addr + m->new_len;
	copy->vm_pgoff = vma->vm_pgoff + ((m->addr - vma->vm_start) >> PAGE_SHIFT);
	if (vma_is_anonymous(vma) && !vma->vm_file && !get_mm_counter(m->mm, MM_ANONPAGES))
		copy->vm_pgoff = m->new_addr >> PAGE_SHIFT;
	if (copy->vm_ops && copy->vm_ops->open)
		copy->vm_ops->open(copy);
	return copy;
}

/* all that a move takes; see move_reserve() */
struct reserved_move {
	struct vm_area_struct *copy;
	unsigned long charged;			/* pages */
	struct unmapping target;		/* what is at the new place */
	struct unmapping old;			/* what goes, or is unlocked, at the old place */
};

/* how much of the old place changes besides its entries */
static unsigned long old_bytes(const struct move *m, const struct vm_area_struct *vma)
{
	/* an old length of 0 makes a second mapping: nothing to take away */
	if (!(m->flags & MREMAP_DONTUNMAP))
		return m->unmap_len;
	return vma->vm_flags & VM_LOCKED ? m->old_len : 0;
}

/* promise the new place; what is there goes, and so does the old one, as a rule */
static int promise_move(const struct move *m, unsigned long pages)
{
	unsigned long going;

	if (!vm_enough_memory(m->mm, pages))
		return 0;
	going = vm_pages_with(m->mm, VM_ACCOUNT, m->new_addr, m->new_addr + m->new_len);
	if (!(m->flags & MREMAP_DONTUNMAP))
		going += vm_pages_with(m->mm, VM_ACCOUNT, m->addr, m->addr + m->unmap_len);
	return vm_enough_memory_instead(m->mm, pages, going);
}

static int move_reserve(struct move *m, struct vm_area_struct *vma, struct reserved_move *r)
{
	int error;

	*r = (struct reserved_move){
		.charged = vma->vm_flags & VM_ACCOUNT ? m->new_len >> PAGE_SHIFT : 0,
		.target = { .mm = m->mm, .start = m->new_addr,
			    .end = m->new_addr + m->new_len, .keep_tables = true },
		.old = { .mm = m->mm, .start = m->addr, .end = m->addr + old_bytes(m, vma) },
	};
	if (r->charged && promise_move(m, r->charged))
		return -ENOMEM;
	error = unmap_reserve(&r->target);
	if (error)
		goto uncharge;
	error = unmap_reserve(&r->old);
	if (error)
		goto cancel_target;
	error = -ENOMEM;
	if (make_tables(m))
		goto free_tables;
	r->copy = make_moved_area(m, vma);
	if (r->copy)
		return 0;

free_tables:
	free_spare_tables(m->mm, m->new_addr, m->new_addr + m->new_len);
	unmap_cancel(&r->old);
cancel_target:
	unmap_cancel(&r->target);
uncharge:
	if (r->charged)
		vm_unacct_memory(r->charged);
	return error;
}

/* what MREMAP_DONTUNMAP leaves behind is not locked any more */
static void unlock_old_place(struct unmapping *old)
{
	struct vm_area_struct *vma = unmap_cut(old);

	if (!vma)
		return;
	mm_assert(vma->vm_start == old->start && vma->vm_end == old->end);
	vma->vm_flags &= ~VM_LOCKED_MASK;
	old->mm->locked_vm -= vma_pages(vma);					/* K1 */
	vma_merge(vma);
}

static void move_commit(struct move *m, struct reserved_move *r)
{
	unsigned long pages = m->new_len >> PAGE_SHIFT, vm_flags = r->copy->vm_flags;
	unsigned long peak = max(m->mm->hiwater_vm, m->mm->total_vm);

	unmap_commit(&r->target);
	vma_link(m->mm, r->copy);
	vm_stat_account(m->mm, vm_flags, pages);
	move_page_tables(m, r->copy);
	if (m->flags & MREMAP_DONTUNMAP)
		unlock_old_place(&r->old);
	else
		unmap_commit(&r->old);
	m->mm->hiwater_vm = peak;	/* the moment with both does not count */
	if (!(vm_flags & VM_LOCKED))
		return;
	m->mm->locked_vm += pages;
	m->populate_from = m->new_addr + m->old_len;
	m->populate_to = m->new_addr + m->new_len;
}

/* may there be so many areas more, and one? A move splits and merges several times. */
static bool areas_for_move(const struct move *m, unsigned int nr)
{
	return (unsigned long)m->mm->map_count + nr < this_machine()->tunables.max_map_count;
}

static int move_area(struct move *m, struct vm_area_struct *vma)
{
	struct reserved_move r;
	int error;

	if (!areas_for_move(m, 3))
		return -ENOMEM;
	error = move_reserve(m, vma, &r);
	if (error)
		return error;
	move_commit(m, &r);
	vma_merge(r.copy);
	return 0;
}

/* may [addr, addr + old_len) of @vma become new_len long? */
static int check_growth(struct move *m, struct vm_area_struct *vma)
{
	unsigned long pgoff, more = m->new_len - m->old_len;

	mm_assert(m->new_len >= m->old_len && m->addr < vma->vm_end);
	if ((m->flags & MREMAP_DONTUNMAP) && (vma->vm_flags & (VM_DONTEXPAND | VM_PFNMAP)))
		return -EINVAL;
	if (m->old_len > vma->vm_end - m->addr)
		return -EFAULT;
	if (m->new_len == m->old_len)
		return 0;
	pgoff = ((m->addr - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff;
	if (pgoff + (m->new_len >> PAGE_SHIFT) < pgoff)
		return -EINVAL;
	if (vma->vm_flags & (VM_DONTEXPAND | VM_PFNMAP))
		return -EFAULT;
	if (mlock_future_check(m->mm, vma->vm_flags, more))
		return -EAGAIN;
	return may_expand_vm(m->mm, vma->vm_flags, more >> PAGE_SHIFT) ? 0 : -ENOMEM;
}

/* the area at @addr, after the checks that Linux makes of it */
static struct vm_area_struct *area_to_resize(struct move *m, int *error)
{
	struct vm_area_struct *vma = find_vma(m->mm, m->addr);

	*error = -EFAULT;
	if (!vma || vma->vm_start > m->addr)
		return NULL;
	/* old_len 0 makes a second mapping of the same pages: only of shared ones */
	*error = -EINVAL;
	if (!m->old_len && !(vma->vm_flags & (VM_SHARED | VM_MAYSHARE)))
		return NULL;
	*error = check_growth(m, vma);
	return *error ? NULL : vma;
}

/* the same for a move to a place of the caller's choice */
static struct vm_area_struct *area_to_move(struct move *m, int *error)
{
	struct vm_area_struct *vma = area_to_resize(m, error);

	if (!vma || !(m->flags & MREMAP_DONTUNMAP) ||
	    may_expand_vm(m->mm, vma->vm_flags, m->old_len >> PAGE_SHIFT))
		return vma;
	*error = -ENOMEM;
	return NULL;
}

/* add what is at the new place to what limits are compared with, @sign times */
static void count_target(const struct move *m, long sign)
{
	unsigned long end = m->new_addr + m->new_len;
	struct vm_area_struct *vma = find_vma_intersection(m->mm, m->new_addr, end);

	for (; vma && vma->vm_start < end; vma = vma_next(vma)) {
		long pages = (min(end, vma->vm_end) - max(m->new_addr, vma->vm_start)) >> PAGE_SHIFT;

		vm_stat_account(m->mm, vma->vm_flags, sign * pages);
		if (vma->vm_flags & VM_LOCKED)
			m->mm->locked_vm += sign * pages;
	}
}

/* limits are asked as Linux does, with the new place empty */
static struct vm_area_struct *area_to_replace(struct move *m, int *error)
{
	struct vm_area_struct *vma = area_to_move(m, error);

	if (vma || !(m->flags & MREMAP_FIXED) || (*error != -ENOMEM && *error != -EAGAIN))
		return vma;
	count_target(m, -1);
	vma = area_to_move(m, error);
	count_target(m, 1);
	return vma;
}

static unsigned long mremap_fixed(struct move *m)
{
	struct vm_area_struct *vma;
	unsigned long addr;
	int error;

	if (m->new_addr & ~PAGE_MASK)
		return -EINVAL;
	if (m->new_len > m->mm->task_size || m->new_addr > m->mm->task_size - m->new_len)
		return -EINVAL;
	if (m->addr + m->old_len > m->new_addr && m->new_addr + m->new_len > m->addr)
		return -EINVAL;
	if (!areas_for_move(m, 5))
		return -ENOMEM;
	/* old_len 0: what is to be mapped twice would make room for its second place */
	if ((m->flags & MREMAP_FIXED) && m->addr >= m->new_addr && m->addr - m->new_addr < m->new_len)
		return -EFAULT;
	if (m->old_len > m->new_len)
		m->old_len = m->new_len;	/* all of unmap_len goes */
	vma = area_to_replace(m, &error);
	if (!vma)
		return error;
	addr = get_unmapped_area(m->mm, m->new_addr, m->new_len,
				 m->flags & MREMAP_FIXED ? MAP_FIXED : 0);
	if (IS_ERR_VALUE(addr))
		return addr;
	m->new_addr = addr;
	error = move_area(m, vma);
	return error ? (unsigned long)error : addr;
}

/* is the address space behind @vma free for @more bytes? */
static bool room_behind(struct vm_area_struct *vma, unsigned long more)
{
	unsigned long end = vma->vm_end + more;
	struct vm_area_struct *next = vma_next(vma);

	mm_assert(more && !(more & ~PAGE_MASK));
	if (end < vma->vm_end || end > vma->vm_mm->task_size)
		return false;
	return !next || next->vm_start >= end;
}

static int grow_in_place(struct move *m, struct vm_area_struct *vma)
{
	unsigned long more = m->new_len - m->old_len, pages = more >> PAGE_SHIFT;

	mm_assert(vma->vm_end == m->addr + m->old_len && !(vma->vm_flags & VM_DONTEXPAND));
	if ((vma->vm_flags & VM_ACCOUNT) && vm_enough_memory(m->mm, pages))
		return -ENOMEM;
	m->populate_from = vma->vm_end;
	vma_adjust(vma, vma->vm_start, vma->vm_end + more);
	vm_stat_account(m->mm, vma->vm_flags, pages);
	if (vma->vm_flags & VM_LOCKED) {
		m->mm->locked_vm += pages;
		m->populate_to = vma->vm_end;
	}
	vma_merge(vma);
	return 0;
}

/*
 * Where the mapping may move to. For a large one a place that has the same offset in its
 * page table as the old place: then whole tables move.
 */
static unsigned long find_new_place(const struct move *m)
{
	unsigned long addr = -ENOMEM;

	if (m->old_len >= PMD_SIZE && m->new_len + PMD_SIZE > m->new_len)
		addr = get_unmapped_area(m->mm, 0, m->new_len + PMD_SIZE, 0);
	if (IS_ERR_VALUE(addr))
		return get_unmapped_area(m->mm, 0, m->new_len, 0);
	mm_assert(!(addr & ~PAGE_MASK));
	return addr + ((m->addr - addr) & ~PMD_MASK);
}

static unsigned long do_mremap(struct move *m)
{
	struct vm_area_struct *vma = find_vma(m->mm, m->addr);
	int error;

	rwsem_assert_held_write(&m->mm->mmap_lock);				/* X1 */
	if (!vma || vma->vm_start > m->addr)
		return -EFAULT;
	if (m->old_len > m->mm->task_size - m->addr && m->old_len != m->new_len)
		return (m->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) || m->old_len > m->new_len ?
		       -EINVAL : -EFAULT;
	if (m->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		return mremap_fixed(m);
	if (m->old_len >= m->new_len) {
		if (m->old_len > m->new_len)
			error = do_munmap(m->mm, m->addr + m->new_len, m->old_len - m->new_len);
		else
			error = 0;
		return error ? (unsigned long)error : m->addr;
	}
	vma = area_to_resize(m, &error);
	if (!vma)
		return error;
	if (m->old_len == vma->vm_end - m->addr && room_behind(vma, m->new_len - m->old_len)) {
		error = grow_in_place(m, vma);
		return error ? (unsigned long)error : m->addr;
	}
	if (!(m->flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	m->new_addr = find_new_place(m);
	if (IS_ERR_VALUE(m->new_addr))
		return m->new_addr;
	error = move_area(m, vma);
	return error ? (unsigned long)error : m->new_addr;
}

/**
 * vm_mremap() - mremap(2).
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  the address, or -E as Linux has it.
 */
unsigned long vm_mremap(struct mm_struct *mm, unsigned long addr, unsigned long old_len,
			unsigned long new_len, unsigned long flags, unsigned long new_addr)
{
	struct move m = {
		.mm = mm, .addr = addr, .old_len = PAGE_ALIGN(old_len),
		.new_len = PAGE_ALIGN(new_len), .flags = flags, .new_addr = new_addr,
		.unmap_len = PAGE_ALIGN(old_len),
	};
	unsigned long ret;

	if (flags & ~(unsigned long)(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP))
		return -EINVAL;
	if ((flags & MREMAP_FIXED) && !(flags & MREMAP_MAYMOVE))
		return -EINVAL;
	if ((flags & MREMAP_DONTUNMAP) && (!(flags & MREMAP_MAYMOVE) || old_len != new_len))
		return -EINVAL;
	if ((addr & ~PAGE_MASK) || !m.new_len)
		return -EINVAL;
	mmap_write_lock(mm);
	ret = do_mremap(&m);
	mmap_write_unlock(mm);
	if (!IS_ERR_VALUE(ret) && m.populate_to > m.populate_from)
		mm_populate(mm, m.populate_from, m.populate_to, false);
	return ret;
}
