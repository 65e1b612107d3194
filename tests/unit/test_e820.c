/* SPDX-License-Identifier: MIT */
/*
 * test_e820.c - arithmetic on memory maps: cleaning, cutting, mem= and memmap=.
 *
 * A slow, obvious model stands beside it: an array with the highest type that any
 * entry gives each unit of a small address space. Random maps of every kind of
 * nonsense are cleaned and compared with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../arch/x86/kernel/e820_table.c"

static struct e820_table t;

static int fresh(void **state)
{
	memset(&t, 0, sizeof(t));
	return 0;
}

static void add(u64 start, u64 size, u32 type)
{
	assert_int_equal(e820_append(&t, start, size, type), 0);
}

static void is(const struct e820_entry *want, u32 nr)
{
	u32 i;

	assert_int_equal(t.nr_entries, nr);
	for (i = 0; i < nr; i++) {
		assert_int_equal(t.entries[i].addr, want[i].addr);
		assert_int_equal(t.entries[i].size, want[i].size);
		assert_int_equal(t.entries[i].type, want[i].type);
	}
}
#define expect(...) do {						\
	static const struct e820_entry want[] = { __VA_ARGS__ };	\
	is(want, sizeof(want) / sizeof(want[0]));			\
} while (0)
#define E(a, s, ty) { (a), (s), (ty) }

static void test_all_bytes(void **state)
{
	add(0, ~0ull, 1);
	add(~0ull, 1, 1);
	assert_int_equal(e820_update_table(&t), 0);
	expect(E(0, ~0ull, 1));
	add(~0ull, 1, 2);
	assert_int_equal(e820_update_table(&t), 0);
	expect(E(0, ~0ull, 1), E(~0ull, 1, 2));
}

static void test_append(void **state)
{
	u32 i;

	assert_int_equal(e820_append(&t, 5, 0, 1), -EINVAL);
	assert_int_equal(e820_append(&t, ~0ull, 2, 1), -EINVAL);
	assert_int_equal(e820_append(&t, 0x1000, ~0ull, 1), -EINVAL);
	assert_int_equal(t.nr_entries, 0);
	assert_int_equal(e820_append(&t, ~0ull, 1, 1), 0);	/* the last byte there is */
	assert_int_equal(e820_append(&t, 0, ~0ull, 1), 0);
	for (i = 2; i < E820_MAX_ENTRIES; i++)
		add(i, 1, 1);
	assert_int_equal(e820_append(&t, 1, 1, 1), -ENOSPC);
}

static void test_order_and_join(void **state)
{
	add(0x3000, 0x1000, 1);
	add(0x1000, 0x1000, 1);
	add(0x2000, 0x1000, 1);
	add(0x5000, 0x1000, 1);
	assert_int_equal(e820_update_table(&t), 0);
	expect(E(0x1000, 0x3000, 1), E(0x5000, 0x1000, 1));
}

static void test_higher_type_wins(void **state)
{
	add(0x1000, 0x9000, 1);
	add(0x4000, 0x2000, 2);
	add(0x5000, 0x3000, 4);
	assert_int_equal(e820_update_table(&t), 0);
	expect(E(0x1000, 0x3000, 1), E(0x4000, 0x1000, 2), E(0x5000, 0x3000, 4),
	       E(0x8000, 0x2000, 1));
}

static void test_hidden_entirely(void **state)
{
	add(0x1000, 0x9000, 2);
	add(0x4000, 0x2000, 1);
	add(0x1000, 0x9000, 2);
	assert_int_equal(e820_update_table(&t), 0);
	expect(E(0x1000, 0x9000, 2));
}

static void test_top_of_the_space(void **state)
{
	add(~0ull - 0xfff, 0x1000, 2);
	add(~0ull - 0x2fff, 0x3000, 1);
	assert_int_equal(e820_update_table(&t), 0);
	expect(E(~0ull - 0x2fff, 0x2000, 1), E(~0ull - 0xfff, 0x1000, 2));
}

static void test_empty_table(void **state)
{
	assert_int_equal(e820_update_table(&t), 0);
	assert_int_equal(t.nr_entries, 0);
	assert_int_equal(e820_end_of(&t, 1, ~0ull), 0);
}

