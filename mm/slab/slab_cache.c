/* SPDX-License-Identifier: MIT */
/*
 * slab_cache.c - caches come and go: layout of an object, order of a slab, boot.
 *
 * Layout of one object of `size` bytes (parts that the flags do not ask for are absent):
 *
 *   red_left | object_size bytes | right red zone | free pointer | track[2] | to align
 *            ^ the address that users see
 *
 * A free object keeps the free pointer in its own first word, unless a constructor's
 * work or the poison pattern must survive there; then the word stands behind the object.
 *
 * Order of a slab: the smallest of 0..3 where the unused tail is at most 1/16 of the
 * slab and at least 4 objects fit; then the same with 1/8, with 1/4, and with fewer
 * objects; a size above the largest slab gets the order that holds one. When pages of
 * that order are short, the smallest order that holds one object serves as well.
 *
 * The first two caches, of struct kmem_cache and struct kmem_cache_node, and their node
 * structs cannot come from a cache: they live in one block of pages that is never freed.
 *
 * Stocks: a CPU's array holds 8 to 256 objects at first, the fewer the larger they are
 * (slab_array.c). A node's stock holds up to 2,048 objects and a 2,048th of the machine's
 * memory. It is made when a cache has grown beyond one array, and given up by a shrink.
 *
 * Invariants:
 *   C1  every cache is on slab_state.caches once, newest first
 *   C2  cpu has facts.nr_cpus entries and one of an array that keeps nothing; a CPU with a
 *       higher number never allocates
 *   C3  node[nid] exists for every online node from creation to destruction
 *
 * Locks: slab_state.lock covers the list of caches. A cache that is being destroyed
 * has no users: its per-CPU data may be touched by the destroying CPU.
 *
 * SLAB_ACCOUNT is kept and has no effect: there are no memory control groups.
 */
#include "slab_internal.h"
#include <linux/getorder.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/xarray.h>
#include <mm/machine.h>

#define SLAB_MAX_ORDER		3
#define SLAB_MIN_OBJECTS	4
#define SLAB_MAX_OBJECTS	65535	/* page->objects is 16 bits wide */
#define SLAB_STOCK_MAX		2048u	/* objects in a node's stock */
#define SLAB_STOCK_SHIFT	11	/* at most this part of RAM */

/* --- sizes -------------------------------------------------------------- */

static bool order_fits(unsigned int size, unsigned int order, unsigned int min_objects,
		       unsigned int fraction)
{
	unsigned long bytes = PAGE_SIZE << order;

	mm_assert(size && fraction);
	return bytes / size >= min_objects && bytes % size <= bytes / fraction;
}

static unsigned int pick_order(unsigned int size)
{
	unsigned int min_objects, fraction, order;

	for (min_objects = SLAB_MIN_OBJECTS; min_objects; min_objects--)
		for (fraction = 16; fraction >= 4; fraction /= 2)
			for (order = 0; order <= SLAB_MAX_ORDER; order++)
				if (order_fits(size, order, min_objects, fraction))
					return order;
	return get_order(size);
}

/**
 * slab_pick_align() - the alignment of objects of @size bytes in a cache with @flags.
 * Locks:   none.  Context: any.
 */
unsigned int slab_pick_align(unsigned int size, unsigned int align, slab_flags_t flags)
{
	unsigned int line = SMP_CACHE_BYTES;

	if (flags & SLAB_HWCACHE_ALIGN) {
		while (size <= line / 2)
			line /= 2;
		align = max(align, line);
	}
	return ALIGN(max_t(unsigned int, align, ARCH_KMALLOC_MINALIGN), sizeof(void *));
}

