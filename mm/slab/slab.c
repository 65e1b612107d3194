/* SPDX-License-Identifier: MIT */
/*
 * slab.c - objects of one size out of pages: the paths that allocate and free.
 *
 * A slab is one compound page (order 0 to 3 where the size allows) cut into equal
 * objects. On their way between it and their users objects pass two stocks, which are
 * arrays of addresses, so that no object is touched on the way:
 *
 *	user <-> the CPU's array		plain loads and stores, one at a time
 *	           | ^ when full or empty, half an array at a time (slab_array.c)
 *	           v |
 *	         the node's stock		under list_lock
 *	           | ^ when full or empty
 *	           v |
 *	         slabs: partial, full		under list_lock
 *
 * An object freed by another CPU than the one that allocated it goes the same way, into
 * the array of the CPU that frees it, and gets to others with half an array of its like:
 * one lock for many. Only objects of another node's memory go to their slab at once.
 *
 * In a slab free objects are linked through a word of their own at fp_offset; those from
 * index `carved` on were never handed out and are in no list: a fresh slab costs nothing
 * for the objects in it, unless a constructor has to see them.
 *
 * Kernel code is not preempted and interrupt handlers never allocate, therefore
 * "this CPU's" data needs no more than staying on the CPU: whoever may have slept
 * (a page allocation) reads the CPU number again.
 *
 * Invariants (slab_check() walks them):
 *   S1  objects <= top <= end of an array, and the place below the first is NULL; in a
 *       cache that is debugged end is where it begins
 *   S2  a slab is on partial exactly when inuse < objects, and on full otherwise
 *   S3  inuse == carved - length of page->freelist; objects in a CPU's array or in the
 *       node's stock count as in use
 *   S4  an object is free exactly when it is on its slab's freelist, not carved, in one
 *       array or in one stock, and once
 *   S5  freelists, arrays and stocks hold only addresses of objects, of their slab or cache
 *   S6  nr_slabs, nr_objects and nr_partial of a node equal what a walk finds
 *   S7  red zones and poison of free and used objects are intact (debugged caches)
 *
 * Locks: kmem_cache_node.list_lock covers the lists, the stock, and page->freelist, inuse
 * and carved of that node's slabs. It is a leaf but for the page allocator, which is never
 * called under it.
 *
 * Left to others: creation and the choice of sizes (slab_cache.c), the memory of arrays
 * (slab_array.c), kmalloc's classes (kmalloc.c), checks of debugged caches (slab_debug.c), text (slabinfo.c).
 */
#include "slab_internal.h"

/* --- slabs from and to the page allocator ------------------------------- */

static struct page *slab_new_pages(struct kmem_cache *s, gfp_t gfp, int nid)
{
	unsigned int order = s->order;
	gfp_t first = gfp;
	struct page *slab;

	mm_assert(order >= s->min_order && s->size <= PAGE_SIZE << s->min_order);
	if (order > s->min_order)
		first = (gfp | __GFP_NOWARN | __GFP_NORETRY) & ~__GFP_NOFAIL;
	slab = alloc_pages_node(nid, first | (order ? __GFP_COMP : 0), order);
	if (slab || order == s->min_order)
		return slab;
	order = s->min_order;
	return alloc_pages_node(nid, gfp | (order ? __GFP_COMP : 0), order);
}

static void slab_account(struct kmem_cache *s, struct page *slab, long pages)
{
	mod_node_page_state(page_pgdat(slab), s->flags & SLAB_RECLAIM_ACCOUNT ?
			    NR_SLAB_RECLAIMABLE_B : NR_SLAB_UNRECLAIMABLE_B, pages);
}

/* A fresh slab, on no list: none of its objects is carved, every one is constructed. */
static struct page *slab_new(struct kmem_cache *s, gfp_t gfp, int nid)
{
	struct page *slab;
	char *p;

