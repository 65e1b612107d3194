/* SPDX-License-Identifier: MIT */
/*
 * asm/vdso.h - the page that the kernel shows to each program so that it can read the
 * clock by itself, and where it lies. Read by arch/x86/vdso, written by
 * arch/x86/kernel/vdso.c.
 */
#ifndef ASM_X86_VDSO_H
#define ASM_X86_VDSO_H

/* of the addresses below the code: as many as Linux 6.1 has, so that sizes are the same */
#define VVAR_PAGES	4
/* what LSL of this selector gives: CPU, and node from this bit on */
#define CPUNODE_SELECTOR	0x7b
#define CPUNODE_BITS	12

#ifndef __ASSEMBLER__
#include <linux/types.h>

struct vdso_data {
	u64 tsc_base, tsc_mult;		/* constant before the first program: see tsc.c */
	s64 real_offset_ns;		/* one word: READ_ONCE, WRITE_ONCE */
	int tz_minuteswest, tz_dsttime;
};

#ifndef BUILD_VDSO
/* the clock's factors, once; the page of one who runs programs */
void vdso_set_clock(u64 tsc_base, u64 tsc_mult);
void vdso_init(void);
/* this CPU's number and node where LSL finds them; interrupts off */
void vdso_getcpu_init(void);
#endif
#endif
#endif
