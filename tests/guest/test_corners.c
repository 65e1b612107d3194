// SPDX-License-Identifier: MIT
/*
 * test_corners.c - what random calls (tests/calls) found to be different from Linux, each
 * as a few calls of its own.
 */
#define _GNU_SOURCE
#include "vmutil.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

static const char *present(char *p, int pages)
{
	static char text[32];
	unsigned char vec[16];
	int i;

	memset(text, 0, sizeof(text));
	for (i = 0; i < pages; i++)
		text[i] = mincore(p + i * K4, K4, vec) ? '.' : '0' + (vec[0] & 1);
	return text;
}

/* an area that cannot be made present does not end the others' turn */
static void test_mlockall(void)
{
	char *p = vm_place(6);

	mmap(p, K4, PROT_NONE, PRIV | MAP_FIXED, -1, 0);
	mmap(p + 2 * K4, 2 * K4, RW, PRIV | MAP_FIXED, -1, 0);
	is(mlockall(MCL_CURRENT), 0, 0, "mlockall with memory that cannot be touched");
	ok(1, "present: %s", present(p, 5));
	munlockall();
	munmap(p, 5 * K4);
	mmap(p, K4, PROT_NONE, PRIV | MAP_FIXED, -1, 0);
	mmap(p + K4, 2 * K4, RW, PRIV | MAP_FIXED, -1, 0);
	is(mlock(p, 3 * K4), -1, ENOMEM, "mlock of such memory and some behind");
	ok(1, "present: %s", present(p, 3));
	munlock(p, 3 * K4);
	munmap(p, 3 * K4);
}

static void test_populate(void)
{
	char *p = vm_place(8);

	mmap(p + K4, K4, RW, PRIV | MAP_FIXED, -1, 0);
	mmap(p + 3 * K4, K4, RW, PRIV | MAP_FIXED, -1, 0);
	is(madvise(p, 5 * K4, MADV_POPULATE_READ), -1, ENOMEM, "populate over holes");
	ok(1, "present: %s", present(p, 5));
	mprotect(p + 3 * K4, K4, PROT_NONE);
	is(madvise(p, 5 * K4, MADV_POPULATE_READ), -1, EINVAL, "holes, then what cannot be read");
	mprotect(p + 3 * K4, K4, PROT_READ);
	is(madvise(p, 5 * K4, MADV_POPULATE_WRITE), -1, EINVAL, "or not be written");
	munmap(p, 5 * K4);
	is(madvise(p, 5 * K4, MADV_POPULATE_WRITE), -1, ENOMEM, "nothing but a hole");
}

/* a futex that others may share is found by its page */
static void test_futex(void)
{
	char *p = vm_place(2);
	int fd = syscall(SYS_memfd_create, "f", 0);

	if (ftruncate(fd, K4))
		bail("no file");
	mmap(p, K4, RW, PRIV | MAP_FIXED, -1, 0);
	is(syscall(SYS_futex, p, 1, 1, NULL, NULL, 0), 0, 0, "wake at a page to be written");
	ok(1, "present: %s", present(p, 1));
	mprotect(p, K4, PROT_READ);
	is(syscall(SYS_futex, p, 1, 1, NULL, NULL, 0), -1, EFAULT, "at one that nobody writes");
	mmap(p, K4, PROT_READ, PRIV | MAP_FIXED, -1, 0);
	is(syscall(SYS_futex, p, 1, 1, NULL, NULL, 0), -1, EFAULT, "at one of zeroes");
	is(syscall(SYS_futex, p, 129, 1, NULL, NULL, 0), 0, 0, "the same, private");
	mprotect(p, K4, PROT_NONE);
	is(syscall(SYS_futex, p, 1, 1, NULL, NULL, 0), -1, EFAULT, "at one that nobody reads");
	mmap(p, 2 * K4, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
	is(syscall(SYS_futex, p, 1, 1, NULL, NULL, 0), 0, 0, "at a page of a file");
	is(syscall(SYS_futex, p + K4, 1, 1, NULL, NULL, 0), -1, EFAULT, "behind its end");
	is(syscall(SYS_futex, p, 5, 1, 1, p, 0), -1, EFAULT, "to change a word there");
	munmap(p, 2 * K4);
	close(fd);
}

/* a buffer that cannot be read changes nothing of what is there */
static void test_write(void)
{
	char *p = vm_place(2), word[8] = "";
	int fd = syscall(SYS_memfd_create, "f", 2);

	mmap(p, K4, RW, PRIV | MAP_FIXED, -1, 0);
	is(pwrite(fd, "abcdefg", 7, 0), 7, 0, "a file");
	is(pwrite(fd, p + K4, 5, 1), -1, EFAULT, "written from nowhere");
	p[K4 - 1] = 'X';
	is(pwrite(fd, p + K4 - 1, 5, 3), 1, 0, "from the last byte there is");
	is(pread(fd, word, 8, 0), 7, 0, "read");
	ok(!strcmp(word, "abcXefg"), "it is %s", word);
	fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE);
	is(pwrite(fd, p, 1, 0), -1, EPERM, "sealed");
	is(pwrite(fd, p + K4, 1, 0), -1, EFAULT, "sealed, from nowhere");
	munmap(p, K4);
	close(fd);
}

