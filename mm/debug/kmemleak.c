// SPDX-License-Identifier: MIT
/*
 * kmemleak.c - notes about all memory that was allocated, for the search of what nobody
 * knows any more (kmemleak=on).
 *
 *	slab, kmalloc, vmalloc	one address at least has to be found, or it is a leak
 *	boot memory, per-CPU	never a leak, but it holds addresses
 *	vmalloc's own records	neither: they would know every area
 *
 * A note has the place, the size, the task, the time and the stack (stack_depot.c), and
 * stands in a tree by address. Notes come from pages of their own, which stay; so no note
 * is made about notes. A stock from the boot serves while no page can be had. When that
 * is empty too the search is given up, as notes that are missing make leaks of what others
 * know: what was found until then can still be read.
 *
 * Nobody may free memory past the notes, therefore the machine has no quick way to free
 * objects (mm_debug_sees_frees()), as long as it lives.
 *
 *   KM1  no two objects of the tree overlap
 *   KM2  an object is in the tree exactly while its memory is allocated
 *   KM3  nothing is allocated under the lock
 *
 * Locks: kmemleak_state.lock, for all of it. Memory is freed only after its note is gone,
 * so who holds the lock may read the memory of any object in the tree.
 *
 * Left to others: the search and its text (kmemleak_scan.c).
 */
#include <linux/memblock.h>
#include <linux/slab.h>
#include "kmemleak_internal.h"

#define POOL_LOW	16u	/* notes: below it a page is asked for */

static bool kmemleak_on(void)
{
	return mm_hooks_armed() && READ_ONCE(this_kmemleak()->enabled);
}

/* --- notes ------------------------------------------------------------------------------ */

static void note_put(struct kmemleak_state *k, void *p)
{
	union kmemleak_note *note = p;

	note->next = k->free;
	k->free = note;
	WRITE_ONCE(k->nr_free, k->nr_free + 1);
}

static void *note_get(struct kmemleak_state *k)
{
	union kmemleak_note *note = k->free;

	spin_assert_held(&k->lock);
	if (!note)
		return NULL;
	k->free = note->next;
	WRITE_ONCE(k->nr_free, k->nr_free - 1);
	return memset(note, 0, sizeof(*note));
}

static void notes_add(struct kmemleak_state *k, void *block, size_t bytes)
{
	union kmemleak_note *note = block;

	for (; bytes >= sizeof(*note); bytes -= sizeof(*note))
		note_put(k, note++);
}

/* Another page of notes, if it is time and there is one. (KM3) */
static void refill(struct kmemleak_state *k)
{
	struct page *page;

	if (READ_ONCE(k->nr_free) >= KMEMLEAK_POOL_OBJECTS + POOL_LOW || !this_machine()->slab.up)
		return;
	page = alloc_page(GFP_NOWAIT | __GFP_NOWARN);
	if (!page)
		return;
	spin_lock(&k->lock);
	notes_add(k, page_address(page), PAGE_SIZE);
	ADD_ONCE(k->pages, 1);
	spin_unlock(&k->lock);
}

/* --- the tree ---------------------------------------------------------------------------- */

/**
 * kmemleak_find() - the object that @addr lies in.
 * Locks:   kmemleak_state.lock held.  Context: any.
 * Return:  the object, or NULL.
 */
struct kmemleak_object *kmemleak_find(struct kmemleak_state *k, unsigned long addr)
{
	struct rb_node *rb = k->tree.rb_node;

	spin_assert_held(&k->lock);
	while (rb) {
		struct kmemleak_object *o = rb_entry(rb, struct kmemleak_object, rb);

		if (addr < o->pointer)
			rb = rb->rb_left;
		else if (addr - o->pointer >= o->size)
			rb = rb->rb_right;
		else
			return o;
	}
	return NULL;
}

/**
 * kmemleak_next() - the first object that begins behind @addr.
 * Locks:   kmemleak_state.lock held.  Context: any.
 * Return:  the object, or NULL.
 */
struct kmemleak_object *kmemleak_next(struct kmemleak_state *k, unsigned long addr)
{
	struct kmemleak_object *best = NULL;
	struct rb_node *rb = k->tree.rb_node;

	spin_assert_held(&k->lock);
	while (rb) {
		struct kmemleak_object *o = rb_entry(rb, struct kmemleak_object, rb);

		if (o->pointer > addr) {
			best = o;
			rb = rb->rb_left;
		} else {
			rb = rb->rb_right;
		}
	}
	return best;
}

/* KM1. False: something is there already. */
static bool put_in(struct kmemleak_state *k, struct kmemleak_object *object)
{
	struct rb_node **link = &k->tree.rb_node, *parent = NULL;

	while (*link) {
		struct kmemleak_object *o = rb_entry(*link, struct kmemleak_object, rb);

		parent = *link;
		if (object->pointer + object->size <= o->pointer)
			link = &parent->rb_left;
		else if (o->pointer + o->size <= object->pointer)
			link = &parent->rb_right;
		else
			return false;
	}
	rb_link_node(&object->rb, parent, link);
	rb_insert_color(&object->rb, &k->tree);
	k->nr_objects++;
	k->below = min(k->below, object->pointer - 1);
	k->above = max(k->above, object->pointer + object->size);
	return true;
}

