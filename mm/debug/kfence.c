// SPDX-License-Identifier: MIT
/*
 * kfence.c - sampled guard objects: a few objects on pages of their own, where an access
 * beyond them, or after they were freed, faults at once and is reported with both stacks.
 *
 *	pool	| - | - | object 0 | - | object 1 | - | ... | object 254 | - |
 *
 * The pool is one block of the direct map. Pages marked - are never there, the page of an
 * object is there while the object is in use. An object lies at the left or at the right
 * end of its page, by chance, so that either the bytes before it or those behind it are
 * out of reach; the rest of its page is filled with a pattern, which is looked at when the
 * object is freed. A freed object's page goes away, and its place is used again as late as
 * possible.
 *
 * Every interval_ms a gate opens (kfence_tick()): the machine's hook word is set, so that
 * the next allocation of an object takes the slow path of the slab allocator, which asks
 * here first. One allocation passes the gate and closes it. Between two samples the quick
 * paths are as if this file did not exist; frees find out in their slow path, where an
 * object of the pool always arrives, as its frame belongs to no slab.
 *
 * When so many objects are in use that the pool may run out, a stack that has one in use
 * already gets no more of them.
 *
 *   KF1  an object is in the list of free ones exactly while it is not ALLOCATED
 *   KF2  its page is present exactly while it is ALLOCATED, or a report made it so
 *   KF3  a guard page beside an object in use is hidden, unless it is shown_left or _right
 *        of that object or of the one on its other side, or nobody was beside it then
 *   KF4  the pool, once it is there, stays and does not move
 *   KF5  an open gate that the hook word does not show is about to be closed: whoever takes
 *        the hook away closes the gate afterwards, whoever opens it sets the hook afterwards
 *
 * Locks: kfence_state.lock for the objects, never held while memory is allocated. A fault
 * may happen with any lock held: it only tries the lock, and reports without the object's
 * owners where it cannot have it.
 *
 * Left to others: the text (kfence_report.c), when to ask (mm/slab), faults (the port).
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/stacktrace.h>
#include <mm/port.h>
#include "kfence_internal.h"

#define LOCK_TRIES	100000
#define NS_PER_MS	(1000ull * 1000)

static void count(struct kfence_state *k, enum kfence_counter which)
{
	atomic_long_inc(&k->counter[which]);
}

static struct kfence_object *object_at(struct kfence_state *k, const void *addr)
{
	unsigned long page = ((unsigned long)addr - k->pool) >> PAGE_SHIFT;

	return page < 2 || page % 2 ? NULL : &k->objects[page / 2 - 1];
}

/* --- the pool -------------------------------------------------------------------------- */

static unsigned long pool_bytes_for(unsigned int objects)
{
	return (objects + 1) * 2ul * PAGE_SIZE;
}

/* Objects and pool, all hidden. 0 or -E, then nothing is left. */
static int pool_create(struct kfence_state *k)
{
	const struct mm_debug_config *c = &this_machine()->debug.config;
	unsigned int i, nr = c->kfence_objects ? c->kfence_objects : KFENCE_NUM_OBJECTS;
	size_t bytes = pool_bytes_for(nr);
	int err = -ENOMEM;
	char *pool;

	k->objects = alloc_pages_exact(nr * sizeof(*k->objects), GFP_KERNEL | __GFP_ZERO);
	pool = alloc_pages_exact(bytes, GFP_KERNEL | __GFP_ZERO);
	if (!k->objects || !pool)
		goto free;
	err = arch_direct_map_split((unsigned long)pool, (unsigned long)pool + bytes);
	if (err)
		goto free;
	for (i = 0; i < bytes >> PAGE_SHIFT; i++)
		if (arch_direct_map_set((unsigned long)pool + i * PAGE_SIZE, false))
			WRITE_ONCE(k->broken, true);
	INIT_LIST_HEAD(&k->free);
	for (i = 0; i < nr; i++)
		list_add_tail(&k->objects[i].list, &k->free);		/* KF1 */
	k->nr_objects = nr;
	k->pool = (unsigned long)pool;
	smp_store_release(&k->pool_bytes, bytes);			/* KF4 */
	pr_info("kfence: initialized - using %zu bytes for %u objects at 0x%p-0x%p\n", bytes, nr,
		pool, pool + bytes);
	return 0;
free:
	if (pool)
		free_pages_exact(pool, bytes);
	if (k->objects)
		free_pages_exact(k->objects, nr * sizeof(*k->objects));
	k->objects = NULL;
	pr_err("kfence: failed to allocate pool\n");
	return err;
}

