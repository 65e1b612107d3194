/* SPDX-License-Identifier: MIT */
/* coredump.h - files for the debugger of a process that died: kernel/coredump.c. */
#ifndef LINUX_COREDUMP_H
#define LINUX_COREDUMP_H

#include <linux/types.h>
#include <uapi/siginfo.h>

struct task_struct;

#define CORENAME_MAX_SIZE	128

/* what signal_struct.coredump_filter selects: core(5) */
#define MMF_DUMP_ANON_PRIVATE	0x01u
#define MMF_DUMP_ANON_SHARED	0x02u
#define MMF_DUMP_MAPPED_PRIVATE	0x04u
#define MMF_DUMP_MAPPED_SHARED	0x08u
#define MMF_DUMP_ELF_HEADERS	0x10u
#define MMF_DUMP_HUGETLB_PRIVATE 0x20u
#define MMF_DUMP_FILTER_MASK	0x1ffu
#define MMF_DUMP_FILTER_DEFAULT	(MMF_DUMP_ANON_PRIVATE | MMF_DUMP_ANON_SHARED | \
				 MMF_DUMP_ELF_HEADERS | MMF_DUMP_HUGETLB_PRIVATE)

void do_coredump(const kernel_siginfo_t *info);
void coredump_task_exit(struct task_struct *tsk);

/* kernel.core_pattern and core_uses_pid */
extern int core_uses_pid;
void core_pattern_get(char *pattern);
int core_pattern_set(const char *pattern);

#endif
