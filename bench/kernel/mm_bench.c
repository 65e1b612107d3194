// SPDX-License-Identifier: MIT
/*
 * mm_bench.c - what the allocators of a kernel cost from inside: one source, a module for
 * Debian's Linux and a boot test of Quire (boot_test=mm_bench).
 *
 * Each row does its work once to warm up and then REPEATS times; the figure is the least,
 * in ticks of the time-stamp counter for one allocation with its free. In a machine that
 * counts instructions (bench/kernel-run) a tick is an instruction. The loop around the
 * calls, a few instructions, is part of every figure, on both kernels alike.
 *
 *	mm_bench: <row> <size> <ticks with two decimals>
 *
 *   pair     allocate, free
 *   batch    up to 1,000 at a time, freed in the order of allocation
 *   random   as many are live; each step frees a random one and allocates another
 *   bulk     16 with one call
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#ifdef MODULE
#include <linux/module.h>
#endif

#define BATCH		1000u
#define BATCH_BYTES	(256ul << 20)	/* of pages that are live at once */
#define REPEATS		5
#define BULK		16
#define OBJECT_BYTES	128

/* One row: what it works on, set up by the caller. */
struct row {
	const char *name;
	unsigned long size;		/* as printed: bytes, or an order */
	unsigned int nr;		/* operations of one run */
	void (*run)(const struct row *row);
	struct kmem_cache *cache;
};

static void **live;			/* BATCH objects */

static inline u64 ticks(void)
{
	u32 low, high;

	asm volatile("lfence; rdtsc" : "=a" (low), "=d" (high) : : "memory");
	return (u64)high << 32 | low;
}

