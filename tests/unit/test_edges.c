// SPDX-License-Identifier: MIT
/*
 * test_edges.c - what programs ask for seldom: files that have to be read first and may
 * fail, files that want to know of writes, every advice, strict accounting, limits of the
 * heap and the stack, the arguments that mremap and mprotect refuse.
 */
#include "vm_test.h"
#include "vm_file.h"
#include <linux/uio.h>

#define FIXED	(PRIV | MAP_FIXED)
#define BAD_PAGE	7	/* cannot be read */

/* --- a file with a store of its own ---------------------------------------------------- */

static int reads, syncs, sync_error, writes_asked, room;
static vm_fault_t write_answer;

static int store_read_page(struct file *file, struct page *page)
{
	reads++;
	if (page->index == BAD_PAGE)
		return -EIO;
	memset_page(page, 0, 'a' + page->index, PAGE_SIZE);
	SetPageUptodate(page);
	return 0;
}

static int store_charge(struct address_space *mapping, long pages)
{
	if (pages > room)
		return -ENOSPC;
	room -= pages;
	return 0;
}

static const struct address_space_operations store_aops = {
	.read_page = store_read_page, .charge = store_charge,
};

static int store_fsync(struct file *file)
{
	syncs++;
	return sync_error;
}

static vm_fault_t store_page_mkwrite(struct vm_fault *vmf)
{
	writes_asked++;
	return write_answer;
}

static const char *store_name(struct vm_area_struct *vma)
{
	return "[store]";
}

static const struct vm_operations_struct store_vm_ops = {
	.fault = filemap_fault, .map_pages = filemap_map_pages,
	.page_mkwrite = store_page_mkwrite, .name = store_name,
};

static int store_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &store_vm_ops;
	return 0;
}

static const struct file_operations store_fops = {
	.read_iter = generic_file_read_iter, .write_iter = generic_file_write_iter,
	.mmap = store_mmap, .fsync = store_fsync,
};

static struct file *store_open(int pages)
{
	struct file *file = shmem_file_setup("store", pages * K4, VM_NORESERVE);

	assert_false(IS_ERR(file));
	file->f_op = &store_fops;
	file->f_mapping->a_ops = &store_aops;
	file->f_mapping->shmem = false;
	reads = syncs = sync_error = writes_asked = 0;
	write_answer = 0;
	room = 1000;
	return file;
}

static void test_store_is_read(void **state)
{
	static u8 buf[10 * 4096];
	struct vm_test t;
	struct file *file;
	struct page *page;

	vm_begin(&t);
	file = store_open(10);
	assert_int_equal(file_read(file, 5, buf, 2 * K4), 2 * K4);
	assert_int_equal(buf[0], 'a');
	assert_int_equal(buf[2 * K4 - 1], 'c');
	assert_int_equal(reads, 3);
	/* what comes before a page that cannot be read is read */
	assert_int_equal(file_read(file, 6 * K4, buf, 2 * K4), K4);
	assert_int_equal(file_read(file, 7 * K4, buf, K4), -EIO);
	/* a part of a page: the rest is read first; a whole page is not */
	reads = 0;
	assert_int_equal(file_write(file, 9 * K4 + 10, "xyz", 3), 3);
	assert_int_equal(reads, 1);
	assert_int_equal(file_read(file, 9 * K4 + 9, buf, 5), 5);
	assert_memory_equal(buf, "jxyzj", 5);
	assert_int_equal(file_write(file, 7 * K4 + 10, "xyz", 3), -EIO);
	page = read_mapping_page(file->f_mapping, 4, file);
	assert_false(IS_ERR(page));
	assert_int_equal(quire_page_word(page, 0) & 0xff, 'e');
	put_page(page);
	page = find_lock_page(file->f_mapping, 4);
	assert_int_equal(page->index, 4);
	unlock_page(page);
	put_page(page);
	assert_null(find_lock_page(file->f_mapping, 5));
	assert_int_equal(PTR_ERR(read_mapping_page(file->f_mapping, BAD_PAGE, file)), -EIO);
	fput(file);
	vm_end(&t);
}

static void test_store_is_mapped(void **state)
{
	struct vm_test t;
	struct file *file;
	unsigned long major;

	vm_begin(&t);
	file = store_open(10);
	assert_int_equal(vm_map_file(t.mm, BASE, 10 * K4, RW, MAP_PRIVATE | MAP_FIXED, file, 0),
			 BASE);
	major = sum_vm_event(PGMAJFAULT);
	assert_int_equal(vm_peek(BASE + K4), 'b');
	assert_int_equal(sum_vm_event(PGMAJFAULT), major + 1);
	assert_int_equal(vm_peek(BASE + BAD_PAGE * K4), -EFAULT);
	assert_int_equal(vm_poke(BASE + BAD_PAGE * K4, 1), -EFAULT);
	assert_int_equal(vm_poke(BASE + 2 * K4, 'X'), 0);
	assert_int_equal(vm_peek(BASE + 2 * K4 + 1), 'c');
	assert_string_equal(vma_special_name(find_vma(t.mm, BASE)), "[store]");
	vm_check(t.mm);
	fput(file);
	vm_end(&t);
}

static void test_store_is_full(void **state)
{
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = store_open(10);
	assert_int_equal(vm_map_file(t.mm, BASE, 10 * K4, RW, MAP_SHARED | MAP_FIXED, file, 0),
			 BASE);
	room = 1;
	assert_int_equal(vm_poke(BASE, 1), 0);
	assert_int_equal(vm_poke(BASE + K4, 1), -EFAULT);
	assert_int_equal(file_write(file, 3 * K4, "x", 1), -ENOSPC);
	file_truncate(file, 0);
	assert_int_equal(room, 1);
	fput(file);
	vm_end(&t);
}

