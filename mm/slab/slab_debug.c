/* SPDX-License-Identifier: MIT */
/*
 * slab_debug.c - finding out who broke an object: checks, reports, the walker.
 *
 * A cache with one of the debug flags keeps its objects recognisable:
 *
 *   SLAB_RED_ZONE   8 bytes at least on both sides, 0xbb while the object is free and
 *                   0xcc while it is used. A write past the end changes them.
 *   SLAB_POISON     a free object is 0x6b throughout and ends with 0xa5; a write after
 *                   free changes it. Fresh memory is 0x5a: code that reads it before
 *                   writing shows.
 *   SLAB_STORE_USER who allocated and who freed the object last.
 *   SLAB_CONSISTENCY_CHECKS  the address must be an object of the slab, and a freed
 *                   object must not be on the freelist.
 *
 * Debug builds (CONFIG_DEBUG_MM) turn all of them on for every cache, unless the port sets
 * slab_state.fast before kmem_cache_init(). Each check is made
 * when an object is allocated and when it is freed, under the node's list_lock. What is
 * found is reported with the cache's name, the address, the rule that does not hold (the
 * invariants S1..S7 of slab.c) and the bytes around, and then the machine stops: from
 * there on nothing that the allocator says can be trusted.
 *
 * Locks: the caller's, named at each function.
 */
#include "slab_internal.h"
#include "../internal.h"

#define RED_INACTIVE	0xbb
#define RED_ACTIVE	0xcc
#define POISON_INUSE	0x5a
#define POISON_FREE	0x6b
#define POISON_END	0xa5

/* --- reports ------------------------------------------------------------ */

static void print_bytes(const char *what, const unsigned char *p, unsigned int bytes)
{
	unsigned int i, j;

	for (i = 0; i < bytes; i += 16) {
		pr_err("%-8s %016lx:", what, (unsigned long)p + i);
		for (j = i; j < bytes && j < i + 16; j++)
			pr_cont(" %02x", p[j]);
		pr_cont("\n");
	}
}

static struct mem_track *track_of(struct kmem_cache *s, void *object, unsigned int which)
{
	mm_assert(s->track_offset && which <= TRACK_FREE);
	return (struct mem_track *)((char *)object + s->track_offset) + which;
}

static void print_track(struct kmem_cache *s, void *object, unsigned int which)
{
	if (s->track_offset)
		mem_track_print(track_of(s, object, which),
				which == TRACK_ALLOC ? "Allocated" : "Freed");
}

/* The object that @p lies in, or NULL. */
static char *object_around(struct kmem_cache *s, struct page *slab, const void *p)
{
	long offset = (const char *)p - slab_first(s, slab);

	if (offset < 0 || offset / s->size >= slab->objects)
		return NULL;
	return slab_first(s, slab) + offset / s->size * s->size;
}

static bool object_address_good(struct kmem_cache *s, struct page *slab, const void *p)
{
	return p && object_around(s, slab, p) == p;
}

static void print_object(struct kmem_cache *s, struct page *slab, const void *p)
{
	char *object = object_around(s, slab, p);

	pr_err("Slab 0x%p objects=%u used=%u fp=0x%p flags=0x%lx\n", slab, slab->objects,
	       slab->inuse, slab->freelist, slab->flags & PAGE_FLAGS_MASK);
	if (!object)
		return;
	pr_err("Object 0x%p @offset=%lu size=%u\n", object,
	       (unsigned long)(object - (char *)page_address(slab)), s->object_size);
	print_track(s, object, TRACK_ALLOC);
	print_track(s, object, TRACK_FREE);
	if (s->red_left)
		print_bytes("Redzone", (unsigned char *)object - s->red_left, s->red_left);
	print_bytes("Object", (unsigned char *)object, min(s->object_size, 128u));
	if (s->flags & SLAB_RED_ZONE)
		print_bytes("Redzone", (unsigned char *)object + s->object_size,
			    s->inuse - s->object_size);
}

/**
 * slab_cache_name() - of the cache that @slab belongs to.
 * Locks:   none.  Context: any.
 */
const char *slab_cache_name(const struct page *slab)
{
	return slab->slab_cache->name;
}

