/* SPDX-License-Identifier: MIT */
/*
 * tables.c - the firmware's ACPI tables: find them, check them, keep them mapped.
 *
 *   RSDP  (from the loader, or searched on 16-byte steps in the first KiB of the
 *   |      EBDA and in 0xe0000-0xfffff)
 *   +-> XSDT (64-bit pointers) or RSDT (32-bit) -> the tables
 *                                              FADT -> DSDT
 *
 * Tables are bytes from outside: each is mapped, measured and summed before
 * anything in it is believed, and one that fails is named in the log and left out.
 *
 *   T1  every pointer in acpi_tables[] leads to `length` mapped bytes, read-only,
 *       that sum to 0; it stays valid for good
 *   T2  length is at least that of a header and at most TABLE_MAX
 *
 * AML is not interpreted here. Boot CPU only; afterwards read-only: no locks.
 */
#include <linux/acpi.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/bug.h>
#include <asm/page.h>
#include <asm/setup.h>

#define MAX_TABLES	64
#define TABLE_MAX	(4u << 20)	/* T2: an AML table of a large server is about 1 MiB */
#define EBDA_SEG_PTR	0x40e
#define RSDP_AREA	0xe0000
#define RSDP_AREA_BYTES	0x20000

static const struct acpi_table_header *acpi_tables[MAX_TABLES] __ro_after_init;
static unsigned int nr_tables __ro_after_init;

static u8 sum_bytes(const void *data, size_t bytes)
{
	const u8 *p = data;
	u8 sum = 0;

	while (bytes--)
		sum += *p++;
	return sum;
}

static bool rsdp_is_good(const struct acpi_table_rsdp *r)
{
	if (memcmp(r->signature, "RSD PTR ", 8) || sum_bytes(r, 20))
		return false;
	return r->revision < 2 || (r->length >= 36 && r->length <= PAGE_SIZE &&
				   !sum_bytes(r, sizeof(*r)));
}

static const struct acpi_table_rsdp *__init scan_for_rsdp(phys_addr_t start, size_t bytes)
{
	const char *p = early_memremap(start, bytes);
	size_t i;

	for (i = 0; p && i + sizeof(struct acpi_table_rsdp) <= bytes; i += 16)
		if (p[i] == 'R' && rsdp_is_good((const void *)(p + i)))
			return (const void *)(p + i);
	return NULL;
}

static const struct acpi_table_rsdp *__init find_rsdp(void)
{
	const struct acpi_table_rsdp *r = NULL;
	phys_addr_t hint = boot_params.acpi_rsdp_addr, ebda;
	const u16 *ebda_seg;

	if (hint)
		r = early_memremap(hint, sizeof(*r));
	if (r && rsdp_is_good(r))
		return r;
	ebda_seg = early_memremap(EBDA_SEG_PTR, sizeof(*ebda_seg));
	ebda = ebda_seg ? (phys_addr_t)*ebda_seg << 4 : 0;
	r = ebda > 0x400 ? scan_for_rsdp(ebda, 1024) : NULL;
	return r ? r : scan_for_rsdp(RSDP_AREA, RSDP_AREA_BYTES);
}

/* map a table of as yet unknown length and check it (T1, T2); NULL: unusable */
static const struct acpi_table_header *__init map_table(phys_addr_t phys)
{
	const struct acpi_table_header *t = phys ? early_memremap(phys, sizeof(*t)) : NULL;
	const char *wrong = NULL;

	if (!t)
		return NULL;
	if (t->length < sizeof(*t) || t->length > TABLE_MAX)
		wrong = "impossible length";
	else if (!early_memremap(phys, t->length))
		wrong = "cannot be mapped";
	else if (sum_bytes(t, t->length))
		wrong = "wrong checksum";
	if (wrong) {
		pr_warn("ACPI: table %4.4s at %#llx: %s, ignored\n", t->signature, phys, wrong);
		return NULL;
	}
	pr_info("ACPI: %4.4s 0x%016llx %06X (v%02d %-6.6s %-8.8s %08X %-4.4s %08X)\n",
		t->signature, phys, t->length, t->revision, t->oem_id, t->oem_table_id,
		t->oem_revision, t->asl_compiler_id, t->asl_compiler_revision);
	return t;
}

static void __init add_table(phys_addr_t phys)
{
	const struct acpi_table_header *t;

	if (nr_tables >= MAX_TABLES)
		return;
	t = map_table(phys);
	if (!t)
		return;
	acpi_tables[nr_tables++] = t;
	if (!memcmp(t->signature, ACPI_SIG_FADT, 4)) {
		const struct acpi_table_fadt *f = (const void *)t;
		bool has_x = t->length >= offsetofend(struct acpi_table_fadt, xdsdt);

		if (t->length >= offsetofend(struct acpi_table_fadt, dsdt))
			add_table(has_x && f->xdsdt ? f->xdsdt : f->dsdt);
	}
}

/* XSDT and RSDT: a header and pointers of @width bytes */
static void __init add_tables_of(const struct acpi_table_header *root, size_t width)
{
	const u8 *p = (const u8 *)(root + 1), *end = (const u8 *)root + root->length;
	u64 phys;

	for (; p + width <= end; p += width) {
		phys = 0;
		memcpy(&phys, p, width);
		add_table(phys);
	}
}

/**
 * acpi_table_init() - see linux/acpi.h.
 * Locks: none. Context: boot CPU. Return: nothing; a machine without ACPI has no tables.
 */
void __init acpi_table_init(void)
{
	const struct acpi_table_rsdp *rsdp = find_rsdp();
	const struct acpi_table_header *root = NULL;
	size_t width = 8;

	if (!rsdp) {
		pr_info("ACPI: no RSDP found\n");
		return;
	}
	pr_info("ACPI: RSDP 0x%016llx %06X (v%02d %-6.6s)\n", (u64)__pa(rsdp),
		rsdp->revision < 2 ? 20 : rsdp->length, rsdp->revision, rsdp->oem_id);
	if (rsdp->revision >= 2 && rsdp->xsdt_address)
		root = map_table(rsdp->xsdt_address);
	if (!root) {
		root = map_table(rsdp->rsdt_address);
		width = 4;
	}
	if (root)
		add_tables_of(root, width);
}

/**
 * acpi_find_table() - see linux/acpi.h.
 * Locks: none. Context: any, after acpi_table_init(). Return: the table or NULL.
 */
const void *acpi_find_table(const char *signature)
{
	unsigned int i;

	for (i = 0; i < nr_tables; i++)
		if (!memcmp(acpi_tables[i]->signature, signature, 4))
			return acpi_tables[i];
	return NULL;
}
