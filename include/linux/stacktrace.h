/* SPDX-License-Identifier: MIT */
/* stacktrace.h - how the caller came here, as return addresses, the innermost first. */
#ifndef LINUX_STACKTRACE_H
#define LINUX_STACKTRACE_H

#include <linux/types.h>

/* up to @size of them, without the @skipnr innermost: the port's (mm/port.h, entry 19) */
unsigned int stack_trace_save(unsigned long *store, unsigned int size, unsigned int skipnr);
/* the same from the frame on that returns to @caller; all of it where there is none */
unsigned int stack_trace_save_from(unsigned long *store, unsigned int size,
				   unsigned long caller);
void stack_trace_print(const unsigned long *entries, unsigned int nr, int spaces);

#endif
