/* SPDX-License-Identifier: MIT */
#ifndef UAPI_SYSINFO_H
#define UAPI_SYSINFO_H

#include <linux/types.h>

struct sysinfo {
	long uptime;			/* seconds */
	unsigned long loads[3];		/* fixed point, 16 bits */
	unsigned long totalram, freeram, sharedram, bufferram;	/* mem_unit bytes each */
	unsigned long totalswap, freeswap;
	u16 procs;
	u16 pad;
	unsigned long totalhigh, freehigh;
	u32 mem_unit;
	char _f[20 - 2 * sizeof(long) - sizeof(u32)];
};
#define SI_LOAD_SHIFT	16

#endif
