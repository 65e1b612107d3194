// SPDX-License-Identifier: MIT
/* madvise, mlock: what they drop, keep, make present, and refuse. */
#define _GNU_SOURCE
#include <fcntl.h>
#include "vmutil.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

static int present(char *p, int pages)
{
	unsigned char vec[256];
	int i, n = 0;

	if (mincore(p, pages * K4, vec))
		return -1;
	for (i = 0; i < pages; i++)
		n += vec[i] & 1;
	return n;
}

static void test_dontneed(void)
{
	char *p = mmap(NULL, 8 * K4, RW, PRIV, -1, 0), *s, *f;
	int fd = open("/tmp/vm_advice", O_RDWR | O_CREAT | O_TRUNC, 0600);

	memset(p, 1, 8 * K4);
	is(madvise(p + 2 * K4, 3 * K4, MADV_DONTNEED), 0, 0, "MADV_DONTNEED");
	is_int(present(p, 8), 5, "three pages less");
	ok(vm_read(p + K4) == 1 && vm_read(p + 2 * K4) == 0 && vm_read(p + 5 * K4) == 1,
	   "zeroes there, the rest stays");
	s = mmap(NULL, 4 * K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memset(s, 2, 4 * K4);
	is(madvise(s, 4 * K4, MADV_DONTNEED), 0, 0, "of shared memory");
	is_int(vm_read(s), 2, "loses nothing");
	if (write(fd, s, 2 * K4) != (ssize_t)(2 * K4))
		bail("cannot write");
	f = mmap(NULL, 2 * K4, RW, MAP_PRIVATE, fd, 0);
	f[0] = 9;
	madvise(f, K4, MADV_DONTNEED);
	is_int(vm_read(f), 2, "of a private file mapping: the file's contents again");
	is(madvise(f, K4, MADV_FREE), -1, EINVAL, "MADV_FREE of a file");
	is(madvise(p, K4, MADV_FREE), 0, 0, "MADV_FREE");
	p[0] = 6;
	is_int(p[0], 6, "memory as before after a write");
	close(fd);
	unlink("/tmp/vm_advice");
}

static void test_errors(void)
{
	char *p = mmap(NULL, 8 * K4, RW, PRIV, -1, 0);

	is(madvise(p + 1, K4, MADV_DONTNEED), -1, EINVAL, "not aligned");
	is(madvise(p, K4, 1234), -1, EINVAL, "no such advice");
	is(madvise(p, -K4, MADV_DONTNEED), -1, EINVAL, "around the end");
	is(madvise(p, 0, MADV_DONTNEED), 0, 0, "nothing");
	memset(p, 1, 8 * K4);
	munmap(p + 3 * K4, K4);
	is(madvise(p, 8 * K4, MADV_DONTNEED), -1, ENOMEM, "over a hole");
	is_int(vm_read(p + 7 * K4), 0, "but done behind it");
	is(madvise(p, K4, MADV_REMOVE), -1, EINVAL, "MADV_REMOVE of private memory");
	is(madvise(p, 2 * K4, MADV_NORMAL), 0, 0, "MADV_NORMAL");
	is(madvise(p, 2 * K4, MADV_RANDOM), 0, 0, "MADV_RANDOM");
	is(madvise(p, 2 * K4, MADV_SEQUENTIAL), 0, 0, "MADV_SEQUENTIAL");
	is(madvise(p, 2 * K4, MADV_WILLNEED), 0, 0, "MADV_WILLNEED");
	is(madvise(p, 2 * K4, MADV_DONTDUMP), 0, 0, "MADV_DONTDUMP");
	is(madvise(p, 2 * K4, MADV_DODUMP), 0, 0, "MADV_DODUMP");
}

static void test_populate(void)
{
	char *p = mmap(NULL, 8 * K4, RW, PRIV, -1, 0);

	is(madvise(p, 4 * K4, MADV_POPULATE_READ), 0, 0, "MADV_POPULATE_READ");
	is_int(present(p, 8), 4, "four pages");
	is(madvise(p, 8 * K4, MADV_POPULATE_WRITE), 0, 0, "MADV_POPULATE_WRITE");
	is_int(present(p, 8), 8, "eight pages");
	mprotect(p, K4, PROT_READ);
	is(madvise(p, 8 * K4, MADV_POPULATE_WRITE), -1, EINVAL, "not writable");
	mprotect(p, K4, PROT_NONE);
	is(madvise(p, 8 * K4, MADV_POPULATE_READ), -1, EINVAL, "not accessible");
	munmap(p, K4);
	is(madvise(p, 8 * K4, MADV_POPULATE_READ), -1, ENOMEM, "not mapped");
}

static void test_mlock(void)
{
	char *p = mmap(NULL, 8 * K4, RW, PRIV, -1, 0);
	long before = vm_status("VmLck");

	is(mlock(p + K4 + 5, K4), 0, 0, "mlock");
	is_int(vm_status("VmLck") - before, 8, "whole pages: two");
	is_int(present(p, 8), 2, "which are present");
	is(madvise(p + K4, K4, MADV_DONTNEED), -1, EINVAL, "and may not be dropped");
	is(munlock(p, 8 * K4), 0, 0, "munlock");
	is_int(vm_status("VmLck") - before, 0, "none");
	is(mlock(p, 100 * 1024 * K4), -1, ENOMEM, "over what is not mapped");
	is(munlock(p, 8 * K4), 0, 0, "munlock again");
	munlockall();
	is(syscall(SYS_mlock2, p, K4, 8), -1, EINVAL, "mlock2: no such flag");
	is(syscall(SYS_mlock2, p + 4 * K4, K4, 1), 0, 0, "mlock2 on fault");
	is_int(present(p, 8), 2, "makes nothing present");
	is(mlockall(0), -1, EINVAL, "mlockall of nothing");
	is(mlockall(64), -1, EINVAL, "no such flag");
	is(mlockall(MCL_FUTURE), 0, 0, "mlockall of the future");
	p = mmap(NULL, 4 * K4, RW, PRIV, -1, 0);
	is_int(present(p, 4), 4, "new memory is present");
	is(munlockall(), 0, 0, "munlockall");
	is_int(vm_status("VmLck"), 0, "nothing is locked");
}

int main(void)
{
	plan(0);
	vm_catch();
	test_dontneed();
	test_errors();
	test_populate();
	test_mlock();
	return done();
}