/* a shared page becomes writable only after the file agreed, at each of the two places */
static void test_writes_are_asked_for(void **state)
{
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = store_open(10);
	assert_int_equal(vm_map_file(t.mm, BASE, 10 * K4, RW, MAP_SHARED | MAP_FIXED, file, 0),
			 BASE);
	write_answer = VM_FAULT_SIGBUS;
	assert_int_equal(vm_poke(BASE, 1), -EFAULT);		/* nothing mapped yet */
	assert_int_equal(vm_peek(BASE + K4), 'b');
	assert_int_equal(vm_poke(BASE + K4, 1), -EFAULT);	/* mapped for reading */
	assert_int_equal(writes_asked, 2);
	write_answer = 0;
	assert_int_equal(vm_poke(BASE, 1), 0);
	assert_int_equal(vm_poke(BASE + K4, 2), 0);
	assert_int_equal(vm_peek(BASE + K4), 2);
	assert_int_equal(writes_asked, 4);
	assert_int_equal(vm_poke(BASE + K4, 3), 0);		/* once is enough */
	assert_int_equal(writes_asked, 4);
	vm_check(t.mm);
	fput(file);
	vm_end(&t);
}

static void test_msync(void **state)
{
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = store_open(10);
	assert_int_equal(vm_map_file(t.mm, BASE, 4 * K4, RW, MAP_SHARED | MAP_FIXED, file, 0),
			 BASE);
	assert_int_equal(vm_map_file(t.mm, BASE + 6 * K4, 4 * K4, RW, MAP_PRIVATE | MAP_FIXED,
				     file, 0), BASE + 6 * K4);
	assert_int_equal(vm_msync(t.mm, BASE, K4, MS_SYNC), 0);
	assert_int_equal(syncs, 1);
	assert_int_equal(vm_msync(t.mm, BASE, K4, MS_ASYNC), 0);
	assert_int_equal(vm_msync(t.mm, BASE + 6 * K4, K4, MS_SYNC), 0);
	assert_int_equal(syncs, 1);
	/* a hole is told after the rest was done */
	assert_int_equal(vm_msync(t.mm, BASE, 10 * K4, MS_SYNC), -ENOMEM);
	assert_int_equal(syncs, 2);
	assert_int_equal(vm_msync(t.mm, BASE + 4 * K4, K4, MS_SYNC), -ENOMEM);
	assert_int_equal(vm_msync(t.mm, BASE + 20 * K4, K4, MS_SYNC), -ENOMEM);
	sync_error = -EIO;
	assert_int_equal(vm_msync(t.mm, BASE, K4, MS_SYNC), -EIO);
	assert_int_equal(vm_msync(t.mm, BASE + 1, K4, MS_SYNC), -EINVAL);
	assert_int_equal(vm_msync(t.mm, BASE, K4, 0x40), -EINVAL);
	assert_int_equal(vm_msync(t.mm, BASE, ~0ul - K4, MS_SYNC), -ENOMEM);
	assert_int_equal(vm_msync(t.mm, BASE, ~0ul, MS_SYNC), 0);	/* rounded up, to none */
	assert_int_equal(vm_msync(t.mm, ~0ul << 12, 2 * K4, MS_SYNC), -ENOMEM);
	assert_int_equal(vm_msync(t.mm, BASE, 0, MS_SYNC), 0);
	assert_int_equal(vm_mlock(t.mm, BASE, K4, VM_LOCKED), 0);
	assert_int_equal(vm_msync(t.mm, BASE, K4, MS_INVALIDATE), -EBUSY);
	fput(file);
	vm_end(&t);
}

/* --- holes ---------------------------------------------------------------------------- */

static void test_holes(void **state)
{
	static u8 page[4096], back[4096];
	struct vm_test t;
	struct file *file;
	int i;

	vm_begin(&t);
	file = shmem_file_setup("holes", 0, VM_NORESERVE);
	memset(page, 'x', sizeof(page));
	for (i = 2; i < 8; i++)
		assert_int_equal(file_write(file, i * K4, page, K4), K4);
	assert_int_equal(mapping_seek(file->f_mapping, 0, true), 2 * K4);
	assert_int_equal(mapping_seek(file->f_mapping, 0, false), 0);
	assert_int_equal(mapping_seek(file->f_mapping, 3 * K4 + 5, true), 3 * K4 + 5);
	assert_int_equal(mapping_seek(file->f_mapping, 3 * K4 + 5, false), 8 * K4);
	assert_true(mapping_seek(file->f_mapping, 8 * K4, true) == LLONG_MAX);
	file_punch(file, 3 * K4 + 100, 3 * K4 + 200);		/* inside a page */
	file_punch(file, 4 * K4 + 100, 6 * K4 + 200);		/* parts, and one whole */
	file_punch(file, 6 * K4 + 300, 7 * K4);			/* up to a border */
	assert_int_equal(file->f_mapping->nrpages, 5);
	assert_int_equal(mapping_seek(file->f_mapping, 4 * K4, false), 5 * K4);
	assert_int_equal(file_read(file, 3 * K4, back, K4), K4);
	assert_int_equal(back[99] ^ back[200], 0);
	assert_int_equal(back[100] | back[199], 0);
	assert_int_equal(file_read(file, 6 * K4, back, K4), K4);
	assert_int_equal(back[199] | back[300], 0);
	assert_int_equal(back[200], 'x');
	assert_int_equal(file_read(file, 7 * K4, back, K4), K4);
	assert_int_equal(back[0], 'x');
	fput(file);
	vm_end(&t);
}

/* --- advice ------------------------------------------------------------------------------ */

static unsigned long flags_at(struct mm_struct *mm, unsigned long addr)
{
	return find_vma(mm, addr)->vm_flags;
}

