// SPDX-License-Identifier: MIT
/* Bits, bitmaps and sets of CPUs against arrays of bool. */
#include "lib_test.h"
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/nodemask.h>
#include <lib/bitmap.c>

#define MAX 200

struct model {
	DECLARE_BITMAP(map, MAX);
	bool bit[MAX];
};

/* Random bits; those of the last word beyond n are set at random, too. */
static void random_map(struct model *m)
{
	unsigned int i, percent = test_below(101);

	for (i = 0; i < BITS_TO_LONGS(MAX); i++)
		m->map[i] = test_random();
	for (i = 0; i < MAX; i++) {
		m->bit[i] = test_below(100) < percent;
		__assign_bit(i, m->map, m->bit[i]);
	}
}

static unsigned int first(const bool *bit, unsigned int n, unsigned int from, bool value)
{
	while (from < n && bit[from] != value)
		from++;
	return from < n ? from : n;
}

static void test_searches(void **state)
{
	struct model m;
	unsigned int round, n, from, i, weight, last;

	for (round = 0; round < 20000; round++) {
		random_map(&m);
		n = test_below(MAX + 1);
		from = test_below(MAX + 1);
		assert_int_equal(find_next_bit(m.map, n, from), first(m.bit, n, from, true));
		assert_int_equal(find_next_zero_bit(m.map, n, from),
				 first(m.bit, n, from, false));
		for (i = 0, weight = 0, last = n; i < n; i++) {
			weight += m.bit[i];
			last = m.bit[i] ? i : last;
		}
		assert_int_equal(find_last_bit(m.map, n), last);
		assert_int_equal(bitmap_weight(m.map, n), weight);
		assert_int_equal(bitmap_empty(m.map, n), weight == 0);
		assert_int_equal(bitmap_full(m.map, n), weight == n);
	}
}

static void test_two_maps(void **state)
{
	struct model a, b;
	DECLARE_BITMAP(out, MAX);
	unsigned int round, n, i;

	for (round = 0; round < 5000; round++) {
		bool equal = true, common = false, subset = true, any_and, any_andnot;

		random_map(&a);
		random_map(&b);
		if (test_below(3) == 0)
			b = a;
		n = test_below(MAX + 1);
		for (i = 0; i < n; i++) {
			equal &= a.bit[i] == b.bit[i];
			common |= a.bit[i] && b.bit[i];
			subset &= !a.bit[i] || b.bit[i];
		}
		assert_int_equal(bitmap_equal(a.map, b.map, n), equal);
		assert_int_equal(bitmap_intersects(a.map, b.map, n), common);
		assert_int_equal(bitmap_subset(a.map, b.map, n), subset);
		any_and = bitmap_and(out, a.map, b.map, n);
		assert_int_equal(any_and, common);
		for (i = 0; i < n; i++)
			assert_int_equal(test_bit(i, out), a.bit[i] && b.bit[i]);
		any_andnot = bitmap_andnot(out, a.map, b.map, n);
		assert_int_equal(any_andnot, !subset);
		for (i = 0; i < n; i++)
			assert_int_equal(test_bit(i, out), a.bit[i] && !b.bit[i]);
		bitmap_or(out, a.map, b.map, n);
		for (i = 0; i < n; i++)
			assert_int_equal(test_bit(i, out), a.bit[i] || b.bit[i]);
		bitmap_xor(out, a.map, b.map, n);
		for (i = 0; i < n; i++)
			assert_int_equal(test_bit(i, out), a.bit[i] != b.bit[i]);
		bitmap_complement(out, a.map, n);
		for (i = 0; i < n; i++)
			assert_int_equal(test_bit(i, out), !a.bit[i]);
	}
}

static void test_ranges(void **state)
{
	struct model m;
	unsigned int round, from, n, i;

	for (round = 0; round < 20000; round++) {
		bool value = test_below(2);

		random_map(&m);
		from = test_below(MAX + 1);
		n = test_below(MAX - from + 1);
		if (value)
			bitmap_set(m.map, from, n);
		else
			bitmap_clear(m.map, from, n);
		for (i = 0; i < MAX; i++)
			assert_int_equal(test_bit(i, m.map),
					 i >= from && i < from + n ? value : m.bit[i]);
	}
}

