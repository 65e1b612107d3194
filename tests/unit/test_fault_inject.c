// SPDX-License-Identifier: MIT
/*
 * test_fault_inject.c - which allocations fail on request, one attribute after the other.
 *
 * A run of requests is drawn as a text, one letter each: '.' it succeeded, 'x' it failed.
 */
#include "quire_test.h"
#include <linux/fault-inject.h>
#include <mm/port.h>
#include "mm/internal.h"

static char drawn[64];

static struct fault_attr *slab_attr(void)
{
	return &this_machine()->debug.fault.failslab;
}

static struct fault_attr *page_attr(void)
{
	return &this_machine()->debug.fault.fail_page_alloc;
}

/* @nr times kmalloc(32) */
static const char *objects(unsigned int nr, gfp_t gfp)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		void *p = kmalloc(32, gfp);

		drawn[i] = p ? '.' : 'x';
		kfree(p);
	}
	drawn[nr] = 0;
	return drawn;
}

static const char *pages(unsigned int nr, gfp_t gfp, unsigned int order)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		struct page *page = alloc_pages(gfp, order);

		drawn[i] = page ? '.' : 'x';
		if (page)
			__free_pages(page, order);
	}
	drawn[nr] = 0;
	return drawn;
}

static void set(struct fault_attr *attr, const char *text)
{
	assert_int_equal(setup_fault_attr(attr, text), 0);
	attr->ignore_gfp_wait = false;
	attr->min_order = 0;
	atomic_long_set(&attr->count, 0);
}

/* nothing is armed, before and after */
static void test_off(void **state)
{
	assert_false(mm_hooks_armed());
	assert_string_equal(objects(5, GFP_NOWAIT), ".....");
	set(slab_attr(), "1,100,0,-1");
	assert_true(mm_hooks_armed());
	assert_string_equal(objects(5, GFP_NOWAIT), "xxxxx");
	assert_string_equal(pages(5, GFP_NOWAIT, 0), ".....");
	fault_attr_set_probability(slab_attr(), 0);
	assert_false(mm_hooks_armed());
	assert_string_equal(objects(5, GFP_NOWAIT), ".....");
	set(page_attr(), "1,100,0,-1");
	assert_string_equal(pages(5, GFP_KERNEL, 0), "xxxxx");
	assert_string_equal(objects(5, GFP_KERNEL), ".....");
	fault_attr_set_probability(page_attr(), 0);
	assert_false(mm_hooks_armed());
}

static void test_interval(void **state)
{
	set(slab_attr(), "3,100,0,-1");
	assert_string_equal(objects(10, GFP_KERNEL), "..x..x..x.");
	set(page_attr(), "2,100,0,-1");
	assert_string_equal(pages(6, GFP_KERNEL, 1), ".x.x.x");
}

static void test_times(void **state)
{
	set(slab_attr(), "1,100,0,3");
	assert_string_equal(objects(6, GFP_KERNEL), "xxx...");
	assert_int_equal(atomic_read(&slab_attr()->times), 0);
	set(slab_attr(), "1,100,0,0");
	assert_string_equal(objects(3, GFP_KERNEL), "...");
}

/* bytes of objects, pages of blocks */
static void test_space(void **state)
{
	set(slab_attr(), "1,100,100,-1");
	assert_string_equal(objects(6, GFP_KERNEL), "...xxx");	/* 100 68 36 4 */
	assert_int_equal(atomic_read(&slab_attr()->space), 4);
	set(page_attr(), "1,100,9,-1");
	assert_string_equal(pages(5, GFP_KERNEL, 1), "....x");	/* 9 7 5 3 1 */
}

static void test_probability(void **state)
{
	unsigned int i, failed = 0;

	set(slab_attr(), "1,30,0,-1");
	slab_attr()->verbose = 0;
	for (i = 0; i < 10000; i++) {
		void *p = kmalloc(64, GFP_KERNEL);

		failed += !p;
		kfree(p);
	}
	/* the numbers are the same in every run: no luck is needed */
	assert_in_range(failed, 2800, 3200);
	assert_int_equal(host_failures(*state), failed);
}

