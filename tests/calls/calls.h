/* SPDX-License-Identifier: MIT */
/*
 * calls.h - random calls about memory, the same for each kernel that is asked.
 *
 * A generator makes calls out of a seed alone: what it draws never depends on a result, so
 * that a program of Quire, the same program on Linux and the hosted mm/ (hosted.c) are
 * asked the same and can be compared line by line. Arguments that say nothing wrong are
 * the rule, edges the exception: lengths that wrap, addresses that are none, no pages at
 * all, flags that nobody knows.
 *
 *	WINDOW	1024 pages that cross a border of 1 GiB, half a page table each side
 *	heap	256 pages where the program's break begins, so its place is a parameter
 *	filler	the rest of the address space is full: what the kernel places by itself
 *		goes into the window (the highest place first), then into the heap's
 *	files	three at a time of a pool of FILE_POOL, the third open for reading only;
 *		C_RENEW takes the next one of the pool
 *	slots	up to SLOTS processes that fork from each other and take turns
 *
 * No call may hit what lies around: lengths that do not wrap end in the window.
 */
#ifndef TESTS_CALLS_H
#define TESTS_CALLS_H

#define C_PAGE		4096ul
#define WINDOW		0x3fe00000ul
#define PAGES		1024u
#define HEAP_PAGES	256u
#define FILES		3u
#define FILE_PAGES	96u
#define FILE_POOL	48u
#define SLOTS		4u
#define SEGMENTS	4u

enum {
	C_TOUCH, C_STORE, C_MMAP, C_MUNMAP, C_MPROTECT, C_MADVISE, C_MLOCK, C_MLOCKALL, C_MREMAP,
	C_BRK, C_MSYNC, C_MINCORE, C_REMAP, C_FWRITE, C_FREAD, C_TRUNC, C_FALLOC, C_SEAL, C_RENEW,
	C_PEEK, C_POKE, C_FORK, C_EXIT, C_SWITCH, C_LOOK,
	/* what a hosted machine has no calls for */
	C_KREAD, C_KWRITE, C_VMREAD, C_VMWRITE, C_PADVISE, C_MEMBARRIER, C_SHMGET, C_SHMAT, C_SHMDT,
	C_SHMRM, C_RLIMIT, C_EXEC, C_FUTEX, C_PROC, C_VFORK,
	C_KINDS
};

/* how often: in comparisons of mm/ alone, of the whole kernel, and where all run at once */
enum { MIX_CORE, MIX_FULL, MIX_STORM, MIXES };