static void test_many(void **state)
{
	u32 i;

	for (i = 0; i < E820_MAX_ENTRIES; i++)
		add((E820_MAX_ENTRIES - i) * 0x2000ull, 0x1000, 1 + i % 2);
	assert_int_equal(e820_update_table(&t), 0);
	assert_int_equal(t.nr_entries, E820_MAX_ENTRIES);
	/* nested in each other: each splits the one around it, too many pieces */
	fresh(NULL);
	for (i = 0; i < E820_MAX_ENTRIES; i++)
		add(i * 0x1000ull, (2 * E820_MAX_ENTRIES - 2 * i) * 0x1000ull, i + 1);
	assert_int_equal(e820_update_table(&t), -ENOSPC);
	assert_int_equal(t.nr_entries, E820_MAX_ENTRIES);
	assert_int_equal(t.entries[0].type, 1);
}

static void test_range_update(void **state)
{
	add(0x1000, 0x9000, 1);
	assert_int_equal(e820_range_update(&t, 0, 0x2000, 1, 2), 0);
	assert_int_equal(e820_range_update(&t, 0x5000, 0x1000, 1, 3), 0);
	assert_int_equal(e820_range_update(&t, 0x5000, 0x1000, 4, 5), 0);
	assert_int_equal(e820_range_update(&t, 0x9000, ~0ull, 1, 5), 0);
	assert_int_equal(e820_update_table(&t), 0);
	expect(E(0x1000, 0x1000, 2), E(0x2000, 0x3000, 1), E(0x5000, 0x1000, 3),
	       E(0x6000, 0x3000, 1), E(0x9000, 0x1000, 5));
}

static void test_range_remove(void **state)
{
	add(0, 0x4000, 1);
	add(0x4000, 0x4000, 2);
	add(0x8000, 0x4000, 1);
	assert_int_equal(e820_range_remove(&t, 0x2000, 0x8000, 1, true), 0);
	assert_int_equal(e820_update_table(&t), 0);
	expect(E(0, 0x2000, 1), E(0x4000, 0x4000, 2), E(0xa000, 0x2000, 1));
	assert_int_equal(e820_range_remove(&t, 0x1000, 0x4000, 0, false), 0);
	assert_int_equal(e820_update_table(&t), 0);
	expect(E(0, 0x1000, 1), E(0x5000, 0x3000, 2), E(0xa000, 0x2000, 1));
}

static void pc(void)
{
	fresh(NULL);
	add(0, 0x9fc00, 1);
	add(0x9fc00, 0x400, 2);
	add(0x100000, 0x1fe0000, 1);
	add(0xfffc0000, 0x40000, 2);
}

static void test_mem_option(void **state)
{
	pc();
	assert_int_equal(e820_parse_mem(&t, "16M"), 0);
	assert_int_equal(e820_update_table(&t), 0);
	expect(E(0, 0x9fc00, 1), E(0x9fc00, 0x400, 2), E(0x100000, 0xf00000, 1),
	       E(0xfffc0000, 0x40000, 2));
	assert_int_equal(e820_end_of(&t, 1, ~0ull), 16 << 20);
	assert_int_equal(e820_parse_mem(&t, NULL), -EINVAL);
	assert_int_equal(e820_parse_mem(&t, ""), -EINVAL);
	assert_int_equal(e820_parse_mem(&t, "0"), -EINVAL);
	assert_int_equal(e820_parse_mem(&t, "nopentium"), -EINVAL);
	assert_int_equal(e820_parse_mem(&t, "16Mx"), -EINVAL);
	assert_int_equal(t.nr_entries, 4);
}

static void test_memmap_option(void **state)
{
	pc();
	assert_int_equal(e820_parse_memmap(&t, "64K$0x200000,1M@64M,4K#128M,2M!0x10000000"), 0);
	assert_int_equal(e820_update_table(&t), 0);
	expect(E(0, 0x9fc00, 1), E(0x9fc00, 0x400, 2), E(0x100000, 0x100000, 1),
	       E(0x200000, 0x10000, 2), E(0x210000, 0x1ed0000, 1),
	       E(64 << 20, 1 << 20, 1), E(128 << 20, 4096, 3), E(0x10000000, 2 << 20, 12),
	       E(0xfffc0000, 0x40000, 2));
	assert_int_equal(e820_parse_memmap(&t, "exactmap,1M@0"), 0);
	expect(E(0, 1 << 20, 1));
	assert_int_equal(e820_parse_memmap(&t, "512K"), 0);
	expect(E(0, 512 << 10, 1));
}

