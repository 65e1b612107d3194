/* SPDX-License-Identifier: MIT */
/* mm.h - the calls of the memory manager that everybody uses. */
#ifndef LINUX_MM_H
#define LINUX_MM_H

#include <linux/mm_types.h>
#include <linux/page-flags.h>
#include <linux/gfp.h>
#include <linux/vmstat.h>
#include <asm/pgtable.h>
#include <mm/machine.h>
#include <mm/port.h>
#include <linux/bug.h>

struct seq_file;
struct file;

/* --- pages ----------------------------------------------------------------- */

static inline struct zone *page_zone(const struct page *page)
{
	return &NODE_DATA(page_to_nid(page))->node_zones[page_zonenum(page)];
}
static inline struct pglist_data *page_pgdat(const struct page *page)
{
	return NODE_DATA(page_to_nid(page));
}
void *kmap_address(const struct page *page);	/* mm/kspace/highmem.c */
/* where the kernel sees @page; NULL for one of ZONE_HIGHMEM that nobody has kmap()ped */
static inline void *page_address(const struct page *page)
{
	return PageHighMem(page) ? kmap_address(page) : lowmem_page_address(page);
}
static inline int page_count(const struct page *p) { return atomic_read(&compound_head(p)->_refcount); }
static inline int page_mapcount(const struct page *p)
{
	return PageSlab(p) ? 0 : atomic_read(&p->_mapcount) + 1;
}
static inline void get_page(struct page *p)
{
	p = compound_head(p);
	mm_assert(atomic_read(&p->_refcount) > 0);
	atomic_inc(&p->_refcount);
}
/*
 * Who can find a page holds a reference to it, so that the last one is its holder's alone,
 * after all that the others did: it goes without an atomic operation.
 */
static inline bool put_page_testzero(struct page *p)
{
	if (atomic_read_acquire(&p->_refcount) != 1)
		return atomic_dec_and_test(&p->_refcount);
	atomic_set(&p->_refcount, 0);
	return true;
}
void mem_dump_obj(const void *object);	/* what an address is, to the log */
void put_page(struct page *page);	/* frees the page with the last reference */
void free_unref_page_list(struct list_head *list);	/* through lru, each with count 0, order 0 */

void lock_page(struct page *page);	/* may sleep */
bool trylock_page(struct page *page);
void unlock_page(struct page *page);

unsigned long totalram_pages(void);
int __must_check set_percpu_pagelist_high_fraction(int fraction);	/* 0, -EINVAL */
/* pfn_to_page() of a frame that may never have been in use: written, if it was not yet */
struct page *memmap_ready(unsigned long pfn);
void setup_per_zone_wmarks(void);	/* after a change of min_free_kbytes or the scale factor */

/* --- address spaces (mm/vm) --------------------------------------------------- */

/* all lengths in bytes; errors as -E in the returned address (IS_ERR_VALUE) */
struct mm_struct *__must_check mm_alloc(void);		/* users = count = 1; NULL */
void mmput(struct mm_struct *mm);			/* drop a user; the last unmaps all. Sleeps */
void mmdrop(struct mm_struct *mm);			/* drop a reference to the struct */
static inline void mmget(struct mm_struct *mm) { atomic_inc(&mm->mm_users); }
static inline bool mmget_not_zero(struct mm_struct *mm) { return atomic_inc_not_zero(&mm->mm_users); }
static inline void mmgrab(struct mm_struct *mm) { atomic_inc(&mm->mm_count); }
/* fork: a copy-on-write copy of @oldmm. NULL and *error = -ENOMEM on failure. */
struct mm_struct *__must_check dup_mm(struct mm_struct *oldmm, int *error);
void pt_drop_local_stock(void);		/* page tables that this CPU keeps for the next fork */
void set_mm_exe_file(struct mm_struct *mm, struct file *file);	/* takes its own reference */

#define mmap_read_lock(mm)	down_read(&(mm)->mmap_lock)
#define mmap_read_unlock(mm)	up_read(&(mm)->mmap_lock)
#define mmap_write_lock(mm)	down_write(&(mm)->mmap_lock)
#define mmap_write_unlock(mm)	up_write(&(mm)->mmap_lock)

