// SPDX-License-Identifier: MIT
/*
 * model_buddy.c - the page allocator and its per-CPU lists against a byte for each frame.
 *
 * The model is frame_map.h: who holds which frame. Besides, each block that is held has
 * its order, its kind and the number of its references, and the first word of each of its
 * frames has a number that nobody else may change.
 *
 *   - nothing is given out twice, and blocks are aligned, inside of a zone and a node that
 *     the flags of the call allow
 *   - what is free is exactly what nobody holds: the free lists, the lists of all CPUs and
 *     the counters say so, and zone_check() holds
 *   - ranges by address and pieces of the area of contiguous memory are had exactly when all
 *     of their frames are on free lists
 *   - a request that fails had no zone above its mark with a block that was large enough
 *
 * All CPUs work in turn: what one frees stays on its lists while the others allocate. Marks
 * and the size of the lists change under way as with vm.min_free_kbytes.
 */
#include "model.h"
#include <linux/cma.h>
#define FRAME_FAIL model_fail
#include "frame_map.h"

#define SLOTS		2048
#define CONTENTS(i)	(0xb0dd0000ul + (i))

struct held {
	struct page *page;
	unsigned int order, refs;
	bool compound, exact;
	enum { NO_RANGE, RANGE, RANGE_OF_CMA } range;
	size_t bytes;			/* exact, range */
};

enum { PLANT_LOSE_ORDER_3, PLANT_FORGET_REFERENCE };
static const char *const plants[] = { "lose-order-3", "forget-reference", NULL };

static struct held held[SLOTS];
static unsigned long min_free_kbytes;

static struct held *slot(u32 arg)
{
	return &held[arg % SLOTS];
}

static int at(const struct held *h)
{
	return h - held;
}

static void fill(const struct held *h, unsigned long frames)
{
	unsigned long i, word = CONTENTS(at(h));

	for (i = 0; i < frames; i++)
		page_write(h->page + i, 0, &word, sizeof(word));
}

static void verify(const struct held *h, unsigned long frames)
{
	unsigned long i, word;

	for (i = 0; i < frames; i++) {
		page_read(h->page + i, 0, &word, sizeof(word));
		if (word != CONTENTS(at(h)))
			model_fail("frame %#lx of a held block was written to",
				   page_to_pfn(h->page + i));
	}
}

/* --- what a call may give ------------------------------------------------ */

