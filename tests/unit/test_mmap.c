// SPDX-License-Identifier: MIT
/* test_mmap.c - mmap, munmap, mprotect, mremap, brk, madvise, mlock: layout and errors. */
#include "vm_test.h"

#define FIXED	(PRIV | MAP_FIXED)
#define HUGE_RANGE	(1ul << (sizeof(long) == 8 ? 40 : 30))	/* > RAM */

static void test_map_unmap(void **state)
{
	struct vm_test t;
	unsigned long a, b;

	vm_begin(&t);
	a = vm_map(t.mm, 0, 10 * K4, RW, PRIV);
	assert_false(IS_ERR_VALUE(a));
	assert_true(a + 10 * K4 == t.mm->mmap_base);
	b = vm_map(t.mm, 0, 5 * K4, RW, PRIV);
	assert_true(b + 5 * K4 == a);
	assert_int_equal(t.mm->map_count, 1);		/* merged */
	assert_int_equal(vm_poke(a, 7), 0);
	assert_int_equal(vm_peek(a), 7);
	assert_int_equal(vm_peek(a + K4), 0);
	assert_int_equal(vm_munmap(t.mm, b, 15 * K4), 0);
	assert_int_equal(t.mm->map_count, 0);
	assert_int_equal(vm_peek(a), -EFAULT);
	assert_int_equal(vm_munmap(t.mm, b, 15 * K4), 0);
	vm_end(&t);
}

static void test_split_merge(void **state)
{
	struct vm_test t;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, 10 * K4, RW, FIXED), BASE);
	assert_int_equal(vm_munmap(t.mm, BASE + 4 * K4, 2 * K4), 0);
	assert_string_equal(vm_layout(t.mm), "0-4 rw-p,6-10 rw-p");
	assert_int_equal(vm_map(t.mm, BASE + 4 * K4, 2 * K4, RW, FIXED), BASE + 4 * K4);
	assert_string_equal(vm_layout(t.mm), "0-10 rw-p");
	assert_int_equal(vm_mprotect(t.mm, BASE + 2 * K4, 3 * K4, PROT_READ), 0);
	assert_string_equal(vm_layout(t.mm), "0-2 rw-p,2-5 r--p,5-10 rw-p");
	assert_int_equal(vm_mprotect(t.mm, BASE + 3 * K4, K4, RW), 0);
	vm_check(t.mm);
	assert_int_equal(vm_mprotect(t.mm, BASE, 10 * K4, RW), 0);
	assert_string_equal(vm_layout(t.mm), "0-10 rw-p");
	assert_int_equal(vm_munmap(t.mm, BASE, K4), 0);
	assert_int_equal(vm_munmap(t.mm, BASE + 9 * K4, 5 * K4), 0);
	assert_string_equal(vm_layout(t.mm), "1-9 rw-p");
	assert_int_equal(vm_map(t.mm, BASE + 3 * K4, 2 * K4, PROT_NONE, FIXED), BASE + 3 * K4);
	assert_string_equal(vm_layout(t.mm), "1-3 rw-p,3-5 ---p,5-9 rw-p");
	assert_int_equal(vm_munmap(t.mm, BASE + 2 * K4, 5 * K4), 0);
	assert_string_equal(vm_layout(t.mm), "1-2 rw-p,7-9 rw-p");
	vm_end(&t);
}