/* the caller holds mmap_lock, for reading at least */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);	/* first with vm_end > addr */
struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, unsigned long start, unsigned long end);
/* neighbours in address order, NULL at the ends; mmap_lock held for reading */
static inline struct vm_area_struct *vma_next(struct vm_area_struct *vma)
{
	struct list_head *next = vma->vm_list.next;

	return next == &vma->vm_mm->mmap ? NULL : list_entry(next, struct vm_area_struct, vm_list);
}
static inline struct vm_area_struct *vma_prev(struct vm_area_struct *vma)
{
	struct list_head *prev = vma->vm_list.prev;

	return prev == &vma->vm_mm->mmap ? NULL : list_entry(prev, struct vm_area_struct, vm_list);
}
/* the area before @next; NULL @next: the last one */
static inline struct vm_area_struct *vma_before(struct mm_struct *mm, struct vm_area_struct *next)
{
	struct list_head *prev = next ? next->vm_list.prev : mm->mmap.prev;

	return prev == &mm->mmap ? NULL : list_entry(prev, struct vm_area_struct, vm_list);
}
#define for_each_vma(mm, vma)	list_for_each_entry(vma, &(mm)->mmap, vm_list)

static inline unsigned long vma_pages(const struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

/* one request to map: filled by the caller, read only below */
struct mmap_request {
	struct file *file;		/* NULL: anonymous */
	unsigned long addr, len;	/* bytes */
	unsigned long prot, flags;	/* PROT_*, MAP_* */
	unsigned long pgoff;		/* pages */
};

/* these take mmap_lock for writing themselves; mm may be another task's */
unsigned long __must_check vm_mmap(struct mm_struct *mm, const struct mmap_request *req);
int vm_munmap(struct mm_struct *mm, unsigned long start, size_t len);
unsigned long vm_brk_set(struct mm_struct *mm, unsigned long brk);	/* brk(2): the new break */
int __must_check vm_brk_flags(struct mm_struct *mm, unsigned long start, unsigned long len, unsigned long vm_flags);
int vm_unmap_attached(struct mm_struct *mm, unsigned long addr,
		      const struct vm_operations_struct *ops);	/* shmdt(2) */
int vm_mprotect(struct mm_struct *mm, unsigned long start, size_t len, unsigned long prot);
int vm_pkey_mprotect(struct mm_struct *mm, unsigned long start, size_t len, unsigned long prot,
		     int pkey);
unsigned long vm_mremap(struct mm_struct *mm, unsigned long addr, unsigned long old_len,
			unsigned long new_len, unsigned long flags, unsigned long new_addr);
int vm_remap_file_pages(struct mm_struct *mm, unsigned long start, unsigned long size,
			unsigned long prot, unsigned long pgoff, unsigned long flags);
int vm_madvise(struct mm_struct *mm, unsigned long start, size_t len, int behavior);
int vm_msync(struct mm_struct *mm, unsigned long start, size_t len, int flags);
/* words of /proc/kpage*: mm/debug/page_flags.c */
/* who allocated the block at *@pfn or behind, as text: mm/debug/page_owner.c */
int page_owner_read(unsigned long *pfn, char *buf, size_t size);
u64 stable_page_flags(const struct page *page);
unsigned int kpage_count(const struct page *page);
int vm_mincore(struct mm_struct *mm, unsigned long start, size_t len, unsigned char __user *vec);
int vm_mlock(struct mm_struct *mm, unsigned long start, size_t len, unsigned long vm_flags);
int vm_munlock(struct mm_struct *mm, unsigned long start, size_t len);
int vm_mlockall(struct mm_struct *mm, int flags);	/* MCL_* */
int vm_munlockall(struct mm_struct *mm);
/* exec: a stack area of @bytes ending at @top, or ERR_PTR; the caller holds mmap_lock for writing */
struct vm_area_struct *vm_setup_stack(struct mm_struct *mm, unsigned long top, unsigned long bytes, bool exec);
/* as mmap(2) chooses: @addr if it is free, or with MAP_FIXED; the caller as above */
unsigned long get_unmapped_area(struct mm_struct *mm, unsigned long addr, unsigned long len,
				unsigned long flags);
/* [@addr, @addr + @len), which is free, becomes an area of @spec; the caller as above */
int __must_check install_special_mapping(struct mm_struct *mm, unsigned long addr,
					 unsigned long len, unsigned long vm_flags,
					 const struct vm_special_mapping *spec);
/* from a fault: map frame @pfn, which nobody counts, read-only. VM_FAULT_NOPAGE */
vm_fault_t vmf_insert_pfn(struct vm_fault *vmf, unsigned long pfn);
/* mmap_base: a random distance below what the stack may grow to */
void arch_pick_mmap_layout(struct mm_struct *mm, unsigned long stack_bytes);
/* grow a VM_GROWSDOWN area down to @address; mmap_lock held for writing */
int __must_check expand_stack(struct vm_area_struct *vma, unsigned long address);

/**
 * handle_mm_fault() - resolve one fault of @vma at @address.
 * Locks:   mmap_lock held for reading; VM_FAULT_RETRY means that it was dropped.
 * Return:  VM_FAULT_* bits; the caller turns errors into signals.
 */
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags);

