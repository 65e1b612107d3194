// SPDX-License-Identifier: MIT
/*
 * Red-black trees.
 *
 * A node keeps its parent and its colour in one word (nodes are aligned to
 * words, so bit 0 of the address is free: 1 is black). A node just linked is
 * red, as rb_link_node() stores the bare address.
 *
 *   B1  the root is black
 *   B2  a red node has no red child
 *   B3  every way from a node down to a missing child passes as many black nodes
 *   B4  child->parent == node for both children of each node
 *
 * From B2 and B3, the longest way is at most twice the shortest: a tree of n
 * nodes is at most 2 log2(n + 1) deep.
 *
 * Insertion can break B2 at the new node only; insert_fixup() recolours upwards
 * and ends with at most two rotations. Removal of a black node breaks B3 on one
 * side; erase_fixup() ends with at most three:
 *
 *	      x                    y
 *	     / \   rotate left    / \
 *	    a   y  ------------> x   c
 *	       / \ <-----------  / \
 *	      b   c rotate right a   b
 *
 * Augmented trees have a value in each node computed from its subtree. The
 * structure is changed first, the values on the path above the change are
 * recomputed (propagate), and only then the balance is restored: each rotation
 * moves one subtree's value to its new top and recomputes the old top.
 *
 * Locks: none; the owner of the tree serialises.
 */
#include <linux/bug.h>
#include <linux/rbtree_augmented.h>

static inline bool is_red(const struct rb_node *node)
{
	return node && !(node->__rb_parent_color & RB_BLACK);
}

static inline bool is_black(const struct rb_node *node)
{
	return !is_red(node);
}

static inline void set_black(struct rb_node *node)
{
	node->__rb_parent_color |= RB_BLACK;
}

static inline void set_red(struct rb_node *node)
{
	node->__rb_parent_color &= ~(unsigned long)RB_BLACK;
}

static inline void set_parent(struct rb_node *node, struct rb_node *parent)
{
	unsigned long color = node->__rb_parent_color & RB_BLACK;

	node->__rb_parent_color = (unsigned long)parent | color;
}

static inline void copy_color(struct rb_node *to, const struct rb_node *from)
{
	unsigned long color = from->__rb_parent_color & RB_BLACK;

	to->__rb_parent_color = (unsigned long)rb_parent(to) | color;
}

/* entry takes the place of old below parent (NULL: as the root). */
static inline void change_child(struct rb_node *parent, struct rb_node *old,
				struct rb_node *entry, struct rb_root *root)
{
	if (!parent)
		root->rb_node = entry;
	else if (parent->rb_left == old)
		parent->rb_left = entry;
	else
		parent->rb_right = entry;
}

static void rotate_left(struct rb_node *x, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	struct rb_node *y = x->rb_right, *parent = rb_parent(x);

	mm_assert(rb_parent(y) == x);					/* B4 */
	x->rb_right = y->rb_left;
	if (x->rb_right)
		set_parent(x->rb_right, x);
	y->rb_left = x;
	set_parent(y, parent);
	change_child(parent, x, y, root);
	set_parent(x, y);
	if (augment)
		augment->rotate(x, y);
}

static void rotate_right(struct rb_node *y, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	struct rb_node *x = y->rb_left, *parent = rb_parent(y);

	mm_assert(rb_parent(x) == y);					/* B4 */
	y->rb_left = x->rb_right;
	if (y->rb_left)
		set_parent(y->rb_left, y);
	x->rb_right = y;
	set_parent(x, parent);
	change_child(parent, y, x, root);
	set_parent(y, x);
	if (augment)
		augment->rotate(y, x);
}

/* Restore B1 and B2 after a red node was linked in. */
static void insert_fixup(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	struct rb_node *parent, *grand, *uncle;

	while ((parent = rb_parent(node)) && is_red(parent)) {
		grand = rb_parent(parent);
		mm_assert(grand);			/* a red parent is no root: B1 */
		uncle = parent == grand->rb_left ? grand->rb_right : grand->rb_left;
		if (is_red(uncle)) {
			set_black(parent);
			set_black(uncle);
			set_red(grand);
			node = grand;
			continue;
		}
		/* Black uncle: make node an outer grandchild, then turn grand. */
		if (parent == grand->rb_left) {
			if (node == parent->rb_right) {
				rotate_left(parent, root, augment);
				parent = node;
			}
			set_black(parent);
			set_red(grand);
			rotate_right(grand, root, augment);
		} else {
			if (node == parent->rb_left) {
				rotate_right(parent, root, augment);
				parent = node;
			}
			set_black(parent);
			set_red(grand);
			rotate_left(grand, root, augment);
		}
		break;
	}
	set_black(root->rb_node);
}

