// SPDX-License-Identifier: MIT
/* Per-CPU page lists: what they keep, their sizes, many CPUs at once. */
#include "phys_test.h"

#define M	(1024ull * 1024)

static int setup(void **state)
{
	struct machine_config c = { .ram_bytes = 128 * M, .nr_cpus = 4,
				 .dma_limit = PHYS_ADDR_MAX, .dma32_limit = PHYS_ADDR_MAX };

	return quire_setup_config(state, &c);
}

static struct per_cpu_pages *pcp_of(unsigned int cpu)
{
	return &the_zone()->per_cpu_pageset[cpu];
}

/* PC1, PC4 */
static void check_pcp(struct per_cpu_pages *pcp)
{
	unsigned int order, mt;
	struct page *page;
	int count = 0, old = 0;

	for (order = 0; order <= PCP_MAX_ORDER; order++)
		for (mt = 0; mt < MIGRATE_PCPTYPES; mt++)
			for (page = pcp->lists[order_to_pindex(order, mt)]; page;
			     page = page->pcp_next)
				count += 1 << order;
	for (order = 0; order <= PCP_MAX_ORDER; order++)
		for (mt = 0; mt < MIGRATE_PCPTYPES; mt++)
			for (page = pcp->old[order_to_pindex(order, mt)]; page;
			     page = page->pcp_next)
				old += 1 << order;
	assert_int_equal(pcp->count, count + old);
	assert_int_equal(pcp->old_count, old);				/* PC4 */
}

static void test_sizes(void **state)
{
	/* 128 MiB: 32 pages are a thousandth, 8 a quarter of it, 7 = 2^3 - 1 */
	assert_int_equal(pcp_of(0)->batch, 7);
	assert_int_equal(pcp_of(0)->high, low_wmark_pages(the_zone()) / 4);
	assert_int_equal(pcp_of(3)->high, pcp_of(0)->high);
	this_machine()->tunables.min_free_kbytes = 128;
	setup_per_zone_wmarks();
	assert_int_equal(pcp_of(0)->high, max(low_wmark_pages(the_zone()) / 4, 28ul));
}

static void test_fraction(void **state)
{
	int high = pcp_of(0)->high;

	assert_int_equal(set_percpu_pagelist_high_fraction(7), -EINVAL);
	assert_int_equal(set_percpu_pagelist_high_fraction(-1), -EINVAL);
	assert_int_equal(pcp_of(0)->high, high);
	assert_int_equal(set_percpu_pagelist_high_fraction(8), 0);
	assert_int_equal(pcp_of(3)->high, zone_managed_pages(the_zone()) / 8 / 4);
	setup_per_zone_wmarks();
	assert_int_equal(pcp_of(3)->high, zone_managed_pages(the_zone()) / 8 / 4);
	/* four batches at least */
	assert_int_equal(set_percpu_pagelist_high_fraction(INT_MAX), 0);
	assert_int_equal(pcp_of(0)->high, 4 * pcp_of(0)->batch);
	assert_int_equal(set_percpu_pagelist_high_fraction(0), 0);
	assert_int_equal(pcp_of(0)->high, high);
}

/* An idle CPU keeps its stock, but not when memory is short. */
static void test_idle(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	LIST_HEAD(list);

	__free_page(page);
	assert_true(drain_on_idle(0));
	assert_true(pcp_of(0)->count > 0);
	while ((page = alloc_page(GFP_KERNEL | __GFP_NOWARN)) != NULL)
		list_add(&page->lru, &list);
	page = list_first_entry(&list, struct page, lru);
	list_del(&page->lru);
	__free_page(page);
	assert_true(pcp_of(0)->count > 0);
	assert_false(drain_on_idle(0));
	assert_int_equal(pcp_of(0)->count, 0);
	while (!list_empty(&list)) {
		page = list_first_entry(&list, struct page, lru);
		list_del(&page->lru);
		__free_page(page);
	}
	check_all_zones();
}

#define STALE	40

static bool in_stock(struct per_cpu_pages *pcp, const struct page *page)
{
	struct page *at;
	unsigned int i;

	for (i = 0; i < 2 * NR_PCP_LISTS; i++)
		for (at = i < NR_PCP_LISTS ? pcp->lists[i] : pcp->old[i - NR_PCP_LISTS]; at;
		     at = at->pcp_next)
			if (at == page)
				return true;
	return false;
}

