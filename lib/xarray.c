// SPDX-License-Identifier: MIT
/*
 * Sparse arrays: a radix tree of nodes with 64 slots.
 *
 *	xa_head -> node (shift 6)
 *	             slot 0 -> node (shift 0): indices 0..63
 *	             slot 2 -> node (shift 0): indices 128..191
 *
 * The head is NULL, or the entry of index 0 when that is the only one, or the
 * top node, tagged with bit 1 (linux/xarray.h describes the encodings).
 *
 *   X1  entries other than that of the head are in nodes of shift 0
 *   X2  node->count is the number of its slots in use and never 0 in the tree;
 *       node->nr_values is how many of them hold value entries
 *   X3  a slot's mark is set iff its entry has the mark or, for a node, some
 *       entry below has it; the mark in xa_flags says so for the whole array
 *   X4  the child in slot i has offset i, the node as parent and a shift that is
 *       less by 6; the top has no parent
 *   X5  the top node uses a slot other than 0: a lower top would do otherwise
 *
 * Storing may need nodes. How many is known before anything changes: they are
 * allocated with the lock dropped, then the need is counted again, and only when
 * all are there the tree is changed. So a failed store changes nothing, and the
 * allocator may sleep.
 *
 * By X5 the array's height follows its largest index. Erasing frees the nodes
 * that become empty, and shrinks the top.
 *
 * Locks: xa_lock protects everything, look-ups too, so that nodes can be freed
 * without a grace period. Nodes come from xa_node_alloc(), which mm/slab owns.
 */
#include <linux/bitops.h>
#include <linux/string.h>
#include <linux/xarray.h>

#define XA_MAX_BITS	BITS_PER_LONG

static inline void *mk_node(struct xa_node *node)
{
	return (void *)((unsigned long)node | 2);
}

static inline bool is_node(const void *entry)
{
	return xa_is_internal(entry) && !xa_is_err(entry);
}

static inline struct xa_node *to_node(const void *entry)
{
	mm_assert(is_node(entry));
	return (struct xa_node *)((unsigned long)entry - 2);
}

static inline unsigned long low_bits(unsigned int bits)
{
	return bits >= XA_MAX_BITS ? ~0UL : (1UL << bits) - 1;
}

/* Bits of the index that the whole array covers; 0: index 0 only. */
static inline unsigned int covered_bits(const void *head)
{
	return is_node(head) ? to_node(head)->shift + XA_CHUNK_SHIFT : 0;
}

static inline unsigned int slot_of(const struct xa_node *node, unsigned long index)
{
	return (index >> node->shift) & XA_CHUNK_MASK;
}

/* The node of shift 0 for index, NULL when there is none. */
static inline struct xa_node *find_leaf(const struct xarray *xa, unsigned long index)
{
	const void *entry = xa->xa_head;
	struct xa_node *node;

	if (!is_node(entry) || index > low_bits(covered_bits(entry)))
		return NULL;
	node = to_node(entry);
	while (node->shift) {
		entry = node->slots[slot_of(node, index)];
		if (!entry)
			return NULL;
		mm_assert(to_node(entry)->shift + XA_CHUNK_SHIFT == node->shift);
		node = to_node(entry);					/* X4 */
	}
	return node;
}

/* How many nodes a store at index needs that are not there yet. */
static unsigned int nodes_missing(const struct xarray *xa, unsigned long index)
{
	const void *entry = xa->xa_head;
	unsigned int bits = covered_bits(entry), above = 0;
	struct xa_node *node;

	while (bits < XA_MAX_BITS && index >> bits) {
		bits += XA_CHUNK_SHIFT;
		above++;
	}
	if (!entry)
		return above;		/* one chain from the top to the leaf */
	if (above)
		return above + bits / XA_CHUNK_SHIFT - 1;
	if (!is_node(entry))
		return 0;
	node = to_node(entry);
	while (node->shift) {
		entry = node->slots[slot_of(node, index)];
		if (!entry)
			return node->shift / XA_CHUNK_SHIFT;
		node = to_node(entry);
	}
	return 0;
}

/* Nodes that were allocated and are not in the tree, linked by parent. */
struct node_pool {
	struct xa_node *first;
	unsigned int nr;
};

