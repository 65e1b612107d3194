// SPDX-License-Identifier: MIT
/*
 * kmsg.c - /dev/kmsg: the log as a file of records, and a way for programs to
 * write into it.
 *
 * Each read gives one record: "level,sequence,microseconds,-;text\n", bytes that
 * are not printable as \xNN. A reader that was overtaken gets EPIPE once and goes
 * on with the oldest record. A write is one line, "<level>" in front if wanted;
 * programs have facility 1 unless they say otherwise, never the kernel's 0.
 *
 * Locks: reader->lock for one open file's place; the log's own (printk.c).
 */
#include <linux/console.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/time.h>
#include <linux/uio.h>
#include "printk.h"

#define FACILITY_USER	1u
#define LINE_OUT_MAX	(LOG_LINE_MAX * 4 + 64)	/* every byte escaped */
#define WRITE_MAX	(LOG_LINE_MAX - 32)

struct kmsg_reader {
	struct mutex lock;
	struct log_pos pos;		/* lock */
	char text[LOG_LINE_MAX];	/* lock */
	char out[LINE_OUT_MAX];		/* lock */
};

static int kmsg_open(struct inode *inode, struct file *file)
{
	struct kmsg_reader *reader;

	if (!(file->f_mode & FMODE_READ))
		return 0;
	reader = kvmalloc(sizeof(*reader), GFP_KERNEL);
	if (!reader)
		return -ENOMEM;
	mutex_init(&reader->lock);
	log_seek(&reader->pos, LOG_SEEK_FIRST);
	file->private_data = reader;
	return 0;
}

static int kmsg_release(struct inode *inode, struct file *file)
{
	kvfree(file->private_data);
	return 0;
}

static size_t format_line(struct kmsg_reader *reader, const struct log_record *r, u64 seq, int len)
{
	char *out = reader->out;
	size_t n;
	int i;

	n = scnprintf(out, LINE_OUT_MAX, "%u,%llu,%llu,-;", r->level, seq,
		      (unsigned long long)(r->ts_ns / NSEC_PER_USEC));
	for (i = 0; i < len; i++) {
		unsigned char c = reader->text[i];

		if (c < ' ' || c >= 127 || c == '\\')
			n += scnprintf(out + n, LINE_OUT_MAX - n, "\\x%02x", c);
		else
			out[n++] = c;
	}
	out[n++] = '\n';
	return n;
}

static ssize_t kmsg_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct kmsg_reader *reader = iocb->ki_filp->private_data;
	struct log_record r;
	ssize_t ret;
	size_t n;
	int len;

	if (!reader)
		return -EBADF;
	mutex_lock(&reader->lock);
	for (;;) {
		u64 seq = reader->pos.seq;

		len = log_read(&reader->pos, &r, reader->text, sizeof(reader->text));
		if (len >= 0) {
			n = format_line(reader, &r, seq, len);
			ret = n > iov_iter_count(to) ? -EINVAL :
			      copy_to_iter(reader->out, n, to) == n ? (ssize_t)n : -EFAULT;
			break;
		}
		ret = len;
		if (len != -EAGAIN || (iocb->ki_filp->f_flags & O_NONBLOCK))
			break;
		mutex_unlock(&reader->lock);
		ret = wait_event_interruptible(log_wait, log_has(&reader->pos));
		mutex_lock(&reader->lock);
		if (ret)
			break;
	}
	mutex_unlock(&reader->lock);
	return ret;
}

static ssize_t kmsg_write(struct kiocb *iocb, struct iov_iter *from)
{
	size_t len = iov_iter_count(from), total = len;
	unsigned int level = 4 | FACILITY_USER << 3;
	char *buf, *text, *end;

	if (len > WRITE_MAX)
		return -EINVAL;
	buf = kmalloc(len + 1, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	if (copy_from_iter(buf, len, from) != len) {
		kfree(buf);
		return -EFAULT;
	}
	buf[len] = 0;
	text = buf;
	if (text[0] == '<') {
		unsigned long u = simple_strtoul(text + 1, &end, 10);

		if (end > text + 1 && *end == '>') {
			level = u & 0xff;
			if (!(level >> 3))
				level |= FACILITY_USER << 3;
			len -= end + 1 - text;
			text = end + 1;
		}
	}
	log_add_user(level, text, len);
	kfree(buf);
	return total;
}

static loff_t kmsg_llseek(struct file *file, loff_t offset, int whence)
{
	struct kmsg_reader *reader = file->private_data;
	/* SEEK_SET, SEEK_END, SEEK_DATA */
	int to = whence == 0 ? LOG_SEEK_FIRST : whence == 2 ? LOG_SEEK_END : LOG_SEEK_CLEAR;

	if (!reader)
		return -EBADF;
	if (offset)
		return -ESPIPE;
	if (whence != 0 && whence != 2 && whence != 3)
		return -EINVAL;
	mutex_lock(&reader->lock);
	log_seek(&reader->pos, to);
	mutex_unlock(&reader->lock);
	return 0;
}

static unsigned int kmsg_poll(struct file *file, struct poll_table *pt)
{
	struct kmsg_reader *reader = file->private_data;

	if (!reader)
		return EPOLLERR;
	poll_wait(file, &log_wait, pt);
	return log_has(&reader->pos) ? EPOLLIN | EPOLLRDNORM : 0;
}

const struct file_operations kmsg_fops = {
	.open = kmsg_open,
	.release = kmsg_release,
	.read_iter = kmsg_read,
	.write_iter = kmsg_write,
	.llseek = kmsg_llseek,
	.poll = kmsg_poll,
};
