/* SPDX-License-Identifier: MIT */
/*
 * pmjump.S - void protected_mode_jump(u32 entry, u32 zero_page)
 *
 * The state that the 32-bit boot protocol demands at the entry: flat CS 0x10
 * and DS = ES = SS 0x18, interrupts off, paging off, ESI = the zero page,
 * EBP = EDI = EBX = 0. The GDT is loaded already.
 */
	.code16
	.section ".text", "ax"
	.globl	protected_mode_jump
	.type	protected_mode_jump, @function
protected_mode_jump:
	movl	%edx, %esi
	xorl	%ebx, %ebx
	movw	%cs, %bx
	shll	$4, %ebx
	addl	%ebx, far_target	/* offset in the segment -> linear */
	movl	%cr0, %edx
	orb	$1, %dl
	movl	%edx, %cr0
	jmp	1f			/* serialise on the first CPUs that had it */
1:	.byte	0x66, 0xea		/* ljmpl $0x10, $in_pm32 */
far_target:
	.long	in_pm32
	.word	0x10

	.code32
	.section ".text32", "ax"
in_pm32:
	movl	$0x18, %ecx
	movl	%ecx, %ds
	movl	%ecx, %es
	movl	%ecx, %fs
	movl	%ecx, %gs
	movl	%ecx, %ss
	addl	%ebx, %esp
	xorl	%ebx, %ebx
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	xorl	%ebp, %ebp
	xorl	%edi, %edi
	jmpl	*%eax

	.section .note.GNU-stack, "", @progbits
