/* SPDX-License-Identifier: MIT */
/*
 * look.h - all that a process can see of its window and its heap, in a normal form.
 *
 * The lines of /proc/self/maps, joined where they differ in nothing (two kernels may cut
 * areas differently); which pages are present; the bytes of those that are; the flags and
 * anonymous pages of /proc/self/smaps; sizes of /proc/self/status. How many pages of
 * files are mapped is left out: the kernel may map some that nobody asked for.
 */
#ifndef TESTS_CALLS_LOOK_H
#define TESTS_CALLS_LOOK_H

#include "guest.h"

struct look_line {
	unsigned long start, end, offset, inode;
	char perms[5], kind[8];
};

struct look {
	unsigned long heap;
	unsigned long long core, full;		/* hashes: what a hosted machine has too; all */
	int verbose;
	unsigned char perms[BIRTHS];		/* a number for each page's */
	struct look_line last;
};

static char look_text[1 << 20];

static inline char *look_file(const char *path)
{
	int fd = open(path, O_RDONLY);
	size_t n = 0;
	ssize_t got;

	while ((got = read(fd, look_text + n, sizeof(look_text) - 1 - n)) > 0)
		n += got;
	close(fd);
	look_text[n] = '\0';
	return look_text;
}

static inline void look_say(struct look *l, const char *text)
{
	if (l->verbose)
		(void)!write(1, text, strlen(text));
}

/* where an address is, as both kernels say it */
static inline const char *look_addr(unsigned long heap, unsigned long addr, char *text)
{
	if (addr - WINDOW <= PAGES * C_PAGE)
		sprintf(text, "w+%lx", addr - WINDOW);
	else if (addr - heap <= HEAP_PAGES * C_PAGE)
		sprintf(text, "h+%lx", addr - heap);
	else
		sprintf(text, "%lx", addr);
	return text;
}

/* --- pages of a line ----------------------------------------------------- */

/*
 * How many are present, a hash of which, one of three words of each of these. Anonymous
 * pages of zeroes do not count: a child has those that its parent only read, or has not.
 */
struct look_pages {
	unsigned int present;
	unsigned long long which, words;
};

static inline struct look_pages look_pages(const struct look_line *a)
{
	static unsigned char vec[BIRTHS], page[C_PAGE];
	struct look_pages l = { 0, HASH_START, HASH_START };
	unsigned long at;
	int fd;

	if (syscall(SYS_mincore, a->start, a->end - a->start, vec))
		return l;
	fd = open("/proc/self/mem", O_RDONLY);
	for (at = a->start; at < a->end; at += C_PAGE) {
		uint64_t words[3] = { 0, 0, 0 };

		if (!(vec[(at - a->start) / C_PAGE] & 1))
			continue;
		if (pread(fd, page, C_PAGE, at) == C_PAGE) {
			memcpy(&words[0], page, 8);
			memcpy(&words[1], page + 2044, 8);
			memcpy(&words[2], page + C_PAGE - 8, 8);
		} else {
			words[0] = 99;
		}
		if (!a->inode && !words[0] && !words[1] && !words[2])
			continue;
		l.present++;
		l.which = hash_word(l.which, (at - a->start) / C_PAGE);
		l.words = hash_word(hash_word(hash_word(l.words, words[0]), words[1]), words[2]);
	}
	close(fd);
	return l;
}

/* --- /proc/self/maps ----------------------------------------------------- */

static inline void look_put(struct look *l)
{
	const struct look_line *a = &l->last;
	char text[160], from[24], to[24];
	struct look_pages pages;

	if (a->start == a->end)
		return;
	pages = look_pages(a);
	snprintf(text, sizeof(text), "    %s-%s %s %lx %s %u %llx %llx\n",
		 look_addr(l->heap, a->start, from), look_addr(l->heap, a->end, to), a->perms,
		 a->offset, a->kind, pages.present, pages.which, pages.words);
	l->core = hash_text(l->core, text);
	look_say(l, text);
}

static inline void look_join(struct look *l, const struct look_line *next)
{
	struct look_line *a = &l->last;

	if (a->end == next->start && a->inode == next->inode && !strcmp(a->perms, next->perms) &&
	    (!a->inode || a->offset + (a->end - a->start) == next->offset)) {
		a->end = next->end;
		return;
	}
	look_put(l);
	*a = *next;
}

