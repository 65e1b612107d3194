// SPDX-License-Identifier: MIT
/*
 * test_page_owner.c - who allocated each page, as text: against what this program holds.
 */
#include "phys_test.h"
#include <linux/stackdepot.h>
#include <uapi/kernel-page-flags.h>

#define BLOCKS	300

static int setup(void **state)
{
	struct machine_config config = geometry_config(NULL);

	config.debug.page_owner = true;
	config.virtual_clock = true;
	return quire_setup_config(state, &config);
}

static char text[PAGE_SIZE];

/* The text of the block whose first frame is @page; "" when there is none. */
static const char *text_of(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

	if (page_owner_read(&pfn, text, sizeof(text)) <= 0 || pfn != page_to_pfn(page) + 1)
		text[0] = 0;
	return text;
}

static unsigned int orders[BLOCKS];
static struct page *blocks[BLOCKS];

static int index_of(unsigned long pfn)
{
	int i;

	for (i = 0; i < BLOCKS; i++)
		if (blocks[i] && page_to_pfn(blocks[i]) == pfn)
			return i;
	return -1;
}

/* a block that is held appears once, with its order; what was given back does not */
static void check_list(void)
{
	unsigned long pfn = 0, before = 0;
	unsigned int order, found = 0, held = 0;
	int i, n;

	while ((n = page_owner_read(&pfn, text, sizeof(text))) > 0) {
		unsigned long at;

		assert_int_equal(n, strlen(text));
		assert_int_equal(sscanf(text, "Page allocated via order %u", &order), 1);
		assert_non_null(strstr(text, "\nPFN "));
		assert_int_equal(sscanf(strstr(text, "\nPFN "), "\nPFN %lu type", &at), 1);
		assert_int_equal(at, pfn - 1);
		assert_true(pfn > before);
		before = pfn;
		i = index_of(at);
		if (i < 0)
			continue;
		assert_int_equal(order, orders[i]);
		found++;
	}
	for (i = 0; i < BLOCKS; i++)
		held += blocks[i] != NULL;
	assert_int_equal(n, 0);
	assert_int_equal(found, held);
}

static void test_list(void **state)
{
	unsigned int n, i;

	for (n = 0; n < 3000; n++) {
		i = phys_below(BLOCKS);
		if (blocks[i]) {
			__free_pages(blocks[i], orders[i]);
			blocks[i] = NULL;
		} else {
			orders[i] = phys_below(10) ? 0 : phys_below(5);
			blocks[i] = alloc_pages(phys_below(2) ? GFP_KERNEL : GFP_HIGHUSER_MOVABLE,
						orders[i]);
		}
		if (n % 1000 == 999)
			check_list();
	}
	for (i = 0; i < BLOCKS; i++) {
		if (blocks[i])
			__free_pages(blocks[i], orders[i]);
		blocks[i] = NULL;
	}
	check_list();
	check_all_zones();
}

static void test_text(void **state)
{
	struct page *page;

	host_clock_advance(1000);
	page = alloc_pages(GFP_KERNEL | __GFP_NOWARN, 2);
	assert_non_null(strstr(text_of(page), "Page allocated via order 2, mask 0x"));
	assert_non_null(strstr(text, "(GFP_KERNEL|__GFP_NOWARN), pid 0, tgid 0 (host), ts 1000 ns,"));
	assert_non_null(strstr(text, " type Unmovable Block "));
	assert_non_null(strstr(text, "node=0|zone="));
	assert_true(!strcmp(text + strlen(text) - 2, "\n\n"));
	host_clock_advance(500);
	__free_pages(page, 2);
	assert_string_equal(text_of(page), "");
	page = alloc_pages(GFP_KERNEL, 2);
	assert_non_null(strstr(text_of(page), "ts 1500 ns, free_ts 1500 ns\n"));
	__free_pages(page, 2);
	page = alloc_page(GFP_HIGHUSER_MOVABLE);
	assert_non_null(strstr(text_of(page), "(GFP_HIGHUSER_MOVABLE)"));
	assert_non_null(strstr(text, " type Movable Block "));
	__free_page(page);
}

static void test_split(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL, 3);
	int i;

	split_page(page, 3);
	for (i = 0; i < 8; i++)
		assert_non_null(strstr(text_of(page + i), "Page allocated via order 0,"));
	for (i = 0; i < 8; i += 2)
		__free_page(page + i);
	for (i = 0; i < 8; i++)
		assert_int_equal(*text_of(page + i) != 0, i & 1);
	for (i = 1; i < 8; i += 2)
		__free_page(page + i);
}

/* a report of a page says who had it */
static void test_dump(void **state)
{
	struct machine *m = *state;
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long pfn;

	dump_page(page, "a test");
	assert_log_has(m, "page_owner tracks the page as allocated\n");
	assert_log_has(m, "page last allocated via order 0, migratetype Unmovable, gfp_mask 0x");
	__free_page(page);
	host_log_clear(m);
	dump_page(page, "a test");
	assert_log_has(m, "page_owner tracks the page as freed\n");
	assert_log_has(m, "page last free stack trace:\n");
	host_log_clear(m);
	for (pfn = 0; !pfn_valid(pfn) || !PageReserved(memmap_ready(pfn)); pfn++)
		;
	dump_page(pfn_to_page(pfn), "a test");		/* of the boot */
	assert_log_has(m, "page_owner info is not present (never set?)\n");
}

