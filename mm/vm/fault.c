// SPDX-License-Identifier: MIT
/*
 * fault.c - what to do when a program touches an address that its page tables
 * do not allow.
 *
 *	mm_fault: address in an area? --no--> may a stack grow to it? --no--> SIGSEGV
 *	    |                                       (SEGV_MAPERR)
 *	    v access allowed? --no--> SIGSEGV (by the key SEGV_PKUERR, else SEGV_ACCERR)
 *	handle_mm_fault: entry
 *	    none,  anonymous   read   map the zero page, read-only
 *	                       write  a fresh zeroed page
 *	    none,  file        read   neighbours from the cache, else vm_ops->fault
 *	                       write, private   copy of the file's page
 *	                       write, shared    the file's page, writable
 *	    present, write to read-only
 *	             shared           ask the file, make writable
 *	             private, own     nobody else maps or holds it: make writable
 *	             private, else    copy, replace the entry
 *	    present otherwise         stale TLB entry, or another CPU was faster
 *
 *   F1  a step that sleeps holds no ptl; after taking it, it looks at the entry
 *       again and gives way when it changed
 *   F2  a fresh page is complete (contents, mapping, index, _mapcount, counters)
 *       before its entry is written
 *   F3  an entry of a private area is writable only if it maps an anonymous
 *       page with one reference: ours
 *   F4  replacing a page: entry cleared, TLBs flushed, new entry written
 *
 * There is no list of pages in use by age yet: anonymous pages count as
 * inactive as long as somebody maps them.
 *
 * Locks: mmap_lock for reading throughout; the ptl of the one table.
 */
#include "vm_internal.h"
#include <uapi/siginfo.h>

#define FAULT_AROUND_PAGES	16ul	/* 64 KiB, aligned: as Linux's fault_around_bytes */

/**
 * vma_mk_pte() - the entry that maps @page in @vma.
 * Locks:   mmap_lock for reading.
 * Context: any.
 * Return:  the entry; for a write dirty, and writable as far as @vma allows.
 */
pte_t vma_mk_pte(const struct vm_area_struct *vma, const struct page *page, bool write)
{
	pte_t pte = pfn_pte(page_to_pfn(page), vma->vm_page_prot);

	mm_assert((vma->vm_flags & VM_SHARED) || !pte_write(pte));	/* F3 */
	if (!write)
		return pte;
	pte = pte_mkdirty(pte);
	return vma->vm_flags & VM_WRITE ? pte_mkwrite(pte) : pte;
}

static inline pgoff_t linear_page_index(const struct vm_area_struct *vma, unsigned long addr)
{
	mm_assert(addr >= vma->vm_start && addr < vma->vm_end);
	return vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
}

/* F2: a page that nobody else knows becomes an anonymous page of vmf's address; ptl held */
static inline void add_new_anon_page(struct vm_fault *vmf, struct page *page)
{
	struct pglist_data *pgdat = page_pgdat(page);

	mm_assert(page_mapcount(page) == 0 && page_count(page) == 1);
	spin_assert_held(vmf->ptl);
	mm_assert(!page->mapping && !(vmf->vma->vm_flags & VM_SHARED));
	page->mapping = (struct address_space *)PAGE_MAPPING_ANON;
	page->index = vmf->pgoff;
	atomic_set(&page->_mapcount, 0);
	ptl_table(vmf->ptl)->pt_anon++;						/* T5 */
	add_mm_counter(vmf->vma->vm_mm, MM_ANONPAGES, 1);
	__mod_node_anon_state(pgdat, 1);
}

static inline void add_file_page(struct vm_fault *vmf, struct page *page)
{
	spin_assert_held(vmf->ptl);					/* F2 */
	mm_assert(page_count(page) > 0 && !PageAnon(page));
	if (atomic_inc_and_test(&page->_mapcount))
		mod_node_page_state(page_pgdat(page), NR_FILE_MAPPED, 1);
	add_mm_counter(vmf->vma->vm_mm, mm_counter(page), 1);
}

/* take the ptl; true when the entry still is what the decision was made on (F1) */
static inline bool fault_lock_same(struct vm_fault *vmf)
{
	spin_lock(vmf->ptl);
	return likely(pte_val(ptep_get(vmf->pte)) == pte_val(vmf->orig_pte));
}

static vm_fault_t do_zero_page_read(struct vm_fault *vmf)
{
	unsigned long pfn = page_to_pfn(this_machine()->zero_page);

	if (fault_lock_same(vmf))
		set_pte(vmf->pte, pte_mkspecial(pfn_pte(pfn, vmf->vma->vm_page_prot)));
	spin_unlock(vmf->ptl);
	return 0;
}

