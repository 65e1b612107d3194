// SPDX-License-Identifier: MIT
/* test_slab_merge.c - caches that are alike are one; which are, and what names they have. */
#include "quire_test.h"
#include <linux/slab_attr.h>

static int setup_apart(void **state)
{
	struct machine_config config = geometry_config(NULL);

	config.slab_fast = true;
	config.slab_nomerge = true;
	return quire_setup_config(state, &config);
}

static int setup_list(void **state)
{
	struct machine_config config = geometry_config(NULL);

	config.slab_fast = true;
	config.slub_debug = "F,check*;U,user";
	return quire_setup_config(state, &config);
}

static struct kmem_cache *make(const char *name, unsigned int bytes, unsigned int align,
			       slab_flags_t flags)
{
	struct kmem_cache *s = kmem_cache_create(name, bytes, align, flags, NULL);

	assert_non_null(s);
	return s;
}

static void init_object(void *p)
{
	*(long *)p = 1;
}

#define SIZE	1096u		/* of nothing that the boot makes */

static void test_alike(void **state)
{
	struct kmem_cache *a = make("a", SIZE, 0, 0);
	struct kmem_cache *b = make("b", SIZE - 3, 0, 0), *c = make("c", SIZE, 8, 0);
	struct kmem_cache_usage u;
	void *p, *q;

	assert_ptr_equal(a, b);
	assert_ptr_equal(a, c);
	p = kmem_cache_alloc(a, GFP_KERNEL);
	q = kmem_cache_zalloc(b, GFP_KERNEL);
	assert_ptr_not_equal(p, q);
	slab_check();
	kmem_cache_free(c, p);
	/* the first name is that of all */
	assert_string_equal(kmem_cache_name(b), "a");
	assert_true(kmem_cache_usage(0, &u));
	assert_string_equal(u.name, "a");
	assert_int_equal(kmem_cache_destroy(a), 0);
	assert_int_equal(kmem_cache_destroy(c), 0);
	/* the last user has to give everything back */
	assert_int_equal(kmem_cache_destroy(b), -EBUSY);
	kmem_cache_free(b, q);
	assert_int_equal(kmem_cache_destroy(b), 0);
}

/* a later user's objects may be larger by less than a word */
static void test_grows(void **state)
{
	struct kmem_cache *a = make("a", SIZE - 7, 0, 0), *b;
	unsigned char *p;
	unsigned int i;

	assert_int_equal(kmem_cache_size(a), SIZE - 7);
	b = make("b", SIZE, 0, 0);
	if (sizeof(long) == 8) {
		assert_ptr_equal(a, b);
		assert_int_equal(kmem_cache_size(a), SIZE);
	}
	p = kmem_cache_zalloc(b, GFP_KERNEL);
	for (i = 0; i < SIZE; i++)
		assert_int_equal(p[i], 0);
	kmem_cache_free(b, p);
	assert_int_equal(kmem_cache_destroy(a) | kmem_cache_destroy(b), 0);
}

static void expect_apart(struct kmem_cache *a, struct kmem_cache *b)
{
	assert_non_null(b);
	assert_ptr_not_equal(a, b);
	assert_int_equal(kmem_cache_destroy(b), 0);
}

static void test_apart(void **state)
{
	static const slab_flags_t apart[] = {
		SLAB_RECLAIM_ACCOUNT, SLAB_ACCOUNT, SLAB_CACHE_DMA, SLAB_CACHE_DMA32, SLAB_RED_ZONE,
		SLAB_POISON, SLAB_STORE_USER, SLAB_TRACE, SLAB_NO_MERGE, SLAB_NOLEAKTRACE,
		SLAB_FAILSLAB, SLAB_NO_USER_FLAGS, SLAB_CONSISTENCY_CHECKS, SLAB_MEM_SPREAD,
	};
	struct kmem_cache *a = make("a", SIZE, 0, 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(apart); i++) {
		expect_apart(a, make("b", SIZE, 0, apart[i]));
		host_log_clear(*state);
	}
	expect_apart(a, make("b", SIZE - 8, 0, 0));
	expect_apart(a, make("b", SIZE + 1, 0, 0));
	expect_apart(a, make("b", SIZE, 16, 0));
	expect_apart(a, kmem_cache_create("b", SIZE, 0, 0, init_object));
	expect_apart(a, kmem_cache_create_usercopy("b", SIZE, 0, 0, 8, 8, NULL));
	assert_int_equal(kmem_cache_destroy(a), 0);
	/* those of the boot are theirs alone */
	a = make("a", 64, 64, 0);
	assert_ptr_not_equal(a, this_machine()->slab.kmalloc_caches[KMALLOC_NORMAL][6]);
	assert_int_equal(kmem_cache_destroy(a), 0);
}

