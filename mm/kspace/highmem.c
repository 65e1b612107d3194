// SPDX-License-Identifier: MIT
/*
 * highmem.c - memory that the direct map does not reach, mapped page by page.
 *
 * A machine with less address space than memory has a ZONE_HIGHMEM: frames without an
 * address. They hold what the kernel itself seldom looks at: pages of programs and of
 * files. To look, it takes a slot of a window, the end of vmalloc's range:
 *
 *	vmalloc ... | pkmap: PKMAP_SLOTS | CPU 0: KMAP_LOCAL_SLOTS | CPU 1 ... |
 *	            pkmap_start          local_start                           end
 *
 * kmap_local_page() pushes on the stack of its CPU, kunmap_local() pops. No lock, no
 * search; the mapping is good for this CPU only, so the user must stay on it and must
 * not sleep. kmap() is for users that sleep, as a copy to user memory may: slots are
 * shared, counted and found again by page. A slot without users keeps its page, which
 * mostly comes again; when there is no empty slot all such are emptied with one flush.
 * When every slot has users, kmap() sleeps until one is left. In checking kernels (CONFIG_DEBUG_MM)
 * a slot is emptied with its last user and has a page without memory behind it: use
 * after unmap, and running over the end, fault.
 *
 *   K1  the entry of local slot n of a CPU is none exactly when n >= depth
 *   K2  what a CPU unmaps is what it mapped last
 *   K3  a pkmap slot has a page iff its entry maps that page, and then is hashed
 *   K4  no two slots have the same page; users > 0 only with a page
 *   K5  all tables of the window exist from the boot on: to map never allocates
 *   K6  who sleeps, or leaves its CPU, has nothing in the slots of the CPU
 *
 * Locks: highmem_state.lock for pkmap; none for the stacks. Interrupt handlers do
 * neither. A machine without the zone has no state and never comes here.
 */
#include "vmalloc_internal.h"
#include <linux/highmem.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <mm/highmem_state.h>
#include <mm/port.h>

static struct highmem_state *this_highmem(void)
{
	return this_machine()->highmem;
}

static unsigned long slot_offset(unsigned long nr)
{
	return nr * KMAP_STRIDE_PAGES << PAGE_SHIFT;
}

/* A caller broke @rule. */
static void __noreturn highmem_bug(const char *rule, const struct page *page, unsigned long addr)
{
	pr_err("highmem: CPU %u, page 0x%p at address 0x%lx\n", smp_processor_id(), page, addr);
	port_bug(__FILE__, __LINE__, rule);
}

static void entry_set(unsigned long addr, struct page *page)
{
	pte_t *pte = kernel_pte_lookup(addr);

	mm_assert(pte_none(ptep_get(pte)));
	set_pte(pte, pfn_pte(page_to_pfn(page), PAGE_KERNEL));
	arch_sync_kernel_mapping(addr, addr + PAGE_SIZE);
}

static void entry_clear(unsigned long addr)
{
	pte_t *pte = kernel_pte_lookup(addr);

	mm_assert(pte_present(ptep_get(pte)));
	pte_clear(pte);
	arch_sync_kernel_mapping(addr, addr + PAGE_SIZE);
}

/* --- this CPU's stack ------------------------------------------------------------- */

static struct kmap_cpu *this_cpu_kmap(void)
{
	return &this_highmem()->cpu[smp_processor_id()];
}

static unsigned long local_address(unsigned int cpu, unsigned int slot)
{
	return this_highmem()->local_start +
	       slot_offset((unsigned long)cpu * KMAP_LOCAL_SLOTS + slot);
}

/**
 * kmap_local_high() - @page, of ZONE_HIGHMEM, becomes visible to this CPU.
 * Locks:   none.  Context: any but interrupt handlers; the caller does not sleep before
 *          kunmap_local().
 * Return:  its address; never fails.
 */
