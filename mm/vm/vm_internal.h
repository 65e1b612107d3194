/* SPDX-License-Identifier: MIT */
/*
 * vm_internal.h - what the files of mm/vm share; the index of the subsystem,
 * by the file that defines each function. Locks stand in the files.
 */
#ifndef MM_VM_INTERNAL_H
#define MM_VM_INTERNAL_H

#include <linux/highmem.h>
#include <linux/fs.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mempolicy.h>
#include <linux/pkeys.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <uapi/mman.h>
#include "../internal.h"

/* an area of these kinds is never merged, grown or locked */
#define VM_SPECIAL	(VM_IO | VM_DONTEXPAND | VM_PFNMAP)
#define VM_LOCKED_MASK	(VM_LOCKED | VM_LOCKONFAULT)

/* Can who maps the file so write it, now or after mprotect(2)? */
static inline bool vm_flags_shared_maywrite(unsigned long vm_flags)
{
	return (vm_flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE);
}

/* --- vma.c: the index ----------------------------------------------------------- */

/* a new area, zeroed, not linked; NULL: out of memory */
struct vm_area_struct *vma_alloc(struct mm_struct *mm);
/* a copy of @vma that holds its own file reference; not linked */
struct vm_area_struct *vma_dup(struct vm_area_struct *vma);
/* drop file, close, free; not linked any more */
void vma_free(struct vm_area_struct *vma);
void vma_link(struct mm_struct *mm, struct vm_area_struct *vma);
void vma_link_before(struct mm_struct *mm, struct vm_area_struct *vma,
		     struct vm_area_struct *next);
void vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma);
void vma_link_file(struct vm_area_struct *vma);
void vma_unlink_file(struct vm_area_struct *vma);
void vma_adjust(struct vm_area_struct *vma, unsigned long start, unsigned long end);
/* cut @vma at @addr; @upper, made by vma_dup(), becomes [addr, end) */
void vma_split_at(struct vm_area_struct *vma, unsigned long addr, struct vm_area_struct *upper);
/* may @b be one area with @a, which it follows? */
bool vma_can_follow(const struct vm_area_struct *a, const struct vm_area_struct *b);
/* put the described range into its neighbours; the area that has it, or NULL */
struct vm_area_struct *vma_absorb(struct mm_struct *mm, const struct vm_area_struct *probe,
				  struct vm_area_struct *next);
/* merge @vma with both neighbours where possible; the area that survives */
struct vm_area_struct *vma_merge(struct vm_area_struct *vma);
unsigned long vm_start_gap(const struct vm_area_struct *vma);
unsigned long vma_find_gap_topdown(struct mm_struct *mm, unsigned long len,
				   unsigned long low, unsigned long high);
unsigned long vma_find_gap_bottomup(struct mm_struct *mm, unsigned long len,
				    unsigned long low, unsigned long high);
void vma_set_page_prot(struct vm_area_struct *vma);

/* may @vma be cut at @addr? At its ends there is nothing to cut. 0 or -E */
static inline int vma_may_split(struct vm_area_struct *vma, unsigned long addr)
{
	if (likely(!vma->vm_ops || !vma->vm_ops->may_split))
		return 0;
	return addr > vma->vm_start && addr < vma->vm_end ? vma->vm_ops->may_split(vma, addr) : 0;
}

static inline bool vma_is_anonymous(const struct vm_area_struct *vma) { return !vma->vm_ops; }

/*
 * isolate [start, end) of @vma as an area of its own and give it @new_flags;
 * *@vmap becomes the area that now has the range, merged where possible.
 * -ENOMEM leaves everything as it was.
 */
int vma_modify_flags(struct vm_area_struct **vmap, unsigned long start, unsigned long end,
		     unsigned long new_flags);

int vma_modify_policy(struct vm_area_struct **vmap, unsigned long start, unsigned long end,
		      struct mempolicy *policy);

/* --- pkeys.c: protection keys ----------------------------------------------------- */

void pkeys_init(struct mm_struct *mm);
void pkeys_dup(struct mm_struct *mm, const struct mm_struct *from);
bool pkey_may_be_named(const struct mm_struct *mm, int pkey);
int pkey_for_exec_only(struct mm_struct *mm);
int pkey_after_mprotect(const struct vm_area_struct *vma, unsigned long prot, int pkey);

/*
 * Has the calling thread no right to read (or, @write, to write) pages of @vma, which is of
 * its own address space, because of the key? Locks: mmap_lock.
 */
static inline bool pkey_denies(const struct vm_area_struct *vma, bool write)
{
	u32 denied = arch_pkey_denied();

	return unlikely(denied) && (denied >> PKEY_BITS * vma_pkey(vma) &
				    (write ? PKEY_DISABLE_MASK : PKEY_DISABLE_ACCESS));
}

