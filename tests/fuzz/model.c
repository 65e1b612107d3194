// SPDX-License-Identifier: MIT
/*
 * model.c - a model of tests/model as a fuzz target: the input is the operations.
 *
 *	byte		geometry; bit 7: operations may have allocations that fail
 *	operations	kind, bit 7: with one more byte, which of its allocations fails;
 *			a byte with two bits for each argument: 0, 1, 2 or 4 bytes follow;
 *			the arguments, little endian
 *
 * The engine of tests/model runs each sequence in a process of its own. Here all inputs
 * of a search share one, as the fuzzer counts what code an input reaches. The machine is
 * a new one each time; what the model remembers lies in sections of its own (the Makefile
 * renames .data and .bss of its object), which are put back to what they were.
 */
#include <stdarg.h>
#include "fuzz.h"
#include "tests/geometry.h"
#include "tests/model/model.h"

#define CHECK_EVERY	64

int model_entry(int argc, char **argv);	/* main() of the model */

extern char __start_model_data[] __weak, __stop_model_data[] __weak;
extern char __start_model_bss[] __weak, __stop_model_bss[] __weak;

unsigned int model_plant;
static const struct model *model;
static char *saved_data;
static unsigned long failures_before;

bool model_planted(unsigned int index)
{
	return false;
}

bool model_saying(void)
{
	return false;
}

void model_say(const char *fmt, ...)
{
}

void model_pending(const char *fmt, ...)
{
}

bool model_faulted(void)
{
	return host_failures(this_machine()) != failures_before;
}

void model_fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

int model_main(const struct model *m, int argc, char **argv)
{
	model = m;
	return 0;
}

/* the places between variables are the sanitizer's, and are copied as they are */
__attribute__((__no_sanitize__("address"))) static void bytes_copy(char *to, const char *from,
								   size_t n)
{
	while (n--)
		((volatile char *)to)[n] = from[n];
}

__attribute__((__no_sanitize__("address"))) static void bytes_zero(char *to, size_t n)
{
	while (n--)
		((volatile char *)to)[n] = 0;
}

static void model_forget(void)
{
	bytes_copy(__start_model_data, saved_data, __stop_model_data - __start_model_data);
	bytes_zero(__start_model_bss, __stop_model_bss - __start_model_bss);
}

static void run_op(struct fuzz_input *in, bool faults)
{
	struct machine *m = this_machine();
	u8 kind = fuzz_take(in, 1), fault = faults && kind & 0x80 ? fuzz_take(in, 1) : 0;
	u8 sizes = fuzz_take(in, 1);
	u32 arg[MODEL_ARGS];
	unsigned int i;

	for (i = 0; i < MODEL_ARGS; i++)
		arg[i] = fuzz_take(in, (sizes >> 2 * i & 3) == 3 ? 4 : sizes >> 2 * i & 3);
	failures_before = host_failures(m);
	if (fault)
		host_fail_nth(m, 1 + fault % 32, false);
	model->kinds[(kind & 0x7f) % model->nr_kinds].run(arg);
	host_fail_nth(m, 0, false);
	if (model_faulted())
		model->check();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char *args[] = { "model", NULL };
	size_t bytes = __stop_model_data - __start_model_data;

	fuzz_must(!model_entry(1, args) && model);
	saved_data = malloc(bytes + 1);
	fuzz_must(saved_data);
	bytes_copy(saved_data, __start_model_data, bytes);
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *input, size_t bytes)
{
	struct fuzz_input in = { input, bytes };
	u8 first = fuzz_take(&in, 1);
	struct machine_config config =
		geometry_config(geometries[(first & 0x7f) % ARRAY_SIZE(geometries)].name);
	struct machine *m;
	unsigned int nr;

	config.slab_fast = true;
	config.nr_cpus = MODEL_CPUS;
	if (model->config)
		model->config(&config);
	model_forget();
	m = machine_create(&config);
	fuzz_must(m);
	machine_cpu_enter(m, 0);
	model->begin();
	for (nr = 1; in.left; nr++) {
		run_op(&in, first & 0x80);
		if (nr % CHECK_EVERY == 0)
			model->check();
	}
	model->check();
	model->end();
	machine_cpu_leave();
	if (machine_destroy(m))
		fuzz_fail("not everything came back");
	return 0;
}
