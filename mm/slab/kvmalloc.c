/* SPDX-License-Identifier: MIT */
/*
 * kvmalloc.c - memory that need not be physically contiguous when it is large.
 *
 *   kvmalloc()    kmalloc() where that is easy: it does not try hard for more than a page
 *                 and prints nothing when there is none; then vmalloc()
 *   kvrealloc()   grows by copying and never moves to shrink; the caller says how much
 *                 the old memory held
 *   kvfree()      tells from the address which of the two it was
 *
 * Without __GFP_DIRECT_RECLAIM there is only kmalloc(): page tables may have to be made.
 * More than INT_MAX bytes are refused with a warning, as in Linux: no count that large is
 * meant.
 *
 * Invariants:
 *   KV1  is_vmalloc_addr() is true exactly for memory that vmalloc() gave
 *   KV2  a kvrealloc() that fails leaves the old memory as it was
 *
 * Locks: none of its own.  Context: as kmalloc() and vmalloc().
 */
#include "slab_internal.h"
#include <linux/vmalloc.h>

/**
 * kvmalloc_node() - @bytes from kmalloc() when that is easy, else from vmalloc().
 * Locks:   as both.
 * Context: thread; sleeps only when @gfp allows it.
 * Return:  the memory, of @nid as far as possible; free it with kvfree(); or NULL.
 */
void *kvmalloc_node(size_t bytes, gfp_t gfp, int nid)
{
	gfp_t easy = gfp;
	void *p;

	if (bytes > PAGE_SIZE)
		easy = (gfp | __GFP_NOWARN | __GFP_NORETRY) & ~__GFP_NOFAIL;
	p = nid == NUMA_NO_NODE ? kmalloc(bytes, easy) : kmalloc_node(bytes, easy, nid);
	if (p || bytes <= PAGE_SIZE || !gfpflags_allow_blocking(gfp))
		return p;
	if (unlikely(bytes > INT_MAX)) {
		WARN_ON_ONCE(!(gfp & __GFP_NOWARN));
		return NULL;
	}
	return __vmalloc_node(bytes, 1, gfp, slab_usable_node(nid), (void *)_RET_IP_);
}

/**
 * kvrealloc() - @p, which held @old_bytes, with at least @bytes.
 * Locks:   as kvmalloc_node().  Context: thread; sleeps only when @gfp allows it.
 * Return:  @p when it is large enough; else new memory with its contents, @p is freed
 *          then; NULL without memory (KV2).
 */
void *kvrealloc(const void *p, size_t old_bytes, size_t bytes, gfp_t gfp)
{
	void *to;

	if (p && old_bytes >= bytes)
		return (void *)p;
	to = kvmalloc(bytes, gfp);
	if (!to)
		return NULL;
	if (!ZERO_OR_NULL_PTR(p))
		memcpy(to, p, old_bytes);
	kvfree(p);
	return to;
}

/**
 * kvfree() - free what kvmalloc(), kmalloc() or vmalloc() gave. NULL is ignored.
 * Locks:   as kfree() and vfree().  Context: thread; may sleep.
 */
void kvfree(const void *p)
{
	if (is_vmalloc_addr(p))
		vfree(p);
	else
		kfree(p);
}

/**
 * kvfree_sensitive() - kvfree() that zeroes the @bytes at @p first.
 * Locks:   as kvfree().  Context: thread; may sleep.
 */
void kvfree_sensitive(const void *p, size_t bytes)
{
	if (ZERO_OR_NULL_PTR(p))
		return;
	memset((void *)p, 0, bytes);
	barrier();			/* the stores happen, whoever frees it */
	kvfree(p);
}
