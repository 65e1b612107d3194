// SPDX-License-Identifier: MIT
/* Nodes: distances, nodes of CPUs, nodes without CPUs or memory, the order of fallback. */
#include "phys_test.h"
#include <linux/topology.h>

#define M	(1024ull * 1024)

/* four in a row: 0 and 1 have CPUs and memory, 2 only memory, 3 only CPUs */
static const struct machine_range four_ranges[] = {
	{ 0, 32 * M, 0 },
	{ 32 * M, 64 * M, 1 },
	{ 64 * M, 96 * M, 2 },
};
static const u8 four_distances[] = {
	10, 21, 31, 41,
	21, 10, 21, 31,
	31, 21, 10, 21,
	41, 31, 21, 10,
};
static const int four_cpus[] = { 0, 1, 3, 0 };

static const struct machine_config four = {
	.ranges = four_ranges, .nr_ranges = ARRAY_SIZE(four_ranges), .nr_nodes = 4, .nr_cpus = 4,
	.cpu_nodes = four_cpus, .distances = four_distances, .dma_limit = PHYS_ADDR_MAX,
	.dma32_limit = PHYS_ADDR_MAX,
};

static int setup_four(void **state)
{
	struct machine_config c = four;

	return quire_setup_config(state, &c);
}

static int setup_plain(void **state)
{
	struct machine_config c = { .ram_bytes = 64 * M, .nr_nodes = 4, .nr_cpus = 4 };

	return quire_setup_config(state, &c);
}

/* the nodes of the fallback list of @nid, as digits */
static const char *order_of(int nid)
{
	static char text[MAX_NUMNODES + 1];
	struct zone **z = NODE_DATA(nid)->node_zonelists[ZONELIST_FALLBACK][ZONE_NORMAL].zones;
	int n = 0, last = -1;

	for (; *z; z++) {
		if ((*z)->node == last)
			continue;
		last = (*z)->node;
		text[n++] = '0' + last;
	}
	text[n] = '\0';
	return text;
}

static void test_distances(void **state)
{
	int i, j;

	for (i = 0; i < 4; i++)
		for (j = 0; j < 4; j++)
			assert_int_equal(node_distance(i, j), four_distances[4 * i + j]);
	assert_int_equal(num_online_nodes(), 4);
	assert_true(node_online(3) && !node_online(4) && !node_online(-1) && !node_online(99));
	assert_log_has(*state, "Fallback order for Node 3: 3 2 1 0 \n");
}

static void test_states(void **state)
{
	struct cpumask cpus;

	assert_true(node_state(0, N_MEMORY) && node_state(0, N_CPU));
	assert_true(node_state(2, N_MEMORY) && !node_state(2, N_CPU));
	assert_true(node_state(2, N_NORMAL_MEMORY) && node_state(2, N_HIGH_MEMORY));
	assert_true(!node_state(3, N_MEMORY) && node_state(3, N_CPU) && node_state(3, N_ONLINE));
	assert_false(node_state(4, N_ONLINE));
	node_cpus(0, &cpus);
	assert_int_equal(cpumask_weight(&cpus), 2);
	assert_true(cpumask_test_cpu(0, &cpus) && cpumask_test_cpu(3, &cpus));
	assert_int_equal(cpu_to_node(2), 3);
}

/* 1 is as near to 0 as to 2, which is the next one up */
static void test_fallback_order(void **state)
{
	assert_string_equal(order_of(0), "012");
	assert_string_equal(order_of(1), "120");
	assert_string_equal(order_of(2), "210");
	assert_string_equal(order_of(3), "210");
	assert_null(NODE_DATA(3)->node_zonelists[ZONELIST_NOFALLBACK][ZONE_NORMAL].zones[0]);
}

