/* SPDX-License-Identifier: MIT */
/* cred.h - who a task is; struct cred itself stands in sched.h. */
#ifndef LINUX_CRED_H
#define LINUX_CRED_H

#include <linux/capability.h>
#include <linux/sched.h>

#define current_uid()	(current->cred.uid)
#define current_euid()	(current->cred.euid)
#define current_fsuid()	(current->cred.fsuid)
#define current_gid()	(current->cred.gid)
#define current_egid()	(current->cred.egid)
#define current_fsgid()	(current->cred.fsgid)

/* what is left to the administrator and has no capability of its own */
static inline bool capable_admin(void)
{
	return capable(CAP_SYS_ADMIN);
}

/* member of @gid through the file-system group or the supplementary ones */
bool in_group_p(gid_t gid);
bool in_egroup_p(gid_t gid);

#endif
