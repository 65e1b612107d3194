// SPDX-License-Identifier: MIT
/*
 * ioapic.c - the IO-APICs: device interrupt lines become vectors of a CPU.
 *
 * Lines are numbered over all IO-APICs by the MADT ("global system interrupts");
 * each controller serves a run of them. ISA interrupt n is line n, edge, active
 * high, unless an interrupt source override of the MADT says something else (on
 * PCs the timer, 0, is line 2, and the SCI is level triggered).
 *
 *   O1  every line is masked until ioapic_enable()
 *   O2  all lines go to the boot CPU, physical destination, fixed delivery
 *
 * Locks: ioapic_lock around the pair of accesses to index and data register.
 */
#include <linux/acpi.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/spinlock.h>
#include <linux/io.h>
#include <asm/apic.h>
#include <asm/io.h>
#include <asm/smp.h>

#define MAX_IOAPICS		8
#define NR_ISA_IRQS		16
#define IOAPIC_BYTES		0x1000
#define REG_INDEX		0x00
#define REG_DATA		0x10
#define IOAPIC_VERSION		1
#define IOAPIC_REDIR(pin)	(0x10 + 2 * (pin))
#define REDIR_MASKED		(1u << 16)
#define REDIR_LEVEL		(1u << 15)
#define REDIR_LOW		(1u << 13)

struct ioapic {
	u8 __iomem *regs;		/* i */
	u32 first, lines;		/* i  [first, first + lines) */
};

struct isa_route {
	u32 line;			/* i */
	u32 mode;			/* i  REDIR_LEVEL, REDIR_LOW */
};

static struct ioapic ioapics[MAX_IOAPICS];
static unsigned int nr_ioapics;
static struct isa_route isa_routes[NR_ISA_IRQS];
static spinlock_t ioapic_lock;

static u32 ioapic_read(const struct ioapic *io, u32 reg)
{
	writel(reg, io->regs + REG_INDEX);
	return readl(io->regs + REG_DATA);
}

static void ioapic_write(const struct ioapic *io, u32 reg, u32 value)
{
	writel(reg, io->regs + REG_INDEX);
	writel(value, io->regs + REG_DATA);
}

static const struct ioapic *ioapic_of_line(u32 line)
{
	unsigned int i;

	for (i = 0; i < nr_ioapics; i++)
		if (line - ioapics[i].first < ioapics[i].lines)
			return &ioapics[i];
	return NULL;
}

static void __init add_ioapic(const struct acpi_madt_io_apic *entry)
{
	struct ioapic *io = &ioapics[nr_ioapics];
	u32 pin;

	if (nr_ioapics == MAX_IOAPICS) {
		pr_warn("IOAPIC: more than %d, others are not used\n", MAX_IOAPICS);
		return;
	}
	io->regs = ioremap(entry->address, IOAPIC_BYTES);
	if (!io->regs) {
		pr_err("IOAPIC[%u]: cannot map %#x\n", nr_ioapics, entry->address);
		return;
	}
	io->first = entry->global_irq_base;
	io->lines = (ioapic_read(io, IOAPIC_VERSION) >> 16 & 0xff) + 1;
	for (pin = 0; pin < io->lines; pin++)
		ioapic_write(io, IOAPIC_REDIR(pin), REDIR_MASKED);	/* O1 */
	pr_info("IOAPIC[%u]: apic_id %u, address %#x, GSI %u-%u\n", nr_ioapics, entry->id,
		entry->address, io->first, io->first + io->lines - 1);
	nr_ioapics++;
}

static void __init add_override(const struct acpi_madt_interrupt_override *entry)
{
	struct isa_route *route;

	if (entry->bus || entry->source_irq >= NR_ISA_IRQS)
		return;
	route = &isa_routes[entry->source_irq];
	route->line = entry->global_irq;
	route->mode = 0;
	if ((entry->inti_flags & ACPI_MADT_POLARITY_MASK) == 3)
		route->mode |= REDIR_LOW;
	if ((entry->inti_flags & ACPI_MADT_TRIGGER_MASK) == 0xc)
		route->mode |= REDIR_LEVEL;
}

/**
 * ioapic_init() - find all IO-APICs and overrides in the MADT.
 * Locks: vmalloc's. Context: boot CPU. Return: nothing; without a MADT no device
 * has an interrupt.
 */
void __init ioapic_init(void)
{
	const struct acpi_table_madt *madt = acpi_find_table(ACPI_SIG_MADT);
	const struct acpi_subtable_header *entry;
	unsigned int i;

	for (i = 0; i < NR_ISA_IRQS; i++)
		isa_routes[i].line = i;
	if (!madt) {
		pr_warn("IOAPIC: no MADT, no device interrupts\n");
		return;
	}
	acpi_for_each_subtable(entry, &madt->header, sizeof(*madt)) {
		if (entry->type == ACPI_MADT_TYPE_IO_APIC &&
		    entry->length >= sizeof(struct acpi_madt_io_apic))
			add_ioapic((const void *)entry);
		else if (entry->type == ACPI_MADT_TYPE_INTERRUPT_OVERRIDE &&
			 entry->length >= sizeof(struct acpi_madt_interrupt_override))
			add_override((const void *)entry);
	}
}

static int set_line(unsigned int irq, u32 low)
{
	u32 line = irq < NR_ISA_IRQS ? isa_routes[irq].line : irq;
	const struct ioapic *io = ioapic_of_line(line);
	unsigned long flags;
	u32 reg;

	if (!io)
		return -EINVAL;
	reg = IOAPIC_REDIR(line - io->first);
	if (irq < NR_ISA_IRQS)
		low |= isa_routes[irq].mode;
	else
		low |= REDIR_LEVEL | REDIR_LOW;		/* PCI */
	spin_lock_irqsave(&ioapic_lock, flags);
	ioapic_write(io, reg, REDIR_MASKED);
	ioapic_write(io, reg + 1, cpu_locals[0]->apic_id << 24);	/* O2 */
	ioapic_write(io, reg, low);
	spin_unlock_irqrestore(&ioapic_lock, flags);
	return 0;
}

/**
 * ioapic_enable() - deliver @irq as @vector.
 * Locks: takes ioapic_lock. Context: any. Return: 0, -EINVAL without such a line.
 */
int ioapic_enable(unsigned int irq, unsigned int vector)
{
	return set_line(irq, vector);
}

/**
 * ioapic_disable() - mask @irq.
 * Locks: takes ioapic_lock. Context: any. Return: nothing.
 */
void ioapic_disable(unsigned int irq)
{
	if (set_line(irq, REDIR_MASKED))
		pr_warn("irq %u has no line\n", irq);
}
