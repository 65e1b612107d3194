// SPDX-License-Identifier: MIT
/*
 * test_node_text.c - meminfo, vmstat and numastat of one node: each number beside its
 * counter, and the sum over the nodes beside /proc/meminfo and /proc/vmstat (NM1).
 */
#include "quire_test.h"
#include <linux/topology.h>

static const enum node_stat_item bumped[] = {
	NR_INACTIVE_ANON, NR_ACTIVE_ANON, NR_INACTIVE_FILE, NR_ACTIVE_FILE, NR_UNEVICTABLE,
	NR_SLAB_RECLAIMABLE_B, NR_SLAB_UNRECLAIMABLE_B, NR_ANON_MAPPED, NR_FILE_MAPPED,
	NR_FILE_PAGES, NR_FILE_DIRTY, NR_WRITEBACK, NR_SHMEM, NR_KERNEL_STACK_KB, NR_PAGETABLE,
};

static struct zone *a_zone(int nid)
{
	struct zone *zone = NODE_DATA(nid)->node_zones;

	while (!populated_zone(zone))
		zone++;
	return zone;
}

/* another number for each counter of each node; @sign -1: back again */
static void bump(int sign)
{
	unsigned int i;
	int nid;

	for_each_online_node(nid) {
		for (i = 0; i < ARRAY_SIZE(bumped); i++)
			mod_node_page_state(NODE_DATA(nid), bumped[i], sign * (100 * nid + 3 + 7 * i));
		mod_zone_page_state(a_zone(nid), NR_MLOCK, sign * (nid + 5));
		mod_zone_page_state(a_zone(nid), NR_BOUNCE, sign * (nid + 11));
	}
}

/*
 * The text of @show, for as long as nobody asks for another of @slot. It is made twice, so
 * that the room is there and the text of the second time is of a machine that stands still.
 */
enum { OF_NODE, OF_MACHINE, NR_SLOTS };
static char texts[NR_SLOTS][32768];

static const char *text_of(void (*show)(struct seq_file *m, int nid), int nid)
{
	struct seq_file m = { 0 };

	show(&m, nid);
	m.count = 0;
	show(&m, nid);
	assert_int_equal(m.error, 0);
	assert_true(m.count < sizeof(texts[0]));
	memcpy(texts[OF_NODE], m.buf, m.count);
	texts[OF_NODE][m.count] = '\0';
	seq_release(&m);
	return texts[OF_NODE];
}

static const char *machine_text(void (*show)(struct seq_file *m))
{
	struct seq_file m = { 0 };

	show(&m);
	m.count = 0;
	show(&m);
	assert_int_equal(m.error, 0);
	assert_true(m.count < sizeof(texts[0]));
	memcpy(texts[OF_MACHINE], m.buf, m.count);
	texts[OF_MACHINE][m.count] = '\0';
	seq_release(&m);
	return texts[OF_MACHINE];
}

/* the number behind @name at the beginning of a line */
static unsigned long number(const char *text, const char *name)
{
	size_t n = strlen(name);

	while (text && (strncmp(text, name, n) || (text[n] != ' ' && text[n] != ':'))) {
		text = strchr(text, '\n');
		text = text && text[1] ? text + 1 : NULL;
	}
	if (!text)
		fail_msg("no line %s", name);
	return strtoul(text + n + strspn(text + n, ": "), NULL, 10);
}

static unsigned long node_kb(const char *text, int nid, const char *name)
{
	char line[64];

	snprintf(line, sizeof(line), "Node %d %s", nid, name);
	return number(text, line);
}

static unsigned long zones_of(int nid, int item)
{
	struct zone *zone = NODE_DATA(nid)->node_zones, *end = zone + MAX_NR_ZONES;
	unsigned long sum = 0;

	for (; zone < end; zone++)
		if (populated_zone(zone))
			sum += item < 0 ? zone_managed_pages(zone) : zone_page_state(zone, item);
	return sum;
}

