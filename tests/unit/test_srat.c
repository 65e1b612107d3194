// SPDX-License-Identifier: MIT
/* ACPI's SRAT and SLIT: what firmware says of nodes, and what it must not get away with. */
#include "phys_test.h"
#include <linux/init.h>
#include <linux/topology.h>

#include "../../drivers/acpi/subtable.c"
#include "../../drivers/acpi/numa.c"

#define M	(1024ull * 1024)

static struct {
	struct acpi_table_srat head;
	u8 body[8192];
} __packed srat;
static u8 slit[sizeof(struct acpi_table_slit) + 256 * 256];
static bool have_srat, have_slit;

const void *acpi_find_table(const char *signature)
{
	if (!memcmp(signature, ACPI_SIG_SRAT, 4))
		return have_srat ? &srat : NULL;
	return have_slit ? slit : NULL;
}

void panic(const char *fmt, ...)
{
	abort();
}

/* 128 MiB of RAM in two pieces, as boot-time memory of a machine that is up already */
static int setup(void **state)
{
	struct machine_config c = { .ram_bytes = 32 * M };
	int ret = quire_setup_config(state, &c);

	memblock_init(memblock_mem());
	assert_int_equal(memblock_add(0, 64 * M), 0);
	assert_int_equal(memblock_add(96 * M, 64 * M), 0);
	memset(&srat, 0, sizeof(srat));
	memset(slit, 0, sizeof(slit));
	srat.head.header.length = sizeof(srat.head);
	srat.head.header.revision = 2;
	have_srat = true;
	have_slit = numa_off = false;
	nr_ranges = nr_cpus = nr_nodes = 0;
	this_machine()->facts.nr_nodes = 1;
	host_log_clear(*state);
	return ret;
}

static void add(const void *entry, u8 type, u8 bytes)
{
	u8 *at = (u8 *)&srat + srat.head.header.length;

	assert_true(srat.head.header.length + bytes <= sizeof(srat));
	memcpy(at, entry, bytes);
	at[0] = type;
	at[1] = bytes;
	srat.head.header.length += bytes;
}

static void add_cpu(u32 domain, u8 apic, u32 flags)
{
	struct acpi_srat_cpu_affinity e = {
		.proximity_domain_lo = domain, .apic_id = apic, .flags = flags,
		.proximity_domain_hi = { domain >> 8, domain >> 16, domain >> 24 },
	};

	add(&e, ACPI_SRAT_TYPE_CPU_AFFINITY, sizeof(e));
}

static void add_x2apic(u32 domain, u32 apic)
{
	struct acpi_srat_x2apic_cpu_affinity e = { .proximity_domain = domain, .apic_id = apic,
						   .flags = ACPI_SRAT_ENABLED };

	add(&e, ACPI_SRAT_TYPE_X2APIC_CPU_AFFINITY, sizeof(e));
}

static void add_memory(u32 domain, u64 start, u64 bytes, u32 flags)
{
	struct acpi_srat_mem_affinity e = { .proximity_domain = domain, .base_address = start,
					    .length = bytes, .flags = flags };

	add(&e, ACPI_SRAT_TYPE_MEMORY_AFFINITY, sizeof(e));
}

static void two_nodes(void)
{
	add_cpu(7, 0, ACPI_SRAT_ENABLED);
	add_cpu(3, 1, ACPI_SRAT_ENABLED);
	add_memory(7, 0, 64 * M, ACPI_SRAT_ENABLED);
	add_memory(3, 64 * M, 128 * M, ACPI_SRAT_ENABLED);
}

static int nid_of(phys_addr_t addr)
{
	unsigned long start, end;
	int i, nid;

	for_each_mem_pfn_range(i, NUMA_NO_NODE, &start, &end, &nid)
		if (addr >> PAGE_SHIFT >= start && addr >> PAGE_SHIFT < end)
			return nid;
	return NUMA_NO_NODE;
}

/* nothing of the table was used */
static void ignored(void)
{
	acpi_numa_init();
	assert_int_equal(this_machine()->facts.nr_nodes, 1);
	assert_int_equal(acpi_cpu_node(1), 0);
	assert_true(nid_of(100 * M) != 1);
}

