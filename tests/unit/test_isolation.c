// SPDX-License-Identifier: MIT
/* Pageblocks that nobody gets frames of, and ranges of frames on demand. */
#include "phys_test.h"
#include "frame_map.h"
#include <linux/nodemask.h>
#include <linux/page-isolation.h>

/* The first order-10 block of some zone that is all free; its pageblocks are adjacent. */
static struct zone *free_range(unsigned long *start)
{
	struct zone *zone;

	drain_local_pages();
	for_each_populated_zone(zone) {
		struct free_area *area = &zone->free_area[MAX_ORDER - 1];

		if (!list_empty(&area->free_list[MIGRATE_MOVABLE])) {
			*start = page_to_pfn(list_first_entry(&area->free_list[MIGRATE_MOVABLE],
							      struct page, lru));
			return zone;
		}
	}
	fail_msg("no free block of the largest order");
	return NULL;
}

static void assert_types(struct zone *zone, unsigned long start, unsigned long end, int type)
{
	for (; start < end; start += pageblock_nr_pages)
		assert_int_equal(get_pageblock_migratetype(zone, start), type);
}

static int isolate(unsigned long start, unsigned long end)
{
	return start_isolate_page_range(start, end, MIGRATE_MOVABLE, 0, GFP_KERNEL);
}

static void test_isolated_is_not_given(void **state)
{
	unsigned long start, before = settled(), end, blocks;
	struct zone *zone = free_range(&start);
	struct page *page, *next;
	LIST_HEAD(list);

	end = start + pageblock_nr_pages;
	blocks = zone->free_area[MAX_ORDER - 1].nr_free;
	assert_int_equal(isolate(start + 5, end - 7), 0);
	assert_true(is_migrate_isolate_page(memmap_ready(start)));
	assert_false(is_migrate_isolate_page(memmap_ready(end)));
	assert_int_equal(zone->nr_free_isolated, pageblock_nr_pages);
	assert_int_equal(settled(), before - pageblock_nr_pages);
	assert_int_equal(test_pages_isolated(start, end, 0), 0);
	assert_int_equal(test_pages_isolated(start, end + 1, 0), -EBUSY);

	while ((page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN)) != NULL)
		list_add(&page->lru, &list);
	while ((page = alloc_page(GFP_DMA | __GFP_NOWARN)) != NULL)
		list_add(&page->lru, &list);
	list_for_each_entry_safe(page, next, &list, lru) {
		assert_false(page_to_pfn(page) >= start && page_to_pfn(page) < end);
		__free_page(page);
	}
	undo_isolate_page_range(start + 5, end - 7, MIGRATE_MOVABLE);
	assert_types(zone, start, end, MIGRATE_MOVABLE);
	assert_int_equal(zone->nr_free_isolated, 0);
	assert_int_equal(settled(), before);
	/* what was split has merged again */
	assert_int_equal(zone->free_area[MAX_ORDER - 1].nr_free, blocks);
}

/* A free pageblock of the reserve for high orders; its first frame. */
static unsigned long reserved_pageblock(struct zone **zone)
{
	struct page *page = alloc_pages(GFP_ATOMIC, pageblock_order);
	unsigned long start;

	assert_non_null(page);
	start = page_to_pfn(page);
	*zone = page_zone(page);
	reserve_highatomic(*zone, page, pageblock_order);
	assert_int_equal((*zone)->nr_reserved_highatomic, pageblock_nr_pages);
	__free_pages(page, pageblock_order);
	settled();
	assert_types(*zone, start, start + pageblock_nr_pages, MIGRATE_HIGHATOMIC);
	return start;
}

/* Who wants frames of the reserve for high orders gets them; the reserve counts on. */
static void test_highatomic(void **state)
{
	unsigned long before = settled(), start, end;
	struct page *page;
	struct zone *zone;

	start = reserved_pageblock(&zone);
	end = start + pageblock_nr_pages;
	assert_int_equal(alloc_contig_range(start + 3, end - 3, MIGRATE_MOVABLE, GFP_KERNEL), 0);
	assert_int_equal(zone->nr_reserved_highatomic, 0);
	settled();
	assert_types(zone, start, end, MIGRATE_MOVABLE);
	free_contig_range(start + 3, pageblock_nr_pages - 6);
	assert_int_equal(settled(), before);
	/* what cannot be had, for a frame in use, leaves whole lists, too */
	start = reserved_pageblock(&zone);
	page = rmqueue_highatomic(zone, 0);
	assert_non_null(page);
	prep_contig_page(page, 0);
	assert_int_equal(alloc_contig_range(start, start + pageblock_nr_pages, MIGRATE_MOVABLE,
					    GFP_KERNEL), -EBUSY);
	settled();
	__free_page(page);
	while (unreserve_highatomic(zone, MIGRATE_MOVABLE, true))
		;
	assert_int_equal(zone->nr_reserved_highatomic, 0);
	assert_int_equal(settled(), before);
}

