// SPDX-License-Identifier: MIT
/* What alloc_pages() does when memory is short: flags, scopes, shrinkers, other CPUs' stocks. */
#include <linux/sched/mm.h>
#include <linux/shrinker.h>
#include "phys_test.h"

#define M	(1024ull * 1024)

static int setup_one_zone(void **state)
{
	struct machine_config c = { .ram_bytes = 32 * M, .nr_cpus = 2,
				 .dma_limit = PHYS_ADDR_MAX, .dma32_limit = PHYS_ADDR_MAX };

	return quire_setup_config(state, &c);
}

static int setup_two_nodes(void **state)
{
	struct machine_config c = { .ram_bytes = 64 * M, .nr_cpus = 2, .nr_nodes = 2,
				 .dma_limit = PHYS_ADDR_MAX, .dma32_limit = PHYS_ADDR_MAX };

	return quire_setup_config(state, &c);
}

static unsigned long take_all(struct list_head *list, gfp_t gfp)
{
	unsigned long nr = 0;
	struct page *page;

	for (; (page = alloc_page(gfp | __GFP_NOWARN)) != NULL; nr++)
		list_add(&page->lru, list);
	return nr;
}

static void give_back(struct list_head *list)
{
	while (!list_empty(list)) {
		struct page *page = list_first_entry(list, struct page, lru);

		list_del(&page->lru);
		__free_page(page);
	}
}

/* How much is left when such a request gets nothing any more. */
static unsigned long left_by(gfp_t gfp)
{
	unsigned long before = settled(), left;
	LIST_HEAD(list);

	take_all(&list, gfp);
	drain_local_pages();
	left = the_zone()->nr_free;
	check_all_zones();
	give_back(&list);
	assert_int_equal(settled(), before);
	return left;
}

static void test_reserves(void **state)
{
	unsigned long min = the_zone()->_watermark[WMARK_MIN], half = min - min / 2;

	assert_int_equal(left_by(GFP_KERNEL), min);
	assert_int_equal(left_by(GFP_NOWAIT), min);
	assert_int_equal(left_by(GFP_NOIO), min);
	assert_int_equal(left_by(GFP_KERNEL | __GFP_NORETRY), min);
	assert_int_equal(left_by(GFP_KERNEL | __GFP_RETRY_MAYFAIL), min);
	assert_int_equal(left_by(GFP_HIGHUSER_MOVABLE), min);
	assert_int_equal(left_by(GFP_NOWAIT | __GFP_HIGH), half);
	assert_int_equal(left_by(GFP_ATOMIC), half - half / 4);
	assert_int_equal(left_by(GFP_ATOMIC | __GFP_NOMEMALLOC), half);
	assert_int_equal(left_by(GFP_NOWAIT | __GFP_MEMALLOC), 0);
	assert_int_equal(left_by(GFP_KERNEL | __GFP_MEMALLOC), 0);
	assert_int_equal(left_by(GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOMEMALLOC), min);
}

/* Every combination of what decides how a request is served, until nothing is left. */
static void test_all_flags(void **state)
{
	static const gfp_t bits[] = {
		__GFP_HIGH, __GFP_ATOMIC, __GFP_DIRECT_RECLAIM, __GFP_NORETRY,
		__GFP_RETRY_MAYFAIL, __GFP_MEMALLOC, __GFP_NOMEMALLOC, __GFP_FS,
		__GFP_MOVABLE, __GFP_RECLAIMABLE,
	};
	unsigned long before = settled(), i, b;
	LIST_HEAD(list);

	take_all(&list, GFP_KERNEL);
	for (i = 0; i < 1ul << ARRAY_SIZE(bits); i++) {
		unsigned int order = i % 5, left = 40;
		struct page *page[40];
		gfp_t gfp = __GFP_NOWARN;

		for (b = 0; b < ARRAY_SIZE(bits); b++)
			gfp |= i >> b & 1 ? bits[b] : 0;
		while (left && (page[left - 1] = alloc_pages(gfp, order)) != NULL)
			left--;
		for (; left < ARRAY_SIZE(page); left++)
			__free_pages(page[left], order);
		if (i % 16 == 0)
			check_all_zones();
	}
	give_back(&list);
	while (unreserve_highatomic(the_zone(), MIGRATE_MOVABLE, true))
		;
	assert_int_equal(settled(), before);
}

static void test_nofail(void **state)
{
	unsigned long warnings = host_warnings(*state);
	struct page *page;
	LIST_HEAD(list);

	take_all(&list, GFP_KERNEL);
	page = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	assert_non_null(page);
	__free_page(page);
	assert_int_equal(host_warnings(*state), warnings);
	/* who may not wait cannot be promised anything: a caller's bug */
	take_all(&list, GFP_ATOMIC);
	assert_null(alloc_page(GFP_NOWAIT | __GFP_NOFAIL | __GFP_NOWARN));
	assert_int_equal(host_warnings(*state), warnings + 1);
	give_back(&list);
	settled();
}