static void test_two_nodes(void **state)
{
	two_nodes();
	acpi_numa_init();
	assert_int_equal(this_machine()->facts.nr_nodes, 2);
	assert_int_equal(nid_of(0), 0);
	assert_int_equal(nid_of(63 * M), 0);
	assert_int_equal(nid_of(100 * M), 1);
	assert_int_equal(acpi_cpu_node(0), 0);
	assert_int_equal(acpi_cpu_node(1), 1);
	assert_int_equal(acpi_cpu_node(9), 0);		/* not in the table */
	assert_log_has(*state, "SRAT: PXM 3 -> APIC 0x01 -> Node 1\n");
	assert_log_has(*state, "SRAT: Node 1 PXM 3 [mem 0x04000000-0x0bffffff]\n");
}

/* processors come first, so that a node without any has a higher number */
static void test_order(void **state)
{
	add_memory(0, 0, 64 * M, ACPI_SRAT_ENABLED);
	add_memory(1, 96 * M, 64 * M, ACPI_SRAT_ENABLED | ACPI_SRAT_HOT_PLUGGABLE);
	add_x2apic(0x10002, 0x300);
	add_cpu(0, 4, ACPI_SRAT_ENABLED);
	acpi_numa_init();
	assert_int_equal(this_machine()->facts.nr_nodes, 3);
	assert_int_equal(acpi_cpu_node(0x300), 0);	/* without memory */
	assert_int_equal(acpi_cpu_node(4), 1);
	assert_int_equal(nid_of(0), 1);
	assert_int_equal(nid_of(100 * M), 2);		/* without processors */
	assert_log_has(*state, "hotplug\n");
}

static void test_passed_over(void **state)
{
	u8 unknown[6] = { 0 };

	add_cpu(5, 5, 0);
	add_memory(6, 1 * M, 1 * M, 0);
	add_memory(7, 1 * M, 0, ACPI_SRAT_ENABLED);
	add(unknown, 200, sizeof(unknown));
	add(unknown, ACPI_SRAT_TYPE_MEMORY_AFFINITY, sizeof(unknown));	/* too short */
	add(unknown, ACPI_SRAT_TYPE_CPU_AFFINITY, sizeof(unknown));
	add(unknown, ACPI_SRAT_TYPE_X2APIC_CPU_AFFINITY, sizeof(unknown));
	two_nodes();
	acpi_numa_init();
	assert_int_equal(this_machine()->facts.nr_nodes, 2);
	assert_int_equal(nid_of(100 * M), 1);
}

/* before revision 2 the upper bytes are reserved, and full of anything */
static void test_old_revision(void **state)
{
	srat.head.header.revision = 1;
	add_cpu(0xabcd0001, 0, ACPI_SRAT_ENABLED);
	add_cpu(0x12340002, 1, ACPI_SRAT_ENABLED);
	add_memory(0xff000001, 0, 64 * M, ACPI_SRAT_ENABLED);
	add_memory(0x00ff0002, 64 * M, 128 * M, ACPI_SRAT_ENABLED);
	acpi_numa_init();
	assert_int_equal(this_machine()->facts.nr_nodes, 2);
	assert_int_equal(acpi_cpu_node(1), 1);
}

static void test_overlap(void **state)
{
	two_nodes();
	add_memory(3, 32 * M, 1 * M, ACPI_SRAT_ENABLED);
	ignored();
	assert_log_has(*state, "is impossible");
}

static void test_same_node_overlap(void **state)
{
	two_nodes();
	add_memory(7, 32 * M, 1 * M, ACPI_SRAT_ENABLED);
	acpi_numa_init();
	assert_int_equal(this_machine()->facts.nr_nodes, 2);
}

static void test_wraps(void **state)
{
	two_nodes();
	add_memory(3, ~0ull - 5, 100, ACPI_SRAT_ENABLED);
	ignored();
}

static void test_uncovered(void **state)
{
	add_cpu(0, 0, ACPI_SRAT_ENABLED);
	add_cpu(1, 1, ACPI_SRAT_ENABLED);
	add_memory(0, 0, 64 * M, ACPI_SRAT_ENABLED);
	add_memory(1, 96 * M, 62 * M, ACPI_SRAT_ENABLED);
	ignored();
	assert_log_has(*state, "SRAT: nodes only cover 126MB of your 128MB RAM. Not used.\n");
}

static void test_no_memory(void **state)
{
	add_cpu(0, 0, ACPI_SRAT_ENABLED);
	ignored();
}

static void test_too_many(void **state)
{
	int i;

	two_nodes();
	for (i = 0; i < MAX_NUMNODES; i++)
		add_cpu(100 + i, 10 + i, ACPI_SRAT_ENABLED);
	ignored();
	assert_log_has(*state, "is one too many");
}

