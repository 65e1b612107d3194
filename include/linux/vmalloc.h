/* SPDX-License-Identifier: MIT */
/* vmalloc.h - virtually contiguous kernel memory, with a guard page behind each area. */
#ifndef LINUX_VMALLOC_H
#define LINUX_VMALLOC_H

#include <linux/types.h>
#include <linux/rbtree.h>
#include <linux/list.h>
#include <linux/gfp.h>
#include <asm/pgtable.h>

#define VM_IOREMAP		0x01ul
#define VM_ALLOC		0x02ul
#define VM_MAP			0x04ul
#define VM_NO_GUARD		0x40ul

/* v: vmalloc_state.lock  i: fixed once the area is visible */
struct vm_struct {
	void *addr;			/* i */
	unsigned long size;		/* i  bytes, guard page included */
	unsigned long flags;		/* i */
	struct page **pages;		/* i */
	unsigned int nr_pages;		/* i */
	phys_addr_t phys_addr;		/* i  VM_IOREMAP */
	const void *caller;		/* i */
};

struct vmap_area {
	unsigned long va_start, va_end;	/* v  [start, end) */
	unsigned long subtree_max_gap;	/* v  bytes */
	struct rb_node rb_node;		/* v */
	struct list_head list;		/* v  in vmalloc_state.list, address order */
	struct list_head lazy_list;	/* v  in vmalloc_state.lazy, once unmapped */
	struct vm_struct *vm;		/* v  NULL once vfree() began */
};

void *__must_check vmalloc(unsigned long bytes);
void *__must_check vzalloc(unsigned long bytes);
void *__must_check __vmalloc(unsigned long bytes, gfp_t gfp);
void vfree(const void *addr);
void *__must_check vmap(struct page **pages, unsigned int count, unsigned long flags,
	pgprot_t prot);
void vunmap(const void *addr);
struct vm_struct *find_vm_area(const void *addr);	/* the area that starts at addr, or NULL */
struct page *vmalloc_to_page(const void *addr);
bool is_vmalloc_addr(const void *addr);
void __iomem *__must_check ioremap(phys_addr_t phys, size_t bytes);
void iounmap(volatile void __iomem *addr);
void vm_unmap_aliases(void);		/* do the lazy TLB flush now */
struct seq_file;
void vmallocinfo_show(struct seq_file *m);
unsigned long vmalloc_nr_pages(void);	/* pages in use: VmallocUsed */
void vmalloc_check(void);		/* every invariant of mm/kspace/vmalloc.c */

#endif
