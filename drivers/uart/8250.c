// SPDX-License-Identifier: MIT
/*
 * 8250.c - the first serial port of a PC (16550 at 0x3f8, IRQ 4).
 *
 * Sending is polled: the transmitter's FIFO takes 16 bytes whenever it is empty,
 * so log lines come out in order and inside a panic too. Receiving is by interrupt:
 * the handler empties the FIFO and hands the bytes to the terminal layer, which
 * stores them and wakes a thread.
 *
 *   U1  the receiver is called in interrupt context with at most RX_BATCH bytes
 *   U2  what arrives before there is a receiver stays in the FIFO until there is one
 *
 * Locks: uart_lock keeps the bytes of one uart_write() together; a panic does not
 * wait for it.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/serial.h>
#include <linux/spinlock.h>
#include <asm/apic.h>
#include <asm/io.h>
#include <asm/kdebug.h>
#include <asm/processor.h>

#define COM1		0x3f8
#define COM1_IRQ	4
#define UART_RX		0
#define UART_TX		0
#define UART_IER	1
#define UART_IIR	2
#define UART_FCR	2
#define UART_LCR	3
#define UART_MCR	4
#define UART_LSR	5
#define UART_MSR	6
#define IER_RX		0x01
#define LCR_8N1		0x03
#define LCR_DIVISOR	0x80
#define MCR_DTR_RTS_OUT2 0x0b
#define LSR_READY	0x01
#define LSR_THRE	0x20
#define BASE_BAUD	115200
#define TX_FIFO		16
#define RX_BATCH	64
#define SPIN_MAX	0x100000

static spinlock_t uart_lock;
static bool present;
static void (*receiver)(const u8 *buf, size_t n);

/**
 * uart_set_baud() - see linux/serial.h.
 * Locks: takes uart_lock. Context: any. Return: 0, -EINVAL, -ENODEV.
 */
int uart_set_baud(unsigned int baud)
{
	unsigned long flags;
	unsigned int divisor;

	if (!present)
		return -ENODEV;
	if (!baud || baud > BASE_BAUD)
		return -EINVAL;
	divisor = DIV_ROUND_CLOSEST(BASE_BAUD, baud);
	if (divisor > 0xffff)
		return -EINVAL;
	spin_lock_irqsave(&uart_lock, flags);
	outb(LCR_8N1 | LCR_DIVISOR, COM1 + UART_LCR);
	outb(divisor & 0xff, COM1);
	outb(divisor >> 8, COM1 + 1);
	outb(LCR_8N1, COM1 + UART_LCR);
	spin_unlock_irqrestore(&uart_lock, flags);
	return 0;
}

/**
 * uart_init() - see linux/serial.h.
 * Locks: none. Context: boot, before other users. Return: 0 or -ENODEV.
 */
int uart_init(void)
{
	if (inb(COM1 + UART_LSR) == 0xff)
		return -ENODEV;
	present = true;
	outb(0, COM1 + UART_IER);
	outb(LCR_8N1, COM1 + UART_LCR);
	outb(0x01, COM1 + UART_FCR);		/* FIFOs on, what is in them stays */
	outb(MCR_DTR_RTS_OUT2, COM1 + UART_MCR);	/* OUT2 lets the interrupt through */
	return uart_set_baud(BASE_BAUD);
}

static void wait_transmitter(void)
{
	unsigned int spin = SPIN_MAX;

	while (!(inb(COM1 + UART_LSR) & LSR_THRE) && --spin)
		cpu_relax();
}

static void send(const char *text, size_t bytes)
{
	while (bytes) {
		size_t i, n = min_t(size_t, bytes, TX_FIFO);

		wait_transmitter();
		for (i = 0; i < n; i++)
			outb((u8)text[i], COM1 + UART_TX);
		text += n;
		bytes -= n;
	}
}

/**
 * uart_write() - see linux/serial.h.
 * Locks: takes uart_lock, unless a panic is in progress. Context: any.
 * Return: nothing.
 */
void uart_write(const char *text, size_t bytes)
{
	unsigned long flags;

	if (!present)
		return;
	if (unlikely(READ_ONCE(panic_in_progress))) {
		send(text, bytes);
		return;
	}
	spin_lock_irqsave(&uart_lock, flags);
	send(text, bytes);
	spin_unlock_irqrestore(&uart_lock, flags);
}

static void uart_interrupt(unsigned int irq, void *dev)
{
	u8 buf[RX_BATCH];
	size_t n;

	do {
		for (n = 0; n < RX_BATCH && inb(COM1 + UART_LSR) & LSR_READY; n++)
			buf[n] = inb(COM1 + UART_RX);
		if (n)
			receiver(buf, n);
	} while (n == RX_BATCH);
	(void)inb(COM1 + UART_IIR);
	(void)inb(COM1 + UART_MSR);
}

/**
 * uart_set_receiver() - see linux/serial.h.
 * Locks: request_irq()'s. Context: boot or thread. Return: 0, -ENODEV, -E.
 */
int uart_set_receiver(void (*rx)(const u8 *buf, size_t n))
{
	bool first = !receiver;
	int error;

	if (!present)
		return -ENODEV;
	WRITE_ONCE(receiver, rx);
	if (!first)
		return 0;
	error = request_irq(COM1_IRQ, uart_interrupt, "ttyS0", NULL);
	if (error) {
		receiver = NULL;
		return error;
	}
	outb(IER_RX, COM1 + UART_IER);
	return 0;
}
