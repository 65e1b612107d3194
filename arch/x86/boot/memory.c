/* SPDX-License-Identifier: MIT */
/*
 * memory.c - ask the firmware what memory there is.
 *
 * Three services of INT 15h, from the best to the oldest, all of them asked:
 *
 *   AX E820h  a list of (address, size, type), one entry a call, continued by
 *             the opaque EBX until it comes back 0. boot_params.e820_table.
 *   AX E801h  KiB from 1 MiB to 16 MiB and 64 KiB blocks above. alt_mem_k.
 *   AH 88h    KiB above 1 MiB, at most 64 MiB. ext_mem_k.
 *
 * Firmware errs, so nothing of what it says is believed further than it must:
 *
 * M1  at most 128 entries are taken, what follows is dropped;
 * M2  a call with CF set ends the chain and its entry does not count: firmware
 *     exists that ends so instead of with EBX = 0;
 * M3  a reply without the signature "SMAP" in EAX is from something that does
 *     not know E820; entries before it were taken from the same impostor and
 *     are dropped all, so that E801 decides;
 * M4  some firmware stores 20 bytes and some 24, some changes no register it
 *     should: every call is set up afresh and only EBX is carried on.
 *
 * Order, overlaps, empty and wrapping ranges are left in the table as they
 * came: arch/x86/kernel/e820.c cleans them and prints what the firmware said.
 * The file also builds hosted, where intcall() is a simulated firmware.
 */
#include "boot.h"

#define SMAP	0x534d4150	/* "SMAP" */

struct boot_e820_entry e820_buf;

static void detect_memory_e820(void)
{
	struct biosregs ireg, oreg;
	unsigned int count = 0;
	u32 cont = 0;

	do {
		initregs(&ireg);
		ireg.eax = 0xe820;
		ireg.ebx = cont;
		ireg.ecx = sizeof(e820_buf);
		ireg.edx = SMAP;
		ireg.edi = (u32)(size_t)&e820_buf;
		intcall(0x15, &ireg, &oreg);
		if (oreg.eflags & X86_EFLAGS_CF)	/* M2 */
			break;
		if (oreg.eax != SMAP) {			/* M3 */
			count = 0;
			break;
		}
		boot_params.e820_table[count++] = e820_buf;
		cont = oreg.ebx;
	} while (cont && count < E820_MAX_ENTRIES_ZEROPAGE);	/* M1 */

	boot_params.e820_entries = count;
}

/*
 * The pair (AX, BX) is "extended", (CX, DX) "configured" memory; firmware that
 * fills only one of them leaves the other 0.
 */
static void detect_memory_e801(void)
{
	struct biosregs ireg, oreg;

	initregs(&ireg);
	ireg.eax = 0xe801;
	intcall(0x15, &ireg, &oreg);
	if (oreg.eflags & X86_EFLAGS_CF)
		return;
	oreg.eax &= 0xffff;
	oreg.ebx &= 0xffff;
	oreg.ecx &= 0xffff;
	oreg.edx &= 0xffff;
	if (oreg.ecx || oreg.edx) {
		oreg.eax = oreg.ecx;
		oreg.ebx = oreg.edx;
	}
	if (oreg.eax > 15 * 1024)	/* cannot be: 1 MiB to 16 MiB */
		return;
	if (oreg.eax == 15 * 1024)
		boot_params.alt_mem_k = (oreg.ebx << 6) + oreg.eax;
	else				/* a hole below 16 MiB: what is above does not join on */
		boot_params.alt_mem_k = oreg.eax;
}

static void detect_memory_88(void)
{
	struct biosregs ireg, oreg;

	initregs(&ireg);
	ireg.eax = 0x8800;
	intcall(0x15, &ireg, &oreg);
	if (oreg.eflags & X86_EFLAGS_CF)
		return;
	boot_params.ext_mem_k = oreg.eax & 0xffff;
}

/**
 * detect_memory() - fill the memory fields of boot_params.
 * Locks: none. Context: real mode, or a test. Return: nothing; what the
 *        firmware does not answer stays 0.
 */
void detect_memory(void)
{
	detect_memory_e820();
	detect_memory_e801();
	detect_memory_88();
}
