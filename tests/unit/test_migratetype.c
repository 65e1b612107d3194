// SPDX-License-Identifier: MIT
/* Pageblocks and their types: the reserve for high orders, the boost of the marks. */
#include "phys_test.h"

#define M	(1024ull * 1024)

/* Take pages until no more than @left are free; the list holds them. */
static void take_until(struct list_head *list, gfp_t gfp, unsigned long left)
{
	struct page *page;

	while (nr_free_pages() > left && (page = alloc_page(gfp | __GFP_NOWARN)) != NULL)
		list_add(&page->lru, list);
	drain_local_pages();
}

static void give_back(struct list_head *list)
{
	while (!list_empty(list)) {
		struct page *page = list_first_entry(list, struct page, lru);

		list_del(&page->lru);
		__free_page(page);
	}
}

static unsigned long blocks_of(int migratetype)
{
	struct zone *zone = the_zone();
	unsigned long pfn = zone->zone_start_pfn, nr = 0;

	for (; pfn < zone_end_pfn(zone); pfn += pageblock_nr_pages)
		nr += get_pageblock_migratetype(zone, pfn) == migratetype;
	return nr;
}

/* A high order that cannot wait and needed the reserves: its pageblock stays for such. */
static void test_highatomic(void **state)
{
	unsigned long before = settled();
	struct zone *zone = the_zone();
	struct page *page, *more;
	LIST_HEAD(list);

	page = alloc_pages(GFP_ATOMIC, 4);
	assert_int_equal(zone->nr_reserved_highatomic, 0);	/* nothing was short */
	__free_pages(page, 4);

	take_until(&list, GFP_KERNEL, low_wmark_pages(zone) - 8);
	page = alloc_pages(GFP_ATOMIC, 4);
	assert_non_null(page);
	assert_int_equal(zone->nr_reserved_highatomic, pageblock_nr_pages);
	assert_int_equal(blocks_of(MIGRATE_HIGHATOMIC), 1);
	assert_int_equal(get_pageblock_migratetype(zone, page_to_pfn(page)),
			 MIGRATE_HIGHATOMIC);
	check_all_zones();
	/* a hundredth of the zone and a pageblock: no second one here */
	more = alloc_pages(GFP_ATOMIC, 5);
	if (more)
		__free_pages(more, 5);
	assert_int_equal(zone->nr_reserved_highatomic, pageblock_nr_pages);
	__free_pages(page, 4);
	settled();
	/* it is for high orders that cannot wait, until nobody else can have anything */
	page = alloc_pages(GFP_ATOMIC, 4);
	assert_int_equal(get_pageblock_migratetype(zone, page_to_pfn(page)),
			 MIGRATE_HIGHATOMIC);
	__free_pages(page, 4);
	take_until(&list, GFP_KERNEL, 0);
	assert_int_equal(zone->nr_reserved_highatomic, 0);
	assert_int_equal(blocks_of(MIGRATE_HIGHATOMIC), 0);
	check_all_zones();
	give_back(&list);
	assert_int_equal(settled(), before);
}

/* Only small holes between movable pages: what the kernel takes there mixes pageblocks. */
static void test_boost(void **state)
{
	unsigned long before = settled();
	struct zone *zone = the_zone();
	struct page *page, *next, *kernel;
	LIST_HEAD(kept);
	LIST_HEAD(list);
	int i = 0;

	assert_int_equal(zone->watermark_boost, 0);
	take_until(&list, GFP_HIGHUSER_MOVABLE, 0);
	list_for_each_entry_safe(page, next, &list, lru)
		if (page_to_pfn(page) & 1)
			list_move(&page->lru, &kept);
	list_for_each_entry(page, &kept, lru)
		page->mapping = (void *)(0x1000 | PAGE_MAPPING_ANON);
	give_back(&list);
	settled();
	assert_int_equal(zone->watermark_boost, 0);
	for (; i < 200; i++) {
		kernel = alloc_page(GFP_KERNEL);
		assert_non_null(kernel);
		list_add(&kernel->lru, &list);
	}
	assert_true(zone->watermark_boost >= pageblock_nr_pages);
	assert_true(low_wmark_pages(zone) >= zone->_watermark[WMARK_LOW] + pageblock_nr_pages);
	check_all_zones();
	/* the slow path wins memory back, and takes the boost away */
	page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, MAX_ORDER - 1);
	assert_null(page);
	assert_int_equal(zone->watermark_boost, 0);
	give_back(&list);

	this_machine()->tunables.watermark_boost_factor = 0;
	for (i = 0; i < 200; i++) {
		kernel = alloc_page(GFP_KERNEL);
		list_add(&kernel->lru, &list);
	}
	assert_int_equal(zone->watermark_boost, 0);
	give_back(&list);
	give_back(&kept);
	assert_int_equal(settled(), before);
}

static void test_bad_reserve_is_seen(void **state)
{
	the_zone()->nr_free_cma++;
	expect_bug(zone_check(the_zone()), "nr_free_cma");
}

static void test_bad_type_is_seen(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 1), *rest = page + 2;

	if (!PageBuddy(rest))
		drain_local_pages();
	set_pageblock_migratetype(the_zone(), page_to_pfn(page), MIGRATE_HIGHATOMIC);
	drain_local_pages();
	expect_bug(zone_check(the_zone()), "migratetype");
}

#define ONE(t)	cmocka_unit_test_setup_teardown(t, quire_setup_one_zone, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE(test_highatomic),
		ONE(test_boost),
		ONE(test_bad_reserve_is_seen),
		ONE(test_bad_type_is_seen),
	};

	return cmocka_run_group_tests_name("migratetype", tests, NULL, NULL);
}
