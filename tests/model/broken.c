// SPDX-License-Identifier: MIT
/*
 * broken.c - functions of mm/ with a bug, for models that must find it.
 *
 * Each stands before a real one, by the linker's --wrap, and does all but a part of its
 * work. tests/model_tests.py links one at a time; the names after WRAP_ are its choice.
 */
#include <linux/mm.h>
#include <linux/memblock.h>
#include "mm/internal.h"

#define WRAP(ret, name, ...)		\
	ret __real_##name(__VA_ARGS__);	\
	ret __wrap_##name(__VA_ARGS__);	\
	ret __wrap_##name(__VA_ARGS__)

#ifdef WRAP_free_one_page
/* the upper half of a block of 32 pages is lost */
WRAP(void, free_one_page, struct zone *zone, struct page *page, unsigned int order)
{
	__real_free_one_page(zone, page, order == 5 ? 4 : order);
}
#endif

#ifdef WRAP_flush_tlb_mm_range
/* who breaks a share with another process forgets the other CPUs */
WRAP(void, flush_tlb_mm_range, struct mm_struct *mm, unsigned long start, unsigned long end,
     bool freed_tables)
{
	if (end - start > PAGE_SIZE)
		__real_flush_tlb_mm_range(mm, start, end, freed_tables);
	else
		local_flush_tlb_page(mm, start);
}
#endif

#ifdef WRAP_slab_flush_cpu
/* what the last CPU keeps of a cache stays there */
WRAP(void, slab_flush_cpu, struct kmem_cache *s, unsigned int cpu)
{
	if (cpu != 3)
		__real_slab_flush_cpu(s, cpu);
}
#endif

#ifdef WRAP_kernel_unmap
/* the last page of an area stays mapped */
WRAP(void, kernel_unmap, unsigned long start, unsigned long end)
{
	__real_kernel_unmap(start, end - start > 3 * PAGE_SIZE ? end - PAGE_SIZE : end);
}
#endif

#ifdef WRAP___next_mem_range_rev
/* any node will do */
WRAP(void, __next_mem_range_rev, u64 *idx, int nid, enum memblock_flags flags,
     struct memblock_type *type_a, struct memblock_type *type_b, phys_addr_t *out_start,
     phys_addr_t *out_end, int *out_nid)
{
	__real___next_mem_range_rev(idx, NUMA_NO_NODE, flags, type_a, type_b, out_start, out_end,
				    out_nid);
}
#endif
