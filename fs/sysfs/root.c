// SPDX-License-Identifier: MIT
/*
 * root.c - the file system "sysfs": its type, its root directory, and the top of the tree.
 *
 *	devices/system/cpu/	cpu.c
 *	devices/system/node/	node.c
 *	{firmware,devices/virtual,class}/dmi/	dmi.c
 *	kernel/slab/		slab.c
 *
 * The other directories of the root are there as on Linux, and empty: there are no
 * devices, buses or modules that a program could ask about.
 *
 * Locks: none of its own.
 */
#include "internal.h"

static const struct table_entry system_table[] = {
	SYS_DIR("cpu", sysfs_cpu_table),
	SYS_DIR("node", sysfs_node_table),
};

static const struct table_entry devices_table[] = {
	SYS_DIR("system", system_table),
	SYS_DIR("virtual", sysfs_dmi_devices),
};

#define EMPTY_DIR(n)	{ .name = n, .mode = S_IFDIR | 0755 }

/* where debugfs is mounted */
static const struct table_entry kernel_table[] = {
	{ .name = "debug", .mode = S_IFDIR | 0755 },
	SYS_DIR("slab", sysfs_slab_table),
};

static const struct table_entry root_table[] = {
	EMPTY_DIR("block"), EMPTY_DIR("bus"), SYS_DIR("class", sysfs_dmi_class),
	EMPTY_DIR("dev"),
	SYS_DIR("devices", devices_table),
	SYS_DIR("firmware", sysfs_dmi_firmware), EMPTY_DIR("fs"),
	SYS_DIR("kernel", kernel_table), EMPTY_DIR("module"),
};

static const struct table_entry root_entry = {
	.name = "/", .mode = S_IFDIR | 0555, .children = root_table,
	.nr_children = ARRAY_SIZE(root_table),
};

/* --- texts that many files have ----------------------------------------------------------- */

#define MAP_TEXT_BYTES	512		/* of at most 64 bits, each alone: "0,2,4,..." */

/** sysfs_show_list() - "0-3,8" and the end of the line. Thread, no lock. */
void sysfs_show_list(struct seq_file *m, const unsigned long *bits, unsigned int nr)
{
	char text[MAP_TEXT_BYTES];

	bitmap_print_list(text, sizeof(text), bits, nr);
	seq_printf(m, "%s\n", text);
}

/** sysfs_show_mask() - hexadecimal, in groups of 32 bits. Thread, no lock. */
void sysfs_show_mask(struct seq_file *m, const unsigned long *bits, unsigned int nr)
{
	char text[MAP_TEXT_BYTES];

	bitmap_print_hex(text, sizeof(text), bits, nr);
	seq_printf(m, "%s\n", text);
}

/* --- the type ------------------------------------------------------------------------- */

static int sysfs_fill_super(struct super_block *sb, const char *data)
{
	return table_fill_super(sb, data, &root_entry, SYSFS_MAGIC);
}

static struct file_system_type sysfs_type = {
	.name = "sysfs", .nodev = true, .is_single = true, .fill_super = sysfs_fill_super,
};

/**
 * sysfs_init() - "sysfs" can be mounted.
 * Locks: takes the mount table's. Context: boot, once. Return: nothing.
 */
void __init sysfs_init(void)
{
	register_filesystem(&sysfs_type);
}
