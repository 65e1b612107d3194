// SPDX-License-Identifier: MIT
/*
 * test_kmemleak.c - memory that nobody knows: what is found, and what is not.
 *
 * The machine knows what its own parts and `known` know; this program hides the addresses
 * that it needs for itself, so that the stack does not matter.
 */
#include "phys_test.h"
#include <linux/kfence.h>
#include <linux/kmemleak.h>
#include <linux/percpu.h>

#define SECOND	1000000000ull

static void *known[64];			/* a root */
static struct seq_file text;

static int setup_with(void **state, unsigned long kfence_ms, bool fast)
{
	struct machine_config config = geometry_config(NULL);
	int ret;

	config.debug.kmemleak = true;
	config.debug.kfence_interval_ms = kfence_ms;
	config.virtual_clock = true;
	config.slab_fast = fast;
	memset(known, 0, sizeof(known));
	ret = quire_setup_config(state, &config);
	if (ret)
		return ret;
	kmemleak_add_root(known, known + ARRAY_SIZE(known));
	kmemleak_add_root(&text, &text + 1);
	return 0;
}

static int setup(void **state)
{
	return setup_with(state, 0, true);
}

static int setup_checked(void **state)
{
	return setup_with(state, 0, false);
}

static int setup_kfence(void **state)
{
	return setup_with(state, 10, true);
}

static struct kmemleak_state *k(void)
{
	return &this_machine()->debug.kmemleak;
}

/* an address that is none in memory */
static unsigned long hide(const void *p)
{
	return ~(unsigned long)p;
}

static void *shown(unsigned long hidden)
{
	return (void *)~hidden;
}

/* Two searches, a while after what was done before. Returns the leaks that are new. */
static unsigned int search(void)
{
	unsigned int new;

	host_clock_advance(6 * SECOND);
	new = kmemleak_scan();
	return new + kmemleak_scan();
}

static const char *read_file(void)
{
	text.count = 0;
	kmemleak_show(&text);
	seq_putc(&text, 0);
	return text.buf;
}

static bool is_listed(unsigned long hidden)
{
	char line[64];

	snprintf(line, sizeof(line), "unreferenced object " QUIRE_ADDR_FMT " (size ",
		 QUIRE_ADDR(shown(hidden)));
	return strstr(read_file(), line) != NULL;
}

static int teardown(void **state)
{
	seq_release(&text);
	text = (struct seq_file){ .buf = NULL };
	memset(known, 0, sizeof(known));
	return quire_teardown(state);
}

static struct kmemleak_object note_of(unsigned long hidden)
{
	struct kmemleak_object o = { .size = 0 };
	struct rb_node *rb;

	spin_lock(&k()->lock);
	for (rb = rb_first(&k()->tree); rb; rb = rb_next(rb))
		if (rb_entry(rb, struct kmemleak_object, rb)->pointer == ~hidden)
			o = *rb_entry(rb, struct kmemleak_object, rb);
	spin_unlock(&k()->lock);
	return o;
}

/* --- what is a leak ------------------------------------------------------------------- */

/* a machine that has just booted knows all its memory */
static void test_boot(void **state)
{
	assert_true(k()->enabled);
	assert_true(k()->nr_objects > 50);
	assert_int_equal(search(), 0);
	assert_string_equal(read_file(), "");
	assert_log_has((struct machine *)*state,
		       "kmemleak: Kernel memory leak detector initialized (mem pool available: 1000)\n");
}

static void test_known(void **state)
{
	unsigned long h[8];
	void **p[8];
	int i;

	for (i = 0; i < 8; i++) {
		p[i] = kzalloc(40, GFP_KERNEL);
		h[i] = hide(p[i]);
	}
	known[0] = p[0];			/* its beginning */
	known[1] = (char *)p[1] + 17;		/* its inside */
	known[2] = (char *)p[2] + ksize(p[2]);	/* not its end */
	p[0][3] = p[3];				/* by way of another one */
	p[3][1] = p[4];
	p[5][0] = p[6];				/* two that know each other alone */
	p[6][0] = p[5];
	p[7][2] = p[7];				/* and one that knows itself */
	memset(p, 0, sizeof(p));
	assert_int_equal(search(), 4);
	for (i = 0; i < 8; i++)
		assert_int_equal(is_listed(h[i]), i == 2 || i >= 5);
	assert_log_has((struct machine *)*state,
		       "kmemleak: 4 new suspected memory leaks (see /sys/kernel/debug/kmemleak)\n");
	/* known again: not a leak any more; found again: not new */
	known[5] = shown(h[5]);
	assert_int_equal(search(), 0);
	assert_false(is_listed(h[5]) || is_listed(h[6]));
	assert_true(is_listed(h[2]) && is_listed(h[7]));
	for (i = 0; i < 8; i++)
		kfree(shown(h[i]));
	assert_string_equal(read_file(), "");
	assert_int_equal(search(), 0);
}

