// SPDX-License-Identifier: MIT
/*
 * sysrq.c - /proc/sysrq-trigger: a bug of the kernel on request.
 *
 * "c" writes through a null pointer in the kernel, as on Linux: what a machine does
 * about a bug of its kernel can be seen and tested. No other letter is known; they are
 * ignored with a message, as Linux ignores those that it was built without.
 *
 * Locks: none.
 */
#include "internal.h"

static void crash(void)
{
	volatile int *null = NULL;

	asm volatile("" : "+r"(null));	/* the compiler shall not see what this is */
	pr_err("sysrq: Trigger a crash\n");
	*null = 1;
}

/**
 * sysrq_write() - do what the first letter of @text asks for.
 * Locks:   none. Context: may sleep; may never return.
 * Return:  0.
 */
int sysrq_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	if (text[0] == 'c')
		crash();
	else if (text[0] && text[0] != '\n')
		pr_info("sysrq: HELP : crash(c)\n");
	return 0;
}
