// SPDX-License-Identifier: MIT
/*
 * slab_kfence.c - objects of caches that lie in the pool of guarded ones
 * (mm/debug/kfence.c) instead of a slab.
 *
 * They are in no array, stock or slab, and no count of slabs or objects of the cache
 * knows them; kmem_cache_destroy() asks for them. What slub_debug= keeps beside an object
 * they do not have: the pages around them and the pattern do that work.
 *
 *   SK1  an object of the pool never enters an array, a stock or a freelist
 *
 * Locks: kfence_state.lock, inside the calls.
 */
#include "slab_internal.h"

/**
 * slab_alloc_kfence() - the gate may be open: an object of @s with @bytes in the pool.
 * Locks:   takes kfence_state.lock.  Context: as slab_alloc_slow(); never sleeps.
 * Return:  the object, constructed, zeroed if that is asked for; NULL: the usual way then.
 */
void *slab_alloc_kfence(struct kmem_cache *s, size_t bytes, gfp_t gfp, unsigned long caller)
{
	void *object = kfence_alloc_object(s, bytes, s->align, gfp | s->alloc_gfp, caller);

	if (!object)
		return NULL;
	if (s->ctor)
		s->ctor(object);
	if ((gfp & __GFP_ZERO) || slab_hook_clears(s, MM_HOOK_INIT_ALLOC))
		memset(object, 0, bytes);
	return slab_handed_out(s, object, bytes, gfp);
}

/**
 * slab_free_kfence() - give @object, an address in the pool, back to @s; NULL: to its own.
 * Locks:   takes kfence_state.lock.  Context: thread; never sleeps.
 */
void slab_free_kfence(struct kmem_cache *s, void *object, unsigned long caller)
{
	struct kfence_info info;
	bool clear = false;

	if (kfence_lookup(object, &info) && info.cache && info.allocated) {
		if (s && info.cache != s)
			slab_bug(s, NULL, object, "S5: object of another cache, or no object");
		clear = slab_hook_clears(info.cache, MM_HOOK_INIT_FREE);
		kmemleak_free(object);
	}
	kfence_free_object(object, clear, caller);
}
