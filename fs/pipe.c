// SPDX-License-Identifier: MIT
/*
 * pipe.c - pipes and FIFOs: a ring of pages between tasks.
 *
 * The ring has a power of two of slots; head and tail count slots for ever, so that
 * head - tail is how many are in use. A slot holds one page and the part of it that is
 * still to be read. As on Linux a write takes fresh slots; only what is left of its
 * length beyond whole pages may go behind the bytes of the last slot in use. That fixes
 * when a pipe is full, which programs can see (poll, O_NONBLOCK).
 *
 *	    tail                      head
 *	     v                         v
 *	 .  [..rrrr] [rrrr] [rr....]   .  .	slot = count & (slots - 1)
 *	       off          off+len
 *
 * The page of the slot that was emptied last is kept for the next write, so that a
 * ping-pong allocates nothing. Pages that came by reference (splice.c) belong to others,
 * too: nothing is written to them, and they are not kept.
 *
 * Invariants
 *   P1  head - tail <= slots
 *   P2  a slot has a page iff it is in [tail, head), and then len > 0
 *   P3  a write of at most PIPE_BUF bytes goes in as a whole or not at all
 *   P4  at most one slot of all pipes owns a page; who else has the page reads no byte
 *       behind those that were there when it came
 *
 * Locks: pipe->mutex guards all but who has the pipe at all, which is fifo_mutex's. Neither
 * is taken inside of the other: splice.c holds a pipe's while a terminal has no input. The
 * two wait queues are woken after it was dropped.
 */
#include "internal.h"
#include "pipe.h"
#include <linux/poll.h>
#include <linux/signal.h>

#define PIPE_DEF_SLOTS	16u

static struct super_block *pipe_sb;
static struct mount *pipe_mnt;

static struct pipe_inode_info *alloc_pipe(void)
{
	struct pipe_inode_info *pipe = kzalloc(sizeof(*pipe), GFP_KERNEL_ACCOUNT);

	if (!pipe)
		return NULL;
	pipe->slots = PIPE_DEF_SLOTS;
	pipe->ring = kcalloc(pipe->slots, sizeof(*pipe->ring), GFP_KERNEL_ACCOUNT);
	if (!pipe->ring) {
		kfree(pipe);
		return NULL;
	}
	mutex_init(&pipe->mutex);
	init_waitqueue_head(&pipe->rd_wait);
	init_waitqueue_head(&pipe->wr_wait);
	pipe->r_counter = pipe->w_counter = 1;
	return pipe;
}

static void free_pipe(struct pipe_inode_info *pipe)
{
	for (; pipe->tail != pipe->head; pipe->tail++)
		put_page(pipe_slot(pipe, pipe->tail)->page);
	if (pipe->spare)
		put_page(pipe->spare);
	kfree(pipe->ring);
	kfree(pipe);
}

/* comment: see pipe.h */
void pipe_release_slot(struct pipe_inode_info *pipe)
{
	struct pipe_slot *slot = pipe_slot(pipe, pipe->tail);

	mm_assert(!pipe_empty(pipe) && !slot->len);
	if (slot->own && !pipe->spare && page_count(slot->page) == 1)
		pipe->spare = slot->page;
	else
		put_page(slot->page);
	slot->page = NULL;
	pipe->tail++;
}

static size_t take_bytes(struct pipe_inode_info *pipe, struct iov_iter *to)
{
	size_t done = 0;

	while (!pipe_empty(pipe) && iov_iter_count(to)) {
		struct pipe_slot *slot = pipe_slot(pipe, pipe->tail);
		size_t want = min_t(size_t, slot->len, iov_iter_count(to));
		size_t n = copy_to_iter(page_address(slot->page) + slot->off, want, to);

		slot->off += n;
		slot->len -= n;
		done += n;
		if (!slot->len)
			pipe_release_slot(pipe);
		if (n != want)
			break;
	}
	return done;
}

static ssize_t pipe_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct pipe_inode_info *pipe = iocb->ki_filp->private_data;
	ssize_t ret = 0;
	bool was_full;

	if (!iov_iter_count(to))
		return 0;
	mutex_lock(&pipe->mutex);
	while (pipe_empty(pipe)) {
		if (!pipe->writers)
			goto unlock;
		if (iocb->ki_filp->f_flags & O_NONBLOCK) {
			ret = -EAGAIN;
			goto unlock;
		}
		mutex_unlock(&pipe->mutex);
		if (wait_event_interruptible(pipe->rd_wait, !pipe_empty(pipe) ||
					     !READ_ONCE(pipe->writers)))
			return -ERESTARTSYS;
		mutex_lock(&pipe->mutex);
	}
	was_full = pipe_full(pipe);
	ret = take_bytes(pipe, to);
	if (!ret)
		ret = -EFAULT;
	was_full = was_full && !pipe_full(pipe);
	mutex_unlock(&pipe->mutex);
	if (was_full)
		wake_up_interruptible_poll(&pipe->wr_wait, EPOLLOUT | EPOLLWRNORM);
	return ret;
