/* SPDX-License-Identifier: MIT */
/*
 * setup.c - from the loader's zero page to a kernel with its own address space.
 *
 * setup_arch() is the order of it: who loaded us and with which words; which
 * memory there is; what of it is taken; page tables for all of it; the ACPI
 * tables. Until init_mem_mapping() everything below 4 GiB is reachable through
 * the early direct map of head_64.S, afterwards exactly RAM is.
 *
 * What is reserved in memblock before anything may be allocated:
 *
 *   [0, 64 KiB)                 firmware scribbles there, across sleep and SMIs
 *   [EBDA or 640 KiB, 1 MiB)    firmware, video memory, option ROMs
 *   [_text, _end)               the kernel; .init goes back after the boot
 *   the initial ramdisk         until populate_rootfs() has unpacked it
 *   one page below 1 MiB        where other CPUs start, in real mode
 *
 * boot_machine, the one machine of a booted kernel, lives here. Boot CPU only,
 * no locks.
 */
#include <linux/init.h>
#include <linux/acpi.h>
#include <linux/dmi.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/e820.h>
#include <asm/setup.h>

#define LOW_RESERVE_END		0x10000ull
#define BIOS_END		0x100000ull
#define EBDA_SEG_PTR		0x40e		/* segment of the extended BIOS data area */
#define BASE_MEM_KB_PTR		0x413		/* KiB of memory below it */
#define BIOS_START_MIN		0x20000ull	/* lower values are nonsense */
#define BIOS_START_MAX		0x9f000ull
#define EARLY_MAP_END		0x100000000ull

struct machine boot_machine;
struct boot_params boot_params __initbss;
unsigned long initrd_start, initrd_end;
phys_addr_t smp_trampoline_phys;

static void __init copy_command_line(void)
{
	phys_addr_t at = boot_params.hdr.cmd_line_ptr | (u64)boot_params.ext_cmd_line_ptr << 32;

	if (!at || at >= EARLY_MAP_END - COMMAND_LINE_SIZE)
		return;
	strscpy(boot_command_line, __va(at), COMMAND_LINE_SIZE);
}

/**
 * x86_64_start_kernel() - the first C function.
 * Locks: none. Context: boot CPU on init_stack, early page tables, interrupts
 *        off, no IDT. Return: never.
 */
void __init x86_64_start_kernel(phys_addr_t zero_page)
{
	early_serial_init();
	memcpy(&boot_params, __va(zero_page), sizeof(boot_params));
	copy_command_line();
	start_kernel();
}

/* never nothing: firmware that says 0 or nonsense gets the usual place */
static void __init reserve_bios_regions(void)
{
	u64 start = (u64)*(const u16 *)__va(BASE_MEM_KB_PTR) << 10;
	u64 ebda = (u64)*(const u16 *)__va(EBDA_SEG_PTR) << 4;

	if (start < BIOS_START_MIN || start > BIOS_START_MAX)
		start = BIOS_START_MAX;
	if (ebda >= BIOS_START_MIN && ebda < start)
		start = ebda;
	start &= PAGE_MASK;
	if (memblock_reserve(start, BIOS_END - start))
		panic("setup: cannot reserve the firmware's memory");
}

static void __init reserve_initrd(void)
{
	u64 image = boot_params.hdr.ramdisk_image | (u64)boot_params.ext_ramdisk_image << 32;
	u64 bytes = boot_params.hdr.ramdisk_size | (u64)boot_params.ext_ramdisk_size << 32;
	u64 start = image & PAGE_MASK, end = PAGE_ALIGN(image + bytes);

	if (!image || !bytes || !boot_params.hdr.type_of_loader)
		return;
	if (image + bytes < image || end > MAXMEM || memblock_reserve(start, end - start)) {
		pr_err("initrd: impossible place %#llx, %llu bytes: ignored\n", image, bytes);
		return;
	}
	initrd_start = (unsigned long)__va(image);
	initrd_end = initrd_start + bytes;
	pr_info("RAMDISK: [mem %#010llx-%#010llx]\n", image, image + bytes - 1);
}

static void __init reserve_early(void)
{
	if (memblock_reserve(0, LOW_RESERVE_END) ||
	    memblock_reserve(__pa_symbol(_text), _end - _text))
		panic("setup: cannot reserve the kernel's memory");
	reserve_bios_regions();
	reserve_initrd();
}

static void __init reserve_trampoline(void)
{
	smp_trampoline_phys = memblock_phys_alloc_range(PAGE_SIZE, PAGE_SIZE, 0, BIOS_END);
	if (!smp_trampoline_phys)
		pr_warn("No sub-1M memory is available for the trampoline\n");
}

/* The archive may lie where mem= says there is no RAM: it is read in place. */
static void __init map_initrd(void)
{
	if (!initrd_end || memblock_is_region_memory(__pa(initrd_start), initrd_end - initrd_start))
		return;
	if (!early_memremap(__pa(initrd_start), initrd_end - initrd_start)) {
		pr_err("initrd: outside of memory and cannot be mapped, ignored\n");
		initrd_start = initrd_end = 0;
	}
}

static void __init report_facts(void)
{
	struct machine *m = this_machine();
	phys_addr_t end = memblock_end_of_DRAM();

	m->max_pfn = PFN_DOWN(end);
	m->max_low_pfn = m->max_pfn;
	m->min_low_pfn = PFN_UP(memblock_start_of_DRAM());
	m->facts.dma_limit_pfn = PFN_DOWN(16ull << 20);
	m->facts.dma32_limit_pfn = PFN_DOWN(4ull << 30);
	m->facts.nr_cpus = 1;		/* smp_detect_cpus() knows more later */
	m->facts.nr_nodes = 1;
	m->facts.nr_pkeys = boot_cpu_has(X86_FEATURE_OSPKE) ? NR_PKEYS : 0;
}

/**
 * setup_arch() - see the top of the file.
 * Locks: none. Context: boot CPU, interrupts off, once. Return: nothing; panics
 *        when the machine cannot be booted.
 */
void __init setup_arch(void)
{
	pr_info("Command line: %s\n", boot_command_line);
	memblock_init(memblock_mem());
	e820_memory_setup();
	parse_early_params();
	e820_finish_early_params();

	reserve_early();
	e820_memblock_setup();
	report_facts();
	pr_info("last_pfn = %#lx max_arch_pfn = %#lx\n", this_machine()->max_pfn,
		(unsigned long)PFN_DOWN(MAXMEM));
	reserve_trampoline();

	init_mem_mapping();
	paging_init();
	memblock_allow_resize();
	map_initrd();
	dmi_setup(early_memremap);
	acpi_table_init();
	acpi_numa_init();
	e820_reserve_resources();
	pc_reserve_resources();
	cpu_report();
}
