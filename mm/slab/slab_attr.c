/* SPDX-License-Identifier: MIT */
/*
 * slab_attr.c - the facts about a cache as texts, for /sys/kernel/slab.
 *
 * Each file has one number, or one for each node behind their sum ("1472 N0=1472"), in
 * Linux's names and forms. What checks a cache has is decided when it is created, so those
 * files only tell. Three take something: "1" to validate walks a checked cache and reports
 * what is damaged, "1" to shrink gives its empty slabs back, and a number to min_partial
 * says how many partial slabs it keeps though some are empty; failslab says whether
 * failures on request reach it while their cache-filter is set.
 *
 * A cache is found by its number (slab_alias.c) under slab_state.lock, under which it stays;
 * so a text is made in a buffer of the caller's, without allocating.
 *
 * Locks: takes slab_state.lock, each node's list_lock.
 */
#include "slab_internal.h"
#include <linux/kernel.h>
#include <linux/slab_attr.h>

static unsigned long partial_objects(struct kmem_cache_node *n, bool used)
{
	unsigned long sum = 0;
	struct page *slab;

	spin_assert_held(&n->list_lock);
	list_for_each_entry(slab, &n->partial, slab_list)
		sum += used ? slab->inuse : slab->objects - slab->inuse;
	return sum;
}

static unsigned long node_fact(struct kmem_cache_node *n, enum slab_attr attr)
{
	unsigned long value;

	spin_lock(&n->list_lock);
	switch (attr) {
	case SLAB_ATTR_OBJECTS:
		value = n->nr_objects - partial_objects(n, false);
		break;
	case SLAB_ATTR_OBJECTS_PARTIAL:
		value = partial_objects(n, true);
		break;
	case SLAB_ATTR_PARTIAL:
		value = n->nr_partial;
		break;
	case SLAB_ATTR_SLABS:
		value = n->nr_slabs;
		break;
	default:
		value = n->nr_objects;
	}
	spin_unlock(&n->list_lock);
	return value;
}

static int show_nodes(struct kmem_cache *s, enum slab_attr attr, char *buf, size_t size)
{
	unsigned long values[MAX_NUMNODES] = { 0 }, sum = 0;
	struct kmem_cache_node *n;
	int nid, at;

	for_each_slab_node(s, n, nid) {
		values[nid] = node_fact(n, attr);
		sum += values[nid];
	}
	at = scnprintf(buf, size, "%lu", sum);
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		if (values[nid])
			at += scnprintf(buf + at, size - at, " N%d=%lu", nid, values[nid]);
	return at + scnprintf(buf + at, size - at, "\n");
}

static const slab_flags_t attr_flags[NR_SLAB_ATTRS] = {
	[SLAB_ATTR_CACHE_DMA] = SLAB_CACHE_DMA,
	[SLAB_ATTR_DESTROY_BY_RCU] = SLAB_TYPESAFE_BY_RCU,
	[SLAB_ATTR_FAILSLAB] = SLAB_FAILSLAB,
	[SLAB_ATTR_HWCACHE_ALIGN] = SLAB_HWCACHE_ALIGN,
	[SLAB_ATTR_POISON] = SLAB_POISON,
	[SLAB_ATTR_RECLAIM_ACCOUNT] = SLAB_RECLAIM_ACCOUNT,
	[SLAB_ATTR_RED_ZONE] = SLAB_RED_ZONE,
	[SLAB_ATTR_SANITY_CHECKS] = SLAB_CONSISTENCY_CHECKS,
	[SLAB_ATTR_STORE_USER] = SLAB_STORE_USER,
	[SLAB_ATTR_TRACE] = SLAB_TRACE,
};