/* objects of a node: near, far, one without CPUs, one without memory; never another's */
static void test_slab_of_node(void **state)
{
	struct kmem_cache *s = kmem_cache_create("of_node", 200, 0, 0, NULL);
	void *p[4][300];
	int nid, i;

	for (i = 0; i < 300; i++)
		for (nid = 0; nid < 4; nid++) {
			p[nid][i] = kmem_cache_alloc_node(s, GFP_KERNEL | __GFP_THISNODE, nid);
			assert_non_null(p[nid][i]);
			if (nid < 3)
				assert_int_equal(page_to_nid(virt_to_page(p[nid][i])), nid);
		}
	for (i = 0; i < 300; i++)
		for (nid = 0; nid < 4; nid++)
			kmem_cache_free(s, p[nid][i]);
	slab_check();
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* a node that is full: another's memory, and with __GFP_THISNODE none */
static void test_slab_full_node(void **state)
{
	struct page *page, *all = NULL;
	void *p;

	while ((page = alloc_pages_node(2, GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN, 0))) {
		page->private = (unsigned long)all;
		all = page;
	}
	assert_null(kmalloc_node(512, GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN, 2));
	assert_null(kmalloc_node(20000, GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN, 2));
	p = kmalloc_node(512, GFP_KERNEL, 2);
	assert_non_null(p);
	assert_int_not_equal(page_to_nid(virt_to_page(p)), 2);
	kfree(p);
	while ((page = all)) {
		all = (struct page *)page->private;
		page->private = 0;
		__free_page(page);
	}
	slab_check();
}

/* equally far: as in a ring */
static void test_ring(void **state)
{
	assert_string_equal(order_of(0), "0123");
	assert_string_equal(order_of(1), "1230");
	assert_string_equal(order_of(2), "2301");
	assert_string_equal(order_of(3), "3012");
	assert_int_equal(node_distance(1, 1), LOCAL_DISTANCE);
	assert_int_equal(node_distance(1, 2), REMOTE_DISTANCE);
	assert_int_equal(cpu_to_node(3), 3);
}

static unsigned long numa_event(int nid, enum zone_stat_item item)
{
	return zone_page_state(&NODE_DATA(nid)->node_zones[ZONE_NORMAL], item);
}

/* every CPU gets memory of its own node, or of the nearest that has some */
static void test_local_memory(void **state)
{
	static const int want[] = { 0, 1, 2, 0 };
	unsigned int cpu;

	for (cpu = 0; cpu < 4; cpu++) {
		unsigned long hit, other;
		struct page *page;

		quire_switch_cpu(cpu);
		assert_int_equal(numa_node_id(), four_cpus[cpu]);
		hit = numa_event(want[cpu], NUMA_HIT);
		other = numa_event(want[cpu], NUMA_OTHER);
		page = alloc_page(GFP_KERNEL);
		assert_int_equal(page_to_nid(page), want[cpu]);
		assert_int_equal(numa_event(want[cpu], NUMA_HIT), hit + 1);
		/* the CPU of node 3 is at another node's memory */
		assert_int_equal(numa_event(want[cpu], NUMA_OTHER), other + (cpu == 2));
		__free_page(page);
	}
	quire_switch_cpu(0);
}

static void test_other_nodes(void **state)
{
	struct page *page = alloc_pages_node(2, GFP_KERNEL, 2);
	unsigned long other = numa_event(2, NUMA_OTHER), local = numa_event(0, NUMA_LOCAL);

	assert_int_equal(page_to_nid(page), 2);
	__free_pages(page, 2);
	page = alloc_pages_node(2, GFP_KERNEL, 2);
	assert_int_equal(numa_event(2, NUMA_OTHER), other + 1);
	__free_pages(page, 2);
	assert_null(alloc_pages_node(3, GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN, 0));
	page = alloc_pages_node(3, GFP_KERNEL, 0);
	assert_int_equal(page_to_nid(page), 2);
	__free_page(page);
	/* no such node: the caller's own */
	page = alloc_pages_node(7, GFP_KERNEL, 0);
	assert_int_equal(page_to_nid(page), 0);
	assert_int_equal(numa_event(0, NUMA_LOCAL), local + 1);
	__free_page(page);
	page = alloc_pages_node(NUMA_NO_NODE, GFP_KERNEL | __GFP_THISNODE, 0);
	assert_int_equal(page_to_nid(page), 0);
	__free_page(page);
}

/* node 2 is full: its users go to 1, which is nearer than 0; both are charged */
static void test_miss_and_foreign(void **state)
{
	unsigned long miss, foreign;
	struct page *page;
	LIST_HEAD(list);

	for (;;) {
		page = alloc_pages_node(2, GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN, 0);
		if (!page)
			break;
		list_add(&page->lru, &list);
	}
	miss = numa_event(1, NUMA_MISS);
	foreign = numa_event(2, NUMA_FOREIGN);
	page = alloc_pages_node(3, GFP_KERNEL, 0);
	assert_int_equal(page_to_nid(page), 1);
	assert_int_equal(numa_event(1, NUMA_MISS), miss + 1);
	assert_int_equal(numa_event(2, NUMA_FOREIGN), foreign + 1);
	__free_page(page);
	while (!list_empty(&list)) {
		page = list_first_entry(&list, struct page, lru);
		list_del(&page->lru);
		__free_page(page);
	}
	check_all_zones();
}

/* what describes a node's memory lies in it */
static void test_pgdat_on_node(void **state)
{
	int nid;

	for (nid = 0; nid < 3; nid++)
		assert_int_equal(page_to_nid(virt_to_page(NODE_DATA(nid))), nid);
	assert_int_equal(NODE_DATA(3)->node_present_pages, 0);
	assert_int_equal(NODE_DATA(3)->node_spanned_pages, 0);
}

/* --- ZONE_MOVABLE ----------------------------------------------------------------------- */

static int setup_movable(void **state)
{
	struct machine_config c = four;

	c.kernelcore_bytes = 40 * M;
	return quire_setup_config(state, &c);
}

static unsigned long movable_start(int nid)
{
	return NODE_DATA(nid)->node_zones[ZONE_MOVABLE].zone_start_pfn;
}

/* 40 MiB for everybody: a third on each node with memory, then whole blocks of 4 MiB */
static void test_movable_zones(void **state)
{
	int nid;

	for (nid = 0; nid < 3; nid++) {
		struct zone *normal = &NODE_DATA(nid)->node_zones[ZONE_NORMAL];

		assert_int_equal(movable_start(nid), (nid * 32 + 16) * M >> PAGE_SHIFT);
		assert_int_equal(normal->present_pages, 16 * M >> PAGE_SHIFT);
		assert_int_equal(zone_end_pfn(normal), movable_start(nid));
		assert_int_equal(page_zonenum(memmap_page(movable_start(nid))), ZONE_MOVABLE);
		assert_int_equal(page_zonenum(memmap_page(movable_start(nid) - 1)), ZONE_NORMAL);
	}
	assert_int_equal(movable_start(3), 0);
	assert_int_equal(this_machine()->movable_zone, ZONE_NORMAL);
	assert_log_has(*state, "  Node 1: 0x0000000003000000\n");
	check_all_zones();
}

/* who can be moved goes there first, and everybody else never */
static void test_movable_users(void **state)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE);
	LIST_HEAD(list);

	assert_int_equal(page_zonenum(page), ZONE_MOVABLE);
	__free_page(page);
	page = alloc_page(GFP_KERNEL | __GFP_MOVABLE);	/* not by its zone */
	assert_int_equal(page_zonenum(page), ZONE_NORMAL);
	__free_page(page);
	for (;;) {
		page = alloc_page(GFP_KERNEL | __GFP_NOWARN);
		if (!page)
			break;
		assert_int_equal(page_zonenum(page), ZONE_NORMAL);
		list_add(&page->lru, &list);
	}
	assert_int_equal(nr_free_pages() > 3 * 15 * M >> PAGE_SHIFT, true);
	while (!list_empty(&list)) {
		page = list_first_entry(&list, struct page, lru);
		list_del(&page->lru);
		__free_page(page);
	}
	check_all_zones();
}

