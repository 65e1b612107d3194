// SPDX-License-Identifier: MIT
/*
 * page_alloc.c - alloc_pages() and its way back.
 *
 * A request names an order and GFP flags. The flags say three things, each decoded
 * once: the highest zone type (which zonelist to walk), the migrate type (which free
 * lists), and what the caller can stand (sleep, dig into reserves, fail).
 *
 *	alloc_pages()
 *	  small block: this CPU has one of the best zone in stock
 *	  fast: first zone of the list above its LOW mark
 *		order 0-3: this CPU's list (pcp.c)	larger: the buddy (buddy.c)
 *	  slow: the same above MIN, reserves, reclaim, a victim (slowpath.c)
 *
 * A block of order > 0 with __GFP_COMP is one compound page: PG_head on the first
 * frame, compound_head of the others points to it (bit 0 set), the order is in the
 * second. Without it only the first frame has a reference count, and the owner must
 * free with the same order or split_page() it.
 *
 * Invariants:
 *   PA1  a frame that is handed out satisfied Z4 (buddy.c) and has _refcount 1
 *   PA2  a frame that is freed has _refcount 0, is not mapped, has no owner
 *   PA3  tails of a compound page have _refcount 0
 *   PA4  frames behind the first of a block that is no compound page have no flag, owner or
 *        reference: to use them as pages is to split_page() first
 *
 * Locks: none here; zone->lock below. No call from interrupt handlers.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/list.h>
#include <linux/mempolicy.h>
#include <linux/printk.h>
#include <linux/getorder.h>
#include <linux/percpu.h>
#include <linux/sched/mm.h>
#include "../internal.h"

/* Flags that say who owns the frame: none may be left when it is freed. */
#define FLAGS_CHECK_AT_FREE						\
	(1ul << PG_locked | 1ul << PG_lru | 1ul << PG_active | 1ul << PG_slab |	\
	 1ul << PG_reserved | 1ul << PG_private | 1ul << PG_writeback |	\
	 1ul << PG_unevictable | 1ul << PG_mlocked | 1ul << PG_buddy |	\
	 1ul << PG_table)

/* --- a fresh block ------------------------------------------------------------------ */

static inline bool page_is_clean(const struct page *page, unsigned long bad_flags)
{
	return likely(!((unsigned int)~atomic_read(&page->_mapcount) |
			(unsigned int)atomic_read(&page->_refcount) |
			(unsigned long)page->mapping | (page->flags & bad_flags)));
}

static void prep_compound_page(struct page *page, unsigned int order)
{
	unsigned long i, nr = 1ul << order;

	mm_assert(order && order < MAX_ORDER && IS_ALIGNED(page_to_pfn(page), nr));
	__SetPageHead(page);
	for (i = 1; i < nr; i++)
		page[i].compound_head = (unsigned long)page | 1;
	page[1].compound_order = order;
	atomic_set(&page[1].compound_mapcount, -1);
}

static inline void prep_new_page(struct page *page, unsigned int order, gfp_t gfp)
{
	unsigned long i;

	page_debug_alloc(page, order);
	page->private = 0;
	atomic_set(&page->_refcount, 1);				/* PA1 */
	if (gfp & __GFP_ZERO)
		for (i = 0; i < 1ul << order; i++)
			clear_highpage(page + i);
	if (order && (gfp & __GFP_COMP))
		prep_compound_page(page, order);
}

/**
 * prep_contig_page() - a frame off the free lists by its address: a page for its owner.
 * Locks:   none; the frame is the caller's.
 * Context: any; with __GFP_ZERO in @gfp it is cleared.
 * Return:  nothing.
 */
void prep_contig_page(struct page *page, gfp_t gfp)
{
	mm_assert(page_is_clean(page, PAGE_FLAGS_MASK));		/* PA1 */
	if (mm_hooks_armed())
		gfp = page_hooks_alloc(page, 0, gfp);
	prep_new_page(page, 0, gfp & __GFP_ZERO);
}

/*
 * Frames of a block of 2^@order that are looked at when it comes and goes: those behind
 * the first bear nothing while the block is one (PA4), which debug builds verify.
 */
