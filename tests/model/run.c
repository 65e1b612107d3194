// SPDX-License-Identifier: MIT
/*
 * run.c - one sequence of operations on a fresh machine, in a process of its own.
 *
 * A fork() for each sequence: whatever goes wrong, a comparison, an assertion of the
 * machine (the bug hook), a crash, a report of a sanitizer, ends the child and leaves
 * the parent able to try again. What the child had to say is in shared memory.
 *
 *	parent					child
 *	model_try() -- fork() -->		machine, begin()
 *						operation, operation ... check()
 *						end(), machine gone, no leaks
 *	report.failed, .at, .message <--	_exit(0), or its end
 *
 * With faults, an operation may have one of its allocations fail; whether one did, it
 * learns from model_faulted(). A full comparison follows then and again.
 */
#include <stdarg.h>
#include "model.h"

#define FAULT_CHECKS	16	/* a full comparison after one in so many failures */

unsigned int model_plant;		/* 1 + index */

static struct model_trial *now;		/* of this process */
static jmp_buf give_up;
static unsigned long failures_before, nr_faulted;

bool model_planted(unsigned int index)
{
	return model_plant == index + 1;
}

bool model_saying(void)
{
	return now->say;
}

bool model_faulted(void)
{
	return host_failures(this_machine()) != failures_before;
}

void model_say(const char *fmt, ...)
{
	struct model_report *r = now->report;
	va_list args;
	int n;

	if (!now->say || r->text_bytes >= MODEL_TEXT_BYTES - 1000)
		return;
	va_start(args, fmt);
	n = vsnprintf(r->text + r->text_bytes, 998, fmt, args);
	va_end(args);
	r->text_bytes += min(n, 997);
	r->text[r->text_bytes++] = '\n';
	r->pending[0] = '\0';
}

void model_pending(const char *fmt, ...)
{
	va_list args;

	if (!now->say)
		return;
	va_start(args, fmt);
	vsnprintf(now->report->pending, sizeof(now->report->pending), fmt, args);
	va_end(args);
}

void model_fail(const char *fmt, ...)
{
	struct model_report *r = now->report;
	va_list args;

	va_start(args, fmt);
	vsnprintf(r->message, sizeof(r->message), fmt, args);
	va_end(args);
	r->failed = true;
	longjmp(give_up, 1);
}

/* the machine has found a broken rule */
static void on_bug(const char *file, int line, const char *expr, void *arg)
{
	model_fail("BUG at %s:%d: %s", file, line, expr);
}

static void run_op(const struct model_op *op)
{
	struct machine *m = this_machine();

	failures_before = host_failures(m);
	if (!op->fault) {
		now->model->kinds[op->kind].run(op->arg);
		return;
	}
	model_say("\thost_fail_nth(this_machine(), %u, false);", op->fault);
	host_fail_nth(m, op->fault, false);
	now->model->kinds[op->kind].run(op->arg);
	host_fail_nth(m, 0, false);
	model_say("\thost_fail_nth(this_machine(), 0, false);");
	if (model_faulted() && nr_faulted++ % FAULT_CHECKS == 0)
		now->model->check();
}

static void run_all(void)
{
	unsigned long i;

	now->model->begin();
	for (i = 0; i < now->nr; i++) {
		now->report->at = i;
		run_op(&now->ops[i]);
		if ((i + 1) % now->check_every == 0)
			now->model->check();
	}
	now->report->at = now->nr;
	now->model->check();
	now->report->pending[0] = '\0';
	now->report->at_end = true;
	now->model->end();
}

static void child(void *arg)
{
	struct machine *m;

	now = arg;
	nr_faulted = 0;
	m = machine_create(now->config);
	if (!m) {
		now->report->failed = true;
		strcpy(now->report->message, "no machine");
		return;
	}
	machine_cpu_enter(m, 0);
	host_set_bug_hook(on_bug, NULL);
	if (setjmp(give_up))
		return;		/* the machine goes with this process */
	run_all();
	machine_cpu_leave();
	if (machine_destroy(m))
		model_fail("machine_destroy: not everything came back");
}

bool model_try(struct model_trial *trial)
{
	struct model_report *r = trial->report;
	char why[200];
	int status;

	r->failed = r->at_end = false;
	r->at = 0;
	r->message[0] = r->pending[0] = r->text[0] = '\0';
	r->text_bytes = 0;
	status = os_in_child(child, trial, trial->quiet);
	if (!os_child_ended_well(status, why, sizeof(why)) && !r->failed) {
		r->failed = true;
		strcpy(r->message, why);
	}
	if (r->text_bytes >= MODEL_TEXT_BYTES - 1000)
		return !r->failed;
	if (r->failed && r->pending[0])
		r->text_bytes += sprintf(r->text + r->text_bytes, "%s\n", r->pending);
	if (r->failed && !r->at_end)
		r->text_bytes += sprintf(r->text + r->text_bytes,
					 "\thost_expect_leaks(this_machine());\n");
	return !r->failed;
}
