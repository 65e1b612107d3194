// SPDX-License-Identifier: MIT
/* alloc_pages() and the buddy: splitting, merging, types, compound pages, pressure, bugs. */
#include "phys_test.h"

#define M	(1024ull * 1024)

static void test_every_order(void **state)
{
	unsigned long before = settled();
	unsigned int order;

	for (order = 0; order < MAX_ORDER; order++) {
		struct page *page = alloc_pages(GFP_KERNEL, order);

		assert_non_null(page);
		assert_int_equal(page_to_pfn(page) & ((1ul << order) - 1), 0);
		assert_int_equal(page_count(page), 1);
		assert_int_equal(page_mapcount(page), 0);
		assert_int_equal(nr_free_pages(), before - (1ul << order));
		memset(page_address(page), 0x5a, PAGE_SIZE << order);
		__free_pages(page, order);
		assert_int_equal(nr_free_pages(), before);
	}
	assert_int_equal(settled(), before);
	assert_null(alloc_pages(GFP_KERNEL | __GFP_NOWARN, MAX_ORDER));
}

static void test_merge_back(void **state)
{
	unsigned long blocks[MAX_ORDER];
	struct page *pages[1024];
	int i, order;

	settled();
	for (order = 0; order < MAX_ORDER; order++)
		blocks[order] = the_zone()->free_area[order].nr_free;
	for (i = 0; i < 1024; i++)
		pages[i] = alloc_page(GFP_KERNEL | __GFP_MOVABLE);
	/* free in an order that leaves no neighbours until the end */
	for (i = 0; i < 1024; i += 2)
		__free_page(pages[i]);
	check_all_zones();
	for (i = 1023; i > 0; i -= 2)
		__free_page(pages[i]);
	settled();
	for (order = 0; order < MAX_ORDER; order++)
		assert_int_equal(the_zone()->free_area[order].nr_free, blocks[order]);
}

static void test_zeroed(void **state)
{
	unsigned long addr = __get_free_pages(GFP_KERNEL, 2), i;

	memset((void *)addr, 0xff, 4 * PAGE_SIZE);
	free_pages(addr, 2);
	addr = __get_free_pages(GFP_KERNEL | __GFP_ZERO, 2);
	for (i = 0; i < 4 * PAGE_SIZE; i++)
		assert_int_equal(((char *)addr)[i], 0);
	free_pages(addr, 2);
	addr = get_zeroed_page(GFP_KERNEL);
	assert_int_equal(*(long *)addr, 0);
	free_page(addr);
	free_page(0);
}

static void test_exhaustion(void **state)
{
	unsigned long before = settled(), n = 0, min = min_wmark_pages(the_zone());
	struct page *page, *extra;
	LIST_HEAD(list);

	host_log_clear(*state);
	while ((page = alloc_page(GFP_KERNEL)) != NULL) {
		list_add(&page->lru, &list);
		n++;
	}
	/* what is left is the reserve */
	assert_int_equal(n, before - min);
	assert_log_has(*state, "page allocation failure: order:0, mode:");
	assert_log_has(*state, "Mem-Info:\n");
	/* one report only */
	assert_null(strstr(strstr(host_log_text(*state), "Mem-Info:") + 1, "Mem-Info:"));
	/* those who cannot wait get below it */
	extra = alloc_page(GFP_ATOMIC);
	assert_non_null(extra);
	__free_page(extra);
	extra = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	assert_non_null(extra);
	__free_page(extra);
	assert_null(alloc_pages(GFP_KERNEL | __GFP_NOWARN, 5));
	for (n = 0; (page = alloc_page(GFP_ATOMIC | __GFP_NOWARN)) != NULL; n++)
		list_add(&page->lru, &list);
	assert_true(n >= min / 2 && n < min);
	for (n = 0; (page = alloc_page(GFP_NOWAIT | __GFP_MEMALLOC | __GFP_NOWARN)); n++)
		list_add(&page->lru, &list);
	drain_local_pages();
	assert_int_equal(nr_free_pages(), 0);
	check_all_zones();

	while (!list_empty(&list)) {
		page = list_first_entry(&list, struct page, lru);
		list_del(&page->lru);
		__free_page(page);
	}
	assert_int_equal(settled(), before);
}

