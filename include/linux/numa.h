/* SPDX-License-Identifier: MIT */
/* numa.h - how many nodes there can be, and what a distance means. */
#ifndef LINUX_NUMA_H
#define LINUX_NUMA_H

#define NODES_SHIFT	3		/* bits of page->flags */
#define MAX_NUMNODES	(1 << NODES_SHIFT)
#define NUMA_NO_NODE	(-1)

/* as in ACPI's SLIT: relative cost of an access, in tenths of a local one */
#define LOCAL_DISTANCE	10
#define REMOTE_DISTANCE	20

#endif
