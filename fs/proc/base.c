// SPDX-License-Identifier: MIT
/*
 * base.c - /proc/PID and /proc/PID/task/TID: which names a task has, and the small files.
 *
 * A directory of a task is found by its number. Its inode names the task by number and
 * start time; every use finds the task anew, so that nothing keeps a dead task, and a
 * number given to somebody else is never mistaken for the old one. A path that still
 * leads there when the task has gone is forgotten by d_revalidate; an open file says
 * ESRCH, an open directory ENOENT.
 *
 * A number names any task at the root, also a thread; readdir shows processes only.
 * Owners are those of the task: its effective ids, root's where its memory is not to be
 * dumped. Modes and ptrace_may_access() together decide who reads what (PROC_PTRACE).
 *
 *   B1  proc_task() returns the task that the inode was made for, or none
 *   B2  positions of readdir at the root are first + pid, of task/ 2 + tid: an entry that
 *       comes or goes moves no other
 *
 * Locks: tasklist_lock and task_lock, briefly, never while anything sleeps or is printed.
 */
#include "internal.h"
#include <linux/coredump.h>
#include <linux/fault-inject.h>
#include <linux/oom.h>

/* --- the task of an inode ------------------------------------------------- */

/**
 * proc_task() - the task that @inode is about.
 * Locks:   takes tasklist_lock.
 * Return:  counted, or NULL when it was released (B1).
 */
struct task_struct *proc_task(const struct inode *inode)
{
	const struct proc_inode *pi = PROC_I(inode);
	struct task_struct *task = get_task_by_pid(pi->pid);

	mm_assert(pi->pid > 0);
	if (task && task->start_time != pi->start_time) {
		put_task_struct(task);
		return NULL;
	}
	return task;
}

/**
 * proc_set_owner() - @inode belongs to whom @task runs as.
 * Locks:   takes task_lock.
 */
void proc_set_owner(struct inode *inode, struct task_struct *task)
{
	bool world = inode->i_mode == (S_IFDIR | 0555);
	uid_t uid;
	gid_t gid;

	task_lock(task);
	uid = task->cred.euid;
	gid = task->cred.egid;
	task_unlock(task);
	if ((task->flags & PF_KTHREAD) || (!world && !task->dumpable))
		uid = gid = 0;
	inode->i_uid = uid;
	inode->i_gid = gid;
}

static int pid_revalidate(struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;
	struct task_struct *task = proc_task(inode);
	umode_t mode = inode->i_mode;
	bool valid;

	if (!task)
		return 0;
	valid = proc_fd_valid(task, PROC_I(inode), &mode) &&
		proc_map_files_valid(task, PROC_I(inode), &mode);
	if (valid) {
		inode->i_mode = mode;
		proc_set_owner(inode, task);
	}
	put_task_struct(task);
	return valid;
}

const struct dentry_operations proc_pid_dops = { .d_revalidate = pid_revalidate };

/* --- small files ---------------------------------------------------------- */

static int comm_show(struct seq_file *m, struct task_struct *task)
{
	char comm[TASK_COMM_LEN];

	task_lock(task);
	memcpy(comm, task->comm, sizeof(comm));
	task_unlock(task);
	seq_printf(m, "%s\n", comm);
	return 0;
}

/* Only the process itself gives its threads names. */
static int comm_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	if (task->tgid != current->tgid)
		return -EINVAL;
	text[min(strlen(text), (size_t)TASK_COMM_LEN - 1)] = 0;
	set_task_comm(task, text);
	return 0;
}

static int oom_score_show(struct seq_file *m, struct task_struct *task)
{
	unsigned long total = totalram_pages(), points = 0;
	long badness = oom_badness(task, total);

	/* the badness of -1000 .. 1000 thousandths of memory, as 0 .. 1333 */
	if (badness != LONG_MIN)
		points = (1000 + badness * 1000 / (long)total) * 2 / 3;
	seq_printf(m, "%lu\n", points);
	return 0;
}

static int oom_score_adj_show(struct seq_file *m, struct task_struct *task)
{
	seq_printf(m, "%d\n", READ_ONCE(task->signal->oom_score_adj));
	return 0;
}

