/* SPDX-License-Identifier: MIT */
/*
 * init.c - the final kernel address space, and what the boot gives back.
 *
 * init_mem_mapping() builds it beside the early tables and switches once:
 *
 *   direct map   every frame of RAM, in the largest pages that fit (1 GiB where
 *                the CPU has them); firmware's tables join one by one, read-only
 *                (early_memremap); nothing else: no device, no hole is mapped
 *   image        _text.._etext            read, execute
 *                rodata                   read
 *                data, bss                read, write
 *                ro_after_init            the same until mark_rodata_ro()
 *                .init                    code executes until free_initmem()
 *
 *   I1  no page is writable and executable at any time after the switch
 *   I2  code and constants of the kernel are not writable through the direct map
 *       either: that alias is read-only
 *   I3  .init goes back to the buddy as ordinary frames; its second address in the
 *       image's window is unmapped, so a late call of an __init function faults
 *
 * Boot CPU alone until mark_rodata_ro(); that and the two frees run in the first
 * kernel thread, when other CPUs exist, and flush their TLBs.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/setup.h>
#include <asm/thread.h>
#include "kmap.h"

#define EARLY_MAP_END	0x100000000ull

static unsigned int max_direct_shift __ro_after_init = PMD_SHIFT;

static void __init map_or_panic(unsigned long va, phys_addr_t pa, u64 bytes, pgprot_t prot,
				unsigned int max_shift)
{
	if (kernel_map(va, pa, bytes, prot, max_shift))
		panic("init: no memory for the kernel's page tables");
}

static void __init map_direct(phys_addr_t start, phys_addr_t end, pgprot_t prot)
{
	if (start < end)
		map_or_panic((unsigned long)__va(start), start, end - start, prot,
			     max_direct_shift);
}

/* RAM around the read-only part of the image [lo, hi), and that part read-only (I2) */
static void __init map_ram_region(phys_addr_t start, phys_addr_t end)
{
	phys_addr_t lo = __pa_symbol(_text), hi = __pa_symbol(__end_rodata);

	if (end <= lo || start >= hi) {
		map_direct(start, end, PAGE_KERNEL);
		return;
	}
	map_direct(start, lo, PAGE_KERNEL);
	map_direct(max(start, lo), min(end, hi), PAGE_KERNEL_RO);
	map_direct(hi, end, PAGE_KERNEL);
}

static void __init map_image_part(const char *start, const char *end, pgprot_t prot)
{
	unsigned long va = (unsigned long)start & PAGE_MASK;
	unsigned long to = PAGE_ALIGN((unsigned long)end);

	map_or_panic(va, __pa_symbol(va), to - va, prot, PAGE_SHIFT);
}

/* Parts begin on pages of their own (vmlinux.lds). */
static void __init map_image(void)
{
	map_image_part(_text, _etext, PAGE_KERNEL_ROX);
	map_image_part(__start_rodata, __end_rodata, PAGE_KERNEL_RO);
	map_image_part(_sdata, __init_begin, PAGE_KERNEL);
	map_image_part(__init_text_begin, __init_text_end, PAGE_KERNEL_ROX);
	map_image_part(__init_text_end, _end, PAGE_KERNEL);
}

/**
 * init_mem_mapping() - build the final tables and run on them.
 * Locks: none. Context: boot CPU on the early tables; memblock is filled.
 * Return: nothing; panics without memory for the tables.
 */
void __init init_mem_mapping(void)
{
	struct memblock_region *r;

	if (boot_cpu_has(X86_FEATURE_GBPAGES))
		max_direct_shift = PUD_SHIFT;
	memblock_set_current_limit(EARLY_MAP_END);
	for_each_mem_region(r)
		map_ram_region(r->base, r->base + r->size);
	map_image();
	write_cr3(__pa_symbol(swapper_pg_dir));
	cpu_enable_paging_features();
	tlb_init_cpu();
	memblock_set_current_limit(MEMBLOCK_ALLOC_ANYWHERE);
}

/**
 * early_memremap() - see asm/setup.h.
 * Locks: none. Context: boot, after init_mem_mapping(). Return: __va(@phys) or NULL.
 */
void *__init early_memremap(phys_addr_t phys, size_t bytes)
{
	phys_addr_t start = phys & PAGE_MASK, end = PAGE_ALIGN(phys + bytes);

	if (phys + bytes < phys || end > MAXMEM || !bytes)
		return NULL;
	if (kernel_map((unsigned long)__va(start), start, end - start, PAGE_KERNEL_RO,
		       PMD_SHIFT))
		return NULL;
	return __va(phys);
}

/**
 * mark_rodata_ro() - what was only written during boot becomes read-only.
 * Locks: as change_page_attr(). Context: may sleep, interrupts on. Return: nothing.
 */
void mark_rodata_ro(void)
{
	unsigned long start = (unsigned long)__start_ro_after_init;
	unsigned long pages = (__end_ro_after_init - __start_ro_after_init) >> PAGE_SHIFT;
	unsigned long alias = (unsigned long)__va(__pa(start));

	if (pages && (change_page_attr(start, pages, 0, _PAGE_RW | _PAGE_DIRTY) ||
		      change_page_attr(alias, pages, 0, _PAGE_RW | _PAGE_DIRTY)))
		panic("init: no memory to write-protect the kernel's constants");
	pr_info("Write protecting the kernel read-only data: %luk\n",
		(unsigned long)(__end_rodata - _text + (pages << PAGE_SHIFT)) >> 10);
}

/**
 * free_initmem() - .init to the buddy (I3).
 * Locks: as change_page_attr(). Context: may sleep, interrupts on. Return: nothing.
 */
void free_initmem(void)
{
	unsigned long start = (unsigned long)__init_begin;
	unsigned long pages = (__init_end - __init_begin) >> PAGE_SHIFT;

	if (change_page_attr(start, pages, 0, _PAGE_PRESENT | _PAGE_GLOBAL))
		panic("init: cannot unmap .init");
	free_reserved_range(__pa_symbol(__init_begin), __pa_symbol(__init_end),
			    "unused kernel image (initmem)");
}

/**
 * free_initrd_mem() - the frames of the archive to the buddy.
 * Those that mem= left outside of RAM have no struct page and stay.
 * Locks: none. Context: may sleep. Return: nothing.
 */
void free_initrd_mem(void)
{
	phys_addr_t start = __pa(initrd_start) & PAGE_MASK, end = PAGE_ALIGN(__pa(initrd_end));
	phys_addr_t at;

	if (!initrd_end)
		return;
	for (at = start; at < end && pfn_valid(PFN_DOWN(at)); at += PAGE_SIZE)
		if (!PageReserved(phys_to_page(at)))
			break;
	if (at > start)
		free_reserved_range(start, at, "initrd");
	initrd_start = initrd_end = 0;
}
