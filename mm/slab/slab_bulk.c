/* SPDX-License-Identifier: MIT */
/*
 * slab_bulk.c - many objects of a cache at once.
 *
 * Objects move between the caller's array and that of the CPU by copying addresses; what
 * is more than the CPU has or takes comes and goes half an array at a time, as with single
 * calls (slab.c). Objects are allocated all or none.
 *
 * Debugged caches, and objects of another node's memory, go one by one.
 *
 * Locks: as the single calls.
 */
#include "slab_internal.h"

/* Up to @nr objects that this CPU has at hand, warmest first, to @p[]. */
static unsigned int take_at_hand(struct kmem_cache *s, unsigned int nr, void **p)
{
	struct kmem_cache_cpu *c = quick_cpu_slab(s);
	void **top = c->top;
	unsigned int i;

	nr = min(nr, slab_count(c));
	for (i = 0; i < nr; i++)
		p[i] = *--top;
	c->top = top;
	return nr;
}

/**
 * kmem_cache_alloc_bulk() - @nr objects of @s, all or none, to @p[].
 * Locks:   as kmem_cache_alloc().
 * Context: thread; sleeps only when @gfp allows it.
 * Return:  @nr, or 0 without memory for all; then @p[] holds nothing of use.
 */
int kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t gfp, size_t nr, void **p)
{
	unsigned long caller = (unsigned long)__builtin_return_address(0);
	size_t done = 0, i;

	mm_assert(!(gfp & __GFP_ZERO) || !s->ctor);
	if (likely(!arch_slab_asks()))
		done = take_at_hand(s, nr, p);
	while (done < nr) {
		p[done] = slab_alloc_slow(s, READ_ONCE(s->object_size), gfp & ~__GFP_ZERO,
					  caller);
		if (unlikely(!p[done])) {
			kmem_cache_free_bulk(s, done, p);
			return 0;
		}
		done++;
		if (likely(!arch_slab_asks()))
			done += take_at_hand(s, nr - done, p + done);
	}
	if (unlikely(gfp & __GFP_ZERO))
		for (i = 0; i < nr; i++)
			memset(p[i], 0, READ_ONCE(s->object_size));
	return nr;
}

/**
 * kmem_cache_free_bulk() - give @nr objects of @s back. @s NULL: each to its own cache,
 * or to the page allocator when kmalloc() took it from there.
 * Locks:   as kmem_cache_free().  Context: thread; never sleeps.
 */
void kmem_cache_free_bulk(struct kmem_cache *s, size_t nr, void **p)
{
	struct slab_state *state = &this_machine()->slab;
	struct kmem_cache_cpu *c;
	size_t i;

	if (!s) {
		for (i = 0; i < nr; i++)
			kfree(p[i]);
		return;
	}
	c = quick_cpu_slab(s);
	for (i = 0; i < nr; i++)
		if (unlikely(slab_frame_id(state, p[i]) != s->id || !slab_keep(c, p[i])))
			kmem_cache_free(s, p[i]);
}
