// SPDX-License-Identifier: MIT
/*
 * stat.c - what is this file: stat and its relatives, readlink, statfs, getdents.
 *
 * struct kstat is the kernel's own form; the functions here turn it into the three
 * layouts that programs know (struct stat of x86-64, statx, statfs).
 *
 * Locks: none of its own; attributes are read as they stand.
 */
#include "internal.h"

static int stat_at(int dfd, const char __user *name, int flags, struct kstat *stat, int *mnt_id)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path path;
	int err;

	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = user_path_at(dfd, name, lookup, &path);
	if (err)
		return err;
	err = vfs_getattr(&path, stat);
	if (mnt_id)
		*mnt_id = path.mnt->mnt_id;
	path_put(&path);
	return err;
}

static int stat_fd(unsigned int fd, struct kstat *stat)
{
	struct fd f = fdget_raw(fd);
	int err = f.file ? vfs_getattr(&f.file->f_path, stat) : -EBADF;

	fdput(f);
	return err;
}

static long put_stat(const struct kstat *k, struct stat __user *user)
{
	struct stat s = {
		.st_dev = huge_encode_dev(k->dev), .st_ino = k->ino, .st_nlink = k->nlink,
		.st_mode = k->mode, .st_uid = k->uid, .st_gid = k->gid,
		.st_rdev = huge_encode_dev(k->rdev), .st_size = k->size,
		.st_blksize = k->blksize, .st_blocks = k->blocks,
		.st_atime_sec = k->atime.tv_sec, .st_atime_nsec = k->atime.tv_nsec,
		.st_mtime_sec = k->mtime.tv_sec, .st_mtime_nsec = k->mtime.tv_nsec,
		.st_ctime_sec = k->ctime.tv_sec, .st_ctime_nsec = k->ctime.tv_nsec,
	};

	return copy_to_user(user, &s, sizeof(s)) ? -EFAULT : 0;
}

long sys_newfstatat(int dfd, const char __user *name, struct stat __user *user, int flags)
{
	struct kstat stat;
	int err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE))
		return -EINVAL;
	err = stat_at(dfd, name, flags, &stat, NULL);
	return err ? err : put_stat(&stat, user);
}

long sys_stat(const char __user *name, struct stat __user *user)
{
	return sys_newfstatat(AT_FDCWD, name, user, 0);
}

long sys_lstat(const char __user *name, struct stat __user *user)
{
	return sys_newfstatat(AT_FDCWD, name, user, AT_SYMLINK_NOFOLLOW);
}

long sys_fstat(unsigned int fd, struct stat __user *user)
{
	struct kstat stat;
	int err = stat_fd(fd, &stat);

	return err ? err : put_stat(&stat, user);
}

static struct statx_timestamp statx_time(struct timespec64 t)
{
	return (struct statx_timestamp){ .tv_sec = t.tv_sec, .tv_nsec = t.tv_nsec };
}

long sys_statx(int dfd, const char __user *name, unsigned int flags, unsigned int mask,
	       struct statx __user *user)
{
	struct kstat k;
	struct statx x;
	int mnt_id, err;

	if ((mask & STATX__RESERVED) || (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE ||
	    (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE)))
		return -EINVAL;
	err = stat_at(dfd, name, flags, &k, &mnt_id);
	if (err)
		return err;
	x = (struct statx){
		.stx_mask = STATX_BASIC_STATS | STATX_MNT_ID, .stx_blksize = k.blksize,
		.stx_nlink = k.nlink, .stx_uid = k.uid, .stx_gid = k.gid, .stx_mode = k.mode,
		.stx_ino = k.ino, .stx_size = k.size, .stx_blocks = k.blocks,
		.stx_atime = statx_time(k.atime), .stx_ctime = statx_time(k.ctime),
		.stx_mtime = statx_time(k.mtime),
		.stx_rdev_major = MAJOR(k.rdev), .stx_rdev_minor = MINOR(k.rdev),
		.stx_dev_major = MAJOR(k.dev), .stx_dev_minor = MINOR(k.dev),
		.stx_mnt_id = mnt_id,
	};
	return copy_to_user(user, &x, sizeof(x)) ? -EFAULT : 0;
}

/* --- readlink --------------------------------------------------------------------- */

static long read_link(const struct path *path, char __user *user, int size)
{
	struct inode *inode = path->dentry->d_inode;
	char *text;
	long len;

	if (!S_ISLNK(inode->i_mode))
		return -EINVAL;
	text = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	len = inode->i_op->readlink(path->dentry, text, PATH_MAX);
	if (len >= 0) {
		touch_atime(path);
		len = min_t(long, len, size);
		if (copy_to_user(user, text, len))
			len = -EFAULT;
	}
	kfree(text);
	return len;
}

long sys_readlinkat(int dfd, const char __user *name, char __user *user, int size)
{
	struct path path;
	char first;
	long err;

	if (size <= 0)
		return -EINVAL;
	err = user_path_at(dfd, name, LOOKUP_EMPTY, &path);
	if (err)
		return err;
	err = read_link(&path, user, size);
	path_put(&path);
	/* "" names what dfd is: when that is no link, there was nothing to look up */
	if (err == -EINVAL && !get_user(first, name) && !first)
		err = -ENOENT;
	return err;
}

long sys_readlink(const char __user *name, char __user *user, int size)
{
	return sys_readlinkat(AT_FDCWD, name, user, size);
}

/* --- statfs ----------------------------------------------------------------------- */