static void test_advice_flags(void **state)
{
	static const struct { int how; unsigned long set, clear; } advice[] = {
		{ MADV_RANDOM, VM_RAND_READ, VM_SEQ_READ }, { MADV_SEQUENTIAL, VM_SEQ_READ, VM_RAND_READ },
		{ MADV_NORMAL, 0, VM_SEQ_READ | VM_RAND_READ }, { MADV_DONTFORK, VM_DONTCOPY, 0 },
		{ MADV_DOFORK, 0, VM_DONTCOPY }, { MADV_WIPEONFORK, VM_WIPEONFORK, 0 },
		{ MADV_KEEPONFORK, 0, VM_WIPEONFORK }, { MADV_DONTDUMP, VM_DONTDUMP, 0 },
		{ MADV_DODUMP, 0, VM_DONTDUMP }, { MADV_WILLNEED, 0, 0 },
	};
	struct vm_test t;
	struct file *file;
	unsigned int i;

	vm_begin(&t);
	assert_int_equal(vm_map(t.mm, BASE, 8 * K4, RW, FIXED), BASE);
	for (i = 0; i < ARRAY_SIZE(advice); i++) {
		assert_int_equal(vm_madvise(t.mm, BASE + 2 * K4, 3 * K4, advice[i].how), 0);
		assert_int_equal(flags_at(t.mm, BASE + 3 * K4) & (advice[i].set | advice[i].clear),
				 advice[i].set);
		vm_check(t.mm);
	}
	assert_int_equal(t.mm->map_count, 1);		/* all is as it was, and merged */
	file = store_open(10);
	assert_int_equal(vm_map_file(t.mm, BASE + 20 * K4, 4 * K4, RW, MAP_SHARED | MAP_FIXED,
				     file, 0), BASE + 20 * K4);
	assert_int_equal(vm_madvise(t.mm, BASE + 20 * K4, K4, MADV_WIPEONFORK), -EINVAL);
	assert_int_equal(vm_madvise(t.mm, BASE + 20 * K4, K4, MADV_FREE), -EINVAL);
	assert_int_equal(vm_madvise(t.mm, BASE + 20 * K4, K4, MADV_REMOVE), -EOPNOTSUPP);
	assert_int_equal(vm_madvise(t.mm, BASE, K4, MADV_REMOVE), -EINVAL);
	assert_int_equal(vm_mprotect(t.mm, BASE + 20 * K4, K4, PROT_READ), 0);
	assert_int_equal(vm_madvise(t.mm, BASE + 20 * K4, K4, MADV_REMOVE), -EOPNOTSUPP);
	assert_int_equal(vm_map_file(t.mm, BASE + 30 * K4, K4, RW, MAP_PRIVATE | MAP_FIXED,
				     file, 0), BASE + 30 * K4);
	assert_int_equal(vm_madvise(t.mm, BASE + 30 * K4, K4, MADV_REMOVE), -EACCES);
	assert_int_equal(vm_mlock(t.mm, BASE, 2 * K4, VM_LOCKED), 0);
	assert_int_equal(vm_madvise(t.mm, BASE, K4, MADV_REMOVE), -EINVAL);
	assert_int_equal(vm_madvise(t.mm, BASE, K4, MADV_DONTNEED), -EINVAL);
	assert_int_equal(vm_madvise(t.mm, BASE, K4, MADV_DONTNEED_LOCKED), 0);
	assert_int_equal(vm_madvise(t.mm, BASE, ~0ul, MADV_NORMAL), -EINVAL);
	assert_int_equal(vm_madvise(t.mm, BASE, 0, MADV_NORMAL), 0);
	assert_int_equal(vm_madvise(t.mm, BASE + 12 * K4, 10 * K4, MADV_POPULATE_READ), -ENOMEM);
	assert_int_equal(vm_mprotect(t.mm, BASE + 4 * K4, K4, PROT_NONE), 0);
	assert_int_equal(vm_madvise(t.mm, BASE + 4 * K4, K4, MADV_POPULATE_READ), -EINVAL);
	fput(file);
	vm_end(&t);
}

/* --- accounting ------------------------------------------------------------------------------ */

static void test_overcommit(void **state)
{
	struct mm_tunables *tun = &this_machine()->tunables;
	unsigned long limit, at;
	struct vm_test t;

	vm_begin(&t);
	tun->overcommit_memory = OVERCOMMIT_ALWAYS;
	at = vm_map(t.mm, 0, HUGE, RW, PRIV);
	assert_false(IS_ERR_VALUE(at));
	assert_int_equal(vm_munmap(t.mm, at, HUGE), 0);
	tun->overcommit_memory = OVERCOMMIT_NEVER;
	limit = vm_commit_limit();
	assert_true(limit && limit < totalram_pages());
	assert_int_equal(vm_map(t.mm, 0, (limit + 1) * PAGE_SIZE, RW, PRIV | MAP_NORESERVE), -ENOMEM);
	assert_int_equal(vm_map(t.mm, 0, limit * PAGE_SIZE, RW, PRIV), -ENOMEM);	/* reserves */
	at = vm_map(t.mm, 0, limit / 2 * PAGE_SIZE, RW, PRIV);
	assert_false(IS_ERR_VALUE(at));
	assert_int_equal(vm_map(t.mm, 0, limit / 2 * PAGE_SIZE, RW, PRIV), -ENOMEM);
	/* what goes is no promise any more: at its place, at the place of a move, behind a move */
	assert_int_equal(vm_map(t.mm, at, limit / 2 * PAGE_SIZE, RW, PRIV | MAP_FIXED), at);
	assert_int_equal(vm_mremap(t.mm, at, limit / 2 * PAGE_SIZE, limit / 2 * PAGE_SIZE,
				   MREMAP_MAYMOVE | MREMAP_FIXED, FARTHER), FARTHER);
	assert_int_equal(vm_mremap(t.mm, FARTHER, limit / 2 * PAGE_SIZE, limit / 2 * PAGE_SIZE,
				   MREMAP_MAYMOVE | MREMAP_FIXED, at), at);
	assert_int_equal(vm_map(t.mm, at, (limit + 1) * PAGE_SIZE, RW, PRIV | MAP_FIXED), -ENOMEM);
	assert_int_equal(vm_memory_committed() - t.committed_before, limit / 2);
	/* what nobody can write is no promise; to make it writable is one */
	at = vm_map(t.mm, 0, limit / 2 * PAGE_SIZE, PROT_READ, PRIV);
	assert_false(IS_ERR_VALUE(at));
	assert_int_equal(vm_mprotect(t.mm, at, limit / 2 * PAGE_SIZE, RW), -ENOMEM);
	tun->overcommit_memory = OVERCOMMIT_GUESS;
	vm_end(&t);
}

