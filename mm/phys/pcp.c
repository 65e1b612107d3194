// SPDX-License-Identifier: MIT
/*
 * pcp.c - each CPU's own stock of pages.
 *
 * Blocks of order 0 to 3 are not freed to the buddy one by one but put on a list of
 * the freeing CPU, one list for each order and migrate type, and taken from
 * there again, most recent (cache-warm) first. The lists are stacks: of all struct pages
 * only that of the block itself is touched.
 *
 * The lists have no lock: only their CPU touches them, kernel code is not
 * preempted, and interrupt handlers never allocate or free. An empty list is
 * refilled with a batch under one zone->lock; when the CPU has more than `high`
 * pages, a batch or more goes back the same way. Batch and high follow the zone's size:
 * about a quarter of 1/1024 of it at once, and no more than the low watermark
 * shared among the CPUs of its node in stock, or the share of the zone that
 * vm.percpu_pagelist_high_fraction asks for. Whole pageblocks are kept too, where each CPU
 * can have two of them in a 16th of the zone; they are not among the `high` pages.
 *
 * A page that lies in a stock keeps its neighbours from merging, and the bottom of a stack
 * could lie there for ever. So there are two generations: lists, where pages come and go,
 * and old ones, that only lose. Pages go back to the buddy from old lists; when these are
 * empty, the others become the old ones, all at once. An empty list is refilled from its
 * old one first.
 *
 *	free -> lists -> alloc		lists become old: no page is touched for it
 *	  ^       |
 *	  |       v old is empty, or a second has passed on a CPU that is idle
 *	batch <- old -> the buddy
 *
 * On a CPU that is idle its lists become old each second, and what is still old a second
 * later goes back: only what the CPU needs now and then stays. While a zone is below its
 * low mark an idle CPU keeps nothing.
 *
 * Until slab works each zone has one set of lists, that of the boot CPU, with
 * high 0: everything passes straight through to the buddy. per_cpu_pagesets_init()
 * then makes a set for each CPU.
 *
 * Invariants:
 *   PC1  count == sum over lists of (blocks << order), huge_count that of the pageblocks
 *   PC2  a page on a list has _refcount 0 and no PG_buddy
 *   PC3  count <= high + the block freed last, huge_count <= huge_high
 *   PC4  old_count == sum over old lists of (blocks << order), without pageblocks
 *
 * Locks: none for the lists (owning CPU); zone->lock while moving batches.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/printk.h>
#include <linux/string.h>
#include "../internal.h"

#define NR_SMALL_LISTS	(MIGRATE_PCPTYPES * (PCP_MAX_ORDER + 1))
#define HIGH_FRACTION_LEAST	8	/* an 8th of a zone at most is in stock */
#define HUGE_STOCK	2	/* pageblocks that a CPU keeps */
#define HUGE_SHARE	16	/* of the zone's pages all CPUs' pageblocks may be one part */

static inline unsigned int pindex_to_order(unsigned int pindex)
{
	return pindex / MIGRATE_PCPTYPES;
}

static inline struct page *pcp_pop(struct page **list)
{
	struct page *page = *list;

	*list = page->pcp_next;
	mm_assert(!PageBuddy(page));					/* PC2 */
	return page;
}

/* The lists [@from, @to) become the old ones, of which there are none left. */
static void turn_old(struct per_cpu_pages *pcp, unsigned int from, unsigned int to)
{
	unsigned int i;

	for (i = from; i < to; i++) {
		mm_assert(!pcp->old[i]);
		pcp->old[i] = pcp->lists[i];
		pcp->lists[i] = NULL;
	}
}

static void turn_pages_old(struct per_cpu_pages *pcp)
{
	turn_old(pcp, 0, NR_SMALL_LISTS);
	pcp->old_count = pcp->count;					/* PC4 */
}

/* Up to @blocks of the old list of an empty one; false: there is none. */
static bool refill_from_old(struct per_cpu_pages *pcp, unsigned int pindex, unsigned int blocks)
{
	struct page *first = pcp->old[pindex], *last = first;
	unsigned int nr = 1;

	if (!first)
		return false;
	for (; nr < blocks && last->pcp_next; nr++)
		last = last->pcp_next;
	pcp->lists[pindex] = first;
	pcp->old[pindex] = last->pcp_next;
	last->pcp_next = NULL;
	if (pindex < NR_SMALL_LISTS)
		pcp->old_count -= nr << pindex_to_order(pindex);	/* PC4 */
	return true;
}

