// SPDX-License-Identifier: MIT
/*
 * pkeys.c - protection keys: which of them an address space has given out, which one an
 * area gets, and what a task may do with an area's pages.
 *
 * A page's key is a number in its entry; what a key denies is a word of the thread that
 * makes an access, two bits for each key (linux/pkeys.h). The program writes that word
 * itself, without a call, so mm/ asks the port for it whenever it decides for the calling
 * thread. Where the machine has no keys (facts.nr_pkeys is 0) no key is ever given out
 * and every area has key 0, which denies nothing.
 *
 *	vm_flags	VM_PKEY_MASK: the key of an area, so that areas merge by it
 *	vm_page_prot	the same for entries; the MMU checks it at each access
 *	mm		pkey_map: a bit for each key that is given out
 *			execute_only_pkey: of areas that may be executed only, -1: none yet
 *
 *   E1  bit k of pkey_map is set as long as a program may name key k, or k is
 *       execute_only_pkey, which no program may name
 *   E2  a present entry has the key of its area
 *
 * Keys deny data, never instructions. PROT_EXEC alone is made of that: such an area gets
 * a key that only the kernel hands out, and the thread that asks loses all access to it.
 *
 * Another address space is accessed without keys, as nobody's word says anything about
 * it. Freeing a key leaves the pages that have it, and they deny what they denied.
 *
 * Locks: mmap_lock; for writing where pkey_map changes.
 */
#include "vm_internal.h"

static unsigned int nr_pkeys(void)
{
	return this_machine()->facts.nr_pkeys;
}

/**
 * pkeys_init() - the keys of a fresh address space: key 0, which every area has.
 * Locks:   none; nobody knows @mm. Context: any.
 */
void pkeys_init(struct mm_struct *mm)
{
	mm->pkey_map = nr_pkeys() ? 1 : 0;
	mm->execute_only_pkey = -1;
}

/**
 * pkeys_dup() - the keys of @from, of which @mm becomes a copy.
 * Locks:   mmap_lock of @from. Context: any.
 */
void pkeys_dup(struct mm_struct *mm, const struct mm_struct *from)
{
	mm->pkey_map = from->pkey_map;
	mm->execute_only_pkey = from->execute_only_pkey;
}

/**
 * pkey_may_be_named() - was @pkey given out to the program?
 * Locks:   mmap_lock. Context: any.
 */
bool pkey_may_be_named(const struct mm_struct *mm, int pkey)
{
	rwsem_assert_held(&mm->mmap_lock);
	if (pkey < 0 || pkey >= (int)nr_pkeys() || pkey == mm->execute_only_pkey)
		return false;
	return mm->pkey_map & 1u << pkey;
}

/* the lowest key that is free; -1: none */
static int take_key(struct mm_struct *mm)
{
	unsigned int key = 0;

	while (key < nr_pkeys() && (mm->pkey_map & 1u << key))
		key++;
	if (key >= nr_pkeys())
		return -1;
	mm->pkey_map |= 1u << key;						/* E1 */
	return key;
}

static void set_own_rights(unsigned int pkey, u32 denied)
{
	u32 others = arch_pkey_denied() & ~(PKEY_DISABLE_MASK << PKEY_BITS * pkey);

	arch_pkey_set_denied(others | denied << PKEY_BITS * pkey);
}

/**
 * vm_pkey_alloc() - pkey_alloc(2): a key, to which the calling thread has all rights but
 *	@denied.
 * Locks:   takes mmap_lock for writing. Context: may sleep.
 * Return:  the key; -EINVAL for rights that there are not; -ENOSPC.
 */
int vm_pkey_alloc(struct mm_struct *mm, unsigned long denied)
{
	int key;

	if (denied & ~(unsigned long)PKEY_DISABLE_MASK)
		return -EINVAL;
	mmap_write_lock(mm);
	key = take_key(mm);
	if (key >= 0)
		set_own_rights(key, denied);
	mmap_write_unlock(mm);
	return key < 0 ? -ENOSPC : key;
}

/**
 * vm_pkey_free() - pkey_free(2): @pkey may be given out again.
 * Locks:   takes mmap_lock for writing. Context: may sleep.
 * Return:  0; -EINVAL: it was not given out.
 */
int vm_pkey_free(struct mm_struct *mm, int pkey)
{
	int error = -EINVAL;

	mmap_write_lock(mm);
	if (pkey_may_be_named(mm, pkey)) {
		mm->pkey_map &= ~(1u << pkey);
		error = 0;
	}
	mmap_write_unlock(mm);
	return error;
}

/**
 * pkey_for_exec_only() - the key of areas that may be executed and nothing else; the
 *	calling thread has no access to them afterwards.
 * Locks:   mmap_lock for writing. Context: any.
 * Return:  the key; 0: there is none left, such areas can be read.
 */
int pkey_for_exec_only(struct mm_struct *mm)
{
	int key = mm->execute_only_pkey;

	rwsem_assert_held_write(&mm->mmap_lock);
	if (key < 0)
		key = take_key(mm);
	if (key < 0)
		return 0;
	mm->execute_only_pkey = key;
	if (!(arch_pkey_denied() >> PKEY_BITS * key & PKEY_DISABLE_ACCESS))
		set_own_rights(key, PKEY_DISABLE_ACCESS);
	return key;
}

/**
 * pkey_after_mprotect() - the key of @vma when it gets protection @prot, and by name key
 *	@pkey, -1: none was named.
 * Locks:   mmap_lock for writing. Context: any.
 */
int pkey_after_mprotect(const struct vm_area_struct *vma, unsigned long prot, int pkey)
{
	unsigned long access = vma->vm_flags & VM_ACCESS_FLAGS;
	int old = vma_pkey(vma);

	if (pkey >= 0)
		return pkey;
	if (prot == PROT_EXEC)
		return pkey_for_exec_only(vma->vm_mm) ?: old;
	return access == VM_EXEC && old == vma->vm_mm->execute_only_pkey ? 0 : old;
}

/**
 * vm_pkey_at() - the key of the area at @address, for a report.
 * Locks:   takes mmap_lock for reading. Context: may sleep.
 * Return:  the key; 0 where nothing is mapped.
 */
int vm_pkey_at(struct mm_struct *mm, unsigned long address)
{
	struct vm_area_struct *vma;
	int key = 0;

	mmap_read_lock(mm);
	vma = find_vma(mm, address);
	if (vma && vma->vm_start <= address)
		key = vma_pkey(vma);
	mmap_read_unlock(mm);
	return key;
}
