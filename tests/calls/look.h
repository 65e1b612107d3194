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
#include "lines.h"

static char look_text[1 << 20];

static void look_out(const char *text)
{
	(void)!write(1, text, strlen(text));
}

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

/* --- pages of a line ----------------------------------------------------- */

static struct look_pages look_pages(const struct look_line *a)
{
	static unsigned char vec[BIRTHS], page[C_PAGE];
	struct look_pages l = { 0, HASH_START, HASH_START };
	unsigned long at;
	int fd;

	if (syscall(SYS_mincore, a->start, a->end - a->start, vec))
		return l;
	fd = open("/proc/self/mem", O_RDONLY);
	for (at = a->start; at < a->end; at += C_PAGE) {
		unsigned long long words[3] = { 0, 0, 0 };

		if (!(vec[(at - a->start) / C_PAGE] & 1))
			continue;
		if (pread(fd, page, C_PAGE, at) == C_PAGE) {
			memcpy(&words[0], page, 8);
			memcpy(&words[1], page + 2044, 8);
			memcpy(&words[2], page + C_PAGE - 8, 8);
		} else {
			words[0] = 99;
		}
		look_add_page(&l, a, at, words);
	}
	close(fd);
	return l;
}

/* --- /proc/self/maps ----------------------------------------------------- */

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
		look_area(l, a);
	}
	look_put(l);
}

/* --- /proc/self/smaps and status ----------------------------------------- */

/*
 * Of areas inside window or heap: those at the edges are joined with the filler. The heap
 * may be one area with the page before it, see place_prepare().
 */
static inline void look_smaps(struct look *l)
{
	char *line = look_file("/proc/self/smaps"), *end, text[200], from[24], flags[100] = "", *p;
	unsigned long start, stop = 0, last = 0, first = 0, anonymous = 0;

	for (start = 0; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (line[0] < 'A' || line[0] > 'Z') {
			start = strtoul(line, &p, 16);
			stop = strtoul(p + 1, &p, 16);
			if (start == l->notes.heap - C_PAGE && stop > l->notes.heap) {
				start = l->notes.heap;
				anonymous -= C_PAGE / 1024;
			}
		} else if (birth_index(l->notes.heap, start) == BIRTHS || stop - start > PAGES * C_PAGE) {
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
				 look_addr(l->notes.heap, first, from), last - first, flags);
			l->notes.full = hash_text(l->notes.full, text);
			look_say(&l->notes, text);
			snprintf(flags, sizeof(flags), "%s", line + 9);
			first = start;
			last = stop;
		}
	}
	snprintf(text, sizeof(text), "    %s +%lx %s, %lu kB anonymous\n",
		 look_addr(l->notes.heap, first, from), last - first, flags, anonymous);
	l->notes.full = hash_text(l->notes.full, text);
	look_say(&l->notes, text);
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
		l->notes.full = hash_text(l->notes.full, text);
		look_say(&l->notes, text);
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