/* too young, then changing, then a leak */
static void test_age(void **state)
{
	unsigned long h = hide(kzalloc(64, GFP_KERNEL));

	assert_int_equal(kmemleak_scan() + kmemleak_scan() + kmemleak_scan(), 0);
	host_clock_advance(5 * SECOND - 1);
	assert_int_equal(kmemleak_scan(), 0);
	host_clock_advance(1);
	*(int *)shown(h) = 1;
	assert_int_equal(kmemleak_scan(), 0);
	*(int *)shown(h) = 2;
	assert_int_equal(kmemleak_scan(), 0);
	assert_int_equal(kmemleak_scan(), 1);
	assert_true(is_listed(h));
	kfree(shown(h));
}

static void test_colors(void **state)
{
	void **p = kzalloc(64, GFP_KERNEL), **q = kzalloc(64, GFP_KERNEL);
	void **area = kzalloc(256, GFP_KERNEL), **all = kzalloc(64, GFP_KERNEL);
	unsigned long hp = hide(p), hq = hide(q), harea = hide(area), hall = hide(all);
	unsigned long child[4];
	int i;

	for (i = 0; i < 4; i++)
		child[i] = hide(kzalloc(24, GFP_KERNEL));
	p[0] = shown(child[0]);
	q[0] = shown(child[1]);
	area[1] = shown(child[2]);
	area[20] = shown(child[3]);
	kmemleak_not_leak(p);		/* nobody knows it, but it knows others */
	kmemleak_ignore(q);		/* nor does it */
	known[0] = area;
	kmemleak_scan_area(area + 20, 8, GFP_KERNEL);
	known[1] = all;
	p = q = area = all = NULL;
	assert_int_equal(search(), 2);
	assert_true(is_listed(child[1]) && is_listed(child[2]));
	/* what is known twice is scanned once; what is not scanned knows nobody */
	kmemleak_no_scan(shown(harea));
	assert_int_equal(search(), 1);
	assert_true(is_listed(child[3]));
	assert_false(is_listed(harea) || is_listed(hp) || is_listed(hq) || is_listed(hall));
	kmemleak_scan_area(shown(hall), 1000, GFP_KERNEL);
	assert_log_has((struct machine *)*state, "kmemleak: Scan area larger than object");
	for (i = 0; i < 4; i++)
		kfree(shown(child[i]));
	kfree(shown(hp));
	kfree(shown(hq));
	kfree(shown(harea));
	kfree(shown(hall));
}

/* a thread's stack counts when it is used, and when stacks are wanted */
static void test_stacks(void **state)
{
	void **stack = vmalloc(PAGE_SIZE);
	unsigned long h = hide(kmalloc(64, GFP_KERNEL));

	memset(stack, 0, PAGE_SIZE);
	known[0] = stack;
	stack[100] = shown(h);
	kmemleak_stack(stack, true);
	assert_int_equal(search(), 0);
	assert_int_equal(kmemleak_command("stack=off"), 0);
	assert_int_equal(search(), 1);
	assert_int_equal(kmemleak_command("stack=on"), 0);
	assert_int_equal(search(), 0);
	assert_false(is_listed(h));
	kmemleak_stack(stack, false);
	assert_int_equal(search(), 0);		/* found before: not new */
	assert_true(is_listed(h));
	vfree(stack);
	kfree(shown(h));
}

/* --- all kinds of memory -------------------------------------------------------------- */

static void construct(void *p)
{
	memset(p, 0, 96);
}

