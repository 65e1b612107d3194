/* SPDX-License-Identifier: MIT */
/*
 * track.h - who did something last: allocated or freed a page, or an object of a cache
 * with SLAB_STORE_USER. Plain data of whoever owns the memory at that moment.
 */
#ifndef MM_TRACK_H
#define MM_TRACK_H

#include <linux/types.h>

struct mem_track {
	unsigned long caller;		/* an address in the code; 0: nobody yet */
	unsigned long when_ns;
	unsigned int cpu;
	char name[16];			/* of the task, cut to what fits */
};
enum { TRACK_ALLOC, TRACK_FREE };

/* What debug builds (CONFIG_DEBUG_MM) keep with each frame: mm/debug/page_debug.c. */
struct page_debug {
	struct mem_track track[2];
	unsigned char order_plus_1;	/* head of a block that is in use; 0: not known */
	bool poisoned;			/* free, and filled with a pattern when it was freed */
};

/* --- mm/debug/track.c ------------------------------------------------------------ */
void mem_track_set(struct mem_track *track, unsigned long caller);
void mem_track_print(const struct mem_track *track, const char *what);

#endif
