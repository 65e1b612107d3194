// SPDX-License-Identifier: MIT
/*
 * test_failnth.c - every allocation of every call fails once.
 *
 * A scenario prepares an address space, makes one call, and looks. It runs with the
 * 1st, 2nd, 3rd ... allocation of the call failing, alone and with all that follow,
 * until a run meets no failure. Each time: a call that fails leaves the areas, the
 * counters and the contents as they were, every checker passes, and when the scenario
 * has put everything away, all memory is back.
 *
 * Every entry point that allocates has its scenario:
 *	mm/vm	mmap (private, shared, populated, locked, of a file) munmap mprotect madvise
 *		mlock mlockall munlock munlockall mremap brk exec's brk and stack, stack
 *		growth, fork, mm_alloc, each kind of fault, mincore, access to another's memory
 *	mm/cache	reading and writing files, new shared memory
 *	mm/slab mm/phys mm/kspace	caches, kmalloc and what copies, exact pages, blocks,
 *		vmalloc, vmap, ioremap; lib/: xarray
 */
#include "vm_test.h"
#include <linux/uio.h>
#include <linux/xarray.h>
#include <linux/cma.h>

#define MAX_FAILURES	400	/* no scenario has so many allocations */
#define PAGES		24
/* so far from BASE that a fault needs fresh tables of every level */
#define FRESH		(1ul << (sizeof(long) == 8 ? 40 : 30))

struct scenario {
	const char *name;
	void (*prepare)(void);
	long (*call)(void);	/* 0 or positive, or -E */
	void (*undo)(void);	/* what prepare made besides the address space */
};

static struct vm_test t;
static struct file *file;
static struct mm_struct *child;

/* --- the contents, and what must not change ---------------------------------------- */

struct snapshot {
	char layout[4096];
	unsigned long total_vm, locked_vm, committed, brk, tables;
	int bytes[PAGES];
};

static void snapshot_take(struct snapshot *s)
{
	int i;

	strcpy(s->layout, vm_layout(t.mm));
	s->total_vm = t.mm->total_vm;
	s->locked_vm = t.mm->locked_vm;
	s->committed = vm_memory_committed();
	s->brk = t.mm->brk;
	s->tables = atomic_long_read(&t.mm->pgtables_bytes);
	for (i = 0; i < PAGES; i++)
		s->bytes[i] = vm_peek(BASE + i * K4);
}

static void snapshot_compare(const struct snapshot *s)
{
	int i;

	assert_string_equal(vm_layout(t.mm), s->layout);
	assert_int_equal(t.mm->total_vm, s->total_vm);
	assert_int_equal(t.mm->locked_vm, s->locked_vm);
	assert_int_equal(vm_memory_committed(), s->committed);
	assert_int_equal(t.mm->brk, s->brk);
	assert_int_equal(atomic_long_read(&t.mm->pgtables_bytes), s->tables);
	for (i = 0; i < PAGES; i++)
		assert_int_equal(vm_peek(BASE + i * K4), s->bytes[i]);
}

static void check_all(void)
{
	struct zone *zone;

	vm_check(t.mm);
	slab_check();
	vmalloc_check();
	for_each_populated_zone(zone)
		zone_check(zone);
}

/* --- the runner ------------------------------------------------------------------------ */

/* True when an allocation of the call failed. */
static bool run_once(const struct scenario *sc, unsigned long nth, bool and_after)
{
	struct machine *m = this_machine();
	unsigned long before = host_failures(m);
	struct snapshot snap;
	bool met;
	long ret;

	vm_begin(&t);
	if (sc->prepare)
		sc->prepare();
	snapshot_take(&snap);
	host_fail_nth(m, nth, and_after);
	ret = sc->call();
	host_fail_nth(m, 0, false);
	met = host_failures(m) != before;
	if (ret < 0) {
		if (!met)
			fail_msg("%s: %ld without a failure", sc->name, ret);
		snapshot_compare(&snap);
	}
	check_all();
	if (child)
		mmput(child);
	child = NULL;
	if (sc->undo)
		sc->undo();
	vm_end(&t);
	return met;
}

