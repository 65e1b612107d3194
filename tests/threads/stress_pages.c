// SPDX-License-Identifier: MIT
/*
 * stress_pages.c - the page allocator: blocks of all orders and migrate types, from all
 * zones and nodes, freed by whoever gets them; lists drained and statistics read meanwhile.
 *
 * Each frame of a block carries the block's tag in its first and last word.
 */
#include "stress.h"
#include "mm/internal.h"

static void pages_fill(const struct held *h)
{
	char *at = page_address((struct page *)h->p);
	size_t i;

	for (i = 0; i < h->bytes; i += PAGE_SIZE) {
		*(u64 *)(at + i) = h->tag + i;
		*(u64 *)(at + i + PAGE_SIZE - 8) = ~h->tag - i;
	}
}

static void pages_verify(const struct held *h)
{
	char *at = page_address((struct page *)h->p);
	size_t i;

	for (i = 0; i < h->bytes; i += PAGE_SIZE)
		if (*(u64 *)(at + i) != h->tag + i ||
		    *(u64 *)(at + i + PAGE_SIZE - 8) != ~h->tag - i)
			fail("page %lu of a block of order %u changed",
			     (unsigned long)(i / PAGE_SIZE), h->kind);
}

static unsigned int some_order(struct worker *w)
{
	if (below(w, 4))
		return 0;
	return below(w, 8) ? below(w, 4) : below(w, MAX_ORDER);
}

static void pages_alloc(struct worker *w)
{
	static const gfp_t types[] = {
		GFP_KERNEL, GFP_HIGHUSER_MOVABLE, GFP_KERNEL | __GFP_RECLAIMABLE, GFP_ATOMIC,
		GFP_DMA, GFP_KERNEL | __GFP_ZERO, GFP_NOWAIT,
	};
	gfp_t gfp = types[below(w, ARRAY_SIZE(types))] | __GFP_NOWARN;
	unsigned int order = some_order(w);
	struct page *page;
	struct held h;

	if (held_full(w))
		return;
	if (order && below(w, 2))
		gfp |= __GFP_COMP;
	page = below(w, 2) ? alloc_pages(gfp, order) : alloc_pages_node(below(w, 2), gfp, order);
	if (!page)
		return;
	h = (struct held){ .p = page, .tag = stress_random(w), .kind = order,
			   .bytes = PAGE_SIZE << order };
	pages_fill(&h);
	held_put(w, h);
}

static void pages_free(struct worker *w)
{
	struct held h;

	if (!held_take(w, &h))
		return;
	pages_verify(&h);
	__free_pages(h.p, h.kind);
}

static void pages_read(struct worker *w)
{
	static void (*const shows[])(struct seq_file *) = {
		meminfo_show, buddyinfo_show, zoneinfo_show, vmstat_show, pagetypeinfo_show,
	};
	unsigned int i = below(w, ARRAY_SIZE(shows) + 2);

	if (i < ARRAY_SIZE(shows))
		read_text(shows[i]);
	else if (i == ARRAY_SIZE(shows))
		must(nr_free_pages() <= totalram_pages());
	else
		(void)global_node_page_state(NR_SLAB_UNRECLAIMABLE_B);
}

/* vm.min_free_kbytes, of which its writers take turns */
static void pages_marks(struct worker *w)
{
	if (w->id)
		return;
	this_machine()->tunables.min_free_kbytes = 128 + below(w, 1024);
	setup_per_zone_wmarks();
}

static void pages_step(struct worker *w)
{
	switch (below(w, 32)) {
	case 0:
		pages_read(w);
		if (!below(w, 16))
			pages_marks(w);
		break;
	case 1:
		drain_local_pages();
		break;
	case 2 ... 7:
		mail_exchange(w);
		break;
	case 8 ... 20:
		pages_alloc(w);
		break;
	default:
		pages_free(w);
	}
}

static void pages_settle(struct worker *w)
{
	while (w->nr_held)
		pages_free(w);
}

static void pages_check(void)
{
	struct zone *zone;

	for_each_populated_zone(zone)
		zone_check(zone);
}

static void pages_nothing(void)
{
}

const struct part part_pages = {
	.name = "pages", .config = { .ram_bytes = 64ul << 20, .nr_nodes = 2 },
	.setup = pages_nothing, .step = pages_step, .settle = pages_settle,
	.check = pages_check, .teardown = pages_nothing,
};
