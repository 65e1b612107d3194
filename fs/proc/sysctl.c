// SPDX-License-Identifier: MIT
/*
 * sysctl.c - /proc/sys: what can be tuned, and a few facts that programs look for there.
 *
 * Each name is backed by the very variable that the kernel uses; what is not tunable here
 * is read-only or absent. A number is written as text with white space around it; a value
 * outside of its range is EINVAL and changes nothing.
 *
 *   S1  a value is read and written as one word
 *   S2  changes that need work afterwards are made under sysctl_mutex, with that work
 *
 * Locks: sysctl_mutex.
 */
#include "internal.h"
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/random.h>
#include <linux/utsname.h>

static DEFINE_MUTEX(sysctl_mutex);

/* --- numbers -------------------------------------------------------------- */

/* The first word counts; what follows it is left alone, as Linux does. */
static int parse_long(char *text, long min_value, long max_value, long *value)
{
	long n;

	text = skip_spaces(text);
	text[strcspn(text, " \t\n")] = 0;
	if (kstrtol(text, 0, &n) || n < min_value || n > max_value)
		return -EINVAL;
	*value = n;
	return 0;
}

static int int_show(struct seq_file *m, const struct proc_entry *entry)
{
	seq_printf(m, "%d\n", READ_ONCE(*(int *)entry->value));
	return 0;
}

static int int_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	long n;
	int err = parse_long(text, entry->min, entry->max, &n);

	if (!err)
		WRITE_ONCE(*(int *)entry->value, n);			/* S1 */
	return err;
}

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
	int err = parse_long(text, entry->min, entry->max, &n);

	if (!err)
		WRITE_ONCE(*(int *)tunable(entry), n);
	return err;
}

static int tunable_show(struct seq_file *m, const struct proc_entry *entry)
{
	seq_printf(m, "%lu\n", READ_ONCE(*(unsigned long *)tunable(entry)));
	return 0;
}

static int tunable_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	long n;
	int err = parse_long(text, entry->min, entry->max, &n);

	if (!err)
		WRITE_ONCE(*(unsigned long *)tunable(entry), n);
	return err;
}

/* the same for what decides the watermarks of the zones (S2) */
static int watermark_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	int err;

	mutex_lock(&sysctl_mutex);
	err = tunable_write(entry, task, text);
	if (!err)
		setup_per_zone_wmarks();
	mutex_unlock(&sysctl_mutex);
	return err;
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
	int i, nr = shown_zones(types);
	char *rest = strim(text), *word;

	mutex_lock(&sysctl_mutex);
	for (i = 0; i < nr && (word = strsep(&rest, " \t\n"));) {
		long n;

		if (!*word)
			continue;
		if (kstrtol(word, 0, &n) || n < INT_MIN || n > INT_MAX)
			break;
		WRITE_ONCE(ratio[types[i++]], max(n, 0l));
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
	int err = parse_long(text, entry->min, entry->max, &what);

	if (err)
		return err;
	mutex_lock(&sysctl_mutex);
	if (what & 2) {
		err = on_each_cpu_in_turn(drop_local_stacks);
		vm_unmap_aliases();
		if (!err)
			err = on_each_cpu_in_turn(drop_local_objects);
	}
	mutex_unlock(&sysctl_mutex);
	return err;
}

static int constant_show(struct seq_file *m, const struct proc_entry *entry)
{
	seq_printf(m, "%ld\n", entry->min);
	return 0;
}

/* --- who the machine is --------------------------------------------------- */

static int string_show(struct seq_file *m, const struct proc_entry *entry)
{
	seq_printf(m, "%s\n", (const char *)entry->value);
	return 0;
}

static int uts_show(struct seq_file *m, const struct proc_entry *entry)
{
	char name[__NEW_UTS_LEN + 1];

	uts_get(entry->min, name);
	seq_printf(m, "%s\n", name);
	return 0;
}

/* a name ends with the first line */
static int uts_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	text[strcspn(text, "\n")] = 0;
	uts_set(entry->min, text, strlen(text));
	return 0;
}

/* --- printk: the level of the console, and three that are fixed ----------- */

static const int printk_fixed[3] = { 4, 1, 7 };	/* of messages without one, lowest, at boot */

static int printk_show(struct seq_file *m, const struct proc_entry *entry)
{
	seq_printf(m, "%d\t%d\t%d\t%d\n", READ_ONCE(console_loglevel), printk_fixed[0],
		   printk_fixed[1], printk_fixed[2]);
	return 0;
}

static int printk_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	char *rest = strim(text), *word;
	long level = -1, n;

	for (int i = 0; i < 4 && (word = strsep(&rest, " \t")); i++) {
		if (kstrtol(word, 0, &n) || (i && n != printk_fixed[i - 1]))
			return -EINVAL;
		if (!i)
			level = n;
	}
	if (level < 0 || level > 15 || rest)
		return -EINVAL;
	WRITE_ONCE(console_loglevel, level);
	return 0;
}

/* --- random --------------------------------------------------------------- */

