/* SPDX-License-Identifier: MIT */
/*
 * slab_trace.c - who holds the objects of a cache with SLAB_STORE_USER: the files
 * alloc_traces and free_traces of debugfs.
 *
 * The objects in use are counted by where they came from (or, for free_traces, by who
 * freed them the time before): by address in the code, stack, and bytes that kmalloc()
 * gave beyond what was asked. One of these with its count is a struct slab_location; most
 * come first in the text, in Linux's form:
 *
 *	     63 caller+0x10/0x40 waste=504/8 age=1/7/9 pid=1-3 cpus=0-1 nodes=0
 *	        caller+0x10/0x40
 *	        ...
 *
 * age is in jiffies: least, mean, most. CPUs and nodes are named where there are several.
 *
 * The table of locations cannot grow under the locks that keep the objects where they
 * are. One that turns out too small is thrown away and a larger one filled from the start.
 *
 *   ST1  a table is full only if it has lost nothing: no location that was seen is missing
 *   ST2  nothing is allocated, and nothing written, under a lock
 *
 * Locks: slab_state.lock while a table is filled, each node's list_lock in it.
 */
#include "slab_internal.h"
#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/slab_attr.h>
#include <linux/sort.h>
#include <linux/topology.h>

#define LOCATIONS_AT_FIRST	64u

struct slab_location {
	struct slab_track track;		/* the first one seen */
	unsigned long count;
	unsigned long min_age, max_age;
	u64 sum_age;
	int min_pid, max_pid;
	DECLARE_BITMAP(cpus, NR_CPUS);
	DECLARE_BITMAP(nodes, MAX_NUMNODES);
};

struct location_table {
	struct slab_location *at;
	unsigned int nr, room;
	unsigned int which;			/* TRACK_ALLOC or TRACK_FREE */
	unsigned long now;			/* jiffies when it was begun */
};

static bool same_place(const struct slab_track *a, const struct slab_track *b)
{
	return a->addr == b->addr && READ_ONCE(a->waste) == READ_ONCE(b->waste) &&
	       !memcmp(a->stack, b->stack, sizeof(a->stack));
}

/* The location that @track is of, a new one if need be; NULL: there is no room. */
static struct slab_location *find_location(struct location_table *t,
					   const struct slab_track *track)
{
	struct slab_location *l;

	for (l = t->at; l < t->at + t->nr; l++)
		if (same_place(&l->track, track))
			return l;
	if (t->nr == t->room)
		return NULL;
	t->nr++;
	memset(l, 0, sizeof(*l));
	l->track = *track;
	l->min_age = ULONG_MAX;
	l->min_pid = l->max_pid = track->pid;
	return l;
}

static bool count_object(struct location_table *t, struct kmem_cache *s, struct page *slab,
			 const void *object)
{
	const struct slab_track *track = slab_track(s, object, t->which);
	struct slab_location *l = find_location(t, track);
	unsigned long age = t->now - track->when;

	if (!l)
		return false;
	l->count++;
	l->min_age = min(l->min_age, age);
	l->max_age = max(l->max_age, age);
	l->sum_age += age;
	l->min_pid = min(l->min_pid, track->pid);
	l->max_pid = max(l->max_pid, track->pid);
	__set_bit(track->cpu, l->cpus);
	__set_bit(page_to_nid(slab), l->nodes);
	return true;
}

static bool count_slab(struct location_table *t, struct kmem_cache *s, struct page *slab)
{
	char *p;

	slab_for_each_object(s, slab, p)
		if (!slab_on_freelist(s, slab, p) && !count_object(t, s, slab, p))
			return false;
	return true;
}

static bool count_list(struct location_table *t, struct kmem_cache *s, struct list_head *slabs)
{
	struct page *slab;

	list_for_each_entry(slab, slabs, slab_list)
		if (!count_slab(t, s, slab))
			return false;
	return true;
}

/* All objects of @s in use; false: the table is too small. */
static bool count_cache(struct location_table *t, struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	bool fits = true;
	int nid;

	for_each_slab_node(s, n, nid) {
		spin_lock(&n->list_lock);
		fits = fits && count_list(t, s, &n->partial) && count_list(t, s, &n->full);
		spin_unlock(&n->list_lock);
	}
	return fits;
}