/*
 * The left side of parent is one black node short. Returns the node whose side
 * is short now, NULL when B3 holds again.
 */
static struct rb_node *fixup_left(struct rb_node *parent, struct rb_root *root,
				  const struct rb_augment_callbacks *augment)
{
	struct rb_node *sibling = parent->rb_right;

	if (is_red(sibling)) {
		set_black(sibling);
		set_red(parent);
		rotate_left(parent, root, augment);
		sibling = parent->rb_right;
	}
	mm_assert(sibling);			/* the other side is one longer */
	if (is_black(sibling->rb_left) && is_black(sibling->rb_right)) {
		set_red(sibling);
		return parent;
	}
	if (is_black(sibling->rb_right)) {
		set_black(sibling->rb_left);
		set_red(sibling);
		rotate_right(sibling, root, augment);
		sibling = parent->rb_right;
	}
	copy_color(sibling, parent);
	set_black(parent);
	set_black(sibling->rb_right);
	rotate_left(parent, root, augment);
	return NULL;
}

/* The mirror image of fixup_left(). */
static struct rb_node *fixup_right(struct rb_node *parent, struct rb_root *root,
				   const struct rb_augment_callbacks *augment)
{
	struct rb_node *sibling = parent->rb_left;

	if (is_red(sibling)) {
		set_black(sibling);
		set_red(parent);
		rotate_right(parent, root, augment);
		sibling = parent->rb_left;
	}
	mm_assert(sibling);
	if (is_black(sibling->rb_left) && is_black(sibling->rb_right)) {
		set_red(sibling);
		return parent;
	}
	if (is_black(sibling->rb_left)) {
		set_black(sibling->rb_right);
		set_red(sibling);
		rotate_left(sibling, root, augment);
		sibling = parent->rb_left;
	}
	copy_color(sibling, parent);
	set_black(parent);
	set_black(sibling->rb_left);
	rotate_right(parent, root, augment);
	return NULL;
}

/* A black node is gone above node (which may be NULL), below parent. */
static void erase_fixup(struct rb_node *node, struct rb_node *parent, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	while (parent && is_black(node)) {
		if (parent->rb_left == node)
			node = fixup_left(parent, root, augment);
		else
			node = fixup_right(parent, root, augment);
		if (!node)
			return;
		parent = rb_parent(node);
	}
	if (node)
		set_black(node);
}

/*
 * Take node, which has two children, out of the tree: its successor, which has
 * no left child, takes its place and colour.
 */
static struct rb_node *splice_successor(struct rb_node *node, struct rb_root *root,
					const struct rb_augment_callbacks *augment,
					struct rb_node **parentp, bool *was_black)
{
	struct rb_node *next = node->rb_right, *child, *parent;

	while (next->rb_left)
		next = next->rb_left;
	child = next->rb_right;
	parent = rb_parent(next);
	*was_black = is_black(next);
	if (parent == node) {
		parent = next;
	} else {
		parent->rb_left = child;
		if (child)
			set_parent(child, parent);
		next->rb_right = node->rb_right;
		set_parent(next->rb_right, next);
	}
	next->rb_left = node->rb_left;
	set_parent(next->rb_left, next);
	next->__rb_parent_color = node->__rb_parent_color;
	change_child(rb_parent(node), node, next, root);
	if (augment) {
		augment->copy(node, next);
		augment->propagate(parent, next);
		augment->propagate(next, NULL);
	}
	*parentp = parent;
	return child;
}

static void erase(struct rb_node *node, struct rb_root *root,
		  const struct rb_augment_callbacks *augment)
{
	struct rb_node *child, *parent;
	bool was_black;

	mm_assert(!RB_EMPTY_NODE(node));
	if (node->rb_left && node->rb_right) {
		child = splice_successor(node, root, augment, &parent, &was_black);
	} else {
		child = node->rb_left ? node->rb_left : node->rb_right;
		parent = rb_parent(node);
		was_black = is_black(node);
		if (child)
			set_parent(child, parent);
		change_child(parent, node, child, root);
		if (augment && parent)
			augment->propagate(parent, NULL);
	}
	if (was_black)
		erase_fixup(child, parent, root, augment);
}

/**
 * rb_insert_color() - restore the balance after rb_link_node().
 * Locks:   the caller's, for writing.
 * Context: any.
 * Return:  nothing.
 */
void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	insert_fixup(node, root, NULL);
}

/**
 * rb_insert_augmented() - the same for a tree with values from subtrees.
 * Locks:   the caller's, for writing.
 * Context: any; the values on the path above @node are already right.
 * Return:  nothing.
 */
void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	insert_fixup(node, root, augment);
}

