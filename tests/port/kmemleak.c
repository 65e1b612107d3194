// SPDX-License-Identifier: MIT
/*
 * kmemleak.c - memory is lost in the booted kernel: boot_test=kmemleak, kmemleak=on. The
 * file kmemleak of debugfs has to list it later, with who lost it, and nothing else:
 * tests/boot_tests.py looks.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

static void **kept;

static noinline void lose_object(void)
{
	char *p = kmalloc(56, GFP_KERNEL);

	if (p)
		strscpy(p, "lost by a test", 56);
	barrier();
}

static noinline void lose_area(void)
{
	char *p = vmalloc(3 * PAGE_SIZE);

	if (p)
		memset(p, 0x5e, 3 * PAGE_SIZE);
	barrier();
}

/* two that know each other, and one that something in use knows */
static noinline void lose_pair(void)
{
	void **a = kzalloc(200, GFP_KERNEL), **b = kzalloc(200, GFP_KERNEL);

	if (a && b) {
		a[3] = b;
		b[5] = a;
	}
	a = kzalloc(200, GFP_KERNEL);
	if (a)
		a[1] = kzalloc(200, GFP_KERNEL);
	WRITE_ONCE(kept, a);
}

/* what the stack says about all this is written over */
static noinline void forget(void)
{
	volatile char stack[2048];
	unsigned int i;

	for (i = 0; i < sizeof(stack); i++)
		stack[i] = 0;
}

static void run(void)
{
	lose_object();
	lose_area();
	lose_pair();
	forget();
	pr_notice("kmemleak: four pieces are lost\n");
}
boot_test("kmemleak", run);
