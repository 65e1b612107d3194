// SPDX-License-Identifier: MIT
/*
 * vma.c - the areas of an address space: index, split, merge.
 *
 * An address space is a set of disjoint areas. They stand in a list in address
 * order (neighbours in one step) and in a red-black tree by address (any of
 * them in O(log n)). Each tree node also knows how large a gap in front of an
 * area of its subtree can be, so that a free range of a size is found in O(log n).
 * A gap that shrinks leaves the nodes above it as they are; a search that finds
 * less there than it was told corrects them, so no search is led astray twice.
 *
 *	|gap A|-- A --|gap B|-- B --|-- C --|     gap C is 0
 *
 * The gap in front of an area that grows down (a stack) is counted less the
 * stack guard gap: nothing is ever placed where the stack may grow soon.
 *
 *   V1  areas are page aligned, not empty, disjoint, in ascending order
 *   V2  the tree and the list hold the same areas; map_count is their number
 *   V3  vm_gap is the free space in front, rb_subtree_gap at least the largest of the
 *       subtree
 *   V4  an area with a file is in the i_mmap list of the file's mapping
 *   V5  total_vm is the sum of all areas in pages; the parts are true by kind
 *   V6  an area of which vm_touched is false has no entry in the page tables
 *   V7  no two neighbours could be one area and were left apart by vma_merge()
 *       (areas that differ only for a moment may stay apart: not checked)
 *
 * Whether two areas may be one is decided in one place, vma_can_follow().
 *
 * Locks: mmap_lock, held for writing to change anything here. vm_start, vm_end
 * and vm_pgoff of an area with a file change under mapping->lock as well,
 * because truncation reads them with nothing but that lock.
 *
 * Memory of new areas is taken before anything changes: nothing in this file
 * that changes the index can fail.
 */
#include "vm_internal.h"
#include <linux/rbtree_augmented.h>

/**
 * vm_start_gap() - where free space in front of @vma ends.
 * Locks:   mmap_lock for reading.
 * Context: any.
 * Return:  vm_start, less the guard gap for an area that grows down.
 */
unsigned long vm_start_gap(const struct vm_area_struct *vma)
{
	unsigned long guard, start = vma->vm_start;

	if (!(vma->vm_flags & VM_GROWSDOWN))
		return start;
	guard = this_machine()->tunables.stack_guard_gap_pages << PAGE_SHIFT;
	return start > guard ? start - guard : 0;
}

static inline unsigned long gap_in_front(struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = vma_prev(vma);
	unsigned long start = vm_start_gap(vma), prev_end = prev ? prev->vm_end : 0;

	mm_assert(prev_end <= vma->vm_start);				/* V1 */
	return start > prev_end ? start - prev_end : 0;
}

static inline unsigned long kept_gap(const struct vm_area_struct *vma)
{
	return vma->vm_gap;
}

RB_DECLARE_CALLBACKS_MAX(static, gap_callbacks, struct vm_area_struct, vm_rb,
			 unsigned long, rb_subtree_gap, kept_gap);

/* V3 from @vma upwards, of which vm_gap has changed */
static inline void gap_raise(struct vm_area_struct *vma)
{
	unsigned long gap = vma->vm_gap;
	struct rb_node *rb = &vma->vm_rb;

	while (rb) {
		struct vm_area_struct *at = rb_entry(rb, struct vm_area_struct, vm_rb);

		if (at->rb_subtree_gap >= gap)
			break;
		at->rb_subtree_gap = gap;
		rb = rb_parent(rb);
	}
}

/* something ends or begins elsewhere in front of @vma: V3 */
static inline void gap_changed(struct vm_area_struct *vma)
{
	if (!vma)
		return;
	vma->vm_gap = gap_in_front(vma);
	gap_raise(vma);
}

/**
 * find_vma() - the first area that ends above @addr.
 * Locks:   mmap_lock for reading.
 * Context: any.
 * Return:  the area, which need not contain @addr, or NULL.
 */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = READ_ONCE(mm->mmap_cache), *best = NULL;
	struct rb_node *node;

	mm_assert(!vma || vma->vm_mm == mm);
	if (vma && vma->vm_start <= addr && addr < vma->vm_end)
		return vma;
	for (node = mm->mm_rb.rb_node; node;) {
		vma = rb_entry(node, struct vm_area_struct, vm_rb);
		if (vma->vm_end > addr) {
			best = vma;
			if (vma->vm_start <= addr)
				break;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	if (best)
		WRITE_ONCE(mm->mmap_cache, best);
	return best;
}

/**
 * find_vma_intersection() - the first area that has a byte of [@start, @end).
 * Locks:   mmap_lock for reading.
 * Context: any.
 * Return:  the area or NULL.
 */
struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, unsigned long start,
					     unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);

	mm_assert(start <= end);
	return vma && vma->vm_start < end ? vma : NULL;
}

