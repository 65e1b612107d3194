// SPDX-License-Identifier: MIT
/* The boot-time map: regions, iteration, allocation, growth; random runs against bitmaps. */
#include "phys_test.h"

#define K	1024ull
#define M	(1024ull * K)

/* A booted machine whose map is emptied again; its RAM serves for arrays that grow. */
static int setup(void **state)
{
	if (quire_setup_config(state, NULL))
		return -1;
	host_expect_leaks(this_machine());	/* memblock overwrites it */
	memblock_init(memblock_mem());
	this_machine()->slab.up = false;
	return 0;
}

static void expect_region(struct memblock_type *type, unsigned long i, phys_addr_t base,
			  phys_addr_t size)
{
	assert_true(i < type->cnt);
	assert_int_equal(type->regions[i].base, base);
	assert_int_equal(type->regions[i].size, size);
}

#define MEM	(&memblock_mem()->memory)
#define RES	(&memblock_mem()->reserved)

static void test_add_merges(void **state)
{
	assert_int_equal(memblock_add(4 * M, M), 0);
	assert_int_equal(memblock_add(8 * M, M), 0);
	assert_int_equal(MEM->cnt, 2);
	assert_int_equal(memblock_add(5 * M, M), 0);		/* behind the first */
	assert_int_equal(MEM->cnt, 2);
	expect_region(MEM, 0, 4 * M, 2 * M);
	assert_int_equal(memblock_add(7 * M, M), 0);		/* before the second */
	expect_region(MEM, 1, 7 * M, 2 * M);
	assert_int_equal(memblock_add(5 * M, 3 * M), 0);	/* overlaps both */
	assert_int_equal(MEM->cnt, 1);
	expect_region(MEM, 0, 4 * M, 5 * M);
	assert_int_equal(memblock_add(5 * M, M), 0);		/* inside */
	assert_int_equal(memblock_add(0, 32 * M), 0);		/* around */
	assert_int_equal(MEM->cnt, 1);
	expect_region(MEM, 0, 0, 32 * M);
	assert_int_equal(memblock_phys_mem_size(), 32 * M);
	memblock_check();
}

static void test_add_keeps_old_attributes(void **state)
{
	assert_int_equal(memblock_add_node(4 * M, 2 * M, 1, MEMBLOCK_HOTPLUG), 0);
	assert_int_equal(memblock_add_node(0, 16 * M, 0, MEMBLOCK_NONE), 0);
	assert_int_equal(MEM->cnt, 3);
	expect_region(MEM, 0, 0, 4 * M);
	expect_region(MEM, 1, 4 * M, 2 * M);
	expect_region(MEM, 2, 6 * M, 10 * M);
	assert_int_equal(MEM->regions[1].nid, 1);
	assert_int_equal(MEM->regions[1].flags, MEMBLOCK_HOTPLUG);
	memblock_check();
}

static void test_bad_ranges(void **state)
{
	assert_int_equal(memblock_add(M, 0), 0);
	assert_int_equal(MEM->cnt, 0);
	assert_int_equal(memblock_remove(M, M), 0);
	assert_int_equal(memblock_add(PHYS_ADDR_MAX - 0xfff, 64 * K), 0);
	expect_region(MEM, 0, PHYS_ADDR_MAX - 0xfff, 0xfff);
	assert_int_equal(memblock_add(PHYS_ADDR_MAX, M), 0);
	assert_int_equal(MEM->cnt, 1);
	assert_int_equal(memblock_remove(PHYS_ADDR_MAX - 0xfff, PHYS_ADDR_MAX), 0);
	assert_int_equal(MEM->cnt, 0);
	memblock_check();
}

static void test_remove(void **state)
{
	assert_int_equal(memblock_add(0, 16 * M), 0);
	assert_int_equal(memblock_remove(4 * M, M), 0);		/* a hole */
	assert_int_equal(MEM->cnt, 2);
	expect_region(MEM, 0, 0, 4 * M);
	expect_region(MEM, 1, 5 * M, 11 * M);
	assert_int_equal(memblock_remove(3 * M, 4 * M), 0);	/* over the hole */
	expect_region(MEM, 0, 0, 3 * M);
	expect_region(MEM, 1, 7 * M, 9 * M);
	assert_int_equal(memblock_remove(0, 3 * M), 0);		/* exactly one */
	assert_int_equal(MEM->cnt, 1);
	assert_int_equal(memblock_remove(0, PHYS_ADDR_MAX), 0);
	assert_int_equal(MEM->cnt, 0);
	assert_int_equal(memblock_phys_mem_size(), 0);
	assert_int_equal(memblock_end_of_DRAM(), 0);
	memblock_check();
}