/* A page that is freed while its pageblock is isolated stays there. */
static void test_freed_meanwhile(void **state)
{
	unsigned long before = settled(), start, pfn;
	struct page *page = alloc_page(GFP_KERNEL), *other = alloc_page(GFP_KERNEL);
	struct zone *zone = page_zone(page);

	pfn = page_to_pfn(page);
	start = round_down(pfn, pageblock_nr_pages);
	page->mapping = (void *)(0x1000 | PAGE_MAPPING_ANON);	/* it could be moved */
	if (isolate(pfn, pfn + 1))
		skip();				/* the pageblock belongs to two zones */
	assert_int_equal(test_pages_isolated(pfn, pfn + 1, 0), -EBUSY);
	__free_page(page);
	assert_int_equal(test_pages_isolated(pfn, pfn + 1, 0), 0);
	__free_page(other);
	check_all_zones();
	undo_isolate_page_range(pfn, pfn + 1, MIGRATE_UNMOVABLE);
	assert_types(zone, start, start + 1, MIGRATE_UNMOVABLE);
	assert_int_equal(settled(), before);
}

static void test_refused(void **state)
{
	unsigned long start, end, before = settled(), pfn = 0, pages;
	struct zone *zone = free_range(&start);
	struct page *page;

	end = start + 2 * pageblock_nr_pages;
	assert_int_equal(isolate(start, start), -EINVAL);
	assert_int_equal(start_isolate_page_range(start, end, MIGRATE_MOVABLE, 4, 0), -EINVAL);
	assert_int_equal(start_isolate_page_range(start, end, MIGRATE_CMA, 0, 0), -EBUSY);
	/* by somebody else already: the first pageblock is as it was (IS3) */
	assert_int_equal(isolate(start + pageblock_nr_pages, end), 0);
	assert_int_equal(isolate(start, end), -EBUSY);
	assert_types(zone, start, start + 1, MIGRATE_MOVABLE);
	undo_isolate_page_range(start + pageblock_nr_pages, end, MIGRATE_MOVABLE);
	/* frames that do not exist, and a frame that is not the allocator's */
	assert_int_equal(isolate(this_machine()->max_pfn + (1ul << 20),
				 this_machine()->max_pfn + (1ul << 20) + 1), -EBUSY);
	while (!pfn_valid(pfn) || !PageReserved(memmap_page(pfn)))
		pfn++;
	assert_int_equal(isolate(pfn, pfn + 1), -EBUSY);
	/* a page of the kernel's in the range stays, one beside it does not matter */
	pages = 1ul << (MAX_ORDER - 1);
	assert_int_equal(alloc_contig_range(start + 10, start + 11, MIGRATE_MOVABLE, GFP_KERNEL), 0);
	page = pfn_to_page(start + 10);
	assert_int_equal(start_isolate_page_range(start, start + pages, MIGRATE_MOVABLE,
						  REPORT_FAILURE, 0), -EBUSY);
	assert_log_has(this_machine(), "unmovable page");
	assert_int_equal(isolate(start + 11, end), 0);
	undo_isolate_page_range(start + 11, end, MIGRATE_MOVABLE);
	__free_page(page);
	assert_int_equal(settled(), before);
}

/* --- alloc_contig_range() ------------------------------------------------------------ */

static void take_range(unsigned long start, unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++) {
		assert_int_equal(page_count(pfn_to_page(start + i)), 1);
		frames_take(pfn_to_page(start + i), 0);
	}
	frames_check();
}

static void give_range(unsigned long start, unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++)
		frames_give(pfn_to_page(start + i), 0);
	free_contig_range(start, nr);
	frames_check();
}