static void pool_release(struct node_pool *pool)
{
	struct xa_node *node;

	while ((node = pool->first)) {
		pool->first = node->parent;
		xa_node_free(node);
	}
	pool->nr = 0;
}

static int pool_fill(struct node_pool *pool, unsigned int nr, gfp_t gfp)
{
	while (pool->nr < nr) {
		struct xa_node *node = xa_node_alloc(gfp);

		if (!node)
			return -ENOMEM;
		node->parent = pool->first;
		pool->first = node;
		pool->nr++;
	}
	return 0;
}

static struct xa_node *pool_take(struct node_pool *pool, struct xarray *xa, unsigned int shift)
{
	struct xa_node *node = pool->first;

	mm_bug_on(!node);		/* nodes_missing() counted too few */
	pool->first = node->parent;
	pool->nr--;
	memset(node, 0, sizeof(*node));
	node->shift = shift;
	node->array = xa;
	return node;
}

static void attach(struct xa_node *parent, unsigned int offset, struct xa_node *child)
{
	child->parent = parent;
	child->offset = offset;
	parent->slots[offset] = mk_node(child);				/* X4 */
	parent->count++;
}

/* Raise the top until the array covers index. */
static void grow(struct xarray *xa, unsigned long index, struct node_pool *pool)
{
	void *head = xa->xa_head;
	unsigned int bits = covered_bits(head), mark;
	struct xa_node *top;

	if (!head) {
		while (bits < XA_MAX_BITS && index >> bits)
			bits += XA_CHUNK_SHIFT;
		if (bits)
			xa->xa_head = mk_node(pool_take(pool, xa, bits - XA_CHUNK_SHIFT));
		return;
	}
	for (; bits < XA_MAX_BITS && index >> bits; bits += XA_CHUNK_SHIFT) {
		top = pool_take(pool, xa, bits);
		if (is_node(head)) {
			attach(top, 0, to_node(head));
		} else {
			top->slots[0] = head;
			top->count = 1;
			top->nr_values = xa_is_value(head);
		}
		for (mark = 0; mark < XA_MAX_MARKS; mark++)
			if (xa_marked(xa, mark))			/* X3 */
				__set_bit(0, top->marks[mark]);
		head = mk_node(top);
	}
	xa->xa_head = head;
}

/* The leaf for index, with every node on the way; the pool has enough. */
static struct xa_node *make_leaf(struct xarray *xa, unsigned long index, struct node_pool *pool)
{
	struct xa_node *node, *child;

	grow(xa, index, pool);
	if (!is_node(xa->xa_head))
		return NULL;		/* index 0 alone: the head itself */
	node = to_node(xa->xa_head);
	while (node->shift) {
		unsigned int offset = slot_of(node, index);

		if (!node->slots[offset]) {
			child = pool_take(pool, xa, node->shift - XA_CHUNK_SHIFT);
			attach(node, offset, child);
		}
		node = to_node(node->slots[offset]);
	}
	return node;
}

/* Change a slot of a leaf to an entry that is not NULL. */
static void *set_slot(struct xa_node *leaf, unsigned int offset, void *entry)
{
	void *old = leaf->slots[offset];

	leaf->slots[offset] = entry;
	leaf->count += !old;						/* X2 */
	leaf->nr_values += xa_is_value(entry) - xa_is_value(old);
	return old;
}

static void node_set_mark(struct xarray *xa, struct xa_node *node, unsigned int offset,
			  xa_mark_t mark)
{
	while (node) {
		if (__test_and_set_bit(offset, node->marks[mark]))
			return;		/* then it is set above, too: X3 */
		offset = node->offset;
		node = node->parent;
	}
	xa->xa_flags |= XA_FLAGS_MARK(mark);
}

static void node_clear_mark(struct xarray *xa, struct xa_node *node, unsigned int offset,
			    xa_mark_t mark)
{
	while (node) {
		if (!__test_and_clear_bit(offset, node->marks[mark]))
			return;
		if (find_first_bit(node->marks[mark], XA_CHUNK_SIZE) < XA_CHUNK_SIZE)
			return;
		offset = node->offset;
		node = node->parent;
	}
	xa->xa_flags &= ~XA_FLAGS_MARK(mark);
}

