/* SPDX-License-Identifier: MIT */
/* vmalloc_internal.h - what the files of mm/kspace share. */
#ifndef MM_VMALLOC_INTERNAL_H
#define MM_VMALLOC_INTERNAL_H

#include <linux/vmalloc.h>
#include <linux/slab.h>
#include <linux/mm.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/string.h>
#include <linux/printk.h>
#include <linux/bug.h>

/* --- vmap_area.c ----------------------------------------------------------------- */
struct vmap_area *__must_check vmap_area_alloc(unsigned long bytes, unsigned long align, gfp_t gfp);
void vmap_area_publish(struct vmap_area *va, struct vm_struct *vm);
struct vmap_area *vmap_area_take(unsigned long addr, struct vm_struct **vm);
void vmap_area_retire(struct vmap_area *va);

/* --- kernel_map.c ------------------------------------------------------------------ */
int __must_check kernel_map_pages(unsigned long start, unsigned long end, pgprot_t prot,
				  struct page **pages);
int __must_check kernel_map_phys(unsigned long start, unsigned long end, pgprot_t prot,
				 phys_addr_t phys);
void kernel_unmap(unsigned long start, unsigned long end);
pte_t *kernel_pte_lookup(unsigned long addr);

#endif
