/* SPDX-License-Identifier: MIT */
/*
 * slab_internal.h - what the files of mm/slab share. Nobody else includes it.
 *
 * Lock letters: c owning CPU   n the node's list_lock   s slab_state.lock   i fixed at init
 */
#ifndef MM_SLAB_INTERNAL_H
#define MM_SLAB_INTERNAL_H

#include <linux/errno.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/kfence.h>
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/printk.h>
#include <linux/bug.h>
#include <asm/processor.h>
#include <mm/track.h>
#include <mm/machine.h>
#include "../internal.h"

/* One CPU's own stock of one cache: plain loads and stores by that CPU alone. */
struct kmem_cache_cpu {
	void **top;			/* c  the first place that is empty */
	void **end;			/* c  == objects: none is kept, every call is checked */
	void **objects;			/* c  [objects, top): the one freed last is the last one */
	int nid;			/* c  this CPU's node, of which objects are kept */
	unsigned int moves;		/* c  exchanges with others since the array has its size */
	void *guard;			/* i  NULL, below the first: an empty array has no last one */
	void *own[];			/* c  the array that the cache came with */
};

/*
 * One CPU's way to its arrays, by what kmalloc() and kfree() know: the size in words of 8
 * bytes, and the number of the cache that a frame belongs to. An array that keeps nothing
 * stands for what there is not.
 */
#define SLAB_QUICK_BYTES	1024

struct slab_cpu {
	struct kmem_cache_cpu *by_size[SLAB_QUICK_BYTES / 8];	/* i  plain kmalloc */
	struct kmem_cache_cpu *by_id[SLAB_NR_IDS];		/* s */
	struct kmem_cache_cpu none;				/* i  by_id[0], no object, no room */
} __aligned(PAGE_SIZE);
static_assert(sizeof(struct slab_cpu) == PAGE_SIZE, "a table for each CPU, found by a shift");

struct kmem_cache_node {
	spinlock_t list_lock;
	struct list_head partial;	/* n  slabs with free objects, some empty */
	struct list_head full;		/* n  slabs without a free object */
	unsigned long nr_partial;	/* n  length of partial */
	unsigned long nr_slabs;		/* n  all slabs of this node */
	unsigned long nr_objects;	/* n  their objects, free or used */
	void **stock;			/* n  free objects for any CPU; NULL: not needed so far */
	unsigned int nr_stock;		/* n */
};

struct kmem_cache {
	/* what every call reads */
	unsigned int object_size;	/* s  bytes that the user may touch; grows with aliases */
	unsigned int id;		/* i  in slab_cpu.by_id, or SLAB_NO_ID */
	slab_flags_t flags;		/* i */
	unsigned int size;		/* i  bytes from one object to the next */
	unsigned int fp_offset;		/* i  where a free object keeps the free pointer */
	unsigned int batch;		/* i  half of an array as the cache came with it */
	unsigned int stock_limit;	/* i  objects that a node's stock may hold */
	unsigned int nr_cpus;		/* i  length of cpu */
	void (*ctor)(void *object);	/* i */
	unsigned int align;		/* i */
	unsigned int inuse;		/* s  bytes up to the metadata (right red zone included) */
	unsigned int red_left;		/* i  bytes of red zone before the object */
	unsigned int track_offset;	/* i  struct slab_track[2], 0: none */
	unsigned int order;		/* i  of a slab, normally */
	unsigned int min_order;		/* i  the smallest that holds one object */
	gfp_t alloc_gfp;		/* i  added to every page allocation */
	unsigned long min_partial;	/* i  empty slabs stay while there are fewer partial ones */
	const char *name;		/* i */
	bool name_owned;		/* i  free the name with the cache */
	int refcount;			/* s  names, the first included; below 0: one for ever */
	unsigned int number;		/* s  in /sys; 0: not there */
	unsigned int useroffset;	/* i  the part that goes to or comes from user memory */
	unsigned int usersize;		/* i  0: no part */
	struct list_head aliases;	/* s  struct slab_alias */
	struct list_head list;		/* s  in slab_state.caches, newest first */
	struct kmem_cache_node *node[MAX_NUMNODES];	/* i */
	struct kmem_cache_cpu *cpu[];	/* i  each CPU's array, one block of memory; the empty one */
};

#define SLAB_DEBUG_FLAGS	(SLAB_POISON | SLAB_RED_ZONE | SLAB_STORE_USER | \
				 SLAB_TRACE | SLAB_CONSISTENCY_CHECKS)
