// SPDX-License-Identifier: MIT
/*
 * percpu.c - objects that exist once for each CPU.
 *
 * A chunk is one mapped area of a unit of 32 KiB for each CPU, each unit of memory of that
 * CPU's node. An object has the same offset in every unit; what the caller gets is its
 * address in unit 0:
 *
 *	unit 0            unit 1            unit 2
 *	[....XX......]    [....XX......]    [....XX......]
 *	     ^ p               ^ per_cpu_ptr(p, 1) == p + 32 KiB
 *
 * Two bitmaps of a bit for 8 bytes tell what is taken and where an object ends, so that it
 * is freed without its size. The search begins at the lowest place that may be free.
 * Objects are zeroed when they are allocated. A chunk without objects goes when another
 * one is there; the last waits for pcpu_shrink().
 *
 * Invariants, checked by pcpu_check():
 *   PP1  a bit of `ends` is set at the last 8 bytes of each object and nowhere else
 *   PP2  nr_free == clear bits of `taken`; every bit below `hint` is set
 *   PP3  a chunk is on the list of chunks, and on no list while it is made or unmade
 *
 * Locks: percpu_state.lock, never held while memory is allocated or mapped.
 */
#include <linux/kmemleak.h>
#include <linux/percpu.h>
#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>
#include "../internal.h"

#define UNIT_BITS	(PCPU_MIN_UNIT_SIZE / PCPU_MIN_ALLOC_SIZE)
#define UNIT_PAGES	(PCPU_MIN_UNIT_SIZE / PAGE_SIZE)

struct percpu_chunk {
	struct list_head list;		/* p  percpu_state.chunks */
	char *base;			/* i  unit 0 */
	unsigned int nr_pages;		/* i  of all units */
	unsigned int nr_free;		/* p  clear bits of taken */
	unsigned int hint;		/* p  no bit below it is clear */
	DECLARE_BITMAP(taken, UNIT_BITS);	/* p */
	DECLARE_BITMAP(ends, UNIT_BITS);	/* p  the last bit of each object */
	struct page *pages[];		/* i  unit after unit */
};

/* --- chunks -------------------------------------------------------------- */

static void chunk_free(struct percpu_chunk *chunk)
{
	unsigned int i;

	if (chunk->base) {
		kmemleak_free(chunk->base);
		vunmap(chunk->base);
	}
	for (i = 0; i < chunk->nr_pages && chunk->pages[i]; i++)
		__free_page(chunk->pages[i]);
	kvfree(chunk);
}

/* A chunk that is on no list yet, or NULL. Sleeps. */
static struct percpu_chunk *chunk_alloc(void)
{
	unsigned int i, nr = this_machine()->facts.nr_cpus * UNIT_PAGES;
	struct percpu_chunk *chunk = kvmalloc(struct_size(chunk, pages, nr),
					      GFP_KERNEL | __GFP_ZERO);

	if (!chunk)
		return NULL;
	chunk->nr_pages = nr;
	chunk->nr_free = UNIT_BITS;
	for (i = 0; i < nr; i++) {
		chunk->pages[i] = alloc_pages_node(cpu_to_node(i / UNIT_PAGES), GFP_KERNEL, 0);
		if (!chunk->pages[i])
			goto fail;
	}
	chunk->base = vmap(chunk->pages, nr, VM_MAP, PAGE_KERNEL);
	if (chunk->base) {
		kmemleak_alloc(chunk->base, nr * PAGE_SIZE, KMEMLEAK_GREY, GFP_KERNEL);
		return chunk;
	}
fail:
	chunk_free(chunk);
	return NULL;
}

static struct percpu_chunk *chunk_of(const struct percpu_state *state, const void *p)
{
	struct percpu_chunk *chunk;

	list_for_each_entry(chunk, &state->chunks, list)
		if ((const char *)p >= chunk->base &&
		    (const char *)p < chunk->base + PCPU_MIN_UNIT_SIZE)
			return chunk;
	return NULL;
}

