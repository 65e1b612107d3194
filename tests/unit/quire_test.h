/* SPDX-License-Identifier: MIT */
/*
 * quire_test.h - what every hosted unit test needs: a machine per test, statements that
 * must end in a bug, threads that are CPUs, and memory that must come back.
 *
 *	static void test_x(void **state)
 *	{
 *		struct machine *m = *state;		this thread is CPU 0 of it
 *		...
 *		expect_bug(kfree(wild), "S5");
 *	}
 *	int main(void)
 *	{
 *		const struct CMUnitTest tests[] = { quire_unit_test(test_x) };
 *
 *		return cmocka_run_group_tests(tests, NULL, NULL);
 *	}
 */
#ifndef QUIRE_TEST_H
#define QUIRE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <cmocka.h>

#include <linux/types.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/highmem.h>
#include <linux/vmstat.h>
#include <linux/seq_file.h>
#include <mm/machine.h>
#include <mm/host.h>
#include "../geometry.h"

/* --- words of 32 and of 64 bits ------------------------------------------------------ */

/* cmocka compares numbers of 64 bits: an error is the same as long and as unsigned long */
#define quire_number(v)								\
	(sizeof((v) + 0) == sizeof(long) ? (LargestIntegralType)(long)(v) :	\
					   cast_to_largest_integral_type(v))
#undef assert_int_equal
#define assert_int_equal(a, b)							\
	_assert_int_equal(quire_number(a), quire_number(b), __FILE__, __LINE__)

/* an address as the log prints it: QUIRE_ADDR(p) goes with QUIRE_ADDR_FMT */
#define QUIRE_ADDR_FMT	"0x%0*lx"
#define QUIRE_ADDR(p)	(int)(2 * sizeof(long)), (unsigned long)(p)

/* ends a test of what a build for 32 bit has not: @why not */
#define quire_needs_64bit(why)							\
do {										\
	if (BITS_PER_LONG == 32) {						\
		print_message("# %s: 64 bit alone: %s\n", __func__, why);	\
		skip();								\
	}									\
} while (0)

/* --- a machine per test ------------------------------------------------------------- */

static inline int quire_setup_config(void **state, const struct machine_config *config)
{
	struct machine_config c = config ? *config : (struct machine_config)MACHINE_DEFAULTS;
	struct machine *m;

	c.dirty_ram = true;		/* nothing may count on zeroes */
	m = machine_create(&c);
	if (!m)
		return -1;
	machine_cpu_enter(m, 0);
	*state = m;
	return 0;
}

/* the geometry of this run (tests/geometry.h), 4 CPUs, every check on */
static inline int quire_setup(void **state)
{
	struct machine_config config = geometry_config(NULL);

	return quire_setup_config(state, &config);
}

/* the same with the allocators' fast paths, as a kernel that is no debug build runs them */
static inline int quire_setup_fast(void **state)
{
	struct machine_config config = geometry_config(NULL);

	config.slab_fast = true;
	return quire_setup_config(state, &config);
}

static inline int quire_teardown(void **state)
{
	int ret;

	host_set_bug_hook(NULL, NULL);
	if (this_machine())
		machine_cpu_leave();
	ret = machine_destroy(*state);		/* a leak fails the test */
	*state = NULL;
	return ret;
}

#define quire_unit_test(f)	cmocka_unit_test_setup_teardown(f, quire_setup, quire_teardown)
#define quire_fast_test(f)	cmocka_unit_test_setup_teardown(f, quire_setup_fast, quire_teardown)

/* go on as another CPU of the same machine */
static inline void quire_switch_cpu(unsigned int cpu)
{
	struct machine *m = this_machine();

	machine_cpu_leave();
	machine_cpu_enter(m, cpu);
}

/* --- bugs ------------------------------------------------------------------------------- */

struct quire_bug {
	jmp_buf env;
	char text[256];
};

static inline void quire_bug_hook(const char *file, int line, const char *expr, void *arg)
{
	struct quire_bug *bug = arg;

	strncpy(bug->text, expr, sizeof(bug->text) - 1);
	longjmp(bug->env, 1);
}

