// SPDX-License-Identifier: MIT
/*
 * memblock.c - the boot-time map of physical memory.
 *
 * Two sorted arrays of ranges: `memory` says where RAM is, `reserved` says what
 * of the address space is taken (reservations may lie outside RAM). Memory that
 * is free is what is in the first and not in the second; nothing else is stored.
 * This is the only allocator until memblock_free_all() hands what is free to
 * the buddy.
 *
 *	memory	    [======A======)      [=========B=========)
 *	reserved	 [##)       [######)	    [##)
 *	free	    [===)  [===)           [========)  [====)
 *
 * Adding works in two passes over the array: the first counts the pieces of the
 * new range that no old region covers, the second inserts them (an old region
 * keeps its node and flags where both overlap), then equal neighbours are
 * merged. Removing first isolates the range, so that region borders fall on its
 * two ends, and then drops whole regions.
 *
 * Invariants, checked by memblock_check():
 *   M1  regions are sorted by base, not empty, and never overlap or wrap
 *   M2  two regions that touch differ in node or flags (else they were merged)
 *   M3  total_size is the sum of the sizes
 *   M4  cnt <= max, and an array other than the built-in one is itself reserved
 *       (or came from kmalloc)
 *
 * The arrays start inside struct memblock. Once memblock_allow_resize() was
 * called a full array doubles, into memory that memblock finds by itself or, when
 * slab is up, into kmalloc'ed memory. Grown arrays stay for the life of the
 * machine, so that the map can be asked after boot too.
 *
 * Locks: none. Boot only, one CPU; after boot the map is read only.
 * Bad input: a range that would wrap is cut at PHYS_ADDR_MAX; an empty one
 * changes nothing. Iteration is in memblock_iter.c.
 */
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/errno.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "../internal.h"

/* "No particular node" in a region, as Linux stores it. */
#define MEMBLOCK_NO_NID	MAX_NUMNODES

/**
 * memblock_init() - an empty map that uses the arrays inside @mb.
 * Locks:   none.
 * Context: first thing in a machine's life.
 * Return:  nothing.
 */
void memblock_init(struct memblock *mb)
{
	mb->bottom_up = false;
	mb->can_resize = false;
	mb->current_limit = MEMBLOCK_ALLOC_ANYWHERE;
	mb->memory.regions = mb->memory_init;
	mb->memory.name = "memory";
	mb->reserved.regions = mb->reserved_init;
	mb->reserved.name = "reserved";
	mb->memory.cnt = mb->reserved.cnt = 0;
	mb->memory.max = mb->reserved.max = INIT_MEMBLOCK_REGIONS;
	mb->memory.total_size = mb->reserved.total_size = 0;
}

/**
 * memblock_allow_resize() - full arrays may grow from now on.
 * Locks:   none.
 * Context: boot, once the direct map covers what memblock may hand out.
 * Return:  nothing.
 */
void memblock_allow_resize(void)
{
	memblock_mem()->can_resize = true;
}

/* The size of a range at @base, cut where the address space ends. */
static phys_addr_t memblock_cap_size(phys_addr_t base, phys_addr_t size)
{
	return min(size, PHYS_ADDR_MAX - base);
}

static bool ranges_overlap(phys_addr_t base1, phys_addr_t size1,
			   phys_addr_t base2, phys_addr_t size2)
{
	return base1 < base2 + size2 && base2 < base1 + size1;
}

/* --- the arrays ------------------------------------------------------------ */

static struct memblock_region *memblock_builtin_array(struct memblock_type *type)
{
	struct memblock *mb = memblock_mem();

	return type == &mb->memory ? mb->memory_init : mb->reserved_init;
}

static bool memblock_slab_is_up(void)
{
	return this_machine()->slab.up;
}

/* Memory for a new array, clear of [@base, @base + @size), which is being added. */
static phys_addr_t memblock_find_array(phys_addr_t bytes, phys_addr_t base,
				       phys_addr_t size)
{
	struct memblock *mb = memblock_mem();
	phys_addr_t addr;

	addr = memblock_find_range(bytes, PAGE_SIZE, base + size,
				   mb->current_limit, NUMA_NO_NODE);
	if (!addr && base)
		addr = memblock_find_range(bytes, PAGE_SIZE, 0,
					   min(base, mb->current_limit), NUMA_NO_NODE);
	return addr;
}

