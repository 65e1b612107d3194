/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_XARRAY_H
#define _LINUX_XARRAY_H

/*
 * A sparse array of pointers by unsigned long index: a radix tree of nodes of
 * 64 slots, with three marks on each entry. lib/xarray.c has the theory.
 *
 * Each array has a spinlock. The xa_ functions take it; the __xa_ functions
 * want it held (or the array owned by the caller), and those with a gfp may
 * drop and retake it to allocate. Look-ups take the lock as well: there is no
 * lockless reader, so that a node can be freed at once.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>

#define XA_CHUNK_SHIFT	6
#define XA_CHUNK_SIZE	(1UL << XA_CHUNK_SHIFT)
#define XA_CHUNK_MASK	(XA_CHUNK_SIZE - 1)
#define XA_MAX_MARKS	3
#define XA_MARK_LONGS	(XA_CHUNK_SIZE / BITS_PER_LONG)

typedef unsigned int xa_mark_t;
#define XA_MARK_0	0U
#define XA_MARK_1	1U
#define XA_MARK_2	2U
#define XA_PRESENT	8U		/* every entry, as a filter */
#define XA_MARK_MAX	XA_MARK_2

#define XA_FLAGS_MARK(mark)	(1U << (16 + (mark)))	/* some entry has it */

struct xarray {
	spinlock_t xa_lock;
	gfp_t xa_flags;			/* xa_lock */
	void *xa_head;			/* xa_lock: node, or the entry of index 0 */
};

struct xa_node {
	unsigned char shift;		/* bits of the index below this node */
	unsigned char offset;		/* slot in the parent */
	unsigned char count;		/* slots in use */
	unsigned char nr_values;	/* of them, value entries */
	struct xa_node *parent;		/* NULL at the top */
	struct xarray *array;
	void *slots[XA_CHUNK_SIZE];
	unsigned long marks[XA_MAX_MARKS][XA_MARK_LONGS];
};

/* Where nodes come from: mm/slab provides these. NULL when memory is short. */
struct xa_node *xa_node_alloc(gfp_t gfp);
void xa_node_free(struct xa_node *node);

/*
 * Entries: a pointer aligned to 4, or an integer below 2^63 shifted left with
 * bit 0 set. Bit 1 marks what is internal: nodes, and the errors below.
 */
static inline void *xa_mk_value(unsigned long v)
{
	return (void *)((v << 1) | 1);
}

static inline unsigned long xa_to_value(const void *entry)
{
	return (unsigned long)entry >> 1;
}

static inline bool xa_is_value(const void *entry)
{
	return (unsigned long)entry & 1;
}

static inline bool xa_is_internal(const void *entry)
{
	return ((unsigned long)entry & 3) == 2;
}

#define XA_ERROR(errno)	((void *)(((unsigned long)(long)(errno) << 2) | 2UL))

static inline bool xa_is_err(const void *entry)
{
	return unlikely(xa_is_internal(entry) &&
			(unsigned long)entry >= (unsigned long)XA_ERROR(-MAX_ERRNO));
}

/* The error that a returned entry stands for, 0 for none. */
static inline int xa_err(void *entry)
{
	return xa_is_err(entry) ? (int)((long)entry >> 2) : 0;
}

#define XARRAY_INIT(name, flags)					\
	{ .xa_lock = SPIN_LOCK_RANK_INIT(name, RANK_XARRAY),		\
	  .xa_flags = (flags), .xa_head = NULL }
#define DEFINE_XARRAY_FLAGS(name, flags) \
	struct xarray name = XARRAY_INIT(name, flags)
#define DEFINE_XARRAY(name)	DEFINE_XARRAY_FLAGS(name, 0)

static inline void xa_init_flags(struct xarray *xa, gfp_t flags)
{
	spin_lock_init_rank(&xa->xa_lock, RANK_XARRAY, "xa_lock");
	xa->xa_flags = flags;
	xa->xa_head = NULL;
}

static inline void xa_init(struct xarray *xa)
{
	xa_init_flags(xa, 0);
}

static inline bool xa_empty(const struct xarray *xa)
{
	return READ_ONCE(xa->xa_head) == NULL;
}

static inline bool xa_marked(const struct xarray *xa, xa_mark_t mark)
{
	return READ_ONCE(xa->xa_flags) & XA_FLAGS_MARK(mark);
}

#define xa_trylock(xa)			spin_trylock(&(xa)->xa_lock)
#define xa_lock(xa)			spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa)			spin_unlock(&(xa)->xa_lock)

/*
 * A place in @xa for look-ups at neighbouring indices: it keeps the leaf of the last one. It
 * lives no longer than the hold of xa_lock in which it was made, without changes meanwhile.
 */
struct xa_cursor {
	const struct xarray *xa;
	const struct xa_node *leaf;	/* of 64 indices from chunk * 64 on; NULL: none yet */
	unsigned long chunk;
};
#define XA_CURSOR(array)	{ .xa = (array) }

/* Go to the leaf of @index. The entry there, or NULL. */
void *xa_cursor_move(struct xa_cursor *cursor, unsigned long index);

/* The entry at @index, or NULL. */
static inline void *xa_cursor_load(struct xa_cursor *cursor, unsigned long index)
{
	if (likely(cursor->leaf && index >> XA_CHUNK_SHIFT == cursor->chunk))
		return cursor->leaf->slots[index & XA_CHUNK_MASK];
	return xa_cursor_move(cursor, index);
}

/* With xa_lock held. */
void *__xa_load(struct xarray *xa, unsigned long index);
void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
int __must_check __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp);
void *__xa_erase(struct xarray *xa, unsigned long index);
bool __xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void __xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void __xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
/* The first entry at *index or above, up to max, that passes the filter. */
void *__xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);

/* These take the lock. */
void *xa_load(struct xarray *xa, unsigned long index);
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
int __must_check xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp);
void *xa_erase(struct xarray *xa, unsigned long index);
bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max,
		    xa_mark_t filter);
unsigned int xa_extract(struct xarray *xa, void **dst, unsigned long start,
			unsigned long max, unsigned int n, xa_mark_t filter);
/* Drop every entry and node; what the entries point at is the caller's. */
void xa_destroy(struct xarray *xa);
/* Walks the whole array; false when a rule of lib/xarray.c is broken. */
bool xa_check(struct xarray *xa);

/* The body may erase the current entry and store others. */
#define xa_for_each_range(xa, index, entry, start, last)		\
	for (index = start, entry = xa_find(xa, &index, last, XA_PRESENT); \
	     entry;							\
	     entry = xa_find_after(xa, &index, last, XA_PRESENT))
#define xa_for_each_start(xa, index, entry, start) \
	xa_for_each_range(xa, index, entry, start, ULONG_MAX)
#define xa_for_each(xa, index, entry)	xa_for_each_start(xa, index, entry, 0)
#define xa_for_each_marked(xa, index, entry, filter)			\
	for (index = 0, entry = xa_find(xa, &index, ULONG_MAX, filter);	\
	     entry;							\
	     entry = xa_find_after(xa, &index, ULONG_MAX, filter))

#endif
