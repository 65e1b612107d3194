// SPDX-License-Identifier: MIT
/*
 * mmap.c - mmap(2): choose a place, check, reserve, then map.
 *
 * vm_mmap() goes through four steps. Only the last one changes anything that a
 * program can see, and it cannot fail (check, reserve, commit):
 *
 *	place	get_unmapped_area(): MAP_FIXED, a hint, or the highest gap
 *		below mmap_base (the lowest above it in the legacy layout)
 *	check	flags, access mode of the file, limits
 *	reserve	commitment, the area's memory, the shared-memory file, the
 *		file's own mmap operation
 *	commit	unmap what was there, then let a neighbour grow or link the area
 *
 * The unmapping of what MAP_FIXED replaces has one thing that can fail, memory
 * for a split, and fails before it changes anything.
 *
 *   M1  vm_pgoff of a private anonymous area is its address in pages when it is
 *       mapped, so that neighbours that were mapped apart can merge
 *   M2  VM_SHARED implies that the file is open for writing, or VM_MAYWRITE is
 *       clear (shared by name, never written)
 *   M3  i_mmap_writable is held from before a seal is asked for until an area that may
 *       write the file is linked: shmem.c's S2
 *
 * Locks: takes mmap_lock for writing.
 */
#include "vm_internal.h"

#define MAP_32BIT_START	0x40000000ul
#define MAP_32BIT_END	0x80000000ul

static unsigned long min_address(void)
{
	return this_machine()->tunables.mmap_min_addr;
}

/* is [addr, addr + len) free, with the distance that stacks want? */
static bool range_is_free(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	mm_assert(addr + len >= addr);
	return !vma || (addr < vma->vm_start && addr + len <= vm_start_gap(vma));
}

static unsigned long find_place(struct mm_struct *mm, unsigned long addr, unsigned long len,
				unsigned long flags)
{
	unsigned long end = flags & MAP_32BIT ? MAP_32BIT_END : mm->task_size, found;

	if (addr && len <= end && addr <= end - len && addr >= min_address() &&
	    range_is_free(mm, addr, len))
		return addr;
	if (flags & MAP_32BIT)
		return vma_find_gap_bottomup(mm, len, MAP_32BIT_START, MAP_32BIT_END);
	if (mm->mmap_bottomup)
		return vma_find_gap_bottomup(mm, len, mm->mmap_base, mm->task_size);
	/* nothing left but below mmap_min_addr is found, and refused if it has to be */
	found = vma_find_gap_topdown(mm, len, PAGE_SIZE, mm->mmap_base);
	if (likely(!IS_ERR_VALUE(found)))
		return found;
	/* a stack limit so large that little is left below it */
	return vma_find_gap_bottomup(mm, len, PAGE_ALIGN(mm->task_size / 3), mm->task_size);
}

/**
 * get_unmapped_area() - where @len bytes, page aligned, go.
 * Locks:   mmap_lock for reading.
 * Context: any.
 * Return:  an address, or -ENOMEM, -EINVAL, -EPERM as mmap(2) has them.
 */
unsigned long get_unmapped_area(struct mm_struct *mm, unsigned long addr, unsigned long len,
				unsigned long flags)
{
	rwsem_assert_held(&mm->mmap_lock);
	mm_assert(len && !(len & ~PAGE_MASK));
	if (len > mm->task_size)
		return -ENOMEM;
	if (!(flags & MAP_FIXED))
		addr = find_place(mm, PAGE_ALIGN(addr), len, flags);
	if (IS_ERR_VALUE(addr))
		return addr;		/* Linux takes a fixed -1 for -EPERM, too */
	if (addr > mm->task_size - len)
		return -ENOMEM;
	if (addr & ~PAGE_MASK)
		return -EINVAL;
	if (addr < min_address() && !port_capable_admin())
		return -EPERM;
	return addr;
}

/* mmap(2)'s flags of protection and kind, as flags of the area */
static unsigned long calc_vm_flags(struct mm_struct *mm, const struct mmap_request *req)
{
	unsigned long flags = mm->def_flags | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

	if (req->prot & PROT_READ)
		flags |= VM_READ;
	if (req->prot & PROT_WRITE)
		flags |= VM_WRITE;
	if (req->prot & PROT_EXEC)
		flags |= VM_EXEC;
	if (req->flags & MAP_GROWSDOWN)
		flags |= VM_GROWSDOWN;
	if (req->flags & MAP_LOCKED)
		flags |= VM_LOCKED;
	if (req->flags & MAP_SYNC)
		flags |= VM_SYNC;
	if ((req->flags & MAP_NORESERVE) &&
	    this_machine()->tunables.overcommit_memory != OVERCOMMIT_NEVER)
		flags |= VM_NORESERVE;
	return flags;
}