static inline unsigned long frames_to_check(unsigned int order)
{
#ifdef CONFIG_DEBUG_MM
	return 1ul << order;
#else
	return 1;
#endif
}

static inline bool check_new_pages(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < frames_to_check(order); i++) {
		if (page_is_clean(page + i, PAGE_FLAGS_MASK))
			continue;
		bad_page(page + i, page_bad_reason(page + i, PAGE_FLAGS_MASK));
		return false;
	}
	return true;
}

static inline struct page *rmqueue_pcplist(struct zone *zone, unsigned int order,
					   int migratetype)
{
	struct per_cpu_pages *pcp = this_cpu_pcp(zone);
	struct page **list = &pcp->lists[order_to_pindex(order, migratetype)];
	struct page *page = *list;

	if (unlikely(!page))
		return rmqueue_pcplist_refill(zone, pcp, order, migratetype);
	*list = page->pcp_next;
	if (likely(order <= PCP_MAX_ORDER))
		ADD_ONCE(pcp->count, -(1 << order));
	else
		ADD_ONCE(pcp->huge_count, -(1 << order));
	return page;
}

/* The node that the best zone of the list is on is what was wanted. */
static void count_numa_miss(struct zone *wanted, struct per_cpu_pages *pcp)
{
	ADD_ONCE(pcp->numa[NUMA_MISS - NUMA_HIT], 1);
	ADD_ONCE(this_cpu_pcp(wanted)->numa[NUMA_FOREIGN - NUMA_HIT], 1);
}

static struct zone *first_allowed_zone(const struct alloc_context *ac)
{
	struct zone *const *z = ac->zonelist->zones;

	while (!node_isset((*z)->node, *ac->nodes))
		z++;
	return *z;
}

static inline void count_alloc(struct zone *zone, const struct alloc_context *ac)
{
	struct zone *wanted = unlikely(ac->nodes) ? first_allowed_zone(ac) : ac->zonelist->zones[0];
	struct per_cpu_pages *pcp = this_cpu_pcp(zone);

	ADD_ONCE(pcp->pgalloc, 1ul << ac->order);
	if (likely(zone->node == wanted->node))
		ADD_ONCE(pcp->numa[0], 1);
	else
		count_numa_miss(wanted, pcp);
	if (unlikely(zone->node != numa_node_id()))
		ADD_ONCE(pcp->numa[NUMA_OTHER - NUMA_HIT], 1);
}

/* A block of @zone, ready for use, or NULL. */
static inline struct page *rmqueue(struct zone *zone, const struct alloc_context *ac,
				   unsigned int alloc_flags)
{
	unsigned int order = ac->order;
	bool high = order && unlikely(alloc_flags & ALLOC_HARDER);
	struct page *page;

	do {
		page = NULL;
		if (likely(pcp_keeps_order(order)))
			page = rmqueue_pcplist(zone, order, ac->migratetype);
		if (!page && high)
			page = rmqueue_highatomic(zone, order);
		if (!page && !pcp_keeps_order(order))
			page = rmqueue_buddy(zone, order, ac->migratetype);
		if (!page)
			return NULL;
	} while (unlikely(!check_new_pages(page, order)));	/* a bad one is leaked */
	mm_assert(page_zone(page) == zone && IS_ALIGNED(page_to_pfn(page), 1ul << order));
	count_alloc(zone, ac);
	if (high)
		reserve_highatomic(zone, page, order);
	return page;
}

/* --- finding a zone ------------------------------------------------------------------- */

static inline bool zone_has_room(struct zone *zone, const struct alloc_context *ac,
				 unsigned int alloc_flags)
{
	unsigned long mark;

	if (alloc_flags & ALLOC_NO_WATERMARKS)
		return true;
	mark = READ_ONCE(zone->_watermark[alloc_flags & ALLOC_WMARK_MASK]);
	/* a boost sends requests to the slow path; there it has done what it can */
	if ((alloc_flags & ALLOC_WMARK_MASK) != WMARK_MIN)
		mark += READ_ONCE(zone->watermark_boost);
	if (likely(!ac->order && zone_usable_free(zone, alloc_flags) >
		   (long)mark + READ_ONCE(zone->lowmem_reserve[ac->highest])))
		return true;
	return zone_watermark_ok(zone, ac->order, mark, ac->highest, alloc_flags);
}

