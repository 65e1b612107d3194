/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_RBTREE_AUGMENTED_H
#define _LINUX_RBTREE_AUGMENTED_H

/*
 * Trees whose nodes carry a value computed from their subtree. The user sets
 * the value of a new node and updates those on the path above it before
 * rb_insert_augmented(); the callbacks keep them true from then on:
 *
 *	propagate(node, stop)	recompute from node up to, not including, stop
 *	copy(old, entry)	entry takes the place of old: copy its value
 *	rotate(old, entry)	entry rose above old: entry takes the value of
 *				old, then old is recomputed
 */
#include <linux/rbtree.h>

#define RB_RED		0
#define RB_BLACK	1

struct rb_augment_callbacks {
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	void (*copy)(struct rb_node *old, struct rb_node *entry);
	void (*rotate)(struct rb_node *old, struct rb_node *entry);
};

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment);
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment);

static inline void rb_insert_augmented_cached(struct rb_node *node,
			struct rb_root_cached *root, bool newleft,
			const struct rb_augment_callbacks *augment)
{
	if (newleft)
		root->rb_leftmost = node;
	rb_insert_augmented(node, &root->rb_root, augment);
}

static inline void rb_erase_augmented_cached(struct rb_node *node,
			struct rb_root_cached *root,
			const struct rb_augment_callbacks *augment)
{
	if (root->rb_leftmost == node)
		root->rb_leftmost = rb_next(node);
	rb_erase_augmented(node, &root->rb_root, augment);
}

/*
 * The three callbacks from one function: RBCOMPUTE(node, exit) recomputes the
 * value of a node; with exit it returns true when nothing changed, and then
 * nothing above changes either.
 */
#define RB_DECLARE_CALLBACKS(RBSTATIC, RBNAME, RBSTRUCT, RBFIELD,	\
			     RBAUGMENTED, RBCOMPUTE)			\
static void RBNAME##_propagate(struct rb_node *rb, struct rb_node *stop) \
{									\
	while (rb != stop) {						\
		RBSTRUCT *node = rb_entry(rb, RBSTRUCT, RBFIELD);	\
									\
		if (RBCOMPUTE(node, true))				\
			break;						\
		rb = rb_parent(&node->RBFIELD);				\
	}								\
}									\
static void RBNAME##_copy(struct rb_node *rb_old, struct rb_node *rb_entry_) \
{									\
	RBSTRUCT *old = rb_entry(rb_old, RBSTRUCT, RBFIELD);		\
	RBSTRUCT *entry = rb_entry(rb_entry_, RBSTRUCT, RBFIELD);	\
									\
	entry->RBAUGMENTED = old->RBAUGMENTED;				\
}									\
static void RBNAME##_rotate(struct rb_node *rb_old, struct rb_node *rb_entry_) \
{									\
	RBSTRUCT *old = rb_entry(rb_old, RBSTRUCT, RBFIELD);		\
	RBSTRUCT *entry = rb_entry(rb_entry_, RBSTRUCT, RBFIELD);	\
									\
	entry->RBAUGMENTED = old->RBAUGMENTED;				\
	RBCOMPUTE(old, false);						\
}									\
RBSTATIC const struct rb_augment_callbacks RBNAME = {			\
	.propagate = RBNAME##_propagate,				\
	.copy = RBNAME##_copy,						\
	.rotate = RBNAME##_rotate,					\
}

/* The same for the largest of a value of each node in its subtree. */
#define RB_DECLARE_CALLBACKS_MAX(RBSTATIC, RBNAME, RBSTRUCT, RBFIELD,	\
				 RBTYPE, RBAUGMENTED, RBCOMPUTE)	\
static inline bool RBNAME##_compute_max(RBSTRUCT *node, bool exit)	\
{									\
	RBTYPE most = RBCOMPUTE(node);					\
	RBSTRUCT *child;						\
									\
	if (node->RBFIELD.rb_left) {					\
		child = rb_entry(node->RBFIELD.rb_left, RBSTRUCT, RBFIELD); \
		if (child->RBAUGMENTED > most)				\
			most = child->RBAUGMENTED;			\
	}								\
	if (node->RBFIELD.rb_right) {					\
		child = rb_entry(node->RBFIELD.rb_right, RBSTRUCT, RBFIELD); \
		if (child->RBAUGMENTED > most)				\
			most = child->RBAUGMENTED;			\
	}								\
	if (exit && node->RBAUGMENTED == most)				\
		return true;						\
	node->RBAUGMENTED = most;					\
	return false;							\
}									\
RB_DECLARE_CALLBACKS(RBSTATIC, RBNAME, RBSTRUCT, RBFIELD, RBAUGMENTED,	\
		     RBNAME##_compute_max)

#endif
