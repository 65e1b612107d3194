// SPDX-License-Identifier: MIT
/*
 * system.c - the files of /proc about the machine as a whole: stat, uptime, loadavg,
 * version, cmdline, swaps. What is about memory is written by mm/ itself.
 *
 * Times are in clock ticks of USER_HZ where Linux gives ticks. Each line is written from
 * counters as they stand; lines of one file may be a moment apart.
 *
 * Locks: those of the counters, inside the functions called.
 */
#include "internal.h"
#include <linux/pid.h>

#define FSHIFT		11		/* fractional bits of a load average */
#define FIXED_1		(1ul << FSHIFT)
#define NR_SOFTIRQS	10

/* user nice system idle iowait irq softirq steal guest guest_nice */
static void cpu_line(struct seq_file *m, const char *label, const struct cpu_times *t)
{
	seq_puts(m, label);
	seq_put_decimal_ull(m, " ", nsec_to_clock_t(t->user));
	seq_put_decimal_ull(m, " ", nsec_to_clock_t(t->nice));
	seq_put_decimal_ull(m, " ", nsec_to_clock_t(t->system));
	seq_put_decimal_ull(m, " ", nsec_to_clock_t(t->idle));
	seq_put_decimal_ull(m, " ", nsec_to_clock_t(t->iowait));
	seq_put_decimal_ull(m, " ", nsec_to_clock_t(t->irq));
	seq_put_decimal_ull(m, " ", nsec_to_clock_t(t->softirq));
	seq_puts(m, " 0 0 0\n");
}

static void add_times(struct cpu_times *sum, const struct cpu_times *t)
{
	sum->user += t->user;
	sum->nice += t->nice;
	sum->system += t->system;
	sum->idle += t->idle;
	sum->iowait += t->iowait;
	sum->irq += t->irq;
	sum->softirq += t->softirq;
}

static void cpu_times_sum(struct cpu_times *sum)
{
	unsigned int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_online_cpu(cpu) {
		struct cpu_times t;

		sched_cpu_times(cpu, &t);
		add_times(sum, &t);
	}
}

static void interrupt_line(struct seq_file *m)
{
	seq_put_decimal_ull(m, "intr ", irq_count_all());
	for (unsigned int irq = 0; irq < NR_IRQS; irq++)
		seq_put_decimal_ull(m, " ", irq_count(irq));
	seq_putc(m, '\n');
}

/* There are no soft interrupts: what they do on Linux, threads do here. */
static void softirq_line(struct seq_file *m)
{
	seq_puts(m, "softirq 0");
	for (int i = 0; i < NR_SOFTIRQS; i++)
		seq_puts(m, " 0");
	seq_putc(m, '\n');
}

/** stat_show() - /proc/stat. Locks: none. Context: thread, may sleep. */
void stat_show(struct seq_file *m)
{
	struct cpu_times t;
	unsigned int cpu;
	char label[16];

	cpu_times_sum(&t);
	cpu_line(m, "cpu ", &t);
	for_each_online_cpu(cpu) {
		snprintf(label, sizeof(label), "cpu%u", cpu);
		sched_cpu_times(cpu, &t);
		cpu_line(m, label, &t);
	}
	interrupt_line(m);
	seq_printf(m, "ctxt %llu\nbtime %lld\nprocesses %llu\nprocs_running %lu\nprocs_blocked %lu\n",
		   nr_context_switches(), (long long)(ktime_real_offset_ns() / NSEC_PER_SEC),
		   (unsigned long long)nr_forks(), nr_running(), nr_iowait());
	softirq_line(m);
}

static void put_seconds(struct seq_file *m, u64 ns, char end)
{
	seq_printf(m, "%llu.%02llu%c", (unsigned long long)(ns / NSEC_PER_SEC),
		   (unsigned long long)(ns % NSEC_PER_SEC / (NSEC_PER_SEC / 100)), end);
}

/** uptime_show() - /proc/uptime: since boot, and idle on all CPUs together. */
void uptime_show(struct seq_file *m)
{
	struct cpu_times t;

	cpu_times_sum(&t);
	put_seconds(m, ktime_get_ns(), ' ');
	put_seconds(m, t.idle, '\n');
}

/** loadavg_show() - /proc/loadavg: averages, runnable/all tasks, the newest pid. */
void loadavg_show(struct seq_file *m)
{
	unsigned long avg[3];

	sched_getloadavg(avg);
	for (int i = 0; i < 3; i++) {
		unsigned long load = avg[i] + FIXED_1 / 200;	/* rounds to hundredths */

		seq_printf(m, "%lu.%02lu ", load >> FSHIFT,
			   (load & (FIXED_1 - 1)) * 100 >> FSHIFT);
	}
	seq_printf(m, "%lu/%lu %d\n", nr_running(), nr_processes(), last_pid());
}

void version_show(struct seq_file *m)
{
	seq_puts(m, linux_banner);
}

void cmdline_show(struct seq_file *m)
{
	seq_printf(m, "%s\n", boot_command_line);
}

/** swaps_show() - /proc/swaps: the heading; there is no swap space. */
void swaps_show(struct seq_file *m)
{
	seq_puts(m, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
}
