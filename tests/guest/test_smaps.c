// SPDX-License-Identifier: MIT
/*
 * test_smaps.c - smaps, smaps_rollup, pagemap and clear_refs: that they have Linux's form
 * and tell what this program has just done to its pages.
 */
#define _GNU_SOURCE
#include "proctext.h"
#include "vmutil.h"
#include <sys/prctl.h>
#include <sys/stat.h>

#define PAGES	64

static int clear_refs(const char *what)
{
	return put("/proc/self/clear_refs", what);
}

/* the lines of the area that has @addr in text[], from its own line on */
static const char *area(const void *addr)
{
	unsigned long from, to;
	const char *p;

	for (p = text; *p; p = strchr(p, '\n') + 1)
		if (sscanf(p, "%lx-%lx ", &from, &to) == 2 && from <= (unsigned long)addr &&
		    (unsigned long)addr < to)
			return p;
	return NULL;
}

/* kB of @key in the smaps of the area that has @addr; -1: no such area or line */
static long kb(const void *addr, const char *key)
{
	const char *p;
	long value;

	if (slurp("/proc/self/smaps") <= 0)
		return -1;
	p = area(addr);
	p = p ? strstr(p, key) : NULL;
	return p && sscanf(p + strlen(key), ": %ld kB", &value) == 1 ? value : -1;
}

static int has_flag(const void *addr, const char *flag)
{
	const char *p, *q;

	slurp("/proc/self/smaps");
	p = area(addr);
	p = p ? strstr(p, "VmFlags:") : NULL;
	q = p ? strstr(p, flag) : NULL;
	return q && q < strchr(p, '\n');
}

static uint64_t word(const void *addr)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t w = ~0ull;

	if (pread(fd, &w, sizeof(w), (unsigned long)addr / K4 * sizeof(w)) != sizeof(w))
		w = ~0ull;
	close(fd);
	return w;
}

#define PRESENT		(1ull << 63)
#define SHARED		(1ull << 61)
#define EXCLUSIVE	(1ull << 56)
#define SOFT_DIRTY	(1ull << 55)
#define BITS(w)		((w) & ~((1ull << 55) - 1))
#define FRAME(w)	((w) & ((1ull << 55) - 1))

/* --- smaps ---------------------------------------------------------------- */

static void test_text(void)
{
	static const char *const keys[] = {
		"Size", "KernelPageSize", "MMUPageSize", "Rss", "Pss", "Pss_Dirty",
		"Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty",
		"Referenced", "Anonymous", "LazyFree", "AnonHugePages", "ShmemPmdMapped",
		"FilePmdMapped", "Shared_Hugetlb", "Private_Hugetlb", "Swap", "SwapPss",
		"Locked",
	};
	char line[64], *p = text;
	struct stat st;
	unsigned int i;

	ok(!stat("/proc/self/smaps", &st) && st.st_mode == (S_IFREG | 0444), "mode of smaps");
	ok(!stat("/proc/self/smaps_rollup", &st) && st.st_mode == (S_IFREG | 0444), "of smaps_rollup");
	ok(!stat("/proc/self/pagemap", &st) && st.st_mode == (S_IFREG | 0400), "of pagemap");
	ok(!stat("/proc/self/clear_refs", &st) && st.st_mode == (S_IFREG | 0200), "of clear_refs");
	ok(slurp("/proc/self/task/self/smaps") == -ENOENT, "no task called self");
	ok(slurp("/proc/self/smaps") > 0, "smaps has text");
	p = strchr(text, '\n') + 1;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		snprintf(line, sizeof(line), "%s:", keys[i]);
		ok(!strncmp(p, line, strlen(line)) && p[27] == '\n' && !strncmp(p + 24, " kB", 3),
		   "line %s", keys[i]);
		p = strchr(p, '\n') + 1;
	}
	ok(!strncmp(p, "THPeligible:    0\n", 18), "THPeligible");
	ok(slurp("/proc/self/smaps_rollup") > 0 && strstr(text, "---p 00000000 00:00 0 "), "rollup");
	p = strstr(text, "[rollup]\n");
	ok(p && p - text == 73, "its name stands where maps has names");
	p = p ? p + 9 : text;
	for (i = 3; i < sizeof(keys) / sizeof(keys[0]); i++) {
		snprintf(line, sizeof(line), "%s:", keys[i]);
		ok(!strncmp(p, line, strlen(line)), "line %s of the rollup", keys[i]);
		p = strchr(p, '\n') + 1;
		if (i == 5)
			for (int skip = 0; skip < 3; skip++)
				p = strchr(p, '\n') + 1;
	}
	ok(!*p, "nothing follows");
	ok(strstr(text, "Pss_Anon:") && strstr(text, "Pss_File:") && strstr(text, "Pss_Shmem:"),
	   "shares by kind");
}

