// SPDX-License-Identifier: MIT
/*
 * read_write.c - read, write, lseek and their vectored and positioned forms, sendfile.
 *
 * Every call becomes one iov_iter and one position; the file's read_iter or write_iter
 * does the rest. The position of a seekable file is guarded by f_pos_lock when the file
 * may be shared; pipes and terminals have none, so that a reader never makes a writer
 * wait.
 *
 * Lengths are cut to MAX_RW_COUNT, as Linux does.
 */
#include "internal.h"
#include <linux/signal.h>
#include <uapi/resource.h>

static bool has_position(struct file *file)
{
	return file->f_op->llseek != NULL;
}

ssize_t vfs_read_iter(struct file *file, struct iov_iter *to, loff_t *pos)
{
	struct kiocb iocb = { .ki_filp = file, .ki_pos = *pos, .ki_flags = file->f_flags };
	ssize_t n;

	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	if (!file->f_op->read_iter)
		return S_ISDIR(file->f_inode->i_mode) ? -EISDIR : -EINVAL;
	n = file->f_op->read_iter(&iocb, to);
	*pos = iocb.ki_pos;
	if (n >= 0 && S_ISREG(file->f_inode->i_mode))
		file_accessed(file);
	return n;
}

ssize_t vfs_write_iter(struct file *file, struct iov_iter *from, loff_t *pos)
{
	struct kiocb iocb = { .ki_filp = file, .ki_pos = *pos, .ki_flags = file->f_flags };
	ssize_t n;

	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!file->f_op->write_iter)
		return -EINVAL;
	n = file->f_op->write_iter(&iocb, from);
	*pos = iocb.ki_pos;
	if (S_ISREG(file->f_inode->i_mode)) {
		if (n > 0)
			file_remove_privs(file);
		if (n == -EFBIG && (u64)iocb.ki_pos >= port_rlimit(RLIMIT_FSIZE))
			send_sig(SIGXFSZ, current, 0);
	}
	return n;
}

ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos)
{
	struct iov_iter iter;

	iov_iter_kbuf(&iter, buf, min(count, MAX_RW_COUNT));
	return vfs_read_iter(file, &iter, pos);
}

ssize_t kernel_write(struct file *file, const void *buf, size_t count, loff_t *pos)
{
	struct iov_iter iter;

	iov_iter_kbuf(&iter, (void *)buf, min(count, MAX_RW_COUNT));
	return vfs_write_iter(file, &iter, pos);
}

/* What a call with a buffer outside of the address space returns. */
static ssize_t bad_buffer(unsigned int fd, unsigned int mode)
{
	struct fd f = fdget(fd);
	bool usable = f.file && (f.file->f_mode & mode);

	fdput(f);
	return usable ? -EFAULT : -EBADF;
}

/* No byte of a file has a position above LLONG_MAX. */
static bool wraps(loff_t pos, const struct iov_iter *iter)
{
	return pos > LLONG_MAX - (loff_t)iov_iter_count(iter);
}

/* Read or write at the file's own position. */
static ssize_t rw_at_fpos(unsigned int fd, struct iov_iter *iter, bool write)
{
	struct fd f = fdget(fd);
	bool seekable;
	loff_t none = 0;
	ssize_t n;

	if (!f.file) {
		fdput(f);
		return -EBADF;
	}
	seekable = has_position(f.file);
	if (seekable)
		mutex_lock(&f.file->f_pos_lock);
	if (seekable && wraps(f.file->f_pos, iter))
		n = -EINVAL;
	else
		n = write ? vfs_write_iter(f.file, iter, seekable ? &f.file->f_pos : &none)
			  : vfs_read_iter(f.file, iter, seekable ? &f.file->f_pos : &none);
	if (seekable)
		mutex_unlock(&f.file->f_pos_lock);
	fdput(f);
	return n;
}

static ssize_t rw_at(unsigned int fd, struct iov_iter *iter, loff_t pos, bool write)
{
	struct fd f;
	ssize_t n;

	if (pos < 0)
		return -EINVAL;
	f = fdget(fd);
	if (!f.file)
		n = -EBADF;
	else if (!has_position(f.file))
		n = -ESPIPE;
	else if (wraps(pos, iter))
		n = -EINVAL;
	else
		n = write ? vfs_write_iter(f.file, iter, &pos) : vfs_read_iter(f.file, iter, &pos);
	fdput(f);
	return n;
}

