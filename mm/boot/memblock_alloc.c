// SPDX-License-Identifier: MIT
/*
 * memblock_alloc.c - taking memory out of the boot-time map.
 *
 * An allocation is a search for a free piece and a reservation of it; there is
 * no header, so that freeing needs the size. The search goes from the top of
 * the window down, or from its bottom up after memblock_set_bottom_up(), and
 * gives the first place where an aligned range of that size fits:
 *
 *	window		[start                                end)
 *	free pieces	   [=====)	[==)	  [=========)
 *	top down					[###)   as high as fits
 *	bottom up	   [###)
 *
 * Frame 0 is never given out, so that 0 can mean "none". An end of 0
 * (MEMBLOCK_ALLOC_ACCESSIBLE) stands for memblock's current limit, beyond which
 * the direct map may not reach yet. What relaxes when nothing fits, in this
 * order: the node, mirrored memory only, and for virtual results the lower bound.
 *
 * Invariants:
 *   MA1  a result is aligned, inside RAM, and reserved before it is returned
 *   MA2  a failed allocation changes no region
 *
 * Locks: none, as memblock. Once slab is up, memblock_alloc() serves from it,
 * because what memblock still holds has gone to the buddy.
 */
#include <linux/kmemleak.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "../internal.h"

/* Prefer mirrored memory on machines that have some. */
static enum memblock_flags memblock_choose_flags(void)
{
	struct memblock_region *r;

	for_each_mem_region(r)
		if (r->flags & MEMBLOCK_MIRROR)
			return MEMBLOCK_MIRROR;
	return MEMBLOCK_NONE;
}

/* What one search looks for; fixed while it runs. */
struct memblock_search {
	phys_addr_t size, align;	/* align: a power of two */
	phys_addr_t start, end;		/* window */
	int nid;
	enum memblock_flags flags;
};

static phys_addr_t memblock_find_bottom_up(const struct memblock_search *s)
{
	phys_addr_t lo, hi, addr;
	u64 i;

	for_each_free_mem_range(i, s->nid, s->flags, &lo, &hi, NULL) {
		lo = clamp(lo, s->start, s->end);
		hi = clamp(hi, s->start, s->end);
		addr = round_up(lo, s->align);
		if (addr >= lo && addr < hi && hi - addr >= s->size)
			return addr;
	}
	return 0;
}

static phys_addr_t memblock_find_top_down(const struct memblock_search *s)
{
	phys_addr_t lo, hi, addr;
	u64 i;

	for_each_free_mem_range_reverse(i, s->nid, s->flags, &lo, &hi, NULL) {
		lo = clamp(lo, s->start, s->end);
		hi = clamp(hi, s->start, s->end);
		if (hi < s->size)
			continue;
		addr = round_down(hi - s->size, s->align);
		if (addr >= lo)
			return addr;
	}
	return 0;
}

static phys_addr_t memblock_find(const struct memblock_search *s)
{
	if (!s->size || s->start >= s->end)
		return 0;
	return memblock_bottom_up() ? memblock_find_bottom_up(s) :
				      memblock_find_top_down(s);
}

/* Search, without mirrored memory too when it is short. */
static phys_addr_t memblock_find_relaxed(struct memblock_search *s)
{
	phys_addr_t addr = memblock_find(s);

	if (!addr && (s->flags & MEMBLOCK_MIRROR)) {
		pr_warn("Could not allocate %llu bytes of mirrored memory\n", s->size);
		s->flags = (enum memblock_flags)(s->flags & ~MEMBLOCK_MIRROR);
		addr = memblock_find(s);
	}
	return addr;
}

static void memblock_search_init(struct memblock_search *s, phys_addr_t size,
				 phys_addr_t align, phys_addr_t start, phys_addr_t end)
{
	if (end == MEMBLOCK_ALLOC_ACCESSIBLE)
		end = memblock_mem()->current_limit;
	s->size = size;
	s->align = align ? align : SMP_CACHE_BYTES;
	/* frame 0 stays out, so that 0 can mean failure */
	s->start = max(start, (phys_addr_t)PAGE_SIZE);
	s->end = max(s->start, end);
	s->flags = memblock_choose_flags();
	mm_assert(!(s->align & (s->align - 1)));
	mm_assert(s->start <= s->end);
}

/**
 * memblock_find_range() - look for free memory without taking it.
 * Locks:   none.
 * Context: boot.
 * Return:  its address, or 0.
 */
