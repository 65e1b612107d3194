/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_NODEMASK_H
#define _LINUX_NODEMASK_H

/* Sets of memory nodes. Which nodes a machine has is the machine's own data. */
#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/numa.h>

typedef struct nodemask {
	DECLARE_BITMAP(bits, MAX_NUMNODES);
} nodemask_t;

#define NODE_MASK_NONE	((nodemask_t){ { 0 } })

static inline void __node_set(int node, nodemask_t *mask)
{
	mm_assert(node >= 0 && node < MAX_NUMNODES);
	set_bit(node, mask->bits);
}

static inline void __node_clear(int node, nodemask_t *mask)
{
	mm_assert(node >= 0 && node < MAX_NUMNODES);
	clear_bit(node, mask->bits);
}

#define node_set(node, mask)		__node_set(node, &(mask))
#define node_clear(node, mask)		__node_clear(node, &(mask))
#define node_isset(node, mask)		test_bit(node, (mask).bits)
#define node_test_and_set(node, mask)	test_and_set_bit(node, (mask).bits)
#define nodes_clear(mask)		bitmap_zero((mask).bits, MAX_NUMNODES)
#define nodes_setall(mask)		bitmap_fill((mask).bits, MAX_NUMNODES)
#define nodes_empty(mask)		bitmap_empty((mask).bits, MAX_NUMNODES)
#define nodes_weight(mask)		bitmap_weight((mask).bits, MAX_NUMNODES)
#define nodes_and(dst, a, b) \
	bitmap_and((dst).bits, (a).bits, (b).bits, MAX_NUMNODES)
#define nodes_or(dst, a, b) \
	bitmap_or((dst).bits, (a).bits, (b).bits, MAX_NUMNODES)
#define nodes_equal(a, b)	bitmap_equal((a).bits, (b).bits, MAX_NUMNODES)
#define nodes_subset(a, b)	bitmap_subset((a).bits, (b).bits, MAX_NUMNODES)
#define nodes_intersects(a, b)	bitmap_intersects((a).bits, (b).bits, MAX_NUMNODES)
#define first_node(mask)	((int)find_next_bit((mask).bits, MAX_NUMNODES, 0))
#define next_node(n, mask)	((int)find_next_bit((mask).bits, MAX_NUMNODES, (n) + 1))

#define for_each_node_mask(node, mask)					\
	for ((node) = first_node(mask); (node) < MAX_NUMNODES;		\
	     (node) = next_node(node, mask))

#endif
