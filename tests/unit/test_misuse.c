// SPDX-License-Identifier: MIT
/*
 * test_misuse.c - wrong uses of the allocators: each is reported with the address, whose
 * it is and the rule, and what happens in one machine does not reach another.
 *
 * Each test does one wrong thing in machine 1 while machine 2 holds memory of every kind
 * with known contents. Afterwards machine 1 may be stopped; machine 2 has all its
 * contents, passes every checker, allocates and frees, and nothing of it is missing.
 */
#include "quire_test.h"
#include <linux/memblock.h>
#include <linux/mmzone.h>
#include "mm/internal.h"

#define BYTES	1000

/* one of each kind, filled with a byte of its own */
struct holdings {
	struct kmem_cache *cache;
	struct page *page, *block;
	unsigned char *object, *small, *large, *area;
};

static struct machine *m1, *m2;
static struct holdings held;

static void fill(void *p, size_t bytes, int value)
{
	memset(p, value, bytes);
}

static void expect(const unsigned char *p, size_t bytes, int value)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		assert_int_equal(p[i], value);
}

static void check_everything(void)
{
	struct zone *zone;

	slab_check();
	vmalloc_check();
	for_each_populated_zone(zone)
		zone_check(zone);
}

static void hold(struct holdings *h)
{
	h->cache = kmem_cache_create("held", BYTES, 0, 0, NULL);
	h->object = kmem_cache_alloc(h->cache, GFP_KERNEL);
	h->small = kmalloc(100, GFP_KERNEL);
	h->large = kmalloc(50000, GFP_KERNEL);
	h->area = vmalloc(3 * PAGE_SIZE);
	h->page = alloc_page(GFP_KERNEL);
	h->block = alloc_pages(GFP_KERNEL, 3);
	fill(h->object, BYTES, 1);
	fill(h->small, 100, 2);
	fill(h->large, 50000, 3);
	fill(h->area, 3 * PAGE_SIZE, 4);
	fill(page_address(h->page), PAGE_SIZE, 5);
	fill(page_address(h->block), 8 * PAGE_SIZE, 6);
}

static void release(struct holdings *h)
{
	expect(h->object, BYTES, 1);
	expect(h->small, 100, 2);
	expect(h->large, 50000, 3);
	expect(h->area, 3 * PAGE_SIZE, 4);
	expect(page_address(h->page), PAGE_SIZE, 5);
	expect(page_address(h->block), 8 * PAGE_SIZE, 6);
	check_everything();
	kmem_cache_free(h->cache, h->object);
	assert_int_equal(kmem_cache_destroy(h->cache), 0);
	kfree(h->small);
	kfree(h->large);
	vfree(h->area);
	__free_page(h->page);
	__free_pages(h->block, 3);
	check_everything();
}

static int setup(void **state)
{
	struct machine_config config = geometry_config(NULL);

	m2 = machine_create(&config);
	m1 = machine_create(&config);
	assert_true(m1 && m2);
	machine_cpu_enter(m2, 3);
	hold(&held);
	machine_cpu_leave();
	machine_cpu_enter(m1, 1);
	return 0;
}

/* machine 2 goes on; machine 1 is counted too unless a bug was found in it */
static int teardown(void **state)
{
	int ret;

	host_set_bug_hook(NULL, NULL);
	if (this_machine())
		machine_cpu_leave();
	machine_cpu_enter(m2, 3);
	release(&held);
	assert_string_equal(host_log_text(m2) + strlen(host_log_text(m2)) - 1, "\n");
	assert_null(strstr(host_log_text(m2), "BUG"));
	machine_cpu_leave();
	ret = machine_destroy(m1);
	return machine_destroy(m2) | ret;
}

/* --- what a report says ------------------------------------------------------------ */

static void log_has_address(const void *p)
{
	char text[32];

	snprintf(text, sizeof(text), "%lx", (unsigned long)p);
	assert_log_has(m1, text);
}

/* who: the verb, CPU and name; where: an address between start and start + 64 KiB */
static void log_has_owner(const char *verb, unsigned int cpu)
{
	const char *line = strstr(host_log_text(m1), verb);
	char text[32];

	assert_non_null(line);
	snprintf(text, sizeof(text), "cpu=%u", cpu);
	assert_non_null(strstr(line, text));
	/* of an object the number of the task, of a page its name */
	if (!strncmp(verb, "Page", 4)) {
		assert_non_null(strstr(line, "by host"));
		assert_non_null(strstr(line, " ns "));
	} else {
		assert_non_null(strstr(line, " pid=0\n"));
		assert_non_null(strstr(line, " age="));
	}
}

/* as another CPU, so that reports have to tell them apart */
static void on_cpu(unsigned int cpu)
{
	machine_cpu_leave();
	machine_cpu_enter(m1, cpu);
}

