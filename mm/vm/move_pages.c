// SPDX-License-Identifier: MIT
/*
 * move_pages.c - pages of programs change their node: mbind(2) with MPOL_MF_MOVE,
 * migrate_pages(2), move_pages(2); and which nodes they are on, for numa_maps.
 *
 * A page moves by a copy that takes its place in the one entry that maps it:
 *
 *	entry -> old		entry cleared, TLBs flushed: nobody writes to old
 *	contents copied
 *	entry -> copy		old has no owner any more and is freed
 *
 * That needs that nobody else can reach the page. An anonymous page with one reference
 * is such a page; its reference is the entry's. What others have too cannot move: pages
 * that were shared at fork, that somebody has pinned, and pages of files, which their
 * cache holds. Such a page is counted as one that stayed.
 *
 *   MV1  a page that moves has _refcount 1 and _mapcount 0 with its entry's ptl held
 *   MV2  between the flush and the new entry the ptl is held: a fault waits there, and
 *        finds the copy
 *   MV3  what does not move is as it was
 *
 * Locks: mmap_lock for writing where pages move (no fault is under way then), else for
 * reading; the ptl of each table.
 */
#include "vm_internal.h"

/* what an entry maps, as it was when it was looked at */
struct page_place {
	int nid;			/* NUMA_NO_NODE: no page */
	int mapcount;
	bool anon;
};

static bool can_migrate(const struct vm_area_struct *vma)
{
	return !(vma->vm_flags & (VM_IO | VM_PFNMAP));
}

static void describe_entry(pte_t pte, struct page_place *place)
{
	struct page *page = pte_present(pte) ? vm_normal_page(pte) : NULL;

	place->nid = NUMA_NO_NODE;
	if (!page)
		return;
	place->nid = page_to_nid(page);
	place->mapcount = page_mapcount(page);
	place->anon = PageAnon(page);
}

static void look_at_page(struct mm_struct *mm, unsigned long addr, struct page_place *place)
{
	struct pt_cursor c;

	place->nid = NUMA_NO_NODE;
	pt_cursor_start(&c, mm, addr, addr + PAGE_SIZE);
	if (!pt_cursor_next(&c) || !pt_cursor_lock(&c))
		return;
	describe_entry(ptep_get(c.pte), place);
	spin_unlock(c.ptl);
}

/*
 * The page at @addr of @vma goes where @copy is, which is the caller's again if it does
 * not. Tables of the range are the address space's own.
 */
static bool move_to_copy(struct vm_area_struct *vma, unsigned long addr, struct page *copy)
{
	struct vm_fault vmf = { .vma = vma, .address = addr };
	struct page *old;

	rwsem_assert_held_write(&vma->vm_mm->mmap_lock);
	vmf.pgoff = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
	vmf.pte = pt_lookup_lock(vma->vm_mm, addr, &vmf.ptl);
	if (!vmf.pte)
		return false;
	vmf.orig_pte = ptep_get(vmf.pte);
	old = pte_present(vmf.orig_pte) ? vm_normal_page(vmf.orig_pte) : NULL;
	if (!old || !PageAnon(old) || page_count(old) != 1 || page_mapcount(old) != 1) {
		spin_unlock(vmf.ptl);						/* MV3 */
		return false;
	}
	ptep_get_and_clear(vmf.pte);						/* MV1 */
	flush_tlb_mm_range(vma->vm_mm, addr, addr + PAGE_SIZE, false);
	copy_user_highpage(copy, old, addr, vma);
	fault_replace_page(&vmf, old, copy);					/* MV2 */
	spin_unlock(vmf.ptl);
	put_page(old);
	count_vm_event(PGMIGRATE_SUCCESS);
	return true;
}

/* @nid: where to; NUMA_NO_NODE: as the area's policy says */
static bool move_page(struct vm_area_struct *vma, unsigned long addr, int nid)
{
	struct page *copy;

	if (nid == NUMA_NO_NODE)
		copy = vma_alloc_page(GFP_HIGHUSER_MOVABLE, vma, addr);
	else
		copy = alloc_pages_node(nid, GFP_HIGHUSER_MOVABLE | __GFP_THISNODE, 0);
	if (copy && move_to_copy(vma, addr, copy))
		return true;
	if (copy)
		put_page(copy);
	count_vm_event(PGMIGRATE_FAIL);
	return false;
}

/* --- mbind -------------------------------------------------------------------------- */

/* Linux asks for the nodes as they were named, whatever they mean. */
static bool is_misplaced(const struct mbind_walk *walk, int nid)
{
	if (nid == NUMA_NO_NODE)
		return false;
	return !walk->policy || !(walk->policy->user_nodes & (1ul << nid));
}