static void free_many(struct page **pages, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		__free_page(pages[i]);
}

static void alloc_many(struct page **pages, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		assert_non_null(pages[i] = alloc_page(GFP_KERNEL));
}

/* On an idle CPU goes back in the second second what was not used in the first. */
static void test_age(void **state)
{
	struct per_cpu_pages *pcp = pcp_of(0);
	struct page *pages[STALE], *block;

	drain_local_pages();
	block = alloc_pages(GFP_KERNEL, pageblock_order);
	__free_pages(block, pageblock_order);
	alloc_many(pages, STALE);
	free_many(pages, STALE);
	assert_true(pcp->count >= STALE && pcp->huge_count);
	assert_true(drain_on_idle(PCP_AGE_NS));
	check_pcp(pcp);
	assert_int_equal(pcp->old_count, pcp->count);
	assert_true(pcp->count >= STALE && pcp->huge_count);
	/* too early; and what is taken meanwhile is a batch that is no longer old */
	assert_true(drain_on_idle(2 * PCP_AGE_NS - 1));
	__free_page(alloc_page(GFP_KERNEL));
	check_pcp(pcp);
	assert_int_equal(pcp->count - pcp->old_count, pcp->batch);
	assert_true(drain_on_idle(2 * PCP_AGE_NS));
	check_pcp(pcp);
	assert_int_equal(pcp->count, pcp->batch);
	assert_int_equal(pcp->huge_count, 0);
	assert_false(drain_on_idle(3 * PCP_AGE_NS));
	assert_int_equal(pcp->count, 0);
	check_all_zones();
	/* an old pageblock is there for who wants it */
	block = alloc_pages(GFP_KERNEL, pageblock_order);
	__free_pages(block, pageblock_order);
	assert_true(drain_on_idle(5 * PCP_AGE_NS));
	assert_ptr_equal(alloc_pages(GFP_KERNEL, pageblock_order), block);
	assert_int_equal(pcp->huge_count, 0);
	__free_pages(block, pageblock_order);
	check_all_zones();
}

/* Pages at the bottom of a stock do not stay there while others come and go. */
static void test_stale_first(void **state)
{
	struct per_cpu_pages *pcp = pcp_of(0);
	struct page *stale[STALE], *pages[2000];
	unsigned int i;

	drain_local_pages();
	alloc_many(stale, STALE);
	alloc_many(pages, 2000);
	assert_true(4 * pcp->high < 2000);
	drain_local_pages();
	free_many(stale, STALE);
	for (i = 0; i < 4 * pcp->high; i++)
		__free_page(pages[i]);
	for (i = 0; i < STALE; i++)
		assert_false(in_stock(pcp, stale[i]));
	check_pcp(pcp);
	free_many(pages + 4 * pcp->high, 2000 - 4 * pcp->high);
	check_all_zones();
}

static void test_warm_first(void **state)
{
	struct page *a = alloc_page(GFP_KERNEL), *b = alloc_page(GFP_KERNEL);

	__free_page(a);
	__free_page(b);
	assert_ptr_equal(alloc_page(GFP_KERNEL), b);
	assert_ptr_equal(alloc_page(GFP_KERNEL), a);
	__free_page(a);
	__free_page(b);
	check_pcp(pcp_of(0));
}

static void test_refill_and_drain(void **state)
{
	unsigned long free = nr_free_pages(), in_buddy;
	struct page *page;

	drain_local_pages();
	assert_int_equal(pcp_of(0)->count, 0);
	assert_int_equal(nr_free_pages(), free);
	in_buddy = the_zone()->nr_free;
	page = alloc_page(GFP_KERNEL);
	assert_int_equal(pcp_of(0)->count, pcp_of(0)->batch - 1);
	assert_int_equal(the_zone()->nr_free, in_buddy - pcp_of(0)->batch);
	assert_int_equal(zone_page_state(the_zone(), NR_FREE_PAGES), free - 1);
	__free_page(page);
	page = alloc_pages(GFP_KERNEL, 3);
	check_pcp(pcp_of(0));
	__free_pages(page, 3);
	check_pcp(pcp_of(0));
	/* larger blocks do not stay */
	drain_local_pages();
	page = alloc_pages(GFP_KERNEL, 4);
	__free_pages(page, 4);
	assert_int_equal(pcp_of(0)->count, 0);
	check_all_zones();
}

