// SPDX-License-Identifier: MIT
/*
 * textfile.c - files whose content is made when they are read: what /proc, /sys and
 * debugfs have in common.
 *
 * The content is made as one text when the file is read at position 0 and kept with the
 * open file until it is read there again, or closed: whoever reads in pieces sees one
 * moment, and no reader can make a writer of the state wait. A write is one value, taken
 * as a whole.
 *
 * Also what their directories share: the dots, and seeking without an end.
 *
 *   TX1  text_file.m holds a whole text iff filled
 *
 * Locks: text_file.lock (t) makes readers of one open file take turns. It is held while
 * the text is made, never while user memory could wait for it in turn: texts take locks
 * only briefly and nothing of these file systems is read under them.
 */
#include "internal.h"
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

struct text_file {
	struct mutex lock;
	bool filled;			/* t */
	struct seq_file m;		/* t  TX1 */
};

/**
 * text_file_open() - @file is a text from now on, in its private_data.
 * Locks:   none.  Context: may sleep.
 * Return:  0 or -ENOMEM.
 */
int text_file_open(struct file *file)
{
	struct text_file *text = kzalloc(sizeof(*text), GFP_KERNEL);

	if (!text)
		return -ENOMEM;
	mutex_init(&text->lock);
	file->private_data = text;
	return 0;
}

/** text_file_release() - the end of an open file, whether it ever was a text or not. */
int text_file_release(struct inode *inode, struct file *file)
{
	struct text_file *text = file->private_data;

	if (text) {
		seq_release(&text->m);
		kfree(text);
	}
	return 0;
}

/**
 * text_file_read() - read at the file's position; @fill writes the text, when it is needed.
 * Locks:   takes text_file.lock, under which @fill runs.  Context: may sleep.
 * Return:  bytes, or -E.
 */
ssize_t text_file_read(struct kiocb *iocb, struct iov_iter *to,
		       int (*fill)(struct inode *inode, struct seq_file *m))
{
	struct text_file *text = iocb->ki_filp->private_data;
	size_t pos = iocb->ki_pos;
	ssize_t n = 0;

	if (!iov_iter_count(to))
		return 0;
	mm_assert(text);
	mutex_lock(&text->lock);
	if (!pos || !text->filled) {
		text->m.count = 0;
		text->m.error = 0;
		n = fill(iocb->ki_filp->f_inode, &text->m);
		if (!n)
			n = text->m.error;
		text->filled = !n;					/* TX1 */
	}
	if (!n && pos < text->m.count) {
		n = copy_to_iter(text->m.buf + pos, min(text->m.count - pos, iov_iter_count(to)),
				 to);
		if (!n)
			n = -EFAULT;
		else
			iocb->ki_pos += n;
	}
	mutex_unlock(&text->lock);
	return n;
}

/** text_file_value_free() - the end of what text_file_value() gave. */
void text_file_value_free(struct text_value *value, char *text)
{
	if (text != value->small)
		kfree(text);
}

/**
 * text_file_value() - what a write brings, terminated; what is longer than a page is cut.
 * A short one goes to @value itself: it needs no memory, so that whoever makes allocations
 * fail can write that they shall not.
 * Locks:   none.  Context: may sleep.
 * Return:  the text, for text_file_value_free(); ERR_PTR(-ENOMEM or -EFAULT).
 */
char *text_file_value(struct text_value *value, struct iov_iter *from)
{
	size_t bytes = min(iov_iter_count(from), PAGE_SIZE - 1);
	char *text = value->small;

	if (bytes >= sizeof(value->small))
		text = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!text)
		return ERR_PTR(-ENOMEM);
	if (copy_from_iter(text, bytes, from) != bytes) {
		text_file_value_free(value, text);
		return ERR_PTR(-EFAULT);
	}
	text[bytes] = 0;
	return text;
}

/**
 * dir_emit_dots() - "." and "..", at positions 0 and 1; what follows is at @next.
 * Locks:   none.  Context: readdir.
 * Return:  false when the reader is full.
 */
bool dir_emit_dots(struct file *file, struct dir_context *ctx, loff_t next)
{
	struct dentry *dir = file->f_path.dentry;

	if (ctx->pos == 0) {
		if (!ctx->actor(ctx->ctx, ".", 1, 1, dir->d_inode->i_ino, DT_DIR))
			return false;
		ctx->pos = 1;
	}
	if (ctx->pos == 1) {
		if (!ctx->actor(ctx->ctx, "..", 2, next, dir->d_parent->d_inode->i_ino, DT_DIR))
			return false;
		ctx->pos = next;
	}
	return true;
}

/** endless_llseek() - to a place, or by a distance; there is no end to seek from. */
loff_t endless_llseek(struct file *file, loff_t offset, int whence)
{
	if (whence != SEEK_SET && whence != SEEK_CUR)
		return -EINVAL;
	return default_llseek(file, offset, whence);
}
