// SPDX-License-Identifier: MIT
/*
 * memory.h - the cases of mmbench about memory: faults and areas.
 *
 * Part of mmbench.c, which says what a case is.  Faults first, then calls that
 * change areas, from the plain to the many.  A case that needs touched memory in
 * every repetition keeps it (touched_once()); what a case maps for itself it
 * unmaps, outside of what counts unless that is the case.
 */
/* ---- system call and faults ---------------------------------------------- */

static inline long raw_call(long nr)
{
	long ret;

	__asm__ volatile("syscall" : "=a"(ret) : "a"(nr) : "rcx", "r11", "memory");
	return ret;
}

static void null_call(unsigned long n)
{
	start();
	for (unsigned long i = 0; i < n; i++)
		raw_call(SYS_getppid);
	stop(n);
}

static void anon_touch(unsigned long len)
{
	char *p = anon(len);

	start();
	touch(p, len);
	stop(len / PAGE);
	unmap(p, len);
}

static void anon_read(unsigned long len)
{
	char *p = anon(len);

	start();
	look(p, len);
	stop(len / PAGE);
	unmap(p, len);
}

static void anon_read_write(unsigned long len)
{
	char *p = anon(len);

	look(p, len);
	start();
	touch(p, len);
	stop(len / PAGE);
	unmap(p, len);
}

static void populate(unsigned long len)
{
	char *p;

	start();
	p = map(len, RW, ANON | MAP_POPULATE, -1);
	stop(len / PAGE);
	unmap(p, len);
}

static void huge_touch(unsigned long len)
{
	char *p;

	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	p = reserve_aligned(len);
	must(mprotect(p, len, RW), "mprotect");
	must(madvise(p, len, MADV_HUGEPAGE), "madvise");
	start();
	touch(p, len);
	stop(len / PAGE);
	unmap(p, len);
}

static void file_read(unsigned long len, int flags)
{
	char *p = map(len, PROT_READ, flags, data_file(len));

	start();
	look(p, len);
	stop(len / PAGE);
	unmap(p, len);
}

static void file_private(unsigned long len)
{
	file_read(len, MAP_PRIVATE);
}

static void file_shared(unsigned long len)
{
	file_read(len, MAP_SHARED);
}

static void file_write(unsigned long len, int flags)
{
	char *p = map(len, RW, flags, data_file(len));

	start();
	touch(p, len);
	stop(len / PAGE);
	unmap(p, len);
}

static void file_private_write(unsigned long len)
{
	file_write(len, MAP_PRIVATE);
}

static void file_shared_write(unsigned long len)
{
	file_write(len, MAP_SHARED);
}

/*
 * Areas of one page that cannot merge, as their file offsets descend: no fault
 * finds a neighbour to map along.
 */
static void file_single(unsigned long pages, int flags)
{
	int fd = data_file(pages * PAGE);
	char *p = map(pages * PAGE, PROT_NONE, ANON, -1);

	for (unsigned long i = 0; i < pages; i++) {
		if (mmap(p + i * PAGE, PAGE, PROT_READ, flags | MAP_FIXED, fd,
			 (pages - 1 - i) * PAGE) == MAP_FAILED)
			fail("mmap");
	}
	start();
	look(p, pages * PAGE);
	stop(pages);
	unmap(p, pages * PAGE);
}

static void file_private_single(unsigned long pages)
{
	file_single(pages, MAP_PRIVATE);
}

static void file_shared_single(unsigned long pages)
{
	file_single(pages, MAP_SHARED);
}

/* ---- areas --------------------------------------------------------------- */

static void map_unmap(unsigned long len)
{
	start();
	for (int i = 0; i < 200; i++)
		unmap(anon(len), len);
	stop(200);
}

static void map_touch_unmap(unsigned long len)
{
	unsigned long loops = len < MIB ? MIB / len : 1;

	start();
	for (unsigned long i = 0; i < loops; i++) {
		char *p = anon(len);

		touch(p, len);
		unmap(p, len);
	}
	stop(loops * (len / PAGE));
}

static void *areas[MAX_VMAS];

/* @n areas side by side; their rights alternate so that none merge. */
static void map_areas(unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		areas[i] = map(PAGE, i & 1 ? RW : PROT_READ, ANON, -1);
}