static void test_report(void **state)
{
	LIST_HEAD(list);

	take_all(&list, GFP_KERNEL);
	host_log_clear(*state);
	assert_null(alloc_page(GFP_KERNEL));
	assert_log_has(*state, "page allocation failure: order:0, mode:0x");
	assert_log_has(*state, "(GFP_KERNEL), nodemask=(null)");
	assert_log_has(*state, "Call Trace:");
	assert_log_has(*state, "Mem-Info:");
	host_log_clear(*state);
	assert_null(alloc_page(GFP_KERNEL));
	assert_null(strstr(host_log_text(*state), "page allocation failure"));
	give_back(&list);
	settled();
}

static void text_is(gfp_t gfp, const char *want)
{
	char text[GFP_TEXT_MAX];

	gfp_text(text, sizeof(text), gfp);
	assert_string_equal(text, want);
}

static void test_text(void **state)
{
	char text[GFP_TEXT_MAX];

	text_is(GFP_KERNEL | __GFP_ZERO, "GFP_KERNEL|__GFP_ZERO");
	text_is(GFP_ATOMIC | __GFP_NOWARN, "GFP_ATOMIC|__GFP_NOWARN");
	text_is(GFP_HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE");
	text_is(0, "0");
	text_is((gfp_t)0x80000000u, "0x80000000");
	gfp_text(text, sizeof(text), (gfp_t)~0u);
	assert_true(strlen(text) < sizeof(text) - 1);
}

/* --- scopes -------------------------------------------------------------------------- */

static void test_scopes(void **state)
{
	unsigned int nofs = memalloc_nofs_save(), noio, pin;

	assert_int_equal(current_gfp_context(GFP_KERNEL), GFP_NOFS);
	noio = memalloc_noio_save();
	assert_int_equal(current_gfp_context(GFP_KERNEL), GFP_NOIO);
	pin = memalloc_nofs_save();			/* they nest */
	memalloc_nofs_restore(pin);
	assert_int_equal(current_gfp_context(GFP_KERNEL), GFP_NOIO);
	memalloc_noio_restore(noio);
	assert_int_equal(current_gfp_context(GFP_KERNEL), GFP_NOFS);
	memalloc_nofs_restore(nofs);
	assert_int_equal(current_gfp_context(GFP_KERNEL), GFP_KERNEL);
}

static void test_pin_scope(void **state)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE), *pinned;
	unsigned int pin;

	__free_page(page);			/* in stock, where a movable request finds it */
	pin = memalloc_pin_save();
	pinned = alloc_page(GFP_HIGHUSER_MOVABLE);
	memalloc_pin_restore(pin);
	assert_int_equal(get_pageblock_migratetype(the_zone(), page_to_pfn(page)),
			 MIGRATE_MOVABLE);
	assert_int_equal(get_pageblock_migratetype(the_zone(), page_to_pfn(pinned)),
			 MIGRATE_UNMOVABLE);
	__free_page(pinned);
	assert_int_equal(atomic_read(&this_machine()->special_tasks), 0);
	settled();
}

static void test_noreclaim_scope(void **state)
{
	unsigned long before = settled();
	unsigned int scope;
	LIST_HEAD(list);

	take_all(&list, GFP_KERNEL);
	scope = memalloc_noreclaim_save();
	take_all(&list, GFP_KERNEL);
	assert_int_equal(the_zone()->nr_free, 0);
	memalloc_noreclaim_restore(scope);
	give_back(&list);
	assert_int_equal(settled(), before);
}

/* --- shrinkers ----------------------------------------------------------------------- */

/* Keeps pages of each node on lists, and gives them up when asked. */
struct hoard {
	struct shrinker shrinker;
	struct list_head pages[2];
	unsigned long nr[2], scans, most;
	gfp_t gfp;
	bool stubborn;
};

static unsigned long hoard_count(struct shrinker *s, struct shrink_control *sc)
{
	return container_of(s, struct hoard, shrinker)->nr[sc->nid];
}

static unsigned long hoard_scan(struct shrinker *s, struct shrink_control *sc)
{
	struct hoard *h = container_of(s, struct hoard, shrinker);
	unsigned long i;

	h->scans++;
	h->most = max(h->most, sc->nr_to_scan);
	h->gfp = sc->gfp_mask;
	if (h->stubborn)
		return SHRINK_STOP;
	for (i = 0; i < sc->nr_to_scan && h->nr[sc->nid]; i++) {
		struct page *page = list_first_entry(&h->pages[sc->nid], struct page, lru);

		list_del(&page->lru);
		h->nr[sc->nid]--;
		__free_page(page);
	}
	return i;
}

static void hoard_start(struct hoard *h, unsigned int flags)
{
	memset(h, 0, sizeof(*h));
	INIT_LIST_HEAD(&h->pages[0]);
	INIT_LIST_HEAD(&h->pages[1]);
	h->shrinker.count_objects = hoard_count;
	h->shrinker.scan_objects = hoard_scan;
	h->shrinker.seeks = DEFAULT_SEEKS;
	h->shrinker.flags = flags;
	assert_int_equal(register_shrinker(&h->shrinker, "hoard"), 0);
}

