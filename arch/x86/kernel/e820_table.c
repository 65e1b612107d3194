/* SPDX-License-Identifier: MIT */
/*
 * e820_table.c - arithmetic on memory maps of (address, size, type).
 *
 * The firmware's list may come in any order, overlap, repeat and wrap. What the
 * kernel works with is a table for which holds:
 *
 *   E1  no entry is empty, none wraps past 2^64
 *   E2  entries are in ascending order and do not overlap
 *   E3  two entries that touch differ in type
 *   E4  where the firmware said two things about one byte, the higher type
 *       number won: to leave memory unused is safe, to use what is not there is not
 *
 * e820_update_table() establishes all of them; the other operations keep E1 and
 * may break E2 and E3 until the next call of it. A sweep goes from boundary to
 * boundary and asks each entry about the piece between: quadratic in the number
 * of entries, which a table of 384 bounds, and free of any second structure.
 *
 * Ends are inclusive (last byte) where an exclusive one could be 2^64.
 * No global state; the boot and hosted tests build the same file.
 */
#include "../include/asm/e820.h"
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/bug.h>

static u64 __init last_byte(const struct e820_entry *e)
{
	return e->addr + e->size - 1;
}

/**
 * e820_append() - add a range at the end of the table.
 * Locks: none. Context: any.
 * Return: 0; -EINVAL when it is empty or wraps, -ENOSPC when the table is full.
 */
int __init e820_append(struct e820_table *t, u64 start, u64 size, u32 type)
{
	if (!size || start + size - 1 < start)		/* E1 */
		return -EINVAL;
	if (t->nr_entries >= E820_MAX_ENTRIES)
		return -ENOSPC;
	t->entries[t->nr_entries++] = (struct e820_entry){ start, size, type };
	return 0;
}

/* what the table says about byte @at, highest type first; false: nothing */
static bool __init type_at(const struct e820_table *t, u64 at, u32 *type)
{
	bool found = false;
	u32 i;

	for (i = 0; i < t->nr_entries; i++) {
		const struct e820_entry *e = &t->entries[i];

		if (at < e->addr || at > last_byte(e))
			continue;
		if (!found || e->type > *type)
			*type = e->type;
		found = true;
	}
	return found;
}

/* first byte above @at where the answer of type_at() can differ; false: none */
static bool __init next_boundary(const struct e820_table *t, u64 at, u64 *next)
{
	bool found = false;
	u32 i;

	for (i = 0; i < t->nr_entries; i++) {
		u64 start = t->entries[i].addr;
		u64 end = last_byte(&t->entries[i]) + 1;	/* 0: 2^64 */

		if (start > at && (!found || start < *next)) {
			*next = start;
			found = true;
		}
		if (end > at && (!found || end < *next)) {
			*next = end;
			found = true;
		}
	}
	return found;
}

/* append to a clean table in ascending order, joining on (E3) */
static int __init append_joined(struct e820_table *t, u64 start, u64 size, u32 type)
{
	struct e820_entry *prev = t->nr_entries ? &t->entries[t->nr_entries - 1] : NULL;

	if (prev && prev->type == type && prev->addr + prev->size == start) {
		/* all 2^64 bytes have no size: the last one is left out */
		prev->size = prev->size + size ?: ~0ull;
		return 0;
	}
	return e820_append(t, start, size, type);
}

static struct e820_table *__init scratch_table(void)
{
	static struct e820_table scratch __initbss;

	scratch.nr_entries = 0;
	return &scratch;
}

/**
 * e820_update_table() - order the table and resolve what overlaps (E1-E4).
 * Locks: none. Context: boot, one CPU.
 * Return: 0, or -ENOSPC when the result needs more entries than there are; then
 *         the table holds what fitted, from the lowest address on.
 */
int __init e820_update_table(struct e820_table *t)
{
	struct e820_table *out = scratch_table();
	u64 at = 0, next = 0;
	u32 type = 0;
	bool more;
	int err = 0;

	do {
		bool known = type_at(t, at, &type);

		more = next_boundary(t, at, &next);
		if (known)
			err = append_joined(out, at, (more ? next : 0) - at, type);
		at = next;
	} while (more && !err);
	*t = *out;
	return err;
}

/*
 * Take [start, start + size) out of every entry of the type (or of all), and say
 * the new type about it unless it is to vanish. Pieces left and right stay.
 */
static int __init carve(struct e820_table *t, u64 start, u64 size, const u32 *old, const u32 *new)
{
	u64 last = start + size - 1;
	u32 i, nr = t->nr_entries;
	int err = 0;

	for (i = 0; i < nr && !err; i++) {
		struct e820_entry e = t->entries[i];
		u64 lo = max(e.addr, start), hi = min(last_byte(&e), last);

		if ((old && e.type != *old) || lo > hi)
			continue;
		t->entries[i].size = lo - e.addr;	/* may become 0: dropped below */
		if (hi < last_byte(&e))
			err = e820_append(t, hi + 1, last_byte(&e) - hi, e.type);
		if (!err && new)
			err = e820_append(t, lo, hi - lo + 1, *new);
	}
	for (i = nr = 0; i < t->nr_entries; i++)
		if (t->entries[i].size)
			t->entries[nr++] = t->entries[i];
	t->nr_entries = nr;
	return err;
}

