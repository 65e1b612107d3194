/* SPDX-License-Identifier: MIT */
/*
 * proc_fs.h - the texts of /proc that the port writes. All: thread context, may sleep.
 * Texts of other parts stand in their own headers (linux/mm.h, fs.h, ioport.h).
 */
#ifndef LINUX_PROC_FS_H
#define LINUX_PROC_FS_H

#include <linux/types.h>

struct file;
struct seq_file;
struct task_struct;

void cpuinfo_show(struct seq_file *m);		/* /proc/cpuinfo */
void interrupts_show(struct seq_file *m);	/* /proc/interrupts */
u64 irq_count(unsigned int irq);		/* interrupts of one line, for /proc/stat */
struct task_struct *proc_pid_folder_task(struct file *file);	/* fs/proc/base.c */
u64 irq_count_all(void);			/* of all kinds on all CPUs */

#endif
