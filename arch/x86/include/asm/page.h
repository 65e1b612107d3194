/* SPDX-License-Identifier: MIT */
/*
 * asm/page.h (x86-64) - page sizes, entry types, and translation between
 * virtual addresses of the direct map or the kernel image, frames and struct page.
 * The layout is that of Linux's Documentation/x86/x86_64/mm.rst, 4 levels.
 */
#ifndef ASM_X86_PAGE_H
#define ASM_X86_PAGE_H

#define PAGE_SHIFT	12
#define PORT_HIGHMEM	0	/* the direct map holds all frames */
#define PAGE_OFFSET	0xffff888000000000
#define __START_KERNEL_map 0xffffffff80000000
#define KERNEL_PHYS_BASE 0x100000

#ifndef __ASSEMBLER__
#include <linux/types.h>
#include <linux/compiler.h>

#define PAGE_SIZE	(1ul << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_ALIGN(x)	(((x) + PAGE_SIZE - 1) & PAGE_MASK)
#define VMEMMAP_START	0xffffea0000000000ul

typedef struct { unsigned long pte; } pte_t;
typedef struct { unsigned long pmd; } pmd_t;
typedef struct { unsigned long pud; } pud_t;
typedef struct { unsigned long p4d; } p4d_t;
typedef struct { unsigned long pgd; } pgd_t;
typedef struct { unsigned long pgprot; } pgprot_t;
#define __pgprot(x)	((pgprot_t){ (x) })
#define pgprot_val(x)	((x).pgprot)

struct page;
#define vmemmap		((struct page *)VMEMMAP_START)

#define __va(pa)	((void *)((unsigned long)(pa) + PAGE_OFFSET))

/* Direct-map and kernel-image addresses both have a physical address. */
static inline phys_addr_t __phys_addr(unsigned long va)
{
	return va >= __START_KERNEL_map ? va - __START_KERNEL_map : va - PAGE_OFFSET;
}
#define __pa(va)	__phys_addr((unsigned long)(va))
#define __pa_symbol(va)	((phys_addr_t)(unsigned long)(va) - __START_KERNEL_map)

#define page_to_pfn(page)	((unsigned long)((page) - vmemmap))
#define pfn_to_page(pfn)	(vmemmap + (pfn))
#define virt_to_pfn(va)		(__pa(va) >> PAGE_SHIFT)
#define virt_to_page(va)	pfn_to_page(virt_to_pfn(va))
#define page_to_phys(page)	((phys_addr_t)page_to_pfn(page) << PAGE_SHIFT)
#define phys_to_page(pa)	pfn_to_page((pa) >> PAGE_SHIFT)
#define lowmem_page_address(page)	__va(page_to_phys(page))
#define PFN_UP(x)		(((x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(x)		((x) >> PAGE_SHIFT)
#define PFN_PHYS(x)		((phys_addr_t)(x) << PAGE_SHIFT)

/* true when @pfn has a struct page (mm/boot/zones.c: sections of the memmap) */
bool pfn_valid(unsigned long pfn);
/* memmap pages for [start_pfn, end_pfn): arch maps vmemmap there; -ENOMEM */
int __must_check vmemmap_populate(unsigned long start_pfn, unsigned long end_pfn, int nid);

static inline void clear_page(void *page)
{
	unsigned long n = PAGE_SIZE / 8;

	asm volatile("rep stosq" : "+D"(page), "+c"(n) : "a"(0ul) : "memory");
}

static inline void copy_page(void *to, const void *from)
{
	unsigned long n = PAGE_SIZE / 8;

	asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
}
#endif
#endif
