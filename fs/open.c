// SPDX-License-Identifier: MIT
/*
 * open.c - making open files, and the calls that change a file by its name:
 * open, truncate, chmod, chown, utimes, access, chdir, chroot, umask.
 *
 * dentry_open() is the one place where an inode becomes an open file: it takes the
 * write count (against running programs), calls the open method, and undoes both when
 * that fails. i_writecount > 0 counts writers, < 0 counts mappings of running
 * programs; the two exclude each other (ETXTBSY).
 *
 * Locks: fs->lock for root, pwd and umask; attributes by notify_change().
 */
#include "internal.h"
#include <linux/time.h>
#include <linux/signal.h>
#include <uapi/resource.h>

static int get_write_access(struct inode *inode)
{
	int count = atomic_read(&inode->i_writecount);

	while (count >= 0)
		if (atomic_try_cmpxchg(&inode->i_writecount, &count, count + 1))
			return 0;
	return -ETXTBSY;
}

int deny_write_access(struct file *file)
{
	struct inode *inode = file_inode(file);
	int count = atomic_read(&inode->i_writecount);

	while (count <= 0)
		if (atomic_try_cmpxchg(&inode->i_writecount, &count, count - 1))
			return 0;
	return -ETXTBSY;
}

void allow_write_access(struct file *file)
{
	mm_assert(atomic_read(&file_inode(file)->i_writecount) < 0);
	atomic_inc(&file_inode(file)->i_writecount);
}

/**
 * dentry_open() - an open file for the existing file @path; access was checked.
 * Context: may sleep (FIFOs wait for their other end).
 * Return:  one reference, or ERR_PTR.
 */
struct file *dentry_open(const struct path *path, int flags)
{
	struct inode *inode = path->dentry->d_inode;
	struct file *file = alloc_file(path, flags, flags & O_PATH ? NULL : inode->i_fop);
	int err = 0;

	if (IS_ERR(file) || (flags & O_PATH))
		return file;
	if (flags & O_DIRECT)
		err = -EINVAL;		/* nothing here can be read past the page cache */
	if (!err && (file->f_mode & FMODE_WRITE) && S_ISREG(inode->i_mode)) {
		err = get_write_access(inode);
		if (!err)
			atomic_inc(&path->mnt->mnt_writers);
	}
	if (err)
		file->f_mode &= ~FMODE_WRITE;	/* nothing for fput() to give back */
	if (!err && file->f_op && file->f_op->open)
		err = file->f_op->open(inode, file);
	if (!err)
		return file;
	file->f_op = NULL;
	fput(file);
	return ERR_PTR(err);
}

struct file *filp_open(const char *text, int flags, umode_t mode)
{
	struct filename *name = getname_kernel(text);
	struct file *file;

	if (IS_ERR(name))
		return ERR_CAST(name);
	file = do_filp_open(AT_FDCWD, name, flags | O_LARGEFILE, mode);
	putname(name);
	return file;
}

/**
 * open_exec() - open a program: regular, executable by the caller, on a mount that
 * allows it; writers are kept out until allow_write_access().
 */
struct file *open_exec(const char *text)
{
	struct path path;
	struct file *file;
	struct inode *inode;
	int err = kern_path(text, LOOKUP_FOLLOW, &path);

	if (err)
		return ERR_PTR(err);
	inode = path.dentry->d_inode;
	err = -EACCES;
	if (!S_ISREG(inode->i_mode) || (path.mnt->mnt_flags & MS_NOEXEC))
		goto put;
	err = inode_permission(inode, MAY_EXEC);
	if (err)
		goto put;
	file = dentry_open(&path, O_RDONLY | O_LARGEFILE);
	err = PTR_ERR_OR_ZERO(file);
	if (err)
		goto put;
	file->f_mode |= FMODE_EXEC;
	err = deny_write_access(file);
	if (err)
		fput(file);
put:
	path_put(&path);
	return err ? ERR_PTR(err) : file;
}

/* The flags that open(2) has; others are not stored, so that no program sees them set. */
#define O_KNOWN_FLAGS	(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | \
			 O_NONBLOCK | O_SYNC | FASYNC | O_DIRECT | O_LARGEFILE | \
			 O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_PATH | __O_TMPFILE)