/* Where everything of an object lies; see the drawing above. */
static void cache_layout(struct kmem_cache *s, unsigned int align)
{
	unsigned int size = ALIGN(s->object_size, sizeof(void *));

	s->align = slab_pick_align(s->object_size, align, s->flags);
	s->red_left = s->fp_offset = s->track_offset = 0;
	if (s->flags & SLAB_RED_ZONE) {
		if (size == s->object_size)
			size += sizeof(void *);
		s->red_left = ALIGN(sizeof(void *), s->align);
	}
	s->inuse = size;
	if (s->ctor || (s->flags & (SLAB_POISON | SLAB_RED_ZONE))) {
		s->fp_offset = size;
		size += sizeof(void *);
	}
	if (s->flags & SLAB_STORE_USER) {
		s->track_offset = size;
		size += 2 * sizeof(struct slab_track);
	}
	s->size = ALIGN(s->red_left + size, s->align);
	s->min_order = get_order(s->size);
	s->order = max(pick_order(s->size), s->min_order);
	while ((PAGE_SIZE << s->order) / s->size > SLAB_MAX_OBJECTS)
		s->order--;
	/* 5 to 10 as in Linux: the larger the object, the sooner a slab is empty */
	s->min_partial = clamp_t(unsigned long, ilog2(s->size) / 2, 5, 10);
	mm_assert(is_power_of_2(s->align) && IS_ALIGNED(s->size, s->align));
	mm_assert(IS_ALIGNED(s->fp_offset, sizeof(void *)));
	mm_assert(s->fp_offset + sizeof(void *) <= s->size - s->red_left);
	mm_assert(s->order >= s->min_order && s->order < MAX_ORDER);
	mm_assert((PAGE_SIZE << s->order) / s->size <= SLAB_MAX_OBJECTS);
}

/* How many objects wait in CPUs' arrays and in a node's stock. */
static void cache_set_stocks(struct kmem_cache *s)
{
	u64 ram_bytes = (u64)totalram_pages() << PAGE_SHIFT;
	unsigned int most = min_t(u64, SLAB_STOCK_MAX, div_u64(ram_bytes >> SLAB_STOCK_SHIFT, s->size));

	if (slab_debugged(s)) {
		s->batch = 1;
		return;
	}
	if (s->size <= 64)
		s->batch = 128;
	else if (s->size <= 256)
		s->batch = 64;
	else if (s->size <= 1024)
		s->batch = 32;
	else
		s->batch = s->size <= PAGE_SIZE ? 12 : 4;
	if (s->flags & (SLAB_CACHE_DMA | SLAB_CACHE_DMA32))
		s->batch = 4;				/* a rare kind of memory */
	s->stock_limit = most - most % s->batch;
	mm_assert(s->stock_limit <= SLAB_STOCK_MAX && !(s->stock_limit % s->batch));
}

static int __must_check cache_setup(struct kmem_cache *s, unsigned int object_size,
				    unsigned int align)
{
	s->object_size = object_size;
	if ((s->flags & SLAB_POISON) && !s->ctor)
		s->flags |= __OBJECT_POISON;
	cache_layout(s, align);
	if (this_machine()->slab.no_higher_order &&
	    get_order(s->size) > get_order(s->object_size)) {
		s->flags &= ~(SLAB_METADATA_FLAGS | __OBJECT_POISON);
		cache_layout(s, align);
	}
	if (s->flags & SLAB_CACHE_DMA)
		s->alloc_gfp |= GFP_DMA;
	else if (s->flags & SLAB_CACHE_DMA32)
		s->alloc_gfp |= GFP_DMA32;
	if (s->flags & SLAB_RECLAIM_ACCOUNT)
		s->alloc_gfp |= __GFP_RECLAIMABLE;
	cache_set_stocks(s);
	return slab_arrays_alloc(s);
}

/* --- nodes -------------------------------------------------------------- */

static void node_init(struct kmem_cache_node *n)
{
	spin_lock_init_rank(&n->list_lock, RANK_SLAB_NODE, "slab list_lock");
	INIT_LIST_HEAD(&n->partial);
	INIT_LIST_HEAD(&n->full);
	n->nr_partial = 0;
	n->nr_slabs = 0;
	n->nr_objects = 0;
	n->stock = NULL;
	n->nr_stock = 0;
}

