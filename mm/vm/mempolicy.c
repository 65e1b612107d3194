// SPDX-License-Identifier: MIT
/*
 * mempolicy.c - policies as programs name them: made, compared, shown, and given to tasks
 * and areas. How one is followed stands in mm/phys/mempolicy.c.
 *
 * A policy never changes once it is in use: who has it holds a reference, areas that were
 * one share it, and a new one takes its place. What a program says is kept beside what it
 * means: with MPOL_F_STATIC_NODES numbers are nodes, with MPOL_F_RELATIVE_NODES places in
 * the list of nodes with memory, repeated as often as need be:
 *
 *	nodes with memory 0 2 5, named 1 3 4:	place 1 is 2, 3 is 0 again, 4 is 2
 *
 * Nodes with memory are fixed at boot, so the meaning is found once.
 *
 *   PO1  refcnt is the number of areas, tasks and callers that have the policy
 *   PO2  area->vm_policy is never MPOL_DEFAULT: that is NULL
 *   PO3  machine->special_tasks counts the tasks whose policy is not NULL
 *
 * mbind() checks the whole range before it changes an area. That it runs out of memory
 * in the middle of the areas leaves those before as they were asked for, as Linux does.
 *
 * Locks: mmap_lock, for writing where areas change.
 */
#include "vm_internal.h"
#include <linux/topology.h>

/* --- one policy ------------------------------------------------------------------- */

/* the @place-th node of @nodes */
static int nth_node(const nodemask_t *nodes, unsigned int place)
{
	int nid = first_node(*nodes);

	while (place--)
		nid = next_node(nid, *nodes);
	return nid;
}

/* What @named means: nodes with memory, perhaps none. */
static void resolve_nodes(nodemask_t *nodes, unsigned int flags, const struct mpol_nodes *named)
{
	nodemask_t memory;
	unsigned int bit, nr;

	nodes_clear(*nodes);
	nodes_with_memory(&memory);
	nr = nodes_weight(memory);
	for (bit = 0; bit < MPOL_NODE_BITS; bit++) {
		if (!test_bit(bit, named->bits))
			continue;
		if (flags & MPOL_F_RELATIVE_NODES)
			node_set(nth_node(&memory, bit % nr), *nodes);
		else if (bit < MAX_NUMNODES && node_isset(bit, memory))
			node_set(bit, *nodes);
	}
}

/* MPOL_* that @mode and @named come to, or -EINVAL; MPOL_DEFAULT: no policy. */
static int checked_mode(unsigned int mode, unsigned int flags, const struct mpol_nodes *named)
{
	bool none = bitmap_empty(named->bits, MPOL_NODE_BITS);

	switch (mode) {
	case MPOL_DEFAULT:
		return none ? MPOL_DEFAULT : -EINVAL;
	case MPOL_PREFERRED:
		if (!none)
			return mode;
		return flags ? -EINVAL : MPOL_LOCAL;
	case MPOL_LOCAL:
		return none && !flags ? MPOL_LOCAL : -EINVAL;
	default:
		return none || mode >= MPOL_MAX ? -EINVAL : (int)mode;
	}
}

/**
 * mpol_create() - the policy @mode with @flags (MPOL_F_*_NODES) over the nodes @named.
 * Locks:   none.
 * Context: may sleep.
 * Return:  a reference; NULL for MPOL_DEFAULT; ERR_PTR(-EINVAL, -ENOMEM).
 */
struct mempolicy *mpol_create(unsigned int mode, unsigned int flags,
			      const struct mpol_nodes *named)
{
	int checked = checked_mode(mode, flags, named);
	struct mempolicy *policy;
	nodemask_t nodes;

	if (checked <= MPOL_DEFAULT)
		return checked ? ERR_PTR(checked) : NULL;
	resolve_nodes(&nodes, flags, named);
	if (checked == MPOL_PREFERRED && !nodes_empty(nodes)) {
		int first = first_node(nodes);

		nodes_clear(nodes);
		node_set(first, nodes);
	}
	if (checked != MPOL_LOCAL && nodes_empty(nodes))
		return ERR_PTR(-EINVAL);
	policy = kzalloc(sizeof(*policy), GFP_KERNEL);
	if (!policy)
		return ERR_PTR(-ENOMEM);
	atomic_set(&policy->refcnt, 1);
	policy->mode = checked;
	policy->flags = flags;
	policy->home_node = NUMA_NO_NODE;
	policy->nodes = nodes;
	policy->user_nodes = named->bits[0];
	return policy;
}

