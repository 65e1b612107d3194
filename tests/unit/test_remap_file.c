// SPDX-License-Identifier: MIT
/*
 * test_remap_file.c - areas of files as wholes: remap_file_pages() puts their pages in
 * another order, vm_unmap_attached() finds all that is left of one mapping.
 */
#include "vm_test.h"
#include "vm_file.h"

#define PAGES	8
#define SHARED	(MAP_SHARED | MAP_FIXED)

/* page N of it begins with letter N after @first */
static struct file *lettered(char first)
{
	struct file *file = shmem_file_setup("x", PAGES * K4, VM_NORESERVE);
	int i;

	assert_false(IS_ERR(file));
	for (i = 0; i < PAGES; i++)
		assert_int_equal(file_write(file, i * K4, &(char){ first + i }, 1), 1);
	return file;
}

static void map_at(struct vm_test *t, long page, long pages, unsigned long flags,
		   struct file *file, unsigned long pgoff)
{
	unsigned long addr = BASE + page * K4;

	assert_int_equal(vm_map_file(t->mm, addr, pages * K4, RW, flags, file, pgoff), addr);
}

static int remap(struct vm_test *t, long page, long pages, unsigned long pgoff,
		 unsigned long flags)
{
	return vm_remap_file_pages(t->mm, BASE + page * K4, pages * K4, 0, pgoff, flags);
}

/* the first byte of each page; '-': none can be read */
static const char *seen(int pages)
{
	static char text[2 * PAGES + 1];
	int i, c;

	for (i = 0; i < pages; i++) {
		c = vm_peek(BASE + i * K4);
		text[i] = c > 0 ? c : '-';
	}
	text[i] = '\0';
	return text;
}

static void test_order(void **state)
{
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = lettered('a');
	map_at(&t, 0, PAGES, SHARED, file, 0);
	assert_int_equal(remap(&t, 0, 1, 7, 0), 0);
	assert_string_equal(seen(PAGES), "hbcdefgh");
	assert_int_equal(remap(&t, 2, 3, 0, 0), 0);
	assert_string_equal(seen(PAGES), "hbabcfgh");
	assert_int_equal(t.mm->map_count, 4);
	vm_check(t.mm);
	assert_int_equal(vm_poke(BASE + 2 * K4, 'A'), 0);	/* one page at two places */
	assert_int_equal(remap(&t, 7, 1, 0, 0), 0);
	assert_string_equal(seen(PAGES), "hbAbcfgA");
	/* over several areas of the same kind, and in order again they are one */
	assert_int_equal(remap(&t, 0, PAGES, 0, 0), 0);
	assert_string_equal(seen(PAGES), "Abcdefgh");
	assert_string_equal(vm_layout(t.mm), "0-8 rw-s");
	/* start and size are rounded down */
	assert_int_equal(vm_remap_file_pages(t.mm, BASE + 1, K4 + 5, 0, 3, 0), 0);
	assert_string_equal(seen(PAGES), "dbcdefgh");
	/* behind the end of the file there is nothing to see, but to map */
	assert_int_equal(remap(&t, 1, 1, 100, 0), 0);
	assert_string_equal(seen(PAGES), "d-cdefgh");
	fput(file);
	vm_end(&t);
}

/*
 * The pages are there at once, but with MAP_NONBLOCK where nothing is locked; other flags
 * are not looked at.
 */
static void test_populated(void **state)
{
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = lettered('a');
	map_at(&t, 0, PAGES, SHARED, file, 0);
	assert_int_equal(vm_rss(t.mm), 0);
	assert_int_equal(remap(&t, 0, 2, 6, MAP_NONBLOCK), 0);
	assert_int_equal(vm_rss(t.mm), 0);
	assert_int_equal(remap(&t, 0, 2, 5, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS), 0);
	assert_int_equal(vm_rss(t.mm), 2);
	assert_string_equal(seen(PAGES), "fgcdefgh");
	assert_string_equal(vm_layout(t.mm), "0-2 rw-s,2-8 rw-s");
	map_at(&t, 0, PAGES, SHARED, file, 0);
	assert_int_equal(vm_mlock(t.mm, BASE, PAGES * K4, VM_LOCKED | VM_LOCKONFAULT), 0);
	assert_int_equal(vm_rss(t.mm), 0);
	assert_int_equal(remap(&t, 0, 2, 6, MAP_NONBLOCK), 0);
	assert_int_equal(vm_rss(t.mm), 2);
	fput(file);
	vm_end(&t);
}

