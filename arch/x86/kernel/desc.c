// SPDX-License-Identifier: MIT
/*
 * desc.c - the tables that a CPU reads by itself: GDT, TSS, IDT, and SYSCALL's MSRs.
 *
 * Each CPU has a GDT (it must be writable, the TSS descriptor has a busy bit), a
 * TSS with the stack for entries from user mode and three interrupt stacks, and
 * its struct cpu_local; together a struct cpu_tables. The boot CPU's are static,
 * so that trap_init() can be the first thing the kernel does; the others' are
 * allocated before they start. The IDT is one for all.
 *
 *   D1  GDT selectors are Linux's: programs see 0x33 and 0x2b in their registers
 *   D2  there is no 32-bit code segment: user mode is 64-bit mode, always
 *   D3  gates are interrupt gates, so every entry has interrupts off; only the
 *       breakpoint and overflow gates may be used by INT from user mode
 *   D4  tss.sp0 == cpu_local.stack_top (switch_to() keeps both)
 *   D5  the word above where an interrupt stack begins points to the CPU's cpu_local:
 *       paranoid_entry looks there, as it can trust no register
 *
 * Locks: none. A CPU's own tables are written by itself with interrupts off, or
 * before it starts.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/bug.h>
#include <linux/sched.h>
#include <asm/desc.h>
#include <asm/msr.h>
#include <asm/irqflags.h>
#include <asm/processor.h>

#define DESC_KERNEL_CODE	0x00af9b000000ffffull
#define DESC_KERNEL_DATA	0x00cf93000000ffffull
#define DESC_USER_DATA		0x00cff3000000ffffull
#define DESC_USER_CODE		0x00affb000000ffffull
#define GATE_INTERRUPT		0x8e
#define GATE_USER		0xee
#define STAR_VALUE	((u64)0x23 << 48 | (u64)__KERNEL_CS << 32)

static_assert(offsetof(struct cpu_local, self) == CPU_SELF, "entry_64.S");
static_assert(offsetof(struct cpu_local, current_task) == CPU_CURRENT, "entry_64.S");
static_assert(offsetof(struct cpu_local, stack_top) == CPU_STACK_TOP, "entry_64.S");
static_assert(offsetof(struct cpu_local, user_sp) == CPU_USER_SP, "entry_64.S");
static_assert(offsetof(struct cpu_local, cpu) == CPU_NUMBER, "entry_64.S");
static_assert(offsetof(struct task_struct, ti_flags) == 0, "entry_64.S tests it");

static struct idt_gate idt[256] __aligned(4096);

static void gdt_init(struct gdt_page *gdt, const struct tss64 *tss)
{
	u64 base = (u64)tss, limit = sizeof(*tss) - 1;

	memset(gdt, 0, sizeof(*gdt));
	gdt->entry[__KERNEL_CS / 8] = DESC_KERNEL_CODE;
	gdt->entry[__KERNEL_DS / 8] = DESC_KERNEL_DATA;
	gdt->entry[__USER_DS / 8] = DESC_USER_DATA;
	gdt->entry[__USER_CS / 8] = DESC_USER_CODE;
	gdt->entry[GDT_TSS] = limit | (base & 0xffffff) << 16 | 0x89ull << 40 |
			      (base >> 24 & 0xff) << 56;
	gdt->entry[GDT_TSS + 1] = base >> 32;
}

/* D5 */
static u64 ist_top(unsigned long stack, struct cpu_local *local)
{
	struct cpu_local **word = (struct cpu_local **)(stack + IST_STACK_SIZE - 16);

	*word = local;
	return (u64)word;
}

/**
 * cpu_tables_init() - fill @t for CPU number @cpu; @ist_stacks has NR_IST stacks.
 * Locks: none. Context: boot, or the CPU that starts another. Return: nothing.
 */
void cpu_tables_init(struct cpu_tables *t, unsigned int cpu, void *ist_stacks)
{
	unsigned long stack = (unsigned long)ist_stacks;
	int i;

	t->local.self = &t->local;
	t->local.cpu = cpu;
	t->local.gdt = &t->gdt;
	t->local.tss = &t->tss;
	t->local.ist_stacks = ist_stacks;
	memset(&t->tss, 0, sizeof(t->tss));
	for (i = 0; i < NR_IST; i++)
		t->tss.ist[i] = ist_top(stack + i * IST_STACK_SIZE, &t->local);
	t->tss.io_bitmap_base = sizeof(t->tss);		/* no port for user mode */
	gdt_init(&t->gdt, &t->tss);
}

