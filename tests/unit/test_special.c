// SPDX-License-Identifier: MIT
/*
 * test_special.c - areas that the kernel puts into programs (S1 to S3 of special.c):
 * counted pages and frames that nobody counts, in one address space and after fork.
 */
#include "vm_test.h"
#include <linux/highmem.h>

#define CODE_FLAGS	(VM_READ | VM_EXEC | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)
#define DATA_FLAGS	(VM_READ | VM_MAYREAD | VM_IO | VM_DONTDUMP | VM_PFNMAP)

static struct page *pages[3];		/* two, and NULL */

static vm_fault_t data_fault(const struct vm_special_mapping *spec, struct vm_fault *vmf)
{
	return vmf->pgoff ? VM_FAULT_SIGBUS : vmf_insert_pfn(vmf, page_to_pfn(pages[0]));
}

static const struct vm_special_mapping code = { .name = "[code]", .pages = pages };
static const struct vm_special_mapping data = { .name = "[data]", .fault = data_fault };

static int install(struct mm_struct *mm, unsigned long addr, unsigned long n,
		   unsigned long flags, const struct vm_special_mapping *spec)
{
	int error;

	mmap_write_lock(mm);
	error = install_special_mapping(mm, addr, n * K4, flags, spec);
	mmap_write_unlock(mm);
	return error;
}

static struct vm_test begin(void)
{
	struct vm_test t;
	int i;

	for (i = 0; i < 2; i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		assert_non_null(pages[i]);
		memset_page(pages[i], 0, 'a' + i, PAGE_SIZE);
	}
	vm_begin(&t);
	assert_int_equal(install(t.mm, BASE + 2 * K4, 3, CODE_FLAGS, &code), 0);
	assert_int_equal(install(t.mm, BASE, 2, DATA_FLAGS, &data), 0);
	return t;
}

static void end(struct vm_test *t)
{
	int i;

	vm_end(t);
	for (i = 0; i < 2; i++) {
		assert_int_equal(page_count(pages[i]), 1);
		assert_int_equal(page_mapcount(pages[i]), 0);
		__free_page(pages[i]);
	}
}

static void test_contents(void **state)
{
	struct vm_test t = begin();

	assert_string_equal(vm_layout(t.mm), "0-2 r--p,2-5 r-xp");
	assert_int_equal(vm_peek(BASE + 2 * K4), 'a');
	assert_int_equal(vm_peek(BASE + 3 * K4), 'b');
	assert_int_equal(vm_peek(BASE + 4 * K4), -EFAULT);
	assert_int_equal(vm_rss(t.mm), 2);
	assert_int_equal(page_mapcount(pages[0]), 1);
	assert_int_equal(vm_peek(BASE + 7), 'a');
	assert_int_equal(vm_peek(BASE + K4), -EFAULT);
	assert_int_equal(vm_rss(t.mm), 2);			/* nobody counts it */
	assert_int_equal(vm_poke(BASE, 1), -EFAULT);
	assert_int_equal(vm_poke(BASE + 2 * K4, 1), -EFAULT);
	mmap_read_lock(t.mm);
	assert_string_equal(vma_special_name(find_vma(t.mm, BASE)), "[data]");
	assert_string_equal(vma_special_name(find_vma(t.mm, BASE + 2 * K4)), "[code]");
	mmap_read_unlock(t.mm);
	end(&t);
}

