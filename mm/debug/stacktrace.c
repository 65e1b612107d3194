// SPDX-License-Identifier: MIT
/*
 * stacktrace.c - what stack_trace_save() noted, as text.
 *
 * No state, no locks, any context.
 */
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/stacktrace.h>

/**
 * stack_trace_print() - a line for each of the @nr return addresses, moved in by @spaces.
 * Locks:   none.  Context: any.
 */
void stack_trace_print(const unsigned long *entries, unsigned int nr, int spaces)
{
	unsigned int i;

	for (i = 0; i < nr && entries[i]; i++)
		pr_err("%*c%pS\n", 1 + spaces, ' ', (void *)entries[i]);
}
