/* SPDX-License-Identifier: MIT */
#ifndef LINUX_PERSONALITY_H
#define LINUX_PERSONALITY_H

#define UNAME26			0x0020000u
#define ADDR_NO_RANDOMIZE	0x0040000u
#define MMAP_PAGE_ZERO		0x0100000u
#define ADDR_COMPAT_LAYOUT	0x0200000u
#define READ_IMPLIES_EXEC	0x0400000u
#define STICKY_TIMEOUTS		0x4000000u
#define PER_LINUX		0u
#define PER_LINUX32		8u
#define PER_MASK		0xffu
/* what a set-id exec clears */
#define PER_CLEAR_ON_SETID	(READ_IMPLIES_EXEC | ADDR_NO_RANDOMIZE | \
				 ADDR_COMPAT_LAYOUT | MMAP_PAGE_ZERO)

#ifndef __ASSEMBLER__
extern int randomize_va_space;		/* 0: no, 1: yes, 2: the heap's place too */
_Bool layout_is_random(void);		/* of a program that current begins */
#endif

#endif
