/* SPDX-License-Identifier: MIT */
/*
 * asm/percpu.h (x86) - what each CPU finds through %gs while it runs the kernel.
 * The entry code uses the offsets below; traps.c asserts that they are right.
 *
 * i: fixed before the CPU comes up   o: only this CPU, interrupts off where marked !
 */
#ifndef ASM_X86_PERCPU_H
#define ASM_X86_PERCPU_H

#define CPU_SELF	0
#define CPU_CURRENT	8
#define CPU_STACK_TOP	16
#define CPU_USER_SP	24
#define CPU_NUMBER	32

#ifndef __ASSEMBLER__
#include <linux/types.h>
#include <mm/asid.h>

struct task_struct;
struct mm_struct;
struct gdt_page;
struct tss64;

struct cpu_local {
	struct cpu_local *self;		/* i */
	struct task_struct *current_task; /* o! set by switch_to() */
	unsigned long stack_top;	/* o! where SYSCALL enters, = TSS.sp0 */
	unsigned long user_sp;		/* o! scratch of the SYSCALL entry */
	unsigned int cpu;		/* i  0 .. nr_cpu_ids - 1 */
	unsigned int apic_id;		/* i */
	struct task_struct *fpu_owner;	/* o! whose state the FPU registers hold */
	unsigned long gs_user, fs_user;	/* o! bases that are loaded for user mode */
	struct mm_struct *loaded_mm;	/* o! whose tables CR3 points to; NULL: init_mm */
	struct tlb_asids asids;		/* o! of which address spaces the TLB may have entries */
	bool tlb_lazy;			/* o! a kernel thread runs on a borrowed mm */
	bool in_irq;			/* o! */
	struct gdt_page *gdt;		/* i */
	struct tss64 *tss;		/* i */
	unsigned long *ist_stacks;	/* i  lowest address of the three IST stacks */
	u64 nr_irqs;			/* o! interrupts taken */
	u64 nr_timer, nr_resched, nr_callfn;	/* o! */
	u64 tlb_flushes;		/* o! asked for by other CPUs */
};

/* the areas of all CPUs that exist; NULL beyond nr_cpu_ids */
extern struct cpu_local *cpu_locals[];

static inline struct cpu_local *this_cpu_local(void)
{
	struct cpu_local *p;

	asm volatile("movq %%gs:%c1, %0" : "=r"(p) : "i"(CPU_SELF));
	return p;
}
#endif
#endif
