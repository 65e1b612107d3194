/* SPDX-License-Identifier: MIT */
/*
 * vmap_area.c - who has which part of a window of kernel addresses.
 *
 * There are two windows: that of vmalloc() and, where the port has one, that of modules.
 * In each areas are kept twice, in a red-black tree by address and as a list in the same order.
 * Each node of the tree knows the largest gap in front of any area of its subtree, so
 * that the lowest gap that is large enough is found in O(log n):
 *
 *    start                                                                end
 *      | gap | area A | gap | area B (unmapped, lazy) | area C |  last gap |
 *
 * Areas that want large pages come from the top of the window, the others from its
 * bottom, so that the tables of the one kind do not stand in the other's way.
 *
 * An area whose entries were cleared cannot be given out again before every CPU has
 * forgotten them. Such areas stay in the tree, are put on a second list, and are all
 * released after one flush_tlb_kernel_range() over the range that they span: when they
 * exceed lazy_max_pages, when space runs out, or when somebody asks.
 *
 * Invariants (vmalloc_check() walks them):
 *   V1  areas do not overlap, lie in [start, end) and are aligned to pages
 *   V2  tree and list hold the same areas in the same order
 *   V3  subtree_max_gap is the largest gap in front of an area of the subtree
 *   V4  an area on the lazy list is not used and was mapped once; lazy_pages is the sum
 *       of their pages
 *   V5  an area belongs to one window for all its life
 *
 * Locks: vmalloc_state.lock, which is held for tree and list operations only: neither
 * memory is allocated nor a TLB flushed under it.
 *
 * Left to others: page tables and pages (vmalloc.c).
 */
#include "vmalloc_internal.h"
#include "../internal.h"
#include <linux/kmemleak.h>
#include <linux/log2.h>
#include <linux/rbtree_augmented.h>

/* Pages that may wait for a flush: 32 MiB, more with more CPUs, as in Linux. */
#define LAZY_PAGES_PER_CPU_BIT	((32ul << 20) >> PAGE_SHIFT)

/* The end of what lies in front of @va. */
static unsigned long prev_end(struct vmalloc_state *vs, struct vmap_area *va)
{
	if (va->list.prev == &vs->list)
		return vs->start;
	return list_prev_entry(va, list)->va_end;
}

static inline unsigned long area_gap(struct vmap_area *va)
{
	return va->va_start - prev_end(va->window, va);
}

RB_DECLARE_CALLBACKS_MAX(static, gap_callbacks, struct vmap_area, rb_node, unsigned long,
			 subtree_max_gap, area_gap);

static inline struct vmap_area *rb_area(struct rb_node *node)
{
	return rb_entry_safe(node, struct vmap_area, rb_node);
}

static inline unsigned long subtree_gap(struct rb_node *node)
{
	return node ? rb_area(node)->subtree_max_gap : 0;
}

/* --- tree and list; lock held ------------------------------------------- */

static void area_link(struct vmalloc_state *vs, struct vmap_area *va)
{
	struct rb_node **link = &vs->areas.rb_node, *parent = NULL;
	struct vmap_area *at, *next = NULL;

	spin_assert_held(&vs->lock);
	while (*link) {
		parent = *link;
		at = rb_area(parent);
		if (va->va_start < at->va_start) {
			next = at;
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
		}
	}
	list_add_tail(&va->list, next ? &next->list : &vs->list);
	mm_assert(prev_end(vs, va) <= va->va_start);			/* V1 */
	mm_assert(!next || va->va_end <= next->va_start);
	rb_link_node(&va->rb_node, parent, link);
	va->subtree_max_gap = 0;
	gap_callbacks.propagate(&va->rb_node, NULL);
	if (next)
		gap_callbacks.propagate(&next->rb_node, NULL);		/* its gap shrank */
	/* last: its rotations recompute single nodes and rely on V3 for the others */
	rb_insert_augmented(&va->rb_node, &vs->areas, &gap_callbacks);
}

static void area_unlink(struct vmalloc_state *vs, struct vmap_area *va)
{
	struct vmap_area *next = NULL;

	spin_assert_held(&vs->lock);
	if (va->list.next != &vs->list)
		next = list_next_entry(va, list);
	rb_erase_augmented(&va->rb_node, &vs->areas, &gap_callbacks);
	list_del(&va->list);
	if (next)
		gap_callbacks.propagate(&next->rb_node, NULL);		/* its gap grew */
}

