// SPDX-License-Identifier: MIT
/*
 * generic.c - names, inodes and files of /proc, whatever they are about.
 *
 * Nothing of /proc is kept: a dentry and its inode are made when a path leads there and
 * go with their last user (fs/dcache.c). What exists is written in constant tables of
 * struct proc_entry; which task, thread or descriptor an inode is about stands in its
 * struct proc_inode. A task is named there by number and start time, never held, so that
 * an open directory of /proc keeps no dead task's memory.
 *
 * A file's content is one text (fs/textfile.c), made of what the entry shows.
 *
 *   G1  i_private is a proc_inode from proc_get_inode() until evict
 *   G2  a look-up never leaves a negative dentry: what is not there may come
 *   G3  the inode number follows from the proc_inode alone, so readdir and stat agree
 *
 * Locks: none of its own.
 */
#include "internal.h"

#define PROC_DYNAMIC_FIRST	0xf0000000ul	/* numbers of the constant names, as Linux's */

/* --- inodes --------------------------------------------------------------- */

/**
 * proc_ino() - the inode number of @what (G3): constant names by the place of their table
 * entry, tasks by number, then entry and descriptor.
 */
u64 proc_ino(const struct proc_inode *what)
{
	u64 kind = (unsigned long)what->entry >> 3 & 0xfffffff;

	if (what->entry == &proc_root_entry)
		return 1;
	if (!what->pid)
		return PROC_DYNAMIC_FIRST + kind;
	/* 22 bits of pid, 1 of thread, 21 of descriptor + 1, 20 that tell entries apart */
	return (u64)what->pid << 42 | (u64)what->thread << 41 |
	       (u64)((what->fd + 1) & 0x1fffff) << 20 | (kind & 0xfffff);
}

static const struct inode_operations proc_magic_iops, proc_link_iops, proc_file_iops;
static const struct file_operations proc_text_fops;

static void set_operations(struct inode *inode, const struct proc_entry *entry)
{
	if (S_ISDIR(entry->mode)) {
		inode->i_op = entry->iops ? entry->iops : &proc_dir_iops;
		inode->i_fop = entry->fops ? entry->fops : &proc_dir_fops;
		inode->i_nlink = proc_nr_links(inode);
	} else if (S_ISLNK(entry->mode)) {
		inode->i_op = entry->link_text ? &proc_link_iops : &proc_magic_iops;
		inode->i_size = entry->max;
	} else {
		inode->i_op = entry->iops ? entry->iops : &proc_file_iops;
		inode->i_fop = entry->fops ? entry->fops : &proc_text_fops;
	}
}

/**
 * proc_get_inode() - a fresh inode for a copy of @what, owned by root.
 * Context: may sleep.
 * Return:  one reference, or NULL when out of memory.
 */
struct inode *proc_get_inode(struct super_block *sb, const struct proc_inode *what)
{
	struct proc_inode *pi = kmalloc(sizeof(*pi), GFP_KERNEL);
	struct inode *inode;

	mm_assert(what->entry);
	if (!pi)
		return NULL;
	inode = new_inode(sb);
	if (!inode) {
		kfree(pi);
		return NULL;
	}
	*pi = *what;
	inode->i_private = pi;						/* G1 */
	inode->i_ino = proc_ino(pi);					/* G3 */
	inode->i_mode = pi->entry->mode;
	set_operations(inode, pi->entry);
	return inode;
}

/**
 * proc_instantiate() - @dentry, just made by the look-up in @dir, becomes @what.
 * Locks:   i_rwsem of @dir held for writing.
 * Return:  NULL as look-ups do, or ERR_PTR(-ENOMEM).
 */
struct dentry *proc_instantiate(struct inode *dir, struct dentry *dentry,
				const struct proc_inode *what,
				const struct dentry_operations *d_op)
{
	struct inode *inode = proc_get_inode(dir->i_sb, what);

	mm_assert(!what->pid == !d_op);	/* what is about a task has to be looked at again */
	if (!inode)
		return ERR_PTR(-ENOMEM);
	if (what->pid) {
		struct task_struct *task = proc_task(inode);

		if (!task) {
			iput(inode);
			return ERR_PTR(-ENOENT);
		}
		proc_set_owner(inode, task);
		put_task_struct(task);
	}
	dentry->d_op = d_op;
	d_add(dentry, inode);
	return NULL;
}

