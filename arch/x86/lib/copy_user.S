/* SPDX-License-Identifier: MIT */
/*
 * copy_user.S - copy or clear memory of which one side is the user's.
 *
 * Words first, then bytes; a string instruction that faults has rcx units left,
 * so what is missing is known exactly. The address check is the caller's.
 *
 *   rdi = to, rsi = from, rdx = bytes (copy)    rax = bytes not done
 */
#define PATCH(section)				\
771:	.byte	0x0f, 0x1f, 0x00;		\
	.pushsection section, "a";		\
	.balign	4;				\
	.long	771b - .;			\
	.popsection
#define EXTABLE(from, to)			\
	.pushsection __ex_table, "a";		\
	.balign	4;				\
	.long	(from) - .;			\
	.long	(to) - .;			\
	.popsection

	.text
	.balign	16
	.globl	__arch_copy_user
	.type	__arch_copy_user, @function
__arch_copy_user:
	PATCH(smap_stac)
	movl	%edx, %eax
	andl	$7, %eax
	movq	%rdx, %rcx
	shrq	$3, %rcx
1:	rep	movsq
	movl	%eax, %ecx
2:	rep	movsb
3:	PATCH(smap_clac)
	movq	%rcx, %rax
	retq
4:	leaq	(%rax,%rcx,8), %rcx	/* words and bytes that are left */
	jmp	2b			/* the bytes before the fault are still to be had */
	EXTABLE(1b, 4b)
	EXTABLE(2b, 3b)
	.size	__arch_copy_user, . - __arch_copy_user

	.balign	16
	.globl	__arch_clear_user
	.type	__arch_clear_user, @function
__arch_clear_user:
	PATCH(smap_stac)
	movq	%rsi, %rdx
	andl	$7, %edx
	movq	%rsi, %rcx
	shrq	$3, %rcx
	xorl	%eax, %eax
1:	rep	stosq
	movl	%edx, %ecx
2:	rep	stosb
3:	PATCH(smap_clac)
	movq	%rcx, %rax
	retq
4:	leaq	(%rdx,%rcx,8), %rcx
	jmp	2b
	EXTABLE(1b, 4b)
	EXTABLE(2b, 3b)
	.size	__arch_clear_user, . - __arch_clear_user

	.section .note.GNU-stack, "", @progbits
