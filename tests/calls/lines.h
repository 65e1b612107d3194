/* SPDX-License-Identifier: MIT */
/*
 * lines.h - answers and address spaces as lines of text and their hashes, the same for a
 * program in the guest (look.h) and for a hosted machine (hosted.c).
 *
 * A line of an address space is a line of maps, joined with its neighbours where they
 * differ in nothing (two kernels may cut areas differently), with the pages that are
 * present and some of their bytes. Who includes this says where lines go, look_out(), and
 * which pages an area has, look_pages().
 */
#ifndef TESTS_CALLS_LINES_H
#define TESTS_CALLS_LINES_H

#include "births.h"

struct notes {
	unsigned long heap;
	unsigned long long core, full;	/* hashes: what a hosted machine has too; all */
	int verbose;
};

struct look_line {
	unsigned long start, end, offset, inode;
	char perms[5], kind[8];
};

/*
 * How many are present, a hash of which, one of three words of each of these. Anonymous
 * pages of zeroes do not count: a child has those that its parent only read, or has not.
 */
struct look_pages {
	unsigned int present;
	unsigned long long which, words;
};

struct look {
	struct notes notes;
	unsigned char perms[BIRTHS];		/* a number for each page's */
	struct look_line last;
};

static void look_out(const char *text);
static struct look_pages look_pages(const struct look_line *a);

static inline void look_say(const struct notes *n, const char *text)
{
	if (n->verbose)
		look_out(text);
}

/* where an address is, as all kernels say it */
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

/* --- a call -------------------------------------------------------------- */

static inline void say_call(const struct notes *notes, const char *who, const struct call *c,
			    long ret)
{
	char text[300], word[24];
	unsigned int i, n;

	n = snprintf(text, sizeof(text), "%s %s(", who, call_kinds[c->kind].name);
	for (i = 0; i < call_kinds[c->kind].args; i++)
		n += snprintf(text + n, sizeof(text) - n, "%s%s", i ? ", " : "",
			      look_addr(notes->heap, c->a[i], word));
	if (ret < 0 && ret > -4096)
		sprintf(word, "%ld", ret);
	else
		look_addr(notes->heap, ret, word);
	snprintf(text + n, sizeof(text) - n, ") = %s\n", word);
	look_say(notes, text);
}

/* @who made a call */
static inline void note_call(struct notes *n, const char *who, const struct call *c, long ret)
{
	long core = ret;

	/* which fault it was, a hosted machine does not say */
	if (c->kind <= C_STORE && ret < 0)
		core = -1;
	if (birth_index(n->heap, ret) < BIRTHS)
		core = birth_index(n->heap, ret) * C_PAGE + ret % C_PAGE;
	n->core = hash_word(hash_word(n->core, c->kind), core);
	n->full = hash_word(hash_word(n->full, c->kind), c->kind <= C_STORE ? ret : core);
	if (n->verbose)
		say_call(n, who, c, ret);
}

/* --- pages of a line ----------------------------------------------------- */

static inline void look_add_page(struct look_pages *l, const struct look_line *a, unsigned long at,
				 const unsigned long long words[3])
{
	if (!a->inode && !words[0] && !words[1] && !words[2])
		return;
	l->present++;
	l->which = hash_word(l->which, (at - a->start) / C_PAGE);
	l->words = hash_word(hash_word(hash_word(l->words, words[0]), words[1]), words[2]);
}

/* --- lines --------------------------------------------------------------- */

static inline void look_put(struct look *l)
{
	const struct look_line *a = &l->last;
	char text[160], from[24], to[24];
	struct look_pages pages;

	if (a->start == a->end)
		return;
	pages = look_pages(a);
	snprintf(text, sizeof(text), "    %s-%s %s %lx %s %u %llx %llx\n",
		 look_addr(l->notes.heap, a->start, from), look_addr(l->notes.heap, a->end, to),
		 a->perms, a->offset, a->kind, pages.present, pages.which, pages.words);
	l->notes.core = hash_text(l->notes.core, text);
	look_say(&l->notes, text);
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
		l->perms[birth_index(l->notes.heap, at)] = perms;
	look_join(l, &a);
}

static inline void look_begin(struct look *l, const struct notes *notes)
{
	l->notes = *notes;
	memset(l->perms, 0, sizeof(l->perms));
	l->last = (struct look_line){ .start = 0 };
}

/* one area; they come in order */
static inline void look_area(struct look *l, struct look_line a)
{
	look_clip(l, a, l->notes.heap, l->notes.heap + HEAP_PAGES * C_PAGE);
	look_clip(l, a, WINDOW, WINDOW + PAGES * C_PAGE);
}

#endif
