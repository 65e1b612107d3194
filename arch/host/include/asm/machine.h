/* SPDX-License-Identifier: MIT */
/*
 * asm/machine.h (host) - a thread works for one machine at a time, as one of its CPUs.
 *
 * host_ctx is what the inlines of this port need, per thread. machine_cpu_enter()
 * fills it and machine_cpu_leave() clears it.
 */
#ifndef ASM_HOST_MACHINE_H
#define ASM_HOST_MACHINE_H

#include <linux/types.h>

struct machine;
struct mm_struct;
struct page;

struct host_context {
	struct machine *machine;
	char *ram;			/* where physical address 0 is mapped */
	struct page *mem_map;		/* of frame 0 */
	unsigned long nr_frames;	/* frames from address 0 to the end of RAM */
	unsigned long vmalloc_start;	/* window of kernel mappings, [start, end) */
	unsigned long vmalloc_end;
	unsigned int cpu;
	bool irqs_off;			/* nothing interrupts a thread: kept for assertions */
	struct mm_struct *mm;		/* whose user addresses this CPU sees */
};

extern __thread struct host_context host_ctx;

#define this_machine()	(host_ctx.machine)

#endif
