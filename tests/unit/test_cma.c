// SPDX-License-Identifier: MIT
/* Areas of contiguous memory: how they come about, who may use them, what they give. */
#include "phys_test.h"
#include "frame_map.h"
#include <linux/cma.h>
#include <linux/dma-mapping.h>
#include <linux/seq_file.h>

#define M		(1024ull * 1024)
#define AREA		(6 * M)
#define AREA_PAGES	(AREA >> PAGE_SHIFT)

static int setup_area(void **state)
{
	struct machine_config c = geometry_config(NULL);

	c.cma_bytes = AREA;
	return quire_setup_config(state, &c);
}

static struct cma *area(void)
{
	return this_machine()->cma.dma;
}

static struct zone *area_zone(void)
{
	return page_zone(pfn_to_page(area()->base_pfn));
}

static bool in_area(const struct page *page)
{
	return cma_pages_valid(area(), page, 1);
}

static unsigned long meminfo_kb(const char *line)
{
	static char text[8192];
	struct seq_file m = { .buf = text, .size = sizeof(text) };
	const char *at;

	meminfo_show(&m);
	text[m.count] = 0;
	at = strstr(text, line);
	return at ? strtoul(at + strlen(line), NULL, 10) : ~0ul;
}

static void test_area(void **state)
{
	struct cma *cma = area();
	unsigned long pfn;

	assert_int_equal(cma_get_size(cma), AREA);
	assert_int_equal(cma_get_base(cma) % CMA_MIN_ALIGNMENT_BYTES, 0);
	assert_string_equal(cma_get_name(cma), "reserved");
	assert_int_equal(this_machine()->totalcma_pages, AREA_PAGES);
	assert_int_equal(area_zone()->cma_pages, AREA_PAGES);
	assert_int_equal(area_zone()->nr_free_cma, AREA_PAGES);
	for (pfn = cma->base_pfn; pfn < cma->base_pfn + AREA_PAGES; pfn += pageblock_nr_pages)
		assert_int_equal(get_pageblock_migratetype(area_zone(), pfn), MIGRATE_CMA);
	assert_int_equal(meminfo_kb("\nCmaTotal:"), AREA >> 10);
	assert_int_equal(meminfo_kb("\nCmaFree:"), AREA >> 10);
	assert_int_equal(global_zone_page_state(NR_FREE_CMA_PAGES), AREA_PAGES);
	settled();
}

/* Until somebody wants it all, movable pages use the area, and nobody else. */
static void test_only_movable(void **state)
{
	unsigned long before = settled(), nr = 0;
	struct page *page, *next;
	LIST_HEAD(list);

	while ((page = alloc_page(GFP_HIGHUSER | __GFP_NOWARN)) != NULL) {
		assert_false(in_area(page));
		list_add(&page->lru, &list);
	}
	while ((page = alloc_page(GFP_DMA | __GFP_NOWARN)) != NULL) {
		assert_false(in_area(page));
		list_add(&page->lru, &list);
	}
	settled();
	assert_int_equal(area_zone()->nr_free_cma, AREA_PAGES);
	while ((page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN)) != NULL) {
		nr += in_area(page);
		list_add(&page->lru, &list);
	}
	/* GFP_HIGHUSER_MOVABLE may not go below the mark of its zone */
	if (area_zone()->type >= quire_kernel_zone())
		assert_true(nr > AREA_PAGES / 2);
	list_for_each_entry_safe(page, next, &list, lru)
		__free_page(page);
	assert_int_equal(settled(), before);
	assert_int_equal(area_zone()->nr_free_cma, AREA_PAGES);
}

