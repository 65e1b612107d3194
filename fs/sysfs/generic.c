// SPDX-License-Identifier: MIT
/*
 * generic.c - names, inodes and files of /sys, whatever they are about.
 *
 * As in /proc nothing is kept: what exists is written in constant tables of struct
 * sysfs_entry, and a dentry and its inode are made when a path leads there. Tables hold
 * names that stand for many ("cpu%u"); which one an inode is about stands in its struct
 * sysfs_node, as the numbers on its path from the root.
 *
 * Positions of a directory: 0 and 1 the dots, then for the entry at place i of the table
 * ENTRY_STEP * (i + 1) plus the number, so that readdir can go on anywhere.
 *
 * A file's content is made as one text when it is read at position 0 and kept with the
 * open file until it is read there again: whoever reads in pieces sees one moment.
 *
 *   SY1  i_private is a sysfs_node from sysfs_get_inode() until evict
 *   SY2  what a look-up does not find stays a negative dentry: names neither come nor
 *        go after the boot, and who wants to create one gets EACCES
 *   SY3  the inode number follows from the sysfs_node alone, so readdir and stat agree
 *   SY4  a number is written in one way: no leading zeroes, no sign
 *
 * Files are read-only, for everybody: opening one for writing is EACCES.
 *
 * Locks: sysfs_text.lock (t) makes readers of one open file take turns.
 */
#include "internal.h"

#define ENTRY_STEP	0x10000		/* more than any limit */
#define NAME_BYTES	32

static struct sysfs_node *node_of(const struct inode *inode)
{
	return inode->i_private;
}

/* --- names ---------------------------------------------------------------------- */

static bool is_many(const struct sysfs_entry *entry)
{
	return entry->limit;
}

/* The child of @parent at @entry, number @number if it is one of many; true: it exists. */
static bool child_node(const struct sysfs_node *parent, const struct sysfs_entry *entry,
		       unsigned int number, struct sysfs_node *child)
{
	*child = *parent;
	child->entry = entry;
	if (is_many(entry)) {
		mm_bug_on(child->nr_ids == SYSFS_MAX_IDS);
		child->id[child->nr_ids++] = number;
	}
	return !entry->exists || entry->exists(child);
}

static int entry_name(const struct sysfs_entry *entry, unsigned int number, char *buf)
{
	return snprintf(buf, NAME_BYTES, entry->name, number);
}

/* Is @dentry's name one of @entry's, and which? */
static bool name_matches(const struct sysfs_entry *entry, const struct dentry *dentry,
			 unsigned int *number)
{
	size_t prefix = strcspn(entry->name, "%");
	char name[NAME_BYTES], digits[NAME_BYTES];

	*number = 0;
	if (dentry->d_len >= NAME_BYTES || dentry->d_len < prefix)
		return false;
	memcpy(name, dentry->d_name, dentry->d_len);
	name[dentry->d_len] = 0;
	if (!is_many(entry))
		return !strcmp(name, entry->name);
	if (strncmp(name, entry->name, prefix) || kstrtouint(name + prefix, 10, number))
		return false;
	entry_name(entry, *number, digits);
	return *number < entry->limit && !strcmp(name, digits);		/* SY4 */
}

static u64 node_ino(const struct sysfs_node *node)
{
	u64 ino = (unsigned long)node->entry >> 3 & 0xffffff;
	unsigned int i;

	for (i = 0; i < node->nr_ids; i++)
		ino |= (u64)(node->id[i] + 1) << (24 + 16 * i);
	return ino;
}

/* --- inodes ----------------------------------------------------------------------- */

static const struct inode_operations sysfs_dir_iops, sysfs_link_iops, sysfs_file_iops;
static const struct file_operations sysfs_dir_fops, sysfs_file_fops;

static unsigned int count_dirs(const struct sysfs_node *node)
{
	unsigned int i, n, dirs = 0;
	struct sysfs_node child;

	for (i = 0; i < node->entry->nr_children; i++) {
		const struct sysfs_entry *entry = &node->entry->children[i];

		for (n = 0; S_ISDIR(entry->mode) && n < max(entry->limit, 1u); n++)
			dirs += child_node(node, entry, n, &child);
	}
	return dirs;
}