/**
 * vma_alloc() - a new, empty area.
 * Locks:   none.
 * Context: may sleep.
 * Return:  the area, linked nowhere, or NULL.
 */
struct vm_area_struct *vma_alloc(struct mm_struct *mm)
{
	struct vm_area_struct *vma = kmem_cache_zalloc(this_machine()->vma_cachep, GFP_KERNEL);

	if (!vma)
		return NULL;
	vma->vm_mm = mm;
	INIT_LIST_HEAD(&vma->vm_list);
	INIT_LIST_HEAD(&vma->shared);
	return vma;
}

/* what @from is, without its place in the tree and the lists */
static void copy_fields(struct vm_area_struct *to, const struct vm_area_struct *from)
{
	memcpy(to, from, offsetof(struct vm_area_struct, vm_rb));
}

/**
 * vma_dup() - a copy of @vma, with a reference to its file, not yet opened.
 * Locks:   mmap_lock for reading.
 * Context: may sleep.
 * Return:  the copy, linked nowhere, or NULL. vma_free() undoes it.
 */
struct vm_area_struct *vma_dup(struct vm_area_struct *vma)
{
	struct vm_area_struct *copy = kmem_cache_alloc(this_machine()->vma_cachep, GFP_KERNEL);

	if (!copy)
		return NULL;
	copy_fields(copy, vma);
	mm_assert(vma->vm_start < vma->vm_end);				/* V1 */
	INIT_LIST_HEAD(&copy->vm_list);
	INIT_LIST_HEAD(&copy->shared);
	if (copy->vm_file)
		get_file(copy->vm_file);
	mpol_get(copy->vm_policy);
	return copy;
}

/**
 * vma_free() - drop the file and the memory of an area that is linked nowhere.
 * Locks:   none needed; mmap_lock may be held.
 * Context: may sleep.
 * Return:  nothing. vm_ops->close() is the caller's.
 */
void vma_free(struct vm_area_struct *vma)
{
	mm_assert(list_empty(&vma->shared));
	if (vma->vm_file)
		fput(vma->vm_file);
	mpol_put(vma->vm_policy);
	kmem_cache_free(this_machine()->vma_cachep, vma);
}

/** vma_link_file() - V4: let truncation find @vma. Takes mapping->lock. */
void vma_link_file(struct vm_area_struct *vma)
{
	struct address_space *mapping;

	if (!vma->vm_file)
		return;
	mapping = vma->vm_file->f_mapping;
	spin_lock(&mapping->lock);
	mm_assert(list_empty(&vma->shared));
	if (vm_flags_shared_maywrite(vma->vm_flags))
		atomic_inc(&mapping->i_mmap_writable);
	list_add_tail(&vma->shared, &mapping->i_mmap);
	spin_unlock(&mapping->lock);
}

/** vma_unlink_file() - from now on nobody reaches @vma through its file. */
void vma_unlink_file(struct vm_area_struct *vma)
{
	struct address_space *mapping;

	if (!vma->vm_file)
		return;
	mapping = vma->vm_file->f_mapping;
	spin_lock(&mapping->lock);
	if (vm_flags_shared_maywrite(vma->vm_flags)) {
		mm_assert(atomic_read(&mapping->i_mmap_writable) > 0);
		mapping_unmap_writable(mapping);
	}
	mm_assert(!list_empty(&vma->shared));				/* V4 */
	list_del_init(&vma->shared);
	spin_unlock(&mapping->lock);
}

/*
 * The part of vma_link() that is not the file's list. @next is the area behind @vma, or
 * NULL: a free place in the tree is either left of it or right of the one before. What
 * was @cut_off the area before it begins where that one ends: no gap changes.
 */