static void test_types_stay_apart(void **state)
{
	struct page *movable = alloc_page(GFP_HIGHUSER_MOVABLE);
	struct page *kernel = alloc_page(GFP_KERNEL);
	unsigned long mpfn = page_to_pfn(movable), kpfn = page_to_pfn(kernel);

	assert_int_not_equal(mpfn >> pageblock_order, kpfn >> pageblock_order);
	assert_int_equal(get_pageblock_migratetype(the_zone(), mpfn), MIGRATE_MOVABLE);
	assert_int_equal(get_pageblock_migratetype(the_zone(), kpfn), MIGRATE_UNMOVABLE);
	__free_page(movable);
	__free_page(kernel);
	settled();
}

static void test_fallback(void **state)
{
	unsigned long before = settled(), i, got = 0;
	struct page *page, *next;
	LIST_HEAD(list);

	/* movable pages everywhere, then every other one free: only small holes */
	while ((page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN)) != NULL)
		list_add(&page->lru, &list);
	i = 0;
	list_for_each_entry_safe(page, next, &list, lru) {
		if (page_to_pfn(page) & 1)
			continue;
		list_del(&page->lru);
		__free_page(page);
		i++;
	}
	drain_local_pages();
	check_all_zones();
	/* unmovable requests use them although no block is unmovable */
	while (got < i / 2 && (page = alloc_page(GFP_KERNEL | __GFP_NOWARN)) != NULL) {
		list_add(&page->lru, &list);
		got++;
	}
	assert_int_equal(got, i / 2);
	check_all_zones();
	assert_null(alloc_pages(GFP_KERNEL | __GFP_NOWARN, 4));
	list_for_each_entry_safe(page, next, &list, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
	assert_int_equal(settled(), before);
	page = alloc_pages(GFP_KERNEL, MAX_ORDER - 1);
	assert_non_null(page);
	__free_pages(page, MAX_ORDER - 1);
}

static void test_compound(void **state)
{
	unsigned long before = settled();
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 4);
	int i;

	assert_true(PageHead(page));
	assert_int_equal(compound_order(page), 4);
	for (i = 1; i < 16; i++) {
		assert_true(PageTail(page + i));
		assert_ptr_equal(compound_head(page + i), page);
	}
	get_page(page + 7);
	assert_int_equal(page_count(page), 2);
	put_page(page + 3);
	assert_int_equal(nr_free_pages(), before - 16);
	put_page(page + 15);
	assert_int_equal(nr_free_pages(), before);
	for (i = 0; i < 16; i++)
		assert_false(PageCompound(page + i));
	/* small ones go through the per-CPU lists */
	page = alloc_pages(GFP_KERNEL | __GFP_COMP, 1);
	put_page(page + 1);
	assert_int_equal(settled(), before);
}

static void test_shared_block(void **state)
{
	unsigned long before = settled();
	struct page *page = alloc_pages(GFP_KERNEL, 3);

	/* somebody else holds the first frame when the owner frees the block */
	get_page(page);
	__free_pages(page, 3);
	assert_int_equal(nr_free_pages(), before - 1);
	put_page(page);
	assert_int_equal(settled(), before);
}

static void test_exact(void **state)
{
	unsigned long before = settled();
	char *p = alloc_pages_exact(5 * PAGE_SIZE + 1, GFP_KERNEL);

	assert_non_null(p);
	assert_int_equal(nr_free_pages(), before - 6);
	memset(p, 1, 6 * PAGE_SIZE);
	free_pages_exact(p, 5 * PAGE_SIZE + 1);
	assert_int_equal(settled(), before);
	p = alloc_pages_exact_nid(0, 3 * PAGE_SIZE, GFP_KERNEL | __GFP_ZERO);
	assert_non_null(p);
	assert_int_equal(p[3 * PAGE_SIZE - 1], 0);
	free_pages_exact(p, 3 * PAGE_SIZE);
	assert_null(alloc_pages_exact_nid(0, 0, GFP_KERNEL));
	assert_null(alloc_pages_exact(0, GFP_KERNEL));
	assert_null(alloc_pages_exact(8 * M, GFP_KERNEL));
	assert_null(alloc_pages_exact(~0ul, GFP_KERNEL));
}

static void test_free_list(void **state)
{
	unsigned long before = settled();
	LIST_HEAD(list);
	int i;

	for (i = 0; i < 100; i++) {
		struct page *page = alloc_page(GFP_KERNEL);

		assert_true(put_page_testzero(page));
		list_add(&page->lru, &list);
	}
	free_unref_page_list(&list);
	assert_true(list_empty(&list));
	assert_int_equal(settled(), before);
}