int proc_getattr(struct dentry *dentry, struct kstat *stat)
{
	struct inode *inode = dentry->d_inode;

	generic_fillattr(inode, stat);
	stat->blksize = 1024;		/* what Linux's /proc says */
	if (S_ISDIR(inode->i_mode))
		stat->nlink = proc_nr_links(inode);
	return 0;
}

/* Truncation by open(O_TRUNC) and new times are nothing; mode and owner are not settable. */
int proc_setattr(struct dentry *dentry, struct iattr *attr)
{
	return attr->ia_valid & (ATTR_MODE | ATTR_UID | ATTR_GID) ? -EPERM : 0;
}

/* --- directories of a table ----------------------------------------------- */

/**
 * proc_find() - the entry of @table that has @dentry's name, or NULL. @thread: of a
 * thread's directory.
 */
const struct proc_entry *proc_find(const struct proc_entry *table, unsigned int nr,
				   const struct dentry *dentry, bool thread)
{
	for (unsigned int i = 0; i < nr; i++)
		if (proc_visible(&table[i], thread) && strlen(table[i].name) == dentry->d_len &&
		    !memcmp(table[i].name, dentry->d_name, dentry->d_len))
			return &table[i];
	return NULL;
}

static struct dentry *proc_lookup(struct inode *dir, struct dentry *dentry)
{
	const struct proc_entry *parent = PROC_I(dir)->entry;
	struct proc_inode what = { 0 };

	what.entry = proc_find(parent->children, parent->nr_children, dentry, false);
	if (!what.entry)
		return ERR_PTR(-ENOENT);				/* G2 */
	return proc_instantiate(dir, dentry, &what, NULL);
}

bool proc_emit_table(struct file *file, struct dir_context *ctx, const struct proc_entry *table,
		     unsigned int nr, loff_t first)
{
	struct proc_inode what = *PROC_I(file->f_inode);

	mm_assert(first >= 2 && ctx->pos >= 2);
	for (; ctx->pos >= first && ctx->pos < first + nr; ctx->pos++) {
		const struct proc_entry *entry = &table[ctx->pos - first];

		if (!proc_visible(entry, what.thread))
			continue;
		what.entry = entry;
		if (!ctx->actor(ctx->ctx, entry->name, strlen(entry->name), ctx->pos + 1,
				proc_ino(&what), (entry->mode & S_IFMT) >> 12))
			return false;
	}
	return true;
}

static int proc_readdir(struct file *file, struct dir_context *ctx)
{
	const struct proc_entry *entry = PROC_I(file->f_inode)->entry;

	if (dir_emit_dots(file, ctx, 2))
		proc_emit_table(file, ctx, entry->children, entry->nr_children, 2);
	return 0;
}

/**
 * proc_parse_number() - a decimal name without leading zeroes.
 * Return: 0 with *@number, or -ENOENT.
 */
int proc_parse_number(const char *name, unsigned int len, unsigned int *number)
{
	unsigned int n = 0;

	if (!len || len > 9 || (len > 1 && name[0] == '0'))
		return -ENOENT;
	for (unsigned int i = 0; i < len; i++) {
		if (name[i] < '0' || name[i] > '9')
			return -ENOENT;
		n = n * 10 + (name[i] - '0');
	}
	*number = n;
	return 0;
}

/* --- files ---------------------------------------------------------------- */

/* The task that @inode is about, if any; *@error where there should be one. */
static struct task_struct *text_task(struct inode *inode, int *error)
{
	const struct proc_inode *pi = PROC_I(inode);
	struct task_struct *task = pi->pid ? proc_task(inode) : NULL;

	*error = 0;
	if (!pi->pid)
		return NULL;
	if (!task)
		*error = -ESRCH;
	else if ((pi->entry->flags & PROC_PTRACE) && ptrace_may_access(task))
		*error = -EACCES;
	return task;
}

static int text_open(struct inode *inode, struct file *file)
{
	struct task_struct *task;
	int err;

	task = text_task(inode, &err);
	if (task)
		put_task_struct(task);
	if (err || !(file->f_mode & FMODE_READ))
		return err;
	return text_file_open(file);
}