static const struct {
	gfp_t gfp;
	const char *text;
	enum zone_type highest;
} kinds_of_gfp[] = {
	{ GFP_KERNEL, "GFP_KERNEL", ZONE_NORMAL },
	{ GFP_KERNEL, "GFP_KERNEL", ZONE_NORMAL },
	{ GFP_HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE", ZONE_MOVABLE },
	{ GFP_HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE", ZONE_MOVABLE },
	{ GFP_HIGHUSER, "GFP_HIGHUSER", ZONE_HIGHMEM },
	{ GFP_KERNEL | __GFP_RECLAIMABLE, "GFP_KERNEL | __GFP_RECLAIMABLE", ZONE_NORMAL },
	{ GFP_ATOMIC, "GFP_ATOMIC", ZONE_NORMAL },
	{ GFP_NOWAIT, "GFP_NOWAIT", ZONE_NORMAL },
	{ GFP_KERNEL | GFP_DMA, "GFP_KERNEL | GFP_DMA", ZONE_DMA },
	{ GFP_KERNEL | GFP_DMA32, "GFP_KERNEL | GFP_DMA32", ZONE_DMA32 },
};

static bool machine_has_zone(enum zone_type type)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		if (zone->type == type)
			return true;
	return false;
}

/* without a zone for it, every frame is good for DMA */
static enum zone_type highest_zone(unsigned int kind)
{
	enum zone_type t = kinds_of_gfp[kind].highest;

	if (t < ZONE_NORMAL && !machine_has_zone(t))
		return ZONE_NORMAL;
	return t;
}

static bool is_movable(unsigned int kind)
{
	return kinds_of_gfp[kind].gfp & __GFP_MOVABLE;
}

static bool has_block(const struct zone *zone, unsigned int order, bool movable)
{
	for (; order < MAX_ORDER; order++) {
		int mt;

		for (mt = 0; mt < MIGRATE_PCPTYPES; mt++)
			if (!list_empty(&zone->free_area[order].free_list[mt]))
				return true;
		if (movable && !list_empty(&zone->free_area[order].free_list[MIGRATE_CMA]))
			return true;
	}
	return false;
}

/* the request failed: rightly so? Those who may not use reserves stop at MIN */
static void check_refusal(unsigned int kind, unsigned int order, int nid)
{
	enum zone_type t = highest_zone(kind);
	struct zone *zone;

	if (kinds_of_gfp[kind].gfp & __GFP_HIGH)
		return;
	for_each_populated_zone(zone) {
		long left = (long)(zone->nr_free - zone->nr_free_highatomic) - ((1l << order) - 1);

		if (!is_movable(kind))
			left -= zone->nr_free_cma;

		if (zone->type > t || (nid >= 0 && zone->node != nid))
			continue;
		if (left > (long)min_wmark_pages(zone) + zone->lowmem_reserve[t] &&
		    has_block(zone, order, is_movable(kind)))
			model_fail("no block of order %u, but zone %s has %lu free", order,
				   zone->name, zone->nr_free);
	}
}

static void check_zeroed(struct page *page, unsigned int order)
{
	unsigned long i, at, word;

	for (i = 0; i < 1ul << order; i++)
		for (at = 0; at < PAGE_SIZE; at += 37 * sizeof(word)) {
			page_read(page + i, at, &word, sizeof(word));
			if (word)
				model_fail("frame %#lx is not zeroed", page_to_pfn(page + i));
		}
}

/* --- operations ---------------------------------------------------------- */

static void release(struct held *h, u32 how);

static void say_alloc(const struct held *h, unsigned int kind, const char *more, int nid)
{
	if (nid < 0)
		model_say("\tpage[%d] = alloc_pages(%s%s, %u);", at(h), kinds_of_gfp[kind].text,
			  more, h->order);
	else
		model_say("\tpage[%d] = alloc_pages_node(%d, %s%s, %u);", at(h), nid,
			  kinds_of_gfp[kind].text, more, h->order);
	model_pending("\tframes_take(page[%d], %u);", at(h), h->order);
}

/* arg: slot, order, kind of memory, options */
static void op_alloc(const u32 *arg)
{
	unsigned int kind = arg[2] % ARRAY_SIZE(kinds_of_gfp);
	struct held *h = slot(arg[0]);
	bool zero = arg[3] % 16 == 1, own = (arg[3] >> 4) % 8 == 1;
	int nodes = this_machine()->nr_online_nodes;
	int nid = own || (arg[3] >> 7) % 2 ? (int)((arg[3] >> 8) % nodes) : -1;
	gfp_t gfp = kinds_of_gfp[kind].gfp | __GFP_NOWARN;

	if (h->page)
		release(h, arg[3]);
	if (h->page)
		return;
	/* small orders are frequent, each has its chance */
	h->order = arg[1] % 4 ? (arg[1] >> 2) % 3 : (arg[1] >> 2) % MAX_ORDER;
	h->compound = h->order && (arg[1] >> 16) % 2;
	h->refs = 1;
	h->exact = false;
	h->range = NO_RANGE;
	gfp |= (h->compound ? __GFP_COMP : 0) | (zero ? __GFP_ZERO : 0) |
	       (own ? __GFP_THISNODE : 0);
	if (model_saying()) {
		char more[100];

		snprintf(more, sizeof(more), " | __GFP_NOWARN%s%s%s",
			 h->compound ? " | __GFP_COMP" : "", zero ? " | __GFP_ZERO" : "",
			 own ? " | __GFP_THISNODE" : "");
		say_alloc(h, kind, more, nid);
	}
	h->page = nid < 0 ? alloc_pages(gfp, h->order) : alloc_pages_node(nid, gfp, h->order);
	if (!h->page) {
		model_pending("\tassert_non_null(page[%d]);", at(h));
		if (!model_faulted())
			check_refusal(kind, h->order, own ? nid : -1);
		return;
	}
	frames_take(h->page, h->order);
	model_say("\tframes_take(page[%d], %u);", at(h), h->order);
	if (page_zone(h->page)->type > highest_zone(kind))
		model_fail("zone %s for %s", page_zone(h->page)->name, kinds_of_gfp[kind].text);
	if (own && page_to_nid(h->page) != nid)
		model_fail("a page of node %d, not %d", page_to_nid(h->page), nid);
	if (zero)
		check_zeroed(h->page, h->order);
	fill(h, 1ul << h->order);
}

/* arg: slot, bytes */
static void op_alloc_exact(const u32 *arg)
{
	struct held *h = slot(arg[0]);
	unsigned long i, frames;
	void *p;

	if (h->page)
		release(h, arg[3]);
	if (h->page)
		return;
	*h = (struct held){ .refs = 1, .exact = true, .bytes = 1 + arg[1] % (40 * PAGE_SIZE) };
	frames = DIV_ROUND_UP(h->bytes, PAGE_SIZE);
	model_say("\texact[%d] = alloc_pages_exact(%zu, GFP_KERNEL | __GFP_NOWARN);", at(h),
		  h->bytes);
	p = alloc_pages_exact(h->bytes, GFP_KERNEL | __GFP_NOWARN);
	if (!p)
		return;
	h->page = virt_to_page(p);
	model_say("\tfor (i = 0; i < %lu; i++)\n"
		  "\t\tframes_take(virt_to_page(exact[%d]) + i, 0);", frames, at(h));
	for (i = 0; i < frames; i++)
		frames_take(h->page + i, 0);
	fill(h, frames);
}

/* --- ranges -------------------------------------------------------------- */

/* [start, start + nr) is @h's now */
static void take_frames(struct held *h, unsigned long start, unsigned long nr, int range)
{
	unsigned long i;

	*h = (struct held){ .page = pfn_to_page(start), .refs = 1, .exact = true, .range = range,
			    .bytes = nr << PAGE_SHIFT };
	model_say("\tpage[%d] = pfn_to_page(%#lx);", at(h), start);
	model_say("\tfor (i = 0; i < %lu; i++)\n\t\tframes_take(page[%d] + i, 0);", nr, at(h));
	for (i = 0; i < nr; i++)
		frames_take(h->page + i, 0);
	fill(h, nr);
}

/* all of it is on free lists of one zone that a request by address may use */
static bool range_is_free(unsigned long start, unsigned long nr, int migratetype)
{
	unsigned long pfn, block, end = start + nr;
	struct zone *zone;

	for (block = round_down(start, pageblock_nr_pages); block < end;
	     block += pageblock_nr_pages) {
		int type;

		if (!pfn_valid(block) || !pfn_valid(block + pageblock_nr_pages - 1))
			return false;
		zone = page_zone(memmap_page(block));
		if (block < zone->zone_start_pfn || block + pageblock_nr_pages > zone_end_pfn(zone))
			return false;
		type = get_pageblock_migratetype(zone, block);
		if (migratetype == MIGRATE_CMA ? type != MIGRATE_CMA : type >= MIGRATE_PCPTYPES)
			return false;
	}
	for (pfn = start; pfn < end; pfn++)
		if (!buddy_free_block(page_zone(memmap_page(pfn)), pfn))
			return false;
	return true;
}

/* arg: slot, where, how many frames, of the area of contiguous memory */
static void op_contig_range(const u32 *arg)
{
	struct machine *m = this_machine();
	unsigned long nr = 1 + arg[2] % (arg[2] & 1 << 20 ? 1100 : 70), start;
	int type = arg[3] % 4 ? MIGRATE_MOVABLE : MIGRATE_CMA, ret;
	struct held *h = slot(arg[0]);
	bool expected;

	if (h->page)
		release(h, arg[3]);
	if (h->page)
		return;
	start = m->min_low_pfn + arg[1] % (m->max_pfn - m->min_low_pfn);
	if (type == MIGRATE_CMA && m->cma.dma)
		start = m->cma.dma->base_pfn + arg[1] % m->cma.dma->count;
	expected = range_is_free(start, nr, type);
	model_say("\tassert_int_equal(alloc_contig_range(%#lx, %#lx, %s, GFP_NOWAIT), %d);", start,
		  start + nr, type == MIGRATE_CMA ? "MIGRATE_CMA" : "MIGRATE_MOVABLE",
		  expected ? 0 : -EBUSY);
	ret = alloc_contig_range(start, start + nr, type, GFP_NOWAIT);
	if (!ret)
		take_frames(h, start, nr, RANGE);
	else if (expected && !model_faulted())
		model_fail("frames %#lx to %#lx are free, but alloc_contig_range() is %d", start,
			   start + nr, ret);
}

/* arg: slot, how many frames, node */
static void op_contig_pages(const u32 *arg)
{
	unsigned long nr = 1 + arg[1] % (arg[1] & 1 << 20 ? 2100 : 70);
	int nid = (int)(arg[2] % this_machine()->nr_online_nodes);
	struct held *h = slot(arg[0]);
	struct page *page;

	if (h->page)
		release(h, arg[3]);
	if (h->page)
		return;
	model_say("\tpage[%d] = alloc_contig_pages(%lu, GFP_HIGHUSER_MOVABLE, %d, NULL);", at(h), nr,
		  nid);
	page = alloc_contig_pages(nr, GFP_HIGHUSER_MOVABLE, nid, NULL);
	if (!page)
		return;
	if (!(nr & (nr - 1)) && page_to_pfn(page) & (nr - 1))
		model_fail("frame %#lx is not aligned to %lu", page_to_pfn(page), nr);
	take_frames(h, page_to_pfn(page), nr, RANGE);
}

/* arg: slot, how many frames, alignment */
static void op_cma_alloc(const u32 *arg)
{
	unsigned long nr = 1 + arg[1] % (arg[1] & 1 << 20 ? 1100 : 40);
	struct cma *cma = this_machine()->cma.dma;
	struct held *h = slot(arg[0]);
	unsigned int align = arg[2] % 7;
	struct page *page;

	if (h->page)
		release(h, arg[3]);
	if (h->page)
		return;
	model_say("\tpage[%d] = cma_alloc(this_machine()->cma.dma, %lu, %u, true);", at(h), nr,
		  align);
	page = cma_alloc(cma, nr, align, true);
	if (!page)
		return;
	if (page_to_pfn(page) & ((1ul << align) - 1) || !cma_pages_valid(cma, page, nr))
		model_fail("frame %#lx is not aligned, or not of the area", page_to_pfn(page));
	take_frames(h, page_to_pfn(page), nr, RANGE_OF_CMA);
}

static void release_range(struct held *h)
{
	unsigned long i, nr = h->bytes >> PAGE_SHIFT, pfn = page_to_pfn(h->page);

	verify(h, nr);
	model_say("\tfor (i = 0; i < %lu; i++)\n\t\tframes_give(page[%d] + i, 0);", nr, at(h));
	for (i = 0; i < nr; i++)
		frames_give(h->page + i, 0);
	if (h->range == RANGE) {
		model_say("\tfree_contig_range(%#lx, %lu);", pfn, nr);
		free_contig_range(pfn, nr);
	} else {
		model_say("\tcma_release(this_machine()->cma.dma, page[%d], %lu);", at(h), nr);
		model_expect(cma_release(this_machine()->cma.dma, h->page, nr), 1,
			     "cma_release() of slot %d", at(h));
	}
	h->page = NULL;
}

static void release_exact(struct held *h)
{
	unsigned long i, frames = DIV_ROUND_UP(h->bytes, PAGE_SIZE);

	verify(h, frames);
	model_say("\tfor (i = 0; i < %lu; i++)\n"
		  "\t\tframes_give(virt_to_page(exact[%d]) + i, 0);", frames, at(h));
	for (i = 0; i < frames; i++)
		frames_give(h->page + i, 0);
	model_say("\tfree_pages_exact(exact[%d], %zu);", at(h), h->bytes);
	free_pages_exact(page_address(h->page), h->bytes);
	h->page = NULL;
}

/* one reference less; the last one frees */
static void release(struct held *h, u32 how)
{
	unsigned long tail = h->compound ? how % (1ul << h->order) : 0;

	if (h->range) {
		release_range(h);
		return;
	}
	if (h->exact) {
		release_exact(h);
		return;
	}
	verify(h, 1ul << h->order);
	if (--h->refs) {
		model_say("\tput_page(page[%d] + %lu);", at(h), tail);
		put_page(h->page + tail);
		return;
	}
	if (!model_planted(PLANT_LOSE_ORDER_3) || h->order != 3) {
		frames_give(h->page, h->order);
		model_say("\tframes_give(page[%d], %u);", at(h), h->order);
	}
	if (h->compound && how & 1) {
		model_say("\tput_page(page[%d] + %lu);", at(h), tail);
		put_page(h->page + tail);
	} else {
		model_say("\t__free_pages(page[%d], %u);", at(h), h->order);
		__free_pages(h->page, h->order);
	}
	h->page = NULL;
}

static void op_free(const u32 *arg)
{
	unsigned int i;

	/* the next one that is held: also a thin population shrinks */
	for (i = 0; i < 64; i++) {
		struct held *h = slot(arg[0] + i);

		if (h->page) {
			release(h, arg[1]);
			return;
		}
	}
}

/* only a compound page, or a single frame, is one thing to those who hold a reference */
static void op_get(const u32 *arg)
{
	struct held *h = slot(arg[0]);

	if (!h->page || h->exact || (h->order && !h->compound) || h->refs > 5)
		return;
	model_say("\tget_page(page[%d]);", at(h));
	get_page(h->page);
	if (!model_planted(PLANT_FORGET_REFERENCE))
		h->refs++;
}

/* a block becomes single frames that are freed one by one */
static void op_split(const u32 *arg)
{
	struct held *h = slot(arg[0]);
	unsigned long i;

	if (!h->page || h->exact || h->compound || h->refs > 1 || !h->order)
		return;
	verify(h, 1ul << h->order);
	model_say("\tsplit_page(page[%d], %u);", at(h), h->order);
	split_page(h->page, h->order);
	for (i = 0; i < 1ul << h->order; i++) {
		/* in an order that is not the one of addresses */
		unsigned long n = (i * 5 + arg[1]) & ((1ul << h->order) - 1);

		model_say("\tframes_give(page[%d] + %lu, 0);", at(h), n);
		frames_give(h->page + n, 0);
		model_say("\t__free_page(page[%d] + %lu);", at(h), n);
		__free_page(h->page + n);
	}
	h->page = NULL;
}

/* single frames whose last reference is gone, all at once */
static void op_free_list(const u32 *arg)
{
	unsigned int i, nr = 0;
	LIST_HEAD(list);

	model_say("\tINIT_LIST_HEAD(&list);");
	for (i = 0; i < 200 && nr < 1 + arg[1] % 40; i++) {
		struct held *h = slot(arg[0] + i);

		if (!h->page || h->exact || h->order || h->refs > 1)
			continue;
		verify(h, 1);
		model_say("\tframes_give(page[%d], 0);", at(h));
		frames_give(h->page, 0);
		model_say("\tassert_true(put_page_testzero(page[%d]));", at(h));
		if (!put_page_testzero(h->page))
			model_fail("another reference to frame %#lx", page_to_pfn(h->page));
		model_say("\tlist_add(&page[%d]->lru, &list);", at(h));
		list_add(&h->page->lru, &list);
		h->page = NULL;
		nr++;
	}
	model_say("\tfree_unref_page_list(&list);");
	free_unref_page_list(&list);
}

static void op_drain(const u32 *arg)
{
	model_say("\tdrain_local_pages();");
	drain_local_pages();
}

static void op_switch_cpu(const u32 *arg)
{
	struct machine *m = this_machine();
	unsigned int cpu = arg[0] % MODEL_CPUS;

	model_say("\tquire_switch_cpu(%u);", cpu);
	machine_cpu_leave();
	machine_cpu_enter(m, cpu);
}

/* vm.min_free_kbytes: marks, and with them the lists of the CPUs */
static void op_marks(const u32 *arg)
{
	unsigned long kbytes = min_free_kbytes * (1 + arg[0] % 8) / 4;

	model_say("\tthis_machine()->tunables.min_free_kbytes = %lu;", kbytes);
	this_machine()->tunables.min_free_kbytes = kbytes;
	model_say("\tsetup_per_zone_wmarks();");
	setup_per_zone_wmarks();
}

/* --- the whole ----------------------------------------------------------- */

static void begin(void)
{
	model_say("\tframes_begin();");
	frames_begin();
	min_free_kbytes = this_machine()->tunables.min_free_kbytes;
}

static void check(void)
{
	unsigned int i;

	model_pending("\tframes_check();");
	frames_check();
	for (i = 0; i < SLOTS; i++) {
		struct held *h = &held[i];

		if (!h->page || h->exact)
			continue;
		model_pending("\tassert_int_equal(page_count(page[%u]), %u);", i, h->refs);
		model_expect(page_count(h->page), h->refs, "references of slot %u", i);
		if (page_mapcount(h->page))
			model_fail("slot %u is mapped", i);
	}
}

static void end(void)
{
	struct machine *m = this_machine();
	unsigned int i, cpu;

	for (i = 0; i < SLOTS; i++)
		while (held[i].page)
			release(&held[i], i);
	for (cpu = MODEL_CPUS; cpu-- > 0; ) {
		machine_cpu_leave();
		machine_cpu_enter(m, cpu);
		drain_local_pages();
	}
	check();
	frames_end();
}

static const struct model_kind kinds[] = {
	{ "alloc", op_alloc, 60, 30 }, { "alloc_exact", op_alloc_exact, 4, 1 },
	{ "free", op_free, 30, 60 }, { "get", op_get, 5, 3 }, { "split", op_split, 1, 3 },
	{ "free_list", op_free_list, 1, 2 }, { "drain", op_drain, 1, 1 },
	{ "switch_cpu", op_switch_cpu, 3, 3 }, { "marks", op_marks, 1, 1 },
	{ "contig_range", op_contig_range, 3, 2 }, { "contig_pages", op_contig_pages, 2, 1 },
	{ "cma_alloc", op_cma_alloc, 2, 2 },
};

static void config(struct machine_config *c)
{
	c->cma_bytes = 4ul << 20;
}

static const struct model model = {
	.config = config, .config_text = "\tconfig.cma_bytes = 4ul << 20;\n",
	.name = "buddy", .kinds = kinds, .nr_kinds = ARRAY_SIZE(kinds), .check_every = 500,
	.includes = "#include \"phys_test.h\"\n#include \"frame_map.h\"\n"
		    "#include <linux/cma.h>\n\n"
		    "static struct page *page[2048];\nstatic void *exact[2048];\n"
		    "static struct list_head list;\nstatic unsigned long i;\n",
	.begin = begin, .check = check, .end = end, .plants = plants,
};

int main(int argc, char **argv)
{
	return model_main(&model, argc, argv);
}
