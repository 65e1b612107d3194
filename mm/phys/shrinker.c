// SPDX-License-Identifier: MIT
/*
 * shrinker.c - the one place where reclaim asks owners of caches for memory.
 *
 * An owner registers two functions: how many of its objects could go, and let some go.
 * shrink_slab() asks all of them, for one node, with a priority: at priority 12 it wants
 * a 4,096th of what each has (times 4 / seeks, so that what is dear to have again goes
 * later), at priority 0 all. What a round wanted and did not get, because it was less
 * than a batch or the owner could not, is owed and comes on top in the next round:
 *
 *	want = owed >> priority  +  (count >> priority) * 4 / seeks,   at most 2 * count
 *	scan in batches while want >= batch, or want >= count
 *	owed' = owed + asked - scanned
 *
 * Scanning may sleep and may need memory itself: it runs with PF_MEMALLOC (slowpath.c), so
 * that this memory comes from the reserves and not from here again.
 *
 * Invariants:
 *   SH1  a shrinker's functions are called without locks of ours, while ->users says so
 *   SH2  after unregister_shrinker() nobody is in them, and nobody comes
 *
 * Locks: machine->shrinker_lock around the list and ->users.
 */
#include <linux/mm.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/printk.h>
#include <linux/shrinker.h>
#include "../internal.h"

#define SHRINK_BATCH	128ul

/** shrinkers_init() - nobody has registered yet. Boot. */
void shrinkers_init(void)
{
	struct machine *m = this_machine();

	spin_lock_init_rank(&m->shrinker_lock, RANK_SHRINKER, "shrinker_lock");
	INIT_LIST_HEAD(&m->shrinkers);
}

/**
 * register_shrinker() - from now on @shrinker is asked when memory is short.
 * Locks:   takes shrinker_lock.
 * Context: thread. @name is for reports and stays the caller's.
 * Return:  0; -EINVAL when a function is missing or a number is below 0.
 */
int register_shrinker(struct shrinker *shrinker, const char *name)
{
	struct machine *m = this_machine();
	int nid;

	if (!shrinker->count_objects || !shrinker->scan_objects || shrinker->seeks < 0 ||
	    shrinker->batch < 0 || !name)
		return -EINVAL;
	for (nid = 0; nid < MAX_NUMNODES; nid++)
		atomic_long_set(&shrinker->nr_deferred[nid], 0);
	shrinker->users = 0;
	shrinker->name = name;
	spin_lock(&m->shrinker_lock);
	list_add_tail(&shrinker->list, &m->shrinkers);
	spin_unlock(&m->shrinker_lock);
	return 0;
}

/**
 * unregister_shrinker() - @shrinker is not asked any more; waits for those who do (SH2).
 * Locks:   takes shrinker_lock.
 * Context: thread; not from its own functions. One that was not registered is ignored.
 * Return:  nothing.
 */
void unregister_shrinker(struct shrinker *shrinker)
{
	struct machine *m = this_machine();

	if (!shrinker->name)
		return;
	spin_lock(&m->shrinker_lock);
	while (shrinker->users) {
		spin_unlock(&m->shrinker_lock);
		port_cond_resched();
		cpu_relax();
		spin_lock(&m->shrinker_lock);
	}
	list_del(&shrinker->list);
	spin_unlock(&m->shrinker_lock);
	shrinker->name = NULL;
}

/* Let go in batches; objects looked at in *@scanned. Return: objects that went. */
static unsigned long scan_batches(struct shrinker *s, struct shrink_control *sc,
				  unsigned long want, unsigned long count,
				  unsigned long *scanned)
{
	unsigned long batch = s->batch ? (unsigned long)s->batch : SHRINK_BATCH, freed = 0;

	while (want >= batch || want >= count) {
		unsigned long ret;

		sc->nr_to_scan = sc->nr_scanned = min(batch, want);
		ret = s->scan_objects(s, sc);
		if (ret == SHRINK_STOP)
			break;
		freed += ret;
		*scanned += sc->nr_scanned;
		want -= min(want, max(sc->nr_scanned, 1ul));
		if (!want)
			break;
		port_cond_resched();
	}
	return freed;
}

static unsigned long shrink_one(struct shrinker *s, struct shrink_control *sc, int priority)
{
	atomic_long_t *deferred = &s->nr_deferred[sc->nid];
	unsigned long count = s->count_objects(s, sc), owed, asked, scanned = 0, freed, want;

	if (!count || count == SHRINK_EMPTY)
		return 0;
	owed = atomic_long_xchg(deferred, 0);
	asked = s->seeks ? (count >> priority) * 4 / s->seeks : count / 2;
	want = min((owed >> priority) + asked, 2 * count);
	freed = scan_batches(s, sc, want, count, &scanned);
	owed = owed + asked > scanned ? owed + asked - scanned : 0;
	atomic_long_add(min(owed, 2 * count), deferred);
	return freed;
}

/* The shrinker behind @s (NULL: the first), in use; @s is not any more. */
static struct shrinker *next_shrinker(struct machine *m, struct shrinker *s)
{
	struct list_head *next;

	spin_lock(&m->shrinker_lock);
	next = s ? s->list.next : m->shrinkers.next;
	if (s)
		s->users--;
	s = next == &m->shrinkers ? NULL : list_entry(next, struct shrinker, list);
	if (s)
		s->users++;
	spin_unlock(&m->shrinker_lock);
	return s;
}

/**
 * shrink_slab() - ask every shrinker for node @nid's share.
 * Locks:   takes shrinker_lock; none is held while they work (SH1).
 * Context: thread, may sleep. Those that do not know nodes are asked with node 0's share.
 * Return:  objects that went.
 */
unsigned long shrink_slab(gfp_t gfp, int nid, int priority)
{
	struct machine *m = this_machine();
	struct shrinker *s = NULL;
	unsigned long freed = 0;

	while ((s = next_shrinker(m, s)) != NULL) {
		struct shrink_control sc = { .gfp_mask = gfp, .nid = nid };

		if (!(s->flags & SHRINKER_NUMA_AWARE) && nid != 0)
			continue;
		freed += shrink_one(s, &sc, priority);
	}
	return freed;
}
