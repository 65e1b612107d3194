// SPDX-License-Identifier: MIT
/*
 * memmap.c - struct pages are written when somebody needs them.
 *
 * A boot that fills in a struct page for every frame takes time in proportion to the RAM,
 * most of which nobody uses soon. Frames that the buddy gets at boot as a whole block of
 * the largest order (MEMMAP_BLOCK_PAGES, 4 MiB) have no contents to speak of but one: the
 * block's first struct page. It says where all of them belong, and bears PG_lazy:
 *
 *	| head: zone, node, PG_lazy |  whatever the memory held  | ...
 *
 * The block is made ready, all of its struct pages written, when it leaves the list of the
 * largest order for the first time: before it is split or handed out. Blocks that have a
 * hole, a border of a zone or a reserved frame in them are ready from the start.
 *
 * So a struct page may be read when its frame is in use, or was ever given out, or is the
 * head of a free block. Who walks frame numbers, or was given one by a stranger, asks
 * memmap_page() for a struct page that tells where the frame belongs and whether it is
 * free, or memmap_ready() for its own.
 *
 * Invariants:
 *   ML1  PG_lazy is only on the first struct page of a block, which is ready otherwise;
 *        the block lies in one zone, and all of its frames are RAM that nobody owns
 *   ML2  from memblock_free_all() on a lazy block is on a free list of the largest order
 *   ML3  a block that is ready stays so
 *
 * Locks: zone->lock, or boot. PG_lazy goes after the struct pages are written, so that it
 * may be asked for without the lock.
 */
#include <linux/mm.h>
#include <linux/bug.h>
#include <linux/string.h>
#include "../internal.h"

#define HOME_MASK	(~0ul << PAGE_NODE_SHIFT)

static inline void page_init(struct page *page, unsigned long flags)
{
	memset(page, 0, sizeof(*page));
	page->flags = flags;
	page->_mapcount.counter = -1;
}

/**
 * memmap_fill() - @nr struct pages from @page on: free frames that no list has.
 * Locks:   zone->lock, or boot.  Context: any; @home: zone and node bits of page->flags.
 */
void memmap_fill(struct page *page, unsigned long nr, unsigned long home)
{
	struct page *end = page + nr;

	mm_assert(!(home & ~HOME_MASK));
	for (; page < end; page++)
		page_init(page, home);
}

/**
 * memmap_fill_lazy() - as memmap_fill() for frames [@start, @end), but whole blocks later.
 * Locks:   none.  Context: boot; the frames are RAM of one zone.
 */
void __init memmap_fill_lazy(unsigned long start, unsigned long end, unsigned long home)
{
	unsigned long first = min(round_up(start, MEMMAP_BLOCK_PAGES), end);
	unsigned long last = max(round_down(end, MEMMAP_BLOCK_PAGES), first), pfn;

	memmap_fill(pfn_to_page(start), first - start, home);
	for (pfn = first; pfn < last; pfn += MEMMAP_BLOCK_PAGES)
		page_init(pfn_to_page(pfn), home | 1ul << PG_lazy);
	memmap_fill(pfn_to_page(last), end - last, home);
}

/**
 * memmap_finish() - the lazy block at @head gets all of its struct pages.
 * Locks:   zone->lock held, or boot.  Context: any. @head keeps its other flags.
 */
void memmap_finish(struct page *head)
{
	unsigned long flags = head->flags;

	mm_assert(PageLazy(head) && !(page_to_pfn(head) & (MEMMAP_BLOCK_PAGES - 1)));	/* ML1 */
	memmap_fill(head + 1, MEMMAP_BLOCK_PAGES - 1, flags & HOME_MASK);
	smp_store_release(&head->flags, flags & ~(1ul << PG_lazy));
}

/**
 * memmap_ready() - the struct page of frame @pfn, fit to be read whoever has the frame.
 * Locks:   takes zone->lock when the block is lazy.  Context: any; pfn_valid(@pfn).
 */
struct page *memmap_ready(unsigned long pfn)
{
	struct page *head = memmap_head(pfn);
	struct zone *zone;

	if (unlikely(memmap_is_lazy(head))) {
		zone = page_zone(head);
		spin_lock(&zone->lock);
		if (memmap_is_lazy(head))
			memmap_finish(head);
		spin_unlock(&zone->lock);
	}
	return pfn_to_page(pfn);
}
