/* SPDX-License-Identifier: MIT */
/*
 * linux/pkeys.h - protection keys. Every area has one of 16, 0 unless it was given
 * another; each thread denies itself accesses by key, in a word with two bits for each:
 *
 *	bit 2 * key	PKEY_DISABLE_ACCESS	no read and no write
 *	bit 2 * key + 1	PKEY_DISABLE_WRITE	no write
 *
 * mm/vm/pkeys.c has the theory.
 */
#ifndef LINUX_PKEYS_H
#define LINUX_PKEYS_H

#include <linux/mm_types.h>
#include <asm/pgtable.h>

#define PKEY_DISABLE_ACCESS	1u
#define PKEY_DISABLE_WRITE	2u
#define PKEY_DISABLE_MASK	3u
#define PKEY_BITS		2

/* ports that have keys: the word of the calling thread */
#ifndef arch_pkey_denied
#define arch_pkey_denied()		0u
#define arch_pkey_set_denied(denied)	((void)(denied))
#endif

/* the key that vm_flags have, and the part of them that says @pkey; where words have 32
 * bits, there is key 0 only */
static inline int vm_flags_pkey(unsigned long flags)
{
	return (u64)flags >> VM_PKEY_SHIFT & (NR_PKEYS - 1);
}
static inline int vma_pkey(const struct vm_area_struct *vma)
{
	return vm_flags_pkey(vma->vm_flags);
}
static inline unsigned long vm_pkey_flags(int pkey)
{
	return (unsigned long)((u64)pkey << VM_PKEY_SHIFT);
}

int vm_pkey_alloc(struct mm_struct *mm, unsigned long denied);
int vm_pkey_free(struct mm_struct *mm, int pkey);
int vm_pkey_at(struct mm_struct *mm, unsigned long address);

#endif
