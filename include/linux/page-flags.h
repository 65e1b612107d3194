/* SPDX-License-Identifier: MIT */
/* page-flags.h - PageX, SetPageX, ClearPageX and the page's home zone. */
#ifndef LINUX_PAGE_FLAGS_H
#define LINUX_PAGE_FLAGS_H

#include <linux/mm_types.h>
#include <linux/mmzone.h>
#include <linux/bitops.h>

#define PAGEFLAG(Name, flag) \
static inline bool Page##Name(const struct page *p) { return test_bit(PG_##flag, &p->flags); } \
static inline void SetPage##Name(struct page *p) { set_bit(PG_##flag, &p->flags); } \
static inline void ClearPage##Name(struct page *p) { clear_bit(PG_##flag, &p->flags); } \
static inline void __SetPage##Name(struct page *p) { __set_bit(PG_##flag, &p->flags); } \
static inline void __ClearPage##Name(struct page *p) { __clear_bit(PG_##flag, &p->flags); } \
static inline bool TestSetPage##Name(struct page *p) { return test_and_set_bit(PG_##flag, &p->flags); }

PAGEFLAG(Locked, locked)
PAGEFLAG(Referenced, referenced)
PAGEFLAG(Uptodate, uptodate)
PAGEFLAG(Dirty, dirty)
PAGEFLAG(LRU, lru)
PAGEFLAG(Active, active)
PAGEFLAG(Slab, slab)
PAGEFLAG(Reserved, reserved)
PAGEFLAG(Private, private)
PAGEFLAG(Head, head)
PAGEFLAG(SwapBacked, swapbacked)
PAGEFLAG(Buddy, buddy)
PAGEFLAG(Table, table)
PAGEFLAG(AnonExclusive, anon_exclusive)
PAGEFLAG(Waiters, waiters)
PAGEFLAG(Lazy, lazy)		/* mm/phys/memmap.c */

#define PAGE_FLAGS_MASK		((1ul << NR_PAGEFLAGS) - 1)
#define PAGE_MAPPING_ANON	1ul

/*
 * The word is also the first of a page's list links, which belong to whoever has the page
 * on a list. Bit 0 of a link is clear, so that others may ask at any time.
 */
static inline bool PageTail(const struct page *p) { return data_race(p->compound_head) & 1; }
static inline bool PageCompound(const struct page *p) { return PageHead(p) || PageTail(p); }
static inline struct page *compound_head(const struct page *p)
{
	unsigned long head = data_race(p->compound_head);

	return head & 1 ? (struct page *)(head - 1) : (struct page *)p;
}
static inline unsigned int compound_order(const struct page *p)
{
	return PageHead(p) ? p[1].compound_order : 0;
}
static inline bool PageAnon(const struct page *p)
{
	return (unsigned long)p->mapping & PAGE_MAPPING_ANON;
}

/* node and zone never change, while the owner of the page changes flags beside them */
static inline enum zone_type page_zonenum(const struct page *p)
{
	return (enum zone_type)(data_race(p->flags) >> PAGE_ZONE_SHIFT);
}
/* outside the direct map: linux/highmem.h shows it */
static inline bool PageHighMem(const struct page *p)
{
	return PORT_HIGHMEM && page_zonenum(p) == ZONE_HIGHMEM;
}
static inline int page_to_nid(const struct page *p)
{
	return (data_race(p->flags) >> PAGE_NODE_SHIFT) & 7;
}

#endif