/* --- the heap and the stack ----------------------------------------------------------------------- */

static unsigned long try_brk(struct mm_struct *mm, unsigned long brk)
{
	return vm_brk_set(mm, brk) - mm->start_brk;
}

static void test_brk_limits(void **state)
{
	struct vm_test t;
	struct mm_struct *mm;
	unsigned long start = BASE;
	int old = this_machine()->tunables.max_map_count;

	vm_begin(&t);
	mm = t.mm;
	mm->start_brk = mm->brk = start;
	assert_int_equal(try_brk(mm, start + 10 * K4), 10 * K4);
	assert_int_equal(try_brk(mm, start - 1), 10 * K4);
	assert_int_equal(try_brk(mm, mm->task_size + 1), 10 * K4);
	assert_int_equal(try_brk(mm, start + HUGE), 10 * K4);	/* more than there is */
	host_set_rlimit(RLIMIT_DATA, 12 * K4);
	assert_int_equal(try_brk(mm, start + 13 * K4), 10 * K4);
	host_set_rlimit(RLIMIT_DATA, RLIM_INFINITY);
	host_set_rlimit(RLIMIT_AS, 12 * K4);
	assert_int_equal(try_brk(mm, start + 13 * K4), 10 * K4);
	host_set_rlimit(RLIMIT_AS, RLIM_INFINITY);
	this_machine()->tunables.max_map_count = 0;
	assert_int_equal(try_brk(mm, start + 13 * K4), 10 * K4);
	this_machine()->tunables.max_map_count = old;
	assert_int_equal(vm_map(mm, start + 16 * K4, K4, RW, FIXED), start + 16 * K4);
	assert_int_equal(try_brk(mm, start + 16 * K4), 10 * K4);	/* a page between */
	assert_int_equal(try_brk(mm, start + 15 * K4), 15 * K4);
	assert_string_equal(vma_special_name(find_vma(mm, start)), "[heap]");
	assert_int_equal(vm_mlockall(mm, MCL_FUTURE), 0);
	host_set_rlimit(RLIMIT_MEMLOCK, 2 * K4);
	host_set_capable_admin(false);
	assert_int_equal(try_brk(mm, start + 5 * K4), 5 * K4);
	assert_int_equal(try_brk(mm, start + 9 * K4), 5 * K4);
	assert_int_equal(try_brk(mm, start + 7 * K4), 7 * K4);	/* locked: present at once */
	assert_int_equal(mm->locked_vm, 2);
	host_set_rlimit(RLIMIT_MEMLOCK, RLIM_INFINITY);
	vm_check(mm);
	vm_end(&t);
}

static void test_exec_brk(void **state)
{
	struct vm_test t;
	struct mm_struct *mm;

	vm_begin(&t);
	mm = t.mm;
	assert_int_equal(vm_brk_flags(mm, BASE, ~0ul, 0), -ENOMEM);
	assert_int_equal(vm_brk_flags(mm, BASE, 0, 0), 0);
	assert_int_equal(vm_brk_flags(mm, BASE + 1, K4, 0), -EINVAL);
	assert_int_equal(vm_brk_flags(mm, BASE, K4, VM_WRITE), -EINVAL);
	assert_int_equal(vm_brk_flags(mm, mm->task_size, K4, 0), -ENOMEM);
	assert_int_equal(vm_brk_flags(mm, mm->task_size - K4, 2 * K4, 0), -ENOMEM);
	assert_int_equal(vm_map(mm, BASE, 3 * K4, PROT_READ, FIXED), BASE);
	assert_int_equal(vm_brk_flags(mm, BASE + K4, K4 + 1, 0), 0);
	assert_int_equal(vm_poke(BASE + 2 * K4, 1), 0);
	assert_string_equal(vm_layout(mm), "0-1 r--p,1-3 rw-p");
	vm_end(&t);
}

static struct vm_area_struct *stack_at(struct mm_struct *mm, unsigned long top, unsigned long bytes)
{
	struct vm_area_struct *vma;

	mmap_write_lock(mm);
	vma = vm_setup_stack(mm, top, bytes, false);
	mmap_write_unlock(mm);
	return vma;
}

static int grow(struct vm_area_struct *vma, unsigned long addr)
{
	int ret;

	mmap_write_lock(vma->vm_mm);
	ret = expand_stack(vma, addr);
	mmap_write_unlock(vma->vm_mm);
	return ret;
}

