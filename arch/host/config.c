// SPDX-License-Identifier: MIT
/*
 * config.c - a configuration is completed and judged before anything of the machine
 * exists, so that a wrong one leaves nothing behind.
 *
 *	the caller's  --defaults for zeroes, unless exact-->  complete  --judged-->  used
 *
 * Each refusal is one line on stderr that names the field, its value and the rule. What
 * is not refused here mm/ can boot with, if the memory suffices.
 *
 *   F1  RAM is whole pages: ranges begin and end at page boundaries, do not overlap, and
 *       belong to nodes below MAX_NUMNODES
 *   F2  what is reserved lies in RAM
 *   F3  sets of a TLB are a power of 2 in number
 *
 * Locks: none.
 */
#include "host_internal.h"
#include "config.h"
#include <linux/log2.h>
#include <linux/pkeys.h>
#include <linux/printk.h>

static const struct machine_config defaults = MACHINE_DEFAULTS;

#define FILL(to, field)	((to)->field = (to)->field ? (to)->field : defaults.field)

/* Entries and ways belong together: who states one of them states both. */
static void fill_pair(unsigned int *entries, unsigned int *ways, unsigned int default_entries,
		      unsigned int default_ways)
{
	if (*entries || *ways)
		return;
	*entries = default_entries;
	*ways = default_ways;
}

static void fill_tlb(struct machine_tlb *to)
{
	const struct machine_tlb *d = &defaults.tlb;

	fill_pair(&to->l1_entries, &to->l1_ways, d->l1_entries, d->l1_ways);
	fill_pair(&to->huge_entries, &to->huge_ways, d->huge_entries, d->huge_ways);
	fill_pair(&to->l2_entries, &to->l2_ways, d->l2_entries, d->l2_ways);
	fill_pair(&to->walk_entries, &to->walk_ways, d->walk_entries, d->walk_ways);
	if (!to->asids)
		to->asids = d->asids;
}

/**
 * host_config_fill() - @from with the defaults filled in; NULL: nothing but defaults.
 * Locks:   none.  Context: any thread.
 */
void host_config_fill(struct machine_config *to, const struct machine_config *from)
{
	*to = from ? *from : defaults;
	if (to->exact)
		return;
	FILL(to, ram_bytes);
	FILL(to, nr_cpus);
	FILL(to, nr_nodes);
	FILL(to, dma_limit);
	FILL(to, dma32_limit);
	FILL(to, vmalloc_bytes);
	FILL(to, seed);
	fill_tlb(&to->tlb);
}

/* Say what is wrong. Returns false. */
static bool __printf(1, 2) refused(const char *fmt, ...)
{
	char text[160];
	va_list args;

	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	pr_err("machine_create: %s\n", text);
	return false;
}

/* --- RAM ---------------------------------------------------------------- */

static bool ranges_overlap(const struct machine_range *a, const struct machine_range *b)
{
	return a->start < b->end && b->start < a->end;
}

static bool range_good(const struct machine_config *c, unsigned int index)
{
	const struct machine_range *r = &c->ranges[index];
	unsigned int i;

	if (r->start >= r->end)
		return refused("range %u is empty", index);
	if ((r->start | r->end) & ~PAGE_MASK)
		return refused("range %u is not whole pages of %lu bytes", index, PAGE_SIZE);
	if (r->end > HOST_RAM_LIMIT)
		return refused("range %u ends beyond the last address, %llx", index,
			       (unsigned long long)HOST_RAM_LIMIT - 1);
	if (r->nid < 0 || r->nid >= MAX_NUMNODES)
		return refused("range %u is of node %d, %d is the last", index, r->nid,
			       MAX_NUMNODES - 1);
	for (i = 0; i < index; i++)
		if (ranges_overlap(r, &c->ranges[i]))
			return refused("range %u overlaps range %u", index, i);
	return true;
}

/* F2: every byte of [start, end), whichever ranges have the parts. */
static bool all_ram(const struct machine_config *c, phys_addr_t start, phys_addr_t end)
{
	unsigned int i;

	if (!c->nr_ranges)
		return end <= c->ram_bytes;
	for (i = 0; start < end && i < c->nr_ranges; i++)
		if (c->ranges[i].start <= start && start < c->ranges[i].end) {
			start = c->ranges[i].end;
			i = -1;
		}
	return start >= end;
}