static void test_mmap_errors(void **state)
{
	struct vm_test t;
	struct mm_struct *mm;

	vm_begin(&t);
	mm = t.mm;
	assert_int_equal(vm_map(mm, 0, 0, RW, PRIV), -EINVAL);
	assert_int_equal(vm_map(mm, 0, ~0ul, RW, PRIV), -ENOMEM);
	assert_int_equal(vm_map(mm, 0, mm->task_size, RW, PRIV), -ENOMEM);
	assert_int_equal(vm_map(mm, BASE + 1, K4, RW, FIXED), -EINVAL);
	assert_int_equal(vm_map(mm, mm->task_size, K4, RW, FIXED), -ENOMEM);
	assert_int_equal(vm_map(mm, 0, K4, RW, MAP_ANONYMOUS), -EINVAL);
	assert_int_equal(vm_map(mm, 0, K4, RW, MAP_ANONYMOUS | MAP_SHARED_VALIDATE), -EINVAL);
	assert_int_equal(vm_map(mm, 0, K4, RW, MAP_ANONYMOUS | MAP_SHARED | MAP_GROWSDOWN), -EINVAL);
	host_set_capable_admin(false);
	assert_int_equal(vm_map(mm, K4, K4, RW, FIXED), -EPERM);
	host_set_capable_admin(true);
	assert_int_equal(vm_map(mm, BASE, K4, RW, PRIV | MAP_FIXED_NOREPLACE), BASE);
	assert_int_equal(vm_map(mm, BASE, K4, RW, PRIV | MAP_FIXED_NOREPLACE), -EEXIST);
	assert_int_equal(vm_munmap(mm, BASE + 1, K4), -EINVAL);
	assert_int_equal(vm_munmap(mm, BASE, 0), -EINVAL);
	assert_int_equal(vm_munmap(mm, BASE, ~0ul), -EINVAL);
	assert_int_equal(vm_mprotect(mm, BASE + 1, K4, RW), -EINVAL);
	assert_int_equal(vm_mprotect(mm, BASE, 0, RW), 0);
	assert_int_equal(vm_mprotect(mm, BASE, 2 * K4, RW), -ENOMEM);
	assert_int_equal(vm_mprotect(mm, BASE, K4, 0x40), -EINVAL);
	assert_int_equal(vm_madvise(mm, BASE, K4, 12345), -EINVAL);
	assert_int_equal(vm_madvise(mm, BASE, 2 * K4, MADV_DONTNEED), -ENOMEM);
	assert_int_equal(vm_msync(mm, BASE, K4, MS_SYNC | MS_ASYNC), -EINVAL);
	assert_int_equal(vm_msync(mm, BASE, 2 * K4, MS_SYNC), -ENOMEM);
	assert_int_equal(vm_msync(mm, BASE, K4, MS_SYNC), 0);
	vm_end(&t);
}

static void test_limits(void **state)
{
	struct vm_test t;
	struct mm_struct *mm;
	unsigned long i, old = this_machine()->tunables.max_map_count;

	vm_begin(&t);
	mm = t.mm;
	host_set_rlimit(RLIMIT_AS, 10 * K4);
	assert_int_equal(vm_map(mm, BASE, 10 * K4, RW, FIXED), BASE);
	assert_int_equal(vm_map(mm, 0, K4, RW, PRIV), -ENOMEM);
	assert_int_equal(vm_map(mm, BASE, 10 * K4, RW, FIXED), BASE);	/* replaces itself */
	host_set_rlimit(RLIMIT_AS, RLIM_INFINITY);
	host_set_rlimit(RLIMIT_DATA, 12 * K4);
	assert_int_equal(vm_map(mm, 0, 3 * K4, RW, PRIV), -ENOMEM);
	assert_false(IS_ERR_VALUE(vm_map(mm, 0, 3 * K4, PROT_READ, PRIV)));
	host_set_rlimit(RLIMIT_DATA, RLIM_INFINITY);
	/* a single promise larger than the machine */
	assert_int_equal(vm_map(mm, 0, HUGE_RANGE, RW, PRIV), -ENOMEM);
	i = vm_map(mm, 0, HUGE_RANGE, RW, PRIV | MAP_NORESERVE);
	assert_false(IS_ERR_VALUE(i));
	assert_int_equal(vm_munmap(mm, i, HUGE_RANGE), 0);
	this_machine()->tunables.max_map_count = 9;
	for (i = 0; mm->map_count < 9; i++)
		assert_int_equal(vm_mprotect(mm, BASE + 2 * i * K4, K4, PROT_READ), 0);
	vm_check(mm);
	assert_int_equal(vm_munmap(mm, BASE + 8 * K4, K4), -ENOMEM);
	assert_int_equal(vm_mprotect(mm, BASE + 8 * K4, K4, PROT_NONE), -ENOMEM);
	this_machine()->tunables.max_map_count = old;
	vm_end(&t);
}

