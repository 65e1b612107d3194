/* SPDX-License-Identifier: MIT */
/* asm/msr.h - model-specific registers, control registers, CPUID. */
#ifndef ASM_X86_MSR_H
#define ASM_X86_MSR_H

#include <linux/types.h>

#define MSR_IA32_TSC		0x00000010
#define MSR_IA32_APICBASE	0x0000001b
#define MSR_IA32_SYSENTER_CS	0x00000174
#define MSR_IA32_MISC_ENABLE	0x000001a0
#define MSR_IA32_CR_PAT		0x00000277
#define MSR_IA32_TSC_DEADLINE	0x000006e0
#define MSR_EFER		0xc0000080
#define MSR_STAR		0xc0000081
#define MSR_LSTAR		0xc0000082
#define MSR_CSTAR		0xc0000083
#define MSR_SYSCALL_MASK	0xc0000084
#define MSR_FS_BASE		0xc0000100
#define MSR_GS_BASE		0xc0000101
#define MSR_KERNEL_GS_BASE	0xc0000102
#define MSR_TSC_AUX		0xc0000103

#define EFER_SCE		0x001ul
#define EFER_LME		0x100ul
#define EFER_LMA		0x400ul
#define EFER_NX			0x800ul

#define X86_CR0_PE		0x00000001ul
#define X86_CR0_MP		0x00000002ul
#define X86_CR0_EM		0x00000004ul
#define X86_CR0_TS		0x00000008ul
#define X86_CR0_NE		0x00000020ul
#define X86_CR0_WP		0x00010000ul
#define X86_CR0_AM		0x00040000ul
#define X86_CR0_PG		0x80000000ul

#define X86_CR4_TSD		0x00000004ul
#define X86_CR4_PSE		0x00000010ul
#define X86_CR4_PAE		0x00000020ul
#define X86_CR4_PGE		0x00000080ul
#define X86_CR4_OSFXSR		0x00000200ul
#define X86_CR4_OSXMMEXCPT	0x00000400ul
#define X86_CR4_UMIP		0x00000800ul
#define X86_CR4_FSGSBASE	0x00010000ul
#define X86_CR4_PCIDE		0x00020000ul
#define X86_CR4_OSXSAVE		0x00040000ul
#define X86_CR4_SMEP		0x00100000ul
#define X86_CR4_SMAP		0x00200000ul
#define X86_CR4_PKE		0x00400000ul

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	asm volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

static inline void wrmsr(u32 msr, u64 v)
{
	asm volatile("wrmsr" : : "c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

/* with CR4.FSGSBASE; the ones for GS are of the base that user mode has. Interrupts off:
 * in between GS is not the kernel's. */
static inline unsigned long rdfsbase(void)
{
	unsigned long v;

	asm volatile("rdfsbase %0" : "=r"(v));
	return v;
}

static inline void wrfsbase(unsigned long v)
{
	asm volatile("wrfsbase %0" : : "r"(v));
}

static inline unsigned long rdgsbase_user(void)
{
	unsigned long v;

	asm volatile("swapgs; rdgsbase %0; swapgs" : "=r"(v) : : "memory");
	return v;
}

static inline void wrgsbase_user(unsigned long v)
{
	asm volatile("swapgs; wrgsbase %0; swapgs" : : "r"(v) : "memory");
}

static inline void cpuid_count(u32 leaf, u32 sub, u32 regs[4])
{
	asm volatile("cpuid" : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3])
		     : "a"(leaf), "c"(sub));
}

#define X86_CTL_REG(n)							\
static inline unsigned long read_cr##n(void)				\
{									\
	unsigned long v;						\
									\
	asm volatile("movq %%cr" #n ", %0" : "=r"(v) : : "memory");	\
	return v;							\
}									\
static inline void write_cr##n(unsigned long v)				\
{									\
	asm volatile("movq %0, %%cr" #n : : "r"(v) : "memory");		\
}

X86_CTL_REG(0)
X86_CTL_REG(2)
X86_CTL_REG(3)
X86_CTL_REG(4)

static inline void cr4_set_bits(unsigned long bits) { write_cr4(read_cr4() | bits); }
static inline void cr4_clear_bits(unsigned long bits) { write_cr4(read_cr4() & ~bits); }

static inline void invlpg(unsigned long addr)
{
	asm volatile("invlpg (%0)" : : "r"(addr) : "memory");
}

static inline u64 rdtsc_ordered(void)
{
	u32 lo, hi;

	asm volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (u64)hi << 32 | lo;
}

#endif