/* Out of the tree; a scan that is in it stops. */
static void take_out(struct kmemleak_state *k, struct kmemleak_object *o)
{
	struct kmemleak_area *area, *next;

	rb_erase(&o->rb, &k->tree);
	if (!list_empty(&o->gray))
		list_del_init(&o->gray);
	if (k->current_object == o)
		k->current_object = NULL;
	for (area = o->areas; area; area = next) {
		next = area->next;
		note_put(k, area);
	}
	k->nr_objects--;
	note_put(k, o);
}

/* --- on and off --------------------------------------------------------------------------- */

/**
 * kmemleak_init() - obey machine.debug.config: memory is noted from here on.
 * Locks:   none.  Context: boot CPU, memblock gives memory, nothing else is allocated yet.
 */
void __init kmemleak_init(void)
{
	struct kmemleak_state *k = this_kmemleak();
	size_t bytes = KMEMLEAK_POOL_OBJECTS * sizeof(union kmemleak_note);
	void *pool;

	spin_lock_init_rank(&k->lock, RANK_KMEMLEAK, "kmemleak");
	INIT_LIST_HEAD(&k->gray);
	if (!this_machine()->debug.config.kmemleak)
		return;
	k->tree = RB_ROOT;
	k->below = ULONG_MAX;
	k->stack_scan = k->auto_scan = true;
	k->wait_s = KMEMLEAK_WAIT_S;
	pool = memblock_alloc(bytes, SMP_CACHE_BYTES);
	if (!pool || !stack_depot_init()) {
		kmemleak_disable("Cannot allocate a kmemleak_object structure");
		return;
	}
	notes_add(k, pool, bytes);
	kmemleak_add_root(this_machine(), this_machine() + 1);
	WRITE_ONCE(k->enabled, true);
	mm_hook_set(this_machine(), MM_HOOK_LEAK, true);
	pr_info("kmemleak: Kernel memory leak detector initialized (mem pool available: %u)\n",
		k->nr_free);
}

/**
 * kmemleak_disable() - no memory is noted any more; @why: it had to be given up, NULL: as
 *	somebody wanted.
 * Locks:   none, or the lock.  Context: any.
 */
void kmemleak_disable(const char *why)
{
	struct kmemleak_state *k = this_kmemleak();

	if (why) {
		pr_warn("kmemleak: %s\n", why);
		WRITE_ONCE(k->failed, true);
	}
	WRITE_ONCE(k->enabled, false);
	mm_hook_set(this_machine(), MM_HOOK_LEAK, false);
	pr_info("kmemleak: Kernel memory leak detector disabled\n");
}

/**
 * kmemleak_forget_all() - all notes go, once nothing is noted any more.
 * Locks:   takes the lock.  Context: thread; nobody scans.
 */
void kmemleak_forget_all(void)
{
	struct kmemleak_state *k = this_kmemleak();
	struct kmemleak_object *o;

	spin_lock(&k->lock);
	while ((o = rb_entry_safe(rb_first(&k->tree), struct kmemleak_object, rb)) != NULL)
		take_out(k, o);
	WRITE_ONCE(k->found, false);
	spin_unlock(&k->lock);
}

/**
 * kmemleak_add_root() - [@start, @end) holds addresses and belongs to no allocator. It may
 *	contain one root that was added before.
 * Locks:   none.  Context: boot CPU.
 */
void kmemleak_add_root(const void *start, const void *end)
{
	struct kmemleak_root root = { (unsigned long)start, (unsigned long)end };
	struct kmemleak_state *k = this_kmemleak();
	unsigned int i;

	if (!this_machine()->debug.config.kmemleak || start >= end)
		return;
	for (i = 0; i < k->nr_roots; i++)
		if (root.start <= k->root[i].start && k->root[i].end <= root.end)
			break;
	mm_bug_on(i >= KMEMLEAK_ROOTS);
	k->root[i] = root;
	k->nr_roots = max(k->nr_roots, i + 1);
}

/* --- what allocators say ------------------------------------------------------------------- */

static void object_fill(struct kmemleak_object *o, const void *ptr, size_t size, int min_count,
			const struct stack_record *stack)
{
	INIT_LIST_HEAD(&o->gray);
	o->pointer = (unsigned long)ptr;
	o->size = size;
	o->min_count = min_count;
	o->pid = port_self_pid();
	o->when_ns = port_clock_ns();
	o->stack = stack;
	strscpy(o->comm, port_self_name(), sizeof(o->comm));
}

/**
 * kmemleak_alloc() - the @size bytes at @ptr are allocated; see linux/kmemleak.h.
 * Locks:   takes the lock, and others in the page allocator, without waiting.
 * Context: as alloc_pages(GFP_NOWAIT).
 */
