// SPDX-License-Identifier: MIT
/*
 * root.c - the file system "proc": its type, its root directory, and the names there.
 *
 * The root shows three things, in this order of positions: the constant names, self and
 * thread-self among them; then the processes. Each mount is a super block of its own
 * with nothing in it but the root; all show the same machine.
 *
 *   R1  positions: 0 and 1 the dots, from 2 the table, from FIRST_PROCESS on FIRST_PROCESS + pid
 *   R2  a name of the table hides no number: names there do not begin with a digit
 *
 * Locks: none of its own.
 */
#include "internal.h"
#include <linux/ioport.h>
#include <linux/shm.h>
#include <linux/vmalloc.h>

#define FIRST_PROCESS	256	/* as Linux's positions; more than the table has names */

/* --- links that depend on who follows them -------------------------------- */

static int self_text(char *buf, int size)
{
	return scnprintf(buf, size, "%d", current->tgid);
}

static int thread_self_text(char *buf, int size)
{
	return scnprintf(buf, size, "%d/task/%d", current->tgid, current->pid);
}

static int mounts_text(char *buf, int size)
{
	return scnprintf(buf, size, "self/mounts");
}

/* One line for each block device: there is none. */
static void no_blocks_show(struct seq_file *m)
{
}

/* --- the names ------------------------------------------------------------ */

#define TEXT(n, m, fn)	{ .name = n, .mode = S_IFREG | (m), .text = fn }
#define LINK(n, fn, size) { .name = n, .mode = S_IFLNK | 0777, .link_text = fn, .max = size }

static const struct proc_entry sysvipc_table[] = {
	TEXT("shm", 0444, sysvipc_shm_show),
};

static const struct proc_entry root_table[] = {
	TEXT("buddyinfo", 0444, buddyinfo_show),
	TEXT("cmdline", 0444, cmdline_show),
	TEXT("cpuinfo", 0444, cpuinfo_show),
	TEXT("devices", 0444, devices_show),
	TEXT("diskstats", 0444, no_blocks_show),
	TEXT("filesystems", 0444, filesystems_show),
	TEXT("interrupts", 0444, interrupts_show),
	TEXT("iomem", 0444, iomem_show),
	TEXT("ioports", 0444, ioports_show),
	{ .name = "kpagecount", .mode = S_IFREG | 0400, .fops = &proc_kpagecount_fops },
	{ .name = "kpageflags", .mode = S_IFREG | 0400, .fops = &proc_kpageflags_fops },
	TEXT("loadavg", 0444, loadavg_show),
	TEXT("meminfo", 0444, meminfo_show),
	LINK("mounts", mounts_text, sizeof("self/mounts") - 1),
	TEXT("pagetypeinfo", 0400, pagetypeinfo_show),
	TEXT("partitions", 0444, no_blocks_show),
	TEXT("slabinfo", 0400, slabinfo_show),
	TEXT("stat", 0444, stat_show),
	TEXT("swaps", 0444, swaps_show),
	{
		.name = "sys", .mode = S_IFDIR | 0555, .flags = PROC_SYSCTL,
		.children = proc_sys_table, .nr_children = PROC_SYS_NR,
	},
	{ .name = "sysrq-trigger", .mode = S_IFREG | 0200, .write = sysrq_write },
	{
		.name = "sysvipc", .mode = S_IFDIR | 0555,
		.children = sysvipc_table, .nr_children = ARRAY_SIZE(sysvipc_table),
	},
	TEXT("uptime", 0444, uptime_show),
	TEXT("version", 0444, version_show),
	TEXT("vmallocinfo", 0400, vmallocinfo_show),
	TEXT("vmstat", 0444, vmstat_show),
	TEXT("zoneinfo", 0444, zoneinfo_show),
	LINK("self", self_text, 0),
	LINK("thread-self", thread_self_text, 0),
};
static_assert(ARRAY_SIZE(root_table) + 2 <= FIRST_PROCESS, "R1");

static struct dentry *root_lookup(struct inode *dir, struct dentry *dentry)
{
	struct proc_inode what = { 0 };

	what.entry = proc_find(root_table, ARRAY_SIZE(root_table), dentry, false);
	if (what.entry)
		return proc_instantiate(dir, dentry, &what, NULL);
	return proc_pid_lookup(dir, dentry);				/* R2 */
}

static int root_readdir(struct file *file, struct dir_context *ctx)
{
	if (!dir_emit_dots(file, ctx, 2) ||
	    !proc_emit_table(file, ctx, root_table, ARRAY_SIZE(root_table), 2))
		return 0;
	if (ctx->pos < FIRST_PROCESS)
		ctx->pos = FIRST_PROCESS;				/* R1 */
	proc_pid_readdir(file, ctx, FIRST_PROCESS);
	return 0;
}

static const struct inode_operations root_iops = {
	.lookup = root_lookup, .getattr = proc_getattr, .setattr = proc_setattr,
};
static const struct file_operations root_fops = {
	.iterate = root_readdir, .llseek = endless_llseek,
};

const struct proc_entry proc_root_entry = {
	.name = "/", .mode = S_IFDIR | 0555,
	.children = root_table, .nr_children = ARRAY_SIZE(root_table),
	.iops = &root_iops, .fops = &root_fops,
};

/* --- the type ------------------------------------------------------------- */

static void proc_evict(struct inode *inode)
{
	mm_assert(PROC_I(inode)->entry);
	kfree(inode->i_private);
}

static int proc_statfs(struct super_block *sb, struct kstatfs *buf)
{
	buf->f_type = sb->s_magic;
	return 0;
}

/* No option changes what is shown; hidepid= and gid= of Linux are refused. */
static int check_options(const char *data)
{
	return data && *data ? -EINVAL : 0;
}

static int proc_remount(struct super_block *sb, const char *data)
{
	return check_options(data);
}

static const struct super_operations proc_super_ops = {
	.evict_inode = proc_evict,
	.statfs = proc_statfs,
	.remount = proc_remount,
};

static int proc_fill_super(struct super_block *sb, const char *data)
{
	struct proc_inode what = { .entry = &proc_root_entry };
	int err = check_options(data);

	if (err)
		return err;
	sb->s_magic = PROC_SUPER_MAGIC;
	sb->s_op = &proc_super_ops;
	sb->s_root = d_make_root(proc_get_inode(sb, &what));
	return sb->s_root ? 0 : -ENOMEM;
}

static struct file_system_type proc_type = {
	.name = "proc", .nodev = true, .fill_super = proc_fill_super,
};

/**
 * proc_init() - "proc" can be mounted.
 * Locks: takes the mount table's. Context: boot, once. Return: nothing.
 */
void __init proc_init(void)
{
	register_filesystem(&proc_type);
}