/*
 * Double @type's array while [@base, @base + @size) is about to be added to it.
 * The old array goes back to where it came from; the new one is reserved last,
 * when the array has room for that entry.
 */
static int memblock_double_array(struct memblock_type *type, phys_addr_t base,
				 phys_addr_t size)
{
	size_t old_bytes = PAGE_ALIGN(type->max * sizeof(*type->regions));
	size_t new_bytes = 2 * old_bytes;
	struct memblock_region *old = type->regions, *fresh;
	bool slab = memblock_slab_is_up();
	phys_addr_t addr = 0;

	if (!memblock_mem()->can_resize)
		return -ENOMEM;
	if (slab) {
		fresh = kmalloc(new_bytes, GFP_KERNEL);
	} else {
		addr = memblock_find_array(new_bytes, base, size);
		fresh = addr ? __va(addr) : NULL;
	}
	if (!fresh) {
		pr_err("memblock: Failed to double %s array from %lu to %lu entries !\n",
		       type->name, type->max, type->max * 2);
		return -ENOMEM;
	}

	memcpy(fresh, old, type->cnt * sizeof(*old));
	memset(fresh + type->cnt, 0, new_bytes - type->cnt * sizeof(*old));
	type->regions = fresh;
	type->max = new_bytes / sizeof(*fresh);
	if (old != memblock_builtin_array(type)) {
		if (!memblock_is_reserved(__pa(old)))
			kfree(old);
		else if (!slab)
			mm_bug_on(memblock_phys_free(__pa(old), old_bytes));
	}
	if (!slab)
		mm_bug_on(memblock_reserve(addr, new_bytes));
	return 0;
}

static void memblock_insert_region(struct memblock_type *type, unsigned long idx,
				   const struct memblock_region *fresh)
{
	struct memblock_region *r = &type->regions[idx];

	mm_bug_on(type->cnt >= type->max);
	memmove(r + 1, r, (type->cnt - idx) * sizeof(*r));
	*r = *fresh;
	type->cnt++;
	type->total_size += fresh->size;
}

static void memblock_remove_region(struct memblock_type *type, unsigned long idx)
{
	struct memblock_region *r = &type->regions[idx];

	mm_assert(idx < type->cnt);
	type->total_size -= r->size;
	memmove(r, r + 1, (type->cnt - idx - 1) * sizeof(*r));
	type->cnt--;
}

/* M2: merge like neighbours among the regions [@first - 1, @last]. */
static void memblock_merge_regions(struct memblock_type *type, unsigned long first,
				   unsigned long last)
{
	unsigned long i = first ? first - 1 : 0;

	while (i + 1 < type->cnt && i <= last) {
		struct memblock_region *r = &type->regions[i], *next = r + 1;

		if (r->base + r->size != next->base || r->nid != next->nid ||
		    r->flags != next->flags) {
			i++;
			continue;
		}
		r->size += next->size;
		memmove(next, next + 1, (type->cnt - i - 2) * sizeof(*next));
		type->cnt--;
		if (last)
			last--;
	}
}

/*
 * One pass over @type for [@base, @end): every piece that no region covers is
 * inserted when @insert is set. Returns how many pieces there are; *@first and
 * *@last tell where the insertions were.
 */
static unsigned long memblock_fill_gaps(struct memblock_type *type,
					const struct memblock_region *whole,
					bool insert, unsigned long *first,
					unsigned long *last)
{
	phys_addr_t pos = whole->base, end = whole->base + whole->size;
	struct memblock_region piece = *whole;
	unsigned long idx, nr = 0;

	*first = *last = 0;
	for (idx = 0; idx <= type->cnt && pos < end; idx++) {
		bool at_end = idx == type->cnt;
		phys_addr_t rbase = at_end ? end : min(type->regions[idx].base, end);
		phys_addr_t rend = at_end ? end : type->regions[idx].base +
						  type->regions[idx].size;

		if (rend <= pos && !at_end)
			continue;
		if (rbase > pos) {
			nr++;
			if (insert) {
				piece.base = pos;
				piece.size = rbase - pos;
				memblock_insert_region(type, idx, &piece);
				if (nr == 1)
					*first = idx;
				*last = idx + 1;
				idx++;
			}
		}
		pos = max(pos, rend);
	}
	return nr;
}