/* a child that shares all until child_end() */
static int child_pipe[2];

static void child_start(void)
{
	char byte;

	if (pipe(child_pipe))
		exit(1);
	fflush(stdout);
	if (fork())
		return;
	close(child_pipe[1]);
	_exit(read(child_pipe[0], &byte, 1) < 0);
}

static void child_end(void)
{
	close(child_pipe[0]);
	close(child_pipe[1]);
	wait(NULL);
}

static void test_private(void)
{
	char *p = mmap(NULL, PAGES * K4, RW, PRIV, -1, 0);
	int i;

	/* an area of its own, whatever lies beside it */
	mprotect(p, K4, PROT_NONE);
	mprotect(p + (PAGES - 1) * K4, K4, PROT_NONE);
	p += K4;
	is_int(kb(p, "Size"), (PAGES - 2) * 4, "an area's size");
	is_int(kb(p, "Rss"), 0, "nothing is there yet");
	for (i = 0; i < 10; i++)
		p[i * K4] = 1;
	vm_read(p + 20 * K4);
	is_int(kb(p, "Rss"), 40, "ten pages; the zero page does not count");
	is_int(kb(p, "Pss"), 40, "all of them ours");
	is_int(kb(p, "Pss_Dirty"), 40, "and written");
	is_int(kb(p, "Private_Dirty"), 40, "private, dirty");
	is_int(kb(p, "Anonymous"), 40, "anonymous");
	is_int(kb(p, "Referenced"), 40, "used");
	is_int(kb(p, "Shared_Clean") + kb(p, "Shared_Dirty") + kb(p, "Private_Clean"), 0, "no others");
	is_int(kb(p, "Locked"), 0, "not locked");
	ok(has_flag(p, "rd wr mr mw me") && !has_flag(p, " sh") && has_flag(p, " ac"), "its flags");
	child_start();
	is_int(kb(p, "Shared_Dirty"), 40, "shared with a child");
	is_int(kb(p, "Pss"), 20, "half of them is ours");
	p[0] = 2;
	is_int(kb(p, "Private_Dirty"), 4, "a page written is ours again");
	is_int(kb(p, "Pss"), 22, "and counts whole");
	child_end();
	is_int(kb(p, "Pss"), 40, "the child has gone");
	is_int(mlock(p, 2 * K4), 0, "two pages locked");
	is_int(kb(p, "Locked"), 8, "are an area with 8 kB locked");
	ok(has_flag(p, " lo "), "which its flags tell");
	munlock(p, 2 * K4);
	madvise(p, 4 * K4, MADV_DONTNEED);
	is_int(kb(p, "Rss"), 24, "four given back");
	munmap(p - K4, PAGES * K4);
}