static bool has_movable(int nid)
{
	return populated_zone(&NODE_DATA(nid)->node_zones[ZONE_MOVABLE]);
}

static void movable_machine(struct machine_config c, const char *which)
{
	struct machine *m = machine_create(&c);
	int nid;

	assert_non_null(m);
	machine_cpu_enter(m, 0);
	for (nid = 0; nid < 3; nid++)
		assert_int_equal(has_movable(nid), which[nid] == 'm');
	check_all_zones();
	machine_cpu_leave();
	assert_int_equal(machine_destroy(m), 0);
}

static void test_movable_amounts(void **state)
{
	struct machine_config c = four;

	movable_machine(c, "---");
	c.movablecore_bytes = 32 * M;
	movable_machine(c, "mmm");
	c.movablecore_bytes = 4 * M;		/* a third of it is less than a block */
	movable_machine(c, "---");
	c.kernelcore_bytes = 200 * M;		/* more than there is */
	movable_machine(c, "---");
	c.kernelcore_bytes = 8 * M;		/* the larger of the two wishes */
	c.movablecore_bytes = 48 * M;
	movable_machine(c, "mmm");
	/* DMA memory counts as given: node 0 gives more than a third */
	c = four;
	c.dma_limit = 16 * M;
	c.kernelcore_bytes = 24 * M;
	movable_machine(c, "mmm");
	c.dma_limit = 40 * M;			/* it ends within node 1 */
	c.kernelcore_bytes = 60 * M;
	movable_machine(c, "-mm");
}

