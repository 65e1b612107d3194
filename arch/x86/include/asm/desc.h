/* SPDX-License-Identifier: MIT */
/* asm/desc.h (x86-64) - descriptor tables and task state, as the CPU reads them. */
#ifndef ASM_X86_DESC_H
#define ASM_X86_DESC_H

#include <linux/types.h>
#include <asm/percpu.h>
#include <asm/traps.h>

#define GDT_ENTRIES	16
#define GDT_TSS		8		/* two entries */

struct gdt_page {
	u64 entry[GDT_ENTRIES];
} __aligned(64);

struct tss64 {
	u32 reserved0;
	u64 sp0, sp1, sp2;
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3;
	u16 io_bitmap_base;
} __packed __aligned(8);
static_assert(sizeof(struct tss64) == 104, "TSS as in the SDM, volume 3, 8.7");

struct idt_gate {
	u16 offset_low, selector;
	u8 ist, type;
	u16 offset_mid;
	u32 offset_high, reserved;
};
static_assert(sizeof(struct idt_gate) == 16, "gate as in the SDM, volume 3, 6.14.1");

struct desc_ptr {
	u16 limit;
	u64 base;
} __packed;

/* everything a CPU needs of its own before it may run C that uses current */
struct cpu_tables {
	struct cpu_local local;
	struct gdt_page gdt;
	struct tss64 tss;
};

void cpu_tables_init(struct cpu_tables *t, unsigned int cpu, void *ist_stacks);
void cpu_load_tables(struct cpu_local *local);	/* this CPU uses them from now on */
void cpu_syscall_init(void);			/* the MSRs of SYSCALL */
void idt_init(void);

#endif