long sys_read(unsigned int fd, char __user *buf, size_t count)
{
	struct iov_iter iter;

	if (!access_ok(buf, count))
		return bad_buffer(fd, FMODE_READ);
	iov_iter_ubuf(&iter, buf, min(count, MAX_RW_COUNT));
	return rw_at_fpos(fd, &iter, false);
}

long sys_write(unsigned int fd, const char __user *buf, size_t count)
{
	struct iov_iter iter;

	if (!access_ok(buf, count))
		return bad_buffer(fd, FMODE_WRITE);
	iov_iter_ubuf(&iter, (char __user *)buf, min(count, MAX_RW_COUNT));
	return rw_at_fpos(fd, &iter, true);
}

long sys_pread64(unsigned int fd, char __user *buf, size_t count, loff_t pos)
{
	struct iov_iter iter;

	if (pos >= 0 && !access_ok(buf, count))
		return bad_buffer(fd, FMODE_READ);
	iov_iter_ubuf(&iter, buf, min(count, MAX_RW_COUNT));
	return rw_at(fd, &iter, pos, false);
}

long sys_pwrite64(unsigned int fd, const char __user *buf, size_t count, loff_t pos)
{
	struct iov_iter iter;

	if (pos >= 0 && !access_ok(buf, count))
		return bad_buffer(fd, FMODE_WRITE);
	iov_iter_ubuf(&iter, (char __user *)buf, min(count, MAX_RW_COUNT));
	return rw_at(fd, &iter, pos, true);
}

/**
 * iovec_from_user() - a copy of the caller's vector of @nr buffers, at @fast or, when it is
 *	too long for that, from kmalloc: the caller frees *@iov when it is not @fast.
 * Locks:   none.
 * Context: may sleep.
 * Return:  0; -EINVAL: too many, or a length below 0; -EFAULT; -ENOMEM.
 */
int iovec_from_user(const struct iovec __user *user, unsigned long nr, struct iovec *fast,
		    struct iovec **iov)
{
	struct iovec *copy = fast;

	if (nr > UIO_MAXIOV)
		return -EINVAL;
	if (nr > UIO_FASTIOV)
		copy = kmalloc_array(nr, sizeof(*copy), GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	*iov = copy;
	if (copy_from_user(copy, user, nr * sizeof(*copy)))
		return -EFAULT;
	for (unsigned long i = 0; i < nr; i++)
		if ((ssize_t)copy[i].iov_len < 0)
			return -EINVAL;
	return 0;
}

/**
 * import_iovec() - the same for buffers of the caller's own memory, with lengths cut so
 *	that their sum fits one call.
 * Locks:   none.
 * Context: may sleep.
 * Return:  the sum, or as iovec_from_user().
 */
ssize_t import_iovec(const struct iovec __user *user, unsigned long nr, struct iovec *fast,
		     struct iovec **iov)
{
	int err = iovec_from_user(user, nr, fast, iov);
	size_t total = 0;

	for (unsigned long i = 0; i < nr && !err; i++) {
		struct iovec *v = &(*iov)[i];

		if (!access_ok(v->iov_base, v->iov_len))
			err = -EFAULT;
		v->iov_len = min(v->iov_len, MAX_RW_COUNT - total);
		total += v->iov_len;
	}
	return err ? err : (ssize_t)total;
}

/* @pos -1: the file's own */
static ssize_t rw_vector(unsigned int fd, const struct iovec __user *user, unsigned long nr,
			 const loff_t *pos, bool write)
{
	struct iovec fast[UIO_FASTIOV], *iov = fast;
	struct iov_iter iter;
	ssize_t n = import_iovec(user, nr, fast, &iov);

	if (n >= 0) {
		iov_iter_iovec(&iter, iov, nr, n);
		n = pos ? rw_at(fd, &iter, *pos, write) : rw_at_fpos(fd, &iter, write);
	} else if (bad_buffer(fd, write ? FMODE_WRITE : FMODE_READ) == -EBADF) {
		n = -EBADF;
	}
	if (iov != fast)
		kfree(iov);
	return n;
}

long sys_readv(unsigned long fd, const struct iovec __user *vec, unsigned long nr)
{
	return rw_vector(fd, vec, nr, NULL, false);
}

long sys_writev(unsigned long fd, const struct iovec __user *vec, unsigned long nr)
{
	return rw_vector(fd, vec, nr, NULL, true);
}

long sys_preadv(unsigned long fd, const struct iovec __user *vec, unsigned long nr,
		unsigned long pos_l, unsigned long pos_h)
{
	loff_t pos = pos_l;

	return rw_vector(fd, vec, nr, &pos, false);
}

long sys_pwritev(unsigned long fd, const struct iovec __user *vec, unsigned long nr,
		 unsigned long pos_l, unsigned long pos_h)
{
	loff_t pos = pos_l;

	return rw_vector(fd, vec, nr, &pos, true);
}

/* --- positions -------------------------------------------------------------------- */

/** default_llseek() - SEEK_SET, CUR, END against i_size; DATA and HOLE see no holes. */
loff_t default_llseek(struct file *file, loff_t offset, int whence)
{
	loff_t size = file->f_inode->i_size;

	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		offset += file->f_pos;
		break;
	case SEEK_END:
		offset += size;
		break;
	case SEEK_DATA:
	case SEEK_HOLE:
		if (offset < 0 || offset >= size)
			return -ENXIO;
		if (whence == SEEK_HOLE)
			offset = size;
		break;
	default:
		return -EINVAL;
	}
	if (offset < 0)
		return -EINVAL;
	file->f_pos = offset;
	return offset;
}

