/* SPDX-License-Identifier: MIT */
/*
 * slab_check.c - the walker: every slab, freelist, array and stock against S1 to S7.
 *
 * Tests call slab_check() after every step, debug boots now and then. It is slow and takes
 * one lock at a time, so other CPUs may go on: of their arrays it reads nothing, and
 * whatever is under a node's list_lock is looked at as one moment.
 *
 * What breaks S1 to S6 is damage of the allocator's own and stops the machine. What breaks
 * S7, objects that somebody wrote to, is treated as where the allocator itself finds it
 * (slab_debug.c): so a walk may repair.
 *
 * Locks: slab_state.lock for the list of caches, each node's list_lock.
 */
#include "slab_internal.h"

struct slab_tally {
	unsigned long slabs, objects;
};

static void freelist_bad(struct kmem_cache *s, struct page *slab, const void *p,
			 const char *rule)
{
	if (!slab_debugged(s))
		slab_bug(s, slab, p, rule);
	slab_err(s, slab, p, rule);
	slab_set_aside(s, slab);
}

/* Every address on the freelist is an object of the slab, as many as are free (S3, S4, S5). */
static void check_freelist(struct kmem_cache *s, struct page *slab)
{
	unsigned int n = 0;
	void *p;

	for (p = slab->freelist; p; p = slab_get_fp(s, p)) {
		if (!slab_address_good(s, slab, p)) {
			freelist_bad(s, slab, p, "S5: Freechain corrupt");
			return;
		}
		if (++n > slab->objects) {
			freelist_bad(s, slab, p, "S4: Freelist runs in a circle");
			return;
		}
	}
	if (slab->inuse != slab->carved - n)
		freelist_bad(s, slab, slab, "S3: Wrong object count");
}

static void check_slab(struct kmem_cache *s, struct page *slab)
{
	spin_assert_held(&slab_node(s, slab)->list_lock);
	if (!PageSlab(slab) || slab->slab_cache != s)
		slab_bug(s, slab, slab, "S1: page of the cache's lists is not its slab");
	if (slab->objects != slab_bytes(slab) / s->size)
		slab_bug(s, slab, slab, "S3: wrong number of objects");
	if (slab->carved > slab->objects)
		slab_bug(s, slab, slab, "S3: more objects handed out than there are");
	slab_frames_check(s, slab);
	check_freelist(s, slab);
	if (slab_debugged(s))
		slab_debug_check(s, slab);
}

static void tally(struct slab_tally *t, const struct page *slab)
{
	t->slabs++;
	t->objects += slab->objects;
}

/* Objects that wait in an array or a stock: of this cache, and in use in their slab (S5). */
static void check_waiting(struct kmem_cache *s, void **objects, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		struct page *slab = slab_of(objects[i]);

		if (!slab || !PageSlab(slab) || slab->slab_cache != s ||
		    !slab_address_good(s, slab, objects[i]))
			slab_bug(s, slab, objects[i], "S5: a stock holds a wrong address");
	}
}

/* This CPU's array; those of others may be changing. */
static void check_array(struct kmem_cache *s)
{
	struct kmem_cache_cpu *c = this_cpu_slab(s);

	mm_assert(!slab_debugged(s) || c->end == c->objects);		/* S1 */
	if (c->top < c->objects || c->top > c->end || c->objects[-1])
		slab_bug(s, NULL, c, "S1: array is not what it should be");
	check_waiting(s, c->objects, slab_count(c));
}

static void check_node(struct kmem_cache *s, struct kmem_cache_node *n)
{
	struct slab_tally t = { 0, 0 };
	unsigned long partial = 0;
	struct page *slab, *next;

	spin_lock(&n->list_lock);
	list_for_each_entry_safe(slab, next, &n->partial, slab_list) {
		if (slab->inuse >= slab->objects)
			slab_bug(s, slab, slab, "S2: slab does not belong on partial");
		check_slab(s, slab);
		if (slab->inuse == slab->objects)
			continue;		/* it was set aside and is on full now */
		tally(&t, slab);
		partial++;
	}
	list_for_each_entry(slab, &n->full, slab_list) {
		if (slab->inuse < slab->objects)
			slab_bug(s, slab, slab, "S2: slab does not belong on full");
		check_slab(s, slab);
		tally(&t, slab);
	}
	if (n->nr_stock > s->stock_limit || (n->nr_stock && !n->stock))
		slab_bug(s, NULL, n, "S1: more objects in the stock than it holds");
	check_waiting(s, n->stock, n->nr_stock);
	if (partial != n->nr_partial || t.slabs != n->nr_slabs || t.objects != n->nr_objects)
		slab_bug(s, NULL, n, "S6: counters of the node are wrong");
	spin_unlock(&n->list_lock);
}

/**
 * slab_check_cache() - walk every slab of @s and check S1 to S7.
 * Locks:   list_lock of each node.  Context: thread.
 */
void slab_check_cache(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	int nid;

	check_array(s);
	for_each_slab_node(s, n, nid)
		check_node(s, n);
}

/**
 * slab_check() - slab_check_cache() for every cache of the machine.
 * Locks:   slab_state.lock, list_lock.  Context: thread; long.
 */
void slab_check(void)
{
	struct slab_state *state = &this_machine()->slab;
	struct kmem_cache *s;

	spin_lock(&state->lock);
	list_for_each_entry(s, &state->caches, list)
		slab_check_cache(s);
	spin_unlock(&state->lock);
}
