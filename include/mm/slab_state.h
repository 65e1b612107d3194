/* SPDX-License-Identifier: MIT */
/* slab_state.h - the slab allocator's part of struct machine. s: slab_state.lock  i: init */
#ifndef MM_SLAB_STATE_H
#define MM_SLAB_STATE_H

#include <linux/list.h>
#include <linux/spinlock.h>

struct kmem_cache;
struct slab_cpu;

#define KMALLOC_MIN_SHIFT	3	/* 8 bytes */
#define KMALLOC_MAX_CACHE_SHIFT	13	/* 8 KiB; larger comes from the buddy */
#define KMALLOC_NR_CLASSES	(KMALLOC_MAX_CACHE_SHIFT + 1)	/* [1] is 96, [2] is 192 */

enum kmalloc_cache_type { KMALLOC_NORMAL, KMALLOC_RECLAIM, KMALLOC_DMA, NR_KMALLOC_TYPES };

#define SLAB_NR_IDS		256	/* caches that a byte per frame can name, and 0 */
#define SLAB_NO_ID		SLAB_NR_IDS
#define SLAB_DEBUG_OPTION_BYTES	512

struct slab_state {
	spinlock_t lock;
	struct list_head caches;	/* s  all caches, through kmem_cache.list */
	struct kmem_cache *kmem_cache;	/* i  the cache of caches */
	struct kmem_cache *kmem_cache_node;	/* i */
	struct kmem_cache *xa_node_cache;	/* i  nodes of lib/xarray */
	struct slab_cpu *cpus;		/* i  what the quick paths read, by CPU */
	u8 *frame_ids;			/* i  mm/slab/slab_frames.c; NULL: this machine has none */
	struct kmem_cache *kmalloc_caches[NR_KMALLOC_TYPES][KMALLOC_NR_CLASSES];	/* i */
	unsigned int debug_flags;	/* i  SLAB_* checks that every cache gets */
	const char *debug_lists;	/* i  in debug_option: those of named caches; or NULL */
	char debug_option[SLAB_DEBUG_OPTION_BYTES];	/* i  the value of slub_debug= */
	bool debug_asked;		/* i  there was a slub_debug= */
	bool no_higher_order;		/* i  checks never make slabs larger */
	unsigned int nr_boot_caches;	/* i  made before `up` */
	bool nomerge;			/* i  caches that are alike stay apart */
	bool go_on;			/* i  damaged objects are reported and repaired; else a stop */
	bool tainted;			/* a  something was reported */
	char *boot_arrays;		/* i  CPUs' arrays of the next cache of the boot */
	size_t boot_arrays_left;	/* i  bytes */
	bool fast;			/* i  set before kmem_cache_init(): no checks by default */
	bool up;			/* i  kmalloc works */
};

#endif
