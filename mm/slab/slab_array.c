/* SPDX-License-Identifier: MIT */
/*
 * slab_array.c - where a CPU keeps free objects at hand: the memory of its arrays.
 *
 * Every cache comes with a small array for each CPU, of 8 to 256 objects. It is full or
 * empty after so many calls of one kind, and then half an array is exchanged with the
 * node's stock under a lock. Whoever allocates and frees in long runs pays for that often:
 * after SLAB_MOVES exchanges the CPU's array of that cache is replaced by a larger one,
 *
 *	own, 2 * batch -> 510 -> 1,022 -> 2,046 objects		a block of order 0, 1, 2
 *
 * as far as the objects in it stay below SLAB_ARRAY_BYTES, and the stock could take them
 * all. So runs of a thousand small objects never leave the CPU, and a cache without such
 * runs keeps what it came with. A shrink goes back to the own array.
 *
 *	block	| NULL | objects[0] | ... | objects[limit - 1] | - |
 *
 * The quick paths know nothing of this: they read the CPU's struct for each call, and it
 * stays where it is. Only its CPU replaces an array, between two calls.
 *
 * Invariants:
 *   SA1  objects == own, or objects lies behind the first word of a block of its own
 *   SA2  objects[-1] is NULL, which ends a search for an object without a comparison
 *
 * Locks: none. A CPU's array is its own; that of a cache which nobody uses belongs to who
 * destroys the cache.
 */
#include "slab_internal.h"
#include <linux/getorder.h>

#define SLAB_BOOT_BLOCK		(32ul << 10)
#define SLAB_ARRAY_BYTES	(128ul << 10)	/* of objects in an array that grows */

/* The CPUs' arrays of a cache that the boot makes: never freed, as the cache. */
static char *boot_arrays_alloc(size_t bytes)
{
	struct slab_state *state = &this_machine()->slab;
	char *at = state->boot_arrays;

	if (state->boot_arrays_left < bytes) {
		/* what is left of the block before is less than one cache's */
		state->boot_arrays_left = max_t(size_t, PAGE_ALIGN(bytes), SLAB_BOOT_BLOCK);
		at = alloc_pages_exact(state->boot_arrays_left, GFP_KERNEL | __GFP_ZERO);
		if (!at) {
			state->boot_arrays_left = 0;
			return NULL;
		}
	}
	state->boot_arrays = at + bytes;
	mm_assert(!state->up && state->boot_arrays_left >= bytes);
	state->boot_arrays_left -= bytes;
	return at;
}

/* How many objects @s keeps for a CPU as long as its array has not grown. */
static unsigned int own_limit(const struct kmem_cache *s)
{
	return slab_debugged(s) ? 0 : 2 * s->batch;
}

/**
 * slab_arrays_alloc() - the arrays that @s comes with, one for each CPU.
 * Locks:   none.  Context: thread, sleeps; or boot.
 * Return:  0 or -ENOMEM.
 */
int slab_arrays_alloc(struct kmem_cache *s)
{
	struct slab_state *state = &this_machine()->slab;
	unsigned int cpu, limit = own_limit(s);
	size_t stride, bytes;
	char *at;

	s->nr_cpus = this_machine()->facts.nr_cpus;
	stride = ALIGN(sizeof(struct kmem_cache_cpu) + limit * sizeof(void *), SMP_CACHE_BYTES);
	bytes = s->nr_cpus * stride;
	at = state->up ? kzalloc(bytes, GFP_KERNEL) : boot_arrays_alloc(bytes);
	if (!at)
		return -ENOMEM;
	kmemleak_no_scan(at);		/* free objects, and what was one */
	for (cpu = 0; cpu < s->nr_cpus; cpu++, at += stride) {
		s->cpu[cpu] = (struct kmem_cache_cpu *)at;
		slab_cpu_init(s->cpu[cpu], limit, slab_home_node());
	}
	s->cpu[cpu] = &state->cpus[cpu].none;				/* C2 */
	return 0;
}

/* Objects for which an array of 2^@order pages has room, and half of them as well. */
static unsigned int block_limit(unsigned int order)
{
	return (PAGE_SIZE << order) / sizeof(void *) - 2;
}

static unsigned int block_order(unsigned int limit)
{
	return get_order((limit + 2) * sizeof(void *));
}

static void array_set(struct kmem_cache_cpu *c, void **objects, unsigned int limit,
		      unsigned int nr)
{
	c->objects = objects;
	c->end = objects + limit;
	c->top = objects + nr;
	mm_assert(nr <= limit && !c->objects[-1]);			/* S1, SA2 */
}

static void block_free(struct kmem_cache_cpu *c)
{
	mm_assert(c->objects == c->own || IS_ALIGNED((unsigned long)(c->objects - 1), PAGE_SIZE));
	if (c->objects != c->own)					/* SA1 */
		free_pages((unsigned long)(c->objects - 1), block_order(slab_limit(c)));
}

/**
 * slab_array_grow() - a larger array for this CPU, unless it is large enough.
 * Locks:   none held; enters the page allocator.
 * Context: thread, @c is this CPU's of @s; never sleeps. Without memory nothing changes.
 */
void slab_array_grow(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	unsigned int order = block_order(slab_limit(c) + 1);
	unsigned int limit = block_limit(order), nr;
	void **block;

	mm_assert(c == this_cpu_slab(s) && !slab_debugged(s));
	c->moves = 0;
	if (limit > s->stock_limit || (size_t)limit * s->size > SLAB_ARRAY_BYTES)
		return;
	block = (void **)__get_free_pages(GFP_NOWAIT | __GFP_NOWARN, order);
	if (!block)
		return;
	nr = slab_count(c);
	mm_assert(limit > slab_limit(c) && nr <= slab_limit(c));
	block[0] = NULL;
	memcpy(block + 1, c->objects, nr * sizeof(void *));
	block_free(c);
	array_set(c, block + 1, limit, nr);
}

/**
 * slab_flush_cpu() - what @cpu has at hand goes back to its slabs, a larger array as well.
 * Before:  @cpu is this CPU, or nobody uses @s any more.
 * Locks:   list_lock.  Context: thread; never sleeps.
 */
void slab_flush_cpu(struct kmem_cache *s, unsigned int cpu)
{
	struct kmem_cache_cpu *c = slab_cpu(s, cpu);
	unsigned int nr = slab_count(c);

	mm_assert(cpu < s->nr_cpus && nr <= slab_limit(c));		/* C2, S1 */
	c->top = c->objects;
	slab_free_objects(s, c->objects, nr);
	block_free(c);
	array_set(c, c->own, own_limit(s), 0);
	c->moves = 0;
}