static void test_mprotect_access(void **state)
{
	struct vm_test t;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, 4 * K4, RW, FIXED), BASE);
	assert_int_equal(vm_poke(BASE, 1), 0);
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, PROT_READ), 0);
	assert_int_equal(vm_poke(BASE, 2), -EFAULT);
	assert_int_equal(vm_peek(BASE), 1);
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, PROT_NONE), 0);
	assert_int_equal(vm_peek(BASE), -EFAULT);
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, RW), 0);
	assert_int_equal(vm_peek(BASE), 1);
	assert_int_equal(vm_poke(BASE, 3), 0);
	assert_int_equal(vm_rss(t.mm), 1);
	vm_end(&t);
}

static void test_brk(void **state)
{
	struct vm_test t;
	struct mm_struct *mm;

	vm_begin(&t);
	mm = t.mm;
	mm->start_brk = mm->brk = BASE + 100;
	assert_int_equal(vm_brk_set(mm, 0), BASE + 100);
	assert_int_equal(vm_brk_set(mm, BASE + 5 * K4 + 3), BASE + 5 * K4 + 3);
	assert_string_equal(vm_layout(mm), "1-6 rw-p");
	assert_int_equal(vm_poke(BASE + 5 * K4, 9), 0);
	assert_int_equal(vm_brk_set(mm, BASE + 9 * K4), BASE + 9 * K4);
	assert_string_equal(vm_layout(mm), "1-9 rw-p");
	assert_int_equal(vm_brk_set(mm, BASE + 3 * K4), BASE + 3 * K4);
	assert_string_equal(vm_layout(mm), "1-3 rw-p");
	assert_int_equal(vm_rss(mm), 0);
	assert_int_equal(vm_map(mm, BASE + 8 * K4, K4, RW, FIXED), BASE + 8 * K4);
	assert_int_equal(vm_brk_set(mm, BASE + 8 * K4), BASE + 3 * K4);	/* no guard page */
	assert_int_equal(vm_brk_set(mm, BASE + 7 * K4), BASE + 7 * K4);
	host_set_rlimit(RLIMIT_DATA, 2 * K4);
	assert_int_equal(vm_brk_set(mm, BASE + 7 * K4 + 1), BASE + 7 * K4);
	host_set_rlimit(RLIMIT_DATA, RLIM_INFINITY);
	vm_end(&t);
}

static void test_stack(void **state)
{
	struct vm_test t;
	struct mm_struct *mm;
	unsigned long top = BASE + (64ul << 20), low;
	int code;

	vm_begin(&t);
	mm = t.mm;
	mmap_write_lock(mm);
	assert_false(IS_ERR(vm_setup_stack(mm, top, 4 * K4, false)));
	mmap_write_unlock(mm);
	host_set_rlimit(RLIMIT_STACK, 8ul << 20);
	assert_int_equal(vm_poke(top - 100 * K4, 5), 0);
	assert_int_equal(mm->stack_vm, 100);
	assert_int_equal(vm_poke(top - (8ul << 20), 5), 0);
	assert_int_equal(vm_poke(top - (8ul << 20) - 1, 5), -EFAULT);
	assert_int_equal(mm_fault(mm, top - (9ul << 20), FAULT_FLAG_WRITE, &code), VM_FAULT_SIGSEGV);
	assert_int_equal(code, SEGV_MAPERR);
	host_set_rlimit(RLIMIT_STACK, RLIM_INFINITY);
	/* 256 pages of distance to a neighbour */
	low = top - (16ul << 20);
	assert_int_equal(vm_map(mm, low, K4, RW, FIXED), low);
	assert_int_equal(vm_poke(low + K4 + 256 * K4, 5), 0);
	assert_int_equal(vm_poke(low + K4 + 255 * K4, 5), -EFAULT);
	/* nothing is placed in the gap */
	assert_true(vm_map(mm, low + K4, K4, RW, PRIV) != low + K4);
	vm_end(&t);
}

