/* SPDX-License-Identifier: MIT */
/* asm/pgtable.h (x86-64) - 4 levels in the format of the SDM, volume 3, chapter 4. */
#ifndef ASM_X86_PGTABLE_H
#define ASM_X86_PGTABLE_H

#define TASK_SIZE_MAX	0x7ffffffff000ul
#define VMALLOC_START	0xffffc90000000000ul
#define VMALLOC_END	0xffffe90000000000ul
#define MODULES_VADDR	0xffffffffa0000000ul
#define MODULES_END	0xffffffffff000000ul

#include <mm/pgtable_x86_64.h>

#endif
