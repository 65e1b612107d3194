// SPDX-License-Identifier: MIT
/*
 * slowpath.c - alloc_pages() when no zone is above its low mark.
 *
 * Each step gives the request a better chance, and the flags say how far it may go:
 *
 *	above MIN, lower for __GFP_HIGH and __GFP_ATOMIC
 *	the last page, for those who win memory back: __GFP_MEMALLOC, PF_MEMALLOC
 *	--- without __GFP_DIRECT_RECLAIM, or with PF_MEMALLOC, it ends here
 *	reclaim: this CPU's stock, retired mappings, empty slabs, the shrinkers; again
 *	once: the reserve for high orders and the other CPUs' stocks; again
 *	--- __GFP_NORETRY ends here, and a costly order without __GFP_RETRY_MAYFAIL
 *	reclaim and try again, as long as that wins anything
 *	--- __GFP_RETRY_MAYFAIL ends here, __GFP_THISNODE, and what only a DMA zone has
 *	the port kills somebody (port_out_of_memory()); again
 *	a request of the one that is being killed may go to half of MIN, once
 *	__GFP_NOFAIL begins anew, and may go below MIN like __GFP_ATOMIC
 *
 * Without __GFP_FS nobody is killed either: what could be won back may need a lock that
 * the caller holds.
 *
 * Other CPUs' stocks are their own: each is asked by a flag and drains when it next
 * refills, gives back or leaves its task (drain_if_asked()).
 *
 * Invariants:
 *   SP1  a request without __GFP_DIRECT_RECLAIM never sleeps or calls a shrinker
 *   SP2  reclaim is not entered again from within itself
 *   SP3  every path ends, but for __GFP_NOFAIL and as long as somebody is being killed
 *
 * Locks: zone->lock below; none while sleeping.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/sched/mm.h>
#include "../internal.h"

#define PAGE_ALLOC_COSTLY_ORDER	3
#define RECLAIM_ROUNDS		16	/* while they win something */
#define RECLAIM_ENOUGH		32ul	/* objects that end a round of the shrinkers */
#define DEF_PRIORITY		12

/* How far below the marks this request may go. */
static unsigned int gfp_to_alloc_flags(gfp_t gfp)
{
	unsigned int flags = WMARK_MIN | gfp_to_cma(gfp);

	if (gfp & __GFP_HIGH)
		flags |= ALLOC_HIGH;
	if ((gfp & __GFP_ATOMIC) && !(gfp & __GFP_NOMEMALLOC))
		flags |= ALLOC_HARDER;
	return flags;
}

/* The request may have everything: it will give more back than it takes. */
static bool gfp_pfmemalloc_allowed(gfp_t gfp)
{
	if (gfp & __GFP_NOMEMALLOC)
		return false;
	return (gfp & __GFP_MEMALLOC) || (*port_self_flags() & PF_MEMALLOC);
}

static unsigned long free_in_reach(const struct alloc_context *ac)
{
	unsigned long pages = 0;
	struct zone **z;

	for (z = ac->zonelist->zones; *z; z++)
		if (!ac->nodes || node_isset((*z)->node, *ac->nodes))
			pages += READ_ONCE((*z)->nr_free);
	return pages;
}

static unsigned long shrink_caches(gfp_t gfp)
{
	unsigned long freed = 0;
	int priority, nid;

	for (priority = DEF_PRIORITY; priority >= 0 && freed < RECLAIM_ENOUGH; priority--)
		for_each_online_node(nid)
			freed += shrink_slab(gfp, nid, priority);
	return freed;
}

/*
 * Win memory back, as far as the request may wait for it. Return: there is more than before.
 */
static bool reclaim_round(const struct alloc_context *ac)
{
	unsigned long before = free_in_reach(ac), freed;
	unsigned int scope = memalloc_noreclaim_save();			/* SP2 */
	struct zone **z;

	count_vm_event(ALLOCSTALL);
	drain_local_pages();
	vfree_deferred();
	vm_unmap_aliases();
	freed = shrink_caches(ac->gfp);
	kmem_caches_shrink();
	for (z = ac->zonelist->zones; *z; z++)
		WRITE_ONCE((*z)->watermark_boost, 0);	/* what it asked for is done here */
	memalloc_noreclaim_restore(scope);
	port_cond_resched();
	return freed || free_in_reach(ac) > before;
}

