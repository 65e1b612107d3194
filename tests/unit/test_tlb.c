// SPDX-License-Identifier: MIT
/*
 * test_tlb.c - the soft MMU: sets and levels of the TLB, accessed and dirty bits, several
 * address spaces at once, and that each flush that mm/ makes is needed: a test swallows it and sees what goes wrong.
 */
#include "vm_test.h"
#include <linux/mm.h>

#define FIXED	(PRIV | MAP_FIXED)
#define M2	(2ul << 20)

static struct host_tlb_stats tlb_stats(void)
{
	struct host_tlb_stats s;

	host_get_tlb_stats(this_machine(), smp_processor_id(), &s);
	return s;
}

static pte_t *pte_of(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	pud_t *pud = pud_offset(pgd, addr);

	return pte_offset_kernel(pmd_offset(pud, addr), addr);
}

static struct vm_test begin(unsigned long pages)
{
	struct vm_test t;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, pages * K4, RW, FIXED), BASE);
	return t;
}

static void touch(unsigned long first, unsigned long pages, unsigned char v)
{
	for (; pages--; first++)
		assert_int_equal(vm_poke(BASE + first * K4, v), 0);
}

/* --- what it remembers -------------------------------------------------------- */

static void test_hits(void **state)
{
	struct vm_test t = begin(10);
	struct host_tlb_stats a, b;

	touch(0, 1, 1);
	a = tlb_stats();
	touch(0, 1, 2);
	assert_int_equal(vm_peek(BASE + 100), 0);
	b = tlb_stats();
	assert_int_equal(b.l1_hits, a.l1_hits + 2);
	assert_int_equal(b.walks, a.walks);
	vm_end(&t);
}

/* 5 pages whose numbers are equal modulo 16 do not fit in one set of l1, but in l2 */
static void test_sets(void **state)
{
	struct vm_test t = begin(16 * 5);
	struct host_tlb_stats a, b;
	unsigned long i;

	for (i = 0; i < 5; i++)
		touch(16 * i, 1, i);
	a = tlb_stats();
	for (i = 0; i < 5; i++)		/* each displaces the one that comes next */
		assert_int_equal(vm_peek(BASE + 16 * i * K4), i);
	b = tlb_stats();
	assert_int_equal(b.l1_hits, a.l1_hits);
	assert_int_equal(b.l2_hits, a.l2_hits + 5);
	assert_int_equal(b.walks, a.walks);
	for (i = 0; i < 4; i++)			/* 4 of them fit */
		vm_peek(BASE + 16 * i * K4);
	a = tlb_stats();
	for (i = 0; i < 4; i++)
		vm_peek(BASE + 16 * i * K4);
	b = tlb_stats();
	assert_int_equal(b.l1_hits, a.l1_hits + 4);
	vm_end(&t);
}

static int setup_tiny(void **state)
{
	struct machine_config c = { .tlb = { .l1_entries = 2, .l1_ways = 2,
					     .huge_entries = MACHINE_TLB_NONE,
					     .l2_entries = MACHINE_TLB_NONE,
					     .walk_entries = MACHINE_TLB_NONE } };

	return quire_setup_config(state, &c);
}

/* two entries, the one used longest ago goes */
static void test_tiny(void **state)
{
	struct vm_test t = begin(3);
	struct host_tlb_stats a, b;

	touch(0, 3, 1);
	vm_peek(BASE);
	vm_peek(BASE + K4);
	vm_peek(BASE);
	a = tlb_stats();
	vm_peek(BASE + 2 * K4);			/* displaces page 1 */
	vm_peek(BASE);
	b = tlb_stats();
	assert_int_equal(b.walks, a.walks + 1);
	assert_int_equal(b.l1_hits, a.l1_hits + 1);
	assert_int_equal(b.evictions, a.evictions + 1);
	vm_peek(BASE + K4);
	assert_int_equal(tlb_stats().walks, b.walks + 1);
	assert_int_equal(tlb_stats().l2_hits, 0);
	assert_int_equal(tlb_stats().walk_cache_hits, 0);
	vm_end(&t);
}

