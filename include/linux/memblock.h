/* SPDX-License-Identifier: MIT */
/*
 * memblock.h - the boot-time map of memory: which ranges are RAM, which are taken.
 * Linux's calls and fields. Boot only: one CPU, no lock. Addresses physical, sizes bytes.
 */
#ifndef LINUX_MEMBLOCK_H
#define LINUX_MEMBLOCK_H

#include <linux/types.h>

enum memblock_flags {
	MEMBLOCK_NONE = 0x0,
	MEMBLOCK_HOTPLUG = 0x1,
	MEMBLOCK_MIRROR = 0x2,
	MEMBLOCK_NOMAP = 0x4,
};

struct memblock_region {
	phys_addr_t base;
	phys_addr_t size;
	enum memblock_flags flags;
	int nid;
};

struct memblock_type {
	unsigned long cnt;
	unsigned long max;
	phys_addr_t total_size;
	struct memblock_region *regions;	/* sorted by base, never overlapping */
	const char *name;
};

#define INIT_MEMBLOCK_REGIONS		128
#define MEMBLOCK_ALLOC_ANYWHERE		(~(phys_addr_t)0)
#define MEMBLOCK_ALLOC_ACCESSIBLE	0
#define MEMBLOCK_LOW_LIMIT		0

struct memblock {
	bool bottom_up;
	phys_addr_t current_limit;
	struct memblock_type memory;
	struct memblock_type reserved;
	struct memblock_region memory_init[INIT_MEMBLOCK_REGIONS];
	struct memblock_region reserved_init[INIT_MEMBLOCK_REGIONS];
	bool can_resize;		/* the arrays may grow into memory found by themselves */
};

void memblock_init(struct memblock *mb);	/* empty, with the built-in arrays */
void memblock_allow_resize(void);
int memblock_add(phys_addr_t base, phys_addr_t size);
int memblock_add_node(phys_addr_t base, phys_addr_t size, int nid, enum memblock_flags flags);
int memblock_remove(phys_addr_t base, phys_addr_t size);
int memblock_reserve(phys_addr_t base, phys_addr_t size);
int memblock_phys_free(phys_addr_t base, phys_addr_t size);
int memblock_set_node(phys_addr_t base, phys_addr_t size, struct memblock_type *type, int nid);
int memblock_mark_nomap(phys_addr_t base, phys_addr_t size);
int memblock_clear_nomap(phys_addr_t base, phys_addr_t size);
int memblock_mark_hotplug(phys_addr_t base, phys_addr_t size);
int memblock_clear_hotplug(phys_addr_t base, phys_addr_t size);
int memblock_mark_mirror(phys_addr_t base, phys_addr_t size);
void memblock_set_bottom_up(bool enable);
bool memblock_bottom_up(void);
void memblock_set_current_limit(phys_addr_t limit);
void memblock_enforce_memory_limit(phys_addr_t limit);
void memblock_cap_memory_range(phys_addr_t base, phys_addr_t size);
void memblock_trim_memory(phys_addr_t align);
phys_addr_t memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align,
	phys_addr_t start, phys_addr_t end);
phys_addr_t memblock_phys_alloc_try_nid(phys_addr_t size, phys_addr_t align, int nid);
void *memblock_alloc(phys_addr_t size, phys_addr_t align);	/* zeroed, direct map; NULL */
void *memblock_alloc_raw(phys_addr_t size, phys_addr_t align);
void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align,
	phys_addr_t min_addr, phys_addr_t max_addr, int nid);
void *memblock_alloc_try_nid_raw(phys_addr_t size, phys_addr_t align,
	phys_addr_t min_addr, phys_addr_t max_addr, int nid);
phys_addr_t memblock_phys_mem_size(void);
phys_addr_t memblock_reserved_size(void);
phys_addr_t memblock_start_of_DRAM(void);
phys_addr_t memblock_end_of_DRAM(void);
bool memblock_is_memory(phys_addr_t addr);
bool memblock_is_map_memory(phys_addr_t addr);
bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size);
bool memblock_is_reserved(phys_addr_t addr);
bool memblock_is_region_reserved(phys_addr_t base, phys_addr_t size);
bool memblock_overlaps_region(struct memblock_type *type, phys_addr_t base, phys_addr_t size);
int memblock_search_pfn_nid(unsigned long pfn, unsigned long *start_pfn, unsigned long *end_pfn);
void memblock_dump_all(void);
void memblock_check(void);

void __next_mem_range(u64 *idx, int nid, enum memblock_flags flags, struct memblock_type *type_a,
	struct memblock_type *type_b, phys_addr_t *out_start, phys_addr_t *out_end, int *out_nid);
void __next_mem_range_rev(u64 *idx, int nid, enum memblock_flags flags,
	struct memblock_type *type_a, struct memblock_type *type_b,
	phys_addr_t *out_start, phys_addr_t *out_end, int *out_nid);
void __next_mem_pfn_range(int *idx, int nid, unsigned long *out_start_pfn,
	unsigned long *out_end_pfn, int *out_nid);

#define memblock_mem()	(&this_machine()->memblock)

#define for_each_mem_region(r) \
	for (r = memblock_mem()->memory.regions; \
	     r < memblock_mem()->memory.regions + memblock_mem()->memory.cnt; r++)
#define for_each_reserved_mem_region(r) \
	for (r = memblock_mem()->reserved.regions; \
	     r < memblock_mem()->reserved.regions + memblock_mem()->reserved.cnt; r++)
#define for_each_free_mem_range(i, nid, flags, p_start, p_end, p_nid) \
	for (i = 0, __next_mem_range(&i, nid, flags, &memblock_mem()->memory, \
		&memblock_mem()->reserved, p_start, p_end, p_nid); i != ~(u64)0; \
	     __next_mem_range(&i, nid, flags, &memblock_mem()->memory, \
		&memblock_mem()->reserved, p_start, p_end, p_nid))
#define for_each_free_mem_range_reverse(i, nid, flags, p_start, p_end, p_nid) \
	for (i = ~(u64)0, __next_mem_range_rev(&i, nid, flags, &memblock_mem()->memory, \
		&memblock_mem()->reserved, p_start, p_end, p_nid); i != ~(u64)0; \
	     __next_mem_range_rev(&i, nid, flags, &memblock_mem()->memory, \
		&memblock_mem()->reserved, p_start, p_end, p_nid))
#define for_each_mem_pfn_range(i, nid, p_start, p_end, p_nid) \
	for (i = -1, __next_mem_pfn_range(&i, nid, p_start, p_end, p_nid); i >= 0; \
	     __next_mem_pfn_range(&i, nid, p_start, p_end, p_nid))

#endif