/**
 * memblock_add_range() - add [@base, @base + @size) to @type.
 * Locks:   none.
 * Context: boot; may take memory for a larger array.
 * Return:  0; -ENOMEM when the array is full and cannot grow, then @type is unchanged.
 */
int memblock_add_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size,
		       int nid, enum memblock_flags flags)
{
	struct memblock_region whole = {
		.base = base,
		.size = memblock_cap_size(base, size),
		.flags = flags,
		.nid = nid,
	};
	unsigned long nr, first, last;

	if (!whole.size)
		return 0;
	/* growing reserves memory, which may change @type: count again */
	for (;;) {
		nr = memblock_fill_gaps(type, &whole, false, &first, &last);
		if (type->cnt + nr <= type->max)
			break;
		if (memblock_double_array(type, base, whole.size))
			return -ENOMEM;
	}
	if (!nr)
		return 0;
	memblock_fill_gaps(type, &whole, true, &first, &last);
	memblock_merge_regions(type, first, last);
	return 0;
}

/*
 * Make region borders fall on both ends of [@base, @base + @size); the regions
 * [*@start, *@end) of the array then lie inside. Up to two entries more.
 */
static int memblock_isolate_range(struct memblock_type *type, phys_addr_t base,
				  phys_addr_t size, unsigned long *start,
				  unsigned long *end)
{
	phys_addr_t limit = base + memblock_cap_size(base, size);
	unsigned long idx;

	*start = *end = 0;
	if (base >= limit)
		return 0;
	while (type->cnt + 2 > type->max)
		if (memblock_double_array(type, base, limit - base))
			return -ENOMEM;

	for (idx = 0; idx < type->cnt; idx++) {
		struct memblock_region *r = &type->regions[idx], low = *r;
		phys_addr_t rend = r->base + r->size, cut;

		if (r->base >= limit)
			break;
		if (rend <= base)
			continue;
		if (r->base < base || rend > limit) {
			/* split: the lower part becomes an entry of its own */
			cut = r->base < base ? base : limit;
			low.size = cut - r->base;
			r->base = cut;
			r->size = rend - cut;
			type->total_size -= low.size;
			memblock_insert_region(type, idx, &low);
			if (low.base < base)
				continue;
		}
		if (!*end)
			*start = idx;
		*end = idx + 1;
	}
	return 0;
}

static int memblock_remove_range(struct memblock_type *type, phys_addr_t base,
				 phys_addr_t size)
{
	unsigned long start, end;
	int ret = memblock_isolate_range(type, base, size, &start, &end);

	if (ret)
		return ret;
	while (end > start)
		memblock_remove_region(type, --end);
	return 0;
}

/* --- what the port calls ---------------------------------------------------- */

/**
 * memblock_add_node() - RAM of node @nid at [@base, @base + @size).
 * Locks:   none.
 * Context: boot.
 * Return:  0, or -ENOMEM as memblock_add_range().
 */
int memblock_add_node(phys_addr_t base, phys_addr_t size, int nid,
		      enum memblock_flags flags)
{
	return memblock_add_range(&memblock_mem()->memory, base, size, nid, flags);
}

/**
 * memblock_add() - RAM at [@base, @base + @size), node not known yet.
 * Locks:   none.
 * Context: boot.
 * Return:  0, or -ENOMEM as memblock_add_range().
 */
int memblock_add(phys_addr_t base, phys_addr_t size)
{
	return memblock_add_range(&memblock_mem()->memory, base, size,
				  MEMBLOCK_NO_NID, MEMBLOCK_NONE);
}

/**
 * memblock_remove() - there is no RAM at [@base, @base + @size).
 * Locks:   none.
 * Context: boot.
 * Return:  0, or -ENOMEM when a region had to be split and the array is full.
 */
int memblock_remove(phys_addr_t base, phys_addr_t size)
{
	return memblock_remove_range(&memblock_mem()->memory, base, size);
}

/**
 * memblock_reserve() - [@base, @base + @size) is taken.
 * Locks:   none.
 * Context: boot.
 * Return:  0, or -ENOMEM as memblock_add_range().
 */
int memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	return memblock_add_range(&memblock_mem()->reserved, base, size,
				  MEMBLOCK_NO_NID, MEMBLOCK_NONE);
}

/**
 * memblock_phys_free() - [@base, @base + @size) is not taken any more.
 * Locks:   none.
 * Context: boot, before memblock_free_all().
 * Return:  0, or -ENOMEM as memblock_remove().
 */
int memblock_phys_free(phys_addr_t base, phys_addr_t size)
{
	return memblock_remove_range(&memblock_mem()->reserved, base, size);
}

/**
 * memblock_set_node() - the regions of @type inside the range are node @nid's.
 * Locks:   none.
 * Context: boot.
 * Return:  0, or -ENOMEM as memblock_remove().
 */
int memblock_set_node(phys_addr_t base, phys_addr_t size, struct memblock_type *type,
		      int nid)
{
	unsigned long start, end, i;
	int ret = memblock_isolate_range(type, base, size, &start, &end);

	if (ret)
		return ret;
	for (i = start; i < end; i++)
		type->regions[i].nid = nid;
	memblock_merge_regions(type, start, end);
	return 0;
}

static int memblock_change_flag(phys_addr_t base, phys_addr_t size, bool set,
				enum memblock_flags flag)
{
	struct memblock_type *type = &memblock_mem()->memory;
	unsigned long start, end, i;
	int ret = memblock_isolate_range(type, base, size, &start, &end);

	if (ret)
		return ret;
	for (i = start; i < end; i++) {
		struct memblock_region *r = &type->regions[i];

		r->flags = set ? r->flags | flag : r->flags & ~flag;
	}
	memblock_merge_regions(type, start, end);
	return 0;
}

/**
 * memblock_mark_nomap() - RAM that the direct map must leave out.
 * Locks:   none.
 * Context: boot.
 * Return:  0, or -ENOMEM as memblock_remove(); so for the five calls below.
 */
int memblock_mark_nomap(phys_addr_t base, phys_addr_t size)
{
	return memblock_change_flag(base, size, true, MEMBLOCK_NOMAP);
}

/** memblock_clear_nomap() - undo memblock_mark_nomap(). Boot, no lock. */
int memblock_clear_nomap(phys_addr_t base, phys_addr_t size)
{
	return memblock_change_flag(base, size, false, MEMBLOCK_NOMAP);
}

/** memblock_mark_hotplug() - memory that may be taken out. Boot, no lock. */
int memblock_mark_hotplug(phys_addr_t base, phys_addr_t size)
{
	return memblock_change_flag(base, size, true, MEMBLOCK_HOTPLUG);
}

/** memblock_clear_hotplug() - undo memblock_mark_hotplug(). Boot, no lock. */
int memblock_clear_hotplug(phys_addr_t base, phys_addr_t size)
{
	return memblock_change_flag(base, size, false, MEMBLOCK_HOTPLUG);
}

/** memblock_mark_mirror() - mirrored memory, taken first. Boot, no lock. */
int memblock_mark_mirror(phys_addr_t base, phys_addr_t size)
{
	return memblock_change_flag(base, size, true, MEMBLOCK_MIRROR);
}

/** memblock_set_bottom_up() - allocate from low addresses up. Boot, no lock. */
void memblock_set_bottom_up(bool enable)
{
	memblock_mem()->bottom_up = enable;
}

/** memblock_bottom_up() - the direction in force. Any time, no lock. */
bool memblock_bottom_up(void)
{
	return memblock_mem()->bottom_up;
}

/** memblock_set_current_limit() - end of what "accessible" means. Boot, no lock. */
void memblock_set_current_limit(phys_addr_t limit)
{
	memblock_mem()->current_limit = limit;
}

/* The address below which the first @bytes of RAM lie; PHYS_ADDR_MAX: less exists. */
static phys_addr_t memblock_find_max_addr(phys_addr_t bytes)
{
	struct memblock_region *r;

	for_each_mem_region(r) {
		if (bytes <= r->size)
			return r->base + bytes;
		bytes -= r->size;
	}
	return PHYS_ADDR_MAX;
}

