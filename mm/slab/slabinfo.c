/* SPDX-License-Identifier: MIT */
/*
 * slabinfo.c - /proc/slabinfo, version 2.1, as slabtop and vmstat -m read it.
 *
 * One line per cache, newest first. Objects on partial slabs' freelists are free; those
 * that a CPU keeps at hand count as active, as in Linux. Slabs are what the lists hold
 * and what CPUs own. The tunables are those of an allocator without any: zeroes.
 *
 * Locks: slab_state.lock for the list of caches, each node's list_lock for its sums.
 * The text may have to grow, which allocates and may sleep: so the numbers of one cache
 * at a time are copied under the locks and printed without them. A cache that comes or
 * goes meanwhile may shift the rest by one line, as it does in Linux.
 */
#include "slab_internal.h"
#include <linux/seq_file.h>

static void sum_node(struct kmem_cache_node *n, struct kmem_cache_usage *sums)
{
	unsigned long nr_free = 0;
	struct page *slab;

	spin_lock(&n->list_lock);
	list_for_each_entry(slab, &n->partial, slab_list)
		nr_free += slab->objects - slab->inuse;
	sums->objects += n->nr_objects;
	sums->slabs += n->nr_slabs;
	sums->active_objects += n->nr_objects - nr_free;
	spin_unlock(&n->list_lock);
}

/**
 * kmem_cache_usage() - what the cache at position @index of the list, newest first, holds.
 * Locks:   slab_state.lock, list_lock.  Context: any thread; never sleeps.
 * Return:  true; false when there are fewer caches, then @sums is empty.
 */
bool kmem_cache_usage(unsigned int index, struct kmem_cache_usage *sums)
{
	struct slab_state *state = &this_machine()->slab;
	struct kmem_cache_node *n;
	struct kmem_cache *s;
	bool found = false;
	int nid;

	memset(sums, 0, sizeof(*sums));
	spin_lock(&state->lock);
	list_for_each_entry(s, &state->caches, list) {
		if (index--)
			continue;
		strscpy(sums->name, s->name, sizeof(sums->name));
		sums->size = s->size;
		sums->order = s->order;
		for_each_slab_node(s, n, nid)
			sum_node(n, sums);
		found = true;
		break;
	}
	spin_unlock(&state->lock);
	return found;
}

static void show_cache(struct seq_file *m, const struct kmem_cache_usage *sums)
{
	seq_printf(m, "%-17s %6lu %6lu %6u %4lu %4d", sums->name, sums->active_objects,
		   sums->objects, sums->size, (PAGE_SIZE << sums->order) / sums->size,
		   1 << sums->order);
	seq_printf(m, " : tunables %4u %4u %4u", 0, 0, 0);
	seq_printf(m, " : slabdata %6lu %6lu %6lu\n", sums->slabs, sums->slabs, 0ul);
}

/**
 * slabinfo_show() - the whole text of /proc/slabinfo.
 * Locks:   slab_state.lock, list_lock.
 * Context: thread; may sleep when @m grows.
 */
void slabinfo_show(struct seq_file *m)
{
	struct kmem_cache_usage sums;
	unsigned int i;

	seq_puts(m, "slabinfo - version: 2.1\n");
	seq_puts(m, "# name            <active_objs> <num_objs> <objsize> <objperslab> ");
	seq_puts(m, "<pagesperslab> : tunables <limit> <batchcount> <sharedfactor>");
	seq_puts(m, " : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	for (i = 0; kmem_cache_usage(i, &sums); i++)
		show_cache(m, &sums);
}
