// SPDX-License-Identifier: MIT
/*
 * cma.c - areas of memory for those who need many frames in a row.
 *
 * An area is reserved at boot and given to the buddy as pageblocks of type MIGRATE_CMA,
 * from which only movable requests are served (buddy.c): while nobody wants the area, its
 * memory is not lost. cma_alloc() finds a place by a bitmap of what it has given out itself,
 * and takes the frames there out of the buddy (contig.c); where a page is in use it goes on
 * to the next place.
 *
 *	memblock	reserved by cma_declare_contiguous()
 *	pageblocks	| CMA | CMA | CMA |	type: movable pages, or free
 *	bitmap		  00    01    10	what cma_alloc() has given out
 *
 * cma= of the command line, or the configuration of a hosted machine, asks for the default
 * area "reserved", the one that dma_alloc_coherent() uses (mm/kspace/dma.c).
 *
 * Invariants:
 *   CM1  an area is whole pageblocks of one zone; areas do not overlap
 *   CM2  frames whose bit is set are not free
 *   CM3  totalcma_pages == sum of the areas' counts, zone->cma_pages of those in the zone
 *
 * Locks: cma->lock, held while frames are taken, so that two who want frames of one
 * pageblock take turns; zone->lock inside of it.
 */
#include <linux/cma.h>
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "../internal.h"

/** cma_get_base() - physical address of the area. Any context, no lock. */
phys_addr_t cma_get_base(const struct cma *cma)
{
	return PFN_PHYS(cma->base_pfn);
}

/** cma_get_size() - bytes of the area. Any context, no lock. */
unsigned long cma_get_size(const struct cma *cma)
{
	return cma->count << PAGE_SHIFT;
}

/** cma_get_name() - what the area is called in reports. Any context, no lock. */
const char *cma_get_name(const struct cma *cma)
{
	return cma->name;
}

/**
 * cma_for_each_area() - call @it for every area, until it returns something.
 * Locks:   none.
 * Context: as @it.
 * Return:  what the last call returned.
 */
int cma_for_each_area(int (*it)(struct cma *cma, void *data), void *data)
{
	struct cma_state *state = &this_machine()->cma;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < state->nr && !ret; i++)
		ret = it(&state->areas[i], data);
	return ret;
}

/* --- boot -------------------------------------------------------------------------- */

/**
 * cma_init_reserved_mem() - memory that is reserved in memblock becomes an area.
 * Locks:   none.
 * Context: boot, memblock works. A bit of the area's bitmap stands for 2^@order_per_bit
 *          pages; @name NULL: a name is made.
 * Return:  0 and the area in *@res_cma; -ENOSPC: there are MAX_CMA_AREAS, -EINVAL: empty, not
 *          reserved, or not whole pageblocks.
 */
int __init cma_init_reserved_mem(phys_addr_t base, phys_addr_t size, unsigned int order_per_bit,
				 const char *name, struct cma **res_cma)
{
	struct cma_state *state = &this_machine()->cma;
	struct cma *cma = &state->areas[state->nr];

	if (state->nr == MAX_CMA_AREAS) {
		pr_err("cma: no room for another area\n");
		return -ENOSPC;
	}
	if (!size || order_per_bit > pageblock_order || (base | size) % CMA_MIN_ALIGNMENT_BYTES ||
	    !memblock_is_region_reserved(base, size) || !memblock_is_region_memory(base, size))
		return -EINVAL;
	if (name)
		strscpy(cma->name, name, sizeof(cma->name));
	else
		snprintf(cma->name, sizeof(cma->name), "cma%u", state->nr);
	cma->base_pfn = PFN_DOWN(base);
	cma->count = size >> PAGE_SHIFT;
	cma->order_per_bit = order_per_bit;
	spin_lock_init_rank(&cma->lock, RANK_CMA, "cma->lock");
	this_machine()->totalcma_pages += cma->count;			/* CM3 */
	state->nr++;
	*res_cma = cma;
	return 0;
}

/* What somebody asks cma_declare_contiguous_nid() for, and where it may be. */
struct cma_wish {
	phys_addr_t base, size, limit, align;
	bool fixed;
};

/* First address outside the direct map. */
static phys_addr_t __init highmem_start(void)
{
	return zone_type_exists(ZONE_HIGHMEM) ? PFN_PHYS(this_machine()->facts.lowmem_limit_pfn) :
	       MEMBLOCK_ALLOC_ANYWHERE;
}

/* Whole pageblocks, as the wish is understood. 0 or -EINVAL. */
static int __init wish_complete(struct cma_wish *w)
{
	phys_addr_t end = memblock_end_of_DRAM(), high = highmem_start();

	if (!w->size || (w->align && !is_power_of_2(w->align)))
		return -EINVAL;
	w->align = max(w->align, (phys_addr_t)CMA_MIN_ALIGNMENT_BYTES);
	if (w->fixed && w->base % w->align)
		return -EINVAL;
	if (w->size > end || w->base > end)
		return -EINVAL;
	w->base = round_up(w->base, w->align);
	w->size = round_up(w->size, w->align);
	if (!w->limit || w->limit > end)
		w->limit = end;
	w->fixed = w->fixed && w->base;
	if (w->base + w->size > w->limit)
		return -EINVAL;
	if (w->fixed && (!memblock_is_region_memory(w->base, w->size) ||
			 (w->base < high && w->base + w->size > high)))
		return -EINVAL;
	return 0;
}