/* more than what fork shares as tables */
static void test_large_fork(void)
{
	unsigned long size = 16 << 20, i;
	char *p = mmap(NULL, size, RW, PRIV, -1, 0), *q;

	madvise(p, size, MADV_NOHUGEPAGE);
	mprotect(p, K4, PROT_NONE);
	mprotect(p + size - K4, K4, PROT_NONE);
	q = p + K4;
	for (i = 0; i < size - 2 * K4; i += K4)
		q[i] = 1;
	is_int(kb(q, "Private_Dirty"), (size - 2 * K4) >> 10, "16 MiB of our own");
	child_start();
	is_int(kb(q, "Shared_Dirty"), (size - 2 * K4) >> 10, "shared with a child, all");
	is_int(kb(q, "Pss"), (size - 2 * K4) >> 11, "half is ours");
	is_int(BITS(word(q)), PRESENT | SOFT_DIRTY, "pagemap: not exclusive");
	q[8 << 20] = 2;
	is_int(kb(q, "Private_Dirty"), 4, "one page written: that one is ours alone");
	is_int(BITS(word(q + (8 << 20))), PRESENT | SOFT_DIRTY | EXCLUSIVE, "pagemap: exclusive");
	is_int(kb(q, "Pss"), ((size - 2 * K4) >> 11) + 2, "whole");
	child_end();
	is_int(kb(q, "Private_Dirty"), (size - 2 * K4) >> 10, "ours alone again");
	munmap(p, size);
}

