// SPDX-License-Identifier: MIT
/*
 * test_shmem.c - files of shared memory: what each seal forbids and what it leaves, room
 * that is made and holes that are punched, and memory that ends meanwhile.
 */
#include "vm_test.h"
#include "vm_file.h"
#include <uapi/fcntl.h>

#define PAGES	8		/* of each file, all but the last with bytes in them */
#define SIZE	(PAGES * K4 - 5)
#define PUNCH	(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)

static const char letters[] = "0123456789";

static struct file *new_file(loff_t size)
{
	struct file *file = shmem_file_setup("x", size, VM_NORESERVE);

	assert_false(IS_ERR(file));
	return file;
}

/* a file of SIZE bytes: page N begins with letter N */
static struct file *full_file(void)
{
	struct file *file = new_file(SIZE);
	int i;

	for (i = 0; i < PAGES; i++)
		assert_int_equal(file_write(file, i * K4, (void *)&letters[i], 1), 1);
	assert_int_equal(file->f_mapping->nrpages, PAGES);
	return file;
}

static unsigned long faults(void)
{
	struct host_stats stats;

	host_get_stats(this_machine(), &stats);
	return stats.faults;
}

static int byte_at(struct file *file, loff_t pos)
{
	unsigned char c;

	return file_read(file, pos, &c, 1) == 1 ? c : -1;
}

static loff_t size_of(struct file *file) { return file_inode(file)->i_size; }

static int may_resize(struct file *file, loff_t size)
{
	int error;

	down_write(&file_inode(file)->i_rwsem);
	error = shmem_may_resize(file_inode(file), size);
	up_write(&file_inode(file)->i_rwsem);
	return error;
}

static void test_adding(void **state)
{
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = full_file();
	assert_int_equal(shmem_get_seals(file), 0);
	assert_int_equal(shmem_add_seals(file, 0), 0);
	assert_int_equal(shmem_add_seals(file, 0x20), -EINVAL);
	assert_int_equal(shmem_add_seals(file, F_SEAL_GROW | ~0u << 5), -EINVAL);
	assert_int_equal(shmem_get_seals(file), 0);
	/* they add up, and stay */
	assert_int_equal(shmem_add_seals(file, F_SEAL_GROW), 0);
	assert_int_equal(shmem_add_seals(file, F_SEAL_SHRINK), 0);
	assert_int_equal(shmem_add_seals(file, F_SEAL_SHRINK), 0);
	assert_int_equal(shmem_get_seals(file), F_SEAL_GROW | F_SEAL_SHRINK);
	/* who cannot write cannot seal, but may look */
	file->f_mode = FMODE_READ;
	assert_int_equal(shmem_add_seals(file, F_SEAL_WRITE), -EPERM);
	assert_int_equal(shmem_add_seals(file, 0x20), -EPERM);
	assert_int_equal(shmem_get_seals(file), F_SEAL_GROW | F_SEAL_SHRINK);
	file->f_mode = FMODE_READ | FMODE_WRITE;
	/* F_SEAL_WRITE twice denies once (S2) */
	assert_int_equal(shmem_add_seals(file, F_SEAL_WRITE), 0);
	assert_int_equal(shmem_add_seals(file, F_SEAL_WRITE | F_SEAL_FUTURE_WRITE), 0);
	assert_int_equal(atomic_read(&file->f_mapping->i_mmap_writable), -1);
	assert_int_equal(shmem_add_seals(file, F_SEAL_SEAL), 0);
	assert_int_equal(shmem_add_seals(file, F_SEAL_SEAL), -EPERM);
	assert_int_equal(shmem_add_seals(file, 0), -EPERM);
	assert_int_equal(shmem_get_seals(file), 0x1f);
	fput(file);
	vm_end(&t);
}

