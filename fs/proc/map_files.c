// SPDX-License-Identifier: MIT
/*
 * map_files.c - /proc/PID/map_files: a link for each area that maps a file, to that very
 * file, also where no path leads to it any more.
 *
 * A link is called START-END, as the area's addresses stand in maps. It exists as long as
 * there is an area of just these bounds with a file; its mode tells how the file was opened.
 *
 *   A1  a name is found only in the form that readdir gives it
 *   A2  positions of readdir are 2 + the page number where an area begins: areas that come
 *       or go move no other
 *   A3  nothing is emitted with mmap_lock held: the reader's buffer may be in that memory
 *
 * Locks: mmap_lock for reading.
 */
#include "internal.h"

static const struct proc_entry map_files_entry = {
	.name = "map_files", .mode = S_IFLNK | 0600, .max = 64,	/* st_size that Linux gives */
};

#define NAME_BYTES	34	/* two numbers of 16 digits, -, NUL */

static void set_bounds(struct proc_inode *what, unsigned long start, unsigned long end)
{
	what->entry = &map_files_entry;
	what->start = start;
	what->end = end;
	what->fd = start >> PAGE_SHIFT;		/* tells inode numbers apart */
}

/* the area that @pi names; mmap_lock held */
static struct vm_area_struct *find_area(struct mm_struct *mm, const struct proc_inode *pi)
{
	struct vm_area_struct *vma = find_vma(mm, pi->start);

	if (!vma || vma->vm_start != pi->start || vma->vm_end != pi->end || !vma->vm_file)
		return NULL;
	return vma;
}

/**
 * proc_map_files_path() - the file that the area of @pi maps, counted.
 * Locks:   takes mmap_lock for reading.
 * Return:  0 with the mode of the link in *@mode if that is asked for, or -ENOENT.
 */
int proc_map_files_path(struct task_struct *task, const struct proc_inode *pi,
			struct path *path, umode_t *mode)
{
	struct mm_struct *mm = get_task_mm(task);
	struct vm_area_struct *vma;

	if (!mm)
		return -ENOENT;
	mmap_read_lock(mm);
	vma = find_area(mm, pi);
	if (vma) {
		*path = vma->vm_file->f_path;
		path_get(path);
		if (mode)
			*mode = S_IFLNK | (vma->vm_file->f_mode & FMODE_READ ? 0400 : 0) |
				(vma->vm_file->f_mode & FMODE_WRITE ? 0200 : 0);
	}
	mmap_read_unlock(mm);
	mmput(mm);
	return vma ? 0 : -ENOENT;
}

/** proc_map_files_valid() - is the area of @pi still there? True for all others. */
bool proc_map_files_valid(struct task_struct *task, const struct proc_inode *pi, umode_t *mode)
{
	struct path path;

	if (pi->entry != &map_files_entry)
		return true;
	if (proc_map_files_path(task, pi, &path, mode))
		return false;
	path_put(&path);
	return true;
}

/* A1 */
static int parse_name(const struct dentry *dentry, unsigned long *start, unsigned long *end)
{
	char name[NAME_BYTES], again[NAME_BYTES], *p;

	if (dentry->d_len >= NAME_BYTES)
		return -ENOENT;
	memcpy(name, dentry->d_name, dentry->d_len);
	name[dentry->d_len] = 0;
	*start = simple_strtoul(name, &p, 16);
	if (*p != '-')
		return -ENOENT;
	*end = simple_strtoul(p + 1, &p, 16);
	snprintf(again, sizeof(again), "%lx-%lx", *start, *end);
	return strcmp(name, again) ? -ENOENT : 0;
}

static struct dentry *map_files_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *task = proc_task(dir);
	struct proc_inode what = *PROC_I(dir);
	struct dentry *err = ERR_PTR(-ENOENT);
	unsigned long start, end;
	umode_t mode;

	if (!task)
		return err;
	if (ptrace_may_access(task)) {
		err = ERR_PTR(-EACCES);
	} else if (!parse_name(dentry, &start, &end)) {
		set_bounds(&what, start, end);
		if (proc_map_files_valid(task, &what, &mode))
			err = proc_instantiate(dir, dentry, &what, &proc_pid_dops);
		if (!err)
			dentry->d_inode->i_mode = mode;
	}
	put_task_struct(task);
	return err;
}

/* The first area with a file from page @from on; false: none. */
static bool next_area(struct task_struct *task, unsigned long from, struct proc_inode *what)
{
	struct mm_struct *mm = get_task_mm(task);
	struct vm_area_struct *vma;

	if (!mm)
		return false;
	mmap_read_lock(mm);
	for (vma = find_vma(mm, from << PAGE_SHIFT); vma; vma = vma_next(vma))
		if (vma->vm_file && vma->vm_start >> PAGE_SHIFT >= from)
			break;
	if (vma)
		set_bounds(what, vma->vm_start, vma->vm_end);
	mmap_read_unlock(mm);
	mmput(mm);
	return vma;
}

static int map_files_readdir(struct file *dir, struct dir_context *ctx)
{
	struct task_struct *task = proc_task(dir->f_inode);
	struct proc_inode what = *PROC_I(dir->f_inode);
	int err = 0;

	if (!task)
		return -ENOENT;
	if (ptrace_may_access(task))
		err = -EACCES;
	else if (dir_emit_dots(dir, ctx, 2))
		while (next_area(task, ctx->pos - 2, &what)) {
			char name[NAME_BYTES];
			int len = snprintf(name, sizeof(name), "%lx-%lx", what.start, what.end);

			ctx->pos = 2 + (what.start >> PAGE_SHIFT);		/* A2 */
			if (!ctx->actor(ctx->ctx, name, len, ctx->pos + 1, proc_ino(&what),
					DT_LNK))				/* A3 */
				break;
			ctx->pos++;
		}
	put_task_struct(task);
	return err;
}

const struct inode_operations proc_map_files_iops = {
	.lookup = map_files_lookup, .getattr = proc_getattr, .setattr = proc_setattr,
};
const struct file_operations proc_map_files_fops = {
	.iterate = map_files_readdir, .llseek = endless_llseek,
};
