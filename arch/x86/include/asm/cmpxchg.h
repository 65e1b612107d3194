/* SPDX-License-Identifier: MIT */
/* asm/cmpxchg.h (x86) - Linux's name for what linux/atomic.h defines for all ports. */
#ifndef ASM_X86_CMPXCHG_H
#define ASM_X86_CMPXCHG_H
#include <linux/atomic.h>
#endif
