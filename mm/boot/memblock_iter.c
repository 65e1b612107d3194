// SPDX-License-Identifier: MIT
/*
 * memblock_iter.c - walking the boot-time map: one array minus another.
 *
 * "Free memory" is memory minus reserved. The walk keeps two positions in one
 * 64-bit cursor, as Linux does: the low half indexes type_a, the high half the
 * GAPS of type_b. Gap i lies between region i - 1 and region i of type_b, so
 * that cnt regions have cnt + 1 gaps, the first starting at 0 and the last
 * ending at PHYS_ADDR_MAX:
 *
 *	type_b		   [==0==)	[==1==)
 *	gaps		0)	  (--1--)      (2 ...
 *
 * A step intersects region a with gap b, reports what is not empty, and then
 * moves whichever of the two ends first (walking down: starts last). A cursor
 * of ~0 says that the walk is over. Without type_b the regions of type_a are
 * reported whole. Regions of memory that the caller's node or flags exclude are
 * skipped; the reserved array is never filtered.
 *
 * Invariants:
 *   I1  what is reported is not empty and lies inside one region of type_a
 *   I2  no byte is reported twice, and addresses only grow (walking down: shrink)
 *
 * Locks: none, as memblock. Between two steps the arrays must not change, save
 * for reservations inside what was reported last.
 */
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include "../internal.h"

#define WALK_OVER	(~(u64)0)

static u64 cursor_pack(unsigned long a, unsigned long b)
{
	return (u32)a | (u64)b << 32;
}

/* The caller does not want region @r of @type. */
static bool region_excluded(const struct memblock_type *type,
			    const struct memblock_region *r, int nid,
			    enum memblock_flags flags)
{
	if (type != &memblock_mem()->memory)
		return false;
	if (nid >= 0 && nid < MAX_NUMNODES && r->nid != nid)
		return true;
	if ((flags & MEMBLOCK_MIRROR) && !(r->flags & MEMBLOCK_MIRROR))
		return true;
	return !(flags & MEMBLOCK_NOMAP) && (r->flags & MEMBLOCK_NOMAP);
}

/* Bounds of gap @i of @type; the whole address space without @type. */
static void gap_bounds(const struct memblock_type *type, unsigned long i,
		       phys_addr_t *start, phys_addr_t *end)
{
	const struct memblock_region *r = type ? &type->regions[i] : NULL;

	mm_assert(!type || i <= type->cnt);
	*start = type && i ? r[-1].base + r[-1].size : 0;
	*end = type && i < type->cnt ? r->base : PHYS_ADDR_MAX;
}

static void report(const struct memblock_region *r, phys_addr_t start, phys_addr_t end,
		   phys_addr_t *out_start, phys_addr_t *out_end, int *out_nid)
{
	mm_assert(start < end);					/* I1 */
	mm_assert(start >= r->base && end <= r->base + r->size);
	if (out_start)
		*out_start = start;
	if (out_end)
		*out_end = end;
	if (out_nid)
		*out_nid = r->nid;
}

/**
 * __next_mem_range() - the next piece of @type_a that is not in @type_b, upwards.
 * Locks:   none.
 * Context: any time; start with *@idx = 0.
 * Return:  nothing; *@idx is ~0 when there is none, else the outputs are set.
 */
void __next_mem_range(u64 *idx, int nid, enum memblock_flags flags,
		      struct memblock_type *type_a, struct memblock_type *type_b,
		      phys_addr_t *out_start, phys_addr_t *out_end, int *out_nid)
{
	unsigned long a = (u32)*idx, b = *idx >> 32;
	unsigned long gaps = type_b ? type_b->cnt + 1 : 1;

	mm_assert(*idx != WALK_OVER && a <= type_a->cnt);
	while (a < type_a->cnt) {
		struct memblock_region *r = &type_a->regions[a];
		phys_addr_t rend = r->base + r->size, gstart, gend;

		if (region_excluded(type_a, r, nid, flags)) {
			a++;
			continue;
		}
		if (!type_b) {
			report(r, r->base, rend, out_start, out_end, out_nid);
			*idx = cursor_pack(a + 1, 0);
			return;
		}
		if (b >= gaps)
			break;
		gap_bounds(type_b, b, &gstart, &gend);
		if (gstart >= rend) {
			a++;
			continue;
		}
		if (r->base < gend && gstart < gend) {
			report(r, max(r->base, gstart), min(rend, gend),
			       out_start, out_end, out_nid);
			if (rend <= gend)
				a++;
			else
				b++;
			*idx = cursor_pack(a, b);
			return;
		}
		b++;
	}
	*idx = WALK_OVER;
}

/**
 * __next_mem_range_rev() - as __next_mem_range(), downwards.
 * Locks:   none.
 * Context: any time; start with *@idx = ~0.
 * Return:  nothing; *@idx is ~0 when there is none, else the outputs are set.
 */
void __next_mem_range_rev(u64 *idx, int nid, enum memblock_flags flags,
			  struct memblock_type *type_a, struct memblock_type *type_b,
			  phys_addr_t *out_start, phys_addr_t *out_end, int *out_nid)
{
	/* both count down; a is one above the region, so that 0 means none left */
	unsigned long a = (u32)*idx, b = *idx >> 32;

	if (*idx == WALK_OVER) {
		a = type_a->cnt;
		b = type_b ? type_b->cnt + 1 : 0;
	}
	mm_assert(a <= type_a->cnt);
	while (a > 0) {
		struct memblock_region *r = &type_a->regions[a - 1];
		phys_addr_t rend = r->base + r->size, gstart, gend;

		if (region_excluded(type_a, r, nid, flags)) {
			a--;
			continue;
		}
		if (!type_b) {
			report(r, r->base, rend, out_start, out_end, out_nid);
			*idx = cursor_pack(a - 1, 0);
			return;
		}
		if (b == 0)
			break;
		gap_bounds(type_b, b - 1, &gstart, &gend);
		if (gend <= r->base) {
			a--;
			continue;
		}
		if (rend > gstart && gstart < gend) {
			report(r, max(r->base, gstart), min(rend, gend),
			       out_start, out_end, out_nid);
			if (r->base >= gstart)
				a--;
			else
				b--;
			*idx = cursor_pack(a, b);
			return;
		}
		b--;
	}
	*idx = WALK_OVER;
}

/**
 * __next_mem_pfn_range() - the next region of RAM of node @nid that holds whole frames.
 * Locks:   none.
 * Context: any time; start with *@idx = -1. @nid NUMA_NO_NODE or MAX_NUMNODES: any.
 * Return:  nothing; *@idx is -1 when there is none, else the outputs are set.
 */
void __next_mem_pfn_range(int *idx, int nid, unsigned long *out_start_pfn,
			  unsigned long *out_end_pfn, int *out_nid)
{
	struct memblock_type *type = &memblock_mem()->memory;

	while (++*idx < (int)type->cnt) {
		struct memblock_region *r = &type->regions[*idx];

		if (nid >= 0 && nid < MAX_NUMNODES && r->nid != nid)
			continue;
		if (PFN_UP(r->base) >= PFN_DOWN(r->base + r->size))
			continue;
		if (out_start_pfn)
			*out_start_pfn = PFN_UP(r->base);
		if (out_end_pfn)
			*out_end_pfn = PFN_DOWN(r->base + r->size);
		if (out_nid)
			*out_nid = r->nid;
		return;
	}
	*idx = -1;
}
