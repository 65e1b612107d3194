/* SPDX-License-Identifier: MIT */
/*
 * fail_process.h - a process with everything in it, and the image of all that can be seen
 * of one: what test_fail_process.c makes calls of, and compares.
 *
 * begin() makes the process t.mm, 40 areas of all kinds (program and library text, data
 * with private copies, shared files, anonymous memory that was written, only read, never
 * touched, locked, with a policy, with a protection key, that fork leaves out or wipes,
 * guard pages, a stack, a heap, areas of the kernel, areas cut and merged), and its child
 * of an earlier fork, which has page tables in common with it.
 */
#ifndef FAIL_PROCESS_H
#define FAIL_PROCESS_H

#include "vm_test.h"
#include "vm_file.h"
#include <linux/mempolicy.h>
#include <linux/pkeys.h>
#include "mm/vm/vm_internal.h"

#define MAX_PAGES	2400		/* of the process, and what a call adds */
#define AT(page)	(BASE + (page) * K4)
#define FIXED		(PRIV | MAP_FIXED)
#define SHARED		(MAP_SHARED | MAP_FIXED)
/* where tables begin, for 32 bit too; before it an area that ends there */
#define BIG		(BASE + (64ul << 20))
#define BIG_PAGES	1300
#define HEAP		(BASE + (48ul << 20))
#define STACK_TOP	(FARTHER - (1ul << 20))
#define CODE_FLAGS	(VM_READ | VM_EXEC | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)
#define DATA_FLAGS	(VM_READ | VM_MAYREAD | VM_IO | VM_DONTDUMP | VM_PFNMAP)

/* the pages of BASE where each kind of area begins; no hole up to END */
enum { TEXT = 0, DATA = 8, BSS = 12, SHARED_FILE = 16, ANON = 24, ZEROES = 36, SHMEM = 44,
       LOCKED = 52, GUARD = 58, THREAD = 60, BOUND = 68, KEYED = 76, DONTFORK = 82,
       WIPED = 86, PIECES = 90, JIT = 102, MEMFD = 108, END = 112, LIBRARY = 500,
       GROWS = 800, KERNEL_CODE = 900, KERNEL_DATA = 904 };

static struct vm_test t;
static struct mm_struct *child;		/* of the earlier fork */
static struct mm_struct *forked;	/* by the call; or of the program that it begins */
static struct file *lib, *memfd;
static struct page *kernel_pages[3];	/* two, and NULL */

/* --- the process ---------------------------------------------------------------------- */

/* touch: 'r' reads all pages, 'w' writes them, 'h' every other one, 's' every 16th */
static const struct piece {
	unsigned int at, pages;
	unsigned long prot, flags;
	struct file **file;
	unsigned int pgoff;
	char touch;
} pieces[] = {
	{ TEXT, 8, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, &lib, 0, 'r' },
	{ DATA, 4, RW, MAP_PRIVATE | MAP_FIXED, &lib, 8, 'h' },
	{ BSS, 4, RW, FIXED, NULL, 0, 'h' },
	{ SHARED_FILE, 8, RW, SHARED, &lib, 16, 'w' },
	{ ANON, 6, RW, FIXED, NULL, 0, 'w' },
	{ ANON + 6, 6, RW, FIXED, NULL, 0, 0 },
	{ ZEROES, 8, PROT_READ, FIXED, NULL, 0, 'r' },
	{ SHMEM, 8, RW, SHARED | MAP_ANONYMOUS, NULL, 0, 'h' },
	{ LOCKED, 6, RW | PROT_EXEC, FIXED, NULL, 0, 'w' },
	{ GUARD, 2, PROT_NONE, FIXED, NULL, 0, 0 },
	{ THREAD, 8, RW, FIXED | MAP_NORESERVE, NULL, 0, 'h' },
	{ BOUND, 8, RW, FIXED, NULL, 0, 'h' },
	{ KEYED, 6, RW, FIXED, NULL, 0, 'w' },
	{ DONTFORK, 4, RW, FIXED, NULL, 0, 'w' },
	{ WIPED, 4, RW, FIXED, NULL, 0, 'w' },
	{ PIECES, 12, RW, FIXED, NULL, 0, 'w' },
	{ JIT, 6, RW | PROT_EXEC, FIXED, NULL, 0, 'h' },
	{ MEMFD, 4, PROT_READ, SHARED, &memfd, 0, 'r' },
	{ MEMFD + 10, 8, RW, SHARED, &memfd, 0, 'h' },
	{ LIBRARY, 6, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, &lib, 0, 'r' },
	{ LIBRARY + 6, 2, PROT_NONE, MAP_PRIVATE | MAP_FIXED, &lib, 6, 0 },
	{ LIBRARY + 8, 3, PROT_READ, MAP_PRIVATE | MAP_FIXED, &lib, 8, 'r' },
	{ LIBRARY + 11, 2, RW, MAP_PRIVATE | MAP_FIXED, &lib, 11, 'w' },
	{ LIBRARY + 13, 5, RW, FIXED, NULL, 0, 'h' },
	/* has the key of such areas from now on, which a failed call may be the first to take */
	{ LIBRARY + 20, 2, PROT_EXEC, FIXED, NULL, 0, 0 },
	{ GROWS, 4, RW, FIXED | MAP_GROWSDOWN, NULL, 0, 'w' },
};

