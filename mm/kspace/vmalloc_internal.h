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
#include "../internal.h"

/* --- vmap_area.c ----------------------------------------------------------------- */
struct vmap_area *__must_check vmap_area_alloc(struct vmalloc_state *vs, unsigned long bytes,
					       unsigned long align, gfp_t gfp);
void vmap_area_publish(struct vmap_area *va);
struct vmap_area *vmap_area_take(unsigned long addr);
struct vmap_area *vmap_area_next(struct vmalloc_state *vs, unsigned long addr);
void vmap_area_retire(struct vmap_area *va);
void vmap_window_init(struct vmalloc_state *vs, unsigned long start, unsigned long end);

/* --- vmalloc.c --------------------------------------------------------------------- */
struct area_request {
	unsigned long bytes;		/* whole pages, guard not counted */
	unsigned long align;
	unsigned long flags;		/* VM_* */
	gfp_t gfp;
	int node;
	const void *caller;
};

struct vmap_area *__must_check vm_area_get(struct vmalloc_state *vs,
					   const struct area_request *req);
struct vmap_area *vm_area_remove(const void *addr, const char *call);

/* The end of what an area maps: its guard page is behind it. */
static inline unsigned long vm_mapped_end(const struct vm_struct *vm)
{
	return (unsigned long)vm->addr + vm->size - (vm->flags & VM_NO_GUARD ? 0 : PAGE_SIZE);
}

/* --- kernel_map.c ------------------------------------------------------------------ */
int __must_check kernel_map_pages(unsigned long start, unsigned long end, pgprot_t prot,
				  struct page **pages);
int __must_check kernel_map_phys(unsigned long start, unsigned long end, pgprot_t prot,
				 phys_addr_t phys);
void kernel_unmap(unsigned long start, unsigned long end);
bool kernel_lookup_pfn(unsigned long addr, unsigned long *pfn);
pte_t *kernel_pte_make(unsigned long addr);
pte_t *kernel_pte_lookup(unsigned long addr);

#endif
