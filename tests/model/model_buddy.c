// SPDX-License-Identifier: MIT
/*
 * model_buddy.c - the page allocator against a bitmap.
 *
 * A long random run of allocations and frees of all orders, types and kinds. The model
 * is one byte for each frame: who holds it. Nothing may be handed out twice, blocks are
 * aligned, free pages are exactly those that nobody holds, and the zones keep their
 * invariants. At the end everything comes back and the largest blocks can be had again.
 *
 *	model_buddy [seed [steps]]	a failure prints the seed that repeats it
 */
#include "phys_test.h"

#define M		(1024ull * 1024)
#define RAM_BYTES	(96 * M)
#define FRAMES		(RAM_BYTES >> PAGE_SHIFT)
#define SLOTS		2000

struct held {
	struct page *page;
	unsigned int order;
	bool compound;
};

static u8 owner[FRAMES];
static struct held held[SLOTS];
static unsigned long seed = 1, steps = 1000000;

static unsigned long nr_held;

static void model_take(struct held *h)
{
	unsigned long pfn = page_to_pfn(h->page), i;

	assert_int_equal(pfn & ((1ul << h->order) - 1), 0);
	for (i = pfn; i < pfn + (1ul << h->order); i++) {
		assert_true(i < FRAMES);
		assert_int_equal(owner[i], 0);
		owner[i] = 1;
	}
	nr_held += 1ul << h->order;
}

static void model_give(struct held *h)
{
	memset(owner + page_to_pfn(h->page), 0, 1ul << h->order);
	nr_held -= 1ul << h->order;
}

static void step_alloc(struct held *h)
{
	static const gfp_t kinds[] = {
		GFP_KERNEL, GFP_HIGHUSER_MOVABLE, GFP_KERNEL | __GFP_RECLAIMABLE, GFP_ATOMIC,
		GFP_KERNEL | GFP_DMA,
	};
	gfp_t gfp = kinds[phys_below(ARRAY_SIZE(kinds))] | __GFP_NOWARN;

	/* small orders are frequent, each has its chance */
	h->order = phys_below(4) ? phys_below(3) : phys_below(MAX_ORDER);
	h->compound = h->order && phys_below(2);
	h->page = alloc_pages(gfp | (h->compound ? __GFP_COMP : 0), h->order);
	if (h->page)
		model_take(h);
}

static void step_free(struct held *h)
{
	model_give(h);
	if (h->compound)
		put_page(h->page + phys_below(1ul << h->order));
	else
		__free_pages(h->page, h->order);
	h->page = NULL;
}

static void test_against_bitmap(void **state)
{
	unsigned long start, step, target = SLOTS / 2;
	int order;

	phys_seed = seed;
	drain_local_pages();
	start = nr_free_pages();
	for (step = 0; step < steps; step++) {
		struct held *h = &held[phys_below(SLOTS)];

		/* the load drifts between nearly empty and out of memory */
		if (step % 5000 == 0)
			target = phys_below(SLOTS);
		if (h->page)
			step_free(h);
		else if (phys_below(SLOTS) < target)
			step_alloc(h);
		assert_int_equal(nr_free_pages(), start - nr_held);
		if (step % 499 == 0)
			check_all_zones();
	}
	for (step = 0; step < SLOTS; step++)
		if (held[step].page)
			step_free(&held[step]);
	drain_local_pages();
	assert_int_equal(nr_free_pages(), start);
	check_all_zones();
	for (order = 0; order < 4; order++) {
		struct page *page = alloc_pages(GFP_KERNEL, MAX_ORDER - 1);

		assert_non_null(page);
		__free_pages(page, MAX_ORDER - 1);
	}
}

static int setup(void **state)
{
	struct machine_config c = { .ram_bytes = RAM_BYTES, .nr_cpus = 1 };

	return quire_setup_config(state, &c);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_against_bitmap, setup, quire_teardown),
	};
	int failed;

	if (argc > 1)
		seed = strtoul(argv[1], NULL, 0);
	if (argc > 2)
		steps = strtoul(argv[2], NULL, 0);
	failed = cmocka_run_group_tests_name("model_buddy", tests, NULL, NULL);
	if (failed)
		fprintf(stderr, "repeat with: model_buddy %lu %lu\n", seed, steps);
	return failed;
}
