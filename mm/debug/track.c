// SPDX-License-Identifier: MIT
/*
 * track.c - what memory is and whose: the lines that reports of wrong uses end with.
 *
 * Everybody who finds an address that cannot be what the caller says asks here what it
 * is instead. The answer goes to the log, one to three lines:
 *
 *	Address P is 24 bytes into the vmalloc area V of 12288 bytes by caller+0x12
 *	Address P is in a page of cache NAME ...		then the object's two tracks
 *	Address P is 8 bytes into kfence-#N ...		then its two owners
 *	Address P is in page ...			then the page's state and tracks
 *	Address P is no memory of this machine
 *
 *   T1  a report reads, it changes nothing, and it takes no lock that it would have to
 *       wait for: the caller may hold any
 *
 * Who allocated and who freed is noted in a struct mem_track: the place in the code, the
 * CPU, the task and the time. Caches note it for each object where SLAB_STORE_USER is
 * set, debug builds for each page.
 *
 * Locks: vmalloc_state.lock, only tried.
 */
#include <linux/mm.h>
#include <linux/kfence.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/string.h>
#include <linux/printk.h>
#include <mm/track.h>
#include "../internal.h"

/**
 * mem_track_set() - note that this task on this CPU did it, from @caller, now.
 * Locks:   the track's owner is the caller.  Context: any.
 */
void mem_track_set(struct mem_track *track, unsigned long caller)
{
	track->caller = caller;
	track->cpu = smp_processor_id();
	track->when_ns = port_clock_ns();
	strscpy(track->name, port_self_name(), sizeof(track->name));
}

/**
 * mem_track_print() - one line: @what (a verb) by whom, where, when. Nothing when nobody.
 * Locks:   none.  Context: any.
 */
void mem_track_print(const struct mem_track *track, const char *what)
{
	if (track->caller)
		pr_err("%s in %pS cpu=%u at %lu ns by %.15s\n", what, (void *)track->caller,
		       track->cpu, track->when_ns, track->name);
}

static void dump_page_address(const void *addr, struct page *page)
{
	struct page *head = compound_head(page);

	if (PageSlab(head)) {
		pr_err("Address 0x%p is in a slab of %s\n", addr, slab_cache_name(head));
		slab_print_object(head, addr);
		return;
	}
	pr_err("Address 0x%p is in page %p, pfn %#lx\n", addr, page, page_to_pfn(page));
	dump_page(head, "it is no slab");
}

/**
 * mem_dump_obj() - what @object is, to the log (T1).
 * Locks:   vmalloc_state.lock, only tried.
 * Context: any.
 * Return:  nothing.
 */
void mem_dump_obj(const void *object)
{
	if (is_vmalloc_addr(object)) {
		if (!vmalloc_dump_obj(object))
			pr_err("Address 0x%p is in no vmalloc area\n", object);
		return;
	}
	if (kfence_dump_obj(object))
		return;
	if (!pfn_valid(virt_to_pfn(object)))
		pr_err("Address 0x%p is no memory of this machine\n", object);
	else
		dump_page_address(object, virt_to_page(object));
}