/** mpol_put() - give a reference back; NULL is ignored. Context: thread. */
void mpol_put(struct mempolicy *policy)
{
	if (!policy)
		return;
	mm_assert(atomic_read(&policy->refcnt) > 0);				/* PO1 */
	if (atomic_dec_and_test(&policy->refcnt))
		kfree(policy);
}

/** __mpol_equal() - would nobody see whether an area has @a or @b? Any context. */
bool __mpol_equal(const struct mempolicy *a, const struct mempolicy *b)
{
	return a->mode == b->mode && a->flags == b->flags && a->home_node == b->home_node &&
	       nodes_equal(a->nodes, b->nodes) &&
	       (!a->flags || a->user_nodes == b->user_nodes);
}

static bool node_isset_at(int nid, const nodemask_t *nodes)
{
	return nid >= 0 && nid < MAX_NUMNODES && node_isset(nid, *nodes);
}

/**
 * mpol_to_str() - @policy as numa_maps shows it: "bind=static:0-1".
 * Locks:   none; the caller has a reference. NULL is the default.
 * Context: any.
 */
void mpol_to_str(char *buf, size_t size, const struct mempolicy *policy)
{
	static const char *const names[MPOL_MAX] = {
		"default", "prefer", "bind", "interleave", "local", "prefer (many)",
	};
	size_t n = scnprintf(buf, size, "%s", names[policy ? policy->mode : MPOL_DEFAULT]);
	int nid;

	if (!policy)
		return;
	if (policy->flags)
		n += scnprintf(buf + n, size - n, "=%s",
			       policy->flags & MPOL_F_STATIC_NODES ? "static" : "relative");
	for_each_node_mask(nid, policy->nodes) {
		if (node_isset_at(nid - 1, &policy->nodes) && node_isset_at(nid + 1, &policy->nodes))
			continue;	/* within a range */
		n += scnprintf(buf + n, size - n, "%c%d",
			       nid == first_node(policy->nodes) ? ':' :
			       node_isset_at(nid - 1, &policy->nodes) ? '-' : ',', nid);
	}
}

/* --- of a task -------------------------------------------------------------------- */

/**
 * task_mempolicy_set() - @task has @policy from now on, NULL: none.
 * Locks:   @task is the caller's, or nobody else's; others that may look at it are kept
 *          off by the caller.
 * Context: thread.
 * Return:  nothing; the reference is the task's.
 */
void task_mempolicy_set(struct task_mempolicy *task, struct mempolicy *policy)
{
	struct mempolicy *old = task->policy;

	if (!old && policy)
		atomic_inc(&this_machine()->special_tasks);			/* PO3 */
	if (old && !policy)
		atomic_dec(&this_machine()->special_tasks);
	task->policy = policy;
	task->last_node = MAX_NUMNODES - 1;	/* turns begin with the first */
	mpol_put(old);
}

/** task_mempolicy_fork() - @child, a plain copy of its parent's, becomes its own. */
void task_mempolicy_fork(struct task_mempolicy *child)
{
	if (mpol_get(child->policy))
		atomic_inc(&this_machine()->special_tasks);			/* PO3 */
}

/**
 * vma_alloc_page_policy() - a page for @addr of @vma: the area's policy, else the task's.
 * Locks:   mmap_lock for reading.
 * Context: as alloc_pages().
 * Return:  as alloc_pages().
 */
struct page *vma_alloc_page_policy(gfp_t gfp, struct vm_area_struct *vma, unsigned long addr)
{
	struct mempolicy *policy = vma->vm_policy;

	if (!policy)
		policy = port_self_mempolicy()->policy;
	if (!policy)
		return alloc_page(gfp);
	return alloc_pages_policy(policy, gfp, 0,
				  vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT));
}

/* --- of areas ---------------------------------------------------------------------- */

/**
 * vm_get_policy() - the policy of the area at @addr.
 * Locks:   takes mmap_lock for reading.
 * Context: may sleep.
 * Return:  a reference, or NULL: none, or *@mapped is false.
 */