static void test_kinds(void **state)
{
	struct kmem_cache *s = kmem_cache_create("leaky", 88, 0, SLAB_NO_MERGE, NULL);
	struct kmem_cache *c = kmem_cache_create("built", 96, 0, SLAB_NO_MERGE, construct);
	struct kmem_cache *no = kmem_cache_create("notes", 88, 0, SLAB_NOLEAKTRACE | SLAB_NO_MERGE,
						  NULL);
	unsigned long h[10];
	void *bulk[2] = { NULL, NULL }, *untold;
	size_t sizes[10];
	char line[40];
	unsigned int i;

	known[0] = s;
	known[1] = c;
	known[2] = no;
	h[0] = hide(kmem_cache_alloc(s, GFP_KERNEL));
	h[1] = hide(kmem_cache_zalloc(s, GFP_KERNEL));
	h[2] = hide(kmem_cache_alloc(c, GFP_KERNEL));
	h[3] = hide(kmalloc_node(100, GFP_KERNEL, 0));
	h[4] = hide(kmalloc(100000, GFP_KERNEL));
	h[5] = hide(vmalloc(10000));
	h[6] = hide(kvmalloc(300, GFP_KERNEL));
	h[7] = hide(kmalloc(8, GFP_KERNEL | __GFP_DMA));
	assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL, 2, bulk), 2);
	h[8] = hide(bulk[0]);
	h[9] = hide(bulk[1]);
	memset(bulk, 0, sizeof(bulk));
	untold = kmem_cache_alloc(no, GFP_KERNEL);
	sizes[0] = sizes[1] = sizes[8] = sizes[9] = 88;
	sizes[2] = 96;
	sizes[3] = 128;
	sizes[4] = 100000;
	sizes[5] = 10000;
	sizes[6] = 512;
	sizes[7] = 8;
	assert_int_equal(search(), 10);
	for (i = 0; i < 10; i++) {
		assert_true(is_listed(h[i]));
		snprintf(line, sizeof(line), "%0*lx (size %zu):\n", (int)(2 * sizeof(long)),
			 (unsigned long)shown(h[i]), sizes[i]);
		assert_non_null(strstr(read_file(), line));
	}
	assert_false(is_listed(hide(untold)));
	kmem_cache_free(s, shown(h[0]));
	kmem_cache_free(s, shown(h[1]));
	kmem_cache_free(c, shown(h[2]));
	kfree(shown(h[3]));
	kfree(shown(h[4]));
	vfree(shown(h[5]));
	kvfree(shown(h[6]));
	kfree(shown(h[7]));
	bulk[0] = shown(h[8]);
	bulk[1] = shown(h[9]);
	kmem_cache_free_bulk(s, 2, bulk);
	kmem_cache_free(no, untold);
	assert_string_equal(read_file(), "");
	assert_int_equal(kmem_cache_destroy(s) | kmem_cache_destroy(c) | kmem_cache_destroy(no), 0);
}

/* per-CPU memory is no leak, and knows others; so do the structs of pages */
static void test_holders(void **state)
{
	void *__percpu *units = alloc_percpu(void *);
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long h[3];
	int i;

	for (i = 0; i < 3; i++)
		h[i] = hide(kmalloc(64, GFP_KERNEL));
	*per_cpu_ptr(units, 1) = shown(h[0]);
	page->private = (unsigned long)shown(h[1]);
	assert_int_equal(search(), 1);
	assert_true(is_listed(h[2]));
	page->private = 0;
	__free_page(page);
	free_percpu(units);
	for (i = 0; i < 3; i++)
		kfree(shown(h[i]));
}

static void test_kfence(void **state)
{
	unsigned long h;

	assert_true(host_catch_faults());
	host_clock_advance(SECOND);
	h = hide(kmalloc(50, GFP_KERNEL));
	assert_true(is_kfence_address(shown(h)));
	assert_int_equal(search(), 1);
	assert_true(is_listed(h));
	kfree(shown(h));
	assert_string_equal(read_file(), "");
	/* nothing looked at its page after that */
	assert_int_equal(search(), 0);
	assert_null(strstr(host_log_text(*state), "BUG:"));
}

/* --- text and commands ---------------------------------------------------------------- */

static void test_text(void **state)
{
	unsigned long h;
	char *p;
	int i;

	host_clock_advance(4 * SECOND);
	p = kmalloc(64, GFP_KERNEL);
	h = hide(p);
	for (i = 0; i < 64; i++)
		p[i] = "leaked\001\177"[i % 8];
	p = NULL;
	assert_int_equal(search(), 1);
	host_clock_advance(1234567890);
	assert_non_null(strstr(read_file(), " (size 64):\n"
		"  comm \"host\", pid 0, jiffies 1000 (age 7.234s)\n"
		"  hex dump (first 32 bytes):\n"
		"    6c 65 61 6b 65 64 01 7f 6c 65 61 6b 65 64 01 7f  leaked..leaked..\n"
		"    6c 65 61 6b 65 64 01 7f 6c 65 61 6b 65 64 01 7f  leaked..leaked..\n"
		"  backtrace:\n    [<"));
	kfree(shown(h));
}

