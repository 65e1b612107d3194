// SPDX-License-Identifier: MIT
/*
 * splice.c - splice, tee, vmsplice: pages go into pipes, out of them and between them.
 *
 * Where it can be done a slot of a pipe gets a reference to a page, and no byte is copied:
 *
 *	vmsplice	pages of the caller's memory: what it writes to them later is read, too
 *	file -> pipe	pages of the cache; a hole gives a page of zeroes
 *	pipe -> pipe	the slot moves; a part of one is a second reference to its page
 *	tee		second references; nothing is taken out
 *
 * Bytes are copied out of a device, which has no pages, into pages of the pipe's own; and
 * out of a pipe to a file or to memory, as Linux does. How a file takes part are its
 * splice_read and splice_write; without them it is -EINVAL.
 *
 * Each call waits for the first byte, or the first free slot, unless SPLICE_F_NONBLOCK or
 * the O_NONBLOCK of a pipe forbids it, and then does what can be done without waiting.
 *
 * Invariants
 *   S1  a slot that was filled by reference does not own its page (P4 of pipe.c)
 *   S2  what a slot has lost has been taken by the other side, which never gets it twice
 *
 * Locks: the mutexes of the pipes, of two the one at the lower address first. They are
 * held while a file is read or written, as by pipe_read() and pipe_write().
 */
#include "internal.h"
#include "pipe.h"
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/signal.h>

/* --- waiting, with the mutex held, which is dropped meanwhile -------------------------- */

/* Until there are bytes, or nobody is left to write any: 0, -EAGAIN or -ERESTARTSYS. */
static int wait_for_bytes(struct pipe_inode_info *pipe, unsigned int flags)
{
	int err = 0;

	while (pipe_empty(pipe) && pipe->writers && !err) {
		if (flags & SPLICE_F_NONBLOCK)
			return -EAGAIN;
		mutex_unlock(&pipe->mutex);
		err = wait_event_interruptible(pipe->rd_wait, !pipe_empty(pipe) ||
					       !READ_ONCE(pipe->writers));
		mutex_lock(&pipe->mutex);
	}
	return err;
}

static int no_readers(void)
{
	send_sig(SIGPIPE, current, 0);
	return -EPIPE;
}

/* Until a slot is free: 0, -EAGAIN, -ERESTARTSYS; -EPIPE: nobody would read it. */
static int wait_for_slot(struct pipe_inode_info *pipe, unsigned int flags)
{
	int err = 0;

	while (pipe->readers && pipe_full(pipe) && !err) {
		if (flags & SPLICE_F_NONBLOCK)
			return -EAGAIN;
		mutex_unlock(&pipe->mutex);
		err = wait_event_interruptible(pipe->wr_wait, !pipe_full(pipe) ||
					       !READ_ONCE(pipe->readers));
		mutex_lock(&pipe->mutex);
	}
	if (!err && !pipe->readers)
		err = no_readers();
	return err;
}

static void wake_readers(struct pipe_inode_info *pipe)
{
	wake_up_interruptible_poll(&pipe->rd_wait, EPOLLIN | EPOLLRDNORM);
}

static void wake_writers(struct pipe_inode_info *pipe)
{
	wake_up_interruptible_poll(&pipe->wr_wait, EPOLLOUT | EPOLLWRNORM);
}

/* --- filling free slots ------------------------------------------------------------------ */

/* takes over the reference to @page */
static void push_slot(struct pipe_inode_info *pipe, struct page *page, unsigned int off,
		      unsigned int len, bool own)
{
	mm_assert(!pipe_full(pipe) && len && off + len <= PAGE_SIZE);
	*pipe_slot(pipe, pipe->head) = (struct pipe_slot){
		.page = page, .off = off, .len = len, .own = own,
	};
	pipe->head++;
}

/**
 * generic_file_splice_read() - splice_read of files in the page cache: its pages.
 * Locks:   the mutex of @pipe is held.
 * Context: may sleep.
 * Return:  bytes, 0 at the end of the file; -E when none.
 */