phys_addr_t memblock_find_range(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				phys_addr_t end, int nid)
{
	struct memblock_search s;

	memblock_search_init(&s, size, align, start, end);
	s.nid = nid;
	return memblock_find_relaxed(&s);
}

/*
 * Find and reserve. @exact_nid: fail rather than use another node.
 */
static phys_addr_t memblock_alloc_range_nid(phys_addr_t size, phys_addr_t align,
					    phys_addr_t start, phys_addr_t end, int nid,
					    bool exact_nid)
{
	phys_addr_t addr;

	if (fail_point())
		return 0;
	addr = memblock_find_range(size, align, start, end, nid);
	if (!addr && nid >= 0 && nid < MAX_NUMNODES && !exact_nid)
		addr = memblock_find_range(size, align, start, end, NUMA_NO_NODE);
	if (!addr || memblock_reserve(addr, size))
		return 0;
	mm_assert(memblock_is_region_reserved(addr, size));	/* MA1 */
	mm_assert(IS_ALIGNED(addr, align ? align : SMP_CACHE_BYTES) && addr >= PAGE_SIZE);
	return addr;
}

/**
 * memblock_phys_alloc_range() - take @size bytes out of [@start, @end).
 * Locks:   none.
 * Context: boot; @end 0 is the current limit.
 * Return:  physical address, or 0.
 */
phys_addr_t memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align,
				      phys_addr_t start, phys_addr_t end)
{
	return memblock_alloc_range_nid(size, align, start, end, NUMA_NO_NODE, false);
}

/**
 * memblock_phys_alloc_try_nid() - take @size bytes, on node @nid when it has them.
 * Locks:   none.
 * Context: boot.
 * Return:  physical address, or 0.
 */
phys_addr_t memblock_phys_alloc_try_nid(phys_addr_t size, phys_addr_t align, int nid)
{
	return memblock_alloc_range_nid(size, align, 0, MEMBLOCK_ALLOC_ACCESSIBLE, nid,
					false);
}

/**
 * memblock_alloc_try_nid_raw() - as memblock_alloc_try_nid(), contents undefined.
 * Locks:   none.
 * Context: boot.
 * Return:  direct-map address, or NULL.
 */
void *memblock_alloc_try_nid_raw(phys_addr_t size, phys_addr_t align,
				 phys_addr_t min_addr, phys_addr_t max_addr, int nid)
{
	phys_addr_t limit = memblock_mem()->current_limit, addr;

	if (WARN_ON_ONCE(this_machine()->slab.up))
		return kmalloc(size, GFP_NOWAIT);
	if (max_addr == MEMBLOCK_ALLOC_ACCESSIBLE || max_addr > limit)
		max_addr = limit;
	addr = memblock_alloc_range_nid(size, align, min_addr, max_addr, nid, false);
	if (!addr && min_addr)
		addr = memblock_alloc_range_nid(size, align, 0, max_addr, nid, false);
	if (addr)
		kmemleak_alloc(__va(addr), size, KMEMLEAK_GREY, 0);
	return addr ? __va(addr) : NULL;
}

/**
 * memblock_alloc_try_nid() - zeroed memory, from the window and the node if possible.
 * Locks:   none.
 * Context: boot; the lower bound gives way before the upper one does.
 * Return:  direct-map address, or NULL.
 */
void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			     phys_addr_t max_addr, int nid)
{
	void *p = memblock_alloc_try_nid_raw(size, align, min_addr, max_addr, nid);

	return p ? memset(p, 0, size) : NULL;
}

/** memblock_alloc() - zeroed, anywhere accessible. Boot, no lock. NULL: none. */
void *memblock_alloc(phys_addr_t size, phys_addr_t align)
{
	return memblock_alloc_try_nid(size, align, MEMBLOCK_LOW_LIMIT,
				      MEMBLOCK_ALLOC_ACCESSIBLE, NUMA_NO_NODE);
}

/** memblock_alloc_raw() - as memblock_alloc(), contents undefined. */
void *memblock_alloc_raw(phys_addr_t size, phys_addr_t align)
{
	return memblock_alloc_try_nid_raw(size, align, MEMBLOCK_LOW_LIMIT,
					  MEMBLOCK_ALLOC_ACCESSIBLE, NUMA_NO_NODE);
}
