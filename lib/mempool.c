// SPDX-License-Identifier: MIT
/*
 * mempool.c - elements for those who must not fail.
 *
 * A pool asks its allocator first, without trying hard. Only when that has nothing does
 * it touch its reserve; when the reserve is empty it asks again, as hard as the caller
 * allows, and then sleeps until an element comes back. Elements that come back fill the
 * reserve up before the allocator gets any. So whoever gives back what it holds after a
 * bounded time can always go on with min_nr elements, whatever happens to memory.
 *
 *	mempool_alloc: alloc(gently) -> reserve -> alloc(with reclaim) -> wait -> again
 *	mempool_free:  reserve, while it holds less than min_nr -> free()
 *
 * Invariants:
 *   MP1  0 <= curr_nr <= min_nr; elements[0, curr_nr) are elements that nobody uses
 *   MP2  when a thread began to wait the reserve was empty, and since then every element
 *        that came to it woke all waiters
 *   MP3  elements has room for min_nr, and for one where min_nr is 0
 *
 * A waiter is woken by elements that come back, by nothing else: memory that others free
 * meanwhile does not wake it. It need not, as all min_nr elements are out when it waits.
 * With min_nr 0 nothing is guaranteed, and mempool_alloc() does not wait but fails.
 *
 * Locks: mempool_t.lock, a leaf but for waking. It is taken by threads only; the two
 * functions of the pool are called without it.
 */
#include <linux/errno.h>
#include <linux/mempool.h>
#include <linux/numa.h>
#include <linux/string.h>
#include <mm/port.h>

struct mempool_waiter {
	struct list_head list;
	struct task_struct *thread;
};

static void **elements_alloc(int nr, gfp_t gfp, int nid)
{
	return kmalloc_array_node(nr ? nr : 1, sizeof(void *), gfp, nid);	/* MP3 */
}

/* Into the reserve, if it has room. */
static bool reserve_add(mempool_t *pool, void *element)
{
	struct mempool_waiter *w;
	bool added = false;

	spin_lock(&pool->lock);
	if (pool->curr_nr < pool->min_nr) {
		pool->elements[pool->curr_nr++] = element;
		list_for_each_entry(w, &pool->waiters, list)		/* MP2 */
			port_wake(w->thread);
		added = true;
	}
	spin_unlock(&pool->lock);
	return added;
}

static void *reserve_take(mempool_t *pool)
{
	void *element = NULL;

	spin_lock(&pool->lock);
	if (pool->curr_nr)
		element = pool->elements[--pool->curr_nr];
	spin_unlock(&pool->lock);
	return element;
}

/* Until the reserve is full. False: the elements are not to be had. */
static bool reserve_fill(mempool_t *pool, gfp_t gfp)
{
	void *element;

	while (READ_ONCE(pool->curr_nr) < READ_ONCE(pool->min_nr)) {
		element = pool->alloc(gfp, pool->pool_data);
		if (!element)
			return false;
		if (!reserve_add(pool, element)) {
			pool->free(element, pool->pool_data);
			break;
		}
	}
	return true;
}

static int __must_check pool_init(mempool_t *pool, gfp_t gfp, int nid)
{
	spin_lock_init_rank(&pool->lock, RANK_MEMPOOL, "mempool");
	INIT_LIST_HEAD(&pool->waiters);
	pool->curr_nr = 0;
	if (pool->min_nr < 0)
		return -EINVAL;
	pool->elements = elements_alloc(pool->min_nr, gfp, nid);
	if (!pool->elements)
		return -ENOMEM;
	if (reserve_fill(pool, gfp))
		return 0;
	mempool_exit(pool);
	return -ENOMEM;
}

/**
 * mempool_init() - make @pool a pool with @min_nr elements in reserve.
 * Locks:   none; nobody else may use @pool yet.
 * Context: thread; sleeps.
 * Return:  0, -EINVAL for a negative number, -ENOMEM; then mempool_exit() does no harm.
 */
int mempool_init(mempool_t *pool, int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
		 void *pool_data)
{
	*pool = (mempool_t){ .min_nr = min_nr, .alloc = alloc, .free = free,
			     .pool_data = pool_data };
	return pool_init(pool, GFP_KERNEL, NUMA_NO_NODE);
}

/**
 * mempool_exit() - free the reserve of @pool, all of whose elements came back.
 * Locks:   none; nobody else may use @pool any more.
 * Context: thread.
 */
void mempool_exit(mempool_t *pool)
{
	if (!mempool_initialized(pool))
		return;
	mm_bug_on(!list_empty(&pool->waiters));
	while (pool->curr_nr)
		pool->free(pool->elements[--pool->curr_nr], pool->pool_data);
	kfree(pool->elements);
	pool->elements = NULL;
}

/**
 * mempool_create_node() - a new pool, its own memory got with @gfp and from @nid.
 * Locks:   none.  Context: thread; sleeps only when @gfp allows it.
 * Return:  the pool, for mempool_destroy(); or NULL.
 */
mempool_t *mempool_create_node(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
			       void *pool_data, gfp_t gfp, int nid)
{
	mempool_t *pool = kzalloc_node(sizeof(*pool), gfp, nid);

	if (!pool)
		return NULL;
	*pool = (mempool_t){ .min_nr = min_nr, .alloc = alloc, .free = free,
			     .pool_data = pool_data };
	if (!pool_init(pool, gfp, nid))
		return pool;
	kfree(pool);
	return NULL;
}

/**
 * mempool_create() - a new pool with @min_nr elements in reserve.
 * Locks:   none.  Context: thread; sleeps.
 * Return:  the pool, for mempool_destroy(); or NULL.
 */
mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc, mempool_free_t *free,
			  void *pool_data)
{
	return mempool_create_node(min_nr, alloc, free, pool_data, GFP_KERNEL, NUMA_NO_NODE);
}

/**
 * mempool_destroy() - the end of @pool, all of whose elements came back. NULL is ignored.
 * Locks:   none; nobody else may use @pool any more.  Context: thread.
 */
void mempool_destroy(mempool_t *pool)
{
	if (!pool)
		return;
	mempool_exit(pool);
	kfree(pool);
}

static void reserve_shrink(mempool_t *pool, int new_min_nr)
{
	void *element;

	for (;;) {
		spin_lock(&pool->lock);
		pool->min_nr = new_min_nr;
		element = pool->curr_nr > new_min_nr ? pool->elements[--pool->curr_nr] : NULL;
		spin_unlock(&pool->lock);
		if (!element)
			return;
		pool->free(element, pool->pool_data);
	}
}

/**
 * mempool_resize() - keep @new_min_nr elements from now on.
 * Locks:   takes the pool's; two resizes at once are the callers' bug.
 * Context: thread; sleeps.
 * Return:  0; -EINVAL for less than 1; -ENOMEM, then the pool is as before. Where only
 *          elements are short it is 0: the reserve fills up as they come back.
 */
int mempool_resize(mempool_t *pool, int new_min_nr)
{
	void **elements, **old;

	if (new_min_nr <= 0)
		return -EINVAL;
	if (new_min_nr <= pool->min_nr) {
		reserve_shrink(pool, new_min_nr);
		return 0;
	}
	elements = elements_alloc(new_min_nr, GFP_KERNEL, NUMA_NO_NODE);
	if (!elements)
		return -ENOMEM;
	spin_lock(&pool->lock);
	old = pool->elements;
	memcpy(elements, old, pool->curr_nr * sizeof(void *));
	pool->elements = elements;
	pool->min_nr = new_min_nr;
	spin_unlock(&pool->lock);
	kfree(old);
	reserve_fill(pool, GFP_KERNEL);		/* or later, from what comes back */
	return 0;
}

/* Sleep until something came to the reserve, unless something is there. */
static void wait_for_element(mempool_t *pool)
{
	struct mempool_waiter w = { .thread = port_self() };

	spin_lock(&pool->lock);
	list_add_tail(&w.list, &pool->waiters);
	while (!pool->curr_nr) {
		port_block_prepare();
		spin_unlock(&pool->lock);
		port_block();
		port_block_cancel();
		spin_lock(&pool->lock);
	}
	list_del(&w.list);
	spin_unlock(&pool->lock);
}

/**
 * mempool_alloc() - one element; not zeroed, whatever @gfp says.
 * Locks:   takes the pool's; none may be held where @gfp allows to sleep.
 * Context: thread; sleeps only when @gfp allows it.
 * Return:  the element; NULL only when @gfp does not allow to sleep, or min_nr is 0.
 */
void *mempool_alloc(mempool_t *pool, gfp_t gfp)
{
	gfp_t hard = (gfp | __GFP_NORETRY | __GFP_NOWARN) & ~__GFP_NOFAIL;
	gfp_t gently = hard & ~(__GFP_DIRECT_RECLAIM | __GFP_IO);
	void *element;

	might_alloc(gfp);
	mm_assert(!(gfp & __GFP_ZERO));
	for (;;) {
		element = pool->alloc(gently, pool->pool_data);
		if (element)
			return element;
		element = reserve_take(pool);
		if (element)
			return element;
		if (hard != gently) {
			element = pool->alloc(hard, pool->pool_data);
			if (element)
				return element;
		}
		if (!gfpflags_allow_blocking(gfp) || !READ_ONCE(pool->min_nr))
			return NULL;
		wait_for_element(pool);
	}
}

/**
 * mempool_free() - @element of @pool comes back. NULL is ignored.
 * Locks:   takes the pool's.  Context: thread; as the pool's free function.
 */
void mempool_free(void *element, mempool_t *pool)
{
	if (!element)
		return;
	if (READ_ONCE(pool->curr_nr) < READ_ONCE(pool->min_nr) && reserve_add(pool, element))
		return;
	pool->free(element, pool->pool_data);
}

/* --- the usual allocators ----------------------------------------------- */

/** mempool_alloc_slab() - kmem_cache_alloc() of the cache @pool_data. */
void *mempool_alloc_slab(gfp_t gfp, void *pool_data)
{
	return kmem_cache_alloc(pool_data, gfp);
}

/** mempool_free_slab() - kmem_cache_free() to the cache @pool_data. */
void mempool_free_slab(void *element, void *pool_data)
{
	kmem_cache_free(pool_data, element);
}

/** mempool_kmalloc() - kmalloc() of @pool_data bytes. */
void *mempool_kmalloc(gfp_t gfp, void *pool_data)
{
	return kmalloc((size_t)pool_data, gfp);
}

/** mempool_kfree() - kfree(). */
void mempool_kfree(void *element, void *pool_data)
{
	kfree(element);
}

/** mempool_alloc_pages() - a struct page of the order @pool_data. */
void *mempool_alloc_pages(gfp_t gfp, void *pool_data)
{
	return alloc_pages(gfp, (unsigned long)pool_data);
}

/** mempool_free_pages() - the pages of the order @pool_data back. */
void mempool_free_pages(void *element, void *pool_data)
{
	__free_pages(element, (unsigned long)pool_data);
}
