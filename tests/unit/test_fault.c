// SPDX-License-Identifier: MIT
/* test_fault.c - faults, copy-on-write, fork, access from outside, running out of memory. */
#include "vm_test.h"

#define FIXED	(PRIV | MAP_FIXED)

static void test_zero_page(void **state)
{
	struct vm_test t;
	int i;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, 600 * K4, RW, FIXED), BASE);
	for (i = 0; i < 600; i++)
		assert_int_equal(vm_peek(BASE + i * K4), 0);
	assert_int_equal(vm_rss(t.mm), 0);
	for (i = 0; i < 600; i++)
		assert_int_equal(vm_poke(BASE + i * K4 + 5, i), 0);
	assert_int_equal(vm_rss(t.mm), 600);
	for (i = 0; i < 600; i++) {
		assert_int_equal(vm_peek(BASE + i * K4 + 5), i & 255);
		assert_int_equal(vm_peek(BASE + i * K4 + 4), 0);
	}
	vm_end(&t);
}

static void test_access_errors(void **state)
{
	struct vm_test t;
	int code;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, K4, PROT_READ, FIXED), BASE);
	assert_int_equal(mm_fault(t.mm, BASE, FAULT_FLAG_WRITE, &code), VM_FAULT_SIGSEGV);
	assert_int_equal(code, SEGV_ACCERR);
	assert_int_equal(mm_fault(t.mm, BASE, FAULT_FLAG_INSTRUCTION, &code), VM_FAULT_SIGSEGV);
	assert_int_equal(code, SEGV_ACCERR);
	assert_int_equal(mm_fault(t.mm, BASE + K4, 0, &code), VM_FAULT_SIGSEGV);
	assert_int_equal(code, SEGV_MAPERR);
	assert_int_equal(mm_fault(t.mm, ~0ul, 0, &code), VM_FAULT_SIGSEGV);
	assert_int_equal(code, SEGV_MAPERR);
	assert_int_equal(vm_map(t.mm, BASE, K4, PROT_NONE, FIXED), BASE);
	assert_int_equal(mm_fault(t.mm, BASE, 0, &code), VM_FAULT_SIGSEGV);
	assert_int_equal(code, SEGV_ACCERR);
	vm_end(&t);
}

static struct mm_struct *fork_mm(struct mm_struct *mm)
{
	struct mm_struct *child;
	int error;

	child = dup_mm(mm, &error);
	assert_non_null(child);
	assert_int_equal(error, 0);
	vm_check(mm);
	vm_check(child);
	return child;
}

static void test_fork_cow(void **state)
{
	struct vm_test t;
	struct mm_struct *child;
	unsigned long free_pages, reuse;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, 10 * K4, RW, FIXED), BASE);
	assert_int_equal(vm_poke(BASE, 1), 0);
	assert_int_equal(vm_poke(BASE + K4, 2), 0);
	assert_int_equal(vm_peek(BASE + 2 * K4), 0);		/* the zero page */
	child = fork_mm(t.mm);
	assert_int_equal(vm_rss(child), 2);
	assert_int_equal(vm_poke(BASE, 11), 0);			/* the parent writes: copy */
	host_use_mm(child);
	assert_int_equal(vm_peek(BASE), 1);
	free_pages = nr_free_pages();
	reuse = sum_vm_event(PGREUSE);
	assert_int_equal(vm_poke(BASE, 21), 0);			/* alone now: no copy */
	assert_int_equal(nr_free_pages(), free_pages);
	assert_int_equal(sum_vm_event(PGREUSE), reuse + 1);
	assert_int_equal(vm_poke(BASE + K4, 22), 0);
	assert_int_equal(vm_poke(BASE + 2 * K4, 23), 0);
	vm_check(child);
	host_use_mm(t.mm);
	assert_int_equal(vm_peek(BASE), 11);
	assert_int_equal(vm_peek(BASE + K4), 2);
	assert_int_equal(vm_peek(BASE + 2 * K4), 0);
	mmput(child);
	vm_end(&t);
}