/* --- what cannot be -------------------------------------------------------------------- */

static void refused(struct machine_config *c)
{
	assert_null(machine_create(c));
}

static void test_bad_config(void **state)
{
	static const u8 asymmetric[] = { 10, 20, 21, 10 };
	static const u8 no_self[] = { 11, 20, 20, 10 };
	static const u8 too_near[] = { 10, 10, 10, 10 };
	static const u8 zero[4];
	static const int no_node[] = { 0, 2 }, negative[] = { -1, 0 };
	const struct machine_config good = { .ram_bytes = 32 * M, .nr_nodes = 2, .nr_cpus = 2 };
	struct machine_config c = good;

	c.distances = asymmetric;
	refused(&c);
	c.distances = no_self;
	refused(&c);
	c.distances = too_near;
	refused(&c);
	c.distances = zero;
	refused(&c);
	c = good;
	c.cpu_nodes = no_node;
	refused(&c);
	c.cpu_nodes = negative;
	refused(&c);
}

static void test_distance_error(void **state)
{
	u8 table[] = { 10, 21, 31, 21, 10, 21, 31, 22, 10 };
	unsigned int at = 0;

	assert_null(numa_distance_error(table, 3, false, &at));
	assert_non_null(numa_distance_error(table, 3, true, &at));
	assert_int_equal(at, 1 * 3 + 2);
	table[7] = 21;
	assert_null(numa_distance_error(table, 3, true, &at));
	table[8] = 9;
	assert_non_null(numa_distance_error(table, 3, false, &at));
	assert_int_equal(at, 8);
	assert_null(numa_distance_error(table, 1, true, &at));
}

/* firmware's table is refused as a whole; the machine goes on with what it has */
static void test_set_distances(void **state)
{
	u8 bad[] = { 10, 9, 20, 10 }, good[] = { 10, 15, 16, 10 };

	assert_int_equal(numa_set_distances(bad, 2), -EINVAL);
	assert_log_has(*state, "NUMA: distance 9 from node 0 to 1 is not above 10");
	assert_int_equal(node_distance(0, 1), REMOTE_DISTANCE);
	assert_int_equal(numa_set_distances(bad, MAX_NUMNODES + 1), -EINVAL);
	assert_int_equal(numa_set_distances(good, 2), 0);
	assert_int_equal(node_distance(1, 0), 16);
}

#define FOUR(t)		cmocka_unit_test_setup_teardown(t, setup_four, quire_teardown)
#define PLAIN(t)	cmocka_unit_test_setup_teardown(t, setup_plain, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOUR(test_distances),
		FOUR(test_states),
		FOUR(test_fallback_order),
		FOUR(test_slab_of_node),
		FOUR(test_slab_full_node),
		PLAIN(test_ring),
		FOUR(test_local_memory),
		FOUR(test_other_nodes),
		FOUR(test_miss_and_foreign),
		FOUR(test_pgdat_on_node),
		cmocka_unit_test_setup_teardown(test_movable_zones, setup_movable, quire_teardown),
		cmocka_unit_test_setup_teardown(test_movable_users, setup_movable, quire_teardown),
		cmocka_unit_test(test_movable_amounts),
		PLAIN(test_set_distances),
		cmocka_unit_test(test_bad_config),
		cmocka_unit_test(test_distance_error),
	};

	return cmocka_run_group_tests_name("numa", tests, NULL, NULL);
}
