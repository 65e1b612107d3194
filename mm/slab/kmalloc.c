/* SPDX-License-Identifier: MIT */
/*
 * kmalloc.c - memory by size: classes of caches, larger sizes from the page allocator.
 *
 *   size      served by
 *   0         ZERO_SIZE_PTR, which only kfree(), krealloc() and ksize() understand
 *   .. 8192   the smallest class of 8 16 32 64 96 128 192 256 512 1k 2k 4k 8k that fits
 *   above     a compound page of its own, up to the largest order
 *
 * Each class exists three times: plain, for ISA DMA (__GFP_DMA) and for memory that a
 * shrinker can take back (__GFP_RECLAIMABLE), so that pages of one kind lie together.
 * A class that is a power of two gives addresses aligned to it.
 *
 * kfree() asks the page: a slab's belongs to a cache, a head page without a slab is a
 * large allocation (its order is in the page), anything else was never allocated here.
 *
 * Invariants:
 *   K1  class i holds 2^i bytes for i >= 3; classes 1 and 2 hold 96 and 192
 *   K2  ksize(p) >= the size asked for, and every byte of it may be used
 *   K3  pages of large allocations count as unreclaimable slab, as in Linux
 *
 * Locks: none of its own.  Context: as the caches and the page allocator below it.
 */
#include "slab_internal.h"
#include <linux/getorder.h>
#include <linux/log2.h>

#define KMALLOC_MAX_CACHE_SIZE	(1ul << KMALLOC_MAX_CACHE_SHIFT)
#define KMALLOC_MAX_SIZE	(PAGE_SIZE << (MAX_ORDER - 1))

#define CLASS_NAMES(p) { [1] = p "96", [2] = p "192", [3] = p "8", [4] = p "16", \
	[5] = p "32", [6] = p "64", [7] = p "128", [8] = p "256", [9] = p "512", \
	[10] = p "1k", [11] = p "2k", [12] = p "4k", [13] = p "8k" }

/* arrays, not pointers: nothing here needs relocation, so all of it is read-only */
static const char kmalloc_names[NR_KMALLOC_TYPES][KMALLOC_NR_CLASSES][16] = {
	[KMALLOC_NORMAL] = CLASS_NAMES("kmalloc-"),
	[KMALLOC_RECLAIM] = CLASS_NAMES("kmalloc-rcl-"),
	[KMALLOC_DMA] = CLASS_NAMES("dma-kmalloc-"),
};

/* --- classes ------------------------------------------------------------ */

static unsigned int class_bytes(unsigned int class)
{
	mm_assert(class && class < KMALLOC_NR_CLASSES);			/* K1 */
	if (class == 1)
		return 96;
	return class == 2 ? 192 : 1u << class;
}

/* The class of @bytes, 1 .. KMALLOC_MAX_CACHE_SIZE. */
static unsigned int class_of(size_t bytes)
{
	mm_assert(bytes && bytes <= KMALLOC_MAX_CACHE_SIZE);
	if (bytes <= 8)
		return KMALLOC_MIN_SHIFT;
	if (bytes > 64 && bytes <= 96)
		return 1;
	if (bytes > 128 && bytes <= 192)
		return 2;
	return fls(bytes - 1);
}

#define GFP_OTHER_TYPE	(__GFP_DMA | __GFP_RECLAIMABLE)

static enum kmalloc_cache_type type_of(gfp_t gfp)
{
	if (!(gfp & GFP_OTHER_TYPE))
		return KMALLOC_NORMAL;
	return gfp & __GFP_DMA ? KMALLOC_DMA : KMALLOC_RECLAIM;
}

