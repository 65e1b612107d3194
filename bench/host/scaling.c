// SPDX-License-Identifier: MIT
/*
 * scaling.c - do CPUs get in each other's way when they allocate and free pages?
 *
 *	scaling [--rounds N] [--threads MOST]
 *
 * One hosted machine; 1, 2, 4 ... threads up to as many as this machine has CPUs, each a CPU
 * of the hosted one and tied to one of this. Patterns:
 *
 *   pair 0, pair 9   a page, or a pageblock, is allocated and freed at once
 *   many 0           500 pages are allocated, then freed: more than what comes and goes
 *                    between a stock and the buddy in one batch
 *
 * A thread's rate is its pairs by its own CPU time, so that other processes do not count; a
 * round's figure is the sum of the rates, and the scaling its ratio to the rate of the one
 * thread in the same round. Printed are medians over the rounds, as a table of Markdown.
 * Links statically (make bench-scaling), to be carried to a machine with more CPUs.
 */
#define _GNU_SOURCE
#include <mm/host.h>
#include <linux/mm.h>

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_THREADS	64
#define MOST_ROUNDS	101
#define RAM_PER_CPU	(128ul << 20)	/* two pageblocks for each CPU are a 16th of it */
#define RAM_LEAST	(1ul << 30)
#define MANY		500u
#define WARM		1024u		/* pairs before the clock runs */

enum pattern { PAIR_0, PAIR_9, MANY_0, NR_PATTERNS };

static const struct {
	const char *name;
	unsigned long pairs;		/* of each thread in a round: some 10 ms */
} patterns[NR_PATTERNS] = {
	{ "pair 0", 1000000 }, { "pair 9", 1000000 }, { "many 0", 1000000 },
};

struct worker {
	pthread_t thread;
	unsigned int cpu;		/* of the hosted machine */
	int host_cpu;
	double rate;			/* pairs in a second of CPU time */
} __attribute__((aligned(128)));

static struct worker workers[MOST_THREADS];
static struct machine *machine;
static pthread_barrier_t barrier;
static enum pattern pattern;
static int host_cpus[MOST_THREADS];

static double cpu_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

static struct page *get(unsigned int order)
{
	struct page *page = alloc_pages(GFP_KERNEL, order);

	if (!page) {
		fprintf(stderr, "scaling: no memory for order %u\n", order);
		exit(1);
	}
	return page;
}

static void pairs(unsigned int order, unsigned long nr)
{
	while (nr--)
		__free_pages(get(order), order);
}

static void many(unsigned long nr)
{
	struct page *pages[MANY];
	unsigned int i;

	for (; nr >= MANY; nr -= MANY) {
		for (i = 0; i < MANY; i++)
			pages[i] = get(0);
		for (i = 0; i < MANY; i++)
			__free_pages(pages[i], 0);
	}
}

static void work(unsigned long nr)
{
	switch (pattern) {
	case PAIR_0:
		pairs(0, nr);
		break;
	case PAIR_9:
		pairs(9, nr);
		break;
	default:
		many(nr);
	}
}

static void *run(void *arg)
{
	unsigned long nr = patterns[pattern].pairs;
	struct worker *w = arg;
	double start;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(w->host_cpu, &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
	machine_cpu_enter(machine, w->cpu);
	work(WARM);			/* stocks are full, caches are warm */
	pthread_barrier_wait(&barrier);
	start = cpu_seconds();
	work(nr);
	w->rate = nr / (cpu_seconds() - start);
	pthread_barrier_wait(&barrier);
	machine_cpu_leave();
	return NULL;
}

/* The sum of the rates of @threads. */
static double one_run(enum pattern which, unsigned int threads)
{
	double sum = 0;
	unsigned int i;

	pattern = which;
	pthread_barrier_init(&barrier, NULL, threads);
	for (i = 0; i < threads; i++) {
		workers[i].cpu = i;
		workers[i].host_cpu = host_cpus[i];
		if (pthread_create(&workers[i].thread, NULL, run, &workers[i])) {
			perror("scaling: a thread");
			exit(1);
		}
	}
	for (i = 0; i < threads; i++) {
		pthread_join(workers[i].thread, NULL);
		sum += workers[i].rate;
	}
	pthread_barrier_destroy(&barrier);
	return sum;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *values, unsigned int nr)
{
	qsort(values, nr, sizeof(*values), by_value);
	return nr % 2 ? values[nr / 2] : (values[nr / 2 - 1] + values[nr / 2]) / 2;
}

static void measure(enum pattern which, unsigned int most, unsigned int rounds)
{
	static double rate[MOST_THREADS][MOST_ROUNDS], ratio[MOST_THREADS][MOST_ROUNDS];
	unsigned int round, n, row;

	for (round = 0; round < rounds; round++)
		for (n = 1, row = 0; n <= most; n *= 2, row++) {
			rate[row][round] = one_run(which, n);
			ratio[row][round] = rate[row][round] / rate[0][round];
		}
	for (n = 1, row = 0; n <= most; n *= 2, row++) {
		double sum = median(rate[row], rounds);

		printf("| %s | %u | %.1f | %.1f | %.2f |\n", patterns[which].name, n,
		       1e9 * n / sum, sum / 1e6, median(ratio[row], rounds));
	}
	fflush(stdout);
}

static unsigned int usable_cpus(void)
{
	unsigned int nr = 0;
	cpu_set_t set;
	int cpu;

	if (sched_getaffinity(0, sizeof(set), &set))
		return 0;
	for (cpu = 0; cpu < CPU_SETSIZE && nr < MOST_THREADS; cpu++)
		if (CPU_ISSET(cpu, &set))
			host_cpus[nr++] = cpu;
	return nr;
}

static unsigned int number(const char *text, unsigned int most)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*end || !value || value > most) {
		fprintf(stderr, "scaling: %s is not a number from 1 to %u\n", text, most);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	unsigned int most = usable_cpus(), rounds = 15;
	struct machine_config config = { 0 };
	int i;

	for (i = 1; i < argc; i += 2) {
		if (i + 1 < argc && !strcmp(argv[i], "--rounds")) {
			rounds = number(argv[i + 1], MOST_ROUNDS);
		} else if (i + 1 < argc && !strcmp(argv[i], "--threads")) {
			most = number(argv[i + 1], most);
		} else {
			fprintf(stderr, "scaling [--rounds N] [--threads MOST]\n");
			return 2;
		}
	}
	config.nr_cpus = most;
	config.ram_bytes = most * RAM_PER_CPU > RAM_LEAST ? most * RAM_PER_CPU : RAM_LEAST;
	machine = machine_create(&config);
	if (!machine) {
		fprintf(stderr, "scaling: no machine of %lu bytes\n", config.ram_bytes);
		return 1;
	}
	printf("| pattern | threads | ns a pair | million pairs a second | scaling |\n"
	       "|---|--:|--:|--:|--:|\n");
	for (i = 0; i < NR_PATTERNS; i++)
		measure(i, most, rounds);
	return machine_destroy(machine) ? 1 : 0;
}