static void test_shared(void)
{
	char *p = mmap(NULL, 8 * K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *again;

	p[0] = 1;
	p[K4] = 1;
	is_int(kb(p, "Rss"), 8, "shared memory: two pages");
	is_int(kb(p, "Anonymous"), 0, "which are not anonymous");
	is_int(kb(p, "Private_Dirty"), 8, "nobody else maps them");
	ok(has_flag(p, "rd wr sh mr mw me ms"), "flags of a shared area");
	is_int(BITS(word(p)), PRESENT | SHARED | SOFT_DIRTY | EXCLUSIVE, "their words");
	again = mremap(p, 0, 8 * K4, MREMAP_MAYMOVE);
	is_int(vm_read(again), 1, "mapped a second time");
	vm_read(again + K4);		/* fault-around ends at a multiple of 64 KiB */
	is_int(kb(p, "Shared_Dirty"), 8, "both are shared, if only with ourselves");
	is_int(kb(p, "Pss"), 4, "and count half");
	is_int(BITS(word(again)), PRESENT | SHARED | SOFT_DIRTY, "not exclusive");
	munmap(again, 8 * K4);
	munmap(p, 8 * K4);
}

/* --- pagemap -------------------------------------------------------------- */

static void test_pagemap(void)
{
	int fd = open("/proc/self/pagemap", O_RDONLY), status;
	char *p = mmap(NULL, PAGES * K4, RW, PRIV, -1, 0);
	unsigned long at = (unsigned long)p / K4 * 8;
	static uint64_t w[PAGES + 2];

	is(pread(fd, w, 8, at + 1), -1, EINVAL, "a position within a word");
	is(pread(fd, w, 7, at), -1, EINVAL, "a part of a word");
	is(pread(fd, w, 0, at), 0, 0, "nothing");
	is(write(fd, w, 8), -1, EBADF, "not open for writing");
	is(open("/proc/self/pagemap", O_WRONLY | O_CREAT | O_EXCL, 0600), -1, EEXIST, "it is there");
	is(pread(fd, w, 16, 0x7ffffffff000ul / K4 * 8), 0, 0, "the end of addresses");
	is(pread(fd, w, 16, 0x7fffffffe000ul / K4 * 8), 8, 0, "a word before it");
	is(lseek(fd, at, SEEK_SET), at, 0, "a seek");
	is_int(BITS(word(p)), SOFT_DIRTY, "a new page that is not there: news");
	is_int(FRAME(word(p)), 0, "without a frame");
	is_int(word(NULL), 0, "no area: nothing");
	p[0] = 1;
	p[2 * K4] = 1;
	vm_read(p + 4 * K4);
	is_int(BITS(word(p)), PRESENT | SOFT_DIRTY | EXCLUSIVE, "a page of our own");
	ok(FRAME(word(p)) && FRAME(word(p)) != FRAME(word(p + 2 * K4)), "each has its frame");
	is_int(BITS(word(p + 4 * K4)), PRESENT | SOFT_DIRTY, "the zero page");
	mprotect(p + 2 * K4, K4, PROT_NONE);
	is_int(BITS(word(p + 2 * K4)), PRESENT | SOFT_DIRTY | EXCLUSIVE, "PROT_NONE keeps its page");
	is(read(fd, w, sizeof(w)), sizeof(w), 0, "many words from where the seek led");
	ok(w[0] == word(p) && w[2] == word(p + 2 * K4) && !(w[1] & PRESENT), "the same words");
	fflush(stdout);
	if (!fork()) {
		uint64_t mine;

		if (setgid(1000) || setuid(1000))
			_exit(1);
		mine = pread(fd, w, 8, at) == 8 ? w[0] : 0;
		_exit(!(mine & PRESENT) || !FRAME(mine));
	}
	wait(&status);
	is_int(status, 0, "who opened it decides whether frames are told");
	fflush(stdout);
	if (!fork()) {
		if (setgid(1000) || setuid(1000) || prctl(PR_SET_DUMPABLE, 1))
			_exit(1);
		_exit(!(word(p) & PRESENT) || FRAME(word(p)));
	}
	wait(&status);
	is_int(status, 0, "others than root are told none");
	close(fd);
	munmap(p, PAGES * K4);
}

/* --- clear_refs ----------------------------------------------------------- */

static void test_clear(void)
{
	char *p = mmap(NULL, PAGES * K4, RW, PRIV, -1, 0), *q, *sh;
	int i;

	mprotect(p, K4, PROT_NONE);
	mprotect(p + (PAGES - 1) * K4, K4, PROT_NONE);
	q = p + K4;
	sh = mmap(NULL, 8 * K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	is_int(clear_refs("0"), -EINVAL, "0 is nothing to clear");
	is_int(clear_refs("6"), -EINVAL, "nor is 6");
	is_int(clear_refs("x"), -EINVAL, "nor a word");
	is_int(clear_refs(""), -EINVAL, "nor nothing");
	is_int(slurp("/proc/self/clear_refs"), -EINVAL, "it cannot be read");
	for (i = 0; i < 10; i++)
		q[i * K4] = 1;
	sh[0] = 1;
	is_int(clear_refs("3\n"), 2, "3: mapped pages only");
	is_int(kb(q, "Referenced"), 40, "not ours");
	is_int(clear_refs("1"), 1, "1: all");
	is_int(kb(q, "Referenced"), 0, "no page was used");
	is_int(kb(q, "Rss"), 40, "all are still there");
	is_int(vm_read(q), 1, "with their contents");
	is_int(clear_refs("4"), 1, "4: what was written");
	ok(!has_flag(q, " sd "), "the area is not news any more");
	is_int(BITS(word(q)), PRESENT | EXCLUSIVE, "nor are its pages");
	is_int(BITS(word(q + 20 * K4)), 0, "nor those that are not there");
	is_int(kb(q, "Private_Dirty"), 40, "they are dirty all the same");
	is_int(vm_read(q + K4), 1, "reading");
	ok(!(word(q + K4) & SOFT_DIRTY), "changes nothing");
	q[K4] = 2;
	ok(word(q + K4) & SOFT_DIRTY, "writing does");
	ok(!(word(q) & SOFT_DIRTY), "for that page alone");
	q[20 * K4] = 1;
	ok(word(q + 20 * K4) & SOFT_DIRTY, "a new page is news");
	ok(!(word(sh) & SOFT_DIRTY), "shared memory: not written since");
	sh[0] = 2;
	ok(word(sh) & SOFT_DIRTY, "written");
	is_int(vm_read(sh + 2 * K4), 0, "read first");
	ok(!(word(sh + 2 * K4) & SOFT_DIRTY), "no news");
	sh[2 * K4] = 1;
	ok(word(sh + 2 * K4) & SOFT_DIRTY, "written then");
	is_int(clear_refs("5"), 1, "5: the peak");
	munmap(sh, 8 * K4);
	munmap(p, PAGES * K4);
}

/* a child inherits what was written before, and what it writes is its own news */
static void test_clear_fork(void)
{
	unsigned long size = 4 << 20, i;
	char *p = mmap(NULL, size, RW, PRIV, -1, 0);
	int status;

	madvise(p, size, MADV_NOHUGEPAGE);
	for (i = 0; i < size; i += K4)
		p[i] = 1;
	clear_refs("4");
	p[0] = 2;
	fflush(stdout);
	if (!fork()) {
		int bad = !(word(p) & SOFT_DIRTY) || (word(p + K4) & SOFT_DIRTY);

		p[K4] = 3;
		bad |= !(word(p + K4) & SOFT_DIRTY) << 1;
		if (clear_refs("4") != 1)
			_exit(99);
		bad |= !!(word(p + K4) & SOFT_DIRTY) << 2;
		bad |= (p[0] != 2 || p[K4] != 3) << 3;
		_exit(bad);
	}
	wait(&status);
	is_int(WEXITSTATUS(status), 0, "a child's marks are its own");
	ok(!(word(p + K4) & SOFT_DIRTY), "the parent has not written there");
	ok(word(p) & SOFT_DIRTY, "but here, though the child has cleared it");
	munmap(p, size);
}

/* --- many areas ------------------------------------------------------------- */

/* @path read in pieces of @bytes, to text[]; how many reads brought less than asked for */
static int slurp_pieces(const char *path, size_t bytes)
{
	int fd = open(path, O_RDONLY), n, len = 0, fewer = 0;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, text + len, bytes)) > 0) {
		fewer += n < (int)bytes;
		len += n;
	}
	close(fd);
	text[len] = 0;
	return n < 0 ? -errno : fewer;
}

