// SPDX-License-Identifier: MIT
/*
 * kmemleak_scan.c - the search for memory that nobody knows (notes: kmemleak.c), and what
 * is said about it.
 *
 * Every aligned word that looks like an address in an object counts as one of it. The
 * search begins with what is known to be in use and goes on with what it finds:
 *
 *	roots, struct pages, gray objects  -->  words  -->  white objects turn gray  -->  ...
 *
 *	white	fewer of its addresses were found than are needed: maybe a leak
 *	gray	enough: it is in use, and holds addresses itself
 *	black	never a leak, never looked into
 *
 * What is white at the end is a leak, unless it is younger than five seconds, as its
 * address may be in a register, or its contents have changed since the last search: then
 * somebody uses it, and it is searched from there as if it were known. So a leak is
 * reported by the second search after it came to be, at the earliest.
 *
 * Leaks stay in the list until they are freed, found again, or cleared.
 *
 * The machine goes on during a search: the lock is held for a page of memory at a time,
 * and an object that is freed meanwhile is left alone (current_object).
 *
 *   KS1  one search at a time, and no list is read during one (kmemleak_state.scanning)
 *   KS2  the list of gray objects has those that are to be looked into, each once
 *
 * Locks: kmemleak_state.lock. Who wants to search waits his turn with cond_resched().
 */
#include <linux/crc32.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include "kmemleak_internal.h"

#define CHUNK_BYTES	4096ul
#define CHUNK_PAGES	64ul		/* struct pages that are looked at under the lock */
#define MIN_AGE_NS	(5ull * NS_PER_S)
#define FIRST_SCAN_S	60
#define HEX_BYTES	32u		/* of a leak's contents */
#define HEX_ROW		16
#define JIFFY_NS	4000000		/* of Debian's Linux */
#define NS_PER_S	(1000ull * 1000 * 1000)

/* --- one at a time (KS1) ------------------------------------------------------------------ */

static void scan_begin(struct kmemleak_state *k)
{
	while (atomic_xchg(&k->scanning, 1))
		port_cond_resched();
}

static void scan_end(struct kmemleak_state *k)
{
	mm_assert(atomic_read(&k->scanning) == 1);
	atomic_set(&k->scanning, 0);
}

/* --- the search ----------------------------------------------------------------------- */

static bool is_looked_into(const struct kmemleak_object *o)
{
	return !(o->flags & OBJECT_NO_SCAN) &&
	       (!(o->flags & OBJECT_STACK) || READ_ONCE(this_kmemleak()->stack_scan));
}

/* @o has enough addresses now. lock held. */
static void turned_gray(struct kmemleak_state *k, struct kmemleak_object *o)
{
	if (is_looked_into(o) && list_empty(&o->gray))
		list_add_tail(&o->gray, &k->gray);			/* KS2 */
}

/* The words of [@start, @end); @self: what they are part of, it does not know itself. */
static void scan_words(struct kmemleak_state *k, unsigned long start, unsigned long end,
		       const struct kmemleak_object *self)
{
	unsigned long at, word;
	struct kmemleak_object *o;

	spin_assert_held(&k->lock);
	for (at = ALIGN(start, sizeof(word)); at + sizeof(word) <= end; at += sizeof(word)) {
		word = data_race(*(unsigned long *)at);
		if (word <= k->below || word >= k->above)
			continue;
		o = kmemleak_find(k, word);
		if (!o || o == self || !object_is_white(o))
			continue;
		if (++o->count >= o->min_count)
			turned_gray(k, o);
	}
}

/* In pieces, between which others have the lock. False: @self is gone. */
static bool scan_range(struct kmemleak_state *k, unsigned long start, unsigned long end,
		       const struct kmemleak_object *self)
{
	unsigned long to;
	bool there = true;

	for (; start < end && there; start = to) {
		to = min(start + CHUNK_BYTES, end);
		spin_lock(&k->lock);
		there = !self || k->current_object == self;
		if (there)
			scan_words(k, start, to, self);
		spin_unlock(&k->lock);
		port_cond_resched();
	}
	return there;
}

