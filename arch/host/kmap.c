// SPDX-License-Identifier: MIT
/*
 * kmap.c - RAM and kernel mappings of a hosted machine.
 *
 * RAM is a memfd that begins at the first range. The direct map shows of it, at
 * ctx.ram + physical address, what is RAM and below the limit of low memory; behind the
 * other addresses there is nothing:
 *
 *	ram_start                            lowmem_limit               ram_end
 *	| RAM        | a hole: no access | RAM | high memory: no access |
 *
 * so that whoever takes the address of a hole or of a high frame faults at once. This
 * port itself reaches high frames by a second mapping that mm/ does not know
 * (host_frame()), as the MMU and devices of a real machine do.
 *
 * mm/ writes page-table entries for addresses of the window [vmalloc_start, vmalloc_end),
 * and arch_sync_kernel_mapping() makes this process's real mappings follow: RAM that an
 * entry maps is mapped there, shared with the direct map, and what no entry maps has no
 * memory, so that a stray access faults at once. Entries for frames that are no RAM (a
 * device) stay without memory too.
 *
 *   X0  the process maps at ctx.ram + p exactly the RAM below the limit
 *   X1  after arch_sync_kernel_mapping(start, end) the process maps in [start, end)
 *       exactly the present entries whose frames are RAM
 *
 * The tables hang off init_mm.pgd, whose entries for the window are filled here, before
 * the first use; user address spaces do not contain them (kernel addresses are reached
 * natively, not by a walk).
 *
 * Locks: none; ranges belong to who maps them.
 */
#include "host_internal.h"
#include <linux/kfence.h>

/* The caller's array may be gone when the machine runs. */
static bool ranges_copy(struct host_machine *hm)
{
	struct machine_range all = { 0, hm->ram_end, 0 };
	const struct machine_config *c = &hm->config;

	hm->nr_ranges = c->nr_ranges ? c->nr_ranges : 1;
	hm->ranges = os_alloc(hm->nr_ranges * sizeof(all));
	if (hm->ranges)
		memcpy(hm->ranges, c->nr_ranges ? c->ranges : &all,
		       hm->nr_ranges * sizeof(all));
	return hm->ranges;
}

/* X0 for one range: whole pages, as the last one may be shared with the next range. */
static bool direct_map_range(struct host_machine *hm, struct machine_range r)
{
	phys_addr_t limit = hm->config.lowmem_limit;

	r.start = ALIGN_DOWN(r.start, PAGE_SIZE);
	r.end = PAGE_ALIGN(r.end);
	if (limit)
		r.end = min(r.end, limit);
	if (r.start >= r.end)
		return true;
	return os_ram_alias((char *)hm->direct_map + (r.start - hm->ram_start), hm->ram,
			    r.start - hm->ram_start, r.end - r.start, true);
}

/**
 * host_ram_init() - RAM and its direct map.
 * Locks:   none.  Context: creation.
 * Return:  false when this process has no place for it; host_ram_free() cleans up.
 */
bool host_ram_init(struct host_machine *hm)
{
	phys_addr_t bytes = hm->ram_end - hm->ram_start;
	unsigned int i;

	if (bytes != (size_t)bytes || !ranges_copy(hm))
		return false;
	hm->ram = os_ram_create(bytes);
	if (hm->ram < 0)
		return false;
	hm->direct_map = os_reserve(bytes);
	if (!hm->direct_map)
		return false;
	for (i = 0; i < hm->nr_ranges; i++)
		if (!direct_map_range(hm, hm->ranges[i]))
			return false;
	hm->view = (unsigned long)hm->direct_map - hm->ram_start;
	hm->ctx.ram = (char *)hm->view;
	if ((!hm->config.lowmem_limit || hm->config.lowmem_limit >= hm->ram_end) &&
	    !hm->config.debug.kfence_interval_ms)
		return true;
	hm->whole_ram = os_ram_map(hm->ram, bytes);
	hm->view = (unsigned long)hm->whole_ram - hm->ram_start;
	return hm->whole_ram;
}

/**
 * host_ram_free() - the end of the RAM, as far as there is any.
 * Locks:   none.  Context: nobody is in the machine.
 */
