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
 *   S3  a write takes one value: its result is the bytes up to the next word, so that a
 *       program that goes on with the rest writes that at a place where it has no effect
 *
 * Locks: sysctl_mutex.
 */
#include "internal.h"
#include <linux/personality.h>
#include <linux/coredump.h>
#include <linux/ctype.h>
#include <linux/pid.h>
#include <linux/random.h>
#include <linux/shm.h>
#include <linux/utsname.h>

DEFINE_MUTEX(sysctl_mutex);

/* --- numbers -------------------------------------------------------------- */

/**
 * sysctl_number() - the first number of @text, which is followed by space or nothing:
 *	decimal, 0octal or 0xhex, at most 20 characters and at most an unsigned long.
 * Locks:   none.
 * Context: any.
 * Return:  bytes up to the next word, or -EINVAL.
 */
int sysctl_number(const char *text, unsigned long *value, bool *negative)
{
	const char *p = skip_spaces(text);
	char word[SYSCTL_NUMBER_MAX + 1];
	size_t len = strcspn(p, " \t\n");

	*negative = *p == '-' && len > 1;
	if (len > SYSCTL_NUMBER_MAX || !isdigit(p[*negative]))
		return -EINVAL;
	memcpy(word, p + *negative, len - *negative);
	word[len - *negative] = 0;
	if (kstrtoul(word, 0, value))
		return -EINVAL;
	return skip_spaces(p + len) - text;
}

/** sysctl_long() - as sysctl_number(), for a number in [@entry->min, @entry->max]. */
int sysctl_long(const char *text, const struct proc_entry *entry, long *value)
{
	unsigned long n;
	bool negative;
	int used = sysctl_number(text, &n, &negative);

	if (used < 0 || n > LONG_MAX)
		return -EINVAL;
	*value = negative ? -(long)n : (long)n;
	return *value < entry->min || *value > entry->max ? -EINVAL : used;
}

int sysctl_int_show(struct seq_file *m, const struct proc_entry *entry)
{
	seq_printf(m, "%d\n", READ_ONCE(*(int *)entry->value));
	return 0;
}

/** sysctl_int_write() - an int at @entry->value is set. No lock (S1). */
int sysctl_int_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	long n;
	int used = sysctl_long(text, entry, &n);

	if (used >= 0)
		WRITE_ONCE(*(int *)entry->value, n);			/* S1 */
	return used;
}

static int ulong_show(struct seq_file *m, const struct proc_entry *entry)
{
	seq_printf(m, "%lu\n", READ_ONCE(*(unsigned long *)entry->value));
	return 0;
}

static int ulong_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	unsigned long n;
	bool negative;
	int used = sysctl_number(text, &n, &negative);

	if (used >= 0 && !negative)
		WRITE_ONCE(*(unsigned long *)entry->value, n);		/* S1 */
	return used;
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

/* --- core files ----------------------------------------------------------- */

static int core_pattern_show(struct seq_file *m, const struct proc_entry *entry)
{
	char pattern[CORENAME_MAX_SIZE];

	core_pattern_get(pattern);
	seq_printf(m, "%s\n", pattern);
	return 0;
}

static int core_pattern_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	text[strcspn(text, "\n")] = 0;
	return core_pattern_set(text);
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

/* --- the names: those of vm stand in sysctl_vm.c --------------------------- */

#define CTL_CONST(n, v)		CTL(n, 0444, constant_show, NULL, NULL, v, v)
#define CTL_ULONG(n, v)		CTL(n, 0644, ulong_show, ulong_write, v, 0, 0)
#define CTL_STRING(n, v)	CTL(n, 0444, string_show, NULL, (void *)(v), 0, 0)
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
	CTL("core_pattern", 0644, core_pattern_show, core_pattern_write, NULL, 0, 0),
	CTL_INT("core_uses_pid", &core_uses_pid, INT_MIN, INT_MAX),
	CTL("domainname", 0644, uts_show, uts_write, NULL, UTS_DOMAINNAME, 0),
	CTL("hostname", 0644, uts_show, uts_write, NULL, UTS_NODENAME, 0),
	CTL_CONST("ngroups_max", ARRAY_SIZE(((struct cred *)0)->groups)),
	CTL_STRING("osrelease", uts_release),
	CTL_STRING("ostype", uts_sysname),
	CTL_INT("panic", &panic_timeout, INT_MIN, INT_MAX),
	CTL_INT("pid_max", &pid_max, RESERVED_PIDS + 1, PID_MAX_DEFAULT),
	CTL("printk", 0644, printk_show, printk_write, NULL, 0, 0),
	CTL_DIR("random", random_table, ARRAY_SIZE(random_table)),
	CTL_INT("randomize_va_space", &randomize_va_space, INT_MIN, INT_MAX),
	CTL_ULONG("shmall", &shm_ctlall),
	CTL_ULONG("shmmax", &shm_ctlmax),
	CTL_INT("shmmni", &shm_ctlmni, 0, SHMMNI_MAX),
	CTL_INT("threads-max", &max_threads, 1, INT_MAX),
	CTL_STRING("version", uts_version),
};

static const struct proc_entry fs_table[] = {
	CTL_CONST("nr_open", NR_OPEN_MAX),
	CTL_CONST("pipe-max-size", PIPE_MAX_BYTES),
};

const struct proc_entry proc_sys_table[PROC_SYS_NR] = {
	CTL_DIR("fs", fs_table, ARRAY_SIZE(fs_table)),
	CTL_DIR("kernel", kernel_table, ARRAY_SIZE(kernel_table)),
	CTL_DIR("vm", proc_sys_vm_table, PROC_SYS_VM_NR),
};