	gfp &= ~(GFP_ZONEMASK | __GFP_MOVABLE | __GFP_RECLAIMABLE | __GFP_ZERO | __GFP_COMP);
	slab = slab_new_pages(s, gfp | s->alloc_gfp, nid);
	if (!slab)
		return NULL;
	mm_assert(!slab->slab_cache && slab_bytes(slab) >= s->size);
	mm_assert(s->node[page_to_nid(slab)]);				/* C3 */
	__SetPageSlab(slab);
	slab->slab_cache = s;
	slab->objects = slab_bytes(slab) / s->size;
	slab->inuse = 0;
	slab->carved = 0;
	slab->freelist = NULL;
	if (slab_debugged(s))
		slab_debug_setup_slab(s, slab);
	if (s->ctor)
		slab_for_each_object(s, slab, p)
			s->ctor(p);
	slab_account(s, slab, 1l << compound_order(slab));
	slab_frames_set(slab, compound_order(slab), s->id);
	return slab;
}

/**
 * slab_discard() - return the pages of @slab, which is empty and on no list.
 * Locks:   none held; enters the page allocator.  Context: thread; never sleeps.
 */
void slab_discard(struct kmem_cache *s, struct page *slab)
{
	unsigned int order = compound_order(slab);

	mm_assert(!slab->inuse && slab->slab_cache == s);
	mm_assert(PageSlab(slab) && PageHead(slab) == (order > 0));
	slab_account(s, slab, -(1l << order));
	slab_frames_set(slab, order, 0);
	__ClearPageSlab(slab);
	slab->slab_cache = NULL;		/* is page->mapping: NULL in a free page */
	slab->freelist = NULL;
	slab->inuse = 0;
	slab->objects = 0;
	atomic_set(&slab->_mapcount, -1);		/* was carved */
	__free_pages(slab, order);
}

/* --- the node's lists; n->list_lock held -------------------------------- */

static void list_slab_partial(struct kmem_cache_node *n, struct page *slab, bool tail)
{
	spin_assert_held(&n->list_lock);
	mm_assert(slab->inuse <= slab->objects);
	if (tail)
		list_add_tail(&slab->slab_list, &n->partial);
	else
		list_add(&slab->slab_list, &n->partial);
	ADD_ONCE(n->nr_partial, 1);
}

static void unlist_slab_partial(struct kmem_cache_node *n, struct page *slab)
{
	spin_assert_held(&n->list_lock);
	mm_assert(n->nr_partial && n->nr_partial <= n->nr_slabs);	/* S6 */
	list_del(&slab->slab_list);
	ADD_ONCE(n->nr_partial, -1ul);
}

/**
 * slab_list_full() - @slab, which is on @n's partial list, has no free object any more.
 * Locks:   list_lock held.  Context: any.
 */
void slab_list_full(struct kmem_cache_node *n, struct page *slab)
{
	unlist_slab_partial(n, slab);
	mm_assert(slab->inuse == slab->objects);			/* S2 */
	list_add(&slab->slab_list, &n->full);
}

/* A slab that is new to the node. */
static void list_slab_new(struct kmem_cache_node *n, struct page *slab)
{
	mm_assert(!slab->inuse && !slab->carved && !slab->freelist);	/* S3 */
	ADD_ONCE(n->nr_slabs, 1);
	n->nr_objects += slab->objects;
	list_slab_partial(n, slab, false);
}

static inline void *slab_take(struct kmem_cache *s, struct page *slab)
{
	void *object = slab->freelist;

	mm_assert(slab->slab_cache == s && slab->inuse < slab->objects);	/* S2 */
	mm_assert(object || slab->carved < slab->objects);		/* S3 */
	slab->inuse++;
	if (object)
		slab->freelist = slab_get_fp(s, object);
	else
		object = slab_first(s, slab) + slab->carved++ * (size_t)s->size;
	return object;
}

/* Up to @nr objects out of partial slabs, to @to[]. Returns how many there were. */
static unsigned int take_from_partial(struct kmem_cache *s, struct kmem_cache_node *n,
				      void **to, unsigned int nr)
{
	unsigned int done = 0;

	spin_assert_held(&n->list_lock);
	while (done < nr && n->nr_partial) {
		struct page *slab = list_first_entry(&n->partial, struct page, slab_list);

		while (done < nr && slab->inuse < slab->objects)
			to[done++] = slab_take(s, slab);
		if (slab->inuse == slab->objects)			/* S2 */
			slab_list_full(n, slab);
	}
	return done;
}