/**
 * kfence_set_interval() - a sample every @ms from now on; 0: none any more. The first time
 *	that it is not 0 the pool is made.
 * Locks:   none held; the caller sees to it that only one does so at a time.
 * Context: thread; sleeps.
 * Return:  0; -ENOMEM, -EOPNOTSUPP: there is no pool and no sample.
 */
int kfence_set_interval(unsigned long ms)
{
	struct kfence_state *k = this_kfence();
	int err = ms && !k->pool_bytes ? pool_create(k) : 0;

	if (err)
		return err;
	WRITE_ONCE(k->interval_ms, ms);
	atomic64_set(&k->next_ns, port_clock_ns() + ms * NS_PER_MS);
	if (!ms) {
		mm_hook_set(this_machine(), MM_HOOK_KFENCE, false);	/* KF5 */
		atomic_set(&k->gate, 0);
	}
	return 0;
}

/**
 * kfence_init() - obey machine.debug.config.
 * Locks:   none.  Context: thread, once the machine has booted; sleeps. Without memory
 *	for the pool the log says so.
 */
void kfence_init(void)
{
	const struct mm_debug_config *c = &this_machine()->debug.config;
	struct kfence_state *k = this_kfence();

	spin_lock_init_rank(&k->lock, RANK_KFENCE, "kfence");
	k->skip_covered = c->kfence_skip_covered ? c->kfence_skip_covered : KFENCE_SKIP_COVERED;
	if (kfence_set_interval(c->kfence_interval_ms))
		pr_err("kfence: disabled\n");
}

/**
 * kfence_tick() - the port calls it now and then: open the gate when it is time.
 * Locks:   none.  Context: any.
 */
void kfence_tick(void)
{
	struct kfence_state *k = this_kfence();
	u64 now, next, interval = READ_ONCE(k->interval_ms) * NS_PER_MS;

	if (!interval || READ_ONCE(k->broken))
		return;
	now = port_clock_ns();
	next = atomic64_read(&k->next_ns);
	if (now < next || (u64)atomic64_cmpxchg(&k->next_ns, next, now + interval) != next)
		return;
	if (!atomic_xchg(&k->gate, 1))
		mm_hook_set(this_machine(), MM_HOOK_KFENCE, true);
}

/* --- pages ------------------------------------------------------------------------------- */

/* KF2, KF3. A page that cannot be changed ends the taking of samples. */
static void page_set(struct kfence_state *k, unsigned long addr, bool present)
{
	if (unlikely(arch_direct_map_set(addr & PAGE_MASK, present)))
		WRITE_ONCE(k->broken, true);
}

static void set_canary(const struct kfence_object *o)
{
	u8 *at = (u8 *)(o->addr & PAGE_MASK), *end = at + PAGE_SIZE;

	for (; at < end; at++) {
		if ((unsigned long)at == o->addr)
			at += o->size;
		if (at < end)
			*at = kfence_canary(at);
	}
}

/* The first byte that is not the pattern in [@at, @end), or NULL. */
static const u8 *canary_bad(unsigned long at, unsigned long end)
{
	const u8 *p;

	for (p = (u8 *)at; p < (u8 *)end; p++)
		if (*p != kfence_canary(p))
			return p;
	return NULL;
}