long sys_openat(int dfd, const char __user *user, int flags, unsigned int mode)
{
	struct filename *name;
	struct file *file;
	int fd;

	flags = (flags & O_KNOWN_FLAGS) | O_LARGEFILE;
	if (flags & O_PATH)
		flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	if ((flags & __O_TMPFILE) && (flags & (O_TMPFILE | O_CREAT)) != O_TMPFILE)
		return -EINVAL;
	if ((flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY))
		return -EINVAL;
	name = getname(user);
	if (IS_ERR(name))
		return PTR_ERR(name);
	fd = get_unused_fd_flags(flags);
	if (fd < 0)
		goto put;
	file = do_filp_open(dfd, name, flags, mode);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		fd = PTR_ERR(file);
	} else {
		fd_install(fd, file);
	}
put:
	putname(name);
	return fd;
}

long sys_open(const char __user *name, int flags, unsigned int mode)
{
	return sys_openat(AT_FDCWD, name, flags, mode);
}

long sys_creat(const char __user *name, unsigned int mode)
{
	return sys_openat(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* --- truncate --------------------------------------------------------------------- */

static int truncate_inode(struct dentry *dentry, loff_t length)
{
	struct iattr attr = { .ia_valid = ATTR_SIZE, .ia_size = length };

	int err;

	if (length > dentry->d_inode->i_size && (u64)length > port_rlimit(RLIMIT_FSIZE)) {
		send_sig(SIGXFSZ, current, 0);
		return -EFBIG;
	}
	err = notify_change(dentry, &attr);
	if (!err && inode_drops_setid(dentry->d_inode, &attr.ia_mode)) {
		down_write(&dentry->d_inode->i_rwsem);
		dentry->d_inode->i_mode = attr.ia_mode;
		up_write(&dentry->d_inode->i_rwsem);
	}
	return err;
}

int vfs_truncate(const struct path *path, loff_t length)
{
	struct inode *inode = path->dentry->d_inode;
	int err;

	if (S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (!S_ISREG(inode->i_mode))
		return -EINVAL;
	err = mnt_want_write(path->mnt);
	if (!err)
		err = inode_permission(inode, MAY_WRITE);
	if (!err && atomic_read(&inode->i_writecount) < 0)
		err = -ETXTBSY;
	return err ? err : truncate_inode(path->dentry, length);
}

long sys_truncate(const char __user *name, long length)
{
	struct path path;
	int err;

	if (length < 0)
		return -EINVAL;
	err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);
	if (err)
		return err;
	err = vfs_truncate(&path, length);
	path_put(&path);
	return err;
}

long sys_ftruncate(unsigned int fd, unsigned long length)
{
	struct fd f = fdget(fd);
	long err = -EINVAL;

	if (!f.file)
		return -EBADF;
	if ((long)length >= 0 && S_ISREG(f.file->f_inode->i_mode) && (f.file->f_mode & FMODE_WRITE))
		err = truncate_inode(f.file->f_path.dentry, length);
	fdput(f);
	return err;
}

#define FALLOC_FL_KNOWN	(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_COLLAPSE_RANGE | \
			 FALLOC_FL_ZERO_RANGE | FALLOC_FL_INSERT_RANGE | FALLOC_FL_UNSHARE_RANGE)

/* is it a mode, whether or not a file system has it? */
static long check_fallocate_mode(int mode)
{
	const int alone = FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE;

	if (mode & ~FALLOC_FL_KNOWN)
		return -EOPNOTSUPP;
	if ((mode & FALLOC_FL_PUNCH_HOLE) &&
	    (mode & (FALLOC_FL_KEEP_SIZE | FALLOC_FL_ZERO_RANGE)) != FALLOC_FL_KEEP_SIZE)
		return -EOPNOTSUPP;
	if ((mode & alone) && (mode & (mode - 1)))
		return -EINVAL;
	if ((mode & FALLOC_FL_UNSHARE_RANGE) &&
	    (mode & ~(FALLOC_FL_UNSHARE_RANGE | FALLOC_FL_KEEP_SIZE)))
		return -EINVAL;
	return 0;
}

/* May [offset, offset + len) of @file be allocated or punched? In Linux's order. */
static long may_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	struct inode *inode = file->f_inode;
	long err;

	if (offset < 0 || len <= 0)
		return -EINVAL;
	err = check_fallocate_mode(mode);
	if (err)
		return err;
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (S_ISFIFO(inode->i_mode))
		return -ESPIPE;
	if (S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (!S_ISREG(inode->i_mode))
		return -ENODEV;
	if (len > LLONG_MAX - offset)
		return -EFBIG;
	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	return file->f_op && file->f_op->fallocate ? 0 : -EOPNOTSUPP;
}

/* Allocate pages of [offset, offset + len), or give them back. */
static long fallocate_file(struct file *file, int mode, loff_t offset, loff_t len)
{
	struct inode *inode = file->f_inode;
	loff_t end = offset + len;
	long err = may_fallocate(file, mode, offset, len);

	if (err)
		return err;
	if (!mode && end > inode->i_size && (u64)end > port_rlimit(RLIMIT_FSIZE)) {
		send_sig(SIGXFSZ, current, 0);
		return -EFBIG;
	}
	return file->f_op->fallocate(file, mode, offset, len);
}

long sys_fallocate(int fd, int mode, loff_t offset, loff_t len)
{
	struct fd f = fdget(fd);
	long err;

	if (!f.file)
		return -EBADF;
	err = fallocate_file(f.file, mode, offset, len);
	fdput(f);
	return err;
}

/* --- mode, owner, times ----------------------------------------------------------- */

static int change_path(const struct path *path, struct iattr *attr)
{
	int err = mnt_want_write(path->mnt);

	return err ? err : notify_change(path->dentry, attr);
}

static int change_at(int dfd, const char __user *name, int lookup, struct iattr *attr)
{
	struct path path;
	int err = user_path_at(dfd, name, lookup, &path);

	if (err)
		return err;
	err = change_path(&path, attr);
	path_put(&path);
	return err;
}

static int change_fd(unsigned int fd, struct iattr *attr)
{
	struct fd f = fdget(fd);
	int err;

	if (!f.file) {
		fdput(f);
		return -EBADF;
	}
	err = change_path(&f.file->f_path, attr);
	fdput(f);
	return err;
}

long sys_fchmodat(int dfd, const char __user *name, unsigned int mode)
{
	struct iattr attr = { .ia_valid = ATTR_MODE, .ia_mode = mode };

	return change_at(dfd, name, LOOKUP_FOLLOW, &attr);
}

long sys_chmod(const char __user *name, unsigned int mode)
{
	return sys_fchmodat(AT_FDCWD, name, mode);
}

long sys_fchmod(unsigned int fd, unsigned int mode)
{
	struct iattr attr = { .ia_valid = ATTR_MODE, .ia_mode = mode };

	return change_fd(fd, &attr);
}

static struct iattr owner_attr(uid_t uid, gid_t gid)
{
	struct iattr attr = { .ia_uid = uid, .ia_gid = gid };

	if (uid != (uid_t)-1)
		attr.ia_valid |= ATTR_UID;
	if (gid != (gid_t)-1)
		attr.ia_valid |= ATTR_GID;
	return attr;
}

long sys_fchownat(int dfd, const char __user *name, uid_t uid, gid_t gid, int flags)
{
	struct iattr attr = owner_attr(uid, gid);
	int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	return change_at(dfd, name, lookup | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0), &attr);
}

