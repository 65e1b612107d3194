// SPDX-License-Identifier: MIT
/* test_vmalloc.c - areas, page tables of the kernel's range, lazy flushes, the text. */
#include "quire_test.h"
#include "fault_probe.h"

static struct vmalloc_state *vs(void)
{
	return &this_machine()->vmalloc;
}

/* --- vmalloc ------------------------------------------------------------ */

static void test_basic(void **state)
{
	char *p = vmalloc(5 * PAGE_SIZE - 100);
	int i;

	assert_non_null(p);
	assert_true(is_vmalloc_addr(p));
	assert_int_equal((unsigned long)p % PAGE_SIZE, 0);
	memset(p, 7, 5 * PAGE_SIZE);
	for (i = 0; i < 5; i++) {
		struct page *page = vmalloc_to_page(p + i * PAGE_SIZE);

		assert_non_null(page);
		/* the page itself has the same byte */
		assert_int_equal(quire_page_byte(page, 123), 7);
	}
	assert_null(vmalloc_to_page(p + 5 * PAGE_SIZE));
	assert_int_equal(vmalloc_nr_pages(), 5);
	assert_int_equal(find_vm_area(p)->size, 6 * PAGE_SIZE);
	vmalloc_check();
	vfree(p);
	assert_int_equal(vmalloc_nr_pages(), 0);
	assert_null(find_vm_area(p));
	vmalloc_check();
}

static void test_guard_and_freed(void **state)
{
	char *p = vmalloc(2 * PAGE_SIZE);

	assert_false(faults(p));
	assert_false(faults(p + 2 * PAGE_SIZE - 1));
	assert_true(faults(p + 2 * PAGE_SIZE));
	vfree(p);
	assert_true(faults(p));
}

static void test_zeroed(void **state)
{
	unsigned long i;
	char *p;

	p = vmalloc(64 * PAGE_SIZE);
	memset(p, 0xff, 64 * PAGE_SIZE);
	vfree(p);
	p = vzalloc(64 * PAGE_SIZE);
	for (i = 0; i < 64 * PAGE_SIZE; i++)
		assert_int_equal(p[i], 0);
	vfree(p);
}

static void test_bad_sizes(void **state)
{
	assert_null(vmalloc(0));
	assert_null(vmalloc(ULONG_MAX));
	assert_null(vmalloc(ULONG_MAX - PAGE_SIZE));
	assert_null(vmalloc(ULONG_MAX / 2));
	assert_log_has(*state, "exceeds total pages");
	vfree(NULL);
	vunmap(NULL);
	iounmap(NULL);
	vmalloc_check();
}

static void test_wrong_free(void **state)
{
	char *p = vmalloc(3 * PAGE_SIZE);
	int local;

	vfree(p + PAGE_SIZE);
	assert_log_has(*state, "Trying to vfree() nonexistent vm area");
	vfree(p + 1);
	vfree(&local);
	assert_int_equal(host_warnings(*state), 3);
	vfree(p);
	assert_int_equal(host_warnings(*state), 3);
	vfree(p);
	assert_int_equal(host_warnings(*state), 4);
}

/* --- large pages ---------------------------------------------------------- */

static void fill(char *p, unsigned long bytes, unsigned long salt)
{
	unsigned long i;

	for (i = 0; i < bytes; i += PAGE_SIZE)
		*(unsigned long *)(p + i) = i ^ salt;
}

static bool filled(const char *p, unsigned long bytes, unsigned long salt)
{
	unsigned long i;

	for (i = 0; i < bytes; i += PAGE_SIZE)
		if (*(const unsigned long *)(p + i) != (i ^ salt))
			return false;
	return true;
}

static void test_large(void **state)
{
	unsigned long bytes = 3 * PMD_SIZE + 5 * PAGE_SIZE, i;
	struct page *page;
	char *p, *small;

	quire_needs_64bit("tables of 2 levels are filled page by page");
	p = vzalloc(bytes);
	small = vmalloc(PAGE_SIZE);
	page = vmalloc_to_page(p + PMD_SIZE + 3 * PAGE_SIZE);
	assert_int_equal((unsigned long)p % PMD_SIZE, 0);
	for (i = 0; i < bytes; i += sizeof(long))
		assert_int_equal(*(long *)(p + i), 0);
	fill(p, bytes, 77);
	assert_true(PageTail(page));
	assert_int_equal(quire_page_word(page, 0), (PMD_SIZE + 3 * PAGE_SIZE) ^ 77);
	assert_true(compound_order(compound_head(vmalloc_to_page(p + 3 * PMD_SIZE))) < 9);
	assert_int_equal(vmalloc_nr_pages(), (bytes >> PAGE_SHIFT) + 1);
	assert_true(p > small);				/* from the other end */
	get_page(page);					/* keeps its whole block */
	vfree(p);
	assert_true(faults(p));
	assert_true(faults(p + bytes - PAGE_SIZE));
	assert_int_equal(quire_page_word(page, 0), (PMD_SIZE + 3 * PAGE_SIZE) ^ 77);
	put_page(page);
	vfree(small);
	vmalloc_check();
}

