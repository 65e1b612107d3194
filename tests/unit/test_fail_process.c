// SPDX-License-Identifier: MIT
/*
 * test_fail_process.c - a process with everything in it, and calls that run out of memory.
 *
 * Each call is made with its 1st, 2nd, 3rd ... allocation failing, alone and with all that
 * follow, each time on a new process (fail_process.h), until a run meets no failure. An
 * image of the process is all that can be seen of it: each page's area, entry and contents,
 * and every counter.
 *
 *   P1  a call that fails leaves the image as it was
 *   P2  where Linux stops half way through several areas, the areas before keep what is
 *       new, the others are as they were, and the border is one between areas
 *   P3  the same call with memory then gives what it gives without a failure; so does a
 *       call that succeeds in spite of one, but for pages that it only promised to fill in
 *   P4  the child's image never changes
 *   P5  when all is put away, all memory is back
 */
#include "fail_process.h"

#define MAX_FAILURES	2000		/* no call has so many allocations */

/* --- the rules ------------------------------------------------------------------------------ */

enum outcome {
	UNCHANGED,	/* P1 */
	WRITABLE_LATER,	/* P1, but entries may have become read-only: the next write faults */
	STOPS,		/* P2 */
};

struct call {
	const char *name;
	long (*fn)(void);		/* 0 or positive, or -E */
	enum outcome outcome;
	bool promises;			/* pages that are only made as far as it goes */
};

static const struct call *call;
static unsigned long nth;

#define fails(fmt, ...)								\
	fail_msg("%s, allocation %lu: " fmt, call->name, nth, __VA_ARGS__)

static void compare_counters(const struct image *was, const struct image *is, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (was->counters[i] != is->counters[i])
			fails("counter %u is %lu, was %lu", i, is->counters[i], was->counters[i]);
}

/* P1, P4 */
static void compare_unchanged(const struct image *was, const struct image *is)
{
	unsigned int i;

	for (i = 0; i < min(was->nr, is->nr); i++) {
		struct page_image a = was->pages[i], b = is->pages[i];

		if (call->outcome == WRITABLE_LATER && was == &before) {
			a.pte = pte_wrprotect(a.pte);
			b.pte = pte_wrprotect(b.pte);
		}
		if (!same_area(&a, &b) || a.first != b.first || a.file != b.file)
			fails("area at %#lx: flags %#lx first %d, was %#lx %#lx %d", b.addr,
			      b.flags, b.first, a.addr, a.flags, a.first);
		if (!same_entry(&a, &b))
			fails("entry of %#lx: %#llx, was %#llx", b.addr,
			      (unsigned long long)pte_val(b.pte),
			      (unsigned long long)pte_val(a.pte));
	}
	if (was->nr != is->nr)
		fails("%u pages, were %u", is->nr, was->nr);
	compare_counters(was, is, ARRAY_SIZE(was->counters));
}

/* P2: no page comes or goes by such a call */
static void compare_stopped(void)
{
	bool old = false, same;
	unsigned int i;

	if (now.nr != before.nr || now.nr != done.nr)
		fails("%u pages, were %u", now.nr, before.nr);
	for (i = 0; i < now.nr; i++) {
		const struct page_image *a = before.pages + i, *b = done.pages + i,
					*p = now.pages + i;

		if (p->present && a->present && p->contents != a->contents)
			fails("contents at %#lx", p->addr);
		if (a->present && !p->present)
			fails("no page at %#lx", p->addr);
		if (same_area(a, b)) {
			if (!same_area(a, p))
				fails("area at %#lx: flags %#lx", p->addr, p->flags);
			continue;
		}
		same = same_area(a, p);
		if (!same && (old || !same_area(b, p)))
			fails("area at %#lx, flags %#lx: old %d", p->addr, p->flags, old);
		if (same && !old && i && !a->first && !same_area(a - 1, b - 1))
			fails("stopped inside of an area at %#lx", p->addr);
		old |= same;
	}
}