static void test_same_kind(void **state)
{
	struct kmem_cache *a = make("a", SIZE, 0, SLAB_ACCOUNT | SLAB_HWCACHE_ALIGN);
	struct kmem_cache *b = make("b", SIZE, 64, SLAB_ACCOUNT);

	assert_ptr_equal(a, b);
	assert_int_equal(kmem_cache_destroy(a) | kmem_cache_destroy(b), 0);
}

static void test_nomerge(void **state)
{
	struct kmem_cache *a = make("a", SIZE, 0, 0);

	expect_apart(a, make("b", SIZE, 0, 0));
	assert_int_equal(kmem_cache_destroy(a), 0);
}

/* what slub_debug= says about a name decides, too */
static void test_debugged(void **state)
{
	struct kmem_cache *a = make("a", SIZE, 0, 0), *b = make("check1", SIZE, 0, 0);

	assert_ptr_not_equal(a, b);
	assert_ptr_equal(b, make("check2", SIZE, 0, 0));
	expect_apart(a, make("user", SIZE, 0, 0));
	assert_int_equal(kmem_cache_destroy(b) | kmem_cache_destroy(b), 0);
	assert_int_equal(kmem_cache_destroy(a), 0);
}

/* --- names ------------------------------------------------------------------------ */

static int find_dir(const char *name)
{
	char text[64];
	int i;

	for (i = 0; i < SLAB_NR_NAMES; i++)
		if (slab_dir_name(i, text, sizeof(text)) && !strcmp(text, name))
			return i;
	return -1;
}

static bool link_leads(const char *name, const char *to)
{
	char text[64], target[64];
	unsigned int i;

	for (i = 0; i < SLAB_NR_NAMES; i++)
		if (slab_link_name(i, text, target, sizeof(text)) && !strcmp(text, name))
			return !strcmp(target, to);
	return false;
}

static void test_names(void **state)
{
	struct kmem_cache *a = make("a", SIZE, 0, 0), *b = make("b", SIZE, 0, 0);
	struct kmem_cache *c = make("c", SIZE, 0, SLAB_RECLAIM_ACCOUNT | SLAB_ACCOUNT);
	struct kmem_cache *d = make("d", SIZE, 0, SLAB_NO_MERGE);

	assert_true(find_dir(":0001096") > 0);
	assert_true(link_leads("a", ":0001096"));
	assert_true(link_leads("b", ":0001096"));
	assert_int_equal(find_dir("a"), -1);
	assert_true(find_dir(":aA-0001096") > 0);
	assert_true(link_leads("c", ":aA-0001096"));
	assert_true(find_dir("d") > 0);
	assert_false(link_leads("d", "d"));
	assert_true(find_dir("kmalloc-64") > 0);
	assert_true(find_dir("kmem_cache") > 0);
	assert_int_equal(kmem_cache_destroy(a), 0);
	assert_true(link_leads("a", ":0001096"));	/* the first name is the cache's own */
	assert_false(link_leads("b", ":0001096"));
	assert_int_equal(kmem_cache_destroy(b), 0);
	assert_int_equal(find_dir(":0001096"), -1);
	assert_false(link_leads("b", ":0001096"));
	assert_int_equal(kmem_cache_destroy(c) | kmem_cache_destroy(d), 0);
}

/* more names than numbers: the rest works as well */
static void test_many_names(void **state)
{
	struct kmem_cache *s = NULL;
	char name[16];
	unsigned int i;

	for (i = 0; i < SLAB_NR_NAMES + 10; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		s = make(name, SIZE, 0, 0);
	}
	assert_true(link_leads("n0", ":0001096"));
	assert_false(link_leads(name, ":0001096"));
	for (i = 0; i < SLAB_NR_NAMES + 10; i++)
		assert_int_equal(kmem_cache_destroy(s), 0);
}

/* CPUs that create and destroy caches that are alike */
static void come_and_go(unsigned int cpu, void *arg)
{
	struct kmem_cache *s;
	int i;

	for (i = 0; i < 300; i++) {
		void *p;

		s = kmem_cache_create(cpu & 1 ? "odd" : "even", SIZE - (i & 1), 0, 0, NULL);
		if (!s)
			continue;
		p = kmem_cache_alloc(s, GFP_KERNEL);
		kmem_cache_free(s, p);
		kmem_cache_destroy(s);
	}
}

static void test_cpus(void **state)
{
	struct kmem_cache *s = make("base", SIZE, 0, 0);

	quire_run_cpus(4, come_and_go, NULL);
	slab_check();
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_int_equal(find_dir(":0001096"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_fast_test(test_alike), quire_fast_test(test_grows),
		quire_fast_test(test_apart), quire_fast_test(test_same_kind),
		cmocka_unit_test_setup_teardown(test_nomerge, setup_apart, quire_teardown),
		quire_unit_test(test_nomerge),		/* caches that are checked */
		cmocka_unit_test_setup_teardown(test_debugged, setup_list, quire_teardown),
		quire_fast_test(test_names), quire_fast_test(test_many_names),
		quire_fast_test(test_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