/* Where the memory is, which is reserved now; 0: nowhere. High memory first. */
static phys_addr_t __init wish_place(const struct cma_wish *w, int nid)
{
	phys_addr_t high = highmem_start(), from = w->base, to = w->limit, at = 0;

	if (w->fixed)
		return memblock_is_region_reserved(w->base, w->size) ||
		       memblock_reserve(w->base, w->size) ? 0 : w->base;
	if (from < high && to > high) {
		at = memblock_find_range(w->size, w->align, high, to, nid);
		to = high;
	}
	if (!at)
		at = memblock_find_range(w->size, w->align, from, to, nid);
	return at && memblock_reserve(at, w->size) ? 0 : at;
}

/**
 * cma_declare_contiguous_nid() - reserve @size bytes for an area: at @base if it is @fixed,
 * else somewhere from there on, below @limit (0: the end of RAM).
 * Locks:   none.
 * Context: boot, memblock works and nothing was given to the buddy yet. @alignment 0: a
 *          pageblock. @nid: of that node, NUMA_NO_NODE: of any.
 * Return:  0 and the area in *@res_cma; -ENOSPC: there are MAX_CMA_AREAS, -EINVAL: a wrong
 *          number, -EBUSY: the fixed range is taken, -ENOMEM: no such free range.
 */
int __init cma_declare_contiguous_nid(phys_addr_t base, phys_addr_t size, phys_addr_t limit,
				      phys_addr_t alignment, unsigned int order_per_bit,
				      bool fixed, const char *name, struct cma **res_cma, int nid)
{
	struct cma_wish w = { base, size, limit, alignment, fixed };
	phys_addr_t at;
	int ret;

	if (this_machine()->cma.nr == MAX_CMA_AREAS) {
		pr_err("cma: no room for another area\n");
		return -ENOSPC;
	}
	ret = wish_complete(&w);
	if (ret)
		goto failed;
	at = wish_place(&w, nid);
	ret = at ? 0 : w.fixed ? -EBUSY : -ENOMEM;
	if (ret)
		goto failed;
	ret = cma_init_reserved_mem(at, w.size, order_per_bit, name, res_cma);
	if (ret) {
		memblock_phys_free(at, w.size);
		goto failed;
	}
	pr_info("cma: Reserved %llu MiB at 0x%016llx\n", (unsigned long long)w.size >> 20,
		(unsigned long long)at);
	return 0;
failed:
	pr_err("cma: Failed to reserve %llu MiB\n", (unsigned long long)size >> 20);
	return ret;
}

/**
 * cma_reserve_default() - the area that the port asks for in facts.
 * Locks:   none.
 * Context: boot, before zone_sizes_init(). Without the memory the machine goes on without.
 * Return:  nothing.
 */
void __init cma_reserve_default(void)
{
	struct machine *m = this_machine();

	phys_addr_t limit = m->facts.cma_limit ? m->facts.cma_limit : MEMBLOCK_ALLOC_ANYWHERE;

	/* who wants it needs its addresses */
	limit = min(limit, highmem_start());
	if (m->facts.cma_bytes &&
	    cma_declare_contiguous(m->facts.cma_base, m->facts.cma_bytes, limit, 0, 0,
				   m->facts.cma_fixed, "reserved", &m->cma.dma))
		m->cma.dma = NULL;
}

/* CM1: a zone that has all of the area, or NULL. */
static struct zone *__init area_zone(const struct cma *cma)
{
	struct zone *zone = page_zone(pfn_to_page(cma->base_pfn));
	unsigned long pfn;

	for (pfn = cma->base_pfn; pfn < cma->base_pfn + cma->count; pfn++)
		if (!pfn_valid(pfn) || page_zone(pfn_to_page(pfn)) != zone)
			return NULL;
	return zone;
}

static void __init area_activate(struct cma *cma)
{
	unsigned long bits = cma->count >> cma->order_per_bit, pfn;
	struct zone *zone = area_zone(cma);

	cma->bitmap = zone ? kvzalloc(bitmap_size(bits), GFP_KERNEL) : NULL;
	for (pfn = cma->base_pfn; cma->bitmap && pfn < cma->base_pfn + cma->count;
	     pfn += pageblock_nr_pages)
		set_pageblock_migratetype(zone, pfn, MIGRATE_CMA);
	free_reserved_range(cma_get_base(cma), cma_get_base(cma) + cma_get_size(cma), NULL);
	if (cma->bitmap) {
		zone->cma_pages += cma->count;				/* CM3 */
		return;
	}
	pr_err("cma: area %s could not be activated\n", cma->name);
	this_machine()->totalcma_pages -= cma->count;
	cma->count = 0;
}

/**
 * cma_init_reserved_areas() - all areas become free memory for movable pages.
 * Locks:   takes zone->lock.
 * Context: boot CPU; the buddy and slab work, nobody has allocated from an area.
 * Return:  nothing; an area that lies in two zones, or has no bitmap, is ordinary memory
 *          from now on.
 */
