/* SPDX-License-Identifier: MIT */
/* asm/pageattr.h - protection of kernel mappings; all may sleep and flush every TLB. */
#ifndef ASM_X86_PAGEATTR_H
#define ASM_X86_PAGEATTR_H

#include <linux/compiler.h>

int __must_check set_memory_ro(unsigned long va, unsigned long nr_pages);
int __must_check set_memory_rw(unsigned long va, unsigned long nr_pages);
int __must_check set_memory_x(unsigned long va, unsigned long nr_pages);
int __must_check set_memory_nx(unsigned long va, unsigned long nr_pages);

void pat_init(void);	/* this CPU's memory types */

#endif
