/* SPDX-License-Identifier: MIT */
/*
 * slab_alias.c - caches that are alike are one, and what names there are.
 *
 * Who asks for a cache of objects that an existing one could hold just as well gets that
 * one, under a name of his own: an alias. Fewer half empty slabs, and what one user frees
 * the next one finds warm. Alike are caches without constructor, of the same kind of
 * memory, whose objects differ by less than a word in size and suit the alignment. Never
 * merged are caches that somebody looks into: with checks of objects (SLAB_NEVER_MERGE),
 * with a part that user memory may be copied to, kmalloc's, those of the boot, and all
 * with slab_nomerge.
 *
 * refcount is the number of names, the first one included; below 0 it never merges. Who
 * leaves does not say by which name he knew the cache: the name that came last goes, the
 * first one with the cache.
 *
 * Directories of /sys/kernel/slab: a cache that may be merged is called by what it is,
 *
 *	:[d][D][a][F][A]-SSSSSSS	DMA, DMA32, reclaimable, checked, accounted; size
 *
 * and its names are links to that; any other by its name. A name of either kind has a
 * number, by which /sys finds it; those that came when all numbers were taken are not
 * seen there.
 *
 *   SM1  refcount of a cache that may be merged == 1 + length of its aliases
 *   SM2  no two caches or aliases have the same number, but for 0, which is none
 *
 * Locks: slab_state.lock covers refcount, object_size, the aliases and the numbers.
 */
#include "slab_internal.h"
#include <linux/slab_attr.h>

#define SLAB_NEVER_MERGE	(SLAB_RED_ZONE | SLAB_POISON | SLAB_TRACE | SLAB_STORE_USER | \
				 SLAB_FAILSLAB | SLAB_NOLEAKTRACE | SLAB_NO_USER_FLAGS | \
				 SLAB_TYPESAFE_BY_RCU | SLAB_NO_MERGE)
#define SLAB_MERGE_SAME		(SLAB_RECLAIM_ACCOUNT | SLAB_CACHE_DMA | SLAB_CACHE_DMA32 | \
				 SLAB_ACCOUNT | SLAB_CONSISTENCY_CHECKS | SLAB_MEM_SPREAD)

struct slab_alias {
	struct list_head list;		/* s  in kmem_cache.aliases */
	unsigned int number;		/* s */
	char name[];			/* i */
};

/* --- numbers ------------------------------------------------------------------- */

static struct slab_alias *alias_of_number(const struct kmem_cache *s, unsigned int number)
{
	struct slab_alias *alias;

	list_for_each_entry(alias, &s->aliases, list)
		if (alias->number == number)
			return alias;
	return NULL;
}

/* The cache that @number is a name of, or NULL; *@alias: which of its aliases, or NULL. */
static struct kmem_cache *cache_of_number(unsigned int number, struct slab_alias **alias)
{
	struct slab_state *state = &this_machine()->slab;
	struct kmem_cache *s;

	spin_assert_held(&state->lock);
	*alias = NULL;
	if (!number)
		return NULL;
	list_for_each_entry(s, &state->caches, list) {
		*alias = alias_of_number(s, number);
		if (*alias || s->number == number)
			return s;
	}
	return NULL;
}

static unsigned int free_number(void)
{
	struct slab_alias *alias;
	unsigned int number;

	for (number = 1; number < SLAB_NR_NAMES; number++)
		if (!cache_of_number(number, &alias))
			return number;					/* SM2 */
	return 0;
}

/**
 * slab_names_init() - @s, not yet on the list of caches, gets a number and has no alias.
 * Locks:   slab_state.lock held, or boot.  Context: any.
 */
void slab_names_init(struct kmem_cache *s)
{
	struct slab_state *state = &this_machine()->slab;

	INIT_LIST_HEAD(&s->aliases);
	if (state->nomerge || s->ctor || s->usersize || (s->flags & SLAB_NEVER_MERGE))
		s->refcount = -1;
	else if (!s->refcount)
		s->refcount = 1;
	s->number = state->up ? free_number() : ++state->nr_boot_caches;
}

/* --- merging ------------------------------------------------------------------- */

static bool holds(const struct kmem_cache *s, unsigned int size, unsigned int align,
		  slab_flags_t flags)
{
	return s->refcount > 0 && size <= s->size && s->size - size < sizeof(void *) &&
	       (flags & SLAB_MERGE_SAME) == (s->flags & SLAB_MERGE_SAME) &&
	       IS_ALIGNED(s->size, align);
}

static struct kmem_cache *find_mergeable(const char *name, unsigned int size,
					 unsigned int align, slab_flags_t flags)
{
	struct slab_state *state = &this_machine()->slab;
	struct kmem_cache *s;

	flags = slab_options_flags(name, flags);
	if (flags & SLAB_NEVER_MERGE)
		return NULL;
	align = slab_pick_align(size, align, flags);
	size = ALIGN(size, align);
	list_for_each_entry_reverse(s, &state->caches, list)
		if (holds(s, size, align, flags))
			return s;
	return NULL;
}

