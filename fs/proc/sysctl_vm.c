// SPDX-License-Identifier: MIT
/*
 * sysctl_vm.c - /proc/sys/vm: the tunables of the memory manager, under Linux's names.
 *
 * Most stand in this machine's struct mm_tunables, those of the OOM killer in
 * kernel/oom.c. A file is here when what it tunes is: there is none that is only
 * remembered. Three kinds of number are told apart as on Linux, since what a program may
 * write differs:
 *
 *	int		-1 may be a number; above INT_MAX is none
 *	counted	(tunable)	an int that is kept in a long: from 0 to INT_MAX
 *	size (kbytes, addresses)	any unsigned long; -1 is none
 *
 * Some have work to do afterwards (S2 of sysctl.c): marks of the zones, the other one of
 * overcommit_ratio and overcommit_kbytes, of which one is in force and the other 0.
 *
 * Locks: sysctl_mutex. mm/ reads its tunables as words, without a lock.
 */
#include "internal.h"
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/oom.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>

/* --- numbers -------------------------------------------------------------- */

/* the tunables of the memory manager stand in its struct machine: value is their offset */
static void *tunable(const struct proc_entry *entry)
{
	mm_assert((unsigned long)entry->value < sizeof(struct machine));
	return (char *)this_machine() + (unsigned long)entry->value;
}

static int tunable_int_show(struct seq_file *m, const struct proc_entry *entry)
{
	seq_printf(m, "%d\n", READ_ONCE(*(int *)tunable(entry)));
	return 0;
}

static int tunable_int_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	long n;
	int used = sysctl_long(text, entry, &n);

	if (used >= 0)
		WRITE_ONCE(*(int *)tunable(entry), n);
	return used;
}

static int tunable_show(struct seq_file *m, const struct proc_entry *entry)
{
	seq_printf(m, "%lu\n", READ_ONCE(*(unsigned long *)tunable(entry)));
	return 0;
}

static int tunable_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	long n;
	int used = sysctl_long(text, entry, &n);

	if (used >= 0)
		WRITE_ONCE(*(unsigned long *)tunable(entry), n);
	return used;
}

static int size_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	unsigned long n;
	bool negative;
	int used = sysctl_number(text, &n, &negative);

	if (used < 0 || negative)
		return -EINVAL;
	WRITE_ONCE(*(unsigned long *)tunable(entry), n);
	return used;
}

/* addresses below it are for those who may touch the machine itself */
static int min_addr_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	return capable(CAP_SYS_RAWIO) ? size_write(entry, task, text) : -EPERM;
}

/* the two ways to bound what is promised: the one that is written takes the other's place */
static int commit_ratio_write(const struct proc_entry *entry, struct task_struct *task,
			      char *text)
{
	int used;

	mutex_lock(&sysctl_mutex);
	used = tunable_int_write(entry, task, text);
	if (used >= 0)
		WRITE_ONCE(this_machine()->tunables.overcommit_kbytes, 0);	/* S2 */
	mutex_unlock(&sysctl_mutex);
	return used;
}

static int commit_kbytes_write(const struct proc_entry *entry, struct task_struct *task,
			       char *text)
{
	int used;

	mutex_lock(&sysctl_mutex);
	used = size_write(entry, task, text);
	if (used >= 0)
		WRITE_ONCE(this_machine()->tunables.overcommit_ratio, 0);	/* S2 */
	mutex_unlock(&sysctl_mutex);
	return used;
}

/* the same for what decides the watermarks of the zones (S2) */
static int watermark_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	int used;

	mutex_lock(&sysctl_mutex);
	used = tunable_write(entry, task, text);
	if (used >= 0)
		setup_per_zone_wmarks();
	mutex_unlock(&sysctl_mutex);
	return used;
}

/* the bounds of the file allow more than what is a sensible share of a zone */
static int fraction_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	long n;
	int used = sysctl_long(text, entry, &n), err;

	if (used < 0)
		return used;
	mutex_lock(&sysctl_mutex);
	err = set_percpu_pagelist_high_fraction(n);
	mutex_unlock(&sysctl_mutex);
	return err ? err : used;
}

/* The types of zones whose ratios are shown, in order: the last is device memory. */
static int shown_zones(unsigned int *types)
{
	unsigned int t, nr = 0;

	for (t = 0; t < MAX_NR_ZONES; t++)
		if (t != ZONE_HIGHMEM)		/* a 64-bit kernel has none */
			types[nr++] = t;
	types[nr++] = MAX_NR_ZONES;
	return nr;
}

static int ratio_show(struct seq_file *m, const struct proc_entry *entry)
{
	const int *ratio = this_machine()->tunables.lowmem_reserve_ratio;
	unsigned int types[MAX_NR_ZONES + 1];
	int i, nr = shown_zones(types);

	for (i = 0; i < nr; i++)
		seq_printf(m, "%d%c", READ_ONCE(ratio[types[i]]), i < nr - 1 ? '\t' : '\n');
	return 0;
}

/*
 * As many numbers as are given, the first ones; below 1 means that nothing is reserved. What
 * is no number ends the list, and is no error: on Linux it never was one.
 */
static int ratio_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	int *ratio = this_machine()->tunables.lowmem_reserve_ratio;
	unsigned int types[MAX_NR_ZONES + 1];
	int i, used, nr = shown_zones(types);
	unsigned long n;
	bool negative;

	mutex_lock(&sysctl_mutex);
	for (i = 0; i < nr && *text; i++, text += used) {
		used = sysctl_number(text, &n, &negative);
		if (used < 0 || n > INT_MAX)
			break;
		WRITE_ONCE(ratio[types[i]], negative ? 0 : n);
	}
	setup_per_zone_wmarks();
	mutex_unlock(&sysctl_mutex);
	return 0;
}