static struct kmem_cache *traced_cache(unsigned int number)
{
	struct kmem_cache *s = slab_cache_get(number);

	return s && s->track_offset ? s : NULL;
}

/* Fill the table with the cache of @number: 0, -ENOENT, or -ENOSPC when it is too small. */
static int fill_table(struct location_table *t, unsigned int number)
{
	struct slab_state *state = &this_machine()->slab;
	struct kmem_cache *s;
	int err = -ENOENT;

	t->nr = 0;
	t->now = slab_jiffies();
	spin_lock(&state->lock);
	s = traced_cache(number);
	if (s)
		err = count_cache(t, s) ? 0 : -ENOSPC;
	spin_unlock(&state->lock);
	return err;
}

/* --- text ------------------------------------------------------------------------ */

static int most_first(const void *a, const void *b)
{
	const struct slab_location *x = a, *y = b;

	return x->count > y->count ? -1 : x->count < y->count;
}

static void show_set(struct seq_file *m, const char *label, const unsigned long *bits,
		     unsigned int nr)
{
	char text[256];

	bitmap_print_list(text, sizeof(text), bits, nr);
	seq_printf(m, " %s=%s", label, text);
}

static void show_location(struct seq_file *m, const struct slab_location *l)
{
	unsigned int i;

	seq_printf(m, "%7lu ", l->count);
	if (l->track.addr)
		seq_printf(m, "%pS", (void *)l->track.addr);
	else
		seq_puts(m, "<not-available>");
	if (l->track.waste)
		seq_printf(m, " waste=%lu/%u", l->count * l->track.waste, l->track.waste);
	if (l->sum_age != l->min_age)
		seq_printf(m, " age=%lu/%llu/%lu", l->min_age,
			   (unsigned long long)div_u64(l->sum_age, l->count), l->max_age);
	else
		seq_printf(m, " age=%lu", l->min_age);
	if (l->min_pid != l->max_pid)
		seq_printf(m, " pid=%d-%d", l->min_pid, l->max_pid);
	else
		seq_printf(m, " pid=%d", l->min_pid);
	if (this_machine()->facts.nr_cpus > 1)
		show_set(m, "cpus", l->cpus, NR_CPUS);
	if (this_machine()->facts.nr_nodes > 1)
		show_set(m, "nodes", l->nodes, MAX_NUMNODES);
	seq_putc(m, '\n');
	for (i = 0; i < SLAB_TRACK_DEPTH && l->track.stack[i]; i++)
		seq_printf(m, "        %pS\n", (void *)l->track.stack[i]);
	if (i)
		seq_putc(m, '\n');
}

/**
 * slab_traces_name() - has the cache with @number its owners noted?
 * Locks:   takes slab_state.lock.  Context: any thread.
 * Return:  true; then its name is in @buf, cut to @size - 1 bytes.
 */
bool slab_traces_name(unsigned int number, char *buf, size_t size)
{
	struct slab_state *state = &this_machine()->slab;
	struct kmem_cache *s;

	spin_lock(&state->lock);
	s = traced_cache(number);
	if (s)
		strscpy(buf, s->name, size);
	spin_unlock(&state->lock);
	return s;
}

/**
 * slab_traces_show() - where the objects of the cache with @number were allocated, or @freed.
 * Locks:   takes slab_state.lock, list_lock.
 * Context: thread, may sleep.
 * Return:  0; -ENOENT when it has no owners noted, -ENOMEM. Then nothing was written.
 */
int slab_traces_show(struct seq_file *m, unsigned int number, bool freed)
{
	struct location_table t = { .which = freed ? TRACK_FREE : TRACK_ALLOC };
	unsigned int i;
	int err;

	t.room = LOCATIONS_AT_FIRST;
	do {
		t.at = kvmalloc_array(t.room, sizeof(*t.at), GFP_KERNEL);
		if (!t.at)
			return -ENOMEM;
		err = fill_table(&t, number);
		if (err)
			kvfree(t.at);
		t.room *= 2;
	} while (err == -ENOSPC);
	if (err)
		return err;
	sort(t.at, t.nr, sizeof(*t.at), most_first, NULL);
	for (i = 0; i < t.nr; i++)
		show_location(m, &t.at[i]);
	if (!t.nr)
		seq_puts(m, "No data\n");
	kvfree(t.at);
	return 0;
}