static unsigned long cache_fact(const struct kmem_cache *s, enum slab_attr attr)
{
	switch (attr) {
	case SLAB_ATTR_ALIASES:
		return s->refcount < 0 ? 0 : s->refcount - 1;
	case SLAB_ATTR_ALIGN:
		return s->align;
	case SLAB_ATTR_MIN_PARTIAL:
		return s->min_partial;
	case SLAB_ATTR_OBJECT_SIZE:
		return s->object_size;
	case SLAB_ATTR_OBJS_PER_SLAB:
		return (PAGE_SIZE << s->order) / s->size;
	case SLAB_ATTR_ORDER:
		return s->order;
	case SLAB_ATTR_SLAB_SIZE:
		return s->size;
	case SLAB_ATTR_USERSIZE:
		return s->usersize;
	default:
		return !!(s->flags & attr_flags[attr]);
	}
}

static int show_attr(struct kmem_cache *s, enum slab_attr attr, char *buf, size_t size)
{
	switch (attr) {
	case SLAB_ATTR_OBJECTS:
	case SLAB_ATTR_OBJECTS_PARTIAL:
	case SLAB_ATTR_PARTIAL:
	case SLAB_ATTR_SLABS:
	case SLAB_ATTR_TOTAL_OBJECTS:
		return show_nodes(s, attr, buf, size);
	case SLAB_ATTR_CTOR:
		return s->ctor ? scnprintf(buf, size, "%pS\n", s->ctor) : 0;
	case SLAB_ATTR_SHRINK:
	case SLAB_ATTR_VALIDATE:
		return 0;
	default:
		return scnprintf(buf, size, "%lu\n", cache_fact(s, attr));
	}
}

/**
 * slab_attr_show() - the text of file @attr of the cache with @number.
 * Locks:   takes slab_state.lock, list_lock.  Context: thread; never sleeps.
 * Return:  its length, at most @size - 1; -ENOENT when there is no such cache.
 */
int slab_attr_show(unsigned int number, enum slab_attr attr, char *buf, size_t size)
{
	struct slab_state *state = &this_machine()->slab;
	struct kmem_cache *s;
	int ret = -ENOENT;

	mm_assert(size >= SLAB_ATTR_BYTES && attr < NR_SLAB_ATTRS);
	buf[0] = '\0';
	spin_lock(&state->lock);
	s = slab_cache_get(number);
	if (s)
		ret = show_attr(s, attr, buf, size);
	spin_unlock(&state->lock);
	return ret;
}

/* Linux looks at the first character. */
static int store_attr(struct kmem_cache *s, enum slab_attr attr, const char *value)
{
	unsigned long number;
	int err;

	switch (attr) {
	case SLAB_ATTR_SHRINK:
		if (value[0] != '1')
			return -EINVAL;
		kmem_cache_shrink(s);
		return 0;
	case SLAB_ATTR_VALIDATE:
		if (value[0] != '1' || !slab_debugged(s))
			return -EINVAL;
		slab_check_cache(s);
		return 0;
	case SLAB_ATTR_MIN_PARTIAL:
		err = kstrtoul(value, 10, &number);
		if (!err)
			WRITE_ONCE(s->min_partial, number);
		return err;
	case SLAB_ATTR_FAILSLAB:
		if (s->refcount > 1)
			return -EINVAL;		/* it is others' cache too */
		WRITE_ONCE(s->flags, value[0] == '1' ? s->flags | SLAB_FAILSLAB :
			   s->flags & ~SLAB_FAILSLAB);
		return 0;
	default:
		return -EACCES;
	}
}

/**
 * slab_attr_store() - @value is written to file @attr of the cache with @number.
 * Locks:   takes slab_state.lock, list_lock.  Context: thread; never sleeps.
 * Return:  0; -EINVAL or -ERANGE for what it does not take, -EACCES where nothing can be
 *          written, -ENOENT when there is no such cache.
 */
int slab_attr_store(unsigned int number, enum slab_attr attr, const char *value)
{
	struct slab_state *state = &this_machine()->slab;
	struct kmem_cache *s;
	int ret = -ENOENT;

	spin_lock(&state->lock);
	s = slab_cache_get(number);
	if (s)
		ret = store_attr(s, attr, value);
	spin_unlock(&state->lock);
	return ret;
}
