// SPDX-License-Identifier: MIT
/*
 * tlb.c (x86-64) - which page tables each CPU has loaded, and making CPUs forget.
 *
 * A change of page tables that takes something away must reach every CPU that may
 * hold the old translation. Each mm has a generation, context.tlb_gen, that goes
 * up with each such change, and cpu_bitmap, the CPUs that have it loaded; each
 * CPU remembers in loaded_gen up to which change its TLB is clean. A flush raises
 * the generation, cleans this CPU, and interrupts the other CPUs of the bitmap;
 * whoever loads the mm later starts with a clean TLB (loading CR3 empties it).
 *
 * A kernel thread runs on the mm that was loaded before it ("lazy") and touches
 * no user address, so a lazy CPU is not interrupted; it catches up by comparing
 * generations when it goes back to the mm. Only when page tables themselves are
 * freed, lazy CPUs are interrupted too, because the MMU may still walk them; they
 * then go over to the kernel's own tables.
 *
 *   L1  a CPU whose CR3 points to mm's tables is in mm->cpu_bitmap, from before the
 *       load until after the next one
 *   L2  loaded_gen <= tlb_gen; translations older than loaded_gen are not in the TLB
 *   L3  the order "set bit, then read tlb_gen" here against "raise tlb_gen, then
 *       read bits" in a flush lets neither miss the other (both with full barriers);
 *       tlb_lazy is handled in the same way
 *   L4  loaded_mm is NULL iff CR3 points to swapper_pg_dir
 *
 * Who flushes waits for the other CPUs with interrupts on (asm/smp.h, P3) and may
 * hold ordinary spinlocks, since their waiters have interrupts on too.
 *
 * Locks: none. A CPU's own fields are its own, interrupts off.
 */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/smp.h>
#include <asm/thread.h>

#define TLB_FLUSH_ALL		(~0ul)
#define FLUSH_CEILING_PAGES	33	/* more cost more than refilling: Linux's measure */

extern pgd_t swapper_pg_dir[PTRS_PER_PGD];

/* One flush on its way; fixed once it is sent. */
struct tlb_flush {
	struct mm_struct *mm;
	unsigned long start, end;	/* end TLB_FLUSH_ALL: everything */
	u64 new_gen;			/* tlb_gen that it brings a CPU to */
	bool freed_tables;
};

static void flush_pages(unsigned long start, unsigned long end)
{
	unsigned long addr;

	for (addr = start; addr < end; addr += PAGE_SIZE)
		invlpg(addr);
}

/* All but global entries. */
static void flush_user_entries(void)
{
	write_cr3(read_cr3());
}

static void flush_all_entries(void)
{
	unsigned long cr4 = read_cr4();

	if (cr4 & X86_CR4_PGE) {
		write_cr4(cr4 & ~X86_CR4_PGE);
		write_cr4(cr4);
	} else {
		flush_user_entries();
	}
}

/**
 * leave_mm() - this CPU goes over to the kernel's tables.
 * Locks: none. Context: interrupts off. Return: nothing.
 */
void leave_mm(void)
{
	struct cpu_local *cpu = this_cpu_local();
	struct mm_struct *mm = cpu->loaded_mm;

	if (!mm)
		return;
	write_cr3(__pa_symbol(swapper_pg_dir));
	cpu->loaded_mm = NULL;
	cpu->tlb_lazy = false;
	cpumask_clear_cpu(cpu->cpu, &mm->cpu_bitmap);
}

/* Back to an mm that stayed loaded: catch up with what was changed meanwhile. */
static void leave_lazy(struct cpu_local *cpu, struct mm_struct *mm)
{
	u64 gen;

	if (!cpu->tlb_lazy)
		return;
	WRITE_ONCE(cpu->tlb_lazy, false);
	smp_mb();						/* L3 */
	gen = atomic64_read(&mm->context.tlb_gen);
	if (cpu->loaded_gen != gen) {
		cpu->loaded_gen = gen;
		flush_user_entries();
	}
}

/**
 * switch_mm() - load the page tables of @next. What is loaded counts, not @prev.
 * Locks: none. Context: interrupts off. Return: nothing.
 */
void switch_mm(struct mm_struct *prev, struct mm_struct *next)
{
	struct cpu_local *cpu = this_cpu_local();
	struct mm_struct *loaded = cpu->loaded_mm;

	mm_assert(arch_irqs_disabled());
	if (loaded == next) {
		leave_lazy(cpu, next);
		return;
	}
	cpumask_set_cpu(cpu->cpu, &next->cpu_bitmap);		/* L1 */
	smp_mb();						/* L3 */
	cpu->loaded_gen = atomic64_read(&next->context.tlb_gen);
	cpu->loaded_mm = next;
	WRITE_ONCE(cpu->tlb_lazy, false);
	write_cr3(__pa(next->pgd));
	if (loaded)
		cpumask_clear_cpu(cpu->cpu, &loaded->cpu_bitmap);
}

/**
 * activate_mm() - exec: as switch_mm(), in any interrupt state.
 * Locks: none. Context: thread. Return: nothing.
 */
