// SPDX-License-Identifier: MIT
/*
 * file_rw.c - read(2) and write(2) through the page cache.
 *
 * The caller's buffer is user memory and may be a mapping of the very page that
 * is copied: touching it can fault and want that page's lock. So no page is
 * locked while bytes are copied:
 *
 *	read		a page that is up to date needs a reference, no lock
 *	write, page in the cache: the same; i_rwsem keeps truncation away
 *	write, hole:	the bytes go to a fresh page that nobody knows, which then
 *			enters the cache up to date; when a fault made one at the
 *			same place meanwhile, the bytes are copied over to it
 *
 *   I1  i_size grows only after the bytes below it are in the cache
 *   I2  bytes of the last page behind i_size are zero, unless a shared mapping
 *       wrote them
 *
 * Locks: inode->i_rwsem for writing around a write; reading takes none.
 */
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/uio.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <uapi/resource.h>

#define READ_BATCH	16ul	/* pages that a read takes from the cache at once */

static loff_t i_size_read(struct inode *inode)
{
	return READ_ONCE(inode->i_size);
}

/* what find_get_page() gave for @index, filled if need be; takes over its reference */
static struct page *make_uptodate(struct kiocb *iocb, struct address_space *mapping,
				  pgoff_t index, struct page *page)
{
	if (likely(page && PageUptodate(page)))
		return page;
	if (page)
		put_page(page);
	return read_mapping_page(mapping, index, iocb->ki_filp);
}

/* The copies may fault and sleep, so that a page is mapped by kmap(). */
static size_t copy_page_to_iter(struct page *page, size_t offset, size_t bytes,
				struct iov_iter *iter)
{
	size_t done = copy_to_iter((char *)kmap(page) + offset, bytes, iter);

	kunmap(page);
	return done;
}

static size_t copy_page_from_iter(struct page *page, size_t offset, size_t bytes,
				  struct iov_iter *iter)
{
	size_t done = copy_from_iter((char *)kmap(page) + offset, bytes, iter);

	kunmap(page);
	return done;
}

/* Where the cache has nothing at ki_pos. Bytes done or -E. */
static ssize_t read_missing(struct kiocb *iocb, struct address_space *mapping, size_t bytes,
			    struct iov_iter *iter)
{
	size_t offset = iocb->ki_pos & ~PAGE_MASK, done;
	struct page *page;

	bytes = min_t(size_t, bytes, PAGE_SIZE - offset);
	if (!(mapping->a_ops && mapping->a_ops->read_page)) {
		done = iov_iter_zero(bytes, iter);	/* a hole stays one */
		return done ? (ssize_t)done : -EFAULT;
	}
	page = read_mapping_page(mapping, iocb->ki_pos >> PAGE_SHIFT, iocb->ki_filp);
	if (IS_ERR(page))
		return PTR_ERR(page);
	done = copy_page_to_iter(page, offset, bytes, iter);
	put_page(page);
	return done ? (ssize_t)done : -EFAULT;
}

/* Read at most @bytes from ki_pos on: what one look at the cache gives. Bytes done or -E. */
static ssize_t read_pages(struct kiocb *iocb, struct address_space *mapping, size_t bytes,
			  struct iov_iter *iter)
{
	size_t offset = iocb->ki_pos & ~PAGE_MASK, done = 0;
	unsigned long want = (offset + bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
	struct page *pages[READ_BATCH];
	unsigned int nr, i;
	bool faulted = false;

	mm_assert(bytes && bytes <= iov_iter_count(iter));
	nr = find_get_uptodate(mapping, iocb->ki_pos >> PAGE_SHIFT, min(want, READ_BATCH), pages);
	if (unlikely(!nr))
		return read_missing(iocb, mapping, bytes, iter);
	for (i = 0; i < nr; i++) {
		if (likely(!faulted)) {
			size_t n = min_t(size_t, bytes - done, PAGE_SIZE - offset);
			size_t copied = copy_page_to_iter(pages[i], offset, n, iter);

			faulted = copied < n;
			done += copied;
			offset = 0;
		}
		put_page(pages[i]);
	}
	return done ? (ssize_t)done : -EFAULT;
}

/**
 * generic_file_read_iter() - read from iocb->ki_pos, as far as the file goes.
 * Locks:   none.
 * Context: may sleep.
 * Return:  bytes, fewer at the end of the file or of the buffer; -E when none.
 */
ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *iter)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	ssize_t total = 0, n;

	while (iov_iter_count(iter)) {
		loff_t left = i_size_read(mapping->host) - iocb->ki_pos;

		if (left <= 0)
			break;
		n = read_pages(iocb, mapping, min_t(u64, iov_iter_count(iter), left), iter);
		if (n < 0)
			return total ? total : n;
		iocb->ki_pos += n;
		total += n;
		if (!iov_iter_count(iter) || port_fatal_signal_pending())
			break;
		port_cond_resched();
	}
	return total;
}

/* the bytes are in @fresh, alone; a page of the cache was faster: give them to it */
static int merge_into_cached(struct kiocb *iocb, struct address_space *mapping, pgoff_t index,
			     struct page *fresh, unsigned long offset, size_t bytes)
{
	struct page *page = read_mapping_page(mapping, index, iocb->ki_filp);

