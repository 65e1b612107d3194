/* SPDX-License-Identifier: MIT */
/*
 * tty.c - the setup code's last words: the screen through the firmware, and the
 * first serial port, which is programmed only when there is something to say.
 * Nothing is printed on the way of a boot that works.
 */
#include "boot.h"
#include "io.h"

#define COM1	0x3f8

static void serial_init(void)
{
	outb(0x03, COM1 + 3);		/* 8N1 */
	outb(0, COM1 + 1);		/* no interrupts */
	outb(0x80 | 0x03, COM1 + 3);
	outb(1, COM1 + 0);		/* 115200 */
	outb(0, COM1 + 1);
	outb(0x03, COM1 + 3);
}

static void putchar_one(char c)
{
	struct biosregs ireg;
	unsigned int timeout = 0xffff;

	while (!(inb(COM1 + 5) & 0x20) && --timeout)
		io_delay();
	outb(c, COM1);
	initregs(&ireg);
	ireg.ebx = 0x0007;
	ireg.eax = 0x0e00 | (u8)c;
	intcall(0x10, &ireg, NULL);
}

/**
 * bios_puts() - show @text; "\n" moves to the start of the next line.
 * Locks: none. Context: real mode, interrupts on. Return: nothing.
 */
void bios_puts(const char *text)
{
	serial_init();
	for (; *text; text++) {
		if (*text == '\n')
			putchar_one('\r');
		putchar_one(*text);
	}
}