/* What pages in use say about their owners: mapping, private, the cache of a slab. */
static void scan_pages(struct kmemleak_state *k)
{
	unsigned long pfn, end = this_machine()->max_pfn, to;

	for (pfn = this_machine()->min_low_pfn; pfn < end; pfn = to) {
		to = min(ALIGN_DOWN(pfn, CHUNK_PAGES) + CHUNK_PAGES, end);
		if (!pfn_valid(pfn) || memmap_is_lazy(memmap_head(pfn)))
			continue;
		spin_lock(&k->lock);
		for (; pfn < to; pfn++)
			if (page_count(pfn_to_page(pfn)))
				scan_words(k, (unsigned long)pfn_to_page(pfn),
					   (unsigned long)(pfn_to_page(pfn) + 1), NULL);
		spin_unlock(&k->lock);
		port_cond_resched();
	}
}

/* Parts are copied, as they may go with their object while the lock is not held. */
static void scan_object(struct kmemleak_state *k, struct kmemleak_object *o)
{
	struct kmemleak_area copy[8], *area;
	unsigned int i, nr = 0;

	spin_assert_held(&k->lock);
	copy[0] = (struct kmemleak_area){ .start = o->pointer, .end = o->pointer + o->size };
	for (area = o->areas; area && nr < ARRAY_SIZE(copy); area = area->next)
		copy[nr++] = *area;
	if (area || !nr || (o->flags & OBJECT_FULL_SCAN)) {
		copy[0].start = o->pointer;
		copy[0].end = o->pointer + o->size;
		nr = 1;
	}
	k->current_object = o;
	spin_unlock(&k->lock);
	for (i = 0; i < nr; i++)
		if (!scan_range(k, copy[i].start, copy[i].end, o))
			break;
	spin_lock(&k->lock);
	k->current_object = NULL;
}

/* Until nothing new is found. (KS2) */
static void scan_gray(struct kmemleak_state *k)
{
	struct kmemleak_object *o;

	spin_lock(&k->lock);
	while (!list_empty(&k->gray)) {
		o = list_first_entry(&k->gray, struct kmemleak_object, gray);
		list_del_init(&o->gray);
		scan_object(k, o);
	}
	spin_unlock(&k->lock);
}

/* Call @fn for each object, by address, with the lock held for each alone. */
static void for_each_object(struct kmemleak_state *k,
			    void (*fn)(struct kmemleak_state *k, struct kmemleak_object *o,
				       void *arg), void *arg)
{
	struct kmemleak_object *o;
	unsigned long at = 0;

	do {
		spin_lock(&k->lock);
		o = kmemleak_next(k, at);
		if (o) {
			at = o->pointer;
			fn(k, o, arg);
		}
		spin_unlock(&k->lock);
		port_cond_resched();
	} while (o);
}

static void begin_object(struct kmemleak_state *k, struct kmemleak_object *o, void *arg)
{
	o->count = 0;
	if (object_is_gray(o))
		turned_gray(k, o);
}

static bool contents_changed(struct kmemleak_object *o)
{
	u32 before = o->checksum;

	o->checksum = crc32_le(~0u, (void *)o->pointer, o->size);
	return o->checksum != before;
}

/* White and changed since the last time: somebody uses it. */
static void spare_object(struct kmemleak_state *k, struct kmemleak_object *o, void *arg)
{
	if (!object_is_white(o) || (o->flags & OBJECT_REPORTED) || !contents_changed(o))
		return;
	o->count = o->min_count;
	turned_gray(k, o);
}

static bool is_leak(const struct kmemleak_state *k, const struct kmemleak_object *o)
{
	return object_is_white(o) && o->when_ns + MIN_AGE_NS <= k->last_scan_ns;
}

static void report_object(struct kmemleak_state *k, struct kmemleak_object *o, void *arg)
{
	unsigned int *new = arg;

	if (!is_leak(k, o) || (o->flags & OBJECT_REPORTED))
		return;
	o->flags |= OBJECT_REPORTED;
	++*new;
}

/**
 * kmemleak_scan() - search all memory once.
 * Locks:   takes the lock, in short pieces.  Context: thread; may sleep, long.
 * Return:  leaks that no search before has found.
 */