/* Put @object back into @slab. True: now the slab is empty, not needed, and on no list. */
static bool slab_put(struct kmem_cache *s, struct kmem_cache_node *n, struct page *slab,
		     void *object)
{
	spin_assert_held(&n->list_lock);
	mm_assert(slab->slab_cache == s && slab_node(s, slab) == n);	/* S5 */
	if (unlikely(object == slab->freelist || !slab->inuse))
		slab_bug(s, slab, object, "S4: Object already free");
	if (slab->inuse == slab->objects) {
		list_del(&slab->slab_list);
		list_slab_partial(n, slab, true);
	}
	slab_set_fp(s, object, slab->freelist);
	slab->freelist = object;
	slab->inuse--;
	if (slab->inuse || n->nr_partial <= s->min_partial)
		return false;
	unlist_slab_partial(n, slab);
	ADD_ONCE(n->nr_slabs, -1ul);
	mm_assert(n->nr_objects >= slab->objects);			/* S6 */
	n->nr_objects -= slab->objects;
	return true;
}

/* --- allocation --------------------------------------------------------- */

/* Fill the array of this CPU, which is empty, out of @n. False: nothing there. */
static bool refill_from_node(struct kmem_cache *s, struct kmem_cache_cpu *c,
			     struct kmem_cache_node *n)
{
	unsigned int nr;

	if (!n || !(READ_ONCE(n->nr_stock) | READ_ONCE(n->nr_partial)))
		return false;
	spin_lock(&n->list_lock);
	nr = min(slab_limit(c) / 2, n->nr_stock);
	mm_assert(c->top == c->objects && s->batch <= slab_limit(c));	/* S1 */
	mm_assert(n->nr_stock <= s->stock_limit && (n->stock || !n->nr_stock));
	if (nr) {
		ADD_ONCE(n->nr_stock, -nr);
		memcpy(c->objects, n->stock + n->nr_stock, nr * sizeof(void *));
	} else {
		nr = take_from_partial(s, n, c->objects, s->batch);
	}
	spin_unlock(&n->list_lock);
	c->top = c->objects + nr;
	if (unlikely(++c->moves >= SLAB_MOVES))
		slab_array_grow(s, c);
	return nr;
}

static bool refill_from_other_nodes(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct kmem_cache_node *n;
	int nid;

	for_each_slab_node(s, n, nid)
		if (refill_from_node(s, c, n))
			return true;
	return false;
}

/**
 * slab_grow() - a fresh slab, preferably of @nid, for the node it comes from.
 * Locks:   takes list_lock, enters the page allocator.
 * Context: thread; sleeps only when @gfp allows it, then this may be another CPU.
 * Return:  that node, or NULL without memory.
 */
struct kmem_cache_node *slab_grow(struct kmem_cache *s, gfp_t gfp, int nid)
{
	struct page *slab = slab_new(s, gfp, nid);
	struct kmem_cache_node *n;

	if (!slab)
		return NULL;
	n = slab_node(s, slab);
	mm_assert(n && (slab_bytes(slab) / s->size == slab->objects));	/* C3, S3 */
	if (unlikely(!READ_ONCE(n->stock) && s->stock_limit && READ_ONCE(n->nr_slabs) > 1))
		slab_stock_create(s, n);
	spin_lock(&n->list_lock);
	list_slab_new(n, slab);
	spin_unlock(&n->list_lock);
	return n;
}

static void *slab_alloc_refilled(struct kmem_cache *s, gfp_t gfp)
{
	mm_assert(!slab_debugged(s));
	for (;;) {
		struct kmem_cache_cpu *c = this_cpu_slab(s);
		struct kmem_cache_node *n;

		if (slab_count(c))
			return *--c->top;
		c->nid = slab_home_node();
		if (refill_from_node(s, c, s->node[c->nid]))
			continue;
		n = slab_grow(s, gfp, NUMA_NO_NODE);
		c = this_cpu_slab(s);
		if (slab_count(c) || (n && refill_from_node(s, c, n)))
			continue;
		if (!n && !refill_from_other_nodes(s, c))
			return NULL;
	}
}