static void test_stack_limits(void **state)
{
	unsigned long top = BASE + (1ul << 30), gap, size;
	struct vm_area_struct *vma;
	struct vm_test t;
	struct mm_struct *mm;

	vm_begin(&t);
	mm = t.mm;
	gap = this_machine()->tunables.stack_guard_gap_pages * K4;
	assert_int_equal(PTR_ERR(stack_at(mm, top, 0)), -EINVAL);
	assert_int_equal(PTR_ERR(stack_at(mm, top + 1, K4)), -EINVAL);
	assert_int_equal(PTR_ERR(stack_at(mm, mm->task_size + K4, K4)), -EINVAL);
	assert_int_equal(PTR_ERR(stack_at(mm, top, top + K4)), -EINVAL);
	assert_int_equal(PTR_ERR(stack_at(mm, 2 * HUGE, HUGE)), -ENOMEM);
	vma = stack_at(mm, top, 2 * K4);
	assert_false(IS_ERR(vma));
	assert_int_equal(PTR_ERR(stack_at(mm, top, K4)), -EEXIST);
	mm->start_stack = top - 8;
	assert_string_equal(vma_special_name(vma), "[stack]");
	assert_int_equal(vm_map(mm, BASE, K4, RW, FIXED), BASE);
	assert_null(vma_special_name(find_vma(mm, BASE)));
	assert_int_equal(grow(find_vma(mm, BASE), BASE - K4), -EFAULT);
	assert_int_equal(grow(vma, 4096), -EPERM);
	assert_int_equal(grow(vma, top - K4), 0);		/* nothing to do */
	assert_int_equal(grow(vma, top - (16ul << 20)), -ENOMEM);	/* RLIMIT_STACK */
	host_set_rlimit(RLIMIT_AS, 5 * K4);
	assert_int_equal(grow(vma, top - 8 * K4), -ENOMEM);
	host_set_rlimit(RLIMIT_AS, RLIM_INFINITY);
	assert_int_equal(vm_mlock(mm, top - 2 * K4, 2 * K4, VM_LOCKED), 0);
	host_set_rlimit(RLIMIT_MEMLOCK, 3 * K4);
	host_set_capable_admin(false);
	assert_int_equal(grow(vma, top - 8 * K4), -ENOMEM);
	assert_int_equal(grow(vma, top - 3 * K4), 0);
	assert_int_equal(mm->locked_vm, 3);
	host_set_rlimit(RLIMIT_MEMLOCK, RLIM_INFINITY);
	/* the gap: not to another's memory, but up to what cannot be touched */
	size = 4 * K4 + gap;
	assert_int_equal(vm_map(mm, top - size - K4, K4, RW, FIXED), top - size - K4);
	assert_int_equal(grow(vma, top - 5 * K4), -ENOMEM);
	assert_int_equal(grow(vma, top - size - K4), -ENOMEM);	/* into it */
	assert_int_equal(grow(vma, top - 4 * K4), 0);
	assert_int_equal(vm_mprotect(mm, top - size - K4, K4, PROT_NONE), 0);
	assert_int_equal(grow(vma, top - 5 * K4), 0);
	vm_check(mm);
	vm_end(&t);
}

/* --- locks, protection, moves ----------------------------------------------------------------------- */

static void test_mlock_edges(void **state)
{
	struct vm_test t;
	struct mm_struct *mm;

	vm_begin(&t);
	mm = t.mm;
	assert_int_equal(vm_map(mm, BASE, 8 * K4, RW, FIXED), BASE);
	assert_int_equal(vm_mlock(mm, BASE, 4 * K4, VM_LOCKED), 0);
	assert_int_equal(vm_mlock(mm, BASE, 4 * K4, VM_LOCKED), 0);	/* again: nothing */
	assert_int_equal(mm->locked_vm, 4);
	assert_int_equal(vm_munlock(mm, BASE + K4, K4), 0);
	assert_int_equal(mm->locked_vm, 3);
	assert_int_equal(vm_munlock(mm, BASE, 20 * K4), -ENOMEM);
	assert_int_equal(vm_munlock(mm, ~0ul << 12, 2 * K4), -EINVAL);
	assert_int_equal(vm_mprotect(mm, BASE + 6 * K4, K4, PROT_NONE), 0);
	assert_int_equal(vm_mlock(mm, BASE + 6 * K4, K4, VM_LOCKED), -ENOMEM);
	/* what wraps: one page of it is locked, so the rest is no more than no limit */
	assert_int_equal(vm_mlock(mm, BASE + 6 * K4, -K4, VM_LOCKED), -EINVAL);
	assert_int_equal(vm_mlock(mm, BASE + 7 * K4, -K4, VM_LOCKED), -ENOMEM);
	host_set_capable_admin(true);
	assert_int_equal(vm_mlock(mm, BASE + 7 * K4, -K4, VM_LOCKED), -EINVAL);
	host_set_capable_admin(false);
	host_set_rlimit(RLIMIT_MEMLOCK, 2 * K4);
	assert_int_equal(vm_mlockall(mm, MCL_CURRENT), -ENOMEM);
	host_set_rlimit(RLIMIT_MEMLOCK, 0);
	assert_int_equal(vm_mlock(mm, BASE, K4, VM_LOCKED), -EPERM);
	assert_int_equal(vm_mlockall(mm, MCL_CURRENT), -EPERM);
	assert_int_equal(vm_mlockall(mm, MCL_ONFAULT), -EINVAL);
	assert_int_equal(vm_map(mm, BASE + 20 * K4, K4, RW, FIXED | MAP_LOCKED), -EPERM);
	host_set_rlimit(RLIMIT_MEMLOCK, RLIM_INFINITY);
	vm_check(mm);
	vm_end(&t);
}

static void test_mprotect_edges(void **state)
{
	unsigned long top = BASE + (1ul << 30);
	struct vm_test t;
	struct mm_struct *mm;

	vm_begin(&t);
	mm = t.mm;
	assert_int_equal(vm_mprotect(mm, BASE, K4, RW), -ENOMEM);
	assert_int_equal(vm_map(mm, BASE, 4 * K4, PROT_READ, FIXED), BASE);
	assert_int_equal(vm_mprotect(mm, BASE, K4, RW | PROT_GROWSDOWN | PROT_GROWSUP), -EINVAL);
	assert_int_equal(vm_mprotect(mm, BASE, K4, RW | PROT_GROWSUP), -EINVAL);
	assert_int_equal(vm_mprotect(mm, BASE, K4, RW | PROT_GROWSDOWN), -EINVAL);
	assert_int_equal(vm_mprotect(mm, BASE - 4 * K4, K4, RW | PROT_GROWSDOWN), -ENOMEM);
	assert_int_equal(vm_mprotect(mm, BASE, ~0ul, RW), -ENOMEM);
	assert_false(IS_ERR(stack_at(mm, top, 4 * K4)));
	assert_int_equal(vm_mprotect(mm, top - K4, K4, PROT_READ | PROT_GROWSDOWN), 0);
	assert_int_equal(flags_at(mm, top - 4 * K4) & VM_ACCESS_FLAGS, VM_READ);
	host_set_rlimit(RLIMIT_DATA, K4);
	assert_int_equal(vm_mprotect(mm, BASE, 4 * K4, RW), -ENOMEM);
	host_set_rlimit(RLIMIT_DATA, RLIM_INFINITY);
	vm_check(mm);
	vm_end(&t);
}