/** noop_llseek() - succeeds without moving: devices where a position means nothing. */
loff_t noop_llseek(struct file *file, loff_t offset, int whence)
{
	return file->f_pos;
}

long sys_lseek(unsigned int fd, off_t offset, unsigned int whence)
{
	struct fd f = fdget(fd);
	loff_t pos = -EINVAL;

	if (!f.file) {
		fdput(f);
		return -EBADF;
	}
	if (!has_position(f.file)) {
		pos = -ESPIPE;
	} else if (whence <= SEEK_HOLE) {
		mutex_lock(&f.file->f_pos_lock);
		pos = f.file->f_op->llseek(f.file, offset, whence);
		mutex_unlock(&f.file->f_pos_lock);
	}
	fdput(f);
	return pos;
}

/* --- sendfile --------------------------------------------------------------------- */

/* Move up to @count bytes through one page of kernel memory. */
static ssize_t copy_between(struct file *in, loff_t *in_pos, struct file *out, loff_t *out_pos,
			    size_t count)
{
	char *page = kmalloc(PAGE_SIZE, GFP_KERNEL);
	ssize_t done = 0, n = 0;

	if (!page)
		return -ENOMEM;
	while (count && !fatal_signal_pending(current)) {
		loff_t start = *in_pos;
		ssize_t put;

		n = kernel_read(in, page, min_t(size_t, count, PAGE_SIZE), in_pos);
		if (n <= 0)
			break;
		put = kernel_write(out, page, n, out_pos);
		if (put != n)
			*in_pos = start + max_t(ssize_t, put, 0);
		if (put <= 0) {
			n = put;
			break;
		}
		done += put;
		count -= put;
		if (put != n)
			break;
	}
	kfree(page);
	return done ? done : n;
}

long sys_sendfile(int out_fd, int in_fd, loff_t __user *user_off, size_t count)
{
	struct fd in = fdget(in_fd), out = fdget(out_fd);
	loff_t off = 0, none = 0;
	ssize_t n = -EBADF;

	if (!in.file || !out.file)
		goto put;
	if (!(in.file->f_mode & FMODE_READ) || !(out.file->f_mode & FMODE_WRITE))
		goto put;
	n = -ESPIPE;
	if (user_off && !has_position(in.file))
		goto put;
	n = -EINVAL;
	if (!has_position(in.file) || S_ISDIR(in.file->f_inode->i_mode) ||
	    (out.file->f_flags & O_APPEND))
		goto put;
	n = -EFAULT;
	if (user_off && copy_from_user(&off, user_off, sizeof(off)))
		goto put;
	n = -EINVAL;
	if (off < 0)
		goto put;
	n = copy_between(in.file, user_off ? &off : &in.file->f_pos, out.file,
			 has_position(out.file) ? &out.file->f_pos : &none,
			 min(count, MAX_RW_COUNT));
	if (user_off && copy_to_user(user_off, &off, sizeof(off)))
		n = -EFAULT;
put:
	fdput(in);
	fdput(out);
	return n;
}

/* --- fsync: files in memory are always stable ------------------------------------- */

long sys_fsync(unsigned int fd)
{
	struct fd f = fdget(fd);
	long err = -EINVAL;

	if (!f.file)
		err = -EBADF;
	else if (f.file->f_op->fsync)
		err = f.file->f_op->fsync(f.file);
	fdput(f);
	return err;
}

long sys_fdatasync(unsigned int fd)
{
	return sys_fsync(fd);
}

long sys_sync(void)
{
	return 0;
}
