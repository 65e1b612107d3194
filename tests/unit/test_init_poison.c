// SPDX-License-Identifier: MIT
/*
 * test_init_poison.c - what memory holds when it is handed out, and when it came back:
 * init_on_alloc, init_on_free, page_poison.
 *
 * Free memory is looked at through the address that it had, which stays readable: machines
 * of these tests have the allocators' fast paths and no checks of their own.
 */
#include "phys_test.h"
#include <linux/highmem.h>

#define DIRT	0x5c
#define OBJECTS	40

static struct machine_config config;

static int setup(void **state, bool on_alloc, bool on_free, bool poison)
{
	config = geometry_config(NULL);
	config.slab_fast = true;
	config.debug.init_on_alloc = on_alloc;
	config.debug.init_on_free = on_free;
	config.debug.page_poison = poison;
	return quire_setup_config(state, &config);
}

static int setup_alloc(void **state)
{
	return setup(state, true, false, false);
}

static int setup_free(void **state)
{
	return setup(state, false, true, false);
}

static int setup_poison(void **state)
{
	return setup(state, false, false, true);
}

static int setup_all(void **state)
{
	return setup(state, true, true, true);
}

static void assert_bytes(const void *p, int value, size_t bytes)
{
	const u8 *at = memchr_inv(p, value, bytes);

	if (at)
		fail_msg("byte %zu of %zu is %#x, not %#x", (size_t)(at - (u8 *)p), bytes, *at,
			 value);
}

static void assert_pages(struct page *page, unsigned int order, int value)
{
	unsigned long i;

	for (i = 0; i < 1ul << order; i++) {
		void *at = kmap_local_page(page + i);

		assert_bytes(at, value, PAGE_SIZE);
		kunmap_local(at);
	}
}

static void dirty_pages(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1ul << order; i++)
		memset_page(page + i, 0, DIRT, PAGE_SIZE);
}

/* --- init_on_alloc ---------------------------------------------------------------------- */

static void test_alloc_pages(void **state)
{
	static const gfp_t kinds[] = { GFP_KERNEL, GFP_NOWAIT, GFP_HIGHUSER_MOVABLE, 0 };
	unsigned int order, k, round;
	struct page *page;

	for (round = 0; round < 2; round++)
		for (k = 0; k < ARRAY_SIZE(kinds); k++)
			for (order = 0; order <= 4; order++) {
				page = alloc_pages(kinds[k], order);
				assert_non_null(page);
				assert_pages(page, order, 0);
				dirty_pages(page, order);
				__free_pages(page, order);
			}
	assert_log_has((struct machine *)*state, "heap alloc:on, heap free:off");
	check_all_zones();
}

static void dirty_and_free(void *p, size_t bytes)
{
	memset(p, DIRT, bytes);
	kfree(p);
}

static void test_alloc_objects(void **state)
{
	static const size_t sizes[] = { 8, 24, 96, 192, 1024, 4096, 8192, 20000 };
	void *bulk[OBJECTS];
	struct kmem_cache *s;
	unsigned int i, round;
	void *p;

	for (round = 0; round < 3; round++)
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			p = kmalloc(sizes[i], GFP_KERNEL);
			assert_bytes(p, 0, ksize(p));
			dirty_and_free(p, ksize(p));
			p = kmalloc_node(sizes[i], GFP_KERNEL, 0);
			assert_bytes(p, 0, ksize(p));
			dirty_and_free(p, ksize(p));
		}
	s = kmem_cache_create("init", 40, 0, 0, NULL);
	for (round = 0; round < 2; round++) {
		assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, OBJECTS, bulk), OBJECTS);
		for (i = 0; i < OBJECTS; i++) {
			assert_bytes(bulk[i], 0, 40);
			memset(bulk[i], DIRT, 40);
		}
		kmem_cache_free_bulk(s, OBJECTS, bulk);
	}
	slab_check();
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void construct(void *p)
{
	memset(p, 0x17, 48);
}

