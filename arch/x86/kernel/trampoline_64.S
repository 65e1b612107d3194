/* SPDX-License-Identifier: MIT */
/*
 * trampoline_64.S - the first instructions of every CPU but the boot CPU.
 *
 * A startup interrupt lets the CPU begin in real mode at the start of a page
 * below 1 MiB. smp.c copies this code there and fills in the data at its end.
 * From real mode it goes straight to long mode: PAE, page tables that map this
 * page one to one beside the kernel's half, LME and NXE, then paging and
 * protection in one write. Each CPU takes the copy in turn.
 *
 * cs:0 is the page, so offsets are relative to trampoline_start.
 */
#define OFF(label)	((label) - trampoline_start)
#define MSR_EFER	0xc0000080
#define CR0_STATE	0x80050033	/* PG AM WP NE ET MP PE */

	.section ".rodata.trampoline", "a"
	.balign	16
	.globl	trampoline_start, trampoline_end
	.globl	trampoline_far, trampoline_pgd, trampoline_gdtr
	.globl	trampoline_stack, trampoline_entry, trampoline_arg, trampoline_efer
	.code16
trampoline_start:
	cli
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	lgdtl	OFF(trampoline_gdtr)
	movl	$0x20, %eax		/* CR4.PAE */
	movl	%eax, %cr4
	movl	OFF(trampoline_pgd), %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	movl	OFF(trampoline_efer), %eax
	xorl	%edx, %edx
	wrmsr
	movl	$CR0_STATE, %eax
	movl	%eax, %cr0
	ljmpl	*OFF(trampoline_far)

	.code64
	.globl	trampoline_long
trampoline_long:
	xorl	%eax, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$0x18, %eax
	movl	%eax, %ss
	movq	trampoline_stack(%rip), %rsp
	movq	trampoline_arg(%rip), %rdi
	movq	trampoline_entry(%rip), %rax
	pushq	$0			/* ends a backtrace */
	xorl	%ebp, %ebp
	jmpq	*%rax

	.balign	8
trampoline_gdt:
	.quad	0
	.quad	0
	.quad	0x00af9b000000ffff	/* 0x10  64-bit code */
	.quad	0x00cf93000000ffff	/* 0x18  data */
	.globl	trampoline_gdt
trampoline_gdtr:
	.word	4 * 8 - 1
	.long	0			/* smp.c: address of the copy */
	.word	0
trampoline_far:
	.long	0			/* smp.c: address of trampoline_long in the copy */
	.word	0x10, 0
trampoline_pgd:
	.long	0
trampoline_efer:
	.long	0
	.balign	8
trampoline_stack:
	.quad	0
trampoline_arg:
	.quad	0
trampoline_entry:
	.quad	0
trampoline_end:

	.section .note.GNU-stack, "", @progbits
