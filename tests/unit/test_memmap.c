// SPDX-License-Identifier: MIT
/*
 * Struct pages that are written when they are needed. The machines of all tests start with
 * garbage in them (quire_setup_config), so that whoever reads one too early is found.
 */
#include "phys_test.h"
#include <linux/io.h>

/* Blocks of the largest order nobody asked for yet. */
static unsigned long lazy_blocks(void)
{
	unsigned long pfn, nr = 0;

	for (pfn = 0; pfn < this_machine()->max_pfn; pfn += MEMMAP_BLOCK_PAGES)
		nr += pfn_valid(pfn) && memmap_is_lazy(pfn_to_page(pfn));
	return nr;
}

static unsigned long first_lazy(void)
{
	unsigned long pfn;

	for (pfn = 0; pfn < this_machine()->max_pfn; pfn += MEMMAP_BLOCK_PAGES)
		if (pfn_valid(pfn) && memmap_is_lazy(pfn_to_page(pfn)))
			return pfn;
	fail_msg("nothing is lazy");
	return 0;
}

static bool in_zone(const struct zone *zone, unsigned long pfn)
{
	return pfn >= zone->zone_start_pfn && pfn < zone_end_pfn(zone);
}

#define MAX_COUNTS	(MAX_NUMNODES * MAX_NR_ZONES * MIGRATE_TYPES * MAX_ORDER)

/* The lengths of all free lists. */
static unsigned int free_lists(unsigned long counts[MAX_COUNTS])
{
	unsigned int order, type, n = 0;
	struct list_head *entry;
	struct zone *zone;

	for_each_populated_zone(zone)
		for (order = 0; order < MAX_ORDER; order++)
			for (type = 0; type < MIGRATE_TYPES; type++, n++) {
				counts[n] = 0;
				list_for_each(entry, &zone->free_area[order].free_list[type])
					counts[n]++;
			}
	return n;
}

/* Most of what is free at first; zones, totals and lists do not depend on it. */
static void test_walk(void **state)
{
	unsigned long pfn, free = nr_free_pages(), lazy = lazy_blocks();
	static unsigned long before[MAX_COUNTS], after[MAX_COUNTS];
	unsigned int nr;

	assert_true(lazy * MEMMAP_BLOCK_PAGES > free / 2);
	check_all_zones();
	nr = free_lists(before);
	free = nr_free_pages();
	for (pfn = 0; pfn < this_machine()->max_pfn; pfn++)
		if (pfn_valid(pfn))
			assert_true(PageReserved(memmap_page(pfn)) ||
				    in_zone(page_zone(memmap_page(pfn)), pfn));
	assert_int_equal(lazy_blocks(), lazy);
	for (pfn = 0; pfn < this_machine()->max_pfn; pfn++) {
		struct page *page = pfn_valid(pfn) ? memmap_ready(pfn) : NULL;

		if (!page || PageReserved(page))
			continue;
		assert_true(in_zone(page_zone(page), pfn));
		assert_int_equal(page_mapcount(page), 0);
	}
	assert_int_equal(lazy_blocks(), 0);
	assert_int_equal(nr_free_pages(), free);
	check_all_zones();
	assert_int_equal(free_lists(after), nr);
	assert_memory_equal(before, after, nr * sizeof(before[0]));
}

/* All memory, page by page and back. */
static void test_all_memory(void **state)
{
	struct page *page, *all = NULL;
	unsigned long n = 0;

	while ((page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN | __GFP_NORETRY))) {
		assert_int_equal(page_count(page), 1);
		assert_int_equal(page_mapcount(page), 0);
		assert_null(page->mapping);
		assert_true(in_zone(page_zone(page), page_to_pfn(page)));
		page->private = (unsigned long)all;
		all = page;
		n++;
	}
	assert_true(n > totalram_pages() / 2);
	check_all_zones();
	while (all) {
		page = all;
		all = (struct page *)page->private;
		page->private = 0;
		__free_page(page);
	}
	drain_local_pages();
	check_all_zones();
}