static void shuffle(void **v, unsigned long n)
{
	uint64_t x = 88172645463325252ULL;

	for (unsigned long i = n - 1; i > 0; i--) {
		void *swap = v[i];
		unsigned long k;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		k = x % (i + 1);
		v[i] = v[k];
		v[k] = swap;
	}
}

static void unmap_areas(unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		unmap(areas[i], PAGE);
}

static void vma_map(unsigned long n)
{
	start();
	map_areas(n);
	stop(n);
	unmap_areas(n);
}

static void vma_fault(unsigned long n)
{
	static void *writable[MAX_VMAS / 2];
	unsigned long faults = n / 2 < 4000 ? n / 2 : 4000;

	map_areas(n);
	for (unsigned long i = 0; i < n / 2; i++)
		writable[i] = areas[2 * i + 1];
	shuffle(writable, n / 2);
	start();
	for (unsigned long i = 0; i < faults; i++)
		*(volatile char *)writable[i] = 1;
	stop(faults);
	unmap_areas(n);
}

static void vma_unmap(unsigned long n)
{
	map_areas(n);
	shuffle(areas, n);
	start();
	unmap_areas(n);
	stop(n);
}

static void mprotect_split(unsigned long len)
{
	char *p = anon(len), *mid = p + len / 2;

	start();
	for (int i = 0; i < 200; i++) {
		must(mprotect(mid, PAGE, PROT_READ), "mprotect");
		must(mprotect(mid, PAGE, RW), "mprotect");
	}
	stop(200);
	unmap(p, len);
}

static void mprotect_whole(unsigned long len)
{
	char *p = touched_once(len);

	start();
	must(mprotect(p, len, PROT_READ), "mprotect");
	must(mprotect(p, len, RW), "mprotect");
	stop(len / PAGE);
}

static void mremap_grow(unsigned long len)
{
	char *p = reserve_aligned(2 * len);

	unmap(p + len, len);
	must(mprotect(p, len, RW), "mprotect");
	start();
	for (int i = 0; i < 100; i++) {
		if (mremap(p, len, 2 * len, 0) == MAP_FAILED ||
		    mremap(p, 2 * len, len, 0) == MAP_FAILED)
			fail("mremap");
	}
	stop(100);
	unmap(p, len);
}

static void mremap_move(unsigned long len)
{
	static char *from, *to;

	if (!from) {
		from = reserve_aligned(len);
		to = reserve_aligned(len);
		must(mprotect(from, len, RW), "mprotect");
		touch(from, len);
	}
	start();
	for (int i = 0; i < 10; i++) {
		char *swap = from;

		if (mremap(from, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED)
			fail("mremap");
		from = to;
		to = swap;
	}
	stop(10);
}

static void brk_cycle(unsigned long len)
{
	unsigned long end = syscall(SYS_brk, 0);

	start();
	if ((unsigned long)syscall(SYS_brk, end + len) != end + len) {
		errno = ENOMEM;
		fail("brk");
	}
	touch((char *)end, len);
	syscall(SYS_brk, end);
	stop(len / PAGE);
}

static void dontneed(unsigned long len)
{
	char *p = touched_once(len);

	start();
	must(madvise(p, len, MADV_DONTNEED), "madvise");
	touch(p, len);
	stop(len / PAGE);
}

static void lock_fresh(unsigned long len)
{
	char *p = anon(len);

	start();
	must(mlock(p, len), "mlock");
	must(munlock(p, len), "munlock");
	stop(len / PAGE);
	unmap(p, len);
}

static void lock_touched(unsigned long len)
{
	char *p = touched_once(len);

	start();
	must(mlock(p, len), "mlock");
	must(munlock(p, len), "munlock");
	stop(len / PAGE);
}

static void ask_mincore(unsigned long len)
{
	static unsigned char vec[64 * MIB / PAGE];
	char *p = touched_once(len);

	start();
	must(mincore(p, len, vec), "mincore");
	stop(len / PAGE);
}

static void sync_file(unsigned long len)
{
	char *p = map(len, RW, MAP_SHARED, data_file(len));

	touch(p, len);
	start();
	must(msync(p, len, MS_SYNC), "msync");
	stop(1);
	unmap(p, len);
}
