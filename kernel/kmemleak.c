// SPDX-License-Identifier: MIT
/*
 * kmemleak.c - the thread "kmemleak", which searches for leaks now and then
 * (mm/debug/kmemleak_scan.c): a minute after the boot, then every ten minutes, or as the
 * file kmemleak of debugfs was told. It is there when kmemleak=on was on the command line.
 *
 * Memory of the kernel's own image belongs to no allocator and knows most of the rest:
 * kmemleak_thread_init() names it before the first search.
 *
 * Locks: none of its own; the wait queue's.
 */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/wait.h>

static DECLARE_WAIT_QUEUE_HEAD(told);
static bool news;			/* a  somebody changed when to search */

static int kmemleak_thread(void *unused)
{
	bool first = true;
	u64 wait;

	for (;;) {
		wait = kmemleak_wait_ns(first);
		if (wait == ~0ull)
			wait_event_interruptible(told, READ_ONCE(news));
		else
			wait_event_interruptible_timeout_ns(told, READ_ONCE(news), wait);
		if (xchg(&news, false))
			continue;
		kmemleak_scan();
		first = false;
	}
	return 0;
}

/**
 * kmemleak_thread_wake() - when to search has changed.
 * Locks: takes the wait queue's. Context: thread. Return: nothing.
 */
void kmemleak_thread_wake(void)
{
	WRITE_ONCE(news, true);
	wake_up(&told);
}

/**
 * kmemleak_thread_init() - name the image's data, start the thread.
 * Locks: none. Context: the first thread, which is alone. Return: nothing.
 */
void __init kmemleak_thread_init(void)
{
	struct task_struct *thread;

	if (!this_machine()->debug.config.kmemleak)
		return;
	kmemleak_add_root(_sdata, _edata);
	kmemleak_add_root(__bss_start, __bss_stop);
	thread = kthread_run(kmemleak_thread, NULL, "kmemleak");
	if (IS_ERR(thread))
		pr_warn("kmemleak: Failed to create the kmemleak thread\n");
	else
		pr_info("kmemleak: Automatic memory scanning thread started\n");
}
