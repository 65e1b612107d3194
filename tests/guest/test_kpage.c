// SPDX-License-Identifier: MIT
/* /proc/PID/pagemap, /proc/kpageflags, /proc/kpagecount: pages that a program knows. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tap.h"

#define PAGE		4096ul
#define PRESENT		(1ull << 63)
#define FILE_PAGE	(1ull << 61)
#define EXCLUSIVE	(1ull << 56)
#define SOFT_DIRTY	(1ull << 55)
#define PFN(word)	((word) & ((1ull << 55) - 1))
#define BIT(n)		(1ull << (n))

static int map_fd, flags_fd, count_fd;

static uint64_t word_at(int fd, uint64_t index)
{
	uint64_t word = ~0ull;

	return pread(fd, &word, 8, index * 8) == 8 ? word : ~0ull;
}

static uint64_t pagemap(const void *p)
{
	return word_at(map_fd, (uintptr_t)p / PAGE);
}

static uint64_t flags_of(const void *p)
{
	return word_at(flags_fd, PFN(pagemap(p)));
}

static uint64_t count_of(const void *p)
{
	return word_at(count_fd, PFN(pagemap(p)));
}

static int has(uint64_t flags, uint64_t set, uint64_t clear)
{
	int good = (flags & set) == set && !(flags & clear);

	if (!good)
		printf("# flags %#llx, want %#llx and not %#llx\n", (unsigned long long)flags,
		       (unsigned long long)set, (unsigned long long)clear);
	return good;
}

static void test_anonymous(void)
{
	char *p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t none = BIT(KPF_SLAB) | BIT(KPF_BUDDY) | BIT(KPF_NOPAGE) | BIT(KPF_PGTABLE) |
			BIT(KPF_COMPOUND_TAIL);

	madvise(p, 4 * PAGE, MADV_NOHUGEPAGE);
	is(pagemap(p) == SOFT_DIRTY, 1, 0, "a page that was never used");
	p[0] = 1;
	ok((pagemap(p) & (PRESENT | FILE_PAGE | EXCLUSIVE)) == (PRESENT | EXCLUSIVE) &&
	   PFN(pagemap(p)), "an anonymous page");
	ok(has(flags_of(p), BIT(KPF_MMAP) | BIT(KPF_ANON) | BIT(KPF_SWAPBACKED) |
	       BIT(KPF_UPTODATE), none | BIT(KPF_ZERO_PAGE)), "its flags");
	is(count_of(p), 1, 0, "it is mapped once");
	*(volatile char *)(p + PAGE);
	ok((pagemap(p + PAGE) & (PRESENT | FILE_PAGE | EXCLUSIVE)) == PRESENT,
	   "the page of zeroes");
	ok(has(flags_of(p + PAGE), BIT(KPF_ZERO_PAGE), none | BIT(KPF_ANON)), "its flags");
	ok(PFN(pagemap(p)) != PFN(pagemap(p + PAGE)), "they are two");
	munmap(p, 4 * PAGE);
	is(pagemap(p) == 0, 1, 0, "nothing is left");
}

static void test_file(void)
{
	int fd = open("/tmp/kpage", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *p, *q;

	ftruncate(fd, PAGE);
	p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	p[0] = 1;
	ok((pagemap(p) & (PRESENT | FILE_PAGE | EXCLUSIVE)) == (PRESENT | FILE_PAGE | EXCLUSIVE),
	   "a page of a file");
	*(volatile char *)q;
	ok((pagemap(p) & (PRESENT | FILE_PAGE | EXCLUSIVE)) == (PRESENT | FILE_PAGE) &&
	   PFN(pagemap(p)) == PFN(pagemap(q)), "mapped twice");
	is(count_of(p), 2, 0, "the count says so");
	ok(has(flags_of(p), BIT(KPF_MMAP) | BIT(KPF_UPTODATE),
	       BIT(KPF_ANON) | BIT(KPF_SLAB) | BIT(KPF_BUDDY)), "its flags");
	munmap(q, PAGE);
	is(count_of(p), 1, 0, "unmapped once");
	munmap(p, PAGE);
	close(fd);
	unlink("/tmp/kpage");
}

/* every kind that a machine must have somewhere */
static void test_all(void)
{
	uint64_t buf[512], pfn = 0, seen = 0, slab = 0, buddy = 0, tables = 0, n;
	uint64_t both = BIT(KPF_SLAB) | BIT(KPF_BUDDY);
	int got, bad = 0, i;

	while ((got = pread(flags_fd, buf, sizeof(buf), pfn * 8)) > 0) {
		n = got / 8;
		for (i = 0; i < (int)n; i++) {
			slab += !!(buf[i] & BIT(KPF_SLAB));
			buddy += !!(buf[i] & BIT(KPF_BUDDY));
			tables += !!(buf[i] & BIT(KPF_PGTABLE));
			bad += (buf[i] & both) == both;
			bad += (buf[i] & BIT(KPF_BUDDY)) && (buf[i] & BIT(KPF_MMAP));
			bad += (buf[i] & BIT(KPF_NOPAGE)) && buf[i] != BIT(KPF_NOPAGE);
		}
		seen |= buf[0];
		pfn += n;
	}
	is(got, 0, 0, "the end");
	ok(pfn % 32768 == 0 && pfn >= 8192, "it is the end of a section");
	printf("# %llu frames: slab %llu, free %llu, tables %llu\n", (unsigned long long)pfn,
	       (unsigned long long)slab, (unsigned long long)buddy, (unsigned long long)tables);
	ok(slab > 50 && buddy > 500 && tables > 3, "slabs, free pages, page tables");
	is(bad, 0, 0, "nothing is two things");
	is(pread(count_fd, buf, 8, pfn * 8), 0, 0, "counts end there too");
	is(pread(map_fd, buf, 8, 1ull << 47), 0, 0, "nothing behind the last address");
}

