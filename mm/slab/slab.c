/* SPDX-License-Identifier: MIT */
/*
 * slab.c - objects of one size out of pages: the paths that allocate and free.
 *
 * A slab is one compound page (order 0 to 3 where the size allows) cut into equal
 * objects. Free objects are linked through a word of their own at fp_offset.
 *
 *      struct kmem_cache
 *        cpu[0] --> active slab, and the objects of it that CPU 0 may hand out
 *        cpu[1] --> ...
 *        node[0] -> partial: slab - slab - slab      full: slab - slab
 *
 * A slab is active (owned by one CPU), partial or full. While active, its free
 * objects are in two lists: cpu->freelist, which only the owner touches, without
 * lock or atomic, and page->freelist, where everybody else returns objects under
 * the node's lock. When the owner runs dry it takes page->freelist over as a whole.
 * To free an object into the own active slab is as cheap as to allocate.
 *
 * Kernel code is not preempted and interrupt handlers never allocate, therefore
 * "this CPU's" data needs no more than staying on the CPU: whoever may have slept
 * (a page allocation) reads the CPU number again.
 *
 * Invariants (slab_check() walks them):
 *   S1  page->frozen is 0, or CPU + 1 and that CPU's cpu->page is the slab
 *   S2  a slab that is not frozen is on partial exactly when page->freelist is not
 *       NULL, and on full otherwise; a frozen one is on no list
 *   S3  page->inuse == objects - length of page->freelist; objects on a CPU's
 *       freelist count as in use
 *   S4  an object is free exactly when it is on one of the two freelists, once
 *   S5  freelists hold only addresses of objects of their slab
 *   S6  nr_slabs, nr_objects and nr_partial of a node equal what a walk finds
 *   S7  red zones and poison of free and used objects are intact (debugged caches)
 *
 * Locks: kmem_cache_node.list_lock covers the lists, page->freelist, inuse and frozen
 * of that node's slabs. It is a leaf but for the page allocator, which is never called
 * under it. page->frozen is compared with the own CPU number without the lock: only
 * that CPU ever writes or clears that very value.
 *
 * Left to others: creation and the choice of sizes (slab_cache.c), kmalloc's classes
 * (kmalloc.c), checks of debugged caches (slab_debug.c), text (slabinfo.c).
 */
#include "slab_internal.h"
#include <asm/failpoint.h>

/* --- slabs from and to the page allocator ------------------------------- */

static struct page *slab_new_pages(struct kmem_cache *s, gfp_t gfp)
{
	unsigned int order = s->order;
	gfp_t first = gfp;
	struct page *slab;

	if (order > s->min_order)
		first = (gfp | __GFP_NOWARN | __GFP_NORETRY) & ~__GFP_NOFAIL;
	slab = alloc_pages(first | (order ? __GFP_COMP : 0), order);
	if (slab || order == s->min_order)
		return slab;
	order = s->min_order;
	return alloc_pages(gfp | (order ? __GFP_COMP : 0), order);
}

/* Cut a fresh slab: every object constructed and on page->freelist, in order. */
static struct page *slab_new(struct kmem_cache *s, gfp_t gfp)
{
	struct page *slab;
	char *p, *last = NULL;

	gfp &= ~(GFP_ZONEMASK | __GFP_MOVABLE | __GFP_RECLAIMABLE | __GFP_ZERO | __GFP_COMP);
	slab = slab_new_pages(s, gfp | s->alloc_gfp);
	if (!slab)
		return NULL;
	__SetPageSlab(slab);
	slab->slab_cache = s;
	slab->objects = slab_bytes(slab) / s->size;
	slab->inuse = 0;
	slab->frozen = 0;
	slab->freelist = slab_first(s, slab);
	if (slab_debugged(s))
		slab_debug_setup_slab(s, slab);
	slab_for_each_object(s, slab, p) {
		if (s->ctor)
			s->ctor(p);
		if (last)
			slab_set_fp(s, last, p);
		last = p;
	}
	slab_set_fp(s, last, NULL);
	mod_node_page_state(page_pgdat(slab), s->flags & SLAB_RECLAIM_ACCOUNT ?
			    NR_SLAB_RECLAIMABLE_B : NR_SLAB_UNRECLAIMABLE_B,
			    1l << compound_order(slab));
	return slab;
}