/* what is no regular file of shared memory has no seals, and no room to make */
static void test_other_files(void **state)
{
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = full_file();
	file_inode(file)->i_mode = S_IFDIR | 0700;
	assert_int_equal(shmem_add_seals(file, F_SEAL_GROW), -EINVAL);
	assert_int_equal(shmem_get_seals(file), -EINVAL);
	file_inode(file)->i_mode = S_IFREG | 0600;
	file_truncate(file, 0);
	file->f_mapping->shmem = false;
	assert_int_equal(shmem_add_seals(file, F_SEAL_GROW), -EINVAL);
	assert_int_equal(shmem_get_seals(file), -EINVAL);
	assert_int_equal(shmem_fallocate(file, 0, 0, K4), -EOPNOTSUPP);
	assert_int_equal(shmem_fallocate(file, PUNCH, 0, K4), -EOPNOTSUPP);
	assert_int_equal(size_of(file), 0);
	assert_int_equal(file->f_mapping->nrpages, 0);
	fput(file);
	vm_end(&t);
}

/* what one seal has to say of each thing that can be done to a file */
struct sealed {
	unsigned int seal;
	int write;		/* within the size: the bytes written, or -E */
	int extend;		/* over the end, within the last page */
	int shrink, grow;
	int punch, room, room_behind;
	int map;		/* shared, to write */
};

static const struct sealed sealed_files[] = {
	{ 0, 10, 10, 0, 0, 0, 0, 0, 0 },
	{ F_SEAL_SEAL, 10, 10, 0, 0, 0, 0, 0, 0 },
	{ F_SEAL_SHRINK, 10, 10, -EPERM, 0, 0, 0, 0, 0 },
	{ F_SEAL_GROW, 10, -EPERM, 0, -EPERM, 0, 0, -EPERM, 0 },
	{ F_SEAL_WRITE, -EPERM, -EPERM, 0, 0, -EPERM, 0, 0, -EPERM },
	{ F_SEAL_FUTURE_WRITE, -EPERM, -EPERM, 0, 0, -EPERM, 0, 0, -EPERM },
};

static void check_sealed(struct vm_test *t, const struct sealed *want)
{
	struct file *file = full_file();
	unsigned long addr;
	int error;

	assert_int_equal(shmem_add_seals(file, want->seal), 0);
	assert_int_equal(may_resize(file, SIZE), 0);
	assert_int_equal(may_resize(file, SIZE - 1), want->shrink);
	assert_int_equal(may_resize(file, SIZE + 1), want->grow);
	assert_int_equal(file_write(file, K4 + 100, (void *)letters, 10), want->write);
	assert_int_equal(byte_at(file, K4 + 109), want->write < 0 ? 0 : '9');
	assert_int_equal(shmem_fallocate(file, PUNCH, 3 * K4, K4), want->punch);
	assert_int_equal(byte_at(file, 3 * K4), want->punch ? '3' : 0);
	/* the hole, if there is one, is filled again, with zeroes */
	assert_int_equal(shmem_fallocate(file, 0, 3 * K4, K4), want->room);
	assert_int_equal(file->f_mapping->nrpages, PAGES);
	assert_int_equal(byte_at(file, 3 * K4), want->punch ? '3' : 0);
	assert_int_equal(shmem_fallocate(file, FALLOC_FL_KEEP_SIZE, 6 * K4, 3 * K4),
			 want->room_behind);
	assert_int_equal(size_of(file), SIZE);
	assert_int_equal(file->f_mapping->nrpages, want->room_behind ? PAGES : PAGES + 1);
	assert_int_equal(file_write(file, SIZE - 5, (void *)letters, 10), want->extend);
	assert_int_equal(size_of(file), SIZE + (want->extend < 0 ? 0 : 5));
	addr = vm_map_file(t->mm, 0, K4, RW, MAP_SHARED, file, 0);
	error = IS_ERR_VALUE(addr) ? (int)addr : 0;
	assert_int_equal(error, want->map);
	/* who reads, and who has copies, may always */
	addr = vm_map_file(t->mm, 0, K4, RW, MAP_PRIVATE, file, 0);
	assert_int_equal(vm_poke(addr, '!'), 0);
	assert_int_equal(byte_at(file, 0), '0');
	addr = vm_map_file(t->mm, 0, K4, PROT_READ, MAP_SHARED, file, 0);
	assert_int_equal(vm_peek(addr), '0');
	assert_int_equal(vm_mprotect(t->mm, addr, K4, RW), want->map ? -EACCES : 0);
	assert_int_equal(vm_munmap(t->mm, 0, t->mm->task_size), 0);
	assert_int_equal(atomic_read(&file->f_mapping->i_mmap_writable),
			 want->seal == F_SEAL_WRITE ? -1 : 0);
	fput(file);
}

