/* SPDX-License-Identifier: MIT */
/*
 * slab_report.c - what is said about an object that is not as it should be, in the form
 * that readers of Linux's log know:
 *
 *	BUG name (Not tainted): Right Redzone overwritten
 *	0x..-0x.. @offset=104. First byte 0x1 instead of 0xcc
 *	Allocated in caller age= cpu= pid=	and how the caller came there
 *	Freed in caller age= cpu= pid=		for caches with SLAB_STORE_USER
 *	Slab 0x.. objects= used= fp= flags=
 *	Object 0x.. @offset= fp=
 *	Redzone, Object, Redzone, Padding	the bytes
 *	Call Trace				who found it
 *	FIX name: what was done about it	where the machine goes on
 *
 * A rule is a text of two parts, "S7: Right Redzone overwritten": the invariant (slab.c),
 * for whoever stops the machine, and what the log says.
 *
 *   SR1  a report changes nothing but slab_state.tainted, and allocates nothing
 *   SR2  unless slab_state.go_on is set, no report of a broken rule returns
 *
 * Locks: the caller's; mostly the node's list_lock.
 */
#include "slab_internal.h"
#include <linux/math64.h>
#include <linux/stacktrace.h>

#define LINE	"============================================================================="
#define RULER	"-----------------------------------------------------------------------------"

#define JIFFY_NS	4000000		/* of Debian's Linux */

/* --- tracks ------------------------------------------------------------------- */

/** slab_jiffies() - the time in units of 4 ms, as tracks have it. Any context, no lock. */
unsigned long slab_jiffies(void)
{
	return div_u64(port_clock_ns(), JIFFY_NS);
}

/**
 * slab_track_set() - @caller did it, on this CPU, now (SLAB_STORE_USER).
 * Locks:   the node's list_lock.  Context: any.
 */
void slab_track_set(struct kmem_cache *s, void *object, unsigned int which,
		    unsigned long caller)
{
	struct slab_track *t;
	unsigned int nr;

	if (!s->track_offset)
		return;
	t = slab_track(s, object, which);
	t->addr = caller;
	t->when = slab_jiffies();
	t->pid = port_self_pid();
	t->cpu = smp_processor_id();
	WRITE_ONCE(t->waste, 0);
	nr = stack_trace_save_from(t->stack, SLAB_TRACK_DEPTH, caller);
	memset(t->stack + nr, 0, (SLAB_TRACK_DEPTH - nr) * sizeof(*t->stack));
}

static void print_track(const struct kmem_cache *s, const void *object, unsigned int which)
{
	const struct slab_track *t = slab_track(s, object, which);

	if (!t->addr)
		return;
	pr_err("%s in %pS age=%lu cpu=%u pid=%d\n", which == TRACK_ALLOC ? "Allocated" : "Freed",
	       (void *)t->addr, slab_jiffies() - t->when, t->cpu, t->pid);
	stack_trace_print(t->stack, SLAB_TRACK_DEPTH, 0);
}

static void print_tracking(const struct kmem_cache *s, const void *object)
{
	if (!s->track_offset)
		return;
	print_track(s, object, TRACK_ALLOC);
	print_track(s, object, TRACK_FREE);
}

/* --- parts of a report --------------------------------------------------------- */

/* "S4: text" -> text */
static const char *rule_text(const char *rule)
{
	const char *colon = strchr(rule, ':');

	return colon ? colon + 2 : rule;
}

static void print_header(const struct kmem_cache *s, const char *text)
{
	pr_err(LINE "\n");
	pr_err("BUG %s (%s): %s\n", s ? s->name : "kmalloc", this_machine()->slab.tainted ?
	       "Tainted: G    B             " : "Not tainted", text);
	pr_err(RULER "\n\n");
	WRITE_ONCE(this_machine()->slab.tainted, true);
}

static void print_section(const char *label, const void *p, unsigned int bytes)
{
	print_hex_dump(KERN_ERR, label, DUMP_PREFIX_ADDRESS, 16, 1, p, bytes, true);
}

static void print_slab(const struct page *slab)
{
	char flags[160];

	page_flags_text(slab, flags, sizeof(flags));
	pr_err("Slab 0x%p objects=%u used=%u fp=0x%p flags=%#lx(%s|node=%d|zone=%d)\n", slab,
	       slab->objects, slab->inuse, slab->freelist, slab->flags, flags,
	       page_to_nid(slab), (int)page_zonenum(slab));
}

static void print_object(struct kmem_cache *s, struct page *slab, const char *object)
{
	unsigned int end = slab_metadata_end(s), bytes = s->size - s->red_left;

	print_tracking(s, object);
	print_slab(slab);
	pr_err("Object 0x%p @offset=%lu fp=0x%p\n\n", object,
	       (unsigned long)(object - (char *)page_address(slab)), slab_get_fp(s, object));
	if (s->flags & SLAB_RED_ZONE)
		print_section("Redzone  ", object - s->red_left, s->red_left);
	else if (object > (char *)page_address(slab) + 16)
		print_section("Bytes b4 ", object - 16, 16);
	print_section("Object   ", object, min_t(unsigned int, s->object_size, PAGE_SIZE));
	if (s->flags & SLAB_RED_ZONE)
		print_section("Redzone  ", object + s->object_size, s->inuse - s->object_size);
	if (end < bytes)
		print_section("Padding  ", object + end, bytes - end);
}

