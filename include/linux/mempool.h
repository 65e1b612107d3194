/* SPDX-License-Identifier: MIT */
/*
 * mempool.h - elements that can always be had: a pool keeps min_nr in reserve, and who may
 * sleep waits for one to come back rather than fail. Thread context only.
 */
#ifndef LINUX_MEMPOOL_H
#define LINUX_MEMPOOL_H

#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

typedef void *(mempool_alloc_t)(gfp_t gfp, void *pool_data);
typedef void (mempool_free_t)(void *element, void *pool_data);

/* i: fixed at init   p: lock */
typedef struct mempool_s {
	spinlock_t lock;
	int min_nr;			/* p  elements to keep */
	int curr_nr;			/* p  elements in reserve, <= min_nr */
	void **elements;		/* p  [0, curr_nr) */
	void *pool_data;		/* i  for the two functions */
	mempool_alloc_t *alloc;		/* i */
	mempool_free_t *free;		/* i */
	struct list_head waiters;	/* p  who sleeps for an element */
} mempool_t;

static inline bool mempool_initialized(const mempool_t *pool)
{
	return pool->elements != NULL;
}

int __must_check mempool_init(mempool_t *pool, int min_nr, mempool_alloc_t *alloc,
			      mempool_free_t *free, void *pool_data);
void mempool_exit(mempool_t *pool);
mempool_t *__must_check mempool_create(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
				       void *pool_data);
mempool_t *__must_check mempool_create_node(int min_nr, mempool_alloc_t *alloc,
					    mempool_free_t *free, void *pool_data, gfp_t gfp,
					    int nid);
int __must_check mempool_resize(mempool_t *pool, int new_min_nr);
void mempool_destroy(mempool_t *pool);
void *mempool_alloc(mempool_t *pool, gfp_t gfp);
void mempool_free(void *element, mempool_t *pool);

/* pool_data: the cache, the bytes, the order */
void *mempool_alloc_slab(gfp_t gfp, void *pool_data);
void mempool_free_slab(void *element, void *pool_data);
void *mempool_kmalloc(gfp_t gfp, void *pool_data);
void mempool_kfree(void *element, void *pool_data);
void *mempool_alloc_pages(gfp_t gfp, void *pool_data);
void mempool_free_pages(void *element, void *pool_data);

static inline int __must_check mempool_init_slab_pool(mempool_t *pool, int min_nr,
						      struct kmem_cache *s)
{
	return mempool_init(pool, min_nr, mempool_alloc_slab, mempool_free_slab, s);
}
static inline mempool_t *__must_check mempool_create_slab_pool(int min_nr, struct kmem_cache *s)
{
	return mempool_create(min_nr, mempool_alloc_slab, mempool_free_slab, s);
}
static inline int __must_check mempool_init_kmalloc_pool(mempool_t *pool, int min_nr,
							 size_t bytes)
{
	return mempool_init(pool, min_nr, mempool_kmalloc, mempool_kfree, (void *)bytes);
}
static inline mempool_t *__must_check mempool_create_kmalloc_pool(int min_nr, size_t bytes)
{
	return mempool_create(min_nr, mempool_kmalloc, mempool_kfree, (void *)bytes);
}
static inline int __must_check mempool_init_page_pool(mempool_t *pool, int min_nr, int order)
{
	return mempool_init(pool, min_nr, mempool_alloc_pages, mempool_free_pages,
			    (void *)(long)order);
}
static inline mempool_t *__must_check mempool_create_page_pool(int min_nr, int order)
{
	return mempool_create(min_nr, mempool_alloc_pages, mempool_free_pages,
			      (void *)(long)order);
}

#endif
