/* SPDX-License-Identifier: MIT */
/* asm/apic.h (x86) - local APIC and interrupt requests. */
#ifndef ASM_X86_APIC_H
#define ASM_X86_APIC_H

#include <linux/types.h>
#include <linux/compiler.h>

/* registers of the local APIC: offsets of the MMIO page; x2APIC MSR = 0x800 + offset / 16 */
#define APIC_ID		0x020
#define APIC_LVR	0x030
#define APIC_TASKPRI	0x080
#define APIC_EOI	0x0b0
#define APIC_LDR	0x0d0
#define APIC_DFR	0x0e0
#define APIC_SPIV	0x0f0
#define APIC_ISR	0x100
#define APIC_ESR	0x280
#define APIC_ICR	0x300
#define APIC_ICR2	0x310
#define APIC_LVTT	0x320
#define APIC_LVTPC	0x340
#define APIC_LVT0	0x350
#define APIC_LVT1	0x360
#define APIC_LVTERR	0x370
#define APIC_TMICT	0x380
#define APIC_TMCCT	0x390
#define APIC_TDCR	0x3e0

#define APIC_LVT_MASKED		(1u << 16)
#define APIC_LVT_TSC_DEADLINE	(2u << 17)
#define APIC_DM_NMI		0x400u
#define APIC_DM_INIT		0x500u
#define APIC_DM_STARTUP		0x600u
#define APIC_INT_ASSERT		0x4000u
#define APIC_INT_LEVEL		0x8000u
#define APIC_ICR_BUSY		0x1000u

extern bool apic_present;		/* i  a local APIC is mapped and on */

u32 apic_read(u32 reg);
void apic_write(u32 reg, u32 value);
void apic_eoi(void);
u32 apic_id(void);			/* of this CPU */
void apic_setup_local(void);		/* this CPU's; boot CPU: by apic_init() */
void apic_send_ipi(u32 dest_apic_id, u32 command);	/* any context */

/* a device interrupt; @handler runs with interrupts off and neither sleeps nor
 * allocates. 0 or -EINVAL, -EBUSY */
typedef void (*irq_handler_t)(unsigned int irq, void *dev);
int __must_check request_irq(unsigned int irq, irq_handler_t handler, const char *name, void *dev);
void free_irq(unsigned int irq);
void handle_device_irq(unsigned int irq);
void ioapic_init(void);				/* find them, all inputs masked */
int __must_check ioapic_enable(unsigned int irq, unsigned int vector);	/* 0, -EINVAL */
void ioapic_disable(unsigned int irq);

struct seq_file;
void interrupts_show(struct seq_file *m);	/* /proc/interrupts */
u64 irq_count(unsigned int irq);		/* how often, 0 when free */
u64 irq_count_all(void);

#endif
