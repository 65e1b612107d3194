// SPDX-License-Identifier: MIT
/*
 * brk.c - the heap, and where the big pieces of an address space go: stack
 * areas, their growth, the base of mmap.
 *
 *	0 .. text data bss | brk ->  ...  <- mmap_base | gap | <- stack | task_size
 *
 *   H1  the heap is [start_brk, brk): areas with no file, private, writable
 *   H2  a stack grows only as far as stack_guard_gap stays free below it, unless
 *       the neighbour may not be accessed anyway or is a stack itself
 *
 * Locks: mmap_lock for writing, taken by vm_brk_*(), held by the caller of the
 * others.
 */
#include "vm_internal.h"
#include <uapi/resource.h>

#define HEAP_FLAGS	(VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_ACCOUNT)

/* an area of the heap's kind as it will be; owns nothing */
static void describe_heap(struct vm_area_struct *like, struct mm_struct *mm,
			  unsigned long start, unsigned long len, unsigned long vm_flags)
{
	mm_assert(len && !((start | len) & ~PAGE_MASK) && start <= mm->task_size - len);
	*like = (struct vm_area_struct){
		.vm_mm = mm, .vm_start = start, .vm_end = start + len,
		.vm_flags = HEAP_FLAGS | vm_flags | mm->def_flags,
		.vm_pgoff = start >> PAGE_SHIFT,
	};
}

/* check, promise: is @like allowed, in whose place @replaced pages go? */
static int promise_heap(const struct vm_area_struct *like, unsigned long replaced)
{
	struct mm_struct *mm = like->vm_mm;

	mm_assert(replaced <= vma_pages(like));
	if (!may_expand_vm(mm, like->vm_flags, vma_pages(like) - replaced))
		return -ENOMEM;
	if (mm->map_count > this_machine()->tunables.max_map_count)
		return -ENOMEM;
	return vm_enough_memory_instead(mm, vma_pages(like), replaced ?
					vm_pages_with(mm, VM_ACCOUNT, like->vm_start,
						      like->vm_end) : 0);
}

/* reserve: the area itself, linked nowhere */
static struct vm_area_struct *make_heap(const struct vm_area_struct *like)
{
	struct vm_area_struct *vma = vma_alloc(like->vm_mm);

	if (!vma)
		return NULL;
	vma->vm_start = like->vm_start;
	vma->vm_end = like->vm_end;
	vma->vm_flags = like->vm_flags;
	vma->vm_pgoff = like->vm_pgoff;
	vma_set_page_prot(vma);
	return vma;
}

static void count_heap(const struct vm_area_struct *like)
{
	struct mm_struct *mm = like->vm_mm;

	rwsem_assert_held_write(&mm->mmap_lock);			/* H1 */
	vm_stat_account(mm, like->vm_flags, vma_pages(like));
	if (like->vm_flags & VM_LOCKED)
		mm->locked_vm += vma_pages(like);
}

/* more heap at a free place, in front of @next */
static int map_heap(struct vm_area_struct *like, struct vm_area_struct *next)
{
	struct vm_area_struct *vma;

	mm_assert(!find_vma_intersection(like->vm_mm, like->vm_start, like->vm_end));
	if (promise_heap(like, 0))
		return -ENOMEM;
	if (!vma_absorb(like->vm_mm, like, next)) {
		vma = make_heap(like);
		if (!vma) {
			vm_unacct_memory(vma_pages(like));
			return -ENOMEM;
		}
		vma_link_before(like->vm_mm, vma, next);
	}
	count_heap(like);
	return 0;
}

/* the same where something may be mapped, which goes once nothing can fail any more */
static int replace_with_heap(struct vm_area_struct *like)
{
	struct mm_struct *mm = like->vm_mm;
	struct unmapping old = { .mm = mm, .start = like->vm_start, .end = like->vm_end };
	struct vm_area_struct *vma;
	int error;

	if (promise_heap(like, count_mapped_pages(mm, old.start, old.end)))
		return -ENOMEM;
	error = -ENOMEM;
	vma = make_heap(like);
	if (!vma)
		goto uncharge;
	error = unmap_reserve(&old);
	if (error)
		goto free_area;
	unmap_commit(&old);
	vma_link(mm, vma);
	vma_merge(vma);
	count_heap(like);
	return 0;

free_area:
	vma_free(vma);
uncharge:
	vm_unacct_memory(vma_pages(like));
	return error;
}

