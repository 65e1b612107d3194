// SPDX-License-Identifier: MIT
/*
 * reboot.c - off and restart.
 *
 * Power-off is ACPI's state S5: the values for the sleep-type field stand in the
 * DSDT in a package named _S5_; without an interpreter for AML the package is
 * found by its bytes (NameOp "_S5_" PackageOp ...), checked against the bounds of
 * the table. They are written with SLP_EN to PM1a_CNT and, if there is one,
 * PM1b_CNT. Restart tries, in this order: ACPI's reset register, the keyboard
 * controller, port 0xcf9, and a triple fault, which no CPU survives.
 *
 * Locks: none; the other CPUs are stopped first. Context: any.
 */
#include <linux/acpi.h>
#include <linux/clockchips.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <asm/io.h>
#include <asm/irqflags.h>
#include <asm/kdebug.h>
#include <asm/smp.h>

#define PM1_SLP_EN		(1u << 13)
#define PM1_SLP_TYP_SHIFT	10
#define PM1_SLP_TYP_MASK	(7u << PM1_SLP_TYP_SHIFT)
#define PM1_SCI_EN		1u
#define AML_NAME_OP		0x08
#define AML_PACKAGE_OP		0x12
#define AML_BYTE_PREFIX		0x0a
#define KBD_COMMAND		0x64
#define KBD_RESET		0xfe
#define RESET_CONTROL		0xcf9
#define ACPI_SPACE_IO		1

/* An integer of AML at *@at: 0, 1, or a byte; -1 for anything else or the end. */
static int aml_small_integer(const u8 **at, const u8 *end)
{
	if (*at < end && **at == AML_BYTE_PREFIX) {
		(*at)++;
		return *at < end ? *(*at)++ : -1;
	}
	return *at < end && **at <= 1 ? *(*at)++ : -1;
}

/* SLP_TYPa and SLP_TYPb of S5 out of the DSDT; false when they are not found. */
static bool find_s5(const struct acpi_table_header *dsdt, int *type_a, int *type_b)
{
	const u8 *at = (const u8 *)(dsdt + 1);
	const u8 *end = (const u8 *)dsdt + dsdt->length;

	for (; at + 8 <= end; at++) {
		if (memcmp(at, "_S5_", 4) || at[4] != AML_PACKAGE_OP)
			continue;
		if (at[-1] != AML_NAME_OP && !(at[-1] == '\\' && at[-2] == AML_NAME_OP))
			continue;
		at += 5;
		at += (*at >> 6) + 2;		/* package length, number of elements */
		*type_a = aml_small_integer(&at, end);
		*type_b = aml_small_integer(&at, end);
		return *type_a >= 0;
	}
	return false;
}

static void write_sleep(u32 port, int type)
{
	if (!port || type < 0)
		return;
	outw((inw(port) & ~PM1_SLP_TYP_MASK) | (u32)type << PM1_SLP_TYP_SHIFT | PM1_SLP_EN,
	     port);
}

static void acpi_poweroff(void)
{
	const struct acpi_table_fadt *fadt = acpi_find_table(ACPI_SIG_FADT);
	const struct acpi_table_header *dsdt = acpi_find_table(ACPI_SIG_DSDT);
	int type_a, type_b;

	if (!fadt || !dsdt || !find_s5(dsdt, &type_a, &type_b))
		return;
	if (fadt->smi_command && fadt->acpi_enable &&
	    !(inw(fadt->pm1a_control_block) & PM1_SCI_EN)) {
		outb(fadt->acpi_enable, fadt->smi_command);
		udelay(1000);
	}
	write_sleep(fadt->pm1a_control_block, type_a);
	write_sleep(fadt->pm1b_control_block, type_b);
	udelay(10000);
}

static void acpi_reset(void)
{
	const struct acpi_table_fadt *fadt = acpi_find_table(ACPI_SIG_FADT);

	if (!fadt || fadt->header.length < offsetof(struct acpi_table_fadt, arm_boot_flags) ||
	    !(fadt->flags & ACPI_FADT_RESET_REGISTER))
		return;
	if (fadt->reset_register.space_id == ACPI_SPACE_IO)
		outb(fadt->reset_value, fadt->reset_register.address);
	udelay(10000);
}

/**
 * arch_halt() - this CPU does nothing any more.
 * Locks: none. Context: any. Return: never.
 */
void arch_halt(void)
{
	for (;;)
		asm volatile("cli; hlt");
}

/**
 * arch_poweroff() - off; where the firmware cannot, halt.
 * Locks: none. Context: any. Return: never.
 */
void arch_poweroff(void)
{
	arch_local_irq_disable();
	smp_send_stop();
	acpi_poweroff();
	pr_emerg("System halted.\n");
	arch_halt();
}

/**
 * arch_reboot() - restart.
 * Locks: none. Context: any. Return: never.
 */
void arch_reboot(void)
{
	struct { u16 limit; u64 base; } __packed no_idt = { 0, 0 };
	int i;

	arch_local_irq_disable();
	smp_send_stop();
	acpi_reset();
	for (i = 0; i < 1000 && inb(KBD_COMMAND) & 2; i++)
		udelay(10);
	outb(KBD_RESET, KBD_COMMAND);
	udelay(10000);
	outb(0x02, RESET_CONTROL);
	udelay(50);
	outb(0x06, RESET_CONTROL);
	udelay(10000);
	asm volatile("lidt %0; int3" : : "m"(no_idt));
	arch_halt();
}