struct mempolicy *vm_get_policy(struct mm_struct *mm, unsigned long addr, bool *mapped)
{
	struct mempolicy *policy = NULL;
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	vma = find_vma_intersection(mm, addr, addr + 1);
	*mapped = vma;
	if (vma)
		policy = mpol_get(vma->vm_policy);
	mmap_read_unlock(mm);
	return policy;
}

/* Are there areas in [start, end), and without @holes, no hole between them? */
static bool range_is_mapped(struct mm_struct *mm, unsigned long start, unsigned long end,
			    bool holes)
{
	struct vm_area_struct *vma = find_vma_intersection(mm, start, end);

	if (!vma || holes)
		return vma;
	for (; vma && vma->vm_start <= start; vma = vma_next(vma)) {
		start = vma->vm_end;
		if (start >= end)
			return true;
	}
	return false;
}

/* check done: every area of [start, end) gets @policy */
static int set_area_policies(struct mm_struct *mm, unsigned long start, unsigned long end,
			     struct mempolicy *policy)
{
	struct vm_area_struct *vma = find_vma_intersection(mm, start, end);
	int error = 0;

	rwsem_assert_held_write(&mm->mmap_lock);
	for (; vma && vma->vm_start < end && !error; vma = vma_next(vma)) {
		if (mpol_equal(vma->vm_policy, policy))
			continue;
		error = vma_modify_policy(&vma, max(vma->vm_start, start), min(vma->vm_end, end),
					  policy);
	}
	return error;
}

/**
 * vm_mbind() - mbind(2) without its reading of arguments: [@start, @end), page aligned
 *	and not empty, has @policy (NULL: the default).
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  0; -EFAULT: nothing or, but for the default, not all is mapped; -EIO: pages
 *          are elsewhere, which @flags do not want; -ENOMEM.
 */
int vm_mbind(struct mm_struct *mm, unsigned long start, unsigned long end,
	     struct mempolicy *policy, unsigned int flags)
{
	struct mbind_walk walk = {
		.mm = mm, .start = start, .end = end, .policy = policy, .flags = flags,
	};
	int error;

	mm_assert(start < end && !((start | end) & ~PAGE_MASK));
	mmap_write_lock(mm);
	error = range_is_mapped(mm, start, end, !policy) ? 0 : -EFAULT;
	if (!error && (flags & MPOL_MF_STRICT))
		error = mbind_check_pages(&walk);
	if (!error)
		error = set_area_policies(mm, start, end, policy);
	if (!error && (flags & (MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)))
		error = mbind_move_pages(&walk);
	mmap_write_unlock(mm);
	return error;
}

/* a copy of @policy that begins with node @nid */
static struct mempolicy *with_home_node(const struct mempolicy *policy, int nid)
{
	struct mempolicy *copy = kmalloc(sizeof(*copy), GFP_KERNEL);

	if (!copy)
		return NULL;
	*copy = *policy;
	atomic_set(&copy->refcnt, 1);
	copy->home_node = nid;
	return copy;
}

/**
 * vm_set_home_node() - set_mempolicy_home_node(2): where areas with MPOL_BIND or
 *	MPOL_PREFERRED_MANY begin.
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  0; -ENOENT: no area has a policy; -EOPNOTSUPP: one has another; -ENOMEM.
 */
int vm_set_home_node(struct mm_struct *mm, unsigned long start, unsigned long end, int nid)
{
	struct vm_area_struct *vma;
	int error = -ENOENT;

	mmap_write_lock(mm);
	vma = find_vma_intersection(mm, start, end);
	for (; vma && vma->vm_start < end; vma = vma_next(vma)) {
		const struct mempolicy *old = vma->vm_policy;
		struct mempolicy *new;

		if (!old)
			continue;
		error = -EOPNOTSUPP;
		if (old->mode != MPOL_BIND && old->mode != MPOL_PREFERRED_MANY)
			break;
		new = with_home_node(old, nid);
		error = -ENOMEM;
		if (!new)
			break;
		error = vma_modify_policy(&vma, max(vma->vm_start, start), min(vma->vm_end, end),
					  new);
		mpol_put(new);
		if (error)
			break;
	}
	mmap_write_unlock(mm);
	return error;
}
