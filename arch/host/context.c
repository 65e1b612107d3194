// SPDX-License-Identifier: MIT
/*
 * context.c - which address spaces the CPUs of a hosted machine have loaded, and which
 * flushes they therefore see: what arch/x86/mm/tlb.c is to a PC.
 *
 * A CPU uses the tables of loaded_mm. Its TLB also keeps translations of address spaces
 * that it used before, by slots of struct tlb_asids (mm/asid.h); with tlb.asids 1 in the
 * configuration it is a CPU that forgets everything at each switch. A change raises the
 * generation of its address space and then reaches
 *
 *	who has it loaded	at once
 *	who is lazy		(host_use_mm(NULL): a thread of the kernel runs there, which
 *				makes no access by loaded_mm) only when tables are freed, and
 *				then it unloads them; else when it goes back to the mm
 *	who has a slot of it	when it goes back to the mm
 *
 * So a flush that mm/ forgets is one that a CPU never hears of: its generation is that of
 * the address space, and it goes on with what it remembers. This is what tests look for.
 *
 *   X1  accesses are by loaded_mm, of a CPU that is not lazy: then its slot's generation
 *       is the mm's, but for flushes that are under way
 *   X2  a CPU has its bit in cpu_bitmap of loaded_mm, and in no other
 *   X3  who raises a generation looks at loaded_mm of each CPU afterwards, under its
 *       tlb_lock; who loads an mm reads the generation under that lock: one sees the other
 *
 * Locks: tlb_lock of one CPU at a time; contexts_lock inside of it.
 */
#include "host_internal.h"

static void forget_all(struct host_cpu *cpu)
{
	const struct host_drop all = { host_tlb_tag(cpu), 0, ULONG_MAX, true };

	host_tlb_drop(cpu, &all);
}

static unsigned int number_of(const struct host_cpu *cpu)
{
	return cpu - this_host()->cpus;
}

static void unload(struct host_cpu *cpu)
{
	if (cpu->loaded_mm)
		cpumask_clear_cpu(number_of(cpu), &cpu->loaded_mm->cpu_bitmap);	/* X2 */
	cpu->loaded_mm = NULL;
	cpu->lazy = false;
}

static void note_context(struct mm_struct *mm)
{
	struct host_machine *hm = this_host();

	if (READ_ONCE(mm->context.listed))
		return;
	spin_lock(&hm->contexts_lock);
	if (!mm->context.listed)
		list_add_tail(&mm->context.list, &hm->contexts);
	WRITE_ONCE(mm->context.listed, true);
	spin_unlock(&hm->contexts_lock);
}

static void load(struct host_cpu *cpu, struct mm_struct *mm)
{
	bool same = cpu->loaded_mm == mm, flush;

	if (same && !cpu->lazy)
		return;
	if (!same) {
		unload(cpu);
		cpumask_set_cpu(number_of(cpu), &mm->cpu_bitmap);	/* X2 */
		note_context(mm);
		cpu->loaded_mm = mm;
	}
	cpu->lazy = false;
	flush = tlb_asid_load(&cpu->asids, mm->context.ctx_id,
			      atomic64_read(&mm->context.tlb_gen));	/* X3 */
	if (flush || (!same && cpu->asids.nr == 1))
		forget_all(cpu);
}

/**
 * host_use_mm() - this CPU runs on @mm's tables from now on; NULL: a thread of the kernel
 *	runs on it, and needs none.
 * Locks:   takes tlb_lock.  Context: thread in a machine; @mm stays until the next call.
 */
void host_use_mm(struct mm_struct *mm)
{
	struct host_cpu *cpu = this_host_cpu();

	spin_lock(&cpu->tlb_lock);
	if (mm)
		load(cpu, mm);
	else
		cpu->lazy = cpu->loaded_mm != NULL;
	spin_unlock(&cpu->tlb_lock);
	host_ctx.mm = mm;
}

/**
 * host_current_mm() - what host_use_mm() was called with last.
 * Locks:   none.  Context: thread in a machine.
 */
struct mm_struct *host_current_mm(void)
{
	return host_ctx.mm;
}

/**
 * host_context_leave() - nobody runs as @cpu any more. What it remembers stays.
 * Locks:   takes tlb_lock.  Context: the thread that did.
 */
void host_context_leave(struct host_cpu *cpu)
{
	spin_lock(&cpu->tlb_lock);
	unload(cpu);
	spin_unlock(&cpu->tlb_lock);
}