static void test_too_many_ranges(void **state)
{
	int i;

	two_nodes();
	for (i = 0; i < MAX_RANGES; i++)
		add_memory(3, 64 * M + i, 1, ACPI_SRAT_ENABLED);
	ignored();
}

/* more processors than the kernel can have are no reason to forget the others */
static void test_many_cpus(void **state)
{
	int i;

	two_nodes();
	for (i = 0; i < NR_CPUS; i++)
		add_cpu(3, 2 + i, ACPI_SRAT_ENABLED);
	acpi_numa_init();
	assert_int_equal(this_machine()->facts.nr_nodes, 2);
	assert_int_equal(acpi_cpu_node(3), 1);
}

/* cut anywhere, the table gives one node or what was complete, and nothing is read behind it */
static void test_cut(void **state)
{
	u32 full, length;

	two_nodes();
	full = srat.head.header.length;
	for (length = 0; length < full; length++) {
		memblock_init(memblock_mem());
		assert_int_equal(memblock_add(0, 128 * M), 0);
		nr_ranges = nr_cpus = nr_nodes = 0;
		this_machine()->facts.nr_nodes = 1;
		srat.head.header.length = length;
		acpi_numa_init();
		assert_int_equal(this_machine()->facts.nr_nodes, 1);
	}
}

static void test_off(void **state)
{
	char off[] = "off", noacpi[] = "noacpi", bad[] = "fake=4";

	two_nodes();
	assert_int_equal(param_numa(bad), -EINVAL);
	assert_int_equal(param_numa(NULL), -EINVAL);
	assert_false(numa_off);
	assert_int_equal(param_numa(noacpi), 0);
	assert_true(numa_off);
	numa_off = false;
	assert_int_equal(param_numa(off), 0);
	ignored();
	have_srat = false;
	ignored();
}

static struct acpi_table_slit *new_slit(u64 n)
{
	struct acpi_table_slit *t = (void *)slit;

	have_slit = true;
	t->locality_count = n;
	t->header.length = sizeof(*t) + n * n;
	memset(t->entry, 20, n * n);
	for (u64 i = 0; i < n; i++)
		t->entry[i * n + i] = 10;
	return t;
}

static void test_slit(void **state)
{
	struct acpi_table_slit *t = new_slit(8);

	two_nodes();
	t->entry[7 * 8 + 3] = 31;	/* of domains, which are nodes 0 and 1 */
	t->entry[3 * 8 + 7] = 32;
	acpi_numa_init();
	assert_int_equal(node_distance(0, 1), 31);
	assert_int_equal(node_distance(1, 0), 32);
	assert_int_equal(node_distance(0, 0), 10);
}

static void test_bad_slit(void **state)
{
	struct acpi_table_slit *t = new_slit(8);

	two_nodes();
	t->entry[7 * 8 + 3] = 5;
	acpi_numa_init();
	assert_int_equal(node_distance(0, 1), REMOTE_DISTANCE);
	assert_log_has(*state, "SLIT table looks invalid");
	assert_int_equal(this_machine()->facts.nr_nodes, 2);
}

static void test_short_slit(void **state)
{
	struct acpi_table_slit *t = new_slit(8);

	two_nodes();
	t->entry[7 * 8 + 3] = 31;
	t->header.length--;
	acpi_numa_init();
	assert_int_equal(node_distance(0, 1), REMOTE_DISTANCE);
	t->locality_count = 1ull << 33;		/* whose square is 0 in 64 bits */
	slit_apply(t);
	t->locality_count = ~0ull;
	slit_apply(t);
	assert_int_equal(node_distance(0, 1), REMOTE_DISTANCE);
}

/* fewer localities than domains: the others are far, as without a table */
static void test_small_slit(void **state)
{
	struct acpi_table_slit *t = new_slit(4);

	two_nodes();
	t->entry[3 * 4 + 0] = 50;
	acpi_numa_init();
	assert_int_equal(node_distance(0, 1), REMOTE_DISTANCE);
	assert_int_equal(node_distance(1, 1), LOCAL_DISTANCE);
}

#define T(t)	cmocka_unit_test_setup_teardown(t, setup, quire_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_two_nodes), T(test_order), T(test_passed_over), T(test_old_revision),
		T(test_overlap), T(test_same_node_overlap), T(test_wraps), T(test_uncovered),
		T(test_no_memory), T(test_too_many), T(test_too_many_ranges), T(test_many_cpus),
		T(test_cut), T(test_off), T(test_slit), T(test_bad_slit), T(test_short_slit),
		T(test_small_slit),
	};

	return cmocka_run_group_tests_name("srat", tests, NULL, NULL);
}