static unsigned long move(struct mm_struct *mm, unsigned long addr, unsigned long old_pages,
			  unsigned long new_pages, unsigned long flags, unsigned long to)
{
	return vm_mremap(mm, addr, old_pages * K4, new_pages * K4, flags, to);
}

static void test_mremap_edges(void **state)
{
	const unsigned long fixed = MREMAP_MAYMOVE | MREMAP_FIXED, far = FAR;
	unsigned long old = this_machine()->tunables.max_map_count;
	struct vm_test t;
	struct mm_struct *mm;

	vm_begin(&t);
	mm = t.mm;
	assert_int_equal(vm_map(mm, BASE, 8 * K4, RW, FIXED), BASE);
	assert_int_equal(vm_map(mm, BASE + 8 * K4, 2 * K4, PROT_READ, FIXED), BASE + 8 * K4);
	assert_int_equal(move(mm, BASE, 1, 1, 8, 0), -EINVAL);
	assert_int_equal(move(mm, BASE, 1, 1, MREMAP_FIXED, far), -EINVAL);
	assert_int_equal(move(mm, BASE, 1, 2, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0), -EINVAL);
	assert_int_equal(move(mm, BASE + 1, 1, 2, 0, 0), -EINVAL);
	assert_int_equal(move(mm, BASE, 1, 0, 0, 0), -EINVAL);
	assert_int_equal(move(mm, mm->task_size, 1, 2, 0, 0), -EFAULT);
	assert_int_equal(move(mm, mm->task_size, 1, 2, fixed, far), -EFAULT);
	assert_int_equal(move(mm, BASE - K4, 1, 2, 0, 0), -EFAULT);
	assert_int_equal(move(mm, BASE, 0, 2, MREMAP_MAYMOVE, 0), -EINVAL);	/* private */
	assert_int_equal(move(mm, BASE, 9, 12, MREMAP_MAYMOVE, 0), -EFAULT);	/* two areas */
	assert_int_equal(move(mm, BASE, 8, 9, 0, 0), -ENOMEM);			/* no room */
	assert_int_equal(move(mm, BASE, 8, 8, fixed, far + 1), -EINVAL);
	assert_int_equal(move(mm, BASE, 8, 8, fixed, mm->task_size - K4), -EINVAL);
	assert_int_equal(move(mm, BASE, 8, 8, fixed, BASE + 4 * K4), -EINVAL);
	assert_int_equal(move(mm, BASE - K4, 1, 1, fixed, far), -EFAULT);
	host_set_capable_admin(false);
	assert_int_equal(move(mm, BASE, 1, 1, fixed, K4), -EPERM);
	host_set_rlimit(RLIMIT_AS, 10 * K4);
	assert_int_equal(move(mm, BASE, 8, 9, MREMAP_MAYMOVE, 0), -ENOMEM);
	assert_int_equal(move(mm, BASE, 8, 8, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0), -ENOMEM);
	host_set_rlimit(RLIMIT_AS, RLIM_INFINITY);
	assert_int_equal(move(mm, BASE + 8 * K4, 2, mm->task_size / K4, MREMAP_MAYMOVE, 0), -ENOMEM);
	this_machine()->tunables.max_map_count = 4;
	assert_int_equal(move(mm, BASE, 8, 8, fixed, far), -ENOMEM);
	assert_int_equal(move(mm, BASE, 8, 9, MREMAP_MAYMOVE, 0), -ENOMEM);
	this_machine()->tunables.max_map_count = old;
	/* locked memory that grows, moves, and stays behind */
	assert_int_equal(vm_mlock(mm, BASE + 8 * K4, 2 * K4, VM_LOCKED), 0);
	host_set_rlimit(RLIMIT_MEMLOCK, 3 * K4);
	assert_int_equal(move(mm, BASE + 8 * K4, 2, 4, 0, 0), -EAGAIN);
	assert_int_equal(move(mm, BASE + 8 * K4, 2, 3, 0, 0), BASE + 8 * K4);
	assert_int_equal(mm->locked_vm, 3);
	host_set_rlimit(RLIMIT_MEMLOCK, RLIM_INFINITY);
	assert_int_equal(move(mm, BASE + 8 * K4, 3, 5, fixed, far), far);
	assert_int_equal(mm->locked_vm, 5);
	assert_false(IS_ERR_VALUE(move(mm, far, 5, 5, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0)));
	assert_int_equal(mm->locked_vm, 5);
	vm_check(mm);
	vm_end(&t);
}

/* --- places --------------------------------------------------------------------------------------------- */

static void test_layouts(void **state)
{
	struct vm_test t;
	unsigned long at, hint = FAR;

	vm_begin(&t);
	at = vm_map(t.mm, 0, 4 * K4, RW, PRIV | MAP_32BIT);
	assert_true(at >= 0x40000000ul && at < 0x80000000ul);
	assert_int_equal(vm_map(t.mm, hint + 1, 4 * K4, RW, PRIV), hint);	/* a free hint */
	assert_true(vm_map(t.mm, hint, 4 * K4, RW, PRIV) != hint);		/* taken */
	assert_false(IS_ERR_VALUE(vm_map(t.mm, 10, K4, RW, PRIV)));		/* too low: above */
	arch_pick_mmap_layout(t.mm, RLIM_INFINITY);
	assert_true(t.mm->mmap_bottomup);
	at = vm_map(t.mm, 0, 4 * K4, PROT_READ, PRIV);
	assert_int_equal(at, t.mm->mmap_base);
	assert_int_equal(vm_map(t.mm, 0, 4 * K4, RW, PRIV), at + 4 * K4);
	this_machine()->tunables.legacy_va_layout = 1;
	arch_pick_mmap_layout(t.mm, 8ul << 20);
	assert_true(t.mm->mmap_bottomup);
	this_machine()->tunables.legacy_va_layout = 0;
	arch_pick_mmap_layout(t.mm, 8ul << 20);
	assert_false(t.mm->mmap_bottomup);
	/* a base so low that only what lies above it is left */
	t.mm->mmap_base = 32 * K4;
	at = vm_map(t.mm, 0, 1000 * K4, RW, PRIV);
	assert_true(!IS_ERR_VALUE(at) && at >= t.mm->task_size / 3);
	vm_check(t.mm);
	vm_end(&t);
}