static vm_fault_t kernel_data_fault(const struct vm_special_mapping *spec, struct vm_fault *vmf)
{
	return vmf_insert_pfn(vmf, page_to_pfn(kernel_pages[0]));
}

static const struct vm_special_mapping kernel_code = { .name = "[code]", .pages = kernel_pages };
static const struct vm_special_mapping kernel_data = { .name = "[data]",
						       .fault = kernel_data_fault };

static int install(unsigned long addr, unsigned long pages, unsigned long flags,
		   const struct vm_special_mapping *spec)
{
	int error;

	mmap_write_lock(t.mm);
	error = install_special_mapping(t.mm, addr, pages * K4, flags, spec);
	mmap_write_unlock(t.mm);
	return error;
}

static long set_up_stack(unsigned long top, unsigned long pages)
{
	struct vm_area_struct *vma;

	mmap_write_lock(t.mm);
	vma = vm_setup_stack(t.mm, top, pages * K4, false);
	mmap_write_unlock(t.mm);
	return IS_ERR(vma) ? PTR_ERR(vma) : 0;
}

static void touch_pages(unsigned long addr, unsigned long pages, char how)
{
	unsigned long i, step = how == 'h' ? 2 : how == 's' ? 16 : 1;

	for (i = 0; how && i < pages; i += step)
		if (how == 'r')
			assert_true(vm_peek(addr + i * K4) >= 0);
		else
			assert_int_equal(vm_poke(addr + i * K4 + i % K4, i + 1), 0);
}

static void map_piece(unsigned long addr, const struct piece *p)
{
	assert_int_equal(vm_map_file(t.mm, addr, p->pages * K4, p->prot, p->flags,
				     p->file ? *p->file : NULL, p->pgoff), addr);
	touch_pages(addr, p->pages, p->touch);
}

static void make_files(void)
{
	u8 data[K4];
	int i;

	lib = shmem_file_setup("lib", 32 * K4, VM_NORESERVE);
	memfd = shmem_file_setup("memfd:data", 8 * K4, 0);
	assert_false(IS_ERR(lib) || IS_ERR(memfd));
	for (i = 0; i < 32; i++) {
		memset(data, 'A' + i, sizeof(data));
		assert_int_equal(file_write(lib, i * K4, data, K4), K4);
	}
}

static struct mempolicy *bind_all(void)
{
	struct mpol_nodes named;
	int nid;

	bitmap_zero(named.bits, MPOL_NODE_BITS);
	for_each_online_node(nid)
		if (node_state(nid, N_MEMORY))
			named.bits[0] |= 1ul << nid;
	return mpol_create(MPOL_BIND, 0, &named);
}

