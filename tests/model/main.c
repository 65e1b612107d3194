// SPDX-License-Identifier: MIT
/*
 * main.c - a long run of a model: many rounds, each a fresh machine and its own numbers.
 *
 *	model_vm [--seed N] [--ops N] [--round N] [--geometry NAME] [--check-every N]
 *		 [--check-nth-fault] [--no-shrink] [--plant NAME] [--out FILE] [--from N]
 *
 * A round is as long as a failure in it can be run again for a few hundred times: that is
 * what finding the shortest part of it takes. Its numbers come from the seed and from its
 * own index, so that --from N --ops N repeats one round alone.
 *
 * Within a round the load grows and shrinks by turns, for as long as the generator says.
 */
#include <getopt.h>
#include "model.h"
#include "geometry.h"

#define FAULT_ONE_IN	8	/* operations with a failing allocation, with faults */
#define FAULT_MOST	12	/* which one it is, at most */

struct run {
	const struct model *model;
	struct model_trial trial;
	u64 seed;
	unsigned long nr_ops, round_ops, first_round, done;
	const char *geometry, *out;
	bool shrink;
	struct model_op *ops;
};

static unsigned int pick_kind(const struct model *m, bool grow, u64 *rng)
{
	unsigned int i, total = 0, at;

	for (i = 0; i < m->nr_kinds; i++)
		total += grow ? m->kinds[i].grow : m->kinds[i].shrink;
	at = model_random(rng) % total;
	for (i = 0; ; i++) {
		unsigned int weight = grow ? m->kinds[i].grow : m->kinds[i].shrink;

		if (at < weight)
			return i;
		at -= weight;
	}
}

static void generate(struct run *r, unsigned long round, unsigned long nr)
{
	u64 rng = (r->seed + 1) * 0x9e3779b97f4a7c15ull ^ (round + 1) * 0xbf58476d1ce4e5b9ull;
	unsigned long i, turn = 0;
	bool grow = false;
	int a;

	rng |= 1;
	for (i = 0; i < nr; i++) {
		struct model_op *op = &r->ops[i];

		if (i >= turn) {
			grow = !grow;
			turn = i + 100 + model_random(&rng) % 8000;
		}
		op->kind = pick_kind(r->model, grow, &rng);
		for (a = 0; a < MODEL_ARGS; a++)
			op->arg[a] = model_random(&rng) >> 32;
		op->fault = 0;
		if (r->trial.faults && model_random(&rng) % FAULT_ONE_IN == 0)
			op->fault = 1 + (model_random(&rng) >> 32) % FAULT_MOST;
	}
}

static int report_failure(struct run *r, unsigned long round, unsigned long nr)
{
	struct model_trial *t = &r->trial;

	printf("model_%s: operation %lu of round %lu: %s\n", r->model->name, t->report->at, round,
	       t->report->message);
	printf("repeat with: model_%s --seed %llu --from %lu --ops %lu --round %lu "
	       "--geometry %s%s\n",
	       r->model->name, (unsigned long long)r->seed, round, nr, r->round_ops, r->geometry,
	       t->faults ? " --check-nth-fault" : "");
	if (r->shrink)
		model_shrink(t, r->ops, nr);
	if (r->shrink)
		model_print_test(t, r->geometry, r->out);
	return 1;
}

static int run_rounds(struct run *r)
{
	double start = os_seconds(), said = start, t;
	unsigned long round = r->first_round, nr;

	for (; r->done < r->nr_ops; round++) {
		nr = min(r->round_ops, r->nr_ops - r->done);
		generate(r, round, nr);
		r->trial.ops = r->ops;
		r->trial.nr = nr;
		if (!model_try(&r->trial))
			return report_failure(r, round, nr);
		r->done += nr;
		if (os_seconds() - said < 20)
			continue;
		said = os_seconds();
		printf("model_%s: %lu of %lu operations\n", r->model->name, r->done, r->nr_ops);
	}
	t = os_seconds() - start;
	printf("model_%s: seed %llu, %s: %lu operations in %lu rounds, %.1f s, %.0f/s\n",
	       r->model->name, (unsigned long long)r->seed, r->geometry, r->done,
	       round - r->first_round, t, r->done / t);
	return 0;
}