/* --- nodeN/meminfo -------------------------------------------------------------------- */

#define ROOM_KB		256		/* what the texts' own room may be */

static const struct { const char *name; int item, second; } meminfo_lines[] = {
	{ "Active", NR_ACTIVE_ANON, NR_ACTIVE_FILE },
	{ "Inactive", NR_INACTIVE_ANON, NR_INACTIVE_FILE },
	{ "Active(anon)", NR_ACTIVE_ANON, -1 }, { "Inactive(anon)", NR_INACTIVE_ANON, -1 },
	{ "Active(file)", NR_ACTIVE_FILE, -1 }, { "Inactive(file)", NR_INACTIVE_FILE, -1 },
	{ "Unevictable", NR_UNEVICTABLE, -1 }, { "Dirty", NR_FILE_DIRTY, -1 },
	{ "Writeback", NR_WRITEBACK, -1 }, { "FilePages", NR_FILE_PAGES, -1 },
	{ "Mapped", NR_FILE_MAPPED, -1 }, { "AnonPages", NR_ANON_MAPPED, -1 },
	{ "Shmem", NR_SHMEM, -1 }, { "PageTables", NR_PAGETABLE, -1 },
	{ "KReclaimable", NR_SLAB_RECLAIMABLE_B, -1 },
	{ "Slab", NR_SLAB_RECLAIMABLE_B, NR_SLAB_UNRECLAIMABLE_B },
	{ "SReclaimable", NR_SLAB_RECLAIMABLE_B, -1 },
	{ "SUnreclaim", NR_SLAB_UNRECLAIMABLE_B, -1 },
};
static const char *const always_zero[] = {
	"SwapCached", "SecPageTables", "NFS_Unstable", "Bounce", "WritebackTmp",
	"AnonHugePages", "ShmemHugePages", "ShmemPmdMapped", "FileHugePages", "FilePmdMapped",
	"HugePages_Total", "HugePages_Free", "HugePages_Surp",
};

static void near_kb(unsigned long kb, unsigned long want, unsigned long slack)
{
	assert_in_range(kb + slack, want, want + 2 * slack);
}

static void check_meminfo(int nid)
{
	struct pglist_data *node = NODE_DATA(nid);
	unsigned long free = zones_of(nid, NR_FREE_PAGES), total = zones_of(nid, -1);
	const char *text = text_of(node_meminfo_show, nid);
	unsigned long want, slack;
	unsigned int i;

	assert_int_equal(node_kb(text, nid, "MemTotal"), total * 4);
	near_kb(node_kb(text, nid, "MemFree"), free * 4, ROOM_KB);
	assert_int_equal(node_kb(text, nid, "MemUsed"), total * 4 - node_kb(text, nid, "MemFree"));
	assert_int_equal(node_kb(text, nid, "Mlocked"), (nid + 5) * 4);
	assert_int_equal(node_kb(text, nid, "KernelStack"),
			 node_page_state(node, NR_KERNEL_STACK_KB));
	for (i = 0; i < ARRAY_SIZE(always_zero); i++)
		assert_int_equal(node_kb(text, nid, always_zero[i]), 0);
	for (i = 0; i < ARRAY_SIZE(meminfo_lines); i++) {
		want = node_page_state(node, meminfo_lines[i].item);
		if (meminfo_lines[i].second >= 0)
			want += node_page_state(node, meminfo_lines[i].second);
		slack = meminfo_lines[i].item == NR_SLAB_UNRECLAIMABLE_B ||
			meminfo_lines[i].second == NR_SLAB_UNRECLAIMABLE_B ? ROOM_KB : 0;
		near_kb(node_kb(text, nid, meminfo_lines[i].name), want * 4, slack);
	}
}

static void test_meminfo(void **state)
{
	int nid;

	bump(1);
	for_each_online_node(nid)
		check_meminfo(nid);
	bump(-1);
}

