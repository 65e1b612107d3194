// SPDX-License-Identifier: MIT
/*
 * kmemleak.c - the file kmemleak: memory that nobody knows (mm/debug/kmemleak_scan.c), and
 * commands. It is there when kmemleak=on was on the command line.
 *
 * Locks: none of its own.
 */
#include "internal.h"
#include <linux/kmemleak.h>

/** debugfs_has_kmemleak() - was it asked for? Fixed at boot. */
bool debugfs_has_kmemleak(const struct table_node *node)
{
	return this_machine()->debug.config.kmemleak;
}

/** debugfs_kmemleak_show() - the leaks that were found. Thread. */
void debugfs_kmemleak_show(struct seq_file *m, const struct table_node *node)
{
	kmemleak_show(m);
}

/** debugfs_kmemleak_write() - a command. Thread. Return: 0 or -E. */
int debugfs_kmemleak_write(const struct table_node *node, char *text)
{
	int err = kmemleak_command(text);

	if (!err)
		kmemleak_thread_wake();
	return err;
}
