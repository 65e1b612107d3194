// SPDX-License-Identifier: MIT
/* test_percpu.c - objects for each CPU, and many objects of a cache with one call. */
#include "quire_test.h"
#include <linux/percpu.h>
#include <linux/log2.h>

struct counter {
	u64 value;
	char text[40];
};

static unsigned int nr_cpus(void)
{
	return this_machine()->facts.nr_cpus;
}

static void test_own_for_each_cpu(void **state)
{
	struct counter __percpu *a = alloc_percpu(struct counter), *b = alloc_percpu(struct counter);
	unsigned int cpu;

	assert_non_null(a);
	assert_non_null(b);
	for (cpu = 0; cpu < nr_cpus(); cpu++) {
		assert_int_equal(per_cpu_ptr(a, cpu)->value, 0);
		per_cpu_ptr(a, cpu)->value = cpu + 100;
		memset(per_cpu_ptr(b, cpu), 0xee, sizeof(*b));
	}
	for (cpu = 0; cpu < nr_cpus(); cpu++) {
		assert_int_equal(per_cpu_ptr(a, cpu)->value, cpu + 100);
		quire_switch_cpu(cpu);
		assert_ptr_equal(this_cpu_ptr(a), per_cpu_ptr(a, cpu));
	}
	quire_switch_cpu(0);
	pcpu_check();
	free_percpu(b);
	/* what was used before is zeroed again */
	b = alloc_percpu(struct counter);
	for (cpu = 0; cpu < nr_cpus(); cpu++)
		assert_int_equal(per_cpu_ptr(b, cpu)->value, 0);
	free_percpu(a);
	free_percpu(b);
	free_percpu(NULL);
	pcpu_check();
}

static void test_sizes_and_alignment(void **state)
{
	static const size_t sizes[] = { 1, 7, 8, 9, 100, 4096, PCPU_MIN_UNIT_SIZE };
	void __percpu *p[ARRAY_SIZE(sizes)];
	unsigned int i, align;

	for (align = 1; align <= PAGE_SIZE; align *= 2) {
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			p[i] = __alloc_percpu(sizes[i], align);
			assert_non_null(p[i]);
			assert_int_equal((unsigned long)p[i] % align, 0);
			memset(per_cpu_ptr(p[i], nr_cpus() - 1), 0x11, sizes[i]);
		}
		pcpu_check();
		for (i = 0; i < ARRAY_SIZE(sizes); i++)
			free_percpu(p[i]);
		pcpu_check();
	}
	assert_null(__alloc_percpu(0, 8));
	assert_null(__alloc_percpu(PCPU_MIN_UNIT_SIZE + 1, 8));
	assert_null(__alloc_percpu(8, 3));
	assert_null(__alloc_percpu(8, 2 * PAGE_SIZE));
}

/* many of random sizes: none overlaps, and every chunk comes back */
static void test_many(void **state)
{
	enum { NR = 600, STEPS = 6000 };
	static unsigned char __percpu *p[NR];
	static unsigned int bytes[NR];
	u64 seed = 7;
	unsigned int i, step, at;

	for (step = 0; step < STEPS; step++) {
		i = quire_random(&seed) % NR;
		if (p[i]) {
			for (at = 0; at < bytes[i]; at++)
				assert_int_equal(per_cpu_ptr(p[i], 1)[at], i & 255);
			free_percpu(p[i]);
			p[i] = NULL;
			continue;
		}
		bytes[i] = quire_random(&seed) % 400 + 1;
		p[i] = __alloc_percpu(bytes[i], 8);
		assert_non_null(p[i]);
		memset(per_cpu_ptr(p[i], 1), i, bytes[i]);
		if (step % 500 == 0)
			pcpu_check();
	}
	for (i = 0; i < NR; i++) {
		free_percpu(p[i]);
		p[i] = NULL;
	}
	pcpu_check();
	assert_true(pcpu_nr_pages() > 0);	/* one waits */
	pcpu_shrink();
	assert_int_equal(pcpu_nr_pages(), 0);
}

static void test_no_sleep(void **state)
{
	void __percpu *p = alloc_percpu_gfp(long, GFP_NOWAIT), *q;

	assert_null(p);				/* no chunk yet, and none may be made */
	p = alloc_percpu(long);
	q = alloc_percpu_gfp(long, GFP_NOWAIT);
	assert_non_null(q);
	free_percpu(p);
	free_percpu(q);
}