/* Call @fn on every CPU in turn, in this thread: per-CPU stocks are their CPU's own. */
static int on_each_cpu_in_turn(void (*fn)(void))
{
	struct cpumask allowed = current->cpus_allowed, one;
	int cpu, err = 0;

	for_each_online_cpu(cpu) {
		cpumask_clear(&one);
		cpumask_set_cpu(cpu, &one);
		err = set_cpus_allowed(current, &one);
		if (err)
			break;
		fn();
	}
	if (set_cpus_allowed(current, &allowed))
		cpumask_setall(&current->cpus_allowed);
	return err;
}

static void drop_local_objects(void)
{
	pt_drop_local_stock();
	pcpu_shrink();
	kmem_caches_shrink();
	drain_local_pages();
}

/*
 * drop_caches: what is kept only to be faster goes. No file has pages that could be had
 * again (1); of kernel objects (2) that is kernel stacks and page tables for the next
 * fork, retired kernel mappings, empty slabs, and each CPU's stock of objects and pages.
 */
static int drop_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	long what;
	int used = sysctl_long(text, entry, &what), err = 0;

	if (used < 0)
		return used;
	mutex_lock(&sysctl_mutex);
	if (what & 2) {
		err = on_each_cpu_in_turn(drop_local_stacks);
		vm_unmap_aliases();
		if (!err)
			err = on_each_cpu_in_turn(drop_local_objects);
	}
	mutex_unlock(&sysctl_mutex);
	return err ? err : used;
}

static int drop_show(struct seq_file *m, const struct proc_entry *entry)
{
	return -EINVAL;		/* its mode lets nobody read it */
}

/* --- what is about nodes, and about counters ------------------------------ */

static int zonelist_order_show(struct seq_file *m, const struct proc_entry *entry)
{
	seq_puts(m, "Node\n");
	return 0;
}

/* there is one order, node by node: to ask for it by its name or as the default is no error */
static int zonelist_order_write(const struct proc_entry *entry, struct task_struct *task,
				char *text)
{
	int first = tolower(*text);

	return first == 'n' || first == 'd' ? 0 : -EINVAL;
}

/* Every look at a counter sums up exactly; what is left to do is to see that none is wrong. */
static int check_counters(void)
{
	int item, err = 0;

	for (item = 0; item < NR_VM_NODE_STAT_ITEMS; item++)
		if ((long)global_node_page_state(item) < 0) {
			pr_warn("stat_refresh: node counter %d is %ld\n", item,
				(long)global_node_page_state(item));
			err = -EINVAL;
		}
	return err;
}

static int refresh_show(struct seq_file *m, const struct proc_entry *entry)
{
	return check_counters();
}

static int refresh_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	return check_counters();
}

/* --- the names ------------------------------------------------------------ */

#define TUNABLE(field)		((void *)offsetof(struct machine, tunables.field))
#define CTL_TUNABLE(n, w, lo)	CTL(#n, 0644, tunable_show, w, TUNABLE(n), lo, INT_MAX)
#define CTL_TUNABLE_INT(n, lo, hi)	\
	CTL(#n, 0644, tunable_int_show, tunable_int_write, TUNABLE(n), lo, hi)
#define CTL_SIZE(n, w)		CTL(#n, 0644, tunable_show, w, TUNABLE(n), 0, 0)

const struct proc_entry proc_sys_vm_table[PROC_SYS_VM_NR] = {
	CTL_SIZE(admin_reserve_kbytes, size_write),
	CTL("drop_caches", 0200, drop_show, drop_write, NULL, 1, 4),
	CTL_TUNABLE_INT(legacy_va_layout, 0, INT_MAX),
	CTL("lowmem_reserve_ratio", 0644, ratio_show, ratio_write, NULL, 0, 0),
	CTL_TUNABLE(max_map_count, tunable_write, 0),
	CTL_TUNABLE(min_free_kbytes, watermark_write, 0),
	CTL_SIZE(mmap_min_addr, min_addr_write),
	CTL("mmap_rnd_bits", 0600, tunable_int_show, tunable_int_write, TUNABLE(mmap_rnd_bits),
	    MMAP_RND_BITS_MIN, MMAP_RND_BITS_MAX),
	CTL("numa_zonelist_order", 0644, zonelist_order_show, zonelist_order_write, NULL, 0, 0),
	CTL_INT("oom_dump_tasks", &sysctl_oom_dump_tasks, INT_MIN, INT_MAX),
	CTL_INT("oom_kill_allocating_task", &sysctl_oom_kill_allocating_task, INT_MIN, INT_MAX),
	CTL_SIZE(overcommit_kbytes, commit_kbytes_write),
	CTL_TUNABLE_INT(overcommit_memory, 0, 2),
	CTL("overcommit_ratio", 0644, tunable_int_show, commit_ratio_write,
	    TUNABLE(overcommit_ratio), INT_MIN, INT_MAX),
	CTL_INT("panic_on_oom", &sysctl_panic_on_oom, 0, 2),
	CTL("percpu_pagelist_high_fraction", 0644, tunable_int_show, fraction_write,
	    TUNABLE(percpu_pagelist_high_fraction), 0, INT_MAX),
	CTL("stat_refresh", 0600, refresh_show, refresh_write, NULL, 0, 0),
	CTL_SIZE(user_reserve_kbytes, size_write),
	CTL_TUNABLE(watermark_boost_factor, tunable_write, 0),
	CTL("watermark_scale_factor", 0644, tunable_show, watermark_write,
	    TUNABLE(watermark_scale_factor), 1, 3000),
};