static void test_each_seal(void **state)
{
	struct vm_test t;
	unsigned int i;

	vm_begin(&t);
	for (i = 0; i < ARRAY_SIZE(sealed_files); i++)
		check_sealed(&t, &sealed_files[i]);
	vm_end(&t);
}

/* F_SEAL_WRITE waits until nobody can write; F_SEAL_FUTURE_WRITE leaves those who can */
static void test_seals_and_mappings(void **state)
{
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = full_file();
	assert_int_equal(vm_map_file(t.mm, BASE, 4 * K4, RW, MAP_SHARED | MAP_FIXED, file, 0), BASE);
	assert_int_equal(shmem_add_seals(file, F_SEAL_WRITE), -EBUSY);
	assert_int_equal(shmem_add_seals(file, F_SEAL_WRITE | F_SEAL_GROW), -EBUSY);
	assert_int_equal(shmem_get_seals(file), 0);
	/* read-only today is no promise: it can be made to write again */
	assert_int_equal(vm_mprotect(t.mm, BASE, 4 * K4, PROT_READ), 0);
	assert_int_equal(shmem_add_seals(file, F_SEAL_WRITE), -EBUSY);
	assert_int_equal(vm_mprotect(t.mm, BASE, 4 * K4, RW), 0);
	assert_int_equal(shmem_add_seals(file, F_SEAL_FUTURE_WRITE), 0);
	assert_int_equal(vm_poke(BASE, 'x'), 0);
	assert_int_equal(byte_at(file, 0), 'x');
	assert_int_equal(file_write(file, 0, (void *)letters, 1), -EPERM);
	assert_int_equal(vm_madvise(t.mm, BASE, K4, MADV_REMOVE), -EPERM);
	assert_int_equal(vm_peek(BASE), 'x');
	assert_int_equal(vm_munmap(t.mm, BASE + K4, K4), 0);	/* two areas now */
	assert_int_equal(shmem_add_seals(file, F_SEAL_WRITE), -EBUSY);
	assert_int_equal(vm_munmap(t.mm, BASE, K4), 0);
	assert_int_equal(shmem_add_seals(file, F_SEAL_WRITE), -EBUSY);
	assert_int_equal(vm_munmap(t.mm, BASE, 4 * K4), 0);
	assert_int_equal(shmem_add_seals(file, F_SEAL_WRITE), 0);
	assert_int_equal(vm_map_file(t.mm, BASE, K4, RW, MAP_SHARED | MAP_FIXED, file, 0), -EPERM);
	fput(file);
	vm_end(&t);
}

/* what was written before the seal's limit counts, as a short write */
static void test_write_up_to_the_end(void **state)
{
	static char buf[2 * 4096];
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = new_file(4 * K4);
	assert_int_equal(shmem_add_seals(file, F_SEAL_GROW), 0);
	memset(buf, 'w', sizeof(buf));
	assert_int_equal(file_write(file, 3 * K4 + 4000, buf, sizeof(buf)), 96);
	assert_int_equal(byte_at(file, 4 * K4 - 1), 'w');
	assert_int_equal(file_write(file, 4 * K4, buf, 1), -EPERM);
	assert_int_equal(file_write(file, 40 * K4, buf, 1), -EPERM);
	file->f_flags |= O_APPEND;
	assert_int_equal(file_write(file, 0, buf, 1), -EPERM);
	assert_int_equal(size_of(file), 4 * K4);
	assert_int_equal(file->f_mapping->nrpages, 1);
	fput(file);
	vm_end(&t);
}

static void test_room(void **state)
{
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = new_file(0);
	/* pages that are touched by a byte are pages that are there */
	assert_int_equal(shmem_fallocate(file, 0, K4 - 1, 2), 0);
	assert_int_equal(size_of(file), K4 + 1);
	assert_int_equal(file->f_mapping->nrpages, 2);
	assert_int_equal(byte_at(file, K4), 0);
	assert_int_equal(shmem_fallocate(file, FALLOC_FL_KEEP_SIZE, 4 * K4, 2 * K4), 0);
	assert_int_equal(size_of(file), K4 + 1);
	assert_int_equal(file->f_mapping->nrpages, 4);
	/* what is there stays what it is */
	assert_int_equal(file_write(file, 5, (void *)letters, 10), 10);
	assert_int_equal(shmem_fallocate(file, 0, 0, 3 * K4), 0);
	assert_int_equal(byte_at(file, 14), '9');
	assert_int_equal(size_of(file), 3 * K4);
	assert_int_equal(file->f_mapping->nrpages, 5);
	assert_int_equal(shmem_fallocate(file, 0, 0, K4), 0);		/* never shorter */
	assert_int_equal(size_of(file), 3 * K4);
	/* what the size never reached goes with the next cut, be it to the same size */
	file_truncate(file, 3 * K4);
	assert_int_equal(file->f_mapping->nrpages, 3);
	fput(file);
	vm_end(&t);
}