ssize_t generic_file_splice_read(struct file *file, loff_t *pos, struct pipe_inode_info *pipe,
				 size_t len)
{
	struct address_space *mapping = file->f_mapping;
	ssize_t done = 0;

	while (len && !pipe_full(pipe)) {
		loff_t left = READ_ONCE(mapping->host->i_size) - *pos;
		unsigned int off = *pos & ~PAGE_MASK;
		struct page *page;
		size_t n;
		bool hole;

		if (left <= 0)
			break;
		n = min_t(u64, min_t(size_t, len, PAGE_SIZE - off), left);
		hole = !find_get_uptodate(mapping, *pos >> PAGE_SHIFT, 1, &page);
		if (hole)
			page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
		if (!page)
			return done ? done : -ENOMEM;
		push_slot(pipe, page, off, n, hole);			/* S1 */
		*pos += n;
		done += n;
		len -= n;
	}
	if (S_ISREG(file->f_inode->i_mode))
		file_accessed(file);
	return done;
}

/* Free slots of @pipe, fewer than @nr if memory is short, get pages: how many. */
static unsigned int add_pages(struct page **pages, struct iovec *vec, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		pages[i] = alloc_page(GFP_KERNEL_ACCOUNT);
		if (!pages[i])
			break;
		vec[i] = (struct iovec){ page_address(pages[i]), PAGE_SIZE };
	}
	return i;
}

/**
 * copy_splice_read() - splice_read of files without pages: one read into fresh ones.
 * Locks:   the mutex of @pipe is held.
 * Context: may sleep, as long as a read of the file does.
 * Return:  bytes, 0 at the end of the file; -E when none.
 */