void *kmap_local_high(struct page *page)
{
	struct kmap_cpu *c = this_cpu_kmap();
	unsigned long addr = local_address(smp_processor_id(), c->depth);

	if (unlikely(c->depth == KMAP_LOCAL_SLOTS))
		highmem_bug("K1: more pages mapped at a time than there are slots", page, addr);
	entry_set(addr, page);
	c->page[c->depth++] = page;					/* K1 */
	return (void *)addr;
}

/**
 * kunmap_local_high() - the end of what kmap_local_page() gave; others than pages of
 *	ZONE_HIGHMEM need nothing.
 * Locks:   none.  Context: as kmap_local_high(), on the same CPU.
 */
void kunmap_local_high(const void *at)
{
	unsigned long addr = (unsigned long)at & PAGE_MASK;
	struct highmem_state *h = this_highmem();
	struct kmap_cpu *c;

	if (!h || addr < h->local_start || addr >= h->end)
		return;
	c = this_cpu_kmap();
	if (unlikely(!c->depth || addr != local_address(smp_processor_id(), c->depth - 1)))
		highmem_bug("K2: unmaps what it did not map last", NULL, addr);
	c->page[--c->depth] = NULL;
	entry_clear(addr);						/* K1 */
	local_flush_tlb_kernel_page(addr);
}

/**
 * kmap_local_check_none() - this CPU has unmapped all that it mapped (K6): a port asks
 *	where threads sleep or leave the CPU.
 * Locks:   none.  Context: any.
 */
void kmap_local_check_none(void)
{
	const struct kmap_cpu *c;

	if (!this_highmem())
		return;
	c = this_cpu_kmap();
	if (unlikely(c->depth))
		highmem_bug("K6: sleeps or leaves its CPU with a page mapped for the CPU",
			    c->page[c->depth - 1],
			    local_address(smp_processor_id(), c->depth - 1));
}

/* --- shared slots: h->lock held ---------------------------------------------------- */

static unsigned long pkmap_address(struct highmem_state *h, const struct pkmap_slot *slot)
{
	return h->pkmap_start + slot_offset(slot - h->slot);
}

static struct pkmap_slot *pkmap_find(struct highmem_state *h, const struct page *page)
{
	struct pkmap_slot *slot;

	hlist_for_each_entry(slot, &h->hash[hash_ptr(page, PKMAP_HASH_BITS)], hash)
		if (slot->page == page)
			return slot;
	return NULL;
}

static void pkmap_empty(struct highmem_state *h, struct pkmap_slot *slot)
{
	mm_assert(slot->page && !slot->users);
	hlist_del(&slot->hash);
	slot->page = NULL;
	entry_clear(pkmap_address(h, slot));				/* K3 */
}

static void pkmap_flush(struct highmem_state *h, unsigned long start, unsigned long end)
{
	h->nr_flushes++;
	flush_tlb_kernel_range(start, end);
}

/* Take the pages of all slots that nobody uses. */
static void pkmap_empty_unused(struct highmem_state *h)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < PKMAP_SLOTS; i++) {
		if (!h->slot[i].page || h->slot[i].users)
			continue;
		pkmap_empty(h, &h->slot[i]);
		any = true;
	}
	if (any)
		pkmap_flush(h, h->pkmap_start, h->local_start);
}

static struct pkmap_slot *pkmap_find_empty(struct highmem_state *h)
{
	unsigned int i;

	for (i = 0; i < PKMAP_SLOTS; i++) {
		struct pkmap_slot *slot = &h->slot[h->cursor];

		h->cursor = (h->cursor + 1) % PKMAP_SLOTS;
		if (!slot->page)
			return slot;
	}
	return NULL;
}

/* A slot that maps @page; NULL: all are in use. */
static struct pkmap_slot *pkmap_take(struct highmem_state *h, struct page *page)
{
	struct pkmap_slot *slot = pkmap_find_empty(h);

	if (!slot) {
		pkmap_empty_unused(h);
		slot = pkmap_find_empty(h);
	}
	if (!slot)
		return NULL;
	slot->page = page;
	hlist_add_head(&slot->hash, &h->hash[hash_ptr(page, PKMAP_HASH_BITS)]);
	entry_set(pkmap_address(h, slot), page);			/* K3 */
	return slot;
}

