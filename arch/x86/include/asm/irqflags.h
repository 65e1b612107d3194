/* SPDX-License-Identifier: MIT */
/* asm/irqflags.h (x86) - the interrupt flag of this CPU. Any context, never fails. */
#ifndef ASM_X86_IRQFLAGS_H
#define ASM_X86_IRQFLAGS_H

#include <linux/types.h>

#define X86_EFLAGS_CF	0x00000001ul
#define X86_EFLAGS_FIXED 0x00000002ul
#define X86_EFLAGS_PF	0x00000004ul
#define X86_EFLAGS_AF	0x00000010ul
#define X86_EFLAGS_ZF	0x00000040ul
#define X86_EFLAGS_SF	0x00000080ul
#define X86_EFLAGS_TF	0x00000100ul
#define X86_EFLAGS_IF	0x00000200ul
#define X86_EFLAGS_DF	0x00000400ul
#define X86_EFLAGS_OF	0x00000800ul
#define X86_EFLAGS_IOPL	0x00003000ul
#define X86_EFLAGS_NT	0x00004000ul
#define X86_EFLAGS_RF	0x00010000ul
#define X86_EFLAGS_AC	0x00040000ul
#define X86_EFLAGS_ID	0x00200000ul

static inline unsigned long arch_local_save_flags(void)
{
	unsigned long flags;

	asm volatile("pushfq; popq %0" : "=rm"(flags) : : "memory");
	return flags;
}

static inline void arch_local_irq_disable(void)
{
	asm volatile("cli" : : : "memory");
}

static inline void arch_local_irq_enable(void)
{
	asm volatile("sti" : : : "memory");
}

static inline unsigned long arch_local_irq_save(void)
{
	unsigned long flags = arch_local_save_flags();

	arch_local_irq_disable();
	return flags;
}

static inline bool arch_irqs_disabled_flags(unsigned long flags)
{
	return !(flags & X86_EFLAGS_IF);
}

static inline void arch_local_irq_restore(unsigned long flags)
{
	if (flags & X86_EFLAGS_IF)
		arch_local_irq_enable();
	else
		asm volatile("" : : : "memory");
}

static inline bool arch_irqs_disabled(void)
{
	return arch_irqs_disabled_flags(arch_local_save_flags());
}

/* Interrupts on and wait for one; an interrupt that is pending ends the wait. */
static inline void arch_safe_halt(void)
{
	asm volatile("sti; hlt" : : : "memory");
}

#endif
