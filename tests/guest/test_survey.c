// SPDX-License-Identifier: MIT
/*
 * Each value of each argument of the calls about address space, over several kinds of
 * memory: what they return is a line each, which has to be the same on both kernels.
 */
#define _GNU_SOURCE
#include <sys/personality.h>
#include "vmutil.h"

enum kind { ANON, SHARED_ANON, FILE_PRIVATE, FILE_SHARED, FILE_READ, NONE, LOCKED, HOLE, STACK,
	    KINDS };
static const char *const kinds[KINDS] = { "anon", "shared", "file", "shared file", "read-only file",
					  "PROT_NONE", "locked", "hole", "stack" };
static int fd, fd_ro;
static char line[256];

/* four pages of @kind, the second of which has been touched where it can be */
static char *make(enum kind kind)
{
	char *p = MAP_FAILED;

	switch (kind) {
	case ANON: case LOCKED: case HOLE:
		p = mmap(NULL, 4 * K4, RW, PRIV, -1, 0);
		break;
	case SHARED_ANON:
		p = mmap(NULL, 4 * K4, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		break;
	case FILE_PRIVATE:
		p = mmap(NULL, 4 * K4, RW, MAP_PRIVATE, fd, 0);
		break;
	case FILE_SHARED:
		p = mmap(NULL, 4 * K4, RW, MAP_SHARED, fd, 0);
		break;
	case FILE_READ:
		return mmap(NULL, 4 * K4, PROT_READ, MAP_SHARED, fd_ro, 0);
	case NONE:
		return mmap(NULL, 4 * K4, PROT_NONE, PRIV, -1, 0);
	default:
		p = mmap(NULL, 4 * K4, RW, PRIV | MAP_GROWSDOWN, -1, 0);
	}
	p[K4] = 1;
	if (kind == LOCKED)
		mlock(p, 4 * K4);
	if (kind == HOLE)
		munmap(p + 2 * K4, K4);
	return p;
}

static void say(long ret, const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	ok(1, "%s: %s %d", line, ret == -1 ? "error" : ret > 4096 ? "address" : "result",
	   ret == -1 ? err : ret > 4096 ? 0 : (int)ret);
}

/* permissions of @n pages: areas that are alike may be one or two */
static const char *pages(char *p, int n)
{
	static char text[64];
	unsigned long from, to, at;
	char *maps = vm_proc("/proc/self/maps"), perms[8], *l;

	text[0] = 0;
	for (at = (unsigned long)p; n--; at += K4) {
		char *word = "none";

		for (l = maps; *l; l = strchr(l, '\n') + 1)
			if (sscanf(l, "%lx-%lx %7s", &from, &to, perms) == 3 && from <= at && at < to) {
				word = perms;
				break;
			}
		strcat(strcat(text, *text ? " " : ""), word);
	}
	return text;
}

/* what a program sees of the second page, and of the areas */
static void state(char *p)
{
	ok(1, "  then %d, pages %s", vm_read(p + K4), pages(p, 4));
}

static void madvises(void)
{
	/* by configuration: 12 to 15 and 25 (merging, huge pages), 100 and 101 (poison) */
	static const int advice[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21,
				      22, 23, 24, 26, 99, 102, -1 };
	unsigned int i;
	int k;

	for (i = 0; i < sizeof(advice) / sizeof(*advice); i++)
		for (k = 0; k < KINDS; k++) {
			char *p = make(k);

			say(madvise(p, 4 * K4, advice[i]), "madvise %d of %s", advice[i], kinds[k]);
			if (advice[i] != 8)	/* what MADV_FREE leaves goes sooner or later */
				state(p);
			munmap(p, 4 * K4);
		}
	for (i = 0; i < sizeof(advice) / sizeof(*advice); i++) {
		char *p = make(ANON);

		say(madvise(p + 1, K4, advice[i]), "madvise %d, not aligned", advice[i]);
		say(madvise(p, 0, advice[i]), "no bytes");
		say(madvise(p, 1, advice[i]), "one byte");
		say(madvise(p, -K4, advice[i]), "around the end");
		say(madvise(p, -1ul, advice[i]), "all bytes");
		munmap(p, 4 * K4);
	}
}

static void locks(void)
{
	int k, f;

	for (k = 0; k < KINDS; k++) {
		char *p = make(k);
		unsigned char vec[4] = { 0 };

		say(mlock(p, 4 * K4), "mlock of %s", kinds[k]);
		ok(1, "  VmLck %ld", vm_status("VmLck"));
		say(mincore(p, 4 * K4, vec), "mincore");
		ok(1, "  %d%d%d%d", vec[0] & 1, vec[1] & 1, vec[2] & 1, vec[3] & 1);
		say(munlock(p + K4, K4), "munlock of a page");
		ok(1, "  VmLck %ld", vm_status("VmLck"));
		say(syscall(SYS_mlock2, p, 4 * K4, 1), "mlock2 ONFAULT");
		ok(1, "  VmLck %ld", vm_status("VmLck"));
		say(munlock(p, 4 * K4), "munlock");
		state(p);
		munmap(p, 4 * K4);
	}
	for (f = -1; f < 5; f++) {
		char *p = make(ANON);

		say(syscall(SYS_mlock2, p, K4, f), "mlock2 with flags %d", f);
		say(mlock(p + 1, K4), "mlock, not aligned");
		say(mlock(p, -K4), "mlock around the end");
		say(munlock(p, -1ul), "munlock of all bytes");
		munmap(p, 4 * K4);
	}
	for (f = 0; f < 9; f++) {
		say(mlockall(f), "mlockall %d", f);
		say(munlockall(), "munlockall");
	}
}

static void syncs(void)
{
	int k, f;

	for (f = 0; f < 9; f++)
		for (k = 0; k < KINDS; k++) {
			char *p = make(k);

			say(msync(p, 4 * K4, f), "msync %d of %s", f, kinds[k]);
			munmap(p, 4 * K4);
		}
	for (k = 0; k < KINDS; k++) {
		char *p = make(k);
		unsigned char vec[4];

		say(msync(p + 1, K4, MS_SYNC), "msync of %s, not aligned", kinds[k]);
		say(msync(p, -1ul, MS_SYNC), "all bytes");
		say(mincore(p, 4 * K4, (void *)8), "mincore to nowhere");
		say(mincore(p + 1, K4, vec), "not aligned");
		say(mincore(p, 0, vec), "nothing");
		munmap(p, 4 * K4);
	}
}

static void mremaps(void)
{
	static const size_t sizes[] = { 0, 1, 2, 4, 5 };
	char *place = vm_place(8), *q;
	unsigned int i, j;
	int k, f;

	for (f = 0; f < 9; f++)
		for (k = 0; k < KINDS; k++)
			for (i = 0; i < 5; i++)
				for (j = 0; j < 5; j += 2) {
					char *p = make(k);

					q = mremap(p, sizes[i] * K4, sizes[j] * K4, f, place);
					say((long)q, "mremap %d of %s, %zu to %zu", f, kinds[k], sizes[i],
					    sizes[j]);
					if (q != MAP_FAILED) {
						ok(1, "  %s %s", q == p ? "stays" : "moves",
						   pages(q, 5));
						munmap(q, 5 * K4);
					}
					if (f)
						ok(1, "  left %s", pages(p, 4));
					munmap(p, 5 * K4);
				}
}

static void protects(void)
{
	static const unsigned int more[] = { 0, 8, 16, 0x01000000, 0x02000000, 0x03000000 };
	unsigned int prot, i;
	int k;

	for (i = 0; i < 6; i++)
		for (prot = 0; prot < 8; prot++)
			for (k = 0; k < KINDS; k++) {
				char *p;

				if (prot == PROT_EXEC)
					continue;	/* by protection keys of the CPU */
				p = make(k);
				say(mprotect(p + K4, K4, prot | more[i]), "mprotect %x of %s",
				    prot | more[i], kinds[k]);
				ok(1, "  pages %s", pages(p, 4));
				munmap(p, 4 * K4);
			}
}

static void mmaps(void)
{
	unsigned int bit, type, how;

	for (type = 0; type < 5; type++)
		for (how = 0; how < 3; how++)
			for (bit = 4; bit < 32; bit++) {
				unsigned int flags = type | 1u << bit | (how ? 0 : MAP_ANONYMOUS);
				char *place = vm_place(4);
				char *p = mmap(place, K4, how == 2 ? PROT_READ : RW, flags,
					       how == 0 ? -1 : how == 1 ? fd : fd_ro, 0);

				say((long)p, "mmap %x how %u", flags, how);
				if (p != MAP_FAILED) {
					ok(1, "  %s %s", p == place ? "there" : "elsewhere",
					   pages(p, 1));
					munmap(p, K4);
				}
			}
}

int main(void)
{
	fd = syscall(SYS_memfd_create, "f", 0);
	fd_ro = open("/proc/self/exe", O_RDONLY);
	if (fd < 0 || fd_ro < 0 || ftruncate(fd, 16 * K4))
		bail("no files");
	plan(0);
	vm_catch();
	madvises();
	locks();
	syncs();
	protects();
	mmaps();
	mremaps();
	return done();
}