/* what slub_debug alone asks for */
#define SLAB_DEBUG_DEFAULT	(SLAB_DEBUG_FLAGS & ~SLAB_TRACE)
/* those that make an object larger */
#define SLAB_METADATA_FLAGS	(SLAB_POISON | SLAB_RED_ZONE | SLAB_STORE_USER)

/* Our own flag: free objects are filled. A constructor's work would not survive that. */
#define __OBJECT_POISON		((slab_flags_t)0x80000000)

/* Debugged caches never use the per-CPU freelist: each call is checked. */
static inline bool slab_debugged(const struct kmem_cache *s)
{
	return unlikely(s->flags & SLAB_DEBUG_FLAGS);
}

/* @cpu may be nr_cpus: an array that keeps nothing. */
static inline struct kmem_cache_cpu *slab_cpu(const struct kmem_cache *s, unsigned int cpu)
{
	return s->cpu[cpu];
}
static inline struct kmem_cache_cpu *this_cpu_slab(const struct kmem_cache *s)
{
	mm_assert(smp_processor_id() < s->nr_cpus);
	return slab_cpu(s, smp_processor_id());
}
/* The same for the quick paths; with hooks armed the empty one, or arch_slab_asks(). */
static inline struct kmem_cache_cpu *quick_cpu_slab(const struct kmem_cache *s)
{
	mm_assert(arch_slab_cpu() <= s->nr_cpus);
	return slab_cpu(s, arch_slab_cpu());
}

static inline unsigned int slab_count(const struct kmem_cache_cpu *c)
{
	return c->top - c->objects;
}
static inline unsigned int slab_limit(const struct kmem_cache_cpu *c)
{
	return c->end - c->objects;
}
static inline void slab_cpu_init(struct kmem_cache_cpu *c, unsigned int limit, int nid)
{
	c->objects = c->top = c->own;
	c->end = c->own + limit;
	c->nid = nid;
	c->moves = 0;
	c->guard = NULL;
}

static inline void *slab_get_fp(const struct kmem_cache *s, const void *object)
{
	return *(void **)((char *)object + s->fp_offset);
}
static inline void slab_set_fp(const struct kmem_cache *s, void *object, void *next)
{
	mm_assert(next != object && IS_ALIGNED((unsigned long)object, sizeof(void *)));
	*(void **)((char *)object + s->fp_offset) = next;
}

static inline unsigned long slab_bytes(const struct page *slab)
{
	return PAGE_SIZE << compound_order(slab);
}
/* the first object of a slab */
static inline char *slab_first(const struct kmem_cache *s, const struct page *slab)
{
	return (char *)page_address(slab) + s->red_left;
}

#define slab_for_each_object(s, slab, p) \
	for (p = slab_first(s, slab); \
	     p < slab_first(s, slab) + (unsigned long)(slab)->objects * (s)->size; \
	     p += (s)->size)

static inline struct kmem_cache_node *slab_node(struct kmem_cache *s, const struct page *slab)
{
	return s->node[page_to_nid(slab)];
}

#define for_each_slab_node(s, n, nid) \
	for (nid = 0; nid < MAX_NUMNODES; nid++) \
		if (((n) = (s)->node[nid]) != NULL)

/*
 * The slab or large allocation that an address lies in: its head page. Debug builds
 * give NULL for an address that belongs to no page; others would fault on it.
 */
static inline struct page *slab_of(const void *object)
{
#ifdef CONFIG_DEBUG_MM
	if (!pfn_valid(virt_to_pfn(object)))
		return NULL;
	memmap_ready(virt_to_pfn(object));
#endif
	return compound_head(virt_to_page(object));
}

/* The node whose memory this CPU gets first; its own may have none. */
static inline int slab_home_node(void)
{
	int nid = numa_node_id();

	if (unlikely(!NODE_DATA(nid)))
		return first_populated_zone()->node;
	return NODE_DATA(nid)->node_zonelists[ZONELIST_FALLBACK][ZONE_NORMAL].zones[0]->node;
}

/* --- slab_kfence.c ------------------------------------------------------------ */
void *slab_alloc_kfence(struct kmem_cache *s, size_t bytes, gfp_t gfp, unsigned long caller);
void slab_free_kfence(struct kmem_cache *s, void *object, unsigned long caller);

/* Does the request for an object of @s fail? */
static inline bool should_failslab(const struct kmem_cache *s, gfp_t gfp)
{
	arch_alloc_point();
	return mm_hooks_armed() && fault_object(s->object_size, s->flags & SLAB_FAILSLAB, gfp);
}