/* --- account.c: limits and commitments ----------------------------------------------- */

void vm_reserves_init(void);
void vm_stat_account(struct mm_struct *mm, unsigned long vm_flags, long npages);
unsigned long vm_pages_with(struct mm_struct *mm, unsigned long flag, unsigned long start,
			    unsigned long end);
int vm_enough_memory_instead(struct mm_struct *mm, unsigned long npages, unsigned long going);
bool may_expand_vm(struct mm_struct *mm, unsigned long vm_flags, unsigned long npages);
int mlock_future_check(struct mm_struct *mm, unsigned long vm_flags, unsigned long bytes);
bool can_do_mlock(void);

/* --- pgtable.c: the tables and the cursor --------------------------------------------- */

/*
 * The cursor goes over the last-level tables that exist in [addr, end), one
 * per step:
 *
 *	struct pt_cursor c;
 *
 *	pt_cursor_start(&c, mm, start, end);
 *	while (pt_cursor_next(&c))
 *		... entries c.pte[0 .. c.nr) map c.addr, c.addr + PAGE_SIZE ...
 *
 * Holes are skipped at the highest level that shows them.
 */
struct pt_cursor {
	struct mm_struct *mm;	/* fixed */
	unsigned long next;	/* where the next step begins */
	unsigned long end;	/* fixed */
	unsigned long addr;	/* first address of this step */
	unsigned int nr;	/* entries of this step, at least 1 */
	pmd_t *pmd;		/* the entry that points at the table */
	pte_t *pte;		/* the entry of addr */
	spinlock_t *ptl;	/* the lock of this table; the caller takes it */
	bool shared;		/* others may have a share in the table: share.c */
};

static inline void pt_cursor_start(struct pt_cursor *c, struct mm_struct *mm,
				   unsigned long start, unsigned long end)
{
	mm_assert(start <= end && end <= mm->task_size && !(start & ~PAGE_MASK));
	c->mm = mm;
	c->next = start;
	c->end = end;
}
bool pt_cursor_find(struct pt_cursor *c);
/* on to the next last-level table that exists; false at the end of the range */
static inline bool pt_cursor_next(struct pt_cursor *c)
{
	return c->next < c->end && pt_cursor_find(c);
}
void pt_cursor_at(struct pt_cursor *c, unsigned long addr, pmd_t *pmd);
/* lock this step's table to read it; false: it has gone */
bool pt_cursor_lock(struct pt_cursor *c);

static inline spinlock_t *pte_lockptr(const pmd_t *pmd) { return &pmd_page(*pmd)->ptl; }
/* the entry above the last-level table of @addr, tables made as needed; NULL: no memory */
pmd_t *pt_alloc(struct mm_struct *mm, unsigned long addr);
/* the entry above the last-level table of @addr, which is not made */
pmd_t *pt_alloc_upper(struct mm_struct *mm, unsigned long addr);
/* the entry of @addr with its lock taken; NULL where there is no table of mm's own */
pte_t *pt_lookup_lock(struct mm_struct *mm, unsigned long addr, spinlock_t **ptl);
/* the table whose lock @ptl is */
static inline struct page *ptl_table(spinlock_t *ptl)
{
	return container_of(ptl, struct page, ptl);
}

struct mmu_gather;
/* hand the tables of [start, end) that lie inside [floor, ceiling) to the gather */
void pt_free_tables(struct mmu_gather *tlb, unsigned long start, unsigned long end,
		    unsigned long floor, unsigned long ceiling);
unsigned long pt_count_tables(struct mm_struct *mm);

#ifndef pte_none8	/* asm/pgtable.h may have a better one */
static inline bool pte_none8(const pte_t *pte)
{
	return !(pte_val(ptep_get(pte)) | pte_val(ptep_get(pte + 1)) |
		 pte_val(ptep_get(pte + 2)) | pte_val(ptep_get(pte + 3)) |
		 pte_val(ptep_get(pte + 4)) | pte_val(ptep_get(pte + 5)) |
		 pte_val(ptep_get(pte + 6)) | pte_val(ptep_get(pte + 7)));
}
#endif

/*
 * The first entry of pte[i .. nr) that is not empty, or nr. A table of zeroes has only
 * empty ones, so eight are looked at together.
 */
static inline unsigned int pte_skip_empty(const pte_t *pte, unsigned int i, unsigned int nr)
{
	for (; i + 8 <= nr; i += 8)
		if (!pte_none8(pte + i))
			break;
	while (i < nr && pte_none(ptep_get(pte + i)))
		i++;
	return i;
}

/* the counted page that @pte maps; NULL: none, as for the zero page */
static inline struct page *vm_normal_page(pte_t pte)
{
	return pte_special(pte) ? NULL : pfn_to_page(pte_pfn(pte));
}

/* --- ptpage.c: the pages of page tables ------ */