unlock:
	mutex_unlock(&pipe->mutex);
	return ret;
}

/*
 * The part of a write beyond whole pages goes behind the bytes of the last slot when it
 * fits there as a whole. Bytes written, or -EFAULT.
 */
static ssize_t merge_bytes(struct pipe_inode_info *pipe, struct iov_iter *from)
{
	size_t part = iov_iter_count(from) & ~PAGE_MASK, n;
	struct pipe_slot *slot;

	if (!part || pipe_empty(pipe))
		return 0;
	slot = pipe_slot(pipe, pipe->head - 1);
	if (!slot->own || slot->off + slot->len + part > PAGE_SIZE)
		return 0;
	n = copy_from_iter(page_address(slot->page) + slot->off + slot->len, part, from);
	if (n != part)
		return -EFAULT;
	slot->len += n;
	return n;
}

/* One more slot of bytes: how many, -ENOMEM, or -EFAULT. */
static ssize_t fill_slot(struct pipe_inode_info *pipe, struct iov_iter *from)
{
	struct page *page = pipe->spare ? pipe->spare : alloc_page(GFP_KERNEL_ACCOUNT);
	size_t want = min_t(size_t, PAGE_SIZE, iov_iter_count(from)), n;

	mm_assert(!pipe_full(pipe));
	if (!page)
		return -ENOMEM;
	pipe->spare = NULL;
	n = copy_from_iter(page_address(page), want, from);
	if (n != want) {		/* a part of a slot is not written (P3) */
		pipe->spare = page;
		return -EFAULT;
	}
	*pipe_slot(pipe, pipe->head) = (struct pipe_slot){
		.page = page, .len = n, .own = true,
	};
	pipe->head++;
	return n;
}

/* One round under the mutex: bytes written, -EAGAIN when it must wait, or the error. */
static ssize_t write_round(struct pipe_inode_info *pipe, struct iov_iter *from, bool first)
{
	ssize_t done, n;

	if (!pipe->readers)
		return -EPIPE;
	done = first ? merge_bytes(pipe, from) : 0;
	if (done < 0)
		return done;
	while (iov_iter_count(from)) {
		if (pipe_full(pipe))
			return done ? done : -EAGAIN;
		n = fill_slot(pipe, from);
		if (n < 0)
			return done ? done : n;
		done += n;
	}
	return done;
}

static ssize_t pipe_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct pipe_inode_info *pipe = iocb->ki_filp->private_data;
	ssize_t done = 0, n = 0;
	bool first = true;

	while (iov_iter_count(from)) {
		mutex_lock(&pipe->mutex);
		n = write_round(pipe, from, first);
		mutex_unlock(&pipe->mutex);
		first = false;
		if (n > 0) {
			done += n;
			wake_up_interruptible_poll(&pipe->rd_wait, EPOLLIN | EPOLLRDNORM);
			continue;
		}
		if (n != -EAGAIN || (iocb->ki_filp->f_flags & O_NONBLOCK))
			break;
		n = wait_event_interruptible(pipe->wr_wait, !pipe_full(pipe) ||
					     !READ_ONCE(pipe->readers));
		if (n)
			break;
	}
	if (n == -EPIPE)
		send_sig(SIGPIPE, current, 0);
	return done ? done : n;
}

static unsigned int pipe_poll(struct file *file, struct poll_table *pt)
{
	struct pipe_inode_info *pipe = file->private_data;
	unsigned int mask = 0;

	if (file->f_mode & FMODE_READ) {
		poll_wait(file, &pipe->rd_wait, pt);
		if (!pipe_empty(pipe))
			mask |= EPOLLIN | EPOLLRDNORM;
		if (!pipe->writers && pipe->w_counter > 1)
			mask |= EPOLLHUP;
	}
	if (file->f_mode & FMODE_WRITE) {
		poll_wait(file, &pipe->wr_wait, pt);
		if (!pipe_full(pipe))
			mask |= EPOLLOUT | EPOLLWRNORM;
		if (!pipe->readers)
			mask |= EPOLLERR;
	}
	return mask;
}