static void run_scenario(const struct scenario *sc)
{
	unsigned long nth, most = 0;
	int and_after;

	if (!sc->prepare)
		(void)sc->call();	/* tables of the kernel's mappings are made once and kept */
	run_once(sc, 0, false);
	for (and_after = 0; and_after < 2; and_after++) {
		for (nth = 1; run_once(sc, nth, and_after); nth++)
			if (nth > MAX_FAILURES)
				fail_msg("%s: no end of allocations", sc->name);
		most = max(most, nth - 1);
	}
	print_message("# %s: %lu\n", sc->name, most);
	if (!most)
		fail_msg("%s: allocates nothing", sc->name);
}

/* --- address spaces ----------------------------------------------------------------------- */

/* pages BASE .. +PAGES written, in one area */
static void prepare_pages(void)
{
	int i;

	assert_int_equal(vm_map(t.mm, BASE, PAGES * K4, RW, PRIV | MAP_FIXED), BASE);
	for (i = 0; i < PAGES; i++)
		assert_int_equal(vm_poke(BASE + i * K4, i + 1), 0);
}

static void prepare_file(void)
{
	u8 data[3] = "abc";
	struct kiocb iocb = { .ki_pos = K4 - 1 };
	struct iov_iter iter;

	file = shmem_file_setup("failnth", 0, VM_NORESERVE);
	assert_false(IS_ERR(file));
	iocb.ki_filp = file;
	iov_iter_kbuf(&iter, data, 3);
	assert_int_equal(generic_file_write_iter(&iocb, &iter), 3);
	down_write(&file->f_inode->i_rwsem);
	truncate_setsize(file->f_inode, 8 * K4);
	up_write(&file->f_inode->i_rwsem);
}

static void put_file(void)
{
	fput(file);
	file = NULL;
}

static long call_mmap(void)
{
	return IS_ERR_VALUE(vm_map(t.mm, BASE + 30 * K4, K4, RW, PRIV | MAP_FIXED)) ? -ENOMEM : 0;
}

static long call_mmap_over(void)
{
	unsigned long at = vm_map(t.mm, BASE + 3 * K4, 4 * K4, PROT_READ, PRIV | MAP_FIXED);

	return IS_ERR_VALUE(at) ? (long)at : 0;
}

static long call_mmap_shared(void)
{
	unsigned long at = vm_map(t.mm, BASE + 3 * K4, 4 * K4, RW,
				  MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED);

	return IS_ERR_VALUE(at) ? (long)at : 0;
}

static long call_mmap_populate(void)
{
	unsigned long at = vm_map(t.mm, BASE + FRESH / 2, 20 * K4, RW,
				  PRIV | MAP_FIXED | MAP_POPULATE);

	/* the pages are a promise that need not be kept */
	return IS_ERR_VALUE(at) ? (long)at : 0;
}

static long call_munmap(void)
{
	return vm_munmap(t.mm, BASE + 5 * K4, 5 * K4);
}

static long call_mprotect(void)
{
	return vm_mprotect(t.mm, BASE + 5 * K4, 5 * K4, PROT_READ);
}

static long call_mlock(void)
{
	return vm_mlock(t.mm, BASE + 5 * K4, 5 * K4, VM_LOCKED);
}

static long call_dontfork(void)
{
	return vm_madvise(t.mm, BASE + 5 * K4, 5 * K4, MADV_DONTFORK);
}

static void prepare_many(void)
{
	prepare_pages();
	assert_int_equal(vm_map(t.mm, BASE + (1ul << 30), 1200 * K4, RW,
				PRIV | MAP_FIXED | MAP_POPULATE), BASE + (1ul << 30));
}

static long call_dontneed(void)
{
	return vm_madvise(t.mm, BASE + (1ul << 30), 1200 * K4, MADV_DONTNEED);
}

static long remapped(unsigned long at)
{
	return IS_ERR_VALUE(at) ? (long)at : 0;
}