static void test_alloc(void **state)
{
	static const struct { unsigned long nr; unsigned int align; } sizes[] = {
		{ 1, 0 }, { 7, 0 }, { 7, 3 }, { 512, 9 }, { 600, 5 }, { 1024, 8 },
		{ AREA_PAGES, 0 }, { AREA_PAGES, 9 },
	};
	struct page *page, *more;
	size_t i;
	unsigned long j;

	frames_begin();
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		page = cma_alloc(area(), sizes[i].nr, sizes[i].align, false);
		assert_non_null(page);
		assert_int_equal(page_to_pfn(page) & ((1ul << sizes[i].align) - 1), 0);
		assert_true(cma_pages_valid(area(), page, sizes[i].nr));
		for (j = 0; j < sizes[i].nr; j++)
			frames_take(page + j, 0);
		frames_check();
		assert_int_equal(meminfo_kb("\nCmaFree:"),
				 (AREA_PAGES - sizes[i].nr) << (PAGE_SHIFT - 10));
		more = cma_alloc(area(), AREA_PAGES - sizes[i].nr + 1, 0, true);
		assert_null(more);
		for (j = 0; j < sizes[i].nr; j++)
			frames_give(page + j, 0);
		assert_true(cma_release(area(), page, sizes[i].nr));
		frames_check();
	}
	frames_end();
	assert_int_equal(area_zone()->nr_free_cma, AREA_PAGES);
}

static void test_refused(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	assert_null(cma_alloc(NULL, 1, 0, true));
	assert_null(cma_alloc(area(), 0, 0, true));
	assert_null(cma_alloc(area(), AREA_PAGES + 1, 0, true));
	assert_null(cma_alloc(area(), ~0ul, 0, true));
	assert_null(cma_alloc(area(), 1, 200, true));
	assert_false(cma_release(area(), page, 1));
	assert_false(cma_release(NULL, page, 1));
	assert_false(cma_release(area(), NULL, 1));
	assert_false(cma_release(area(), pfn_to_page(area()->base_pfn), AREA_PAGES + 1));
	__free_page(page);
	host_fail_nth(this_machine(), 1, false);
	assert_null(cma_alloc(area(), 4, 0, false));
	host_fail_nth(this_machine(), 0, false);
	assert_log_has(this_machine(), "cma: reserved: alloc failed, req-size: 4 pages, ret: -12");
	settled();
}

/* Pages of programs in the area: it goes around them, and stops where it cannot. */
static void test_around_pages(void **state)
{
	unsigned long before = settled(), first = area()->base_pfn, at;
	struct page *page;

	/* one frame in the midst of the first pageblock is a program's */
	assert_int_equal(alloc_contig_range(first + 100, first + 101, MIGRATE_CMA, GFP_KERNEL), 0);
	page = cma_alloc(area(), 100, 0, false);
	assert_int_equal(page_to_pfn(page), first);
	assert_true(cma_release(area(), page, 100));
	page = cma_alloc(area(), 101, 0, false);
	assert_int_equal(page_to_pfn(page), first + 101);
	assert_true(cma_release(area(), page, 101));
	assert_null(cma_alloc(area(), AREA_PAGES - 100, 0, false));
	assert_log_has(this_machine(), "ret: -16");
	free_contig_range(first + 100, 1);
	/* a bit that is set counts as well */
	page = cma_alloc(area(), 8, 0, false);
	at = page_to_pfn(page);
	page = cma_alloc(area(), 8, 0, false);
	assert_int_equal(page_to_pfn(page), at + 8);
	assert_null(cma_alloc(area(), AREA_PAGES - 8, 0, true));
	assert_true(cma_release(area(), pfn_to_page(at), 8));
	assert_true(cma_release(area(), page, 8));
	assert_int_equal(settled(), before);
}

/* What movable requests have in this CPU's stock comes back for it. */
static void test_in_stock(void **state)
{
	unsigned long before = settled(), i;
	struct page *page, *pages[64];

	/* all that is free is the area's: so the stock is */
	for (i = 0; i < 64; i++)
		pages[i] = alloc_page(GFP_HIGHUSER_MOVABLE);
	for (i = 0; i < 64; i++)
		__free_page(pages[i]);
	page = cma_alloc(area(), AREA_PAGES, 0, false);
	assert_non_null(page);
	assert_true(cma_release(area(), page, AREA_PAGES));
	assert_int_equal(settled(), before);
}

