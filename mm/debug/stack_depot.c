// SPDX-License-Identifier: MIT
/*
 * stack_depot.c - stacks that are kept once, however often they are noted.
 *
 * Who notes a stack for each frame or object would need 128 bytes for each; there are some
 * thousand different ones. The depot is a hash table of them, on machines where a
 * debugging aid asked for it before the boot. Records lie in pages that are taken when
 * they are needed, without waiting, and stay until the machine ends; where no page can be
 * had the stack is not known (NULL), and nothing else happens.
 *
 * A page for the depot is an allocation itself, of which somebody may want to note the
 * stack: that one gets NULL.
 *
 *   SD1  records do not change and do not go: who has the address needs no lock
 *   SD2  two records of the depot differ
 *
 * Locks: stack_depot.lock, for the buckets and the room; nothing is allocated under it.
 */
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/hash.h>
#include <linux/memblock.h>
#include <linux/printk.h>
#include <linux/stackdepot.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <mm/machine.h>
#include "../internal.h"

static struct stack_depot *this_depot(void)
{
	return &this_machine()->debug.depot;
}

/**
 * stack_depot_init() - make the table, unless somebody has.
 * Locks:   none.  Context: boot CPU, memblock still gives memory.
 * Return:  false without memory for it.
 */
bool __init stack_depot_init(void)
{
	struct stack_depot *d = this_depot();

	if (d->buckets)
		return true;
	spin_lock_init_rank(&d->lock, RANK_STACK_DEPOT, "stack depot");
	d->buckets = memblock_alloc(STACK_DEPOT_BUCKETS * sizeof(*d->buckets), SMP_CACHE_BYTES);
	d->busy = memblock_alloc(max(this_machine()->facts.nr_cpus, 1u), SMP_CACHE_BYTES);
	if (!d->busy)
		d->buckets = NULL;
	return d->buckets;
}

static u32 hash_of(const unsigned long *entries, unsigned int nr)
{
	u64 hash = 0xcbf29ce484222325ull;

	while (nr--)
		hash = (hash ^ *entries++) * 0x100000001b3ull;
	return hash ^ hash >> 32;
}

static size_t record_bytes(unsigned int nr)
{
	return sizeof(struct stack_record) + nr * sizeof(unsigned long);
}

static struct stack_record *find(struct stack_depot *d, u32 hash, const unsigned long *entries,
				 unsigned int nr)
{
	struct stack_record *r = d->buckets[hash % STACK_DEPOT_BUCKETS];

	spin_assert_held(&d->lock);
	while (r && (r->hash != hash || r->size != nr ||
		     memcmp(r->entries, entries, nr * sizeof(*entries))))
		r = r->next;
	return r;
}

/* Room for a record is made before the lock is taken. False: there is none. */
static bool make_room(struct stack_depot *d, size_t bytes)
{
	bool *busy = &d->busy[smp_processor_id()];
	struct page *page;

	if (READ_ONCE(d->room_bytes) >= bytes)
		return true;
	if (*busy)
		return false;
	*busy = true;
	page = alloc_page(GFP_NOWAIT | __GFP_NOWARN);
	*busy = false;
	if (!page)
		return false;
	spin_lock(&d->lock);
	d->room = page_address(page);		/* what was left of the last one is too little */
	WRITE_ONCE(d->room_bytes, PAGE_SIZE);
	ADD_ONCE(d->pages, 1);
	spin_unlock(&d->lock);
	return true;
}

/* SD2: the record of a stack, a new one if need be; NULL: no room after all. */
static struct stack_record *find_or_add(struct stack_depot *d, u32 hash,
					const unsigned long *entries, unsigned int nr)
{
	struct stack_record *r, **bucket = &d->buckets[hash % STACK_DEPOT_BUCKETS];
	size_t bytes = record_bytes(nr);

	spin_lock(&d->lock);
	r = find(d, hash, entries, nr);
	if (!r && d->room_bytes >= bytes) {
		r = (struct stack_record *)d->room;
		d->room += bytes;
		WRITE_ONCE(d->room_bytes, d->room_bytes - bytes);
		r->hash = hash;
		r->size = nr;
		memcpy(r->entries, entries, nr * sizeof(*entries));
		r->next = *bucket;
		*bucket = r;
	}
	spin_unlock(&d->lock);
	return r;
}

/**
 * stack_depot_save() - how the caller came here, without the @skip innermost.
 * Locks:   takes depot.lock; enters the page allocator without waiting.
 * Context: as alloc_pages(GFP_NOWAIT).
 * Return:  the stack, for ever (SD1); NULL when it cannot be kept.
 */
const struct stack_record *stack_depot_save(unsigned int skip)
{
	unsigned long entries[STACK_DEPOT_DEPTH];
	struct stack_depot *d = this_depot();
	struct stack_record *r;
	unsigned int nr;
	u32 hash;

	if (!d->buckets || d->busy[smp_processor_id()])
		return NULL;
	nr = stack_trace_save(entries, STACK_DEPOT_DEPTH, skip + 1);
	hash = hash_of(entries, nr);
	spin_lock(&d->lock);
	r = find(d, hash, entries, nr);
	spin_unlock(&d->lock);
	if (!r && make_room(d, record_bytes(nr)))
		r = find_or_add(d, hash, entries, nr);
	return r;
}

/**
 * stack_depot_snprint() - a line for each entry of @stack, moved in by @spaces, to @buf.
 * Locks:   none.  Context: any.
 * Return:  bytes written, less than @size.
 */
int stack_depot_snprint(const struct stack_record *stack, char *buf, size_t size, int spaces)
{
	unsigned int i;
	int n = 0;

	for (i = 0; stack && i < stack->size; i++)
		n += scnprintf(buf + n, size - n, "%*c%pS\n", 1 + spaces, ' ',
			       (void *)stack->entries[i]);
	return n;
}

/** stack_depot_print() - the same to the log. */
void stack_depot_print(const struct stack_record *stack)
{
	if (stack)
		stack_trace_print(stack->entries, stack->size, 0);
}