void host_ram_free(struct host_machine *hm)
{
	os_unmap(hm->direct_map, hm->ram_end - hm->ram_start);
	os_unmap(hm->whole_ram, hm->ram_end - hm->ram_start);
	if (hm->ram >= 0)
		os_ram_destroy(hm->ram);
	os_free(hm->ranges);
}

/**
 * host_next_data_frame() - the first frame at or behind @pfn that was ever written to.
 * Locks:   none.  Context: any.
 * Return:  its number, or one beyond all frames.
 */
unsigned long host_next_data_frame(struct host_machine *hm, unsigned long pfn)
{
	phys_addr_t at = max(PFN_PHYS(pfn), hm->ram_start);
	u64 data = os_ram_next_data(hm->ram, at - hm->ram_start);

	return data == ~0ull ? ULONG_MAX : PFN_DOWN(hm->ram_start + data);
}

/**
 * host_frame_is_ram() - is there memory behind @pfn?
 * Locks:   none.  Context: any.
 */
bool host_frame_is_ram(struct host_machine *hm, unsigned long pfn)
{
	phys_addr_t at = PFN_PHYS(pfn);
	unsigned int i;

	for (i = 0; i < hm->nr_ranges; i++)
		if (at >= ALIGN_DOWN(hm->ranges[i].start, PAGE_SIZE) && at < hm->ranges[i].end)
			return true;
	return false;
}

/**
 * host_kernel_tables_init() - the top table of the kernel's mappings.
 * Locks:   none.  Context: boot, memblock works.
 * Return:  0 or -ENOMEM.
 */
int host_kernel_tables_init(struct host_machine *hm)
{
	unsigned long addr, end = hm->ctx.vmalloc_end;
	pgd_t *pgd = memblock_alloc(PAGE_SIZE, PAGE_SIZE);
	void *table;

	if (!pgd)
		return -ENOMEM;
	hm->init_mm.pgd = pgd;
	for (addr = hm->ctx.vmalloc_start; addr < end; addr = pgd_addr_end(addr, end)) {
		table = memblock_alloc(PAGE_SIZE, PAGE_SIZE);
		if (!table)
			return -ENOMEM;
		set_pgd(pgd_offset_pgd(pgd, addr), __pgd(__pa(table) | _KERNPG_TABLE));
	}
	return 0;
}

/* The entry that maps @addr, none when there is no table. */
static pte_t kernel_entry(struct host_machine *hm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset_pgd(hm->init_mm.pgd, addr);
	pud_t *pud;
	pmd_t *pmd;

	if (!pgd_present(pgdp_get(pgd)))
		return __pte(0);
	pud = pud_offset(pgd, addr);
	if (!pud_present(pudp_get(pud)))
		return __pte(0);
	pmd = pmd_offset(pud, addr);
	if (!pmd_present(pmdp_get(pmd)))
		return __pte(0);
	if (pmd_leaf(pmdp_get(pmd)))
		return pfn_pte(pmd_pfn(pmdp_get(pmd)) + pte_index(addr), pmd_small_prot(pmdp_get(pmd)));
	return ptep_get(pte_offset_kernel(pmd, addr));
}

static long pte_tables(pud_t *pud, unsigned long addr, unsigned long end)
{
	pmd_t *pmd = pmd_offset(pud, addr);
	long pages = 0;

	for (; addr < end; addr = pmd_addr_end(addr, end), pmd++)
		pages += pmd_present(*pmd);
	return pages;
}

static long pmd_tables(pgd_t *pgd, unsigned long addr, unsigned long end)
{
	pud_t *pud = pud_offset(pgd, addr);
	long pages = 0;

	for (; addr < end; addr = pud_addr_end(addr, end), pud++)
		if (pud_present(*pud))
			pages += !PMD_FOLDED +
				 pte_tables(pud, addr, pud_addr_end(addr, end));
	return pages;
}

/**
 * host_kernel_tables_count() - pages of tables below the top one; they are never freed.
 * Locks:   none: nobody maps meanwhile.  Context: thread in the machine.
 */