/* --- objects; percpu_state.lock held ------------------------------------------ */

/* The first bit of @nr free ones in @chunk, now taken; UNIT_BITS: there are none. */
static unsigned int chunk_take(struct percpu_chunk *chunk, unsigned int nr,
			       unsigned long align_mask)
{
	unsigned int at;

	if (chunk->nr_free < nr)
		return UNIT_BITS;
	at = bitmap_find_next_zero_area(chunk->taken, UNIT_BITS, chunk->hint, nr, align_mask);
	if (at >= UNIT_BITS)
		return UNIT_BITS;
	bitmap_set(chunk->taken, at, nr);
	__set_bit(at + nr - 1, chunk->ends);
	chunk->nr_free -= nr;
	if (at == chunk->hint)
		chunk->hint = at + nr;					/* PP2 */
	return at;
}

static char *state_take(struct percpu_state *state, unsigned int nr, unsigned long align_mask)
{
	struct percpu_chunk *chunk;
	unsigned int at;

	list_for_each_entry(chunk, &state->chunks, list) {
		at = chunk_take(chunk, nr, align_mask);
		if (at < UNIT_BITS)
			return chunk->base + at * PCPU_MIN_ALLOC_SIZE;
	}
	return NULL;
}

static void publish(struct percpu_state *state, struct percpu_chunk *chunk)
{
	list_add(&chunk->list, &state->chunks);
	state->nr_pages += chunk->nr_pages;
}

static void withdraw(struct percpu_state *state, struct percpu_chunk *chunk)
{
	list_del(&chunk->list);
	state->nr_pages -= chunk->nr_pages;
}

/* --- the calls ------------------------------------------------------------------- */

/**
 * percpu_init() - no chunk yet.
 * Locks:   none needed yet.  Context: boot, once.
 */
void percpu_init(void)
{
	struct percpu_state *state = &this_machine()->percpu;

	spin_lock_init_rank(&state->lock, RANK_PERCPU, "percpu");
	INIT_LIST_HEAD(&state->chunks);
	state->nr_pages = 0;
}

static void zero_units(char *p, size_t bytes)
{
	unsigned int cpu;

	for (cpu = 0; cpu < this_machine()->facts.nr_cpus; cpu++)
		memset(per_cpu_ptr(p, cpu), 0, bytes);
}

/**
 * __alloc_percpu_gfp() - a zeroed object of @bytes for each CPU that may come up.
 * Locks:   takes percpu_state.lock.
 * Context: thread; sleeps when @gfp allows it and no chunk has room.
 * Return:  a cookie for per_cpu_ptr(); NULL without memory, for 0 bytes, for more than
 *          PCPU_MIN_UNIT_SIZE, or for an alignment that is no power of two up to a page.
 */
void __percpu *__alloc_percpu_gfp(size_t bytes, size_t align, gfp_t gfp)
{
	struct percpu_state *state = &this_machine()->percpu;
	unsigned int nr = DIV_ROUND_UP(bytes, PCPU_MIN_ALLOC_SIZE);
	struct percpu_chunk *chunk;
	unsigned long align_mask;
	char *p;

	if (WARN_ON_ONCE(!bytes || bytes > PCPU_MIN_UNIT_SIZE || !align || align > PAGE_SIZE ||
			 (align & (align - 1))))
		return NULL;
	align_mask = align > PCPU_MIN_ALLOC_SIZE ? align / PCPU_MIN_ALLOC_SIZE - 1 : 0;
	spin_lock(&state->lock);
	p = state_take(state, nr, align_mask);
	spin_unlock(&state->lock);
	if (!p && gfpflags_allow_blocking(gfp)) {
		chunk = chunk_alloc();
		if (!chunk)
			return NULL;
		spin_lock(&state->lock);
		publish(state, chunk);
		p = state_take(state, nr, align_mask);
		spin_unlock(&state->lock);
	}
	if (p)
		zero_units(p, bytes);
	return (void __percpu *)p;
}