/* the last-level table is remembered: later pages of it cost one level */
static void test_walk_memory(void **state)
{
	struct vm_test t = begin(3);
	struct host_tlb_stats a;

	touch(0, 3, 1);
	quire_switch_cpu(1);
	host_use_mm(t.mm);
	assert_int_equal(vm_peek(BASE), 1);
	a = tlb_stats();
	assert_int_equal(a.walk_cache_hits, 0);
	vm_peek(BASE + K4);
	vm_peek(BASE + 2 * K4);
	assert_int_equal(tlb_stats().walk_cache_hits, 2);
	assert_int_equal(tlb_stats().walks, 3);
	host_use_mm(NULL);
	quire_switch_cpu(0);
	vm_end(&t);
}

/* --- accessed and dirty --------------------------------------------------------- */

static void test_bits(void **state)
{
	struct vm_test t = begin(1);
	struct host_tlb_stats a;
	pte_t *pte;

	touch(0, 1, 1);
	pte = pte_of(t.mm, BASE);
	assert_true(pte_young(*pte) && pte_dirty(*pte));
	set_pte(pte, pte_mkold(pte_mkclean(*pte)));
	flush_tlb_mm(t.mm);
	vm_peek(BASE);
	assert_true(pte_young(*pte) && !pte_dirty(*pte));
	a = tlb_stats();
	touch(0, 1, 2);				/* a write needs the dirty bit: walk again */
	assert_true(pte_dirty(*pte));
	assert_int_equal(tlb_stats().refills, a.refills + 1);
	set_pte(pte, pte_mkold(*pte));		/* without a flush nobody notices */
	touch(0, 1, 3);
	assert_false(pte_young(*pte));
	vm_end(&t);
}

static void test_fetch(void **state)
{
	struct vm_test t = begin(2);
	char two[2], c;

	touch(0, 2, 7);
	assert_int_equal(host_fetch_user(&c, (void *)BASE, 1), _PAGE_NX ? 1 : 0);
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, PROT_READ | PROT_EXEC), 0);
	assert_int_equal(host_fetch_user(two, (void *)(BASE + K4 - 1), 2), _PAGE_NX ? 1 : 0);
	assert_int_equal(host_fetch_user(&c, (void *)BASE, 1), 0);
	assert_int_equal(c, 7);
	vm_end(&t);
}

/* --- what a flush takes ---------------------------------------------------------- */

static void test_flush_takes_no_more(void **state)
{
	struct vm_test t = begin(100);
	struct host_tlb_stats a, b;

	touch(0, 100, 1);
	a = tlb_stats();
	flush_tlb_mm_range(t.mm, BASE + 10 * K4, BASE + 12 * K4, false);
	b = tlb_stats();
	assert_int_equal(b.flushes, a.flushes + 1);
	assert_int_equal(b.invlpg, a.invlpg + 2);
	vm_peek(BASE + 9 * K4);
	vm_peek(BASE + 12 * K4);
	assert_int_equal(tlb_stats().misses, b.misses);
	vm_peek(BASE + 10 * K4);
	vm_peek(BASE + 11 * K4);
	assert_int_equal(tlb_stats().misses, b.misses + 2);
	assert_int_equal(tlb_stats().walk_cache_hits, b.walk_cache_hits + 2);
	flush_tlb_mm_range(t.mm, BASE, BASE + 90 * K4, true);	/* not one by one */
	b = tlb_stats();
	assert_int_equal(b.invlpg, a.invlpg + 2);
	vm_peek(BASE + 95 * K4);
	assert_int_equal(tlb_stats().misses, b.misses);
	vm_peek(BASE + 89 * K4);
	assert_int_equal(tlb_stats().misses, b.misses + 1);
	assert_int_equal(tlb_stats().walk_cache_hits, b.walk_cache_hits);
	vm_end(&t);
}

/* --- several address spaces ------------------------------------------------------ */

#define SPACES	8

static struct mm_struct *another(void)
{
	struct mm_struct *mm = mm_alloc();

	assert_non_null(mm);
	host_use_mm(mm);
	assert_int_equal(vm_map(mm, BASE, K4, RW, FIXED), BASE);
	touch(0, 1, 9);
	return mm;
}

static unsigned long misses_of(struct mm_struct *mm, int value)
{
	unsigned long before = tlb_stats().misses;

	host_use_mm(mm);
	assert_int_equal(vm_peek(BASE), value);
	return tlb_stats().misses - before;
}