static void test_commands(void **state)
{
	unsigned long h[2], objects;
	char line[64];

	h[0] = hide(kzalloc(64, GFP_KERNEL));
	host_clock_advance(6 * SECOND);
	assert_int_equal(kmemleak_command("scan"), 0);
	assert_int_equal(kmemleak_command("scan"), 0);
	assert_true(is_listed(h[0]));
	assert_int_equal(kmemleak_command("clear"), 0);
	assert_string_equal(read_file(), "");
	h[1] = hide(kzalloc(64, GFP_KERNEL));
	assert_int_equal(search(), 1);
	assert_true(is_listed(h[1]) && !is_listed(h[0]));
	snprintf(line, sizeof(line), "dump=%#lx", (unsigned long)shown(h[1]) + 3);
	assert_int_equal(kmemleak_command(line), 0);
	snprintf(line, sizeof(line), "kmemleak: Object 0x%08lx (size 64):\n",
		 (unsigned long)shown(h[1]));
	assert_log_has((struct machine *)*state, line);
	assert_log_has((struct machine *)*state, "kmemleak:   min_count = 1\n");
	assert_log_has((struct machine *)*state, "kmemleak:   count = 0\n");
	assert_log_has((struct machine *)*state, "kmemleak:   flags = 0x3\n");
	assert_int_equal(kmemleak_command("dump=0x10"), -EINVAL);
	assert_log_has((struct machine *)*state, "kmemleak: Unknown object at 0x00000010\n");
	assert_int_equal(kmemleak_command("dump=x"), -EINVAL);
	assert_int_equal(kmemleak_command("scan=x"), -EINVAL);
	assert_int_equal(kmemleak_command("scan=99999999999"), -ERANGE);
	assert_int_equal(kmemleak_command("stack"), -EINVAL);
	assert_int_equal(kmemleak_command("stack=maybe"), -EINVAL);
	assert_int_equal(kmemleak_command(""), -EINVAL);
	assert_true(kmemleak_wait_ns(true) == 60 * SECOND);
	assert_true(kmemleak_wait_ns(false) == 600 * SECOND);
	assert_int_equal(kmemleak_command("scan=30"), 0);
	assert_true(kmemleak_wait_ns(false) == 30 * SECOND);
	assert_int_equal(kmemleak_command("scan=off"), 0);
	assert_true(kmemleak_wait_ns(false) == ~0ull);
	assert_int_equal(kmemleak_command("scan=on"), 0);
	assert_true(kmemleak_wait_ns(false) == 30 * SECOND);
	assert_int_equal(kmemleak_command("scan=0"), 0);
	assert_true(kmemleak_wait_ns(false) == ~0ull);

	/* off: what was found can be read, and is taken off the list when it is freed */
	assert_int_equal(kmemleak_command("off"), 0);
	assert_log_has((struct machine *)*state, "kmemleak: Kernel memory leak detector disabled\n");
	assert_int_equal(kmemleak_command("scan"), -EPERM);
	assert_int_equal(kmemleak_command("off"), -EPERM);
	assert_int_equal(kmemleak_scan(), 0);
	assert_true(is_listed(h[1]));
	objects = k()->nr_objects;
	known[0] = kmalloc(10, GFP_KERNEL);
	kfree(shown(h[1]));
	assert_int_equal(k()->nr_objects, objects - 1);
	assert_int_equal(kmemleak_command("clear"), 0);
	assert_int_equal(k()->nr_objects, 0);
	assert_string_equal(read_file(), "");
	kfree(known[0]);
	kfree(shown(h[0]));
}

static noinline void *first_owner(void)
{
	void *p = kmalloc(64, GFP_KERNEL);

	barrier();
	return p;
}

static void test_update_trace(void **state)
{
	const struct stack_record *before;
	unsigned long h = hide(first_owner());

	before = note_of(h).stack;
	assert_non_null(before);
	kmemleak_update_trace(shown(h));
	assert_non_null(note_of(h).stack);
	assert_true(note_of(h).stack != before);
	kmemleak_update_trace((char *)shown(h) + 1);	/* no object begins there */
	kfree(shown(h));
}

/* --- no memory for notes -------------------------------------------------------------- */

