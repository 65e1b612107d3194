// SPDX-License-Identifier: MIT
/*
 * tablefs.c - file systems that are tables: names, inodes and files of /sys and debugfs,
 * whatever they are about.
 *
 * As in /proc nothing is kept: what exists is written in constant tables of struct
 * table_entry, and a dentry and its inode are made when a path leads there. Tables hold
 * names that stand for many ("cpu%u"); which one an inode is about stands in its struct
 * table_node, as the numbers on its path from the root.
 *
 * Positions of a directory: 0 and 1 the dots, then for the entry at place i of the table
 * ENTRY_STEP * (i + 1) plus the number, so that readdir can go on anywhere.
 *
 * A file's content is one text (fs/textfile.c); a write is one value.
 *
 *   SY1  i_private is a table_node from table_get_inode() until evict
 *   SY2  what a look-up does not find stays a negative dentry, and who wants to create one
 *        gets EACCES. Names come and go only where an entry spells them, and there a
 *        dentry is asked about each time that a path goes through it
 *   SY3  the inode number follows from the table_node alone, so readdir and stat agree
 *   SY4  a number is written in one way: no leading zeroes, no sign
 *
 * What an entry cannot do, reading or writing, is refused when the file is opened, with
 * EACCES, also for those whom no mode stops.
 *
 * Locks: none of its own.
 */
#include "tablefs.h"

#define ENTRY_STEP	0x10000		/* more than any limit */
#define NAME_BYTES	64

static struct table_node *node_of(const struct inode *inode)
{
	return inode->i_private;
}

/* --- names ---------------------------------------------------------------------- */

static bool is_many(const struct table_entry *entry)
{
	return entry->limit;
}

/* The child of @parent at @entry, number @number if it is one of many; true: it exists. */
static bool child_node(const struct table_node *parent, const struct table_entry *entry,
		       unsigned int number, struct table_node *child)
{
	*child = *parent;
	child->entry = entry;
	if (is_many(entry)) {
		mm_bug_on(child->nr_ids == TABLE_MAX_IDS);
		child->id[child->nr_ids++] = number;
	}
	return !entry->exists || entry->exists(child);
}

/* The name of @child, which is a child_node(), to @buf. Returns its length, 0: it is none. */
static int child_name(const struct table_node *child, unsigned int number, char *buf)
{
	const struct table_entry *entry = child->entry;

	if (entry->spell)
		return entry->spell(child, buf, NAME_BYTES) ? strlen(buf) : 0;
	return snprintf(buf, NAME_BYTES, entry->name, number);
}

static bool dentry_is(const struct dentry *dentry, const char *name)
{
	return dentry->d_len == strlen(name) && !memcmp(dentry->d_name, name, dentry->d_len);
}

/* Which of the names that @entry spells is @dentry's? 0: none, as numbers begin at 1. */
static unsigned int spelled_number(const struct table_node *parent,
				   const struct table_entry *entry, const struct dentry *dentry)
{
	struct table_node child;
	char name[NAME_BYTES];
	unsigned int number;

	for (number = 1; number < entry->limit; number++)
		if (child_node(parent, entry, number, &child) &&
		    child_name(&child, number, name) && dentry_is(dentry, name))
			return number;
	return 0;
}

/* Is @dentry's name one of @entry's, and which? */
static bool name_matches(const struct table_entry *entry, const struct dentry *dentry,
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
	snprintf(digits, NAME_BYTES, entry->name, *number);
	return *number < entry->limit && !strcmp(name, digits);		/* SY4 */
}

static u64 node_ino(const struct table_node *node)
{
	u64 ino = (unsigned long)node->entry >> 3 & 0xffffff;
	unsigned int i;

	for (i = 0; i < node->nr_ids; i++)
		ino |= (u64)(node->id[i] + 1) << (24 + 16 * i);
	return ino;
}

/* --- inodes ----------------------------------------------------------------------- */

static const struct inode_operations table_dir_iops, table_link_iops, table_file_iops;
static const struct file_operations table_dir_fops, table_file_fops;

static unsigned int count_dirs(const struct table_node *node)
{
	unsigned int i, n, dirs = 0;
	struct table_node child;
	char name[NAME_BYTES];

	for (i = 0; i < node->entry->nr_children; i++) {
		const struct table_entry *entry = &node->entry->children[i];

		for (n = 0; S_ISDIR(entry->mode) && n < max(entry->limit, 1u); n++)
			dirs += child_node(node, entry, n, &child) && child_name(&child, n, name);
	}
	return dirs;
}

/**
 * table_get_inode() - a fresh inode for a copy of @node, owned by root.
 * Locks: none. Context: may sleep. Return: one reference, or NULL when out of memory.
 */
static struct inode *table_get_inode(struct super_block *sb, const struct table_node *node)
{
	struct table_node *copy = kmalloc(sizeof(*copy), GFP_KERNEL);
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
		inode->i_op = &table_dir_iops;
		inode->i_fop = &table_dir_fops;
		inode->i_nlink = 2 + count_dirs(copy);
	} else if (S_ISLNK(inode->i_mode)) {
		inode->i_op = &table_link_iops;
	} else {
		inode->i_op = &table_file_iops;
		inode->i_fop = node->entry->fops ? node->entry->fops : &table_file_fops;
	}
	return inode;
}

static int table_getattr(struct dentry *dentry, struct kstat *stat)
{
	generic_fillattr(dentry->d_inode, stat);
	stat->blksize = PAGE_SIZE;
	return 0;
}

static int table_setattr(struct dentry *dentry, struct iattr *attr)
{
	return attr->ia_valid & (ATTR_MODE | ATTR_UID | ATTR_GID) ? -EPERM : 0;
}

