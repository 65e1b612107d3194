// SPDX-License-Identifier: MIT
/*
 * tlb.c - what each CPU of a hosted machine remembers of the page tables, and how it is
 * made to forget.
 *
 *	single pages  l1    64 entries  4-way  \
 *	                                        +- l2  1,536 entries  12-way, both kinds
 *	large pages   huge  32 entries  4-way  /
 *	tables        walk  32 entries  4-way     where the last-level table of a range is
 *
 * The sizes are the caller's (struct machine_tlb). A set is chosen by the low bits of
 * the page number; in it the entry that was used longest ago is displaced, so that the
 * same accesses always leave the same entries. A translation that is found behind l1 is
 * copied to it, and may outlive there what l2 displaces.
 *
 * Entries stay until they are displaced or flushed, whatever happens to the tables: a
 * flush that mm/ forgets shows, as the access goes to the old frame. Flushes take no
 * more than they are asked for: a range does not empty the rest, and the walk entries go
 * only where the caller says that tables are freed. A real CPU drops more and would hide
 * what is missing. A test makes flushes disappear (host_swallow_flush()) to see that
 * somebody notices.
 *
 * An access is done under the CPU's tlb_lock, from lookup to the last byte, and a flush
 * takes the lock too. A flush therefore returns after every access that began with the
 * old entries has ended, as on real CPUs; page tables and frames may be freed after it.
 *
 *   T1  an entry with tag != 0 was true when it was made, and no flush of its range that
 *       reached this CPU came after that. Which flushes do: context.c
 *   T2  HOST_TLB_WRITE only if every level permitted writes and the dirty bit was set
 *   T3  an array holds a translation once
 *   T4  a tag is that of a slot in cpu->asids, whose address space the entry belongs to
 *
 * Locks: tlb_lock is innermost and held for one page at most.
 */
#include "host_internal.h"

/* From as many pages on, all entries are looked at instead of each page's sets. */
#define INVLPG_MAX_PAGES	33

/* --- arrays --------------------------------------------------------------- */

static bool array_init(struct host_tlb_array *a, unsigned int entries, unsigned int ways)
{
	if (entries == MACHINE_TLB_NONE)
		return true;
	a->entry = os_alloc(entries * sizeof(*a->entry));
	a->nr = entries;
	a->ways = ways;
	a->set_mask = entries / ways - 1;
	return a->entry;
}

/**
 * host_tlb_init() - empty TLBs of the sizes that the machine's configuration has.
 * Locks:   none.  Context: creation.
 * Return:  false: no memory. host_tlb_free() takes what there is.
 */
bool host_tlb_init(struct host_machine *hm)
{
	const struct machine_tlb *c = &hm->config.tlb;
	struct host_cpu *cpu;

	spin_lock_init(&hm->contexts_lock);
	INIT_LIST_HEAD(&hm->contexts);
	for (cpu = hm->cpus; cpu < hm->cpus + hm->config.nr_cpus; cpu++) {
		spin_lock_init(&cpu->tlb_lock);
		tlb_asids_init(&cpu->asids, c->asids);
		if (!array_init(&cpu->l1, c->l1_entries, c->l1_ways) ||
		    !array_init(&cpu->huge, c->huge_entries, c->huge_ways) ||
		    !array_init(&cpu->l2, c->l2_entries, c->l2_ways) ||
		    !array_init(&cpu->walk, c->walk_entries, c->walk_ways))
			return false;
	}
	return true;
}

/**
 * host_tlb_free() - the memory of what host_tlb_init() made.
 * Locks:   none.  Context: nobody is in the machine.
 */
void host_tlb_free(struct host_machine *hm)
{
	unsigned int i;

	for (i = 0; hm->cpus && i < hm->config.nr_cpus; i++) {
		os_free(hm->cpus[i].l1.entry);
		os_free(hm->cpus[i].huge.entry);
		os_free(hm->cpus[i].l2.entry);
		os_free(hm->cpus[i].walk.entry);
	}
}

static inline struct host_tlb_entry *array_set(const struct host_tlb_array *a, unsigned long key)
{
	return a->entry + (key >> 1 & a->set_mask) * a->ways;
}

static inline struct host_tlb_entry *array_find(const struct host_tlb_array *a, unsigned int tag,
						unsigned long key)
{
	struct host_tlb_entry *e = array_set(a, key), *end = e + a->ways;

	for (; e < end; e++)
		if (e->key == key && e->tag == tag)
			return e;
	return NULL;
}

/* Where a new entry goes: an empty place, else the one not used for longest. */
static struct host_tlb_entry *array_victim(const struct host_tlb_array *a, unsigned long key)
{
	struct host_tlb_entry *e = array_set(a, key), *end = e + a->ways, *oldest = e;

	for (; e < end; e++) {
		if (!e->tag)
			return e;
		if (e->used < oldest->used)
			oldest = e;
	}
	return oldest;
}

