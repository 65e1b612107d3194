/* SPDX-License-Identifier: MIT */
/* asm/irqflags.h (host) - no interrupts exist; the flag is kept so that rules can be checked. */
#ifndef ASM_HOST_IRQFLAGS_H
#define ASM_HOST_IRQFLAGS_H

#include <asm/machine.h>

static inline bool arch_irqs_disabled(void) { return host_ctx.irqs_off; }
static inline void arch_local_irq_disable(void) { host_ctx.irqs_off = true; }
static inline void arch_local_irq_enable(void) { host_ctx.irqs_off = false; }
static inline unsigned long arch_local_irq_save(void)
{
	unsigned long flags = host_ctx.irqs_off;

	host_ctx.irqs_off = true;
	return flags;
}
static inline void arch_local_irq_restore(unsigned long flags)
{
	host_ctx.irqs_off = flags;
}

#endif
