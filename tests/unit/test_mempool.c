// SPDX-License-Identifier: MIT
/* test_mempool.c - the reserve, who waits for it, resizing, without memory. */
#include "quire_test.h"
#include <linux/mempool.h>
#include <unistd.h>

/* an allocator that can be told to have nothing */
struct source {
	atomic_t left, out;
};

static void *source_alloc(gfp_t gfp, void *data)
{
	struct source *src = data;
	void *p;

	if (atomic_add_return(-1, &src->left) < 0) {
		atomic_add(1, &src->left);
		return NULL;
	}
	p = kmalloc(64, gfp);
	if (p)
		atomic_add(1, &src->out);
	return p;
}

static void source_free(void *element, void *data)
{
	struct source *src = data;

	atomic_add(-1, &src->out);
	kfree(element);
}

static void test_reserve(void **state)
{
	struct source src = { ATOMIC_INIT(6), ATOMIC_INIT(0) };
	mempool_t *pool = mempool_create(4, source_alloc, source_free, &src);
	void *p[7];
	int i;

	assert_non_null(pool);
	assert_int_equal(pool->curr_nr, 4);
	for (i = 0; i < 6; i++) {			/* 2 of the source, 4 of the reserve */
		p[i] = mempool_alloc(pool, GFP_NOWAIT);
		assert_non_null(p[i]);
		assert_int_equal(pool->curr_nr, i < 2 ? 4 : 5 - i);
	}
	assert_null(mempool_alloc(pool, GFP_NOWAIT));
	for (i = 0; i < 6; i++)
		mempool_free(p[i], pool);
	mempool_free(NULL, pool);
	assert_int_equal(pool->curr_nr, 4);
	assert_int_equal(atomic_read(&src.out), 4);
	mempool_destroy(pool);
	mempool_destroy(NULL);
	assert_int_equal(atomic_read(&src.out), 0);
}

static void test_resize(void **state)
{
	struct source src = { ATOMIC_INIT(10), ATOMIC_INIT(0) };
	mempool_t pool;
	void *p[8];
	int i;

	assert_int_equal(mempool_init(&pool, -1, source_alloc, source_free, &src), -EINVAL);
	assert_int_equal(mempool_init(&pool, 11, source_alloc, source_free, &src), -ENOMEM);
	assert_int_equal(atomic_read(&src.out), 0);
	assert_false(mempool_initialized(&pool));
	mempool_exit(&pool);
	atomic_set(&src.left, 10);
	assert_int_equal(mempool_init(&pool, 2, source_alloc, source_free, &src), 0);
	assert_int_equal(mempool_resize(&pool, 0), -EINVAL);
	assert_int_equal(mempool_resize(&pool, 8), 0);
	assert_int_equal(pool.curr_nr, 8);
	assert_int_equal(mempool_resize(&pool, 3), 0);
	assert_int_equal(pool.curr_nr, 3);
	assert_int_equal(atomic_read(&src.out), 3);
	/* larger than the source can give: the rest comes as elements come back */
	for (i = 0; i < 5; i++)
		p[i] = mempool_alloc(&pool, GFP_NOWAIT);
	assert_non_null(p[4]);
	assert_int_equal(mempool_resize(&pool, 8), 0);
	assert_int_equal(pool.curr_nr, 0);
	for (i = 0; i < 5; i++)
		mempool_free(p[i], &pool);
	assert_int_equal(pool.curr_nr, 5);
	mempool_exit(&pool);
	assert_int_equal(atomic_read(&src.out), 0);
}

static void test_usual(void **state)
{
	struct kmem_cache *s = kmem_cache_create("pooled", 100, 0, 0, NULL);
	mempool_t *a = mempool_create_slab_pool(3, s), *b = mempool_create_kmalloc_pool(3, 5000);
	mempool_t *c = mempool_create_page_pool(3, 2);
	void *p;

	assert_true(a && b && c);
	p = mempool_alloc(a, GFP_KERNEL);
	mempool_free(p, a);
	p = mempool_alloc(b, GFP_KERNEL);
	assert_true(ksize(p) >= 5000);
	mempool_free(p, b);
	p = mempool_alloc(c, GFP_KERNEL);
	memset(page_address(p), 1, 4 * PAGE_SIZE);
	mempool_free(p, c);
	mempool_destroy(a);
	mempool_destroy(b);
	mempool_destroy(c);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

/* more threads than elements, each holding one at a time: all get on, nobody fails */
#define ROUNDS	2000

struct contest {
	mempool_t *pool;
	atomic_t done, failed;
};

static void compete(unsigned int cpu, void *arg)
{
	struct contest *c = arg;
	unsigned int i;
	char *p;

	for (i = 0; i < ROUNDS; i++) {
		p = mempool_alloc(c->pool, GFP_KERNEL);
		if (!p) {
			atomic_inc(&c->failed);
			continue;
		}
		p[0] = cpu;
		if (i % 64 == 0)
			usleep(10);
		if (p[0] != (char)cpu)
			atomic_inc(&c->failed);
		mempool_free(p, c->pool);
		atomic_inc(&c->done);
	}
}

static void test_wait(void **state)
{
	struct source src = { ATOMIC_INIT(2), ATOMIC_INIT(0) };
	struct contest c = { mempool_create(2, source_alloc, source_free, &src),
			     ATOMIC_INIT(0), ATOMIC_INIT(0) };

	assert_non_null(c.pool);
	quire_run_cpus(4, compete, &c);
	assert_int_equal(atomic_read(&c.failed), 0);
	assert_int_equal(atomic_read(&c.done), 4 * ROUNDS);
	assert_int_equal(c.pool->curr_nr, 2);
	mempool_destroy(c.pool);
}

/* every allocation of a creation and a growth fails once: nothing is lost */
static void test_failnth(void **state)
{
	struct kmem_cache *s = kmem_cache_create("pooled", 100, 0, 0, NULL);
	unsigned int n;
	mempool_t *pool;
	int ret = -ENOMEM;

	for (n = 1; ret; n++) {
		host_fail_nth(*state, n, false);
		pool = mempool_create_slab_pool(5, s);
		if (pool) {
			ret = mempool_resize(pool, 9);
			if (ret)
				assert_int_equal(pool->min_nr, 5);
			mempool_destroy(pool);
		}
		host_fail_nth(*state, 0, false);
		assert_true(n < 100);
	}
	assert_true(n > 6);
	assert_int_equal(kmem_cache_destroy(s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_reserve), quire_fast_test(test_reserve),
		quire_unit_test(test_resize), quire_unit_test(test_usual),
		quire_unit_test(test_wait), quire_fast_test(test_wait),
		quire_unit_test(test_failnth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
