/* SPDX-License-Identifier: MIT */
/*
 * fs/sysfs/internal.h - what a name in /sys is, and what crosses the files of fs/sysfs.
 */
#ifndef FS_SYSFS_INTERNAL_H
#define FS_SYSFS_INTERNAL_H

#include "../internal.h"
#include <linux/cacheinfo.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <asm/smp.h>

struct sysfs_node;

/*
 * One name, in a constant table. A directory has children; a file shows; a link says where
 * it leads. A name with a %u stands for as many as exist() says yes to: the number is
 * what the node has one more of than its parent.
 */
struct sysfs_entry {
	const char *name;
	umode_t mode;
	unsigned int size;			/* bytes that stat shows */
	size_t (*bytes)(void);			/* the same, known after the boot */
	unsigned int limit;			/* %u: numbers are below */
	bool (*exists)(const struct sysfs_node *node);	/* NULL: always */
	void (*show)(struct seq_file *m, const struct sysfs_node *node);
	int (*link)(const struct sysfs_node *node, char *buf, int size);	/* its length */
	const struct sysfs_entry *children;
	unsigned int nr_children;
	unsigned long what;			/* for exists() and show() of several entries */
};

#define SYSFS_MAX_IDS	2

/* What an inode of /sys stands for; evict frees it. All fixed. */
struct sysfs_node {
	const struct sysfs_entry *entry;
	unsigned int nr_ids;
	unsigned int id[SYSFS_MAX_IDS];		/* numbers on the way, outermost first */
};

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

/* --- generic.c --- */
struct inode *sysfs_get_inode(struct super_block *sb, const struct sysfs_node *node);
void sysfs_show_list(struct seq_file *m, const unsigned long *bits, unsigned int nr);
void sysfs_show_mask(struct seq_file *m, const unsigned long *bits, unsigned int nr);

/* --- cpu.c, node.c, dmi.c --- */
#define SYSFS_CPU_NAMES		7
#define SYSFS_NODE_NAMES	7
#define SYSFS_DMI_NAMES		1
extern const struct sysfs_entry sysfs_cpu_table[SYSFS_CPU_NAMES];
extern const struct sysfs_entry sysfs_node_table[SYSFS_NODE_NAMES];
/* directories "dmi" of firmware/, devices/virtual/ and class/, where there is a table */
extern const struct sysfs_entry sysfs_dmi_firmware[SYSFS_DMI_NAMES];
extern const struct sysfs_entry sysfs_dmi_devices[SYSFS_DMI_NAMES];
extern const struct sysfs_entry sysfs_dmi_class[SYSFS_DMI_NAMES];

#endif