/* P3 */
static void compare_done(const struct image *want, const struct image *is, bool may_lack)
{
	unsigned int i;

	if (want->nr != is->nr)
		fails("%u pages, without failures %u", is->nr, want->nr);
	for (i = 0; i < is->nr; i++) {
		const struct page_image *a = want->pages + i, *b = is->pages + i;

		if (!same_area(a, b) || a->first != b->first)
			fails("area at %#lx: flags %#lx first %d, not %#lx %#lx %d", b->addr,
			      b->flags, b->first, a->addr, a->flags, a->first);
		if (a->present != b->present && !may_lack)
			fails("page at %#lx: present %d", b->addr, b->present);
		if (a->present && b->present && a->contents != b->contents)
			fails("contents at %#lx", b->addr);
	}
	compare_counters(want, is, may_lack ? 7 : ARRAY_SIZE(want->counters));
}

static void check_all(void)
{
	struct zone *zone;

	slab_check();
	vmalloc_check();
	for_each_populated_zone(zone)
		zone_check(zone);
}

static void look_at_success(bool met)
{
	image_take(&now, t.mm);
	compare_done(&done, &now, met && call->promises);
	if (!forked)
		return;
	image_take(&now, forked);
	compare_done(&done_child, &now, false);
}

/* --- the runner -------------------------------------------------------------------------------- */

/* True when an allocation of the call failed. */
static bool run_once(bool and_after)
{
	struct machine *m = this_machine();
	unsigned long failures = host_failures(m);
	bool met;
	long ret;

	begin();
	image_take(&before, t.mm);
	image_take(&child_before, child);
	host_fail_nth(m, nth, and_after);
	ret = call->fn();
	host_fail_nth(m, 0, false);
	met = host_failures(m) != failures;
	check_all();
	if (ret < 0 && !met)
		fails("%ld without a failure", ret);
	if (!nth) {
		image_take(&done, t.mm);
		if (forked)
			image_take(&done_child, forked);
	} else if (ret < 0) {
		image_take(&now, t.mm);
		if (call->outcome == STOPS)
			compare_stopped();
		else
			compare_unchanged(&before, &now);
		ret = call->fn();
		if (ret < 0)
			fails("%ld with enough memory again", ret);
		look_at_success(false);
	} else {
		look_at_success(met);
	}
	image_take(&now, child);
	compare_unchanged(&child_before, &now);				/* P4 */
	end();
	return met;
}

static void run_call(void)
{
	unsigned long most = 0;
	int and_after;

	nth = 0;
	run_once(false);
	for (and_after = 0; and_after < 2; and_after++) {
		/* of hundreds of pages that were only promised not each is one more case */
		for (nth = 1; run_once(and_after); nth += 1 + (call->promises ? nth / 4 : 0))
			if (nth > MAX_FAILURES)
				fails("no end of allocations, %d", and_after);
		most = max(most, nth - 1);
	}
	print_message("# %s: %lu\n", call->name, most);
}

/* --- mmap, munmap ---------------------------------------------------------------------------------- */

static long result(unsigned long at)
{
	return IS_ERR_VALUE(at) ? (long)at : 0;
}

static long mmap_anon(void) { return result(vm_map(t.mm, 0, 8 * K4, RW, PRIV)); }
static long mmap_grown(void) { return result(vm_map(t.mm, AT(END), K4, RW, FIXED)); }
static long mmap_exec_only(void) { return result(vm_map(t.mm, 0, 8 * K4, PROT_EXEC, PRIV)); }

static long mmap_file(void)
{
	return result(vm_map_file(t.mm, 0, 8 * K4, PROT_READ | PROT_EXEC, MAP_PRIVATE, lib, 3));
}

static long mmap_file_shared(void)
{
	return result(vm_map_file(t.mm, 0, 8 * K4, RW, MAP_SHARED, lib, 3));
}