/* Make the text; the task may have gone meanwhile (ESRCH). */
static int text_fill(struct inode *inode, struct seq_file *m)
{
	const struct proc_inode *pi = PROC_I(inode);
	struct task_struct *task;
	int err;

	mm_assert(pi->pid || pi->entry->text || pi->entry->show_ctl);
	task = text_task(inode, &err);
	if (!err && pi->entry->text)
		pi->entry->text(m);
	else if (!err && pi->entry->show_ctl)
		err = pi->entry->show_ctl(m, pi->entry);
	else if (!err && pi->entry->show)
		err = pi->entry->show(m, task);
	else if (!err && pi->entry->write)
		err = -EINVAL;		/* only to be written */
	else if (!err)
		err = proc_fdinfo_show(m, task, pi->fd);
	if (task)
		put_task_struct(task);
	return err;
}

static ssize_t text_read(struct kiocb *iocb, struct iov_iter *to)
{
	return text_file_read(iocb, to, text_fill);
}

static ssize_t text_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = iocb->ki_filp->f_inode;
	const struct proc_entry *entry = PROC_I(inode)->entry;
	size_t count = iov_iter_count(from);
	struct text_value value;
	struct task_struct *task;
	char *text;
	int err;

	if (!count && (entry->flags & PROC_SYSCTL))
		return 0;
	if (!entry->write)
		return entry->text ? -EIO : -EINVAL;
	text = text_file_value(&value, from);
	if (IS_ERR(text))
		return PTR_ERR(text);
	task = text_task(inode, &err);
	/* a number is not written from its middle: accepted without effect, as Linux does */
	if (!err && !((entry->flags & PROC_SYSCTL) && iocb->ki_pos))
		err = entry->write(entry, task, text);
	if (task)
		put_task_struct(task);
	text_file_value_free(&value, text);
	if (err < 0)
		return err;
	if (err)
		count = min_t(size_t, count, err);
	iocb->ki_pos += count;
	return count;
}

/* --- links ---------------------------------------------------------------- */

/* The place that a link about a task leads to, counted; only for those who may trace it. */
static int link_get_path(struct dentry *dentry, struct path *path)
{
	const struct proc_inode *pi = PROC_I(dentry->d_inode);
	struct task_struct *task = proc_task(dentry->d_inode);
	int err;

	if (!task)
		return -ENOENT;
	if (ptrace_may_access(task))
		err = -EACCES;
	else if (pi->entry->link_path)
		err = pi->entry->link_path(task, path);
	else if (pi->end)
		err = proc_map_files_path(task, pi, path, NULL);
	else
		err = proc_fd_path(task, pi->fd, path);
	put_task_struct(task);
	return err;
}

static int read_path(const struct path *path, char *buf, int size)
{
	char *page = kmalloc(PATH_MAX, GFP_KERNEL), *text;
	int len;

	if (!page)
		return -ENOMEM;
	text = d_path(path, page, PATH_MAX);
	len = PTR_ERR_OR_ZERO(text);
	if (!len) {
		len = min_t(int, strlen(text), size);
		memcpy(buf, text, len);
	}
	kfree(page);
	return len;
}

static int link_readlink(struct dentry *dentry, char *buf, int size)
{
	const struct proc_entry *entry = PROC_I(dentry->d_inode)->entry;
	struct path path;
	int len;

	if (entry->link_text)
		return entry->link_text(buf, size);
	len = link_get_path(dentry, &path);
	if (len)
		return len;
	len = read_path(&path, buf, size);
	path_put(&path);
	return len;
}

/* Who maps a file need not be able to open it: only the superuser goes where that leads. */
static int magic_get_path(struct dentry *dentry, struct path *path)
{
	if (PROC_I(dentry->d_inode)->end && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	return link_get_path(dentry, path);
}

/* fs/namei.c jumps where there is a get_path; links with a text must not have one. */
static const struct inode_operations proc_magic_iops = {
	.readlink = link_readlink, .get_path = magic_get_path,
	.getattr = proc_getattr, .setattr = proc_setattr,
};

static const struct inode_operations proc_link_iops = {
	.readlink = link_readlink, .getattr = proc_getattr, .setattr = proc_setattr,
};

static const struct inode_operations proc_file_iops = {
	.getattr = proc_getattr, .setattr = proc_setattr,
};

const struct inode_operations proc_dir_iops = {
	.lookup = proc_lookup, .getattr = proc_getattr, .setattr = proc_setattr,
};

const struct file_operations proc_dir_fops = {
	.iterate = proc_readdir, .llseek = endless_llseek,
};

static const struct file_operations proc_text_fops = {
	.open = text_open,
	.release = text_file_release,
	.read_iter = text_read,
	.write_iter = text_write,
	.llseek = endless_llseek,
};
