// SPDX-License-Identifier: MIT
/*
 * booted.c - the contract of mm/port.h (contract.c) checked in the booted kernel:
 * boot_test=port. TAP lines in the log; the last one is "port: N passed, M failed".
 *
 * The second thread is a kernel thread of the last CPU, so that on one CPU the two take
 * turns. A thread of the kernel has no address space: use_mm() lends it one, as a thread
 * that works for a process would borrow it.
 */
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <asm/irqflags.h>
#include <asm/smp.h>
#include <asm/thread.h>
#include "contract.h"
#include "exhaust.h"

#define NR_ENTRIES	39

static unsigned int passed, failed;
static bool seen[NR_ENTRIES + 1];
static DECLARE_COMPLETION(ended);

static struct {
	void (*fn)(void *arg);
	void *arg;
} job;

static void use_mm(struct mm_struct *mm)
{
	struct task_struct *me = current;
	struct mm_struct *old = me->mm, *active = me->active_mm;

	local_irq_disable();
	if (mm) {
		me->mm = me->active_mm = mm;
		activate_mm(active, mm);
	} else if (old) {
		mmgrab(old);		/* borrowed from now on, as by any kernel thread */
		me->mm = NULL;
		leave_mm();
	}
	local_irq_enable();
	if (mm && !old)
		mmdrop(active);
}

static int thread_main(void *unused)
{
	job.fn(job.arg);
	complete(&ended);
	return 0;
}

static void start(void (*fn)(void *arg), void *arg)
{
	struct task_struct *thread;

	job.fn = fn;
	job.arg = arg;
	thread = kthread_run_on(thread_main, NULL, "port_test", num_online_cpus() - 1);
	if (IS_ERR(thread))
		panic("port: no second thread (error %ld)", PTR_ERR(thread));
}

static void join(void)
{
	wait_for_completion(&ended);
}

static void report(unsigned int number, const char *what, bool good)
{
	if (good)
		passed++;
	else
		failed++;
	pr_notice("%sok %u - %u %s\n", good ? "" : "not ", passed + failed, number, what);
	if (number <= NR_ENTRIES)
		seen[number] = true;
}

static void run(void)
{
	const struct contract_runner runner = {
		.use_mm = use_mm, .start = start, .join = join,
		.cpus = num_online_cpus(), .report = report,
	};
	unsigned long before = nr_free_pages();
	unsigned int i, missing = 0;

	contract_run(&runner);
	/* 18, port_bug(), ends the machine: boot/kernel_bug has it */
	for (i = 1; i <= NR_ENTRIES; i++)
		missing += !seen[i] && i != 18;
	report(NR_ENTRIES + 1, "every entry was checked", !missing);
	pr_debug("port: %lu pages free before, %lu after\n", before, nr_free_pages());
	pr_notice("1..%u\n", passed + failed);
	pr_notice("port: %u passed, %u failed\n", passed, failed);
}
boot_test("port", run);

/* every zone used up with all flags, in a machine with as little memory as it is given */
static void run_exhaust(void)
{
	struct exhaust_result r;

	vm_unmap_aliases();
	kmem_caches_shrink();
	r = exhaust_zones(true);
	pr_notice("exhaust: %lu requests, %lu pages, %lu free: %s (flags %#x)\n", r.requests,
		  r.taken, nr_free_pages(), r.wrong ? r.wrong : "all held", r.gfp);
}
boot_test("exhaust", run_exhaust);
