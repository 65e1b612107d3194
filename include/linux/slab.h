/* SPDX-License-Identifier: MIT */
/* slab.h - kmem_cache and kmalloc. Sizes in bytes. GFP flags say who may sleep. */
#ifndef LINUX_SLAB_H
#define LINUX_SLAB_H

#include <linux/gfp.h>
#include <linux/kernel.h>

struct kmem_cache;
typedef unsigned int slab_flags_t;

/* checks of objects: also by slub_debug=, see mm/slab/slab_options.c */
#define SLAB_CONSISTENCY_CHECKS	((slab_flags_t)0x00000100)
#define SLAB_RED_ZONE		((slab_flags_t)0x00000400)
#define SLAB_POISON		((slab_flags_t)0x00000800)
#define SLAB_STORE_USER		((slab_flags_t)0x00010000)
#define SLAB_TRACE		((slab_flags_t)0x00200000)
/* where the memory comes from, and how it lies */
#define SLAB_HWCACHE_ALIGN	((slab_flags_t)0x00002000)
#define SLAB_CACHE_DMA		((slab_flags_t)0x00004000)
#define SLAB_CACHE_DMA32	((slab_flags_t)0x00008000)
#define SLAB_RECLAIM_ACCOUNT	((slab_flags_t)0x00020000)
#define SLAB_TEMPORARY		SLAB_RECLAIM_ACCOUNT
#define SLAB_MEM_SPREAD		((slab_flags_t)0x00100000)	/* where a cpuset says so: none does */
#define SLAB_ACCOUNT		((slab_flags_t)0x04000000)	/* to a memory control group: there is none */
/* the rest */
#define SLAB_PANIC		((slab_flags_t)0x00040000)
#define SLAB_NO_MERGE		((slab_flags_t)0x01000000)
#define SLAB_NO_USER_FLAGS	((slab_flags_t)0x10000000)	/* no slub_debug= adds to them */
#define SLAB_NOLEAKTRACE	((slab_flags_t)0x00800000)	/* what keeps notes about others */
#define SLAB_FAILSLAB		((slab_flags_t)0x02000000)	/* see failslab's cache-filter */
#define SLAB_TYPESAFE_BY_RCU	((slab_flags_t)0x00080000)	/* refused: there is no RCU */
/* of what is not built: nothing */
#define SLAB_DEBUG_OBJECTS	((slab_flags_t)0)
#define SLAB_KASAN		((slab_flags_t)0)
#define SLAB_SKIP_KFENCE	((slab_flags_t)0)

#define ARCH_KMALLOC_MINALIGN	8
#define ZERO_SIZE_PTR		((void *)16)
#define ZERO_OR_NULL_PTR(x)	((unsigned long)(x) <= (unsigned long)ZERO_SIZE_PTR)

struct kmem_cache *__must_check kmem_cache_create(const char *name, unsigned int size,
	unsigned int align, slab_flags_t flags, void (*ctor)(void *));
/* of an object, only [useroffset, useroffset + usersize) goes to or comes from user memory */
struct kmem_cache *__must_check kmem_cache_create_usercopy(const char *name, unsigned int size,
	unsigned int align, slab_flags_t flags, unsigned int useroffset, unsigned int usersize,
	void (*ctor)(void *));
int kmem_cache_destroy(struct kmem_cache *s);	/* -EBUSY and a report when objects leaked */
void *__must_check kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp);
void *__must_check kmem_cache_zalloc(struct kmem_cache *s, gfp_t gfp);
/* of node @nid, as far as it has memory; __GFP_THISNODE: or not at all */
void *__must_check kmem_cache_alloc_node(struct kmem_cache *s, gfp_t gfp, int nid);
void kmem_cache_free(struct kmem_cache *s, void *object);
/* @nr objects at once; all or none are allocated. free with @s NULL: whatever kfree() takes */
int __must_check kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t gfp, size_t nr, void **p);
void kmem_cache_free_bulk(struct kmem_cache *s, size_t nr, void **p);
static inline void kfree_bulk(size_t nr, void **p) { kmem_cache_free_bulk(NULL, nr, p); }
int kmem_cache_shrink(struct kmem_cache *s);
unsigned int kmem_cache_size(struct kmem_cache *s);
const char *kmem_cache_name(const struct kmem_cache *s);
void kmem_caches_shrink(void);		/* all of them */