static long mmap_shared(void)
{
	return result(vm_map(t.mm, 0, 8 * K4, RW, MAP_SHARED | MAP_ANONYMOUS));
}

static long mmap_over(void)
{
	return result(vm_map(t.mm, AT(TEXT + 3), (LOCKED + 3) * K4, RW, FIXED));
}

static long mmap_shared_over(void)
{
	return result(vm_map(t.mm, AT(ANON + 1), 8 * K4, RW, SHARED | MAP_ANONYMOUS));
}

static long mmap_file_over(void)
{
	return result(vm_map_file(t.mm, AT(BSS + 2), 12 * K4, RW, SHARED, lib, 0));
}

static long mmap_over_tables(void)
{
	return result(vm_map(t.mm, BIG - 2 * K4, 700 * K4, RW | PROT_EXEC, FIXED));
}

static long mmap_locked(void)
{
	return result(vm_map(t.mm, FAR, 8 * K4, RW, FIXED | MAP_LOCKED));
}

static long mmap_populate(void)
{
	return result(vm_map(t.mm, FAR, 8 * K4, RW, FIXED | MAP_POPULATE));
}

static long mmap_populate_over(void)
{
	return result(vm_map_file(t.mm, AT(ANON + 2), 6 * K4, RW,
				  MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, lib, 4));
}

static long munmap_pages(unsigned long addr, unsigned long pages)
{
	return vm_munmap(t.mm, addr, pages * K4);
}

static long munmap_whole(void) { return munmap_pages(AT(SHARED_FILE), 8); }
static long munmap_head(void) { return munmap_pages(AT(SHMEM), 3); }
static long munmap_tail(void) { return munmap_pages(AT(THREAD + 3), 5); }
static long munmap_hole(void) { return munmap_pages(AT(LOCKED + 2), 2); }
static long munmap_text_hole(void) { return munmap_pages(AT(TEXT + 2), 2); }
static long munmap_bound_hole(void) { return munmap_pages(AT(BOUND + 2), 2); }
static long munmap_many(void) { return munmap_pages(AT(DATA + 1), END - 1 - DATA - 1); }
static long munmap_all(void) { return vm_munmap(t.mm, 0, t.mm->task_size); }
static long munmap_in_table(void) { return munmap_pages(BIG + 100 * K4, 100); }
static long munmap_tables(void) { return munmap_pages(BIG - 2 * K4, 1100); }

/* shmdt(2), of a file mapped from its start */
static long detach(void)
{
	const struct vm_operations_struct *ops;

	mmap_read_lock(t.mm);
	ops = find_vma(t.mm, AT(MEMFD))->vm_ops;
	mmap_read_unlock(t.mm);
	return vm_unmap_attached(t.mm, AT(MEMFD), ops);
}

/* --- other protections, locks, advice ------------------------------------------------------------------ */

static long protect(unsigned long addr, unsigned long pages, unsigned long prot)
{
	return vm_mprotect(t.mm, addr, pages * K4, prot);
}

static long mprotect_three(void) { return protect(AT(ANON + 3), 5, PROT_READ); }
static long mprotect_whole(void) { return protect(AT(SHARED_FILE), 8, PROT_READ); }
static long mprotect_merges(void) { return protect(AT(PIECES + 4), 2, RW); }
static long mprotect_pieces(void) { return protect(AT(PIECES), 12, PROT_READ); }
static long mprotect_locked(void) { return protect(AT(LOCKED + 1), 3, PROT_READ); }
static long mprotect_many(void) { return protect(AT(DATA + 1), SHMEM + 4 - DATA - 1, PROT_NONE); }
static long mprotect_text(void) { return protect(AT(TEXT + 1), 3, RW | PROT_EXEC); }
static long mprotect_table(void) { return protect(BIG + 90 * K4, 40, PROT_READ); }
static long mprotect_tables(void) { return protect(BIG - 2 * K4, BIG_PAGES + 4, PROT_READ); }

