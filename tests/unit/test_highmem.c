// SPDX-License-Identifier: MIT
/*
 * test_highmem.c - pages without an address: the slots of a CPU, those of kmap(), what is
 * reported of wrong use, and the lines of /proc. A machine without the zone skips most.
 */
#include "quire_test.h"
#include "fault_probe.h"
#include <mm/highmem_state.h>
#include "mm/internal.h"
#include "mm/kspace/vmalloc_internal.h"

#define PAGES	(PKMAP_SLOTS + 2)

static struct page *page[PAGES];
static struct machine *m1;

static bool has_highmem(void)
{
	return zone_type_exists(ZONE_HIGHMEM);
}

#define needs_highmem()								\
do {										\
	if (!has_highmem()) {							\
		print_message("# %s: this machine has no high memory\n", __func__); \
		skip();								\
	}									\
} while (0)

static void take_pages(unsigned int nr)
{
	unsigned int i;

	m1 = this_machine();
	for (i = 0; i < nr; i++) {
		page[i] = alloc_page(GFP_HIGHUSER);
		assert_non_null(page[i]);
		assert_true(PageHighMem(page[i]));
		memset_page(page[i], 0, i & 0xff, PAGE_SIZE);
	}
}

static void free_pages_taken(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		__free_page(page[i]);
	highmem_check();
}

/* --- the slots of a CPU ----------------------------------------------------------- */

static void test_local_stack(void **state)
{
	unsigned char *at[KMAP_LOCAL_SLOTS];
	int i;

	needs_highmem();
	take_pages(KMAP_LOCAL_SLOTS);
	for (i = 0; i < KMAP_LOCAL_SLOTS; i++) {
		at[i] = kmap_local_page(page[i]);
		assert_null(page_address(page[i]));	/* an address of this CPU alone */
		highmem_check();
	}
	for (i = 0; i < KMAP_LOCAL_SLOTS; i++) {
		assert_int_equal(at[i][0], i);
		assert_int_equal(at[i][PAGE_SIZE - 1], i);
		at[i][7] = 100 + i;
	}
	for (i = KMAP_LOCAL_SLOTS; i-- > 0; ) {
		kunmap_local(at[i] + 123);		/* anywhere in the page */
		assert_true(faults((char *)at[i]));
		highmem_check();
	}
	for (i = 0; i < KMAP_LOCAL_SLOTS; i++)
		assert_int_equal(quire_page_byte(page[i], 7), 100 + i);
	free_pages_taken(KMAP_LOCAL_SLOTS);
}

/* the same page twice, and the old name */
static void test_local_twice(void **state)
{
	char *a, *b;

	needs_highmem();
	take_pages(1);
	a = kmap_local_page(page[0]);
	b = kmap_atomic(page[0]);
	assert_ptr_not_equal(a, b);
	a[5] = 77;
	assert_int_equal(b[5], 77);
	kunmap_atomic(b);
	assert_int_equal(a[5], 77);
	kunmap_local(a);
	free_pages_taken(1);
}

/* a slot has a page without memory on both sides */
static void test_local_guards(void **state)
{
	char *a, *b;

	needs_highmem();
	take_pages(2);
	a = kmap_local_page(page[0]);
	b = kmap_local_page(page[1]);
	assert_true(faults(a - 1) && faults(a + PAGE_SIZE));
	assert_true(faults(b - 1) && faults(b + PAGE_SIZE));
	assert_false(faults(a) || faults(a + PAGE_SIZE - 1) || faults(b));
	kunmap_local(b);
	kunmap_local(a);
	free_pages_taken(2);
}

static void test_local_of_each_cpu(void **state)
{
	char *at[4];
	int cpu;

	needs_highmem();
	take_pages(1);
	for (cpu = 0; cpu < 4; cpu++) {
		quire_switch_cpu(cpu);
		at[cpu] = kmap_local_page(page[0]);
		assert_int_equal(at[cpu][0], 0);
		kunmap_local(at[cpu]);
		assert_true(!cpu || at[cpu] != at[cpu - 1]);
	}
	quire_switch_cpu(0);
	free_pages_taken(1);
}

static void test_copies(void **state)
{
	char text[6];

	needs_highmem();
	take_pages(3);
	memcpy_to_page(page[0], PAGE_SIZE - 5, "quire", 5);
	copy_highpage(page[1], page[0]);
	memcpy_page(page[2], 100, page[1], PAGE_SIZE - 5, 5);
	zero_user(page[2], 105, 1);
	memcpy_from_page(text, page[2], 100, 6);
	assert_string_equal(text, "quire");
	clear_highpage(page[1]);
	assert_int_equal(quire_page_byte(page[1], PAGE_SIZE - 1), 0);
	free_pages_taken(3);
}

