/* SPDX-License-Identifier: MIT */
/*
 * boot.h - the 16-bit setup code, one file a line:
 *
 *   header.S    protocol header, entry, stack
 *   main.c      the order of the steps
 *   memory.c    INT 15h: E820, E801, 88h
 *   a20.c       the address line that the 8086 did not have
 *   pm.c        leave real mode; pmjump.S jumps
 *   tty.c       a line on the screen and the serial port when it goes wrong
 *   bioscall.S  intcall(): the only way to the firmware
 */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include "../include/asm/bootparam.h"

#define X86_EFLAGS_CF	0x0001u

/* Registers into and out of the firmware; the order is that of POPAL. */
struct biosregs {
	u32 edi, esi, ebp, esp_unused, ebx, edx, ecx, eax;
	u16 gs, fs, es, ds;
	u32 eflags;
};

extern struct boot_params boot_params;
extern struct setup_header hdr;
/* memory.c: where E820 bios_puts an entry; its offset is what EDI carries */
extern struct boot_e820_entry e820_buf;

/* all registers 0, segments ours, CF set so that a dead service shows */
void initregs(struct biosregs *regs);
/* software interrupt @vector with *@in; *@out gets the registers after (may be NULL) */
void intcall(u8 vector, const struct biosregs *in, struct biosregs *out);

void detect_memory(void);
int enable_a20(void);
void __noreturn go_to_protected_mode(void);
void __noreturn protected_mode_jump(u32 entry, u32 zero_page);
void bios_puts(const char *text);
void __noreturn die(void);

#endif