static void test_fork_flags(void **state)
{
	struct vm_test t;
	struct mm_struct *child;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, 4 * K4, RW, FIXED), BASE);
	assert_int_equal(vm_map(t.mm, BASE + 4 * K4, K4, RW,
				MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED), BASE + 4 * K4);
	for (int i = 0; i < 5; i++)
		assert_int_equal(vm_poke(BASE + i * K4, i + 1), 0);
	assert_int_equal(vm_madvise(t.mm, BASE, K4, MADV_DONTFORK), 0);
	assert_int_equal(vm_madvise(t.mm, BASE + K4, K4, MADV_WIPEONFORK), 0);
	assert_int_equal(vm_mlock(t.mm, BASE + 2 * K4, K4, VM_LOCKED), 0);
	child = fork_mm(t.mm);
	host_use_mm(child);
	assert_int_equal(vm_peek(BASE), -EFAULT);
	assert_int_equal(vm_peek(BASE + K4), 0);
	assert_int_equal(vm_peek(BASE + 2 * K4), 3);
	assert_int_equal(child->locked_vm, 0);
	assert_int_equal(vm_peek(BASE + 4 * K4), 5);
	assert_int_equal(vm_poke(BASE + 4 * K4, 55), 0);	/* shared */
	host_use_mm(t.mm);
	assert_int_equal(vm_peek(BASE + 4 * K4), 55);
	mmput(child);
	vm_end(&t);
}

static void test_many_forks(void **state)
{
	struct vm_test t;
	struct mm_struct *child[20];
	int i, j;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, 1000 * K4, RW, FIXED), BASE);
	for (i = 0; i < 1000; i++)
		assert_int_equal(vm_poke(BASE + i * K4, i), 0);
	for (j = 0; j < 20; j++)
		child[j] = fork_mm(t.mm);
	for (j = 0; j < 20; j++) {
		host_use_mm(child[j]);
		for (i = j; i < 1000; i += 50)
			assert_int_equal(vm_poke(BASE + i * K4, j + 100), 0);
		vm_check(child[j]);
	}
	for (j = 0; j < 20; j++) {
		host_use_mm(child[j]);
		for (i = 0; i < 1000; i++)
			assert_int_equal(vm_peek(BASE + i * K4),
					 i % 50 == j ? j + 100 : i & 255);
		mmput(child[j]);
	}
	host_use_mm(t.mm);
	vm_end(&t);
}

static void test_remote_access(void **state)
{
	struct vm_test t;
	char buf[10000], back[10000];
	struct page *pages[4];

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, 4 * K4, RW, FIXED), BASE);
	for (unsigned int i = 0; i < sizeof(buf); i++)
		buf[i] = i * 7;
	assert_int_equal(access_remote_vm(t.mm, BASE + 100, buf, sizeof(buf), true), sizeof(buf));
	assert_int_equal(access_remote_vm(t.mm, BASE + 100, back, sizeof(back), false), sizeof(back));
	assert_memory_equal(buf, back, sizeof(buf));
	assert_int_equal(vm_peek(BASE + 100 + 9999), (unsigned char)buf[9999]);
	/* to the end of what is mapped */
	assert_int_equal(access_remote_vm(t.mm, BASE + 3 * K4, buf, sizeof(buf), true), K4);
	/* FOLL_FORCE writes to a private copy of read-only memory */
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, PROT_READ), 0);
	assert_int_equal(access_remote_vm(t.mm, BASE, "x", 1, true), 1);
	assert_int_equal(vm_peek(BASE), 'x');
	assert_int_equal(vm_poke(BASE, 1), -EFAULT);
	assert_int_equal(get_user_pages_remote(t.mm, BASE, 1, FOLL_WRITE, pages), -EFAULT);
	assert_int_equal(get_user_pages_remote(t.mm, BASE + 2 * K4, 4, 0, pages), 2);
	put_page(pages[0]);
	put_page(pages[1]);
	vm_end(&t);
}

/* a page that somebody holds is copied, not reused; it outlives its mapping */
static void test_held_page(void **state)
{
	struct vm_test t;
	struct mm_struct *child;
	struct page *page;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, K4, RW, FIXED), BASE);
	assert_int_equal(vm_poke(BASE, 1), 0);
	child = fork_mm(t.mm);
	mmput(child);
	assert_int_equal(get_user_pages_remote(t.mm, BASE, 1, 0, &page), 1);
	assert_int_equal(vm_poke(BASE, 2), 0);
	assert_int_equal(quire_page_byte(page, 0), 1);
	assert_int_equal(vm_munmap(t.mm, BASE, K4), 0);
	assert_int_equal(page_count(page), 1);
	put_page(page);
	vm_end(&t);
}