static void test_zero_area(void **state)
{
	struct model m;
	unsigned int round, at, i, nr, start, size;
	unsigned long mask, got;

	for (round = 0; round < 20000; round++) {
		random_map(&m);
		size = test_below(MAX + 1);
		start = test_below(MAX + 1);
		nr = test_below(8) + 1;
		mask = (1UL << test_below(4)) - 1;
		got = bitmap_find_next_zero_area(m.map, size, start, nr, mask);
		for (at = start; at + nr <= size; at++) {
			for (i = 0; i < nr && !m.bit[at + i]; i++)
				;
			if (i == nr && !(at & mask))
				break;
		}
		if (at + nr <= size)
			assert_int_equal(got, at);
		else
			assert_true(got + nr > size);
	}
}

static void test_text(void **state)
{
	DECLARE_BITMAP(map, 70);
	DECLARE_BITMAP(back, 70);
	char buf[400];
	int i;

	bitmap_zero(map, 70);
	assert_int_equal(bitmap_print_list(buf, sizeof(buf), map, 70), 0);
	assert_string_equal(buf, "");
	assert_int_equal(bitmap_parselist("0-3,8,64-69", map, 70), 0);
	bitmap_print_list(buf, sizeof(buf), map, 70);
	assert_string_equal(buf, "0-3,8,64-69");
	bitmap_print_hex(buf, sizeof(buf), map, 70);
	assert_string_equal(buf, "3f,00000000,0000010f");
	bitmap_print_hex(buf, sizeof(buf), map, 4);
	assert_string_equal(buf, "f");
	assert_int_equal(bitmap_print_list(buf, 4, map, 70), 3);
	assert_string_equal(buf, "0-3");
	assert_int_equal(bitmap_parselist("70", map, 70), -ERANGE);
	assert_int_equal(bitmap_parselist("3-1", map, 70), -EINVAL);
	assert_int_equal(bitmap_parselist("1-", map, 70), -EINVAL);
	assert_int_equal(bitmap_parselist("1 2", map, 70), -EINVAL);
	assert_int_equal(bitmap_parselist("a", map, 70), -EINVAL);
	assert_int_equal(bitmap_parselist("99999999999", map, 70), -EINVAL);
	for (i = 0; i < 1000; i++) {
		map[0] = test_random() & test_random();
		map[1] = test_random() & 63;
		bitmap_print_list(buf, sizeof(buf), map, 70);
		assert_int_equal(bitmap_parselist(buf, back, 70), 0);
		assert_true(bitmap_equal(map, back, 70));
	}
}

static void test_single_bits(void **state)
{
	unsigned long map[2] = { 0, 0 };

	assert_false(test_and_set_bit(BITS_PER_LONG + 1, map));
	assert_true(test_and_set_bit(BITS_PER_LONG + 1, map));
	assert_int_equal(map[1], 2);
	assert_true(test_and_change_bit(BITS_PER_LONG + 1, map));
	assert_false(test_bit(BITS_PER_LONG + 1, map));
	set_bit(0, map);
	change_bit(1, map);
	assert_int_equal(map[0], 3);
	assert_true(test_and_clear_bit(0, map));
	assert_false(test_and_clear_bit(0, map));
	assert_false(test_and_set_bit_lock(BITS_PER_LONG - 1, map));
	clear_bit_unlock(BITS_PER_LONG - 1, map);
	clear_bit(1, map);
	assert_int_equal(map[0] | map[1], 0);
	assert_false(__test_and_set_bit(BITS_PER_LONG, map));
	assert_true(__test_and_clear_bit(BITS_PER_LONG, map));
}