/* CS is changed by a far return, which takes the new value from the stack. */
static void load_segments(void)
{
	asm volatile("movl %0, %%ss\n\t"
		     "pushq %1\n\t"
		     "leaq 1f(%%rip), %%rax\n\t"
		     "pushq %%rax\n\t"
		     "lretq\n"
		     "1:\n\t"
		     "xorl %%eax, %%eax\n\t"
		     "movl %%eax, %%ds\n\t"
		     "movl %%eax, %%es\n\t"
		     "movl %%eax, %%fs\n\t"
		     "movl %%eax, %%gs\n\t"
		     : : "r"(__KERNEL_DS), "i"(__KERNEL_CS) : "rax", "memory");
}

/**
 * cpu_load_tables() - make the calling CPU the one that @local describes.
 * After it, current and smp_processor_id() work and traps are taken.
 * Locks: none. Context: interrupts off. Return: nothing.
 */
void cpu_load_tables(struct cpu_local *local)
{
	struct desc_ptr gdtr = { sizeof(struct gdt_page) - 1, (u64)local->gdt };
	struct desc_ptr idtr = { sizeof(idt) - 1, (u64)idt };

	asm volatile("lgdt %0" : : "m"(gdtr));
	load_segments();
	wrmsr(MSR_GS_BASE, (u64)local);
	wrmsr(MSR_KERNEL_GS_BASE, 0);
	wrmsr(MSR_FS_BASE, 0);
	asm volatile("lidt %0" : : "m"(idtr));
	asm volatile("ltr %w0" : : "r"(GDT_TSS * 8));
	/* no local table: selectors of it fault instead of reading low memory */
	asm volatile("lldt %w0" : : "r"(0));
}

/**
 * cpu_syscall_init() - let SYSCALL enter entry_SYSCALL_64, with the flags masked
 * that could trouble the kernel. SYSENTER is closed.
 * Locks: none. Context: each CPU once, interrupts off. Return: nothing.
 */
void cpu_syscall_init(void)
{
	wrmsr(MSR_STAR, STAR_VALUE);
	wrmsr(MSR_LSTAR, (u64)entry_SYSCALL_64);
	wrmsr(MSR_CSTAR, (u64)entry_SYSCALL_compat);
	wrmsr(MSR_SYSCALL_MASK, X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF |
	      X86_EFLAGS_SF | X86_EFLAGS_TF | X86_EFLAGS_IF | X86_EFLAGS_DF | X86_EFLAGS_OF |
	      X86_EFLAGS_IOPL | X86_EFLAGS_NT | X86_EFLAGS_RF | X86_EFLAGS_AC | X86_EFLAGS_ID);
	wrmsr(MSR_IA32_SYSENTER_CS, 0);
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE);
}

static void set_gate(unsigned int vector, u8 type, u8 ist)
{
	u64 handler = (u64)idt_stubs + 16ull * vector;

	mm_assert(vector < 256 && ist <= NR_IST);
	idt[vector] = (struct idt_gate){
		.offset_low = handler & 0xffff,
		.offset_mid = handler >> 16 & 0xffff,
		.offset_high = handler >> 32,
		.selector = __KERNEL_CS,
		.ist = ist,
		.type = type,
	};
}

/**
 * idt_init() - a gate for each of the 256 vectors (D3).
 * Locks: none. Context: boot CPU. Return: nothing.
 */
void idt_init(void)
{
	unsigned int vector;

	for (vector = 0; vector < 256; vector++)
		set_gate(vector, GATE_INTERRUPT, 0);
	set_gate(X86_TRAP_BP, GATE_USER, 0);
	set_gate(X86_TRAP_OF, GATE_USER, 0);
	set_gate(X86_TRAP_DF, GATE_INTERRUPT, IST_DF);
	set_gate(X86_TRAP_NMI, GATE_INTERRUPT, IST_NMI);
	set_gate(X86_TRAP_MC, GATE_INTERRUPT, IST_MCE);
}
