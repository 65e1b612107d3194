// SPDX-License-Identifier: MIT
/*
 * random.c (x86) - what entropy the machine has, for kernel/random.c to stretch.
 *
 * RDRAND where the CPU has it (ten tries, as its maker advises), mixed with the
 * time-stamp counter over a chain of loads and a port read, whose duration varies.
 * The result is a seed, not a random number: the generator hashes it.
 *
 * Locks: none. Context: any.
 */
#include <linux/random.h>
#include <linux/kernel.h>
#include <asm/cpufeature.h>
#include <asm/io.h>
#include <asm/processor.h>

#define RDRAND_TRIES	10
#define JITTER_ROUNDS	32

static bool rdrand(u64 *v)
{
	int tries = RDRAND_TRIES;
	bool ok;

	do {
		asm volatile("rdrand %0" : "=r"(*v), "=@ccc"(ok));
	} while (!ok && --tries);
	return ok;
}

/**
 * arch_random_seed() - 64 bits of what entropy there is.
 * Locks: none. Context: any. Return: the bits.
 */
u64 arch_random_seed(void)
{
	u64 seed = rdtsc(), v;
	int i;

	for (i = 0; i < JITTER_ROUNDS; i++) {
		if (!(i & 7))
			io_delay();
		seed = (seed << 7 | seed >> 57) ^ rdtsc();
		seed *= 0x9e3779b97f4a7c15ull;
	}
	if (boot_cpu_has(X86_FEATURE_RDRAND) && rdrand(&v))
		seed ^= v;
	return seed;
}
