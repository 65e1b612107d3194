/* SPDX-License-Identifier: MIT */
/*
 * fs/proc/internal.h - what a name in /proc is, and the functions that cross the files
 * of fs/proc, under the file that defines them.
 */
#ifndef FS_PROC_INTERNAL_H
#define FS_PROC_INTERNAL_H

#include "../internal.h"
#include <linux/mm.h>
#include <linux/time.h>
#include <linux/cred.h>
#include <linux/proc_fs.h>
#include <asm/smp.h>
#include <asm/traps.h>

struct proc_inode;

/*
 * One name, in a constant table. Its mode says what it is: a directory has children or
 * operations of its own, a link has a text or a place, a file has one of the shows.
 */
struct proc_entry;
int sysrq_write(const struct proc_entry *entry, struct task_struct *task, char *text);

struct proc_entry {
	const char *name;
	umode_t mode;
	unsigned int flags;				/* PROC_* */

	void (*text)(struct seq_file *m);		/* about the machine */
	int (*show)(struct seq_file *m, struct task_struct *task);	/* about a task: 0, -E */
	int (*show_ctl)(struct seq_file *m, const struct proc_entry *entry);	/* sysctl */
	/* @text is NUL-terminated, @task NULL outside of PID: 0, -E, bytes that it took */
	int (*write)(const struct proc_entry *entry, struct task_struct *task, char *text);

	int (*link_text)(char *buf, int size);		/* length or -E */
	int (*link_path)(struct task_struct *task, struct path *path);	/* 0 or -E */

	const struct proc_entry *children;
	unsigned int nr_children;
	const struct inode_operations *iops;	/* NULL: as its kind has them */
	const struct file_operations *fops;	/* the same */

	void *value;					/* sysctl: where it stands */
	long min, max;					/* sysctl: what may be written */
};

#define PROC_PTRACE	0x1u	/* only for those who may trace the task: EACCES */
#define PROC_SYSCTL	0x2u	/* below sys/: directories count one link */
#define PROC_PROCESS	0x4u	/* not below task/TID */
#define PROC_THREAD	0x8u	/* only below task/TID */

/* What an inode of /proc stands for; evict frees it. All fixed. */
struct proc_inode {
	const struct proc_entry *entry;
	pid_t pid;		/* 0: not about a task */
	u64 start_time;		/* with pid: which task */
	unsigned int fd;	/* below fd/ and fdinfo/ */
	unsigned long start, end;	/* below map_files/; else 0 */
	bool thread;		/* below task/ */
};

static inline struct proc_inode *PROC_I(const struct inode *inode)
{
	return inode->i_private;
}

/* may @entry of a table be seen by this inode: a process, or one of its threads? */
static inline bool proc_visible(const struct proc_entry *entry, bool thread)
{
	return !(entry->flags & (thread ? PROC_PROCESS : PROC_THREAD));
}

/* --- map_files.c --- */
extern const struct inode_operations proc_map_files_iops;
extern const struct file_operations proc_map_files_fops;
int proc_map_files_path(struct task_struct *task, const struct proc_inode *pi,
			struct path *path, umode_t *mode);
bool proc_map_files_valid(struct task_struct *task, const struct proc_inode *pi, umode_t *mode);

/* --- generic.c --- */
extern const struct inode_operations proc_dir_iops;
int proc_getattr(struct dentry *dentry, struct kstat *stat);
int proc_setattr(struct dentry *dentry, struct iattr *attr);
extern const struct file_operations proc_dir_fops;
struct inode *proc_get_inode(struct super_block *sb, const struct proc_inode *what);
struct dentry *proc_instantiate(struct inode *dir, struct dentry *dentry,
				const struct proc_inode *what,
				const struct dentry_operations *d_op);
const struct proc_entry *proc_find(const struct proc_entry *table, unsigned int nr,
				   const struct dentry *dentry, bool thread);
u64 proc_ino(const struct proc_inode *what);
/* the entries of a table at positions from @first on; false: the reader is full */
bool proc_emit_table(struct file *file, struct dir_context *ctx, const struct proc_entry *table,
		     unsigned int nr, loff_t first);
int proc_parse_number(const char *name, unsigned int len, unsigned int *number);

/* --- root.c --- */
extern const struct proc_entry proc_root_entry;

/* --- system.c --- */
void stat_show(struct seq_file *m);
void uptime_show(struct seq_file *m);
void loadavg_show(struct seq_file *m);
void version_show(struct seq_file *m);
void cmdline_show(struct seq_file *m);
void swaps_show(struct seq_file *m);

