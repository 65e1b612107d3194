/* SPDX-License-Identifier: MIT */
/*
 * gfp.h - get free pages: the flags and the calls of the page allocator.
 * Flags have Linux's names and meanings; the bit numbers are our own.
 */
#ifndef LINUX_GFP_H
#define LINUX_GFP_H

#include <linux/types.h>
#include <linux/mmzone.h>

#define __GFP_DMA		((gfp_t)0x0001u)
#define __GFP_HIGHMEM		((gfp_t)0x0002u)
#define __GFP_DMA32		((gfp_t)0x0004u)
#define __GFP_MOVABLE		((gfp_t)0x0008u)
#define __GFP_RECLAIMABLE	((gfp_t)0x0010u)
#define __GFP_HIGH		((gfp_t)0x0020u)	/* may use half of the min reserve */
#define __GFP_IO		((gfp_t)0x0040u)
#define __GFP_FS		((gfp_t)0x0080u)
#define __GFP_ZERO		((gfp_t)0x0100u)
#define __GFP_ATOMIC		((gfp_t)0x0200u)	/* caller cannot sleep and matters */
#define __GFP_DIRECT_RECLAIM	((gfp_t)0x0400u)
#define __GFP_KSWAPD_RECLAIM	((gfp_t)0x0800u)
#define __GFP_WRITE		((gfp_t)0x1000u)
#define __GFP_NOWARN		((gfp_t)0x2000u)
#define __GFP_RETRY_MAYFAIL	((gfp_t)0x4000u)
#define __GFP_NOFAIL		((gfp_t)0x8000u)
#define __GFP_NORETRY		((gfp_t)0x10000u)
#define __GFP_MEMALLOC		((gfp_t)0x20000u)
#define __GFP_COMP		((gfp_t)0x40000u)
#define __GFP_NOMEMALLOC	((gfp_t)0x80000u)
#define __GFP_HARDWALL		((gfp_t)0x100000u)
#define __GFP_THISNODE		((gfp_t)0x200000u)
#define __GFP_ACCOUNT		((gfp_t)0x400000u)

#define __GFP_RECLAIM		(__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)
#define GFP_ATOMIC		(__GFP_HIGH | __GFP_ATOMIC | __GFP_KSWAPD_RECLAIM)
#define GFP_KERNEL		(__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_KERNEL_ACCOUNT	(GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_NOWAIT		(__GFP_KSWAPD_RECLAIM)
#define GFP_NOIO		(__GFP_RECLAIM)
#define GFP_NOFS		(__GFP_RECLAIM | __GFP_IO)
#define GFP_USER		(__GFP_RECLAIM | __GFP_IO | __GFP_FS | __GFP_HARDWALL)
#define GFP_DMA			__GFP_DMA
#define GFP_DMA32		__GFP_DMA32
#define GFP_HIGHUSER		(GFP_USER | __GFP_HIGHMEM)
#define GFP_HIGHUSER_MOVABLE	(GFP_HIGHUSER | __GFP_MOVABLE)

#define GFP_ZONEMASK	(__GFP_DMA | __GFP_HIGHMEM | __GFP_DMA32)

static inline int gfp_migratetype(gfp_t gfp)
{
	if (gfp & __GFP_MOVABLE)
		return MIGRATE_MOVABLE;
	return gfp & __GFP_RECLAIMABLE ? MIGRATE_RECLAIMABLE : MIGRATE_UNMOVABLE;
}

static inline bool gfpflags_allow_blocking(gfp_t gfp)
{
	return gfp & __GFP_DIRECT_RECLAIM;
}
/* a place that allocates: with such flags nobody may hold a spinlock here */
#define might_alloc(gfp)	might_sleep_if(gfpflags_allow_blocking(gfp))

struct page *__must_check alloc_pages(gfp_t gfp, unsigned int order);
struct page *__must_check alloc_pages_node(int nid, gfp_t gfp, unsigned int order);
void __free_pages(struct page *page, unsigned int order);
unsigned long __must_check __get_free_pages(gfp_t gfp, unsigned int order);
unsigned long __must_check get_zeroed_page(gfp_t gfp);
void free_pages(unsigned long addr, unsigned int order);
void *__must_check alloc_pages_exact(size_t bytes, gfp_t gfp);
void free_pages_exact(void *virt, size_t bytes);

#define alloc_page(gfp)			alloc_pages(gfp, 0)
#define __get_free_page(gfp)		__get_free_pages(gfp, 0)
#define __get_dma_pages(gfp, order)	__get_free_pages((gfp) | GFP_DMA, order)
#define __free_page(page)		__free_pages(page, 0)
#define free_page(addr)			free_pages(addr, 0)

#define GFP_TEXT_MAX	320
void gfp_text(char *buf, size_t size, gfp_t gfp);
void drain_local_pages(void);	/* this CPU's page lists go back to the zones */
void drain_all_pages(void);	/* and the others' soon: they are asked */
void drain_if_asked(void);	/* a CPU that leaves its task looks whether it was */
bool drain_pending(unsigned int cpu);
bool user_page_available(void);	/* a page for a program, with all reserves kept */

#endif
