// SPDX-License-Identifier: MIT
/*
 * test_slab_attr.c - the files of /sys/kernel/slab: what each says of caches of several
 * kinds, beside what the cache was made as and what it holds, and what can be written.
 */
#include "quire_test.h"
#include <linux/slab_attr.h>
#include <linux/topology.h>

#define SIZE	1096u		/* of nothing that the boot makes */
#define OBJECTS	150

static int with_options(void **state)
{
	struct machine_config config = geometry_config(NULL);

	config.slab_fast = true;
	config.slub_debug = "FZPU,checked;T,traced;F,lean;A,failing";
	config.slab_go_on = true;
	return quire_setup_config(state, &config);
}

#define options_test(f)	cmocka_unit_test_setup_teardown(f, with_options, quire_teardown)

/* by the name that was asked for, be it the directory's or of a link to it */
static unsigned int number_of(const char *name)
{
	char text[64], target[64];
	unsigned int number;

	for (number = 1; number < SLAB_NR_NAMES; number++)
		if ((slab_link_name(number, text, target, sizeof(text)) ||
		     slab_dir_name(number, text, sizeof(text))) && !strcmp(text, name))
			return number;
	fail_msg("no %s", name);
	return 0;
}

static struct kmem_cache *make(const char *name, slab_flags_t flags)
{
	struct kmem_cache *s = kmem_cache_create(name, SIZE, 0, flags, NULL);

	assert_non_null(s);
	return s;
}

/* the text, for as long as nobody asks again */
static const char *show(const char *name, enum slab_attr attr)
{
	static char text[SLAB_ATTR_BYTES];
	int n;

	memset(text, 'x', sizeof(text));
	n = slab_attr_show(number_of(name), attr, text, sizeof(text));
	assert_true(n >= 0);
	assert_int_equal(n, strlen(text));
	assert_true(!n || (text[n - 1] == '\n' && strchr(text, '\n') == text + n - 1));
	return text;
}

static unsigned long value(const char *name, enum slab_attr attr)
{
	return strtoul(show(name, attr), NULL, 10);
}

static int store(const char *name, enum slab_attr attr, const char *text)
{
	return slab_attr_store(number_of(name), attr, text);
}

/* --- what a cache is ------------------------------------------------------------------ */

static const enum slab_attr flag_attrs[] = {
	SLAB_ATTR_CACHE_DMA, SLAB_ATTR_DESTROY_BY_RCU, SLAB_ATTR_FAILSLAB,
	SLAB_ATTR_HWCACHE_ALIGN, SLAB_ATTR_POISON, SLAB_ATTR_RECLAIM_ACCOUNT,
	SLAB_ATTR_RED_ZONE, SLAB_ATTR_SANITY_CHECKS, SLAB_ATTR_STORE_USER, SLAB_ATTR_TRACE,
};

/* the flags of @name as digits, in the order of flag_attrs */
static const char *flags(const char *name)
{
	static char digits[ARRAY_SIZE(flag_attrs) + 1];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flag_attrs); i++) {
		const char *text = show(name, flag_attrs[i]);

		assert_int_equal(strlen(text), 2);
		digits[i] = text[0];
	}
	return digits;
}

static void init_object(void *p)
{
	*(long *)p = 1;
}

static void test_flags(void **state)
{
	static const char *const names[] = { "plain", "all", "checked", "traced", "failing" };
	struct kmem_cache *s[5];
	int i;

	s[0] = make(names[0], SLAB_NO_MERGE);
	s[1] = make(names[1], SLAB_HWCACHE_ALIGN | SLAB_RECLAIM_ACCOUNT | SLAB_CACHE_DMA |
		    SLAB_FAILSLAB);
	s[2] = make(names[2], 0);
	s[3] = make(names[3], 0);
	s[4] = make(names[4], 0);
	assert_string_equal(flags("plain"), "0000000000");
	assert_string_equal(flags("all"), "1011010000");
	assert_string_equal(flags("checked"), "0000101110");
	assert_string_equal(flags("traced"), "0000000001");
	assert_string_equal(flags("failing"), "0010000000");
	for (i = 0; i < 5; i++)
		assert_int_equal(kmem_cache_destroy(s[i]), 0);
}

