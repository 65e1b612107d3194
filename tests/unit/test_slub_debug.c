// SPDX-License-Identifier: MIT
/*
 * test_slub_debug.c - checks that slub_debug= asks for: which caches have them, what a
 * report says, and a machine that goes on after one.
 */
#include "quire_test.h"
#include <linux/printk.h>
#include <linux/usercopy.h>
#include <asm/uaccess.h>

#define BYTES	72

static int setup_option(void **state, const char *option, bool go_on)
{
	struct machine_config config = geometry_config(NULL);

	config.slab_fast = true;
	config.slub_debug = option;
	config.slab_go_on = go_on;
	return quire_setup_config(state, &config);
}

#define OPTION(name, option)							\
static int name(void **state) { return setup_option(state, option, true); }
OPTION(with_all, "")
OPTION(with_none, NULL)
OPTION(with_red_zones, "Z")
OPTION(with_list, "FZ,one,tw*")
OPTION(with_blocks, "u;FZ,one;-,two;,three")
OPTION(with_order, "FZPUO")
OPTION(with_unknown, "FxZ")
OPTION(with_trace, "T,traced")
OPTION(with_odd, ";;,;;one,;*x,**;")

/* objects that damage made unusable stay lost, which is no leak of the test */
static int teardown_lost(void **state)
{
	(void)!quire_teardown(state);
	return 0;
}

#define lost_test(f, option)	cmocka_unit_test_setup_teardown(f, option, teardown_lost)
#define option_test(f, option)	cmocka_unit_test_setup_teardown(f, option, quire_teardown)

static struct kmem_cache *make(const char *name)
{
	struct kmem_cache *s = kmem_cache_create(name, BYTES, 0, SLAB_NO_MERGE, NULL);

	assert_non_null(s);
	return s;
}

/* what each flag makes of an object of BYTES */
enum { PLAIN, RED = 1, POISON = 2, USER = 4 };

