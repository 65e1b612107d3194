/* SPDX-License-Identifier: MIT */
/* asm/kdebug.h (x86) - reports: registers, backtraces, the end. Any context. */
#ifndef ASM_X86_KDEBUG_H
#define ASM_X86_KDEBUG_H

#include <linux/types.h>
#include <linux/compiler.h>

struct pt_regs;

void show_regs(const struct pt_regs *regs);
void dump_stack_lvl(const char *level);
/* how the kernel came to where @regs are, the innermost first; how many */
unsigned int stack_trace_save_regs(const struct pt_regs *regs, unsigned long *store,
				   unsigned int size);
void show_backtrace(const char *level, unsigned long bp, unsigned long ip);
/* a kernel bug: report @what, registers, backtrace, trace events, then panic */
void __noreturn die(const char *what, struct pt_regs *regs, unsigned long error);
void __noreturn __printf(1, 2) panic(const char *fmt, ...);
extern bool panic_in_progress;		/* a CPU reports; the others keep still */

/* the symbol that contains @addr: its name, and offset and size in bytes; NULL: none */
const char *kallsyms_lookup(unsigned long addr, unsigned long *offset, unsigned long *size);
/* the address of @name, 0: none */
unsigned long kallsyms_lookup_name(const char *name);

/* the machine's off and restart buttons */
void __noreturn arch_poweroff(void);
void __noreturn arch_reboot(void);
void __noreturn arch_halt(void);

#endif
