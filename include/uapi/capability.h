/* SPDX-License-Identifier: MIT */
/* capability.h - capget(2), capset(2): Linux's ABI. */
#ifndef UAPI_CAPABILITY_H
#define UAPI_CAPABILITY_H

#include <linux/types.h>

#define LINUX_CAPABILITY_VERSION_1	0x19980330u	/* 32 bits */
#define LINUX_CAPABILITY_VERSION_2	0x20071026u	/* 64 bits, as 3 */
#define LINUX_CAPABILITY_VERSION_3	0x20080522u

struct cap_user_header {
	u32 version;
	int pid;
};

/* one for each 32 bits, the low ones first */
struct cap_user_data {
	u32 effective, permitted, inheritable;
};

#endif
