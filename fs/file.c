// SPDX-License-Identifier: MIT
/*
 * file.c - descriptor tables: from a number to an open file.
 *
 * files_struct is shared by the tasks that were cloned with CLONE_FILES. Its table is
 * an array of file pointers with two bitmaps, in use and close-on-exec; it starts with
 * 64 entries inside the struct and doubles when a descriptor needs it, up to RLIMIT_NOFILE.
 *
 * Invariants
 *   F1  fd[n] != NULL implies bit n of open_fds
 *   F2  bit n of close_on_exec implies bit n of open_fds
 *   F3  no bit below next_fd is clear in open_fds
 *
 * Locks: files->file_lock (f) guards all. A table that only one task uses is read
 * without lock and without counting the file: nobody else can close it meanwhile.
 */
#include "internal.h"
#include <linux/bitmap.h>
#include <linux/lock_rank.h>
#include <uapi/resource.h>

#define NR_OPEN_DEFAULT	64

struct files_struct {
	atomic_t count;			/* a  tasks and readers */
	spinlock_t file_lock;
	unsigned int max_fds;		/* f */
	unsigned int next_fd;		/* f */
	struct file **fd;		/* f */
	unsigned long *open_fds;	/* f */
	unsigned long *close_on_exec;	/* f */
	struct file *fd_init[NR_OPEN_DEFAULT];
	unsigned long open_init[1], cloexec_init[1];
};

static struct kmem_cache *files_cachep;
static struct kmem_cache *file_cachep;

void __init files_init(void)
{
	files_cachep = kmem_cache_create("files_cache", sizeof(struct files_struct), 64,
					 SLAB_PANIC, NULL);
	file_cachep = kmem_cache_create("filp", sizeof(struct file), 64, SLAB_PANIC, NULL);
}

/* --- struct file ------------------------------------------------------------------ */

static unsigned int open_mode(int flags)
{
	if (flags & O_PATH)
		return FMODE_PATH;
	switch (flags & O_ACCMODE) {
	case O_RDONLY: return FMODE_READ;
	case O_WRONLY: return FMODE_WRITE;
	case O_RDWR: return FMODE_READ | FMODE_WRITE;
	default: return 0;		/* 3: for ioctl alone, open(2) */
	}
}

/**
 * alloc_file() - an open file for @path (counted by it) without calling its open method.
 * Return: one reference, or ERR_PTR(-ENOMEM).
 */
struct file *alloc_file(const struct path *path, int flags, const struct file_operations *fops)
{
	struct file *file = kmem_cache_zalloc(file_cachep, GFP_KERNEL);

	if (!file)
		return ERR_PTR(-ENOMEM);
	atomic_long_set(&file->f_count, 1);
	file->f_flags = flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC);
	file->f_mode = open_mode(flags);
	file->f_path = *path;
	if (path->mnt && (path->mnt->mnt_flags & MS_NOEXEC))
		file->f_mode |= FMODE_NOEXEC;
	path_get(path);
	file->f_inode = path->dentry->d_inode;
	file->f_mapping = file->f_inode->i_mapping;
	file->f_op = fops;
	mutex_init(&file->f_pos_lock);
	return file;
}

static void free_file(struct file *file)
{
	struct inode *inode = file->f_inode;

	if (file->f_op && file->f_op->release && !(file->f_mode & FMODE_PATH))
		file->f_op->release(inode, file);
	if ((file->f_mode & FMODE_WRITE) && S_ISREG(inode->i_mode)) {
		atomic_dec(&inode->i_writecount);
		if (file->f_path.mnt)
			atomic_dec(&file->f_path.mnt->mnt_writers);
	}
	path_put(&file->f_path);
	kmem_cache_free(file_cachep, file);
}

void fput(struct file *file)
{
	if (atomic_long_dec_and_test(&file->f_count)) {
		locks_remove_file(file);
		free_file(file);
	}
}

/* --- tables -------------------------------------------------------------------------- */

static void init_table(struct files_struct *files)
{
	spin_lock_init_rank(&files->file_lock, RANK_FILES, "file_lock");
	atomic_set(&files->count, 1);
	files->max_fds = NR_OPEN_DEFAULT;
	files->fd = files->fd_init;
	files->open_fds = files->open_init;
	files->close_on_exec = files->cloexec_init;
}