/* Free node and its ancestors as far as they are empty. */
static void free_empty(struct xarray *xa, struct xa_node *node)
{
	while (node && !node->count) {
		struct xa_node *parent = node->parent;

		if (parent) {
			parent->slots[node->offset] = NULL;
			parent->count--;
		} else {
			xa->xa_head = NULL;
		}
		xa_node_free(node);
		node = parent;
	}
}

/* Lower the top while it only uses slot 0 (X5). */
static void shrink(struct xarray *xa)
{
	while (is_node(xa->xa_head)) {
		struct xa_node *top = to_node(xa->xa_head);

		if (top->count != 1 || !top->slots[0])
			return;
		/* The marks of a single slot are those of the array: X3. */
		xa->xa_head = top->slots[0];
		if (is_node(xa->xa_head))
			to_node(xa->xa_head)->parent = NULL;
		xa_node_free(top);
	}
}

/**
 * __xa_load() - the entry at @index.
 * Locks:   xa_lock is held.
 * Context: any.
 * Return:  the entry, or NULL.
 */
void *__xa_load(struct xarray *xa, unsigned long index)
{
	struct xa_cursor cursor = XA_CURSOR(xa);

	return xa_cursor_move(&cursor, index);
}

/**
 * xa_cursor_move() - @cursor goes to the leaf of @index, if there is one.
 * Locks:   xa_lock is held.
 * Context: any.
 * Return:  the entry at @index, or NULL.
 */
void *xa_cursor_move(struct xa_cursor *cursor, unsigned long index)
{
	if (!is_node(cursor->xa->xa_head))
		return index ? NULL : cursor->xa->xa_head;		/* X1 */
	cursor->leaf = find_leaf(cursor->xa, index);
	cursor->chunk = index >> XA_CHUNK_SHIFT;
	return cursor->leaf ? cursor->leaf->slots[index & XA_CHUNK_MASK] : NULL;
}

/**
 * __xa_erase() - take the entry at @index out, with its marks.
 * Locks:   xa_lock is held.
 * Context: any; never allocates.
 * Return:  the entry that was there, or NULL.
 */
void *__xa_erase(struct xarray *xa, unsigned long index)
{
	unsigned int offset = index & XA_CHUNK_MASK;
	struct xa_node *leaf;
	xa_mark_t mark;
	void *old = __xa_load(xa, index);

	spin_assert_held(&xa->xa_lock);
	if (!old)
		return NULL;
	leaf = find_leaf(xa, index);
	for (mark = 0; mark < XA_MAX_MARKS; mark++)
		node_clear_mark(xa, leaf, offset, mark);
	if (!leaf) {
		xa->xa_head = NULL;
		return old;
	}
	leaf->slots[offset] = NULL;
	leaf->count--;							/* X2 */
	leaf->nr_values -= xa_is_value(old);
	free_empty(xa, leaf);
	shrink(xa);
	return old;
}

/* Fill the pool for a store at index; the lock is dropped only if it must be. */
static int reserve(struct xarray *xa, unsigned long index, struct node_pool *pool, gfp_t gfp)
{
	unsigned int missing;
	int err;

	while ((missing = nodes_missing(xa, index)) > pool->nr) {
		xa_unlock(xa);
		err = pool_fill(pool, missing, gfp);
		xa_lock(xa);
		if (err)
			return err;
	}
	return 0;
}

static void *place(struct xarray *xa, unsigned long index, void *entry, struct node_pool *pool)
{
	struct xa_node *leaf = make_leaf(xa, index, pool);
	void *old;

	if (leaf)
		return set_slot(leaf, index & XA_CHUNK_MASK, entry);
	old = xa->xa_head;
	xa->xa_head = entry;
	return old;
}

/*
 * The one path of all stores: entry replaces what is there, if cond is NULL or
 * what is there equals *cond. Returns what was there, or an error entry.
 */
static void *store_if(struct xarray *xa, unsigned long index, void *const *cond, void *entry,
		      gfp_t gfp)
{
	struct node_pool pool = { NULL, 0 };
	void *old;
	int err;

	spin_assert_held(&xa->xa_lock);
	if (WARN_ON_ONCE(xa_is_internal(entry)))
		return XA_ERROR(-EINVAL);
	if (!entry) {
		old = __xa_load(xa, index);
		return cond && old != *cond ? old : __xa_erase(xa, index);
	}
	err = reserve(xa, index, &pool, gfp);
	old = __xa_load(xa, index);
	if (err)
		old = XA_ERROR(err);
	else if (!cond || old == *cond)
		old = place(xa, index, entry, &pool);
	pool_release(&pool);
	return old;
}