/* RLIMIT_DATA bounds the heap and the initialised data together */
static bool data_limit_allows(struct mm_struct *mm, unsigned long brk)
{
	unsigned long limit = port_rlimit(RLIMIT_DATA);

	return limit == RLIM_INFINITY ||
	       brk - mm->start_brk + (mm->end_data - mm->start_data) <= limit;
}

static int grow_heap(struct mm_struct *mm, unsigned long from, unsigned long to)
{
	struct vm_area_struct *next = find_vma(mm, from), like;

	mm_assert(from < to && !((from | to) & ~PAGE_MASK));
	if (next && to + PAGE_SIZE > vm_start_gap(next))
		return -ENOMEM;
	if (to > mm->task_size)
		return -ENOMEM;
	if (mlock_future_check(mm, mm->def_flags, to - from))
		return -ENOMEM;
	describe_heap(&like, mm, from, to - from, 0);
	return map_heap(&like, next);
}

/* mmap_lock held: 0 when the break is @brk now */
static int do_brk(struct mm_struct *mm, unsigned long brk)
{
	unsigned long to, from = PAGE_ALIGN(mm->brk);
	int error = 0;

	mm_assert(mm->start_brk <= mm->brk && mm->brk <= mm->task_size);	/* H1 */
	if (brk < mm->start_brk || brk > mm->task_size)
		return -EINVAL;
	if (!data_limit_allows(mm, brk))
		return -ENOMEM;
	to = PAGE_ALIGN(brk);
	/* memory that was unmapped by other means cannot be given back */
	if (to < from && !find_vma_intersection(mm, to, from))
		error = -EINVAL;
	else if (to < from)
		error = do_munmap(mm, to, from - to);
	else if (to > from)
		error = grow_heap(mm, from, to);
	if (!error)
		mm->brk = brk;
	return error;
}

/**
 * vm_brk_set() - brk(2).
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  the break, which is the old one when @brk is not possible.
 */
unsigned long vm_brk_set(struct mm_struct *mm, unsigned long brk)
{
	unsigned long old, now;
	bool populate;

	mmap_write_lock(mm);
	old = mm->brk;
	populate = !do_brk(mm, brk) && (mm->def_flags & VM_LOCKED_MASK) == VM_LOCKED;
	now = mm->brk;
	mmap_write_unlock(mm);
	if (populate && PAGE_ALIGN(now) > PAGE_ALIGN(old))
		mm_populate(mm, PAGE_ALIGN(old), PAGE_ALIGN(now), false);
	return now;
}

/**
 * vm_brk_flags() - exec: zeroed memory [@start, @start + @len), where something
 *	may be mapped, which goes. @vm_flags adds VM_EXEC.
 * Locks:   takes mmap_lock for writing.
 * Context: may sleep.
 * Return:  0, or -E with nothing changed.
 */
int vm_brk_flags(struct mm_struct *mm, unsigned long start, unsigned long len,
		 unsigned long vm_flags)
{
	unsigned long bytes = PAGE_ALIGN(len);
	struct vm_area_struct like;
	int error;

	if (bytes < len)
		return -ENOMEM;
	if (!bytes)
		return 0;
	if ((start & ~PAGE_MASK) || (vm_flags & ~VM_EXEC))
		return -EINVAL;
	mmap_write_lock(mm);
	error = -ENOMEM;
	if (start < mm->task_size && bytes <= mm->task_size - start) {
		describe_heap(&like, mm, start, bytes, vm_flags);
		error = replace_with_heap(&like);
	}
	mmap_write_unlock(mm);
	return error;
}

static int stack_limits_allow(struct vm_area_struct *vma, unsigned long size, unsigned long grow)
{
	struct mm_struct *mm = vma->vm_mm;

	if (!may_expand_vm(mm, vma->vm_flags, grow))
		return -ENOMEM;
	if (size > port_rlimit(RLIMIT_STACK))
		return -ENOMEM;
	if (mlock_future_check(mm, vma->vm_flags, grow << PAGE_SHIFT))
		return -ENOMEM;
	if (vma->vm_flags & VM_ACCOUNT)
		return vm_enough_memory(mm, grow);
	return 0;
}

/* H2 */
static bool guard_gap_stays(struct vm_area_struct *vma, unsigned long address)
{
	unsigned long gap = this_machine()->tunables.stack_guard_gap_pages << PAGE_SHIFT;
	struct vm_area_struct *prev = vma_prev(vma);

	mm_assert((vma->vm_flags & VM_GROWSDOWN) && address < vma->vm_start);	/* H2 */
	if (!prev)
		return true;
	if (address < prev->vm_end)
		return false;
	if ((prev->vm_flags & VM_GROWSDOWN) || !(prev->vm_flags & VM_ACCESS_FLAGS))
		return true;
	return address - prev->vm_end >= gap;
}

