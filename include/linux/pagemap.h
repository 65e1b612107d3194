/* SPDX-License-Identifier: MIT */
/* pagemap.h - the page cache: pages of a file by index. */
#ifndef LINUX_PAGEMAP_H
#define LINUX_PAGEMAP_H

#include <linux/mm.h>
#include <linux/fs.h>

/* all may sleep */
struct page *find_get_page(struct address_space *mapping, pgoff_t index);	/* counted, or NULL */
unsigned int find_get_uptodate(struct address_space *mapping, pgoff_t index, unsigned int nr,
			       struct page **pages);			/* counted; how many */
struct page *find_lock_page(struct address_space *mapping, pgoff_t index);	/* counted and locked */
/* find, or allocate and insert; locked, counted; NULL: out of memory */
struct page *find_or_create_page(struct address_space *mapping, pgoff_t index, gfp_t gfp);
/*
 * @page differs from its file from now on. The caller keeps it in the cache: by an entry
 * that maps it, its lock, or the inode's.
 */
static inline void set_page_dirty(struct page *page)
{
	struct address_space *mapping = PageAnon(page) ? NULL : page->mapping;

	if (mapping && mapping->a_ops && mapping->a_ops->dirty_page)
		mapping->a_ops->dirty_page(page);
	else if (!PageDirty(page))
		SetPageDirty(page);
}
int __must_check add_to_page_cache(struct page *page, struct address_space *mapping, pgoff_t index, gfp_t gfp);
void delete_from_page_cache(struct page *page);	/* locked; drops the cache's reference */
/* up to date page, counted, or ERR_PTR */
struct page *read_mapping_page(struct address_space *mapping, pgoff_t index, struct file *file);
/* drop cache pages from byte @lstart on, zero the tail of a partial page, unmap them first */
void truncate_inode_pages(struct address_space *mapping, loff_t lstart);
void truncate_inode_range(struct address_space *mapping, loff_t start, loff_t end);	/* a hole */
/* first byte at or behind @pos that is in the cache (@data) or is not; LLONG_MAX: none */
loff_t mapping_seek(struct address_space *mapping, loff_t pos, bool data);
void truncate_setsize(struct inode *inode, loff_t newsize);	/* i_size, then unmap and drop */
void address_space_init(struct address_space *mapping, struct inode *host);

/* files of shared memory: mm/cache/shmem.c */
int __must_check shmem_may_write(const struct inode *inode, loff_t pos, size_t bytes);
int __must_check shmem_may_resize(const struct inode *inode, loff_t bytes);
long shmem_fallocate(struct file *file, int mode, loff_t offset, loff_t len);
int shmem_add_seals(struct file *file, unsigned int seals);
int shmem_get_seals(const struct file *file);

/* file_operations and vm_operations that any page-cache file can use (mm/cache/filemap.c) */
ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *iter);
ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *iter);
int generic_file_mmap(struct file *file, struct vm_area_struct *vma);
vm_fault_t filemap_fault(struct vm_fault *vmf);
bool filemap_in_core(struct vm_area_struct *vma, pgoff_t pgoff);
vm_fault_t filemap_map_pages(struct vm_fault *vmf, pgoff_t start, pgoff_t end);
extern const struct vm_operations_struct generic_file_vm_ops;

#endif
