/* SPDX-License-Identifier: MIT */
/*
 * kmemleak_state.h - the part of struct machine of mm/debug/kmemleak.c.
 *
 * Lock letters: l kmemleak_state.lock   a atomic   s who scans   b boot, one CPU
 */
#ifndef MM_KMEMLEAK_STATE_H
#define MM_KMEMLEAK_STATE_H

#include <linux/types.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>

#define KMEMLEAK_POOL_OBJECTS	1000u	/* notes that wait for a time without memory */
#define KMEMLEAK_ROOTS		16
#define KMEMLEAK_WAIT_S		600	/* between two searches */

struct stack_record;

/* A part of an object that alone may hold addresses. */
struct kmemleak_area {
	struct kmemleak_area *next;	/* l */
	unsigned long start, end;	/* l */
};

/* What is known of one piece of memory. */
struct kmemleak_object {
	struct rb_node rb;		/* l  by pointer */
	struct list_head gray;		/* l  to be scanned */
	struct kmemleak_area *areas;	/* l  NULL: all of it */
	unsigned long pointer;		/* l */
	size_t size;			/* l */
	int min_count;			/* l  addresses to be found; 0: any number will do */
	int count;			/* l  found by the scan so far */
	u32 checksum;			/* l  of the contents at an earlier scan */
	unsigned int flags;		/* l  OBJECT_* */
	int pid;			/* l */
	char comm[16];			/* l */
	u64 when_ns;			/* l */
	const struct stack_record *stack;	/* l  NULL: not known */
};

/* A note of either kind, or none. */
union kmemleak_note {
	union kmemleak_note *next;	/* l  free */
	struct kmemleak_object object;
	struct kmemleak_area area;
};

struct kmemleak_state {
	spinlock_t lock;
	bool enabled;			/* a  memory is noted */
	bool failed;			/* a  it was given up */
	struct rb_root tree;		/* l */
	unsigned long nr_objects;	/* l */
	unsigned long below, above;	/* l  objects lie between, and these are in none */
	union kmemleak_note *free;	/* l */
	unsigned int nr_free;		/* l */
	unsigned long pages;		/* a  of the notes, but for those of the boot */
	struct kmemleak_root {
		unsigned long start, end;
	} root[KMEMLEAK_ROOTS];		/* b */
	unsigned int nr_roots;		/* b */
	atomic_t scanning;		/* a  1: somebody does */
	struct list_head gray;		/* l */
	struct kmemleak_object *current_object;	/* l  being scanned; NULL: it was freed */
	bool found;			/* a  something to report */
	bool stack_scan;		/* a */
	bool auto_scan;			/* a */
	unsigned long wait_s;		/* a  between two scans of the port's thread */
	u64 last_scan_ns;		/* l  it began */
};

#endif
