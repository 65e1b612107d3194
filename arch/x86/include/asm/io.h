/* SPDX-License-Identifier: MIT */
/* asm/io.h (x86) - ports and device memory. ioremap() is in linux/io.h. */
#ifndef ASM_X86_IO_H
#define ASM_X86_IO_H

#include <linux/types.h>
#include <linux/compiler.h>

#define DEFINE_PORT_IO(suffix, type, reg)				\
static inline void out##suffix(type value, u16 port)			\
{									\
	asm volatile("out" #suffix " %" reg "0, %1"			\
		     : : "a"(value), "Nd"(port) : "memory");		\
}									\
static inline type in##suffix(u16 port)					\
{									\
	type value;							\
									\
	asm volatile("in" #suffix " %1, %" reg "0"			\
		     : "=a"(value) : "Nd"(port) : "memory");		\
	return value;							\
}
DEFINE_PORT_IO(b, u8, "b")
DEFINE_PORT_IO(w, u16, "w")
DEFINE_PORT_IO(l, u32, "k")

static inline u32 readl(const volatile void __iomem *p)
{
	u32 v = *(const volatile u32 *)p;

	barrier();
	return v;
}

static inline void writel(u32 v, volatile void __iomem *p)
{
	barrier();
	*(volatile u32 *)p = v;
}

/* About one microsecond on the ISA bus: port 0x80 belongs to no device. */
static inline void io_delay(void)
{
	outb(0, 0x80);
}

#endif
