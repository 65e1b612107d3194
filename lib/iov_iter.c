// SPDX-License-Identifier: MIT
/*
 * iov_iter.c - a position in a list of buffers, of user or kernel memory.
 *
 *   O1  count is the sum of what is left in all buffers
 *   O2  iov_offset is at most iov[0].iov_len; a buffer that is done, or was
 *       empty, is stepped over by the next that needs a byte
 *
 * A copy stops at the first user address that faults; what was copied before
 * it counts. Used by one thread; no locks.
 */
#include <linux/uio.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/errno.h>
#include <linux/bug.h>
#include <asm/page.h>
#include <asm/uaccess.h>

static void iter_init(struct iov_iter *i, bool user, void __user *buf, size_t count)
{
	i->user = user;
	i->iov_offset = 0;
	i->count = count;
	i->single.iov_base = buf;
	i->single.iov_len = count;
	i->iov = &i->single;
	i->nr_segs = 1;
}

/** iov_iter_ubuf() - over one buffer of user memory. */
void iov_iter_ubuf(struct iov_iter *i, void __user *buf, size_t count)
{
	iter_init(i, true, buf, count);
}

/** iov_iter_kbuf() - over one buffer of kernel memory. */
void iov_iter_kbuf(struct iov_iter *i, void *buf, size_t count)
{
	iter_init(i, false, (void __user *)buf, count);
}

/** iov_iter_iovec() - over @nr buffers of user memory, @count bytes in all. */
void iov_iter_iovec(struct iov_iter *i, const struct iovec *iov, unsigned long nr, size_t count)
{
	i->user = true;
	i->iov_offset = 0;
	i->count = count;
	i->iov = iov;
	i->nr_segs = nr;
}

/** iov_iter_advance() - step over @bytes, at most what is left. */
void iov_iter_advance(struct iov_iter *i, size_t bytes)
{
	mm_assert(bytes <= i->count);						/* O1 */
	bytes = min(bytes, i->count);
	i->count -= bytes;
	bytes += i->iov_offset;
	while (i->nr_segs > 1 && bytes >= i->iov->iov_len) {
		bytes -= i->iov->iov_len;
		i->iov++;
		i->nr_segs--;
	}
	i->iov_offset = bytes;							/* O2 */
}

/** iov_iter_revert() - back to where @saved, an earlier copy of @i, stood. */
void iov_iter_revert(struct iov_iter *i, const struct iov_iter *saved)
{
	bool one = i->iov == &i->single;

	*i = *saved;
	if (one)
		i->iov = &i->single;
}

/* the next piece: its address and, of at most @bytes, its length */
static size_t iter_piece(const struct iov_iter *i, size_t bytes, void **base)
{
	*base = (char *)i->iov->iov_base + i->iov_offset;
	return min3(bytes, i->count, i->iov->iov_len - i->iov_offset);
}

static void skip_empty(struct iov_iter *i)
{
	while (i->count && i->nr_segs > 1 && i->iov_offset >= i->iov->iov_len) {
		i->iov_offset -= i->iov->iov_len;
		i->iov++;
		i->nr_segs--;
	}
}

enum iter_op { ITER_FILL, ITER_DRAIN, ITER_ZERO };

/* Work on @n bytes of one buffer at @base; how many could not be reached. */
static __always_inline size_t piece_op(enum iter_op op, bool user, void *base, void *kernel,
				       size_t n)
{
	switch (op) {
	case ITER_FILL:
		if (user)
			return copy_to_user((void __user *)base, kernel, n);
		memcpy(base, kernel, n);
		return 0;
	case ITER_DRAIN:
		if (user)
			return raw_copy_from_user(kernel, (const void __user *)base, n);
		memcpy(kernel, base, n);
		return 0;
	default:
		if (user)
			return clear_user((void __user *)base, n);
		memset(base, 0, n);
		return 0;
	}
}

/* @op on the next @bytes, with what is in @kernel; bytes done. Inlined, as @op is a constant. */
static __always_inline size_t iter_op(enum iter_op op, struct iov_iter *i, char *kernel,
				      size_t bytes)
{
	size_t done = 0;

	if (likely(bytes <= i->iov->iov_len - i->iov_offset)) {		/* within a buffer */
		mm_assert(bytes <= i->count);				/* O1 */
		done = bytes - piece_op(op, i->user, (char *)i->iov->iov_base + i->iov_offset,
					kernel, bytes);
		i->count -= done;
		i->iov_offset += done;
		return done;
	}
	while (done < bytes && i->count) {
		size_t n, left;
		void *base;

		skip_empty(i);
		n = iter_piece(i, bytes - done, &base);
		left = piece_op(op, i->user, base, kernel + done, n);
		iov_iter_advance(i, n - left);
		done += n - left;
		if (left || !n)
			break;
	}
	return done;
}

/** copy_to_iter() - from the kernel's @from; comment in linux/uio.h. */
size_t copy_to_iter(const void *from, size_t bytes, struct iov_iter *i)
{
	return iter_op(ITER_FILL, i, (char *)from, bytes);
}

/** copy_from_iter() - into the kernel's @to; comment in linux/uio.h. */
size_t copy_from_iter(void *to, size_t bytes, struct iov_iter *i)
{
	return iter_op(ITER_DRAIN, i, to, bytes);
}

/** iov_iter_zero() - zeroes; comment in linux/uio.h. */
size_t iov_iter_zero(size_t bytes, struct iov_iter *i)
{
	return iter_op(ITER_ZERO, i, NULL, bytes);
}

/* touch each page of [addr, addr + bytes) */
static int fault_in_piece(unsigned long addr, size_t bytes)
{
	unsigned long end = addr + bytes;
	char byte;

	if (end < addr)
		return -EFAULT;
	for (; addr < end; addr = (addr & PAGE_MASK) + PAGE_SIZE)
		if (copy_from_user(&byte, (const void __user *)addr, 1))
			return -EFAULT;
	return 0;
}

/** fault_in_iov_iter_readable() - comment in linux/uio.h. */
int fault_in_iov_iter_readable(const struct iov_iter *i, size_t bytes)
{
	struct iov_iter at = *i;

	if (!i->user)
		return 0;
	if (i->iov == &i->single)
		at.iov = &at.single;
	bytes = min(bytes, at.count);
	while (bytes) {
		void *base;
		size_t n;

		skip_empty(&at);
		n = iter_piece(&at, bytes, &base);
		if (!n)
			break;
		if (fault_in_piece((unsigned long)base, n))
			return -EFAULT;
		iov_iter_advance(&at, n);
		bytes -= n;
	}
	return 0;
}