/* the part of a line in [@lo, @hi) */
static inline void look_clip(struct look *l, struct look_line a, unsigned long lo, unsigned long hi)
{
	unsigned long at;
	unsigned char perms = 1;
	int i;

	if (a.end <= lo || a.start >= hi)
		return;
	if (a.start < lo) {
		a.offset += a.inode ? lo - a.start : 0;
		a.start = lo;
	}
	a.end = a.end < hi ? a.end : hi;
	for (i = 0; i < 4; i++)
		perms = perms * 2 + (a.perms[i] != '-' && a.perms[i] != 'p');
	for (at = a.start; at < a.end; at += C_PAGE)
		l->perms[birth_index(l->heap, at)] = perms;
	look_join(l, &a);
}

static inline void look_kind(struct look_line *a, const char *path)
{
	const char *memfd = strstr(path, "/memfd:");

	if (memfd)
		snprintf(a->kind, sizeof(a->kind), "f%d", atoi(memfd + 7));
	else
		strcpy(a->kind, strstr(path, "/dev/zero") ? "z" : strstr(path, "/SYSV") ? "s" : "-");
}

static inline void look_maps(struct look *l)
{
	char *line = look_file("/proc/self/maps"), *end, *p;

	memset(l->perms, 0, sizeof(l->perms));
	l->last = (struct look_line){ .start = 0 };
	for (; (end = strchr(line, '\n')); line = end + 1) {
		struct look_line a;

		*end = '\0';
		a.start = strtoul(line, &p, 16);
		a.end = strtoul(p + 1, &p, 16);
		memcpy(a.perms, p + 1, 4);
		a.perms[4] = '\0';
		a.offset = strtoul(p + 6, &p, 16);
		p = strchr(p + 1, ' ');
		a.inode = strtoul(p, &p, 10);
		look_kind(&a, p);
		look_clip(l, a, l->heap, l->heap + HEAP_PAGES * C_PAGE);
		look_clip(l, a, WINDOW, WINDOW + PAGES * C_PAGE);
	}
	look_put(l);
}

/* --- /proc/self/smaps and status ----------------------------------------- */

/* of areas inside window or heap: those at the edges are joined with the filler */
static inline void look_smaps(struct look *l)
{
	char *line = look_file("/proc/self/smaps"), *end, text[200], from[24], flags[100] = "", *p;
	unsigned long start, stop = 0, last = 0, first = 0, anonymous = 0;

	for (start = 0; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (line[0] < 'A' || line[0] > 'Z') {
			start = strtoul(line, &p, 16);
			stop = strtoul(p + 1, &p, 16);
		} else if (birth_index(l->heap, start) == BIRTHS || stop - start > PAGES * C_PAGE) {
			continue;
		} else if (!strncmp(line, "Anonymous:", 10)) {
			anonymous += atol(line + 10);
		} else if (!strncmp(line, "VmFlags: ", 9)) {
			p = strstr(line, " sd");
			if (p)
				memmove(p, p + 3, strlen(p + 3) + 1);
			if (last == start && !strcmp(flags, line + 9)) {
				last = stop;
				continue;
			}
			snprintf(text, sizeof(text), "    %s +%lx %s\n",
				 look_addr(l->heap, first, from), last - first, flags);
			l->full = hash_text(l->full, text);
			look_say(l, text);
			snprintf(flags, sizeof(flags), "%s", line + 9);
			first = start;
			last = stop;
		}
	}
	snprintf(text, sizeof(text), "    %s +%lx %s, %lu kB anonymous\n",
		 look_addr(l->heap, first, from), last - first, flags, anonymous);
	l->full = hash_text(l->full, text);
	look_say(l, text);
}

/* sizes in kB; the first three are compared with what they were at the beginning */
static inline void look_sizes(struct look *l, const long *base)
{
	static const char *const fields[] = { "\nVmSize", "\nVmData", "\nVmStk", "\nVmExe" };
	char text[64];
	unsigned int i;

	for (i = 0; i < 4; i++) {
		snprintf(text, sizeof(text), "    %s %ld\n", fields[i] + 1,
			 place_status(fields[i]) - base[i]);
		l->full = hash_text(l->full, text);
		look_say(l, text);
	}
}

static inline void look_base(long *base)
{
	base[0] = place_status("\nVmSize");
	base[1] = place_status("\nVmData");
	base[2] = place_status("\nVmStk");
	base[3] = place_status("\nVmExe");
}

#endif
