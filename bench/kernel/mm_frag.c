// SPDX-License-Identifier: MIT
/*
 * mm_frag.c - how much of the free memory is still in large pieces after a long, mixed
 * life: one source, a module for Debian's Linux and a part of bench/host/frag.c for Quire.
 *
 * A seeded generator decides everything: kind (movable, reclaimable, unmovable), order,
 * lifetime (short: one of 4,096 places that are visited all the time; long: one of
 * 200,000), and a load that swings between a quarter and nearly all of the memory that was
 * free at the beginning. Both kernels meet the same requests; one that fails is skipped.
 *
 *	mm_frag: <operations> done, <requests> failed, <pages> held
 *
 * The caller then reads /proc/buddyinfo twice: with all that is held in the end (stage 1),
 * and when the movable pages have gone, as they could (stage 2): what is left is what can
 * never be moved out of the way.
 */
#ifdef MODULE
#include <linux/module.h>
#endif
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/vmalloc.h>

#define SHORT_PLACES	4096u
#define LONG_PLACES	200000u
#define PLACES		(SHORT_PLACES + LONG_PLACES)
#define SWING		1000000u	/* operations from one low of the load to the next */

enum kind { MOVABLE, RECLAIMABLE, UNMOVABLE };

struct place {
	struct page *page;
	unsigned char order, kind;
};

struct trace {
	struct place *places;
	unsigned long held, most;	/* pages */
	unsigned long failed;
	unsigned long long state;
};

static unsigned int draw(struct trace *t, unsigned int below)
{
	t->state = t->state * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned int)(t->state >> 33) % below;
}

static void drop(struct trace *t, struct place *p)
{
	if (!p->page)
		return;
	__free_pages(p->page, p->order);
	t->held -= 1ul << p->order;
	p->page = NULL;
}

/* Four of five are single pages; one in 500 is as large as a huge page. */
static unsigned int draw_order(struct trace *t)
{
	unsigned int r = draw(t, 500);

	if (r < 400)
		return 0;
	if (r < 499)
		return 1 + r % 4;
	return 9;
}

static void fill(struct trace *t, struct place *p, unsigned int kind, unsigned int order,
		 unsigned long most)
{
	gfp_t gfp = GFP_NOWAIT | __GFP_NOWARN;

	if (t->held + (1ul << order) > most)
		return;
	if (kind == MOVABLE)
		gfp |= __GFP_MOVABLE | __GFP_HIGHMEM;
	else if (kind == RECLAIMABLE)
		gfp |= __GFP_RECLAIMABLE;
	p->page = alloc_pages(gfp, order);
	if (!p->page) {
		t->failed++;
		return;
	}
	p->order = order;
	p->kind = kind;
	t->held += 1ul << order;
}

/* Pages that may be held at operation @i: up to 9/10 of what was free, and down again. */
static unsigned long most_at(const struct trace *t, unsigned long i)
{
	unsigned long at = i % SWING, share = at < SWING / 2 ? at : SWING - at;

	return t->most / 4 + t->most * 13 / 20 * share / (SWING / 2);
}

static void step(struct trace *t, unsigned long i)
{
	unsigned int place = draw(t, 10) < 8 ? draw(t, SHORT_PLACES) :
			     SHORT_PLACES + draw(t, LONG_PLACES);
	unsigned int kind = draw(t, 10), order = draw_order(t);
	struct place *p = &t->places[place];
	unsigned long most = most_at(t, i);

	/* more than may be held: a long life ends somewhere */
	if (t->held > most)
		drop(t, &t->places[SHORT_PLACES + draw(t, LONG_PLACES)]);
	if (p->page)
		drop(t, p);
	else
		fill(t, p, kind < 7 ? MOVABLE : kind < 8 ? RECLAIMABLE : UNMOVABLE, order, most);
}

static int frag_begin(struct trace *t, unsigned long free, unsigned long operations)
{
	unsigned long i;

	t->places = vzalloc(PLACES * sizeof(*t->places));
	if (!t->places)
		return -ENOMEM;
	t->most = free;
	t->state = 1;
	for (i = 0; i < operations; i++)
		step(t, i);
	pr_info("mm_frag: %lu done, %lu failed, %lu held\n", operations, t->failed, t->held);
	return 0;
}

static void frag_drop(struct trace *t, bool all)
{
	unsigned int i;

	for (i = 0; i < PLACES; i++)
		if (all || t->places[i].kind == MOVABLE)
			drop(t, &t->places[i]);
}

#ifdef MODULE
static struct trace trace;
static unsigned long operations = 10000000;
module_param(operations, ulong, 0444);

/* written to: the movable pages go */
static int movable_set(const char *value, const struct kernel_param *kp)
{
	frag_drop(&trace, false);
	return 0;
}
static const struct kernel_param_ops movable_ops = { .set = movable_set };
module_param_cb(drop_movable, &movable_ops, NULL, 0200);

static int __init mm_frag_init(void)
{
	return frag_begin(&trace, si_mem_available(), operations);
}

static void __exit mm_frag_exit(void)
{
	frag_drop(&trace, true);
	vfree(trace.places);
}
module_init(mm_frag_init);
module_exit(mm_frag_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("how large the pieces of free memory are after a long life");
#endif