static inline void vma_link_index(struct mm_struct *mm, struct vm_area_struct *vma,
				  struct vm_area_struct *next, bool cut_off)
{
	struct vm_area_struct *prev = vma_before(mm, next);
	struct rb_node **link = &mm->mm_rb.rb_node, *parent = NULL;

	rwsem_assert_held_write(&mm->mmap_lock);
	mm_assert(vma->vm_start < vma->vm_end);					/* V1 */
	mm_assert(!((vma->vm_start | vma->vm_end) & ~PAGE_MASK));
	mm_assert(vma->vm_mm == mm && vma->vm_end <= mm->task_size);
	mm_assert(!prev || prev->vm_end <= vma->vm_start);
	mm_assert(!next || vma->vm_end <= next->vm_start);
	if (next && !next->vm_rb.rb_left) {
		parent = &next->vm_rb;
		link = &parent->rb_left;
	} else if (prev) {
		parent = &prev->vm_rb;
		link = &parent->rb_right;
	}
	mm_assert(!*link);							/* V2 */
	list_add_tail(&vma->vm_list, next ? &next->vm_list : &mm->mmap);
	rb_link_node(&vma->vm_rb, parent, link);
	/* all values are true (V3) before a rotation carries them elsewhere */
	vma->rb_subtree_gap = 0;
	vma->vm_gap = 0;
	if (!cut_off) {
		gap_changed(vma);
		if (next)	/* it has less now */
			next->vm_gap = gap_in_front(next);
	}
	rb_insert_augmented(&vma->vm_rb, &mm->mm_rb, &gap_callbacks);
	mm->map_count++;
	WRITE_ONCE(mm->mmap_cache, vma);	/* what is new is used next */
}

/**
 * vma_link_before() - put @vma into the index of @mm (V1-V4), before @next, which is
 *	NULL when @vma is the last one.
 * Locks:   mmap_lock for writing; takes mapping->lock.
 * Context: does not sleep.
 * Return:  nothing; the range was free. Statistics are the caller's.
 */
void vma_link_before(struct mm_struct *mm, struct vm_area_struct *vma,
		     struct vm_area_struct *next)
{
	vma_link_index(mm, vma, next, false);
	vma_link_file(vma);
}

/** vma_link() - vma_link_before() where @vma belongs. */
void vma_link(struct mm_struct *mm, struct vm_area_struct *vma)
{
	vma_link_before(mm, vma, find_vma(mm, vma->vm_start));
}

/* @heir: the area that has @vma's range now, or NULL */
static inline void vma_unlink_index(struct mm_struct *mm, struct vm_area_struct *vma,
				    struct vm_area_struct *heir)
{
	rb_erase_augmented(&vma->vm_rb, &mm->mm_rb, &gap_callbacks);
	mm->map_count--;
	if (mm->mmap_cache == vma)
		WRITE_ONCE(mm->mmap_cache, heir);
	mm_assert((mm->map_count == 0) == list_empty(&mm->mmap));	/* V2 */
}

/**
 * vma_unlink() - take @vma out of the index; not out of its file's list.
 * Locks:   mmap_lock for writing.
 * Context: does not sleep.
 * Return:  nothing.
 */
void vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *next = vma_next(vma);

	rwsem_assert_held_write(&mm->mmap_lock);
	/* @next's gap takes over @vma's: then little changes above when @vma goes (V3) */
	list_del_init(&vma->vm_list);
	gap_changed(next);
	vma_unlink_index(mm, vma, NULL);
}

/* new borders, one of which @vma has in common with a neighbour: no gap changes by both */
static inline void move_bounds(struct vm_area_struct *vma, unsigned long start,
			       unsigned long end)
{
	struct address_space *mapping = vma->vm_file ? vma->vm_file->f_mapping : NULL;

	rwsem_assert_held_write(&vma->vm_mm->mmap_lock);
	mm_assert(start < end && !((start | end) & ~PAGE_MASK));		/* V1 */
	if (mapping)
		spin_lock(&mapping->lock);
	vma->vm_pgoff += (long)(start - vma->vm_start) >> PAGE_SHIFT;
	vma->vm_start = start;
	vma->vm_end = end;
	if (mapping)
		spin_unlock(&mapping->lock);
}

/**
 * vma_adjust() - move the borders of @vma, which stays where it is in the order.
 * Locks:   mmap_lock for writing; takes mapping->lock.
 * Context: does not sleep.
 * Return:  nothing. A new start moves vm_pgoff along.
 */