/* what an area is, it stays: protection, locked pages */
static void test_kinds_stay(void **state)
{
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = lettered('a');
	map_at(&t, 0, PAGES, SHARED, file, 0);
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, PROT_READ), 0);
	assert_int_equal(vm_mprotect(t.mm, BASE + K4, K4, PROT_READ | PROT_EXEC), 0);
	assert_int_equal(remap(&t, 0, 2, 0, 0), -EINVAL);
	assert_int_equal(remap(&t, 0, 1, 5, 0), 0);
	assert_int_equal(remap(&t, 1, 1, 4, 0), 0);
	assert_string_equal(vm_layout(t.mm), "0-1 r--s,1-2 r-xs,2-8 rw-s");
	assert_int_equal(vm_poke(BASE, 1), -EFAULT);
	assert_string_equal(seen(PAGES), "fecdefgh");
	assert_int_equal(vm_mlock(t.mm, BASE + 4 * K4, 2 * K4, VM_LOCKED), 0);
	assert_int_equal(remap(&t, 4, 1, 0, 0), 0);
	assert_int_equal(t.mm->locked_vm, 2);
	assert_string_equal(seen(PAGES), "fecdafgh");
	vm_check(t.mm);
	fput(file);
	vm_end(&t);
}

static void test_refused(void **state)
{
	struct file *file, *other;
	struct vm_test t;

	vm_begin(&t);
	file = lettered('a');
	other = lettered('A');
	map_at(&t, 0, PAGES, SHARED, file, 0);
	map_at(&t, 3, 1, SHARED, other, 3);
	assert_int_equal(remap(&t, 0, 0, 0, 0), -EINVAL);
	assert_int_equal(vm_remap_file_pages(t.mm, BASE, 100, 0, 0, 0), -EINVAL);
	assert_int_equal(vm_remap_file_pages(t.mm, BASE, K4, PROT_READ, 0, 0), -EINVAL);
	assert_int_equal(vm_remap_file_pages(t.mm, BASE, -K4, 0, 0, 0), -EINVAL);
	assert_int_equal(remap(&t, 0, 2, ~0ul, 0), -EINVAL);
	assert_int_equal(remap(&t, 0, 4, 0, 0), -EINVAL);		/* two files */
	assert_int_equal(vm_munmap(t.mm, BASE + 6 * K4, K4), 0);
	assert_int_equal(remap(&t, 5, 3, 0, 0), -EINVAL);		/* over a hole */
	assert_int_equal(remap(&t, 6, 1, 0, 0), -EINVAL);		/* in a hole */
	assert_int_equal(remap(&t, 7, 2, 0, 0), -EINVAL);		/* over the end */
	assert_int_equal(remap(&t, 100, 1, 0, 0), -EINVAL);		/* behind all */
	assert_string_equal(seen(PAGES), "abcDef-h");
	assert_string_equal(vm_layout(t.mm), "0-3 rw-s,3-4 rw-s,4-6 rw-s,7-8 rw-s");
	map_at(&t, 0, 1, MAP_PRIVATE | MAP_FIXED, file, 0);
	map_at(&t, 1, 1, PRIV | MAP_FIXED, NULL, 0);
	assert_int_equal(remap(&t, 0, 1, 1, 0), -EINVAL);
	assert_int_equal(remap(&t, 1, 1, 1, 0), -EINVAL);
	/* a file that is open to be read only: shared, but not so that it counts */
	other->f_mode = FMODE_READ;
	assert_int_equal(vm_map_file(t.mm, BASE + 2 * K4, K4, PROT_READ, SHARED, other, 0),
			 BASE + 2 * K4);
	assert_int_equal(remap(&t, 2, 1, 1, 0), -EINVAL);
	assert_string_equal(seen(PAGES), "a-ADef-h");
	fput(other);
	fput(file);
	vm_end(&t);
}

/* no more areas than max_map_count: the page stays where it is */
static void test_area_limit(void **state)
{
	struct machine *m = *state;
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = lettered('a');
	map_at(&t, 0, PAGES, SHARED, file, 0);
	m->tunables.max_map_count = 2;
	assert_int_equal(remap(&t, 0, 1, 7, 0), 0);
	assert_int_equal(remap(&t, 4, 1, 0, 0), -ENOMEM);
	assert_string_equal(seen(PAGES), "hbcdefgh");
	assert_int_equal(t.mm->map_count, 2);
	m->tunables.max_map_count = 1;
	assert_int_equal(remap(&t, 0, 1, 0, 0), -ENOMEM);
	assert_string_equal(seen(PAGES), "hbcdefgh");
	vm_check(t.mm);
	fput(file);
	vm_end(&t);
}

/* each allocation fails once: the old order or the new one, nothing between */
static void test_no_memory(void **state)
{
	unsigned long nth, failed;
	struct vm_test t;
	struct file *file;
	int error;

	vm_begin(&t);
	file = lettered('a');
	for (nth = 1; nth < 1000; nth++) {
		map_at(&t, 0, PAGES, SHARED, file, 0);
		assert_string_equal(seen(PAGES), "abcdefgh");
		failed = host_failures(*state);
		host_fail_nth(*state, nth, false);
		error = remap(&t, 2, 3, 0, 0);
		host_fail_nth(*state, 0, false);
		assert_true(!error || error == -ENOMEM);
		assert_string_equal(seen(PAGES), error ? "abcdefgh" : "ababcfgh");
		vm_check(t.mm);
		if (failed == host_failures(*state))
			break;
	}
	assert_int_equal(error, 0);
	assert_true(nth > 1 && nth < 1000);
	fput(file);
	vm_end(&t);
}

/* --- what is left of one mapping ------------------------------------------------------ */

