// SPDX-License-Identifier: MIT
/* test_slab.c - caches: fast paths, lists, CPUs, checks, reports. */
#include "quire_test.h"
#include <linux/mmzone.h>

#define NR	1000

struct thing {
	u64 id;
	char text[92];
};

static struct kmem_cache *make_cache(const char *name)
{
	struct kmem_cache *s = kmem_cache_create(name, sizeof(struct thing), 0, 0, NULL);

	assert_non_null(s);
	return s;
}

/* objects and slabs of one cache, from the text that users read */
static bool slabinfo_of(const char *name, unsigned long *active, unsigned long *objects,
			unsigned long *slabs)
{
	struct seq_file m = { 0 };
	char *line, *end, cache[64];
	bool found = false;
	unsigned int size, per_slab, pages;

	slabinfo_show(&m);
	seq_putc(&m, '\0');
	assert_int_equal(m.error, 0);
	for (line = m.buf; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (sscanf(line, "%63s %lu %lu %u %u %u : tunables %*u %*u %*u : slabdata %lu",
			   cache, active, objects, &size, &per_slab, &pages, slabs) == 7 &&
		    !strcmp(cache, name)) {
			found = true;
			break;
		}
	}
	seq_release(&m);
	return found;
}

/* --- one CPU ------------------------------------------------------------ */