static inline bool *this_drain_asked(void)
{
	return &this_machine()->drain_asked[smp_processor_id()];
}

/**
 * pcp_init() - empty lists that keep nothing.
 * Locks:   none; nobody uses @pcp yet.
 * Context: any.
 * Return:  nothing.
 */
void pcp_init(struct per_cpu_pages *pcp)
{
	memset(pcp, 0, sizeof(*pcp));
	pcp->batch = 1;
}

/**
 * rmqueue_pcplist_refill() - fill an empty list with a batch and take one block.
 * Locks:   takes zone->lock.
 * Context: owning CPU.
 * Return:  a block with a reference count of 0, or NULL when the zone has none.
 */
struct page *rmqueue_pcplist_refill(struct zone *zone, struct per_cpu_pages *pcp,
				    unsigned int order, int migratetype)
{
	unsigned int pindex = order_to_pindex(order, migratetype), batch = READ_ONCE(pcp->batch);

	mm_assert(!pcp->lists[pindex]);
	pcp->free_factor >>= 1;
	drain_if_asked();
	if (order > PCP_MAX_ORDER) {
		if (!refill_from_old(pcp, pindex, 1))
			return rmqueue_buddy(zone, order, migratetype);
		ADD_ONCE(pcp->huge_count, -(1 << order));
		return pcp_pop(&pcp->lists[pindex]);
	}
	/* a batch is one less than a power of two; so many small blocks lie in a large one */
	if (batch > 1 && order)
		batch = max((batch + 1) >> order, 2u);
	if (refill_from_old(pcp, pindex, batch))
		batch = 0;
	else
		batch = rmqueue_bulk(zone, order, batch, &pcp->lists[pindex], migratetype);
	if (!pcp->lists[pindex])
		return NULL;
	ADD_ONCE(pcp->count, (int)(batch - 1) * (1 << order));		/* PC1 */
	return pcp_pop(&pcp->lists[pindex]);
}

/**
 * pcp_keep_pageblock() - keep @page's block of pageblock_order, if there is room.
 * Locks:   none.
 * Context: owning CPU.
 * Return:  true: it is kept.
 */
bool pcp_keep_pageblock(struct per_cpu_pages *pcp, struct page *page, int migratetype)
{
	unsigned int pindex = order_to_pindex(pageblock_order, migratetype);

	if (pcp->huge_count + (int)pageblock_nr_pages > READ_ONCE(pcp->huge_high))
		return false;
	mm_assert(IS_ALIGNED(page_to_pfn(page), pageblock_nr_pages) && !PageBuddy(page));	/* PC2 */
	page->pcp_next = pcp->lists[pindex];
	pcp->lists[pindex] = page;
	ADD_ONCE(pcp->huge_count, pageblock_nr_pages);
	return true;
}

/* The pageblocks of @lists, which are all or the old ones, go back. */
static void free_pageblocks(struct zone *zone, struct per_cpu_pages *pcp, struct page **lists)
{
	unsigned int pindex;

	if (!pcp->huge_count)
		return;
	spin_lock(&zone->lock);
	for (pindex = NR_SMALL_LISTS; pindex < NR_PCP_LISTS; pindex++)
		while (lists[pindex]) {
			ADD_ONCE(pcp->huge_count, -(int)pageblock_nr_pages);
			__free_one_page(zone, pcp_pop(&lists[pindex]), pageblock_order, false);
		}
	spin_unlock(&zone->lock);
}

/*
 * Blocks on their way back. Those that were taken together mostly lie one after the other:
 * buddies join here, where it costs two instructions, instead of on the free lists.
 */
#define GATHER_MAX	8

struct gather {
	unsigned int nr;
	struct {
		struct page *page;
		unsigned int order;
	} block[GATHER_MAX];		/* no two neighbours are buddies */
};

static void gather_flush(struct zone *zone, struct gather *g)
{
	unsigned int i;

	for (i = 0; i < g->nr; i++)
		__free_one_page(zone, g->block[i].page, g->block[i].order, false);
	g->nr = 0;
}