/* NM1: what both name is the sum, to the page */
static void test_meminfo_sums(void **state)
{
	static const char *const names[] = {
		"MemTotal", "Active", "Inactive", "Active(anon)", "Inactive(anon)",
		"Active(file)", "Inactive(file)", "Unevictable", "Mlocked", "Dirty", "Writeback",
		"AnonPages", "Mapped", "Shmem", "KernelStack", "PageTables",
	};
	const char *all, *text;
	unsigned long sum[ARRAY_SIZE(names)] = { 0 };
	unsigned int i;
	int nid;

	bump(1);
	all = machine_text(meminfo_show);
	for_each_online_node(nid) {
		text = text_of(node_meminfo_show, nid);
		for (i = 0; i < ARRAY_SIZE(names); i++)
			sum[i] += node_kb(text, nid, names[i]);
	}
	for (i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(number(all, names[i]), sum[i]);
	assert_true(number(all, "Mlocked") && number(all, "KernelStack"));
	bump(-1);
}

/* columns: two names that are a column shorter, and numbers without a unit */
static void test_meminfo_form(void **state)
{
	const char *text = text_of(node_meminfo_show, 0);
	char line[80];

	snprintf(line, sizeof(line), "Node 0 MemTotal:       %8lu kB\nNode 0 MemFree:        ",
		 zones_of(0, -1) * 4);
	assert_memory_equal(text, line, strlen(line));
	assert_non_null(strstr(text, "\nNode 0 ShmemPmdMapped:        0 kB\n"));
	assert_non_null(strstr(text, "\nNode 0 FileHugePages:        0 kB\n"));
	assert_non_null(strstr(text, "\nNode 0 FilePmdMapped:        0 kB\n"));
	assert_non_null(strstr(text, "\nNode 0 HugePages_Total:     0\n"));
	assert_string_equal(strstr(text, "\nNode 0 HugePages_Surp"),
			    "\nNode 0 HugePages_Surp:      0\n");
}

/* --- nodeN/vmstat --------------------------------------------------------------------- */

static void test_vmstat(void **state)
{
	const char *text;
	unsigned int i;
	int nid;

	bump(1);
	for_each_online_node(nid) {
		struct pglist_data *node = NODE_DATA(nid);

		text = text_of(node_vmstat_show, nid);
		assert_int_equal(number(text, "nr_mlock"), nid + 5);
		assert_int_equal(number(text, "nr_bounce"), nid + 11);
		assert_int_equal(number(text, "nr_zone_active_file"),
				 node_page_state(node, NR_ACTIVE_FILE));
		assert_int_equal(number(text, "nr_active_file"),
				 node_page_state(node, NR_ACTIVE_FILE));
		assert_int_equal(number(text, "nr_zone_write_pending"),
				 node_page_state(node, NR_FILE_DIRTY));
		assert_int_equal(number(text, "nr_kernel_stack"),
				 node_page_state(node, NR_KERNEL_STACK_KB));
		assert_int_equal(number(text, "nr_zspages"), 0);
		assert_int_equal(number(text, "nr_swapcached"), 0);
		for (i = 0; *text; text = strchr(text, '\n') + 1)
			i++;
		assert_int_equal(i, 60);
	}
	bump(-1);
}

/* line by line the names of /proc/vmstat, and of its numbers the sum */
static void test_vmstat_sums(void **state)
{
	static unsigned long sum[64];
	unsigned int i, nr = 0;
	const char *all, *at, *text;
	int nid;

	bump(1);
	memset(sum, 0, sizeof(sum));
	all = machine_text(vmstat_show);
	for_each_online_node(nid) {
		text = text_of(node_vmstat_show, nid);
		for (at = all, i = 0; *text; i++) {
			size_t name = strcspn(text, " ");

			assert_true(i < ARRAY_SIZE(sum));
			assert_memory_equal(text, at, name + 1);
			sum[i] += strtoul(text + name, NULL, 10);
			text = strchr(text, '\n') + 1;
			at = strchr(at, '\n') + 1;
		}
		nr = i;
	}
	for (at = all, i = 0; i < nr; i++, at = strchr(at, '\n') + 1) {
		/* but for what the texts' own room takes */
		if (!strncmp(at, "nr_free_pages", 13) || !strncmp(at, "numa_", 5) ||
		    !strncmp(at, "nr_slab", 7))
			continue;
		assert_int_equal(strtoul(strchr(at, ' '), NULL, 10), sum[i]);
	}
	bump(-1);
}

/* --- nodeN/numastat ------------------------------------------------------------------- */

static const char *const numa_names[] = {
	"numa_hit", "numa_miss", "numa_foreign", "interleave_hit", "local_node", "other_node",
};

static void numastat(int nid, unsigned long numbers[6])
{
	const char *text = text_of(node_numastat_show, nid), *at = text;
	unsigned int i;

	for (i = 0; i < 6; i++, at = strchr(at, '\n') + 1) {
		numbers[i] = number(text, numa_names[i]);
		assert_memory_equal(at, numa_names[i], strlen(numa_names[i]));
	}
	assert_string_equal(at, "");
}

static void test_numastat(void **state)
{
	unsigned long before[6], after[6], i;
	struct page *pages[100];
	int nid;

	for_each_online_node(nid) {
		bool local = nid == numa_node_id();

		numastat(nid, before);
		for (i = 0; i < ARRAY_SIZE(pages); i++) {
			pages[i] = alloc_pages_node(nid, GFP_HIGHUSER | __GFP_THISNODE, 0);
			assert_non_null(pages[i]);
		}
		numastat(nid, after);
		/* some more for the text, which is this CPU's */
		assert_in_range(after[0] - before[0], 100, local ? 110 : 100);
		assert_in_range(after[4] - before[4], local ? 100 : 0, local ? 110 : 0);
		assert_int_equal(after[5] - before[5], local ? 0 : 100);
		assert_int_equal(after[1] - before[1] + after[2] - before[2], 0);
		for (i = 0; i < ARRAY_SIZE(pages); i++)
			__free_page(pages[i]);
	}
}

/* a node that is full: the other one serves, which both of them count */
static void test_numa_miss(void **state)
{
	unsigned long before[2][6], after[2][6], i, nr;
	static struct page *pages[32768];

	if (!node_online(1)) {
		print_message("# %s: one node, nobody else to serve\n", __func__);
		skip();
	}
	numastat(0, before[0]);
	numastat(1, before[1]);
	for (nr = 0; nr < ARRAY_SIZE(pages); nr++) {
		pages[nr] = alloc_pages_node(0, GFP_HIGHUSER, 0);
		assert_non_null(pages[nr]);
		if (page_to_nid(pages[nr]) == 1)
			break;
	}
	assert_true(nr < ARRAY_SIZE(pages));
	numastat(0, after[0]);
	numastat(1, after[1]);
	assert_in_range(after[0][2] - before[0][2], 1, 10);	/* foreign */
	assert_in_range(after[1][1] - before[1][1], 1, 10);	/* miss */
	assert_int_equal(after[0][1], before[0][1]);
	assert_int_equal(after[1][2], before[1][2]);
	for (i = 0; i <= nr; i++)
		__free_page(pages[i]);
}

/* --- no memory for the text ----------------------------------------------------------- */

static void test_no_memory(void **state)
{
	void (*const shows[])(struct seq_file *m, int nid) = {
		node_meminfo_show, node_vmstat_show, node_numastat_show,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(shows); i++) {
		struct seq_file m = { 0 };

		host_fail_nth(*state, 1, true);
		shows[i](&m, 0);
		host_fail_nth(*state, 0, false);
		assert_int_equal(m.error, -ENOMEM);
		seq_release(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_meminfo), quire_unit_test(test_meminfo_sums),
		quire_unit_test(test_meminfo_form), quire_unit_test(test_vmstat),
		quire_unit_test(test_vmstat_sums), quire_unit_test(test_numastat),
		quire_unit_test(test_numa_miss), quire_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