static long bind_range(unsigned long start, unsigned long pages)
{
	struct mempolicy *policy = bind_all();
	int ret;

	if (IS_ERR(policy))
		return PTR_ERR(policy);
	ret = vm_mbind(t.mm, start, start + pages * K4, policy, 0);
	mpol_put(policy);
	return ret;
}

/* what calls other than mmap make of the areas */
static void shape_areas(void)
{
	int i;

	assert_int_equal(vm_mlock(t.mm, AT(LOCKED), 6 * K4, VM_LOCKED), 0);
	assert_int_equal(bind_range(AT(BOUND), 8), 0);
	if (t.mm->pkey_map) {
		assert_int_equal(vm_pkey_alloc(t.mm, 0), 2);
		assert_int_equal(vm_pkey_mprotect(t.mm, AT(KEYED), 6 * K4, RW, 2), 0);
	}
	assert_int_equal(vm_madvise(t.mm, AT(DONTFORK), 4 * K4, MADV_DONTFORK), 0);
	assert_int_equal(vm_madvise(t.mm, AT(WIPED), 4 * K4, MADV_WIPEONFORK), 0);
	for (i = 1; i < 12; i += 2)
		assert_int_equal(vm_mprotect(t.mm, AT(PIECES + i), K4, PROT_READ), 0);
	assert_int_equal(vm_mprotect(t.mm, AT(PIECES + 3), K4, RW), 0);
	assert_int_equal(install(AT(KERNEL_CODE), 2, CODE_FLAGS, &kernel_code), 0);
	assert_int_equal(install(AT(KERNEL_DATA), 1, DATA_FLAGS, &kernel_data), 0);
	touch_pages(AT(KERNEL_CODE), 2, 'r');
	touch_pages(AT(KERNEL_DATA), 1, 'r');
	t.mm->start_brk = t.mm->brk = HEAP;
	assert_int_equal(vm_brk_set(t.mm, HEAP + 20 * K4 + 100), HEAP + 20 * K4 + 100);
	touch_pages(HEAP, 20, 'h');
	assert_int_equal(set_up_stack(STACK_TOP, 8), 0);
	touch_pages(STACK_TOP - 8 * K4, 8, 'h');
}

static void begin(void)
{
	static const struct piece big[] = {
		{ 0, 4, PROT_READ | PROT_EXEC, FIXED, NULL, 0, 0 },
		{ 4, BIG_PAGES, RW, FIXED, NULL, 0, 's' },
		{ 4 + BIG_PAGES, 4, PROT_READ, FIXED, NULL, 0, 'r' },
	};
	unsigned int i;
	int error;

	vm_begin(&t);
	make_files();
	for (i = 0; i < ARRAY_SIZE(pieces); i++)
		map_piece(AT(pieces[i].at), &pieces[i]);
	shape_areas();
	for (i = 0; i < ARRAY_SIZE(big); i++)
		map_piece(BIG + big[i].at * K4 - 4 * K4, &big[i]);
	this_machine()->tunables.fork_share_pages = 8;
	child = dup_mm(t.mm, &error);
	assert_non_null(child);
	assert_true(!PMD_DENIES_WRITES || t.mm->shared_tables);
	/* some pages are only the parent's again */
	touch_pages(AT(ANON), 3, 'w');
	touch_pages(BIG + 1200 * K4, 20, 'w');
	assert_true(t.mm->map_count >= 40);
}

static void end(void)
{
	if (forked)
		mmput(forked);
	mmput(child);
	fput(lib);
	fput(memfd);
	forked = child = NULL;
	vm_end(&t);					/* P5 */
}

/* --- images ------------------------------------------------------------------------------- */

struct page_image {
	unsigned long addr, flags, pgoff, policy;	/* of the area */
	struct file *file;
	bool first;			/* the area begins here */
	pte_t pte;			/* not writable where the entry above says so */
	bool present;
	u64 contents;
};

struct image {
	unsigned int nr;
	struct page_image pages[MAX_PAGES];
	unsigned long counters[24];
};