static void note(struct kfence_track *t, unsigned long caller)
{
	t->pid = port_self_pid();
	t->cpu = smp_processor_id();
	t->when_ns = port_clock_ns();
	t->nr = stack_trace_save_from(t->stack, KFENCE_STACK_DEPTH, caller);
}

static void report(struct kfence_state *k, enum kfence_error error, const void *addr,
		   const struct kfence_object *o, unsigned long caller)
{
	unsigned long stack[KFENCE_STACK_DEPTH];
	struct kfence_finding f = {
		.error = error, .addr = (unsigned long)addr, .object = o, .stack = stack,
		.nr = stack_trace_save_from(stack, KFENCE_STACK_DEPTH, caller),
	};

	count(k, KFENCE_COUNTER_BUGS);
	kfence_report(&f);
}

/* --- allocation ----------------------------------------------------------------------- */

/* Is the pool nearly full, and does who allocates @stack have a part of it already? */
static bool is_covered(struct kfence_state *k, u64 hash)
{
	unsigned long used = atomic_long_read(&k->counter[KFENCE_COUNTER_ALLOCATED]);
	unsigned int i;

	if (used <= k->nr_objects * READ_ONCE(k->skip_covered) / 100)
		return false;
	for (i = 0; i < k->nr_objects; i++)
		if (k->objects[i].state == KFENCE_ALLOCATED && k->objects[i].stack_hash == hash)
			return true;
	return false;
}

#define COVERED_DEPTH	8	/* entries of a stack that make it another one */

static u64 stack_hash(const struct kfence_track *t)
{
	u64 hash = 0xcbf29ce484222325ull;
	unsigned int i;

	for (i = 0; i < t->nr && i < COVERED_DEPTH; i++)
		hash = (hash ^ t->stack[i]) * 0x100000001b3ull;
	return hash;
}

/* An object off the list of free ones that @track may have. lock held. */
static struct kfence_object *take(struct kfence_state *k, const struct kfence_track *track)
{
	struct kfence_object *o;
	u64 hash = stack_hash(track);

	if (is_covered(k, hash)) {
		count(k, KFENCE_COUNTER_SKIP_COVERED);
		return NULL;
	}
	if (list_empty(&k->free)) {
		count(k, KFENCE_COUNTER_SKIP_CAPACITY);
		return NULL;
	}
	o = list_first_entry(&k->free, struct kfence_object, list);
	mm_assert(o->state != KFENCE_ALLOCATED);			/* KF1 */
	list_del(&o->list);
	o->stack_hash = hash;
	o->track[TRACK_ALLOC] = *track;
	return o;
}

static void place(struct kfence_state *k, struct kfence_object *o, size_t size,
		  unsigned int align)
{
	unsigned long page = kfence_page(k, o - k->objects);

	o->addr = page;
	if (mm_debug_random() & 1)
		o->addr = ALIGN_DOWN(page + PAGE_SIZE - size, align);
	o->size = size;
	o->state = KFENCE_ALLOCATED;
	page_set(k, page, true);					/* KF2 */
	if (likely(!READ_ONCE(k->broken)))
		set_canary(o);
}

/**
 * kfence_alloc_object() - the gate is open: an object of @size bytes for @s, if it fits.
 * Locks:   takes kfence_state.lock.  Context: as kmem_cache_alloc(); never sleeps.
 * Return:  the object, not constructed and not cleared, or NULL: the usual way then.
 */