struct fd_arrays {
	struct file **fd;
	unsigned long *open_fds, *close_on_exec;
	unsigned int max;
};

static void free_arrays(struct fd_arrays *a)
{
	kvfree(a->fd);
	kvfree(a->open_fds);
	kvfree(a->close_on_exec);
}

static int alloc_arrays(struct fd_arrays *a, unsigned int at_least)
{
	a->max = roundup_pow_of_two(at_least);
	a->fd = kvmalloc(a->max * sizeof(*a->fd), GFP_KERNEL | __GFP_ZERO);
	a->open_fds = kvmalloc(a->max / 8, GFP_KERNEL | __GFP_ZERO);
	a->close_on_exec = kvmalloc(a->max / 8, GFP_KERNEL | __GFP_ZERO);
	if (a->fd && a->open_fds && a->close_on_exec)
		return 0;
	free_arrays(a);
	return -ENOMEM;
}

static void copy_arrays(struct fd_arrays *to, const struct files_struct *from, unsigned int n)
{
	memcpy(to->fd, from->fd, n * sizeof(*to->fd));
	memcpy(to->open_fds, from->open_fds, n / 8);
	memcpy(to->close_on_exec, from->close_on_exec, n / 8);
}

static void use_arrays(struct files_struct *files, const struct fd_arrays *a,
		       struct fd_arrays *old)
{
	*old = (struct fd_arrays){ 0 };
	if (files->fd != files->fd_init)
		*old = (struct fd_arrays){ files->fd, files->open_fds, files->close_on_exec, 0 };
	files->fd = a->fd;
	files->open_fds = a->open_fds;
	files->close_on_exec = a->close_on_exec;
	files->max_fds = a->max;
}

/* Room for descriptor @nr. Drops and retakes file_lock; the caller looks again. */
static int expand_files(struct files_struct *files, unsigned int nr)
{
	struct fd_arrays a, old;
	int err;

	spin_unlock(&files->file_lock);
	err = nr >= NR_OPEN_MAX ? -EMFILE : alloc_arrays(&a, nr + 1);
	spin_lock(&files->file_lock);
	if (err)
		return err;
	if (nr < files->max_fds) {	/* somebody else was faster */
		old = a;
	} else {
		copy_arrays(&a, files, files->max_fds);
		use_arrays(files, &a, &old);
	}
	spin_unlock(&files->file_lock);
	free_arrays(&old);
	spin_lock(&files->file_lock);
	return 0;
}

/* Take the lowest free descriptor >= @start. file_lock held (may be dropped on the way). */
static int alloc_fd_locked(struct files_struct *files, unsigned int start, int flags)
{
	unsigned long limit = port_rlimit(RLIMIT_NOFILE);
	unsigned int fd;
	int err;

	for (;;) {
		fd = max(start, files->next_fd);
		if (fd < files->max_fds)
			fd = find_next_zero_bit(files->open_fds, files->max_fds, fd);
		if (fd >= limit)
			return -EMFILE;
		if (fd < files->max_fds)
			break;
		err = expand_files(files, fd);
		if (err)
			return err;
	}
	if (start <= files->next_fd)
		files->next_fd = fd + 1;
	__set_bit(fd, files->open_fds);
	if (flags & O_CLOEXEC)
		__set_bit(fd, files->close_on_exec);
	else
		__clear_bit(fd, files->close_on_exec);
	return fd;
}

static int alloc_fd(unsigned int start, int flags)
{
	struct files_struct *files = current->files;
	int fd;

	spin_lock(&files->file_lock);
	fd = alloc_fd_locked(files, start, flags);
	spin_unlock(&files->file_lock);
	return fd;
}

int get_unused_fd_flags(unsigned int flags)
{
	return alloc_fd(0, flags);
}

static void free_fd_locked(struct files_struct *files, unsigned int fd)
{
	__clear_bit(fd, files->open_fds);
	__clear_bit(fd, files->close_on_exec);
	if (fd < files->next_fd)
		files->next_fd = fd;
}

