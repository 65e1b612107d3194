/* SPDX-License-Identifier: MIT */
/*
 * asid.h - which address spaces a CPU's TLB knows, and what a change asks of it.
 *
 * A CPU whose TLB entries carry a number, an ASID (x86: PCID), keeps translations of
 * several address spaces and need not forget them when it goes from one to another. There
 * are few numbers, so each CPU lends its own to the address spaces that it used last:
 *
 *	        slot 0         slot 1         slot 2   ...
 *	ctx_id  17             4              -		whose translations carry this number
 *	tlb_gen 203            12             -		they hold no older change than this
 *	used    8              7              0		when it was loaded last
 *
 * The generation of an address space goes up with each change that takes something away
 * (its tlb_gen). Who is not interrupted for a change, because it runs something else, is
 * behind with its slot, and forgets what the slot has before it uses it again.
 *
 *   I1  a slot's ctx_id is 0 (free), or no other slot of this CPU has it. A ctx_id is
 *       never used for another address space, so a slot may outlive its own
 *   I2  translations with a slot's number belong to its ctx_id, and are as of its tlb_gen
 *       or newer. A slot that changes its owner is flushed before it is used
 *   I3  tlb_gen of a slot <= tlb_gen of the address space
 *
 * A CPU without such numbers has one slot, and the caller flushes at each switch.
 *
 * Locks: none; a struct tlb_asids is its CPU's, or under the caller's lock.
 */
#ifndef MM_ASID_H
#define MM_ASID_H

#include <linux/types.h>
#include <linux/bug.h>

#define TLB_NR_ASIDS	6	/* as Linux: what a CPU comes back to is among the last few */

struct tlb_asid {
	u64 ctx_id;
	u64 tlb_gen;
	u64 used;
};

struct tlb_asids {
	struct tlb_asid slot[TLB_NR_ASIDS];
	unsigned int nr;		/* slots in use: 1 .. TLB_NR_ASIDS */
	unsigned int loaded;		/* the slot that accesses go by */
	u64 loads;			/* so far: the clock of used */
};

/** tlb_asids_init() - no address space is known. Context: any. */
static inline void tlb_asids_init(struct tlb_asids *a, unsigned int nr)
{
	mm_assert(nr && nr <= TLB_NR_ASIDS);
	*a = (struct tlb_asids){ .nr = nr };
}

/** tlb_asid_find() - the slot of @ctx_id, or -1. Context: any. */
static inline int tlb_asid_find(const struct tlb_asids *a, u64 ctx_id)
{
	unsigned int i;

	for (i = 0; i < a->nr; i++)
		if (a->slot[i].ctx_id == ctx_id)
			return i;
	return -1;
}

/* The slot that was loaded longest ago; one that never was comes first. */
static inline unsigned int tlb_asid_oldest(const struct tlb_asids *a)
{
	unsigned int i, oldest = 0;

	for (i = 1; i < a->nr; i++)
		if (a->slot[i].used < a->slot[oldest].used)
			oldest = i;
	return oldest;
}

/**
 * tlb_asid_load() - the CPU goes over to @ctx_id, whose generation is @gen.
 * Locks:   the caller's; @gen was read after others could see that this CPU comes.
 * Context: any.
 * Return:  true when what carries the number of a->loaded must be flushed first (I2).
 */
static inline bool tlb_asid_load(struct tlb_asids *a, u64 ctx_id, u64 gen)
{
	struct tlb_asid *slot = a->slot;
	bool flush;
	int found;

	mm_assert(ctx_id);
	if (a->nr > 1) {
		found = tlb_asid_find(a, ctx_id);
		a->loaded = found >= 0 ? (unsigned int)found : tlb_asid_oldest(a);
		slot += a->loaded;
		slot->used = ++a->loads;
	}
	mm_assert(slot->ctx_id != ctx_id || slot->tlb_gen <= gen);	/* I3 */
	flush = slot->ctx_id != ctx_id || slot->tlb_gen != gen;
	slot->ctx_id = ctx_id;						/* I1 */
	slot->tlb_gen = gen;
	return flush;
}

enum tlb_step { TLB_STEP_NONE, TLB_STEP_RANGE, TLB_STEP_ALL };

/**
 * tlb_flush_step() - what the change that led to @new_gen asks of @slot, whose address
 *	space has come to @gen. The slot counts as having done it.
 * Locks:   the caller's.
 * Context: any.
 * Return:  NONE: a later flush was here first. RANGE: this change is all that the slot
 *	    misses. ALL: it misses others too, whose ranges nobody knows any more.
 */
static inline enum tlb_step tlb_flush_step(struct tlb_asid *slot, u64 new_gen, u64 gen)
{
	u64 had = slot->tlb_gen;

	mm_assert(had <= gen && new_gen <= gen);			/* I3 */
	if (had >= new_gen)
		return TLB_STEP_NONE;
	slot->tlb_gen = gen;
	return new_gen == had + 1 && new_gen == gen ? TLB_STEP_RANGE : TLB_STEP_ALL;
}

#endif
