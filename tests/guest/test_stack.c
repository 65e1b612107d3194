// SPDX-License-Identifier: MIT
/* The stack: it grows to its limit, not further, and not into a neighbour. */
#define _GNU_SOURCE
#include "vmutil.h"

static unsigned long depth_bytes;

static __attribute__((noinline)) int recurse(unsigned long left)
{
	volatile char frame[4096];

	frame[0] = left;
	depth_bytes += 4096;
	if (left < 4096)
		return frame[0];
	return recurse(left - 4096) + frame[0];
}

static void six_megabytes(void) { recurse(6ul << 20); }
static void for_ever(void) { recurse(1ul << 40); }

static void limited(void)
{
	struct rlimit lim = { 1 << 20, 1 << 20 };

	setrlimit(RLIMIT_STACK, &lim);
	recurse(3ul << 20);
}

/* an area of our own that grows down */
static void test_growsdown(void)
{
	char *place = vm_place(2048), *p = place + 1024 * K4;

	ok(mmap(p, 2 * K4, RW, PRIV | MAP_FIXED | MAP_GROWSDOWN, -1, 0) == p, "MAP_GROWSDOWN");
	is_int(vm_write(p - 1, 1), 0, "a byte below it");
	is_int(vm_write(p - 100 * K4, 1), 0, "a hundred pages below it");
	is_str(vm_areas(place, 1026), "924+102 rw-p", "it has grown");
	mmap(place + 600 * K4, K4, RW, PRIV | MAP_FIXED, -1, 0);
	is_int(vm_write(place + 857 * K4, 1), 0, "256 pages from a neighbour");
	is_int(vm_write(place + 856 * K4, 1), 1101, "255 pages from it: no");
	is_int(vm_read(place + 700 * K4), -1101, "nor further");
	mprotect(place + 600 * K4, K4, PROT_NONE);
	is_int(vm_write(place + 650 * K4, 1), 0, "a neighbour without access keeps no distance");
	munmap(place, 2048 * K4);
}

/* nothing is placed where the stack's distance is kept */
static void test_gap(void)
{
	char *place = vm_place(600), *p = place + 500 * K4, *q;

	mmap(p, K4, RW, PRIV | MAP_FIXED | MAP_GROWSDOWN, -1, 0);
	q = mmap(p - K4, K4, RW, PRIV, -1, 0);
	ok(q != p - K4, "a hint inside of the gap is not taken");
	q = mmap(p - 300 * K4, K4, RW, PRIV, -1, 0);
	ok(q == p - 300 * K4, "one before the gap is");
	munmap(place, 600 * K4);
}

int main(void)
{
	int status;

	plan(0);
	vm_catch();
	status = vm_in_child(six_megabytes);
	is_int(status, 0, "6 MiB of stack");
	signal(SIGSEGV, SIG_DFL);
	status = vm_in_child(for_ever);
	is_int(WTERMSIG(status), SIGSEGV, "without end: SIGSEGV");
	status = vm_in_child(limited);
	is_int(WTERMSIG(status), SIGSEGV, "RLIMIT_STACK");
	vm_catch();
	test_growsdown();
	test_gap();
	return done();
}
