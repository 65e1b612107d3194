// SPDX-License-Identifier: MIT
/*
 * file.c (host) - files for machines that have no file system: nameless, in
 * memory, with the page cache of mm/cache as their only store.
 *
 * A file and its inode are one allocation of the machine's slab. The last
 * reference drops the cached pages, so that a test sees every page come back.
 *
 * Locks: none of its own; f_count is atomic.
 */
#include <linux/mm.h>
#include <linux/fs.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <mm/host.h>

struct host_file {
	struct file file;
	struct inode inode;
};

static const struct file_operations host_file_fops = {
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.mmap = generic_file_mmap,
	.fallocate = shmem_fallocate,
};

/**
 * shmem_file_setup() - a nameless file of @size bytes, all holes; nothing is promised.
 * Locks:   none.
 * Context: may sleep.
 * Return:  the file, open for reading and writing, or ERR_PTR(-ENOMEM).
 */
struct file *shmem_file_setup(const char *name, loff_t size, unsigned long vm_flags)
{
	struct host_file *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return ERR_PTR(-ENOMEM);
	f->inode.i_mode = S_IFREG | 0600;
	f->inode.i_size = size;
	init_rwsem(&f->inode.i_rwsem);
	f->inode.i_mapping = &f->inode.i_data;
	address_space_init(&f->inode.i_data, &f->inode);
	f->inode.i_data.shmem = true;
	atomic_set(&f->inode.i_count, 1);
	atomic_long_set(&f->file.f_count, 1);
	f->file.f_mode = FMODE_READ | FMODE_WRITE;
	f->file.f_inode = &f->inode;
	f->file.f_mapping = &f->inode.i_data;
	f->file.f_op = &host_file_fops;
	mutex_init(&f->file.f_pos_lock);
	return &f->file;
}

/**
 * fput() - drop a reference; the last one takes the pages and the file along.
 * Locks:   none that mm/cache takes.
 * Context: may sleep.
 */
void fput(struct file *file)
{
	mm_assert(atomic_long_read(&file->f_count) > 0);
	if (!atomic_long_dec_and_test(&file->f_count))
		return;
	truncate_inode_pages(file->f_mapping, 0);
	mm_bug_on(file->f_mapping->nrpages || !list_empty(&file->f_mapping->i_mmap));
	xa_destroy(&file->f_mapping->i_pages);
	kfree(container_of(file, struct host_file, file));
}

/** current_time_spec() - the machine's clock as a time of day. Any context. */
struct timespec64 current_time_spec(void)
{
	u64 ns = port_clock_ns();

	return (struct timespec64){ .tv_sec = ns / 1000000000u, .tv_nsec = ns % 1000000000u };
}
