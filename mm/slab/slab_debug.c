/* SPDX-License-Identifier: MIT */
/*
 * slab_debug.c - finding out who broke an object: patterns and checks.
 *
 * A cache with one of the debug flags keeps its objects recognisable:
 *
 *   SLAB_RED_ZONE   8 bytes at least on both sides, 0xbb while the object is free and
 *                   0xcc while it is used. A write past the end changes them.
 *   SLAB_POISON     a free object is 0x6b throughout and ends with 0xa5; a write after
 *                   free changes it. Fresh memory is 0x5a: code that reads it before
 *                   writing shows. So is what lies between objects and behind the last.
 *   SLAB_STORE_USER who allocated and who freed the object last (slab_report.c).
 *   SLAB_CONSISTENCY_CHECKS  the address must be an object of the slab, and a freed
 *                   object must not be on the freelist; so it is with each other flag.
 *   SLAB_TRACE      each call is logged.
 *
 * slub_debug= says which caches have which (slab_options.c). Each check is made when an
 * object is allocated and when it is freed, under the node's list_lock, and by the walker
 * (slab_check.c). What is found is reported (slab_report.c). Debug builds stop then, as
 * nothing that the allocator says can be trusted; others go on, as Linux does:
 *
 *   bytes	that were overwritten are written again, and the object is not handed out
 *		or not taken back
 *   freelist	a slab whose free objects cannot be found is set aside: all of them count
 *		as used, and it is freed when nothing else is left in it - never
 *
 *   SD1  an object that is set aside looks like a used one: slab_check() finds no fault
 *   SD2  a debugged cache has no object in arrays or stocks, so each call comes here
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

/* --- patterns ----------------------------------------------------------- */

static const u8 *first_other_byte(const void *p, u8 value, unsigned int bytes)
{
	const u8 *at = p, *end = at + bytes;

	for (; at < end; at++)
		if (*at != value)
			return at;
	return NULL;
}

/* @bytes at @p are all @value; else reported and written again. @rule: "S7: X overwritten" */
static bool bytes_good(struct kmem_cache *s, struct page *slab, const char *object,
		       const char *rule, void *p, u8 value, unsigned int bytes)
{
	const u8 *bad = first_other_byte(p, value, bytes);
	const u8 *end = (u8 *)p + bytes;

	if (likely(!bad))
		return true;
	while (end[-1] == value)
		end--;
	slab_err_bytes(s, slab, object, rule, bad, end, value);
	slab_fix(s, "Restoring %.*s 0x%p-0x%p=%#x", (int)(strlen(rule) - strlen("S7:  overwritten")),
		 rule + strlen("S7: "), bad, end - 1, value);
	memset((void *)bad, value, end - bad);
	return false;
}

static void red_zone_set(struct kmem_cache *s, char *object, u8 value)
{
	if (!(s->flags & SLAB_RED_ZONE))
		return;
	memset(object - s->red_left, value, s->red_left);
	memset(object + s->object_size, value, s->inuse - s->object_size);
}

static bool red_zone_good(struct kmem_cache *s, struct page *slab, char *object, u8 value)
{
	bool left, right;

	if (!(s->flags & SLAB_RED_ZONE))
		return true;
	left = bytes_good(s, slab, object, "S7: Left Redzone overwritten",
			  object - s->red_left, value, s->red_left);
	right = bytes_good(s, slab, object, "S7: Right Redzone overwritten",
			   object + s->object_size, value, s->inuse - s->object_size);
	return left && right;
}

static void poison_set(struct kmem_cache *s, char *object)
{
	if (!(s->flags & __OBJECT_POISON))
		return;
	mm_assert(!s->ctor && s->fp_offset >= s->object_size);
	memset(object, POISON_FREE, s->object_size - 1);
	object[s->object_size - 1] = (char)POISON_END;
}

static bool poison_good(struct kmem_cache *s, struct page *slab, char *object)
{
	bool whole, end;

	if (!(s->flags & __OBJECT_POISON))
		return true;
	whole = bytes_good(s, slab, object, "S7: Poison overwritten", object, POISON_FREE,
			   s->object_size - 1);
	end = bytes_good(s, slab, object, "S7: Poison overwritten",
			 object + s->object_size - 1, POISON_END, 1);
	return whole && end;
}

/* Between the object's own and the next object. */
static bool padding_good(struct kmem_cache *s, struct page *slab, char *object)
{
	unsigned int end = slab_metadata_end(s), bytes = s->size - s->red_left;

	if (!(s->flags & SLAB_POISON) || end >= bytes)
		return true;
	return bytes_good(s, slab, object, "S7: Object padding overwritten", object + end,
			  POISON_INUSE, bytes - end);
}

/* Behind the last object. */
static bool tail_good(struct kmem_cache *s, struct page *slab)
{
	unsigned long used = (unsigned long)slab->objects * s->size;

	if (!(s->flags & SLAB_POISON))
		return true;
	return bytes_good(s, slab, NULL, "S7: Padding overwritten",
			  (char *)page_address(slab) + used, POISON_INUSE, slab_bytes(slab) - used);
}

static bool object_good(struct kmem_cache *s, struct page *slab, char *object, bool used)
{
	if (!red_zone_good(s, slab, object, used ? RED_ACTIVE : RED_INACTIVE))
		return false;
	return (used || poison_good(s, slab, object)) && padding_good(s, slab, object);
}