/* memory in pieces, or a place that small pages had before: the content is the same */
static void test_large_does_not_fit(void **state)
{
	unsigned long n, bytes = 2 * PMD_SIZE;
	struct page *one[4096];
	char *p, *q;

	p = vmalloc_user(bytes);				/* its tables stay there */
	assert_false(PageTail(vmalloc_to_page(p + PAGE_SIZE)));
	fill(p, bytes, 1);
	vfree(p);
	vm_unmap_aliases();
	q = vmalloc(bytes);
	fill(q, bytes, 2);
	assert_true(filled(q, bytes, 2));
	vfree(q);
	/* every second page is taken: no block of 2 MiB anywhere */
	for (n = 0; n < ARRAY_SIZE(one); n++)
		one[n] = alloc_page(GFP_KERNEL);
	for (n = 0; n < ARRAY_SIZE(one); n += 2)
		__free_page(one[n]);
	q = __vmalloc(bytes, GFP_KERNEL | __GFP_NOWARN);
	if (q) {
		fill(q, bytes, 3);
		assert_true(filled(q, bytes, 3));
		vfree(q);
	}
	for (n = 1; n < ARRAY_SIZE(one); n += 2)
		__free_page(one[n]);
	vmalloc_check();
}

static void test_vmap_large(void **state)
{
	unsigned int i, nr = 2 * (PMD_SIZE >> PAGE_SHIFT) + 1;
	struct page **pages = kvmalloc(nr * sizeof(*pages), GFP_KERNEL);
	struct page *a = alloc_pages(GFP_KERNEL, PMD_SHIFT - PAGE_SHIFT);
	struct page *b = alloc_pages(GFP_KERNEL, PMD_SHIFT - PAGE_SHIFT);
	struct page *c = alloc_page(GFP_KERNEL);
	char *p;

	for (i = 0; i < nr / 2; i++) {
		pages[i] = a + i;
		pages[nr / 2 + i] = b + nr / 2 - 1 - i;		/* backwards: no large page */
	}
	pages[nr - 1] = c;
	p = vmap(pages, nr, VM_MAP, PAGE_KERNEL);
	assert_non_null(p);
	fill(p, (unsigned long)nr << PAGE_SHIFT, 9);
	for (i = 0; i < nr; i++) {
		assert_ptr_equal(vmalloc_to_page(p + ((unsigned long)i << PAGE_SHIFT)), pages[i]);
		assert_int_equal(quire_page_word(pages[i], 0),
				 ((unsigned long)i << PAGE_SHIFT) ^ 9);
	}
	vunmap(p);
	__free_pages(a, PMD_SHIFT - PAGE_SHIFT);
	__free_pages(b, PMD_SHIFT - PAGE_SHIFT);
	__free_page(c);
	kvfree(pages);
	vmalloc_check();
}

/* --- later ------------------------------------------------------------------ */

static void test_free_later(void **state)
{
	char *p = vmalloc(PAGE_SIZE), *q = vmalloc(3 * PAGE_SIZE), *r = vmalloc(PMD_SIZE);
	unsigned long flags;
	int local;

	local_irq_save(flags);
	vfree(p);
	vfree(q);
	local_irq_restore(flags);
	vfree_atomic(r);
	vfree_atomic(NULL);
	assert_int_equal(vmalloc_nr_pages(), 4 + (PMD_SIZE >> PAGE_SHIFT));
	vfree_atomic(r);					/* twice */
	assert_int_equal(host_warnings(*state), 1);
	vfree_atomic(&local);
	assert_int_equal(host_warnings(*state), 2);
	p = vmalloc(PAGE_SIZE);					/* the next one clears up */
	assert_int_equal(vmalloc_nr_pages(), 1);
	vfree_atomic(p);
	vfree(NULL);
	assert_int_equal(vmalloc_nr_pages(), 0);
}