/* S1 */
static void test_whole(void **state)
{
	struct vm_test t = begin();
	unsigned long at = BASE + 2 * K4;

	assert_int_equal(vm_munmap(t.mm, at, K4), -EINVAL);
	assert_int_equal(vm_munmap(t.mm, at + 2 * K4, 9 * K4), -EINVAL);
	assert_int_equal(vm_munmap(t.mm, BASE + K4, 2 * K4), -EINVAL);
	assert_int_equal(vm_mprotect(t.mm, at + K4, K4, PROT_READ), -EINVAL);
	assert_int_equal(vm_madvise(t.mm, at, K4, MADV_DONTFORK), -EINVAL);
	assert_int_equal(vm_mremap(t.mm, at, 3 * K4, K4, 0, 0), (unsigned long)-EINVAL);
	assert_int_equal(vm_mremap(t.mm, at, 3 * K4, 4 * K4, MREMAP_MAYMOVE, 0),
			 (unsigned long)-EFAULT);
	assert_int_equal(vm_mremap(t.mm, at, K4, K4, MREMAP_MAYMOVE | MREMAP_FIXED, FAR),
			 (unsigned long)-EINVAL);
	assert_int_equal(vm_map(t.mm, at + K4, K4, RW, PRIV | MAP_FIXED), (unsigned long)-ENOMEM);
	assert_string_equal(vm_layout(t.mm), "0-2 r--p,2-5 r-xp");
	assert_int_equal(vm_mprotect(t.mm, at, 3 * K4, PROT_READ), 0);
	assert_string_equal(vm_layout(t.mm), "0-2 r--p,2-5 r--p");
	assert_int_equal(vm_munmap(t.mm, at, 3 * K4), 0);
	assert_string_equal(vm_layout(t.mm), "0-2 r--p");
	end(&t);
}

static void test_moved(void **state)
{
	struct vm_test t = begin();
	unsigned long to = BASE + 16 * K4;

	assert_int_equal(vm_peek(BASE), 'a');
	assert_int_equal(vm_mremap(t.mm, BASE, 2 * K4, 2 * K4, MREMAP_MAYMOVE | MREMAP_FIXED, to),
			 to);
	assert_int_equal(vm_mremap(t.mm, BASE + 2 * K4, 3 * K4, 3 * K4,
				   MREMAP_MAYMOVE | MREMAP_FIXED, to + 2 * K4), to + 2 * K4);
	assert_string_equal(vm_layout(t.mm), "16-18 r--p,18-21 r-xp");
	assert_int_equal(vm_peek(to), 'a');
	assert_int_equal(vm_peek(to + K4), -EFAULT);
	assert_int_equal(vm_peek(to + 3 * K4), 'b');
	assert_int_equal(vm_peek(BASE), -EFAULT);
	end(&t);
}

/* a writer gets a copy; a child has what its parent has, and each its own copies */
static void test_copies(void **state)
{
	struct vm_test t = begin();
	unsigned long at = BASE + 2 * K4;
	struct mm_struct *child;
	int error;

	assert_int_equal(vm_peek(at + K4), 'b');
	assert_int_equal(vm_mprotect(t.mm, at, 3 * K4, RW), 0);
	assert_int_equal(vm_mprotect(t.mm, BASE, 2 * K4, RW), -EACCES);
	assert_int_equal(vm_poke(at, 'x'), 0);			/* not touched before */
	assert_int_equal(vm_poke(at + K4, 'y'), 0);		/* the page was mapped */
	assert_int_equal(vm_peek(BASE), 'a');
	child = dup_mm(t.mm, &error);
	assert_non_null(child);
	vm_check(child);
	host_use_mm(child);
	assert_int_equal(vm_peek(at), 'x');
	assert_int_equal(vm_poke(at + K4, 'z'), 0);
	assert_int_equal(vm_peek(BASE), 'a');
	host_use_mm(t.mm);
	vm_check(child);
	mmput(child);
	assert_int_equal(vm_peek(at + K4), 'y');
	assert_int_equal(vm_peek(BASE + 4 * K4 + 1), -EFAULT);
	end(&t);
}

static void test_no_memory(void **state)
{
	struct vm_test t = begin();

	this_machine()->tunables.max_map_count = 2;
	assert_int_equal(install(t.mm, FAR, 1, CODE_FLAGS, &code), -ENOMEM);
	this_machine()->tunables.max_map_count = 3;
	assert_int_equal(install(t.mm, FAR, 1, CODE_FLAGS, &code), 0);
	assert_int_equal(vm_peek(FAR), 'a');
	end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_contents), quire_unit_test(test_whole),
		quire_unit_test(test_moved), quire_unit_test(test_copies),
		quire_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