static void array_insert(struct host_cpu *cpu, struct host_tlb_array *a,
			 const struct host_tlb_entry *entry)
{
	struct host_tlb_entry *e;

	if (!a->nr)
		return;
	e = array_find(a, entry->tag, entry->key);			/* T3 */
	if (!e) {
		e = array_victim(a, entry->key);
		cpu->stats.evictions += e->tag != 0;
	}
	*e = *entry;
	e->used = ++cpu->ticks;
}

/* --- lookup and fill ------------------------------------------------------ */

static struct host_tlb_entry *found(struct host_cpu *cpu, struct host_tlb_entry *e)
{
	e->used = ++cpu->ticks;
	return e;
}

/* Both kinds of keys; an l2 entry becomes an l1 entry. */
static struct host_tlb_entry *lookup_l2(struct host_cpu *cpu, unsigned long addr)
{
	unsigned int tag = host_tlb_tag(cpu);
	struct host_tlb_array *first = &cpu->l1;
	struct host_tlb_entry *e = array_find(&cpu->l2, tag, host_tlb_key(addr));

	if (!e) {
		first = &cpu->huge;
		e = array_find(&cpu->l2, tag, host_tlb_huge_key(addr));
	}
	if (!e)
		return NULL;
	cpu->stats.l2_hits++;
	array_insert(cpu, first, e);
	return found(cpu, e);
}

/**
 * host_tlb_lookup() - what @cpu remembers of user address @addr.
 * Locks:   tlb_lock held.  Context: any.
 * Return:  the entry, valid until the lock is dropped; NULL.
 */
struct host_tlb_entry *host_tlb_lookup(struct host_cpu *cpu, unsigned long addr)
{
	unsigned int tag = host_tlb_tag(cpu);
	struct host_tlb_entry *e = array_find(&cpu->l1, tag, host_tlb_key(addr));

	if (!e)
		e = array_find(&cpu->huge, tag, host_tlb_huge_key(addr));
	if (!e)
		return lookup_l2(cpu, addr);
	cpu->stats.l1_hits++;
	return found(cpu, e);
}

/**
 * host_tlb_fill() - remember @entry, in place of what was known of its page.
 * Locks:   tlb_lock held.  Context: any.
 */
void host_tlb_fill(struct host_cpu *cpu, const struct host_tlb_entry *entry)
{
	array_insert(cpu, entry->key & 1 ? &cpu->huge : &cpu->l1, entry);
	array_insert(cpu, &cpu->l2, entry);
}

/**
 * host_tlb_walk_entry() - the last-level table of @addr, if @cpu remembers it.
 * Locks:   tlb_lock held.  Context: any.
 * Return:  the entry, whose pfn is the table's; NULL.
 */
struct host_tlb_entry *host_tlb_walk_entry(struct host_cpu *cpu, unsigned long addr)
{
	struct host_tlb_entry *e = array_find(&cpu->walk, host_tlb_tag(cpu), host_tlb_huge_key(addr));

	return e ? found(cpu, e) : NULL;
}

/**
 * host_tlb_fill_walk() - remember where a last-level table is.
 * Locks:   tlb_lock held.  Context: any.
 */
void host_tlb_fill_walk(struct host_cpu *cpu, const struct host_tlb_entry *entry)
{
	array_insert(cpu, &cpu->walk, entry);
}

/* --- flushes ------------------------------------------------------------ */

static void drop_key(struct host_tlb_array *a, unsigned int tag, unsigned long key)
{
	struct host_tlb_entry *e = array_find(a, tag, key);

	if (e)
		e->tag = 0;
}

static void drop_matching(struct host_tlb_array *a, const struct host_drop *d)
{
	struct host_tlb_entry *e;

	for (e = a->entry; e < a->entry + a->nr; e++)
		if (e->tag == d->tag && host_tlb_last_page(e) >= d->first &&
		    host_tlb_first_page(e) <= d->last)
			e->tag = 0;
}

static void drop_pages(struct host_cpu *cpu, const struct host_drop *d)
{
	unsigned long page, key, last_huge = ~0ul;

	for (page = d->first; page <= d->last; page++) {
		key = host_tlb_key(page << PAGE_SHIFT);
		drop_key(&cpu->l1, d->tag, key);
		drop_key(&cpu->l2, d->tag, key);
		key = host_tlb_huge_key(page << PAGE_SHIFT);
		if (key == last_huge)
			continue;
		last_huge = key;
		drop_key(&cpu->huge, d->tag, key);
		drop_key(&cpu->l2, d->tag, key);
	}
	cpu->stats.invlpg += d->last - d->first + 1;
}

/**
 * host_tlb_drop() - @cpu forgets what @d says, and no more.
 * Locks:   tlb_lock held.  Context: any.
 */