/* --- boot ---------------------------------------------------------------------------- */

/* These run in a machine of their own that has not booted: only memblock is there. */
static void fresh_memblock(void)
{
	memblock_init(memblock_mem());
	memset(&this_machine()->cma, 0, sizeof(this_machine()->cma));
	assert_int_equal(memblock_add(16 * M, 48 * M), 0);
	assert_int_equal(memblock_add(80 * M, 16 * M), 0);
	this_machine()->facts.lowmem_limit_pfn = 0;
}

/* The boot's own words: the machine's state is put back, memblock has no further use. */
static void test_declare(void **state)
{
	struct machine *m = this_machine();
	struct cma_state kept = m->cma;
	unsigned long total = m->totalcma_pages, lowmem = m->facts.lowmem_limit_pfn;
	struct cma *cma = NULL, *last = NULL;
	int i;

	fresh_memblock();
	assert_int_equal(cma_declare_contiguous(0, 0, 0, 0, 0, false, "x", &cma), -EINVAL);
	assert_int_equal(cma_declare_contiguous(0, M, 0, 3 * M, 0, false, "x", &cma), -EINVAL);
	assert_int_equal(cma_declare_contiguous(17 * M, M, 0, 0, 0, true, "x", &cma), -EINVAL);
	assert_int_equal(cma_declare_contiguous(0, 2 * M, 0, 0, 10, false, "x", &cma), -EINVAL);
	assert_int_equal(cma_declare_contiguous(0, 1ull << 40, 0, 0, 0, false, "x", &cma), -EINVAL);
	assert_int_equal(cma_declare_contiguous(0, 60 * M, 0, 0, 0, false, "x", &cma), -ENOMEM);
	assert_int_equal(cma_declare_contiguous(62 * M, 4 * M, 0, 0, 0, true, "x", &cma), -EINVAL);
	assert_null(cma);
	assert_int_equal(memblock_reserved_size(), 0);

	/* from the top, rounded up to pageblocks */
	assert_int_equal(cma_declare_contiguous(0, M + 1, 0, 0, 0, false, "one", &cma), 0);
	assert_int_equal(cma_get_base(cma), 94 * M);
	assert_int_equal(cma_get_size(cma), 2 * M);
	assert_int_equal(m->totalcma_pages, total + (2 * M >> PAGE_SHIFT));
	assert_true(memblock_is_region_reserved(94 * M, 2 * M));
	/* below a limit; aligned; in its place */
	assert_int_equal(cma_declare_contiguous(0, 2 * M, 60 * M, 8 * M, 0, false, NULL, &cma), 0);
	assert_int_equal(cma_get_base(cma), 48 * M);
	assert_int_equal(cma_get_size(cma), 8 * M);
	assert_string_equal(cma_get_name(cma), "cma1");
	assert_int_equal(cma_declare_contiguous(32 * M, 2 * M, 0, 0, 0, true, "two", &cma), 0);
	assert_int_equal(cma_get_base(cma), 32 * M);
	assert_int_equal(cma_declare_contiguous(32 * M, 2 * M, 0, 0, 0, true, "two", &cma), -EBUSY);
	/* high memory first, but no area in both */
	m->facts.lowmem_limit_pfn = 84 * M >> PAGE_SHIFT;
	assert_int_equal(cma_declare_contiguous(82 * M, 4 * M, 0, 0, 0, true, "x", &cma), -EINVAL);
	assert_int_equal(cma_declare_contiguous(0, 10 * M, 0, 0, 0, false, "high", &cma), 0);
	assert_int_equal(cma_get_base(cma), 84 * M);
	assert_int_equal(cma_declare_contiguous(0, 8 * M, 0, 0, 0, false, "low", &cma), 0);
	assert_int_equal(cma_get_base(cma), 56 * M);

	assert_int_equal(cma_init_reserved_mem(40 * M, 2 * M, 0, "x", &last), -EINVAL);
	assert_int_equal(memblock_reserve(40 * M, 4 * M), 0);
	assert_int_equal(cma_init_reserved_mem(40 * M, M, 0, "x", &last), -EINVAL);
	assert_int_equal(cma_init_reserved_mem(40 * M, 0, 0, "x", &last), -EINVAL);
	assert_null(last);
	for (i = m->cma.nr; i < MAX_CMA_AREAS; i++)
		assert_int_equal(cma_declare_contiguous(0, 0x1000, 0, 0, 0, false, NULL, &last), 0);
	assert_int_equal(cma_declare_contiguous(0, 0x1000, 0, 0, 0, false, NULL, &last), -ENOSPC);
	assert_int_equal(cma_init_reserved_mem(42 * M, 2 * M, 0, "x", &last), -ENOSPC);
	m->cma = kept;
	m->totalcma_pages = total;
	m->facts.lowmem_limit_pfn = lowmem;
}

