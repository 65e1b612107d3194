/* SPDX-License-Identifier: MIT */
/*
 * capability.h - the rights of a task, in Linux's pieces (capabilities(7)). The struct of
 * its sets stands in sched.h, as part of struct cred.
 */
#ifndef LINUX_CAPABILITY_H
#define LINUX_CAPABILITY_H

#include <linux/sched.h>

#define CAP_CHOWN		0
#define CAP_DAC_OVERRIDE	1
#define CAP_DAC_READ_SEARCH	2
#define CAP_FOWNER		3
#define CAP_FSETID		4
#define CAP_KILL		5
#define CAP_SETGID		6
#define CAP_SETUID		7
#define CAP_SETPCAP		8
#define CAP_LINUX_IMMUTABLE	9
#define CAP_IPC_LOCK		14
#define CAP_IPC_OWNER		15
#define CAP_SYS_RAWIO		17
#define CAP_SYS_CHROOT		18
#define CAP_SYS_PTRACE		19
#define CAP_SYS_ADMIN		21
#define CAP_SYS_BOOT		22
#define CAP_SYS_NICE		23
#define CAP_SYS_RESOURCE	24
#define CAP_SYS_TIME		25
#define CAP_MKNOD		27
#define CAP_MAC_OVERRIDE	32
#define CAP_SYSLOG		34
#define CAP_LAST_CAP		40

#define CAP_BIT(cap)		(1ull << (cap))
#define CAP_FULL_SET		(CAP_BIT(CAP_LAST_CAP + 1) - 1)
/* what follows the file-system user id (setfsuid(2)) */
#define CAP_FS_SET		(CAP_BIT(CAP_CHOWN) | CAP_BIT(CAP_DAC_OVERRIDE) | \
				 CAP_BIT(CAP_DAC_READ_SEARCH) | CAP_BIT(CAP_FOWNER) | \
				 CAP_BIT(CAP_FSETID) | CAP_BIT(CAP_MKNOD) | \
				 CAP_BIT(CAP_LINUX_IMMUTABLE) | CAP_BIT(CAP_MAC_OVERRIDE))

/** capable() - may current do what @cap stands for? Context: any. */
static inline bool capable(unsigned int cap)
{
	return current->cred.cap.effective & CAP_BIT(cap);
}

/* kernel/capability.c: what a change of ids does to the sets of @new, a copy of @old */
void caps_after_setuid(const struct cred *old, struct cred *new);
void caps_after_setfsuid(const struct cred *old, struct cred *new);
void caps_after_exec(struct cred *new, bool setid);
long prctl_caps(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4,
		unsigned long arg5);

#endif