static void test_high_is_kept(void **state)
{
	struct per_cpu_pages *pcp = pcp_of(0);
	struct page *pages[2000];
	int i;

	drain_local_pages();
	for (i = 0; i < 2000; i++)
		pages[i] = alloc_page(GFP_KERNEL);
	for (i = 0; i < 2000; i++) {
		__free_page(pages[i]);
		assert_true(pcp->count <= pcp->high);			/* PC3 */
	}
	/* who only frees keeps no more than a batch for sure */
	assert_true(pcp->count >= pcp->batch);
	assert_true(pcp->free_factor > 1);
	check_pcp(pcp);
	i = pcp->free_factor;
	drain_local_pages();
	__free_page(alloc_page(GFP_KERNEL));
	assert_int_equal(pcp->free_factor, i / 2);
	check_all_zones();
}

/*
 * Whatever lies in stocks, the count of free pages is exact at each look, and watermarks are
 * compared with no more than the buddy has: no mark below which counts would drift.
 */
static void test_count_is_exact(void **state)
{
	struct zone *zone = the_zone();
	unsigned long free = nr_free_pages();
	struct page *pages[STALE];
	unsigned int i, cpu;

	for (i = 0; i < STALE; i++) {
		quire_switch_cpu(i % 4);
		assert_non_null(pages[i] = alloc_page(GFP_KERNEL));
		assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), free - i - 1);
	}
	for (i = 0; i < STALE; i++) {
		quire_switch_cpu((i + 1) % 4);
		__free_page(pages[i]);
		assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), free - STALE + i + 1);
	}
	for (cpu = 0; cpu < 4; cpu++)
		assert_true(pcp_of(cpu)->count > 0);
	quire_switch_cpu(0);
	free = zone->nr_free;
	assert_true(zone_watermark_ok(zone, 0, free - 1, ZONE_NORMAL, 0));
	assert_false(zone_watermark_ok(zone, 0, free, ZONE_NORMAL, 0));
	check_all_zones();
}

static void test_other_cpu_frees(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	int count = pcp_of(0)->count;

	quire_switch_cpu(2);
	__free_page(page);
	assert_int_equal(pcp_of(0)->count, count);
	assert_true(pcp_of(2)->count >= 1);
	assert_ptr_equal(alloc_page(GFP_KERNEL), page);
	__free_page(page);
	drain_local_pages();
	assert_int_equal(pcp_of(2)->count, 0);
	quire_switch_cpu(0);
	check_all_zones();
}

static void test_events(void **state)
{
	unsigned long alloc = sum_vm_event(PGALLOC_NORMAL), freed = sum_vm_event(PGFREE);
	unsigned long hit = zone_page_state(the_zone(), NUMA_HIT);
	struct page *page = alloc_pages(GFP_KERNEL, 2);

	__free_pages(page, 2);
	assert_int_equal(sum_vm_event(PGALLOC_NORMAL), alloc + 4);
	assert_int_equal(sum_vm_event(PGFREE), freed + 4);
	assert_int_equal(zone_page_state(the_zone(), NUMA_HIT), hit + 1);
	assert_int_equal(zone_page_state(the_zone(), NUMA_LOCAL), hit + 1);
	assert_int_equal(zone_page_state(the_zone(), NUMA_OTHER), 0);
}

#define HELD	64

/* Allocate and free at random; every page is stamped with its holder. */
static void churn(unsigned int cpu, void *arg)
{
	u64 seed = 1 + cpu;
	struct page *held[HELD] = { NULL };
	unsigned int order[HELD] = { 0 };
	int i;

	for (i = 0; i < 20000; i++) {
		unsigned int slot = quire_random(&seed) % HELD;
		unsigned long *stamp;

		if (held[slot]) {
			stamp = page_address(held[slot]);
			mm_bug_on(*stamp != (cpu << 16 | slot));
			__free_pages(held[slot], order[slot]);
			held[slot] = NULL;
			continue;
		}
		order[slot] = quire_random(&seed) % 6;
		held[slot] = alloc_pages(quire_random(&seed) & 1 ? GFP_KERNEL : GFP_HIGHUSER_MOVABLE,
					 order[slot]);
		mm_bug_on(!held[slot]);
		stamp = page_address(held[slot]);
		*stamp = cpu << 16 | slot;
	}
	for (i = 0; i < HELD; i++)
		if (held[i])
			__free_pages(held[i], order[i]);
	drain_local_pages();
}

