/* SPDX-License-Identifier: MIT */
/*
 * percpu.h - an object for each CPU, allocated at run time. A pointer with __percpu is not
 * to be followed: per_cpu_ptr() and this_cpu_ptr() make the address of one CPU's object.
 */
#ifndef LINUX_PERCPU_H
#define LINUX_PERCPU_H

#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/gfp.h>
#include <asm/processor.h>

/* Each CPU's part of a chunk; also the largest object. */
#define PCPU_MIN_UNIT_SIZE	(32ul << 10)
#define PCPU_MIN_ALLOC_SIZE	8

void __percpu *__must_check __alloc_percpu(size_t bytes, size_t align);
void __percpu *__must_check __alloc_percpu_gfp(size_t bytes, size_t align, gfp_t gfp);
void free_percpu(void __percpu *p);
unsigned long pcpu_nr_pages(void);	/* in use for per-CPU objects */
void pcpu_shrink(void);			/* chunks without an object go back */
void pcpu_check(void);			/* every invariant of mm/kspace/percpu.c */

#define alloc_percpu_gfp(type, gfp) \
	((__typeof__(type) __percpu *)__alloc_percpu_gfp(sizeof(type), __alignof__(type), (gfp)))
#define alloc_percpu(type) \
	((__typeof__(type) __percpu *)__alloc_percpu(sizeof(type), __alignof__(type)))

#define per_cpu_ptr(p, cpu) \
	((__typeof__(p))((unsigned long)(p) + (unsigned long)(cpu) * PCPU_MIN_UNIT_SIZE))
#define this_cpu_ptr(p)		per_cpu_ptr(p, smp_processor_id())
#define raw_cpu_ptr(p)		this_cpu_ptr(p)
/* kernel code is not preempted: as long as it does not sleep, it stays on its CPU */
#define get_cpu_ptr(p)		this_cpu_ptr(p)
#define put_cpu_ptr(p)		((void)(p))

#endif