unsigned int kmemleak_scan(void)
{
	struct kmemleak_state *k = this_kmemleak();
	unsigned int i, new = 0;

	if (!READ_ONCE(k->enabled))
		return 0;
	scan_begin(k);
	spin_lock(&k->lock);
	k->last_scan_ns = port_clock_ns();
	spin_unlock(&k->lock);
	for_each_object(k, begin_object, NULL);
	for (i = 0; i < k->nr_roots; i++)
		scan_range(k, k->root[i].start, k->root[i].end, NULL);
	scan_pages(k);
	scan_gray(k);
	for_each_object(k, spare_object, NULL);
	scan_gray(k);
	if (READ_ONCE(k->enabled))
		for_each_object(k, report_object, &new);
	if (new) {
		WRITE_ONCE(k->found, true);
		pr_info("kmemleak: %u new suspected memory leaks (see /sys/kernel/debug/kmemleak)\n",
			new);
	}
	scan_end(k);
	return new;
}

/**
 * kmemleak_wait_ns() - when the port's thread is to search next.
 * Locks:   none.  Context: any.
 * Return:  nanoseconds from now; ~0: not before it is told.
 */
u64 kmemleak_wait_ns(bool first)
{
	struct kmemleak_state *k = this_kmemleak();

	if (!READ_ONCE(k->enabled) || !READ_ONCE(k->auto_scan))
		return ~0ull;
	return (first ? FIRST_SCAN_S : READ_ONCE(k->wait_s)) * NS_PER_S;
}

/* --- text ----------------------------------------------------------------------------- */

/* A leak as it was when the list was read. */
struct leak {
	unsigned long after;		/* look for one behind this address */
	struct kmemleak_object object;
	u8 bytes[HEX_BYTES];
};

/* The next leak behind leak->after, copied. */
static bool next_leak(struct kmemleak_state *k, struct leak *leak)
{
	struct kmemleak_object *o;

	spin_lock(&k->lock);
	for (o = kmemleak_next(k, leak->after); o; o = kmemleak_next(k, o->pointer))
		if ((o->flags & OBJECT_REPORTED) && is_leak(k, o))
			break;
	if (o) {
		leak->object = *o;
		leak->after = o->pointer;
		memcpy(leak->bytes, (void *)o->pointer, min_t(size_t, o->size, HEX_BYTES));
	}
	spin_unlock(&k->lock);
	return o != NULL;
}

static void show_bytes(struct seq_file *m, const u8 *bytes, size_t nr)
{
	char row[80];
	size_t i;

	seq_printf(m, "  hex dump (first %zu bytes):\n", nr);
	for (i = 0; i < nr; i += HEX_ROW) {
		hex_dump_to_buffer(bytes + i, nr - i, HEX_ROW, 1, row, sizeof(row), true);
		seq_printf(m, "    %s\n", row);
	}
}

static void show_leak(struct seq_file *m, const struct leak *leak)
{
	const struct kmemleak_object *o = &leak->object;
	u64 age_ms = div_u64(port_clock_ns() - o->when_ns, 1000000), age_s = div_u64(age_ms, 1000);
	unsigned int i;

	seq_printf(m, "unreferenced object 0x%0*lx (size %zu):\n", (int)(2 * sizeof(long)),
		   o->pointer, o->size);
	seq_printf(m, "  comm \"%s\", pid %d, jiffies %lu (age %llu.%03us)\n", o->comm, o->pid,
		   (unsigned long)div_u64(o->when_ns, JIFFY_NS), (unsigned long long)age_s,
		   (u32)(age_ms - age_s * 1000));
	show_bytes(m, leak->bytes, min_t(size_t, o->size, HEX_BYTES));
	seq_puts(m, "  backtrace:\n");
	for (i = 0; o->stack && i < o->stack->size; i++)
		seq_printf(m, "    [<%p>] %pS\n", (void *)o->stack->entries[i],
			   (void *)o->stack->entries[i]);
}

