/* SPDX-License-Identifier: MIT */
/*
 * vmalloc.h - virtually contiguous kernel memory, with a guard page behind each area,
 * and mappings of the caller's pages. Device memory: linux/io.h.
 */
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
#define VM_USERMAP		0x08ul	/* may be shown to users: zeroed, small pages only */
#define VM_NO_GUARD		0x40ul
#define VM_MAP_PUT_PAGES	0x200ul	/* vmap(): vfree() puts the pages and frees the array */

struct vmalloc_state;

/* i: fixed once the area is visible */
struct vm_struct {
	void *addr;			/* i */
	unsigned long size;		/* i  bytes, guard page included */
	unsigned long flags;		/* i */
	struct page **pages;		/* i  one for each small page */
	unsigned int nr_pages;		/* i */
	unsigned int memtype;		/* i  VM_IOREMAP: enum memory_type */
	phys_addr_t phys_addr;		/* i  VM_IOREMAP */
	const void *caller;		/* i */
};

/* v: the window's lock  i: fixed */
struct vmap_area {
	unsigned long va_start, va_end;	/* v  [start, end) */
	unsigned long subtree_max_gap;	/* v  bytes */
	struct rb_node rb_node;		/* v */
	struct list_head list;		/* v  in window->list, address order */
	struct list_head lazy_list;	/* v  in window->lazy, once unmapped */
	struct vmalloc_state *window;	/* i */
	bool used;			/* v  from publication to vfree() */
	struct vm_struct vm;		/* of the owner, once used */
};

void *__must_check vmalloc(unsigned long bytes);
void *__must_check vzalloc(unsigned long bytes);
void *__must_check vmalloc_user(unsigned long bytes);
void *__must_check vmalloc_32(unsigned long bytes);
void *__must_check vmalloc_32_user(unsigned long bytes);
void *__must_check vmalloc_node(unsigned long bytes, int node);
void *__must_check vzalloc_node(unsigned long bytes, int node);
void *__must_check vmalloc_array(size_t n, size_t bytes);
void *__must_check vcalloc(size_t n, size_t bytes);
void *__must_check __vmalloc(unsigned long bytes, gfp_t gfp);
void *__must_check __vmalloc_node(unsigned long bytes, unsigned long align, gfp_t gfp, int node,
				  const void *caller);
void vfree(const void *addr);
void vfree_atomic(const void *addr);
void vfree_deferred(void);		/* what vfree_atomic() left, now */

void *__must_check vmap(struct page **pages, unsigned int count, unsigned long flags,
	pgprot_t prot);
void vunmap(const void *addr);

void *__must_check module_alloc(unsigned long bytes);
void module_memfree(void *addr);

struct vm_struct *find_vm_area(const void *addr);	/* the area that starts at addr, or NULL */
struct page *vmalloc_to_page(const void *addr);
unsigned long vmalloc_to_pfn(const void *addr);
bool is_vmalloc_addr(const void *addr);
bool is_vmalloc_or_module_addr(const void *addr);
void vm_unmap_aliases(void);		/* do the lazy TLB flush now */
struct seq_file;
void vmallocinfo_show(struct seq_file *m);
unsigned long vmalloc_nr_pages(void);	/* pages in use: VmallocUsed */
void vmalloc_check(void);		/* every invariant of mm/kspace/vmap_area.c */

#endif