/* what one cache holds, for reports */
struct kmem_cache_usage {
	char name[64];
	unsigned int size;		/* bytes from one object to the next */
	unsigned int order;
	unsigned long active_objects;	/* in use, or at hand for a CPU */
	unsigned long objects, slabs;
};
bool kmem_cache_usage(unsigned int index, struct kmem_cache_usage *sums);

#define KMEM_CACHE(type, flags) \
	kmem_cache_create(#type, sizeof(struct type), __alignof__(struct type), (flags), NULL)
#define KMEM_CACHE_USERCOPY(type, flags, field) \
	kmem_cache_create_usercopy(#type, sizeof(struct type), __alignof__(struct type), (flags), \
				   offsetof(struct type, field), sizeof_field(struct type, field), NULL)

void *__must_check __kmalloc(size_t bytes, gfp_t gfp);
void *__must_check krealloc(const void *p, size_t bytes, gfp_t gfp);
void kfree(const void *p);
size_t ksize(const void *p);
char *__must_check kstrdup(const char *s, gfp_t gfp);
char *__must_check kstrndup(const char *s, size_t max, gfp_t gfp);
void *__must_check kmemdup(const void *src, size_t bytes, gfp_t gfp);
char *__must_check kmemdup_nul(const char *s, size_t bytes, gfp_t gfp);
void kfree_sensitive(const void *p);	/* zeroed first */
size_t kmalloc_size_roundup(size_t bytes);	/* what ksize() would say */
void *__must_check kmalloc_node(size_t bytes, gfp_t gfp, int nid);
void *__must_check kvmalloc_node(size_t bytes, gfp_t gfp, int nid);
void *__must_check kvrealloc(const void *p, size_t old_bytes, size_t bytes, gfp_t gfp);
void kvfree(const void *p);
void kvfree_sensitive(const void *p, size_t bytes);

static inline void *__must_check kmalloc(size_t bytes, gfp_t gfp) { return __kmalloc(bytes, gfp); }
static inline void *__must_check kzalloc(size_t bytes, gfp_t gfp)
{
	return kmalloc(bytes, gfp | __GFP_ZERO);
}
static inline void *__must_check kmalloc_array(size_t n, size_t bytes, gfp_t gfp)
{
	size_t total;

	if (__builtin_mul_overflow(n, bytes, &total))
		return NULL;
	return __kmalloc(total, gfp);
}
static inline void *__must_check kcalloc(size_t n, size_t bytes, gfp_t gfp)
{
	return kmalloc_array(n, bytes, gfp | __GFP_ZERO);
}
static inline void *__must_check krealloc_array(const void *p, size_t n, size_t bytes, gfp_t gfp)
{
	size_t total;

	if (__builtin_mul_overflow(n, bytes, &total))
		return NULL;
	return krealloc(p, total, gfp);
}

static inline void *__must_check kzalloc_node(size_t bytes, gfp_t gfp, int nid)
{
	return kmalloc_node(bytes, gfp | __GFP_ZERO, nid);
}
static inline void *__must_check kmalloc_array_node(size_t n, size_t bytes, gfp_t gfp, int nid)
{
	size_t total;

	if (__builtin_mul_overflow(n, bytes, &total))
		return NULL;
	return kmalloc_node(total, gfp, nid);
}
static inline void *__must_check kcalloc_node(size_t n, size_t bytes, gfp_t gfp, int nid)
{
	return kmalloc_array_node(n, bytes, gfp | __GFP_ZERO, nid);
}

static inline void *__must_check kvmalloc(size_t bytes, gfp_t gfp)
{
	return kvmalloc_node(bytes, gfp, -1);		/* NUMA_NO_NODE */
}
static inline void *__must_check kvzalloc(size_t bytes, gfp_t gfp)
{
	return kvmalloc(bytes, gfp | __GFP_ZERO);
}
static inline void *__must_check kvzalloc_node(size_t bytes, gfp_t gfp, int nid)
{
	return kvmalloc_node(bytes, gfp | __GFP_ZERO, nid);
}
static inline void *__must_check kvmalloc_array(size_t n, size_t bytes, gfp_t gfp)
{
	size_t total;

	if (__builtin_mul_overflow(n, bytes, &total))
		return NULL;
	return kvmalloc(total, gfp);
}
static inline void *__must_check kvcalloc(size_t n, size_t bytes, gfp_t gfp)
{
	return kvmalloc_array(n, bytes, gfp | __GFP_ZERO);
}

#endif
