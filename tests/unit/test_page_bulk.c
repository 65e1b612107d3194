// SPDX-License-Identifier: MIT
/* Many pages with one call: places that are filled, fewer than were asked for, no leak. */
#include "phys_test.h"

#define MANY	200

static void free_array(struct page **array, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (array[i])
			__free_page(array[i]);
		array[i] = NULL;
	}
}

static unsigned int free_list(struct list_head *list)
{
	struct page *page, *next;
	unsigned int nr = 0;

	list_for_each_entry_safe(page, next, list, lru) {
		list_del(&page->lru);
		__free_page(page);
		nr++;
	}
	return nr;
}

static void test_array(void **state)
{
	struct page *array[MANY] = { NULL }, *kept;
	unsigned long before = settled();
	unsigned int i, j;

	assert_int_equal(alloc_pages_bulk_array(GFP_KERNEL, 0, array), 0);
	assert_null(array[0]);
	assert_int_equal(alloc_pages_bulk_array(GFP_KERNEL | __GFP_ZERO, MANY, array), MANY);
	for (i = 0; i < MANY; i++) {
		assert_int_equal(page_count(array[i]), 1);
		assert_int_equal(quire_page_word(array[i], 7), 0);
		for (j = 0; j < i; j++)
			assert_ptr_not_equal(array[i], array[j]);
	}
	/* only what is missing comes */
	kept = array[5];
	__free_page(array[3]);
	__free_page(array[MANY - 1]);
	array[3] = array[MANY - 1] = NULL;
	assert_int_equal(alloc_pages_bulk_array(GFP_KERNEL, MANY, array), MANY);
	assert_ptr_equal(array[5], kept);
	assert_true(array[3] && array[MANY - 1]);
	assert_int_equal(alloc_pages_bulk_array(GFP_KERNEL, MANY, array), MANY);
	free_array(array, MANY);
	assert_int_equal(settled(), before);
}

static void test_list(void **state)
{
	unsigned long before = settled();
	struct page *first = alloc_page(GFP_KERNEL);
	LIST_HEAD(list);

	list_add(&first->lru, &list);
	assert_int_equal(alloc_pages_bulk_list(GFP_KERNEL, MANY, &list), MANY);
	assert_ptr_equal(list_first_entry(&list, struct page, lru), first);
	assert_int_equal(free_list(&list), MANY + 1);
	assert_int_equal(settled(), before);
}

static void test_node(void **state)
{
	struct page *array[8] = { NULL };
	unsigned long before = settled();
	unsigned int nid, i;

	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		if (!node_state(nid, N_MEMORY))
			continue;
		assert_int_equal(alloc_pages_bulk_array_node(GFP_KERNEL | __GFP_THISNODE, nid, 8,
							     array), 8);
		for (i = 0; i < 8; i++)
			assert_int_equal(page_to_nid(array[i]), nid);
		free_array(array, 8);
	}
	assert_int_equal(settled(), before);
}

/* All that there is, but no report and no victim for more than the first. */
static void test_exhaustion(void **state)
{
	unsigned long before = settled(), nr, got = 0;
	LIST_HEAD(list);

	do {
		nr = alloc_pages_bulk_list(GFP_HIGHUSER | __GFP_NOWARN | __GFP_NORETRY,
					   1 << 20, &list);
		got += nr;
	} while (nr);
	assert_true(got > before / 2);
	assert_int_equal(alloc_pages_bulk_list(GFP_HIGHUSER | __GFP_NORETRY |
					       __GFP_NOWARN, 1, &list), 0);
	check_all_zones();
	assert_int_equal(free_list(&list), got);
	assert_int_equal(settled(), before);
}

/* The n-th page fails: those before it are there, and the places behind are empty. */
static void test_failures(void **state)
{
	struct machine *m = this_machine();
	unsigned long before = settled();
	unsigned int nth;

	for (nth = 1; nth <= 9; nth++) {
		struct page *array[8] = { NULL };
		unsigned long got, i;

		host_fail_nth(m, nth, false);
		got = alloc_pages_bulk_array(GFP_KERNEL | __GFP_NOWARN, 8, array);
		host_fail_nth(m, 0, false);
		assert_int_equal(got, nth - 1);
		for (i = 0; i < 8; i++)
			assert_int_equal(array[i] != NULL, i < got);
		free_array(array, 8);
		assert_int_equal(settled(), before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_array), quire_unit_test(test_list), quire_unit_test(test_node),
		quire_unit_test(test_exhaustion), quire_unit_test(test_failures),
	};

	return cmocka_run_group_tests_name("page_bulk", tests, NULL, NULL);
}
