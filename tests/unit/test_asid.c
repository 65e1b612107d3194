// SPDX-License-Identifier: MIT
/*
 * test_asid.c - which slot of a CPU an address space gets, and what a change asks of it
 * (mm/asid.h); a model of the TLB says that nothing older than it may is ever used.
 */
#include "lib_test.h"
#include <mm/asid.h>

static unsigned int load(struct tlb_asids *a, u64 ctx_id, u64 gen, bool flush)
{
	assert_int_equal(tlb_asid_load(a, ctx_id, gen), flush);
	assert_int_equal(a->slot[a->loaded].ctx_id, ctx_id);
	assert_int_equal(a->slot[a->loaded].tlb_gen, gen);
	return a->loaded;
}

static void test_back_again(void **state)
{
	struct tlb_asids a;
	unsigned int first;

	tlb_asids_init(&a, 2);
	first = load(&a, 10, 1, true);
	assert_int_not_equal(load(&a, 11, 1, true), first);
	assert_int_equal(load(&a, 10, 1, false), first);	/* nothing was missed */
	load(&a, 11, 1, false);
	assert_int_equal(load(&a, 10, 2, true), first);		/* something was */
	load(&a, 10, 2, false);
}

/* the one that was used longest ago makes room */
static void test_recency(void **state)
{
	struct tlb_asids a;
	unsigned int slot[TLB_NR_ASIDS + 1], i;

	tlb_asids_init(&a, TLB_NR_ASIDS);
	for (i = 0; i < TLB_NR_ASIDS; i++)
		slot[i] = load(&a, 100 + i, 1, true);
	load(&a, 100, 1, false);
	assert_int_equal(load(&a, 200, 1, true), slot[1]);
	assert_int_equal(tlb_asid_find(&a, 101), -1);
	for (i = 2; i < TLB_NR_ASIDS; i++)
		load(&a, 100 + i, 1, false);
	load(&a, 100, 1, false);
	assert_int_equal(load(&a, 101, 1, true), slot[1]);	/* 200 was the oldest then */
}

static void test_single(void **state)
{
	struct tlb_asids a;

	tlb_asids_init(&a, 1);
	load(&a, 1, 5, true);
	load(&a, 1, 5, false);
	load(&a, 2, 5, true);
	load(&a, 1, 5, true);
	assert_int_equal(a.loaded, 0);
}

static void test_steps(void **state)
{
	struct tlb_asid slot = { .ctx_id = 1, .tlb_gen = 7 };

	assert_int_equal(tlb_flush_step(&slot, 7, 7), TLB_STEP_NONE);
	assert_int_equal(tlb_flush_step(&slot, 8, 8), TLB_STEP_RANGE);
	assert_int_equal(slot.tlb_gen, 8);
	assert_int_equal(tlb_flush_step(&slot, 10, 10), TLB_STEP_ALL);	/* 9 was missed */
	assert_int_equal(slot.tlb_gen, 10);
	assert_int_equal(tlb_flush_step(&slot, 9, 10), TLB_STEP_NONE);	/* it comes late */
	assert_int_equal(tlb_flush_step(&slot, 11, 12), TLB_STEP_ALL);	/* 12 is on its way */
	assert_int_equal(slot.tlb_gen, 12);
	assert_int_equal(tlb_flush_step(&slot, 12, 12), TLB_STEP_NONE);
}

/* --- the model ------------------------------------------------------------------- */

#define SPACES	9
#define PAGES	4

/* for each page the change that its translation is as of; 0: none is known */
struct model {
	struct tlb_asids a;
	u64 gen[SPACES], changed[SPACES][PAGES];
	u64 known[TLB_NR_ASIDS][PAGES];
	u64 owner[TLB_NR_ASIDS];
	int loaded;
	bool lazy;
};

static void model_load(struct model *m, int space)
{
	bool same = m->loaded == space && !m->lazy, flush;

	if (same)
		return;
	flush = tlb_asid_load(&m->a, space + 1, m->gen[space]);
	if (flush || (m->a.nr == 1 && m->loaded != space))
		memset(m->known[m->a.loaded], 0, sizeof(m->known[0]));
	m->loaded = space;
	m->lazy = false;
	m->owner[m->a.loaded] = space;
}

static void model_use(struct model *m, int page)
{
	u64 *known = &m->known[m->a.loaded][page];

	assert_int_equal(m->owner[m->a.loaded], m->loaded);		/* I2 */
	assert_true(!*known || *known >= m->changed[m->loaded][page]);	/* nothing stale */
	*known = m->gen[m->loaded];
}

static void model_change(struct model *m, int space, int page)
{
	u64 gen = ++m->gen[space];

	m->changed[space][page] = gen;
	if (m->loaded != space || m->lazy)
		return;
	switch (tlb_flush_step(&m->a.slot[m->a.loaded], gen, gen)) {
	case TLB_STEP_ALL:
		memset(m->known[m->a.loaded], 0, sizeof(m->known[0]));
		break;
	case TLB_STEP_RANGE:
		m->known[m->a.loaded][page] = 0;
		break;
	case TLB_STEP_NONE:
		fail_msg("a change passes unseen");
	}
}

static void run_model(unsigned int nr, u64 seed)
{
	struct model m = { .loaded = -1 };
	u64 r = seed;
	int i;

	for (i = 0; i < SPACES; i++)
		m.gen[i] = 1;
	tlb_asids_init(&m.a, nr);
	model_load(&m, 0);
	for (i = 0; i < 100000; i++) {
		r = r * 6364136223846793005ull + 1442695040888963407ull;
		switch (r >> 60) {
		case 0 ... 2:
			model_load(&m, (r >> 40) % SPACES);
			break;
		case 3:
			m.lazy = true;
			break;
		case 4 ... 6:
			model_change(&m, (r >> 40) % SPACES, (r >> 33) % PAGES);
			break;
		default:
			if (!m.lazy)
				model_use(&m, (r >> 33) % PAGES);
		}
	}
}

static void test_model(void **state)
{
	unsigned int nr;

	for (nr = 1; nr <= TLB_NR_ASIDS; nr++)
		run_model(nr, nr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back_again), cmocka_unit_test(test_recency),
		cmocka_unit_test(test_single), cmocka_unit_test(test_steps),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