static int kind_of(const char *name)
{
	struct kmem_cache *s = make(name);
	unsigned char *p = kmem_cache_alloc(s, GFP_KERNEL);
	int kind = PLAIN;
	unsigned int i;

	assert_non_null(p);
	if (p[BYTES] == 0xcc && p[-1] == 0xcc)
		kind |= RED;
	if (p[0] == 0x5a && p[BYTES - 1] == 0x5a)
		kind |= POISON;
	for (i = 0; kmem_cache_usage(i, &(struct kmem_cache_usage){ 0 }); i++) {
		struct kmem_cache_usage u;

		kmem_cache_usage(i, &u);
		if (!strcmp(u.name, name) && u.size > BYTES + 2 * 8 * sizeof(long))
			kind |= USER;
	}
	kmem_cache_free(s, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
	return kind;
}

/* --- who is checked ---------------------------------------------------------------- */

static void test_option_alone(void **state)
{
	assert_int_equal(kind_of("any"), RED | POISON | USER);
}

static void test_no_option(void **state)
{
	assert_int_equal(kind_of("any"), PLAIN);
}

static void test_option_list(void **state)
{
	assert_int_equal(kind_of("one"), RED);
	assert_int_equal(kind_of("two"), RED);
	assert_int_equal(kind_of("twenty"), RED);
	assert_int_equal(kind_of("tw"), RED);
	assert_int_equal(kind_of("once"), PLAIN);
	assert_int_equal(kind_of("on"), PLAIN);
	assert_int_equal(kind_of("t"), PLAIN);
}

static void test_option_blocks(void **state)
{
	assert_int_equal(kind_of("one"), RED);
	assert_int_equal(kind_of("two"), PLAIN);
	assert_int_equal(kind_of("three"), RED | POISON | USER);
	assert_int_equal(kind_of("others"), USER);
}

static void test_option_unknown(void **state)
{
	assert_log_has(*state, "slub_debug option 'x' unknown. skipped");
	assert_int_equal(kind_of("any"), RED);
}

/* nothing here is a letter that is known, and no block is without a list but empty ones */
static void test_option_odd(void **state)
{
	assert_int_equal(kind_of("any"), PLAIN);
	assert_int_equal(kind_of(","), PLAIN);
}

/* slabs of an object that just fits its page would have to be larger */
static void test_option_order(void **state)
{
	struct kmem_cache *s = kmem_cache_create("page", 4096, 0, 0, NULL);
	unsigned char *p = kmem_cache_alloc(s, GFP_KERNEL);
	struct kmem_cache_usage u;

	assert_true(kmem_cache_usage(0, &u));
	assert_string_equal(u.name, "page");
	assert_int_equal(u.size, 4096);
	assert_int_not_equal(p[0], 0x5a);
	kmem_cache_free(s, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_int_equal(kind_of("small"), RED | POISON | USER);
}

static void test_option_too_long(void **state)
{
	struct machine_config config = geometry_config(NULL);
	char option[600];

	memset(option, 'F', sizeof(option) - 1);
	option[sizeof(option) - 1] = '\0';
	config.slub_debug = option;
	assert_null(machine_create(&config));
}

/* flags of the creator: what slub_debug= may not add */
static void test_creators_flags(void **state)
{
	struct kmem_cache *s = kmem_cache_create("mine", BYTES, 0, SLAB_NO_USER_FLAGS, NULL);
	struct kmem_cache_usage u;

	kmem_cache_usage(0, &u);
	assert_int_equal(u.size, BYTES);
	assert_int_equal(kmem_cache_destroy(s), 0);
	s = kmem_cache_create("notes", BYTES, 0, SLAB_NOLEAKTRACE, NULL);
	kmem_cache_usage(0, &u);
	assert_true(u.size > BYTES && u.size <= BYTES + 8 * sizeof(long));
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* --- reports, and the machine goes on -------------------------------------------------- */

static void log_has(void **state, const char *text)
{
	assert_log_has(*state, text);
}

static void test_overrun(void **state)
{
	struct kmem_cache *s = make("over");
	unsigned char *p = kmem_cache_alloc(s, GFP_KERNEL), *q;

	p[BYTES + 1] = 0xab;
	kmem_cache_free(s, p);
	log_has(state, "\nBUG over (Not tainted): Right Redzone overwritten\n");
	log_has(state, " @offset=");
	log_has(state, ". First byte 0xab instead of 0xcc\n");
	log_has(state, "Allocated in ");
	log_has(state, " age=0 cpu=0 pid=0\n");
	log_has(state, "Slab 0x");
	log_has(state, " objects=");
	log_has(state, " used=1 fp=0x");
	log_has(state, "(slab");
	log_has(state, "\nRedzone  ");
	log_has(state, ": cc ab cc cc");
	log_has(state, "\nObject   ");
	log_has(state, "5a 5a  ZZZZZZZZZZZZZZZZ\n");
	log_has(state, "\nFIX over: Restoring Right Redzone 0x");
	log_has(state, "=0xcc\n");
	log_has(state, "\nFIX over: Object at 0x");
	log_has(state, " not freed\n");
	/* it is lost, the rest is not */
	slab_check();
	q = kmem_cache_alloc(s, GFP_KERNEL);
	assert_ptr_not_equal(p, q);
	kmem_cache_free(s, q);
	/* the red zone is whole again: now it is taken back */
	kmem_cache_free(s, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_underrun(void **state)
{
	struct kmem_cache *s = make("under");
	unsigned char *p = kmem_cache_alloc(s, GFP_KERNEL);

	p[-2] = 0;
	slab_check();
	log_has(state, "BUG under (Not tainted): Left Redzone overwritten");
	log_has(state, "FIX under: Restoring Left Redzone 0x");
	host_log_clear(*state);
	slab_check();
	kmem_cache_free(s, p);
	assert_string_equal(host_log_text(*state), "");
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* a slab with damage in a free object is not used any more, but for what is in use */
static void test_write_after_free(void **state)
{
	struct kmem_cache *s = make("after");
	unsigned char *p = kmem_cache_alloc(s, GFP_KERNEL), *held = kmem_cache_alloc(s, GFP_KERNEL);
	unsigned char *q;

	kmem_cache_free(s, p);
	p[20] = 1;
	p[30] = 2;
	q = kmem_cache_alloc(s, GFP_KERNEL);
	assert_non_null(q);
	assert_ptr_not_equal(p, q);
	log_has(state, "BUG after (Not tainted): Poison overwritten");
	log_has(state, ". First byte 0x1 instead of 0x6b");
	log_has(state, "\nFreed in ");
	log_has(state, "6b 6b 01 6b");
	log_has(state, "FIX after: Restoring Poison 0x");
	log_has(state, "FIX after: Marking all objects used");
	slab_check();
	host_log_clear(*state);
	kmem_cache_free(s, held);
	kmem_cache_free(s, q);
	slab_check();
	assert_string_equal(host_log_text(*state), "");
	/* the objects that were free are lost: here they stand for a leak */
	assert_int_equal(kmem_cache_destroy(s), -EBUSY);
	log_has(state, "BUG after (Tainted: G    B             ): Objects remaining in after on "
		"__kmem_cache_shutdown()");
}

static void test_double_free(void **state)
{
	struct kmem_cache *s = make("twice");
	unsigned char *p = kmem_cache_alloc(s, GFP_KERNEL), *q;

	kmem_cache_free(s, p);
	kmem_cache_free(s, p);
	log_has(state, "BUG twice (Not tainted): Object already free");
	log_has(state, " not freed\n");
	slab_check();
	p = kmem_cache_alloc(s, GFP_KERNEL);
	q = kmem_cache_alloc(s, GFP_KERNEL);
	assert_ptr_not_equal(p, q);
	kmem_cache_free(s, p);
	kmem_cache_free(s, q);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_free_inside(void **state)
{
	struct kmem_cache *s = make("inside");
	unsigned char *p = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, p + 16);
	log_has(state, "BUG inside (Not tainted): Invalid object pointer");
	log_has(state, "is 16 bytes into the object");
	kmem_cache_free(s, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* the free pointer stands behind the red zone */
static void test_free_pointer(void **state)
{
	struct kmem_cache *s = make("chain");
	unsigned char *p = kmem_cache_alloc(s, GFP_KERNEL), *q = kmem_cache_alloc(s, GFP_KERNEL);
	unsigned char *held = kmem_cache_alloc(s, GFP_KERNEL), *r;
	unsigned int fp = ALIGN(BYTES, sizeof(long)) + sizeof(long);

	kmem_cache_free(s, p);
	kmem_cache_free(s, q);
	*(unsigned long *)(q + fp) = 0x1000;
	r = kmem_cache_alloc(s, GFP_KERNEL);
	assert_non_null(r);
	log_has(state, "Freepointer corrupt");
	slab_check();
	kmem_cache_free(s, r);
	kmem_cache_free(s, held);
	slab_check();
	(void)!kmem_cache_destroy(s);
}

static void test_free_chain(void **state)
{
	struct kmem_cache *s = make("chain");
	unsigned char *p = kmem_cache_alloc(s, GFP_KERNEL), *q = kmem_cache_alloc(s, GFP_KERNEL);
	unsigned char *held = kmem_cache_alloc(s, GFP_KERNEL);
	unsigned int fp = ALIGN(BYTES, sizeof(long)) + sizeof(long);

	kmem_cache_free(s, p);
	kmem_cache_free(s, q);
	*(unsigned long *)(p + fp) = (unsigned long)p + 1;
	slab_check();
	log_has(state, "BUG chain (Not tainted): Freechain corrupt");
	host_log_clear(*state);
	slab_check();
	kmem_cache_free(s, held);
	slab_check();
	assert_string_equal(host_log_text(*state), "");
	(void)!kmem_cache_destroy(s);
}

/* bytes that are nobody's */
static void test_padding(void **state)
{
	struct kmem_cache *s = kmem_cache_create("pad", BYTES, 128, 0, NULL);
	unsigned char *p = kmem_cache_alloc(s, GFP_KERNEL), *end;
	struct kmem_cache_usage u;

	assert_true(kmem_cache_usage(0, &u));
	assert_string_equal(u.name, "pad");
	end = p - ALIGN(sizeof(long), 128) + u.size;
	if (end[-1] == 0x5a) {
		end[-1] = 0;
		slab_check();
		log_has(state, "BUG pad (Not tainted): Object padding overwritten");
		log_has(state, "\nPadding  ");
		log_has(state, "FIX pad: Restoring Object padding 0x");
		assert_int_equal(end[-1], 0x5a);
	}
	kmem_cache_free(s, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_tail(void **state)
{
	struct kmem_cache *s = make("tail");
	unsigned char *p = kmem_cache_alloc(s, GFP_KERNEL), *last;
	struct page *slab = compound_head(virt_to_page(p));

	last = (unsigned char *)page_address(slab) + (PAGE_SIZE << compound_order(slab)) - 1;
	if (*last == 0x5a) {		/* the objects do not fill the slab */
		*last = 1;
		slab_check();
		log_has(state, "Padding overwritten");
		assert_int_equal(*last, 0x5a);
	}
	kmem_cache_free(s, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static noinline void *alloc_from(struct kmem_cache *s)
{
	void *p = kmem_cache_alloc(s, GFP_KERNEL);

	barrier();			/* no tail call: this function is on the stack */
	return p;
}

/* the stack of the owner: our own caller is among the addresses */
static void test_stack(void **state)
{
	struct kmem_cache *s = make("stack");
	unsigned char *p = alloc_from(s);
	unsigned long here = (unsigned long)test_stack;
	const char *line;
	unsigned long at;
	int found = 0;

	p[BYTES] = 1;
	slab_check();
	line = strstr(host_log_text(*state), "Allocated in");
	assert_non_null(line);
	for (line = strchr(line, '\n') + 1; *line == ' '; line = strchr(line, '\n') + 1) {
		assert_int_equal(sscanf(line, " %lx", &at), 1);
		found += at > here && at < here + 4096;
	}
#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__)
	assert_int_equal(found, 1);
#endif
	kmem_cache_free(s, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_trace(void **state)
{
	struct kmem_cache *s = make("traced");
	void *p = kmem_cache_alloc(s, GFP_KERNEL);

	log_has(state, "TRACE traced alloc 0x");
	kmem_cache_free(s, p);
	log_has(state, "TRACE traced free 0x");
	log_has(state, " inuse=1 fp=0x");
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_leak(void **state)
{
	struct kmem_cache *s = make("leaky");
	void *p = kmem_cache_alloc(s, GFP_KERNEL), *q = kmem_cache_alloc(s, GFP_KERNEL);

	kmem_cache_free(s, q);
	assert_int_equal(kmem_cache_destroy(s), -EBUSY);
	log_has(state, "BUG leaky (Not tainted): Objects remaining in leaky on "
		"__kmem_cache_shutdown()");
	log_has(state, "Slab 0x");
	log_has(state, "\nObject 0x");
	log_has(state, "\nAllocated in ");
	kmem_cache_free(s, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* kmalloc too, and with several CPUs at once */
static void churn(unsigned int cpu, void *arg)
{
	u64 seed = cpu + 1;
	void *p[32] = { NULL };
	int i, k;

	for (i = 0; i < 3000; i++) {
		k = quire_random(&seed) % 32;
		kfree(p[k]);
		p[k] = kmalloc(1 + quire_random(&seed) % 700, GFP_KERNEL);
		if (p[k])
			memset(p[k], cpu, 1);
	}
	for (k = 0; k < 32; k++)
		kfree(p[k]);
}

static void test_cpus(void **state)
{
	quire_run_cpus(4, churn, NULL);
	slab_check();
	assert_null(strstr(host_log_text(*state), "BUG"));
}

/* --- copies with user memory ------------------------------------------------------------ */

/* an address that belongs to no user: what is looked at first is the object */
#define NOWHERE	((void __user *)64)

static void test_usercopy(void **state)
{
	struct kmem_cache *s = kmem_cache_create_usercopy("part", 100, 0, 0, 16, 40, NULL);
	char *p = kmem_cache_alloc(s, GFP_KERNEL), *q = kmalloc(100, GFP_KERNEL);
	char outside[64];

	assert_int_equal(copy_to_user(NOWHERE, p + 16, 40), 40);
	assert_int_equal(copy_from_user(p + 20, NOWHERE, 36), 36);
	assert_int_equal(copy_to_user(NOWHERE, p, 0), 0);
	assert_int_equal(copy_to_user(NOWHERE, q, 100), 100);
	assert_int_equal(copy_to_user(NOWHERE, q + 96, 4), 4);
	assert_int_equal(copy_to_user(NOWHERE, outside, 64), 64);
	expect_bug((void)!copy_to_user(NOWHERE, p + 15, 2), "UC1");
	log_has(state, "usercopy: Kernel memory exposure attempt detected from SLUB object 'part' "
		"(offset 15, size 2)!\n");
	expect_bug((void)!copy_from_user(p + 50, NOWHERE, 7), "UC1");
	log_has(state, "usercopy: Kernel memory overwrite attempt detected to SLUB object 'part' "
		"(offset 50, size 7)!\n");
	expect_bug((void)!copy_to_user(NOWHERE, q, 129), "UC1");
	kmem_cache_free(s, p);
	kfree(q);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

static void test_usercopy_none(void **state)
{
	struct kmem_cache *s = make("none");
	char *p = kmem_cache_alloc(s, GFP_KERNEL);

	expect_bug((void)!copy_to_user(NOWHERE, p, 1), "UC1");
	expect_bug((void)!copy_to_user(NOWHERE, p - 8, 16), "UC1");
	log_has(state, "detected from SLUB object in left red zone 'none' (offset 0, size 16)!");
	kmem_cache_free(s, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* a part that is not within the object is none */
static void test_usercopy_wrong_part(void **state)
{
	struct kmem_cache *s = kmem_cache_create_usercopy("part", 100, 0, 0, 64, 40, NULL);
	char *p = kmem_cache_alloc(s, GFP_KERNEL);

	assert_int_equal(host_warnings(*state), 1);
	expect_bug((void)!copy_to_user(NOWHERE, p + 64, 8), "UC1");
	kmem_cache_free(s, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* --- lib/hexdump.c ----------------------------------------------------------------------- */

static void test_hexdump(void **state)
{
	char bytes[20] = "0123456789abcdef\1\2\3", row[160];

	assert_int_equal(hex_dump_to_buffer(bytes, 16, 16, 1, row, sizeof(row), true), 65);
	assert_string_equal(row, "30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  "
			    "0123456789abcdef");
	hex_dump_to_buffer(bytes + 16, 3, 16, 1, row, sizeof(row), true);
	assert_string_equal(row, "01 02 03                                         ...");
	hex_dump_to_buffer(bytes, 4, 16, 4, row, sizeof(row), false);
	assert_string_equal(row, "33323130");
	hex_dump_to_buffer(bytes, 16, 32, 8, row, sizeof(row), false);
	assert_string_equal(row, "3736353433323130 6665646362613938");
	assert_int_equal(hex_dump_to_buffer(bytes, 16, 16, 1, row, 8, true), 65);
	assert_string_equal(row, "30 31 3");
	assert_int_equal(hex_dump_to_buffer(bytes, 0, 16, 1, row, sizeof(row), true), 0);
	print_hex_dump(KERN_INFO, "x: ", DUMP_PREFIX_OFFSET, 16, 2, bytes, 20, true);
	log_has(state, "x: 00000000: 3130 3332 3534 3736 3938 6261 6463 6665  0123456789abcdef\n");
	log_has(state, "x: 00000010: ");
	print_hex_dump(KERN_INFO, "y ", DUMP_PREFIX_NONE, 16, 1, bytes, 2, false);
	log_has(state, "y 30 31\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		option_test(test_option_alone, with_all), option_test(test_no_option, with_none),
		option_test(test_option_list, with_list),
		option_test(test_option_blocks, with_blocks),
		option_test(test_option_unknown, with_unknown),
		option_test(test_option_odd, with_odd), option_test(test_option_order, with_order),
		cmocka_unit_test(test_option_too_long), option_test(test_creators_flags, with_all),
		option_test(test_overrun, with_all), option_test(test_underrun, with_red_zones),
		lost_test(test_write_after_free, with_all),
		option_test(test_double_free, with_all), option_test(test_double_free, with_red_zones),
		option_test(test_free_inside, with_all),
		lost_test(test_free_pointer, with_all), lost_test(test_free_chain, with_all),
		option_test(test_padding, with_all), option_test(test_tail, with_all),
		option_test(test_stack, with_all), option_test(test_trace, with_trace),
		option_test(test_leak, with_all), option_test(test_cpus, with_all),
		option_test(test_usercopy, with_all), option_test(test_usercopy, with_none),
		option_test(test_usercopy_none, with_red_zones),
		option_test(test_usercopy_wrong_part, with_none),
		quire_fast_test(test_hexdump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