/* who runs out of memory frees what waits */
static void test_free_later_when_short(void **state)
{
	void *p[64];
	unsigned int n = 0, i;

	while (n < 64 && (p[n] = __vmalloc(1ul << 20, GFP_KERNEL | __GFP_NOWARN)) != NULL)
		n++;
	assert_true(n > 10);
	for (i = 0; i < n; i++)
		vfree_atomic(p[i]);
	for (i = 0; i < 1000; i++) {
		struct page *page = alloc_page(GFP_KERNEL);

		assert_non_null(page);
		__free_page(page);
	}
	vfree_deferred();
	assert_int_equal(vmalloc_nr_pages(), 0);
}

static void test_put_pages(void **state)
{
	struct page **pages = kvmalloc(5 * sizeof(*pages), GFP_KERNEL);
	unsigned int i;
	char *p;

	for (i = 0; i < 5; i++)
		pages[i] = alloc_page(GFP_KERNEL);
	p = vmap(pages, 5, VM_MAP | VM_MAP_PUT_PAGES, PAGE_KERNEL);
	memset(p, 1, 5 * PAGE_SIZE);
	vfree(p);						/* the leak check sees the rest */
}

static void test_arrays(void **state)
{
	unsigned long *p = vcalloc(1000, sizeof(long));
	unsigned int i;

	for (i = 0; i < 1000; i++)
		assert_int_equal(p[i], 0);
	vfree(p);
	assert_null(vcalloc(SIZE_MAX / 2, 3));
	assert_null(vmalloc_array(SIZE_MAX / 2, 3));
	p = vmalloc_array(3, 5);
	vfree(p);
	p = module_alloc(PAGE_SIZE);
	assert_true(is_vmalloc_or_module_addr(p));
	module_memfree(p);
	module_memfree(NULL);
	p = __vmalloc_node(PAGE_SIZE, 64 * PAGE_SIZE, GFP_KERNEL, 0, NULL);
	assert_int_equal((unsigned long)p % (64 * PAGE_SIZE), 0);
	vfree(p);
	assert_null(__vmalloc_node(PAGE_SIZE, 3 * PAGE_SIZE, GFP_KERNEL, 0, NULL));
	assert_int_equal(host_warnings(*state), 1);
	p = vmalloc_32(PAGE_SIZE);
	assert_true(vmalloc_to_pfn(p) < 1ul << 20);
	vfree(p);
	p = vmalloc_32_user(PAGE_SIZE);
	assert_int_equal(p[5], 0);
	vfree(p);
	p = __vmalloc(100, GFP_KERNEL | __GFP_NOFAIL);
	vfree(p);
}

static int setup_nodes(void **state)
{
	struct machine_config config = { .ram_bytes = 64ul << 20, .nr_nodes = 2 };

	return quire_setup_config(state, &config);
}

static void test_nodes(void **state)
{
	char *p[2] = { vmalloc_node(20 * PAGE_SIZE, 0), vzalloc_node(3 * PMD_SIZE, 1) };
	struct seq_file m = { 0 };
	char pages[40];

	assert_int_equal(page_to_nid(vmalloc_to_page(p[0] + 7 * PAGE_SIZE)), 0);
	assert_int_equal(page_to_nid(vmalloc_to_page(p[1] + PMD_SIZE + 7 * PAGE_SIZE)), 1);
	vmallocinfo_show(&m);
	seq_putc(&m, '\0');
	assert_non_null(strstr(m.buf, " pages=20 vmalloc N0=20\n"));
	snprintf(pages, sizeof(pages), " pages=%lu vmalloc", 3 * PMD_SIZE / PAGE_SIZE);
	assert_non_null(strstr(m.buf, pages));
	snprintf(pages, sizeof(pages), " N1=%lu\n", 3 * PMD_SIZE / PAGE_SIZE);
	assert_non_null(strstr(m.buf, pages));
	seq_release(&m);
	vfree(p[0]);
	vfree(p[1]);
}

/* --- lazy flushes ------------------------------------------------------- */

static unsigned long kernel_flushes(struct machine *m)
{
	struct host_stats stats;

	host_get_stats(m, &stats);
	return stats.tlb_kernel_flushes;
}