static bool reserved_good(const struct machine_config *c, unsigned int index)
{
	const struct machine_range *r = &c->reserved[index];
	unsigned int i;

	if (r->start >= r->end)
		return refused("reserved range %u is empty", index);
	if (!all_ram(c, r->start, r->end))
		return refused("reserved range %u is not all RAM", index);
	for (i = 0; i < index; i++)
		if (ranges_overlap(r, &c->reserved[i]))
			return refused("reserved range %u overlaps reserved range %u", index, i);
	return true;
}

static bool ram_good(const struct machine_config *c)
{
	phys_addr_t bytes = c->ram_bytes;
	unsigned int i;

	if (c->nr_ranges && !c->ranges)
		return refused("nr_ranges is %u and ranges is NULL", c->nr_ranges);
	if (c->nr_reserved && !c->reserved)
		return refused("nr_reserved is %u and reserved is NULL", c->nr_reserved);
	if (!c->nr_ranges && (!c->ram_bytes || c->ram_bytes & ~PAGE_MASK))
		return refused("ram_bytes is %zu: whole pages of %lu bytes are needed",
			       c->ram_bytes, PAGE_SIZE);
	if (!c->nr_ranges && bytes > HOST_RAM_LIMIT)
		return refused("ram_bytes is %zu, beyond the last address", c->ram_bytes);
	if (!c->nr_ranges && c->ram_bytes / c->nr_nodes < PAGE_SIZE)
		return refused("ram_bytes is %zu: less than a page for each of %u nodes",
			       c->ram_bytes, c->nr_nodes);
	for (i = 0; i < c->nr_ranges; i++)
		if (!range_good(c, i))
			return false;
	for (i = 0; i < c->nr_reserved; i++)
		if (!reserved_good(c, i))
			return false;
	return true;
}

/* --- the rest ------------------------------------------------------------- */

static bool counts_good(const struct machine_config *c)
{
	if (!c->nr_cpus)
		return refused("nr_cpus is 0: a machine has at least one CPU");
	if (c->nr_cpus > NR_CPUS)
		return refused("nr_cpus is %u, %u is the most", c->nr_cpus, NR_CPUS);
	if (!c->nr_nodes)
		return refused("nr_nodes is 0: a machine has at least one node");
	if (c->nr_nodes > MAX_NUMNODES)
		return refused("nr_nodes is %u, %u is the most", c->nr_nodes, MAX_NUMNODES);
	if (!c->vmalloc_bytes || c->vmalloc_bytes & ~PAGE_MASK)
		return refused("vmalloc_bytes is %zu: whole pages of %lu bytes are needed",
			       c->vmalloc_bytes, PAGE_SIZE);
	return true;
}

static bool limit_good(const char *name, phys_addr_t limit)
{
	if (limit == PHYS_ADDR_MAX || (limit && !(limit & ~PAGE_MASK)))
		return true;
	return refused("%s is %llx: a page boundary above 0, or ~0 for no such zone", name,
		       (unsigned long long)limit);
}

static bool limits_good(const struct machine_config *c)
{
	if (c->lowmem_limit & ~PAGE_MASK)
		return refused("lowmem_limit is %llx: a page boundary is needed",
			       (unsigned long long)c->lowmem_limit);
	if (c->lowmem_limit && c->lowmem_limit <= host_config_ram_start(c))
		return refused("lowmem_limit is %llx: no RAM is below",
			       (unsigned long long)c->lowmem_limit);
	if (!limit_good("dma_limit", c->dma_limit) || !limit_good("dma32_limit", c->dma32_limit))
		return false;
	if (c->dma_limit != PHYS_ADDR_MAX && c->dma_limit > c->dma32_limit)
		return refused("dma_limit is above dma32_limit");
	return true;
}