/* Everybody may make himself a likelier victim; less likely than he was born, only root. */
static int oom_score_adj_write(const struct proc_entry *entry, struct task_struct *task,
			       char *text)
{
	struct signal_struct *sig = task->signal;
	int adj, err = kstrtoint(strim(text), 0, &adj);

	if (err)
		return err;
	if (adj < OOM_SCORE_ADJ_MIN || adj > OOM_SCORE_ADJ_MAX)
		return -EINVAL;
	if (adj < sig->oom_score_adj_min && !capable(CAP_SYS_RESOURCE))
		return -EACCES;
	WRITE_ONCE(sig->oom_score_adj, adj);
	if (capable(CAP_SYS_RESOURCE))
		WRITE_ONCE(sig->oom_score_adj_min, adj);
	return 0;
}

/* the same in the units of old kernels: -17 for never, up to 15 */
static int oom_adj_show(struct seq_file *m, struct task_struct *task)
{
	int adj = READ_ONCE(task->signal->oom_score_adj);

	seq_printf(m, "%d\n", min(adj * 17 / OOM_SCORE_ADJ_MAX, 15));
	return 0;
}

static int oom_adj_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	struct signal_struct *sig = task->signal;
	int adj, err = kstrtoint(strim(text), 0, &adj);

	if (err)
		return err;
	if (adj < -17 || adj > 15)
		return -EINVAL;
	adj = adj == 15 ? OOM_SCORE_ADJ_MAX : adj * OOM_SCORE_ADJ_MAX / 17;
	if (adj < READ_ONCE(sig->oom_score_adj) && !capable(CAP_SYS_RESOURCE))
		return -EACCES;
	WRITE_ONCE(sig->oom_score_adj, adj);
	return 0;
}

/* Another's needs a capability, both ways. */
static int timerslack_show(struct seq_file *m, struct task_struct *task)
{
	if (task != current && !capable(CAP_SYS_NICE))
		return -EPERM;
	seq_printf(m, "%llu\n", (unsigned long long)READ_ONCE(task->timer_slack_ns));
	return 0;
}

static int timerslack_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	unsigned long slack;
	int err = kstrtoul(strim(text), 10, &slack);

	if (err)
		return err;
	if (task != current && !capable(CAP_SYS_NICE))
		return -EPERM;
	WRITE_ONCE(task->timer_slack_ns, slack ?: DEFAULT_TIMER_SLACK_NS);
	return 0;
}

/* What a thread that sleeps or asks has called, and from where. */
static int syscall_show(struct seq_file *m, struct task_struct *task)
{
	unsigned long w[9] = { -1ul };
	int i;

	if (task_syscall_words(task, w) == -EAGAIN) {
		seq_puts(m, "running\n");
		return 0;
	}
	seq_printf(m, "%ld", (long)w[0]);
	for (i = (long)w[0] < 0 ? 7 : 1; i < 9; i++)
		seq_printf(m, " 0x%lx", w[i]);
	seq_putc(m, '\n');
	return 0;
}

/* Children belong to the process; each knows the thread that forked it. */
static int children_show(struct seq_file *m, struct task_struct *task)
{
	struct task_struct *child;

	spin_lock(&tasklist_lock);
	list_for_each_entry(child, &task->group_leader->children, sibling)
		if (child->forker == task->pid)
			seq_printf(m, "%d ", child->pid);
	spin_unlock(&tasklist_lock);
	return 0;
}

static int coredump_filter_show(struct seq_file *m, struct task_struct *task)
{
	if (!(task->flags & PF_KTHREAD))
		seq_printf(m, "%08x\n", READ_ONCE(task->signal->coredump_filter));
	return 0;
}

static int coredump_filter_write(const struct proc_entry *entry, struct task_struct *task,
				 char *text)
{
	unsigned int filter;
	int err = kstrtouint(strim(text), 0, &filter);

	if (!err && (task->flags & PF_KTHREAD))
		err = -ESRCH;
	if (!err)
		WRITE_ONCE(task->signal->coredump_filter, filter & MMF_DUMP_FILTER_MASK);
	return err;
}

static int make_it_fail_show(struct seq_file *m, struct task_struct *task)
{
	seq_printf(m, "%d\n", READ_ONCE(task->faults.make_it_fail));
	return 0;
}

static int make_it_fail_write(const struct proc_entry *entry, struct task_struct *task,
			      char *text)
{
	int value, err;

	if (!capable(CAP_SYS_RESOURCE))
		return -EPERM;
	err = kstrtoint(strim(text), 0, &value);
	if (err)
		return err;
	if (value < 0 || value > 1)
		return -EINVAL;
	WRITE_ONCE(task->faults.make_it_fail, value);
	return 0;
}