/* --- sysctl.c --- */
#define SYSCTL_NUMBER_MAX	20	/* characters: as many as the largest number has */
#define PROC_SYS_NR	3
extern const struct proc_entry proc_sys_table[PROC_SYS_NR];
extern const struct inode_operations proc_sys_iops;
extern struct mutex sysctl_mutex;
int sysctl_number(const char *text, unsigned long *value, bool *negative);
int sysctl_long(const char *text, const struct proc_entry *entry, long *value);
int sysctl_int_show(struct seq_file *m, const struct proc_entry *entry);
int sysctl_int_write(const struct proc_entry *entry, struct task_struct *task, char *text);

#define CTL(n, m, s, w, v, lo, hi)	\
	{ .name = n, .mode = S_IFREG | (m), .flags = PROC_SYSCTL, .iops = &proc_sys_iops, \
	  .show_ctl = s, .write = w, .value = v, .min = lo, .max = hi }
#define CTL_INT(n, v, lo, hi)	CTL(n, 0644, sysctl_int_show, sysctl_int_write, v, lo, hi)

/* --- sysctl_vm.c --- */
#define PROC_SYS_VM_NR	21
extern const struct proc_entry proc_sys_vm_table[PROC_SYS_VM_NR];

/* --- base.c --- */
extern const struct dentry_operations proc_pid_dops;
struct task_struct *proc_task(const struct inode *inode);	/* counted, NULL: gone */
void proc_set_owner(struct inode *inode, struct task_struct *task);
struct dentry *proc_pid_lookup(struct inode *dir, struct dentry *dentry);
bool proc_pid_readdir(struct file *file, struct dir_context *ctx, loff_t first);
u64 proc_pid_ino(pid_t pid, bool thread);
int proc_nr_links(struct inode *inode);

/* --- fd.c --- */
extern const struct inode_operations proc_fd_iops, proc_fdinfo_iops;
extern const struct file_operations proc_fd_fops, proc_fdinfo_fops;
int proc_fd_path(struct task_struct *task, unsigned int fd, struct path *path);
int proc_fdinfo_show(struct seq_file *m, struct task_struct *task, unsigned int fd);
bool proc_fd_valid(struct task_struct *task, const struct proc_inode *pi, umode_t *mode);

/* --- array.c --- */
int proc_pid_status(struct seq_file *m, struct task_struct *task);
int proc_pid_stat(struct seq_file *m, struct task_struct *task);
int proc_tid_stat(struct seq_file *m, struct task_struct *task);
int proc_pid_limits(struct seq_file *m, struct task_struct *task);

/* --- task_mmu.c --- */
void proc_mm_status(struct seq_file *m, struct mm_struct *mm);
int proc_pid_statm(struct seq_file *m, struct task_struct *task);
int proc_pid_cmdline(struct seq_file *m, struct task_struct *task);
int proc_pid_environ(struct seq_file *m, struct task_struct *task);
int proc_pid_auxv(struct seq_file *m, struct task_struct *task);
int proc_exe_path(struct task_struct *task, struct path *path);
extern const struct file_operations proc_maps_fops, proc_numa_maps_fops, proc_mem_fops;
int proc_mm_open(struct inode *inode, struct file *file);
int proc_mm_release(struct inode *inode, struct file *file);
void proc_put_range(struct seq_file *m, unsigned long start, unsigned long end,
		    unsigned long flags, u64 offset, dev_t dev, u64 ino, const char *name);
void proc_put_area(struct seq_file *m, struct vm_area_struct *vma, char *buf);

/* --- areas.c --- */
/* The record of @vma; @buf has PATH_MAX bytes, m->private is the task's mempolicy. */
typedef void (*proc_area_show)(struct seq_file *m, struct vm_area_struct *vma, char *buf);
int proc_areas_open(struct inode *inode, struct file *file, proc_area_show show);
int proc_areas_release(struct inode *inode, struct file *file);
ssize_t proc_areas_read(struct kiocb *iocb, struct iov_iter *to);
#define PROC_AREAS_FOPS(open_fn)						\
	{ .open = open_fn, .release = proc_areas_release, .read_iter = proc_areas_read, \
	  .llseek = endless_llseek }

/* --- smaps.c --- */
int proc_pid_smaps_rollup(struct seq_file *m, struct task_struct *task);
extern const struct file_operations proc_smaps_fops, proc_pagemap_fops;
int proc_clear_refs_write(const struct proc_entry *entry, struct task_struct *task, char *text);

/* --- page.c --- */
extern const struct file_operations proc_kpageflags_fops, proc_kpagecount_fops;

#endif