long sys_chown(const char __user *name, uid_t uid, gid_t gid)
{
	return sys_fchownat(AT_FDCWD, name, uid, gid, 0);
}

long sys_lchown(const char __user *name, uid_t uid, gid_t gid)
{
	return sys_fchownat(AT_FDCWD, name, uid, gid, AT_SYMLINK_NOFOLLOW);
}

long sys_fchown(unsigned int fd, uid_t uid, gid_t gid)
{
	struct iattr attr = owner_attr(uid, gid);

	return change_fd(fd, &attr);
}

#define UTIME_NOW	((1l << 30) - 1)
#define UTIME_OMIT	((1l << 30) - 2)

/* one of the two times: now, left alone, or given */
static int pick_time(struct timespec64 t, unsigned int bit, struct iattr *attr,
		     struct timespec64 *to)
{
	if (t.tv_nsec == UTIME_OMIT)
		return 0;
	if (t.tv_nsec != UTIME_NOW && (t.tv_nsec < 0 || t.tv_nsec > 999999999))
		return -EINVAL;
	*to = t.tv_nsec == UTIME_NOW ? current_time_spec() : t;
	attr->ia_valid |= bit;
	return 0;
}

/* @name NULL: the file that @dfd is */
static int do_utimes(int dfd, const char __user *name, const struct timespec64 *times, int flags)
{
	static const struct timespec64 now[2] = { { 0, UTIME_NOW }, { 0, UTIME_NOW } };
	struct iattr attr = { 0 };
	int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW, err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (!times)
		times = now;
	err = pick_time(times[0], ATTR_ATIME, &attr, &attr.ia_atime);
	if (!err)
		err = pick_time(times[1], ATTR_MTIME, &attr, &attr.ia_mtime);
	if (err)
		return err;
	if (times[0].tv_nsec == UTIME_NOW && times[1].tv_nsec == UTIME_NOW)
		attr.ia_valid |= ATTR_TOUCH;
	if (!name && dfd != AT_FDCWD)
		return flags ? -EINVAL : change_fd(dfd, &attr);
	return change_at(dfd, name, lookup | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0), &attr);
}