static void slab_count(struct kmem_cache_node *n, struct page *slab)
{
	n->nr_slabs++;
	n->nr_objects += slab->objects;
}

/* --- the node's lists; n->list_lock held -------------------------------- */

static void list_slab_partial(struct kmem_cache_node *n, struct page *slab, bool tail)
{
	if (tail)
		list_add_tail(&slab->slab_list, &n->partial);
	else
		list_add(&slab->slab_list, &n->partial);
	ADD_ONCE(n->nr_partial, 1);
}

static void unlist_slab_partial(struct kmem_cache_node *n, struct page *slab)
{
	list_del(&slab->slab_list);
	ADD_ONCE(n->nr_partial, -1ul);
}

/* Make @slab this CPU's: its whole freelist becomes the CPU's. n->list_lock held. */
static void slab_activate(struct kmem_cache *s, struct kmem_cache_cpu *c, struct page *slab,
			  unsigned int cpu)
{
	mm_assert(!slab->frozen && !c->page && !c->freelist);
	WRITE_ONCE(slab->frozen, cpu + 1);		/* compared without the lock */
	c->page = slab;
	c->freelist = slab->freelist;
	c->nid = page_to_nid(slab);
	slab->freelist = NULL;
	slab->inuse = slab->objects;
}

/* Give up the active slab, which has no free object left. n->list_lock held. */
static void slab_retire_full(struct kmem_cache_node *n, struct kmem_cache_cpu *c)
{
	struct page *slab = c->page;

	mm_assert(!c->freelist && !slab->freelist);
	WRITE_ONCE(slab->frozen, 0);
	c->page = NULL;
	list_add(&slab->slab_list, &n->full);
}

/* --- allocation --------------------------------------------------------- */

/* Objects that others freed into the active slab; else the slab is retired. */
static bool refill_from_active(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct page *slab = c->page;
	struct kmem_cache_node *n;

	if (!slab)
		return false;
	n = slab_node(s, slab);
	spin_lock(&n->list_lock);
	if (slab->freelist) {
		c->freelist = slab->freelist;
		slab->freelist = NULL;
		slab->inuse = slab->objects;		/* S3 */
	} else {
		slab_retire_full(n, c);
	}
	spin_unlock(&n->list_lock);
	return c->freelist;
}

static bool refill_from_node(struct kmem_cache *s, struct kmem_cache_cpu *c, unsigned int cpu,
			     struct kmem_cache_node *n)
{
	struct page *slab;

	if (!n || !READ_ONCE(n->nr_partial))
		return false;
	spin_lock(&n->list_lock);
	slab = list_first_entry_or_null(&n->partial, struct page, slab_list);
	if (slab) {
		unlist_slab_partial(n, slab);
		slab_activate(s, c, slab, cpu);
	}
	spin_unlock(&n->list_lock);
	return slab;
}

static bool refill_from_other_nodes(struct kmem_cache *s, struct kmem_cache_cpu *c,
				    unsigned int cpu)
{
	struct kmem_cache_node *n;
	int nid;

	for_each_slab_node(s, n, nid)
		if (refill_from_node(s, c, cpu, n))
			return true;
	return false;
}

/* A fresh slab. May have slept: the caller's CPU may be another one now. */
static bool refill_from_buddy(struct kmem_cache *s, gfp_t gfp)
{
	struct page *slab = slab_new(s, gfp);
	unsigned int cpu = smp_processor_id();
	struct kmem_cache_cpu *c = &s->cpu[cpu];
	struct kmem_cache_node *n;

	if (!slab)
		return false;
	n = slab_node(s, slab);
	spin_lock(&n->list_lock);
	slab_count(n, slab);
	if (c->page)
		list_slab_partial(n, slab, false);
	else
		slab_activate(s, c, slab, cpu);
	spin_unlock(&n->list_lock);
	return true;
}