static bool class_create(enum kmalloc_cache_type type, unsigned int class)
{
	static const slab_flags_t type_flags[NR_KMALLOC_TYPES] = {
		[KMALLOC_RECLAIM] = SLAB_RECLAIM_ACCOUNT, [KMALLOC_DMA] = SLAB_CACHE_DMA,
	};
	unsigned int bytes = class_bytes(class);
	unsigned int align = is_power_of_2(bytes) ? bytes : 0;		/* K1 */
	struct kmem_cache *s = slab_create_boot(kmalloc_names[type][class], bytes, align,
						type_flags[type], bytes);

	mm_assert(!s || (s->object_size == bytes && !s->ctor));		/* K1 */
	this_machine()->slab.kmalloc_caches[type][class] = s;
	return s;
}

/* Each CPU finds its arrays of the plain classes by size. */
static void sizes_publish(void)
{
	struct slab_state *state = &this_machine()->slab;
	unsigned int cpu, bytes;

	for (cpu = 0; cpu <= this_machine()->facts.nr_cpus; cpu++)
		for (bytes = 8; bytes <= SLAB_QUICK_BYTES; bytes += 8)
			state->cpus[cpu].by_size[bytes / 8 - 1] =
				slab_cpu(state->kmalloc_caches[KMALLOC_NORMAL][class_of(bytes)], cpu);
}

/**
 * kmalloc_caches_init() - create all classes, in the order of their sizes.
 * Locks:   slab_state.lock.  Context: boot, from kmem_cache_init().
 * Return:  0 or -ENOMEM.
 */
int kmalloc_caches_init(void)
{
	unsigned int type, class;

	for (type = 0; type < NR_KMALLOC_TYPES; type++)
		for (class = KMALLOC_MIN_SHIFT; class < KMALLOC_NR_CLASSES; class++) {
			if (!class_create(type, class))
				return -ENOMEM;
			/* 96 and 192 */
			if ((class == 6 || class == 7) && !class_create(type, class - 5))
				return -ENOMEM;
		}
	sizes_publish();
	return 0;
}

/* --- large allocations -------------------------------------------------- */

static void *kmalloc_large(size_t bytes, gfp_t gfp, int nid)
{
	unsigned int order = get_order(bytes);
	struct page *page;

	if (unlikely(bytes > KMALLOC_MAX_SIZE))
		return NULL;
	gfp &= ~(__GFP_HIGHMEM | __GFP_MOVABLE);
	page = alloc_pages_node(nid, gfp | __GFP_COMP, order);
	if (!page)
		return NULL;
	mod_node_page_state(page_pgdat(page), NR_SLAB_UNRECLAIMABLE_B, 1l << order);
	mm_assert(bytes <= PAGE_SIZE << order && !PageSlab(page));	/* K2 */
	kmemleak_alloc(page_address(page), bytes, 1, gfp);
	return page_address(page);
}

static void kfree_large(struct page *page, const void *object)
{
	unsigned int order;

	if (unlikely(!page || !PageHead(page) || page_address(page) != object ||
		     page_count(page) != 1))
		slab_bug(NULL, page, object, "K: kfree of what kmalloc never gave");
	order = compound_order(page);
	mm_assert(order < MAX_ORDER && !PageSlab(page));
	kmemleak_free(object);
	mod_node_page_state(page_pgdat(page), NR_SLAB_UNRECLAIMABLE_B, -(1l << order));
	__free_pages(page, order);
}

/* --- the calls ---------------------------------------------------------- */

/* The caller's own object: only texts look at its track meanwhile. */
static void *note_waste(const struct kmem_cache *s, void *object, size_t bytes)
{
	if (s->track_offset && object && !is_kfence_address(object))
		WRITE_ONCE(slab_track(s, object, TRACK_ALLOC)->waste, s->object_size - bytes);
	return object;
}

