/* SPDX-License-Identifier: MIT */
/*
 * e820.c - the machine's memory map: what the firmware said, cleaned, printed,
 * cut by the command line, and handed to memblock and to /proc/iomem.
 *
 *   boot_params -> e820_table -> mem=, memmap= -> memblock.memory
 *                      |                              (whole frames of RAM)
 *                      +-> resources under iomem_resource
 *
 * The first frame is never RAM to us: a null pointer of the firmware's own code
 * and the real-mode vectors point there (as on Linux, "reserved").
 *
 * Firmware without E820 falls back on the older answers: RAM is 0 to 636 KiB,
 * and from 1 MiB as far as E801 or 88h said, whichever is more.
 *
 * Boot only, one CPU, no locks; the resources live on, from memblock.
 */
#include <linux/acpi.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/printk.h>
#include <linux/errno.h>
#include <linux/bug.h>
#include <linux/mm.h>
#include <asm/e820.h>
#include <asm/setup.h>

#define LOWMEM_BYTES	0x9f000ull	/* assumed below the video memory */
#define HIGH_MEMORY	0x100000ull
#define IOAPIC_BYTES	0x400		/* index and data register, and what hides behind */
#define IOAPIC_NAME_BYTES 16

struct e820_table e820_table __initbss;
static bool user_defined __initdata;

static void __init e820_print(const char *who)
{
	char buf[24];
	u32 i;

	for (i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];

		pr_info("%s: [mem 0x%016llx-0x%016llx] %s\n", who, e->addr,
			e->addr + e->size - 1, e820_type_text(e->type, buf, sizeof(buf)));
	}
}

/* the firmware's list as it came, what cannot be is said and left out */
static void __init append_firmware_entries(void)
{
	u32 i, nr = min_t(u32, boot_params.e820_entries, E820_MAX_ENTRIES_ZEROPAGE);

	for (i = 0; i < nr; i++) {
		const struct boot_e820_entry *e = &boot_params.e820_table[i];

		if (e820_append(&e820_table, e->addr, e->size, e->type) && e->size)
			pr_warn("e820: firmware entry %u wraps: %#llx + %#llx, ignored\n",
				i, (u64)e->addr, (u64)e->size);
	}
}

static const char *__init append_old_answers(void)
{
	u64 alt = boot_params.alt_mem_k, ext = boot_params.ext_mem_k;
	int err;

	e820_table.nr_entries = 0;
	err = e820_append(&e820_table, 0, LOWMEM_BYTES, E820_TYPE_RAM);
	if (alt | ext)
		err |= e820_append(&e820_table, HIGH_MEMORY, max(alt, ext) << 10, E820_TYPE_RAM);
	mm_bug_on(err);
	return alt >= ext ? "BIOS-e801" : "BIOS-88";
}

/**
 * e820_memory_setup() - take over and print the firmware's map.
 * Locks: none. Context: boot CPU, before memblock. Return: nothing.
 */
void __init e820_memory_setup(void)
{
	const char *who = "BIOS-e820";

	append_firmware_entries();
	if (e820_table.nr_entries < 2)
		who = append_old_answers();
	if (e820_update_table(&e820_table))
		pr_warn("e820: more than %d ranges, the rest is ignored\n", E820_MAX_ENTRIES);
	pr_info("BIOS-provided physical RAM map:\n");
	e820_print(who);
}

static int __init parse_mem_option(char *value)
{
	int err = e820_parse_mem(&e820_table, value);

	user_defined |= !err;
	return err;
}
early_param("mem", parse_mem_option);

static int __init parse_memmap_option(char *value)
{
	user_defined = true;
	return e820_parse_memmap(&e820_table, value);
}
early_param("memmap", parse_memmap_option);

/**
 * e820_finish_early_params() - clean again what the command line changed.
 * Locks: none. Context: boot CPU, after parse_early_params(). Return: nothing;
 *        panics when no RAM is left, as there is nothing to boot in.
 */
void __init e820_finish_early_params(void)
{
	int err = 0;

	if (user_defined) {
		err = e820_update_table(&e820_table);
		if (err || !e820_end_of(&e820_table, E820_TYPE_RAM, MAXMEM))
			panic("Invalid user supplied memory map");
		pr_info("user-defined physical RAM map:\n");
		e820_print("user");
	}
	err |= e820_range_update(&e820_table, 0, PAGE_SIZE, E820_TYPE_RAM, E820_TYPE_RESERVED);
	err |= e820_update_table(&e820_table);
	mm_bug_on(err);
}

/**
 * e820_memblock_setup() - every whole frame of RAM below MAXMEM into memblock.
 * Locks: none. Context: boot CPU. Return: nothing.
 */