static void test_layout(void **state)
{
	static const char *const names[] = { "plain", "checked", "part", "made" };
	struct kmem_cache *s[4], *small;
	unsigned long size;
	int i;

	s[0] = make(names[0], SLAB_NO_MERGE);
	s[1] = make(names[1], 0);
	s[2] = kmem_cache_create_usercopy(names[2], SIZE, 256, 0, 8, 40, NULL);
	s[3] = kmem_cache_create(names[3], SIZE, 0, 0, init_object);
	for (i = 0; i < 4; i++) {
		size = value(names[i], SLAB_ATTR_SLAB_SIZE);
		assert_int_equal(value(names[i], SLAB_ATTR_OBJECT_SIZE), SIZE);
		assert_true(size >= SIZE && size % value(names[i], SLAB_ATTR_ALIGN) == 0);
		assert_int_equal(value(names[i], SLAB_ATTR_OBJS_PER_SLAB),
				 (PAGE_SIZE << value(names[i], SLAB_ATTR_ORDER)) / size);
		assert_int_equal(value(names[i], SLAB_ATTR_USERSIZE), i == 2 ? 40 : 0);
		/* no name of a constructor where there is none; what only takes says nothing */
		assert_int_equal(show(names[i], SLAB_ATTR_CTOR)[0] != '\0', i == 3);
		assert_string_equal(show(names[i], SLAB_ATTR_SHRINK), "");
		assert_string_equal(show(names[i], SLAB_ATTR_VALIDATE), "");
	}
	assert_int_equal(value("plain", SLAB_ATTR_SLAB_SIZE), SIZE);
	assert_true(value("checked", SLAB_ATTR_SLAB_SIZE) > SIZE);
	assert_int_equal(value("part", SLAB_ATTR_ALIGN), 256);
	/* small objects share a line, but lie in one alone */
	small = kmem_cache_create("small", SMP_CACHE_BYTES / 2 - 3, 0,
				  SLAB_HWCACHE_ALIGN | SLAB_NO_MERGE, NULL);
	assert_int_equal(value("small", SLAB_ATTR_ALIGN), SMP_CACHE_BYTES / 2);
	assert_int_equal(kmem_cache_destroy(small), 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(kmem_cache_destroy(s[i]), 0);
}

/* a number is a name: that of an alias is a link, and no directory */
static void test_aliases(void **state)
{
	struct kmem_cache *a = make("first", 0), *b = make("second", 0);
	char text[SLAB_ATTR_BYTES] = "x";
	unsigned int alias;

	assert_ptr_equal(a, b);
	alias = number_of("second");
	assert_string_equal(show("first", SLAB_ATTR_ALIASES), "1\n");
	assert_int_equal(slab_attr_show(alias, SLAB_ATTR_ALIASES, text, sizeof(text)), -ENOENT);
	assert_string_equal(text, "");
	assert_int_equal(slab_attr_store(alias, SLAB_ATTR_SHRINK, "1"), -ENOENT);
	/* it is others' cache too */
	assert_int_equal(store("first", SLAB_ATTR_FAILSLAB, "1"), -EINVAL);
	assert_int_equal(kmem_cache_destroy(b), 0);
	assert_string_equal(show("first", SLAB_ATTR_ALIASES), "0\n");
	assert_int_equal(store("first", SLAB_ATTR_FAILSLAB, "1"), 0);
	assert_int_equal(kmem_cache_destroy(a), 0);
	/* kmalloc's never merge, and have no aliases */
	assert_string_equal(show("kmalloc-1k", SLAB_ATTR_ALIASES), "0\n");
}

static void test_no_cache(void **state)
{
	char text[SLAB_ATTR_BYTES] = "x";
	unsigned int number, i, attr;
	struct kmem_cache *s = make("gone", SLAB_NO_MERGE);
	unsigned int none[] = { 0, 0, SLAB_NR_NAMES - 1, SLAB_NR_NAMES, ~0u };

	number = none[1] = number_of("gone");
	assert_true(number > 0 && number < SLAB_NR_NAMES);
	assert_int_equal(kmem_cache_destroy(s), 0);
	for (i = 0; i < ARRAY_SIZE(none); i++)
		for (attr = 0; attr < NR_SLAB_ATTRS; attr++) {
			text[0] = 'x';
			assert_int_equal(slab_attr_show(none[i], attr, text, sizeof(text)), -ENOENT);
			assert_string_equal(text, "");
			assert_int_equal(slab_attr_store(none[i], attr, "1"), -ENOENT);
		}
}

static void test_buffer_too_small(void **state)
{
	char text[SLAB_ATTR_BYTES];

	expect_bug(slab_attr_show(1, SLAB_ATTR_ALIGN, text, sizeof(text) - 1), "size >= 512");
}

/* --- what it holds -------------------------------------------------------------------- */

/* "SUM N0=A N1=B\n": the sum of @attr must be that of its nodes; the part of @nid */
static unsigned long on_node(const char *name, enum slab_attr attr, int nid)
{
	const char *text = show(name, attr), *at;
	unsigned long sum = strtoul(text, NULL, 10), part, mine = 0;
	int node, last = -1;

	for (at = strchr(text, ' '); at; at = strchr(at + 1, ' ')) {
		assert_int_equal(sscanf(at, " N%d=%lu", &node, &part), 2);
		assert_true(node > last && part);	/* in order, and none that has nothing */
		last = node;
		sum -= part;
		if (node == nid)
			mine = part;
	}
	assert_int_equal(sum, 0);
	return mine;
}

static void check_nodes(const char *name, unsigned long nr, int nid)
{
	unsigned long per_slab = value(name, SLAB_ATTR_OBJS_PER_SLAB);
	unsigned long slabs = DIV_ROUND_UP(nr, per_slab);

	assert_int_equal(on_node(name, SLAB_ATTR_OBJECTS, nid), nr);
	assert_int_equal(on_node(name, SLAB_ATTR_SLABS, nid), slabs);
	assert_int_equal(on_node(name, SLAB_ATTR_TOTAL_OBJECTS, nid), slabs * per_slab);
	assert_int_equal(on_node(name, SLAB_ATTR_PARTIAL, nid), nr % per_slab != 0);
	assert_int_equal(on_node(name, SLAB_ATTR_OBJECTS_PARTIAL, nid), nr % per_slab);
}

/* checked caches keep nothing on CPUs: each number is exact */
static void test_counts(void **state)
{
	struct kmem_cache *s = make("checked", 0);
	void *p[OBJECTS];
	int nid, i;

	for (nid = 0; nid < MAX_NUMNODES; nid++) {
		if (!node_online(nid) || !node_state(nid, N_MEMORY))
			continue;
		for (i = 0; i < OBJECTS; i++) {
			p[i] = kmem_cache_alloc_node(s, GFP_KERNEL, nid);
			assert_non_null(p[i]);
		}
		check_nodes("checked", OBJECTS, nid);
		for (i = 0; i < OBJECTS; i += 2)
			kmem_cache_free(s, p[i]);
		assert_int_equal(on_node("checked", SLAB_ATTR_OBJECTS, nid), OBJECTS / 2);
		for (i = 1; i < OBJECTS; i += 2)
			kmem_cache_free(s, p[i]);
		assert_int_equal(on_node("checked", SLAB_ATTR_OBJECTS, nid), 0);
		/* empty ones are kept as partial, until it shrinks */
		assert_true(on_node("checked", SLAB_ATTR_PARTIAL, nid) > 0);
		assert_int_equal(on_node("checked", SLAB_ATTR_OBJECTS_PARTIAL, nid), 0);
		assert_int_equal(store("checked", SLAB_ATTR_SHRINK, "1\n"), 0);
		check_nodes("checked", 0, nid);
		assert_string_equal(show("checked", SLAB_ATTR_SLABS), "0\n");
	}
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* every node at once: as many parts as there are nodes */
static void test_counts_of_all_nodes(void **state)
{
	struct kmem_cache *s = make("checked", 0);
	void *p[MAX_NUMNODES];
	int nid, nr = 0, i;

	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (node_online(nid) && node_state(nid, N_MEMORY))
			p[nr++] = kmem_cache_alloc_node(s, GFP_KERNEL, nid);
	assert_int_equal(value("checked", SLAB_ATTR_OBJECTS), nr);
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (node_online(nid) && node_state(nid, N_MEMORY))
			check_nodes("checked", 1, nid);
	for (i = 0; i < nr; i++)
		kmem_cache_free(s, p[i]);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* --- what it takes -------------------------------------------------------------------- */

static void test_read_only(void **state)
{
	struct kmem_cache *s = make("plain", SLAB_NO_MERGE);
	unsigned int attr;
	char before[SLAB_ATTR_BYTES];

	for (attr = 0; attr < NR_SLAB_ATTRS; attr++) {
		if (attr == SLAB_ATTR_SHRINK || attr == SLAB_ATTR_VALIDATE ||
		    attr == SLAB_ATTR_MIN_PARTIAL || attr == SLAB_ATTR_FAILSLAB)
			continue;
		strcpy(before, show("plain", attr));
		assert_int_equal(store("plain", attr, "1"), -EACCES);
		assert_string_equal(show("plain", attr), before);
	}
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* Linux looks at the first character */
static void test_shrink_and_validate(void **state)
{
	static const char *const wrong[] = { "", "0", "\n", " 1", "x1", "-1" };
	struct kmem_cache *s = make("plain", SLAB_NO_MERGE), *c = make("checked", 0);
	unsigned char *p;
	unsigned int i;

	host_log_clear(*state);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(store("plain", SLAB_ATTR_SHRINK, wrong[i]), -EINVAL);
		assert_int_equal(store("checked", SLAB_ATTR_VALIDATE, wrong[i]), -EINVAL);
	}
	assert_int_equal(store("plain", SLAB_ATTR_SHRINK, "11"), 0);
	assert_int_equal(store("plain", SLAB_ATTR_VALIDATE, "1"), -EINVAL);	/* no checks */
	p = kmem_cache_alloc(c, GFP_KERNEL);
	assert_int_equal(store("checked", SLAB_ATTR_VALIDATE, "1x"), 0);
	assert_string_equal(host_log_text(*state), "");
	p[-1] = 0;
	assert_int_equal(store("checked", SLAB_ATTR_VALIDATE, "1\n"), 0);
	assert_log_has(*state, "BUG checked (Not tainted): Left Redzone overwritten");
	host_log_clear(*state);
	/* it was put right: the next walk finds nothing */
	assert_int_equal(store("checked", SLAB_ATTR_VALIDATE, "1"), 0);
	assert_string_equal(host_log_text(*state), "");
	kmem_cache_free(c, p);
	assert_int_equal(kmem_cache_destroy(c), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* how many slabs are left when all objects of many have come back */
static unsigned long slabs_kept(struct kmem_cache *s, const char *name)
{
	void *p[OBJECTS];
	int i;

	for (i = 0; i < OBJECTS; i++)
		p[i] = kmem_cache_alloc(s, GFP_KERNEL);
	for (i = 0; i < OBJECTS; i++)
		kmem_cache_free(s, p[i]);
	return value(name, SLAB_ATTR_SLABS);
}

static void test_min_partial(void **state)
{
	static const char *const wrong[] = { "", "\n", "x", "-1", "1 ", "1x", "0x10", " 1" };
	struct kmem_cache *s = make("lean", 0);
	unsigned int i;

	assert_string_equal(show("lean", SLAB_ATTR_MIN_PARTIAL), "5\n");
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(store("lean", SLAB_ATTR_MIN_PARTIAL, wrong[i]), -EINVAL);
	assert_int_equal(store("lean", SLAB_ATTR_MIN_PARTIAL, "99999999999999999999999"), -ERANGE);
	assert_string_equal(show("lean", SLAB_ATTR_MIN_PARTIAL), "5\n");
	assert_true(OBJECTS / value("lean", SLAB_ATTR_OBJS_PER_SLAB) > 2);
	assert_int_equal(store("lean", SLAB_ATTR_MIN_PARTIAL, "0\n"), 0);
	assert_int_equal(slabs_kept(s, "lean"), 0);
	assert_int_equal(store("lean", SLAB_ATTR_MIN_PARTIAL, "2"), 0);
	assert_int_equal(slabs_kept(s, "lean"), 2);
	assert_int_equal(store("lean", SLAB_ATTR_MIN_PARTIAL, "1000"), 0);
	assert_string_equal(show("lean", SLAB_ATTR_MIN_PARTIAL), "1000\n");
	assert_true(slabs_kept(s, "lean") > 2);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_failslab(void **state)
{
	struct kmem_cache *s = make("plain", SLAB_NO_MERGE);

	assert_int_equal(store("plain", SLAB_ATTR_FAILSLAB, "1\n"), 0);
	assert_string_equal(show("plain", SLAB_ATTR_FAILSLAB), "1\n");
	assert_string_equal(flags("plain"), "0010000000");
	/* also the objects of a node that is named */
	host_fail_nth(*state, 1, false);
	assert_null(kmem_cache_alloc_node(s, GFP_KERNEL | __GFP_THISNODE, 0));
	host_fail_nth(*state, 0, false);
	assert_int_equal(store("plain", SLAB_ATTR_FAILSLAB, "2"), 0);
	assert_string_equal(show("plain", SLAB_ATTR_FAILSLAB), "0\n");
	assert_int_equal(kmem_cache_destroy(s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		options_test(test_flags), options_test(test_layout), options_test(test_aliases),
		options_test(test_no_cache), options_test(test_buffer_too_small),
		options_test(test_counts), options_test(test_counts_of_all_nodes),
		options_test(test_read_only), options_test(test_shrink_and_validate),
		options_test(test_min_partial), options_test(test_failslab),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
