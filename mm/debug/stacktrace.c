// SPDX-License-Identifier: MIT
/*
 * stacktrace.c - stacks without their innermost frames, and as text.
 *
 * No state, no locks, any context.
 */
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#define WALK_DEPTH	24	/* frames that are looked through for the caller */

/**
 * stack_trace_save_from() - how @caller came there: up to @size return addresses.
 * Locks:   none.  Context: any.
 * Return:  how many there are; from the innermost on when @caller is not among them.
 */
unsigned int stack_trace_save_from(unsigned long *store, unsigned int size,
				   unsigned long caller)
{
	unsigned long stack[WALK_DEPTH];
	unsigned int nr = stack_trace_save(stack, WALK_DEPTH, 1), from = 0;

	while (from < nr && stack[from] != caller)
		from++;
	if (from == nr)
		from = 0;
	nr = min(nr - from, size);
	memcpy(store, stack + from, nr * sizeof(*store));
	return nr;
}

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
