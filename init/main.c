/* SPDX-License-Identifier: MIT */
/*
 * main.c - the order of the boot, top to bottom.
 *
 * start_kernel() runs on the boot CPU with interrupts off, as the task that will
 * be the idle loop. It ends by starting the first kernel thread, which is pid 1:
 * kernel_init() does what may sleep, then becomes the program /init.
 *
 * What each step may use is what stands above it: locks and reports after
 * trap_init(), memblock and the direct map after setup_arch(), pages, kmalloc and
 * vmalloc after mm_boot_init(), sleeping from kernel_init() on.
 *
 * No __init function is called once free_initmem() has run.
 */
#include <linux/init.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kfence.h>
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <asm/cpufeature.h>
#include <asm/irqflags.h>

static int run_init_process(const char *path)
{
	argv_init[0] = path;
	pr_info("Run %s as init process\n", path);
	return kernel_execve(path, argv_init, envp_init);
}

static bool try_to_run(const char *path)
{
	int err = run_init_process(path);

	if (err && err != -ENOENT)
		pr_err("Starting init: %s exists but couldn't execute it (error %d)\n",
		       path, err);
	return !err;
}

/* true: the thread is a program now and goes to user mode when it returns */
static bool run_init(void)
{
	static const char *const usual[] = {
		"/sbin/init", "/etc/init", "/bin/init", "/bin/sh",
	};
	unsigned int i;
	int err;

	/* without it Linux looks for a root device; there are none here */
	if (!init_file_exists(rdinit_command()))
		panic("VFS: Unable to mount root fs: no %s in the initramfs, and no block devices",
		      rdinit_command());
	err = run_init_process(rdinit_command());
	if (!err)
		return true;
	pr_err("Failed to execute %s (error %d)\n", rdinit_command(), err);
	if (init_command()) {
		err = run_init_process(init_command());
		if (!err)
			return true;
		panic("Requested init %s failed (error %d).", init_command(), err);
	}
	for (i = 0; i < ARRAY_SIZE(usual); i++)
		if (try_to_run(usual[i]))
			return true;
	return false;
}

/* What needs __init code or data and may sleep. */
static void __init kernel_init_freeable(void)
{
	smp_init();
	kfence_init();
	kmemleak_thread_init();
	devices_init();
	populate_rootfs();
	free_initrd_mem();
	if (console_on_rootfs())
		pr_err("Warning: unable to open an initial console.\n");
}

static int kernel_init(void *unused)
{
	kernel_init_freeable();
	run_boot_tests();
	free_initmem();
	setup_per_zone_wmarks();		/* of all frames that zones have now */
	mark_rodata_ro();
	if (run_init())
		return 0;
	panic("No working init found.  Try passing init= option to kernel.");
}

/**
 * start_kernel() - see the top of the file.
 * Locks: none. Context: boot CPU, interrupts off, on init_stack. Return: never.
 */
void __init start_kernel(void)
{
	early_cpu_init();
	trap_init();
	parse_first_params();
	printk("%s%s", KERN_NOTICE, linux_banner);

	setup_arch();
	this_machine()->facts.nr_cpus = smp_detect_cpus();
	if (mm_boot_init())
		panic("Not enough memory to manage the memory");

	sched_init();
	timers_init();
	apic_init();
	time_init();
	random_init();
	parse_params();

	fork_init();
	signals_init();
	futex_init();
	vfs_init();
	console_init();

	if (kernel_thread(kernel_init, NULL, "init") != 1)
		panic("The first thread is not pid 1");
	cpu_startup_entry();
}
