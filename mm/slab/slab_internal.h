/* SPDX-License-Identifier: MIT */
/*
 * slab_internal.h - what the files of mm/slab share. Nobody else includes it.
 *
 * Lock letters: c owning CPU   n the node's list_lock   s slab_state.lock   i fixed at init
 */
#ifndef MM_SLAB_INTERNAL_H
#define MM_SLAB_INTERNAL_H

#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/mm.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/printk.h>
#include <linux/bug.h>
#include <asm/processor.h>
#include <mm/track.h>

/* One CPU's own supply of one cache: plain loads and stores by that CPU alone. */
struct kmem_cache_cpu {
	void *freelist;			/* c  objects that this CPU hands out next */
	struct page *page;		/* c  the slab they came from; page->frozen == CPU + 1 */
	int nid;			/* c  node of the last slab: searched first */
} __aligned(SMP_CACHE_BYTES);

struct kmem_cache_node {
	spinlock_t list_lock;
	struct list_head partial;	/* n  slabs with used and with free objects, some empty */
	struct list_head full;		/* n  slabs without a free object */
	unsigned long nr_partial;	/* n  length of partial */
	unsigned long nr_slabs;		/* n  all slabs of this node, active ones included */
	unsigned long nr_objects;	/* n  their objects, free or used */
};

struct kmem_cache {
	unsigned int size;		/* i  bytes from one object to the next */
	unsigned int object_size;	/* i  bytes that the user may touch */
	unsigned int fp_offset;		/* i  where a free object keeps the free pointer */
	slab_flags_t flags;		/* i */
	void (*ctor)(void *object);	/* i */
	unsigned int align;		/* i */
	unsigned int inuse;		/* i  bytes up to the metadata (right red zone included) */
	unsigned int red_left;		/* i  bytes of red zone before the object */
	unsigned int track_offset;	/* i  struct mem_track[2], 0: none */
	unsigned int order;		/* i  of a slab, normally */
	unsigned int min_order;		/* i  the smallest that holds one object */
	gfp_t alloc_gfp;		/* i  added to every page allocation */
	unsigned long min_partial;	/* i  empty slabs stay while there are fewer partial ones */
	const char *name;		/* i */
	bool name_owned;		/* i  free the name with the cache */
	unsigned int nr_cpus;		/* i  length of cpu[] */
	struct list_head list;		/* s  in slab_state.caches, newest first */
	struct kmem_cache_node *node[MAX_NUMNODES];	/* i */
	struct kmem_cache_cpu cpu[];	/* c */
};

#define SLAB_DEBUG_FLAGS	(SLAB_POISON | SLAB_RED_ZONE | SLAB_STORE_USER | \
				 SLAB_CONSISTENCY_CHECKS)

/* Debugged caches never use the per-CPU freelist: each call is checked. */
static inline bool slab_debugged(const struct kmem_cache *s)
{
	return unlikely(s->flags & SLAB_DEBUG_FLAGS);
}

static inline void *slab_get_fp(const struct kmem_cache *s, const void *object)
{
	return *(void **)((char *)object + s->fp_offset);
}
static inline void slab_set_fp(const struct kmem_cache *s, void *object, void *next)
{
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
#endif
	return compound_head(virt_to_page(object));
}

/* --- slab.c ------------------------------------------------------------------ */
void *slab_alloc(struct kmem_cache *s, gfp_t gfp, unsigned long caller);
void slab_free(struct kmem_cache *s, struct page *slab, void *object, unsigned long caller);
void slab_discard(struct kmem_cache *s, struct page *slab);
void slab_flush_cpu(struct kmem_cache *s, unsigned int cpu);

/* --- slab_cache.c -------------------------------------------------------------- */
struct kmem_cache *slab_create_boot(const char *name, unsigned int size, unsigned int align,
				    slab_flags_t flags);

/* --- kmalloc.c ------------------------------------------------------------------- */
int __must_check kmalloc_caches_init(void);

/* --- slab_debug.c ---------------------------------------------------------------- */
void __noreturn slab_bug(struct kmem_cache *s, struct page *slab, const void *object,
			 const char *rule);
void slab_debug_setup_slab(struct kmem_cache *s, struct page *slab);
void slab_debug_alloc(struct kmem_cache *s, struct page *slab, void *object,
		      unsigned long caller);
void slab_debug_free(struct kmem_cache *s, struct page *slab, void *object,
		     unsigned long caller);
bool slab_on_freelist(struct kmem_cache *s, struct page *slab, const void *object);
void slab_report_leaks(struct kmem_cache *s);
void slab_check_cache(struct kmem_cache *s);

#endif