static long mprotect_key(void)
{
	return vm_pkey_mprotect(t.mm, AT(JIT + 1), 3 * K4, RW, t.mm->pkey_map ? 2 : -1);
}

static long mlock_one(void) { return vm_mlock(t.mm, AT(ANON + 3), 3 * K4, VM_LOCKED); }
static long mlock_later(void)
{
	return vm_mlock(t.mm, AT(ANON + 3), 3 * K4, VM_LOCKED | VM_LOCKONFAULT);
}
static long mlock_many(void)
{
	return vm_mlock(t.mm, AT(DATA + 1), (SHMEM + 4 - DATA - 1) * K4, VM_LOCKED);
}
static long munlock_part(void) { return vm_munlock(t.mm, AT(LOCKED + 2), 2 * K4); }
static long munlock_many(void) { return vm_munlock(t.mm, AT(SHMEM), 10 * K4); }
static long mlockall_both(void) { return vm_mlockall(t.mm, MCL_CURRENT | MCL_FUTURE); }

static long advise(unsigned long addr, unsigned long pages, int advice)
{
	return vm_madvise(t.mm, addr, pages * K4, advice);
}

static long mlockall_later(void)
{
	return vm_mlockall(t.mm, MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}
static long remap_pages(void)
{
	return vm_remap_file_pages(t.mm, AT(SHARED_FILE + 2), 3 * K4, 0, 4, 0);
}

static long madvise_split(void) { return advise(AT(ANON + 3), 4, MADV_DONTFORK); }
static long madvise_wipe(void) { return advise(AT(THREAD + 1), 4, MADV_WIPEONFORK); }
static long madvise_many(void) { return advise(AT(DATA + 1), SHMEM - DATA + 2, MADV_DONTDUMP); }
static long madvise_random(void) { return advise(AT(TEXT + 1), 12, MADV_RANDOM); }
static long madvise_dontneed(void) { return advise(BIG + 90 * K4, 900, MADV_DONTNEED); }

static long mbind_part(void) { return bind_range(AT(ANON + 2), 3); }
static long mbind_many(void) { return bind_range(AT(ANON + 2), PIECES + 5 - ANON - 2); }

/* --- mremap, brk ------------------------------------------------------------------------------------------ */

static long remap(unsigned long addr, unsigned long old, unsigned long new, unsigned long flags,
		  unsigned long to)
{
	return result(vm_mremap(t.mm, addr, old * K4, new * K4, flags, to));
}

#define MAYMOVE		MREMAP_MAYMOVE
#define TO		(MREMAP_MAYMOVE | MREMAP_FIXED)
#define KEEP		(MREMAP_MAYMOVE | MREMAP_DONTUNMAP)

static long mremap_grow(void) { return remap(AT(MEMFD), 4, 8, 0, 0); }
static long mremap_grow_moves(void) { return remap(AT(ANON + 3), 5, 40, MAYMOVE, 0); }
static long mremap_grow_locked(void) { return remap(AT(LOCKED), 6, 12, MAYMOVE, 0); }
static long mremap_shrink(void) { return remap(AT(THREAD + 1), 6, 2, 0, 0); }
static long mremap_over(void) { return remap(AT(ANON + 2), 8, 8, TO, AT(THREAD + 3)); }
static long mremap_over_shorter(void) { return remap(AT(SHMEM + 1), 6, 3, TO, AT(BSS + 1)); }
static long mremap_over_longer(void) { return remap(AT(TEXT + 2), 5, 50, TO, AT(KEYED + 2)); }
static long mremap_far(void) { return remap(AT(SHARED_FILE + 1), 6, 6, TO, FAR); }
static long mremap_twice(void) { return remap(AT(SHARED_FILE + 1), 0, 6, MAYMOVE, 0); }
static long mremap_keep(void) { return remap(AT(ANON + 2), 6, 6, KEEP, 0); }
static long mremap_keep_locked(void) { return remap(AT(LOCKED + 1), 3, 3, KEEP, 0); }
static long mremap_keep_behind(void)
{
	return remap(AT(LOCKED), 2, 2, KEEP | MREMAP_FIXED, AT(LOCKED + 3));
}
static long mremap_keep_before(void)
{
	return remap(AT(LOCKED + 4), 1, 1, KEEP | MREMAP_FIXED, AT(LOCKED + 1));
}
static long mremap_keep_over(void)
{
	return remap(AT(LOCKED + 2), 2, 2, KEEP | MREMAP_FIXED, AT(GUARD + 1));
}
static long mremap_kernel(void) { return remap(AT(KERNEL_CODE), 2, 2, TO, FAR); }
static long mremap_tables(void) { return remap(BIG, BIG_PAGES, BIG_PAGES, TO, FARTHER); }
static long mremap_entries(void)
{
	return remap(BIG + 90 * K4, 700, 700, TO, FARTHER + 300 * K4);
}
static long mremap_tables_over(void) { return remap(AT(ANON), 12, 600, TO, BIG + 90 * K4); }

static long set_brk(unsigned long bytes)
{
	return vm_brk_set(t.mm, HEAP + bytes) == HEAP + bytes ? 0 : -ENOMEM;
}

static long brk_grow(void) { return set_brk(60 * K4); }
static long brk_shrink(void) { return set_brk(7 * K4 + 5); }

/* the heap was cut: what is new cannot be part of what is there */
static long brk_again(void)
{
	unsigned long end = HEAP + 21 * K4;
	long ret = 0;

	if (t.mm->brk == HEAP + 20 * K4 + 100 && protect(end - K4, 1, PROT_READ))
		return -ENOMEM;
	ret = set_brk(60 * K4);
	if (!ret)
		return 0;
	host_fail_nth(this_machine(), 0, false);
	assert_int_equal(protect(end - K4, 1, RW), 0);
	return ret;
}

/* --- fork, exec --------------------------------------------------------------------------------------------- */

static long fork_process(void)
{
	int error;

	forked = dup_mm(t.mm, &error);
	return forked ? 0 : error;
}

static long exec_brk(void) { return vm_brk_flags(t.mm, FARTHER, 5 * K4, 0); }
static long exec_brk_over(void) { return vm_brk_flags(t.mm, AT(DATA + 2), 20 * K4, VM_EXEC); }
static long exec_brk_grows(void) { return vm_brk_flags(t.mm, AT(BSS + 2), 6 * K4, 0); }
static long exec_brk_inside(void) { return vm_brk_flags(t.mm, AT(TEXT + 3), 2 * K4, 0); }
static long exec_stack(void) { return set_up_stack(FARTHER + (1ul << 28), 8); }
static long exec_kernel(void) { return install(FARTHER, 2, CODE_FLAGS, &kernel_code); }

/* the new address space of an exec: when it cannot be had, the old one runs on */
static long set_up_image(struct mm_struct *mm)
{
	unsigned long text;
	long ret;

	mmap_write_lock(mm);
	ret = PTR_ERR_OR_ZERO(vm_setup_stack(mm, STACK_TOP, 8 * K4, false));
	if (!ret)
		ret = install_special_mapping(mm, AT(KERNEL_CODE), 2 * K4, CODE_FLAGS,
					      &kernel_code);
	mmap_write_unlock(mm);
	if (ret)
		return ret;
	text = vm_map_file(mm, AT(TEXT), 16 * K4, PROT_READ | PROT_EXEC,
			   MAP_PRIVATE | MAP_FIXED, lib, 0);
	if (IS_ERR_VALUE(text))
		return text;
	text = vm_map_file(mm, AT(DATA), 4 * K4, RW, MAP_PRIVATE | MAP_FIXED, lib, 8);
	if (IS_ERR_VALUE(text))
		return text;
	ret = vm_brk_flags(mm, AT(DATA + 2), 10 * K4, 0);
	if (ret)
		return ret;
	mm->start_brk = mm->brk = HEAP;
	return vm_brk_set(mm, HEAP + K4) == HEAP + K4 ? 0 : -ENOMEM;
}

static long exec_process(void)
{
	long ret;

	forked = mm_alloc();
	if (!forked)
		return -ENOMEM;
	ret = set_up_image(forked);
	if (ret) {
		mmput(forked);
		forked = NULL;
	}
	return ret;
}

static const struct call calls[] = {
	{ "mmap", mmap_anon, UNCHANGED, false },
	{ "mmap, a neighbour grows", mmap_grown, UNCHANGED, false },
	{ "mmap, to execute only", mmap_exec_only, UNCHANGED, false },
	{ "mmap of a file", mmap_file, UNCHANGED, false },
	{ "mmap of a file, shared", mmap_file_shared, UNCHANGED, false },
	{ "mmap, shared", mmap_shared, UNCHANGED, false },
	{ "mmap over areas", mmap_over, UNCHANGED, false },
	{ "mmap, shared, inside an area", mmap_shared_over, UNCHANGED, false },
	{ "mmap of a file over areas", mmap_file_over, UNCHANGED, false },
	{ "mmap over tables in common", mmap_over_tables, UNCHANGED, false },
	{ "mmap, locked", mmap_locked, UNCHANGED, true },
	{ "mmap, populated", mmap_populate, UNCHANGED, true },
	{ "mmap over an area, populated", mmap_populate_over, UNCHANGED, true },
	{ "munmap of an area", munmap_whole, UNCHANGED, false },
	{ "munmap of a head", munmap_head, UNCHANGED, false },
	{ "munmap of a tail", munmap_tail, UNCHANGED, false },
	{ "munmap inside, locked", munmap_hole, UNCHANGED, false },
	{ "munmap inside of a text", munmap_text_hole, UNCHANGED, false },
	{ "munmap inside, with a policy", munmap_bound_hole, UNCHANGED, false },
	{ "munmap of many areas", munmap_many, UNCHANGED, false },
	{ "munmap of everything", munmap_all, UNCHANGED, false },
	{ "munmap in a table in common", munmap_in_table, UNCHANGED, false },
	{ "munmap of tables in common", munmap_tables, UNCHANGED, false },
	{ "shmdt", detach, UNCHANGED, false },
	{ "mprotect, an area becomes three", mprotect_three, UNCHANGED, false },
	{ "mprotect of an area", mprotect_whole, UNCHANGED, false },
	{ "mprotect, areas merge", mprotect_merges, UNCHANGED, false },
	{ "mprotect, many merge", mprotect_pieces, STOPS, false },
	{ "mprotect, locked", mprotect_locked, UNCHANGED, true },
	{ "mprotect of many areas", mprotect_many, STOPS, false },
	{ "mprotect of a text", mprotect_text, UNCHANGED, false },
	{ "mprotect in a table in common", mprotect_table, UNCHANGED, false },
	{ "mprotect of tables in common", mprotect_tables, STOPS, false },
	{ "pkey_mprotect", mprotect_key, UNCHANGED, false },
	{ "mlock", mlock_one, STOPS, true },
	{ "mlock on fault", mlock_later, UNCHANGED, false },
	{ "mlock of many areas", mlock_many, STOPS, true },
	{ "munlock", munlock_part, UNCHANGED, false },
	{ "munlock of many areas", munlock_many, STOPS, false },
	{ "mlockall", mlockall_both, UNCHANGED, true },
	{ "mlockall on fault", mlockall_later, UNCHANGED, false },
	{ "remap_file_pages", remap_pages, UNCHANGED, true },
	{ "madvise dontfork", madvise_split, UNCHANGED, false },
	{ "madvise wipeonfork", madvise_wipe, UNCHANGED, false },
	{ "madvise dontdump of many areas", madvise_many, STOPS, false },
	{ "madvise random of some", madvise_random, STOPS, false },
	{ "madvise dontneed", madvise_dontneed, UNCHANGED, false },
	{ "mbind", mbind_part, UNCHANGED, false },
	{ "mbind of many areas", mbind_many, STOPS, false },
	{ "mremap, longer", mremap_grow, UNCHANGED, false },
	{ "mremap, longer elsewhere", mremap_grow_moves, UNCHANGED, false },
	{ "mremap, longer, locked", mremap_grow_locked, UNCHANGED, true },
	{ "mremap, shorter", mremap_shrink, UNCHANGED, false },
	{ "mremap over areas", mremap_over, UNCHANGED, false },
	{ "mremap over areas, shorter", mremap_over_shorter, UNCHANGED, false },
	{ "mremap over areas, longer", mremap_over_longer, UNCHANGED, false },
	{ "mremap far away", mremap_far, UNCHANGED, false },
	{ "mremap, twice", mremap_twice, UNCHANGED, false },
	{ "mremap dontunmap", mremap_keep, UNCHANGED, false },
	{ "mremap dontunmap, locked", mremap_keep_locked, UNCHANGED, true },
	{ "mremap dontunmap, locked, to behind", mremap_keep_behind, UNCHANGED, true },
	{ "mremap dontunmap, locked, to before", mremap_keep_before, UNCHANGED, true },
	{ "mremap dontunmap, locked, over areas", mremap_keep_over, UNCHANGED, true },
	{ "mremap of the kernel's", mremap_kernel, UNCHANGED, false },
	{ "mremap of tables in common", mremap_tables, UNCHANGED, false },
	{ "mremap inside of tables", mremap_entries, UNCHANGED, false },
	{ "mremap over tables in common", mremap_tables_over, UNCHANGED, false },
	{ "brk, more", brk_grow, UNCHANGED, false },
	{ "brk, less", brk_shrink, UNCHANGED, false },
	{ "brk, another area", brk_again, UNCHANGED, false },
	{ "fork", fork_process, WRITABLE_LATER, false },
	{ "exec", exec_process, UNCHANGED, false },
	{ "brk at exec", exec_brk, UNCHANGED, false },
	{ "brk at exec over areas", exec_brk_over, UNCHANGED, false },
	{ "brk at exec, an area grows", exec_brk_grows, UNCHANGED, false },
	{ "brk at exec inside of an area", exec_brk_inside, UNCHANGED, false },
	{ "stack at exec", exec_stack, UNCHANGED, false },
	{ "the kernel's areas at exec", exec_kernel, UNCHANGED, false },
};

static void test_calls(void **state)
{
	const char *only = getenv("QUIRE_CALL");
	unsigned int i;

	for (i = 0; i < 2; i++) {
		kernel_pages[i] = alloc_page(GFP_KERNEL);
		assert_non_null(kernel_pages[i]);
		memset_page(kernel_pages[i], 0, 'a' + i, PAGE_SIZE);
	}
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		call = &calls[i];
		if (!only || strstr(call->name, only))
			run_call();
	}
	for (i = 0; i < 2; i++) {
		assert_int_equal(page_count(kernel_pages[i]), 1);
		__free_page(kernel_pages[i]);
	}
}

/* --- machines with keys, with the allocators' checks and without ---------------------------------------- */

static int setup_with(void **state, bool fast)
{
	struct machine_config config = geometry_config(NULL);

	config.pkeys = BITS_PER_LONG == 64;
	config.slab_fast = fast;
	return quire_setup_config(state, &config);
}

static int setup(void **state) { return setup_with(state, false); }
static int setup_fast(void **state) { return setup_with(state, true); }

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_calls, setup, quire_teardown),
		cmocka_unit_test_setup_teardown(test_calls, setup_fast, quire_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
