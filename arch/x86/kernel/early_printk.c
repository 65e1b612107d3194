/* SPDX-License-Identifier: MIT */
/*
 * early_printk.c - output before there is a console driver.
 *
 * The first serial port (8250 at 0x3f8), 115200 8N1, polled: no interrupt, no
 * lock, no memory, so it works from the first line of C and inside a panic.
 * A port that is not there reads 0xff from its line status; then nothing is
 * ever written. The console driver takes the same port over later and programs
 * it anew; this file keeps no state that could disagree with it but the answer
 * to "is there one".
 *
 * E1  a byte is written only when the transmitter's holding register is empty,
 *     or after a bounded wait: a stuck line costs time, never the boot.
 */
#include <linux/init.h>
#include <asm/io.h>

#define COM1		0x3f8
#define UART_TX		0
#define UART_IER	1
#define UART_FCR	2
#define UART_LCR	3
#define UART_MCR	4
#define UART_LSR	5
#define LSR_THRE	0x20
#define SPIN_MAX	0x100000	/* E1: above the time of 16 characters at 9600 */

static bool port_present;

/**
 * early_serial_init() - program the port.
 * Locks: none. Context: boot CPU, before its console driver. Return: nothing.
 */
void early_serial_init(void)
{
	port_present = inb(COM1 + UART_LSR) != 0xff;
	if (!port_present)
		return;
	outb(0x03, COM1 + UART_LCR);	/* 8N1 */
	outb(0x00, COM1 + UART_IER);
	outb(0x07, COM1 + UART_FCR);	/* FIFOs on, emptied */
	outb(0x03, COM1 + UART_MCR);	/* DTR, RTS */
	outb(0x83, COM1 + UART_LCR);
	outb(0x01, COM1 + UART_TX);	/* divisor 1: 115200 */
	outb(0x00, COM1 + UART_IER);
	outb(0x03, COM1 + UART_LCR);
}

static void serial_putc(char c)
{
	unsigned int spin = SPIN_MAX;

	while (!(inb(COM1 + UART_LSR) & LSR_THRE) && --spin)
		asm volatile("pause");
	outb((u8)c, COM1 + UART_TX);
}

/**
 * early_serial_write() - send @bytes of @text, each "\n" as "\r\n".
 * Locks: none. Context: any. Return: nothing.
 */
void early_serial_write(const char *text, size_t bytes)
{
	if (!port_present)
		return;
	for (; bytes; bytes--, text++) {
		if (*text == '\n')
			serial_putc('\r');
		serial_putc(*text);
	}
}
