/* SPDX-License-Identifier: MIT */
/* asm/e820.h - the firmware's memory map as the kernel keeps it. */
#ifndef ASM_X86_E820_H
#define ASM_X86_E820_H

#include <linux/types.h>

enum e820_type {
	E820_TYPE_RAM = 1,
	E820_TYPE_RESERVED = 2,
	E820_TYPE_ACPI = 3,		/* tables: RAM once they are read */
	E820_TYPE_NVS = 4,		/* the firmware's, across sleep too */
	E820_TYPE_UNUSABLE = 5,
	E820_TYPE_PMEM = 7,
	E820_TYPE_PRAM = 12,
};

struct e820_entry {
	u64 addr;
	u64 size;	/* bytes */
	u32 type;	/* enum e820_type, or whatever the firmware said */
};

#define E820_MAX_ENTRIES	384	/* 128 of the firmware, split by memmap= and removals */

struct e820_table {
	u32 nr_entries;
	struct e820_entry entries[E820_MAX_ENTRIES];
};

/* --- e820_table.c: operations on a table; no globals, also built hosted --- */

int e820_append(struct e820_table *t, u64 start, u64 size, u32 type);
int e820_update_table(struct e820_table *t);
int e820_range_update(struct e820_table *t, u64 start, u64 size, u32 old_type, u32 new_type);
int e820_range_remove(struct e820_table *t, u64 start, u64 size, u32 old_type, bool check_type);
u64 e820_end_of(const struct e820_table *t, u32 type, u64 limit);
const char *e820_type_text(u32 type, char *buf, size_t bytes);
int e820_parse_mem(struct e820_table *t, const char *value);
int e820_parse_memmap(struct e820_table *t, const char *value);

/* --- e820.c: the one table of the booted machine ---------------------------- */

extern struct e820_table e820_table;	/* i after setup_arch() */

void e820_memory_setup(void);		/* from boot_params: clean, print */
void e820_finish_early_params(void);	/* after mem=, memmap= */
void e820_memblock_setup(void);		/* RAM into memblock */
void e820_reserve_resources(void);	/* the tree of /proc/iomem */

#endif
