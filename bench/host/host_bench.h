/* SPDX-License-Identifier: MIT */
/* host_bench.h - what the parts of the hosted benchmark share. */
#ifndef BENCH_HOST_BENCH_H
#define BENCH_HOST_BENCH_H

#include <stddef.h>
#include <stdbool.h>

#define array_len(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * How memory is asked for. Each shape is one indirect call with the arguments that its
 * interface has: whoever is measured pays for the same kind of call.
 */
enum shape { SHAPE_MALLOC, SHAPE_KMALLOC, SHAPE_CACHE };

struct subject {
	const char *name;
	enum shape shape;
	union {
		void *(*malloc)(size_t bytes);
		void *(*kmalloc)(size_t bytes, unsigned int gfp);
		void *(*cache_alloc)(void *cache, unsigned int gfp);
	};
	union {
		void (*free)(void *p);
		void (*cache_free)(void *cache, void *p);
	};
};

/* --- quire.c: one machine of this process; Quire's headers meet no other ones -------- */
void quire_start(unsigned int nr_cpus);
void quire_stop(void);			/* ends the process when anything leaked */
void quire_enter(unsigned int cpu);
void quire_leave(void);
void *quire_cache(size_t bytes);	/* a cache of objects of this size */
extern const unsigned int quire_gfp;
extern const struct subject quire_subjects[2];	/* kmem_cache, kmalloc */

struct vm_case {
	const char *name;
	unsigned long size;		/* frames, or areas around */
	/* does the work and returns the nanoseconds of one operation */
	double (*sample)(const struct vm_case *c);
	unsigned int order;
};
extern const struct vm_case quire_cases[];
extern const unsigned int nr_quire_cases;

/* --- host_bench.c ---------------------------------------------------------------------- */
unsigned long long cpu_ns(void);	/* CPU time of this thread */
unsigned long draw(unsigned long *state);
void die(const char *what);

#endif