void kmemleak_alloc(const void *ptr, size_t size, int min_count, gfp_t gfp)
{
	struct kmemleak_state *k = this_kmemleak();
	const struct stack_record *stack;
	struct kmemleak_object *o;
	const char *error = NULL;

	if (!kmemleak_on() || !ptr || !size)
		return;
	refill(k);
	stack = this_machine()->slab.up ? stack_depot_save(1) : NULL;
	spin_lock(&k->lock);
	o = note_get(k);
	if (o) {
		object_fill(o, ptr, size, min_count, stack);
		if (!put_in(k, o)) {
			note_put(k, o);
			error = "Cannot insert into the object search tree (overlaps existing)";
		}
	} else {
		error = "Memory pool empty";
	}
	spin_unlock(&k->lock);
	if (unlikely(error))
		kmemleak_disable(error);
}

/**
 * kmemleak_free() - what begins at @ptr is about to be freed.
 * Locks:   takes the lock.  Context: any in which memory may be freed.
 */
void kmemleak_free(const void *ptr)
{
	struct kmemleak_state *k = this_kmemleak();
	struct kmemleak_object *o;

	/* once it is off the notes stay true, so that what was found can be read */
	if (!this_machine()->debug.config.kmemleak || !ptr)
		return;
	spin_lock(&k->lock);
	o = kmemleak_find(k, (unsigned long)ptr);
	if (o && o->pointer == (unsigned long)ptr)
		take_out(k, o);						/* KM2 */
	spin_unlock(&k->lock);
}

/* --- what owners say ------------------------------------------------------------------------ */

/* Change the object that begins at @ptr, if there is one. */
static void change(const void *ptr, bool recolor, int min_count, unsigned int set,
		   unsigned int clear)
{
	struct kmemleak_state *k = this_kmemleak();
	struct kmemleak_object *o;

	if (!kmemleak_on() || !ptr)
		return;
	spin_lock(&k->lock);
	o = kmemleak_find(k, (unsigned long)ptr);
	if (o && o->pointer == (unsigned long)ptr) {
		if (recolor)
			o->min_count = min_count;
		o->flags = (o->flags | set) & ~clear;
	}
	spin_unlock(&k->lock);
}

/** kmemleak_not_leak() - see linux/kmemleak.h. Takes the lock. Any context. */
void kmemleak_not_leak(const void *ptr)
{
	change(ptr, true, KMEMLEAK_GREY, 0, 0);
}

/** kmemleak_ignore() - see linux/kmemleak.h. Takes the lock. Any context. */
void kmemleak_ignore(const void *ptr)
{
	change(ptr, true, KMEMLEAK_BLACK, 0, 0);
}

/** kmemleak_no_scan() - see linux/kmemleak.h. Takes the lock. Any context. */
void kmemleak_no_scan(const void *ptr)
{
	change(ptr, false, 0, OBJECT_NO_SCAN, 0);
}

/** kmemleak_stack() - see linux/kmemleak.h. Takes the lock. Any context. */
void kmemleak_stack(const void *ptr, bool in_use)
{
	change(ptr, false, 0, OBJECT_STACK | (in_use ? 0 : OBJECT_NO_SCAN),
	       in_use ? OBJECT_NO_SCAN : 0);
}

/**
 * kmemleak_scan_area() - of the object around @ptr only the @size bytes there, and other
 *	such parts, hold addresses.
 * Locks:   takes the lock.  Context: as alloc_pages(GFP_NOWAIT). Without memory all of
 *	the object is looked at.
 */
void kmemleak_scan_area(const void *ptr, size_t size, gfp_t gfp)
{
	struct kmemleak_state *k = this_kmemleak();
	unsigned long start = (unsigned long)ptr;
	struct kmemleak_object *o;
	struct kmemleak_area *area;

	if (!kmemleak_on() || !ptr || !size)
		return;
	refill(k);
	spin_lock(&k->lock);
	o = kmemleak_find(k, start);
	if (!o || size > o->pointer + o->size - start) {
		spin_unlock(&k->lock);
		pr_warn("kmemleak: Scan area larger than object 0x%p\n", ptr);
		return;
	}
	area = note_get(k);
	if (area) {
		area->start = start;
		area->end = start + size;
		area->next = o->areas;
		o->areas = area;
	} else {
		o->flags |= OBJECT_FULL_SCAN;
	}
	spin_unlock(&k->lock);
}

/**
 * kmemleak_update_trace() - who calls has what begins at @ptr from now on.
 * Locks:   takes the lock.  Context: as alloc_pages(GFP_NOWAIT).
 */
void kmemleak_update_trace(const void *ptr)
{
	struct kmemleak_state *k = this_kmemleak();
	const struct stack_record *stack;
	struct kmemleak_object *o;

	if (!kmemleak_on() || !ptr)
		return;
	stack = stack_depot_save(1);
	spin_lock(&k->lock);
	o = kmemleak_find(k, (unsigned long)ptr);
	if (o && o->pointer == (unsigned long)ptr)
		o->stack = stack;
	spin_unlock(&k->lock);
}