/**
 * __alloc_percpu() - __alloc_percpu_gfp() that may sleep.
 * Locks, context, return: as __alloc_percpu_gfp() with GFP_KERNEL.
 */
void __percpu *__alloc_percpu(size_t bytes, size_t align)
{
	return __alloc_percpu_gfp(bytes, align, GFP_KERNEL);
}

/**
 * free_percpu() - the end of what __alloc_percpu() gave. NULL is ignored.
 * Locks:   takes percpu_state.lock.  Context: thread; may sleep when a chunk gets empty.
 */
void free_percpu(void __percpu *p)
{
	struct percpu_state *state = &this_machine()->percpu;
	struct percpu_chunk *chunk;
	unsigned int at, last;

	if (!p)
		return;
	spin_lock(&state->lock);
	chunk = chunk_of(state, p);
	mm_bug_on(!chunk);			/* an address that is no per-CPU object */
	at = ((const char *)p - chunk->base) / PCPU_MIN_ALLOC_SIZE;
	mm_bug_on(!test_bit(at, chunk->taken) ||
		  (at && test_bit(at - 1, chunk->taken) && !test_bit(at - 1, chunk->ends)));
	last = find_next_bit(chunk->ends, UNIT_BITS, at);
	__clear_bit(last, chunk->ends);						/* PP1 */
	bitmap_clear(chunk->taken, at, last + 1 - at);
	chunk->nr_free += last + 1 - at;
	chunk->hint = min(chunk->hint, at);
	if (chunk->nr_free < UNIT_BITS || list_is_singular(&state->chunks))
		chunk = NULL;
	else
		withdraw(state, chunk);
	spin_unlock(&state->lock);
	if (chunk)
		chunk_free(chunk);
}

/**
 * pcpu_shrink() - give chunks without objects back.
 * Locks:   takes percpu_state.lock.  Context: thread; may sleep.
 */
void pcpu_shrink(void)
{
	struct percpu_state *state = &this_machine()->percpu;
	struct percpu_chunk *chunk, *next;
	LIST_HEAD(empty);

	spin_lock(&state->lock);
	list_for_each_entry_safe(chunk, next, &state->chunks, list)
		if (chunk->nr_free == UNIT_BITS) {
			withdraw(state, chunk);
			list_add(&chunk->list, &empty);
		}
	spin_unlock(&state->lock);
	list_for_each_entry_safe(chunk, next, &empty, list)
		chunk_free(chunk);
}

/**
 * pcpu_nr_pages() - pages that hold per-CPU objects, their free room included.
 * Locks:   none; a snapshot.  Context: any.
 */
unsigned long pcpu_nr_pages(void)
{
	return READ_ONCE(this_machine()->percpu.nr_pages);
}

static void chunk_check(const struct percpu_chunk *chunk)
{
	unsigned int first_free = find_first_zero_bit(chunk->taken, UNIT_BITS);

	mm_bug_on(bitmap_weight(chunk->taken, UNIT_BITS) + chunk->nr_free != UNIT_BITS);
	mm_bug_on(chunk->hint > first_free);					/* PP2 */
	mm_bug_on(!bitmap_subset(chunk->ends, chunk->taken, UNIT_BITS));	/* PP1 */
	mm_bug_on(test_bit(UNIT_BITS - 1, chunk->taken) &&
		  !test_bit(UNIT_BITS - 1, chunk->ends));
}

/**
 * pcpu_check() - PP1 to PP3.
 * Locks:   takes percpu_state.lock.  Context: thread.
 */
void pcpu_check(void)
{
	struct percpu_state *state = &this_machine()->percpu;
	struct percpu_chunk *chunk;
	unsigned long pages = 0;

	spin_lock(&state->lock);
	list_for_each_entry(chunk, &state->chunks, list) {
		chunk_check(chunk);
		pages += chunk->nr_pages;
	}
	mm_bug_on(pages != state->nr_pages);
	spin_unlock(&state->lock);
}