/**
 * sysfs_get_inode() - a fresh inode for a copy of @node, owned by root.
 * Locks: none. Context: may sleep. Return: one reference, or NULL when out of memory.
 */
struct inode *sysfs_get_inode(struct super_block *sb, const struct sysfs_node *node)
{
	struct sysfs_node *copy = kmalloc(sizeof(*copy), GFP_KERNEL);
	struct inode *inode;

	if (!copy)
		return NULL;
	inode = new_inode(sb);
	if (!inode) {
		kfree(copy);
		return NULL;
	}
	*copy = *node;
	inode->i_private = copy;					/* SY1 */
	inode->i_ino = node_ino(copy);					/* SY3 */
	inode->i_mode = node->entry->mode;
	inode->i_size = node->entry->bytes ? node->entry->bytes() : node->entry->size;
	if (S_ISDIR(inode->i_mode)) {
		inode->i_op = &sysfs_dir_iops;
		inode->i_fop = &sysfs_dir_fops;
		inode->i_nlink = 2 + count_dirs(copy);
	} else if (S_ISLNK(inode->i_mode)) {
		inode->i_op = &sysfs_link_iops;
	} else {
		inode->i_op = &sysfs_file_iops;
		inode->i_fop = &sysfs_file_fops;
	}
	return inode;
}

static int sysfs_getattr(struct dentry *dentry, struct kstat *stat)
{
	generic_fillattr(dentry->d_inode, stat);
	stat->blksize = PAGE_SIZE;
	return 0;
}

static int sysfs_setattr(struct dentry *dentry, struct iattr *attr)
{
	return attr->ia_valid & (ATTR_MODE | ATTR_UID | ATTR_GID) ? -EPERM : 0;
}

static struct dentry *sysfs_lookup(struct inode *dir, struct dentry *dentry)
{
	const struct sysfs_node *parent = node_of(dir);
	const struct sysfs_entry *entry = parent->entry->children;
	unsigned int i, number;
	struct sysfs_node child;
	struct inode *inode;

	for (i = 0; i < parent->entry->nr_children; i++, entry++) {
		if (!name_matches(entry, dentry, &number) ||
		    !child_node(parent, entry, number, &child))
			continue;
		inode = sysfs_get_inode(dir->i_sb, &child);
		if (!inode)
			return ERR_PTR(-ENOMEM);
		d_add(dentry, inode);
		return NULL;
	}
	d_add(dentry, NULL);						/* SY2 */
	return NULL;
}

/* --- directories --------------------------------------------------------------------- */

static bool emit_dots(struct file *file, struct dir_context *ctx)
{
	struct dentry *dir = file->f_path.dentry;

	if (ctx->pos == 0) {
		if (!ctx->actor(ctx->ctx, ".", 1, 1, dir->d_inode->i_ino, DT_DIR))
			return false;
		ctx->pos = 1;
	}
	if (ctx->pos == 1) {
		if (!ctx->actor(ctx->ctx, "..", 2, ENTRY_STEP, dir->d_parent->d_inode->i_ino,
				DT_DIR))
			return false;
		ctx->pos = ENTRY_STEP;
	}
	return true;
}

static int sysfs_readdir(struct file *file, struct dir_context *ctx)
{
	const struct sysfs_node *node = node_of(file->f_inode);

	if (!emit_dots(file, ctx))
		return 0;
	for (;;) {
		unsigned int place = ctx->pos / ENTRY_STEP - 1, number = ctx->pos % ENTRY_STEP;
		const struct sysfs_entry *entry = &node->entry->children[place];
		struct sysfs_node child;
		char name[NAME_BYTES];

		if (ctx->pos < ENTRY_STEP || place >= node->entry->nr_children)
			return 0;
		if (number >= max(entry->limit, 1u)) {
			ctx->pos = (loff_t)ENTRY_STEP * (place + 2);
			continue;
		}
		if (child_node(node, entry, number, &child) &&
		    !ctx->actor(ctx->ctx, name, entry_name(entry, number, name), ctx->pos + 1,
				node_ino(&child), (entry->mode & S_IFMT) >> 12))
			return 0;
		ctx->pos++;
	}
}