/*
 * @statement must call port_bug() with @part in its text. Afterwards the machine may
 * hold locks for ever: do nothing with it but read its log.
 */
#define expect_bug(statement, part)						\
do {										\
	struct quire_bug __bug = { .text = "" };				\
										\
	host_set_bug_hook(quire_bug_hook, &__bug);				\
	if (!setjmp(__bug.env)) {						\
		statement;							\
		host_set_bug_hook(NULL, NULL);					\
		fail_msg("no bug found by: %s", #statement);			\
	}									\
	host_set_bug_hook(NULL, NULL);						\
	if (!strstr(__bug.text, part))						\
		fail_msg("bug is '%s', not '%s'", __bug.text, part);		\
} while (0)

#define assert_log_has(m, part)							\
do {										\
	if (!strstr(host_log_text(m), part))					\
		fail_msg("'%s' is not in the log:\n%s", part, host_log_text(m)); \
} while (0)

/* --- threads ------------------------------------------------------------------------------ */

struct quire_thread {
	pthread_t thread;
	struct machine *machine;
	unsigned int cpu;
	void (*fn)(unsigned int cpu, void *arg);
	void *arg;
};

static inline void *quire_thread_main(void *p)
{
	struct quire_thread *t = p;

	machine_cpu_enter(t->machine, t->cpu);
	t->fn(t->cpu, t->arg);
	machine_cpu_leave();
	return NULL;
}

/* Run @fn on CPUs 0 .. @nr - 1 at once; the caller leaves its CPU meanwhile. */
static inline void quire_run_cpus(unsigned int nr, void (*fn)(unsigned int, void *), void *arg)
{
	struct machine *m = this_machine();
	unsigned int own = smp_processor_id(), i;
	struct quire_thread threads[16];

	assert_true(nr <= ARRAY_SIZE(threads));
	machine_cpu_leave();
	for (i = 0; i < nr; i++) {
		threads[i] = (struct quire_thread){ .machine = m, .cpu = i, .fn = fn, .arg = arg };
		assert_int_equal(pthread_create(&threads[i].thread, NULL, quire_thread_main,
						&threads[i]), 0);
	}
	for (i = 0; i < nr; i++)
		pthread_join(threads[i].thread, NULL);
	machine_cpu_enter(m, own);
}

/* --- memory -------------------------------------------------------------------------------- */

/* a byte of a page that may have no address */
static inline unsigned char quire_page_byte(struct page *page, size_t offset)
{
	unsigned char byte;

	memcpy_from_page(&byte, page, offset, 1);
	return byte;
}

static inline unsigned long quire_page_word(struct page *page, size_t offset)
{
	unsigned long word;

	memcpy_from_page(&word, page, offset, sizeof(word));
	return word;
}

/* where GFP_DMA and GFP_KERNEL find memory first, in this run's geometry */
static inline enum zone_type quire_dma_zone(void)
{
	return first_populated_zone()->type;
}
static inline enum zone_type quire_kernel_zone(void)
{
	enum zone_type type = ZONE_NORMAL;

	while (!populated_zone(&NODE_DATA(0)->node_zones[type]))
		type--;
	return type;
}

/* a small generator that gives the same numbers everywhere: xorshift64* */
static inline u64 quire_random(u64 *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dull;
}

/* free pages once every cache has given back what it does not need */
static inline unsigned long quire_settled_free_pages(void)
{
	struct kmem_cache *s;
	unsigned int i, t;

	vm_unmap_aliases();
	for (t = 0; t < NR_KMALLOC_TYPES; t++)
		for (i = 0; i < KMALLOC_NR_CLASSES; i++) {
			s = this_machine()->slab.kmalloc_caches[t][i];
			if (s)
				kmem_cache_shrink(s);
		}
	kmem_cache_shrink(this_machine()->slab.xa_node_cache);
	kmem_cache_shrink(this_machine()->vmalloc.area_cachep);
	kmem_cache_shrink(this_machine()->slab.kmem_cache);
	kmem_cache_shrink(this_machine()->slab.kmem_cache_node);
	return nr_free_pages();
}

#endif
