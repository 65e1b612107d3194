/* SPDX-License-Identifier: MIT */
/*
 * slab_attr.h - caches as /sys/kernel/slab shows them: names by number, and a file for
 * each of the facts about a cache. And who holds its objects, for debugfs.
 */
#ifndef LINUX_SLAB_ATTR_H
#define LINUX_SLAB_ATTR_H

#include <linux/types.h>

#define SLAB_NR_NAMES	1024		/* numbers are 1 .. SLAB_NR_NAMES - 1 */

bool slab_dir_name(unsigned int number, char *buf, size_t size);
bool slab_link_name(unsigned int number, char *buf, char *target, size_t size);

enum slab_attr {
	SLAB_ATTR_ALIASES, SLAB_ATTR_ALIGN, SLAB_ATTR_CACHE_DMA, SLAB_ATTR_CTOR,
	SLAB_ATTR_DESTROY_BY_RCU, SLAB_ATTR_FAILSLAB, SLAB_ATTR_HWCACHE_ALIGN,
	SLAB_ATTR_MIN_PARTIAL, SLAB_ATTR_OBJECT_SIZE, SLAB_ATTR_OBJECTS,
	SLAB_ATTR_OBJECTS_PARTIAL, SLAB_ATTR_OBJS_PER_SLAB, SLAB_ATTR_ORDER,
	SLAB_ATTR_PARTIAL, SLAB_ATTR_POISON, SLAB_ATTR_RECLAIM_ACCOUNT, SLAB_ATTR_RED_ZONE,
	SLAB_ATTR_SANITY_CHECKS, SLAB_ATTR_SHRINK, SLAB_ATTR_SLAB_SIZE, SLAB_ATTR_SLABS,
	SLAB_ATTR_STORE_USER, SLAB_ATTR_TOTAL_OBJECTS, SLAB_ATTR_TRACE, SLAB_ATTR_USERSIZE,
	SLAB_ATTR_VALIDATE, NR_SLAB_ATTRS
};

#define SLAB_ATTR_BYTES	512		/* the longest text: a number for each node */

struct seq_file;
bool slab_traces_name(unsigned int number, char *buf, size_t size);
int __must_check slab_traces_show(struct seq_file *m, unsigned int number, bool freed);
int slab_attr_show(unsigned int number, enum slab_attr attr, char *buf, size_t size);
int __must_check slab_attr_store(unsigned int number, enum slab_attr attr, const char *value);

#endif