void put_unused_fd(unsigned int fd)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	free_fd_locked(files, fd);
	spin_unlock(&files->file_lock);
}

/** fd_install() - @fd, taken before, becomes @file; the table takes the reference over. */
void fd_install(unsigned int fd, struct file *file)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	mm_assert(!files->fd[fd]);
	files->fd[fd] = file;
	spin_unlock(&files->file_lock);
}

static struct file *take_file(struct files_struct *files, unsigned int fd)
{
	struct file *file = NULL;

	spin_lock(&files->file_lock);
	if (fd < files->max_fds && files->fd[fd]) {
		file = files->fd[fd];
		files->fd[fd] = NULL;
		free_fd_locked(files, fd);
	}
	spin_unlock(&files->file_lock);
	return file;
}

static int filp_close(struct file *file, struct files_struct *files)
{
	int err = 0;

	if (file->f_op && file->f_op->flush)
		err = file->f_op->flush(file);
	locks_remove_posix(file, files);
	fput(file);
	return err;
}

int close_fd(unsigned int fd)
{
	struct file *file = take_file(current->files, fd);

	return file ? filp_close(file, current->files) : -EBADF;
}

static struct file *fget_files(struct files_struct *files, unsigned int fd)
{
	struct file *file = NULL;

	spin_lock(&files->file_lock);
	if (fd < files->max_fds && files->fd[fd])
		file = get_file(files->fd[fd]);
	spin_unlock(&files->file_lock);
	return file;
}

/* O_PATH: the file is a place only; most calls treat it as no descriptor at all. */
static bool only_a_place(const struct file *file)
{
	return file && (file->f_mode & FMODE_PATH);
}

struct file *fget_raw(unsigned int fd)
{
	return fget_files(current->files, fd);
}

struct file *fget(unsigned int fd)
{
	struct file *file = fget_raw(fd);

	if (!only_a_place(file))
		return file;
	fput(file);
	return NULL;
}

/** fdget_raw() - @fd's file for one system call; uncounted when nobody else can close it. */
struct fd fdget_raw(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *file;

	if (likely(atomic_read(&files->count) == 1))
		return (struct fd){ fd < files->max_fds ? files->fd[fd] : NULL, false };
	file = fget_files(files, fd);
	return (struct fd){ file, file != NULL };	/* nothing found, nothing to put */
}

/** fdget() - the same, but a descriptor that is only a place (O_PATH) is none. */
struct fd fdget(unsigned int fd)
{
	struct fd f = fdget_raw(fd);

	if (likely(!only_a_place(f.file)))
		return f;
	fdput(f);
	return (struct fd){ NULL, false };
}

struct files_struct *get_files_struct(struct task_struct *task)
{
	struct files_struct *files;

	task_lock(task);
	files = task->files;
	if (files)
		atomic_inc(&files->count);
	task_unlock(task);
	return files;
}

struct file *fget_task(struct task_struct *task, unsigned int fd)
{
	struct files_struct *files = get_files_struct(task);
	struct file *file;

	if (!files)
		return NULL;
	file = fget_files(files, fd);
	put_files_struct(files);
	return file;
}

struct file *fget_task_cloexec(struct task_struct *task, unsigned int fd, bool *cloexec)
{
	struct files_struct *files = get_files_struct(task);
	struct file *file = NULL;

	if (!files)
		return NULL;
	spin_lock(&files->file_lock);
	if (fd < files->max_fds && files->fd[fd]) {
		file = get_file(files->fd[fd]);
		*cloexec = test_bit(fd, files->close_on_exec);
	}
	spin_unlock(&files->file_lock);
	put_files_struct(files);
	return file;
}

int files_max_fd(struct files_struct *files)
{
	return READ_ONCE(files->max_fds);
}

void put_files_struct(struct files_struct *files)
{
	if (!atomic_dec_and_test(&files->count))
		return;
	for (unsigned int fd = find_first_bit(files->open_fds, files->max_fds);
	     fd < files->max_fds; fd = find_next_bit(files->open_fds, files->max_fds, fd + 1))
		if (files->fd[fd])
			filp_close(files->fd[fd], files);
	if (files->fd != files->fd_init) {
		struct fd_arrays a = { files->fd, files->open_fds, files->close_on_exec, 0 };

		free_arrays(&a);
	}
	kmem_cache_free(files_cachep, files);
}