static __always_inline struct page *__get_page_from_freelist(const struct alloc_context *ac,
							     unsigned int alloc_flags)
{
	struct zone **z, *zone;

	for (z = ac->zonelist->zones; (zone = *z) != NULL; z++) {
		struct page *page;

		if (unlikely(ac->nodes) && !node_isset(zone->node, *ac->nodes))
			continue;
		if (!zone_has_room(zone, ac, alloc_flags))
			continue;
		page = rmqueue(zone, ac, alloc_flags);
		if (likely(page))
			return page;
	}
	return NULL;
}

/**
 * get_page_from_freelist() - a block of the first zone that can spare it.
 * Locks:   may take zone->lock.
 * Context: as alloc_pages(); never sleeps.
 * Return:  a block with a reference count of 0, or NULL.
 */
struct page *get_page_from_freelist(const struct alloc_context *ac, unsigned int alloc_flags)
{
	return __get_page_from_freelist(ac, alloc_flags);
}

/* Some task wants its pages otherwise, which may be this one. */
static inline bool any_special_task(void)
{
	return atomic_read(&this_machine()->special_tasks);
}

/*
 * The common case in a straight line: a small block, from this CPU's stock of its own node's
 * best zone. It was taken from the zone when the marks allowed that, which are not looked
 * at again. NULL when anything is unusual; the general way looks at everything.
 */
static __always_inline struct page *alloc_in_stock(gfp_t gfp, unsigned int order)
{
	int nid = numa_node_id();
	struct pglist_data *pgdat = NODE_DATA(nid);
	struct per_cpu_pages *pcp;
	struct page **list, *page;
	struct zone *zone;

	if (unlikely(!pgdat || (gfp & __GFP_THISNODE) || mm_hooks_armed() || any_special_task()))
		return NULL;
	zone = pgdat->node_zonelists[ZONELIST_FALLBACK][gfp_zone(gfp)].zones[0];
	if (unlikely(!zone || zone->node != nid))
		return NULL;
	pcp = this_cpu_pcp(zone);
	list = &pcp->lists[order_to_pindex(order, gfp_migratetype(gfp))];
	page = *list;
	if (unlikely(!page || !page_is_clean(page, PAGE_FLAGS_MASK)))
		return NULL;
	*list = page->pcp_next;
	ADD_ONCE(pcp->count, -(1 << order));
	ADD_ONCE(pcp->pgalloc, 1ul << order);
	ADD_ONCE(pcp->numa[0], 1);
	return page;
}

/* MP2 of mempolicy.c: is there any zone that the request may have? */
static bool nodes_have_zone(const struct zonelist *zonelist, const nodemask_t *nodes)
{
	struct zone *const *z;

	for (z = zonelist->zones; *z; z++)
		if (node_isset((*z)->node, *nodes))
			return true;
	return false;
}

/**
 * __alloc_pages() - alloc_pages() from node @nid first, and only from @nodes, NULL: all.
 * Locks:   may take zone->lock.
 * Context: as alloc_pages().
 * Return:  as alloc_pages().
 */
struct page *__alloc_pages(gfp_t gfp, unsigned int order, int nid, const nodemask_t *nodes)
{
	struct alloc_context ac;
	struct page *page;

	gfp = current_gfp_context(gfp);
	if (should_fail_alloc_page(gfp, order))
		return NULL;
	if (nid < 0 || nid >= MAX_NUMNODES || unlikely(!NODE_DATA(nid)))
		nid = numa_node_id();
	if (unlikely(order >= MAX_ORDER)) {
		WARN_ON_ONCE(!(gfp & __GFP_NOWARN));
		return NULL;
	}
	ac.gfp = gfp;
	ac.order = order;
	ac.highest = gfp_zone(gfp);
	ac.migratetype = gfp_migratetype(gfp);
	ac.zonelist = &NODE_DATA(nid)->node_zonelists[
		gfp & __GFP_THISNODE ? ZONELIST_NOFALLBACK : ZONELIST_FALLBACK][ac.highest];
	mm_assert(ac.highest < MAX_NR_ZONES && ac.migratetype < MIGRATE_PCPTYPES);
	ac.nodes = nodes && nodes_have_zone(ac.zonelist, nodes) ? nodes : NULL;

