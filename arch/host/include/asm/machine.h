/* SPDX-License-Identifier: MIT */
/*
 * asm/machine.h (host) - a thread works for one machine at a time, as one of its CPUs.
 *
 * host_ctx is what the inlines of this port need, per thread. machine_cpu_enter()
 * fills it and machine_cpu_leave() clears it.
 */
#ifndef ASM_HOST_MACHINE_H
#define ASM_HOST_MACHINE_H

#include <linux/types.h>

struct machine;
struct mm_struct;
struct page;
struct host_vcpu;

struct host_context {
	/* one cache line: what every allocation reads */
	struct machine *machine;
	char *slab_table;		/* this CPU's struct slab_cpu, see arch_slab_set() */
	const u8 *frame_ids;		/* slab_state.frame_ids */
	unsigned int cpu;
	unsigned int slab_cpu;		/* cpu; while hooks are armed the number of no CPU */
	bool hooks_armed;		/* debugging aids have something to do, or vcpu is set */
	bool irqs_off;			/* nothing interrupts a thread: kept for assertions */
	struct host_vcpu *vcpu;		/* NULL: a thread of its own (sched.c) */
	char *ram;			/* where physical address 0 is mapped */
	struct page *mem_map;		/* of frame 0 */
	unsigned long nr_frames;	/* frames from address 0 to the end of RAM */
	unsigned long vmalloc_start;	/* window of kernel mappings, [start, end) */
	unsigned long vmalloc_end;
	struct mm_struct *mm;		/* whose user addresses this CPU sees */
	u32 pkey_denied;		/* what it denies itself by protection key */
};

extern __thread struct host_context host_ctx;

/* Places where a virtual CPU may have to wait for others (sched.c). */
enum host_point {
	HOST_POINT_LOCK, HOST_POINT_TABLE, HOST_POINT_FLUSH, HOST_POINT_WALK, HOST_POINT_ACCESS,
	HOST_POINT_ALLOC, HOST_POINT_RESCHED, HOST_POINT_WAKE, NR_HOST_POINTS
};

void host_vcpu_point(enum host_point point, const void *lock);

static inline void host_sched_point(enum host_point point)
{
	if (__builtin_expect(host_ctx.vcpu != NULL, 0))
		host_vcpu_point(point, NULL);
}

/* linux/spinlock.h: @lock will be taken, or was just released */
static inline void host_lock_point(const void *lock)
{
	if (__builtin_expect(host_ctx.vcpu != NULL, 0))
		host_vcpu_point(HOST_POINT_LOCK, lock);
}

#define this_machine()	(host_ctx.machine)

/*
 * What the quick paths of mm/slab read of slab_state, kept for each thread. @state: this
 * machine's. arch_slab_set() says that it exists now; who enters later gets it as well.
 * While a hook is armed the quick paths find nothing at hand, so that they need not ask.
 */
#define arch_slab_table(state)		READ_ONCE(host_ctx.slab_table)
#define arch_slab_cpu()			READ_ONCE(host_ctx.slab_cpu)
#define arch_slab_asks()		false
#define arch_slab_frame_ids(state)	(host_ctx.frame_ids)
#define arch_slab_set(state)		host_arm(&host_ctx, host_ctx.hooks_armed)

/* Debugging aids want to see what @ctx, which is in a machine, allocates; or not. */
#define host_arm(ctx, armed) do {						\
	struct host_context *__ctx = (ctx);					\
	const struct machine *__m = __ctx->machine;				\
	bool __armed = (armed);							\
	unsigned int __cpu = __armed ? __m->facts.nr_cpus : __ctx->cpu;		\
										\
	WRITE_ONCE(__ctx->hooks_armed, __armed);				\
	WRITE_ONCE(__ctx->slab_cpu, __cpu);					\
	WRITE_ONCE(__ctx->slab_table, (char *)__m->slab.cpus + __cpu * PAGE_SIZE);	\
	if (__ctx->frame_ids != __m->slab.frame_ids)				\
		__ctx->frame_ids = __m->slab.frame_ids;				\
} while (0)

#endif
