// SPDX-License-Identifier: MIT
/*
 * x86.c - x86/: what can be tuned in arch/x86/mm.
 *
 * tlb_single_page_flush_ceiling is how many pages a flush names one by one; of more than
 * these the whole address space is forgotten (arch/x86/mm/tlb.c). A flush that is under
 * way takes the old number or the new one.
 *
 * Locks: none of its own.
 */
#include "internal.h"
#include <asm/thread.h>

static void ceiling_show(struct seq_file *m, const struct table_node *node)
{
	seq_printf(m, "%lu\n", READ_ONCE(tlb_single_page_flush_ceiling));
}

static int ceiling_write(const struct table_node *node, char *text)
{
	int value, err = kstrtoint(text, 0, &value);

	if (err)
		return err;
	if (value < 0)
		return -EINVAL;
	WRITE_ONCE(tlb_single_page_flush_ceiling, value);
	return 0;
}

const struct table_entry debugfs_x86[DEBUGFS_X86_NAMES] = {
	{ .name = "tlb_single_page_flush_ceiling", .mode = S_IFREG | 0600, .show = ceiling_show,
	  .write = ceiling_write },
};
