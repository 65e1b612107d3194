// SPDX-License-Identifier: MIT
/*
 * host_bench.c - Quire's allocators beside mimalloc, jemalloc, tcmalloc and glibc's malloc,
 * in one process, at native speed.
 *
 *	host_bench [--rounds N] [--only TEXT] [LIBRARY=PATH ...]
 *
 * Each row is a pattern, a size and a number of threads. In a round every subject does
 * the row's work once, in an order that rotates, so that what disturbs the machine
 * disturbs all; the rounds of a row stand on one line of the output, which bench/hosted
 * reads:
 *
 *	row <pattern> <size> <threads> <subject> <ns> <ns> ...
 *	case <name> <ns> ...
 *
 *   pair     allocate, write, free, one at a time
 *   lifo     100 at a time, freed in reverse order
 *   fifo     1,000 at a time, freed in the order of allocation
 *   random   100,000 are live; each step frees a random one and allocates another
 *   remote   one thread allocates batches of 1,000, another frees them
 *
 * Time is CPU time of the thread that works, so that other processes cost no more than
 * the caches they take; waiting for the other thread does not count. A row's figure is
 * for one allocation with its free. Each object's first word is written.
 *
 * The other allocators are loaded with dlopen(RTLD_LOCAL), none replaces the process's
 * own malloc, and everybody is called through a function pointer.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "host_bench.h"

#define LIFO_DEPTH	100
#define FIFO_DEPTH	1000
#define RANDOM_LIVE	100000
#define BATCHES		4		/* under way between the two threads of `remote` */
#define GFP		quire_gfp
#define MAX_THREADS	2
#define MAX_ROUNDS	101
#define MAX_SUBJECTS	8

static const unsigned int steps[] = { 16, 64, 256, 1024 };


static struct subject subjects[MAX_SUBJECTS];
static unsigned int nr_subjects, nr_rounds = 21;

unsigned long long cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

unsigned long draw(unsigned long *state)
{
	*state = *state * 6364136223846793005ul + 1442695040888963407ul;
	return *state >> 33;
}

void die(const char *what)
{
	fprintf(stderr, "host_bench: %s failed\n", what);
	exit(1);
}

/* --- one thread's work ------------------------------------------------------ */

struct work {
	const struct subject *s;
	enum shape shape;		/* of *s, so that the loops are made for it */
	size_t bytes;
	void *cache;
	void **live;			/* RANDOM_LIVE objects, for `random` */
	unsigned int cpu;		/* of the machine; 1 and 2 are the workers' */
};

static inline __attribute__((always_inline)) void *take(const struct work *w, enum shape shape)
{
	void *p;

	if (shape == SHAPE_MALLOC)
		p = w->s->malloc(w->bytes);
	else if (shape == SHAPE_KMALLOC)
		p = w->s->kmalloc(w->bytes, GFP);
	else
		p = w->s->cache_alloc(w->cache, GFP);
	if (__builtin_expect(!p, 0))
		die(w->s->name);
	*(volatile long *)p = 1;
	return p;
}

static inline __attribute__((always_inline)) void give(const struct work *w, enum shape shape,
						       void *p)
{
	if (shape == SHAPE_CACHE)
		w->s->cache_free(w->cache, p);
	else
		w->s->free(p);
}

/* @body with a constant shape, once for each */
#define FOR_SHAPE(w, body)						\
	switch ((w)->s->shape) {					\
	case SHAPE_MALLOC: { const enum shape shape = SHAPE_MALLOC; body; break; }	\
	case SHAPE_KMALLOC: { const enum shape shape = SHAPE_KMALLOC; body; break; }	\
	case SHAPE_CACHE: { const enum shape shape = SHAPE_CACHE; body; break; }	\
	}

static inline __attribute__((always_inline)) void pairs(const struct work *w, enum shape shape,
							unsigned long nr)
{
	while (nr--)
		give(w, shape, take(w, shape));
}

static inline __attribute__((always_inline)) void batches(const struct work *w,
		enum shape shape, unsigned long rounds, unsigned int depth, bool reverse)
{
	void *p[FIFO_DEPTH];
	unsigned int i;