void *kfence_alloc_object(struct kmem_cache *s, size_t size, unsigned int align, gfp_t gfp,
			  unsigned long caller)
{
	struct kfence_state *k = this_kfence();
	struct kfence_object *o;
	struct kfence_track now;

	if (!atomic_read(&k->gate) || READ_ONCE(k->broken))
		return NULL;
	if (size > PAGE_SIZE || (gfp & GFP_ZONEMASK)) {
		count(k, KFENCE_COUNTER_SKIP_INCOMPAT);
		return NULL;
	}
	mm_hook_set(this_machine(), MM_HOOK_KFENCE, false);		/* KF5 */
	if (!atomic_xchg(&k->gate, 0))
		return NULL;
	note(&now, caller);
	spin_lock(&k->lock);
	o = take(k, &now);
	if (o) {
		o->cache = s;
		place(k, o, size, align);
		count(k, KFENCE_COUNTER_ALLOCATED);
		count(k, KFENCE_COUNTER_ALLOCS);
	}
	spin_unlock(&k->lock);
	return o ? (void *)o->addr : NULL;
}

/* --- freeing -------------------------------------------------------------------------- */

/* The bytes around the object are as they were; else a report for each side. */
static void check_canary(struct kfence_state *k, struct kfence_object *o, unsigned long caller)
{
	unsigned long page = o->addr & PAGE_MASK;
	const u8 *left = canary_bad(page, o->addr);
	const u8 *right = canary_bad(o->addr + o->size, page + PAGE_SIZE);

	if (unlikely(left))
		report(k, KFENCE_CORRUPTION, left, o, caller);
	if (unlikely(right))
		report(k, KFENCE_CORRUPTION, right, o, caller);
}

static void hide_guards(struct kfence_state *k, struct kfence_object *o)
{
	if (o->shown_left)
		page_set(k, o->addr - PAGE_SIZE, false);
	if (o->shown_right)
		page_set(k, o->addr + PAGE_SIZE, false);
	o->shown_left = o->shown_right = false;				/* KF3 */
}

/**
 * kfence_free_object() - @object, an address in the pool, is given back; @clear: zeroed.
 * Locks:   takes kfence_state.lock.  Context: as kfree(); never sleeps.
 * What is no object in use is reported, and nothing happens to it.
 */
void kfence_free_object(void *object, bool clear, unsigned long caller)
{
	struct kfence_state *k = this_kfence();
	struct kfence_object *o = object_at(k, object);

	spin_lock(&k->lock);
	if (!o || o->state != KFENCE_ALLOCATED || o->addr != (unsigned long)object) {
		report(k, KFENCE_INVALID_FREE, object, o && o->addr ? o : NULL, caller);
		goto unlock;
	}
	check_canary(k, o, caller);
	if (clear)
		memset(object, 0, o->size);
	o->state = KFENCE_FREED;
	note(&o->track[TRACK_FREE], caller);
	page_set(k, o->addr, false);					/* KF2 */
	hide_guards(k, o);
	list_add_tail(&o->list, &k->free);				/* KF1 */
	atomic_long_dec(&k->counter[KFENCE_COUNTER_ALLOCATED]);
	count(k, KFENCE_COUNTER_FREES);
unlock:
	spin_unlock(&k->lock);
}

/* --- faults --------------------------------------------------------------------------- */

static bool try_lock(struct kfence_state *k)
{
	unsigned int i;

	for (i = 0; i < LOCK_TRIES; i++) {
		if (spin_trylock(&k->lock))
			return true;
		cpu_relax();
	}
	return false;
}

/* Of the objects on both sides of a guard page the one in use that is nearer to @addr. */
static struct kfence_object *neighbour(struct kfence_state *k, unsigned long addr)
{
	struct kfence_object *left = object_at(k, (void *)(addr - PAGE_SIZE));
	struct kfence_object *right = NULL;

	if (addr + PAGE_SIZE - k->pool < k->pool_bytes)
		right = object_at(k, (void *)(addr + PAGE_SIZE));
	if (left && left->state != KFENCE_ALLOCATED)
		left = NULL;
	if (right && right->state != KFENCE_ALLOCATED)
		right = NULL;
	if (!left || !right)
		return left ? left : right;
	return addr - (left->addr + left->size) < right->addr - addr ? left : right;
}