/**
 * rb_erase() - take @node out of its tree.
 * Locks:   the caller's, for writing.
 * Context: any.
 * Return:  nothing; @node's own fields are left as they were.
 */
void rb_erase(struct rb_node *node, struct rb_root *root)
{
	erase(node, root, NULL);
}

/**
 * rb_erase_augmented() - the same for a tree with values from subtrees.
 * Locks:   the caller's, for writing.
 * Context: any.
 * Return:  nothing.
 */
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	erase(node, root, augment);
}

/**
 * rb_replace_node() - put @entry where @victim is; their order must be equal.
 * Locks:   the caller's, for writing.
 * Context: any.
 * Return:  nothing.
 */
void rb_replace_node(struct rb_node *victim, struct rb_node *entry, struct rb_root *root)
{
	*entry = *victim;
	if (victim->rb_left)
		set_parent(victim->rb_left, entry);
	if (victim->rb_right)
		set_parent(victim->rb_right, entry);
	change_child(rb_parent(victim), victim, entry, root);
}

/**
 * rb_first() - the leftmost node.
 * Locks:   the caller's, for reading.
 * Context: any.
 * Return:  the node, or NULL when the tree is empty.
 */
struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *node = root->rb_node;

	while (node && node->rb_left)
		node = node->rb_left;
	return node;
}

/**
 * rb_last() - the rightmost node.
 * Locks:   the caller's, for reading.
 * Context: any.
 * Return:  the node, or NULL when the tree is empty.
 */
struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *node = root->rb_node;

	while (node && node->rb_right)
		node = node->rb_right;
	return node;
}

/**
 * rb_next() - the node after @node in order.
 * Locks:   the caller's, for reading.
 * Context: any.
 * Return:  the node, or NULL at the end and for a node that is in no tree.
 */
struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *parent;

	if (RB_EMPTY_NODE(node))
		return NULL;
	if (node->rb_right) {
		node = node->rb_right;
		while (node->rb_left)
			node = node->rb_left;
		return (struct rb_node *)node;
	}
	while ((parent = rb_parent(node)) && node == parent->rb_right)
		node = parent;
	return parent;
}

/**
 * rb_prev() - the node before @node in order.
 * Locks:   the caller's, for reading.
 * Context: any.
 * Return:  the node, or NULL at the beginning and for a node in no tree.
 */
struct rb_node *rb_prev(const struct rb_node *node)
{
	struct rb_node *parent;

	if (RB_EMPTY_NODE(node))
		return NULL;
	if (node->rb_left) {
		node = node->rb_left;
		while (node->rb_right)
			node = node->rb_right;
		return (struct rb_node *)node;
	}
	while ((parent = rb_parent(node)) && node == parent->rb_left)
		node = parent;
	return parent;
}

static struct rb_node *deepest_left(const struct rb_node *node)
{
	for (;;) {
		if (node->rb_left)
			node = node->rb_left;
		else if (node->rb_right)
			node = node->rb_right;
		else
			return (struct rb_node *)node;
	}
}

/**
 * rb_first_postorder() - where a walk that sees children before parents begins.
 * Locks:   the caller's, for reading.
 * Context: any.
 * Return:  the node, or NULL when the tree is empty.
 */
struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return root->rb_node ? deepest_left(root->rb_node) : NULL;
}

/**
 * rb_next_postorder() - the next node of such a walk.
 * Locks:   the caller's, for reading.
 * Context: any.
 * Return:  the node, or NULL after the root.
 */
struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	const struct rb_node *parent;

	if (!node)
		return NULL;
	parent = rb_parent(node);
	if (parent && node == parent->rb_left && parent->rb_right)
		return deepest_left(parent->rb_right);
	return (struct rb_node *)parent;
}

/*
 * Black nodes on each way down from node, or -1 when a rule is broken. By B4 no
 * node is reached twice, so the walk ends on any damage.
 */
static int check_subtree(const struct rb_node *node, const struct rb_node *parent)
{
	int left, right;

	if (!node)
		return 0;
	if (rb_parent(node) != parent)					/* B4 */
		return -1;
	if (is_red(node) && (is_red(node->rb_left) || is_red(node->rb_right)))
		return -1;						/* B2 */
	left = check_subtree(node->rb_left, node);
	right = check_subtree(node->rb_right, node);
	if (left < 0 || left != right)					/* B3 */
		return -1;
	return left + is_black(node);
}

/**
 * rb_check() - walk the tree and check B1 to B4.
 * Locks:   the caller's, for reading.
 * Context: any; O(n), recursion as deep as the tree.
 * Return:  true when all hold.
 */
bool rb_check(const struct rb_root *root)
{
	return is_black(root->rb_node) && check_subtree(root->rb_node, NULL) >= 0; /* B1 */
}
