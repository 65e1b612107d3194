/* SPDX-License-Identifier: MIT */
/*
 * ioremap.c - device memory in the kernel's address range.
 *
 * A mapping has a memory type, which says what caches and write buffers may do with its
 * accesses. Two mappings of one physical page with different types are undefined on most
 * CPUs (Intel SDM volume 3, section 12.12.4), hence:
 *
 *   T1  RAM that the kernel uses is never mapped here: the direct map has it, write-back
 *   T2  areas of VM_IOREMAP that overlap in physical addresses have the same type
 *
 * memremap() is for memory-like ranges (tables of the firmware): RAM is reached by the
 * direct map, everything else as by ioremap(), without the __iomem.
 *
 * Areas come from vmalloc's window and are aligned to large pages where the range is
 * large enough, so that they are mapped with as few entries as the port can.
 *
 * Locks: the window's lock covers the look for other mappings (T2); who maps a range
 * twice at the same moment with two types is not told.
 */
#include "vmalloc_internal.h"
#include <linux/io.h>
#include <linux/log2.h>

#define IOREMAP_MAX_ALIGN	PMD_SIZE

/* T1: frames that the buddy or the kernel owns; what was reserved is the firmware's */
static bool range_has_ram(phys_addr_t phys, phys_addr_t end)
{
	unsigned long pfn;

	for (pfn = PFN_DOWN(phys); pfn < PFN_UP(end); pfn++)
		if (pfn_valid(pfn) && !PageReserved(memmap_page(pfn)))
			return true;
	return false;
}

/* T2: a mapping of part of [@phys, @end) with another type than @type */
static bool type_conflicts(phys_addr_t phys, phys_addr_t end, enum memory_type type)
{
	struct vmalloc_state *vs = &this_machine()->vmalloc;
	const struct vm_struct *vm;
	struct vmap_area *va;
	bool found = false;

	mm_assert(phys < end && IS_ALIGNED(phys | end, PAGE_SIZE));
	spin_lock(&vs->lock);
	list_for_each_entry(va, &vs->list, list) {
		vm = &va->vm;
		if (!va->used || !(vm->flags & VM_IOREMAP) || vm->memtype == type)
			continue;
		if (vm->phys_addr < end &&
		    phys < vm->phys_addr + (vm_mapped_end(vm) - (unsigned long)vm->addr)) {
			found = true;
			break;
		}
	}
	spin_unlock(&vs->lock);
	return found;
}

static void __iomem *ioremap_type(phys_addr_t phys, size_t bytes, enum memory_type type,
				  const void *caller)
{
	unsigned long offset = phys & ~PAGE_MASK;
	struct area_request req = {
		.bytes = PAGE_ALIGN(bytes + offset), .flags = VM_IOREMAP, .gfp = GFP_KERNEL,
		.node = NUMA_NO_NODE, .caller = caller,
	};
	struct vmap_area *va;

	if (!bytes || phys + bytes - 1 < phys || req.bytes < bytes)
		return NULL;
	if (WARN_ON(range_has_ram(phys, phys + bytes)))
		return NULL;
	if (type_conflicts(phys - offset, phys - offset + req.bytes, type)) {
		pr_err("ioremap: 0x%llx-0x%llx is mapped with another memory type\n",
		       (unsigned long long)phys, (unsigned long long)phys + bytes - 1);
		return NULL;
	}
	req.align = clamp(rounddown_pow_of_two(req.bytes), PAGE_SIZE, IOREMAP_MAX_ALIGN);
	if (!IS_ALIGNED(phys - offset, PMD_SIZE))
		req.align = min(req.align, PMD_SIZE / 2);	/* no large page would fit */
	va = vm_area_get(&this_machine()->vmalloc, &req);
	if (!va)
		return NULL;
	va->vm.phys_addr = phys - offset;
	va->vm.memtype = type;
	mm_assert(IS_ALIGNED(va->vm.phys_addr, PAGE_SIZE) && IS_ALIGNED(va->va_start, PAGE_SIZE));
	if (kernel_map_phys(va->va_start, vm_mapped_end(&va->vm), port_memtype_prot(type),
			    phys - offset)) {
		vmap_area_retire(va);
		return NULL;
	}
	vmap_area_publish(va);
	return (char *)va->vm.addr + offset;
}

