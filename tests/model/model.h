/* SPDX-License-Identifier: MIT */
/*
 * model.h - random runs of a part of mm/ against a slow and obvious model of it.
 *
 * A model is a table of operations, each with a function that works on the machine and on
 * the model and compares the two. An operation is a number and four arguments out of a
 * seeded generator. What an argument means is decided when it runs, from the state of that
 * moment ("page argument modulo pages held"), so that any subsequence of a run can be run:
 * that is what makes a failing run shrink to a few operations.
 *
 * While the engine runs a sequence for print, model_say() writes what happens as lines of
 * C, with the values of that run; model_expect() the comparisons. Together they are the
 * body of a test that needs nothing of this directory.
 */
#ifndef TESTS_MODEL_H
#define TESTS_MODEL_H

#include <setjmp.h>
#include <linux/types.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/mm.h>
#include <linux/highmem.h>
#include <linux/slab.h>
#include <linux/err.h>
#include <mm/machine.h>
#include <mm/host.h>
#include "../../arch/host/host_internal.h"

#define MODEL_ARGS	4
#define MODEL_CPUS	4

struct model_op {
	unsigned int kind;		/* index into model->kinds */
	u32 arg[MODEL_ARGS];
	u32 fault;			/* 0, or which of its allocations fails */
};

struct model_kind {
	const char *name;
	void (*run)(const u32 *arg);
	unsigned int grow, shrink;	/* how frequent, while the load grows and shrinks */
};

struct model {
	const char *name;
	const struct model_kind *kinds;
	unsigned int nr_kinds;
	unsigned long check_every;	/* operations between two full comparisons */
	/* what the machine has to be besides its geometry, and the same as lines of C */
	void (*config)(struct machine_config *config);
	const char *config_text;
	const char *includes;		/* of the printed test, and its variables */
	void (*begin)(void);		/* CPU 0 is entered */
	void (*check)(void);		/* compare everything */
	void (*end)(void);		/* give everything back: leaks are looked for */
	const char *const *plants;	/* mistakes that --plant can put in; NULL at the end */
};

int model_main(const struct model *model, int argc, char **argv);

/* --- for the operations -------------------------------------------------- */

/* the run has failed; does not return */
void model_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
/* a line of the printed test; nothing unless this run is for print */
void model_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* the line that fails if the next thing is the end of the run; each replaces the last */
void model_pending(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool model_saying(void);
/* did an allocation of this operation fail because the run wanted it? */
bool model_faulted(void);
/* is mistake @index of model->plants put in? */
bool model_planted(unsigned int index);

/* say that @expr, a C expression, is @want, and compare with what it was */
#define model_expect(got, want, fmt, ...)						\
do {											\
	long __got = (long)(got), __want = (long)(want);				\
											\
	if (__got != __want)								\
		model_fail(fmt " is %ld, not %ld", ##__VA_ARGS__, __got, __want);	\
} while (0)

/* --- numbers ------------------------------------------------------------- */

static inline u64 model_random(u64 *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dull;
}

/* --- contents of a frame ------------------------------------------------- */

/* As a device sees it: what mm/ maps for itself, kmap's slots among it, is not disturbed. */
static inline void page_read(struct page *page, unsigned int offset, void *to, size_t bytes)
{
	memcpy(to, (char *)host_frame(page_to_pfn(page)) + offset, bytes);
}

static inline void page_write(struct page *page, unsigned int offset, const void *from,
			      size_t bytes)
{
	memcpy((char *)host_frame(page_to_pfn(page)) + offset, from, bytes);
}

/* --- between the files of the engine ------------------------------------- */

#define MODEL_TEXT_BYTES	(1u << 20)
#define MODEL_MESSAGE_BYTES	2000

/* what a run tells; in memory that the parent and the child of a fork() share */
struct model_report {
	unsigned long at;		/* the operation that runs or failed; all: the end */
	bool failed, at_end;		/* at_end: everything was to be given back */
	char message[MODEL_MESSAGE_BYTES];
	char pending[500];
	unsigned int text_bytes;
	char text[MODEL_TEXT_BYTES];	/* lines of the printed test */
};

struct model_trial {
	const struct model *model;
	const struct machine_config *config;
	const struct model_op *ops;
	unsigned long nr, check_every;
	bool faults, say, quiet;
	struct model_report *report;
};

/* run.c: in a process of its own. Return: did it pass? */
bool model_try(struct model_trial *trial);
extern unsigned int model_plant;

/* shrink.c: @ops, whose run failed, becomes shorter; returns how many are left */
unsigned long model_shrink(struct model_trial *trial, struct model_op *ops, unsigned long nr);
void model_print_test(struct model_trial *trial, const char *geometry, const char *path);

/* os.c: what the C library's headers have to be asked for */
void *os_shared(size_t bytes);
int os_in_child(void (*fn)(void *arg), void *arg, bool quiet);	/* status of waitpid() */
bool os_child_ended_well(int status, char *why, size_t bytes);
double os_seconds(void);

#endif
