/* SPDX-License-Identifier: MIT */
/*
 * pageattr.c - change the protection of kernel mappings, page by page.
 *
 * A range may begin in the middle of a large page. Such a page is split first: a
 * table with the same translations in the next smaller size replaces the entry
 * in one store, so that no access ever finds nothing there. Splits go down level
 * by level until the page fits into the range. Large pages are not put together
 * again: boot and module loading change few places, once.
 *
 *   A1  a translation changes only in the bits asked for, never in its frame
 *   A2  when a change fails for want of a table, what was split stays split and
 *       what was changed stays changed; the caller's range is a prefix of done work
 *
 * Pages that arch_direct_map_split() has made single ones are hidden and shown without the
 * lock, each by its owner.
 *
 * Lock: cpa_lock, a mutex, for all changes of present kernel entries made here;
 * mm/kspace changes entries of its own areas only, which are never large.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <asm/pageattr.h>
#include "kmap.h"

static DEFINE_MUTEX(cpa_lock);

/* PSE and the address bit that it moves (bit 12 is PAT in a large entry: never set here) */
static int split_large(u64 *entry, unsigned int shift)
{
	u64 old = *entry, prot = old & ~PTE_PFN_MASK, pa = old & PTE_PFN_MASK;
	u64 *table = alloc_kernel_table();
	unsigned int i;

	mm_assert(shift > PAGE_SHIFT && (old & _PAGE_PSE));
	if (!table)
		return -ENOMEM;
	if (shift - 9 == PAGE_SHIFT)
		prot &= ~_PAGE_PSE;
	for (i = 0; i < 512; i++)
		table[i] = (pa + ((u64)i << (shift - 9))) | prot;
	WRITE_ONCE(*entry, __pa(table) | _KERNPG_TABLE);
	return 0;
}

/* one entry at @va: split it, or change it; *@step bytes are done */
static int change_one(unsigned long va, unsigned long bytes, u64 set, u64 clear,
		      unsigned long *step)
{
	unsigned int shift;
	u64 *entry = kernel_entry(va, &shift);

	*step = 0;
	if (!entry)
		return -EFAULT;
	if ((va & ((1ul << shift) - 1)) || bytes < 1ul << shift)
		return split_large(entry, shift);
	WRITE_ONCE(*entry, (*entry & ~clear) | set);
	*step = 1ul << shift;
	return 0;
}

/**
 * change_page_attr() - set and clear bits of the entries of a mapped kernel range.
 * Locks:   takes cpa_lock; flushes the TLBs of all CPUs.
 * Context: may sleep, interrupts on.
 * Return:  0, -EFAULT where nothing is mapped, -ENOMEM (A2).
 */
int change_page_attr(unsigned long va, unsigned long nr_pages, u64 set, u64 clear)
{
	unsigned long at = va & PAGE_MASK, end = at + (nr_pages << PAGE_SHIFT), step;
	int err = 0;

	mm_assert(!((set | clear) & PTE_PFN_MASK));		/* A1 */
	mutex_lock(&cpa_lock);
	for (; at < end && !err; at += step)
		err = change_one(at, end - at, set, clear, &step);
	flush_tlb_kernel_range(va & PAGE_MASK, end);
	mutex_unlock(&cpa_lock);
	return err;
}

/* --- pages of the direct map that come and go (mm/port.h, entry 12) ------------------- */

int arch_direct_map_split(unsigned long start, unsigned long end)
{
	unsigned int shift;
	int err = 0;
	u64 *entry;

	mutex_lock(&cpa_lock);
	while (start < end && !err) {
		entry = kernel_entry(start, &shift);
		if (entry && shift > PAGE_SHIFT)
			err = split_large(entry, shift);
		else
			start += PAGE_SIZE;
	}
	mutex_unlock(&cpa_lock);
	return err;
}

/* A store of the bit alone: nobody else changes entries of such a range. */
int arch_direct_map_set(unsigned long addr, bool present)
{
	u64 *entry = kernel_pte(addr);

	if (!entry)
		return -EFAULT;
	if (present)
		WRITE_ONCE(*entry, *entry | _PAGE_PRESENT);
	else
		WRITE_ONCE(*entry, *entry & ~(u64)_PAGE_PRESENT);
	local_flush_tlb_page(NULL, addr);
	return 0;
}

/**
 * set_memory_ro() - pages of a kernel mapping become read-only; likewise the others.
 * Locks: as change_page_attr(). Context: may sleep. Return: 0 or -E as there.
 */
int set_memory_ro(unsigned long va, unsigned long nr_pages)
{
	return change_page_attr(va, nr_pages, 0, _PAGE_RW | _PAGE_DIRTY);
}

/** set_memory_rw() - writable, as set_memory_ro(). */
int set_memory_rw(unsigned long va, unsigned long nr_pages)
{
	return change_page_attr(va, nr_pages, _PAGE_RW | _PAGE_DIRTY, 0);
}

/** set_memory_x() - executable, as set_memory_ro(). */
int set_memory_x(unsigned long va, unsigned long nr_pages)
{
	return change_page_attr(va, nr_pages, 0, _PAGE_NX);
}

/** set_memory_nx() - not executable, as set_memory_ro(). */
int set_memory_nx(unsigned long va, unsigned long nr_pages)
{
	return change_page_attr(va, nr_pages, _PAGE_NX, 0);
}
