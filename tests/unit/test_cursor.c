// SPDX-License-Identifier: MIT
/* test_cursor.c - the page-table cursor: what it visits, and when tables come and go. */
#include "vm_test.h"
#include "mm/vm/vm_internal.h"

#define FIXED	(PRIV | MAP_FIXED)
#define TABLE	PMD_SIZE			/* what one table maps */
#define G1	(1ul << 30)
/* far places, each with tables of its own on all levels that there are */
#define FAR1	(BITS_PER_LONG == 64 ? 5 * G1 : G1 + 100 * TABLE)
#define FAR2	(BITS_PER_LONG == 64 ? 600 * G1 : 2 * G1)
#define FAR3	(BITS_PER_LONG == 64 ? 1000 * G1 : 2 * G1 + 200 * TABLE)

static unsigned long tables(struct mm_struct *mm)
{
	return atomic_long_read(&mm->pgtables_bytes) / K4;
}

static void test_empty(void **state)
{
	struct vm_test t;
	struct pt_cursor c;

	vm_begin(&t);
	pt_cursor_start(&c, t.mm, 0, t.mm->task_size);
	assert_false(pt_cursor_next(&c));
	assert_int_equal(tables(t.mm), 0);
	vm_end(&t);
}

/* a page here and there: the cursor stops once for each table, with the range it covers */
static void test_visits(void **state)
{
	static const unsigned long at[] = { 0x10000, TABLE - K4, TABLE, 7 * TABLE + 5 * K4, G1 - K4, G1,
					    FAR1 + 3 * TABLE, FAR2, FAR3 + K4 };
	static const unsigned long first[] = { 0x10000, TABLE, 7 * TABLE, G1 - TABLE, G1, FAR1 + 3 * TABLE,
					       FAR2, FAR3 };
	struct vm_test t;
	struct pt_cursor c;
	unsigned long i, total = 0;

	vm_begin(&t);
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		assert_int_equal(vm_map(t.mm, at[i], K4, RW, FIXED), at[i]);
		assert_int_equal(vm_poke(at[i], 1), 0);
	}
	pt_cursor_start(&c, t.mm, 0x10000, t.mm->task_size);
	for (i = 0; pt_cursor_next(&c); i++) {
		assert_true(i < ARRAY_SIZE(first));
		assert_int_equal(c.addr, first[i]);
		assert_int_equal(c.nr, i == 0 ? PTRS_PER_PTE - 16 : PTRS_PER_PTE);
		for (unsigned int k = 0; k < c.nr; k++)
			total += !pte_none(c.pte[k]);
	}
	assert_int_equal(i, ARRAY_SIZE(first));
	assert_int_equal(total, ARRAY_SIZE(at));
	/* within one table, from its middle to its middle */
	pt_cursor_start(&c, t.mm, 7 * TABLE + 5 * K4, 7 * TABLE + 6 * K4);
	assert_true(pt_cursor_next(&c));
	assert_int_equal(c.nr, 1);
	assert_false(pte_none(*c.pte));
	assert_false(pt_cursor_next(&c));
	vm_end(&t);
}

static void test_tables_freed(void **state)
{
	/* above the last level, which is counted below: pud and pmd tables */
	const unsigned long upper = machine_pages().levels - 2;
	struct vm_test t;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, G1, 3 * TABLE, RW, FIXED), G1);
	assert_int_equal(tables(t.mm), 0);
	assert_int_equal(vm_poke(G1, 1), 0);
	assert_int_equal(tables(t.mm), upper + 1);
	assert_int_equal(vm_poke(G1 + TABLE, 1), 0);
	assert_int_equal(vm_poke(G1 + 2 * TABLE, 1), 0);
	assert_int_equal(tables(t.mm), upper + 3);
	vm_check(t.mm);
	/* a table goes with the last area in its range */
	assert_int_equal(vm_munmap(t.mm, G1 + TABLE, TABLE), 0);
	assert_int_equal(tables(t.mm), upper + 2);
	assert_int_equal(vm_munmap(t.mm, G1, TABLE - K4), 0);
	assert_int_equal(tables(t.mm), upper + 2);
	assert_int_equal(vm_munmap(t.mm, G1 + TABLE - K4, K4), 0);
	assert_int_equal(tables(t.mm), upper + 1);
	assert_int_equal(vm_munmap(t.mm, G1 + 2 * TABLE, TABLE), 0);
	assert_int_equal(tables(t.mm), 0);
	/* two areas in one table */
	assert_int_equal(vm_map(t.mm, G1, K4, RW, FIXED), G1);
	assert_int_equal(vm_map(t.mm, G1 + 9 * K4, K4, RW, FIXED), G1 + 9 * K4);
	assert_int_equal(vm_poke(G1, 1), 0);
	assert_int_equal(vm_munmap(t.mm, G1, K4), 0);
	assert_int_equal(tables(t.mm), upper + 1);
	assert_int_equal(vm_munmap(t.mm, G1 + 9 * K4, K4), 0);
	assert_int_equal(tables(t.mm), 0);
	vm_end(&t);
}

/* nr_page_table_pages is of the tables with entries of the last two levels, as on Linux */
static void test_counted(void **state)
{
	const long counted = machine_pages().levels > 2 ? 2 : 1;
	struct vm_test t;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, FAR2, K4, RW, FIXED), FAR2);
	assert_int_equal(vm_poke(FAR2, 1), 0);
	assert_int_equal(tables(t.mm), machine_pages().levels - 1);
	assert_int_equal(global_node_page_state(NR_PAGETABLE) - t.tables_before, counted);
	assert_int_equal(vm_munmap(t.mm, FAR2, K4), 0);
	assert_int_equal(tables(t.mm), 0);
	assert_int_equal(global_node_page_state(NR_PAGETABLE), t.tables_before);
	vm_end(&t);
}

/* unmapping flushes before it frees: no CPU reads a page that is somebody else's */
static void test_flushes(void **state)
{
	struct vm_test t;
	struct host_stats before, after;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, G1, 1000 * K4, RW, FIXED), G1);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(vm_poke(G1 + i * K4, i), 0);
	host_get_stats(this_machine(), &before);
	assert_int_equal(vm_munmap(t.mm, G1, 1000 * K4), 0);
	host_get_stats(this_machine(), &after);
	assert_int_equal(vm_peek(G1), -EFAULT);
	/* 32 pages, then batches of a page full of pointers */
	assert_in_range(after.tlb_range_flushes - before.tlb_range_flushes, 1, 4);
	host_get_stats(this_machine(), &before);
	assert_int_equal(vm_map(t.mm, G1, 1000 * K4, RW, FIXED), G1);
	assert_int_equal(vm_munmap(t.mm, G1, 1000 * K4), 0);
	host_get_stats(this_machine(), &after);
	assert_int_equal(after.tlb_range_flushes, before.tlb_range_flushes);
	vm_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_empty), quire_unit_test(test_visits),
		quire_unit_test(test_tables_freed), quire_unit_test(test_counted),
		quire_unit_test(test_flushes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
