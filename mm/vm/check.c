// SPDX-License-Identifier: MIT
/*
 * check.c - mm_check(): every invariant of an address space, counted anew.
 *
 * The rules it walks are those of vma.c (V1-V6), pgtable.c (T1, T3, T5), share.c (O1,
 * O2, O4, O5, O8), fault.c (F3), pkeys.c (E2), account.c and mlock.c (K1). Tests call it
 * after every step; debug builds call it where a whole operation has finished.
 *
 * Locks: mmap_lock for writing, so that no fault changes the tables meanwhile.
 */
#include "vm_internal.h"

/* V2, V3: the tree has the areas of the list, and its gaps are true */
static unsigned long check_subtree(struct rb_node *node, struct vm_area_struct **expect,
				   int *count)
{
	struct vm_area_struct *vma, *prev;
	unsigned long most, gap, prev_end;

	if (!node)
		return 0;
	vma = rb_entry(node, struct vm_area_struct, vm_rb);
	most = check_subtree(node->rb_left, expect, count);
	mm_bug_on(vma != *expect);						/* V2 */
	*expect = vma_next(vma);
	++*count;
	prev = vma_prev(vma);
	prev_end = prev ? prev->vm_end : 0;
	gap = vm_start_gap(vma) > prev_end ? vm_start_gap(vma) - prev_end : 0;
	mm_bug_on(gap != vma->vm_gap);						/* V3 */
	most = max(most, gap);
	most = max(most, check_subtree(node->rb_right, expect, count));
	mm_bug_on(most > vma->rb_subtree_gap);					/* V3 */
	return most;
}

static void check_index(struct mm_struct *mm)
{
	struct vm_area_struct *expect = NULL;
	int count = 0;

	if (!list_empty(&mm->mmap))
		expect = list_first_entry(&mm->mmap, struct vm_area_struct, vm_list);
	check_subtree(mm->mm_rb.rb_node, &expect, &count);
	mm_bug_on(expect || count != mm->map_count);				/* V2 */
	mm_bug_on(!rb_check(&mm->mm_rb));
}

static void check_area(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = vma_prev(vma);

	mm_bug_on(vma->vm_mm != mm);
	mm_bug_on((vma->vm_start | vma->vm_end) & ~PAGE_MASK);			/* V1 */
	mm_bug_on(vma->vm_start >= vma->vm_end || vma->vm_end > mm->task_size);
	mm_bug_on(prev && prev->vm_end > vma->vm_start);			/* V1 */
	mm_bug_on((vma->vm_file != NULL) == list_empty(&vma->shared));		/* V4 */
	mm_bug_on((vma->vm_flags & VM_SHARED) && vma_is_anonymous(vma));
	mm_bug_on(vma->vm_has_anon && !vma->vm_touched);			/* V6 */
}

/* F3 and the counting of one entry */
static void check_entry(struct vm_area_struct *vma, pte_t pte, long rss[NR_MM_COUNTERS])
{
	struct page *page = vm_normal_page(pte);

	mm_bug_on(!pte_present(pte) || !vma->vm_touched);			/* V6 */
	mm_bug_on(pte_write(pte) && !(vma->vm_flags & VM_WRITE));
	mm_bug_on(pte_pkey(pte) != (unsigned int)vma_pkey(vma));		/* E2 */
	if (!page) {
		mm_bug_on(pte_write(pte) && !(vma->vm_flags & VM_SHARED));
		return;
	}
	mm_bug_on(page_count(page) < 1 || page_mapcount(page) < 1);
	mm_bug_on(page_count(page) < page_mapcount(page));
	if (pte_write(pte) && !(vma->vm_flags & VM_SHARED))
		mm_bug_on(!PageAnon(page) || page_mapcount(page) != 1);		/* F3 */
	rss[mm_counter(page)]++;
}