/* room stays room when nothing was written: a buffer that cannot be read */
static void test_room_without_bytes(void **state)
{
	struct kiocb iocb = { .ki_pos = 10 };
	struct iov_iter iter;
	struct page *page;
	struct vm_test t;

	vm_begin(&t);
	iocb.ki_filp = new_file(0);
	assert_int_equal(shmem_fallocate(iocb.ki_filp, 0, 0, K4), 0);
	iov_iter_ubuf(&iter, (void __user *)BASE, 100);
	assert_int_equal(generic_file_write_iter(&iocb, &iter), -EFAULT);
	page = find_get_page(iocb.ki_filp->f_mapping, 0);
	assert_false(PageUptodate(page));
	put_page(page);
	fput(iocb.ki_filp);
	vm_end(&t);
}

/* what a seal is against has had its buffer looked at, all that goes to one page */
static void test_seal_comes_second(void **state)
{
	struct kiocb iocb = { .ki_pos = 10 };
	struct iov_iter iter;
	unsigned long before;
	struct vm_test t;

	vm_begin(&t);
	iocb.ki_filp = full_file();
	assert_int_equal(shmem_add_seals(iocb.ki_filp, F_SEAL_WRITE), 0);
	assert_int_equal(vm_map(t.mm, BASE, 3 * K4, RW, PRIV | MAP_FIXED), BASE);
	iov_iter_ubuf(&iter, (void __user *)(BASE + K4 - 1), K4);
	before = faults();
	assert_int_equal(generic_file_write_iter(&iocb, &iter), -EPERM);
	assert_int_equal(faults() - before, 2);
	assert_int_equal(vm_munmap(t.mm, BASE, K4), 0);
	iov_iter_ubuf(&iter, (void __user *)(BASE + K4 - 1), K4);
	assert_int_equal(generic_file_write_iter(&iocb, &iter), -EFAULT);
	fput(iocb.ki_filp);
	vm_end(&t);
}

static void test_holes(void **state)
{
	struct vm_test t;
	struct file *file;
	int i;

	vm_begin(&t);
	file = full_file();
	assert_int_equal(vm_map_file(t.mm, BASE, PAGES * K4, RW, MAP_SHARED | MAP_FIXED, file, 0),
			 BASE);
	for (i = 0; i < PAGES; i++)
		assert_int_equal(vm_peek(BASE + i * K4), '0' + i);
	/* whole pages go, parts are cleared; mappings see both */
	assert_int_equal(shmem_fallocate(file, PUNCH, K4 + 1, 2 * K4), 0);
	assert_int_equal(file->f_mapping->nrpages, PAGES - 1);
	assert_int_equal(vm_peek(BASE + K4), '1');
	assert_int_equal(vm_peek(BASE + 2 * K4), 0);
	assert_int_equal(vm_peek(BASE + 3 * K4), 0);
	assert_int_equal(vm_peek(BASE + 4 * K4), '4');
	vm_check(t.mm);
	/* over the end and behind it: nothing there, no error, the same size */
	assert_int_equal(shmem_fallocate(file, PUNCH, 7 * K4, 100 * K4), 0);
	assert_int_equal(shmem_fallocate(file, PUNCH, 1000 * K4, K4), 0);
	assert_int_equal(size_of(file), SIZE);
	assert_int_equal(byte_at(file, 7 * K4), 0);
	assert_int_equal(vm_madvise(t.mm, BASE + 4 * K4, K4, MADV_REMOVE), 0);
	assert_int_equal(byte_at(file, 4 * K4), 0);
	fput(file);
	vm_end(&t);
}

