/* SPDX-License-Identifier: MIT */
/* vm_file.h - read, write and cut a file in the page cache, as the system calls would. */
#ifndef VM_FILE_H
#define VM_FILE_H

#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/uio.h>

static inline ssize_t file_write(struct file *file, loff_t pos, void *from, size_t bytes)
{
	struct kiocb iocb = { .ki_filp = file, .ki_pos = pos };
	struct iov_iter iter;

	iov_iter_kbuf(&iter, from, bytes);
	return generic_file_write_iter(&iocb, &iter);
}

static inline ssize_t file_read(struct file *file, loff_t pos, void *to, size_t bytes)
{
	struct kiocb iocb = { .ki_filp = file, .ki_pos = pos };
	struct iov_iter iter;

	iov_iter_kbuf(&iter, to, bytes);
	return generic_file_read_iter(&iocb, &iter);
}

static inline void file_truncate(struct file *file, loff_t size)
{
	down_write(&file->f_inode->i_rwsem);
	truncate_setsize(file->f_inode, size);
	up_write(&file->f_inode->i_rwsem);
}

/* bytes [@start, @end) become a hole */
static inline void file_punch(struct file *file, loff_t start, loff_t end)
{
	down_write(&file->f_inode->i_rwsem);
	truncate_inode_range(file->f_mapping, start, end);
	up_write(&file->f_inode->i_rwsem);
}

#endif