static void fill(unsigned long addr, int pages)
{
	for (int i = 0; i < pages; i++)
		assert_int_equal(vm_poke(addr + i * K4, 10 + i), 0);
}

static void check_filled(unsigned long addr, int pages)
{
	for (int i = 0; i < pages; i++)
		assert_int_equal(vm_peek(addr + i * K4), 10 + i);
}

static void test_mremap(void **state)
{
	struct vm_test t;
	struct mm_struct *mm;
	unsigned long a, far = BASE + (1ul << 30);

	vm_begin(&t);
	mm = t.mm;
	assert_int_equal(vm_map(mm, BASE, 4 * K4, RW, FIXED), BASE);
	fill(BASE, 4);
	assert_int_equal(vm_mremap(mm, BASE, 4 * K4, 8 * K4, 0, 0), BASE);
	assert_string_equal(vm_layout(mm), "0-8 rw-p");
	assert_int_equal(vm_mremap(mm, BASE, 8 * K4, 6 * K4, 0, 0), BASE);
	assert_string_equal(vm_layout(mm), "0-6 rw-p");
	assert_int_equal(vm_map(mm, BASE + 6 * K4, K4, PROT_READ, FIXED), BASE + 6 * K4);
	assert_int_equal(vm_mremap(mm, BASE, 6 * K4, 10 * K4, 0, 0), -ENOMEM);
	a = vm_mremap(mm, BASE, 6 * K4, 10 * K4, MREMAP_MAYMOVE, 0);
	assert_false(IS_ERR_VALUE(a));
	check_filled(a, 4);
	vm_check(mm);
	assert_int_equal(vm_peek(BASE), -EFAULT);
	/* across table borders, to a fixed place 2 MiB less a page off */
	assert_int_equal(vm_mremap(mm, a, 10 * K4, 10 * K4, MREMAP_MAYMOVE | MREMAP_FIXED,
				   far - 3 * K4), far - 3 * K4);
	check_filled(far - 3 * K4, 4);
	vm_check(mm);
	assert_int_equal(vm_mremap(mm, far - 3 * K4, K4, K4, MREMAP_FIXED, BASE), -EINVAL);
	assert_int_equal(vm_mremap(mm, far - 3 * K4, 2 * K4, 2 * K4, MREMAP_MAYMOVE | MREMAP_FIXED,
				   far - 2 * K4), -EINVAL);
	assert_int_equal(vm_mremap(mm, BASE, K4, 2 * K4, MREMAP_MAYMOVE, 0), -EFAULT);
	assert_int_equal(vm_mremap(mm, far - 3 * K4, 0, K4, MREMAP_MAYMOVE, 0), -EINVAL);
	/* DONTUNMAP leaves an empty area */
	a = vm_mremap(mm, far - 3 * K4, 4 * K4, 4 * K4, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
	assert_false(IS_ERR_VALUE(a));
	check_filled(a, 4);
	assert_int_equal(vm_peek(far - 3 * K4), 0);
	vm_end(&t);
}

static void test_madvise(void **state)
{
	struct vm_test t;
	struct mm_struct *mm;

	vm_begin(&t);
	mm = t.mm;
	assert_int_equal(vm_map(mm, BASE, 8 * K4, RW, FIXED), BASE);
	fill(BASE, 8);
	assert_int_equal(vm_rss(mm), 8);
	assert_int_equal(vm_madvise(mm, BASE + 2 * K4, 3 * K4, MADV_DONTNEED), 0);
	assert_int_equal(vm_rss(mm), 5);
	assert_int_equal(vm_peek(BASE + 2 * K4), 0);
	assert_int_equal(vm_madvise(mm, BASE, 4 * K4, MADV_DONTFORK), 0);
	assert_int_equal(mm->map_count, 2);
	assert_int_equal(vm_madvise(mm, BASE, 4 * K4, MADV_DOFORK), 0);
	assert_int_equal(mm->map_count, 1);
	assert_int_equal(vm_madvise(mm, BASE, 8 * K4, MADV_POPULATE_WRITE), 0);
	assert_int_equal(vm_rss(mm), 8);
	assert_int_equal(vm_mprotect(mm, BASE, K4, PROT_READ), 0);
	assert_int_equal(vm_madvise(mm, BASE, 8 * K4, MADV_POPULATE_WRITE), -EINVAL);
	assert_int_equal(vm_madvise(mm, BASE, 9 * K4, MADV_POPULATE_READ), -ENOMEM);
	assert_int_equal(vm_madvise(mm, BASE, 8 * K4, MADV_FREE), 0);
	assert_int_equal(vm_madvise(mm, BASE, K4, MADV_REMOVE), -EINVAL);
	vm_end(&t);
}

/* pages of an area that is locked as they come do not come all at once */
static void test_lock_on_fault(void **state)
{
	struct vm_test t;
	struct mm_struct *mm;

	vm_begin(&t);
	mm = t.mm;
	assert_int_equal(vm_mlockall(mm, MCL_FUTURE | MCL_ONFAULT), 0);
	assert_int_equal(vm_map(mm, BASE, 8 * K4, RW, FIXED | MAP_POPULATE), BASE);
	assert_int_equal(mm->locked_vm, 8);
	assert_int_equal(vm_rss(mm), 0);
	assert_int_equal(vm_mremap(mm, BASE, 8 * K4, 16 * K4, 0, 0), BASE);
	assert_int_equal(vm_rss(mm), 0);
	/* but when somebody asks for it by name */
	assert_int_equal(vm_madvise(mm, BASE, 4 * K4, MADV_POPULATE_WRITE), 0);
	assert_int_equal(vm_rss(mm), 4);
	vm_end(&t);
}

static void test_mlock(void **state)
{
	struct vm_test t;
	struct mm_struct *mm;

	vm_begin(&t);
	mm = t.mm;
	assert_int_equal(vm_map(mm, BASE, 8 * K4, RW, FIXED), BASE);
	assert_int_equal(vm_mlock(mm, BASE + K4 + 5, K4, VM_LOCKED), 0);
	assert_int_equal(mm->locked_vm, 2);
	assert_int_equal(vm_rss(mm), 2);
	assert_int_equal(vm_mlock(mm, BASE + 7 * K4, 2 * K4, VM_LOCKED), -ENOMEM);
	vm_check(mm);
	host_set_capable_admin(false);
	host_set_rlimit(RLIMIT_MEMLOCK, 4 * K4);
	assert_int_equal(vm_mlock(mm, BASE, 8 * K4, VM_LOCKED), -ENOMEM);
	assert_int_equal(vm_map(mm, 0, 8 * K4, RW, PRIV | MAP_LOCKED), -EAGAIN);
	host_set_rlimit(RLIMIT_MEMLOCK, 0);
	assert_int_equal(vm_mlock(mm, BASE, K4, VM_LOCKED), -EPERM);
	host_set_capable_admin(true);
	assert_int_equal(vm_mlockall(mm, MCL_ONFAULT), -EINVAL);
	assert_int_equal(vm_mlockall(mm, MCL_CURRENT | MCL_FUTURE), 0);
	assert_int_equal(mm->locked_vm, 8);
	assert_int_equal(vm_rss(mm), 8);
	assert_false(IS_ERR_VALUE(vm_map(mm, 0, 2 * K4, RW, PRIV)));
	assert_int_equal(vm_rss(mm), 10);
	assert_int_equal(vm_munlockall(mm), 0);
	assert_int_equal(mm->locked_vm, 0);
	vm_end(&t);
}

static void test_mincore(void **state)
{
	struct vm_test t;
	unsigned char vec[4];
	unsigned long out = BASE + 16 * K4;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, 4 * K4, RW, FIXED), BASE);
	assert_int_equal(vm_map(t.mm, out, K4, RW, FIXED), out);
	assert_int_equal(vm_poke(BASE + K4, 1), 0);
	assert_int_equal(vm_mincore(t.mm, BASE, 4 * K4, (void *)out), 0);
	assert_int_equal(copy_from_user(vec, (void *)out, 4), 0);
	assert_int_equal(vec[0] | vec[2] | vec[3], 0);
	assert_int_equal(vec[1], 1);
	assert_int_equal(vm_mincore(t.mm, BASE + 1, K4, (void *)out), -EINVAL);
	assert_int_equal(vm_mincore(t.mm, BASE, 5 * K4, (void *)out), -ENOMEM);
	assert_int_equal(vm_mincore(t.mm, BASE, K4, (void *)(BASE + 99 * K4)), -EFAULT);
	vm_end(&t);
}

