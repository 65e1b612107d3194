// SPDX-License-Identifier: MIT
/* test_filemap.c - the page cache: read, write, mappings, truncation, page locks. */
#include "vm_test.h"
#include "vm_file.h"

static void test_read_write(void **state)
{
	struct vm_test t;
	struct file *file;
	static char buf[20000], back[20000];
	unsigned int i;

	vm_begin(&t);
	file = shmem_file_setup("x", 0, VM_NORESERVE);
	assert_false(IS_ERR(file));
	for (i = 0; i < sizeof(buf); i++)
		buf[i] = i * 13;
	assert_int_equal(file_read(file, 0, back, 100), 0);
	assert_int_equal(file_write(file, 1000, buf, sizeof(buf)), sizeof(buf));
	assert_int_equal(file->f_inode->i_size, 1000 + sizeof(buf));
	assert_int_equal(file->f_mapping->nrpages, 6);
	assert_int_equal(file_read(file, 1000, back, sizeof(back)), sizeof(back));
	assert_memory_equal(buf, back, sizeof(buf));
	assert_int_equal(file_read(file, 0, back, 1000), 1000);
	assert_int_equal(back[999], 0);
	assert_int_equal(file_read(file, 20900, back, 1000), 100);
	/* a hole reads as zero and stays one */
	file_truncate(file, 100 * K4);
	assert_int_equal(file_read(file, 50 * K4, back, 9000), 9000);
	assert_int_equal(back[0] | back[8999], 0);
	assert_int_equal(file->f_mapping->nrpages, 6);
	/* shorter and longer again: zeroes */
	file_truncate(file, 1010);
	assert_int_equal(file->f_mapping->nrpages, 1);
	file_truncate(file, 5000);
	assert_int_equal(file_read(file, 1000, back, 100), 100);
	assert_memory_equal(back, buf, 10);
	assert_int_equal(back[10] | back[99], 0);
	file->f_flags |= O_APPEND;
	assert_int_equal(file_write(file, 0, "end", 3), 3);
	assert_int_equal(file->f_inode->i_size, 5003);
	host_set_rlimit(RLIMIT_FSIZE, 5005);
	assert_int_equal(file_write(file, 0, "end", 3), 2);
	assert_int_equal(file_write(file, 0, "end", 3), -EFBIG);
	host_set_rlimit(RLIMIT_FSIZE, RLIM_INFINITY);
	fput(file);
	vm_end(&t);
}

/* Reads of many pages, with holes among them, into a buffer that ends early. */
static void test_long_reads(void **state)
{
	enum { NR = 41 };
	static char buf[NR * 4096], want[NR * 4096];
	static const struct { unsigned int at, n; } reads[] = {
		{ 0, NR * 4096 }, { 1, NR * 4096 - 1 }, { 4095, 2 }, { 5 * 4096 - 7, 4110 },
		{ 100, 16 * 4096 }, { 4096, 16 * 4096 }, { 4096, 17 * 4096 }, { 163000, 4000 },
	};
	struct kiocb iocb = { 0 };
	struct iov_iter iter;
	struct iovec iov[4];
	struct vm_test t;
	unsigned int i;

	vm_begin(&t);
	iocb.ki_filp = shmem_file_setup("x", 0, VM_NORESERVE);
	for (i = 0; i < sizeof(buf); i++)
		buf[i] = want[i] = i * 13 + i / 4096;
	assert_int_equal(file_write(iocb.ki_filp, 0, buf, sizeof(buf)), sizeof(buf));
	for (i = 5; i < 22; i += 7) {				/* 5, 12, 19 */
		file_punch(iocb.ki_filp, i * 4096, (i + 1) * 4096);
		memset(want + i * 4096, 0, 4096);
	}
	for (i = 0; i < ARRAY_SIZE(reads); i++) {
		memset(buf, 'x', sizeof(buf));
		assert_int_equal(file_read(iocb.ki_filp, reads[i].at, buf, reads[i].n),
				 min(reads[i].n, (unsigned int)sizeof(buf) - reads[i].at));
		assert_memory_equal(buf, want + reads[i].at,
				    min(reads[i].n, (unsigned int)sizeof(buf) - reads[i].at));
	}
	/* several buffers, one of them empty; the last begins where nothing is mapped */
	vm_map(t.mm, BASE, 40 * K4, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED);
	iov[0] = (struct iovec){ (void __user *)(BASE + 5), 9000 };
	iov[1] = (struct iovec){ (void __user *)BASE, 0 };
	iov[2] = (struct iovec){ (void __user *)(BASE + 10000), 30 * K4 - 10000 };
	iov[3] = (struct iovec){ (void __user *)(BASE + 37 * K4), 10 * K4 };
	iocb.ki_pos = 3;
	iov_iter_iovec(&iter, iov, 4, 9000 + 30 * K4 - 10000 + 10 * K4);
	assert_int_equal(generic_file_read_iter(&iocb, &iter), 9000 + 30 * K4 - 10000 + 3 * K4);
	assert_int_equal(iocb.ki_pos, 3 + 9000 + 30 * K4 - 10000 + 3 * K4);
	assert_int_equal(iov_iter_count(&iter), 7 * K4);
	assert_int_equal((unsigned char)vm_peek(BASE + 5 + 8999), (unsigned char)want[3 + 8999]);
	assert_int_equal((unsigned char)vm_peek(BASE + 10000), (unsigned char)want[3 + 9000]);
	assert_int_equal((unsigned char)vm_peek(BASE + 40 * K4 - 1),
			 (unsigned char)want[iocb.ki_pos - 1]);
	assert_int_equal(generic_file_read_iter(&iocb, &iter), -EFAULT);
	fput(iocb.ki_filp);
	vm_end(&t);
}

