// SPDX-License-Identifier: MIT
/* Sparse arrays against a table of (index, entry, marks), with failing allocations. */
#include "lib_test.h"

#define xa_node_alloc	test_node_alloc
#define xa_node_free	test_node_free
#include <lib/spinlock.c>
#include <lib/xarray.c>

static long nodes_live;
static long fail_after = -1;		/* allocations that succeed before one fails */
static struct xarray *must_be_unlocked;

struct xa_node *xa_node_alloc(gfp_t gfp)
{
	assert_int_equal(gfp, 42);
	if (must_be_unlocked)
		assert_false(spin_is_locked(&must_be_unlocked->xa_lock));
	if (fail_after == 0)
		return NULL;
	if (fail_after > 0)
		fail_after--;
	nodes_live++;
	return malloc(sizeof(struct xa_node));
}

void xa_node_free(struct xa_node *node)
{
	nodes_live--;
	free(node);
}

#define GFP 42

#define LEVELS DIV_ROUND_UP(BITS_PER_LONG, XA_CHUNK_SHIFT)
#define HIGH_BIT (~(ULONG_MAX >> 1))

/* Indices at every border of the tree. */
static const unsigned long places[] = {
	0, 1, 2, 62, 63, 64, 65, 127, 128, 4095, 4096, 4097, 4160, 262143, 262144,
	262145, 1UL << 24, (1UL << 24) + 1, HIGH_BIT >> (BITS_PER_LONG == 64 ? 27 : 5), HIGH_BIT >> 4, HIGH_BIT >> 3,
	HIGH_BIT, HIGH_BIT + 1, ULONG_MAX - 64, ULONG_MAX - 63, ULONG_MAX - 1, ULONG_MAX,
};
#define PLACES ARRAY_SIZE(places)

struct model {
	void *entry[PLACES];
	bool mark[PLACES][XA_MAX_MARKS];
};

static bool model_passes(const struct model *m, unsigned int i, xa_mark_t filter)
{
	return m->entry[i] && (filter == XA_PRESENT || m->mark[i][filter]);
}

static void compare_find(struct xarray *xa, const struct model *m, xa_mark_t filter)
{
	unsigned long from = places[test_below(PLACES)] - test_below(3);
	unsigned long max = places[test_below(PLACES)] + test_below(3), index = from;
	void *entry = xa_find(xa, &index, max, filter);
	unsigned int i;

	for (i = 0; i < PLACES; i++)
		if (places[i] >= from && places[i] <= max && model_passes(m, i, filter))
			break;
	if (i == PLACES) {
		assert_null(entry);
		assert_true(index == from);
	} else {
		assert_ptr_equal(entry, m->entry[i]);
		assert_true(index == places[i]);
	}
}

static void compare(struct xarray *xa, const struct model *m)
{
	struct xa_cursor cursor = XA_CURSOR(xa);
	unsigned long index, nr = 0;
	unsigned int i = 0, k;
	void *entry;

	assert_true(xa_check(xa));
	for (k = 0; k < PLACES; k++) {
		assert_ptr_equal(xa_load(xa, places[k]), m->entry[k]);
		nr += m->entry[k] != NULL;
		assert_int_equal(xa_get_mark(xa, places[k], k % 3), m->mark[k][k % 3]);
	}
	assert_int_equal(xa_empty(xa), nr == 0);
	xa_for_each(xa, index, entry) {
		while (!m->entry[i])
			i++;
		assert_true(index == places[i]);
		assert_ptr_equal(entry, m->entry[i++]);
		nr--;
	}
	assert_int_equal(nr, 0);
	for (i = 0; i < PLACES; i++)		/* by one cursor */
		assert_ptr_equal(xa_cursor_load(&cursor, places[i]), m->entry[i]);
	compare_find(xa, m, XA_PRESENT);
	compare_find(xa, m, XA_MARK_1);
}