static vm_fault_t do_anonymous_page(struct vm_fault *vmf)
{
	struct page *page;

	mm_assert(pte_none(vmf->orig_pte));
	if (unlikely(vmf->vma->vm_flags & VM_SHARED))
		return VM_FAULT_SIGBUS;
	if (!(vmf->flags & FAULT_FLAG_WRITE))
		return do_zero_page_read(vmf);
	page = vma_alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_ZERO, vmf->vma, vmf->address);
	if (unlikely(!page))
		return VM_FAULT_OOM;
	if (likely(fault_lock_same(vmf))) {
		add_new_anon_page(vmf, page);
		set_pte(vmf->pte, vma_mk_pte(vmf->vma, page, true));
		page = NULL;
	}
	spin_unlock(vmf->ptl);
	if (unlikely(page))
		put_page(page);
	return 0;
}

/* vmf->page, counted and locked, from the file; or NOPAGE, or an error */
static vm_fault_t fault_file_page(struct vm_fault *vmf)
{
	vm_fault_t ret = vmf->vma->vm_ops->fault(vmf);

	if (ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY))
		return ret;
	mm_assert(vmf->page && page_count(vmf->page) > 0);
	if (!(ret & VM_FAULT_LOCKED))
		lock_page(vmf->page);
	return ret | VM_FAULT_LOCKED;
}

static void put_locked_page(struct page *page)
{
	mm_assert(PageLocked(page) && page_count(page) > 0);
	unlock_page(page);
	put_page(page);
}

/* map the file's page itself, as the entry still allows; the page's lock is dropped */
static void map_locked_page(struct vm_fault *vmf, bool write)
{
	bool same = fault_lock_same(vmf);

	mm_assert(PageLocked(vmf->page) && (!write || (vmf->vma->vm_flags & VM_SHARED)));	/* F3 */
	if (same) {
		add_file_page(vmf, vmf->page);
		set_pte(vmf->pte, vma_mk_pte(vmf->vma, vmf->page, write));
	}
	spin_unlock(vmf->ptl);
	unlock_page(vmf->page);
	if (!same)
		put_page(vmf->page);
}

/*
 * Map the pages around the address that are in the cache already: the 16 of
 * the aligned 64 KiB, as far as they are in the area and in this table.
 */
static vm_fault_t do_fault_around(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long addr = vmf->address;
	unsigned long from = max(addr & ~(FAULT_AROUND_PAGES * PAGE_SIZE - 1), vma->vm_start);
	unsigned long to = min((addr | (FAULT_AROUND_PAGES * PAGE_SIZE - 1)) + 1, vma->vm_end);

	mm_assert(from <= addr && addr < to && to - from <= FAULT_AROUND_PAGES * PAGE_SIZE);
	return vma->vm_ops->map_pages(vmf, vmf->pgoff - ((addr - from) >> PAGE_SHIFT),
				      vmf->pgoff + ((to - addr) >> PAGE_SHIFT));
}
static_assert((PMD_SIZE & (FAULT_AROUND_PAGES * PAGE_SIZE - 1)) == 0, "one table");

static vm_fault_t do_read_fault(struct vm_fault *vmf)
{
	vm_fault_t ret;

	if (vmf->vma->vm_ops->map_pages) {
		ret = do_fault_around(vmf);
		if (ret)
			return ret & VM_FAULT_NOPAGE ? 0 : ret;
	}
	ret = fault_file_page(vmf);
	if (!(ret & VM_FAULT_LOCKED))
		return ret;
	map_locked_page(vmf, false);
	return ret & VM_FAULT_MAJOR;
}

/* the first write to a private mapping of a file goes to a copy at once */
static vm_fault_t do_cow_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct page *copy = vma_alloc_page(GFP_HIGHUSER_MOVABLE, vma, vmf->address);
	vm_fault_t ret;

	mm_assert(!(vma->vm_flags & VM_SHARED));			/* F3 */
	if (!copy)
		return VM_FAULT_OOM;
	ret = fault_file_page(vmf);
	if (!(ret & VM_FAULT_LOCKED)) {
		put_page(copy);
		return ret;
	}
	copy_user_highpage(copy, vmf->page, vmf->address, vma);
	if (!READ_ONCE(vma->vm_has_anon))
		WRITE_ONCE(vma->vm_has_anon, true);
	if (fault_lock_same(vmf)) {
		add_new_anon_page(vmf, copy);
		set_pte(vmf->pte, vma_mk_pte(vma, copy, true));
		copy = NULL;
	}
	spin_unlock(vmf->ptl);
	put_locked_page(vmf->page);
	if (copy)
		put_page(copy);
	return ret & VM_FAULT_MAJOR;
}