ssize_t copy_splice_read(struct file *file, loff_t *pos, struct pipe_inode_info *pipe, size_t len)
{
	unsigned int room = pipe->slots - (pipe->head - pipe->tail), nr, i;
	struct iov_iter iter;
	struct page **pages;
	struct iovec *vec;
	ssize_t n = -ENOMEM, left;

	nr = min_t(size_t, room, DIV_ROUND_UP(len, PAGE_SIZE));
	pages = kcalloc(nr, sizeof(*pages) + sizeof(*vec), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	vec = (struct iovec *)(pages + nr);
	nr = add_pages(pages, vec, nr);
	if (nr) {
		iov_iter_iovec(&iter, vec, nr, min_t(size_t, len, nr * PAGE_SIZE));
		iter.user = false;
		n = vfs_read_iter(file, &iter, pos);
	}
	for (i = 0, left = n; i < nr; i++, left -= PAGE_SIZE) {
		if (left > 0)
			push_slot(pipe, pages[i], 0, min_t(ssize_t, left, PAGE_SIZE), true);
		else
			put_page(pages[i]);
	}
	kfree(pages);
	return n;
}

/* @len bytes of the caller's memory at @addr. Bytes, fewer when @pipe is full, or -E. */
static ssize_t push_user(struct pipe_inode_info *pipe, unsigned long addr, size_t len)
{
	ssize_t done = 0;

	while (len && !pipe_full(pipe)) {
		unsigned int off = addr & ~PAGE_MASK;
		size_t n = min_t(size_t, len, PAGE_SIZE - off);
		struct page *page;
		int got = get_user_pages_remote(current->mm, addr & PAGE_MASK, 1, FOLL_OWN,
						&page);

		if (got != 1)
			return done ? done : got;
		push_slot(pipe, page, off, n, false);			/* S1 */
		addr += n;
		len -= n;
		done += n;
	}
	return done;
}

static ssize_t memory_to_pipe(const struct iovec *vec, unsigned long nr,
			      struct pipe_inode_info *pipe, unsigned int flags)
{
	ssize_t done = 0, n;

	mutex_lock(&pipe->mutex);
	n = wait_for_slot(pipe, flags);
	for (unsigned long i = 0; i < nr && n >= 0; i++) {
		n = push_user(pipe, (unsigned long)vec[i].iov_base, vec[i].iov_len);
		if (n > 0)
			done += n;
		if (n != (ssize_t)vec[i].iov_len)
			break;
	}
	mutex_unlock(&pipe->mutex);
	if (done)
		wake_readers(pipe);
	return done ? done : n;
}

/* --- emptying slots ----------------------------------------------------------------------- */

/* takes at most @len bytes at @off of @page: how many, or -E */
typedef ssize_t (*splice_actor)(struct page *page, unsigned int off, size_t len, void *arg);

/* Up to @len bytes go to @actor; the mutex is held. Bytes, 0: nobody will write any; -E. */
static ssize_t drain(struct pipe_inode_info *pipe, size_t len, unsigned int flags,
		     splice_actor actor, void *arg)
{
	ssize_t done = 0, n = 0;

	while (len) {
		struct pipe_slot *slot;

		if (signal_pending(current)) {
			n = -ERESTARTSYS;
			break;
		}
		n = done ? 0 : wait_for_bytes(pipe, flags);
		if (n || pipe_empty(pipe))
			break;
		slot = pipe_slot(pipe, pipe->tail);
		n = actor(slot->page, slot->off, min_t(size_t, slot->len, len), arg);
		if (n <= 0)
			break;
		slot->off += n;						/* S2 */
		slot->len -= n;
		if (!slot->len)
			pipe_release_slot(pipe);
		done += n;
		len -= n;
		cond_resched();
	}
	return done ? done : n;
}

static ssize_t actor_memory(struct page *page, unsigned int off, size_t len, void *arg)
{
	size_t n = copy_to_iter(page_address(page) + off, len, arg);

	return n == len ? (ssize_t)n : -EFAULT;
}

static ssize_t pipe_to_memory(struct pipe_inode_info *pipe, struct iov_iter *to,
			      unsigned int flags)
{
	ssize_t n;

	mutex_lock(&pipe->mutex);
	n = drain(pipe, iov_iter_count(to), flags, actor_memory, to);
	mutex_unlock(&pipe->mutex);
	if (n > 0)
		wake_writers(pipe);
	return n;
}

struct file_place {
	struct file *file;
	loff_t *pos;
};

static ssize_t actor_file(struct page *page, unsigned int off, size_t len, void *arg)
{
	struct file_place *place = arg;

	return kernel_write(place->file, page_address(page) + off, len, place->pos);
}

/**
 * iter_file_splice_write() - splice_write of files that can be written.
 * Locks:   the mutex of @pipe is held.
 * Context: may sleep.
 * Return:  bytes, 0 when there will be none; -E when none.
 */
ssize_t iter_file_splice_write(struct pipe_inode_info *pipe, struct file *file, loff_t *pos,
			       size_t len, unsigned int flags)
{
	struct file_place place = { .file = file, .pos = pos };

	return drain(pipe, len, flags, actor_file, &place);
}

static ssize_t actor_null(struct page *page, unsigned int off, size_t len, void *arg)
{
	return len;
}

/**
 * null_splice_write() - splice_write that looks at no byte.
 * Locks:   the mutex of @pipe is held.
 * Context: may sleep.
 * Return:  as iter_file_splice_write().
 */
ssize_t null_splice_write(struct pipe_inode_info *pipe, struct file *file, loff_t *pos, size_t len,
			  unsigned int flags)
{
	return drain(pipe, len, flags, actor_null, NULL);
}

/* --- between two pipes --------------------------------------------------------------------- */

static void lock_both(struct pipe_inode_info *a, struct pipe_inode_info *b)
{
	mm_assert(a != b);
	mutex_lock(&min(a, b)->mutex);
	mutex_lock(&max(a, b)->mutex);
}

static void unlock_both(struct pipe_inode_info *a, struct pipe_inode_info *b)
{
	mutex_unlock(&a->mutex);
	mutex_unlock(&b->mutex);
}

/* Both are locked when it returns 0: there are bytes in @in, or will never be, and room. */
static int lock_both_ready(struct pipe_inode_info *in, struct pipe_inode_info *out,
			   unsigned int flags)
{
	int err;

	mutex_lock(&in->mutex);
	err = wait_for_bytes(in, flags);
	mutex_unlock(&in->mutex);
	if (err)
		return err;
	mutex_lock(&out->mutex);
	err = wait_for_slot(out, flags);
	mutex_unlock(&out->mutex);
	if (err)
		return err;
	lock_both(in, out);
	return 0;
}

/* a second reference to the first @len bytes of @slot */
static void share_slot(struct pipe_inode_info *out, const struct pipe_slot *slot, size_t len)
{
	get_page(slot->page);
	push_slot(out, slot->page, slot->off, len, false);		/* S1 */
}

/* Both are locked. Bytes that moved. */
static ssize_t move_slots(struct pipe_inode_info *in, struct pipe_inode_info *out, size_t len)
{
	ssize_t done = 0;

	while (len && !pipe_empty(in) && !pipe_full(out)) {
		struct pipe_slot *slot = pipe_slot(in, in->tail);
		size_t n = min_t(size_t, len, slot->len);

		if (n < slot->len) {
			share_slot(out, slot, n);
			slot->off += n;					/* S2 */
			slot->len -= n;
		} else {
			push_slot(out, slot->page, slot->off, n, slot->own);
			slot->page = NULL;
			in->tail++;
		}
		done += n;
		len -= n;
	}
	return done;
}

static ssize_t pipe_to_pipe(struct pipe_inode_info *in, struct pipe_inode_info *out, size_t len,
			    unsigned int flags)
{
	ssize_t n;
	bool end, again;

	do {
		n = lock_both_ready(in, out, flags);
		if (n)
			return n;
		if (!out->readers) {
			unlock_both(in, out);
			return no_readers();
		}
		n = move_slots(in, out, len);
		end = pipe_empty(in) && !in->writers;
		unlock_both(in, out);
		again = !n && !end;		/* others were faster */
		if (again && (flags & SPLICE_F_NONBLOCK))
			return -EAGAIN;
	} while (again);
	if (n) {
		wake_readers(out);
		wake_writers(in);
	}
	return n;
}

static ssize_t tee_pipe(struct pipe_inode_info *in, struct pipe_inode_info *out, size_t len,
			unsigned int flags)
{
	ssize_t done = lock_both_ready(in, out, flags);
	unsigned int i;

	if (done)
		return done;
	if (!out->readers)
		done = no_readers();
	for (i = in->tail; done >= 0 && len && i != in->head && !pipe_full(out); i++) {
		struct pipe_slot *slot = pipe_slot(in, i);
		size_t n = min_t(size_t, len, slot->len);

		share_slot(out, slot, n);
		done += n;
		len -= n;
	}
	unlock_both(in, out);
	if (done > 0)
		wake_readers(out);
	return done;
}

/* --- the calls ------------------------------------------------------------------------------- */

static bool nonblocking(const struct file *file)
{
	return file->f_flags & O_NONBLOCK;
}

/* -EINVAL: no file has bytes at [pos, pos + len) */
static int check_place(loff_t pos, size_t len)
{
	return pos < 0 || (loff_t)(pos + len) < 0 ? -EINVAL : 0;
}

static ssize_t splice_to_file(struct pipe_inode_info *pipe, struct file *out, loff_t *pos,
			      size_t len, unsigned int flags)
{
	ssize_t n;

	if (out->f_flags & O_APPEND)
		return -EINVAL;
	n = check_place(*pos, len);
	if (n)
		return n;
	if (!out->f_op->splice_write)
		return -EINVAL;
	mutex_lock(&pipe->mutex);
	n = out->f_op->splice_write(pipe, out, pos, len, flags);
	mutex_unlock(&pipe->mutex);
	if (n > 0)
		wake_writers(pipe);
	return n;
}

static ssize_t splice_from_file(struct file *in, loff_t *pos, struct pipe_inode_info *pipe,
				size_t len, unsigned int flags)
{
	ssize_t n;

	mutex_lock(&pipe->mutex);
	n = wait_for_slot(pipe, flags);
	if (!n)
		n = check_place(*pos, len);
	if (!n && !in->f_op->splice_read)
		n = -EINVAL;
	if (!n)
		n = in->f_op->splice_read(in, pos, pipe, len);
	mutex_unlock(&pipe->mutex);
	if (n > 0)
		wake_readers(pipe);
	return n;
}

/* The one end that is no pipe, at *@user_off or, without it, at its own position. */
static ssize_t splice_file(struct pipe_inode_info *pipe, struct file *file, loff_t __user *user_off,
			   size_t len, unsigned int flags, bool to_file)
{
	loff_t off = file->f_pos;
	ssize_t n;

	if (user_off && !file->f_op->llseek)
		return -EINVAL;
	if (user_off && copy_from_user(&off, user_off, sizeof(off)))
		return -EFAULT;
	n = to_file ? splice_to_file(pipe, file, &off, len, flags)
		    : splice_from_file(file, &off, pipe, len, flags);
	if (!user_off)
		file->f_pos = off;
	else if (copy_to_user(user_off, &off, sizeof(off)))
		n = -EFAULT;
	return n;
}

static ssize_t splice_files(struct file *in, loff_t __user *in_off, struct file *out,
			    loff_t __user *out_off, size_t len, unsigned int flags)
{
	struct pipe_inode_info *from = file_pipe(in), *to = file_pipe(out);

	if (!(in->f_mode & FMODE_READ) || !(out->f_mode & FMODE_WRITE))
		return -EBADF;
	if ((from && in_off) || (to && out_off))
		return -ESPIPE;
	len = min_t(size_t, len, MAX_RW_COUNT);
	if ((from && nonblocking(in)) || (to && nonblocking(out)))
		flags |= SPLICE_F_NONBLOCK;
	if (from && to)
		return from == to ? -EINVAL : pipe_to_pipe(from, to, len, flags);
	if (from)
		return splice_file(from, out, out_off, len, flags, true);
	return to ? splice_file(to, in, in_off, len, flags, false) : -EINVAL;
}

/** sys_splice() - splice(2): bytes from a pipe or to one, or both. May sleep. Bytes or -E. */
long sys_splice(int in_fd, loff_t __user *in_off, int out_fd, loff_t __user *out_off, size_t len,
		unsigned int flags)
{
	struct fd in, out;
	ssize_t n = -EBADF;

	if (!len)
		return 0;
	if (flags & ~SPLICE_F_ALL)
		return -EINVAL;
	in = fdget(in_fd);
	out = fdget(out_fd);
	if (in.file && out.file)
		n = splice_files(in.file, in_off, out.file, out_off, len, flags);
	fdput(in);
	fdput(out);
	return n;
}

/** sys_tee() - tee(2): what is in a pipe goes to another one, too. May sleep. Bytes or -E. */
long sys_tee(int in_fd, int out_fd, size_t len, unsigned int flags)
{
	struct pipe_inode_info *from, *to;
	struct fd in, out;
	ssize_t n = -EBADF;

	if (flags & ~SPLICE_F_ALL)
		return -EINVAL;
	if (!len)
		return 0;
	in = fdget(in_fd);
	out = fdget(out_fd);
	if (!in.file || !out.file)
		goto put;
	if (!(in.file->f_mode & FMODE_READ) || !(out.file->f_mode & FMODE_WRITE))
		goto put;
	n = -EINVAL;
	from = file_pipe(in.file);
	to = file_pipe(out.file);
	if (!from || !to || from == to)
		goto put;
	if (nonblocking(in.file) || nonblocking(out.file))
		flags |= SPLICE_F_NONBLOCK;
	n = tee_pipe(from, to, min_t(size_t, len, MAX_RW_COUNT), flags);
put:
	fdput(in);
	fdput(out);
	return n;
}

/* @vec has been checked, its lengths have the sum @len */
static ssize_t vmsplice_pipe(struct file *file, const struct iovec *vec, unsigned long nr,
			     size_t len, unsigned int flags)
{
	struct pipe_inode_info *pipe = file_pipe(file);
	struct iov_iter iter;

	if (!len)
		return 0;
	if (!pipe)
		return -EBADF;
	if (file->f_mode & FMODE_WRITE)
		return memory_to_pipe(vec, nr, pipe, flags);
	iov_iter_iovec(&iter, vec, nr, len);
	return pipe_to_memory(pipe, &iter, flags);
}

/** sys_vmsplice() - vmsplice(2): pages of memory into a pipe, or bytes out. May sleep. */
long sys_vmsplice(int fd, const struct iovec __user *uvec, unsigned long nr, unsigned int flags)
{
	struct iovec fast[UIO_FASTIOV], *vec = fast;
	struct fd f;
	ssize_t n = -EBADF;

	if (flags & ~SPLICE_F_ALL)
		return -EINVAL;
	f = fdget(fd);
	if (f.file && (f.file->f_mode & (FMODE_READ | FMODE_WRITE))) {
		n = import_iovec(uvec, nr, fast, &vec);
		if (n >= 0)
			n = vmsplice_pipe(f.file, vec, nr, n, flags);
		if (vec != fast)
			kfree(vec);
	}
	fdput(f);
	return n;
}
