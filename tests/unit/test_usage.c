// SPDX-License-Identifier: MIT
/*
 * test_usage.c - what smaps, pagemap and clear_refs say of an area's pages, beside what
 * was done to them; shared tables; that the flush after clearing is needed.
 */
#include "vm_test.h"
#include <linux/pagemap.h>

#define FIXED	(PRIV | MAP_FIXED)
#define START	(1ul << 30)		/* the border of a table */

static struct mem_usage usage(struct mm_struct *mm, unsigned long addr)
{
	struct mem_usage u = { .resident = 0 };

	mmap_read_lock(mm);
	vma_usage(find_vma(mm, addr), &u);
	mmap_read_unlock(mm);
	return u;
}

/* the share of so many whole pages, in what pss counts */
static u64 whole(unsigned long pages)
{
	return (u64)pages * K4 << MEM_USAGE_SHIFT;
}

static u64 word(struct mm_struct *mm, unsigned long addr)
{
	u64 w;

	vm_pagemap(mm, addr, addr + K4, &w, true);
	return w;
}

static struct vm_test begin(unsigned long pages, unsigned long touched)
{
	struct vm_test t;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, START, pages * K4, RW, FIXED), START);
	while (touched--)
		assert_int_equal(vm_poke(START + touched * K4, 1), 0);
	return t;
}

static void test_private(void **state)
{
	struct vm_test t = begin(20, 10);
	struct mem_usage u;

	assert_int_equal(vm_peek(START + 15 * K4), 0);
	u = usage(t.mm, START);
	assert_int_equal(u.resident, 10);
	assert_int_equal(u.private_dirty, 10);
	assert_int_equal(u.anonymous, 10);
	assert_int_equal(u.referenced, 10);
	assert_true(u.pss == whole(10));
	assert_true(u.pss_anon == u.pss);
	assert_true(u.pss_dirty == u.pss);
	assert_int_equal(u.pss_locked, 0);
	assert_int_equal(vm_clear_refs(t.mm, CLEAR_REFS_MAPPED), 0);
	assert_int_equal(usage(t.mm, START).referenced, 10);
	assert_int_equal(vm_clear_refs(t.mm, CLEAR_REFS_ANON), 0);
	assert_int_equal(usage(t.mm, START).referenced, 0);
	assert_int_equal(vm_peek(START), 1);
	assert_int_equal(usage(t.mm, START).referenced, 1);
	vm_end(&t);
}

/* the users of a page by tables, shared by fork or not */
static void shares(unsigned int share_pages)
{
	struct vm_test t = begin(300, 300);
	struct mm_struct *child, *grandchild;
	int error;

	this_machine()->tunables.fork_share_pages = share_pages;
	child = dup_mm(t.mm, &error);
	assert_non_null(child);
	assert_int_equal(usage(t.mm, START).shared_dirty, 300);
	assert_true(usage(child, START).pss == whole(150));
	assert_false(word(child, START) & PM_MMAP_EXCLUSIVE);
	grandchild = dup_mm(child, &error);
	assert_non_null(grandchild);
	assert_true(usage(t.mm, START).pss == 300 * (whole(1) / 3));
	mmput(child);
	assert_true(usage(t.mm, START).pss == whole(150));
	mmput(grandchild);
	assert_int_equal(usage(t.mm, START).private_dirty, 300);
	assert_true(word(t.mm, START) & PM_MMAP_EXCLUSIVE);
	vm_end(&t);
}

static void test_shared_tables(void **state) { shares(1); }
static void test_copied_tables(void **state) { shares(~0u); }

static void test_pagemap(void **state)
{
	struct vm_test t = begin(4, 1);
	u64 words[6];

	vm_pagemap(t.mm, START - K4, START + 5 * K4, words, true);
	assert_int_equal(words[0], 0);
	assert_int_equal(words[1] & ~PM_PFRAME_MASK, PM_PRESENT | PM_SOFT_DIRTY | PM_MMAP_EXCLUSIVE);
	assert_true(pfn_valid(words[1] & PM_PFRAME_MASK));
	assert_int_equal(words[2], PM_SOFT_DIRTY);
	assert_int_equal(words[4], PM_SOFT_DIRTY);
	assert_int_equal(words[5], 0);
	vm_pagemap(t.mm, START, START + K4, words, false);
	assert_int_equal(words[0] & PM_PFRAME_MASK, 0);
	vm_end(&t);
}