/* --- slabs that go on without their freelist ------------------------------ */

/**
 * slab_set_aside() - the free objects of @slab cannot be trusted: all count as used (SD1).
 * Locks:   the node's list_lock.  Context: any.
 */
void slab_set_aside(struct kmem_cache *s, struct page *slab)
{
	bool partial = slab->inuse < slab->objects;
	char *p;

	spin_assert_held(&slab_node(s, slab)->list_lock);
	slab_fix(s, "Marking all objects used");
	slab->freelist = NULL;
	slab->inuse = slab->carved = slab->objects;
	if (s->flags & SLAB_RED_ZONE)
		slab_for_each_object(s, slab, p)
			if (first_other_byte(p + s->object_size, RED_ACTIVE,
					     s->inuse - s->object_size))
				red_zone_set(s, p, RED_ACTIVE);
	if (partial)
		slab_list_full(slab_node(s, slab), slab);
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
			memset(slab_track(s, p, TRACK_ALLOC), 0, 2 * sizeof(struct slab_track));
	}
}

static bool may_hand_out(struct kmem_cache *s, struct page *slab, void *object)
{
	void *next;

	if (!slab_address_good(s, slab, object)) {
		slab_err(s, slab, object, "S5: Freelist Pointer check fails");
		return false;
	}
	if (!object_good(s, slab, object, false))
		return false;
	next = slab_get_fp(s, object);
	if (next && !slab_address_good(s, slab, next)) {
		slab_err(s, slab, object, "S5: Freepointer corrupt");
		return false;
	}
	return true;
}

/**
 * slab_debug_alloc() - check @object, just taken out of @slab, and mark it used.
 * Locks:   the node's list_lock.  Context: thread.
 * Return:  false: it was damaged, and so @slab is set aside.
 */
bool slab_debug_alloc(struct kmem_cache *s, struct page *slab, void *object,
		      unsigned long caller)
{
	spin_assert_held(&slab_node(s, slab)->list_lock);
	mm_assert(slab->inuse && slab->inuse <= slab->carved);		/* S3 */
	if (!may_hand_out(s, slab, object)) {
		slab_set_aside(s, slab);
		return false;
	}
	red_zone_set(s, object, RED_ACTIVE);
	if (s->flags & __OBJECT_POISON)
		memset(object, POISON_INUSE, s->object_size);
	slab_track_set(s, object, TRACK_ALLOC, caller);
	slab_trace(s, slab, object, true);
	return true;
}

static unsigned int object_index(struct kmem_cache *s, struct page *slab, const void *object)
{
	mm_assert((const char *)object >= slab_first(s, slab));
	return ((const char *)object - slab_first(s, slab)) / s->size;
}

/**
 * slab_on_freelist() - is @object free in @slab: on its freelist, or never handed out?
 * Locks:   the node's list_lock.  Context: any.
 * A freelist that leads astray is reported, and the slab set aside.
 */
bool slab_on_freelist(struct kmem_cache *s, struct page *slab, const void *object)
{
	unsigned int seen = 0;
	void *p, *before = NULL;

	spin_assert_held(&slab_node(s, slab)->list_lock);
	if (object_index(s, slab, object) >= slab->carved)
		return true;
	for (p = slab->freelist; p; before = p, p = slab_get_fp(s, p)) {
		if (p == object)
			return true;
		if (slab_address_good(s, slab, p) && ++seen <= slab->objects)
			continue;
		if (seen > slab->objects)
			slab_err(s, slab, p, "S4: Freelist runs in a circle");
		else
			slab_err(s, slab, before ? before : p, "S5: Freechain corrupt");
		slab_set_aside(s, slab);
		return false;
	}
	return false;
}

/**
 * slab_debug_free() - check @object, which its user gives back, and mark it free.
 * Locks:   the node's list_lock.  Context: thread.
 * Return:  false: it was reported, and is not taken back.
 */
bool slab_debug_free(struct kmem_cache *s, struct page *slab, void *object,
		     unsigned long caller)
{
	bool good = false;

	spin_assert_held(&slab_node(s, slab)->list_lock);
	if (!slab_address_good(s, slab, object))
		slab_err(s, slab, object, "S5: Invalid object pointer");
	else if (slab_on_freelist(s, slab, object))
		slab_err(s, slab, object, "S4: Object already free");
	else
		good = object_good(s, slab, object, true);
	if (!good) {
		slab_fix(s, "Object at 0x%p not freed", object);
		return false;
	}
	slab_track_set(s, object, TRACK_FREE, caller);
	slab_trace(s, slab, object, false);
	red_zone_set(s, object, RED_INACTIVE);
	poison_set(s, object);
	return true;
}

/**
 * slab_debug_check() - the contents of all objects of @slab, free or used (S7).
 * Locks:   the node's list_lock.  Context: any.
 */
void slab_debug_check(struct kmem_cache *s, struct page *slab)
{
	char *p;

	spin_assert_held(&slab_node(s, slab)->list_lock);
	tail_good(s, slab);
	slab_for_each_object(s, slab, p)
		object_good(s, slab, p, !slab_on_freelist(s, slab, p));
}