/* One of the allocations of which a sample is taken? Then all of it is done here. */
static inline void *slab_alloc_guarded(struct kmem_cache *s, size_t bytes, gfp_t gfp,
				       unsigned long caller)
{
	if (!mm_hooks_armed() || !(atomic_read(&this_machine()->debug.hooks) & MM_HOOK_KFENCE))
		return NULL;
	return slab_alloc_kfence(s, bytes, gfp, caller);
}

/* What becomes of @object of @s, NULL or fresh, before its user has it. */
static inline void *slab_handed_out(struct kmem_cache *s, void *object, size_t bytes, gfp_t gfp)
{
	if (mm_hooks_armed() && object && !(s->flags & SLAB_NOLEAKTRACE))
		kmemleak_alloc(object, bytes, 1, gfp);
	return object;
}

/* Is an object of @s to be cleared? Not what a constructor or the poison left there. */
static inline bool slab_hook_clears(const struct kmem_cache *s, enum mm_hook hook)
{
	return mm_hooks_armed() && (atomic_read(&this_machine()->debug.hooks) & hook) &&
	       !s->ctor && !(s->flags & SLAB_POISON);
}

/* Who allocated or freed an object last, and how he came there. */
#define SLAB_TRACK_DEPTH	8

struct slab_track {
	unsigned long addr;		/* an address in the code; 0: nobody yet */
	unsigned long when;		/* in jiffies of Linux, 4 ms */
	int pid;
	u16 cpu;
	u16 waste;			/* bytes that kmalloc() gave beyond those asked for */
	unsigned long stack[SLAB_TRACK_DEPTH];	/* return addresses; 0: no more */
};

static inline struct slab_track *slab_track(const struct kmem_cache *s, const void *object,
					    unsigned int which)
{
	mm_assert(s->track_offset && which <= TRACK_FREE);
	return (struct slab_track *)((char *)object + s->track_offset) + which;
}

/* Where what we keep about an object ends; padding follows. */
static inline unsigned int slab_metadata_end(const struct kmem_cache *s)
{
	if (s->track_offset)
		return s->track_offset + 2 * sizeof(struct slab_track);
	return max_t(unsigned int, s->inuse, s->fp_offset + sizeof(void *));
}

/* The object that @p lies in, or NULL. */
static inline char *slab_object_around(const struct kmem_cache *s, const struct page *slab,
				       const void *p)
{
	long offset = (const char *)p - slab_first(s, slab);

	if (offset < 0 || offset / s->size >= slab->objects)
		return NULL;
	return slab_first(s, slab) + offset / s->size * s->size;
}

static inline bool slab_address_good(const struct kmem_cache *s, const struct page *slab,
				     const void *p)
{
	return p && slab_object_around(s, slab, p) == p;
}

/* --- slab_report.c ------------------------------------------------------------ */
void __noreturn slab_bug(struct kmem_cache *s, struct page *slab, const void *object,
			 const char *rule);
void slab_err(struct kmem_cache *s, struct page *slab, const void *object, const char *rule);
void slab_err_bytes(struct kmem_cache *s, struct page *slab, const char *object,
		    const char *rule, const u8 *bad, const u8 *end, u8 value);
__printf(2, 3) void slab_fix(struct kmem_cache *s, const char *fmt, ...);
void slab_trace(struct kmem_cache *s, struct page *slab, const void *object, bool alloc);
void slab_track_set(struct kmem_cache *s, void *object, unsigned int which,
		    unsigned long caller);
unsigned long slab_jiffies(void);
void slab_report_leaks(struct kmem_cache *s);

/* --- slab_alias.c --------------------------------------------------------------- */
void slab_names_init(struct kmem_cache *s);
struct kmem_cache *slab_merge(const char *name, unsigned int size, unsigned int align,
			      slab_flags_t flags);
bool slab_unmerge(struct kmem_cache *s);
struct kmem_cache *slab_cache_get(unsigned int number);

/* --- slab_options.c ------------------------------------------------------------ */
void slab_options_init(void);
slab_flags_t slab_options_flags(const char *name, slab_flags_t flags);

/* --- slab.c ------------------------------------------------------------------ */
void *slab_alloc_slow(struct kmem_cache *s, size_t bytes, gfp_t gfp, unsigned long caller);
void slab_free_slow(struct kmem_cache *s, struct page *slab, void *object,
		    unsigned long caller);
