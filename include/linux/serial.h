/* SPDX-License-Identifier: MIT */
/* serial.h - the first serial port as the terminal layer sees it. */
#ifndef LINUX_SERIAL_H
#define LINUX_SERIAL_H

#include <linux/types.h>
#include <linux/compiler.h>

/** uart_init() - 8250 at 0x3f8, 115200 8N1; 0 or -ENODEV. After apic_init(). */
int uart_init(void);
/** uart_write() - all of @text, as it is; any context; waits for the device. */
void uart_write(const char *text, size_t bytes);
/**
 * uart_set_receiver() - call @rx with what arrives, and switch the interrupt on.
 * @rx runs in interrupt context: it stores the bytes and wakes somebody.
 * Return: 0, or -ENODEV without a port, or -E of request_irq().
 */
int uart_set_receiver(void (*rx)(const u8 *buf, size_t n));
/** uart_set_baud() - bits per second that the divisor can give; -EINVAL otherwise. */
int uart_set_baud(unsigned int baud);

#endif