/**
 * kmemleak_show() - the file kmemleak: all leaks that were found.
 * Locks:   takes the lock, for each.  Context: thread; may sleep, also for a search.
 */
void kmemleak_show(struct seq_file *m)
{
	struct kmemleak_state *k = this_kmemleak();
	struct leak leak = { .after = 0 };

	scan_begin(k);
	while (READ_ONCE(k->found) && !m->error && next_leak(k, &leak))
		show_leak(m, &leak);
	scan_end(k);
}

/* --- commands ------------------------------------------------------------------------- */

static void clear_object(struct kmemleak_state *k, struct kmemleak_object *o, void *arg)
{
	if ((o->flags & OBJECT_REPORTED) && is_leak(k, o))
		o->min_count = KMEMLEAK_GREY;
}

/* The leaks found so far are none; once it is off, all notes go. */
static void clear(struct kmemleak_state *k)
{
	scan_begin(k);
	if (READ_ONCE(k->enabled)) {
		for_each_object(k, clear_object, NULL);
		WRITE_ONCE(k->found, false);
	} else {
		kmemleak_forget_all();
	}
	scan_end(k);
}

static int dump(struct kmemleak_state *k, const char *text)
{
	struct kmemleak_object copy, *o;
	unsigned long addr;
	int err = kstrtoul(text, 0, &addr);

	if (err)
		return err;
	spin_lock(&k->lock);
	o = kmemleak_find(k, addr);
	if (o)
		copy = *o;
	spin_unlock(&k->lock);
	if (!o) {
		pr_info("kmemleak: Unknown object at 0x%08lx\n", addr);
		return -EINVAL;
	}
	pr_notice("kmemleak: Object 0x%08lx (size %zu):\n", copy.pointer, copy.size);
	pr_notice("kmemleak:   comm \"%s\", pid %d, jiffies %lu\n", copy.comm, copy.pid,
		  (unsigned long)div_u64(copy.when_ns, JIFFY_NS));
	pr_notice("kmemleak:   min_count = %d\n", copy.min_count);
	pr_notice("kmemleak:   count = %d\n", copy.count);
	pr_notice("kmemleak:   flags = 0x%x\n", copy.flags | OBJECT_ALLOCATED);
	pr_notice("kmemleak:   checksum = %u\n", copy.checksum);
	pr_notice("kmemleak:   backtrace:\n");
	stack_depot_print(copy.stack);
	return 0;
}

static int set_scan(struct kmemleak_state *k, const char *text)
{
	unsigned int seconds;
	int err;

	if (!strcmp(text, "on") || !strcmp(text, "off")) {
		WRITE_ONCE(k->auto_scan, text[1] == 'n');
		return 0;
	}
	err = kstrtouint(text, 0, &seconds);
	if (err)
		return err;
	if (seconds)
		WRITE_ONCE(k->wait_s, seconds);
	WRITE_ONCE(k->auto_scan, seconds != 0);
	return 0;
}

/**
 * kmemleak_command() - what is written to the file kmemleak: "scan", "clear", "off",
 *	"stack=on", "stack=off", "scan=on", "scan=off", "scan=SECONDS", "dump=ADDRESS".
 * Locks:   takes the lock, in short pieces.  Context: thread; may sleep, long.
 * Return:  0; -EPERM: it is off; -EINVAL, -ERANGE: no such command, nothing is changed.
 */
int kmemleak_command(const char *text)
{
	struct kmemleak_state *k = this_kmemleak();

	if (!strcmp(text, "clear")) {
		clear(k);
		return 0;
	}
	if (!READ_ONCE(k->enabled))
		return -EPERM;
	if (!strcmp(text, "off"))
		kmemleak_disable(NULL);
	else if (!strcmp(text, "stack=on") || !strcmp(text, "stack=off"))
		WRITE_ONCE(k->stack_scan, !strcmp(text, "stack=on"));
	else if (!strcmp(text, "scan"))
		kmemleak_scan();
	else if (!strncmp(text, "scan=", 5))
		return set_scan(k, text + 5);
	else if (!strncmp(text, "dump=", 5))
		return dump(k, text + 5);
	else
		return -EINVAL;
	return 0;
}