static unsigned long last_end(struct vmalloc_state *vs)
{
	if (list_empty(&vs->list))
		return vs->start;
	return list_last_entry(&vs->list, struct vmap_area, list)->va_end;
}

/*
 * The lowest gap of at least @bytes: go left while the subtree there has one, take the
 * gap in front of the node, else go right. Returns its start, or 0.
 */
static unsigned long lowest_gap(struct vmalloc_state *vs, unsigned long bytes)
{
	struct rb_node *node = vs->areas.rb_node;

	if (subtree_gap(node) < bytes) {
		unsigned long end = last_end(vs);

		return vs->end - end >= bytes ? end : 0;
	}
	for (;;) {
		if (subtree_gap(node->rb_left) >= bytes)
			node = node->rb_left;
		else if (area_gap(rb_area(node)) >= bytes)
			return prev_end(vs, rb_area(node));
		else
			node = node->rb_right;
	}
}

/* The highest gap of at least @bytes; the mirror of the above. Returns its end, or 0. */
static unsigned long highest_gap(struct vmalloc_state *vs, unsigned long bytes)
{
	struct rb_node *node = vs->areas.rb_node;

	if (vs->end - last_end(vs) >= bytes)
		return vs->end;
	if (subtree_gap(node) < bytes)
		return 0;
	for (;;) {
		if (subtree_gap(node->rb_right) >= bytes)
			node = node->rb_right;
		else if (area_gap(rb_area(node)) >= bytes)
			return rb_area(node)->va_start;
		else
			node = node->rb_left;
	}
}

static bool area_place(struct vmap_area *va, unsigned long bytes, unsigned long align)
{
	struct vmalloc_state *vs = va->window;
	unsigned long room = bytes + align - PAGE_SIZE, at;

	spin_lock(&vs->lock);
	at = align >= PMD_SIZE ? highest_gap(vs, room) : lowest_gap(vs, room);
	if (at) {
		va->va_start = align >= PMD_SIZE ? ALIGN_DOWN(at - bytes, align) : ALIGN(at, align);
		va->va_end = va->va_start + bytes;
		area_link(vs, va);
	}
	spin_unlock(&vs->lock);
	return at;
}

/* --- what vmalloc.c calls ----------------------------------------------- */

/**
 * vmap_area_alloc() - reserve @bytes (whole pages) of window @vs, aligned to @align
 * (power of two).
 * Locks:   takes vs->lock.
 * Context: thread; may sleep and flush TLBs.
 * Return:  the area, not used and not mapped; NULL without memory or space.
 */
struct vmap_area *vmap_area_alloc(struct vmalloc_state *vs, unsigned long bytes,
				  unsigned long align, gfp_t gfp)
{
	struct vmap_area *va;
	unsigned int others;

	mm_assert(bytes && IS_ALIGNED(bytes, PAGE_SIZE));
	mm_assert(align >= PAGE_SIZE && is_power_of_2(align));
	if (bytes > vs->end - vs->start || bytes + align < bytes)
		return NULL;
	va = kmem_cache_alloc(this_machine()->vmalloc.area_cachep, gfp);
	if (!va)
		return NULL;
	kmemleak_ignore(va);		/* it would know its memory for ever */
	va->used = false;
	va->window = vs;						/* V5 */
	memset(&va->vm, 0, sizeof(va->vm));
	INIT_LIST_HEAD(&va->lazy_list);
	if (area_place(va, bytes, align))
		return va;
	/* what others are flushing just now comes back soon */
	do {
		vm_unmap_aliases();
		others = READ_ONCE(vs->purging);
		if (area_place(va, bytes, align))
			return va;
		port_cond_resched();
		cpu_relax();
	} while (others);
	kmem_cache_free(this_machine()->vmalloc.area_cachep, va);
	return NULL;
}

static struct vmap_area *area_lookup(struct vmalloc_state *vs, unsigned long addr)
{
	struct rb_node *node = vs->areas.rb_node;
	struct vmap_area *va;

	while (node) {
		va = rb_area(node);
		if (addr < va->va_start)
			node = node->rb_left;
		else if (addr >= va->va_end)
			node = node->rb_right;
		else
			return va;
	}
	return NULL;
}

/* The window that @addr lies in. */
static struct vmalloc_state *window_of(unsigned long addr)
{
	struct machine *machine = this_machine();