/**
 * slab_print_object() - the object of @slab that @p lies in, and its owners.
 * Locks:   none, so that the counts may tear.  Context: any.
 */
void slab_print_object(struct page *slab, const void *p)
{
	print_object(slab->slab_cache, slab, p);
}

/**
 * slab_bug() - report that @rule does not hold for @object and stop the machine.
 * Locks:   any.  Context: any.  @s and @slab may be NULL.
 */
void slab_bug(struct kmem_cache *s, struct page *slab, const void *object, const char *rule)
{
	struct kmem_cache *home = slab && PageSlab(slab) ? slab->slab_cache : NULL;

	if (!s)
		s = home;
	pr_err("=============================================================================\n");
	pr_err("BUG %s: %s, object 0x%p\n", s ? s->name : "kmalloc", rule, object);
	pr_err("-----------------------------------------------------------------------------\n");
	if (home && home != s)
		pr_err("The address belongs to cache %s\n", home->name);
	if (home)
		print_object(home, slab, object);
	else
		mem_dump_obj(object);
	port_bug(__FILE__, __LINE__, rule);
}

/* --- patterns ----------------------------------------------------------- */

static const unsigned char *first_other_byte(const void *p, unsigned char value,
					     unsigned int bytes)
{
	const unsigned char *at = p, *end = at + bytes;

	for (; at < end; at++)
		if (*at != value)
			return at;
	return NULL;
}

static void red_zone_set(struct kmem_cache *s, char *object, unsigned char value)
{
	if (!(s->flags & SLAB_RED_ZONE))
		return;
	memset(object - s->red_left, value, s->red_left);
	memset(object + s->object_size, value, s->inuse - s->object_size);
}

static void red_zone_check(struct kmem_cache *s, struct page *slab, char *object,
			   unsigned char value)
{
	if (!(s->flags & SLAB_RED_ZONE))
		return;
	if (first_other_byte(object - s->red_left, value, s->red_left))
		slab_bug(s, slab, object, "S7: left red zone overwritten");
	if (first_other_byte(object + s->object_size, value, s->inuse - s->object_size))
		slab_bug(s, slab, object, "S7: right red zone overwritten");
}

static void poison_set(struct kmem_cache *s, char *object)
{
	if (!(s->flags & SLAB_POISON))
		return;
	mm_assert(!s->ctor && s->fp_offset >= s->object_size);
	memset(object, POISON_FREE, s->object_size - 1);
	object[s->object_size - 1] = (char)POISON_END;
}

static void poison_check(struct kmem_cache *s, struct page *slab, char *object)
{
	if (!(s->flags & SLAB_POISON))
		return;
	if (first_other_byte(object, POISON_FREE, s->object_size - 1) ||
	    (unsigned char)object[s->object_size - 1] != POISON_END)
		slab_bug(s, slab, object, "S7: poison overwritten, a write after free");
}

static void track_set(struct kmem_cache *s, void *object, unsigned int which,
		      unsigned long caller)
{
	if (s->track_offset)
		mem_track_set(track_of(s, object, which), caller);
}

/* --- hooks of slab.c ---------------------------------------------------- */

/**
 * slab_debug_setup_slab() - make all objects of a fresh slab look free.
 * Locks:   none, nobody else knows the slab.  Context: thread.
 */
void slab_debug_setup_slab(struct kmem_cache *s, struct page *slab)
{
	char *p;

	mm_assert(slab_debugged(s) && !slab->inuse && !slab->freelist);
	if (s->flags & SLAB_POISON)
		memset(page_address(slab), POISON_INUSE, slab_bytes(slab));
	slab_for_each_object(s, slab, p) {
		red_zone_set(s, p, RED_INACTIVE);
		poison_set(s, p);
		slab_set_fp(s, p, NULL);
		if (s->track_offset)
			memset(track_of(s, p, TRACK_ALLOC), 0, 2 * sizeof(struct mem_track));
	}
}

/**
 * slab_debug_alloc() - check @object, just taken out of @slab, and mark it used.
 * Locks:   the node's list_lock.  Context: thread.
 */
