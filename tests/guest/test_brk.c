// SPDX-License-Identifier: MIT
/* brk: the raw system call, which returns the break it has set, or the old one. */
#define _GNU_SOURCE
#include "vmutil.h"

static char *raw_brk(void *p)
{
	return (char *)syscall(SYS_brk, p);
}

int main(void)
{
	char *start, *p;
	struct rlimit lim, old;
	long size, i, good = 1;

	plan(0);
	vm_catch();
	printf("%s", "");	/* stdio has its buffer now */
	start = raw_brk(NULL);
	ok(start != NULL, "there is a break");
	ok(raw_brk(start + 100 * K4) == start + 100 * K4, "it grows");
	ok(raw_brk(NULL) == start + 100 * K4, "and stays");
	for (i = 0; i < 100; i++)
		good &= vm_read(start + i * K4) == 0;
	ok(good, "zeroes");
	for (i = 0; i < 99; i++)
		good &= vm_write(start + i * K4, i) == 0;
	ok(good, "writable");
	ok(raw_brk(start + 50 * K4 + 5) == start + 50 * K4 + 5, "it shrinks, by bytes");
	is_int(vm_read(start + 52 * K4), -1101, "what it left is gone");
	is_int(vm_read(start + 49 * K4), 49, "the rest stays");
	ok(raw_brk(start + 100 * K4) == start + 100 * K4, "it grows again");
	is_int(vm_read(start + 60 * K4), 0, "with zeroes");
	ok(raw_brk((char *)1) == start + 100 * K4, "too low: nothing");
	ok(raw_brk((char *)-1) == start + 100 * K4, "too high: nothing");
	ok(raw_brk((char *)0x7fffffffffff) == start + 100 * K4, "over everything else: nothing");
	size = vm_status("VmData");
	raw_brk(start + 356 * K4);
	is_int(vm_status("VmData") - size, 1024, "VmData grows by 1 MiB");
	/* in the way */
	p = (char *)(((unsigned long)start + 400 * K4) & ~(K4 - 1));
	mmap(p, K4, RW, PRIV | MAP_FIXED, -1, 0);
	ok(raw_brk(p + 1) == start + 356 * K4, "it does not run into a mapping");
	ok(raw_brk(p) == start + 356 * K4, "nor up to it");
	ok(raw_brk(p - K4) == p - K4, "a page stays between");
	munmap(p, K4);
	getrlimit(RLIMIT_DATA, &old);
	lim = old;
	lim.rlim_cur = 1 << 20;
	setrlimit(RLIMIT_DATA, &lim);
	ok(raw_brk(start + 1000 * K4) == p - K4, "RLIMIT_DATA");
	setrlimit(RLIMIT_DATA, &old);
	ok(raw_brk(start) == start, "back to the start");
	return done();
}