/**
 * slab_take_one() - one object of @n: of its stock or of a partial slab.
 * Locks:   takes list_lock.  Context: thread; never sleeps.
 * Return:  the object, checked in a debugged cache, or NULL when there is none.
 */
void *slab_take_one(struct kmem_cache *s, struct kmem_cache_node *n, unsigned long caller)
{
	void *object = NULL;

	spin_lock(&n->list_lock);
	if (n->nr_stock) {
		ADD_ONCE(n->nr_stock, -1u);
		object = n->stock[n->nr_stock];
	} else {
		while (take_from_partial(s, n, &object, 1) && slab_debugged(s) &&
		       !slab_debug_alloc(s, slab_of(object), object, caller))
			object = NULL;
	}
	spin_unlock(&n->list_lock);
	return object;
}

static void *slab_alloc_checked(struct kmem_cache *s, gfp_t gfp, unsigned long caller)
{
	struct kmem_cache_node *n;
	void *object;
	int nid;

	mm_assert(slab_debugged(s) && !slab_limit(this_cpu_slab(s)));	/* S1 */
	do {
		for_each_slab_node(s, n, nid) {
			object = slab_take_one(s, n, caller);
			if (object)
				return object;
		}
	} while (slab_grow(s, gfp, NUMA_NO_NODE));
	return NULL;
}

/**
 * slab_alloc_slow() - slab_alloc() when this CPU has no object at hand, or more is asked.
 * @bytes of the object will be used.
 * Locks:   may take a node's list_lock, may enter the page allocator.
 * Context: thread; sleeps only when @gfp allows it.
 * Return:  the object, or NULL.
 */
void *slab_alloc_slow(struct kmem_cache *s, size_t bytes, gfp_t gfp, unsigned long caller)
{
	void *object;

	might_alloc(gfp);
	mm_assert(!(gfp & __GFP_ZERO) || !s->ctor);
	if (should_failslab(s, gfp))
		return NULL;
	object = slab_alloc_guarded(s, bytes, gfp, caller);
	if (object)
		return object;
	if (slab_debugged(s))
		object = slab_alloc_checked(s, gfp, caller);
	else
		object = slab_alloc_refilled(s, gfp);
	if (object && ((gfp & __GFP_ZERO) || slab_hook_clears(s, MM_HOOK_INIT_ALLOC)))
		memset(object, 0, READ_ONCE(s->object_size));
	return slab_handed_out(s, object, READ_ONCE(s->object_size), gfp);
}

/**
 * kmem_cache_alloc() - one object of @s.
 * Locks:   as slab_alloc_slow().  Context: thread; sleeps only when @gfp allows it.
 * Return:  the object, constructed when the cache has a constructor, or NULL.
 */
void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp)
{
	return slab_alloc(s, gfp);
}

/**
 * kmem_cache_zalloc() - kmem_cache_alloc() and zero the object.
 * Locks:   as slab_alloc_slow().  Context: thread; sleeps only when @gfp allows it.
 * Return:  the object, or NULL. Not for caches with a constructor.
 */
void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t gfp)
{
	void *object;

	mm_assert(!s->ctor);
	object = slab_alloc(s, gfp);
	if (likely(object))
		memset(object, 0, READ_ONCE(s->object_size));
	return object;
}

/* --- freeing ------------------------------------------------------------ */

static void discard_list(struct kmem_cache *s, struct list_head *empty)
{
	struct page *slab, *next;

	list_for_each_entry_safe(slab, next, empty, slab_list) {
		mm_assert(!slab->inuse);
		list_del(&slab->slab_list);
		slab_discard(s, slab);
	}
}

/**
 * slab_free_objects() - put @nr objects back into their slabs.
 * Locks:   takes list_lock, once for a run of objects of one node.
 * Context: thread; never sleeps. Not for debugged caches.
 */
