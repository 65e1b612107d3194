/* SPDX-License-Identifier: MIT */
/*
 * stress.h - what the parts of the thread test share.
 *
 * A part is a set of random steps that several threads, each a CPU of one machine, do at
 * once for a while; then the threads stop and one of them checks everything. Threads
 * change their CPUs from round to round.
 */
#ifndef THREADS_STRESS_H
#define THREADS_STRESS_H

#include <stdio.h>
#include <stdlib.h>

#include <linux/types.h>
#include <linux/kernel.h>
#include <linux/atomic.h>
#include <linux/string.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/mm.h>
#include <linux/vmstat.h>
#include <linux/seq_file.h>
#include <mm/machine.h>
#include <mm/host.h>

#define MAX_THREADS	8
#define MAX_HELD	96
#define MAILBOXES	64

/* a thing that its holder may free, and what it must contain */
struct held {
	void *p;
	u64 tag;			/* what was written into it */
	unsigned int kind;		/* of the part: an order, a cache ... */
	size_t bytes;
};

struct worker {
	const struct part *part;
	struct machine *machine;
	unsigned int id;		/* fixed; the CPU changes */
	unsigned int cpu, nr_workers, steps;
	u64 seed;
	unsigned int nr_held;
	struct held held[MAX_HELD];
};

struct part {
	const char *name;
	struct machine_config config;
	void (*setup)(void);			/* one thread */
	void (*step)(struct worker *w);		/* all at once */
	void (*settle)(struct worker *w);	/* one after the other: free what is held */
	void (*check)(void);			/* one thread, after each round */
	void (*teardown)(void);
};

extern const struct part part_pages, part_slab, part_vmalloc, part_vm;

#define fail(...) stress_fail(__FILE__, __LINE__, __VA_ARGS__)
#define must(cond) do { if (!(cond)) fail("%s", #cond); } while (0)
void __noreturn __attribute__((format(printf, 3, 4)))
stress_fail(const char *file, int line, const char *format, ...);

static inline u64 stress_random(struct worker *w)
{
	w->seed ^= w->seed >> 12;
	w->seed ^= w->seed << 25;
	w->seed ^= w->seed >> 27;
	return w->seed * 0x2545f4914f6cdd1dull;
}

static inline unsigned long below(struct worker *w, unsigned long n)
{
	return (stress_random(w) >> 16) % n;
}

/* Things held: a step takes one out at random, or puts one in. */
static inline bool held_full(struct worker *w)
{
	return w->nr_held == MAX_HELD;
}

static inline void held_put(struct worker *w, struct held h)
{
	must(!held_full(w));
	w->held[w->nr_held++] = h;
}

static inline bool held_take(struct worker *w, struct held *h)
{
	unsigned int i;

	if (!w->nr_held)
		return false;
	i = below(w, w->nr_held);
	*h = w->held[i];
	w->held[i] = w->held[--w->nr_held];
	return true;
}

/* what a reader of /proc sees at any time */
static inline void read_text(void (*show)(struct seq_file *m))
{
	struct seq_file m = { .buf = NULL };

	show(&m);
	must(m.count || m.error || show == vmallocinfo_show);	/* no area, no line */
	seq_release(&m);
}

/* Exchange one of the things held with what another worker left: remote frees. */
void mail_exchange(struct worker *w);

#endif