/* does [pgoff, pgoff + len) of a regular file fit in what a loff_t can say? */
static bool file_range_ok(struct file *file, unsigned long pgoff, unsigned long len)
{
	unsigned long max_pages = MAX_LFS_FILESIZE >> PAGE_SHIFT;
	unsigned long pages = len >> PAGE_SHIFT;

	if (!S_ISREG(file_inode(file)->i_mode))
		return true;
	return pages <= max_pages && pgoff <= max_pages - pages;
}

static int check_file_request(const struct mmap_request *req, unsigned long *vm_flags)
{
	struct file *file = req->file;
	unsigned long type = req->flags & MAP_TYPE, flags = req->flags;

	if (type != MAP_SHARED && type != MAP_PRIVATE && type != MAP_SHARED_VALIDATE)
		return -EINVAL;
	if (type == MAP_SHARED_VALIDATE && (flags & ~(unsigned long)LEGACY_MAP_MASK))
		return -EOPNOTSUPP;
	if (type != MAP_PRIVATE) {
		if ((req->prot & PROT_WRITE) && !(file->f_mode & FMODE_WRITE))
			return -EACCES;
		*vm_flags |= VM_SHARED | VM_MAYSHARE;
		if (!(file->f_mode & FMODE_WRITE))
			*vm_flags &= ~(VM_MAYWRITE | VM_SHARED);		/* M2 */
	}
	if (!(file->f_mode & FMODE_READ))
		return -EACCES;
	if (file->f_mode & FMODE_NOEXEC) {
		if (*vm_flags & VM_EXEC)
			return -EPERM;
		*vm_flags &= ~VM_MAYEXEC;
	}
	if (!file->f_op || !file->f_op->mmap)
		return -ENODEV;
	if (*vm_flags & VM_GROWSDOWN)
		return -EINVAL;
	if ((*vm_flags & VM_SHARED) &&
	    (READ_ONCE(file->f_mapping->seals) & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))) {
		if (*vm_flags & VM_WRITE)
			return -EPERM;
		*vm_flags &= ~VM_MAYWRITE;
	}
	return 0;
}

static int check_anon_request(const struct mmap_request *req, unsigned long *vm_flags)
{
	switch (req->flags & MAP_TYPE) {
	case MAP_SHARED:
		if (*vm_flags & VM_GROWSDOWN)
			return -EINVAL;
		*vm_flags |= VM_SHARED | VM_MAYSHARE;
		return 0;
	case MAP_PRIVATE:
		return 0;
	default:
		return -EINVAL;
	}
}

/* may every page of the area come to need a frame of its own? */
static bool accountable(unsigned long vm_flags)
{
	return (vm_flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) == VM_WRITE;
}

/**
 * count_mapped_pages() - how many pages of [@start, @end) are in areas.
 * Locks:   mmap_lock for reading.
 * Context: any.
 */
unsigned long count_mapped_pages(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma_intersection(mm, start, end);
	unsigned long pages = 0;

	rwsem_assert_held(&mm->mmap_lock);
	mm_assert(start <= end && !((start | end) & ~PAGE_MASK));
	for (; vma && vma->vm_start < end; vma = vma_next(vma))
		pages += (min(end, vma->vm_end) - max(start, vma->vm_start)) >> PAGE_SHIFT;
	return pages;
}

/* what the area will be, all that vma_dup() copies; owns nothing */
static inline void describe_area(struct vm_area_struct *vma, struct mm_struct *mm,
				 struct file *file, unsigned long addr, unsigned long len)
{
	mm_assert(len && addr <= mm->task_size - len && !(addr & ~PAGE_MASK));
	vma->vm_mm = mm;
	vma->vm_ops = NULL;
	vma->vm_file = file;
	vma->vm_private_data = NULL;
	vma->vm_policy = NULL;
	vma->vm_page_prot = __pgprot(0);
	vma->vm_has_anon = false;
	vma->vm_touched = false;
	vma->vm_start = addr;
	vma->vm_end = addr + len;
}