/* ask the file before a shared page becomes writable; vmf->page is locked */
static vm_fault_t do_page_mkwrite(struct vm_fault *vmf)
{
	const struct vm_operations_struct *ops = vmf->vma->vm_ops;

	mm_assert(PageLocked(vmf->page) && (vmf->vma->vm_flags & VM_SHARED));
	return ops->page_mkwrite ? ops->page_mkwrite(vmf) & VM_FAULT_ERROR : 0;
}

static vm_fault_t do_shared_fault(struct vm_fault *vmf)
{
	vm_fault_t error, ret = fault_file_page(vmf);

	if (!(ret & VM_FAULT_LOCKED))
		return ret;
	error = do_page_mkwrite(vmf);
	if (error) {
		put_locked_page(vmf->page);
		return error;
	}
	map_locked_page(vmf, true);
	return ret & VM_FAULT_MAJOR;
}

static vm_fault_t do_file_fault(struct vm_fault *vmf)
{
	if (!vmf->vma->vm_ops->fault)
		return VM_FAULT_SIGBUS;
	if (!(vmf->flags & FAULT_FLAG_WRITE))
		return do_read_fault(vmf);
	if (!(vmf->vma->vm_flags & VM_SHARED))
		return do_cow_fault(vmf);
	return do_shared_fault(vmf);
}

/* ptl held: the entry becomes writable where it is; drops the lock */
static vm_fault_t wp_reuse(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	pte_t pte = pte_mkyoung(pte_mkdirty(vmf->orig_pte));

	spin_assert_held(vmf->ptl);
	mm_assert(pte_present(vmf->orig_pte));
	if (vma->vm_flags & VM_WRITE)
		pte = pte_mkwrite(pte);
	set_pte(vmf->pte, pte);
	spin_unlock(vmf->ptl);
	local_flush_tlb_page(vma->vm_mm, vmf->address);
	count_vm_event(PGREUSE);
	return 0;
}

static vm_fault_t wp_shared(struct vm_fault *vmf)
{
	vm_fault_t error = 0;

	vmf->page = vm_normal_page(vmf->orig_pte);
	if (vmf->page && vmf->vma->vm_ops && vmf->vma->vm_ops->page_mkwrite) {
		get_page(vmf->page);
		spin_unlock(vmf->ptl);
		lock_page(vmf->page);
		if (vmf->page->mapping)
			error = do_page_mkwrite(vmf);
		put_locked_page(vmf->page);
		if (error)
			return error;
		if (!fault_lock_same(vmf)) {
			spin_unlock(vmf->ptl);
			return 0;
		}
	}
	return wp_reuse(vmf);
}

/* one mapping less of a page whose entry was replaced; ptl held */
static void remove_replaced_page(struct vm_fault *vmf, struct page *page)
{
	bool anon = PageAnon(page);

	spin_assert_held(vmf->ptl);
	mm_assert(page_mapcount(page) > 0 && page_count(page) > 0);
	mm_assert(!anon || ptl_table(vmf->ptl)->pt_anon);		/* T5 */
	if (anon)
		ptl_table(vmf->ptl)->pt_anon--;					/* T5 */
	add_mm_counter(vmf->vma->vm_mm, mm_counter(page), -1);
	if (!atomic_add_negative(-1, &page->_mapcount))
		return;
	if (anon) {
		page->mapping = NULL;						/* U2 of zap.c */
		mod_node_page_state(page_pgdat(page), NR_ANON_MAPPED, -1);
		mod_node_page_state(page_pgdat(page), NR_INACTIVE_ANON, -1);
	} else {
		mod_node_page_state(page_pgdat(page), NR_FILE_MAPPED, -1);
	}
}

/**
 * fault_replace_page() - put @copy in the place of @old, NULL for the zero page (F4).
 * Locks:   vmf->ptl is held; mmap_lock for reading.
 * Context: interrupts on. vmf has area, address, pgoff, entry and lock.
 * Return:  nothing; the mapping's reference to @old is the caller's now.
 */
void fault_replace_page(struct vm_fault *vmf, struct page *old, struct page *copy)
{
	struct vm_area_struct *vma = vmf->vma;

	ptep_get_and_clear(vmf->pte);
	flush_tlb_mm_range(vma->vm_mm, vmf->address, vmf->address + PAGE_SIZE, false);
	if (old)
		remove_replaced_page(vmf, old);
	add_new_anon_page(vmf, copy);
	set_pte(vmf->pte, vma_mk_pte(vma, copy, true));
}

