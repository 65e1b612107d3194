// SPDX-License-Identifier: MIT
/*
 * mm.c - the life of an address space, and what mm/vm needs of the machine.
 *
 *   N1  mm_users counts the tasks that run in it (and short visits); with the
 *       last one the areas and pages go: exit_mmap()
 *   N2  mm_count counts references to the struct, all users together as one;
 *       with the last one the top table and the struct go. A CPU that still has
 *       the tables loaded, for a kernel thread, holds one
 *   N3  between N1 and N2 the user half of the top table is empty
 *
 * Locks: none of its own; exit_mmap() takes mmap_lock for the sake of the
 * asserts below it, nobody else can want it.
 */
#include "vm_internal.h"

static void mm_init(struct mm_struct *mm)
{
	mm_assert(atomic_read(&mm->mm_count) == 0 && !mm->pgd);
	init_rwsem(&mm->mmap_lock);
	INIT_LIST_HEAD(&mm->mmap);
	atomic_set(&mm->mm_users, 1);
	atomic_set(&mm->mm_count, 1);
	spin_lock_init_rank(&mm->page_table_lock, RANK_PTL_PMD, "page_table_lock");
	mm->task_size = TASK_SIZE_MAX;
	mm->mmap_base = PAGE_ALIGN(TASK_SIZE_MAX / 3 * 2);
	pkeys_init(mm);
	arch_mm_context_init(mm);
}

/* comment: see mm.h */
struct mm_struct *mm_alloc(void)
{
	struct mm_struct *mm = kmem_cache_zalloc(this_machine()->mm_cachep, GFP_KERNEL);

	if (!mm)
		return NULL;
	mm_init(mm);
	mm->pgd = pt_alloc_root(mm);
	if (!mm->pgd) {
		kmem_cache_free(this_machine()->mm_cachep, mm);
		return NULL;
	}
	return mm;
}

/*
 * All tables go, those of the lowest areas first: what is below an area has no
 * table any more, what is above it keeps those that it shares with it. Areas
 * that are less than a table's range apart are taken together.
 */
static void free_all_tables(struct mmu_gather *tlb)
{
	unsigned long top = (tlb->mm->task_size + PGDIR_SIZE - 1) & PGDIR_MASK;
	struct vm_area_struct *vma, *next;
	unsigned long start, end;

	vma = find_vma(tlb->mm, 0);
	for (; vma; vma = next) {
		start = vma->vm_start;
		end = vma->vm_end;
		while ((next = vma_next(vma)) && next->vm_start < end + PMD_SIZE) {
			vma = next;
			end = vma->vm_end;
		}
		pt_free_tables(tlb, start, end, 0, next ? next->vm_start : top);
	}
	/* tables without an area: a failed call left some empty */
	if (unlikely(atomic_long_read(&tlb->mm->pgtables_bytes)))
		pt_free_tables(tlb, 0, tlb->mm->task_size, 0, top);
}

/**
 * exit_mmap() - unmap everything.
 * Locks:   takes mmap_lock for writing; no user is left.
 * Context: may sleep.
 */
void exit_mmap(struct mm_struct *mm)
{
	struct vm_area_struct *vma, *next;
	struct mmu_gather tlb;
	unsigned long accounted = 0;
	int i;

	if (list_empty(&mm->mmap) && !atomic_long_read(&mm->pgtables_bytes))
		return;
	mmap_write_lock(mm);
	tlb_gather_mmu(&tlb, mm, true);
	for_each_vma(mm, vma) {
		zap_area(&tlb, vma, vma->vm_start, vma->vm_end);
		vma_unlink_file(vma);
	}
	free_all_tables(&tlb);
	tlb_finish_mmu(&tlb);
	mm->mm_rb = RB_ROOT;
	mm->mmap_cache = NULL;
	mm->map_count = 0;
	list_for_each_entry_safe(vma, next, &mm->mmap, vm_list) {
		list_del(&vma->vm_list);
		if (vma->vm_flags & VM_ACCOUNT)
			accounted += vma_pages(vma);
		if (vma->vm_ops && vma->vm_ops->close)
			vma->vm_ops->close(vma);
		vma_free(vma);
	}
	if (accounted)
		vm_unacct_memory(accounted);
	mm->total_vm = mm->locked_vm = mm->data_vm = mm->exec_vm = mm->stack_vm = 0;
	for (i = 0; i < NR_MM_COUNTERS; i++)
		mm_bug_on(atomic_long_read(&mm->rss_stat[i]) != 0);
	mmap_write_unlock(mm);
}

/* comment: see mm.h */
void mmput(struct mm_struct *mm)
{
	mm_assert(atomic_read(&mm->mm_users) > 0);				/* N1 */
	if (!atomic_dec_and_test(&mm->mm_users))
		return;
	exit_mmap(mm);
	set_mm_exe_file(mm, NULL);
	mmdrop(mm);
}

/* comment: see mm.h */
void mmdrop(struct mm_struct *mm)
{
	mm_assert(atomic_read(&mm->mm_count) > 0);				/* N2 */
	if (!atomic_dec_and_test(&mm->mm_count))
		return;
	mm_bug_on(mm == this_machine()->init_mm);
	mm_assert(list_empty(&mm->mmap) && mm->map_count == 0);			/* N3 */
	mm_assert(atomic_read(&mm->mm_users) == 0 && !mm->exe_file);
	arch_mm_context_destroy(mm);
	pt_free_root(mm);
	kmem_cache_free(this_machine()->mm_cachep, mm);
}

/**
 * set_mm_exe_file() - remember which file the program is, for /proc/PID/exe.
 * Locks:   takes mmap_lock for writing while the pointer changes.
 * Context: may sleep.
 * Return:  nothing. Takes its own reference and keeps writers out; NULL: none any more.
 */
void set_mm_exe_file(struct mm_struct *mm, struct file *file)
{
	struct file *old;

	if (file)
		get_exe_file(file);
	mmap_write_lock(mm);
	old = mm->exe_file;
	mm->exe_file = file;
	mmap_write_unlock(mm);
	if (old)
		put_exe_file(old);
}

static void tunables_default(struct mm_tunables *tun)
{
	tun->overcommit_memory = OVERCOMMIT_GUESS;
	tun->overcommit_ratio = 50;
	tun->max_map_count = 65530;
	tun->mmap_min_addr = 65536;
	tun->stack_guard_gap_pages = 256;
	tun->mmap_rnd_bits = MMAP_RND_BITS_MIN;
	tun->fork_share_pages = FORK_SHARE_PAGES;
	vm_reserves_init();
}

/**
 * mm_caches_init() - what mm/vm and mm/cache need before the first address space.
 * Locks:   none; boot CPU.
 * Context: once per machine, after slab is up.
 * Return:  0 or -ENOMEM.
 */
int mm_caches_init(void)
{
	struct machine *m = this_machine();

	tunables_default(&m->tunables);
	pagewait_init();
	m->mm_cachep = KMEM_CACHE(mm_struct, SLAB_HWCACHE_ALIGN | SLAB_ACCOUNT);
	m->vma_cachep = KMEM_CACHE(vm_area_struct, SLAB_ACCOUNT);
	m->zero_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	return m->mm_cachep && m->vma_cachep && m->zero_page ? 0 : -ENOMEM;
}
