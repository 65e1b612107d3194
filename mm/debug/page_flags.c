// SPDX-License-Identifier: MIT
/*
 * page_flags.c - what a frame is used for, in the bits of /proc/kpageflags.
 *
 * Most bits are flags of struct page under the number that programs know. Others follow
 * from its use: mapped, anonymous (then its contents are whole and it could be swapped,
 * which no flag needs to say), part of a compound page, free in the buddy, the page of
 * zeroes. Frames in a CPU's stock are free and in no list of the buddy: they show nothing.
 *
 * The frame belongs to somebody who goes on: this is a look, nothing is held or counted.
 *
 * Locks: none.
 */
#include <linux/mm.h>
#include <uapi/kernel-page-flags.h>
#include <mm/machine.h>
#include "../internal.h"

static const struct {
	unsigned char kpf, flag;
} copied[] = {
	{ KPF_LOCKED, PG_locked }, { KPF_REFERENCED, PG_referenced }, { KPF_UPTODATE, PG_uptodate },
	{ KPF_DIRTY, PG_dirty }, { KPF_LRU, PG_lru }, { KPF_ACTIVE, PG_active },
	{ KPF_SLAB, PG_slab }, { KPF_WRITEBACK, PG_writeback }, { KPF_SWAPBACKED, PG_swapbacked },
	{ KPF_COMPOUND_HEAD, PG_head }, { KPF_UNEVICTABLE, PG_unevictable },
	{ KPF_PGTABLE, PG_table }, { KPF_RESERVED, PG_reserved }, { KPF_MLOCKED, PG_mlocked },
	{ KPF_PRIVATE, PG_private },
};

/* Is @page in a block of the buddy, of which PG_buddy marks the first frame alone? */
static bool is_in_free_block(const struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned int order;

	for (order = 0; order < MAX_ORDER; order++) {
		const struct page *head = page - (pfn & ((1ul << order) - 1));

		if (PageBuddy(head))
			return data_race(head->private) >= order;
	}
	return false;
}

/**
 * kpage_count() - how many entries of page tables map @page.
 * Locks:   none.  Context: any.
 * Return:  the number; 0 for what no page table can map, whose _mapcount means something
 *          else.
 */
unsigned int kpage_count(const struct page *page)
{
	unsigned long flags = data_race(page->flags);
	int count;

	if (flags & (1ul << PG_slab | 1ul << PG_table | 1ul << PG_buddy) || PageTail(page))
		return 0;
	count = atomic_read(&page->_mapcount) + 1;
	return count > 0 ? count : 0;
}

/**
 * stable_page_flags() - the bits of @page (KPF_*).
 * Locks:   none.  Context: any.
 * Return:  the bits; NULL is a frame that is none: KPF_NOPAGE.
 */
u64 stable_page_flags(const struct page *page)
{
	unsigned long flags;
	unsigned int i;
	u64 u = 0;

	if (!page)
		return 1ull << KPF_NOPAGE;
	flags = data_race(page->flags);
	for (i = 0; i < ARRAY_SIZE(copied); i++)
		u |= (u64)(flags >> copied[i].flag & 1) << copied[i].kpf;
	if (PageTail(page))
		return u | 1ull << KPF_COMPOUND_TAIL |
		       (u64)PageSlab(compound_head(page)) << KPF_SLAB;
	if (kpage_count(page))
		u |= 1ull << KPF_MMAP;
	if (!(flags & (1ul << PG_slab | 1ul << PG_table | 1ul << PG_buddy)) && PageAnon(page))
		u |= 1ull << KPF_ANON | 1ull << KPF_UPTODATE | 1ull << KPF_SWAPBACKED;
	if (page == this_machine()->zero_page)
		u |= 1ull << KPF_ZERO_PAGE;
	if (!atomic_read(&page->_refcount) && is_in_free_block(page))
		u |= 1ull << KPF_BUDDY;
	return u;
}