static void test_wrong_free(void **state)
{
	char __percpu *p = __alloc_percpu(64, 8);

	expect_bug(free_percpu(p + 8), "test_bit");
}

static void test_free_wild(void **state)
{
	char on_stack[64];

	expect_bug(free_percpu((void __percpu *)on_stack), "!chunk");
}

/* the Nth allocation fails, alone or with all that follow, until none is left to fail */
static void out_of_memory(struct machine *m, bool and_after)
{
	unsigned long nth = 0, before, failed = 0;
	void __percpu *p;

	do {
		pcpu_shrink();
		before = host_failures(m);
		host_fail_nth(m, ++nth, and_after);
		p = alloc_percpu(struct counter);
		host_fail_nth(m, 0, false);
		failed += !p;
		pcpu_check();
		free_percpu(p);
	} while (host_failures(m) != before);
	assert_non_null(p);
	assert_true(failed > 3);
}

static void test_out_of_memory(void **state)
{
	out_of_memory(*state, false);
	out_of_memory(*state, true);
}

/* --- many objects with one call ---------------------------------------------------- */

#define NR_BULK	500

static void bulk_of(struct kmem_cache *s)
{
	static void *p[NR_BULK], *q[NR_BULK];
	unsigned int i, j;

	for (i = 1; i <= NR_BULK; i += 37) {
		assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL | __GFP_ZERO, i, p), i);
		assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 3, q), 3);
		for (j = 0; j < i; j++) {
			assert_int_equal(*(char *)p[j], 0);
			memset(p[j], j + 1, 100);
		}
		for (j = 0; j < i; j++)
			assert_int_equal(((unsigned char *)p[j])[99], (unsigned char)(j + 1));
		slab_check();
		kmem_cache_free_bulk(s, i, p);
		kmem_cache_free_bulk(i % 2 ? s : NULL, 3, q);
		slab_check();
	}
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 0, p), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_bulk(void **state)
{
	bulk_of(kmem_cache_create("bulk", 100, 0, 0, NULL));
}

static void test_bulk_kmalloc(void **state)
{
	void *p[3] = { kmalloc(10, GFP_KERNEL), kmalloc(100000, GFP_KERNEL), NULL };

	kfree_bulk(3, p);
	slab_check();
}

/* all or none */
static void test_bulk_fails(void **state)
{
	struct kmem_cache *s = kmem_cache_create("bulk", 100, 0, 0, NULL);
	static void *p[NR_BULK];
	unsigned long nth;
	int got = 0;

	for (nth = 1; !got; nth++) {
		host_fail_nth(*state, nth, false);
		got = kmem_cache_alloc_bulk(s, GFP_KERNEL, NR_BULK, p);
		host_fail_nth(*state, 0, false);
		assert_true(got == 0 || got == NR_BULK);
		slab_check();
	}
	assert_true(nth > 3);
	kmem_cache_free_bulk(s, NR_BULK, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_bulk_wrong_cache(void **state)
{
	struct kmem_cache *s = kmem_cache_create("one", 100, 0, 0, NULL);
	struct kmem_cache *t = kmem_cache_create("two", 200, 0, 0, NULL);
	void *p[2] = { kmem_cache_alloc(s, GFP_KERNEL), kmem_cache_alloc(t, GFP_KERNEL) };

	expect_bug(kmem_cache_free_bulk(s, 2, p), "S5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_own_for_each_cpu),
		quire_unit_test(test_sizes_and_alignment),
		quire_unit_test(test_many),
		quire_unit_test(test_no_sleep),
		quire_unit_test(test_wrong_free),
		quire_unit_test(test_free_wild),
		quire_unit_test(test_out_of_memory),
		quire_unit_test(test_bulk),
		quire_fast_test(test_bulk),
		quire_unit_test(test_bulk_kmalloc),
		quire_fast_test(test_bulk_kmalloc),
		quire_unit_test(test_bulk_fails),
		quire_fast_test(test_bulk_fails),
		quire_unit_test(test_bulk_wrong_cache),
		quire_fast_test(test_bulk_wrong_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
