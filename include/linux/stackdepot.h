/* SPDX-License-Identifier: MIT */
/* stackdepot.h - stacks that are kept once, however often they are noted. */
#ifndef LINUX_STACKDEPOT_H
#define LINUX_STACKDEPOT_H

#include <linux/types.h>
#include <linux/spinlock.h>

#define STACK_DEPOT_DEPTH	16	/* entries of a stack that are kept */
#define STACK_DEPOT_BUCKETS	1024u	/* a power of two */

struct stack_record {
	struct stack_record *next;	/* d  of the bucket */
	u32 hash;			/* i */
	u32 size;			/* i  entries */
	unsigned long entries[];	/* i  the innermost first */
};

/* One for the machine. d: depot.lock  c: the owning CPU */
struct stack_depot {
	spinlock_t lock;
	struct stack_record **buckets;	/* i  NULL: there is none */
	char *room;			/* d  of the page in use */
	size_t room_bytes;		/* d */
	unsigned long pages;		/* a  taken so far, never given back */
	bool *busy;			/* c  a page for it is being allocated, by CPU */
};

const struct stack_record *stack_depot_save(unsigned int skip);
int stack_depot_snprint(const struct stack_record *stack, char *buf, size_t size, int spaces);
void stack_depot_print(const struct stack_record *stack);

#endif