/* A CPU that comes back finds what it knew, without a flush. */
static void test_switch(void **state)
{
	struct vm_test t = begin(1);
	struct mm_struct *other;
	unsigned long flushes;

	touch(0, 1, 1);
	other = another();
	flushes = tlb_stats().flushes;
	assert_int_equal(misses_of(t.mm, 1), 0);
	assert_int_equal(misses_of(other, 9), 0);
	assert_int_equal(misses_of(t.mm, 1), 0);
	assert_int_equal(tlb_stats().flushes, flushes);
	mmput(other);
	vm_end(&t);
}

static int setup_single(void **state)
{
	struct machine_config c = { .tlb.asids = 1 };

	return quire_setup_config(state, &c);
}

/* ... but for one that tells no address spaces apart. */
static void test_switch_single(void **state)
{
	struct vm_test t = begin(1);
	struct mm_struct *other;

	touch(0, 1, 1);
	other = another();
	assert_int_equal(misses_of(t.mm, 1), 1);
	assert_int_equal(misses_of(other, 9), 1);
	host_use_mm(NULL);		/* nobody else came: nothing is lost */
	assert_int_equal(misses_of(other, 9), 0);
	mmput(other);
	vm_end(&t);
}

/* What changed while the CPU was away is gone when it comes back. */
static void test_away(void **state)
{
	struct vm_test t = begin(2);
	struct mm_struct *other;
	unsigned long flushes;

	touch(0, 2, 1);
	other = another();
	flushes = tlb_stats().flushes;
	assert_int_equal(vm_munmap(t.mm, BASE, K4), 0);
	assert_int_equal(tlb_stats().flushes, flushes);	/* it does not run t.mm */
	assert_int_equal(host_tlb_check(*state), 0);
	host_use_mm(t.mm);
	assert_int_equal(tlb_stats().flushes, flushes + 1);
	assert_int_equal(vm_peek(BASE), -EFAULT);
	assert_int_equal(vm_peek(BASE + K4), 1);
	mmput(other);
	vm_end(&t);
}

/* A flush that is forgotten meanwhile: the CPU goes on with what it remembers. */
static void test_away_without_flush(void **state)
{
	struct vm_test t = begin(2);

	touch(0, 2, 1);
	another();
	host_swallow_flush(*state, 1);
	assert_int_equal(vm_munmap(t.mm, BASE, K4), 0);
	assert_true(host_tlb_check(*state) > 0);
	host_use_mm(t.mm);
	expect_bug(vm_peek(BASE), "frame_free");
	assert_int_equal(host_swallowed(*state), 1);
	host_expect_leaks(*state);
}

/* More address spaces than numbers: the one that was used longest ago is forgotten. */
static void test_many_spaces(void **state)
{
	struct mm_struct *mm[SPACES];
	int i;

	for (i = 0; i < SPACES; i++)
		mm[i] = another();
	for (i = SPACES - 1; i >= SPACES - 6; i--)
		assert_int_equal(misses_of(mm[i], 9), 0);
	assert_int_equal(misses_of(mm[0], 9), 1);	/* in the place of the last */
	assert_int_equal(misses_of(mm[SPACES - 1], 9), 1);
	assert_int_equal(misses_of(mm[SPACES - 3], 9), 0);
	host_use_mm(NULL);
	for (i = 0; i < SPACES; i++)
		mmput(mm[i]);
}

/* A lazy CPU hears of nothing but freed tables, and catches up. */
static void test_lazy(void **state)
{
	struct vm_test t = begin(2);
	unsigned long flushes;

	touch(0, 2, 1);
	quire_switch_cpu(1);
	host_use_mm(t.mm);
	assert_int_equal(vm_peek(BASE), 1);
	host_use_mm(NULL);
	flushes = tlb_stats().flushes;
	flush_tlb_mm_range(t.mm, BASE, BASE + K4, false);
	flush_tlb_mm_range(t.mm, BASE, BASE + K4, false);
	assert_int_equal(tlb_stats().flushes, flushes);
	assert_true(cpumask_test_cpu(1, &t.mm->cpu_bitmap));
	assert_int_equal(misses_of(t.mm, 1), 1);
	assert_int_equal(tlb_stats().flushes, flushes + 1);	/* all that it missed at once */
	host_use_mm(NULL);
	flush_tlb_mm_range(t.mm, BASE, BASE + K4, true);
	assert_int_equal(tlb_stats().flushes, flushes + 1);
	assert_false(cpumask_test_cpu(1, &t.mm->cpu_bitmap));	/* off its tables */
	assert_int_equal(misses_of(t.mm, 1), 1);
	host_use_mm(NULL);
	quire_switch_cpu(0);
	vm_end(&t);
}

