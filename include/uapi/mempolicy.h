/* SPDX-License-Identifier: MIT */
/* mempolicy.h - which node memory comes from: numbers of set_mempolicy(2) and its like. */
#ifndef UAPI_MEMPOLICY_H
#define UAPI_MEMPOLICY_H

enum {
	MPOL_DEFAULT,		/* the task's policy; of a task: the nearest node */
	MPOL_PREFERRED,		/* one node while it has room */
	MPOL_BIND,		/* these nodes and no others */
	MPOL_INTERLEAVE,	/* these in turn */
	MPOL_LOCAL,		/* the nearest node, also where the task has another policy */
	MPOL_PREFERRED_MANY,	/* these nodes while they have room */
	MPOL_MAX
};

/* with the mode: what the nodes mean */
#define MPOL_F_STATIC_NODES	(1 << 15)	/* numbers of nodes */
#define MPOL_F_RELATIVE_NODES	(1 << 14)	/* places among the nodes with memory */
#define MPOL_F_NUMA_BALANCING	(1 << 13)
#define MPOL_MODE_FLAGS		(MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES | \
				 MPOL_F_NUMA_BALANCING)

/* get_mempolicy() */
#define MPOL_F_NODE		(1 << 0)
#define MPOL_F_ADDR		(1 << 1)
#define MPOL_F_MEMS_ALLOWED	(1 << 2)

/* mbind(), move_pages() */
#define MPOL_MF_STRICT		(1 << 0)	/* pages that are elsewhere are an error */
#define MPOL_MF_MOVE		(1 << 1)	/* move those that only this process has */
#define MPOL_MF_MOVE_ALL	(1 << 2)	/* and those that others have, too */
#define MPOL_MF_VALID		(MPOL_MF_STRICT | MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)

#endif