static void nodes_free(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	int nid;

	for_each_slab_node(s, n, nid) {
		s->node[nid] = NULL;
		mm_assert(!n->nr_slabs && !n->nr_stock && !n->stock);	/* S6 */
		kmem_cache_free(this_machine()->slab.kmem_cache_node, n);
	}
}

static int __must_check nodes_alloc(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	int nid;

	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		if (!NODE_DATA(nid))
			continue;
		n = kmem_cache_alloc(this_machine()->slab.kmem_cache_node, GFP_KERNEL);
		if (!n) {
			nodes_free(s);
			return -ENOMEM;
		}
		node_init(n);
		s->node[nid] = n;
	}
	return 0;
}

/* --- create, destroy, shrink -------------------------------------------- */

static void cache_publish(struct kmem_cache *s)
{
	struct slab_state *state = &this_machine()->slab;

	mm_assert(s->name && s->size && s->cpu[0]);
	spin_lock(&state->lock);
	slab_id_get(s);
	slab_names_init(s);
	list_add(&s->list, &state->caches);
	spin_unlock(&state->lock);
}

static struct kmem_cache *cache_create(const char *name, unsigned int size, unsigned int align,
				       slab_flags_t flags, void (*ctor)(void *))
{
	struct kmem_cache *s;

	s = kmem_cache_zalloc(this_machine()->slab.kmem_cache, GFP_KERNEL);
	if (!s)
		return NULL;
	s->name = name;
	s->ctor = ctor;
	s->flags = slab_options_flags(name, flags);
	if (cache_setup(s, size, align))
		goto free_cache;
	if (nodes_alloc(s))
		goto free_arrays;
	return s;

free_arrays:
	if (this_machine()->slab.up)
		kfree(s->cpu[0]);
free_cache:
	kmem_cache_free(this_machine()->slab.kmem_cache, s);
	return NULL;
}

/* Wrong arguments are a caller's bug in a debug build and refused in any. */
static bool create_args_good(const char *name, unsigned int size, unsigned int align,
			     slab_flags_t flags)
{
	const slab_flags_t known = SLAB_HWCACHE_ALIGN | SLAB_RECLAIM_ACCOUNT | SLAB_PANIC |
				   SLAB_ACCOUNT | SLAB_CACHE_DMA | SLAB_CACHE_DMA32 |
				   SLAB_DEBUG_FLAGS | SLAB_NO_MERGE | SLAB_MEM_SPREAD |
				   SLAB_NOLEAKTRACE | SLAB_FAILSLAB | SLAB_NO_USER_FLAGS;

	if (flags & SLAB_TYPESAFE_BY_RCU)
		pr_err("kmem_cache_create: '%s' wants SLAB_TYPESAFE_BY_RCU: no RCU here\n",
		       name ? name : "(null)");
	if ((flags & SLAB_CACHE_DMA) && (flags & SLAB_CACHE_DMA32))
		return false;
	if (!name || !size || size > PAGE_SIZE << (MAX_ORDER - 2))
		return false;
	return !(flags & ~known) && align <= PAGE_SIZE && !(align & (align - 1));
}

/* A cache that is not there yet, with a copy of @name. NULL without memory. */
static struct kmem_cache *create_new(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *))
{
	char *copy = kstrdup(name, GFP_KERNEL);
	struct kmem_cache *s;

	if (!copy)
		return NULL;
	s = cache_create(copy, size, align, flags, ctor);
	if (!s)
		kfree(copy);
	else
		s->name_owned = true;
	return s;
}

/**
 * kmem_cache_create_usercopy() - a cache of objects of @size bytes aligned to @align, of
 * which [@useroffset, @useroffset + @usersize) may be copied from and to user memory.
 * Locks:   takes slab_state.lock.
 * Context: thread; sleeps.
 * Return:  the cache, maybe one that others use too; NULL for bad arguments or without
 *          memory, where SLAB_PANIC stops the machine instead. @name is copied.
 */