static unsigned int draw(unsigned int *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* --- the five kinds of memory ------------------------------------------------- */

enum kind { KIND_PAGES, KIND_KMALLOC, KIND_CACHE, KIND_VMALLOC, KIND_PERCPU };

static __always_inline void *take(const struct row *row, enum kind kind)
{
	switch (kind) {
	case KIND_PAGES:
		return alloc_pages(GFP_KERNEL, row->size);
	case KIND_KMALLOC:
		return kmalloc(row->size, GFP_KERNEL);
	case KIND_CACHE:
		return kmem_cache_alloc(row->cache, GFP_KERNEL);
	case KIND_VMALLOC:
		return vmalloc(row->size);
	case KIND_PERCPU:
		return (__force void *)__alloc_percpu(row->size, 8);
	}
	return NULL;
}

static __always_inline void give(const struct row *row, enum kind kind, void *p)
{
	switch (kind) {
	case KIND_PAGES:
		__free_pages(p, row->size);
		break;
	case KIND_KMALLOC:
		kfree(p);
		break;
	case KIND_CACHE:
		kmem_cache_free(row->cache, p);
		break;
	case KIND_VMALLOC:
		vfree(p);
		break;
	case KIND_PERCPU:
		free_percpu((__force void __percpu *)p);
		break;
	}
}

/* A place without memory gives up: the figure would mean nothing. */
#define RUNS(kind_name, KIND)							\
static void kind_name##_pair(const struct row *row)				\
{										\
	unsigned int i;								\
										\
	for (i = 0; i < row->nr; i++) {						\
		void *p = take(row, KIND);					\
										\
		if (unlikely(!p))						\
			panic("mm_bench: no memory");				\
		give(row, KIND, p);						\
	}									\
}										\
										\
static void kind_name##_batch(const struct row *row)				\
{										\
	unsigned int i;								\
										\
	for (i = 0; i < row->nr; i++)						\
		if (unlikely(!(live[i] = take(row, KIND))))			\
			panic("mm_bench: no memory");				\
	for (i = 0; i < row->nr; i++)						\
		give(row, KIND, live[i]);					\
}										\
										\
static __maybe_unused void kind_name##_random(const struct row *row)		\
{										\
	unsigned int i, seed = 1;						\
										\
	for (i = 0; i < row->nr; i++) {						\
		void **place = &live[draw(&seed) % row->nr];			\
										\
		give(row, KIND, *place);					\
		if (unlikely(!(*place = take(row, KIND))))			\
			panic("mm_bench: no memory");				\
	}									\
}										\
										\
static __maybe_unused void kind_name##_fill(const struct row *row)		\
{										\
	unsigned int i;								\
										\
	for (i = 0; i < row->nr; i++)						\
		if (!(live[i] = take(row, KIND)))				\
			panic("mm_bench: no memory");				\
}										\
										\
static __maybe_unused void kind_name##_empty(const struct row *row)		\
{										\
	unsigned int i;								\
										\
	for (i = 0; i < row->nr; i++)						\
		give(row, KIND, live[i]);					\
}

RUNS(pages, KIND_PAGES)
RUNS(kmalloc, KIND_KMALLOC)
RUNS(cache, KIND_CACHE)
RUNS(vmalloc, KIND_VMALLOC)
RUNS(percpu, KIND_PERCPU)

static void cache_bulk(const struct row *row)
{
	unsigned int i;

	for (i = 0; i < row->nr; i += BULK) {
		if (kmem_cache_alloc_bulk(row->cache, GFP_KERNEL, BULK, live) != BULK)
			panic("mm_bench: no memory");
		kmem_cache_free_bulk(row->cache, BULK, live);
	}
}

/* --- rows ---------------------------------------------------------------------------- */

static void measure(const struct row *row)
{
	u64 best = ~0ull, start, spent;
	unsigned int i;

	row->run(row);
	for (i = 0; i < REPEATS; i++) {
		start = ticks();
		row->run(row);
		spent = ticks() - start;
		if (spent < best)
			best = spent;
	}
	best = best * 100 / row->nr;
	pr_info("mm_bench: %s %lu %llu.%02llu\n", row->name, row->size,
		(unsigned long long)best / 100, (unsigned long long)best % 100);
}

static void pages_rows(void)
{
	unsigned int order;

	for (order = 0; order < MAX_ORDER; order++) {
		unsigned int nr = min_t(unsigned long, BATCH,
					BATCH_BYTES >> (PAGE_SHIFT + order));
		struct row pair = { "page-pair", order, BATCH, pages_pair, NULL };
		struct row batch = { "page-batch", order, nr, pages_batch, NULL };
		struct row random = { "page-random", order, nr, pages_random, NULL };

		measure(&pair);
		measure(&batch);
		pages_fill(&random);
		measure(&random);
		pages_empty(&random);
	}
}

static void kmalloc_rows(void)
{
	static const unsigned short sizes[] = { 8, 16, 32, 64, 96, 128, 192, 256, 512, 1024,
						2048, 4096, 8192 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct row pair = { "kmalloc-pair", sizes[i], BATCH, kmalloc_pair, NULL };
		struct row batch = { "kmalloc-batch", sizes[i], BATCH, kmalloc_batch, NULL };
		struct row random = { "kmalloc-random", sizes[i], BATCH, kmalloc_random, NULL };

		measure(&pair);
		measure(&batch);
		kmalloc_fill(&random);
		measure(&random);
		kmalloc_empty(&random);
	}
}

static void construct(void *object)
{
	*(unsigned long *)object = 1;
}

static void cache_rows(bool with_ctor)
{
	struct kmem_cache *cache = kmem_cache_create(with_ctor ? "mm_bench_ctor" : "mm_bench",
						     OBJECT_BYTES, 8, 0,
						     with_ctor ? construct : NULL);
	struct row pair = { with_ctor ? "ctor-pair" : "cache-pair", OBJECT_BYTES, BATCH,
			    cache_pair, cache };
	struct row batch = { with_ctor ? "ctor-batch" : "cache-batch", OBJECT_BYTES, BATCH,
			     cache_batch, cache };
	struct row random = { with_ctor ? "ctor-random" : "cache-random", OBJECT_BYTES, BATCH,
			      cache_random, cache };
	struct row bulk = { with_ctor ? "ctor-bulk" : "cache-bulk", OBJECT_BYTES,
			    BATCH / BULK * BULK, cache_bulk, cache };

	if (!cache)
		panic("mm_bench: no memory");
	measure(&pair);
	measure(&batch);
	cache_fill(&random);
	measure(&random);
	cache_empty(&random);
	measure(&bulk);
	kmem_cache_destroy(cache);
}

static void other_rows(void)
{
	static const unsigned long areas[] = { 4096, 64 << 10, 4 << 20 };
	static const unsigned short objects[] = { 8, 64, 1024 };
	void __percpu *kept = __alloc_percpu(8, 8);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(areas); i++) {
		struct row pair = { "vmalloc-pair", areas[i], 100, vmalloc_pair, NULL };
		struct row batch = { "vmalloc-batch", areas[i], i == 2 ? 20 : 100,
				     vmalloc_batch, NULL };

		measure(&pair);
		measure(&batch);
	}
	for (i = 0; i < ARRAY_SIZE(objects); i++) {
		struct row pair = { "percpu-pair", objects[i], BATCH, percpu_pair, NULL };
		struct row batch = { "percpu-batch", objects[i], 100, percpu_batch, NULL };

		measure(&pair);
		measure(&batch);
	}
	free_percpu(kept);
}

static void mm_bench(void)
{
	live = vmalloc(BATCH * sizeof(*live));
	if (!live)
		panic("mm_bench: no memory");
	pages_rows();
	kmalloc_rows();
	cache_rows(false);
	cache_rows(true);
	other_rows();
	vfree(live);
	pr_info("mm_bench: end\n");
}

#ifdef MODULE
static int __init mm_bench_init(void)
{
	mm_bench();
	return -EAGAIN;			/* nothing stays */
}
module_init(mm_bench_init);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("what the allocators cost");
#else
boot_test("mm_bench", mm_bench);
#endif