static void test_lazy(void **state)
{
	unsigned long flushes = kernel_flushes(*state);
	char *p[100], *later;
	int i;

	for (i = 0; i < 100; i++)
		p[i] = vmalloc(PAGE_SIZE);
	for (i = 0; i < 100; i++)
		vfree(p[i]);
	assert_int_equal(kernel_flushes(*state), flushes);
	assert_int_equal(vs()->lazy_pages, 200);
	/* addresses are not given out again before the flush */
	later = vmalloc(PAGE_SIZE);
	assert_true(later > p[99]);
	vm_unmap_aliases();
	assert_int_equal(kernel_flushes(*state), flushes + 1);
	assert_int_equal(vs()->lazy_pages, 0);
	assert_ptr_equal(vmalloc(PAGE_SIZE), p[0]);
	vm_unmap_aliases();
	assert_int_equal(kernel_flushes(*state), flushes + 1);	/* nothing to do */
	vmalloc_check();
	vfree(later);
	vfree(p[0]);
}

static void test_lazy_bound(void **state)
{
	unsigned long flushes = kernel_flushes(*state), n;

	for (n = 0; n <= vs()->lazy_max_pages / 1001; n++) {
		void *p = vmalloc(1000 * PAGE_SIZE);

		assert_non_null(p);
		vfree(p);
		assert_true(vs()->lazy_pages <= vs()->lazy_max_pages);
	}
	assert_int_equal(kernel_flushes(*state), flushes + 1);
}

/* the window is small: reuse is forced by the lack of space */
static int setup_small_window(void **state)
{
	struct machine_config config = { .vmalloc_bytes = 4ul << 20, .virtual_clock = true };

	return quire_setup_config(state, &config);
}

static void test_space_runs_out(void **state)
{
	void *p[4];
	int i, round;

	for (round = 0; round < 20; round++) {
		for (i = 0; i < 3; i++) {
			p[i] = vmalloc(1ul << 20);
			assert_non_null(p[i]);
		}
		assert_null(vmalloc(1ul << 20));
		vmalloc_check();
		for (i = 0; i < 3; i++)
			vfree(p[i]);
	}
	assert_null(vmalloc(4ul << 20));	/* no room for its guard page */
	p[0] = vmalloc((4ul << 20) - PAGE_SIZE);
	assert_non_null(p[0]);
	vfree(p[0]);
}

static void test_lowest_fit(void **state)
{
	char *a = vmalloc(3 * PAGE_SIZE), *b = vmalloc(PAGE_SIZE), *c = vmalloc(7 * PAGE_SIZE);
	char *d = vmalloc(PAGE_SIZE);

	assert_true(a < b && b < c && c < d);
	vfree(a);
	vfree(c);
	vm_unmap_aliases();
	assert_ptr_equal(vmalloc(5 * PAGE_SIZE), c);
	assert_ptr_equal(vmalloc(3 * PAGE_SIZE), a);
	assert_ptr_equal(vmalloc(PAGE_SIZE), c + 6 * PAGE_SIZE);
	vmalloc_check();
	vfree(a);
	vfree(b);
	vfree(c);
	vfree(c + 6 * PAGE_SIZE);
	vfree(d);
}

static void test_out_of_memory(void **state)
{
	unsigned long before = quire_settled_free_pages(), n = 0;
	void *p[64];

	while (n < 64 && (p[n] = __vmalloc(4ul << 20, GFP_KERNEL | __GFP_NOWARN)) != NULL)
		n++;
	assert_in_range(n, 10, 16);
	vmalloc_check();
	while (n)
		vfree(p[--n]);
	/* what stays are page tables: one for 2 MiB of addresses, and the levels above */
	assert_in_range(before - quire_settled_free_pages(), 0, 40);
}

/* --- vmap, ioremap ------------------------------------------------------ */

static void test_vmap(void **state)
{
	struct page *pages[4];
	char *p;
	int i;

	for (i = 0; i < 4; i++)
		pages[3 - i] = alloc_page(GFP_KERNEL);
	p = vmap(pages, 4, VM_MAP, PAGE_KERNEL);
	assert_non_null(p);
	for (i = 0; i < 4; i++) {
		p[i * PAGE_SIZE] = i + 1;
		assert_int_equal(quire_page_byte(pages[i], 0), i + 1);
		assert_ptr_equal(vmalloc_to_page(p + i * PAGE_SIZE), pages[i]);
	}
	assert_int_equal(vmalloc_nr_pages(), 0);
	vunmap(p);
	for (i = 0; i < 4; i++) {
		assert_int_equal(page_count(pages[i]), 1);
		__free_page(pages[i]);
	}
	assert_null(vmap(pages, 0, VM_MAP, PAGE_KERNEL));
}

