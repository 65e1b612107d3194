/* SPDX-License-Identifier: MIT */
/*
 * asm/mmu.h (host) - what the port keeps per address space.
 *
 * Lock letters: i fixed at init   a atomic   c the machine's contexts_lock
 */
#ifndef ASM_HOST_MMU_H
#define ASM_HOST_MMU_H

#include <linux/atomic.h>
#include <linux/list.h>

typedef struct {
	u64 ctx_id;			/* i  never reused */
	atomic64_t tlb_gen;		/* a  goes up with each change that needs a flush */
	struct list_head list;		/* c  of those that some TLB may know */
	bool listed;			/* c  is it on that list */
} mm_context_t;

#endif
