// SPDX-License-Identifier: MIT
/*
 * shmem.c - files of shared memory: tmpfs, memfd, System V segments, shared anonymous
 * memory. They live in the page cache and nowhere else; here is what only they can do,
 * to have room made or holes punched, and what may be forbidden of one for ever, its
 * seals:
 *
 *	F_SEAL_SHRINK, _GROW	the size
 *	F_SEAL_WRITE		the contents: by write(2), as holes, through mappings
 *	F_SEAL_FUTURE_WRITE	the same, but for mappings that exist already
 *	F_SEAL_SEAL		more seals
 *
 *   S1  seals are only added
 *   S2  F_SEAL_WRITE is set only when no shared mapping may write, and none comes
 *       after it: i_mmap_writable is negative
 *   S3  who changes size or contents holds i_rwsem while it looks at the seals
 *
 * Files that are not made by memfd_create(MFD_ALLOW_SEALING) begin with F_SEAL_SEAL.
 *
 * Locks: inode->i_rwsem for writing; mapping of pages asks i_mmap_writable (mmap.c).
 */
#include <linux/pagemap.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <uapi/fcntl.h>

#define F_ALL_SEALS	(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | \
			 F_SEAL_FUTURE_WRITE)
#define SEALS_OF_CONTENTS	(F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)

/**
 * shmem_may_write() - do the seals allow to write @bytes at @pos?
 * Locks:   i_rwsem for writing.
 * Context: any.
 * Return:  0 or -EPERM.
 */
int shmem_may_write(const struct inode *inode, loff_t pos, size_t bytes)
{
	unsigned int seals = inode->i_mapping->seals;

	rwsem_assert_held_write(&inode->i_rwsem);			/* S3 */
	if (likely(!(seals & (SEALS_OF_CONTENTS | F_SEAL_GROW))))
		return 0;
	if ((seals & SEALS_OF_CONTENTS) || pos + (loff_t)bytes > inode->i_size)
		return -EPERM;
	return 0;
}

/**
 * shmem_may_resize() - do the seals allow a size of @bytes?
 * Locks:   i_rwsem for writing.
 * Context: any.
 * Return:  0 or -EPERM.
 */
int shmem_may_resize(const struct inode *inode, loff_t bytes)
{
	unsigned int seals = inode->i_mapping->seals;

	rwsem_assert_held_write(&inode->i_rwsem);			/* S3 */
	if (bytes < inode->i_size && (seals & F_SEAL_SHRINK))
		return -EPERM;
	return bytes > inode->i_size && (seals & F_SEAL_GROW) ? -EPERM : 0;
}

/* what has seals: regular files of shared memory */
static bool has_seals(const struct inode *inode)
{
	return S_ISREG(inode->i_mode) && inode->i_mapping->shmem;
}

static int add_seals(struct address_space *mapping, unsigned int seals)
{
	int error;

	if (mapping->seals & F_SEAL_SEAL)
		return -EPERM;
	if ((seals & F_SEAL_WRITE) && !(mapping->seals & F_SEAL_WRITE)) {
		error = mapping_deny_writable(mapping);			/* S2 */
		if (error)
			return error;
	}
	WRITE_ONCE(mapping->seals, mapping->seals | seals);		/* S1 */
	return 0;
}

/**
 * shmem_add_seals() - fcntl(2)'s F_ADD_SEALS.
 * Locks:   takes i_rwsem for writing.
 * Context: may sleep.
 * Return:  0; -EPERM: not open for writing, or sealed against it; -EINVAL: no such seal,
 *          or a file without; -EBUSY: F_SEAL_WRITE, but somebody may write through a mapping.
 */
int shmem_add_seals(struct file *file, unsigned int seals)
{
	struct inode *inode = file_inode(file);
	int error;

	if (!(file->f_mode & FMODE_WRITE))
		return -EPERM;
	if ((seals & ~F_ALL_SEALS) || !has_seals(inode))
		return -EINVAL;
	down_write(&inode->i_rwsem);
	error = add_seals(inode->i_mapping, seals);
	up_write(&inode->i_rwsem);
	return error;
}

/** shmem_get_seals() - fcntl(2)'s F_GET_SEALS: F_SEAL_*, or -EINVAL. Any context. */
int shmem_get_seals(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	return has_seals(inode) ? (int)READ_ONCE(inode->i_mapping->seals) : -EINVAL;
}

static int punch_hole(struct inode *inode, loff_t start, loff_t end)
{
	if (inode->i_mapping->seals & SEALS_OF_CONTENTS)
		return -EPERM;
	truncate_inode_range(inode->i_mapping, start, end);
	return 0;
}

/* a page of room: what it has is only cleared when somebody wants it, or asks a second time */
static struct page *room_page(struct file *file, pgoff_t index)
{
	struct address_space *mapping = file_inode(file)->i_mapping;
	struct page *page = find_get_page(mapping, index);

	if (page) {
		put_page(page);
		return read_mapping_page(mapping, index, file);
	}
	page = find_or_create_page(mapping, index, mapping->gfp_mask);
	if (!IS_ERR(page))
		unlock_page(page);
	return page;
}

/* 0 with pages for all of [start, end), or -E; what lies behind the end goes again then */
static int make_room(struct file *file, loff_t start, loff_t end)
{
	struct inode *inode = file_inode(file);
	pgoff_t index = start >> PAGE_SHIFT, last = ((u64)end + PAGE_SIZE - 1) >> PAGE_SHIFT;
	int error = 0;

	for (; index < last && !error; index++) {
		struct page *page = room_page(file, index);

		error = PTR_ERR_OR_ZERO(page);
		if (!IS_ERR(page))
			put_page(page);
		if (!error && port_fatal_signal_pending())
			error = -EINTR;
		port_cond_resched();
	}
	if (error)
		truncate_inode_pages(inode->i_mapping, max(inode->i_size, start));
	return error == -ENOMEM ? -ENOSPC : error;
}

/**
 * shmem_fallocate() - file_operations' fallocate: FALLOC_FL_PUNCH_HOLE makes a hole of
 *	[@offset, @offset + @len), else it gets its pages, and the file its new size but
 *	for FALLOC_FL_KEEP_SIZE.
 * Locks:   takes i_rwsem for writing.
 * Context: may sleep.
 * Return:  0; -EPERM by a seal, -ENOSPC, -EINTR; -EOPNOTSUPP: not shared memory (ramfs).
 */
long shmem_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	struct inode *inode = file_inode(file);
	loff_t end = offset + len;
	int error;

	mm_assert(offset >= 0 && len > 0 && end > offset);
	if (!inode->i_mapping->shmem)
		return -EOPNOTSUPP;
	down_write(&inode->i_rwsem);
	if (mode & FALLOC_FL_PUNCH_HOLE) {
		error = punch_hole(inode, offset, end);
	} else {
		/* KEEP_SIZE or not, room behind the end is growth */
		error = end > inode->i_size ? shmem_may_resize(inode, end) : 0;
		if (!error)
			error = make_room(file, offset, end);
		if (!error && end > inode->i_size && !(mode & FALLOC_FL_KEEP_SIZE))
			WRITE_ONCE(inode->i_size, end);
	}
	if (!error)
		inode->i_mtime = inode->i_ctime = current_time_spec();
	up_write(&inode->i_rwsem);
	return error;
}