/* low pages need no slot */
static void test_low_pages(void **state)
{
	struct page *low = alloc_page(GFP_KERNEL);
	char *at = page_address(low);
	int i;

	assert_non_null(at);
	for (i = 0; i < 2 * KMAP_LOCAL_SLOTS; i++)
		assert_ptr_equal(kmap_local_page(low), at);
	kunmap_local(at);
	assert_ptr_equal(kmap(low), at);
	assert_int_equal(kmap_users(), 0);
	kunmap(low);
	kmap_local_check_none();
	highmem_check();
	__free_page(low);
}

/* --- kmap ----------------------------------------------------------------------------- */

static void test_kmap(void **state)
{
	char *at;

	needs_highmem();
	take_pages(1);
	at = kmap(page[0]);
	at[3] = 9;
	assert_ptr_equal(page_address(page[0]), at);
	assert_true(faults(at - 1) && faults(at + PAGE_SIZE));
	quire_switch_cpu(2);			/* every CPU sees it */
	assert_int_equal(at[3], 9);
	assert_ptr_equal(kmap(page[0]), at);
	assert_int_equal(kmap_users(), 2);
	highmem_check();
	kunmap(page[0]);
	assert_ptr_equal(page_address(page[0]), at);
	assert_int_equal(at[3], 9);
	quire_switch_cpu(0);
	kunmap(page[0]);
	assert_null(page_address(page[0]));
	assert_int_equal(kmap_users(), 0);
	assert_true(faults(at));		/* a checking kernel empties it at once */
	kmap_flush_unused();
	free_pages_taken(1);
}

/* all slots, and again: the one that was left is found */
static void test_kmap_full(void **state)
{
	char *at[PKMAP_SLOTS];
	int i;

	needs_highmem();
	take_pages(PKMAP_SLOTS + 1);
	for (i = 0; i < PKMAP_SLOTS; i++) {
		at[i] = kmap(page[i]);
		assert_int_equal((unsigned char)at[i][0], i & 0xff);
	}
	highmem_check();
	assert_ptr_equal(kmap(page[40]), at[40]);	/* needs no slot */
	kunmap(page[40]);
	kunmap(page[300]);
	assert_ptr_equal(kmap(page[PKMAP_SLOTS]), at[300]);
	assert_int_equal(at[300][1], PKMAP_SLOTS & 0xff);
	kunmap(page[PKMAP_SLOTS]);
	for (i = 0; i < PKMAP_SLOTS; i++)
		if (i != 300)
			kunmap(page[i]);
	assert_int_equal(kmap_users(), 0);
	free_pages_taken(PKMAP_SLOTS + 1);
}

/* --- every slot in use: kmap() sleeps ------------------------------------------------- */

struct waiting {
	int left;			/* slots that CPU 0 gives back */
	int got;			/* pages that the others have seen */
};

/* CPUs 1 .. map a page for which there is no slot, while CPU 0 may give one back */
static void waiting_cpu(unsigned int cpu, void *arg)
{
	struct waiting *w = arg;
	const char *at;
	int i;

	if (!cpu) {
		for (i = 0; i < 1000; i++)
			port_cond_resched();
		assert_int_equal(w->got, 0);
		while (w->left--)
			kunmap(page[w->left]);
		return;
	}
	at = kmap(page[PKMAP_SLOTS + cpu - 1]);
	w->got += at[0] == (char)(PKMAP_SLOTS + cpu - 1);
	kunmap(page[PKMAP_SLOTS + cpu - 1]);
}

static int run_waiting(struct waiting *w, u64 seed)
{
	struct virtual_cpus how = { .count = 3, .seed = seed, .fn = waiting_cpu, .arg = w };
	int i, ret;

	take_pages(PAGES);
	for (i = 0; i < PKMAP_SLOTS; i++)
		kmap(page[i]);
	machine_cpu_leave();
	ret = machine_run_virtual(m1, &how, NULL);
	machine_cpu_enter(m1, 0);
	return ret;
}

static int setup_virtual(void **state)
{
	struct machine_config config = geometry_config(NULL);

	config.virtual_clock = true;
	return quire_setup_config(state, &config);
}

static void test_kmap_waits(void **state)
{
	struct waiting w = { .left = 1 };
	int i;

	needs_highmem();
	assert_int_equal(run_waiting(&w, 5), 0);
	assert_int_equal(w.got, 2);			/* both, one after the other */
	for (i = 1; i < PKMAP_SLOTS; i++)
		kunmap(page[i]);
	free_pages_taken(PAGES);
}

/* nobody gives a slot back: that is found, too */
static void test_kmap_waits_for_ever(void **state)
{
	struct waiting w = { .left = 0 };

	needs_highmem();
	assert_int_equal(run_waiting(&w, 6), -EDEADLK);
	assert_int_equal(w.got, 0);
	host_expect_leaks(m1);
}