/**
 * ioremap() - map @bytes of device memory at @phys, uncached (UC-).
 * Locks:   takes vmalloc's lock.  Context: thread; sleeps.
 * Return:  the address of the byte at @phys, for iounmap(); NULL for RAM, for a range that
 *          wraps or is mapped with another type, or without memory.
 */
void __iomem *ioremap(phys_addr_t phys, size_t bytes)
{
	return ioremap_type(phys, bytes, MEMTYPE_UC_MINUS, __builtin_return_address(0));
}

/** ioremap_uc() - ioremap(), uncached whatever an MTRR says. */
void __iomem *ioremap_uc(phys_addr_t phys, size_t bytes)
{
	return ioremap_type(phys, bytes, MEMTYPE_UC, __builtin_return_address(0));
}

/** ioremap_wc() - ioremap(), write-combining. */
void __iomem *ioremap_wc(phys_addr_t phys, size_t bytes)
{
	return ioremap_type(phys, bytes, MEMTYPE_WC, __builtin_return_address(0));
}

/** ioremap_wt() - ioremap(), write-through. */
void __iomem *ioremap_wt(phys_addr_t phys, size_t bytes)
{
	return ioremap_type(phys, bytes, MEMTYPE_WT, __builtin_return_address(0));
}

/** ioremap_cache() - ioremap(), write-back. */
void __iomem *ioremap_cache(phys_addr_t phys, size_t bytes)
{
	return ioremap_type(phys, bytes, MEMTYPE_WB, __builtin_return_address(0));
}

/**
 * iounmap() - undo ioremap(). NULL is ignored; a wrong address is reported.
 * Locks:   takes vmalloc's lock.  Context: thread, interrupts on.
 */
void iounmap(volatile void __iomem *addr)
{
	struct vmap_area *va;

	if (!addr)
		return;
	va = vm_area_remove((void *)((unsigned long)addr & PAGE_MASK), "iounmap");
	if (va)
		vmap_area_retire(va);
}

/* The direct map has [@phys, @phys + @bytes), all of it RAM. */
static bool range_is_lowmem(phys_addr_t phys, size_t bytes)
{
	unsigned long pfn;

	for (pfn = PFN_DOWN(phys); pfn < PFN_UP(phys + bytes); pfn++)
		if (!pfn_valid(pfn) || pfn >= this_machine()->max_low_pfn ||
		    PageReserved(memmap_page(pfn)))
			return false;
	return true;
}

/**
 * memremap() - a range that behaves like memory, with the first type of @flags
 * (MEMREMAP_WB, _WT, _WC) that can be had.
 * Locks:   takes vmalloc's lock.  Context: thread; sleeps.
 * Return:  the address, for memunmap(); NULL as ioremap(), or without a flag. RAM can only
 *          be had write-back.
 */
void *memremap(phys_addr_t phys, size_t bytes, unsigned long flags)
{
	const void *caller = __builtin_return_address(0);
	void *addr = NULL;

	if (!bytes || phys + bytes - 1 < phys)
		return NULL;
	if (range_is_lowmem(phys, bytes))
		return flags & MEMREMAP_WB ? __va(phys) : NULL;
	if (flags & MEMREMAP_WB)
		addr = ioremap_type(phys, bytes, MEMTYPE_WB, caller);
	if (!addr && (flags & MEMREMAP_WT))
		addr = ioremap_type(phys, bytes, MEMTYPE_WT, caller);
	if (!addr && (flags & MEMREMAP_WC))
		addr = ioremap_type(phys, bytes, MEMTYPE_WC, caller);
	return addr;
}

/**
 * memunmap() - undo memremap(). NULL is ignored.
 * Locks:   takes vmalloc's lock.  Context: thread, interrupts on.
 */
void memunmap(void *addr)
{
	if (is_vmalloc_addr(addr))
		iounmap(addr);
}
