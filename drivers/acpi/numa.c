/* SPDX-License-Identifier: MIT */
/*
 * numa.c - which memory and which CPUs are near each other, as the firmware says.
 *
 *   SRAT   processor entries    APIC number -> proximity domain
 *          memory entries       physical range -> proximity domain
 *   SLIT   distances between the proximity domains
 *
 * Proximity domains have any number; nodes are numbered in the order in which the domains
 * first appear, processors before memory, so that a domain without CPUs comes behind
 * those with some. Entries are bytes from outside: what is not enabled, empty or does not
 * fit is passed over, and a table that cannot be true is not used at all:
 *
 *   S1  ranges of two nodes do not overlap
 *   S2  all but 1 MiB of RAM is on some node
 *   S3  there are at most MAX_NUMNODES domains, MAX_RANGES ranges, and a CPU entry for
 *       each of NR_CPUS CPUs
 *
 * Then, as without tables and with numa=off, there is one node. What is found goes to
 * memblock (nodes of RAM) and struct machine_numa; distances that break D1 of
 * mm/phys/numa.c are refused there.
 *
 * Boot CPU only, no locks; the tables here go with .init.
 */
#include <linux/acpi.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/string.h>

#define MAX_RANGES	(4 * MAX_NUMNODES)
#define UNCOVERED_MAX	(1ull << 20)	/* S2 */

struct srat_range {
	u64 start, end;
	int nid;
};

struct srat_cpu {
	u32 apic_id;
	int nid;
};

static struct srat_range ranges[MAX_RANGES] __initbss;
static struct srat_cpu cpus[NR_CPUS] __initbss;
static u32 domains[MAX_NUMNODES] __initbss;	/* of each node */
static unsigned int nr_ranges __initbss, nr_cpus __initbss, nr_nodes __initbss;
static bool numa_off __initbss;

static int __init param_numa(char *value)
{
	if (!value || (strcmp(value, "off") && strcmp(value, "noacpi")))
		return -EINVAL;
	numa_off = true;
	return 0;
}
early_param("numa", param_numa);

/* --- domains ---------------------------------------------------------------------- */

static int __init domain_find(u32 domain)
{
	unsigned int nid;

	for (nid = 0; nid < nr_nodes; nid++)
		if (domains[nid] == domain)
			return nid;
	return NUMA_NO_NODE;
}

/* The node of @domain, a new one if need be; NUMA_NO_NODE: one too many (S3). */
static int __init domain_node(u32 domain)
{
	int nid = domain_find(domain);

	if (nid >= 0)
		return nid;
	if (nr_nodes == MAX_NUMNODES) {
		pr_err("SRAT: PXM %u is one too many\n", domain);
		return NUMA_NO_NODE;
	}
	domains[nr_nodes] = domain;
	return nr_nodes++;
}

/* --- SRAT: false when the table is not to be used ------------------------------------- */

static bool __init srat_add_cpu(u32 domain, u32 apic_id)
{
	int nid = domain_node(domain);

	if (nid < 0)
		return false;
	pr_info("SRAT: PXM %u -> APIC 0x%02x -> Node %d\n", domain, apic_id, nid);
	if (nr_cpus == NR_CPUS)
		return true;		/* more than the kernel can use */
	cpus[nr_cpus++] = (struct srat_cpu){ .apic_id = apic_id, .nid = nid };
	return true;
}

static bool __init srat_cpu_entry(const struct acpi_table_srat *srat,
				  const struct acpi_subtable_header *entry)
{
	const struct acpi_srat_x2apic_cpu_affinity *x = (const void *)entry;
	const struct acpi_srat_cpu_affinity *a = (const void *)entry;
	u32 domain;

	if (entry->type == ACPI_SRAT_TYPE_X2APIC_CPU_AFFINITY) {
		if (entry->length < sizeof(*x) || !(x->flags & ACPI_SRAT_ENABLED))
			return true;
		return srat_add_cpu(x->proximity_domain, x->apic_id);
	}
	if (entry->length < sizeof(*a) || !(a->flags & ACPI_SRAT_ENABLED))
		return true;
	domain = a->proximity_domain_lo;
	if (srat->header.revision >= 2)
		domain |= (u32)a->proximity_domain_hi[0] << 8 |
			  (u32)a->proximity_domain_hi[1] << 16 |
			  (u32)a->proximity_domain_hi[2] << 24;
	return srat_add_cpu(domain, a->apic_id);
}

static bool __init srat_overlaps(const struct srat_range *r)
{
	unsigned int i;

	for (i = 0; i < nr_ranges; i++)
		if (ranges[i].nid != r->nid && ranges[i].start < r->end && r->start < ranges[i].end)
			return true;
	return false;
}

