/* SPDX-License-Identifier: MIT */
/* console.h - where the kernel log goes, and how programs read it. */
#ifndef LINUX_CONSOLE_H
#define LINUX_CONSOLE_H

#include <linux/types.h>

struct file_operations;

/*
 * The log is written by early_serial_write() until a driver registers; then
 * through @write, which must work in any context and not sleep. NULL goes back.
 */
void register_console(void (*write)(const char *text, size_t bytes));
/* panic: everything to the console, whatever its level; no lock is waited for */
void console_verbose(void);
void printk_bust_locks(void);

extern const struct file_operations kmsg_fops;		/* /dev/kmsg */

#endif
