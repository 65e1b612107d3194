/* SPDX-License-Identifier: MIT */
/*
 * string_64.S - memset, memcpy, memmove with string instructions; they replace the weak
 * byte-wise ones of lib/string.c.
 *
 * Whole words go by rep stosq/movsq, the last 0-7 bytes by rep stosb/movsb. The direction
 * flag is clear in the kernel (ABI), and set only inside the backward copy.
 */
	.text

	/* void *memset(void *rdi, int esi, size_t rdx) */
	.globl	memset
	.type	memset, @function
memset:
	movq	%rdi, %r8
	movzbl	%sil, %eax
	movabsq	$0x0101010101010101, %rcx
	imulq	%rcx, %rax
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep stosq
	movl	%edx, %ecx
	andl	$7, %ecx
	rep stosb
	movq	%r8, %rax
	ret
	.size	memset, . - memset

	/* void *memcpy(void *rdi, const void *rsi, size_t rdx) */
	.globl	memcpy
	.type	memcpy, @function
memcpy:
	movq	%rdi, %rax
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep movsq
	movl	%edx, %ecx
	andl	$7, %ecx
	rep movsb
	ret
	.size	memcpy, . - memcpy

	/* void *memmove(void *rdi, const void *rsi, size_t rdx) */
	.globl	memmove
	.type	memmove, @function
memmove:
	movq	%rdi, %rax
	subq	%rsi, %rax
	cmpq	%rdx, %rax
	jae	memcpy			/* no overlap that a forward copy would spoil */
	movq	%rdi, %rax
	movq	%rdx, %rcx
	leaq	-1(%rdi, %rdx), %rdi
	leaq	-1(%rsi, %rdx), %rsi
	std
	rep movsb
	cld
	ret
	.size	memmove, . - memmove
