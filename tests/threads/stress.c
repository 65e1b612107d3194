// SPDX-License-Identifier: MIT
/*
 * stress.c - the thread test: several CPUs at once, under ThreadSanitizer.
 *
 *	stress [-n threads] [-t seconds | -r rounds] [-s seed] [part ...]
 *
 * Without -n each of 2 to 8 threads has its turn. A round is a fixed number of steps in
 * each thread; without -t the number of rounds is fixed too, so that the amount of work
 * does not depend on the machine. After each round the threads have left their CPUs, and
 * one of them frees or checks all; then they enter again, each as the next CPU, which
 * is how the data of a CPU passes from one thread to the next.
 *
 * What is found: a race, by ThreadSanitizer, in all of mm/, lib/ and arch/host; contents
 * that changed while held; a broken invariant; a page, object or mapping that did not come
 * back, by machine_destroy(). The steps are drawn from the seed, the interleaving is not.
 */
#include "stress.h"
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdarg.h>
#include <time.h>

static const struct part *const parts[] = {
	&part_pages, &part_slab, &part_vmalloc, &part_vm,
};

static struct {
	unsigned int threads, seconds, rounds;
	u64 seed;
} option = { .rounds = 1, .seed = 1 };

static struct worker *workers;
static struct held *mailbox[MAILBOXES];		/* by exchange only */

void stress_fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s:%d: ", file, line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

void mail_exchange(struct worker *w)
{
	struct held *letter = NULL, h;

	if (held_take(w, &h)) {
		letter = malloc(sizeof(*letter));
		must(letter);
		*letter = h;
	}
	letter = xchg(&mailbox[below(w, MAILBOXES)], letter);
	if (letter)
		held_put(w, *letter);
	free(letter);
}

/* What was sent and never fetched goes to @w. */
static void mail_collect(struct worker *w)
{
	unsigned int i;

	for (i = 0; i < MAILBOXES && !held_full(w); i++) {
		if (!mailbox[i])
			continue;
		held_put(w, *mailbox[i]);
		free(mailbox[i]);
		mailbox[i] = NULL;
	}
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	unsigned int i;

	machine_cpu_enter(w->machine, w->cpu);
	for (i = 0; i < w->steps; i++)
		w->part->step(w);
	machine_cpu_leave();
	return NULL;
}

static void round_run(unsigned int nr)
{
	pthread_t thread[MAX_THREADS];
	unsigned int i;

	for (i = 0; i < nr; i++) {
		workers[i].cpu = (workers[i].cpu + 1) % nr;
		must(!pthread_create(&thread[i], NULL, worker_main, &workers[i]));
	}
	for (i = 0; i < nr; i++)
		must(!pthread_join(thread[i], NULL));
}

static void round_check(const struct part *part, struct machine *machine, bool settle,
			unsigned int nr)
{
	unsigned int i;

	machine_cpu_enter(machine, 0);
	for (i = 0; settle && i < nr; i++) {
		part->settle(&workers[i]);
		mail_collect(&workers[i]);
		part->settle(&workers[i]);
	}
	part->check();
	machine_cpu_leave();
}

static u64 now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void part_run(const struct part *part, unsigned int nr, u64 ms)
{
	struct machine_config config = part->config;
	u64 end = now_ms() + ms, round = 0;
	struct machine *machine;
	unsigned int i;

	config.nr_cpus = nr;
	config.slab_fast = true;
	machine = machine_create(&config);
	must(machine);
	for (i = 0; i < nr; i++)
		workers[i] = (struct worker){
			.part = part, .machine = machine, .id = i, .cpu = i, .nr_workers = nr,
			.steps = 2000, .seed = (option.seed * 64 + nr * 8 + i) *
					       0x9e3779b97f4a7c15ull | 1,
		};
	machine_cpu_enter(machine, 0);
	part->setup();
	machine_cpu_leave();
	do {
		round_run(nr);
		round++;
		/* the last round settles: nothing may be left */
		round_check(part, machine, round % 4 == 0, nr);
	} while (ms ? now_ms() < end : round < option.rounds);
	round_check(part, machine, true, nr);
	machine_cpu_enter(machine, 0);
	part->teardown();
	machine_cpu_leave();
	must(!host_warnings(machine));
	must(!machine_destroy(machine));
	printf("%s, %u threads: %llu steps\n", part->name, nr,
	       (unsigned long long)round * nr * workers[0].steps);
	fflush(stdout);
}

static bool part_wanted(const struct part *part, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strcmp(*names, part->name))
			return true;
	return false;
}

static unsigned long number(const char *text, unsigned long least, unsigned long most)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 0);
	if (errno || end == text || *end || n < least || n > most) {
		fprintf(stderr, "stress: %s is no number from %lu to %lu\n", text, least, most);
		exit(2);
	}
	return n;
}

static void parse(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "n:t:r:s:")) != -1) {
		switch (c) {
		case 'n':
			option.threads = number(optarg, 1, MAX_THREADS);
			break;
		case 't':
			option.seconds = number(optarg, 1, 1000000);
			break;
		case 'r':
			option.rounds = number(optarg, 1, 1000000000);
			break;
		case 's':
			option.seed = number(optarg, 1, ~0ul);
			break;
		default:
			fprintf(stderr, "usage: stress [-n threads] [-t seconds | -r rounds] "
				"[-s seed] [pages|slab|vmalloc|vm ...]\n");
			exit(2);
		}
	}
	for (argv += optind; *argv; argv++) {
		unsigned int i;

		for (i = 0; i < ARRAY_SIZE(parts) && strcmp(*argv, parts[i]->name); i++)
			;
		if (i == ARRAY_SIZE(parts)) {
			fprintf(stderr, "stress: there is no part %s\n", *argv);
			exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	unsigned int i, nr, runs = 0, turns = 7;
	u64 ms;

	parse(argc, argv);
	workers = calloc(MAX_THREADS, sizeof(*workers));
	must(workers);
	if (option.threads)
		turns = 1;
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		runs += part_wanted(parts[i], argv + optind) * turns;
	ms = (u64)option.seconds * 1000 / runs;
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!part_wanted(parts[i], argv + optind))
			continue;
		for (nr = 2; nr <= MAX_THREADS; nr++)
			if (!option.threads || nr == option.threads)
				part_run(parts[i], nr, ms);
	}
	free(workers);
	return 0;
}
