// SPDX-License-Identifier: MIT
/*
 * mm_boot_init.c - the memory manager from a filled memblock to a working machine.
 *
 *   zone_sizes_init        nodes, zones, a struct page for every frame
 *   build_all_zonelists    which zone is asked after which
 *   memblock_free_all      free ranges become the buddy's; memblock has done its work
 *   kmem_cache_init        caches and kmalloc
 *   per_cpu_pagesets_init  per-CPU page lists and counters for all CPUs
 *   vmalloc_init           the kernel's mapping range
 *   mm_caches_init         address spaces: their caches and the zero page
 *
 * Each step needs those above it and nothing else. They fail when the memory is too
 * small for the memmap that describes it, or for the first caches.
 */
#include <mm/machine.h>

/**
 * mm_boot_init() - see above.
 * Locks:   none needed yet.
 * Context: boot CPU, once per machine; facts and memblock are filled.
 * Return:  0, or -ENOMEM; then the machine cannot be used.
 */
int mm_boot_init(void)
{
	int ret = zone_sizes_init();

	if (ret)
		return ret;
	build_all_zonelists();
	memblock_free_all();
	ret = kmem_cache_init();
	if (!ret)
		ret = per_cpu_pagesets_init();
	if (!ret)
		ret = vmalloc_init();
	return ret ? ret : mm_caches_init();
}
