/* SPDX-License-Identifier: MIT */
/* asm/machine.h (x86) - a booted kernel is one machine at a constant address. */
#ifndef ASM_X86_MACHINE_H
#define ASM_X86_MACHINE_H

struct machine;
extern struct machine boot_machine;

#define this_machine()	(&boot_machine)

#endif
