// SPDX-License-Identifier: MIT
/*
 * test_kfence.c - guarded objects: when one is taken, where it lies, and that each wrong
 * access is reported with who allocated and who freed it, and then goes on.
 */
#include "phys_test.h"
#include <linux/kfence.h>
#include <linux/log2.h>
#include <mm/track.h>

#define MS		1000000ull
#define INTERVAL	10
#define OBJECTS		16

static int setup_with(void **state, unsigned long interval, unsigned int objects, bool fast)
{
	struct machine_config config = geometry_config(NULL);

	config.debug.kfence_interval_ms = interval;
	config.debug.kfence_objects = objects;
	config.virtual_clock = true;
	config.slab_fast = fast;
	return quire_setup_config(state, &config);
}

static int setup(void **state)
{
	return setup_with(state, INTERVAL, OBJECTS, true);
}

/* every cache with slub_debug's checks */
static int setup_checked(void **state)
{
	return setup_with(state, INTERVAL, OBJECTS, false);
}

static int setup_full(void **state)
{
	return setup_with(state, INTERVAL, 0, true);
}

static int setup_off(void **state)
{
	return setup_with(state, 0, 0, true);
}

static struct kfence_state *k(void)
{
	return &this_machine()->debug.kfence;
}

static long counted(enum kfence_counter which)
{
	return atomic_long_read(&k()->counter[which]);
}

static void open_gate(void)
{
	assert_true(host_catch_faults());	/* cmocka takes SIGSEGV before each test */
	host_clock_advance(INTERVAL * MS);
	assert_int_equal(atomic_read(&k()->gate), 1);
}

/* one place that all stacks of allocations go through */
static noinline void *take(size_t bytes)
{
	void *p = kmalloc(bytes, GFP_KERNEL);

	barrier();
	return p;
}

static noinline void drop(void *p)
{
	kfree(p);
	barrier();
}

static char *sample(size_t bytes)
{
	void *p;

	open_gate();
	p = take(bytes);
	assert_true(is_kfence_address(p));
	assert_int_equal(atomic_read(&k()->gate), 0);
	return p;
}

static bool lies_left(const void *p)
{
	return IS_ALIGNED((unsigned long)p, PAGE_SIZE);
}

/* one that lies at the wanted end of its page */
static char *sample_at(size_t bytes, bool left)
{
	char *p = sample(bytes);

	while (lies_left(p) != left) {
		drop(p);
		p = sample(bytes);
	}
	return p;
}

static struct kfence_object *object_of(const void *p)
{
	struct kfence_info info;

	assert_true(kfence_lookup(p, &info));
	return &k()->objects[info.number];
}

/* @stack comes from @fn, which is short; kmalloc(), not inlined, may be between */
static void assert_stack(const struct kfence_track *t, const void *fn)
{
	assert_true(t->nr >= 2);
	if (t->stack[0] - (unsigned long)fn >= 512 && t->stack[1] - (unsigned long)fn >= 512)
		fail_msg("the stack begins at %#lx, not in %p", t->stack[0], fn);
}

static void assert_reports(struct machine *m, unsigned int nr)
{
	const char *at = host_log_text(m);
	unsigned int found = 0;

	while ((at = strstr(at, "BUG: KFENCE: ")) != NULL) {
		found++;
		at++;
	}
	if (found != nr)
		fail_msg("%u reports, not %u:\n%s", found, nr, host_log_text(m));
	assert_int_equal(counted(KFENCE_COUNTER_BUGS), nr);
}

