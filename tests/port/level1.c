// SPDX-License-Identifier: MIT
/*
 * level1.c - physical memory alone, on the port of tiny.c.
 *
 * It is linked with mm/boot, mm/phys, mm/slab, mm/kspace and lib/ alone: that it links
 * shows that physical memory needs nothing of address spaces, of the page cache, of
 * threads or of user memory.
 *
 * What is done with it goes the way of a kernel: memblock, mm_phys_init(), then pages,
 * objects and mappings come and go, and all of the memory is there again at the end.
 */
#include <stdio.h>
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "tiny.h"

/* --- what it is good for ----------------------------------------------------------- */

struct thing {
	unsigned long id, pad[11];
};

static void use_pages(void)
{
	struct page *page[11];
	unsigned int order;

	for (order = 0; order < 11; order++) {
		page[order] = alloc_pages(GFP_KERNEL | __GFP_ZERO, order);
		BUG_ON(!page[order] || page_to_pfn(page[order]) & ((1ul << order) - 1));
		memset(page_address(page[order]), order, PAGE_SIZE << order);
	}
	while (order--) {
		BUG_ON(((char *)page_address(page[order]))[PAGE_SIZE - 1] != (char)order);
		__free_pages(page[order], order);
	}
}

static void use_objects(void)
{
	struct kmem_cache *cache = KMEM_CACHE(thing, 0);
	struct thing *things[1000];
	unsigned long i;

	for (i = 0; i < ARRAY_SIZE(things); i++) {
		things[i] = i & 1 ? kmalloc(sizeof(struct thing), GFP_KERNEL) :
				    kmem_cache_alloc(cache, GFP_KERNEL);
		BUG_ON(!things[i]);
		things[i]->id = i;
	}
	slab_check();
	for (i = 0; i < ARRAY_SIZE(things); i++) {
		BUG_ON(things[i]->id != i);
		if (i & 1)
			kfree(things[i]);
		else
			kmem_cache_free(cache, things[i]);
	}
	BUG_ON(kmem_cache_destroy(cache));
}

static void use_mappings(void)
{
	char *p[10];
	int i;

	for (i = 0; i < 10; i++) {
		p[i] = vmalloc((i + 1) * 10 * PAGE_SIZE);
		BUG_ON(!p[i]);
		memset(p[i], i, (i + 1) * 10 * PAGE_SIZE);
	}
	vmalloc_check();
	for (i = 0; i < 10; i++) {
		BUG_ON(p[i][(i + 1) * 10 * PAGE_SIZE - 1] != i);
		vfree(p[i]);
	}
}

int main(void)
{
	unsigned long before;

	BUG_ON(tiny_boot(mm_phys_init));
	printf("1..4\nok 1 - boot with %lu pages\n", totalram_pages());
	use_mappings();			/* the kernel's page tables stay */
	before = tiny_settled();
	use_pages();
	printf("ok 2 - pages\n");
	use_objects();
	printf("ok 3 - objects\n");
	use_mappings();
	tiny_check_zones();
	BUG_ON(tiny_settled() != before);
	printf("ok 4 - mappings, and every page is back\n");
	return 0;
}
