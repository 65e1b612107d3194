// SPDX-License-Identifier: MIT
/*
 * stale.c - kernel translations that were taken out and not flushed yet.
 *
 * Kernel addresses of a hosted machine are the process's own, and kmap.c takes a page
 * away as soon as its entry is cleared, so that a stray access faults at once. A real
 * CPU may use the old translation until flush_tlb_kernel_range(): who maps something
 * else there before it may reach the old page through the new address. So it is noted
 * what awaits its flush:
 *
 *	mapped  --entry cleared-->  stale  --flush-->  neither  --entry set-->  mapped
 *
 *   K1  an address is not mapped while it is stale: a flush was forgotten
 *
 * Locks: none; bits change atomically, ranges belong to who maps them.
 */
#include "host_internal.h"
#include <linux/bitops.h>
#include <linux/printk.h>

/**
 * host_stale_init() - nothing in the window is mapped, nothing is stale.
 * Locks:   none.  Context: creation.
 * Return:  false: no memory.
 */
bool host_stale_init(struct host_machine *hm)
{
	size_t bytes = BITS_TO_LONGS(hm->config.vmalloc_bytes >> PAGE_SHIFT) * sizeof(long);

	hm->kernel_mapped = os_alloc(bytes);
	hm->kernel_stale = os_alloc(bytes);
	return hm->kernel_mapped && hm->kernel_stale;
}

static unsigned long window_page(unsigned long addr)
{
	return (addr - host_ctx.vmalloc_start) >> PAGE_SHIFT;
}

/**
 * host_kernel_mapped() - [@start, @end) of the window gets translations (K1).
 * Locks:   none; the range is the caller's.  Context: thread.
 */
void host_kernel_mapped(unsigned long start, unsigned long end)
{
	struct host_machine *hm = this_host();
	unsigned long page;

	for (page = window_page(start); page < window_page(end); page++) {
		if (unlikely(test_bit(page, hm->kernel_stale))) {
			pr_err("MMU: kernel address %lx is mapped again before the flush of what was there\n",
			       host_ctx.vmalloc_start + (page << PAGE_SHIFT));
			mm_bug_on(test_bit(page, hm->kernel_stale));	/* K1 */
		}
		set_bit(page, hm->kernel_mapped);
	}
}

/**
 * host_kernel_unmapped() - the entries of [@start, @end) are gone.
 * Locks:   none; the range is the caller's.  Context: thread.
 */
void host_kernel_unmapped(unsigned long start, unsigned long end)
{
	struct host_machine *hm = this_host();
	unsigned long page;

	for (page = window_page(start); page < window_page(end); page++)
		if (test_bit(page, hm->kernel_mapped)) {
			clear_bit(page, hm->kernel_mapped);
			set_bit(page, hm->kernel_stale);
		}
}

/**
 * host_kernel_flush() - no CPU knows old translations of [@start, @end) any more.
 * Locks:   none.  Context: as flush_tlb_kernel_range().
 */
void host_kernel_flush(unsigned long start, unsigned long end)
{
	struct host_machine *hm = this_host();
	unsigned long page;

	start = max(start, host_ctx.vmalloc_start);
	end = min(end, host_ctx.vmalloc_end);
	if (start >= end)
		return;
	for (page = window_page(start); page < window_page(end - 1) + 1; page++)
		if (test_bit(page, hm->kernel_stale))
			clear_bit(page, hm->kernel_stale);
}