void vma_adjust(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	bool start_moves = start != vma->vm_start, end_moves = end != vma->vm_end;

	move_bounds(vma, start, end);
	if (start_moves)
		gap_changed(vma);
	if (end_moves)
		gap_changed(vma_next(vma));
	mm_assert(!vma_prev(vma) || vma_prev(vma)->vm_end <= vma->vm_start);	/* V1 */
	mm_assert(!vma_next(vma) || vma->vm_end <= vma_next(vma)->vm_start);
}

static inline void split_at(struct vm_area_struct *vma, unsigned long addr,
			    struct vm_area_struct *upper)
{
	mm_assert(vma->vm_start < addr && addr < vma->vm_end);
	mm_assert(!(addr & ~PAGE_MASK));
	mm_assert(upper->vm_mm == vma->vm_mm && upper->vm_file == vma->vm_file);
	mm_assert(upper->vm_flags == vma->vm_flags && upper->vm_touched == vma->vm_touched);
	upper->vm_start = addr;
	upper->vm_end = vma->vm_end;
	upper->vm_pgoff = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
	if (upper->vm_ops && upper->vm_ops->open)
		upper->vm_ops->open(upper);
	/* a truncation between the two steps finds every page in one of them, or both */
	vma_link_file(upper);
	move_bounds(vma, vma->vm_start, addr);
	vma_link_index(vma->vm_mm, upper, vma_next(vma), true);
}

/**
 * vma_split_at() - @vma keeps what is below @addr, @upper gets the rest.
 * Locks:   mmap_lock for writing.
 * Context: does not sleep, unless vm_ops->open() does.
 * Return:  nothing; @upper came from vma_dup(@vma).
 */
void vma_split_at(struct vm_area_struct *vma, unsigned long addr, struct vm_area_struct *upper)
{
	split_at(vma, addr, upper);
}

/**
 * vma_can_follow() - may @a and @b, which begins where @a ends, be one area?
 * Locks:   mmap_lock for reading.
 * Context: any. The one place that decides merging.
 * Return:  true when nobody could tell them from one area.
 */
bool vma_can_follow(const struct vm_area_struct *a, const struct vm_area_struct *b)
{
	mm_assert(a->vm_mm == b->vm_mm && a->vm_end <= b->vm_start);	/* V1 */
	if (a->vm_end != b->vm_start || ((a->vm_flags ^ b->vm_flags) & ~VM_SOFTCLEAN))
		return false;
	if (a->vm_file != b->vm_file || (a->vm_flags & VM_SPECIAL))
		return false;
	if (a->vm_ops != b->vm_ops || a->vm_private_data != b->vm_private_data)
		return false;
	if (a->vm_ops && a->vm_ops->close)
		return false;
	if (unlikely(a->vm_policy != b->vm_policy) && !mpol_equal(a->vm_policy, b->vm_policy))
		return false;
	return a->vm_pgoff + vma_pages(a) == b->vm_pgoff;
}

/* @vma is to have what was in @part, or would have been (UG2 of usage.c) */
static inline void soft_clean_if_both(struct vm_area_struct *vma, const struct vm_area_struct *part)
{
	vma->vm_flags &= part->vm_flags | ~VM_SOFTCLEAN;
}

/* @vma swallows the area behind it; vm_ops has no close(), by vma_can_follow() */
static void vma_swallow_next(struct vm_area_struct *vma, struct vm_area_struct *next)
{
	unsigned long end = next->vm_end;

	mm_assert(vma_next(vma) == next && vma->vm_end == next->vm_start);
	mm_assert(!vma->vm_ops || !vma->vm_ops->close);
	vma->vm_has_anon |= next->vm_has_anon;
	vma->vm_touched |= next->vm_touched;					/* V6 */
	soft_clean_if_both(vma, next);
	/*
	 * The longer area must be in the file's list before the shorter one
	 * leaves it: a truncation in between has to find every page.
	 */
	move_bounds(vma, vma->vm_start, end);
	list_del_init(&next->vm_list);
	vma_unlink_index(vma->vm_mm, next, vma);	/* its gap was 0, the one behind it stays */
	vma_unlink_file(next);
	vma_free(next);
}

static struct vm_area_struct *merge_prev(struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = vma_prev(vma);

	if (!prev || !vma_can_follow(prev, vma))
		return vma;
	vma_swallow_next(prev, vma);
	return prev;
}