/**
 * memblock_enforce_memory_limit() - keep only the first @limit bytes of RAM.
 * Locks:   none.
 * Context: boot; 0 means no limit.
 * Return:  nothing.
 */
void memblock_enforce_memory_limit(phys_addr_t limit)
{
	phys_addr_t end;

	if (!limit)
		return;
	end = memblock_find_max_addr(limit);
	if (end == PHYS_ADDR_MAX)
		return;
	if (memblock_remove_range(&memblock_mem()->memory, end, PHYS_ADDR_MAX) ||
	    memblock_remove_range(&memblock_mem()->reserved, end, PHYS_ADDR_MAX))
		pr_warn("memblock: memory limit not enforced: out of entries\n");
}

/**
 * memblock_cap_memory_range() - forget RAM outside [@base, @base + @size) that the
 * direct map would hold, and the reservations outside.
 * Locks:   none.
 * Context: boot; size 0 changes nothing.
 * Return:  nothing.
 */
void memblock_cap_memory_range(phys_addr_t base, phys_addr_t size)
{
	struct memblock_type *type = &memblock_mem()->memory;
	unsigned long start, end, i;

	if (!size)
		return;
	if (memblock_isolate_range(type, base, size, &start, &end))
		return;
	for (i = type->cnt; i-- > 0;)
		if ((i < start || i >= end) && !(type->regions[i].flags & MEMBLOCK_NOMAP))
			memblock_remove_region(type, i);
	memblock_merge_regions(type, 0, type->cnt);	/* M2: what stays was cut at the borders */
	size = memblock_cap_size(base, size);
	if (memblock_remove_range(&memblock_mem()->reserved, 0, base) ||
	    memblock_remove_range(&memblock_mem()->reserved, base + size, PHYS_ADDR_MAX))
		pr_warn("memblock: reservations not capped: out of entries\n");
}

/**
 * memblock_trim_memory() - round every memory region inwards to @align.
 * Locks:   none.
 * Context: boot; @align is a power of two.
 * Return:  nothing.
 */
void memblock_trim_memory(phys_addr_t align)
{
	struct memblock_type *type = &memblock_mem()->memory;
	unsigned long i = 0;

	mm_assert(align && !(align & (align - 1)));
	while (i < type->cnt) {
		struct memblock_region *r = &type->regions[i];
		phys_addr_t start = round_up(r->base, align);
		phys_addr_t end = round_down(r->base + r->size, align);

		if (start >= end || start < r->base) {
			memblock_remove_region(type, i);
			continue;
		}
		type->total_size -= r->size - (end - start);
		r->base = start;
		r->size = end - start;
		i++;
	}
}

/* --- questions --------------------------------------------------------------- */

/** memblock_phys_mem_size() - bytes of RAM. Any time, no lock. */
phys_addr_t memblock_phys_mem_size(void)
{
	return memblock_mem()->memory.total_size;
}

/** memblock_reserved_size() - bytes reserved. Any time, no lock. */
phys_addr_t memblock_reserved_size(void)
{
	return memblock_mem()->reserved.total_size;
}

/** memblock_start_of_DRAM() - lowest address of RAM, 0 without RAM. No lock. */
phys_addr_t memblock_start_of_DRAM(void)
{
	struct memblock_type *type = &memblock_mem()->memory;

	return type->cnt ? type->regions[0].base : 0;
}

/** memblock_end_of_DRAM() - end of the highest RAM, 0 without RAM. No lock. */
phys_addr_t memblock_end_of_DRAM(void)
{
	struct memblock_type *type = &memblock_mem()->memory;
	struct memblock_region *r;

	if (!type->cnt)
		return 0;
	r = &type->regions[type->cnt - 1];
	return r->base + r->size;
}

/* The region of @type that holds @addr, or NULL. */
static struct memblock_region *memblock_search(struct memblock_type *type,
					       phys_addr_t addr)
{
	unsigned long left = 0, right = type->cnt;

	while (left < right) {
		unsigned long mid = left + (right - left) / 2;
		struct memblock_region *r = &type->regions[mid];

		if (addr < r->base)
			right = mid;
		else if (addr - r->base >= r->size)
			left = mid + 1;
		else
			return r;
	}
	return NULL;
}