static void test_memmap_nonsense(void **state)
{
	static const char *const bad[] = {
		"exact", "exactmapx", "@", "1M@", "1M%2M", "0@1M", "1M@2Mx", "x", "1M$", "-1",
		"1M@0xfffffffffff00001",
	};
	u32 i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		pc();
		assert_int_not_equal(e820_parse_memmap(&t, bad[i]), 0);
	}
	assert_int_equal(e820_parse_memmap(&t, NULL), -EINVAL);
}

static void test_type_text(void **state)
{
	char buf[24];

	assert_string_equal(e820_type_text(1, buf, sizeof(buf)), "usable");
	assert_string_equal(e820_type_text(4, buf, sizeof(buf)), "ACPI NVS");
	assert_string_equal(e820_type_text(99, buf, sizeof(buf)), "type 99");
}

/* --- the model ------------------------------------------------------------------ */

#define UNITS	256

static u32 rnd(u64 *seed)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return *seed >> 33;
}

static void mark(u32 *model, u64 start, u64 size, u32 type)
{
	for (; size--; start++)
		model[start] = model[start] > type ? model[start] : type;
}

/* E1-E3 hold and every unit has the model's type */
static void compare(const u32 *model)
{
	u32 seen[UNITS] = { 0 }, i;
	u64 at = 0;

	for (i = 0; i < t.nr_entries; i++) {
		const struct e820_entry *e = &t.entries[i];

		assert_true(e->size && e->addr >= at);
		if (i && e->addr == at)
			assert_int_not_equal(e->type, t.entries[i - 1].type);
		at = e->addr + e->size;
		mark(seen, e->addr, e->size, e->type);
	}
	assert_memory_equal(seen, model, sizeof(seen));
}

static void one_random_map(u64 seed)
{
	u32 model[UNITS] = { 0 }, n = 1 + rnd(&seed) % 40, start, size, type;

	fresh(NULL);
	while (n--) {
		start = rnd(&seed) % UNITS;
		size = rnd(&seed) % (UNITS - start + 1);
		type = 1 + rnd(&seed) % 5;
		if (!e820_append(&t, start, size, type))
			mark(model, start, size, type);
	}
	assert_int_equal(e820_update_table(&t), 0);
	compare(model);
	start = rnd(&seed) % UNITS;
	size = rnd(&seed) % (UNITS - start + 1);
	assert_int_equal(e820_range_remove(&t, start, size, 1, true), 0);
	for (; size--; start++)
		model[start] = model[start] == 1 ? 0 : model[start];
	assert_int_equal(e820_update_table(&t), 0);
	compare(model);
}

static void test_against_model(void **state)
{
	u64 seed;

	for (seed = 1; seed <= 3000; seed++)
		one_random_map(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_all_bytes, fresh),
		cmocka_unit_test_setup(test_append, fresh),
		cmocka_unit_test_setup(test_order_and_join, fresh),
		cmocka_unit_test_setup(test_higher_type_wins, fresh),
		cmocka_unit_test_setup(test_hidden_entirely, fresh),
		cmocka_unit_test_setup(test_top_of_the_space, fresh),
		cmocka_unit_test_setup(test_empty_table, fresh),
		cmocka_unit_test_setup(test_many, fresh),
		cmocka_unit_test_setup(test_range_update, fresh),
		cmocka_unit_test_setup(test_range_remove, fresh),
		cmocka_unit_test_setup(test_mem_option, fresh),
		cmocka_unit_test_setup(test_memmap_option, fresh),
		cmocka_unit_test_setup(test_memmap_nonsense, fresh),
		cmocka_unit_test_setup(test_type_text, fresh),
		cmocka_unit_test_setup(test_against_model, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
