/* SPDX-License-Identifier: MIT */
/* tablefs.h - what a name in /sys and debugfs is: fs/tablefs.c. */
#ifndef FS_TABLEFS_H
#define FS_TABLEFS_H

#include "internal.h"
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

struct table_node;

/*
 * One name, in a constant table. A directory has children; a file shows and takes; a link says where
 * it leads. A name with a %u stands for as many as exist() says yes to: the number is
 * what the node has one more of than its parent.
 */
struct table_entry {
	const char *name;
	umode_t mode;
	unsigned int size;			/* bytes that stat shows */
	size_t (*bytes)(void);			/* the same, known after the boot */
	unsigned int limit;			/* %u: numbers are below */
	bool (*exists)(const struct table_node *node);	/* NULL: always */
	/* instead of name and exists(): names that come and go; true: *@name is this node's */
	bool (*spell)(const struct table_node *node, char *name, size_t size);
	void (*show)(struct seq_file *m, const struct table_node *node);
	int (*write)(const struct table_node *node, char *text);	/* 0 or -E; no blanks around */
	int (*link)(const struct table_node *node, char *buf, int size);	/* its length */
	const struct file_operations *fops;	/* NULL: of a text that is shown */
	const struct table_entry *children;
	unsigned int nr_children;
	unsigned long what;			/* for exists() and show() of several entries */
};

#define TABLE_MAX_IDS	2

/* What an inode stands for; evict frees it. All fixed. */
struct table_node {
	const struct table_entry *entry;
	unsigned int nr_ids;
	unsigned int id[TABLE_MAX_IDS];		/* numbers on the way, outermost first */
};

int table_fill_super(struct super_block *sb, const char *data, const struct table_entry *root,
		     unsigned long magic);

#endif
