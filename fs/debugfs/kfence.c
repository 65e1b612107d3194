// SPDX-License-Identifier: MIT
/*
 * kfence.c - kfence/stats and kfence/objects: guarded objects (mm/debug/kfence.c). The
 * directory is there when the machine has their pool.
 *
 * Locks: none of its own.
 */
#include "internal.h"
#include <linux/kfence.h>

/** debugfs_has_kfence() - is there a pool? Fixed once there is one. */
bool debugfs_has_kfence(const struct table_node *node)
{
	return READ_ONCE(this_machine()->debug.kfence.pool_bytes) != 0;
}

static void stats_show(struct seq_file *m, const struct table_node *node)
{
	kfence_stats_show(m);
}

static void objects_show(struct seq_file *m, const struct table_node *node)
{
	kfence_objects_show(m);
}

const struct table_entry debugfs_kfence[DEBUGFS_KFENCE_NAMES] = {
	{ .name = "objects", .mode = S_IFREG | 0400, .show = objects_show },
	{ .name = "stats", .mode = S_IFREG | 0444, .show = stats_show },
};