struct kmem_cache *kmem_cache_create_usercopy(const char *name, unsigned int size,
		unsigned int align, slab_flags_t flags, unsigned int useroffset,
		unsigned int usersize, void (*ctor)(void *))
{
	struct kmem_cache *s = NULL;

	/* a part that is not within the object is no part */
	if (WARN_ON((!usersize && useroffset) || size < usersize ||
		    size - usersize < useroffset))
		usersize = useroffset = 0;
	if (!create_args_good(name, size, align, flags))
		goto out;
	if (!ctor && !usersize)
		s = slab_merge(name, size, align, flags);
	if (!IS_ERR_OR_NULL(s))
		return s;
	if (!s)
		s = create_new(name, size, align, flags, ctor);
	if (!IS_ERR_OR_NULL(s)) {
		s->useroffset = useroffset;
		s->usersize = usersize;
		cache_publish(s);
		return s;
	}
out:
	if (flags & SLAB_PANIC) {
		pr_emerg("kmem_cache_create: cannot create '%s'\n", name ? name : "(null)");
		BUG();
	}
	return NULL;
}

/**
 * kmem_cache_create() - kmem_cache_create_usercopy() without a part for user memory.
 * Locks:   takes slab_state.lock.  Context: thread; sleeps.  Return: as that.
 */
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     slab_flags_t flags, void (*ctor)(void *))
{
	return kmem_cache_create_usercopy(name, size, align, flags, 0, 0, ctor);
}

/**
 * slab_create_boot() - kmem_cache_create() for the boot: @name is a literal and stays,
 * and nothing is merged with it. The first @usersize bytes may go to user memory.
 * Locks:   takes slab_state.lock.  Context: boot.  Return: the cache or NULL.
 */
struct kmem_cache *slab_create_boot(const char *name, unsigned int size, unsigned int align,
				    slab_flags_t flags, unsigned int usersize)
{
	struct kmem_cache *s = cache_create(name, size, align, flags, NULL);

	if (!s)
		return NULL;
	s->usersize = usersize;
	s->refcount = -1;
	cache_publish(s);
	return s;
}

static unsigned int stock_order(const struct kmem_cache *s)
{
	return get_order(s->stock_limit * sizeof(void *));
}

/**
 * slab_stock_create() - give @n of @s a stock, if there is memory for it.
 * Locks:   takes list_lock.  Context: thread, no spinlock held; never sleeps.
 */
void slab_stock_create(struct kmem_cache *s, struct kmem_cache_node *n)
{
	unsigned long stock = __get_free_pages(GFP_NOWAIT | __GFP_NOWARN, stock_order(s));

	mm_assert(!slab_debugged(s) && s->stock_limit);
	if (!stock)
		return;
	spin_lock(&n->list_lock);
	if (!n->stock) {
		WRITE_ONCE(n->stock, (void **)stock);
		stock = 0;
	}
	spin_unlock(&n->list_lock);
	if (stock)
		free_pages(stock, stock_order(s));
}

/* The objects of the stock go to their slabs, its own memory to the page allocator. */
static void stock_release(struct kmem_cache *s, struct kmem_cache_node *n)
{
	unsigned int nr;
	void **stock;

	spin_lock(&n->list_lock);
	stock = n->stock;
	nr = n->nr_stock;
	mm_assert(nr <= s->stock_limit && (stock || !nr));		/* S1 */
	WRITE_ONCE(n->stock, NULL);
	WRITE_ONCE(n->nr_stock, 0);
	spin_unlock(&n->list_lock);
	if (!stock)
		return;
	slab_free_objects(s, stock, nr);
	free_pages((unsigned long)stock, stock_order(s));
}