/* --- wrong use ------------------------------------------------------------------------- */

static void test_too_many(void **state)
{
	int i;

	needs_highmem();
	take_pages(KMAP_LOCAL_SLOTS + 1);
	for (i = 0; i < KMAP_LOCAL_SLOTS; i++)
		kmap_local_page(page[i]);
	expect_bug(kmap_local_page(page[i]), "K1: more pages mapped at a time");
}

static void test_wrong_order(void **state)
{
	char *a, text[80];

	needs_highmem();
	take_pages(2);
	a = kmap_local_page(page[0]);
	kmap_local_page(page[1]);
	expect_bug(kunmap_local(a), "K2: unmaps what it did not map last");
	snprintf(text, sizeof(text), "highmem: CPU 0, ");
	assert_log_has(m1, text);
	snprintf(text, sizeof(text), "at address 0x%lx\n", (unsigned long)a);
	assert_log_has(m1, text);
}

static void test_unmapped_twice(void **state)
{
	char *a;

	needs_highmem();
	take_pages(1);
	a = kmap_local_page(page[0]);
	kunmap_local(a);
	expect_bug(kunmap_local(a), "K2: unmaps what it did not map last");
}

/* a slot of another CPU */
static void test_unmapped_elsewhere(void **state)
{
	char *a;

	needs_highmem();
	take_pages(2);
	a = kmap_local_page(page[0]);
	kunmap_local(a);
	quire_switch_cpu(1);
	kmap_local_page(page[1]);
	expect_bug(kunmap_local(a), "K2: unmaps what it did not map last");
}

static void test_kunmap_of_unmapped(void **state)
{
	needs_highmem();
	take_pages(1);
	kmap(page[0]);
	kunmap(page[0]);
	expect_bug(kunmap(page[0]), "K4: kunmap of a page that nobody has mapped");
}

static void sleep_now(void)
{
	port_block_prepare();
	port_block();
}

static void test_sleeps_mapped(void **state)
{
	needs_highmem();
	take_pages(1);
	kmap_local_page(page[0]);
	expect_bug(sleep_now(), "K6: sleeps or leaves its CPU");
}

static void test_gives_way_mapped(void **state)
{
	needs_highmem();
	take_pages(1);
	kmap_local_page(page[0]);
	expect_bug(port_cond_resched(), "K6: sleeps or leaves its CPU");
}

static void test_leaves_mapped(void **state)
{
	needs_highmem();
	take_pages(1);
	kmap_local_page(page[0]);
	expect_bug(machine_cpu_leave(), "K6: sleeps or leaves its CPU");
}

/* a kmap() that has not ended is a leak like any other */
static void test_leak(void **state)
{
	struct machine_config config = geometry_config(NULL);
	struct machine *m;
	struct host_leaks leaks;
	struct page *p;

	needs_highmem();
	machine_cpu_leave();
	m = machine_create(&config);
	machine_cpu_enter(m, 0);
	p = alloc_page(GFP_HIGHUSER);
	kmap(p);
	kmap(p);
	machine_cpu_leave();
	assert_false(host_leak_check(m, &leaks));
	assert_int_equal(leaks.kmaps, 2);
	machine_cpu_enter(m, 1);
	__free_page(p);
	machine_cpu_leave();
	assert_false(host_leak_check(m, &leaks));
	assert_int_equal(leaks.pages, 0);
	assert_int_equal(leaks.kmaps, 2);
	assert_int_equal(machine_destroy(m), -EBUSY);
	machine_cpu_enter(*state, 0);
}

/* highmem_check() sees each kind of damage */
static void test_check(void **state)
{
	struct highmem_state *h;

	needs_highmem();
	take_pages(2);
	h = this_machine()->highmem;
	h->nr_users++;
	expect_bug(highmem_check(), "users != h->nr_users");
}

static void test_check_entry(void **state)
{
	unsigned long at;

	needs_highmem();
	take_pages(2);
	at = (unsigned long)kmap(page[0]);
	pte_clear(kernel_pte_lookup(at));
	expect_bug(highmem_check(), "entry_maps(addr, slot->page)");
}

static void test_check_slot(void **state)
{
	needs_highmem();
	take_pages(2);
	this_machine()->highmem->cpu[1].depth = 1;
	this_machine()->highmem->cpu[1].page[0] = page[1];
	expect_bug(highmem_check(), "entry_maps(local_address(cpu, i)");
}

/* --- the zone --------------------------------------------------------------------------- */

static unsigned long field_kb(const struct seq_file *m, const char *name)
{
	const char *at = strstr(m->buf, name);

	if (!at)
		fail_msg("no %s in\n%s", name, m->buf);
	return strtoul(at + strlen(name), NULL, 10);
}

static struct seq_file text_of(void (*show)(struct seq_file *))
{
	struct seq_file m = { 0 };

