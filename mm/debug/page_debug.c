// SPDX-License-Identifier: MIT
/*
 * page_debug.c - finding out who frees or writes pages that are not his.
 *
 * Debug builds (CONFIG_DEBUG_MM) keep a struct page_debug with each frame:
 *
 *   tracks	who allocated the frame, and who freed it last
 *   order	of the block, in its head: memory goes back as it was given. It is not known
 *		(0) for memory that was never allocated, and where a block is in use frame
 *		by frame: after split_page(), or when another one holds the head
 *   poisoned	the frame is free and filled with PAGE_POISON. A write after free shows
 *		when the frame is handed out again. Not where the port set
 *		slab_state.fast: that asks for speed instead of checks of contents; nor
 *		where hooks.c says what a free page holds.
 *
 * What is found before damage was done (freed twice, no page at all) stops the machine:
 * page_bug(). A block that comes back in another shape is reported and leaked, by the
 * caller: bad_page.c.
 *
 *   PD1  a poisoned frame is free, and no word of it differs from the pattern
 *   PD2  nothing is read through a pointer to a struct page before it was found to be one
 *        of this machine's
 *
 * Locks: none. A frame's struct page_debug belongs to who owns the frame: its only user,
 * or the allocator from the moment when the last reference is gone.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/string.h>
#include <linux/printk.h>
#include <mm/track.h>
#include "../internal.h"

#ifdef CONFIG_DEBUG_MM

#define PAGE_POISON	0xaa
#define POISON_WORD	(~0ul / 0xff * PAGE_POISON)

/**
 * page_debug_print() - who allocated and who freed @page.
 * Locks:   none.  Context: any.
 */
void page_debug_print(const struct page *page)
{
	mem_track_print(&page->debug.track[TRACK_ALLOC], "Page allocated");
	mem_track_print(&page->debug.track[TRACK_FREE], "Page freed");
}

/* --- reports -------------------------------------------------------------- */

static void __noreturn page_bug(struct page *page, const char *rule)
{
	pr_err("=============================================================================\n");
	pr_err("BUG page: %s, page 0x%p\n", rule, page);
	pr_err("-----------------------------------------------------------------------------\n");
	if (page)
		dump_page(page, rule);
	port_bug(__FILE__, __LINE__, rule);
}

static void __noreturn poison_bug(struct page *page, const unsigned long *word)
{
	const unsigned char *at = (const unsigned char *)word;
	unsigned int i;

	pr_err("Page 0x%p written at 0x%p:", page, word);
	for (i = 0; i < sizeof(*word); i++)
		pr_cont(" %02x", at[i]);
	pr_cont("\n");
	page_bug(page, "PD1: page written after it was freed");
}

/* --- a block is handed out ------------------------------------------------ */

static void poison_check(struct page *page)
{
	unsigned long *word;
	unsigned int i;

	if (!page->debug.poisoned)
		return;
	page->debug.poisoned = false;
	word = kmap_local_page(page);
	for (i = 0; i < PAGE_SIZE / sizeof(*word); i++)
		if (unlikely(word[i] != POISON_WORD))
			poison_bug(page, &word[i]);
	kunmap_local(word);
}

/**
 * page_debug_alloc() - a block of 2^@order frames off the free lists: nobody wrote to it.
 * Locks:   none.  Context: as the allocator; the frames are the caller's.
 * Return:  nothing; a frame that was written to stops the machine (PD1).
 */
void page_debug_alloc(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1ul << order; i++)
		poison_check(page + i);
	page->debug.order_plus_1 = order + 1;
}

/**
 * page_debug_owned() - the fresh block is for @caller.
 * Locks:   none.  Context: the frames are the caller's.
 * Return:  @page, which may be NULL.
 */
struct page *page_debug_owned(struct page *page, unsigned long caller)
{
	struct mem_track *track;
	unsigned long i;

	if (!page)
		return NULL;
	track = &page->debug.track[TRACK_ALLOC];
	mem_track_set(track, caller);
	for (i = 1; i < 1ul << (page->debug.order_plus_1 - 1); i++)
		page[i].debug.track[TRACK_ALLOC] = *track;
	return page;
}