static void test_ignore_wait(void **state)
{
	set(slab_attr(), "1,100,0,-1");
	slab_attr()->ignore_gfp_wait = true;
	assert_string_equal(objects(3, GFP_KERNEL), "...");
	assert_string_equal(objects(3, GFP_ATOMIC), "xxx");
	set(page_attr(), "1,100,0,-1");
	page_attr()->ignore_gfp_wait = true;
	assert_string_equal(pages(3, GFP_KERNEL, 0), "...");
	assert_string_equal(pages(3, GFP_NOWAIT, 0), "xxx");
}

static void test_page_filters(void **state)
{
	set(page_attr(), "1,100,0,-1");
	page_attr()->min_order = 2;
	assert_string_equal(pages(2, GFP_KERNEL, 1), "..");
	assert_string_equal(pages(2, GFP_KERNEL, 2), "xx");
	assert_string_equal(pages(2, GFP_HIGHUSER, 2), "..");
	page_attr()->ignore_gfp_highmem = false;
	assert_string_equal(pages(2, GFP_HIGHUSER, 2), "xx");
	assert_string_equal(pages(2, GFP_KERNEL | __GFP_NOFAIL, 2), "..");
	assert_string_equal(objects(2, GFP_KERNEL | __GFP_NOFAIL), "..");
}

static void test_cache_filter(void **state)
{
	struct kmem_cache *marked = kmem_cache_create("marked", 32, 0, SLAB_FAILSLAB, NULL);
	void *p;

	set(slab_attr(), "1,100,0,-1");
	slab_attr()->cache_filter = true;
	assert_string_equal(objects(3, GFP_KERNEL), "...");
	p = kmem_cache_alloc(marked, GFP_KERNEL);
	assert_null(p);
	assert_int_equal(kmem_cache_alloc_bulk(marked, GFP_KERNEL, 1, &p), 0);
	assert_null(kmem_cache_alloc_node(marked, GFP_KERNEL, 0));
	fault_attr_set_probability(slab_attr(), 0);
	assert_int_equal(kmem_cache_destroy(marked), 0);
}

static void test_task_filter(void **state)
{
	set(slab_attr(), "1,100,0,-1");
	slab_attr()->task_filter = true;
	assert_string_equal(objects(3, GFP_KERNEL), "...");
	port_self_faults()->make_it_fail = true;
	assert_string_equal(objects(3, GFP_KERNEL), "xxx");
	port_self_faults()->make_it_fail = false;
	assert_string_equal(objects(3, GFP_KERNEL), "...");
}

/* pages and objects count together, once, and then nothing is armed */
static void test_task_nth(void **state)
{
	struct fault_task *self = port_self_faults();
	struct page *page;

	slab_attr()->ignore_gfp_wait = page_attr()->ignore_gfp_wait = false;
	page_attr()->min_order = 0;
	objects(1, GFP_KERNEL);			/* a slab is there */
	fault_task_set_nth(self, 3);
	assert_true(mm_hooks_armed());
	assert_string_equal(objects(1, GFP_KERNEL), ".");
	page = alloc_page(GFP_KERNEL);
	assert_non_null(page);
	__free_page(page);
	assert_int_equal(self->fail_nth, 1);
	assert_string_equal(objects(3, GFP_KERNEL), "x..");
	assert_int_equal(self->fail_nth, 0);
	assert_false(mm_hooks_armed());
	fault_task_set_nth(self, 5);
	fault_task_set_nth(self, 7);
	fault_task_set_nth(self, 0);
	assert_false(mm_hooks_armed());
	fault_task_set_nth(self, 5);
	fault_task_exit(self);
	assert_false(mm_hooks_armed());
}

static void test_report(void **state)
{
	struct machine *m = *state;

	set(slab_attr(), "1,100,0,5");
	objects(1, GFP_NOWAIT);
	assert_log_has(m, "FAULT_INJECTION: forcing a failure.\n"
		       "name failslab, interval 1, probability 100, space 0, times 5\n"
		       "Call Trace:");
	host_log_clear(m);
	slab_attr()->verbose = 1;
	objects(1, GFP_NOWAIT);
	assert_log_has(m, "times 4\n");
	assert_null(strstr(host_log_text(m), "Call Trace"));
	host_log_clear(m);
	objects(1, GFP_NOWAIT | __GFP_NOWARN);
	slab_attr()->verbose = 0;
	objects(1, GFP_NOWAIT);
	assert_string_equal(host_log_text(m), "");
	set(page_attr(), "1,100,0,1");
	page_attr()->verbose = 1;
	assert_string_equal(pages(2, GFP_NOWAIT, 0), "x.");
	assert_log_has(m, "name fail_page_alloc, interval 1, probability 100, space 0, times 1\n");
}

