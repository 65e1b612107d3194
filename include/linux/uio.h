/* SPDX-License-Identifier: MIT */
/* uio.h - iov_iter: one cursor over kernel or user buffers. Used by one thread. */
#ifndef LINUX_UIO_H
#define LINUX_UIO_H

#include <linux/types.h>
#include <linux/compiler.h>

struct iovec { void __user *iov_base; size_t iov_len; };
struct page;

struct iov_iter {
	bool user;			/* the buffers are user memory */
	size_t iov_offset;		/* bytes done in iov[0] */
	size_t count;			/* bytes left in all */
	const struct iovec *iov;
	unsigned long nr_segs;
	struct iovec single;		/* where iov points for one buffer */
};

#define UIO_MAXIOV 1024
#define UIO_FASTIOV 8

/* vectors of callers: fs/read_write.c */
int iovec_from_user(const struct iovec __user *user, unsigned long nr, struct iovec *fast,
		    struct iovec **iov);
ssize_t import_iovec(const struct iovec __user *user, unsigned long nr, struct iovec *fast,
		     struct iovec **iov);

void iov_iter_ubuf(struct iov_iter *i, void __user *buf, size_t count);
void iov_iter_kbuf(struct iov_iter *i, void *buf, size_t count);
void iov_iter_iovec(struct iov_iter *i, const struct iovec *iov, unsigned long nr, size_t count);
static inline size_t iov_iter_count(const struct iov_iter *i) { return i->count; }
void iov_iter_advance(struct iov_iter *i, size_t bytes);
void iov_iter_revert(struct iov_iter *i, const struct iov_iter *saved);
/* bytes done: fewer than asked when a user address faults. May sleep. */
size_t copy_to_iter(const void *from, size_t bytes, struct iov_iter *i);
size_t copy_from_iter(void *to, size_t bytes, struct iov_iter *i);
size_t iov_iter_zero(size_t bytes, struct iov_iter *i);
/* make the first @bytes of user memory present before locks are taken: 0 or -EFAULT */
int fault_in_iov_iter_readable(const struct iov_iter *i, size_t bytes);

#endif
