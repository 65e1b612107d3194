// SPDX-License-Identifier: MIT
/*
 * locks.c - the rules of locks broken in the booted kernel: boot_test=locks, DEBUG=1.
 * TAP lines in the log; the last one is "locks: N passed, M failed".
 *
 * tests/unit/test_lockrules.c breaks each rule hosted. Here it is shown that the kernel's
 * own parts of it do the same: its record of held locks, which follows a task from CPU to
 * CPU, its interrupt flag, its threads. A report ends the machine; bug_hook lets it come
 * back here instead, as longjmp() would, and the lock is released then.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <asm/irqflags.h>
#include <mm/port.h>

#ifdef CONFIG_DEBUG_LOCKS

static void *back[5];
static const char *reported;
static unsigned int passed, failed;

static DEFINE_SPINLOCK_RANK(outer, RANK_FILES);
static DEFINE_SPINLOCK_RANK(inner, RANK_ZONE);
static DEFINE_SPINLOCK_RANK(ring, RANK_RING);
static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(sem);

static void come_back(const char *expr)
{
	bug_hook = NULL;
	reported = expr;
	__builtin_longjmp(back, 1);
}

/* Do what is @wrong. No value of this function is used after the way back. */
static noinline void catch_report(void (*wrong)(void))
{
	reported = NULL;
	if (!__builtin_setjmp(back)) {
		bug_hook = come_back;
		wrong();
		bug_hook = NULL;
	}
}

static void provoke(const char *what, void (*wrong)(void), const char *rule)
{
	bool good;

	catch_report(wrong);
	good = reported && !strncmp(reported, rule, strlen(rule));
	if (good)
		passed++;
	else
		failed++;
	pr_notice("%sok %u - %s (%s)\n", good ? "" : "not ", passed + failed, what,
		  reported ? reported : "no report");
}

static void lock_inner(void) { spin_lock(&inner); }
static void lock_outer(void) { spin_lock(&outer); }
static void unlock_inner(void) { spin_unlock(&inner); }
static void lock_ring(void) { spin_lock(&ring); }
static void lock_mutex(void) { mutex_lock(&mutex); }
static void unlock_mutex(void) { mutex_unlock(&mutex); }
static void lock_read(void) { down_read(&sem); }
static void unlock_read(void) { up_read(&sem); }
static void alloc_object(void) { kfree(kmalloc(32, GFP_KERNEL)); }
static void assert_inner(void) { spin_assert_held(&inner); }
static void go_to_user(void) { debug_leave(); }

static void spinlocks(void)
{
	spin_lock(&inner);
	provoke("a spinlock taken twice", lock_inner, "D1");
	provoke("a lock of a lower rank", lock_outer, "D2");
	provoke("a mutex under a spinlock", lock_mutex, "D4");
	provoke("GFP_KERNEL under a spinlock", alloc_object, "D4");
	provoke("to user mode with a spinlock", go_to_user, "D6");
	spin_unlock(&inner);
	provoke("a release of a free spinlock", unlock_inner, "D3");
	provoke("a spinlock asserted that is free", assert_inner, "D7");
	provoke("a handler's lock with interrupts on", lock_ring, "D5");
	local_irq_disable();
	provoke("a mutex with interrupts off", lock_mutex, "D4");
	local_irq_enable();
}

static void sleeping_locks(void)
{
	mutex_lock(&mutex);
	provoke("a mutex taken twice", lock_mutex, "D1");
	provoke("to user mode with a mutex", go_to_user, "D6");
	mutex_unlock(&mutex);
	provoke("a release of a free mutex", unlock_mutex, "D3");
	down_read(&sem);
	provoke("a semaphore read twice", lock_read, "D1");
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout_ns(1000000);	/* perhaps on another CPU from here on */
	provoke("to user mode as a reader", go_to_user, "D6");
	up_read(&sem);
	provoke("a release by no reader", unlock_read, "D3");
}

static void run(void)
{
	spinlocks();
	sleeping_locks();
	debug_leave();			/* nothing is left behind */
	pr_notice("1..%u\n", passed + failed);
	pr_notice("locks: %u passed, %u failed\n", passed, failed);
}

#else

static void run(void)
{
	pr_notice("locks: this kernel does not check locks (make DEBUG=1)\n");
}

#endif

boot_test("locks", run);