/* whole tables change their place; a target that has a table already gets the entries */
static void test_mremap_tables(void **state)
{
	unsigned long from = BASE - BASE % PMD_SIZE, to = from + (5ul << 30), pages = 3 * 512, i;
	struct file *file = NULL;
	struct vm_test t;
	int shared;

	for (shared = 0; shared < 2; shared++) {
		vm_begin(&t);
		if (shared)
			file = shmem_file_setup("x", (pages + 2) * K4, VM_NORESERVE);
		assert_int_equal(vm_map_file(t.mm, from - K4, (pages + 2) * K4, RW, MAP_FIXED |
					     (shared ? MAP_SHARED : PRIV), file, 0),
				 from - K4);
		assert_int_equal(vm_map(t.mm, to + 512 * K4, 5 * K4, RW, PRIV | MAP_FIXED),
				 to + 512 * K4);
		assert_int_equal(vm_poke(to + 514 * K4, 99), 0);	/* a table in the way */
		for (i = 0; i < pages; i += 7)
			assert_int_equal(vm_poke(from + i * K4, i), 0);
		assert_int_equal(vm_mremap(t.mm, from, pages * K4, pages * K4,
					   MREMAP_MAYMOVE | MREMAP_FIXED, to), to);
		vm_check(t.mm);
		assert_int_equal(vm_peek(from), -EFAULT);
		for (i = 0; i < pages; i++)
			assert_int_equal(vm_peek(to + i * K4), i % 7 ? 0 : (u8)i);
		if (shared) {
			/* a truncation finds the pages at their new place */
			down_write(&file->f_inode->i_rwsem);
			truncate_setsize(file->f_inode, 600 * K4);
			up_write(&file->f_inode->i_rwsem);
			vm_check(t.mm);
			assert_int_equal(vm_peek(to + 700 * K4), -EFAULT);
			assert_int_equal(get_mm_counter(t.mm, MM_SHMEMPAGES), 599);
			fput(file);
		}
		vm_end(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_map_unmap), quire_unit_test(test_split_merge),
		quire_unit_test(test_mmap_errors), quire_unit_test(test_limits),
		quire_unit_test(test_mprotect_access), quire_unit_test(test_brk),
		quire_unit_test(test_stack), quire_unit_test(test_mremap),
		quire_unit_test(test_madvise), quire_unit_test(test_mlock),
		quire_unit_test(test_lock_on_fault),
		quire_unit_test(test_mincore),
		quire_fast_test(test_mremap_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