static void test_many_cpus(void **state)
{
	unsigned long before;

	drain_local_pages();
	before = nr_free_pages();
	quire_run_cpus(4, churn, NULL);
	assert_int_equal(nr_free_pages(), before);
	assert_int_equal(the_zone()->nr_free, before);
	check_all_zones();
}

/* --- what CPUs share --------------------------------------------------------------- */

#define SHARERS		(MACHINE_IS_32BIT ? 2 : 8)	/* of 80 MiB each: 8 do not fit there */
#define PAIRS		1000

static int setup_sharers(void **state)
{
	struct machine_config c = { .ram_bytes = SHARERS * 80 * M, .nr_cpus = SHARERS, .slab_fast = true,
				 .dma_limit = PHYS_ADDR_MAX, .dma32_limit = PHYS_ADDR_MAX };

	return quire_setup_config(state, &c);
}

static void pairs(unsigned int nr)
{
	while (nr--) {
		struct page *small = alloc_page(GFP_KERNEL);
		struct page *huge = alloc_pages(GFP_HIGHUSER_MOVABLE, pageblock_order);

		assert_true(small && huge);
		__free_page(small);
		__free_pages(huge, pageblock_order);
	}
}

/* Bytes that others look at too, as they were before a CPU's turn. */
static struct shared_copy {
	struct pglist_data node;
	struct machine machine;
	struct per_cpu_pages sets[SHARERS];
} copy;

static void copy_shared(struct shared_copy *to)
{
	memcpy(&to->node, NODE_DATA(0), sizeof(to->node));
	memcpy(&to->machine, this_machine(), sizeof(to->machine));
	memcpy(to->sets, the_zone()->per_cpu_pageset, sizeof(to->sets));
}

/*
 * With a stock each CPU allocates and frees orders 0 and 9 without a write to what is the
 * zone's, the node's, the machine's or another CPU's: whoever takes zone->lock moves pages.
 */
static void test_no_shared_writes(void **state)
{
	static struct shared_copy after;
	unsigned int cpu;

	for (cpu = 0; cpu < SHARERS; cpu++) {
		quire_switch_cpu(cpu);
		pairs(1);				/* there is a stock from now on */
	}
	for (cpu = 0; cpu < SHARERS; cpu++) {
		quire_switch_cpu(cpu);
		assert_true(pcp_of(cpu)->count && pcp_of(cpu)->huge_count);
		copy_shared(&copy);
		pairs(PAIRS);
		copy_shared(&after);
		assert_memory_equal(&after.node, &copy.node, sizeof(copy.node));
		assert_memory_equal(&after.machine, &copy.machine, sizeof(copy.machine));
		/* it did work, and all of it on its own lines */
		assert_int_equal(after.sets[cpu].pgfree, copy.sets[cpu].pgfree + PAIRS * 513ul);
		after.sets[cpu] = copy.sets[cpu];
		assert_memory_equal(after.sets, copy.sets, sizeof(copy.sets));
	}
	static_assert(sizeof(struct per_cpu_pages) % 64 == 0, "a CPU's lines are its own");
	quire_switch_cpu(0);
	check_all_zones();
}

#define TEST(t)	cmocka_unit_test_setup_teardown(t, setup, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sizes),
		TEST(test_fraction),
		TEST(test_idle),
		cmocka_unit_test_setup_teardown(test_age, setup_sharers, quire_teardown),
		TEST(test_stale_first),
		TEST(test_warm_first),
		TEST(test_refill_and_drain),
		TEST(test_high_is_kept),
		TEST(test_count_is_exact),
		TEST(test_other_cpu_frees),
		TEST(test_events),
		TEST(test_many_cpus),
		cmocka_unit_test_setup_teardown(test_no_shared_writes, setup_sharers,
						quire_teardown),
	};

	return cmocka_run_group_tests_name("pcp", tests, NULL, NULL);
}
