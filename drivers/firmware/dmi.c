// SPDX-License-Identifier: MIT
/*
 * dmi.c - the SMBIOS table: what firmware calls the machine, its BIOS and its case.
 *
 *   0xf0000-0xfffff, every 16 bytes
 *   |   "_SM3_"  64-bit address, largest size of the table
 *   |   "_SM_"   32-bit address, size, number of structures; "_DMI_" is inside it
 *   |   "_DMI_"  alone: the same without "_SM_", from old firmware
 *   v
 *   structure: header | formatted part | "string 1\0string 2\0" | "\0"
 *
 * The newest kind of entry point that is sound wins. Entry point and table stay where
 * firmware put them and are mapped read-only; programs get their bytes unchanged, as
 * dmidecode(8) decodes them itself. Of a few structures the kernel reads strings, for
 * /sys/class/dmi/id: the first of a kind counts.
 *
 *   D1  entry.data and table.data lead to mapped bytes, for good, or are NULL together
 *   D2  a structure is believed only when it ends, strings included, inside the table
 *   D3  info[f] is NULL, a string inside the table that ends there (D2), or texts[]
 *
 * Bytes from outside: nothing is followed before it was measured, and what is damaged
 * ends the walk with a line in the log; what came before it counts.
 *
 * Boot CPU only; afterwards read-only: no locks.
 */
#include <linux/dmi.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#define BIOS_AREA		0xf0000
#define BIOS_AREA_BYTES		0x10000
#define TABLE_MAX		(1u << 20)	/* 65,536 handles of 16 bytes */
#define END_OF_TABLE		127
#define UUID_TEXT_BYTES		37

static dmi_map_t map_phys __ro_after_init;		/* during the boot */
static struct dmi_bytes entry __ro_after_init, table __ro_after_init;
static unsigned int nr_structures __ro_after_init;	/* 0: to the end of the table */
static unsigned int version __ro_after_init;		/* 0x0208: 2.8 */
static const char *info[DMI_STRING_MAX] __ro_after_init;
static struct {
	char uuid[UUID_TEXT_BYTES];
	char bios_release[8], ec_release[8];		/* "255.255" */
	char chassis_type[4];
} texts __ro_after_init;

static unsigned int le(const u8 *p, unsigned int bytes)
{
	unsigned int n = 0;

	while (bytes--)
		n = n << 8 | p[bytes];
	return n;
}

static bool sums_to_zero(const u8 *p, size_t bytes)
{
	u8 sum = 0;

	while (bytes--)
		sum += *p++;
	return !sum;
}

/* --- the table's structures ------------------------------------------------------ */

/* String @number of a structure; only spaces is as good as nothing. */
static const char *__init dmi_string(const struct dmi_header *h, u8 number)
{
	const char *s = (const char *)h + h->length;

	while (number > 1 && *s) {
		s += strlen(s) + 1;
		number--;
	}
	return number && s[strspn(s, " ")] ? s : "";
}

static void __init save_string(enum dmi_field field, const struct dmi_header *h, unsigned int at)
{
	if (!info[field] && at < h->length)
		info[field] = dmi_string(h, ((const u8 *)h)[at]);
}

/* a release of two bytes; both 0xff say that it has none */
static void __init save_release(enum dmi_field field, const struct dmi_header *h,
				unsigned int at, char *text)
{
	const u8 *p = (const u8 *)h + at;

	if (info[field] || at + 2 > h->length || (p[0] == 0xff && p[1] == 0xff))
		return;
	snprintf(text, sizeof(texts.bios_release), "%u.%u", p[0], p[1]);
	info[field] = text;
}