/* a constructor's work stays */
static void test_constructor(void **state)
{
	struct kmem_cache *s = kmem_cache_create("ctor", 48, 0, 0, construct);
	void *p = kmem_cache_alloc(s, GFP_KERNEL);

	assert_bytes(p, 0x17, 48);
	kmem_cache_free(s, p);
	p = kmem_cache_alloc(s, GFP_KERNEL);
	assert_bytes(p, 0x17, 48);
	kmem_cache_free(s, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* --- init_on_free ------------------------------------------------------------------------ */

static void test_free_pages(void **state)
{
	struct page *page;
	unsigned int order;

	for (order = 0; order <= 4; order++) {
		page = alloc_pages(GFP_KERNEL, order);
		dirty_pages(page, order);
		__free_pages(page, order);
		assert_pages(page, order, 0);
		page = alloc_pages(GFP_KERNEL | __GFP_COMP, order);
		dirty_pages(page, order);
		put_page(page);
		assert_pages(page, order, 0);
	}
	page = alloc_page(GFP_HIGHUSER_MOVABLE);
	dirty_pages(page, 0);
	__free_page(page);
	assert_pages(page, 0, 0);
	assert_log_has((struct machine *)*state, "heap alloc:off, heap free:on");
	check_all_zones();
}

static void test_free_objects(void **state)
{
	struct kmem_cache *s = kmem_cache_create("free", 56, 0, 0, NULL);
	void *p = kmalloc(100, GFP_KERNEL), *q = kmem_cache_alloc(s, GFP_KERNEL);
	void *large = kmalloc(50000, GFP_KERNEL);
	struct page *page = virt_to_page(large);

	memset(p, DIRT, 100);
	kfree(p);
	assert_bytes(p, 0, 100);
	memset(q, DIRT, 56);
	kmem_cache_free(s, q);
	assert_bytes(q, 0, 56);
	q = kmem_cache_alloc(s, GFP_KERNEL);
	memset(q, DIRT, 56);
	kfree(q);
	assert_bytes(q, 0, 56);
	memset(large, DIRT, 50000);
	kfree(large);
	assert_pages(page, 0, 0);
	slab_check();
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* --- page_poison ----------------------------------------------------------------------- */

static void test_poison(void **state)
{
	struct page *page;
	unsigned int order;

	for (order = 0; order <= 4; order++) {
		page = alloc_pages(GFP_KERNEL | __GFP_ZERO, order);
		assert_pages(page, order, 0);
		__free_pages(page, order);
		assert_pages(page, order, 0xaa);
	}
	page = alloc_page(GFP_HIGHUSER_MOVABLE);
	__free_page(page);
	assert_pages(page, 0, 0xaa);
	assert_null(strstr(host_log_text(*state), "pagealloc"));
	check_all_zones();
}

/* Free a page, change @bytes of it, and take it again. */
static void write_after_free(unsigned int offset, unsigned int bytes, int value)
{
	struct page *page = alloc_page(GFP_KERNEL), *again;
	u8 *at = page_address(page);

	__free_page(page);
	memset(at + offset, value, bytes);
	again = alloc_page(GFP_KERNEL);
	assert_ptr_equal(again, page);
	__free_page(again);
	assert_bytes(at, 0xaa, PAGE_SIZE);
}

static void test_poison_reports(void **state)
{
	struct machine *m = *state;

	write_after_free(700, 1, 0xab);
	assert_log_has(m, "pagealloc: single bit error\n");
	assert_log_has(m, ": ab\n");
	assert_log_has(m, "page dumped because: pagealloc: corrupted page details");
	host_log_clear(m);
	write_after_free(8, 20, 0x11);		/* in the same second: no report */
	assert_null(strstr(host_log_text(m), "pagealloc"));
	host_clock_advance(1000000000);
	write_after_free(8, 20, 0x11);
	assert_log_has(m, "pagealloc: memory corruption\n");
	assert_log_has(m, " 11 11 11 11 11 11 11 11 11 11 11 11 11 11 11 11\n");
	assert_log_has(m, ": 11 11 11 11\n");
	host_clock_advance(1000000000);
	write_after_free(100, 2, 0xab);		/* a bit each of two bytes is more than one */
	assert_log_has(m, "pagealloc: memory corruption\n");
}

static int setup_reports(void **state)
{
	config = geometry_config(NULL);
	config.slab_fast = true;
	config.virtual_clock = true;
	config.debug.page_poison = true;
	if (quire_setup_config(state, &config))
		return -1;
	host_clock_advance(1);
	return 0;
}

/* the pattern takes the place of the other two */
static void test_precedence(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	assert_log_has((struct machine *)*state, "page_poison is on, will take precedence over "
		       "init_on_alloc and init_on_free\n");
	__free_page(page);
	assert_pages(page, 0, 0xaa);
	page = alloc_page(GFP_KERNEL);
	assert_pages(page, 0, 0xaa);
	__free_page(page);
}

/* --- all together ------------------------------------------------------------------------- */

/* blocks and objects of all sizes come and go; everything comes back */
static void test_mixture(void **state)
{
	void *kept[64] = { NULL };
	struct page *pages[64] = { NULL };
	unsigned int orders[64], i, n;

	for (n = 0; n < 4000; n++) {
		i = phys_below(64);
		if (kept[i]) {
			kfree(kept[i]);
			kept[i] = NULL;
		} else {
			kept[i] = kmalloc(1 + phys_below(9000), GFP_KERNEL);
		}
		i = phys_below(64);
		if (pages[i]) {
			__free_pages(pages[i], orders[i]);
			pages[i] = NULL;
		} else {
			orders[i] = phys_below(4);
			pages[i] = alloc_pages(GFP_HIGHUSER_MOVABLE, orders[i]);
		}
	}
	for (i = 0; i < 64; i++) {
		kfree(kept[i]);
		if (pages[i])
			__free_pages(pages[i], orders[i]);
	}
	assert_null(strstr(host_log_text(*state), "pagealloc"));
	slab_check();
	check_all_zones();
}

#define TEST(f, s)	cmocka_unit_test_setup_teardown(f, s, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_alloc_pages, setup_alloc), TEST(test_alloc_objects, setup_alloc),
		TEST(test_constructor, setup_alloc), TEST(test_constructor, setup_free),
		TEST(test_free_pages, setup_free), TEST(test_free_objects, setup_free),
		TEST(test_poison, setup_poison), TEST(test_poison_reports, setup_reports),
		TEST(test_precedence, setup_all),
		TEST(test_mixture, setup_alloc), TEST(test_mixture, setup_free),
		TEST(test_mixture, setup_poison),
	};

	return cmocka_run_group_tests_name("init_poison", tests, NULL, NULL);
}
