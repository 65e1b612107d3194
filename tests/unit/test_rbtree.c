// SPDX-License-Identifier: MIT
/* Red-black trees against a sorted array; every rule is checked at every step. */
#include "lib_test.h"
#include <lib/rbtree.c>

#define KEYS 200

struct entry {
	struct rb_node rb;
	int key;
	unsigned long value;		/* what the maximum is taken of */
	unsigned long most;		/* in the subtree */
	bool in;
};

static inline unsigned long entry_value(struct entry *e)
{
	return e->value;
}

RB_DECLARE_CALLBACKS_MAX(static, most_callbacks, struct entry, rb, unsigned long, most,
			 entry_value);

static bool entry_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct entry, rb)->key < rb_entry(b, struct entry, rb)->key;
}

static int entry_cmp(const void *key, const struct rb_node *node)
{
	return *(const int *)key - rb_entry(node, struct entry, rb)->key;
}

/* The tree holds exactly the entries that are in, in order. */
static void check_tree(const struct rb_root *root, struct entry *e)
{
	struct rb_node *node = rb_first(root);
	int i;

	assert_true(rb_check(root));
	for (i = 0; i < KEYS; i++) {
		if (!e[i].in)
			continue;
		assert_ptr_equal(node, &e[i].rb);
		node = rb_next(node);
	}
	assert_null(node);
	node = rb_last(root);
	for (i = KEYS - 1; i >= 0; i--) {
		if (!e[i].in)
			continue;
		assert_ptr_equal(node, &e[i].rb);
		node = rb_prev(node);
	}
	assert_null(node);
}

static void test_against_array(void **state)
{
	static struct entry e[KEYS];
	struct rb_root_cached root = RB_ROOT_CACHED;
	int i, step;

	for (i = 0; i < KEYS; i++)
		e[i].key = i;
	for (step = 0; step < 20000; step++) {
		/* Drift between nearly empty and nearly full. */
		bool grow = test_below(100) < (step / 2000 % 2 ? 35 : 65);

		i = test_below(KEYS);
		if (grow == e[i].in)
			continue;
		if (e[i].in)
			rb_erase_cached(&e[i].rb, &root);
		else
			rb_add_cached(&e[i].rb, &root, entry_less);
		e[i].in = grow;
		assert_ptr_equal(rb_first_cached(&root), rb_first(&root.rb_root));
		assert_ptr_equal(rb_find(&e[i].key, &root.rb_root, entry_cmp),
				 e[i].in ? &e[i].rb : NULL);
		check_tree(&root.rb_root, e);
	}
}

static void test_ordered(void **state)
{
	static struct entry e[KEYS];
	struct rb_root root = RB_ROOT;
	int i;

	for (i = 0; i < KEYS; i++) {
		e[i].key = i;
		e[i].in = true;
		rb_add(&e[i].rb, &root, entry_less);
	}
	check_tree(&root, e);
	for (i = KEYS - 1; i >= 0; i--) {
		rb_erase(&e[i].rb, &root);
		e[i].in = false;
		check_tree(&root, e);
	}
	assert_true(RB_EMPTY_ROOT(&root));
}

static unsigned long true_most(const struct rb_node *node)
{
	const struct entry *e;
	unsigned long most, l, r;

	if (!node)
		return 0;
	e = rb_entry(node, struct entry, rb);
	most = e->value;
	l = true_most(node->rb_left);
	r = true_most(node->rb_right);
	most = max(most, max(l, r));
	assert_int_equal(e->most, most);
	return most;
}

static void insert_augmented(struct entry *e, struct rb_root *root)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	e->most = e->value;
	while (*link) {
		struct entry *at = rb_entry(*link, struct entry, rb);

		parent = *link;
		if (at->most < e->value)
			at->most = e->value;
		link = e->key < at->key ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&e->rb, parent, link);
	rb_insert_augmented(&e->rb, root, &most_callbacks);
}

static void test_augmented(void **state)
{
	static struct entry e[KEYS];
	struct rb_root root = RB_ROOT;
	int i, step;

	for (i = 0; i < KEYS; i++)
		e[i].key = i;
	for (step = 0; step < 20000; step++) {
		i = test_below(KEYS);
		if (e[i].in) {
			rb_erase_augmented(&e[i].rb, &root, &most_callbacks);
		} else {
			/* Few values: subtrees often do not change. */
			e[i].value = test_below(step % 1000 < 500 ? 4 : 100000);
			insert_augmented(&e[i], &root);
		}
		e[i].in = !e[i].in;
		true_most(root.rb_node);
		assert_true(rb_check(&root));
	}
}

static void test_replace_and_postorder(void **state)
{
	static struct entry e[KEYS];
	struct entry other = { .key = 77 }, *pos, *next;
	struct rb_root root = RB_ROOT;
	bool seen[KEYS] = { false };
	int i, n = 0;

	for (i = 0; i < KEYS; i++) {
		e[i].key = i;
		rb_add(&e[i].rb, &root, entry_less);
	}
	rb_replace_node(&e[77].rb, &other.rb, &root);
	assert_true(rb_check(&root));
	assert_ptr_equal(rb_next(&e[76].rb), &other.rb);
	rbtree_postorder_for_each_entry_safe(pos, next, &root, rb) {
		struct rb_node *l = pos->rb.rb_left, *r = pos->rb.rb_right;

		assert_true(!l || seen[rb_entry(l, struct entry, rb)->key]);
		assert_true(!r || seen[rb_entry(r, struct entry, rb)->key]);
		seen[pos->key] = true;
		n++;
	}
	assert_int_equal(n, KEYS);
}

static void test_equal_keys_keep_their_order(void **state)
{
	struct entry e[5];
	struct rb_root root = RB_ROOT;
	struct rb_node *node;
	int i;

	for (i = 0; i < 5; i++) {
		e[i].key = 1;
		rb_add(&e[i].rb, &root, entry_less);
	}
	for (i = 0, node = rb_first(&root); node; node = rb_next(node))
		assert_ptr_equal(node, &e[i++].rb);
	assert_int_equal(i, 5);
}

static void test_checker_notices(void **state)
{
	static struct entry e[KEYS];
	struct rb_root root = RB_ROOT;
	struct rb_node *node;
	int i;

	for (i = 0; i < 20; i++) {
		e[i].key = i;
		rb_add(&e[i].rb, &root, entry_less);
	}
	node = rb_first(&root);
	node->__rb_parent_color ^= 1;			/* B2 or B3 */
	assert_false(rb_check(&root));
	node->__rb_parent_color ^= 1;
	set_red(root.rb_node);				/* B1 */
	assert_false(rb_check(&root));
	set_black(root.rb_node);
	assert_true(rb_check(&root));
	set_parent(root.rb_node->rb_left, root.rb_node->rb_right);	/* B4 */
	assert_false(rb_check(&root));
	RB_CLEAR_NODE(&e[30].rb);
	assert_null(rb_next(&e[30].rb));
	assert_null(rb_prev(&e[30].rb));
	expect_bug(rb_erase(&e[30].rb, &root));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_array),
		cmocka_unit_test(test_ordered),
		cmocka_unit_test(test_augmented),
		cmocka_unit_test(test_replace_and_postorder),
		cmocka_unit_test(test_equal_keys_keep_their_order),
		cmocka_unit_test(test_checker_notices),
	};

	return cmocka_run_group_tests_name("rbtree", tests, NULL, NULL);
}