/**
 * slab_merge() - a cache that exists and can hold what @name wants, under that name too.
 * Locks:   takes slab_state.lock.  Context: thread; sleeps.
 * Return:  the cache; NULL: there is none, a new one is needed; ERR_PTR(-ENOMEM).
 */
struct kmem_cache *slab_merge(const char *name, unsigned int size, unsigned int align,
			      slab_flags_t flags)
{
	struct slab_state *state = &this_machine()->slab;
	struct slab_alias *alias;
	struct kmem_cache *s;

	if (state->nomerge)
		return NULL;
	alias = kmalloc(struct_size(alias, name, strlen(name) + 1), GFP_KERNEL);
	if (!alias)
		return ERR_PTR(-ENOMEM);
	strcpy(alias->name, name);
	spin_lock(&state->lock);
	s = find_mergeable(name, size, align, flags);
	if (s) {
		s->refcount++;
		WRITE_ONCE(s->object_size, max(s->object_size, size));
		s->inuse = max_t(unsigned int, s->inuse, ALIGN(size, sizeof(void *)));
		alias->number = free_number();
		list_add(&alias->list, &s->aliases);			/* SM1 */
		mm_assert(s->object_size <= s->size && !s->ctor && !s->usersize);
	}
	spin_unlock(&state->lock);
	if (!s)
		kfree(alias);
	return s;
}

/**
 * slab_unmerge() - one user of @s leaves it.
 * Locks:   slab_state.lock held.  Context: any.
 * Return:  true: others stay, and so does the cache.
 */
bool slab_unmerge(struct kmem_cache *s)
{
	struct slab_alias *last;

	spin_assert_held(&this_machine()->slab.lock);
	if (s->refcount <= 1)
		return false;
	mm_assert(!list_empty(&s->aliases));				/* SM1 */
	last = list_first_entry(&s->aliases, struct slab_alias, list);
	list_del(&last->list);
	kfree(last);
	s->refcount--;
	return true;
}

/* --- names ----------------------------------------------------------------------- */

static void unique_id(const struct kmem_cache *s, char *buf, size_t size)
{
	static const struct {
		slab_flags_t flag;
		char letter;
	} letters[] = {
		{ SLAB_CACHE_DMA, 'd' }, { SLAB_CACHE_DMA32, 'D' }, { SLAB_RECLAIM_ACCOUNT, 'a' },
		{ SLAB_CONSISTENCY_CHECKS, 'F' }, { SLAB_ACCOUNT, 'A' },
	};
	char text[ARRAY_SIZE(letters) + 1];
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(letters); i++)
		if (s->flags & letters[i].flag)
			text[n++] = letters[i].letter;
	text[n] = '\0';
	snprintf(buf, size, ":%s%s%07u", text, n ? "-" : "", s->size);
}

static void dir_name(const struct kmem_cache *s, char *buf, size_t size)
{
	if (s->refcount > 0)
		unique_id(s, buf, size);
	else
		strscpy(buf, s->name, size);
}

/**
 * slab_dir_name() - what the directory of the cache with @number is called.
 * Locks:   takes slab_state.lock.  Context: any thread.
 * Return:  true: there is one, its name is in @buf, cut to @size - 1 bytes.
 */
bool slab_dir_name(unsigned int number, char *buf, size_t size)
{
	struct slab_state *state = &this_machine()->slab;
	struct slab_alias *alias;
	struct kmem_cache *s;

	spin_lock(&state->lock);
	s = cache_of_number(number, &alias);
	if (s && !alias)
		dir_name(s, buf, size);
	spin_unlock(&state->lock);
	return s && !alias;
}

/**
 * slab_link_name() - what the link with @number is called, and in @target where it leads.
 * Locks:   takes slab_state.lock.  Context: any thread.
 * Return:  true: there is one.
 */
bool slab_link_name(unsigned int number, char *buf, char *target, size_t size)
{
	struct slab_state *state = &this_machine()->slab;
	struct slab_alias *alias;
	struct kmem_cache *s;
	bool found;

	spin_lock(&state->lock);
	s = cache_of_number(number, &alias);
	found = s && s->refcount > 0;
	if (found) {
		strscpy(buf, alias ? alias->name : s->name, size);
		dir_name(s, target, size);
	}
	spin_unlock(&state->lock);
	return found;
}

/**
 * slab_cache_get() - the cache whose directory has @number, which stays while the lock is
 * held.
 * Locks:   slab_state.lock held.  Context: any thread.  Return: the cache or NULL.
 */
struct kmem_cache *slab_cache_get(unsigned int number)
{
	struct slab_alias *alias;
	struct kmem_cache *s = cache_of_number(number, &alias);

	return alias ? NULL : s;
}