static noinline void *kmalloc_slow(size_t bytes, gfp_t gfp, unsigned long caller)
{
	struct kmem_cache *s;

	if (unlikely(bytes - 1 >= KMALLOC_MAX_CACHE_SIZE))
		return bytes ? kmalloc_large(bytes, gfp, NUMA_NO_NODE) : ZERO_SIZE_PTR;
	s = this_machine()->slab.kmalloc_caches[type_of(gfp)][class_of(bytes)];
	if (unlikely(s->track_offset))
		return note_waste(s, slab_alloc_slow(s, bytes, gfp, caller), bytes);
	return slab_alloc_slow(s, bytes, gfp, caller);	/* which needs no frame of this one */
}

static __always_inline void *do_kmalloc(size_t bytes, gfp_t gfp)
{
	const struct slab_state *state = &this_machine()->slab;
	struct kmem_cache_cpu *c;
	void *object;

	might_alloc(gfp);
	if (unlikely(bytes - 1 >= SLAB_QUICK_BYTES || (gfp & (GFP_OTHER_TYPE | __GFP_ZERO)) ||
		     arch_slab_asks()))
		goto slow;
	c = this_slab_cpu(state)->by_size[(bytes - 1) / 8];
	object = c->top[-1];
	if (unlikely(!object))
		goto slow;
	c->top--;
	mm_assert(c->top >= c->objects);				/* S1 */
	return object;
slow:
	return kmalloc_slow(bytes, gfp, (unsigned long)__builtin_return_address(0));
}

/**
 * __kmalloc() - at least @bytes, physically contiguous, aligned to 8 at least.
 * Locks:   as slab_alloc_slow().  Context: thread; sleeps only when @gfp allows it.
 * Return:  the memory, ZERO_SIZE_PTR for 0 bytes, or NULL.
 */
void *__kmalloc(size_t bytes, gfp_t gfp)
{
	return do_kmalloc(bytes, gfp);
}

/**
 * kmalloc_node() - kmalloc(), of @nid's memory as far as it has some.
 * Locks:   as slab_alloc_node().  Context: thread; sleeps only when @gfp allows it.
 * Return:  the memory; with __GFP_THISNODE NULL rather than another node's.
 */
void *kmalloc_node(size_t bytes, gfp_t gfp, int nid)
{
	struct kmem_cache *s;

	might_alloc(gfp);
	if (bytes > KMALLOC_MAX_CACHE_SIZE)
		return kmalloc_large(bytes, gfp, slab_usable_node(nid));
	if (!bytes)
		return ZERO_SIZE_PTR;
	s = this_machine()->slab.kmalloc_caches[type_of(gfp)][class_of(bytes)];
	return note_waste(s, slab_alloc_node(s, bytes, gfp, nid,
					     (unsigned long)__builtin_return_address(0)), bytes);
}

static noinline void kfree_slow(const void *p, unsigned long caller)
{
	struct page *page;

	if (ZERO_OR_NULL_PTR(p))
		return;
	if (is_kfence_address(p)) {
		slab_free_kfence(NULL, (void *)p, caller);
		return;
	}
	page = slab_of(p);
	if (page && PageSlab(page))
		slab_free_slow(page->slab_cache, page, (void *)p, caller);
	else
		kfree_large(page, p);
}

/**
 * kfree() - free what kmalloc(), krealloc() or a cache gave. NULL is ignored.
 * Locks:   as slab_free_slow().  Context: thread; never sleeps.
 */
void kfree(const void *p)
{
	struct slab_state *state = &this_machine()->slab;

	if (likely(!ZERO_OR_NULL_PTR(p) &&
		   slab_keep(this_slab_cpu(state)->by_id[slab_frame_id(state, p)], (void *)p)))
		return;
	kfree_slow(p, (unsigned long)__builtin_return_address(0));
}

/**
 * ksize() - bytes that may be used at @p, which kmalloc() gave.
 * Locks:   none.  Context: any.
 * Return:  at least what was asked for; 0 for NULL and ZERO_SIZE_PTR.
 */