/* Sleep until a slot may be free. Drops h->lock meanwhile. */
static void pkmap_wait(struct highmem_state *h)
{
	struct pkmap_waiter self = { .thread = port_self() };

	port_block_prepare();
	list_add_tail(&self.list, &h->waiters);
	spin_unlock(&h->lock);
	port_block();
	port_block_cancel();
	spin_lock(&h->lock);
	list_del(&self.list);
}

static void pkmap_wake(struct highmem_state *h)
{
	struct pkmap_waiter *waiter;

	list_for_each_entry(waiter, &h->waiters, list)
		port_wake(waiter->thread);
}

/* --- kmap ------------------------------------------------------------------------------ */

/**
 * kmap_high() - @page, of ZONE_HIGHMEM, becomes visible to every CPU.
 * Locks:   takes highmem_state.lock; the caller holds no spinlock.
 * Context: thread; waits while every slot is in use.
 * Return:  its address, until kunmap().
 */
void *kmap_high(struct page *page)
{
	struct highmem_state *h = this_highmem();
	struct pkmap_slot *slot;

	might_sleep();
	spin_lock(&h->lock);
	while (!(slot = pkmap_find(h, page)) && !(slot = pkmap_take(h, page)))
		pkmap_wait(h);
	slot->users++;							/* K4 */
	h->nr_users++;
	spin_unlock(&h->lock);
	return (void *)pkmap_address(h, slot);
}

/**
 * kunmap_high() - the end of one kmap() of @page.
 * Locks:   takes highmem_state.lock.  Context: thread.
 */
void kunmap_high(struct page *page)
{
	struct highmem_state *h = this_highmem();
	struct pkmap_slot *slot;

	spin_lock(&h->lock);
	slot = pkmap_find(h, page);
	if (unlikely(!slot || !slot->users)) {
		spin_unlock(&h->lock);
		highmem_bug("K4: kunmap of a page that nobody has mapped", page, 0);
	}
	slot->users--;
	h->nr_users--;
	if (!slot->users)
		pkmap_wake(h);
#ifdef CONFIG_DEBUG_MM
	if (!slot->users) {
		unsigned long addr = pkmap_address(h, slot);

		pkmap_empty(h, slot);
		pkmap_flush(h, addr, addr + PAGE_SIZE);
	}
#endif
	spin_unlock(&h->lock);
}

/**
 * kmap_flush_unused() - empty all slots of kmap() that nobody uses.
 * Locks:   takes highmem_state.lock.  Context: thread.
 */
void kmap_flush_unused(void)
{
	struct highmem_state *h = this_highmem();

	if (!h)
		return;
	spin_lock(&h->lock);
	pkmap_empty_unused(h);
	spin_unlock(&h->lock);
}

/**
 * kmap_address() - where kmap() shows @page, of ZONE_HIGHMEM: page_address() asks.
 * Locks:   takes highmem_state.lock.  Context: any but interrupt handlers.
 * Return:  the address, or NULL when nobody has mapped it.
 */
void *kmap_address(const struct page *page)
{
	struct highmem_state *h = this_highmem();
	struct pkmap_slot *slot;
	void *addr = NULL;

	spin_lock(&h->lock);
	slot = pkmap_find(h, page);
	if (slot && slot->users)
		addr = (void *)pkmap_address(h, slot);
	spin_unlock(&h->lock);
	return addr;
}

/** kmap_users() - mappings of kmap() that have not ended. Any context, no lock. */
unsigned long kmap_users(void)
{
	return this_highmem() ? READ_ONCE(this_highmem()->nr_users) : 0;
}

/* --- pages of the zone ------------------------------------------------------------------ */

/** totalhigh_pages() - pages of ZONE_HIGHMEM that the buddy was given. Any context. */
unsigned long totalhigh_pages(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_populated_zone(zone)
		if (zone->type == ZONE_HIGHMEM)
			pages += zone_managed_pages(zone);
	return pages;
}

