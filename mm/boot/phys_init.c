// SPDX-License-Identifier: MIT
/*
 * phys_init.c - physical memory, from a filled memblock to allocators that work.
 *
 *   mm_debug_init          what the debugging aids were asked for
 *   cma_reserve_default    the range that devices may need in one piece
 *   zone_sizes_init        nodes, zones, a struct page for every frame
 *   build_all_zonelists    which zone is asked after which
 *   page_ext_init          more room for each frame, where debugging needs it
 *   slab_frames_init       a byte per frame for the slab allocator
 *   percpu_init            no object for each CPU yet
 *   memblock_free_all      free ranges become the buddy's; memblock has done its work
 *   kmem_cache_init        caches and kmalloc
 *   per_cpu_pagesets_init  per-CPU page lists and counters for all CPUs
 *   vmalloc_init           the kernel's mapping range
 *   highmem_init           of that, the part for memory outside the direct map
 *   cma_init_reserved_areas  movable pages may use it meanwhile
 *
 * Each step needs those above it and nothing else. They fail when the memory is too
 * small for the memmap that describes it, or for the first caches.
 *
 * This is all of the boot for a kernel that wants no address spaces (docs/porting.md,
 * level 1): nothing here or in mm/phys, mm/slab, mm/kspace and mm/defrag refers to mm/vm.
 */
#include <asm/page.h>
#include <mm/machine.h>
#include "../internal.h"

/**
 * mm_phys_init() - see above.
 * Locks:   none needed yet.
 * Context: boot CPU, once per machine; facts and memblock are filled.
 * Return:  0, or -ENOMEM; then the machine cannot be used.
 */
int mm_phys_init(void)
{
	int ret;

	mm_debug_init();
	cma_reserve_default();
	ret = zone_sizes_init();
	if (ret)
		return ret;
	shrinkers_init();
	build_all_zonelists();
	page_ext_init();
	slab_frames_init();
	percpu_init();
	memblock_free_all();
	ret = kmem_cache_init();
	if (!ret)
		ret = per_cpu_pagesets_init();
	if (!ret)
		ret = vmalloc_init();
	if (!ret && PORT_HIGHMEM)
		ret = highmem_init();
	if (!ret)
		cma_init_reserved_areas();
	return ret;
}
