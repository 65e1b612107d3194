/* SPDX-License-Identifier: MIT */
/* vdso_image.S - the vDSO as the build made it, for vdso_init() to copy. */
	.section .init.rodata, "a", @progbits
	.globl vdso_image, vdso_image_end
	.balign 8
vdso_image:
	.incbin "vdso.so"
vdso_image_end:
	.section .note.GNU-stack, "", @progbits