struct kmem_cache_node *slab_grow(struct kmem_cache *s, gfp_t gfp, int nid);
void *slab_take_one(struct kmem_cache *s, struct kmem_cache_node *n, unsigned long caller);
void slab_free_objects(struct kmem_cache *s, void **objects, unsigned int nr);
void slab_discard(struct kmem_cache *s, struct page *slab);
void slab_list_full(struct kmem_cache_node *n, struct page *slab);

static inline struct slab_cpu *this_slab_cpu(const struct slab_state *state)
{
	return (struct slab_cpu *)arch_slab_table(state);
}

/*
 * One object of @s, zeroed with __GFP_ZERO, or NULL. Reports name the caller of whom this
 * is part of. The slow way is that one's end, so that the quick one needs no stack.
 */
static __always_inline void *slab_alloc(struct kmem_cache *s, gfp_t gfp)
{
	struct kmem_cache_cpu *c = quick_cpu_slab(s);
	void *object = c->top[-1];

	might_alloc(gfp);
	if (unlikely(!object || (gfp & __GFP_ZERO) || arch_slab_asks()))
		return slab_alloc_slow(s, READ_ONCE(s->object_size), gfp,
				       (unsigned long)__builtin_return_address(0));
	c->top--;
	mm_assert(c->top >= c->objects);				/* S1 */
	return object;
}

/*
 * Put @object, which is this node's, into this CPU's array @c. False: it takes no more, or
 * @object was freed just before.
 */
static __always_inline bool slab_keep(struct kmem_cache_cpu *c, void *object)
{
	void **top = c->top;

	if (unlikely(top == c->end || top[-1] == object))
		return false;
	*top = object;
	mm_assert(top >= c->objects && top < c->end);			/* S1 */
	c->top = top + 1;
	return true;
}

/* The number of the cache that an address's frame belongs to; 0: ask its struct page. */
static __always_inline unsigned int slab_frame_id(const struct slab_state *state,
						  const void *object)
{
	const u8 *ids = arch_slab_frame_ids(state);

#ifdef CONFIG_DEBUG_MM
	if (!pfn_valid(virt_to_pfn(object)))
		return 0;
#endif
	return likely(ids) ? ids[(unsigned long)object >> PAGE_SHIFT] : 0;
}

/* --- slab_cache.c -------------------------------------------------------------- */
struct kmem_cache *slab_create_boot(const char *name, unsigned int size, unsigned int align,
				    slab_flags_t flags, unsigned int usersize);
void slab_stock_create(struct kmem_cache *s, struct kmem_cache_node *n);
unsigned int slab_pick_align(unsigned int size, unsigned int align, slab_flags_t flags);

/* --- slab_array.c -------------------------------------------------------------- */
#define SLAB_MOVES	16		/* exchanges after which an array grows */
int __must_check slab_arrays_alloc(struct kmem_cache *s);
void slab_array_grow(struct kmem_cache *s, struct kmem_cache_cpu *c);
void slab_flush_cpu(struct kmem_cache *s, unsigned int cpu);

/* --- slab_frames.c -------------------------------------------------------------- */
int __must_check slab_cpus_init(void);
void slab_frames_set(struct page *slab, unsigned int order, unsigned int id);
void slab_id_get(struct kmem_cache *s);
void slab_id_put(struct kmem_cache *s);
void slab_frames_check(struct kmem_cache *s, struct page *slab);

/* --- slab_node.c ------------------------------------------------------------------ */
int slab_usable_node(int nid);
void *slab_alloc_node(struct kmem_cache *s, size_t bytes, gfp_t gfp, int nid,
		      unsigned long caller);

/* --- kmalloc.c ------------------------------------------------------------------- */
int __must_check kmalloc_caches_init(void);

/* --- slab_debug.c ---------------------------------------------------------------- */
void slab_debug_setup_slab(struct kmem_cache *s, struct page *slab);
bool slab_debug_alloc(struct kmem_cache *s, struct page *slab, void *object,
		      unsigned long caller);
bool slab_debug_free(struct kmem_cache *s, struct page *slab, void *object,
		     unsigned long caller);
bool slab_on_freelist(struct kmem_cache *s, struct page *slab, const void *object);
void slab_set_aside(struct kmem_cache *s, struct page *slab);
void slab_debug_check(struct kmem_cache *s, struct page *slab);

/* --- slab_check.c ------------------------------------------------------------------ */
void slab_check_cache(struct kmem_cache *s);

#endif