static const struct {
	const char *name;
	unsigned char args;
	unsigned short weight[MIXES];
} call_kinds[C_KINDS] = {
	[C_TOUCH] = { "touch", 1, { 200, 200, 300 } }, [C_STORE] = { "store", 2, { 300, 300, 300 } },
	[C_MMAP] = { "mmap", 6, { 90, 90, 60 } }, [C_MUNMAP] = { "munmap", 2, { 30, 30, 30 } },
	[C_MPROTECT] = { "mprotect", 3, { 60, 60, 40 } },
	[C_MADVISE] = { "madvise", 3, { 70, 70, 50 } }, [C_MLOCK] = { "mlock", 3, { 24, 24, 12 } },
	[C_MLOCKALL] = { "mlockall", 1, { 4, 4, 1 } }, [C_MREMAP] = { "mremap", 5, { 60, 60, 40 } },
	[C_BRK] = { "brk", 1, { 24, 24, 20 } }, [C_MSYNC] = { "msync", 3, { 10, 10, 10 } },
	[C_MINCORE] = { "mincore", 2, { 16, 16, 10 } },
	[C_REMAP] = { "remap_file_pages", 5, { 10, 10, 8 } },
	[C_FWRITE] = { "write", 4, { 24, 24, 20 } }, [C_FREAD] = { "read", 3, { 10, 10, 10 } },
	[C_TRUNC] = { "ftruncate", 2, { 8, 8, 6 } }, [C_FALLOC] = { "fallocate", 4, { 10, 10, 6 } },
	[C_SEAL] = { "seal", 2, { 1, 1, 0 } }, [C_RENEW] = { "renew", 1, { 3, 3, 0 } },
	[C_PEEK] = { "peek", 3, { 10, 10, 8 } }, [C_POKE] = { "poke", 4, { 10, 10, 8 } },
	[C_FORK] = { "fork", 1, { 10, 10, 2 } }, [C_EXIT] = { "exit", 1, { 5, 5, 0 } },
	[C_SWITCH] = { "switch", 1, { 24, 24, 0 } }, [C_LOOK] = { "look", 0, { 12, 12, 0 } },
	[C_KREAD] = { "kread", 4, { 0, 16, 12 } }, [C_KWRITE] = { "kwrite", 4, { 0, 16, 12 } },
	[C_VMREAD] = { "vmread", 3, { 0, 10, 8 } }, [C_VMWRITE] = { "vmwrite", 4, { 0, 10, 8 } },
	[C_PADVISE] = { "process_madvise", 4, { 0, 6, 4 } },
	[C_MEMBARRIER] = { "membarrier", 2, { 0, 2, 4 } },
	[C_SHMGET] = { "shmget", 2, { 0, 6, 3 } }, [C_SHMAT] = { "shmat", 3, { 0, 12, 6 } },
	[C_SHMDT] = { "shmdt", 1, { 0, 8, 6 } }, [C_SHMRM] = { "shmrm", 1, { 0, 3, 3 } },
	[C_RLIMIT] = { "setrlimit", 2, { 0, 3, 1 } }, [C_EXEC] = { "exec", 0, { 0, 2, 0 } },
	[C_FUTEX] = { "futex", 4, { 0, 12, 12 } }, [C_PROC] = { "proc", 2, { 0, 0, 3 } },
	[C_VFORK] = { "vfork", 0, { 0, 2, 1 } },
};

struct call {
	unsigned int kind;
	unsigned long a[6];
};

struct gen {
	unsigned long long state;
	unsigned long heap;
	unsigned int mix;
};