struct page *pt_page_alloc(struct mm_struct *mm, gfp_t gfp);
void pt_page_clear(struct page *page);
bool pt_page_keep(struct page *page);
void pt_page_free_unused(struct mm_struct *mm, struct page *page);
pgd_t *pt_alloc_root(struct mm_struct *mm);
void pt_free_root(struct mm_struct *mm);

/* --- share.c: tables that fork shares ------ */

#define FORK_SHARE_PAGES	128

/*
 * How many upper entries, and gathers still to flush, share @table (O2). Acquire: with the
 * last one comes what the others did to the entries before they left.
 */
static inline int table_shares(const struct page *table)
{
	return atomic_read_acquire(&table->_refcount);
}
bool pt_can_share(struct vm_area_struct *vma, const struct pt_cursor *c);
int pt_share(struct mm_struct *mm, const struct pt_cursor *c);
bool pt_unshare(struct mm_struct *mm, pmd_t *pmd, unsigned long addr);
int pt_unshare_tables(struct mm_struct *mm, unsigned long start, unsigned long end);
int pt_unshare_ends(struct mm_struct *mm, unsigned long start, unsigned long end);
spinlock_t *pt_lock_shared(struct mm_struct *mm, pmd_t *pmd);
bool pt_zap_shared(struct mmu_gather *tlb, struct pt_cursor *c);
void pt_put_shared(struct page *table, struct list_head *pages);

/* before entries of [start, end) change: all its tables are mm's own. 0 or -ENOMEM */
static inline int pt_unshare_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	return likely(!READ_ONCE(mm->shared_tables)) ? 0 : pt_unshare_tables(mm, start, end);
}
/* before all entries of [start, end) are zapped: tables that keep some are mm's own */
static inline int pt_unshare_edges(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	return likely(!READ_ONCE(mm->shared_tables)) ? 0 : pt_unshare_ends(mm, start, end);
}

/* --- gather.c: collect, flush, free ------------------------------------------------------ */

#define GATHER_LOCAL_PAGES	32
#define GATHER_BATCH_PAGES	((PAGE_SIZE - sizeof(struct gather_batch)) / sizeof(struct page *))
#define GATHER_MAX_BATCHES	16

struct gather_batch {
	struct gather_batch *next;
	unsigned int nr, max;
	struct page **pages;	/* behind this struct, in its page; of the first: local_pages */
};

struct mmu_gather {
	struct mm_struct *mm;		/* fixed */
	unsigned long start, end;	/* what has to be flushed; start >= end: nothing */
	bool fullmm;			/* fixed  the address space goes as a whole */
	bool freed_tables;
	bool keep_anon;			/* set by the user: private copies stay */
	unsigned long whole_start, whole_end;	/* set by the user: all entries between go */
	unsigned int nr_batches;
	struct list_head tables;	/* page tables, through lru */
	struct gather_batch *batch;	/* the one that is filled now */
	struct gather_batch local;
	struct page *local_pages[GATHER_LOCAL_PAGES];
};

void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm, bool fullmm);
/* false: the batch is full now, tlb_flush_mmu() has to come before the next page */
bool tlb_remove_page(struct mmu_gather *tlb, struct page *page);
void tlb_remove_table(struct mmu_gather *tlb, struct page *table);
bool tlb_remove_shared(struct mmu_gather *tlb, struct page *table);
void tlb_flush_mmu(struct mmu_gather *tlb);
void tlb_end_mmu(struct mmu_gather *tlb);
/* the last flush, if there is anything to flush or to free; frees the gather's own memory */
static inline void tlb_finish_mmu(struct mmu_gather *tlb)
{
	if (tlb->fullmm || tlb->start < tlb->end || tlb->batch->nr || tlb->nr_batches)
		tlb_end_mmu(tlb);
}

static inline void tlb_note_range(struct mmu_gather *tlb, unsigned long start, unsigned long end)
{
	mm_assert(start < end && !(start & ~PAGE_MASK));
	if (start < tlb->start)
		tlb->start = start;
	if (end > tlb->end)
		tlb->end = end;
}

/* --- zap.c: unmap pages ------ */

void update_hiwater_rss(struct mm_struct *mm);
void zap_range(struct mmu_gather *tlb, struct vm_area_struct *vma,
	       unsigned long start, unsigned long end);

/* zap_range() of a caller that has mmap_lock for writing: no fault can come in between */
static inline void zap_area(struct mmu_gather *tlb, struct vm_area_struct *vma,
			    unsigned long start, unsigned long end)
{
	if (vma->vm_touched)							/* V6 of vma.c */
		zap_range(tlb, vma, start, end);
}

/* --- rmap.h parts: who maps a page (fault.c, fork.c, zap.c) ------ */