/* Call @fn for each entry of [start, end) of @vma; stops when it returns other than 0. */
static int for_each_entry(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			  int (*fn)(struct mbind_walk *walk, struct vm_area_struct *vma,
				    unsigned long addr),
			  struct mbind_walk *walk)
{
	struct pt_cursor c;
	unsigned int i;
	int ret = 0;

	pt_cursor_start(&c, vma->vm_mm, start, end);
	while (!ret && pt_cursor_next(&c))
		for (i = 0; i < c.nr && !ret; i++)
			if (!pte_none(ptep_get(c.pte + i)))
				ret = fn(walk, vma, c.addr + i * PAGE_SIZE);
	return ret;
}

static int walk_areas(struct mbind_walk *walk,
		      int (*fn)(struct mbind_walk *walk, struct vm_area_struct *vma,
				unsigned long addr))
{
	struct vm_area_struct *vma = find_vma_intersection(walk->mm, walk->start, walk->end);
	int ret = 0;

	rwsem_assert_held_write(&walk->mm->mmap_lock);
	for (; vma && vma->vm_start < walk->end && !ret; vma = vma_next(vma))
		ret = for_each_entry(vma, max(vma->vm_start, walk->start),
				     min(vma->vm_end, walk->end), fn, walk);
	return ret;
}

static int check_entry(struct mbind_walk *walk, struct vm_area_struct *vma, unsigned long addr)
{
	struct page_place place;

	look_at_page(walk->mm, addr, &place);
	if (!is_misplaced(walk, place.nid))
		return 0;
	if (!can_migrate(vma) || !(walk->flags & (MPOL_MF_MOVE | MPOL_MF_MOVE_ALL)))
		return -EIO;
	return 0;		/* what others have too may stay, as on Linux */
}

/**
 * mbind_check_pages() - MPOL_MF_STRICT: is there a page that is elsewhere and must stay?
 * Locks:   mmap_lock for writing.
 * Context: any.
 * Return:  0 or -EIO.
 */
int mbind_check_pages(struct mbind_walk *walk)
{
	return walk_areas(walk, check_entry);
}

static int move_entry(struct mbind_walk *walk, struct vm_area_struct *vma, unsigned long addr)
{
	struct page_place place;

	look_at_page(walk->mm, addr, &place);
	if (!is_misplaced(walk, place.nid))
		return 0;
	if (place.mapcount > 1 && !(walk->flags & MPOL_MF_MOVE_ALL))
		return 0;
	if (!can_migrate(vma) || !move_page(vma, addr, NUMA_NO_NODE))
		walk->failed++;
	return port_fatal_signal_pending() ? -EINTR : 0;
}

/**
 * mbind_move_pages() - what is elsewhere and may move goes where the areas' policy says.
 * Locks:   mmap_lock for writing.
 * Context: may sleep.
 * Return:  0, -ENOMEM; with MPOL_MF_STRICT -EIO, when a page stayed.
 */
int mbind_move_pages(struct mbind_walk *walk)
{
	int error = pt_unshare_range(walk->mm, walk->start, walk->end);

	if (!error)
		error = walk_areas(walk, move_entry);
	if (!error && walk->failed && (walk->flags & MPOL_MF_STRICT))
		error = -EIO;
	return error;
}

/* --- migrate_pages ------------------------------------------------------------------- */

static int migrate_entry(struct mbind_walk *walk, struct vm_area_struct *vma, unsigned long addr)
{
	struct page_place place;

	look_at_page(walk->mm, addr, &place);
	if (place.nid != walk->from)
		return 0;
	if (place.mapcount > 1 && !(walk->flags & MPOL_MF_MOVE_ALL))
		return 0;
	if (!can_migrate(vma) || !move_page(vma, addr, walk->to))
		walk->failed++;
	return port_fatal_signal_pending() ? -EINTR : 0;
}

/* the node of @to that has the place of @nid in @from */
static int remap_node(int nid, const nodemask_t *from, const nodemask_t *to)
{
	unsigned int place = 0;
	int i, found;

	for_each_node_mask(i, *from)
		if (i < nid)
			place++;
	found = first_node(*to);
	for (place %= nodes_weight(*to); place; place--)
		found = next_node(found, *to);
	return found;
}

/*
 * A node of @left whose pages can go now: best one where no other has still to leave from.
 * With as many nodes as before, each keeps its place; else who is in @to already stays.
 */
static bool next_pair(const nodemask_t *left, const nodemask_t *from, const nodemask_t *to,
		      struct mbind_walk *walk)
{
	bool same_number = nodes_weight(*from) == nodes_weight(*to);
	int nid, dest;

	walk->from = NUMA_NO_NODE;
	for_each_node_mask(nid, *left) {
		if (!same_number && node_isset(nid, *to))
			continue;
		dest = remap_node(nid, from, to);
		if (dest == nid)
			continue;
		walk->from = nid;
		walk->to = dest;
		if (!node_isset(dest, *left))
			break;
	}
	return walk->from != NUMA_NO_NODE;
}