/* --- each flush is needed --------------------------------------------------------- */

/* A stale access or check that found something; the machine is lost then. */
static void lost(void **state)
{
	assert_int_equal(host_swallowed(*state), 1);
	host_expect_leaks(*state);
}

static void test_without_munmap(void **state)
{
	struct vm_test t = begin(4);

	touch(0, 4, 1);
	host_swallow_flush(*state, 1);
	assert_int_equal(vm_munmap(t.mm, BASE, 2 * K4), 0);
	assert_true(host_tlb_check(*state) >= 2);
	assert_log_has(*state, "remembers a translation of a page that is not there");
	expect_bug(vm_peek(BASE), "frame_free");
	assert_log_has(*state, "user address 10000000: the page is frame");
	lost(state);
}

/* the page cannot be reached any more, but its table can, which is free */
static void test_without_table_flush(void **state)
{
	struct vm_test t = begin(1);

	touch(0, 1, 1);
	host_swallow_flush(*state, 1);
	assert_int_equal(vm_munmap(t.mm, BASE, K4), 0);
	local_flush_tlb_page(t.mm, BASE);
	assert_int_equal(host_tlb_check(*state), 1);
	assert_log_has(*state, "of a table that is not there");
	expect_bug(vm_peek(BASE), "frame_free");
	assert_log_has(*state, "user address 10000000: the table is frame");
	lost(state);
}

static void test_without_mprotect(void **state)
{
	struct vm_test t = begin(1);

	touch(0, 1, 1);
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, PROT_READ), 0);
	assert_int_equal(vm_poke(BASE, 2), -EFAULT);
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, RW), 0);
	touch(0, 1, 3);
	host_swallow_flush(*state, 1);
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, PROT_READ), 0);
	assert_true(host_tlb_check(*state) > 0);
	assert_log_has(*state, "that permits too much");
	assert_int_equal(vm_poke(BASE, 4), 0);		/* a write to what is read-only */
	lost(state);
}

static void test_without_mremap(void **state)
{
	struct vm_test t = begin(1);

	touch(0, 1, 1);
	host_swallow_flush(*state, 1);
	assert_int_equal(vm_mremap(t.mm, BASE, K4, K4, MREMAP_MAYMOVE | MREMAP_FIXED,
				   BASE + 64 * K4), BASE + 64 * K4);
	assert_true(host_tlb_check(*state) > 0);
	assert_int_equal(vm_poke(BASE, 9), 0);		/* at the old place, without an area */
	assert_int_equal(vm_peek(BASE + 64 * K4), 9);
	lost(state);
}

static void test_without_dontneed(void **state)
{
	struct vm_test t = begin(1);

	touch(0, 1, 1);
	assert_int_equal(vm_madvise(t.mm, BASE, K4, MADV_DONTNEED), 0);
	assert_int_equal(vm_peek(BASE), 0);
	touch(0, 1, 1);
	host_swallow_flush(*state, 1);
	assert_int_equal(vm_madvise(t.mm, BASE, K4, MADV_DONTNEED), 0);
	assert_true(host_tlb_check(*state) > 0);
	expect_bug(vm_peek(BASE), "frame_free");
	lost(state);
}

/* after a write broke the sharing, another CPU still reads the child's page */
static void test_without_cow_break(void **state)
{
	struct vm_test t = begin(1);
	struct mm_struct *child;
	int error;

	touch(0, 1, 1);
	child = dup_mm(t.mm, &error);
	quire_switch_cpu(1);
	host_use_mm(t.mm);
	assert_int_equal(vm_peek(BASE), 1);
	quire_switch_cpu(0);
	host_use_mm(t.mm);
	host_swallow_flush(*state, 1);
	assert_int_equal(vm_poke(BASE, 2), 0);
	quire_switch_cpu(1);
	host_use_mm(t.mm);
	assert_true(host_tlb_check(*state) > 0);
	assert_log_has(*state, "of another frame");
	assert_int_equal(vm_peek(BASE), 1);		/* not what CPU 0 wrote */
	assert_non_null(child);
	lost(state);
}