static int attach_file(struct vm_area_struct *vma, struct file *file)
{
	int error;

	mm_assert(!vma->vm_file && list_empty(&vma->vm_list) && file->f_op->mmap);
	vma->vm_file = get_file(file);
	error = file->f_op->mmap(file, vma);
	vma_set_page_prot(vma);
	return error;
}

/* an anonymous shared area is a private mapping of nothing but a shared file */
static int attach_shmem(struct vm_area_struct *vma)
{
	struct file *file = shmem_file_setup("dev/zero", vma->vm_end - vma->vm_start,
					     vma->vm_flags);
	int error;

	mm_assert((vma->vm_flags & VM_SHARED) && !vma->vm_pgoff);	/* M1 */
	if (IS_ERR(file))
		return PTR_ERR(file);
	error = attach_file(vma, file);
	fput(file);
	return error;
}

/* reserve: an area with its file, linked nowhere */
static int make_area(struct vm_area_struct *like, struct file *file,
		     struct vm_area_struct **out)
{
	struct vm_area_struct *vma;
	int error = 0;

	like->vm_file = NULL;
	like->vm_ops = NULL;
	like->vm_private_data = NULL;
	vma = vma_dup(like);
	if (!vma)
		return -ENOMEM;
	vma_set_page_prot(vma);
	if (file)
		error = attach_file(vma, file);
	else if (vma->vm_flags & VM_SHARED)
		error = attach_shmem(vma);
	if (error) {
		vma_free(vma);
		return error;
	}
	*out = vma;
	return 0;
}

/* the range is free and @next behind it: may a neighbour simply grow? */
static bool grow_neighbour(struct vm_area_struct *like, struct vm_area_struct *next)
{
	struct vm_area_struct *prev = vma_before(like->vm_mm, next), *vma;

	mm_assert(!prev || prev->vm_end <= like->vm_start);
	mm_assert(!next || like->vm_end <= next->vm_start);
	if (!like->vm_file && (like->vm_flags & VM_SHARED))
		return false;
	if (like->vm_file) {
		/* the operations of the same file are the same */
		vma = prev && prev->vm_file == like->vm_file ? prev : next;
		if (!vma || vma->vm_file != like->vm_file)
			return false;
		like->vm_ops = vma->vm_ops;
		like->vm_private_data = vma->vm_private_data;
	}
	return vma_absorb(like->vm_mm, like, next) != NULL;
}

/* commit: @vma takes the place of whatever is there; @next is the first area of it */
static int replace_range(struct mm_struct *mm, struct vm_area_struct *vma,
			 struct vm_area_struct *next)
{
	mm_assert(vma->vm_mm == mm && (!next || next->vm_end > vma->vm_start));
	if (!next || next->vm_start >= vma->vm_end) {
		/* neighbours were asked already, without what a file's mmap may add */
		vma_link_before(mm, vma, next);
		if (vma->vm_file)
			vma_merge(vma);
		return 0;
	}
	if (do_munmap(mm, vma->vm_start, vma->vm_end - vma->vm_start))
		return -ENOMEM;
	vma_link(mm, vma);
	vma_merge(vma);
	return 0;
}

/*
 * Map what @like describes. It is on the caller's stack; its vm_file is the
 * caller's reference.
 */
static int map_described(struct mm_struct *mm, struct vm_area_struct *like)
{
	unsigned long pages = vma_pages(like), charged = 0, vm_flags;
	struct vm_area_struct *vma, *next;
	int error;

	mm_assert(!(like->vm_flags & VM_SHARED) || !like->vm_file ||
		  (like->vm_file->f_mode & FMODE_WRITE));		/* M2 */
	if (!may_expand_vm(mm, like->vm_flags, pages) &&
	    !may_expand_vm(mm, like->vm_flags,
			   pages - count_mapped_pages(mm, like->vm_start, like->vm_end)))
		return -ENOMEM;
	if (accountable(like->vm_flags)) {
		charged = pages;
		if (vm_enough_memory(mm, charged) &&
		    vm_enough_memory_instead(mm, charged, vm_pages_with(mm, VM_ACCOUNT,
									like->vm_start,
									like->vm_end)))
			return -ENOMEM;
		like->vm_flags |= VM_ACCOUNT;
	}
	vm_flags = like->vm_flags;
	next = find_vma(mm, like->vm_start);
	if ((next && next->vm_start < like->vm_end) || !grow_neighbour(like, next)) {
		error = make_area(like, like->vm_file, &vma);
		if (error)
			goto uncharge;
		vm_flags = vma->vm_flags;
		error = replace_range(mm, vma, next);
		if (error)
			goto free_area;
	}
	vm_stat_account(mm, vm_flags, pages);
	if (vm_flags & VM_LOCKED)
		mm->locked_vm += pages;
	return 0;

free_area:
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	vma_free(vma);
uncharge:
	if (charged)
		vm_unacct_memory(charged);
	return error;
}

