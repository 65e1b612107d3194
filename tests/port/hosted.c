// SPDX-License-Identifier: MIT
/* hosted.c - the contract of mm/port.h (contract.c) checked in a process. TAP. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <mm/host.h>
#include "contract.h"

static struct machine *machine;
static unsigned int points, failed;
static bool seen[40];

static pthread_t thread;
static struct {
	void (*fn)(void *arg);
	void *arg;
} job;

static void *thread_main(void *arg)
{
	machine_cpu_enter(machine, 1);
	job.fn(job.arg);
	machine_cpu_leave();
	return NULL;
}

static void start(void (*fn)(void *arg), void *arg)
{
	job.fn = fn;
	job.arg = arg;
	if (pthread_create(&thread, NULL, thread_main, NULL))
		abort();
}

static void join(void)
{
	pthread_join(thread, NULL);
}

static void report(unsigned int number, const char *what, bool good)
{
	printf("%sok %u - %u %s\n", good ? "" : "not ", ++points, number, what);
	failed += !good;
	if (number < 40)
		seen[number] = true;
}

int main(void)
{
	const struct machine_config config = { .nr_cpus = 2, .nr_nodes = 2 };
	const struct contract_runner runner = { host_use_mm, start, join, 2, report };
	unsigned int i, missing = 0;

	machine = machine_create(&config);
	if (!machine)
		return 1;
	machine_cpu_enter(machine, 0);
	contract_run(&runner);
	/* here each warning counts, also one that is wanted once */
	report(19, "three warnings were asked for", host_warnings(machine) == 3);
	machine_cpu_leave();
	/* 18, port_bug(), is test_host.c's: it ends what runs */
	for (i = 1; i < 40; i++)
		missing += !seen[i] && i != 18;
	report(40, "every entry was checked", missing == 0);
	report(40, "everything came back", machine_destroy(machine) == 0);
	printf("1..%u\n", points);
	return failed != 0;
}