static unsigned int count_reports(struct machine *m)
{
	const char *at = host_log_text(m);
	unsigned int n = 0;

	while ((at = strstr(at, "FAULT_INJECTION"))) {
		at++;
		n++;
	}
	return n;
}

static void test_ratelimit(void **state)
{
	struct machine *m = *state;

	set(slab_attr(), "1,100,0,-1");
	slab_attr()->verbose = 1;
	slab_attr()->ratelimit_ms = 1000;
	slab_attr()->ratelimit_burst = 4;
	host_clock_advance(1000000000);
	assert_string_equal(objects(9, GFP_NOWAIT), "xxxxxxxxx");
	assert_int_equal(count_reports(m), 4);
	host_clock_advance(999999999);
	objects(1, GFP_NOWAIT);
	assert_int_equal(count_reports(m), 4);
	host_clock_advance(1);
	objects(9, GFP_NOWAIT);
	assert_int_equal(count_reports(m), 8);
}

static int setup_virtual_clock(void **state)
{
	struct machine_config config = geometry_config(NULL);

	config.virtual_clock = true;
	return quire_setup_config(state, &config);
}

static void test_option(void **state)
{
	static const char *const wrong[] = {
		"", "1", "1,2,3", "1,2,3,", "1,2,3,4,5", "1,,3,4", "a,2,3,4", "1,2,3,4x",
		"-1,2,3,4", "1,-2,3,4", "1,2,3,99999999999999999999",
	};
	struct fault_attr *attr = slab_attr();
	unsigned int i;

	assert_int_equal(setup_fault_attr(attr, "7,11,13,17"), 0);
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(setup_fault_attr(attr, wrong[i]), -EINVAL);
	assert_int_equal(attr->interval, 7);
	assert_int_equal(attr->probability, 11);
	assert_int_equal(atomic_read(&attr->space), 13);
	assert_int_equal(atomic_read(&attr->times), 17);
	fault_attr_set_probability(attr, 0);
}

/* @fail_nth of the machine and a kind's attributes at once: both count */
static void test_both(void **state)
{
	objects(1, GFP_KERNEL);			/* a slab is there */
	set(slab_attr(), "4,100,0,-1");
	host_fail_nth(*state, 2, false);
	assert_string_equal(objects(8, GFP_KERNEL), ".x..x...");
	host_fail_nth(*state, 0, false);
	assert_string_equal(objects(2, GFP_KERNEL), "x.");
}

/* CPUs of a machine, each with a share of failures; what succeeds is whole */
static void hammer(unsigned int cpu, void *arg)
{
	unsigned int i;

	for (i = 0; i < 3000; i++) {
		unsigned char *p = kmalloc(100, GFP_KERNEL);
		struct page *page = alloc_pages(GFP_KERNEL, 1);

		if (p) {
			memset(p, cpu, 100);
			mm_bug_on(p[99] != cpu);
		}
		kfree(p);
		if (page)
			__free_pages(page, 1);
	}
}

static void test_cpus(void **state)
{
	set(slab_attr(), "1,20,0,2000");
	set(page_attr(), "1,20,0,-1");
	slab_attr()->verbose = page_attr()->verbose = 0;
	quire_run_cpus(4, hammer, NULL);
	assert_int_equal(atomic_read(&slab_attr()->times), 0);
	assert_true(host_failures(*state) > 2000);
	fault_attr_set_probability(slab_attr(), 0);
	fault_attr_set_probability(page_attr(), 0);
	slab_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_off), quire_fast_test(test_off),
		quire_fast_test(test_interval), quire_fast_test(test_times),
		quire_fast_test(test_space), quire_unit_test(test_probability),
		quire_fast_test(test_ignore_wait), quire_fast_test(test_page_filters),
		quire_unit_test(test_cache_filter), quire_fast_test(test_cache_filter),
		quire_fast_test(test_task_filter), quire_fast_test(test_task_nth),
		quire_unit_test(test_report),
		cmocka_unit_test_setup_teardown(test_ratelimit, setup_virtual_clock,
						quire_teardown),
		quire_unit_test(test_option), quire_fast_test(test_both),
		quire_unit_test(test_cpus), quire_fast_test(test_cpus),
	};

	return cmocka_run_group_tests_name("fault_inject", tests, NULL, NULL);
}
