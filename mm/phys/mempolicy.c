// SPDX-License-Identifier: MIT
/*
 * mempolicy.c - pages by a policy: which node is asked first, and which may be asked.
 *
 *	mode		asked first			may be asked
 *	PREFERRED	its node			all
 *	BIND		home node, else the nearest	its nodes
 *	INTERLEAVE	the node whose turn it is	all
 *	LOCAL		the nearest			all
 *	PREFERRED_MANY	home node, else the nearest	its nodes; all, when they are full
 *
 * Turns go by the place in the area or file, so that a range is spread evenly however
 * its pages are touched; what has no place (kernel memory) takes the task's next turn.
 *
 * The task's own policy holds for all that it allocates without naming a node. That is
 * asked on the general way of alloc_pages() alone: while some task has a policy,
 * machine->special_tasks keeps everybody off the short one.
 *
 *   MP1  a policy names nodes with memory only, and at least one unless it is LOCAL
 *   MP2  BIND that leaves a request no zone does not hold for it: memory for devices
 *        lies where it lies
 *
 * Locks: none; policies do not change.
 */
#include <linux/mempolicy.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include "../internal.h"

/* the node that comes after @nid in @nodes, as in a ring */
static int next_node_in(int nid, const nodemask_t *nodes)
{
	int next = next_node(nid, *nodes);

	return next < MAX_NUMNODES ? next : first_node(*nodes);
}

/**
 * mpol_next_node() - whose turn it is when the task of @task interleaves.
 * Locks:   none; the task itself.
 * Context: any.
 * Return:  a node.
 */
int mpol_next_node(const struct task_mempolicy *task)
{
	mm_assert(task->policy && task->policy->mode == MPOL_INTERLEAVE);
	return next_node_in(task->last_node, &task->policy->nodes);
}

static int node_of_turn(const struct mempolicy *policy, long place)
{
	struct task_mempolicy *task = port_self_mempolicy();
	unsigned long nr = nodes_weight(policy->nodes), turn;
	int nid;

	mm_assert(nr);								/* MP1 */
	if (place < 0) {
		task->last_node = next_node_in(task->last_node, &policy->nodes);
		return task->last_node;
	}
	nid = first_node(policy->nodes);
	for (turn = (unsigned long)place % nr; turn; turn--)
		nid = next_node(nid, policy->nodes);
	return nid;
}

static struct page *alloc_interleaved(const struct mempolicy *policy, gfp_t gfp,
				      unsigned int order, long place)
{
	int nid = node_of_turn(policy, place);
	struct page *page = __alloc_pages(gfp, order, nid, NULL);

	if (page && page_to_nid(page) == nid)
		ADD_ONCE(this_cpu_pcp(page_zone(page))->numa[NUMA_INTERLEAVE_HIT - NUMA_HIT], 1);
	return page;
}

/**
 * alloc_pages_policy() - alloc_pages() by @policy.
 * @place: for turns, the page's in the area or file; below 0: the task's next turn.
 * Locks:   may take zone->lock.
 * Context: as alloc_pages().
 * Return:  as alloc_pages().
 */
struct page *alloc_pages_policy(struct mempolicy *policy, gfp_t gfp, unsigned int order,
				long place)
{
	int home = policy->home_node;
	struct page *page;

	if (home == NUMA_NO_NODE)
		home = numa_node_id();
	switch (policy->mode) {
	case MPOL_INTERLEAVE:
		return alloc_interleaved(policy, gfp, order, place);
	case MPOL_PREFERRED:
		return __alloc_pages(gfp, order, first_node(policy->nodes), NULL);
	case MPOL_BIND:
		return __alloc_pages(gfp, order, home, &policy->nodes);
	case MPOL_PREFERRED_MANY:
		/* not worth waiting for: there are other nodes */
		page = __alloc_pages((gfp | __GFP_NOWARN) & ~(__GFP_DIRECT_RECLAIM | __GFP_NOFAIL),
				     order, home, &policy->nodes);
		return page ? page : __alloc_pages(gfp, order, home, NULL);
	default:
		mm_assert(policy->mode == MPOL_LOCAL);
		return __alloc_pages(gfp, order, numa_node_id(), NULL);
	}
}
