// SPDX-License-Identifier: MIT
/*
 * model_slab.c - the slab allocator against a slow, obvious model.
 *
 * The model is one bit for each 8 bytes of RAM: in use or not. Whatever an allocation
 * returns must be wholly unused, inside RAM and aligned; whatever is freed becomes unused
 * again, and its contents must be what its user wrote. Operations are drawn at random:
 * caches with and without constructor, alignment or debugging, kmalloc of any size,
 * krealloc, freeing on another CPU, shrinking, destroying and creating caches. Every few
 * steps all checkers run; at the end all memory has come back.
 *
 *	model_slab [seed [steps]]	a failure prints the seed that repeats it
 */
#include "quire_test.h"

#define CACHES	8
#define LIVE	4000

struct live {
	u8 *p;
	size_t bytes;
	int cache;			/* -1: kmalloc */
	u8 fill;
};

struct model {
	u8 *used;			/* bit per 8 bytes of RAM */
	size_t ram_bytes;
	struct kmem_cache *cache[CACHES];
	size_t size[CACHES];
	unsigned int count[CACHES];	/* live objects */
	struct live live[LIVE];
	unsigned int nr;
	u64 seed;
	unsigned int peak;
};

static unsigned long steps = 150000;
static u64 first_seed = 1;

static unsigned long below(struct model *m, unsigned long n)
{
	return quire_random(&m->seed) % n;
}

static bool is_ctor_cache(int i)
{
	return i % 4 == 3;
}

static void construct(void *p)
{
	*(u64 *)p = 0x5eed;
}

static void cache_make(struct model *m, int i)
{
	static const slab_flags_t flags[CACHES] = {
		[1] = SLAB_HWCACHE_ALIGN, [2] = SLAB_RECLAIM_ACCOUNT, [4] = SLAB_RED_ZONE,
		[5] = SLAB_POISON, [6] = SLAB_CONSISTENCY_CHECKS | SLAB_STORE_USER,
	};
	static const unsigned int aligns[] = { 0, 16, 64, 256 };
	char name[16];

	snprintf(name, sizeof(name), "model-%d", i);
	m->size[i] = 8 + below(m, i < 4 ? 300 : 5000);
	m->cache[i] = kmem_cache_create(name, m->size[i], aligns[below(m, 4)], flags[i],
					is_ctor_cache(i) ? construct : NULL);
	assert_non_null(m->cache[i]);
}

/* --- the model ------------------------------------------------------------------------ */

static void model_set(struct model *m, const struct live *l, bool used)
{
	size_t at = l->p - (u8 *)__va(0), i;

	assert_true(at + l->bytes <= m->ram_bytes);
	assert_int_equal(at % 8, 0);
	for (i = at / 8; i < DIV_ROUND_UP(at + l->bytes, 8); i++) {
		assert_int_equal(m->used[i / 8] >> i % 8 & 1, !used);
		m->used[i / 8] ^= 1 << i % 8;
	}
}

static void fill(struct live *l)
{
	size_t from = l->cache >= 0 && is_ctor_cache(l->cache) ? 8 : 0;

	if (from)
		assert_int_equal(*(u64 *)l->p, 0x5eed);
	memset(l->p + from, l->fill, l->bytes - from);
}

static void verify(const struct live *l)
{
	size_t i = l->cache >= 0 && is_ctor_cache(l->cache) ? 8 : 0;

	for (; i < l->bytes; i++)
		assert_int_equal(l->p[i], l->fill);
}

/* --- operations --------------------------------------------------------------------------- */

static size_t some_size(struct model *m)
{
	switch (below(m, 20)) {
	case 0:
		return 1 + below(m, 40000);
	case 1:
		return 1ul << below(m, 14);
	default:
		return 1 + below(m, 1000);
	}
}

