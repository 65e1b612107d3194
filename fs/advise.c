// SPDX-License-Identifier: MIT
/*
 * advise.c - what programs say about how they will use a file or want it kept:
 * posix_fadvise, readahead, sync_file_range, syncfs; and extended attributes.
 *
 * All files of this system live in memory. There is nothing to read ahead from, to write
 * back to, or to drop and read again, so the calls check what Linux checks and have
 * nothing left to do: the advice is already followed. A file system on a device has to
 * take part here when there is one.
 *
 * No file system here stores extended attributes: the calls look the file up, check the
 * name as Linux does and answer EOPNOTSUPP; the list of names is empty.
 *
 * Locks: none.
 */
#include "internal.h"

/* --- advice ---------------------------------------------------------------------------- */

enum { FADV_NORMAL, FADV_RANDOM, FADV_SEQUENTIAL, FADV_WILLNEED, FADV_DONTNEED, FADV_NOREUSE };

/** sys_fadvise64() - posix_fadvise(2). 0, -EBADF, -ESPIPE, -EINVAL. */
long sys_fadvise64(int fd, loff_t offset, size_t len, int advice)
{
	struct fd f = fdget(fd);
	long err = -EBADF;

	if (f.file && S_ISFIFO(f.file->f_inode->i_mode))
		err = -ESPIPE;
	else if (f.file)
		err = (ssize_t)len < 0 || advice < FADV_NORMAL || advice > FADV_NOREUSE ?
		      -EINVAL : 0;
	fdput(f);
	return err;
}

/** sys_readahead() - readahead(2): only files that have pages. 0, -EBADF, -EINVAL. */
long sys_readahead(int fd, loff_t offset, size_t count)
{
	struct fd f = fdget(fd);
	long err = -EBADF;

	if (f.file && (f.file->f_mode & FMODE_READ))
		err = S_ISREG(f.file->f_inode->i_mode) ? 0 : -EINVAL;
	fdput(f);
	return err;
}

/* --- keeping ---------------------------------------------------------------------------- */

#define SYNC_FILE_RANGE_ALL	7u	/* wait before, write, wait after */

/** sys_sync_file_range() - sync_file_range(2). 0, -EBADF, -EINVAL, -ESPIPE. */
long sys_sync_file_range(int fd, loff_t offset, loff_t bytes, unsigned int flags)
{
	struct fd f = fdget(fd);
	umode_t mode;
	long err = -EBADF;

	if (!f.file)
		return err;
	mode = f.file->f_inode->i_mode;
	if ((flags & ~SYNC_FILE_RANGE_ALL) || offset < 0 || bytes < 0 ||
	    bytes > LLONG_MAX - offset)
		err = -EINVAL;
	else
		err = S_ISREG(mode) || S_ISBLK(mode) || S_ISDIR(mode) ? 0 : -ESPIPE;
	fdput(f);
	return err;
}

/** sys_syncfs() - syncfs(2): the file system of @fd is in memory, and stays there. */
long sys_syncfs(int fd)
{
	struct fd f = fdget(fd);
	long err = f.file ? 0 : -EBADF;

	fdput(f);
	return err;
}

/* --- extended attributes ------------------------------------------------------------------ */

#define XATTR_NAME_BYTES	256	/* with the final 0 */

/* The name of an attribute: 0, -EFAULT, -ERANGE (empty or too long). */
static long check_name(const char __user *name)
{
	char buf[XATTR_NAME_BYTES];
	long n = strncpy_from_user(buf, name, sizeof(buf));

	return n < 0 ? n : n == 0 || n == sizeof(buf) ? -ERANGE : 0;
}

/* @user is a file: 0, or why not. */
static long check_path(const char __user *user, unsigned int lookup)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, user, lookup, &path);

	if (!err)
		path_put(&path);
	return err;
}

static long check_fd(int fd)
{
	return sys_syncfs(fd);
}

#define XATTR_CREATE	1
#define XATTR_REPLACE	2
#define XATTR_SIZE_MAX	65536

static long check_value(const char __user *name, size_t size, int flags)
{
	if (flags & ~(XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	return check_name(name) ?: size > XATTR_SIZE_MAX ? -E2BIG : 0;
}

long sys_setxattr(const char __user *path, const char __user *name, const void __user *value,
		  size_t size, int flags)
{
	return check_path(path, LOOKUP_FOLLOW) ?: check_value(name, size, flags) ?: -EOPNOTSUPP;
}

long sys_lsetxattr(const char __user *path, const char __user *name, const void __user *value,
		   size_t size, int flags)
{
	return check_path(path, 0) ?: check_value(name, size, flags) ?: -EOPNOTSUPP;
}

long sys_fsetxattr(int fd, const char __user *name, const void __user *value, size_t size,
		   int flags)
{
	return check_fd(fd) ?: check_value(name, size, flags) ?: -EOPNOTSUPP;
}

long sys_getxattr(const char __user *path, const char __user *name, void __user *value,
		  size_t size)
{
	return check_path(path, LOOKUP_FOLLOW) ?: check_name(name) ?: -EOPNOTSUPP;
}

long sys_lgetxattr(const char __user *path, const char __user *name, void __user *value,
		   size_t size)
{
	return check_path(path, 0) ?: check_name(name) ?: -EOPNOTSUPP;
}

long sys_fgetxattr(int fd, const char __user *name, void __user *value, size_t size)
{
	return check_fd(fd) ?: check_name(name) ?: -EOPNOTSUPP;
}

/* The names of all attributes: there are none, which needs no room. */
long sys_listxattr(const char __user *path, char __user *list, size_t size)
{
	return check_path(path, LOOKUP_FOLLOW);
}

long sys_llistxattr(const char __user *path, char __user *list, size_t size)
{
	return check_path(path, 0);
}

long sys_flistxattr(int fd, char __user *list, size_t size)
{
	return check_fd(fd);
}

long sys_removexattr(const char __user *path, const char __user *name)
{
	return check_path(path, LOOKUP_FOLLOW) ?: check_name(name) ?: -EOPNOTSUPP;
}

long sys_lremovexattr(const char __user *path, const char __user *name)
{
	return check_path(path, 0) ?: check_name(name) ?: -EOPNOTSUPP;
}

long sys_fremovexattr(int fd, const char __user *name)
{
	return check_fd(fd) ?: check_name(name) ?: -EOPNOTSUPP;
}