static void *slab_alloc_slow(struct kmem_cache *s, gfp_t gfp)
{
	for (;;) {
		unsigned int cpu = smp_processor_id();
		struct kmem_cache_cpu *c = &s->cpu[cpu];
		void *object = c->freelist;

		mm_assert(cpu < s->nr_cpus);
		if (object) {
			c->freelist = slab_get_fp(s, object);
			return object;
		}
		if (refill_from_active(s, c) || refill_from_node(s, c, cpu, s->node[c->nid]))
			continue;
		if (refill_from_buddy(s, gfp))
			continue;
		cpu = smp_processor_id();
		c = &s->cpu[cpu];
		if (!c->page && !refill_from_other_nodes(s, c, cpu))
			return NULL;
	}
}

/* Debugged caches: one object at a time off a partial slab, under the lock. */
static void *slab_take_checked(struct kmem_cache *s, struct kmem_cache_node *n,
			       unsigned long caller)
{
	struct page *slab;
	void *object = NULL;

	spin_lock(&n->list_lock);
	slab = list_first_entry_or_null(&n->partial, struct page, slab_list);
	if (slab) {
		object = slab->freelist;
		slab_debug_alloc(s, slab, object, caller);
		slab->freelist = slab_get_fp(s, object);
		slab->inuse++;
		if (!slab->freelist) {
			unlist_slab_partial(n, slab);
			list_add(&slab->slab_list, &n->full);
		}
	}
	spin_unlock(&n->list_lock);
	return object;
}

static void *slab_alloc_checked(struct kmem_cache *s, gfp_t gfp, unsigned long caller)
{
	struct kmem_cache_node *n;
	struct page *slab;
	void *object;
	int nid;

	for (;;) {
		for_each_slab_node(s, n, nid) {
			object = slab_take_checked(s, n, caller);
			if (object)
				return object;
		}
		slab = slab_new(s, gfp);
		if (!slab)
			return NULL;
		n = slab_node(s, slab);
		spin_lock(&n->list_lock);
		slab_count(n, slab);
		list_slab_partial(n, slab, false);
		spin_unlock(&n->list_lock);
	}
}

/**
 * slab_alloc() - one object of @s; zeroed with __GFP_ZERO. @caller is for reports.
 * Locks:   may take a node's list_lock, may enter the page allocator.
 * Context: thread; sleeps only when @gfp allows it.
 * Return:  the object, or NULL.
 */
void *slab_alloc(struct kmem_cache *s, gfp_t gfp, unsigned long caller)
{
	struct kmem_cache_cpu *c = &s->cpu[smp_processor_id()];
	void *object = c->freelist;

	if (fail_point() && !(gfp & __GFP_NOFAIL))
		return NULL;
	if (likely(object))
		c->freelist = slab_get_fp(s, object);
	else if (slab_debugged(s))
		object = slab_alloc_checked(s, gfp, caller);
	else
		object = slab_alloc_slow(s, gfp);
	if ((gfp & __GFP_ZERO) && object)
		memset(object, 0, s->object_size);
	return object;
}

/**
 * kmem_cache_alloc() - one object of @s.
 * Locks:   as slab_alloc().  Context: thread; sleeps only when @gfp allows it.
 * Return:  the object, constructed when the cache has a constructor, or NULL.
 */
void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp)
{
	return slab_alloc(s, gfp, (unsigned long)__builtin_return_address(0));
}

/**
 * kmem_cache_zalloc() - kmem_cache_alloc() and zero the object.
 * Locks:   as slab_alloc().  Context: thread; sleeps only when @gfp allows it.
 * Return:  the object, or NULL. Not for caches with a constructor.
 */
void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t gfp)
{
	mm_assert(!s->ctor);
	return slab_alloc(s, gfp | __GFP_ZERO, (unsigned long)__builtin_return_address(0));
}

/* --- freeing ------------------------------------------------------------ */

/* What an object coming back means for the lists. True: @slab is empty and unlisted. */
static bool slab_relist(struct kmem_cache *s, struct kmem_cache_node *n, struct page *slab,
			bool was_full)
{
	if (slab->frozen)
		return false;			/* the owner collects it (S2) */
	if (was_full) {
		list_del(&slab->slab_list);
		list_slab_partial(n, slab, true);
	}
	if (slab->inuse || n->nr_partial <= s->min_partial)
		return false;
	unlist_slab_partial(n, slab);
	n->nr_slabs--;
	n->nr_objects -= slab->objects;
	return true;
}

