/* SPDX-License-Identifier: MIT */
/* uapi/rseq.h - restartable sequences: what a thread shares with the kernel. */
#ifndef UAPI_RSEQ_H
#define UAPI_RSEQ_H

#include <linux/types.h>

#define RSEQ_FLAG_UNREGISTER		1
#define RSEQ_CPU_ID_UNINITIALIZED	((u32)-1)
#define RSEQ_CPU_ID_REGISTRATION_FAILED	((u32)-2)

/* one critical section, in read-only memory of the program */
struct rseq_cs {
	u32 version;
	u32 flags;
	u64 start_ip, post_commit_offset, abort_ip;
} __aligned(32);

struct rseq {
	u32 cpu_id_start;
	u32 cpu_id;
	u64 rseq_cs;		/* address of the running struct rseq_cs, or 0 */
	u32 flags;
	u32 pad[3];
} __aligned(32);
static_assert(sizeof(struct rseq) == 32, "rseq layout");

#endif
