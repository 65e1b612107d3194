// SPDX-License-Identifier: MIT
/*
 * shrink.c - a sequence that fails becomes a short one that fails, and that one a test
 * in C.
 *
 *	1  what follows the failure goes
 *	2  halves, quarters ... single operations go, from the end to the front, as long
 *	   as what is left still fails; again until no single one can go
 *	3  when few are left, their arguments become 0, or smaller
 *
 * Each try has a machine of its own. A short sequence is compared in full after each
 * operation, which finds what was broken nearer to where that happened, and so often with
 * another message: any failure will do.
 */
#include "model.h"

#define SHORT		200	/* operations: compare after each one */
#define FEW		30	/* operations: their arguments are worth the time */
#define MAX_TRIES	4000

struct shrink {
	struct model_trial *trial;
	struct model_op *ops, *work;
	unsigned long nr, tries;
	unsigned long check_every;
};

/* does work[0 .. nr) fail? Then it is what we go on with */
static bool still_fails(struct shrink *s, unsigned long nr)
{
	struct model_trial *t = s->trial;

	if (s->tries++ > MAX_TRIES)
		return false;
	t->ops = s->work;
	t->nr = nr;
	t->check_every = nr <= SHORT ? 1 : s->check_every;
	if (model_try(t))
		return false;
	s->nr = min(nr, t->report->at + 1);
	memcpy(s->ops, s->work, s->nr * sizeof(*s->ops));
	return true;
}

static bool remove_chunks(struct shrink *s, unsigned long chunk)
{
	unsigned long at = s->nr;
	bool any = false;

	while (at) {
		unsigned long n;

		at = min(at, s->nr);
		n = min(chunk, at);
		at -= n;
		memcpy(s->work, s->ops, at * sizeof(*s->ops));
		memcpy(s->work + at, s->ops + at + n, (s->nr - at - n) * sizeof(*s->ops));
		any |= still_fails(s, s->nr - n);
	}
	return any;
}

static void smaller_number(struct shrink *s, unsigned long i, u32 *place, u32 value)
{
	memcpy(s->work, s->ops, s->nr * sizeof(*s->ops));
	if (*place == value)
		return;
	*(u32 *)((char *)s->work + ((char *)place - (char *)s->ops)) = value;
	still_fails(s, s->nr);
}

static void smaller_args(struct shrink *s)
{
	unsigned long i;
	int a;

	for (i = 0; i < s->nr; i++) {
		smaller_number(s, i, &s->ops[i].fault, 0);
		for (a = 0; a < MODEL_ARGS && i < s->nr; a++) {
			u32 *arg = &s->ops[i].arg[a];

			smaller_number(s, i, arg, 0);
			if (i < s->nr && *arg)
				smaller_number(s, i, arg, *arg & 0xff);
			if (i < s->nr && *arg)
				smaller_number(s, i, arg, *arg & 0xf);
		}
	}
}

/**
 * model_shrink() - make @ops, whose run by @trial has just failed, short.
 * Return: how many are left; @trial's report is of their last run.
 */
unsigned long model_shrink(struct model_trial *trial, struct model_op *ops, unsigned long nr)
{
	struct shrink s = { .trial = trial, .ops = ops, .check_every = trial->check_every };
	unsigned long chunk;
	bool again = true;

	s.nr = min(nr, trial->report->at + 1);
	s.work = calloc(nr, sizeof(*s.work));
	trial->quiet = true;
	while (again && s.tries <= MAX_TRIES) {
		again = false;
		for (chunk = max(s.nr / 2, 1ul); chunk; chunk = min(chunk, s.nr) / 2)
			again |= remove_chunks(&s, chunk);
		if (s.nr <= FEW)
			smaller_args(&s);
	}
	printf("model_%s: shrunk to %lu operations in %lu tries\n", trial->model->name, s.nr,
	       s.tries);
	trial->ops = ops;
	trial->nr = s.nr;
	trial->check_every = s.nr <= SHORT ? 1 : s.check_every;
	free(s.work);
	return s.nr;
}

static void print_test(FILE *f, struct model_trial *t, const char *geometry)
{
	const struct model *m = t->model;

	fprintf(f, "// SPDX-License-Identifier: MIT\n"
		   "/* model_%s on %s, %lu operations: %s */\n", m->name, geometry, t->nr,
		t->report->message);
	fprintf(f, "%s\nstatic void test_shrunk(void **state)\n{\n", m->includes);
	fwrite(t->report->text, 1, t->report->text_bytes, f);
	fprintf(f, "}\n\nstatic int setup(void **state)\n{\n"
		   "\tstruct machine_config config = geometry_config(\"%s\");\n\n"
		   "\tconfig.slab_fast = true;\n\tconfig.nr_cpus = %d;\n"
		   "%s\treturn quire_setup_config(state, &config);\n}\n\n", geometry,
		MODEL_CPUS, m->config_text ? m->config_text : "");
	fprintf(f, "int main(void)\n{\n\tconst struct CMUnitTest tests[] = {\n"
		   "\t\tcmocka_unit_test_setup_teardown(test_shrunk, setup, quire_teardown),\n"
		   "\t};\n\n\treturn cmocka_run_group_tests(tests, NULL, NULL);\n}\n");
}

/**
 * model_print_test() - run @trial's operations once more and write them down as a test,
 * to @path, or to standard output when it is NULL.
 */
void model_print_test(struct model_trial *trial, const char *geometry, const char *path)
{
	FILE *f = path ? fopen(path, "w") : stdout;

	trial->say = true;
	model_try(trial);
	trial->say = false;
	if (!f) {
		perror(path);
		return;
	}
	if (!path)
		printf("--- test ---\n");
	print_test(f, trial, geometry);
	if (path)
		fclose(f);
	else
		printf("--- end of test ---\n");
}
