/* SPDX-License-Identifier: MIT */
/*
 * births.h - which pages have been one area all their life.
 *
 * Linux keeps areas apart whose private pages have different histories (anon_vma), Quire
 * joins whatever has the same flags, and mremap(2) refuses a range of two areas: the one
 * difference that a program meets without reading /proc. So a comparison moves only what
 * is one area on both: pages with the same number here. A new mapping gets a number, as
 * does what the heap grows by; what gives a range flags or permissions hashes it, for what
 * is written meanwhile has a history of its own; and so does fork(2), which gives one to
 * areas of different permissions.
 */
#ifndef TESTS_CALLS_BIRTHS_H
#define TESTS_CALLS_BIRTHS_H

#include "calls.h"

#define BIRTHS	(PAGES + HEAP_PAGES)

struct births {
	unsigned int id[BIRTHS];
	unsigned long brk;		/* end of the heap, whole pages; 0: there was none */
};

/* the place of @addr among the pages that are followed; BIRTHS: none */
static inline unsigned int birth_index(unsigned long heap, unsigned long addr)
{
	if (addr - WINDOW < PAGES * C_PAGE)
		return (addr - WINDOW) / C_PAGE;
	if (addr - heap < HEAP_PAGES * C_PAGE)
		return PAGES + (addr - heap) / C_PAGE;
	return BIRTHS;
}

static inline unsigned int birth_hash(unsigned int id, unsigned int word)
{
	return (id ^ word) * 0x9e3779b1u + (id >> 15);
}

/* something happened to [@addr, @addr + @len); @anew: it is an area of its own now */
static inline void births_mark(struct births *b, unsigned long heap, unsigned long addr,
			       unsigned long len, unsigned int number, int anew)
{
	unsigned int i = birth_index(heap, addr), n;

	if (i == BIRTHS || len > PAGES * C_PAGE)
		return;
	for (n = (addr % C_PAGE + len + C_PAGE - 1) / C_PAGE; n && i < BIRTHS; n--, i++)
		b->id[i] = birth_hash(anew ? 0 : b->id[i], number + 1);
}

/* the first so many bytes of a range that begins at @addr are one area, when any is */
static inline unsigned long births_trim(const struct births *b, unsigned long heap,
					unsigned long addr, unsigned long len)
{
	unsigned int first = birth_index(heap, addr), i = first;

	if (first == BIRTHS || len > PAGES * C_PAGE)
		return len;
	while (i < BIRTHS && b->id[i] == b->id[first])
		i++;
	return len < (i - first) * C_PAGE ? len : (i - first) * C_PAGE;
}

/* what the heap grew by; brk(2) returned @brk */
static inline void births_brk(struct births *b, unsigned long heap, unsigned long brk,
			      unsigned int number)
{
	unsigned long old = b->brk ? b->brk : heap;

	b->brk = (brk + C_PAGE - 1) & -C_PAGE;
	if (b->brk > old)
		births_mark(b, heap, old, b->brk - old, number, 1);
}

/* after call @number, which returned @ret */
static inline void births_follow(struct births *b, unsigned long heap, const struct call *c,
				 long ret, unsigned int number)
{
	int failed = ret < 0 && ret > -4096;

	switch (c->kind) {
	case C_MMAP:
		if (!failed)
			births_mark(b, heap, ret, c->a[1], number, 1);
		break;
	case C_MREMAP:
		births_mark(b, heap, c->a[0], c->a[1], number, 0);
		if (!failed)
			births_mark(b, heap, ret, c->a[2], number, 1);
		break;
	case C_BRK:
		births_brk(b, heap, ret, number);
		break;
	case C_MPROTECT: case C_MADVISE: case C_MLOCK: case C_REMAP:
		births_mark(b, heap, c->a[0], c->a[1], number, 0);
		break;
	case C_SHMAT:
		if (!failed)
			births_mark(b, heap, ret, 32 * C_PAGE, number, 0);
	}
}

/* in the child: @perms has a number for the permissions of each page */
static inline void births_fork(struct births *b, const unsigned char *perms)
{
	unsigned int i, run = 0;

	for (i = 0; i < BIRTHS; i++) {
		unsigned int old = b->id[i];

		run += i && perms[i] != perms[i - 1];
		b->id[i] = birth_hash(old, run + 7);
	}
}

#endif