static long put_statfs(struct super_block *sb, unsigned long mnt_flags, void __user *user)
{
	struct kstatfs k = { .f_type = sb->s_magic, .f_bsize = PAGE_SIZE, .f_namelen = NAME_MAX };
	struct statfs s;
	int err = sb->s_op && sb->s_op->statfs ? sb->s_op->statfs(sb, &k) : 0;

	if (err)
		return err;
	s = (struct statfs){
		.f_type = k.f_type, .f_bsize = k.f_bsize, .f_blocks = k.f_blocks,
		.f_bfree = k.f_bfree, .f_bavail = k.f_bavail, .f_files = k.f_files,
		.f_ffree = k.f_ffree, .f_namelen = k.f_namelen, .f_frsize = k.f_bsize,
		/* ST_VALID, and the mount flags whose ST_ bits are the same; ST_RELATIME */
		.f_flags = 0x20 | (mnt_flags & 0xf) | (mnt_flags & MS_RELATIME ? 0x1000 : 0),
	};
	return copy_to_user(user, &s, sizeof(s)) ? -EFAULT : 0;
}

long sys_statfs(const char __user *name, void __user *user)
{
	struct path path;
	long err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);

	if (err)
		return err;
	err = put_statfs(path.dentry->d_sb, path.mnt->mnt_flags, user);
	path_put(&path);
	return err;
}

long sys_fstatfs(unsigned int fd, void __user *user)
{
	struct fd f = fdget_raw(fd);
	long err = -EBADF;

	if (f.file)
		err = put_statfs(f.file->f_path.dentry->d_sb, f.file->f_path.mnt->mnt_flags, user);
	fdput(f);
	return err;
}

/* --- getdents --------------------------------------------------------------------- */

/* The two record layouts differ in where the type byte stands. */
struct dent_buf {
	char __user *pos;
	size_t left;			/* bytes */
	bool old_layout;
	int error;
};

static bool fill_dent(void *ctx, const char *name, int len, loff_t off, u64 ino, unsigned int type)
{
	struct dent_buf *b = ctx;
	/* d_ino 8, d_off 8, d_reclen 2, then (type 1, name, 0) or (name, 0, type 1) */
	size_t reclen = ALIGN(18 + 1 + len + 1, 8);
	u8 rec[18 + 1 + NAME_MAX + 1 + 8] = { 0 };

	if (reclen > b->left) {
		b->error = -EINVAL;	/* counts only when nothing fitted */
		return false;
	}
	memcpy(rec, &ino, 8);
	memcpy(rec + 8, &off, 8);
	rec[16] = reclen;
	rec[17] = reclen >> 8;
	if (b->old_layout) {
		memcpy(rec + 18, name, len);
		rec[reclen - 1] = type;
	} else {
		rec[18] = type;
		memcpy(rec + 19, name, len);
	}
	if (copy_to_user(b->pos, rec, reclen)) {
		b->error = -EFAULT;
		return false;
	}
	b->pos += reclen;
	b->left -= reclen;
	return true;
}

static long do_getdents(unsigned int fd, void __user *user, unsigned int count, bool old_layout)
{
	struct dent_buf buf = { .pos = user, .left = count, .old_layout = old_layout };
	struct fd f = fdget(fd);
	struct dir_context ctx = { .actor = fill_dent, .ctx = &buf };
	long err;

	if (!f.file) {
		fdput(f);
		return -EBADF;
	}
	if (!f.file->f_op->iterate) {
		fdput(f);
		return -ENOTDIR;
	}
	mutex_lock(&f.file->f_pos_lock);
	if (f.file->f_path.dentry->d_flags & DCACHE_UNHASHED) {
		err = -ENOENT;
	} else {
		ctx.pos = f.file->f_pos;
		err = f.file->f_op->iterate(f.file, &ctx);
		f.file->f_pos = ctx.pos;
		file_accessed(f.file);
	}
	mutex_unlock(&f.file->f_pos_lock);
	fdput(f);
	if (buf.left != count)
		return count - buf.left;
	return err ? err : buf.error;
}

long sys_getdents64(unsigned int fd, void __user *dirent, unsigned int count)
{
	return do_getdents(fd, dirent, count, false);
}

long sys_getdents(unsigned int fd, void __user *dirent, unsigned int count)
{
	return do_getdents(fd, dirent, count, true);
}

/* --- ioctl ------------------------------------------------------------------------ */

#define FIOCLEX		0x5451
#define FIONCLEX	0x5450
#define FIONBIO		0x5421
#define FIONREAD	0x541b

static long file_ioctl(unsigned int fd, struct file *file, unsigned int cmd, unsigned long arg)
{
	int on, left;

	switch (cmd) {
	case FIOCLEX:
		return sys_fcntl(fd, F_SETFD, FD_CLOEXEC);
	case FIONCLEX:
		return sys_fcntl(fd, F_SETFD, 0);
	case FIONBIO:
		if (get_user(on, (int __user *)arg))
			return -EFAULT;
		file->f_flags = on ? file->f_flags | O_NONBLOCK : file->f_flags & ~O_NONBLOCK;
		return 0;
	case FIONREAD:
		if (S_ISREG(file->f_inode->i_mode)) {
			left = file->f_inode->i_size - file->f_pos;
			return put_user(left, (int __user *)arg);
		}
	}
	return file->f_op->unlocked_ioctl ? file->f_op->unlocked_ioctl(file, cmd, arg) : -ENOTTY;
}

long sys_ioctl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	struct fd f = fdget(fd);
	long err = -EBADF;

	if (f.file)
		err = file_ioctl(fd, f.file, cmd, arg);
	fdput(f);
	return err;
}