	page = __get_page_from_freelist(&ac, WMARK_LOW | gfp_to_cma(gfp));
	if (unlikely(!page))
		page = alloc_pages_slowpath(&ac);
	if (unlikely(!page))
		return NULL;
	if (mm_hooks_armed())
		gfp = page_hooks_alloc(page, order, gfp);
	prep_new_page(page, order, gfp);
	return page;
}

static noinline struct page *alloc_block(int nid, gfp_t gfp, unsigned int order)
{
	struct mempolicy *policy = port_self_mempolicy()->policy;

	if (unlikely(policy) && nid == NUMA_NO_NODE && !(gfp & __GFP_THISNODE))
		return alloc_pages_policy(policy, gfp, order, -1);
	return __alloc_pages(gfp, order, nid, NULL);
}

static noinline struct page *alloc_large(int nid, gfp_t gfp, unsigned int order)
{
	struct page *page = NULL;

	if (order <= PCP_MAX_ORDER && (nid == NUMA_NO_NODE || nid == numa_node_id()))
		page = alloc_in_stock(gfp, order);
	if (unlikely(!page))
		return alloc_block(nid, gfp, order);
	prep_new_page(page, order, gfp);
	return page;
}

static __always_inline struct page *alloc_near(int nid, gfp_t gfp, unsigned int order)
{
	struct page *page;

	might_alloc(gfp);
	if (unlikely(order || nid != NUMA_NO_NODE))
		return alloc_large(nid, gfp, order);
	page = alloc_in_stock(gfp, 0);
	if (unlikely(!page))
		return alloc_block(NUMA_NO_NODE, gfp, 0);
	prep_new_page(page, 0, gfp);
	return page;
}

/**
 * alloc_pages_node() - 2^@order contiguous frames, on node @nid if it has them.
 * Locks:   may take zone->lock.
 * Context: not from interrupt handlers; sleeps only with __GFP_DIRECT_RECLAIM.
 * Return:  head frame with a reference count of 1; NULL when there is no such block
 *          (never with __GFP_NOFAIL).
 */
struct page *alloc_pages_node(int nid, gfp_t gfp, unsigned int order)
{
	return page_debug_owned(alloc_near(nid, gfp, order), _RET_IP_);
}

/**
 * alloc_pages() - as alloc_pages_node(), on the caller's own node.
 * Locks:   may take zone->lock.
 * Context: as alloc_pages_node().
 * Return:  as alloc_pages_node().
 */
struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	return page_debug_owned(alloc_near(NUMA_NO_NODE, gfp, order), _RET_IP_);
}

/* --- the way back --------------------------------------------------------------------- */

static bool free_tails_prepare(struct page *page, unsigned int order)
{
	bool compound = PageHead(page), ok = true;
	unsigned long i, bad_flags = compound ? FLAGS_CHECK_AT_FREE : PAGE_FLAGS_MASK;

	if (compound && compound_order(page) != order) {
		bad_page(page, "freed with a wrong order");
		return false;
	}
	for (i = 1; i < (compound ? 1ul << order : frames_to_check(order)); i++) {
		struct page *tail = page + i;

		if (compound) {
			if (tail->compound_head != ((unsigned long)page | 1)) {
				bad_page(tail, "compound_head not consistent");
				ok = false;
			}
			tail->compound_head = 0;
			if (i == 1)	/* on 32 bit it lies where mapping does */
				atomic_set(&tail->compound_mapcount, 0);
		}
		if (!page_is_clean(tail, bad_flags)) {
			bad_page(tail, page_bad_reason(tail, bad_flags));
			ok = false;
		}
		if (compound)
			tail->flags &= ~PAGE_FLAGS_MASK;
	}
	return ok;
}

