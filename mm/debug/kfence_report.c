// SPDX-License-Identifier: MIT
/*
 * kfence_report.c - what kfence.c finds and knows, as text, in the form that readers of
 * Linux's log know:
 *
 *	BUG: KFENCE: use-after-free read in caller+0x12/0x34
 *
 *	Use-after-free read at 0x.. (in kfence-#79):
 *	 stack of who did it
 *
 *	kfence-#79: 0x..-0x.., size=32, cache=kmalloc-32
 *
 *	allocated by task 488 on cpu 2 at 33.871326s:
 *	 stack
 *
 *	freed by task 488 on cpu 2 at 33.871358s:
 *	 stack
 *
 *	CPU: 2 PID: 488 Comm: name Not tainted
 *
 * between two rulers. The same lines about each object are the file kfence/objects of
 * debugfs, and the counters are kfence/stats.
 *
 * A report allocates nothing and changes nothing but the taint. For a reader of the file
 * an object is copied under the lock, as his text may have to wait for memory.
 *
 * Locks: the caller's kfence_state.lock; the readers take it.
 */
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <mm/port.h>
#include "kfence_internal.h"

#define RULER		"=================================================================="
#define SHOWN_BYTES	16	/* of what was overwritten */
#define LINE_BYTES	256
#define CACHE_BYTES	64

/* An object as it is printed; its cache may be gone when it is. */
struct view {
	const struct kfence_object *object;
	long number;
	char cache[CACHE_BYTES];
};

/* To the file, or to the log when @m is NULL. */
static void __printf(2, 3) out(struct seq_file *m, const char *fmt, ...)
{
	char line[LINE_BYTES];
	va_list args;

	va_start(args, fmt);
	vscnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (m)
		seq_puts(m, line);
	else
		pr_err("%s", line);
}

static void out_stack(struct seq_file *m, const unsigned long *stack, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		out(m, " %pS\n", (void *)stack[i]);
}

static void out_track(struct seq_file *m, const struct kfence_track *t, const char *what)
{
	u64 us = div_u64(t->when_ns, 1000);

	out(m, "%s by task %d on cpu %u at %lu.%06us:\n", what, t->pid, t->cpu,
	    (unsigned long)div_u64(us, 1000000), (u32)(us - div_u64(us, 1000000) * 1000000));
	if (t->nr)
		out_stack(m, t->stack, t->nr);
	else
		out(m, " no %s stack\n", what[0] == 'a' ? "allocation" : "deallocation");
}

static void view_set(struct view *v, const struct kfence_object *o, long number)
{
	v->object = o;
	v->number = number;
	strscpy(v->cache, o->cache ? kmem_cache_name(o->cache) : "<destroyed>", sizeof(v->cache));
}

static void out_object(struct seq_file *m, const struct view *v)
{
	const struct kfence_object *o = v->object;

	if (!o->addr) {
		out(m, "kfence-#%ld unused\n", v->number);
		return;
	}
	out(m, "kfence-#%ld: 0x%p-0x%p, size=%u, cache=%s\n\n", v->number, (void *)o->addr,
	    (void *)(o->addr + o->size - 1), o->size, v->cache);
	out_track(m, &o->track[TRACK_ALLOC], "allocated");
	if (o->state == KFENCE_FREED) {
		out(m, "\n");
		out_track(m, &o->track[TRACK_FREE], "freed");
	}
}

/* --- reports ----------------------------------------------------------------------------- */

static const char *verb(const struct kfence_finding *f)
{
	return f->is_write ? "write" : "read";
}

static void print_title(const struct kfence_finding *f)
{
	static const char what[][20] = {
		[KFENCE_OUT_OF_BOUNDS] = "out-of-bounds ",
		[KFENCE_USE_AFTER_FREE] = "use-after-free ",
		[KFENCE_CORRUPTION] = "memory corruption",
		[KFENCE_INVALID] = "invalid ",
		[KFENCE_INVALID_FREE] = "invalid free",
	};
	bool access = f->error != KFENCE_CORRUPTION && f->error != KFENCE_INVALID_FREE;

	pr_err("BUG: KFENCE: %s%s in %pS\n\n", what[f->error], access ? verb(f) : "",
	       f->nr ? (void *)f->stack[0] : NULL);
}

/* The bytes from @at on that differ, a dot for those that do not, up to the object or the
 * end of the page. */
static void print_bytes(const struct kfence_object *o, unsigned long at)
{
	unsigned long end = at < o->addr ? o->addr : (at & PAGE_MASK) + PAGE_SIZE;
	const u8 *p = (u8 *)at;

	end = min(end, at + SHOWN_BYTES);
	pr_cont("[");
	for (; p < (u8 *)end; p++)
		if (*p == kfence_canary(p))
			pr_cont(" .");
		else
			pr_cont(" 0x%02x", *p);
	pr_cont(" ]");
}