void activate_mm(struct mm_struct *prev, struct mm_struct *next)
{
	unsigned long flags = arch_local_irq_save();

	switch_mm(prev, next);
	arch_local_irq_restore(flags);
}

/**
 * enter_lazy_tlb() - a kernel thread runs from here on; @mm stays loaded.
 * Locks: none. Context: interrupts off. Return: nothing.
 */
void enter_lazy_tlb(struct mm_struct *mm)
{
	struct cpu_local *cpu = this_cpu_local();

	if (cpu->loaded_mm)
		WRITE_ONCE(cpu->tlb_lazy, true);
}

/* On each CPU that the flush is for, interrupts off. */
static void flush_tlb_func(void *arg)
{
	const struct tlb_flush *f = arg;
	struct cpu_local *cpu = this_cpu_local();
	u64 gen;

	if (cpu->loaded_mm != f->mm)
		return;
	cpu->tlb_flushes += cpu->in_irq;
	if (cpu->tlb_lazy) {
		leave_mm();
		return;
	}
	gen = atomic64_read(&f->mm->context.tlb_gen);
	if (cpu->loaded_gen >= f->new_gen)
		return;				/* a later flush was here first */
	if (f->end != TLB_FLUSH_ALL && f->new_gen == cpu->loaded_gen + 1 && f->new_gen == gen)
		flush_pages(f->start, f->end);
	else
		flush_user_entries();
	cpu->loaded_gen = gen;			/* L2 */
}

/* The CPUs besides this one that have to be interrupted. */
static bool cpus_to_flush(const struct tlb_flush *f, struct cpumask *mask)
{
	unsigned int cpu, self = smp_processor_id();

	cpumask_clear(mask);
	for_each_cpu(cpu, &f->mm->cpu_bitmap) {
		if (cpu == self)
			continue;
		if (!f->freed_tables && READ_ONCE(cpu_locals[cpu]->tlb_lazy))
			continue;
		__cpumask_set_cpu(cpu, mask);
	}
	return !cpumask_empty(mask);
}

/**
 * flush_tlb_mm_range() - see mm/port.h.
 * Locks:   any spinlock but those that interrupt handlers take.
 * Context: interrupts on (off only while one CPU is online).
 * Return:  nothing.
 */
void flush_tlb_mm_range(struct mm_struct *mm, unsigned long start, unsigned long end,
			bool freed_tables)
{
	struct tlb_flush f = { mm, start & PAGE_MASK, end, 0, freed_tables };
	struct cpumask mask;
	unsigned long flags;

	if (end == TLB_FLUSH_ALL || end - start > FLUSH_CEILING_PAGES * PAGE_SIZE)
		f.end = TLB_FLUSH_ALL;
	f.new_gen = atomic64_inc_return(&mm->context.tlb_gen);	/* a full barrier: L3 */
	flags = arch_local_irq_save();
	flush_tlb_func(&f);
	arch_local_irq_restore(flags);
	if (nr_cpu_ids > 1 && cpus_to_flush(&f, &mask))
		smp_call_function_mask(&mask, flush_tlb_func, &f);
}

/**
 * flush_tlb_mm() - all of @mm.
 * Locks, context: as flush_tlb_mm_range(). Return: nothing.
 */
void flush_tlb_mm(struct mm_struct *mm)
{
	flush_tlb_mm_range(mm, 0, TLB_FLUSH_ALL, true);
}

static void flush_kernel_func(void *arg)
{
	const struct tlb_flush *f = arg;

	this_cpu_local()->tlb_flushes += this_cpu_local()->in_irq;
	if (f->end == TLB_FLUSH_ALL)
		flush_all_entries();
	else
		flush_pages(f->start, f->end);
}

/**
 * flush_tlb_kernel_range() - the kernel's half, on every CPU.
 * Locks, context: as flush_tlb_mm_range(). Return: nothing.
 */
void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	struct tlb_flush f = { NULL, start & PAGE_MASK, end, 0, false };

	if (end - start > FLUSH_CEILING_PAGES * PAGE_SIZE)
		f.end = TLB_FLUSH_ALL;
	on_each_cpu(flush_kernel_func, &f);
}

/**
 * local_flush_tlb_page() - this CPU only, one page.
 * Locks: none. Context: any. Return: nothing.
 */
void local_flush_tlb_page(struct mm_struct *mm, unsigned long address)
{
	invlpg(address);
}

/**
 * arch_mm_context_init() - a fresh @mm: loaded nowhere.
 * Locks: none. Context: any. Return: nothing.
 */
void arch_mm_context_init(struct mm_struct *mm)
{
	static atomic64_t last_id;

	mm->context.ctx_id = atomic64_inc_return(&last_id);
	atomic64_set(&mm->context.tlb_gen, 1);
	cpumask_clear(&mm->cpu_bitmap);
}

/**
 * arch_mm_context_destroy() - nobody has @mm loaded (L1).
 * Locks: none. Context: any. Return: nothing.
 */
void arch_mm_context_destroy(struct mm_struct *mm)
{
	mm_bug_on(this_cpu_local()->loaded_mm == mm);
	mm_assert(cpumask_empty(&mm->cpu_bitmap));
}