static long call_mremap_move(void)
{
	return remapped(vm_mremap(t.mm, BASE + 3 * K4, 8 * K4, 4000 * K4, MREMAP_MAYMOVE, 0));
}

static long call_mremap_fixed(void)
{
	return remapped(vm_mremap(t.mm, BASE, 6 * K4, 6 * K4, MREMAP_MAYMOVE | MREMAP_FIXED,
				  BASE + 13 * K4));
}

static long call_mremap_fixed_middle(void)
{
	return remapped(vm_mremap(t.mm, BASE + 2 * K4, 6 * K4, 7 * K4,
				  MREMAP_MAYMOVE | MREMAP_FIXED, BASE + 11 * K4));
}

static long call_mremap_shrink(void)
{
	return remapped(vm_mremap(t.mm, BASE + 1 * K4, 6 * K4, 3 * K4,
				  MREMAP_MAYMOVE | MREMAP_FIXED, BASE + 11 * K4));
}

/* areas and holes where call_mremap_far() goes */
static void prepare_far(void)
{
	unsigned long at = BASE + FRESH;

	prepare_pages();
	assert_int_equal(vm_map(t.mm, at + K4, K4, RW, PRIV | MAP_FIXED | MAP_POPULATE), at + K4);
	assert_int_equal(vm_map(t.mm, at + 6 * K4, 3 * K4, RW, PRIV | MAP_FIXED), at + 6 * K4);
}

static long call_mremap_far(void)
{
	return remapped(vm_mremap(t.mm, BASE + 3 * K4, 8 * K4, 8 * K4,
				  MREMAP_MAYMOVE | MREMAP_FIXED, BASE + FRESH));
}

static long call_mremap_dontunmap(void)
{
	unsigned long at = vm_mremap(t.mm, BASE + 3 * K4, 8 * K4, 8 * K4,
				     MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);

	return remapped(at);
}

static void prepare_brk(void)
{
	prepare_pages();
	t.mm->start_brk = t.mm->brk = BASE + (1ul << 28);
}

static long call_brk(void)
{
	unsigned long want = BASE + (1ul << 28) + 10 * K4;

	return vm_brk_set(t.mm, want) == want ? 0 : -ENOMEM;
}

static void prepare_forked(void)
{
	int error;

	prepare_pages();
	child = dup_mm(t.mm, &error);
	assert_non_null(child);
}

static long call_fork(void)
{
	int error;

	child = dup_mm(t.mm, &error);
	if (!child)
		return error;
	vm_check(child);
	return 0;
}

/* a write to a shared page: the writer's copy */
static long call_cow(void)
{
	return vm_poke(BASE, 1) ? -ENOMEM : 0;
}

static long call_first_touch(void)
{
	unsigned long at = BASE + FRESH;

	if (IS_ERR_VALUE(vm_map(t.mm, at, K4, RW, PRIV | MAP_FIXED)))
		return -ENOMEM;
	if (vm_poke(at, 1)) {
		/* the program would be killed; the area goes here */
		host_fail_nth(this_machine(), 0, false);
		assert_int_equal(vm_munmap(t.mm, at, K4), 0);
		return -ENOMEM;
	}
	return 0;
}

static long call_remote(void)
{
	u8 buf[3 * K4];

	memset(buf, 9, sizeof(buf));
	(void)access_remote_vm(t.mm, BASE + 100, buf, sizeof(buf), true);
	return 0;
}

static long call_mincore(void)
{
	return vm_mincore(t.mm, BASE, 8 * K4, (void *)(BASE + 9 * K4));
}

static void prepare_locked(void)
{
	prepare_pages();
	assert_int_equal(vm_mlock(t.mm, BASE, PAGES * K4, VM_LOCKED), 0);
}

static long call_munlock(void)
{
	return vm_munlock(t.mm, BASE + 5 * K4, 5 * K4);
}