/* Since 2.6 the first three groups are little endian. All 0 or all 1: there is none. */
static void __init save_uuid(const struct dmi_header *h, unsigned int at)
{
	static const u8 order[2][16] __initconst = {
		{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
		{ 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 },
	};
	const u8 *id = (const u8 *)h + at;
	unsigned int i, n = 0, zeroes = 0, ones = 0;

	if (info[DMI_PRODUCT_UUID] || at + 16 > h->length)
		return;
	for (i = 0; i < 16; i++) {
		zeroes += id[i] == 0;
		ones += id[i] == 0xff;
	}
	if (zeroes == 16 || ones == 16)
		return;
	for (i = 0; i < 16; i++) {
		bool dash = i == 4 || i == 6 || i == 8 || i == 10;

		n += snprintf(texts.uuid + n, sizeof(texts.uuid) - n, dash ? "-%02x" : "%02x",
			      id[order[version >= 0x0206][i]]);
	}
	info[DMI_PRODUCT_UUID] = texts.uuid;
}

static void __init save_chassis_type(const struct dmi_header *h)
{
	const u8 *type = (const u8 *)h + 5;		/* bit 7: it has a lock */

	if (info[DMI_CHASSIS_TYPE] || h->length <= 5)
		return;
	snprintf(texts.chassis_type, sizeof(texts.chassis_type), "%u", *type & 0x7f);
	info[DMI_CHASSIS_TYPE] = texts.chassis_type;
}

static void __init save_bios(const struct dmi_header *h)
{
	save_string(DMI_BIOS_VENDOR, h, 4);
	save_string(DMI_BIOS_VERSION, h, 5);
	save_string(DMI_BIOS_DATE, h, 8);
	save_release(DMI_BIOS_RELEASE, h, 20, texts.bios_release);
	save_release(DMI_EC_FIRMWARE_RELEASE, h, 22, texts.ec_release);
}

static void __init save_system(const struct dmi_header *h)
{
	save_string(DMI_SYS_VENDOR, h, 4);
	save_string(DMI_PRODUCT_NAME, h, 5);
	save_string(DMI_PRODUCT_VERSION, h, 6);
	save_string(DMI_PRODUCT_SERIAL, h, 7);
	save_uuid(h, 8);
	save_string(DMI_PRODUCT_SKU, h, 25);
	save_string(DMI_PRODUCT_FAMILY, h, 26);
}

static void __init save_board(const struct dmi_header *h)
{
	save_string(DMI_BOARD_VENDOR, h, 4);
	save_string(DMI_BOARD_NAME, h, 5);
	save_string(DMI_BOARD_VERSION, h, 6);
	save_string(DMI_BOARD_SERIAL, h, 7);
	save_string(DMI_BOARD_ASSET_TAG, h, 8);
}

static void __init save_chassis(const struct dmi_header *h)
{
	save_string(DMI_CHASSIS_VENDOR, h, 4);
	save_chassis_type(h);
	save_string(DMI_CHASSIS_VERSION, h, 6);
	save_string(DMI_CHASSIS_SERIAL, h, 7);
	save_string(DMI_CHASSIS_ASSET_TAG, h, 8);
}

static void __init save_structure(const struct dmi_header *h)
{
	switch (h->type) {
	case 0:
		save_bios(h);
		break;
	case 1:
		save_system(h);
		break;
	case 2:
		save_board(h);
		break;
	case 3:
		save_chassis(h);
		break;
	}
}

/* Bytes of the structure at @p with its strings; 0: it does not end before @end (D2). */
static size_t __init structure_bytes(const u8 *p, const u8 *end)
{
	const struct dmi_header *h = (const void *)p;
	const u8 *s;

	if (end - p < (ptrdiff_t)sizeof(*h) || h->length < sizeof(*h) || end - p < h->length + 2)
		return 0;
	for (s = p + h->length; s + 2 <= end; s++)
		if (!s[0] && !s[1])
			return s + 2 - p;
	return 0;
}

static void __init walk_table(void)
{
	const u8 *p = table.data, *end = p + table.bytes;
	unsigned int i;

	for (i = 0; p < end && (!nr_structures || i < nr_structures); i++) {
		const struct dmi_header *h = (const void *)p;
		size_t bytes = structure_bytes(p, end);

		if (!bytes) {
			pr_warn("DMI: damaged table, %u structures are sound\n", i);
			break;
		}
		save_structure(h);
		p += bytes;
		if (!nr_structures && h->type == END_OF_TABLE)
			end = p;
	}
	if (!nr_structures)
		table.bytes = p - table.data;	/* the entry point gave an upper limit */
}

/* --- the entry point --------------------------------------------------------------- */

static int __init set_table(u64 phys, size_t bytes, unsigned int nr)
{
	if (!bytes || bytes > TABLE_MAX) {
		pr_warn("DMI: impossible size of the table, %zu bytes\n", bytes);
		return -EINVAL;
	}
	table.data = map_phys(phys, bytes);
	if (!table.data)
		return -ENOMEM;
	table.bytes = bytes;
	nr_structures = nr;
	return 0;
}

/* "_SM3_" at @p; @left bytes follow. 0: it is one, and leads to a table. */
static int __init try_smbios3(const u8 *p, size_t left)
{
	if (left < 24 || memcmp(p, "_SM3_", 5) || p[6] < 24 || p[6] > 32 || p[6] > left ||
	    !sums_to_zero(p, p[6]) ||
	    set_table(le(p + 16, 4) | (u64)le(p + 20, 4) << 32, le(p + 12, 4), 0))
		return -ENOENT;
	entry = (struct dmi_bytes){ p, p[6] };
	version = p[7] << 8 | p[8];
	return 0;
}

/* the old part, which gives the table's place: "_DMI_" at @p */
static int __init try_old_part(const u8 *p, size_t left)
{
	if (left < 15 || memcmp(p, "_DMI_", 5) || !sums_to_zero(p, 15) || !le(p + 12, 2))
		return -ENOENT;
	return set_table(le(p + 8, 4), le(p + 6, 2), le(p + 12, 2));
}

static int __init try_smbios(const u8 *p, size_t left)
{
	if (left < 31 || memcmp(p, "_SM_", 4) || p[5] < 30 || p[5] > 32 || p[5] > left ||
	    !sums_to_zero(p, p[5]) || try_old_part(p + 16, left - 16))
		return -ENOENT;
	entry = (struct dmi_bytes){ p, p[5] };
	version = p[6] << 8 | p[7];
	return 0;
}

static int __init try_dmi(const u8 *p, size_t left)
{
	if (try_old_part(p, left))
		return -ENOENT;
	entry = (struct dmi_bytes){ p, 15 };
	version = (p[14] & 0xf0) << 4 | (p[14] & 0x0f);
	return 0;
}

static int __init find_entry(void)
{
	static int (*const kinds[])(const u8 *p, size_t left) __initconst = {
		try_smbios3, try_smbios, try_dmi,
	};
	const u8 *area = map_phys(BIOS_AREA, BIOS_AREA_BYTES);
	unsigned int kind, at;

	for (kind = 0; area && kind < ARRAY_SIZE(kinds); kind++)
		for (at = 0; at < BIOS_AREA_BYTES; at += 16)
			if (area[at] == '_' && !kinds[kind](area + at, BIOS_AREA_BYTES - at))
				return 0;
	return -ENOENT;
}

static const char *__init known(enum dmi_field field)
{
	return info[field] && *info[field] ? info[field] : "(unknown)";
}

/**
 * dmi_setup() - see linux/dmi.h.
 * Locks: none. Context: boot CPU. Return: nothing; without an entry point nothing is known.
 */
void __init dmi_setup(dmi_map_t map)
{
	map_phys = map;
	if (find_entry()) {
		pr_info("DMI not present or invalid.\n");
		return;
	}
	pr_info("SMBIOS %u.%u present.\n", version >> 8, version & 0xff);
	walk_table();
	pr_info("DMI: %s %s, BIOS %s %s\n", known(DMI_SYS_VENDOR), known(DMI_PRODUCT_NAME),
		known(DMI_BIOS_VERSION), known(DMI_BIOS_DATE));
}

/**
 * dmi_get_system_info() - what firmware says of itself and the machine.
 * Locks: none. Context: any, after dmi_setup(). Return: see linux/dmi.h (D3).
 */
const char *dmi_get_system_info(enum dmi_field field)
{
	return info[field];
}

/** dmi_entry_point() - the bytes that lead to the table (D1). No lock, any context. */
struct dmi_bytes dmi_entry_point(void)
{
	return entry;
}

/** dmi_table() - all structures, one after the other (D1). No lock, any context. */
struct dmi_bytes dmi_table(void)
{
	return table;
}
