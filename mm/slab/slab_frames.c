/* SPDX-License-Identifier: MIT */
/*
 * slab_frames.c - whose slab a frame belongs to, in one byte.
 *
 * To free an object its cache must be found. struct page says it, but a program that
 * frees at random touches a line of 64 bytes for each 4 KiB of objects then. A byte per
 * frame is enough: the number of the cache, or 0 for a frame that is in no slab.
 *
 *	address >> PAGE_SHIFT -> slab_state.frame_ids[] -> this CPU's slab_cpu.by_id[]
 *
 * There is one table more than CPUs, in which nothing is ever kept: whoever works with that
 * one comes by the slow paths with each allocation (the fault points of a test).
 *
 * frame_ids is biased, so that the address of an object indexes it without subtracting
 * where the direct map begins. It exists on machines where it is worth having: with one
 * node (the free path has to know the node of an object) and without holes that would
 * take more bytes than the RAM needs. Elsewhere frame_ids is NULL and struct page is asked,
 * also where a debugging aid wants to see each free (mm/debug/hooks.c).
 * The first 255 caches have a number, the others have none: their frames stay 0.
 *
 * Invariants (slab_check() walks them):
 *   SF1  frame_ids of every frame of a slab is its cache's id, or 0 when that is SLAB_NO_ID;
 *        of any other frame it is 0
 *   SF2  by_id[i] is that CPU's array of the cache with the id i; where there is none, and
 *        for 0, an array that keeps nothing
 *
 * Locks: an entry belongs to whoever owns the frame. slab_state.lock covers by_id; the
 * entry of a cache that has objects does not change, so that freeing needs no lock.
 */
#include "slab_internal.h"
#include <linux/memblock.h>

/* more bytes than this for each frame of RAM is too much */
#define FRAME_IDS_WASTE		4

/**
 * slab_frames_init() - make the table, if this machine is to have one.
 * Locks:   none needed yet.  Context: boot CPU, nodes known, memblock still gives memory.
 */
void slab_frames_init(void)
{
	struct machine *m = this_machine();
	unsigned long start = m->min_low_pfn, end = m->max_low_pfn;
	unsigned long frames = memblock_phys_mem_size() >> PAGE_SHIFT;
	u8 *ids;

	if (mm_debug_sees_frees() || m->nr_online_nodes != 1 || end <= start || end - start > frames * FRAME_IDS_WASTE)
		return;
	ids = memblock_alloc(end - start, SMP_CACHE_BYTES);
	if (ids)
		m->slab.frame_ids = (u8 *)((unsigned long)ids - start -
					   ((unsigned long)__va(0) >> PAGE_SHIFT));
}

/**
 * slab_frames_set() - the 2^@order frames from @slab on are @id's; 0: nobody's.
 * Locks:   none, the caller owns the frames.  Context: thread.
 */
void slab_frames_set(struct page *slab, unsigned int order, unsigned int id)
{
	u8 *ids = this_machine()->slab.frame_ids;

	mm_assert(id <= SLAB_NO_ID && order < MAX_ORDER);
	mm_assert(PageSlab(slab) && order == compound_order(slab));
	if (ids && id != SLAB_NO_ID)
		memset(ids + ((unsigned long)page_address(slab) >> PAGE_SHIFT), id, 1u << order);
}

/**
 * slab_cpus_init() - the CPUs' tables, with nothing in them.
 * Locks:   none needed yet.  Context: boot CPU; the page allocator works.
 * Return:  0 or -ENOMEM.
 */
int slab_cpus_init(void)
{
	struct machine *m = this_machine();
	unsigned int cpu, id, tables = m->facts.nr_cpus + 1;

	m->slab.cpus = alloc_pages_exact(tables * sizeof(struct slab_cpu),
					 GFP_KERNEL | __GFP_ZERO);
	if (!m->slab.cpus)
		return -ENOMEM;
	for (cpu = 0; cpu < tables; cpu++) {
		slab_cpu_init(&m->slab.cpus[cpu].none, 0, 0);
		for (id = 0; id < SLAB_NR_IDS; id++)
			m->slab.cpus[cpu].by_id[id] = &m->slab.cpus[cpu].none;
	}
	arch_slab_set(&m->slab);
	return 0;
}

/**
 * slab_id_get() - give @s a number, if there is one left.
 * Locks:   slab_state.lock held, or boot.  Context: any; @s has its arrays.
 */
void slab_id_get(struct kmem_cache *s)
{
	struct slab_cpu *cpus = this_machine()->slab.cpus;
	unsigned int cpu, id = 1;

	mm_assert(cpus && s->nr_cpus && s->cpu[0]);			/* SF2 */
	while (id < SLAB_NR_IDS && cpus[0].by_id[id] != &cpus[0].none)
		id++;
	s->id = id;
	for (cpu = 0; id < SLAB_NR_IDS && cpu < s->nr_cpus; cpu++)
		cpus[cpu].by_id[id] = slab_cpu(s, cpu);
}

/**
 * slab_id_put() - @s has no slab any more: its number is free.
 * Locks:   slab_state.lock held.  Context: any.
 */
void slab_id_put(struct kmem_cache *s)
{
	struct slab_cpu *cpus = this_machine()->slab.cpus;
	unsigned int cpu;

	spin_assert_held(&this_machine()->slab.lock);
	mm_assert(s->id && s->id <= SLAB_NO_ID);
	mm_assert(s->id >= SLAB_NR_IDS || cpus[0].by_id[s->id] == slab_cpu(s, 0));	/* SF2 */
	for (cpu = 0; s->id < SLAB_NR_IDS && cpu < s->nr_cpus; cpu++)
		cpus[cpu].by_id[s->id] = &cpus[cpu].none;
}

/**
 * slab_frames_check() - the frames of @slab bear the right number (SF1).
 * Locks:   the node's list_lock.  Context: any.
 */
void slab_frames_check(struct kmem_cache *s, struct page *slab)
{
	const u8 *ids = this_machine()->slab.frame_ids;
	unsigned long i, want = s->id == SLAB_NO_ID ? 0 : s->id;

	spin_assert_held(&slab_node(s, slab)->list_lock);
	for (i = 0; ids && i < 1ul << compound_order(slab); i++)
		if (ids[((unsigned long)page_address(slab) >> PAGE_SHIFT) + i] != want)
			slab_bug(s, slab, page_address(slab + i), "SF1: frame of another cache");
}
