// SPDX-License-Identifier: MIT
/*
 * tlb.c - the MMU of a hosted machine: page-table walk and a TLB per CPU, in C.
 *
 * A user access looks its page up in the CPU's TLB; on a miss it walks the tables of the
 * current mm as an x86-64 CPU would, sets the accessed and dirty bits atomically, and
 * keeps the translation until it is flushed or displaced. So a flush that mm/ forgets
 * shows: the access goes to the old frame.
 *
 * Walk and access are done under the CPU's tlb_lock, which a flush takes too. A flush
 * therefore returns after every access that began with the old entries has ended, as on
 * real CPUs; page tables and frames may be freed after it.
 *
 *   T1  an entry with ctx_id != 0 was true when it was made, and no flush of its range
 *       came after that
 *   T2  entry.write only if the page-table entry was writable and has its dirty bit set
 *
 * Locks: tlb_lock is innermost and held for one page at most.
 */
#include "host_internal.h"

/* --- the walk ----------------------------------------------------------- */

struct walk {
	unsigned long addr;
	bool write;
	unsigned long pfn;		/* result */
};

/*
 * Set accessed, and dirty for a write; *@used is the entry as it was then.
 * False: the entry does not permit it.
 */
static bool entry_use(unsigned long *entry, bool write, unsigned long *used)
{
	unsigned long old = lockless_dereference(*entry), val;
	unsigned long need = _PAGE_PRESENT | _PAGE_USER | (write ? _PAGE_RW : 0);

	do {
		if ((old & need) != need)
			return false;
		val = old | _PAGE_ACCESSED | (write ? _PAGE_DIRTY : 0);
		*used = val;
	} while (val != old && !try_cmpxchg(entry, &old, val));
	return true;
}

static bool table_permits(unsigned long entry, bool write)
{
	unsigned long need = _PAGE_PRESENT | _PAGE_USER | (write ? _PAGE_RW : 0);

	return (entry & need) == need;
}

/* A large page: @shift is that of the level. */
static bool walk_leaf(struct walk *w, unsigned long *entry, unsigned int shift)
{
	unsigned long offset = (w->addr & ((1ul << shift) - 1)) >> PAGE_SHIFT;
	unsigned long used;

	if (!entry_use(entry, w->write, &used))
		return false;
	w->pfn = ((used & PTE_PFN_MASK) >> PAGE_SHIFT) + offset;
	return true;
}

/* Each entry is read once: another CPU may clear it between two looks. */
static bool walk_tables(struct mm_struct *mm, struct walk *w)
{
	pgd_t pgd = pgdp_get(pgd_offset(mm, w->addr));
	pud_t *pudp, pud;
	pmd_t *pmdp, pmd;

	if (!table_permits(pgd.pgd, w->write))
		return false;
	pudp = pud_offset(&pgd, w->addr);
	pud = pudp_get(pudp);
	if (pud_leaf(pud))
		return walk_leaf(w, &pudp->pud, PUD_SHIFT);
	if (!table_permits(pud.pud, w->write))
		return false;
	pmdp = pmd_offset(&pud, w->addr);
	pmd = pmdp_get(pmdp);
	if (pmd_leaf(pmd))
		return walk_leaf(w, &pmdp->pmd, PMD_SHIFT);
	if (!table_permits(pmd.pmd, w->write))
		return false;
	return walk_leaf(w, &pte_offset_kernel(&pmd, w->addr)->pte, PAGE_SHIFT);
}

/* --- one access --------------------------------------------------------- */

static struct host_tlb_entry *tlb_slot(struct host_cpu *cpu, unsigned long vpn)
{
	return &cpu->tlb[vpn % HOST_TLB_ENTRIES];
}

static bool tlb_fill(struct host_cpu *cpu, struct mm_struct *mm, unsigned long addr, bool write)
{
	struct host_tlb_entry *e = tlb_slot(cpu, addr >> PAGE_SHIFT);
	struct walk w = { .addr = addr, .write = write };

	cpu->walks++;
	if (!walk_tables(mm, &w))
		return false;
	mm_bug_on(w.pfn >= host_ctx.nr_frames);		/* a user mapping of no RAM */
	e->ctx_id = mm->context.ctx_id;
	e->vpn = addr >> PAGE_SHIFT;
	e->pfn = w.pfn;
	e->write = write;
	return true;
}

/**
 * host_tlb_access() - let @access work on @bytes at user address @addr, inside one page.
 * Locks:   takes this CPU's tlb_lock.  Context: thread.
 * Return:  0; -EFAULT when the tables do not permit it, then nothing was done.
 */
