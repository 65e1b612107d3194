/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - what the fuzz targets share: input that is taken apart bit by bit, a machine
 * that all inputs of a target use, and the end of a run that found something.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include <linux/types.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/errno.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmstat.h>
#include <mm/machine.h>
#include <mm/host.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* libFuzzer keeps the input of a process that aborts */
#define fuzz_fail(...)								\
do {										\
	fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);				\
	fprintf(stderr, __VA_ARGS__);						\
	fputc('\n', stderr);							\
	abort();								\
} while (0)
#define fuzz_must(cond) do { if (!(cond)) fuzz_fail("%s", #cond); } while (0)

struct fuzz_input {
	const u8 *p;
	size_t left;
};

/* @bytes of the input, little endian; zeroes behind its end */
static inline u64 fuzz_take(struct fuzz_input *in, unsigned int bytes)
{
	u64 v = 0;
	unsigned int i;

	for (i = 0; i < bytes && in->left; i++, in->left--)
		v |= (u64)*in->p++ << 8 * i;
	return v;
}

/* this thread becomes CPU 0 of a machine with @config, for good */
static inline void fuzz_machine(const struct machine_config *config)
{
	struct machine *m = machine_create(config);

	fuzz_must(m);
	machine_cpu_enter(m, 0);
}

#endif