long sys_utimensat(int dfd, const char __user *name,
		   const struct __kernel_timespec __user *user, int flags)
{
	struct { s64 sec, nsec; } raw[2];
	struct timespec64 times[2];

	if (!user)
		return do_utimes(dfd, name, NULL, flags);
	if (copy_from_user(raw, user, sizeof(raw)))
		return -EFAULT;
	for (int i = 0; i < 2; i++)
		times[i] = (struct timespec64){ raw[i].sec, raw[i].nsec };
	if (times[0].tv_nsec == UTIME_OMIT && times[1].tv_nsec == UTIME_OMIT)
		return 0;
	return do_utimes(dfd, name, times, flags);
}

long sys_futimesat(int dfd, const char __user *name,
		   const struct __kernel_timeval __user *user)
{
	struct { s64 sec, usec; } raw[2];
	struct timespec64 times[2];

	if (!user)
		return do_utimes(dfd, name, NULL, 0);
	if (copy_from_user(raw, user, sizeof(raw)))
		return -EFAULT;
	for (int i = 0; i < 2; i++) {
		if (raw[i].usec < 0 || raw[i].usec >= 1000000)
			return -EINVAL;
		times[i] = (struct timespec64){ raw[i].sec, raw[i].usec * 1000 };
	}
	return do_utimes(dfd, name, times, 0);
}

long sys_utimes(const char __user *name, const struct __kernel_timeval __user *user)
{
	return sys_futimesat(AT_FDCWD, name, user);
}

long sys_utime(const char __user *name, const long __user *user)
{
	s64 raw[2];
	struct timespec64 times[2] = { { 0 } };

	if (!user)
		return do_utimes(AT_FDCWD, name, NULL, 0);
	if (copy_from_user(raw, user, sizeof(raw)))
		return -EFAULT;
	times[0].tv_sec = raw[0];
	times[1].tv_sec = raw[1];
	return do_utimes(AT_FDCWD, name, times, 0);
}

/* --- access ----------------------------------------------------------------------- */

long sys_faccessat2(int dfd, const char __user *name, int mode, int flags)
{
	struct cred *cred = &current->cred;
	u64 effective = cred->cap.effective;
	uid_t uid = cred->fsuid;
	gid_t gid = cred->fsgid;
	struct path path;
	int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW, err;

	if ((mode & ~(R_OK | W_OK | X_OK)) ||
	    (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)))
		return -EINVAL;
	if (!(flags & AT_EACCESS)) {
		cred->fsuid = cred->uid;
		cred->fsgid = cred->gid;
		cred->cap.effective = cred->uid ? 0 : cred->cap.permitted;
	}
	err = user_path_at(dfd, name, lookup | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0), &path);
	if (!err) {
		struct inode *inode = path.dentry->d_inode;

		if ((mode & X_OK) && S_ISREG(inode->i_mode) && (path.mnt->mnt_flags & MS_NOEXEC))
			err = -EACCES;
		if (!err)
			err = inode_permission(inode, mode);
		if (!err && (mode & W_OK) && (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode)))
			err = mnt_want_write(path.mnt);
		path_put(&path);
	}
	cred->fsuid = uid;
	cred->fsgid = gid;
	cred->cap.effective = effective;
	return err;
}

