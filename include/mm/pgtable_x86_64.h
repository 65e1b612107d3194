/* SPDX-License-Identifier: MIT */
/*
 * pgtable_x86_64.h - 4-level x86-64 page tables, used by the x86-64 port, whose CPU walks
 * them, and by the host port, whose soft MMU does. Bits: Intel SDM volume 3, section 4.5.
 * p4d is folded into pgd.
 */
#ifndef MM_PGTABLE_X86_64_H
#define MM_PGTABLE_X86_64_H

#define PTRS_PER_PTE	512
#define PTRS_PER_PMD	512
#define PTRS_PER_PUD	512
#define PTRS_PER_P4D	1
#define PTRS_PER_PGD	512
#define USER_PTRS_PER_PGD	256
#define PMD_SHIFT	21
#define PUD_SHIFT	30
#define P4D_SHIFT	39
#define PGDIR_SHIFT	39

#define _PAGE_NX	(1ul << 63)
#define PTE_PFN_MASK	0x000ffffffffff000ul

#include <mm/pgtable_x86.h>

#endif
