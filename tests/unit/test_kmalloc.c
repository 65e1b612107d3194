// SPDX-License-Identifier: MIT
/* test_kmalloc.c - sizes, classes, large allocations, the helpers around them. */
#include "quire_test.h"
#include <linux/mmzone.h>
#include <linux/topology.h>

static const size_t classes[] = { 8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192 };

static size_t class_for(size_t bytes)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (bytes <= classes[i])
			return classes[i];
	return 0;
}

static void test_every_size(void **state)
{
	size_t bytes;
	char *p;

	for (bytes = 1; bytes <= 8192; bytes++) {
		p = kmalloc(bytes, GFP_KERNEL);
		assert_non_null(p);
		assert_int_equal(ksize(p), class_for(bytes));
		assert_int_equal((unsigned long)p % 8, 0);
		if ((class_for(bytes) & (class_for(bytes) - 1)) == 0)
			assert_int_equal((unsigned long)p % class_for(bytes), 0);
		memset(p, 0xa5, ksize(p));
		kfree(p);
	}
	slab_check();
}

static void test_natural_alignment(void **state)
{
	void *p[300];
	unsigned int c, i;

	for (c = 0; c < ARRAY_SIZE(classes); c++) {
		for (i = 0; i < 300; i++) {
			p[i] = kmalloc(classes[c], GFP_KERNEL);
			assert_non_null(p[i]);
			if ((classes[c] & (classes[c] - 1)) == 0)
				assert_int_equal((unsigned long)p[i] % classes[c], 0);
		}
		for (i = 0; i < 300; i++)
			kfree(p[i]);
	}
}

static void test_zero_and_null(void **state)
{
	void *p = kmalloc(0, GFP_KERNEL);

	assert_ptr_equal(p, ZERO_SIZE_PTR);
	assert_int_equal(ksize(p), 0);
	kfree(p);
	kfree(NULL);
	kvfree(NULL);
	assert_int_equal(ksize(NULL), 0);
	assert_null(kmalloc_array(SIZE_MAX / 2, 3, GFP_KERNEL));
	assert_null(kcalloc(SIZE_MAX, 2, GFP_KERNEL));
	assert_null(kmalloc(SIZE_MAX, GFP_KERNEL | __GFP_NOWARN));
	assert_null(kmalloc((4ul << 20) + 1, GFP_KERNEL | __GFP_NOWARN));
}

static void test_large(void **state)
{
	unsigned long stat = global_node_page_state(NR_SLAB_UNRECLAIMABLE_B);
	unsigned long before = nr_free_pages();
	size_t bytes;
	char *p;

	for (bytes = 8193; bytes <= 4ul << 20; bytes = bytes * 3 / 2) {
		p = kmalloc(bytes, GFP_KERNEL | __GFP_ZERO);
		assert_non_null(p);
		assert_true(ksize(p) >= bytes);
		assert_int_equal((unsigned long)p % PAGE_SIZE, 0);
		assert_int_equal(p[0] | p[bytes - 1] | p[bytes / 2], 0);
		memset(p, 1, ksize(p));
		assert_int_equal(global_node_page_state(NR_SLAB_UNRECLAIMABLE_B),
				 stat + (ksize(p) >> PAGE_SHIFT));
		kfree(p);
	}
	p = kmalloc(4ul << 20, GFP_KERNEL);
	assert_non_null(p);
	kfree(p);
	assert_int_equal(global_node_page_state(NR_SLAB_UNRECLAIMABLE_B), stat);
	assert_int_equal(nr_free_pages(), before);
}

static void test_zeroed(void **state)
{
	unsigned int i, j;
	u8 *p;

	for (i = 1; i < 3000; i += 37) {
		p = kmalloc(i, GFP_KERNEL);
		memset(p, 0xff, i);
		kfree(p);
		p = kzalloc(i, GFP_KERNEL);
		for (j = 0; j < i; j++)
			assert_int_equal(p[j], 0);
		kfree(p);
	}
}

static void test_krealloc(void **state)
{
	char *p = krealloc(NULL, 10, GFP_KERNEL), *q;

	assert_non_null(p);
	strcpy(p, "123456789");
	q = krealloc(p, 16, GFP_KERNEL);
	assert_ptr_equal(p, q);			/* there was room */
	q = krealloc(p, 5000, GFP_KERNEL);
	assert_string_equal(q, "123456789");
	q = krealloc(q, 100000, GFP_KERNEL);
	assert_string_equal(q, "123456789");
	q = krealloc(q, 20, GFP_KERNEL);
	assert_string_equal(q, "123456789");
	assert_null(krealloc(q, SIZE_MAX, GFP_KERNEL));
	assert_string_equal(q, "123456789");	/* unchanged by the failure */
	assert_ptr_equal(krealloc(q, 0, GFP_KERNEL), ZERO_SIZE_PTR);
	q = krealloc(ZERO_SIZE_PTR, 8, GFP_KERNEL);
	assert_non_null(q);
	kfree(q);
	slab_check();
}

