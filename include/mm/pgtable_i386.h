/* SPDX-License-Identifier: MIT */
/*
 * pgtable_i386.h - 2-level i386 page tables, used by ports whose words have 32 bits.
 * Bits: Intel SDM volume 3, section 4.3 (32-bit paging with CR4.PSE).
 *
 *	pgd = p4d = pud = pmd (1024 entries of 4 MiB) -> pte tables (1024 entries) -> frames
 */
#ifndef MM_PGTABLE_I386_H
#define MM_PGTABLE_I386_H

#define PTRS_PER_PTE	1024
#define PTRS_PER_PMD	1
#define PTRS_PER_PUD	1
#define PTRS_PER_P4D	1
#define PTRS_PER_PGD	1024
#define USER_PTRS_PER_PGD	(TASK_SIZE_MAX >> PGDIR_SHIFT)
#define PMD_SHIFT	22
#define PUD_SHIFT	22
#define P4D_SHIFT	22
#define PGDIR_SHIFT	22

#define _PAGE_NX	0ul	/* the format has no such bit: what can be read can be run */
#define PTE_PFN_MASK	0xfffff000ul

#include <mm/pgtable_x86.h>

#endif