static inline int mm_counter(const struct page *page)
{
	if (PageAnon(page))
		return MM_ANONPAGES;
	return PageSwapBacked(page) ? MM_SHMEMPAGES : MM_FILEPAGES;
}
static inline void add_mm_counter(struct mm_struct *mm, int member, long n)
{
	mm_assert(member >= 0 && member < NR_MM_COUNTERS);
	atomic_long_add(n, &mm->rss_stat[member]);
}

/* one table more maps @page, which one of them maps already; the ptl of that one held */
static inline void page_map_again(struct page *page)
{
	mm_assert(page_mapcount(page) > 0 && page_count(page) >= page_mapcount(page));
	if (PageAnon(page) && page_count(page) == 1) {
		/* nobody but this entry knows the page: the ptl is enough */
		atomic_set(&page->_refcount, 2);
		atomic_set(&page->_mapcount, 1);
		return;
	}
	atomic_inc(&page->_refcount);
	atomic_inc(&page->_mapcount);
}

/* --- pagelock.c ------ */

void pagewait_init(void);	/* once per machine, before the first lock_page() */

/* --- mm.c ------ */

/* The file of a running program cannot be opened for writing: i_writecount is below 0. */
static inline struct file *get_exe_file(struct file *file)
{
	mm_assert(atomic_read(&file_inode(file)->i_writecount) <= 0);
	atomic_dec(&file_inode(file)->i_writecount);
	return get_file(file);
}
static inline void put_exe_file(struct file *file)
{
	mm_assert(atomic_read(&file_inode(file)->i_writecount) < 0);
	atomic_inc(&file_inode(file)->i_writecount);
	fput(file);
}

/* --- mempolicy.c ------ */

struct page *vma_alloc_page_policy(gfp_t gfp, struct vm_area_struct *vma, unsigned long addr);
/* a page for @addr of @vma, from the nodes that the area's policy, or the task's, says */
static inline struct page *vma_alloc_page(gfp_t gfp, struct vm_area_struct *vma,
					  unsigned long addr)
{
	if (likely(!vma->vm_policy && !atomic_read(&this_machine()->special_tasks)))
		return alloc_page(gfp);
	return vma_alloc_page_policy(gfp, vma, addr);
}

/* --- move_pages.c ------ */

/* a walk over the pages of [start, end) that have to be, or to go, somewhere else */
struct mbind_walk {
	struct mm_struct *mm;		/* fixed, as all but failed */
	unsigned long start, end;
	struct mempolicy *policy;	/* mbind: NULL is the default */
	unsigned int flags;		/* MPOL_MF_* */
	int from, to;			/* migrate_pages: the nodes of this round */
	long failed;			/* pages that stayed */
};
int mbind_check_pages(struct mbind_walk *walk);
int mbind_move_pages(struct mbind_walk *walk);

/* --- fault.c ------ */

void fault_replace_page(struct vm_fault *vmf, struct page *old, struct page *copy);

pte_t vma_mk_pte(const struct vm_area_struct *vma, const struct page *page, bool write);
/*
 * the area of @address, which a stack may have to grow to: mmap_lock, held for reading,
 * can be dropped and taken again
 */
struct vm_area_struct *fault_find_vma(struct mm_struct *mm, unsigned long address);
/* make [start, end) present as its areas allow; drops and takes mmap_lock by itself */
int mm_populate(struct mm_struct *mm, unsigned long start, unsigned long end, bool stop);
enum populate_how { POPULATE_AUTO, POPULATE_READ, POPULATE_WRITE };
/* @vma, mmap_lock held for reading: 0, -ENOMEM, -EFAULT; @end may be cut to the vma's */
int vma_populate(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		 enum populate_how how);

/* --- mmap.c, munmap.c, brk.c, fork.c: the caller holds mmap_lock for writing ------ */

unsigned long do_mmap(struct mm_struct *mm, const struct mmap_request *req,
		      unsigned long addr, unsigned long len, unsigned long flags);
int do_munmap(struct mm_struct *mm, unsigned long start, unsigned long len);

/* a range that is to be unmapped; once it is reserved nothing fails */
struct unmapping {
	struct mm_struct *mm;			/* fixed, as the range: page aligned, */
	unsigned long start, end;		/* start == end: nothing to do */
	bool keep_tables;			/* fixed  the range is used again at once */
	struct vm_area_struct *cut[2];		/* reserved  for the cuts at start and end */
};
int unmap_reserve(struct unmapping *u);
void unmap_cancel(struct unmapping *u);
void unmap_commit(struct unmapping *u);
struct vm_area_struct *unmap_cut(struct unmapping *u);
void free_spare_tables(struct mm_struct *mm, unsigned long start, unsigned long end);
unsigned long count_mapped_pages(struct mm_struct *mm, unsigned long start, unsigned long end);
void exit_mmap(struct mm_struct *mm);

#endif
