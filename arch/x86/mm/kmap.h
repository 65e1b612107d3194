/* SPDX-License-Identifier: MIT */
/* kmap.h - what the files of arch/x86/mm share about the kernel's own tables. */
#ifndef X86_MM_KMAP_H
#define X86_MM_KMAP_H

#include <linux/mm.h>

extern pgd_t swapper_pg_dir[PTRS_PER_PGD];	/* i  init_mm's */

/* init_64.c */
int __must_check kernel_map(unsigned long va, phys_addr_t pa, u64 bytes, pgprot_t prot,
			    unsigned int max_shift);
u64 *kernel_entry(unsigned long va, unsigned int *shift);
u64 *kernel_pte(unsigned long va);
void *alloc_kernel_table(void);

/* pageattr.c */
int __must_check change_page_attr(unsigned long va, unsigned long nr_pages, u64 set, u64 clear);

#endif