/** nr_free_highpages() - free pages of ZONE_HIGHMEM, as nr_free_pages(). Any context. */
unsigned long nr_free_highpages(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_populated_zone(zone)
		if (zone->type == ZONE_HIGHMEM)
			pages += READ_ONCE(zone->nr_free) + zone_pcp_count(zone);
	return pages;
}

/* --- init, checks ------------------------------------------------------------------------ */

/* K5: the window [h->pkmap_start, h->end) with all of its tables. */
static int window_init(struct highmem_state *h, unsigned int nr_cpus)
{
	struct vmalloc_state *vs = &this_machine()->vmalloc;
	unsigned long addr, local = slot_offset((unsigned long)nr_cpus * KMAP_LOCAL_SLOTS);

	if (vs->end - vs->start < 2 * (local + slot_offset(PKMAP_SLOTS)))
		return -ENOMEM;
	h->end = vs->end;
	h->local_start = h->end - local;
	h->pkmap_start = h->local_start - slot_offset(PKMAP_SLOTS);
	vs->end = h->pkmap_start;
	for (addr = h->pkmap_start; addr < h->end; addr += PAGE_SIZE)
		if (!kernel_pte_make(addr))
			return -ENOMEM;
	return 0;
}

/**
 * highmem_init() - the window, if this machine has a ZONE_HIGHMEM.
 * Locks:   none needed yet.  Context: boot CPU, once, after vmalloc_init() and before
 *          the first vmalloc().
 * Return:  0 or -ENOMEM.
 */
int highmem_init(void)
{
	unsigned int nr_cpus = this_machine()->facts.nr_cpus;
	struct highmem_state *h;

	if (!zone_type_exists(ZONE_HIGHMEM))
		return 0;
	h = kzalloc(struct_size(h, cpu, nr_cpus), GFP_KERNEL);
	if (!h)
		return -ENOMEM;
	spin_lock_init_rank(&h->lock, RANK_KMAP, "kmap");
	INIT_LIST_HEAD(&h->waiters);
	if (window_init(h, nr_cpus)) {
		kfree(h);
		return -ENOMEM;
	}
	this_machine()->highmem = h;
	return 0;
}

static bool entry_maps(unsigned long addr, const struct page *page)
{
	pte_t pte = ptep_get(kernel_pte_lookup(addr));

	return page ? pte_present(pte) && pte_pfn(pte) == page_to_pfn(page) : pte_none(pte);
}

/**
 * highmem_check() - every invariant above, and that the pages behind slots map nothing.
 * Locks:   takes highmem_state.lock.  Context: thread; no other CPU maps meanwhile.
 */
void highmem_check(void)
{
	struct highmem_state *h = this_highmem();
	unsigned int i, cpu, users = 0;

	if (!h)
		return;
	spin_lock(&h->lock);
	for (i = 0; i < PKMAP_SLOTS; i++) {
		struct pkmap_slot *slot = &h->slot[i];
		unsigned long addr = pkmap_address(h, slot);

		mm_bug_on(!entry_maps(addr, slot->page));		/* K3 */
		mm_bug_on(slot->page && pkmap_find(h, slot->page) != slot);	/* K4 */
		mm_bug_on(slot->users && !slot->page);			/* K4 */
		mm_bug_on(slot_offset(1) > PAGE_SIZE && !entry_maps(addr + PAGE_SIZE, NULL));
		users += slot->users;
	}
	mm_bug_on(users != h->nr_users);
	spin_unlock(&h->lock);
	for (cpu = 0; cpu < this_machine()->facts.nr_cpus; cpu++)
		for (i = 0; i < KMAP_LOCAL_SLOTS; i++)
			mm_bug_on(!entry_maps(local_address(cpu, i), i < h->cpu[cpu].depth ?
					      h->cpu[cpu].page[i] : NULL));	/* K1 */
}
