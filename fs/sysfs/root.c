// SPDX-License-Identifier: MIT
/*
 * root.c - the file system "sysfs": its type, its root directory, and the top of the tree.
 *
 *	devices/system/cpu/	cpu.c
 *	devices/system/node/	node.c
 *	{firmware,devices/virtual,class}/dmi/	dmi.c
 *
 * The other directories of the root are there as on Linux, and empty: there are no
 * devices, buses or modules that a program could ask about.
 *
 * Locks: none of its own.
 */
#include "internal.h"

static const struct sysfs_entry system_table[] = {
	SYS_DIR("cpu", sysfs_cpu_table),
	SYS_DIR("node", sysfs_node_table),
};

static const struct sysfs_entry devices_table[] = {
	SYS_DIR("system", system_table),
	SYS_DIR("virtual", sysfs_dmi_devices),
};

#define EMPTY_DIR(n)	{ .name = n, .mode = S_IFDIR | 0755 }

static const struct sysfs_entry root_table[] = {
	EMPTY_DIR("block"), EMPTY_DIR("bus"), SYS_DIR("class", sysfs_dmi_class),
	EMPTY_DIR("dev"),
	SYS_DIR("devices", devices_table),
	SYS_DIR("firmware", sysfs_dmi_firmware), EMPTY_DIR("fs"), EMPTY_DIR("kernel"), EMPTY_DIR("module"),
};

static const struct sysfs_entry root_entry = {
	.name = "/", .mode = S_IFDIR | 0555, .children = root_table,
	.nr_children = ARRAY_SIZE(root_table),
};

/* --- the type ------------------------------------------------------------------------- */

static void sysfs_evict(struct inode *inode)
{
	kfree(inode->i_private);
}

static int sysfs_statfs(struct super_block *sb, struct kstatfs *buf)
{
	buf->f_type = sb->s_magic;
	return 0;
}

static int sysfs_remount(struct super_block *sb, const char *data)
{
	return data && *data ? -EINVAL : 0;
}

static const struct super_operations sysfs_super_ops = {
	.evict_inode = sysfs_evict, .statfs = sysfs_statfs, .remount = sysfs_remount,
};

static int sysfs_fill_super(struct super_block *sb, const char *data)
{
	const struct sysfs_node root = { .entry = &root_entry };

	if (data && *data)
		return -EINVAL;
	sb->s_magic = SYSFS_MAGIC;
	sb->s_op = &sysfs_super_ops;
	sb->s_root = d_make_root(sysfs_get_inode(sb, &root));
	return sb->s_root ? 0 : -ENOMEM;
}

static struct file_system_type sysfs_type = {
	.name = "sysfs", .nodev = true, .fill_super = sysfs_fill_super,
};

/**
 * sysfs_init() - "sysfs" can be mounted.
 * Locks: takes the mount table's. Context: boot, once. Return: nothing.
 */
void __init sysfs_init(void)
{
	register_filesystem(&sysfs_type);
}
