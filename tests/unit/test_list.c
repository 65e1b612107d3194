// SPDX-License-Identifier: MIT
/* Lists and hash-bucket lists against plain arrays, and the checks of L1 and L2. */
#include "lib_test.h"
#include <linux/list.h>

struct item {
	int id;
	struct list_head link;
	struct hlist_node hlink;
};

static void expect_ids(struct list_head *head, const int *ids, int n)
{
	struct item *it;
	int i = 0;

	list_for_each_entry(it, head, link) {
		assert_true(i < n);
		assert_int_equal(it->id, ids[i]);
		i++;
	}
	assert_int_equal(i, n);
	list_for_each_entry_reverse(it, head, link)
		assert_int_equal(it->id, ids[--i]);
	assert_int_equal(list_count_nodes(head), n);
}

#define IDS(head, ...)							\
do {									\
	int __ids[] = { __VA_ARGS__ };					\
	expect_ids(head, __ids, ARRAY_SIZE(__ids));			\
} while (0)

static void fill(struct list_head *head, struct item *items, int n)
{
	int i;

	INIT_LIST_HEAD(head);
	for (i = 0; i < n; i++) {
		items[i].id = i;
		list_add_tail(&items[i].link, head);
	}
}

static void test_add_and_delete(void **state)
{
	struct item a = { .id = 1 }, b = { .id = 2 }, c = { .id = 3 };
	LIST_HEAD(head);

	assert_true(list_empty(&head));
	assert_null(list_first_entry_or_null(&head, struct item, link));
	list_add(&a.link, &head);
	assert_true(list_is_singular(&head));
	list_add(&b.link, &head);
	list_add_tail(&c.link, &head);
	IDS(&head, 2, 1, 3);
	assert_true(list_is_first(&b.link, &head));
	assert_true(list_is_last(&c.link, &head));
	assert_ptr_equal(list_next_entry(&b, link), &a);
	assert_ptr_equal(list_prev_entry(&c, link), &a);
	list_del(&a.link);
	assert_ptr_equal(a.link.next, LIST_POISON1);
	assert_ptr_equal(a.link.prev, LIST_POISON2);
	IDS(&head, 2, 3);
	list_replace_init(&c.link, &a.link);
	IDS(&head, 2, 1);
	assert_true(list_empty(&c.link));
	list_del_init(&b.link);
	list_del_init(&a.link);
	assert_true(list_empty_careful(&head));
}

static void test_moving(void **state)
{
	struct item it[6];
	struct list_head head, other;

	fill(&head, it, 6);
	list_move(&it[3].link, &head);
	IDS(&head, 3, 0, 1, 2, 4, 5);
	list_move_tail(&it[0].link, &head);
	IDS(&head, 3, 1, 2, 4, 5, 0);
	list_rotate_left(&head);
	IDS(&head, 1, 2, 4, 5, 0, 3);
	list_rotate_to_front(&it[5].link, &head);
	IDS(&head, 5, 0, 3, 1, 2, 4);
	list_swap(&it[5].link, &it[1].link);
	IDS(&head, 1, 0, 3, 5, 2, 4);
	list_swap(&it[0].link, &it[3].link);
	IDS(&head, 1, 3, 0, 5, 2, 4);
	list_bulk_move_tail(&head, &it[3].link, &it[5].link);
	IDS(&head, 1, 2, 4, 3, 0, 5);
	list_cut_position(&other, &head, &it[4].link);
	IDS(&other, 1, 2, 4);
	IDS(&head, 3, 0, 5);
	list_splice_tail_init(&other, &head);
	IDS(&head, 3, 0, 5, 1, 2, 4);
	assert_true(list_empty(&other));
	list_cut_before(&other, &head, &it[5].link);
	IDS(&other, 3, 0);
	list_splice_init(&other, &head);
	IDS(&head, 3, 0, 5, 1, 2, 4);
	list_cut_before(&other, &head, &it[3].link);
	assert_true(list_empty(&other));
	list_cut_position(&other, &head, &head);
	assert_true(list_empty(&other));
}