void __init cma_init_reserved_areas(void)
{
	struct cma_state *state = &this_machine()->cma;
	unsigned int i;

	for (i = 0; i < state->nr; i++)
		area_activate(&state->areas[i]);
	if (state->nr)
		init_per_zone_wmark_min();	/* there is more memory than it counted */
}

/* --- use ----------------------------------------------------------------------------- */

static unsigned long pages_to_bits(const struct cma *cma, unsigned long pages)
{
	return DIV_ROUND_UP(pages, 1ul << cma->order_per_bit);
}

/*
 * The first place that is not given out and whose frames are all free: take it.
 * Return: its first page; NULL with *@error: there is no such place.
 */
static struct page *area_take(struct cma *cma, unsigned long count, unsigned int align,
			      int *error)
{
	unsigned int gap = align > cma->order_per_bit ? align - cma->order_per_bit : 0;
	unsigned long bits = cma->count >> cma->order_per_bit, mask = (1ul << gap) - 1;
	unsigned long nr = pages_to_bits(cma, count), start = 0;
	/* the bitmap begins at the area, alignment at frame 0 */
	unsigned long offset = (cma->base_pfn >> cma->order_per_bit) & mask;
	struct zone *zone = page_zone(pfn_to_page(cma->base_pfn));

	*error = -ENOMEM;
	for (;;) {
		unsigned long at = round_up(start + offset, mask + 1) - offset, used, pfn;

		if (at + nr > bits)
			return NULL;
		used = find_next_bit(cma->bitmap, at + nr, at);
		if (used < at + nr) {
			start = used + 1;
			continue;
		}
		pfn = cma->base_pfn + (at << cma->order_per_bit);
		used = contig_obstacle(zone, pfn, pfn + count);
		if (used == CONTIG_FREE &&
		    !__alloc_contig_range(pfn, pfn + count, MIGRATE_CMA, __GFP_NOWARN, false)) {
			bitmap_set(cma->bitmap, at, nr);		/* CM2 */
			return pfn_to_page(pfn);
		}
		*error = -EBUSY;
		if (used == CONTIG_FREE)	/* gone since it was looked at */
			used = pfn;
		start = ((used - cma->base_pfn) >> cma->order_per_bit) + 1;
	}
}

/**
 * cma_alloc() - @count adjacent frames of the area, aligned to 2^@align of them, each a page
 * of its own.
 * Locks:   takes cma->lock, zone->lock.
 * Context: thread; may sleep when pages of the area are in the stock of CPUs.
 * Return:  the first page; NULL when there is no such place, reported unless @no_warn.
 */
struct page *cma_alloc(struct cma *cma, unsigned long count, unsigned int align, bool no_warn)
{
	struct page *page = NULL;
	int round, error;

	might_sleep();
	if (!cma || !cma->count || !count || count > cma->count || align >= BITS_PER_LONG - 1)
		return NULL;
	error = fail_point() ? -ENOMEM : -EBUSY;
	for (round = 0; round < 2 && error == -EBUSY; round++) {
		if (round)
			contig_drain(true);
		spin_lock(&cma->lock);
		page = area_take(cma, count, align, &error);
		spin_unlock(&cma->lock);
		if (page)
			break;
	}
	if (page)
		contig_owned(page_to_pfn(page), page_to_pfn(page) + count, _RET_IP_);
	else if (!no_warn)
		pr_err("cma: %s: alloc failed, req-size: %lu pages, ret: %d\n", cma->name, count,
		       error);
	return page;
}

/**
 * cma_pages_valid() - the @count frames from @pages on lie in the area.
 * Locks:   none.
 * Context: any.
 * Return:  true when they do.
 */
bool cma_pages_valid(struct cma *cma, const struct page *pages, unsigned long count)
{
	unsigned long pfn;

	if (!pages || !cma || !cma->count)
		return false;
	pfn = page_to_pfn(pages);
	return pfn >= cma->base_pfn && pfn < cma->base_pfn + cma->count &&
	       count <= cma->base_pfn + cma->count - pfn;
}

/**
 * cma_release() - give @count frames back that cma_alloc() gave.
 * Locks:   takes cma->lock, may take zone->lock.
 * Context: any but interrupt handlers.
 * Return:  false when they are not of the area; then nothing was done.
 */
bool cma_release(struct cma *cma, const struct page *pages, unsigned long count)
{
	unsigned long pfn, bit;

	if (!cma_pages_valid(cma, pages, count))
		return false;
	pfn = page_to_pfn(pages);
	bit = (pfn - cma->base_pfn) >> cma->order_per_bit;
	free_contig_range(pfn, count);
	spin_lock(&cma->lock);
	mm_assert(find_next_zero_bit(cma->bitmap, bit + pages_to_bits(cma, count), bit) >=
		  bit + pages_to_bits(cma, count));			/* CM2 */
	bitmap_clear(cma->bitmap, bit, pages_to_bits(cma, count));
	spin_unlock(&cma->lock);
	return true;
}