/* areas that cannot be split or merged for want of memory stay as they are: no error */
static void prepare_for_mlockall(void)
{
	prepare_pages();
	assert_int_equal(vm_map(t.mm, BASE + (2ul << 30), 20 * K4, RW, PRIV | MAP_FIXED),
			 BASE + (2ul << 30));
}

static long call_mlockall(void)
{
	long ret = vm_mlockall(t.mm, MCL_CURRENT | MCL_FUTURE);

	host_fail_nth(this_machine(), 0, false);
	assert_int_equal(vm_munlockall(t.mm), 0);
	return ret;
}

static long call_mmap_locked(void)
{
	unsigned long at = vm_map(t.mm, FAR, 5 * K4, RW,
				  PRIV | MAP_FIXED | MAP_LOCKED);

	return IS_ERR_VALUE(at) ? (long)at : 0;
}

static long call_wipeonfork(void)
{
	return vm_madvise(t.mm, BASE + 5 * K4, 5 * K4, MADV_WIPEONFORK);
}

static void prepare_empty(void)
{
	prepare_pages();
	assert_int_equal(vm_map(t.mm, FAR, 20 * K4, RW, PRIV | MAP_FIXED),
			 FAR);
}

/* the pages that were made stay, and their tables: the area begins anew to compare the rest */
static long populate(int how)
{
	unsigned long at = FAR;
	long ret = vm_madvise(t.mm, at, 20 * K4, how);

	if (ret) {
		host_fail_nth(this_machine(), 0, false);
		assert_int_equal(vm_munmap(t.mm, at, 20 * K4), 0);
		assert_int_equal(vm_map(t.mm, at, 20 * K4, RW, PRIV | MAP_FIXED), at);
	}
	return ret;
}

static long call_populate_write(void)
{
	return populate(MADV_POPULATE_WRITE);
}

static long call_populate_read(void)
{
	return populate(MADV_POPULATE_READ);
}

static long call_exec_brk(void)
{
	return vm_brk_flags(t.mm, FARTHER, 5 * K4, 0);
}

static long call_exec_brk_over(void)
{
	return vm_brk_flags(t.mm, BASE + 5 * K4, 5 * K4, VM_EXEC);
}

static long call_exec_stack(void)
{
	struct vm_area_struct *vma;

	mmap_write_lock(t.mm);
	vma = vm_setup_stack(t.mm, FARTHER, 8 * K4, false);
	mmap_write_unlock(t.mm);
	return IS_ERR(vma) ? PTR_ERR(vma) : 0;
}

static void prepare_stack(void)
{
	prepare_pages();
	mmap_write_lock(t.mm);
	assert_false(IS_ERR(vm_setup_stack(t.mm, FARTHER, 2 * K4, false)));
	mmap_write_unlock(t.mm);
}

static long call_stack_grows(void)
{
	/* the area may have grown before its page was missing: as on Linux, no way back */
	if (vm_poke(FARTHER - 6 * K4, 1)) {
		host_fail_nth(this_machine(), 0, false);
		assert_int_equal(vm_poke(FARTHER - 6 * K4, 1), 0);
	}
	return 0;
}

static long call_mm_alloc(void)
{
	struct mm_struct *mm = mm_alloc();

	if (!mm)
		return -ENOMEM;
	mmput(mm);
	return 0;
}

/* --- files ------------------------------------------------------------------------------------- */

static long call_map_file(void)
{
	unsigned long at = vm_map_file(t.mm, BASE, 8 * K4, RW, MAP_PRIVATE | MAP_FIXED, file, 0);
	int i;

	if (IS_ERR_VALUE(at))
		return at;
	for (i = 0; i < 8; i++) {
		(void)vm_peek(BASE + i * K4);
		if (i & 1)
			(void)vm_poke(BASE + i * K4, i);
	}
	host_fail_nth(this_machine(), 0, false);
	return vm_munmap(t.mm, BASE, 8 * K4);
}

