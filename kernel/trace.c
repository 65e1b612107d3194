// SPDX-License-Identifier: MIT
/*
 * trace.c - the last events of each CPU, for whoever reads a panic.
 *
 * Each CPU writes into a ring of its own: time, format, three words. Nothing is
 * formatted and no lock is taken; an interrupt in the middle of an entry only
 * takes the next slot. The reader runs when the other CPUs are stopped.
 *
 *   T1  slot = next++ & mask: entries below next - TRACE_RING_EVENTS are overwritten
 *
 * Until trace_init() events of the boot CPU go to a static ring, others are lost.
 */
#include <linux/trace.h>
#include <linux/init.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/sched.h>
#include <linux/time.h>
#include <asm/smp.h>

struct trace_entry {
	u64 ts_ns;
	const char *fmt;
	unsigned long arg[3];
};

struct trace_ring {
	unsigned int next;
	struct trace_entry entry[TRACE_RING_EVENTS];
};

static struct trace_ring boot_ring;
static struct trace_ring *rings[NR_CPUS] = { &boot_ring };

void trace_record(const char *fmt, unsigned long a, unsigned long b, unsigned long c)
{
	struct trace_ring *ring = rings[smp_processor_id()];
	struct trace_entry *e;

	if (unlikely(!ring))
		return;
	e = &ring->entry[ring->next++ & (TRACE_RING_EVENTS - 1)];	/* T1 */
	e->ts_ns = ktime_get_ns();
	e->fmt = fmt;
	e->arg[0] = a;
	e->arg[1] = b;
	e->arg[2] = c;
}

/* Formats are literals of the kernel that take three longs; the attribute cannot know. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void print_entry(unsigned int cpu, const struct trace_entry *e)
{
	char text[128];

	scnprintf(text, sizeof(text), e->fmt, e->arg[0], e->arg[1], e->arg[2]);
	pr_emerg(" %u %llu.%06llu %s\n", cpu, (unsigned long long)(e->ts_ns / NSEC_PER_SEC),
		 (unsigned long long)(e->ts_ns % NSEC_PER_SEC / NSEC_PER_USEC), text);
}

/**
 * trace_dump() - the last @nr events of each CPU, oldest first, to the log.
 * Context: any; the other CPUs are stopped.
 */
void trace_dump(unsigned int nr)
{
	unsigned int cpu, i;

	nr = nr > TRACE_RING_EVENTS ? TRACE_RING_EVENTS : nr;
	pr_emerg("Last events of each CPU:\n");
	for (cpu = 0; cpu < NR_CPUS; cpu++) {
		struct trace_ring *ring = rings[cpu];

		if (!ring)
			continue;
		for (i = ring->next > nr ? ring->next - nr : 0; i < ring->next; i++)
			print_entry(cpu, &ring->entry[i & (TRACE_RING_EVENTS - 1)]);
	}
}

/** trace_init() - rings for the other CPUs. Context: boot, after slab. */
void __init trace_init(void)
{
	unsigned int cpu;

	for (cpu = 1; cpu < nr_cpu_ids; cpu++)
		rings[cpu] = kzalloc(sizeof(struct trace_ring), GFP_KERNEL);
}
