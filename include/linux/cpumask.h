/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_CPUMASK_H
#define _LINUX_CPUMASK_H

/*
 * Sets of CPUs. NR_CPUS is the limit of the build; how many CPUs a machine
 * has, and which are online, is the machine's own data.
 */
#include <linux/bitmap.h>
#include <linux/bug.h>

#define NR_CPUS		64

typedef struct cpumask {
	DECLARE_BITMAP(bits, NR_CPUS);
} cpumask_t;
typedef struct cpumask cpumask_var_t[1];

#define cpumask_bits(mask)	((mask)->bits)
#define CPU_MASK_NONE		((cpumask_t){ { 0 } })

static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	mm_assert(cpu < NR_CPUS);
	set_bit(cpu, mask->bits);
}

static inline void __cpumask_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	mm_assert(cpu < NR_CPUS);
	__set_bit(cpu, mask->bits);
}

static inline void cpumask_clear_cpu(unsigned int cpu, struct cpumask *mask)
{
	mm_assert(cpu < NR_CPUS);
	clear_bit(cpu, mask->bits);
}

static inline void __cpumask_clear_cpu(unsigned int cpu, struct cpumask *mask)
{
	mm_assert(cpu < NR_CPUS);
	__clear_bit(cpu, mask->bits);
}

static inline bool cpumask_test_cpu(unsigned int cpu, const struct cpumask *mask)
{
	mm_assert(cpu < NR_CPUS);
	return test_bit(cpu, mask->bits);
}

static inline bool cpumask_test_and_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	mm_assert(cpu < NR_CPUS);
	return test_and_set_bit(cpu, mask->bits);
}

static inline bool cpumask_test_and_clear_cpu(unsigned int cpu, struct cpumask *mask)
{
	mm_assert(cpu < NR_CPUS);
	return test_and_clear_bit(cpu, mask->bits);
}

static inline void cpumask_clear(struct cpumask *mask)
{
	bitmap_zero(mask->bits, NR_CPUS);
}

static inline void cpumask_setall(struct cpumask *mask)
{
	bitmap_fill(mask->bits, NR_CPUS);
}

static inline void cpumask_copy(struct cpumask *dst, const struct cpumask *src)
{
	bitmap_copy(dst->bits, src->bits, NR_CPUS);
}

static inline bool cpumask_and(struct cpumask *dst, const struct cpumask *a,
			       const struct cpumask *b)
{
	return bitmap_and(dst->bits, a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_andnot(struct cpumask *dst, const struct cpumask *a,
				  const struct cpumask *b)
{
	return bitmap_andnot(dst->bits, a->bits, b->bits, NR_CPUS);
}

static inline void cpumask_or(struct cpumask *dst, const struct cpumask *a,
			      const struct cpumask *b)
{
	bitmap_or(dst->bits, a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_equal(const struct cpumask *a, const struct cpumask *b)
{
	return bitmap_equal(a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_intersects(const struct cpumask *a, const struct cpumask *b)
{
	return bitmap_intersects(a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_subset(const struct cpumask *a, const struct cpumask *b)
{
	return bitmap_subset(a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_empty(const struct cpumask *mask)
{
	return bitmap_empty(mask->bits, NR_CPUS);
}

static inline unsigned int cpumask_weight(const struct cpumask *mask)
{
	return bitmap_weight(mask->bits, NR_CPUS);
}

static inline unsigned int cpumask_first(const struct cpumask *mask)
{
	return find_next_bit(mask->bits, NR_CPUS, 0);
}

/* The next CPU after @cpu (-1 to begin), NR_CPUS or more when there is none. */
static inline unsigned int cpumask_next(int cpu, const struct cpumask *mask)
{
	return find_next_bit(mask->bits, NR_CPUS, cpu + 1);
}

#define for_each_cpu(cpu, mask)						\
	for ((cpu) = cpumask_first(mask); (cpu) < NR_CPUS;		\
	     (cpu) = cpumask_next(cpu, mask))

#endif