static loff_t sysfs_llseek(struct file *file, loff_t offset, int whence)
{
	if (whence != SEEK_SET && whence != SEEK_CUR)
		return -EINVAL;
	return default_llseek(file, offset, whence);
}

/* --- links ------------------------------------------------------------------------------ */

static int sysfs_readlink(struct dentry *dentry, char *buf, int size)
{
	const struct sysfs_node *node = node_of(dentry->d_inode);

	return node->entry->link(node, buf, size);
}

/* --- files --------------------------------------------------------------------------------- */

struct sysfs_text {
	struct mutex lock;
	bool filled;			/* t */
	struct seq_file m;		/* t */
};

static int text_open(struct inode *inode, struct file *file)
{
	struct sysfs_text *text;

	if (file->f_mode & FMODE_WRITE)
		return -EACCES;
	text = kzalloc(sizeof(*text), GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	mutex_init(&text->lock);
	file->private_data = text;
	return 0;
}

static int text_release(struct inode *inode, struct file *file)
{
	struct sysfs_text *text = file->private_data;

	if (text) {
		seq_release(&text->m);
		kfree(text);
	}
	return 0;
}

static ssize_t text_read(struct kiocb *iocb, struct iov_iter *to)
{
	const struct sysfs_node *node = node_of(iocb->ki_filp->f_inode);
	struct sysfs_text *text = iocb->ki_filp->private_data;
	size_t pos = iocb->ki_pos;
	ssize_t n = 0;

	if (!iov_iter_count(to))
		return 0;
	mutex_lock(&text->lock);
	if (!pos || !text->filled) {
		text->m.count = 0;
		text->m.error = 0;
		node->entry->show(&text->m, node);
		n = text->m.error;
		text->filled = !n;
	}
	if (!n && pos < text->m.count) {
		n = copy_to_iter(text->m.buf + pos, min(text->m.count - pos, iov_iter_count(to)),
				 to);
		if (!n)
			n = -EFAULT;
		else
			iocb->ki_pos += n;
	}
	mutex_unlock(&text->lock);
	return n;
}

/* --- texts that many files have ----------------------------------------------------------- */

#define MAP_TEXT_BYTES	512		/* of at most 64 bits, each alone: "0,2,4,..." */

/** sysfs_show_list() - "0-3,8" and the end of the line. Thread, no lock. */
void sysfs_show_list(struct seq_file *m, const unsigned long *bits, unsigned int nr)
{
	char text[MAP_TEXT_BYTES];

	bitmap_print_list(text, sizeof(text), bits, nr);
	seq_printf(m, "%s\n", text);
}

/** sysfs_show_mask() - hexadecimal, in groups of 32 bits. Thread, no lock. */
void sysfs_show_mask(struct seq_file *m, const unsigned long *bits, unsigned int nr)
{
	char text[MAP_TEXT_BYTES];

	bitmap_print_hex(text, sizeof(text), bits, nr);
	seq_printf(m, "%s\n", text);
}

static const struct inode_operations sysfs_dir_iops = {
	.lookup = sysfs_lookup, .getattr = sysfs_getattr, .setattr = sysfs_setattr,
};
static const struct inode_operations sysfs_link_iops = {
	.readlink = sysfs_readlink, .getattr = sysfs_getattr, .setattr = sysfs_setattr,
};
static const struct inode_operations sysfs_file_iops = {
	.getattr = sysfs_getattr, .setattr = sysfs_setattr,
};
static const struct file_operations sysfs_dir_fops = {
	.iterate = sysfs_readdir, .llseek = sysfs_llseek,
};
static const struct file_operations sysfs_file_fops = {
	.open = text_open, .release = text_release, .read_iter = text_read,
	.llseek = sysfs_llseek,
};
