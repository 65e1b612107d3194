// SPDX-License-Identifier: MIT
/*
 * boot_test.c - tests that run inside the kernel, on request, before /init does.
 *
 * A test announces itself with boot_test(name, function) beside its code; the linker
 * collects the table, which is empty in the image that `make` builds. boot_test=NAME on
 * the command line runs one, boot_test=A,B several in that order, each in the first
 * thread, after all CPUs, devices and the root file system are there. What a test finds
 * out it prints to the log; then the boot goes on.
 *
 *   B1  the names come from outside: one that no test has is named in the log
 *
 * No locks: the first thread alone.
 */
#include <linux/init.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

static char wanted[128] __initbss;

static int __init param_boot_test(char *value)
{
	return value && strscpy(wanted, value, sizeof(wanted)) > 0 ? 0 : -EINVAL;
}
__setup("boot_test", param_boot_test);

static void __init run_one(const char *name)
{
	const struct boot_test *test;

	for (test = __boot_tests_start; test < __boot_tests_end; test++) {
		if (strcmp(test->name, name))
			continue;
		pr_info("boot_test: %s\n", name);
		test->run();
		return;
	}
	pr_err("boot_test: this kernel has no test \"%s\"\n", name);	/* B1 */
}

/**
 * run_boot_tests() - run what boot_test= names.
 * Locks: none. Context: thread, before free_initmem(); may sleep. Return: nothing.
 */
void __init run_boot_tests(void)
{
	char *rest = wanted, *name;

	while (wanted[0] && (name = strsep(&rest, ",")) != NULL)
		if (*name)
			run_one(name);
}