/* Free into a slab that this CPU does not own. */
static void slab_free_slow(struct kmem_cache *s, struct page *slab, void *object,
			   unsigned long caller)
{
	struct kmem_cache_node *n = slab_node(s, slab);
	bool was_full, empty;

	spin_lock(&n->list_lock);
	if (slab_debugged(s))
		slab_debug_free(s, slab, object, caller);
	else if (unlikely(object == slab->freelist || !slab->inuse))
		slab_bug(s, slab, object, "S4: object already free");
	was_full = !slab->freelist;
	slab_set_fp(s, object, slab->freelist);
	slab->freelist = object;
	slab->inuse--;
	empty = slab_relist(s, n, slab, was_full);
	spin_unlock(&n->list_lock);
	if (empty)
		slab_discard(s, slab);
}

/**
 * slab_free() - give @object of @slab back to @s.
 * Locks:   list_lock unless the slab is this CPU's active one.
 * Context: thread; never sleeps.
 */
void slab_free(struct kmem_cache *s, struct page *slab, void *object, unsigned long caller)
{
	unsigned int cpu = smp_processor_id();
	struct kmem_cache_cpu *c = &s->cpu[cpu];

	if (likely(READ_ONCE(slab->frozen) == cpu + 1)) {
		if (unlikely(object == c->freelist))
			slab_bug(s, slab, object, "S4: object already free");
		slab_set_fp(s, object, c->freelist);
		c->freelist = object;
		return;
	}
	slab_free_slow(s, slab, object, caller);
}

/**
 * kmem_cache_free() - give @object back to @s, which it came from. NULL is ignored.
 * Locks:   as slab_free().  Context: thread; never sleeps.
 * An address that is not an object of @s stops the machine with a report.
 */
void kmem_cache_free(struct kmem_cache *s, void *object)
{
	struct page *slab;

	if (unlikely(!object))
		return;
	slab = slab_of(object);
	if (unlikely(!slab || !PageSlab(slab) || slab->slab_cache != s))
		slab_bug(s, slab, object, "S5: object of another cache, or no object");
	slab_free(s, slab, object, (unsigned long)__builtin_return_address(0));
}

/* --- giving slabs up ---------------------------------------------------- */

/**
 * slab_discard() - return the pages of @slab, which is empty and on no list.
 * Locks:   none held; enters the page allocator.  Context: thread; never sleeps.
 */
void slab_discard(struct kmem_cache *s, struct page *slab)
{
	unsigned int order = compound_order(slab);

	mm_assert(!slab->inuse && !slab->frozen && slab->slab_cache == s);
	mod_node_page_state(page_pgdat(slab), s->flags & SLAB_RECLAIM_ACCOUNT ?
			    NR_SLAB_RECLAIMABLE_B : NR_SLAB_UNRECLAIMABLE_B, -(1l << order));
	__ClearPageSlab(slab);
	slab->slab_cache = NULL;		/* is page->mapping: NULL in a free page */
	slab->freelist = NULL;
	slab->inuse = 0;
	slab->objects = 0;
	__free_pages(slab, order);
}

/**
 * slab_flush_cpu() - take @cpu's active slab away: its free objects go back to the slab.
 * Before:  @cpu is this CPU, or nobody uses @s any more.
 * Locks:   list_lock.  Context: thread; never sleeps.
 */
void slab_flush_cpu(struct kmem_cache *s, unsigned int cpu)
{
	struct kmem_cache_cpu *c = &s->cpu[cpu];
	struct page *slab = c->page;
	struct kmem_cache_node *n;
	bool empty = false;
	void *object, *next;

	if (!slab)
		return;
	n = slab_node(s, slab);
	spin_lock(&n->list_lock);
	for (object = c->freelist; object; object = next) {
		next = slab_get_fp(s, object);
		slab_set_fp(s, object, slab->freelist);
		slab->freelist = object;
		slab->inuse--;
	}
	c->freelist = NULL;
	if (!slab->freelist) {
		slab_retire_full(n, c);
	} else {
		WRITE_ONCE(slab->frozen, 0);
		c->page = NULL;
		list_slab_partial(n, slab, true);
		empty = slab_relist(s, n, slab, false);
	}
	spin_unlock(&n->list_lock);
	if (empty)
		slab_discard(s, slab);
}