/**
 * expand_stack() - let @vma, which grows down, begin at @address' page.
 * Locks:   mmap_lock for writing.
 * Context: does not sleep.
 * Return:  0, or -ENOMEM, -EPERM, -EFAULT (it does not grow): nothing changed.
 */
int expand_stack(struct vm_area_struct *vma, unsigned long address)
{
	unsigned long grow, start = address & PAGE_MASK;
	struct mm_struct *mm = vma->vm_mm;
	int error;

	rwsem_assert_held_write(&mm->mmap_lock);
	if (!(vma->vm_flags & VM_GROWSDOWN))
		return -EFAULT;
	if (start < this_machine()->tunables.mmap_min_addr)
		return -EPERM;
	if (start >= vma->vm_start)
		return 0;
	grow = (vma->vm_start - start) >> PAGE_SHIFT;
	if (!guard_gap_stays(vma, start) || grow > vma->vm_pgoff)
		return -ENOMEM;
	error = stack_limits_allow(vma, vma->vm_end - start, grow);
	if (error)
		return error;
	mm_assert(!vma_prev(vma) || vma_prev(vma)->vm_end <= start);
	vma_adjust(vma, start, vma->vm_end);
	vm_stat_account(mm, vma->vm_flags, grow);
	if (vma->vm_flags & VM_LOCKED)
		mm->locked_vm += grow;
	return 0;
}

/* comment: see mm.h */
struct vm_area_struct *vm_setup_stack(struct mm_struct *mm, unsigned long top,
				      unsigned long bytes, bool exec)
{
	unsigned long len = PAGE_ALIGN(bytes);
	struct vm_area_struct *vma;

	rwsem_assert_held_write(&mm->mmap_lock);
	if (!len || (top & ~PAGE_MASK) || top > mm->task_size || len > top)
		return ERR_PTR(-EINVAL);
	if (find_vma_intersection(mm, top - len, top))
		return ERR_PTR(-EEXIST);
	if (vm_enough_memory(mm, len >> PAGE_SHIFT))
		return ERR_PTR(-ENOMEM);
	vma = vma_alloc(mm);
	if (!vma) {
		vm_unacct_memory(len >> PAGE_SHIFT);
		return ERR_PTR(-ENOMEM);
	}
	vma->vm_start = top - len;
	vma->vm_end = top;
	vma->vm_flags = HEAP_FLAGS | VM_GROWSDOWN | (exec ? VM_EXEC : 0) | mm->def_flags;
	vma->vm_pgoff = vma->vm_start >> PAGE_SHIFT;
	vma_set_page_prot(vma);
	vma_link(mm, vma);
	vm_stat_account(mm, vma->vm_flags, len >> PAGE_SHIFT);
	return vma;
}

#define MIN_STACK_GAP_BYTES	(128ul << 20)

/**
 * arch_pick_mmap_layout() - set mmap_base, random by mmap_rnd_bits, below @stack_bytes from
 *	the end of addresses: what the stack may grow to, and how far chance moves it;
 *	RLIM_INFINITY or legacy_va_layout: the legacy layout.
 * Locks:   nobody else sees @mm.
 * Context: any.
 */
void arch_pick_mmap_layout(struct mm_struct *mm, unsigned long stack_bytes)
{
	const struct mm_tunables *tun = &this_machine()->tunables;
	unsigned long guard = tun->stack_guard_gap_pages << PAGE_SHIFT;
	u64 pages = port_random_ull() & ((1ull << READ_ONCE(tun->mmap_rnd_bits)) - 1);
	unsigned long random = pages << PAGE_SHIFT;
	unsigned long gap = stack_bytes, most = mm->task_size / 6 * 5;

	mm->mmap_bottomup = stack_bytes == RLIM_INFINITY ||
			    READ_ONCE(tun->legacy_va_layout);
	if (mm->mmap_bottomup) {
		mm->mmap_base = PAGE_ALIGN(mm->task_size / 3) + random;
		return;
	}
	if (gap + guard > gap)
		gap += guard;
	gap = clamp(gap, MIN_STACK_GAP_BYTES, most);
	mm->mmap_base = PAGE_ALIGN(mm->task_size - gap - random);
}
