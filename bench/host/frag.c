// SPDX-License-Identifier: MIT
/*
 * frag.c - the trace of bench/kernel/mm_frag.c in a hosted machine of 1 GiB.
 *
 *	frag [operations]
 *
 * Prints /proc/buddyinfo of the machine after each stage, under its name: with what the CPU
 * keeps in stock after it was idle for two seconds ("stage 3", between the others), and with
 * all of its stock given back ("stage 1" and "stage 2").
 */
#include <mm/host.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <stdio.h>
#include <stdlib.h>

#include "../kernel/mm_frag.c"

#define RAM_BYTES	(1ul << 30)

static void show(const char *stage)
{
	char text[4096];
	struct seq_file m = { .buf = text, .size = sizeof(text) };

	buddyinfo_show(&m);
	printf("%s\n%.*s", stage, (int)m.count, text);
}

int main(int argc, char **argv)
{
	const struct machine_config config = { .ram_bytes = RAM_BYTES, .nr_cpus = 1 };
	unsigned long operations = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000000;
	struct machine *machine = machine_create(&config);
	static struct trace trace;
	unsigned int second;

	if (!machine)
		return 1;
	machine_cpu_enter(machine, 0);
	if (frag_begin(&trace, si_mem_available(), operations))
		return 1;
	printf("mm_frag: %lu done, %lu failed, %lu held\n", operations, trace.failed, trace.held);
	drain_local_pages();
	show("stage 1");
	frag_drop(&trace, false);
	for (second = 1; second <= 3; second++)
		drain_on_idle(second * PCP_AGE_NS);
	show("stage 3");
	drain_local_pages();
	show("stage 2");
	frag_drop(&trace, true);
	vfree(trace.places);
	machine_cpu_leave();
	return machine_destroy(machine) ? 1 : 0;
}
