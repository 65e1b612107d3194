// SPDX-License-Identifier: MIT
/*
 * slab.c - slab/CACHE/alloc_traces and free_traces: who holds the objects of a cache whose
 * owners are noted, which slub_debug=U asks for (mm/slab/slab_trace.c). Other caches have
 * no directory.
 *
 * Locks: none of its own.
 */
#include "internal.h"
#include <linux/slab_attr.h>

enum { ALLOC_TRACES, FREE_TRACES };

static bool has_traces(const struct table_node *node, char *name, size_t size)
{
	return slab_traces_name(node->id[0], name, size);
}

/* The reader gets the error of a cache that went meanwhile. */
static void traces_show(struct seq_file *m, const struct table_node *node)
{
	int err = slab_traces_show(m, node->id[0], node->entry->what == FREE_TRACES);

	if (err)
		m->error = err;
}

static const struct table_entry cache_table[] = {
	{ .name = "alloc_traces", .mode = S_IFREG | 0400, .show = traces_show,
	  .what = ALLOC_TRACES },
	{ .name = "free_traces", .mode = S_IFREG | 0400, .show = traces_show,
	  .what = FREE_TRACES },
};

const struct table_entry debugfs_slab[DEBUGFS_SLAB_NAMES] = {
	{ .mode = S_IFDIR | 0755, .limit = SLAB_NR_NAMES, .spell = has_traces,
	  .children = cache_table, .nr_children = ARRAY_SIZE(cache_table) },
};
