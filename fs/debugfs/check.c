// SPDX-License-Identifier: MIT
/*
 * check.c - the file mm_check of checking kernels (DEBUG=1): who reads it has everything
 * walked that memory management keeps, and a rule that is broken stops the kernel, with
 * the place and the rule:
 *
 *	address spaces	of all processes, one after the other (mm/vm/check.c)
 *	zones		free lists against frames (mm/phys/zone_check.c)
 *	slabs		every cache (mm/slab/slab_check.c)
 *
 * The text is how many of each there were. The counts of a page that several processes
 * have are compared as they are found: whoever reads the file sees to it that no other
 * program changes its memory, or cuts files that are mapped, meanwhile.
 *
 * Locks: each address space's mmap_lock for writing, one at a time; those of the walkers.
 */
#include "internal.h"
#include <linux/sched.h>
#include <linux/mm.h>

/** debugfs_has_mm_check() - is it a checking kernel? Any context. */
bool debugfs_has_mm_check(const struct table_node *node)
{
#ifdef CONFIG_DEBUG_MM
	return true;
#else
	return false;
#endif
}

static bool check_space(struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);

	if (!mm)
		return false;
	mmap_write_lock(mm);
	mm_check(mm);
	mmap_write_unlock(mm);
	mmput(mm);
	return true;
}

static unsigned int check_spaces(void)
{
	struct task_struct *task;
	unsigned int spaces = 0;
	pid_t pid = 1;

	while ((task = find_ge_tgid(pid))) {
		pid = task->tgid + 1;
		spaces += check_space(task);
		put_task_struct(task);
		cond_resched();
	}
	return spaces;
}

static unsigned int check_zones(void)
{
	struct zone *zone;
	unsigned int zones = 0;

	for_each_populated_zone(zone) {
		zone_check(zone);
		zones++;
	}
	return zones;
}

/** debugfs_mm_check_show() - walk it all. May sleep. */
void debugfs_mm_check_show(struct seq_file *m, const struct table_node *node)
{
	unsigned int spaces = check_spaces(), zones = check_zones();

	slab_check();
	seq_printf(m, "address spaces %u, zones %u, slabs\n", spaces, zones);
}