int host_tlb_access(struct mm_struct *mm, unsigned long addr, size_t bytes, bool write,
		    host_access_fn access, void *arg)
{
	struct host_cpu *cpu = this_host_cpu();
	unsigned long vpn = addr >> PAGE_SHIFT;
	struct host_tlb_entry *e = tlb_slot(cpu, vpn);
	int ret = 0;

	mm_assert(bytes && vpn == (addr + bytes - 1) >> PAGE_SHIFT);
	spin_lock(&cpu->tlb_lock);
	if (e->ctx_id == mm->context.ctx_id && e->vpn == vpn && (e->write || !write))
		cpu->hits++;
	else if (!tlb_fill(cpu, mm, addr, write))
		ret = -EFAULT;
	if (!ret)
		access((char *)__va(e->pfn << PAGE_SHIFT) + (addr & ~PAGE_MASK), arg, bytes);
	else
		cpu->faults++;
	spin_unlock(&cpu->tlb_lock);
	return ret;
}

/* --- flushes ------------------------------------------------------------ */

static void tlb_drop(struct host_cpu *cpu, u64 ctx_id, unsigned long start, unsigned long end)
{
	struct host_tlb_entry *e;
	unsigned int i;

	spin_lock(&cpu->tlb_lock);
	for (i = 0; i < HOST_TLB_ENTRIES; i++) {
		e = &cpu->tlb[i];
		if (e->ctx_id == ctx_id && e->vpn >= start >> PAGE_SHIFT &&
		    e->vpn <= (end - 1) >> PAGE_SHIFT)
			e->ctx_id = 0;
	}
	spin_unlock(&cpu->tlb_lock);
}

static void tlb_drop_everywhere(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct host_machine *hm = this_host();
	unsigned int i;

	mm_bug_on(arch_irqs_disabled());	/* real ports wait for other CPUs */
	atomic64_inc(&mm->context.tlb_gen);
	for (i = 0; i < hm->config.nr_cpus; i++)
		tlb_drop(&hm->cpus[i], mm->context.ctx_id, start, end);
}

void flush_tlb_mm_range(struct mm_struct *mm, unsigned long start, unsigned long end,
			bool freed_tables)
{
	mm_assert(start < end);
	atomic_long_inc(&this_host()->flushes[HOST_FLUSH_RANGE]);
	tlb_drop_everywhere(mm, start, end);
}

void flush_tlb_mm(struct mm_struct *mm)
{
	atomic_long_inc(&this_host()->flushes[HOST_FLUSH_MM]);
	tlb_drop_everywhere(mm, 0, ULONG_MAX);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	mm_assert(start < end);
	mm_bug_on(arch_irqs_disabled());
	/* kernel addresses are this process's own: kmap.c has changed them already */
	atomic_long_inc(&this_host()->flushes[HOST_FLUSH_KERNEL]);
}

void local_flush_tlb_page(struct mm_struct *mm, unsigned long address)
{
	atomic_long_inc(&this_host()->flushes[HOST_FLUSH_PAGE]);
	tlb_drop(this_host_cpu(), mm->context.ctx_id, address & PAGE_MASK,
		 (address & PAGE_MASK) + PAGE_SIZE);
}

/**
 * host_get_stats() - what @machine's MMU did so far.
 * Locks:   each CPU's tlb_lock.  Context: any thread.
 */
void host_get_stats(struct machine *machine, struct host_stats *stats)
{
	struct host_machine *hm = to_host(machine);
	unsigned int i;

	memset(stats, 0, sizeof(*stats));
	stats->tlb_mm_flushes = atomic_long_read(&hm->flushes[HOST_FLUSH_MM]);
	stats->tlb_range_flushes = atomic_long_read(&hm->flushes[HOST_FLUSH_RANGE]);
	stats->tlb_kernel_flushes = atomic_long_read(&hm->flushes[HOST_FLUSH_KERNEL]);
	stats->tlb_page_flushes = atomic_long_read(&hm->flushes[HOST_FLUSH_PAGE]);
	for (i = 0; i < hm->config.nr_cpus; i++) {
		spin_lock(&hm->cpus[i].tlb_lock);
		stats->tlb_hits += hm->cpus[i].hits;
		stats->tlb_walks += hm->cpus[i].walks;
		stats->faults += hm->cpus[i].faults;
		spin_unlock(&hm->cpus[i].tlb_lock);
	}
}