static int count_area(struct cma *cma, void *data)
{
	unsigned int *nr = data;

	(*nr)++;
	return cma == area() ? 7 : 0;
}

static void test_for_each(void **state)
{
	unsigned int nr = 0;

	assert_int_equal(cma_for_each_area(count_area, &nr), 7);
	assert_int_equal(nr, 1);
}

static void test_config(void **state)
{
	struct machine_config c = geometry_config(NULL);

	c.cma_bytes = 200 * M;
	assert_null(machine_create(&c));
	/* no zone has so much in a row */
	c.cma_bytes = 62 * M;
	assert_null(machine_create(&c));
}

/* Without an area there is no line about it. */
static void test_none(void **state)
{
	assert_int_equal(meminfo_kb("\nCmaTotal:"), ~0ul);
	assert_null(area());
	assert_null(cma_alloc(area(), 1, 0, true));
}

/* --- devices ------------------------------------------------------------------------- */

static void test_dma(void **state)
{
	struct device dev = { .init_name = "test", .coherent_dma_mask = DMA_BIT_MASK(64) };
	unsigned long before = settled();
	dma_addr_t handle = 0;
	char *p = dma_alloc_coherent(&dev, 5 * M, &handle, GFP_KERNEL);

	/* more than the buddy's largest block */
	assert_non_null(p);
	assert_true(in_area(virt_to_page(p)));
	assert_int_equal(handle, page_to_phys(virt_to_page(p)));
	assert_int_equal(p[0] | p[5 * M - 1], 0);
	dma_free_coherent(&dev, 5 * M, p, handle);
	/* a page, or without waiting: from the zones */
	p = dma_alloc_coherent(&dev, 100, &handle, GFP_KERNEL);
	assert_false(in_area(virt_to_page(p)));
	dma_free_coherent(&dev, 100, p, handle);
	p = dma_alloc_coherent(&dev, 3 * PAGE_SIZE, &handle, GFP_ATOMIC);
	assert_false(in_area(virt_to_page(p)));
	dma_free_coherent(&dev, 3 * PAGE_SIZE, p, handle);
	/* the area is out of the device's reach */
	dev.coherent_dma_mask = cma_get_base(area()) + 2 * PAGE_SIZE - 1;
	p = dma_alloc_coherent(&dev, 3 * PAGE_SIZE, &handle, GFP_KERNEL);
	assert_true(!p || !in_area(virt_to_page(p)));
	dma_free_coherent(&dev, 3 * PAGE_SIZE, p, handle);
	assert_int_equal(settled(), before);
}

#define AREA_TEST(t)	cmocka_unit_test_setup_teardown(t, setup_area, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AREA_TEST(test_area),
		AREA_TEST(test_only_movable),
		AREA_TEST(test_alloc),
		AREA_TEST(test_refused),
		AREA_TEST(test_around_pages),
		AREA_TEST(test_in_stock),
		AREA_TEST(test_declare),
		AREA_TEST(test_for_each),
		cmocka_unit_test(test_config),
		quire_unit_test(test_none),
		AREA_TEST(test_dma),
	};

	return cmocka_run_group_tests_name("cma", tests, NULL, NULL);
}