/* Is the name still what @dentry says? That there is none may change any time. */
static int spelled_revalidate(struct dentry *dentry)
{
	char name[NAME_BYTES];

	if (!dentry->d_inode)
		return 0;
	return child_name(node_of(dentry->d_inode), 0, name) && dentry_is(dentry, name);
}

static const struct dentry_operations table_spelled_dops = { .d_revalidate = spelled_revalidate };

static struct dentry *table_lookup(struct inode *dir, struct dentry *dentry)
{
	const struct table_node *parent = node_of(dir);
	const struct table_entry *entry = parent->entry->children;
	unsigned int i, number;
	struct table_node child;
	struct inode *inode;

	for (i = 0; i < parent->entry->nr_children; i++, entry++) {
		if (entry->spell) {
			dentry->d_op = &table_spelled_dops;
			number = spelled_number(parent, entry, dentry);
			if (!number)
				continue;
		} else if (!name_matches(entry, dentry, &number)) {
			continue;
		}
		if (!child_node(parent, entry, number, &child))
			continue;
		inode = table_get_inode(dir->i_sb, &child);
		if (!inode)
			return ERR_PTR(-ENOMEM);
		d_add(dentry, inode);
		return NULL;
	}
	d_add(dentry, NULL);						/* SY2 */
	return NULL;
}

/* --- directories --------------------------------------------------------------------- */

static int table_readdir(struct file *file, struct dir_context *ctx)
{
	const struct table_node *node = node_of(file->f_inode);

	if (!dir_emit_dots(file, ctx, ENTRY_STEP))
		return 0;
	for (;;) {
		unsigned int place = ctx->pos / ENTRY_STEP - 1, number = ctx->pos % ENTRY_STEP;
		const struct table_entry *entry = &node->entry->children[place];
		struct table_node child;
		char name[NAME_BYTES];
		int len;

		if (ctx->pos < ENTRY_STEP || place >= node->entry->nr_children)
			return 0;
		if (number >= max(entry->limit, 1u)) {
			ctx->pos = (loff_t)ENTRY_STEP * (place + 2);
			continue;
		}
		len = child_node(node, entry, number, &child) ? child_name(&child, number, name) : 0;
		if (len && !ctx->actor(ctx->ctx, name, len, ctx->pos + 1, node_ino(&child),
				       (entry->mode & S_IFMT) >> 12))
			return 0;
		ctx->pos++;
	}
}

/* --- links ------------------------------------------------------------------------------ */

static int table_readlink(struct dentry *dentry, char *buf, int size)
{
	const struct table_node *node = node_of(dentry->d_inode);

	return node->entry->link(node, buf, size);
}

/* --- files --------------------------------------------------------------------------------- */

static int table_text_open(struct inode *inode, struct file *file)
{
	const struct table_entry *entry = node_of(inode)->entry;

	/* modes are no obstacle for root */
	if ((file->f_mode & FMODE_WRITE) && !entry->write)
		return -EACCES;
	if ((file->f_mode & FMODE_READ) && !entry->show)
		return -EACCES;
	return text_file_open(file);
}

static int table_text_fill(struct inode *inode, struct seq_file *m)
{
	node_of(inode)->entry->show(m, node_of(inode));
	return 0;
}

static ssize_t table_text_read(struct kiocb *iocb, struct iov_iter *to)
{
	return text_file_read(iocb, to, table_text_fill);
}

static ssize_t table_text_write(struct kiocb *iocb, struct iov_iter *from)
{
	const struct table_node *node = node_of(iocb->ki_filp->f_inode);
	size_t count = iov_iter_count(from);
	struct text_value value;
	char *text = text_file_value(&value, from);
	int err;

	if (IS_ERR(text))
		return PTR_ERR(text);
	err = node->entry->write(node, strim(text));
	text_file_value_free(&value, text);
	if (err)
		return err;
	iocb->ki_pos += count;
	return count;
}

/* --- operations ------------------------------------------------------------------------ */

static const struct inode_operations table_dir_iops = {
	.lookup = table_lookup, .getattr = table_getattr, .setattr = table_setattr,
};
static const struct inode_operations table_link_iops = {
	.readlink = table_readlink, .getattr = table_getattr, .setattr = table_setattr,
};
static const struct inode_operations table_file_iops = {
	.getattr = table_getattr, .setattr = table_setattr,
};
static const struct file_operations table_dir_fops = {
	.iterate = table_readdir, .llseek = endless_llseek,
};
static const struct file_operations table_file_fops = {
	.open = table_text_open, .release = text_file_release,
	.read_iter = table_text_read, .write_iter = table_text_write,
	.llseek = endless_llseek,
};

/* --- the super block -------------------------------------------------------------------- */

static void table_evict(struct inode *inode)
{
	kfree(inode->i_private);
}

static int table_statfs(struct super_block *sb, struct kstatfs *buf)
{
	buf->f_type = sb->s_magic;
	return 0;
}

static int table_remount(struct super_block *sb, const char *data)
{
	return data && *data ? -EINVAL : 0;
}

static const struct super_operations table_super_ops = {
	.evict_inode = table_evict, .statfs = table_statfs, .remount = table_remount,
};

/**
 * table_fill_super() - @sb shows the tree below @root; there are no options.
 * Locks:   none.  Context: mount; may sleep.
 * Return:  0, -EINVAL, -ENOMEM.
 */
int table_fill_super(struct super_block *sb, const char *data, const struct table_entry *root,
		     unsigned long magic)
{
	const struct table_node node = { .entry = root };

	if (data && *data)
		return -EINVAL;
	sb->s_magic = magic;
	sb->s_op = &table_super_ops;
	sb->s_root = d_make_root(table_get_inode(sb, &node));
	return sb->s_root ? 0 : -ENOMEM;
}
