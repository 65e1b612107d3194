// SPDX-License-Identifier: MIT
/*
 * kfence.c - guarded objects misused in the booted kernel: boot_test=kfence, with
 * kfence.sample_interval=1. The last line is "kfence: N reports", and the kernel goes on.
 *
 * tests/unit/test_kfence.c looks at each report hosted. Here it is the machine that finds
 * them: the direct map's entries, the page fault of the kernel, its stacks and symbols, on
 * all CPUs. What the log says is judged by tests/boot_tests.py.
 */
#include <linux/init.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/kfence.h>
#include <linux/kthread.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/time.h>
#include <asm/irqflags.h>
#include <asm/smp.h>
#include <asm/uaccess.h>

#define PATIENCE_NS	(20ull * 1000 * 1000 * 1000)

static DECLARE_COMPLETION(ended);

/* A sample that lies at the wanted end of its page. */
static noinline char *kfence_test_alloc(size_t bytes, bool left)
{
	u64 end = ktime_get_ns() + PATIENCE_NS;
	char *p;

	while (ktime_get_ns() < end) {
		kfence_tick();
		p = kmalloc(bytes, GFP_KERNEL);
		if (is_kfence_address(p) && left == IS_ALIGNED((unsigned long)p, PAGE_SIZE))
			return p;
		kfree(p);
		cond_resched();
	}
	panic("kfence: no sample");
}

static noinline void kfence_test_free(char *p)
{
	kfree(p);
	barrier();
}

static noinline void kfence_test_look(const char *p)
{
	(void)READ_ONCE(*p);
	barrier();
}

static noinline void kfence_test_write(char *p)
{
	WRITE_ONCE(*p, 0x55);
	barrier();
}

static void misuse_objects(void)
{
	char *p = kfence_test_alloc(32, true);
	unsigned long flags;

	kfence_test_look(p - 1);
	kfence_test_write(p + 40);
	kfence_test_free(p);			/* finds what was written */
	p = kfence_test_alloc(64, false);
	kfence_test_write(p + 64);
	kfence_test_free(p);
	kfence_test_free(p);
	local_irq_save(flags);
	kfence_test_look(p + 1);
	local_irq_restore(flags);
	p = kfence_test_alloc(48, true);
	kfence_test_free(p);
	/* an instruction that may fault on user memory, and does on the kernel's */
	if (!copy_to_user((void __user *)PAGE_SIZE, p, 8))
		pr_err("kfence: wrote to a program that is not there\n");
}

static int other_cpu(void *p)
{
	kfence_test_look(p);
	complete(&ended);
	return 0;
}

/* an object of this CPU that was freed here, looked at by another one */
static void misuse_from_afar(void)
{
	struct task_struct *thread;
	char *p = kfence_test_alloc(128, true);

	kfence_test_free(p);
	thread = kthread_run_on(other_cpu, p, "afar", num_online_cpus() - 1);
	if (IS_ERR(thread))
		panic("kfence: no thread (error %ld)", PTR_ERR(thread));
	wait_for_completion(&ended);
}

static void run(void)
{
	struct kfence_state *k = &this_machine()->debug.kfence;

	if (!k->pool_bytes) {
		pr_err("kfence: there is no pool\n");
		return;
	}
	misuse_objects();
	misuse_from_afar();
	pr_notice("kfence: %ld reports\n", atomic_long_read(&k->counter[KFENCE_COUNTER_BUGS]));
}
boot_test("kfence", run);
