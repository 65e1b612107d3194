/* SPDX-License-Identifier: MIT */
/*
 * mm_types.h - struct page, vm_area_struct, mm_struct.
 *
 * Lock letters: a atomic   z zone->lock   s the slab's lock   c owning CPU
 *               m mm->mmap_lock (written: held for writing; read: held for reading)
 *               p page-table lock   k mapping->lock   l page lock (PG_locked)   i fixed at init
 *               u mm->page_table_lock
 */
#ifndef LINUX_MM_TYPES_H
#define LINUX_MM_TYPES_H

#include <linux/types.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/rwsem.h>
#include <linux/cpumask.h>
#include <asm/page.h>
#include <asm/mmu.h>
#include <mm/track.h>

struct address_space;
struct kmem_cache;
struct mempolicy;
struct mm_struct;
struct file;
struct vm_operations_struct;

/*
 * One frame of memory. 64 bytes on 64 bit, 32 on 32 bit. Who uses the first union follows from
 * the flags and the page type: free (PG_buddy), slab (PG_slab), page table
 * (PG_table), tail of a compound page (compound_head bit 0), else cache or anonymous.
 */
struct page {
	unsigned long flags;			/* a  PG_*, zone and node in the top bits */
	union {
		struct {			/* page cache, anonymous; free: lru, private = order */
			struct list_head lru;		/* z when free */
			struct address_space *mapping;	/* l  bit 0 set: anonymous */
			pgoff_t index;			/* l  in pages; pcp: migrate type */
			unsigned long private;		/* z  order of a free block */
		};
		struct {			/* slab */
			struct list_head slab_list;	/* s */
			struct kmem_cache *slab_cache;	/* i */
			void *freelist;			/* s  first free object */
			unsigned short inuse;		/* s  objects that are not free in it */
			unsigned short objects;		/* i */
		};
		struct page *pcp_next;		/* c  in a CPU's stock (mm/phys/pcp.c) */
		struct {			/* tail page; [1] carries the order */
			unsigned long compound_head;	/* bit 0 set */
			unsigned char compound_order;
			atomic_t compound_mapcount;
		};
		struct {			/* page table; this lies on lru, unused until freed */
			/* first, as compound_head of whoever looks at any frame: bit 0 is clear */
			struct mm_struct *pt_mm;	/* u  the owner; NULL: shared */
			spinlock_t ptl;			/* guards the entries of this table */
			unsigned int pt_anon;		/* p  entries that map anonymous pages */
		};
	};
	union {
		atomic_t _mapcount;		/* a  page-table entries that map it, less 1 */
		unsigned int carved;		/* s  slab: objects handed out once */
	};
	atomic_t _refcount;			/* a  0: nobody's */
#ifdef CONFIG_DEBUG_MM
	struct page_debug debug;		/* who owns the frame */
#endif
} __aligned(16);

/* debug builds: a checked lock in a page-table page (ptl), and the owner */
#if !defined(CONFIG_DEBUG_LOCKS) && !defined(CONFIG_DEBUG_MM)
static_assert(sizeof(struct page) == (sizeof(long) == 8 ? 64 : 32), "size of struct page");
#endif

enum pageflags {
	PG_locked, PG_referenced, PG_uptodate, PG_dirty, PG_lru, PG_active, PG_slab, PG_reserved,
	PG_private, PG_writeback, PG_head, PG_swapbacked, PG_unevictable, PG_mlocked,
	PG_buddy, PG_table, PG_anon_exclusive, PG_waiters, PG_lazy, NR_PAGEFLAGS
};

/* flags: | node 3 | zone 3 | ... | PG_* | */
#define PAGE_ZONE_SHIFT		(sizeof(unsigned long) * 8 - 3)
#define PAGE_NODE_SHIFT		(PAGE_ZONE_SHIFT - 3)

