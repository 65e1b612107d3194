// SPDX-License-Identifier: MIT
/*
 * page_frag.c - small pieces of pages, one after the other, for one owner.
 *
 * Buffers that live for a short time and are freed by somebody else, in any order: packets.
 * A piece is cut from the end of a larger block towards its beginning; it has no header,
 * and whoever frees it drops a reference to the block:
 *
 *	va                offset           size
 *	|     not given    | piece 2 | piece 1 |
 *
 * To count one reference for each piece would be an atomic operation for each; so the
 * owner takes a whole lot of references at once and keeps account of those that are still
 * his own (pagecnt_bias). When the block is used up and all references are his own again,
 * it is used once more from the end; otherwise he drops what he has left of them, and the
 * last piece to be freed frees the block.
 *
 * Invariants:
 *   PF1  references to the block == pagecnt_bias + pieces that were not freed yet
 *   PF2  a piece lies in one block, and no two pieces share a byte
 *
 * Locks: none; a cache belongs to its owner, who sees to it that nobody else uses it.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/getorder.h>
#include "../internal.h"

/* More than pieces fit into the largest block. */
#define FRAG_REFS	(PAGE_FRAG_CACHE_MAX_SIZE + 1)

/* A block for pieces: a large one without effort, or a page. */
static struct page *frag_block(struct page_frag_cache *nc, gfp_t gfp)
{
	unsigned int order = get_order(PAGE_FRAG_CACHE_MAX_SIZE);
	struct page *page;

	gfp &= ~__GFP_HIGHMEM;
	page = alloc_pages(gfp | __GFP_COMP | __GFP_NOWARN | __GFP_NORETRY | __GFP_NOMEMALLOC,
			   order);
	if (!page) {
		order = 0;
		page = alloc_pages(gfp, 0);
	}
	nc->va = page ? page_address(page) : NULL;
	nc->size = PAGE_SIZE << order;
	return page;
}

static bool frag_refill(struct page_frag_cache *nc, gfp_t gfp)
{
	struct page *page = frag_block(nc, gfp);

	if (!page)
		return false;
	atomic_add(FRAG_REFS - 1, &page->_refcount);
	nc->pagecnt_bias = FRAG_REFS;					/* PF1 */
	nc->offset = nc->size;
	return true;
}

/*
 * Nothing is left of the block. True: all pieces were freed, it starts anew; otherwise it
 * is theirs alone.
 */
static bool frag_reuse(struct page_frag_cache *nc)
{
	struct page *page = virt_to_page(nc->va);

	/* who else has a reference has a piece; the last one that goes is seen here */
	if (atomic_read_acquire(&page->_refcount) != (int)nc->pagecnt_bias) {
		__page_frag_cache_drain(page, nc->pagecnt_bias);
		nc->va = NULL;
		return false;
	}
	atomic_set(&page->_refcount, FRAG_REFS);
	nc->pagecnt_bias = FRAG_REFS;
	nc->offset = nc->size;
	return true;
}

/**
 * page_frag_alloc_align() - @fragsz bytes, at an address whose bits outside of @align_mask
 * are zero.
 * Locks:   may take zone->lock.
 * Context: as alloc_pages() with @gfp; @nc is the caller's alone.
 * Return:  address; NULL when memory is short, or no block is as large as @fragsz.
 */
void *page_frag_alloc_align(struct page_frag_cache *nc, unsigned int fragsz, gfp_t gfp,
			    unsigned int align_mask)
{
	if (unlikely(!fragsz || fragsz > PAGE_FRAG_CACHE_MAX_SIZE))
		return NULL;
	if (unlikely(!nc->va) && !frag_refill(nc, gfp))
		return NULL;
	if (unlikely(nc->offset < fragsz)) {
		if (!frag_reuse(nc) && !frag_refill(nc, gfp))
			return NULL;
		if (nc->offset < fragsz)	/* a single page, as there was no large block */
			return NULL;
	}
	mm_assert(nc->pagecnt_bias > 1);				/* PF1 */
	nc->pagecnt_bias--;
	nc->offset = (nc->offset - fragsz) & align_mask;		/* PF2 */
	return (char *)nc->va + nc->offset;
}

/**
 * page_frag_free() - @addr, a piece, is no longer used.
 * Locks:   may take zone->lock.
 * Context: any but interrupt handlers.
 * Return:  nothing.
 */
void page_frag_free(void *addr)
{
	put_page(virt_to_page(addr));
}

/**
 * __page_frag_cache_drain() - drop @count references to a cache's block at once.
 * Locks:   may take zone->lock.
 * Context: any but interrupt handlers; for a cache that ends: its page, its pagecnt_bias.
 * Return:  nothing.
 */
void __page_frag_cache_drain(struct page *page, unsigned int count)
{
	page = compound_head(page);
	mm_assert(count && atomic_read(&page->_refcount) >= (int)count);
	atomic_sub(count - 1, &page->_refcount);
	put_page(page);
}
