/* SPDX-License-Identifier: MIT */
/*
 * a20.c - open the gate of address line 20.
 *
 * A PC starts as an 8086: addresses wrap at 1 MiB because line 20 is held low.
 * Until it is open every odd MiB is a shadow of the one below. The gate is
 * tried in the order of least harm: it may be open already; the firmware's
 * service; the keyboard controller; port 92h. After each try the effect is
 * tested in memory, since all of them can report success without one.
 *
 * The test: the word at 0:0200h (an interrupt vector nobody uses) and the one
 * at FFFFh:0210h, which is 1 MiB higher, are the same place iff the gate is
 * shut. A value is written to the first until the second differs.
 */
#include "boot.h"
#include "io.h"

#define A20_TEST_ADDR	(4 * 0x80)
#define A20_TRIES_SHORT	32
#define A20_TRIES_LONG	(1 << 16)
#define KBD_LOOPS	100000
#define KBD_NONE	32	/* reads of 0xff in a row: there is no controller */

static bool a20_open(unsigned int tries)
{
	u32 saved, v;
	bool open = false;

	set_fs(0x0000);
	set_gs(0xffff);
	saved = v = rdfs32(A20_TEST_ADDR);
	while (tries-- && !open) {
		wrfs32(++v, A20_TEST_ADDR);
		io_delay();
		open = rdgs32(A20_TEST_ADDR + 0x10) != v;
	}
	wrfs32(saved, A20_TEST_ADDR);
	return open;
}

static void a20_by_bios(void)
{
	struct biosregs ireg;

	initregs(&ireg);
	ireg.eax = 0x2401;
	intcall(0x15, &ireg, NULL);
}

/* wait until the keyboard controller takes a command; false: it never does */
static bool kbd_ready(void)
{
	unsigned int loops = KBD_LOOPS, none = KBD_NONE;
	u8 status;

	while (loops--) {
		io_delay();
		status = inb(0x64);
		if (status == 0xff && !none--)
			return false;
		if (status & 1) {
			io_delay();
			(void)inb(0x60);
		} else if (!(status & 2)) {
			return true;
		}
	}
	return false;
}

static void a20_by_kbc(void)
{
	kbd_ready();
	outb(0xd1, 0x64);
	kbd_ready();
	outb(0xdf, 0x60);
	kbd_ready();
	outb(0xff, 0x64);	/* a null command: some controllers act on it only */
	kbd_ready();
}

static void a20_by_port92(void)
{
	u8 v = inb(0x92);

	v |= 0x02;
	v &= ~0x01;		/* bit 0 resets the machine */
	outb(v, 0x92);
}

/**
 * enable_a20() - make all of the memory addressable.
 * Locks: none. Context: real mode, interrupts on or off. Return: 0, or -1 when
 *        no way worked.
 */
int enable_a20(void)
{
	int round;

	for (round = 0; round < 255; round++) {
		if (a20_open(A20_TRIES_SHORT))
			return 0;
		a20_by_bios();
		if (a20_open(A20_TRIES_SHORT))
			return 0;
		if (kbd_ready()) {
			a20_by_kbc();
			if (a20_open(A20_TRIES_LONG))
				return 0;
		}
		a20_by_port92();
		if (a20_open(A20_TRIES_LONG))
			return 0;
	}
	return -1;
}