	if (addr >= machine->modules.start && addr < machine->modules.end)
		return &machine->modules;
	return &machine->vmalloc;
}

/**
 * vmap_area_publish() - from now on @va is found, and shown, as @va->vm says.
 * Locks:   takes the window's lock.  Context: thread; never sleeps.
 */
void vmap_area_publish(struct vmap_area *va)
{
	spin_lock(&va->window->lock);
	mm_assert(!va->used && list_empty(&va->lazy_list));
	va->used = true;
	spin_unlock(&va->window->lock);
}

/**
 * vmap_area_take() - the area that starts at @addr stops being anybody's.
 * Locks:   takes the window's lock.  Context: thread; never sleeps.
 * Return:  the area; NULL when no used area starts there.
 */
struct vmap_area *vmap_area_take(unsigned long addr)
{
	struct vmalloc_state *vs = window_of(addr);
	struct vmap_area *va;

	spin_lock(&vs->lock);
	va = area_lookup(vs, addr);
	if (va && (va->va_start != addr || !va->used))
		va = NULL;
	if (va)
		va->used = false;
	spin_unlock(&vs->lock);
	return va;
}

/**
 * find_vm_area() - the area in use that starts at @addr.
 * Locks:   takes the window's lock.  Context: thread; never sleeps.
 * Return:  the area, or NULL. It stays valid while the caller owns the memory.
 */
struct vm_struct *find_vm_area(const void *addr)
{
	struct vmalloc_state *vs = window_of((unsigned long)addr);
	struct vmap_area *va;

	spin_lock(&vs->lock);
	va = area_lookup(vs, (unsigned long)addr);
	if (va && (va->va_start != (unsigned long)addr || !va->used))
		va = NULL;
	spin_unlock(&vs->lock);
	return va ? &va->vm : NULL;
}

/**
 * vmap_area_next() - the first area of window @vs that ends above @addr.
 * Locks:   @vs->lock held.  Context: any.  Return: the area, or NULL.
 */
struct vmap_area *vmap_area_next(struct vmalloc_state *vs, unsigned long addr)
{
	struct rb_node *node = vs->areas.rb_node;
	struct vmap_area *best = NULL;

