// SPDX-License-Identifier: MIT
/* mmap and munmap: placement, splitting and merging, files, and every error. */
#define _GNU_SOURCE
#include <fcntl.h>
#include "vmutil.h"

#define FIXED	(PRIV | MAP_FIXED)

static long raw_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
	return syscall(SYS_mmap, addr, len, prot, flags, fd, off);
}

static void test_errors(void)
{
	is(raw_mmap(NULL, 0, RW, PRIV, -1, 0), -1, EINVAL, "no length");
	is(raw_mmap(NULL, -1, RW, PRIV, -1, 0), -1, ENOMEM, "a length that wraps");
	is(raw_mmap(NULL, 1ul << 47, RW, PRIV, -1, 0), -1, ENOMEM, "all of user space");
	is(raw_mmap(NULL, 1ul << 45, RW, PRIV, -1, 0), -1, ENOMEM, "more than can be promised");
	is(raw_mmap((void *)(1ul << 47), K4, RW, FIXED, -1, 0), -1, ENOMEM, "behind the end");
	is(raw_mmap((void *)0x1001, K4, RW, FIXED, -1, 0), -1, EINVAL, "fixed, not aligned");
	is(raw_mmap(NULL, K4, RW, MAP_ANONYMOUS, -1, 0), -1, EINVAL, "neither shared nor private");
	is(raw_mmap(NULL, K4, RW, MAP_ANONYMOUS | MAP_SHARED | MAP_PRIVATE, -1, 0), -1, EINVAL,
	   "MAP_SHARED_VALIDATE of nothing");
	is(raw_mmap(NULL, K4, RW, MAP_PRIVATE, -1, 0), -1, EBADF, "a bad descriptor");
	is(raw_mmap(NULL, K4, RW, PRIV, -1, 123), -1, EINVAL, "an offset that is not aligned");
	is(raw_mmap(NULL, K4, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0), -1, EINVAL,
	   "a shared stack");
	is(raw_mmap(NULL, 2ul << 20, RW, PRIV | MAP_HUGETLB, -1, 0), -1, ENOMEM, "no huge pages");
	is(raw_mmap(NULL, 2ul << 20, RW, PRIV | MAP_HUGETLB | (5 << 26), -1, 0), -1, EINVAL,
	   "huge pages of no size");
	is(munmap((void *)1, K4), -1, EINVAL, "munmap not aligned");
	is(munmap(NULL, 0), -1, EINVAL, "munmap of no length");
	is(munmap(NULL, -1), -1, EINVAL, "munmap of too much");
	is(munmap((void *)(1ul << 47), K4), -1, EINVAL, "munmap behind the end");
}

static void test_place(void)
{
	char *p = vm_place(16), *q;

	ok(mmap(p, K4, RW, PRIV, -1, 0) == p, "a hint that is free is taken");
	ok(mmap(p, K4, RW, PRIV, -1, 0) != p, "one that is not, is not");
	ok(mmap(p + 4 * K4 + 5, K4, RW, PRIV, -1, 0) == p + 4 * K4, "a hint is rounded down");
	is(raw_mmap(p, K4, RW, PRIV | MAP_FIXED_NOREPLACE, -1, 0), -1, EEXIST, "NOREPLACE");
	ok(mmap(p + K4, K4, RW, PRIV | MAP_FIXED_NOREPLACE, -1, 0) == p + K4, "NOREPLACE, free");
	q = mmap(NULL, K4, RW, PRIV | MAP_32BIT, -1, 0);
	ok((unsigned long)q < 1ul << 31, "MAP_32BIT");
	is(vm_write(q, 1), 0, 0, "which can be written");
	q = mmap(NULL, 3 * K4, RW, PRIV, -1, 0);
	p = mmap(NULL, 5 * K4, RW, PRIV, -1, 0);
	ok(p + 5 * K4 == q, "areas go downwards");
	munmap(p, 8 * K4);
	ok(mmap(NULL, 8 * K4, RW, PRIV, -1, 0) == p, "the same gap again");
}