void exit_files(struct task_struct *task)
{
	struct files_struct *files = task->files;

	if (!files)
		return;
	task_lock(task);
	task->files = NULL;
	task_unlock(task);
	put_files_struct(files);
}

static unsigned int used_fds(struct files_struct *files)
{
	unsigned int n = find_last_bit(files->open_fds, files->max_fds);

	return n >= files->max_fds ? 0 : n + 1;
}

/**
 * dup_fd() - fork: a table with the same open files (NULL: an empty one).
 * Context: may sleep.
 * Return:  the copy, or NULL with *@error = -ENOMEM.
 */
struct files_struct *dup_fd(struct files_struct *old, int *error)
{
	struct files_struct *files = kmem_cache_zalloc(files_cachep, GFP_KERNEL);
	unsigned int used;

	*error = -ENOMEM;
	if (!files)
		return NULL;
	init_table(files);
	if (!old)
		return files;
	spin_lock(&old->file_lock);
	for (used = used_fds(old); used > files->max_fds; used = used_fds(old)) {
		struct fd_arrays a, drop;

		spin_unlock(&old->file_lock);
		if (alloc_arrays(&a, used)) {
			put_files_struct(files);
			return NULL;
		}
		use_arrays(files, &a, &drop);
		free_arrays(&drop);
		spin_lock(&old->file_lock);
	}
	for (unsigned int fd = 0; fd < used; fd++) {
		if (!old->fd[fd])
			continue;
		files->fd[fd] = get_file(old->fd[fd]);
		__set_bit(fd, files->open_fds);
		if (test_bit(fd, old->close_on_exec))
			__set_bit(fd, files->close_on_exec);
	}
	files->next_fd = find_first_zero_bit(files->open_fds, files->max_fds);
	spin_unlock(&old->file_lock);
	*error = 0;
	return files;
}

/** unshare_files() - exec: the caller gets a table of its own. 0 or -ENOMEM. */
int unshare_files(void)
{
	struct files_struct *old = current->files, *copy;
	int err;

	if (atomic_read(&old->count) == 1)
		return 0;
	copy = dup_fd(old, &err);
	if (!copy)
		return err;
	task_lock(current);
	current->files = copy;
	task_unlock(current);
	put_files_struct(old);
	return 0;
}

void do_close_on_exec(void)
{
	struct files_struct *files = current->files;

	for (unsigned int fd = 0; fd < files->max_fds; fd++) {
		fd = find_next_bit(files->close_on_exec, files->max_fds, fd);
		if (fd < files->max_fds)
			close_fd(fd);
	}
}

/* --- system calls --------------------------------------------------------------------- */

long sys_close(unsigned int fd)
{
	return close_fd(fd);
}

long sys_close_range(unsigned int first, unsigned int last, unsigned int flags)
{
	struct files_struct *files = current->files;
	int err;

	if ((flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) || first > last)
		return -EINVAL;
	if (flags & CLOSE_RANGE_UNSHARE) {
		err = unshare_files();
		if (err)
			return err;
		files = current->files;
	}
	last = min(last, READ_ONCE(files->max_fds) - 1);
	for (unsigned int fd = first; fd <= last; fd++) {
		if (!(flags & CLOSE_RANGE_CLOEXEC)) {
			close_fd(fd);
			continue;
		}
		spin_lock(&files->file_lock);
		if (test_bit(fd, files->open_fds))
			__set_bit(fd, files->close_on_exec);
		spin_unlock(&files->file_lock);
	}
	return 0;
}

static long dup_at_least(unsigned int oldfd, unsigned int start, int flags)
{
	struct file *file = fget_raw(oldfd);
	int fd;

	if (!file)
		return -EBADF;
	fd = start && start >= port_rlimit(RLIMIT_NOFILE) ? -EINVAL : alloc_fd(start, flags);
	if (fd < 0)
		fput(file);
	else
		fd_install(fd, file);
	return fd;
}

long sys_dup(unsigned int oldfd)
{
	return dup_at_least(oldfd, 0, 0);
}

