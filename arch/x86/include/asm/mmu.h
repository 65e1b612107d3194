/* SPDX-License-Identifier: MIT */
/* asm/mmu.h (x86) - what the port keeps per address space. a: atomic */
#ifndef ASM_X86_MMU_H
#define ASM_X86_MMU_H

#include <linux/atomic.h>

typedef struct {
	u64 ctx_id;			/* i  never reused */
	atomic64_t tlb_gen;		/* a  goes up with each change that needs a flush */
} mm_context_t;

#endif