	spin_assert_held(&vs->lock);
	while (node) {
		if (rb_area(node)->va_end > addr) {
			best = rb_area(node);
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return best;
}

/**
 * vmalloc_dump_obj() - say which area @object lies in. For reports: the lock is only tried.
 * Locks:   may take the window's lock.  Context: any.
 * Return:  false when it is in no area, or the lock is taken.
 */
bool vmalloc_dump_obj(const void *object)
{
	struct vmalloc_state *vs = window_of((unsigned long)object);
	struct vmap_area *va;
	bool found = false;

	if (!vs->end || !spin_trylock(&vs->lock))
		return false;
	va = area_lookup(vs, (unsigned long)object);
	if (va && va->used) {
		pr_err("Address 0x%p is %lu bytes into the vmalloc area %p of %lu bytes by %pS\n",
		       object, (unsigned long)object - va->va_start, va->vm.addr,
		       va->vm.size, va->vm.caller);
		found = true;
	}
	spin_unlock(&vs->lock);
	return found;
}

/**
 * vmap_area_retire() - @va's entries are cleared: release it with the next flush.
 * Locks:   takes the window's lock.
 * Context: thread; flushes TLBs when enough has come together.
 */
void vmap_area_retire(struct vmap_area *va)
{
	struct vmalloc_state *vs = va->window;
	bool much;

	spin_lock(&vs->lock);
	mm_assert(!va->used && list_empty(&va->lazy_list));		/* V4 */
	list_add_tail(&va->lazy_list, &vs->lazy);
	vs->lazy_pages += (va->va_end - va->va_start) >> PAGE_SHIFT;
	much = vs->lazy_pages > vs->lazy_max_pages;
	spin_unlock(&vs->lock);
	if (much)
		vm_unmap_aliases();
}

/* Take the retired areas, and the range that they span, off the books. */
static bool lazy_collect(struct vmalloc_state *vs, struct list_head *areas,
			 unsigned long *start, unsigned long *end)
{
	struct vmap_area *va;

	*start = ULONG_MAX;
	*end = 0;
	spin_lock(&vs->lock);
	list_for_each_entry(va, &vs->lazy, lazy_list) {
		*start = min(*start, va->va_start);
		*end = max(*end, va->va_end);
	}
	list_splice_init(&vs->lazy, areas);
	vs->lazy_pages = 0;
	vs->purging += *end != 0;
	spin_unlock(&vs->lock);
	return *end;
}

/* Flush the TLBs for all retired areas of a window at once, and release them. */
static void window_purge(struct vmalloc_state *vs)
{
	struct vmap_area *va, *next;
	unsigned long start, end;
	LIST_HEAD(areas);

	if (!lazy_collect(vs, &areas, &start, &end))
		return;
	flush_tlb_kernel_range(start, end);
	spin_lock(&vs->lock);
	vs->purging--;
	vs->nr_purges++;
	list_for_each_entry(va, &areas, lazy_list)
		area_unlink(vs, va);
	spin_unlock(&vs->lock);
	list_for_each_entry_safe(va, next, &areas, lazy_list)
		kmem_cache_free(this_machine()->vmalloc.area_cachep, va);
}

/**
 * vm_unmap_aliases() - flush the TLBs for all retired areas now and release them.
 * Locks:   takes each window's lock; flushes without it.
 * Context: thread, interrupts on, no lock that an interrupt handler takes.
 */
void vm_unmap_aliases(void)
{
	struct machine *machine = this_machine();

	if (machine->vmalloc.end)
		window_purge(&machine->vmalloc);
	if (machine->modules.end)
		window_purge(&machine->modules);
}

/**
 * vmap_window_init() - window @vs of kernel addresses [@start, @end), empty.
 * Locks:   none needed yet.  Context: boot.
 */
void vmap_window_init(struct vmalloc_state *vs, unsigned long start, unsigned long end)
{
	mm_assert(start < end && IS_ALIGNED(start | end, PAGE_SIZE));
	spin_lock_init_rank(&vs->lock, RANK_VMAP, "vmalloc");
	vs->areas = RB_ROOT;
	INIT_LIST_HEAD(&vs->list);
	INIT_LIST_HEAD(&vs->lazy);
	vs->lazy_pages = 0;
	vs->lazy_max_pages = min((ilog2(this_machine()->facts.nr_cpus) + 1) *
				 LAZY_PAGES_PER_CPU_BIT, (end - start) >> (PAGE_SHIFT + 2));
	vs->purging = 0;
	vs->nr_purges = 0;
	vs->start = start;
	vs->end = end;
}

/* --- the walker --------------------------------------------------------- */

/* V3 for one subtree; returns its largest gap. Depth is that of the tree. */
static unsigned long check_subtree(struct rb_node *node)
{
	unsigned long most;

	if (!node)
		return 0;
	most = max(check_subtree(node->rb_left), check_subtree(node->rb_right));
	most = max(most, area_gap(rb_area(node)));
	mm_bug_on(most != rb_area(node)->subtree_max_gap);
	return most;
}

static void window_check(struct vmalloc_state *vs)
{
	unsigned long at, lazy_pages = 0;
	struct rb_node *node;
	struct vmap_area *va;

	spin_lock(&vs->lock);
	at = vs->start;
	node = rb_first(&vs->areas);
	list_for_each_entry(va, &vs->list, list) {
		mm_bug_on(va->va_start < at || va->va_end <= va->va_start);	/* V1 */
		mm_bug_on(!IS_ALIGNED(va->va_start | va->va_end, PAGE_SIZE));
		mm_bug_on(rb_area(node) != va);					/* V2 */
		mm_bug_on(va->window != vs);					/* V5 */
		at = va->va_end;
		node = rb_next(node);
	}
	mm_bug_on(node || at > vs->end);
	list_for_each_entry(va, &vs->lazy, lazy_list) {
		mm_bug_on(va->used);						/* V4 */
		lazy_pages += (va->va_end - va->va_start) >> PAGE_SHIFT;
	}
	mm_bug_on(lazy_pages != vs->lazy_pages);
	check_subtree(vs->areas.rb_node);
	spin_unlock(&vs->lock);
}

/**
 * vmalloc_check() - check V1 to V5 in every window.
 * Locks:   takes each window's lock.  Context: thread; long.
 */
void vmalloc_check(void)
{
	struct machine *machine = this_machine();

	window_check(&machine->vmalloc);
	if (machine->modules.end)
		window_check(&machine->modules);
}
