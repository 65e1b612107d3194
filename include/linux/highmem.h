/* SPDX-License-Identifier: MIT */
/*
 * highmem.h - the contents of pages that may lie outside the direct map.
 *
 * Where a port has no such pages (PORT_HIGHMEM is 0) everything here is page_address().
 *
 *	kmap_local_page()	this CPU, until kunmap_local(); the last one mapped is
 *				unmapped first, and nothing between sleeps
 *	kmap()			every CPU, until kunmap(); may sleep, and so may the user
 */
#ifndef LINUX_HIGHMEM_H
#define LINUX_HIGHMEM_H

#include <linux/mm.h>
#include <linux/string.h>

/* --- mm/kspace/highmem.c: @page is in ZONE_HIGHMEM --------------------------------- */
void *kmap_local_high(struct page *page);
void kunmap_local_high(const void *addr);
void *kmap_high(struct page *page);
void kunmap_high(struct page *page);
void kmap_flush_unused(void);		/* forget what kmap() keeps for the next user */
void kmap_local_check_none(void);	/* a bug if this CPU has something mapped */
unsigned long kmap_users(void);		/* kmap() without kunmap() so far */
unsigned long totalhigh_pages(void);	/* that the buddy was given */
unsigned long nr_free_highpages(void);
void highmem_check(void);		/* every invariant of highmem.c */

/* @page can be mapped: always, but for high pages early in the boot */
static inline bool highmem_ready(const struct page *page)
{
	return !PageHighMem(page) || this_machine()->highmem;
}

static inline void *kmap_local_page(struct page *page)
{
	return PageHighMem(page) ? kmap_local_high(page) : lowmem_page_address(page);
}

/* @addr: anywhere in the page */
static inline void kunmap_local(const void *addr)
{
	if (PORT_HIGHMEM)
		kunmap_local_high(addr);
}

#define kmap_atomic(page)	kmap_local_page(page)
#define kunmap_atomic(addr)	kunmap_local(addr)

static inline void *kmap(struct page *page)
{
	return PageHighMem(page) ? kmap_high(page) : lowmem_page_address(page);
}

static inline void kunmap(struct page *page)
{
	if (PageHighMem(page))
		kunmap_high(page);
}

/* --- whole pages --------------------------------------------------------------------- */

static inline void clear_highpage(struct page *page)
{
	void *at = kmap_local_page(page);

	clear_page(at);
	kunmap_local(at);
}

static inline void copy_highpage(struct page *to, struct page *from)
{
	void *src = kmap_local_page(from), *dst = kmap_local_page(to);

	copy_page(dst, src);
	kunmap_local(dst);
	kunmap_local(src);
}

/* @vaddr: where the user sees it, for ports whose caches go by virtual address */
static inline void clear_user_highpage(struct page *page, unsigned long vaddr)
{
	clear_highpage(page);
}

static inline void copy_user_highpage(struct page *to, struct page *from, unsigned long vaddr,
				      struct vm_area_struct *vma)
{
	copy_highpage(to, from);
}

/* --- parts of a page: [offset, offset + len) lies inside it ---------------------------- */

static inline void memcpy_from_page(void *to, struct page *page, size_t offset, size_t len)
{
	char *from = kmap_local_page(page);

	mm_assert(offset + len <= PAGE_SIZE);
	memcpy(to, from + offset, len);
	kunmap_local(from);
}

static inline void memcpy_to_page(struct page *page, size_t offset, const void *from, size_t len)
{
	char *to = kmap_local_page(page);

	mm_assert(offset + len <= PAGE_SIZE);
	memcpy(to + offset, from, len);
	kunmap_local(to);
}

static inline void memcpy_page(struct page *dst, size_t dst_offset, struct page *src,
			       size_t src_offset, size_t len)
{
	char *to = kmap_local_page(dst), *from = kmap_local_page(src);

	mm_assert(dst_offset + len <= PAGE_SIZE && src_offset + len <= PAGE_SIZE);
	memcpy(to + dst_offset, from + src_offset, len);
	kunmap_local(from);
	kunmap_local(to);
}

static inline void memset_page(struct page *page, size_t offset, int value, size_t len)
{
	char *at = kmap_local_page(page);

	mm_assert(offset + len <= PAGE_SIZE);
	memset(at + offset, value, len);
	kunmap_local(at);
}

static inline void zero_user(struct page *page, size_t offset, size_t len)
{
	memset_page(page, offset, 0, len);
}

#endif