static int fail_nth_show(struct seq_file *m, struct task_struct *task)
{
	seq_printf(m, "%u\n", READ_ONCE(task->faults.fail_nth));
	return 0;
}

static int fail_nth_write(const struct proc_entry *entry, struct task_struct *task, char *text)
{
	unsigned int nth;
	int err = kstrtouint(strim(text), 0, &nth);

	if (!err)
		fault_task_set_nth(&task->faults, nth);
	return err;
}

static int wchan_show(struct seq_file *m, struct task_struct *task)
{
	seq_putc(m, '0');	/* no names of kernel functions are given away */
	return 0;
}

static int personality_show(struct seq_file *m, struct task_struct *task)
{
	seq_printf(m, "%08x\n", task->personality);
	return 0;
}

/* --- places: root, cwd, mounts -------------------------------------------- */

static int fs_path(struct task_struct *task, struct path *path, bool root)
{
	struct fs_struct *fs;
	int err = -ENOENT;

	task_lock(task);
	fs = task->fs;
	if (fs) {
		spin_lock(&fs->lock);
		*path = root ? fs->root : fs->pwd;
		path_get(path);
		spin_unlock(&fs->lock);
		err = 0;
	}
	task_unlock(task);
	return err;
}

static int root_path(struct task_struct *task, struct path *path)
{
	return fs_path(task, path, true);
}

static int cwd_path(struct task_struct *task, struct path *path)
{
	return fs_path(task, path, false);
}

/* The mount tables are written from the task's root: all they look at of its fs. */
static int show_mounts(struct seq_file *m, struct task_struct *task,
		       void (*show)(struct seq_file *m, struct fs_struct *fs))
{
	struct fs_struct view = { .users = REFCOUNT_INIT(1) };
	int err = fs_path(task, &view.root, true);

	if (err)
		return -EINVAL;
	spin_lock_init(&view.lock);
	show(m, &view);
	path_put(&view.root);
	return 0;
}

static int pid_mounts(struct seq_file *m, struct task_struct *task)
{
	return show_mounts(m, task, mounts_show);
}

static int pid_mountinfo(struct seq_file *m, struct task_struct *task)
{
	return show_mounts(m, task, mountinfo_show);
}

/* --- the names ------------------------------------------------------------ */

static const struct inode_operations task_iops;
static const struct file_operations task_fops;

#define DIR(n, m, inode_ops, file_ops, f) \
	{ .name = n, .mode = S_IFDIR | (m), .flags = f, .iops = inode_ops, .fops = file_ops }
#define LNK(n, fn)	{ .name = n, .mode = S_IFLNK | 0777, .link_path = fn }
#define REG(n, m, fn, f) { .name = n, .mode = S_IFREG | (m), .show = fn, .flags = f }
#define RW(n, m, fn, w)	{ .name = n, .mode = S_IFREG | (m), .show = fn, .write = w }

static const struct proc_entry pid_table[] = {
	DIR("task", 0555, &task_iops, &task_fops, PROC_PROCESS),
	DIR("fd", 0500, &proc_fd_iops, &proc_fd_fops, 0),
	DIR("map_files", 0500, &proc_map_files_iops, &proc_map_files_fops, PROC_PROCESS),
	DIR("fdinfo", 0555, &proc_fdinfo_iops, &proc_fdinfo_fops, 0),
	REG("environ", 0400, proc_pid_environ, PROC_PTRACE),
	REG("auxv", 0400, proc_pid_auxv, PROC_PTRACE),
	REG("status", 0444, proc_pid_status, 0),
	REG("personality", 0400, personality_show, PROC_PTRACE),
	REG("limits", 0444, proc_pid_limits, 0),
	RW("comm", 0644, comm_show, comm_write),
	REG("cmdline", 0444, proc_pid_cmdline, 0),
	REG("stat", 0444, proc_pid_stat, PROC_PROCESS),
	REG("stat", 0444, proc_tid_stat, PROC_THREAD),
	REG("statm", 0444, proc_pid_statm, 0),
	{ .name = "maps", .mode = S_IFREG | 0444, .fops = &proc_maps_fops },
	{ .name = "numa_maps", .mode = S_IFREG | 0444, .fops = &proc_numa_maps_fops },
	{ .name = "mem", .mode = S_IFREG | 0600, .fops = &proc_mem_fops },
	{ .name = "clear_refs", .mode = S_IFREG | 0200, .write = proc_clear_refs_write },
	{ .name = "smaps", .mode = S_IFREG | 0444, .fops = &proc_smaps_fops },
	REG("smaps_rollup", 0444, proc_pid_smaps_rollup, PROC_PTRACE),
	{ .name = "pagemap", .mode = S_IFREG | 0400, .fops = &proc_pagemap_fops },
	LNK("cwd", cwd_path),
	LNK("root", root_path),
	LNK("exe", proc_exe_path),
	REG("mounts", 0444, pid_mounts, 0),
	REG("mountinfo", 0444, pid_mountinfo, 0),
	REG("wchan", 0444, wchan_show, 0),
	REG("syscall", 0400, syscall_show, PROC_PTRACE),
	REG("children", 0444, children_show, PROC_THREAD),
	RW("oom_adj", 0644, oom_adj_show, oom_adj_write),
	{ .name = "timerslack_ns", .mode = S_IFREG | 0666, .show = timerslack_show,
	  .write = timerslack_write, .flags = PROC_PROCESS },
	REG("oom_score", 0444, oom_score_show, 0),
	RW("oom_score_adj", 0644, oom_score_adj_show, oom_score_adj_write),
	{ .name = "coredump_filter", .mode = S_IFREG | 0644, .show = coredump_filter_show,
	  .write = coredump_filter_write, .flags = PROC_PROCESS },
	RW("make-it-fail", 0644, make_it_fail_show, make_it_fail_write),
	RW("fail-nth", 0644, fail_nth_show, fail_nth_write),
};

