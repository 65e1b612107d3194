/* SPDX-License-Identifier: MIT */
/*
 * asm/pgtable.h (host) - 4 levels in the x86-64 format; 2 levels in the i386 format
 * where words have 32 bits. Kernel mappings live in a window
 * of this process, where real pages of the RAM are mapped (arch/host/kmap.c).
 */
#ifndef ASM_HOST_PGTABLE_H
#define ASM_HOST_PGTABLE_H

#include <asm/machine.h>

#if __SIZEOF_LONG__ == 8
#define TASK_SIZE_MAX	0x7ffffffff000ul
#else
#define TASK_SIZE_MAX	0xc0000000ul
#endif
#define VMALLOC_START	(host_ctx.vmalloc_start)
#define VMALLOC_END	(host_ctx.vmalloc_end)
/* no window of their own for modules */
#define MODULES_VADDR	VMALLOC_START
#define MODULES_END	VMALLOC_END

#define arch_pkey_denied()	(host_ctx.pkey_denied)
#define arch_pkey_set_denied(d)	((void)(host_ctx.pkey_denied = (d)))
#define arch_entry_point()	host_sched_point(HOST_POINT_TABLE)

#if __SIZEOF_LONG__ == 8
#include <mm/pgtable_x86_64.h>
#else
#include <mm/pgtable_i386.h>
#endif

#endif
