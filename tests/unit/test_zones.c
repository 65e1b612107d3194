// SPDX-License-Identifier: MIT
/* Nodes, zones, memmap, zonelists, watermarks, the handover, and the files of /proc. */
#include "phys_test.h"

#define K	1024ull
#define M	(1024ull * K)
#define G	(1024ull * M)

/* A PC: conventional memory, the hole below 1 MiB, 64 MiB in all. */
static const struct machine_range pc_ranges[] = {
	{ 4 * K, 636 * K, 0 },
	{ 1 * M, 64 * M - 128 * K, 0 },
};
/*
 * Two nodes, the second above the limit of DMA32, whose first has a hole of its own. In a
 * process of 32 bit, where all of the machine's addresses need a place, it lies lower.
 */
#define FAR_START	(BITS_PER_LONG == 64 ? 4 * G : 512 * M)
static const struct machine_range big_ranges[] = {
	{ 1 * M, 48 * M, 0 },
	{ 64 * M, 96 * M, 0 },
	{ FAR_START, FAR_START + 48 * M, 1 },
};

static int setup_pc(void **state)
{
	struct machine_config c = { .ranges = pc_ranges, .nr_ranges = ARRAY_SIZE(pc_ranges),
				 .nr_cpus = 1, .dma32_limit = 1 * G };

	return quire_setup_config(state, &c);
}

static int setup_big(void **state)
{
	struct machine_config c = { .ranges = big_ranges, .nr_ranges = ARRAY_SIZE(big_ranges),
				 .nr_nodes = 2, .nr_cpus = 2, .dma32_limit = FAR_START };

	return quire_setup_config(state, &c);
}

static int setup_no_dma(void **state)
{
	struct machine_config c = { .ram_bytes = 16 * M, .dma_limit = PHYS_ADDR_MAX,
				 .dma32_limit = PHYS_ADDR_MAX };

	return quire_setup_config(state, &c);
}

static struct zone *zone_of(int nid, enum zone_type type)
{
	return &NODE_DATA(nid)->node_zones[type];
}

static void test_pc_zones(void **state)
{
	struct zone *dma = zone_of(0, ZONE_DMA), *dma32 = zone_of(0, ZONE_DMA32);

	assert_int_equal(dma->zone_start_pfn, 1);
	assert_int_equal(dma->spanned_pages, 4095);
	assert_int_equal(dma->present_pages, 158 + 3840);
	assert_int_equal(dma32->zone_start_pfn, 4096);
	assert_int_equal(dma32->spanned_pages, (48 * M - 128 * K) >> PAGE_SHIFT);
	assert_int_equal(dma32->present_pages, dma32->spanned_pages);
	assert_false(populated_zone(zone_of(0, ZONE_NORMAL)));
	assert_false(populated_zone(zone_of(0, ZONE_MOVABLE)));
	assert_string_equal(dma32->name, "DMA32");
	assert_int_equal(NODE_DATA(0)->node_present_pages,
			 dma->present_pages + dma32->present_pages);
	assert_log_has(*state, "  DMA      [mem 0x0000000000001000-0x0000000000ffffff]\n");
	assert_log_has(*state, "  Normal   empty\n");
	assert_log_has(*state, "  node   0: [mem 0x0000000000100000-0x0000000003fdffff]\n");
	assert_log_has(*state, "On node 0, zone DMA: 1 pages in unavailable ranges\n");
	assert_log_has(*state, "On node 0, zone DMA: 97 pages in unavailable ranges\n");
	check_all_zones();
}

static void test_pc_memmap(void **state)
{
	unsigned long pfn;

	for (pfn = 0; pfn < round_up(this_machine()->max_pfn, MEMMAP_BLOCK_PAGES); pfn++) {
		struct page *page = memmap_ready(pfn);
		bool ram = memblock_is_memory(PFN_PHYS(pfn));
		bool taken = memblock_is_region_reserved(PFN_PHYS(pfn), PAGE_SIZE);

		assert_true(pfn_valid(pfn));
		if (!ram || taken) {
			assert_true(PageReserved(page));
			assert_int_equal(page_count(page), 1);
		} else {
			assert_false(PageReserved(page));
		}
		if (ram)
			assert_ptr_equal(page_zone(page),
					 zone_of(0, pfn < 4096 ? ZONE_DMA : ZONE_DMA32));
		assert_int_equal(page_to_nid(page), 0);
		assert_int_equal(page_mapcount(page), 0);
	}
	assert_false(pfn_valid(128 * M >> PAGE_SHIFT));
}