static void test_split_merge(void)
{
	char *p = vm_place(32);

	mmap(p, 10 * K4, RW, FIXED, -1, 0);
	is_str(vm_areas(p, 10), "0+10 rw-p", "ten pages");
	is(munmap(p + 4 * K4, 2 * K4), 0, 0, "a hole");
	is_str(vm_areas(p, 10), "0+4 rw-p,6+4 rw-p", "two areas");
	mmap(p + 4 * K4, 2 * K4, RW, FIXED, -1, 0);
	is_str(vm_areas(p, 10), "0+10 rw-p", "filled: one area");
	mmap(p + 4 * K4, 2 * K4, PROT_READ, FIXED, -1, 0);
	is_str(vm_areas(p, 10), "0+4 rw-p,4+2 r--p,6+4 rw-p", "replaced: three");
	mmap(p + 3 * K4, 4 * K4, RW | PROT_EXEC, FIXED, -1, 0);
	is_str(vm_areas(p, 10), "0+3 rw-p,3+4 rwxp,7+3 rw-p", "replaced across borders");
	is(munmap(p + K4, 8 * K4), 0, 0, "over all of them");
	is_str(vm_areas(p, 10), "0+1 rw-p,9+1 rw-p", "the ends stay");
	is(munmap(p - 20 * K4, 40 * K4), 0, 0, "holes do not matter");
	is_str(vm_areas(p, 10), "", "nothing left");
	is(munmap(p, 10 * K4), 0, 0, "nothing to unmap is fine");
	mmap(p, K4, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	mmap(p + K4, K4, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	is_str(vm_areas(p, 2), "0+1 rw-s,1+1 rw-s", "two shared areas are two files");
}

static int make_file(const char *name, int pages)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char page[K4];
	int i;

	for (i = 0; i < pages; i++) {
		memset(page, 'a' + i, K4);
		if (write(fd, page, K4) != (ssize_t)K4)
			bail("cannot write %s", name);
	}
	return fd;
}

static void test_file(void)
{
	int fd = make_file("/tmp/vm_file", 8), ro;
	char *s, *p, buf[4];
	int i, good = 1;

	s = mmap(NULL, 8 * K4, RW, MAP_SHARED, fd, 0);
	p = mmap(NULL, 8 * K4, RW, MAP_PRIVATE, fd, 0);
	for (i = 0; i < 8; i++)
		good &= s[i * K4] == 'a' + i && p[i * K4 + 4095] == 'a' + i;
	ok(good, "the file's contents");
	s[0] = 'S';
	ok(p[0] == 'S', "a shared write shows in a private mapping");
	p[0] = 'P';
	ok(s[0] == 'S', "a private write does not show");
	pread(fd, buf, 1, 0);
	ok(buf[0] == 'S', "read(2) sees the shared write");
	pwrite(fd, "W", 1, 3 * K4);
	ok(s[3 * K4] == 'W' && p[3 * K4] == 'W', "write(2) shows in both");
	pwrite(fd, "X", 1, 0);
	ok(p[0] == 'P', "but not in the copy");
	ftruncate(fd, 2 * K4 + 10);
	ok(s[2 * K4 + 9] == 'c' && s[2 * K4 + 10] == 0, "truncation clears the rest of the page");
	is_int(vm_read(s + 3 * K4), -702, "behind the end: SIGBUS");
	is_int(vm_read(p + 7 * K4), -702, "private as well");
	ftruncate(fd, 8 * K4);
	is_int(vm_read(s + 3 * K4), 0, "longer again: zeroes");
	munmap(s, 8 * K4);
	munmap(p, 8 * K4);
	s = mmap(NULL, 3 * K4, RW, MAP_PRIVATE, fd, 6 * K4);
	is_int(vm_read(s + 2 * K4), -702, "mapped beyond the end");
	munmap(s, 3 * K4);
	close(fd);

	ro = open("/tmp/vm_file", O_RDONLY);
	is(raw_mmap(NULL, K4, RW, MAP_SHARED, ro, 0), -1, EACCES, "shared writable of a read-only file");
	s = mmap(NULL, K4, PROT_READ, MAP_SHARED, ro, 0);
	is(mprotect(s, K4, RW), -1, EACCES, "nor later");
	p = mmap(NULL, K4, RW, MAP_PRIVATE, ro, 0);
	is_int(vm_write(p, 1), 0, "private may be written");
	is(raw_mmap(NULL, K4, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, ro, 0), -1, EOPNOTSUPP,
	   "MAP_SYNC is refused");
	is(raw_mmap(NULL, K4, PROT_READ, 0, ro, 0), -1, EINVAL, "no type");
	is(raw_mmap(NULL, K4, RW, MAP_PRIVATE | MAP_GROWSDOWN, ro, 0), -1, EINVAL, "a file does not grow down");
	close(ro);
	is_int(vm_read(p), 1, "the mapping outlives the descriptor");
	ro = open("/tmp/vm_file", O_WRONLY);
	is(raw_mmap(NULL, K4, PROT_READ, MAP_PRIVATE, ro, 0), -1, EACCES, "a write-only file");
	close(ro);
	ro = open("/tmp", O_RDONLY);
	is(raw_mmap(NULL, K4, PROT_READ, MAP_PRIVATE, ro, 0), -1, ENODEV, "a directory");
	close(ro);
	unlink("/tmp/vm_file");
}

static void test_dev_zero(void)
{
	int fd = open("/dev/zero", O_RDWR);
	char *p = mmap(NULL, 4 * K4, RW, MAP_PRIVATE, fd, 0);
	char *s = mmap(NULL, 4 * K4, RW, MAP_SHARED, fd, 0);
	int status;

	ok(vm_read(p) == 0 && vm_write(p + K4, 5) == 0 && p[K4] == 5, "/dev/zero, private");
	ok(vm_read(s) == 0 && vm_write(s + K4, 5) == 0, "and shared");
	if (!fork()) {
		s[0] = 9;
		p[0] = 9;
		_exit(0);
	}
	wait(&status);
	ok(s[0] == 9 && p[0] == 0, "a child shares only the shared one");
	close(fd);
}

static void test_populate(void)
{
	unsigned char vec[8];
	char *p = mmap(NULL, 8 * K4, RW, PRIV | MAP_POPULATE, -1, 0);
	int i, n = 0;

	mincore(p, 8 * K4, vec);
	for (i = 0; i < 8; i++)
		n += vec[i] & 1;
	is_int(n, 8, "MAP_POPULATE makes all pages present");
	p = mmap(NULL, 8 * K4, RW, PRIV, -1, 0);
	p[2 * K4] = 1;
	mincore(p, 8 * K4, vec);
	for (i = n = 0; i < 8; i++)
		n += vec[i] & 1;
	is_int(n, 1, "otherwise only what was touched");
	is(mincore(p + 1, K4, vec), -1, EINVAL, "mincore not aligned");
	munmap(p + 4 * K4, K4);
	is(mincore(p, 8 * K4, vec), -1, ENOMEM, "mincore over a hole");
	is(mincore(p, K4, (void *)1), -1, EFAULT, "mincore to nowhere");
}

static void test_limits(void)
{
	struct rlimit old, lim;
	char *p;

	getrlimit(RLIMIT_AS, &old);
	lim = old;
	lim.rlim_cur = vm_status("VmSize") * 1024 + 10 * K4;
	setrlimit(RLIMIT_AS, &lim);
	is(raw_mmap(NULL, 11 * K4, RW, PRIV, -1, 0), -1, ENOMEM, "RLIMIT_AS");
	p = mmap(NULL, 10 * K4, RW, PRIV, -1, 0);
	ok(p != MAP_FAILED, "just below it");
	ok(mmap(p, 10 * K4, RW, FIXED, -1, 0) == p, "replacing needs no more");
	setrlimit(RLIMIT_AS, &old);
	ok(mmap(NULL, 11 * K4, RW, PRIV, -1, 0) != MAP_FAILED, "no limit again");
}

static void test_msync(void)
{
	char *p = mmap(NULL, 4 * K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	is(msync(p, 4 * K4, MS_SYNC), 0, 0, "msync");
	is(msync(p, 4 * K4, MS_SYNC | MS_ASYNC), -1, EINVAL, "both kinds");
	is(msync(p, 4 * K4, 64), -1, EINVAL, "no kind");
	is(msync(p + 1, K4, MS_SYNC), -1, EINVAL, "not aligned");
	munmap(p + K4, K4);
	is(msync(p, 4 * K4, MS_ASYNC), -1, ENOMEM, "over a hole");
	is(msync(p, 0, MS_SYNC), 0, 0, "nothing");
}

static void test_many(void)
{
	char *p = mmap(NULL, 4096 * K4, RW, PRIV | MAP_NORESERVE, -1, 0);
	int i, good = 1;

	for (i = 0; i < 4096; i += 2)
		good &= !munmap(p + i * K4, K4);
	for (i = 1; i < 4096; i += 2)
		p[i * K4] = i;
	for (i = 1; i < 4096; i += 2)
		good &= p[i * K4] == (char)i;
	for (i = 0; i < 4096; i += 2)
		good &= mmap(p + i * K4, K4, RW, FIXED | MAP_NORESERVE, -1, 0) == p + i * K4;
	ok(good, "two thousand holes, made and filled");
	for (i = 1; i < 4096; i += 2)
		good &= p[i * K4] == (char)i;
	ok(good, "with its contents");
	munmap(p, 4096 * K4);
}

int main(void)
{
	plan(0);
	vm_catch();
	test_errors();
	test_place();
	test_split_merge();
	test_file();
	test_dev_zero();
	test_populate();
	test_limits();
	test_msync();
	test_many();
	return done();
}