static void test_copies(void **state)
{
	char *p = kstrdup("kernel", GFP_KERNEL), *q = kstrndup("kernel", 4, GFP_KERNEL);
	char *r = kmemdup("ab\0cd", 5, GFP_KERNEL);

	assert_string_equal(p, "kernel");
	assert_string_equal(q, "kern");
	assert_memory_equal(r, "ab\0cd", 5);
	assert_null(kstrdup(NULL, GFP_KERNEL));
	assert_null(kstrndup(NULL, 3, GFP_KERNEL));
	kfree(p);
	kfree(q);
	kfree(r);
}

static void test_dma_and_reclaimable(void **state)
{
	unsigned long rcl = global_node_page_state(NR_SLAB_RECLAIMABLE_B);
	unsigned int c;
	void *p, *q;

	for (c = 0; c < ARRAY_SIZE(classes); c++) {
		p = kmalloc(classes[c], GFP_KERNEL | GFP_DMA);
		q = kmalloc(classes[c], GFP_KERNEL | __GFP_RECLAIMABLE);
		assert_int_equal(page_zonenum(virt_to_page(p)), quire_dma_zone());
		assert_true(global_node_page_state(NR_SLAB_RECLAIMABLE_B) > rcl);
		kfree(p);
		kfree(q);
	}
	p = kmalloc(100000, GFP_KERNEL | GFP_DMA);
	assert_int_equal(page_zonenum(virt_to_page(p)), quire_dma_zone());
	kfree(p);
}

static void test_kvmalloc(void **state)
{
	unsigned long before = quire_settled_free_pages();
	char *small = kvmalloc(100, GFP_KERNEL);
	char *big = kvmalloc(10ul << 20, GFP_KERNEL | __GFP_ZERO);

	assert_false(is_vmalloc_addr(small));
	assert_true(is_vmalloc_addr(big));		/* above the largest order */
	assert_int_equal(big[5ul << 20], 0);
	memset(big, 3, 10ul << 20);
	kvfree(small);
	kvfree(big);
	/* page tables of the kernel's range stay; nothing else does */
	assert_in_range(before - quire_settled_free_pages(), 0, 8);
}

static void test_kvmalloc_family(void **state)
{
	char *p = kvzalloc(3000, GFP_KERNEL), *q;

	assert_int_equal(p[0] | p[2999], 0);
	strcpy(p, "contents");
	assert_ptr_equal(kvrealloc(p, 3000, 2000, GFP_KERNEL), p);
	q = kvrealloc(p, 3000, 10ul << 20, GFP_KERNEL);
	assert_true(is_vmalloc_addr(q));
	assert_string_equal(q, "contents");
	assert_null(kvrealloc(q, 10ul << 20, 1ul << 30, GFP_NOWAIT | __GFP_NOWARN));
	assert_string_equal(q, "contents");
	kvfree_sensitive(q, 10ul << 20);
	assert_null(kvmalloc_array(SIZE_MAX / 2, 3, GFP_KERNEL));
	assert_null(kvcalloc(SIZE_MAX, 2, GFP_KERNEL));
	p = kvcalloc(100, 7, GFP_KERNEL);
	q = kvmalloc_array(100, 7, GFP_KERNEL);
	assert_true(p && q && !p[699]);
	kvfree(p);
	kvfree(q);
	p = kvrealloc(NULL, 0, 10, GFP_KERNEL);
	assert_non_null(p);
	kvfree(p);
	kvfree_sensitive(NULL, 0);
	p = kvzalloc_node(100, GFP_KERNEL, 0);
	assert_int_equal(p[99], 0);
	kvfree(p);
}

static void test_arrays_and_sizes(void **state)
{
	size_t bytes;
	char *p;

	p = krealloc_array(NULL, 10, 20, GFP_KERNEL);
	assert_int_equal(ksize(p), 256);
	assert_null(krealloc_array(p, SIZE_MAX / 2, 3, GFP_KERNEL));
	p = krealloc_array(p, 100, 20, GFP_KERNEL | __GFP_ZERO);
	assert_int_equal(ksize(p), 2048);
	kfree_sensitive(p);
	kfree_sensitive(NULL);
	kfree_sensitive(ZERO_SIZE_PTR);
	for (bytes = 1; bytes < 20000; bytes += 61) {
		p = kmalloc(bytes, GFP_KERNEL);
		assert_int_equal(ksize(p), kmalloc_size_roundup(bytes));
		kfree(p);
	}
	assert_int_equal(kmalloc_size_roundup(0), 0);
	assert_int_equal(kmalloc_size_roundup(SIZE_MAX), SIZE_MAX);
}

