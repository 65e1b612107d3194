// SPDX-License-Identifier: MIT
/*
 * test_slab_trace.c - who holds the objects of a cache: counts by place, what kmalloc()
 * wasted, tables that have to grow, and memory that fails meanwhile.
 */
#include "quire_test.h"
#include <linux/seq_file.h>
#include <linux/slab_attr.h>

#define KEPT	100		/* more places than a table has room for at first */

static int with_users(void **state)
{
	struct machine_config config = geometry_config(NULL);

	config.slab_fast = true;
	config.slub_debug = "U,traced,kmalloc-1k";
	return quire_setup_config(state, &config);
}

#define users_test(f)	cmocka_unit_test_setup_teardown(f, with_users, quire_teardown)

static unsigned int number_of(const char *name)
{
	unsigned int number;
	char text[32];

	for (number = 1; number < SLAB_NR_NAMES; number++)
		if (slab_traces_name(number, text, sizeof(text)) && !strcmp(text, name))
			return number;
	return 0;
}

/* the text, for as long as nobody asks again */
static const char *traces(unsigned int number, bool freed)
{
	static char copy[1 << 18];
	struct seq_file m = { 0 };

	assert_int_equal(slab_traces_show(&m, number, freed), 0);
	assert_int_equal(m.error, 0);
	assert_true(m.count < sizeof(copy));
	memcpy(copy, m.buf, m.count);
	copy[m.count] = '\0';
	seq_release(&m);
	return copy;
}

static unsigned int locations(const char *text, unsigned long *objects)
{
	unsigned int nr = 0;
	char *end;

	*objects = 0;
	for (; *text; text = strchr(text, '\n') + 1) {
		unsigned long count = strtoul(text, &end, 10);

		if (end - text != 7 || *end != ' ' || !count)
			continue;		/* a line of a stack */
		*objects += count;
		nr++;
	}
	return nr;
}

static void *from_here(struct kmem_cache *s)
{
	return kmem_cache_alloc(s, GFP_KERNEL);
}

static void test_counts(void **state)
{
	struct kmem_cache *s = kmem_cache_create("traced", 72, 0, 0, NULL);
	unsigned int number, i;
	unsigned long objects;
	void *p[10];

	assert_non_null(s);
	number = number_of("traced");
	assert_true(number);
	assert_string_equal(traces(number, false), "No data\n");
	for (i = 0; i < 10; i++)
		p[i] = i < 7 ? from_here(s) : kmem_cache_zalloc(s, GFP_KERNEL);
	assert_int_equal(locations(traces(number, false), &objects), 2);
	assert_int_equal(objects, 10);
	assert_int_equal(strncmp(traces(number, false), "      7 ", 8), 0);	/* most first */
	assert_non_null(strstr(traces(number, false), " age="));
	assert_null(strstr(traces(number, false), " waste="));
	assert_int_equal(locations(traces(number, true), &objects), 1);
	assert_non_null(strstr(traces(number, true), "     10 <not-available> age="));
	for (i = 0; i < 4; i++)
		kmem_cache_free(s, p[i]);
	assert_int_equal(locations(traces(number, false), &objects), 2);
	assert_int_equal(objects, 6);
	for (i = 0; i < 4; i++)
		p[i] = from_here(s);
	locations(traces(number, true), &objects);
	assert_int_equal(objects, 10);
	for (i = 0; i < 10; i++)
		kmem_cache_free(s, p[i]);
	assert_string_equal(traces(number, false), "No data\n");
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_int_equal(number_of("traced"), 0);
}

static void test_who_has_none(void **state)
{
	struct kmem_cache *s = kmem_cache_create("other", 72, 0, SLAB_NO_MERGE, NULL);
	struct seq_file m = { 0 };
	unsigned int number;
	char text[32];

	assert_int_equal(number_of("other"), 0);
	assert_int_equal(number_of("kmalloc-64"), 0);
	for (number = 1; number < SLAB_NR_NAMES; number++)
		if (slab_dir_name(number, text, sizeof(text)) && !strcmp(text, "other"))
			assert_int_equal(slab_traces_show(&m, number, false), -ENOENT);
	assert_int_equal(slab_traces_show(&m, 0, false), -ENOENT);
	assert_int_equal(slab_traces_show(&m, SLAB_NR_NAMES - 1, true), -ENOENT);
	assert_null(m.buf);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* one place, but each time another number of bytes too many */
static void test_waste_and_growth(void **state)
{
	unsigned int number = number_of("kmalloc-1k"), before, i;
	unsigned long had, objects;
	void *p[KEPT];
	char text[32];

	before = locations(traces(number, false), &had);
	for (i = 0; i < KEPT; i++) {
		p[i] = i % 2 ? kmalloc(1024 - i, GFP_KERNEL) :
			       kmalloc_node(1024 - i, GFP_KERNEL, NUMA_NO_NODE);
		assert_non_null(p[i]);
	}
	assert_int_equal(locations(traces(number, false), &objects), before + KEPT);
	assert_int_equal(objects, had + KEPT);
	for (i = 1; i < KEPT; i++) {
		snprintf(text, sizeof(text), " waste=%u/%u ", i, i);
		assert_non_null(strstr(traces(number, false), text));
	}
	for (i = 0; i < KEPT; i++)
		kfree(p[i]);
	assert_int_equal(locations(traces(number, false), &objects), before);
}

static void test_no_memory(void **state)
{
	unsigned int number = number_of("kmalloc-1k"), i, nth;
	struct machine *m = this_machine();
	void *p[KEPT];

	for (i = 0; i < KEPT; i++)
		assert_non_null(p[i] = kmalloc(1024 - i, GFP_KERNEL));
	for (nth = 1; ; nth++) {
		unsigned long before = host_failures(m);
		struct seq_file text = { 0 };
		int err;

		host_fail_nth(m, nth, false);
		err = slab_traces_show(&text, number, false);
		host_fail_nth(m, 0, false);
		/* without a table there is no text; a text that cannot grow says so itself */
		assert_true(err == 0 || (err == -ENOMEM && !text.buf));
		if (host_failures(m) != before && !err)
			assert_true(text.error == 0 || text.error == -ENOMEM);
		seq_release(&text);
		if (host_failures(m) == before)
			break;
	}
	assert_true(nth > 2);
	for (i = 0; i < KEPT; i++)
		kfree(p[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		users_test(test_counts), users_test(test_who_has_none),
		users_test(test_waste_and_growth), users_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
