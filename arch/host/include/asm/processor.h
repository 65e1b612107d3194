/* SPDX-License-Identifier: MIT */
/* asm/processor.h (host) - CPUs are threads that entered the machine under a number. */
#ifndef ASM_HOST_PROCESSOR_H
#define ASM_HOST_PROCESSOR_H

#include <asm/machine.h>

void host_cpu_relax(void);	/* lets the other threads run: there may be one core only */

#define cpu_relax()		host_cpu_relax()
#define smp_processor_id()	(host_ctx.cpu)
#define arch_lock_point(lock)	host_lock_point(lock)

#endif