	while (rounds--) {
		for (i = 0; i < depth; i++)
			p[i] = take(w, shape);
		for (i = 0; i < depth; i++)
			give(w, shape, p[reverse ? depth - 1 - i : i]);
	}
}

static inline __attribute__((always_inline)) void replace(const struct work *w,
		enum shape shape, unsigned long nr, unsigned long *state)
{
	while (nr--) {
		void **slot = &w->live[draw(state) % RANDOM_LIVE];

		give(w, shape, *slot);
		*slot = take(w, shape);
	}
}

enum { NR_PAIRS = 100000, NR_LIFO = 1000, NR_FIFO = 100, NR_RANDOM = 50000 };

static double do_pair(struct work *w)
{
	unsigned long long start = cpu_ns();

	FOR_SHAPE(w, pairs(w, shape, NR_PAIRS));
	return (double)(cpu_ns() - start) / NR_PAIRS;
}

static double do_lifo(struct work *w)
{
	unsigned long long start = cpu_ns();

	FOR_SHAPE(w, batches(w, shape, NR_LIFO, LIFO_DEPTH, true));
	return (double)(cpu_ns() - start) / (NR_LIFO * LIFO_DEPTH);
}

static double do_fifo(struct work *w)
{
	unsigned long long start = cpu_ns();

	FOR_SHAPE(w, batches(w, shape, NR_FIFO, FIFO_DEPTH, false));
	return (double)(cpu_ns() - start) / (NR_FIFO * FIFO_DEPTH);
}

static double do_random(struct work *w)
{
	static __thread unsigned long state = 1;
	unsigned long long start;

	start = cpu_ns();
	FOR_SHAPE(w, replace(w, shape, NR_RANDOM, &state));
	return (double)(cpu_ns() - start) / NR_RANDOM;
}

static void live_fill(struct work *w)
{
	unsigned long i;

	for (i = 0; i < RANDOM_LIVE; i++)
		FOR_SHAPE(w, w->live[i] = take(w, shape));
}

static void live_empty(struct work *w)
{
	unsigned long i;

	for (i = 0; i < RANDOM_LIVE; i++)
		FOR_SHAPE(w, give(w, shape, w->live[i]));
}

/* --- workers: two threads that live as long as the process -------------------- */

enum command { RUN_WORK, RUN_FILL, RUN_EMPTY, RUN_GIVER, RUN_TAKER, RUN_EXIT };

static struct worker {
	pthread_t thread;
	struct work work;
	double (*run)(struct work *w);
	double ns;
	sem_t go, done;
	enum command command;		/* set before go, read after it */
} workers[MAX_THREADS];

/* batches on their way from the thread that allocates to the one that frees */
static struct {
	void *p[BATCHES][FIFO_DEPTH];
	_Atomic unsigned long sent, freed;
} mail;

enum { REMOTE_BATCHES = 60 };

static void wait_until_greater(_Atomic unsigned long *value, unsigned long than)
{
	while (atomic_load_explicit(value, memory_order_acquire) <= than)
		sched_yield();
}

static void send_batch(struct work *w, void **p)
{
	unsigned int i;

	FOR_SHAPE(w, for (i = 0; i < FIFO_DEPTH; i++) p[i] = take(w, shape));
}

static void free_batch(struct work *w, void **p)
{
	unsigned int i;

	FOR_SHAPE(w, for (i = 0; i < FIFO_DEPTH; i++) give(w, shape, p[i]));
}

static double remote_giver(struct work *w)
{
	unsigned long long spent = 0, start;
	unsigned long n;

	for (n = 0; n < REMOTE_BATCHES; n++) {
		if (n >= BATCHES)
			wait_until_greater(&mail.freed, n - BATCHES);
		start = cpu_ns();
		send_batch(w, mail.p[n % BATCHES]);
		spent += cpu_ns() - start;
		atomic_store_explicit(&mail.sent, n + 1, memory_order_release);
	}
	return (double)spent / (REMOTE_BATCHES * FIFO_DEPTH);
}

