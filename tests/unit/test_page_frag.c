// SPDX-License-Identifier: MIT
/* Pieces of pages: none overlaps another, and every block comes back. */
#include "phys_test.h"

#define PIECES	400

static void cache_end(struct page_frag_cache *nc)
{
	if (nc->va)
		__page_frag_cache_drain(virt_to_page(nc->va), nc->pagecnt_bias);
	nc->va = NULL;
}

static void test_pieces(void **state)
{
	struct { unsigned char *at; unsigned int size; } piece[PIECES] = { { NULL, 0 } };
	unsigned long before = settled();
	struct page_frag_cache nc = { .va = NULL };
	unsigned int i, j, step;
	u64 seed = 7;

	for (step = 0; step < 20000; step++) {
		i = quire_random(&seed) % PIECES;
		if (piece[i].at) {
			for (j = 0; j < piece[i].size; j += 61)
				assert_int_equal(piece[i].at[j], (unsigned char)i);
			page_frag_free(piece[i].at);
			piece[i].at = NULL;
			continue;
		}
		piece[i].size = 1 + quire_random(&seed) % (step % 50 ? 2000 : 32768);
		piece[i].at = page_frag_alloc_align(&nc, piece[i].size, GFP_KERNEL,
						    step & 1 ? ~63u : ~0u);
		assert_non_null(piece[i].at);
		if (step & 1)
			assert_int_equal((unsigned long)piece[i].at & 63, 0);
		memset(piece[i].at, i, piece[i].size);
	}
	for (i = 0; i < PIECES; i++)
		if (piece[i].at)
			page_frag_free(piece[i].at);
	cache_end(&nc);
	assert_int_equal(settled(), before);
}

/* All pieces came back: the same block again, without the allocator. */
static void test_reuse(void **state)
{
	struct page_frag_cache nc = { .va = NULL };
	unsigned long before = settled();
	void *first, *p, *va;
	unsigned int i;

	first = page_frag_alloc(&nc, 1024, GFP_KERNEL);
	va = nc.va;
	page_frag_free(first);
	for (i = 1; i < 32; i++)
		page_frag_free(page_frag_alloc(&nc, 1024, GFP_KERNEL));
	p = page_frag_alloc(&nc, 1024, GFP_KERNEL);
	assert_ptr_equal(nc.va, va);
	assert_ptr_equal(p, first);
	/* one that is kept keeps the block; the next ones come from another */
	for (i = 1; i < 32; i++)
		page_frag_free(page_frag_alloc(&nc, 1024, GFP_KERNEL));
	page_frag_free(page_frag_alloc(&nc, 1024, GFP_KERNEL));
	assert_ptr_not_equal(nc.va, va);
	cache_end(&nc);
	page_frag_free(p);
	assert_int_equal(settled(), before);
}

static void test_refused(void **state)
{
	struct page_frag_cache nc = { .va = NULL };
	unsigned long before = settled();
	void *p;

	assert_null(page_frag_alloc(&nc, 0, GFP_KERNEL));
	assert_null(page_frag_alloc(&nc, PAGE_FRAG_CACHE_MAX_SIZE + 1, GFP_KERNEL));
	assert_null(page_frag_alloc(&nc, ~0u, GFP_KERNEL));
	assert_null(nc.va);
	host_fail_nth(this_machine(), 1, true);
	assert_null(page_frag_alloc(&nc, 100, GFP_KERNEL));
	assert_null(nc.va);
	/* no large block: a page, which has no room for more */
	host_fail_nth(this_machine(), 1, false);
	p = page_frag_alloc(&nc, PAGE_SIZE, GFP_KERNEL);
	assert_non_null(p);
	assert_int_equal(nc.size, PAGE_SIZE);
	page_frag_free(p);
	assert_null(page_frag_alloc(&nc, PAGE_SIZE + 1, GFP_KERNEL));
	p = page_frag_alloc(&nc, 10, GFP_KERNEL);
	assert_non_null(p);
	/* used up, kept, and nothing more is to be had */
	host_fail_nth(this_machine(), 1, true);
	assert_null(page_frag_alloc(&nc, PAGE_SIZE, GFP_KERNEL));
	host_fail_nth(this_machine(), 0, false);
	assert_null(nc.va);
	page_frag_free(p);
	assert_int_equal(settled(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_pieces),
		quire_unit_test(test_reuse),
		quire_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("page_frag", tests, NULL, NULL);
}