static void random_step(struct xarray *xa, struct model *m)
{
	unsigned int i = test_below(PLACES);
	xa_mark_t mark = test_below(XA_MAX_MARKS);
	void *entry = xa_mk_value(test_below(1000));

	switch (test_below(6)) {
	case 0:
		entry = (void *)(0x1000 + 4 * test_below(1000));
		fallthrough;
	case 1:
		assert_ptr_equal(xa_store(xa, places[i], entry, GFP), m->entry[i]);
		m->entry[i] = entry;
		break;
	case 2:
	case 3:
		assert_ptr_equal(xa_erase(xa, places[i]), m->entry[i]);
		m->entry[i] = NULL;
		memset(m->mark[i], 0, sizeof(m->mark[i]));
		break;
	case 4:
		xa_set_mark(xa, places[i], mark);
		m->mark[i][mark] |= m->entry[i] != NULL;
		break;
	default:
		xa_clear_mark(xa, places[i], mark);
		m->mark[i][mark] = false;
		break;
	}
}

static void test_against_table(void **state)
{
	static struct model m;
	DEFINE_XARRAY(xa);
	int step;

	must_be_unlocked = &xa;
	for (step = 0; step < 60000; step++) {
		random_step(&xa, &m);
		compare(&xa, &m);
	}
	xa_destroy(&xa);
	assert_true(xa_empty(&xa));
	assert_false(xa_marked(&xa, XA_MARK_0));
	assert_int_equal(nodes_live, 0);
	must_be_unlocked = NULL;
}

static void test_dense(void **state)
{
	unsigned long i, index, n = 0;
	DEFINE_XARRAY(xa);
	void *entry;

	for (i = 0; i < 10000; i++)
		assert_null(xa_store(&xa, i, xa_mk_value(i), GFP));
	assert_true(xa_check(&xa));
	/* 157 leaves, 3 nodes above them, 1 top */
	assert_int_equal(nodes_live, 157 + 3 + 1);
	xa_for_each_range(&xa, index, entry, 100, 199) {
		assert_int_equal(xa_to_value(entry), index);
		n++;
	}
	assert_int_equal(n, 100);
	xa_for_each(&xa, index, entry)		/* erasing under the walk */
		if (index % 3)
			assert_ptr_equal(xa_erase(&xa, index), entry);
	assert_true(xa_check(&xa));
	for (i = 9999; i > 0; i--)
		xa_erase(&xa, i);
	assert_int_equal(nodes_live, 0);	/* only the head is left: X5 */
	assert_ptr_equal(xa_load(&xa, 0), xa_mk_value(0));
	xa_destroy(&xa);
}

static void test_head_keeps_its_marks(void **state)
{
	DEFINE_XARRAY(xa);

	xa_set_mark(&xa, 0, XA_MARK_0);
	assert_false(xa_marked(&xa, XA_MARK_0));
	xa_store(&xa, 0, xa_mk_value(7), GFP);
	xa_set_mark(&xa, 0, XA_MARK_2);
	xa_store(&xa, HIGH_BIT >> 2, xa_mk_value(8), GFP);
	assert_true(xa_get_mark(&xa, 0, XA_MARK_2));
	assert_false(xa_get_mark(&xa, HIGH_BIT >> 2, XA_MARK_2));
	assert_true(xa_check(&xa));
	xa_erase(&xa, HIGH_BIT >> 2);
	assert_true(xa_get_mark(&xa, 0, XA_MARK_2));
	xa_store(&xa, 0, xa_mk_value(9), GFP);	/* replacing keeps marks */
	assert_true(xa_get_mark(&xa, 0, XA_MARK_2));
	xa_store(&xa, 0, NULL, GFP);		/* storing nothing erases */
	assert_false(xa_marked(&xa, XA_MARK_2));
	assert_int_equal(nodes_live, 0);
}

