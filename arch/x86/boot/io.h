/* SPDX-License-Identifier: MIT */
/* io.h - ports and far memory for the 16-bit code. */
#ifndef BOOT_IO_H
#define BOOT_IO_H

#include <linux/types.h>

static inline void outb(u8 v, u16 port)
{
	asm volatile("outb %0, %1" : : "a"(v), "dN"(port));
}

static inline u8 inb(u16 port)
{
	u8 v;

	asm volatile("inb %1, %0" : "=a"(v) : "dN"(port));
	return v;
}

/* a write to an unused port takes about a microsecond on the bus */
static inline void io_delay(void)
{
	outb(0, 0x80);
}

static inline void set_fs(u16 seg)
{
	asm volatile("movw %0, %%fs" : : "rm"(seg));
}

static inline void set_gs(u16 seg)
{
	asm volatile("movw %0, %%gs" : : "rm"(seg));
}

static inline u32 rdfs32(u32 addr)
{
	u32 v;

	asm volatile("movl %%fs:(%1), %0" : "=r"(v) : "r"(addr) : "memory");
	return v;
}

static inline void wrfs32(u32 v, u32 addr)
{
	asm volatile("movl %0, %%fs:(%1)" : : "ri"(v), "r"(addr) : "memory");
}

static inline u32 rdgs32(u32 addr)
{
	u32 v;

	asm volatile("movl %%gs:(%1), %0" : "=r"(v) : "r"(addr) : "memory");
	return v;
}

#endif
