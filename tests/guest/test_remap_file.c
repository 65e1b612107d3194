// SPDX-License-Identifier: MIT
/* remap_file_pages: pages of a shared mapping in another order, and what it refuses. */
#define _GNU_SOURCE
#include "vmutil.h"

static int remap(void *start, size_t size, int prot, size_t pgoff, int flags)
{
	return syscall(SYS_remap_file_pages, start, size, prot, pgoff, flags);
}

static int a_file(int pages)
{
	int fd = syscall(SYS_memfd_create, "f", 0), i;

	if (fd < 0 || ftruncate(fd, pages * K4))
		bail("no file");
	for (i = 0; i < pages; i++)
		pwrite(fd, &(char){ 'a' + i }, 1, i * K4);
	return fd;
}

static const char *letters(char *p, int pages)
{
	static char text[32];
	int i;

	for (i = 0; i < pages; i++)
		text[i] = vm_read(p + i * K4) > 0 ? p[i * K4] : '-';
	text[i] = 0;
	return text;
}

int main(void)
{
	int fd = a_file(8);
	char *p, *q, *r, *priv;
	unsigned char vec[2];

	plan(0);
	vm_catch();
	p = mmap(NULL, 8 * K4, RW, MAP_SHARED, fd, 0);
	is_str(letters(p, 8), "abcdefgh", "in order");
	is(remap(p, K4, 0, 7, 0), 0, 0, "the first is the last");
	is_str(letters(p, 8), "hbcdefgh", "page");
	is(remap(p + 2 * K4, 3 * K4, 0, 0, 0), 0, 0, "three at once");
	is_str(letters(p, 8), "hbabcfgh", "are where they should be");
	p[2 * K4] = 'A';
	is_str(letters(p, 8), "hbAbcfgh", "one page");
	pread(fd, vec, 1, 0);
	is_int(vec[0], 'A', "of the file");
	is(remap(p, 8 * K4, 0, 0, 0), 0, 0, "all again");
	is_str(letters(p, 8), "Abcdefgh", "in order");
	is_str(vm_areas(p, 8), "0+8 rw-s", "one area");
	is(remap(p + 1, K4 + 5, 0, 3, 0), 0, 0, "start and size are rounded down");
	is_str(letters(p, 8), "dbcdefgh", "one page");
	is(remap(p, 0, 0, 0, 0), -1, EINVAL, "no pages");
	is(remap(p, 100, 0, 0, 0), -1, EINVAL, "less than one");
	is(remap(p, K4, PROT_READ, 0, 0), -1, EINVAL, "a protection");
	is(remap(p, -K4, 0, 0, 0), -1, EINVAL, "around the end");
	is(remap(p, 2 * K4, 0, -1ul, 0), -1, EINVAL, "pages that cannot be");
	is(remap(p, K4, 0, 100, 0), 0, 0, "behind the end of the file");
	is_int(vm_read(p), -702, "is a bus error");
	is(remap(p, K4, 0, 0, MAP_PRIVATE | MAP_FIXED | 0xffff), 0, 0, "flags do not matter");
	munmap(p + 4 * K4, K4);
	is(remap(p, 8 * K4, 0, 0, 0), -1, EINVAL, "over a hole");
	is(remap(p + 4 * K4, K4, 0, 0, 0), -1, EINVAL, "in a hole");
	is_str(letters(p, 8), "Abcd-fgh", "nothing changed");
	mprotect(p, K4, PROT_READ);
	is(remap(p, 2 * K4, 0, 0, 0), -1, EINVAL, "of two kinds");
	is(remap(p, K4, 0, 5, 0), 0, 0, "read only");
	is_str(vm_areas(p, 2), "0+1 r--s,1+1 rw-s", "it stays that");
	is_int(vm_read(p), 'f', "the page");
	priv = mmap(NULL, K4, RW, MAP_PRIVATE, fd, 0);
	is(remap(priv, K4, 0, 0, 0), -1, EINVAL, "a private mapping");
	q = mmap(NULL, K4, RW, PRIV, -1, 0);
	is(remap(q, K4, 0, 0, 0), -1, EINVAL, "no file");
	r = mmap(NULL, 2 * K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	r[0] = 1;
	r[K4] = 2;
	is(remap(r, K4, 0, 1, 0), 0, 0, "shared memory without one");
	is_int(vm_read(r) * 10 + vm_read(r + K4), 22, "the second page twice");
	munmap(r, 2 * K4);
	r = mmap(NULL, 2 * K4, RW, MAP_SHARED, fd, 0);
	mlock(r, 2 * K4);
	is(remap(r, K4, 0, 1, 0), 0, 0, "locked memory");
	is_int(vm_status("VmLck"), 8, "stays locked");
	is(mincore(r, 2 * K4, vec) || vec[0] != 1, 0, 0, "and present");
	munlockall();
	r = mmap(NULL, 4 * K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	is(remap(r, K4, 0, 1, MAP_NONBLOCK) || mincore(r, K4, vec) || vec[0], 0, 0,
	   "MAP_NONBLOCK: no page");
	syscall(SYS_mlock2, r, 4 * K4, 1 /* MLOCK_ONFAULT */);
	is(remap(r, K4, 0, 2, MAP_NONBLOCK) || mincore(r, K4, vec) || vec[0] != 1, 0, 0,
	   "but of what is locked, present or on fault");
	return done();
}