static int setup_hole(void **state)
{
	static const struct machine_range ranges[] = {
		{ 0, 32ul << 20, 0 }, { 512ul << 20, 544ul << 20, 0 } };
	struct machine_config config = { .ranges = ranges, .nr_ranges = 2 };

	return quire_setup_config(state, &config);
}

static void test_ioremap(void **state)
{
	const phys_addr_t device = 300ul << 20;		/* in the hole: no memmap there */
	char *p = ioremap(device + 0x123, 0x2000);
	struct seq_file m = { 0 };

	assert_non_null(p);
	assert_int_equal((unsigned long)p & ~PAGE_MASK, 0x123);
	assert_int_equal(find_vm_area((void *)((unsigned long)p & PAGE_MASK))->phys_addr, device);
	assert_null(vmalloc_to_page(p));
	vmallocinfo_show(&m);
	seq_putc(&m, '\0');
	assert_non_null(strstr(m.buf, " phys=0x0000000012c00000 ioremap\n"));
	seq_release(&m);
	iounmap(p);
	assert_null(ioremap(1ul << 20, PAGE_SIZE));	/* RAM */
	assert_int_equal(host_warnings(*state), 1);
	assert_null(ioremap(device, 0));
	assert_null(ioremap(PHYS_ADDR_MAX - 10, 100));
	vmalloc_check();
}

static void test_memory_types(void **state)
{
	const phys_addr_t device = 300ul << 20;
	char *wc = ioremap_wc(device, 3 * PAGE_SIZE), *again;

	assert_non_null(wc);
	assert_null(ioremap(device + 2 * PAGE_SIZE, PAGE_SIZE));
	assert_log_has(*state, "is mapped with another memory type");
	again = ioremap_wc(device + PAGE_SIZE, PAGE_SIZE);	/* the same type may */
	assert_non_null(again);
	iounmap(wc);
	assert_null(ioremap_uc(device + PAGE_SIZE, 1));
	iounmap(again);
	wc = ioremap_uc(device + PAGE_SIZE, 1);
	assert_non_null(wc);
	iounmap(wc);
	wc = ioremap_wt(device, 1);
	again = ioremap_cache(device + PAGE_SIZE, 1);
	assert_true(wc && again);
	iounmap(wc);
	iounmap(again);
	vmalloc_check();
}

static void test_memremap(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);
	phys_addr_t ram = page_to_phys(page) + 16;
	char *p;

	assert_ptr_equal(memremap(ram, 100, MEMREMAP_WB), (char *)page_address(page) + 16);
	memunmap((char *)page_address(page) + 16);
	assert_null(memremap(ram, 100, MEMREMAP_WC));		/* RAM is write-back */
	assert_null(memremap(300ul << 20, 0, MEMREMAP_WB));
	assert_null(memremap(300ul << 20, 10, 0));
	p = memremap((300ul << 20) + 5, 10, MEMREMAP_WT | MEMREMAP_WC);
	assert_true(is_vmalloc_addr(p));
	assert_int_equal(find_vm_area(p - 5)->memtype, MEMTYPE_WT);
	memunmap(p);
	__free_page(page);
}

/* a device of 4 MiB: large entries, and small ones where it is not aligned */
static void test_ioremap_large(void **state)
{
	const phys_addr_t device = 320ul << 20;
	char *p = ioremap(device, 4ul << 20), *q;

	assert_int_equal((unsigned long)p % PMD_SIZE, 0);
	assert_int_equal(vmalloc_to_pfn(p + (3ul << 20) + 5), (device >> PAGE_SHIFT) + 768);
	q = ioremap(device + PAGE_SIZE, 4ul << 20);
	assert_int_equal(vmalloc_to_pfn(q + (3ul << 20)), (device >> PAGE_SHIFT) + 769);
	iounmap(p);
	assert_int_equal(vmalloc_to_pfn(p), 0);
	iounmap(q);
	vmalloc_check();
}

/* --- text --------------------------------------------------------------- */

