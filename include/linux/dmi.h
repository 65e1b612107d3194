/* SPDX-License-Identifier: MIT */
/*
 * dmi.h - the firmware's description of the machine (SMBIOS, once called DMI). Layouts are
 * those of the SMBIOS specification 3.6; integers little endian, nothing aligned.
 */
#ifndef LINUX_DMI_H
#define LINUX_DMI_H

#include <linux/types.h>

/* what is known of the machine by name; the order is that of the modalias */
enum dmi_field {
	DMI_BIOS_VENDOR,
	DMI_BIOS_VERSION,
	DMI_BIOS_DATE,
	DMI_BIOS_RELEASE,
	DMI_EC_FIRMWARE_RELEASE,
	DMI_SYS_VENDOR,
	DMI_PRODUCT_NAME,
	DMI_PRODUCT_VERSION,
	DMI_BOARD_VENDOR,
	DMI_BOARD_NAME,
	DMI_BOARD_VERSION,
	DMI_CHASSIS_VENDOR,
	DMI_CHASSIS_TYPE,
	DMI_CHASSIS_VERSION,
	DMI_PRODUCT_SKU,
	DMI_PRODUCT_SERIAL,
	DMI_PRODUCT_UUID,
	DMI_PRODUCT_FAMILY,
	DMI_BOARD_SERIAL,
	DMI_BOARD_ASSET_TAG,
	DMI_CHASSIS_SERIAL,
	DMI_CHASSIS_ASSET_TAG,
	DMI_STRING_MAX,
};

struct dmi_header {
	u8 type;
	u8 length;		/* bytes of the formatted part; its strings follow */
	u16 handle;
} __packed;

/* bytes as firmware left them; data is NULL where there are none */
struct dmi_bytes {
	const u8 *data;
	size_t bytes;
};

/* makes [@phys, @phys + @bytes) readable for good; NULL: cannot be */
typedef void *(*dmi_map_t)(phys_addr_t phys, size_t bytes);

/**
 * dmi_setup() - find the entry point in the BIOS area, check it and read the table.
 * Context: boot CPU, when @map works. Afterwards nothing changes: no locks.
 */
void dmi_setup(dmi_map_t map);

/* the text of a field, "" where firmware left it empty, NULL where it has no such field */
const char *dmi_get_system_info(enum dmi_field field);

struct dmi_bytes dmi_entry_point(void);
struct dmi_bytes dmi_table(void);

#endif