void slab_free_objects(struct kmem_cache *s, void **objects, unsigned int nr)
{
	unsigned int i = 0;
	LIST_HEAD(empty);

	mm_assert(!nr || !slab_debugged(s));
	while (i < nr) {
		struct page *slab = slab_of(objects[i]);
		struct kmem_cache_node *n = slab_node(s, slab);

		mm_assert(PageSlab(slab) && slab->slab_cache == s);	/* S5 */
		spin_lock(&n->list_lock);
		do {
			if (slab_put(s, n, slab, objects[i]))
				list_add(&slab->slab_list, &empty);
			if (++i < nr)
				slab = slab_of(objects[i]);
		} while (i < nr && slab_node(s, slab) == n);
		spin_unlock(&n->list_lock);
	}
	discard_list(s, &empty);
}

/*
 * The array is full: half of it goes to the stock, or to its slabs. The upper half, so that
 * nothing else has to move; out of the stock it is also the first to come back.
 */
static void slab_spill(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct kmem_cache_node *n = s->node[c->nid];
	unsigned int nr = slab_limit(c) / 2;
	bool kept = false;

	mm_assert(c->top == c->end && s->batch <= nr);
	c->top -= nr;
	mm_assert(nr && c->top < c->end && !c->objects[-1]);			/* S1 */
	if (READ_ONCE(n->stock) && READ_ONCE(n->nr_stock) + nr <= s->stock_limit) {
		spin_lock(&n->list_lock);
		if (n->stock && n->nr_stock + nr <= s->stock_limit) {
			memcpy(n->stock + n->nr_stock, c->top, nr * sizeof(void *));
			ADD_ONCE(n->nr_stock, nr);
			mm_assert(n->nr_stock <= s->stock_limit);	/* S1 */
			kept = true;
		}
		spin_unlock(&n->list_lock);
	}
	if (!kept)
		slab_free_objects(s, c->top, nr);
	if (unlikely(++c->moves >= SLAB_MOVES))
		slab_array_grow(s, c);
}

static void slab_free_checked(struct kmem_cache *s, struct page *slab, void *object,
			      unsigned long caller)
{
	struct kmem_cache_node *n = slab_node(s, slab);
	bool empty;

	spin_lock(&n->list_lock);
	empty = slab_debug_free(s, slab, object, caller) && slab_put(s, n, slab, object);
	spin_unlock(&n->list_lock);
	if (empty)
		slab_discard(s, slab);
}

/**
 * slab_free_slow() - give @object of @slab, both known to be right, back to @s.
 * Locks:   may take list_lock, may enter the page allocator.
 * Context: thread; never sleeps.
 */
void slab_free_slow(struct kmem_cache *s, struct page *slab, void *object,
		    unsigned long caller)
{
	struct kmem_cache_cpu *c = this_cpu_slab(s);

	kmemleak_free(object);
	if (slab_hook_clears(s, MM_HOOK_INIT_FREE))
		memset(object, 0, READ_ONCE(s->object_size));
	if (slab_debugged(s)) {
		slab_free_checked(s, slab, object, caller);
		return;
	}
	if (page_to_nid(slab) != c->nid) {
		slab_free_objects(s, &object, 1);
		return;
	}
	if (unlikely(c->top[-1] == object))
		slab_bug(s, slab, object, "S4: Object already free");
	if (c->top == c->end)
		slab_spill(s, c);
	mm_assert(c->top >= c->objects && c->top < c->end);		/* S1 */
	*c->top++ = object;
}

static noinline void cache_free_slow(struct kmem_cache *s, void *object, unsigned long caller)
{
	struct page *slab;

	if (!object)
		return;
	if (is_kfence_address(object)) {
		slab_free_kfence(s, object, caller);
		return;
	}
	slab = slab_of(object);
	if (!slab || !PageSlab(slab) || slab->slab_cache != s)
		slab_bug(s, slab, object, "S5: object of another cache, or no object");
	slab_free_slow(s, slab, object, caller);
}

/**
 * kmem_cache_free() - give @object back to @s, which it came from. NULL is ignored.
 * Locks:   as slab_free_slow().  Context: thread; never sleeps.
 * An address that is not an object of @s stops the machine with a report.
 */
void kmem_cache_free(struct kmem_cache *s, void *object)
{
	if (likely(object && slab_frame_id(&this_machine()->slab, object) == s->id &&
		   slab_keep(quick_cpu_slab(s), object)))
		return;
	cache_free_slow(s, object, (unsigned long)__builtin_return_address(0));
}