void __init e820_memblock_setup(void)
{
	u32 i;

	for (i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];
		u64 start = PAGE_ALIGN(e->addr), end = (e->addr + e->size) & PAGE_MASK;

		end = min(end, MAXMEM);
		if (e->type != E820_TYPE_RAM || start >= end)
			continue;
		if (memblock_add(start, end - start))
			panic("e820: no room for the range %#llx-%#llx in memblock",
			      start, end);
	}
}

/* --- /proc/iomem -------------------------------------------------------------- */

static struct resource code_resource = { .name = "Kernel code" };
static struct resource rodata_resource = { .name = "Kernel rodata" };
static struct resource data_resource = { .name = "Kernel data" };
static struct resource bss_resource = { .name = "Kernel bss" };

static const char *__init resource_name(u32 type)
{
	switch (type) {
	case E820_TYPE_RAM:		return "System RAM";
	case E820_TYPE_RESERVED:	return "Reserved";
	case E820_TYPE_ACPI:		return "ACPI Tables";
	case E820_TYPE_NVS:		return "ACPI Non-volatile Storage";
	case E820_TYPE_UNUSABLE:	return "Unusable memory";
	case E820_TYPE_PMEM:		return "Persistent Memory";
	case E820_TYPE_PRAM:		return "Persistent Memory (legacy)";
	}
	return "Unknown E820 type";
}

static void __init insert_image_part(struct resource *r, const char *start, const char *end)
{
	r->start = __pa_symbol(start);
	r->end = __pa_symbol(end) - 1;
	r->flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_MEM | IORESOURCE_BUSY;
	if (insert_resource(&iomem_resource, r))
		pr_warn("e820: %s is not inside one range of the memory map\n", r->name);
}

static void __init insert_device(const char *name, u64 start, u64 bytes)
{
	struct resource *r = memblock_alloc(sizeof(*r), sizeof(long));

	if (!r)
		panic("e820: no memory for the resources");
	r->start = start;
	r->end = start + bytes - 1;
	r->name = name;
	r->flags = IORESOURCE_MEM | IORESOURCE_BUSY;
	if (insert_resource(&iomem_resource, r))
		pr_warn("e820: %s %#llx-%#llx collides\n", name, r->start, r->end);
}

/* the windows of the interrupt controllers, as the MADT has them */
static void __init insert_apics(void)
{
	const struct acpi_table_madt *madt = acpi_find_table(ACPI_SIG_MADT);
	const struct acpi_subtable_header *e;
	unsigned int nr = 0;
	char *name;

	if (!madt || madt->header.length < sizeof(*madt))
		return;
	acpi_for_each_subtable(e, &madt->header, sizeof(*madt)) {
		const struct acpi_madt_io_apic *io = (const void *)e;

		if (e->type != ACPI_MADT_TYPE_IO_APIC || e->length < sizeof(*io))
			continue;
		name = memblock_alloc(IOAPIC_NAME_BYTES, 1);
		if (!name)
			panic("e820: no memory for the resources");
		snprintf(name, IOAPIC_NAME_BYTES, "IOAPIC %u", nr++);
		insert_device(name, io->address, IOAPIC_BYTES);
	}
	insert_device("Local APIC", madt->address, PAGE_SIZE);
}

/**
 * e820_reserve_resources() - show the map and the kernel image in /proc/iomem.
 * Locks: takes resource_lock. Context: boot CPU, memblock usable. Return: nothing.
 */
void __init e820_reserve_resources(void)
{
	struct resource *r;
	u32 i;

	r = memblock_alloc(e820_table.nr_entries * sizeof(*r), SMP_CACHE_BYTES);
	if (!r)
		panic("e820: no memory for the resources");
	for (i = 0; i < e820_table.nr_entries; i++, r++) {
		const struct e820_entry *e = &e820_table.entries[i];

		r->start = e->addr;
		r->end = e->addr + e->size - 1;
		r->name = resource_name(e->type);
		r->flags = e->type == E820_TYPE_RAM ?
			   IORESOURCE_MEM | IORESOURCE_SYSTEM_RAM : IORESOURCE_MEM;
		if (insert_resource(&iomem_resource, r))
			pr_warn("e820: %s %#llx-%#llx collides\n", r->name, r->start, r->end);
	}
	insert_image_part(&code_resource, _text, _etext);
	insert_image_part(&rodata_resource, __start_rodata, __end_rodata);
	insert_image_part(&data_resource, _sdata, _edata);
	insert_image_part(&bss_resource, __bss_start, __bss_stop);
	insert_apics();
}