	if (IS_ERR(page))
		return PTR_ERR(page);
	memcpy_page(page, offset, fresh, offset, bytes);
	set_page_dirty(page);
	put_page(page);
	return 0;
}

static ssize_t write_hole(struct kiocb *iocb, struct address_space *mapping, size_t bytes,
			  struct iov_iter *iter)
{
	unsigned long offset = iocb->ki_pos & ~PAGE_MASK;
	pgoff_t index = iocb->ki_pos >> PAGE_SHIFT;
	struct page *page = alloc_page(mapping->gfp_mask);
	size_t done;
	int error;

	mm_assert(offset + bytes <= PAGE_SIZE);
	if (!page)
		return -ENOMEM;
	zero_user(page, 0, offset);
	done = copy_page_from_iter(page, offset, bytes, iter);
	if (!done) {
		put_page(page);
		return -EFAULT;
	}
	zero_user(page, offset + done, PAGE_SIZE - offset - done);		/* I2 */
	__SetPageUptodate(page);
	__SetPageDirty(page);
	error = add_to_page_cache(page, mapping, index, mapping->gfp_mask);
	if (error == -EEXIST)
		error = merge_into_cached(iocb, mapping, index, page, offset, done);
	put_page(page);
	return error ? error : (ssize_t)done;
}

/* touch what is to be written; -EFAULT: not even its first byte can be read */
static int fault_in_source(const struct iov_iter *iter, size_t bytes)
{
	if (fault_in_iov_iter_readable(iter, 1))
		return -EFAULT;
	(void)fault_in_iov_iter_readable(iter, bytes);
	return 0;
}

static ssize_t write_one_page(struct kiocb *iocb, struct address_space *mapping, size_t bytes,
			      struct iov_iter *iter)
{
	unsigned long offset = iocb->ki_pos & ~PAGE_MASK;
	pgoff_t index = iocb->ki_pos >> PAGE_SHIFT;
	const struct address_space_operations *ops = mapping->a_ops;
	struct page *page = find_get_page(mapping, index);
	size_t done;

	rwsem_assert_held_write(&mapping->host->i_rwsem);
	mm_assert(bytes && bytes <= PAGE_SIZE - offset);
	if (!page && !(ops && ops->read_page))
		return write_hole(iocb, mapping, bytes, iter);
	if (!(page && PageUptodate(page)) && fault_in_source(iter, bytes)) {
		if (page)
			put_page(page);
		return -EFAULT;			/* and the page is what it was */
	}
	page = make_uptodate(iocb, mapping, index, page);
	if (IS_ERR(page))
		return PTR_ERR(page);
	done = copy_page_from_iter(page, offset, bytes, iter);
	if (done)
		set_page_dirty(page);
	put_page(page);
	return done ? (ssize_t)done : -EFAULT;
}

/* how many bytes RLIMIT_FSIZE and the type of the position allow; -EFBIG: none */
static ssize_t write_limit(struct kiocb *iocb, size_t bytes)
{
	unsigned long limit = port_rlimit(RLIMIT_FSIZE);
	u64 room, most = MAX_LFS_FILESIZE;

	if (limit != RLIM_INFINITY && limit < most)
		most = limit;
	if ((u64)iocb->ki_pos >= most)
		return -EFBIG;
	room = most - iocb->ki_pos;
	return min_t(u64, room, bytes);
}

static ssize_t write_pages(struct kiocb *iocb, struct inode *inode, size_t bytes,
			   struct iov_iter *iter)
{
	ssize_t total = 0, n;

	while (bytes) {
		size_t part = min_t(size_t, bytes, PAGE_SIZE - (iocb->ki_pos & ~PAGE_MASK));

		n = shmem_may_write(inode, iocb->ki_pos, part);
		if (unlikely(n) && fault_in_source(iter, part))
			n = -EFAULT;
		if (!n)
			n = write_one_page(iocb, inode->i_mapping, part, iter);
		if (n < 0)
			return total ? total : n;
		iocb->ki_pos += n;
		total += n;
		bytes -= n;
		if (iocb->ki_pos > i_size_read(inode))
			WRITE_ONCE(inode->i_size, iocb->ki_pos);		/* I1 */
		if ((size_t)n < part || port_fatal_signal_pending())
			break;
		port_cond_resched();
	}
	return total;
}

/**
 * generic_file_write_iter() - write at iocb->ki_pos, with O_APPEND at the end.
 * Locks:   takes inode->i_rwsem for writing.
 * Context: may sleep.
 * Return:  bytes, fewer when the buffer faults or memory is short; -E when none,
 *          -EFBIG at RLIMIT_FSIZE (the signal is the caller's).
 */
ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *iter)
{
	struct inode *inode = iocb->ki_filp->f_mapping->host;
	ssize_t n = 0;

	down_write(&inode->i_rwsem);
	if (iocb->ki_filp->f_flags & O_APPEND)
		iocb->ki_pos = i_size_read(inode);
	if (iov_iter_count(iter))
		n = write_limit(iocb, iov_iter_count(iter));
	if (n > 0)
		n = write_pages(iocb, inode, n, iter);
	if (n > 0)
		inode->i_mtime = inode->i_ctime = current_time_spec();
	up_write(&inode->i_rwsem);
	return n;
}