static void test_handover_counts(void **state)
{
	unsigned long managed = 0, reserved = 0, pfn;
	struct zone *zone;

	for_each_populated_zone(zone)
		managed += zone_managed_pages(zone);
	assert_int_equal(managed, totalram_pages());			/* H2 */
	for (pfn = 0; pfn < this_machine()->max_pfn; pfn++)
		reserved += memblock_is_memory(PFN_PHYS(pfn)) &&
			    PageReserved(memmap_page(pfn));
	assert_int_equal(managed + reserved, NODE_DATA(0)->node_present_pages);
	assert_true(nr_free_pages() <= managed);
}

static void test_free_reserved_range(void **state)
{
	unsigned long total = totalram_pages(), free = nr_free_pages();
	struct page *page = alloc_pages(GFP_KERNEL, 3);
	phys_addr_t at = page_to_phys(page);
	int i;

	/* memory that boot code owned: eight reserved frames that nobody counted */
	for (i = 0; i < 8; i++) {
		__SetPageReserved(page + i);
		atomic_set(&page[i]._refcount, 1);
	}
	atomic_long_sub(8, &this_machine()->totalram_pages);
	atomic_long_sub(8, &page_zone(page)->managed_pages);
	host_log_clear(*state);
	/* partial frames at both ends stay */
	assert_int_equal(free_reserved_range(at + 1, at + 8 * PAGE_SIZE - 1,
					     "unused kernel image (initmem)"), 6);
	assert_string_equal(host_log_text(*state),
			    "Freeing unused kernel image (initmem) memory: 24K\n");
	assert_int_equal(totalram_pages(), total - 2);
	assert_int_equal(free_reserved_range(at, at + PAGE_SIZE, NULL), 1);
	assert_int_equal(free_reserved_range(at + 7 * PAGE_SIZE, at + 8 * PAGE_SIZE, NULL), 1);
	assert_int_equal(free_reserved_range(at + 1, at + 2, NULL), 0);
	assert_int_equal(totalram_pages(), total);
	assert_int_equal(nr_free_pages(), free);
	check_all_zones();
	/* H1: a frame cannot be given twice */
	expect_bug(free_reserved_range(at, at + PAGE_SIZE, NULL), "PageReserved");
}

static void test_big_zones(void **state)
{
	struct zone *far = zone_of(1, ZONE_NORMAL);

	assert_int_equal(this_machine()->nr_online_nodes, 2);
	assert_int_equal(far->zone_start_pfn, FAR_START >> PAGE_SHIFT);
	assert_int_equal(far->present_pages, 48 * M >> PAGE_SHIFT);
	assert_int_equal(zone_of(0, ZONE_DMA32)->spanned_pages, 80 * M >> PAGE_SHIFT);
	assert_int_equal(zone_of(0, ZONE_DMA32)->present_pages, 64 * M >> PAGE_SHIFT);
	assert_true(pfn_valid(FAR_START >> PAGE_SHIFT));
	assert_false(pfn_valid(FAR_START / 2 >> PAGE_SHIFT));
	assert_ptr_equal(page_zone(memmap_page(FAR_START >> PAGE_SHIFT)), far);
	assert_int_equal(page_to_nid(memmap_page(FAR_START >> PAGE_SHIFT)), 1);
	assert_int_equal(this_machine()->max_pfn, (FAR_START + 48 * M) >> PAGE_SHIFT);
	check_all_zones();
}

static void test_big_zonelists(void **state)
{
	struct zonelist *l = &NODE_DATA(0)->node_zonelists[ZONELIST_FALLBACK][ZONE_NORMAL];

	/* node 0 has no normal memory: DMA32 and DMA first, then the other node */
	assert_ptr_equal(l->zones[0], zone_of(0, ZONE_DMA32));
	assert_ptr_equal(l->zones[1], zone_of(0, ZONE_DMA));
	assert_ptr_equal(l->zones[2], zone_of(1, ZONE_NORMAL));
	assert_null(l->zones[3]);
	l = &NODE_DATA(1)->node_zonelists[ZONELIST_FALLBACK][ZONE_NORMAL];
	assert_ptr_equal(l->zones[0], zone_of(1, ZONE_NORMAL));
	assert_ptr_equal(l->zones[1], zone_of(0, ZONE_DMA32));
	l = &NODE_DATA(1)->node_zonelists[ZONELIST_NOFALLBACK][ZONE_NORMAL];
	assert_null(l->zones[1]);
	l = &NODE_DATA(1)->node_zonelists[ZONELIST_NOFALLBACK][ZONE_DMA];
	assert_null(l->zones[0]);
}

