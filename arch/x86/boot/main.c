/* SPDX-License-Identifier: MIT */
/*
 * main.c - the order of the 16-bit setup.
 *
 * Everything that only the firmware can tell is asked here, put into the zero
 * page (struct boot_params) and handed to the kernel in ESI: the memory map,
 * and the header as the loader completed it (command line, initial ramdisk).
 * The kernel never calls the firmware's real-mode services again.
 *
 * It runs in one 64 KiB segment somewhere below 1 MiB, on the loader's stack,
 * with interrupts on until pm.c turns them off for good. There is no heap: the
 * zero page is the only thing built, and it is static.
 *
 * Left to others: everything after the jump. arch/x86/kernel/head_64.S must not
 * rely on anything done here that the 32-bit boot protocol does not promise,
 * because GRUB's `linux` command enters there directly.
 */
#include "boot.h"

struct boot_params boot_params __aligned(16);


static void copy_boot_params(void)
{
	__builtin_memcpy(&boot_params.hdr, &hdr, sizeof(hdr));
}

/**
 * initregs() - registers for a call of the firmware.
 * Locks: none. Context: real mode. Return: nothing.
 */
void initregs(struct biosregs *regs)
{
	u16 ds, es;

	__builtin_memset(regs, 0, sizeof(*regs));
	asm("movw %%ds, %0\n\tmovw %%es, %1" : "=rm"(ds), "=rm"(es));
	regs->ds = ds;
	regs->es = es;
	regs->fs = ds;
	regs->gs = ds;
	regs->eflags = X86_EFLAGS_CF;
}

/* the compiler's own calls */
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);

void *memcpy(void *to, const void *from, size_t n)
{
	void *ret = to;

	asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
	return ret;
}

void *memset(void *to, int c, size_t n)
{
	void *ret = to;

	asm volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(c) : "memory");
	return ret;
}

int main(void);

int main(void)
{
	copy_boot_params();
	detect_memory();
	go_to_protected_mode();
}