static void test_shared_and_private(void **state)
{
	struct vm_test t;
	struct file *file;
	unsigned long s = BASE, p = BASE + 64 * K4;
	char c = 'w';

	vm_begin(&t);
	file = shmem_file_setup("x", 40 * K4, VM_NORESERVE);
	assert_int_equal(vm_map_file(t.mm, s, 40 * K4, RW, MAP_SHARED | MAP_FIXED, file, 0), s);
	assert_int_equal(vm_map_file(t.mm, p, 40 * K4, RW, MAP_PRIVATE | MAP_FIXED, file, 0), p);
	assert_int_equal(vm_poke(s, 1), 0);
	assert_int_equal(vm_peek(p), 1);
	assert_int_equal(vm_poke(s, 2), 0);
	assert_int_equal(vm_peek(p), 2);		/* not copied yet */
	assert_int_equal(vm_poke(p, 3), 0);
	assert_int_equal(vm_peek(s), 2);
	assert_int_equal(vm_poke(s, 4), 0);
	assert_int_equal(vm_peek(p), 3);
	assert_int_equal(file_write(file, 5 * K4, &c, 1), 1);
	assert_int_equal(vm_peek(s + 5 * K4), 'w');
	assert_int_equal(vm_peek(p + 5 * K4), 'w');
	assert_int_equal(vm_poke(p + 6 * K4, 9), 0);	/* a private write first */
	assert_int_equal(vm_peek(s + 6 * K4), 0);
	assert_int_equal(get_mm_counter(t.mm, MM_ANONPAGES), 2);
	vm_check(t.mm);
	fput(file);
	vm_end(&t);
}

static void test_fault_around(void **state)
{
	struct vm_test t;
	struct file *file;
	static char buf[64 * 4096];
	unsigned long faults;
	int i;

	vm_begin(&t);
	file = shmem_file_setup("x", 0, VM_NORESERVE);
	assert_int_equal(file_write(file, 0, buf, sizeof(buf)), sizeof(buf));
	assert_int_equal(vm_map_file(t.mm, BASE, 64 * K4, PROT_READ, MAP_PRIVATE | MAP_FIXED,
				     file, 0), BASE);
	faults = sum_vm_event(PGFAULT);
	for (i = 0; i < 64; i++)
		assert_int_equal(vm_peek(BASE + i * K4), 0);
	assert_int_equal(sum_vm_event(PGFAULT) - faults, 4);
	assert_int_equal(vm_rss(t.mm), 64);
	assert_int_equal(global_node_page_state(NR_FILE_MAPPED), 64);
	vm_check(t.mm);
	fput(file);
	vm_end(&t);
}

static void test_truncate_mapped(void **state)
{
	struct vm_test t;
	struct file *file;
	unsigned long p = BASE + 64 * K4;
	int i, code;

	vm_begin(&t);
	file = shmem_file_setup("x", 16 * K4, VM_NORESERVE);
	assert_int_equal(vm_map_file(t.mm, BASE, 20 * K4, RW, MAP_SHARED | MAP_FIXED, file, 0), BASE);
	assert_int_equal(vm_map_file(t.mm, p, 8 * K4, RW, MAP_PRIVATE | MAP_FIXED, file, 8), p);
	for (i = 0; i < 16; i++)
		assert_int_equal(vm_poke(BASE + i * K4, i + 1), 0);
	assert_int_equal(mm_fault(t.mm, BASE + 16 * K4, 0, &code), VM_FAULT_SIGBUS);
	assert_int_equal(code, BUS_ADRERR);
	assert_int_equal(vm_poke(p + 2 * K4, 77), 0);
	assert_int_equal(vm_peek(p + K4), 10);
	file_truncate(file, 10 * K4 + 1);
	assert_int_equal(file->f_mapping->nrpages, 11);
	assert_int_equal(vm_peek(BASE + 10 * K4), 11);
	assert_int_equal(vm_peek(BASE + 11 * K4), -EFAULT);
	assert_int_equal(vm_peek(p + 2 * K4), 77);	/* a copy of page 10 stays */
	file_truncate(file, 9 * K4);
	assert_int_equal(vm_peek(p + K4), -EFAULT);
	assert_int_equal(vm_peek(p + 2 * K4), -EFAULT);	/* copies behind the end go too */
	vm_check(t.mm);
	file_truncate(file, 16 * K4);
	assert_int_equal(vm_peek(BASE + 10 * K4), 0);
	fput(file);
	vm_end(&t);
}