static void print_what(const struct kfence_finding *f, long number)
{
	const struct kfence_object *o = f->object;
	bool left = o && f->addr < o->addr;
	void *at = (void *)f->addr;

	switch (f->error) {
	case KFENCE_OUT_OF_BOUNDS:
		pr_err("Out-of-bounds %s at 0x%p (%luB %s of kfence-#%ld):\n", verb(f), at,
		       left ? o->addr - f->addr : f->addr - o->addr, left ? "left" : "right",
		       number);
		break;
	case KFENCE_USE_AFTER_FREE:
		pr_err("Use-after-free %s at 0x%p (in kfence-#%ld):\n", verb(f), at, number);
		break;
	case KFENCE_CORRUPTION:
		pr_err("Corrupted memory at 0x%p ", at);
		print_bytes(o, f->addr);
		pr_cont(" (in kfence-#%ld):\n", number);
		break;
	case KFENCE_INVALID:
		pr_err("Invalid %s at 0x%p:\n", verb(f), at);
		break;
	case KFENCE_INVALID_FREE:
		if (o)
			pr_err("Invalid free of 0x%p (in kfence-#%ld):\n", at, number);
		else
			pr_err("Invalid free of 0x%p:\n", at);
		break;
	}
}

/**
 * kfence_report() - all of @f, to the log.
 * Locks:   kfence_state.lock, as far as there is an object.  Context: any.
 */
void kfence_report(const struct kfence_finding *f)
{
	struct slab_state *slab = &this_machine()->slab;
	struct view v;

	if (f->object)
		view_set(&v, f->object, f->object - this_kfence()->objects);
	pr_err(RULER "\n");
	print_title(f);
	print_what(f, f->object ? v.number : -1);
	out_stack(NULL, f->stack, f->nr);
	pr_err("\n");
	if (f->object) {
		out_object(NULL, &v);
		pr_err("\n");
	}
	pr_err("CPU: %u PID: %d Comm: %s %s\n", smp_processor_id(), port_self_pid(),
	       port_self_name(), READ_ONCE(slab->tainted) ? "Tainted: G    B" : "Not tainted");
	pr_err(RULER "\n");
	WRITE_ONCE(slab->tainted, true);
}

/**
 * kfence_report_leaks() - name every object of @s that is in use in the pool.
 * Locks:   takes kfence_state.lock.  Context: thread.
 */
void kfence_report_leaks(const struct kmem_cache *s)
{
	struct kfence_state *k = this_kfence();
	struct view v;
	unsigned int i;

	if (!READ_ONCE(k->pool_bytes))
		return;
	spin_lock(&k->lock);
	for (i = 0; i < k->nr_objects; i++) {
		if (k->objects[i].state != KFENCE_ALLOCATED || k->objects[i].cache != s)
			continue;
		view_set(&v, &k->objects[i], i);
		out_object(NULL, &v);
	}
	spin_unlock(&k->lock);
}

/**
 * kfence_dump_obj() - what @addr is, if it lies in the pool, to the log; for a report.
 * Locks:   none, so that the lines may be of two owners.  Context: any.
 * Return:  false: it does not.
 */
bool kfence_dump_obj(const void *addr)
{
	struct kfence_state *k = this_kfence();
	struct kfence_info info;
	struct view v;

	if (!is_kfence_address(addr))
		return false;
	if (!kfence_lookup(addr, &info)) {
		pr_err("Address 0x%p is in no object of kfence\n", addr);
		return true;
	}
	view_set(&v, &k->objects[info.number], info.number);
	pr_err("Address 0x%p is %ld bytes into kfence-#%u\n", addr,
	       (long)((unsigned long)addr - info.start), info.number);
	out_object(NULL, &v);
	return true;
}

/* --- debugfs ------------------------------------------------------------------------------ */

/**
 * kfence_stats_show() - the file kfence/stats.
 * Locks:   none: the counters go on.  Context: thread; may sleep.
 */
void kfence_stats_show(struct seq_file *m)
{
	static const char names[KFENCE_NR_COUNTERS][40] = {
		[KFENCE_COUNTER_ALLOCATED] = "currently allocated",
		[KFENCE_COUNTER_ALLOCS] = "total allocations",
		[KFENCE_COUNTER_FREES] = "total frees",
		[KFENCE_COUNTER_ZOMBIES] = "zombie allocations",
		[KFENCE_COUNTER_BUGS] = "total bugs",
		[KFENCE_COUNTER_SKIP_INCOMPAT] = "skipped allocations (incompatible)",
		[KFENCE_COUNTER_SKIP_CAPACITY] = "skipped allocations (capacity)",
		[KFENCE_COUNTER_SKIP_COVERED] = "skipped allocations (covered)",
	};
	struct kfence_state *k = this_kfence();
	unsigned int i;

	seq_printf(m, "enabled: %d\n", READ_ONCE(k->pool_bytes) && READ_ONCE(k->interval_ms) &&
		   !READ_ONCE(k->broken));
	for (i = 0; i < KFENCE_NR_COUNTERS; i++)
		seq_printf(m, "%s: %ld\n", names[i], atomic_long_read(&k->counter[i]));
}

/**
 * kfence_objects_show() - the file kfence/objects.
 * Locks:   takes kfence_state.lock.  Context: thread; may sleep.
 */
void kfence_objects_show(struct seq_file *m)
{
	struct kfence_state *k = this_kfence();
	struct kfence_object copy;
	struct view v;
	unsigned int i;

	for (i = 0; READ_ONCE(k->pool_bytes) && i < k->nr_objects; i++) {
		spin_lock(&k->lock);
		view_set(&v, &k->objects[i], i);
		copy = k->objects[i];
		spin_unlock(&k->lock);
		v.object = &copy;
		out_object(m, &v);
		seq_puts(m, "---------------------------------\n");
	}
}
