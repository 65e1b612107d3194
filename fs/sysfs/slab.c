// SPDX-License-Identifier: MIT
/*
 * slab.c - /sys/kernel/slab: a directory for each cache, and a link for each name of those
 * that others of the same kind may have been merged with. mm/slab knows and says it all
 * (linux/slab_attr.h): the files are its table of facts.
 *
 * Files that are about slabs of a CPU are not here: a CPU keeps objects, not slabs.
 *
 * Locks: none of its own.
 */
#include "internal.h"
#include <linux/slab_attr.h>

#define NAME_BYTES	64

static bool is_cache(const struct table_node *node, char *name, size_t size)
{
	return slab_dir_name(node->id[0], name, size);
}

static bool is_link(const struct table_node *node, char *name, size_t size)
{
	char target[NAME_BYTES];

	return slab_link_name(node->id[0], name, target, min(size, sizeof(target)));
}

static int link_target(const struct table_node *node, char *buf, int size)
{
	char name[NAME_BYTES], target[NAME_BYTES];

	if (!slab_link_name(node->id[0], name, target, sizeof(target)))
		return -ENOENT;
	return scnprintf(buf, size, "%s", target);
}

static void attr_show(struct seq_file *m, const struct table_node *node)
{
	char text[SLAB_ATTR_BYTES];

	if (slab_attr_show(node->id[0], node->entry->what, text, sizeof(text)) > 0)
		seq_puts(m, text);
}

static int attr_write(const struct table_node *node, char *text)
{
	return slab_attr_store(node->id[0], node->entry->what, text);
}

#define RO(n, attr)	{ .name = n, .mode = S_IFREG | 0400, .size = SYS_TEXT_BYTES, \
			  .show = attr_show, .what = SLAB_ATTR_##attr }
#define RW(n, attr)	{ .name = n, .mode = S_IFREG | 0600, .size = SYS_TEXT_BYTES, \
			  .show = attr_show, .write = attr_write, .what = SLAB_ATTR_##attr }

static const struct table_entry cache_table[] = {
	RO("aliases", ALIASES), RO("align", ALIGN), RO("cache_dma", CACHE_DMA),
	RO("ctor", CTOR), RO("destroy_by_rcu", DESTROY_BY_RCU), RW("failslab", FAILSLAB),
	RO("hwcache_align", HWCACHE_ALIGN), RW("min_partial", MIN_PARTIAL),
	RO("object_size", OBJECT_SIZE), RO("objects", OBJECTS),
	RO("objects_partial", OBJECTS_PARTIAL), RO("objs_per_slab", OBJS_PER_SLAB),
	RO("order", ORDER), RO("partial", PARTIAL), RO("poison", POISON),
	RO("reclaim_account", RECLAIM_ACCOUNT), RO("red_zone", RED_ZONE),
	RO("sanity_checks", SANITY_CHECKS), RW("shrink", SHRINK), RO("slab_size", SLAB_SIZE),
	RO("slabs", SLABS), RO("store_user", STORE_USER), RO("total_objects", TOTAL_OBJECTS),
	RO("trace", TRACE), RO("usersize", USERSIZE), RW("validate", VALIDATE),
};

const struct table_entry sysfs_slab_table[SYSFS_SLAB_NAMES] = {
	{ .mode = S_IFDIR | 0755, .limit = SLAB_NR_NAMES, .spell = is_cache,
	  .children = cache_table, .nr_children = ARRAY_SIZE(cache_table) },
	{ .mode = S_IFLNK | 0777, .limit = SLAB_NR_NAMES, .spell = is_link, .link = link_target },
};