/* A record for each area: a read ends between two of them, and each comes once. */
static void test_records(void)
{
	static char whole[sizeof(text)], piece[4096];
	char *p = mmap(NULL, 4 * PAGES * K4, PROT_NONE, PRIV, -1, 0);
	int fd, n, fewer;

	for (int i = 0; i < 4 * PAGES; i += 2)
		mprotect(p + i * K4, K4, PROT_READ);
	slurp("/proc/self/maps");
	strcpy(whole, text);
	slurp_pieces("/proc/self/maps", 7);
	ok(!strcmp(text, whole), "maps in pieces of 7 bytes");
	fewer = slurp_pieces("/proc/self/maps", 4096);
	ok(!strcmp(text, whole) && fewer > 1, "maps in pieces of a page, each of whole lines");
	fd = open("/proc/self/smaps", O_RDONLY);
	n = read(fd, piece, sizeof(piece));
	ok(n > 2048 && n < 4096 && piece[n - 1] == '\n', "smaps: some areas fit into a page");
	ok(!strncmp(piece, whole, 20), "the first area first");
	n = pread(fd, piece, 20, 0);
	ok(n == 20 && !strncmp(piece, whole, 20), "and again");
	for (fewer = 0; (n = pread(fd, piece, 1, fewer)) == 1 && *piece != '\n'; fewer++)
		;
	ok(n == 1 && whole[fewer] == '\n', "from any position");
	is_int(read(fd, (void *)8, 100), -1, "to nowhere");
	close(fd);
	munmap(p, 4 * PAGES * K4);
}

int main(void)
{
	plan(0);
	vm_catch();
	test_text();
	test_private();
	test_large_fork();
	test_shared();
	test_pagemap();
	test_clear();
	test_clear_fork();
	test_records();
	return done();
}