/* the page is shared with somebody: write to a copy. ptl held, dropped */
static vm_fault_t wp_copy(struct vm_fault *vmf, struct page *old)
{
	struct page *copy, *put_old = NULL;

	spin_assert_held(vmf->ptl);
	mm_assert(!(vmf->vma->vm_flags & VM_SHARED) && !pte_write(vmf->orig_pte));
	if (old)
		get_page(old);
	spin_unlock(vmf->ptl);
	copy = vma_alloc_page(GFP_HIGHUSER_MOVABLE | (old ? 0 : __GFP_ZERO), vmf->vma,
			      vmf->address);
	if (!copy) {
		if (old)
			put_page(old);
		return VM_FAULT_OOM;
	}
	if (old)
		copy_user_highpage(copy, old, vmf->address, vmf->vma);
	if (vmf->vma->vm_ops && !READ_ONCE(vmf->vma->vm_has_anon))
		WRITE_ONCE(vmf->vma->vm_has_anon, true);
	if (fault_lock_same(vmf)) {
		fault_replace_page(vmf, old, copy);
		put_old = old;
		copy = NULL;
	}
	spin_unlock(vmf->ptl);
	if (put_old)
		put_page(put_old);	/* the mapping's */
	if (old)
		put_page(old);		/* ours */
	if (copy)
		put_page(copy);
	return 0;
}

/* a write to a present, read-only entry of a writable area; ptl held, dropped */
static vm_fault_t do_wp_page(struct vm_fault *vmf)
{
	struct page *page;

	if (vmf->vma->vm_flags & VM_SHARED)
		return wp_shared(vmf);
	page = vm_normal_page(vmf->orig_pte);
	if (page && PageAnon(page) && page_count(page) == 1)			/* F3 */
		return wp_reuse(vmf);
	return wp_copy(vmf, page);
}

static vm_fault_t do_present_page(struct vm_fault *vmf)
{
	pte_t pte;

	if (!fault_lock_same(vmf)) {
		spin_unlock(vmf->ptl);
		return 0;
	}
	if ((vmf->flags & FAULT_FLAG_WRITE) && !pte_write(vmf->orig_pte))
		return do_wp_page(vmf);
	pte = pte_mkyoung(vmf->orig_pte);
	if (vmf->flags & FAULT_FLAG_WRITE)
		pte = pte_mkdirty(pte);
	set_pte(vmf->pte, pte);
	spin_unlock(vmf->ptl);
	local_flush_tlb_page(vmf->vma->vm_mm, vmf->address);
	return 0;
}

/* comment: see mm.h */
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags)
{
	struct vm_fault vmf = {
		.vma = vma,
		.address = address & PAGE_MASK,
		.pgoff = linear_page_index(vma, address),
		.flags = flags,
	};

	rwsem_assert_held(&vma->vm_mm->mmap_lock);
	mm_assert(address >= vma->vm_start && address < vma->vm_end);
	__count_vm_events(PGFAULT, 1);
	vmf.pmd = pt_alloc(vma->vm_mm, address);
	if (unlikely(!vmf.pmd))
		return VM_FAULT_OOM;
	vmf.ptl = pte_lockptr(vmf.pmd);
	vmf.pte = pte_offset_kernel(vmf.pmd, address);
	vmf.orig_pte = ptep_get(vmf.pte);
	mm_assert(pmd_write(*vmf.pmd) && PageTable(ptl_table(vmf.ptl)));	/* O1 */
	if (unlikely(!READ_ONCE(vma->vm_touched)))
		WRITE_ONCE(vma->vm_touched, true);				/* V6 of vma.c */
	if (pte_none(vmf.orig_pte))
		return vma_is_anonymous(vma) ? do_anonymous_page(&vmf) : do_file_fault(&vmf);
	mm_bug_on(!pte_present(vmf.orig_pte));
	return do_present_page(&vmf);
}

/* 0, or the si_code: the key is asked first */
static int access_error(const struct vm_area_struct *vma, unsigned int flags)
{
	unsigned long need = VM_ACCESS_FLAGS;

	if (flags & FAULT_FLAG_WRITE)
		need = VM_WRITE;
	else if (unlikely(flags & FAULT_FLAG_INSTRUCTION))
		need = VM_EXEC;
	if (unlikely(arch_pkey_denied()) && need != VM_EXEC && pkey_denies(vma, need == VM_WRITE))
		return SEGV_PKUERR;
	return likely(vma->vm_flags & need) ? 0 : SEGV_ACCERR;
}

/*
 * The area for @address, which is below one that grows down: mmap_lock is
 * dropped for reading and taken for writing, so everything is looked up again.
 * Returns with mmap_lock held for reading, in any case.
 */