static noinline struct page *one_place(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	barrier();
	return page;
}

/* the same stack is kept once, and the depot's pages are no leak */
static void test_depot(void **state)
{
	unsigned long pages;
	unsigned int i;

	for (i = 0; i < 10; i++)
		__free_page(one_place());
	pages = this_machine()->debug.depot.pages;
	assert_true(pages >= 1);
	for (i = 0; i < 1000; i++)
		__free_page(one_place());
	assert_int_equal(this_machine()->debug.depot.pages, pages);
}

/* no memory for a stack: the block is handed out all the same */
static void test_no_memory_for_stacks(void **state)
{
	struct stack_depot *d = &this_machine()->debug.depot;
	const struct stack_record *none;
	struct page *page;

	memset(d->buckets, 0, STACK_DEPOT_BUCKETS * sizeof(*d->buckets));
	d->room_bytes = 0;
	host_fail_nth(*state, 2, true);
	page = alloc_page(GFP_KERNEL);
	none = stack_depot_save(0);
	host_fail_nth(*state, 0, false);
	assert_non_null(page);
	assert_null(none);
	assert_string_equal(text_of(page), "");
	__free_page(page);
}

static void hammer(unsigned int cpu, void *arg)
{
	unsigned int i;

	for (i = 0; i < 2000; i++) {
		struct page *page = alloc_pages(GFP_KERNEL, i % 3);
		void *p = kmalloc(i % 9000 + 1, GFP_KERNEL);

		kfree(p);
		if (page)
			__free_pages(page, i % 3);
	}
}

static void test_cpus(void **state)
{
	quire_run_cpus(4, hammer, NULL);
	check_list();
	check_all_zones();
}

/* --- bits of pages, which need no owner --------------------------------------------------- */

static bool has(const struct page *page, unsigned int bit)
{
	return stable_page_flags(page) >> bit & 1;
}

static void test_flags(void **state)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2), *slab;
	void *p = kmalloc(64, GFP_KERNEL);
	unsigned int i;

	assert_true(stable_page_flags(NULL) == 1ull << KPF_NOPAGE);
	assert_true(stable_page_flags(page) == 1ull << KPF_COMPOUND_HEAD);
	for (i = 1; i < 4; i++)
		assert_true(stable_page_flags(page + i) == 1ull << KPF_COMPOUND_TAIL);
	assert_int_equal(kpage_count(page), 0);
	assert_int_equal(kpage_count(page + 1), 0);
	slab = virt_to_page(p);
	assert_true(has(slab, KPF_SLAB) && !has(slab, KPF_BUDDY) && !has(slab, KPF_MMAP));
	assert_int_equal(kpage_count(slab), 0);
	kfree(p);
	__free_pages(page, 2);
	drain_local_pages();
	for (i = 0; i < 4; i++)
		assert_true(stable_page_flags(page + i) == 1ull << KPF_BUDDY);
	assert_true(has(this_machine()->zero_page, KPF_ZERO_PAGE));
	assert_false(has(this_machine()->zero_page, KPF_BUDDY));
}

/* every frame is free in the buddy exactly when the zones say so */
static void test_free_frames(void **state)
{
	unsigned long pfn, free = 0;
	struct zone *zone;
	unsigned long want = 0;

	drain_local_pages();
	for (pfn = 0; pfn < this_machine()->max_pfn; pfn++)
		if (pfn_valid(pfn) && has(memmap_ready(pfn), KPF_BUDDY))
			free++;
	for_each_populated_zone(zone)
		want += zone->nr_free;
	assert_int_equal(free, want);
}

/* the boot with each allocation failing: with the notes, or without them and a word of it */
static void test_boot_failures(void **state)
{
	struct machine_config config = geometry_config(NULL);
	unsigned long nth, without = 0;
	struct machine *m;
	bool done = false;

	config.debug.page_owner = config.debug.page_poison = true;
	config.virtual_clock = true;
	config.debug.kmemleak = true;		/* both note stacks, in one depot */
	for (nth = 1; !done; nth++) {
		assert_true(nth < 2000);
		config.fail_nth = nth;
		m = machine_create(&config);
		if (!m)
			continue;
		machine_cpu_enter(m, 0);
		done = !host_failures(m);
		if (!m->debug.page_ext) {
			without++;
			assert_log_has(m, "page_poison and page_owner are off\n");
			assert_false(m->debug.config.page_owner || m->debug.config.page_poison);
			assert_false(atomic_read(&m->debug.hooks) &
				     (MM_HOOK_OWNER | MM_HOOK_POISON));
		}
		__free_pages(alloc_pages(GFP_KERNEL, 2), 2);
		machine_cpu_leave();
		assert_int_equal(machine_destroy(m), 0);
	}
	/* the table, each of its blocks, what stacks need */
	assert_true(without > 3);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_text), TEST(test_list), TEST(test_split), TEST(test_dump),
		TEST(test_depot), TEST(test_no_memory_for_stacks), TEST(test_cpus),
		cmocka_unit_test(test_boot_failures),
		quire_unit_test(test_flags), quire_unit_test(test_free_frames),
		quire_fast_test(test_free_frames),
	};

	return cmocka_run_group_tests_name("page_owner", tests, NULL, NULL);
}