static void hoard_fill(struct hoard *h, int nid, unsigned long nr)
{
	while (nr--) {
		struct page *page = alloc_pages_node(nid, GFP_KERNEL | __GFP_THISNODE, 0);

		assert_non_null(page);
		list_add(&page->lru, &h->pages[nid]);
		h->nr[nid]++;
	}
}

static void test_shrinker(void **state)
{
	unsigned long before = settled(), had;
	struct hoard h;
	LIST_HEAD(list);

	hoard_start(&h, 0);
	h.shrinker.batch = 16;
	hoard_fill(&h, 0, 2000);
	take_all(&list, GFP_NOWAIT);
	assert_int_equal(h.scans, 0);			/* it may not wait (SP1) */
	had = h.nr[0];
	take_all(&list, GFP_NOFS);
	assert_int_equal(h.nr[0], 0);			/* all of it, before anybody fails */
	assert_true(h.scans >= had / 16 && h.most <= 16);
	assert_int_equal(h.gfp & (__GFP_FS | __GFP_IO), __GFP_IO);
	give_back(&list);
	unregister_shrinker(&h.shrinker);
	unregister_shrinker(&h.shrinker);		/* nothing to do */
	assert_int_equal(settled(), before);
}

static void test_shrinker_stops(void **state)
{
	struct hoard h;
	LIST_HEAD(list);

	hoard_start(&h, 0);
	h.stubborn = true;
	hoard_fill(&h, 0, 500);
	take_all(&list, GFP_KERNEL);
	assert_true(h.scans);
	assert_int_equal(h.nr[0], 500);
	/* what it owes comes on top, but no more than twice what there is */
	assert_true(atomic_long_read(&h.shrinker.nr_deferred[0]) > 0);
	h.stubborn = false;
	h.shrinker.seeks = 0;
	shrink_slab(GFP_KERNEL, 0, 0);
	assert_int_equal(h.nr[0], 0);
	unregister_shrinker(&h.shrinker);
	give_back(&list);
	settled();
}

static void test_shrinker_nodes(void **state)
{
	struct hoard h;

	hoard_start(&h, SHRINKER_NUMA_AWARE);
	hoard_fill(&h, 0, 400);
	hoard_fill(&h, 1, 300);
	shrink_slab(GFP_KERNEL, 1, 0);
	assert_int_equal(h.nr[0], 400);
	assert_int_equal(h.nr[1], 0);
	shrink_slab(GFP_KERNEL, 0, 12);			/* a 4,096th of 400: not yet */
	assert_int_equal(h.nr[0], 400);
	shrink_slab(GFP_KERNEL, 0, 1);
	assert_in_range(h.nr[0], 0, 200);
	shrink_slab(GFP_KERNEL, 0, 0);
	assert_int_equal(h.nr[0], 0);
	unregister_shrinker(&h.shrinker);
	settled();
}

static void test_shrinker_refused(void **state)
{
	struct shrinker s = { .count_objects = hoard_count };

	assert_int_equal(register_shrinker(&s, "half"), -EINVAL);
	s.scan_objects = hoard_scan;
	s.batch = -1;
	assert_int_equal(register_shrinker(&s, "batch"), -EINVAL);
	s.batch = 0;
	assert_int_equal(register_shrinker(&s, NULL), -EINVAL);
	unregister_shrinker(&s);
}

/* --- other CPUs ------------------------------------------------------------------------ */

static void test_drain_all(void **state)
{
	struct per_cpu_pages *other = &the_zone()->per_cpu_pageset[1];
	struct page *page;
	LIST_HEAD(list);

	quire_switch_cpu(1);
	page = alloc_page(GFP_KERNEL);
	__free_page(page);
	assert_true(other->count > 0);
	assert_false(drain_pending(1));
	quire_switch_cpu(0);
	take_all(&list, GFP_KERNEL);
	assert_true(drain_pending(1));			/* asked, as nothing was left */
	assert_true(other->count > 0);			/* what it has is its own */
	quire_switch_cpu(1);
	drain_if_asked();
	assert_int_equal(other->count, 0);
	assert_false(drain_pending(1));
	quire_switch_cpu(0);
	assert_true(take_all(&list, GFP_KERNEL) > 0);
	give_back(&list);
	settled();
}

#define ONE(t)	cmocka_unit_test_setup_teardown(t, setup_one_zone, quire_teardown)
#define TWO(t)	cmocka_unit_test_setup_teardown(t, setup_two_nodes, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ONE(test_reserves),
		ONE(test_all_flags),
		ONE(test_nofail),
		ONE(test_report),
		ONE(test_text),
		ONE(test_scopes),
		ONE(test_pin_scope),
		ONE(test_noreclaim_scope),
		ONE(test_shrinker),
		ONE(test_shrinker_stops),
		TWO(test_shrinker_nodes),
		ONE(test_shrinker_refused),
		ONE(test_drain_all),
	};

	return cmocka_run_group_tests_name("slowpath", tests, NULL, NULL);
}