void slab_debug_alloc(struct kmem_cache *s, struct page *slab, void *object,
		      unsigned long caller)
{
	void *next;

	spin_assert_held(&slab_node(s, slab)->list_lock);
	mm_assert(slab->inuse && slab->inuse <= slab->carved);		/* S3 */
	if (!object_address_good(s, slab, object))
		slab_bug(s, slab, object, "S5: freelist holds a wrong address");
	red_zone_check(s, slab, object, RED_INACTIVE);
	poison_check(s, slab, object);
	next = slab_get_fp(s, object);
	if (next && !object_address_good(s, slab, next))
		slab_bug(s, slab, object, "S5: free pointer overwritten");
	red_zone_set(s, object, RED_ACTIVE);
	if (s->flags & SLAB_POISON)
		memset(object, POISON_INUSE, s->object_size);
	track_set(s, object, TRACK_ALLOC, caller);
}

static unsigned int object_index(struct kmem_cache *s, struct page *slab, const void *object)
{
	mm_assert((const char *)object >= slab_first(s, slab));
	return ((const char *)object - slab_first(s, slab)) / s->size;
}

/**
 * slab_on_freelist() - is @object free in @slab: on its freelist, or never handed out?
 * Locks:   the node's list_lock.  Context: any.
 */
bool slab_on_freelist(struct kmem_cache *s, struct page *slab, const void *object)
{
	unsigned int seen = 0;
	void *p;

	spin_assert_held(&slab_node(s, slab)->list_lock);
	if (object_index(s, slab, object) >= slab->carved)
		return true;
	for (p = slab->freelist; p; p = slab_get_fp(s, p)) {
		if (p == object)
			return true;
		if (!object_address_good(s, slab, p))
			slab_bug(s, slab, p, "S5: free pointer overwritten");
		if (++seen > slab->objects)
			slab_bug(s, slab, p, "S4: freelist runs in a circle");
	}
	return false;
}

/**
 * slab_debug_free() - check @object, which its user gives back, and mark it free.
 * Locks:   the node's list_lock.  Context: thread.
 */
void slab_debug_free(struct kmem_cache *s, struct page *slab, void *object,
		     unsigned long caller)
{
	spin_assert_held(&slab_node(s, slab)->list_lock);
	if (!object_address_good(s, slab, object))
		slab_bug(s, slab, object, "S5: address is not the start of an object");
	if (slab_on_freelist(s, slab, object))
		slab_bug(s, slab, object, "S4: object already free");
	red_zone_check(s, slab, object, RED_ACTIVE);
	red_zone_set(s, object, RED_INACTIVE);
	poison_set(s, object);
	track_set(s, object, TRACK_FREE, caller);
}

/* --- leaks -------------------------------------------------------------- */

static void report_slab_objects(struct kmem_cache *s, struct page *slab)
{
	char *p;

	slab_for_each_object(s, slab, p) {
		if (slab_on_freelist(s, slab, p))
			continue;
		pr_err("Object 0x%p @offset=%lu\n", p,
		       (unsigned long)(p - (char *)page_address(slab)));
		print_track(s, p, TRACK_ALLOC);
	}
}

/**
 * slab_report_leaks() - name every object of @s that is in use. No stock holds any.
 * Locks:   list_lock of each node.  Context: thread.
 */
void slab_report_leaks(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	struct page *slab;
	int nid;

	pr_err("BUG %s: Objects remaining in %s on kmem_cache_destroy()\n", s->name, s->name);
	for_each_slab_node(s, n, nid) {
		spin_lock(&n->list_lock);
		list_for_each_entry(slab, &n->partial, slab_list)
			report_slab_objects(s, slab);
		list_for_each_entry(slab, &n->full, slab_list)
			report_slab_objects(s, slab);
		spin_unlock(&n->list_lock);
	}
}

/* --- the walker --------------------------------------------------------- */

struct slab_tally {
	unsigned long slabs, objects;
};

/* Length of a freelist; every address on it must be an object of the slab (S4, S5). */
static unsigned int freelist_length(struct kmem_cache *s, struct page *slab, void *p)
{
	unsigned int n = 0;

	for (; p; p = slab_get_fp(s, p)) {
		if (!object_address_good(s, slab, p))
			slab_bug(s, slab, p, "S5: freelist holds a wrong address");
		if (++n > slab->objects)
			slab_bug(s, slab, p, "S4: freelist runs in a circle");
	}
	return n;
}