static const struct vm_operations_struct *ops_of(struct vm_test *t, long page)
{
	const struct vm_operations_struct *ops;

	mmap_read_lock(t->mm);
	ops = find_vma(t->mm, BASE + page * K4)->vm_ops;
	mmap_read_unlock(t->mm);
	assert_non_null(ops);
	return ops;
}

static int detach(struct vm_test *t, long page)
{
	static const struct vm_operations_struct none;

	assert_int_equal(vm_unmap_attached(t->mm, BASE + page * K4, &none), -EINVAL);
	return vm_unmap_attached(t->mm, BASE + page * K4, ops_of(t, 0));
}

static void test_detach(void **state)
{
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = lettered('a');
	map_at(&t, 0, PAGES, SHARED, file, 0);
	map_at(&t, 2 * PAGES, 1, PRIV | MAP_FIXED, NULL, 0);
	/* not from its middle, not from before it, nor what is no file */
	assert_int_equal(detach(&t, 1), -EINVAL);
	assert_int_equal(detach(&t, -1), -EINVAL);
	assert_int_equal(detach(&t, PAGES), -EINVAL);
	assert_int_equal(detach(&t, 2 * PAGES), -EINVAL);
	assert_int_equal(detach(&t, 2 * PAGES + 1), -EINVAL);
	assert_string_equal(vm_layout(t.mm), "0-8 rw-s,16-17 rw-p");
	assert_int_equal(detach(&t, 0), 0);
	assert_string_equal(vm_layout(t.mm), "16-17 rw-p");
	fput(file);
	vm_end(&t);
}

/* holes, other protection, a part that went away: what stands where it did goes */
static void test_detach_pieces(void **state)
{
	struct file *file, *other;
	struct vm_test t;

	vm_begin(&t);
	file = lettered('a');
	other = lettered('A');
	map_at(&t, 0, PAGES, SHARED, file, 0);
	map_at(&t, PAGES, PAGES, SHARED, file, 0);	/* attached twice, side by side */
	assert_int_equal(vm_munmap(t.mm, BASE, K4), 0);
	assert_int_equal(vm_munmap(t.mm, BASE + 3 * K4, K4), 0);
	assert_int_equal(vm_mprotect(t.mm, BASE + 5 * K4, K4, PROT_READ), 0);
	map_at(&t, 2, 1, SHARED, other, 2);		/* another file at its place */
	map_at(&t, 6, 1, SHARED, file, 0);		/* another page of the file */
	assert_string_equal(seen(2 * PAGES), "-bC-efahabcdefgh");
	assert_int_equal(detach(&t, 0), 0);
	assert_string_equal(seen(2 * PAGES), "--C---a-abcdefgh");
	vm_check(t.mm);
	assert_int_equal(vm_unmap_attached(t.mm, BASE + PAGES * K4, ops_of(&t, 2)), 0);
	assert_string_equal(vm_layout(t.mm), "2-3 rw-s,6-7 rw-s");
	/* the first that fits says of which file: now the other one */
	assert_int_equal(vm_unmap_attached(t.mm, BASE, ops_of(&t, 2)), 0);
	assert_string_equal(vm_layout(t.mm), "6-7 rw-s");
	assert_int_equal(vm_unmap_attached(t.mm, BASE, ops_of(&t, 6)), -EINVAL);
	fput(other);
	fput(file);
	vm_end(&t);
}

/* tables shared with a child have to be copied: what failed is done when asked again */
static void test_detach_no_memory(void **state)
{
	unsigned long nth, failed;
	struct mm_struct *child;
	struct vm_test t;
	struct file *file;
	int error;

	vm_begin(&t);
	file = lettered('a');
	for (nth = 1; nth < 100; nth++) {
		map_at(&t, 0, PAGES, SHARED, file, 0);
		assert_int_equal(vm_munmap(t.mm, BASE + 3 * K4, K4), 0);
		assert_string_equal(seen(PAGES), "abc-efgh");
		child = dup_mm(t.mm, &error);
		assert_non_null(child);
		failed = host_failures(*state);
		host_fail_nth(*state, nth, false);
		error = vm_unmap_attached(t.mm, BASE, ops_of(&t, 0));
		host_fail_nth(*state, 0, false);
		vm_check(t.mm);
		if (error) {
			assert_int_equal(error, -ENOMEM);
			assert_int_equal(vm_unmap_attached(t.mm, BASE, ops_of(&t, 0)), 0);
		}
		assert_int_equal(t.mm->map_count, 0);
		host_use_mm(child);
		assert_string_equal(seen(PAGES), "abc-efgh");
		host_use_mm(t.mm);
		mmput(child);
		if (failed == host_failures(*state))
			break;
	}
	assert_int_equal(error, 0);
	assert_true(nth < 100);
	fput(file);
	vm_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_order), quire_unit_test(test_populated),
		quire_unit_test(test_kinds_stay), quire_unit_test(test_refused),
		quire_unit_test(test_area_limit), quire_unit_test(test_no_memory),
		quire_unit_test(test_detach), quire_unit_test(test_detach_pieces),
		quire_unit_test(test_detach_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
