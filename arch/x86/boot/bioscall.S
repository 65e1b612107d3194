/* SPDX-License-Identifier: MIT */
/*
 * bioscall.S - void intcall(u8 vector, const struct biosregs *in, struct biosregs *out)
 *
 * INT takes its number from the instruction, so a variable number is called
 * through the vector table: the handler's far address and the frame that its
 * IRET takes are pushed, all registers are loaded from *in, and LRET enters it.
 * Arguments come in EAX, EDX, ECX (-mregparm=3); every register is preserved.
 */
	.code16
	.section ".text", "ax"
	.globl	intcall
	.type	intcall, @function
intcall:
	pushfl
	pushw	%fs
	pushw	%gs
	pushal				/* ECX, the out pointer, is at 24(%esp) */

	movzbw	%al, %bx
	shlw	$2, %bx
	xorw	%ax, %ax
	movw	%ax, %fs
	movl	%fs:(%bx), %ebx		/* segment:offset of the handler */
	pushfw				/* its IRET frame */
	pushw	%cs
	pushw	$1f
	pushl	%ebx

	subw	$44, %sp		/* sizeof(struct biosregs) */
	movw	%dx, %si
	movw	%sp, %di
	movw	$11, %cx
	cld
	rep	movsl
	popal
	popw	%gs
	popw	%fs
	popw	%es
	popw	%ds
	popfl
	lretw
1:
	pushfl
	pushw	%ds
	pushw	%es
	pushw	%fs
	pushw	%gs
	pushal
	cld
	movw	%cs, %ax		/* one segment for all of setup */
	movw	%ax, %ds
	movw	%ax, %es
	movzwl	%sp, %esp
	movw	44 + 24(%esp), %di	/* the out pointer */
	testw	%di, %di
	jz	2f
	movw	%sp, %si
	movw	$11, %cx
	rep	movsl
2:	addw	$44, %sp
	popal
	popw	%gs
	popw	%fs
	popfl
	retl

	.section .note.GNU-stack, "", @progbits
