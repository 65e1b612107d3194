// SPDX-License-Identifier: MIT
/* test_vma.c - the index of areas against a slow search; growth of its cost; broken rules. */
#include "vm_test.h"
#include "mm/vm/vm_internal.h"

#define PAGES	2000
#define FIXED	(PRIV | MAP_FIXED)

static u8 used[PAGES];
static u64 seed = 4711;

static unsigned long below(unsigned long n)
{
	return quire_random(&seed) % n;
}

static unsigned long slow_gap(unsigned long pages, bool topdown)
{
	long i, j, first = topdown ? PAGES - (long)pages : 0, step = topdown ? -1 : 1;

	for (i = first; i >= 0 && i + (long)pages <= PAGES; i += step) {
		for (j = 0; j < (long)pages && !used[i + j]; j++)
			;
		if (j == (long)pages)
			return BASE + i * K4;
	}
	return -ENOMEM;
}

static void check_searches(struct mm_struct *mm)
{
	unsigned long pages = 1 + below(30), addr = BASE + below(PAGES) * K4, i;
	struct vm_area_struct *vma;

	assert_int_equal(vma_find_gap_topdown(mm, pages * K4, BASE, BASE + PAGES * K4),
			 slow_gap(pages, true));
	assert_int_equal(vma_find_gap_bottomup(mm, pages * K4, BASE, BASE + PAGES * K4),
			 slow_gap(pages, false));
	vma = find_vma(mm, addr);
	for (i = (addr - BASE) / K4; i < PAGES && !used[i]; i++)
		;
	if (i == PAGES)
		assert_null(vma);
	else
		assert_true(vma && vma->vm_start <= BASE + i * K4 && vma->vm_end > BASE + i * K4 &&
			    vma->vm_end > addr);
}

static void test_random(void **state)
{
	static const u8 prots[] = { PROT_NONE, PROT_READ, RW };
	struct vm_test t;
	int step;

	vm_begin(&t);
	memset(used, 0, sizeof(used));
	for (step = 0; step < 4000; step++) {
		unsigned long start = below(PAGES - 30), n = 1 + below(30), addr = BASE + start * K4;

		if (below(3)) {
			assert_int_equal(vm_map(t.mm, addr, n * K4, prots[below(3)], FIXED), addr);
			memset(used + start, 1, n);
		} else {
			assert_int_equal(vm_munmap(t.mm, addr, n * K4), 0);
			memset(used + start, 0, n);
		}
		mmap_write_lock(t.mm);
		check_searches(t.mm);
		mmap_write_unlock(t.mm);
		if (step % 100 == 0)
			vm_check(t.mm);
	}
	vm_end(&t);
}

/* 20,000 areas: what is looked for is found through the tree */
static void test_many(void **state)
{
	struct vm_test t;
	unsigned long i;

	vm_begin(&t);
	for (i = 0; i < 20000; i++)
		assert_int_equal(vm_map(t.mm, BASE + 2 * i * K4, K4, PROT_READ, FIXED),
				 BASE + 2 * i * K4);
	assert_int_equal(t.mm->map_count, 20000);
	vm_check(t.mm);
	for (i = 0; i < 100000; i++) {
		unsigned long n = below(20000);

		assert_int_equal(find_vma(t.mm, BASE + 2 * n * K4)->vm_start, BASE + 2 * n * K4);
	}
	/* every hole is one page: two go above or below all */
	mmap_write_lock(t.mm);
	assert_true(vma_find_gap_bottomup(t.mm, 2 * K4, BASE, t.mm->task_size) >=
		    BASE + 39999 * K4);
	assert_int_equal(vma_find_gap_topdown(t.mm, K4, BASE, BASE + 39999 * K4),
			 BASE + 39997 * K4);
	mmap_write_unlock(t.mm);
	vm_end(&t);
}

static void test_guard_gap(void **state)
{
	struct vm_test t;

	vm_begin(&t);
	mmap_write_lock(t.mm);
	assert_false(IS_ERR(vm_setup_stack(t.mm, BASE + 1000 * K4, 10 * K4, false)));
	assert_int_equal(vma_find_gap_topdown(t.mm, K4, BASE, BASE + 1000 * K4),
			 BASE + (990 - 256 - 1) * K4);
	mmap_write_unlock(t.mm);
	vm_check(t.mm);
	vm_end(&t);
}

/* a wrong gap, a wrong count, a wrong counter of pages: the checker says so */
static void test_checker(void **state)
{
	struct vm_test t;
	struct vm_area_struct *vma;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, 4 * K4, RW, FIXED), BASE);
	assert_int_equal(vm_map(t.mm, BASE + 9 * K4, 4 * K4, RW, FIXED), BASE + 9 * K4);
	vm_check(t.mm);
	vma = find_vma(t.mm, BASE);
	mmap_write_lock(t.mm);
	vma->rb_subtree_gap -= K4;
	expect_bug(mm_check(t.mm), "rb_subtree_gap");
	vma->rb_subtree_gap += K4;
	t.mm->map_count++;
	expect_bug(mm_check(t.mm), "map_count");
	t.mm->map_count--;
	t.mm->total_vm++;
	expect_bug(mm_check(t.mm), "total_vm");
	t.mm->total_vm--;
	atomic_long_inc(&t.mm->rss_stat[MM_ANONPAGES]);
	expect_bug(mm_check(t.mm), "rss");
	atomic_long_dec(&t.mm->rss_stat[MM_ANONPAGES]);
	mm_check(t.mm);
	mmap_write_unlock(t.mm);
	vm_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_random), quire_fast_test(test_many),
		quire_unit_test(test_guard_gap), quire_unit_test(test_checker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