static inline unsigned int draw(struct gen *g, unsigned int below)
{
	unsigned long long z = (g->state += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return ((z ^ (z >> 31)) >> 32) % below;
}

#define draw_of(g, list)	((list)[draw(g, sizeof(list) / sizeof((list)[0]))])

/* --- ranges -------------------------------------------------------------- */

/* a page of the window; a few about the border of two tables are used over and over */
static inline unsigned int draw_page(struct gen *g)
{
	return draw(g, 4) ? 480 + draw(g, draw(g, 2) ? 16 : 64) : draw(g, PAGES);
}

static inline unsigned long draw_weird_addr(struct gen *g)
{
	static const unsigned long addrs[] = {
		-C_PAGE, 1ul << 47, 0x7ffffffff000ul, 1ul << 63, 0xffff888000000000ul, -1ul,
	};

	return draw_of(g, addrs);
}

/* small ones mostly; some large, some whole page tables */
static inline void draw_range(struct gen *g, unsigned long *addr, unsigned long *len)
{
	static const unsigned long wraps[] = { 0, 0, 1, -1ul, -C_PAGE };
	unsigned int start = draw_page(g), n = 1 + draw(g, draw(g, 8) ? 12 : PAGES), room = PAGES;
	unsigned long base = WINDOW;

	if (!draw(g, 32)) {
		start &= ~511u;
		n = 512;
	}
	if (!draw(g, 24)) {
		base = g->heap;
		room = HEAP_PAGES;
		start %= room;
	}
	n = n < room - start ? n : room - start;
	*addr = base + start * C_PAGE;
	*len = n * C_PAGE;
	if (!draw(g, 12))
		*len -= draw(g, C_PAGE);
	if (!draw(g, 64))
		*addr += 1 + draw(g, C_PAGE - 1);
	if (!draw(g, 80))
		*len = draw(g, 5) ? draw_of(g, wraps) : -*addr;
	if (!draw(g, 128))
		*addr = draw_weird_addr(g);
}

/* one byte: mostly the first or the last of a page */
static inline unsigned long draw_byte(struct gen *g)
{
	static const unsigned int at[] = { 0, 0, 1, 2047, C_PAGE - 1, C_PAGE - 1 };

	if (!draw(g, 24))
		return g->heap + draw(g, HEAP_PAGES) * C_PAGE + draw_of(g, at);
	return WINDOW + draw_page(g) * C_PAGE + draw_of(g, at);
}

/* bytes that may cross pages, within the window */
static inline void draw_bytes(struct gen *g, unsigned long *addr, unsigned long *len)
{
	*addr = draw_byte(g);
	*len = 1 + draw(g, draw(g, 3) ? 64 : 3 * C_PAGE);
	if (*addr + *len > WINDOW + PAGES * C_PAGE)
		*len = 1;
}

/* --- one call ------------------------------------------------------------ */

static inline unsigned long draw_prot(struct gen *g)
{
	static const unsigned long prots[] = { 3, 3, 3, 3, 3, 1, 1, 0, 5, 7, 2, 6 };
	static const unsigned long more[] = { 8, 16, 0x01000000, 0x02000000, 0x03000000 };

	return draw_of(g, prots) | (draw(g, 48) ? 0 : draw_of(g, more));
}

static inline unsigned long draw_map_flags(struct gen *g)
{
	static const unsigned int where[] = { 0x10, 0x10, 0x10, 0x10, 0x100000, 0, 0, 0x40 };
	static const unsigned int more[] = { 0x8000, 0x8000, 0x2000, 0x4000, 0x4000, 0x20000, 0x800,
					     0x1000, 0x10000, 0x80000, 0x4000000, 0x80 };
	unsigned long flags = draw(g, 96) ? (draw(g, 3) ? 2 : 1) : draw(g, 16);

	flags |= draw_of(g, where);
	if (!draw(g, 4))
		flags |= draw_of(g, more);
	return flags;
}

static inline void draw_mmap(struct gen *g, unsigned long *a)
{
	unsigned int kind = draw(g, 16), n;

	draw_range(g, &a[0], &a[1]);
	a[2] = draw_prot(g);
	a[3] = draw_map_flags(g);
	a[4] = draw(g, FILES);
	a[5] = draw(g, 200) ? draw(g, FILE_PAGES) : draw(g, 2) ? 1ul << 51 : (1ul << 52) - 1;
	if (kind < 8) {
		a[3] |= 0x20;
		a[4] = -1ul;
		a[5] = 0;
	}
	n = draw(g, 64);
	if (kind >= 8 && n && a[1] > FILE_PAGES * C_PAGE && a[1] < -C_PAGE)
		a[1] = FILE_PAGES * C_PAGE;
	if (!(a[3] & 0x100010) && !draw(g, 2))
		a[0] = 0;
	/* a place of its own choice may be of any length */
	if (!(a[3] & 0x100010) && !draw(g, 100))
		a[1] = 1ul << (46 + draw(g, 18));
}

static inline void draw_mremap(struct gen *g, unsigned long *a)
{
	static const unsigned int flags[] = { 0, 0, 1, 1, 1, 3, 3, 3, 3, 5, 5, 7, 2, 4 };
	unsigned long len, end;

	draw_range(g, &a[0], &a[1]);
	draw_range(g, &a[4], &a[2]);
	a[3] = draw(g, 100) ? draw_of(g, flags) : draw(g, 16);
	if (!draw(g, 3))
		a[2] = a[1];
	if (!draw(g, 24))
		a[1] = 0;
	if (!(a[3] & 2) && !draw(g, 100))
		a[2] = 1ul << (46 + draw(g, 18));
	/* where it goes must not be outside the window */
	len = a[2];
	end = a[4] < WINDOW ? g->heap + HEAP_PAGES * C_PAGE : WINDOW + PAGES * C_PAGE;
	if (len < 1ul << 40 && a[4] < end && a[4] + len > end)
		a[2] = end - a[4];
}

static inline void draw_madvise(struct gen *g, unsigned long *a)
{
	/*
	 * None of those that depend on how Linux was configured: merging, huge pages, poison;
	 * nor MADV_PAGEOUT, which takes clean pages of shared memory where there is reclaim.
	 */
	static const int advice[] = { 4, 4, 4, 4, 8, 9, 9, 10, 11, 16, 17, 18, 18, 19, 20, 20, 22, 22,
				      23, 23, 24, 0, 1, 2, 3, 3 };
	static const int wrong[] = { 5, 26, 99, 102, -1, 7 };

	draw_range(g, &a[0], &a[1]);
	a[2] = draw(g, 64) ? draw_of(g, advice) : draw_of(g, wrong);
}

static inline void draw_file_range(struct gen *g, unsigned long *file, unsigned long *off,
				   unsigned long *len)
{
	*file = draw(g, FILES);
	*off = draw(g, FILE_PAGES) * C_PAGE + (draw(g, 3) ? 0 : draw(g, C_PAGE));
	*len = 1 + draw(g, draw(g, 2) ? 100 : 4 * C_PAGE);
}

static inline void draw_file_call(struct gen *g, struct call *c)
{
	static const unsigned int modes[] = { 0, 1, 3, 3, 3, 2, 8 };
	static const unsigned int seals[] = { 1, 2, 4, 8, 6, 0, 32 };
	unsigned long *a = c->a;

	draw_file_range(g, &a[0], &a[1], &a[2]);
	a[3] = draw(g, 256);
	switch (c->kind) {
	case C_TRUNC:
		a[1] = draw(g, 40) ? a[1] : draw(g, 2) ? -1ul : 0;
		break;
	case C_FALLOC:
		a[3] = a[2] * (draw(g, 4) ? 1 : 9);
		a[2] = a[1];
		a[1] = draw_of(g, modes);
		if (!draw(g, 40))
			a[3] = draw(g, 2) ? 0 : -C_PAGE;
		break;
	case C_SEAL:
		a[1] = draw_of(g, seals);
	}
}

static inline void draw_other_call(struct gen *g, struct call *c)
{
	static const int limits[] = { 9, 9, 2, 8, 8 };
	static const int futex[] = { 0, 128, 1, 129, 3, 131, 4, 9, 10, 5, 13 };
	static const int barriers[] = { 1, 1, 2, 4, 8, 16, 32, 64, 999, -1 };
	static const int advice[] = { 20, 20, 3, 3, 4, 0 };
	unsigned long *a = c->a, unused;

	switch (c->kind) {
	case C_KREAD: case C_KWRITE:
		draw_bytes(g, &a[2], &a[3]);
		draw_file_range(g, &a[0], &a[1], &unused);
		break;
	case C_VMREAD: case C_VMWRITE: case C_PEEK: case C_POKE:
		a[0] = draw(g, SLOTS);
		draw_bytes(g, &a[1], &a[2]);
		a[3] = draw(g, 256);
		break;
	case C_PADVISE:
		a[0] = draw(g, SLOTS);
		draw_range(g, &a[1], &a[2]);
		a[3] = draw_of(g, advice);
		break;
	case C_MEMBARRIER:
		a[0] = draw_of(g, barriers);
		a[1] = !draw(g, 16);
		break;
	case C_SHMGET:
		a[0] = draw(g, SEGMENTS);
		a[1] = draw(g, 24) ? 1 + draw(g, 24 * C_PAGE) : 0;
		break;
	case C_SHMAT:
		a[0] = draw(g, SEGMENTS);
		a[1] = draw(g, 4) ? WINDOW + draw(g, PAGES - 24) * C_PAGE + !draw(g, 12) * 77 : 0;
		a[2] = (draw(g, 3) ? 0 : 010000) | (draw(g, 2) ? 040000 : 0) |
		       (draw(g, 3) ? 0 : 020000) | (draw(g, 8) ? 0 : 0100000);
		break;
	case C_SHMDT:
		a[0] = WINDOW + draw_page(g) * C_PAGE + !draw(g, 16);
		break;
	case C_SHMRM:
		a[0] = draw(g, SEGMENTS);
		break;
	case C_RLIMIT:
		a[0] = draw_of(g, limits);
		a[1] = draw(g, 3) ? draw(g, 600) : -1ul;
		break;
	case C_FUTEX:
		a[0] = draw_byte(g) & (draw(g, 16) ? ~3ul : -1ul);
		a[1] = draw_of(g, futex);
		a[2] = draw(g, 3) ? 0 : draw(g, 256);
		a[3] = draw_byte(g) & ~3ul;
		break;
	case C_PROC:
		a[0] = draw(g, SLOTS);
		a[1] = draw(g, 12);
	}
}

static inline void draw_args(struct gen *g, struct call *c)
{
	unsigned long *a = c->a;

	switch (c->kind) {
	case C_TOUCH: case C_STORE:
		a[0] = draw_byte(g);
		a[1] = draw(g, 256);
		break;
	case C_MMAP:
		draw_mmap(g, a);
		break;
	case C_MUNMAP: case C_MINCORE:
		draw_range(g, &a[0], &a[1]);
		break;
	case C_MPROTECT:
		draw_range(g, &a[0], &a[1]);
		a[2] = draw_prot(g);
		break;
	case C_MADVISE:
		draw_madvise(g, a);
		break;
	case C_MLOCK:			/* 0: munlock, 1: mlock, then the flags of mlock2 */
		draw_range(g, &a[0], &a[1]);
		a[2] = draw(g, 5);
		break;
	case C_MLOCKALL:		/* 0: munlockall */
		a[0] = draw(g, 3) ? 0 : draw(g, 9);
		break;
	case C_MREMAP:
		draw_mremap(g, a);
		break;
	case C_BRK:
		a[0] = g->heap + draw(g, HEAP_PAGES) * C_PAGE + (draw(g, 2) ? 0 : draw(g, C_PAGE));
		a[0] = draw(g, 24) ? a[0] : draw(g, 2) ? g->heap - 1 : draw_weird_addr(g);
		break;
	case C_MSYNC:
		draw_range(g, &a[0], &a[1]);
		a[2] = draw(g, 9);
		break;
	case C_REMAP:
		draw_range(g, &a[0], &a[1]);
		a[2] = draw(g, 8) ? 0 : draw(g, 8);
		a[3] = draw(g, FILE_PAGES);
		a[4] = draw(g, 2) ? 0 : 0x10000;
		break;
	case C_FWRITE: case C_FREAD: case C_TRUNC: case C_FALLOC: case C_SEAL: case C_RENEW:
		draw_file_call(g, c);
		break;
	case C_FORK: case C_EXIT: case C_SWITCH:
		a[0] = draw(g, SLOTS);
		break;
	default:
		draw_other_call(g, c);
	}
}

static inline void draw_call(struct gen *g, struct call *c)
{
	unsigned int total = 0, k, n;

	for (k = 0; k < C_KINDS; k++)
		total += call_kinds[k].weight[g->mix];
	n = draw(g, total);
	for (k = 0; n >= call_kinds[k].weight[g->mix]; k++)
		n -= call_kinds[k].weight[g->mix];
	*c = (struct call){ .kind = k };
	draw_args(g, c);
}

/* --- what is compared ---------------------------------------------------- */

#define HASH_START	0xcbf29ce484222325ull

static inline unsigned long long hash_word(unsigned long long h, unsigned long long word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15ull;
	return h ^ (h >> 29);
}

static inline unsigned long long hash_text(unsigned long long h, const char *text)
{
	while (*text)
		h = (h ^ (unsigned char)*text++) * 0x100000001b3ull;
	return h;
}

static inline unsigned long hash_bytes(const unsigned char *bytes, unsigned long n)
{
	unsigned long long h = HASH_START;

	while (n--)
		h = (h ^ *bytes++) * 0x100000001b3ull;
	return h >> 33;
}

/* what came, as one number: how much and what; or the error */
static inline long read_result(long n, const unsigned char *bytes)
{
	return n < 0 ? n : (long)(hash_bytes(bytes, n) % 100000 * 100000 + n);
}

#endif