static void test_insert_and_cmpxchg(void **state)
{
	void *one = xa_mk_value(1), *two = xa_mk_value(2), *dst[4];
	DEFINE_XARRAY(xa);

	assert_int_equal(xa_insert(&xa, 5, one, GFP), 0);
	assert_int_equal(xa_insert(&xa, 5, two, GFP), -EBUSY);
	assert_ptr_equal(xa_load(&xa, 5), one);
	assert_ptr_equal(xa_cmpxchg(&xa, 5, two, NULL, GFP), one);
	assert_ptr_equal(xa_cmpxchg(&xa, 5, one, two, GFP), one);
	assert_ptr_equal(xa_load(&xa, 5), two);
	assert_null(xa_cmpxchg(&xa, 700, NULL, one, GFP));
	assert_int_equal(xa_extract(&xa, dst, 0, ULONG_MAX, 4, XA_PRESENT), 2);
	assert_ptr_equal(dst[1], one);
	assert_int_equal(xa_extract(&xa, dst, 6, ULONG_MAX, 4, XA_PRESENT), 1);
	assert_ptr_equal(xa_cmpxchg(&xa, 5, two, NULL, GFP), two);
	assert_null(xa_load(&xa, 5));
	warnings_seen = 0;
	assert_int_equal(xa_err(xa_store(&xa, 9, (void *)0x1002, GFP)), -EINVAL);
	assert_int_equal(warnings_seen, 1);
	xa_destroy(&xa);
}

/* Fail the Nth allocation: nothing changes, nothing leaks. */
static void test_no_memory(void **state)
{
	DEFINE_XARRAY(xa);
	int nth, failed = 0;

	xa_store(&xa, 3, xa_mk_value(3), GFP);
	for (nth = 0; nth < 2 * (LEVELS - 1); nth++) {
		long before = nodes_live;
		void *old;

		fail_after = nth;
		old = xa_store(&xa, ULONG_MAX, xa_mk_value(4), GFP);
		fail_after = -1;
		assert_true(xa_check(&xa));
		assert_ptr_equal(xa_load(&xa, 3), xa_mk_value(3));
		if (!xa_is_err(old))
			break;
		failed++;
		assert_int_equal(xa_err(old), -ENOMEM);
		assert_int_equal(nodes_live, before);
		assert_null(xa_load(&xa, ULONG_MAX));
		fail_after = nth;
		assert_int_equal(xa_insert(&xa, ULONG_MAX, xa_mk_value(4), GFP), -ENOMEM);
		fail_after = -1;
	}
	/* the levels above the leaf there is, and as many nodes down to the new one */
	assert_int_equal(failed, 2 * (LEVELS - 1));
	assert_null(xa_store(&xa, ULONG_MAX, xa_mk_value(4), GFP));
	assert_int_equal(nodes_live, 2 * LEVELS - 1);
	xa_destroy(&xa);
	assert_int_equal(nodes_live, 0);
}

static void test_entries(void **state)
{
	assert_true(xa_is_value(xa_mk_value(0)));
	assert_int_equal(xa_to_value(xa_mk_value(LONG_MAX)), LONG_MAX);
	assert_int_equal(xa_err(XA_ERROR(-ENOMEM)), -ENOMEM);
	assert_int_equal(xa_err(XA_ERROR(-MAX_ERRNO)), -MAX_ERRNO);
	assert_int_equal(xa_err(NULL), 0);
	assert_int_equal(xa_err((void *)0x1000), 0);
	assert_false(xa_is_err(xa_mk_value(3)));
}

static void test_checker_notices(void **state)
{
	DEFINE_XARRAY(xa);
	struct xa_node *top;

	xa_store(&xa, 1, xa_mk_value(1), GFP);
	xa_store(&xa, 70, xa_mk_value(2), GFP);
	assert_true(xa_check(&xa));
	top = to_node(xa.xa_head);
	top->count++;						/* X2 */
	assert_false(xa_check(&xa));
	top->count--;
	__set_bit(1, top->marks[0]);				/* X3 */
	assert_false(xa_check(&xa));
	__clear_bit(1, top->marks[0]);
	to_node(top->slots[1])->offset = 9;			/* X4 */
	assert_false(xa_check(&xa));
	to_node(top->slots[1])->offset = 1;
	xa.xa_flags |= XA_FLAGS_MARK(1);			/* X3 */
	assert_false(xa_check(&xa));
	xa_destroy(&xa);
	/* A store wants the lock. */
	expect_bug(__xa_erase(&xa, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_against_table),
		cmocka_unit_test(test_dense),
		cmocka_unit_test(test_head_keeps_its_marks),
		cmocka_unit_test(test_insert_and_cmpxchg),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_checker_notices),
	};

	return cmocka_run_group_tests_name("xarray", tests, NULL, NULL);
}