static void merge_next(struct vm_area_struct *vma)
{
	struct vm_area_struct *next = vma_next(vma);

	if (next && vma_can_follow(vma, next))
		vma_swallow_next(vma, next);
}

/**
 * vma_merge() - make one area of @vma and its neighbours where they allow it.
 * Locks:   mmap_lock for writing.
 * Context: may sleep (it may drop a file reference, never the last one).
 * Return:  the area that now contains @vma's range.
 */
struct vm_area_struct *vma_merge(struct vm_area_struct *vma)
{
	merge_next(vma);
	return merge_prev(vma);
}

/**
 * vma_absorb() - let a neighbour take a free range that an area like @probe,
 *	which is not linked and owns nothing, would describe. @next: the area behind
 *	it, or NULL.
 * Locks:   mmap_lock for writing.
 * Context: may sleep.
 * Return:  the area that grew, or NULL: then nothing changed.
 */
struct vm_area_struct *vma_absorb(struct mm_struct *mm, const struct vm_area_struct *probe,
				  struct vm_area_struct *next)
{
	struct vm_area_struct *prev = vma_before(mm, next);

	rwsem_assert_held_write(&mm->mmap_lock);
	mm_assert(probe->vm_mm == mm && probe->vm_start < probe->vm_end);
	if (prev && vma_can_follow(prev, probe)) {
		vma_adjust(prev, prev->vm_start, probe->vm_end);
		soft_clean_if_both(prev, probe);
		if (next && vma_can_follow(prev, next))
			vma_swallow_next(prev, next);
		return prev;
	}
	if (next && vma_can_follow(probe, next)) {
		vma_adjust(next, probe->vm_start, next->vm_end);
		soft_clean_if_both(next, probe);
		return next;
	}
	return NULL;
}

/*
 * The range is one end of @vma, and the neighbour there is as the range will
 * be: the border between the two moves. The neighbour grows first, so that
 * truncation finds every page in one of them.
 */
static struct vm_area_struct *move_border(struct vm_area_struct *vma, unsigned long start,
					  unsigned long end, unsigned long flags,
					  struct mempolicy *policy)
{
	struct vm_area_struct *prev = vma_prev(vma), *next = vma_next(vma), like;

	copy_fields(&like, vma);
	like.vm_flags = flags;
	like.vm_policy = policy;
	like.vm_start = start;
	like.vm_end = end;
	like.vm_pgoff += (start - vma->vm_start) >> PAGE_SHIFT;
	if (start == vma->vm_start && end < vma->vm_end && prev && vma_can_follow(prev, &like)) {
		prev->vm_has_anon |= vma->vm_has_anon;
		prev->vm_touched |= vma->vm_touched;				/* V6 */
		soft_clean_if_both(prev, &like);
		move_bounds(prev, prev->vm_start, end);
		move_bounds(vma, end, vma->vm_end);
		return prev;
	}
	if (start > vma->vm_start && end == vma->vm_end && next && vma_can_follow(&like, next)) {
		next->vm_has_anon |= vma->vm_has_anon;
		next->vm_touched |= vma->vm_touched;				/* V6 */
		soft_clean_if_both(next, &like);
		move_bounds(next, start, next->vm_end);
		move_bounds(vma, vma->vm_start, start);
		return next;
	}
	return NULL;
}

static void vma_set_policy(struct vm_area_struct *vma, struct mempolicy *policy)
{
	struct mempolicy *old = vma->vm_policy;

	vma->vm_policy = mpol_get(policy);
	mpol_put(old);
}