static void test_safe_walks(void **state)
{
	struct item it[8], *pos, *next;
	struct list_head head;

	fill(&head, it, 8);
	list_for_each_entry_safe(pos, next, &head, link)
		if (pos->id % 2)
			list_del(&pos->link);
	IDS(&head, 0, 2, 4, 6);
	list_for_each_entry_safe_reverse(pos, next, &head, link)
		if (pos->id >= 4)
			list_del(&pos->link);
	IDS(&head, 0, 2);
	pos = &it[0];
	list_for_each_entry_continue(pos, &head, link)
		assert_int_equal(pos->id, 2);
	pos = &it[2];
	list_for_each_entry_from_reverse(pos, &head, link)
		assert_true(pos->id == 2 || pos->id == 0);
}

static void test_broken_lists_are_noticed(void **state)
{
	struct item it[3];
	struct list_head head;

	fill(&head, it, 3);
	it[1].link.prev->next = &it[2].link;		/* somebody lost it[1] */
	expect_bug(list_del(&it[1].link));
	fill(&head, it, 3);
	head.prev = &it[0].link;
	expect_bug(list_add_tail(&it[2].link, &head));
	fill(&head, it, 2);
	expect_bug(list_add(&it[0].link, &head));	/* it is there already */
}

static void test_random_against_array(void **state)
{
	struct item it[32];
	int order[32], n = 0, step, i, pick;
	bool in[32] = { false };
	LIST_HEAD(head);

	for (i = 0; i < 32; i++)
		it[i].id = i;
	for (step = 0; step < 20000; step++) {
		pick = test_below(32);
		if (in[pick]) {
			list_del(&it[pick].link);
			for (i = 0; order[i] != pick; i++)
				;
			memmove(order + i, order + i + 1, (n - i - 1) * sizeof(int));
			n--;
		} else if (test_below(2)) {
			list_add(&it[pick].link, &head);
			memmove(order + 1, order, n++ * sizeof(int));
			order[0] = pick;
		} else {
			list_add_tail(&it[pick].link, &head);
			order[n++] = pick;
		}
		in[pick] = !in[pick];
		if (step % 16 == 0)
			expect_ids(&head, order, n);
	}
}

static void test_hlist(void **state)
{
	struct item a = { .id = 1 }, b = { .id = 2 }, c = { .id = 3 }, *pos;
	struct hlist_node *next;
	HLIST_HEAD(head);
	HLIST_HEAD(moved);
	int sum = 0;

	INIT_HLIST_NODE(&a.hlink);
	assert_true(hlist_unhashed(&a.hlink));
	hlist_del_init(&a.hlink);			/* nothing to do */
	hlist_add_head(&a.hlink, &head);
	assert_true(hlist_is_singular_node(&a.hlink, &head));
	hlist_add_before(&b.hlink, &a.hlink);
	hlist_add_behind(&c.hlink, &a.hlink);
	hlist_for_each_entry(pos, &head, hlink)
		sum = sum * 10 + pos->id;
	assert_int_equal(sum, 213);
	hlist_move_list(&head, &moved);
	assert_true(hlist_empty(&head));
	hlist_for_each_entry_safe(pos, next, &moved, hlink)
		if (pos->id != 3)
			hlist_del(&pos->hlink);
	assert_ptr_equal(moved.first, &c.hlink);
	hlist_add_head(&a.hlink, &moved);
	moved.first = &c.hlink;
	expect_bug(hlist_del(&a.hlink));		/* L2 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add_and_delete),
		cmocka_unit_test(test_moving),
		cmocka_unit_test(test_safe_walks),
		cmocka_unit_test(test_broken_lists_are_noticed),
		cmocka_unit_test(test_random_against_array),
		cmocka_unit_test(test_hlist),
	};

	return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
