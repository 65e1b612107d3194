/* SPDX-License-Identifier: MIT */
/*
 * resource.c - the tree of physical address ranges and of I/O ports.
 *
 * A node is a range with a name; its children lie inside it. Two ways in:
 * request_resource() claims an unused range directly under a parent;
 * insert_resource() finds the place by itself, as deep as the range fits, and
 * becomes the parent of what it encloses there, so that maps that arrive in any
 * order (memory map, kernel image, device windows) still nest.
 *
 *   R1  a child lies within its parent
 *   R2  siblings ascend and do not overlap
 *   R3  every node but the roots has a parent, whose list of children it is on
 *
 * Nodes belong to their callers and must outlive their stay in the tree. The
 * structure is guarded by resource_lock; nobody frees memory under it. What the
 * ranges mean is left to those who register them.
 */
#include <linux/ioport.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/bug.h>
#include <linux/seq_file.h>
#include <linux/mutex.h>

struct resource iomem_resource = {
	.name = "PCI mem", .start = 0, .end = ~0ull, .flags = IORESOURCE_MEM,
};
struct resource ioport_resource = {
	.name = "PCI IO", .start = 0, .end = 0xffff, .flags = IORESOURCE_IO,
};

/* a sleeping lock: the text of /proc grows its buffer under it */
static DEFINE_MUTEX(resource_lock);

static bool inside(const struct resource *in, const struct resource *out)
{
	return in->start >= out->start && in->end <= out->end;
}

/* link @new under @root; the sibling that is in the way, or NULL when it is in */
static struct resource *link_child(struct resource *root, struct resource *new)
{
	struct resource **p = &root->child;

	if (new->end < new->start || !inside(new, root))	/* R1 */
		return root;
	while (*p && (*p)->end < new->start)
		p = &(*p)->sibling;
	if (*p && (*p)->start <= new->end)			/* R2 */
		return *p;
	new->sibling = *p;
	new->parent = root;
	*p = new;
	return NULL;
}

/* @new encloses its siblings from @first on: they become its children */
static int adopt(struct resource *parent, struct resource *first, struct resource *new)
{
	struct resource *last = first, **p = &parent->child, *r;

	while (last->sibling && last->sibling->start <= new->end)
		last = last->sibling;
	if (first->start < new->start || last->end > new->end)
		return -EBUSY;			/* half in, half out */
	while (*p != first)
		p = &(*p)->sibling;
	new->parent = parent;
	new->sibling = last->sibling;
	new->child = first;
	last->sibling = NULL;
	*p = new;
	for (r = first; r; r = r->sibling)
		r->parent = new;		/* R3 */
	return 0;
}

/**
 * request_resource() - claim an unused range directly under @root.
 * Locks:   takes resource_lock.
 * Context: thread, may sleep.
 * Return:  0, or -EBUSY when part of it is taken or outside; then nothing changed.
 */
int request_resource(struct resource *root, struct resource *new)
{
	struct resource *conflict;

	mm_assert(!new->parent);
	mutex_lock(&resource_lock);
	conflict = link_child(root, new);
	mutex_unlock(&resource_lock);
	return conflict ? -EBUSY : 0;
}

/**
 * insert_resource() - place @new somewhere below @root, around what it encloses.
 * Locks:   takes resource_lock.
 * Context: thread, may sleep.
 * Return:  0, or -EBUSY when it cuts through a range; then nothing changed.
 */
int insert_resource(struct resource *root, struct resource *new)
{
	struct resource *conflict;
	int err = 0;

	mm_assert(!new->parent);
	mutex_lock(&resource_lock);
	for (;;) {
		conflict = link_child(root, new);
		if (!conflict)
			break;
		if (conflict == root) {
			err = -EBUSY;
			break;
		}
		/* an equal range goes below the one that was first */
		if (!inside(new, conflict)) {
			err = adopt(root, conflict, new);
			break;
		}
		root = conflict;
	}
	mutex_unlock(&resource_lock);
	return err;
}

/**
 * release_resource() - take @old out of the tree; its children go to its parent.
 * Locks:   takes resource_lock.
 * Context: thread, may sleep.
 * Return:  0, or -EINVAL when it is not in a tree.
 */
int release_resource(struct resource *old)
{
	struct resource **p, *r;
	int err = -EINVAL;

	mutex_lock(&resource_lock);
	if (!old->parent)
		goto out;
	for (p = &old->parent->child; *p && *p != old; )
		p = &(*p)->sibling;
	mm_bug_on(!*p);					/* R3 */
	for (r = old->child; r; r = r->sibling) {
		r->parent = old->parent;
		*p = r;
		p = &r->sibling;
	}
	*p = old->sibling;
	old->parent = old->sibling = old->child = NULL;
	err = 0;
out:
	mutex_unlock(&resource_lock);
	return err;
}

/* Depth first; a line a node: two blanks a level, addresses as wide as the root's. */
static void tree_show(struct seq_file *m, const struct resource *root)
{
	const struct resource *r = root->child;
	int width = root->end < 0x10000 ? 4 : 8, depth = 0;

	mutex_lock(&resource_lock);
	while (r) {
		seq_printf(m, "%*s%0*llx-%0*llx : %s\n", depth * 2, "",
			   width, (unsigned long long)r->start,
			   width, (unsigned long long)r->end, r->name ? r->name : "<BAD>");
		if (r->child) {
			r = r->child;
			depth++;
			continue;
		}
		while (!r->sibling && r->parent != root) {
			r = r->parent;
			depth--;
		}
		r = r->sibling;
	}
	mutex_unlock(&resource_lock);
}

/**
 * iomem_show() - the text of /proc/iomem.
 * Locks: takes resource_lock. Context: thread, may sleep. Return: nothing.
 */
void iomem_show(struct seq_file *m)
{
	tree_show(m, &iomem_resource);
}

/**
 * ioports_show() - the text of /proc/ioports.
 * Locks: takes resource_lock. Context: thread, may sleep. Return: nothing.
 */
void ioports_show(struct seq_file *m)
{
	tree_show(m, &ioport_resource);
}