static void gather_block(struct zone *zone, struct gather *g, struct page *page,
			 unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);

	/* both in one pageblock, so of one type */
	while (g->nr && order < pageblock_order && g->block[g->nr - 1].order == order &&
	       page_to_pfn(g->block[g->nr - 1].page) == (pfn ^ 1ul << order)) {
		if (pfn & 1ul << order)
			page = g->block[g->nr - 1].page;
		pfn &= ~(1ul << order++);
		g->nr--;
	}
	if (g->nr == GATHER_MAX)
		gather_flush(zone, g);
	g->block[g->nr].page = page;
	g->block[g->nr++].order = order;
}

/**
 * free_pcppages_bulk() - give at least @pages pages back to the buddy, the old ones first.
 * Locks:   takes zone->lock.
 * Context: owning CPU.
 * Return:  nothing; @pages is cut to what there is.
 */
void free_pcppages_bulk(struct zone *zone, struct per_cpu_pages *pcp, int pages)
{
	unsigned int pindex = 0, run = 1, i;
	struct gather g = { .nr = 0 };

	/* asked for: all of this zone now, the other zones' when it next looks */
	if (unlikely(READ_ONCE(*this_drain_asked())))
		pages = pcp->count;
	pages = min(pages, pcp->count);
	if (pages <= 0)
		return;
	spin_lock(&zone->lock);
	while (pages > 0) {
		unsigned int order = pindex_to_order(pindex);

		if (!pcp->old_count)
			turn_pages_old(pcp);
		for (i = 0; i < run && pages > 0 && pcp->old[pindex]; i++) {
			ADD_ONCE(pcp->count, -(1 << order));
			pcp->old_count -= 1 << order;			/* PC4 */
			pages -= 1 << order;
			gather_block(zone, &g, pcp_pop(&pcp->old[pindex]), order);
		}
		/*
		 * Round robin, so that no list is stripped while others stay full; the
		 * longer the way past empty ones, the more is taken at the next, which may
		 * be the only one.
		 */
		if (i)
			run = 1;
		else if (++run == NR_SMALL_LISTS)
			run = pages;
		pindex = pindex + 1 == NR_SMALL_LISTS ? 0 : pindex + 1;
	}
	gather_flush(zone, &g);
	spin_unlock(&zone->lock);
	mm_assert(pcp->old_count >= 0 && pcp->count >= pcp->old_count);
}

static void free_whole_stock(struct zone *zone, struct per_cpu_pages *pcp)
{
	free_pcppages_bulk(zone, pcp, pcp->count);
	free_pageblocks(zone, pcp, pcp->lists);
	free_pageblocks(zone, pcp, pcp->old);
}

/**
 * pcp_give_back() - the CPU has more than `high`: a batch goes back, and twice as much each
 * time it comes to this without having run out of pages in between. Who only frees needs no
 * stock, and what lies in it cannot merge.
 * Locks:   takes zone->lock.
 * Context: owning CPU.
 * Return:  nothing.
 */
void pcp_give_back(struct zone *zone, struct per_cpu_pages *pcp)
{
	int batch = READ_ONCE(pcp->batch), high = READ_ONCE(pcp->high);
	int most = max(high - batch, batch), pages = batch << pcp->free_factor;

	if (pages < most)
		pcp->free_factor++;
	free_pcppages_bulk(zone, pcp, max(min(pages, most), pcp->count - high));
}

/**
 * drain_local_pages() - give everything the calling CPU has in stock back.
 * Locks:   takes zone->lock of each zone.
 * Context: any but interrupt handlers.
 * Return:  nothing.
 */
void drain_local_pages(void)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		free_whole_stock(zone, this_cpu_pcp(zone));
}

/**
 * drain_if_asked() - drain_local_pages(), if another CPU asked for it.
 * Locks:   takes zone->lock of each zone.
 * Context: as drain_local_pages(). Kernels call it where a CPU leaves a task.
 * Return:  nothing.
 */
void drain_if_asked(void)
{
	if (likely(!READ_ONCE(*this_drain_asked())))
		return;
	WRITE_ONCE(*this_drain_asked(), false);
	drain_local_pages();
}

/**
 * drain_pending() - CPU @cpu was asked to drain and has not looked yet. Any context.
 */
bool drain_pending(unsigned int cpu)
{
	return READ_ONCE(this_machine()->drain_asked[cpu]);
}