static void test_positions(void **state)
{
	unsigned long w;
	u64 v, n;
	int i;

	assert_int_equal(ffs(0), 0);
	assert_int_equal(fls(0), 0);
	assert_int_equal(fls64(0), 0);
	for (i = 0; i < 64; i++) {
		v = 1ULL << i;
		assert_int_equal(fls64(v), i + 1);
		assert_int_equal(ilog2(v), i);
	}
	for (i = 0; i < BITS_PER_LONG; i++) {
		w = 1UL << i;
		assert_int_equal(__ffs(w), i);
		assert_int_equal(__fls(w | 1), i);
		assert_int_equal(ffz(~w), i);
		assert_true(is_power_of_2(w));
		assert_int_equal(is_power_of_2(w | 1), i == 0);
		assert_true(roundup_pow_of_two(w) == w);
		if (i > 1 && i < BITS_PER_LONG - 1)
			assert_true(roundup_pow_of_two(w - 1) == w);
		assert_int_equal(order_base_2(w), i);
		assert_int_equal(GENMASK(i, 0), i == BITS_PER_LONG - 1 ? ~0UL : (2UL << i) - 1);
	}
	for (i = 0; i < 1000; i++) {
		v = test_random();
		n = __builtin_popcountll(v);
		assert_int_equal(hweight64(v), n);
		assert_int_equal(hweight32(v), __builtin_popcount((u32)v));
		assert_true(rol64(v, 13) == (v << 13 | v >> 51));
		assert_true(ror32(rol32((u32)v, i & 31), i & 31) == (u32)v);
	}
	assert_int_equal(sign_extend64(0x80, 7), -128);
	assert_int_equal(min3(3, 1, 2), 1);
	assert_int_equal(max(min(5, 7), 2), 5);
	assert_int_equal(clamp(9, 1, 4), 4);
	assert_int_equal(min_not_zero(0, 4), 4);
	assert_int_equal(roundup(13, 6), 18);
	assert_int_equal(ALIGN(4097UL, 4096), 8192);
}

static void test_cpumask(void **state)
{
	cpumask_t a = CPU_MASK_NONE, b;
	nodemask_t nodes = NODE_MASK_NONE;
	unsigned int cpu, sum = 0;
	int node;

	assert_true(cpumask_empty(&a));
	assert_true(cpumask_first(&a) >= NR_CPUS);
	cpumask_set_cpu(0, &a);
	cpumask_set_cpu(5, &a);
	cpumask_set_cpu(63, &a);
	for_each_cpu(cpu, &a)
		sum += cpu;
	assert_int_equal(sum, 68);
	assert_int_equal(cpumask_weight(&a), 3);
	cpumask_copy(&b, &a);
	assert_true(cpumask_test_and_clear_cpu(5, &b));
	assert_true(cpumask_subset(&b, &a));
	assert_false(cpumask_equal(&b, &a));
	assert_true(cpumask_andnot(&b, &a, &b));
	assert_int_equal(cpumask_first(&b), 5);
	expect_bug(cpumask_set_cpu(NR_CPUS, &a));
	node_set(3, nodes);
	node_set(0, nodes);
	sum = 0;
	for_each_node_mask(node, nodes)
		sum += node + 1;
	assert_int_equal(sum, 5);
	assert_int_equal(nodes_weight(nodes), 2);
}

static void test_atomics(void **state)
{
	atomic_t v = ATOMIC_INIT(5);
	atomic64_t big = ATOMIC64_INIT(1LL << 40);
	unsigned long word = 3;

	assert_int_equal(atomic_inc_return(&v), 6);
	assert_int_equal(atomic_fetch_sub(2, &v), 6);
	assert_false(atomic_dec_and_test(&v));
	assert_int_equal(atomic_cmpxchg(&v, 3, 1), 3);
	assert_int_equal(atomic_cmpxchg(&v, 3, 9), 1);
	assert_true(atomic_dec_and_test(&v));
	assert_false(atomic_inc_not_zero(&v));
	assert_int_equal(atomic_dec_if_positive(&v), -1);
	assert_int_equal(atomic_read(&v), 0);
	assert_true(atomic_add_negative(-1, &v));
	assert_true(atomic_add_unless(&v, 4, 7));
	assert_int_equal(atomic_fetch_or(8, &v), 3);
	assert_int_equal(atomic_fetch_andnot(1, &v), 11);
	assert_int_equal(atomic_xchg(&v, 1), 10);
	assert_true(atomic64_add_return(1, &big) == (1LL << 40) + 1);
	assert_int_equal(cmpxchg(&word, 3UL, 4UL), 3);
	assert_int_equal(xchg(&word, 9UL), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_searches),
		cmocka_unit_test(test_two_maps),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_zero_area),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_single_bits),
		cmocka_unit_test(test_positions),
		cmocka_unit_test(test_cpumask),
		cmocka_unit_test(test_atomics),
	};

	return cmocka_run_group_tests_name("bitmap", tests, NULL, NULL);
}
