/* SPDX-License-Identifier: MIT */
/*
 * subtable.c - the entries of a table whose header is followed by typed ones (MADT, SRAT).
 *
 * Every entry begins with its type and its length; the lengths are bytes from outside,
 * and what the caller gets lies in the table as a whole. That it is long enough for its
 * type is for the caller to look at.
 *
 * No locks, no state.
 */
#include <linux/acpi.h>

/**
 * acpi_next_subtable() - see linux/acpi.h.
 * Locks: none. Context: any. Return: an entry that lies in the table, or NULL.
 */
const struct acpi_subtable_header *acpi_next_subtable(const struct acpi_table_header *table,
	size_t header_bytes, const struct acpi_subtable_header *prev)
{
	const u8 *at = prev ? (const u8 *)prev + prev->length : (const u8 *)table + header_bytes;
	const u8 *end = (const u8 *)table + table->length;
	const struct acpi_subtable_header *e = (const void *)at;

	if (at + sizeof(*e) > end || e->length < sizeof(*e) || at + e->length > end)
		return NULL;
	return e;
}