/**
 * __xa_store() - store @entry at @index; marks stay, NULL erases.
 * Locks:   xa_lock is held; dropped and retaken when nodes are needed.
 * Context: may sleep as @gfp allows.
 * Return:  what was there, or an entry for which xa_err() gives -ENOMEM or
 *          -EINVAL; then nothing has changed.
 */
void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	return store_if(xa, index, NULL, entry, gfp);
}

/**
 * __xa_cmpxchg() - store @entry if @old is there.
 * Locks:   xa_lock is held; dropped and retaken when nodes are needed.
 * Context: may sleep as @gfp allows.
 * Return:  what was there: @old when the exchange took place; or an error entry.
 */
void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)
{
	return store_if(xa, index, &old, entry, gfp);
}

/**
 * __xa_insert() - store @entry where nothing is.
 * Locks:   xa_lock is held; dropped and retaken when nodes are needed.
 * Context: may sleep as @gfp allows.
 * Return:  0, -EBUSY when something is there, -ENOMEM, -EINVAL.
 */
int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *old = __xa_cmpxchg(xa, index, NULL, entry, gfp);

	if (xa_is_err(old))
		return xa_err(old);
	return old ? -EBUSY : 0;
}

/**
 * __xa_get_mark() - does the entry at @index have @mark?
 * Locks:   xa_lock is held.
 * Context: any.
 * Return:  true when there is an entry and it has.
 */
bool __xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	struct xa_node *leaf;

	mm_assert(mark < XA_MAX_MARKS);
	if (!is_node(xa->xa_head))
		return index == 0 && xa->xa_head && xa_marked(xa, mark);
	leaf = find_leaf(xa, index);
	return leaf && test_bit(index & XA_CHUNK_MASK, leaf->marks[mark]);
}

/**
 * __xa_set_mark() - set @mark of the entry at @index, if there is one.
 * Locks:   xa_lock is held.
 * Context: any; never allocates.
 * Return:  nothing.
 */
void __xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	spin_assert_held(&xa->xa_lock);
	mm_assert(mark < XA_MAX_MARKS);
	if (__xa_load(xa, index))
		node_set_mark(xa, find_leaf(xa, index), index & XA_CHUNK_MASK, mark);
}

/**
 * __xa_clear_mark() - clear @mark of the entry at @index, if there is one.
 * Locks:   xa_lock is held.
 * Context: any; never allocates.
 * Return:  nothing.
 */
void __xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	spin_assert_held(&xa->xa_lock);
	mm_assert(mark < XA_MAX_MARKS);
	if (__xa_load(xa, index))
		node_clear_mark(xa, find_leaf(xa, index), index & XA_CHUNK_MASK, mark);
}

/* The first slot from offset on that passes the filter, XA_CHUNK_SIZE if none. */
static unsigned int next_slot(const struct xa_node *node, unsigned int offset, xa_mark_t filter)
{
	if (filter < XA_MAX_MARKS)
		return find_next_bit(node->marks[filter], XA_CHUNK_SIZE, offset);
	while (offset < XA_CHUNK_SIZE && !node->slots[offset])
		offset++;
	return offset;
}

static void *find_in_nodes(const struct xarray *xa, unsigned long *indexp, unsigned long max,
			   xa_mark_t filter)
{
	struct xa_node *node = to_node(xa->xa_head);
	unsigned long index = *indexp;
	unsigned int offset = slot_of(node, index);

	for (;;) {
		unsigned int slot = next_slot(node, offset, filter);

		if (slot == XA_CHUNK_SIZE) {
			offset = node->offset + 1;
			node = node->parent;
			if (!node)
				return NULL;
			continue;
		}
		if (slot != slot_of(node, index)) {
			index &= ~low_bits(node->shift + XA_CHUNK_SHIFT);
			index |= (unsigned long)slot << node->shift;
		}
		if (index > max)
			return NULL;
		if (!node->shift) {
			*indexp = index;
			return node->slots[slot];
		}
		node = to_node(node->slots[slot]);
		offset = slot_of(node, index);
	}
}