static void test_without_fork(void **state)
{
	struct vm_test t = begin(1);
	struct mm_struct *child;
	int error;

	touch(0, 1, 1);
	host_swallow_flush(*state, 1);
	child = dup_mm(t.mm, &error);
	assert_true(host_tlb_check(*state) > 0);
	assert_int_equal(vm_poke(BASE, 2), 0);
	host_use_mm(child);
	assert_int_equal(vm_peek(BASE), 2);		/* the parent wrote into its child */
	lost(state);
}

/* pages go with the first flush of the exit, the rest of what is known with the second */
static void test_without_exit(void **state)
{
	struct vm_test t = begin(3);

	touch(0, 3, 1);
	host_swallow_flush(*state, 1);
	mmgrab(t.mm);
	mmput(t.mm);
	assert_true(host_tlb_check(*state) >= 3);
	expect_bug(vm_peek(BASE), "frame_free");
	lost(state);
}

static void test_without_truncate(void **state)
{
	struct file *file = shmem_file_setup("f", 2 * K4, VM_NORESERVE);
	struct vm_test t;

	vm_begin(&t);
	assert_int_equal(vm_map_file(t.mm, BASE, 2 * K4, RW, MAP_SHARED | MAP_FIXED, file, 0),
			 BASE);
	touch(0, 2, 1);
	host_swallow_flush(*state, 1);
	down_write(&file->f_inode->i_rwsem);
	truncate_setsize(file->f_inode, K4);
	up_write(&file->f_inode->i_rwsem);
	assert_true(host_tlb_check(*state) > 0);
	assert_int_equal(vm_peek(BASE), 1);
	expect_bug(vm_peek(BASE + K4), "frame_free");
	lost(state);
}

/* a place of vmalloc is given away again before the flush of what was there */
static void test_without_vfree(void **state)
{
	void *p;
	int i;

	p = vmalloc(K4);
	vfree(p);
	vm_unmap_aliases();
	assert_ptr_equal(vmalloc(K4), p);
	vfree(p);
	host_swallow_flush(*state, 1);
	vm_unmap_aliases();
	expect_bug(for (i = 0; i < 2; i++) p = vmalloc(K4), "kernel_stale");
	assert_log_has(*state, "is mapped again before the flush of what was there");
	lost(state);
}

/* a lost local flush after more was permitted heals itself: the fault comes again */
static void test_spurious(void **state)
{
	struct vm_test t = begin(1);

	assert_int_equal(vm_peek(BASE), 0);		/* the page of zeroes */
	host_swallow_flush(*state, 2);
	assert_int_equal(vm_poke(BASE, 1), 0);
	assert_int_equal(vm_peek(BASE), 1);
	host_swallow_flush(*state, 0);
	vm_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_hits), quire_unit_test(test_sets),
		cmocka_unit_test_setup_teardown(test_tiny, setup_tiny, quire_teardown),
		quire_unit_test(test_walk_memory), quire_unit_test(test_bits),
		quire_unit_test(test_fetch), quire_unit_test(test_flush_takes_no_more),
		quire_unit_test(test_switch),
		cmocka_unit_test_setup_teardown(test_switch_single, setup_single, quire_teardown),
		quire_unit_test(test_away), quire_unit_test(test_away_without_flush),
		quire_unit_test(test_many_spaces), quire_unit_test(test_lazy),
		quire_unit_test(test_without_munmap), quire_unit_test(test_without_table_flush),
		quire_unit_test(test_without_mprotect), quire_unit_test(test_without_mremap),
		quire_unit_test(test_without_dontneed), quire_unit_test(test_without_cow_break),
		quire_unit_test(test_without_fork), quire_unit_test(test_without_exit),
		quire_unit_test(test_without_truncate), quire_unit_test(test_without_vfree),
		quire_unit_test(test_spurious),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
