// SPDX-License-Identifier: MIT
/*
 * page_ext.c - more room for each frame than struct page has, on machines where a
 * debugging aid asked for it before the boot.
 *
 * The room is one array for each block of frames that has a memmap (MEMMAP_BLOCK_PAGES),
 * so that holes cost a pointer each:
 *
 *	pfn -> page_ext[pfn / block - first] + pfn % block * page_ext_bytes
 *
 * It comes from memblock, zeroed, of any node, and stays. Machines that want none have
 * page_ext == NULL, and so have those where it did not fit: then the aids that need it are
 * switched off, with a line in the log, and the boot goes on.
 *
 *   PE1  page_ext_get() of a frame with a memmap is NULL for all frames or for none
 *
 * Locks: none; the table is fixed after the boot. What is in the room of a frame belongs to
 * who owns the frame.
 */
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/memblock.h>
#include <linux/printk.h>
#include <mm/machine.h>
#include "../internal.h"

static size_t bytes_wanted(const struct mm_debug_config *c)
{
	if (c->page_owner)
		return ALIGN(sizeof(struct page_ext) + sizeof(struct page_owner), sizeof(u64));
	return c->page_poison ? sizeof(struct page_ext) : 0;
}

static bool __init alloc_blocks(struct mm_debug_state *d)
{
	unsigned long i, pfn;

	for (i = 0; i < d->page_ext_blocks; i++) {
		pfn = (d->page_ext_first + i) * MEMMAP_BLOCK_PAGES;
		if (!pfn_valid(pfn))
			continue;
		d->page_ext[i] = memblock_alloc(MEMMAP_BLOCK_PAGES * d->page_ext_bytes,
						SMP_CACHE_BYTES);
		if (!d->page_ext[i])
			return false;
	}
	return true;
}

static void __init give_up(struct machine *m)
{
	pr_warn("page_ext: no memory for it: page_poison and page_owner are off\n");
	m->debug.page_ext = NULL;
	m->debug.config.page_poison = m->debug.config.page_owner = false;
	mm_hook_set(m, MM_HOOK_POISON | MM_HOOK_OWNER, false);
}

/**
 * page_ext_init() - make the room, if machine.debug.config asks for something that needs it.
 * Locks:   none.  Context: boot CPU, nodes known, memblock still gives memory.
 */
void __init page_ext_init(void)
{
	struct machine *m = this_machine();
	struct mm_debug_state *d = &m->debug;
	unsigned long end = DIV_ROUND_UP(m->max_pfn, MEMMAP_BLOCK_PAGES);

	d->page_ext_bytes = bytes_wanted(&d->config);
	if (!d->page_ext_bytes)
		return;
	d->page_ext_first = PFN_DOWN(memblock_start_of_DRAM()) / MEMMAP_BLOCK_PAGES;
	d->page_ext_blocks = end - d->page_ext_first;
	d->page_ext = memblock_alloc(d->page_ext_blocks * sizeof(*d->page_ext), SMP_CACHE_BYTES);
	if (!d->page_ext || !alloc_blocks(d) || (d->config.page_owner && !stack_depot_init()))
		give_up(m);
}

/**
 * page_ext_get() - the room of @page's frame.
 * Locks:   none.  Context: any.
 * Return:  the room; NULL on machines without (PE1).
 */
struct page_ext *page_ext_get(const struct page *page)
{
	const struct mm_debug_state *d = &this_machine()->debug;
	unsigned long pfn = page_to_pfn(page), block;

	if (!d->page_ext)
		return NULL;
	block = pfn / MEMMAP_BLOCK_PAGES - d->page_ext_first;
	mm_assert(block < d->page_ext_blocks && d->page_ext[block]);	/* PE1 */
	return (struct page_ext *)((char *)d->page_ext[block] +
				   pfn % MEMMAP_BLOCK_PAGES * d->page_ext_bytes);
}