static void test_range(void **state)
{
	static const struct { unsigned long from, nr; } parts[] = {
		{ 0, 1 }, { 1, 1 }, { 3, 600 }, { 511, 2 }, { 0, 1024 }, { 1023, 1 }, { 100, 7 },
	};
	unsigned long before = settled(), start;
	struct zone *zone = free_range(&start);
	size_t i;

	frames_begin();
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		assert_int_equal(alloc_contig_range(start + parts[i].from,
						    start + parts[i].from + parts[i].nr,
						    MIGRATE_MOVABLE, GFP_KERNEL), 0);
		take_range(start + parts[i].from, parts[i].nr);
		assert_types(zone, start, start + 1024, MIGRATE_MOVABLE);
		/* in two parts */
		give_range(start + parts[i].from, parts[i].nr / 2);
		give_range(start + parts[i].from + parts[i].nr / 2, parts[i].nr - parts[i].nr / 2);
	}
	frames_end();
	assert_int_equal(alloc_contig_range(start, start, MIGRATE_MOVABLE, GFP_KERNEL), -EINVAL);
	assert_int_equal(settled(), before);
}

static void test_range_is_zeroed(void **state)
{
	unsigned long start, i;

	free_range(&start);
	for (i = 0; i < 4; i++)
		memset_page(pfn_to_page(start + i), 0, 0x55, PAGE_SIZE);
	assert_int_equal(alloc_contig_range(start, start + 4, MIGRATE_MOVABLE,
					    GFP_KERNEL | __GFP_ZERO), 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(quire_page_word(pfn_to_page(start + i), 8 * i), 0);
	free_contig_range(start, 4);
}

static void test_range_in_use(void **state)
{
	unsigned long before = settled(), start;
	struct page *page;

	free_range(&start);
	assert_int_equal(alloc_contig_range(start + 77, start + 78, MIGRATE_MOVABLE, GFP_KERNEL), 0);
	page = pfn_to_page(start + 77);
	assert_int_equal(alloc_contig_range(start, start + 100, MIGRATE_MOVABLE, GFP_KERNEL),
			 -EBUSY);
	page->mapping = (void *)(0x1000 | PAGE_MAPPING_ANON);	/* nothing moves it */
	assert_int_equal(alloc_contig_range(start, start + 100, MIGRATE_MOVABLE, GFP_KERNEL),
			 -EBUSY);
	check_all_zones();
	assert_int_equal(alloc_contig_range(start + 78, start + 100, MIGRATE_MOVABLE, GFP_KERNEL),
			 0);
	free_contig_range(start + 77, 23);
	assert_int_equal(settled(), before);
}

/* Frames in this CPU's stock are free; another CPU gives its own when it looks. */
static void test_range_in_stock(void **state)
{
	unsigned long before = settled(), pfn, block;
	struct page *page = alloc_page(GFP_KERNEL);
	int i;

	pfn = page_to_pfn(page);
	block = round_down(pfn, pageblock_nr_pages);
	__free_page(page);
	if (block < page_zone(page)->zone_start_pfn)
		skip();
	assert_int_equal(alloc_contig_range(pfn, pfn + 1, MIGRATE_MOVABLE, GFP_KERNEL), 0);
	free_contig_range(pfn, 1);
	for (i = 1; i < 3; i++) {
		drain_local_pages();
		quire_switch_cpu(i);
		page = alloc_page(GFP_KERNEL);
		pfn = page_to_pfn(page);
		__free_page(page);
		quire_switch_cpu(0);
		assert_int_equal(alloc_contig_range(pfn, pfn + 1, MIGRATE_MOVABLE, GFP_NOWAIT),
				 -EBUSY);
		assert_true(drain_pending(i));
		quire_switch_cpu(i);		/* looks as it comes */
		quire_switch_cpu(0);
		assert_false(drain_pending(i));
		assert_int_equal(alloc_contig_range(pfn, pfn + 1, MIGRATE_MOVABLE, GFP_NOWAIT), 0);
		free_contig_range(pfn, 1);
	}
	assert_int_equal(settled(), before);
}

static void test_still_in_use(void **state)
{
	unsigned long before = settled(), start;
	struct page *page;

	free_range(&start);
	assert_int_equal(alloc_contig_range(start, start + 8, MIGRATE_MOVABLE, GFP_KERNEL), 0);
	page = pfn_to_page(start + 3);
	get_page(page);
	free_contig_range(start, 8);
	assert_log_has(this_machine(), "1 pages are still in use");
	put_page(page);
	assert_int_equal(settled(), before);
}

/* One of the two pageblocks of a block in use gets another type: it comes back in parts. */
static void test_types_in_a_block(void **state)
{
	unsigned long before = settled(), pfn;
	struct page *page = alloc_pages(GFP_KERNEL, MAX_ORDER - 1);
	struct zone *zone = page_zone(page);

	pfn = page_to_pfn(page);
	assert_int_equal(isolate(pfn + pageblock_nr_pages, pfn + pageblock_nr_pages + 1), 0);
	__free_pages(page, MAX_ORDER - 1);
	assert_int_equal(zone->nr_free_isolated, pageblock_nr_pages);
	assert_int_equal(settled(), before - pageblock_nr_pages);
	undo_isolate_page_range(pfn + pageblock_nr_pages, pfn + pageblock_nr_pages + 1,
				MIGRATE_RECLAIMABLE);
	assert_int_equal(settled(), before);
	assert_int_equal(zone->nr_free_isolated, 0);
}

/* --- alloc_contig_pages() ------------------------------------------------------------ */

static void test_pages(void **state)
{
	static const unsigned long sizes[] = { 1, 3, 500, 512, 700, 1024, 1500, 2048 };
	unsigned long before = settled(), start;
	struct page *page, *kept;
	size_t i;

	frames_begin();
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		page = alloc_contig_pages(sizes[i], GFP_HIGHUSER_MOVABLE, NUMA_NO_NODE, NULL);
		assert_non_null(page);
		start = page_to_pfn(page);
		if (!(sizes[i] & (sizes[i] - 1)))
			assert_int_equal(start & (sizes[i] - 1), 0);
		take_range(start, sizes[i]);
		assert_ptr_equal(page_zone(page), page_zone(pfn_to_page(start + sizes[i] - 1)));
		/* another one does not come from there */
		kept = alloc_contig_pages(sizes[i], GFP_HIGHUSER_MOVABLE, NUMA_NO_NODE, NULL);
		if (kept)
			take_range(page_to_pfn(kept), sizes[i]);
		give_range(start, sizes[i]);
		if (kept)
			give_range(page_to_pfn(kept), sizes[i]);
	}
	frames_end();
	assert_null(alloc_contig_pages(0, GFP_KERNEL, NUMA_NO_NODE, NULL));
	assert_null(alloc_contig_pages(1ul << 20, GFP_HIGHUSER, NUMA_NO_NODE, NULL));
	assert_null(alloc_contig_pages(~0ul, GFP_HIGHUSER, NUMA_NO_NODE, NULL));
	assert_int_equal(settled(), before);
}