static void test_anonymous_mapping_is_dropped(void **state)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE);
	unsigned long before = nr_free_pages();

	page->mapping = (void *)(0x1000 | PAGE_MAPPING_ANON);
	SetPageUptodate(page);
	SetPageDirty(page);
	SetPageSwapBacked(page);
	put_page(page);
	assert_null(page->mapping);
	assert_int_equal(nr_free_pages(), before + 1);
	settled();
}

/* Each way in which a page must not be freed: reported, and leaked. */
static void expect_leaked(struct machine *m, struct page *page, const char *reason)
{
	unsigned long before = nr_free_pages();

	host_log_clear(m);
	put_page(page);
	assert_log_has(m, "BUG: Bad page state in process ");
	assert_log_has(m, reason);
	assert_int_equal(nr_free_pages(), before);			/* BP1 */
	settled();
}

static void test_bad_pages(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	host_expect_leaks(*state);
	SetPageLocked(page);
	expect_leaked(*state, page, "flags: ");
	page = alloc_page(GFP_KERNEL);
	atomic_inc(&page->_mapcount);
	expect_leaked(*state, page, "nonzero mapcount");
	page = alloc_page(GFP_KERNEL);
	page->mapping = (void *)0x1000;
	expect_leaked(*state, page, "non-NULL mapping");
	page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);
	page[3].compound_head = 0;
	expect_leaked(*state, page, "compound_head not consistent");
	page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);
	SetPageReserved(page + 2);
	expect_leaked(*state, page, "(reserved|node=0");
}

/* Somebody writes to the struct page of a free frame: it is not handed out. */
static void test_bad_new_page(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL), *other;

	host_expect_leaks(*state);
	__free_page(page);
	page->mapping = (void *)0x1000;
	other = alloc_page(GFP_KERNEL);
	assert_ptr_not_equal(other, page);
	assert_log_has(*state, "page dumped because: non-NULL mapping");
	__free_page(other);
}

static void test_double_free(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	__free_page(page);
	expect_bug(__free_page(page), "_refcount");
}

static void test_dma(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL | GFP_DMA, 2);

	assert_int_equal(page_zonenum(page), quire_dma_zone());
	if (this_machine()->facts.dma_limit_pfn)
		assert_true(page_to_pfn(page) < this_machine()->facts.dma_limit_pfn);
	__free_pages(page, 2);
	page = alloc_page(GFP_KERNEL);
	assert_int_equal(page_zonenum(page), quire_kernel_zone());
	__free_page(page);
	assert_true(sum_vm_event(PGALLOC_DMA + quire_dma_zone()) >= 4);
}

/* --- the checker must be able to fail ------------------------------------------------ */

static void test_check_flag(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 6);

	__SetPageBuddy(page);		/* half of it, on no list; its buddy is not free */
	page->private = 5;
	atomic_set(&page->_refcount, 0);
	expect_bug(zone_check(the_zone()), "check_frames");
}

static void test_check_count(void **state)
{
	the_zone()->nr_free++;
	expect_bug(zone_check(the_zone()), "nr_free");
}

static void test_check_order(void **state)
{
	struct list_head *list = &the_zone()->free_area[MAX_ORDER - 1].free_list[MIGRATE_MOVABLE];

	list_first_entry(list, struct page, lru)->private = 3;
	expect_bug(zone_check(the_zone()), "private");
}

static void test_check_frame(void **state)
{
	struct list_head *list = &the_zone()->free_area[MAX_ORDER - 1].free_list[MIGRATE_MOVABLE];

	/* a block that nobody had yet may hold anything */
	memmap_ready(page_to_pfn(list_first_entry(list, struct page, lru)));
	atomic_set(&list_first_entry(list, struct page, lru)[77]._refcount, 1);
	expect_bug(zone_check(the_zone()), "_refcount");
}

#define ONE(t)	cmocka_unit_test_setup_teardown(t, quire_setup_one_zone, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE(test_every_order),
		ONE(test_merge_back),
		ONE(test_zeroed),
		ONE(test_exhaustion),
		ONE(test_types_stay_apart),
		ONE(test_fallback),
		ONE(test_compound),
		ONE(test_shared_block),
		ONE(test_exact),
		ONE(test_free_list),
		ONE(test_anonymous_mapping_is_dropped),
		ONE(test_bad_pages),
		ONE(test_bad_new_page),
		ONE(test_double_free),
		quire_unit_test(test_dma),
		ONE(test_check_flag),
		ONE(test_check_count),
		ONE(test_check_order),
		ONE(test_check_frame),
	};

	return cmocka_run_group_tests_name("buddy", tests, NULL, NULL);
}