/* the two ways to say the limit, and the two reserves below it */
static void test_commit_limit(void **state)
{
	struct mm_tunables *tun = &this_machine()->tunables;
	struct vm_test t;
	unsigned long at;

	vm_begin(&t);
	assert_in_range(tun->admin_reserve_kbytes, 1, 8192);
	assert_in_range(tun->user_reserve_kbytes, tun->admin_reserve_kbytes, 131072);
	tun->overcommit_ratio = 30;
	assert_int_equal(vm_commit_limit(), totalram_pages() * 30 / 100);
	tun->overcommit_kbytes = 400 * (PAGE_SIZE >> 10);
	assert_int_equal(vm_commit_limit(), 400);
	tun->overcommit_memory = OVERCOMMIT_NEVER;
	tun->admin_reserve_kbytes = tun->user_reserve_kbytes = 0;
	assert_int_equal(vm_map(t.mm, 0, 400 * K4, RW, PRIV), -ENOMEM);	/* below it, not at it */
	at = vm_map(t.mm, 0, 399 * K4, RW, PRIV);
	assert_false(IS_ERR_VALUE(at));
	assert_int_equal(vm_munmap(t.mm, at, 399 * K4), 0);
	tun->admin_reserve_kbytes = 100 * (PAGE_SIZE >> 10);
	host_set_capable_admin(false);
	assert_int_equal(vm_map(t.mm, 0, 300 * K4, RW, PRIV), -ENOMEM);
	host_set_capable_admin(true);
	/* a 32nd of the address space, when the reserve is not less */
	at = vm_map(t.mm, 0, 3200 * K4, PROT_NONE, PRIV);
	assert_false(IS_ERR_VALUE(at));
	tun->user_reserve_kbytes = 1000 * (PAGE_SIZE >> 10);
	assert_int_equal(vm_map(t.mm, 0, 300 * K4, RW, PRIV), -ENOMEM);
	tun->user_reserve_kbytes = 50 * (PAGE_SIZE >> 10);
	assert_false(IS_ERR_VALUE(vm_map(t.mm, 0, 300 * K4, RW, PRIV)));
	assert_int_equal(vm_map(t.mm, 0, 60 * K4, RW, PRIV), -ENOMEM);
	vm_end(&t);
}

static void test_file_mapping_errors(void **state)
{
	static const struct file_operations none = { .read_iter = generic_file_read_iter };
	const unsigned long shared = MAP_SHARED | MAP_FIXED;
	struct vm_test t;
	struct file *file;
	unsigned long far = (unsigned long)(MAX_LFS_FILESIZE >> PAGE_SHIFT);

	vm_begin(&t);
	file = store_open(10);
	assert_int_equal(vm_map_file(t.mm, BASE, K4, RW, MAP_FIXED, file, 0), -EINVAL);
	assert_int_equal(vm_map_file(t.mm, BASE, K4, RW, MAP_SHARED_VALIDATE | MAP_FIXED | 0x80000,
				     file, 0), -EOPNOTSUPP);
	assert_int_equal(vm_map_file(t.mm, BASE, 2 * K4, RW, shared, file, far), -EOVERFLOW);
	assert_int_equal(vm_map_file(t.mm, BASE, 2 * K4, RW, shared, file, ~0ul), -EOVERFLOW);
	assert_int_equal(vm_map_file(t.mm, BASE, K4, RW, shared | MAP_GROWSDOWN, file, 0), -EINVAL);
	file->f_mode = FMODE_READ;
	assert_int_equal(vm_map_file(t.mm, BASE, K4, RW, shared, file, 0), -EACCES);
	assert_int_equal(vm_map_file(t.mm, BASE, K4, PROT_READ, shared, file, 0), BASE);
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, RW), -EACCES);
	file->f_mode = FMODE_WRITE;
	assert_int_equal(vm_map_file(t.mm, BASE, K4, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 0),
			 -EACCES);
	file->f_mode = FMODE_READ | FMODE_WRITE;
	file->f_op = &none;
	assert_int_equal(vm_map_file(t.mm, BASE, K4, RW, shared, file, 0), -ENODEV);
	file->f_op = &store_fops;
	fput(file);
	vm_end(&t);
}

static void test_exe_file(void **state)
{
	struct vm_test t;
	struct file *file;
	struct mm_struct *child;
	int error;

	vm_begin(&t);
	file = store_open(1);
	set_mm_exe_file(t.mm, file);
	assert_int_equal(atomic_long_read(&file->f_count), 2);
	child = dup_mm(t.mm, &error);
	assert_non_null(child);
	assert_int_equal(atomic_long_read(&file->f_count), 3);
	mmput(child);
	set_mm_exe_file(t.mm, NULL);
	assert_int_equal(atomic_long_read(&file->f_count), 1);
	set_mm_exe_file(t.mm, file);
	fput(file);			/* the address space has the last reference */
	vm_end(&t);
}

/* an area that has neither memory nor a way to make it */
static const struct vm_operations_struct nothing_vm_ops = { .name = store_name };

static int nothing_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &nothing_vm_ops;
	vma->vm_flags |= VM_IO | VM_PFNMAP | VM_DONTEXPAND;
	return 0;
}