/* Who is concerned, and how; KFENCE_INVALID and NULL: nobody. lock held. */
static void find(struct kfence_state *k, struct kfence_finding *f)
{
	unsigned long page = (f->addr - k->pool) >> PAGE_SHIFT;
	struct kfence_object *o;

	if (page % 2) {
		o = neighbour(k, f->addr);
		if (!o)
			return;
		f->error = KFENCE_OUT_OF_BOUNDS;
		if (f->addr < o->addr)
			o->shown_left = true;
		else
			o->shown_right = true;				/* KF3 */
	} else {
		o = object_at(k, (void *)f->addr);
		if (!o || o->state != KFENCE_FREED)
			return;
		f->error = KFENCE_USE_AFTER_FREE;
	}
	f->object = o;
}

/**
 * kfence_handle_page_fault() - a kernel access of @addr found no page. @stack: of who did
 *	it, the innermost first.
 * Locks:   tries kfence_state.lock.  Context: any, in the fault.
 * Return:  false: the address is not of the pool. true: it was reported, and the page is
 *          there now, so that the access can go on.
 */
bool kfence_handle_page_fault(unsigned long addr, bool is_write, const unsigned long *stack,
			      unsigned int nr)
{
	struct kfence_state *k = this_kfence();
	struct kfence_finding f = {
		.error = KFENCE_INVALID, .addr = addr, .is_write = is_write,
		.stack = stack, .nr = nr,
	};
	bool locked;

	if (!is_kfence_address((void *)addr))
		return false;
	if (READ_ONCE(k->broken)) {
		page_set(k, addr, true);
		return true;
	}
	locked = try_lock(k);
	if (locked)
		find(k, &f);
	count(k, KFENCE_COUNTER_BUGS);
	kfence_report(&f);
	page_set(k, addr, true);
	if (locked)
		spin_unlock(&k->lock);
	return true;
}

/* --- what others ask ------------------------------------------------------------------ */

/**
 * kfence_lookup() - the object on whose page @addr lies, an address in the pool.
 * Locks:   none: the object is the caller's.  Context: any.
 * Return:  false: the page is none of an object.
 */
bool kfence_lookup(const void *addr, struct kfence_info *info)
{
	struct kfence_state *k = this_kfence();
	const struct kfence_object *o = object_at(k, addr);

	if (!o || !o->addr)
		return false;
	*info = (struct kfence_info){
		.number = o - k->objects, .start = o->addr, .size = o->size, .cache = o->cache,
		.allocated = o->state == KFENCE_ALLOCATED,
	};
	return true;
}

/**
 * kfence_cache_objects() - objects of @s that are in use in the pool; NULL: of all caches.
 * Locks:   takes kfence_state.lock.  Context: thread.
 */
unsigned int kfence_cache_objects(const struct kmem_cache *s)
{
	struct kfence_state *k = this_kfence();
	unsigned int i, nr = 0;

	if (!READ_ONCE(k->pool_bytes))
		return 0;
	spin_lock(&k->lock);
	for (i = 0; i < k->nr_objects; i++)
		nr += k->objects[i].state == KFENCE_ALLOCATED &&
		      (!s || k->objects[i].cache == s);
	spin_unlock(&k->lock);
	return nr;
}

/**
 * kfence_forget_cache() - @s, which has no object in use, ends: what was one of its
 *	objects belongs to no cache.
 * Locks:   takes kfence_state.lock.  Context: thread.
 */
void kfence_forget_cache(const struct kmem_cache *s)
{
	struct kfence_state *k = this_kfence();
	unsigned int i;

	if (!READ_ONCE(k->pool_bytes))
		return;
	spin_lock(&k->lock);
	for (i = 0; i < k->nr_objects; i++)
		if (k->objects[i].cache == s) {
			mm_assert(k->objects[i].state != KFENCE_ALLOCATED);
			k->objects[i].cache = NULL;
		}
	spin_unlock(&k->lock);
}