static void test_nodes_serve(void **state)
{
	struct page *page = alloc_pages_node(1, GFP_KERNEL, 0), *dma;
	unsigned long n = 0;
	LIST_HEAD(list);

	assert_int_equal(page_to_nid(page), 1);
	__free_page(page);
	page = alloc_pages_node(1, GFP_KERNEL | GFP_DMA, 0);
	assert_int_equal(page_zonenum(page), ZONE_DMA);
	__free_page(page);
	assert_null(alloc_pages_node(1, GFP_KERNEL | GFP_DMA | __GFP_THISNODE | __GFP_NOWARN,
				     0));
	/* fill node 1: the rest comes from node 0 and is counted as a miss */
	for (;;) {
		page = alloc_pages_node(1, GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN, 0);
		if (!page)
			break;
		list_add(&page->lru, &list);
		n++;
	}
	assert_true(n > 10000);
	dma = alloc_pages_node(1, GFP_KERNEL, 0);
	assert_int_equal(page_to_nid(dma), 0);
	assert_true(zone_page_state(page_zone(dma), NUMA_MISS) > 0);
	__free_page(dma);
	while (!list_empty(&list)) {
		page = list_first_entry(&list, struct page, lru);
		list_del(&page->lru);
		__free_page(page);
	}
	check_all_zones();
}

static void test_no_dma_zone(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL | GFP_DMA);

	assert_false(zone_type_exists(ZONE_DMA));
	assert_non_null(page);
	assert_int_equal(page_zonenum(page), ZONE_NORMAL);
	__free_page(page);
}

static void test_watermarks(void **state)
{
	struct zone *dma = zone_of(0, ZONE_DMA), *dma32 = zone_of(0, ZONE_DMA32);
	unsigned long min_kb = this_machine()->tunables.min_free_kbytes;
	unsigned long managed = zone_managed_pages(dma) + zone_managed_pages(dma32);

	/* int_sqrt(16 * lowmem in KiB) */
	assert_true(min_kb * min_kb <= managed * 4 * 16);
	assert_true((min_kb + 1) * (min_kb + 1) > managed * 4 * 16);
	assert_int_equal(dma32->_watermark[WMARK_MIN],
			 (min_kb >> 2) * zone_managed_pages(dma32) / managed);
	assert_int_equal(dma32->_watermark[WMARK_LOW], dma32->_watermark[WMARK_MIN] +
			 dma32->_watermark[WMARK_MIN] / 4);
	assert_int_equal(dma->lowmem_reserve[ZONE_DMA], 0);
	assert_int_equal(dma->lowmem_reserve[ZONE_DMA32], zone_managed_pages(dma32) / 256);
	assert_int_equal(dma->lowmem_reserve[ZONE_MOVABLE], zone_managed_pages(dma32) / 256);
	assert_int_equal(dma32->lowmem_reserve[ZONE_NORMAL], 0);

	this_machine()->tunables.min_free_kbytes = 4096;
	setup_per_zone_wmarks();
	assert_int_equal(dma->_watermark[WMARK_MIN] + dma32->_watermark[WMARK_MIN], 1023);
}

static void test_watermark_check(void **state)
{
	struct zone *zone = zone_of(0, ZONE_DMA32);
	unsigned long free = zone->nr_free;

	assert_true(zone_watermark_ok(zone, 0, free - 1, ZONE_NORMAL, 0));
	assert_false(zone_watermark_ok(zone, 0, free, ZONE_NORMAL, 0));
	assert_true(zone_watermark_ok(zone, 0, free, ZONE_NORMAL, ALLOC_HIGH));
	assert_false(zone_watermark_ok(zone, 0, 2 * free, ZONE_NORMAL, ALLOC_HIGH));
	assert_true(zone_watermark_ok(zone, 0, 2 * free, ZONE_NORMAL,
				      ALLOC_HIGH | ALLOC_HARDER));
	assert_true(zone_watermark_ok(zone, 10, 0, ZONE_NORMAL, 0));
	zone = zone_of(0, ZONE_DMA);
	assert_false(zone_watermark_ok(zone, 0, zone->nr_free - 1, ZONE_DMA32, 0));
	assert_true(zone_watermark_ok(zone, 0, zone->nr_free - 1, ZONE_DMA, 0));
}

/* --- text ---------------------------------------------------------------------------- */

static char *text_of(void (*show)(struct seq_file *), char *to, size_t size)
{
	struct seq_file m = { 0 };

	show(&m);
	assert_int_equal(m.error, 0);
	assert_true(m.count < size);
	memcpy(to, m.buf, m.count);
	to[m.count] = '\0';
	seq_release(&m);
	return to;
}

static int lines_of(const char *text)
{
	int n = 0;

	while (*text)
		n += *text++ == '\n';
	return n;
}

static char text[32768];