/* PA2: @page may go to a free list. False: it was reported and must be leaked. */
static __always_inline bool free_pages_prepare(struct page *page, unsigned int order)
{
	if (unlikely(PageTail(page))) {
		bad_page(page, "tail page freed");
		return false;
	}
	if (unlikely(!page_debug_order_good(page, order))) {
		bad_page(page, "freed with a wrong order");
		return false;
	}
	if (unlikely(order) && !free_tails_prepare(page, order))
		return false;
	if (PageAnon(page))
		page->mapping = NULL;
	if (unlikely(!page_is_clean(page, FLAGS_CHECK_AT_FREE))) {
		bad_page(page, page_bad_reason(page, FLAGS_CHECK_AT_FREE));
		return false;
	}
	page->flags &= ~PAGE_FLAGS_MASK;
	page_debug_free(page, order);
	if (mm_hooks_armed())
		page_hooks_free(page, order);
	return true;
}

/* Free a block whose last reference is gone; @order is a constant for single pages. */
static __always_inline void __free_unref_page(struct page *page, unsigned int order)
{
	struct per_cpu_pages *pcp;
	struct page **list;
	struct zone *zone;
	int migratetype;

	if (unlikely(!free_pages_prepare(page, order)))
		return;
	zone = page_zone(page);
	pcp = this_cpu_pcp(zone);
	ADD_ONCE(pcp->pgfree, 1ul << order);
	migratetype = get_pageblock_migratetype(zone, page_to_pfn(page));
	if (unlikely(order > PCP_MAX_ORDER || migratetype >= MIGRATE_PCPTYPES)) {
		if (order != pageblock_order || migratetype >= MIGRATE_PCPTYPES ||
		    !pcp_keep_pageblock(pcp, page, migratetype))
			free_one_page(zone, page, order);
		return;
	}
	list = &pcp->lists[order_to_pindex(order, migratetype)];
	page->pcp_next = *list;
	*list = page;
	ADD_ONCE(pcp->count, 1 << order);
	if (unlikely(pcp->count > READ_ONCE(pcp->high)))
		pcp_give_back(zone, pcp);
}

static noinline void free_unref_block(struct page *page, unsigned int order)
{
	__free_unref_page(page, order);
}

static __always_inline void free_unref_page(struct page *page, unsigned int order)
{
	if (likely(!order))
		__free_unref_page(page, 0);
	else
		free_unref_block(page, order);
}

static noinline void free_block(struct page *page, unsigned int order, unsigned long caller)
{
	bool head = PageHead(page);

	if (put_page_testzero(page)) {
		page_debug_freed(page, caller);
		free_unref_block(page, order);
		return;
	}
	/*
	 * Somebody else holds the first frame only, and frees it as one frame; the
	 * others of a block that is no compound page have no count of their own.
	 */
	if (!head)
		while (order-- > 0)
			free_unref_block(page + (1ul << order), order);
}

/**
 * __free_pages() - drop a reference to a block of 2^@order; the last one frees it.
 * Locks:   may take zone->lock.
 * Context: not from interrupt handlers; never sleeps.
 * Return:  nothing.
 */
void __free_pages(struct page *page, unsigned int order)
{
	page_debug_check_ours(page);
	page_debug_put(page, order);
	if (unlikely(order)) {
		free_block(page, order, _RET_IP_);
	} else if (put_page_testzero(page)) {
		page_debug_freed(page, _RET_IP_);
		__free_unref_page(page, 0);
	}
}

/**
 * put_page() - drop a reference to @page's block; the last one frees it.
 * Locks:   may take zone->lock.
 * Context: not from interrupt handlers; never sleeps.
 * Return:  nothing.
 */
void put_page(struct page *page)
{
	page_debug_check_ours(page);
	page = compound_head(page);
	page_debug_put(page, 0);
	if (!put_page_testzero(page))
		return;
	page_debug_freed(page, _RET_IP_);
	free_unref_page(page, compound_order(page));
}