/* --- pages ----------------------------------------------------------------------------- */

static void test_page_freed_twice(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	on_cpu(2);
	__free_page(page);
	on_cpu(0);
	expect_bug(__free_page(page), "PA2: _refcount is 0: freed twice");
	log_has_address(page);
	log_has_owner("Page allocated in", 1);
	log_has_owner("Page freed in", 2);
}

static void test_put_page_twice(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	put_page(page + 1);
	expect_bug(put_page(page), "PA2: _refcount is 0");
	log_has_owner("Page freed in", 1);
}

static void test_tail_freed(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	expect_bug(__free_page(page + 1), "PA2: tail of a compound page freed");
	log_has_address(page + 1);
	log_has_owner("Page allocated in", 1);
}

static void test_middle_freed(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 3);

	expect_bug(__free_page(page + 5), "PA2: _refcount is 0");
	log_has_address(page + 5);
	log_has_owner("Page allocated in", 1);
}

/* a block that comes back in another shape is leaked, and the machine goes on */
static void wrong_order(gfp_t gfp)
{
	struct page *page = alloc_pages(gfp, 3);
	unsigned long before = nr_free_pages();

	host_expect_leaks(m1);
	__free_pages(page, 2);
	assert_log_has(m1, "Bad page state");
	assert_log_has(m1, "freed with a wrong order");
	log_has_address(page);
	log_has_owner("Page allocated in", 1);
	assert_int_equal(nr_free_pages(), before);
	check_everything();
	page = alloc_page(GFP_KERNEL);
	assert_non_null(page);
	__free_page(page);
}

static void test_wrong_order(void **state)
{
	wrong_order(GFP_KERNEL);
}

static void test_wrong_order_compound(void **state)
{
	wrong_order(GFP_KERNEL | __GFP_COMP);
}

static void test_absurd_order(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	expect_bug(__free_pages(page, MAX_ORDER), "PA2: no block is as large");
	log_has_address(page);
}

/* what may look like a wrong order and is not */
static void test_shapes_that_are_right(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 3);
	void *exact;
	int i;

	get_page(page);
	__free_pages(page, 3);		/* somebody else has the head yet */
	put_page(page);
	page = alloc_pages(GFP_KERNEL, 2);
	split_page(page, 2);
	for (i = 0; i < 4; i++)
		__free_page(page + i);
	exact = alloc_pages_exact(5 * PAGE_SIZE, GFP_KERNEL);
	free_pages_exact(exact, 5 * PAGE_SIZE);
	assert_null(strstr(host_log_text(m1), "BUG"));
	check_everything();
}

/* of the memory that the boot kept */
static struct page *reserved_page(void)
{
	unsigned long pfn;

	for (pfn = 0; pfn < this_machine()->max_pfn; pfn++)
		if (pfn_valid(pfn) && memblock_is_memory(PFN_PHYS(pfn)) &&
		    PageReserved(pfn_to_page(pfn)))
			return pfn_to_page(pfn);
	return NULL;
}

static void test_reserved_page(void **state)
{
	struct page *page = reserved_page();

	assert_non_null(page);
	host_expect_leaks(m1);
	atomic_set(&page->_refcount, 1);
	__free_page(page);
	assert_log_has(m1, "Bad page state");
	assert_log_has(m1, "reserved");
	check_everything();
}

static void test_locked_page(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	host_expect_leaks(m1);
	__SetPageLocked(page);
	__free_page(page);
	assert_log_has(m1, "Bad page state in process host");
	assert_log_has(m1, "(locked|node=0");
	log_has_owner("Page freed in", 1);
}

static void test_wild_addresses(void **state)
{
	int local;

	expect_bug(free_pages((unsigned long)&local & PAGE_MASK, 0), "PD2: freed an address");
	assert_log_has(m1, "is no memory of this machine");
}

static void test_unaligned_address(void **state)
{
	unsigned long addr = __get_free_pages(GFP_KERNEL, 0);

	expect_bug(free_pages(addr + 8, 0), "PD2: freed an address");
	log_has_address((void *)(addr + 8));
	log_has_owner("Page allocated in", 1);
}

static void test_vmalloc_address_as_page(void **state)
{
	void *p = vmalloc(PAGE_SIZE);

	expect_bug(free_pages((unsigned long)p, 0), "PD2: freed an address");
	assert_log_has(m1, "is 0 bytes into the vmalloc area");
}

static void test_wild_page_pointer(void **state)
{
	struct page local = { .flags = 0 };

	expect_bug(__free_page(&local), "PD2: freed what is no page");
	log_has_address(&local);
}

static void test_page_pointer_garbage(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	expect_bug(put_page((struct page *)((char *)page + 16)), "PD2: freed what is no page");
}

