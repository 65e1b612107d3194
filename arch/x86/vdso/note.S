/* SPDX-License-Identifier: MIT */
/* note.S - the version of Linux whose interface this is, where dynamic linkers look. */
	.section .note.Linux, "a", @note
	.balign 4
	.long	2f - 1f			/* name */
	.long	4f - 3f			/* contents */
	.long	0			/* type */
1:	.asciz	"Linux"
2:	.balign 4
3:	.long	6 << 16 | 1 << 8
4:	.balign 4
	.section .note.GNU-stack, "", @progbits
