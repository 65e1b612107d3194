/* SPDX-License-Identifier: MIT */
/*
 * slab_node.c - objects of a node that the caller names.
 *
 * The array of a CPU holds objects of its home node alone, so that a wish for that node
 * is served like any other. For another node the array is of no use: the object comes
 * from that node's stock or partial slabs, under its list_lock, then from a fresh slab of
 * its memory. What the page allocator gives instead of the node's memory is taken as well,
 * as in Linux, unless __GFP_THISNODE forbids it. Freeing knows nothing of all this.
 *
 * A node that does not exist, or has no memory at all, is no wish.
 *
 * Invariants:
 *   SN1  with __GFP_THISNODE and a node that has memory the object is of that node, or NULL
 *   SN2  a CPU's array is used only for its own node
 *
 * Locks: as slab.c.
 */
#include "slab_internal.h"

/**
 * slab_usable_node() - @nid, or NUMA_NO_NODE where it has no memory or does not exist.
 * Locks:   none.  Context: any.
 */
int slab_usable_node(int nid)
{
	if (nid < 0 || nid >= MAX_NUMNODES || !NODE_DATA(nid) ||
	    !NODE_DATA(nid)->node_present_pages)
		return NUMA_NO_NODE;
	return nid;
}

static void *take_of_node(struct kmem_cache *s, gfp_t gfp, int nid, unsigned long caller)
{
	struct kmem_cache_node *n = s->node[nid];
	void *object;

	do {
		object = slab_take_one(s, n, caller);
		if (object)
			return object;
		n = slab_grow(s, gfp, nid);
	} while (n);
	return NULL;
}

/**
 * slab_alloc_node() - one object of @s, of node @nid as far as possible. @bytes of it
 * will be used.
 * Locks:   takes list_lock, may enter the page allocator.
 * Context: thread; sleeps only when @gfp allows it.
 * Return:  the object, zeroed with __GFP_ZERO, or NULL (SN1).
 */
void *slab_alloc_node(struct kmem_cache *s, size_t bytes, gfp_t gfp, int nid,
		      unsigned long caller)
{
	void *object;

	might_alloc(gfp);
	nid = slab_usable_node(nid);
	if (nid == NUMA_NO_NODE)
		return slab_alloc_slow(s, bytes, gfp & ~__GFP_THISNODE, caller);
	if (nid == this_cpu_slab(s)->nid && !(gfp & __GFP_THISNODE))
		return slab_alloc_slow(s, bytes, gfp, caller);
	if (should_failslab(s, gfp))
		return NULL;
	if (!(gfp & __GFP_THISNODE)) {
		object = slab_alloc_guarded(s, bytes, gfp, caller);
		if (object)
			return object;
	}
	object = take_of_node(s, gfp, nid, caller);
	if (object && ((gfp & __GFP_ZERO) || slab_hook_clears(s, MM_HOOK_INIT_ALLOC)))
		memset(object, 0, READ_ONCE(s->object_size));
	return slab_handed_out(s, object, READ_ONCE(s->object_size), gfp);
}

/**
 * kmem_cache_alloc_node() - one object of @s, of node @nid as far as possible.
 * Locks:   as slab_alloc_node().  Context: thread; sleeps only when @gfp allows it.
 * Return:  the object, or NULL; with __GFP_THISNODE never another node's.
 */
void *kmem_cache_alloc_node(struct kmem_cache *s, gfp_t gfp, int nid)
{
	return slab_alloc_node(s, READ_ONCE(s->object_size), gfp, nid,
			       (unsigned long)__builtin_return_address(0));
}