static void test_vmallocinfo(void **state)
{
	char *p = vmalloc(4 * PAGE_SIZE), *q = vmalloc(PAGE_SIZE), expect[200];
	struct seq_file m = { 0 };

	vfree(q);
	vmallocinfo_show(&m);
	seq_putc(&m, '\0');
	assert_int_equal(m.error, 0);
	snprintf(expect, sizeof(expect), QUIRE_ADDR_FMT "-" QUIRE_ADDR_FMT "   20480 ",
		 QUIRE_ADDR(p), QUIRE_ADDR(p + 5 * PAGE_SIZE));
	assert_true(strstarts(m.buf, expect));
	assert_non_null(strstr(m.buf, " pages=4 vmalloc N0=4\n"));
	snprintf(expect, sizeof(expect), "\n" QUIRE_ADDR_FMT "-" QUIRE_ADDR_FMT "    8192 unpurged vm_area\n",
		 QUIRE_ADDR(q), QUIRE_ADDR(q + 2 * PAGE_SIZE));
	assert_non_null(strstr(m.buf, expect));
	seq_release(&m);
	vfree(p);
}

/* --- many --------------------------------------------------------------- */

static void churn(unsigned int cpu, void *arg)
{
	atomic_t *wrong = arg;
	char *p[20] = { NULL };
	size_t bytes[20];
	u64 seed = cpu + 5;
	unsigned int i, n;

	for (n = 0; n < 1500; n++) {
		i = quire_random(&seed) % 20;
		if (p[i] && (p[i][0] != (char)i || p[i][bytes[i] - 1] != (char)i))
			atomic_inc(wrong);
		vfree(p[i]);
		bytes[i] = 1 + quire_random(&seed) % (20 * PAGE_SIZE);
		p[i] = vmalloc(bytes[i]);
		if (p[i])
			memset(p[i], i, bytes[i]);
		if (n % 200 == 0)
			vm_unmap_aliases();
	}
	for (i = 0; i < 20; i++)
		vfree(p[i]);
}

static void test_churn(void **state)
{
	atomic_t wrong = ATOMIC_INIT(0);

	quire_run_cpus(4, churn, &wrong);
	assert_int_equal(atomic_read(&wrong), 0);
	vm_unmap_aliases();
	vmalloc_check();
	slab_check();
	assert_true(list_empty(&vs()->list));
	assert_int_equal(vmalloc_nr_pages(), 0);
}

/* two places for two: one is free, or comes back from the flush of the other CPU */
static void take_turns(unsigned int cpu, void *arg)
{
	unsigned int *failed = arg, n;
	void *p;

	for (n = 0; n < 40; n++) {
		p = vmalloc(3ul << 19);
		*failed += !p;
		vfree(p);
	}
}

static void test_flush_of_others(void **state)
{
	unsigned int failed = 0;
	u64 seed;

	machine_cpu_leave();
	for (seed = 1; seed <= 100; seed++) {
		struct virtual_cpus how = { .count = 2, .seed = seed, .stride = 3,
					    .fn = take_turns, .arg = &failed };

		assert_int_equal(machine_run_virtual(*state, &how, NULL), 0);
	}
	machine_cpu_enter(*state, 0);
	assert_int_equal(failed, 0);
	vmalloc_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_basic), quire_unit_test(test_guard_and_freed),
		quire_unit_test(test_zeroed), quire_unit_test(test_bad_sizes),
		quire_unit_test(test_wrong_free), quire_unit_test(test_lazy),
		quire_unit_test(test_lazy_bound), quire_unit_test(test_lowest_fit),
		cmocka_unit_test_setup_teardown(test_space_runs_out, setup_small_window,
						quire_teardown),
		cmocka_unit_test_setup_teardown(test_flush_of_others, setup_small_window,
						quire_teardown),
		quire_fast_test(test_out_of_memory), quire_unit_test(test_vmap),
		cmocka_unit_test_setup_teardown(test_ioremap, setup_hole, quire_teardown),
		cmocka_unit_test_setup_teardown(test_memory_types, setup_hole, quire_teardown),
		cmocka_unit_test_setup_teardown(test_memremap, setup_hole, quire_teardown),
		cmocka_unit_test_setup_teardown(test_ioremap_large, setup_hole, quire_teardown),
		cmocka_unit_test_setup_teardown(test_nodes, setup_nodes, quire_teardown),
		quire_unit_test(test_large), quire_unit_test(test_large_does_not_fit),
		quire_unit_test(test_vmap_large), quire_unit_test(test_free_later),
		quire_fast_test(test_free_later_when_short), quire_unit_test(test_put_pages),
		quire_unit_test(test_arrays),
		quire_unit_test(test_vmallocinfo), quire_unit_test(test_churn),
		quire_fast_test(test_churn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
