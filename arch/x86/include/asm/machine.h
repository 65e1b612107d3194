/* SPDX-License-Identifier: MIT */
/* asm/machine.h (x86) - a booted kernel is one machine at a constant address. */
#ifndef ASM_X86_MACHINE_H
#define ASM_X86_MACHINE_H

struct machine;
extern struct machine boot_machine;

#define this_machine()	(&boot_machine)

/* what the quick paths of mm/slab read: all at constant addresses but the CPU's number */
#define arch_slab_table(state) \
	((char *)(state)->cpus + ((unsigned long)smp_processor_id() << PAGE_SHIFT))
#define arch_slab_cpu()			smp_processor_id()
#define arch_slab_asks()		mm_hooks_armed()
#define arch_slab_frame_ids(state)	((state)->frame_ids)
#define arch_slab_set(state)		((void)(state))

#endif
