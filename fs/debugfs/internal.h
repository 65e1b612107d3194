/* SPDX-License-Identifier: MIT */
/* fs/debugfs/internal.h - what crosses the files of fs/debugfs. */
#ifndef FS_DEBUGFS_INTERNAL_H
#define FS_DEBUGFS_INTERNAL_H

#include "../tablefs.h"

#define DEBUG_DIR(n, table)	{ .name = n, .mode = S_IFDIR | 0755, .children = table, \
				  .nr_children = ARRAY_SIZE(table) }

/* --- page_owner.c --- */
extern const struct file_operations debugfs_page_owner_fops;
bool debugfs_has_page_owner(const struct table_node *node);

/* --- kfence.c --- */
#define DEBUGFS_KFENCE_NAMES	2
extern const struct table_entry debugfs_kfence[DEBUGFS_KFENCE_NAMES];
bool debugfs_has_kfence(const struct table_node *node);

/* --- kmemleak.c --- */
bool debugfs_has_kmemleak(const struct table_node *node);
void debugfs_kmemleak_show(struct seq_file *m, const struct table_node *node);
int debugfs_kmemleak_write(const struct table_node *node, char *text);

/* --- check.c --- */
bool debugfs_has_mm_check(const struct table_node *node);
void debugfs_mm_check_show(struct seq_file *m, const struct table_node *node);

/* --- fault.c --- */
#define DEBUGFS_FAILSLAB_NAMES		10
#define DEBUGFS_FAIL_PAGE_ALLOC_NAMES	11
extern const struct table_entry debugfs_failslab[DEBUGFS_FAILSLAB_NAMES];
extern const struct table_entry debugfs_fail_page_alloc[DEBUGFS_FAIL_PAGE_ALLOC_NAMES];

/* --- slab.c --- */
#define DEBUGFS_SLAB_NAMES		1
extern const struct table_entry debugfs_slab[DEBUGFS_SLAB_NAMES];

/* --- x86.c --- */
#define DEBUGFS_X86_NAMES		1
extern const struct table_entry debugfs_x86[DEBUGFS_X86_NAMES];

#endif