static double remote_taker(struct work *w)
{
	unsigned long long spent = 0, start;
	unsigned long n;

	for (n = 0; n < REMOTE_BATCHES; n++) {
		wait_until_greater(&mail.sent, n);
		start = cpu_ns();
		free_batch(w, mail.p[n % BATCHES]);
		spent += cpu_ns() - start;
		atomic_store_explicit(&mail.freed, n + 1, memory_order_release);
	}
	return (double)spent / (REMOTE_BATCHES * FIFO_DEPTH);
}

static void worker_step(struct worker *me)
{
	switch (me->command) {
	case RUN_WORK:
		me->ns = me->run(&me->work);
		break;
	case RUN_FILL:
		live_fill(&me->work);
		break;
	case RUN_EMPTY:
		live_empty(&me->work);
		break;
	case RUN_GIVER:
		me->ns = remote_giver(&me->work);
		break;
	case RUN_TAKER:
		me->ns = remote_taker(&me->work);
		break;
	case RUN_EXIT:
		break;
	}
}

static void *worker_main(void *arg)
{
	struct worker *me = arg;

	quire_enter(1 + (me - workers));
	do {
		sem_wait(&me->go);
		worker_step(me);
		sem_post(&me->done);
	} while (me->command != RUN_EXIT);
	quire_leave();
	return NULL;
}

static void order(struct worker *w, enum command command)
{
	w->command = command;
	sem_post(&w->go);
}

static void wait_for(struct worker *w)
{
	sem_wait(&w->done);
}

static void order_all(unsigned int threads, enum command command)
{
	unsigned int t;

	for (t = 0; t < threads; t++)
		order(&workers[t], command);
	for (t = 0; t < threads; t++)
		wait_for(&workers[t]);
}

/* --- rows ----------------------------------------------------------------------- */

struct row {
	const char *pattern;
	double (*run)(struct work *w);	/* NULL: remote */
	unsigned int threads;
	bool live;			/* RANDOM_LIVE objects exist throughout */
};

static const struct row rows[] = {
	{ "pair", do_pair, 1, false }, { "lifo", do_lifo, 1, false },
	{ "fifo", do_fifo, 1, false }, { "random", do_random, 1, true },
	{ "remote", NULL, 2, false },
	{ "pair", do_pair, 2, false }, { "lifo", do_lifo, 2, false },
	{ "fifo", do_fifo, 2, false }, { "random", do_random, 2, true },
};

static void *live[MAX_SUBJECTS][MAX_THREADS][RANDOM_LIVE];
static double figures[MAX_SUBJECTS][MAX_ROUNDS];

static void prepare(const struct row *row, unsigned int subject, size_t bytes)
{
	unsigned int t;

	for (t = 0; t < row->threads; t++) {
		workers[t].run = row->run;
		workers[t].work.s = &subjects[subject];
		workers[t].work.bytes = bytes;
		workers[t].work.cache = quire_cache(bytes);
		workers[t].work.live = live[subject][t];
	}
}

static double sample(const struct row *row, unsigned int subject, size_t bytes)
{
	prepare(row, subject, bytes);
	if (row->run) {
		order_all(row->threads, RUN_WORK);
		return row->threads == 1 ? workers[0].ns : (workers[0].ns + workers[1].ns) / 2;
	}
	mail.sent = 0;
	mail.freed = 0;
	order(&workers[0], RUN_GIVER);
	order(&workers[1], RUN_TAKER);
	wait_for(&workers[0]);
	wait_for(&workers[1]);
	return workers[0].ns + workers[1].ns;
}

static void for_all_live(const struct row *row, size_t bytes, enum command command)
{
	unsigned int s;

	for (s = 0; s < nr_subjects && row->live; s++) {
		prepare(row, s, bytes);
		order_all(row->threads, command);
	}
}

static void measure_row(const struct row *row, size_t bytes)
{
	unsigned int round, s, i;

	for_all_live(row, bytes, RUN_FILL);
	for (s = 0; s < nr_subjects; s++)
		sample(row, s, bytes);			/* warm up */
	for (round = 0; round < nr_rounds; round++)
		for (i = 0; i < nr_subjects; i++) {
			s = (round + i) % nr_subjects;
			figures[s][round] = sample(row, s, bytes);
		}
	for_all_live(row, bytes, RUN_EMPTY);
	for (s = 0; s < nr_subjects; s++) {
		printf("row %s %zu %u %s", row->pattern, bytes, row->threads, subjects[s].name);
		for (round = 0; round < nr_rounds; round++)
			printf(" %.3f", figures[s][round]);
		printf("\n");
	}
	fflush(stdout);
}

