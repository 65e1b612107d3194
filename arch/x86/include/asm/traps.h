/* SPDX-License-Identifier: MIT */
/* asm/traps.h (x86) - vectors, and what the entry code calls. */
#ifndef ASM_X86_TRAPS_H
#define ASM_X86_TRAPS_H

#define X86_TRAP_DE	0
#define X86_TRAP_DB	1
#define X86_TRAP_NMI	2
#define X86_TRAP_BP	3
#define X86_TRAP_OF	4
#define X86_TRAP_BR	5
#define X86_TRAP_UD	6
#define X86_TRAP_NM	7
#define X86_TRAP_DF	8
#define X86_TRAP_TS	10
#define X86_TRAP_NP	11
#define X86_TRAP_SS	12
#define X86_TRAP_GP	13
#define X86_TRAP_PF	14
#define X86_TRAP_MF	16
#define X86_TRAP_AC	17
#define X86_TRAP_MC	18
#define X86_TRAP_XF	19

#define FIRST_DEVICE_VECTOR	0x20	/* device interrupts: vector = this + irq */
#define NR_IRQS			64
#define FIRST_SYSTEM_VECTOR	0xf0	/* the local APIC's own and IPIs */
#define CALL_FUNCTION_VECTOR	0xfb
#define RESCHEDULE_VECTOR	0xfc
#define LOCAL_TIMER_VECTOR	0xfd
#define ERROR_APIC_VECTOR	0xfe
#define SPURIOUS_APIC_VECTOR	0xff

/* error code of a page fault */
#define X86_PF_PROT	0x01ul
#define X86_PF_WRITE	0x02ul
#define X86_PF_USER	0x04ul
#define X86_PF_RSVD	0x08ul
#define X86_PF_INSTR	0x10ul

/* interrupt stacks of the TSS, 1-based; 0: the stack that is in use */
#define IST_DF		1
#define IST_NMI		2
#define IST_MCE		3
#define NR_IST		3
#define IST_STACK_SIZE	8192

#ifndef __ASSEMBLER__
#include <asm/ptrace.h>

extern char entry_SYSCALL_64[], entry_SYSCALL_compat[];
extern char idt_stubs[];		/* 16 bytes each, vectors 0 to 255 */
extern char ret_from_fork[];

void do_exception(struct pt_regs *regs, unsigned long vector, unsigned long error);
void do_interrupt(struct pt_regs *regs, unsigned long vector);	/* 32 and above */
void nmi_report(void);			/* the tick: has this CPU had an NMI? */
void do_page_fault(struct pt_regs *regs, unsigned long error, unsigned long address);
void exit_to_user_mode_work(struct pt_regs *regs);
long sys_ni_syscall_nr(struct pt_regs *regs);
typedef long (*sys_call_ptr_t)(void);
extern const sys_call_ptr_t sys_call_table[NR_SYSCALLS];
long syscall_slow(struct pt_regs *regs);
void syscall_exit_work(struct pt_regs *regs);
bool fixup_exception(struct pt_regs *regs);	/* arch/x86/mm/extable.c */
bool has_fixup(unsigned long ip);
void sort_extable(void);
void smap_patch(void);
/* traps.c: a signal for the user program that trapped */
void force_trap_signal(int sig, int code, unsigned long addr);
bool unhandled_signal(int sig);		/* current dies of it, and the log may say so */
/* " in busybox[400000+1c1000]": the mapping of current that contains @ip, or "" */
void describe_vma(char *buf, size_t bytes, unsigned long ip);
#endif
#endif
