/* SPDX-License-Identifier: MIT */
/*
 * head_64.S - from the 32-bit boot protocol to the first line of C.
 *
 * startup_32 is the first byte of the image, entered at physical 1 MiB in flat
 * protected mode, paging off, interrupts off, ESI = the zero page; from our own
 * setup code or from a loader that speaks the 32-bit protocol (GRUB). Of the
 * segment registers only the promise of flat segments is used.
 *
 *   1. a stack, our own GDT
 *   2. can this CPU do it? long mode and NX, or a message and a stop
 *   3. clear .init.bss and .bss, that the loader did not load
 *   4. early page tables, 2 MiB pages, memory types left to the firmware's MTRRs:
 *         [0, 4 GiB)                    one to one, until long mode is entered
 *         PAGE_OFFSET + [0, 4 GiB)      the same tables: the early direct map
 *         __START_KERNEL_map + [0, 1 GiB)   the first of these tables
 *   5. PAE, LME and NXE, paging; a far jump; then an absolute one to the high half
 *   6. x86_64_start_kernel(zero page) on the boot task's stack
 *
 * The early tables lie in .init.bss and go with the rest of init memory, when
 * init_mem_mapping() has long replaced them.
 */
#include <asm/page.h>

#define PHYS(sym)	((sym) - __START_KERNEL_map)
#define PAGE_BYTES	4096
#define TABLE		0x063		/* present, write, accessed, dirty */
#define LARGE		0x0e3		/* the same and 2 MiB */
#define L4_DIRECT	273		/* PAGE_OFFSET >> 39 & 511 */
#define L4_KERNEL	511
#define L3_KERNEL	510		/* __START_KERNEL_map >> 30 & 511 */
#define MSR_EFER	0xc0000080
#define EFER_LME_NXE	0x900
#define CR4_PAE		0x20
#define CR0_STATE	0x80050033	/* PG AM WP NE ET MP PE */
#define INIT_STACK_BYTES 16384

	.section ".head.text", "ax"
	.code32
	.globl	startup_32
	.type	startup_32, @function
startup_32:
	cli
	cld
	movl	$PHYS(init_stack) + INIT_STACK_BYTES, %esp
	lgdtl	PHYS(early_gdt_ptr32)
	movl	$0x18, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs

	/* 2. CPUID exists iff EFLAGS.ID can be changed. */
	pushfl
	popl	%eax
	movl	%eax, %ecx
	xorl	$0x200000, %eax
	pushl	%eax
	popfl
	pushfl
	popl	%eax
	xorl	%ecx, %eax
	testl	$0x200000, %eax
	jz	no_long_mode
	movl	$0x80000000, %eax
	cpuid
	cmpl	$0x80000001, %eax
	jb	no_long_mode
	movl	$0x80000001, %eax
	cpuid
	testl	$1 << 29, %edx
	jz	no_long_mode
	testl	$1 << 20, %edx
	jz	no_nx

	/* 3. */
	movl	$PHYS(__clear_start), %edi
	movl	$PHYS(_end), %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	xorl	%eax, %eax
	rep	stosl

	/* 4. 2048 entries in four tables side by side. */
	movl	$PHYS(early_pmds), %edi
	movl	$LARGE, %eax
1:	movl	%eax, (%edi)
	addl	$8, %edi
	addl	$0x200000, %eax
	jnc	1b
	movl	$PHYS(early_pmds) + TABLE, %eax
	movl	%eax, PHYS(early_pud)
	movl	%eax, PHYS(early_kernel_pud) + L3_KERNEL * 8
	addl	$PAGE_BYTES, %eax
	movl	%eax, PHYS(early_pud) + 8
	addl	$PAGE_BYTES, %eax
	movl	%eax, PHYS(early_pud) + 16
	addl	$PAGE_BYTES, %eax
	movl	%eax, PHYS(early_pud) + 24
	movl	$PHYS(early_pud) + TABLE, %eax
	movl	%eax, PHYS(early_pgd)
	movl	%eax, PHYS(early_pgd) + L4_DIRECT * 8
	movl	$PHYS(early_kernel_pud) + TABLE, %eax
	movl	%eax, PHYS(early_pgd) + L4_KERNEL * 8

	/* 5. */
	movl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$PHYS(early_pgd), %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME_NXE, %eax
	wrmsr
	movl	$CR0_STATE, %eax
	movl	%eax, %cr0
	ljmpl	$0x10, $PHYS(startup_64)

no_long_mode:
	movl	$PHYS(text_no_long_mode), %esi
	jmp	complain
no_nx:
	movl	$PHYS(text_no_nx), %esi
	/* On the first serial port and at the top of a text screen. */
complain:
	movl	$0xb8000, %edi
	movw	$0x3f8 + 3, %dx
	movb	$0x83, %al
	outb	%al, %dx
	movw	$0x3f8 + 1, %dx
	xorb	%al, %al
	outb	%al, %dx
	movw	$0x3f8, %dx
	movb	$1, %al
	outb	%al, %dx
	movw	$0x3f8 + 3, %dx
	movb	$3, %al
	outb	%al, %dx
1:	lodsb
	testb	%al, %al
	jz	3f
	movb	%al, %bl
	movl	$0x10000, %ecx
	movw	$0x3f8 + 5, %dx
2:	inb	%dx, %al
	testb	$0x20, %al
	loopz	2b
	movb	%bl, %al
	movw	$0x3f8, %dx
	outb	%al, %dx
	movb	$0x07, %ah
	stosw
	jmp	1b
3:	hlt
	jmp	3b

	.code64
startup_64:
	movq	$high_half, %rax
	jmpq	*%rax
high_half:
	/* 6. The GDT again, at its address in the half that stays. */
	lgdtq	early_gdt_ptr64(%rip)
	leaq	init_stack + INIT_STACK_BYTES(%rip), %rsp
	xorl	%eax, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$0x18, %eax
	movl	%eax, %ss
	pushq	$0			/* ends a backtrace */
	xorl	%ebp, %ebp
	movl	%esi, %edi
	callq	x86_64_start_kernel
	ud2
	.size	startup_32, . - startup_32

	.section ".init.rodata", "a"
text_no_long_mode:
	.asciz	"This kernel requires an x86-64 CPU, but this CPU has no long mode.\r\n"
text_no_nx:
	.asciz	"This kernel requires an x86-64 CPU with the NX bit.\r\n"
	.balign	8
early_gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08  32-bit code */
	.quad	0x00af9b000000ffff	/* 0x10  64-bit code */
	.quad	0x00cf93000000ffff	/* 0x18  data */
early_gdt_end:
	.word	0, 0, 0
early_gdt_ptr32:
	.word	early_gdt_end - early_gdt - 1
	.long	PHYS(early_gdt)
	.word	0, 0, 0
early_gdt_ptr64:
	.word	early_gdt_end - early_gdt - 1
	.quad	early_gdt

	.section ".init.bss", "aw", @nobits
	.balign	PAGE_BYTES
early_pgd:
	.skip	PAGE_BYTES
early_pud:
	.skip	PAGE_BYTES
early_kernel_pud:
	.skip	PAGE_BYTES
early_pmds:
	.skip	4 * PAGE_BYTES

	/* The boot task's stack; it becomes the idle task's. */
	.section ".bss..page_aligned", "aw", @nobits
	.balign	PAGE_BYTES
	.globl	init_stack
init_stack:
	.skip	INIT_STACK_BYTES

	.section .note.GNU-stack, "", @progbits
