/* SPDX-License-Identifier: MIT */
/*
 * pm.c - leave real mode for good.
 *
 * Interrupts are masked at three places, because until the kernel has an IDT
 * any of them would be the end: the CPU's flag, the NMI gate in the CMOS index
 * port, and both 8259 controllers. Then the address line 20 is opened, a GDT
 * with the two flat segments of the boot protocol is loaded, and pmjump.S jumps
 * to hdr.code32_start with the zero page in ESI.
 *
 * The descriptors lie in this segment and stay valid: nobody reuses this memory
 * before the kernel has its own (setup memory is below 1 MiB and the copy of the
 * zero page is the entry code's first work).
 */
#include "boot.h"
#include "io.h"

struct gdt_ptr {
	u16 len;
	u32 ptr;
} __packed;

/* base 0, limit 4 GiB, granularity 4 KiB, 32 bit; accessed bit set */
#define FLAT_CODE	0x00cf9b000000ffffull
#define FLAT_DATA	0x00cf93000000ffffull
#define TSS_DESC	0x0000890010000067ull	/* Intel VT wants a valid TR: never used */

static void realmode_switch_hook(void)
{
	if (boot_params.hdr.realmode_swtch) {
		asm volatile("lcallw *%0"
			     : : "m"(boot_params.hdr.realmode_swtch)
			     : "eax", "ebx", "ecx", "edx");
	} else {
		asm volatile("cli");
		outb(0x80, 0x70);	/* NMI off */
		io_delay();
	}
}

static void mask_all_interrupts(void)
{
	outb(0xff, 0xa1);
	io_delay();
	outb(0xfb, 0x21);		/* all but the cascade */
	io_delay();
}

static u32 linear(const void *p)
{
	u16 ds;

	asm("movw %%ds, %0" : "=rm"(ds));
	return ((u32)ds << 4) + (u32)(size_t)p;
}

static void setup_idt(void)
{
	static const struct gdt_ptr null_idt;

	asm volatile("lidtl %0" : : "m"(null_idt));
}

static void setup_gdt(void)
{
	static const u64 boot_gdt[] __aligned(16) = {
		[2] = FLAT_CODE, [3] = FLAT_DATA, [4] = TSS_DESC,
	};
	static struct gdt_ptr gdt;

	gdt.len = sizeof(boot_gdt) - 1;
	gdt.ptr = linear(boot_gdt);
	asm volatile("lgdtl %0" : : "m"(gdt));
}

/**
 * go_to_protected_mode() - the last step of setup.
 * Locks: none. Context: real mode. Return: never; stops with a message when
 *        line 20 cannot be opened.
 */
void go_to_protected_mode(void)
{
	realmode_switch_hook();
	if (enable_a20()) {
		bios_puts("A20 gate not responding, unable to boot...\n");
		die();
	}
	outb(0, 0xf0);			/* the numeric coprocessor's busy latch */
	io_delay();
	outb(0, 0xf1);
	io_delay();
	mask_all_interrupts();
	setup_idt();
	setup_gdt();
	protected_mode_jump(boot_params.hdr.code32_start, linear(&boot_params));
}