/* Free the empty slabs of one node. Returns the slabs that are left. */
static unsigned long shrink_node(struct kmem_cache *s, struct kmem_cache_node *n)
{
	struct page *slab, *next;
	unsigned long left;
	LIST_HEAD(empty);

	spin_lock(&n->list_lock);
	list_for_each_entry_safe(slab, next, &n->partial, slab_list) {
		if (slab->inuse)
			continue;
		list_move(&slab->slab_list, &empty);
		mm_assert(n->nr_partial && n->nr_objects >= slab->objects);	/* S6 */
		ADD_ONCE(n->nr_partial, -1ul);
		ADD_ONCE(n->nr_slabs, -1ul);
		n->nr_objects -= slab->objects;
	}
	left = n->nr_slabs;
	mm_assert(left || !n->nr_objects);				/* S6 */
	spin_unlock(&n->list_lock);
	list_for_each_entry_safe(slab, next, &empty, slab_list) {
		list_del(&slab->slab_list);
		slab_discard(s, slab);
	}
	return left;
}

/**
 * kmem_cache_shrink() - give all empty slabs back, and what this CPU keeps.
 * Locks:   list_lock of each node.  Context: thread; never sleeps.
 * Return:  0 when no slab is left, else 1, as in Linux.
 */
int kmem_cache_shrink(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	unsigned long left = 0;
	int nid;

	slab_flush_cpu(s, smp_processor_id());
	for_each_slab_node(s, n, nid)
		stock_release(s, n);
	for_each_slab_node(s, n, nid)
		left += shrink_node(s, n);
	return left != 0;
}

/**
 * kmem_caches_shrink() - kmem_cache_shrink() of every cache.
 * Locks:   slab_state.lock, list_lock.  Context: thread; never sleeps.
 */
void kmem_caches_shrink(void)
{
	struct slab_state *state = &this_machine()->slab;
	struct kmem_cache *s;

	if (!state->up)
		return;
	spin_lock(&state->lock);
	list_for_each_entry(s, &state->caches, list)
		kmem_cache_shrink(s);
	spin_unlock(&state->lock);
}

/**
 * kmem_cache_destroy() - the end of @s, which nobody uses any more. NULL is ignored.
 * Locks:   slab_state.lock, list_lock.
 * Context: thread; never sleeps.
 * Return:  0, also when others use it under names of theirs and it stays for them; -EBUSY
 *          when objects are still in use: they are reported and all stays.
 */
int kmem_cache_destroy(struct kmem_cache *s)
{
	struct slab_state *state = &this_machine()->slab;
	struct kmem_cache_node *n;
	unsigned long left = 0;
	unsigned int cpu;
	int nid;

	if (!s)
		return 0;
	mm_assert(s != state->kmem_cache && s != state->kmem_cache_node);
	/* as long as it is on the list, kmem_caches_shrink() of other CPUs may find it */
	spin_lock(&state->lock);
	if (slab_unmerge(s)) {
		spin_unlock(&state->lock);
		return 0;
	}
	for (cpu = 0; cpu < s->nr_cpus; cpu++)
		slab_flush_cpu(s, cpu);
	for_each_slab_node(s, n, nid)
		stock_release(s, n);
	for_each_slab_node(s, n, nid)
		left += shrink_node(s, n);
	left += kfence_cache_objects(s);
	if (!left) {
		list_del(&s->list);
		slab_id_put(s);
	}
	spin_unlock(&state->lock);
	if (left) {
		slab_report_leaks(s);
		return -EBUSY;
	}
	kfence_forget_cache(s);
	nodes_free(s);
	mm_assert(list_empty(&s->aliases));				/* SM1 */
	kfree(s->cpu[0]);
	if (s->name_owned)
		kfree(s->name);
	kmem_cache_free(state->kmem_cache, s);
	return 0;
}

/**
 * kmem_cache_name() - what the creator called it.
 * Locks:   none.
 * Context: any.
 * Return:  the name, valid as long as the cache.
 */
const char *kmem_cache_name(const struct kmem_cache *s)
{
	return s->name;
}

