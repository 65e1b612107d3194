// SPDX-License-Identifier: MIT
/*
 * page_owner.c - who allocated each page, and who freed it (page_owner=on).
 *
 * Each frame has a struct page_owner in its page_ext: order, flags, task, times, and the
 * stacks of the last allocation and the last free (stack_depot.c). All frames of a block
 * bear what its first one bears, so that a block can be split.
 *
 * The text is that of Linux's debugfs file, one block after the other by the number of
 * its first frame:
 *
 *	Page allocated via order 0, mask 0x..(GFP_KERNEL), pid 1, tgid 1 (init), ts N ns,
 *	    free_ts N ns
 *	PFN 4660 type Unmovable Block 9 type Unmovable Flags 0x..(slab|node=0|zone=1)
 *	 stack, a line for each
 *
 * Frames that were never allocated by the page allocator (reserved at boot) do not appear.
 *
 *   PO1  PAGE_EXT_OWNER of a frame is set exactly while it is allocated, or was since
 *        the boot: then its owner means something
 *   PO2  PAGE_EXT_ALLOCATED is set exactly while the frame is in a block that is in use
 *
 * Locks: none; what is noted belongs to who owns the frame. The text is a look at frames
 * that go on: a line may be of two owners.
 */
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include <linux/stackdepot.h>
#include <linux/string.h>
#include <mm/machine.h>
#include "../internal.h"

#define SKIP_ALLOC	2	/* this file, hooks.c */
#define SKIP_FREE	2

static struct page_owner *owner_of(struct page_ext *ext)
{
	return ext->owner;
}

/**
 * page_owner_alloc() - the block of 2^@order frames is handed out.
 * Locks:   may take depot.lock.  Context: as the allocator.
 */
void page_owner_alloc(struct page *page, unsigned int order, gfp_t gfp)
{
	struct page_owner now = { .order = order, .gfp = gfp, .ts_ns = port_clock_ns() };
	unsigned long i;

	now.pid = port_self_pid();
	now.tgid = port_self_tgid();
	strscpy(now.comm, port_self_name(), sizeof(now.comm));
	now.stack = stack_depot_save(SKIP_ALLOC);
	for (i = 0; i < 1ul << order; i++) {
		struct page_ext *ext = page_ext_get(page + i);
		struct page_owner *owner = owner_of(ext);

		now.free_ts_ns = owner->free_ts_ns;
		now.free_stack = owner->free_stack;
		*owner = now;
		ext->flags |= PAGE_EXT_OWNER | PAGE_EXT_ALLOCATED;	/* PO1, PO2 */
	}
}

/**
 * page_owner_free() - the block goes back.
 * Locks:   may take depot.lock.  Context: as the allocator.
 */
void page_owner_free(struct page *page, unsigned int order)
{
	const struct stack_record *stack = stack_depot_save(SKIP_FREE);
	u64 now = port_clock_ns();
	unsigned long i;

	for (i = 0; i < 1ul << order; i++) {
		struct page_ext *ext = page_ext_get(page + i);

		ext->flags &= ~PAGE_EXT_ALLOCATED;			/* PO2 */
		owner_of(ext)->free_ts_ns = now;
		owner_of(ext)->free_stack = stack;
	}
}

/**
 * page_owner_split() - the block of 2^@order frames is pages of their own from now on.
 * Locks:   none.  Context: the block is the caller's.
 */
void page_owner_split(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1ul << order; i++)
		owner_of(page_ext_get(page + i))->order = 0;
}

/* --- text -------------------------------------------------------------------------- */

static int owner_text(struct page *page, const struct page_owner *o, char *buf, size_t size)
{
	unsigned long pfn = page_to_pfn(page);
	char gfp[GFP_TEXT_MAX], flags[160];
	int n;

	gfp_text(gfp, sizeof(gfp), o->gfp);
	page_flags_text(page, flags, sizeof(flags));
	n = scnprintf(buf, size, "Page allocated via order %u, mask %#x(%s), pid %d, tgid %d (%s), "
		      "ts %llu ns, free_ts %llu ns\n", o->order, o->gfp, gfp, o->pid, o->tgid,
		      o->comm, (unsigned long long)o->ts_ns, (unsigned long long)o->free_ts_ns);
	n += scnprintf(buf + n, size - n, "PFN %lu type %s Block %lu type %s Flags "
		       "%#lx(%s%snode=%d|zone=%d)\n", pfn,
		       migratetype_names[gfp_migratetype(o->gfp)], pfn >> pageblock_order,
		       migratetype_names[get_pageblock_migratetype(page_zone(page), pfn)],
		       page->flags, flags, *flags ? "|" : "", page_to_nid(page),
		       (int)page_zonenum(page));
	n += stack_depot_snprint(o->stack, buf + n, size - n, 0);
	n += scnprintf(buf + n, size - n, "\n");
	return n;
}

/* Is @page the first frame of a block in use, of which the owner is known? */
static bool is_shown(const struct page *page, const struct page_ext *ext)
{
	const unsigned int both = PAGE_EXT_OWNER | PAGE_EXT_ALLOCATED;

	if ((data_race(ext->flags) & both) != both || !data_race(ext->owner->stack))
		return false;
	return IS_ALIGNED(page_to_pfn(page), 1ul << data_race(ext->owner->order));
}

/**
 * page_owner_read() - the text of the first block at frame *@pfn or behind it.
 * Locks:   none.  Context: thread.
 * Return:  bytes in @buf, then *@pfn is the frame behind the block's first; 0: there is
 *          none.
 */
int page_owner_read(unsigned long *pfn, char *buf, size_t size)
{
	struct machine *m = this_machine();
	unsigned long at;

	for (at = max(*pfn, m->min_low_pfn); at < m->max_pfn; at++) {
		struct page_owner copy;
		struct page *page;

		if (!pfn_valid(at))
			continue;
		page = memmap_page(at);
		if (!is_shown(page, page_ext_get(page)))
			continue;
		copy = *owner_of(page_ext_get(page));
		*pfn = at + 1;
		return owner_text(page, &copy, buf, size);
	}
	return 0;
}

/**
 * page_owner_print() - who allocated and who freed @page, for a report; nothing where
 *	owners are not noted.
 * Locks:   none.  Context: any.
 */
void page_owner_print(const struct page *page)
{
	struct page_ext *ext = page_ext_get(page);
	const struct page_owner *o;

	if (!this_machine()->debug.config.page_owner || !ext)
		return;
	o = owner_of(ext);
	if (!(ext->flags & PAGE_EXT_OWNER)) {
		pr_alert("page_owner info is not present (never set?)\n");
		return;
	}
	pr_alert("page_owner tracks the page as %s\n",
		 ext->flags & PAGE_EXT_ALLOCATED ? "allocated" : "freed");
	pr_alert("page last allocated via order %u, migratetype %s, gfp_mask %#x, pid %d, tgid %d (%s), ts %llu, free_ts %llu\n",
		 o->order, migratetype_names[gfp_migratetype(o->gfp)], o->gfp, o->pid, o->tgid,
		 o->comm, (unsigned long long)o->ts_ns, (unsigned long long)o->free_ts_ns);
	stack_depot_print(o->stack);
	if (o->free_stack)
		pr_alert("page last free stack trace:\n");
	stack_depot_print(o->free_stack);
}
