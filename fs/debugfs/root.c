// SPDX-License-Identifier: MIT
/*
 * root.c - the file system "debugfs": its type, and what stands at its root.
 *
 *	failslab/, fail_page_alloc/	which allocations fail (fault.c)
 *	kfence/				guarded objects (kfence.c)
 *	kmemleak			memory that nobody knows (kmemleak.c)
 *	mm_check			walk everything (check.c)
 *	page_owner			who allocated which page (page_owner.c)
 *	slab/CACHE/			who holds the objects of a cache (slab.c)
 *	x86/				when a TLB flush is one of everything (x86.c)
 *
 * Programs mount it on /sys/kernel/debug. It is root's: nobody else may look into it. What
 * it shows is not for programs to rely on, on Linux as here, though the names and the
 * formats are Linux's.
 *
 * Locks: none of its own.
 */
#include "internal.h"

static const struct table_entry root_table[] = {
	DEBUG_DIR("fail_page_alloc", debugfs_fail_page_alloc),
	DEBUG_DIR("failslab", debugfs_failslab),
	{ .name = "kfence", .mode = S_IFDIR | 0755, .exists = debugfs_has_kfence,
	  .children = debugfs_kfence, .nr_children = DEBUGFS_KFENCE_NAMES },
	{ .name = "kmemleak", .mode = S_IFREG | 0644, .exists = debugfs_has_kmemleak,
	  .show = debugfs_kmemleak_show, .write = debugfs_kmemleak_write },
	{ .name = "mm_check", .mode = S_IFREG | 0400, .exists = debugfs_has_mm_check,
	  .show = debugfs_mm_check_show },
	{ .name = "page_owner", .mode = S_IFREG | 0400, .exists = debugfs_has_page_owner,
	  .fops = &debugfs_page_owner_fops },
	DEBUG_DIR("slab", debugfs_slab),
	DEBUG_DIR("x86", debugfs_x86),
};

static const struct table_entry root_entry = {
	.name = "/", .mode = S_IFDIR | 0700, .children = root_table,
	.nr_children = ARRAY_SIZE(root_table),
};

static int debugfs_fill_super(struct super_block *sb, const char *data)
{
	return table_fill_super(sb, data, &root_entry, DEBUGFS_MAGIC);
}

static struct file_system_type debugfs_type = {
	.name = "debugfs", .nodev = true, .is_single = true, .fill_super = debugfs_fill_super,
};

/**
 * debugfs_init() - "debugfs" can be mounted.
 * Locks: takes the mount table's. Context: boot, once. Return: nothing.
 */
void __init debugfs_init(void)
{
	register_filesystem(&debugfs_type);
}
