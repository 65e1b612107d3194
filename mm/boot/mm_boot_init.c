// SPDX-License-Identifier: MIT
/*
 * mm_boot_init.c - the memory manager from a filled memblock to a working machine, in
 * one call, for whoever has nothing to do in between: the host port and tests of the
 * contract. start_kernel() calls the same steps one by one, because a booting kernel
 * sets up traps, time and other CPUs among them.
 *
 *   zone_sizes_init        nodes, zones, a struct page for every frame
 *   build_all_zonelists    which zone is asked after which
 *   memblock_free_all      free ranges become the buddy's; memblock has done its work
 *   kmem_cache_init        caches and kmalloc
 *   per_cpu_pagesets_init  per-CPU page lists and counters for all CPUs
 *   vmalloc_init           the kernel's mapping range
 *   mm_caches_init         address spaces: their caches and the zero page
 *
 * Each step needs those above it and nothing else. Only the first can fail: the memmap
 * does not fit into the memory that it is to describe.
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
	kmem_cache_init();
	per_cpu_pagesets_init();
	vmalloc_init();
	mm_caches_init();
	return 0;
}