/**
 * vm_migrate_pages() - migrate_pages(2): all pages on nodes @from go to nodes @to, which
 *	is not empty; @all: those that others have, too.
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  how many stayed, or -ENOMEM, -EINTR.
 */
long vm_migrate_pages(struct mm_struct *mm, const nodemask_t *from, const nodemask_t *to,
		      bool all)
{
	struct mbind_walk walk = {
		.mm = mm, .end = mm->task_size, .flags = all ? MPOL_MF_MOVE_ALL : MPOL_MF_MOVE,
	};
	nodemask_t left = *from;
	long error;

	mm_assert(!nodes_empty(*to));
	mmap_write_lock(mm);
	error = pt_unshare_range(mm, 0, mm->task_size);
	while (!error && next_pair(&left, from, to, &walk)) {
		node_clear(walk.from, left);
		error = walk_areas(&walk, migrate_entry);
	}
	mmap_write_unlock(mm);
	return error ? error : walk.failed;
}

/* --- move_pages ---------------------------------------------------------------------- */

/* what is said of a page that is not there */
static int absent_error(const struct vm_area_struct *vma)
{
	return vma_is_anonymous(vma) || !vma->vm_ops->fault ? -EFAULT : -ENOENT;
}

/**
 * vm_page_node() - on which node the page at @addr is.
 * Locks:   takes mmap_lock for reading.
 * Context: may sleep.
 * Return:  the node; -EFAULT: no area, no page of an anonymous area, or the zero page;
 *          -ENOENT: no page of a file.
 */
int vm_page_node(struct mm_struct *mm, unsigned long addr)
{
	struct page_place place = { .nid = NUMA_NO_NODE };
	struct vm_area_struct *vma;
	int ret = -EFAULT;

	mmap_read_lock(mm);
	vma = find_vma_intersection(mm, addr, addr + 1);
	if (vma) {
		look_at_page(mm, addr & PAGE_MASK, &place);
		ret = place.nid == NUMA_NO_NODE ? absent_error(vma) : place.nid;
	}
	mmap_read_unlock(mm);
	return ret;
}

static int move_one(struct vm_area_struct *vma, unsigned long addr, int nid, bool all)
{
	struct page_place place;
	int error = pt_unshare_range(vma->vm_mm, addr, addr + PAGE_SIZE);

	if (error)
		return error;
	look_at_page(vma->vm_mm, addr, &place);
	if (place.nid == NUMA_NO_NODE)
		return absent_error(vma);
	if (place.nid == nid)
		return nid;
	if (place.mapcount > 1 && !all)
		return -EACCES;
	return move_page(vma, addr, nid) ? nid : -EAGAIN;
}

/**
 * vm_move_page() - the page at @addr goes to node @nid, which has memory.
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  @nid: it is there; -EAGAIN: it stayed; -EACCES: others have it, and not @all;
 *          -EFAULT, -ENOENT as vm_page_node(); -ENOMEM.
 */
int vm_move_page(struct mm_struct *mm, unsigned long addr, int nid, bool all)
{
	struct vm_area_struct *vma;
	int ret = -EFAULT;

	mmap_write_lock(mm);
	vma = find_vma_intersection(mm, addr, addr + 1);
	if (vma && can_migrate(vma))
		ret = move_one(vma, addr & PAGE_MASK, nid, all);
	mmap_write_unlock(mm);
	return ret;
}

/* --- numa_maps ----------------------------------------------------------------------- */

static void count_entry(pte_t pte, struct numa_maps *maps)
{
	struct page *page = pte_present(pte) ? vm_normal_page(pte) : NULL;

	if (!page)
		return;
	maps->pages++;
	maps->anon += PageAnon(page);
	maps->dirty += pte_dirty(pte) || PageDirty(page);
	maps->active += PageActive(page);
	maps->mapcount_max = max_t(unsigned long, maps->mapcount_max, page_mapcount(page));
	maps->node[page_to_nid(page)]++;
}

/**
 * vma_numa_maps() - count the pages of @vma: a line of /proc/PID/numa_maps.
 * Locks:   mmap_lock for reading; takes the ptl of each table.
 * Context: any.
 * Return:  nothing; *@maps is set.
 */
void vma_numa_maps(struct vm_area_struct *vma, struct numa_maps *maps)
{
	struct pt_cursor c;
	unsigned int i;

	memset(maps, 0, sizeof(*maps));
	rwsem_assert_held(&vma->vm_mm->mmap_lock);
	pt_cursor_start(&c, vma->vm_mm, vma->vm_start, vma->vm_end);
	while (pt_cursor_next(&c)) {
		if (!pt_cursor_lock(&c))
			continue;
		for (i = pte_skip_empty(c.pte, 0, c.nr); i < c.nr; i++)
			count_entry(ptep_get(c.pte + i), maps);
		spin_unlock(c.ptl);
	}
}