/* What was old a second ago was not needed since. */
static void pcp_age(struct zone *zone, struct per_cpu_pages *pcp, u64 now_ns)
{
	if (now_ns - pcp->aged_ns < PCP_AGE_NS)
		return;
	free_pcppages_bulk(zone, pcp, pcp->old_count);
	free_pageblocks(zone, pcp, pcp->old);
	turn_pages_old(pcp);
	turn_old(pcp, NR_SMALL_LISTS, NR_PCP_LISTS);
	pcp->aged_ns = now_ns;
}

/**
 * drain_on_idle() - a CPU has nothing to do: what it does not need goes back, and all it
 *	has of a zone that is short.
 * Locks:   takes zone->lock of each zone that gets something.
 * Context: as drain_local_pages(). Kernels call it when a CPU becomes idle, with the time.
 * Return:  true: something is left that may go in PCP_AGE_NS, if the CPU looks again.
 */
bool drain_on_idle(u64 now_ns)
{
	struct zone *zone;
	bool left = false;

	for_each_populated_zone(zone) {
		struct per_cpu_pages *pcp = this_cpu_pcp(zone);

		if (!pcp->count && !pcp->huge_count)
			continue;
		if (unlikely(READ_ONCE(zone->nr_free) <= low_wmark_pages(zone)))
			free_whole_stock(zone, pcp);
		else
			pcp_age(zone, pcp, now_ns);
		left |= pcp->count || pcp->huge_count;
	}
	return left;
}

/**
 * drain_wanted() - CPUs were asked since the last call; those that sleep do not look.
 * Locks:   none.
 * Context: any. A kernel whose CPUs may be idle for long asks in port_cond_resched().
 * Return:  true once.
 */
bool drain_wanted(void)
{
	bool *wanted = &this_machine()->drain_wanted;

	if (likely(!READ_ONCE(*wanted)))
		return false;
	WRITE_ONCE(*wanted, false);
	return true;
}

static unsigned int nr_pagesets(void)
{
	struct machine *m = this_machine();

	/* one until per_cpu_pagesets_init(): the same rule as for the counters */
	return m->vmstat.cpu == &m->vmstat.boot ? 1 : m->facts.nr_cpus;
}

static bool cpu_has_stock(unsigned int cpu)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		if (READ_ONCE(zone->per_cpu_pageset[cpu].count) ||
		    READ_ONCE(zone->per_cpu_pageset[cpu].huge_count))
			return true;
	return false;
}

/**
 * drain_all_pages() - this CPU's stock goes back now, the others' as soon as they look.
 * Locks:   takes zone->lock of each zone.
 * Context: as drain_local_pages(); waits for nobody.
 * Return:  nothing.
 */
void drain_all_pages(void)
{
	unsigned int cpu, nr = nr_pagesets();

	drain_local_pages();
	for (cpu = 0; cpu < nr; cpu++)
		if (cpu != smp_processor_id() && cpu_has_stock(cpu)) {
			WRITE_ONCE(this_machine()->drain_asked[cpu], true);
			WRITE_ONCE(this_machine()->drain_wanted, true);
		}
}

/**
 * zone_pcp_count() - pages of @zone in the stock of all CPUs.
 * Locks:   none; a snapshot.
 * Context: any.
 * Return:  pages.
 */
int zone_pcp_count(const struct zone *zone)
{
	unsigned int cpu, nr = nr_pagesets();
	int pages = 0;

	for (cpu = 0; cpu < nr; cpu++)
		pages += READ_ONCE(zone->per_cpu_pageset[cpu].count) +
			 READ_ONCE(zone->per_cpu_pageset[cpu].huge_count);
	return pages;
}

/* A quarter of a thousandth of the zone, at most 1 MiB / 4, one less than 2^n. */
static int zone_batchsize(struct zone *zone)
{
	unsigned long batch = min(zone_managed_pages(zone) >> 10, (1ul << 20) / PAGE_SIZE);

	batch = max(batch / 4, 1ul);
	return rounddown_pow_of_two(batch + batch / 2) - 1;
}

/* CPUs that allocate from @zone first; a node without CPUs serves all. */
static unsigned int zone_cpus(const struct zone *zone)
{
	const struct machine *m = this_machine();
	unsigned int cpu, nr = 0;

	for (cpu = 0; cpu < m->facts.nr_cpus; cpu++)
		nr += m->numa.cpu_node[cpu] == zone->node;
	return nr ? nr : m->facts.nr_cpus;
}