/* All of it but the header. @p may lie in no object. */
static void print_trailer(struct kmem_cache *s, struct page *slab, const void *p)
{
	const char *object = slab_object_around(s, slab, p);

	if (object) {
		if (object != p)
			pr_err("Address 0x%p is %lu bytes into the object\n", p,
			       (unsigned long)((const char *)p - object));
		print_object(s, slab, object);
	} else {
		print_slab(slab);
		pr_err("Invalid pointer 0x%p\n", p);
	}
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
	print_trailer(slab->slab_cache, slab, p);
}

/* --- reports -------------------------------------------------------------------- */

/**
 * slab_bug() - report that @rule does not hold for @object and stop the machine.
 * Locks:   any.  Context: any.  @s and @slab may be NULL.
 */
void slab_bug(struct kmem_cache *s, struct page *slab, const void *object, const char *rule)
{
	struct kmem_cache *home = slab && PageSlab(slab) ? slab->slab_cache : NULL;

	if (!s)
		s = home;
	print_header(s, rule_text(rule));
	pr_err("Address 0x%p\n", object);
	if (home && home != s)
		pr_err("The address belongs to cache %s\n", home->name);
	if (home)
		print_trailer(home, slab, object);
	else
		mem_dump_obj(object);
	port_bug(__FILE__, __LINE__, rule);
}

/**
 * slab_err() - report that @rule does not hold for @object of @slab, a debugged one.
 * Locks:   the node's list_lock.  Context: any.
 * Return:  nothing, and only where slab_state.go_on is set (SR2).
 */
void slab_err(struct kmem_cache *s, struct page *slab, const void *object, const char *rule)
{
	if (!this_machine()->slab.go_on)
		slab_bug(s, slab, object, rule);
	print_header(s, rule_text(rule));
	print_trailer(s, slab, object);
	dump_stack();
}

/**
 * slab_err_bytes() - the same about the bytes [@bad, @end), that should all be @value.
 * @object may be NULL: they belong to none.
 * Locks:   the node's list_lock.  Context: any.
 */
void slab_err_bytes(struct kmem_cache *s, struct page *slab, const char *object,
		    const char *rule, const u8 *bad, const u8 *end, u8 value)
{
	print_header(s, rule_text(rule));
	pr_err("0x%p-0x%p @offset=%lu. First byte %#x instead of %#x\n", bad, end - 1,
	       (unsigned long)(bad - (u8 *)page_address(slab)), *bad, value);
	if (object) {
		print_object(s, slab, object);
	} else {
		print_slab(slab);
		print_section("Padding  ", bad, end - bad);
	}
	if (!this_machine()->slab.go_on)
		port_bug(__FILE__, __LINE__, rule);			/* SR2 */
	dump_stack();
}

/**
 * slab_fix() - say what was repaired, so that the machine can go on.
 * Locks:   any.  Context: any.
 */
void slab_fix(struct kmem_cache *s, const char *fmt, ...)
{
	char text[96];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pr_err("FIX %s: %s\n", s->name, text);
}

/**
 * slab_trace() - one call of a cache with SLAB_TRACE.
 * Locks:   the node's list_lock.  Context: any.
 */
void slab_trace(struct kmem_cache *s, struct page *slab, const void *object, bool alloc)
{
	if (!(s->flags & SLAB_TRACE))
		return;
	pr_info("TRACE %s %s 0x%p inuse=%u fp=0x%p\n", s->name, alloc ? "alloc" : "free", object,
		slab->inuse, slab->freelist);
	if (!alloc)
		print_hex_dump(KERN_INFO, "Object   ", DUMP_PREFIX_ADDRESS, 16, 1, object,
			       s->object_size, true);
	dump_stack();
}

/* --- leaks ----------------------------------------------------------------------- */

static void report_slab_objects(struct kmem_cache *s, struct page *slab)
{
	char *p;

	print_slab(slab);
	slab_for_each_object(s, slab, p) {
		if (slab_on_freelist(s, slab, p))
			continue;
		pr_err("Object 0x%p @offset=%lu\n", p,
		       (unsigned long)(p - (char *)page_address(slab)));
		print_tracking(s, p);
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
	char text[96];
	int nid;

	snprintf(text, sizeof(text), "Objects remaining in %s on __kmem_cache_shutdown()", s->name);
	print_header(s, text);
	for_each_slab_node(s, n, nid) {
		spin_lock(&n->list_lock);
		list_for_each_entry(slab, &n->partial, slab_list)
			if (slab->inuse)
				report_slab_objects(s, slab);
		list_for_each_entry(slab, &n->full, slab_list)
			report_slab_objects(s, slab);
		spin_unlock(&n->list_lock);
	}
	kfence_report_leaks(s);
	dump_stack();
}