static void check_slab(struct kmem_cache *s, struct page *slab, struct slab_tally *t)
{
	unsigned int nr_free;
	char *p;

	spin_assert_held(&slab_node(s, slab)->list_lock);
	if (!PageSlab(slab) || slab->slab_cache != s)
		slab_bug(s, slab, slab, "S1: page of the cache's lists is not its slab");
	if (slab->objects != slab_bytes(slab) / s->size)
		slab_bug(s, slab, slab, "S3: wrong number of objects");
	if (slab->carved > slab->objects)
		slab_bug(s, slab, slab, "S3: more objects handed out than there are");
	slab_frames_check(s, slab);
	nr_free = freelist_length(s, slab, slab->freelist);
	if (slab->inuse != slab->carved - nr_free)
		slab_bug(s, slab, slab, "S3: inuse does not match the freelist");
	if (slab_debugged(s))
		slab_for_each_object(s, slab, p) {
			bool free = slab_on_freelist(s, slab, p);

			red_zone_check(s, slab, p, free ? RED_INACTIVE : RED_ACTIVE);
			if (free)
				poison_check(s, slab, p);
		}
	t->slabs++;
	t->objects += slab->objects;
}

/* Objects that wait in an array or a stock: of this cache, and in use in their slab (S5). */
static void check_waiting(struct kmem_cache *s, void **objects, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		struct page *slab = slab_of(objects[i]);

		if (!slab || !PageSlab(slab) || slab->slab_cache != s ||
		    !object_address_good(s, slab, objects[i]))
			slab_bug(s, slab, objects[i], "S5: a stock holds a wrong address");
	}
}

/* This CPU's array; those of others may be changing. */
static void check_array(struct kmem_cache *s)
{
	struct kmem_cache_cpu *c = this_cpu_slab(s);

	mm_assert(!slab_debugged(s) || c->end == c->objects);		/* S1 */
	if (c->top < c->objects || c->top > c->end || c->guard)
		slab_bug(s, NULL, c, "S1: array is not what it should be");
	check_waiting(s, c->objects, slab_count(c));
}

static void check_node(struct kmem_cache *s, struct kmem_cache_node *n)
{
	struct slab_tally t = { 0, 0 };
	unsigned long partial = 0;
	struct page *slab;

	spin_lock(&n->list_lock);
	list_for_each_entry(slab, &n->partial, slab_list) {
		if (slab->inuse >= slab->objects)
			slab_bug(s, slab, slab, "S2: slab does not belong on partial");
		check_slab(s, slab, &t);
		partial++;
	}
	list_for_each_entry(slab, &n->full, slab_list) {
		if (slab->inuse < slab->objects)
			slab_bug(s, slab, slab, "S2: slab does not belong on full");
		check_slab(s, slab, &t);
	}
	if (n->nr_stock > s->stock_limit || (n->nr_stock && !n->stock))
		slab_bug(s, NULL, n, "S1: more objects in the stock than it holds");
	check_waiting(s, n->stock, n->nr_stock);
	if (partial != n->nr_partial || t.slabs != n->nr_slabs || t.objects != n->nr_objects)
		slab_bug(s, NULL, n, "S6: counters of the node are wrong");
	spin_unlock(&n->list_lock);
}

/**
 * slab_check_cache() - walk every slab of @s and check S1 to S7.
 * Locks:   list_lock of each node.  Context: thread.
 */
void slab_check_cache(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	int nid;

	check_array(s);
	for_each_slab_node(s, n, nid)
		check_node(s, n);
}

/**
 * slab_check() - slab_check_cache() for every cache of the machine.
 * Locks:   slab_state.lock, list_lock.  Context: thread; long.
 */
void slab_check(void)
{
	struct slab_state *state = &this_machine()->slab;
	struct kmem_cache *s;

	spin_lock(&state->lock);
	list_for_each_entry(s, &state->caches, list)
		slab_check_cache(s);
	spin_unlock(&state->lock);
}