static int usage(const struct model *m, const char *wrong, const char *value)
{
	fprintf(stderr, "model_%s: %s%s%s\n", m->name, wrong, value ? ": " : "",
		value ? value : "");
	fprintf(stderr, "usage: model_%s [--seed N] [--ops N] [--round N] [--from ROUND]\n"
		"\t[--geometry NAME] [--check-every N] [--check-nth-fault] [--no-shrink]\n"
		"\t[--plant NAME] [--out FILE]\n", m->name);
	return 2;
}

static bool plant(const struct model *m, const char *name)
{
	unsigned int i;

	for (i = 0; m->plants && m->plants[i]; i++)
		if (!strcmp(m->plants[i], name))
			model_plant = i + 1;
	return model_plant;
}

static bool number(const char *text, unsigned long *value)
{
	char *end;

	*value = strtoul(text, &end, 0);
	return *text && !*end;
}

static const struct option options[] = {
	{ "seed", required_argument, NULL, 's' }, { "ops", required_argument, NULL, 'n' },
	{ "round", required_argument, NULL, 'r' }, { "from", required_argument, NULL, 'f' },
	{ "check-every", required_argument, NULL, 'c' }, { "out", required_argument, NULL, 'o' },
	{ "check-nth-fault", no_argument, NULL, 'x' }, { "plant", required_argument, NULL, 'p' },
	{ "geometry", required_argument, NULL, 'g' }, { "shrink", no_argument, NULL, 'K' },
	{ "no-shrink", no_argument, NULL, 'k' }, { .name = NULL },
};

/* 0, or the status of a wrong use */
static int parse(struct run *r, int argc, char **argv)
{
	unsigned long value = 0;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (strchr("snrfc", c) && !number(optarg, &value))
			return usage(r->model, "not a number", optarg);
		switch (c) {
		case 's': r->seed = value; break;
		case 'n': r->nr_ops = value; break;
		case 'r': r->round_ops = max(value, 1ul); break;
		case 'f': r->first_round = value; break;
		case 'c': r->trial.check_every = max(value, 1ul); break;
		case 'g': r->geometry = optarg; break;
		case 'x': r->trial.faults = true; break;
		case 'k': r->shrink = false; break;
		case 'K': r->shrink = true; break;
		case 'o': r->out = optarg; break;
		case 'p':
			if (!plant(r->model, optarg))
				return usage(r->model, "no such mistake", optarg);
			break;
		default:
			return usage(r->model, "no such option", NULL);
		}
	}
	return optind < argc ? usage(r->model, "what is this", argv[optind]) : 0;
}

/**
 * model_main() - all of a model's main().
 * Return: 0, 1 for a run that failed, 2 for a wrong use.
 */
int model_main(const struct model *model, int argc, char **argv)
{
	struct run r = {
		.model = model, .seed = 1, .nr_ops = 200000, .round_ops = 20000,
		.shrink = true,
		.trial = { .model = model, .check_every = model->check_every },
	};
	struct machine_config config;
	int status = parse(&r, argc, argv);

	if (status)
		return status;
	r.geometry = geometry_find(r.geometry)->name;
	config = geometry_config(r.geometry);
	config.slab_fast = true;
	config.nr_cpus = MODEL_CPUS;
	if (model->config)
		model->config(&config);
	setvbuf(stdout, NULL, _IOLBF, 0);
	r.trial.config = &config;
	r.trial.report = os_shared(sizeof(*r.trial.report));
	r.ops = calloc(r.round_ops, sizeof(*r.ops));
	status = r.ops ? run_rounds(&r) : 2;
	free(r.ops);
	return status;
}