static struct dentry *pid_dir_lookup(struct inode *dir, struct dentry *dentry)
{
	struct proc_inode what = *PROC_I(dir);

	what.entry = proc_find(pid_table, ARRAY_SIZE(pid_table), dentry, what.thread);
	if (!what.entry)
		return ERR_PTR(-ENOENT);
	return proc_instantiate(dir, dentry, &what, &proc_pid_dops);
}

static int pid_dir_readdir(struct file *file, struct dir_context *ctx)
{
	struct task_struct *task = proc_task(file->f_inode);

	if (!task)
		return -ENOENT;
	put_task_struct(task);
	if (dir_emit_dots(file, ctx, 2))
		proc_emit_table(file, ctx, pid_table, ARRAY_SIZE(pid_table), 2);
	return 0;
}

/* The directory of a dead task is a dead end, whoever still stands in it. */
static int pid_permission(struct inode *inode, int mask)
{
	struct task_struct *task = proc_task(inode);

	if (!task)
		return -ESRCH;
	put_task_struct(task);
	return generic_permission(inode, mask);
}

static const struct inode_operations pid_iops = {
	.lookup = pid_dir_lookup, .permission = pid_permission,
	.getattr = proc_getattr, .setattr = proc_setattr,
};
static const struct file_operations pid_fops = {
	.iterate = pid_dir_readdir, .llseek = endless_llseek,
};
static const struct proc_entry pid_dir_entry =
	DIR("PID", 0555, &pid_iops, &pid_fops, 0);

/**
 * proc_pid_folder_task() - the process whose folder /proc/PID @file is open on.
 * Locks:   takes tasklist_lock.
 * Context: thread.
 * Return:  counted; NULL: it is something else; ERR_PTR(-ESRCH): it is no more.
 */
struct task_struct *proc_pid_folder_task(struct file *file)
{
	if (file->f_op != &pid_fops || PROC_I(file->f_inode)->thread)
		return NULL;
	return proc_task(file->f_inode) ?: ERR_PTR(-ESRCH);
}

/* --- processes at the root ------------------------------------------------ */

u64 proc_pid_ino(pid_t pid, bool thread)
{
	struct proc_inode what = { .entry = &pid_dir_entry, .pid = pid, .thread = thread };

	return proc_ino(&what);
}

static struct dentry *instantiate_task(struct inode *dir, struct dentry *dentry,
				       struct task_struct *task, pid_t pid, bool thread)
{
	struct proc_inode what = {
		.entry = &pid_dir_entry, .pid = pid, .start_time = task->start_time,
		.thread = thread,
	};

	return proc_instantiate(dir, dentry, &what, &proc_pid_dops);
}

/**
 * proc_pid_lookup() - the directory of the task whose number @dentry's name is.
 * Locks:   i_rwsem of @dir held for writing.
 * Return:  NULL, or ERR_PTR.
 */
