// SPDX-License-Identifier: MIT
/*
 * tlb.c (x86-64) - which page tables each CPU has loaded, and making CPUs forget.
 *
 * A change of page tables that takes something away must reach every CPU that may
 * hold the old translation. Each mm has a generation, context.tlb_gen, that goes
 * up with each such change, and cpu_bitmap, the CPUs that have it loaded; each
 * CPU remembers up to which change its TLB is clean. A flush raises the generation,
 * cleans this CPU, and interrupts the other CPUs of the bitmap.
 *
 * With PCIDs a CPU keeps the entries of the address spaces that it used last, each
 * under the number of a slot + 1 (mm/asid.h; 0 is the kernel's own tables); to go back
 * to one of them it flushes only when the generation says that it missed something.
 * Without them there is one slot, and loading CR3 empties the TLB. Entries of the
 * kernel's half are global, no number holds for them.
 *
 * A kernel thread runs on the mm that was loaded before it ("lazy") and touches
 * no user address, so a lazy CPU is not interrupted; it catches up by comparing
 * generations when it goes back to the mm. Only when page tables themselves are
 * freed, lazy CPUs are interrupted too, because the MMU may still walk them; they
 * then go over to the kernel's own tables.
 *
 *   L1  a CPU whose CR3 points to mm's tables is in mm->cpu_bitmap, from before the
 *       load until after the next one
 *   L2  I1 to I3 of mm/asid.h: for the mm of a slot nothing older than its tlb_gen is in
 *       the TLB under its number
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
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/smp.h>
#include <asm/thread.h>

#define TLB_FLUSH_ALL		(~0ul)
#define CR3_NOFLUSH		(1ul << 63)

extern pgd_t swapper_pg_dir[PTRS_PER_PGD];

/* More pages than these cost more one by one than refilling does: Linux's measure. */
unsigned long tlb_single_page_flush_ceiling = 33;
static bool pcid_on, invpcid_on;		/* fixed by the boot CPU */

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

#define INVPCID_ALL	2	/* under every number, global ones too */

static void invpcid(unsigned long kind)
{
	const u64 what[2] = { 0, 0 };	/* number and address, for other kinds */

	asm volatile("invpcid %0, %1" : : "m"(what), "r"(kind) : "memory");
}

/* All but global entries; with PCIDs those of the tables that are loaded. */
static void flush_user_entries(void)
{
	write_cr3(read_cr3());
}

static void flush_all_entries(void)
{
	unsigned long cr4 = read_cr4();

	if (invpcid_on) {
		invpcid(INVPCID_ALL);
	} else if (cr4 & X86_CR4_PGE) {
		write_cr4(cr4 & ~X86_CR4_PGE);
		write_cr4(cr4);
	} else {
		flush_user_entries();
	}
}

static int __init param_nopcid(char *value)
{
	setup_clear_cpu_cap(X86_FEATURE_PCID);
	return 0;
}
early_param("nopcid", param_nopcid);

/**
 * tlb_init_cpu() - see asm/thread.h. PCIDs need PGE too: without it the kernel's own
 * entries would be kept under each number, and no flush of them would reach all.
 * Locks: none. Context: each CPU, once, on swapper_pg_dir, PGE on. Return: nothing.
 */
void tlb_init_cpu(void)
{
	struct cpu_local *cpu = this_cpu_local();

	if (!cpu->cpu) {
		pcid_on = boot_cpu_has(X86_FEATURE_PCID) && boot_cpu_has(X86_FEATURE_PGE);
		invpcid_on = pcid_on && boot_cpu_has(X86_FEATURE_INVPCID);
	}
	if (pcid_on)
		cr4_set_bits(X86_CR4_PCIDE);
	tlb_asids_init(&cpu->asids, pcid_on ? TLB_NR_ASIDS : 1);
}

/* The tables of @mm under the number of the slot that was chosen. */
static void load_tables(struct cpu_local *cpu, struct mm_struct *mm, bool flush)
{
	unsigned long cr3 = __pa(mm->pgd);

	if (pcid_on)
		cr3 |= (cpu->asids.loaded + 1) | (flush ? 0 : CR3_NOFLUSH);
	write_cr3(cr3);
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

/* The slot of @mm, which others can see that this CPU comes to (L3). Must it be flushed? */
static bool choose_asid(struct cpu_local *cpu, struct mm_struct *mm)
{
	smp_mb();
	return tlb_asid_load(&cpu->asids, mm->context.ctx_id,
			     atomic64_read(&mm->context.tlb_gen));
}

/**
 * switch_mm_irqs_off() - load the page tables of @next. What is loaded counts, not @prev.
 * Locks: none. Context: interrupts off. Return: nothing.
 */
void switch_mm_irqs_off(struct mm_struct *prev, struct mm_struct *next)
{
	struct cpu_local *cpu = this_cpu_local();
	struct mm_struct *loaded = cpu->loaded_mm;

	mm_assert(arch_irqs_disabled());
	if (loaded == next) {
		if (!cpu->tlb_lazy)
			return;
		WRITE_ONCE(cpu->tlb_lazy, false);
		if (choose_asid(cpu, next))	/* what was changed meanwhile */
			flush_user_entries();
		return;
	}
	cpumask_set_cpu(cpu->cpu, &next->cpu_bitmap);		/* L1 */
	WRITE_ONCE(cpu->tlb_lazy, false);
	load_tables(cpu, next, choose_asid(cpu, next));
	cpu->loaded_mm = next;
	if (loaded)
		cpumask_clear_cpu(cpu->cpu, &loaded->cpu_bitmap);
}

/**
 * activate_mm() - exec: as switch_mm_irqs_off(), in any interrupt state.
 * Locks: none. Context: thread. Return: nothing.
 */
void activate_mm(struct mm_struct *prev, struct mm_struct *next)
{
	unsigned long flags = arch_local_irq_save();

	switch_mm_irqs_off(prev, next);
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

	if (cpu->loaded_mm != f->mm)
		return;
	cpu->tlb_flushes += cpu->in_irq;
	if (cpu->tlb_lazy) {
		leave_mm();
		return;
	}
	switch (tlb_flush_step(&cpu->asids.slot[cpu->asids.loaded], f->new_gen,
			       atomic64_read(&f->mm->context.tlb_gen))) {
	case TLB_STEP_NONE:				/* a later flush was here first */
		break;
	case TLB_STEP_RANGE:
		if (f->end != TLB_FLUSH_ALL) {
			flush_pages(f->start, f->end);
			break;
		}
		/* fall through */
	case TLB_STEP_ALL:
		flush_user_entries();
	}
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

	if (end == TLB_FLUSH_ALL || (end - start) >> PAGE_SHIFT > READ_ONCE(tlb_single_page_flush_ceiling))
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

	if ((end - start) >> PAGE_SHIFT > READ_ONCE(tlb_single_page_flush_ceiling))
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