static long replace_fd(unsigned int oldfd, unsigned int newfd, int flags)
{
	struct files_struct *files = current->files;
	struct file *file, *replaced;
	int err;

	if (newfd >= port_rlimit(RLIMIT_NOFILE))
		return -EBADF;
	file = fget_raw(oldfd);
	if (!file)
		return -EBADF;
	spin_lock(&files->file_lock);
	while (newfd >= files->max_fds) {
		err = expand_files(files, newfd);
		if (err) {
			spin_unlock(&files->file_lock);
			fput(file);
			return err == -EMFILE ? -EBADF : err;
		}
	}
	replaced = files->fd[newfd];
	if (!replaced && test_bit(newfd, files->open_fds)) {	/* being opened right now */
		spin_unlock(&files->file_lock);
		fput(file);
		return -EBUSY;
	}
	files->fd[newfd] = file;
	__set_bit(newfd, files->open_fds);
	if (flags & O_CLOEXEC)
		__set_bit(newfd, files->close_on_exec);
	else
		__clear_bit(newfd, files->close_on_exec);
	spin_unlock(&files->file_lock);
	if (replaced)
		filp_close(replaced, files);
	return newfd;
}

long sys_dup3(unsigned int oldfd, unsigned int newfd, int flags)
{
	if ((flags & ~O_CLOEXEC) || oldfd == newfd)
		return -EINVAL;
	return replace_fd(oldfd, newfd, flags);
}

long sys_dup2(unsigned int oldfd, unsigned int newfd)
{
	struct fd f;

	if (oldfd != newfd)
		return replace_fd(oldfd, newfd, 0);
	f = fdget_raw(oldfd);
	fdput(f);
	return f.file ? newfd : -EBADF;
}

static long setfl(struct file *file, unsigned long arg)
{
	unsigned int settable = O_APPEND | O_NONBLOCK | O_NOATIME | O_DIRECT;

	if (arg & (O_DIRECT | FASYNC))
		return -EINVAL;		/* neither direct I/O nor SIGIO exists */
	if ((arg & ~file->f_flags & O_NOATIME) && !inode_owner_or_capable(file->f_inode))
		return -EPERM;
	file->f_flags = (file->f_flags & ~settable) | (arg & settable);
	return 0;
}

static long get_set_cloexec(unsigned int fd, bool set, unsigned long arg)
{
	struct files_struct *files = current->files;
	long ret = 0;

	spin_lock(&files->file_lock);
	if (fd >= files->max_fds || !files->fd[fd])
		ret = -EBADF;
	else if (!set)
		ret = test_bit(fd, files->close_on_exec) ? FD_CLOEXEC : 0;
	else if (arg & FD_CLOEXEC)
		__set_bit(fd, files->close_on_exec);
	else
		__clear_bit(fd, files->close_on_exec);
	spin_unlock(&files->file_lock);
	return ret;
}

static long fcntl_file(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case F_GETFL:
		return file->f_flags;
	case F_SETFL:
		return setfl(file, arg);
	case F_GETOWN:
		return file->f_owner;
	case F_SETOWN:
		file->f_owner = arg;
		return 0;
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return fcntl_lock(file, cmd, (void __user *)arg);
	case F_ADD_SEALS:
		return arg > UINT_MAX ? -EINVAL : shmem_add_seals(file, arg);
	case F_GET_SEALS:
		return shmem_get_seals(file);
	case F_SETPIPE_SZ:
	case F_GETPIPE_SZ:
		return pipe_fcntl(file, cmd, arg);
	}
	return -EINVAL;
}

long sys_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct fd f;
	long ret;

	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return dup_at_least(fd, arg, cmd == F_DUPFD_CLOEXEC ? O_CLOEXEC : 0);
	case F_GETFD:
	case F_SETFD:
		return get_set_cloexec(fd, cmd == F_SETFD, arg);
	}
	f = fdget_raw(fd);
	if (!f.file)
		return -EBADF;
	if (only_a_place(f.file) && cmd != F_GETFL)
		ret = -EBADF;
	else
		ret = fcntl_file(f.file, cmd, arg);
	fdput(f);
	return ret;
}
