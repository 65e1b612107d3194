// SPDX-License-Identifier: MIT
/*
 * hooks.c - what happens to memory on its way, when somebody asked for it.
 *
 * The quick paths of the allocators look at one word (mm_hooks_armed()), which is 0 as
 * long as no debugging aid is on; then they do nothing else for them. When it is not,
 * requests take the general way, which comes here:
 *
 *	alloc_pages	fault_pages()  ...  page_hooks_alloc()
 *	free_pages	page_hooks_free()	pages, and who has them: page_owner.c
 *	slab		fault_object()  ...  want_init_on_alloc(), want_init_on_free()
 *
 * The word is set for the boot from machine.debug.config (init_on_alloc, init_on_free,
 * page_poison) and at run time by those that can be switched (fault_inject.c).
 *
 * init_on_alloc gives every page and object as zeroes, as if __GFP_ZERO were set;
 * init_on_free clears both when they come back. Objects of caches with a constructor are
 * left alone, and so are those that are poisoned: their patterns say more. Frees of
 * objects have no word to look at: their quick way goes by slab_state.frame_ids, which
 * does not exist on machines that want to see frees (mm_debug_sees_frees()).
 *
 * page_poison fills what is freed with PAGE_POISON, and looks at it when the page is
 * handed out again. A page that differs is reported, at most one in a second, and used:
 * the damage has been done. It takes the place of the other two, as in Linux, which
 * would write over its evidence.
 *
 *   HK1  PAGE_EXT_POISONED of a frame is set exactly while it is free and has the pattern
 *   HK2  hooks is not 0 when anything here is to be done; one bit for each that asked
 *
 * Locks: none. The frames are those of who calls.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <mm/machine.h>
#include "../internal.h"

#define PAGE_POISON		0xaa
#define REPORT_INTERVAL_NS	(1000ull * 1000 * 1000)
#define DUMP_BYTES		16	/* in a line */
#define DUMP_LINES		8

/**
 * mm_hook_set() - @hook is wanted from now on, or not.
 * Locks:   none.  Context: any; the port decides when other CPUs notice.
 */
void mm_hook_set(struct machine *m, unsigned int hook, bool on)
{
	if (on)
		atomic_or(hook, &m->debug.hooks);
	else
		atomic_andnot(hook, &m->debug.hooks);
	arch_hooks_changed(m);
}

/**
 * mm_debug_init() - obey machine.debug.config.
 * Locks:   none.  Context: boot CPU, before anything is allocated by mm/ but its notes.
 */
void mm_debug_init(void)
{
	struct machine *m = this_machine();
	struct mm_debug_config *c = &m->debug.config;
	unsigned int hooks = 0;

	fault_init(&m->debug.fault);
	if (c->page_poison) {
		if (c->init_on_alloc || c->init_on_free)
			pr_info("mem auto-init: page_poison is on, will take precedence over init_on_alloc and init_on_free\n");
		c->init_on_alloc = c->init_on_free = false;
		hooks |= MM_HOOK_POISON;
	}
	hooks |= c->page_owner ? MM_HOOK_OWNER : 0;
	hooks |= c->init_on_alloc ? MM_HOOK_INIT_ALLOC : 0;
	hooks |= c->init_on_free ? MM_HOOK_INIT_FREE : 0;
	if (hooks & (MM_HOOK_INIT_ALLOC | MM_HOOK_INIT_FREE))
		pr_info("mem auto-init: stack:off, heap alloc:%s, heap free:%s\n",
			c->init_on_alloc ? "on" : "off", c->init_on_free ? "on" : "off");
	if (hooks)
		mm_hook_set(m, hooks, true);
	kmemleak_init();
}

/* --- page_poison ------------------------------------------------------------------- */

static void dump_bytes(const u8 *from, const u8 *last)
{
	unsigned int line, i;

	for (line = 0; line < DUMP_LINES && from <= last; line++) {
		pr_err("%p:", from);
		for (i = 0; i < DUMP_BYTES && from <= last; i++)
			pr_cont(" %02x", *from++);
		pr_cont("\n");
	}
}

static bool may_report(void)
{
	atomic64_t *next = &this_machine()->debug.poison_report_ns;
	u64 now = port_clock_ns();

	if (now < atomic64_read(next))
		return false;
	atomic64_set(next, now + REPORT_INTERVAL_NS);
	return true;
}

static void __cold report_poison(struct page *page, const u8 *first, const u8 *last)
{
	u8 bits = *first ^ PAGE_POISON;

	if (!may_report())
		return;
	if (first == last && !(bits & (bits - 1)))
		pr_err("pagealloc: single bit error\n");
	else
		pr_err("pagealloc: memory corruption\n");
	dump_bytes(first, last);
	dump_stack();
	dump_page(page, "pagealloc: corrupted page details");
}

static void unpoison_page(struct page *page)
{
	struct page_ext *ext = page_ext_get(page);
	const u8 *at, *first, *last;

	if (!ext || !(ext->flags & PAGE_EXT_POISONED))
		return;
	ext->flags &= ~PAGE_EXT_POISONED;				/* HK1 */
	at = kmap_local_page(page);
	first = memchr_inv(at, PAGE_POISON, PAGE_SIZE);
	if (unlikely(first)) {
		for (last = at + PAGE_SIZE - 1; *last == PAGE_POISON; last--)
			;
		report_poison(page, first, last);
	}
	kunmap_local(at);
}

static void poison_page(struct page *page)
{
	struct page_ext *ext = page_ext_get(page);

	if (!ext)
		return;
	mm_assert(!(ext->flags & PAGE_EXT_POISONED));			/* HK1 */
	memset_page(page, 0, PAGE_POISON, PAGE_SIZE);
	ext->flags |= PAGE_EXT_POISONED;
}

/* --- pages --------------------------------------------------------------------------- */

/**
 * page_hooks_alloc() - the block of 2^@order frames is about to be handed out.
 * Locks:   none.  Context: as the allocator; the frames are the caller's.
 * Return:  @gfp, with __GFP_ZERO when the pages are to be zeroes.
 */
gfp_t page_hooks_alloc(struct page *page, unsigned int order, gfp_t gfp)
{
	unsigned int hooks = atomic_read(&this_machine()->debug.hooks);
	unsigned long i;

	for (i = 0; (hooks & MM_HOOK_POISON) && i < 1ul << order; i++)
		unpoison_page(page + i);
	if (hooks & MM_HOOK_OWNER)
		page_owner_alloc(page, order, gfp);
	if (hooks & MM_HOOK_INIT_ALLOC)
		gfp |= __GFP_ZERO;
	return gfp;
}

/**
 * page_hooks_free() - the block is about to go to the free lists.
 * Locks:   none.  Context: as the allocator; the frames are its.
 */
void page_hooks_free(struct page *page, unsigned int order)
{
	unsigned int hooks = atomic_read(&this_machine()->debug.hooks);
	unsigned long i;

	if (hooks & MM_HOOK_OWNER)
		page_owner_free(page, order);
	if (!(hooks & (MM_HOOK_POISON | MM_HOOK_INIT_FREE)))
		return;
	for (i = 0; i < 1ul << order; i++) {
		if (!highmem_ready(page + i))
			continue;
		if (hooks & MM_HOOK_POISON)
			poison_page(page + i);
		else
			clear_highpage(page + i);
	}
}