struct dentry *proc_pid_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *task;
	struct dentry *err;
	unsigned int pid;

	if (proc_parse_number(dentry->d_name, dentry->d_len, &pid) || !pid)
		return ERR_PTR(-ENOENT);
	task = get_task_by_pid(pid);
	if (!task)
		return ERR_PTR(-ENOENT);
	err = instantiate_task(dir, dentry, task, pid, false);
	put_task_struct(task);
	return err;
}

static bool emit_task(struct dir_context *ctx, pid_t pid, bool thread)
{
	char name[12];
	int len = snprintf(name, sizeof(name), "%d", pid);

	return ctx->actor(ctx->ctx, name, len, ctx->pos + 1, proc_pid_ino(pid, thread), DT_DIR);
}

/**
 * proc_pid_readdir() - processes by number, at positions from @first on (B2).
 * Return: false when the reader is full.
 */
bool proc_pid_readdir(struct file *file, struct dir_context *ctx, loff_t first)
{
	struct task_struct *task;

	while ((task = find_ge_tgid(min_t(loff_t, ctx->pos - first, INT_MAX)))) {
		pid_t pid = task->tgid;

		put_task_struct(task);
		mm_assert(first + pid >= ctx->pos);			/* B2 */
		ctx->pos = first + pid;
		if (!emit_task(ctx, pid, false))
			return false;
		ctx->pos++;
		cond_resched();
	}
	return true;
}

/* --- threads of a process ------------------------------------------------- */

static struct dentry *task_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task_struct *leader, *task;
	struct dentry *err = ERR_PTR(-ENOENT);
	unsigned int tid;

	if (proc_parse_number(dentry->d_name, dentry->d_len, &tid) || !tid)
		return err;
	leader = proc_task(dir);
	if (!leader)
		return err;
	task = get_task_by_pid(tid);
	if (task && task->tgid == leader->tgid)
		err = instantiate_task(dir, dentry, task, tid, true);
	if (task)
		put_task_struct(task);
	put_task_struct(leader);
	return err;
}

/* The lowest thread number of @p's process that is at least @from; 0: none. */
static pid_t next_tid(struct task_struct *p, pid_t from)
{
	struct task_struct *t;
	pid_t best = 0;

	spin_lock(&tasklist_lock);
	for_each_thread(p, t)
		if (t->pid >= from && (!best || t->pid < best))
			best = t->pid;
	spin_unlock(&tasklist_lock);
	return best;
}

static int task_readdir(struct file *file, struct dir_context *ctx)
{
	struct task_struct *leader = proc_task(file->f_inode);
	pid_t tid;

	if (!leader)
		return -ENOENT;
	if (!dir_emit_dots(file, ctx, 2))
		goto put;
	while ((tid = next_tid(leader, min_t(loff_t, ctx->pos - 2, INT_MAX)))) {
		mm_assert(tid + 2 >= ctx->pos);				/* B2 */
		ctx->pos = tid + 2;
		if (!emit_task(ctx, tid, true))
			break;
		ctx->pos++;
	}
put:
	put_task_struct(leader);
	return 0;
}

static const struct inode_operations task_iops = {
	.lookup = task_lookup, .getattr = proc_getattr, .setattr = proc_setattr,
};
static const struct file_operations task_fops = {
	.iterate = task_readdir, .llseek = endless_llseek,
};

/* --- link counts: 2 and one for each directory inside --------------------- */

static int count_dirs(const struct proc_entry *table, unsigned int nr, bool thread)
{
	int dirs = 0;

	for (unsigned int i = 0; i < nr; i++)
		if (S_ISDIR(table[i].mode) && proc_visible(&table[i], thread))
			dirs++;
	return dirs;
}

static int count_threads(struct inode *inode)
{
	struct task_struct *task = proc_task(inode);
	int threads = task ? get_nr_threads(task) : 0;

	if (task)
		put_task_struct(task);
	return threads;
}

/** proc_nr_links() - i_nlink of directory @inode, now. */
int proc_nr_links(struct inode *inode)
{
	const struct proc_inode *pi = PROC_I(inode);

	if (pi->entry->flags & PROC_SYSCTL)
		return 1;
	if (pi->entry == &pid_dir_entry)
		return 2 + count_dirs(pid_table, ARRAY_SIZE(pid_table), pi->thread);
	if (pi->entry->iops == &task_iops)
		return 2 + count_threads(inode);
	return 2 + count_dirs(pi->entry->children, pi->entry->nr_children, false) +
	       (pi->entry == &proc_root_entry ? nr_processes() : 0);
}