/**
 * __xa_find() - the first entry in [*@index, @max] that passes @filter, which is
 * a mark or XA_PRESENT.
 * Locks:   xa_lock is held.
 * Context: any.
 * Return:  the entry, and its index in *@index; or NULL, *@index unchanged.
 */
void *__xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	void *head = xa->xa_head;

	if (!head || *index > max)
		return NULL;
	if (filter < XA_MAX_MARKS && !xa_marked(xa, filter))
		return NULL;
	if (!is_node(head))
		return *index ? NULL : head;
	if (*index > low_bits(covered_bits(head)))
		return NULL;
	return find_in_nodes(xa, index, max, filter);
}

/**
 * xa_load() - the entry at @index.
 * Locks:   takes xa_lock.
 * Context: any that may take xa_lock.
 * Return:  the entry, or NULL.
 */
void *xa_load(struct xarray *xa, unsigned long index)
{
	void *entry;

	xa_lock(xa);
	entry = __xa_load(xa, index);
	xa_unlock(xa);
	return entry;
}

/**
 * xa_store() - __xa_store() with the lock taken here.
 * Locks:   takes xa_lock.
 * Context: may sleep as @gfp allows.
 * Return:  what was there, or an error entry.
 */
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	void *old;

	xa_lock(xa);
	old = __xa_store(xa, index, entry, gfp);
	xa_unlock(xa);
	return old;
}

/**
 * xa_insert() - __xa_insert() with the lock taken here.
 * Locks:   takes xa_lock.
 * Context: may sleep as @gfp allows.
 * Return:  0, -EBUSY, -ENOMEM, -EINVAL.
 */
int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	int err;

	xa_lock(xa);
	err = __xa_insert(xa, index, entry, gfp);
	xa_unlock(xa);
	return err;
}

/**
 * xa_cmpxchg() - __xa_cmpxchg() with the lock taken here.
 * Locks:   takes xa_lock.
 * Context: may sleep as @gfp allows.
 * Return:  what was there, or an error entry.
 */
void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)
{
	void *was;

	xa_lock(xa);
	was = __xa_cmpxchg(xa, index, old, entry, gfp);
	xa_unlock(xa);
	return was;
}

/**
 * xa_erase() - __xa_erase() with the lock taken here.
 * Locks:   takes xa_lock.
 * Context: any that may take xa_lock.
 * Return:  the entry that was there, or NULL.
 */
void *xa_erase(struct xarray *xa, unsigned long index)
{
	void *old;

	xa_lock(xa);
	old = __xa_erase(xa, index);
	xa_unlock(xa);
	return old;
}

/**
 * xa_get_mark() - __xa_get_mark() with the lock taken here.
 * Locks:   takes xa_lock.
 * Context: any that may take xa_lock.
 * Return:  true when there is an entry and it has the mark.
 */
bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	bool set;

	xa_lock(xa);
	set = __xa_get_mark(xa, index, mark);
	xa_unlock(xa);
	return set;
}

/**
 * xa_set_mark() - __xa_set_mark() with the lock taken here.
 * Locks:   takes xa_lock.
 * Context: any that may take xa_lock.
 * Return:  nothing.
 */
void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	xa_lock(xa);
	__xa_set_mark(xa, index, mark);
	xa_unlock(xa);
}

/**
 * xa_clear_mark() - __xa_clear_mark() with the lock taken here.
 * Locks:   takes xa_lock.
 * Context: any that may take xa_lock.
 * Return:  nothing.
 */
void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	xa_lock(xa);
	__xa_clear_mark(xa, index, mark);
	xa_unlock(xa);
}

/**
 * xa_find() - __xa_find() with the lock taken here.
 * Locks:   takes xa_lock.
 * Context: any that may take xa_lock.
 * Return:  the entry, and its index in *@index; or NULL, *@index unchanged.
 */
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	void *entry;

	xa_lock(xa);
	entry = __xa_find(xa, index, max, filter);
	xa_unlock(xa);
	return entry;
}

