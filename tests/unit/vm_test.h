/* SPDX-License-Identifier: MIT */
/*
 * vm_test.h - what the tests of mm/vm and mm/cache share: an address space that
 * this CPU's user accesses go to, short forms of the calls, and the check that
 * an address space leaves nothing behind.
 */
#ifndef VM_TEST_H
#define VM_TEST_H

#include "quire_test.h"
#include <linux/pagemap.h>
#include <linux/fs.h>
#include <linux/err.h>
#include <asm/uaccess.h>
#include <uapi/mman.h>
#include <uapi/resource.h>
#include <uapi/siginfo.h>

#define RW	(PROT_READ | PROT_WRITE)
#define PRIV	(MAP_PRIVATE | MAP_ANONYMOUS)
#define K4	4096ul
#define BASE	0x10000000ul		/* a place for fixed mappings */
/* the same with tables of its own, and another; more memory than there is */
#define FAR	(BASE + (1ul << (BITS_PER_LONG == 64 ? 32 : 30)))
#define FARTHER	(BASE + (1ul << (BITS_PER_LONG == 64 ? 33 : 31)))
#define HUGE	(1ul << (BITS_PER_LONG == 64 ? 40 : 30))

struct vm_test {
	struct mm_struct *mm;
	unsigned long free_before;
	unsigned long anon_before, file_before, tables_before;
	unsigned long committed_before;
};

static inline unsigned long vm_settled(void)
{
	pt_drop_local_stock();
	kmem_cache_shrink(this_machine()->mm_cachep);
	kmem_cache_shrink(this_machine()->vma_cachep);
	return quire_settled_free_pages();
}

static inline void vm_begin(struct vm_test *t)
{
	t->free_before = vm_settled();
	t->anon_before = global_node_page_state(NR_ANON_MAPPED);
	t->file_before = global_node_page_state(NR_FILE_PAGES);
	t->tables_before = global_node_page_state(NR_PAGETABLE);
	t->committed_before = vm_memory_committed();
	t->mm = mm_alloc();
	assert_non_null(t->mm);
	host_use_mm(t->mm);
}

static inline void vm_check(struct mm_struct *mm)
{
	mmap_write_lock(mm);
	mm_check(mm);
	mmap_write_unlock(mm);
}

static inline void vm_end(struct vm_test *t)
{
	vm_check(t->mm);
	host_use_mm(NULL);
	mmput(t->mm);
	assert_int_equal(global_node_page_state(NR_ANON_MAPPED), t->anon_before);
	assert_int_equal(global_node_page_state(NR_INACTIVE_ANON), t->anon_before);
	assert_int_equal(global_node_page_state(NR_FILE_PAGES), t->file_before);
	assert_int_equal(global_node_page_state(NR_FILE_MAPPED), 0);
	assert_int_equal(global_node_page_state(NR_PAGETABLE), t->tables_before);
	assert_int_equal(vm_memory_committed(), t->committed_before);
	assert_int_equal(vm_settled(), t->free_before);
}

static inline unsigned long vm_map_file(struct mm_struct *mm, unsigned long addr,
					unsigned long len, unsigned long prot,
					unsigned long flags, struct file *file,
					unsigned long pgoff)
{
	struct mmap_request req = { .file = file, .addr = addr, .len = len, .prot = prot,
				    .flags = flags, .pgoff = pgoff };

	return vm_mmap(mm, &req);
}

static inline unsigned long vm_map(struct mm_struct *mm, unsigned long addr, unsigned long len,
				   unsigned long prot, unsigned long flags)
{
	return vm_map_file(mm, addr, len, prot, flags, NULL, 0);
}

/* user accesses of the current address space: 0 or -EFAULT */
static inline int vm_poke(unsigned long addr, unsigned char v)
{
	return copy_to_user((void *)addr, &v, 1) ? -EFAULT : 0;
}

static inline int vm_peek(unsigned long addr)
{
	unsigned char v;

	return copy_from_user(&v, (void *)addr, 1) ? -EFAULT : v;
}

/* the areas as text, "start-end rwxp pgoff" relative to BASE, for comparisons */
static inline const char *vm_layout(struct mm_struct *mm)
{
	static char text[4096];
	struct vm_area_struct *vma;
	int n = 0;

	text[0] = 0;
	mmap_read_lock(mm);
	for_each_vma(mm, vma)
		n += scnprintf(text + n, sizeof(text) - n, "%s%ld-%ld %c%c%c%c", n ? "," : "",
			       ((long)vma->vm_start - (long)BASE) / (long)K4,
			       ((long)vma->vm_end - (long)BASE) / (long)K4,
			       vma->vm_flags & VM_READ ? 'r' : '-',
			       vma->vm_flags & VM_WRITE ? 'w' : '-',
			       vma->vm_flags & VM_EXEC ? 'x' : '-',
			       vma->vm_flags & VM_SHARED ? 's' : 'p');
	mmap_read_unlock(mm);
	return text;
}

static inline unsigned long vm_rss(struct mm_struct *mm) { return get_mm_rss(mm); }

#endif
