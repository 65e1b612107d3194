// SPDX-License-Identifier: MIT
/*
 * stress_slab.c - kmalloc and caches: objects freed by other CPUs than they come from,
 * caches shrunk, counted, made and destroyed while others allocate.
 *
 * An object is filled with its tag, word by word; one of the shared caches has a
 * constructor, whose word nobody else writes.
 */
#include "stress.h"

#define SHARED		4
#define CTOR		3		/* the shared cache with a constructor */
#define KIND_KMALLOC	SHARED
#define CTOR_WORD	0x5eed5eed5eed5eedull

static struct kmem_cache *shared[SHARED];
static const unsigned int shared_bytes[SHARED] = { 24, 128, 1000, 64 };

static void construct(void *p)
{
	*(u64 *)p = CTOR_WORD;
}

static size_t first_word(const struct held *h)
{
	return h->kind == CTOR ? 8 : 0;
}

static void object_fill(const struct held *h)
{
	size_t i;

	if (h->kind == CTOR && *(u64 *)h->p != CTOR_WORD)
		fail("an object is not constructed");
	for (i = first_word(h); i + 8 <= h->bytes; i += 8)
		*(u64 *)((char *)h->p + i) = h->tag ^ i;
}

static void object_verify(const struct held *h)
{
	size_t i;

	if (h->kind == CTOR && *(u64 *)h->p != CTOR_WORD)
		fail("the constructor's word changed");
	for (i = first_word(h); i + 8 <= h->bytes; i += 8)
		if (*(u64 *)((char *)h->p + i) != (h->tag ^ i))
			fail("byte %lu of an object of %lu changed", (unsigned long)i,
			     (unsigned long)h->bytes);
}

static size_t some_bytes(struct worker *w)
{
	if (!below(w, 40))
		return 8192 + below(w, 60000);
	return below(w, 4) ? 8 + below(w, 250) : 8 + below(w, 8185);
}

static void object_alloc(struct worker *w)
{
	struct held h = { .kind = below(w, SHARED + 4), .tag = stress_random(w) };

	if (held_full(w))
		return;
	if (h.kind < SHARED) {
		h.bytes = shared_bytes[h.kind];
		h.p = kmem_cache_alloc(shared[h.kind], GFP_KERNEL | __GFP_NOWARN);
	} else {
		h.kind = KIND_KMALLOC;
		h.bytes = some_bytes(w);
		h.p = kmalloc(h.bytes, (below(w, 8) ? GFP_KERNEL : GFP_KERNEL | __GFP_RECLAIMABLE) |
			      __GFP_NOWARN);
	}
	if (!h.p)
		return;
	object_fill(&h);
	held_put(w, h);
}

static void object_free(struct worker *w)
{
	struct held h;

	if (!held_take(w, &h))
		return;
	object_verify(&h);
	if (h.kind < SHARED)
		kmem_cache_free(shared[h.kind], h.p);
	else
		kfree(h.p);
}

static void object_resize(struct worker *w)
{
	size_t bytes = some_bytes(w);
	struct held h;
	void *p;

	if (!held_take(w, &h))
		return;
	if (h.kind == KIND_KMALLOC) {
		must(ksize(h.p) >= h.bytes);
		p = krealloc(h.p, bytes, GFP_KERNEL | __GFP_NOWARN);
		if (p) {
			h.p = p;
			h.bytes = min(h.bytes, bytes);
			object_verify(&h);
			h.bytes = bytes;
			object_fill(&h);
		}
	}
	held_put(w, h);
}

/* a cache that is this worker's alone, from its making to its end */
static void own_cache(struct worker *w)
{
	struct kmem_cache *s = kmem_cache_create("own", 8 + below(w, 500), 0, 0, NULL);
	void *p[20];
	unsigned int i, nr = 1 + below(w, 20);

	if (!s)
		return;
	for (i = 0; i < nr; i++)
		p[i] = kmem_cache_zalloc(s, GFP_KERNEL | __GFP_NOWARN);
	for (i = 0; i < nr; i++)
		if (p[i])
			kmem_cache_free(s, p[i]);
	must(kmem_cache_destroy(s) == 0);
}

static void slab_read(struct worker *w)
{
	struct kmem_cache_usage sums;

	if (!below(w, 4))
		read_text(slabinfo_show);
	else if (kmem_cache_usage(below(w, 40), &sums))
		must(sums.active_objects <= sums.objects);
}

static void slab_step(struct worker *w)
{
	switch (below(w, 256)) {
	case 0:
		kmem_cache_shrink(shared[below(w, SHARED)]);
		break;
	case 1:
		own_cache(w);
		break;
	case 2:
		kmem_caches_shrink();
		break;
	case 3 ... 6:
		slab_read(w);
		break;
	case 7 ... 16:
		object_resize(w);
		break;
	case 17 ... 60:
		mail_exchange(w);
		break;
	case 61 ... 160:
		object_alloc(w);
		break;
	default:
		object_free(w);
	}
}

static void slab_settle(struct worker *w)
{
	while (w->nr_held)
		object_free(w);
}

static void slab_setup(void)
{
	unsigned int i;

	for (i = 0; i < SHARED; i++) {
		shared[i] = kmem_cache_create("shared", shared_bytes[i], 0,
					      i == 1 ? SLAB_HWCACHE_ALIGN : 0,
					      i == CTOR ? construct : NULL);
		must(shared[i]);
	}
}

static void slab_teardown(void)
{
	unsigned int i;

	for (i = 0; i < SHARED; i++)
		must(kmem_cache_destroy(shared[i]) == 0);
}

const struct part part_slab = {
	.name = "slab", .config = { .ram_bytes = 64ul << 20, .nr_nodes = 2 },
	.setup = slab_setup, .step = slab_step, .settle = slab_settle,
	.check = slab_check, .teardown = slab_teardown,
};
