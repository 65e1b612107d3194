/* SPDX-License-Identifier: MIT */
/*
 * pc_resources.c - what every PC has, in /proc/iomem and /proc/ioports.
 *
 * The memory map (e820.c) says what is RAM; this file adds what firmware left in the hole
 * below 1 MiB and which I/O ports are taken whatever else the machine has:
 *
 *   0xc0000-0xdffff   ROMs of cards. Each begins on a multiple of 2 KiB with 55 AA and its
 *                     length in units of 512 bytes; its bytes sum to 0. The first one
 *                     below 0xc8000 is that of the display, the others are "Adapter ROM"
 *   0xf0000-0xfffff   the firmware itself
 *   HPET table        the window of the event timer
 *   FADT              the ports of power management
 *   fixed ports       interrupt controllers, timer, keyboard, DMA, clock, coprocessor, and
 *                     the first serial line where there is one
 *
 * A range that is taken already keeps its first owner. Names are Linux's. What hangs on
 * buses (PCI) is in neither file: nothing here drives it.
 *
 * Boot CPU only, no locks of its own; nodes are never freed.
 */
#include <linux/acpi.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <asm/io.h>
#include <asm/setup.h>

#define ROM_START		0xc0000ull
#define ADAPTER_ROM_START	0xc8000ull
#define ROM_END			0xe0000ull
#define SYSTEM_ROM_START	0xf0000ull
#define SYSTEM_ROM_END		0x100000ull
#define ROM_STEP		2048
#define ROM_UNIT		512u
#define ROM_SIGNATURE		0xaa55
#define HPET_BYTES		1024
#define COM1			0x3f8
#define COM1_LINE_STATUS	(COM1 + 5)

static const struct { u16 start, end; const char *name; } pc_ports[] __initconst = {
	{ 0x00, 0x1f, "dma1" }, { 0x20, 0x21, "pic1" }, { 0x40, 0x43, "timer0" },
	{ 0x50, 0x53, "timer1" }, { 0x60, 0x60, "keyboard" }, { 0x64, 0x64, "keyboard" },
	{ 0x70, 0x77, "rtc0" }, { 0x80, 0x8f, "dma page reg" }, { 0xa0, 0xa1, "pic2" },
	{ 0xc0, 0xdf, "dma2" }, { 0xf0, 0xff, "fpu" },
};

static void __init insert(struct resource *root, const char *name, u64 start, u64 bytes)
{
	struct resource *r;

	if (!bytes)
		return;
	r = memblock_alloc(sizeof(*r), sizeof(long));
	if (!r)
		panic("no memory for the resources");
	r->start = start;
	r->end = start + bytes - 1;
	r->name = name;
	r->flags = IORESOURCE_BUSY | (root->flags & (IORESOURCE_MEM | IORESOURCE_IO));
	if (insert_resource(root, r))
		pr_warn("%s %#llx-%#llx is taken\n", name, r->start, r->end);
}

/* The length of the ROM at @rom, of which at most @room bytes are there; 0: there is none. */
static unsigned int __init rom_bytes(const u8 *rom, unsigned int room)
{
	unsigned int i, bytes = rom[2] * ROM_UNIT;
	u8 sum = 0;

	if (*(const u16 *)rom != ROM_SIGNATURE || bytes > room)
		return 0;
	for (i = 0; i < bytes; i++)
		sum += rom[i];
	return sum ? 0 : bytes;
}

static void __init probe_roms(void)
{
	const u8 *roms = early_memremap(ROM_START, ROM_END - ROM_START);
	bool video = false;
	u64 at, bytes;

	for (at = ROM_START; roms && at < ROM_END; at += max_t(u64, ALIGN(bytes, ROM_STEP), ROM_STEP)) {
		bytes = rom_bytes(roms + (at - ROM_START), ROM_END - at);
		if (bytes && !video && at < ADAPTER_ROM_START)
			insert(&iomem_resource, "Video ROM", at, bytes);
		else
			insert(&iomem_resource, "Adapter ROM", at, bytes);
		video |= bytes;
	}
	insert(&iomem_resource, "System ROM", SYSTEM_ROM_START, SYSTEM_ROM_END - SYSTEM_ROM_START);
}

static void __init insert_power_ports(void)
{
	const struct acpi_table_fadt *fadt = acpi_find_table(ACPI_SIG_FADT);

	if (!fadt || fadt->header.length < offsetof(struct acpi_table_fadt, gpe1_base))
		return;
	insert(&ioport_resource, "ACPI PM1a_EVT_BLK", fadt->pm1a_event_block,
	       fadt->pm1a_event_block ? fadt->pm1_event_length : 0);
	insert(&ioport_resource, "ACPI PM1a_CNT_BLK", fadt->pm1a_control_block,
	       fadt->pm1a_control_block ? fadt->pm1_control_length : 0);
	insert(&ioport_resource, "ACPI PM_TMR", fadt->pm_timer_block,
	       fadt->pm_timer_block ? fadt->pm_timer_length : 0);
	insert(&ioport_resource, "ACPI GPE0_BLK", fadt->gpe0_block,
	       fadt->gpe0_block ? fadt->gpe0_block_length : 0);
}

/**
 * pc_reserve_resources() - see asm/setup.h.
 * Locks: takes resource_lock. Context: boot CPU, memblock usable. Return: nothing.
 */
void __init pc_reserve_resources(void)
{
	const struct acpi_table_hpet *hpet = acpi_find_table(ACPI_SIG_HPET);
	size_t i;

	probe_roms();
	if (hpet && hpet->header.length >= sizeof(*hpet))
		insert(&iomem_resource, "HPET 0", hpet->address.address, HPET_BYTES);
	for (i = 0; i < ARRAY_SIZE(pc_ports); i++)
		insert(&ioport_resource, pc_ports[i].name, pc_ports[i].start,
		       pc_ports[i].end - pc_ports[i].start + 1u);
	if (inb(COM1_LINE_STATUS) != 0xff)
		insert(&ioport_resource, "serial", COM1, 8);
	insert_power_ports();
}