static void test_questions(void **state)
{
	unsigned long start, end;

	assert_int_equal(memblock_add_node(M, M, 3, MEMBLOCK_NONE), 0);
	assert_int_equal(memblock_add(4 * M, 4 * M), 0);
	assert_int_equal(memblock_reserve(5 * M, M), 0);
	assert_true(memblock_is_memory(M));
	assert_true(memblock_is_memory(2 * M - 1));
	assert_false(memblock_is_memory(2 * M));
	assert_false(memblock_is_memory(0));
	assert_true(memblock_is_region_memory(4 * M, 4 * M));
	assert_false(memblock_is_region_memory(4 * M, 4 * M + 1));
	assert_true(memblock_is_reserved(6 * M - 1));
	assert_false(memblock_is_reserved(6 * M));
	assert_true(memblock_is_region_reserved(4 * M, M + 1));
	assert_false(memblock_is_region_reserved(4 * M, M));
	assert_int_equal(memblock_start_of_DRAM(), M);
	assert_int_equal(memblock_end_of_DRAM(), 8 * M);
	assert_int_equal(memblock_reserved_size(), M);
	assert_int_equal(memblock_search_pfn_nid(M >> PAGE_SHIFT, &start, &end), 3);
	assert_int_equal(start, M >> PAGE_SHIFT);
	assert_int_equal(end, 2 * M >> PAGE_SHIFT);
	assert_int_equal(memblock_search_pfn_nid(3 * M >> PAGE_SHIFT, &start, &end), -1);
}

static void test_flags_and_nodes(void **state)
{
	phys_addr_t start, end;
	u64 i;
	int nid;

	assert_int_equal(memblock_add(0, 16 * M), 0);
	assert_int_equal(memblock_mark_nomap(4 * M, M), 0);
	assert_int_equal(MEM->cnt, 3);
	assert_false(memblock_is_map_memory(4 * M));
	assert_true(memblock_is_memory(4 * M));
	for_each_free_mem_range(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL)
		assert_true(end <= 4 * M || start >= 5 * M);
	assert_int_equal(memblock_clear_nomap(4 * M, M), 0);
	assert_int_equal(MEM->cnt, 1);				/* merged again */

	assert_int_equal(memblock_set_node(0, 8 * M, MEM, 0), 0);
	assert_int_equal(memblock_set_node(8 * M, PHYS_ADDR_MAX, MEM, 1), 0);
	assert_int_equal(MEM->cnt, 2);
	for_each_free_mem_range(i, 1, MEMBLOCK_NONE, &start, &end, &nid) {
		assert_int_equal(start, 8 * M);
		assert_int_equal(end, 16 * M);
		assert_int_equal(nid, 1);
	}
	assert_int_equal(memblock_mark_hotplug(0, M), 0);
	assert_int_equal(memblock_clear_hotplug(0, M), 0);
	assert_int_equal(MEM->cnt, 2);
	memblock_check();
}

static void test_cut(void **state)
{
	assert_int_equal(memblock_add(M, M), 0);
	assert_int_equal(memblock_add(4 * M, 4 * M), 0);
	assert_int_equal(memblock_reserve(7 * M, 4 * M), 0);
	memblock_enforce_memory_limit(0);
	assert_int_equal(memblock_phys_mem_size(), 5 * M);
	memblock_enforce_memory_limit(2 * M);
	assert_int_equal(memblock_end_of_DRAM(), 5 * M);
	assert_int_equal(RES->cnt, 0);
	assert_int_equal(memblock_add(5 * M + 100, 3 * M), 0);
	memblock_trim_memory(PAGE_SIZE);
	expect_region(MEM, 2, 5 * M + 4096, 3 * M - 4096);
	memblock_cap_memory_range(4 * M, 2 * M);
	assert_int_equal(memblock_start_of_DRAM(), 4 * M);
	assert_int_equal(memblock_end_of_DRAM(), 6 * M);
	memblock_check();
}

/* A tiny region that vanishes when it is rounded to pages. */
static void test_trim_drops_empty(void **state)
{
	assert_int_equal(memblock_add(100, 200), 0);
	assert_int_equal(memblock_add(M, M), 0);
	memblock_trim_memory(PAGE_SIZE);
	assert_int_equal(MEM->cnt, 1);
	memblock_check();
}

static void test_alloc_direction(void **state)
{
	assert_int_equal(memblock_add(0, 32 * M), 0);
	assert_int_equal(memblock_reserve(31 * M, M), 0);
	assert_int_equal(memblock_phys_alloc_range(M, M, 0, 0), 30 * M);
	assert_int_equal(memblock_phys_alloc_range(PAGE_SIZE, PAGE_SIZE, 0, 16 * M),
			 16 * M - PAGE_SIZE);
	memblock_set_bottom_up(true);
	assert_true(memblock_bottom_up());
	assert_int_equal(memblock_phys_alloc_range(64, 64, 0, 0), PAGE_SIZE);
	assert_int_equal(memblock_phys_alloc_range(64, 0, 0, 0), PAGE_SIZE + 64);
	assert_int_equal(memblock_phys_alloc_range(M, M, 3 * M + 1, 0), 4 * M);
	memblock_check();
}

