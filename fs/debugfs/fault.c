// SPDX-License-Identifier: MIT
/*
 * fault.c - failslab/ and fail_page_alloc/: a file for each attribute of a kind of
 * failure (mm/debug/fault_inject.c), with its number, or Y and N for what is on or off.
 *
 * Each entry's `what` says where its number stands in struct machine, so that the two
 * directories share what shows and what writes. A number that does not fit, or is none, is
 * refused with EINVAL or ERANGE, and nothing changes.
 *
 * Locks: none; each attribute is a word.
 */
#include "internal.h"
#include <linux/errno.h>
#include <linux/fault-inject.h>

static void *place_of(const struct table_node *node)
{
	return (char *)this_machine() + node->entry->what;
}

static void ulong_show(struct seq_file *m, const struct table_node *node)
{
	seq_printf(m, "%lu\n", READ_ONCE(*(unsigned long *)place_of(node)));
}

static int ulong_write(const struct table_node *node, char *text)
{
	unsigned long value;
	int err = kstrtoul(text, 0, &value);

	if (!err)
		WRITE_ONCE(*(unsigned long *)place_of(node), value);
	return err;
}

/* above 0 the kind is switched on, which is more than a number */
static int probability_write(const struct table_node *node, char *text)
{
	unsigned long value;
	int err = kstrtoul(text, 0, &value);

	if (!err)
		fault_attr_set_probability(container_of((unsigned long *)place_of(node),
							struct fault_attr, probability), value);
	return err;
}

static void u32_show(struct seq_file *m, const struct table_node *node)
{
	seq_printf(m, "%u\n", READ_ONCE(*(unsigned int *)place_of(node)));
}

static int u32_write(const struct table_node *node, char *text)
{
	unsigned int value;
	int err = kstrtouint(text, 0, &value);

	if (!err)
		WRITE_ONCE(*(unsigned int *)place_of(node), value);
	return err;
}

static void atomic_show(struct seq_file *m, const struct table_node *node)
{
	seq_printf(m, "%d\n", atomic_read((atomic_t *)place_of(node)));
}

static int atomic_write(const struct table_node *node, char *text)
{
	int value, err = kstrtoint(text, 0, &value);

	if (!err)
		atomic_set((atomic_t *)place_of(node), value);
	return err;
}

static void bool_show(struct seq_file *m, const struct table_node *node)
{
	seq_puts(m, READ_ONCE(*(bool *)place_of(node)) ? "Y\n" : "N\n");
}

static int bool_write(const struct table_node *node, char *text)
{
	bool value;
	int err = kstrtobool(text, &value);

	if (!err)
		WRITE_ONCE(*(bool *)place_of(node), value);
	return err;
}

#define ATTR(n, kind, field, fn_show, fn_write)					\
	{ .name = n, .mode = S_IFREG | 0600, .show = fn_show, .write = fn_write,	\
	  .what = offsetof(struct machine, debug.fault.kind.field) }

#define COMMON_ATTRS(kind)							\
	ATTR("interval", kind, interval, ulong_show, ulong_write),		\
	ATTR("probability", kind, probability, ulong_show, probability_write),	\
	ATTR("space", kind, space, atomic_show, atomic_write),			\
	ATTR("task-filter", kind, task_filter, bool_show, bool_write),		\
	ATTR("times", kind, times, atomic_show, atomic_write),			\
	ATTR("verbose", kind, verbose, u32_show, u32_write),			\
	ATTR("verbose_ratelimit_burst", kind, ratelimit_burst, u32_show, u32_write), \
	ATTR("verbose_ratelimit_interval_ms", kind, ratelimit_ms, u32_show, u32_write)

const struct table_entry debugfs_failslab[DEBUGFS_FAILSLAB_NAMES] = {
	COMMON_ATTRS(failslab),
	ATTR("cache-filter", failslab, cache_filter, bool_show, bool_write),
	ATTR("ignore-gfp-wait", failslab, ignore_gfp_wait, bool_show, bool_write),
};

const struct table_entry debugfs_fail_page_alloc[DEBUGFS_FAIL_PAGE_ALLOC_NAMES] = {
	COMMON_ATTRS(fail_page_alloc),
	ATTR("ignore-gfp-highmem", fail_page_alloc, ignore_gfp_highmem, bool_show, bool_write),
	ATTR("ignore-gfp-wait", fail_page_alloc, ignore_gfp_wait, bool_show, bool_write),
	ATTR("min-order", fail_page_alloc, min_order, u32_show, u32_write),
};
