/* SPDX-License-Identifier: MIT */
/* shm.h - System V shared memory, for /proc. */
#ifndef LINUX_SHM_H
#define LINUX_SHM_H

struct seq_file;

#define SHMMIN		1ul				/* bytes of the smallest segment */
#define SHMMNI_MAX	32768

extern unsigned long shm_ctlmax, shm_ctlall;		/* bytes, pages: /proc/sys/kernel */
extern int shm_ctlmni;					/* segments */

void sysvipc_shm_show(struct seq_file *m);		/* /proc/sysvipc/shm */

#endif