static void op_alloc(struct model *m)
{
	struct live *l = &m->live[m->nr];

	if (m->nr == LIVE)
		return;
	l->cache = (int)below(m, CACHES * 2) - CACHES;
	l->fill = quire_random(&m->seed);
	if (l->cache >= 0) {
		l->bytes = m->size[l->cache];
		l->p = kmem_cache_alloc(m->cache[l->cache], GFP_KERNEL | __GFP_NOWARN);
	} else {
		l->cache = -1;
		l->bytes = some_size(m);
		l->p = kmalloc(l->bytes, GFP_KERNEL | __GFP_NOWARN);
	}
	if (!l->p)
		return;
	if (l->cache >= 0)
		m->count[l->cache]++;
	model_set(m, l, true);
	fill(l);
	m->nr++;
	m->peak = max(m->peak, m->nr);
}

static void op_free(struct model *m)
{
	struct live *l;

	if (!m->nr)
		return;
	l = &m->live[below(m, m->nr)];
	verify(l);
	model_set(m, l, false);
	if (l->cache >= 0) {
		m->count[l->cache]--;
		kmem_cache_free(m->cache[l->cache], l->p);
	} else {
		kfree(l->p);
	}
	*l = m->live[--m->nr];
}

static void op_krealloc(struct model *m)
{
	struct live *l, old;
	u8 *p;

	if (!m->nr)
		return;
	l = &m->live[below(m, m->nr)];
	if (l->cache >= 0)
		return;
	verify(l);
	old = *l;
	l->bytes = some_size(m);
	p = krealloc(l->p, l->bytes, GFP_KERNEL | __GFP_NOWARN);
	if (!p) {
		*l = old;
		return;
	}
	model_set(m, &old, false);
	l->p = p;
	model_set(m, l, true);
	old.p = p;
	old.bytes = min(old.bytes, l->bytes);
	verify(&old);
	fill(l);
}

static void op_recreate(struct model *m)
{
	int i = below(m, CACHES);

	if (m->count[i]) {
		kmem_cache_shrink(m->cache[i]);
		return;
	}
	assert_int_equal(kmem_cache_destroy(m->cache[i]), 0);
	cache_make(m, i);
}

/* phases that grow and phases that shrink, so that slabs fill and empty */
static void step(struct model *m, bool grow)
{
	switch (below(m, 200)) {
	case 0:
		quire_switch_cpu(below(m, 4));
		break;
	case 1:
		op_recreate(m);
		break;
	case 2 ... 20:
		op_krealloc(m);
		break;
	default:
		if (below(m, 4) ? grow : !grow)
			op_alloc(m);
		else
			op_free(m);
	}
}

static void check_all(void)
{
	struct zone *zone;

	slab_check();
	for_each_populated_zone(zone)
		zone_check(zone);
}

static void run_model(void **state)
{
	struct model *m = calloc(1, sizeof(*m));
	unsigned long before, i;

	m->seed = first_seed;
	m->ram_bytes = 64ul << 20;
	m->used = calloc(1, m->ram_bytes / 64);
	before = quire_settled_free_pages();
	for (i = 0; i < CACHES; i++)
		cache_make(m, i);
	for (i = 0; i < steps; i++) {
		step(m, i / 6000 % 3 != 2);
		if (i % 997 == 0)
			check_all();
	}
	while (m->nr)
		op_free(m);
	check_all();
	for (i = 0; i < m->ram_bytes / 64; i++)
		assert_int_equal(m->used[i], 0);
	for (i = 0; i < CACHES; i++)
		assert_int_equal(kmem_cache_destroy(m->cache[i]), 0);
	for (i = 0; i < 4; i++) {
		quire_switch_cpu(i);
		quire_settled_free_pages();
	}
	quire_switch_cpu(0);
	assert_int_equal(quire_settled_free_pages(), before);
	assert_true(steps < 20000 || m->peak > 1000);	/* else the run shows nothing */
	free(m->used);
	free(m);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(run_model, quire_setup_fast, quire_teardown),
		cmocka_unit_test_setup_teardown(run_model, quire_setup, quire_teardown),
	};

	if (argc > 1)
		first_seed = strtoul(argv[1], NULL, 0);
	if (argc > 2)
		steps = strtoul(argv[2], NULL, 0);
	printf("model_slab: seed %llu, %lu steps\n", first_seed, steps);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