static void test_device(void **state)
{
	static const struct file_operations fops = { .mmap = nothing_mmap };
	struct vm_test t;
	struct file *file;
	u8 byte;

	vm_begin(&t);
	file = store_open(4);
	file->f_op = &fops;
	assert_int_equal(vm_map_file(t.mm, BASE, 4 * K4, RW, MAP_SHARED | MAP_FIXED | MAP_POPULATE,
				     file, 0), BASE);
	assert_int_equal(vm_peek(BASE), -EFAULT);
	assert_int_equal(vm_poke(BASE, 1), -EFAULT);
	assert_int_equal(access_remote_vm(t.mm, BASE, &byte, 1, false), 0);
	assert_int_equal(vm_madvise(t.mm, BASE, K4, MADV_DOFORK), -EINVAL);
	assert_int_equal(vm_madvise(t.mm, BASE, K4, MADV_DODUMP), -EINVAL);
	assert_int_equal(vm_madvise(t.mm, BASE, K4, MADV_DONTNEED), -EINVAL);
	assert_int_equal(vm_madvise(t.mm, BASE, K4, MADV_POPULATE_READ), -EINVAL);
	assert_int_equal(move(t.mm, BASE, 4, 5, MREMAP_MAYMOVE, 0), -EFAULT);
	assert_int_equal(move(t.mm, BASE, 4, 4, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0), -EINVAL);
	assert_int_equal(vm_mlock(t.mm, BASE, K4, VM_LOCKED), 0);	/* nothing to keep */
	assert_int_equal(t.mm->locked_vm, 0);
	vm_check(t.mm);
	fput(file);
	vm_end(&t);
}

/* what is at the place of a fixed move has gone when limits are asked, as on Linux */
static void test_mremap_limits(void **state)
{
	const unsigned long fixed = MREMAP_MAYMOVE | MREMAP_FIXED;
	struct vm_test t;
	struct mm_struct *mm;

	vm_begin(&t);
	mm = t.mm;
	host_set_capable_admin(false);
	assert_int_equal(vm_map(mm, BASE, 4 * K4, RW, FIXED), BASE);
	assert_int_equal(vm_map(mm, FAR, 8 * K4, RW, FIXED), FAR);
	host_set_rlimit(RLIMIT_AS, 12 * K4);
	host_set_rlimit(RLIMIT_DATA, 12 * K4);
	assert_int_equal(move(mm, BASE, 4, 5, fixed, FARTHER), -ENOMEM);
	assert_int_equal(move(mm, BASE, 4, 7, fixed, FAR + 6 * K4), -ENOMEM);
	assert_int_equal(mm->total_vm, 12);
	assert_int_equal(mm->data_vm, 12);
	assert_int_equal(move(mm, BASE, 4, 6, fixed, FAR + 6 * K4), FAR + 6 * K4);
	assert_int_equal(mm->total_vm, 12);
	assert_int_equal(move(mm, FAR, 3, 3, fixed | MREMAP_DONTUNMAP, FAR + 4 * K4), FAR + 4 * K4);
	assert_int_equal(mm->total_vm, 12);
	host_set_rlimit(RLIMIT_AS, RLIM_INFINITY);
	host_set_rlimit(RLIMIT_DATA, RLIM_INFINITY);
	assert_int_equal(vm_munmap(mm, FAR, 12 * K4), 0);
	/* pages that are locked, too */
	assert_int_equal(vm_map(mm, BASE, 4 * K4, RW, FIXED), BASE);
	assert_int_equal(vm_map(mm, FAR, 8 * K4, RW, FIXED), FAR);
	assert_int_equal(vm_mlock(mm, BASE, 4 * K4, VM_LOCKED), 0);
	assert_int_equal(vm_mlock(mm, FAR, 2 * K4, VM_LOCKED), 0);
	host_set_rlimit(RLIMIT_MEMLOCK, 6 * K4);
	assert_int_equal(move(mm, BASE, 4, 6, fixed, FAR + 2 * K4), -EAGAIN);
	assert_int_equal(move(mm, BASE, 4, 6, fixed, FAR), FAR);
	assert_int_equal(mm->locked_vm, 6);
	host_set_rlimit(RLIMIT_MEMLOCK, RLIM_INFINITY);
	vm_end(&t);
}

/* the kernel looks for a place below mmap_min_addr, too, when nothing else is left */
static void test_low_places(void **state)
{
	unsigned long min = this_machine()->tunables.mmap_min_addr;
	struct vm_test t;

	vm_begin(&t);
	t.mm->task_size = t.mm->mmap_base = 2 * min;
	host_set_capable_admin(false);
	assert_int_equal(vm_map(t.mm, min, min, PROT_READ, FIXED), min);
	assert_int_equal(vm_map(t.mm, 0, min, PROT_READ, PRIV), -ENOMEM);
	assert_int_equal(vm_map(t.mm, 0, min - K4, PROT_READ, PRIV), -EPERM);
	assert_int_equal(move(t.mm, min, 1, 2, MREMAP_MAYMOVE, 0), -EPERM);
	assert_int_equal(t.mm->total_vm, min / K4);
	host_set_capable_admin(true);
	assert_int_equal(vm_map(t.mm, 0, 2 * K4, PROT_READ, PRIV), min - 2 * K4);
	vm_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_store_is_read), quire_unit_test(test_store_is_mapped),
		quire_unit_test(test_store_is_full), quire_unit_test(test_writes_are_asked_for),
		quire_unit_test(test_msync), quire_unit_test(test_holes),
		quire_unit_test(test_advice_flags), quire_unit_test(test_overcommit),
		quire_unit_test(test_commit_limit),
		quire_unit_test(test_brk_limits), quire_unit_test(test_exec_brk),
		quire_unit_test(test_stack_limits), quire_unit_test(test_mlock_edges),
		quire_unit_test(test_mprotect_edges), quire_unit_test(test_mremap_edges),
		quire_unit_test(test_mremap_limits),
		quire_unit_test(test_layouts), quire_unit_test(test_file_mapping_errors),
		quire_unit_test(test_exe_file), quire_unit_test(test_low_places), quire_unit_test(test_device),
	};

	return cmocka_run_group_tests_name("edges", tests, NULL, NULL);
}
