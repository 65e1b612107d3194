// SPDX-License-Identifier: MIT
/*
 * stress_vmalloc.c - areas of kernel addresses: made, looked up, freed by others, flushed
 * and listed at once. Every page of an area carries its tag; a mapping made by vmap()
 * shows what was written through the direct map.
 */
#include "stress.h"

#define KIND_VMALLOC	0
#define KIND_VMAP	1
#define VMAP_PAGES	4


static void area_fill(const struct held *h)
{
	size_t i;

	for (i = 0; i < h->bytes; i += PAGE_SIZE) {
		*(u64 *)((char *)h->p + i) = h->tag + i;
		*(u64 *)((char *)h->p + min(i + PAGE_SIZE, h->bytes) - 8) = h->tag - i;
	}
}

static void area_verify(const struct held *h)
{
	size_t i;

	for (i = 0; i < h->bytes; i += PAGE_SIZE)
		if (*(u64 *)((char *)h->p + i) != h->tag + i ||
		    *(u64 *)((char *)h->p + min(i + PAGE_SIZE, h->bytes) - 8) != h->tag - i)
			fail("byte %lu of an area of %lu changed", (unsigned long)i,
			     (unsigned long)h->bytes);
}

static void area_alloc(struct worker *w)
{
	struct held h = { .kind = KIND_VMALLOC, .tag = stress_random(w),
			  .bytes = 16 + 8 * below(w, 4000) };

	if (held_full(w))
		return;
	/* the last page has room for both of its words */
	if (h.bytes % PAGE_SIZE && h.bytes % PAGE_SIZE < 16)
		h.bytes += 16;
	h.p = __vmalloc(h.bytes, GFP_KERNEL | __GFP_NOWARN);
	if (!h.p)
		return;
	must(is_vmalloc_addr(h.p));
	area_fill(&h);
	held_put(w, h);
}

/* Frames of one's own, seen at two places, which end together. */
static void area_map(struct worker *w)
{
	struct page *page[VMAP_PAGES];
	unsigned int i, nr;
	char *at = NULL;

	for (nr = 0; nr < VMAP_PAGES; nr++) {
		page[nr] = alloc_page(GFP_KERNEL | __GFP_NOWARN);
		if (!page[nr])
			break;
		*(u64 *)page_address(page[nr]) = w->seed + nr;
	}
	if (nr)
		at = vmap(page, nr, VM_MAP, PAGE_KERNEL);
	for (i = 0; at && i < nr; i++) {
		if (*(u64 *)(at + i * PAGE_SIZE) != w->seed + i)
			fail("page %u of a mapping shows something else", i);
		must(vmalloc_to_page(at + i * PAGE_SIZE) == page[i]);
	}
	if (at)
		vunmap(at);
	while (nr--)
		__free_page(page[nr]);
}

static void area_free(struct worker *w)
{
	struct held h;

	if (!held_take(w, &h))
		return;
	area_verify(&h);
	vfree(h.p);
}

static void area_look(struct worker *w)
{
	struct vm_struct *area;
	struct held h;

	if (!held_take(w, &h))
		return;
	area = find_vm_area(h.p);
	must(area && area->addr == h.p && area->size >= h.bytes);
	held_put(w, h);
}

static void vmalloc_step(struct worker *w)
{
	switch (below(w, 64)) {
	case 0:
		vm_unmap_aliases();
		break;
	case 1:
		read_text(vmallocinfo_show);
		break;
	case 2 ... 5:
		area_map(w);
		break;
	case 6 ... 10:
		area_look(w);
		break;
	case 11 ... 20:
		mail_exchange(w);
		break;
	case 21 ... 40:
		area_alloc(w);
		break;
	default:
		area_free(w);
	}
}

static void vmalloc_settle(struct worker *w)
{
	while (w->nr_held)
		area_free(w);
}

static void vmalloc_nothing(void)
{
}

const struct part part_vmalloc = {
	.name = "vmalloc", .config = { .ram_bytes = 64ul << 20, .vmalloc_bytes = 256ul << 20 },
	.setup = vmalloc_nothing, .step = vmalloc_step, .settle = vmalloc_settle,
	.check = vmalloc_check, .teardown = vmalloc_nothing,
};