static void test_distinct_aligned(void **state)
{
	struct kmem_cache *s = kmem_cache_create("aligned", 40, 128, 0, NULL);
	char *p[NR];
	int i, j;

	assert_int_equal(kmem_cache_size(s), 40);
	for (i = 0; i < NR; i++) {
		p[i] = kmem_cache_alloc(s, GFP_KERNEL);
		assert_non_null(p[i]);
		assert_int_equal((unsigned long)p[i] % 128, 0);
		memset(p[i], i & 255, 40);
	}
	for (i = 0; i < NR; i++)
		for (j = 0; j < 40; j++)
			assert_int_equal((unsigned char)p[i][j], i & 255);
	slab_check();
	for (i = 0; i < NR; i++)
		kmem_cache_free(s, p[(i * 7) % NR]);
	slab_check();
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* zones of a cache's memory, and flags that are refused */
static void test_zone_flags(void **state)
{
	struct kmem_cache *s = kmem_cache_create("dma32", 300, 0, SLAB_CACHE_DMA32, NULL);
	struct page *page = alloc_page(GFP_KERNEL | GFP_DMA32);
	void *p = kmem_cache_alloc(s, GFP_KERNEL);

	assert_int_equal(page_zonenum(virt_to_page(p)), page_zonenum(page));
	__free_page(page);
	kmem_cache_free(s, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_null(kmem_cache_create("both", 300, 0, SLAB_CACHE_DMA | SLAB_CACHE_DMA32, NULL));
	assert_null(kmem_cache_create("rcu", 300, 0, SLAB_TYPESAFE_BY_RCU, NULL));
	assert_log_has(*state, "'rcu' wants SLAB_TYPESAFE_BY_RCU");
}

static void test_lifo(void **state)
{
	struct kmem_cache *s = make_cache("lifo");
	void *a = kmem_cache_alloc(s, GFP_KERNEL), *b = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, a);
	kmem_cache_free(s, b);
	assert_ptr_equal(kmem_cache_alloc(s, GFP_KERNEL), b);
	assert_ptr_equal(kmem_cache_alloc(s, GFP_KERNEL), a);
	kmem_cache_free(s, a);
	kmem_cache_free(s, b);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_memory_comes_back(void **state)
{
	unsigned long before, active, objects, slabs;
	struct kmem_cache *s;
	void *p[NR];
	int i, round;

	s = make_cache("back");
	assert_int_equal(kmem_cache_destroy(s), 0);
	before = quire_settled_free_pages();
	s = make_cache("back");
	for (round = 0; round < 3; round++) {
		for (i = 0; i < NR; i++)
			p[i] = kmem_cache_alloc(s, GFP_KERNEL);
		assert_true(slabinfo_of("back", &active, &objects, &slabs));
		assert_true(active >= NR && objects >= active);
		for (i = 0; i < NR; i++)
			kmem_cache_free(s, p[i]);
		assert_true(slabinfo_of("back", &active, &objects, &slabs));
		/* the stocks of this CPU and of the node, and min_partial slabs */
		assert_true(slabs <= 18);
	}
	slab_check();
	assert_int_equal(kmem_cache_shrink(s), 0);
	assert_true(slabinfo_of("back", &active, &objects, &slabs));
	assert_int_equal(active + objects + slabs, 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_false(slabinfo_of("back", &active, &objects, &slabs));
	assert_int_equal(quire_settled_free_pages(), before);
}

/* Objects in long runs: the CPU's array grows, and what it took comes back. */
static void test_array_grows(void **state)
{
	unsigned long before, full, after;
	struct kmem_cache *s;
	unsigned long *p[NR];
	int i, round;

	assert_int_equal(kmem_cache_destroy(kmem_cache_create("runs", 16, 0, 0, NULL)), 0);
	before = quire_settled_free_pages();
	s = kmem_cache_create("runs", 16, 0, 0, NULL);
	for (round = 0; round < 40; round++) {
		for (i = 0; i < NR; i++) {
			p[i] = kmem_cache_alloc(s, GFP_KERNEL);
			assert_non_null(p[i]);
			p[i][0] = p[i][1] = round * NR + i;
		}
		slab_check();
		for (i = 0; i < NR; i++) {
			assert_int_equal(p[i][0], round * NR + i);
			assert_int_equal(p[i][1], round * NR + i);
			kmem_cache_free(s, p[i]);
		}
		slab_check();
	}
	full = quire_settled_free_pages();
	assert_int_equal(kmem_cache_shrink(s), 0);
	after = quire_settled_free_pages();
	assert_true(after > full);
	/* from the own array again */
	for (i = 0; i < NR; i++)
		p[i] = kmem_cache_alloc(s, GFP_KERNEL);
	for (i = 0; i < NR; i++)
		kmem_cache_free(s, p[i]);
	slab_check();
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_int_equal(quire_settled_free_pages(), before);
}

/* An array that cannot grow, as there is no memory, works on. */
static void test_array_without_memory(void **state)
{
	struct kmem_cache *s = kmem_cache_create("runs", 16, 0, 0, NULL);
	void *p[NR];
	int i, round;

	for (i = 0; i < NR; i++)
		p[i] = kmem_cache_alloc(s, GFP_KERNEL);
	for (i = 0; i < NR; i++)
		kmem_cache_free(s, p[i]);
	for (round = 0; round < 40; round++) {
		for (i = 0; i < NR; i++) {
			p[i] = kmem_cache_alloc(s, GFP_KERNEL | __GFP_NOFAIL);
			assert_non_null(p[i]);
		}
		host_fail_nth(this_machine(), 1, true);
		for (i = 0; i < NR; i++)
			kmem_cache_free(s, p[i]);
		host_fail_nth(this_machine(), 0, false);
	}
	slab_check();
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void set_id(void *object)
{
	((struct thing *)object)->id = 0x1234;
}

static void test_constructor(void **state)
{
	struct kmem_cache *s = kmem_cache_create("ctor", sizeof(struct thing), 0, 0, set_id);
	struct thing *t[100];
	int i, round;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < 100; i++) {
			t[i] = kmem_cache_alloc(s, GFP_KERNEL);
			assert_int_equal(t[i]->id, 0x1234);
		}
		for (i = 0; i < 100; i++)
			kmem_cache_free(s, t[i]);
	}
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_zalloc(void **state)
{
	struct kmem_cache *s = make_cache("zero");
	struct thing zero = { 0 }, *t;
	int i;

	for (i = 0; i < 50; i++) {
		t = kmem_cache_alloc(s, GFP_KERNEL);
		memset(t, 0xff, sizeof(*t));
		kmem_cache_free(s, t);
		t = kmem_cache_zalloc(s, GFP_KERNEL);
		assert_memory_equal(t, &zero, sizeof(zero));
		kmem_cache_free(s, t);
	}
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_bad_arguments(void **state)
{
	assert_null(kmem_cache_create(NULL, 8, 0, 0, NULL));
	assert_null(kmem_cache_create("x", 0, 0, 0, NULL));
	assert_null(kmem_cache_create("x", 8, 3, 0, NULL));
	assert_null(kmem_cache_create("x", 8, 0, 0x80000000u, NULL));
	assert_null(kmem_cache_create("x", UINT_MAX, 0, 0, NULL));
	assert_int_equal(kmem_cache_destroy(NULL), 0);
	kmem_cache_free(make_cache("y"), NULL);
	expect_bug((void)!kmem_cache_create("x", 0, 0, SLAB_PANIC, NULL), "BUG()");
}

static void test_large_objects(void **state)
{
	struct kmem_cache *s = kmem_cache_create("large", 100000, 0, 0, NULL);
	char *p[8];
	int i;

	for (i = 0; i < 8; i++) {
		p[i] = kmem_cache_alloc(s, GFP_KERNEL);
		assert_non_null(p[i]);
		memset(p[i], i, 100000);
	}
	for (i = 0; i < 8; i++) {
		assert_int_equal(p[i][99999], i);
		kmem_cache_free(s, p[i]);
	}
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_statistics(void **state)
{
	unsigned long slab = global_node_page_state(NR_SLAB_UNRECLAIMABLE_B);
	unsigned long rcl = global_node_page_state(NR_SLAB_RECLAIMABLE_B);
	struct kmem_cache *s = make_cache("plain");
	struct kmem_cache *r = kmem_cache_create("rcl", 1000, 0, SLAB_RECLAIM_ACCOUNT, NULL);
	void *a, *b;

	slab = global_node_page_state(NR_SLAB_UNRECLAIMABLE_B);
	a = kmem_cache_alloc(s, GFP_KERNEL);
	b = kmem_cache_alloc(r, GFP_KERNEL);
	assert_true(global_node_page_state(NR_SLAB_UNRECLAIMABLE_B) > slab);
	assert_true(global_node_page_state(NR_SLAB_RECLAIMABLE_B) > rcl);
	kmem_cache_free(s, a);
	kmem_cache_free(r, b);
	kmem_cache_shrink(s);
	kmem_cache_shrink(r);
	assert_int_equal(global_node_page_state(NR_SLAB_UNRECLAIMABLE_B), slab);
	assert_int_equal(global_node_page_state(NR_SLAB_RECLAIMABLE_B), rcl);
	assert_int_equal(kmem_cache_destroy(s) | kmem_cache_destroy(r), 0);
}

/* --- several CPUs ------------------------------------------------------- */

static void test_free_on_other_cpu(void **state)
{
	struct kmem_cache *s = make_cache("remote");
	void *p[NR];
	int i;

	for (i = 0; i < NR; i++)
		p[i] = kmem_cache_alloc(s, GFP_KERNEL);
	quire_switch_cpu(1);
	for (i = 0; i < NR; i++)
		kmem_cache_free(s, p[i]);
	slab_check();
	quire_switch_cpu(0);
	/* what CPU 1 freed is found again */
	for (i = 0; i < NR; i++)
		p[i] = kmem_cache_alloc(s, GFP_KERNEL);
	slab_check();
	quire_switch_cpu(2);
	for (i = NR - 1; i >= 0; i--)
		kmem_cache_free(s, p[i]);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

#define POOL	256
#define ROUNDS	30000

struct hammer {
	struct kmem_cache *s;
	struct thing *pool[POOL];
	atomic_t wrong;
};

/* swap objects through a shared pool: most are freed by a CPU that did not allocate them */
static void hammer(unsigned int cpu, void *arg)
{
	struct hammer *h = arg;
	u64 seed = cpu + 1;
	struct thing *t;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		t = kmem_cache_alloc(h->s, GFP_KERNEL);
		t->id = (unsigned long)t;
		t = xchg(&h->pool[quire_random(&seed) % POOL], t);
		if (!t)
			continue;
		if (t->id != (unsigned long)t)
			atomic_inc(&h->wrong);
		t->id = 0;
		kmem_cache_free(h->s, t);
	}
}

static void test_cpus_hammer(void **state)
{
	struct hammer h = { .s = make_cache("hammer") };
	int i;

	quire_run_cpus(4, hammer, &h);
	slab_check();
	assert_int_equal(atomic_read(&h.wrong), 0);
	for (i = 0; i < POOL; i++)
		kmem_cache_free(h.s, h.pool[i]);
	assert_int_equal(kmem_cache_destroy(h.s), 0);
}

/* --- memory runs out ---------------------------------------------------- */

static void test_exhaust(void **state)
{
	struct kmem_cache *s = kmem_cache_create("eater", 4000, 0, 0, NULL);
	unsigned long before = quire_settled_free_pages(), n = 0;
	void *list = NULL, *p;

	while ((p = kmem_cache_alloc(s, GFP_KERNEL | __GFP_NOWARN)) != NULL) {
		*(void **)p = list;
		list = p;
		n++;
	}
	assert_true(n > 1000);
	slab_check();
	while ((p = list) != NULL) {
		list = *(void **)p;
		kmem_cache_free(s, p);
	}
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_true(quire_settled_free_pages() >= before);
}

/* only single pages are left: caches with larger slabs use smaller ones */
static void test_fragmented(void **state)
{
	struct kmem_cache *s = kmem_cache_create("frag", 1500, 0, 0, NULL);
	struct page *pages[20000], *page;
	unsigned int n = 0, i;
	void *p[64];

	while (n < ARRAY_SIZE(pages) && (page = alloc_page(GFP_KERNEL | __GFP_NOWARN)) != NULL)
		pages[n++] = page;
	for (i = 0; i < n; i++)
		if (page_to_pfn(pages[i]) & 1)
			__free_page(pages[i]);
	for (i = 0; i < 64; i++) {
		p[i] = kmem_cache_alloc(s, GFP_KERNEL | __GFP_NOWARN);
		assert_non_null(p[i]);
	}
	slab_check();
	for (i = 0; i < 64; i++)
		kmem_cache_free(s, p[i]);
	assert_int_equal(kmem_cache_destroy(s), 0);
	for (i = 0; i < n; i++)
		if (!(page_to_pfn(pages[i]) & 1))
			__free_page(pages[i]);
}

/* --- damage ------------------------------------------------------------- */

static void test_double_free(void **state)
{
	struct kmem_cache *s = make_cache("double");
	void *a = kmem_cache_alloc(s, GFP_KERNEL), *b = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, a);
	kmem_cache_free(s, b);
	expect_bug(kmem_cache_free(s, a), "S4");
	assert_log_has(*state, "BUG double (Not tainted): Object already free");
}

static void test_double_free_fast(void **state)
{
	struct kmem_cache *s = make_cache("double");
	void *a = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, a);
	expect_bug(kmem_cache_free(s, a), "S4");
}

static void test_free_inside_object(void **state)
{
	struct kmem_cache *s = make_cache("inside");
	char *a = kmem_cache_alloc(s, GFP_KERNEL);

	expect_bug(kmem_cache_free(s, a + 8), "S5");
}

static void test_free_other_cache(void **state)
{
	struct kmem_cache *s = make_cache("one"), *t = make_cache("two");
	char *a = kmem_cache_alloc(s, GFP_KERNEL);

	expect_bug(kmem_cache_free(t, a), "S5");
	assert_log_has(*state, "The address belongs to cache one");
}

static void test_free_wild(void **state)
{
	struct kmem_cache *s = make_cache("wild");
	int local;

	expect_bug(kmem_cache_free(s, &local), "S5");
}

static void test_overrun(void **state)
{
	struct kmem_cache *s = make_cache("over");
	char *a = kmem_cache_alloc(s, GFP_KERNEL);

	a[sizeof(struct thing)] = 1;
	expect_bug(kmem_cache_free(s, a), "S7: Right Redzone");
	assert_log_has(*state, "Allocated in");
}

static void test_underrun(void **state)
{
	struct kmem_cache *s = make_cache("under");
	char *a = kmem_cache_alloc(s, GFP_KERNEL);

	a[-1] = 1;
	expect_bug(slab_check(), "S7: Left Redzone");
}

static void test_write_after_free(void **state)
{
	struct kmem_cache *s = make_cache("after");
	char *a = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, a);
	a[20] = 1;
	expect_bug((void)!kmem_cache_alloc(s, GFP_KERNEL), "S7: Poison");
	assert_log_has(*state, "Freed in");
}

static void test_patterns(void **state)
{
	struct kmem_cache *s = make_cache("pattern");
	unsigned char *a = kmem_cache_alloc(s, GFP_KERNEL);
	unsigned int i;

	for (i = 0; i < sizeof(struct thing); i++)
		assert_int_equal(a[i], 0x5a);
	kmem_cache_free(s, a);
	for (i = 0; i < sizeof(struct thing) - 1; i++)
		assert_int_equal(a[i], 0x6b);
	assert_int_equal(a[i], 0xa5);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_destroy_leak(void **state)
{
	struct kmem_cache *s = make_cache("leaky");
	void *a = kmem_cache_alloc(s, GFP_KERNEL), *b = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, b);
	assert_int_equal(kmem_cache_destroy(s), -EBUSY);
	assert_log_has(*state, "Objects remaining in leaky");
	kmem_cache_free(s, a);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* --- text --------------------------------------------------------------- */

static void test_slabinfo_format(void **state)
{
	struct seq_file m = { 0 };
	unsigned long v[11];
	char *line, *end, name[64], *kmalloc8;
	int lines = 0, used;

	slabinfo_show(&m);
	seq_putc(&m, '\0');
	line = m.buf;
	assert_true(strstarts(line, "slabinfo - version: 2.1\n"
		"# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
		" : tunables <limit> <batchcount> <sharedfactor>"
		" : slabdata <active_slabs> <num_slabs> <sharedavail>\n"));
	line = strchr(strchr(line, '\n') + 1, '\n') + 1;
	for (; *line; line = end + 1, lines++) {
		end = strchr(line, '\n');
		*end = '\0';
		assert_int_equal(sscanf(line, "%63s %lu %lu %lu %lu %lu : tunables %lu %lu %lu : "
					"slabdata %lu %lu %lu%n", name, v, v + 1, v + 2, v + 3,
					v + 4, v + 5, v + 6, v + 7, v + 8, v + 9, v + 10,
					&used), 12);
		assert_int_equal(line[used], '\0');
		assert_true(v[0] <= v[1]);
		*end = '\n';
	}
	assert_true(lines >= 3 * 13 + 3);
	kmalloc8 = strstr(m.buf, "\nkmalloc-8 ");
	assert_non_null(kmalloc8);
	assert_memory_equal(kmalloc8, "\nkmalloc-8         ", 19);
	assert_non_null(strstr(m.buf, "\ndma-kmalloc-512 "));
	assert_non_null(strstr(m.buf, "\nkmalloc-rcl-8k "));
	/* oldest last */
	assert_true(strstr(m.buf, "\nkmem_cache ") > strstr(m.buf, "\nkmem_cache_node "));
	seq_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_fast_test(test_distinct_aligned), quire_unit_test(test_zone_flags),
		quire_fast_test(test_zone_flags),
		quire_unit_test(test_distinct_aligned),
		quire_fast_test(test_lifo), quire_unit_test(test_lifo),
		quire_fast_test(test_memory_comes_back), quire_unit_test(test_memory_comes_back),
		quire_fast_test(test_array_grows), quire_fast_test(test_array_without_memory),
		quire_fast_test(test_constructor), quire_unit_test(test_constructor),
		quire_fast_test(test_zalloc), quire_unit_test(test_zalloc),
		quire_fast_test(test_bad_arguments),
		quire_fast_test(test_large_objects), quire_unit_test(test_large_objects),
		quire_fast_test(test_statistics), quire_unit_test(test_statistics),
		quire_fast_test(test_free_on_other_cpu), quire_unit_test(test_free_on_other_cpu),
		quire_fast_test(test_cpus_hammer), quire_unit_test(test_cpus_hammer),
		quire_fast_test(test_exhaust), quire_unit_test(test_exhaust),
		quire_fast_test(test_fragmented), quire_unit_test(test_fragmented),
		quire_unit_test(test_double_free), quire_fast_test(test_double_free_fast),
		quire_unit_test(test_free_inside_object), quire_unit_test(test_free_other_cache),
		quire_unit_test(test_free_wild), quire_unit_test(test_overrun),
		quire_unit_test(test_underrun), quire_unit_test(test_write_after_free),
		quire_unit_test(test_patterns), quire_fast_test(test_destroy_leak),
		quire_unit_test(test_destroy_leak), quire_fast_test(test_slabinfo_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
