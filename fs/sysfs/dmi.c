// SPDX-License-Identifier: MIT
/*
 * dmi.c - what firmware says of the machine, in three places, where it has a DMI table:
 *
 *	firmware/dmi/tables/	the entry point and the table, byte by byte, for root alone
 *	devices/virtual/dmi/id/	a file for each name that the table has
 *	class/dmi/id		link to that
 *
 * A file exists when the table has its field, also with an empty text. Serial numbers and
 * the UUID are root's to read. modalias joins the other names: letters, digits and signs,
 * no space and no colon, as hotplug rules match them.
 *
 * Locks: none; the table does not change after the boot (linux/dmi.h).
 */
#include "internal.h"
#include <linux/dmi.h>

/* --- the table itself ----------------------------------------------------------------- */

static bool has_dmi(const struct table_node *node)
{
	return dmi_table().data;
}

static size_t entry_bytes(void)
{
	return dmi_entry_point().bytes;
}

static size_t table_bytes(void)
{
	return dmi_table().bytes;
}

static void entry_show(struct seq_file *m, const struct table_node *node)
{
	seq_write(m, dmi_entry_point().data, dmi_entry_point().bytes);
}

static void table_show(struct seq_file *m, const struct table_node *node)
{
	seq_write(m, dmi_table().data, dmi_table().bytes);
}

#define DMI_BINARY(n, size_fn, fn)	\
	{ .name = n, .mode = S_IFREG | 0400, .bytes = size_fn, .show = fn }

static const struct table_entry tables_table[] = {
	DMI_BINARY("DMI", table_bytes, table_show),
	DMI_BINARY("smbios_entry_point", entry_bytes, entry_show),
};

static const struct table_entry firmware_table[] = {
	SYS_DIR("tables", tables_table),
};

/* --- its names -------------------------------------------------------------------------- */

static bool has_field(const struct table_node *node)
{
	return dmi_get_system_info(node->entry->what);
}

static void field_show(struct seq_file *m, const struct table_node *node)
{
	seq_printf(m, "%s\n", dmi_get_system_info(node->entry->what));
}

static void modalias_show(struct seq_file *m, const struct table_node *node)
{
	static const char prefix[DMI_PRODUCT_SKU + 1][4] = {
		"bvn", "bvr", "bd", "br", "efr", "svn", "pn", "pvr", "rvn", "rn", "rvr",
		"cvn", "ct", "cvr", "sku",
	};
	unsigned int field;
	const char *s;

	seq_puts(m, "dmi");
	for (field = 0; field < ARRAY_SIZE(prefix); field++) {
		s = dmi_get_system_info(field);
		if (!s)
			continue;
		seq_printf(m, ":%s", prefix[field]);
		for (; *s; s++)
			if (*s > ' ' && *s < 127 && *s != ':')
				seq_putc(m, *s);
	}
	seq_puts(m, ":\n");
}

static int to_class(const struct table_node *node, char *buf, int size)
{
	return scnprintf(buf, size, "../../../../class/dmi");
}

static int to_id(const struct table_node *node, char *buf, int size)
{
	return scnprintf(buf, size, "../../devices/virtual/dmi/id");
}

#define FIELD(n, perm, field)	\
	{ .name = n, .mode = S_IFREG | (perm), .size = SYS_TEXT_BYTES, .exists = has_field, \
	  .show = field_show, .what = field }

static const struct table_entry id_table[] = {
	FIELD("bios_date", 0444, DMI_BIOS_DATE),
	FIELD("bios_release", 0444, DMI_BIOS_RELEASE),
	FIELD("bios_vendor", 0444, DMI_BIOS_VENDOR),
	FIELD("bios_version", 0444, DMI_BIOS_VERSION),
	FIELD("board_asset_tag", 0444, DMI_BOARD_ASSET_TAG),
	FIELD("board_name", 0444, DMI_BOARD_NAME),
	FIELD("board_serial", 0400, DMI_BOARD_SERIAL),
	FIELD("board_vendor", 0444, DMI_BOARD_VENDOR),
	FIELD("board_version", 0444, DMI_BOARD_VERSION),
	FIELD("chassis_asset_tag", 0444, DMI_CHASSIS_ASSET_TAG),
	FIELD("chassis_serial", 0400, DMI_CHASSIS_SERIAL),
	FIELD("chassis_type", 0444, DMI_CHASSIS_TYPE),
	FIELD("chassis_vendor", 0444, DMI_CHASSIS_VENDOR),
	FIELD("chassis_version", 0444, DMI_CHASSIS_VERSION),
	FIELD("ec_firmware_release", 0444, DMI_EC_FIRMWARE_RELEASE),
	SYS_FILE("modalias", modalias_show),
	FIELD("product_family", 0444, DMI_PRODUCT_FAMILY),
	FIELD("product_name", 0444, DMI_PRODUCT_NAME),
	FIELD("product_serial", 0400, DMI_PRODUCT_SERIAL),
	FIELD("product_sku", 0444, DMI_PRODUCT_SKU),
	FIELD("product_uuid", 0400, DMI_PRODUCT_UUID),
	FIELD("product_version", 0444, DMI_PRODUCT_VERSION),
	{ .name = "subsystem", .mode = S_IFLNK | 0777, .link = to_class },
	FIELD("sys_vendor", 0444, DMI_SYS_VENDOR),
};

static const struct table_entry device_table[] = {
	SYS_DIR("id", id_table),
};

static const struct table_entry class_table[] = {
	{ .name = "id", .mode = S_IFLNK | 0777, .link = to_id },
};

/* --- where they hang ---------------------------------------------------------------- */

#define DMI_DIR(table)	\
	{ .name = "dmi", .mode = S_IFDIR | 0755, .exists = has_dmi, .children = table, \
	  .nr_children = ARRAY_SIZE(table) }

const struct table_entry sysfs_dmi_firmware[SYSFS_DMI_NAMES] = { DMI_DIR(firmware_table) };
const struct table_entry sysfs_dmi_devices[SYSFS_DMI_NAMES] = { DMI_DIR(device_table) };
const struct table_entry sysfs_dmi_class[SYSFS_DMI_NAMES] = { DMI_DIR(class_table) };
