// SPDX-License-Identifier: MIT
/*
 * handover.c - the end of memblock: what is free becomes the buddy's.
 *
 * memblock_free_all() marks the frames of every reserved range (PG_reserved, one
 * reference: they have an owner that is not the allocator) and gives each free
 * range to the buddy in the largest naturally aligned blocks, so that the cost
 * follows the number of blocks, not of frames:
 *
 *	free range	 5 .................................... 45
 *	blocks		 5 |6-7|   8-15   |      16-31     | 32-39 | 40-43 | 44
 *
 * The struct pages of free frames are as the buddy wants them (zones.c), or will be when
 * a block is split (phys/memmap.c), and no free frame is written. A frame that is only partly RAM or partly
 * reserved stays out. Frames given here are counted in managed_pages of their
 * zone and in totalram_pages; free_reserved_range() later adds the boot code and
 * the initrd the same way.
 *
 * Invariants:
 *   H1  a frame is given at most once: reserved frames lose PG_reserved when given
 *   H2  totalram_pages == sum of managed_pages
 *
 * Locks: buddy_free_range() takes zone->lock. Boot only, except
 * free_reserved_range(), which any thread may call for memory that it owns.
 */
#include <linux/mm.h>
#include <linux/memblock.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include "../internal.h"

/* Free frames [@start, @end), zone by zone. */
static void give_range(unsigned long start, unsigned long end)
{
	mm_assert(start < end && pfn_valid(start) && pfn_valid(end - 1));
	atomic_long_add(end - start, &this_machine()->totalram_pages);
	while (start < end) {
		struct zone *zone = page_zone(memmap_page(start));
		unsigned long stop = min(end, zone_end_pfn(zone));

		mm_bug_on(start < zone->zone_start_pfn || stop <= start);
		atomic_long_add(stop - start, &zone->managed_pages);
		buddy_free_range(zone, start, stop);
		start = stop;
	}
}

static void __init reserve_range(unsigned long start, unsigned long end)
{
	unsigned long pfn;

	for (pfn = start; pfn < end; pfn++) {
		struct page *page;

		if (!pfn_valid(pfn)) {
			/* no memmap up to the next block */
			pfn |= MEMMAP_BLOCK_PAGES - 1;
			continue;
		}
		page = memmap_ready(pfn);
		__SetPageReserved(page);
		mm_assert(!PageBuddy(page));				/* H1 */
		atomic_set(&page->_refcount, 1);
	}
}

static void __init reserve_all(void)
{
	struct memblock_region *r;

	for_each_reserved_mem_region(r)
		reserve_range(PFN_DOWN(r->base), PFN_UP(r->base + r->size));
	for_each_mem_region(r)
		if (r->flags & MEMBLOCK_NOMAP)
			reserve_range(PFN_UP(r->base), PFN_DOWN(r->base + r->size));
}

static unsigned long __init present_pages(void)
{
	struct zone *zone;
	unsigned long pages = 0;

	for_each_populated_zone(zone)
		pages += zone->present_pages;
	return pages;
}

/**
 * memblock_free_all() - hand all free memory to the buddy and set the watermarks.
 * Locks:   takes zone->lock.
 * Context: boot CPU, after build_all_zonelists(), once. From then on
 *          alloc_pages() works and memblock must not be used to allocate.
 * Return:  nothing.
 */
void __init memblock_free_all(void)
{
	unsigned long present = present_pages(), cma = this_machine()->totalcma_pages, total;
	phys_addr_t start, end;
	u64 i;

	reserve_all();
	for_each_free_mem_range(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		unsigned long first = PFN_UP(start), last = PFN_DOWN(end);

		if (first < last)
			give_range(first, last);
	}
	init_per_zone_wmark_min();

	total = totalram_pages();
	mm_assert(total <= present);
	pr_info("Memory: %luK/%luK available (%luK reserved, %luK cma-reserved)\n",
		total << (PAGE_SHIFT - 10), present << (PAGE_SHIFT - 10),
		(present - total - cma) << (PAGE_SHIFT - 10), cma << (PAGE_SHIFT - 10));
}

/**
 * free_reserved_range() - give reserved memory [@start, @end) (physical) to the buddy.
 * Locks:   takes zone->lock.
 * Context: after memblock_free_all(); the caller owns the memory. Only whole
 *          frames are given.
 * Return:  frames given. Prints one line when @name is not NULL.
 */
unsigned long free_reserved_range(phys_addr_t start, phys_addr_t end, const char *name)
{
	unsigned long first = PFN_UP(start), last = PFN_DOWN(end), pfn;

	if (first >= last)
		return 0;
	for (pfn = first; pfn < last; pfn++) {
		struct page *page = pfn_to_page(pfn);

		mm_bug_on(!pfn_valid(pfn) || !PageReserved(page));	/* H1 */
		__ClearPageReserved(page);
		atomic_set(&page->_refcount, 0);
	}
	give_range(first, last);
	if (name)
		pr_info("Freeing %s memory: %luK\n", name,
			(last - first) << (PAGE_SHIFT - 10));
	return last - first;
}

/** totalram_pages() - frames that the buddy was ever given. Any context, no lock. */
unsigned long totalram_pages(void)
{
	return atomic_long_read(&this_machine()->totalram_pages);
}