static void test_proc_text(void **state)
{
	char line[80];
	const char *p;

	text_of(meminfo_show, text, sizeof(text));
	snprintf(line, sizeof(line), "MemTotal:       %8lu kB\nMemFree:        ",
		 totalram_pages() * 4);
	assert_memory_equal(text, line, strlen(line));
	assert_non_null(strstr(text, "\nVmallocChunk:          0 kB\n"));
	assert_non_null(strstr(text, "\nHugePages_Total:       0\n"));
	snprintf(line, sizeof(line), "\nHugepagesize:       %lu kB\n", PMD_SIZE >> 10);
	assert_non_null(strstr(text, line));
	assert_int_equal(lines_of(text), 48);		/* DirectMap lines are the port's */

	text_of(vmstat_show, text, sizeof(text));
	assert_int_equal(lines_of(text), 171);
	assert_memory_equal(text, "nr_free_pages ", 14);
	assert_non_null(strstr(text, "\nnr_unstable 0\n"));

	text_of(buddyinfo_show, text, sizeof(text));
	assert_int_equal(lines_of(text), 2);
	assert_memory_equal(text, "Node 0, zone      DMA ", 22);
	p = strchr(text, '\n') + 1;
	assert_int_equal(p - text, 22 + 11 * 7 + 1);
	assert_memory_equal(p, "Node 0, zone    DMA32 ", 22);

	text_of(pagetypeinfo_show, text, sizeof(text));
	assert_non_null(strstr(text, "Page block order: 9\nPages per block:  512\n\n"));
	assert_non_null(strstr(text, "at order       0      1 "));
	assert_non_null(strstr(text, "Node    0, zone    DMA32, type  Reclaimable "));
	assert_non_null(strstr(text, "Number of blocks type     Unmovable      Movable  "));
	assert_int_equal(lines_of(text), 4 + 10 + 1 + 1 + 2);

	text_of(zoneinfo_show, text, sizeof(text));
	assert_memory_equal(text, "Node 0, zone      DMA\n  per-node stats\n"
			    "      nr_inactive_anon 0\n", 64);
	assert_non_null(strstr(text, "\n        spanned  4095\n        present  3998\n"));
	assert_non_null(strstr(text, "\n  start_pfn:           1\nNode 0, zone    DMA32\n"));
	assert_non_null(strstr(text, "Node 0, zone   Device\n  pages free     0\n"));
}

static void test_counters(void **state)
{
	struct pglist_data *node = NODE_DATA(0);
	unsigned long events = sum_vm_event(PGFAULT);

	count_vm_event(PGFAULT);
	mod_node_page_state(node, NR_FILE_PAGES, 5);
	quire_switch_cpu(1);
	count_vm_events(PGFAULT, 2);
	mod_node_page_state(node, NR_FILE_PAGES, -3);
	assert_int_equal(sum_vm_event(PGFAULT), events + 3);
	assert_int_equal(node_page_state(node, NR_FILE_PAGES), 2);
	mod_node_page_state(node, NR_FILE_PAGES, -7);
	assert_int_equal(global_node_page_state(NR_FILE_PAGES), 0);	/* never negative */
	mod_zone_page_state(first_populated_zone(), NR_MLOCK, 4);
	assert_int_equal(global_zone_page_state(NR_MLOCK), 4);
	quire_switch_cpu(0);
}

static void test_available(void **state)
{
	long before = si_mem_available();

	assert_true(before > 0);
	assert_int_equal(before, nr_free_pages() - totalreserve_pages());
	mod_node_page_state(NODE_DATA(0), NR_INACTIVE_FILE, 20000);
	assert_true(si_mem_available() > before + 10000);
	assert_true(si_mem_available() < before + 20000);
}

static void test_too_small(void **state)
{
	struct machine_config c = { .ram_bytes = 8 * K };

	assert_null(machine_create(&c));
}

#define PC(t)	cmocka_unit_test_setup_teardown(t, setup_pc, quire_teardown)
#define BIG(t)	cmocka_unit_test_setup_teardown(t, setup_big, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PC(test_pc_zones),
		PC(test_pc_memmap),
		PC(test_handover_counts),
		PC(test_free_reserved_range),
		BIG(test_big_zones),
		BIG(test_big_zonelists),
		BIG(test_nodes_serve),
		cmocka_unit_test_setup_teardown(test_no_dma_zone, setup_no_dma, quire_teardown),
		PC(test_watermarks),
		PC(test_watermark_check),
		PC(test_proc_text),
		quire_unit_test(test_counters),
		PC(test_available),
		cmocka_unit_test(test_too_small),
	};

	return cmocka_run_group_tests_name("zones", tests, NULL, NULL);
}