static void assert_says(struct machine *m, const char *fmt, ...)
{
	char text[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	assert_log_has(m, text);
}

/* not for the compiler to think about */
static noinline char look(const char *p)
{
	return READ_ONCE(*p);
}

static noinline void touch(char *p, char value)
{
	WRITE_ONCE(*p, value);
}

/* --- samples ------------------------------------------------------------------------------ */

static void test_interval(void **state)
{
	void *p[3];
	int i, round;

	assert_false(is_kfence_address(take(64)) && atomic_read(&k()->gate));
	for (round = 0; round < 5; round++) {
		host_clock_advance((INTERVAL - 1) * MS);
		assert_int_equal(atomic_read(&k()->gate), 0);
		p[0] = take(64);
		host_clock_advance(1 * MS);
		p[1] = take(64);
		p[2] = take(64);
		for (i = 0; i < 3; i++) {
			assert_int_equal(is_kfence_address(p[i]), i == 1);
			drop(p[i]);
		}
	}
	assert_int_equal(counted(KFENCE_COUNTER_ALLOCS), 5);
	/* however long it was, one is due */
	host_clock_advance(1000 * INTERVAL * MS);
	p[0] = take(10);
	p[1] = take(10);
	assert_true(is_kfence_address(p[0]) && !is_kfence_address(p[1]));
	drop(p[0]);
	drop(p[1]);
	assert_int_equal(kfence_set_interval(0), 0);
	host_clock_advance(1000 * INTERVAL * MS);
	p[0] = take(10);
	assert_false(is_kfence_address(p[0]));
	drop(p[0]);
	assert_reports(*state, 0);
	host_expect_leaks(*state);		/* the first one */
}

/* no interval: no pool, no hook, nothing that costs */
static void test_off(void **state)
{
	host_clock_advance(1000000 * MS);
	assert_int_equal(k()->pool_bytes, 0);
	assert_int_equal(atomic_read(&this_machine()->debug.hooks), 0);
	assert_false(is_kfence_address(NULL));
	assert_false(is_kfence_address((void *)k()));
	assert_int_equal(kfence_cache_objects(NULL), 0);
	/* this machine has no second view of its RAM, so there can be no pool later either */
	if (!this_machine()->facts.lowmem_limit_pfn)
		assert_int_equal(kfence_set_interval(100), -EOPNOTSUPP);
	assert_int_equal(atomic_read(&this_machine()->debug.hooks), 0);
}

/* objects lie at both ends of their page, aligned, with the pattern around them */
static void test_placement(void **state)
{
	static const size_t sizes[] = { 1, 7, 8, 33, 64, 100, 192, 1024, 3000, PAGE_SIZE };
	unsigned int i, n, left, right;
	unsigned long page;
	u8 *p, *at;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (n = left = right = 0; n < 40; n++) {
			p = (u8 *)sample(sizes[i]);
			page = (unsigned long)p & PAGE_MASK;
			assert_int_equal((page - k()->pool) / PAGE_SIZE % 2, 0);
			assert_int_equal(ksize(p), sizes[i]);
			assert_true(IS_ALIGNED((unsigned long)p, 8));
			if (is_power_of_2(sizes[i]) && sizes[i] >= 8)
				assert_true(IS_ALIGNED((unsigned long)p, sizes[i]));
			left += lies_left(p);
			right += (unsigned long)p + sizes[i] > page + PAGE_SIZE - 1024;
			for (at = (u8 *)page; at < (u8 *)page + PAGE_SIZE; at++)
				if (at < p || at >= p + sizes[i])
					assert_int_equal(*at, 0xaa ^ ((unsigned long)at & 7));
			memset(p, 0x33, sizes[i]);
			drop(p);
			if (n >= 10 && left && right)
				break;
		}
	assert_reports(*state, 0);
}

/* every object serves before one serves again */
static void test_recycling(void **state)
{
	bool seen[OBJECTS] = { false };
	unsigned int i, number;
	char *p;

	for (i = 0; i < 3 * OBJECTS; i++) {
		if (i % OBJECTS == 0)
			memset(seen, 0, sizeof(seen));
		p = sample(50);
		number = object_of(p) - k()->objects;
		assert_false(seen[number]);
		seen[number] = true;
		drop(p);
	}
}

static void test_exhaustion(void **state)
{
	struct kmem_cache *s = kmem_cache_create("full", 40, 0, SLAB_NO_MERGE, NULL);
	void *p[OBJECTS + 4], *more;
	unsigned int i;

	/* three quarters full: who has an object already gets no other */
	for (i = 0; i <= OBJECTS * 3 / 4 + 1; i++) {
		open_gate();
		p[i] = take(40);
	}
	i--;
	assert_true(is_kfence_address(p[i - 1]));
	assert_false(is_kfence_address(p[i]));
	assert_int_equal(counted(KFENCE_COUNTER_SKIP_COVERED), 1);
	/* somebody else does, and then again none of them */
	open_gate();
	more = kmem_cache_alloc(s, GFP_KERNEL);
	assert_true(is_kfence_address(more));
	drop(p[i]);
	while (i--)
		drop(p[i]);
	kmem_cache_free(s, more);
	WRITE_ONCE(k()->skip_covered, 100);
	for (i = 0; i < OBJECTS; i++)
		p[i] = sample(40);
	open_gate();
	more = take(40);
	assert_non_null(more);
	assert_false(is_kfence_address(more));
	assert_int_equal(counted(KFENCE_COUNTER_SKIP_CAPACITY), 1);
	assert_int_equal(counted(KFENCE_COUNTER_ALLOCATED), OBJECTS);
	assert_int_equal(kfence_cache_objects(NULL), OBJECTS);
	drop(more);
	for (i = 0; i < OBJECTS; i++)
		drop(p[i]);
	assert_int_equal(kfence_cache_objects(NULL), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* what does not fit leaves the gate open for the next */
static void test_incompatible(void **state)
{
	void *p;

	open_gate();
	p = kmalloc(PAGE_SIZE + 1, GFP_KERNEL);
	assert_false(is_kfence_address(p));
	kfree(p);
	p = kmalloc(64, GFP_KERNEL | __GFP_DMA);
	assert_false(is_kfence_address(p));
	kfree(p);
	assert_int_equal(counted(KFENCE_COUNTER_SKIP_INCOMPAT), 2);
	p = take(64);
	assert_true(is_kfence_address(p));
	drop(p);
}

/* --- reports -------------------------------------------------------------------------- */

static void test_out_of_bounds(void **state)
{
	struct machine *m = *state;
	char *p = sample_at(32, true), *q = sample_at(32, false);
	unsigned int number = object_of(p) - k()->objects;

	look(p - 1);
	assert_says(m, "BUG: KFENCE: out-of-bounds read in ");
	assert_says(m, "\nOut-of-bounds read at " QUIRE_ADDR_FMT " (1B left of kfence-#%u):\n",
		    QUIRE_ADDR(p - 1), number);
	assert_says(m, "kfence-#%u: " QUIRE_ADDR_FMT "-" QUIRE_ADDR_FMT
		    ", size=32, cache=kmalloc-32\n", number, QUIRE_ADDR(p), QUIRE_ADDR(p + 31));
	assert_says(m, "allocated by task 0 on cpu 0 at 0.");
	assert_stack(&object_of(p)->track[TRACK_ALLOC], take);
	/* once it was reported the page is there, and the machine goes on */
	touch(p - 1, 1);
	touch(p - 100, 1);
	assert_reports(m, 1);
	touch(q + 32, 7);
	assert_says(m, "BUG: KFENCE: out-of-bounds write in ");
	assert_says(m, "\nOut-of-bounds write at " QUIRE_ADDR_FMT " (32B right of kfence-#%u):\n",
		    QUIRE_ADDR(q + 32), (unsigned int)(object_of(q) - k()->objects));
	assert_reports(m, 2);
	drop(p);
	drop(q);
	/* and guards again when the object has gone */
	p = sample_at(32, true);
	look(p - 1);
	assert_reports(m, 3);
	drop(p);
	assert_null(strstr(host_log_text(m), "corruption"));
}

/* one instruction that needs both guard pages ends */
static void test_both_sides(void **state)
{
	char *p = sample(PAGE_SIZE);

	memcpy(p - 8, p + PAGE_SIZE, 8);
	assert_reports(*state, 2);
	drop(p);
	p = sample(PAGE_SIZE);
	drop(p);
}

static void test_use_after_free(void **state)
{
	struct machine *m = *state;
	struct kfence_object *o;
	char *p = sample(32);

	host_clock_advance(1234567);
	o = object_of(p);
	drop(p);
	look(p + 3);
	assert_says(m, "BUG: KFENCE: use-after-free read in ");
	assert_says(m, "\nUse-after-free read at " QUIRE_ADDR_FMT " (in kfence-#%u):\n",
		    QUIRE_ADDR(p + 3), (unsigned int)(o - k()->objects));
	assert_says(m, "allocated by task 0 on cpu 0 at 0.010000s:\n");
	assert_says(m, "freed by task 0 on cpu 0 at 0.011234s:\n");
	assert_stack(&o->track[TRACK_ALLOC], take);
	assert_stack(&o->track[TRACK_FREE], drop);
	assert_says(m, "CPU: 0 PID: 0 Comm: host Not tainted\n");
	assert_reports(m, 1);
	p = sample(32);
	drop(p);
	touch(p, 1);
	assert_says(m, "BUG: KFENCE: use-after-free write in ");
	assert_says(m, "Comm: host Tainted: G    B\n");
	assert_reports(m, 2);
}

static void test_corruption(void **state)
{
	struct machine *m = *state;
	char *p = sample_at(32, true);

	touch(p + 33, 0x11);
	touch(p + 35, 0x22);
	assert_reports(m, 0);		/* on the object's own page: seen when it is freed */
	drop(p);
	assert_says(m, "BUG: KFENCE: memory corruption in ");
	assert_says(m, "\nCorrupted memory at " QUIRE_ADDR_FMT
		    " [ 0x11 . 0x22 . . . . . . . . . . . . . ] (in kfence-#%u):\n",
		    QUIRE_ADDR(p + 33), (unsigned int)(object_of(p) - k()->objects));
	assert_reports(m, 1);
	p = sample_at(40, false);
	touch(p - 3, 0x44);
	drop(p);
	assert_says(m, "Corrupted memory at " QUIRE_ADDR_FMT " [ 0x44 . . ] (in kfence-#",
		    QUIRE_ADDR(p - 3));
	assert_reports(m, 2);
	/* between the size asked for and that of the class, too */
	p = sample_at(33, true);
	touch(p + 33, 0);
	drop(p);
	assert_reports(m, 3);
}

static void test_invalid_free(void **state)
{
	struct machine *m = *state;
	char *p = sample(64), *guard = (char *)k()->pool + PAGE_SIZE;

	kfree(p + 8);
	assert_says(m, "BUG: KFENCE: invalid free in ");
	assert_says(m, "\nInvalid free of " QUIRE_ADDR_FMT " (in kfence-#%u):\n", QUIRE_ADDR(p + 8),
		    (unsigned int)(object_of(p) - k()->objects));
	assert_reports(m, 1);
	*p = 1;				/* still in use */
	assert_reports(m, 1);
	drop(p);
	drop(p);
	assert_reports(m, 2);
	assert_says(m, "freed by task 0 on cpu 0");
	kfree(guard);
	assert_says(m, "\nInvalid free of " QUIRE_ADDR_FMT ":\n", QUIRE_ADDR(guard));
	assert_reports(m, 3);
	assert_int_equal(counted(KFENCE_COUNTER_FREES), 1);
}

static void test_invalid_access(void **state)
{
	struct machine *m = *state;
	char *guard = (char *)k()->pool, *unused = guard + 2 * PAGE_SIZE + 5;

	assert_true(host_catch_faults());
	look(guard);
	assert_says(m, "BUG: KFENCE: invalid read in ");
	assert_says(m, "\nInvalid read at " QUIRE_ADDR_FMT ":\n", QUIRE_ADDR(guard));
	touch(unused, 3);
	assert_says(m, "\nInvalid write at " QUIRE_ADDR_FMT ":\n", QUIRE_ADDR(unused));
	touch(guard + 3 * PAGE_SIZE, 3);	/* nobody beside it */
	look((char *)k()->pool + k()->pool_bytes - 1);
	assert_reports(m, 4);
	drop(sample(PAGE_SIZE));		/* and it works as before */
	assert_reports(m, 4);
}

/* a fault that finds the lock held reports what it knows */
static void test_fault_under_lock(void **state)
{
	char *p = sample(32);

	drop(p);
	spin_lock(&k()->lock);
	look(p);
	spin_unlock(&k()->lock);
	assert_says(*state, "\nInvalid read at " QUIRE_ADDR_FMT ":\n", QUIRE_ADDR(p));
	assert_reports(*state, 1);
}

/* reports of others say what an address of the pool is */
static void test_dump(void **state)
{
	char *p = sample(32);

	mem_dump_obj(p + 4);
	assert_says(*state, "Address " QUIRE_ADDR_FMT " is 4 bytes into kfence-#", QUIRE_ADDR(p + 4));
	assert_says(*state, "cache=kmalloc-32\n");
	mem_dump_obj((void *)k()->pool);
	assert_says(*state, "is in no object of kfence\n");
	drop(p);
}

/* --- caches --------------------------------------------------------------------------- */

static void construct(void *p)
{
	memset(p, 0x17, 48);
}

static void test_caches(void **state)
{
	struct kmem_cache *s = kmem_cache_create("guarded", 48, 16, 0, construct);
	struct kmem_cache *z = kmem_cache_create("zeroed", 72, 0, SLAB_NO_MERGE, NULL);
	char *p, *q;
	int i;

	for (i = 0; i < 10; i++) {
		open_gate();
		p = kmem_cache_alloc(s, GFP_KERNEL);
		assert_true(is_kfence_address(p) && IS_ALIGNED((unsigned long)p, 16));
		assert_int_equal(p[0], 0x17);
		assert_null(memchr_inv(p, 0x17, 48));
		open_gate();
		q = kmem_cache_zalloc(z, GFP_KERNEL);
		assert_true(is_kfence_address(q));
		assert_null(memchr_inv(q, 0, 72));
		slab_check();
		assert_int_equal(kfence_cache_objects(s), 1);
		kmem_cache_free(s, p);
		kfree(q);
	}
	open_gate();
	q = kzalloc(70, GFP_KERNEL);
	assert_true(is_kfence_address(q));
	assert_null(memchr_inv(q, 0, 70));
	kfree_sensitive(q);
	open_gate();
	q = kmalloc_node(70, GFP_KERNEL, 0);
	assert_true(is_kfence_address(q));
	kfree(q);
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_int_equal(kmem_cache_destroy(z), 0);
	assert_reports(*state, 0);
	look(q);
	assert_says(*state, "cache=kmalloc-96\n");
}

/* a cache with an object in use is not destroyed, and the report names it */
static void test_destroy(void **state)
{
	struct kmem_cache *s = kmem_cache_create("leaky", 48, 0, SLAB_NO_MERGE, NULL);
	char *p;

	open_gate();
	p = kmem_cache_alloc(s, GFP_KERNEL);
	assert_true(is_kfence_address(p));
	assert_int_equal(kmem_cache_shrink(s), 0);
	assert_int_equal(kmem_cache_destroy(s), -EBUSY);
	assert_says(*state, "Objects remaining in leaky on __kmem_cache_shutdown()");
	assert_says(*state, "size=48, cache=leaky\n");
	kmem_cache_free(s, p);
	assert_int_equal(kmem_cache_destroy(s), 0);
	host_log_clear(*state);
	look(p);
	assert_says(*state, "size=48, cache=<destroyed>\n");
}

static void test_wrong_cache(void **state)
{
	struct kmem_cache *s = kmem_cache_create("mine", 48, 0, SLAB_NO_MERGE, NULL);
	struct kmem_cache *other = kmem_cache_create("other", 48, 0, SLAB_NO_MERGE, NULL);
	char *p;

	open_gate();
	p = kmem_cache_alloc(s, GFP_KERNEL);
	expect_bug(kmem_cache_free(other, p), "S5");
	assert_says(*state, "cache=mine\n");
}

static void test_krealloc(void **state)
{
	char *p = sample(20), *q;

	memset(p, 0x31, 20);
	assert_ptr_equal(krealloc(p, 20, GFP_KERNEL), p);
	assert_ptr_equal(krealloc(p, 3, GFP_KERNEL), p);
	q = krealloc(p, 21, GFP_KERNEL);	/* the class would have room */
	assert_ptr_not_equal(q, p);
	assert_null(memchr_inv(q, 0x31, 20));
	look(p);
	assert_reports(*state, 1);
	assert_says(*state, "use-after-free read");
	kfree(q);
}

static void test_bulk(void **state)
{
	struct kmem_cache *s = kmem_cache_create("bulk", 64, 0, SLAB_NO_MERGE, NULL);
	void *p[100];
	unsigned int i, round, guarded;

	for (round = 0; round < 10; round++) {
		open_gate();
		assert_int_equal(kmem_cache_alloc_bulk(s, GFP_KERNEL | __GFP_ZERO, 100, p), 100);
		for (i = guarded = 0; i < 100; i++) {
			guarded += is_kfence_address(p[i]);
			assert_null(memchr_inv(p[i], 0, 64));
			memset(p[i], round + 1, 64);
		}
		assert_int_equal(guarded, 1);
		slab_check();
		kmem_cache_free_bulk(round & 1 ? s : NULL, 100, p);
	}
	slab_check();
	assert_int_equal(kfence_cache_objects(s), 0);
	assert_int_equal(kmem_cache_destroy(s), 0);
	assert_reports(*state, 0);
}

/* caches that are one under two names */
static void test_merged(void **state)
{
	struct kmem_cache *a = kmem_cache_create("one", 56, 0, 0, NULL);
	struct kmem_cache *b = kmem_cache_create("two", 56, 0, 0, NULL);
	char *p;

	open_gate();
	p = kmem_cache_alloc(a, GFP_KERNEL);
	assert_true(is_kfence_address(p));
	kmem_cache_free(b, p);		/* the same cache, or a bug */
	kmem_cache_destroy(b);
	open_gate();
	p = kmem_cache_alloc(a, GFP_KERNEL);
	memset(p, 1, 56);
	kmem_cache_free(a, p);
	kmem_cache_destroy(a);
	assert_reports(*state, 0);
}

/* --- failures ------------------------------------------------------------------------- */

/* a request that is to fail fails, and the gate stays open */
static void test_failslab(void **state)
{
	void *p;

	open_gate();
	host_fail_nth(*state, 1, false);
	p = kmalloc(64, GFP_KERNEL);
	host_fail_nth(*state, 0, false);
	assert_null(p);
	assert_int_equal(atomic_read(&k()->gate), 1);
	p = take(64);
	assert_true(is_kfence_address(p));
	drop(p);
}

/* the boot with each allocation failing: with a pool, without one, or no machine at all */
static void test_boot_failures(void **state)
{
	struct machine_config config = geometry_config(NULL);
	unsigned int without = 0;
	struct machine *m;
	unsigned long nth;

	config.debug.kfence_interval_ms = INTERVAL;
	config.debug.kfence_objects = OBJECTS;
	config.virtual_clock = true;
	for (nth = 1; ; nth++) {
		config.fail_nth = nth;
		m = machine_create(&config);
		if (!m)
			continue;
		machine_cpu_enter(m, 0);
		if (!host_failures(m)) {
			drop(sample(32));
			break;
		}
		if (!k()->pool_bytes) {
			assert_says(m, "kfence: failed to allocate pool\n");
			without++;
			host_clock_advance(100 * INTERVAL * MS);
		}
		drop(take(32));
		machine_cpu_leave();
		assert_int_equal(machine_destroy(m), 0);
	}
	machine_cpu_leave();
	assert_int_equal(machine_destroy(m), 0);
	assert_int_equal(without, 2);		/* the objects, the pages */
}

/* --- text ----------------------------------------------------------------------------- */

static void test_text(void **state)
{
	struct seq_file m = { .buf = NULL };
	char *p = sample(32), *q;

	drop(sample(100));
	kfence_stats_show(&m);
	seq_putc(&m, 0);
	assert_string_equal(m.buf, "enabled: 1\n"
			    "currently allocated: 1\ntotal allocations: 2\ntotal frees: 1\n"
			    "zombie allocations: 0\ntotal bugs: 0\n"
			    "skipped allocations (incompatible): 0\n"
			    "skipped allocations (capacity): 0\nskipped allocations (covered): 0\n");
	m.count = 0;
	kfence_objects_show(&m);
	seq_putc(&m, 0);
	assert_non_null(strstr(m.buf, "size=32, cache=kmalloc-32\n\nallocated by task 0 on cpu 0 at "));
	q = strstr(m.buf, "size=100, cache=kmalloc-128\n\nallocated by task 0");
	assert_non_null(q);
	assert_non_null(strstr(q, "\n\nfreed by task 0 on cpu 0 at "));
	q = strstr(m.buf, "kfence-#2 unused\n---------------------------------\n");
	assert_non_null(q);
	drop(p);
	seq_release(&m);
}

/* --- CPUs ----------------------------------------------------------------------------- */

static void hammer(unsigned int cpu, void *arg)
{
	u64 random = cpu + 1;
	char *p[20] = { NULL };
	unsigned int i, at;

	for (i = 0; i < 20000; i++) {
		at = quire_random(&random) % 20;
		if (p[at]) {
			mm_bug_on(p[at][0] != (char)at);
			kfree(p[at]);
			p[at] = NULL;
			continue;
		}
		p[at] = kmalloc(quire_random(&random) % 300 + 1, GFP_KERNEL);
		p[at][0] = at;
		if (i % 10 == cpu)
			host_clock_advance(INTERVAL * MS);
	}
	for (at = 0; at < 20; at++)
		kfree(p[at]);
}

static void test_cpus(void **state)
{
	quire_run_cpus(4, hammer, NULL);
	assert_true(counted(KFENCE_COUNTER_ALLOCS) > 100);
	assert_int_equal(counted(KFENCE_COUNTER_ALLOCS), counted(KFENCE_COUNTER_FREES));
	assert_reports(*state, 0);
	/* and no CPU is left that does not see the gate */
	quire_switch_cpu(3);
	drop(sample(32));
}

#define TEST(f, s)	cmocka_unit_test_setup_teardown(f, s, quire_teardown)
#define BOTH(f)		TEST(f, setup), TEST(f, setup_checked)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_interval, setup), TEST(test_off, setup_off), BOTH(test_placement),
		TEST(test_recycling, setup), TEST(test_exhaustion, setup),
		BOTH(test_incompatible), BOTH(test_out_of_bounds), BOTH(test_both_sides),
		BOTH(test_use_after_free), BOTH(test_corruption), BOTH(test_invalid_free),
		BOTH(test_invalid_access), TEST(test_fault_under_lock, setup), BOTH(test_dump),
		BOTH(test_caches), BOTH(test_destroy), TEST(test_wrong_cache, setup),
		TEST(test_krealloc, setup), BOTH(test_bulk), TEST(test_merged, setup),
		BOTH(test_failslab), cmocka_unit_test(test_boot_failures),
		TEST(test_text, setup), BOTH(test_cpus), TEST(test_out_of_bounds, setup_full),
	};

	return cmocka_run_group_tests_name("kfence", tests, NULL, NULL);
}