static void test_mmap_modes(void **state)
{
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = shmem_file_setup("x", 16 * K4, VM_NORESERVE);
	file->f_mode = FMODE_READ;
	assert_int_equal(vm_map_file(t.mm, 0, K4, RW, MAP_SHARED, file, 0), -EACCES);
	assert_int_equal(vm_map_file(t.mm, BASE, K4, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0), BASE);
	assert_int_equal(vm_mprotect(t.mm, BASE, K4, RW), -EACCES);
	assert_false(IS_ERR_VALUE(vm_map_file(t.mm, 0, K4, RW, MAP_PRIVATE, file, 0)));
	assert_int_equal(vm_map_file(t.mm, 0, K4, RW, MAP_PRIVATE | MAP_GROWSDOWN, file, 0), -EINVAL);
	assert_int_equal(vm_map_file(t.mm, 0, K4, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, file, 0),
			 -EOPNOTSUPP);
	assert_int_equal(vm_map_file(t.mm, 0, K4, PROT_READ, 0, file, 0), -EINVAL);
	assert_int_equal(vm_map_file(t.mm, 0, 2 * K4, PROT_READ, MAP_PRIVATE, file, ~0ul), -EOVERFLOW);
	file->f_mode = FMODE_WRITE;
	assert_int_equal(vm_map_file(t.mm, 0, K4, PROT_READ, MAP_PRIVATE, file, 0), -EACCES);
	file->f_mode = FMODE_READ | FMODE_WRITE;
	/* neighbours of one file merge when their pages do */
	assert_int_equal(vm_munmap(t.mm, BASE, K4), 0);
	assert_int_equal(vm_munmap(t.mm, 0, t.mm->task_size), 0);
	assert_int_equal(vm_map_file(t.mm, BASE, K4, RW, MAP_SHARED | MAP_FIXED, file, 3), BASE);
	assert_int_equal(vm_map_file(t.mm, BASE + K4, K4, RW, MAP_SHARED | MAP_FIXED, file, 4),
			 BASE + K4);
	assert_string_equal(vm_layout(t.mm), "0-2 rw-s");
	assert_int_equal(vm_map_file(t.mm, BASE + 2 * K4, K4, RW, MAP_SHARED | MAP_FIXED, file, 4),
			 BASE + 2 * K4);
	assert_int_equal(t.mm->map_count, 2);
	fput(file);
	vm_end(&t);
}

/* writing a file from a mapping of the very page that is written */
static void test_write_from_own_page(void **state)
{
	struct vm_test t;
	struct file *file;
	struct iov_iter iter;
	struct kiocb iocb;

	vm_begin(&t);
	file = shmem_file_setup("x", 4 * K4, VM_NORESERVE);
	assert_int_equal(vm_map_file(t.mm, BASE, 4 * K4, RW, MAP_SHARED | MAP_FIXED, file, 0), BASE);
	iocb = (struct kiocb){ .ki_filp = file, .ki_pos = K4 };
	iov_iter_ubuf(&iter, (void *)(BASE + K4), K4);
	assert_int_equal(generic_file_write_iter(&iocb, &iter), K4);
	assert_int_equal(vm_poke(BASE + 2 * K4, 'q'), 0);
	iocb.ki_pos = 2 * K4 + 1;
	iov_iter_ubuf(&iter, (void *)(BASE + 2 * K4), K4);
	assert_int_equal(generic_file_write_iter(&iocb, &iter), K4);
	assert_int_equal(vm_peek(BASE + 2 * K4 + 1), 'q');
	/* a buffer that ends in nothing: what could be read is written */
	iocb.ki_pos = 0;
	iov_iter_ubuf(&iter, (void *)(BASE + 4 * K4 - 100), K4);
	assert_int_equal(generic_file_write_iter(&iocb, &iter), 100);
	iov_iter_ubuf(&iter, (void *)(BASE + 99 * K4), K4);
	assert_int_equal(generic_file_write_iter(&iocb, &iter), -EFAULT);
	fput(file);
	vm_end(&t);
}