struct vm_area_struct {
	struct mm_struct *vm_mm;		/* i */
	const struct vm_operations_struct *vm_ops;	/* i  NULL: anonymous */
	struct file *vm_file;			/* m  may be NULL */
	void *vm_private_data;			/* m  the file's own */
	struct mempolicy *vm_policy;		/* m  nodes of its pages; NULL: the task's policy */
	unsigned long vm_pgoff;			/* m  offset in pages into vm_file */
	pgprot_t vm_page_prot;			/* m */
	unsigned long vm_flags;			/* m  VM_* */
	unsigned int vm_has_anon;		/* a  1: some page of it was anonymous; never cleared */
	unsigned int vm_touched;		/* a  1: some entry of it was filled; never cleared */
	unsigned long vm_start;			/* m  [vm_start, vm_end) */
	unsigned long vm_end;			/* m  the last that a copy takes over: vma.c */
	struct rb_node vm_rb;			/* m  in mm->mm_rb by vm_start */
	unsigned long vm_gap;			/* m  free bytes before it, less a stack's guard */
	unsigned long rb_subtree_gap;		/* m  largest vm_gap of the subtree */
	struct list_head vm_list;		/* m  in mm->mmap, address order */
	struct list_head shared;		/* k  in vm_file's mapping->i_mmap */
};

enum { MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES, NR_MM_COUNTERS };

#define AT_VECTOR_SIZE	44	/* words of mm->saved_auxv */

struct mm_struct {
	struct rw_semaphore mmap_lock;
	struct rb_root mm_rb;			/* m  VMAs by address */
	struct list_head mmap;			/* m  the same as an ordered list */
	struct vm_area_struct *mmap_cache;	/* a  last find_vma() hit, a hint */
	pgd_t *pgd;				/* i */
	atomic_t mm_users;			/* a  tasks that use the address space */
	atomic_t mm_count;			/* a  references to the struct; users count as one */
	int map_count;				/* m  VMAs */
	spinlock_t page_table_lock;		/* upper levels; p is the lock in each table page */
	unsigned int shared_tables;		/* u  last-level tables that fork made shared */
	atomic_long_t pgtables_bytes;		/* a */
	atomic_t tlb_flush_pending;		/* a  entries are empty, TLBs not flushed yet */
	unsigned long mmap_base, task_size;	/* m */
	bool mmap_bottomup;			/* m  legacy layout: new areas go up from mmap_base */
	unsigned long hiwater_rss, hiwater_vm;	/* m  pages */
	unsigned long total_vm, locked_vm, data_vm, exec_vm, stack_vm;	/* m  pages */
	atomic_long_t pinned_vm;
	unsigned long def_flags;		/* m */
	u16 pkey_map;				/* m  protection keys that are given out */
	s16 execute_only_pkey;			/* m  the key of PROT_EXEC alone; -1: none */
	unsigned long start_code, end_code, start_data, end_data;	/* m */
	unsigned long start_brk, brk, start_stack;	/* m */
	unsigned long arg_start, arg_end, env_start, env_end;	/* m */
	unsigned long saved_auxv[AT_VECTOR_SIZE];	/* i after exec */
	atomic_long_t rss_stat[NR_MM_COUNTERS];	/* a  pages */
	struct file *exe_file;			/* m */
	mm_context_t context;			/* asm/mmu.h: TLB generation and the like */
	atomic_t membarrier_state;		/* a  what may be called: kernel/membarrier.c */
	struct cpumask cpu_bitmap;		/* a  CPUs that may hold TLB entries */
	void *owner;				/* the kernel's, opaque here */
};

typedef unsigned int vm_fault_t;
#define VM_FAULT_OOM		0x0001u
#define VM_FAULT_SIGBUS		0x0002u
#define VM_FAULT_MAJOR		0x0004u
#define VM_FAULT_SIGSEGV	0x0040u
#define VM_FAULT_NOPAGE		0x0100u
#define VM_FAULT_LOCKED		0x0200u
#define VM_FAULT_RETRY		0x0400u
#define VM_FAULT_ERROR		(VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV)