static void put_uuid(struct seq_file *m, const u8 *b)
{
	for (int i = 0; i < 16; i++)
		seq_printf(m, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", b[i]);
	seq_putc(m, '\n');
}

/* version 4, variant 1 of RFC 4122: all other bits are random */
static void make_uuid(u8 *b)
{
	get_random_bytes(b, 16);
	b[6] = (b[6] & 0x0f) | 0x40;
	b[8] = (b[8] & 0x3f) | 0x80;
}

static int uuid_show(struct seq_file *m, const struct proc_entry *entry)
{
	u8 uuid[16];

	make_uuid(uuid);
	put_uuid(m, uuid);
	return 0;
}

static int boot_id_show(struct seq_file *m, const struct proc_entry *entry)
{
	static u8 boot_id[16];	/* sysctl_mutex; all zero: not asked for yet */

	mutex_lock(&sysctl_mutex);
	if (!boot_id[6])
		make_uuid(boot_id);
	mutex_unlock(&sysctl_mutex);
	put_uuid(m, boot_id);
	return 0;
}

/* --- who may: the bits of the mode hold for the superuser, too ------------ */

static int sys_permission(struct inode *inode, int mask)
{
	umode_t mode = inode->i_mode;

	if (!current_euid())
		mode >>= 6;
	else if (in_egroup_p(0))
		mode >>= 3;
	return mask & ~mode & (MAY_READ | MAY_WRITE | MAY_EXEC) ? -EACCES : 0;
}

const struct inode_operations proc_sys_iops = {
	.permission = sys_permission, .getattr = proc_getattr, .setattr = proc_setattr,
};

/* --- the names ------------------------------------------------------------ */

#define CTL(n, m, s, w, v, lo, hi)	\
	{ .name = n, .mode = S_IFREG | (m), .flags = PROC_SYSCTL, .iops = &proc_sys_iops, \
	  .show_ctl = s, .write = w, .value = v, .min = lo, .max = hi }
#define CTL_INT(n, v, lo, hi)	CTL(n, 0644, int_show, int_write, v, lo, hi)
#define CTL_CONST(n, v)		CTL(n, 0444, constant_show, NULL, NULL, v, v)
#define CTL_STRING(n, v)	CTL(n, 0444, string_show, NULL, (void *)(v), 0, 0)
#define TUNABLE(field)		((void *)offsetof(struct machine, tunables.field))
#define CTL_DIR(n, t, nr)	\
	{ .name = n, .mode = S_IFDIR | 0555, .flags = PROC_SYSCTL, .children = t, \
	  .nr_children = nr }

static const struct proc_entry random_table[] = {
	CTL("boot_id", 0444, boot_id_show, NULL, NULL, 0, 0),
	CTL_CONST("entropy_avail", 256),	/* bits of the generator's key */
	CTL_CONST("poolsize", 256),
	CTL("uuid", 0444, uuid_show, NULL, NULL, 0, 0),
};

static const struct proc_entry kernel_table[] = {
	CTL_STRING("arch", uts_machine),
	CTL_CONST("cap_last_cap", 40),
	CTL("domainname", 0644, uts_show, uts_write, NULL, UTS_DOMAINNAME, 0),
	CTL("hostname", 0644, uts_show, uts_write, NULL, UTS_NODENAME, 0),
	CTL_CONST("ngroups_max", ARRAY_SIZE(((struct cred *)0)->groups)),
	CTL_STRING("osrelease", uts_release),
	CTL_STRING("ostype", uts_sysname),
	CTL_INT("panic", &panic_timeout, INT_MIN, INT_MAX),
	CTL_INT("pid_max", &pid_max, RESERVED_PIDS + 1, PID_MAX_DEFAULT),
	CTL("printk", 0644, printk_show, printk_write, NULL, 0, 0),
	CTL_DIR("random", random_table, ARRAY_SIZE(random_table)),
	CTL_INT("threads-max", &max_threads, 1, INT_MAX),
	CTL_STRING("version", uts_version),
};

static const struct proc_entry vm_table[] = {
	CTL("drop_caches", 0200, constant_show, drop_write, NULL, 1, 4),
	CTL("lowmem_reserve_ratio", 0644, ratio_show, ratio_write, NULL, 0, 0),
	CTL("max_map_count", 0644, tunable_show, tunable_write, TUNABLE(max_map_count),
	    0, INT_MAX),
	CTL("min_free_kbytes", 0644, tunable_show, watermark_write, TUNABLE(min_free_kbytes),
	    0, INT_MAX),
	CTL("mmap_min_addr", 0644, tunable_show, tunable_write, TUNABLE(mmap_min_addr),
	    0, INT_MAX),
	CTL("overcommit_memory", 0644, tunable_int_show, tunable_int_write,
	    TUNABLE(overcommit_memory), 0, 2),
	CTL("overcommit_ratio", 0644, tunable_int_show, tunable_int_write,
	    TUNABLE(overcommit_ratio), 0, INT_MAX),
	CTL("watermark_boost_factor", 0644, tunable_show, tunable_write,
	    TUNABLE(watermark_boost_factor), 0, INT_MAX),
	CTL("watermark_scale_factor", 0644, tunable_show, watermark_write,
	    TUNABLE(watermark_scale_factor), 1, 3000),
};

static const struct proc_entry fs_table[] = {
	CTL_CONST("nr_open", NR_OPEN_MAX),
	CTL_CONST("pipe-max-size", PIPE_MAX_BYTES),
};

const struct proc_entry proc_sys_table[PROC_SYS_NR] = {
	CTL_DIR("fs", fs_table, ARRAY_SIZE(fs_table)),
	CTL_DIR("kernel", kernel_table, ARRAY_SIZE(kernel_table)),
	CTL_DIR("vm", vm_table, ARRAY_SIZE(vm_table)),
};