static long pipe_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct pipe_inode_info *pipe = file->private_data;
	int bytes = 0;

	if (cmd != 0x541b)		/* FIONREAD */
		return -ENOTTY;
	mutex_lock(&pipe->mutex);
	for (unsigned int i = pipe->tail; i != pipe->head; i++)
		bytes += pipe_slot(pipe, i)->len;
	mutex_unlock(&pipe->mutex);
	return put_user(bytes, (int __user *)arg);
}

static int resize(struct pipe_inode_info *pipe, unsigned int slots)
{
	unsigned int used = pipe->head - pipe->tail;
	struct pipe_slot *ring;

	if (used > slots)
		return -EBUSY;
	ring = kcalloc(slots, sizeof(*ring), GFP_KERNEL_ACCOUNT);
	if (!ring)
		return -ENOMEM;
	for (unsigned int i = 0; i < used; i++)
		ring[i] = *pipe_slot(pipe, pipe->tail + i);
	kfree(pipe->ring);
	pipe->ring = ring;
	pipe->slots = slots;
	pipe->tail = 0;
	pipe->head = used;
	return 0;
}

/** pipe_fcntl() - F_GETPIPE_SZ, F_SETPIPE_SZ: the capacity in bytes, or -E. */
long pipe_fcntl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct pipe_inode_info *pipe = file->private_data;
	unsigned int bytes;
	long ret;

	if (!S_ISFIFO(file->f_inode->i_mode))
		return -EBADF;
	mutex_lock(&pipe->mutex);
	if (cmd == F_SETPIPE_SZ) {
		bytes = arg ? roundup_pow_of_two(max_t(unsigned long, arg, PAGE_SIZE)) : 0;
		if (!arg || arg > (1ul << 31))
			ret = -EINVAL;
		else if (bytes > PIPE_MAX_BYTES && !capable(CAP_SYS_RESOURCE))
			ret = -EPERM;
		else
			ret = resize(pipe, bytes >> PAGE_SHIFT);
	} else {
		ret = 0;
	}
	if (!ret)
		ret = (long)pipe->slots << PAGE_SHIFT;
	mutex_unlock(&pipe->mutex);
	wake_up_interruptible_poll(&pipe->wr_wait, EPOLLOUT | EPOLLWRNORM);
	return ret;
}

/* --- opening and closing -------------------------------------------------------------------- */

static DEFINE_MUTEX(fifo_mutex);	/* the pipe of a FIFO's inode appears and goes */

static int pipe_release(struct inode *inode, struct file *file)
{
	struct pipe_inode_info *pipe = file->private_data;
	bool last;

	mutex_lock(&pipe->mutex);
	if (file->f_mode & FMODE_READ)
		pipe->readers--;
	if (file->f_mode & FMODE_WRITE)
		pipe->writers--;
	mutex_unlock(&pipe->mutex);
	wake_up_interruptible_all(&pipe->rd_wait);
	wake_up_interruptible_all(&pipe->wr_wait);
	mutex_lock(&fifo_mutex);
	last = --pipe->files == 0;	/* from here on another one may free it */
	if (last)
		inode->i_pipe = NULL;
	mutex_unlock(&fifo_mutex);
	if (last)
		free_pipe(pipe);
	return 0;
}

/*
 * Opening one end of a FIFO waits for the other, as fifo(7) says. Is it there? Else *@counter
 * changes from *@before when it comes, even if it has gone again by then: both are looked
 * at under pipe->mutex, as one.
 */
static bool has_partner(const struct file *file, const struct pipe_inode_info *pipe,
			const unsigned int **counter, unsigned int *before)
{
	const bool reads = file->f_mode & FMODE_READ, writes = file->f_mode & FMODE_WRITE;

	*counter = reads ? &pipe->w_counter : &pipe->r_counter;
	*before = **counter;
	return reads == writes || (reads ? pipe->writers : pipe->readers);
}

static int fifo_wait(const struct file *file, struct pipe_inode_info *pipe,
		     const unsigned int *counter, unsigned int before)
{
	if (file->f_flags & O_NONBLOCK)
		return file->f_mode & FMODE_READ ? 0 : -ENXIO;
	return wait_event_interruptible(pipe->rd_wait, READ_ONCE(*counter) != before);
}

