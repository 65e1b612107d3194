// SPDX-License-Identifier: MIT
/* Every zone is used up with every combination of flags, also while allocations fail. */
#include "phys_test.h"
#include "tests/port/exhaust.c"

/* Reclaim gives empty slabs back: that has happened before anything is counted. */
static void settle(void)
{
	vm_unmap_aliases();
	kmem_caches_shrink();
	drain_local_pages();
}

static void run(void)
{
	struct exhaust_result r;

	settle();
	r = exhaust_zones(true);
	print_message("# %lu requests, %lu pages\n", r.requests, r.taken);
	if (r.wrong)
		fail_msg("%s, with flags %#x", r.wrong, r.gfp);
	assert_true(r.taken > 3 * nr_free_pages());
}

static void test_all_flags(void **state)
{
	run();
}

/* Each request has to fail once, and then all of them from the nth on. */
static void test_failures(void **state)
{
	static const unsigned long nth[] = { 1, 2, 17, 1000, 5000 };
	size_t i;

	settle();
	for (i = 0; i < 2 * ARRAY_SIZE(nth); i++) {
		struct exhaust_result r = { .wrong = NULL };
		unsigned long all = nr_free_pages();

		host_fail_nth(this_machine(), nth[i / 2], i & 1);
		exhaust_place(places[i % ARRAY_SIZE(places)], all, false, &r);
		host_fail_nth(this_machine(), 0, false);
		if (r.wrong)
			fail_msg("%s, with flags %#x", r.wrong, r.gfp);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_fast_test(test_all_flags),
		quire_fast_test(test_failures),
	};

	return cmocka_run_group_tests_name("exhaust", tests, NULL, NULL);
}