/* --- flushes ---------------------------------------------------------------- */

static void flush_cpu(struct host_cpu *cpu, struct mm_struct *mm, u64 new_gen,
		      struct host_drop *d)
{
	if (cpu->loaded_mm != mm)
		return;
	if (cpu->lazy) {
		if (d->tables)
			unload(cpu);
		return;
	}
	d->tag = host_tlb_tag(cpu);
	switch (tlb_flush_step(&cpu->asids.slot[cpu->asids.loaded], new_gen,
			       atomic64_read(&mm->context.tlb_gen))) {
	case TLB_STEP_NONE:
		return;
	case TLB_STEP_RANGE:
		host_tlb_drop(cpu, d);
		return;
	case TLB_STEP_ALL:
		forget_all(cpu);
	}
}

/**
 * host_context_flush() - no CPU uses what @d names of @mm any more.
 * Locks:   takes each tlb_lock.  Context: any; d->tag is written.
 */
void host_context_flush(struct mm_struct *mm, struct host_drop *d)
{
	struct host_machine *hm = this_host();
	u64 new_gen = atomic64_inc_return(&mm->context.tlb_gen);
	struct host_cpu *cpu;

	for (cpu = hm->cpus; cpu < hm->cpus + hm->config.nr_cpus; cpu++) {
		spin_lock(&cpu->tlb_lock);
		flush_cpu(cpu, mm, new_gen, d);				/* X3 */
		spin_unlock(&cpu->tlb_lock);
	}
}

/**
 * host_context_flush_here() - this CPU forgets what @d names of @mm.
 * Locks:   takes tlb_lock.  Context: any; d->tag is written.
 */
void host_context_flush_here(struct mm_struct *mm, struct host_drop *d)
{
	struct host_cpu *cpu = this_host_cpu();
	int slot;

	spin_lock(&cpu->tlb_lock);
	slot = tlb_asid_find(&cpu->asids, mm->context.ctx_id);
	d->tag = slot + 1;
	if (slot >= 0)
		host_tlb_drop(cpu, d);
	spin_unlock(&cpu->tlb_lock);
}

/* --- address spaces --------------------------------------------------------- */

void arch_mm_context_init(struct mm_struct *mm)
{
	mm->context.ctx_id = atomic64_inc_return(&this_host()->next_ctx_id);
	atomic64_set(&mm->context.tlb_gen, 1);
	mm->context.listed = false;
	cpumask_clear(&mm->cpu_bitmap);
}

/* A slot may keep what it has: nobody gets that ctx_id again. */
void arch_mm_context_destroy(struct mm_struct *mm)
{
	struct host_machine *hm = this_host();
	struct host_cpu *cpu;

	for (cpu = hm->cpus; cpu < hm->cpus + hm->config.nr_cpus; cpu++) {
		spin_lock(&cpu->tlb_lock);
		if (cpu->loaded_mm == mm)
			unload(cpu);
		spin_unlock(&cpu->tlb_lock);
	}
	spin_lock(&hm->contexts_lock);
	if (mm->context.listed)
		list_del(&mm->context.list);
	mm->context.listed = false;
	spin_unlock(&hm->contexts_lock);
	mm->context.ctx_id = 0;
}

static struct mm_struct *context_find(struct host_machine *hm, u64 ctx_id)
{
	struct mm_struct *mm, *match = NULL;

	spin_lock(&hm->contexts_lock);
	list_for_each_entry(mm, &hm->contexts, context.list)
		if (mm->context.ctx_id == ctx_id)
			match = mm;
	spin_unlock(&hm->contexts_lock);
	return match;
}

/**
 * host_context_of() - whose translations carry @tag on @cpu, as far as they will be used.
 * Locks:   takes contexts_lock.  Context: any; the caller knows that the mm stays.
 * Return:  the mm; NULL: it is gone, or @cpu will forget them before it goes back to it.
 */
struct mm_struct *host_context_of(struct host_machine *hm, const struct host_cpu *cpu,
				  unsigned int tag)
{
	const struct tlb_asid *slot = &cpu->asids.slot[tag - 1];
	struct mm_struct *mm = context_find(hm, slot->ctx_id);

	mm_assert(tag && tag <= cpu->asids.nr);
	if (!mm || (cpu->loaded_mm == mm && !cpu->lazy))
		return mm;
	return slot->tlb_gen == (u64)atomic64_read(&mm->context.tlb_gen) ? mm : NULL;
}