static int fifo_open(struct inode *inode, struct file *file)
{
	struct pipe_inode_info *pipe;
	const unsigned int *counter;
	unsigned int before;
	bool partner;
	int err = 0;

	mutex_lock(&fifo_mutex);
	if (!inode->i_pipe)
		inode->i_pipe = alloc_pipe();
	pipe = inode->i_pipe;
	if (!pipe) {
		mutex_unlock(&fifo_mutex);
		return -ENOMEM;
	}
	pipe->files++;
	mutex_unlock(&fifo_mutex);
	file->private_data = pipe;
	mutex_lock(&pipe->mutex);
	if (file->f_mode & FMODE_READ) {
		pipe->readers++;
		pipe->r_counter++;
	}
	if (file->f_mode & FMODE_WRITE) {
		pipe->writers++;
		pipe->w_counter++;
	}
	partner = has_partner(file, pipe, &counter, &before);
	mutex_unlock(&pipe->mutex);
	wake_up_interruptible_all(&pipe->rd_wait);
	/* a nameless pipe, opened again through /proc/PID/fd, has its other end or never will */
	if (!partner && inode->i_sb != pipe_sb)
		err = fifo_wait(file, pipe, counter, before);
	if (err)
		pipe_release(inode, file);
	return err;
}

const struct file_operations fifo_fops = {
	.open = fifo_open, .release = pipe_release, .read_iter = pipe_read,
	.write_iter = pipe_write, .poll = pipe_poll, .unlocked_ioctl = pipe_ioctl,
};

/* comment: see pipe.h */
struct pipe_inode_info *file_pipe(const struct file *file)
{
	return file->f_op == &fifo_fops ? file->private_data : NULL;
}

static int pipe_dname(struct dentry *dentry, char *buf, int size)
{
	return snprintf(buf, size, "pipe:[%llu]", (unsigned long long)dentry->d_inode->i_ino);
}

static const struct dentry_operations pipe_dops = { .d_dname = pipe_dname };

/* One nameless inode with both ends open: *@files[0] reads, [1] writes. */
static int make_pipe(struct file *files[2], int flags)
{
	struct inode *inode = new_inode(pipe_sb);
	struct path path = { .mnt = pipe_mnt };
	int err = -ENOMEM;

	if (!inode)
		return -ENOMEM;
	inode->i_mode = S_IFIFO | 0600;
	inode->i_uid = current->cred.fsuid;
	inode->i_gid = current->cred.fsgid;
	inode->i_fop = &fifo_fops;
	path.dentry = d_make_root(inode);
	if (!path.dentry)
		return -ENOMEM;
	path.dentry->d_op = &pipe_dops;
	/* the reader opens as if without waiting; its flag is set right afterwards */
	files[0] = dentry_open(&path, O_RDONLY | O_NONBLOCK);
	err = PTR_ERR_OR_ZERO(files[0]);
	if (!err) {
		files[0]->f_flags = O_RDONLY | (flags & O_NONBLOCK);
		files[1] = dentry_open(&path, O_WRONLY | (flags & O_NONBLOCK));
		err = PTR_ERR_OR_ZERO(files[1]);
		if (err)
			fput(files[0]);
	}
	dput(path.dentry);
	return err;
}

long sys_pipe2(int __user *user, int flags)
{
	struct file *files[2];
	int fd[2], err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;		/* O_DIRECT: packets are not built */
	err = make_pipe(files, flags);
	if (err)
		return err;
	fd[0] = get_unused_fd_flags(flags);
	fd[1] = fd[0] < 0 ? fd[0] : get_unused_fd_flags(flags);
	err = fd[1] < 0 ? fd[1] : 0;
	if (!err && copy_to_user(user, fd, sizeof(fd)))
		err = -EFAULT;
	if (!err) {
		fd_install(fd[0], files[0]);
		fd_install(fd[1], files[1]);
		return 0;
	}
	if (fd[0] >= 0)
		put_unused_fd(fd[0]);
	if (fd[0] >= 0 && fd[1] >= 0)
		put_unused_fd(fd[1]);
	fput(files[0]);
	fput(files[1]);
	return err;
}

long sys_pipe(int __user *user)
{
	return sys_pipe2(user, 0);
}

static int pipefs_fill_super(struct super_block *sb, const char *data)
{
	return pseudo_fill_super(sb, PIPEFS_MAGIC);
}

static struct file_system_type pipefs_type = {
	.name = "pipefs", .nodev = true, .fill_super = pipefs_fill_super,
};

void __init pipe_init(void)
{
	register_filesystem(&pipefs_type);
	pipe_mnt = vfs_kern_mount(&pipefs_type, "pipefs", NULL);
	if (IS_ERR(pipe_mnt))
		panic("cannot mount pipefs: %ld", PTR_ERR(pipe_mnt));
	pipe_sb = pipe_mnt->mnt_sb;
}
