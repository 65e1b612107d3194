/* SPDX-License-Identifier: MIT */
/*
 * gfp.h - get free pages: the flags and the calls of the page allocator.
 * Flags have Linux's names and meanings; the bit numbers are our own.
 */
#ifndef LINUX_GFP_H
#define LINUX_GFP_H

#include <linux/types.h>
#include <linux/mmzone.h>

struct nodemask;

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

/* The highest zone that a request may get, by its lowest four flags. */
static inline enum zone_type gfp_zone(gfp_t gfp)
{
	static const u8 highest[16] = {		/* with __GFP_DMA: ZONE_DMA, which is 0 */
		[0] = ZONE_NORMAL,
		[__GFP_MOVABLE] = ZONE_NORMAL,
		[__GFP_HIGHMEM] = ZONE_HIGHMEM,
		[__GFP_HIGHMEM | __GFP_MOVABLE] = ZONE_MOVABLE,
		[__GFP_DMA32] = ZONE_DMA32,
		[__GFP_DMA32 | __GFP_MOVABLE] = ZONE_DMA32,
		[__GFP_DMA32 | __GFP_HIGHMEM] = ZONE_DMA32,
		[__GFP_DMA32 | __GFP_HIGHMEM | __GFP_MOVABLE] = ZONE_DMA32,
	};

	return highest[gfp & (GFP_ZONEMASK | __GFP_MOVABLE)];
}

static inline bool gfpflags_allow_blocking(gfp_t gfp)
{
	return gfp & __GFP_DIRECT_RECLAIM;
}
/* a place that allocates: with such flags nobody may hold a spinlock here */
#define might_alloc(gfp)	might_sleep_if(gfpflags_allow_blocking(gfp))

struct page *__must_check alloc_pages(gfp_t gfp, unsigned int order);
struct page *__must_check alloc_pages_node(int nid, gfp_t gfp, unsigned int order);
/* mm/phys/page_bulk.c: many pages at once; how many, as there may be fewer */
struct nodemask;
unsigned long __alloc_pages_bulk(gfp_t gfp, int nid, const struct nodemask *nodes, int nr_pages,
				 struct list_head *list, struct page **array);
static inline unsigned long alloc_pages_bulk_list(gfp_t gfp, unsigned long nr_pages,
						  struct list_head *list)
{
	return __alloc_pages_bulk(gfp, -1, NULL, nr_pages, list, NULL);
}
static inline unsigned long alloc_pages_bulk_array_node(gfp_t gfp, int nid,
							unsigned long nr_pages,
							struct page **array)
{
	return __alloc_pages_bulk(gfp, nid, NULL, nr_pages, NULL, array);
}
static inline unsigned long alloc_pages_bulk_array(gfp_t gfp, unsigned long nr_pages,
						   struct page **array)
{
	return alloc_pages_bulk_array_node(gfp, -1, nr_pages, array);
}
void __free_pages(struct page *page, unsigned int order);
unsigned long __must_check __get_free_pages(gfp_t gfp, unsigned int order);
unsigned long __must_check get_zeroed_page(gfp_t gfp);
void free_pages(unsigned long addr, unsigned int order);
void *__must_check alloc_pages_exact(size_t bytes, gfp_t gfp);
void *__must_check alloc_pages_exact_nid(int nid, size_t bytes, gfp_t gfp);
void free_pages_exact(void *virt, size_t bytes);


/* mm/defrag/contig.c: frames [start, end) by address, each a page; -EBUSY: not all are free */
int __must_check alloc_contig_range(unsigned long start, unsigned long end, unsigned int migratetype,
				    gfp_t gfp);
struct page *__must_check alloc_contig_pages(unsigned long nr_pages, gfp_t gfp, int nid,
					     struct nodemask *nodemask);
void free_contig_range(unsigned long pfn, unsigned long nr_pages);

/* mm/phys/page_frag.c: small pieces of pages that are freed one by one, in any order */
struct page_frag_cache {
	void *va;			/* of the page that pieces are cut from, NULL: none */
	unsigned int offset;		/* of the piece given last */
	unsigned int size;		/* of that page */
	unsigned int pagecnt_bias;	/* references to it that are ours */
};
#define PAGE_FRAG_CACHE_MAX_SIZE	32768u
void *__must_check page_frag_alloc_align(struct page_frag_cache *nc, unsigned int fragsz, gfp_t gfp,
					 unsigned int align_mask);
static inline void *__must_check page_frag_alloc(struct page_frag_cache *nc, unsigned int fragsz,
						 gfp_t gfp)
{
	return page_frag_alloc_align(nc, fragsz, gfp, ~0u);
}
void page_frag_free(void *addr);
void __page_frag_cache_drain(struct page *page, unsigned int count);

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
#define PCP_AGE_NS	1000000000ull	/* what an idle CPU did not need for so long goes back */
bool drain_on_idle(u64 now_ns);	/* a CPU without work; true: look again in PCP_AGE_NS */
bool drain_wanted(void);	/* once: CPUs of which drain_pending() is true need a push */

#endif