/* [start, end) of *@vmap gets these flags and this policy, of which it takes a reference */
static int vma_modify(struct vm_area_struct **vmap, unsigned long start, unsigned long end,
		      unsigned long flags, struct mempolicy *policy)
{
	struct vm_area_struct *vma = *vmap, *upper = NULL, *middle = NULL;
	int pieces = (start > vma->vm_start) + (end < vma->vm_end);
	unsigned long differs;

	mm_assert(start >= vma->vm_start && end <= vma->vm_end && start < end);
	if (vma_may_split(vma, start) || vma_may_split(vma, end))
		return -EINVAL;
	if (pieces == 1 && (middle = move_border(vma, start, end, flags, policy))) {
		*vmap = middle;
		return 0;
	}
	if (vma->vm_mm->map_count + pieces > this_machine()->tunables.max_map_count)
		return -ENOMEM;
	if (end < vma->vm_end && !(upper = vma_dup(vma)))
		return -ENOMEM;
	if (start > vma->vm_start && !(middle = vma_dup(vma))) {
		if (upper)
			vma_free(upper);
		return -ENOMEM;
	}
	if (upper)
		split_at(vma, end, upper);
	if (middle) {
		split_at(vma, start, middle);
		vma = middle;
	}
	differs = (vma->vm_flags ^ flags) & ~VM_SOFTCLEAN;
	vma->vm_flags = flags;
	if (unlikely(vma->vm_policy != policy))
		vma_set_policy(vma, policy);
	vma_set_page_prot(vma);
	/* what was just cut off has the old flags */
	if (!upper || !differs)
		merge_next(vma);
	*vmap = middle && differs ? vma : merge_prev(vma);
	return 0;
}

/**
 * vma_modify_flags() - give [@start, @end) of *@vmap other vm_flags.
 * Locks:   mmap_lock for writing.
 * Context: may sleep.
 * Return:  0 with *@vmap the area that has the range now; -ENOMEM, or -EINVAL for an
 *          area that must not be cut, with nothing changed. Page tables are the caller's.
 */
int vma_modify_flags(struct vm_area_struct **vmap, unsigned long start, unsigned long end,
		     unsigned long new_flags)
{
	return vma_modify(vmap, start, end, new_flags, (*vmap)->vm_policy);
}

/** vma_modify_policy() - as vma_modify_flags(), for the nodes of its memory. */
int vma_modify_policy(struct vm_area_struct **vmap, unsigned long start, unsigned long end,
		      struct mempolicy *policy)
{
	return vma_modify(vmap, start, end, (*vmap)->vm_flags, policy);
}

/**
 * vm_get_page_prot() - the protection of a page in an area with @vm_flags.
 * Locks:   none.
 * Context: any.
 * Return:  the bits; a private area's pages are read-only until they are its own.
 */
pgprot_t vm_get_page_prot(unsigned long vm_flags)
{
	bool shared_write = (vm_flags & (VM_WRITE | VM_SHARED)) == (VM_WRITE | VM_SHARED);
	pgprot_t prot = vm_prot_lookup(vm_flags & (VM_READ | VM_WRITE), shared_write,
				       vm_flags & VM_EXEC);

	return vm_flags & VM_PKEY_MASK ? pgprot_mkpkey(prot, vm_flags_pkey(vm_flags)) : prot;
}

/**
 * vma_set_page_prot() - vm_page_prot from vm_flags; read-only where the file
 *	wants to be asked before the first write.
 * Locks:   mmap_lock for writing, or @vma not linked yet.
 * Context: any.
 */
void vma_set_page_prot(struct vm_area_struct *vma)
{
	unsigned long flags = vma->vm_flags;

	if (vma->vm_ops && vma->vm_ops->page_mkwrite)
		flags &= ~VM_SHARED;
	vma->vm_page_prot = vm_get_page_prot(flags);
}

/*
 * The free range in front of @vma, cut to [low, high), if it has @len bytes: its length
 * and, in *start, where it begins; else 0.
 */
static unsigned long gap_before(struct vm_area_struct *vma, unsigned long len,
				unsigned long low, unsigned long high, unsigned long *start)
{
	unsigned long from, to;

	if (vma->vm_gap < len)
		return 0;
	to = vm_start_gap(vma);
	from = max(to - vma->vm_gap, low);				/* V3 */
	to = min(to, high);
	*start = from;
	return to > from && to - from >= len ? to - from : 0;
}

/* The subtree had no gap in [low, high) that is large enough: the next search may know. */
static inline unsigned long gap_not_here(struct vm_area_struct *vma)
{
	gap_callbacks_compute_max(vma, true);
	return 0;
}

/* @node, if its subtree may have a gap of @len bytes (V3), else NULL */
static inline struct vm_area_struct *gap_subtree(struct rb_node *node, unsigned long len)
{
	struct vm_area_struct *vma = rb_entry_safe(node, struct vm_area_struct, vm_rb);

	return vma && vma->rb_subtree_gap >= len ? vma : NULL;
}

