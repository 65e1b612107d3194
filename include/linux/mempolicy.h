/* SPDX-License-Identifier: MIT */
/*
 * mempolicy.h - from which nodes memory is taken: by task, and by area.
 *
 * Lock letters: a atomic   i fixed once it is in use   o only the task itself
 *               u alloc_lock of the task (others read)
 */
#ifndef LINUX_MEMPOLICY_H
#define LINUX_MEMPOLICY_H

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/nodemask.h>
#include <linux/types.h>
#include <uapi/mempolicy.h>

struct mm_struct;
struct vm_area_struct;

struct mempolicy {
	atomic_t refcnt;		/* a  areas and tasks that have it */
	unsigned short mode;		/* i  MPOL_*, not MPOL_DEFAULT */
	unsigned short flags;		/* i  MPOL_F_*_NODES */
	int home_node;			/* i  where BIND and PREFERRED_MANY begin, or NUMA_NO_NODE */
	nodemask_t nodes;		/* i  with memory; none: MPOL_LOCAL */
	unsigned long user_nodes;	/* i  what the program named, the first word of it */
};

/* What each task has; all zero: the nearest node. */
struct task_mempolicy {
	struct mempolicy *policy;	/* o, u  NULL: none */
	int last_node;			/* o  the last turn of MPOL_INTERLEAVE */
};

/* Nodes that a program names: any number that Linux can have. */
#define MPOL_NODE_BITS	1024
struct mpol_nodes {
	DECLARE_BITMAP(bits, MPOL_NODE_BITS);
};

/* --- mm/phys/mempolicy.c --- */
struct page *alloc_pages_policy(struct mempolicy *policy, gfp_t gfp, unsigned int order,
				long place);
int mpol_next_node(const struct task_mempolicy *task);

/* --- mm/vm/mempolicy.c --- */
struct mempolicy *mpol_create(unsigned int mode, unsigned int flags,
			      const struct mpol_nodes *nodes);
void mpol_put(struct mempolicy *policy);
static inline struct mempolicy *mpol_get(struct mempolicy *policy)
{
	if (policy)
		atomic_inc(&policy->refcnt);
	return policy;
}
bool __mpol_equal(const struct mempolicy *a, const struct mempolicy *b);
static inline bool mpol_equal(const struct mempolicy *a, const struct mempolicy *b)
{
	return a == b || (a && b && __mpol_equal(a, b));
}
void mpol_to_str(char *buf, size_t size, const struct mempolicy *policy);
void task_mempolicy_set(struct task_mempolicy *task, struct mempolicy *policy);
void task_mempolicy_fork(struct task_mempolicy *child);

struct mempolicy *vm_get_policy(struct mm_struct *mm, unsigned long addr, bool *mapped);
int vm_mbind(struct mm_struct *mm, unsigned long start, unsigned long end,
	     struct mempolicy *policy, unsigned int flags);
int vm_set_home_node(struct mm_struct *mm, unsigned long start, unsigned long end, int nid);

/* --- mm/vm/move_pages.c --- */
struct numa_maps {
	unsigned long pages, anon, dirty, active, mapcount_max;
	unsigned long node[MAX_NUMNODES];
};
void vma_numa_maps(struct vm_area_struct *vma, struct numa_maps *maps);
long vm_migrate_pages(struct mm_struct *mm, const nodemask_t *from, const nodemask_t *to,
		      bool all);
int vm_move_page(struct mm_struct *mm, unsigned long addr, int nid, bool all);
int vm_page_node(struct mm_struct *mm, unsigned long addr);

#endif