long host_kernel_tables_count(struct host_machine *hm)
{
	unsigned long addr, end = hm->ctx.vmalloc_end;
	long pages = 0;

	for (addr = hm->ctx.vmalloc_start; addr < end; addr = pgd_addr_end(addr, end))
		pages += !PUD_FOLDED +
			 pmd_tables(pgd_offset_pgd(hm->init_mm.pgd, addr), addr,
				    pgd_addr_end(addr, end));
	return pages;
}

/* Adjacent pages that one call to the system below can map. */
struct run {
	unsigned long start, end;	/* addresses */
	unsigned long pfn;		/* of start */
	bool mapped, writable;
};

static void run_apply(struct host_machine *hm, const struct run *run)
{
	void *at = (void *)run->start;
	size_t bytes = run->end - run->start;
	bool good;

	if (!bytes)
		return;
	if (run->mapped)
		host_kernel_mapped(run->start, run->end);
	else
		host_kernel_unmapped(run->start, run->end);
	if (run->mapped)
		good = os_ram_alias(at, hm->ram, PFN_PHYS(run->pfn) - hm->ram_start, bytes,
				    run->writable);
	else
		good = os_unalias(at, bytes);
	mm_bug_on(!good);
}

static bool run_extends(const struct run *run, pte_t pte, bool mapped)
{
	unsigned long pages = (run->end - run->start) >> PAGE_SHIFT;

	if (run->start == run->end || run->mapped != mapped)
		return false;
	return !mapped || (pte_pfn(pte) == run->pfn + pages && pte_write(pte) == run->writable);
}

void arch_sync_kernel_mapping(unsigned long start, unsigned long end)
{
	struct host_machine *hm = this_host();
	struct run run = { start, start, 0, false, false };
	unsigned long addr;

	mm_bug_on(start < host_ctx.vmalloc_start || end > host_ctx.vmalloc_end);
	for (addr = start; addr < end; addr += PAGE_SIZE) {
		pte_t pte = kernel_entry(hm, addr);
		bool mapped = pte_present(pte) && host_frame_is_ram(hm, pte_pfn(pte));

		if (!run_extends(&run, pte, mapped)) {
			run_apply(hm, &run);
			run = (struct run){ addr, addr, pte_pfn(pte), mapped, pte_write(pte) };
		}
		run.end = addr + PAGE_SIZE;
	}
	run_apply(hm, &run);						/* X1 */
}

/* --- pages of the direct map that come and go ------------------------------------------ */

/*
 * A thread of a machine touched what is not there. Only the direct map of its own machine
 * has such pages; a fault anywhere else is not ours.
 */
static bool direct_map_fault(unsigned long addr, bool is_write, unsigned long ip,
			     const unsigned long *frame)
{
	unsigned long stack[KFENCE_STACK_DEPTH] = { ip };

	if (!this_machine() || !is_kfence_address((void *)addr))
		return false;
	return kfence_handle_page_fault(addr, is_write, stack, 1 +
			host_stack_walk(frame, stack + 1, ARRAY_SIZE(stack) - 1, 0));
}

/**
 * host_catch_faults() - see mm/host.h.
 * Locks:   none.  Context: any thread.  Return: false when the system does not allow it.
 */
bool host_catch_faults(void)
{
	return os_catch_faults(direct_map_fault);
}

int arch_direct_map_split(unsigned long start, unsigned long end)
{
	/* where this port itself looks at frames must not have holes */
	if (this_host()->view == (unsigned long)host_ctx.ram)
		return -EOPNOTSUPP;
	return host_catch_faults() ? 0 : -EOPNOTSUPP;
}

int arch_direct_map_set(unsigned long addr, bool present)
{
	return os_access((void *)addr, PAGE_SIZE, present) ? 0 : -ENOMEM;
}

void arch_pgd_init(struct mm_struct *mm, pgd_t *pgd)
{
	/* no kernel half: see above */
}

void arch_report_meminfo(struct seq_file *m)
{
	/* the direct map is one mapping of this process: no page sizes to tell */
}

pgprot_t port_memtype_prot(enum memory_type type)
{
	/* a process has one type; the entries say what a machine would be told */
	return type == MEMTYPE_WB ? PAGE_KERNEL : PAGE_KERNEL_NOCACHE;
}