static u64 __init cap_size(u64 start, u64 size)
{
	return size > 0 - start && start ? 0 - start : size;
}

/**
 * e820_range_update() - what is @old_type in the range becomes @new_type.
 * Locks: none. Context: boot. Return: 0 or -ENOSPC.
 */
int __init e820_range_update(struct e820_table *t, u64 start, u64 size, u32 old_type, u32 new_type)
{
	mm_assert(old_type != new_type);
	return size ? carve(t, start, cap_size(start, size), &old_type, &new_type) : 0;
}

/**
 * e820_range_remove() - forget the range, only where it is @old_type if @check_type.
 * Locks: none. Context: boot. Return: 0 or -ENOSPC.
 */
int __init e820_range_remove(struct e820_table *t, u64 start, u64 size, u32 old_type,
			     bool check_type)
{
	const u32 *old = check_type ? &old_type : NULL;

	return size ? carve(t, start, cap_size(start, size), old, NULL) : 0;
}

/**
 * e820_end_of() - end of the last whole frame of @type below @limit.
 * Locks: none. Context: any. Return: a physical address, 0 when there is none.
 */
u64 __init e820_end_of(const struct e820_table *t, u32 type, u64 limit)
{
	u64 end = 0;
	u32 i;

	for (i = 0; i < t->nr_entries; i++) {
		const struct e820_entry *e = &t->entries[i];

		if (e->type != type || e->addr >= limit)
			continue;
		end = max(end, min(last_byte(e), limit - 1) + 1);
	}
	return end & ~0xfffull;
}

/**
 * e820_type_text() - Linux's word for a type, as the boot log has it.
 * Locks: none. Context: any. Return: a constant, or @buf for an unknown type.
 */
const char *__init e820_type_text(u32 type, char *buf, size_t bytes)
{
	switch (type) {
	case E820_TYPE_RAM:		return "usable";
	case E820_TYPE_RESERVED:	return "reserved";
	case E820_TYPE_ACPI:		return "ACPI data";
	case E820_TYPE_NVS:		return "ACPI NVS";
	case E820_TYPE_UNUSABLE:	return "unusable";
	case E820_TYPE_PMEM:		return "persistent (type 7)";
	case E820_TYPE_PRAM:		return "persistent (type 12)";
	}
	snprintf(buf, bytes, "type %u", type);
	return buf;
}

/**
 * e820_parse_mem() - mem=nn[KMGT]: no RAM at or above nn.
 * Locks: none. Context: boot. Return: 0, or -EINVAL when it is no size.
 */
int __init e820_parse_mem(struct e820_table *t, const char *value)
{
	char *end;
	u64 limit;

	if (!value)
		return -EINVAL;
	limit = memparse(value, &end);
	if (end == value || *end || !limit)
		return -EINVAL;
	return e820_range_remove(t, limit, 0 - limit, E820_TYPE_RAM, true);
}

/* nn@ss RAM, nn#ss ACPI data, nn$ss reserved, nn!ss legacy persistent, nn: as mem= */
static int __init parse_memmap_one(struct e820_table *t, const char *value, const char **rest)
{
	u64 size, start;
	char sep, *end;
	u32 type;

	size = memparse(value, &end);
	if (end == value || !size)
		return -EINVAL;
	sep = *end;
	if (!sep || sep == ',') {
		*rest = end;
		return e820_range_remove(t, size, 0 - size, E820_TYPE_RAM, true);
	}
	type = sep == '@' ? E820_TYPE_RAM : sep == '#' ? E820_TYPE_ACPI :
	       sep == '$' ? E820_TYPE_RESERVED : sep == '!' ? E820_TYPE_PRAM : 0;
	if (!type)
		return -EINVAL;
	value = end + 1;
	start = memparse(value, &end);
	if (end == value || (*end && *end != ','))
		return -EINVAL;
	*rest = end;
	return e820_append(t, start, size, type);
}

/**
 * e820_parse_memmap() - memmap=, a list separated by commas.
 * Locks: none. Context: boot. Return: 0, or -EINVAL or -ENOSPC at the first part
 *        that cannot be used; those before it took effect.
 */
int __init e820_parse_memmap(struct e820_table *t, const char *value)
{
	int err = value ? 0 : -EINVAL;

	while (!err && *value) {
		if (!strncmp(value, "exactmap", 8) && (!value[8] || value[8] == ',')) {
			t->nr_entries = 0;
			value += 8;
		} else {
			err = parse_memmap_one(t, value, &value);
		}
		if (!err && *value == ',')
			value++;
	}
	return err;
}