/**
 * free_unref_page_list() - free the pages of @list, linked through lru.
 * Locks:   may take zone->lock.
 * Context: not from interrupt handlers. Each page is of order 0 with count 0.
 * Return:  nothing; @list is empty afterwards.
 */
void free_unref_page_list(struct list_head *list)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, list, lru) {
		list_del(&page->lru);
		page_debug_freed(page, _RET_IP_);
		free_unref_page(page, 0);
	}
	INIT_LIST_HEAD(list);
}

/* --- by address -------------------------------------------------------------------------- */

/**
 * __get_free_pages() - as alloc_pages(), the direct-map address of the block.
 * Locks:   may take zone->lock.
 * Context: as alloc_pages(); never high memory.
 * Return:  address, or 0.
 */
unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = page_debug_owned(alloc_pages(gfp & ~__GFP_HIGHMEM, order), _RET_IP_);

	return page ? (unsigned long)page_address(page) : 0;
}

/** get_zeroed_page() - one page of zeroes; address or 0. As __get_free_pages(). */
unsigned long get_zeroed_page(gfp_t gfp)
{
	return __get_free_pages(gfp | __GFP_ZERO, 0);
}

/** free_pages() - undo __get_free_pages(); 0 is ignored. As __free_pages(). */
void free_pages(unsigned long addr, unsigned int order)
{
	if (!addr)
		return;
	page_debug_check_address(addr);
	__free_pages(virt_to_page((void *)addr), order);
}

/**
 * split_page() - make 2^@order pages out of a block that is no compound page.
 * Locks:   none; the caller owns the block with one reference.
 * Context: any.
 * Return:  nothing; each page now has a reference count of 1.
 */
void split_page(struct page *page, unsigned int order)
{
	unsigned long i;

	mm_assert(!PageCompound(page) && atomic_read(&page->_refcount) == 1);
	page_debug_split(page, order);
	if (mm_hooks_armed() && this_machine()->debug.config.page_owner)
		page_owner_split(page, order);
	for (i = 1; i < 1ul << order; i++)
		atomic_set(&page[i]._refcount, 1);
}

/* The block at @page, which is order @order, without the pages behind @bytes; NULL for NULL. */
static void *cut_to_size(struct page *page, unsigned int order, size_t bytes)
{
	unsigned long addr, pos, end;

	if (!page)
		return NULL;
	split_page(page, order);
	addr = (unsigned long)page_address(page);
	end = addr + (PAGE_SIZE << order);
	for (pos = addr + PAGE_ALIGN(bytes); pos < end; pos += PAGE_SIZE)
		free_pages(pos, 0);
	return (void *)addr;
}

/**
 * alloc_pages_exact() - @bytes of contiguous memory without rounding up to a block.
 * Locks:   may take zone->lock.
 * Context: as alloc_pages().
 * Return:  address, or NULL.
 */
void *alloc_pages_exact(size_t bytes, gfp_t gfp)
{
	return alloc_pages_exact_nid(NUMA_NO_NODE, bytes, gfp);
}

/**
 * alloc_pages_exact_nid() - the same from node @nid first.
 * Locks:   may take zone->lock.
 * Context: as alloc_pages(); @gfp names no high memory.
 * Return:  as alloc_pages_exact().
 */
void *alloc_pages_exact_nid(int nid, size_t bytes, gfp_t gfp)
{
	unsigned int order;

	if (!bytes || bytes > PAGE_SIZE << (MAX_ORDER - 1))
		return NULL;
	mm_assert(!(gfp & __GFP_HIGHMEM));
	order = get_order(bytes);
	gfp &= ~__GFP_COMP;
	return cut_to_size(nid == NUMA_NO_NODE ? alloc_pages(gfp, order) :
			   alloc_pages_node(nid, gfp, order), order, bytes);
}

/** free_pages_exact() - undo alloc_pages_exact() with the same @bytes. */
void free_pages_exact(void *virt, size_t bytes)
{
	unsigned long addr = (unsigned long)virt, end = addr + PAGE_ALIGN(bytes);

	for (; addr < end; addr += PAGE_SIZE)
		free_pages(addr, 0);
}
