// SPDX-License-Identifier: MIT
/*
 * irq.c - from a vector to the code that handles it.
 *
 * Device interrupts have the vectors FIRST_DEVICE_VECTOR + irq and one handler
 * each; drivers/irqchip/ioapic.c connects an irq to its vector when the handler
 * is registered. The vectors above belong to the local APIC and to other CPUs.
 * Handlers run with interrupts off, on the stack of the task they interrupt;
 * they never allocate, free, sleep or touch user memory.
 *
 *   I1  cpu_local.in_irq is true exactly while a handler runs; handlers do not nest
 *   I2  a descriptor's handler is set before its interrupt is unmasked and cleared
 *       after it is masked
 *
 * Locks: irq_lock guards the descriptors against two registrations at once.
 * Counters are written by the CPU that takes the interrupt; readers may see a
 * moment's old value.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/clockchips.h>
#include <asm/apic.h>
#include <asm/smp.h>
#include <asm/traps.h>

struct irq_desc {
	irq_handler_t handler;		/* irq_lock to write (I2) */
	void *dev;			/* i while handler is set */
	const char *name;		/* i while handler is set */
	u64 count;			/* a  the IO-APIC delivers to one CPU */
};

static struct irq_desc irqs[NR_IRQS];
static spinlock_t irq_lock;

/**
 * request_irq() - let @handler serve @irq.
 * Locks: takes irq_lock. Context: thread or boot. Return: 0, -EINVAL, -EBUSY.
 */
int request_irq(unsigned int irq, irq_handler_t handler, const char *name, void *dev)
{
	unsigned long flags;
	int error = -EBUSY;

	if (irq >= NR_IRQS || !handler)
		return -EINVAL;
	spin_lock_irqsave(&irq_lock, flags);
	if (!irqs[irq].handler) {
		irqs[irq].dev = dev;
		irqs[irq].name = name;
		WRITE_ONCE(irqs[irq].handler, handler);
		error = ioapic_enable(irq, FIRST_DEVICE_VECTOR + irq);
		if (error)
			irqs[irq].handler = NULL;
	}
	spin_unlock_irqrestore(&irq_lock, flags);
	return error;
}

/**
 * free_irq() - @irq has no handler any more.
 * Locks: takes irq_lock. Context: thread. Return: nothing.
 */
void free_irq(unsigned int irq)
{
	unsigned long flags;

	mm_assert(irq < NR_IRQS);
	spin_lock_irqsave(&irq_lock, flags);
	ioapic_disable(irq);
	irqs[irq].handler = NULL;
	spin_unlock_irqrestore(&irq_lock, flags);
}

/**
 * handle_device_irq() - one interrupt of @irq.
 * Locks: none. Context: interrupt. Return: nothing.
 */
void handle_device_irq(unsigned int irq)
{
	irq_handler_t handler = READ_ONCE(irqs[irq].handler);

	irqs[irq].count++;
	if (likely(handler))
		handler(irq, irqs[irq].dev);
	else
		pr_warn("irq %u: nobody cared\n", irq);
	apic_eoi();
}

static void apic_error(void)
{
	apic_write(APIC_ESR, 0);
	pr_warn("APIC error on CPU%u: %02x\n", smp_processor_id(), apic_read(APIC_ESR));
	apic_eoi();
}

static void system_interrupt(struct cpu_local *cpu, struct pt_regs *regs, unsigned long vector)
{
	switch (vector) {
	case LOCAL_TIMER_VECTOR:
		cpu->nr_timer++;
		apic_eoi();
		nmi_report();
		local_timer_interrupt(user_mode(regs));
		break;
	case RESCHEDULE_VECTOR:
		cpu->nr_resched++;
		apic_eoi();
		scheduler_ipi();
		break;
	case CALL_FUNCTION_VECTOR:
		cpu->nr_callfn++;
		apic_eoi();
		smp_call_function_interrupt();
		break;
	case ERROR_APIC_VECTOR:
		apic_error();
		break;
	case SPURIOUS_APIC_VECTOR:
		break;
	default:
		pr_warn("Unexpected interrupt vector %#lx on CPU%u\n", vector, cpu->cpu);
		apic_eoi();
	}
}

/**
 * do_interrupt() - every vector from 32 on, from the entry code.
 * Locks: none. Context: interrupts off, and they stay off. Return: nothing.
 */
void do_interrupt(struct pt_regs *regs, unsigned long vector)
{
	struct cpu_local *cpu = this_cpu_local();

	mm_assert(!cpu->in_irq);
	cpu->in_irq = true;
	cpu->nr_irqs++;
	if (vector < FIRST_DEVICE_VECTOR + NR_IRQS)
		handle_device_irq(vector - FIRST_DEVICE_VECTOR);
	else
		system_interrupt(cpu, regs, vector);
	cpu->in_irq = false;
}

/**
 * irq_count() - interrupts of @irq so far.
 * Locks: none. Context: any. Return: the number.
 */
u64 irq_count(unsigned int irq)
{
	return irq < NR_IRQS ? irqs[irq].count : 0;
}

/**
 * irq_count_all() - interrupts of all kinds on all CPUs.
 * Locks: none. Context: any. Return: the number.
 */
u64 irq_count_all(void)
{
	unsigned int cpu;
	u64 sum = 0;

	for_each_online_cpu(cpu)
		sum += READ_ONCE(cpu_locals[cpu]->nr_irqs);
	return sum;
}

static void show_system_line(struct seq_file *m, const char *name, size_t field,
			     const char *what)
{
	unsigned int cpu;

	seq_printf(m, "%4s: ", name);
	for_each_online_cpu(cpu)
		seq_printf(m, "%10llu ", *(u64 *)((char *)cpu_locals[cpu] + field));
	seq_printf(m, "  %s\n", what);
}

/**
 * interrupts_show() - the text of /proc/interrupts.
 * Locks: none. Context: thread. Return: nothing.
 */
void interrupts_show(struct seq_file *m)
{
	unsigned int cpu, irq;

	seq_printf(m, "    ");
	for_each_online_cpu(cpu)
		seq_printf(m, "       CPU%-1u", cpu);
	seq_printf(m, "\n");
	for (irq = 0; irq < NR_IRQS; irq++) {
		if (!irqs[irq].handler)
			continue;
		seq_printf(m, "%4u: ", irq);
		for_each_online_cpu(cpu)
			seq_printf(m, "%10llu ", cpu ? 0 : irqs[irq].count);
		seq_printf(m, "  IO-APIC  %u-edge      %s\n", irq, irqs[irq].name);
	}
	show_system_line(m, "LOC", offsetof(struct cpu_local, nr_timer),
			 "Local timer interrupts");
	show_system_line(m, "RES", offsetof(struct cpu_local, nr_resched),
			 "Rescheduling interrupts");
	show_system_line(m, "CAL", offsetof(struct cpu_local, nr_callfn),
			 "Function call interrupts");
	show_system_line(m, "TLB", offsetof(struct cpu_local, tlb_flushes), "TLB shootdowns");
}
