/* SPDX-License-Identifier: MIT */
/*
 * asm/page.h (host) - RAM is one mapping of this process: physical address p is at
 * host_ctx.ram + p, and struct pages are an array from frame 0 on.
 */
#ifndef ASM_HOST_PAGE_H
#define ASM_HOST_PAGE_H

#define PAGE_SHIFT	12
#define PORT_HIGHMEM	1	/* a machine may have frames outside its direct map */

#ifndef __ASSEMBLER__
#include <linux/types.h>
#include <linux/compiler.h>
#include <asm/machine.h>

#undef PAGE_SIZE
#undef PAGE_MASK
#define PAGE_SIZE	(1ul << PAGE_SHIFT)
#define PAGE_MASK	(~((long)PAGE_SIZE - 1))	/* signed: good for 64-bit values too */
#define PAGE_ALIGN(x)	(((x) + PAGE_SIZE - 1) & PAGE_MASK)
#define PAGE_OFFSET	((unsigned long)host_ctx.ram)

typedef struct { unsigned long pte; } pte_t;
typedef struct { unsigned long pmd; } pmd_t;
typedef struct { unsigned long pud; } pud_t;
typedef struct { unsigned long p4d; } p4d_t;
typedef struct { unsigned long pgd; } pgd_t;
typedef struct { unsigned long pgprot; } pgprot_t;
#define __pgprot(x)	((pgprot_t){ (x) })
#define pgprot_val(x)	((x).pgprot)

struct page;
#define vmemmap		(host_ctx.mem_map)

#define __va(pa)	((void *)(PAGE_OFFSET + (unsigned long)(pa)))
#define __pa(va)	((phys_addr_t)((unsigned long)(va) - PAGE_OFFSET))

#define page_to_pfn(page)	((unsigned long)((page) - vmemmap))
#define pfn_to_page(pfn)	(vmemmap + (pfn))
#define virt_to_pfn(va)		((unsigned long)(__pa(va) >> PAGE_SHIFT))
#define virt_to_page(va)	pfn_to_page(virt_to_pfn(va))
#define page_to_phys(page)	((phys_addr_t)page_to_pfn(page) << PAGE_SHIFT)
#define phys_to_page(pa)	pfn_to_page((pa) >> PAGE_SHIFT)
#define lowmem_page_address(page)	__va(page_to_phys(page))
#define PFN_UP(x)		(((x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(x)		((x) >> PAGE_SHIFT)
#define PFN_PHYS(x)		((phys_addr_t)(x) << PAGE_SHIFT)

/* true when @pfn has a struct page */
bool pfn_valid(unsigned long pfn);
/* zeroed struct pages for [start_pfn, end_pfn); -ENOMEM */
int __must_check vmemmap_populate(unsigned long start_pfn, unsigned long end_pfn, int nid);

static inline void clear_page(void *page)
{
	__builtin_memset(page, 0, PAGE_SIZE);
}

static inline void copy_page(void *to, const void *from)
{
	__builtin_memcpy(to, from, PAGE_SIZE);
}
#endif
#endif