static void test_errors(void)
{
	char buf[64];
	int status;
	pid_t pid;

	is(pread(flags_fd, buf, 7, 0), -1, EINVAL, "a part of a word");
	is(pread(flags_fd, buf, 8, 4), -1, EINVAL, "at no word");
	is(pread(count_fd, buf, 9, 0), -1, EINVAL, "more than a word");
	is(pread(map_fd, buf, 8, 12), -1, EINVAL, "pagemap: at no word");
	is(pread(map_fd, buf, 3, 0), -1, EINVAL, "pagemap: a part of a word");
	is(pread(map_fd, (void *)8, 8, 0x400), -1, EFAULT, "to a bad address");
	is(lseek(flags_fd, 80, SEEK_SET), 80, 0, "seeking");
	is(write(flags_fd, buf, 8), -1, EBADF, "it is for reading");
	pid = fork();
	if (!pid) {
		/* others see that pages are there, not where */
		char *p = (char *)((uintptr_t)buf & ~(PAGE - 1));
		int fd;

		if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000))
			_exit(1);
		if (open("/proc/kpageflags", O_RDONLY) >= 0 || errno != EACCES)
			_exit(2);
		fd = dup(map_fd);
		_exit((word_at(fd, (uintptr_t)p / PAGE) & PRESENT) ? 0 : 3);
	}
	waitpid(pid, &status, 0);
	is(status, 0, 0, "a user has no access");
}

int main(void)
{
	plan(0);
	map_fd = open("/proc/self/pagemap", O_RDONLY);
	flags_fd = open("/proc/kpageflags", O_RDONLY);
	count_fd = open("/proc/kpagecount", O_RDONLY);
	ok(map_fd >= 0 && flags_fd >= 0 && count_fd >= 0, "they can be opened");
	test_anonymous();
	test_file();
	test_all();
	test_errors();
	return done();
}