/**
 * page_debug_split() - the 2^@order frames of the block are pages of their own.
 * Locks:   none.  Context: the block is the caller's.
 */
void page_debug_split(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1ul << order; i++)
		page[i].debug.order_plus_1 = 1;
}

/* --- a block comes back --------------------------------------------------- */

/**
 * page_debug_check_ours() - @page, from outside, is a struct page of this machine (PD2).
 * Locks:   none.  Context: any.
 * Return:  nothing; stops the machine if not.
 */
void page_debug_check_ours(const struct page *page)
{
	/* in numbers: a compiler may take for granted that a pointer hits an element */
	unsigned long bytes = (unsigned long)page - (unsigned long)pfn_to_page(0);

	if (likely(!(bytes % sizeof(*page)) && pfn_valid(bytes / sizeof(*page)))) {
		memmap_ready(bytes / sizeof(*page));
		return;
	}
	pr_err("Page 0x%p is none of this machine's\n", page);
	page_bug(NULL, "PD2: freed what is no page");
}

/**
 * page_debug_check_address() - the direct map has a page at @addr, which is to be freed.
 * Locks:   none.  Context: any.
 * Return:  nothing; stops the machine if not.
 */
void page_debug_check_address(unsigned long addr)
{
	if (likely(!(addr & ~PAGE_MASK) && pfn_valid(virt_to_pfn((void *)addr)))) {
		memmap_ready(virt_to_pfn((void *)addr));
		return;
	}
	mem_dump_obj((void *)addr);
	page_bug(NULL, "PD2: freed an address that is no page");
}

/**
 * page_debug_put() - a reference to the block of 2^@order at @page is about to be dropped.
 * Locks:   none.  Context: any.
 * Return:  nothing; stops the machine when there is no reference to drop.
 */
void page_debug_put(struct page *page, unsigned int order)
{
	int count = atomic_read(&page->_refcount);

	if (unlikely(order >= MAX_ORDER))
		page_bug(page, "PA2: no block is as large as the order that is freed");
	if (unlikely(count <= 0))
		page_bug(page, PageTail(page) ? "PA2: tail of a compound page freed" :
			 "PA2: _refcount is 0: freed twice, or never allocated");
	if (order && count > 1 && !PageHead(page))
		page->debug.order_plus_1 = 0;	/* goes back frame by frame */
}

/**
 * page_debug_order_good() - was the block at @page given with this @order?
 * Locks:   none.  Context: the last reference is gone.
 * Return:  false when it is known to be of another.
 */
bool page_debug_order_good(const struct page *page, unsigned int order)
{
	return !page->debug.order_plus_1 || page->debug.order_plus_1 == order + 1;
}

/**
 * page_debug_freed() - @caller dropped the last reference to @page.
 * Locks:   none.  Context: the last reference is gone.
 */
void page_debug_freed(struct page *page, unsigned long caller)
{
	mem_track_set(&page->debug.track[TRACK_FREE], caller);
}

/**
 * page_debug_free() - the block goes to the free lists.
 * Locks:   none.  Context: the frames are the allocator's.
 */
void page_debug_free(struct page *page, unsigned int order)
{
	struct machine *m = this_machine();
	bool poison = !m->slab.fast && !(atomic_read(&m->debug.hooks) &
					 (MM_HOOK_POISON | MM_HOOK_INIT_FREE));
	unsigned long i;

	page->debug.order_plus_1 = 0;
	for (i = 0; i < 1ul << order; i++) {
		mm_assert(!page[i].debug.poisoned);			/* PD1 */
		if (i)
			page[i].debug.track[TRACK_FREE] = page->debug.track[TRACK_FREE];
		if (!poison || !highmem_ready(page + i))
			continue;
		memset_page(page + i, 0, PAGE_POISON, PAGE_SIZE);
		page[i].debug.poisoned = true;
	}
}

#endif