/* each allocation on the way fails once, and so does all that follows */
static void test_room_that_fails(void **state)
{
	struct vm_test t;
	struct file *file;
	unsigned long nth;
	long error;

	vm_begin(&t);
	for (nth = 1; ; nth++) {
		unsigned long failed = host_failures(*state);

		file = full_file();
		host_fail_nth(*state, nth, true);
		error = shmem_fallocate(file, 0, 4 * K4, 80 * K4);
		host_fail_nth(*state, 0, false);
		if (failed == host_failures(*state))
			break;
		assert_int_equal(error, -ENOSPC);
		/* what was there stays; what came behind the end has gone again */
		assert_int_equal(size_of(file), SIZE);
		assert_int_equal(file->f_mapping->nrpages, PAGES);
		assert_int_equal(byte_at(file, 7 * K4), '7');
		fput(file);
	}
	assert_true(nth > 1);
	assert_int_equal(error, 0);
	assert_int_equal(file->f_mapping->nrpages, 84);
	assert_int_equal(size_of(file), 84 * K4);
	fput(file);
	vm_end(&t);
}

/* more than there is: an error, and every page comes back */
static void test_room_without_end(void **state)
{
	struct vm_test t;
	struct file *file;
	unsigned long free;

	vm_begin(&t);
	file = full_file();
	free = nr_free_pages();
	assert_int_equal(shmem_fallocate(file, 0, PAGES * K4, (loff_t)(2 * free) * K4), -ENOSPC);
	assert_int_equal(size_of(file), SIZE);
	assert_int_equal(file->f_mapping->nrpages, PAGES);
	assert_int_equal(byte_at(file, 7 * K4), '7');
	fput(file);
	vm_end(&t);
}

/* who is being killed gets no more than a page, and that goes again behind the end */
static void test_room_for_the_killed(void **state)
{
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = full_file();
	host_set_fatal_signal(true);
	assert_int_equal(shmem_fallocate(file, 0, PAGES * K4, 100 * K4), -EINTR);
	assert_int_equal(file->f_mapping->nrpages, PAGES);
	assert_int_equal(size_of(file), SIZE);
	/* a hole is not so long a work */
	assert_int_equal(shmem_fallocate(file, PUNCH, 0, 2 * K4), 0);
	assert_int_equal(file->f_mapping->nrpages, PAGES - 2);
	host_set_fatal_signal(false);
	fput(file);
	vm_end(&t);
}

/* the times of a file change with it, and not when it was refused */
static void test_times(void **state)
{
	struct timespec64 none = { 0 };
	struct vm_test t;
	struct file *file;

	vm_begin(&t);
	file = full_file();
	file_inode(file)->i_mtime = file_inode(file)->i_ctime = none;
	assert_int_equal(shmem_add_seals(file, F_SEAL_GROW), 0);
	assert_int_equal(shmem_fallocate(file, 0, 0, 100 * K4), -EPERM);
	assert_memory_equal(&file_inode(file)->i_mtime, &none, sizeof(none));
	assert_int_equal(shmem_fallocate(file, PUNCH, 0, K4), 0);
	assert_memory_equal(&file_inode(file)->i_mtime, &file_inode(file)->i_ctime, sizeof(none));
	assert_true(file_inode(file)->i_mtime.tv_sec || file_inode(file)->i_mtime.tv_nsec);
	/* the lock that S3 asks for, and a range that is one */
	expect_bug(assert_int_equal(shmem_may_resize(file_inode(file), 0), 0),
		   "D7: semaphore not held for writing");
}

static void test_bad_range(void **state)
{
	struct file *file = full_file();

	expect_bug(shmem_fallocate(file, 0, -1, K4), "offset >= 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		quire_unit_test(test_adding), quire_unit_test(test_other_files),
		quire_unit_test(test_each_seal), quire_unit_test(test_seals_and_mappings),
		quire_unit_test(test_write_up_to_the_end), quire_unit_test(test_room),
		quire_unit_test(test_holes), quire_unit_test(test_room_that_fails),
		quire_unit_test(test_room_without_bytes), quire_unit_test(test_seal_comes_second),
		quire_unit_test(test_room_without_end), quire_unit_test(test_room_for_the_killed),
		quire_unit_test(test_times), quire_unit_test(test_bad_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
