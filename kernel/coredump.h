/* SPDX-License-Identifier: MIT */
/* coredump.h - a core file on its way: what coredump.c and elfcore.c share. */
#ifndef KERNEL_COREDUMP_H
#define KERNEL_COREDUMP_H

#include <linux/completion.h>
#include <linux/sched.h>

/* a thread that waits on its way out until it has been written; on its own stack */
struct core_thread {
	struct task_struct *task;	/* set to NULL: go on */
	struct list_head link;		/* g */
};

/* of one process, on the stack of the thread that writes */
struct core_state {
	int missing;			/* g  threads that have not come yet */
	struct completion all_there;
	struct list_head threads;	/* g  the others; complete after all_there */
};

/* the file; all fields belong to the writer */
struct core_file {
	struct file *file;
	loff_t pos;
	u64 written, limit;		/* bytes; holes do not count */
	int error;			/* the first one: nothing is written after it */
	bool measure;			/* only count in pos */
	const kernel_siginfo_t *info;	/* why */
	const struct core_state *core;
};

/* coredump.c; false when the file is full, or the process is killed meanwhile */
bool core_emit(struct core_file *cf, const void *buf, size_t bytes);
void core_skip(struct core_file *cf, size_t bytes);	/* a hole */

/* elfcore.c: the whole of it, 0 or -E */
int elf_core_dump(struct core_file *cf);

#endif
