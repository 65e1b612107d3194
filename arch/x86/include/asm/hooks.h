/* SPDX-License-Identifier: MIT */
/* asm/hooks.h (x86) - the quick paths look at the machine's own word. */
#ifndef ASM_X86_HOOKS_H
#define ASM_X86_HOOKS_H

#define arch_hooks_armed()	(atomic_read(&this_machine()->debug.hooks) != 0)
#define arch_hooks_changed(m)	((void)(m))

#endif