static long call_share_file(void)
{
	unsigned long at = vm_map_file(t.mm, BASE, 8 * K4, RW, MAP_SHARED | MAP_FIXED, file, 0);
	int i;

	if (IS_ERR_VALUE(at))
		return at;
	for (i = 0; i < 8; i++)
		(void)vm_poke(BASE + i * K4, i);
	host_fail_nth(this_machine(), 0, false);
	return vm_munmap(t.mm, BASE, 8 * K4);
}

static void prepare_mapped_file(void)
{
	prepare_file();
	assert_int_equal(vm_map_file(t.mm, BASE, 8 * K4, RW, MAP_PRIVATE | MAP_FIXED, file, 0),
			 BASE);
	assert_int_equal(vm_map_file(t.mm, BASE + 8 * K4, 8 * K4, RW, MAP_SHARED | MAP_FIXED,
				     file, 0), BASE + 8 * K4);
	assert_int_equal(vm_peek(BASE + 8 * K4), 0);
	assert_int_equal(vm_poke(BASE + 3 * K4, 3), 0);
}

/* the file's page was mapped for reading: the write has to copy it */
static long call_copy_mapped(void)
{
	assert_int_equal(vm_peek(BASE), 0);
	return vm_poke(BASE, 1) ? -ENOMEM : 0;
}

static long call_split_file(void)
{
	return vm_munmap(t.mm, BASE + 2 * K4, 2 * K4);
}

static long call_move_file(void)
{
	return remapped(vm_mremap(t.mm, BASE, 8 * K4, 8 * K4, MREMAP_MAYMOVE | MREMAP_FIXED,
				  FARTHER));
}

static long call_shmem(void)
{
	struct file *f = shmem_file_setup("new", 3 * K4, VM_NORESERVE);

	if (IS_ERR(f))
		return PTR_ERR(f);
	fput(f);
	return 0;
}

static long call_write_file(void)
{
	static u8 data[20 * 4096];
	struct kiocb iocb = { .ki_filp = file, .ki_pos = 3 * K4 + 77 };
	struct iov_iter iter;
	loff_t size = file->f_inode->i_size;
	ssize_t n;

	memset(data, 7, sizeof(data));
	iov_iter_kbuf(&iter, data, sizeof(data));
	n = generic_file_write_iter(&iocb, &iter);
	if (n < 0) {
		assert_int_equal(file->f_inode->i_size, size);
		return n;
	}
	assert_int_equal(iocb.ki_pos, 3 * K4 + 77 + n);
	assert_int_equal(file->f_inode->i_size, max(size, (loff_t)iocb.ki_pos));
	down_write(&file->f_inode->i_rwsem);
	truncate_setsize(file->f_inode, 5 * K4 + 5);
	up_write(&file->f_inode->i_rwsem);
	return n;
}

/* --- kernel memory ------------------------------------------------------------------------------- */

static long call_ranges(void)
{
	struct page *range = alloc_contig_pages(700, GFP_HIGHUSER, NUMA_NO_NODE, NULL);
	struct page_frag_cache nc = { .va = NULL };
	unsigned long pfn = range ? page_to_pfn(range) : 0;
	void *frag = page_frag_alloc(&nc, 3000, GFP_KERNEL);
	long ret = range && frag ? 0 : -ENOMEM;

	if (frag)
		page_frag_free(frag);
	if (nc.va)
		__page_frag_cache_drain(virt_to_page(nc.va), nc.pagecnt_bias);
	if (!range)
		return ret;
	free_contig_range(pfn, 700);
	if (alloc_contig_range(pfn, pfn + 700, MIGRATE_MOVABLE, GFP_KERNEL))
		return -ENOMEM;
	free_contig_range(pfn, 700);
	return ret;
}

static long call_cache(void)
{
	struct kmem_cache *s = kmem_cache_create("failnth", 700, 0, 0, NULL);
	void *p[60];
	int i, n = 0;

	if (!s)
		return -ENOMEM;
	for (i = 0; i < 60; i++) {
		p[n] = kmem_cache_zalloc(s, GFP_KERNEL);
		n += p[n] != NULL;
	}
	slab_check();
	while (n)
		kmem_cache_free(s, p[--n]);
	assert_int_equal(kmem_cache_destroy(s), 0);
	return 0;
}