/**
 * xa_find_after() - the same for indices above *@index.
 * Locks:   takes xa_lock.
 * Context: any that may take xa_lock.
 * Return:  the entry, and its index in *@index; or NULL, *@index unchanged.
 */
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max,
		    xa_mark_t filter)
{
	unsigned long next = *index + 1;
	void *entry;

	if (!next)
		return NULL;
	entry = xa_find(xa, &next, max, filter);
	if (entry)
		*index = next;
	return entry;
}

/**
 * xa_extract() - copy up to @n entries of [@start, @max] that pass @filter.
 * Locks:   takes xa_lock once.
 * Context: any that may take xa_lock.
 * Return:  how many were copied to @dst.
 */
unsigned int xa_extract(struct xarray *xa, void **dst, unsigned long start,
			unsigned long max, unsigned int n, xa_mark_t filter)
{
	unsigned long index = start;
	unsigned int i = 0;
	void *entry;

	xa_lock(xa);
	while (i < n && (entry = __xa_find(xa, &index, max, filter))) {
		dst[i++] = entry;
		if (!++index)
			break;
	}
	xa_unlock(xa);
	return i;
}

/* Free a subtree; depth is at most 11. */
static void free_subtree(struct xa_node *node)
{
	unsigned int i;

	for (i = 0; node->shift && i < XA_CHUNK_SIZE; i++)
		if (node->slots[i])
			free_subtree(to_node(node->slots[i]));
	xa_node_free(node);
}

/**
 * xa_destroy() - drop every entry, mark and node.
 * Locks:   takes xa_lock.
 * Context: any that may take xa_lock.
 * Return:  nothing; the array is empty and usable.
 */
void xa_destroy(struct xarray *xa)
{
	xa_mark_t mark;

	xa_lock(xa);
	if (is_node(xa->xa_head))
		free_subtree(to_node(xa->xa_head));
	xa->xa_head = NULL;
	for (mark = 0; mark < XA_MAX_MARKS; mark++)
		xa->xa_flags &= ~XA_FLAGS_MARK(mark);
	xa_unlock(xa);
}

/* X3 for one slot: its marks are those of the child, and none when empty. */
static bool check_marks(const struct xa_node *node, unsigned int i)
{
	const struct xa_node *child = NULL;
	xa_mark_t mark;

	if (node->shift && node->slots[i])
		child = to_node(node->slots[i]);
	for (mark = 0; mark < XA_MAX_MARKS; mark++) {
		bool set = test_bit(i, node->marks[mark]);

		if (set && !node->slots[i])
			return false;
		if (child && set != (find_first_bit(child->marks[mark], XA_CHUNK_SIZE) <
				     XA_CHUNK_SIZE))
			return false;
	}
	return true;
}

static bool check_node(const struct xarray *xa, const struct xa_node *node)
{
	unsigned int i, used = 0, values = 0;

	if (node->array != xa)
		return false;
	for (i = 0; i < XA_CHUNK_SIZE; i++) {
		const void *entry = node->slots[i];
		const struct xa_node *child;

		used += entry != NULL;
		values += xa_is_value(entry);
		if (!check_marks(node, i))				/* X3 */
			return false;
		if (entry && is_node(entry) != (node->shift != 0))	/* X1 */
			return false;
		if (!entry || !node->shift)
			continue;
		child = to_node(entry);
		if (child->parent != node || child->offset != i ||	/* X4 */
		    child->shift + XA_CHUNK_SHIFT != node->shift ||
		    !check_node(xa, child))
			return false;
	}
	return used == node->count && used && values == node->nr_values; /* X2 */
}

/**
 * xa_check() - walk the array and check X1 to X5.
 * Locks:   takes xa_lock.
 * Context: any that may take xa_lock.
 * Return:  true when all hold.
 */
bool xa_check(struct xarray *xa)
{
	const struct xa_node *top;
	xa_mark_t mark;
	bool ok = true;

	xa_lock(xa);
	if (is_node(xa->xa_head)) {
		top = to_node(xa->xa_head);
		ok = !top->parent && check_node(xa, top) &&
		     !(top->count == 1 && top->slots[0]);		/* X5 */
		for (mark = 0; mark < XA_MAX_MARKS; mark++)		/* X3 */
			ok &= xa_marked(xa, mark) ==
			      (find_first_bit(top->marks[mark], XA_CHUNK_SIZE) < XA_CHUNK_SIZE);
	}
	xa_unlock(xa);
	return ok;
}