static void test_pages_zone_and_node(void **state)
{
	int nid = this_machine()->nr_online_nodes - 1;
	nodemask_t mask = NODE_MASK_NONE;
	struct page *page;

	page = alloc_contig_pages(16, GFP_KERNEL | GFP_DMA, NUMA_NO_NODE, NULL);
	assert_non_null(page);
	assert_int_equal(page_zonenum(page), quire_dma_zone());
	free_contig_range(page_to_pfn(page), 16);
	page = alloc_contig_pages(16, GFP_HIGHUSER, nid, NULL);
	assert_int_equal(page_to_nid(page), nid);
	free_contig_range(page_to_pfn(page), 16);
	assert_null(alloc_contig_pages(16, GFP_HIGHUSER, 0, &mask));
	node_set(nid, mask);
	page = alloc_contig_pages(16, GFP_HIGHUSER, 0, &mask);
	assert_int_equal(page_to_nid(page), nid);
	free_contig_range(page_to_pfn(page), 16);
	page = alloc_contig_pages(16, GFP_HIGHUSER | __GFP_THISNODE, nid, NULL);
	assert_int_equal(page_to_nid(page), nid);
	free_contig_range(page_to_pfn(page), 16);
}

static void test_bad_isolation_is_seen(void **state)
{
	struct zone *zone = first_populated_zone();

	zone->nr_free_isolated++;
	expect_bug(zone_check(zone), "nr_free_isolated");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_isolated_is_not_given),
		quire_unit_test(test_highatomic),
		quire_unit_test(test_freed_meanwhile),
		quire_unit_test(test_refused),
		quire_unit_test(test_range),
		quire_fast_test(test_range_is_zeroed),
		quire_unit_test(test_range_in_use),
		quire_unit_test(test_range_in_stock),
		quire_unit_test(test_still_in_use),
		quire_unit_test(test_types_in_a_block),
		quire_unit_test(test_pages),
		quire_unit_test(test_pages_zone_and_node),
		quire_unit_test(test_bad_isolation_is_seen),
	};

	return cmocka_run_group_tests_name("isolation", tests, NULL, NULL);
}