static void test_soft_dirty(void **state)
{
	struct vm_test t = begin(8, 4);

	assert_int_equal(vm_clear_refs(t.mm, CLEAR_REFS_SOFT_DIRTY), 0);
	assert_int_equal(usage(t.mm, START).private_dirty, 4);		/* the pages know */
	assert_int_equal(vm_peek(START), 1);
	assert_false(word(t.mm, START) & PM_SOFT_DIRTY);
	assert_int_equal(vm_poke(START, 2), 0);
	assert_true(word(t.mm, START) & PM_SOFT_DIRTY);
	assert_false(word(t.mm, START + K4) & PM_SOFT_DIRTY);
	assert_int_equal(vm_poke(START + 6 * K4, 2), 0);
	assert_true(word(t.mm, START + 6 * K4) & PM_SOFT_DIRTY);
	assert_false(word(t.mm, START + 7 * K4) & PM_SOFT_DIRTY);
	/* a write through the kernel counts, too */
	assert_int_equal(access_remote_vm(t.mm, START + 2 * K4, "x", 1, true), 1);
	assert_true(word(t.mm, START + 2 * K4) & PM_SOFT_DIRTY);
	/* a moved area is news at its new place: UG2 */
	assert_int_equal(vm_mremap(t.mm, START, 8 * K4, 8 * K4, MREMAP_MAYMOVE | MREMAP_FIXED,
				   START + 64 * K4), START + 64 * K4);
	assert_true(word(t.mm, START + (64 + 1) * K4) & PM_SOFT_DIRTY);
	vm_end(&t);
}

/* UG2 where areas merge and where a border moves */
static void test_merge(void **state)
{
	struct vm_test t = begin(4, 0);

	assert_int_equal(vm_clear_refs(t.mm, CLEAR_REFS_SOFT_DIRTY), 0);
	assert_false(word(t.mm, START) & PM_SOFT_DIRTY);
	assert_int_equal(vm_map(t.mm, START + 4 * K4, K4, RW, FIXED), START + 4 * K4);
	assert_int_equal(t.mm->map_count, 1);
	assert_true(word(t.mm, START) & PM_SOFT_DIRTY);
	assert_int_equal(vm_clear_refs(t.mm, CLEAR_REFS_SOFT_DIRTY), 0);
	assert_int_equal(vm_mprotect(t.mm, START, K4, PROT_READ), 0);
	assert_false(word(t.mm, START) & PM_SOFT_DIRTY);		/* a part stays clean */
	assert_int_equal(vm_map(t.mm, START - K4, K4, RW, FIXED), START - K4);
	assert_false(word(t.mm, START) & PM_SOFT_DIRTY);
	assert_int_equal(vm_mprotect(t.mm, START - K4, K4, PROT_READ), 0);	/* they merge */
	assert_true(word(t.mm, START) & PM_SOFT_DIRTY);
	assert_false(word(t.mm, START + K4) & PM_SOFT_DIRTY);
	assert_int_equal(vm_mprotect(t.mm, START, K4, RW), 0);	/* the border moves */
	assert_true(word(t.mm, START + K4) & PM_SOFT_DIRTY);
	vm_end(&t);
}

/* without memory for the copies of shared tables nothing changes, and nothing leaks */
static void test_no_memory(void **state)
{
	struct vm_test t = begin(300, 300);
	struct mm_struct *child;
	int error;

	this_machine()->tunables.fork_share_pages = 1;
	child = dup_mm(t.mm, &error);
	assert_non_null(child);
	host_fail_nth(this_machine(), 1, true);
	assert_int_equal(vm_clear_refs(child, CLEAR_REFS_SOFT_DIRTY), -ENOMEM);
	host_fail_nth(this_machine(), 0, false);
	assert_true(word(child, START) & PM_SOFT_DIRTY);
	assert_int_equal(vm_clear_refs(child, CLEAR_REFS_SOFT_DIRTY), 0);
	assert_false(word(child, START) & PM_SOFT_DIRTY);
	assert_true(word(t.mm, START) & PM_SOFT_DIRTY);
	vm_check(child);
	mmput(child);
	vm_end(&t);
}

static void test_hiwater(void **state)
{
	struct vm_test t = begin(20, 20);

	assert_int_equal(vm_madvise(t.mm, START, 10 * K4, MADV_DONTNEED), 0);
	assert_int_equal(get_mm_hiwater_rss(t.mm), 20);
	assert_int_equal(vm_clear_refs(t.mm, CLEAR_REFS_HIWATER), 0);
	assert_int_equal(get_mm_hiwater_rss(t.mm), 10);
	vm_end(&t);
}

/* a CPU that still has the dirty bit in its TLB does not set it in the entry again */
static void test_without_flush(void **state)
{
	struct vm_test t = begin(1, 1);

	host_swallow_flush(*state, 1);
	assert_int_equal(vm_clear_refs(t.mm, CLEAR_REFS_SOFT_DIRTY), 0);
	assert_int_equal(vm_poke(START, 2), 0);
	assert_false(word(t.mm, START) & PM_SOFT_DIRTY);
	host_swallow_flush(*state, 0);
	assert_int_equal(vm_clear_refs(t.mm, CLEAR_REFS_SOFT_DIRTY), 0);
	assert_int_equal(vm_poke(START, 3), 0);
	assert_true(word(t.mm, START) & PM_SOFT_DIRTY);
	vm_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_private), quire_unit_test(test_shared_tables),
		quire_unit_test(test_copied_tables), quire_unit_test(test_pagemap),
		quire_unit_test(test_soft_dirty), quire_unit_test(test_merge),
		quire_unit_test(test_no_memory), quire_unit_test(test_hiwater),
		quire_unit_test(test_without_flush),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