static void test_out_of_memory(void **state)
{
	struct vm_test t;
	struct mm_struct *child;
	struct page *page, *next;
	LIST_HEAD(kernel);
	unsigned long i, pages = 40000;
	int code, error;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, pages * K4, RW, FIXED | MAP_NORESERVE), BASE);
	for (i = 0; i < pages; i++)
		if (mm_fault(t.mm, BASE + i * K4, FAULT_FLAG_WRITE, &code))
			break;
	assert_true(i < pages);
	assert_int_equal(mm_fault(t.mm, BASE + i * K4, FAULT_FLAG_WRITE, &code), VM_FAULT_OOM);
	/* programs leave some low memory to the kernel */
	while ((page = alloc_page(GFP_KERNEL | __GFP_NOWARN)))
		list_add(&page->lru, &kernel);
	child = dup_mm(t.mm, &error);		/* nothing for its tables */
	assert_null(child);
	assert_int_equal(error, -ENOMEM);
	list_for_each_entry_safe(page, next, &kernel, lru)
		__free_page(page);
	vm_check(t.mm);
	assert_int_equal(vm_munmap(t.mm, BASE, pages * K4), 0);
	vm_end(&t);
}

struct race {
	struct mm_struct *mm;
	int rounds;
};

static void race_thread(unsigned int cpu, void *arg)
{
	struct race *r = arg;
	u64 seed = cpu + 1;
	int i;

	host_use_mm(r->mm);
	for (i = 0; i < r->rounds; i++) {
		unsigned long page = quire_random(&seed) % 64;
		unsigned long own = BASE + (1000 + cpu * 100) * K4;

		switch (quire_random(&seed) % 6) {
		case 0: case 1: case 2:
			vm_poke(BASE + page * K4 + cpu, cpu);
			break;
		case 3:
			vm_peek(BASE + page * K4);
			break;
		case 4:
			vm_madvise(r->mm, BASE + page * K4, K4, MADV_DONTNEED);
			break;
		case 5:
			assert_int_equal(vm_map(r->mm, own, 20 * K4, RW, FIXED), own);
			assert_int_equal(vm_poke(own + 5 * K4, 1), 0);
			assert_int_equal(vm_munmap(r->mm, own, 20 * K4), 0);
			break;
		}
		if (cpu == 0 && i % 50 == 0) {
			int error;
			struct mm_struct *child = dup_mm(r->mm, &error);

			assert_non_null(child);
			mmput(child);
		}
	}
	host_use_mm(NULL);
}

static void test_threads(void **state)
{
	struct vm_test t;
	struct race r = { .rounds = 1000 };

	vm_begin(&t);
	r.mm = t.mm;
	assert_int_equal(vm_map(t.mm, BASE, 64 * K4, RW, FIXED), BASE);
	quire_run_cpus(4, race_thread, &r);
	host_use_mm(t.mm);
	vm_check(t.mm);
	vm_end(&t);
}

#define LAST	(BASE + PMD_SIZE - K4)	/* the last page of a table */

/*
 * When madvise() returns, the old contents are gone for the caller, also when somebody
 * else was in the middle of dropping the same page (U4 of zap.c).
 */
static void dontneed_thread(unsigned int cpu, void *arg)
{
	struct race *r = arg;
	int i, j, rounds = cpu ? r->rounds : r->rounds * 40;

	host_use_mm(r->mm);
	for (i = 0; i < rounds; i++) {
		if (!cpu)
			assert_int_equal(vm_poke(LAST, 7), 0);
		/* the other one has more to do, in the next table, before it flushes */
		for (j = 1; cpu && j < 40; j++)
			assert_int_equal(vm_poke(LAST + j * K4, 7), 0);
		assert_int_equal(vm_madvise(r->mm, LAST, (cpu ? 40 : 1) * K4, MADV_DONTNEED), 0);
		if (!cpu)
			assert_int_equal(vm_peek(LAST), 0);
	}
	host_use_mm(NULL);
}

static void test_dontneed_race(void **state)
{
	struct vm_test t;
	struct race r = { .rounds = 1500 };

	vm_begin(&t);
	r.mm = t.mm;
	assert_int_equal(vm_map(t.mm, LAST, 40 * K4, RW, FIXED), LAST);
	quire_run_cpus(2, dontneed_thread, &r);
	assert_int_equal(atomic_read(&t.mm->tlb_flush_pending), 0);
	host_use_mm(t.mm);
	vm_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_zero_page), quire_unit_test(test_access_errors),
		quire_unit_test(test_fork_cow), quire_unit_test(test_fork_flags),
		quire_unit_test(test_many_forks), quire_unit_test(test_remote_access),
		quire_unit_test(test_held_page), quire_unit_test(test_out_of_memory),
		quire_unit_test(test_threads), quire_fast_test(test_dontneed_race),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