/* The last area of the subtree of @vma whose gap may be large enough and begins below @high. */
static inline struct vm_area_struct *gap_rightmost(struct vm_area_struct *vma, unsigned long len,
						   unsigned long high)
{
	struct vm_area_struct *right;

	while (vma->vm_end < high && (right = gap_subtree(vma->vm_rb.rb_right, len)))
		vma = right;
	return vma;
}

/* From the highest area to the lowest, but for subtrees without such a gap. */
static unsigned long gap_highest(struct rb_node *root, unsigned long len,
				 unsigned long low, unsigned long high)
{
	struct vm_area_struct *vma = gap_subtree(root, len), *left;
	unsigned long bytes, start;
	struct rb_node *node, *up;

	if (!vma)
		return 0;
	vma = gap_rightmost(vma, len, high);
	for (;;) {
		bytes = gap_before(vma, len, low, high, &start);
		if (bytes)
			return start + bytes - len;
		left = vma->vm_start > low ? gap_subtree(vma->vm_rb.rb_left, len) : NULL;
		if (left) {
			vma = gap_rightmost(left, len, high);
			continue;
		}
		/* nothing in this subtree, nor in those of which it is the left one */
		node = &vma->vm_rb;
		do {
			gap_not_here(rb_entry(node, struct vm_area_struct, vm_rb));
			up = rb_parent(node);
			if (!up)
				return 0;
			left = up->rb_left == node ? vma : NULL;
			node = up;
		} while (left);
		vma = rb_entry(node, struct vm_area_struct, vm_rb);
	}
}

/* Depth is that of the tree: at most 2 * log2(map_count + 1), 34 by V2's limit. */
static unsigned long gap_lowest(struct rb_node *node, unsigned long len,
				unsigned long low, unsigned long high)
{
	struct vm_area_struct *vma;
	unsigned long start, found;

	if (!node)
		return 0;
	vma = rb_entry(node, struct vm_area_struct, vm_rb);
	if (vma->rb_subtree_gap < len)						/* V3 */
		return 0;
	if (vma->vm_start > low) {
		found = gap_lowest(node->rb_left, len, low, high);
		if (found)
			return found;
	}
	if (gap_before(vma, len, low, high, &start))
		return start;
	found = vma->vm_end < high ? gap_lowest(node->rb_right, len, low, high) : 0;
	return found ? found : gap_not_here(vma);
}

/* where the space above the last area begins */
static unsigned long last_vma_end(struct mm_struct *mm)
{
	struct vm_area_struct *last = vma_before(mm, NULL);

	return last ? last->vm_end : 0;
}

/**
 * vma_find_gap_topdown() - the highest free range of @len bytes in [@low, @high).
 * Locks:   mmap_lock for writing: V3 is made sharper.
 * Context: any.
 * Return:  its start, or -ENOMEM. @low is above 0.
 */
unsigned long vma_find_gap_topdown(struct mm_struct *mm, unsigned long len,
				   unsigned long low, unsigned long high)
{
	unsigned long from = max(last_vma_end(mm), low), found;

	rwsem_assert_held_write(&mm->mmap_lock);
	mm_assert(len && low && !((len | low) & ~PAGE_MASK));
	if (high > from && high - from >= len)
		return high - len;
	found = gap_highest(mm->mm_rb.rb_node, len, low, high);
	return found ? found : (unsigned long)-ENOMEM;
}

/** vma_find_gap_bottomup() - as vma_find_gap_topdown(), the lowest such range. */
unsigned long vma_find_gap_bottomup(struct mm_struct *mm, unsigned long len,
				    unsigned long low, unsigned long high)
{
	unsigned long from = max(last_vma_end(mm), low);
	unsigned long found = gap_lowest(mm->mm_rb.rb_node, len, low, high);

	mm_assert(!found || (found >= low && len <= high - found));
	if (found)
		return found;
	if (high > from && high - from >= len)
		return from;
	return -ENOMEM;
}

/**
 * vma_special_name() - what /proc/PID/maps calls an area without a file.
 * Locks:   mmap_lock for reading.
 * Context: any.
 * Return:  a constant text or NULL.
 */
const char *vma_special_name(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;

	if (vma->vm_ops && vma->vm_ops->name)
		return vma->vm_ops->name(vma);
	if (vma->vm_file)
		return NULL;
	if (vma->vm_start <= mm->brk && vma->vm_end >= mm->start_brk)
		return "[heap]";
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return "[stack]";
	return NULL;
}