/**
 * kmem_cache_size() - bytes of one object that the user may touch.
 * Locks:   none.  Context: any.
 */
unsigned int kmem_cache_size(struct kmem_cache *s)
{
	return READ_ONCE(s->object_size);
}

/* --- boot --------------------------------------------------------------- */

static size_t cache_bytes(void)
{
	struct kmem_cache *s;

	return struct_size(s, cpu, this_machine()->facts.nr_cpus + 1);
}

/*
 * One of the two first caches, at @at. Returns the first byte behind it and its nodes, or
 * NULL without memory.
 */
static char *cache_bootstrap(char *at, const char *name, unsigned int object_size)
{
	struct kmem_cache *s = (struct kmem_cache *)at;
	int nid;

	s->name = name;
	s->flags = slab_options_flags(name, SLAB_HWCACHE_ALIGN);
	if (cache_setup(s, object_size, 0))
		return NULL;
	at += ALIGN(cache_bytes(), SMP_CACHE_BYTES);
	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		if (!NODE_DATA(nid))
			continue;
		s->node[nid] = (struct kmem_cache_node *)at;
		node_init(s->node[nid]);
		at += ALIGN(sizeof(struct kmem_cache_node), SMP_CACHE_BYTES);
	}
	s->refcount = -1;			/* nobody else's objects among them */
	slab_id_get(s);
	slab_names_init(s);
	list_add(&s->list, &this_machine()->slab.caches);
	return at;
}

/**
 * kmem_cache_init() - the first caches; after this kmalloc works.
 * Locks:   none needed yet.  Context: boot CPU, once; the page allocator works and
 *          facts.nr_cpus is final.
 * Return:  0 or -ENOMEM.
 */
int kmem_cache_init(void)
{
	struct slab_state *state = &this_machine()->slab;
	size_t boot_bytes = 2 * (ALIGN(cache_bytes(), SMP_CACHE_BYTES) +
		MAX_NUMNODES * ALIGN(sizeof(struct kmem_cache_node), SMP_CACHE_BYTES));
	char *at;

	mm_bug_on(!this_machine()->facts.nr_cpus);
	spin_lock_init_rank(&state->lock, RANK_SLAB_LIST, "slab caches");
	INIT_LIST_HEAD(&state->caches);
	slab_options_init();
	at = alloc_pages_exact(boot_bytes, GFP_KERNEL | __GFP_ZERO);
	if (!at || slab_cpus_init())
		return -ENOMEM;
	state->kmem_cache = (struct kmem_cache *)at;
	at = cache_bootstrap(at, "kmem_cache", cache_bytes());
	if (!at)
		return -ENOMEM;
	state->kmem_cache_node = (struct kmem_cache *)at;
	if (!cache_bootstrap(at, "kmem_cache_node", sizeof(struct kmem_cache_node)) ||
	    kmalloc_caches_init())
		return -ENOMEM;
	state->up = true;
	state->xa_node_cache = slab_create_boot("radix_tree_node", sizeof(struct xa_node), 0,
						SLAB_RECLAIM_ACCOUNT, 0);
	return state->xa_node_cache ? 0 : -ENOMEM;
}

/* --- nodes of lib/xarray ------------------------------------------------ */

/**
 * xa_node_alloc() - a zeroed node for lib/xarray.
 * Locks:   as kmem_cache_alloc().  Context: thread; sleeps only when @gfp allows it.
 * Return:  the node, or NULL.
 */
struct xa_node *xa_node_alloc(gfp_t gfp)
{
	return kmem_cache_zalloc(this_machine()->slab.xa_node_cache, gfp);
}

/**
 * xa_node_free() - a node of lib/xarray that nothing refers to any more.
 * Locks:   as kmem_cache_free().  Context: thread; never sleeps.
 */
void xa_node_free(struct xa_node *node)
{
	kmem_cache_free(this_machine()->slab.xa_node_cache, node);
}