static int zone_highsize(struct zone *zone, int batch)
{
	int fraction = READ_ONCE(this_machine()->tunables.percpu_pagelist_high_fraction);
	unsigned long pages = fraction ? zone_managed_pages(zone) / fraction :
				      low_wmark_pages(zone);

	return max((int)(pages / zone_cpus(zone)), batch << 2);
}

/**
 * set_percpu_pagelist_high_fraction() - each zone's CPUs may have a @fraction-th of it in
 * stock; 0: as much as the low mark, which is the default.
 * Locks:   none; the caller keeps others out.
 * Context: thread.
 * Return:  0, -EINVAL for a number below 8 that is not 0.
 */
int set_percpu_pagelist_high_fraction(int fraction)
{
	struct zone *zone;

	if (fraction && fraction < HIGH_FRACTION_LEAST)
		return -EINVAL;
	WRITE_ONCE(this_machine()->tunables.percpu_pagelist_high_fraction, fraction);
	for_each_populated_zone(zone)
		zone_set_pageset_high_and_batch(zone);
	return 0;
}

/**
 * zone_set_pageset_high_and_batch() - size every CPU's stock after the zone.
 * Locks:   none; each CPU sees its new numbers at its next free.
 * Context: after per_cpu_pagesets_init(); before, nothing happens.
 * Return:  nothing.
 */
void zone_set_pageset_high_and_batch(struct zone *zone)
{
	struct machine *m = this_machine();
	int batch = max(zone_batchsize(zone), 1), high = zone_highsize(zone, batch);
	unsigned long huge = zone_managed_pages(zone) / HUGE_SHARE / m->facts.nr_cpus;
	unsigned int cpu;

	huge = huge < HUGE_STOCK * pageblock_nr_pages ? 0 : HUGE_STOCK * pageblock_nr_pages;

	if (m->vmstat.cpu == &m->vmstat.boot)
		return;
	for (cpu = 0; cpu < m->facts.nr_cpus; cpu++) {
		WRITE_ONCE(zone->per_cpu_pageset[cpu].batch, batch);
		WRITE_ONCE(zone->per_cpu_pageset[cpu].high, high);
		WRITE_ONCE(zone->per_cpu_pageset[cpu].huge_high, huge);
	}
}

static struct per_cpu_pages *pagesets_alloc(unsigned int nr_cpus)
{
	/* a power of two is what kmalloc() aligns to */
	struct per_cpu_pages *sets = kmalloc(roundup_pow_of_two(nr_cpus * sizeof(*sets)),
					     GFP_KERNEL);
	unsigned int cpu;

	for (cpu = 0; sets && cpu < nr_cpus; cpu++)
		pcp_init(&sets[cpu]);
	return sets;
}

/**
 * per_cpu_pagesets_init() - real lists and counters for every CPU that may come up.
 * Locks:   none.
 * Context: boot CPU, after slab, before other CPUs run.
 * Return:  0; -ENOMEM: the machine cannot go on.
 */
int per_cpu_pagesets_init(void)
{
	struct machine *m = this_machine();
	unsigned int cpu = smp_processor_id();
	int nid, z;

	m->facts.nr_cpus = max(m->facts.nr_cpus, 1u);
	mm_bug_on(cpu >= m->facts.nr_cpus);
	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		for (z = 0; NODE_DATA(nid) && z < MAX_NR_ZONES; z++) {
			struct zone *zone = &NODE_DATA(nid)->node_zones[z];
			struct per_cpu_pages *sets, *boot = zone->per_cpu_pageset;

			if (!populated_zone(zone))
				continue;
			sets = pagesets_alloc(m->facts.nr_cpus);
			if (!sets)
				return -ENOMEM;
			/* the allocation itself may have used the boot lists */
			free_pcppages_bulk(zone, boot, boot->count);
			memcpy(sets[cpu].numa, boot->numa, sizeof(boot->numa));
			sets[cpu].pgalloc = boot->pgalloc;
			sets[cpu].pgfree = boot->pgfree;
			zone->per_cpu_pageset = sets;
		}
	}
	if (vmstat_init_cpus())
		return -ENOMEM;
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		for (z = 0; NODE_DATA(nid) && z < MAX_NR_ZONES; z++)
			if (populated_zone(&NODE_DATA(nid)->node_zones[z]))
				zone_set_pageset_high_and_batch(&NODE_DATA(nid)->node_zones[z]);
	return 0;
}