/* each node of this run, and numbers that are none */
static void test_nodes(void **state)
{
	static const size_t sizes[] = { 0, 8, 96, 1000, 8192, 30000 };
	unsigned int i;
	int nid;
	char *p;

	for (nid = -1; nid < MAX_NUMNODES + 2; nid++)
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			p = kzalloc_node(sizes[i], GFP_KERNEL, nid);
			assert_non_null(p);
			if (sizes[i] && nid >= 0 && node_state(nid, N_MEMORY))
				assert_int_equal(page_to_nid(virt_to_page(p)), nid);
			if (sizes[i])
				assert_int_equal(p[0] | p[sizes[i] - 1], 0);
			kfree(p);
		}
	assert_null(kcalloc_node(SIZE_MAX, 2, GFP_KERNEL, 0));
	p = kmalloc_array_node(10, 10, GFP_KERNEL, 0);
	assert_non_null(p);
	kfree(p);
	slab_check();
}

static void test_no_sleep_kvmalloc(void **state)
{
	assert_null(kvmalloc(10ul << 20, GFP_NOWAIT | __GFP_NOWARN));
}

static void test_wild_kfree(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	expect_bug(kfree(page_address(page)), "K: kfree");
}

static void test_wild_kfree_stack(void **state)
{
	int local;

	expect_bug(kfree(&local), "K: kfree");
}

static void test_large_interior(void **state)
{
	char *p = kmalloc(20000, GFP_KERNEL);

	expect_bug(kfree(p + PAGE_SIZE), "K: kfree");
}

static void test_large_double_free(void **state)
{
	char *p = kmalloc(20000, GFP_KERNEL);

	kfree(p);
	expect_bug(kfree(p), "K: kfree");
}

static void test_overrun(void **state)
{
	char *p = kmalloc(96, GFP_KERNEL);

	p[96] = 0;
	expect_bug(kfree(p), "S7");
	assert_log_has(*state, "BUG kmalloc-96");
}

#define NR	500

/* random sizes and random lifetimes on every CPU: contents stay, all memory comes back */
static void churn(unsigned int cpu, void *arg)
{
	atomic_t *wrong = arg;
	struct { u8 *p; size_t bytes; u8 fill; } a[NR] = { 0 };
	u64 seed = 77 + cpu;
	unsigned int i, n;

	for (n = 0; n < 20000; n++) {
		i = quire_random(&seed) % NR;
		if (a[i].p) {
			if (a[i].p[0] != a[i].fill || a[i].p[a[i].bytes - 1] != a[i].fill)
				atomic_inc(wrong);
			kfree(a[i].p);
		}
		a[i].bytes = 1 + quire_random(&seed) % (n % 16 ? 600 : 12000);
		a[i].fill = quire_random(&seed);
		a[i].p = kmalloc(a[i].bytes, GFP_KERNEL);
		if (a[i].p)
			memset(a[i].p, a[i].fill, a[i].bytes);
	}
	for (i = 0; i < NR; i++)
		kfree(a[i].p);
}

static void shrink_all(unsigned int cpu, void *arg)
{
	quire_settled_free_pages();
}

static void test_churn(void **state)
{
	unsigned long before = quire_settled_free_pages();
	atomic_t wrong = ATOMIC_INIT(0);
	unsigned int cpu;

	quire_run_cpus(4, churn, &wrong);
	slab_check();
	assert_int_equal(atomic_read(&wrong), 0);
	for (cpu = 0; cpu < 4; cpu++) {
		quire_switch_cpu(cpu);
		shrink_all(cpu, NULL);
	}
	quire_switch_cpu(0);
	assert_int_equal(quire_settled_free_pages(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_fast_test(test_every_size), quire_unit_test(test_every_size),
		quire_fast_test(test_natural_alignment), quire_unit_test(test_natural_alignment),
		quire_unit_test(test_zero_and_null), quire_fast_test(test_large),
		quire_fast_test(test_zeroed), quire_unit_test(test_zeroed),
		quire_fast_test(test_krealloc), quire_unit_test(test_krealloc),
		quire_unit_test(test_copies), quire_fast_test(test_dma_and_reclaimable),
		quire_unit_test(test_dma_and_reclaimable), quire_fast_test(test_kvmalloc),
		quire_unit_test(test_kvmalloc_family), quire_fast_test(test_arrays_and_sizes),
		quire_unit_test(test_arrays_and_sizes), quire_fast_test(test_nodes),
		quire_unit_test(test_nodes),
		quire_unit_test(test_no_sleep_kvmalloc), quire_unit_test(test_wild_kfree),
		quire_unit_test(test_wild_kfree_stack), quire_unit_test(test_large_interior),
		quire_unit_test(test_large_double_free), quire_unit_test(test_overrun),
		quire_fast_test(test_churn), quire_unit_test(test_churn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
