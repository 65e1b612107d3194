/* SPDX-License-Identifier: MIT */
/*
 * trace.h - a ring of events per CPU, written always, read when the machine
 * panics. An event is a format of at most three long arguments, formatted only
 * when it is printed, so it costs some twenty instructions.
 */
#ifndef LINUX_TRACE_H
#define LINUX_TRACE_H

#include <linux/types.h>

#define TRACE_RING_EVENTS	256	/* per CPU, a power of two */

/* @fmt: a literal with up to three %l conversions; any context, also NMI */
void trace_record(const char *fmt, unsigned long a, unsigned long b, unsigned long c);
#define trace_event(fmt, a, b, c) \
	trace_record(fmt, (unsigned long)(a), (unsigned long)(b), (unsigned long)(c))
/* the last @nr events of every CPU, oldest first, to the log; the other CPUs are stopped */
void trace_dump(unsigned int nr);
void trace_init(void);

#endif