static void write_and_take(struct page *page, unsigned int order, unsigned int frame)
{
	__free_pages(page, order);
	((char *)page_address(page + frame))[123] = 7;
	page = alloc_pages(GFP_KERNEL, order);
}

static void test_page_written_after_free(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	expect_bug(write_and_take(page, 0, 0), "PD1: page written after it was freed");
	log_has_address((char *)page_address(page) + 120);	/* the word */
	log_has_owner("Page freed in", 1);
	assert_log_has(m1, BITS_PER_LONG == 64 ? "aa aa aa 07 aa" : "aa aa aa 07");
}

/* pages without an address are known by their struct */
static struct page *high_page(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	assert_int_equal(PageHighMem(page), zone_type_exists(ZONE_HIGHMEM));
	return page;
}

static void test_high_page_freed_twice(void **state)
{
	struct page *page = high_page();

	__free_page(page);
	expect_bug(__free_page(page), "PA2: _refcount is 0: freed twice");
	log_has_address(page);
	log_has_owner("Page freed in", 1);
}

static void high_write_and_take(struct page *page)
{
	__free_page(page);
	memset_page(page, 123, 7, 1);
	page = alloc_page(GFP_HIGHUSER);
}

static void test_high_page_written_after_free(void **state)
{
	struct page *page = high_page();

	expect_bug(high_write_and_take(page), "PD1: page written after it was freed");
	log_has_address(page);
	log_has_owner("Page freed in", 1);
}

static void test_block_written_after_free(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 9);

	expect_bug(write_and_take(page, 9, 300), "PD1: page written after it was freed");
	log_has_address((char *)page_address(page + 300) + 120);
	log_has_owner("Page freed in", 1);
}

/* --- objects ----------------------------------------------------------------------------- */

static void test_object_freed_twice(void **state)
{
	struct kmem_cache *s = kmem_cache_create("mine", 72, 0, 0, NULL);
	void *p = kmem_cache_alloc(s, GFP_KERNEL);

	on_cpu(2);
	kmem_cache_free(s, p);
	expect_bug(kmem_cache_free(s, p), "S4: Object already free");
	assert_log_has(m1, "BUG mine (Not tainted): Object already free");
	log_has_address(p);
	log_has_owner("Allocated in", 1);
	log_has_owner("Freed in", 2);
}

static void test_kfree_twice(void **state)
{
	void *p = kmalloc(60, GFP_KERNEL);

	kfree(p);
	expect_bug(kfree(p), "S4: Object already free");
	assert_log_has(m1, "BUG kmalloc-64 (Not tainted): Object already free");
	log_has_owner("Freed in", 1);
}

static void test_kfree_inside(void **state)
{
	char *p = kmalloc(60, GFP_KERNEL);

	expect_bug(kfree(p + 8), "S5: Invalid object pointer");
	log_has_address(p + 8);
	log_has_owner("Allocated in", 1);
}

static void test_wrong_cache(void **state)
{
	struct kmem_cache *s = kmem_cache_create("right", 72, 0, 0, NULL);
	struct kmem_cache *t = kmem_cache_create("wrong", 72, 0, 0, NULL);
	void *p = kmem_cache_alloc(s, GFP_KERNEL);

	expect_bug(kmem_cache_free(t, p), "S5: object of another cache");
	assert_log_has(m1, "BUG wrong (Not tainted): object of another cache");
	assert_log_has(m1, "The address belongs to cache right");
	log_has_address(p);
	log_has_owner("Allocated in", 1);
}

static void test_cache_of_page(void **state)
{
	struct kmem_cache *s = kmem_cache_create("mine", 72, 0, 0, NULL);
	struct page *page = alloc_page(GFP_KERNEL);

	expect_bug(kmem_cache_free(s, page_address(page)), "S5: object of another cache");
	log_has_owner("Page allocated in", 1);
}

static void test_kfree_of_stack(void **state)
{
	int local;

	expect_bug(kfree(&local), "K: kfree of what kmalloc never gave");
	log_has_address(&local);
	assert_log_has(m1, "is no memory of this machine");
}

static void test_kfree_of_garbage(void **state)
{
	void *garbage;

	memset(&garbage, 0x6b, sizeof(garbage));
	expect_bug(kfree(garbage), "K: kfree");
	assert_log_has(m1, BITS_PER_LONG == 64 ?
		       "Address 0x6b6b6b6b6b6b6b6b is no memory of this machine" :
		       "Address 0x6b6b6b6b is no memory of this machine");
}

static void test_kfree_of_vmalloc(void **state)
{
	char *p = vmalloc(2 * PAGE_SIZE);

	expect_bug(kfree(p + 24), "K: kfree");
	log_has_address(p + 24);
	assert_log_has(m1, "is 24 bytes into the vmalloc area");
	assert_log_has(m1, "of 12288 bytes by");
}