static long call_kmalloc(void)
{
	char *p = kmalloc(100, GFP_KERNEL), *q, *big = kvmalloc(300000, GFP_KERNEL);
	char *dup = kstrdup("a name", GFP_KERNEL);

	if (p) {
		memset(p, 5, 100);
		q = krealloc(p, 50000, GFP_KERNEL);
		p = q ? q : p;
		assert_int_equal(p[99], 5);
	}
	kfree(p);
	kvfree(big);
	kfree(dup);
	return p && big && dup ? 0 : -ENOMEM;
}

static long call_copies(void)
{
	char *a = kmemdup("abc", 4, GFP_KERNEL), *b = kstrndup("abcdef", 3, GFP_KERNEL);
	char *c = kcalloc(10, 20, GFP_KERNEL);
	long ret = a && b && c ? 0 : -ENOMEM;

	if (a && b)
		assert_string_equal(a, b);
	kfree(a);
	kfree(b);
	kfree(c);
	return ret;
}

static long call_exact(void)
{
	void *exact = alloc_pages_exact(5 * K4, GFP_KERNEL);
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 4);
	unsigned long zeroes = get_zeroed_page(GFP_KERNEL);
	long ret = exact && page && zeroes ? 0 : -ENOMEM;

	if (exact)
		free_pages_exact(exact, 5 * K4);
	if (page)
		put_page(page);
	free_page(zeroes);
	return ret;
}

static long call_vmalloc(void)
{
	char *p = vzalloc(70 * K4);
	void __iomem *io = ioremap(512ul << 20, 3 * K4);
	struct page *pages[2] = { alloc_page(GFP_KERNEL), alloc_page(GFP_KERNEL) };
	void *v = pages[0] && pages[1] ? vmap(pages, 2, 0, PAGE_KERNEL) : NULL;
	long ret = p && io && v ? 0 : -ENOMEM;

	vmalloc_check();
	if (p)
		p[70 * K4 - 1] = 1;
	vfree(p);
	iounmap(io);
	vunmap(v);
	if (pages[0])
		put_page(pages[0]);
	if (pages[1])
		put_page(pages[1]);
	return ret;
}

static long call_xarray(void)
{
	struct xarray xa;
	unsigned long i, last = 0;
	long ret = 0;

	xa_init(&xa);
	for (i = 1; i < FRESH && !ret; i <<= 5) {
		ret = xa_err(xa_store(&xa, i, xa_mk_value(i & 0xffff), GFP_KERNEL));
		last = ret ? last : i;
	}
	if (last)
		assert_non_null(xa_load(&xa, last));
	xa_destroy(&xa);
	return ret;
}