static struct vm_area_struct *grow_stack(struct mm_struct *mm, unsigned long address)
{
	struct vm_area_struct *vma;

	mmap_read_unlock(mm);
	mmap_write_lock(mm);
	vma = find_vma(mm, address);
	if (vma && vma->vm_start > address && expand_stack(vma, address))
		vma = NULL;
	downgrade_write(&mm->mmap_lock);
	return vma;
}

static inline struct vm_area_struct *find_or_grow(struct mm_struct *mm, unsigned long address)
{
	struct vm_area_struct *vma = READ_ONCE(mm->mmap_cache);

	if (likely(vma && vma->vm_start <= address && address < vma->vm_end))
		return vma;
	vma = find_vma(mm, address);
	if (likely(vma && vma->vm_start <= address))
		return vma;
	if (!vma || !(vma->vm_flags & VM_GROWSDOWN))
		return NULL;
	return grow_stack(mm, address);
}

/**
 * fault_find_vma() - the area of @address; an area that grows down may grow to it.
 * Locks:   mmap_lock held for reading; may be dropped and taken again.
 * Context: may sleep.
 * Return:  the area or NULL.
 */
struct vm_area_struct *fault_find_vma(struct mm_struct *mm, unsigned long address)
{
	return find_or_grow(mm, address);
}

/* comment: see mm.h */
vm_fault_t mm_fault(struct mm_struct *mm, unsigned long address, unsigned int flags, int *si_code)
{
	struct vm_area_struct *vma;
	vm_fault_t ret = VM_FAULT_SIGSEGV;
	int denied;

	*si_code = SEGV_MAPERR;
	if (unlikely(address >= mm->task_size))
		return ret;
	mmap_read_lock(mm);
	vma = find_or_grow(mm, address);
	if (unlikely(!vma))
		goto out;
	denied = access_error(vma, flags);
	if (unlikely(denied)) {
		*si_code = denied;
		goto out;
	}
	ret = handle_mm_fault(vma, address, flags);
	if (unlikely(ret & VM_FAULT_SIGBUS))
		*si_code = BUS_ADRERR;
out:
	mmap_read_unlock(mm);
	return ret;
}

/* comment: see vm_internal.h */
int vma_populate(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		 enum populate_how how)
{
	unsigned int flags = FAULT_FLAG_REMOTE;
	unsigned long addr;

	rwsem_assert_held(&vma->vm_mm->mmap_lock);
	mm_assert(start >= vma->vm_start && start <= end && end <= vma->vm_end);
	if (vma->vm_flags & (VM_IO | VM_PFNMAP))
		return -EFAULT;
	if (!(vma->vm_flags & VM_ACCESS_FLAGS))
		return -EFAULT;
	if (how == POPULATE_AUTO && (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE)
		flags |= FAULT_FLAG_WRITE;
	if (how == POPULATE_WRITE)
		flags |= FAULT_FLAG_WRITE;
	if (pkey_denies(vma, flags & FAULT_FLAG_WRITE))
		return -EFAULT;
	for (addr = start; addr < end; addr += PAGE_SIZE) {
		vm_fault_t ret = handle_mm_fault(vma, addr, flags);

		if (ret & VM_FAULT_OOM)
			return -ENOMEM;
		if (ret & VM_FAULT_ERROR)
			return -EFAULT;
		if (port_fatal_signal_pending())
			return -EINTR;
	}
	return 0;
}

/**
 * mm_populate() - make the pages of [@start, @end) present, area by area.
 * Locks:   takes mmap_lock for reading, anew for each area.
 * Context: may sleep.
 * Return:  0 or -E; what was made present stays. With @stop nothing is done after an
 *          error, else the areas behind have their turn.
 */
int mm_populate(struct mm_struct *mm, unsigned long start, unsigned long end, bool stop)
{
	int error = 0;

	mm_assert(start <= end && !((start | end) & ~PAGE_MASK));
	while (start < end && !(error && stop)) {
		struct vm_area_struct *vma;
		unsigned long to;

		mmap_read_lock(mm);
		vma = find_vma_intersection(mm, start, end);
		if (!vma) {
			mmap_read_unlock(mm);
			break;
		}
		start = max(start, vma->vm_start);
		to = min(end, vma->vm_end);
		if (!(vma->vm_flags & (VM_IO | VM_PFNMAP | VM_LOCKONFAULT)))
			error = vma_populate(vma, start, to, POPULATE_AUTO) ?: error;
		start = to;
		mmap_read_unlock(mm);
		port_cond_resched();
	}
	return error;
}