void host_tlb_drop(struct host_cpu *cpu, const struct host_drop *d)
{
	cpu->stats.flushes++;
	if (d->last - d->first < INVLPG_MAX_PAGES) {
		drop_pages(cpu, d);
	} else {
		drop_matching(&cpu->l1, d);
		drop_matching(&cpu->huge, d);
		drop_matching(&cpu->l2, d);
	}
	if (d->tables)
		drop_matching(&cpu->walk, d);
}

/* A flush of this kind begins. True: a test wants that it does nothing. */
static bool flush_begin(enum host_flush kind)
{
	struct host_machine *hm = this_host();

	atomic_long_inc(&hm->flushes[kind]);
	host_sched_point(HOST_POINT_FLUSH);
	if (likely(!atomic_long_read(&hm->swallow_nth)) ||
	    atomic_long_dec_return(&hm->swallow_nth))
		return false;
	atomic_long_inc(&hm->swallowed);
	if (kind == HOST_FLUSH_PAGE)
		atomic_long_inc(&hm->swallowed_local);
	return true;
}

void flush_tlb_mm_range(struct mm_struct *mm, unsigned long start, unsigned long end,
			bool freed_tables)
{
	struct host_drop d = { 0, start >> PAGE_SHIFT, (end - 1) >> PAGE_SHIFT, freed_tables };

	mm_assert(start < end);
	mm_bug_on(arch_irqs_disabled());	/* real ports wait for other CPUs */
	if (!flush_begin(HOST_FLUSH_RANGE))
		host_context_flush(mm, &d);
	host_sched_point(HOST_POINT_FLUSH);
}

void flush_tlb_mm(struct mm_struct *mm)
{
	struct host_drop d = { 0, 0, ULONG_MAX, true };

	mm_bug_on(arch_irqs_disabled());
	if (!flush_begin(HOST_FLUSH_MM))
		host_context_flush(mm, &d);
	host_sched_point(HOST_POINT_FLUSH);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	mm_assert(start < end);
	mm_bug_on(arch_irqs_disabled());
	if (!flush_begin(HOST_FLUSH_KERNEL))
		host_kernel_flush(start, end);
	host_sched_point(HOST_POINT_FLUSH);
}

void local_flush_tlb_kernel_page(unsigned long address)
{
	/* not one of those that tests count and swallow: mapping a page has two of them */
	host_kernel_flush(address, address + PAGE_SIZE);
}

void local_flush_tlb_page(struct mm_struct *mm, unsigned long address)
{
	struct host_drop d = { 0, address >> PAGE_SHIFT, address >> PAGE_SHIFT, false };

	if (!flush_begin(HOST_FLUSH_PAGE))
		host_context_flush_here(mm, &d);
	host_sched_point(HOST_POINT_FLUSH);
}

/* comment: see mm/host.h */
void host_swallow_flush(struct machine *machine, unsigned long nth)
{
	atomic_long_set(&to_host(machine)->swallow_nth, nth);
}

/* comment: see mm/host.h */
unsigned long host_swallowed(struct machine *machine)
{
	return atomic_long_read(&to_host(machine)->swallowed);
}

/* comment: see mm/host.h */
unsigned long host_swallowed_local(struct machine *machine)
{
	return atomic_long_read(&to_host(machine)->swallowed_local);
}

/* --- counters ----------------------------------------------------------------- */

/* comment: see mm/host.h */
void host_get_tlb_stats(struct machine *machine, unsigned int cpu, struct host_tlb_stats *stats)
{
	struct host_machine *hm = to_host(machine);

	mm_bug_on(cpu >= hm->config.nr_cpus);
	spin_lock(&hm->cpus[cpu].tlb_lock);
	*stats = hm->cpus[cpu].stats;
	spin_unlock(&hm->cpus[cpu].tlb_lock);
}

/**
 * host_get_stats() - what @machine's MMU did so far.
 * Locks:   each CPU's tlb_lock.  Context: any thread.
 */
void host_get_stats(struct machine *machine, struct host_stats *stats)
{
	struct host_machine *hm = to_host(machine);
	struct host_tlb_stats cpu;
	unsigned int i;

	memset(stats, 0, sizeof(*stats));
	stats->tlb_mm_flushes = atomic_long_read(&hm->flushes[HOST_FLUSH_MM]);
	stats->tlb_range_flushes = atomic_long_read(&hm->flushes[HOST_FLUSH_RANGE]);
	stats->tlb_kernel_flushes = atomic_long_read(&hm->flushes[HOST_FLUSH_KERNEL]);
	stats->tlb_page_flushes = atomic_long_read(&hm->flushes[HOST_FLUSH_PAGE]);
	for (i = 0; i < hm->config.nr_cpus; i++) {
		host_get_tlb_stats(machine, i, &cpu);
		stats->tlb_hits += cpu.l1_hits + cpu.l2_hits - cpu.refills;
		stats->tlb_walks += cpu.walks;
		stats->faults += cpu.faults;
	}
}
