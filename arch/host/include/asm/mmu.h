/* SPDX-License-Identifier: MIT */
/* asm/mmu.h (host) - what the port keeps per address space. i: fixed at init  a: atomic */
#ifndef ASM_HOST_MMU_H
#define ASM_HOST_MMU_H

#include <linux/atomic.h>

typedef struct {
	u64 ctx_id;			/* i  never reused: tag of TLB entries */
	atomic64_t tlb_gen;		/* a  flushes of this address space so far */
} mm_context_t;

#endif
