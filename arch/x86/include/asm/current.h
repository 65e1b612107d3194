/* SPDX-License-Identifier: MIT */
/* asm/current.h (x86) - the task that runs on this CPU; the same for all of a
 * task's life, so the compiler may keep it in a register across a switch. */
#ifndef ASM_X86_CURRENT_H
#define ASM_X86_CURRENT_H

#include <asm/percpu.h>

struct task_struct;

static inline struct task_struct *get_current(void)
{
	struct task_struct *p;

	asm("movq %%gs:%c1, %0" : "=r"(p) : "i"(CPU_CURRENT));
	return p;
}
#define current get_current()

#endif
