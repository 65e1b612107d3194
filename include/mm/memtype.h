/* SPDX-License-Identifier: MIT */
/* memtype.h - how the CPU's caches treat a mapping (Intel SDM volume 3, section 12.3). */
#ifndef MM_MEMTYPE_H
#define MM_MEMTYPE_H

enum memory_type {
	MEMTYPE_WB,		/* write-back: RAM */
	MEMTYPE_WC,		/* write-combining: frame buffers */
	MEMTYPE_UC_MINUS,	/* uncached, unless an MTRR says write-combining */
	MEMTYPE_UC,		/* uncached */
	MEMTYPE_WT,		/* write-through */
	NR_MEMTYPES
};

#endif