/* Quire's own cases take turns with a malloc(64)/free pair of glibc, the measure of the machine. */
static void measure_case(const struct vm_case *c)
{
	static double ns[MAX_ROUNDS], pair[MAX_ROUNDS];
	struct work reference = { .s = &subjects[nr_subjects - 1], .bytes = 64 };
	unsigned int round;

	c->sample(c);
	for (round = 0; round < nr_rounds; round++) {
		ns[round] = c->sample(c);
		pair[round] = do_pair(&reference);
	}
	printf("case %s =", c->name);
	for (round = 0; round < nr_rounds; round++)
		printf(" %.3f", ns[round]);
	printf("\ncase-pair %s =", c->name);
	for (round = 0; round < nr_rounds; round++)
		printf(" %.3f", pair[round]);
	printf("\n");
	fflush(stdout);
}

/* --- who takes part ----------------------------------------------------------------- */

/* NAME=PATH; PATH may be empty: the malloc of this process */
static void add_library(const char *arg)
{
	struct subject *s = &subjects[nr_subjects];
	const char *path = strchr(arg, '=');
	void *lib;

	if (!path || nr_subjects == MAX_SUBJECTS)
		die(arg);
	s->name = strndup(arg, path - arg);
	s->shape = SHAPE_MALLOC;
	lib = path[1] ? dlopen(path + 1, RTLD_NOW | RTLD_LOCAL) : RTLD_DEFAULT;
	if (path[1] && !lib) {
		fprintf(stderr, "host_bench: %s\n", dlerror());
		exit(1);
	}
	*(void **)&s->malloc = dlsym(lib, "mi_malloc");
	*(void **)&s->free = dlsym(lib, "mi_free");
	if (!s->malloc || !s->free) {
		*(void **)&s->malloc = dlsym(lib, "malloc");
		*(void **)&s->free = dlsym(lib, "free");
	}
	if (!s->malloc || !s->free)
		die("dlsym");
	nr_subjects++;
}

static bool wanted(const char *only, const char *name)
{
	return !only || strstr(name, only);
}

int main(int argc, char **argv)
{
	const char *only = NULL;
	unsigned int i, r, t;
	char name[64];

	memcpy(subjects, quire_subjects, sizeof(quire_subjects));
	nr_subjects = array_len(quire_subjects);
	for (i = 1; i < (unsigned int)argc; i++) {
		if (!strcmp(argv[i], "--rounds") && argv[i + 1])
			nr_rounds = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--only") && argv[i + 1])
			only = argv[++i];
		else
			add_library(argv[i]);
	}
	if (!nr_rounds || nr_rounds > MAX_ROUNDS)
		die("--rounds 1..101");
	add_library("glibc=");
	quire_start(1 + MAX_THREADS);
	quire_enter(0);
	for (t = 0; t < MAX_THREADS; t++)
		if (sem_init(&workers[t].go, 0, 0) || sem_init(&workers[t].done, 0, 0) ||
		    pthread_create(&workers[t].thread, NULL, worker_main, &workers[t]))
			die("pthread_create");
	for (r = 0; r < array_len(rows); r++)
		for (i = 0; i < array_len(steps); i++) {
			snprintf(name, sizeof(name), "%s %u %u", rows[r].pattern, steps[i],
				 rows[r].threads);
			if (wanted(only, name))
				measure_row(&rows[r], steps[i]);
		}
	for (i = 0; i < nr_quire_cases; i++)
		if (wanted(only, quire_cases[i].name))
			measure_case(&quire_cases[i]);
	for (t = 0; t < MAX_THREADS; t++)
		order(&workers[t], RUN_EXIT);
	for (t = 0; t < MAX_THREADS; t++)
		pthread_join(workers[t].thread, NULL);
	quire_leave();
	quire_stop();
	return 0;
}
