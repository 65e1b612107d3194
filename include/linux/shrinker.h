/* SPDX-License-Identifier: MIT */
/* shrinker.h - whoever keeps memory only to be faster gives it back when asked (mm/phys/shrinker.c). */
#ifndef _LINUX_SHRINKER_H
#define _LINUX_SHRINKER_H

#include <linux/types.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/numa.h>

/* One call: what reclaim asks for, and what the owner did. */
struct shrink_control {
	gfp_t gfp_mask;			/* of the request that needs memory: __GFP_FS, __GFP_IO */
	int nid;			/* with SHRINKER_NUMA_AWARE the node; else 0 */
	unsigned long nr_to_scan;	/* objects to look at */
	unsigned long nr_scanned;	/* that were looked at: nr_to_scan, unless scan says else */
};

#define SHRINK_STOP	(~0ul)		/* from scan: nothing goes now, do not call again */
#define SHRINK_EMPTY	(~0ul - 1)	/* from count: there is nothing */
#define DEFAULT_SEEKS	2		/* seeks: what an object costs to be had again */
#define SHRINKER_NUMA_AWARE	0x4u

struct shrinker {
	/* how many objects could go; 0: none, or not now. Must not sleep */
	unsigned long (*count_objects)(struct shrinker *shrinker, struct shrink_control *sc);
	/* look at sc->nr_to_scan of them; how many went, or SHRINK_STOP. May sleep */
	unsigned long (*scan_objects)(struct shrinker *shrinker, struct shrink_control *sc);
	long batch;			/* i  objects for a call of scan; 0: 128 */
	int seeks;			/* i  0: cheap, half of them may go at once */
	unsigned int flags;		/* i  SHRINKER_* */

	struct list_head list;		/* m  machine->shrinkers */
	unsigned int users;		/* m  reclaimers that are in its calls */
	const char *name;		/* i */
	atomic_long_t nr_deferred[MAX_NUMNODES];	/* a  objects owed from earlier rounds */
};

int __must_check register_shrinker(struct shrinker *shrinker, const char *name);
void unregister_shrinker(struct shrinker *shrinker);

#endif