#define FAULT_FLAG_WRITE	0x01u
#define FAULT_FLAG_ALLOW_RETRY	0x04u
#define FAULT_FLAG_KILLABLE	0x10u
#define FAULT_FLAG_USER		0x40u
#define FAULT_FLAG_REMOTE	0x80u
#define FAULT_FLAG_INSTRUCTION	0x100u

/* One fault on its way: set by handle_mm_fault(), read by each step. */
struct vm_fault {
	struct vm_area_struct *vma;	/* fixed */
	unsigned long address;		/* fixed, rounded down to a page */
	pgoff_t pgoff;			/* fixed  page offset in the file */
	unsigned int flags;		/* fixed  FAULT_FLAG_* */
	pmd_t *pmd;			/* set once the tables exist */
	pte_t *pte;			/* set under ptl */
	pte_t orig_pte;			/* the entry as it was found */
	struct page *page;		/* set by vm_ops->fault */
	spinlock_t *ptl;		/* lock of the table that pte is in */
};

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *vma);
	void (*close)(struct vm_area_struct *vma);
	vm_fault_t (*fault)(struct vm_fault *vmf);
	vm_fault_t (*map_pages)(struct vm_fault *vmf, pgoff_t start, pgoff_t end);
	vm_fault_t (*page_mkwrite)(struct vm_fault *vmf);
	/* is the page at @pgoff of the file in memory, with its contents? NULL: never */
	bool (*in_core)(struct vm_area_struct *vma, pgoff_t pgoff);
	const char *(*name)(struct vm_area_struct *vma);
	/* may the area be cut at @addr? 0 or -E; NULL: anywhere */
	int (*may_split)(struct vm_area_struct *vma, unsigned long addr);
};

/* memory that the kernel puts into programs; constant. See mm/vm/special.c */
struct vm_special_mapping {
	const char *name;			/* in maps, "[vdso]" */
	struct page **pages;			/* NULL at the end, counted here as long as it lives */
	/* instead of pages: what is at vmf->pgoff */
	vm_fault_t (*fault)(const struct vm_special_mapping *spec, struct vm_fault *vmf);
};

#define VM_READ		0x00000001ul
#define VM_WRITE	0x00000002ul
#define VM_EXEC		0x00000004ul
#define VM_SHARED	0x00000008ul
#define VM_MAYREAD	0x00000010ul
#define VM_MAYWRITE	0x00000020ul
#define VM_MAYEXEC	0x00000040ul
#define VM_MAYSHARE	0x00000080ul
#define VM_GROWSDOWN	0x00000100ul
#define VM_PFNMAP	0x00000400ul
#define VM_LOCKED	0x00002000ul
#define VM_IO		0x00004000ul
#define VM_SEQ_READ	0x00008000ul
#define VM_RAND_READ	0x00010000ul
#define VM_DONTCOPY	0x00020000ul
#define VM_DONTEXPAND	0x00040000ul
#define VM_LOCKONFAULT	0x00080000ul
#define VM_ACCOUNT	0x00100000ul
#define VM_NORESERVE	0x00200000ul
#define VM_SYNC		0x00800000ul	/* MAP_SYNC was asked for; nothing here has it */
#define VM_DONTDUMP	0x04000000ul
#define VM_WIPEONFORK	0x02000000ul
#define VM_SOFTCLEAN	0x08000000ul	/* dirty bits tell what was written: mm/vm/usage.c */
#define VM_ACCESS_FLAGS	(VM_READ | VM_WRITE | VM_EXEC)
/* the protection key of an area: linux/pkeys.h; no bits where words have 32 */
#define NR_PKEYS	16
#define VM_PKEY_SHIFT	32
#define VM_PKEY_MASK	((unsigned long)((NR_PKEYS - 1ull) << VM_PKEY_SHIFT))

#endif