static void test_alloc_fails_cleanly(void **state)
{
	unsigned long cnt;

	assert_int_equal(memblock_phys_alloc_range(64, 64, 0, 0), 0);	/* no RAM at all */
	assert_int_equal(memblock_add(M, 4 * M), 0);
	cnt = RES->cnt;
	assert_int_equal(memblock_phys_alloc_range(5 * M, 64, 0, 0), 0);
	assert_int_equal(memblock_phys_alloc_range(PHYS_ADDR_MAX, 64, 0, 0), 0);
	assert_int_equal(memblock_phys_alloc_range(0, 64, 0, 0), 0);
	assert_int_equal(memblock_phys_alloc_range(M, 64, 4 * M + 1, 5 * M), 0);
	assert_int_equal(memblock_phys_alloc_range(M, 64, 5 * M, 4 * M), 0);
	assert_int_equal(RES->cnt, cnt);
	memblock_set_current_limit(2 * M);
	assert_int_equal(memblock_phys_alloc_range(2 * M, 64, 0, 0), 0);
	assert_int_equal(memblock_phys_alloc_range(M, M, 0, 0), M);
	assert_null(memblock_alloc(PAGE_SIZE, PAGE_SIZE));
}

static void test_alloc_nodes_and_memory(void **state)
{
	char *p;
	int i;

	assert_int_equal(memblock_add_node(M, 15 * M, 0, MEMBLOCK_NONE), 0);
	assert_int_equal(memblock_add_node(16 * M, 16 * M, 1, MEMBLOCK_NONE), 0);
	assert_true(memblock_phys_alloc_try_nid(M, M, 0) < 16 * M);
	assert_true(memblock_phys_alloc_try_nid(M, M, 1) >= 16 * M);
	/* more than node 1 has left: the other node serves */
	assert_true(memblock_phys_alloc_try_nid(15 * M, PAGE_SIZE, 1) >= 16 * M);
	assert_true(memblock_phys_alloc_try_nid(M, PAGE_SIZE, 1) < 16 * M);
	p = memblock_alloc(300, 64);
	assert_non_null(p);
	for (i = 0; i < 300; i++)
		assert_int_equal(p[i], 0);
	/* the lower bound gives way */
	p = memblock_alloc_try_nid(PAGE_SIZE, PAGE_SIZE, 40 * M, 0, NUMA_NO_NODE);
	assert_non_null(p);
	assert_true(__pa(p) < 16 * M);
	memblock_check();
}

/* what the direct map leaves out stays whole when a border of the range lies inside it */
static void test_cap_keeps_nomap_whole(void **state)
{
	assert_int_equal(memblock_add_node(4 * M, 4 * M, 1, MEMBLOCK_NOMAP), 0);
	memblock_cap_memory_range(5 * M, M);
	assert_int_equal(MEM->cnt, 1);
	expect_region(MEM, 0, 4 * M, 4 * M);
	memblock_check();
}

static void test_mirror_first(void **state)
{
	assert_int_equal(memblock_add(M, 15 * M), 0);
	assert_int_equal(memblock_mark_mirror(4 * M, M), 0);
	assert_int_equal(memblock_phys_alloc_range(M, M, 0, 0), 4 * M);
	assert_int_equal(memblock_phys_alloc_range(M, M, 0, 0), 15 * M);
}

static void test_full_array(void **state)
{
	unsigned long i;

	for (i = 0; i < INIT_MEMBLOCK_REGIONS; i++)
		assert_int_equal(memblock_reserve(2 * i * PAGE_SIZE, PAGE_SIZE), 0);
	assert_int_equal(RES->cnt, INIT_MEMBLOCK_REGIONS);
	assert_int_equal(memblock_reserve(2 * i * PAGE_SIZE, PAGE_SIZE), -ENOMEM);
	assert_int_equal(RES->cnt, INIT_MEMBLOCK_REGIONS);
	/* what adds nothing still works; filling a gap wants an entry before it merges */
	assert_int_equal(memblock_reserve(0, PAGE_SIZE), 0);
	assert_int_equal(memblock_reserve(PAGE_SIZE, PAGE_SIZE), -ENOMEM);
	assert_int_equal(memblock_phys_free(0, PAGE_SIZE), -ENOMEM);
	memblock_check();
}

