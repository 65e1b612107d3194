// SPDX-License-Identifier: MIT
/*
 * account.c - how much address space and memory may be promised.
 *
 * Two things are limited. The size of an address space: RLIMIT_AS bounds all
 * areas together, RLIMIT_DATA the private writable ones, RLIMIT_MEMLOCK the
 * locked ones. And the sum of what all address spaces may come to need, the
 * commitment: each private writable page may one day want a frame of its own.
 *
 *   mode 0	a single call may not ask for more than the machine has
 *   mode 1	everything is promised
 *   mode 2	the sum stays below vm_commit_limit(), less two reserves
 *		(mm/phys/meminfo.c, which shows it, too). What a call is about to replace
 *		counts as gone: Linux unmaps first, Quire only once nothing can fail
 *
 *   A1  machine->vm_committed_pages is the sum of vma_pages() of all areas with
 *       VM_ACCOUNT and of what files of shared memory were promised (fs/ramfs.c): those
 *       of shared anonymous memory and System V segments their size, others their pages
 *
 * Locks: the counters of an mm need mmap_lock for writing; the commitment is
 * one atomic.
 */
#include "vm_internal.h"
#include <uapi/resource.h>

#define KB_TO_PAGES(kb)		((kb) >> (PAGE_SHIFT - 10))
/* reserves of mode 2 are a 32nd of free memory at boot, and at most so many kB */
#define ADMIN_RESERVE_KB_MAX	(1ul << 13)	/* a login, a shell and a kill fit in */
#define USER_RESERVE_KB_MAX	(1ul << 17)

/**
 * vm_stat_account() - count @npages more (or less) of an area with @vm_flags (V5).
 * Locks:   mmap_lock for writing.
 * Context: any.
 */
void vm_stat_account(struct mm_struct *mm, unsigned long vm_flags, long npages)
{
	mm_assert(npages >= 0 || mm->total_vm >= (unsigned long)-npages);	/* V5 */
	mm->total_vm += npages;
	if ((vm_flags & (VM_EXEC | VM_WRITE | VM_GROWSDOWN)) == VM_EXEC)
		mm->exec_vm += npages;
	else if (vm_flags & VM_GROWSDOWN)
		mm->stack_vm += npages;
	else if ((vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE)
		mm->data_vm += npages;
	mm_assert((long)mm->exec_vm >= 0 && (long)mm->stack_vm >= 0 && (long)mm->data_vm >= 0);
}

/**
 * may_expand_vm() - do RLIMIT_AS and RLIMIT_DATA allow @npages more?
 * Locks:   mmap_lock for reading.
 * Context: any.
 * Return:  true when they do.
 */
bool may_expand_vm(struct mm_struct *mm, unsigned long vm_flags, unsigned long npages)
{
	if (mm->total_vm + npages > port_rlimit(RLIMIT_AS) >> PAGE_SHIFT)
		return false;
	if ((vm_flags & (VM_WRITE | VM_SHARED | VM_GROWSDOWN)) != VM_WRITE)
		return true;
	return mm->data_vm + npages <= port_rlimit(RLIMIT_DATA) >> PAGE_SHIFT;
}

/** vm_reserves_init() - reserves of mode 2, by the memory that is free. Boot CPU. */
void vm_reserves_init(void)
{
	struct mm_tunables *tun = &this_machine()->tunables;
	unsigned long share = global_zone_page_state(NR_FREE_PAGES) << (PAGE_SHIFT - 10) >> 5;

	tun->admin_reserve_kbytes = min(share, ADMIN_RESERVE_KB_MAX);
	tun->user_reserve_kbytes = min(share, USER_RESERVE_KB_MAX);
}

/** vm_memory_committed() - pages that are promised now. Any context. */
unsigned long vm_memory_committed(void)
{
	long n = atomic_long_read(&this_machine()->vm_committed_pages);

	return n < 0 ? 0 : n;
}

/* @going: of what is promised, what the caller is about to give back */
static bool commit_fits(struct mm_struct *mm, unsigned long npages, unsigned long going)
{
	struct mm_tunables *tun = &this_machine()->tunables;
	unsigned long allowed;

	if (tun->overcommit_memory == OVERCOMMIT_ALWAYS)
		return true;
	if (tun->overcommit_memory == OVERCOMMIT_GUESS)
		return npages <= totalram_pages();
	allowed = vm_commit_limit();
	if (!port_capable_admin())
		allowed -= min(allowed, KB_TO_PAGES(READ_ONCE(tun->admin_reserve_kbytes)));
	if (mm)
		allowed -= min3(allowed, mm->total_vm / 32,
				KB_TO_PAGES(READ_ONCE(tun->user_reserve_kbytes)));
	return vm_memory_committed() < allowed + going;
}

/**
 * vm_pages_with() - how many pages of [@start, @end) lie in areas with @flag: those that are
 *	promised (VM_ACCOUNT, A1), or locked.
 * Locks:   mmap_lock.
 * Context: any.
 */
unsigned long vm_pages_with(struct mm_struct *mm, unsigned long flag, unsigned long start,
			    unsigned long end)
{
	struct vm_area_struct *vma = find_vma_intersection(mm, start, end);
	unsigned long pages = 0;

	rwsem_assert_held(&mm->mmap_lock);
	for (; vma && vma->vm_start < end; vma = vma_next(vma))
		if (vma->vm_flags & flag)
			pages += (min(end, vma->vm_end) - max(start, vma->vm_start)) >> PAGE_SHIFT;
	return pages;
}

/**
 * vm_enough_memory_instead() - promise @npages; the caller gives @going back then, which
 *	are judged as gone.
 * Locks:   none.
 * Context: any.
 * Return:  0 with the pages promised, or -ENOMEM.
 */
int vm_enough_memory_instead(struct mm_struct *mm, unsigned long npages, unsigned long going)
{
	atomic_long_add(npages, &this_machine()->vm_committed_pages);
	if (likely(commit_fits(mm, npages, going)))
		return 0;
	vm_unacct_memory(npages);
	return -ENOMEM;
}

/**
 * vm_enough_memory() - promise @npages (A1).
 * Locks:   none.
 * Context: any.
 * Return:  0 with the pages promised, or -ENOMEM.
 */
int vm_enough_memory(struct mm_struct *mm, unsigned long npages)
{
	return vm_enough_memory_instead(mm, npages, 0);
}

/** vm_unacct_memory() - take back a promise of vm_enough_memory(). Any context. */
void vm_unacct_memory(unsigned long npages)
{
	long left = atomic_long_sub_return(npages, &this_machine()->vm_committed_pages);

	mm_assert(left >= 0);							/* A1 */
}

/** can_do_mlock() - may the caller lock memory at all? Any context. */
bool can_do_mlock(void)
{
	return port_rlimit(RLIMIT_MEMLOCK) != 0 || port_capable_admin();
}

/**
 * mlock_future_check() - would @bytes more of a locked area exceed the limit?
 * Locks:   mmap_lock for reading.
 * Context: any.
 * Return:  0 or -EAGAIN.
 */
int mlock_future_check(struct mm_struct *mm, unsigned long vm_flags, unsigned long bytes)
{
	unsigned long locked;

	rwsem_assert_held(&mm->mmap_lock);
	if (!(vm_flags & VM_LOCKED))
		return 0;
	locked = (bytes >> PAGE_SHIFT) + mm->locked_vm;
	if (locked > port_rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT && !port_capable_admin())
		return -EAGAIN;
	return 0;
}
