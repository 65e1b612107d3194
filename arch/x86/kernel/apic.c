// SPDX-License-Identifier: MIT
/*
 * apic.c - the local APIC: end of interrupt, interrupts between CPUs, its own vectors.
 *
 * Each CPU has one, at the same physical address (registers in memory) or behind
 * MSRs (x2APIC, when the firmware left it on); apic_read() and apic_write() hide
 * the difference. The CPU's old 8259 controllers are moved out of the way of the
 * exceptions and masked; devices come through the IO-APIC (drivers/irqchip).
 *
 *   A1  apic_present is set once, by apic_init(); before it nobody sends
 *   A2  interrupts are sent in physical mode, to one CPU by its APIC number
 *   A3  every vector from FIRST_DEVICE_VECTOR on gets one end-of-interrupt, except the
 *       spurious one
 *
 * Locks: none. The command register is this CPU's; it is written with interrupts
 * off.
 */
#include <linux/acpi.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <asm/apic.h>
#include <asm/cpufeature.h>
#include <asm/io.h>
#include <asm/irqflags.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/traps.h>

#define APICBASE_ENABLE		(1u << 11)
#define APICBASE_X2APIC		(1u << 10)
#define APICBASE_ADDRESS	0x000ffffffffff000ull
#define X2APIC_MSR		0x800
#define SPIV_ENABLE		0x100u
#define LVT_NMI			0x400u
#define ICR_SPIN_MAX		1000000
#define PIC1			0x20
#define PIC2			0xa0

bool apic_present __ro_after_init;
static bool x2apic __ro_after_init;
static u8 __iomem *apic_regs __ro_after_init;

/**
 * apic_read() - register @reg of this CPU's local APIC.
 * Locks: none. Context: any, after apic_init(). Return: its value.
 */
u32 apic_read(u32 reg)
{
	if (x2apic)
		return rdmsr(X2APIC_MSR + (reg >> 4));
	return readl(apic_regs + reg);
}

/**
 * apic_write() - write register @reg of this CPU's local APIC.
 * Locks: none. Context: any, after apic_init(). Return: nothing.
 */
void apic_write(u32 reg, u32 value)
{
	if (x2apic)
		wrmsr(X2APIC_MSR + (reg >> 4), value);
	else
		writel(value, apic_regs + reg);
}

/**
 * apic_eoi() - the interrupt in service is done.
 * Locks: none. Context: interrupts off. Return: nothing.
 */
void apic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

/**
 * apic_id() - the number of this CPU's APIC.
 * Locks: none. Context: any, after apic_init(). Return: the number.
 */
u32 apic_id(void)
{
	return x2apic ? apic_read(APIC_ID) : apic_read(APIC_ID) >> 24;
}

static void icr_wait_idle(void)
{
	int spin = ICR_SPIN_MAX;

	while (apic_read(APIC_ICR) & APIC_ICR_BUSY && --spin)
		cpu_relax();
}

/**
 * apic_send_ipi() - send @command (a vector, or NMI, INIT, STARTUP) to one CPU.
 * Locks: none. Context: any; nothing is sent before apic_init(). Return: nothing.
 */
void apic_send_ipi(u32 dest_apic_id, u32 command)
{
	unsigned long flags;

	if (!apic_present)
		return;
	flags = arch_local_irq_save();
	if (x2apic) {
		asm volatile("mfence" : : : "memory");	/* the write is not ordered */
		wrmsr(X2APIC_MSR + (APIC_ICR >> 4), (u64)dest_apic_id << 32 | command);
	} else {
		icr_wait_idle();
		apic_write(APIC_ICR2, dest_apic_id << 24);
		apic_write(APIC_ICR, command);
	}
	arch_local_irq_restore(flags);
}

/* Vectors 0x20..0x2f, then all masked: only spurious ones can come, if any. */
static void mask_8259(void)
{
	outb(0x11, PIC1);
	io_delay();
	outb(0x11, PIC2);
	io_delay();
	outb(FIRST_DEVICE_VECTOR, PIC1 + 1);
	io_delay();
	outb(FIRST_DEVICE_VECTOR + 8, PIC2 + 1);
	io_delay();
	outb(0x04, PIC1 + 1);
	io_delay();
	outb(0x02, PIC2 + 1);
	io_delay();
	outb(0x01, PIC1 + 1);
	io_delay();
	outb(0x01, PIC2 + 1);
	io_delay();
	outb(0xff, PIC1 + 1);
	outb(0xff, PIC2 + 1);
}

/**
 * apic_setup_local() - this CPU's APIC: on, all sources masked but NMI on LINT1.
 * Locks: none. Context: each CPU once, interrupts off. Return: nothing.
 */
void apic_setup_local(void)
{
	u64 base = rdmsr(MSR_IA32_APICBASE);
	int i;

	if (x2apic)
		wrmsr(MSR_IA32_APICBASE, base | APICBASE_ENABLE | APICBASE_X2APIC);
	else if (!(base & APICBASE_ENABLE))
		wrmsr(MSR_IA32_APICBASE, base | APICBASE_ENABLE);
	if (!x2apic)
		apic_write(APIC_DFR, ~0u);
	apic_write(APIC_TASKPRI, 0);
	for (i = 7; i >= 0; i--)		/* left in service by the firmware */
		if (apic_read(APIC_ISR + i * 0x10))
			apic_eoi();
	apic_write(APIC_LVT0, APIC_LVT_MASKED);
	apic_write(APIC_LVT1, LVT_NMI);
	apic_write(APIC_LVTT, APIC_LVT_MASKED);
	apic_write(APIC_LVTERR, ERROR_APIC_VECTOR);
	apic_write(APIC_ESR, 0);
	apic_write(APIC_SPIV, SPIV_ENABLE | SPURIOUS_APIC_VECTOR);
}

/**
 * apic_init() - the boot CPU's local APIC and the IO-APICs; the 8259s go silent.
 * Without a local APIC there is neither a timer nor a device interrupt: panic.
 * Locks: vmalloc's. Context: boot CPU, interrupts off. Return: nothing.
 */
void apic_init(void)
{
	u64 base;

	mask_8259();
	if (!boot_cpu_has(X86_FEATURE_APIC))
		panic("This kernel requires a local APIC");
	base = rdmsr(MSR_IA32_APICBASE);
	x2apic = base & APICBASE_X2APIC;
	if (!x2apic) {
		apic_regs = ioremap(base & APICBASE_ADDRESS, PAGE_SIZE);
		if (!apic_regs)
			panic("Cannot map the local APIC");
	}
	apic_setup_local();
	apic_present = true;
	this_cpu_local()->apic_id = apic_id();
	ioapic_init();
}