/**
 * mm_fault() - the whole decision for a user address: find the vma, grow the
 * stack, check access, handle, retry. Takes mmap_lock itself.
 * Return: VM_FAULT_* bits; *@si_code is SEGV_MAPERR, SEGV_ACCERR or SEGV_PKUERR (its key:
 *         vm_pkey_at() of linux/pkeys.h) for VM_FAULT_SIGSEGV,
 *         BUS_ADRERR for VM_FAULT_SIGBUS.
 */
vm_fault_t mm_fault(struct mm_struct *mm, unsigned long address, unsigned int flags, int *si_code);

/*
 * Copy between the kernel and another address space: bytes done (ptrace,
 * /proc/PID/mem, cmdline). Both take mmap_lock for reading themselves; pages
 * come counted, as many as were had, or -E when none.
 */
int access_remote_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len, bool write);	/* FOLL_FORCE */
int get_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr,
			  unsigned int gup_flags, struct page **pages);
#define FOLL_WRITE	0x01u
#define FOLL_FORCE	0x10u
#define FOLL_OWN	0x20u	/* of the calling thread, whose protection keys hold */

/* unmap every mapping of @mapping's pages [@start, @start + @nr) (truncate); nr 0: to the end */
void unmap_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t nr, bool even_cows);

static inline unsigned long get_mm_counter(struct mm_struct *mm, int member)
{
	long v = atomic_long_read(&mm->rss_stat[member]);

	return v < 0 ? 0 : v;
}
static inline unsigned long get_mm_rss(struct mm_struct *mm)
{
	return get_mm_counter(mm, MM_FILEPAGES) + get_mm_counter(mm, MM_ANONPAGES) +
	       get_mm_counter(mm, MM_SHMEMPAGES);
}
unsigned long get_mm_hiwater_rss(struct mm_struct *mm);

/* promise memory, or take the promise back (mm/vm/account.c); 0 or -ENOMEM */
int __must_check vm_enough_memory(struct mm_struct *mm, unsigned long npages);
void vm_unacct_memory(unsigned long npages);
unsigned long vm_commit_limit(void);		/* pages, overcommit mode 2 */
unsigned long vm_memory_committed(void);	/* pages */
pgprot_t vm_get_page_prot(unsigned long vm_flags);
int __must_check zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long end);

/* checks every invariant of the address space, recounts everything; mmap_lock held */
void mm_check(struct mm_struct *mm);
void zone_check(struct zone *zone);	/* takes zone->lock */
void slab_check(void);

/* --- what pages of areas are: smaps, pagemap, clear_refs (mm/vm/usage.c) ---------- */
#define MEM_USAGE_SHIFT	12	/* shares of pages are counted in 2^-12 bytes */
struct mem_usage {
	u64 pss, pss_anon, pss_file, pss_shmem, pss_dirty, pss_locked;	/* shares */
	unsigned long resident, anonymous, referenced;			/* pages */
	unsigned long shared_clean, shared_dirty, private_clean, private_dirty;
};
void vma_usage(struct vm_area_struct *vma, struct mem_usage *u);

#define PM_PFRAME_MASK		((1ull << 55) - 1)	/* proc(5), pagemap */
#define PM_SOFT_DIRTY		(1ull << 55)
#define PM_MMAP_EXCLUSIVE	(1ull << 56)
#define PM_FILE			(1ull << 61)
#define PM_PRESENT		(1ull << 63)
void vm_pagemap(struct mm_struct *mm, unsigned long start, unsigned long end, u64 *buf,
		bool frames);

enum clear_refs {		/* as written to the file, proc(5) */
	CLEAR_REFS_ALL = 1, CLEAR_REFS_ANON, CLEAR_REFS_MAPPED, CLEAR_REFS_SOFT_DIRTY,
	CLEAR_REFS_HIWATER,
};
int __must_check vm_clear_refs(struct mm_struct *mm, enum clear_refs what);

/* what a memory map line says of a vma besides its file: "[heap]", "[stack]", or NULL */
const char *vma_special_name(struct vm_area_struct *vma);

/* --- /proc text of physical memory (mm/) ----------------------------------------- */
void buddyinfo_show(struct seq_file *m);
void pagetypeinfo_show(struct seq_file *m);
void zoneinfo_show(struct seq_file *m);
void vmstat_show(struct seq_file *m);
void meminfo_show(struct seq_file *m);
void slabinfo_show(struct seq_file *m);
/* of /sys/devices/system/node/nodeN */
void node_meminfo_show(struct seq_file *m, int nid);
void node_numastat_show(struct seq_file *m, int nid);
void node_vmstat_show(struct seq_file *m, int nid);
/* the out-of-memory report in the log */
void show_mem(void);

#endif