	show(&m);
	seq_putc(&m, '\0');
	assert_int_equal(m.error, 0);
	return m;
}

static void test_meminfo(void **state)
{
	struct seq_file m;

	needs_highmem();
	m = text_of(meminfo_show);
	assert_true(totalhigh_pages() > 0);
	assert_int_equal(field_kb(&m, "\nHighTotal:"), totalhigh_pages() * 4);
	assert_int_equal(field_kb(&m, "\nLowTotal:"), (totalram_pages() - totalhigh_pages()) * 4);
	assert_int_equal(field_kb(&m, "\nHighFree:") + field_kb(&m, "\nLowFree:"),
			 field_kb(&m, "\nMemFree:"));
	assert_true(strstr(m.buf, "\nMlocked:") < strstr(m.buf, "\nHighTotal:"));
	assert_true(strstr(m.buf, "\nLowFree:") < strstr(m.buf, "\nSwapTotal:"));
	seq_release(&m);
}

/* a page of the zone is missing from HighFree alone */
static void test_free_counts(void **state)
{
	unsigned long high, all;

	needs_highmem();
	high = nr_free_highpages();
	all = nr_free_pages();
	take_pages(20);
	assert_int_equal(nr_free_highpages(), high - 20);
	assert_int_equal(nr_free_pages(), all - 20);
	free_pages_taken(20);
	assert_int_equal(nr_free_highpages(), high);
}

static void test_zoneinfo(void **state)
{
	struct zone *zone = &NODE_DATA(0)->node_zones[ZONE_HIGHMEM];
	struct seq_file m;
	char line[80];
	const char *at;

	needs_highmem();
	m = text_of(zoneinfo_show);
	at = strstr(m.buf, "Node 0, zone  HighMem\n");
	assert_non_null(at);
	snprintf(line, sizeof(line), "\n        managed  %lu\n", zone_managed_pages(zone));
	assert_non_null(strstr(at, line));
	seq_release(&m);
	m = text_of(buddyinfo_show);
	assert_non_null(strstr(m.buf, "Node 0, zone  HighMem "));
	seq_release(&m);
}

static void test_no_zone(void **state)
{
	struct seq_file m;

	if (has_highmem())
		skip();
	m = text_of(meminfo_show);
	assert_null(strstr(m.buf, "HighTotal:"));
	seq_release(&m);
	assert_int_equal(totalhigh_pages(), 0);
	assert_int_equal(nr_free_highpages(), 0);
	assert_null(this_machine()->highmem);
	highmem_check();
	kmap_flush_unused();
	kmap_local_check_none();
}

/* GFP_KERNEL never has a page of it, and the request for one falls back to low memory */
static void test_fallback(void **state)
{
	unsigned long n = 0, high;
	struct page *p, *next;
	LIST_HEAD(taken);

	needs_highmem();
	high = nr_free_highpages();
	p = alloc_page(GFP_KERNEL);
	assert_false(PageHighMem(p));
	__free_page(p);
	while ((p = alloc_page(GFP_HIGHUSER)) && PageHighMem(p)) {
		list_add(&p->lru, &taken);
		n++;
	}
	assert_non_null(p);
	assert_true(n > high / 2 && n <= high);
	__free_page(p);
	list_for_each_entry_safe(p, next, &taken, lru) {
		list_del(&p->lru);
		__free_page(p);
	}
	assert_int_equal(nr_free_highpages(), high);
}

#define VIRTUAL(t)	cmocka_unit_test_setup_teardown(t, setup_virtual, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_local_stack), quire_unit_test(test_local_twice),
		quire_unit_test(test_local_guards), quire_unit_test(test_local_of_each_cpu),
		quire_unit_test(test_copies), quire_unit_test(test_low_pages),
		quire_unit_test(test_kmap), quire_unit_test(test_kmap_full),
		VIRTUAL(test_kmap_waits), VIRTUAL(test_kmap_waits_for_ever),
		quire_unit_test(test_too_many), quire_unit_test(test_wrong_order),
		quire_unit_test(test_unmapped_twice), quire_unit_test(test_unmapped_elsewhere),
		quire_unit_test(test_kunmap_of_unmapped), quire_unit_test(test_sleeps_mapped),
		quire_unit_test(test_gives_way_mapped), quire_unit_test(test_leaves_mapped),
		quire_unit_test(test_leak), quire_unit_test(test_check),
		quire_unit_test(test_check_entry), quire_unit_test(test_check_slot),
		quire_unit_test(test_meminfo), quire_unit_test(test_free_counts),
		quire_unit_test(test_zoneinfo), quire_unit_test(test_no_zone),
		quire_unit_test(test_fallback),
	};

	return cmocka_run_group_tests_name("highmem", tests, NULL, NULL);
}