/* The reserve for high orders serves all. True: it has become smaller. */
static bool unreserve_highatomics(const struct alloc_context *ac, bool force)
{
	struct zone **z;

	for (z = ac->zonelist->zones; *z; z++)
		if (unreserve_highatomic(*z, ac->migratetype, force))
			return true;
	return false;
}

/* What no other CPU and no reserve shall keep, when this request gets nothing. */
static void pool_everything(const struct alloc_context *ac)
{
	unreserve_highatomics(ac, false);
	drain_all_pages();
	port_cond_resched();
}

/* Rather than that it fails. */
static struct page *alloc_unreserved(const struct alloc_context *ac, unsigned int flags)
{
	struct page *page = NULL;

	while (!page && unreserve_highatomics(ac, true))
		page = get_page_from_freelist(ac, flags);
	return page;
}

static bool may_retry(const struct alloc_context *ac)
{
	if (ac->gfp & __GFP_NORETRY)
		return false;
	return ac->order <= PAGE_ALLOC_COSTLY_ORDER || (ac->gfp & __GFP_RETRY_MAYFAIL);
}

/* Killing somebody could help this request. */
static bool may_kill(const struct alloc_context *ac)
{
	if (ac->gfp & (__GFP_NORETRY | __GFP_RETRY_MAYFAIL | __GFP_THISNODE))
		return false;
	return ac->order <= PAGE_ALLOC_COSTLY_ORDER && ac->highest >= ZONE_NORMAL &&
	       (ac->gfp & __GFP_FS);
}

static struct page *reclaim_and_retry(const struct alloc_context *ac, unsigned int flags)
{
	struct page *page;
	int round;
	bool won;

	for (round = 0; round < RECLAIM_ROUNDS; round++) {
		won = reclaim_round(ac);
		page = get_page_from_freelist(ac, flags);
		if (page)
			return page;
		if (!round) {
			pool_everything(ac);
			page = get_page_from_freelist(ac, flags);
			if (page)
				return page;
		}
		if (!won || !may_retry(ac))
			break;
	}
	return alloc_unreserved(ac, flags);
}

/* One that may wait: reclaim, kill, begin anew. NULL: there is no way. */
static struct page *alloc_blocking(const struct alloc_context *ac, unsigned int flags)
{
	for (;;) {
		struct page *page = reclaim_and_retry(ac, flags);
		int dying = 0;

		if (page)
			return page;
		if (may_kill(ac))
			dying = port_out_of_memory(ac->gfp, ac->order);
		if (dying > 0)
			continue;
		if (dying < 0) {
			page = get_page_from_freelist(ac, flags | ALLOC_OOM);
			if (page)
				return page;
		}
		if (!(ac->gfp & __GFP_NOFAIL))
			return NULL;
		flags |= ALLOC_HARDER;
		port_cond_resched();
	}
}

/**
 * alloc_pages_slowpath() - see above.
 * Locks:   may take zone->lock.
 * Context: as alloc_pages().
 * Return:  a block, not prepared yet; NULL, reported unless __GFP_NOWARN.
 */
struct page *__cold alloc_pages_slowpath(const struct alloc_context *ac)
{
	unsigned int flags = gfp_to_alloc_flags(ac->gfp);
	bool reserves = gfp_pfmemalloc_allowed(ac->gfp);
	bool blocking = gfpflags_allow_blocking(ac->gfp) && !(*port_self_flags() & PF_MEMALLOC);
	struct page *page;

	page = get_page_from_freelist(ac, flags);
	if (page)
		return page;
	drain_local_pages();
	if (reserves)
		flags |= ALLOC_NO_WATERMARKS;
	page = get_page_from_freelist(ac, flags);
	if (page)
		return page;
	/* who may not wait may not be told to wait for ever */
	WARN_ON_ONCE((ac->gfp & __GFP_NOFAIL) && !blocking);
	page = blocking ? alloc_blocking(ac, flags) : alloc_unreserved(ac, flags);
	if (!page)
		warn_alloc_failed(ac->gfp, ac->order);
	return page;
}