/** memblock_is_memory() - @addr is RAM. Any time, no lock. */
bool memblock_is_memory(phys_addr_t addr)
{
	return memblock_search(&memblock_mem()->memory, addr);
}

/** memblock_is_map_memory() - @addr is RAM that the direct map may hold. No lock. */
bool memblock_is_map_memory(phys_addr_t addr)
{
	struct memblock_region *r = memblock_search(&memblock_mem()->memory, addr);

	return r && !(r->flags & MEMBLOCK_NOMAP);
}

/** memblock_is_region_memory() - the range lies in one region of RAM. No lock. */
bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size)
{
	struct memblock_region *r = memblock_search(&memblock_mem()->memory, base);

	return r && r->base + r->size >= base + memblock_cap_size(base, size);
}

/** memblock_is_reserved() - @addr is taken. Any time, no lock. */
bool memblock_is_reserved(phys_addr_t addr)
{
	return memblock_search(&memblock_mem()->reserved, addr);
}

/** memblock_overlaps_region() - the range meets a region of @type. No lock. */
bool memblock_overlaps_region(struct memblock_type *type, phys_addr_t base,
			      phys_addr_t size)
{
	unsigned long i;

	size = memblock_cap_size(base, size);
	for (i = 0; i < type->cnt; i++)
		if (ranges_overlap(base, size, type->regions[i].base,
				   type->regions[i].size))
			return true;
	return false;
}

/** memblock_is_region_reserved() - a part of the range is taken. No lock. */
bool memblock_is_region_reserved(phys_addr_t base, phys_addr_t size)
{
	return memblock_overlaps_region(&memblock_mem()->reserved, base, size);
}

/**
 * memblock_search_pfn_nid() - the region of RAM that holds @pfn.
 * Locks:   none.
 * Context: any time.
 * Return:  its node, frames in *@start_pfn and *@end_pfn; -1 when none does.
 */
int memblock_search_pfn_nid(unsigned long pfn, unsigned long *start_pfn,
			    unsigned long *end_pfn)
{
	struct memblock_region *r;

	r = memblock_search(&memblock_mem()->memory, PFN_PHYS(pfn));
	if (!r)
		return -1;
	*start_pfn = PFN_DOWN(r->base);
	*end_pfn = PFN_DOWN(r->base + r->size);
	return r->nid;
}

static void memblock_dump(struct memblock_type *type)
{
	struct memblock_region *r = type->regions;
	unsigned long i;

	pr_info(" %s.cnt  = 0x%lx\n", type->name, type->cnt);
	for (i = 0; i < type->cnt; i++, r++)
		pr_info(" %s[%#lx]\t[0x%016llx-0x%016llx], 0x%llx bytes flags: %#x\n",
			type->name, i, r->base, r->base + r->size - 1, r->size,
			r->flags);
}

/** memblock_dump_all() - both arrays into the log (memblock=debug). No lock. */
void memblock_dump_all(void)
{
	pr_info("MEMBLOCK configuration:\n");
	pr_info(" memory size = 0x%llx reserved size = 0x%llx\n",
		memblock_phys_mem_size(), memblock_reserved_size());
	memblock_dump(&memblock_mem()->memory);
	memblock_dump(&memblock_mem()->reserved);
}

static void memblock_check_type(struct memblock_type *type)
{
	phys_addr_t total = 0, prev_end = 0;
	unsigned long i;

	mm_bug_on(type->cnt > type->max);			/* M4 */
	for (i = 0; i < type->cnt; i++) {
		struct memblock_region *r = &type->regions[i];

		mm_bug_on(!r->size);				/* M1 */
		mm_bug_on(r->base + r->size < r->base);
		mm_bug_on(i && r->base < prev_end);
		if (i && r->base == prev_end)			/* M2 */
			mm_bug_on(r->nid == r[-1].nid && r->flags == r[-1].flags);
		prev_end = r->base + r->size;
		total += r->size;
	}
	mm_bug_on(total != type->total_size);			/* M3 */
}

/** memblock_check() - walk M1 to M4. Any time, no lock. */
void memblock_check(void)
{
	memblock_check_type(&memblock_mem()->memory);
	memblock_check_type(&memblock_mem()->reserved);
}
