// SPDX-License-Identifier: MIT
/* mremap: growing, shrinking, moving, what is refused. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/resource.h>
#include "vmutil.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

#define FIXED	(PRIV | MAP_FIXED)

static void fill(char *p, int pages)
{
	for (int i = 0; i < pages; i++)
		p[i * K4] = i + 1;
}

static int filled(char *p, int pages)
{
	for (int i = 0; i < pages; i++)
		if (vm_read(p + i * K4) != ((i + 1) & 255))
			return 0;
	return 1;
}

static void test_resize(void)
{
	char *place = vm_place(1024), *p = place, *q;

	mmap(p, 4 * K4, RW, FIXED, -1, 0);
	fill(p, 4);
	ok(mremap(p, 4 * K4, 8 * K4, 0) == p, "it grows in place");
	ok(filled(p, 4) && vm_read(p + 7 * K4) == 0, "with its contents");
	ok(mremap(p, 8 * K4, 6 * K4, 0) == p, "it shrinks");
	is_int(vm_read(p + 6 * K4), -1101, "the tail is gone");
	mmap(p + 6 * K4, K4, PROT_READ, FIXED, -1, 0);
	is((long)mremap(p, 6 * K4, 7 * K4, 0), -1, ENOMEM, "no room");
	q = mremap(p, 6 * K4, 600 * K4, MREMAP_MAYMOVE);
	ok(q != MAP_FAILED && filled(q, 4), "it moves");
	is_int(vm_read(p), -1101, "the old place is empty");
	is_str(vm_areas(place, 10), "6+1 r--p", "but for the neighbour");
	is_str(vm_areas(q, 600), "0+600 rw-p", "the new one is whole");
	munmap(place, 10 * K4);
	place = vm_place(1024);
	p = mremap(q, 600 * K4, 600 * K4, MREMAP_MAYMOVE | MREMAP_FIXED, place + 20 * K4);
	ok(p == place + 20 * K4 && filled(p, 4), "to a given place");
	ok(mremap(p + K4, 2 * K4, 2 * K4, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place,
	   "a part of it");
	ok(vm_read(place) == 2 && vm_read(place + K4) == 3, "has the right pages");
	is_str(vm_areas(p, 10), "0+1 rw-p,3+7 rw-p", "and leaves a hole");
	munmap(place, 1024 * K4);
}

static void test_errors(void)
{
	char *p = vm_place(64);

	mmap(p, 8 * K4, RW, FIXED, -1, 0);
	is((long)mremap(p, K4, 0, 0), -1, EINVAL, "no new length");
	is((long)mremap(p + 1, K4, K4, 0), -1, EINVAL, "not aligned");
	is((long)mremap(p, K4, K4, 64), -1, EINVAL, "no such flag");
	is((long)mremap(p, K4, K4, MREMAP_FIXED, p + 20 * K4), -1, EINVAL, "FIXED alone");
	is((long)mremap(p, 4 * K4, 4 * K4, MREMAP_MAYMOVE | MREMAP_FIXED, p + K4), -1, EINVAL,
	   "onto itself");
	is((long)mremap(p, K4, K4, MREMAP_MAYMOVE | MREMAP_FIXED, p + 1), -1, EINVAL,
	   "a new place that is not aligned");
	is((long)mremap(p + 30 * K4, K4, 2 * K4, MREMAP_MAYMOVE), -1, EFAULT, "nothing there");
	is((long)mremap(p, 9 * K4, 20 * K4, MREMAP_MAYMOVE), -1, EFAULT, "more than is there");
	is((long)mremap(p, 0, K4, MREMAP_MAYMOVE), -1, EINVAL, "a copy of private memory");
	is((long)mremap(p, K4, 1ul << 47, MREMAP_MAYMOVE), -1, ENOMEM, "larger than user space");
	munmap(p + 4 * K4, K4);
	is((long)mremap(p, 8 * K4, 9 * K4, MREMAP_MAYMOVE), -1, EFAULT, "over a hole");
}

static void test_dontunmap(void)
{
	char *p = mmap(NULL, 4 * K4, RW, PRIV, -1, 0), *q;

	fill(p, 4);
	q = mremap(p, 4 * K4, 4 * K4, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
	ok(q != MAP_FAILED && q != p && filled(q, 4), "MREMAP_DONTUNMAP moves the pages");
	is_int(vm_read(p), 0, "and leaves an empty area");
	is((long)mremap(p, 4 * K4, 5 * K4, MREMAP_MAYMOVE | MREMAP_DONTUNMAP), -1, EINVAL,
	   "with one size only");
}

static void test_shared(void)
{
	char *p = mmap(NULL, 4 * K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *q;

	fill(p, 4);
	q = mremap(p, 0, 4 * K4, MREMAP_MAYMOVE);
	ok(q != MAP_FAILED && filled(q, 4), "old length 0: a second mapping");
	q[0] = 77;
	is_int(p[0], 77, "of the same pages");
	q = mremap(q, 4 * K4, 6 * K4, MREMAP_MAYMOVE);
	ok(q != MAP_FAILED && filled(q + K4 - K4, 0) && q[0] == 77, "a shared area moves");
	is_int(vm_read(q + 5 * K4), -702, "behind the end of its file: SIGBUS");
}

static void test_file(void)
{
	int fd = open("/tmp/vm_mremap", O_RDWR | O_CREAT | O_TRUNC, 0600), i;
	char page[K4], *p, *q;

	for (i = 0; i < 8; i++) {
		memset(page, i + 1, K4);
		if (write(fd, page, K4) != (ssize_t)K4)
			bail("cannot write");
	}
	p = mmap(NULL, 4 * K4, RW, MAP_PRIVATE, fd, 2 * K4);
	p[K4] = 99;
	q = mremap(p, 4 * K4, 6 * K4, MREMAP_MAYMOVE);
	ok(q != MAP_FAILED, "a file's mapping grows");
	ok(q[0] == 3 && q[K4] == 99 && q[2 * K4] == 5 && q[5 * K4] == 8,
	   "file pages and copies where they belong");
	close(fd);
	unlink("/tmp/vm_mremap");
}

static unsigned long vm_size(void)
{
	char text[2048] = "";
	int fd = open("/proc/self/status", O_RDONLY);

	if (read(fd, text, sizeof(text) - 1) < 0)
		bail("cannot read");
	close(fd);
	return strtoul(strstr(text, "VmSize:") + 7, NULL, 10) * 1024;
}

/* what is at the new place does not count */
static void test_limit(void)
{
	struct rlimit limit;
	char *place = vm_place(64), *p = place, *q = place + 32 * K4;

	mmap(p, 4 * K4, RW, FIXED, -1, 0);
	mmap(q, 8 * K4, RW, FIXED, -1, 0);
	getrlimit(RLIMIT_AS, &limit);
	limit.rlim_cur = vm_size();
	setrlimit(RLIMIT_AS, &limit);
	is((long)mremap(p, 4 * K4, 5 * K4, 3, p + 8 * K4), -1, ENOMEM, "more than RLIMIT_AS");
	is((long)mremap(p, 4 * K4, 7 * K4, 3, q + 8 * K4), -1, ENOMEM, "behind what there is");
	ok(mremap(p, 4 * K4, 6 * K4, 3, q) == q, "in the place of as much: no more");
	ok(mremap(q + 6 * K4, 2 * K4, 2 * K4, 3 | MREMAP_DONTUNMAP, q) == q,
	   "MREMAP_DONTUNMAP in the place of as much");
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_AS, &limit);
}

int main(void)
{
	plan(0);
	vm_catch();
	test_resize();
	test_errors();
	test_dontunmap();
	test_shared();
	test_file();
	test_limit();
	return done();
}