static bool __init srat_memory_entry(const struct acpi_table_srat *srat,
				     const struct acpi_subtable_header *entry)
{
	const struct acpi_srat_mem_affinity *m = (const void *)entry;
	struct srat_range r;
	u32 domain;

	if (entry->length < sizeof(*m) || !(m->flags & ACPI_SRAT_ENABLED) || !m->length)
		return true;
	domain = srat->header.revision >= 2 ? m->proximity_domain : m->proximity_domain & 0xff;
	r.start = m->base_address;
	r.end = r.start + m->length;
	r.nid = domain_node(domain);
	if (r.end < r.start || r.nid < 0 || nr_ranges == MAX_RANGES || srat_overlaps(&r)) {
		pr_err("SRAT: PXM %u [mem 0x%08llx-0x%08llx] is impossible\n", domain, r.start,
		       r.end - 1);
		return false;
	}
	pr_info("ACPI: SRAT: Node %d PXM %u [mem 0x%08llx-0x%08llx]%s\n", r.nid, domain, r.start,
		r.end - 1, m->flags & ACPI_SRAT_HOT_PLUGGABLE ? " hotplug" : "");
	ranges[nr_ranges++] = r;
	return true;
}

static bool __init srat_read(const struct acpi_table_srat *srat)
{
	const struct acpi_subtable_header *entry;

	acpi_for_each_subtable(entry, &srat->header, sizeof(*srat))
		if ((entry->type == ACPI_SRAT_TYPE_CPU_AFFINITY ||
		     entry->type == ACPI_SRAT_TYPE_X2APIC_CPU_AFFINITY) &&
		    !srat_cpu_entry(srat, entry))
			return false;
	acpi_for_each_subtable(entry, &srat->header, sizeof(*srat))
		if (entry->type == ACPI_SRAT_TYPE_MEMORY_AFFINITY &&
		    !srat_memory_entry(srat, entry))
			return false;
	return true;
}

/* Bytes of [@start, @end) that are on some node. */
static u64 __init covered(u64 start, u64 end)
{
	u64 bytes = 0;
	unsigned int i;

	for (i = 0; i < nr_ranges; i++)
		if (ranges[i].start < end && start < ranges[i].end)
			bytes += min(end, ranges[i].end) - max(start, ranges[i].start);
	return bytes;
}

static bool __init srat_covers_ram(void)
{
	struct memblock_region *region;
	u64 ram = 0, known = 0;

	for_each_mem_region(region) {
		ram += region->size;
		known += covered(region->base, region->base + region->size);
	}
	if (nr_ranges && ram <= known + UNCOVERED_MAX)
		return true;
	pr_err("SRAT: nodes only cover %lluMB of your %lluMB RAM. Not used.\n", known >> 20,
	       ram >> 20);
	return false;
}

static int __init srat_apply(void)
{
	struct memblock_type *memory = &memblock_mem()->memory;
	unsigned int i;

	for (i = 0; i < nr_ranges; i++)
		if (memblock_set_node(ranges[i].start, ranges[i].end - ranges[i].start, memory,
				      ranges[i].nid))
			return -ENOMEM;
	this_machine()->facts.nr_nodes = nr_nodes;
	return 0;
}

/* --- SLIT -------------------------------------------------------------------------------- */

static void __init slit_apply(const struct acpi_table_slit *slit)
{
	u8 table[MAX_NUMNODES * MAX_NUMNODES];
	u64 n = slit->locality_count;
	unsigned int i, j;

	if (slit->header.length < sizeof(*slit) || n > 0xffff ||
	    slit->header.length - sizeof(*slit) < n * n) {
		pr_err("ACPI: SLIT: shorter than %llu localities need\n", n);
		return;
	}
	for (i = 0; i < nr_nodes; i++) {
		for (j = 0; j < nr_nodes; j++) {
			bool known = domains[i] < n && domains[j] < n;

			table[i * nr_nodes + j] = known ?
				slit->entry[domains[i] * n + domains[j]] :
				i == j ? LOCAL_DISTANCE : REMOTE_DISTANCE;
		}
	}
	if (numa_set_distances(table, nr_nodes))
		pr_err("ACPI: SLIT table looks invalid. Not used.\n");
}

/**
 * acpi_numa_init() - see linux/acpi.h.
 * Locks: none. Context: boot CPU, after acpi_table_init(), before mm_boot_init().
 * Return: nothing; without usable tables there is one node.
 */
void __init acpi_numa_init(void)
{
	const struct acpi_table_srat *srat = acpi_find_table(ACPI_SIG_SRAT);
	const struct acpi_table_slit *slit = acpi_find_table(ACPI_SIG_SLIT);

	if (numa_off)
		pr_info("NUMA turned off\n");
	if (numa_off || !srat)
		return;
	if (srat->header.length < sizeof(*srat) || !srat_read(srat) || !srat_covers_ram()) {
		nr_cpus = nr_nodes = 0;
		return;
	}
	if (srat_apply())
		panic("NUMA: no memory for the map of nodes");
	if (slit)
		slit_apply(slit);
}

/**
 * acpi_cpu_node() - see linux/acpi.h.
 * Locks: none. Context: boot, after acpi_numa_init(). Return: a node, 0 where nothing is known.
 */
int __init acpi_cpu_node(u32 apic_id)
{
	unsigned int i;

	for (i = 0; i < nr_cpus; i++)
		if (cpus[i].apic_id == apic_id)
			return cpus[i].nid;
	return 0;
}
