/* SPDX-License-Identifier: MIT */
/*
 * fs/sysfs/internal.h - what crosses the files of fs/sysfs.
 */
#ifndef FS_SYSFS_INTERNAL_H
#define FS_SYSFS_INTERNAL_H

#include "../tablefs.h"
#include <linux/cacheinfo.h>
#include <linux/topology.h>
#include <asm/smp.h>

#define SYS_TEXT_BYTES	4096
#define SYS_LIST_BYTES	28672	/* Linux: a list of 8,192 CPUs may be that long */

#define SYS_FILE(n, fn)		{ .name = n, .mode = S_IFREG | 0444, .size = SYS_TEXT_BYTES, \
				  .show = fn }
#define SYS_LIST(n, fn)		{ .name = n, .mode = S_IFREG | 0444, .size = SYS_LIST_BYTES, \
				  .show = fn }
#define SYS_DIR(n, table)	{ .name = n, .mode = S_IFDIR | 0755, .children = table, \
				  .nr_children = ARRAY_SIZE(table) }
#define SYS_DIRS(n, max, fn, table)	{ .name = n, .mode = S_IFDIR | 0755, .limit = max, \
				  .exists = fn, .children = table, \
				  .nr_children = ARRAY_SIZE(table) }
#define SYS_LINKS(n, max, fn, to)	{ .name = n, .mode = S_IFLNK | 0777, .limit = max, \
				  .exists = fn, .link = to }

/* --- root.c --- */
void sysfs_show_list(struct seq_file *m, const unsigned long *bits, unsigned int nr);
void sysfs_show_mask(struct seq_file *m, const unsigned long *bits, unsigned int nr);

/* --- cpu.c, node.c, dmi.c --- */
#define SYSFS_CPU_NAMES		7
#define SYSFS_NODE_NAMES	7
#define SYSFS_DMI_NAMES		1
extern const struct table_entry sysfs_cpu_table[SYSFS_CPU_NAMES];
extern const struct table_entry sysfs_node_table[SYSFS_NODE_NAMES];
#define SYSFS_SLAB_NAMES	2
extern const struct table_entry sysfs_slab_table[SYSFS_SLAB_NAMES];	/* slab.c */
/* directories "dmi" of firmware/, devices/virtual/ and class/, where there is a table */
extern const struct table_entry sysfs_dmi_firmware[SYSFS_DMI_NAMES];
extern const struct table_entry sysfs_dmi_devices[SYSFS_DMI_NAMES];
extern const struct table_entry sysfs_dmi_class[SYSFS_DMI_NAMES];

#endif