static void test_arrays_grow(void **state)
{
	unsigned long i;

	assert_int_equal(memblock_add(32 * M, 32 * M), 0);
	memblock_set_current_limit(64 * M);
	memblock_allow_resize();
	for (i = 0; i < 2000; i++)
		assert_int_equal(memblock_reserve(2 * i * PAGE_SIZE, PAGE_SIZE), 0);
	assert_true(RES->max >= 2000);
	assert_ptr_not_equal(RES->regions, memblock_mem()->reserved_init);
	assert_true(memblock_is_reserved(__pa(RES->regions)));		/* M4 */
	for (i = 0; i < 2000; i++) {
		assert_true(memblock_is_reserved(2 * i * PAGE_SIZE));
		assert_false(memblock_is_reserved((2 * i + 1) * PAGE_SIZE));
	}
	for (i = 0; i < 500; i++)
		assert_int_equal(memblock_add(128 * M + 2 * i * M, M), 0);
	assert_int_equal(MEM->cnt, 501);
	memblock_check();
	/* only the two arrays in force are still reserved above 32 MiB */
	assert_int_equal(memblock_reserved_size(), 2000 * PAGE_SIZE +
			 PAGE_ALIGN(RES->max * sizeof(*RES->regions)) +
			 PAGE_ALIGN(MEM->max * sizeof(*MEM->regions)));
}

/* --- random runs: a byte for each page says what the map must say -------------------- */

#define PAGES	256

static u8 ram[PAGES], taken[PAGES];

static void expect_same(void)
{
	phys_addr_t start, end, last = 0;
	u8 seen[PAGES] = { 0 };
	unsigned long p;
	u64 i;

	for_each_free_mem_range(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		assert_true(start >= last && start < end);		/* I2 */
		last = end;
		for (p = start >> PAGE_SHIFT; p < end >> PAGE_SHIFT; p++)
			seen[p]++;
	}
	for (p = 0; p < PAGES; p++)
		assert_int_equal(seen[p], ram[p] && !taken[p]);
	last = PHYS_ADDR_MAX;
	for_each_free_mem_range_reverse(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		assert_true(end <= last && start < end);
		last = start;
		for (p = start >> PAGE_SHIFT; p < end >> PAGE_SHIFT; p++)
			seen[p]--;
	}
	for (p = 0; p < PAGES; p++)
		assert_int_equal(seen[p], 0);
}

static void test_random(void **state)
{
	int step;

	memset(ram, 0, sizeof(ram));
	memset(taken, 0, sizeof(taken));
	for (step = 0; step < 4000; step++) {
		unsigned long start = phys_below(PAGES), n = phys_below(PAGES - start) / 4 + 1;
		phys_addr_t base = (phys_addr_t)start << PAGE_SHIFT;
		phys_addr_t size = (phys_addr_t)n << PAGE_SHIFT;

		switch (phys_below(4)) {
		case 0:
			assert_int_equal(memblock_add(base, size), 0);
			memset(ram + start, 1, n);
			break;
		case 1:
			assert_int_equal(memblock_remove(base, size), 0);
			memset(ram + start, 0, n);
			break;
		case 2:
			assert_int_equal(memblock_reserve(base, size), 0);
			memset(taken + start, 1, n);
			break;
		default:
			assert_int_equal(memblock_phys_free(base, size), 0);
			memset(taken + start, 0, n);
			break;
		}
		memblock_check();
		expect_same();
	}
}

static void test_checker_sees_damage(void **state)
{
	assert_int_equal(memblock_add(M, M), 0);
	assert_int_equal(memblock_add(4 * M, M), 0);
	MEM->regions[0].size = 4 * M;
	expect_bug(memblock_check(), "prev_end");		/* M1 */
	MEM->regions[0].size = 3 * M;
	expect_bug(memblock_check(), "r[-1].nid");		/* M2 */
	MEM->regions[0].size = 2 * M;
	expect_bug(memblock_check(), "total_size");		/* M3 */
	MEM->regions[0].size = M;
	memblock_check();
}

#define TEST(t)	cmocka_unit_test_setup_teardown(t, setup, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_add_merges),
		TEST(test_add_keeps_old_attributes),
		TEST(test_bad_ranges),
		TEST(test_remove),
		TEST(test_questions),
		TEST(test_flags_and_nodes),
		TEST(test_cut),
		TEST(test_trim_drops_empty),
		TEST(test_alloc_direction),
		TEST(test_alloc_fails_cleanly),
		TEST(test_alloc_nodes_and_memory),
		TEST(test_cap_keeps_nomap_whole), TEST(test_mirror_first),
		TEST(test_full_array),
		TEST(test_arrays_grow),
		TEST(test_random),
		TEST(test_checker_sees_damage),
	};

	return cmocka_run_group_tests_name("memblock", tests, NULL, NULL);
}