/* the same, where a seal of the file may be against a mapping that can write (M3) */
static int map_region(struct mm_struct *mm, struct vm_area_struct *like)
{
	struct address_space *mapping = NULL;
	int error;

	if (like->vm_file && vm_flags_shared_maywrite(like->vm_flags))
		mapping = like->vm_file->f_mapping;
	error = mapping ? mapping_map_writable(mapping) : 0;
	if (error)
		return error;
	error = map_described(mm, like);
	if (mapping)
		mapping_unmap_writable(mapping);	/* the area counts for itself */
	return error;
}

/**
 * do_mmap() - the whole of mmap(2) but making pages present. @addr, @len in whole pages
 *	and @flags are what became of those in @req.
 * Locks:   mmap_lock for writing.
 * Context: may sleep.
 * Return:  the address, or -E with nothing changed.
 */
unsigned long do_mmap(struct mm_struct *mm, const struct mmap_request *req,
		      unsigned long addr, unsigned long len, unsigned long flags)
{
	struct vm_area_struct like;
	unsigned long vm_flags;
	int error;

	rwsem_assert_held_write(&mm->mmap_lock);
	mm_assert(len && !(len & ~PAGE_MASK));
	if (mm->map_count > this_machine()->tunables.max_map_count)
		return -ENOMEM;
	addr = get_unmapped_area(mm, addr, len, flags);
	if (IS_ERR_VALUE(addr))
		return addr;
	if ((flags & MAP_FIXED_NOREPLACE) && find_vma_intersection(mm, addr, addr + len))
		return -EEXIST;
	vm_flags = calc_vm_flags(mm, req);
	if (req->prot == PROT_EXEC)
		vm_flags |= vm_pkey_flags(pkey_for_exec_only(mm));
	if ((flags & MAP_LOCKED) && !can_do_mlock())
		return -EPERM;
	if (mlock_future_check(mm, vm_flags, len))
		return -EAGAIN;
	if (req->file && !file_range_ok(req->file, req->pgoff, len))
		return -EOVERFLOW;
	error = req->file ? check_file_request(req, &vm_flags) : check_anon_request(req, &vm_flags);
	if (error)
		return error;
	describe_area(&like, mm, req->file, addr, len);
	like.vm_flags = vm_flags;
	like.vm_pgoff = req->pgoff;
	if (!req->file)
		like.vm_pgoff = vm_flags & VM_SHARED ? 0 : addr >> PAGE_SHIFT;	/* M1 */
	error = map_region(mm, &like);
	return error ? (unsigned long)error : addr;
}

/**
 * vm_mmap() - mmap(2): map @req into @mm.
 * Locks:   takes mmap_lock for writing, then for reading to populate.
 * Context: may sleep.
 * Return:  the address, or -E with nothing changed.
 */
unsigned long vm_mmap(struct mm_struct *mm, const struct mmap_request *req)
{
	unsigned long addr = req->addr, len = req->len, flags = req->flags;
	bool populate;

	if (!len)
		return -EINVAL;
	if (flags & MAP_FIXED_NOREPLACE)
		flags |= MAP_FIXED;
	if (!(flags & MAP_FIXED) && addr) {
		addr &= PAGE_MASK;
		if (addr && addr < min_address())
			addr = PAGE_ALIGN(min_address());
	}
	len = PAGE_ALIGN(len);
	if (!len)
		return -ENOMEM;
	if (req->pgoff + (len >> PAGE_SHIFT) < req->pgoff)
		return -EOVERFLOW;
	mmap_write_lock(mm);
	addr = do_mmap(mm, req, addr, len, flags);
	populate = (flags & MAP_LOCKED) || (mm->def_flags & VM_LOCKED_MASK) == VM_LOCKED ||
		   (flags & (MAP_POPULATE | MAP_NONBLOCK)) == MAP_POPULATE;
	mmap_write_unlock(mm);
	if (populate && !IS_ERR_VALUE(addr))
		mm_populate(mm, addr, addr + len, false);	/* best effort, as mmap(2) says */
	return addr;
}