/* Each order out of blocks that are lazy, until none is left. */
static void test_orders(void **state)
{
	unsigned int order;

	for (order = 0; order < MAX_ORDER; order++) {
		unsigned long lazy = lazy_blocks(), nr = 0, i;
		struct page *block[64], *page;

		/* the small ones first, so that a large one must be split */
		while (nr < ARRAY_SIZE(block) && lazy_blocks() == lazy && lazy) {
			page = alloc_pages(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN | __GFP_NORETRY,
					   order);
			if (!page)
				break;
			for (i = 0; i < 1ul << order; i++)
				assert_int_equal(page_mapcount(page + i), 0);
			block[nr++] = page;
		}
		check_all_zones();
		while (nr)
			__free_pages(block[--nr], order);
		drain_local_pages();
		check_all_zones();
	}
}

/* The type of one half of a block nobody asked for changes. */
static void test_half_a_block(void **state)
{
	unsigned long pfn = first_lazy();
	struct zone *zone = page_zone(pfn_to_page(pfn));
	unsigned long free = nr_free_pages();

	spin_lock(&zone->lock);
	pageblock_convert(zone, pfn + pageblock_nr_pages, MIGRATE_MOVABLE);
	spin_unlock(&zone->lock);
	assert_false(memmap_is_lazy(pfn_to_page(pfn)));
	assert_int_equal(nr_free_pages(), free);
	check_all_zones();
}

/* A range of frames nobody asked for yet is had by address, and the rest stays free. */
static void test_range(void **state)
{
	unsigned long pfn = first_lazy() + 100, free = nr_free_pages(), i;

	assert_int_equal(alloc_contig_range(pfn, pfn + 700, MIGRATE_MOVABLE, GFP_KERNEL), 0);
	for (i = 0; i < 700; i++)
		assert_int_equal(page_count(pfn_to_page(pfn + i)), 1);
	check_all_zones();
	free_contig_range(pfn, 700);
	drain_local_pages();
	assert_int_equal(nr_free_pages(), free);
	check_all_zones();
}

/* A frame that nobody ever had is RAM all the same. */
static void test_not_for_devices(void **state)
{
	unsigned long pfn = first_lazy();

	assert_null(ioremap(PFN_PHYS(pfn) + 17 * PAGE_SIZE, PAGE_SIZE));
	assert_true(memmap_is_lazy(pfn_to_page(pfn)));
}

/* Wrong frees of what was never in use are found, not believed. */
static void test_free_never_used(void **state)
{
	unsigned long pfn = first_lazy();
	struct page *page = pfn_to_page(pfn + 5);

	host_expect_leaks(this_machine());
	expect_bug(__free_page(page), "PA2: _refcount is 0: freed twice, or never allocated");
}

static void test_kfree_never_used(void **state)
{
	unsigned long pfn = first_lazy();

	if (PageHighMem(pfn_to_page(pfn)))
		skip();
	host_expect_leaks(this_machine());
	expect_bug(kfree((char *)__va(PFN_PHYS(pfn + 5)) + 64), "kfree of what kmalloc never gave");
}

static void take_much(unsigned int cpu, void *arg)
{
	struct page *pages[400];
	unsigned int round, i;

	for (round = 0; round < 4; round++) {
		for (i = 0; i < ARRAY_SIZE(pages); i++) {
			pages[i] = alloc_pages(GFP_KERNEL, i % 3);
			assert_non_null(pages[i]);
			memmap_ready(page_to_pfn(pages[i]) ^ 600);
		}
		for (i = 0; i < ARRAY_SIZE(pages); i++)
			__free_pages(pages[i], i % 3);
	}
}

static void test_cpus(void **state)
{
	quire_run_cpus(4, take_much, NULL);
	drain_local_pages();
	check_all_zones();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_walk), quire_unit_test(test_all_memory),
		quire_unit_test(test_orders), quire_unit_test(test_half_a_block),
		quire_unit_test(test_range),
		quire_unit_test(test_not_for_devices), quire_unit_test(test_free_never_used),
		quire_unit_test(test_kfree_never_used), quire_unit_test(test_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