static void test_room(void)
{
	char *p = vm_place(4);
	int fd = syscall(SYS_memfd_create, "f", 0), ro, mode;

	is(fallocate(fd, 0, 0, 4 * K4), 0, 0, "room for four pages");
	mmap(p, 4 * K4, RW, MAP_SHARED | MAP_FIXED, fd, 0);
	ok(1, "present: %s", present(p, 4));
	p[K4] = 1;
	is(fallocate(fd, 0, 2 * K4, K4), 0, 0, "for one of them again");
	ok(1, "present: %s", present(p, 4));
	munmap(p, 4 * K4);
	ro = open("/proc/self/exe", O_RDONLY);
	for (mode = 0; mode < 256; mode++) {
		int err = fallocate(fd, mode, 0, 1) ? errno : 0;
		int err_ro = fallocate(ro, mode, 0, 1) ? errno : 0;

		if (mode < 0x80 || mode == 0xff)
			ok(1, "fallocate mode %x: %d, read-only %d", mode, err, err_ro);
	}
	close(ro);
	close(fd);
}

static void test_locked(void)
{
	char *p = vm_place(24);

	mmap(p, 10 * K4, RW, PRIV | MAP_FIXED | MAP_LOCKED, -1, 0);
	ok(mremap(p + 4 * K4, 2 * K4, 2 * K4, 7, p + 14 * K4) == p + 14 * K4, "two pages leave");
	ok(1, "VmLck %ld, %s", vm_status("VmLck"), vm_areas(p, 20));
	is(madvise(p + 4 * K4, 2 * K4, MADV_DONTNEED), 0, 0, "their place is not locked");
	is(madvise(p + 3 * K4, K4, MADV_DONTNEED), -1, EINVAL, "the one before is");
	is(madvise(p + 6 * K4, K4, MADV_DONTNEED), -1, EINVAL, "the one behind too");
	munmap(p, 20 * K4);
	is_int(vm_status("VmLck"), 0, "nothing is locked");
	mmap(p, 4 * K4, PROT_NONE, PRIV | MAP_FIXED | MAP_LOCKED, -1, 0);
	ok(1, "present: %s", present(p, 4));
	is(mprotect(p, 2 * K4, RW), 0, 0, "locked memory may be written");
	ok(1, "present: %s", present(p, 4));
	munmap(p, 4 * K4);
}

static void test_heap(void)
{
	char *end = (char *)((syscall(SYS_brk, 0) + K4 - 1) & -K4);

	ok(syscall(SYS_brk, end + 4 * K4) == (long)(end + 4 * K4), "four pages of heap");
	munmap(end + 2 * K4, 2 * K4);
	ok(syscall(SYS_brk, end + 3 * K4) == (long)(end + 4 * K4), "not to be cut in a hole");
	ok(syscall(SYS_brk, end + K4) == (long)(end + K4), "but before it");
	syscall(SYS_brk, end);
}

static void test_order(void)
{
	const unsigned long far = 0xffff888000000000ul;
	char *p = vm_place(8);
	long ret;

	mmap(p, 2 * K4, PROT_WRITE, PRIV | MAP_FIXED, -1, 0);
	is(madvise(p, K4, MADV_POPULATE_READ), -1, EINVAL, "what may only be written is not read");
	for (int flags = 0; flags < 8; flags++) {
		ret = syscall(SYS_mremap, far, K4, K4, flags, p + 4 * K4);
		ok(1, "mremap %d of the kernel's: %ld %d", flags, ret, ret < 0 ? errno : 0);
		ret = syscall(SYS_mremap, p, -2 * K4, K4, flags, p + 4 * K4);
		ok(1, "of too much: %d", ret < 0 ? errno : 0);
		ret = syscall(SYS_mremap, p, -2 * K4, -K4, flags, p + 4 * K4);
		ok(1, "to even more: %d", ret < 0 ? errno : 0);
		ret = syscall(SYS_mremap, p, -2 * K4, -2 * K4, flags, p + 4 * K4);
		ok(1, "to the same: %d %d", ret < 0 ? errno : 0, ret == (long)p);
	}
	munmap(p, 8 * K4);
	mmap(p, K4, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	is((long)mremap(p, 0, 2 * K4, 3, p), -1, EFAULT, "a second mapping in place of the first");
	munmap(p, 2 * K4);
	is((long)mmap((void *)-1, K4, RW, PRIV | MAP_FIXED, -1, 0), -1, EPERM, "mmap at -1");
	is((long)mmap((void *)-22, K4, RW, PRIV | MAP_FIXED, -1, 0), -1, EINVAL, "at -22");
	is((long)mmap((void *)-K4, K4, RW, PRIV | MAP_FIXED, -1, 0), -1, ENOMEM, "at -4096");
}

static void test_flags(void)
{
	char *p = vm_place(1), *at, line[32];

	mmap(p, K4, RW, PRIV | MAP_FIXED, -1, 0);
	is(syscall(SYS_mlock2, p, K4, 1), 0, 0, "mlock2 on fault");
	snprintf(line, sizeof(line), "%lx-", (unsigned long)p);
	at = strstr(vm_proc("/proc/self/smaps"), line);
	at = at ? strstr(at, "VmFlags:") : NULL;
	ok(at != NULL, "smaps: %.*s", at ? (int)strcspn(at, "\n") : 0, at ? at : "");
	munmap(p, K4);
}

int main(void)
{
	plan(0);
	vm_catch();
	test_mlockall();
	test_populate();
	test_futex();
	test_write();
	test_room();
	test_locked();
	test_heap();
	test_order();
	test_flags();
	return done();
}
