/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_LOCK_RANK_H
#define _LINUX_LOCK_RANK_H

/*
 * The order of the spinlocks (docs/locking.md draws the tree): a lock may be
 * taken while locks of lower ranks are held. Two locks of one rank are taken
 * together only with spin_lock_nested(). RANK_NONE is not checked. Sleeping
 * locks have no rank: they are taken with no spinlock held, which is asserted.
 * Ranks leave room, so that a new lock finds its place between two others.
 */
enum lock_rank {
	RANK_NONE	= 0,

	/* fs/ and kernel/: outermost */
	RANK_FS		= 100,		/* superblock lists, mount table */
	RANK_DENTRY	= 120,
	RANK_INODE	= 140,
	RANK_FILES	= 160,		/* descriptor tables */
	RANK_PIPE	= 180,
	RANK_TTY	= 200,
	RANK_FUTEX	= 210,		/* hash buckets */
	RANK_FUTEX_PI	= 215,		/* who waits for whose futex */
	RANK_TASKLIST	= 220,
	RANK_SIGHAND	= 240,
	RANK_SIGACTION	= 250,		/* sighand->lock */
	RANK_TASK	= 260,

	/* mm/vm, mm/cache, mm/reclaim */
	RANK_MMLIST	= 400,
	RANK_I_MMAP	= 410,		/* address_space.lock: the areas that map a file */
	RANK_ANON_VMA	= 420,
	RANK_PTL_PMD	= 440,		/* page-table locks */
	RANK_PTL	= 460,
	RANK_XARRAY	= 500,		/* an xa_lock without a rank of its own */
	RANK_MAPPING	= 510,		/* i_pages of an address_space */
	RANK_LRU	= 540,
	RANK_SWAP	= 560,

	/* mm/kspace, mm/slab, mm/phys: the allocators */
	RANK_KMAP	= 580,		/* slots of kmap() */
	RANK_SHRINKER	= 590,		/* list of all shrinkers */
	RANK_VMAP	= 600,
	RANK_PERCPU	= 620,
	RANK_SLAB_LIST	= 640,		/* list of all caches */
	RANK_SLAB_NODE	= 660,
	RANK_KFENCE	= 670,		/* guarded objects; a fault only tries it */
	RANK_HUGETLB	= 680,
	RANK_CMA	= 690,		/* an area of contiguous memory */
	RANK_ZONE	= 700,
	RANK_MEMBLOCK	= 720,

	/* what may be taken inside any of the above */
	RANK_KMEMLEAK	= 770,		/* notes about all memory */
	RANK_STACK_DEPOT = 780,		/* stacks that allocators note */
	RANK_MEMPOOL	= 790,		/* reserve and waiters of a mempool */
	RANK_SLEEPLOCK	= 800,		/* wait_lock of mutex and rw_semaphore */
	RANK_PAGEWAIT	= 810,		/* who waits for a page's lock */

	/* what interrupt handlers take too: interrupts are off, with this rank and above */
	RANK_WAITQUEUE	= 820,
	RANK_IRQS_OFF	= RANK_WAITQUEUE,
	RANK_TIMER	= 840,
	RANK_RQ		= 860,		/* run queues */
	RANK_HRTIMER	= 870,		/* timer trees; callbacks run without it */
	RANK_IPI	= 880,
	RANK_RANDOM	= 900,
	RANK_IRQ	= 920,		/* interrupt controllers */
	RANK_RING	= 940,		/* device and trace rings */
	RANK_CONSOLE_OUT = 950,		/* who prints the log; only tried */
	RANK_PRINTK	= 960,
	RANK_CONSOLE	= 980,		/* innermost */
};

#endif