size_t ksize(const void *p)
{
	struct kfence_info info;
	struct page *page;

	if (unlikely(ZERO_OR_NULL_PTR(p)))
		return 0;
	if (is_kfence_address(p))
		return kfence_lookup(p, &info) ? info.size : 0;
	page = slab_of(p);
	mm_bug_on(!page || !(PageSlab(page) || PageHead(page)));		/* K3 */
	if (PageSlab(page))
		return page->slab_cache->object_size;
	return PAGE_SIZE << compound_order(page);
}

/**
 * kmalloc_size_roundup() - the bytes that kmalloc(@bytes) would really give.
 * Locks:   none.  Context: any.
 * Return:  at least @bytes; @bytes itself when kmalloc() has nothing so large.
 */
size_t kmalloc_size_roundup(size_t bytes)
{
	if (!bytes || bytes > KMALLOC_MAX_SIZE)
		return bytes;
	if (bytes > KMALLOC_MAX_CACHE_SIZE)
		return PAGE_SIZE << get_order(bytes);
	return class_bytes(class_of(bytes));
}

/**
 * kfree_sensitive() - kfree() that leaves nothing of the contents behind.
 * Locks:   as kfree().  Context: thread; never sleeps.
 */
void kfree_sensitive(const void *p)
{
	size_t bytes = ksize(p);

	if (bytes) {
		memset((void *)p, 0, bytes);
		barrier();			/* the stores happen, whoever frees it */
	}
	kfree(p);
}

/**
 * krealloc() - @p with at least @bytes; the contents up to the smaller size stay.
 * Locks:   as kmalloc() and kfree().  Context: thread; sleeps only when @gfp allows it.
 * Return:  the new address; NULL without memory, then @p is unchanged. 0 bytes frees.
 */
void *krealloc(const void *p, size_t bytes, gfp_t gfp)
{
	size_t old = ksize(p);
	void *to;

	if (!bytes) {
		kfree(p);
		return ZERO_SIZE_PTR;
	}
	if (!ZERO_OR_NULL_PTR(p) && bytes <= old)
		return (void *)p;
	to = do_kmalloc(bytes, gfp);
	if (to && old) {
		mm_assert(old < bytes && to != p);			/* K2 */
		memcpy(to, p, old);
		kfree(p);
	}
	return to;
}

/**
 * kmemdup() - a copy of @bytes at @src.
 * Locks:   as kmalloc().  Context: thread; sleeps only when @gfp allows it.
 * Return:  the copy, or NULL.
 */
void *kmemdup(const void *src, size_t bytes, gfp_t gfp)
{
	void *to = do_kmalloc(bytes, gfp);

	if (to)
		memcpy(to, src, bytes);
	return to;
}

/**
 * kstrndup() - a copy of at most @max characters of @s, terminated.
 * Locks:   as kmalloc().  Context: thread; sleeps only when @gfp allows it.
 * Return:  the copy, NULL without memory or for a NULL @s.
 */
char *kstrndup(const char *s, size_t max, gfp_t gfp)
{
	return s ? kmemdup_nul(s, strnlen(s, max), gfp) : NULL;
}

/**
 * kmemdup_nul() - a copy of the @bytes at @s, which need no end, terminated.
 * Locks:   as kmalloc().  Context: thread; sleeps only when @gfp allows it.
 * Return:  the copy, NULL without memory or for a NULL @s.
 */
char *kmemdup_nul(const char *s, size_t bytes, gfp_t gfp)
{
	char *to;

	if (!s)
		return NULL;
	to = do_kmalloc(bytes + 1, gfp);
	if (!to)
		return NULL;
	memcpy(to, s, bytes);
	to[bytes] = '\0';
	return to;
}

/**
 * kstrdup() - a copy of @s.
 * Locks:   as kmalloc().  Context: thread; sleeps only when @gfp allows it.
 * Return:  the copy, NULL without memory or for a NULL @s.
 */
char *kstrdup(const char *s, gfp_t gfp)
{
	return s ? kmemdup(s, strlen(s) + 1, gfp) : NULL;
}