/* the stock lasts for a while without memory; when it is used up the search is given up */
static void test_no_memory(void **state)
{
	static void *held[2 * KMEMLEAK_POOL_OBJECTS];
	struct kmem_cache *s = kmem_cache_create("many", 16, 0, SLAB_NO_MERGE, NULL);
	unsigned int i, nr;

	kmemleak_add_root(held, held + ARRAY_SIZE(held));
	/* slabs for all of them, but no notes */
	for (i = 0; i < ARRAY_SIZE(held); i++)
		held[i] = kmem_cache_alloc(s, GFP_KERNEL);
	for (i = 0; i < ARRAY_SIZE(held); i++)
		kmem_cache_free(s, held[i]);
	spin_lock(&k()->lock);
	while (k()->nr_free > KMEMLEAK_POOL_OBJECTS) {
		k()->free = k()->free->next;
		k()->nr_free--;
	}
	spin_unlock(&k()->lock);
	for (nr = 0; nr < ARRAY_SIZE(held) && k()->enabled; nr++) {
		/* 1 is the object itself, each later one is for the notes or a slab */
		host_fail_nth(*state, 2, true);
		held[nr] = kmem_cache_alloc(s, GFP_KERNEL);
		host_fail_nth(*state, 0, false);
		assert_non_null(held[nr]);
	}
	assert_int_equal(nr, KMEMLEAK_POOL_OBJECTS + 1);
	assert_log_has((struct machine *)*state, "kmemleak: Memory pool empty\n");
	assert_log_has((struct machine *)*state, "kmemleak: Kernel memory leak detector disabled\n");
	assert_int_equal(kmemleak_command("scan"), -EPERM);
	while (nr--)
		kmem_cache_free(s, held[nr]);
	assert_int_equal(kmem_cache_destroy(s), 0);
	memset(held, 0, sizeof(held));
}

/* the boot with each allocation failing: the machine lives, with or without */
static void test_boot_failures(void **state)
{
	struct machine_config config = geometry_config(NULL);
	struct machine *m;
	unsigned long nth;
	bool done;

	config.debug.kmemleak = true;
	config.virtual_clock = true;
	for (nth = 1, done = false; !done; nth++) {
		config.fail_nth = nth;
		m = machine_create(&config);
		if (!m)
			continue;
		machine_cpu_enter(m, 0);
		done = !host_failures(m);
		if (k()->enabled)
			assert_int_equal(search(), 0);
		else
			assert_log_has(m, "kmemleak: Kernel memory leak detector disabled\n");
		machine_cpu_leave();
		assert_int_equal(machine_destroy(m), 0);
	}
	assert_true(nth > 20);
}

/* --- CPUs ----------------------------------------------------------------------------- */

#define PER_CPU	40

static void hammer(unsigned int cpu, void *arg)
{
	u64 random = cpu + 1;
	void **p[PER_CPU] = { NULL };
	unsigned int i, at;

	if (!cpu) {
		for (i = 0; i < 10; i++) {
			host_clock_advance(SECOND);
			kmemleak_scan();
			mm_bug_on(kmemleak_command("clear"));
		}
		return;
	}
	for (i = 0; i < 3000; i++) {
		at = quire_random(&random) % PER_CPU;
		if (!p[at]) {
			p[at] = at % 8 ? kmalloc(quire_random(&random) % 3000 + 8, GFP_KERNEL) :
				vmalloc(quire_random(&random) % 20000 + 8);
			*p[at] = p[quire_random(&random) % PER_CPU];
			continue;
		}
		kvfree(p[at]);
		p[at] = NULL;
	}
	for (at = 0; at < PER_CPU; at++)
		kvfree(p[at]);
}

static void test_cpus(void **state)
{
	unsigned long before = k()->nr_objects;

	quire_run_cpus(4, hammer, NULL);
	assert_true(k()->enabled);
	vm_unmap_aliases();
	assert_in_range(k()->nr_objects, before, before + 40);	/* caches' own */
	assert_int_equal(search(), 0);
}

#define TEST(f, s)	cmocka_unit_test_setup_teardown(f, s, teardown)
#define BOTH(f)		TEST(f, setup), TEST(f, setup_checked)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_boot), BOTH(test_known), TEST(test_age, setup), BOTH(test_colors),
		TEST(test_stacks, setup), BOTH(test_kinds), TEST(test_holders, setup),
		TEST(test_kfence, setup_kfence), TEST(test_text, setup),
		TEST(test_commands, setup), TEST(test_update_trace, setup),
		TEST(test_no_memory, setup), cmocka_unit_test(test_boot_failures),
		BOTH(test_cpus),
	};

	return cmocka_run_group_tests_name("kmemleak", tests, NULL, NULL);
}