static const struct scenario scenarios[] = {
	{ "mmap", prepare_pages, call_mmap, NULL },
	{ "mmap over a part", prepare_pages, call_mmap_over, NULL },
	{ "mmap shared", prepare_pages, call_mmap_shared, NULL },
	{ "mmap populate", prepare_pages, call_mmap_populate, NULL },
	{ "munmap", prepare_pages, call_munmap, NULL },
	{ "mprotect", prepare_pages, call_mprotect, NULL },
	{ "mlock", prepare_pages, call_mlock, NULL },
	{ "madvise dontfork", prepare_pages, call_dontfork, NULL },
	{ "madvise dontneed", prepare_many, call_dontneed, NULL },
	{ "mremap move", prepare_pages, call_mremap_move, NULL },
	{ "mremap fixed", prepare_pages, call_mremap_fixed, NULL },
	{ "mremap fixed, middle", prepare_pages, call_mremap_fixed_middle, NULL },
	{ "mremap fixed, shorter", prepare_pages, call_mremap_shrink, NULL },
	{ "mremap far away", prepare_pages, call_mremap_far, NULL },
	{ "mremap over areas", prepare_far, call_mremap_far, NULL },
	{ "mremap dontunmap", prepare_pages, call_mremap_dontunmap, NULL },
	{ "brk", prepare_brk, call_brk, NULL },
	{ "fork", prepare_pages, call_fork, NULL },
	{ "copy on write", prepare_forked, call_cow, NULL },
	{ "first touch", prepare_pages, call_first_touch, NULL },
	{ "access_remote_vm", prepare_forked, call_remote, NULL },
	{ "mincore", prepare_pages, call_mincore, NULL },
	{ "private file", prepare_file, call_map_file, put_file },
	{ "shared file", prepare_file, call_share_file, put_file },
	{ "write file", prepare_file, call_write_file, put_file },
	{ "munlock", prepare_locked, call_munlock, NULL },
	{ "mlockall", prepare_for_mlockall, call_mlockall, NULL },
	{ "mmap locked", prepare_pages, call_mmap_locked, NULL },
	{ "madvise wipeonfork", prepare_pages, call_wipeonfork, NULL },
	{ "madvise populate for writing", prepare_empty, call_populate_write, NULL },
	{ "madvise populate for reading", prepare_empty, call_populate_read, NULL },
	{ "brk at exec", prepare_pages, call_exec_brk, NULL },
	{ "brk at exec over areas", prepare_pages, call_exec_brk_over, NULL },
	{ "stack at exec", prepare_pages, call_exec_stack, NULL },
	{ "stack grows", prepare_stack, call_stack_grows, NULL },
	{ "mm_alloc", prepare_pages, call_mm_alloc, NULL },
	{ "fork of files", prepare_mapped_file, call_fork, put_file },
	{ "copy of a mapped page", prepare_mapped_file, call_copy_mapped, put_file },
	{ "munmap inside a file", prepare_mapped_file, call_split_file, put_file },
	{ "mremap of a file", prepare_mapped_file, call_move_file, put_file },
	{ "shmem_file_setup", NULL, call_shmem, NULL },
	{ "copies", NULL, call_copies, NULL },
	{ "exact pages", NULL, call_exact, NULL },
	{ "ranges and pieces", NULL, call_ranges, NULL },
	{ "kmem_cache", NULL, call_cache, NULL },
	{ "vmalloc", NULL, call_vmalloc, NULL },
	{ "kmalloc", NULL, call_kmalloc, NULL },
	{ "xarray", NULL, call_xarray, NULL },
};

static void test_scenarios(void **state)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scenarios); i++)
		run_scenario(&scenarios[i]);
}

/* --- the boot --------------------------------------------------------------------------------------- */

static void test_boot(void **state)
{
	struct machine_config config = { .ram_bytes = 16ul << 20, .nr_nodes = 2,
					 .cma_bytes = 2ul << 20 };
	unsigned long nth, survived = 0;
	bool met = true;

	for (nth = 1; met; nth++) {
		struct machine *m;

		config.fail_nth = nth;
		m = machine_create(&config);
		met = !m || host_failures(m);
		survived += m && met;
		if (m) {
			machine_cpu_enter(m, 0);
			kfree(kmalloc(100, GFP_KERNEL));
			slab_check();
			machine_cpu_leave();
		}
		machine_destroy(m);
		if (nth > 2000)
			fail_msg("no end of allocations");
	}
	print_message("# boot: %lu, survived %lu\n", nth - 2, survived);
	assert_true(nth > 100);
}

/* machines of every size that is too small, and of some that are not */
static void test_small_machines(void **state)
{
	size_t bytes, smallest = 0;

	for (bytes = K4; bytes <= 2ul << 20; bytes += 3 * K4) {
		struct machine_config config = { .ram_bytes = bytes, .nr_cpus = 1, .slab_fast = true };
		struct machine *m = machine_create(&config);

		if (m && !smallest)
			smallest = bytes;
		assert_true(!smallest || m);
		machine_destroy(m);
	}
	print_message("# the smallest machine has %zu KiB\n", smallest >> 10);
	assert_true(smallest && smallest <= 1ul << 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_scenarios), quire_fast_test(test_scenarios),
		cmocka_unit_test(test_boot), cmocka_unit_test(test_small_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