/* T1, T5, O1, O2; ptl held */
static void check_table(struct mm_struct *mm, struct page *table, pmd_t *pmd)
{
	pte_t *pte = page_address(table);
	unsigned int i, anon = 0;

	mm_bug_on(!PageTable(table) || atomic_read(&table->_refcount) < 1);
	if (pmd_write(*pmd)) {
		mm_bug_on(table->pt_mm != mm);					/* T1 */
		mm_bug_on(atomic_read(&table->_refcount) != 1);			/* O1, O2 */
	} else {
		mm_bug_on(table->pt_mm);
	}
	for (i = 0; i < PTRS_PER_PTE; i++) {
		struct page *page = pte_none(pte[i]) ? NULL : vm_normal_page(pte[i]);

		mm_bug_on(!pmd_write(*pmd) && page && !PageAnon(page));		/* O5 */
		anon += page && PageAnon(page);
	}
	mm_bug_on(anon != table->pt_anon);					/* T5 */
}

static unsigned long count_entries(struct mm_struct *mm, struct vm_area_struct *vma,
				   unsigned long start, unsigned long end,
				   long rss[NR_MM_COUNTERS])
{
	unsigned long present = 0;
	struct pt_cursor c;

	pt_cursor_start(&c, mm, start, end);
	while (pt_cursor_next(&c)) {
		unsigned int i;

		mm_bug_on(!pt_cursor_lock(&c));
		check_table(mm, ptl_table(c.ptl), c.pmd);
		for (i = 0; i < c.nr; i++) {
			if (pte_none(ptep_get(c.pte + i)))
				continue;
			present++;
			if (vma)
				check_entry(vma, ptep_get(c.pte + i), rss);
		}
		spin_unlock(c.ptl);
	}
	return present;
}

static void check_pages(struct mm_struct *mm)
{
	long rss[NR_MM_COUNTERS] = { 0 };
	unsigned long in_areas = 0;
	struct vm_area_struct *vma;
	unsigned int shared = 0;
	struct pt_cursor c;
	int i;

	for_each_vma(mm, vma)
		in_areas += count_entries(mm, vma, vma->vm_start, vma->vm_end, rss);
	/* no entry outside of an area */
	mm_bug_on(in_areas != count_entries(mm, NULL, 0, mm->task_size, rss));
	for (i = 0; i < NR_MM_COUNTERS; i++)
		mm_bug_on(rss[i] != atomic_long_read(&mm->rss_stat[i]));
	pt_cursor_start(&c, mm, 0, mm->task_size);
	while (pt_cursor_next(&c))
		shared += c.shared;
	mm_bug_on(shared != mm->shared_tables);					/* O8 */
	mm_bug_on(pt_count_tables(mm) * PAGE_SIZE !=				/* T3 */
		  (unsigned long)atomic_long_read(&mm->pgtables_bytes));
}

static void check_statistics(struct mm_struct *mm)
{
	struct mm_struct sum = { .total_vm = 0 };
	struct vm_area_struct *vma;
	unsigned long locked = 0;

	for_each_vma(mm, vma) {
		vm_stat_account(&sum, vma->vm_flags, vma_pages(vma));
		if (vma->vm_flags & VM_LOCKED)
			locked += vma_pages(vma);
	}
	mm_bug_on(sum.total_vm != mm->total_vm);				/* V5 */
	mm_bug_on(sum.data_vm != mm->data_vm || sum.exec_vm != mm->exec_vm);
	mm_bug_on(sum.stack_vm != mm->stack_vm);
	mm_bug_on(locked != mm->locked_vm);					/* K1 */
}

/**
 * mm_check() - walk everything that @mm owns; a broken rule stops the machine.
 * Locks:   mmap_lock for writing.
 * Context: any thread; takes time proportional to the pages.
 */
void mm_check(struct mm_struct *mm)
{
	struct vm_area_struct *vma;

	rwsem_assert_held_write(&mm->mmap_lock);
	check_index(mm);
	for_each_vma(mm, vma)
		check_area(mm, vma);
	check_statistics(mm);
	check_pages(mm);
}