static struct image before, done, done_child, child_before, now;

static u64 contents_of(struct page *page)
{
	u64 words[K4 / sizeof(u64)], sum = 0;
	unsigned int i;

	memcpy_from_page((char *)words, page, 0, K4);
	for (i = 0; i < ARRAY_SIZE(words); i++)
		sum = (sum ^ words[i]) * 0x9e3779b97f4a7c15ull + i;
	return sum;
}

static void image_entries(struct page_image *pages, struct vm_area_struct *vma)
{
	struct pt_cursor c;
	unsigned int i;

	pt_cursor_start(&c, vma->vm_mm, vma->vm_start, vma->vm_end);
	while (pt_cursor_next(&c)) {
		struct page_image *p = pages + (c.addr - vma->vm_start) / K4;

		assert_true(pt_cursor_lock(&c));
		for (i = 0; i < c.nr; i++, p++) {
			pte_t pte = ptep_get(c.pte + i);

			if (pte_none(pte))
				continue;
			p->present = true;
			p->pte = pmd_write(*c.pmd) ? pte : pte_wrprotect(pte);
			p->contents = contents_of(pfn_to_page(pte_pfn(pte)));
		}
		spin_unlock(c.ptl);
	}
}

static void image_area(struct image *image, struct vm_area_struct *vma)
{
	const struct mempolicy *policy = vma->vm_policy;
	struct page_image *pages = image->pages + image->nr;
	unsigned long i;

	assert_true(image->nr + vma_pages(vma) <= MAX_PAGES);
	for (i = 0; i < vma_pages(vma); i++)
		pages[i] = (struct page_image){
			.addr = vma->vm_start + i * K4, .first = !i, .file = vma->vm_file,
			.flags = vma->vm_flags, .pgoff = vma->vm_pgoff + i,
			.policy = policy ? 1 + policy->mode + (policy->nodes.bits[0] << 8) : 0,
		};
	image_entries(pages, vma);
	image->nr += vma_pages(vma);
}

static void image_counters(struct image *image, struct mm_struct *mm)
{
	unsigned long *c = image->counters;
	int i;

	memset(image->counters, 0, sizeof(image->counters));
	*c++ = mm->map_count;
	*c++ = mm->total_vm;
	*c++ = mm->locked_vm;
	*c++ = mm->data_vm;
	*c++ = mm->exec_vm;
	*c++ = mm->stack_vm;
	*c++ = mm->brk;
	*c++ = mm->def_flags;
	*c++ = mm->pkey_map;
	*c++ = atomic_long_read(&mm->pgtables_bytes);
	for (i = 0; i < NR_MM_COUNTERS; i++)
		*c++ = atomic_long_read(&mm->rss_stat[i]);
	if (mm == child)
		return;
	/*
	 * the machine's, which change with the parent alone; but not NR_PAGETABLE: a table
	 * that the child had a share in may be the parent's own now
	 */
	*c++ = vm_memory_committed();
	*c++ = global_node_page_state(NR_SHMEM);
	*c++ = global_node_page_state(NR_FILE_PAGES);
	*c++ = global_node_page_state(NR_ANON_MAPPED);
	assert_true(c <= image->counters + ARRAY_SIZE(image->counters));
}

static void image_take(struct image *image, struct mm_struct *mm)
{
	struct vm_area_struct *vma;

	mmap_write_lock(mm);
	mm_check(mm);
	image->nr = 0;
	for_each_vma(mm, vma)
		image_area(image, vma);
	image_counters(image, mm);
	mmap_write_unlock(mm);
}

static bool same_area(const struct page_image *a, const struct page_image *b)
{
	return a->addr == b->addr && a->flags == b->flags && a->pgoff == b->pgoff &&
	       a->policy == b->policy && !a->file == !b->file;
}

static bool same_entry(const struct page_image *a, const struct page_image *b)
{
	return a->present == b->present && a->contents == b->contents &&
	       pte_val(a->pte) == pte_val(b->pte);
}

#endif