static void test_kfree_of_page(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	expect_bug(kfree(page_address(page)), "K: kfree");
	log_has_address(page_address(page));
	log_has_owner("Page allocated in", 1);
}

static void test_large_freed_twice(void **state)
{
	void *p = kmalloc(50000, GFP_KERNEL);

	kfree(p);
	expect_bug(kfree(p), "K: kfree");
	log_has_owner("Page allocated in", 1);
	log_has_owner("Page freed in", 1);
}

static void take_until(struct kmem_cache *s, int n)
{
	while (n--)
		(void)!kmem_cache_alloc(s, GFP_KERNEL);
}

static void test_object_written_after_free(void **state)
{
	struct kmem_cache *s = kmem_cache_create("after", 72, 0, 0, NULL);
	char *p = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, p);
	p[3] = 1;
	expect_bug(take_until(s, 100), "S7: Poison overwritten");
	log_has_address(p);
	log_has_owner("Freed in", 1);
	assert_log_has(m1, "6b 6b 6b 01 6b");
}

/* --- vmalloc --------------------------------------------------------------------------------- */

static void wild_vfree(void *p)
{
	unsigned long warnings = host_warnings(m1);

	host_log_clear(m1);
	vfree(p);
	assert_int_equal(host_warnings(m1), warnings + 1);
	assert_log_has(m1, "Trying to vfree() nonexistent vm area");
	log_has_address(p);
	check_everything();
}

static void test_wild_vfree(void **state)
{
	char *p = vmalloc(2 * PAGE_SIZE), *q = kmalloc(100, GFP_KERNEL);
	int local;

	wild_vfree(&local);
	assert_log_has(m1, "is no memory of this machine");
	wild_vfree(p + PAGE_SIZE);
	assert_log_has(m1, "is 4096 bytes into the vmalloc area");
	wild_vfree(p + 1);
	wild_vfree(q);
	assert_log_has(m1, "is in a slab of kmalloc-128");
	log_has_owner("Allocated in", 1);
	vfree(p);
	wild_vfree(p);			/* the second time */
	assert_log_has(m1, "is in no vmalloc area");
	kfree(q);
}

/* --- memory of the other machine ----------------------------------------------------------------- */

static void test_other_kfree(void **state)
{
	expect_bug(kfree(held.small), "K: kfree");
	assert_log_has(m1, "is no memory of this machine");
}

static void test_other_object(void **state)
{
	struct kmem_cache *s = kmem_cache_create("mine", BYTES, 0, 0, NULL);

	expect_bug(kmem_cache_free(s, held.object), "S5: object of another cache, or no object");
}

static void test_other_object_and_cache(void **state)
{
	expect_bug(kmem_cache_free(held.cache, held.object), "S5");
}

static void test_other_page(void **state)
{
	expect_bug(__free_page(held.page), "PD2: freed what is no page");
}

static void test_other_block(void **state)
{
	expect_bug(put_page(held.block), "PD2: freed what is no page");
}

static void test_other_page_address(void **state)
{
	expect_bug(free_pages((unsigned long)held.large & PAGE_MASK, 3), "PD2");
}

static void test_other_vfree(void **state)
{
	wild_vfree(held.area);
}

#define MISUSE(t)	cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MISUSE(test_page_freed_twice), MISUSE(test_put_page_twice),
		MISUSE(test_tail_freed), MISUSE(test_middle_freed),
		MISUSE(test_wrong_order), MISUSE(test_wrong_order_compound),
		MISUSE(test_absurd_order), MISUSE(test_shapes_that_are_right),
		MISUSE(test_reserved_page), MISUSE(test_locked_page),
		MISUSE(test_wild_addresses), MISUSE(test_unaligned_address),
		MISUSE(test_vmalloc_address_as_page), MISUSE(test_wild_page_pointer),
		MISUSE(test_page_pointer_garbage), MISUSE(test_page_written_after_free),
		MISUSE(test_block_written_after_free), MISUSE(test_high_page_freed_twice),
		MISUSE(test_high_page_written_after_free),
		MISUSE(test_object_freed_twice), MISUSE(test_kfree_twice),
		MISUSE(test_kfree_inside), MISUSE(test_wrong_cache), MISUSE(test_cache_of_page),
		MISUSE(test_kfree_of_stack), MISUSE(test_kfree_of_garbage),
		MISUSE(test_kfree_of_vmalloc), MISUSE(test_kfree_of_page),
		MISUSE(test_large_freed_twice), MISUSE(test_object_written_after_free),
		MISUSE(test_wild_vfree),
		MISUSE(test_other_kfree), MISUSE(test_other_object),
		MISUSE(test_other_object_and_cache), MISUSE(test_other_page),
		MISUSE(test_other_block), MISUSE(test_other_page_address),
		MISUSE(test_other_vfree),
	};

	return cmocka_run_group_tests_name("misuse", tests, NULL, NULL);
}
