/* SPDX-License-Identifier: MIT */
/* uapi/sched.h - clone flags, scheduling policies. */
#ifndef UAPI_SCHED_H
#define UAPI_SCHED_H

#include <linux/types.h>

#define CSIGNAL			0x000000ffu
#define CLONE_VM		0x00000100u
#define CLONE_FS		0x00000200u
#define CLONE_FILES		0x00000400u
#define CLONE_SIGHAND		0x00000800u
#define CLONE_PIDFD		0x00001000u
#define CLONE_PTRACE		0x00002000u
#define CLONE_VFORK		0x00004000u
#define CLONE_PARENT		0x00008000u
#define CLONE_THREAD		0x00010000u
#define CLONE_NEWNS		0x00020000u
#define CLONE_SYSVSEM		0x00040000u
#define CLONE_SETTLS		0x00080000u
#define CLONE_PARENT_SETTID	0x00100000u
#define CLONE_CHILD_CLEARTID	0x00200000u
#define CLONE_DETACHED		0x00400000u
#define CLONE_UNTRACED		0x00800000u
#define CLONE_CHILD_SETTID	0x01000000u
#define CLONE_NEWCGROUP		0x02000000u
#define CLONE_NEWUTS		0x04000000u
#define CLONE_NEWIPC		0x08000000u
#define CLONE_NEWUSER		0x10000000u
#define CLONE_NEWPID		0x20000000u
#define CLONE_NEWNET		0x40000000u
#define CLONE_IO		0x80000000u
#define CLONE_CLEAR_SIGHAND	0x100000000ull
#define CLONE_INTO_CGROUP	0x200000000ull
#define CLONE_NEWTIME		0x00000080u

struct clone_args {
	u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	u64 set_tid, set_tid_size;
	u64 cgroup;
};
#define CLONE_ARGS_SIZE_VER0	64	/* bytes of the first published struct */
#define CLONE_ARGS_SIZE_VER1	80
#define CLONE_ARGS_SIZE_VER2	88

#define SCHED_NORMAL		0
#define SCHED_OTHER		0
#define SCHED_FIFO		1
#define SCHED_RR		2
#define SCHED_BATCH		3
#define SCHED_IDLE		5
#define SCHED_DEADLINE		6
#define SCHED_RESET_ON_FORK	0x40000000

struct sched_param {
	int sched_priority;
};

#endif
