// SPDX-License-Identifier: MIT
/*
 * fd.c - /proc/PID/fd and fdinfo: the open files of a task.
 *
 * An entry is there as long as its descriptor is open. A link of fd leads to the very
 * place that was opened, also where no path leads any more (pipes, deleted files): the
 * look-up jumps there. Its mode tells how the file was opened.
 *
 *   F1  a link's mode has the owner's read or write bit as the file can be read or written
 *   F2  the file of a descriptor is held only while one call looks at it
 *
 * Locks: the descriptor table's own, by fs/file.c. The positions of readdir are 2 + fd.
 */
#include "internal.h"
#include <linux/mutex.h>

static const struct proc_entry fd_entry = {
	.name = "fd", .mode = S_IFLNK | 0700, .max = 64,	/* st_size that Linux gives */
};
static const struct proc_entry fdinfo_entry = {
	.name = "fdinfo", .mode = S_IFREG | 0444, .flags = PROC_PTRACE,
};

/* F1 */
static umode_t link_mode(const struct file *file)
{
	umode_t mode = S_IFLNK;

	if (file->f_mode & FMODE_READ)
		mode |= 0500;
	if (file->f_mode & FMODE_WRITE)
		mode |= 0300;
	return mode;
}

/**
 * proc_fd_valid() - is the descriptor that @pi names still open? True for all that is
 * not about a descriptor.
 * Return: with *@mode set to what a link should show now.
 */
bool proc_fd_valid(struct task_struct *task, const struct proc_inode *pi, umode_t *mode)
{
	struct file *file;

	if (pi->entry != &fd_entry && pi->entry != &fdinfo_entry)
		return true;
	file = fget_task(task, pi->fd);
	if (!file)
		return false;
	if (pi->entry == &fd_entry)
		*mode = link_mode(file);
	fput(file);							/* F2 */
	return true;
}

/** proc_fd_path() - the place that descriptor @fd of @task is open on, counted; -ENOENT. */
int proc_fd_path(struct task_struct *task, unsigned int fd, struct path *path)
{
	struct file *file = fget_task(task, fd);

	if (!file)
		return -ENOENT;
	*path = file->f_path;
	path_get(path);
	fput(file);
	return 0;
}

/* O_* as they were given to open(2): a path was opened with O_LARGEFILE, on 64 bits. */
static unsigned int shown_flags(const struct file *file, bool cloexec)
{
	unsigned int flags = file->f_flags & ~O_CLOEXEC;
	const struct dentry_operations *d_op = file->f_path.dentry->d_op;

	if (!(d_op && d_op->d_dname) && !(flags & O_PATH))
		flags |= O_LARGEFILE;
	return cloexec ? flags | O_CLOEXEC : flags;
}

/** proc_fdinfo_show() - the text of fdinfo/@fd; -ENOENT when it was closed. */
int proc_fdinfo_show(struct seq_file *m, struct task_struct *task, unsigned int fd)
{
	struct file *file;
	bool cloexec;

	file = fget_task_cloexec(task, fd, &cloexec);
	if (!file)
		return -ENOENT;
	seq_printf(m, "pos:\t%lli\nflags:\t0%o\nmnt_id:\t%i\nino:\t%llu\n",
		   (long long)READ_ONCE(file->f_pos), shown_flags(file, cloexec),
		   file->f_path.mnt->mnt_id, (unsigned long long)file->f_inode->i_ino);
	if (file->f_op && file->f_op->show_fdinfo)
		file->f_op->show_fdinfo(m, file);
	fput(file);
	return 0;
}

static struct dentry *lookup_fd(struct inode *dir, struct dentry *dentry,
				const struct proc_entry *entry)
{
	struct task_struct *task = proc_task(dir);
	struct proc_inode what = *PROC_I(dir);
	struct dentry *err = ERR_PTR(-ENOENT);
	umode_t mode = entry->mode;

	if (!task)
		return err;
	what.entry = entry;
	if (!proc_parse_number(dentry->d_name, dentry->d_len, &what.fd) &&
	    proc_fd_valid(task, &what, &mode))
		err = proc_instantiate(dir, dentry, &what, &proc_pid_dops);
	if (!err)
		dentry->d_inode->i_mode = mode;
	put_task_struct(task);
	return err;
}

/* A process may always see its own, also one that may not be traced (set-user-id). */
static int fd_permission(struct inode *inode, int mask)
{
	struct task_struct *task = proc_task(inode);
	bool own = task && task->tgid == current->tgid;

	if (task)
		put_task_struct(task);
	return own ? 0 : generic_permission(inode, mask);
}

static struct dentry *fd_lookup(struct inode *dir, struct dentry *dentry)
{
	return lookup_fd(dir, dentry, &fd_entry);
}

static struct dentry *fdinfo_lookup(struct inode *dir, struct dentry *dentry)
{
	return lookup_fd(dir, dentry, &fdinfo_entry);
}

static bool emit_fd(struct dir_context *ctx, const struct proc_inode *what)
{
	char name[12];
	int len = snprintf(name, sizeof(name), "%u", what->fd);

	return ctx->actor(ctx->ctx, name, len, ctx->pos + 1, proc_ino(what),
			  (what->entry->mode & S_IFMT) >> 12);
}

static int readdir_fd(struct file *dir, struct dir_context *ctx, const struct proc_entry *entry)
{
	struct task_struct *task = proc_task(dir->f_inode);
	struct proc_inode what = *PROC_I(dir->f_inode);
	struct files_struct *files;

	if (!task)
		return -ENOENT;
	what.entry = entry;
	files = dir_emit_dots(dir, ctx, 2) ? get_files_struct(task) : NULL;
	for (; files && ctx->pos - 2 < files_max_fd(files); ctx->pos++) {
		struct file *file;

		what.fd = ctx->pos - 2;
		file = fget_task(task, what.fd);
		if (!file)
			continue;
		fput(file);
		if (!emit_fd(ctx, &what))
			break;
	}
	if (files)
		put_files_struct(files);
	put_task_struct(task);
	return 0;
}

static int fd_readdir(struct file *file, struct dir_context *ctx)
{
	return readdir_fd(file, ctx, &fd_entry);
}

static int fdinfo_readdir(struct file *file, struct dir_context *ctx)
{
	return readdir_fd(file, ctx, &fdinfo_entry);
}

const struct inode_operations proc_fd_iops = {
	.lookup = fd_lookup, .permission = fd_permission,
	.getattr = proc_getattr, .setattr = proc_setattr,
};
const struct inode_operations proc_fdinfo_iops = {
	.lookup = fdinfo_lookup, .getattr = proc_getattr, .setattr = proc_setattr,
};
const struct file_operations proc_fd_fops = {
	.iterate = fd_readdir, .llseek = endless_llseek,
};
const struct file_operations proc_fdinfo_fops = {
	.iterate = fdinfo_readdir, .llseek = endless_llseek,
};