long sys_faccessat(int dfd, const char __user *name, int mode)
{
	return sys_faccessat2(dfd, name, mode, 0);
}

long sys_access(const char __user *name, int mode)
{
	return sys_faccessat2(AT_FDCWD, name, mode, 0);
}

/* --- root, working directory, umask ----------------------------------------------- */

static void set_fs_path(struct path *slot, const struct path *path)
{
	struct fs_struct *fs = current->fs;
	struct path old;

	spin_lock(&fs->lock);
	old = *slot;
	*slot = *path;
	spin_unlock(&fs->lock);
	if (old.dentry)
		path_put(&old);
}

static int enter_dir(const struct path *path, struct path *slot)
{
	int err = S_ISDIR(path->dentry->d_inode->i_mode) ? 0 : -ENOTDIR;

	if (!err)
		err = inode_permission(path->dentry->d_inode, MAY_EXEC);
	if (!err) {
		path_get(path);
		set_fs_path(slot, path);
	}
	return err;
}

long sys_chdir(const char __user *name)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	if (err)
		return err;
	err = enter_dir(&path, &current->fs->pwd);
	path_put(&path);
	return err;
}

long sys_fchdir(unsigned int fd)
{
	struct fd f = fdget_raw(fd);
	int err;

	if (!f.file)
		return -EBADF;
	err = enter_dir(&f.file->f_path, &current->fs->pwd);
	fdput(f);
	return err;
}

long sys_chroot(const char __user *name)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	if (err)
		return err;
	err = capable(CAP_SYS_CHROOT) ? enter_dir(&path, &current->fs->root) : -EPERM;
	path_put(&path);
	return err;
}

long sys_umask(int mask)
{
	struct fs_struct *fs = current->fs;
	int old;

	spin_lock(&fs->lock);
	old = fs->umask;
	fs->umask = mask & 0777;
	spin_unlock(&fs->lock);
	return old;
}

long sys_getcwd(char __user *buf, unsigned long size)
{
	struct fs_struct *fs = current->fs;
	char *page = kmalloc(PATH_MAX, GFP_KERNEL), *text;
	struct path pwd;
	long len;

	if (!page)
		return -ENOMEM;
	spin_lock(&fs->lock);
	pwd = fs->pwd;
	path_get(&pwd);
	spin_unlock(&fs->lock);
	text = d_path(&pwd, page, PATH_MAX);
	if (IS_ERR(text)) {
		len = PTR_ERR(text);
	} else if (pwd.dentry->d_flags & DCACHE_UNHASHED) {
		len = -ENOENT;
	} else {
		len = strlen(text) + 1;
		if ((unsigned long)len > size)
			len = -ERANGE;
		else if (copy_to_user(buf, text, len))
			len = -EFAULT;
	}
	path_put(&pwd);
	kfree(page);
	return len;
}

struct fs_struct *copy_fs_struct(struct fs_struct *old)
{
	struct fs_struct *fs = kzalloc(sizeof(*fs), GFP_KERNEL);

	if (!fs)
		return NULL;
	refcount_set(&fs->users, 1);
	spin_lock_init(&fs->lock);
	spin_lock(&old->lock);
	fs->umask = old->umask;
	fs->root = old->root;
	fs->pwd = old->pwd;
	path_get(&fs->root);
	path_get(&fs->pwd);
	spin_unlock(&old->lock);
	return fs;
}

void exit_fs(struct task_struct *task)
{
	struct fs_struct *fs = task->fs;

	if (!fs)
		return;
	task_lock(task);
	task->fs = NULL;
	task_unlock(task);
	if (!refcount_dec_and_test(&fs->users))
		return;
	path_put(&fs->root);
	path_put(&fs->pwd);
	kfree(fs);
}