static bool array_good(const char *name, unsigned int entries, unsigned int ways, bool needed)
{
	if (entries == MACHINE_TLB_NONE && !needed)
		return true;
	if (!entries || !ways || entries == MACHINE_TLB_NONE || entries % ways)
		return refused("tlb.%s: %u entries cannot be sets of %u", name, entries, ways);
	if (!is_power_of_2(entries / ways))
		return refused("tlb.%s: %u entries in sets of %u are %u sets, no power of 2", name,
			       entries, ways, entries / ways);
	return true;
}

static bool tlb_good(const struct machine_tlb *t)
{
	if (!t->asids || t->asids > TLB_NR_ASIDS)
		return refused("tlb.asids is %u, not 1 to %u", t->asids, TLB_NR_ASIDS);
	return array_good("l1", t->l1_entries, t->l1_ways, true) &&
	       array_good("huge", t->huge_entries, t->huge_ways, false) &&
	       array_good("l2", t->l2_entries, t->l2_ways, false) &&
	       array_good("walk", t->walk_entries, t->walk_ways, false);
}

/**
 * machine_pages() - pages and tables as this build has them.
 * Locks:   none.  Context: any thread.
 */
struct machine_pages machine_pages(void)
{
	return (struct machine_pages){
		.page_bytes = PAGE_SIZE,
		.huge_bytes = PMD_SIZE,
		.levels = 2 + (PTRS_PER_PMD > 1) + (PTRS_PER_PUD > 1) + (PTRS_PER_P4D > 1),
		.user_end = TASK_SIZE_MAX,
	};
}

static bool page_fact_good(const char *name, unsigned long wanted, unsigned long built)
{
	if (!wanted || wanted == built)
		return true;
	return refused("pages.%s is %lu, this build has %lu", name, wanted, built);
}

/* What is not stated is not counted on, in an exact configuration too. */
static bool pages_good(const struct machine_pages *wanted)
{
	const struct machine_pages built = machine_pages();

	return page_fact_good("page_bytes", wanted->page_bytes, built.page_bytes) &&
	       page_fact_good("huge_bytes", wanted->huge_bytes, built.huge_bytes) &&
	       page_fact_good("levels", wanted->levels, built.levels) &&
	       page_fact_good("user_end", wanted->user_end, built.user_end);
}

static bool pkeys_good(const struct machine_config *c)
{
	if (!c->pkeys || vm_pkey_flags(NR_PKEYS - 1))
		return true;
	return refused("pkeys: entries of this build have no place for keys");
}

static bool option_good(const char *slub_debug)
{
	if (!slub_debug || strlen(slub_debug) < SLAB_DEBUG_OPTION_BYTES)
		return true;
	return refused("slub_debug has more than %d characters", SLAB_DEBUG_OPTION_BYTES - 1);
}

/**
 * host_config_good() - can there be such a machine?
 * Locks:   none.  Context: any thread.
 * Return:  true; false: stderr says why not.
 */
bool host_config_good(const struct machine_config *c)
{
	return counts_good(c) && ram_good(c) && limits_good(c) && host_numa_good(c) &&
	       tlb_good(&c->tlb) && pages_good(&c->pages) && pkeys_good(c) && option_good(c->slub_debug);
}

/**
 * host_config_ram_start() - what the addresses of RAM begin at, a block of the largest
 *	order.
 * Locks:   none.  Context: the ranges of @c are good.
 */
phys_addr_t host_config_ram_start(const struct machine_config *c)
{
	phys_addr_t start = c->nr_ranges ? PHYS_ADDR_MAX : 0;
	unsigned int i;

	for (i = 0; i < c->nr_ranges; i++)
		start = min(start, c->ranges[i].start);
	return ALIGN_DOWN(start, HOST_RAM_ALIGN);
}

/**
 * host_config_ram_end() - the end of the last range of RAM.
 * Locks:   none.  Context: @c is good.
 */
phys_addr_t host_config_ram_end(const struct machine_config *c)
{
	phys_addr_t end = 0;
	unsigned int i;

	if (!c->nr_ranges)
		return c->ram_bytes;
	for (i = 0; i < c->nr_ranges; i++)
		end = max(end, c->ranges[i].end);
	return end;
}