struct race {
	struct mm_struct *mm;
	struct file *file;
};

static void race_thread(unsigned int cpu, void *arg)
{
	struct race *r = arg;
	u64 seed = cpu + 77;
	char c = cpu;
	int i;

	host_use_mm(r->mm);
	for (i = 0; i < 1500; i++) {
		unsigned long page = quire_random(&seed) % 32;

		if (cpu == 0 && i % 8 == 0)
			file_truncate(r->file, (quire_random(&seed) % 33) * K4);
		else if (cpu == 1 && i % 4 == 0)
			file_write(r->file, page * K4, &c, 1);
		else if (i & 1)
			vm_poke(BASE + page * K4 + cpu, cpu);
		else
			vm_peek(BASE + (page + 32) * K4);
		if (cpu == 2 && i % 100 == 0) {
			int error;
			struct mm_struct *child = dup_mm(r->mm, &error);

			assert_non_null(child);
			mmput(child);
		}
	}
	host_use_mm(NULL);
}

static void test_truncate_race(void **state)
{
	struct vm_test t;
	struct race r;

	vm_begin(&t);
	r.mm = t.mm;
	r.file = shmem_file_setup("x", 32 * K4, VM_NORESERVE);
	assert_int_equal(vm_map_file(t.mm, BASE, 32 * K4, RW, MAP_SHARED | MAP_FIXED, r.file, 0), BASE);
	assert_int_equal(vm_map_file(t.mm, BASE + 32 * K4, 32 * K4, RW, MAP_PRIVATE | MAP_FIXED,
				     r.file, 0), BASE + 32 * K4);
	quire_run_cpus(4, race_thread, &r);
	host_use_mm(t.mm);
	vm_check(t.mm);
	fput(r.file);
	vm_end(&t);
}

static void lock_thread(unsigned int cpu, void *arg)
{
	struct page *page = arg;
	int i;

	for (i = 0; i < 3000; i++) {
		lock_page(page);
		page->private++;
		unlock_page(page);
	}
}

static void test_page_lock(void **state)
{
	struct page *page = alloc_page(GFP_KERNEL);

	page->private = 0;
	assert_true(trylock_page(page));
	assert_false(trylock_page(page));
	unlock_page(page);
	quire_run_cpus(4, lock_thread, page);
	assert_int_equal(page->private, 12000);
	assert_false(PageLocked(page));
	page->private = 0;
	put_page(page);
}

/* a hole takes the file's pages away from their mappings, and no private copy */
static void test_punch_hole(void **state)
{
	struct vm_test t;
	struct file *file;
	unsigned long s = BASE, p = BASE + 64 * K4;
	int i;

	vm_begin(&t);
	file = shmem_file_setup("x", 8 * K4, VM_NORESERVE);
	assert_int_equal(vm_map_file(t.mm, s, 8 * K4, RW, MAP_SHARED | MAP_FIXED, file, 0), s);
	assert_int_equal(vm_map_file(t.mm, p, 8 * K4, RW, MAP_PRIVATE | MAP_FIXED, file, 0), p);
	for (i = 0; i < 8; i++)
		assert_int_equal(vm_poke(s + i * K4, 1), 0);
	assert_int_equal(vm_poke(p + 3 * K4, 2), 0);
	assert_int_equal(vm_peek(p + 4 * K4), 1);
	down_write(&file->f_inode->i_rwsem);
	truncate_inode_range(file->f_mapping, 2 * K4, 5 * K4 + 1);
	up_write(&file->f_inode->i_rwsem);
	vm_check(t.mm);
	assert_int_equal(file->f_mapping->nrpages, 5);
	for (i = 0; i < 8; i++)
		assert_int_equal(vm_peek(s + i * K4), i < 2 || i > 5);
	assert_int_equal(vm_peek(p + 3 * K4), 2);
	assert_int_equal(vm_peek(p + 4 * K4), 0);
	down_write(&file->f_inode->i_rwsem);
	truncate_setsize(file->f_inode, 2 * K4);
	up_write(&file->f_inode->i_rwsem);
	assert_int_equal(vm_peek(p + 3 * K4), -EFAULT);
	fput(file);
	vm_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_read_write), quire_unit_test(test_long_reads),
		quire_unit_test(test_shared_and_private),
		quire_unit_test(test_fault_around), quire_unit_test(test_truncate_mapped),
		quire_unit_test(test_mmap_modes), quire_unit_test(test_write_from_own_page),
		quire_unit_test(test_truncate_race), quire_unit_test(test_page_lock),
		quire_unit_test(test_punch_hole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
